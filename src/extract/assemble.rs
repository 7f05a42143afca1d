//! Characters with steps → words with boxes, with the ink of the line to tell where words end.

use billproof_parsers::page_text::{BBox, TextSource, Word};

use super::ctc::{Ghost, Reading};
use super::ink::Component;
use super::segment::Segment;

/// How steps of the recogniser lie on the page.
#[derive(Debug, Clone, Copy)]
pub struct CropScale {
    /// Where the first step begins, in pixels of the page.
    pub origin: f32,
    /// Pixels of the page per step.
    pub per_step: f32,
}

impl CropScale {
    fn x(self, step: f32) -> f32 {
        self.origin + (step + 0.5) * self.per_step
    }
}

/// A space that is read counts where the ink leaves at least this gap, in capital heights.
const LEAST_SPACE: f32 = 0.1;
/// A gap as wide as this parts words even where no space is read: cells of a table set close.
const CELL_GAP: f32 = 0.62;
/// A gap parts words from here on, if it is well above the usual one of the line. Not beside thin characters such as
/// `1` and `l`, whose ink stands far from its neighbours.
const UNREAD_SPACE: f32 = 0.24;
/// Capital height and depth of a line as shares of its font size.
const CAP_SHARE: f32 = 0.72;
const ASCENT: f32 = 0.77;
const DESCENT: f32 = 0.23;
/// Words read with less than this are noise.
const LEAST_CONFIDENCE: f32 = 0.08;
/// Alternative readings kept per word.
const ALTERNATIVES: usize = 4;

/// A character with its place.
struct Placed<'a> {
    reading: &'a Reading,
    x: f32,
}

/// The words of one line; `scale` is pixels per point.
pub fn words_of(segment: &Segment, readings: &[Reading], ghosts: &[Ghost], crop: CropScale, scale: f32) -> Vec<Word> {
    let readings = &with_letters_passed_over(segment, readings, ghosts, crop);
    let mut groups: Vec<(Vec<Placed<'_>>, f32, f32)> = Vec::new();
    let (start, end) = (segment.x0() as f32, segment.x1() as f32);
    let mut space: Option<f32> = None;
    // Condensed faces have narrow spaces, which are overlooked, but narrower gaps between letters yet.
    let unread_space = segment.letter_gap().map_or(CELL_GAP, |gap| (2.5 * gap / segment.cap.max(1.0)).max(UNREAD_SPACE));
    for reading in readings {
        if reading.character == ' ' {
            space = Some(reading.confidence);
            continue;
        }
        let placed = Placed { reading, x: crop.x(reading.step) };
        match groups.last_mut() {
            None => groups.push((vec![placed], start, end)),
            Some((group, _, group_end)) => {
                let before = group.last().map_or(start, |p| p.x);
                let gap = segment.widest_gap(before, placed.x);
                let width = gap.map_or(0.0, |(a, b)| b - a) / segment.cap.max(1.0);
                let parts = match space {
                    _ if within_number(group.last(), &placed) => width >= CELL_GAP,
                    Some(confidence) => width >= LEAST_SPACE || (gap.is_none() && confidence >= 0.8),
                    None if ends_label(group) => width >= LEAST_SPACE,
                    None if is_space_in_mind(ghosts, crop, before, placed.x) && width >= LEAST_SPACE => true,
                    None => width >= CELL_GAP || (width >= unread_space && stand_close(group.last(), &placed)),
                };
                if parts {
                    let (left, right) = gap.unwrap_or_else(|| {
                        let middle = f32::midpoint(before, placed.x);
                        (middle, middle)
                    });
                    *group_end = left;
                    groups.push((vec![placed], right, end));
                } else {
                    group.push(placed);
                }
            }
        }
        space = None;
    }
    let size = segment.cap / CAP_SHARE;
    groups
        .into_iter()
        .filter_map(|(group, x0, x1)| {
            let mut text: String = group.iter().map(|p| p.reading.character).collect();
            if is_initial(&text) && has_point(segment, x0, x1) {
                text.push('.');
            }
            let confidence: f32 = group.iter().map(|p| p.reading.confidence).product();
            if confidence < LEAST_CONFIDENCE && !text.chars().any(|c| c.is_ascii_digit()) {
                return None;
            }
            let bbox = BBox::new(
                x0 / scale,
                (segment.baseline - ASCENT * size) / scale,
                x1.max(x0) / scale,
                (segment.baseline + DESCENT * size) / scale,
            );
            let alternatives = alternatives(&group, confidence, ghosts, crop, (x0, x1));
            Some(Word { text, bbox, font_size: size / scale, bold: false, confidence, source: TextSource::Ocr, alternatives })
        })
        .collect()
}

/// A letter is at least this share of a capital high; one that was read stands no farther beside its ink than this, in capital
/// heights.
const LETTER: f32 = 0.7;
const BESIDE_INK: f32 = 0.3;
/// An upright stroke by itself: no wider, and as high, in capital heights; what its reading is worth.
const STROKE_WIDTH: f32 = 0.32;
const STROKE_HEIGHT: std::ops::RangeInclusive<f32> = 0.8..=1.15;
const STROKE_WORTH: f32 = 0.5;
/// It keeps off the letters beside it, and from here on a word off, in capital heights.
const KEPT_OFF: f32 = 0.12;
const WORD_OFF: f32 = 0.4;
/// What stands farther off all letters than this, in capital heights, is none.
const STANDS_OFF: f32 = 1.0;

/// The characters with those that were passed over for nothing though ink as high as a letter stands where they came to mind:
/// a thin letter by itself, as the last of `TROPONIN I`. They are worth little. Nothing else than an `I` can
/// be what is left of an upright stroke beside capitals of which nothing came to mind.
fn with_letters_passed_over(segment: &Segment, readings: &[Reading], ghosts: &[Ghost], crop: CropScale) -> Vec<Reading> {
    let mut out = readings.to_vec();
    for ink in segment.letters.iter().filter(|c| c.height() as f32 >= LETTER * segment.cap) {
        let beside = BESIDE_INK * segment.cap;
        let is_of_ink = |step: f32| (ink.x0 as f32 - beside..=ink.x1 as f32 + beside).contains(&crop.x(step));
        if out.iter().any(|r| r.character != ' ' && is_of_ink(r.step)) {
            continue;
        }
        let mut others = segment.letters.iter().filter(|c| *c != ink && c.height() as f32 >= LETTER * segment.cap);
        let gap = |c: &Component| (ink.x0 as f32 - c.x1 as f32).max(c.x0 as f32 - ink.x1 as f32);
        // the tick of a pen stands off the words
        if !others.any(|c| gap(c) <= STANDS_OFF * segment.cap) {
            continue;
        }
        let thought = ghosts.iter().filter(|g| g.character.is_alphanumeric() && is_of_ink(g.step));
        if let Some(g) = thought.max_by(|a, b| a.confidence.total_cmp(&b.confidence)) {
            let confidence = g.confidence.max(STROKE_WORTH);
            let runner_up = Some((None, 1.0 - confidence));
            out.push(Reading { character: g.character, confidence, step: g.step, runner_up });
        } else if let Some(before) = stroke_behind_capitals(segment, ink, readings, crop) {
            let step = (f32::midpoint(ink.x0 as f32, ink.x1 as f32) - crop.origin) / crop.per_step - 0.5;
            if before >= WORD_OFF * segment.cap {
                let between = step - 0.5 * before / crop.per_step;
                out.push(Reading { character: ' ', confidence: STROKE_WORTH, step: between, runner_up: None });
            }
            out.push(Reading { character: 'I', confidence: STROKE_WORTH, step, runner_up: Some((None, 1.0 - STROKE_WORTH)) });
        }
    }
    out.sort_by(|a, b| a.step.total_cmp(&b.step));
    out
}

/// How far an upright stroke as high as the capitals before it stands off them, in pixels; `None` where it is none, or
/// hangs together with a letter.
fn stroke_behind_capitals(segment: &Segment, ink: &Component, readings: &[Reading], crop: CropScale) -> Option<f32> {
    let cap = segment.cap;
    let level = |y: u32, of: f32| (y as f32 - of).abs() <= 0.15 * cap;
    let upright = ink.width() as f32 <= STROKE_WIDTH * cap
        && STROKE_HEIGHT.contains(&(ink.height() as f32 / cap))
        && level(ink.y1, segment.baseline)
        && level(ink.y0, segment.baseline - cap);
    let others = || segment.letters.iter().filter(|c| *c != ink && c.height() as f32 >= LETTER * cap);
    let before = others().filter(|c| c.x0 < ink.x0).map(|c| ink.x0 as f32 - c.x1 as f32).min_by(f32::total_cmp)?;
    let after = others().filter(|c| c.x0 >= ink.x0).map(|c| c.x0 as f32 - ink.x1 as f32).min_by(f32::total_cmp);
    let apart = before >= KEPT_OFF * cap && after.is_none_or(|gap| gap >= KEPT_OFF * cap);
    let mut read_before = readings.iter().filter(|r| r.character != ' ' && crop.x(r.step) < ink.x0 as f32).rev();
    let capitals = read_before.by_ref().take(3).filter(|r| r.character.is_ascii_uppercase()).count() == 3;
    (upright && apart && capitals).then_some(before)
}

/// Whether a space was passed over between two places, for nothing at all.
fn is_space_in_mind(ghosts: &[Ghost], crop: CropScale, from: f32, to: f32) -> bool {
    ghosts.iter().any(|g| g.character == ' ' && (from..to).contains(&crop.x(g.step)))
}

/// Whether a word is a capital by itself, as an initial is.
fn is_initial(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_uppercase()) && characters.next().is_none()
}

/// Whether the ink of a single letter has that of a point at its foot, which recognition overlooks as often as not.
fn has_point(segment: &Segment, x0: f32, x1: f32) -> bool {
    let within = |c: &&Component| c.x0 as f32 >= x0 - 1.0 && c.x1 as f32 <= x1 + 1.0;
    let ink: Vec<&Component> = segment.letters.iter().filter(within).collect();
    let Some(letter) = ink.iter().max_by_key(|c| c.height()) else { return false };
    let (small, foot) = (0.08 * segment.cap..=0.32 * segment.cap, segment.baseline - 0.2 * segment.cap);
    letter.height() as f32 >= 0.7 * segment.cap
        && ink.iter().any(|c| {
            let below = c.y1 as f32 <= segment.baseline + 0.2 * segment.cap;
            let on_foot = c.y0 as f32 >= foot - 0.2 * segment.cap && c.y1 as f32 >= foot && below;
            c.x0 >= letter.x1 && on_foot && small.contains(&(c.width() as f32)) && small.contains(&(c.height() as f32))
        })
}

/// Whether a word ends in a letter and a colon: what comes after a gap is the label's value, not the minutes of a time.
fn ends_label(group: &[Placed<'_>]) -> bool {
    matches!(group, [.., letter, colon] if colon.reading.character == ':' && letter.reading.character.is_alphabetic())
}

/// Whether two characters are a digit and a point or comma, which no space parts: what looks like one on a fax is ink
/// that was lost.
fn within_number(a: Option<&Placed<'_>>, b: &Placed<'_>) -> bool {
    let point = |c: char| c == '.' || c == ',';
    let b = b.reading.character;
    a.map(|a| a.reading.character).is_some_and(|a| (a.is_ascii_digit() && point(b)) || (a == '.' && b.is_ascii_digit()))
}

/// Whether both characters fill their width, so that a gap between them is a space.
fn stand_close(a: Option<&Placed<'_>>, b: &Placed<'_>) -> bool {
    let fills = |c: char| (c.is_alphanumeric() && !"1Iijlftr".contains(c)) || matches!(c, '$' | '#' | '&' | '%');
    let (Some(a), b) = (a.map(|a| a.reading.character), b.reading.character) else { return false };
    // Two digits with a gap between them have lost ink.
    fills(a) && fills(b) && (a.is_alphabetic() || b.is_alphabetic())
}

/// Other readings of a word: one doubtful character exchanged, dropped or added.
fn alternatives(
    group: &[Placed<'_>],
    confidence: f32,
    ghosts: &[Ghost],
    crop: CropScale,
    (x0, x1): (f32, f32),
) -> Vec<(String, f32)> {
    let mut out: Vec<(String, f32)> = Vec::new();
    for (i, placed) in group.iter().enumerate() {
        let Some((instead, probability)) = placed.reading.runner_up else {
            continue;
        };
        let text: String = group
            .iter()
            .enumerate()
            .filter_map(|(j, p)| if i == j { instead.filter(|c| *c != ' ') } else { Some(p.reading.character) })
            .collect();
        if !text.is_empty() {
            out.push((text, confidence / placed.reading.confidence.max(1e-6) * probability));
        }
    }
    for ghost in ghosts.iter().filter(|g| g.character != ' ') {
        let x = crop.x(ghost.step);
        if x < x0 - crop.per_step || x > x1 + crop.per_step {
            continue;
        }
        let at = group.iter().take_while(|p| p.x < x).count();
        let mut characters: Vec<char> = group.iter().map(|p| p.reading.character).collect();
        characters.insert(at, ghost.character);
        out.push((characters.into_iter().collect(), confidence * ghost.confidence / (1.0 - ghost.confidence).max(0.05)));
    }
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    out.dedup_by(|a, b| a.0 == b.0);
    out.truncate(ALTERNATIVES);
    for (_, confidence) in &mut out {
        *confidence = confidence.min(1.0);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(character: char, step: f32) -> Reading {
        Reading { character, confidence: 0.99, step, runner_up: None }
    }

    /// Letters of 10 pixels at the given left edges, one step per 10 pixels.
    fn line(edges: &[u32]) -> Segment {
        let letters = edges.iter().map(|x| Component { x0: *x, y0: 86, x1: x + 9, y1: 100, area: 60 }).collect();
        Segment { letters, baseline: 100.0, cap: 14.0 }
    }

    const CROP: CropScale = CropScale { origin: 0.0, per_step: 10.0 };

    #[test]
    fn words_end_at_the_ink() {
        let segment = line(&[0, 10, 25, 35]);
        let readings = [reading('a', 0.0), reading('b', 1.0), reading(' ', 1.8), reading('c', 2.5), reading('d', 3.5)];
        let words = words_of(&segment, &readings, &[], CROP, 2.0);
        assert_eq!(words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["ab", "cd"]);
        assert_eq!((words[0].bbox.x1, words[1].bbox.x0), (9.5, 12.5));
    }

    #[test]
    fn a_narrow_gap_parts_where_a_space_was_in_mind() {
        let segment = line(&[0, 10, 21, 31]);
        let readings = [reading('a', 0.0), reading('b', 1.0), reading('c', 2.1), reading('d', 3.1)];
        let texts =
            |ghosts: &[Ghost]| words_of(&segment, &readings, ghosts, CROP, 1.0).into_iter().map(|w| w.text).collect::<Vec<_>>();
        assert_eq!(texts(&[]), ["abcd"]);
        assert_eq!(texts(&[Ghost { character: ' ', confidence: 0.2, step: 1.5 }]), ["ab", "cd"]);
        assert_eq!(texts(&[Ghost { character: ' ', confidence: 0.2, step: 2.6 }]), ["abcd"], "no ink parts there");
    }

    #[test]
    fn a_letter_passed_over_is_read_where_its_ink_stands() {
        let mut segment = line(&[0, 10]);
        segment.letters.push(Component { x0: 24, y0: 86, x1: 27, y1: 100, area: 40 });
        let ghosts = [Ghost { character: 'I', confidence: 0.3, step: 2.1 }];
        let words = words_of(&segment, &[reading('O', 0.0), reading('N', 1.0)], &ghosts, CROP, 1.0);
        assert_eq!((words[0].text.as_str(), words.len()), ("ONI", 1));
        assert!(words[0].confidence < 0.6, "{words:?}");
        segment.letters[2] = Component { x0: 44, x1: 47, ..segment.letters[2] };
        let far = [Ghost { character: 'V', confidence: 0.3, step: 4.1 }];
        let words = words_of(&segment, &[reading('O', 0.0), reading('N', 1.0)], &far, CROP, 1.0);
        assert_eq!(words[0].text, "ON", "a pen's tick");
        segment.letters.pop();
        let words = words_of(&segment, &[reading('O', 0.0), reading('N', 1.0)], &ghosts, CROP, 1.0);
        assert_eq!(words[0].text, "ON", "no ink, no letter");
    }

    #[test]
    fn a_stroke_behind_capitals_is_an_i_of_which_nothing_came_to_mind() {
        let mut segment = line(&[0, 10, 20]);
        let readings = [reading('N', 0.0), reading('I', 1.0), reading('N', 2.0)];
        let texts = |segment: &Segment| -> Vec<(String, bool)> {
            let words = words_of(segment, &readings, &[], CROP, 1.0);
            words.into_iter().map(|w| (w.text, w.confidence < 0.6)).collect()
        };
        segment.letters.push(Component { x0: 36, y0: 86, x1: 39, y1: 100, area: 40 });
        assert_eq!(texts(&segment), [("NIN".to_owned(), false), ("I".to_owned(), true)]);
        segment.letters[3] = Component { x0: 36, y0: 78, x1: 39, y1: 104, area: 70 };
        assert_eq!(texts(&segment), [("NIN".to_owned(), false)], "a drawn line is longer");
    }

    #[test]
    fn an_initial_has_the_point_that_its_ink_shows() {
        let mut segment = line(&[0]);
        let texts = |segment: &Segment| words_of(segment, &[reading('L', 0.0)], &[], CROP, 1.0)[0].text.clone();
        assert_eq!(texts(&segment), "L");
        segment.letters.push(Component { x0: 11, y0: 98, x1: 13, y1: 100, area: 4 });
        assert_eq!(texts(&segment), "L.");
        segment.letters[1] = Component { x0: 11, y0: 88, x1: 13, y1: 90, area: 4 };
        assert_eq!(texts(&segment), "L", "dust stands anywhere");
    }

    #[test]
    fn a_space_without_a_gap_is_none_and_a_wide_gap_parts() {
        let segment = line(&[0, 10, 40]);
        let readings = [reading('1', 0.0), reading(' ', 0.5), reading(',', 1.0), reading('2', 4.0)];
        let words = words_of(&segment, &readings, &[], CROP, 1.0);
        assert_eq!(words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["1,", "2"]);
    }

    #[test]
    fn a_doubt_becomes_an_alternative() {
        let segment = line(&[0, 10]);
        let mut doubtful = reading('S', 0.0);
        doubtful.runner_up = Some((Some('$'), 0.3));
        let ghosts = [Ghost { character: '-', confidence: 0.2, step: 0.4 }];
        let words = words_of(&segment, &[doubtful, reading('5', 1.0)], &ghosts, CROP, 1.0);
        let texts: Vec<&str> = words[0].alternatives.iter().map(|a| a.0.as_str()).collect();
        assert_eq!(texts, ["$5", "S-5"]);
    }
}
