//! Letters that hang together with something large and paler: the edge of a coffee ring, the shadow of a fold, a faint
//! stamp.
//!
//! What is far larger than a letter is no text and is left out of the lines; a letter that touches it would go with it,
//! and `78.00` whose 7 lies on the edge of a ring would be read as 8.00. Print is darker than a stain, so the large
//! piece is looked at again with what is paler than print taken away, and what then stands alone, as large as a letter,
//! is text. A drawn line as dark as the print cannot be told from it in this way.

use image::GrayImage;

use super::ink::{Component, Labelled, components, darkness};

/// Heights of letters, in usual letter heights: from a low `x` to a capital with a descender.
const LETTER: std::ops::Range<f32> = 0.55..1.7;
/// Points and commas stand no farther from a letter, in letter heights.
const NEAR: f32 = 0.6;
/// Print is at least this share as dark against its paper as the page's other letters are.
const AS_DARK: f32 = 0.55;

/// The letters in components that are too large for letters.
///
/// `letters` are the page's others and say how dark print is; `body` is their usual height and `radius` the
/// surroundings, in pixels, against which ink was told from paper.
pub fn freed(
    grey: &GrayImage,
    ink: &Labelled,
    letters: &[Component],
    is_large: impl Fn(&Component) -> bool,
    body: f32,
    radius: u32,
) -> Vec<Component> {
    if letters.is_empty() || !ink.components.iter().any(&is_large) {
        return Vec::new();
    }
    let darkness = darkness(grey, radius);
    let large: Vec<bool> = ink.components.iter().map(&is_large).collect();
    let print = usual_darkness(ink, &large, &darkness);
    let mut dark = GrayImage::new(grey.width(), grey.height());
    for ((out, label), darkness) in dark.iter_mut().zip(ink.labels.iter()).zip(&darkness) {
        let in_large = *label != 0 && large[*label as usize - 1];
        *out = if in_large && f32::from(*darkness) >= AS_DARK * print { 255 } else { 0 };
    }
    let parts: Vec<Component> = components(&dark).into_iter().filter(|c| !is_large(c)).collect();
    let (tall, small): (Vec<Component>, Vec<Component>) =
        parts.into_iter().filter(|c| (c.width() as f32) < 2.0 * body).partition(|c| LETTER.contains(&(c.height() as f32 / body)));
    let beside = |c: &Component| {
        let reach = (NEAR * body) as u32;
        let stands_by = |l: &Component| c.x0 <= l.x1 + reach && l.x0 <= c.x1 + reach && c.y0 <= l.y1 + reach / 3 && l.y0 <= c.y1;
        tall.iter().any(stands_by)
    };
    let small: Vec<Component> = small.into_iter().filter(|c| (c.height() as f32) < LETTER.start * body && beside(c)).collect();
    // Letters stand in a line with others; what stands alone is a piece of the stain.
    let reach = (2.5 * body) as u32;
    let in_line = |c: &Component| {
        let level = |l: &Component| l != c && l.y0 < c.y1 && c.y0 < l.y1 && l.x0 <= c.x1 + reach && c.x0 <= l.x1 + reach;
        let letter_like = |l: &&Component| LETTER.contains(&(l.height() as f32 / body));
        letters.iter().filter(letter_like).any(level) || tall.iter().any(level)
    };
    let mut out: Vec<Component> = tall.iter().filter(|c| in_line(c)).copied().collect();
    out.extend(small);
    out
}

/// How dark the ink of letters is against its paper, in steps of grey: the median of its darkest third.
fn usual_darkness(ink: &Labelled, large: &[bool], darkness: &[u8]) -> f32 {
    let mut count = [0u32; 256];
    for (label, darkness) in ink.labels.iter().zip(darkness) {
        if *label != 0 && !large[*label as usize - 1] {
            count[*darkness as usize] += 1;
        }
    }
    let all: u32 = count.iter().sum();
    let mut darker = 0;
    for (level, number) in count.iter().enumerate().rev() {
        darker += number;
        if darker * 6 >= all {
            return level as f32;
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::super::segment::layout;
    use image::{GrayImage, Luma};

    fn fill(image: &mut GrayImage, x: std::ops::Range<u32>, y: std::ops::Range<u32>, grey: u8) {
        for y in y {
            for x in x.clone() {
                image.put_pixel(x, y, Luma([grey]));
            }
        }
    }

    /// Three lines of hollow letters at 200 dpi, with an arc of the given grey through the third letter of each.
    fn stained(grey: u8) -> GrayImage {
        let mut image = GrayImage::from_pixel(500, 400, Luma([235]));
        for step in 0..320u32 {
            let x = 126 + ((step as f32 - 160.0) / 40.0).powi(2) as u32 / 4;
            fill(&mut image, x..x + 6, 40 + step..42 + step, grey);
        }
        for row in 0..6 {
            for letter in 0..8 {
                let (x, y) = (100 + 13 * letter, 60 + 45 * row);
                fill(&mut image, x..x + 10, y..y + 14, 30);
                fill(&mut image, x + 3..x + 7, y + 4..y + 10, 235);
            }
        }
        image
    }

    #[test]
    fn letters_on_the_edge_of_a_pale_stain_stay_in_their_line() {
        let lines = layout(&stained(190), 200.0).segments;
        assert_eq!(lines.iter().map(|s| s.letters.len()).collect::<Vec<_>>(), [8; 6]);
    }

    #[test]
    fn a_stroke_as_dark_as_the_print_is_not_taken_for_letters() {
        let lines = layout(&stained(30), 200.0).segments;
        assert!(lines.iter().all(|s| s.letters.iter().all(|c| c.height() <= 15)), "{lines:?}");
        assert!(lines.iter().map(|s| s.letters.len()).sum::<usize>() < 48);
    }
}
