//! Second looks: single cells of a scan, recognised again with the characters that such a cell may hold.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use billproof_parsers::page_text::{BBox, PageText};
use hayro_interpret::InterpreterCache;
use image::GrayImage;
use image::imageops::crop_imm;
use imageproc::contrast::{ThresholdType, otsu_level, threshold};
use serde::{Deserialize, Serialize};

use super::cache::OcrCache;
use super::frame::Turn;
use super::prepare::{Prepared, Sheet};
use super::raster::{self, PageRaster};
use super::recognize::Recognizer;
use super::{Extractor, decode, open_pdf};
use crate::file_kind::FileKind;

/// Changes whenever the same cells would be read differently.
const VERSION: u32 = 3;
/// Cells of one page that are looked at again.
const MOST_LOOKS: usize = 80;
/// Time for the second looks of one page.
const TIME: Duration = Duration::from_secs(20);
/// Space above and below a word's box, and at its sides, as shares of its height, for each try.
const MARGINS: [(f32, f32); 3] = [(0.02, 0.25), (0.12, 0.5), (0.02, 0.35)];

/// What a cell may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alphabet {
    /// An amount of dollars.
    Money,
    /// A date in digits.
    Date,
    /// A procedure code with modifiers, or a revenue code.
    Code,
    /// A count.
    Units,
}

impl Alphabet {
    /// What a character that was seen counts as in such a cell; `None` for what cannot stand there.
    pub fn allow(self, c: char) -> Option<char> {
        let digit = match c {
            'O' | 'o' => '0',
            'l' | 'I' => '1',
            // A drawn line beside or within a cell: forms part dollars and cents with one.
            '|' => ' ',
            c => c,
        };
        match self {
            Self::Money => (digit.is_ascii_digit() || "$.,-() ".contains(digit)).then_some(digit),
            Self::Date => (digit.is_ascii_digit() || "/- ".contains(digit)).then_some(digit),
            Self::Units => (digit.is_ascii_digit() || ". ".contains(digit)).then_some(digit),
            Self::Code => (c.is_ascii_digit() || c.is_ascii_uppercase() || "- ".contains(c)).then_some(c),
        }
    }
}

/// A cell to look at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Box in the reading frame of its page, in points: the height of a line of text.
    pub bbox: BBox,
    /// What it may hold.
    pub alphabet: Alphabet,
}

/// The texts that a cell may hold with their probabilities, likeliest first; empty where nothing was seen.
pub type Seen = Vec<(String, f32)>;

impl Extractor {
    /// Looks again at cells of a page that was recognised; one answer for each look, in their order.
    ///
    /// `page` is the page as [`Extractor::extract`] gave it. What cannot be looked at (no engine, a page that cannot be
    /// drawn again, the time being up) has no answer, which is no error: the first reading stands.
    pub fn look_again(&self, kind: FileKind, bytes: &[u8], page: &PageText, looks: &[Look]) -> Vec<Seen> {
        let mut looks_taken = looks.to_vec();
        looks_taken.truncate(MOST_LOOKS);
        let mut seen = match self.engine.recognizer() {
            Ok(recognizer) if !looks_taken.is_empty() => self.kept_or_seen(recognizer, kind, bytes, page, &looks_taken),
            _ => Vec::new(),
        };
        seen.resize(looks.len(), Seen::new());
        seen
    }

    fn kept_or_seen(
        &self,
        recognizer: &dyn Recognizer,
        kind: FileKind,
        bytes: &[u8],
        page: &PageText,
        looks: &[Look],
    ) -> Vec<Seen> {
        let key = OcrCache::key(bytes, &format!("{}/looks/{VERSION}", recognizer.id()));
        if let Some((kept, seen)) = self.cache.as_ref().and_then(|c| c.looks(&key, page.number))
            && kept == looks
        {
            return seen;
        }
        let seen = catch_unwind(AssertUnwindSafe(|| {
            let sheet = Sheet::new(self.raster_of(kind, bytes, page.number)?);
            let prepared = as_before(&sheet, page)?;
            Some(look(recognizer, &prepared, looks))
        }));
        match seen {
            Ok(Some((seen, whole))) => {
                if let (true, Some(cache)) = (whole, &self.cache) {
                    cache.keep_looks(&key, page.number, &(looks.to_vec(), seen.clone()));
                }
                seen
            }
            _ => Vec::new(),
        }
    }

    fn raster_of(&self, kind: FileKind, bytes: &[u8], number: u32) -> Option<PageRaster> {
        if kind == FileKind::Pdf {
            let pdf = open_pdf(bytes).ok()?;
            let cache = InterpreterCache::new();
            let pages = pdf.pages();
            return raster::pdf_page(pages.get(number.checked_sub(1)? as usize)?, &cache).ok();
        }
        let mut out = None;
        decode::each_page(kind, bytes, |n, image| {
            if n == number {
                out = image.ok();
            }
            n < number
        });
        out
    }
}

/// The page prepared as it was when it was first read.
fn as_before(sheet: &Sheet, page: &PageText) -> Option<Prepared> {
    let same = |p: &Prepared| {
        p.to_page.as_coeffs().iter().zip(page.to_page).all(|(a, b)| (*a as f32 - b).abs() < 0.01 + 0.001 * b.abs())
    };
    Turn::ALL.into_iter().filter(|t| sheet.turns().contains(t)).map(|turn| sheet.upright(turn)).find(same)
}

/// Looks at each cell in several ways; whether all were looked at in time.
fn look(recognizer: &dyn Recognizer, page: &Prepared, looks: &[Look]) -> (Vec<Seen>, bool) {
    let deadline = Instant::now() + TIME;
    let mut out = Vec::with_capacity(looks.len());
    for l in looks {
        if Instant::now() > deadline {
            return (out, false);
        }
        let tries: Vec<Seen> = MARGINS
            .iter()
            .enumerate()
            .filter_map(|(i, margins)| {
                let mut cut = cut(page, l.bbox, *margins)?;
                if i == 2 {
                    cut = threshold(&cut, otsu_level(&cut), ThresholdType::Binary);
                }
                recognizer.read_cell(&cut, l.alphabet).ok()
            })
            .collect();
        out.push(mean(&tries));
    }
    (out, true)
}

/// The mean of several tries.
fn mean(tries: &[Seen]) -> Seen {
    let mut out = Seen::new();
    for (text, p) in tries.iter().flatten() {
        let share = p / tries.len() as f32;
        match out.iter_mut().find(|(t, _)| t == text) {
            Some(known) => known.1 += share,
            None => out.push((text.clone(), share)),
        }
    }
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    out.retain(|(_, p)| *p >= 0.01);
    out
}

/// A box with its margins, cut out of the page.
fn cut(page: &Prepared, bbox: BBox, (above, beside): (f32, f32)) -> Option<GrayImage> {
    let height = bbox.height();
    let pixels = |points: f32| (f64::from(points) * page.scale).round().max(0.0) as u32;
    let (x0, y0) = (pixels(bbox.x0 - beside * height), pixels(bbox.y0 - above * height));
    let (x1, y1) = (pixels(bbox.x1 + beside * height), pixels(bbox.y1 + above * height));
    let (x1, y1) = (x1.min(page.grey.width()), y1.min(page.grey.height()));
    (x1 > x0 + 3 && y1 > y0 + 5).then(|| crop_imm(&page.grey, x0, y0, x1 - x0, y1 - y0).to_image())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_averaged() {
        let tries = [vec![("1".to_owned(), 0.9), ("7".to_owned(), 0.1)], vec![("7".to_owned(), 0.5)]];
        let seen = mean(&tries);
        assert_eq!(seen[0].0, "1");
        assert!((seen[0].1 - 0.45).abs() < 1e-6 && (seen[1].1 - 0.3).abs() < 1e-6);
    }

    #[test]
    fn a_cell_holds_what_its_column_holds() {
        assert_eq!(Alphabet::Money.allow('O'), Some('0'));
        assert_eq!(Alphabet::Money.allow('A'), None);
        assert_eq!(Alphabet::Code.allow('O'), Some('O'));
        assert_eq!(Alphabet::Units.allow('|'), Some(' '));
        assert_eq!(Alphabet::Date.allow('/'), Some('/'));
    }
}
