//! Leaders: the dots that lead the eye from a label to its value, `Amount billed . . . . . . $210.00`.
//!
//! They are no words. Without them the label and the value stand apart, as they do where nothing is printed between.
//!
//! Of a scan the reader sees a dot or two where they begin, grain among them, and the last at the amount: `Coins .. i. .874.49`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::grammar::money::money;
use crate::page_text::{TextSource, Word};

/// Fewer dots in a row are punctuation.
const FEWEST: usize = 3;

/// Under this confidence a letter or two between the ends of a scanned leader are grain.
const GRAIN: f32 = 0.9;

/// Where scanned leaders begin, the room to what is read next is wider than so many sizes of their type.
const ROOM: f32 = 3.0;

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

/// The words of a page without what was read of scanned leaders, from a dot behind words to the amount at their end.
pub(crate) fn without_scanned(words: &[Word]) -> Cow<'_, [Word]> {
    let recognised = |w: &Word| w.source == TextSource::Ocr;
    let mut none: BTreeSet<usize> = BTreeSet::new();
    let mut changed: BTreeMap<usize, Word> = BTreeMap::new();
    for (i, dot) in words.iter().enumerate().filter(|(_, w)| recognised(w) && (dots(w) > 0 || runs_into_dots(w))) {
        let size = dot.bbox.height();
        let level = |w: &Word| (w.bbox.cy() - dot.bbox.cy()).abs() < 0.5 * size;
        let labelled = |w: &Word| {
            let before = dot.bbox.x0 - w.bbox.x1;
            level(w) && (-size..size).contains(&before) && w.bbox.x0 < dot.bbox.x0 && w.text.contains(char::is_alphabetic)
        };
        if !runs_into_dots(dot) && !words.iter().any(labelled) {
            continue;
        }
        let mut behind: Vec<usize> = (0..words.len()).filter(|k| level(&words[*k]) && words[*k].bbox.x0 > dot.bbox.x0).collect();
        behind.sort_by(|a, b| words[*a].bbox.x0.total_cmp(&words[*b].bbox.x0));
        let grain = |w: &Word| {
            // a minus or a dollar sign is the amount's
            let sign = !w.text.contains(|c: char| c.is_alphanumeric() || "-–−($".contains(c));
            w.text.chars().count() <= 2 && (sign || w.confidence < GRAIN)
        };
        let Some(end) = behind.iter().position(|k| !grain(&words[*k])) else { continue };
        let run: Vec<usize> = std::iter::once(i).chain(behind[..=end].iter().copied()).collect();
        let apart = run.windows(2).any(|w| words[w[1]].bbox.x0 - words[w[0]].bbox.x1 > ROOM * size);
        let value = &words[behind[end]];
        let amount = value.text.trim_start_matches(is_dot);
        if apart && amount.contains('.') && money(amount).is_some() {
            none.extend(&run[1..run.len() - 1]);
            if dots(dot) > 0 {
                none.insert(i);
            } else {
                changed.insert(i, Word { text: dot.text.trim_end_matches(is_dot).to_owned(), ..dot.clone() });
            }
            changed.insert(behind[end], without_head(value, amount));
        }
    }
    if none.is_empty() && changed.is_empty() {
        return Cow::Borrowed(words);
    }
    let kept = (0..words.len()).filter(|k| !none.contains(k));
    Cow::Owned(kept.map(|k| changed.get(&k).unwrap_or(&words[k]).clone()).collect())
}

/// `COPAY..`
fn runs_into_dots(w: &Word) -> bool {
    w.text.ends_with("..") && w.text.contains(char::is_alphabetic)
}

/// The word as far as its text ends in this.
fn without_head(w: &Word, text: &str) -> Word {
    let all = w.text.chars().count();
    let cut = all - text.chars().count();
    let mut out = w.clone();
    out.bbox.x0 += w.bbox.width() / all.max(1) as f32 * cut as f32;
    text.clone_into(&mut out.text);
    out
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
    let tail = w.text.trim_end_matches(is_dot).len();
    if w.text.len() - tail > FEWEST {
        let step = w.bbox.width() / w.text.chars().count().max(1) as f32;
        w.bbox.x1 -= step * w.text[tail..].chars().count() as f32;
        w.text.truncate(tail);
    }
    let head = w.text.trim_start_matches(is_dot);
    if w.text.len() - head.len() > FEWEST {
        return without_head(&w, head);
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

    #[test]
    fn what_was_read_of_scanned_leaders_goes() {
        let read = |words: &[(f32, &str, f32)]| -> Vec<String> {
            let word = |(x, t, confidence): &(f32, &str, f32)| Word {
                confidence: *confidence,
                source: TextSource::Ocr,
                ..Word::digital(*t, BBox::new(*x, 10.0, *x + 4.0 * t.len() as f32, 18.0))
            };
            let all: Vec<Word> = words.iter().map(word).collect();
            without_scanned(&all).iter().map(|w| w.text.clone()).collect()
        };
        assert_eq!(
            read(&[(40.0, "COINS", 0.99), (62.0, "..", 0.8), (270.0, "i.", 0.3), (340.0, "874.49", 0.99)]),
            ["COINS", "874.49"]
        );
        assert_eq!(read(&[(40.0, "COPAY", 0.99), (62.0, "..", 0.9), (336.0, ".0.00", 0.98)]), ["COPAY", "0.00"]);
        assert_eq!(
            read(&[(40.0, "COPAY..", 0.9), (240.0, "\"", 0.97), (330.0, ".", 0.9), (336.0, ".0.00", 0.98)]),
            ["COPAY", "0.00"]
        );
        // an abbreviation, cents without dollars, words behind
        for kept in [
            &[(40.0, "St", 0.99), (49.0, ".", 0.9), (56.0, "12.50", 0.99)][..],
            &[(40.0, "COPAY", 0.99), (62.0, ".", 0.9), (336.0, ".50", 0.98)][..],
            &[(40.0, "COPAY", 0.99), (62.0, ".", 0.9), (336.0, "none", 0.98)][..],
            &[(40.0, "PAID", 0.99), (62.0, "-", 0.99), (336.0, "12.50", 0.98)][..],
        ] {
            assert_eq!(read(kept).len(), 3, "{kept:?}");
        }
    }
}
