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
use crate::statement::{Cell, Field, Money};

/// Where the first sum stands over the services, so do those of the other claims: each is of the rows down to the next one.
pub(super) fn settle(out: &mut TableReading) {
    if !out.totals.first().is_some_and(|t| t.rows.1 == 0 && t.cells.contains_key(&Field::Charge) && t.cells.len() > 1) {
        return;
    }
    let mut end = out.rows.len();
    for t in out.totals.iter_mut().rev() {
        let start = t.rows.1;
        if start < end {
            t.rows = (start, end);
        }
        end = start;
    }
}

/// Drops the box ahead of the services whose words do not say that it is one of sums: it has no day, no code and no count, which
/// all services have, and two of its amounts at least are what theirs add up to.
pub(super) fn drop_box(out: &mut TableReading) {
    const OF_SERVICE: [Field; 4] = [Field::ServiceDate, Field::Code, Field::RevenueCode, Field::Units];
    let told = |cells: &BTreeMap<Field, Cell>| OF_SERVICE.iter().any(|f| cells.contains_key(f));
    let Some((first, services)) = out.rows.split_first().filter(|(first, rest)| !told(&first.cells) && rest.len() > 1) else {
        return;
    };
    let sum = |f: Field| services.iter().filter_map(|r| r.cells.get(&f)?.money()).sum::<Money>();
    let proved = |(f, c): &(&Field, &Cell)| is_money_field(**f) && c.money().is_some_and(|m| m != Money::ZERO && m == sum(**f));
    let is_box = services.iter().all(|r| told(&r.cells)) && first.cells.iter().filter(proved).count() > 1;
    if is_box {
        out.rows.remove(0);
        for t in &mut out.totals {
            t.rows = (t.rows.0.saturating_sub(1), t.rows.1.saturating_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
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
