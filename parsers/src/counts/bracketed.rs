//! Counts in brackets behind the words of a service, `SURG PATH LEVEL 4 (3 units)`, or behind its code, `FERRITIN (82728 x2)`.
//!
//! A drug's name may close with the like: `BOTULINUM TOXIN (100 UNITS)`. It is the paper's own count where every service has one,
//! two of them at least, or where it is printed in small letters behind a name in capitals. `(x 3)` is another way to print it.
//! Nothing but a count has its label before the figure, at the end, `(Units: 19.2)`, or on the line over the words:
//!
//! ```text
//! 03/09/2025   99214   Qty 1            210.00
//!              OFFICE VISIT LVL 4
//! ```

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::grammar::{code, units};
use crate::statement::{Cell, Field, LineKind, Row, Value};

static COUNT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(.*\S)\s*\((-?\d{1,3}(?:\.\d{1,2})?) ([Uu]nits?|UNITS?)\)$").expect("a constant pattern"));

static SIGNED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(.*\S)\s*\(([x\u{D7}])\s?(-?\d{1,3}(?:\.\d{1,2})?)\)$").expect("a constant pattern"));

static LABEL_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(.*\S)\s*\((?:units?|qty|quantity|count)\.?\s?[:=]?\s?(-?\d{1,3}(?:\.\d{1,2})?)\)$")
        .expect("a constant pattern")
});

// `UNIT 1 BLOOD` may be a name
static LABEL_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:qty|quantity)\.?\s?[:=]?|units?\s?[:=])\s?(-?\d{1,3}(?:\.\d{1,2})?)\s+(\p{L}.*)$")
        .expect("a constant pattern")
});

// `X1` to `X5` are modifiers, in capitals as all of them are
static BEHIND_CODE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\(([A-Z0-9][A-Z0-9 ,-]*[A-Z0-9]),? ?[x\u{D7}] ?(\d{1,3})\)").expect("a constant pattern"));

/// The count that stands in one bracket with a code, and the words without it.
pub(crate) fn behind_code(words: &str) -> Option<(String, Decimal)> {
    let m = BEHIND_CODE.captures(words).filter(|m| code::procedure(&m[1]).is_some())?;
    let whole = m.get(0)?;
    let count = units::units(&m[2])?;
    Some((format!("{}({}){}", &words[..whole.start()], &m[1], &words[whole.end()..]), count))
}

/// Gives the rows the counts behind their words.
pub(crate) fn take(rows: &mut [Row]) {
    let is_service = |r: &Row| matches!(r.kind, LineKind::Service | LineKind::Reversal) && r.cells.contains_key(&Field::Charge);
    let told: Vec<Option<Counted>> = rows.iter().map(|r| counted(r).filter(|_| is_service(r))).collect();
    let all = told.iter().flatten().count();
    let every = all >= 2
        && rows.iter().zip(&told).all(|(r, told)| told.is_some() || !is_service(r) || r.cells.contains_key(&Field::Units));
    for (row, Counted { words, count, sure }) in rows.iter_mut().zip(told).filter_map(|(row, told)| Some((row, told?))) {
        let Some(cell) = row.cells.get_mut(&Field::Description).filter(|_| every || sure) else { continue };
        let counted = Cell { value: Value::Number(count), ..cell.clone() };
        cell.value = Value::Text(words);
        row.cells.insert(Field::Units, counted);
    }
}

/// Words that begin or close with a count.
struct Counted {
    words: String,
    count: Decimal,
    /// Whether its type or its label says that it is no part of the name.
    sure: bool,
}

fn counted(row: &Row) -> Option<Counted> {
    let Value::Text(text) = &row.cells.get(&Field::Description).filter(|_| !row.cells.contains_key(&Field::Units))?.value else {
        return None;
    };
    let told =
        |words: &str, count: &str, sure: bool| Some(Counted { words: words.to_owned(), count: units::units(count)?, sure });
    if let Some(m) = LABEL_BEFORE.captures(text) {
        return told(&m[2], &m[1], true);
    }
    if let Some(m) = LABEL_BEHIND.captures(text) {
        return told(&m[1], &m[2], true);
    }
    let capitals = |words: &str| words.chars().any(char::is_alphabetic) && !words.chars().any(char::is_lowercase);
    if let Some(m) = SIGNED.captures(text) {
        return told(&m[1], &m[3], capitals(&m[1]));
    }
    let m = COUNT.captures(text)?;
    told(&m[1], &m[2], m[3].starts_with('u') && capitals(&m[1]))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(names: [&'static str; 2]) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Statement")]),
            (60.0, &[(40.0, "Date"), (110.0, "Code"), (170.0, "Description"), (-560.0, "Charge")]),
            (74.0, &[(40.0, "09/05/2025"), (110.0, "88305"), (170.0, names[0]), (-560.0, "$83.31")]),
            (88.0, &[(40.0, "09/05/2025"), (110.0, "J0585"), (170.0, names[1]), (-560.0, "$99.70")]),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::Description, Field::Units])).collect()
    }

    #[test]
    fn a_count_behind_every_service_is_its_own() {
        assert_eq!(rows(["SURG PATH LEVEL 4 (3 units)", "TOXIN (1 unit)"]), ["SURG PATH LEVEL 4 3", "TOXIN 1"]);
        assert_eq!(rows(["Surg path level 4 (3 units)", "Toxin (1 unit)"]), ["Surg path level 4 3", "Toxin 1"]);
        assert_eq!(rows(["SURG PATH LEVEL 4 (3 units)", "REVERSAL (-3 units)"]), ["SURG PATH LEVEL 4 3", "REVERSAL -3"]);
        assert_eq!(rows(["SURG PATH LEVEL 4 (3 units)", "TOXIN"]), ["SURG PATH LEVEL 4 3", "TOXIN -"]);
    }

    #[test]
    fn a_label_or_a_sign_tells_the_count() {
        assert_eq!(rows(["EXERCISE (x 3)", "CREDIT (x -3)"]), ["EXERCISE 3", "CREDIT -3"]);
        assert_eq!(rows(["MILEAGE (Units: 19.2)", "TRANSPORT"]), ["MILEAGE 19.2", "TRANSPORT -"]);
        assert_eq!(rows(["Qty 2 SURG PATH LEVEL 4", "Units: 3 TOXIN"]), ["SURG PATH LEVEL 4 2", "TOXIN 3"]);
        assert_eq!(rows(["Gauze (x 3)", "Unit 1 blood"]), ["Gauze (x 3) -", "Unit 1 blood -"]);
    }

    #[test]
    fn a_count_shares_the_bracket_of_a_code() {
        let counted = |words: &str| super::behind_code(words).map(|(words, n)| format!("{words} {n}"));
        assert_eq!(counted("FERRITIN (82728 x2)").as_deref(), Some("FERRITIN (82728) 2"));
        assert_eq!(counted("XR ANKLE (73610-RT x 1) left").as_deref(), Some("XR ANKLE (73610-RT) left 1"));
        assert_eq!(counted("OFFICE VISIT (99213 X1)"), None);
        assert_eq!(counted("GAUZE (4 x4)"), None);
    }

    #[test]
    fn a_count_that_is_part_of_a_name_stays() {
        assert_eq!(rows(["SURG PATH", "TOXIN A (100 UNITS)"]), ["SURG PATH -", "TOXIN A (100 UNITS) -"]);
        assert_eq!(rows(["Surg path", "Toxin A (100 units)"]), ["Surg path -", "Toxin A (100 units) -"]);
    }
}
