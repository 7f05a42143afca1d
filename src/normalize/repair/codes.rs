//! Misread codes, set right by what the same paper prints for the same service.
//!
//! A doubtful code is set to what a sure row of the same service says, if that is among its readings; one that is no code at
//! all to the only reading that is one. A code that was read with certainty stays: a service billed under a dearer code is what
//! the audit is to find. What the paper itself leaves open is kept for the other papers and the code tables.

use billproof_parsers::page_text::DocumentText;
use billproof_parsers::statement::{Cell, Field, LineKind, Row, Statement, Value};

use super::super::arithmetic::CERTAIN;
use super::readings::Print;
use super::{SUPPORTED, repair_of, unread};
use crate::record::{Agreement, OpenCell, Repair};

/// What only the form of a code speaks for.
const FORMED: f32 = 0.8;
/// Shorter descriptions name no service.
const LEAST_WORDS: usize = 4;

fn sure(row: &Row, field: Field) -> Option<&Value> {
    row.cells.get(&field).filter(|c| c.confidence >= CERTAIN).map(|c| &c.value)
}

/// The words of a row's description, letters and digits alone.
fn words(row: &Row) -> Option<String> {
    let Some(Value::Text(t)) = sure(row, Field::Description) else { return None };
    let key: String = t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    (key.len() >= LEAST_WORDS).then_some(key)
}

/// What the sure rows of the same service print in a column: the same code, else the same words.
fn witnesses(statement: &Statement, row: usize, field: Field) -> Vec<Value> {
    let own = &statement.rows[row];
    let others = || statement.rows.iter().enumerate().filter(|(i, r)| *i != row && r.kind == LineKind::Service).map(|(_, r)| r);
    let values = |same: &dyn Fn(&Row) -> bool| {
        let mut out: Vec<Value> = Vec::new();
        for v in others().filter(|r| same(r)).filter_map(|r| sure(r, field)) {
            if !out.contains(v) {
                out.push(v.clone());
            }
        }
        out
    };
    let by_code = match sure(own, Field::Code) {
        Some(code) if field == Field::RevenueCode => values(&|r| sure(r, Field::Code) == Some(code)),
        _ => Vec::new(),
    };
    match words(own) {
        Some(key) if by_code.is_empty() => values(&|r| words(r).as_ref() == Some(&key)),
        _ => by_code,
    }
}

/// Sets the codes right; gives the repairs and what is left open.
pub fn repair(statement: &mut Statement, text: &DocumentText) -> (Vec<Repair>, Vec<OpenCell>) {
    let (mut repairs, mut open) = (Vec::new(), Vec::new());
    for field in [Field::RevenueCode, Field::Code] {
        for gap in unread::gaps(statement, text, field, None) {
            let known = witnesses(statement, gap.row, field);
            let (value, by, worth) = match &known[..] {
                [] => (gap.print.single(|_| true), Agreement::Form, FORMED),
                [only] => (gap.print.single(|v| v == only), Agreement::SameService, SUPPORTED),
                _ => (None, Agreement::SameService, SUPPORTED),
            };
            if let Some(value) = value.map(|r| r.value.clone()) {
                let at = (Some(gap.row), statement.rows[gap.row].page);
                repairs.push(repair_of(field, at, None, &value, by));
                unread::fill(statement, &gap, field, value, worth);
            } else {
                open.extend(open_cell(gap.row, field, &gap.print));
            }
        }
    }
    for row in 0..statement.rows.len() {
        if statement.rows[row].kind != LineKind::Service {
            continue;
        }
        for field in [Field::RevenueCode, Field::Code, Field::Modifiers, Field::ServiceDate] {
            let Some(cell) = statement.rows[row].cells.get(&field) else { continue };
            let Some(print) = Print::of(cell, field, text, anchor(cell)).filter(Print::is_doubtful) else { continue };
            let page = cell.page;
            let known =
                if matches!(field, Field::RevenueCode | Field::Code) { witnesses(statement, row, field) } else { Vec::new() };
            let value = match &known[..] {
                [only] if Some(only) != print.value.as_ref() => print.single(|v| v == only).map(|r| r.value.clone()),
                _ => None,
            };
            let settled = known.iter().any(|v| Some(v) == print.value.as_ref());
            match (value, statement.rows[row].cells.get_mut(&field)) {
                (Some(value), Some(cell)) => {
                    repairs.push(repair_of(field, (Some(row), page), Some(&cell.value), &value, Agreement::SameService));
                    (cell.value, cell.confidence) = (value, SUPPORTED);
                }
                _ if !settled => open.extend(open_cell(row, field, &print)),
                _ => {}
            }
        }
    }
    (repairs, open)
}

/// Dates without a year keep the one that they were given.
fn anchor(cell: &Cell) -> Option<jiff::civil::Date> {
    match cell.value {
        Value::Date(d) => Some(d),
        _ => None,
    }
}

/// A doubtful cell that other papers may settle; `None` where the recogniser had nothing else in mind: the shape of a digit is
/// too little to make one paper say what the other does.
fn open_cell(row: usize, field: Field, print: &Print) -> Option<OpenCell> {
    let readings: Vec<String> = print.others.iter().filter(|o| o.seen).map(|o| super::shown(&o.value)).collect();
    (!readings.is_empty()).then(|| OpenCell {
        line_no: u32::try_from(row + 1).unwrap_or(u32::MAX),
        field,
        read: print.value.as_ref().map(super::shown).unwrap_or_default(),
        readings,
    })
}
