//! Cells, rows and statements of values that were stated, not recognised.

use std::collections::{BTreeMap, BTreeSet};

use billproof_parsers::page_text::BBox;
use billproof_parsers::statement::{
    Adjustment, Cell, ClaimHeader, DocKind, Field, LineKind, Money, Row, Statement, Unparsed, Value,
};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// Cells by field, filled in one by one; what is empty is left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cells {
    cells: BTreeMap<Field, Cell>,
    page: u32,
}

impl Cells {
    /// No cells yet, of the part of the file with this number (from 1).
    pub fn new(page: u32) -> Self {
        Self { cells: BTreeMap::new(), page }
    }

    fn put(&mut self, field: Field, value: Value, raw: String) {
        self.cells.insert(field, cell(value, raw, self.page));
    }

    /// Words; blank ones are not stated.
    pub fn text(&mut self, field: Field, text: &str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.put(field, Value::Text(text.clone()), text);
        }
    }

    /// A procedure code.
    pub fn code(&mut self, field: Field, code: &str) {
        let code = code.trim().to_uppercase();
        if !code.is_empty() {
            self.put(field, Value::Code(code.clone()), code);
        }
    }

    /// An amount.
    pub fn money(&mut self, field: Field, amount: Option<Money>) {
        if let Some(m) = amount {
            self.put(field, Value::Money(m), m.to_string());
        }
    }

    /// A day.
    pub fn date(&mut self, field: Field, day: Option<Date>) {
        if let Some(d) = day {
            self.put(field, Value::Date(d), d.to_string());
        }
    }

    /// First and last day; the last one only where it is another.
    pub fn period(&mut self, from: Option<Date>, to: Option<Date>) {
        self.date(Field::ServiceDate, from.or(to));
        self.date(Field::ServiceDateTo, to.filter(|t| from.is_some_and(|f| f != *t)));
    }

    /// A count.
    pub fn number(&mut self, field: Field, n: Option<Decimal>) {
        if let Some(n) = n {
            self.put(field, Value::Number(n), n.to_string());
        }
    }

    /// Codes in order, each once.
    pub fn list(&mut self, field: Field, codes: &[String]) {
        let mut seen = BTreeSet::new();
        let codes: Vec<String> = codes.iter().filter(|c| !c.is_empty() && seen.insert(c.as_str())).cloned().collect();
        if !codes.is_empty() {
            let raw = codes.join(";");
            self.put(field, Value::List(codes), raw);
        }
    }

    /// Claim adjustments in order.
    pub fn adjustments(&mut self, adjustments: &[Adjustment]) {
        if !adjustments.is_empty() {
            self.put(Field::Adjustments, Value::Adjustments(adjustments.to_vec()), String::new());
        }
    }

    /// As a row.
    pub fn into_row(self, kind: LineKind, claim: Option<usize>) -> Row {
        Row { kind, page: self.page, cells: self.cells, claim, bbox: BBox::default() }
    }

    /// As the heading of a claim.
    pub fn into_header(self) -> ClaimHeader {
        ClaimHeader { cells: self.cells }
    }
}

/// A cell that was stated: certain, without a place on a page.
pub fn cell(value: Value, raw: String, page: u32) -> Cell {
    Cell { value, raw, page, bbox: BBox::default(), confidence: 1.0 }
}

/// A statement without anything in it.
pub fn blank(layout: &str, kind: DocKind) -> Statement {
    Statement {
        layout: layout.to_owned(),
        kind,
        header: BTreeMap::new(),
        claims: Vec::new(),
        rows: Vec::new(),
        totals: Vec::new(),
        notes: Vec::new(),
        facts: Vec::new(),
        unparsed: Vec::new(),
        columns: BTreeSet::new(),
        tie: Vec::new(),
    }
}

/// Adds the cells to the values of a header.
pub fn add(statement: &mut Statement, cells: Cells) {
    for (field, cell) in cells.cells {
        statement.header.entry(field).or_default().push(cell);
    }
}

/// What could not be read, and why.
pub fn unparsed(page: u32, text: String, reason: String) -> Unparsed {
    Unparsed { page, bbox: BBox::default(), text, reason }
}

/// A person's name as papers print it: given name first.
pub fn person(first: &str, middle: &str, last: &str, suffix: &str) -> String {
    [first, middle, last, suffix].iter().map(|p| p.trim()).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
}
