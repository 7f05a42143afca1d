//! What a recogniser is, and how a scan becomes a page of words with one.

use std::time::Instant;

use billproof_parsers::page_text::{PageText, Ruling, TextSource, Word};
use image::GrayImage;

use super::prepare::{Prepared, Sheet};
use super::second_look::{Alphabet, Seen};

/// What is on a page image.
#[derive(Debug, Clone, Default)]
pub struct Recognized {
    /// The words, with boxes in points of the reading frame.
    pub words: Vec<Word>,
    /// The drawn lines.
    pub rulings: Vec<Ruling>,
}

/// Something that reads the words of an upright page image.
pub trait Recognizer: Send + Sync + std::fmt::Debug {
    /// Engine, models and version: results with the same id are interchangeable.
    fn id(&self) -> String;

    /// All words and lines. Stops with an error when the deadline passes.
    fn read(&self, page: &Prepared, deadline: Instant) -> Result<Recognized, String>;

    /// The texts that one cell may hold, likeliest first, with their probabilities; nothing from an engine that cannot tell.
    fn read_cell(&self, _cell: &GrayImage, _alphabet: Alphabet) -> Result<Seen, String> {
        Ok(Seen::new())
    }

    /// How much the page looks like upright text, 0..1, from a sample of it.
    fn plausibility(&self, page: &Prepared, deadline: Instant) -> Result<f32, String>;
}

/// A sample that is read this well is upright.
const CLEARLY_UPRIGHT: f32 = 0.9;

/// Reads a scan: finds out how it lies, turns it upright and recognises its words.
pub fn read_sheet(recognizer: &dyn Recognizer, sheet: &Sheet, number: u32, deadline: Instant) -> Result<PageText, String> {
    let (prepared, recognized) = if sheet.is_blank() {
        (sheet.upright(super::frame::Turn::Upright), Recognized::default())
    } else {
        let prepared = upright(recognizer, sheet, deadline)?;
        let recognized = recognizer.read(&prepared, deadline)?;
        (prepared, recognized)
    };
    Ok(PageText {
        number,
        width: prepared.size.0,
        height: prepared.size.1,
        words: recognized.words,
        rulings: recognized.rulings,
        source: TextSource::Ocr,
        to_page: prepared.to_page.as_coeffs().map(|v| v as f32),
        bend: prepared.bend,
    })
}

fn upright(recognizer: &dyn Recognizer, sheet: &Sheet, deadline: Instant) -> Result<Prepared, String> {
    let [likely, other] = sheet.turns();
    let first = sheet.upright(likely);
    let first_score = recognizer.plausibility(&first, deadline)?;
    if first_score >= CLEARLY_UPRIGHT {
        return Ok(first);
    }
    let second = sheet.upright(other);
    Ok(if recognizer.plausibility(&second, deadline)? > first_score { second } else { first })
}
