//! Statements without a table: every service is a block of labels with their values.
//!
//! ```text
//! OFFICE VISIT (99214-25)                 Mar 9, 2025
//!   Amount billed     $210.00    Plan discount   $60.00
//!   Allowed amount    $150.00    What you owe    $30.00
//! ```
//! The labels are the same words that head the columns of a table; a service begins where its first label comes again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::columns::is_money_field;
use crate::counts::in_words;
use crate::grammar::{code, date};
use crate::hanging_number;
use crate::labelled::labelled;
use crate::page_text::{BBox, TextSource};
use crate::reading::{Setting, TableReading};
use crate::service_words::fill;
use crate::service_words::{ServiceWords, service_words};
use crate::side_cards;
use crate::stacked_labels;
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Value};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

mod content;
mod days;
mod headed;
mod remarks;
mod sums_ahead;
mod titles;
mod unknown_names;
mod values;

use content::{Content, content};
pub(crate) use content::{Pair, field_of, is_of_pairs};
pub(crate) use remarks::{is_of_facts, notes_alone, see_remarks};
use values::cell;

/// Reads all blocks of the document.
pub fn read(pages: &[PageLines], vocabulary: &Vocabulary, setting: &Setting) -> TableReading {
    if let Some(cards) = side_cards::read(pages, vocabulary, setting) {
        return cards;
    }
    let (mut out, opener) = blocks(pages, vocabulary, setting, &Block::default());
    // a line that recognition spoilt must not let the rest of a block begin the next one
    if opener.is_some() && pages.iter().any(|p| p.lines.iter().any(|l| l.words.iter().any(|w| w.source == TextSource::Ocr))) {
        out = blocks(pages, vocabulary, setting, &Block { opener, ..Block::default() }).0;
    }
    if out.rows.is_empty() {
        let lone = blocks(pages, vocabulary, setting, &Block { lone: true, ..Block::default() }).0;
        if headed::are_services(&lone) {
            return lone;
        }
    }
    out
}

/// Reads the blocks, all alike `blank`, and the amount with which most of them begin.
fn blocks(pages: &[PageLines], vocabulary: &Vocabulary, setting: &Setting, blank: &Block) -> (TableReading, Option<Field>) {
    let mut out = TableReading::default();
    let mut block = blank.next();
    let mut openers: BTreeMap<Field, usize> = BTreeMap::new();
    for page in pages {
        let mut below = None;
        for (i, line) in page.lines.iter().enumerate() {
            // the amounts of labels that stand in the line above have been taken with them
            if below == Some(i) {
                continue;
            }
            block.drop_far(line);
            let stacked = page.lines.get(i + 1).and_then(|next| Some((stacked_labels::pairs(line, next, vocabulary)?, next)));
            if let Some((pairs, values)) = stacked {
                below = Some(i + 1);
                block.close_if(pairs.iter().any(|p| block.has(p.field)), setting, &mut out);
                for p in pairs {
                    block.put(&p, line, setting);
                }
                block.reach(values);
                continue;
            }
            let held = match content(line, vocabulary) {
                Content::Sum { pairs, .. } if block.takes_sum(line, &pairs) => Content::Pairs(pairs),
                held => held,
            };
            tracing::trace!(page = line.page, index = i, pairs = ?held.fields(), text = line.text(), "line of blocks");
            match held {
                Content::Words if block.remarks(line) || block.holds_beside(line) => {}
                Content::Words if block.holds_unknown(line, page.lines.get(i + 1), vocabulary) => {}
                Content::Words => {
                    if block.has_money() {
                        block.close(setting, &mut out);
                    }
                    block.forget_day_over_sums(line);
                    block.heading.push(line.clone());
                }
                Content::Sum { label, pairs } => {
                    block.close(setting, &mut out);
                    let rows = out.rows.len();
                    let cells =
                        pairs.into_iter().filter_map(|p| Some((p.field, cell(p.field, &p.value, line.page, setting)?))).collect();
                    out.totals.push(Total { label, scope: TotalScope::Claim, cells, rows: (0, rows), claim: None });
                }
                Content::Pairs(pairs) => {
                    block.close_if(block.ends_before(line, &pairs), setting, &mut out);
                    for p in pairs {
                        let begins = block.opener == Some(p.field) && block.has_money();
                        block.close_if(begins || block.has(p.field) && is_money_field(p.field), setting, &mut out);
                        if is_money_field(p.field) && !block.has_money() {
                            *openers.entry(p.field).or_default() += 1;
                        }
                        block.put(&p, line, setting);
                    }
                    block.amounts_at.extend(headed::amounts_at(line));
                }
            }
        }
    }
    block.close(setting, &mut out);
    in_words::take(&mut out.rows.iter_mut().collect::<Vec<_>>());
    sums_ahead::drop_box(&mut out);
    sums_ahead::settle(&mut out);
    out.columns = out.rows.iter().flat_map(|r| r.cells.keys().copied()).collect();
    let all: usize = openers.values().sum();
    let opener = openers.into_iter().find(|(_, n)| *n >= 3 && n * 3 > all * 2).map(|(f, _)| f);
    (out, opener)
}

/// The widest gap between the words over a service and what stands below them, in sizes of type.
const NEAR: f32 = 1.3;

/// One service while its lines come in.
#[derive(Default)]
struct Block {
    heading: Vec<Line>,
    cells: BTreeMap<Field, Cell>,
    bbox: Option<(u32, BBox)>,
    /// Left edges of the labels of its amounts.
    amounts_at: Vec<f32>,
    /// Whether a charge by itself is all that a service may have, besides its day and its words.
    lone: bool,
    /// The amount with which every block begins, if that is known.
    opener: Option<Field>,
}

impl Block {
    /// The block that follows.
    fn next(&self) -> Self {
        Self { lone: self.lone, opener: self.opener, ..Self::default() }
    }

    fn has(&self, f: Field) -> bool {
        self.cells.contains_key(&f)
    }

    /// Whether something already says what the service was, in a pair or in words above.
    fn is_named(&self) -> bool {
        !self.heading.is_empty() || [Field::ServiceDate, Field::Code, Field::Description].into_iter().any(|f| self.has(f))
    }

    fn has_money(&self) -> bool {
        self.cells.keys().any(|f| is_money_field(*f))
    }

    fn put(&mut self, p: &Pair, line: &Line, setting: &Setting) {
        if let Some(c) = cell(p.field, &p.value, line.page, setting) {
            if let (Field::Code, Value::Text(_)) = (p.field, &c.value) {
                return;
            }
            if let (Field::Code, Some(found)) = (p.field, code::procedure(&p.value.text)) {
                let modifiers = Cell { value: Value::List(found.modifiers.clone()), ..c.clone() };
                if !found.modifiers.is_empty() {
                    self.cells.insert(Field::Modifiers, modifiers);
                }
            }
            self.cells.insert(p.field, c);
        } else if p.field == Field::ServiceDate {
            self.take_range(p, line.page, setting);
        }
        self.reach(line);
    }

    fn reach(&mut self, line: &Line) {
        self.bbox = Some(match self.bbox {
            Some((page, b)) if page == line.page => (page, b.union(line.bbox)),
            Some(other) => other,
            None => (line.page, line.bbox),
        });
    }

    /// Forgets what pairs said that stand far over a line, and no amount with them: `Date: April 15, 2024` at the head of the
    /// paper is of no service.
    fn drop_far(&mut self, line: &Line) {
        /// In sizes of type.
        const FAR: f32 = 6.0;
        let far = |(page, b): &(u32, BBox)| *page != line.page || line.bbox.y0 - b.y1 > FAR * line.size();
        if !self.has_money() && self.bbox.as_ref().is_some_and(far) {
            self.cells.clear();
            self.bbox = None;
        }
    }

    fn close_if(&mut self, ended: bool, setting: &Setting, out: &mut TableReading) {
        if ended {
            self.close(setting, out);
        }
    }

    fn close(&mut self, setting: &Setting, out: &mut TableReading) {
        let next = self.next();
        let mut done = std::mem::replace(self, next);
        if let Some(sum) = done.headed_sum(out) {
            out.totals.push(sum);
            return;
        }
        if !done.has(Field::Charge) {
            // labels without a service: totals boxes, header facts
            return;
        }
        done.name(setting);
        // the charge alone is that of a service which is not settled yet, if its day and code are there
        let as_before = || out.rows.iter().any(|r| r.cells.keys().filter(|f| is_money_field(**f)).count() == 1);
        let coded = done.has(Field::Code) || done.has(Field::RevenueCode);
        let pending = done.has(Field::ServiceDate) && (coded || done.has(Field::Description) && (done.lone || as_before()));
        if done.cells.keys().filter(|f| is_money_field(**f)).count() < 2 && !pending {
            return;
        }
        if done.is_sum_of(out) {
            let from = out.totals.last().map_or(0, |t| t.rows.1);
            let rows = (from, out.rows.len());
            done.cells.retain(|f, _| is_money_field(*f));
            out.totals.push(Total {
                label: "sum of the services".to_owned(),
                scope: TotalScope::Claim,
                cells: done.cells,
                rows,
                claim: None,
            });
            return;
        }
        let named = done.has(Field::Description) || done.has(Field::Code) || done.has(Field::ServiceDate);
        let Some((page, bbox)) = done.bbox.filter(|_| named) else {
            return;
        };
        let negative = matches!(done.cells.get(&Field::Charge).map(|c| &c.value), Some(Value::Money(m)) if *m < Money::ZERO);
        let kind = if negative { LineKind::Reversal } else { LineKind::Service };
        out.rows.push(Row { kind, cells: done.cells, claim: None, page, bbox });
    }

    /// `Billed: $344.45   We paid: $160.12` under the services, without a word of sums: what it says is what they add up to.
    /// Two services at least, since a second one may cost what the first did.
    fn is_sum_of(&self, out: &TableReading) -> bool {
        let charge = |cells: &BTreeMap<Field, Cell>| cells.get(&Field::Charge).and_then(Cell::money);
        let since = &out.rows[out.totals.last().map_or(0, |t| t.rows.1).min(out.rows.len())..];
        let named = self.has(Field::Description) || self.has(Field::Code) || self.has(Field::ServiceDate);
        let of_a_service = self.has(Field::Code) || self.has(Field::ServiceDate);
        let enough = since.len() > usize::from(named) && !of_a_service;
        enough && charge(&self.cells).is_some_and(|sum| since.iter().filter_map(|r| charge(&r.cells)).sum::<Money>() == sum)
    }

    /// Takes date, code and description from the words just above the labels.
    fn name(&mut self, setting: &Setting) {
        let Some((page, top)) = self.bbox.map(|(p, b)| (p, b.y0)) else {
            return;
        };
        let mut lines = titles::lines_over(&self.heading, page, top);
        for i in 1..lines.len() {
            if let Some(words) = hanging_number::without(&lines[i - 1], &lines[i]) {
                lines[i - 1] = words;
            }
        }
        headed::labelled_words(&mut lines);
        // the nearest line names the service; the ones above it only if it lacks something
        for l in lines.iter().rev() {
            let before = self.cells.len();
            self.take_names(l, setting);
            if self.cells.len() > before {
                self.reach(l);
            }
            if self.has(Field::Description) && self.has(Field::ServiceDate) {
                break;
            }
        }
    }

    fn take_names(&mut self, line: &Line, setting: &Setting) {
        let named = self.take_remarks(line);
        let line = named.as_ref().unwrap_or(line);
        let placeless = headed::without_place(line);
        let line = placeless.as_ref().unwrap_or(line);
        let toks = tokens(line);
        let dates: Vec<&Token> = toks.iter().filter(|t| t.kind == TokenKind::Date).collect();
        let text = dates.iter().map(|t| t.text.trim_end_matches([',', ';'])).collect::<Vec<_>>().join(" ");
        if let (false, Some((a, b))) = (self.has(Field::ServiceDate), date::date_range(&text)) {
            let bbox = dates[0].bbox;
            let conf = dates.iter().map(|t| t.confidence).fold(1.0, f32::min);
            let from = a.resolve(setting.anchor);
            for (field, day) in
                [(Field::ServiceDate, from), (Field::ServiceDateTo, b.and_then(|b| b.resolve(from.or(setting.anchor))))]
            {
                if let Some(d) = day {
                    self.cells.insert(
                        field,
                        Cell { value: Value::Date(d), raw: text.clone(), page: line.page, bbox, confidence: conf },
                    );
                }
            }
        }
        let words: Vec<&Token> = toks
            .iter()
            .filter(|t| matches!(t.kind, TokenKind::Text | TokenKind::Code | TokenKind::Number) || headed::is_word(t))
            .collect();
        let said = service_words(&line.text());
        if said.any() && !said.rest.chars().any(char::is_alphabetic) {
            // a line that says no more than when, what code and how often names no service
            self.take_facts(&said, line, setting);
            return;
        }
        let phrase = words.iter().map(|t| t.text.as_str()).filter(|t| !is_joint(t)).collect::<Vec<_>>().join(" ");
        let phrase = phrase.trim_end_matches([' ', '-', '–']);
        let last = phrase.rsplit(' ').next().unwrap_or_default();
        let joined = !dates.is_empty() && is_joint(&last.to_lowercase());
        let phrase = phrase[..phrase.len() - if joined { last.len() } else { 0 }].trim().to_owned();
        let phrase = if dates.is_empty() { phrase } else { titles::without_day_label(&phrase).to_owned() };
        let phrase = NUMBERED.replace(&phrase, "").into_owned();
        let phrase = DESCRIBED.replace(&phrase, "").into_owned();
        if !is_name(&phrase) || self.has(Field::Description) {
            return;
        }
        let bbox = BBox::around(words.iter().map(|t| t.bbox)).unwrap_or_default();
        let confidence = words.iter().map(|t| t.confidence).fold(1.0, f32::min);
        let raw = phrase.clone();
        let at = |value: Value| Cell { value, raw: raw.clone(), page: line.page, bbox, confidence };
        // `OFFICE VISIT Code 99214-25, 1 unit(s)`
        let phrase = match labelled(&phrase).filter(|(values, words)| is_name(words) && values.iter().all(|(f, _)| !self.has(*f)))
        {
            Some((values, words)) => {
                self.cells.extend(values.into_iter().map(|(f, v)| (f, at(v))));
                words
            }
            None => phrase,
        };
        match code::embedded_procedure(&phrase).filter(|_| !self.has(Field::Code)) {
            Some((p, rest)) => {
                self.cells.insert(Field::Code, at(Value::Code(p.code)));
                if !p.modifiers.is_empty() {
                    self.cells.insert(Field::Modifiers, at(Value::List(p.modifiers)));
                }
                if !rest.trim().is_empty() {
                    self.cells.insert(Field::Description, at(Value::Text(rest.trim().to_owned())));
                }
            }
            None => {
                self.cells.insert(Field::Description, at(Value::Text(phrase.clone())));
            }
        }
    }
}

/// Whether words may name a service.
fn is_name(words: &str) -> bool {
    words.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

/// Whether a word stands between the two days of a range.
fn is_joint(word: &str) -> bool {
    matches!(word, "-" | "–" | "to" | "thru" | "through")
}

impl Block {
    /// Days, code, modifiers and units from a line that holds nothing else.
    fn take_facts(&mut self, said: &ServiceWords, line: &Line, setting: &Setting) {
        let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        let mut put = |f: Field, value: Value, raw: &str| {
            let cell = Cell { value, raw: raw.to_owned(), page: line.page, bbox: line.bbox, confidence };
            self.cells.entry(f).or_insert(cell);
        };
        fill(&ServiceWords { rest: String::new(), ..said.clone() }, setting.anchor, &mut put);
    }
}

static DESCRIBED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:services?|procedure|treatment|charge|item)\s+)?(?:description|desc)(?:\s+of\s+services?)?\b\s*:?\s+")
        .expect("a constant pattern")
});
/// `1. `, `Line 1. `, `Service no. 2: `: the count of the services in front of a name.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\(?\d{1,3}[.)]|(?i:(?:service |claim )?line|(?:line )?item|services?|svc|charge)\s*(?i:no\.?|number|#)?\s*\d{1,3}\s*[.:)])\s+")
        .expect("a constant pattern")
});

#[cfg(test)]
mod tests;
