//! Services of a bill that has no table: each is an entry of labels with their values, as many to a line as fit.
//!
//! ```text
//! 1. OFFICE VISIT LEVEL 4
//! Date of service: 03/09/2025     Procedure code: 99214-25     Qty: 1
//! Charge: $210.00                 Insurance adjustment: $60.00
//! Your share: $30.00
//! ```
//! Between label and value stands a colon, a leader or a gap, or the value stands under its label ([`mod@pairs`]). The labels are the
//! words that head the columns of a table elsewhere. What was done may have a label too, or stand over the entry in a line of its
//! own, which may do no more than count.
//!
//! An entry begins at the left edge where most of them do, and ends where a label comes again, where a line holds something else,
//! or at a sum. Those with an amount charged and a day or a code are services. What stands in a table beside them, such as a list
//! of payments, is read from there.

mod pairs;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use self::pairs::{Pair, Read, pairs};
use crate::columns::is_money_field;
use crate::page_text::{BBox, Word};
use crate::reading::{Setting, TableReading};
use crate::service_forms::value;
use crate::statement::{Cell, Field, LineKind, Money, Row, Unparsed};
use crate::text_lines::{Line, PageLines, join};
use crate::total_labels::is_total_label;
use crate::vocabulary::Vocabulary;

/// Edges within so many points are flush.
const FLUSH: f32 = 3.0;

/// The widest gap between two lines of an entry, in sizes of type.
const GAP: f32 = 1.5;

/// Reads all entries of a bill; nothing where there are none.
pub(crate) fn read(pages: &[PageLines], vocabulary: &Vocabulary, setting: &Setting) -> TableReading {
    let mut out = TableReading::default();
    for entry in entries(pages, vocabulary) {
        entry.close(setting, &mut out);
    }
    if out.rows.is_empty() {
        return TableReading::default();
    }
    out.columns = out.rows.iter().flat_map(|r| r.cells.keys().copied()).collect();
    out
}

/// Adds what a reading of the tables has beside the services: payments in a list of their own, and sums.
pub(crate) fn with_tables(mut entries: TableReading, tables: TableReading) -> TableReading {
    let services = entries.rows.len();
    let of_entries = |page: u32, b: BBox| entries.rows.iter().any(|e| e.page == page && e.bbox.overlap_y(b) > 0.0);
    let credit = |r: &Row| matches!(r.kind, LineKind::Payment | LineKind::Adjustment | LineKind::Balance);
    let others: Vec<Row> = tables.rows.into_iter().filter(|r| credit(r) && !of_entries(r.page, r.bbox)).collect();
    let unparsed = tables.unparsed.into_iter().filter(|u| !of_entries(u.page, u.bbox));
    entries.unparsed.extend(unparsed);
    entries.totals.extend(tables.totals.into_iter().filter(|t| t.cells.values().all(|c| !of_entries(c.page, c.bbox))));
    entries.totals.iter_mut().for_each(|t| t.rows = (0, services));
    entries.rows.extend(others);
    entries
}

/// The entries that look alike: those at the left edge where most services begin.
fn entries(pages: &[PageLines], vocabulary: &Vocabulary) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    for page in pages {
        let mut open: Option<Entry> = None;
        let mut i = 0;
        while i < page.lines.len() {
            let line = &page.lines[i];
            let Some(Read { pairs, height }) = pairs(line, page.lines.get(i + 1), vocabulary) else {
                if !open.as_mut().is_some_and(|e| e.takes_words(line)) {
                    all.extend(open.take());
                }
                i += 1;
                continue;
            };
            let lines = &page.lines[i..i + height];
            let goes_on = open.as_ref().is_some_and(|e| e.goes_on(&lines[0], &pairs));
            if !goes_on {
                all.extend(open.take());
            }
            // a page may end within an entry
            let broken = open.is_none() && all.last().is_some_and(|e| e.is_broken_before(&lines[0], &pairs, page.number));
            let mut entry = if broken { all.pop() } else { open.take() }.unwrap_or_else(|| Entry::under(&page.lines[..i]));
            entry.take(lines, pairs, height > 1);
            open = Some(entry);
            i += height;
        }
        all.extend(open);
    }
    let serves = |e: &&Entry| e.is_service();
    let flush = |a: &Entry, b: &Entry| (a.left - b.left).abs() < FLUSH;
    let Some(edge) = all.iter().filter(serves).max_by_key(|a| all.iter().filter(serves).filter(|b| flush(a, b)).count()) else {
        return Vec::new();
    };
    let left = edge.left;
    all.retain(|e| (e.left - left).abs() < FLUSH && e.is_service());
    // an entry alone must say what all services have
    if all.len() == 1 && !(all[0].has(Field::Code) && all[0].has(Field::ServiceDate)) {
        all.clear();
    }
    all
}

/// Lines that do no more than count the services: `Item 1`, `Service 2 of 14`.
static COUNTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\W*(?:(?:service|line|item|procedure|charge|entry)\s*)?(?:no\.?\s*|#\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?\W*$",
    )
    .expect("a constant pattern")
});

/// The count before the words of a service: `1. OFFICE VISIT`, and behind them: `OFFICE VISIT  Service 2 of 14`.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\(?\d{1,3}[.)]\s+|\s+\(?(?:service|line|item|procedure|charge|entry)\s+\d{1,3}\s+of\s+\d{1,3}\)?$")
        .expect("a constant pattern")
});

/// What an entry says while its lines come in.
struct Entry {
    /// Left edge of its first label.
    left: f32,
    pairs: Vec<Pair>,
    /// The line over it that names the service.
    title: Option<Line>,
    place: Option<(u32, BBox)>,
    size: f32,
    /// How many rows of values stand under their labels.
    stacked: usize,
    /// How many lines have their values beside the labels.
    beside: usize,
    /// The last line that it took.
    last: BBox,
}

impl Entry {
    /// An entry under these lines, of which the last may be its title.
    fn under(above: &[Line]) -> Self {
        Self {
            left: 0.0,
            pairs: Vec::new(),
            title: above.last().cloned(),
            place: None,
            size: 0.0,
            stacked: 0,
            beside: 0,
            last: BBox::default(),
        }
    }

    fn has(&self, field: Field) -> bool {
        self.pairs.iter().any(|p| p.field == Some(field) && !p.value.is_empty())
    }

    /// Whether a line below it is of the same service.
    fn goes_on(&self, line: &Line, pairs: &[Pair]) -> bool {
        let near = line.bbox.y0 - self.last.y1 < GAP * line.size();
        near && (line.bbox.x0 - self.left).abs() < FLUSH && !self.says_again(pairs)
    }

    fn says_again(&self, pairs: &[Pair]) -> bool {
        pairs.iter().any(|p| p.field.is_some_and(|f| f != Field::Ignored && self.pairs.iter().any(|q| q.field == Some(f))))
    }

    /// Whether the first labels on the next page are the rest of it: they name no service, and say nothing that it has.
    fn is_broken_before(&self, line: &Line, pairs: &[Pair], page: u32) -> bool {
        let next = self.place.is_some_and(|(p, _)| p + 1 == page);
        let names = |f: Field| matches!(f, Field::ServiceDate | Field::Code | Field::Description | Field::RevenueCode);
        let rest = pairs.iter().all(|p| p.field.is_some_and(|f| !names(f)));
        next && rest && (line.bbox.x0 - self.left).abs() < FLUSH && self.has(Field::ServiceDate) && !self.says_again(pairs)
    }

    /// Words that go on behind the label under which they began.
    fn takes_words(&mut self, line: &Line) -> bool {
        let near = line.bbox.y0 - self.last.y1 < 0.8 * line.size();
        let Some(words) = self.pairs.iter_mut().find(|p| p.field == Some(Field::Description)) else { return false };
        let Some(begin) = words.value.first().map(|w| w.bbox) else { return false };
        let behind = (line.bbox.x0 - begin.x0).abs() < FLUSH && line.bbox.x0 > self.left + FLUSH;
        let next = line.bbox.y0 - begin.y1 < 0.8 * line.size();
        let taken = near && behind && next && line.phrases().len() == 1;
        if taken {
            words.value.extend(line.words.iter().cloned());
            self.reach(line);
        }
        taken
    }

    fn take(&mut self, lines: &[Line], pairs: Vec<Pair>, stacked: bool) {
        let first = &lines[0];
        if self.pairs.is_empty() {
            self.left = first.bbox.x0;
            self.size = first.size();
            let near = |t: &Line| t.page == first.page && first.bbox.y0 - t.bbox.y1 < GAP * first.size();
            self.title = self.title.take().filter(near);
        }
        *(if stacked { &mut self.stacked } else { &mut self.beside }) += 1;
        self.pairs.extend(pairs);
        for l in lines {
            self.reach(l);
        }
    }

    fn reach(&mut self, line: &Line) {
        self.last = line.bbox;
        self.place = Some(match self.place {
            Some((page, b)) if page == line.page => (page, b.union(line.bbox)),
            Some(place) => place,
            None => (line.page, line.bbox),
        });
    }

    /// Whether it says what a service has. A single row of values under their labels is a table.
    fn is_service(&self) -> bool {
        let told = self.has(Field::ServiceDate) || self.has(Field::Code);
        let named = self.has(Field::Description) || self.has(Field::Code);
        self.has(Field::Charge) && told && named && (self.beside > 0 || self.stacked > 1)
    }

    fn close(self, setting: &Setting, out: &mut TableReading) {
        let Some((page, mut bbox)) = self.place else { return };
        let mut cells: BTreeMap<Field, Cell> = BTreeMap::new();
        let mut put = |field: Field, words: &[Word], text: &str| {
            let Some(at) = BBox::around(words.iter().map(|w| w.bbox)) else { return };
            let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
            match value(field, text, setting) {
                Some(found) => {
                    for (f, value) in found {
                        let raw = text.to_owned();
                        cells.entry(f).or_insert(Cell { value, raw, page, bbox: at, confidence });
                    }
                }
                None => out.unparsed.push(Unparsed {
                    page,
                    bbox: at,
                    text: text.to_owned(),
                    reason: format!("cannot read {field:?} behind its label"),
                }),
            }
        };
        for p in self.pairs.iter().filter(|p| !p.value.is_empty()) {
            // the balance of a service is what is left of it for the patient
            match p.field {
                Some(Field::Balance) => put(Field::PatientResponsibility, &p.value, &join(&p.value)),
                Some(field) if field != Field::Ignored => put(field, &p.value, &join(&p.value)),
                _ => {}
            }
        }
        if let Some(title) = self.title.as_ref().filter(|t| !t.text().trim_end().ends_with('.') || t.words.len() < 8) {
            let text = title.text();
            let counts = COUNTS.is_match(&text);
            if !counts && !cells.contains_key(&Field::Description) {
                let words = NUMBERED.replace_all(text.trim(), "").into_owned();
                let named = words.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !is_total_label(&words);
                if named {
                    let confidence = title.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
                    let cell =
                        Cell { value: crate::statement::Value::Text(words), raw: text, page, bbox: title.bbox, confidence };
                    cells.insert(Field::Description, cell);
                }
                bbox = if named { bbox.union(title.bbox) } else { bbox };
            }
        }
        let Some(charge) = cells.get(&Field::Charge).and_then(Cell::money) else {
            let text = self.pairs.iter().map(|p| join(&p.value)).collect::<Vec<_>>().join(" ");
            let reason = "no amount could be read for this service".to_owned();
            out.unparsed.push(Unparsed { page, bbox, text, reason });
            return;
        };
        let kind = if charge < Money::ZERO { LineKind::Reversal } else { LineKind::Service };
        out.rows.push(Row { kind, cells, claim: None, page, bbox });
    }
}

/// Whether a label of an amount is that of a sum: its line ends the entries.
fn is_of_sum(label: &str, field: Option<Field>) -> bool {
    is_total_label(label) && field.is_none_or(|f| !is_money_field(f) || f == Field::Charge)
}

#[cfg(test)]
mod tests;
