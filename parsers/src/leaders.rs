//! Leaders: the dots that lead the eye from a label to its value, `Amount billed . . . . . . $210.00`.
//!
//! They are no words. Without them the label and the value stand apart, as they do where nothing is printed between.

use crate::page_text::Word;

/// Fewer dots in a row are punctuation.
const FEWEST: usize = 3;

fn is_dot(c: char) -> bool {
    matches!(c, '.' | '·' | '…' | '•' | '_' | '‥')
}

/// How many dots a word consists of; none where it holds anything else.
fn dots(w: &Word) -> usize {
    if w.text.chars().all(is_dot) { w.text.chars().map(|c| if c == '…' { 3 } else { 1 }).sum() } else { 0 }
}

/// Takes the leaders out of a line.
pub(crate) fn drop(words: &mut Vec<Word>) {
    if !words.iter().any(|w| w.text.contains(is_dot)) {
        return;
    }
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    let mut run: Vec<Word> = Vec::new();
    for w in words.drain(..) {
        if dots(&w) > 0 {
            run.push(w);
            continue;
        }
        settle(&mut run, &mut kept);
        kept.push(without_tail(w));
    }
    settle(&mut run, &mut kept);
    *words = kept;
}

/// Keeps the dots that are too few to lead anywhere.
fn settle(run: &mut Vec<Word>, kept: &mut Vec<Word>) {
    let few = run.iter().map(dots).sum::<usize>() < FEWEST;
    let run = run.drain(..);
    if few {
        kept.extend(run);
    }
}

/// `Copay......` and `......$25.00` without their dots.
fn without_tail(mut w: Word) -> Word {
    let (head, tail) = (w.text.trim_start_matches(is_dot), w.text.trim_end_matches(is_dot));
    let (before, behind) = (w.text.len() - head.len(), w.text.len() - tail.len());
    let length = w.text.chars().count().max(1) as f32;
    let step = w.bbox.width() / length;
    if behind > FEWEST {
        w.bbox.x1 -= step * w.text[tail.len()..].chars().count() as f32;
        w.text.truncate(tail.len());
    }
    if before > FEWEST {
        w.bbox.x0 += step * w.text[..before].chars().count() as f32;
        w.text.drain(..before);
    }
    w
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;

    fn left(words: &[&str]) -> Vec<String> {
        let word = |(i, t): (usize, &&str)| Word::digital(*t, BBox::new(20.0 * i as f32, 10.0, 20.0 * i as f32 + 15.0, 18.0));
        let mut all: Vec<Word> = words.iter().enumerate().map(word).collect();
        drop(&mut all);
        all.into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn leaders_go_and_punctuation_stays() {
        assert_eq!(left(&["Copay", ".", ".", ".", ".", "$25.00"]), ["Copay", "$25.00"]);
        assert_eq!(left(&["Your", "copay......", "$25.00"]), ["Your", "copay", "$25.00"]);
        assert_eq!(left(&["Copay", "…", ".....25.00"]), ["Copay", "25.00"]);
        assert_eq!(left(&["and", "so", "on..."]), ["and", "so", "on..."]);
        assert_eq!(left(&["St", ".", "Mary", ".50"]), ["St", ".", "Mary", ".50"]);
    }
}
