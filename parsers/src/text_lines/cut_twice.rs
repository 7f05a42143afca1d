//! Words that a recogniser read twice, or cut in two, because it cut lines or words of the page twice.

use crate::grammar::money;
use crate::page_text::{TextSource, Word};

/// Recognition that cuts a line twice reads parts of it twice. Of two words in one place the fuller and surer one stays.
pub(super) fn drop_ghosts(words: &mut Vec<&Word>) {
    if words.iter().all(|w| w.source == TextSource::Digital) {
        return;
    }
    words.sort_by(|a, b| a.bbox.y0.total_cmp(&b.bbox.y0));
    let weight = |w: &Word| w.confidence * w.text.chars().count() as f32;
    let mut ghost = vec![false; words.len()];
    for i in 0..words.len() {
        for j in i + 1..words.len() {
            let (a, b) = (words[i].bbox, words[j].bbox);
            if b.y0 > a.y1 {
                break;
            }
            let across = a.overlap_x(b) > 0.5 * a.width().min(b.width());
            // two amounts one below the other, one of them in a box that the tick of a pen makes tall
            let below = (a.cy() - b.cy()).abs() > 0.6 * a.height().min(b.height());
            let two = below && is_amount(words[i]) && is_amount(words[j]) && words[i].text != words[j].text;
            if across && !two && a.overlap_y(b) > 0.3 * a.height().min(b.height()) && !ghost[i] && !ghost[j] {
                ghost[if weight(words[i]) < weight(words[j]) { i } else { j }] = true;
            }
        }
    }
    for i in 0..words.len() {
        // letters read from the feet of one line and the heads of the next stand between the two
        let w = words[i];
        if ghost[i] || w.confidence >= 0.97 || is_amount(w) {
            continue;
        }
        let covered: f32 = words
            .iter()
            .zip(&ghost)
            .filter(|(v, g)| {
                let share = w.bbox.overlap_y(v.bbox) / w.bbox.height().min(v.bbox.height()).max(0.1);
                !**g && v.confidence > w.confidence && (0.2..0.75).contains(&share)
            })
            .map(|(v, _)| w.bbox.overlap_x(v.bbox).max(0.0))
            .sum();
        ghost[i] = covered >= 0.6 * w.bbox.width();
    }
    let mut keep = ghost.iter().map(|g| !g);
    words.retain(|_| keep.next().unwrap_or(true));
}

/// Whether a word is an amount in its full form, which letters cut from two lines never make.
fn is_amount(w: &Word) -> bool {
    w.confidence >= 0.1 && w.text.contains('.') && w.text.len() >= 5 && money::money(&w.text).is_some()
}

/// A recognised word that was cut in two with an overlap (`pai` + `aid`) is one word.
pub(super) fn join_fragments(words: &mut Vec<Word>) {
    let mut i = 1;
    while i < words.len() {
        let (a, b) = (&words[i - 1], &words[i]);
        // `0 .9%`: no number begins with the point behind a figure
        let decimals = b.text.strip_prefix('.').is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
        // `11358  .05`: cents in a column of their own, behind the rule that parts it from the dollars
        let cents = b.text.len() == 3 && a.text.len() > 1 && a.text.chars().all(|c| c.is_ascii_digit() || c == ',');
        let near = b.bbox.x0 - a.bbox.x1 < if cents { 1.4 } else { 0.9 } * a.font_size;
        if b.source == TextSource::Ocr
            && decimals
            && near
            && a.text.ends_with(|c: char| c.is_ascii_digit())
            && !a.text.contains('.')
        {
            let b = words.remove(i);
            let a = &mut words[i - 1];
            a.text.push_str(&b.text);
            a.bbox = a.bbox.union(b.bbox);
            a.confidence = a.confidence.min(b.confidence);
            continue;
        }
        let over = a.bbox.overlap_x(b.bbox);
        let recognised = a.source == TextSource::Ocr && b.source == TextSource::Ocr;
        let letters = a.text.chars().chain(b.text.chars()).all(char::is_alphabetic);
        if !recognised || !letters || over <= 0.12 * a.bbox.width().min(b.bbox.width()) {
            i += 1;
            continue;
        }
        let b = words.remove(i);
        let a = &mut words[i - 1];
        // the last letter of the first part was cut through and may be misread
        let shared = |left: &str| {
            (1..=left.len().min(b.text.len()))
                .rev()
                .find(|&k| left.is_char_boundary(left.len() - k) && b.text.starts_with(&left[left.len() - k..]))
        };
        let trimmed: String = a.text.chars().take(a.text.chars().count() - 1).collect();
        let joined = match (shared(&a.text), shared(&trimmed)) {
            (Some(k), _) => format!("{}{}", a.text, &b.text[k..]),
            (None, Some(k)) => format!("{trimmed}{}", &b.text[k..]),
            (None, None) => format!("{trimmed}{}", b.text),
        };
        a.text = joined;
        a.bbox = a.bbox.union(b.bbox);
        a.confidence = a.confidence.min(b.confidence).min(0.9);
    }
}
