//! Services as cards of two halves: words at the left say what was done, a list of labels with amounts stands beside them.
//!
//! ```text
//! OFFICE VISIT LEVEL 4             Amount billed             $210.00
//! March 9, 2025                    Plan discount              $60.00
//! Procedure 99214-25   Units 1     Allowed amount            $150.00
//! See note A1                      What you owe               $30.00
//! ```
//! Where the list begins and ends is voted by its lines: labels that head columns elsewhere, flush left, each with an
//! amount flush right. What stands left of it names the service. A card ends where one of its labels comes again, or the one
//! with which most cards begin; a line of the list that cannot be read ends none, or all cards below it would be a line off.

use std::collections::{BTreeMap, BTreeSet};

use crate::columns::is_money_field;
use crate::grammar::{adjustments, code, money};
use crate::label_value::{field_of, is_of_pairs, see_remarks};
use crate::page_text::{BBox, TextSource};
use crate::reading::{Setting, TableReading};
use crate::service_words::fill;
use crate::service_words::{ServiceWords, service_words};
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;
use crate::vocabulary::Vocabulary;

/// How far apart two edges may be that are the same, in points.
const FLUSH: f32 = 2.0;

/// How far labels may be set in, in sizes of type.
const INDENT: f32 = 3.0;

/// The widest step between two lines of a card, in sizes of type.
const STEP: f32 = 2.1;

/// Where the halves of the cards stand.
struct Place {
    /// Left edge of the words.
    words: f32,
    /// Left edge of the labels.
    labels: f32,
    /// Right edge of the amounts.
    amounts: f32,
}

/// Reads the cards of an EOB; `None` where it has none.
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
        match right.as_ref().and_then(|r| labelled(r, &place)) {
            Some((label, amount))
                if whole && amounts == 1 && !is_total_label(&left.as_ref().map_or_else(String::new, Line::text)) =>
            {
                let field = amount_of(&label.text, vocabulary);
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
            None if whole && card.is_open(line) && right.as_ref().is_some_and(|r| is_unread(r, &place)) => {
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

/// Label and amount of a line of the list.
fn labelled(right: &Line, place: &Place) -> Option<(Token, Token)> {
    let toks: Vec<Token> = tokens(right).into_iter().filter(|t| t.text != "$").collect();
    let [label, amount] = toks.as_slice() else { return None };
    let set = label.bbox.x0 < place.labels + INDENT * right.size() && (amount.bbox.x1 - place.amounts).abs() < 2.0 * FLUSH;
    (set && label.kind == TokenKind::Text && amount.kind == TokenKind::Money).then(|| (label.clone(), amount.clone()))
}

/// Whether recognition left more or less of a line of the list than a label and its amount.
fn is_unread(right: &Line, place: &Place) -> bool {
    let toks = tokens(right);
    let set = (right.bbox.x0 - place.labels).abs() < INDENT * right.size() && (right.bbox.x1 - place.amounts).abs() < 2.0 * FLUSH;
    let recognised = right.words.iter().any(|w| w.source == TextSource::Ocr);
    recognised && set && toks.len() >= 2 && toks[0].kind == TokenKind::Text
}

/// The label with which most cards begin: the one that stands most often beside the first words under other labels.
fn first_label(pages: &[PageLines], place: &Place, vocabulary: &Vocabulary) -> Option<Field> {
    let mut counts: BTreeMap<Field, usize> = BTreeMap::new();
    let mut beside = true;
    for line in pages.iter().flat_map(|p| &p.lines) {
        let left = part(line, |w| w.x0 > place.words - FLUSH && w.x1 < place.labels - FLUSH);
        let right = part(line, |w| w.x0 > place.labels - FLUSH && w.x1 < place.amounts + 2.0 * FLUSH);
        let field = right.and_then(|r| amount_of(&labelled(&r, place)?.0.text, vocabulary));
        if let (Some(f), true, false) = (field, left.is_some(), beside) {
            *counts.entry(f).or_default() += 1;
        }
        beside = left.is_some();
    }
    let all: usize = counts.values().sum();
    counts.into_iter().find(|(_, n)| n * 3 > all * 2).map(|(f, _)| f)
}

/// The commonest of the values within [`FLUSH`], and how often it comes.
fn commonest(values: &[f32]) -> Option<(f32, usize)> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let (mut lo, mut best) = (0, (0, 0.0));
    for hi in 0..sorted.len() {
        while sorted[hi] - sorted[lo] > FLUSH {
            lo += 1;
        }
        if hi - lo + 1 > best.0 {
            best = (hi - lo + 1, sorted[lo]);
        }
    }
    (best.0 > 0).then_some((best.1, best.0))
}

fn place(pages: &[PageLines], vocabulary: &Vocabulary) -> Option<Place> {
    /// Fewer lines are no list.
    const FEWEST: usize = 3;
    // the last label of a line, and where its amount ends and begins
    let mut found: Vec<(&Line, Token, f32, f32)> = Vec::new();
    for line in pages.iter().flat_map(|p| &p.lines) {
        let toks: Vec<Token> = tokens(line).into_iter().filter(|t| t.text != "$").collect();
        let [.., label, amount] = toks.as_slice() else { continue };
        let money = toks.iter().filter(|t| t.kind == TokenKind::Money).count();
        let known = || field_of(&label.text, vocabulary).is_some_and(is_money_field);
        if amount.kind == TokenKind::Money && money == 1 && label.kind == TokenKind::Text && known() {
            found.push((line, label.clone(), amount.bbox.x1, amount.bbox.x0));
        }
    }
    let (amounts, _) = commonest(&found.iter().map(|f| f.2).collect::<Vec<_>>())?;
    let list: Vec<(f32, f32, f32)> = found.iter().map(|f| (f.1.bbox.x0, f.3, f.2)).collect();
    found.retain(|f| (f.2 - amounts).abs() <= 2.0 * FLUSH);
    let amounts = found.iter().map(|f| f.2).fold(amounts, f32::max);
    let (labels, listed) = commonest(&found.iter().map(|f| f.1.bbox.x0).collect::<Vec<_>>())?;
    // `Plan paid: $319.00` may run on behind its label, or amounts begin in one place: that some also end in one says nothing
    let list: Vec<&(f32, f32, f32)> = list.iter().filter(|l| (l.0 - labels).abs() <= FLUSH).collect();
    let beginning = commonest(&list.iter().map(|l| l.1).collect::<Vec<_>>()).map_or(0, |c| c.1);
    if list.len() > listed + 2.max(listed / 5) || beginning > listed {
        return None;
    }
    // what begins where the labels do or is set in a little is of the list
    found.retain(|f| f.1.bbox.x0 >= labels - FLUSH && f.1.bbox.x0 < labels + INDENT * f.0.size());
    // where the names are labelled too, `Date of service: March 9, 2025   Amount billed: $210.00`, all are pairs of one list
    let names = found.iter().filter_map(|f| part(f.0, |w| w.x1 < labels - FLUSH));
    let (paired, worded): (Vec<Line>, Vec<Line>) = names.partition(|left| is_of_pairs(left, vocabulary));
    if paired.len() > worded.len() {
        return None;
    }
    let beside: Vec<f32> =
        found.iter().filter_map(|f| f.0.words.first()).map(|w| w.bbox.x0).filter(|x| *x < labels - FLUSH).collect();
    let (words, named) = commonest(&beside)?;
    let billed = found.iter().any(|f| field_of(&f.1.text, vocabulary) == Some(Field::Charge));
    (listed >= FEWEST && named >= 2 && named * 6 >= found.len() && billed).then_some(Place { words, labels, amounts })
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
            if facts.is_empty() && !pure { names.push(text) } else { facts.push(text) }
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
