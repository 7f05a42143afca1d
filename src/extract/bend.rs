//! A sheet that did not lie flat: near the spine of a book, folded, lifted by the draught of the feeder. Its lines of
//! text are curved, so that the cells of one row stand at different heights.
//!
//! How far each place of the page is off is told from its text alone: the feet of the letters of one word, and of words
//! beside each other, would be level on a flat sheet. One smooth surface is fitted to all of them at once (polynomials
//! across and down the page, each stretch of letters with a level of its own), first from near neighbours, then from
//! whole lines of the page as it was flattened so far. Drawn lines, which were level too, bridge what is empty between
//! the cells. A page on which this gains little is left as it is, to the pixel.

use billproof_parsers::page_text::Bend;
use image::{GrayImage, Luma};
use nalgebra::{DMatrix, DVector};

use super::ink::{Component, Labelled, binarize, labelled};

/// Resolution at which letters are looked at.
const OVERVIEW_DPI: f64 = 150.0;
/// Degrees of the polynomials across and down the page.
const ACROSS: usize = 6;
const DOWN: usize = 3;
const TERMS: usize = ACROSS * (DOWN + 1);
/// One pass over the letters: what is known better is asked more finely.
struct Round {
    /// How far the next letter of a stretch may be, in heights of a letter.
    reach: f64,
    /// How far the feet of two letters beside each other may differ, in heights of a letter.
    step: f64,
    /// Degrees of the polynomials that the surface is made of. From words alone a fine surface would follow the lines
    /// that it made up itself across the empty space between two cells.
    across: usize,
    down: usize,
}

const ROUNDS: [Round; 5] = [
    Round { reach: 1.6, step: 0.35, across: 2, down: 1 },
    Round { reach: 1.6, step: 0.35, across: 3, down: 1 },
    Round { reach: 4.0, step: 0.3, across: 4, down: 2 },
    Round { reach: 8.0, step: 0.3, across: ACROSS, down: 2 },
    Round { reach: 12.0, step: 0.25, across: ACROSS, down: DOWN },
];
/// A foot this many pixels off its level has half the weight: the tails of a `g`, commas, specks.
const SLACK: f64 = 0.8;
/// Drawn lines are longer than this, not thicker, and bent by no more than this, in inches.
const RULE: (f64, f64, f64) = (1.0, 0.04, 0.4);
/// Places at which a drawn line is looked at, to the inch.
const RULE_STEPS: f64 = 20.0;
/// Stretches of fewer letters say nothing.
const LEAST_LETTERS: usize = 4;
/// Fewer letters in stretches than this are not enough to tell.
const ENOUGH: usize = 150;
/// More letters than this are noise.
const MOST_LETTERS: usize = 30_000;
/// The surface is applied from this range on (inches over the text of the page): less is lost in the letters' own height.
const LEAST_RANGE: f64 = 0.012;
/// What is left of the feet's unevenness must be at most this share of what it was.
const MOST_LEFT: f64 = 0.75;
/// A sheet is not bent by more than this, in inches.
const MOST_RANGE: f64 = 0.35;
/// Nor is any place of it this steep: the surface has followed lines that it made up.
const MOST_SLOPE: f64 = 0.2;
/// Pulls terms that nothing in the text calls for to zero.
const RIDGE: f64 = 3e-6;
/// Nodes of the net in which the surface is kept.
pub const NET: (usize, usize) = (33, 25);

/// One letter, by the middle of its foot.
#[derive(Debug, Clone, Copy)]
struct Foot {
    x: f64,
    y: f64,
    x0: f64,
    x1: f64,
    height: f64,
}

/// The surface: coefficients over the page in normal coordinates (−1..1).
struct Surface {
    terms: DVector<f64>,
    /// Where letters are: beyond them nothing is known, and the surface goes on level.
    within: (f64, f64, f64, f64),
    size: (f64, f64),
}

impl Surface {
    fn flat(feet: &[Foot], size: (f64, f64)) -> Self {
        let edge = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            let last = values.len() - 1;
            (values[last / 100], values[last - last / 100])
        };
        let (x0, x1) = edge(feet.iter().map(|f| f.x).collect());
        let (y0, y1) = edge(feet.iter().map(|f| f.y).collect());
        Self { terms: DVector::zeros(TERMS), within: (x0, y0, x1, y1), size }
    }

    fn basis(&self, x: f64, y: f64) -> [f64; TERMS] {
        let (x0, y0, x1, y1) = self.within;
        let (x, y) = (x.clamp(x0, x1), y.clamp(y0, y1));
        let (across, down) = (legendre::<{ ACROSS + 1 }>(2.0 * x / self.size.0 - 1.0), legendre(2.0 * y / self.size.1 - 1.0));
        let down: [f64; DOWN + 1] = down;
        std::array::from_fn(|t| across[1 + t / (DOWN + 1)] * down[t % (DOWN + 1)])
    }

    /// By how much what stands at a place of the bent page is lower than it would be on the flat one.
    fn at(&self, x: f64, y: f64) -> f64 {
        self.basis(x, y).iter().zip(self.terms.iter()).map(|(b, c)| b * c).sum()
    }
}

/// The Legendre polynomials of degrees 0 to `N` − 1.
fn legendre<const N: usize>(x: f64) -> [f64; N] {
    let mut out = [1.0; N];
    for n in 1..N {
        out[n] = if n == 1 {
            x
        } else {
            let k = n as f64;
            ((2.0 * k - 1.0) * x * out[n - 1] - (k - 1.0) * out[n - 2]) / k
        };
    }
    out
}

/// How the sheet was bent, in points of the reading frame; `None` of a flat one. `scale` is pixels per point.
pub fn bend_of(grey: &GrayImage, scale: f64) -> Option<Bend> {
    let shrink = (scale * 72.0 / OVERVIEW_DPI).max(1.0);
    let size = (f64::from(grey.width()) / shrink, f64::from(grey.height()) / shrink);
    let small = image::imageops::thumbnail(grey, size.0.round().max(1.0) as u32, size.1.round().max(1.0) as u32);
    let dpi = scale * 72.0 / shrink;
    let ink = labelled(&binarize(&small, (0.11 * dpi) as u32));
    let feet = Feet::of(&ink, small.width(), dpi);
    let surface = surface_of(&feet, (f64::from(small.width()), f64::from(small.height())), dpi)?;
    let points = 72.0 / dpi;
    let net = ((surface.size.0 * points) as f32, (surface.size.1 * points) as f32);
    Some(Bend::of(net, NET, |x, y| {
        let (x, y) = (f64::from(x) / points, f64::from(y) / points);
        // The surface is known where letters are; the net asks where they would be.
        [0.0, ((0..4).fold(0.0, |dy, _| surface.at(x, y + dy)) * points) as f32]
    }))
}

/// What would be level on a flat sheet.
struct Feet {
    /// The feet of the letters from left to right, then places of the drawn lines.
    all: Vec<Foot>,
    /// How many of them are letters'.
    letters: usize,
    /// The drawn lines, as places in `all`.
    rules: Vec<Vec<usize>>,
}

impl Feet {
    fn of(ink: &Labelled, width: u32, dpi: f64) -> Self {
        let mut all: Vec<Foot> = ink.components.iter().filter(|c| looks_like_letter(c, dpi)).map(foot).collect();
        all.sort_by(|a, b| a.x0.total_cmp(&b.x0).then(a.y.total_cmp(&b.y)));
        all.truncate(MOST_LETTERS);
        let letters = all.len();
        let mut rules = Vec::new();
        for (i, c) in ink.components.iter().enumerate().filter(|(_, c)| looks_like_rule(c, dpi)) {
            let first = all.len();
            all.extend(places_of(ink, i, c, width, dpi));
            rules.push((first..all.len()).collect());
        }
        Self { all, letters, rules }
    }

    /// The drawn lines, and the letters that are level on the page as it was flattened so far.
    fn stretches(&self, surface: &Surface, round: &Round) -> Vec<Vec<usize>> {
        let mut out = stretches(&self.all[..self.letters], surface, round);
        out.extend(self.rules.iter().cloned());
        out
    }
}

/// Letters of 4 to 20 points.
fn looks_like_letter(c: &Component, dpi: f64) -> bool {
    let (point, w, h) = (dpi / 72.0, f64::from(c.width()), f64::from(c.height()));
    (3.0 * point..=15.0 * point).contains(&h) && w <= 3.0 * h && c.area >= 6
}

/// A drawn line by itself; the lines of a grid hang together and are none.
fn looks_like_rule(c: &Component, dpi: f64) -> bool {
    let (length, thickness, bend) = RULE;
    f64::from(c.width()) >= length * dpi
        && f64::from(c.height()) <= bend * dpi
        && f64::from(c.area) <= thickness * dpi * f64::from(c.width())
}

fn foot(c: &Component) -> Foot {
    let (x0, x1) = (f64::from(c.x0), f64::from(c.x1));
    Foot { x: f64::midpoint(x0, x1), y: f64::from(c.y1), x0, x1, height: f64::from(c.height()) }
}

/// The middle of a drawn line at even steps, where it is as thin as one.
fn places_of(ink: &Labelled, index: usize, c: &Component, width: u32, dpi: f64) -> Vec<Foot> {
    let label = index as u32 + 1;
    let steps = (f64::from(c.width()) / dpi * RULE_STEPS) as u32;
    (0..steps)
        .filter_map(|i| {
            let x = c.x0 + (c.width() - 1) * i / steps.max(1);
            let dark: Vec<u32> = (c.y0..c.y1).filter(|y| ink.labels[(y * width + x) as usize] == label).collect();
            let (top, bottom) = (*dark.first()?, *dark.last()?);
            let x = f64::from(x);
            let y = f64::from(top + bottom) / 2.0;
            (f64::from(bottom - top) <= RULE.1 * dpi).then_some(Foot { x, y, x0: x, x1: x, height: 1.0 })
        })
        .collect()
}

fn surface_of(found: &Feet, size: (f64, f64), dpi: f64) -> Option<Surface> {
    if found.letters < ENOUGH {
        return None;
    }
    // Where a fine surface goes astray a coarse one may still be told.
    [&ROUNDS[..], &ROUNDS[..2]].into_iter().find_map(|rounds| plausible(found, fitted_surface(found, rounds, size)?, size, dpi))
}

fn fitted_surface(found: &Feet, rounds: &[Round], size: (f64, f64)) -> Option<Surface> {
    let mut surface = Surface::flat(&found.all, size);
    for round in rounds {
        let stretches = found.stretches(&surface, round);
        if stretches.iter().map(Vec::len).sum::<usize>() < ENOUGH {
            return None;
        }
        for _ in 0..3 {
            surface.terms = fitted(&found.all, &stretches, &surface, round)?;
        }
    }
    Some(surface)
}

/// The surface, if it is one that a sheet can have and the letters are more level by it.
fn plausible(found: &Feet, surface: Surface, size: (f64, f64), dpi: f64) -> Option<Surface> {
    let feet = &found.all[..];
    let offsets: Vec<f64> = feet.iter().map(|f| surface.at(f.x, f.y)).collect();
    let least = offsets.iter().copied().fold(f64::INFINITY, f64::min);
    let most = offsets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let stretches = found.stretches(&surface, &ROUNDS[ROUNDS.len() - 1]);
    let left = unevenness(feet, &stretches, &surface) / unevenness(feet, &stretches, &Surface::flat(feet, size)).max(1e-6);
    let slope = feet.iter().map(|f| (surface.at(f.x + 5.0, f.y) - surface.at(f.x - 5.0, f.y)).abs() / 10.0).fold(0.0, f64::max);
    tracing::debug!(range = (most - least) / dpi, left, slope, "how flat the sheet lies");
    let range = LEAST_RANGE * dpi..=MOST_RANGE * dpi;
    (range.contains(&(most - least)) && left <= MOST_LEFT && slope <= MOST_SLOPE).then_some(surface)
}

/// Letters beside each other whose feet are level on the page as it was flattened so far, as indices into `feet`.
fn stretches(feet: &[Foot], surface: &Surface, round: &Round) -> Vec<Vec<usize>> {
    let level: Vec<f64> = feet.iter().map(|f| f.y - surface.at(f.x, f.y)).collect();
    let tallest = feet.iter().map(|f| f.height).fold(1.0, f64::max);
    let band = |y: f64| (y / tallest).floor() as i64;
    // The last letters of the stretches that are still open, by the band of the page that they are in.
    let mut open: std::collections::HashMap<i64, Vec<usize>> = std::collections::HashMap::new();
    let mut of: Vec<usize> = vec![usize::MAX; feet.len()];
    let mut out: Vec<Vec<usize>> = Vec::new();
    for (i, foot) in feet.iter().enumerate() {
        let near = |j: &usize| {
            let (other, height) = (&feet[*j], foot.height.max(feet[*j].height));
            let smaller = foot.height.min(other.height);
            let gap = foot.x0 - other.x1;
            gap > -0.5 * height
                && gap <= round.reach * height
                && smaller * 2.2 >= height
                && (level[i] - level[*j]).abs() <= round.step * smaller
        };
        let here = band(level[i]);
        let before = (here - 1..=here + 1)
            .filter_map(|b| open.get(&b))
            .flatten()
            .copied()
            .filter(near)
            .max_by(|a, b| feet[*a].x1.total_cmp(&feet[*b].x1));
        if let Some(j) = before {
            of[i] = of[j];
            out[of[i]].push(i);
            if let Some(ends) = open.get_mut(&band(level[j])) {
                ends.retain(|k| *k != j);
            }
        } else {
            of[i] = out.len();
            out.push(vec![i]);
        }
        let ends = open.entry(here).or_default();
        ends.retain(|k| foot.x0 - feet[*k].x1 <= 14.0 * tallest);
        ends.push(i);
    }
    out.retain(|s| s.len() >= LEAST_LETTERS);
    out
}

/// The weights of the feet of a stretch about its level, and the level.
fn weighed(feet: &[Foot], stretch: &[usize], surface: &Surface) -> (Vec<f64>, f64) {
    let levels: Vec<f64> = stretch.iter().map(|i| feet[*i].y - surface.at(feet[*i].x, feet[*i].y)).collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f64::total_cmp);
    let level = sorted[sorted.len() / 2];
    (levels.iter().map(|l| 1.0 / (1.0 + ((l - level) / SLACK).powi(2))).collect(), level)
}

/// The surface's terms from one weighted least-squares step over all stretches, each with a level of its own.
fn fitted(feet: &[Foot], stretches: &[Vec<usize>], surface: &Surface, round: &Round) -> Option<DVector<f64>> {
    let mut normal = DMatrix::<f64>::zeros(TERMS, TERMS);
    let mut right = DVector::<f64>::zeros(TERMS);
    let mut count = 0.0;
    for stretch in stretches.iter().filter(|s| s.len() >= LEAST_LETTERS) {
        let (weights, _) = weighed(feet, stretch, surface);
        let sum: f64 = weights.iter().sum();
        let rows: Vec<[f64; TERMS]> = stretch.iter().map(|i| surface.basis(feet[*i].x, feet[*i].y)).collect();
        let mean_y = stretch.iter().zip(&weights).map(|(i, w)| w * feet[*i].y).sum::<f64>() / sum;
        let mean: [f64; TERMS] = std::array::from_fn(|t| rows.iter().zip(&weights).map(|(row, w)| w * row[t]).sum::<f64>() / sum);
        for ((i, row), w) in stretch.iter().zip(&rows).zip(&weights) {
            let centred: [f64; TERMS] = std::array::from_fn(|t| row[t] - mean[t]);
            for a in 0..TERMS {
                right[a] += w * centred[a] * (feet[*i].y - mean_y);
                for b in 0..=a {
                    normal[(a, b)] += w * centred[a] * centred[b];
                }
            }
        }
        count += sum;
    }
    for a in 0..TERMS {
        let (across, down) = (1 + a / (DOWN + 1), a % (DOWN + 1));
        let free = across <= round.across && down <= round.down;
        normal[(a, a)] += if free { RIDGE * count } else { 1e6 * count };
        for b in a + 1..TERMS {
            normal[(a, b)] = normal[(b, a)];
        }
    }
    Some(normal.cholesky()?.solve(&right))
}

/// Mean distance of the feet from the level of their stretch, tails and specks left out.
fn unevenness(feet: &[Foot], stretches: &[Vec<usize>], surface: &Surface) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for stretch in stretches.iter().filter(|s| s.len() >= LEAST_LETTERS) {
        let mut off: Vec<f64> = {
            let (_, level) = weighed(feet, stretch, surface);
            stretch.iter().map(|i| (feet[*i].y - surface.at(feet[*i].x, feet[*i].y) - level).abs()).collect()
        };
        off.sort_by(f64::total_cmp);
        let kept = (off.len() * 8).div_ceil(10);
        sum += off[..kept].iter().sum::<f64>();
        count += kept as f64;
    }
    sum / f64::max(count, 1.0)
}

/// The page as it would be if the sheet had lain flat.
pub fn laid_flat(grey: &GrayImage, bend: &Bend, scale: f64) -> GrayImage {
    let mut out = GrayImage::new(grey.width(), grey.height());
    let (scale, last) = (scale as f32, grey.height().saturating_sub(1));
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let from = y as f32 + bend.at(x as f32 / scale, y as f32 / scale)[1] * scale;
        let upper = (from.max(0.0) as u32).min(last);
        let part = (from - upper as f32).clamp(0.0, 1.0);
        let tone = |y: u32| f32::from(grey.get_pixel(x, y.min(last)).0[0]);
        *pixel = Luma([(tone(upper) * (1.0 - part) + tone(upper + 1) * part).round() as u8]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of 150 dpi with lines of hollow letters; `fall` says by how many pixels each place is lower.
    fn page(fall: impl Fn(f64, f64) -> f64) -> GrayImage {
        let mut grey = GrayImage::from_pixel(1275, 1650, Luma([250]));
        for line in 0..40u32 {
            for letter in (0..70u32).filter(|l| l % 9 != 8) {
                let (x, y) = (90 + letter * 15, 120 + line * 35);
                let top = (f64::from(y) + fall(f64::from(x), f64::from(y))).round() as u32;
                for dy in 0..14u32 {
                    for dx in 0..9u32 {
                        if !(2..7).contains(&dx) || !(3..11).contains(&dy) {
                            grey.put_pixel(x + dx, top + dy, Luma([20]));
                        }
                    }
                }
            }
        }
        grey
    }

    #[test]
    fn a_flat_sheet_is_left_alone() {
        assert_eq!(bend_of(&page(|_, _| 0.0), 150.0 / 72.0), None);
        assert_eq!(bend_of(&GrayImage::from_pixel(400, 400, Luma([255])), 150.0 / 72.0), None);
    }

    #[test]
    fn the_curve_near_a_spine_is_found_and_undone() {
        let fall = |x: f64, y: f64| 14.0 * (-(x - 80.0) / 300.0).exp() * (0.6 + y / 3000.0);
        let bent = page(fall);
        let bend = bend_of(&bent, 150.0 / 72.0).unwrap();
        let flat = laid_flat(&bent, &bend, 150.0 / 72.0);
        // The first and the last letter of a line stand level.
        for line in [2u32, 20, 38] {
            let y = 120 + line * 35;
            let top = |x: u32| (y - 25..y + 25).find(|y| flat.get_pixel(x + 1, *y).0[0] < 128);
            let tops: Vec<u32> = (0..70).filter(|l| l % 9 != 8).filter_map(|l| top(90 + l * 15)).collect();
            let (least, most) = (tops.iter().min().unwrap(), tops.iter().max().unwrap());
            assert!(most - least <= 2, "line {line}: {tops:?}");
        }
    }

    #[test]
    fn a_box_leads_back_to_where_the_image_has_it() {
        let fall = |x: f64, _: f64| 12.0 * (x / 1275.0).powi(2);
        let bend = bend_of(&page(fall), 150.0 / 72.0).unwrap();
        // What counts is the difference along a line: where the whole line stands is free.
        let at = |x: f64| f64::from(bend.at((x * 0.48) as f32, 400.0)[1]) / 0.48;
        assert!((at(1100.0) - at(120.0) - (fall(1100.0, 0.0) - fall(120.0, 0.0))).abs() < 1.0);
    }
}
