//! Words that a pen has struck through, underlined or circled.
//!
//! Stroke and letters hang together, far wider than any letter. What is as wide as that is no text and is left out of the lines, and the words under the stroke would go with it,
//! without a trace: `CARBON DIOXIDE` would be `ON DIOXIDE`. A stroke by itself is one thin run of ink in every column;
//! where there is more, there are letters. They are given back to the line, and what is read there is doubted. A circle
//! that touches nothing is no letter either: read as one, the amount within would be read a second time.

use billproof_parsers::page_text::Word;

use super::ink::{Component, Labelled};

/// A struck line is not taller than this, in usual letter heights: drawings and frames are.
const TALLEST: f32 = 3.2;
/// A stroke is not thicker than this, in usual letter heights.
const STROKE: f32 = 0.3;
/// Letters are at least so tall, and a piece of several that touch is not wider, in usual letter heights.
const LETTER: f32 = 0.5;
const WIDEST: f32 = 12.0;
/// A circle has at least so many letters in it; a large capital has none.
const ENCIRCLED: usize = 3;
/// Of the length of a stroke at least this share has letters on it; a rule that was drawn has hardly any.
const LETTERS: f32 = 0.08;

/// The letters in components that `is_large` says are too large for letters; `width` is that of the image.
pub fn letters_under_strokes(ink: &Labelled, width: u32, is_large: impl Fn(&Component) -> bool, body: f32) -> Vec<Component> {
    let struck = |c: &&(usize, Component)| is_large(&c.1) && c.1.height() as f32 <= TALLEST * body;
    let all: Vec<(usize, Component)> = ink.components.iter().copied().enumerate().collect();
    all.iter().filter(struck).flat_map(|(index, c)| letters_on(ink, width, *index, c, body)).collect()
}

/// Drops the circles that were drawn around other letters.
pub fn without_circles(letters: &mut Vec<Component>, body: f32) {
    let is_open = |c: &Component| {
        c.width() as f32 >= 2.0 * body && c.height() as f32 >= 1.2 * body && c.area * 10 < 3 * c.width() * c.height()
    };
    let within = |c: &Component, o: &Component| c.x0 < o.x0 && o.x1 < c.x1 && c.y0 < o.y0 && o.y1 < c.y1;
    let circles: Vec<Component> = letters
        .iter()
        .filter(|c| is_open(c) && letters.iter().filter(|o| within(c, o)).take(ENCIRCLED).count() == ENCIRCLED)
        .copied()
        .collect();
    letters.retain(|c| !circles.contains(c));
}

/// The stretches of columns of one component that hold more than its stroke.
fn letters_on(ink: &Labelled, width: u32, index: usize, c: &Component, body: f32) -> Vec<Component> {
    let label = index as u32 + 1;
    let columns: Vec<Option<(u32, u32, u32)>> = (c.x0..c.x1).map(|x| column(ink, width, label, c, x)).collect();
    let holds_letter = |found: &Option<(u32, u32, u32)>| {
        found.is_some_and(|(top, bottom, runs)| runs > 1 || (bottom - top) as f32 > STROKE * body)
    };
    let mut out = Vec::new();
    let mut start = None;
    for i in 0..=columns.len() {
        match (columns.get(i).is_some_and(holds_letter), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                let part = || columns[from..i].iter().flatten();
                if let (Some(y0), Some(y1)) = (part().map(|p| p.0).min(), part().map(|p| p.1).max()) {
                    let (x0, x1) = (c.x0 + from as u32, c.x0 + i as u32);
                    out.push(Component { x0, y0, x1, y1, area: (x1 - x0) * (y1 - y0) / 2 });
                }
                start = None;
            }
            _ => {}
        }
    }
    out.retain(|l| l.height() as f32 >= LETTER * body && (l.width() as f32) <= WIDEST * body);
    let covered: u32 = out.iter().map(Component::width).sum();
    if covered as f32 >= LETTERS * c.width() as f32 && out.len() >= 3 { out } else { Vec::new() }
}

/// Words under the stroke of a pen are no surer than this, whatever the network says.
const STRUCK: f32 = 0.85;

/// Lowers the confidence of words whose letters a stroke runs through; `scale` is pixels per point.
pub fn doubt_struck(words: &mut [Word], struck: &[Component], scale: f32) {
    for word in words {
        let b = word.bbox;
        let under = |c: &Component| {
            let (x, y) = ((c.x0 + c.x1) as f32 / 2.0 / scale, (c.y0 + c.y1) as f32 / 2.0 / scale);
            (b.x0..=b.x1).contains(&x) && (b.y0..=b.y1).contains(&y)
        };
        if struck.iter().any(under) {
            word.confidence = word.confidence.min(STRUCK);
        }
    }
}

/// The ink of a component in one column: where it begins, where it ends, and in how many runs.
fn column(ink: &Labelled, width: u32, label: u32, c: &Component, x: u32) -> Option<(u32, u32, u32)> {
    let is_ink = |y: u32| ink.labels[(y * width + x) as usize] == label;
    let top = (c.y0..c.y1).find(|y| is_ink(*y))?;
    let bottom = (c.y0..c.y1).rev().find(|y| is_ink(*y))? + 1;
    let runs = (top..bottom).filter(|y| is_ink(*y) && (*y == top || !is_ink(y - 1))).count() as u32;
    Some((top, bottom, runs))
}

#[cfg(test)]
mod tests {
    use super::super::ink::{binarize, labelled};
    use super::*;
    use image::{GrayImage, Luma};

    /// Hollow letters of 10 × 14 every 16 pixels, with a stroke 3 pixels thick through their middle.
    fn struck(letters: u32) -> Labelled {
        let mut grey = GrayImage::from_pixel(900, 60, Luma([245]));
        for x in 20..880 {
            for y in 26..29 {
                grey.put_pixel(x, y, Luma([30]));
            }
        }
        for i in 0..letters {
            for (dx, dy) in (0..10).flat_map(|a| (0..14).map(move |b| (a, b))) {
                if !(3..7).contains(&dx) || !(4..10).contains(&dy) {
                    grey.put_pixel(40 + i * 16 + dx, 20 + dy, Luma([20]));
                }
            }
        }
        labelled(&binarize(&grey, 22))
    }

    #[test]
    fn the_letters_under_a_stroke_are_found_one_by_one() {
        let found = letters_under_strokes(&struck(12), 900, |c| c.width() > 600, 14.0);
        assert_eq!(found.len(), 12);
        assert!(found.iter().all(|l| (9..=11).contains(&l.width()) && (13..=15).contains(&l.height())), "{found:?}");
    }

    #[test]
    fn a_circle_around_an_amount_goes_and_a_large_capital_stays() {
        let mark = |x0: u32, y0: u32, width: u32, height: u32, share: u32| Component {
            x0,
            y0,
            x1: x0 + width,
            y1: y0 + height,
            area: width * height * share / 100,
        };
        let digits: Vec<Component> = (0..6).map(|i| mark(110 + 12 * i, 106, 10, 14, 45)).collect();
        let (circle, capital) = (mark(100, 98, 96, 30, 10), mark(300, 98, 30, 36, 28));
        let mut letters = [digits.clone(), vec![circle, capital]].concat();
        without_circles(&mut letters, 14.0);
        assert_eq!(letters, [digits, vec![capital]].concat());
    }

    #[test]
    fn a_stroke_alone_has_none() {
        assert!(letters_under_strokes(&struck(0), 900, |c| c.width() > 600, 14.0).is_empty());
        assert!(letters_under_strokes(&struck(12), 900, |c| c.height() > 100, 14.0).is_empty(), "nothing is too large");
    }
}
