//! A page as a picture, with what was read drawn on it: a box around every word and every row, coloured by how sure the
//! reading is, and a legend below.

use std::fmt::Write as _;
use std::io::Cursor;

use billproof_parsers::page_text::{PageText, Word};
use image::{GenericImage, ImageFormat, Rgb, RgbImage};
use imageproc::drawing::draw_antialiased_line_segment_mut;
use imageproc::pixelops::interpolate;
use lopdf::{Document as Pdf, Stream, dictionary};

use crate::record::{BBox, Document};
use crate::rules::SURE;

/// How sure a reading is, from the surest down: the least confidence, its colour, what the legend says.
pub const BANDS: [(f32, [u8; 3], &str); 4] = [
    (SURE, [0, 135, 62], "0.95 and more"),
    (0.8, [214, 158, 0], "0.80 to 0.95"),
    (0.5, [232, 92, 0], "0.50 to 0.80"),
    (0.0, [205, 0, 45], "below 0.50"),
];
/// Colour of the rows that were not understood.
pub const UNPARSED: [u8; 3] = [120, 40, 180];
/// Height of the legend in points.
pub const LEGEND_HEIGHT: f32 = 20.0;
/// Width of a word's box and of a row's, in points.
const LINES: (f32, f32) = (0.6, 1.4);

/// The colour of a confidence.
pub fn colour(confidence: f32) -> Rgb<u8> {
    let band = BANDS.iter().find(|(least, _, _)| confidence >= *least).unwrap_or(&BANDS[BANDS.len() - 1]);
    Rgb(band.1)
}

/// Draws the boxes of one page on its picture of `dpi` pixels per inch.
pub fn draw<'a>(picture: &mut RgbImage, dpi: f32, page: &PageText, documents: impl Iterator<Item = &'a Document>) {
    let scale = dpi / 72.0;
    for word in &page.words {
        outline(picture, corners(page, word), scale, LINES.0, colour(word.confidence));
    }
    let around = |b: BBox| [(b.x0, b.y0), (b.x1, b.y0), (b.x1, b.y1), (b.x0, b.y1)];
    let wider = |b: BBox| BBox::new(b.x0 - 2.0, b.y0 - 1.0, b.x1 + 2.0, b.y1 + 1.0);
    for document in documents {
        for line in document.lines.iter().filter(|l| l.page == page.number) {
            outline(picture, around(wider(line.bbox)), scale, LINES.1, colour(line.confidence));
        }
        for row in document.unparsed.iter().filter(|r| r.page == page.number) {
            outline(picture, around(wider(row.bbox)), scale, LINES.1, Rgb(UNPARSED));
        }
    }
}

/// A word's corners on the page in the file: turned with the page, where that lies askew.
fn corners(page: &PageText, word: &Word) -> [(f32, f32); 4] {
    let [a, b, c, d, e, f] = page.to_page;
    let at = |x: f32, y: f32| (a * x + c * y + e, b * x + d * y + f);
    let BBox { x0, y0, x1, y1 } = page.as_bent(word.bbox);
    [at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)]
}

/// Draws a closed line through points of the page.
fn outline(picture: &mut RgbImage, corners: [(f32, f32); 4], scale: f32, width: f32, colour: Rgb<u8>) {
    let strokes = (width * scale).round().max(1.0) as i32;
    // Far outside there is nothing to draw, and coordinates must not overflow.
    let (most_x, most_y) = (picture.width() as f32 + 100.0, picture.height() as f32 + 100.0);
    let pixel = |(x, y): (f32, f32)| ((x * scale).clamp(-100.0, most_x) as i32, (y * scale).clamp(-100.0, most_y) as i32);
    for (i, &from) in corners.iter().enumerate() {
        let (from, to) = (pixel(from), pixel(corners[(i + 1) % corners.len()]));
        for n in 0..strokes {
            let shift = n - strokes / 2;
            let (dx, dy) = if (to.0 - from.0).abs() > (to.1 - from.1).abs() { (0, shift) } else { (shift, 0) };
            let moved = |p: (i32, i32)| (p.0 + dx, p.1 + dy);
            draw_antialiased_line_segment_mut(picture, moved(from), moved(to), colour, interpolate);
        }
    }
}

/// The legend as a PDF of one page, `width` points wide, to be drawn by whoever draws pages.
pub fn legend(width: f32) -> Result<Vec<u8>, lopdf::Error> {
    let entries: Vec<([u8; 3], &str)> =
        BANDS.iter().map(|(_, colour, text)| (*colour, *text)).chain([(UNPARSED, "row not understood")]).collect();
    let step = width / (entries.len() as f32 + 1.0);
    let size = (step / 11.0).clamp(4.0, 9.0);
    let mut content = format!("BT /F {size} Tf 0 g 6 7 Td (Confidence) Tj ET\n");
    for (i, ([r, g, b], text)) in entries.iter().enumerate() {
        let x = step * (i as f32 + 1.0);
        let [r, g, b] = [r, g, b].map(|v| f32::from(*v) / 255.0);
        // Writing to a string does not fail.
        let _ = writeln!(content, "{r} {g} {b} RG 1.4 w {x} 5.5 10 9 re S BT /F {size} Tf {} 7 Td ({text}) Tj ET", x + 14.0);
    }
    let mut pdf = Pdf::with_version("1.5");
    let tree = pdf.new_object_id();
    let content = pdf.add_object(Stream::new(dictionary! {}, content.into_bytes()));
    let page = pdf.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => tree,
        "MediaBox" => vec![0.into(), 0.into(), width.into(), LEGEND_HEIGHT.into()],
        "Contents" => content,
        "Resources" => dictionary! { "Font" => dictionary! {
            "F" => dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" },
        } },
    });
    pdf.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }.into());
    let catalogue = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalogue);
    let mut out = Vec::new();
    pdf.save_to(&mut out)?;
    Ok(out)
}

/// A picture with another below it, on white.
pub fn stacked(above: &RgbImage, below: &RgbImage) -> RgbImage {
    let width = above.width().max(below.width());
    let mut out = RgbImage::from_pixel(width, above.height() + below.height(), Rgb([255; 3]));
    // Both fit by the sizes above.
    let _ = out.copy_from(above, 0, 0);
    let _ = out.copy_from(below, 0, above.height());
    out
}

/// A picture as the bytes of a PNG file.
pub fn png(picture: &RgbImage) -> Result<Vec<u8>, image::ImageError> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Png)?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use billproof_parsers::page_text::TextSource;

    #[test]
    fn the_bands_go_down_to_nothing() {
        assert_eq!(colour(1.0), Rgb(BANDS[0].1));
        assert_eq!(colour(SURE), Rgb(BANDS[0].1));
        assert_eq!(colour(0.949), Rgb(BANDS[1].1));
        assert_eq!(colour(-0.5), Rgb(BANDS[3].1));
    }

    #[test]
    fn a_box_is_drawn_where_the_page_has_the_word() {
        let word = Word { confidence: 0.6, ..Word::digital("x", BBox::new(10.0, 20.0, 30.0, 40.0)) };
        // A quarter turn: the reader's (x, y) is (100 − y, x) in the file.
        let page = PageText {
            number: 1,
            width: 100.0,
            height: 100.0,
            words: vec![word],
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: [0.0, 1.0, -1.0, 0.0, 100.0, 0.0],
            bend: None,
        };
        let mut picture = RgbImage::from_pixel(200, 200, Rgb([255; 3]));
        draw(&mut picture, 144.0, &page, std::iter::empty());
        assert_eq!(*picture.get_pixel(140, 20), Rgb(BANDS[2].1));
        assert_eq!(*picture.get_pixel(160, 40), Rgb(BANDS[2].1));
        assert_eq!(*picture.get_pixel(140, 40), Rgb([255; 3]));
        assert_eq!(*picture.get_pixel(20, 40), Rgb([255; 3]));
    }
}
