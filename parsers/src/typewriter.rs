//! Typewriter faces, in which every character and every space is as wide as any other: what a line printer or a claim
//! form is filled in with.
//!
//! On such a line the places of recognised words tell what the recogniser does not: how wide a space is, and that a word
//! which was read in two parts has none within it.

use crate::page_text::{TextSource, Word};
use crate::text_lines::median;

/// What the ink of a word lacks of its cells, in cells: the bearings of its first and last characters, more where it ends
/// with a point or comma.
fn bearings(text: &str) -> f32 {
    if text.ends_with(['.', ',', ':', ';']) { 0.7 } else { 0.3 }
}

fn count(w: &Word) -> f32 {
    w.text.chars().count() as f32
}

/// The width of one character cell of a line of recognised words (from left to right) in a typewriter face; `None` for
/// other faces, or where the line is too short to tell.
pub(crate) fn pitch(words: &[Word]) -> Option<f32> {
    if words.iter().any(|w| w.source == TextSource::Digital) {
        return None;
    }
    let cells: Vec<f32> =
        words.iter().filter(|w| count(w) >= 4.0).map(|w| w.bbox.width() / (count(w) - bearings(&w.text))).collect();
    let p = median(cells.iter().copied()).filter(|p| *p > 1.0)?;
    let even = cells.iter().filter(|c| (*c - p).abs() <= 0.08 * p).count();
    let gaps: Vec<f32> = words.windows(2).map(|w| (w[1].bbox.x0 - w[0].bbox.x1) / p).filter(|g| *g < 2.0).collect();
    let wide = gaps.iter().filter(|g| (0.85..1.8).contains(*g)).count();
    let narrow = gaps.iter().filter(|g| **g < 0.85).count();
    (cells.len() >= 3 && even * 5 >= cells.len() * 4 && wide >= 2 && wide >= 2 * narrow).then_some(p)
}

/// The gap that separates phrases on a line of typewriter face, where every character (and so a space) is as wide as any
/// other; `None` for other faces. A form may print its labels in one kind of face and what is filled in in the other.
pub(crate) fn phrase_gap(words: &[Word]) -> Option<f32> {
    if let Some(p) = pitch(words) {
        return Some(1.6 * p);
    }
    let widths: Vec<f32> =
        words.iter().filter(|w| w.text.chars().count() >= 3).map(|w| w.bbox.width() / w.text.chars().count() as f32).collect();
    let (lo, hi) = widths.iter().fold((f32::INFINITY, 0.0_f32), |(lo, hi), w| (lo.min(*w), hi.max(*w)));
    let tolerance = if words.iter().all(|w| w.source == TextSource::Digital) { 0.02 } else { 0.08 };
    let even = widths.len() >= 2 && hi - lo <= tolerance * hi;
    even.then_some(1.4 * hi)
}

/// Joins words between which the line has no cell for a space.
pub(crate) fn join_parted(words: &mut Vec<Word>) {
    let Some(p) = pitch(words) else { return };
    let fits = |w: &Word| ((count(w) - 0.8) * p..=(count(w) + 0.3) * p).contains(&w.bbox.width());
    let mut i = 1;
    while i < words.len() {
        let (a, b) = (&words[i - 1], &words[i]);
        let adjacent = ((b.bbox.x0 - a.bbox.x0) / p - count(a)).abs() <= 0.3 && b.bbox.x0 - a.bbox.x1 < 0.8 * p;
        let sides = (a.text.chars().next_back(), b.text.chars().next());
        let letters = matches!(sides, (Some(l), Some(r)) if l.is_alphanumeric() && r.is_alphanumeric()
            && (l.is_alphabetic() || r.is_alphabetic()));
        if !(adjacent && letters && fits(a) && fits(b)) {
            i += 1;
            continue;
        }
        let b = words.remove(i);
        let a = &mut words[i - 1];
        a.text.push_str(&b.text);
        a.bbox = a.bbox.union(b.bbox);
        a.confidence = a.confidence.min(b.confidence);
        a.alternatives.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;

    /// Words of a face with cells of five points, each at its column.
    fn line(words: &[(usize, &str)]) -> Vec<Word> {
        let word = |(column, text): &(usize, &str)| {
            let x = 5.0 * *column as f32;
            let bbox = BBox::new(x + 0.6, 10.0, x + 5.0 * (text.len() as f32 - bearings(text)) + 0.6, 17.0);
            Word { source: TextSource::Ocr, ..Word::digital(*text, bbox) }
        };
        words.iter().map(word).collect()
    }

    fn joined(words: &[(usize, &str)]) -> String {
        let mut words = line(words);
        join_parted(&mut words);
        words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_word_read_in_two_parts_is_one_and_spaces_stay() {
        let parted = [(0, "PAT"), (3, "IENT:"), (9, "ELAINE"), (16, "MAYHEW"), (30, "CLAIM:"), (37, "25347154")];
        assert_eq!(joined(&parted), "PATIENT: ELAINE MAYHEW CLAIM: 25347154");
        let doses = [(0, "0636"), (6, "CEFTRIAXONE"), (18, "250M"), (22, "G"), (24, "INJ"), (40, "1234"), (46, "VIAL")];
        assert_eq!(joined(&doses), "0636 CEFTRIAXONE 250MG INJ 1234 VIAL");
    }

    #[test]
    fn figures_beside_figures_are_not_joined() {
        let amounts = [(0, "DUE"), (4, "2372"), (8, "38"), (12, "TOTAL"), (18, "AMOUNT"), (25, "BILLED")];
        assert_eq!(joined(&amounts), "DUE 2372 38 TOTAL AMOUNT BILLED");
    }

    #[test]
    fn other_faces_have_no_pitch() {
        let mut words = line(&[(0, "MERCY"), (6, "RIDGE"), (12, "HEALTH"), (19, "SYSTEM")]);
        assert!(pitch(&words).is_some_and(|p| (p - 5.0).abs() < 0.3));
        // Set close together, the letters of uneven width.
        let mut x = 0.0;
        for (w, width) in words.iter_mut().zip([31.0, 22.0, 30.0, 33.0]) {
            w.bbox = BBox::new(x, 10.0, x + width, 17.0);
            x += width + 2.0;
        }
        assert_eq!(pitch(&words), None);
        for w in &mut words {
            w.source = TextSource::Digital;
        }
        assert_eq!(pitch(&words), None);
    }
}
