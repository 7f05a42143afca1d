//! Two amounts of a service in one column, one over the other, as their names are in its head:
//!
//! ```text
//! Service              Total     Discount     Allowed
//!                     billed     Excluded      amount
//! OR TIME FIRST HOUR  5,117.93   2,762.15    2,355.78
//!                                    0.00
//! ```
//! The head alone may be one name of two words; it is two where nearly every amount under it has a second one beneath.

use crate::columns::{Column, is_money_field};
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// Amounts that end within so many points of each other stand one over the other.
const FLUSH: f32 = 1.5;

/// The widest step from the one to the other, in sizes of type.
const STEP: f32 = 1.7;

/// Gives such columns both of their fields.
pub(crate) fn take(columns: &mut [Column], lines: &[&Line]) {
    let may_be: Vec<(usize, [Field; 2])> =
        columns.iter().enumerate().filter(|(_, c)| c.guessed).filter_map(|(i, c)| Some((i, two_names(&c.head)?))).collect();
    if may_be.is_empty() {
        return;
    }
    let amounts: Vec<Vec<Token>> = lines.iter().map(|l| amounts_of(l)).collect();
    for (at, fields) in may_be {
        let taken = |f: &Field| columns.iter().enumerate().any(|(k, c)| k != at && c.has(*f));
        if !fields.iter().any(taken) && are_paired(columns[at].head_box, lines, &amounts) {
            columns[at].fields = fields.to_vec();
        }
    }
}

/// The amounts that a head names by the first and by the rest of its words.
fn two_names(head: &str) -> Option<[Field; 2]> {
    let names = |text: &str| match Vocabulary::builtin().lookup(text)?.fields.as_slice() {
        [f] if is_money_field(*f) => Some(*f),
        _ => None,
    };
    let seams = head.char_indices().filter(|(_, c)| *c == ' ').map(|(i, _)| i);
    let mut found = seams.filter_map(|i| Some([names(&head[..i])?, names(head[i..].trim_start())?])).filter(|[a, b]| a != b);
    found.next().filter(|_| found.next().is_none())
}

fn amounts_of(line: &Line) -> Vec<Token> {
    tokens(line).into_iter().filter(|t| t.kind == TokenKind::Money).collect()
}

/// Whether nearly every amount under a head that stands among others has one more beneath it, and that stands alone.
fn are_paired(head: BBox, lines: &[&Line], amounts: &[Vec<Token>]) -> bool {
    let under = |t: &&Token| t.bbox.overlap_x(head) > 0.5 * t.bbox.width().min(head.width());
    let (mut all, mut paired) = (0, 0);
    for i in 0..lines.len() {
        let Some(upper) = amounts[i].iter().find(under).filter(|_| amounts[i].len() > 2) else { continue };
        all += 1;
        let beneath = |k: usize| match amounts[k].as_slice() {
            [lower] => {
                let step = lower.bbox.cy() - upper.bbox.cy();
                (lower.bbox.x1 - upper.bbox.x1).abs() < FLUSH && step > 0.0 && step < STEP * lines[i].size()
            }
            _ => false,
        };
        paired += usize::from(i + 1 < lines.len() && lines[i + 1].page == lines[i].page && beneath(i + 1));
    }
    paired > 0 && paired * 5 >= all * 4
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 6] =
        [Field::Description, Field::Charge, Field::PlanDiscount, Field::NotCovered, Field::Allowed, Field::PlanPaid];

    type Row = (f32, &'static [(f32, &'static str)]);

    fn rows(below: &[Row]) -> Vec<String> {
        let head: [Row; 4] = [
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, &[(30.0, "Claim number 1234567")]),
            (60.0, &[(30.0, "Date of"), (-300.0, "Total"), (-400.0, "Discount"), (-480.0, "Allowed"), (-560.0, "Plan")]),
            (
                69.0,
                &[
                    (30.0, "service"),
                    (110.0, "Service"),
                    (-300.0, "billed"),
                    (-400.0, "Excluded"),
                    (-480.0, "amount"),
                    (-560.0, "paid"),
                ],
            ),
        ];
        read(&[&head, below].concat()).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn the_lower_of_two_amounts_is_what_the_lower_name_says() {
        let found = rows(&[
            (
                82.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "OR TIME"),
                    (-300.0, "117.93"),
                    (-400.0, "62.15"),
                    (-480.0, "50.78"),
                    (-560.0, "50.78"),
                ],
            ),
            (91.0, &[(110.0, "FIRST HOUR"), (-400.0, "5.00")]),
            (
                104.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "PACU"),
                    (-300.0, "105.88"),
                    (-400.0, "16.36"),
                    (-480.0, "89.52"),
                    (-560.0, "20.57"),
                ],
            ),
            (113.0, &[(-400.0, "0.00")]),
        ]);
        assert_eq!(found, ["OR TIME FIRST HOUR 117.93 62.15 5.00 50.78 50.78", "PACU 105.88 16.36 0.00 89.52 20.57"]);
    }

    #[test]
    fn a_head_over_one_amount_each_is_one_name() {
        let found = rows(&[
            (
                82.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "OR TIME"),
                    (-300.0, "117.93"),
                    (-400.0, "62.15"),
                    (-480.0, "55.78"),
                    (-560.0, "50.78"),
                ],
            ),
            (
                94.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "PACU"),
                    (-300.0, "105.88"),
                    (-400.0, "16.36"),
                    (-480.0, "89.52"),
                    (-560.0, "20.57"),
                ],
            ),
        ]);
        assert!(found.iter().all(|r| !r.contains(" - - ") && r.matches('-').count() == 1), "one of the two, not both: {found:?}");
    }
}
