//! The text that another program's recognition laid under a scan, heard as a second opinion.
//!
//! Copiers, phone apps and OCR programs put invisible words under the picture of a page. Such a layer is judged on the
//! page itself: of the figures that our own recogniser read well, how many does the layer have in the same place with
//! the same digits? A layer that is shifted, scrambled, of another page or badly read fails that, and is not heard.
//!
//! One that passes is still not read in place of the image. Measured on 37 statements under which tesseract had laid its
//! text (scans of 300 and 200 dpi and faxes), half of the layers had every figure of the page right and one in four was
//! useless, but with the layers in place of our own reading only 12 to 44 % of the rows came out whole, against 89 to
//! 100 %; and a sample of figures cannot prove the others. So the image is always recognised, and the layer is a witness:
//! where it has another well-formed figure the figure becomes doubtful, with the layer's reading beside it for second
//! looks and arithmetic to settle; where ours is a torn figure and the layer has the whole one, that is taken, with doubt.

use std::collections::HashMap;

use billproof_parsers::grammar::{code, date, money};
use billproof_parsers::page_text::{BBox, PageText, Word};
use hayro_interpret::kurbo::{Affine, Point};

/// A layer of more words than this is no page's text: a dense page has 2 000.
const MOST_WORDS: usize = 20_000;
/// A reading that is this sure is a measure for the layer.
const SURE: f32 = 0.95;
/// Figures that must be compared before anything is told of a layer.
const ENOUGH: usize = 8;
/// A layer is heard if it has at least this share of the sure figures as they were read.
const GOOD: f32 = 0.8;
/// A figure that a good layer has otherwise is no surer than this.
const DISPUTED: f32 = 0.85;
/// How likely a good layer's other reading is held to be.
const OTHERWISE: f32 = 0.1;
/// Height of the stripes by which words are looked up, in points.
const STRIPE: f32 = 12.0;

/// What a layer says of the figures that were read with certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Figures for which it has something in the same place.
    pub compared: usize,
    /// Those that it has with the same digits.
    pub agreed: usize,
}

impl Agreement {
    /// Whether the layer is good enough to be heard.
    pub fn is_good(self) -> bool {
        self.compared >= ENOUGH && self.agreed as f32 >= GOOD * self.compared as f32
    }
}

/// A recognised page with what the text under its image says of it.
pub fn heard(mut page: PageText, under: Option<&PageText>) -> PageText {
    if let Some(layer) = under.filter(|l| !l.words.is_empty()) {
        let agreement = hear(&mut page, layer);
        tracing::debug!(
            page = page.number,
            words = layer.words.len(),
            figures = agreement.compared,
            agreed = agreement.agreed,
            heard = agreement.is_good(),
            "text lies under the scan"
        );
    }
    page
}

/// Judges a layer by the figures of the recognised page, and hears it if it is good: figures that it has otherwise lose
/// their certainty. `layer` is of the same page of the file, in whatever frame.
pub fn hear(page: &mut PageText, layer: &PageText) -> Agreement {
    let Some(layer) = Placed::of(layer, page) else { return Agreement::default() };
    let readings: Vec<(usize, BBox, String)> = page
        .words
        .iter()
        .enumerate()
        .filter(|(_, w)| w.text.contains(|c: char| c.is_ascii_digit()))
        .filter_map(|(i, w)| layer.text_at(w.bbox).map(|(place, text)| (i, place, text)))
        .collect();
    let mut agreement = Agreement::default();
    for (i, _, reading) in &readings {
        let word = &page.words[*i];
        if word.confidence >= SURE && kind(&word.text).is_some() {
            agreement.compared += 1;
            agreement.agreed += usize::from(signs(reading) == signs(&word.text));
        }
    }
    if agreement.is_good() {
        for (i, place, reading) in readings {
            if signs(&reading) != signs(&page.words[i].text) {
                dispute(&mut page.words[i], place, reading);
            }
        }
    }
    agreement
}

/// Takes the certainty from a figure for which a layer has another one.
fn dispute(word: &mut Word, place: BBox, reading: String) {
    let (Some(theirs), ours) = (kind(&reading), kind(&word.text)) else { return };
    // What is no figure of the same kind is a slip of the layer, and no doubt of ours.
    if ours.is_some_and(|ours| ours != theirs) {
        return;
    }
    word.confidence = word.confidence.min(DISPUTED);
    if ours.is_none() && is_torn(&word.text, &reading) {
        let torn = std::mem::replace(&mut word.text, reading);
        word.alternatives.insert(0, (torn, OTHERWISE));
        word.bbox = BBox { y0: word.bbox.y0, y1: word.bbox.y1, ..word.bbox.union(place) };
        return;
    }
    match word.alternatives.iter_mut().find(|(text, _)| signs(text) == signs(&reading)) {
        Some((_, probability)) => *probability = probability.max(OTHERWISE),
        None => word.alternatives.push((reading, OTHERWISE)),
    }
    word.alternatives.sort_by(|a, b| b.1.total_cmp(&a.1));
}

/// What kind of figure a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Money,
    Date,
    Code,
}

/// The kind of a figure that is printed in its full form; `None` for counts and for what is torn.
fn kind(text: &str) -> Option<Kind> {
    let with_cents = || text.rsplit_once('.').is_some_and(|(_, cents)| cents.chars().filter(char::is_ascii_digit).count() == 2);
    if with_cents() && money::money(text).is_some() {
        Some(Kind::Money)
    } else if date::date(text).is_some() {
        Some(Kind::Date)
    } else if code::procedure(text).is_some() || code::revenue_code(text).is_some() {
        Some(Kind::Code)
    } else {
        None
    }
}

/// Whether a text is what is left of a figure that has lost its first or last characters.
fn is_torn(text: &str, whole: &str) -> bool {
    let (digits, whole) = (digits(text), digits(whole));
    digits.len() >= 3 && digits.len() < whole.len() && (whole.ends_with(&digits) || whole.starts_with(&digits))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What of a text makes its figure: no dollar sign, no bracket, no dirt at its edges.
fn signs(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || ".,/-".contains(*c)).map(|c| c.to_ascii_uppercase());
    kept.collect::<String>().trim_matches(['.', ',', '-']).to_owned()
}

/// The words of a layer in the reading frame of the recognised page, by the stripes of the page that their middles are in.
struct Placed<'a> {
    stripes: HashMap<i32, Vec<(BBox, &'a str)>>,
}

impl<'a> Placed<'a> {
    /// `None` of a layer that is none.
    fn of(layer: &'a PageText, page: &PageText) -> Option<Self> {
        if layer.words.is_empty() || layer.words.len() > MOST_WORDS {
            return None;
        }
        let to_page = Affine::new(page.to_page.map(f64::from));
        let from_page = to_page.inverse();
        let [a, b, ..] = from_page.as_coeffs();
        let sideways = a.abs() < b.abs();
        let mut stripes: HashMap<i32, Vec<(BBox, &str)>> = HashMap::new();
        for word in &layer.words {
            let on_page = layer.on_page(word.bbox);
            let centre = from_page * Point::new(f64::from(on_page.cx()), f64::from(on_page.cy()));
            let (x, y) = (centre.x as f32, centre.y as f32);
            let [dx, dy] = page.bend.as_ref().map_or([0.0; 2], |bend| bend.at(x, y));
            let (x, y) = (x - dx, y - dy);
            let (w, h) = (on_page.width() / 2.0, on_page.height() / 2.0);
            let (w, h) = if sideways { (h, w) } else { (w, h) };
            // The comparison is false for what is no number.
            if x.abs() < 1e5 && y.abs() < 1e5 && w < 1e5 && h < 1e5 {
                stripes.entry(stripe(y)).or_default().push((BBox::new(x - w, y - h, x + w, y + h), &word.text));
            }
        }
        for words in stripes.values_mut() {
            words.sort_by(|a, b| a.0.x0.total_cmp(&b.0.x0));
        }
        Some(Self { stripes })
    }

    /// The text that fills a box and does not reach beyond it, with its own box; `None` where the layer has nothing that could be told
    /// from its neighbours.
    fn text_at(&self, place: BBox) -> Option<(BBox, String)> {
        let height = place.height();
        let mut parts: Vec<(BBox, &str)> = Vec::new();
        for key in stripe(place.cy() - 0.5 * height)..=stripe(place.cy() + 0.5 * height) {
            let Some(words) = self.stripes.get(&key) else { continue };
            // A word of a line of text is not wider than this, and the words are in order.
            let first = words.partition_point(|(b, _)| b.x0 < place.x0 - 200.0);
            parts.extend(words[first..].iter().take_while(|(b, _)| b.x0 < place.x1).filter(|(b, _)| {
                (b.cy() - place.cy()).abs() <= 0.5 * height && b.overlap_x(place) > 0.3 * b.width().min(place.width())
            }));
        }
        let around = BBox::around(parts.iter().map(|p| p.0))?;
        let slack = 1.2 * height;
        if (around.x0 - place.x0).abs() > slack || (around.x1 - place.x1).abs() > slack {
            return None;
        }
        parts.sort_by(|a, b| a.0.x0.total_cmp(&b.0.x0));
        Some((around, parts.into_iter().map(|p| p.1).collect()))
    }
}

fn stripe(y: f32) -> i32 {
    (y / STRIPE).floor() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use billproof_parsers::page_text::TextSource;

    /// Rows of a date, a code and an amount each.
    const ROWS: [[&str; 3]; 4] = [
        ["01/04/2025", "99213", "$145.00"],
        ["01/04/2025", "80048", "1,535.82"],
        ["01/05/2025", "J2405", "23.31"],
        ["01/06/2025", "0450", "2,735.10"],
    ];

    fn page(turned: bool, shift: f32, words: &[[&str; 3]]) -> PageText {
        let word = |row: usize, column: usize, text: &str| {
            let (x, y) = (60.0 + 120.0 * column as f32 + shift, 100.0 + 14.0 * row as f32 + shift);
            let mut word = Word::digital(text, BBox::new(x, y, x + 5.0 * text.len() as f32, y + 10.0));
            word.source = TextSource::Ocr;
            word.confidence = 0.999;
            word
        };
        PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words: words
                .iter()
                .enumerate()
                .flat_map(|(row, texts)| texts.iter().enumerate().map(move |(column, text)| word(row, column, text)))
                .collect(),
            rulings: Vec::new(),
            source: TextSource::Ocr,
            // A sheet that lies a quarter turn clockwise in its file.
            to_page: if turned { [0.0, 1.0, -1.0, 0.0, 792.0, 0.0] } else { PageText::IDENTITY },
            bend: None,
        }
    }

    /// The rows with one text in another's place.
    fn with(old: &str, new: &'static str) -> Vec<[&'static str; 3]> {
        ROWS.iter().map(|row| row.map(|text| if text == old { new } else { text })).collect()
    }

    fn heard(ours: &[[&str; 3]], layer: &PageText) -> (PageText, Agreement) {
        let mut ours = page(false, 0.0, ours);
        let agreement = hear(&mut ours, layer);
        (ours, agreement)
    }

    #[test]
    fn a_layer_that_says_the_same_changes_nothing() {
        let (after, agreement) = heard(&ROWS, &page(false, 1.0, &ROWS));
        assert_eq!((agreement.compared, agreement.agreed), (12, 12));
        assert_eq!(after, page(false, 0.0, &ROWS));
    }

    #[test]
    fn another_figure_in_a_good_layer_is_a_doubt_and_no_more() {
        let (after, agreement) = heard(&ROWS, &page(false, 0.0, &with("$145.00", "$445.00")));
        assert!(agreement.is_good());
        assert_eq!((after.words[2].text.as_str(), after.words[2].confidence), ("$145.00", DISPUTED));
        assert_eq!(after.words[2].alternatives, [("$445.00".to_owned(), OTHERWISE)]);
        assert!(after.words.iter().enumerate().all(|(i, w)| i == 2 || w.confidence == 0.999));
    }

    #[test]
    fn what_is_no_such_figure_is_a_slip_of_the_layer() {
        for slip in ["$l45.OO", "14500", "45", "OS'SbL"] {
            let (after, agreement) = heard(&ROWS, &page(false, 0.0, &with("$145.00", slip)));
            assert!(agreement.is_good());
            assert_eq!(after, page(false, 0.0, &ROWS), "{slip}");
        }
    }

    #[test]
    fn a_torn_figure_is_made_whole_with_doubt() {
        let (after, _) = heard(&with("1,535.82", ",535.82"), &page(false, 0.0, &ROWS));
        assert_eq!((after.words[5].text.as_str(), after.words[5].confidence), ("1,535.82", DISPUTED));
        assert_eq!(after.words[5].alternatives, [(",535.82".to_owned(), OTHERWISE)]);
        // Another figure altogether does not replace what was read.
        let (after, _) = heard(&with("1,535.82", ",535.82"), &page(false, 0.0, &with("1,535.82", "1,999.00")));
        assert_eq!(after.words[5].text, ",535.82");
    }

    #[test]
    fn shifted_layers_and_those_of_another_page_are_not_heard() {
        let other = [["02/11/2024", "71046", "$88.12"]; 4];
        for layer in [page(false, 20.0, &ROWS), page(false, 0.0, &other), page(false, 0.0, &[])] {
            let (after, agreement) = heard(&ROWS, &layer);
            assert!(!agreement.is_good(), "{agreement:?}");
            assert_eq!(after, page(false, 0.0, &ROWS));
        }
    }

    #[test]
    fn places_are_compared_on_the_page_whatever_the_frames() {
        let mut ours = page(true, 0.0, &ROWS);
        // The layer in the frame of the page as it lies in the file.
        let mut layer = page(false, 0.0, &ROWS);
        for (word, same) in layer.words.iter_mut().zip(&ours.words) {
            word.bbox = ours.on_page(same.bbox);
        }
        assert_eq!(hear(&mut ours, &layer), Agreement { compared: 12, agreed: 12 });
    }

    #[test]
    fn senseless_layers_are_borne() {
        let mut senseless = page(false, 0.0, &ROWS);
        for (i, word) in senseless.words.iter_mut().enumerate() {
            word.bbox = [
                BBox::new(f32::NAN, 0.0, 1.0, f32::NAN),
                BBox::new(f32::NEG_INFINITY, 0.0, f32::INFINITY, 1.0),
                BBox::new(1e30, 1e30, 2e30, 2e30),
                BBox::new(60.0, 100.0, 60.0, 100.0),
            ][i % 4];
        }
        assert!(!heard(&ROWS, &senseless).1.is_good());
        let mut huge = page(false, 0.0, &ROWS);
        huge.words = vec![huge.words[0].clone(); MOST_WORDS + 1];
        assert_eq!(heard(&ROWS, &huge).1, Agreement::default());
        huge.words.truncate(MOST_WORDS);
        heard(&ROWS, &huge);
        let mut flat = page(false, 0.0, &ROWS);
        flat.to_page = [0.0; 6];
        assert!(!hear(&mut flat, &page(false, 0.0, &ROWS)).is_good());
    }
}
