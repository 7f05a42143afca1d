//! Headings that run from bottom to top, as narrow columns have them, laid level.
//!
//! The text layer gives words that are turned by a quarter with their place on the page: as wide as their type is
//! high. Where several stand side by side they are the headings of columns, and each is set level over its column,
//! beside the headings that are level already. What else is turned (a form's number in the margin) is dropped.

use std::borrow::Cow;

use crate::page_text::{BBox, Ruling, TextSource, Word};

/// Fewer turned headings side by side are no row of headings.
const FEWEST: usize = 3;

/// The space between the words of one heading, at most, in sizes of type.
const SPACE: f32 = 0.7;

/// Keeps a heading of several words together.
const NO_BREAK: &str = "\u{a0}";

/// Whether a word is turned by a quarter. Those of recognition are all level.
fn is_turned(w: &Word) -> bool {
    let size = w.font_size;
    let like = |a: f32| (a - size).abs() < 0.1 * size;
    w.source == TextSource::Digital && like(w.bbox.width()) && !like(w.bbox.height()) && w.bbox.width() != w.bbox.height()
}

/// One heading while its words come in.
struct Heading {
    text: String,
    bbox: BBox,
    size: f32,
    bold: bool,
}

/// The words of a page with the turned ones set level or dropped.
pub(crate) fn laid_level<'a>(words: Cow<'a, [Word]>, rulings: &[Ruling]) -> Cow<'a, [Word]> {
    if !words.iter().any(is_turned) {
        return words;
    }
    let (turned, mut level): (Vec<Word>, Vec<Word>) = words.into_owned().into_iter().partition(is_turned);
    for row in rows(headings(turned)) {
        let Some(band) = BBox::around(row.iter().map(|h| h.bbox)) else { continue };
        let size = row.iter().map(|h| h.size).fold(0.0, f32::max);
        // the lowest level words beside them are headings too; without any they are set at the foot of the row
        let beside = |w: &&Word| w.bbox.cy() > band.y0 && w.bbox.cy() < band.y1 + 0.6 * size && w.bbox.height() < 2.0 * size;
        let foot = level.iter().filter(beside).max_by(|a, b| a.bbox.cy().total_cmp(&b.bbox.cy()));
        let (y0, y1) = foot.map_or((band.y1 - size, band.y1), |w| (w.bbox.y0, w.bbox.y1));
        let font_size = foot.map_or(size, |w| w.font_size);
        for i in 0..row.len() {
            let (x0, x1) = column(&row, i, band, rulings);
            let h = &row[i];
            level.push(Word { bold: h.bold, font_size, ..Word::digital(h.text.clone(), BBox::new(x0, y0, x1, y1)) });
        }
    }
    Cow::Owned(level)
}

/// Words one over the other are one heading, the lowest first; so are its lines from left to right.
fn headings(mut turned: Vec<Word>) -> Vec<Heading> {
    turned.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0).then(b.bbox.y1.total_cmp(&a.bbox.y1)));
    let mut out: Vec<Heading> = Vec::new();
    let mut line_end: Option<BBox> = None;
    for w in turned {
        let size = w.font_size;
        let follows = line_end.is_some_and(|b| {
            let gap = b.y0 - w.bbox.y1;
            (b.x0 - w.bbox.x0).abs() < 0.4 * size && gap > -0.3 * size && gap < SPACE * size
        });
        let next_line = line_end.is_some()
            && out.last().is_some_and(|h| {
                let gap = w.bbox.x0 - h.bbox.x1;
                gap > -0.2 * size && gap < 0.5 * size && w.bbox.overlap_y(h.bbox) > 0.0
            });
        line_end = Some(w.bbox);
        match out.last_mut() {
            Some(h) if follows || next_line => {
                h.text.push_str(NO_BREAK);
                h.text.push_str(&w.text);
                h.bbox = h.bbox.union(w.bbox);
            }
            _ => out.push(Heading { text: w.text, bbox: w.bbox, size, bold: w.bold }),
        }
    }
    out
}

/// Headings side by side, in rows of at least [`FEWEST`].
fn rows(all: Vec<Heading>) -> Vec<Vec<Heading>> {
    let mut rows: Vec<(BBox, Vec<Heading>)> = Vec::new();
    for h in all {
        let home = rows.iter_mut().find(|(b, _)| b.overlap_y(h.bbox) > 0.5 * b.height().min(h.bbox.height()));
        match home {
            Some((b, row)) => {
                *b = b.union(h.bbox);
                row.push(h);
            }
            None => rows.push((h.bbox, vec![h])),
        }
    }
    rows.into_iter().map(|r| r.1).filter(|r| r.len() >= FEWEST).collect()
}

/// From where to where the column of a heading reaches: to the rules beside it, else half way to its neighbours.
fn column(row: &[Heading], i: usize, band: BBox, rulings: &[Ruling]) -> (f32, f32) {
    /// The widest column under a turned heading, in sizes of type, to either side.
    const WIDEST: f32 = 6.0;
    let h = &row[i];
    let (reach, middle) = (WIDEST * h.size, h.bbox.cx());
    let half = |other: Option<&Heading>| other.map_or(2.0 * h.size, |o| (o.bbox.cx() - middle).abs() / 2.0).min(reach);
    let (mut x0, mut x1) = (middle - half(i.checked_sub(1).map(|k| &row[k])), middle + half(row.get(i + 1)));
    let rules =
        rulings.iter().filter(|r| !r.is_horizontal() && r.bbox.overlap_y(band) > 0.5 * band.height()).map(|r| r.bbox.cx());
    let (mut left, mut right) = (f32::NEG_INFINITY, f32::INFINITY);
    for x in rules {
        if x < middle { left = left.max(x) } else { right = right.min(x) }
    }
    if middle - left < reach && right - middle < reach {
        (x0, x1) = (left, right);
    }
    // enough room between two columns to part their headings
    let inset = (0.7 * h.size).min(0.25 * (x1 - x0));
    (x0 + inset, x1 - inset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word that runs upwards from `y`.
    fn turned(text: &str, x: f32, y: f32) -> Word {
        let bbox = BBox::new(x, y - 4.0 * text.len() as f32, x + 7.0, y);
        Word { font_size: 7.0, ..Word::digital(text, bbox) }
    }

    fn texts(words: Vec<Word>) -> Vec<(String, f32)> {
        let mut out: Vec<_> =
            laid_level(words.into(), &[]).iter().map(|w| (w.text.replace(NO_BREAK, " "), w.bbox.cy())).collect();
        out.sort_by(|a, b| a.0.cmp(&b.0));
        out
    }

    #[test]
    fn turned_headings_are_set_beside_the_level_ones() {
        let got = texts(vec![
            Word::digital("From", BBox::new(40.0, 190.0, 60.0, 197.0)),
            turned("Units", 100.0, 198.0),
            turned("Submitted", 140.0, 198.0),
            turned("Charge", 140.0, 160.0),
            turned("Deductible", 180.0, 198.0),
        ]);
        let want = [("Deductible", 193.5), ("From", 193.5), ("Submitted Charge", 193.5), ("Units", 193.5)];
        assert_eq!(got, want.map(|(t, y)| (t.to_owned(), y)));
    }

    #[test]
    fn the_number_of_a_form_in_the_margin_is_dropped() {
        assert!(texts(vec![turned("Form", 10.0, 700.0), turned("1234-A", 10.0, 680.0)]).is_empty());
        assert_eq!(texts(vec![Word::digital("I", BBox::new(10.0, 10.0, 12.0, 18.0))]).len(), 1);
    }
}
