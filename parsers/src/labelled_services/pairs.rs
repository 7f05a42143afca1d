//! The labels of a line with their values: `Date of service: 03/09/2025`, `Units ..... 1`, or a line of labels over one of values.

use super::is_of_sum;
use crate::columns::is_money_field;
use crate::grammar::money;
use crate::page_text::Word;
use crate::statement::Field;
use crate::text_lines::{Line, Phrase, join};
use crate::vocabulary::{HeaderMatch, Vocabulary};

/// A label has no more words than these.
const LONGEST: usize = 5;

/// What is understood by a slip of the reader is worth less than this.
const SURE: f32 = 0.95;

/// The values stand no farther under their labels than this, in sizes of type.
const STEP: f32 = 2.0;

/// A value begins no farther left of its label than this, in points.
const OUT: f32 = 4.0;

/// A label with what stands behind it.
pub(super) struct Pair {
    /// `None` where the label is not known.
    pub(super) field: Option<Field>,
    pub(super) value: Vec<Word>,
}

/// Pairs, and on how many lines they stand.
pub(super) struct Read {
    pub(super) pairs: Vec<Pair>,
    pub(super) height: usize,
}

/// The pairs of a line, or of it and the next one; `None` where it holds anything else, or a sum.
pub(super) fn pairs(line: &Line, next: Option<&Line>, vocabulary: &Vocabulary) -> Option<Read> {
    let colons = line.words.iter().any(|w| w.text.ends_with(':'));
    let beside = if colons { behind_colons(line, vocabulary) } else { behind_gaps(line, vocabulary) };
    if let Some(pairs) = beside {
        return Some(Read { pairs, height: 1 });
    }
    let pairs = under_labels(line, next?, vocabulary)?;
    Some(Read { pairs, height: 2 })
}

/// The field that a label names by itself.
fn field_of(label: &str, vocabulary: &Vocabulary) -> Option<(Field, f32)> {
    let label = label.trim_end_matches([':', '.', ' ']);
    // the number before it is that of a service, and ends its words
    if !label.starts_with(char::is_alphabetic) {
        return None;
    }
    let HeaderMatch { fields, score } = vocabulary.lookup(label)?;
    match fields.as_slice() {
        [field] => Some((*field, score)),
        _ => None,
    }
}

fn is_amount(words: &[Word]) -> bool {
    let text = join(words);
    text.contains('.') && money::money(&text).is_some()
}

/// Whether all labels are those of one service: a sum is none, and neither is an amount whose label is not known.
fn are_of_service(pairs: &[(String, Pair)]) -> bool {
    let known = pairs.iter().any(|(_, p)| p.field.is_some());
    known && pairs.iter().all(|(label, p)| !is_of_sum(label, p.field) && (p.field.is_some() || !is_amount(&p.value)))
}

fn settled(pairs: Vec<(String, Pair)>) -> Option<Vec<Pair>> {
    are_of_service(&pairs).then(|| pairs.into_iter().map(|(_, p)| p).collect())
}

/// `Service: OFFICE VISIT Date of service: 03/09/2025`: before each colon stands the longest label that is known.
fn behind_colons(line: &Line, vocabulary: &Vocabulary) -> Option<Vec<Pair>> {
    let words = &line.words;
    let starts: Vec<usize> = line.phrases().iter().map(|p| p.first).collect();
    let mut labels: Vec<(usize, usize, Option<Field>)> = Vec::new();
    let mut from = 0;
    for (k, _) in words.iter().enumerate().filter(|(_, w)| w.text.ends_with(':')) {
        let end = if words[k].text == ":" { k } else { k + 1 };
        let phrase = starts.iter().copied().rfind(|s| *s < end).unwrap_or(0).max(from);
        let first = from.max(end.saturating_sub(LONGEST));
        let known = |i: usize| {
            let (field, score) = field_of(&join(&words[i..end]), vocabulary)?;
            (score >= SURE || i == phrase).then_some((i, field))
        };
        let found = (first.max(phrase)..end).find_map(known).or_else(|| (first..end).find_map(known));
        let (start, field) = found.map_or((phrase, None), |(i, f)| (i, Some(f)));
        if start >= end {
            return None;
        }
        labels.push((start, k + 1, field));
        from = k + 1;
    }
    if labels.first()?.0 != 0 {
        return None;
    }
    let ends: Vec<usize> = labels.iter().skip(1).map(|l| l.0).chain([words.len()]).collect();
    let pair = |((start, value, field), end): (&(usize, usize, Option<Field>), usize)| {
        let label = join(&words[*start..*value]);
        (label, Pair { field: *field, value: words[*value..end].to_vec() })
    };
    settled(labels.iter().zip(ends).map(pair).collect())
}

/// `Units      1        Charge     $210.00`: labels and values by turns, with gaps between them.
fn behind_gaps(line: &Line, vocabulary: &Vocabulary) -> Option<Vec<Pair>> {
    let phrases = line.phrases();
    if !phrases.len().is_multiple_of(2) {
        return None;
    }
    let pair = |two: &[Phrase]| {
        let field = field_of(&two[0].text, vocabulary).filter(|(_, score)| *score >= SURE)?.0;
        let value = line.words[two[1].first..two[1].end].to_vec();
        // `DATE      DETAIL` heads columns
        let label = field_of(&two[1].text, vocabulary).is_some_and(|(_, score)| score >= SURE);
        let fits = !is_money_field(field) || money::money(&two[1].text).is_some();
        (fits && !label).then(|| (two[0].text.clone(), Pair { field: Some(field), value }))
    };
    settled(phrases.chunks(2).map(pair).collect::<Option<_>>()?)
}

/// A line of nothing but labels over one of their values.
fn under_labels(line: &Line, next: &Line, vocabulary: &Vocabulary) -> Option<Vec<Pair>> {
    let step = next.bbox.cy() - line.bbox.cy();
    if next.page != line.page || step <= 0.0 || step > STEP * next.size() || (next.bbox.x0 - line.bbox.x0).abs() > OUT {
        return None;
    }
    let labels = line.phrases();
    let mut pairs: Vec<(String, Pair)> = Vec::new();
    for p in &labels {
        let field = field_of(&p.text, vocabulary).filter(|(_, score)| *score >= SURE)?.0;
        pairs.push((p.text.clone(), Pair { field: Some(field), value: Vec::new() }));
    }
    for p in next.phrases() {
        let at = labels.iter().rposition(|l| l.bbox.x0 - OUT <= p.bbox.x0)?;
        // one value to a label: what has more is no entry's
        if !pairs[at].1.value.is_empty() || field_of(&p.text, vocabulary).is_some_and(|(_, score)| score >= SURE) {
            return None;
        }
        pairs[at].1.value = next.words[p.first..p.end].to_vec();
    }
    let fits = |(_, p): &(String, Pair)| {
        p.value.is_empty() || !p.field.is_some_and(is_money_field) || money::money(&join(&p.value)).is_some()
    };
    settled(pairs.into_iter().map(|p| fits(&p).then_some(p)).collect::<Option<_>>()?)
}
