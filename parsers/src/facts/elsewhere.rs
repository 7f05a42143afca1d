//! A name that was misread or cut off in one place, read better in another: papers print the provider's name again where
//! they say to whom to pay, and the patient's on the part to tear off.

use strsim::damerau_levenshtein;

use super::segments::{Paper, text_of};
use crate::page_text::BBox;
use crate::statement::{Cell, Value};

/// Shorter names are alike by chance.
const LEAST: usize = 8;
/// What is taken instead must be read as well as this.
const SURE: f32 = 0.9;
/// And so much surer than what it replaces.
const SURER: f32 = 0.05;

fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The same name as it stands elsewhere on a recognised paper, if it was read there more surely and differs by what
/// recognition does to a name: a few letters, or an end that is missing in the middle of a word. Two places that agree need not be
/// surer.
pub(crate) fn surer(paper: &Paper, cell: &Cell) -> Option<Cell> {
    let Value::Text(name) = &cell.value else { return None };
    let own = key(name);
    let words = name.split_whitespace().count();
    if own.len() < LEAST || !paper.pieces.iter().any(|p| p.ocr) {
        return None;
    }
    let mut best: Option<(usize, Cell)> = None;
    let mut alike: Vec<(String, Cell)> = Vec::new();
    for piece in paper.pieces.iter().filter(|p| p.ocr && (p.page, p.bbox) != (cell.page, cell.bbox)) {
        for from in 0..piece.tokens.len() {
            for to in from + words.saturating_sub(1).max(1)..=(from + words + 1).min(piece.tokens.len()) {
                let tokens = &piece.tokens[from..to];
                let text = text_of(tokens);
                let text = text.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '('));
                let other = key(text);
                let here = BBox::around(tokens.iter().map(|t| t.bbox))?;
                if piece.page == cell.page && here.overlap_x(cell.bbox) > 0.0 && here.overlap_y(cell.bbox) > 0.0 {
                    continue;
                }
                if other == own && tokens.len() == words {
                    return None; // twice read alike
                }
                let confidence = tokens.iter().map(|t| t.confidence).fold(1.0, f32::min);
                let slips = damerau_levenshtein(&own, &other);
                let misread = slips > 0 && slips <= 1 + own.len() / 10;
                let cut = tokens.len() == words && other.len() > own.len() && other.starts_with(&own);
                if confidence < SURE || !(misread || cut) {
                    continue;
                }
                let value = Value::Text(text.to_owned());
                let there = Cell { value, raw: text.to_owned(), page: piece.page, bbox: here, confidence };
                if tokens.len() == words {
                    alike.push((other, there.clone()));
                }
                let surer = cut || confidence >= cell.confidence + SURER;
                if surer && best.as_ref().is_none_or(|(s, _)| *s > slips) {
                    best = Some((slips, there));
                }
            }
        }
    }
    // Two places that agree outvote one that was read with as much certainty.
    let outvoted = || {
        let (_, cell) = alike.iter().enumerate().find(|(i, (a, _))| alike[i + 1..].iter().any(|(b, _)| a == b))?.1;
        Some(cell.clone())
    };
    best.map(|(_, cell)| cell).or_else(outvoted)
}

#[cfg(test)]
mod tests {
    use crate::facts::header;
    use crate::page_text::{BBox, PageText, TextSource, Word};
    use crate::statement::{DocKind, Field};
    use crate::text_lines::page_lines;

    /// The provider that a bill names whose letterhead and whose last line read so, the first with this confidence.
    fn provider(letterhead: &str, confidence: f32, last: &str) -> String {
        let mut words = Vec::new();
        let mut line = |text: &str, y: f32, size: f32, confidence: f32| {
            let mut x = 40.0;
            for t in text.split(' ') {
                let bbox = BBox::new(x, y, x + 0.5 * size * t.len() as f32, y + size);
                words.push(Word { source: TextSource::Ocr, confidence, ..Word::digital(t, bbox) });
                x = bbox.x1 + 0.28 * size;
            }
        };
        line(letterhead, 30.0, 16.0, confidence);
        line("Statement of services for the period below", 90.0, 9.0, 0.99);
        line("Please pay within thirty days of this statement", 110.0, 9.0, 0.99);
        line(last, 700.0, 9.0, 0.99);
        let page = PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        let facts = header(&[page_lines(&page)], DocKind::ItemizedBill);
        facts.cells.get(&Field::Provider).and_then(|c| c.first()).map(|c| c.raw.clone()).unwrap_or_default()
    }

    #[test]
    fn a_name_misread_or_cut_is_taken_from_where_it_is_read_better() {
        let pay = "Make checks payable to Lakeshore Radiology Associates.";
        assert_eq!(provider("Lakeshore Radioiogy Associates", 0.7, pay), "Lakeshore Radiology Associates");
        assert_eq!(provider("Lakeshore Radiology Associ", 0.99, pay), "Lakeshore Radiology Associates");
    }

    #[test]
    fn a_name_read_with_certainty_stays() {
        let pay = "Make checks payable to Lakeshore Radiology Associated.";
        assert_eq!(provider("Lakeshore Radiology Associates", 0.99, pay), "Lakeshore Radiology Associates");
        assert_eq!(provider("Lakeside Cardiology Partners", 0.6, pay), "Lakeside Cardiology Partners");
    }
}
