//! The short form of `with` and `without` on a scan, where a space was read before its stroke: `CBC W / DIFF`, `HEAD W / O CONTRAST`.

use crate::page_text::{TextSource, Word};

/// Joins the stroke to the letter before it, and the `O` behind it to both.
pub(crate) fn join(words: &mut Vec<Word>) {
    let mut at = 0;
    while at < words.len() {
        let letter = &words[at];
        let short = matches!(letter.text.as_str(), "W" | "w" | "W/" | "w/") && letter.source == TextSource::Ocr;
        let wanted: &[&str] = if letter.text.len() == 1 { &["/", "/O", "/o"] } else { &["O", "o"] };
        let next = words.iter().position(|w| {
            let gap = w.bbox.x0 - letter.bbox.x1;
            wanted.contains(&w.text.as_str())
                && w.source == TextSource::Ocr
                && (-0.2 * letter.font_size..0.8 * letter.font_size).contains(&gap)
                && w.bbox.overlap_y(letter.bbox) > 0.5 * letter.bbox.height()
        });
        let Some(next) = next.filter(|next| short && *next != at) else {
            at += 1;
            continue;
        };
        let sign = words[next].clone();
        let letter = &mut words[at];
        letter.text.push_str(&sign.text);
        letter.bbox.x1 = letter.bbox.x1.max(sign.bbox.x1);
        letter.confidence = letter.confidence.min(sign.confidence);
        letter.alternatives.clear();
        words.remove(next);
        at -= usize::from(next < at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;

    #[test]
    fn the_stroke_belongs_to_the_letter_before_it() {
        let read = |text: &str| {
            let mut x = 0.0;
            let mut words: Vec<Word> = text
                .split(' ')
                .map(|w| {
                    let bbox = BBox::new(x, 0.0, x + 5.0 * w.len() as f32, 8.0);
                    x = bbox.x1 + 3.0;
                    Word { source: TextSource::Ocr, ..Word::digital(w, bbox) }
                })
                .collect();
            join(&mut words);
            words.into_iter().map(|w| w.text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(read("CBC W / DIFF"), "CBC W/ DIFF");
        assert_eq!(read("HEAD W / O CONTRAST"), "HEAD W/O CONTRAST");
        assert_eq!(read("HEAD W /O CONTRAST"), "HEAD W/O CONTRAST");
        assert_eq!(read("AIR / GROUND W STRETCHER"), "AIR / GROUND W STRETCHER");
    }
}
