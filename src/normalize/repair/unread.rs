//! Cells that no grammar could read, in columns that are otherwise full.

use billproof_parsers::page_text::{BBox, DocumentText, TextSource};
use billproof_parsers::statement::{Cell, Field, LineKind, Row, Statement, Value};
use jiff::civil::Date;

use super::readings::{Print, words_in};

/// A column is full if so many of ten services have a cell in it.
const FULL: usize = 7;

/// A place where a cell is missing.
#[derive(Debug, Clone)]
pub struct Gap {
    /// Index of the row.
    pub row: usize,
    /// Where its words stand, in the reading frame.
    pub bbox: BBox,
    /// What they may say.
    pub print: Print,
}

/// The services whose cell of this column is unread though words stand in it.
pub fn gaps(statement: &Statement, text: &DocumentText, field: Field, anchor: Option<Date>) -> Vec<Gap> {
    let mut out = Vec::new();
    for page in text.pages.iter().filter(|p| p.source == TextSource::Ocr) {
        let rows: Vec<(usize, &Row)> = (0..)
            .zip(&statement.rows)
            .filter(|(_, r)| r.kind == LineKind::Service && r.page == page.number && !r.cells.is_empty())
            .collect();
        let cells: Vec<&Cell> = rows.iter().filter_map(|(_, r)| r.cells.get(&field)).filter(|c| c.page == page.number).collect();
        if cells.len() < 2 || cells.len() == rows.len() || cells.len() * 10 < rows.len() * FULL {
            continue;
        }
        let Some(column) = BBox::around(cells.iter().map(|c| c.bbox)) else { continue };
        for (i, row) in rows.iter().filter(|(_, r)| !r.cells.contains_key(&field)) {
            let lowest = |a: &&Cell, b: &&Cell| a.bbox.height().total_cmp(&b.bbox.height());
            let Some(beside) = row.cells.values().filter(|c| c.page == page.number).min_by(lowest) else { continue };
            let band = BBox::new(column.x0, beside.bbox.y0, column.x1, beside.bbox.y1);
            let Some(bbox) = BBox::around(words_in(page, band).iter().map(|w| w.bbox)) else { continue };
            // Words of other cells are read; those of a description may have been put there for want of a better place.
            let taken = |(f, c): (&Field, &Cell)| {
                *f != Field::Description
                    && c.page == page.number
                    && c.bbox.overlap_x(bbox) > 0.5 * bbox.width().min(c.bbox.width())
                    && c.bbox.overlap_y(bbox) > 0.0
            };
            if row.cells.iter().any(taken) {
                continue;
            }
            if let Some(print) = Print::new(None, field, (page.number, bbox), None, text, anchor).filter(Print::is_doubtful) {
                out.push(Gap { row: *i, bbox, print });
            }
        }
    }
    out
}

/// Puts what a gap says into its row, takes it out of the description, and counts it as read.
pub fn fill(statement: &mut Statement, gap: &Gap, field: Field, value: Value, confidence: f32) {
    let Some(row) = statement.rows.get_mut(gap.row) else { return };
    let raw = gap.print.raw.clone();
    if let Some(Cell { value: Value::Text(words), .. }) = row.cells.get_mut(&Field::Description) {
        let rest = words.strip_prefix(&raw).or_else(|| words.strip_suffix(&raw)).map(|t| t.trim().to_owned());
        if let Some(rest) = rest.filter(|t| !t.is_empty()) {
            *words = rest;
        }
    }
    let (page, bbox) = (row.page, row.bbox);
    row.cells.insert(field, Cell { value, raw: raw.clone(), page, bbox: gap.bbox, confidence });
    let was_this = |u: &billproof_parsers::statement::Unparsed| {
        u.page == page && u.bbox.overlap_y(bbox) > 0.0 && u.reason.starts_with("cannot read ") && u.reason.ends_with(&raw)
    };
    if let Some(at) = statement.unparsed.iter().position(was_this) {
        statement.unparsed.remove(at);
    }
}
