//! Counts that bear the sign of multiplication, where no column is for them:
//!
//! ```text
//! Date of service                 Billed     Discount
//! 03/09/2025            x 2       143.30        77.28
//! ```
//! `2 x THER EX EA 15 MIN`: a Medicare summary notice prints them before the words. Or they stand alone under the words:
//!
//! ```text
//! 03/09/2025   0272 - TROCAR 12MM DISP        450.08
//!              x 1
//! ```
//!
//! The sign says what they are wherever they stand between the day and the amounts. A figure with its full stop at the beginning
//! of such a row, `1.`, is the number of the line, even where the column was taken for one of counts.

use std::sync::LazyLock;

use regex::Regex;

use crate::columns::Column;
use crate::grammar::units;
use crate::page_text::BBox;
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role};
use crate::text_lines::join;
use crate::tokens::{Token, TokenKind};

// `X10` is a note's code as likely as a count: a capital stands apart.
static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:x ?|X |\u{D7}\s?)(\d{1,3}(?:\.\d{1,2})?)|(\d{1,3}(?:\.\d{1,2})?)(?: [xX]|\s?\u{D7}))$")
        .expect("a constant pattern")
});

/// Takes them from the rows.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    beneath(lines, columns);
    let rows: Vec<bool> = (0..lines.len()).map(|i| lines[i].role == Role::Anchor || is_second_row(lines, i)).collect();
    for (line, _) in lines.iter_mut().zip(rows).filter(|(_, row)| *row) {
        let in_column = |(t, c): &(Token, usize)| columns[*c].fields == [Field::Units] && !is_sign(t) && !is_count(t);
        let ordinal = |cells: &[(Token, usize)]| cells.iter().position(in_column).filter(|k| *k == 0 && is_ordinal(&cells[0].0));
        if line.assigned.cells.iter().any(in_column) && ordinal(&line.assigned.cells).is_none() {
            continue;
        }
        if let Some((at, count, words)) = before_words(line) {
            let number = units::units(&count.text);
            line.assigned.cells[at + 1].0 = words;
            line.assigned.cells.remove(at);
            line.parts.extend(number.map(|n| (Field::Units, Value::Number(n), count)));
            continue;
        }
        let Some((at, taken, token)) = count(line) else { continue };
        let number = COUNT.captures(&token.text).and_then(|m| units::units(m.get(1).or(m.get(2))?.as_str()));
        let Some(number) = number else { continue };
        line.assigned.cells.drain(at..at + taken);
        if ordinal(&line.assigned.cells).is_some() {
            line.assigned.cells.remove(0);
        }
        line.parts.push((Field::Units, Value::Number(number), token));
    }
}

/// Whether a line goes on with the amounts of the service above it, as the second print row of two does: `x 5   0.00   1,630.43`.
fn is_second_row(lines: &[BodyLine], i: usize) -> bool {
    let amounts = lines[i].assigned.cells.iter().filter(|(t, _)| t.kind == TokenKind::Money).count();
    let under = i.checked_sub(1).is_some_and(|k| lines[k].role == Role::Anchor);
    lines[i].role == Role::Continuation && under && amounts > 1
}

/// Takes those that stand alone on a line beneath the words, where no column is for counts.
fn beneath(lines: &mut [BodyLine], columns: &[Column]) {
    if columns.iter().any(|c| c.has(Field::Units)) {
        return;
    }
    for i in 1..lines.len() {
        let (above, line) = (&lines[i - 1], &lines[i]);
        let follows = line.role == Role::Continuation && above.role == Role::Anchor && line.follows(above);
        // `GAUZE 4` over `x 4` is a measure that runs on
        let words = above.assigned.cells.iter().rfind(|(t, c)| t.kind == TokenKind::Text && columns[*c].has(Field::Description));
        let measured = words.is_some_and(|(t, _)| t.text.ends_with(|c: char| c.is_ascii_digit()));
        let number = COUNT.captures(line.text.trim()).and_then(|m| units::units(m.get(1).or(m.get(2))?.as_str()));
        if let Some(number) = number.filter(|_| follows && !measured) {
            lines[i].says_only(vec![(Field::Units, Value::Number(number))]);
        }
    }
}

fn is_sign(t: &Token) -> bool {
    matches!(t.text.as_str(), "x" | "X" | "\u{D7}")
}

fn is_count(t: &Token) -> bool {
    COUNT.is_match(&t.text)
}

/// `12.`: the number of a line.
fn is_ordinal(t: &Token) -> bool {
    t.text.strip_suffix('.').is_some_and(|n| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))
}

/// The count with its sign that the words of a line begin with, and the words without it; the first of their cells.
fn before_words(line: &BodyLine) -> Option<(usize, Token, Token)> {
    let cells = &line.assigned.cells;
    let (at, (number, _)) = cells.iter().enumerate().find(|(_, (t, _))| t.kind != TokenKind::Date)?;
    let (words, _) = cells.get(at + 1).filter(|_| number.kind == TokenKind::Number && units::units(&number.text).is_some())?;
    let [sign, next, ..] = words.words.as_slice() else { return None };
    let worded = next.text.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    if !matches!(sign.text.as_str(), "x" | "\u{D7}") || !worded || sign.bbox.x0 - number.bbox.x1 > line.size {
        return None;
    }
    let rest = words.words[1..].to_vec();
    let bbox = BBox::around(rest.iter().map(|w| w.bbox))?;
    let confidence = rest.iter().map(|w| w.confidence).fold(1.0, f32::min);
    Some((at, number.clone(), Token { text: join(&rest), bbox, confidence, words: rest, ..words.clone() }))
}

/// Where the count stands in the cells of a line, how many of them it is, and both as one.
fn count(line: &BodyLine) -> Option<(usize, usize, Token)> {
    let cells = &line.assigned.cells;
    let amounts = cells.iter().position(|(t, _)| t.kind == TokenKind::Money)?;
    let whole = cells[..amounts].iter().position(|(t, _)| is_count(t)).map(|at| (at, 1, cells[at].0.clone()));
    whole.or_else(|| {
        let apart = |k: &usize| {
            let (sign, number) = (&cells[*k].0, &cells[k + 1].0);
            is_sign(sign) && number.is_whole_number() && number.bbox.x0 - sign.bbox.x1 < line.size
        };
        let at = (0..amounts.saturating_sub(1)).find(apart)?;
        let (sign, number) = (&cells[at].0, &cells[at + 1].0);
        let bbox = BBox::around([sign.bbox, number.bbox])?;
        let words = sign.words.iter().chain(&number.words).cloned().collect();
        let confidence = sign.confidence.min(number.confidence);
        Some((at, 2, Token { text: format!("x {}", number.text), bbox, words, confidence, ..number.clone() }))
    })
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_count_with_its_sign_needs_no_column() {
        let s = read(&[
            (100.0, &[(30.0, "Date"), (100.0, "Code"), (160.0, "Description"), (-520.0, "Charges")]),
            (115.0, &[(30.0, "06/11/2025"), (100.0, "97110"), (160.0, "THER EX EA 15 MIN"), (400.0, "x 2"), (-520.0, "143.30")]),
            (130.0, &[(30.0, "06/12/2025"), (100.0, "97035"), (160.0, "ULTRASOUND THERAPY"), (400.0, "x 1"), (-520.0, "40.97")]),
        ]);
        let rows: Vec<String> =
            s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description, Field::Units, Field::Charge])).collect();
        assert!(!super::COUNT.is_match("X10") && super::COUNT.is_match("x10"));
        assert_eq!(rows, ["97110 THER EX EA 15 MIN 2 143.30", "97035 ULTRASOUND THERAPY 1 40.97"]);
    }

    #[test]
    fn a_count_with_its_sign_alone_under_the_words_is_none_of_them() {
        let s = read(&[
            (100.0, &[(30.0, "Date"), (100.0, "Description"), (-420.0, "Charges")]),
            (115.0, &[(30.0, "06/11/2025"), (100.0, "0272 - TROCAR DISP"), (-420.0, "143.30")]),
            (124.0, &[(100.0, "x 2")]),
            (140.0, &[(30.0, "06/12/2025"), (100.0, "0270 - GAUZE PAD 4"), (-420.0, "40.97")]),
            (149.0, &[(100.0, "x 4")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Description, Field::Units])).collect();
        assert_eq!(rows, ["0272 TROCAR DISP 2", "0270 GAUZE PAD 4 x 4 -"], "a measure may run on");
    }

    #[test]
    fn a_count_before_the_words_is_none_of_them() {
        let s = read(&[
            (100.0, &[(30.0, "Date"), (100.0, "Description"), (-420.0, "Charges")]),
            (115.0, &[(30.0, "06/11/2025"), (100.0, "2 x THER EX EA 15 MIN"), (-420.0, "143.30")]),
            (130.0, &[(30.0, "06/12/2025"), (100.0, "ULTRASOUND THERAPY"), (-420.0, "40.97")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::Units])).collect();
        assert_eq!(rows, ["THER EX EA 15 MIN 2", "ULTRASOUND THERAPY -"]);
    }

    #[test]
    fn the_number_of_the_line_is_no_count() {
        let s = read(&[
            (100.0, &[(30.0, "Units"), (80.0, "Date"), (160.0, "Description"), (-520.0, "Charges")]),
            (115.0, &[(32.0, "1."), (80.0, "06/11/2025"), (160.0, "THER EX EA 15 MIN"), (400.0, "x 2"), (-520.0, "143.30")]),
        ]);
        assert_eq!(said(&s.rows[0], &[Field::Description, Field::Units, Field::Charge]), "THER EX EA 15 MIN 2 143.30");
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }
}
