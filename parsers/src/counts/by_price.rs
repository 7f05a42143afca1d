//! Counts that stand close to the words of a service, under no head of their own, where the price of one beside them tells:
//!
//! ```text
//! Description of services              Price ea.     Charge
//! OPERATING ROOM LVL 3 1ST HR      1    9,767.21   9,767.21
//! MIDAZOLAM 1MG INJ - J2250        2        7.76      15.52
//! ```
//! Before the words or behind them: in every row the figure times the price is the charge. Figures that are part of the names,
//! `LVL 3`, make no such sums row after row.

use rust_decimal::Decimal;

use crate::columns::Column;
use crate::grammar::{money, units};
use crate::page_text::BBox;
use crate::statement::{Field, Money, Value};
use crate::table::{BodyLine, Role};
use crate::text_lines::join;
use crate::tokens::{Token, TokenKind};

/// The fewest rows that show it where all counts are one, so that they multiply nothing.
const FEWEST_OF_ONES: usize = 3;

/// On which side of the words the counts stand.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    Behind,
}

/// Takes them from the words of the rows.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let priced: Vec<(usize, Money, Money)> = lines
        .iter()
        .enumerate()
        .filter(|(_, l)| l.role == Role::Anchor)
        .filter_map(|(i, l)| Some((i, amount(l, columns, Field::UnitPrice)?, amount(l, columns, Field::Charge)?)))
        .collect();
    let counted = |l: &BodyLine| l.assigned.cells.iter().any(|(_, c)| columns[*c].has(Field::Units));
    if priced.is_empty() || lines.iter().any(|l| l.role == Role::Anchor && counted(l)) {
        return;
    }
    for side in [Side::Before, Side::Behind] {
        let found: Option<Vec<(usize, usize, Decimal)>> = priced
            .iter()
            .map(|(i, price, charge)| {
                let (cell, n) = count(&lines[*i], columns, side)?;
                (n > Decimal::ZERO && Money(price.0 * n).round_cents() == *charge).then_some((*i, cell, n))
            })
            .collect();
        let Some(found) = found else { continue };
        if found.iter().any(|(.., n)| *n > Decimal::ONE) || found.len() >= FEWEST_OF_ONES {
            for (i, cell, n) in found {
                part(&mut lines[i], cell, n, side);
            }
            return;
        }
    }
}

fn amount(l: &BodyLine, columns: &[Column], field: Field) -> Option<Money> {
    let of_field = |(t, c): &&(Token, usize)| t.kind == TokenKind::Money && columns[*c].fields == [field];
    money::money(&l.assigned.cells.iter().find(of_field)?.0.text)
}

/// The cell in which the count stands, as the whole of it or as its first or last word, and the count.
fn count(l: &BodyLine, columns: &[Column], side: Side) -> Option<(usize, Decimal)> {
    let cells = &l.assigned.cells;
    let worded = |(t, c): &(Token, usize)| t.kind == TokenKind::Text && columns[*c].has(Field::Description);
    let at = match side {
        Side::Before => {
            let words = cells.iter().position(worded)?;
            words.checked_sub(1).filter(|k| cells[*k].0.kind == TokenKind::Number).unwrap_or(words)
        }
        Side::Behind => cells.iter().position(|(t, _)| t.kind == TokenKind::Money)?.checked_sub(1)?,
    };
    let (token, column) = &cells[at];
    let of_others = [Field::RevenueCode, Field::Code, Field::ServiceDate].iter().any(|f| columns[*column].fields == [*f]);
    let word = match side {
        Side::Before => token.words.first(),
        Side::Behind => token.words.last(),
    };
    let text = &word.filter(|_| !of_others)?.text;
    let plain = text.len() <= 4 && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    Some((at, units::units(text).filter(|_| plain && (token.words.len() == 1 || worded(&cells[at])))?))
}

fn part(l: &mut BodyLine, cell: usize, n: Decimal, side: Side) {
    let cells = &mut l.assigned.cells;
    let token = &cells[cell].0;
    let (count, rest) = match side {
        Side::Before => token.words.split_at(1),
        Side::Behind => {
            let (rest, count) = token.words.split_at(token.words.len() - 1);
            (count, rest)
        }
    };
    let made = |kind: TokenKind, words: &[crate::page_text::Word]| {
        let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
        let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        Some(Token { kind, text: join(words), bbox, confidence, words: words.to_vec() })
    };
    let Some(count) = made(TokenKind::Number, count) else { return };
    match made(token.kind, rest) {
        Some(words) => cells[cell].0 = words,
        None => drop(cells.remove(cell)),
    }
    l.parts.push((Field::Units, Value::Number(n), count));
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(names: [&'static str; 2], charge: &'static str) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
            (60.0, &[(30.0, "Date"), (110.0, "Description"), (-420.0, "Price each"), (-520.0, "Charge")]),
            (74.0, &[(30.0, "03/09/2025"), (110.0, names[0]), (-420.0, "43.02"), (-520.0, "129.06")]),
            (88.0, &[(30.0, "03/09/2025"), (110.0, names[1]), (-420.0, "80.00"), (-520.0, charge)]),
        ]);
        let fields = [Field::Description, Field::Code, Field::Units, Field::Charge];
        s.rows.iter().map(|r| said(r, &fields)).collect()
    }

    #[test]
    fn what_times_the_price_is_the_charge_counts() {
        assert_eq!(
            rows(["3 THERAPEUTIC EXERCISE - 97110", "1 ULTRASOUND THERAPY"], "80.00"),
            ["THERAPEUTIC EXERCISE 97110 3 129.06", "ULTRASOUND THERAPY - 1 80.00"]
        );
        assert_eq!(
            rows(["THERAPEUTIC EXERCISE - 97110 3", "ULTRASOUND THERAPY 1"], "80.00"),
            ["THERAPEUTIC EXERCISE 97110 3 129.06", "ULTRASOUND THERAPY - 1 80.00"]
        );
    }

    #[test]
    fn a_figure_that_does_not_multiply_is_part_of_the_name() {
        assert_eq!(
            rows(["OFFICE VISIT LEVEL 3", "EVALUATION LEVEL 2"], "80.00"),
            ["OFFICE VISIT LEVEL 3 - - 129.06", "EVALUATION LEVEL 2 - - 80.00"]
        );
    }
}
