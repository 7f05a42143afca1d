//! The sum of the paper among those of its claims:
//!
//! ```text
//! Claim total          $202.50
//!   ...
//! Claim total        $1,848.34
//! Amount billed      $2,050.84
//! ```
//! A box at the end stands under the last claim, whose own sum it then seems to be.

use crate::statement::{Cell, Field, LineKind, Money, Row};

/// The one of several amounts that all services of the paper come to.
pub(super) fn whole(stated: Option<&Vec<Cell>>, rows: &[Row], column: Field) -> Option<Cell> {
    let stated = stated.filter(|cells| cells.len() > 1)?;
    let services = || rows.iter().filter(|r| r.kind == LineKind::Service);
    let each: Vec<Money> = services().filter_map(|r| r.cells.get(&column).and_then(Cell::money)).collect();
    let sum: Money = each.iter().copied().sum();
    let told = each.len() > 1 && each.len() == services().count() && sum != Money::ZERO;
    let parts: Money = stated.iter().filter_map(Cell::money).map(Money::abs).sum();
    let found = stated.iter().find(|c| c.money().map(Money::abs) == Some(sum))?;
    (told && parts != sum).then(|| found.clone())
}

#[cfg(test)]
mod tests {
    use super::whole;
    use crate::page_text::BBox;
    use crate::statement::{Cell, Field, LineKind, Money, Row, Value};

    fn cell(cents: i64) -> Cell {
        Cell {
            value: Value::Money(Money::from_cents(cents)),
            raw: String::new(),
            page: 1,
            bbox: BBox::default(),
            confidence: 1.0,
        }
    }

    fn row(cents: i64) -> Row {
        let cells = [(Field::Charge, cell(cents))].into_iter().collect();
        Row { kind: LineKind::Service, cells, claim: None, page: 1, bbox: BBox::default() }
    }

    #[test]
    fn what_all_services_come_to_is_no_claims_own() {
        let rows = [row(20250), row(184_834)];
        let found = |stated: &[i64]| {
            let cells: Vec<Cell> = stated.iter().map(|c| cell(*c)).collect();
            whole(Some(&cells), &rows, Field::Charge).and_then(|c| c.money())
        };
        assert_eq!(found(&[20250, 205_084]), Some(Money::from_cents(205_084)));
        assert_eq!(found(&[20250, 184_834]), None, "each claim has its own");
        assert_eq!(found(&[205_084]), None);
    }
}
