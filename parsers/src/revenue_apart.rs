//! Revenue codes that stand so close behind the words of a service that they look like the end of them:
//!
//! ```text
//! Service                      Revenue   Procedure
//!                              code
//! AIR MILEAGE ROTARY PER MILE 0545       A0436
//! ```
//! A number one space behind words belongs to them, but not one that stands under the head of an otherwise empty column for
//! revenue codes and reads as one.

use crate::columns::Column;
use crate::grammar::code;
use crate::page_text::BBox;
use crate::statement::Field;
use crate::table::{BodyLine, Role};
use crate::text_lines::join;
use crate::tokens::{Token, TokenKind};

/// Parts the codes from the words before them.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let Some(at) = columns.iter().position(|c| c.fields == [Field::RevenueCode]) else { return };
    for line in lines.iter_mut().filter(|l| l.role == Role::Anchor) {
        let cells = &mut line.assigned.cells;
        if cells.iter().any(|(_, c)| *c == at) {
            continue;
        }
        let parted = cells.iter().enumerate().find_map(|(i, (t, c))| {
            let words = columns[*c].has(Field::Description) && t.kind == TokenKind::Text;
            Some((i, part(t, &columns[at])?)).filter(|_| words && c + 1 == at)
        });
        if let Some((i, (words, code))) = parted {
            cells[i].0 = words;
            cells.insert(i + 1, (code, at));
        }
    }
}

/// The words and the code behind them, where it stands under the head of its column.
fn part(t: &Token, column: &Column) -> Option<(Token, Token)> {
    let (last, words) = t.words.split_last()?;
    let four = last.text.len() == 4 && last.text.starts_with('0') && code::revenue_code(&last.text).is_some();
    let under = last.bbox.overlap_x(column.head_box) > 0.6 * last.bbox.width().min(column.head_box.width());
    let token = |kind, words: &[crate::page_text::Word]| {
        let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
        let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        Some(Token { kind, text: join(words), bbox, confidence, words: words.to_vec() })
    };
    let (before, code) = (token(TokenKind::Text, words)?, token(TokenKind::Number, std::slice::from_ref(last))?);
    (four && under).then_some((before, code))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_code_close_behind_the_words_is_in_its_column() {
        let head = [
            (30.0, "Service"),
            (165.0, "Revenue code"),
            (240.0, "Procedure"),
            (300.0, "Date"),
            (-450.0, "Charge billed"),
            (-530.0, "Paid by plan"),
        ];
        let row = |y: f32, what: &'static str, rev: &'static str, code: &'static str| {
            (y, vec![(30.0, what), (168.0, rev), (240.0, code), (300.0, "03/09/2025"), (-450.0, "210.00"), (-530.0, "150.00")])
        };
        let lines = [
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, vec![(30.0, "Lakeside Hospital"), (400.0, "Claim number 1234567")]),
            (60.0, head.to_vec()),
            row(74.0, "AIR MILEAGE ROTARY PER LONG MILE", "0545", "A0436"),
            row(88.0, "BLOOD DRAW", "0300", "36415"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let rows: Vec<String> =
            read(&lines).rows.iter().map(|r| said(r, &[Field::Description, Field::RevenueCode, Field::Code])).collect();
        assert_eq!(rows, ["AIR MILEAGE ROTARY PER LONG MILE 0545 A0436", "BLOOD DRAW 0300 36415"]);
    }
}
