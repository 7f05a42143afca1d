//! The equations that a statement's own figures must satisfy.
//!
//! Papers differ in what they subtract: some allow the charge less the discount, some less what is not covered as
//! well. Which form a document uses is learned from its own lines; a form that most lines break is not the document's,
//! and nothing is concluded from it.

use billproof_parsers::statement::{Statement, Total, TotalScope, Value};

use super::{is_charged, money_slot};
use crate::record::{ArithmeticCheck, CheckKind, Document, Field, LineKind, Money, ServiceLine};

/// A reading under this confidence proves nothing against the document.
const CERTAIN: f32 = 0.95;

/// Works the equations and keeps their results on the document.
pub fn check(d: &mut Document, statement: &Statement) {
    let sure: Vec<bool> = statement.rows.iter().map(|r| r.cells.values().all(|c| c.confidence >= CERTAIN)).collect();
    let mut checks = Vec::new();
    line_checks(d, &sure, &mut checks);
    total_checks(d, statement, &sure, &mut checks);
    document_checks(d, statement, &sure, &mut checks);
    d.checks = checks;
}

type Form = fn(&ServiceLine) -> Option<(Money, Money)>; // printed, computed

const ALLOWED: [Form; 3] = [
    |l| Some((l.allowed?, l.charge? - l.plan_discount? - l.not_covered.unwrap_or_default())),
    |l| Some((l.allowed?, l.charge? - l.plan_discount?)),
    |l| Some((l.allowed?, l.charge? - l.not_covered?)),
];

const SHARE: [Form; 2] = [
    |l| Some((l.patient_responsibility?, parts(l)? + l.not_covered.unwrap_or_default())),
    |l| Some((l.patient_responsibility?, parts(l)?)),
];

const PAID: [Form; 4] = [
    |l| Some((l.patient_responsibility?, l.allowed? - l.plan_paid?)),
    |l| Some((l.patient_responsibility?, l.allowed? - l.plan_paid? + l.not_covered?)),
    |l| Some((l.patient_responsibility?, l.charge? - l.plan_discount? - l.plan_paid?)),
    |l| Some((l.patient_responsibility?, l.charge? - l.plan_discount? - l.plan_paid? - l.patient_paid.unwrap_or_default())),
];

/// What the plan paid is the charge less all adjustments (X12 835, segments SVC and CAS).
const ADJUSTED: [Form; 1] = [|l| {
    let taken: Money = l.adjustments.iter().map(|a| a.amount).sum();
    (!l.adjustments.is_empty()).then_some(()).and(Some((l.plan_paid?, l.charge? - taken)))
}];

fn parts(l: &ServiceLine) -> Option<Money> {
    let any = l.deductible.or(l.copay).or(l.coinsurance)?;
    let _ = any;
    Some([l.deductible, l.copay, l.coinsurance].into_iter().flatten().sum())
}

fn line_checks(d: &Document, sure: &[bool], out: &mut Vec<ArithmeticCheck>) {
    let groups: [(CheckKind, &[Form]); 4] = [
        (CheckKind::Allowed, &ALLOWED),
        (CheckKind::PatientShare, &SHARE),
        (CheckKind::Paid, &PAID),
        (CheckKind::Paid, &ADJUSTED),
    ];
    for (kind, forms) in groups {
        let Some(form) = habit(d, forms) else { continue };
        for (i, l) in d.lines.iter().enumerate().filter(|(_, l)| l.line_kind == LineKind::Service) {
            if let Some((printed, computed)) = form(l) {
                let certain = sure.get(i).copied().unwrap_or(false);
                out.push(ArithmeticCheck { kind, line_no: Some(l.line_no), page: l.page, printed, computed, certain });
            }
        }
    }
}

/// The form that most lines of the document keep to; `None` where none does.
fn habit(d: &Document, forms: &[Form]) -> Option<Form> {
    let mut best: Option<(usize, Form)> = None;
    for &form in forms {
        let (mut holds, mut all) = (0, 0);
        for l in d.services() {
            if let Some((a, b)) = form(l) {
                all += 1;
                holds += usize::from(a == b);
            }
        }
        let keeps = all > 0 && holds * 3 >= all * 2;
        if keeps && best.is_none_or(|(n, _)| holds > n) {
            best = Some((holds, form));
        }
    }
    best.map(|(_, f)| f)
}

fn total_checks(d: &Document, statement: &Statement, sure: &[bool], out: &mut Vec<ArithmeticCheck>) {
    let mut group_start = 0;
    let mut claim_start = 0;
    for t in &statement.totals {
        let end = t.rows.1.min(d.lines.len());
        let mut fitted = None;
        let first_of_this = out.len();
        for (field, cell) in &t.cells {
            let Value::Money(printed) = cell.value else { continue };
            // which rows a sum adds up is rarely printed: the shortest span that it fits
            let spans = [group_start, claim_start, 0];
            let holding = spans.iter().copied().find(|&s| s < end && column_sum(d, *field, s, end) == Some(printed.abs()));
            let start = holding.or(fitted).unwrap_or(match t.scope {
                TotalScope::Group => group_start,
                TotalScope::Claim => claim_start,
                TotalScope::Document => 0,
            });
            fitted = fitted.or(holding);
            let Some(computed) = column_sum(d, *field, start, end) else {
                continue;
            };
            let plain = plain_sum(t);
            if holding.is_none() && !plain {
                continue;
            }
            let kind = match (field, t.scope) {
                (Field::Charge, TotalScope::Group) => CheckKind::Subtotal,
                (Field::Charge, _) => CheckKind::TotalCharges,
                _ => CheckKind::ColumnTotal,
            };
            let certain = cell.confidence >= CERTAIN
                && sure[start.min(sure.len())..end.min(sure.len())].iter().all(|s| *s)
                && !has_hole(d, *field, start, end);
            out.push(ArithmeticCheck { kind, line_no: None, page: cell.page, printed: printed.abs(), computed, certain });
        }
        // several columns that do not add up, or none that does anything, mean rows that were not read, not a wrong sum
        let these = &mut out[first_of_this..];
        let broken = these.iter().filter(|c| !c.holds()).count();
        let held = these.len() - broken;
        let alone = d.is_eob() && broken > 0 && held == 0;
        if broken >= 2 || alone || these.iter().any(|c| !c.holds() && c.computed == Money::ZERO) {
            for c in these {
                c.certain = false;
            }
        }
        if fitted == Some(claim_start) || t.scope == TotalScope::Claim {
            claim_start = end;
        }
        group_start = end;
    }
}

/// Whether the label says no more than that this is the sum of what stands above.
fn plain_sum(t: &Total) -> bool {
    let l = t.label.to_lowercase();
    let names_other =
        ["balance", "due", "owe", "pay", "less", "minus", "adjust", "insurance", "net", "previous", "credit", "discount"]
            .iter()
            .any(|w| l.contains(w));
    l.contains("total") && !names_other
}

fn column_sum(d: &Document, field: Field, start: usize, end: usize) -> Option<Money> {
    let mut any = false;
    let mut sum = Money::ZERO;
    for l in d.lines.get(start..end)? {
        if field == Field::Charge && !is_charged(l) {
            continue;
        }
        let mut l = l.clone();
        if let Some(Some(m)) = money_slot(&mut l, field) {
            sum += *m;
            any = true;
        }
    }
    any.then_some(sum)
}

/// Whether a service lacks an amount that most services around it state: one that was not seen, so that the sum of the
/// others proves nothing against the paper.
fn has_hole(d: &Document, field: Field, start: usize, end: usize) -> bool {
    let services: Vec<bool> = d
        .lines
        .get(start..end)
        .unwrap_or_default()
        .iter()
        .filter(|l| l.line_kind == LineKind::Service)
        .map(|l| money_slot(&mut l.clone(), field).is_some_and(|m| m.is_some()))
        .collect();
    let blank = services.iter().filter(|stated| !**stated).count();
    blank > 0 && 2 * blank < services.len()
}

fn document_checks(d: &Document, statement: &Statement, sure: &[bool], out: &mut Vec<ArithmeticCheck>) {
    let header_sure = |f: Field| statement.header.get(&f).and_then(|c| c.first()).is_none_or(|c| c.confidence >= CERTAIN);
    let all_sure = sure.iter().all(|s| *s);
    if let (Some(printed), Some(computed)) = (d.total_charges, column_sum(d, Field::Charge, 0, d.lines.len())) {
        let known = out.iter().any(|c| c.kind == CheckKind::TotalCharges && c.printed == printed && c.computed == computed);
        if !known {
            out.push(ArithmeticCheck {
                kind: CheckKind::TotalCharges,
                line_no: None,
                page: 1,
                printed,
                computed,
                certain: !d.is_eob() && all_sure && header_sure(Field::TotalCharges),
            });
        }
    }
    if let (true, Some(printed), Some(charges)) = (d.is_bill(), d.balance_due, d.total_charges) {
        let credit = |total: Option<Money>, pick: fn(&ServiceLine) -> Option<Money>| {
            total.unwrap_or_else(|| d.lines.iter().filter(|l| !is_charged(l)).filter_map(pick).sum())
        };
        let forward: Money = d.lines.iter().filter(|l| l.line_kind == LineKind::Balance).filter_map(|l| l.charge).sum();
        let computed = charges + forward
            - credit(d.total_discount, |l| l.plan_discount)
            - credit(d.total_plan_paid, |l| l.plan_paid)
            - credit(d.total_patient_paid, |l| l.patient_paid)
            - d.lines.iter().filter(|l| !is_charged(l)).filter_map(|l| l.other_paid).sum::<Money>();
        // a payment that was not read among the lines must not make the balance wrong
        let printed_credits = d.total_discount.is_some() && d.total_plan_paid.is_some() && d.total_patient_paid.is_some();
        let certain = printed_credits && all_sure && header_sure(Field::BalanceDue) && header_sure(Field::TotalCharges);
        out.push(ArithmeticCheck { kind: CheckKind::BalanceDue, line_no: None, page: 1, printed, computed, certain });
    }
}
