//! The amount of a payment or adjustment: its field, and its sign.

use crate::credits::Credit;
use crate::statement::{Field, Money, Row, Value};

/// Where the amount of a credit may stand, the likeliest first.
const OF_CREDITS: [Field; 5] = [Field::Credits, Field::Charge, Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid];

/// Where credits are printed with a minus, one of a scan without it has lost it, unless its words say that it takes a
/// credit back: recognition loses a leading minus without a doubt in the figures behind it.
pub(crate) fn give_back_minus(row: &mut Row) {
    /// What the sign is worth that was not seen.
    const UNSEEN: f32 = 0.85;
    let Some(cell) = OF_CREDITS.iter().find(|f| row.cells.contains_key(f)).and_then(|f| row.cells.get_mut(f)) else { return };
    if let Value::Money(m) = cell.value
        && m > Money::ZERO
    {
        cell.value = Value::Money(-m);
        cell.confidence = cell.confidence.min(UNSEEN);
    }
}

/// Puts the amount of a credit, positive, into its field.
pub(crate) fn credit_row(row: &mut Row, c: Credit, negative_credits: bool) {
    let from = OF_CREDITS.into_iter().find(|f| row.cells.contains_key(f));
    row.kind = c.kind;
    row.cells.remove(&Field::Balance);
    let Some(from) = from else { return };
    let Some(mut cell) = row.cells.remove(&from) else { return };
    if let Value::Money(m) = cell.value {
        let lowers = if negative_credits { m <= Money::ZERO } else { !c.taken_back };
        let size = m.abs();
        cell.value = Value::Money(if lowers { size } else { -size });
    }
    // "Adjustments" may head payments too, and the other way round: the row's words know
    let crossed = (from == Field::PlanDiscount) != (c.field == Field::PlanDiscount);
    // "Payments" heads the plan's as a rule, and the patient's own among them
    let others = c.named && from == Field::PlanPaid && matches!(c.field, Field::PatientPaid | Field::OtherPaid);
    let field = if matches!(from, Field::Charge | Field::Credits) || crossed || others { c.field } else { from };
    row.cells.remove(&Field::RevenueCode);
    row.cells.insert(field, cell);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::page_text::BBox;
    use crate::statement::{Cell, LineKind};

    #[test]
    fn a_lost_minus_is_given_back_and_doubted() {
        for (cents, wanted, confidence) in [(7177, -7177, 0.85), (-7177, -7177, 0.99)] {
            let cell = Cell {
                value: Value::Money(Money::from_cents(cents)),
                raw: String::new(),
                page: 1,
                bbox: BBox::default(),
                confidence: 0.99,
            };
            let cells = BTreeMap::from([(Field::Credits, cell)]);
            let mut row = Row { kind: LineKind::Payment, cells, claim: None, page: 1, bbox: BBox::default() };
            give_back_minus(&mut row);
            assert_eq!(crate::reading::money_of(&row.cells, Field::Credits), Some(Money::from_cents(wanted)));
            assert_eq!(row.cells[&Field::Credits].confidence, confidence);
        }
    }
}
