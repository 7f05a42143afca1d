//! What was read from one file, for people: the document, its lines, and the text they were read from.

use std::io::{self, Write};

use billproof_parsers::page_text::{DocumentText, PageText, Word};

use super::cells::{bbox, confidence, named};
use super::csv::{CsvRow, DocumentRow, LineRow};
use crate::record::{BBox, Document};

/// Cells that the line's own heading shows already.
const IN_HEADING: [&str; 7] = ["case_id", "path", "page", "line_no", "doc_kind", "confidence", "bbox"];

/// Writes the document's fields, then its lines, then what could not be read, then every line of text with its place.
pub fn write(to: &mut dyn Write, document: &Document, text: &DocumentText) -> io::Result<()> {
    for (name, value) in stated(&DocumentRow(document)) {
        writeln!(to, "{name}: {value}")?;
    }
    for line in &document.lines {
        let place = place(line.page, line.bbox, line.confidence);
        let row = LineRow(document, line);
        let cells: Vec<String> =
            stated(&row).filter(|(name, _)| !IN_HEADING.contains(name)).map(|(name, value)| format!("{name}={value}")).collect();
        writeln!(to, "\nline {} ({place})\n  {}", line.line_no, cells.join("  "))?;
    }
    for row in &document.unparsed {
        writeln!(to, "\nnot read (page {} at {}): {}\n  {}", row.page, bbox(row.bbox), row.reason, row.text)?;
    }
    for page in &text.pages {
        let source = named(&page.source);
        writeln!(to, "\npage {}: {:.0} x {:.0} pt, {source}, {} words", page.number, page.width, page.height, page.words.len())?;
        for line in lines_of(page) {
            let words: Vec<&str> = line.iter().map(|w| w.text.as_str()).collect();
            let around = BBox::around(line.iter().map(|w| w.bbox)).unwrap_or_default();
            let least = line.iter().map(|w| w.confidence).fold(1.0, f32::min);
            writeln!(to, "  {} ({}, {})", words.join(" "), bbox(page.on_page(around)), confidence(least))?;
        }
    }
    Ok(())
}

fn place(page: u32, at: BBox, sure: f32) -> String {
    format!("page {page} at {}, confidence {}", bbox(at), confidence(sure))
}

/// The cells that are not empty, with their columns.
fn stated<R: CsvRow>(row: &R) -> impl Iterator<Item = (&'static str, String)> + use<R> {
    R::COLUMNS.iter().copied().zip(row.cells()).filter(|(_, value)| !value.is_empty())
}

/// The words of a page from top to bottom: those whose middle lies within the height of a line's first word are on it.
pub fn lines_of(page: &PageText) -> Vec<Vec<&Word>> {
    let mut words: Vec<&Word> = page.words.iter().collect();
    words.sort_by(|a, b| a.bbox.cy().total_cmp(&b.bbox.cy()).then(a.bbox.x0.total_cmp(&b.bbox.x0)));
    let mut lines: Vec<Vec<&Word>> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if word.bbox.cy() - line[0].bbox.cy() < 0.5 * line[0].bbox.height() => line.push(word),
            _ => lines.push(vec![word]),
        }
    }
    for line in &mut lines {
        line.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use billproof_parsers::page_text::TextSource;

    #[test]
    fn text_stands_in_reading_order_with_its_place() {
        let word = |text: &str, x: f32, y: f32| Word::digital(text, BBox::new(x, y, x + 30.0, y + 10.0));
        let page = PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words: vec![
                word("due", 80.0, 51.0),
                word("172.50", 200.0, 50.0),
                word("Balance", 40.0, 50.0),
                word("PAGE", 40.0, 20.0),
            ],
            rulings: Vec::new(),
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        let mut shown = Vec::new();
        write(&mut shown, &Document::empty("a.pdf"), &DocumentText { pages: vec![page] }).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        assert!(shown.starts_with("path: a.pdf\nkind: other\n"));
        assert!(shown.ends_with("  PAGE (40.0 20.0 70.0 30.0, 1)\n  Balance due 172.50 (40.0 50.0 230.0 61.0, 1)\n"), "{shown}");
    }
}
