//! Payments and adjustments whose amount stands before their words:
//!
//! ```text
//! Received and posted so far
//!       Amount   Posted on      Entry
//!   (2,371.57)   09/03/2025     INSURANCE PAYMENT - LAKESIDE
//!
//!   Subtract $87.70   INSURANCE PAYMENT - LAKESIDE       entered May 2, 2025
//! ```
//! The first needs a heading that announces entries; the second says by its first word what it does.

use crate::grammar::date::date;
use crate::grammar::{date::LooseDate, money};
use crate::page_text::Word;
use crate::statement::Money;
use crate::text_lines::{Line, join};

/// What stands before the day of an entry.
pub(crate) const POSTED: [&str; 6] = ["posted", "received", "applied", "entered", "credited", "dated"];

/// What stands before an amount that is taken off.
const LESS: [&str; 4] = ["subtract", "less", "minus", "deduct"];

/// What stands before an amount that is put back.
const MORE: [&str; 2] = ["add", "plus"];

/// An entry in its parts.
pub(crate) struct Entry<'a> {
    pub amount: Money,
    pub amount_word: &'a Word,
    pub day: LooseDate,
    pub day_words: &'a [Word],
    pub words: &'a [Word],
    /// Whether its first word says that it is taken off, or put back.
    pub says_way: bool,
}

/// Takes such a line apart.
pub(crate) fn entry(line: &Line) -> Option<Entry<'_>> {
    let (first, rest) = line.words.split_first()?;
    let verb = first.text.to_lowercase();
    let verb = verb.trim_end_matches(':');
    let says_less = LESS.contains(&verb);
    let says_way = says_less || MORE.contains(&verb);
    let (mut amount_word, mut rest) = if says_way { rest.split_first()? } else { (first, rest) };
    if amount_word.text == "$" {
        (amount_word, rest) = rest.split_first()?;
    }
    let amount = money::money(&amount_word.text).filter(|_| amount_word.text.contains('.'))?;
    let (day, day_words, words) = day_first(rest).or_else(|| day_last(rest))?;
    let amount = if says_less { -amount.abs() } else { amount };
    words.iter().any(|w| w.text.chars().any(char::is_alphabetic)).then_some(Entry {
        amount,
        amount_word,
        day,
        day_words,
        words,
        says_way,
    })
}

/// `09/03/2025  INSURANCE PAYMENT`, `May 2, 2025  INSURANCE PAYMENT`.
pub(crate) fn day_first(rest: &[Word]) -> Option<(LooseDate, &[Word], &[Word])> {
    let (n, day) = (1..=rest.len().min(3)).rev().find_map(|n| Some((n, date(&join(&rest[..n]))?)))?;
    let (day_words, words) = rest.split_at(n);
    Some((day, day_words, words))
}

/// `INSURANCE PAYMENT  entered May 2, 2025`, `INSURANCE PAYMENT  05/02/2025`. In `COPAY RECEIVED   02/20/2025` the word is nearer
/// to the others than to the day, and one of them.
pub(crate) fn day_last(rest: &[Word]) -> Option<(LooseDate, &[Word], &[Word])> {
    let (at, day) = (rest.len().saturating_sub(3)..rest.len()).find_map(|at| Some((at, date(&join(&rest[at..]))?)))?;
    let (words, day_words) = rest.split_at(at);
    let of_day = |last: &Word, before: &[Word]| {
        let gap = before.last().map(|w| last.bbox.x0 - w.bbox.x1);
        let near = gap.is_none_or(|g| day_words[0].bbox.x0 - last.bbox.x1 <= g.max(0.0) + 1.0);
        near && POSTED.contains(&last.text.to_lowercase().trim_end_matches(':'))
    };
    let words = words.split_last().filter(|(last, before)| of_day(last, before)).map_or(words, |(_, before)| before);
    Some((day, day_words, words))
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 4] = [Field::ServiceDate, Field::Description, Field::PlanPaid, Field::PlanDiscount];

    fn bill(heading: &'static str, entries: [&[(f32, &'static str)]; 2]) -> Statement {
        let [a, b] = entries;
        read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (300.0, "Detailed statement of services")]),
            (60.0, &[(30.0, heading)]),
            (86.0, a),
            (98.0, b),
            (116.0, &[(30.0, "Charges by day")]),
            (130.0, &[(30.0, "Date"), (110.0, "Code"), (160.0, "Description"), (-520.0, "Charge")]),
            (144.0, &[(30.0, "03/02/2025"), (110.0, "J2250"), (160.0, "MIDAZOLAM 1MG INJ"), (-520.0, "156.73")]),
            (158.0, &[(30.0, "03/02/2025"), (110.0, "80048"), (160.0, "BASIC METABOLIC PANEL"), (-520.0, "184.00")]),
        ])
    }

    fn rows(s: &Statement) -> Vec<String> {
        s.rows.iter().map(|r| said(r, &FIELDS)).filter(|r| !r.ends_with("- -")).collect()
    }

    #[test]
    fn the_amount_stands_before_the_day() {
        let s = bill(
            "Received and posted so far",
            [
                &[(-100.0, "(110.11)"), (120.0, "Mar 12, 2025"), (220.0, "INSURANCE PAYMENT - LAKESIDE")],
                &[(-100.0, "(132.29)"), (120.0, "Mar 12, 2025"), (220.0, "PLAN DISCOUNT")],
            ],
        );
        assert_eq!(rows(&s), ["2025-03-12 INSURANCE PAYMENT - LAKESIDE 110.11 -", "2025-03-12 PLAN DISCOUNT - 132.29"]);
    }

    #[test]
    fn the_first_word_says_that_it_is_taken_off() {
        let s = bill(
            "Since then",
            [
                &[
                    (30.0, "Subtract"),
                    (80.0, "$110.11"),
                    (160.0, "INSURANCE PAYMENT - LAKESIDE"),
                    (400.0, "entered Mar 12, 2025"),
                ],
                &[(30.0, "Subtract"), (80.0, "$132.29"), (160.0, "PLAN DISCOUNT"), (400.0, "entered Mar 12, 2025")],
            ],
        );
        assert_eq!(rows(&s), ["2025-03-12 INSURANCE PAYMENT - LAKESIDE 110.11 -", "2025-03-12 PLAN DISCOUNT - 132.29"]);
    }
}
