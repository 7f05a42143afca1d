//! Where the halves of side cards stand: words, and beside them a list of labels with amounts.
//!
//! The labels of a list are set flush left, or flush right against their amounts:
//!
//! ```text
//! 04/13/2025                                   Billed       $210.00
//! OFFICE VISIT LEVEL 4                 Insurance paid      -$120.00
//! CPT 99214-25                             Adjustment       -$60.00
//!                                             You owe        $30.00
//! ```
//! The edge on which more labels stand is that of the list.

use super::part;
use crate::columns::is_money_field;
use crate::label_value::{field_of, is_of_pairs};
use crate::page_text::TextSource;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;
use crate::vocabulary::Vocabulary;

/// How far apart two edges may be that are the same, in points.
pub(super) const FLUSH: f32 = 2.0;

/// How far labels may be set in, in sizes of type.
const INDENT: f32 = 3.0;

/// Where the halves of the cards stand.
pub(super) struct Place {
    /// Left edge of the words.
    pub(super) words: f32,
    /// Left edge of the labels; where they are flush right, of the longest of them.
    pub(super) labels: f32,
    /// Right edge of the labels where they are flush right.
    pub(super) labels_end: Option<f32>,
    /// Right edge of the amounts.
    pub(super) amounts: f32,
}

impl Place {
    /// Label and amount of a line of the list.
    pub(super) fn labelled(&self, right: &Line) -> Option<(Token, Token)> {
        let toks: Vec<Token> = tokens(right).into_iter().filter(|t| t.text != "$").collect();
        let [label, amount] = toks.as_slice() else { return None };
        let set = match self.labels_end {
            Some(end) => (label.bbox.x1 - end).abs() <= FLUSH,
            None => label.bbox.x0 < self.labels + INDENT * right.size(),
        };
        let set = set && (amount.bbox.x1 - self.amounts).abs() < 2.0 * FLUSH;
        (set && label.kind == TokenKind::Text && amount.kind == TokenKind::Money).then(|| (label.clone(), amount.clone()))
    }

    /// Whether recognition left more or less of a line of the list than a label and its amount.
    pub(super) fn is_unread(&self, right: &Line) -> bool {
        let toks = tokens(right);
        let ends = (right.bbox.x1 - self.amounts).abs() < 2.0 * FLUSH;
        let begins = self.labels_end.is_some() || (right.bbox.x0 - self.labels).abs() < INDENT * right.size();
        let recognised = right.words.iter().any(|w| w.source == TextSource::Ocr);
        recognised && begins && ends && toks.len() >= 2 && toks[0].kind == TokenKind::Text
    }
}

/// A line that ends in a label of the list and its amount.
struct Listed<'a> {
    line: &'a Line,
    label: Token,
    /// Left and right edge of the amount.
    amount: (f32, f32),
}

/// The place of the cards; `None` where there are none.
pub(super) fn place(pages: &[PageLines], vocabulary: &Vocabulary) -> Option<Place> {
    /// Fewer lines are no list.
    const FEWEST: usize = 3;
    let mut found: Vec<Listed> = Vec::new();
    for line in pages.iter().flat_map(|p| &p.lines) {
        let toks: Vec<Token> = tokens(line).into_iter().filter(|t| t.text != "$").collect();
        let [.., label, amount] = toks.as_slice() else { continue };
        let money = toks.iter().filter(|t| t.kind == TokenKind::Money).count();
        let known = || field_of(&label.text, vocabulary).is_some_and(is_money_field);
        if amount.kind == TokenKind::Money && money == 1 && label.kind == TokenKind::Text && known() {
            found.push(Listed { line, label: label.clone(), amount: (amount.bbox.x0, amount.bbox.x1) });
        }
    }
    let (amounts, _) = commonest(&found.iter().map(|f| f.amount.1).collect::<Vec<_>>())?;
    let list: Vec<(f32, f32)> = found.iter().map(|f| (f.label.bbox.x0, f.amount.0)).collect();
    found.retain(|f| (f.amount.1 - amounts).abs() <= 2.0 * FLUSH);
    let amounts = found.iter().map(|f| f.amount.1).fold(amounts, f32::max);
    let (labels, listed) = commonest(&found.iter().map(|f| f.label.bbox.x0).collect::<Vec<_>>())?;
    let (end, ended) = commonest(&found.iter().map(|f| f.label.bbox.x1).collect::<Vec<_>>())?;
    let (labels, listed, labels_end) = if ended > listed {
        found.retain(|f| (f.label.bbox.x1 - end).abs() <= FLUSH && !is_total_label(&f.label.text));
        let end = found.iter().map(|f| f.label.bbox.x1).fold(end, f32::max);
        (found.iter().map(|f| f.label.bbox.x0).fold(f32::INFINITY, f32::min), found.len(), Some(end))
    } else {
        // `Plan paid: $319.00` may run on behind its label, or amounts begin in one place: that some also end in one says nothing
        let list: Vec<&(f32, f32)> = list.iter().filter(|l| (l.0 - labels).abs() <= FLUSH).collect();
        let beginning = commonest(&list.iter().map(|l| l.1).collect::<Vec<_>>()).map_or(0, |c| c.1);
        if list.len() > listed + 2.max(listed / 5) || beginning > listed {
            return None;
        }
        // what begins where the labels do or is set in a little is of the list
        found.retain(|f| f.label.bbox.x0 >= labels - FLUSH && f.label.bbox.x0 < labels + INDENT * f.line.size());
        (labels, listed, None)
    };
    // where the names are labelled too, `Date of service: March 9, 2025   Amount billed: $210.00`, all are pairs of one list
    let names = found.iter().filter_map(|f| part(f.line, |w| w.x1 < labels - FLUSH));
    let (paired, worded): (Vec<Line>, Vec<Line>) = names.partition(|left| is_of_pairs(left, vocabulary));
    if paired.len() > worded.len() {
        return None;
    }
    let beside: Vec<f32> =
        found.iter().filter_map(|f| f.line.words.first()).map(|w| w.bbox.x0).filter(|x| *x < labels - FLUSH).collect();
    let (words, named) = commonest(&beside)?;
    let billed = found.iter().any(|f| field_of(&f.label.text, vocabulary) == Some(Field::Charge));
    let place = Place { words, labels, labels_end, amounts };
    (listed >= FEWEST && named >= 2 && named * 6 >= found.len() && billed).then_some(place)
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
