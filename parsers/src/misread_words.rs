//! Words that a reader of scans takes for others that no statement prints: `9ty 1`, `Cbc W/. Diff`, `Ivl 2`, `Seivice date`.
//!
//! Only what can be nothing else is put right: a value is never touched, nor a word that may be one of the field's own
//! (`IVL` is a procedure, `Ivl` is not).

use std::borrow::Cow;

use crate::page_text::{TextSource, Word};

/// Long words of labels, of which one letter inside is easily misread; those that differ from another word there are left out.
const OF_LABELS: [&str; 13] = [
    "service",
    "services",
    "invoice",
    "statement",
    "insurance",
    "description",
    "deductible",
    "coinsurance",
    "procedure",
    "adjustment",
    "adjustments",
    "responsibility",
    "quantity",
];
/// Words read better than this are what they are.
const SURE: f32 = 0.97;

/// The words of a page with these put right.
pub(crate) fn right(words: Cow<'_, [Word]>) -> Cow<'_, [Word]> {
    let right = |w: &Word| meant(&w.text).or_else(|| (w.confidence < SURE).then(|| of_label(&w.text)).flatten());
    let read = words.iter().enumerate().filter(|(_, w)| w.source == TextSource::Ocr);
    let wrong: Vec<(usize, String)> = read.filter_map(|(i, w)| Some((i, right(w)?))).collect();
    if wrong.is_empty() {
        return words;
    }
    let mut words = words.into_owned();
    for (i, text) in wrong {
        words[i].text = text;
    }
    Cow::Owned(words)
}

/// What stands on the paper, if a word is one of these.
fn meant(text: &str) -> Option<String> {
    let (word, sign) = text.strip_suffix(':').map_or((text, ""), |word| (word, ":"));
    let quantity =
        || matches!(word, "gty" | "9ty" | "Qy" | "Gty" | "Oty" | "0ty" | "oty" | "Qtv" | "qtv" | "gtv").then_some("Qty");
    let level = || matches!(word, "Ivl" | "IvI" | "lvI").then_some("lvl");
    let service = || matches!(word, "Sve" | "sve" | "Svo").then_some("Svc").or_else(|| (word == "SVE").then_some("SVC"));
    if let Some(right) = quantity().or_else(level).or_else(service) {
        return Some(format!("{right}{sign}"));
    }
    // `w/` and a speck
    text.strip_suffix("/.").filter(|with| with.eq_ignore_ascii_case("w")).map(|with| format!("{with}/"))
}

/// The word of a label that differs in one letter inside, in the letters' own case.
fn of_label(text: &str) -> Option<String> {
    let word = text.trim_end_matches([':', '.']);
    let lower = word.to_lowercase();
    if !lower.is_ascii() || lower.len() < 7 {
        return None;
    }
    let inside = |label: &str| {
        let differs: Vec<usize> =
            lower.bytes().zip(label.bytes()).enumerate().filter(|(_, (a, b))| a != b).map(|(i, _)| i).collect();
        lower.len() == label.len() && matches!(differs[..], [i] if i > 0 && i + 1 < label.len())
    };
    let label = OF_LABELS.into_iter().find(|label| inside(label))?;
    let capitals = |c: char| c.is_uppercase();
    let right = if word.chars().filter(|c| c.is_alphabetic()).all(capitals) {
        label.to_uppercase()
    } else if word.starts_with(capitals) {
        label[..1].to_uppercase() + &label[1..]
    } else {
        label.to_owned()
    };
    Some(right + &text[word.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_counts_and_short_words_of_descriptions() {
        for (read, printed) in [("9ty", "Qty"), ("gty:", "Qty:"), ("W/.", "W/"), ("w/.", "w/"), ("Ivl", "lvl"), ("Sve", "Svc")] {
            assert_eq!(meant(read).as_deref(), Some(printed));
        }
    }

    #[test]
    fn a_letter_inside_a_word_of_a_label() {
        for (read, printed) in
            [("Seivice", "Service"), ("Involce", "Invoice"), ("DEDUCTlBLE:", "DEDUCTIBLE:"), ("insuranoe", "insurance")]
        {
            assert_eq!(of_label(read).map(|w| w.to_lowercase()), Some(printed.to_lowercase()));
        }
        for read in ["Serviced", "services", "Bervice", "Novice", "Invoices"] {
            assert_eq!(of_label(read), None, "{read}");
        }
    }

    #[test]
    fn what_may_stand_there_stays() {
        for read in ["IVL", "qty", "Qty", "W/", "W/O", "party", "9", "12/.", "sty"] {
            assert_eq!(meant(read), None, "{read}");
        }
    }
}
