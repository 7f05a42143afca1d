//! What stands over the rows of a card: the title, perhaps with an amount at its right, and the facts of the service.
//!
//! ```text
//! OFFICE VISIT LEVEL 4                     You owe $30.00         OFFICE VISIT LEVEL 4                You owe
//! 03/09/2025  ·  Code 99214-25  ·  Qty 1                          03/09/2025 | 99214-25 | Qty 1        $30.00
//! ```

use super::rows::set_before;
use crate::form_heads::{amount_called, named_amount};
use crate::label_value::is_of_facts;
use crate::page_text::BBox;
use crate::service_words::{ServiceWords, service_words};
use crate::stacked_labels::flush_with;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;
use crate::vocabulary::Vocabulary;

/// The widest gap between two lines over the rows, and between them and the rows, in sizes of type.
const NEAR: f32 = 1.3;

/// More lines of facts under a title are none.
const FACTS: usize = 2;

/// An amount that stands beside the title.
pub(super) struct Share {
    pub(super) field: Field,
    /// Its name and itself.
    pub(super) line: Line,
}

/// The lines over the rows of a card.
pub(super) struct Head {
    /// Title and facts, without the amount.
    pub(super) words: Vec<Line>,
    pub(super) share: Option<Share>,
    /// Whether they say a code or a count.
    pub(super) of_service: bool,
    /// Whether they say a day.
    pub(super) dated: bool,
    /// How many lines of the page they take.
    pub(super) height: usize,
}

impl Head {
    /// The title and the facts at the end of the lines that stand above the rows.
    pub(super) fn over(above: &[Line], rows: &Line, vocabulary: &Vocabulary) -> Option<Self> {
        let mut below = rows;
        let mut facts: Vec<&Line> = Vec::new();
        for line in above.iter().rev() {
            let near = line.page == below.page && below.bbox.y0 - line.bbox.y1 < NEAR * line.size().max(below.size());
            if !near {
                return None;
            }
            if facts.len() < FACTS && is_of_facts(&without_amount(line).0.text()) {
                facts.insert(0, line);
                below = line;
                continue;
            }
            return Self::titled(line, &facts, vocabulary);
        }
        None
    }

    fn titled(title: &Line, facts: &[&Line], vocabulary: &Vocabulary) -> Option<Self> {
        let height = facts.len() + 1;
        let mut words: Vec<Line> = facts.iter().map(|l| (*l).clone()).collect();
        let (title, share) = match beside(title, vocabulary) {
            Some((title, share)) => (title, Some(share)),
            None => match facts.first().and_then(|below| over_its_amount(title, below, vocabulary)) {
                Some((title, share)) => {
                    words[0] = without_amount(&words[0]).0;
                    (title, Some(share))
                }
                None => (title.clone(), None),
            },
        };
        let amounts = |l: &Line| tokens(l).iter().any(|t| t.kind == TokenKind::Money);
        words.insert(0, title);
        let said: Vec<ServiceWords> = words.iter().map(|l| service_words(&l.text())).collect();
        let named = said[0].rest.chars().filter(|c| c.is_alphabetic()).count() >= 3;
        let title = words[0].text();
        // a sentence is no title
        let prose = title.ends_with('.') && words[0].words.len() > 8;
        (named && !prose && !words.iter().any(amounts)).then(|| Self {
            of_service: said.iter().any(ServiceWords::of_service),
            dated: said.iter().any(|s| s.from.is_some()),
            words,
            share,
            height,
        })
    }

    /// Whether its words are those of a sum.
    pub(super) fn is_sum(&self) -> bool {
        self.words.first().is_some_and(|l| is_total_label(&l.text()))
    }
}

/// A line without the amount that closes it.
fn without_amount(line: &Line) -> (Line, Option<Token>) {
    let last = tokens(line).pop().filter(|t| t.kind == TokenKind::Money);
    let Some((amount, (words, _))) =
        last.and_then(|t| Some((t.clone(), line.words.split_at_checked(line.words.len().checked_sub(t.words.len())?)?)))
    else {
        return (line.clone(), None);
    };
    match BBox::around(words.iter().map(|w| w.bbox)) {
        Some(bbox) => (Line { words: words.to_vec(), bbox, ..line.clone() }, Some(amount)),
        None => (line.clone(), None),
    }
}

/// The part of a line from one word up to another.
fn part(line: &Line, range: std::ops::Range<usize>) -> Option<Line> {
    let words = line.words.get(range)?.to_vec();
    let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
    Some(Line { words, bbox, ..line.clone() })
}

/// The title and the amount that stands at its right behind its name.
fn beside(title: &Line, vocabulary: &Vocabulary) -> Option<(Line, Share)> {
    let found = named_amount(title, vocabulary)?;
    let share = Share { field: found.field, line: part(title, found.label..title.words.len())? };
    Some((part(title, 0..found.label)?, share))
}

/// The title, and the amount that stands under its name at the right of the two.
fn over_its_amount(title: &Line, below: &Line, vocabulary: &Vocabulary) -> Option<(Line, Share)> {
    let name = title.phrases().pop().filter(|p| p.first > 0)?;
    let field = amount_called(&title.words[name.first..name.end], vocabulary)?;
    let amount = without_amount(below).1?;
    flush_with(std::slice::from_ref(&name), amount.bbox, below.size())?;
    let share = Share { field, line: set_before(title, name.first..name.end, &amount.words) };
    Some((part(title, 0..name.first)?, share))
}
