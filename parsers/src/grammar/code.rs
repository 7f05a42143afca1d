//! Procedure codes, modifiers, revenue codes and provider numbers.
//!
//! CPT is four digits and a digit, `F` (category II), `T` (category III), `U` (proprietary laboratory analyses) or `M`
//! (multianalyte assays); HCPCS level II and CDT are a letter `A`–`V` and four digits. Revenue codes are the NUBC's
//! four digits of UB-04 form locator 42, the NPI is that of 45 CFR 162.406.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::{one_of, satisfy};
use nom::combinator::{all_consuming, opt, recognize, verify};
use nom::multi::{many0, many1};
use nom::sequence::{pair, preceded, terminated};
use nom::{IResult, Parser};

use super::{digit_of, plain};

/// A procedure code with its modifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Procedure {
    /// CPT, HCPCS or CDT code, five characters, upper case.
    pub code: String,
    /// Two characters each, upper case, in printed order.
    pub modifiers: Vec<String>,
}

/// The numeric CPT modifiers.
const NUMERIC_MODIFIERS: [u8; 46] = [
    20, 21, 22, 23, 24, 25, 26, 27, 29, 32, 33, 47, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 62, 63, 66, 73, 74, 75, 76, 77,
    78, 79, 80, 81, 82, 90, 91, 92, 93, 95, 96, 97, 98, 99, 86,
];
/// Modifiers to a code, at most: UB-04 form locator 44 has room for four.
const MAX_MODIFIERS: usize = 5;

fn is_upper(c: char) -> bool {
    c.is_ascii_uppercase()
}

fn digits(n: usize) -> impl Fn(&str) -> IResult<&str, &str> {
    move |i| take_while_m_n(n, n, |c: char| c.is_ascii_digit()).parse(i)
}

/// Five characters that have the shape of a code.
fn bare_code(i: &str) -> IResult<&str, &str> {
    let level_two = recognize(pair(satisfy(|c| ('A'..='V').contains(&c) && c != 'I' && c != 'N' && c != 'O'), digits(4)));
    let cpt =
        verify(recognize(pair(digits(4), satisfy(|c| c.is_ascii_digit() || matches!(c, 'F' | 'T' | 'U' | 'M')))), |s: &str| {
            s.ends_with(is_upper) || s >= "00100"
        });
    alt((level_two, cpt)).parse(i)
}

/// A code, perhaps filled up to six places with a zero in front.
fn code(i: &str) -> IResult<&str, &str> {
    // Six digits are a padded code; five are one as they stand.
    let padded = preceded(tag("0"), terminated(bare_code, nom::combinator::not(satisfy(|c| c.is_ascii_digit()))));
    alt((padded, bare_code)).parse(i)
}

fn one_modifier(i: &str) -> IResult<&str, &str> {
    let two = take_while_m_n(2, 2, |c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
    verify(two, |s: &str| is_modifier(s)).parse(i)
}

fn is_modifier(s: &str) -> bool {
    let b = s.as_bytes();
    if b.len() != 2 {
        return false;
    }
    match (b[0].is_ascii_digit(), b[1].is_ascii_digit()) {
        (true, true) => s.parse().is_ok_and(|n: u8| NUMERIC_MODIFIERS.contains(&n)),
        // Performance measure modifiers.
        (true, false) => matches!(s, "1P" | "2P" | "3P" | "8P"),
        (false, _) => b[0].is_ascii_uppercase() && (b[1].is_ascii_uppercase() || b[1].is_ascii_digit()),
    }
}

fn separator(i: &str) -> IResult<&str, &str> {
    recognize(many1(one_of("-, :/;."))).parse(i)
}

fn separated_modifiers(i: &str) -> IResult<&str, Vec<&str>> {
    many0(preceded(separator, one_modifier)).parse(i)
}

/// `A0431 (SH)`, `99214 [25, 59]`.
fn bracketed_modifiers(i: &str) -> IResult<&str, Vec<&str>> {
    let open = (nom::character::complete::space0, one_of("(["));
    let list = pair(one_modifier, separated_modifiers);
    let (i, (first, more)) = nom::sequence::delimited(open, list, one_of(")]")).parse(i)?;
    Ok((i, std::iter::once(first).chain(more).collect()))
}

/// What says of a code whose it is: its name, or the qualifier of X12 (837 SV1 and SV3, 835 SVC), `HC:99284:25`, `AD:D0120`.
fn whose(i: &str) -> IResult<&str, &str> {
    let named = (alt((tag("CPT"), tag("HCPCS"), tag("HCPC"), tag("CDT"))), opt(one_of(":-#")), opt(one_of(" ")));
    let qualifier = (alt((tag("HC:"), tag("AD:"))), opt(one_of(" ")));
    recognize(alt((recognize(named), recognize(qualifier)))).parse(i)
}

fn whole_procedure(i: &str) -> IResult<&str, Procedure> {
    let (i, _) = opt(whose).parse(i)?;
    let (i, code) = code(i)?;
    // `E7447972526` is the number of a claim or an account
    let figures = i.bytes().take_while(u8::is_ascii_digit).count();
    let glued_is_sure = |rest: &str| rest.len() == 2 || figures <= 2 && (code.starts_with(is_upper) || rest.contains(is_upper));
    let (i, glued) = if glued_is_sure(i) { many0(one_modifier).parse(i)? } else { (i, Vec::new()) };
    let (i, bracketed) = opt(bracketed_modifiers).parse(i)?;
    let (i, apart) = separated_modifiers(i)?;
    let modifiers: Vec<String> = glued.into_iter().chain(bracketed.unwrap_or_default()).chain(apart).map(str::to_owned).collect();
    Ok((i, Procedure { code: code.to_owned(), modifiers }))
}

/// The code with its modifiers that makes up the whole of `text`: `99214`, `99214-25`, `99214,25`, `99214 25 59`,
/// `9921425` and `J2405JW` as UB-04 glues them, `070486` and `0J2405` filled up with a zero. Seven digits are read so
/// only if the last two are a modifier; longer runs of digits are a provider's own charge numbers, and behind a letter the number of
/// a claim or an account.
pub fn procedure(text: &str) -> Option<Procedure> {
    let text = plain(text).to_ascii_uppercase();
    let (_, found) = all_consuming(whole_procedure).parse(text.as_str()).ok()?;
    (found.modifiers.len() <= MAX_MODIFIERS && !is_revenue(&found.code)).then_some(found)
}

/// `R0250`: a revenue code with its letter. The level II codes with this letter, for bringing X-ray equipment to the patient, are
/// R0070 to R0076 (CMS HCPCS level II).
fn is_revenue(code: &str) -> bool {
    code.strip_prefix('R')
        .is_some_and(|n| n.len() == 4 && n.starts_with('0') && !n.starts_with("007") && n.bytes().all(|b| b.is_ascii_digit()))
}

/// The code and the number of repairs that a recogniser's slips needed: `O`/`0`, `I`/`1`, `S`/`5`, `B`/`8`, `Z`/`2`.
pub fn procedure_lenient(text: &str) -> Option<(Procedure, u8)> {
    if let Some(p) = procedure(text) {
        return Some((p, 0));
    }
    let folded = plain(text);
    let body = folded.trim_matches(|c: char| matches!(c, '.' | ',' | ':' | ';' | '\'' | '"' | '`' | '_' | '*' | '-' | ' '));
    let mut repairs = u8::from(body.len() < folded.len());
    if let Some(p) = procedure(body) {
        return Some((p, repairs.max(1)));
    }
    let chars: Vec<char> = body.chars().collect();
    if chars.len() < 5 || chars.len() > 20 {
        return None;
    }
    let mut mended = String::with_capacity(chars.len());
    for (at, c) in chars.iter().enumerate() {
        let upper = c.to_ascii_uppercase();
        let keep = match at {
            // The first place may hold a letter of level II, but none of these.
            0 => c.is_ascii_digit() || (('A'..='V').contains(&upper) && !matches!(upper, 'I' | 'N' | 'O')),
            1..=3 => c.is_ascii_digit(),
            4 => c.is_ascii_digit() || matches!(upper, 'F' | 'T' | 'U' | 'M'),
            _ => true,
        };
        let read = if keep { *c } else { digit_of(*c)? };
        repairs = repairs.saturating_add(u8::from(read != *c));
        mended.push(read);
    }
    let certain = chars[..5].iter().zip(mended.chars()).filter(|(a, b)| **a == *b).count();
    if certain < 3 {
        return None;
    }
    procedure(&mended).map(|p| (p, repairs.max(1)))
}

/// Words before five digits that make them something else than a code.
const NOT_A_CODE_AFTER: [&str; 16] =
    ["LOT", "ROOM", "RM", "#", "NO", "NO.", "ID", "ACCT", "ACCOUNT", "BOX", "REF", "SUITE", "STE", "CASE", "ZIP", "INVOICE"];
/// Postal abbreviations, for the ZIP code behind them. `CT` and `MS` are left out: they stand in names of services.
pub(crate) const STATES: [&str; 49] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA",
    "MI", "MN", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX",
    "UT", "VT", "VA", "WA", "WV", "WI", "WY",
];

/// A code that stands inside a description, and the description without it: `Office visit (99214-25)`,
/// `99214-25 Office visit`, `CT HEAD W/O CONTRAST 70450`. Only in front, at the end, in brackets or behind `CPT`.
pub fn embedded_procedure(text: &str) -> Option<(Procedure, String)> {
    let text = plain(text);
    if text.len() > 400 {
        return None;
    }
    let has_words = |s: &str| s.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let tidy =
        |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches([' ', '-', ',', ':', '/', ';']).to_owned();
    // In brackets.
    for (open, close) in [('(', ')'), ('[', ']')] {
        let found = text.char_indices().filter(|(_, c)| *c == open).find_map(|(at, _)| {
            let end = at + text[at..].find(close)?;
            let p = procedure(&text[at + 1..end])?;
            let rest = tidy(&format!("{} {}", &text[..at], &text[end + 1..]));
            has_words(&rest).then_some((p, rest))
        });
        if found.is_some() {
            return found;
        }
    }
    let mut tokens: Vec<&str> = text.split(' ').filter(|t| !t.is_empty()).collect();
    // a reader of scans parts the qualifier from its code
    if matches!(tokens.first(), Some(&("HC:" | "AD:"))) {
        tokens.remove(0);
    }
    if tokens.len() < 2 {
        return None;
    }
    // Behind its name.
    for (at, pair) in tokens.windows(2).enumerate() {
        let name = pair[0].trim_end_matches([':', '#', '.']).trim_start_matches(['(', '[']).to_ascii_uppercase();
        if matches!(name.as_str(), "CPT" | "HCPCS" | "CPT/HCPCS" | "HCPC" | "CDT")
            && let Some(p) = procedure(pair[1].trim_matches([')', ']', ',', '.', '-']))
        {
            let rest = tidy(&[&tokens[..at], &tokens[at + 2..]].concat().join(" "));
            return has_words(&rest).then_some((p, rest));
        }
    }
    // In front, modifiers perhaps apart from it.
    let bare = tokens[0].strip_prefix("HC:").or_else(|| tokens[0].strip_prefix("AD:")).unwrap_or(tokens[0]);
    if let Some(mut p) = procedure(bare.trim_end_matches([':', '-', ','])).filter(|_| bare.len() <= 14) {
        let mut next = 1;
        while p.modifiers.len() < 4 && next + 1 < tokens.len() && tokens[next].len() == 2 && is_sure_behind(&p.code, tokens[next])
        {
            p.modifiers.push(tokens[next].to_owned());
            next += 1;
        }
        let street = tokens.last().is_some_and(|t| {
            matches!(
                t.trim_end_matches('.').to_ascii_uppercase().as_str(),
                "ST" | "AVE" | "RD" | "BLVD" | "DR" | "LN" | "HWY" | "STREET" | "AVENUE" | "ROAD"
            )
        });
        let rest = tidy(&tokens[next..].join(" "));
        return (has_words(&rest) && !street).then_some((p, rest));
    }
    // Behind a stroke at the end, its modifiers apart from it: `MANUAL THERAPY 15 MIN - 97140 GP`
    let sign = |t: &&str| t.len() == 2 && modifier(t) && t.bytes().all(|b| !b.is_ascii_lowercase());
    let signs = tokens.iter().rev().take_while(|t| sign(t)).count().min(MAX_MODIFIERS);
    if signs > 0
        && let [words @ .., stroke, code] = &tokens[..tokens.len() - signs]
        && matches!(*stroke, "-" | "\u{2013}" | "\u{2014}")
        && code.len() == 5
        && let Some(mut p) = procedure(code)
        && has_words(&words.join(" "))
    {
        p.modifiers = tokens[tokens.len() - signs..].iter().map(|t| (*t).to_owned()).collect();
        return Some((p, tidy(&words.join(" "))));
    }
    // Behind the word for one at the end: `OFFICE VISIT Billing code 99214 25`
    if let [words @ .., label, code] = &tokens[..tokens.len() - signs]
        && matches!(label.trim_end_matches([':', '.', '#']).to_ascii_uppercase().as_str(), "CODE" | "CD")
        && let Some(mut p) = procedure(code)
    {
        let whose = |t: &&str| matches!(t.to_ascii_uppercase().as_str(), "BILLING" | "PROCEDURE" | "PROC" | "SERVICE");
        let rest = tidy(&words[..words.len() - usize::from(words.last().is_some_and(whose))].join(" "));
        p.modifiers.extend(tokens[tokens.len() - signs..].iter().map(|t| (*t).to_owned()));
        return has_words(&rest).then_some((p, rest));
    }
    // At the end, glued modifiers excluded: a bare run of seven digits is more often a number of the provider's own.
    let last = tokens[tokens.len() - 1];
    let before = tokens[tokens.len() - 2].to_ascii_uppercase();
    let bare = last.bytes().all(|b| b.is_ascii_digit());
    if (bare && (last.len() != 5 || STATES.contains(&before.as_str()))) || NOT_A_CODE_AFTER.contains(&before.as_str()) {
        return None;
    }
    let p = procedure(last)?;
    let rest = tidy(&tokens[..tokens.len() - 1].join(" "));
    has_words(&rest).then_some((p, rest))
}

/// The same behind a code: `GP`, `GO` and `GN` say under which plan of care a therapy was given (Medicare Claims Processing
/// Manual, chapter 5, section 20.1), `AA` or `QZ` who gave an anesthesia (chapter 12, section 50.K), and two
/// letters from where to where an ambulance went, `RH` (chapter 15, section 30); they stand behind no other code.
pub(crate) fn is_sure_behind(code: &str, s: &str) -> bool {
    let therapy = ["92", "95", "96", "97", "G0", "G2"].iter().any(|start| code.starts_with(start));
    let anesthesia = code.len() == 5 && (code.starts_with("00") || code.starts_with("01"));
    let ambulance = code.starts_with("A04");
    is_sure_modifier(s)
        || ambulance && s.len() == 2 && s.bytes().all(|b| b"DEGHIJNPRSX".contains(&b))
        || therapy && matches!(s, "GP" | "GO" | "GN")
        || anesthesia && matches!(s, "AA" | "AD" | "QK" | "QS" | "QX" | "QY" | "QZ")
}

/// Modifiers that are no words, so that they may be read out of a running text.
pub(crate) fn is_sure_modifier(s: &str) -> bool {
    is_modifier(s)
        && (s.contains(|c: char| c.is_ascii_digit())
            || matches!(
                s,
                "LT" | "RT"
                    | "TC"
                    | "JW"
                    | "JZ"
                    | "XS"
                    | "XU"
                    | "XE"
                    | "XP"
                    | "GT"
                    | "GC"
                    | "GA"
                    | "GY"
                    | "GZ"
                    | "QW"
                    | "KX"
                    | "PO"
                    | "PN"
            ))
}

/// Whether `text` is one modifier.
pub fn modifier(text: &str) -> bool {
    is_modifier(&text.trim().to_ascii_uppercase())
}

/// The modifiers that make up the whole of `text`: `25`, `59 XS`, `59,XS`, `LT/RT`, `2559`.
pub fn modifiers(text: &str) -> Option<Vec<String>> {
    let text = plain(text).to_ascii_uppercase();
    let text = text.trim_start_matches(['-', ',', ' ']);
    let apart = many0(preceded(separator, many1(one_modifier)));
    let (_, (first, more)) = all_consuming(pair(many1(one_modifier), apart)).parse(text).ok()?;
    let all: Vec<String> = first.into_iter().chain(more.into_iter().flatten()).map(str::to_owned).collect();
    (all.len() <= MAX_MODIFIERS).then_some(all)
}

/// A revenue code, four digits with its leading zero: `450`, `0450`, `REV 450`, with its qualifier of X12 `NU:0450`. `0001`, the total line, is none, and what has
/// lost its last digit, `045`, says nothing. `R0450` and `000450` are printed too.
pub fn revenue_code(text: &str) -> Option<String> {
    let text = plain(text).to_ascii_uppercase();
    let body = ["REVENUE CODE", "REV CODE", "REV CD", "REV", "RC", "RV", "R ", "NU:"]
        .iter()
        .find_map(|p| text.strip_prefix(p))
        // `R0250`; of three figures it may be anything
        .or_else(|| text.strip_prefix('R').filter(|n| n.len() == 4 && n.starts_with('0')))
        // `000250`: some systems pad all codes to the length of the longest
        .or_else(|| text.strip_prefix("00").filter(|n| n.len() == 4 && n.starts_with('0')))
        .unwrap_or(&text);
    let body = body.trim_start_matches([' ', '.', ':', '#', '-']);
    if !matches!(body.len(), 3 | 4) || body.len() == 3 && body.starts_with('0') || !body.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: u16 = body.parse().ok()?;
    (10..=3109).contains(&n).then(|| format!("{n:04}"))
}

/// A National Provider Identifier: ten digits, the last of them the check digit over the prefix 80840.
pub fn npi(text: &str) -> Option<String> {
    let t = text.trim();
    if t.len() != 10 || !t.bytes().all(|b| b.is_ascii_digit()) || !t.starts_with(['1', '2']) {
        return None;
    }
    // 24 is what the prefix adds to the Luhn sum.
    let sum: u32 = t
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0');
            if i % 2 == 0 { d } else { d * 2 / 10 + d * 2 % 10 }
        })
        .sum();
    (sum + 24).is_multiple_of(10).then(|| t.to_owned())
}

#[cfg(test)]
mod tests;
