//! Ink on paper: which pixels are dark, and what hangs together.

use image::{GrayImage, Luma};
use imageproc::region_labelling::{Connectivity, connected_components};

use super::paper::Paper;

/// What hangs together, as the box of its pixels: `x0..x1` × `y0..y1`, ends excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// Left edge.
    pub x0: u32,
    /// Top edge.
    pub y0: u32,
    /// Right edge, excluded.
    pub x1: u32,
    /// Bottom edge, excluded.
    pub y1: u32,
    /// Dark pixels.
    pub area: u32,
}

impl Component {
    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.x1 - self.x0
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.y1 - self.y0
    }
}

/// Dark pixels as 255, all others 0.
///
/// A pixel is dark when it is clearly darker than its surroundings of `radius` pixels, so that shadows and uneven
/// light do not count; large areas that are dark beside the paper of their region stay dark. A copy that is dark all over
/// has dark paper.
pub fn binarize(grey: &GrayImage, radius: u32) -> GrayImage {
    let local = imageproc::filter::box_filter(grey, radius, radius);
    // More than an inch around.
    let paper = Paper::of(grey, 4 * radius.max(1), 3);
    let mut out = GrayImage::new(grey.width(), grey.height());
    let pixels = out.enumerate_pixels_mut().zip(grey.iter()).zip(local.iter());
    for (((x, y, o), g), m) in pixels {
        let (g, m) = (i32::from(*g), i32::from(*m));
        let wide = || {
            let paper = paper.at(x, y);
            g * 100 < paper * 38 && m * 100 < paper * 44
        };
        // Ink is darker than its paper by a share of the paper's own brightness; a wide dark area has no paper near.
        *o = Luma([if g < m - 10 - m / 16 || wide() { 255 } else { 0 }]);
    }
    out
}

/// How much darker each pixel is than its surroundings of `radius` pixels, in steps of grey, row by row.
pub fn darkness(grey: &GrayImage, radius: u32) -> Vec<u8> {
    let local = imageproc::filter::box_filter(grey, radius, radius);
    grey.iter().zip(local.iter()).map(|(g, m)| m.saturating_sub(*g)).collect()
}

/// Components, and which pixel belongs to which.
pub struct Labelled {
    /// The components; some may be gone from a list made of them, never from here.
    pub components: Vec<Component>,
    /// Per pixel, row by row, 1 + the place of its component in `components`; 0 for paper.
    pub labels: Vec<u32>,
}

/// All components of a binary image.
pub fn components(binary: &GrayImage) -> Vec<Component> {
    labelled(binary).components
}

/// All components of a binary image, with the pixels of each.
pub fn labelled(binary: &GrayImage) -> Labelled {
    let labels = connected_components(binary, Connectivity::Eight, Luma([0u8])).into_raw();
    let mut found: Vec<Component> = Vec::new();
    let width = binary.width() as usize;
    for (i, label) in labels.iter().enumerate() {
        if *label == 0 {
            continue;
        }
        let (x, y) = ((i % width) as u32, (i / width) as u32);
        let index = *label as usize - 1;
        if index >= found.len() {
            found.resize(index + 1, Component { x0: u32::MAX, y0: u32::MAX, x1: 0, y1: 0, area: 0 });
        }
        let c = &mut found[index];
        c.x0 = c.x0.min(x);
        c.y0 = c.y0.min(y);
        c.x1 = c.x1.max(x + 1);
        c.y1 = c.y1.max(y + 1);
        c.area += 1;
    }
    // Labels are handed out without gaps.
    debug_assert!(found.iter().all(|c| c.area > 0));
    Labelled { components: found, labels }
}

/// What counts as a drawn line, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct RuleSize {
    /// Lines are longer than this.
    pub least_length: u32,
    /// Lines are not thicker than this.
    pub most_thickness: u32,
    /// A faint line may be broken by gaps up to this.
    pub most_gap: u32,
}

/// Clears straight lines, horizontal and vertical, with what noise leaves of them; says where they were.
pub fn clear_rules(binary: &mut GrayImage, size: RuleSize) -> Vec<Component> {
    let mut pieces = Vec::new();
    for horizontal in [true, false] {
        pieces.extend(
            rule_pieces(binary, size, horizontal).into_iter().filter(|(piece, _)| is_thin(binary, piece, horizontal, size)),
        );
    }
    let short = RuleSize { least_length: size.least_length * 3 / 10, ..size };
    let uprights: Vec<_> = rule_pieces(binary, short, false)
        .into_iter()
        .filter(|(piece, _)| piece.height() <= size.least_length && hangs_between(piece, &pieces, size.most_thickness))
        .filter(|(piece, _)| is_thin(binary, piece, false, size))
        .collect();
    pieces.extend(uprights);
    let mut rules: Vec<Component> = Vec::new();
    for (piece, horizontal) in pieces {
        for y in piece.y0..piece.y1 {
            for x in piece.x0..piece.x1 {
                let pixel = binary.get_pixel(x, y).0[0] != 0;
                if pixel && thickness(binary, x, y, horizontal, size.most_thickness) <= size.most_thickness {
                    // Marked, not cleared, so that the next row's thickness is still measured right.
                    binary.put_pixel(x, y, Luma([1]));
                }
            }
        }
        match rules.iter_mut().rev().take(64).find(|r| touches(r, &piece)) {
            // A slanted edge would grow to a block, row by row.
            Some(rule) if union(rule, &piece).width().min(union(rule, &piece).height()) <= 2 * size.most_thickness => {
                *rule = union(rule, &piece);
            }
            _ => rules.push(piece),
        }
    }
    // The edge of a line that was not quite level comes and goes: what hugs the line is part of it.
    let edge = (size.most_thickness / 6).max(1);
    for rule in &rules {
        let horizontal = rule.width() > rule.height();
        let (dx, dy) = if horizontal { (0, edge) } else { (edge, 0) };
        for y in rule.y0.saturating_sub(dy)..(rule.y1 + dy).min(binary.height()) {
            for x in rule.x0.saturating_sub(dx)..(rule.x1 + dx).min(binary.width()) {
                let limit = size.most_thickness * 2 / 3;
                if binary.get_pixel(x, y).0[0] == 255 && thickness(binary, x, y, horizontal, limit) <= limit {
                    binary.put_pixel(x, y, Luma([1]));
                }
            }
        }
    }
    for pixel in binary.iter_mut().filter(|p| **p == 1) {
        *pixel = 0;
    }
    rules
}

/// Whether an upright stroke reaches from one level line to another: the side of a small box, no letter.
fn hangs_between(upright: &Component, pieces: &[(Component, bool)], near: u32) -> bool {
    let meets = |y: u32| {
        pieces.iter().any(|(level, horizontal)| {
            *horizontal && level.y0.abs_diff(y) <= near && level.x0 <= upright.x1 + near && upright.x0 <= level.x1 + near
        })
    };
    meets(upright.y0) && meets(upright.y1)
}

/// Rows (or columns) of ink long and dense enough to be part of a line.
fn rule_pieces(binary: &GrayImage, size: RuleSize, horizontal: bool) -> Vec<(Component, bool)> {
    let (width, height) = binary.dimensions();
    let (along, across) = if horizontal { (width, height) } else { (height, width) };
    let mut out = Vec::new();
    for line in 0..across {
        let (mut start, mut last, mut ink) = (0u32, 0u32, 0u32);
        let mut end = |start: u32, last: u32, ink: u32| {
            let length = last + 1 - start;
            if ink > 0 && length > size.least_length && ink * 100 >= length * 82 {
                let (x0, y0, x1, y1) =
                    if horizontal { (start, line, last + 1, line + 1) } else { (line, start, line + 1, last + 1) };
                out.push((Component { x0, y0, x1, y1, area: ink }, horizontal));
            }
        };
        for i in 0..along {
            let (x, y) = if horizontal { (i, line) } else { (line, i) };
            if binary.get_pixel(x, y).0[0] == 0 {
                continue;
            }
            if ink > 0 && i - last > size.most_gap + 1 {
                end(start, last, ink);
                ink = 0;
            }
            if ink == 0 {
                start = i;
            }
            last = i;
            ink += 1;
        }
        end(start, last, ink);
    }
    out
}

/// Whether most of a row or column of ink is the full thickness of a line, not a slice of something larger.
fn is_thin(binary: &GrayImage, piece: &Component, horizontal: bool, size: RuleSize) -> bool {
    const SAMPLES: u32 = 24;
    let length = piece.width().max(piece.height());
    let (mut thin, mut all) = (0, 0);
    for i in 0..SAMPLES {
        let along = length * i / SAMPLES;
        let (x, y) = if horizontal { (piece.x0 + along, piece.y0) } else { (piece.x0, piece.y0 + along) };
        if binary.get_pixel(x, y).0[0] != 0 {
            all += 1;
            thin += u32::from(thickness(binary, x, y, horizontal, size.most_thickness) <= size.most_thickness);
        }
    }
    thin * 10 >= all * 6
}

fn touches(a: &Component, b: &Component) -> bool {
    a.x0 <= b.x1 + 1
        && b.x0 <= a.x1 + 1
        && a.y0 <= b.y1 + 1
        && b.y0 <= a.y1 + 1
        && (a.width() > a.height()) == (b.width() > b.height())
}

fn union(a: &Component, b: &Component) -> Component {
    Component { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1), area: a.area + b.area }
}

/// How thick the ink is at a pixel of a line, counted up to a little more than `limit`.
fn thickness(binary: &GrayImage, x: u32, y: u32, horizontal: bool, limit: u32) -> u32 {
    let dark = |d: i64| {
        let (px, py) = if horizontal { (i64::from(x), i64::from(y) + d) } else { (i64::from(x) + d, i64::from(y)) };
        px >= 0
            && py >= 0
            && px < i64::from(binary.width())
            && py < i64::from(binary.height())
            && binary.get_pixel(px as u32, py as u32).0[0] != 0
    };
    let limit = i64::from(limit) + 1;
    let forth = (1..=limit).take_while(|d| dark(*d)).count();
    let back = (1..=limit).take_while(|d| dark(-*d)).count();
    (forth + back + 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(width: u32, height: u32, boxes: &[(u32, u32, u32, u32)]) -> GrayImage {
        let mut image = GrayImage::from_pixel(width, height, Luma([240]));
        for &(x0, y0, x1, y1) in boxes {
            for y in y0..y1 {
                for x in x0..x1 {
                    image.put_pixel(x, y, Luma([30]));
                }
            }
        }
        image
    }

    #[test]
    fn ink_hangs_together() {
        let mut found = components(&binarize(&paper(60, 40, &[(5, 5, 9, 15), (20, 5, 24, 15)]), 10));
        found.sort_by_key(|c| c.x0);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], Component { x0: 20, y0: 5, x1: 24, y1: 15, area: 40 });
    }

    #[test]
    fn rules_go_and_letters_stay() {
        let mut binary = binarize(&paper(200, 60, &[(5, 30, 195, 32), (50, 10, 54, 22)]), 15);
        let rules = clear_rules(&mut binary, RuleSize { least_length: 60, most_thickness: 5, most_gap: 2 });
        assert_eq!(rules.len(), 1);
        assert_eq!((rules[0].x0, rules[0].y0, rules[0].x1, rules[0].y1), (5, 30, 195, 32));
        let found = components(&binary);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].x0, found[0].y1), (50, 22));
    }

    #[test]
    fn the_frayed_edge_of_a_rule_goes_with_it() {
        let frays: Vec<_> = (0..6).map(|i| (10 + 30 * i, 32, 25 + 30 * i, 33)).collect();
        let mut binary = binarize(&paper(200, 60, &[&[(5, 30, 195, 32)], &frays[..], &[(50, 10, 54, 22)]].concat()), 15);
        clear_rules(&mut binary, RuleSize { least_length: 60, most_thickness: 6, most_gap: 2 });
        assert_eq!(components(&binary).iter().map(|c| (c.x0, c.y1)).collect::<Vec<_>>(), [(50, 22)]);
    }

    #[test]
    fn the_sides_of_small_boxes_go_and_letters_in_them_stay() {
        let bars = [(5, 10, 195, 12), (5, 44, 195, 46), (5, 10, 7, 46), (100, 10, 102, 46), (193, 10, 195, 46)];
        let letter = [(60, 20, 63, 36)];
        let mut binary = binarize(&paper(200, 60, &[&bars[..], &letter[..]].concat()), 15);
        clear_rules(&mut binary, RuleSize { least_length: 80, most_thickness: 5, most_gap: 2 });
        let left: Vec<Component> = components(&binary).into_iter().filter(|c| c.height() > 6).collect();
        assert_eq!(left.iter().map(|c| (c.x0, c.y0, c.y1)).collect::<Vec<_>>(), [(60, 20, 36)]);
    }

    #[test]
    fn shadows_are_no_ink() {
        let mut image = GrayImage::new(300, 100);
        for (x, _, p) in image.enumerate_pixels_mut() {
            *p = Luma([(250 - x / 3) as u8]);
        }
        assert!(components(&binarize(&image, 20)).is_empty());
    }
}
