//! Tints that were printed as a screen of dots: the coloured heads of tables and boxes of totals of a laser printer.
//!
//! Scanned, the dots are as large as points and the strokes of small print, and the letters among them are lost. Where
//! dots stand as close and as evenly as only a screen has them, the page is blurred by a little less than half the
//! distance of two dots: the tint becomes an even grey, and letters stay what they are. The rest of the page is not
//! touched.

use image::GrayImage;
use imageproc::filter::gaussian_blur_f32;

/// Side of the blocks in which dots are counted, in inches.
const BLOCK: f64 = 0.12;
/// A dot is darker than the pixels around it by this, in steps of grey.
const DEPTH: i32 = 12;
/// The screens of printers have 60 to 150 lines to the inch: dots farther apart than this (inches) are the counters and
/// ends of small print.
const FARTHEST: f64 = 0.02;
/// Fewer pixels to a dot than this are grain.
const LEAST_PIXELS: f32 = 3.0;
/// Of the blocks around one of a screen so many are of it too.
const NEIGHBOURS: usize = 3;
/// Strength of the blur (standard deviation) as a share of the distance of two dots.
const BLUR: f32 = 0.38;

/// Makes the screens of a page even; `dpi` is its resolution.
pub fn make_even(grey: &mut GrayImage, dpi: f64) {
    let block = (BLOCK * dpi).round().max(8.0) as u32;
    let (columns, rows) = (grey.width() / block, grey.height() / block);
    if columns == 0 || rows == 0 {
        return;
    }
    let dots = dots_by_block(grey, block, columns, rows);
    let pixels = |i: usize| (block * block) as f32 / dots[i].max(1) as f32;
    let most = (FARTHEST * dpi).powi(2) as f32;
    let screened: Vec<bool> = (0..dots.len()).map(|i| (LEAST_PIXELS..=most).contains(&pixels(i))).collect();
    let beside = |i: usize| {
        let (x, y) = (i as u32 % columns, i as u32 / columns);
        let across = x.saturating_sub(1)..=(x + 1).min(columns - 1);
        let down = y.saturating_sub(1)..=(y + 1).min(rows - 1);
        down.flat_map(move |b| across.clone().map(move |a| (b * columns + a) as usize)).filter(move |j| *j != i)
    };
    let sure: Vec<bool> =
        (0..dots.len()).map(|i| screened[i] && beside(i).filter(|j| screened[*j]).count() >= NEIGHBOURS).collect();
    let mut spacing: Vec<f32> = (0..dots.len()).filter(|i| sure[*i]).map(|i| pixels(i).sqrt()).collect();
    if spacing.is_empty() {
        return;
    }
    spacing.sort_by(f32::total_cmp);
    let spacing = spacing[spacing.len() / 2];
    tracing::debug!(blocks = sure.iter().filter(|s| **s).count(), spacing, "screens of dots");
    // Letters hide dots, and a screen ends within a block: its neighbours belong to it.
    let wide: Vec<bool> = (0..dots.len()).map(|i| sure[i] || beside(i).any(|j| sure[j])).collect();
    let even = gaussian_blur_f32(grey, BLUR * spacing);
    for (x, y, p) in grey.enumerate_pixels_mut() {
        let (column, row) = ((x / block).min(columns - 1), (y / block).min(rows - 1));
        if wide[(row * columns + column) as usize] {
            *p = *even.get_pixel(x, y);
        }
    }
}

/// How many pixels of each block are darker than all around them.
fn dots_by_block(grey: &GrayImage, block: u32, columns: u32, rows: u32) -> Vec<u32> {
    let mut dots = vec![0u32; (columns * rows) as usize];
    let width = grey.width() as usize;
    let tones = grey.as_raw();
    for y in 1..(rows * block).min(grey.height().saturating_sub(1)) {
        let at = y as usize * width;
        for x in 1..(columns * block).min(grey.width().saturating_sub(1)) {
            let i = at + x as usize;
            let tone = tones[i];
            let beside = [i - 1, i + 1, i - width, i + width];
            if beside.iter().any(|j| tones[*j] < tone) {
                continue;
            }
            let corners = [i - width - 1, i - width + 1, i + width - 1, i + width + 1];
            // In a flat area all are equal; of a stroke only its ends are darker than what is around.
            let lighter = beside.iter().chain(&corners).map(|j| i32::from(tones[*j])).sum::<i32>() / 8;
            let isolated = beside.iter().all(|j| i32::from(tones[*j]) >= i32::from(tone) + DEPTH / 3);
            if isolated && lighter - i32::from(tone) >= DEPTH {
                dots[(y / block * columns + x / block) as usize] += 1;
            }
        }
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// Letter-like rings of 200 dpi, on a screen of dots in the lower half.
    fn page(screen: bool) -> GrayImage {
        GrayImage::from_fn(600, 600, |x, y| {
            let (dx, dy) = (i64::from(x % 20) - 10, i64::from(y % 30) - 15);
            let ring = (25..=49).contains(&(dx * dx + dy * dy));
            let dot = screen && y >= 300 && x % 3 == 0 && y % 3 == 0;
            Luma([if ring {
                20
            } else if dot {
                130
            } else {
                245
            }])
        })
    }

    #[test]
    fn a_screen_becomes_even_and_its_letters_stay() {
        let mut grey = page(true);
        make_even(&mut grey, 200.0);
        let tone = |x: u32, y: u32| grey.get_pixel(x, y).0[0];
        let ground: Vec<u8> = (0..6).map(|d| tone(200 + d, 510)).collect();
        assert!(ground.iter().max().unwrap() - ground.iter().min().unwrap() < 20, "{ground:?}");
        // The ring's side, six pixels from its middle, on the screen and off it.
        assert!(tone(210 - 6, 465 + 30) < 120 && tone(210 - 6, 165) == 20);
    }

    #[test]
    fn print_and_grain_are_no_screen() {
        let mut grey = page(false);
        make_even(&mut grey, 200.0);
        assert_eq!(grey, page(false));
        let grain = GrayImage::from_fn(400, 400, |x, y| Luma([240 - ((x * 7 + y * 13) % 9) as u8]));
        let mut same = grain.clone();
        make_even(&mut same, 200.0);
        assert_eq!(same, grain);
    }
}
