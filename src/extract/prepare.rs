//! A page image made ready for reading: turned upright, deskewed, at a working resolution, with the way back kept.

use billproof_parsers::page_text::Bend;
use hayro_interpret::kurbo::{Affine, Point};
use image::{GrayImage, Luma};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};

use super::bend::{NET, bend_of, laid_flat};
use super::dither::undithered;
use super::flatten::{Slant, flattened};
use super::frame::Turn;
use super::ink::{binarize, components};
use super::orient::{Lie, lie_of};
use super::raster::PageRaster;
use super::reversed::turn_reversed_bands;
use super::screens::make_even;
use super::shine_through::without_shine_through;

/// Resolution of the overview by which the sheet's lie is judged.
const OVERVIEW_DPI: f64 = 100.0;
/// Working resolutions between which a scan's own is kept.
const WORKING_DPI: (f64, f64) = (200.0, 300.0);
/// Angles below this (degrees) are left alone.
const STRAIGHT: f64 = 0.02;
/// Paper whose longer side is beyond these, in inches, is no sheet that anybody prints a statement on: an app that knows no
/// resolution wrote so many points as the photo has pixels, or a driver took one resolution for another.
const SHEETS: std::ops::RangeInclusive<f64> = 4.5..=17.5;
/// The longer side that such a sheet is given, that of a letter page.
const LETTER: f64 = 11.0;
/// Images of fewer pixels along their longer side may be of something as small as they say.
const LEAST_PIXELS: f64 = 1_300.0;
/// No side of a working image is longer than this.
const LONGEST_SIDE: f64 = 9_000.0;

/// An upright, deskewed page.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The pixels, grey.
    pub grey: GrayImage,
    /// Pixels per point.
    pub scale: f64,
    /// From points of the reading frame to points of the page in the file.
    pub to_page: Affine,
    /// How the sheet was bent before it was laid flat.
    pub bend: Option<Bend>,
    /// Size of the reading frame in points.
    pub size: (f32, f32),
}

/// A scan with its lie measured, from which upright images are made.
#[derive(Debug)]
pub struct Sheet {
    raster: PageRaster,
    /// How the sheet lay in the photo that it was flattened from.
    slant: Option<Slant>,
    /// Pixels per inch along both axes of the image: what the file says, where a sheet can be as large as that.
    dpi: (f64, f64),
    /// From pixels to points of the sheet as the image has it.
    to_points: Affine,
    /// Size of the sheet in points.
    size: (f64, f64),
    /// How its text lies.
    pub lie: Lie,
}

impl Sheet {
    /// Measures how the text of a page image lies.
    pub fn new(raster: PageRaster) -> Self {
        let (mut raster, mut slant) = flattened(undithered(raster));
        if raster.to_page.determinant() < 0.0 {
            image::imageops::flip_horizontal_in_place(&mut raster.grey);
            slant = None;
            raster.to_page *= Affine::new([-1.0, 0.0, 0.0, 1.0, f64::from(raster.grey.width()), 0.0]);
        }
        let (w, h) = (f64::from(raster.grey.width()), f64::from(raster.grey.height()));
        let (dpi_x, dpi_y) = plausible_dpi(raster.dpi(), w, h);
        let to_points = Affine::scale_non_uniform(72.0 / dpi_x, 72.0 / dpi_y);
        let size = (w * 72.0 / dpi_x, h * 72.0 / dpi_y);
        let (ow, oh) = (
            (w * OVERVIEW_DPI / dpi_x).round().clamp(1.0, w.max(1.0)),
            (h * OVERVIEW_DPI / dpi_y).round().clamp(1.0, h.max(1.0)),
        );
        let overview = image::imageops::thumbnail(&raster.grey, ow as u32, oh as u32);
        let lie = lie_of(&components(&binarize(&overview, 10)));
        Self { raster, slant, dpi: (dpi_x, dpi_y), to_points, size, lie }
    }

    /// Whether there is nothing but paper: hardly a pixel differs from its surroundings.
    pub fn is_blank(&self) -> bool {
        let small = image::imageops::thumbnail(
            &self.raster.grey,
            (self.size.0 as u32).clamp(1, 2_000),
            (self.size.1 as u32).clamp(1, 2_000),
        );
        let marks = components(&binarize(&small, 8)).into_iter().filter(|c| c.width().max(c.height()) >= 4).count();
        marks < 3
    }

    /// The turns in which the text may stand upright, the likelier first.
    pub fn turns(&self) -> [Turn; 2] {
        if self.lie.sideways { [Turn::Clockwise, Turn::CounterClockwise] } else { [Turn::Upright, Turn::UpsideDown] }
    }

    /// The sheet upright and deskewed, if its text lies as `turn` says.
    pub fn upright(&self, turn: Turn) -> Prepared {
        let (width, height) = (self.size.0 as f32, self.size.1 as f32);
        let size = turn.upright_size(width, height);
        let (dpi_x, dpi_y) = self.dpi;
        let dpi = dpi_x.max(dpi_y).clamp(WORKING_DPI.0, WORKING_DPI.1);
        let scale = (dpi / 72.0).min(LONGEST_SIDE / f64::from(width.max(height)).max(1.0));
        let centre = Point::new(f64::from(size.0) / 2.0, f64::from(size.1) / 2.0);
        let skew = if self.lie.skew.abs() < STRAIGHT { 0.0 } else { self.lie.skew };
        let deskew = Affine::rotate_about(skew.to_radians(), centre);
        let reading_to_sheet = Affine::new(turn.to_page(width, height).map(f64::from)) * deskew;
        let reading_to_pixels = self.to_points.inverse() * reading_to_sheet;
        let mut grey = warp(
            &self.raster.grey,
            reading_to_pixels * Affine::scale(1.0 / scale),
            (f64::from(size.0) * scale, f64::from(size.1) * scale),
        );
        make_even(&mut grey, scale * 72.0);
        without_shine_through(&mut grey, scale * 72.0);
        let bend = bend_of(&grey, scale);
        if let Some(bend) = &bend {
            grey = laid_flat(&grey, bend, scale);
        }
        turn_reversed_bands(&mut grey, scale * 72.0);
        let to_page = self.raster.to_page * reading_to_pixels;
        let bend = match self.slant {
            Some(slant) => Some(slanted(bend.as_ref(), &slant, reading_to_pixels, to_page, size)),
            None => bend,
        };
        Prepared { grey, scale, to_page, bend, size }
    }
}

/// The resolution that a file states, where a sheet of so many pixels can be as large as that makes it.
fn plausible_dpi((x, y): (f64, f64), width: f64, height: f64) -> (f64, f64) {
    let longest = (width / x).max(height / y);
    if SHEETS.contains(&longest) || longest < LETTER && width.max(height) < LEAST_PIXELS {
        return (x, y);
    }
    (x * longest / LETTER, y * longest / LETTER)
}

/// How a sheet lay that was photographed at a slant and, it may be, bent besides.
fn slanted(bend: Option<&Bend>, slant: &Slant, reading_to_pixels: Affine, to_page: Affine, size: (f32, f32)) -> Bend {
    let from_page = to_page.inverse();
    Bend::of(size, NET, |x, y| {
        let [dx, dy] = bend.map_or([0.0; 2], |bend| bend.at(x, y));
        let exact = from_page * slant.on_page(reading_to_pixels * Point::new(f64::from(x + dx), f64::from(y + dy)));
        [(exact.x - f64::from(x)) as f32, (exact.y - f64::from(y)) as f32]
    })
}

/// Draws a new image of `size` whose pixels come from where `from` leads in `image`; outside is paper.
fn warp(image: &GrayImage, from: Affine, size: (f64, f64)) -> GrayImage {
    let (width, height) = (size.0.round().max(1.0) as u32, size.1.round().max(1.0) as u32);
    let [a, b, c, d, e, f] = from.as_coeffs();
    let nearly = |x: f64, y: f64| (x - y).abs() < 1e-6;
    if nearly(a, 1.0)
        && nearly(d, 1.0)
        && nearly(b, 0.0)
        && nearly(c, 0.0)
        && e.abs() < 0.01
        && f.abs() < 0.01
        && (width, height) == image.dimensions()
    {
        return image.clone();
    }
    // A much finer image is thinned out first, or its pixels between the samples would be lost.
    let shrink = a.hypot(b).min(c.hypot(d));
    if shrink > 1.5 {
        let smaller = image::imageops::thumbnail(
            image,
            (f64::from(image.width()) / shrink).ceil() as u32,
            (f64::from(image.height()) / shrink).ceil() as u32,
        );
        let ratio = Affine::scale_non_uniform(
            f64::from(smaller.width()) / f64::from(image.width()),
            f64::from(smaller.height()) / f64::from(image.height()),
        );
        return sample(&smaller, ratio * from, (width, height));
    }
    sample(image, from, (width, height))
}

fn sample(image: &GrayImage, from: Affine, (width, height): (u32, u32)) -> GrayImage {
    // Pixel centres, not corners, correspond.
    let shifted = Affine::translate((-0.5, -0.5)) * from * Affine::translate((0.5, 0.5));
    let [a, b, c, d, e, f] = shifted.inverse().as_coeffs().map(|v| v as f32);
    let mut out = GrayImage::from_pixel(width, height, Luma([255]));
    if let Some(projection) = Projection::from_matrix([a, c, e, b, d, f, 0.0, 0.0, 1.0]) {
        warp_into(image, projection, Interpolation::Bilinear, Border::Constant(Luma([255])), &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use billproof_parsers::page_text::{BBox, PageText, TextSource};

    #[test]
    fn a_sheet_of_27_inches_is_a_letter_page_and_a_receipt_is_what_it_is() {
        let (x, y) = plausible_dpi((72.0, 72.0), 1_584.0, 2_024.0);
        assert!((y - 184.0).abs() < 0.1 && x == y);
        let (x, _) = plausible_dpi((600.0, 600.0), 1_700.0, 2_200.0);
        assert!((x - 200.0).abs() < 0.1);
        assert_eq!(plausible_dpi((300.0, 300.0), 900.0, 1_250.0), (300.0, 300.0));
        assert_eq!(plausible_dpi((200.0, 200.0), 2_200.0, 1_700.0), (200.0, 200.0));
    }

    /// A sheet of 425 × 550 points at 144 dpi with dark dashes as lines of text.
    fn sheet(turn: Turn) -> PageRaster {
        let (w, h) = match turn {
            Turn::Upright | Turn::UpsideDown => (850, 1100),
            _ => (1100, 850),
        };
        let mut grey = GrayImage::from_pixel(w, h, Luma([255]));
        for row in 0..20u32 {
            for letter in 0..40u32 {
                for dy in 0..12u32 {
                    for dx in 0..8u32 {
                        let upright = (100.0 + (letter * 12 + dx) as f32, 100.0 + (row * 40 + dy) as f32);
                        let [a, b, c, d, e, f] = turn.to_page(w as f32, h as f32);
                        let (x, y) = (a * upright.0 + c * upright.1 + e, b * upright.0 + d * upright.1 + f);
                        if x >= 0.0 && y >= 0.0 && (x as u32) < w && (y as u32) < h {
                            grey.put_pixel(x as u32, y as u32, Luma([0]));
                        }
                    }
                }
            }
        }
        PageRaster { grey, to_page: Affine::scale(0.5), page_size: (w as f32 / 2.0, h as f32 / 2.0), damage: None }
    }

    #[test]
    fn the_way_back_leads_to_the_same_ink() {
        for turn in Turn::ALL {
            let raster = sheet(turn);
            let sheet = Sheet::new(raster.clone());
            assert!(sheet.turns().contains(&turn), "{turn:?}");
            let upright = sheet.upright(turn);
            let [a, b, c, d, e, f] = upright.to_page.as_coeffs().map(|v| v as f32);
            let page = PageText {
                number: 1,
                width: upright.size.0,
                height: upright.size.1,
                words: Vec::new(),
                rulings: Vec::new(),
                source: TextSource::Ocr,
                to_page: [a, b, c, d, e, f],
                bend: None,
            };
            // The first letter in points of the reading frame, then on the page, then in pixels of the scan.
            let on_page = page.on_page(BBox::new(51.0, 51.0, 53.0, 55.0));
            let (x, y) = ((on_page.cx() * 2.0) as u32, (on_page.cy() * 2.0) as u32);
            assert_eq!(raster.grey.get_pixel(x, y).0[0], 0, "{turn:?}: {on_page:?}");
            let (px, py) = ((52.0 * upright.scale) as u32, (53.0 * upright.scale) as u32);
            assert!(upright.grey.get_pixel(px, py).0[0] < 100, "{turn:?}");
        }
    }
}
