//! What is known before a document's rows are read, and what the reading of them gives.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::grammar::date::{Year, date};
use crate::rows::GroupContext;
use crate::statement::{Cell, Field, Money, Row, Total, Unparsed};
use crate::text_lines::PageLines;

/// What is known of the document before its tables are read.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// A date near which two-digit years lie, mostly the statement's own.
    pub anchor: Option<Date>,
    /// The plan's name, by which its payments are known.
    pub payer: Option<String>,
    /// Whether the document is an EOB: then its rows are no payments.
    pub eob: bool,
}

/// What the tables hold.
#[derive(Debug, Clone, Default)]
pub struct TableReading {
    /// Rows in reading order.
    pub rows: Vec<Row>,
    /// Printed sums.
    pub totals: Vec<Total>,
    /// What could not be read.
    pub unparsed: Vec<Unparsed>,
    /// The columns of all tables.
    pub columns: BTreeSet<Field>,
    /// What a row of a table states of the whole paper.
    pub stated: BTreeMap<Field, Vec<Cell>>,
}

/// A row before it is decided what it is.
pub(crate) struct Draft {
    pub(crate) row: Row,
    pub(crate) text: String,
    pub(crate) context: GroupContext,
    pub(crate) dated: bool,
    pub(crate) identified: bool,
    /// Whether a total of the document or claim has already closed the table.
    pub(crate) closed: bool,
    /// Whether its words stood under columns that hold none.
    pub(crate) borrowed: bool,
    /// Cells that could not be read.
    pub(crate) unread: Vec<Unparsed>,
    /// Whether its amounts have words of their own before them, each: `Your share $20.00   Paid to provider $80.00`.
    pub(crate) spoken: bool,
    /// Whether it stands on a scan, so that an amount of it may not have been seen.
    pub(crate) recognised: bool,
}

/// The amount of a cell, where it holds one.
pub(crate) fn money_of(cells: &BTreeMap<Field, Cell>, f: Field) -> Option<Money> {
    cells.get(&f)?.money()
}

/// The latest full date on the paper, near which two-digit years lie.
pub(crate) fn day_near(pages: &[PageLines]) -> Option<Date> {
    let words = pages.iter().flat_map(|p| &p.lines).flat_map(|l| &l.words);
    let mut days: Vec<Date> = words
        .filter_map(|w| date(w.text.trim_end_matches([',', ';', '.'])))
        .filter_map(|d| d.resolve(None).map(|day| (matches!(d.year, Some(Year::Full(_))), day)))
        .filter(|(_, d)| (1990..=2100).contains(&d.year()))
        .map(|(_, d)| d)
        .collect();
    days.sort();
    // birth dates stand on most papers: the later half is where the services lie
    days.get(days.len() * 3 / 4).copied()
}
