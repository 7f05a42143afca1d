//! Sums at the foot of the tables → totals of the document.
//!
//! What the header or a box of totals states goes first; the foot of a table fills in what is missing. An EOB's totals
//! are the sums over its claims, a bill's is the sum that closes its charges.

use std::collections::BTreeMap;

use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Value};

const EOB: [(Field, Field); 4] = [
    (Field::Charge, Field::TotalCharges),
    (Field::PlanDiscount, Field::TotalDiscount),
    (Field::PlanPaid, Field::TotalPlanPaid),
    (Field::PatientResponsibility, Field::TotalPatientResponsibility),
];

const BILL: [(Field, Field); 5] = [
    (Field::Charge, Field::TotalCharges),
    (Field::PlanDiscount, Field::TotalDiscount),
    (Field::PlanPaid, Field::TotalPlanPaid),
    (Field::PatientPaid, Field::TotalPatientPaid),
    (Field::PatientResponsibility, Field::BalanceDue),
];

/// Adds the totals that the tables print to the header values.
pub fn complete(header: &mut BTreeMap<Field, Vec<Cell>>, totals: &[Total], rows: &[Row], eob: bool) {
    if eob {
        for (column, field) in EOB {
            if header.contains_key(&field) {
                continue;
            }
            let cells = by_claim(totals, column);
            if !cells.is_empty() {
                header.insert(field, cells);
            }
        }
        return;
    }
    let Some(closing) = closing_total(totals, rows) else { return };
    for (column, field) in BILL {
        if let (false, Some(c)) = (header.contains_key(&field), closing.cells.get(&column)) {
            header.insert(field, vec![positive(c)]);
        }
    }
}

fn positive(c: &Cell) -> Cell {
    match c.value {
        Value::Money(m) => Cell { value: Value::Money(m.abs()), ..c.clone() },
        _ => c.clone(),
    }
}

/// One cell for each claim: the last plain sum of its column.
fn by_claim(totals: &[Total], column: Field) -> Vec<Cell> {
    let mut of: Vec<(Option<usize>, Cell)> = Vec::new();
    for t in totals.iter().filter(|t| t.scope != TotalScope::Group && is_plain(&t.label)) {
        let Some(c) = t.cells.get(&column) else { continue };
        match of.iter_mut().find(|(claim, _)| *claim == t.claim) {
            // a grand total below the total of the last claim is not that claim's
            Some((_, old)) if money(old) != money(c) && t.scope == TotalScope::Document => {}
            Some((_, old)) => *old = c.clone(),
            None => of.push((t.claim, c.clone())),
        }
    }
    of.into_iter().map(|(_, c)| positive(&c)).collect()
}

fn money(c: &Cell) -> Option<Money> {
    match c.value {
        Value::Money(m) => Some(m),
        _ => None,
    }
}

/// The sum that closes a bill's charges: the one that adds them all up, else the last that is named so.
fn closing_total<'a>(totals: &'a [Total], rows: &[Row]) -> Option<&'a Total> {
    let charges: Money = rows
        .iter()
        .filter(|r| matches!(r.kind, LineKind::Service | LineKind::Reversal))
        .filter_map(|r| r.cells.get(&Field::Charge).and_then(money))
        .sum();
    let plain =
        || totals.iter().filter(|t| t.scope != TotalScope::Group && is_plain(&t.label) && t.cells.contains_key(&Field::Charge));
    plain().find(|t| t.cells.get(&Field::Charge).and_then(money) == Some(charges)).or_else(|| plain().next_back())
}

/// Whether a label says no more than that this is the sum of the lines above.
fn is_plain(label: &str) -> bool {
    let l = label.to_lowercase();
    let other = ["balance", "due", "owe", "pay", "less", "minus", "net", "previous", "credit", "sub"];
    let words: Vec<&str> = l.split(|c: char| !c.is_alphanumeric()).collect();
    let adjusts = (l.contains("adjust") && !l.contains("before")) || l.contains("insurance") || l.contains("after");
    let sums = l.contains("total") || l.trim_start().starts_with("in all") || l.trim_start().starts_with("all charges");
    sums && !adjusts && !other.iter().any(|w| words.contains(w)) || l.contains("sum of") || words.first() == Some(&"0001")
}
