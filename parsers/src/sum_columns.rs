//! A column of its own for the sums of departments, to the right of the charges:
//!
//! ```text
//! DATE      REV   DESCRIPTION                  QTY       TOTAL     DEPARTMENT
//!                                                      CHARGES          TOTAL
//! *** LABORATORY
//! 03/06/25  0301  METABOLIC PANEL                1      128.00
//!           0305  CBC W/ DIFF                    1      115.78
//!                              TOTAL LABORATORY                        243.78 *
//! ```
//! The column means nothing to a service, so that a line with an amount in it looks like one without: more words of the row above.

use crate::columns::Column;
use crate::statement::Field;
use crate::table::{BodyLine, Role, Table};
use crate::tokens::{Token, TokenKind};
use crate::total_labels::is_total_label;

/// Lets no line whose amounts all stand in such a column be a part of a row.
pub(crate) fn set_apart(table: &mut Table) {
    let of_sums: Vec<usize> = (0..table.columns.len())
        .filter(|&c| {
            is_unread(&table.columns[c]) && !table.lines.iter().any(|l| l.role == Role::Anchor && !amounts_in(l, c).is_empty())
        })
        .collect();
    for line in table.lines.iter_mut().filter(|l| l.role == Role::Continuation) {
        let amounts = || line.assigned.cells.iter().filter(|(t, _)| t.kind == TokenKind::Money);
        let all = amounts().next().is_some() && amounts().all(|(_, c)| of_sums.contains(c));
        let headed = || amounts().any(|(_, c)| says_sum(&table.columns[*c].head));
        if all && (is_total_label(&line.text) || headed()) {
            line.role = Role::Outside;
        }
    }
}

/// Whether the column is none that the record knows.
fn is_unread(c: &Column) -> bool {
    c.fields.iter().all(|f| *f == Field::Ignored)
}

fn amounts_in(l: &BodyLine, c: usize) -> Vec<&Token> {
    l.assigned.cells.iter().filter(|(t, at)| *at == c && t.kind == TokenKind::Money).map(|(t, _)| t).collect()
}

/// `DEPARTMENT TOTAL`, `Sub-total`.
fn says_sum(head: &str) -> bool {
    head.to_lowercase()
        .split(|c: char| !c.is_alphabetic())
        .any(|w| matches!(w, "total" | "totals" | "subtotal" | "subtotals" | "sum"))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const HEADS: &[(f32, &str)] = &[
        (30.0, "Date"),
        (90.0, "Rev"),
        (130.0, "HCPCS"),
        (190.0, "Description"),
        (-420.0, "Qty"),
        (-520.0, "Charges"),
        (-640.0, "Department total"),
    ];

    #[test]
    fn a_sum_in_a_column_of_its_own_is_no_part_of_the_row_above_it() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Detail of charges")]),
            (60.0, HEADS),
            (
                75.0,
                &[
                    (30.0, "03/06/2025"),
                    (90.0, "0301"),
                    (130.0, "80048"),
                    (190.0, "METABOLIC PANEL BASIC CALCIUM"),
                    (-420.0, "1"),
                    (-520.0, "128.00"),
                ],
            ),
            (
                85.0,
                &[
                    (30.0, "03/06/2025"),
                    (90.0, "0305"),
                    (130.0, "85025"),
                    (190.0, "CBC W/ DIFF"),
                    (-420.0, "1"),
                    (-520.0, "115.78"),
                ],
            ),
            (95.0, &[(270.0, "TOTAL LABORATORY"), (-640.0, "243.78"), (660.0, "*")]),
            (110.0, &[(30.0, "03/07/2025"), (90.0, "0270"), (190.0, "IV START KIT"), (-420.0, "1"), (-520.0, "95.50")]),
            (120.0, &[(260.0, "TOTAL MED SURG SUPPLIES"), (-640.0, "95.50"), (660.0, "*")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["METABOLIC PANEL BASIC CALCIUM 128.00", "CBC W/ DIFF 115.78", "IV START KIT 95.50"]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn words_that_run_on_stay_the_rows() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Detail of charges")]),
            (60.0, HEADS),
            (
                75.0,
                &[
                    (30.0, "03/06/2025"),
                    (90.0, "0301"),
                    (130.0, "80048"),
                    (190.0, "METABOLIC PANEL BASIC CALCIUM"),
                    (-420.0, "1"),
                    (-520.0, "128.00"),
                ],
            ),
            (85.0, &[(190.0, "TOTAL CALCIUM")]),
            (
                100.0,
                &[
                    (30.0, "03/06/2025"),
                    (90.0, "0305"),
                    (130.0, "85025"),
                    (190.0, "CBC W/ DIFF"),
                    (-420.0, "1"),
                    (-520.0, "115.78"),
                ],
            ),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["METABOLIC PANEL BASIC CALCIUM TOTAL CALCIUM 128.00", "CBC W/ DIFF 115.78"]);
    }
}
