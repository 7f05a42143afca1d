//! Which column of a scanned bill holds the charges, told by what it adds up to.
//!
//! The header of a form is small print, and a scan may lose it: the charges of a UB-04 then stand under the words of
//! the column beside them (form locators 47 and 48).

use billproof_parsers::statement::{Statement, Value};

use crate::record::{Document, Field, LineKind, Money};

/// Fewer rows may add up to a sum by chance.
const LEAST_ROWS: usize = 2;

/// Makes the column that adds up to the bill's total charges the column of charges, where the bill has none; whether it
/// did.
pub fn settle(d: &Document, statement: &mut Statement) -> bool {
    let services: Vec<usize> = (0..statement.rows.len()).filter(|i| statement.rows[*i].kind == LineKind::Service).collect();
    let value = |s: &Statement, i: usize, f: Field| match s.rows[i].cells.get(&f).map(|c| &c.value) {
        Some(Value::Money(m)) => Some(*m),
        _ => None,
    };
    let charged = |i: &usize| value(statement, *i, Field::Charge).is_some_and(|m| m != Money::ZERO);
    if !d.is_bill() || services.iter().any(charged) {
        return false;
    }
    let columns = [Field::NotCovered, Field::Allowed, Field::PatientResponsibility, Field::PlanDiscount];
    let mut fitting = columns.into_iter().filter_map(|f| {
        let amounts: Vec<Money> = services.iter().filter_map(|i| value(statement, *i, f)).collect();
        let sum: Money = amounts.iter().copied().sum();
        let printed = d.total_charges.map(Money::abs) == Some(sum)
            || statement.totals.iter().any(|t| t.cells.get(&f).is_some_and(|c| c.value == Value::Money(sum)));
        (amounts.len() >= LEAST_ROWS && amounts.len() == services.len() && sum > Money::ZERO && printed).then_some(f)
    });
    let (Some(column), None) = (fitting.next(), fitting.next()) else { return false };
    for cells in statement.rows.iter_mut().map(|r| &mut r.cells).chain(statement.totals.iter_mut().map(|t| &mut t.cells)) {
        let charge = cells.remove(&Field::Charge);
        if let Some(cell) = cells.remove(&column) {
            cells.insert(Field::Charge, cell);
        }
        if let Some(cell) = charge {
            cells.insert(column, cell);
        }
    }
    statement.columns.insert(Field::Charge);
    if !statement.header.contains_key(&Field::TotalCharges) {
        let sum: Money = services.iter().filter_map(|i| value(statement, *i, Field::Charge)).sum();
        let printed = statement.totals.iter().filter_map(|t| t.cells.get(&Field::Charge)).find(|c| c.value == Value::Money(sum));
        if let Some(cell) = printed.cloned() {
            statement.header.insert(Field::TotalCharges, vec![cell]);
        }
    }
    true
}
