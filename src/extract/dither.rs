//! Scans whose greys were dithered to black and white dots: a copier's or fax machine's photo mode.
//!
//! The dots of the paper break letters up and are read as points and strokes. Blurred by about half the distance of two
//! dots they are a grey paper again, and letters stay what they are.

use image::imageops::crop_imm;
use image::{GrayImage, Luma};
use imageproc::filter::gaussian_blur_f32;

use super::ink::components;
use super::raster::PageRaster;

/// Of a picture of black and white so much is the one or the other.
const BILEVEL: f32 = 0.98;
/// Marks no larger than this (inches) are dots; larger ones, up to a tall capital, are letters.
const DOT: f64 = 0.03;
const LETTER: f64 = 0.25;
/// A dithered page has at least so many dots to a letter; one with specks has fewer dots than letters.
const DOTS_TO_A_LETTER: usize = 30;
/// Fewer dots than this to the square inch are specks, whatever the letters.
const DOTS_TO_AN_INCH: f64 = 150.0;
/// On coarser pages the dots are as wide as the strokes of small print, and a blur takes both: measured on papers dithered at
/// 200 dpi it made things worse (rows exact 71 to 50 %), at 300 dpi better (62 to 99 %).
const LEAST_DPI: f64 = 250.0;
/// Strength of the blur (standard deviation, inches).
const BLUR: f64 = 1.3 / 300.0;

/// The page with its dots made grey, if it is dithered; any other page as it is.
pub fn undithered(raster: PageRaster) -> PageRaster {
    let (dpi_x, dpi_y) = raster.dpi();
    let dpi = f64::midpoint(dpi_x, dpi_y);
    if !is_dithered(&raster.grey, dpi) {
        return raster;
    }
    tracing::debug!(dpi, "the page is dithered");
    let sigma = (BLUR * dpi).clamp(0.5, 4.0) as f32;
    PageRaster { grey: gaussian_blur_f32(&raster.grey, sigma), ..raster }
}

/// Whether the middle of a page of black and white has far more dots than letters.
fn is_dithered(grey: &GrayImage, dpi: f64) -> bool {
    let (w, h) = grey.dimensions();
    if dpi < LEAST_DPI || w < 64 || h < 64 || !is_bilevel(grey) {
        return false;
    }
    let middle = crop_imm(grey, w / 4, h / 4, w / 2, h / 2).to_image();
    let ink = GrayImage::from_fn(middle.width(), middle.height(), |x, y| {
        Luma([if middle.get_pixel(x, y).0[0] < 128 { 255 } else { 0 }])
    });
    let (mut dots, mut letters) = (0_usize, 0_usize);
    for c in components(&ink) {
        let size = f64::from(c.width().max(c.height())) / dpi;
        if size <= DOT {
            dots += 1;
        } else if size <= LETTER {
            letters += 1;
        }
    }
    let area = f64::from(ink.width()) * f64::from(ink.height()) / (dpi * dpi);
    dots as f64 >= DOTS_TO_AN_INCH * area && dots >= DOTS_TO_A_LETTER * letters
}

fn is_bilevel(grey: &GrayImage) -> bool {
    let extreme = grey.iter().filter(|v| **v < 40 || **v > 215).count();
    let dark = grey.iter().filter(|v| **v < 40).count();
    extreme as f32 >= BILEVEL * grey.len() as f32 && dark > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro_interpret::kurbo::Affine;

    /// Letter-sized rings on white paper, 300 dpi.
    fn page() -> GrayImage {
        GrayImage::from_fn(800, 800, |x, y| {
            let (dx, dy) = (i64::from(x % 40) - 20, i64::from(y % 40) - 20);
            Luma([if (60..=100).contains(&(dx * dx + dy * dy)) { 0 } else { 255 }])
        })
    }

    fn raster(grey: GrayImage) -> PageRaster {
        PageRaster { grey, to_page: Affine::scale(72.0 / 300.0), page_size: (192.0, 192.0), damage: None }
    }

    /// White paper with every sixteenth pixel black.
    fn dotted(mut grey: GrayImage) -> GrayImage {
        for (x, y, p) in grey.enumerate_pixels_mut() {
            if x % 4 == (y / 4) % 2 * 2 && y % 4 == 0 {
                p.0[0] = 0;
            }
        }
        grey
    }

    #[test]
    fn dots_become_grey_and_letters_stay_dark() {
        let clear = undithered(raster(dotted(page()))).grey;
        let paper =
            (0..20).flat_map(|i| (0..20).map(move |j| (200 + i, 200 + j))).map(|(x, y)| (x, y, clear.get_pixel(x, y).0[0]));
        let (lightest, darkest) =
            paper.filter(|(x, y, _)| page().get_pixel(*x, *y).0[0] == 255).fold((0, 255), |(a, b), (.., v)| (a.max(v), b.min(v)));
        assert!(lightest > 200 && darkest > 60, "{lightest} {darkest}");
        assert!(clear.get_pixel(220, 211).0[0] < 130, "a stroke");
    }

    #[test]
    fn clean_specked_and_grey_pages_are_left_alone() {
        let mut specked = page();
        for i in 0..300_u32 {
            specked.put_pixel((i * 97) % 800, (i * 61) % 800, Luma([0]));
        }
        let grey = GrayImage::from_fn(800, 800, |x, y| Luma([if (x / 4 + y / 4) % 2 == 0 { 120 } else { 200 }]));
        let blank = GrayImage::from_pixel(800, 800, Luma([255]));
        for page in [page(), specked, grey, blank] {
            assert_eq!(undithered(raster(page.clone())).grey, page);
        }
        let coarse = PageRaster { to_page: Affine::scale(72.0 / 200.0), ..raster(dotted(page())) };
        assert_eq!(undithered(coarse).grey, dotted(page()), "200 dpi");
    }
}
