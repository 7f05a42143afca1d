//! Print of the other side that shines through thin paper.
//!
//! It is as large as print and stands in lines, but it is pale: a quarter as dark as the print of this side at most. Where
//! there is much of it, all that is so pale is made paper, so that it neither becomes words of its own nor spoils the
//! letters that it runs across. Print in light grey is darker than that.

use image::GrayImage;

use super::ink::{Component, binarize, labelled};
use super::paper::{Paper, reached_by};

/// Print of the back is at most this share as dark as the print of this side.
const PALE: f32 = 0.3;
/// There is this much of it: letters, and as a share of this side's.
const LEAST: (usize, f32) = (40, 0.06);
/// The blocks in which the paper's tone is measured, in inches.
const BLOCK: f64 = 0.3;

/// Takes the print of the other side away, where there is any.
pub fn without_shine_through(grey: &mut GrayImage, dpi: f64) {
    let ink = labelled(&binarize(grey, (0.11 * dpi) as u32));
    let paper = Paper::of(grey, (BLOCK * dpi).max(1.0) as u32, 0);
    let darkness = |x: u32, y: u32, tone: u8| (paper.at(x, y) - i32::from(tone)).max(0) as f32;
    let letter = |c: &Component| {
        let (point, h) = (dpi / 72.0, f64::from(c.height()));
        (3.0 * point..=18.0 * point).contains(&h) && f64::from(c.width()) <= 3.0 * h
    };
    let mut tones: Vec<[u32; 256]> = vec![[0; 256]; ink.components.len()];
    for ((x, y, p), label) in grey.enumerate_pixels().zip(&ink.labels) {
        if *label != 0 {
            tones[*label as usize - 1][darkness(x, y, p.0[0]) as usize] += 1;
        }
    }
    // How dark a component is: the darkness that a quarter of its pixels exceed.
    let dark = |c: &Component, tones: &[u32; 256]| f32::from(reached_by(tones, c.area / 4));
    let of: Vec<f32> = ink.components.iter().zip(&tones).filter(|(c, _)| letter(c)).map(|(c, t)| dark(c, t)).collect();
    let mut sorted = of.clone();
    sorted.sort_by(f32::total_cmp);
    let Some(print) = sorted.get(sorted.len() * 7 / 10).copied() else { return };
    let pale = of.iter().filter(|d| **d <= PALE * print).count();
    if pale < LEAST.0 || (pale as f32) < LEAST.1 * (of.len() - pale) as f32 || print < 60.0 {
        return;
    }
    tracing::debug!(pale, letters = of.len(), print, "print of the other side");
    let floor = PALE * print;
    for (x, y, p) in grey.enumerate_pixels_mut() {
        let (light, dark) = (paper.at(x, y) as f32, darkness(x, y, p.0[0]));
        // What is left keeps its depth, and edges stay soft.
        let left = ((dark - floor).max(0.0) * print / (print - floor)).min(dark.max(print));
        p.0[0] = (light - left).clamp(0.0, 255.0) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// Rows of hollow letters, and between them and across them paler ones.
    fn page(back: Option<u8>) -> GrayImage {
        let mut grey = GrayImage::from_pixel(800, 800, Luma([240]));
        let mut letters = |dx: u32, dy: u32, tone: u8| {
            for i in 0..400u32 {
                let (x, y) = (60 + dx + i % 40 * 16, 60 + dy + i / 40 * 60);
                for (px, py) in (0..10).flat_map(|a| (0..15).map(move |b| (a, b))) {
                    if !(2..8).contains(&px) || !(3..12).contains(&py) {
                        let p = &mut grey.get_pixel_mut(x + px, y + py).0[0];
                        *p = (*p).min(tone);
                    }
                }
            }
        };
        letters(0, 0, 20);
        if let Some(tone) = back {
            letters(5, 30, tone);
            letters(6, 6, tone);
        }
        grey
    }

    #[test]
    fn pale_print_goes_and_the_page_stays() {
        let (mut bled, clean) = (page(Some(195)), page(None));
        without_shine_through(&mut bled, 200.0);
        let off = bled.iter().zip(clean.iter()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(off.is_some_and(|off| off <= 12), "{off:?}");
    }

    #[test]
    fn grey_print_stays() {
        for back in [None, Some(140)] {
            let mut grey = page(back);
            without_shine_through(&mut grey, 200.0);
            assert_eq!(grey, page(back));
        }
    }
}
