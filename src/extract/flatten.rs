//! A sheet photographed on a desk: found by its edge and laid flat.

use std::collections::VecDeque;

use hayro_interpret::kurbo::Affine;
use image::{GrayImage, Luma};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};

use super::ink::components;
use super::raster::PageRaster;

/// Longer side of the small copy on which the sheet is looked for, in pixels.
const SMALL: f64 = 600.0;
/// Within three pixels of the desk the tone changes by less than this; at the edge of the sheet by more.
const DESK_STEP: i32 = 22;
/// The sheet found reaches beyond the true one by this many small pixels: its edge is told by its neighbourhood.
const EDGE: f64 = 1.5;
/// Shares of the image that a sheet on a desk covers.
const SHEET: std::ops::RangeInclusive<f64> = 0.3..=0.97;
/// The sheet is at least this much lighter than the desk.
const LIGHTER: f64 = 1.25;

/// A corner in pixels.
type Corner = (f64, f64);

/// The photographed sheet, flat and without the desk; the image as it is when there is no desk around the sheet.
pub fn flattened(raster: PageRaster) -> PageRaster {
    let Some(corners) = sheet_corners(&raster.grey) else {
        return raster;
    };
    flatten(&raster, corners).unwrap_or(raster)
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
    let desk = desk_of(&smooth)?;
    let sheet = GrayImage::from_fn(desk.width(), desk.height(), |x, y| Luma([255 - desk.get_pixel(x, y).0[0]]));
    let largest = components(&sheet).into_iter().max_by_key(|c| c.area)?;
    let all = f64::from(sheet.width()) * f64::from(sheet.height());
    if !SHEET.contains(&(f64::from(largest.area) / all)) {
        return None;
    }
    let mean = |wanted: u8| {
        let (sum, count) = smooth
            .iter()
            .zip(sheet.iter())
            .filter(|(_, s)| **s == wanted)
            .fold((0.0, 0.0), |(sum, count), (v, _)| (sum + f64::from(*v), count + 1.0));
        sum / f64::max(count, 1.0)
    };
    if mean(255) < LIGHTER * mean(0) {
        return None;
    }
    let inside = || {
        sheet
            .enumerate_pixels()
            .filter(|(x, y, p)| p.0[0] != 0 && (largest.x0..largest.x1).contains(x) && (largest.y0..largest.y1).contains(y))
    };
    let extreme = |score: fn(f64, f64) -> f64| {
        inside()
            .map(|(x, y, _)| (f64::from(x) + 0.5, f64::from(y) + 0.5))
            .max_by(|a, b| score(a.0, a.1).total_cmp(&score(b.0, b.1)))
    };
    let corners = [extreme(|x, y| -x - y)?, extreme(|x, y| x - y)?, extreme(|x, y| x + y)?, extreme(|x, y| y - x)?];
    // A sheet fills the four-sided figure between its corners; anything else is not a sheet.
    let filled = f64::from(largest.area) / area(&corners).max(1.0);
    if !(0.9..=1.1).contains(&filled) {
        return None;
    }
    let inward = [(EDGE, EDGE), (-EDGE, EDGE), (-EDGE, -EDGE), (EDGE, -EDGE)];
    let corner = |i: usize| ((corners[i].0 + inward[i].0) * shrink, (corners[i].1 + inward[i].1) * shrink);
    Some([corner(0), corner(1), corner(2), corner(3)])
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
    // A scan has paper up to its edges.
    if dark_border < u32::midpoint(width, height) {
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

fn area(corners: &[Corner; 4]) -> f64 {
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
fn flatten(raster: &PageRaster, corners: [Corner; 4]) -> Option<PageRaster> {
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
    Some(PageRaster { grey, to_page, page_size: raster.page_size, damage: raster.damage.clone() })
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
        let flat = flattened(raster);
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
        let back = flat.to_page * hayro_interpret::kurbo::Point::new(middle.0, middle.1);
        assert!((back.x - 350.0 * 0.72).abs() < 8.0 && (back.y - 310.0 * 0.72).abs() < 8.0, "{back:?}");
    }

    #[test]
    fn a_scan_stays_as_it_is() {
        let raster = photo([(-1.0, -1.0), (851.0, -1.0), (851.0, 1101.0), (-1.0, 1101.0)], 100);
        assert_eq!(flattened(raster).grey.dimensions(), (850, 1100));
    }
}
