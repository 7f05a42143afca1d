//! Cuts of a page with the rows in question marked, as files.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, GenericImage, Rgb, RgbImage, imageops};

use super::place::Frame;
use crate::record::BBox;

/// Pixels per inch of the pages: words of six points can still be read, and a letter page has a megapixel.
pub const DPI: f32 = 110.0;
/// What the names of pictures end in.
pub const EXTENSIONS: [&str; 2] = ["png", "jpg"];
/// Colour laid over a marked row; what is dark below it stays dark.
const MARKER: [u8; 3] = [255, 238, 140];
/// Colour of the line around it, which shows on a print without colours too.
const EDGE: Rgb<u8> = Rgb([176, 70, 0]);
/// Points by which a mark is wider than the row.
const WIDER: f32 = 2.0;
/// Width of the line around it in points.
const EDGE_WIDTH: f32 = 1.1;
/// Height of the band between a table's header and a row further down, in points.
const GAP: f32 = 7.0;
/// A cut with fewer pixels on a side shows nothing.
const LEAST: u32 = 12;
/// JPEG quality of pictures of scans.
const QUALITY: u8 = 78;
/// Level of deflate: higher ones take much time for little.
const COMPRESSION: u8 = 2;

/// Marks rows on the picture of a page with `dpi` pixels per inch. A box beside the page is passed over.
pub fn mark(page: &mut RgbImage, dpi: f32, marks: &[BBox]) {
    let scale = dpi / 72.0;
    for b in marks {
        let wide = BBox::new(b.x0 - WIDER, b.y0 - WIDER, b.x1 + WIDER, b.y1 + WIDER);
        let Some((x0, y0, x1, y1)) = pixels(page, scale, wide) else { continue };
        let edge = ((EDGE_WIDTH * scale).round() as u32).max(1);
        for y in y0..y1 {
            for x in x0..x1 {
                let on_edge = x < x0 + edge || x + edge >= x1 || y < y0 + edge || y + edge >= y1;
                let pixel = page.get_pixel_mut(x, y);
                *pixel = if on_edge { EDGE } else { multiplied(*pixel) };
            }
        }
    }
}

fn multiplied(Rgb(pixel): Rgb<u8>) -> Rgb<u8> {
    Rgb([0, 1, 2].map(|i| (u16::from(pixel[i]) * u16::from(MARKER[i]) / 255) as u8))
}

/// The pixels that a box covers; `None` where that is nothing.
fn pixels(page: &RgbImage, scale: f32, b: BBox) -> Option<(u32, u32, u32, u32)> {
    // A cast from a float saturates, and takes what is no number for 0.
    let (x0, y0) = ((b.x0 * scale).floor() as u32, (b.y0 * scale).floor() as u32);
    let (x1, y1) = (((b.x1 * scale).ceil() as u32).min(page.width()), ((b.y1 * scale).ceil() as u32).min(page.height()));
    (x0 < x1 && y0 < y1).then_some((x0, y0, x1, y1))
}

/// What a frame shows of a page with its rows marked, the header of the table above it; the whole page where there is no frame,
/// or where it shows nothing.
pub fn cut(page: &RgbImage, dpi: f32, marks: &[BBox], frame: Option<&Frame>) -> RgbImage {
    let scale = dpi / 72.0;
    let part = |frame: &Frame, (top, bottom): (f32, f32)| {
        let (left, right) = frame.x.unwrap_or((0.0, f32::MAX));
        let (x0, y0, x1, y1) = pixels(page, scale, BBox::new(left, top, right, bottom))?;
        let enough = x1 - x0 >= LEAST && y1 - y0 >= LEAST;
        enough.then(|| (imageops::crop_imm(page, x0, y0, x1 - x0, y1 - y0).to_image(), x0 as f32 / scale, y0 as f32 / scale))
    };
    let Some((mut body, x, y)) = frame.and_then(|f| part(f, f.y)) else {
        let mut whole = page.clone();
        mark(&mut whole, dpi, marks);
        return whole;
    };
    let moved: Vec<BBox> = marks.iter().map(|b| BBox::new(b.x0 - x, b.y0 - y, b.x1 - x, b.y1 - y)).collect();
    mark(&mut body, dpi, &moved);
    match frame.and_then(|f| part(f, f.head?)) {
        Some((head, ..)) => below(&head, &body, ((GAP * scale).round() as u32).max(3)),
        None => body,
    }
}

/// Two cuts with a grey band between them that says that something is left out.
fn below(head: &RgbImage, body: &RgbImage, gap: u32) -> RgbImage {
    let width = head.width().max(body.width());
    let mut out = RgbImage::from_pixel(width, head.height() + gap + body.height(), Rgb([255; 3]));
    for y in head.height()..head.height() + gap {
        for x in 0..width {
            let dark = (x / gap + (y - head.height()) / gap.div_ceil(2)).is_multiple_of(2);
            out.put_pixel(x, y, if dark { Rgb([205; 3]) } else { Rgb([235; 3]) });
        }
    }
    // Both fit by the sizes above.
    let _ = out.copy_from(head, 0, 0);
    let _ = out.copy_from(body, 0, head.height() + gap);
    out
}

/// A picture as a file: its extension and its bytes. What was drawn sharply becomes PNG with sixteen steps of each colour, which
/// no eye tells from the page and which is a fraction of the size; scans and pages of many colours become JPEG.
pub fn encoded(picture: &RgbImage, is_scan: bool) -> Result<(&'static str, Vec<u8>), EncodeError> {
    if let Some(indexed) = (!is_scan).then(|| Indexed::new(picture)).flatten() {
        return Ok(("png", indexed.png()?));
    }
    let mut out = Cursor::new(Vec::new());
    let (width, height) = picture.dimensions();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode(picture, width, height, ExtendedColorType::Rgb8)?;
    Ok(("jpg", out.into_inner()))
}

/// Why a picture cannot be made a file.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// As PNG.
    #[error(transparent)]
    Png(#[from] png::EncodingError),
    /// As JPEG.
    #[error(transparent)]
    Jpeg(#[from] image::ImageError),
}

/// A picture of at most 256 colours.
struct Indexed {
    size: (u32, u32),
    /// Red, green, blue of each colour.
    palette: Vec<u8>,
    /// The colour of each pixel.
    pixels: Vec<u8>,
}

impl Indexed {
    /// The picture in sixteen steps of each colour; `None` where that leaves too many.
    fn new(picture: &RgbImage) -> Option<Self> {
        let mut index_of = vec![None::<u8>; 1 << 12];
        let mut palette = Vec::new();
        let mut pixels = Vec::with_capacity((picture.width() * picture.height()) as usize);
        // Most pixels are as the one before: paper.
        let mut last = None;
        for pixel in picture.as_raw().as_chunks::<3>().0 {
            let index = match last {
                Some((before, index)) if before == pixel => index,
                _ => {
                    let [r, g, b] = pixel.map(|v| usize::from(v >> 4));
                    let at = r << 8 | g << 4 | b;
                    if index_of[at].is_none() {
                        index_of[at] = Some(u8::try_from(palette.len() / 3).ok()?);
                        palette.extend([r, g, b].map(|v| v as u8 * 17));
                    }
                    index_of[at]?
                }
            };
            last = Some((pixel, index));
            pixels.push(index);
        }
        Some(Self { size: picture.dimensions(), palette, pixels })
    }

    fn png(self) -> Result<Vec<u8>, png::EncodingError> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.size.0, self.size.1);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(self.palette);
        encoder.set_deflate_compression(png::DeflateCompression::Level(COMPRESSION));
        // A filter helps with gradients; steps of a palette are none.
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page() -> RgbImage {
        RgbImage::from_fn(200, 300, |_, y| if y % 20 < 4 { Rgb([0; 3]) } else { Rgb([255; 3]) })
    }

    #[test]
    fn ink_stays_dark_below_the_marker() {
        let mut marked = page();
        mark(&mut marked, 72.0, &[BBox::new(20.0, 38.0, 120.0, 60.0)]);
        assert_eq!(*marked.get_pixel(60, 41), Rgb([0; 3]), "ink");
        assert_eq!(*marked.get_pixel(60, 50), Rgb(MARKER), "paper");
        assert_eq!(*marked.get_pixel(18, 50), EDGE);
        assert_eq!(marked.get_pixel(150, 50), page().get_pixel(150, 50), "beside it");
    }

    #[test]
    fn the_header_stands_above_a_row_further_down() {
        let frame = Frame { x: Some((10.0, 110.0)), y: (200.0, 240.0), head: Some((0.0, 20.0)) };
        assert_eq!(cut(&page(), 72.0, &[], Some(&frame)).dimensions(), (100, 20 + 7 + 40));
        let without = Frame { head: Some((-90.0, -40.0)), ..frame };
        assert_eq!(cut(&page(), 72.0, &[], Some(&without)).dimensions(), (100, 40));
    }

    #[test]
    fn a_mark_moves_with_the_cut() {
        let frame = Frame { x: Some((20.0, 120.0)), y: (30.0, 90.0), head: None };
        let cut = cut(&page(), 72.0, &[BBox::new(42.0, 47.0, 60.0, 58.0)], Some(&frame));
        assert_eq!(*cut.get_pixel(30, 20), Rgb(MARKER));
        assert_eq!(*cut.get_pixel(30, 10), Rgb([0; 3]), "ink beside it");
        assert_eq!(*cut.get_pixel(5, 20), Rgb([255; 3]));
    }

    #[test]
    fn a_drawn_page_is_read_back_in_its_colours() {
        let mut marked = page();
        mark(&mut marked, 72.0, &[BBox::new(20.0, 38.0, 120.0, 60.0)]);
        let (extension, bytes) = encoded(&marked, false).unwrap();
        let read = image::load_from_memory(&bytes).unwrap().into_rgb8();
        assert_eq!((extension, read.dimensions()), ("png", marked.dimensions()));
        assert!(read.pixels().zip(marked.pixels()).all(|(a, b)| (0..3).all(|i| a.0[i].abs_diff(b.0[i]) < 16)));
        assert_eq!((*read.get_pixel(150, 10), *read.get_pixel(150, 1)), (Rgb([255; 3]), Rgb([0; 3])), "black on white");
        assert_eq!(encoded(&page(), true).unwrap().0, "jpg");
        let colourful = RgbImage::from_fn(200, 200, |x, y| Rgb([x as u8, y as u8, (x + y) as u8]));
        assert_eq!(encoded(&colourful, false).unwrap().0, "jpg");
    }

    proptest! {
        #[test]
        fn boxes_of_any_kind_cut_something(
            v in prop::array::uniform6(prop_oneof![any::<f32>(), -900.0f32..900.0]), whole in any::<bool>(),
        ) {
            let marks = [BBox::new(v[0], v[1], v[2], v[3])];
            let frame = Frame { x: (!whole).then_some((v[0], v[2])), y: (v[1], v[3]), head: Some((v[4], v[5])) };
            let cut = cut(&page(), 110.0, &marks, Some(&frame));
            prop_assert!(cut.width() >= LEAST && cut.height() >= LEAST);
        }
    }
}
