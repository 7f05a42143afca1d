//! Medicare Summary Notice, Part A and Part B (CMS form 20027 and its successors).

use super::{Input, Layout, generic::Generic};
use crate::grammar::units::units;
use crate::reading::TableReading;
use crate::statement::{Cell, DocKind, Field, Row, Value};

/// The notice that Original Medicare sends every three months.
pub struct MedicareSummaryNotice;

impl Layout for MedicareSummaryNotice {
    fn name(&self) -> &'static str {
        "medicare_summary_notice"
    }

    fn about(&self) -> &'static str {
        "Original Medicare's notice: amount charged, Medicare-approved, Medicare paid, maximum you may be billed."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        (input.kind == DocKind::Eob && input.says("medicare summary notice")).then_some(0.9)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        let mut out = Generic.read(input);
        counts(&mut out);
        out
    }
}

/// The older notice prints how often in front of what: `1 Office visit (99213)`. It does so on every line or on none.
fn counts(out: &mut TableReading) {
    let split = |r: &Row| match r.cells.get(&Field::Description).map(|c| &c.value) {
        Some(Value::Text(t)) => {
            let (n, name) = t.split_once(' ')?;
            let count = units(n).filter(|_| n.len() <= 5 && n.starts_with(|c: char| c.is_ascii_digit()))?;
            name.starts_with(char::is_alphabetic).then(|| (count, name.to_owned()))
        }
        _ => None,
    };
    let known = out.rows.iter().any(|r| r.cells.contains_key(&Field::Units));
    if known || out.rows.is_empty() || !out.rows.iter().all(|r| split(r).is_some()) {
        return;
    }
    for r in &mut out.rows {
        let Some((count, name)) = split(r) else { continue };
        let Some(c) = r.cells.get_mut(&Field::Description) else { continue };
        let number = Cell { value: Value::Number(count), ..c.clone() };
        c.value = Value::Text(name);
        r.cells.insert(Field::Units, number);
    }
    out.columns.insert(Field::Units);
}
