//! Glyphs of a text layer → words.
//!
//! Producers place text in every way there is: whole lines with space glyphs, one glyph at a time, columns first, the
//! same word twice with a small offset to look bold. Only the places are trusted; the order of drawing helps where
//! the places leave a doubt.

use std::collections::HashMap;

use billproof_parsers::page_text::{BBox, TextSource, Word};

/// One drawn glyph, in the reading frame (upright, points, y downwards).
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// Its characters: one, or several for a ligature; a white-space string for a space glyph.
    pub text: String,
    /// Where it begins on the baseline.
    pub x0: f32,
    /// Where its advance ends.
    pub x1: f32,
    /// The baseline.
    pub baseline: f32,
    /// Font size in points.
    pub size: f32,
    /// Whether its font is bold.
    pub bold: bool,
    /// The usual distance between neighbouring glyphs of the text it was drawn with, beyond their advances: non-zero
    /// for letter-spaced text.
    pub tracking: f32,
}

/// A gap wider than this share of the font size parts two words. A space is 0.25 in most faces and may be squeezed
/// in justified text; kerning seldom opens more than 0.05.
const WORD_GAP: f32 = 0.14;
/// Glyphs may overlap by this share of the font size (kerning, italics).
const OVERLAP: f32 = 0.35;
/// Baselines that differ by less than this share of the font size are one line.
const BASELINE: f32 = 0.18;
/// The same glyph drawn again within this share of the font size is there to look bold.
const DOUBLE_STRIKE: f32 = 0.12;
/// What a font reaches above and below the baseline, as shares of its size.
const ASCENT: f32 = 0.77;
const DESCENT: f32 = 0.23;

/// A word in the making.
#[derive(Debug, Clone)]
struct Run {
    text: String,
    x0: f32,
    x1: f32,
    baseline: f32,
    size: f32,
    tracking: f32,
    bold: usize,
    glyphs: usize,
    space_before: bool,
    space_after: bool,
}

impl Run {
    fn start(glyph: &Glyph, space_before: bool) -> Self {
        Self {
            text: glyph.text.clone(),
            x0: glyph.x0,
            x1: glyph.x1,
            baseline: glyph.baseline,
            size: glyph.size,
            tracking: glyph.tracking,
            bold: usize::from(glyph.bold),
            glyphs: 1,
            space_before,
            space_after: false,
        }
    }

    fn takes(&self, glyph: &Glyph) -> bool {
        adjoins(self.x1, self.baseline, self.size, self.tracking.min(glyph.tracking), glyph.x0, glyph.baseline, glyph.size)
    }

    fn push(&mut self, glyph: &Glyph) {
        self.text.push_str(&glyph.text);
        self.x1 = self.x1.max(glyph.x1);
        self.bold += usize::from(glyph.bold);
        self.glyphs += 1;
    }

    fn into_word(self) -> Word {
        Word {
            text: self.text,
            bbox: BBox::new(self.x0, self.baseline - ASCENT * self.size, self.x1, self.baseline + DESCENT * self.size),
            font_size: self.size,
            bold: self.bold * 2 > self.glyphs,
            confidence: 1.0,
            source: TextSource::Digital,
            alternatives: Vec::new(),
        }
    }
}

/// Whether a glyph at `next_x` goes on with the word that ends at `x1`.
fn adjoins(x1: f32, baseline: f32, size: f32, tracking: f32, next_x: f32, next_baseline: f32, next_size: f32) -> bool {
    let em = size.max(next_size);
    let gap = next_x - x1;
    (baseline - next_baseline).abs() <= BASELINE * em
        && size.min(next_size) >= 0.6 * em
        && gap <= WORD_GAP * em + tracking.max(0.0)
        && gap >= -OVERLAP * em
}

/// Words of the glyphs, which come in the order of drawing.
pub fn words_of(glyphs: &[Glyph]) -> Vec<Word> {
    join_neighbours(runs_of(glyphs)).into_iter().map(Run::into_word).collect()
}

/// First pass: what was drawn one after the other and stands side by side.
fn runs_of(glyphs: &[Glyph]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut struck = StruckGlyphs::default();
    let mut open = false;
    let mut after_space = false;
    for glyph in glyphs {
        if glyph.text.trim().is_empty() {
            if open && let Some(last) = runs.last_mut() {
                last.space_after = true;
            }
            open = false;
            after_space = true;
            continue;
        }
        if struck.is_repeat(glyph) {
            continue;
        }
        match runs.last_mut() {
            Some(last) if open && last.takes(glyph) => last.push(glyph),
            _ => runs.push(Run::start(glyph, after_space)),
        }
        open = true;
        after_space = false;
    }
    runs
}

/// Second pass: pieces of a word that were drawn at different times, joined by their places.
fn join_neighbours(mut runs: Vec<Run>) -> Vec<Run> {
    runs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut by_line: HashMap<i32, Vec<Run>> = HashMap::new();
    let mut done: Vec<Run> = Vec::new();
    for run in runs {
        let key = line_key(run.baseline);
        let mut rest = Some(run);
        for near in [key, key - 1, key + 1] {
            let Some(line) = by_line.get_mut(&near) else { continue };
            let Some(run) = rest.take() else { break };
            rest = join_to_one(line, run);
        }
        if let Some(run) = rest {
            let line = by_line.entry(key).or_default();
            // Everything still to come begins further right, so all but the last few are finished.
            if line.len() >= 8 {
                done.push(line.remove(0));
            }
            line.push(run);
        }
    }
    let mut words = done;
    let mut lines: Vec<_> = by_line.into_iter().collect();
    lines.sort_by_key(|(key, _)| *key);
    words.extend(lines.into_iter().flat_map(|(_, line)| line));
    words.sort_by(|a, b| a.baseline.total_cmp(&b.baseline).then(a.x0.total_cmp(&b.x0)));
    words
}

/// Baselines in bins of four points.
fn line_key(baseline: f32) -> i32 {
    (baseline / 4.0).floor() as i32
}

/// Joins `run` to the run of `line` that it goes on with, or hands it back.
fn join_to_one(line: &mut [Run], run: Run) -> Option<Run> {
    let before = line.iter_mut().rev().find(|left| {
        !left.space_after
            && !run.space_before
            && (left.size - run.size).abs() <= 0.05 * left.size
            && adjoins(left.x1, left.baseline, left.size, left.tracking.min(run.tracking), run.x0, run.baseline, run.size)
            && run.x0 - left.x1 >= -0.1 * left.size
    });
    match before {
        Some(left) => {
            left.text.push_str(&run.text);
            left.x1 = left.x1.max(run.x1);
            left.bold += run.bold;
            left.glyphs += run.glyphs;
            left.space_after = run.space_after;
            None
        }
        None => Some(run),
    }
}

/// Finds the glyphs that are drawn a second time in (nearly) the same place.
#[derive(Default)]
struct StruckGlyphs {
    places: HashMap<(String, i32, i32), Vec<(f32, f32)>>,
}

/// Side of the squares by which places are looked up, in points.
const CELL: f32 = 4.0;

impl StruckGlyphs {
    fn is_repeat(&mut self, glyph: &Glyph) -> bool {
        let (column, row) = ((glyph.x0 / CELL).floor() as i32, (glyph.baseline / CELL).floor() as i32);
        let reach = DOUBLE_STRIKE * glyph.size;
        let repeat = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))).any(|(dx, dy)| {
            self.places.get(&(glyph.text.clone(), column + dx, row + dy)).is_some_and(|seen| {
                seen.iter().any(|(x, y)| (x - glyph.x0).abs() <= reach && (y - glyph.baseline).abs() <= reach)
            })
        });
        if !repeat {
            self.places.entry((glyph.text.clone(), column, row)).or_default().push((glyph.x0, glyph.baseline));
        }
        repeat
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Glyphs of `text` at 10 pt from `x` on, each half an em wide, spaces drawn as glyphs.
    fn line(text: &str, x: f32, baseline: f32) -> Vec<Glyph> {
        text.chars()
            .enumerate()
            .map(|(i, c)| Glyph {
                text: c.to_string(),
                x0: x + 5.0 * i as f32,
                x1: x + 5.0 * (i + 1) as f32,
                baseline,
                size: 10.0,
                bold: false,
                tracking: 0.0,
            })
            .collect()
    }

    fn texts(glyphs: &[Glyph]) -> Vec<String> {
        words_of(glyphs).into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn space_glyphs_and_gaps_part_words() {
        let mut glyphs = line("Total Charges", 10.0, 100.0);
        glyphs.extend(line("1,234.50", 80.0, 100.0));
        assert_eq!(texts(&glyphs), ["Total", "Charges", "1,234.50"]);
        let word = &words_of(&glyphs)[0];
        assert_eq!((word.bbox.x0, word.bbox.x1), (10.0, 35.0));
        assert!((word.bbox.height() - 10.0).abs() < 0.01);
    }

    #[test]
    fn pieces_drawn_out_of_order_are_one_word() {
        let mut glyphs = line(".50", 30.0, 100.0);
        glyphs.extend(line("1,23", 10.0, 100.0));
        assert_eq!(texts(&glyphs), ["1,23.50"]);
    }

    #[test]
    fn double_struck_text_comes_once() {
        let mut glyphs = line("BILL 11", 10.0, 100.0);
        glyphs.extend(line("BILL 11", 10.4, 100.0));
        assert_eq!(texts(&glyphs), ["BILL", "11"]);
    }

    #[test]
    fn letter_spaced_headings_stay_whole() {
        let mut glyphs: Vec<Glyph> = line("STATEMENT", 10.0, 100.0);
        for (i, glyph) in glyphs.iter_mut().enumerate() {
            let shift = 3.0 * i as f32;
            glyph.x0 += shift;
            glyph.x1 += shift;
            glyph.tracking = 3.0;
        }
        assert_eq!(texts(&glyphs), ["STATEMENT"]);
    }

    #[test]
    fn lines_below_each_other_stay_apart() {
        let mut glyphs = line("99213", 10.0, 100.0);
        glyphs.extend(line("99214", 10.0, 111.0));
        assert_eq!(texts(&glyphs), ["99213", "99214"]);
    }

    proptest! {
        #[test]
        fn any_text_comes_back_in_any_order_of_drawing(
            words in prop::collection::vec("[A-Za-z0-9.,$-]{1,8}", 1..6),
            seed in any::<u64>(),
        ) {
            let text = words.join(" ");
            let mut glyphs: Vec<Glyph> = line(&text, 20.0, 50.0).into_iter().filter(|g| g.text != " ").collect();
            let mut state = seed;
            for i in (1..glyphs.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                glyphs.swap(i, (state >> 33) as usize % (i + 1));
            }
            prop_assert_eq!(texts(&glyphs), words);
        }
    }
}
