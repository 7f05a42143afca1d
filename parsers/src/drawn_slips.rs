//! Two slips of paper drawn side by side on a page, each in a frame of its own: what stands on one height in both is not one
//! line.
//!
//! ```text
//! +----------------------+   +----------------------+
//! | OFFICE VISIT  210.00 |   | TOTAL CHARGES 598.03 |
//! ```
//! The frames are tall and wide, stand apart from each other, and no word stands across the gap between them; the slip on
//! the left is read first.

use crate::page_text::{BBox, Ruling};
use crate::text_lines::Line;

/// The least height of a frame, as a share of the page's.
const TALL: f32 = 0.4;

/// The least width of a frame, as a share of the page's.
const WIDE: f32 = 0.28;

/// Strokes within so many points are one.
const FLUSH: f32 = 2.0;

/// The lines with those of two framed slips parted.
pub(crate) fn apart(lines: Vec<Line>, rulings: &[Ruling], width: f32, height: f32) -> Vec<Line> {
    let Some((left, right)) = slips(rulings, width, height) else { return lines };
    let x = f32::midpoint(left.x1, right.x0);
    let (top, foot) = (left.y0.max(right.y0), left.y1.min(right.y1));
    let beside = |l: &Line| l.bbox.cy() > top && l.bbox.cy() < foot;
    let across = |l: &Line| l.words.iter().any(|w| w.bbox.x0 < right.x0 && w.bbox.x1 > left.x1);
    if lines.iter().filter(|l| beside(l)).any(across) {
        return lines;
    }
    let mut out = Vec::with_capacity(lines.len());
    let (mut behind, mut after) = (Vec::new(), Vec::new());
    for line in lines {
        if !beside(&line) {
            (if line.bbox.cy() <= top { &mut out } else { &mut after }).push(line);
            continue;
        }
        out.extend(line.only(|w| w.bbox.cx() <= x));
        behind.extend(line.only(|w| w.bbox.cx() > x));
    }
    out.append(&mut behind);
    out.append(&mut after);
    out
}

/// The two frames, from left to right; `None` where there are not just two.
fn slips(rulings: &[Ruling], width: f32, height: f32) -> Option<(BBox, BBox)> {
    let mut sides: Vec<BBox> =
        rulings.iter().filter(|r| !r.is_horizontal() && r.bbox.height() > TALL * height).map(|r| r.bbox).collect();
    sides.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    sides.dedup_by(|b, a| (b.cx() - a.cx()).abs() < FLUSH);
    let [a, b, c, d] = sides.as_slice() else { return None };
    let frame = |l: &BBox, r: &BBox| {
        let same = (l.y0 - r.y0).abs() < FLUSH && (l.y1 - r.y1).abs() < FLUSH;
        let closed = rulings.iter().any(|h| {
            h.is_horizontal() && (h.bbox.cy() - l.y0).abs() < FLUSH && h.bbox.x0 < l.cx() + FLUSH && h.bbox.x1 > r.cx() - FLUSH
        });
        (same && closed && r.cx() - l.cx() > WIDE * width).then(|| l.union(*r))
    };
    let (left, right) = (frame(a, b)?, frame(c, d)?);
    (right.x0 - left.x1 > 2.0 * FLUSH).then_some((left, right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::Word;

    fn frame(x0: f32, x1: f32) -> Vec<Ruling> {
        let stroke = |x0, y0, x1, y1| Ruling { bbox: BBox::new(x0, y0, x1, y1) };
        vec![stroke(x0, 26.0, x0, 500.0), stroke(x1, 26.0, x1, 500.0), stroke(x0, 26.0, x1, 26.0), stroke(x0, 500.0, x1, 500.0)]
    }

    fn line(y: f32, words: &[(f32, &str)]) -> Line {
        let word = |(x, t): &(f32, &str)| Word::digital(*t, BBox::new(*x, y, x + 4.0 * t.len() as f32, y + 8.0));
        let words: Vec<Word> = words.iter().map(word).collect();
        let bbox = BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default();
        Line { page: 1, words, bbox, phrase_gap: 5.0 }
    }

    #[test]
    fn slips_in_frames_of_their_own_are_read_one_after_the_other() {
        let lines = || {
            vec![
                line(40.0, &[(50.0, "VISIT"), (200.0, "210.00"), (330.0, "TOTAL"), (500.0, "598.03")]),
                line(52.0, &[(50.0, "X-RAY"), (330.0, "DUE")]),
                line(560.0, &[(300.0, "1/1")]),
            ]
        };
        let read = |rulings: &[Ruling]| apart(lines(), rulings, 612.0, 792.0).iter().map(Line::text).collect::<Vec<_>>();
        let both: Vec<Ruling> = frame(34.0, 290.0).into_iter().chain(frame(312.0, 578.0)).collect();
        assert_eq!(read(&both), ["VISIT 210.00", "X-RAY", "TOTAL 598.03", "DUE", "1/1"]);
        assert_eq!(read(&frame(34.0, 290.0)).len(), 3, "one frame parts nothing");
    }
}
