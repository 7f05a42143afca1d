//! How the figures of one line hang together.
//!
//! Papers differ in what they subtract: some allow the charge less the discount, some less what is not covered as well. Which
//! form a document keeps to is learned from its own lines.

use crate::record::{CheckKind, Document, Field, LineKind, Money, ServiceLine};

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
pub(super) fn amount(l: &ServiceLine, f: Field) -> Option<Money> {
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
pub(super) type LineEquation<'a> = dyn Fn(&ServiceLine) -> Option<(Money, Money)> + 'a;

/// What the plan paid is the charge less all adjustments (X12 835, segments SVC and CAS): printed, computed.
pub(super) fn adjusted(l: &ServiceLine) -> Option<(Money, Money)> {
    let taken: Money = l.adjustments.iter().map(|a| a.amount).sum();
    if l.adjustments.is_empty() { None } else { Some((l.plan_paid?, l.charge? - taken)) }
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
pub(super) fn kept(d: &Document, equation: &LineEquation<'_>) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// An EOB whose services state these cents as allowed, paid and the patient's share.
    fn eob(lines: &[[i64; 3]]) -> Document {
        let mut d = Document::empty("a");
        for (i, [allowed, paid, share]) in lines.iter().enumerate() {
            let mut l = ServiceLine::empty(LineKind::Service, 1, i as u32 + 1);
            l.allowed = Some(Money::from_cents(*allowed));
            l.plan_paid = Some(Money::from_cents(*paid));
            l.patient_responsibility = Some(Money::from_cents(*share));
            d.lines.push(l);
        }
        d
    }

    #[test]
    fn rows_a_line_off_stand_out_even_where_they_are_many() {
        let kept = [[5_001, 3_501, 1_500], [1_136, 795, 341], [2_274, 1_592, 682]];
        let off = [[5_319, 1_592, 682], [3_486, 1_420, 608], [4_964, 2_440, 1_046]];
        let all: Vec<[i64; 3]> = kept.into_iter().chain(off).collect();
        assert_eq!(off_the_others(&eob(&all)), [3, 4, 5]);
        assert!(habits(&eob(&all)).is_empty(), "no form is that of most");
        assert!(off_the_others(&eob(&all[1..])).is_empty(), "two may agree by chance");
    }

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
}
