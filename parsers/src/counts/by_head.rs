//! Counts in brackets behind the words of a service, where the head of the words says that they stand there:
//!
//! ```text
//! Rev.    Description (quantity)                     Total
//! 0636    ONDANSETRON 1MG INJ (4)                    59.72
//! ```
//! What is done once mostly has none. Without that head a figure in brackets may be part of the name.

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::grammar::units;
use crate::heading_words::in_brackets;
use crate::statement::Field;
use crate::vocabulary::Vocabulary;

static CLOSING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(.*\p{L}.*\S)\s*\((\d{1,4}(?:\.\d{1,2})?)\)$").expect("a constant pattern"));

/// Whether a head names counts in brackets behind the words: `Item (Qty)`.
pub(crate) fn names_counts(head: &str) -> bool {
    let counts = |inside: &str| Vocabulary::builtin().lookup(inside).is_some_and(|m| m.fields == [Field::Units]);
    in_brackets(head).is_some_and(counts)
}

/// The words under such a head without the count at their end, and the count.
pub(crate) fn closing(head: &str, words: &str) -> Option<(String, Decimal)> {
    let m = CLOSING.captures(words.trim_end()).filter(|_| names_counts(head))?;
    Some((m[1].to_owned(), units::units(&m[2])?))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(head: &'static str) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
            (60.0, &[(30.0, "Rev code"), (110.0, "Code"), (180.0, head), (-520.0, "Charge")]),
            (74.0, &[(30.0, "0450"), (110.0, "99283"), (180.0, "ED VISIT LEVEL 3"), (-520.0, "850.00")]),
            (88.0, &[(30.0, "0301"), (110.0, "83690"), (180.0, "LIPASE"), (-520.0, "52.31")]),
            (102.0, &[(30.0, "0636"), (110.0, "J2405"), (180.0, "ONDANSETRON 1MG INJ (4)"), (-520.0, "59.72")]),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Code, Field::Description, Field::Units])).collect()
    }

    #[test]
    fn the_head_says_what_stands_in_brackets() {
        let want = ["0450 99283 ED VISIT LEVEL 3 -", "0301 83690 LIPASE -", "0636 J2405 ONDANSETRON 1MG INJ 4"];
        assert_eq!(rows("Description (quantity)"), want);
        assert_eq!(rows("Service (units)"), want);
    }

    #[test]
    fn without_such_a_head_the_bracket_stays() {
        assert_eq!(rows("Description")[2], "0636 J2405 ONDANSETRON 1MG INJ (4) -");
    }
}
