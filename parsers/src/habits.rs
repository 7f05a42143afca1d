//! What a table does as a rule and says nowhere: leaving a date out where it is the one above, printing a balance beside
//! every row.

use jiff::civil::Date;

use crate::column_grammar::{Draft, money_of};
use crate::columns::Column;
use crate::statement::{Cell, Field, Money, Value};

/// A column of balances is the patient's share of each line only where each line's own arithmetic says so, and no
/// running balance says it as well: the first charge of an account is its balance in both.
pub(crate) fn line_balances(drafts: &mut [Draft]) {
    let (mut fits, mut all, mut telling) = (0, 0, 0);
    let mut running = None;
    for d in drafts.iter() {
        let charge = money_of(&d.row.cells, Field::Charge);
        let paid: Vec<Money> = [Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid, Field::OtherPaid, Field::Credits]
            .into_iter()
            .filter_map(|f| money_of(&d.row.cells, f))
            .map(Money::abs)
            .collect();
        let less: Money = paid.iter().copied().sum();
        let Some(balance) = money_of(&d.row.cells, Field::Balance) else { continue };
        let own = charge.unwrap_or_default() - less;
        let runs = running.unwrap_or(Money::ZERO) + own == balance;
        running = Some(balance);
        if charge.is_none() {
            continue;
        }
        all += 1;
        if own == balance {
            fits += 1;
            telling += usize::from(!paid.is_empty() || !runs);
        }
    }
    if all == 0 || telling == 0 || fits * 5 < all * 3 {
        return;
    }
    for d in drafts {
        if let Some(c) = d.row.cells.remove(&Field::Balance) {
            d.row.cells.entry(Field::PatientResponsibility).or_insert(c);
        }
    }
}

/// A date printed only on the first of several rows of a day holds for the rows under it.
///
/// That is the table's habit only if no two neighbouring rows ever print the same date.
pub(crate) fn carry_dates(drafts: &mut [Draft], columns: &[Column]) {
    if !columns.iter().any(|c| c.has(Field::ServiceDate)) {
        return;
    }
    let date = |d: &Draft| match d.row.cells.get(&Field::ServiceDate).map(|c| &c.value) {
        Some(Value::Date(x)) => Some(*x),
        _ => None,
    };
    // payments of one day each print it; what counts is how services do it
    let services: Vec<Option<Date>> = drafts.iter().filter(|d| d.identified).map(date).collect();
    let blank = services.iter().filter(|d| d.is_none()).count();
    if blank == 0 || blank * 4 < services.len() || services.windows(2).any(|w| w[0].is_some() && w[0] == w[1]) {
        return;
    }
    let mut last: Option<Cell> = None;
    for d in drafts {
        match d.row.cells.get(&Field::ServiceDate) {
            Some(c) => last = Some(c.clone()),
            None if d.identified => {
                if let Some(c) = &last {
                    d.row.cells.insert(Field::ServiceDate, c.clone());
                }
            }
            None => {}
        }
    }
}
