//! Small invented pages for tests of the whole parser.

use crate::page_text::{BBox, DocumentText, PageText, TextSource, Word};
use crate::statement::{Field, Row, Statement, Value};

/// Reads a digital page of lines, each with its y and what stands from which x on. Two amounts of different length end
/// where the longest would: their x is that of their right edge, written negative.
pub(crate) fn read(lines: &[(f32, &[(f32, &str)])]) -> Statement {
    landscape(words_of(lines))
}

/// Reads the same page as a scan, whose words were all recognised with this confidence.
pub(crate) fn read_scan(lines: &[(f32, &[(f32, &str)])], confidence: f32) -> Statement {
    let words = words_of(lines).into_iter().map(|w| Word { confidence, source: TextSource::Ocr, ..w }).collect();
    crate::parse(&DocumentText { pages: vec![PageText { source: TextSource::Ocr, ..sheet(words) }] })
}

/// The words of these lines.
pub(crate) fn words_of(lines: &[(f32, &[(f32, &str)])]) -> Vec<Word> {
    let mut words = Vec::new();
    for (y, cells) in lines {
        for (x, text) in *cells {
            let width = |t: &str| 4.2 * t.chars().count() as f32;
            let whole = width(text) - 2.0 * text.matches(' ').count() as f32;
            let mut at = if *x < 0.0 { -x - whole } else { *x };
            for w in text.split(' ') {
                words.push(Word::digital(w, BBox::new(at, *y, at + width(w), y + 8.0)));
                at += width(w) + 2.2;
            }
        }
    }
    words
}

/// Reads a digital page in landscape on which these words stand.
pub(crate) fn landscape(words: Vec<Word>) -> Statement {
    crate::parse(&DocumentText { pages: vec![sheet(words)] })
}

/// A digital page in landscape on which these words stand.
pub(crate) fn sheet(words: Vec<Word>) -> PageText {
    PageText {
        number: 1,
        width: 792.0,
        height: 612.0,
        words,
        rulings: Vec::new(),
        source: TextSource::Digital,
        to_page: PageText::IDENTITY,
        bend: None,
    }
}

/// The cells of a row as text, `-` where there is none.
pub(crate) fn said(row: &Row, fields: &[Field]) -> String {
    let text = |f: &Field| match row.cells.get(f).map(|c| &c.value) {
        Some(Value::Text(t) | Value::Code(t)) => t.clone(),
        Some(Value::Money(m)) => m.to_string(),
        Some(Value::Number(n)) => n.to_string(),
        Some(Value::List(l)) => l.join(";"),
        Some(Value::Date(d)) => d.to_string(),
        _ => "-".to_owned(),
    };
    fields.iter().map(text).collect::<Vec<_>>().join(" ")
}
