//! White on colour: headings and table heads printed light on a dark band, turned to dark on light.

use image::GrayImage;

use super::ink::{Component, components};

/// Resolution at which bands are looked for.
const BAND_DPI: f64 = 60.0;
/// A band is darker than this share of the paper; where a shadow hangs together with it, the darker share tells it.
const DARK: [f32; 2] = [0.72, 0.5];
/// Bands are at least this long and between these heights, in inches.
const LEAST_LENGTH: f64 = 0.35;
const HEIGHTS: (f64, f64) = (0.1, 1.4);
/// Share of a band that light letters cover.
const LETTERS: std::ops::RangeInclusive<f32> = 0.005..=0.45;

/// A band shorter than this, in inches, may be a bold word out of focus: it must be this even, and next to nothing at its edge
/// may be even halfway light.
const SURE_LENGTH: f64 = 2.0;
const EVEN: f32 = 0.7;
const HALF_LIGHT: f32 = 0.1;

/// At the upper and lower edge of a band there is at most this share of the light that its letters make elsewhere; in a long
/// band that is as even as no shadow is, the letters of a head of several lines may come close to the edges.
const MARGIN: f32 = 0.35;
const CLOSE_MARGIN: f32 = 0.75;
const NO_SHADOW: f32 = 0.8;

/// The grain of a band's ground is where all but this share of its pixels lie below its tone; what is lighter by no more than
/// so many times as much is grain too, up to this share of the way to the paper.
const GRAIN: f32 = 0.95;
const OF_GRAIN: f32 = 2.0;
const MOST_GRAIN: f32 = 0.4;

/// Turns the bands of a page whose letters are light to dark letters on white.
pub fn turn_reversed_bands(grey: &mut GrayImage, dpi: f64) {
    let shrink = (dpi / BAND_DPI).max(1.0);
    let small = image::imageops::thumbnail(
        grey,
        (f64::from(grey.width()) / shrink).ceil().max(1.0) as u32,
        (f64::from(grey.height()) / shrink).ceil().max(1.0) as u32,
    );
    let paper = quantile(small.iter().copied(), 0.9);
    let inches = |pixels: u32| f64::from(pixels) * shrink / dpi;
    let mut found: Vec<Component> = Vec::new();
    for share in DARK {
        let mut dark = small.clone();
        for v in dark.iter_mut() {
            *v = if f32::from(*v) < share * f32::from(paper) { 255 } else { 0 };
        }
        for band in components(&dark).into_iter().flat_map(|c| bands_in(c, &dark, inches)) {
            let filled = f64::from(band.area) / f64::from(band.width() * band.height());
            let fits = inches(band.width()) >= LEAST_LENGTH && (HEIGHTS.0..=HEIGHTS.1).contains(&inches(band.height()));
            let known = |f: &Component| f.x0 < band.x1 && band.x0 < f.x1 && f.y0 < band.y1 && band.y0 < f.y1;
            if fits
                && filled >= 0.6
                && !found.iter().any(known)
                && turn(grey, &Band::of(&band, &dark, shrink, grey.dimensions()), paper, inches(band.width()) < SURE_LENGTH)
            {
                found.push(band);
            }
        }
    }
}

/// Rows of a band that hangs together with something else are dark over this share of both, and reach this far, in inches.
const MOSTLY: f64 = 0.5;
const LEAST_REACH: f64 = 1.5;

/// The bands in something dark: itself, or where a dark edge of the glass or a shadow hangs together with a band, the stretches
/// of rows that are mostly dark.
fn bands_in(dark: Component, mask: &GrayImage, inches: impl Fn(u32) -> f64) -> Vec<Component> {
    let filled = f64::from(dark.area) / f64::from(dark.width() * dark.height());
    if inches(dark.height()) <= HEIGHTS.1 && filled >= 0.6 || inches(dark.width()) < LEAST_REACH {
        return vec![dark];
    }
    let is_dark = |x: u32, y: u32| mask.get_pixel(x, y).0[0] != 0;
    let mostly = |count: usize, of: u32| count as f64 >= MOSTLY * f64::from(of);
    let wide: Vec<bool> =
        (dark.y0..dark.y1).map(|y| mostly((dark.x0..dark.x1).filter(|x| is_dark(*x, y)).count(), dark.width())).collect();
    let mut bands = Vec::new();
    let mut y = dark.y0;
    for rows in wide.chunk_by(|a, b| a == b) {
        let (y0, y1) = (y, y + rows.len() as u32);
        y = y1;
        let column = |x: &u32| mostly((y0..y1).filter(|y| is_dark(*x, *y)).count(), y1 - y0);
        let (Some(x0), Some(x1)) = ((dark.x0..dark.x1).find(column), (dark.x0..dark.x1).rev().find(column)) else { continue };
        if rows[0] {
            let area = (y0..y1).map(|y| (x0..=x1).filter(|x| is_dark(*x, y)).count() as u32).sum();
            bands.push(Component { x0, x1: x1 + 1, y0, y1, area });
        }
    }
    bands
}

/// A dark band, column by column: what was skewed on the glass, or runs over the edge of the sheet, is no box.
struct Band {
    /// Left edge in pixels of the page.
    x0: u32,
    /// Per column of the page, top and bottom (excluded).
    columns: Vec<(u32, u32)>,
    /// How far off the edges may be, in pixels.
    doubt: u32,
}

impl Band {
    fn of(band: &Component, dark: &GrayImage, shrink: f64, (width, height): (u32, u32)) -> Self {
        let edge = |v: u32, most: u32| ((f64::from(v) * shrink).round() as u32).min(most);
        let (x0, x1) = (edge(band.x0, width), edge(band.x1, width));
        let columns = (x0..x1)
            .map(|x| {
                let column = ((f64::from(x) / shrink) as u32).clamp(band.x0, band.x1 - 1);
                let is_dark = |y: &u32| dark.get_pixel(column, *y).0[0] != 0;
                let top = (band.y0..band.y1).find(is_dark).unwrap_or(band.y0);
                let bottom = (band.y0..band.y1).rev().find(is_dark).map_or(band.y1, |y| y + 1);
                (edge(top, height), edge(bottom, height))
            })
            .collect();
        Self { x0, columns, doubt: shrink.ceil() as u32 }
    }

    /// The pixels that are surely inside, and whether each is near the upper or lower edge.
    fn inside(&self) -> impl Iterator<Item = (u32, u32, bool)> {
        let sides = self.doubt as usize;
        let middle = self.columns.len().saturating_sub(2 * sides);
        self.columns.iter().enumerate().skip(sides).take(middle).flat_map(move |(i, &(top, bottom))| {
            let (top, bottom) = (top + self.doubt, bottom.saturating_sub(self.doubt));
            let margin = (bottom.saturating_sub(top) / 10).max(2);
            (top..bottom).map(move |y| (self.x0 + i as u32, y, y < top + margin || y + margin >= bottom))
        })
    }
}

/// How dark the ground of a band is, stretch by stretch: a copier's toner is not even over a page.
struct Grounds {
    x0: u32,
    stretch: u32,
    tones: Vec<f32>,
    /// How far below its tone the ground's own grain reaches, over the whole band.
    grain: f32,
}

impl Grounds {
    fn of(grey: &GrayImage, band: &Band) -> Self {
        // Letters a few times as wide as a stretch would be taken for its ground.
        let height = band.columns.iter().map(|c| c.1 - c.0).max().unwrap_or(0);
        let stretch = (3 * height).max(80);
        let count = (band.columns.len() as u32).div_ceil(stretch).max(1);
        let all = f32::from(quantile(band.inside().map(|(x, y, _)| grey.get_pixel(x, y).0[0]), 0.4));
        let mut pixels: Vec<Vec<u8>> = vec![Vec::new(); count as usize];
        for (x, y, _) in band.inside() {
            pixels[((x - band.x0) / stretch) as usize].push(grey.get_pixel(x, y).0[0]);
        }
        let tone = |pixels: Vec<u8>| if pixels.len() < 100 { all } else { f32::from(quantile(pixels.into_iter(), 0.4)) };
        let mut grounds = Self { x0: band.x0, stretch, tones: pixels.into_iter().map(tone).collect(), grain: 0.0 };
        let below = |(x, y, _): (u32, u32, bool)| (grounds.at(x) - f32::from(grey.get_pixel(x, y).0[0])).clamp(0.0, 255.0) as u8;
        grounds.grain = f32::from(quantile(band.inside().map(below), GRAIN));
        grounds
    }

    /// The tone at a column, between those of the stretches beside it: toner fades, it does not step.
    fn at(&self, x: u32) -> f32 {
        let at = ((x - self.x0) as f32 / self.stretch as f32 - 0.5).clamp(0.0, (self.tones.len() - 1) as f32);
        let (left, share) = (at as usize, at.fract());
        let right = (left + 1).min(self.tones.len() - 1);
        (1.0 - share) * self.tones[left] + share * self.tones[right]
    }

    fn lightest(&self) -> f32 {
        self.tones.iter().copied().fold(0.0, f32::max)
    }
}

/// Turns one band, if its letters are light; says whether they are.
fn turn(grey: &mut GrayImage, band: &Band, paper: u8, short: bool) -> bool {
    let grounds = Grounds::of(grey, band);
    let span_on = |ground: f32| f32::from(paper) - ground;
    if span_on(grounds.lightest()) < (1.0 - DARK[0]) * f32::from(paper) {
        return false;
    }
    let (mut even, mut lighter, mut darker, mut all) = (0u32, 0u32, 0u32, 0u32);
    let (mut lighter_margin, mut all_margin) = (0u32, 0u32);
    let (mut half_light, mut half_light_margin) = (0u32, 0u32);
    for (x, y, at_margin) in band.inside() {
        let v = f32::from(grey.get_pixel(x, y).0[0]);
        let ground = grounds.at(x);
        let span = span_on(ground);
        let light = v > ground + 0.6 * span;
        let half = v > ground + 0.3 * span;
        half_light += u32::from(half);
        half_light_margin += u32::from(half && at_margin);
        even += u32::from((v - ground).abs() < 0.2 * span);
        lighter += u32::from(light);
        darker += u32::from(v < 0.6 * ground && ground > 60.0);
        all += 1;
        if at_margin {
            lighter_margin += u32::from(light);
            all_margin += 1;
        }
    }
    let share = |part: u32, whole: u32| part as f32 / whole.max(1) as f32;
    let letters = share(lighter, all);
    // A band is of one tone, its letters keep off its edges; a shadow has dark letters and a bright edge, a line of bold
    // type is mostly paper, and the gaps of a bold word reach from edge to edge.
    let margin = if !short && share(even, all) >= NO_SHADOW { CLOSE_MARGIN } else { MARGIN };
    let is_band = share(even, all) >= 0.5
        && LETTERS.contains(&letters)
        && share(darker, all) < 0.15 * letters
        && all_margin > 0
        && share(lighter_margin, all_margin) < margin * letters;
    let blurred_word =
        short && (share(even, all) < EVEN || share(half_light_margin, all_margin) > HALF_LIGHT * share(half_light, all));
    tracing::trace!(
        x0 = band.x0,
        y0 = band.columns.first().map(|c| c.0),
        width = band.columns.len(),
        even = share(even, all),
        letters,
        darker = share(darker, all),
        at_margin = share(lighter_margin, all_margin),
        half_light = share(half_light, all),
        half_light_margin = share(half_light_margin, all_margin),
        is_band,
        blurred_word,
        "dark stretch"
    );
    if !is_band || blurred_word {
        return false;
    }
    let (doubt, count) = (band.doubt, band.columns.len() as u32);
    for (i, &(top, bottom)) in band.columns.iter().enumerate() {
        let (x, i) = (band.x0 + i as u32, i as u32);
        let ground = grounds.at(x);
        let at_side = i < doubt || i + doubt >= count;
        for y in top.saturating_sub(doubt)..(bottom + doubt).min(grey.height()) {
            let pixel = &mut grey.get_pixel_mut(x, y).0[0];
            if at_side || y < top + doubt || y + doubt >= bottom {
                // Whether band or paper, what is here is no letter.
                *pixel = paper;
            } else {
                let nothing = (OF_GRAIN * grounds.grain).min(MOST_GRAIN * span_on(ground));
                let over = (f32::from(*pixel) - ground - nothing) / (span_on(ground) - nothing);
                *pixel = (f32::from(paper) * (1.0 - over.clamp(0.0, 1.0))) as u8;
            }
        }
    }
    true
}

/// The value below which this share of the values lies.
fn quantile(values: impl Iterator<Item = u8>, share: f32) -> u8 {
    let mut histogram = [0u32; 256];
    values.for_each(|v| histogram[usize::from(v)] += 1);
    let total: u32 = histogram.iter().sum();
    let mut left = (total as f32 * share) as u32;
    for (value, count) in histogram.iter().enumerate() {
        if left < *count {
            return value as u8;
        }
        left -= count;
    }
    255
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// A page of 200 dpi with a band of `ground` that holds strokes of `ink`.
    fn page(ground: u8, ink: u8) -> GrayImage {
        GrayImage::from_fn(800, 400, |x, y| {
            let in_band = (100..700).contains(&x) && (101..160).contains(&y);
            let stroke = (120..500).contains(&x) && (115..145).contains(&y) && x % 20 < 5;
            Luma([if stroke {
                ink
            } else if in_band {
                ground
            } else {
                250
            }])
        })
    }

    #[test]
    fn light_letters_become_dark_ones() {
        for ground in [30, 90, 150] {
            let mut image = page(ground, 255);
            turn_reversed_bands(&mut image, 200.0);
            assert!(image.get_pixel(121, 130).0[0] < 20, "letters on {ground}");
            assert!(image.get_pixel(130, 130).0[0] > 230, "ground {ground}");
            assert!(image.get_pixel(300, 103).0[0] > 200 && image.get_pixel(300, 50).0[0] == 250);
        }
    }

    #[test]
    fn the_grain_of_a_fading_band_is_no_ink() {
        // toner of 60 on the left that fades to 150, with light and dark grain of up to 30
        let grain = |x: u32, y: u32| (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) >> 16;
        let mut image = GrayImage::from_fn(1600, 300, |x, y| {
            let ground = 60 + x * 90 / 1600;
            let stroke = (300..900).contains(&x) && (115..145).contains(&y) && x % 20 < 5;
            Luma([if stroke || !(101..160).contains(&y) { 250 } else { (ground + grain(x, y) % 60 - 30) as u8 }])
        });
        turn_reversed_bands(&mut image, 200.0);
        let inside = || (0..1600u32).flat_map(|x| (106..154u32).map(move |y| (x, y)));
        let stroke = |x: u32, y: u32| (300..900).contains(&x) && (115..145).contains(&y) && x % 20 < 5;
        let tone = |(x, y): (u32, u32)| image.get_pixel(x, y).0[0];
        assert!(inside().filter(|(x, y)| stroke(*x, *y)).all(|p| tone(p) < 150), "the letters are ink");
        let dirt = inside().filter(|(x, y)| !stroke(*x, *y)).filter(|p| tone(*p) < 235).count();
        assert!(dirt < 100, "the grain is none: {dirt}");
    }

    #[test]
    fn a_band_that_hangs_over_the_edge_of_a_skewed_sheet_is_turned() {
        let slope = |x: u32| 40 + x / 30;
        let mut image = GrayImage::from_fn(1600, 600, |x, y| {
            let stroke = (300..900).contains(&x) && (100..130).contains(&y) && x % 20 < 5;
            Luma([if y < slope(x) || y >= slope(x) + 90 || stroke { 250 } else { 20 }])
        });
        turn_reversed_bands(&mut image, 200.0);
        assert!(image.get_pixel(601, 115).0[0] < 20 && image.get_pixel(612, 115).0[0] > 230);
        let dark = image.enumerate_pixels().filter(|(_, y, p)| p.0[0] < 128 && !(100..130).contains(y)).count();
        assert_eq!(dark, 0, "nothing of the band is left");
    }

    #[test]
    fn a_band_that_hangs_together_with_the_dark_edge_of_the_glass_is_turned() {
        let mut image = GrayImage::from_fn(1600, 1200, |x, y| {
            let stroke = (300..900).contains(&x) && (60..90).contains(&y) && x % 20 < 5;
            Luma([if x < 60 {
                90
            } else if y < 130 && !stroke {
                60
            } else {
                250
            }])
        });
        turn_reversed_bands(&mut image, 200.0);
        assert!(image.get_pixel(602, 75).0[0] < 40 && image.get_pixel(612, 75).0[0] > 230);
    }

    #[test]
    fn a_bold_word_is_no_band() {
        // Six letters of 18 × 22 with a counter in each, close together: at a distance, one dark bar.
        let before = GrayImage::from_fn(600, 300, |x, y| {
            let (column, row) = ((x.wrapping_sub(200)) % 21, y.wrapping_sub(100));
            let letter = (200..326).contains(&x) && row < 22 && column < 18;
            let counter = (5..13).contains(&column) && (6..16).contains(&row);
            Luma([if letter && !counter { 0 } else { 255 }])
        });
        let mut after = before.clone();
        turn_reversed_bands(&mut after, 200.0);
        assert!(after == before);
    }

    #[test]
    fn a_bold_word_out_of_focus_is_no_band() {
        let sharp = GrayImage::from_fn(600, 300, |x, y| {
            let (column, row) = ((x.wrapping_sub(200)) % 26, y.wrapping_sub(100));
            let letter = (200..330).contains(&x) && row < 27 && column < 24;
            let counter = (8..15).contains(&column) && (8..19).contains(&row);
            Luma([if letter && !counter { 0 } else { 240 }])
        });
        let before = image::imageops::blur(&sharp, 2.0);
        let mut after = before.clone();
        turn_reversed_bands(&mut after, 200.0);
        assert!(after == before);
    }

    #[test]
    fn dark_letters_stay() {
        for ground in [160, 225] {
            let before = page(ground, 10);
            let mut after = before.clone();
            turn_reversed_bands(&mut after, 200.0);
            assert_eq!(before, after);
        }
    }
}
