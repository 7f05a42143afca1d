//! The equations that a statement's own figures must satisfy.
//!
//! Papers differ in what they subtract: some allow the charge less the discount, some less what is not covered as
//! well. Which form a document uses is learned from its own lines; a form that most lines break is not the document's,
//! and nothing is concluded from it.

use billproof_parsers::statement::{Statement, Total, TotalScope, Value};

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

/// One way in which a line's figures hang together: the result is the sum of its terms, each with its sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// What the paper prints as the result.
    pub result: Field,
    /// Terms that must be stated.
    pub stated: &'static [(Field, i8)],
    /// Terms of which at least one must be stated, where there are any; the others count as nothing.
    pub one_of: &'static [(Field, i8)],
    /// Terms that count as nothing where they are blank.
    pub optional: &'static [(Field, i8)],
}

impl Form {
    /// Printed and computed, where the line states what the form needs.
    pub(super) fn on(&self, l: &ServiceLine) -> Option<(Money, Money)> {
        let signed = |m: Money, sign: i8| if sign < 0 { -m } else { m };
        let mut computed = Money::ZERO;
        for &(f, sign) in self.stated {
            computed += signed(amount(l, f)?, sign);
        }
        let any = self.one_of.is_empty() || self.one_of.iter().any(|(f, _)| amount(l, *f).is_some());
        for &(f, sign) in self.one_of.iter().chain(self.optional) {
            computed += signed(amount(l, f).unwrap_or_default(), sign);
        }
        any.then_some((amount(l, self.result)?, computed))
    }

    /// The fields that take part, each with its sign; the result with the opposite one.
    pub(super) fn terms(&self) -> impl Iterator<Item = (Field, i8)> + '_ {
        let all = self.stated.iter().chain(self.one_of).chain(self.optional).copied();
        std::iter::once((self.result, -1)).chain(all)
    }
}

const fn form(
    result: Field,
    stated: &'static [(Field, i8)],
    one_of: &'static [(Field, i8)],
    optional: &'static [(Field, i8)],
) -> Form {
    Form { result, stated, one_of, optional }
}

const ALLOWED: [Form; 3] = [
    form(Field::Allowed, &[(Field::Charge, 1), (Field::PlanDiscount, -1)], &[], &[(Field::NotCovered, -1)]),
    form(Field::Allowed, &[(Field::Charge, 1), (Field::PlanDiscount, -1)], &[], &[]),
    form(Field::Allowed, &[(Field::Charge, 1), (Field::NotCovered, -1)], &[], &[]),
];

const PARTS: &[(Field, i8)] = &[(Field::Deductible, 1), (Field::Copay, 1), (Field::Coinsurance, 1)];

const SHARE: [Form; 2] = [
    form(Field::PatientResponsibility, &[], PARTS, &[(Field::NotCovered, 1)]),
    form(Field::PatientResponsibility, &[], PARTS, &[]),
];

const LESS_PAID: &[(Field, i8)] = &[(Field::Charge, 1), (Field::PlanDiscount, -1), (Field::PlanPaid, -1)];

const PAID: [Form; 4] = [
    form(Field::PatientResponsibility, &[(Field::Allowed, 1), (Field::PlanPaid, -1)], &[], &[]),
    form(Field::PatientResponsibility, &[(Field::Allowed, 1), (Field::PlanPaid, -1), (Field::NotCovered, 1)], &[], &[]),
    form(Field::PatientResponsibility, LESS_PAID, &[], &[]),
    form(Field::PatientResponsibility, LESS_PAID, &[], &[(Field::PatientPaid, -1)]),
];

/// The equations of a line, in the form that this document keeps to.
pub(super) fn habits(d: &Document) -> Vec<(CheckKind, Form)> {
    let groups: [(CheckKind, &[Form]); 3] =
        [(CheckKind::Allowed, &ALLOWED), (CheckKind::PatientShare, &SHARE), (CheckKind::Paid, &PAID)];
    groups.into_iter().filter_map(|(kind, forms)| Some((kind, habit(d, forms)?))).collect()
}

/// What a line states in a column of amounts.
fn amount(l: &ServiceLine, f: Field) -> Option<Money> {
    Some(match f {
        Field::Charge => l.charge?,
        Field::Allowed => l.allowed?,
        Field::PlanDiscount => l.plan_discount?,
        Field::NotCovered => l.not_covered?,
        Field::Deductible => l.deductible?,
        Field::Copay => l.copay?,
        Field::Coinsurance => l.coinsurance?,
        Field::PlanPaid => l.plan_paid?,
        Field::PatientPaid => l.patient_paid?,
        Field::PatientResponsibility => l.patient_responsibility?,
        _ => return None,
    })
}

/// Printed and computed side of an equation on one line; `None` where the line does not state what it needs.
type LineEquation<'a> = dyn Fn(&ServiceLine) -> Option<(Money, Money)> + 'a;

/// What the plan paid is the charge less all adjustments (X12 835, segments SVC and CAS): printed, computed.
fn adjusted(l: &ServiceLine) -> Option<(Money, Money)> {
    let taken: Money = l.adjustments.iter().map(|a| a.amount).sum();
    if l.adjustments.is_empty() { None } else { Some((l.plan_paid?, l.charge? - taken)) }
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

/// Services (by their place) that keep to none of the forms of an equation to which a third of the others keep, three at least:
/// chance does not make figures agree so often, and where many rows stand a line off no form is the habit of most.
pub(super) fn off_the_others(d: &Document) -> Vec<usize> {
    let groups: [&[Form]; 3] = [&ALLOWED, &SHARE, &PAID];
    let services = || d.lines.iter().enumerate().filter(|(_, l)| l.line_kind == LineKind::Service);
    let forms = |l: &ServiceLine, forms: &[Form]| forms.iter().filter_map(|f| f.on(l)).collect::<Vec<_>>();
    let by_forms = groups.into_iter().map(|g| services().map(|(i, l)| (i, forms(l, g))).collect::<Vec<_>>());
    let by_reasons = services().map(|(i, l)| (i, adjusted(l).into_iter().collect())).collect::<Vec<_>>();
    let mut out = Vec::new();
    for group in by_forms.chain([by_reasons]) {
        let stated: Vec<&(usize, Vec<(Money, Money)>)> = group.iter().filter(|(_, sides)| !sides.is_empty()).collect();
        let keep = |sides: &[(Money, Money)]| sides.iter().any(|(printed, computed)| printed == computed);
        let proves = |sides: &[(Money, Money)]| sides.iter().any(|(p, c)| p == c && *p != Money::ZERO);
        let proofs = stated.iter().filter(|(_, sides)| proves(sides)).count();
        if proofs >= 3 && proofs * 3 >= stated.len() {
            out.extend(stated.iter().filter(|(_, sides)| !keep(sides)).map(|(i, _)| *i));
        }
    }
    out
}

/// The form that most lines of the document keep to; `None` where none does.
fn habit(d: &Document, forms: &[Form]) -> Option<Form> {
    let mut best: Option<(usize, Form)> = None;
    for &form in forms {
        let holds = kept(d, &|l| form.on(l)).or_else(|| borne_out(d, form));
        if let Some(holds) = holds.filter(|holds| best.is_none_or(|(n, _)| *holds > n)) {
            best = Some((holds, form));
        }
    }
    best.map(|(_, f)| f)
}

/// On how many lines an equation holds, where most lines keep to it.
fn kept(d: &Document, equation: &LineEquation<'_>) -> Option<usize> {
    let sides: Vec<(Money, Money)> = d.services().filter_map(equation).collect();
    let holds = sides.iter().filter(|(printed, computed)| printed == computed).count();
    (!sides.is_empty() && holds * 3 >= sides.len() * 2).then_some(holds)
}

/// On how many lines a form of the allowed amount holds, where on all the others what was paid and the patient's share bear its
/// result out against the print: on a short paper one wrong figure must not make the form look foreign to it.
fn borne_out(d: &Document, form: Form) -> Option<usize> {
    let paid_and_share = |l: &ServiceLine| Some(l.plan_paid? + l.patient_responsibility?);
    let mut holds = 0;
    let mut wrong = 0;
    for l in d.services().filter(|_| form.result == Field::Allowed) {
        let Some((printed, computed)) = form.on(l) else { continue };
        if printed == computed {
            holds += 1;
        } else if paid_and_share(l) == Some(computed) {
            wrong += 1;
        } else {
            return None;
        }
    }
    (wrong == 1 && holds > 0).then_some(holds)
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
                && !has_hole(d, *field, start, end);
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

    fn priced(charge: i64, discount: i64, allowed: i64, paid: i64, share: i64) -> ServiceLine {
        let mut l = ServiceLine::empty(LineKind::Service, 1, 1);
        l.charge = Some(Money::from_cents(charge));
        l.plan_discount = Some(Money::from_cents(discount));
        l.allowed = Some(Money::from_cents(allowed));
        l.plan_paid = Some(Money::from_cents(paid));
        l.patient_responsibility = Some(Money::from_cents(share));
        l
    }

    #[test]
    fn one_wrong_allowed_amount_of_two() {
        let mut d = Document::empty("e");
        d.lines = vec![priced(10_000, 4_000, 6_000, 4_000, 2_000), priced(8_000, 3_000, 4_100, 3_000, 2_000)];
        assert_eq!(borne_out(&d, ALLOWED[1]), Some(1), "paid and share say 50.00");
        d.lines[1].plan_paid = Some(Money::from_cents(2_100));
        assert_eq!(borne_out(&d, ALLOWED[1]), None, "paid and share bear the print out");
        d.lines[1] = d.lines[0].clone();
        assert_eq!(borne_out(&d, ALLOWED[1]), None, "nothing is wrong");
    }

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
}
