//! Sums that stand ahead of the services that they are of:
//!
//! ```text
//! Your costs at a glance
//! Charges     Discount    Allowed    You owe
//! $210.00     $60.00      $150.00    $30.00
//!
//! OFFICE VISIT (99214)                 03/09/2025
//! ```

use std::collections::BTreeMap;

use crate::columns::is_money_field;
use crate::reading::TableReading;
use crate::statement::{Cell, Field, Money, Total};

/// Where the first sum stands over the services, so do those of the other claims: each is of the rows down to the next one.
pub(super) fn settle(out: &mut TableReading) {
    if !out.totals.first().is_some_and(|t| t.rows.1 == 0 && t.cells.contains_key(&Field::Charge) && t.cells.len() > 1) {
        return;
    }
    let mut end = out.rows.len();
    // `Claim totals` over the services of two claims, each of which has its own sum under its services
    if ahead_of_all(out) {
        out.totals[0].rows = (0, end);
        return;
    }
    for t in out.totals.iter_mut().rev() {
        let start = t.rows.1;
        if start < end {
            t.rows = (start, end);
        }
        end = start;
    }
}

/// Whether the first sum is what all services come to, and each of the others what those do that stand between the sum before
/// and itself.
fn ahead_of_all(out: &TableReading) -> bool {
    let charge = |cells: &BTreeMap<Field, Cell>| cells.get(&Field::Charge).and_then(Cell::money);
    let come_to = |from: usize, end: usize, sum: Option<Money>| {
        let rows = out.rows.get(from..end).filter(|rows| !rows.is_empty());
        sum.is_some() && rows.map(|rows| rows.iter().filter_map(|r| charge(&r.cells)).sum::<Money>()) == sum
    };
    let mut from = 0;
    let closes = |t: &Total| {
        let closed = come_to(from, t.rows.1, charge(&t.cells));
        from = t.rows.1;
        closed
    };
    let Some((first, others)) = out.totals.split_first() else { return false };
    come_to(0, out.rows.len(), charge(&first.cells)) && !others.is_empty() && others.iter().all(closes)
}

/// Drops the box ahead of the services whose words do not say that it is one of sums: it has no day, no code and no count, which
/// all services have, and two of its amounts at least are what theirs add up to. The day of the paper may stand over it: then
/// three of them.
pub(super) fn drop_box(out: &mut TableReading) {
    const OF_SERVICE: [Field; 4] = [Field::ServiceDate, Field::Code, Field::RevenueCode, Field::Units];
    let told = |cells: &BTreeMap<Field, Cell>| OF_SERVICE.iter().any(|f| cells.contains_key(f));
    let Some((first, services)) = out.rows.split_first().filter(|(_, rest)| !rest.is_empty()) else { return };
    // over a single service every one of its amounts must be that one's
    let amounts = first.cells.iter().filter(|(f, c)| is_money_field(**f) && c.money().is_some_and(|m| m != Money::ZERO)).count();
    if services.len() == 1 && (told(&first.cells) || amounts < 3) {
        return;
    }
    let more = [Field::Code, Field::RevenueCode, Field::Units, Field::Description];
    let fewest = match (told(&first.cells), more.iter().any(|f| first.cells.contains_key(f))) {
        (false, _) => 2,
        (true, false) => 3,
        (true, true) => return,
    };
    let sum = |f: Field| services.iter().filter_map(|r| r.cells.get(&f)?.money()).sum::<Money>();
    let proved = |(f, c): &(&Field, &Cell)| is_money_field(**f) && c.money().is_some_and(|m| m != Money::ZERO && m == sum(**f));
    let fewest = if services.len() == 1 { amounts } else { fewest };
    let is_box = services.iter().all(|r| told(&r.cells)) && first.cells.iter().filter(proved).count() >= fewest;
    if is_box {
        out.rows.remove(0);
        for t in &mut out.totals {
            t.rows = (t.rows.0.saturating_sub(1), t.rows.1.saturating_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{LineKind, TotalScope, Value};
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 4] = [Field::Description, Field::Charge, Field::PlanPaid, Field::PatientResponsibility];

    type Row = (f32, &'static [(f32, &'static str)]);

    fn rows(title: &'static [(f32, &'static str)], sums: &'static [(f32, &'static str)]) -> Vec<String> {
        let lines: [Row; 13] = [
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (44.0, &[(30.0, "Claim number 1234567"), (300.0, "Patient: Jane Roe")]),
            (64.0, title),
            (78.0, &[(34.0, "Amount billed"), (134.0, "Your plan paid"), (234.0, "You owe")]),
            (88.0, sums),
            (110.0, &[(30.0, "OFFICE VISIT 99214"), (-500.0, "03/09/2025")]),
            (121.0, &[(34.0, "Amount billed"), (-300.0, "$210.00")]),
            (132.0, &[(34.0, "Your plan paid"), (-300.0, "$45.00")]),
            (143.0, &[(34.0, "You owe"), (-300.0, "$7.75")]),
            (160.0, &[(30.0, "BLOOD DRAW 36415"), (-500.0, "03/09/2025")]),
            (171.0, &[(34.0, "Amount billed"), (-300.0, "$21.00")]),
            (182.0, &[(34.0, "Your plan paid"), (-300.0, "$9.00")]),
            (193.0, &[(34.0, "You owe"), (-300.0, "$1.00")]),
        ];
        read(&lines).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn the_day_of_the_paper_over_the_box_makes_it_no_service() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (44.0, &[(400.0, "Date: Mar 13, 2025")]),
            (78.0, &[(34.0, "Amount billed"), (134.0, "Your plan paid"), (234.0, "You owe")]),
            (88.0, &[(34.0, "$231.00"), (134.0, "$54.00"), (234.0, "$8.75")]),
            (100.0, &[(30.0, "Claim number: 1234567")]),
            (110.0, &[(30.0, "OFFICE VISIT 99214"), (-500.0, "03/09/2025")]),
            (121.0, &[(34.0, "Amount billed"), (-300.0, "$210.00")]),
            (132.0, &[(34.0, "Your plan paid"), (-300.0, "$45.00")]),
            (143.0, &[(34.0, "You owe"), (-300.0, "$7.75")]),
            (160.0, &[(30.0, "BLOOD DRAW 36415"), (-500.0, "03/09/2025")]),
            (171.0, &[(34.0, "Amount billed"), (-300.0, "$21.00")]),
            (182.0, &[(34.0, "Your plan paid"), (-300.0, "$9.00")]),
            (193.0, &[(34.0, "You owe"), (-300.0, "$1.00")]),
        ]);
        assert_eq!(s.rows.iter().map(|r| said(r, &FIELDS)).collect::<Vec<_>>(), BOTH);
    }

    #[test]
    fn the_sum_of_the_paper_stands_ahead_of_the_claims_and_theirs_behind() {
        let row = |sum: [&'static str; 2]| {
            let mut out = TableReading::default();
            let cell = |m: &str| Cell {
                value: Value::Money(crate::grammar::money::money(m).unwrap()),
                raw: m.to_owned(),
                page: 1,
                bbox: crate::page_text::BBox::default(),
                confidence: 1.0,
            };
            let charge = |m: &str| BTreeMap::from([(Field::Charge, cell(m)), (Field::PlanPaid, cell("1.00"))]);
            for m in ["10.00", "20.00", "5.00"] {
                let bbox = crate::page_text::BBox::default();
                out.rows.push(crate::statement::Row { kind: LineKind::Service, cells: charge(m), claim: None, page: 1, bbox });
            }
            for (m, end) in [("35.00", 0), (sum[0], 2), (sum[1], 3)] {
                let label = String::new();
                out.totals.push(Total { label, scope: TotalScope::Claim, cells: charge(m), rows: (0, end), claim: None });
            }
            settle(&mut out);
            out.totals.iter().map(|t| t.rows).collect::<Vec<_>>()
        };
        assert_eq!(row(["30.00", "5.00"])[0], (0, 3));
        // sums that do not close what stands over them are ahead of it like the first
        assert_eq!(row(["5.00", "5.00"])[0], (0, 2));
    }

    const BOTH: [&str; 2] = ["OFFICE VISIT 210.00 45.00 7.75", "BLOOD DRAW 21.00 9.00 1.00"];

    #[test]
    fn a_box_ahead_of_the_services_is_none_of_them() {
        let sums = &[(34.0, "$231.00"), (134.0, "$54.00"), (234.0, "$8.75")];
        assert_eq!(rows(&[(30.0, "Your costs at a glance")], sums), BOTH);
    }

    #[test]
    fn a_service_whose_amounts_are_its_own_is_one() {
        let own = &[(34.0, "$80.00"), (134.0, "$54.00"), (234.0, "$9.00")];
        assert_eq!(rows(&[(30.0, "DRESSING SUPPLIES")], own), ["DRESSING SUPPLIES 80.00 54.00 9.00", BOTH[0], BOTH[1]]);
    }
}
