//! The pages of a file as they are stored, for copies of it: the images of an image file with their places, and how the
//! coordinates of a PDF page lie on the page as it is displayed.

use std::io::Cursor;

use hayro_interpret::TransformExt;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::kurbo::Affine;
use image::codecs::jpeg::JpegDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, GrayImage, ImageDecoder, RgbImage};

use super::decode;
use crate::file_kind::FileKind;

/// One page of an image file.
#[derive(Debug, Clone)]
pub struct StoredPage {
    /// Its pixels.
    pub pixels: StoredPixels,
    /// From the image's own square (0..1 to the right and downwards, as stored) to points of the page, y downwards.
    pub placed: Affine,
    /// Width and height of the page in points.
    pub size: (f32, f32),
}

/// Pixels in the form in which a copy takes them over.
#[derive(Debug, Clone)]
pub enum StoredPixels {
    /// The JPEG stream as it lies in the file.
    Jpeg {
        /// The stream.
        bytes: Vec<u8>,
        /// Pixels as stored, before any orientation.
        size: (u32, u32),
        /// Whether it has one component (grey) and not three.
        grey: bool,
    },
    /// Grey pixels.
    Grey(GrayImage),
    /// Colour pixels.
    Colour(RgbImage),
}

/// The pages of an image file; a TIFF's in grey.
pub fn stored_pages(kind: FileKind, bytes: &[u8]) -> Result<Vec<StoredPage>, String> {
    let mut pages = Vec::new();
    let mut failed = None;
    decode::each_page(kind, bytes, |number, page| match page {
        Ok(raster) => {
            let (width, height) = raster.page_size;
            let placed = Affine::scale_non_uniform(f64::from(width), f64::from(height));
            let upright = StoredPage { pixels: StoredPixels::Grey(raster.grey), placed, size: raster.page_size };
            pages.push(match kind {
                FileKind::Jpeg => as_jpeg(bytes, upright),
                FileKind::Png => in_colour(bytes, upright),
                _ => upright,
            });
            true
        }
        Err(why) => {
            failed.get_or_insert(format!("page {number}: {why}"));
            false
        }
    });
    failed.map_or(Ok(pages), Err)
}

/// The page with the file's own stream, where a PDF can hold that.
fn as_jpeg(bytes: &[u8], page: StoredPage) -> StoredPage {
    let Ok(mut decoder) = JpegDecoder::new(Cursor::new(bytes)) else { return page };
    let grey = match decoder.original_color_type() {
        ExtendedColorType::L8 => true,
        ExtendedColorType::Rgb8 => false,
        _ => return page,
    };
    let Ok(orientation) = decoder.orientation() else { return page };
    let pixels = StoredPixels::Jpeg { bytes: bytes.to_vec(), size: decoder.dimensions(), grey };
    StoredPage { pixels, placed: page.placed * turned(orientation), ..page }
}

fn in_colour(bytes: &[u8], page: StoredPage) -> StoredPage {
    let StoredPixels::Grey(grey) = &page.pixels else { return page };
    match image::load_from_memory_with_format(bytes, image::ImageFormat::Png) {
        Ok(image) if image.color().has_color() && (image.width(), image.height()) == grey.dimensions() => {
            StoredPage { pixels: StoredPixels::Colour(on_paper(&image)), ..page }
        }
        _ => page,
    }
}

/// Colour on white paper.
fn on_paper(image: &DynamicImage) -> RgbImage {
    let with_alpha = image.to_rgba8();
    RgbImage::from_fn(with_alpha.width(), with_alpha.height(), |x, y| {
        let [r, g, b, alpha] = with_alpha.get_pixel(x, y).0.map(u32::from);
        image::Rgb([r, g, b].map(|c| ((c * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

/// From the square of an image as stored to the square of the image turned as its orientation asks (Exif 2.32, 4.6.5.1.6).
fn turned(orientation: Orientation) -> Affine {
    Affine::new(match orientation {
        Orientation::NoTransforms => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        Orientation::Rotate90 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
        Orientation::Rotate180 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
        Orientation::Rotate270 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
        Orientation::FlipHorizontal => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
        Orientation::FlipVertical => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
        Orientation::Rotate90FlipH => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        Orientation::Rotate270FlipH => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
    })
}

/// For each page of a PDF the transform from its own coordinates (y upwards, before `/Rotate`) to the page as it is
/// displayed (points, y downwards).
pub fn page_frames(pdf: &Pdf) -> Vec<Affine> {
    pdf.pages().iter().map(|page| page.initial_transform(true).to_kurbo()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro_interpret::kurbo::Point;

    #[test]
    fn the_squares_turn_as_the_images_do() {
        let stored = GrayImage::from_fn(2, 3, |x, y| image::Luma([(10 * y + x) as u8]));
        for exif in 1..=8 {
            let orientation = Orientation::from_exif(exif).unwrap();
            let mut image = DynamicImage::ImageLuma8(stored.clone());
            image.apply_orientation(orientation);
            let image = image.into_luma8();
            for (x, y, pixel) in stored.enumerate_pixels() {
                let at = turned(orientation) * Point::new((f64::from(x) + 0.5) / 2.0, (f64::from(y) + 0.5) / 3.0);
                let (w, h) = (f64::from(image.width()), f64::from(image.height()));
                assert_eq!(image.get_pixel((at.x * w) as u32, (at.y * h) as u32), pixel, "{orientation:?}");
            }
        }
    }

    #[test]
    fn a_jpeg_is_taken_over_as_it_is() {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::from_pixel(85, 110, image::Rgb([200, 10, 10])).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
        let pages = stored_pages(FileKind::Jpeg, bytes.get_ref()).unwrap();
        assert_eq!(pages[0].size, (612.0, 792.0));
        let StoredPixels::Jpeg { bytes: kept, size, grey } = &pages[0].pixels else { panic!("{:?}", pages[0].pixels) };
        assert_eq!((kept, *size, *grey), (bytes.get_ref(), (85, 110), false));
    }

    #[test]
    fn a_coloured_png_stays_coloured() {
        let mut bytes = Cursor::new(Vec::new());
        let drawn = RgbImage::from_pixel(85, 110, image::Rgb([200, 10, 10]));
        drawn.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let pages = stored_pages(FileKind::Png, bytes.get_ref()).unwrap();
        assert!(matches!(&pages[0].pixels, StoredPixels::Colour(kept) if *kept == drawn));
        assert!(stored_pages(FileKind::Png, &bytes.get_ref()[..30]).is_err());
    }
}
