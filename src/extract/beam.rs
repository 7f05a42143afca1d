//! The likeliest texts of a cell over the characters that it may hold: a prefix beam search over a recogniser's
//! probabilities per step.

use std::collections::BTreeMap;

/// Beginnings kept per step.
const WIDTH: usize = 12;
/// Characters less likely than this are passed over.
const LEAST: f32 = 1e-4;
/// Texts given back.
const MOST: usize = 5;

/// How likely a beginning is, if its last step was a blank and if it was a character.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    blank: f32,
    character: f32,
}

impl Weight {
    fn all(self) -> f32 {
        self.blank + self.character
    }
}

/// The likeliest texts with their probabilities, best first.
///
/// `probabilities` has one row of `classes.len()` values per step, `classes[0]` is the blank. `as_allowed` gives what a
/// class counts as in this cell, `None` for what cannot stand there. What the recogniser saw beyond the allowed
/// characters lowers all probabilities: a cell of something else has no likely text.
pub fn texts(probabilities: &[f32], classes: &[Option<char>], as_allowed: impl Fn(char) -> Option<char>) -> Vec<(String, f32)> {
    let mut of: BTreeMap<char, Vec<usize>> = BTreeMap::new();
    for (i, class) in classes.iter().enumerate() {
        if let Some(c) = class.and_then(&as_allowed) {
            of.entry(c).or_default().push(i);
        }
    }
    let mut beam: BTreeMap<String, Weight> = BTreeMap::from([(String::new(), Weight { blank: 1.0, character: 0.0 })]);
    for row in probabilities.chunks_exact(classes.len().max(1)) {
        let here: Vec<(char, f32)> = of
            .iter()
            .map(|(c, columns)| (*c, columns.iter().map(|i| row[*i]).sum::<f32>()))
            .filter(|(_, p)| *p >= LEAST)
            .collect();
        let mut next: BTreeMap<String, Weight> = BTreeMap::new();
        for (text, weight) in &beam {
            let stay = next.entry(text.clone()).or_default();
            stay.blank += weight.all() * row[0];
            if let Some(last) = text.chars().last()
                && let Some((_, p)) = here.iter().find(|(c, _)| *c == last)
            {
                stay.character += weight.character * p;
            }
            for (c, p) in &here {
                let from = if text.ends_with(*c) { weight.blank } else { weight.all() };
                if from > 0.0 {
                    let mut longer = text.clone();
                    longer.push(*c);
                    next.entry(longer).or_default().character += from * p;
                }
            }
        }
        let mut kept: Vec<(String, Weight)> = next.into_iter().collect();
        kept.sort_by(|a, b| b.1.all().total_cmp(&a.1.all()).then_with(|| a.0.cmp(&b.0)));
        kept.truncate(WIDTH);
        beam = kept.into_iter().collect();
    }
    let mut joined: BTreeMap<String, f32> = BTreeMap::new();
    for (text, weight) in beam {
        let text: String = text.chars().filter(|c| *c != ' ').collect();
        *joined.entry(text).or_default() += weight.all();
    }
    let mut out: Vec<(String, f32)> = joined.into_iter().filter(|(_, p)| *p >= LEAST).collect();
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    out.truncate(MOST);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [Option<char>; 4] = [None, Some('1'), Some('7'), Some('l')];

    fn digits(c: char) -> Option<char> {
        if c == 'l' { Some('1') } else { c.is_ascii_digit().then_some(c) }
    }

    #[test]
    fn lookalikes_add_up_and_repeats_merge() {
        let rows = [[0.0, 0.3, 0.3, 0.4], [0.1, 0.5, 0.0, 0.4], [1.0, 0.0, 0.0, 0.0], [0.0, 0.1, 0.9, 0.0]].concat();
        let found = texts(&rows, &CLASSES, digits);
        assert_eq!(found[0].0, "17");
        assert!((found[0].1 - 0.7 * 0.9).abs() < 0.05, "{found:?}");
        assert!(found.iter().any(|(t, _)| t == "717"));
    }

    #[test]
    fn what_may_not_stand_there_leaves_nothing_likely() {
        let rows = [[0.02, 0.01, 0.01, 0.96]].concat();
        let found = texts(&rows, &CLASSES, |c| (c == '7').then_some(c));
        assert!(found.iter().all(|(_, p)| *p < 0.05), "{found:?}");
    }

    #[test]
    fn a_repeated_digit_needs_a_blank_between() {
        let rows = [[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]].concat();
        assert_eq!(texts(&rows, &CLASSES, digits)[0].0, "11");
    }
}
