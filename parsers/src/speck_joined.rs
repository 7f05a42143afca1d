//! A name and the verb behind it that a speck between them ran together on a scan: `Ferris-was processed`, `Lakeside·is`.

use std::sync::LazyLock;

use regex::Regex;

use crate::page_text::{BBox, TextSource, Word};

// Only words with which no name or term of the field is joined by a hyphen: `Follow-on`, `Stand-by` and `Check-in` are one.
static JOINED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\p{Lu}\p{Ll}{2,})[-.,·•'’](was|were|is|are|has|had)$").expect("a constant pattern"));

/// The name and the verb, each with its share of the box; the word itself where it is one.
pub(crate) fn apart(word: Word) -> Vec<Word> {
    let parts = JOINED.captures(&word.text).filter(|_| word.source == TextSource::Ocr);
    let Some((name, verb)) = parts.map(|c| (c[1].to_owned(), c[2].to_owned())) else { return vec![word] };
    let of_sign = word.bbox.width() / word.text.chars().count() as f32;
    let (left, right) = (name.chars().count() as f32, verb.chars().count() as f32);
    let bbox = |x0: f32, x1: f32| BBox::new(x0, word.bbox.y0, x1, word.bbox.y1);
    let (name_box, verb_box) =
        (bbox(word.bbox.x0, word.bbox.x0 + of_sign * left), bbox(word.bbox.x1 - of_sign * right, word.bbox.x1));
    let part = |text: String, bbox: BBox| Word { text, bbox, alternatives: Vec::new(), ..word.clone() };
    vec![part(name, name_box), part(verb, verb_box)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, source: TextSource) -> Vec<String> {
        let bbox = BBox::new(0.0, 0.0, 10.0 * text.chars().count() as f32, 10.0);
        let word = Word { source, ..Word::digital(text, bbox) };
        apart(word).into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn a_speck_between_a_name_and_a_verb_parts_them() {
        assert_eq!(parts("Ferris-was", TextSource::Ocr), ["Ferris", "was"]);
        assert_eq!(parts("Lakeside·is", TextSource::Ocr), ["Lakeside", "is"]);
        for whole in ["Follow-on", "Smith-Hasan", "was", "St-was", "Ferris-wash"] {
            assert_eq!(parts(whole, TextSource::Ocr), [whole]);
        }
        assert_eq!(parts("Ferris-was", TextSource::Digital), ["Ferris-was"]);
    }
}
