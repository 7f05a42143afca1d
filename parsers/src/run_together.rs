//! Words that a reader of scans ran together: `Hospitalfor`, `PMTLAKESIDE`, `1$129.00`.
//!
//! They are parted only where the page itself prints the one half elsewhere and the other half can be nothing but a word of its
//! own: a small word of a sentence behind it, or what ledgers write before a name. No other seam is guessed at: `OUTPATIENT` is
//! one word on a page that has both halves. But no word begins with `PMT`, and `Hospital` goes on in none as it does in `Hospitalfor`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::grammar::money;
use crate::page_text::{BBox, TextSource, Word};

/// What ledgers write before the name of who has paid, and with which no word begins.
const NO_BEGINNING: [&str; 3] = ["PMT", "PYMT", "PMNT"];
/// What they write there, too, and with which other words begin.
const A_BEGINNING: [&str; 2] = ["PAYMENT", "ADJ"];
/// What goes on a sentence behind a name.
const BEHIND_NAMES: [&str; 8] = ["for", "of", "to", "and", "is", "was", "has", "on"];
/// With which the names of those who treat end, and no longer word begins with one of them and goes on as [`BEHIND_NAMES`] do.
const ENDS_OF_NAMES: [&str; 11] = [
    "hospital",
    "clinic",
    "center",
    "centre",
    "associates",
    "services",
    "laboratories",
    "physicians",
    "partners",
    "consultants",
    "medicine",
];
/// Shorter names are parts of many words.
const SHORTEST: usize = 5;

/// Whether two words are two however close they stand: `PMT LAKESIDE`, `Lakeside Hospital for`.
pub(crate) fn are_two(word: &str, next: &str) -> bool {
    is_whole(word) || BEHIND_NAMES.contains(&next) && ENDS_OF_NAMES.contains(&word.to_ascii_lowercase().as_str())
}

/// Whether a word is never the beginning of another.
pub(crate) fn is_whole(word: &str) -> bool {
    NO_BEGINNING.contains(&word)
}

/// What a page prints.
struct Page {
    words: BTreeSet<String>,
    /// Whether its amounts have the sign of dollars.
    dollars: bool,
}

/// The words of a page with those run together parted.
pub(crate) fn part(words: Cow<'_, [Word]>) -> Cow<'_, [Word]> {
    let read = || words.iter().filter(|w| w.source == TextSource::Ocr);
    let page =
        Page { words: read().map(|w| bare(&w.text)).collect(), dollars: read().filter(|w| w.text.starts_with('$')).count() >= 2 };
    let seam_of = |w: &Word| seam(&w.text, &page).filter(|_| w.source == TextSource::Ocr);
    let seams: Vec<Option<usize>> = words.iter().map(seam_of).collect();
    if seams.iter().all(Option::is_none) {
        return words;
    }
    let all = words.iter().zip(seams);
    Cow::Owned(all.flat_map(|(w, seam)| seam.map_or_else(|| vec![w.clone()], |at| parted(w, at))).collect())
}

fn bare(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// The two words of one that ends and begins at this byte.
fn parted(word: &Word, at: usize) -> Vec<Word> {
    let share = at as f32 / word.text.len() as f32;
    let x = word.bbox.x0 + share * word.bbox.width();
    let of = |text: &str, bbox: BBox| Word { text: text.to_owned(), bbox, alternatives: Vec::new(), ..word.clone() };
    let (left, right) = (BBox { x1: x - 0.1 * word.font_size, ..word.bbox }, BBox { x0: x + 0.1 * word.font_size, ..word.bbox });
    vec![of(&word.text[..at], left), of(&word.text[at..], right)]
}

/// Where a count or an amount ends before the sign of dollars: `1$129.00`. Taken for one figure, the sign reads like a five.
fn before_dollars(text: &str) -> Option<usize> {
    let at = text.find('$').filter(|at| *at > 0).or_else(|| text.rfind('$')).filter(|at| *at > 0)?;
    let (left, right) = text.split_at(at);
    let count = left.len() <= 3 && left.bytes().all(|b| b.is_ascii_digit());
    let amount = |t: &str| t.len() >= 4 && t.as_bytes()[t.len() - 3] == b'.' && money::money(t).is_some();
    ((count || amount(left)) && amount(right)).then_some(at)
}

/// Where a word is to be parted, in bytes.
fn seam(text: &str, page: &Page) -> Option<usize> {
    if let Some(at) = before_dollars(text).filter(|_| page.dollars) {
        return Some(at);
    }
    if !text.is_ascii() || !text.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let elsewhere = |name: &str| name.len() >= SHORTEST && page.words.iter().any(|w| w.eq_ignore_ascii_case(name));
    let capitals = |rest: &str| rest.len() >= 3 && rest.bytes().all(|b| b.is_ascii_uppercase());
    let sure = NO_BEGINNING.iter().find(|p| text.strip_prefix(**p).is_some_and(capitals)).map(|p| p.len());
    let ahead = || NO_BEGINNING.iter().chain(&A_BEGINNING).find(|p| text.strip_prefix(**p).is_some_and(elsewhere));
    let before = sure.or_else(|| ahead().map(|p| p.len()));
    before.or_else(|| {
        let behind = |s: &&&str| {
            let ends = |name: &str| elsewhere(name) || ENDS_OF_NAMES.contains(&name.to_ascii_lowercase().as_str());
            text.strip_suffix(**s).is_some_and(|name| ends(name) && name.ends_with(|c: char| c.is_ascii_lowercase()))
        };
        BEHIND_NAMES.iter().find(behind).map(|s| text.len() - s.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str], source: TextSource) -> Vec<String> {
        let word = |t: &&str| Word { source, ..Word::digital(*t, BBox::new(0.0, 0.0, 5.0 * t.len() as f32, 8.0)) };
        part(texts.iter().map(word).collect::<Vec<_>>().into()).iter().map(|w| w.text.clone()).collect()
    }

    #[test]
    fn words_are_parted_where_the_page_prints_their_halves() {
        let page = ["PMTLAKESIDE", "Lakeside", "Hospitalfor", "Hospital", "OUTPATIENT", "OUT", "PATIENT", "Patiento"];
        let want = ["PMT", "LAKESIDE", "Lakeside", "Hospital", "for", "Hospital", "OUTPATIENT", "OUT", "PATIENT", "Patiento"];
        assert_eq!(read(&page, TextSource::Ocr), want);
        assert_eq!(read(&page, TextSource::Digital), page);
        assert_eq!(read(&["PAYMENTLAKESIDE", "Lakesidefor"], TextSource::Ocr), ["PAYMENTLAKESIDE", "Lakesidefor"]);
        assert_eq!(read(&["Hospitalfor", "Groupon"], TextSource::Ocr), ["Hospital", "for", "Groupon"]);
        assert_eq!(read(&["PMTLAKESIDE", "PMTS"], TextSource::Ocr), ["PMT", "LAKESIDE", "PMTS"]);
    }

    #[test]
    fn a_count_ends_before_the_dollars() {
        let want = ["$5.00", "$6.00", "1", "$129.00", "12", "$1,129.00", "$12.00", "$34.00"];
        assert_eq!(read(&["$5.00", "$6.00", "1$129.00", "12$1,129.00", "$12.00$34.00"], TextSource::Ocr), want);
        assert_eq!(read(&["6.00", "1$9.00"], TextSource::Ocr), ["6.00", "1$9.00"], "a five, where no amount has the sign");
        let whole = ["$129.00", "-$129.00", "($129.00)", "1234$129.00", "1$129"];
        assert_eq!(read(&whole, TextSource::Ocr), whole);
    }
}
