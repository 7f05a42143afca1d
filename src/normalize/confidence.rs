//! How sure a line is.
//!
//! A line is as sure as its least sure cell, unless the document's own arithmetic proves its amounts: then only the
//! cells that no equation holds count.

use billproof_parsers::statement::{Cell, Statement};

use crate::record::{ArithmeticCheck, CheckKind, ClaimStatus, DocKind, Document, Field, Money, Status, TextOrigin};

/// Sets the confidence of each line to that of its least sure cell, and of the document to the mean.
pub fn of_cells(d: &mut Document, statement: &Statement) {
    for (l, row) in d.lines.iter_mut().zip(&statement.rows) {
        l.confidence = row.cells.values().map(|c| c.confidence).fold(1.0_f32, f32::min);
    }
    if !d.lines.is_empty() {
        d.confidence = d.lines.iter().map(|l| l.confidence).sum::<f32>() / d.lines.len() as f32;
    }
}

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
    if let Some(why) = doubt(d) {
        for l in &mut d.lines {
            l.confidence = l.confidence.min(DOUBTFUL);
        }
        for c in d.checks.iter_mut().filter(|c| !c.holds()) {
            c.certain = false;
        }
        d.status = Status::Partial;
        d.message = why;
        d.confidence = 0.5;
    }
    let n = d.lines.len();
    if n > 0 && d.status != Status::Partial {
        d.confidence = d.lines.iter().map(|l| l.confidence).sum::<f32>() / n as f32;
    }
}

/// What is read from a paper whose rows were not all understood is worth no more than this.
const DOUBTFUL: f32 = 0.9;

/// Why the reading as a whole is not to be trusted, whatever its single characters are worth.
fn doubt(d: &Document) -> Option<String> {
    let services = d.services().count();
    let settled = d.is_eob() && d.claim_status != Some(ClaimStatus::Pending);
    if services == 0 && (d.kind == DocKind::ItemizedBill || settled) {
        return Some("page 1: no service line could be read".to_owned());
    }
    let shared = d.services().filter(|l| l.patient_share().is_some()).count();
    if settled && shared * 2 < services && d.patient_responsibility.is_some_and(|m| m > Money::ZERO) {
        return Some("page 1: the patient's share could not be read on the lines".to_owned());
    }
    let off = |c: &&ArithmeticCheck| c.line_no.is_none() && !c.holds() && c.kind != CheckKind::BalanceDue;
    let broken: Vec<&ArithmeticCheck> = d.checks.iter().filter(off).collect();
    let first = broken.first()?;
    (broken.len() >= 2 && broken.iter().all(|c| !c.certain)).then(|| {
        format!(
            "page {}: the lines read add up to {} where {} is printed; a row may be missing",
            first.page, first.computed, first.printed
        )
    })
}
