//! What is left of one service, on a line of its own beneath what was paid and written off for it:
//!
//! ```text
//! 06/29/25  Charge   70450-26 CT HEAD/BRAIN W/O CONTRAST   $844.70
//! 07/14/25  Ins Adj  INSURANCE ADJUSTMENT                              ($341.26)
//!                    Patient resp                                                   $503.44
//! ```
//! It is the patient's responsibility of the service above, where the figures say so; else it may be a sum of anything.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::reading::{Draft, money_of};
use crate::statement::{Cell, Field, Money, Value};

// `Balance` and `You owe` are of the account, though it has but one service.
static LEFT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(?:(?:patient|pt|guarantor|your|member)\s+(?:resp(?:onsibility|\.)?|share|portion)
            | (?:balance|due|left|remaining|still\s+owed)\s+(?:on|of|for)\s+this\s+(?:item|service|charge|line))\s*:?$",
    )
    .expect("a constant pattern")
});

/// The service that a line with these words and this amount closes: its charge less the credits between is that amount.
fn closed_by(drafts: &[Draft], label: &str, amount: Money) -> Option<usize> {
    if !LEFT.is_match(label.trim()) {
        return None;
    }
    let mut credits = Money::ZERO;
    for (i, d) in drafts.iter().enumerate().rev() {
        let charge = money_of(&d.row.cells, Field::Charge).filter(|m| *m > Money::ZERO);
        if let Some(charge) = charge.filter(|_| d.identified || d.dated) {
            let free = !d.row.cells.contains_key(&Field::PatientResponsibility);
            return (free && charge - credits == amount).then_some(i);
        }
        let credit = only_amount(&d.row.cells).filter(|_| d.dated && charge.is_none())?;
        credits += credit.abs();
    }
    None
}

/// The one amount among the cells of a row.
fn only_amount(cells: &BTreeMap<Field, Cell>) -> Option<Money> {
    let mut amounts = cells.keys().filter_map(|f| money_of(cells, *f));
    amounts.next().filter(|_| amounts.next().is_none())
}

/// Gives the last service what a line beneath its credits says is left of it. Whether the line is one.
pub(crate) fn left_of_service(drafts: &mut [Draft], label: &str, cells: &BTreeMap<Field, Cell>) -> bool {
    let Some(amount) = only_amount(cells) else { return false };
    let Some(of) = closed_by(drafts, label, amount) else { return false };
    let cell = cells.values().find(|c| c.value == Value::Money(amount));
    drafts[of].row.cells.extend(cell.map(|c| (Field::PatientResponsibility, c.clone())));
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pages::{read, said};

    #[test]
    fn what_is_left_of_a_service_stands_beneath_its_credits() {
        let page = |left: &str| {
            read(&[
                (
                    100.0,
                    &[(30.0, "Date"), (100.0, "Transaction"), (-420.0, "Charges"), (-520.0, "Payments"), (-620.0, "Balance")],
                ),
                (115.0, &[(30.0, "06/29/25"), (100.0, "70450-26 CT HEAD"), (-420.0, "$844.70")]),
                (130.0, &[(30.0, "07/14/25"), (100.0, "INSURANCE ADJUSTMENT"), (-520.0, "($341.26)")]),
                (145.0, &[(100.0, "Patient resp"), (-620.0, left)]),
                (160.0, &[(30.0, "06/30/25"), (100.0, "20610-RT JOINT INJECTION"), (-420.0, "$108.72")]),
                (175.0, &[(30.0, "07/14/25"), (100.0, "INSURANCE ADJUSTMENT"), (-520.0, "($45.71)")]),
                (190.0, &[(100.0, "Patient resp"), (-620.0, "$63.01")]),
            ])
        };
        let shares = |left: &str| -> Vec<String> {
            page(left).rows.iter().map(|r| said(r, &[Field::Charge, Field::PatientResponsibility])).collect()
        };
        assert_eq!(shares("$503.44"), ["844.70 503.44", "- -", "108.72 63.01", "- -"]);
        assert_eq!(shares("$513.44"), ["844.70 -", "- -", "108.72 63.01", "- -"], "the figures do not say so");
    }
}
