//! Sums at the foot of the tables → totals of the document.
//!
//! What the header or a box of totals states goes first; the foot of a table fills in what is missing. An EOB's totals
//! are the sums over its claims, a bill's is the sum that closes its charges.

use std::collections::{BTreeMap, BTreeSet};

use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope};
use crate::total_labels::{is_plain, names_another};

mod among_claims;

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

/// Adds the totals that the tables print to the header values. Of a scan `read` says so: sums may not have been seen.
pub fn complete(header: &mut BTreeMap<Field, Vec<Cell>>, totals: &[Total], rows: &[Row], eob: bool, read: bool) {
    if eob {
        for (column, field) in EOB {
            let whole = whole_of_services(header.get(&field), totals, rows, column);
            if let Some(c) = whole.or_else(|| among_claims::whole(header.get(&field), rows, column)) {
                header.insert(field, vec![c.unsigned()]);
                continue;
            }
            if header.get(&field).is_some_and(|cells| of_some_claims(cells, rows, column)) {
                header.remove(&field);
                if let Some(c) = printed_whole(totals, rows, column) {
                    header.insert(field, vec![c.unsigned()]);
                }
                continue;
            }
            if header.contains_key(&field) || read && lacks_claim(totals, rows, column) {
                continue;
            }
            let cells = by_claim(totals, rows, column);
            let cells = among_claims::whole(Some(&cells), rows, column).map_or(cells, |c| vec![c]);
            if !cells.is_empty() {
                header.insert(field, cells);
            }
        }
        return;
    }
    if let Some(closing) = closing_total(totals, rows) {
        for (column, field) in BILL {
            if let (false, Some(c)) = (header.contains_key(&field), closing.cells.get(&column)) {
                header.insert(field, vec![c.unsigned()]);
            }
        }
    }
    if let Some(account) = line_of_account(header, totals) {
        for (column, field) in BILL {
            if let (false, Some(c)) = (header.contains_key(&field), account.cells.get(&column)) {
                header.insert(field, vec![c.unsigned()]);
            }
        }
    }
    if let Some(c) = rest_of_credits(header, totals) {
        header.insert(Field::TotalPatientPaid, vec![c.unsigned()]);
    }
}

/// The line of a summary that says of the account what was charged and what was credited for it, each in a column of its own:
///
/// ```text
/// Account     Facility              Charges    Insurance payments   Discounts    Your payments    Balance
/// H8054217    Lakeside Hospital    8,571.42            3,102.24-    4,233.60-             0.00   1,235.58
/// ```
/// Its charges are those of the bill, and less its credits they are what the bill asks.
fn line_of_account<'a>(header: &BTreeMap<Field, Vec<Cell>>, totals: &'a [Total]) -> Option<&'a Total> {
    let stated = |f: Field| match header.get(&f)?.as_slice() {
        [c] => Cell::money(c),
        _ => None,
    };
    let (charges, due) = (stated(Field::TotalCharges)?, stated(Field::BalanceDue)?);
    let of = |t: &Total, f: Field| t.cells.get(&f).and_then(Cell::money).map(Money::abs);
    let credits = [Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid];
    totals.iter().find(|t| {
        let all: Vec<Money> = credits.iter().filter_map(|f| of(t, *f)).collect();
        t.scope == TotalScope::Document
            && all.len() >= 2
            && of(t, Field::Charge) == Some(charges)
            && charges - all.into_iter().sum::<Money>() == due
    })
}

/// What a bill calls payments or credits where it tells apart what the plan paid and what the contract took off: the patient's
/// own payments, if they are what is left between these and the balance.
fn rest_of_credits<'a>(header: &BTreeMap<Field, Vec<Cell>>, totals: &'a [Total]) -> Option<&'a Cell> {
    let stated = |f: Field| match header.get(&f)?.as_slice() {
        [c] => Cell::money(c).map(Money::abs),
        _ => None,
    };
    let rest = stated(Field::TotalCharges)?
        - stated(Field::TotalPlanPaid)?
        - stated(Field::TotalDiscount)?
        - stated(Field::BalanceDue).filter(|_| !header.contains_key(&Field::TotalPatientPaid))?;
    let mixed = |t: &&Total| {
        let mut words = t.label.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).peekable();
        let of_credits =
            |w: &str| matches!(w.to_lowercase().as_str(), "payments" | "payment" | "credits" | "credit" | "and" | "or");
        words.peek().is_some() && words.all(of_credits)
    };
    totals.iter().filter(mixed).flat_map(|t| t.cells.values()).find(|c| Cell::money(c).map(Money::abs) == Some(rest))
}

/// The printed total that is what all services add up to, where the header took another single amount for it: under the heading
/// of a list of claims stands that of the first.
fn whole_of_services(stated: Option<&Vec<Cell>>, totals: &[Total], rows: &[Row], column: Field) -> Option<Cell> {
    let [stated] = stated?.as_slice() else { return None };
    let whole = printed_whole(totals, rows, column)?;
    (Cell::money(stated).is_some_and(|m| m.abs() < Cell::money(whole).unwrap_or_default())).then(|| whole.clone())
}

/// The printed total of the paper that is what all services, more than one, add up to.
fn printed_whole<'a>(totals: &'a [Total], rows: &[Row], column: Field) -> Option<&'a Cell> {
    let services = || rows.iter().filter(|r| r.kind == LineKind::Service);
    let each: Vec<Money> = services().filter_map(|r| r.cells.get(&column).and_then(Cell::money)).collect();
    let sum: Money = each.iter().copied().sum();
    let told = each.len() > 1 && each.len() == services().count();
    let printed = |t: &&Total| t.scope == TotalScope::Document && is_plain(&t.label);
    totals.iter().filter(|_| told).filter(printed).filter_map(|t| t.cells.get(&column)).find(|c| Cell::money(c) == Some(sum))
}

/// Whether the sums are those of single claims, and other claims have none: together they are no sum of the paper.
fn of_some_claims(cells: &[Cell], rows: &[Row], column: Field) -> bool {
    let mut claims: BTreeMap<usize, Money> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.kind == LineKind::Service) {
        let (Some(claim), Some(m)) = (r.claim, r.cells.get(&column).and_then(Cell::money)) else { return false };
        *claims.entry(claim).or_default() += m;
    }
    let all: Money = claims.values().copied().sum();
    let stated: Vec<Money> = cells.iter().filter_map(Cell::money).map(Money::abs).collect();
    let single = |m: &Money| claims.values().any(|c| c.abs() == *m);
    cells.len() < claims.len() && stated.iter().copied().sum::<Money>() != all && stated.iter().all(single)
}

/// The total of a column in which payments and adjustments stand together is the total of neither.
pub fn part_mixed(totals: &mut [Total], rows: &[Row]) {
    const CREDITS: [Field; 4] = [Field::PlanDiscount, Field::PlanPaid, Field::PatientPaid, Field::OtherPaid];
    for t in totals {
        let within = rows.get(t.rows.0..t.rows.1.min(rows.len())).unwrap_or_default();
        let sum = |f: Field| within.iter().filter_map(|r| r.cells.get(&f).and_then(Cell::money)).sum::<Money>();
        let all: Money = CREDITS.into_iter().map(sum).sum();
        for field in CREDITS {
            let printed = t.cells.get(&field).and_then(Cell::money).map(Money::abs);
            if printed.is_some_and(|p| p == all && p != sum(field))
                && let Some(cell) = t.cells.remove(&field)
            {
                t.cells.insert(Field::Credits, cell);
            }
        }
    }
}

/// Whether the claims have sums of their own in a column, but not each of them: the others' do not make up the paper's.
fn lacks_claim(totals: &[Total], rows: &[Row], column: Field) -> bool {
    let summed: BTreeSet<Option<usize>> =
        totals.iter().filter(|t| t.scope == TotalScope::Claim && t.cells.contains_key(&column)).map(|t| t.claim).collect();
    let whole = totals.iter().any(|t| t.scope == TotalScope::Document && is_plain(&t.label) && t.cells.contains_key(&column));
    let stated = rows.iter().filter(|r| r.kind == LineKind::Service && r.cells.contains_key(&column));
    !summed.is_empty() && !whole && stated.into_iter().any(|r| !summed.contains(&r.claim))
}

/// One cell for each claim: the last plain sum of its column.
fn by_claim(totals: &[Total], rows: &[Row], column: Field) -> Vec<Cell> {
    let mut of: Vec<(Option<usize>, Cell)> = Vec::new();
    for t in totals.iter().filter(|t| t.scope != TotalScope::Group && is_plain(&t.label)) {
        let Some(c) = t.cells.get(&column) else { continue };
        match of.iter_mut().find(|(claim, _)| *claim == t.claim) {
            // a grand total below the total of the last claim is not that claim's
            Some((_, old)) if Cell::money(old) != Cell::money(c) && t.scope == TotalScope::Document => {}
            Some((_, old)) => *old = c.clone(),
            None => of.push((t.claim, c.clone())),
        }
    }
    // under a list of the claims before them stands what all services come to
    if let Some(all) = of_all_claims(&of).or_else(|| printed_whole(totals, rows, column).filter(|_| of.len() > 1)) {
        return vec![all.unsigned()];
    }
    of.into_iter().map(|(_, c)| c.unsigned()).collect()
}

/// The sum that stands under no claim and adds up those of the claims: `Totals for all claims in this report`.
fn of_all_claims(of: &[(Option<usize>, Cell)]) -> Option<&Cell> {
    let (all, claims): (Vec<_>, Vec<_>) = of.iter().partition(|(claim, _)| claim.is_none());
    let [(_, all)] = all.as_slice() else { return None };
    let sum: Money = claims.iter().filter_map(|(_, c)| Cell::money(c)).sum();
    (!claims.is_empty() && Cell::money(all) == Some(sum)).then_some(all)
}

/// The sum that closes a bill's charges: the one that adds them all up, whatever it is called (`All visits`), else the last
/// that is named so.
fn closing_total<'a>(totals: &'a [Total], rows: &[Row]) -> Option<&'a Total> {
    let charges: Money = rows
        .iter()
        .filter(|r| matches!(r.kind, LineKind::Service | LineKind::Reversal))
        .filter_map(|r| r.cells.get(&Field::Charge).and_then(Cell::money))
        .sum();
    let of_all = |t: &&Total| t.scope != TotalScope::Group && t.cells.contains_key(&Field::Charge);
    let plain = || totals.iter().filter(of_all).filter(|t| is_plain(&t.label));
    let adds_up = |t: &&Total| t.cells.get(&Field::Charge).and_then(Cell::money) == Some(charges);
    let unnamed = || totals.iter().filter(of_all).find(|t| adds_up(t) && !names_another(&t.label));
    // `Pharmacy subtotal` closes a part of them
    let of_part = |t: &&Total| t.label.to_lowercase().contains("subtotal");
    let reckoned = || totals.iter().filter(of_all).find(|t| reckons(t));
    // a bill without departments may call so what all its services come to
    let bare = |t: &&Total| matches!(t.label.to_lowercase().trim_end_matches(':').trim(), "subtotal" | "sub total" | "sub-total");
    let only = || match totals.iter().filter(|t| bare(t) && t.cells.contains_key(&Field::Charge)).collect::<Vec<_>>()[..] {
        [one] => Some(one).filter(adds_up),
        _ => None,
    };
    plain().find(adds_up).or_else(unnamed).or_else(only).or_else(reckoned).or_else(|| plain().rfind(|t| !of_part(t)))
}

/// Whether the sums of a row bear one another out: charges less what was taken off and paid are what is owed. Then they are the
/// paper's, even where its services do not add up to its charges.
pub(crate) fn reckons(t: &Total) -> bool {
    let of = |f: Field| t.cells.get(&f).and_then(Cell::money).map(Money::abs);
    let credits: Vec<Money> = [Field::PlanDiscount, Field::PlanPaid, Field::PatientPaid].into_iter().filter_map(of).collect();
    let taken: Money = credits.iter().copied().sum();
    let owed = of(Field::PatientResponsibility).or_else(|| of(Field::Balance));
    taken > Money::ZERO && credits.len() >= 2 && of(Field::Charge).zip(owed).is_some_and(|(all, owed)| all - taken == owed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;
    use crate::statement::Value;

    fn cell(cents: i64) -> Cell {
        let value = Value::Money(Money::from_cents(cents));
        Cell { value, raw: String::new(), page: 1, bbox: BBox::default(), confidence: 0.99 }
    }

    /// The charges in the header of an EOB of two claims of one service each, of whose sums these were seen.
    fn charges(sums: &[(TotalScope, usize, i64)], read: bool) -> Vec<Option<Money>> {
        let row = |claim| Row {
            kind: LineKind::Service,
            cells: BTreeMap::from([(Field::Charge, cell(1_000))]),
            claim: Some(claim),
            page: 1,
            bbox: BBox::default(),
        };
        let total = |&(scope, claim, cents): &(TotalScope, usize, i64)| Total {
            label: "Total".to_owned(),
            scope,
            cells: BTreeMap::from([(Field::Charge, cell(cents))]),
            rows: (0, 2),
            claim: Some(claim),
        };
        let mut header = BTreeMap::new();
        complete(&mut header, &sums.iter().map(total).collect::<Vec<_>>(), &[row(0), row(1)], true, read);
        header.get(&Field::TotalCharges).into_iter().flatten().map(Cell::money).collect()
    }

    #[test]
    fn the_line_of_an_account_tells_its_credits() {
        let told = |paid: i64| {
            let mut header: BTreeMap<Field, Vec<Cell>> =
                BTreeMap::from([(Field::TotalCharges, vec![cell(857_142)]), (Field::BalanceDue, vec![cell(123_558)])]);
            let columns =
                [(Field::Charge, 857_142), (Field::PlanPaid, paid), (Field::PlanDiscount, -423_360), (Field::PatientPaid, 0)];
            let line = Total {
                label: "Lakeside Hospital".to_owned(),
                scope: TotalScope::Document,
                cells: columns.into_iter().map(|(f, c)| (f, cell(c))).collect(),
                rows: (0, 0),
                claim: None,
            };
            complete(&mut header, &[line], &[], false, false);
            [Field::TotalPlanPaid, Field::TotalDiscount, Field::TotalPatientPaid]
                .map(|f| header.get(&f).and_then(|c| Cell::money(&c[0])).map(|m| m.to_string()))
        };
        let some = |t: &str| Some(t.to_owned());
        assert_eq!(told(-310_224), [some("3102.24"), some("4233.60"), some("0.00")]);
        assert_eq!(told(-310_000), [None, None, None], "it does not come to what is asked");
    }

    #[test]
    fn the_total_of_payments_and_adjustments_is_that_of_neither() {
        let row = |field, cents| Row {
            kind: LineKind::Payment,
            cells: BTreeMap::from([(field, cell(cents))]),
            claim: None,
            page: 1,
            bbox: BBox::default(),
        };
        let rows = [row(Field::PlanPaid, 765), row(Field::PlanDiscount, 622)];
        for (printed, field) in [(-1_387, Field::Credits), (-622, Field::PlanDiscount)] {
            let cells = BTreeMap::from([(Field::PlanDiscount, cell(printed))]);
            let mut totals =
                [Total { label: "Totals".to_owned(), scope: TotalScope::Document, cells, rows: (0, 2), claim: None }];
            part_mixed(&mut totals, &rows);
            assert!(totals[0].cells.contains_key(&field), "{printed}");
        }
    }

    #[test]
    fn the_sum_of_one_claim_is_not_that_of_the_paper() {
        let (a, b) = ((TotalScope::Claim, 0, 1_000), (TotalScope::Claim, 1, 1_100));
        let both = [Some(Money::from_cents(1_000)), Some(Money::from_cents(1_100))];
        assert_eq!(charges(&[a, b], true), both);
        assert!(charges(&[b], true).is_empty());
        assert_eq!(charges(&[b], false), both[1..], "print leaves out only what is not there");
        assert_eq!(charges(&[(TotalScope::Document, 1, 2_000)], true), [Some(Money::from_cents(2_000))]);
    }

    #[test]
    fn sums_that_bear_one_another_out_are_the_bills() {
        let sums = |owed: i64| {
            let of = [
                (Field::Charge, 1_000),
                (Field::PlanDiscount, 300),
                (Field::PlanPaid, 500),
                (Field::PatientResponsibility, owed),
            ];
            Total {
                label: String::new(),
                scope: TotalScope::Document,
                cells: of.into_iter().map(|(f, m)| (f, cell(m))).collect(),
                rows: (0, 0),
                claim: None,
            }
        };
        assert!(closing_total(&[sums(200)], &[]).is_some());
        assert!(closing_total(&[sums(210)], &[]).is_none());
    }

    #[test]
    fn the_sum_of_a_department_is_not_that_of_the_bill() {
        let total = |label: &str| Total {
            label: label.to_owned(),
            scope: TotalScope::Document,
            cells: BTreeMap::from([(Field::Charge, cell(1_000))]),
            rows: (0, 1),
            claim: None,
        };
        let closes = |label: &str| closing_total(&[total(label)], &[]).is_some();
        assert!(closes("Total charges"));
        assert!(!closes("Emergency Room subtotal") && !closes("Total Patient Payments"));
    }

    #[test]
    fn an_invoice_tells_its_charges_and_credits_only_in_its_closing_sums() {
        let row = Row {
            kind: LineKind::Service,
            cells: BTreeMap::from([(Field::Charge, cell(33_000))]),
            claim: None,
            page: 1,
            bbox: BBox::default(),
        };
        let sum = |label: &str, scope, cents| Total {
            label: label.to_owned(),
            scope,
            cells: BTreeMap::from([(Field::Charge, cell(cents))]),
            rows: (0, 1),
            claim: None,
        };
        let read = |credits: i64| {
            let totals = [
                sum("Subtotal", TotalScope::Group, 33_000),
                sum("Payments/Credits", TotalScope::Document, credits),
                sum("Balance Due", TotalScope::Document, 6_000),
            ];
            let stated = [(Field::TotalPlanPaid, 15_000), (Field::TotalDiscount, 8_000), (Field::BalanceDue, 6_000)];
            let mut header: BTreeMap<Field, Vec<Cell>> = stated.into_iter().map(|(f, m)| (f, vec![cell(m)])).collect();
            complete(&mut header, &totals, std::slice::from_ref(&row), false, false);
            [Field::TotalCharges, Field::TotalPatientPaid].map(|f| header.get(&f).and_then(|c| Cell::money(&c[0])))
        };
        let charges = Some(Money::from_cents(33_000));
        assert_eq!(read(-4_000), [charges, Some(Money::from_cents(4_000))]);
        assert_eq!(read(-3_000), [charges, None], "the paper's own sums do not bear it out");
    }
}
