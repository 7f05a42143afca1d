//! Where the next service of a list of labels begins, and which of the lists are sums.
//!
//! ```text
//! OFFICE VISIT LEVEL 4                                   Service 1 of 2
//! Date of service: March 9, 2025      Amount billed: $210.00
//! Procedure code: 99214-25            Plan discount: $60.00
//! Units: 1                            Your responsibility: $30.00
//!
//! Claim totals
//! Amount billed: $210.00
//! ```
//! Day and code may stand beside the amounts of their service; the next one begins where something comes again. Words of sums
//! over a list that names no day and no code say that it is one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{Block, NEAR, Pair, field_of, titles};
use crate::columns::is_money_field;
use crate::grammar::{adjustments, code};
use crate::page_text::BBox;
use crate::reading::TableReading;
use crate::service_words::service_words;
use crate::statement::{Cell, Field, Money, Total, TotalScope};
use crate::text_lines::{Line, Phrase};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;
use crate::vocabulary::Vocabulary;

/// What says which service it was.
fn names_service(field: Field) -> bool {
    matches!(field, Field::ServiceDate | Field::Code | Field::RevenueCode | Field::Description)
}

impl Block {
    /// Whether a line is of the next service: something on it comes again, or it names one behind the amounts of a service that
    /// has its name. Names beside amounts that are still wanting are those of the same service, and so are names that go on in
    /// another column of its card.
    pub(super) fn ends_before(&self, line: &Line, pairs: &[Pair]) -> bool {
        let again = pairs.iter().any(|p| (names_service(p.field) || is_money_field(p.field)) && self.has(p.field));
        let names = pairs.iter().any(|p| names_service(p.field));
        let amounts = pairs.iter().any(|p| is_money_field(p.field));
        self.has_money() && (again || names && !amounts && self.is_named() && !self.is_beside(line))
    }

    /// Whether a line stands right below the others of a card, in another column than the amounts.
    fn is_beside(&self, line: &Line) -> bool {
        let near = self.bbox.is_some_and(|(page, b)| page == line.page && line.bbox.y0 - b.y1 < 0.9 * line.size());
        near && !self.amounts_at.is_empty() && self.amounts_at.iter().all(|x| (x - line.bbox.x0).abs() > 3.0 * line.size())
    }

    /// What else a card says in the column of its names, behind a label that is not known: `Place of service: 11`.
    pub(super) fn holds_beside(&mut self, line: &Line) -> bool {
        let labelled = line.phrases().first().is_some_and(|p| p.text.contains(": ") || p.text.ends_with(':'));
        let holds = labelled && self.has_money() && self.is_beside(line);
        if holds {
            self.reach(line);
        }
        holds
    }

    /// `Service period: 03/09/2025` over `Claim totals`: a day that stands above the words of sums is of none of them.
    pub(super) fn forget_day_over_sums(&mut self, words: &Line) {
        if is_total_label(&words.text()) && self.cells.keys().all(|f| *f == Field::ServiceDate) {
            self.cells.clear();
            self.bbox = None;
        }
    }

    /// The sum that the words just above a list say it to be: `Claim totals`, `All claims together`.
    pub(super) fn headed_sum(&self, out: &TableReading) -> Option<Total> {
        let of_a_service = [Field::ServiceDate, Field::Code, Field::RevenueCode, Field::Units, Field::Description]
            .into_iter()
            .any(|f| self.has(f));
        let (page, bbox) = self.bbox.filter(|_| self.has_money() && !of_a_service)?;
        let heading = self.heading.last().filter(|l| l.page == page && bbox.y0 - l.bbox.y1 < NEAR * l.size())?;
        let label = heading.text();
        if !is_total_label(&label) {
            return None;
        }
        let lower = label.to_lowercase();
        let (scope, from) = if lower.contains("all claims") {
            (TotalScope::Document, 0)
        } else {
            (TotalScope::Claim, out.totals.last().map_or(0, |t| t.rows.1))
        };
        let mut cells = self.cells.clone();
        cells.retain(|f, _| is_money_field(*f));
        Some(Total { label, scope, cells, rows: (from, out.rows.len()), claim: None })
    }
}

impl Block {
    /// Whether the pairs of a line whose label is that of a sum are a card's or a box's own: `Total charge` right under the title
    /// of a service, `Total billed` and what follows it under `Claim totals`.
    pub(super) fn takes_sum(&self, line: &Line, pairs: &[Pair]) -> bool {
        if pairs.is_empty() || pairs.iter().any(|p| self.has(p.field)) || self.has(Field::Charge) && !self.is_sum_box(line) {
            return false;
        }
        self.is_sum_box(line)
            || self.awaits_charge(line)
            || self.is_dated_service(line, pairs)
            || titles::lines_over(&self.heading, line.page, self.top(line)).iter().any(titles::tells_day)
    }

    /// Whether pairs right above the line say by which code, how often or with which notes a service was given, and none yet what it cost.
    fn awaits_charge(&self, line: &Line) -> bool {
        let told = [Field::Code, Field::RevenueCode, Field::Units, Field::RemarkCodes].into_iter().any(|f| self.has(f));
        let near = self.bbox.is_some_and(|(page, b)| page == line.page && line.bbox.y0 - b.y1 < NEAR * line.size());
        told && !self.has_money() && near
    }

    /// Whether the day of a service stands in pairs right above the line or in it, under the name of a service.
    fn is_dated_service(&self, line: &Line, pairs: &[Pair]) -> bool {
        let near = |(page, b): (u32, BBox)| page == line.page && line.bbox.y0 - b.y1 < NEAR * line.size();
        let dated = self.has(Field::ServiceDate) && self.bbox.is_some_and(near)
            || self.bbox.is_none() && pairs.iter().any(|p| p.field == Field::ServiceDate);
        let title = || titles::lines_over(&self.heading, line.page, self.top(line)).pop();
        dated && title().is_some_and(|l| titles::names_service(&l))
    }

    fn top(&self, line: &Line) -> f32 {
        self.bbox.filter(|(page, _)| *page == line.page).map_or(line.bbox.y0, |(_, b)| b.y0)
    }

    /// Whether words of sums stand right over the block.
    fn is_sum_box(&self, line: &Line) -> bool {
        let top = self.top(line);
        let near = |l: &&Line| l.page == line.page && l.bbox.y0 < top && top - l.bbox.y1 < NEAR * l.size();
        self.heading.last().filter(near).is_some_and(|l| is_total_label(&l.text()))
    }
}

/// `Qty 1` in one phrase behind the code of a service.
pub(super) fn count_in_words(t: &Token) -> Option<Pair> {
    let said = service_words(&t.text);
    let alone = said.rest.is_empty() && said.from.is_none() && said.procedure.is_none() && said.revenue_code.is_none();
    let count = said.units.filter(|_| alone)?;
    Some(Pair { field: Field::Units, value: Token { kind: TokenKind::Number, text: count.to_string(), ..t.clone() } })
}

/// Takes the label from the words of a service, and joins the lines on which they go on behind it:
///
/// ```text
/// Service           CT ABD/PELVIS W/
///                           CONTRAST
/// ```
pub(super) fn labelled_words(lines: &mut Vec<Line>) {
    let Some((at, label)) = lines.iter().enumerate().find_map(|(i, l)| Some((i, described(l)?))) else { return };
    let mut words: Vec<_> = lines[at].words.split_off(label.end);
    while lines.get(at + 1).is_some_and(|next| next.bbox.x0 > label.bbox.x1 && !service_words(&next.text()).any()) {
        words.append(&mut lines.remove(at + 1).words);
    }
    let bbox = BBox::around(words.iter().map(|w| w.bbox)).unwrap_or(lines[at].bbox);
    lines[at] = Line { words, bbox, ..lines[at].clone() };
}

/// The phrase with which a line begins, where it is no more than the head of a column of words.
fn described(line: &Line) -> Option<Phrase> {
    let label = line.phrases().into_iter().next().filter(|p| p.end < line.words.len())?;
    let said = Vocabulary::builtin().lookup(label.text.trim_end_matches([':', ' ']))?;
    // `DRUGS      04/19/2025`: what stands before no words is the service itself
    let behind = service_words(&crate::text_lines::join(&line.words[label.end..])).rest;
    let worded = behind.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    // `DRUGS` heads a column of words as well, but names a service
    let caption = label.text.to_lowercase();
    let caption = ["service", "descri", "procedure", "treatment", "item"].iter().any(|w| caption.contains(w));
    (said.fields == [Field::Description] && worded && caption).then_some(label)
}

/// What stands in a column of its own behind a label and looks like words: `Notes:    X10, F9`, `Service:    Office visit`.
pub(super) fn words_behind(label: &Token, value: &Token, vocabulary: &Vocabulary) -> Option<Pair> {
    let named = label.text.trim_end().ends_with(':');
    let field = field_of(&label.text, vocabulary).filter(|_| !value.text.contains(':'))?;
    let fits = match field {
        // without its colon the label may be any word, but what is behind it none
        Field::RemarkCodes => {
            let figures = |w: &str| w.bytes().any(|b| b.is_ascii_digit());
            adjustments::remark_codes(&value.text).is_some_and(|codes| named || codes.iter().all(|c| figures(c)))
        }
        Field::Modifiers => named && code::modifiers(&value.text).is_some(),
        Field::Description => named,
        _ => false,
    };
    fits.then(|| Pair { field, value: value.clone() })
}

/// Whether what has no more than a day, words and a charge are the services of a claim that is not settled: several of them, which
/// make up the sum of charges where one is printed.
pub(super) fn are_services(out: &TableReading) -> bool {
    let charge = |cells: &BTreeMap<Field, Cell>| cells.get(&Field::Charge).and_then(Cell::money);
    let all: Money = out.rows.iter().filter_map(|r| charge(&r.cells)).sum();
    let printed: Vec<Money> = out.totals.iter().filter_map(|t| charge(&t.cells)).collect();
    out.rows.len() > 1 && (printed.is_empty() || printed.contains(&all) || printed.into_iter().sum::<Money>() == all)
}

/// Left edges of the labels that have their amounts behind them.
pub(super) fn amounts_at(line: &Line) -> Vec<f32> {
    let toks: Vec<Token> = tokens(line).into_iter().filter(|t| t.text != "$").collect();
    let labelled = |w: &[Token]| w[0].kind == TokenKind::Text && w[1].kind == TokenKind::Money;
    toks.windows(2).filter(|w| labelled(w)).map(|w| w[0].bbox.x0).collect()
}

/// `Units    1`: a count needs no colon before it where its label is known and can be nothing else.
pub(super) fn counts(label: &Token, value: &Token, vocabulary: &Vocabulary) -> bool {
    let known = vocabulary.lookup(label.text.trim()).is_some_and(|m| m.fields == [Field::Units] && m.score >= 1.0);
    known && value.kind == TokenKind::Number && value.text.len() <= 4
}

/// `CO2 SERUM`: what looks like the code of an adjustment has a stroke in it where it is one.
pub(super) fn is_word(t: &Token) -> bool {
    t.kind == TokenKind::AdjustmentCode && !t.text.contains('-')
}

/// The words over a service without those that only count it: `VENIPUNCTURE   Service 2 of 14`. `None` where none do.
pub(super) fn without_place(line: &Line) -> Option<Line> {
    let phrases = line.phrases();
    let place = phrases.iter().find(|p| PLACE.is_match(&p.text)).filter(|_| phrases.len() > 1)?;
    let (before, behind) = (line.words.get(..place.first)?, line.words.get(place.end..)?);
    let words = [before, behind].concat();
    let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
    Some(Line { words, bbox, ..line.clone() })
}

static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\(?(?:(?:service|line|item|procedure|charge)\s+)?(?:no\.?\s*|#\s*)?\d{1,3}\s*(?:of|/)\s*\d{1,3}\)?$")
        .expect("a constant pattern")
});

#[cfg(test)]
mod tests;
