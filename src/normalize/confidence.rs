//! How sure a line is.
//!
//! A row is worth what its least sure cell is worth, unless the document's own arithmetic proves its amounts: then only the
//! cells that no equation holds count. The names it inherits from the header are cells of it too. What the signs of a
//! misread table ([`super::doubts`]) allow at most bounds it. Its figures alone (dates, codes, units, amounts) are kept
//! apart: the rules rest on them, and a misspelt name puts no amount in doubt.

use billproof_parsers::page_text::DocumentText;
use billproof_parsers::statement::{Cell, Statement};

use super::doubts::{self, Doubt};
use crate::record::{ArithmeticCheck, CheckKind, ClaimStatus, DocKind, Document, Field, Money, ServiceLine, Status, TextOrigin};

/// Recognised text is never quite certain.
const MOST_OF_OCR: f32 = 0.999;

/// Sets the confidence of each line to that of its least sure cell, and of the document to the mean.
pub fn of_cells(d: &mut Document, statement: &Statement) {
    for (l, row) in d.lines.iter_mut().zip(&statement.rows) {
        l.confidence = row.cells.values().map(|c| c.confidence).fold(1.0_f32, f32::min);
        l.figures_confidence = l.confidence;
    }
    d.figures_confidence = 1.0;
    if !d.lines.is_empty() {
        d.confidence = d.lines.iter().map(|l| l.confidence).sum::<f32>() / d.lines.len() as f32;
    }
}

/// Sets the confidence of each line and of the document.
pub fn settle(d: &mut Document, statement: &Statement, text: &DocumentText) {
    let charges_proven = d.checks.iter().any(|c| matches!(c.kind, CheckKind::TotalCharges) && c.holds());
    let doubts = doubts::of_rows(d, statement, text);
    let digital = d.text_source == Some(TextOrigin::Digital);
    for (i, row) in statement.rows.iter().enumerate() {
        let line_no = u32::try_from(i + 1).unwrap_or(u32::MAX);
        let row_checks: Vec<_> = d.checks.iter().filter(|c| c.line_no == Some(line_no)).collect();
        let holds = |kind: CheckKind| {
            row_checks.iter().any(|c| c.holds() && c.kind == kind) || digital && holds_as_a_rule(&d.checks, kind)
        };
        let proven = |f: Field| match f {
            Field::Charge => charges_proven || holds(CheckKind::Allowed),
            Field::Allowed | Field::NotCovered => holds(CheckKind::Allowed),
            Field::PlanDiscount if holds(CheckKind::Allowed) => true,
            Field::PlanDiscount | Field::PatientPaid => column_proven(d, f),
            Field::PatientResponsibility | Field::Deductible | Field::Copay | Field::Coinsurance => {
                holds(CheckKind::PatientShare)
            }
            Field::PlanPaid => holds(CheckKind::Paid) || column_proven(d, f),
            _ => false,
        };
        let of = |(f, c): (&Field, &Cell)| if proven(*f) { 1.0 } else { c.confidence };
        let figures = row.cells.iter().filter(|(f, _)| !is_words(**f)).map(of).fold(1.0, f32::min);
        let words = row.cells.iter().filter(|(f, _)| is_words(**f)).map(of).fold(1.0, f32::min);
        let words = if digital { words } else { doubts::calibrated(words) };
        let most = if digital { 1.0 } else { MOST_OF_OCR };
        let inherited = if digital { 1.0 } else { doubts::calibrated(doubts::inherited(statement, &d.lines[i])) };
        // In a text layer every character is certain: an equation that fails there is the paper's own fault.
        let counts = |doubt: &&Doubt| !(digital && **doubt == Doubt::BrokenEquation);
        if !doubts[i].is_empty() {
            tracing::trace!(line_no, doubts = ?doubts[i], "doubted");
        }
        let l = &mut d.lines[i];
        l.figures_confidence = bounded(figures.min(most), doubts[i].iter().filter(|x| x.is_about_figures()).filter(counts));
        l.confidence = bounded(l.figures_confidence.min(words).min(inherited), doubts[i].iter().filter(counts));
    }
    d.figures_confidence = if digital { 1.0 } else { of_header(statement).min(MOST_OF_OCR) };
    if let Some(why) = doubt(d) {
        for l in &mut d.lines {
            l.confidence = l.confidence.min(DOUBTFUL);
            l.figures_confidence = l.figures_confidence.min(DOUBTFUL);
        }
        d.figures_confidence = d.figures_confidence.min(0.5);
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

/// Whether an equation holds in so many lines, and fails in so few, that its columns are what they were taken for: of certain
/// characters, one line in which it fails is the paper's fault.
fn holds_as_a_rule(checks: &[ArithmeticCheck], kind: CheckKind) -> bool {
    const ENOUGH: usize = 4;
    let (held, failed): (Vec<_>, Vec<_>) =
        checks.iter().filter(|c| c.kind == kind && c.line_no.is_some()).partition(|c| c.holds());
    held.len() >= ENOUGH && failed.len() * 4 <= held.len()
}

/// Whether a column of a bill's credits comes to the sum that the bill prints for it, and that sum with the others to what is
/// owed: whatever its head was taken for, nothing else would.
fn column_proven(d: &Document, field: Field) -> bool {
    type OfLine = fn(&ServiceLine) -> Option<Money>;
    let (printed, of): (Option<Money>, OfLine) = match field {
        Field::PlanDiscount => (d.total_discount, |l| l.plan_discount),
        Field::PlanPaid => (d.total_plan_paid, |l| l.plan_paid),
        Field::PatientPaid => (d.total_patient_paid, |l| l.patient_paid),
        _ => return false,
    };
    let sum: Money = d.lines.iter().filter_map(of).map(Money::abs).sum();
    let owed = d.checks.iter().any(|c| c.kind == CheckKind::BalanceDue && c.holds());
    !d.is_eob() && owed && sum != Money::ZERO && printed == Some(sum)
}

/// A confidence, and no more than the doubts allow.
fn bounded<'a>(confidence: f32, doubts: impl Iterator<Item = &'a Doubt>) -> f32 {
    doubts.map(|d| d.worth()).fold(confidence, f32::min)
}

/// Whether a cell names or describes, and does not count, date or code.
fn is_words(f: Field) -> bool {
    matches!(f, Field::Description | Field::Patient | Field::Provider | Field::AccountNo | Field::ClaimNo)
}

/// How sure the amounts and dates of the header are.
fn of_header(statement: &Statement) -> f32 {
    const FIGURES: [Field; 12] = [
        Field::TotalCharges,
        Field::TotalDiscount,
        Field::TotalPlanPaid,
        Field::TotalPatientPaid,
        Field::BalanceDue,
        Field::TotalPatientResponsibility,
        Field::StatementDate,
        Field::Admitted,
        Field::Discharged,
        Field::ServiceFrom,
        Field::ServiceTo,
        Field::DeductibleLimit,
    ];
    FIGURES.iter().filter_map(|f| statement.header.get(f)).flatten().map(|c| c.confidence).fold(1.0, f32::min)
}

/// What is read from a paper whose rows were not all understood is worth no more than this.
const DOUBTFUL: f32 = 0.9;

/// A printed sum of an EOB and what its lines make of it, where they come short of two of its sums at least and exceed none: one
/// may be the paper's own fault, two are rows passed over, however clear the text is. A row passed over has nothing in some
/// columns.
fn comes_short(d: &Document) -> Option<(Money, Money)> {
    type OfLine = fn(&ServiceLine) -> Option<Money>;
    let sums: [(Option<Money>, OfLine); 4] = [
        (d.total_charges, |l| l.charge),
        (d.total_discount, |l| l.plan_discount),
        (d.total_plan_paid, |l| l.plan_paid),
        (d.patient_responsibility, ServiceLine::patient_share),
    ];
    let services = d.services().count();
    let mut known: Vec<(Money, Money)> = Vec::new();
    for (printed, of) in sums {
        let read: Vec<Money> = d.services().filter_map(of).collect();
        if let Some(printed) = printed.filter(|p| *p > Money::ZERO && read.len() * 2 >= services.max(1)) {
            known.push((printed, read.into_iter().sum()));
        }
    }
    let short: Vec<&(Money, Money)> = known.iter().filter(|(printed, read)| read < printed).collect();
    (short.len() >= 2 && known.iter().all(|(printed, read)| read <= printed)).then(|| *short[0])
}

/// Why the reading as a whole is not to be trusted, whatever its single characters are worth.
fn doubt(d: &Document) -> Option<String> {
    let services = d.services().count();
    let settled = d.is_eob() && d.claim_status != Some(ClaimStatus::Pending);
    if services == 0 && (d.kind == DocKind::ItemizedBill || settled) {
        return Some("page 1: no service line could be read".to_owned());
    }
    let shares: Vec<Money> = d.services().filter_map(ServiceLine::patient_share).collect();
    // A dash for nothing is easily lost; shares that add up to the paper's own sum are all there.
    let all = d.patient_responsibility == Some(shares.iter().copied().sum());
    if settled && !all && shares.len() * 2 < services && d.patient_responsibility.is_some_and(|m| m > Money::ZERO) {
        return Some("page 1: the patient's share could not be read on the lines".to_owned());
    }
    if settled && let Some((printed, read)) = comes_short(d) {
        return Some(format!("page 1: the lines read add up to {read} where {printed} is printed; a row may be missing"));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_equation_that_fails_once_among_many_lines_holds_as_a_rule() {
        let check = |line: u32, off: i64| ArithmeticCheck {
            kind: CheckKind::Allowed,
            line_no: Some(line),
            page: 1,
            printed: Money::from_cents(1_000 + off),
            computed: Money::from_cents(1_000),
            certain: true,
        };
        let checks = |held: u32, failed: u32| -> Vec<ArithmeticCheck> {
            (0..held + failed).map(|line| check(line + 1, if line < held { 0 } else { 50 })).collect()
        };
        assert!(holds_as_a_rule(&checks(4, 1), CheckKind::Allowed));
        assert!(!holds_as_a_rule(&checks(3, 0), CheckKind::Allowed), "too few");
        assert!(!holds_as_a_rule(&checks(4, 2), CheckKind::Allowed), "too many fail");
        assert!(!holds_as_a_rule(&checks(9, 0), CheckKind::Paid), "another equation");
    }
}
