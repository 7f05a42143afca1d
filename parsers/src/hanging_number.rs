//! Numbers from which the words of a service hang:
//!
//! ```text
//! 12    OFFICE VISIT LEVEL 4              May 24, 2025
//!       Billing code 99214, 1 unit        See note F9
//! ```
//! A number by itself may be a count or the beginning of a name. The line below that stands flush with the words, and not with
//! the number, tells that it is the service's number on the list.

use crate::page_text::BBox;
use crate::text_lines::Line;

/// The line without its number, if the line below hangs from its words; `None` where it has none.
pub(crate) fn without(line: &Line, below: &Line) -> Option<Line> {
    let [number, next, ..] = line.words.as_slice() else { return None };
    let digits = number.text.trim_end_matches(['.', ')', ':']);
    let apart = next.bbox.x0 - number.bbox.x1 > 0.35 * line.size();
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let hangs = (below.bbox.x0 - next.bbox.x0).abs() < 0.4 * line.size();
    if !(apart && plain && hangs) {
        return None;
    }
    let words = line.words[1..].to_vec();
    let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
    Some(Line { words, bbox, ..line.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::Word;

    fn line(words: &[(f32, &str)]) -> Line {
        let word = |(x, t): &(f32, &str)| Word::digital(*t, BBox::new(*x, 10.0, x + 5.0 * t.len() as f32, 20.0));
        let words: Vec<Word> = words.iter().map(word).collect();
        Line { page: 1, bbox: BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default(), words, phrase_gap: 4.0 }
    }

    #[test]
    fn a_number_goes_only_where_the_line_below_stands_flush_with_the_words() {
        let name = line(&[(40.0, "12"), (60.0, "OFFICE"), (95.0, "VISIT")]);
        let left = without(&name, &line(&[(60.0, "Billing"), (100.0, "code")])).map(|l| l.text());
        assert_eq!(left.as_deref(), Some("OFFICE VISIT"));
        assert!(without(&name, &line(&[(40.0, "Billing"), (80.0, "code")])).is_none());
        assert!(without(&line(&[(40.0, "OFFICE"), (80.0, "VISIT")]), &line(&[(80.0, "Billing")])).is_none());
    }
}
