//! The number of a line right before its day, where both stand under one head or close together:
//!
//! ```text
//! Line
//! #    Date          Rev    Description
//! 1    MAR 03 25     0305   PROTHROMBIN TIME
//! 2                  0305   CBC WITH AUTO DIFF
//! ```
//! `1 Aug 24, 2025` is no first of August.

use crate::grammar::date;
use crate::page_text::Word;
use crate::stray::Piece;
use crate::text_lines::join;
use crate::tokens::TokenKind;

/// The days under `Line # Date` without the number of the line, which stands before each day or in its place.
pub(crate) fn without_line_number<'p, 'a>(pieces: &'p [Piece<'a>], head: &str) -> &'p [Piece<'a>] {
    let numbered = counts_lines(head);
    let number = |p: &Piece<'_>| p.token.kind == TokenKind::Number && p.token.text.len() <= 3;
    match pieces {
        [first, rest @ ..] if numbered && number(first) && !rest.iter().any(number) => rest,
        _ => pieces,
    }
}

/// Whether the head of a column says that the lines are counted in it: `# Date`, `Ln / Date`.
pub(crate) fn counts_lines(head: &str) -> bool {
    head.to_lowercase().split([' ', '/', '.']).any(|w| matches!(w, "line" | "ln" | "item" | "#"))
}

/// `1 Aug 24, 2025`, `2  MAR 03 25`: the number of a line before a date that begins with its month. With a year of two figures the
/// wider gap tells.
pub(crate) fn numbers_a_date(words: &[Word]) -> bool {
    let [number, month, day, year, ..] = words else { return false };
    let figures = |w: &Word| !w.text.is_empty() && w.text.bytes().all(|b| b.is_ascii_digit());
    if !figures(number) || number.text.len() > 2 || !figures(year) || !month.text.starts_with(char::is_alphabetic) {
        return false;
    }
    let gap = |a: &Word, b: &Word| b.bbox.x0 - a.bbox.x1;
    let apart = year.text.len() == 4 || year.text.len() == 2 && gap(number, month) > 1.5 * gap(month, day).max(1.0);
    apart && date::date(&join(&words[1..4])).is_some()
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn days(first: &'static str, second: &'static str) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (300.0, "Statement date: 09/30/2025")]),
            (60.0, &[(30.0, "Line # Date"), (150.0, "Code"), (230.0, "Description"), (-520.0, "Charge")]),
            (74.0, &[(30.0, first), (150.0, "99214"), (230.0, "OFFICE VISIT"), (-520.0, "210.00")]),
            (88.0, &[(30.0, second), (150.0, "36415"), (230.0, "BLOOD DRAW"), (-520.0, "20.00")]),
        ]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
        s.rows.iter().map(|r| said(r, &[Field::ServiceDate])).collect()
    }

    #[test]
    fn the_number_of_a_line_stands_with_its_day_and_not_with_the_words() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (50.0, &[(40.0, "Treatment"), (-270.0, "Amount"), (-340.0, "What")]),
            (59.0, &[(30.0, "#"), (40.0, "Dates"), (90.0, "Description of Service"), (-270.0, "Charged"), (-340.0, "You Owe")]),
            (73.0, &[(30.0, "1"), (40.0, "01/27/25"), (90.0, "Colonoscopy w/ snare"), (-270.0, "587.00"), (-340.0, "20.00")]),
            (87.0, &[(30.0, "2"), (40.0, "01/28/25"), (90.0, "Colonoscopy w/ biopsy"), (-270.0, "577.15"), (-340.0, "0.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Description])).collect();
        assert_eq!(rows, ["2025-01-27 Colonoscopy w/ snare", "2025-01-28 Colonoscopy w/ biopsy"]);
    }

    #[test]
    fn the_number_of_a_line_is_no_day_of_a_month() {
        assert_eq!(days("1 Aug 24, 2025", "2"), ["2025-08-24"; 2]);
        assert_eq!(days("1 Aug 24, 2025", "2 Aug 25, 2025"), ["2025-08-24", "2025-08-25"]);
        assert_eq!(days("24 Aug 25", "25 Aug 25"), ["2025-08-24", "2025-08-25"], "a day before its month");
    }
}
