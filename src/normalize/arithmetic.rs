//! The equations that a statement's own figures must satisfy.
//!
//! The form of a line's equation is the document's own ([`super::line_forms`]); one that most lines break is not, and nothing is
//! concluded from it.

use billproof_parsers::statement::{Statement, Total, TotalScope, Value};

use super::line_forms::{LineEquation, adjusted, amount, habits, kept};
use super::{is_charged, money_slot};
use crate::record::{ArithmeticCheck, CheckKind, Document, Field, LineKind, Money, ServiceLine, TextOrigin};

/// A reading under this confidence proves nothing against the document.
pub(super) const CERTAIN: f32 = 0.95;

/// Works the equations and keeps their results on the document.
pub fn check(d: &mut Document, statement: &Statement) {
    let sure: Vec<bool> = statement.rows.iter().map(|r| r.cells.values().all(|c| c.confidence >= CERTAIN)).collect();
    let mut checks = Vec::new();
    line_checks(d, &sure, &mut checks);
    total_checks(d, statement, &sure, &mut checks);
    document_checks(d, statement, &sure, &mut checks);
    doubt_sums(d, &mut checks);
    d.checks = checks;
}

fn line_checks(d: &Document, sure: &[bool], out: &mut Vec<ArithmeticCheck>) {
    let mut equations: Vec<(CheckKind, Box<LineEquation<'_>>)> = Vec::new();
    for (kind, form) in habits(d) {
        equations.push((kind, Box::new(move |l| form.on(l))));
    }
    if kept(d, &adjusted).is_some() {
        equations.push((CheckKind::Paid, Box::new(adjusted)));
    }
    for (kind, equation) in equations {
        for (i, l) in d.lines.iter().enumerate().filter(|(_, l)| l.line_kind == LineKind::Service) {
            if let Some((printed, computed)) = equation(l) {
                let certain = sure.get(i).copied().unwrap_or(false) && !(recognised(d) && lacks_a_figure(d, l));
                out.push(ArithmeticCheck { kind, line_no: Some(l.line_no), page: l.page, printed, computed, certain });
            }
        }
    }
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
            let sums = |s: usize| {
                let sum = column_sum(d, *field, s, end);
                // what the patient owes in all holds a balance brought forward, which stands among the charges
                let with_forward = sum.filter(|_| *field == Field::PatientResponsibility).map(|m| m + forward(d, s, end));
                sum.into_iter().chain(with_forward)
            };
            let holding = spans.iter().copied().find(|&s| s < end && sums(s).any(|m| m == printed.abs()));
            let start = holding.or(fitted).unwrap_or(match t.scope {
                TotalScope::Group => group_start,
                TotalScope::Claim => claim_start,
                TotalScope::Document => 0,
            });
            fitted = fitted.or(holding);
            let Some(computed) = sums(start).find(|m| *m == printed.abs()).or_else(|| sums(start).next()) else {
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
                && (kind != CheckKind::ColumnTotal || named_by_rows(out, *field, d, start, end))
                && sure[start.min(sure.len())..end.min(sure.len())].iter().all(|s| *s)
                && !has_hole(d, *field, start, end)
                && (kind != CheckKind::Subtotal || !closes_fewer(d, printed.abs(), start, end));
            out.push(ArithmeticCheck { kind, line_no: None, page: cell.page, printed: printed.abs(), computed, certain });
        }
        // several columns that do not add up, or none that does anything, mean rows that were not read, not a wrong sum
        let these = &mut out[first_of_this..];
        let broken = these.iter().filter(|c| !c.holds()).count();
        let held = these.len() - broken;
        let alone = d.is_eob() && broken > 0 && held == 0;
        let one_fault = d.is_bill() && statement.unparsed.is_empty() && carried_on(these);
        if broken >= 2 && !one_fault || alone || these.iter().any(|c| !c.holds() && c.computed == Money::ZERO) {
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

/// Whether the lines' own equations bear out what a column holds. A column that adds up to another sum than is printed under
/// it is mostly one that was taken for another, or that holds more than one thing.
fn named_by_rows(checks: &[ArithmeticCheck], field: Field, d: &Document, start: usize, end: usize) -> bool {
    let kind = match field {
        Field::Allowed | Field::PlanDiscount | Field::NotCovered => CheckKind::Allowed,
        Field::PlanPaid => CheckKind::Paid,
        Field::PatientResponsibility | Field::Deductible | Field::Copay | Field::Coinsurance => CheckKind::PatientShare,
        _ => return false,
    };
    let lines = d.lines.get(start..end).unwrap_or_default();
    let stated = |l: &&ServiceLine| amount(l, field).is_some_and(|m| m != Money::ZERO);
    let of =
        |l: &ServiceLine| checks.iter().filter(|c| c.line_no == Some(l.line_no) && c.kind == kind).all(ArithmeticCheck::holds);
    let tested = checks.iter().any(|c| c.line_no.is_some() && c.kind == kind);
    tested && lines.iter().filter(stated).all(of)
}

/// Whether the total of charges alone is wrong: the only other sum that fails, what is owed, is off by the same amount, and the
/// credits between them add up.
fn carried_on(checks: &[ArithmeticCheck]) -> bool {
    let off = |c: &ArithmeticCheck| c.printed - c.computed;
    let failing: Vec<&ArithmeticCheck> = checks.iter().filter(|c| !c.holds()).collect();
    let [a, b] = failing.as_slice() else { return false };
    let charges = [a, b].iter().filter(|c| c.kind == CheckKind::TotalCharges).count() == 1;
    charges && off(a) == off(b) && checks.iter().any(|c| c.holds() && c.computed != Money::ZERO)
}

/// Balances brought forward among these lines.
fn forward(d: &Document, start: usize, end: usize) -> Money {
    let lines = d.lines.get(start..end).unwrap_or_default();
    lines.iter().filter(|l| l.line_kind == LineKind::Balance).filter_map(|l| l.charge).sum()
}

/// Whether the label says no more than that this is the sum of what stands above.
pub(super) fn plain_sum(t: &Total) -> bool {
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

/// Whether a subtotal is what the last of these rows come to, fewer than half of them: the sums of the groups above it were not
/// seen, and it is right.
fn closes_fewer(d: &Document, printed: Money, start: usize, end: usize) -> bool {
    let half = start + (end.saturating_sub(start)).div_ceil(2);
    (half..end).any(|from| column_sum(d, Field::Charge, from, end) == Some(printed))
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

/// A paper of which rows, or a scan of which the charges of some, could not be read proves nothing against its sums. Nor does a subtotal of
/// one whose rows come to the total of all charges: one of its figures was misread.
fn doubt_sums(d: &Document, out: &mut [ArithmeticCheck]) {
    let charged = d.services().filter(|l| l.charge.is_some()).count();
    let blank = d.text_source != Some(TextOrigin::Digital) && charged > 0 && charged < d.services().count();
    let unseen = !d.unparsed.is_empty() || blank;
    let adds_up = recognised(d) && out.iter().any(|c| c.kind == CheckKind::TotalCharges && c.holds());
    let doubtful = |c: &ArithmeticCheck| {
        c.line_no.is_none() && (unseen && c.kind != CheckKind::BalanceDue || adds_up && c.kind == CheckKind::Subtotal)
    };
    out.iter_mut().filter(|c| doubtful(c)).for_each(|c| c.certain = false);
}

/// Whether figures of a document were recognised from an image.
fn recognised(d: &Document) -> bool {
    matches!(d.text_source, Some(TextOrigin::Ocr | TextOrigin::Mixed))
}

/// Whether a line lacks an amount that nearly all others state: where one was not seen, another may stand in its place.
fn lacks_a_figure(d: &Document, line: &ServiceLine) -> bool {
    let stated = |l: &ServiceLine, f: Field| amount(l, f).is_some();
    super::doubts::AMOUNTS.into_iter().filter(|f| !stated(line, *f)).any(|f| {
        let others = d.services().filter(|l| l.line_no != line.line_no);
        let (all, with) = others.fold((0, 0), |(all, with), l| (all + 1, with + usize::from(stated(l, f))));
        all >= 3 && with * 5 >= all * 4
    })
}

fn document_checks(d: &Document, statement: &Statement, sure: &[bool], out: &mut Vec<ArithmeticCheck>) {
    let header_sure = |f: Field| statement.header.get(&f).and_then(|c| c.first()).is_none_or(|c| c.confidence >= CERTAIN);
    let all_sure = sure.iter().all(|s| *s);
    if let (Some(printed), Some(computed)) = (d.total_charges, column_sum(d, Field::Charge, 0, d.lines.len())) {
        let known = out.iter().any(|c| c.kind == CheckKind::TotalCharges && c.printed == printed && c.computed == computed);
        // Some hospitals call what is left of the charges after the discount their total.
        let net = d.total_discount.is_some_and(|discount| printed + discount.abs() == computed);
        if !known && !net {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_that_is_carried_on_to_the_balance() {
        let check = |kind, printed: i64, computed: i64| ArithmeticCheck {
            kind,
            line_no: None,
            page: 1,
            printed: Money::from_cents(printed),
            computed: Money::from_cents(computed),
            certain: true,
        };
        let charges = check(CheckKind::TotalCharges, 12_000, 9_000);
        let owed = check(CheckKind::ColumnTotal, 5_000, 2_000);
        let paid = check(CheckKind::ColumnTotal, 4_000, 4_000);
        assert!(carried_on(&[charges.clone(), paid.clone(), owed.clone()]));
        assert!(!carried_on(&[charges.clone(), owed.clone()]), "no credits prove that all rows were read");
        assert!(!carried_on(&[charges.clone(), paid.clone(), check(CheckKind::ColumnTotal, 5_000, 2_500)]));
        assert!(!carried_on(&[charges, paid, owed, check(CheckKind::ColumnTotal, 900, 0)]), "a row was not read");
    }

    #[test]
    fn a_subtotal_that_the_last_rows_give_is_right() {
        let line = |n: u32, dollars: i64| ServiceLine {
            charge: Some(Money::from_cents(dollars * 100)),
            ..ServiceLine::empty(LineKind::Service, 1, n)
        };
        let lines = vec![line(1, 900), line(2, 400), line(3, 300), line(4, 88), line(5, 200)];
        let bill = Document { lines, ..Document::empty("bill.pdf") };
        let closes = |dollars: i64| closes_fewer(&bill, Money::from_cents(dollars * 100), 0, 5);
        assert!(closes(288), "the sums of the groups above it were not seen");
        assert!(!closes(588 + 400), "it lacks the first row, which is a fault of the paper");
        assert!(!closes(300));
    }
}
