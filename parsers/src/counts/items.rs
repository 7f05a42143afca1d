//! Bills that list each item like a till: its name, and under it how often at which price, and what that comes to.
//!
//! ```text
//! 99213-25 OFFICE VISIT LEVEL 3
//!   03/09/2025   1 @ 210.00                    210.00
//!    03/28/2025  INSURANCE PAYMENT             120.00-
//!                           LEFT OF THIS ITEM   90.00
//! ```
//! Nothing stands in columns: a line is an item's because its count times its price is its amount. Payments and adjustments
//! stand under the item with a day of their own. What is left of the item is no row, and neither are the sums at the end;
//! items that do not add up to the paper's own sum of charges were not all read.

use std::collections::BTreeMap;

use super::at_rates::{CountAtRate, count_at_rate};
use crate::grammar::date::{LooseDate, leading_date};
use crate::grammar::money;
use crate::postings::Postings;
use crate::reading::{Setting, TableReading};
use crate::service_heads::named;
use crate::short_sums;
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{TokenKind, tokens};
use crate::total_labels::is_total_label;

/// The name stands no farther above its price than this, in sizes of type.
const STEP: f32 = 2.2;

/// Reads all items of a bill; nothing where there are none, or where their arithmetic fails more often than it holds.
pub fn read(pages: &[PageLines], setting: &Setting) -> TableReading {
    let mut out = TableReading::default();
    let mut postings = Postings::default();
    let (mut proved, mut failed) = (0, 0);
    for page in pages {
        for (i, line) in page.lines.iter().enumerate() {
            if let Some((day, item)) = priced(line) {
                *(if item.is_proved() { &mut proved } else { &mut failed }) += 1;
                let above = i.checked_sub(1).map(|k| &page.lines[k]).filter(|a| of_item(a, line));
                out.rows.push(row(line, day, item, above, setting));
            } else if !postings.take(line, setting, &mut out.rows) {
                out.totals.extend(sum(line, out.rows.len()));
            }
        }
    }
    if proved == 0 || failed > proved {
        return TableReading::default();
    }
    postings.settle(&mut out.rows);
    out.unparsed = lacking(&out).into_iter().collect();
    out.columns = out.rows.iter().flat_map(|r| r.cells.keys().copied()).collect();
    out
}

/// A line of a count, a price and an amount, with a day before them or without it.
fn priced(line: &Line) -> Option<(Option<LooseDate>, CountAtRate)> {
    let text = line.text();
    match leading_date(&text) {
        Some((day, rest)) => count_at_rate(rest).map(|c| (Some(day), c)),
        None => count_at_rate(&text).map(|c| (None, c)),
    }
}

/// Whether a line stands right above the price and about where that begins.
fn of_item(above: &Line, line: &Line) -> bool {
    let size = line.size().max(above.size());
    let step = line.bbox.cy() - above.bbox.cy();
    let indent = line.bbox.x0 - above.bbox.x0;
    step > 0.0 && step < STEP * size && (-1.0..4.0).contains(&(indent / size))
}

fn row(line: &Line, day: Option<LooseDate>, item: CountAtRate, above: Option<&Line>, setting: &Setting) -> Row {
    let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    let cell = |value: Value| Cell { value, raw: line.text(), page: line.page, bbox: line.bbox, confidence };
    let mut cells = above.map(named).unwrap_or_default();
    cells.insert(Field::Units, cell(Value::Number(item.count)));
    cells.insert(Field::Charge, cell(Value::Money(item.amount)));
    if let Some(d) = day.and_then(|d| d.resolve(setting.anchor)) {
        cells.insert(Field::ServiceDate, cell(Value::Date(d)));
    }
    let bbox = above.filter(|_| cells.contains_key(&Field::Description)).map_or(line.bbox, |a| a.bbox.union(line.bbox));
    let kind = if item.amount < Money::ZERO { LineKind::Reversal } else { LineKind::Service };
    Row { kind, cells, claim: None, page: line.page, bbox }
}

/// `TOTAL CHARGES   598.03`.
fn sum(line: &Line, rows: usize) -> Option<Total> {
    let toks = tokens(line);
    let [label @ .., amount] = toks.as_slice() else { return None };
    let words = label.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
    let plain = label.iter().all(|t| t.kind == TokenKind::Text) && amount.kind == TokenKind::Money && is_total_label(&words);
    let value = Value::Money(money::money(&amount.text).filter(|_| plain)?);
    let cell = Cell { value, raw: amount.text.clone(), page: line.page, bbox: amount.bbox, confidence: amount.confidence };
    let cells = BTreeMap::from([(Field::Charge, cell)]);
    Some(Total { label: words, scope: TotalScope::Document, cells, rows: (0, rows), claim: None })
}

/// The paper's sum of charges, where the items that were read come to another.
fn lacking(out: &TableReading) -> Option<Unparsed> {
    let stated = out.totals.iter().rfind(|t| t.label.to_lowercase().contains("charges"))?;
    short_sums::lacking(stated.cells.get(&Field::Charge)?, &stated.label, &out.rows, "items")
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 8] = [
        Field::ServiceDate,
        Field::Code,
        Field::Modifiers,
        Field::Description,
        Field::Units,
        Field::Charge,
        Field::PlanPaid,
        Field::PlanDiscount,
    ];

    #[test]
    fn an_item_is_what_its_count_comes_to() {
        let s = read(&[
            (20.0, &[(30.0, "LAKESIDE WALK-IN CLINIC")]),
            (40.0, &[(30.0, "PATIENT"), (-270.0, "JANE ROE")]),
            (51.0, &[(30.0, "STATEMENT DATE"), (-270.0, "04/28/2025")]),
            (80.0, &[(30.0, "99213-25 OFFICE VISIT LEVEL 3")]),
            (91.0, &[(40.0, "03/09/2025"), (100.0, "1 @ 210.00"), (-270.0, "210.00")]),
            (102.0, &[(42.0, "03/28/2025"), (100.0, "INSURANCE PAYMENT"), (-270.0, "120.00-")]),
            (113.0, &[(42.0, "03/28/2025"), (100.0, "INSURANCE ADJUSTMENT"), (-270.0, "60.00-")]),
            (124.0, &[(130.0, "LEFT OF THIS ITEM"), (-270.0, "30.00")]),
            (140.0, &[(30.0, "GAUZE PACK STERILE")]),
            (151.0, &[(40.0, "03/09/2025"), (100.0, "2 @ 14.83"), (-270.0, "29.66")]),
            (170.0, &[(30.0, "TOTAL CHARGES"), (-270.0, "239.66")]),
            (181.0, &[(30.0, "AMOUNT DUE"), (-270.0, "$59.66")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-09 99213 25 OFFICE VISIT LEVEL 3 1 210.00 - -",
                "2025-03-28 - - INSURANCE PAYMENT - - 120.00 -",
                "2025-03-28 - - INSURANCE ADJUSTMENT - - - 60.00",
                "2025-03-09 - - GAUZE PACK STERILE 2 29.66 - -",
            ]
        );
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }
}
