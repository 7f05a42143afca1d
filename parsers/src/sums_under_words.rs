//! Sums whose words have a line of their own over them, where the columns of words stand behind those of amounts:
//!
//! ```text
//! BILLED    ALLOWED    PAID      PROC      DATE
//! DISCOUNT  COPAY      YOU OWE   SERVICE
//! Claim total
//! $275.07   $141.06    $34.73
//! $134.01    $40.00   $106.33
//! ```
//! Without the words the amounts would be one more service, or what a group comes to.

use crate::columns::Column;
use crate::table::{BodyLine, ROW_STEP, Role};
use crate::tokens::TokenKind;
use crate::total_labels::is_total_label;

/// Makes such amounts the sum that the words over them name. Columns from `split` on are those of the second print row.
pub(crate) fn mark(lines: &mut [BodyLine], columns: &[Column], split: usize) {
    for i in 1..lines.len() {
        let (above, line) = (&lines[i - 1], &lines[i]);
        if line.role != Role::Anchor || !is_amounts(line) || !names_sum(above) || !line.is_close_below(above, ROW_STEP) {
            continue;
        }
        let label = above.assigned.cells.clone();
        lines[i].role = Role::Total;
        lines[i].text = format!("{} {}", lines[i - 1].text, lines[i].text);
        lines[i].assigned.cells.splice(0..0, label);
        lines[i - 1].role = Role::Outside;
        let lower = |l: &BodyLine| split < columns.len() && l.assigned.cells.iter().all(|(_, c)| *c >= split);
        if lines.get(i + 1).is_some_and(|l| is_amounts(l) && lower(l) && l.is_close_below(&lines[i], ROW_STEP)) {
            lines[i + 1].role = Role::Total;
        }
    }
}

/// Whether a line is amounts and nothing else.
fn is_amounts(l: &BodyLine) -> bool {
    let amount = |k: TokenKind| matches!(k, TokenKind::Money | TokenKind::Dash);
    !l.assigned.cells.is_empty() && l.assigned.cells.iter().all(|(t, _)| amount(t.kind))
}

/// Whether a line is the words of a sum alone.
fn names_sum(l: &BodyLine) -> bool {
    let free = matches!(l.role, Role::Outside | Role::Heading | Role::Continuation | Role::Total);
    free && l.assigned.cells.iter().all(|(t, _)| t.kind != TokenKind::Money) && is_total_label(l.text.trim())
}

#[cfg(test)]
mod tests {
    use crate::statement::{Cell, Field};
    use crate::test_pages::{read, said};

    #[test]
    fn words_over_amounts_alone_make_them_a_sum() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Insurance Company"), (600.0, "Explanation of Benefits")]),
            (60.0, &[(30.0, "Patient: Jane Roe"), (220.0, "Claim No: 14139210"), (440.0, "Processed: 03/24/2025")]),
            (
                90.0,
                &[
                    (-90.0, "Billed"),
                    (-180.0, "Allowed"),
                    (-270.0, "Plan paid"),
                    (330.0, "Procedure"),
                    (420.0, "Date"),
                    (500.0, "Qty"),
                ],
            ),
            (
                99.0,
                &[
                    (-90.0, "Discount"),
                    (-180.0, "Copay"),
                    (-270.0, "You owe"),
                    (330.0, "Service"),
                    (420.0, "To date"),
                    (500.0, "Remark"),
                ],
            ),
            (
                114.0,
                &[
                    (-90.0, "210.00"),
                    (-180.0, "150.00"),
                    (-270.0, "120.00"),
                    (330.0, "99214"),
                    (420.0, "03/09/2025"),
                    (500.0, "1"),
                ],
            ),
            (124.0, &[(-90.0, "60.00"), (-180.0, "30.00"), (-270.0, "30.00"), (330.0, "OFFICE VISIT")]),
            (
                138.0,
                &[(-90.0, "14.60"), (-180.0, "8.00"), (-270.0, "8.00"), (330.0, "36415"), (420.0, "03/09/2025"), (500.0, "1")],
            ),
            (148.0, &[(-90.0, "6.60"), (-180.0, "0.00"), (-270.0, "0.00"), (330.0, "BLOOD DRAW")]),
            (162.0, &[(30.0, "Totals for this claim")]),
            (174.0, &[(-90.0, "$224.60"), (-180.0, "$158.00"), (-270.0, "$128.00")]),
            (184.0, &[(-90.0, "$66.60"), (-180.0, "$30.00"), (-270.0, "$30.00")]),
        ]);
        let fields = [Field::Code, Field::Description, Field::Charge, Field::PlanDiscount, Field::PatientResponsibility];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["99214 OFFICE VISIT 210.00 60.00 30.00", "36415 BLOOD DRAW 14.60 6.60 0.00"]);
        let head = |f: Field| s.header.get(&f).and_then(|c| c.first()).and_then(Cell::money).map(|m| m.to_string());
        let sums = [Field::TotalCharges, Field::TotalDiscount, Field::TotalPlanPaid, Field::TotalPatientResponsibility].map(head);
        assert_eq!(sums.map(Option::unwrap_or_default), ["224.60", "66.60", "128.00", "30.00"]);
    }
}
