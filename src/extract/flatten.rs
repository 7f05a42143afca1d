//! A sheet photographed on a desk: found by its edge and laid flat.

use std::collections::VecDeque;

use hayro_interpret::kurbo::{Affine, Point};
use image::{GrayImage, Luma};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};

use super::ink::labelled;
use super::raster::PageRaster;
use super::sheet_edges::between_edges;

/// Longer side of the small copy on which the sheet is looked for, in pixels.
const SMALL: f64 = 600.0;
/// Within three pixels of the desk the tone changes by less than this; at the edge of the sheet by more.
const DESK_STEP: i32 = 22;
/// The sheet found reaches beyond the true one by this many small pixels: its edge is told by its neighbourhood.
const EDGE: f64 = 1.5;
/// Shares of the image that a sheet on a desk covers.
pub(super) const SHEET: std::ops::RangeInclusive<f64> = 0.3..=0.97;
/// The sheet is at least this much lighter than the desk.
pub(super) const LIGHTER: f64 = 1.25;

/// Length of a letter page by its width.
const LETTER_PAPER: f64 = 11.0 / 8.5;
/// Shares of a sheet by which it may be too short for letter paper where a dark band at its end is missing; a slant makes it
/// look longer than it is.
const MISSING: std::ops::RangeInclusive<f64> = 0.0..=0.2;
/// What is missing from here on is no slant.
const CLEARLY_MISSING: f64 = 0.03;
/// Shares of the sheet found that a dark band at its end may take, in steps.
const BANDS: std::ops::RangeInclusive<u32> = 4..=34;
const BAND_STEP: f64 = 0.005;
/// The tone changes by at least this where the band ends and the desk begins.
const BAND_EDGE: f64 = 7.0;
/// Shares of a dark band that its light letters take.
const HEADING: std::ops::RangeInclusive<f64> = 0.004..=0.4;

/// A corner in pixels.
pub(super) type Corner = (f64, f64);

/// How the pixels of a flattened sheet lead back to the photo.
#[derive(Debug, Clone, Copy)]
pub struct Slant {
    to_photo: Projection,
    photo_to_page: Affine,
}

impl Slant {
    /// The point of the page in the file that a pixel of the flattened sheet comes from.
    pub fn on_page(&self, pixel: Point) -> Point {
        let (x, y) = self.to_photo * (pixel.x as f32, pixel.y as f32);
        self.photo_to_page * Point::new(f64::from(x), f64::from(y))
    }
}

/// The photographed sheet, flat and without the desk; the image as it is when there is no desk around the sheet.
///
/// The flat image's own way back is the affine transform that comes nearest; the exact one is beside it.
pub fn flattened(raster: PageRaster) -> (PageRaster, Option<Slant>) {
    let flat = sheet_corners(&raster.grey).and_then(|corners| flatten(&raster, corners));
    flat.map_or((raster, None), |(flat, slant)| (flat, Some(slant)))
}

/// The corners of a light sheet on a darker desk: top left, top right, bottom right, bottom left.
fn sheet_corners(grey: &GrayImage) -> Option<[Corner; 4]> {
    let shrink = (f64::from(grey.width().max(grey.height())) / SMALL).max(1.0);
    let small = image::imageops::thumbnail(
        grey,
        (f64::from(grey.width()) / shrink).round().max(1.0) as u32,
        (f64::from(grey.height()) / shrink).round().max(1.0) as u32,
    );
    let smooth = imageproc::filter::box_filter(&small, 1, 1);
    let (corners, paper) = between_edges(&smooth)
        .or_else(|| desk_of(&smooth).and_then(|desk| outline(&smooth, |x, y| desk.get_pixel(x, y).0[0] == 0)))?;
    let corners = with_dark_edge(corners, &small, paper);
    let inward = [(EDGE, EDGE), (-EDGE, EDGE), (-EDGE, -EDGE), (EDGE, -EDGE)];
    let corner = |i: usize| ((corners[i].0 + inward[i].0) * shrink, (corners[i].1 + inward[i].1) * shrink);
    Some([corner(0), corner(1), corner(2), corner(3)])
}

/// The corners of the largest piece of what may be sheet, and how light it is; `None` where it does not look like one.
fn outline(smooth: &GrayImage, is_sheet: impl Fn(u32, u32) -> bool) -> Option<([Corner; 4], f64)> {
    let sheet = GrayImage::from_fn(smooth.width(), smooth.height(), |x, y| Luma([if is_sheet(x, y) { 255 } else { 0 }]));
    let ink = labelled(&sheet);
    let (index, largest) = ink.components.iter().enumerate().max_by_key(|(_, c)| c.area)?;
    let all = f64::from(sheet.width()) * f64::from(sheet.height());
    if !SHEET.contains(&(f64::from(largest.area) / all)) {
        return None;
    }
    let mean = |wanted: bool| {
        let (sum, count) = smooth
            .iter()
            .zip(sheet.iter())
            .filter(|(_, s)| (**s != 0) == wanted)
            .fold((0.0, 0.0), |(sum, count), (v, _)| (sum + f64::from(*v), count + 1.0));
        sum / f64::max(count, 1.0)
    };
    if mean(true) < LIGHTER * mean(false) {
        return None;
    }
    let inside = || smooth.enumerate_pixels().zip(&ink.labels).filter(|(_, label)| **label as usize == index + 1);
    let extreme = |score: fn(f64, f64) -> f64| {
        inside()
            .map(|((x, y, _), _)| (f64::from(x) + 0.5, f64::from(y) + 0.5))
            .max_by(|a, b| score(a.0, a.1).total_cmp(&score(b.0, b.1)))
    };
    let corners = [extreme(|x, y| -x - y)?, extreme(|x, y| x - y)?, extreme(|x, y| x + y)?, extreme(|x, y| y - x)?];
    // A sheet fills the four-sided figure between its corners, but for its letters; anything else is not a sheet.
    let filled = f64::from(largest.area) / area(&corners).max(1.0);
    (0.88..=1.1).contains(&filled).then(|| (corners, mean(true)))
}

/// A heading in a dark band at the edge of the sheet is as dark as the desk and was taken for it: where the sheet is too
/// short for letter paper and what goes on at one end is dark, has light letters in it, and ends in a step of tone, that is
/// sheet as well.
fn with_dark_edge(corners: [Corner; 4], small: &GrayImage, paper: f64) -> [Corner; 4] {
    let distance = |a: Corner, b: Corner| (a.0 - b.0).hypot(a.1 - b.1);
    let [tl, tr, br, bl] = corners;
    let width = f64::midpoint(distance(tl, tr), distance(bl, br));
    let height = f64::midpoint(distance(tl, bl), distance(tr, br));
    let (long, short) = (width.max(height), width.min(height));
    let missing = LETTER_PAPER * short / long - 1.0;
    if !MISSING.contains(&missing) {
        return corners;
    }
    // The ends of the long side: the corners that would move, each with the one that it moves away from.
    let ends = if height > width { [[(0, 3), (1, 2)], [(3, 0), (2, 1)]] } else { [[(0, 1), (3, 2)], [(1, 0), (2, 3)]] };
    let moved = |(at, from): (usize, usize), share: f64| {
        let (a, b) = (corners[at], corners[from]);
        (a.0 + (a.0 - b.0) * share, a.1 + (a.1 - b.1) * share)
    };
    let strip = |[a, b]: [(usize, usize); 2], from: f64, to: f64| [moved(a, from), moved(b, from), moved(b, to), moved(a, to)];
    let edge = |end: [(usize, usize); 2], share: f64| {
        let tone = |from: f64, to: f64| mean_tone(small, strip(end, from, to));
        let (inside, outside) = (tone(share - 0.012, share - 0.003)?, tone(share + 0.003, share + 0.012)?);
        Some((inside - outside).abs())
    };
    let shares = || BANDS.map(|n| f64::from(n) * BAND_STEP);
    let found = ends
        .into_iter()
        .flat_map(|end| shares().map(move |share| (end, share)))
        .filter(|(end, share)| {
            HEADING.contains(&light_share(small, strip(*end, 0.0, *share), paper))
                && light_share(small, strip(*end, 0.8 * share, *share), paper) < *HEADING.start()
        })
        .filter_map(|(end, share)| edge(end, share).map(|step| (end, share, step)))
        .filter(|(.., step)| *step >= BAND_EDGE)
        .max_by(|a, b| a.2.total_cmp(&b.2));
    // Where no step tells band from desk, the form of the sheet does.
    let by_form = || {
        let lettered = |end: &[(usize, usize); 2]| HEADING.contains(&light_share(small, strip(*end, 0.0, missing), paper));
        ends.into_iter().find(|end| missing >= CLEARLY_MISSING && lettered(end)).map(|end| (end, missing))
    };
    let Some((end, share)) = found.map(|(end, share, _)| (end, share)).or_else(by_form) else { return corners };
    let mut out = corners;
    for side in end {
        out[side.0] = moved(side, share);
    }
    out
}

/// The middle tone of a four-sided strip; `None` where it leaves the image.
fn mean_tone(small: &GrayImage, strip: [Corner; 4]) -> Option<f64> {
    let mut tones = tones_in(small, strip)?;
    let middle = tones.len() / 2;
    Some(f64::from(*tones.select_nth_unstable(middle).1))
}

/// The tones of a four-sided figure, its rim left out; `None` where it leaves the image.
fn tones_in(small: &GrayImage, strip: [Corner; 4]) -> Option<Vec<u8>> {
    const STEPS: u32 = 120;
    let mut tones = Vec::with_capacity((STEPS * STEPS) as usize);
    for (i, j) in (0..STEPS).flat_map(|i| (0..STEPS).map(move |j| (i, j))) {
        let share = |k: u32| 0.06 + 0.88 * (f64::from(k) + 0.5) / f64::from(STEPS);
        let (u, v) = (share(i), share(j));
        let along = |a: Corner, b: Corner| (a.0 + (b.0 - a.0) * u, a.1 + (b.1 - a.1) * u);
        let (near, far) = (along(strip[0], strip[1]), along(strip[3], strip[2]));
        let (x, y) = (near.0 + (far.0 - near.0) * v, near.1 + (far.1 - near.1) * v);
        if x < 0.0 || y < 0.0 || x >= f64::from(small.width()) || y >= f64::from(small.height()) {
            return None;
        }
        tones.push(small.get_pixel(x as u32, y as u32).0[0]);
    }
    Some(tones)
}

/// The share of a four-sided dark strip that is as light as letters; zero where it leaves the image or is no darker than paper
/// in the shade.
fn light_share(small: &GrayImage, strip: [Corner; 4], paper: f64) -> f64 {
    let Some(mut tones) = tones_in(small, strip) else { return 0.0 };
    tones.sort_unstable();
    let ground = f64::from(tones[tones.len() / 2]);
    if ground > 0.72 * paper {
        return 0.0;
    }
    let letter = ground + 0.5 * (paper - ground);
    tones.iter().filter(|t| f64::from(**t) > letter).count() as f64 / tones.len() as f64
}

/// The desk as 255: what can be reached from the edge of the image without crossing the edge of the sheet.
fn desk_of(smooth: &GrayImage) -> Option<GrayImage> {
    let (width, height) = smooth.dimensions();
    let light = {
        let mut values: Vec<u8> = smooth.iter().copied().collect();
        let at = values.len() * 9 / 10;
        i32::from(*values.select_nth_unstable(at).1)
    };
    let tone = |x: u32, y: u32| i32::from(smooth.get_pixel(x, y).0[0]);
    let mut desk = GrayImage::new(width, height);
    let mut queue: VecDeque<(u32, u32)> = VecDeque::new();
    let border = (0..width).flat_map(|x| [(x, 0), (x, height - 1)]).chain((0..height).flat_map(|y| [(0, y), (width - 1, y)]));
    let mut dark_border = 0u32;
    for (x, y) in border {
        if tone(x, y) * 4 < light * 3 && desk.get_pixel(x, y).0[0] == 0 {
            dark_border += 1;
            desk.put_pixel(x, y, Luma([255]));
            queue.push_back((x, y));
        }
    }
    // A scan has paper up to its edges, but for a dark heading at one and the shadow of the lid at another.
    let dark = |points: &mut dyn Iterator<Item = (u32, u32)>| {
        let (dark, all) =
            points.fold((0u32, 0u32), |(dark, all), (x, y)| (dark + u32::from(desk.get_pixel(x, y).0[0] != 0), all + 1));
        dark * 2 > all
    };
    let [top, bottom] = [0, height - 1].map(|y| dark(&mut (0..width).map(|x| (x, y))));
    let [left, right] = [0, width - 1].map(|x| dark(&mut (0..height).map(|y| (x, y))));
    let around = top && bottom || left && right;
    if !around || dark_border < u32::midpoint(width, height) {
        return None;
    }
    while let Some((x, y)) = queue.pop_front() {
        for (dx, dy) in [(-1i64, 0i64), (1, 0), (0, -1), (0, 1)] {
            let (nx, ny) = (i64::from(x) + dx, i64::from(y) + dy);
            if nx < 0 || ny < 0 || nx >= i64::from(width) || ny >= i64::from(height) {
                continue;
            }
            let (nx, ny) = (nx as u32, ny as u32);
            if desk.get_pixel(nx, ny).0[0] == 0 && !is_edge(smooth, nx, ny) {
                desk.put_pixel(nx, ny, Luma([255]));
                queue.push_back((nx, ny));
            }
        }
    }
    Some(desk)
}

/// Whether the tone changes fast around a pixel. A step from pixel to pixel would not do: along a slanted edge the
/// tones pass into each other.
fn is_edge(smooth: &GrayImage, x: u32, y: u32) -> bool {
    let (width, height) = smooth.dimensions();
    let (mut least, mut most) = (i32::MAX, i32::MIN);
    for ny in y.saturating_sub(1)..=(y + 1).min(height - 1) {
        for nx in x.saturating_sub(1)..=(x + 1).min(width - 1) {
            let tone = i32::from(smooth.get_pixel(nx, ny).0[0]);
            least = least.min(tone);
            most = most.max(tone);
        }
    }
    most - least > DESK_STEP
}

pub(super) fn area(corners: &[Corner; 4]) -> f64 {
    (0..4)
        .map(|i| {
            let (a, b) = (corners[i], corners[(i + 1) % 4]);
            a.0 * b.1 - b.0 * a.1
        })
        .sum::<f64>()
        .abs()
        / 2.0
}

/// Draws the four-sided figure as a rectangle of its mean size.
fn flatten(raster: &PageRaster, corners: [Corner; 4]) -> Option<(PageRaster, Slant)> {
    let distance = |a: Corner, b: Corner| (a.0 - b.0).hypot(a.1 - b.1);
    let [tl, tr, br, bl] = corners;
    let width = f64::midpoint(distance(tl, tr), distance(bl, br)).round();
    let height = f64::midpoint(distance(tl, bl), distance(tr, br)).round();
    if width < 100.0 || height < 100.0 {
        return None;
    }
    let flat = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    let single = |p: [Corner; 4]| p.map(|(x, y)| (x as f32, y as f32));
    let projection = Projection::from_control_points(single(corners), single(flat))?;
    let mut grey = GrayImage::from_pixel(width as u32, height as u32, Luma([255]));
    warp_into(&raster.grey, projection, Interpolation::Bilinear, Border::Constant(Luma([255])), &mut grey);
    whiten_edge(&mut grey, (width.min(height) / 150.0) as u32);
    // The way back is an affine transform: the one that leads the rectangle's corners nearest to the sheet's.
    let mean = |f: fn(Corner) -> f64| corners.iter().map(|c| f(*c)).sum::<f64>() / 4.0;
    let (a, b) = ((tr.0 - tl.0 + br.0 - bl.0) / (2.0 * width), (tr.1 - tl.1 + br.1 - bl.1) / (2.0 * width));
    let (c, d) = ((bl.0 - tl.0 + br.0 - tr.0) / (2.0 * height), (bl.1 - tl.1 + br.1 - tr.1) / (2.0 * height));
    let e = mean(|p| p.0) - a * width / 2.0 - c * height / 2.0;
    let f = mean(|p| p.1) - b * width / 2.0 - d * height / 2.0;
    let to_page = raster.to_page * Affine::new([a, b, c, d, e, f]);
    let slant = Slant { to_photo: projection.invert(), photo_to_page: raster.to_page };
    Some((PageRaster { grey, to_page, page_size: raster.page_size, damage: raster.damage.clone() }, slant))
}

/// The last pixels at the sheet's edge show the desk or a shadow.
fn whiten_edge(grey: &mut GrayImage, margin: u32) {
    let (width, height) = grey.dimensions();
    for (x, y, pixel) in grey.enumerate_pixels_mut() {
        if x < margin || y < margin || x + margin >= width || y + margin >= height {
            *pixel = Luma([255]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A light sheet with dark marks on a desk, its corners where they are given.
    fn photo(corners: [Corner; 4], desk: u8) -> PageRaster {
        let [tl, tr, br, bl] = corners;
        let within = |x: f64, y: f64| {
            [(tl, tr), (tr, br), (br, bl), (bl, tl)].iter().all(|(a, b)| (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) >= 0.0)
        };
        let grey = GrayImage::from_fn(850, 1100, |x, y| {
            let (fx, fy) = (f64::from(x), f64::from(y));
            let shade = (y / 20) as u8;
            Luma([if !within(fx, fy) {
                desk.saturating_sub(shade / 2)
            } else if (300..400).contains(&x) && (300..320).contains(&y) {
                20
            } else {
                245 - shade
            }])
        });
        PageRaster { grey, to_page: Affine::scale(0.72), page_size: (612.0, 792.0), damage: None }
    }

    #[test]
    fn a_sheet_on_a_desk_is_laid_flat() {
        let raster = photo([(60.0, 50.0), (800.0, 70.0), (815.0, 1050.0), (40.0, 1040.0)], 100);
        let (flat, slant) = flattened(raster);
        assert!(
            (735..=765).contains(&flat.grey.width()) && (970..=1000).contains(&flat.grey.height()),
            "{:?}",
            flat.grey.dimensions()
        );
        // The mark's middle leads back to where it was in the photo.
        let dark: Vec<(f64, f64)> =
            flat.grey.enumerate_pixels().filter(|(_, _, p)| p.0[0] < 60).map(|(x, y, _)| (f64::from(x), f64::from(y))).collect();
        let count = dark.len() as f64;
        let middle = dark.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / count, y + p.1 / count));
        let middle = Point::new(middle.0, middle.1);
        for (back, off) in [(flat.to_page * middle, 8.0), (slant.unwrap().on_page(middle), 1.0)] {
            assert!((back.x - 350.0 * 0.72).abs() < off && (back.y - 310.0 * 0.72).abs() < off, "{back:?}");
        }
    }

    #[test]
    fn a_heading_as_dark_as_the_desk_belongs_to_the_sheet() {
        let mut raster = photo([(60.0, 40.0), (800.0, 40.0), (800.0, 997.0), (60.0, 997.0)], 90);
        for (x, y, p) in raster.grey.enumerate_pixels_mut().filter(|(x, y, _)| (60..800).contains(x) && (40..110).contains(y)) {
            let letter = (150..500).contains(&x) && (60..90).contains(&y) && x % 14 < 4;
            *p = Luma([if letter { 235 } else { 88 }]);
        }
        let flat = flattened(raster).0.grey;
        assert!((940..=970).contains(&flat.height()), "{:?}", flat.dimensions());
    }

    #[test]
    fn a_sheet_on_a_grained_table_is_found() {
        let mut raster = photo([(90.0, 80.0), (780.0, 95.0), (790.0, 1000.0), (70.0, 980.0)], 100);
        for (x, y, p) in raster.grey.enumerate_pixels_mut().filter(|(.., p)| p.0[0] <= 100) {
            *p = Luma([80 + ((x / 9 + y / 3).wrapping_mul(2_654_435_761) >> 26) as u8 / 2]);
        }
        let flat = flattened(raster).0.grey;
        assert!((680..=720).contains(&flat.width()), "{:?}", flat.dimensions());
    }

    #[test]
    fn a_scan_stays_as_it_is() {
        let raster = photo([(-1.0, -1.0), (851.0, -1.0), (851.0, 1101.0), (-1.0, 1101.0)], 100);
        assert_eq!(flattened(raster).0.grey.dimensions(), (850, 1100));
    }
}
