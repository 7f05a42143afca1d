//! The rows of a card: captions over their values, or pairs of them beside each other.
//!
//! ```text
//! Date of service   Code      Units              Amount billed: $210.00   Plan paid: $120.00
//! 03/09/2025        99214     1
//! Amount billed     Discount  Allowed amount
//! $210.00           $60.00    $150.00
//! ```
//! Captions that stand over their values are set before them, each pair on a line of its own, which the grammar of labels and
//! values knows. Only captions are moved: a value stays where it is printed, and so does the box around both.

use std::ops::Range;

use crate::columns::{is_money_field, split_phrases};
use crate::grammar::{adjustments, code, date, units};
use crate::label_value::field_of;
use crate::page_text::{BBox, Word};
use crate::stacked_labels::{flush_with, near};
use crate::statement::Field;
use crate::text_lines::{Line, Phrase};
use crate::tokens::{Token, TokenKind, kind_of, tokens};
use crate::vocabulary::Vocabulary;

/// One row of a card.
pub(super) struct Row {
    /// What its captions name, where that is known.
    pub(super) fields: Vec<Field>,
    /// Its pairs as lines of a label and its value.
    pub(super) pairs: Vec<Line>,
    /// How many lines of the page it takes.
    pub(super) height: usize,
    /// Whether it holds both facts and amounts, as the header of a table over its first row does.
    pub(super) mixed: bool,
}

impl Row {
    /// The row that begins with line `at`.
    pub(super) fn at(lines: &[Line], at: usize, vocabulary: &Vocabulary) -> Option<Self> {
        let line = lines.get(at)?;
        lines.get(at + 1).and_then(|values| stacked(line, values, vocabulary)).or_else(|| beside(line, vocabulary))
    }

    /// Whether its captions stand over their values.
    pub(super) fn is_stacked(&self) -> bool {
        self.height > 1
    }

    /// Whether it says when, by which code or how often.
    pub(super) fn is_of_facts(&self) -> bool {
        self.fields.iter().any(|f| is_fact(*f))
    }
}

fn is_fact(field: Field) -> bool {
    matches!(
        field,
        Field::ServiceDate | Field::ServiceDateTo | Field::Code | Field::Modifiers | Field::RevenueCode | Field::Units
    )
}

/// Captions over values of their kind. Day, code and amount in one row may be those of a table, unless another such row follows.
/// An amount whose name is not known says nothing, but stands in its place.
fn stacked(captions: &Line, values: &Line, vocabulary: &Vocabulary) -> Option<Row> {
    let figures = |l: &Line| tokens(l).iter().any(|t| t.kind == TokenKind::Money);
    if !near(captions, values) || figures(captions) {
        return None;
    }
    let heads = split_phrases(captions, vocabulary);
    let said: Vec<Phrase> = values.phrases().into_iter().filter(|p| p.text != "$").collect();
    let (mut fields, mut pairs) = (Vec::new(), Vec::with_capacity(said.len()));
    let mut last = None;
    for value in said {
        let (at, head) = flush_with(&heads, value.bbox, values.size())?;
        let field = field_of(&head.text, vocabulary);
        let nothing = kind_of(&value.text) == TokenKind::Dash;
        if last.is_some_and(|l| at <= l) || !(nothing || fits(field, &value.text)) {
            return None;
        }
        last = Some(at);
        fields.extend(field);
        if nothing {
            continue;
        }
        let mut pair = set_before(captions, head.first..head.end, &values.words[value.first..value.end]);
        // with its colon a label needs nothing else to be one
        let ends = pair.words.get_mut(head.end - head.first - 1).filter(|w| !w.text.ends_with(':'));
        if let Some(word) = ends.filter(|_| field.is_some_and(|f| !is_money_field(f))) {
            word.text.push(':');
        }
        pairs.push(pair);
    }
    let amounts = fields.iter().any(|f| is_money_field(*f));
    let facts = fields.iter().filter(|f| is_fact(**f)).count();
    // `Notes` over `A1 B2` closes a card by itself
    let notes = fields == [Field::RemarkCodes];
    (amounts || facts > 1 || notes).then_some(Row { mixed: amounts && facts > 0, fields, pairs, height: 2 })
}

/// Whether a text is a value of what its caption names.
pub(crate) fn fits(field: Option<Field>, text: &str) -> bool {
    match field {
        Some(Field::ServiceDate | Field::ServiceDateTo) => date::date_range(text).is_some(),
        Some(Field::Code) => code::procedure(text).is_some(),
        Some(Field::Modifiers) => code::modifiers(text).is_some(),
        Some(Field::RevenueCode) => code::revenue_code(text).is_some(),
        Some(Field::Units) => units::units(text).is_some(),
        Some(Field::RemarkCodes) => adjustments::remark_codes(text).is_some(),
        Some(f) if !is_money_field(f) => false,
        _ => kind_of(text) == TokenKind::Money,
    }
}

/// Several amounts on a line, each behind its known label.
fn beside(line: &Line, vocabulary: &Vocabulary) -> Option<Row> {
    const FEWEST: usize = 2;
    let toks: Vec<Token> = tokens(line).into_iter().filter(|t| t.text != "$").collect();
    let pair = |p: &[Token]| match p {
        [label, value] if label.kind == TokenKind::Text && matches!(value.kind, TokenKind::Money | TokenKind::Dash) => {
            field_of(label.text.trim_end_matches([':', '.', ' ']), vocabulary).filter(|f| is_money_field(*f))
        }
        _ => None,
    };
    let fields: Vec<Field> = toks.chunks(2).map(pair).collect::<Option<_>>()?;
    (fields.len() >= FEWEST).then(|| Row { fields, pairs: vec![line.clone()], height: 1, mixed: false })
}

/// A line of the caption, moved to stand before its value, and the value.
pub(crate) fn set_before(captions: &Line, caption: Range<usize>, value: &[Word]) -> Line {
    let mut words = captions.words[caption].to_vec();
    let edges = |words: &[Word]| BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default();
    let (from, to) = (edges(&words), edges(value));
    let by = to.x0 - 2.0 * captions.phrase_gap - from.x1;
    for w in &mut words {
        w.bbox.x0 += by;
        w.bbox.x1 += by;
    }
    words.extend(value.iter().cloned());
    Line { words, bbox: from.union(to), ..captions.clone() }
}
