//! Pictures of pages with the people taken out.
//!
//! What is not known to be harmless is covered: of a page only the words that stand within a finding's own row or figure are
//! left, and of these none that is part of a name or number that the run knows, nor any other long number.

use std::collections::HashSet;

use billproof_parsers::page_text::PageText;
use image::{Rgb, RgbImage};

use super::secrets::{Secrets, account_numbers, claim_numbers, people_of};
use crate::cases::Case;
use crate::record::BBox;

/// What is covered.
const COVER: Rgb<u8> = Rgb([222, 222, 226]);
/// Points around a word that are left with it.
const AROUND: f32 = 1.5;

/// The words of a run that no picture may show.
#[derive(Debug, Clone, Default)]
pub struct SecretWords(HashSet<String>);

impl SecretWords {
    /// Those of all cases.
    pub fn of(cases: &[Case]) -> Self {
        let documents = || cases.iter().flat_map(|c| &c.documents);
        let numbers = documents().flat_map(|d| d.member_id.iter().chain(account_numbers(d)).chain(claim_numbers(d)));
        let all = cases.iter().flat_map(people_of).chain(numbers.map(String::as_str));
        Self(all.flat_map(parts).collect())
    }

    /// Whether a word may not be seen.
    fn hides(&self, word: &str) -> bool {
        parts(word).any(|part| self.0.contains(&part)) || Secrets::default().scrubbed(word) != word
    }

    /// Covers a picture of a page, with `dpi` pixels to the inch, but for the harmless words within `kept` (points of the page).
    pub fn cover(&self, image: &RgbImage, dpi: f32, page: &PageText, kept: &[BBox]) -> RgbImage {
        let mut covered = RgbImage::from_pixel(image.width(), image.height(), COVER);
        let scale = dpi / 72.0;
        let within = |b: &BBox| kept.iter().any(|k| (k.x0..=k.x1).contains(&b.cx()) && (k.y0..=k.y1).contains(&b.cy()));
        let boxes = page.words.iter().filter(|w| !self.hides(&w.text)).map(|w| page.on_page(w.bbox)).filter(within);
        for b in boxes {
            let pixel = |points: f32, most: u32| ((points * scale).max(0.0) as u32).min(most);
            let (x0, x1) = (pixel(b.x0 - AROUND, image.width()), pixel(b.x1 + AROUND + 1.0 / scale, image.width()));
            let (y0, y1) = (pixel(b.y0 - AROUND, image.height()), pixel(b.y1 + AROUND + 1.0 / scale, image.height()));
            for (x, y) in (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y))) {
                covered.put_pixel(x, y, *image.get_pixel(x, y));
            }
        }
        covered
    }
}

/// The letters and digits of a name or number between its signs, in lower case; single letters are no secret.
fn parts(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 1).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Document;
    use billproof_parsers::page_text::{TextSource, Word};

    #[test]
    fn only_the_harmless_words_of_the_row_are_left() {
        let case = Case::new(
            "ann",
            vec![Document {
                patient: vec!["DOE, ANN Q".to_owned()],
                account_no: vec!["AC-77 123".to_owned()],
                ..Document::empty("ann/bill.pdf")
            }],
        );
        let word = |text: &str, x: f32, y: f32| Word::digital(text, BBox::new(x, y, x + 30.0, y + 10.0));
        let row =
            [word("85025", 10.0, 50.0), word("Doe,", 60.0, 50.0), word("123", 110.0, 50.0), word("0099887766", 150.0, 50.0)];
        let page = PageText {
            number: 1,
            width: 200.0,
            height: 100.0,
            words: row.into_iter().chain([word("Elm", 10.0, 10.0)]).collect(),
            rulings: Vec::new(),
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        let black = RgbImage::from_pixel(200, 100, Rgb([0, 0, 0]));
        let covered = SecretWords::of(&[case]).cover(&black, 72.0, &page, &[BBox::new(0.0, 45.0, 200.0, 65.0)]);
        let seen = |x: u32, y: u32| covered.get_pixel(x, y).0 == [0, 0, 0];
        assert!(seen(25, 55), "the code");
        for (x, y, what) in
            [(75, 55, "the name"), (125, 55, "a part of the account number"), (165, 55, "a long number"), (25, 15, "the address")]
        {
            assert!(!seen(x, y), "{what}");
        }
    }

    #[test]
    fn a_box_beyond_the_page_is_no_fault() {
        let page = PageText {
            number: 1,
            width: 20.0,
            height: 20.0,
            rulings: Vec::new(),
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
            words: vec![Word::digital("x", BBox::new(-50.0, -5.0, 500.0, 90.0))],
        };
        let covered =
            SecretWords::default().cover(&RgbImage::new(20, 20), 72.0, &page, &[BBox::new(-100.0, -100.0, 600.0, 600.0)]);
        assert_eq!(covered.get_pixel(10, 10).0, [0, 0, 0]);
    }
}
