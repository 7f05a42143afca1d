//! Lines of text on an upright, deskewed page, found from its ink.
//!
//! Statements are ruled, straight and printed, so that the neighbourhood of letters says where the lines are; this
//! costs a fiftieth of what a trained detector costs, and gives the places of letters to the pixel.

use image::GrayImage;

use super::ink::{Component, RuleSize, binarize, clear_rules, darkness, labelled};
use super::specks::without_specks;
use super::stains::freed;
use super::struck::{letters_under_strokes, without_circles};

/// A stretch of text on one line: one cell of a table, or a sentence.
#[derive(Debug, Clone)]
pub struct Segment {
    /// The letters, from left to right, in pixels of the working image.
    pub letters: Vec<Component>,
    /// The baseline, in pixels from the top.
    pub baseline: f32,
    /// Height of capitals and digits in pixels.
    pub cap: f32,
}

impl Segment {
    /// Left edge of the ink.
    pub fn x0(&self) -> u32 {
        self.letters.iter().map(|c| c.x0).min().unwrap_or(0)
    }

    /// Right edge of the ink.
    pub fn x1(&self) -> u32 {
        self.letters.iter().map(|c| c.x1).max().unwrap_or(0)
    }

    /// The usual distance between two letters, in pixels; `None` of a few letters.
    pub fn letter_gap(&self) -> Option<f32> {
        let mut gaps: Vec<f32> =
            self.letters.windows(2).map(|p| p[1].x0 as f32 - p[0].x1 as f32).filter(|gap| *gap >= 0.0).collect();
        if gaps.len() < 6 {
            return None;
        }
        gaps.sort_by(f32::total_cmp);
        Some(gaps[gaps.len() * 7 / 10])
    }

    /// The widest stretch without ink whose middle is between two places: its edges, if there is any.
    ///
    /// `from` and `to` are where characters were read, which may be a little beside their ink.
    pub fn widest_gap(&self, from: f32, to: f32) -> Option<(f32, f32)> {
        let mut letters: Vec<(f32, f32)> = self.letters.iter().map(|c| (c.x0 as f32, c.x1 as f32)).collect();
        letters.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut reached = letters.first()?.1;
        let mut widest: Option<(f32, f32)> = None;
        for (x0, x1) in letters.into_iter().skip(1) {
            let middle = f32::midpoint(reached, x0);
            let between = middle > from && middle < to;
            if x0 > reached && between && widest.is_none_or(|(a, b)| x0 - reached > b - a) {
                widest = Some((reached, x0));
            }
            reached = reached.max(x1);
        }
        widest
    }
}

/// The ink of a page, sorted.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The stretches of text, from top to bottom.
    pub segments: Vec<Segment>,
    /// The drawn lines, in pixels.
    pub rules: Vec<Component>,
    /// Marks that are no part of the text, in pixels.
    pub specks: Vec<Component>,
    /// Letters that hang together with the stroke of a pen, in pixels.
    pub struck: Vec<Component>,
}

/// More letters than this are noise; a dense page has 10 000. The largest are kept.
const MOST_LETTERS: usize = 30_000;

/// The stretches of text and the lines of a page; `dpi` is the resolution of the image.
pub fn layout(grey: &GrayImage, dpi: f64) -> Layout {
    let inch = |share: f64| (share * dpi).round().max(1.0) as u32;
    let mut binary = binarize(grey, inch(0.11));
    let size = RuleSize { least_length: inch(0.42), most_thickness: inch(0.03), most_gap: inch(0.02) };
    let rules = clear_rules(&mut binary, size);
    let ink = labelled(&binary);
    let is_large = |c: &Component| c.height() > inch(0.6) || c.width() > inch(3.0);
    let is_letter = |c: &Component| {
        !is_large(c)
            && c.area >= 3.max((dpi * dpi / 12_000.0) as u32)
            && !is_remnant(c, &rules, inch(0.025))
            && !is_corner(c, &rules, inch(0.02))
            && !is_block(c, inch(0.1))
    };
    let mut letters: Vec<Component> = ink.components.iter().filter(|c| is_letter(c)).copied().collect();
    let freed = freed(grey, &ink, &letters, is_large, body_height(&letters, dpi), inch(0.11));
    letters.extend(freed.into_iter().filter(is_letter));
    let height = body_height(&letters, dpi);
    let struck = letters_under_strokes(&ink, grey.width(), is_large, height);
    letters.extend(&struck);
    without_circles(&mut letters, height);
    if letters.len() > MOST_LETTERS {
        letters.sort_by_key(|c| std::cmp::Reverse(c.area));
        letters.truncate(MOST_LETTERS);
    }
    let body = body_height(&letters, dpi);
    let (letters, specks) = without_specks(&split_tall(letters, &binary, body), body, inch(0.025));
    let mut segments: Vec<Segment> = lines_of(letters, body).into_iter().filter_map(|letters| measured(letters, body)).collect();
    let on_a_line: Vec<bool> = segments.iter().map(|s| !is_flat(s, body) || is_beside_text(s, &segments, body)).collect();
    let mut on_a_line = on_a_line.into_iter();
    segments.retain(|_| on_a_line.next().unwrap_or(true));
    without_pale_marks(&mut segments, &darkness(grey, inch(0.11)), grey.width() as usize);
    segments.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.x0().cmp(&b.x0())));
    Layout { segments, rules, specks, struck }
}

/// A mark by itself that is less than this share as dark as the page's letters is a crease or a shadow.
const PALE: f32 = 0.45;
/// Letters by which the darkness of print is judged; of fewer nothing is said.
const ENOUGH: usize = 60;

/// Drops marks that stand alone and are paler than print: the creases of a folded sheet.
fn without_pale_marks(segments: &mut Vec<Segment>, darkness: &[u8], width: usize) {
    let of = |c: &Component| {
        let mut tones: Vec<u8> =
            (c.y0..c.y1).flat_map(|y| (c.x0..c.x1).map(move |x| darkness[y as usize * width + x as usize])).collect();
        let at = tones.len() * 85 / 100;
        if tones.is_empty() { 0.0 } else { f32::from(*tones.select_nth_unstable(at).1) }
    };
    let mut print: Vec<f32> = segments.iter().filter(|s| s.letters.len() >= 3).flat_map(|s| &s.letters).map(of).collect();
    if print.len() < ENOUGH {
        return;
    }
    print.sort_by(f32::total_cmp);
    let least = PALE * print[print.len() / 2];
    segments.retain(|s| !matches!(&s.letters[..], [only] if of(only) < least));
}

/// Whether a stretch is nothing but dashes or dots.
fn is_flat(segment: &Segment, body: f32) -> bool {
    segment.letters.iter().all(|c| (c.height() as f32) < 0.45 * body)
}

/// Whether dashes stand in the middle of a line of text, as those that fill an empty cell do; dots and dashes between
/// the lines are what is left of a faint rule.
fn is_beside_text(dashes: &Segment, all: &[Segment], body: f32) -> bool {
    let (top, bottom) = dashes.letters.iter().fold((u32::MAX, 0), |(a, b), c| (a.min(c.y0), b.max(c.y1)));
    let middle = (top + bottom) as f32 / 2.0;
    let (x0, x1, reach) = (dashes.x0() as f32, dashes.x1() as f32, 30.0 * body);
    all.iter().any(|text| {
        middle > text.baseline - 0.75 * text.cap
            && middle < text.baseline - 0.12 * text.cap
            && (text.x0() as f32) < x1 + reach
            && x0 < text.x1() as f32 + reach
            && !is_flat(text, body)
    })
}

/// Whether ink is what is left of a line: as thin as one, and where one was.
fn is_remnant(c: &Component, rules: &[Component], thin: u32) -> bool {
    let (flat, upright) = (c.height() <= thin && c.width() * 2 >= c.height(), c.width() <= thin && c.height() * 2 >= c.width());
    (flat || upright)
        && rules.iter().any(|rule| {
            let horizontal = rule.width() > rule.height();
            // Lines may go on beyond where they were found, so reach further along them than across; what is no longer
            // than it is thick may be the point of an initial over the wall of a box.
            let (length, thickness) = if horizontal { (c.width(), c.height()) } else { (c.height(), c.width()) };
            let along = if length * 2 >= thickness * 3 { 12 * thin } else { 2 * thin };
            let (dx, dy) = if horizontal { (along, thin / 2 + 1) } else { (thin / 2 + 1, along) };
            (if horizontal { flat } else { upright })
                && c.x0 + dx >= rule.x0
                && c.x1 <= rule.x1 + dx
                && c.y0 + dy >= rule.y0
                && c.y1 <= rule.y1 + dy
        })
}

/// Whether ink is a filled square or bar: a logo or an edge, no letter.
fn is_block(c: &Component, large: u32) -> bool {
    c.width() >= large && c.height() >= large && c.area * 100 >= c.width() * c.height() * 82
}

/// Whether ink is the rounded corner of a box: it joins the ends of an upright and a level line.
fn is_corner(c: &Component, rules: &[Component], near: u32) -> bool {
    let joins = |horizontal: bool| {
        rules.iter().filter(|r| (r.width() > r.height()) == horizontal).any(|r| {
            let at_end = if horizontal {
                r.x0.abs_diff(c.x1) <= near || r.x1.abs_diff(c.x0) <= near
            } else {
                r.y0.abs_diff(c.y1) <= near || r.y1.abs_diff(c.y0) <= near
            };
            let (lo, hi, a, b) = if horizontal { (r.y0, r.y1, c.y0, c.y1) } else { (r.x0, r.x1, c.x0, c.x1) };
            at_end && lo <= b + near && a <= hi + near
        })
    };
    joins(true) && joins(false)
}

/// The usual height of a letter on this page, in pixels.
fn body_height(letters: &[Component], dpi: f64) -> f32 {
    let (least, most) = (dpi * 3.0 / 72.0, dpi * 14.0 / 72.0);
    let mut heights: Vec<u32> =
        letters.iter().map(Component::height).filter(|h| (least..=most).contains(&f64::from(*h))).collect();
    if heights.is_empty() {
        return (dpi * 6.0 / 72.0) as f32;
    }
    // Most letters are as high as an x; capitals and digits are the taller ones.
    let middle = heights.len() * 3 / 4;
    *heights.select_nth_unstable(middle).1 as f32
}

/// Letters of two lines that touch are parted where the ink between the lines is thinnest.
fn split_tall(letters: Vec<Component>, binary: &GrayImage, body: f32) -> Vec<Component> {
    let mut out = Vec::with_capacity(letters.len());
    for letter in letters {
        let lines = (letter.height() as f32 / (1.75 * body)) as u32;
        // A large letter is as wide as it is tall; two touching small ones are a thin tower.
        if lines == 0
            || letter.height() as f32 <= 2.1 * body
            || letter.area as f32 > 0.6 * (letter.width() * letter.height()) as f32
        {
            out.push(letter);
            continue;
        }
        let ink = |y: u32| (letter.x0..letter.x1).filter(|x| binary.get_pixel(*x, y).0[0] != 0).count();
        let (from, to) = (letter.y0 + (0.6 * body) as u32, letter.y1.saturating_sub((0.6 * body) as u32));
        let Some(cut) = (from..to).min_by_key(|y| ink(*y)) else {
            out.push(letter);
            continue;
        };
        if ink(cut) as f32 > 0.35 * body {
            out.push(letter);
            continue;
        }
        out.push(Component { y1: cut, area: letter.area / 2, ..letter });
        out.push(Component { y0: cut, area: letter.area / 2, ..letter });
    }
    out
}

/// A line that is still open to the right.
struct Open {
    letters: Vec<Component>,
    y0: u32,
    y1: u32,
    x1: u32,
}

/// Gathers letters to stretches: from left to right, each letter goes to the line that it stands beside.
fn lines_of(mut letters: Vec<Component>, body: f32) -> Vec<Vec<Component>> {
    letters.sort_by_key(|c| (c.x0, c.y0));
    let mut open: Vec<Open> = Vec::new();
    let mut done: Vec<Vec<Component>> = Vec::new();
    for letter in letters {
        let reach = |line: &Open| {
            let height = (line.y1 - line.y0).max(letter.height()) as f32;
            1.3 * height.clamp(body, 3.0 * body)
        };
        open = open
            .into_iter()
            .filter_map(|line| {
                if letter.x0 as f32 > line.x1 as f32 + 3.6 * body {
                    done.push(line.letters);
                    None
                } else {
                    Some(line)
                }
            })
            .collect();
        let best = open
            .iter_mut()
            .filter(|line| letter.x0 as f32 - line.x1 as f32 <= reach(line))
            .map(|line| {
                let shared = line.y1.min(letter.y1) as f32 - line.y0.max(letter.y0) as f32;
                let least = (line.y1 - line.y0).min(letter.height()) as f32;
                (shared / least.max(1.0), line)
            })
            .filter(|(share, line)| *share >= 0.5 && size_fits(line, &letter, body))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.x1.cmp(&b.1.x1)));
        match best {
            Some((_, line)) => {
                line.y0 = line.y0.min(letter.y0);
                line.y1 = line.y1.max(letter.y1);
                line.x1 = line.x1.max(letter.x1);
                line.letters.push(letter);
            }
            None => open.push(Open { letters: vec![letter], y0: letter.y0, y1: letter.y1, x1: letter.x1 }),
        }
    }
    done.extend(open.into_iter().map(|line| line.letters));
    done
}

/// Whether a letter's height can belong to the line: a logo beside small print is a line of its own.
fn size_fits(line: &Open, letter: &Component, body: f32) -> bool {
    let (tall, height) = ((line.y1 - line.y0) as f32, letter.height() as f32);
    let union = (line.y1.max(letter.y1) - line.y0.min(letter.y0)) as f32;
    let letter_like = height >= 0.6 * body;
    height <= 2.2 * tall.max(body)
        && tall <= if letter_like { 2.4 } else { 4.0 } * height.max(body)
        && union <= 1.9 * tall.max(height).max(body)
}

/// A stretch with its baseline and capital height, or nothing for specks.
fn measured(letters: Vec<Component>, body: f32) -> Option<Segment> {
    let tallest = letters.iter().map(Component::height).max()? as f32;
    let width = letters.iter().map(|c| c.x1).max()? - letters.iter().map(|c| c.x0).min()?;
    let flat = tallest < 0.45 * body;
    // A thin upright stroke by itself is a piece of a drawn line: even a `1` is a third as wide as high.
    if let [only] = letters[..]
        && only.width() * 5 < only.height()
    {
        return None;
    }
    // Specks; but a single flat stroke is a dash, and a dash in a cell says something.
    if flat && (width as f32) < 0.3 * body {
        return None;
    }
    let mut full: Vec<&Component> = letters.iter().filter(|c| c.height() as f32 >= 0.6 * tallest).collect();
    let median = |values: &mut Vec<u32>, share: f32| -> f32 {
        values.sort_unstable();
        values[((values.len() - 1) as f32 * share).round() as usize] as f32
    };
    if full.is_empty() {
        full = letters.iter().collect();
    }
    let baseline = median(&mut full.iter().map(|c| c.y1).collect(), 0.4);
    let top = median(&mut full.iter().map(|c| c.y0).collect(), 0.15);
    if flat {
        // Only dashes: they stand a third of a capital above the baseline.
        return Some(Segment { baseline: baseline + 0.35 * body, cap: body, letters });
    }
    let cap = (baseline - top).max(1.0);
    // Without capitals or digits the height is that of an x, about 0.72 of a capital.
    let cap = if cap < 0.85 * body && cap > 0.55 * body && letters.len() < 4 { body } else { cap };
    Some(Segment { letters, baseline, cap })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// Letters as dark boxes on a page of 200 dpi: each `(x, y)` is the foot of a box of 10 × 14.
    fn page(feet: &[(u32, u32)]) -> GrayImage {
        let mut image = GrayImage::from_pixel(800, 200, Luma([245]));
        for &(x, y) in feet {
            for dy in 0..14 {
                for dx in 0..10 {
                    // Hollow, as letters are.
                    if !(3..7).contains(&dx) || !(4..10).contains(&dy) {
                        image.put_pixel(x + dx, y - 14 + dy, Luma([20]));
                    }
                }
            }
        }
        image
    }

    #[test]
    fn cells_are_apart_and_words_together() {
        let mut feet: Vec<(u32, u32)> = (0..5).map(|i| (50 + 13 * i, 60)).collect();
        feet.extend((0..4).map(|i| (50 + 13 * 5 + 8 + 13 * i, 60)));
        feet.extend((0..5).map(|i| (400 + 13 * i, 60)));
        feet.extend((0..5).map(|i| (50 + 13 * i, 90)));
        let found = layout(&page(&feet), 200.0).segments;
        assert_eq!(found.iter().map(|s| s.letters.len()).collect::<Vec<_>>(), [9, 5, 5]);
        assert!((found[0].baseline - 60.0).abs() <= 1.0 && (found[0].cap - 14.0).abs() <= 1.5);
        let (from, to) = found[0].widest_gap(50.0, 300.0).unwrap();
        assert!(from >= 50.0 + 13.0 * 4.0 && to <= 50.0 + 13.0 * 5.0 + 10.0);
    }
}
