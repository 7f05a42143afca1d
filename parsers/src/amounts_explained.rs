//! An amount and the codes of the notes that explain it, under heads that stand so close that they read as one name:
//!
//! ```text
//! Procedure   Charged  Ineligible Code   Discount    Deductible    Paid
//! 99222        201.00        0.00 F9       112.68          0.00   88.32
//! 99231         98.34        0.00 F9        47.18          0.00   51.16
//! ```
//! `Ineligible code` alone heads such codes; it is two heads where nearly every row has an amount before the code.

use crate::columns::{Column, is_money_field};
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// A line with fewer amounts is no service.
const FEWEST_AMOUNTS: usize = 3;

/// Makes two columns of each of these.
pub(crate) fn part(columns: &mut Vec<Column>, lines: &[&Line]) {
    for at in (0..columns.len()).rev() {
        let Some((field, [name, code])) = heads(&columns[at]) else { continue };
        if columns.iter().any(|c| c.has(field)) {
            continue;
        }
        let Some((amounts, codes)) = places(columns[at].head_box, lines) else { continue };
        let place = columns[at].head_box;
        let column = |x0: f32, x1: f32, head: &str, field: Field| Column {
            fields: vec![field],
            head: head.to_owned(),
            head_box: BBox { x0, x1, ..place },
            x0,
            x1,
            guessed: false,
        };
        let left = column(place.x0.min(amounts.x0), amounts.x1, &name, field);
        let right = column(codes.x0, place.x1.max(codes.x1), &code, Field::RemarkCodes);
        columns.splice(at..=at, [left, right]);
    }
}

/// The amount that the words of such a head name before the last one, and the two heads.
fn heads(column: &Column) -> Option<(Field, [String; 2])> {
    let (name, code) = column.head.rsplit_once(' ').filter(|_| column.fields == [Field::RemarkCodes])?;
    let coded =
        matches!(code.to_lowercase().trim_end_matches('.'), "code" | "codes" | "cd" | "note" | "notes" | "remark" | "remarks");
    match Vocabulary::builtin().lookup(name)?.fields.as_slice() {
        [f] if coded && is_money_field(*f) => Some((*f, [name.to_owned(), code.to_owned()])),
        _ => None,
    }
}

/// Where the amounts and where the codes stand, if both do in nearly every service.
fn places(head: BBox, lines: &[&Line]) -> Option<(BBox, BBox)> {
    let (mut all, mut amounts, mut codes) = (0, Vec::new(), Vec::new());
    for line in lines {
        let toks = tokens(line);
        if toks.iter().filter(|t| t.kind == TokenKind::Money).count() < FEWEST_AMOUNTS {
            continue;
        }
        let under: Vec<&Token> =
            toks.iter().filter(|t| t.bbox.overlap_x(head) > 0.5 * t.bbox.width().min(head.width())).collect();
        // the sum of the amounts has no note
        if let [amount] = under.as_slice()
            && is_amount(amount)
        {
            amounts.push(amount.bbox);
            continue;
        }
        all += 1;
        if let [amount, code, ..] = under.as_slice()
            && is_amount(amount)
            && !is_amount(code)
        {
            amounts.push(amount.bbox);
            codes.push(code.bbox);
        }
    }
    let (a, c) = (BBox::around(amounts.iter().copied())?, BBox::around(codes.iter().copied())?);
    (codes.len() * 5 >= all * 4 && a.x1 <= c.x0).then_some((a, c))
}

fn is_amount(t: &Token) -> bool {
    matches!(t.kind, TokenKind::Money | TokenKind::Dash)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(amount: &'static str) -> Vec<String> {
        let heads = [
            (30.0, "Date"),
            (100.0, "Type of service"),
            (-300.0, "Charged"),
            (320.0, "Ineligible Code"),
            (-450.0, "Discount"),
            (-520.0, "Deductible"),
            (-590.0, "Paid"),
        ];
        let row = |code: &'static str| {
            let ends = [(-450.0, "12.68"), (-520.0, "0.00"), (-590.0, "188.32")];
            let starts = [(30.0, "03/09/2025"), (100.0, "OFFICE VISIT"), (-300.0, "201.00")];
            let own = if amount.is_empty() { vec![(340.0, code)] } else { vec![(-352.0, amount), (364.0, code)] };
            [starts.to_vec(), own, ends.to_vec()].concat()
        };
        let (first, second) = (row("F9"), row("K2"));
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 1234567")]),
            (60.0, &heads),
            (74.0, &first),
            (86.0, &second),
        ]);
        let fields = [Field::Charge, Field::NotCovered, Field::RemarkCodes, Field::PlanDiscount];
        s.rows.iter().map(|r| said(r, &fields)).collect()
    }

    #[test]
    fn an_amount_before_every_code_has_its_own_column() {
        assert_eq!(rows("0.00"), ["201.00 0.00 F9 12.68", "201.00 0.00 K2 12.68"]);
    }

    #[test]
    fn codes_without_amounts_are_one_column() {
        assert_eq!(rows(""), ["201.00 - F9 12.68", "201.00 - K2 12.68"]);
    }
}
