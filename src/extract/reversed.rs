//! White on colour: headings and table heads printed light on a dark band, turned to dark on light.

use image::GrayImage;

use super::ink::components;

/// Resolution at which bands are looked for.
const BAND_DPI: f64 = 60.0;
/// A band is darker than this share of the paper.
const DARK: f32 = 0.72;
/// Bands are at least this long and between these heights, in inches.
const LEAST_LENGTH: f64 = 0.35;
const HEIGHTS: (f64, f64) = (0.1, 1.4);
/// Share of a band that light letters cover.
const LETTERS: std::ops::RangeInclusive<f32> = 0.005..=0.45;

/// Turns the bands of a page whose letters are light to dark letters on white.
pub fn turn_reversed_bands(grey: &mut GrayImage, dpi: f64) {
    let shrink = (dpi / BAND_DPI).max(1.0);
    let small = image::imageops::thumbnail(
        grey,
        (f64::from(grey.width()) / shrink).ceil().max(1.0) as u32,
        (f64::from(grey.height()) / shrink).ceil().max(1.0) as u32,
    );
    let paper = quantile(small.iter().copied(), 0.9);
    let mut dark = small.clone();
    for v in dark.iter_mut() {
        *v = if f32::from(*v) < DARK * f32::from(paper) { 255 } else { 0 };
    }
    let inches = |pixels: u32| f64::from(pixels) * shrink / dpi;
    for band in components(&dark) {
        let filled = f64::from(band.area) / f64::from(band.width() * band.height());
        if inches(band.width()) < LEAST_LENGTH || !(HEIGHTS.0..=HEIGHTS.1).contains(&inches(band.height())) || filled < 0.6 {
            continue;
        }
        let edge = |v: u32, most: u32| ((f64::from(v) * shrink).round() as u32).min(most);
        let (x0, x1) = (edge(band.x0, grey.width()), edge(band.x1, grey.width()));
        let (y0, y1) = (edge(band.y0, grey.height()), edge(band.y1, grey.height()));
        turn(grey, (x0, y0, x1, y1), paper);
    }
}

/// Turns one box, if it is a band with light letters.
fn turn(grey: &mut GrayImage, (x0, y0, x1, y1): (u32, u32, u32, u32), paper: u8) {
    // The outermost pixels are paper where the box is a little too large.
    let inside = || (y0 + 3..y1.saturating_sub(3)).flat_map(move |y| (x0 + 3..x1.saturating_sub(3)).map(move |x| (x, y)));
    let ground = f32::from(quantile(inside().map(|(x, y)| grey.get_pixel(x, y).0[0]), 0.4));
    let span = f32::from(paper) - ground;
    if span < (1.0 - DARK) * f32::from(paper) {
        return;
    }
    let margin = (y1 - y0) * 15 / 100;
    let (mut even, mut lighter, mut darker, mut all) = (0u32, 0u32, 0u32, 0u32);
    let (mut lighter_margin, mut all_margin) = (0u32, 0u32);
    for (x, y) in inside() {
        let v = f32::from(grey.get_pixel(x, y).0[0]);
        let light = v > ground + 0.6 * span;
        even += u32::from((v - ground).abs() < 0.2 * span);
        lighter += u32::from(light);
        darker += u32::from(v < 0.6 * ground && ground > 60.0);
        all += 1;
        if y < y0 + margin || y >= y1 - margin {
            lighter_margin += u32::from(light);
            all_margin += 1;
        }
    }
    let share = |part: u32, whole: u32| part as f32 / whole.max(1) as f32;
    let letters = share(lighter, all);
    // A band is of one tone, its letters keep off its edges; a shadow has dark letters and a bright edge, and a line of
    // bold type is mostly paper.
    let is_band = share(even, all) >= 0.5
        && LETTERS.contains(&letters)
        && share(darker, all) < 0.15 * letters
        && share(lighter_margin, all_margin) < 0.6 * letters;
    if !is_band {
        return;
    }
    for y in y0..y1 {
        for x in x0..x1 {
            let pixel = &mut grey.get_pixel_mut(x, y).0[0];
            let over = (f32::from(*pixel) - ground) / span;
            *pixel = (f32::from(paper) * (1.0 - over.clamp(0.0, 1.0))) as u8;
        }
    }
    whiten_margin(grey, (x0, y0, x1, y1), paper);
}

/// Where the box reached over its band, paper has become black: whiten those rows and columns at its edges.
fn whiten_margin(grey: &mut GrayImage, (x0, y0, x1, y1): (u32, u32, u32, u32), paper: u8) {
    let dark = |grey: &GrayImage, x: u32, y: u32| grey.get_pixel(x, y).0[0] < paper / 2;
    let reach = ((y1 - y0) / 4).min(8);
    let rows = (y0..y0 + reach).chain(y1.saturating_sub(reach)..y1);
    for y in rows {
        if (x0..x1).filter(|x| dark(grey, *x, y)).count() * 2 > (x1 - x0) as usize {
            (x0..x1).for_each(|x| grey.get_pixel_mut(x, y).0[0] = paper);
        }
    }
    let reach = ((x1 - x0) / 4).min(8);
    let columns = (x0..x0 + reach).chain(x1.saturating_sub(reach)..x1);
    for x in columns {
        if (y0..y1).filter(|y| dark(grey, x, *y)).count() * 2 > (y1 - y0) as usize {
            (y0..y1).for_each(|y| grey.get_pixel_mut(x, y).0[0] = paper);
        }
    }
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
    fn dark_letters_stay() {
        for ground in [160, 225] {
            let before = page(ground, 10);
            let mut after = before.clone();
            turn_reversed_bands(&mut after, 200.0);
            assert_eq!(before, after);
        }
    }
}
