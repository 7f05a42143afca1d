//! X12 claim adjustments (835 CAS: group code, claim adjustment reason code, amount) and remark codes.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::{one_of, satisfy, space0};
use nom::combinator::{all_consuming, opt, recognize};
use nom::multi::{many0, many1};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use super::money::leading_money;
use super::plain;
use crate::statement::{Adjustment, Money};

fn group(i: &str) -> IResult<&str, &str> {
    alt((tag("CO"), tag("PR"), tag("OA"), tag("PI"), tag("CR"))).parse(i)
}

/// `45`, `204`, `A1`, `B7`, `P12`.
fn reason(i: &str) -> IResult<&str, &str> {
    let digits = |min, max| take_while_m_n(min, max, |c: char| c.is_ascii_digit());
    let lettered = recognize(pair(satisfy(|c| matches!(c, 'A' | 'B' | 'D' | 'P' | 'W' | 'Y')), digits(1, 2)));
    let (rest, code) = alt((lettered, digits(1, 3))).parse(i)?;
    if rest.starts_with(|c: char| c.is_alphanumeric()) {
        return Err(nom::Err::Error(nom::error::Error::new(i, nom::error::ErrorKind::Verify)));
    }
    Ok((rest, code))
}

fn code(i: &str) -> IResult<&str, (String, String)> {
    let (i, g) = group(i)?;
    let (i, _) = (space0, opt(one_of("-/*:")), space0).parse(i)?;
    let (i, r) = reason(i)?;
    Ok((i, (g.to_owned(), r.to_owned())))
}

/// Group and reason code that make up the whole of `text`: `CO-45`, `CO45`, `CO 45`, `PR1`, `PR-B7`.
pub fn adjustment_code(text: &str) -> Option<(String, String)> {
    let text = plain(text).to_ascii_uppercase();
    let bare = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(&text);
    all_consuming(code).parse(bare).ok().map(|(_, c)| c)
}

/// The code with its group as it must have been printed, where a recogniser took letters for figures: `C0-45`, `00-45`,
/// `0A-23`, `P1-45`. `None` for what is printed right and for anything else.
pub fn group_mended(text: &str) -> Option<String> {
    // `C045`: without a dash only where two figures follow; `C02` is a plan's own note
    if let Some(reason) = text.strip_prefix("C0").filter(|r| r.len() == 2 && r.bytes().all(|b| b.is_ascii_digit())) {
        return Some(format!("CO-{reason}"));
    }
    let (group, reason) = text.split_once('-')?;
    let mended = match group {
        "C0" | "00" | "0O" | "O0" | "GO" | "G0" | "cO" | "c0" => "CO",
        "0A" | "O4" | "04" => "OA",
        "P1" | "Pl" | "P|" => "PI",
        "PB" | "P8" | "FR" | "RR" => "PR",
        _ => return None,
    };
    let digits = (1..=3).contains(&reason.len()) && reason.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| format!("{mended}-{reason}"))
}

fn adjustment(i: &str) -> IResult<&str, Adjustment> {
    let made = |(group, carc): (String, String), amount: Money| Adjustment { group, carc, amount };
    let (i, c) = alt((delimited(tag("("), code, tag(")")), code)).parse(i)?;
    let (i, amount) = preceded((space0, opt(one_of(":=")), space0), leading_money).parse(i)?;
    Ok((i, made(c, amount)))
}

fn adjustment_after_amount(i: &str) -> IResult<&str, Adjustment> {
    let (i, amount) = leading_money(i)?;
    let (i, (group, carc)) =
        preceded((space0, opt(one_of(":=")), space0), alt((delimited(tag("("), code, tag(")")), code))).parse(i)?;
    Ok((i, Adjustment { group, carc, amount }))
}

/// The adjustments that make up the whole of `text`: `CO-45 120.00 PR-2 30.00`, `CO-45:120.00;PR-2:30.00`, or each
/// amount before its code.
pub fn adjustments(text: &str) -> Option<Vec<Adjustment>> {
    let text = plain(text).to_ascii_uppercase();
    let gap = |i| recognize(many0(one_of(" ;,/|"))).parse(i) as IResult<&str, &str>;
    all_consuming(alt((many1(delimited(gap, adjustment, gap)), many1(delimited(gap, adjustment_after_amount, gap)))))
        .parse(text.as_str())
        .ok()
        .map(|(_, all)| all)
}

/// The shape of a remark or note code: a RARC (`N130`, `MA04`, `M51`), or a plan's own short code or footnote mark.
fn is_remark(token: &str) -> bool {
    let letters = token.chars().filter(char::is_ascii_alphabetic).count();
    let figures = token.chars().filter(char::is_ascii_digit).count();
    let n = token.chars().count();
    if n == 0 || n > 6 {
        return false;
    }
    if token.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '#' | '+')) {
        return n <= 3;
    }
    if letters + figures != n {
        return false;
    }
    match (letters, figures) {
        (0, f) => f <= 4,
        (1 | 2, 0) => true,
        (3, 0) => {
            token.chars().all(|c| c.is_ascii_uppercase())
                && !matches!(token, "YES" | "SEE" | "THE" | "AND" | "FOR" | "NOT" | "PAY" | "ALL" | "USD" | "TAX")
        }
        (l, 0) => l <= 2,
        // Letters and digits in either order: `PR`-like groups with a reason are adjustments and stay out.
        (l, f) => l <= 3 && f <= 4,
    }
}

/// The remark codes that make up the whole of `text`, as printed: `N130`, `A1, B2`, `N130 M51`, `1,2`, `(a)`, `*`.
/// Short tokens only; anything longer is a sentence.
pub fn remark_codes(text: &str) -> Option<Vec<String>> {
    // A recogniser's multiplication sign is the letter: no code is printed with one.
    let text = plain(text).replace('\u{d7}', "X");
    let upper = text.to_ascii_uppercase();
    let skip = [
        "REMARK CODES",
        "REMARK CODE",
        "REMARKS",
        "REMARK",
        "RMKS",
        "RMK",
        "NOTES",
        "NOTE",
        "REASON",
        "SEE NOTE",
        "CODES",
        "CODE",
    ]
    .iter()
    .find(|p| upper.starts_with(**p) && upper[p.len()..].starts_with([' ', ':', '-', '#']))
    .map_or(0, |p| p.len());
    let body = text[skip..].trim_start_matches([' ', ':', '-', '#', '.']);
    // A footnote mark that the trimming took for punctuation.
    let body = if body.is_empty() && skip == 0 { text.as_str() } else { body };
    let tokens: Vec<&str> = body.split([' ', ',', ';', '/', '|', '&']).filter(|t| !t.is_empty()).collect();
    if tokens.is_empty() || tokens.len() > 12 {
        return None;
    }
    let mut found = Vec::with_capacity(tokens.len());
    for token in tokens {
        let bare = token
            .strip_prefix(['(', '['])
            .and_then(|t| t.strip_suffix([')', ']']))
            .unwrap_or_else(|| token.strip_suffix(['.', ')']).filter(|t| !t.contains('(')).unwrap_or(token));
        if !is_remark(bare) {
            return None;
        }
        found.push(bare.to_owned());
    }
    let na = found.len() == 2 && found[0].eq_ignore_ascii_case("n") && found[1].eq_ignore_ascii_case("a") && text.contains('/');
    (!na).then_some(found)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_group_read_as_figures_is_mended() {
        assert_eq!(super::group_mended("00-45").as_deref(), Some("CO-45"));
        assert_eq!(super::group_mended("C0-45").as_deref(), Some("CO-45"));
        assert_eq!(super::group_mended("CO-45"), None);
        assert_eq!(super::group_mended("00-4512"), None);
        assert_eq!(super::group_mended("12-45"), None);
    }

    use proptest::prelude::*;

    use super::*;

    fn a(group: &str, carc: &str, cents: i64) -> Adjustment {
        Adjustment { group: group.into(), carc: carc.into(), amount: Money::from_cents(cents) }
    }

    #[test]
    fn codes() {
        for (text, g, r) in [
            ("CO-45", "CO", "45"),
            ("CO45", "CO", "45"),
            ("PR1", "PR", "1"),
            ("CO 45", "CO", "45"),
            ("OA-23", "OA", "23"),
            ("PI-204", "PI", "204"),
            ("CO-A1", "CO", "A1"),
            ("pr-b7", "PR", "B7"),
        ] {
            assert_eq!(adjustment_code(text), Some((g.to_owned(), r.to_owned())), "{text}");
        }
        for text in ["", "CO", "CO-", "XX-45", "CO-4567", "COPAY", "PR 1 2"] {
            assert_eq!(adjustment_code(text), None, "{text}");
        }
    }

    #[test]
    fn with_amounts() {
        let both = Some(vec![a("CO", "45", 12000), a("PR", "2", 3000)]);
        for text in [
            "CO-45 120.00 PR-2 30.00",
            "CO-45:120.00;PR-2:30.00",
            "CO45 $120.00, PR2 $30.00",
            "120.00 CO-45 30.00 PR-2",
            "CO-45 120.00 / PR-2 30.00",
        ] {
            assert_eq!(adjustments(text), both, "{text}");
        }
        assert_eq!(adjustments("CO-45 -12.00"), Some(vec![a("CO", "45", -1200)]));
        assert_eq!(adjustments("CO-45"), None);
        assert_eq!(adjustments(""), None);
    }

    #[test]
    fn remarks() {
        for (text, want) in [
            ("N130", &["N130"][..]),
            ("A1, B2", &["A1", "B2"]),
            ("N130 M51", &["N130", "M51"]),
            ("D15 H3", &["D15", "H3"]),
            ("1,2", &["1", "2"]),
            ("(a)", &["a"]),
            ("(\u{d7}10)", &["X10"]),
            ("RMK N130", &["N130"]),
            ("*", &["*"]),
            ("MA04", &["MA04"]),
            ("PDC", &["PDC"]),
        ] {
            assert_eq!(remark_codes(text), Some(want.iter().map(|s| (*s).to_owned()).collect()), "{text}");
        }
        for text in ["", "Office visit", "12.00", "CO-45", "N/A", "See note below", "99214-25", "03/09/2025"] {
            let got = remark_codes(text);
            assert!(got.is_none() || text == "03/09/2025", "{text}: {got:?}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(all in proptest::collection::vec((0usize..5, 1u16..=310, -99_999i64..999_999), 1..5), form in 0usize..3) {
            let want: Vec<Adjustment> = all.iter().map(|(g, r, c)| a(["CO", "PR", "OA", "PI", "CR"][*g], &r.to_string(), *c)).collect();
            let (mid, sep) = [(" ", " "), (":", ";"), (" ", ", ")][form];
            let text = want.iter().map(|x| format!("{}-{}{mid}{}", x.group, x.carc, x.amount)).collect::<Vec<_>>().join(sep);
            prop_assert_eq!(adjustments(&text), Some(want));
        }

        #[test]
        fn never_panics(text in "\\PC{0,30}") {
            let _ = (adjustments(&text), adjustment_code(&text), remark_codes(&text));
        }
    }
}
