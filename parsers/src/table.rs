//! Tables: columns, and the lines that stand in them, each with the part that it plays.

use crate::assign::Assigned;
use crate::columns::Column;
use crate::credits::credit;
use crate::page_text::BBox;
use crate::statement::{Field, Value};
use crate::tokens::{Token, TokenKind};

/// The part that a line plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The line of a row that holds its amounts.
    Anchor,
    /// A printed sum.
    Total,
    /// A heading over a group of rows.
    Heading,
    /// Words in the columns, without amounts: more of a row.
    Continuation,
    /// Names the service of the line of amounts below it.
    NameAbove,
    /// Names the service of the line of amounts above it.
    NameBelow,
    /// A payment or adjustment by itself: a day, words, an amount.
    Ledger,
    /// Not of the table.
    Outside,
}

/// One line in the region of a table.
#[derive(Debug, Clone)]
pub struct BodyLine {
    /// Page, from 1.
    pub page: u32,
    /// Index of the line on its page.
    pub index: usize,
    /// Its words as printed.
    pub text: String,
    /// Around it.
    pub bbox: BBox,
    /// Size of type.
    pub size: f32,
    /// Whether it is printed bold.
    pub bold: bool,
    /// Its tokens in the columns.
    pub assigned: Assigned,
    /// The part it plays.
    pub role: Role,
    /// Whether a drawn line stands between it and the line above.
    pub ruled_above: bool,
    /// Values that say by a name beside them what they are, apart from the columns.
    pub parts: Vec<(Field, Value, Token)>,
}

/// The widest step between two lines of one row, in sizes of type.
pub(crate) const ROW_STEP: f32 = 1.9;

/// The step between two lines of one cell, in sizes of type.
pub(crate) const CLOSE: f32 = 1.3;

impl BodyLine {
    /// Whether it has but one amount, beside the words of a payment or an adjustment: `CT HEAD W/O` with its shares is a service.
    pub(crate) fn is_lone_credit(&self) -> bool {
        self.assigned.cells.iter().filter(|(t, _)| t.kind == TokenKind::Money).count() == 1 && self.names_credit()
    }

    /// Whether its words are those of a payment or an adjustment.
    pub(crate) fn names_credit(&self) -> bool {
        let cells = &self.assigned.cells;
        // `CT HEAD W/O CONTRAST`: of a service it says without, of an entry that it was written off
        let words = cells.iter().filter(|(t, _)| t.kind == TokenKind::Text).flat_map(|(t, _)| t.text.split(' '));
        let words = words.filter(|w| !w.eq_ignore_ascii_case("w/o")).collect::<Vec<_>>();
        let coded = cells.iter().any(|(t, _)| t.kind == TokenKind::Code);
        !coded && credit(&words.join(" "), None).is_some()
    }

    /// Whether the line stands close below another, within so many sizes of type: a step between two lines of one row.
    pub(crate) fn is_close_below(&self, above: &BodyLine, sizes: f32) -> bool {
        // from the lower of two lines that are one name
        let step = self.bbox.cy() - above.bbox.cy().max(above.bbox.y1 - self.bbox.height());
        above.page == self.page && step > 0.0 && step <= sizes * self.size.max(above.size)
    }

    /// Whether the line may be of the same row as the one above it: it stands close below, and no rule is drawn between them.
    pub(crate) fn follows(&self, above: &BodyLine) -> bool {
        self.is_close_below(above, ROW_STEP) && !self.ruled_above
    }

    /// The words that stand outside the columns of amounts.
    pub fn label(&self, columns: &[Column]) -> String {
        let mut out = String::new();
        for (t, c) in &self.assigned.cells {
            if !columns[*c].is_money() || t.kind == TokenKind::Text {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(&t.text);
            }
        }
        out
    }

    /// The words right before the first amount.
    pub(crate) fn phrase_before(&self) -> Option<&Token> {
        let cells = &self.assigned.cells;
        let amount = cells.iter().position(|(t, _)| t.kind == TokenKind::Money)?;
        cells.get(amount.checked_sub(1)?).map(|(t, _)| t).filter(|t| t.kind == TokenKind::Text)
    }
}

impl BodyLine {
    /// Makes it a line that says these values of the row above it and has nothing in any column.
    pub(crate) fn says_only(&mut self, values: Vec<(Field, Value)>) {
        let Some(first) = self.assigned.cells.first().map(|(t, _)| t.clone()) else { return };
        let confidence = self.assigned.cells.iter().map(|(t, _)| t.confidence).fold(1.0, f32::min);
        let whole = Token { text: std::mem::take(&mut self.text), bbox: self.bbox, confidence, ..first };
        self.parts = values.into_iter().map(|(f, v)| (f, v, whole.clone())).collect();
        self.role = Role::Continuation;
        self.assigned.cells.clear();
    }
}

/// All lines under headers that name the same columns, in reading order.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its lines.
    pub lines: Vec<BodyLine>,
    /// The words just above its first header, which often say what it lists.
    pub title: String,
    /// The lines above its first header up to the nearest amounts, the nearest first.
    pub above: Vec<String>,
}

/// Whether an amount stands in a column of amounts (prices of a unit do not count).
pub fn has_amount(a: &Assigned, columns: &[Column]) -> bool {
    a.cells.iter().enumerate().any(|(i, (t, c))| {
        let col = &columns[*c];
        // the lower of two amounts of a cell stands on a line that begins no row
        let priced = col.is_money() && !col.has(Field::UnitPrice) && !col.is_stacked();
        let cents = || a.cells.get(i + 1).is_some_and(|(n, nc)| nc == c && n.kind == TokenKind::Number && n.text.len() == 2);
        priced && (t.kind == TokenKind::Money || (t.is_whole_number() && cents()))
    })
}

/// Whether one of the columns that identify a service is filled on this line.
pub fn identifies(a: &Assigned, columns: &[Column]) -> bool {
    a.cells.iter().any(|(t, c)| {
        let col = &columns[*c];
        (col.has(Field::ServiceDate) && t.kind == TokenKind::Date)
            || (col.has(Field::Code) && t.kind == TokenKind::Code)
            || (col.has(Field::RevenueCode) && t.kind == TokenKind::Number && !matches!(t.text.as_str(), "0001" | "001"))
    })
}
/// What stands in a column of a line.
pub(crate) fn text_in(line: &BodyLine, column: usize) -> Option<String> {
    let texts: Vec<&str> = line.assigned.cells.iter().filter(|(_, c)| *c == column).map(|(t, _)| t.text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// What stands in the column in the line of a row and in those that go on with it.
pub(crate) fn whole_text_in(lines: &[BodyLine], row: usize, column: usize) -> Option<String> {
    let next = lines[row + 1..].iter().take_while(|l| l.role == Role::Continuation);
    let texts: Vec<String> = lines[row..=row].iter().chain(next).filter_map(|l| text_in(l, column)).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}
