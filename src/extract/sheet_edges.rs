//! A sheet on a table with a grain, half of it in the shade: found by its four edges.
//!
//! No one tone parts such a sheet from its table, but everywhere along an edge the sheet is clearly lighter than what is
//! just outside. Each row and column of the picture says where that step is first met from either side; a straight line
//! through most of these places is an edge, and the edges meet in the corners.

use image::GrayImage;

use super::flatten::{Corner, LIGHTER, SHEET, area};

/// Pixels on either side of a step whose means are compared.
const BESIDE: usize = 7;
/// A place is on an edge that is no farther from it than this, in pixels.
const NEAR: f64 = 2.0;
/// So many of the places must be on the edge.
const SHARE: f64 = 0.65;
/// Rows and columns that are looked at for each edge.
const PLACES: u32 = 60;
/// The middle of the picture, where the sheet is: shares of each side.
const MIDDLE: (f64, f64) = (0.22, 0.78);

/// A line by a point and a direction.
type Line = (Corner, Corner);

/// The corners of a sheet that is told by its edges, and how light it is.
pub fn between_edges(smooth: &GrayImage) -> Option<([Corner; 4], f64)> {
    let (width, height) = smooth.dimensions();
    if width < 100 || height < 100 {
        return None;
    }
    let top = edge(smooth, true, false)?;
    let bottom = edge(smooth, true, true)?;
    let left = edge(smooth, false, false)?;
    let right = edge(smooth, false, true)?;
    let corners = [meeting(top, left)?, meeting(top, right)?, meeting(bottom, right)?, meeting(bottom, left)?];
    let within = |c: &Corner| c.0 > -5.0 && c.1 > -5.0 && c.0 < f64::from(width) + 5.0 && c.1 < f64::from(height) + 5.0;
    let share = area(&corners) / (f64::from(width) * f64::from(height));
    if !corners.iter().all(within) || !SHEET.contains(&share) {
        return None;
    }
    let mut tones: Vec<u8> = smooth.iter().copied().collect();
    let at = tones.len() * 4 / 5;
    Some((corners, f64::from(*tones.select_nth_unstable(at).1)))
}

/// One edge: `across` runs from left to right and is looked for along columns, from the far end if `far`.
fn edge(smooth: &GrayImage, across: bool, far: bool) -> Option<Line> {
    let (width, height) = smooth.dimensions();
    let (along, depth) = if across { (width, height) } else { (height, width) };
    let mut places: Vec<Corner> = Vec::new();
    for i in 0..PLACES {
        let share = MIDDLE.0 + (MIDDLE.1 - MIDDLE.0) * f64::from(i) / f64::from(PLACES - 1);
        let at = (f64::from(along) * share) as u32;
        let tones: Vec<f64> = (0..depth)
            .map(|d| {
                let d = if far { depth - 1 - d } else { d };
                f64::from(if across { smooth.get_pixel(at, d) } else { smooth.get_pixel(d, at) }.0[0])
            })
            .collect();
        let Some(step) = first_step(&tones) else { continue };
        let d = if far { f64::from(depth) - step } else { step };
        places.push(if across { (f64::from(at) + 0.5, d) } else { (d, f64::from(at) + 0.5) });
    }
    let off = |p: Corner, (a, b): Line| {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        ((p.0 - a.0) * dy - (p.1 - a.1) * dx).abs() / dx.hypot(dy).max(1e-9)
    };
    // Places far enough apart to say which way the edge runs.
    let gap = (PLACES / 4) as usize;
    let pairs = (0..places.len()).flat_map(|i| (i + gap..places.len()).map(move |j| (i, j)));
    let best = pairs
        .map(|(i, j)| (places[i], places[j]))
        .map(|line| (places.iter().filter(|p| off(**p, line) <= NEAR).count(), line))
        .max_by_key(|(count, _)| *count)?;
    (best.0 as f64 >= SHARE * f64::from(PLACES)).then_some(best.1)
}

/// Where the tones first step up to a sheet that goes on, counted from the start.
fn first_step(tones: &[f64]) -> Option<f64> {
    let mean = |from: usize, to: usize| tones[from..to].iter().sum::<f64>() / (to - from) as f64;
    (BESIDE..tones.len().checked_sub(4 * BESIDE)?).find_map(|i| {
        // A light streak of the grain is lighter than the dark one before it, not than the table.
        let (outside, inside) = (mean(i - BESIDE, i).max(mean(0, i)), mean(i, i + BESIDE));
        let goes_on = mean(i + BESIDE, i + 4 * BESIDE);
        let steps = |i: usize| tones[i + 1] - tones[i - 1];
        // The step is where the tones rise fastest.
        let rise = || (i - BESIDE + 1..i + BESIDE).max_by(|a, b| steps(*a).total_cmp(&steps(*b))).unwrap_or(i);
        (inside >= LIGHTER * outside && inside - outside >= 18.0 && goes_on >= 1.15 * outside).then(|| rise() as f64 + 0.5)
    })
}

/// Where two lines meet.
fn meeting((a, b): Line, (c, d): Line) -> Option<Corner> {
    let (r, s) = ((b.0 - a.0, b.1 - a.1), (d.0 - c.0, d.1 - c.1));
    let cross = r.0 * s.1 - r.1 * s.0;
    if cross.abs() < 1e-9 {
        return None;
    }
    let t = ((c.0 - a.0) * s.1 - (c.1 - a.1) * s.0) / cross;
    Some((a.0 + t * r.0, a.1 + t * r.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// A sheet whose lower half is in the shade, as dark there as the lightest grain of the table.
    fn shaded() -> GrayImage {
        GrayImage::from_fn(480, 600, |x, y| {
            let grain = ((x / 7 + y / 2).wrapping_mul(2_654_435_761) >> 27) as u8;
            let shade = if y > 300 { 0.55 } else { 1.0 };
            let left = 60 + y / 20;
            let sheet = (50..560).contains(&y) && (left..430).contains(&x);
            let tone = if sheet { 215.0 } else { f64::from(70 + grain) };
            Luma([(tone * shade) as u8])
        })
    }

    #[test]
    fn a_sheet_half_in_the_shade_is_found() {
        let (corners, _) = between_edges(&shaded()).unwrap();
        for (found, wanted) in corners.iter().zip([(62.5, 50.0), (430.0, 50.0), (430.0, 560.0), (88.0, 560.0)]) {
            assert!((found.0 - wanted.0).abs() < 3.0 && (found.1 - wanted.1).abs() < 3.0, "{corners:?}");
        }
    }

    #[test]
    fn a_scan_has_no_edges() {
        let scan = GrayImage::from_fn(480, 600, |x, y| Luma([if y % 20 < 8 && x % 9 < 5 { 60 } else { 240 }]));
        assert_eq!(between_edges(&scan), None);
    }
}
