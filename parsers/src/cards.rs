//! Bills without a table: every service is a card of two or three lines, its amount at the right of the first.
//!
//! ```text
//! OFFICE VISIT LEVEL 4                                        $210.00
//! Mar 9, 2025   CPT 99214 (25)   Qty 1
//!      Mar 28, 2025   INSURANCE PAYMENT                      -$120.00
//! ```
//! What the amount is may stand before it: `Price $210.00`. Visits may also stand under the day on which they were, and their names reach their amounts over leader dots.
//!
//! Where the cards stand is voted ([`place`]): the left edge is where a name beside an amount has facts of a service right
//! below it. What stands further left is a panel of the page and no part of them, unless it is where the amounts stand.

mod place;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use self::place::Place;
use crate::columns::is_money_field;
use crate::credit_rows::credit_row;
use crate::credits::{Credit, credit};
use crate::day_headings::heading_date;
use crate::grammar::date::{LooseDate, leading_date};
use crate::grammar::{money, units};
use crate::page_text::BBox;
use crate::reading::{Setting, TableReading};
use crate::service_words::{ServiceWords, fill, service_words};
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::text_lines::{Line, PageLines, join};
use crate::tokens::Token;
use crate::total_labels::{is_forward, is_of_one_service, is_total_label};
use crate::vocabulary::Vocabulary;

/// How far apart two edges may be that are the same, in points.
const FLUSH: f32 = 2.0;

/// A heading stands no farther left of the names under it, in points.
const INDENT: f32 = 24.0;

/// The widest step between two lines of a card, in sizes of type.
const CARD_STEP: f32 = 2.1;

/// The farthest that a heading stands above the first of its cards, in sizes of type: a day farther up is the paper's own.
const HEADING_STEP: f32 = 6.0;

/// Reads all cards of a bill; nothing where there are none.
pub fn read(pages: &[PageLines], setting: &Setting) -> TableReading {
    Place::voted(pages).map(|place| read_at(place, pages, setting)).unwrap_or_default()
}

/// Reads the cards whose amounts say each that they are the charge, which tells them from all else on a page.
pub(crate) fn read_captioned(pages: &[PageLines], setting: &Setting) -> TableReading {
    Place::voted(pages).filter(|p| p.captioned()).map(|place| read_at(place, pages, setting)).unwrap_or_default()
}

fn read_at(place: Place, pages: &[PageLines], setting: &Setting) -> TableReading {
    let mut read = Cards { setting, out: TableReading::default(), credits: Vec::new() };
    let mut open: Option<Card> = None;
    let mut group: Option<LooseDate> = None;
    for page in pages {
        for (i, whole) in page.lines.iter().enumerate() {
            let heading = place.heading(whole).filter(|l| day_heading(l, place).is_some());
            let Some(line) = place.part(whole).or(heading) else { continue };
            let alone = place.begins(whole, &line);
            if let Some((mut label, amount)) = place.amount_line(&line) {
                read.close(open.take());
                let count = take_count(&mut label, &page.lines[..i]);
                let text = without_leader(&join_tokens(&label)).to_owned();
                if is_of_one_service(&text) {
                    continue;
                }
                if is_total_label(&text) || names_amount(&text) && credit(&text, setting.payer.as_deref()).is_none() {
                    read.total(&text, &amount, line.page);
                    continue;
                }
                let mut words = service_words(&text);
                words.units = words.units.or(count);
                let card = Card { alone, ..Card::new(&line, words, &amount, group) };
                if is_forward(&text) {
                    let mut row = card.row(setting);
                    row.kind = LineKind::Balance;
                    read.out.rows.push(row);
                } else {
                    open = Some(Card { credit: credit(&text, setting.payer.as_deref()), ..card });
                }
            } else if let Some(card) = open.as_mut().filter(|c| c.credit.is_some() && c.words.from.is_none())
                && alone
                && heading_date(&line.text()).is_some()
            {
                card.take(&line);
            } else if (open.is_none() || group.is_some())
                && let Some(day) = place.heading(whole).and_then(|l| day_heading(&l, place))
                && page.lines[i + 1..]
                    .iter()
                    .filter(|l| l.bbox.y0 - whole.bbox.y1 < HEADING_STEP * whole.size())
                    .filter_map(|l| place.part(l))
                    .take(2)
                    .any(|l| place.amount_line(&l).is_some())
            {
                read.close(open.take());
                group = Some(day);
            } else if let Some(card) = &mut open
                && (card.alone && !alone && !only_facts(&line) || !card.take(&line))
            {
                read.close(open.take());
            }
        }
        read.close(open.take());
    }
    let charge = |r: &Row| r.cells.get(&Field::Charge).and_then(Cell::money);
    let Cards { mut out, credits, .. } = read;
    let negative = credits.iter().any(|(i, c)| !c.taken_back && charge(&out.rows[*i]).is_some_and(|m| m < Money::ZERO));
    for (i, c) in credits {
        credit_row(&mut out.rows[i], c, negative);
    }
    unread_services(&mut out);
    out.columns = out.rows.iter().flat_map(|r| r.cells.keys().copied()).collect();
    out
}

/// Cards have no columns by which a line that was passed over would show: where the paper's own sum of charges is another than
/// that of the cards, some were not read.
fn unread_services(out: &mut TableReading) {
    let of = |cells: &BTreeMap<Field, Cell>| cells.get(&Field::Charge).and_then(Cell::money);
    let charges = |r: &&Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    let read: Money = out.rows.iter().filter(charges).filter_map(|r| of(&r.cells)).sum();
    let sums = |t: &&Total| t.label.to_lowercase().contains("charges");
    let stated: Vec<&Total> = out.totals.iter().filter(sums).filter(|t| of(&t.cells).is_some_and(|m| m > Money::ZERO)).collect();
    let adds_up = stated.iter().any(|t| of(&t.cells) == Some(read));
    if let Some((t, cell)) = stated.last().filter(|_| !adds_up).and_then(|t| Some((t, t.cells.get(&Field::Charge)?))) {
        let reason = "the services that were read do not add up to this sum of charges".to_owned();
        out.unparsed.push(Unparsed { page: cell.page, bbox: cell.bbox, text: t.label.clone(), reason });
    }
}

/// Whether a line says code or count of a service and nothing else: so it does beside whatever stands on its height in a panel.
fn only_facts(line: &Line) -> bool {
    let said = service_words(&line.text());
    said.of_service() && said.rest.is_empty()
}

/// Whether words are the heading of an amount and nothing else.
fn names_amount(text: &str) -> bool {
    let known = Vocabulary::builtin().lookup(text.trim_end_matches([':', '.', ' ']));
    known.is_some_and(|m| !m.fields.is_empty() && m.fields.iter().all(|f| is_money_field(*f)))
}

/// Takes off a figure before the amount that stands under a heading of counts: `Qty   Amount` over each visit.
fn take_count(label: &mut Vec<Token>, above: &[Line]) -> Option<Decimal> {
    let last = label.last().filter(|t| label.len() > 1 && t.is_whole_number())?;
    let names_counts = |text: &str| Vocabulary::builtin().lookup(text).is_some_and(|m| m.fields == [Field::Units]);
    let heading = above.iter().rev().flat_map(Line::phrases).find(|p| names_counts(&p.text))?;
    let reach = heading.bbox.width().max(last.bbox.width());
    let under = (heading.bbox.cx() - last.bbox.cx()).abs() < reach;
    let count = units::units(&last.text).filter(|_| under)?;
    label.pop();
    Some(count)
}

/// The words before the dots that lead to an amount.
fn without_leader(text: &str) -> &str {
    let words = text.trim_end_matches(['.', ' ', '·', '_', '…']);
    if text.len() - words.len() >= 3 { words } else { text }
}

/// The day that visits stand under: `January 29, 2025 with K. Odom MD`.
fn day_heading(line: &Line, place: Place) -> Option<LooseDate> {
    // `Visit on February 21, 2024          Amount`: the heading of the amounts below
    let phrases = line.phrases();
    let headed = phrases.len() > 1 && phrases[1..].iter().all(|p| names_amount(&p.text));
    let text = if headed { phrases[0].text.clone() } else { line.text() };
    let flush = place.heads(line);
    if let Some(day) = heading_date(&text).filter(|d| flush && d.year.is_some()) {
        return Some(day);
    }
    let (day, rest) = leading_date(&text)?;
    let heads = flush && !service_words(rest).any() && credit(rest, None).is_none();
    (heads && day.year.is_some()).then_some(day)
}

fn join_tokens(label: &[Token]) -> String {
    label.iter().map(|t| join(&t.words)).collect::<Vec<_>>().join(" ")
}

fn sum(label: &str, amount: &Token, page: u32, rows: usize) -> Total {
    let mut cells = BTreeMap::new();
    if let Some(m) = money::money(&amount.text) {
        cells.insert(
            Field::Charge,
            Cell { value: Value::Money(m), raw: amount.text.clone(), page, bbox: amount.bbox, confidence: amount.confidence },
        );
    }
    let lower = label.to_lowercase();
    let scope = if lower.contains("subtotal") || lower.contains("sub-total") { TotalScope::Group } else { TotalScope::Document };
    Total { label: label.to_owned(), scope, cells, rows: (0, rows), claim: None }
}

struct Card {
    words: ServiceWords,
    amount: Token,
    page: u32,
    bbox: BBox,
    last: BBox,
    size: f32,
    confidence: f32,
    facts: bool,
    /// Whether nothing stands to the left of it.
    alone: bool,
    /// The day that it stands under.
    group: Option<LooseDate>,
    /// What its words say of a payment or an adjustment.
    credit: Option<Credit>,
}

impl Card {
    fn new(line: &Line, words: ServiceWords, amount: &Token, group: Option<LooseDate>) -> Self {
        let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        Self {
            facts: words.any(),
            alone: false,
            group,
            credit: None,
            words,
            amount: amount.clone(),
            page: line.page,
            bbox: line.bbox,
            last: line.bbox,
            size: line.size(),
            confidence,
        }
    }

    /// Takes a further line; `false` where it is none of this card.
    fn take(&mut self, line: &Line) -> bool {
        if line.page != self.page || line.bbox.cy() - self.last.cy() > CARD_STEP * self.size {
            return false;
        }
        let more = service_words(&line.text());
        if !more.any() && self.facts && self.words.from.is_some() {
            return false;
        }
        // under a service that says all on its own line words that stand elsewhere begin something else
        let elsewhere = (line.bbox.x0 - self.bbox.x0).abs() > FLUSH;
        if !more.any() && elsewhere && self.words.procedure.is_some() && !self.words.rest.is_empty() {
            return false;
        }
        self.facts |= more.any();
        let w = &mut self.words;
        if w.from.is_none() {
            (w.from, w.to) = (more.from, more.to);
        }
        w.procedure = w.procedure.take().or(more.procedure);
        w.revenue_code = w.revenue_code.take().or(more.revenue_code);
        w.units = w.units.or(more.units);
        if !more.rest.is_empty() && more.from.is_none() {
            format!("{} {}", w.rest, more.rest).trim().clone_into(&mut w.rest);
        }
        self.last = line.bbox;
        self.bbox = self.bbox.union(line.bbox);
        self.confidence = line.words.iter().map(|w| w.confidence).fold(self.confidence, f32::min);
        true
    }

    fn row(mut self, setting: &Setting) -> Row {
        self.words.from = self.words.from.or(self.group);
        let mut cells = BTreeMap::new();
        let (page, bbox, confidence) = (self.page, self.bbox, self.confidence);
        let mut put = |f: Field, v: Value, raw: &str| {
            cells.insert(f, Cell { value: v, raw: raw.to_owned(), page, bbox, confidence });
        };
        fill(&self.words, setting.anchor, &mut put);
        let read = money::money(&self.amount.text).map(|m| (m, 0)).or_else(|| money::money_lenient(&self.amount.text));
        let mut kind = LineKind::Service;
        if let Some((m, _)) = read {
            put(Field::Charge, Value::Money(m), &self.amount.text);
            if m < Money::ZERO {
                kind = LineKind::Reversal;
            }
        }
        Row { kind, cells, claim: None, page, bbox }
    }
}

/// What has been read so far.
struct Cards<'a> {
    setting: &'a Setting,
    out: TableReading,
    /// The rows that are payments or adjustments.
    credits: Vec<(usize, Credit)>,
}

impl Cards<'_> {
    fn total(&mut self, label: &str, amount: &Token, page: u32) {
        self.out.totals.push(sum(label, amount, page, self.out.rows.len()));
    }

    /// A payment needs a day of its own, a service a day, a code or a count; anything else is a sum.
    fn close(&mut self, card: Option<Card>) {
        let Some(mut card) = card else { return };
        let credit = card.credit.take().filter(|_| card.words.from.is_some() && card.words.procedure.is_none());
        let grouped = card.group.is_some() && card.words.units.is_some();
        if let Some(c) = credit {
            self.credits.push((self.out.rows.len(), c));
            self.out.rows.push(card.row(self.setting));
        } else if card.words.from.is_some() || card.words.procedure.is_some() || grouped {
            self.out.rows.push(card.row(self.setting));
        } else {
            self.total(&card.words.rest, &card.amount, card.page);
        }
    }
}

#[cfg(test)]
mod tests;
