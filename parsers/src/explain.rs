//! Why a document was read as it was: which layouts claimed it, and what became of every line of its tables.

use std::collections::BTreeMap;

use crate::layouts::{Input, LAYOUTS};
use crate::own_layout::Told;
use crate::statement::{DocKind, Field, Row, Statement, Total};
use crate::table::{BodyLine, Role, Table};

/// A reading and its reasons.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The document as it was read.
    pub statement: Statement,
    /// What the words weigh for each kind of paper.
    pub evidence: BTreeMap<DocKind, f32>,
    /// What each layout says to the document, a user's first.
    pub claims: Vec<Claim>,
    /// The lines under the headers of its tables, in reading order.
    pub lines: Vec<LineReading>,
}

/// What a layout says to a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its name.
    pub layout: String,
    /// Whether a user has described it.
    pub own: bool,
    /// How sure it is that the document is its own, 0..1; `None` when it is not.
    pub score: Option<f32>,
    /// Which words or columns made it so.
    pub reasons: Vec<String>,
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct LineReading {
    /// Page, from 1.
    pub page: u32,
    /// As printed.
    pub text: String,
    /// The part it played, and why.
    pub part: String,
    /// For the first line of a row its index in [`Statement::rows`].
    pub row: Option<usize>,
}

impl Claim {
    /// What the builtin layouts say, those that claim it and the surest first.
    pub(crate) fn of_builtin(input: &Input<'_>) -> Vec<Self> {
        let mut columns: Vec<Field> = input.tables.iter().flat_map(|t| &t.columns).flat_map(|c| c.fields.clone()).collect();
        columns.retain(|f| *f != Field::Ignored);
        columns.sort_unstable();
        columns.dedup();
        let named = |f: &Field| serde_json::to_value(f).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let heads: Vec<String> = columns.iter().map(named).collect();
        let seen = if heads.is_empty() { "no table".to_owned() } else { format!("columns {}", heads.join(", ")) };
        let reasons = vec![format!("kind {}, {seen}", input.kind.as_str())];
        let claim = |l: &&dyn crate::layouts::Layout| {
            let score = l.identify(input);
            let reasons = if score.is_some() { reasons.clone() } else { Vec::new() };
            Self { layout: l.name().to_owned(), own: false, score, reasons }
        };
        let mut out: Vec<Self> = LAYOUTS.iter().map(claim).collect();
        out.sort_by(|a, b| b.score.unwrap_or(-1.0).total_cmp(&a.score.unwrap_or(-1.0)));
        out
    }
}

/// What became of the lines of the tables.
pub(crate) fn lines(tables: &[Table], told: &[Told], rows: &[Row], totals: &[Total]) -> Vec<LineReading> {
    let mut out = Vec::new();
    let mut next = 0;
    for b in tables.iter().flat_map(|t| &t.lines) {
        let why = told.iter().find(|t| (t.page, t.index) == (b.page, b.index)).map(|t| t.why.as_str());
        let mut row = None;
        let part = match b.role {
            Role::Anchor | Role::Ledger => {
                let holds = |r: &Row| r.page == b.page && r.bbox.y0 <= b.bbox.cy() && b.bbox.cy() <= r.bbox.y1;
                row = rows.iter().enumerate().skip(next).find(|(_, r)| holds(r)).map(|(i, _)| i);
                if let Some(i) = row {
                    next = i + 1;
                    "row"
                } else if is_sum(b, totals) {
                    "sum: names no service"
                } else {
                    "left out: names no service and holds no amount of one"
                }
            }
            Role::Total => "sum",
            Role::Heading => "heading",
            Role::Continuation => "more of a row, or a heading",
            Role::NameAbove => "names the service of the row below it",
            Role::NameBelow => "names the service of the row above it",
            Role::Outside => "not of the table",
        };
        let part = why.map_or_else(|| part.to_owned(), |why| format!("{part} ({why})"));
        out.push(LineReading { page: b.page, text: b.text.clone(), part, row });
    }
    out
}

fn is_sum(b: &BodyLine, totals: &[Total]) -> bool {
    let within = |t: &Total| t.cells.values().any(|c| c.page == b.page && (c.bbox.cy() - b.bbox.cy()).abs() < b.bbox.height());
    totals.iter().any(within)
}
