//! Dust on the paper: which small marks beside letters are neither points, commas nor parts of a letter.

use image::GrayImage;

use super::ink::Component;

/// Marks up to this share of a letter's height are as small as a point.
const SMALL: f32 = 0.34;
/// A point stands no farther than this from the character before or after it, in letter heights: wide in typewriter faces.
const BEFORE: f32 = 0.8;
const AFTER: f32 = 0.6;
/// A hyphen between two letters, of which a fax may leave but a dot, stands no farther from either.
const HYPHEN: f32 = 0.4;
/// Marks closer than this to a letter may be a piece of it.
const TOUCHING: f32 = 0.12;

/// The letters of a page by the rows that they touch, so that neighbours are found fast.
struct Rows<'a> {
    rows: Vec<Vec<&'a Component>>,
    height: u32,
}

impl<'a> Rows<'a> {
    fn new(letters: &'a [Component], body: f32) -> Self {
        let height = (2.0 * body).max(4.0) as u32;
        let count = letters.iter().map(|c| c.y1).max().unwrap_or(0) / height + 1;
        let mut rows = vec![Vec::new(); count as usize];
        for letter in letters {
            for row in letter.y0 / height..=letter.y1 / height {
                rows[row as usize].push(letter);
            }
        }
        Self { rows, height }
    }

    /// The letters on the levels between two heights.
    fn beside(&self, y0: u32, y1: u32) -> impl Iterator<Item = &'a Component> {
        let last = (y1 / self.height).min(self.rows.len() as u32 - 1);
        let first = (y0 / self.height).min(last);
        self.rows[first as usize..=last as usize].iter().flatten().copied()
    }
}

/// Parts what belongs to the text from specks and from what is left of drawn lines. `body` is the usual height of a
/// letter and `thin` the most that a drawn line is thick.
pub fn without_specks(letters: Vec<Component>, body: f32, thin: u32) -> (Vec<Component>, Vec<Component>) {
    let rows = Rows::new(&letters, body);
    let is_dirt: Vec<bool> = letters.iter().map(|c| is_speck(c, &rows, body) || is_line_end(c, &rows, body, thin)).collect();
    let (mut kept, mut dirt) = (Vec::with_capacity(letters.len()), Vec::new());
    for (letter, is_dirt) in letters.iter().zip(is_dirt) {
        if is_dirt { dirt.push(*letter) } else { kept.push(*letter) }
    }
    (kept, dirt)
}

/// Whether a small mark stands alone, or beside a letter where no sign has a point.
fn is_speck(c: &Component, rows: &Rows<'_>, body: f32) -> bool {
    let (width, height) = (c.width() as f32, c.height() as f32);
    if width.max(height) > SMALL * body {
        return false;
    }
    let mut nearest: Option<(f32, &Component)> = None;
    let (mut follows, mut precedes) = (false, false);
    for other in rows.beside(c.y0.saturating_sub(body as u32), c.y1 + body as u32) {
        if other == c {
            continue;
        }
        let above = other.y0 as f32 - c.y1 as f32;
        let below = c.y0 as f32 - other.y1 as f32;
        // The dot of an i, the other half of a colon, a piece of the letter above or below.
        if other.x0 <= c.x1 && c.x0 <= other.x1 && above.max(below) <= 0.6 * body {
            return false;
        }
        if (other.height() as f32) < 0.5 * body || above.max(below) > 1.0 {
            continue;
        }
        let (after, before) = (c.x0 as f32 - other.x1 as f32, other.x0 as f32 - c.x1 as f32);
        let gap = after.max(before);
        if gap <= TOUCHING * body {
            return false;
        }
        let reach = if after > before { BEFORE } else { AFTER };
        follows |= after > before && gap <= HYPHEN * body;
        precedes |= before > after && gap <= HYPHEN * body;
        if gap <= reach * body && nearest.is_none_or(|(least, _)| gap < least) {
            nearest = Some((gap, other));
        }
    }
    let Some((_, beside)) = nearest else {
        return true;
    };
    let tall = beside.height() as f32;
    let on_line = c.y1 as f32 >= beside.y1 as f32 - 0.22 * tall;
    let quote = c.y0 as f32 <= beside.y0 as f32 + 0.25 * tall && height >= 1.2 * width;
    let dash = width >= 1.3 * height && width >= 0.2 * body;
    let level = (c.y0 + c.y1) as f32 / 2.0 - beside.y0 as f32;
    let hyphen = follows && precedes && (0.35 * tall..=0.75 * tall).contains(&level);
    !(on_line || quote || dash || hyphen)
}

/// Whether a mark is a thin upright stroke far taller than the letters around it.
fn is_line_end(c: &Component, rows: &Rows<'_>, body: f32, thin: u32) -> bool {
    let stroke = |c: &Component| c.width() * 5 < c.height();
    if c.width() > thin || !stroke(c) || (c.height() as f32) < 1.6 * body {
        return false;
    }
    // In a heading all letters are tall.
    let reach = 2 * c.height();
    !rows.beside(c.y0, c.y1).any(|other| {
        !stroke(other) && other.height() * 10 >= c.height() * 6 && other.x0 <= c.x1 + reach && c.x0 <= other.x1 + reach
    })
}

/// Covers marks with the paper around them.
pub fn erase(grey: &mut GrayImage, marks: &[Component]) {
    let (width, height) = grey.dimensions();
    for mark in marks {
        let (x0, y0) = (mark.x0.saturating_sub(2), mark.y0.saturating_sub(2));
        let (x1, y1) = ((mark.x1 + 2).min(width), (mark.y1 + 2).min(height));
        let rim = (x0..x1).flat_map(|x| [(x, y0), (x, y1 - 1)]).chain((y0..y1).flat_map(|y| [(x0, y), (x1 - 1, y)]));
        let mut tones: Vec<u8> = rim.map(|(x, y)| grey.get_pixel(x, y).0[0]).collect();
        let middle = tones.len() / 2;
        let paper = *tones.select_nth_unstable(middle).1;
        for y in mark.y0.saturating_sub(1)..(mark.y1 + 1).min(height) {
            for x in mark.x0.saturating_sub(1)..(mark.x1 + 1).min(width) {
                let pixel = &mut grey.get_pixel_mut(x, y).0[0];
                *pixel = (*pixel).max(paper);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(x0: u32, y0: u32, width: u32, height: u32) -> Component {
        Component { x0, y0, x1: x0 + width, y1: y0 + height, area: width * height }
    }

    /// Two digits of 10 × 14 on the level 100..114, and another mark.
    fn beside(other: Component) -> Vec<Component> {
        without_specks(vec![mark(50, 100, 10, 14), mark(68, 100, 10, 14), other], 14.0, 5).1
    }

    #[test]
    fn points_commas_dashes_and_quotes_stay() {
        for sign in [
            mark(63, 111, 3, 3), // a decimal point
            mark(63, 111, 3, 5), // a comma
            mark(80, 111, 3, 3), // a full stop
            mark(43, 106, 4, 2), // a minus
            mark(63, 106, 3, 3), // what is left of a hyphen
            mark(81, 100, 2, 4), // an apostrophe
            mark(71, 95, 3, 3),  // the dot of an i
            mark(69, 96, 2, 3),  // a piece of a letter
        ] {
            assert!(beside(sign).is_empty(), "{sign:?}");
        }
    }

    #[test]
    fn dust_goes() {
        for dust in [mark(200, 105, 3, 3), mark(81, 104, 3, 3), mark(43, 103, 3, 3), mark(63, 100, 2, 2)] {
            assert_eq!(beside(dust), [dust]);
        }
    }

    #[test]
    fn the_side_of_a_box_is_no_letter_unless_all_are_tall() {
        let side = mark(90, 90, 3, 40);
        assert_eq!(beside(side), [side]);
        let heading = vec![mark(60, 92, 25, 36), side];
        assert!(without_specks(heading, 14.0, 5).1.is_empty());
    }

    #[test]
    fn what_is_erased_looks_like_the_paper_around() {
        let mut grey = GrayImage::from_pixel(30, 30, image::Luma([200]));
        for (x, y) in [(10, 10), (11, 10), (10, 11), (11, 11)] {
            grey.put_pixel(x, y, image::Luma([20]));
        }
        erase(&mut grey, &[mark(10, 10, 2, 2)]);
        assert!(grey.iter().all(|v| *v == 200));
    }
}
