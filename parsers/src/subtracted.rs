//! Columns that are printed with a minus because they are taken off the charge: `-21.25` under `Insurance discount`.
//!
//! The patient's shares are printed so where they are taken off the allowed amount: `less coinsurance (32.41)`.
//!
//! The record keeps discounts, shares and payments positive; a negative one takes a credit back. Where a column has nothing but
//! amounts with a minus, the minus only says that they lower the balance.

use crate::statement::{Cell, Field, LineKind, Money, Row, Total, Value};

const LOWERING: [Field; 8] = [
    Field::PlanDiscount,
    Field::NotCovered,
    Field::Deductible,
    Field::Copay,
    Field::Coinsurance,
    Field::PlanPaid,
    Field::OtherPaid,
    Field::PatientPaid,
];

/// Turns the sign of the columns that services have with a minus throughout. Of a scan (`read`) an amount among them
/// without it has lost it.
pub(crate) fn turn(rows: &mut [Row], totals: &mut [Total], read: bool) {
    for field in LOWERING {
        let sign = |minus: bool| {
            let of = |r: &&Row| {
                r.kind == LineKind::Service
                    && money(r.cells.get(&field)).is_some_and(|m| minus == (m < Money::ZERO) && m != Money::ZERO)
            };
            rows.iter().filter(of).count()
        };
        let (with, without) = (sign(true), sign(false));
        let lost = if read { with / 3 } else { 0 };
        if with == 0 || without > lost {
            continue;
        }
        let services = rows.iter_mut().filter(|r| matches!(r.kind, LineKind::Service | LineKind::Reversal));
        let cells = services.map(|r| (r.kind == LineKind::Service, r.cells.get_mut(&field)));
        for (service, cell) in cells.chain(totals.iter_mut().map(|t| (true, t.cells.get_mut(&field)))) {
            if let Some(Cell { value: Value::Money(m), .. }) = cell {
                *m = if service { m.abs() } else { -*m };
            }
        }
    }
}

fn money(cell: Option<&Cell>) -> Option<Money> {
    cell?.money()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::page_text::BBox;

    fn discounts(cents: &[i64], read: bool) -> Vec<i64> {
        let row = |cents: &i64| {
            let value = Value::Money(Money::from_cents(*cents));
            let cell = Cell { value, raw: String::new(), page: 1, bbox: BBox::default(), confidence: 0.99 };
            let cells = BTreeMap::from([(Field::PlanDiscount, cell)]);
            Row { kind: LineKind::Service, cells, claim: None, page: 1, bbox: BBox::default() }
        };
        let mut rows: Vec<Row> = cents.iter().map(row).collect();
        turn(&mut rows, &mut [], read);
        let cents = |m: Money| i64::try_from((m.0 * rust_decimal::Decimal::ONE_HUNDRED).mantissa() / 100).unwrap_or_default();
        rows.iter().filter_map(|r| money(r.cells.get(&Field::PlanDiscount))).map(cents).collect()
    }

    #[test]
    fn a_column_of_minus_is_turned_and_a_lone_minus_stays() {
        assert_eq!(discounts(&[-2_125, 0, -944], false), [2_125, 0, 944]);
        assert_eq!(discounts(&[-2_125, 500, -944], false), [-2_125, 500, -944], "print means what it says");
        assert_eq!(discounts(&[-1, -2, -3, 4], true), [1, 2, 3, 4], "recognition loses a minus");
    }
}
