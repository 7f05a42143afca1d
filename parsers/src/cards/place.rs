//! Where the cards of a paper stand: their names at one edge, their amounts at the right of them or, on other papers, before
//! them.
//!
//! ```text
//!   $1,839.32   CT ABD/PELVIS W/ CONTRAST
//!               CPT 74177-26   Units 1
//!  -$1,240.05     INSURANCE PAYMENT            posted 08/10/25
//! ```
//! The edges are voted: names beside an amount that have facts of a service on their own line or right below it. Between name and
//! amount may stand what the amount is, `OFFICE VISIT      Provider's charge $210.00`, if it is the charge.

use super::{CARD_STEP, FLUSH, INDENT, names_amount};
use crate::page_text::{BBox, Word};
use crate::service_words::service_words;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines, Phrase, join};
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// How far before its name an amount may end, in sizes of type.
const APART: f32 = 4.0;

/// The edges of the cards.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Left edge of the names.
    names: f32,
    /// Right edge of the amounts.
    amounts: f32,
    /// Whether what the amounts are stands before each of them.
    captioned: bool,
}

impl Place {
    /// The edges on which most cards agree.
    pub(super) fn voted(pages: &[PageLines]) -> Option<Self> {
        let votes: Vec<Self> = pages.iter().flat_map(|p| (0..p.lines.len()).flat_map(|i| votes(&p.lines, i))).collect();
        let agree = |v: &Self| {
            let flush = |w: &Self| (w.names - v.names).abs() < FLUSH && (w.amounts - v.amounts).abs() < FLUSH;
            let like = |w: &&Self| flush(w) && w.captioned == v.captioned;
            votes.iter().filter(like).count()
        };
        votes.iter().copied().max_by_key(agree)
    }

    /// Whether what the amounts are stands before each of them.
    pub(super) fn captioned(self) -> bool {
        self.captioned
    }

    /// Whether the amounts stand before the names.
    fn leads(self) -> bool {
        self.amounts < self.names
    }

    /// The part of a line that is a card's.
    pub(super) fn part(self, line: &Line) -> Option<Line> {
        if !self.leads() {
            return within(line, self.names, self.amounts);
        }
        let Some(amount) = self.leading(line) else { return within(line, self.names, f32::INFINITY) };
        let words = line.words.iter().filter(|w| w.bbox.x0 > amount.bbox.x0 - FLUSH).cloned().collect();
        Some(Line { words, bbox: line.bbox, ..*line }).and_then(fitted)
    }

    /// The part of a line in which a heading of cards may stand: over names a little to their left, over amounts that lead
    /// anywhere above both.
    pub(super) fn heading(self, line: &Line) -> Option<Line> {
        if !self.leads() {
            return within(line, self.names - INDENT, self.amounts);
        }
        let over_both = |p: &Phrase| p.bbox.x0 < self.amounts && p.bbox.x1 > self.names;
        let from = line.phrases().into_iter().find(over_both)?.first;
        fitted(Line { words: line.words[from..].to_vec(), ..*line })
    }

    /// Whether a line, of which `part` is a card's, begins with it.
    pub(super) fn begins(self, line: &Line, part: &Line) -> bool {
        let edge = if self.leads() { part.bbox.x0 } else { self.names };
        line.bbox.x0 > edge - FLUSH
    }

    /// Whether a heading begins no farther right than the names do.
    pub(super) fn heads(self, line: &Line) -> bool {
        line.bbox.x0 < self.names + FLUSH
    }

    /// Words, and at the edge of the amounts the only one of the line.
    pub(super) fn amount_line(self, line: &Line) -> Option<(Vec<Token>, Token)> {
        let mut label = tokens(line);
        let at = if self.leads() { 0 } else { label.len().checked_sub(1)? };
        if label.is_empty() {
            return None;
        }
        let amount = Some(label.remove(at)).filter(|t| self.is_amount(t))?;
        if let Some(from) = caption(&line.phrases(), line, &amount).filter(|_| !self.leads()) {
            label.retain(|t| t.bbox.x0 < from);
        }
        let words = label.iter().any(|t| t.text.chars().filter(|c| c.is_alphabetic()).count() >= 2);
        (words && label.iter().all(|t| t.kind != TokenKind::Money)).then_some((label, amount))
    }

    fn is_amount(self, t: &Token) -> bool {
        t.kind == TokenKind::Money && (t.bbox.x1 - self.amounts).abs() < 2.0 * FLUSH
    }

    fn leading(self, line: &Line) -> Option<Token> {
        tokens(line).into_iter().find(|t| self.is_amount(t))
    }
}

/// What the line would have the edges be.
fn votes(lines: &[Line], i: usize) -> Vec<Place> {
    let line = &lines[i];
    let toks = tokens(line);
    let phrases = line.phrases();
    match toks.last() {
        Some(amount) if amount.kind == TokenKind::Money => behind(lines, i, &phrases, amount),
        _ => before(lines, i, &phrases, &toks).into_iter().collect(),
    }
}

/// The edges by the names that stand before the last amount of a line.
fn behind(lines: &[Line], i: usize, phrases: &[Phrase], amount: &Token) -> Vec<Place> {
    let mut votes = Vec::new();
    let caption = caption(phrases, &lines[i], amount);
    // `Contract write-off  -38.54` beside the words of a service says what the amount is, and is no service
    let names_other = || phrases.iter().rev().find(|p| p.bbox.x1 < amount.bbox.x0).is_some_and(|p| names_amount(&p.text));
    if caption.is_none() && names_other() {
        return votes;
    }
    let end = caption.unwrap_or(amount.bbox.x0);
    for p in phrases {
        if p.bbox.x1 >= end || !is_name(&p.text) {
            continue;
        }
        let vote = Place { names: p.bbox.x0, amounts: amount.bbox.x1, captioned: caption.is_some() };
        let behind = phrases.iter().filter(|q| q.bbox.x0 > p.bbox.x1 && q.bbox.x1 < end);
        let first = phrases.first().is_some_and(|q| q.bbox == p.bbox);
        if first && only_facts_in(behind) || says_all(&p.text) || facts_below(lines, i, vote) {
            votes.push(vote);
        }
    }
    votes
}

/// The edges by the name that stands behind the last amount of a line.
fn before(lines: &[Line], i: usize, phrases: &[Phrase], toks: &[Token]) -> Option<Place> {
    let amount = toks.iter().rfind(|t| t.kind == TokenKind::Money)?;
    let name = phrases.iter().find(|p| p.bbox.x0 > amount.bbox.x1)?;
    let near = name.bbox.x0 - amount.bbox.x1 < APART * lines[i].size();
    let vote = Place { names: name.bbox.x0, amounts: amount.bbox.x1, captioned: false };
    let named = near && is_name(&name.text) && !names_amount(&name.text);
    let behind = phrases.iter().filter(|q| q.bbox.x0 > name.bbox.x1);
    (named && (only_facts_in(behind) || says_all(&name.text) || facts_below(lines, i, vote))).then_some(vote)
}

/// Where the words begin that say of the amount behind a name that it is the charge: `OFFICE VISIT      Price $210.00`.
fn caption(phrases: &[Phrase], line: &Line, amount: &Token) -> Option<f32> {
    let before = |w: &Word| w.bbox.x1 <= amount.bbox.x0 + FLUSH / 2.0;
    let (at, own) = phrases.iter().enumerate().rfind(|(_, p)| before(&line.words[p.first]))?;
    let words: Vec<Word> = line.words[own.first..own.end].iter().filter(|w| before(w)).cloned().collect();
    (at > 0 && names_charge(&join(&words))).then(|| line.words[own.first].bbox.x0)
}

/// Whether words head a charge and nothing else. The only price that a service has is its charge.
fn names_charge(text: &str) -> bool {
    let text = text.trim_end_matches([':', '.', ' ']);
    let known = Vocabulary::builtin().lookup(text);
    text.eq_ignore_ascii_case("price") || known.is_some_and(|m| m.fields == [Field::Charge])
}

/// `ED VISIT LEVEL 5   CPT 99285   Qty 1   $1,333.92`: behind the words of a service nothing but its facts.
fn only_facts_in<'a>(phrases: impl Iterator<Item = &'a Phrase>) -> bool {
    let said = service_words(&phrases.map(|q| q.text.as_str()).collect::<Vec<_>>().join(" "));
    said.procedure.is_some() && said.rest.is_empty()
}

/// `ED VISIT LEVEL 5 (99285) x 1   $1,333.92` says all on one line.
fn says_all(text: &str) -> bool {
    let own = service_words(text);
    own.procedure.is_some() && !own.rest.is_empty() && (own.units.is_some() || text.contains('('))
}

fn is_name(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

/// Whether facts of a service stand right below a name.
fn facts_below(lines: &[Line], i: usize, place: Place) -> bool {
    let line = &lines[i];
    let right = if place.leads() { f32::INFINITY } else { place.amounts };
    let below = lines[i + 1..].iter().take(4).filter(|l| l.bbox.y0 - line.bbox.y1 < CARD_STEP * line.size());
    below.filter_map(|l| within(l, place.names, right)).any(|l| {
        let words = service_words(&l.text());
        let coded = words.procedure.is_some() || words.units.is_some() || words.revenue_code.is_some();
        let dated = words.from.is_some() && words.rest.split_whitespace().count() <= 6;
        // set in a little stand code and count alone, which nothing but a service has: `97110-GP quantity 2`
        let alone = words.procedure.is_some() && words.rest.is_empty();
        let set = l.bbox.x0 - place.names;
        (set.abs() < FLUSH || alone && (0.0..INDENT).contains(&set))
            && tokens(&l).iter().all(|t| t.kind != TokenKind::Money)
            && (dated && (coded || words.rest.is_empty()) || alone)
    })
}

/// The part of a line that stands between the edges, without the end of a phrase that begins before them: `OH 45483` is no
/// more of a card than the `Dayton,` before it.
fn within(line: &Line, left: f32, right: f32) -> Option<Line> {
    let mut begun: Option<f32> = None;
    let mut words = Vec::with_capacity(line.words.len());
    for w in &line.words {
        let goes_on = begun.is_some_and(|end| w.bbox.x0 - end <= line.phrase_gap);
        if w.bbox.x0 <= left - FLUSH || goes_on {
            begun = Some(w.bbox.x1);
        } else if w.bbox.x1 < right + 2.0 * FLUSH {
            words.push(w.clone());
        }
    }
    fitted(Line { words, ..*line })
}

/// The line with the box around what is left of its words.
fn fitted(line: Line) -> Option<Line> {
    let bbox = BBox::around(line.words.iter().map(|w| w.bbox))?;
    Some(Line { bbox, ..line })
}
