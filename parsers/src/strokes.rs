//! Lines that a printer drew with characters: `=====` across the page, `-----` under each heading.

use crate::page_text::{BBox, Ruling, TextSource, Word};
use crate::text_lines::{Line, median};

/// Nothing, or a line drawn with characters: `=====`, `-----`, `_____`.
pub(crate) fn is_drawn(text: &str) -> bool {
    let t = text.trim();
    t.is_empty() || t.len() >= 5 && t.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | '~' | '—' | '.' | '+' | '|'))
}

/// The lines that a printer drew with characters, short ones too where they stand in a row of them.
pub(crate) fn strokes(words: &[Word]) -> Vec<Ruling> {
    let dashes = |w: &&Word| w.text.len() >= 2 && w.text.chars().all(|c| matches!(c, '-' | '=' | '_'));
    let all: Vec<&Word> = words.iter().filter(|w| w.source == TextSource::Digital).filter(dashes).collect();
    let row = |w: &Word| all.iter().any(|o| is_drawn(&o.text) && (o.bbox.cy() - w.bbox.cy()).abs() < 0.3 * w.font_size);
    all.iter().filter(|w| row(w)).map(|w| Ruling { bbox: level(w.bbox) }).collect()
}

/// The stroke through the middle of dashes.
pub(crate) fn level(b: BBox) -> BBox {
    BBox::new(b.x0, b.cy(), b.x1, b.cy())
}

/// The drawn lines without the edges of the stripes that continuous paper has, from edge to edge and evenly spaced, whatever
/// is printed on them.
pub(crate) fn without_stripes(mut rulings: Vec<Ruling>, width: f32, lines: &[Line]) -> Vec<Ruling> {
    /// The share of the page's width that stripes cover.
    const ACROSS: f32 = 0.93;
    /// Fewer edges may be those of a few boxes.
    const FEWEST: usize = 6;
    let across = |r: &Ruling| r.is_horizontal() && r.bbox.width() > ACROSS * width;
    let mut edges: Vec<f32> = rulings.iter().filter(|r| across(r)).map(|r| r.bbox.cy()).collect();
    edges.sort_by(f32::total_cmp);
    edges.dedup_by(|b, a| (*b - *a).abs() < 0.5);
    let steps: Vec<f32> = edges.windows(2).map(|e| e[1] - e[0]).collect();
    let Some(step) = median(steps.iter().copied()).filter(|_| edges.len() >= FEWEST) else { return rulings };
    let even = steps.iter().all(|s| (s - step).abs() < 0.06 * step);
    // the rows of a form are a line each
    let printed: Vec<f32> = lines.windows(2).map(|l| l[1].bbox.cy() - l[0].bbox.cy()).collect();
    let line = median(printed).unwrap_or(0.0);
    if even && step > 1.25 * line {
        rulings.retain(|r| !across(r));
    }
    rulings
}
