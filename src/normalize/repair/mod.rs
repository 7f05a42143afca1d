//! Misread cells, set right by the document that they stand in: amounts by its arithmetic, dates by its other dates, codes
//! by what it prints for the same service.
//!
//! The printed amounts and the equations between them ([`equations`]) leave mostly one way to read a doubtful figure.
//! It is taken when it is the only one, and when something on the image speaks for it ([`evidence`]): a figure that was
//! read with certainty and does not add up is the provider's error, and no misreading. What has several ways out, or
//! none, stays as it was read.

mod codes;
mod columns;
mod dates;
mod equations;
mod evidence;
mod readings;
mod solve;
mod unread;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_cells;

use billproof_parsers::page_text::{DocumentText, TextSource};
use billproof_parsers::statement::{Cell, Field, Statement, Value};

use crate::record::{Agreement, CheckKind, Document, Money, OpenCell, Repair};
use equations::{Figure, Home, System};

/// A figure that two equations prove is as sure as one read well.
const PROVEN: f32 = 0.97;
/// One equation alone may be satisfied by chance.
pub const SUPPORTED: f32 = 0.9;
/// A row whose doubtful date cannot stand as it was read.
pub const CONTRADICTED: f32 = 0.7;

/// What was set right, and what could not be.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The repairs, in the order of the statement.
    pub repairs: Vec<Repair>,
    /// Lines (from 0) whose own figures do not agree though some of them are doubtful.
    pub doubtful: Vec<(usize, CheckKind)>,
    /// Lines (from 0) whose doubtful date contradicts the paper's others.
    pub contradicting: Vec<usize>,
    /// Dates and codes that other papers may settle.
    pub open: Vec<OpenCell>,
}

/// The columns of a scan's table, named by what they add up to: see [`columns::settle`].
pub fn settle_columns(d: &Document, statement: &mut Statement, text: &DocumentText) -> bool {
    is_scan(text) && columns::settle(d, statement)
}

/// Repairs the amounts of a statement whose lines and header `d` holds. Digital text is left alone.
pub fn repair(d: &Document, statement: &mut Statement, text: &DocumentText) -> Outcome {
    if !is_scan(text) {
        return Outcome::default();
    }
    let mut system = System::of(d, statement, text);
    let mut repairs: Vec<Repair> = solve::solve(&mut system)
        .into_iter()
        .map(|(index, before)| {
            let figure = &system.figures[index];
            let by: Vec<CheckKind> = system
                .equations
                .iter()
                .filter(|e| e.terms.iter().any(|t| t.0 == index) && system.holds(e))
                .map(|e| e.kind)
                .collect();
            write(statement, figure, by.len());
            let field = match figure.homes[0] {
                Home::Row(_, f) | Home::Total(_, f) | Home::Header(f, _) => f,
            };
            let line_no = figure.homes.iter().find_map(|h| match h {
                Home::Row(i, _) => u32::try_from(i + 1).ok(),
                _ => None,
            });
            Repair {
                field,
                line_no,
                page: figure.page,
                from: before.to_string(),
                to: figure.value.to_string(),
                by,
                agreement: None,
                paper: None,
            }
        })
        .collect();
    let (of_dates, contradicting) = dates::repair(statement, text);
    let (of_codes, open) = codes::repair(statement, text);
    repairs.extend(of_dates.into_iter().chain(of_codes));
    repairs.sort_by_key(|r| (r.page, r.line_no, r.field));
    Outcome { repairs, doubtful: doubtful(&system), contradicting, open }
}

/// A date or code that was set: at which row (from 0) and page, from what to what, and by what.
fn repair_of(field: Field, at: (Option<usize>, u32), from: Option<&Value>, to: &Value, agreement: Agreement) -> Repair {
    let line_no = at.0.and_then(|i| u32::try_from(i + 1).ok());
    let from = from.map(shown).unwrap_or_default();
    Repair { field, line_no, page: at.1, from, to: shown(to), by: Vec::new(), agreement: Some(agreement), paper: None }
}

/// A date or code as lines.csv writes it.
fn shown(value: &Value) -> String {
    match value {
        Value::Date(d) => d.to_string(),
        Value::Text(t) | Value::Code(t) => t.clone(),
        Value::List(l) => l.join(";"),
        _ => String::new(),
    }
}

fn is_scan(text: &DocumentText) -> bool {
    text.pages.iter().any(|p| p.source == TextSource::Ocr)
}

/// Lines whose own equations are broken by a figure that was not read with certainty.
fn doubtful(system: &System) -> Vec<(usize, CheckKind)> {
    let mut out: Vec<(usize, CheckKind)> = Vec::new();
    for e in system.equations.iter().filter(|e| matches!(e.kind, CheckKind::Allowed | CheckKind::PatientShare | CheckKind::Paid))
    {
        let unsure = e.terms.iter().any(|(f, _)| system.figures[*f].print.is_doubtful());
        let row = e.terms.iter().find_map(|(f, _)| match system.figures[*f].homes[0] {
            Home::Row(i, _) => Some(i),
            _ => None,
        });
        if let (true, Some(row)) = (unsure && !system.holds(e), row) {
            out.push((row, e.kind));
        }
    }
    out.sort_unstable_by_key(|o| o.0);
    out.dedup_by_key(|o| o.0);
    out
}

/// Puts a repaired value wherever it is kept, with the sign that stood there.
fn write(statement: &mut Statement, figure: &Figure, proofs: usize) {
    let confidence = if proofs >= 2 { PROVEN } else { SUPPORTED };
    let set = |cell: &mut Cell, summed: bool| {
        let negative = matches!(cell.value, Value::Money(m) if m < Money::ZERO);
        cell.value = Value::Money(if summed && negative { -figure.value } else { figure.value });
        cell.confidence = confidence;
    };
    for home in &figure.homes {
        let cell: Option<&mut Cell> = match home {
            Home::Row(i, f) => statement.rows.get_mut(*i).and_then(|r| r.cells.get_mut(f)),
            Home::Total(i, f) => statement.totals.get_mut(*i).and_then(|t| t.cells.get_mut(f)),
            Home::Header(f, i) => statement.header.get_mut(f).and_then(|c| c.get_mut(*i)),
        };
        if let Some(cell) = cell {
            set(cell, !matches!(home, Home::Row(..)));
        }
    }
}

/// Whether a repaired amount of this line rests on a single equation.
pub fn rests_on_one(repairs: &[Repair], line_no: u32) -> bool {
    repairs.iter().any(|r| r.line_no == Some(line_no) && r.by.len() < 2)
}
