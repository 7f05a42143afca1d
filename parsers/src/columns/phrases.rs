//! The phrases of a line as far as they are heads of columns: parted where several known heads stand close, joined where one
//! stands wide.

use super::crowded_heads::counted_apart;
use super::is_money_field;

use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::{Line, Phrase, join};
use crate::vocabulary::{HeaderMatch, Vocabulary};

/// The phrases of a line; one that is several known headers in a row is taken apart.
pub(crate) fn split_phrases(line: &Line, vocabulary: &Vocabulary) -> Vec<Phrase> {
    let mut out = Vec::new();
    let phrases = line.phrases().into_iter();
    let phrases = phrases.flat_map(|p| counted_apart(line, &p, vocabulary).map_or_else(|| vec![p], Vec::from));
    for p in phrases {
        let words: Vec<&str> = line.words[p.first..p.end].iter().map(|w| w.text.as_str()).collect();
        // `Date Billed` over the day of a paper is no day beside an amount billed
        if words.len() < 2 || vocabulary.is_whole(&p.text) || vocabulary.labels().names_fact(&p.text) {
            out.push(p);
            continue;
        }
        match vocabulary.split(&words) {
            Some(parts)
                if parts.len() > 1
                    && wider_between(line, &p, &parts)
                    && !is_sentence_case(&words, &parts)
                    && !leads_below(&words, &parts) =>
            {
                for (r, _) in parts {
                    out.push(sub_phrase(line, p.first + r.start, p.first + r.end));
                }
            }
            _ => out.push(p),
        }
    }
    rejoined(line, out, vocabulary)
}

/// `Specimen performed` is one head: each head begins with a capital where the first does.
fn is_sentence_case(words: &[&str], parts: &[(std::ops::Range<usize>, HeaderMatch)]) -> bool {
    words[0].starts_with(char::is_uppercase) && parts.iter().skip(1).any(|(r, _)| words[r.start].starts_with(char::is_lowercase))
}

/// `PAID TO` over `PROVIDER`: the small word that heads a column of last days leads to the line below where no first day stands
/// before it.
fn leads_below(words: &[&str], parts: &[(std::ops::Range<usize>, HeaderMatch)]) -> bool {
    let small = |r: &std::ops::Range<usize>| r.len() == 1 && words[r.start].eq_ignore_ascii_case("to");
    let dated = |m: &HeaderMatch| m.fields.contains(&Field::ServiceDate);
    // `To Deductible` is one head too
    let leads = parts.len() > 1 && small(&parts[0].0) && parts[1].1.fields.iter().all(|f| is_money_field(*f));
    leads || parts.windows(2).any(|w| small(&w[1].0) && !dated(&w[0].1))
}

/// A header whose words stand a little further apart than the line's other words do (small print of a scan) is one
/// header: neither half of it is known without the other.
fn rejoined(line: &Line, phrases: Vec<Phrase>, vocabulary: &Vocabulary) -> Vec<Phrase> {
    /// The widest gap within a header, in sizes of type.
    const APART: f32 = 1.2;
    let mut out: Vec<Phrase> = Vec::with_capacity(phrases.len());
    for p in phrases {
        let whole = out
            .last()
            .filter(|before| {
                let near = p.bbox.x0 - before.bbox.x1 <= APART * line.size();
                let counts = || counted_apart(line, &sub_phrase(line, before.first, p.end), vocabulary).is_some();
                let halves = vocabulary.lookup(&before.text).is_none() || vocabulary.lookup(&p.text).is_none();
                near && halves && !counts() && vocabulary.is_whole(&format!("{} {}", before.text, p.text))
            })
            .map(|before| sub_phrase(line, before.first, p.end));
        match (whole, out.last_mut()) {
            (Some(whole), Some(before)) => *before = whole,
            _ => out.push(p),
        }
    }
    out
}

/// Whether the gaps between the parts are at least as wide as those within them.
fn wider_between(line: &Line, p: &Phrase, parts: &[(std::ops::Range<usize>, HeaderMatch)]) -> bool {
    let gap = |i: usize| line.words[p.first + i].bbox.x0 - line.words[p.first + i - 1].bbox.x1;
    let starts: Vec<usize> = parts.iter().skip(1).map(|(r, _)| r.start).collect();
    let between = starts.iter().map(|&i| gap(i)).fold(f32::INFINITY, f32::min);
    let within = (1..p.end - p.first).filter(|i| !starts.contains(i)).map(gap).fold(0.0, f32::max);
    between >= within * 0.95
}

/// The phrase of these words of a line.
pub(super) fn sub_phrase(line: &Line, first: usize, end: usize) -> Phrase {
    let words = &line.words[first..end];
    Phrase { text: join(words), bbox: BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default(), first, end }
}
