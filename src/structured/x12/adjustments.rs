//! Claim adjustments (CAS): the reason codes behind every dollar that was not paid.

use billproof_parsers::statement::Field;

use super::super::cells::Cells;
use super::segments::Segment;
use crate::record::{Adjustment, Money};

/// Reasons under which group CO or PI is a write-off by contract or fee schedule, not a refusal (X12 code list 139; 42
/// and A2 were in use up to version 5010).
const CONTRACTUAL: [&str; 9] = ["45", "42", "A2", "24", "59", "94", "131", "172", "203"];
/// Reductions of the payment, not of the charge: neither a discount nor a refusal (sequestration, incentive programmes).
const OF_PAYMENT: [&str; 9] = ["253", "237", "223", "144", "104", "161", "W3", "105", "132"];
/// What was settled elsewhere says nothing of coverage: duplicate (18), prior payer (23), coordination (22), predetermination (101).
const ELSEWHERE: [&str; 4] = ["18", "22", "23", "101"];

/// The adjustments of a CAS segment: up to six of reason, amount and quantity.
pub fn of(cas: &Segment) -> (Vec<Adjustment>, Vec<String>) {
    let group = cas.element(1).to_uppercase();
    let (mut out, mut wrong) = (Vec::new(), Vec::new());
    for n in (2..=cas.last()).step_by(3) {
        let carc = cas.element(n).to_uppercase();
        match (carc.is_empty(), cas.money(n + 1)) {
            (true, Ok(None)) => {}
            (true, Ok(Some(_))) => wrong.push(format!("CAS{n:02} has no reason for its amount")),
            (false, Ok(Some(amount))) => out.push(Adjustment { group: group.clone(), carc, amount }),
            (false, Ok(None)) => wrong.push(format!("CAS{:02} has no amount", n + 1)),
            (_, Err(what)) => wrong.push(what),
        }
    }
    (out, wrong)
}

/// The sum of the adjustments that satisfy a condition; `None` where none does.
pub fn sum(adjustments: &[Adjustment], wanted: impl Fn(&Adjustment) -> bool) -> Option<Money> {
    let mut chosen = adjustments.iter().filter(|a| wanted(a)).peekable();
    chosen.peek()?;
    Some(chosen.map(|a| a.amount).sum())
}

fn of_provider(a: &Adjustment) -> bool {
    matches!(a.group.as_str(), "CO" | "PI")
}

/// The contractual write-off.
pub fn discount(adjustments: &[Adjustment]) -> Option<Money> {
    sum(adjustments, |a| of_provider(a) && CONTRACTUAL.contains(&a.carc.as_str()))
}

/// The patient's share: all of group PR.
pub fn patient_share(adjustments: &[Adjustment]) -> Option<Money> {
    sum(adjustments, |a| a.group == "PR")
}

fn refused(a: &Adjustment) -> bool {
    let routine = |lists: &[&[&str]]| lists.iter().any(|l| l.contains(&a.carc.as_str()));
    match a.group.as_str() {
        "CO" | "PI" => !routine(&[&CONTRACTUAL, &OF_PAYMENT, &ELSEWHERE]),
        "PR" => !matches!(a.carc.as_str(), "1" | "2" | "3" | "66") && !routine(&[&ELSEWHERE]),
        _ => false,
    }
}

/// The columns that the adjustments of a line fill: what an EOB for the patient would print for them.
pub fn columns(cells: &mut Cells, adjustments: &[Adjustment]) {
    let patient = |codes: &[&str]| sum(adjustments, |a| a.group == "PR" && codes.contains(&a.carc.as_str()));
    cells.adjustments(adjustments);
    cells.money(Field::PlanDiscount, discount(adjustments));
    cells.money(Field::NotCovered, sum(adjustments, refused));
    // 66 is the blood deductible
    cells.money(Field::Deductible, patient(&["1", "66"]));
    cells.money(Field::Coinsurance, patient(&["2"]));
    cells.money(Field::Copay, patient(&["3"]));
    cells.money(Field::PatientResponsibility, patient_share(adjustments));
}
