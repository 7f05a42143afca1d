//! The captions of a claim form, which recognition runs together.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::page_text::{TextSource, Word};
use crate::text_lines::Line;
use crate::vocabulary::Vocabulary;

static LOCATOR_INSIDE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z].(\d{2})(?:$|[A-Z])").expect("a constant pattern"));

/// A recognised line with the captions apart that were run together: `CHARGES48`, `CD.43DESCRIPTION`. Only the number of
/// a form's box stands within capitals.
pub(crate) fn locators_apart(line: &Line) -> Cow<'_, Line> {
    let cut = |w: &Word| {
        let found = LOCATOR_INSIDE.captures(&w.text).filter(|_| w.source == TextSource::Ocr && w.text.len() >= 6);
        found.and_then(|m| m.get(1)).map(|m| m.start()).filter(|c| *c >= 3)
    };
    if !line.words.iter().any(|w| cut(w).is_some()) {
        return Cow::Borrowed(line);
    }
    let mut words = Vec::with_capacity(line.words.len() + 2);
    for w in &line.words {
        let mut rest = w.clone();
        while let Some(at) = cut(&rest) {
            let share = rest.text[..at].chars().count() as f32 / rest.text.chars().count() as f32;
            let edge = rest.bbox.x0 + share * rest.bbox.width();
            let mut head = rest.clone();
            head.text.truncate(at);
            head.bbox.x1 = edge - line.phrase_gap;
            rest.text.drain(..at);
            rest.bbox.x0 = edge;
            words.push(head);
        }
        words.push(rest);
    }
    Cow::Owned(Line { words, ..line.clone() })
}

/// A recognised line with the heads of columns apart that were run together: `billeddiscount`.
pub(crate) fn heads_apart<'a>(line: Cow<'a, Line>, vocabulary: &Vocabulary) -> Cow<'a, Line> {
    let seams = |w: &Word| if w.source == TextSource::Ocr { vocabulary.seams(&w.text) } else { Vec::new() };
    if line.words.iter().all(|w| seams(w).is_empty()) {
        return line;
    }
    let parts = |w: &Word| -> Vec<Word> {
        let cuts = seams(w);
        let edge = |at: usize| w.bbox.x0 + w.bbox.width() * at as f32 / w.text.len().max(1) as f32;
        let from = std::iter::once(0).chain(cuts.iter().copied());
        let to = cuts.iter().copied().chain(std::iter::once(w.text.len()));
        let part = |(from, to): (usize, usize)| {
            let mut part = w.clone();
            w.text[from..to].clone_into(&mut part.text);
            (part.bbox.x0, part.bbox.x1) = (edge(from), edge(to));
            part
        };
        from.zip(to).map(part).collect()
    };
    Cow::Owned(Line { words: line.words.iter().flat_map(parts).collect(), ..line.into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;

    #[test]
    fn captions_part_at_the_numbers_of_their_boxes() {
        let parted = |text: &str| {
            let bbox = BBox::new(10.0, 10.0, 110.0, 18.0);
            let word = Word { source: TextSource::Ocr, ..Word::digital(text, bbox) };
            let line = Line { page: 1, bbox, words: vec![word], phrase_gap: 4.0 };
            locators_apart(&line).words.iter().map(|w| w.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(parted("42REV.CD.43DESCRIPTION"), ["42REV.CD.", "43DESCRIPTION"]);
        assert_eq!(parted("CHARGES48"), ["CHARGES", "48"]);
        assert_eq!(parted("Description"), ["Description"]);
    }

    #[test]
    fn heads_that_were_run_together_part_between_known_words() {
        let parted = |text: &str| {
            let bbox = BBox::new(10.0, 10.0, 80.0, 18.0);
            let word = Word { source: TextSource::Ocr, ..Word::digital(text, bbox) };
            let line = Line { page: 1, bbox, words: vec![word], phrase_gap: 4.0 };
            let line = heads_apart(Cow::Owned(line), Vocabulary::builtin()).into_owned();
            line.words.iter().map(|w| w.text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(parted("billeddiscount"), ["billed", "discount"]);
        assert_eq!(parted("QTYRATEAMOUNT"), ["QTY", "RATE", "AMOUNT"]);
        assert_eq!(parted("Coinsurance"), ["Coinsurance"]);
        assert_eq!(parted("Lindqvist"), ["Lindqvist"]);
    }
}
