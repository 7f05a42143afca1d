//! Subtotals that stand over their rows, in the heading of a department or a visit: `EMERGENCY ROOM   Department subtotal 2,097.00`.
//!
//! The same of the sum of all charges in a panel beside the rows, which ends up between them.
//!
//! And of the sums of a claim between its heading and its services.
//!
//! A subtotal is of the rows above it, unless there are none above the first: then each is of the rows down to the next one,
//! where most of them say what these add up to.

use crate::reading::money_of;
use crate::statement::{Field, LineKind, Money, Row, Total, TotalScope};

/// Gives each subtotal the rows that it stands over, where the subtotals of the paper do, and the sum of all charges all rows,
/// where it stands between them.
pub(crate) fn turn(rows: &[Row], totals: &mut [Total]) {
    let all = charges(rows);
    for t in totals.iter_mut().filter(|t| t.scope != TotalScope::Group) {
        let sum = money_of(&t.cells, Field::Charge);
        let (from, to) = (t.rows.0.min(rows.len()), t.rows.1.min(rows.len()));
        if sum == Some(all) && from <= to && sum != Some(charges(&rows[from..to])) {
            t.rows = (0, rows.len());
        }
    }
    let groups: Vec<usize> = (0..totals.len())
        .filter(|i| totals[*i].scope == TotalScope::Group && money_of(&totals[*i].cells, Field::Charge).is_some())
        .collect();
    let (Some(first), true) = (groups.first(), groups.len() >= 2) else { return };
    if totals[*first].rows.1 != 0 {
        return;
    }
    let end = totals.iter().filter(|t| t.scope != TotalScope::Group).map(|t| t.rows.1).filter(|end| *end > 0).min();
    let end = end.unwrap_or(rows.len()).min(rows.len());
    let ranges: Vec<(usize, usize)> = groups
        .iter()
        .enumerate()
        .map(|(n, i)| (totals[*i].rows.1.min(end), groups.get(n + 1).map_or(end, |next| totals[*next].rows.1.min(end))))
        .collect();
    let right = groups
        .iter()
        .zip(&ranges)
        .filter(|(i, range)| money_of(&totals[**i].cells, Field::Charge) == Some(charges(&rows[range.0..range.1])));
    if right.count() * 2 <= groups.len() {
        return;
    }
    for (i, range) in groups.into_iter().zip(ranges) {
        totals[i].rows = range;
    }
}

/// Gives the sums of each claim the rows down to the next ones, where these add up to them and together are all rows.
pub(crate) fn claims_below(rows: &[Row], totals: &mut [Total]) {
    let ends: Vec<usize> = totals.iter().map(|t| t.rows.1.min(rows.len())).collect();
    let below = |i: usize| {
        let t = &totals[i];
        let to = ends[i];
        let end = ends[i + 1..].iter().copied().find(|e| *e > to).unwrap_or(rows.len());
        let sum = money_of(&t.cells, Field::Charge).filter(|_| t.scope != TotalScope::Group && end > to)?;
        (sum == charges(&rows[to..end])).then_some((i, (to, end)))
    };
    let mut found: Vec<(usize, (usize, usize))> = (0..totals.len()).filter_map(below).collect();
    found.dedup_by_key(|f| f.1);
    let whole = found.iter().try_fold(0, |at, (_, (from, to))| (*from == at).then_some(*to));
    if whole == Some(rows.len()) {
        for (i, range) in found {
            totals[i].rows = range;
        }
    }
}

fn charges(rows: &[Row]) -> Money {
    let service = |r: &&Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    rows.iter().filter(service).filter_map(|r| money_of(&r.cells, Field::Charge)).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::page_text::BBox;
    use crate::statement::{Cell, Value};

    fn cells(cents: i64) -> BTreeMap<Field, Cell> {
        let value = Value::Money(Money(rust_decimal::Decimal::new(cents, 2)));
        BTreeMap::from([(Field::Charge, Cell { value, raw: String::new(), page: 1, bbox: BBox::default(), confidence: 1.0 })])
    }

    fn turned(sums: &[(i64, usize)]) -> Vec<(usize, usize)> {
        let rows: Vec<Row> = [100, 200, 50, 70]
            .map(|c| Row { kind: LineKind::Service, cells: cells(c), claim: None, page: 1, bbox: BBox::default() })
            .to_vec();
        let mut start = 0;
        let mut totals: Vec<Total> = Vec::new();
        for (sum, at) in sums {
            totals.push(Total {
                label: "Department subtotal".to_owned(),
                scope: TotalScope::Group,
                cells: cells(*sum),
                rows: (start, *at),
                claim: None,
            });
            start = *at;
        }
        turn(&rows, &mut totals);
        totals.into_iter().map(|t| t.rows).collect()
    }

    #[test]
    fn a_subtotal_over_its_rows_is_of_those_below() {
        assert_eq!(turned(&[(300, 0), (120, 2)]), [(0, 2), (2, 4)]);
        assert_eq!(turned(&[(100, 0), (200, 1), (99, 2)]), [(0, 1), (1, 2), (2, 4)], "one of three may be wrong");
        assert_eq!(turned(&[(300, 2), (120, 4)]), [(0, 2), (2, 4)], "those under their rows stay");
    }
}
