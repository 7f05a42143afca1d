//! A claim → the bill that it is: the provider's charges as they were sent to the payer.

use super::super::Part;
use super::super::cells::{Cells, add, blank, unparsed};
use super::adjustments::discount;
use super::claim::{Claim, Line};
use super::remittance_statement::revenue_code;
use crate::record::{Adjustment, ArithmeticCheck, CheckKind, DocKind, Field, LineKind, Money};

/// Name under which documents.csv lists what was read here.
const LAYOUT: &str = "x12-837";

/// The bill of a claim. A claim asks the payer, not the patient: it states no balance due.
pub fn statement(claim: &Claim, page: u32) -> Part {
    let mut out = blank(LAYOUT, DocKind::ItemizedBill);
    let patient = claim.patient.as_ref().unwrap_or(&claim.subscriber);
    let mut head = Cells::new(page);
    head.text(Field::Patient, &patient.name);
    head.text(Field::MemberId, if claim.subscriber.id.is_empty() { &patient.id } else { &claim.subscriber.id });
    head.text(Field::Provider, &claim.billing.name);
    head.text(Field::ProviderNpi, &claim.billing.id);
    head.text(Field::Payer, &claim.payer);
    head.text(Field::AccountNo, &claim.account);
    head.text(Field::ClaimNo, &claim.number);
    head.text(Field::TypeOfBill, &claim.type_of_bill);
    head.date(Field::StatementDate, claim.date);
    head.date(Field::ServiceFrom, claim.covers.map(|c| c.0));
    head.date(Field::ServiceTo, claim.covers.map(|c| c.1));
    head.date(Field::Admitted, claim.admitted);
    head.date(Field::Discharged, claim.discharged);
    head.money(Field::TotalCharges, claim.charge);
    head.money(Field::TotalPlanPaid, claim.other_payer_paid);
    head.money(Field::TotalPatientPaid, claim.patient_paid);
    let all: Vec<Adjustment> = claim.adjustments.iter().chain(claim.lines.iter().flat_map(|l| &l.adjustments)).cloned().collect();
    head.money(Field::TotalDiscount, discount(&all));
    add(&mut out, head);
    out.rows = claim.lines.iter().map(|l| cells(l, page).into_row(LineKind::Service, None)).collect();
    out.columns = out.rows.iter().flat_map(|row| row.cells.keys().copied()).collect();
    out.unparsed = claim.problems.iter().map(|p| unparsed(page, p.text.clone(), p.reason.clone())).collect();
    let mut checks = Vec::new();
    if let Some(printed) = claim.charge.filter(|_| !claim.lines.is_empty()) {
        let computed: Money = claim.lines.iter().filter_map(|l| l.charge).sum();
        checks.push(ArithmeticCheck { kind: CheckKind::TotalCharges, line_no: None, page, printed, computed, certain: false });
        if printed != computed {
            let reason = format!("{}: does not balance", claim.place);
            out.unparsed.push(unparsed(page, format!("the services charge {computed}, the claim {printed}"), reason));
        }
    }
    Part { statement: out, checks }
}

fn cells(line: &Line, page: u32) -> Cells {
    let mut cells = Cells::new(page);
    cells.period(line.dates.map(|d| d.0), line.dates.map(|d| d.1));
    cells.text(Field::RevenueCode, &revenue_code(&line.revenue_code));
    cells.code(Field::Code, &line.code);
    cells.list(Field::Modifiers, &line.modifiers);
    cells.text(Field::Description, &line.description);
    cells.number(Field::Units, line.units);
    cells.money(Field::Charge, line.charge);
    cells.money(Field::NotCovered, line.not_covered);
    cells.money(Field::PlanPaid, line.paid);
    cells.money(Field::PlanDiscount, discount(&line.adjustments));
    cells.adjustments(&line.adjustments);
    cells
}
