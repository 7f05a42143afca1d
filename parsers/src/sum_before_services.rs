//! A box of sums at the head of an EOB that looks like the first of its services:
//!
//! ```text
//! Member ID 533038237
//! Charges submitted   11,905.43      What your plan paid   3,512.29
//!
//! HOSPITAL SERVICES   01-26-2024
//! Charges              9,978.17      Paid by Plan          2,932.17
//! ```
//! It has no day, where all services have one, and its charge is what theirs come to.

use crate::columns::is_money_field;
use crate::reading::money_of;
use crate::statement::{Field, LineKind, Money, Row, Total, TotalScope, Value};

/// Fewer services may cost by chance what one before them does.
const FEWEST: usize = 2;

/// Makes a sum of the first row, if it is one.
pub(crate) fn take_out(rows: &mut Vec<Row>, totals: &mut Vec<Total>) {
    let Some((first, others)) = rows.split_first() else { return };
    let services = || others.iter().filter(|r| matches!(r.kind, LineKind::Service | LineKind::Reversal));
    let dated = services().all(|r| r.cells.contains_key(&Field::ServiceDate));
    let all: Money = services().filter_map(|r| money_of(&r.cells, Field::Charge)).sum();
    let bare = first.kind == LineKind::Service && !first.cells.contains_key(&Field::ServiceDate);
    if !bare || !dated || services().count() < FEWEST || money_of(&first.cells, Field::Charge) != Some(all) {
        return;
    }
    let Row { mut cells, claim, .. } = rows.remove(0);
    let label = match cells.get(&Field::Description).map(|c| &c.value) {
        Some(Value::Text(t)) => t.clone(),
        _ => String::new(),
    };
    cells.retain(|f, _| is_money_field(*f));
    for t in totals.iter_mut() {
        t.rows = (t.rows.0.saturating_sub(1), t.rows.1.saturating_sub(1));
    }
    totals.push(Total { label, scope: TotalScope::Document, cells, rows: (0, rows.len()), claim });
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(submitted: &'static str) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
            (44.0, &[(30.0, "Member"), (120.0, "Jane Roe")]),
            (54.0, &[(30.0, "Member ID"), (120.0, "533038237")]),
            (64.0, &[(30.0, "Charges submitted"), (-300.0, submitted), (350.0, "What your plan paid"), (-560.0, "80.00")]),
            (94.0, &[(30.0, "Claim number"), (120.0, "243533662451")]),
            (120.0, &[(30.0, "HOSPITAL SERVICES"), (480.0, "01/26/2024")]),
            (130.0, &[(40.0, "Charges"), (-300.0, "100.00"), (350.0, "Paid by plan"), (-560.0, "50.00")]),
            (144.0, &[(30.0, "HOSPITAL SERVICES"), (480.0, "01/27/2024")]),
            (154.0, &[(40.0, "Charges"), (-300.0, "60.00"), (350.0, "Paid by plan"), (-560.0, "30.00")]),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Charge])).collect()
    }

    #[test]
    fn what_comes_to_all_services_is_none() {
        assert_eq!(rows("160.00"), ["2024-01-26 100.00", "2024-01-27 60.00"]);
    }
}
