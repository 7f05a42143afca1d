//! The word by which sums are told, as a reader of scans makes it: `Totai`, `SUBTOTA1:`, `BTOTAL`, `Claim totel`, and run
//! together with the words beside it, `Claimtotal`, `TOTALCHARGES`.

use std::sync::LazyLock;

use regex::Regex;

use crate::page_text::{BBox, TextSource, Word};

/// What stands before or behind the word in the label of a sum, and may have run into it.
static RUN_TOGETHER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^[\W_]*(?:
            (?:grand|claims?|page|invoice|account|statement|visit|daily|department|patient) (tot[aeo][li1!|]s?)
            | (tot[aeo][li1!|]s?) (?:(?:charges?|due|amounts?|balance|billed|payments?|adjustments?)[\W_]*$ | for[\W\d]|forthis|ofthis)
        )",
    )
    .expect("a constant pattern")
});

/// The word as it was printed; where words have run together each by itself, with its share of the box.
pub(crate) fn told(word: Word) -> Vec<Word> {
    if word.source == TextSource::Digital {
        return vec![word];
    }
    let text = misread(&word.text).unwrap_or_else(|| word.text.clone());
    let total = RUN_TOGETHER.captures(&text).filter(|_| text.is_ascii());
    let Some(total) = total.and_then(|c| c.get(1).or(c.get(2))) else { return vec![Word { text, ..word }] };
    let parts = [0..total.start(), total.range(), total.end()..text.len()];
    let of_sign = word.bbox.width() / text.len() as f32;
    parts
        .into_iter()
        .filter(|part| text[part.clone()].contains(char::is_alphanumeric))
        .map(|part| {
            let x = |signs: usize| word.bbox.x0 + of_sign * signs as f32;
            let bbox = BBox::new(x(part.start), word.bbox.y0, x(part.end), word.bbox.y1);
            let text = misread(&text[part.clone()]).unwrap_or_else(|| text[part].to_owned());
            Word { text, bbox, alternatives: Vec::new(), ..word.clone() }
        })
        .collect()
}

/// A stroke read as another, a vowel read as its like.
fn stroke(c: char) -> char {
    if matches!(c, 'i' | 'I' | '1' | '!' | '|' | 'L') { 'l' } else { c.to_ascii_lowercase() }
}

/// The word with a stroke or a vowel read as another or its first letters lost; nothing where it is right or another word.
fn misread(text: &str) -> Option<String> {
    let (word, tail) = text.split_at(text.trim_end_matches([':', '.']).len());
    let folded: String = word.chars().map(stroke).collect();
    let folded = match folded.as_str() {
        "btotal" | "ubtotal" => "subtotal",
        "btotals" | "ubtotals" => "subtotals",
        "totel" | "totol" => "total",
        "totels" | "totols" => "totals",
        known @ ("total" | "totals" | "subtotal" | "subtotals") => known,
        _ => return None,
    };
    let right = if word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase) {
        folded.to_uppercase()
    } else {
        let mut letters = folded.chars();
        let first = if word.starts_with(char::is_uppercase) { letters.next()?.to_ascii_uppercase() } else { letters.next()? };
        format!("{first}{}", letters.as_str())
    };
    (right.len() >= word.len() && !word.eq_ignore_ascii_case(&right)).then(|| right + tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let word = Word::digital(text, BBox::new(40.0, 100.0, 90.0, 108.0));
        told(Word { source: TextSource::Ocr, ..word }).into_iter().map(|w| w.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_word_total_is_told_with_a_stroke_misread_or_run_together_with_its_label() {
        for (text, right) in [
            ("Totai", "Total"),
            ("SUBTOTA1:", "SUBTOTAL:"),
            ("BTOTAL", "SUBTOTAL"),
            ("totel", "total"),
            ("Claimtotal", "Claim total"),
            ("-TOTALCHARGES", "TOTAL CHARGES"),
            ("GRANDTOTA1", "GRAND TOTAL"),
        ] {
            assert_eq!(read(text), right);
        }
        for other in ["Total", "SubTotal", "Totem", "TOTALED", "STOTAL", "TOTALLY", "PATIENT", "AORTO", "TOTALHIP"] {
            assert_eq!(read(other), other);
        }
    }
}
