//! Medicare Summary Notice, Part A and Part B (CMS form 20027 and its successors).

use super::{Input, Layout, generic::Generic};
use crate::grammar::units::units;
use crate::reading::TableReading;
use crate::statement::{Cell, DocKind, Field, Row, Value};
use rust_decimal::Decimal;

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

/// The older notice prints how often in front of what: `1 Office visit (99213)`. It does so on every line, or on those of a
/// service that was given more than once.
fn counts(out: &mut TableReading) {
    let split = |r: &Row| match r.cells.get(&Field::Description).map(|c| &c.value) {
        Some(Value::Text(t)) => {
            let (n, name) = t.split_once(' ')?;
            // `0360 OPERATING ROOM` is a department
            let count = units(n).filter(|_| n.len() <= 5 && n.starts_with(|c: char| matches!(c, '1'..='9')))?;
            name.starts_with(char::is_alphabetic).then(|| (count, name.to_owned()))
        }
        _ => None,
    };
    let known = out.rows.iter().any(|r| r.cells.contains_key(&Field::Units));
    let counted: Vec<(Decimal, String)> = out.rows.iter().filter_map(split).collect();
    let only_more = || counted.iter().all(|(n, name)| *n > Decimal::ONE && !is_measured(name));
    if known || counted.is_empty() || counted.len() < out.rows.len() && !only_more() {
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

/// `12 Lead EKG`, `2 Views chest`: what a figure before such a word counts is not how often.
fn is_measured(name: &str) -> bool {
    const MEASURES: [&str; 18] = [
        "lead", "leads", "view", "views", "hr", "hrs", "hour", "hours", "min", "minute", "minutes", "day", "days", "mg", "ml",
        "mcg", "d", "part",
    ];
    let first = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    MEASURES.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn counts_may_stand_only_before_what_was_given_more_than_once() {
        let row = |y: f32, words: &'static str, amount: &'static str| {
            (y, vec![(30.0, "06/08/2025"), (110.0, words), (-420.0, amount), (-520.0, "0.00"), (-640.0, "1.00")])
        };
        let heads = [
            (30.0, "Date"),
            (110.0, "Service provided and billing code"),
            (-420.0, "Amount charged"),
            (-520.0, "Not covered"),
            (-640.0, "You may be billed"),
        ];
        let notice = |first: &'static str| {
            let lines = [
                (20.0, vec![(30.0, "Medicare Summary Notice"), (400.0, "This is not a bill")]),
                (50.0, vec![(30.0, "Claim number 252-1916780-53"), (400.0, "Lakeside Hospital")]),
                (80.0, heads.to_vec()),
                row(94.0, first, "40.00"),
                row(106.0, "CHEST XRAY 2 VIEWS (71046)", "30.00"),
                row(118.0, "PT/INR (85610)", "20.00"),
            ];
            let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
            said(&read(&lines).rows[0], &[Field::Units, Field::Description, Field::Code])
        };
        assert_eq!(notice("4 INJ ONDANSETRON 1 MG (J2405)"), "4 INJ ONDANSETRON 1 MG J2405");
        assert_eq!(notice("12 LEAD EKG (93005)"), "- 12 LEAD EKG 93005");
        assert!(notice("0360 OPERATING ROOM").starts_with("- "), "a department");
    }
}
