//! How sure a line is.
//!
//! A line is as sure as its least sure cell, unless the document's own arithmetic proves its amounts: then only the
//! cells that no equation holds count.

use billproof_parsers::statement::{Cell, Statement};

use crate::record::{CheckKind, Document, Field, TextOrigin};

/// Sets the confidence of each line and of the document.
pub fn settle(d: &mut Document, statement: &Statement) {
    let charges_proven = d.checks.iter().any(|c| matches!(c.kind, CheckKind::TotalCharges) && c.holds());
    for (i, row) in statement.rows.iter().enumerate() {
        let line_no = u32::try_from(i + 1).unwrap_or(u32::MAX);
        let row_checks: Vec<_> = d.checks.iter().filter(|c| c.line_no == Some(line_no)).collect();
        let broken = row_checks.iter().any(|c| !c.holds());
        let proven = |f: Field| match f {
            Field::Charge => charges_proven || row_checks.iter().any(|c| c.holds() && c.kind == CheckKind::Allowed),
            Field::Allowed | Field::PlanDiscount => row_checks.iter().any(|c| c.holds() && c.kind == CheckKind::Allowed),
            Field::PatientResponsibility | Field::Deductible | Field::Copay | Field::Coinsurance => {
                row_checks.iter().any(|c| c.holds() && c.kind == CheckKind::PatientShare)
            }
            Field::PlanPaid => row_checks.iter().any(|c| c.holds() && c.kind == CheckKind::Paid),
            _ => false,
        };
        let of = |(f, c): (&Field, &Cell)| if proven(*f) { 1.0 } else { c.confidence };
        let least = row.cells.iter().map(of).fold(1.0_f32, f32::min);
        let digital = d.text_source == Some(TextOrigin::Digital);
        let l = &mut d.lines[i];
        l.confidence = if digital {
            least
        } else if broken {
            least.min(0.7)
        } else {
            least.min(0.999)
        };
    }
    let n = d.lines.len();
    if n > 0 {
        d.confidence = d.lines.iter().map(|l| l.confidence).sum::<f32>() / n as f32;
    }
}
