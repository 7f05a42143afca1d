//! Short words that a reader of scans takes for others that no statement prints: `9ty 1`, `Cbc W/. Diff`, `Ivl 2`.
//!
//! Only what can be nothing else is put right: a value is never touched, nor a word that may be one of the field's own
//! (`IVL` is a procedure, `Ivl` is not).

use std::borrow::Cow;

use crate::page_text::{TextSource, Word};

/// The words of a page with these put right.
pub(crate) fn right(words: Cow<'_, [Word]>) -> Cow<'_, [Word]> {
    let is_wrong = |w: &Word| w.source == TextSource::Ocr && meant(&w.text).is_some();
    if !words.iter().any(is_wrong) {
        return words;
    }
    let mut words = words.into_owned();
    for word in words.iter_mut().filter(|w| w.source == TextSource::Ocr) {
        if let Some(text) = meant(&word.text) {
            word.text = text;
        }
    }
    Cow::Owned(words)
}

/// What stands on the paper, if a word is one of these.
fn meant(text: &str) -> Option<String> {
    let (word, sign) = text.strip_suffix(':').map_or((text, ""), |word| (word, ":"));
    let quantity = || matches!(word, "gty" | "9ty" | "Gty" | "Oty" | "0ty" | "oty" | "Qtv" | "qtv" | "gtv").then_some("Qty");
    let level = || matches!(word, "Ivl" | "IvI" | "lvI").then_some("lvl");
    if let Some(right) = quantity().or_else(level) {
        return Some(format!("{right}{sign}"));
    }
    // `w/` and a speck
    text.strip_suffix("/.").filter(|with| with.eq_ignore_ascii_case("w")).map(|with| format!("{with}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_counts_and_short_words_of_descriptions() {
        for (read, printed) in [("9ty", "Qty"), ("gty:", "Qty:"), ("W/.", "W/"), ("w/.", "w/"), ("Ivl", "lvl")] {
            assert_eq!(meant(read).as_deref(), Some(printed));
        }
    }

    #[test]
    fn what_may_stand_there_stays() {
        for read in ["IVL", "qty", "Qty", "W/", "W/O", "party", "9", "12/.", "sty"] {
            assert_eq!(meant(read), None, "{read}");
        }
    }
}
