//! What a printed date or code of a scan may say, beside what was read.

use billproof_parsers::grammar::{code, date};
use billproof_parsers::page_text::{BBox, DocumentText, PageText, TextSource, Word};
use billproof_parsers::statement::{Cell, Field, Value};
use jiff::civil::Date;

use super::super::arithmetic::CERTAIN;
use super::evidence::LOOKALIKES;

/// Doubt that the shape of a misread digit leaves.
const LOOKALIKE: f32 = 2.5;
/// Doubt of a letter that stands for a digit where letters cannot stand.
const LETTER: f32 = 1.0;
/// A reading that is this sure is not taken for a misread digit without another reading to show for it.
const LIKELY: f32 = 0.9;
/// What leaves more doubt than this is no reading: e⁻³ is one in twenty.
const MOST_DOUBT: f32 = 3.0;
/// Cells of more words, or of more characters, are no dates or codes.
const MOST_WORDS: usize = 4;
const MOST_CHARACTERS: usize = 24;
/// A reading must be so much less doubtful than the next one: e times as likely.
pub const MARGIN: f32 = 1.0;

/// The digits that letters are misread for where no letter can stand. Of `L` and `T` both shapes occur in broken print.
const LETTERS: [(&str, char); 10] = [
    ("OoQDUC", '0'),
    ("IilL|!", '1'),
    ("Zz", '2'),
    ("Ss", '5'),
    ("Gb", '6'),
    ("T", '7'),
    ("B", '8'),
    ("gq", '9'),
    ("A", '4'),
    ("E", '3'),
];

/// One date or code as it stands on a scan.
#[derive(Debug, Clone)]
pub struct Print {
    /// What was read; `None` where no grammar could.
    pub value: Option<Value>,
    /// The characters of its words.
    pub raw: String,
    /// How sure it is that they say this, 0..1: other readings of the same day or code speak for it.
    pub confidence: f32,
    /// What else it may say, the likeliest first.
    pub others: Vec<Reading>,
}

/// What a cell may say as well.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// A date, a code, or modifiers.
    pub value: Value,
    /// The doubt that it leaves: −ln of how likely it is beside what was read.
    pub doubt: f32,
    /// Whether the recogniser had it in mind, and not only its shape is that of a misreading.
    pub seen: bool,
}

impl Print {
    /// What is printed in a box of a scan; `None` on digital pages and of what is too long for a date or code. `value` is what
    /// was read there, `anchor` a day near it, for dates without a year.
    pub fn new(
        value: Option<&Value>,
        field: Field,
        at: (u32, BBox),
        confidence: Option<f32>,
        text: &DocumentText,
        anchor: Option<Date>,
    ) -> Option<Self> {
        let page = text.pages.iter().find(|p| p.number == at.0).filter(|p| p.source == TextSource::Ocr)?;
        let words = words_in(page, at.1);
        let raw = join(&words, None);
        if words.is_empty() || words.len() > MOST_WORDS || raw.chars().count() > MOST_CHARACTERS {
            return None;
        }
        let mut print = Self { value: value.cloned(), raw, confidence: 1.0, others: Vec::new() };
        for (i, word) in words.iter().enumerate() {
            let mut agreed = word.confidence;
            for (other, probability) in &word.alternatives {
                let says = parse(field, &join(&words, Some((i, other))), anchor);
                if says.is_some() && says.as_ref() == value {
                    agreed += probability;
                }
                let doubt = (word.confidence.max(0.05) / probability.max(1e-4)).ln().max(0.0);
                print.add(says, doubt, true);
            }
            print.confidence = print.confidence.min(agreed);
            if value.is_some() && agreed < LIKELY {
                for shape in with_one_lookalike(&word.text) {
                    print.add(parse(field, &join(&words, Some((i, &shape))), anchor), LOOKALIKE, false);
                }
            }
        }
        print.confidence = print.confidence.max(confidence.unwrap_or(0.0));
        if print.value.is_none() {
            print.add(parse(field, &print.raw, anchor), 0.0, true);
            print.add(letters_as_digits(&print.raw).and_then(|t| parse(field, &t, anchor)), LETTER, true);
        }
        print
            .others
            .sort_by(|a, b| a.doubt.total_cmp(&b.doubt).then_with(|| format!("{:?}", a.value).cmp(&format!("{:?}", b.value))));
        Some(print)
    }

    /// The same of a cell.
    pub fn of(cell: &Cell, field: Field, text: &DocumentText, anchor: Option<Date>) -> Option<Self> {
        Self::new(Some(&cell.value), field, (cell.page, cell.bbox), Some(cell.confidence), text, anchor)
    }

    fn add(&mut self, value: Option<Value>, doubt: f32, seen: bool) {
        let Some(value) = value.filter(|v| Some(v) != self.value.as_ref()) else { return };
        match self.others.iter_mut().find(|o| o.value == value) {
            Some(known) => (known.doubt, known.seen) = (known.doubt.min(doubt), known.seen || seen),
            None if doubt <= MOST_DOUBT => self.others.push(Reading { value, doubt, seen }),
            None => {}
        }
    }

    /// Whether it may be misread at all: what was read with certainty may be the provider's error, and stays.
    pub fn is_doubtful(&self) -> bool {
        self.confidence < CERTAIN
    }

    /// The only reading that is fit to stand there; `None` where none is, or another is about as likely.
    pub fn single(&self, fits: impl Fn(&Value) -> bool) -> Option<&Reading> {
        let mut fitting = self.others.iter().filter(|o| fits(&o.value));
        let first = fitting.next()?;
        fitting.next().is_none_or(|next| first.doubt + MARGIN <= next.doubt).then_some(first)
    }
}

/// The words that stand in a box, from left to right.
pub fn words_in(page: &PageText, b: BBox) -> Vec<&Word> {
    let inside = |w: &&Word| (b.x0 - 0.5..=b.x1 + 0.5).contains(&w.bbox.cx()) && (b.y0 - 0.5..=b.y1 + 0.5).contains(&w.bbox.cy());
    let mut words: Vec<&Word> = page.words.iter().filter(inside).collect();
    words.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
    words
}

fn join(words: &[&Word], instead: Option<(usize, &str)>) -> String {
    let text = |(i, w): (usize, &&Word)| match instead {
        Some((at, other)) if at == i => other.to_owned(),
        _ => w.text.clone(),
    };
    words.iter().enumerate().map(text).collect::<Vec<_>>().join(" ")
}

/// What such a cell says in these characters.
fn parse(field: Field, text: &str, anchor: Option<Date>) -> Option<Value> {
    match field {
        Field::RevenueCode => code::revenue_code(text).map(Value::Code),
        Field::Code => code::procedure(text).map(|p| Value::Code(p.code)),
        Field::Modifiers => {
            let glued = || code::procedure(text).map(|p| p.modifiers).filter(|m| !m.is_empty());
            code::modifiers(text).or_else(glued).map(Value::List)
        }
        _ => {
            let loose = date::date_lenient(text).map(|(d, _)| d).or_else(|| date::compact_date(text));
            loose.and_then(|d| d.resolve(anchor)).map(Value::Date)
        }
    }
}

/// The text with every letter as the digit that it was most likely misread for; `None` where a letter has none.
fn letters_as_digits(text: &str) -> Option<String> {
    let one = |c: char| match c {
        c if c.is_alphabetic() || matches!(c, '|' | '!') => LETTERS.iter().find(|(l, _)| l.contains(c)).map(|(_, d)| *d),
        c => Some(c),
    };
    text.chars().map(one).collect()
}

/// The texts with one digit exchanged for one that is mistaken for it.
fn with_one_lookalike(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        for (a, b) in LOOKALIKES {
            let other = if a == c { b } else { a };
            if a == c || b == c {
                out.push(format!("{}{other}{}", &text[..at], &text[at + 1..]));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_digits_where_none_can_stand() {
        assert_eq!(letters_as_digits("Q305").as_deref(), Some("0305"));
        assert_eq!(letters_as_digits("07/1L/2025").as_deref(), Some("07/11/2025"));
        assert_eq!(letters_as_digits("PT/INR"), None);
    }

    #[test]
    fn one_digit_is_exchanged_at_a_time() {
        assert_eq!(with_one_lookalike("1/x"), ["7/x", "4/x"]);
    }
}
