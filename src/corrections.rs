//! What people have corrected in the record: `corrections.csv`.
//!
//! Columns `path, line_no, column, from, to, by, date`, found by name. `column` is one of documents.csv (then `line_no` is
//! empty) or lines.csv; `from` is what was read, `to` what the paper says, both as these files write it, empty for a cell that
//! is blank. A row with the same value twice says that the cell was compared with the paper and is right. Of several
//! corrections of one cell the last row counts: the file may be appended to. A correction whose `from` is not what is read now
//! is left out and told, since it was made on another reading.

use std::io::Read;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::record::{Adjustment, Document, Money, ServiceLine};
use crate::record_csv::checks;

/// Columns of documents.csv and lines.csv that a person may correct, by what they hold.
const AMOUNTS: &[&str] = &[
    "charge",
    "allowed",
    "plan_discount",
    "not_covered",
    "deductible",
    "copay",
    "coinsurance",
    "plan_paid",
    "other_paid",
    "patient_paid",
    "patient_responsibility",
    "total_charges",
    "total_discount",
    "total_plan_paid",
    "total_patient_paid",
    "balance_due",
];
const DATES: &[&str] =
    &["service_date", "service_date_to", "statement_date", "service_from", "service_to", "admitted", "discharged"];
const WORDS: &[&str] =
    &["code", "revenue_code", "description", "claim_no", "account_no", "patient", "provider", "payer", "member_id"];
const LISTS: &[&str] = &["modifiers", "remark_codes", "patient", "provider", "account_no", "claim_no"];

/// One cell as a person found it on the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The document.
    pub path: String,
    /// Its line; `None` for a value of its header.
    pub line_no: Option<u32>,
    /// Column of lines.csv or documents.csv.
    pub column: String,
    /// What was read.
    pub from: String,
    /// What the paper says.
    pub to: String,
    /// Who compared it.
    pub by: String,
    /// When.
    pub date: Option<Date>,
}

impl Correction {
    fn is_of(&self, other: &Self) -> bool {
        self.path == other.path && self.line_no == other.line_no && self.column == other.column
    }

    /// The cell in words: `bill.pdf, line 3, charge`.
    pub fn place(&self) -> String {
        let line = self.line_no.map(|n| format!(", line {n}")).unwrap_or_default();
        format!("{}{line}, {}", self.path, self.column)
    }
}

/// Why corrections could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionError {
    /// The file is no CSV; the message names the line.
    #[error("corrections: {0}")]
    Csv(#[from] csv::Error),
    /// A column is missing.
    #[error("corrections: there is no column `{0}`; the columns are path, line_no, column, from, to, by, date")]
    Column(&'static str),
    /// A cell cannot be what it should.
    #[error("corrections, line {line}: {what}")]
    Cell {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

/// All corrections, the last one of each cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Corrections(Vec<Correction>);

impl Corrections {
    /// Reads a corrections.csv.
    pub fn read(from: impl Read) -> Result<Self, CorrectionError> {
        let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(from);
        let header = csv.headers()?.clone();
        let place = |name: &str| header.iter().position(|h| h.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name));
        let needed = |name: &'static str| place(name).ok_or(CorrectionError::Column(name));
        let (path, column, from, to) = (needed("path")?, needed("column")?, needed("from")?, needed("to")?);
        let (line_no, by, date) = (place("line_no"), place("by"), place("date"));
        let mut out = Self::default();
        for row in csv.records() {
            let row = row?;
            let line = row.position().map_or(0, csv::Position::line);
            let wrong = |what: String| CorrectionError::Cell { line, what };
            let cell = |i: usize| unguarded(row.get(i).unwrap_or_default().trim()).to_owned();
            let optional = |i: Option<usize>| i.map(cell).unwrap_or_default();
            let line_no = match optional(line_no).as_str() {
                "" => None,
                n => Some(n.parse().map_err(|_| wrong(format!("the line number {n:?} is none")))?),
            };
            let date = match optional(date).as_str() {
                "" => None,
                d => Some(d.parse().map_err(|_| wrong(format!("the date {d:?} is not written as 2026-01-31")))?),
            };
            let correction = Correction {
                path: cell(path),
                line_no,
                column: cell(column),
                from: cell(from),
                to: cell(to),
                by: optional(by),
                date,
            };
            stated(&correction.column, line_no.is_none(), &correction.to)
                .map_err(|e| wrong(format!("{}: {e}", correction.place())))?;
            out.add(correction);
        }
        Ok(out)
    }

    /// Adds one; it takes the place of an earlier one of the same cell, whose first reading it keeps.
    pub fn add(&mut self, correction: Correction) {
        match self.0.iter_mut().find(|c| c.is_of(&correction)) {
            Some(earlier) => *earlier = Correction { from: earlier.from.clone(), ..correction },
            None => self.0.push(correction),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Correction> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts into the document what people have found on it. A row that was compared is as sure as the person was; the sums
    /// of a corrected document are those of its columns. Returns the corrections that no longer fit it.
    pub fn apply(&self, d: &mut Document) -> Vec<&Correction> {
        let mut unfit = Vec::new();
        let mut changed = false;
        let path = d.path.clone();
        for c in self.0.iter().filter(|c| c.path == path) {
            let done = if let Some(n) = c.line_no {
                d.lines.iter_mut().find(|l| l.line_no == n).is_some_and(|line| {
                    let done = put(line, c, false);
                    if done {
                        (line.confidence, line.figures_confidence) = (1.0, 1.0);
                    }
                    done
                })
            } else {
                let done = put(d, c, true);
                if done {
                    d.figures_confidence = 1.0;
                }
                done
            };
            changed |= done;
            if !done {
                unfit.push(c);
            }
        }
        if changed {
            d.checks = checks(d);
        }
        unfit
    }
}

/// Writes the cell of one record; `false` where it holds something else by now.
fn put<T: Serialize + DeserializeOwned>(record: &mut T, c: &Correction, is_header: bool) -> bool {
    let Ok(mut value) = serde_json::to_value(&*record) else { return false };
    let now = value.get(&c.column).map(text_of).unwrap_or_default();
    if now != c.from && now != c.to {
        return false;
    }
    let Ok(stated) = stated(&c.column, is_header, &c.to) else { return false };
    value[&c.column] = stated;
    match serde_json::from_value(value) {
        Ok(corrected) => {
            *record = corrected;
            true
        }
        Err(_) => false,
    }
}

/// What stands in a column of a line, as lines.csv writes it.
pub fn line_cell(line: &ServiceLine, column: &str) -> String {
    cell_of(line, column)
}

/// What stands in a column of a document's header, as documents.csv writes it.
pub fn header_cell(document: &Document, column: &str) -> String {
    cell_of(document, column)
}

fn cell_of(record: &impl Serialize, column: &str) -> String {
    serde_json::to_value(record).ok().and_then(|v| v.get(column).map(text_of)).unwrap_or_default()
}

/// A value of the record as the CSV files write it.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => n.to_string(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(";"),
        Value::Object(o) => {
            let part = |name: &str| o.get(name).map(text_of).unwrap_or_default();
            format!("{}-{}:{}", part("group"), part("carc"), part("amount"))
        }
        Value::Null | Value::Bool(_) => String::new(),
    }
}

/// The text of a column as the record holds it; an error says what the column needs.
pub fn stated(column: &str, is_header: bool, text: &str) -> Result<Value, &'static str> {
    let text = text.trim();
    let one = |known: bool| known && !(is_header && LISTS.contains(&column));
    if AMOUNTS.contains(&column) {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let amount: Decimal = text.replace([',', '$'], "").parse().map_err(|_| "an amount is written as 1234.50")?;
        return serde_json::to_value(Money(amount).round_cents()).map_err(|_| "an amount is written as 1234.50");
    }
    if DATES.contains(&column) {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let day: Date = text.parse().map_err(|_| "a date is written as 2026-01-31")?;
        return Ok(json!(day.to_string()));
    }
    if column == "units" {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let units: Decimal = text.parse().map_err(|_| "units are written as 1 or 0.5")?;
        return serde_json::to_value(units).map_err(|_| "units are written as 1 or 0.5");
    }
    if one(WORDS.contains(&column)) {
        return Ok(if text.is_empty() { Value::Null } else { json!(text) });
    }
    if LISTS.contains(&column) {
        return Ok(text.split(';').map(str::trim).filter(|s| !s.is_empty()).collect());
    }
    if column == "adjustments" {
        return adjustments(text).ok_or("adjustments are written as CO-45:120.00;PR-2:30.00");
    }
    Err("this column cannot be corrected")
}

fn adjustments(text: &str) -> Option<Value> {
    let one = |a: &str| -> Option<Adjustment> {
        let (reason, amount) = a.split_once(':')?;
        let (group, carc) = reason.split_once('-')?;
        let amount = Money(amount.trim().parse().ok()?);
        Some(Adjustment { group: group.trim().to_owned(), carc: carc.trim().to_owned(), amount })
    };
    let all: Option<Vec<Adjustment>> = text.split(';').filter(|a| !a.trim().is_empty()).map(one).collect();
    serde_json::to_value(all?).ok()
}

/// The cell without the quote that keeps a spreadsheet from running it.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '@', '-', '\t']) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{DocKind, LineKind};
    use proptest::prelude::*;

    fn bill() -> Document {
        let line = |n, cents| ServiceLine {
            charge: Some(Money::from_cents(cents)),
            code: Some("99213".to_owned()),
            confidence: 0.4,
            figures_confidence: 0.4,
            ..ServiceLine::empty(LineKind::Service, 1, n)
        };
        Document {
            kind: DocKind::ItemizedBill,
            pages: 1,
            total_charges: Some(Money::from_cents(17_250)),
            lines: vec![line(1, 14_000), line(2, 3_260)],
            ..Document::empty("a/bill.pdf")
        }
    }

    fn read(rows: &str) -> Corrections {
        Corrections::read(format!("path,line_no,column,from,to,by,date\n{rows}").as_bytes()).unwrap()
    }

    #[test]
    fn a_corrected_cell_is_certain_and_the_sums_are_made_anew() {
        let mut d = bill();
        let corrections = read("a/bill.pdf,2,charge,32.60,32.50,AB,2026-01-05\na/bill.pdf,1,charge,140.00,140.00,AB,\n");
        assert!(corrections.apply(&mut d).is_empty());
        assert_eq!(d.lines[1].charge, Some(Money::from_cents(3_250)));
        assert_eq!((d.lines[0].figures_confidence, d.lines[1].confidence), (1.0, 1.0));
        assert!(d.checks.iter().all(crate::record::ArithmeticCheck::holds) && !d.checks.is_empty());
        let again = d.clone();
        assert!(corrections.apply(&mut d).is_empty(), "applied twice, it changes nothing");
        assert_eq!(d, again);
    }

    #[test]
    fn a_correction_of_another_reading_is_told_and_left_out() {
        let mut d = bill();
        let corrections =
            read("a/bill.pdf,2,charge,99.00,32.50,AB,\na/bill.pdf,7,charge,1.00,2.00,AB,\nother.pdf,1,charge,1.00,2.00,,\n");
        assert_eq!(corrections.apply(&mut d).len(), 2);
        assert_eq!(d.lines, bill().lines);
    }

    #[test]
    fn the_last_correction_of_a_cell_counts() {
        let mut d = bill();
        read("a/bill.pdf,2,charge,32.60,38.50,AB,\na/bill.pdf,2,charge,38.50,32.50,AB,\n").apply(&mut d);
        assert_eq!(d.lines[1].charge, Some(Money::from_cents(3_250)));
    }

    #[test]
    fn headers_lists_and_blanks() {
        let mut d = bill();
        let corrections = read(
            "a/bill.pdf,,balance_due,,172.50,AB,\na/bill.pdf,,patient,,Ann Doe;Bob Doe,AB,\na/bill.pdf,1,modifiers,,25;59,,\n\
             a/bill.pdf,1,code,99213,,,\na/bill.pdf,1,adjustments,,CO-45:20.00,,\na/bill.pdf,1,service_date,,2025-03-09,,\n",
        );
        assert!(corrections.apply(&mut d).is_empty());
        assert_eq!(d.balance_due, Some(Money::from_cents(17_250)));
        assert_eq!(d.patient, ["Ann Doe", "Bob Doe"]);
        assert_eq!((d.lines[0].modifiers.join(";"), d.lines[0].code.as_deref()), ("25;59".to_owned(), None));
        assert_eq!(line_cell(&d.lines[0], "adjustments"), "CO-45:20.00");
        assert_eq!(line_cell(&d.lines[0], "service_date"), "2025-03-09");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let error = |row: &str| {
            Corrections::read(format!("path,line_no,column,from,to,by,date\n{row}\n").as_bytes()).unwrap_err().to_string()
        };
        assert_eq!(error("a,1,charge,1.00,two,,"), "corrections, line 2: a, line 1, charge: an amount is written as 1234.50");
        assert!(error("a,1,sha256,x,y,,").contains("cannot be corrected"));
        assert!(error("a,one,charge,1,2,,").contains("line number"));
        assert!(Corrections::read("path,to\n".as_bytes()).unwrap_err().to_string().contains("`column`"));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(cents in -9_999_999i64..9_999_999, units in 0u32..500) {
            let line = ServiceLine {
                charge: Some(Money::from_cents(cents)), units: Some(units.into()), ..ServiceLine::empty(LineKind::Service, 1, 1)
            };
            for column in ["charge", "units", "code"] {
                let text = line_cell(&line, column);
                let mut value = serde_json::to_value(&line).unwrap();
                value[column] = stated(column, false, &text).unwrap();
                prop_assert_eq!(&serde_json::from_value::<ServiceLine>(value).unwrap(), &line);
            }
        }
    }
}
