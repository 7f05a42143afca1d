//! Lines that a printer drew with characters: `=====` across the page, `-----` under each heading.

use crate::page_text::{BBox, Ruling, TextSource, Word};

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
