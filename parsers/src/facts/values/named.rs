//! The names of people and organisations, as values of labels: where they end, and what is none.

use super::{Read, one};
use crate::facts::name_parts::name_alone;
use crate::facts::segments::{Token, text_of};
use crate::facts::wording::{has_phone, is_organisation, is_person, network, organisation_words, payer_words, status};
use crate::statement::{Field, Value};
use crate::vocabulary::Vocabulary;

/// `QUIMBY 1 HAROLD`: the comma behind a family name in capitals is easily read as a stroke.
fn with_comma(tokens: &[Token]) -> Option<Vec<Token>> {
    let [family, stroke, given, rest @ ..] = tokens else { return None };
    let capitals = |t: &Token| t.text.chars().count() >= 2 && t.text.chars().all(|c| c.is_uppercase() || c == '\'' || c == '-');
    let read_so = matches!(stroke.text.as_str(), "1" | "l" | "i" | "'" | "." | "," | "J" | ")") && stroke.confidence < 0.9;
    (read_so && capitals(family) && capitals(given)).then(|| {
        let family = Token { text: format!("{},", family.text), ..family.clone() };
        [family, given.clone()].into_iter().chain(rest.iter().cloned()).collect()
    })
}

pub(super) fn person(tokens: &[Token], page: u32) -> Option<Read> {
    if let Some(mended) = with_comma(tokens) {
        let mut r = person(&mended, page)?;
        r.used += 1;
        return Some(r);
    }
    // `108190760 - Roe, Jane`: the number under which a person is filed
    if let [number, dash, rest @ ..] = tokens
        && number.text.len() >= 5
        && number.text.bytes().all(|b| b.is_ascii_digit())
        && matches!(dash.text.as_str(), "-" | "\u{2013}" | "\u{2014}")
    {
        let mut r = person(rest, page)?;
        r.used += 2;
        return Some(r);
    }
    // A name ends where brackets, digits or another caption begin.
    let mut n = 0;
    for t in tokens.iter().take(7) {
        let w = t.text.trim_end_matches([',', ':', ';', '.']);
        let letters = !w.is_empty() && w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '-' | ',' | '\u{2019}'));
        if !letters {
            break;
        }
        // `Jane Roe. Claim processed`: the next sentence is none of the name
        if n >= 2 && matches!(w.to_lowercase().as_str(), "claim" | "account" | "member" | "provider" | "patient" | "date") {
            break;
        }
        n += 1;
        if t.text.ends_with([':', ';']) {
            break;
        }
    }
    while n > 0 {
        let text = initials_apart(&without_specks(&tokens[..n]));
        let text = text.trim_end_matches([',', ':', ';', '-', ' ']);
        // `Patient: Jane Roe. Claim processed`: the end of a sentence, not the point of an initial or of `Jr.`
        let ends =
            text.strip_suffix('.').filter(|t| t.rsplit(' ').next().is_some_and(|w| w.chars().count() >= 4 && !w.contains('.')));
        let text = ends.unwrap_or(text);
        let joined = text.contains(',')
            && !text.contains(' ')
            && text
                .split(',')
                .filter(|p| p.chars().filter(|c| c.is_alphabetic()).count() >= 2 && p.starts_with(char::is_uppercase))
                .count()
                == 2;
        let lower = text.to_ascii_lowercase();
        let greeting = lower.starts_with("valued ") || lower.starts_with("sir ");
        if (is_person(text) || joined) && !greeting {
            let mut r = one(Value::Text(text.to_owned()), &tokens[..n], page)?;
            text.clone_into(&mut r.cell.raw);
            return Some(r);
        }
        n -= 1;
    }
    None
}

/// The words of a name, without the specks read as signs beside them with doubt: `GRACE' VASQUEZ`, `JESSUP, .PETER`,
/// `Peter Lindqvist.`; the point of an initial and of `Jr.` stays.
fn without_specks(tokens: &[Token]) -> String {
    let bare = |t: &Token| {
        let text = t.text.trim_end_matches(['\'', '`', '"']).trim_start_matches(['.', ',', '\'', '`', '-', '~', ':']);
        let word = text.strip_suffix('.').filter(|w| w.len() >= 4 && w.chars().all(char::is_alphabetic));
        Token { text: word.unwrap_or(text).to_owned(), ..t.clone() }
    };
    text_of(&tokens.iter().map(|t| if t.confidence < 1.0 { bare(t) } else { t.clone() }).collect::<Vec<_>>())
}

/// `J.SANDOVAL`, with the space that a recogniser lost behind the initial; `Jane T, Roe`, with the point that it took for a
/// comma.
fn initials_apart(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 1);
    for (i, c) in chars.iter().enumerate() {
        out.push(*c);
        let name = |k: usize| chars.get(i + k).is_some_and(|x| x.is_alphabetic());
        if *c == '.' && name(1) && name(2) {
            out.push(' ');
        }
        // `Jane T, Roe`: the point behind an initial
        let initial = i >= 2 && chars[i - 1].is_uppercase() && chars[i - 2] == ' ' && chars.get(i + 1) == Some(&' ') && name(2);
        if *c == ',' && initial {
            out.pop();
            out.push('.');
        }
    }
    out
}

pub(super) fn organisation(field: Field, tokens: &[Token], page: u32) -> Option<Read> {
    // `1. Blue Cross`: the first of a list of coverages
    if let [number, rest @ ..] = tokens
        && matches!(number.text.as_str(), "1." | "1)" | "(1)" | "#1")
        && !rest.is_empty()
    {
        let mut r = organisation(field, rest, page)?;
        r.used += 1;
        return Some(r);
    }
    // Telephone, identifiers and remarks in brackets stand behind a name, not in it.
    let cut = |t: &Token| {
        t.text.starts_with('(')
            || t.text.eq_ignore_ascii_case("npi")
            || t.text.eq_ignore_ascii_case("tel")
            || t.text == "|"
            || t.text.starts_with('*')
    };
    let mut n = tokens.iter().position(cut).unwrap_or(tokens.len());
    if let Some(k) = tokens[..n].iter().position(|t| has_phone(&t.text)) {
        n = k;
    }
    // `Lakeside Health Plan, ID W867582686`
    let numbered = |k: usize| {
        let word = tokens[k].text.trim_end_matches([':', '#', '.']).to_ascii_lowercase();
        let digits = |t: &Token| t.text.bytes().filter(u8::is_ascii_digit).count() >= 4;
        // `Lakeside Health Plan MEMBER W867582686`: in capitals, and its number right behind
        let capitals = !tokens[k].text.contains(char::is_lowercase) && k + 1 < n && digits(&tokens[k + 1]);
        (tokens[k - 1].text.ends_with(',') || capitals)
            && matches!(word.as_str(), "id" | "member" | "policy" | "subscriber")
            && tokens[k..n.min(k + 4)].iter().any(digits)
    };
    if let Some(k) = (1..n).find(|k| numbered(*k)) {
        n = k;
    }
    if n == 0 {
        return None;
    }
    let text = text_of(&tokens[..n]);
    let text = name_alone(text.trim_end_matches([',', ';', '-', ' ', ':']));
    // the heads `Provider charged` and `Medicare approved` may stand side by side on two lines
    let pays = tokens[0].text.trim_end_matches(['-', ':']);
    if field == Field::Provider && (pays.eq_ignore_ascii_case("medicare") || pays.eq_ignore_ascii_case("medicaid")) {
        return None;
    }
    // `Insurance billed: Lakeside Health Plan.` among sentences
    let named = |t: &&str| payer_words(t) > 0 && t.split(' ').all(|w| w.len() <= 3 || w.starts_with(char::is_uppercase));
    let bare = text.strip_suffix('.').filter(|_| !is_organisation(text)).filter(named);
    let text = bare.unwrap_or(text);
    let lower = text.to_ascii_lowercase();
    let none = matches!(
        lower.as_str(),
        "none"
            | "n/a"
            // those who run a union's or an employer's plan, without a name
            | "fund office"
            | "the fund office"
            | "trust office"
            | "benefits office"
            | "benefit office"
            | "self pay"
            | "self-pay"
            | "selfpay"
            | "uninsured"
            | "none on file"
            | "self"
            | "yes"
            | "no"
            | "unknown"
            | "see below"
            | "not on file"
            | "no insurance"
    );
    // `of | PROVIDER'S | ELIGIBLE` is a line of a table's head
    let heads =
        !text.contains(' ') && organisation_words(text) + payer_words(text) == 0 && Vocabulary::builtin().lookup(text).is_some();
    // `Provider | Amount we | Plan paid` over `charged | approved`: the upper lines of heads
    let first = lower.split(' ').next().unwrap_or_default();
    let column = field == Field::Provider
        && matches!(first, "amount" | "amounts" | "charge" | "charges" | "allowed" | "approved" | "discount" | "deductible")
        && organisation_words(text) + payer_words(text) == 0;
    if none || heads || column || !is_organisation(text) || status(text).is_some() && text.split_whitespace().count() < 2 {
        return None;
    }
    if field == Field::Payer && (network(text).is_some() && payer_words(text) == 0) {
        return None;
    }
    let mut r = one(Value::Text(text.to_owned()), &tokens[..n], page)?;
    text.clone_into(&mut r.cell.raw);
    Some(r)
}
