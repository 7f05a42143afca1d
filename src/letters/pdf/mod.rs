//! A letter as .pdf: US Letter, text that can be searched and copied, page numbers where there are several pages.

mod flow;
mod lines;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

pub use flow::{table_size, widths};

use super::blocks::{Block, Run, plain_text};
use super::type_face::{FILES, glyph, has};
use super::{Letter, LetterError};
use flow::{Ink, PAGE, SIDE, TOP, pages};
use lines::{Line, lines};

/// Type sizes in points, the first that needs no more pages than the last is taken.
const SIZES: [f32; 4] = [10.5, 10.25, 10.0, 9.5];

/// The type size in which a letter is set.
pub fn size(blocks: &[Block]) -> f32 {
    let least = pages(blocks, SIZES[SIZES.len() - 1]).len();
    SIZES.into_iter().find(|s| pages(blocks, *s).len() == least).unwrap_or(SIZES[0])
}

/// Characters of the letter that its typeface does not have, each once.
pub fn missing(blocks: &[Block]) -> Vec<char> {
    let mut found: Vec<char> = plain_text(blocks).chars().filter(|c| *c != '\n' && !has(*c)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The file.
pub fn write(letter: &Letter) -> Result<Vec<u8>, LetterError> {
    let mut fonts = Vec::new();
    for file in FILES {
        fonts.push(Font::new(file.to_vec().into(), 0).ok_or_else(|| LetterError::Pdf("the typeface is damaged".to_owned()))?);
    }
    let size = size(&letter.blocks);
    let pages = pages(&letter.blocks, size);
    let mut document = Document::new();
    let day = letter.date;
    let date = DateTime::new(day.year().unsigned_abs()).month(day.month().unsigned_abs()).day(day.day().unsigned_abs());
    document.set_metadata(
        Metadata::new()
            .title(letter.title.clone())
            .language(letter.lang.tag().to_owned())
            .creator("billproof".to_owned())
            .creation_date(date),
    );
    let settings = || PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| LetterError::Pdf("the page has no size".to_owned()));
    for (i, strips) in pages.iter().enumerate() {
        let mut page = document.start_page_with(settings()?);
        let mut surface = page.surface();
        for (top, strip) in strips {
            for ink in &strip.ink {
                draw(&mut surface, &fonts, SIDE, *top, ink);
            }
        }
        if pages.len() > 1 {
            let words = letter.lang.page(i + 1, pages.len());
            for line in lines(&[Run::plain(words)], PAGE.0, 8.5, false) {
                let left = (PAGE.0 - line.width()) / 2.0;
                draw(&mut surface, &fonts, left, PAGE.1 - TOP * 0.6, &Ink::Words(0.0, 0.0, 8.5, line));
            }
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|e| LetterError::Pdf(format!("{e:?}")))
}

fn draw(surface: &mut Surface<'_>, fonts: &[Font], left: f32, top: f32, ink: &Ink) {
    match ink {
        Ink::Field(x, y, w, h) => field(surface, (left + x, top + y, *w, *h), rgb::Color::new(0xF0, 0xF0, 0xF0)),
        Ink::Rule(x, y, w) => field(surface, (left + x, top + y - 0.3, *w, 0.6), rgb::Color::new(0x80, 0x80, 0x80)),
        Ink::Words(x, y, size, line) => words(surface, fonts, (left + x, top + y), *size, line),
    }
}

fn field(surface: &mut Surface<'_>, (x, y, w, h): (f32, f32, f32, f32), color: rgb::Color) {
    let Some(rect) = Rect::from_xywh(x, y, w, h) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    if let Some(path) = path.finish() {
        surface.set_fill(Some(Fill { paint: color.into(), ..Fill::default() }));
        surface.draw_path(&path);
    }
}

fn words(surface: &mut Surface<'_>, fonts: &[Font], (x, base): (f32, f32), size: f32, line: &Line) {
    let mut left = x;
    for segment in &line.segments {
        if segment.style.blank {
            field(surface, (left, base - size * 0.86, segment.width, size * 1.12), rgb::Color::new(0xFF, 0xF4, 0xB8));
            field(surface, (left, base + size * 0.22, segment.width, 0.6), rgb::Color::new(0x40, 0x40, 0x40));
        }
        let bold = segment.style.bold;
        let glyphs: Vec<KrillaGlyph> = segment
            .text
            .char_indices()
            .map(|(at, c)| {
                let (id, advance) = glyph(c, bold);
                KrillaGlyph::new(GlyphId::new(u32::from(id)), advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
            })
            .collect();
        surface.set_fill(Some(Fill { paint: rgb::Color::new(0, 0, 0).into(), ..Fill::default() }));
        let font = fonts[usize::from(bold)].clone();
        surface.draw_glyphs(Point::from_xy(left, base), &glyphs, font, &segment.text, size, false);
        left += segment.width;
    }
}
