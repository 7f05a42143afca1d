//! Services as cards of two halves: words at the left say what was done, a list of labels with amounts stands beside them.
//!
//! ```text
//! OFFICE VISIT LEVEL 4             Amount billed             $210.00
//! March 9, 2025                    Plan discount              $60.00
//! Procedure 99214-25   Units 1     Allowed amount            $150.00
//! See note A1                      What you owe               $30.00
//! ```
//! Where the list begins and ends is voted by its lines ([`mod@place`]): labels that head columns elsewhere, flush on one side, each
//! with an amount flush right. What stands left of it names the service. A card ends where one of its labels comes again, or the one
//! with which most cards begin; a line of the list that cannot be read ends none, or all cards below it would be a line off.

mod place;

use std::collections::{BTreeMap, BTreeSet};

use self::place::{FLUSH, Place, place};

use crate::columns::is_money_field;
use crate::grammar::{adjustments, code, money};
use crate::label_value::{field_of, see_remarks};
use crate::page_text::BBox;
use crate::reading::{Setting, TableReading, money_of};
use crate::service_words::fill;
use crate::service_words::{ServiceWords, service_words};
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;
use crate::vocabulary::Vocabulary;

/// The widest step between two lines of a card, in sizes of type.
const STEP: f32 = 2.1;

/// Reads the cards of a paper; `None` where it has none.
pub fn read(pages: &[PageLines], vocabulary: &Vocabulary, setting: &Setting) -> Option<TableReading> {
    let place = place(pages, vocabulary)?;
    let first = first_label(pages, &place, vocabulary);
    let mut out = TableReading::default();
    let mut card = Card::default();
    for line in pages.iter().flat_map(|p| &p.lines) {
        let left = part(line, |w| w.x0 > place.words - FLUSH && w.x1 < place.labels - FLUSH);
        let right = part(line, |w| w.x0 > place.labels - FLUSH && w.x1 < place.amounts + 2.0 * FLUSH);
        let whole = left.as_ref().map_or(0, |l| l.words.len()) + right.as_ref().map_or(0, |l| l.words.len()) == line.words.len();
        let amounts = tokens(line).iter().filter(|t| t.kind == TokenKind::Money).count();
        match right.as_ref().and_then(|r| place.labelled(r)) {
            Some((label, amount))
                if whole && amounts == 1 && !is_total_label(&left.as_ref().map_or_else(String::new, Line::text)) =>
            {
                let field = amount_of(&label.text, vocabulary);
                // `Total billed` under the list of the last service, in the place of its labels
                if left.is_none()
                    && is_total_label(&label.text)
                    && field.is_none_or(|f| card.cells.contains_key(&f) || card.cells.is_empty())
                {
                    card.close(setting, &mut out);
                    out.totals.extend(sum(line, vocabulary, out.rows.len()));
                    continue;
                }
                let begins = field == first && !card.cells.is_empty();
                if field.is_some_and(|f| begins || card.cells.contains_key(&f)) {
                    card.close(setting, &mut out);
                }
                if let Some(left) = left {
                    card.words.push(left);
                }
                card.reach(line);
                if let (Some(f), Some(c)) = (field, cell(&amount, line.page)) {
                    card.cells.insert(f, c);
                }
            }
            // `Adjustments: CO-45 146.85; PR-2 37.52` closes the list
            None if whole && right.as_ref().is_some_and(|r| card.adjustments(r)) => {
                card.words.extend(left);
                card.reach(line);
            }
            // the words of a card may be more than its amounts
            None if whole && amounts == 0 && right.is_none() && left.is_some() && card.is_near(line) => {
                card.reach(line);
                card.words.extend(left);
            }
            None if whole && card.is_open(line) && right.as_ref().is_some_and(|r| place.is_unread(r)) => {
                let reason = "a line of a service's amounts that cannot be read".to_owned();
                out.unparsed.push(Unparsed { page: line.page, bbox: line.bbox, text: line.text(), reason });
                card.words.extend(left);
                card.reach(line);
            }
            _ => {
                card.close(setting, &mut out);
                out.totals.extend(sum(line, vocabulary, out.rows.len()));
            }
        }
    }
    card.close(setting, &mut out);
    out.columns = out.rows.iter().flat_map(|r| r.cells.keys().copied()).collect();
    (!out.rows.is_empty()).then_some(out)
}

/// The words of a line whose boxes pass.
fn part(line: &Line, keep: impl Fn(BBox) -> bool) -> Option<Line> {
    let words: Vec<_> = line.words.iter().filter(|w| keep(w.bbox)).cloned().collect();
    let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
    Some(Line { page: line.page, words, bbox, phrase_gap: line.phrase_gap })
}

/// The label with which most cards begin: the one that stands most often beside the first words under other labels.
fn first_label(pages: &[PageLines], place: &Place, vocabulary: &Vocabulary) -> Option<Field> {
    let mut counts: BTreeMap<Field, usize> = BTreeMap::new();
    let mut beside = true;
    for line in pages.iter().flat_map(|p| &p.lines) {
        let left = part(line, |w| w.x0 > place.words - FLUSH && w.x1 < place.labels - FLUSH);
        let right = part(line, |w| w.x0 > place.labels - FLUSH && w.x1 < place.amounts + 2.0 * FLUSH);
        let field = right.and_then(|r| amount_of(&place.labelled(&r)?.0.text, vocabulary));
        // `Total insurance payments` may begin left of the labels
        let of_sum = left.as_ref().is_some_and(|l| is_total_label(&l.text()));
        if let (Some(f), true, false) = (field, left.is_some() && !of_sum, beside) {
            *counts.entry(f).or_default() += 1;
        }
        beside = left.is_some();
    }
    let all: usize = counts.values().sum();
    counts.into_iter().find(|(_, n)| n * 3 > all * 2).map(|(f, _)| f)
}

/// Which amount a label names: `Paid by Lakeside Health Plan` is what the plan paid, whatever it is called.
fn amount_of(label: &str, vocabulary: &Vocabulary) -> Option<Field> {
    let known = field_of(label, vocabulary).filter(|f| is_money_field(*f));
    let lower = label.to_lowercase();
    let payer =
        lower.strip_prefix("paid by ").filter(|who| !["you", "patient", "member", "family"].iter().any(|w| who.contains(w)));
    known.or(payer.map(|_| Field::PlanPaid))
}

fn cell(amount: &Token, page: u32) -> Option<Cell> {
    let (m, repairs) = money::money(&amount.text).map(|m| (m, 0)).or_else(|| money::money_lenient(&amount.text))?;
    let confidence = amount.confidence * 0.93_f32.powi(i32::from(repairs));
    Some(Cell { value: Value::Money(m), raw: amount.text.clone(), page, bbox: amount.bbox, confidence })
}

/// Reads the cards of a bill that have each their day, and whose lists mostly reckon from what a service cost down to what is owed
/// for it: a bill may err in one. `None` of others: a box of the bill's own sums may stand beside words too.
pub(crate) fn read_reckoned(pages: &[PageLines], vocabulary: &Vocabulary, setting: &Setting) -> Option<TableReading> {
    let dated = |r: &Row| r.cells.contains_key(&Field::ServiceDate);
    let borne_out = |rows: &[Row]| rows.iter().all(dated) && rows.iter().filter(|r| reckons(r)).count() * 2 > rows.len();
    read(pages, vocabulary, setting).filter(|cards| borne_out(&cards.rows))
}

/// Whether what is owed for a service is its charge less what was taken off and paid, however these are signed.
fn reckons(row: &Row) -> bool {
    let of = |f: Field| money_of(&row.cells, f);
    let (Some(charge), Some(owed)) = (of(Field::Charge), of(Field::PatientResponsibility)) else { return false };
    let less = [Field::PlanDiscount, Field::PlanPaid, Field::OtherPaid, Field::PatientPaid, Field::NotCovered];
    let less: Vec<Money> = less.into_iter().filter_map(of).map(Money::abs).collect();
    !less.is_empty() && less.into_iter().sum::<Money>() + owed == charge
}

/// `All services of this claim   Billed $5,425.71   We paid $1,316.57`.
fn sum(line: &Line, vocabulary: &Vocabulary, rows: usize) -> Option<Total> {
    let toks = tokens(line);
    let label = toks.first().filter(|t| t.kind == TokenKind::Text && is_total_label(&t.text))?.text.clone();
    let pairs = toks.windows(2).filter(|w| w[0].kind == TokenKind::Text && w[1].kind == TokenKind::Money);
    let cells: BTreeMap<Field, Cell> = pairs
        .filter_map(|w| Some((field_of(&w[0].text, vocabulary).filter(|f| is_money_field(*f))?, cell(&w[1], line.page)?)))
        .collect();
    let filled = !cells.is_empty();
    filled.then_some(Total { label, scope: TotalScope::Claim, cells, rows: (0, rows), claim: None })
}

/// One service while its lines come in.
#[derive(Default)]
struct Card {
    words: Vec<Line>,
    cells: BTreeMap<Field, Cell>,
    place: Option<(u32, BBox)>,
    last: Option<(u32, BBox)>,
}

impl Card {
    fn reach(&mut self, line: &Line) {
        self.place = Some(match self.place {
            Some((page, b)) if page == line.page => (page, b.union(line.bbox)),
            Some(other) => other,
            None => (line.page, line.bbox),
        });
        self.last = Some((line.page, line.bbox));
    }

    /// Takes a line of reason codes with their amounts, whatever it is called. Whether it is one.
    fn adjustments(&mut self, line: &Line) -> bool {
        let text = line.text();
        let said = text.split_once(": ").filter(|(label, _)| label.chars().all(|c| c.is_alphabetic() || c == ' '));
        let listed = adjustments::adjustments(said.map_or(text.as_str(), |(_, list)| list)).filter(|l| !l.is_empty());
        let Some(list) = listed.filter(|_| self.is_near(line) && !self.cells.is_empty()) else { return false };
        let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        let cell = Cell { value: Value::Adjustments(list), raw: text, page: line.page, bbox: line.bbox, confidence };
        self.cells.entry(Field::Adjustments).or_insert(cell);
        true
    }

    /// Whether its charge has been read and the line is the next of it.
    fn is_open(&self, line: &Line) -> bool {
        self.cells.contains_key(&Field::Charge) && self.is_near(line)
    }

    fn is_near(&self, line: &Line) -> bool {
        self.last.is_some_and(|(page, b)| page == line.page && line.bbox.cy() - b.cy() <= STEP * line.size())
    }

    /// A card with a charge and with what names a service is a row.
    fn close(&mut self, setting: &Setting, out: &mut TableReading) {
        let mut done = std::mem::take(self);
        let Some(Value::Money(charge)) = done.cells.get(&Field::Charge).map(|c| c.value.clone()) else { return };
        done.name(setting);
        let told: BTreeSet<Field> = done.cells.keys().copied().collect();
        let named = told.contains(&Field::ServiceDate) || told.contains(&Field::Code) || told.contains(&Field::RevenueCode);
        let Some((page, bbox)) = done.place.filter(|_| named || told.contains(&Field::Description) && told.len() > 2) else {
            return;
        };
        let kind = if charge < Money::ZERO { LineKind::Reversal } else { LineKind::Service };
        out.rows.push(Row { kind, cells: done.cells, claim: None, page, bbox });
    }

    /// Takes what the words say: first the name of the service, then when, which code, how often, and the notes.
    fn name(&mut self, setting: &Setting) {
        let mut names: Vec<String> = Vec::new();
        let mut facts: Vec<String> = Vec::new();
        let mut remarks: Option<Vec<String>> = None;
        for text in self.words.iter().map(Line::text) {
            if let Some(list) = see_remarks(&text) {
                remarks.get_or_insert_with(Vec::new).extend(list);
                continue;
            }
            let said = service_words(&text);
            let pure = said.any() && (said.rest.is_empty() || said.from.is_some() && said.rest.len() < 20);
            // the day may stand over the name
            let names_it = if facts.is_empty() { !pure } else { names.is_empty() && !said.any() };
            if names_it { names.push(text) } else { facts.push(text) }
        }
        let mut said = service_words(&facts.join(" "));
        let mut name = names.join(" ");
        if said.procedure.is_none()
            && let Some((p, rest)) = code::embedded_procedure(&name)
        {
            said.procedure = Some(p);
            rest.trim().clone_into(&mut name);
        }
        if name.is_empty() {
            name.clone_from(&said.rest);
        }
        let Some(bbox) = BBox::around(self.words.iter().map(|l| l.bbox)) else { return };
        let page = self.words[0].page;
        let confidence = self.words.iter().flat_map(|l| &l.words).map(|w| w.confidence).fold(1.0, f32::min);
        let cells = &mut self.cells;
        let mut put = |f: Field, value: Value, raw: &str| {
            cells.entry(f).or_insert(Cell { value, raw: raw.to_owned(), page, bbox, confidence });
        };
        fill(&ServiceWords { rest: name, ..said }, setting.anchor, &mut put);
        if let Some(list) = remarks {
            put(Field::RemarkCodes, Value::List(list), "");
        }
    }
}

#[cfg(test)]
mod tests;
