//! Whether the image bears out that a figure says something else than was read.

use billproof_parsers::grammar::money::money_lenient;
use billproof_parsers::page_text::{BBox, DocumentText, PageText, TextSource, Word};
use billproof_parsers::statement::Money;

use super::super::arithmetic::CERTAIN;

/// What is known of one printed amount beside its value.
#[derive(Debug, Clone)]
pub struct Print {
    /// Digits as they were read, without sign and separators.
    digits: String,
    /// The value as it stands there.
    value: Money,
    /// How sure the reading is, 0..1.
    confidence: f32,
    /// Amounts that the recogniser had in mind as well, each with the doubt that it leaves: −ln of how likely it is
    /// beside the reading.
    others: Vec<(Money, f32)>,
    /// Whether the page is a scan: digital text is never doubted.
    scanned: bool,
}

/// What speaks for another value of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// The doubt that it leaves.
    pub doubt: f32,
    /// Whether the recogniser had it in mind, and not only its shape is that of a misreading.
    pub seen: bool,
}

/// Digits that are mistaken for each other in print that has lost ink or gained some.
pub const LOOKALIKES: [(char, char); 14] = [
    ('1', '7'),
    ('3', '8'),
    ('5', '6'),
    ('0', '8'),
    ('6', '8'),
    ('0', '6'),
    ('8', '9'),
    ('3', '5'),
    ('2', '7'),
    ('1', '4'),
    ('4', '9'),
    ('0', '9'),
    ('3', '9'),
    ('5', '8'),
];

/// Doubts that the shapes of misreadings leave.
const LOOKALIKE: f32 = 2.5;
const SIGN: f32 = 2.0;
const POINT: f32 = 2.5;
const DOLLAR: f32 = 2.0;
const RULE: f32 = 2.0;
const DROPPED: f32 = 3.5;
const OTHER_DIGIT: f32 = 4.5;
/// A reading that is this sure is not taken for a misread character without another reading to show for it.
const LIKELY: f32 = 0.9;

impl Print {
    /// What is known of the amount `value`, read from `raw` in this box.
    pub fn new(value: Money, raw: &str, page: u32, bbox: BBox, confidence: f32, text: &DocumentText) -> Self {
        let page = text.pages.iter().find(|p| p.number == page);
        Self {
            digits: digits_of(value),
            value,
            confidence,
            others: page.map(|p| others(p, bbox, raw, value)).unwrap_or_default(),
            scanned: page.is_some_and(|p| p.source == TextSource::Ocr),
        }
    }

    /// Amounts that the recogniser had in mind as well, the likeliest first, with their doubts.
    pub fn others(&self) -> &[(Money, f32)] {
        if self.scanned { &self.others } else { &[] }
    }

    /// Whether it may be misread: it comes from a scan, and was not read with certainty.
    pub fn is_doubtful(&self) -> bool {
        self.scanned && (self.confidence < CERTAIN || !self.others.is_empty())
    }

    /// Whether another reading of it is about as likely as this one.
    pub fn is_shaky(&self) -> bool {
        self.scanned && self.confidence < LIKELY
    }

    /// What speaks for `wanted` standing on the paper; `None` where nothing on the image does.
    pub fn for_value(&self, wanted: Money) -> Option<Evidence> {
        if !self.scanned {
            return None;
        }
        if let Some((_, doubt)) = self.others.iter().find(|(m, _)| *m == wanted) {
            return Some(Evidence { doubt: *doubt, seen: true });
        }
        let shaped = (self.confidence < CERTAIN).then(|| self.misread(wanted)).flatten();
        shaped.map(|doubt| Evidence { doubt, seen: false })
    }

    fn misread(&self, wanted: Money) -> Option<f32> {
        let new = digits_of(wanted);
        let same_sign = (wanted.0.is_sign_negative()) == (self.value.0.is_sign_negative());
        if new == self.digits {
            return (!same_sign).then_some(SIGN);
        }
        if !same_sign {
            return None;
        }
        let (old, new) = (self.digits.as_bytes(), new.as_bytes());
        let trimmed = |d: &[u8]| d.iter().rev().skip_while(|b| **b == b'0').count();
        if self.digits.len() != new.len() && old[..trimmed(old)] == new[..trimmed(new)] {
            return Some(POINT);
        }
        // A figure read with some certainty is doubted only where a sign or a point was lost.
        if self.confidence >= LIKELY {
            return None;
        }
        match old.len().abs_diff(new.len()) {
            0 => {
                let mut differing = old.iter().zip(new).filter(|(a, b)| a != b);
                let (a, b) = differing.next()?;
                let (a, b) = (char::from(*a), char::from(*b));
                let alike = LOOKALIKES.iter().any(|p| *p == (a, b) || *p == (b, a));
                differing.next().is_none().then_some(if alike { LOOKALIKE } else { OTHER_DIGIT })
            }
            1 if old.len() > new.len() => {
                let at = without_one(old, new)?;
                let dropped = old[at];
                Some(match (at, dropped) {
                    (0, b'5' | b'6' | b'8') => DOLLAR,
                    (_, b'1') => RULE,
                    (at, b) if at > 0 && old[at - 1] == b => RULE,
                    _ => DROPPED,
                })
            }
            1 => without_one(new, old).map(|_| DROPPED),
            _ => None,
        }
    }
}

/// Where the one digit stands that `long` has beyond `short`.
fn without_one(long: &[u8], short: &[u8]) -> Option<usize> {
    (0..long.len()).find(|&i| long[..i] == short[..i] && long[i + 1..] == short[i..])
}

/// The digits of an amount down to the cent, without leading zeros.
fn digits_of(m: Money) -> String {
    m.abs().to_string().chars().filter(char::is_ascii_digit).skip_while(|c| *c == '0').collect()
}

/// The amounts that come of the other readings of the words in a box.
fn others(page: &PageText, bbox: BBox, raw: &str, value: Money) -> Vec<(Money, f32)> {
    let inside = |w: &&Word| {
        let b = w.bbox;
        (bbox.x0 - 0.5..=bbox.x1 + 0.5).contains(&b.cx()) && (bbox.y0 - 0.5..=bbox.y1 + 0.5).contains(&b.cy())
    };
    let mut words: Vec<&Word> = page.words.iter().filter(inside).collect();
    words.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
    // The sign that the record gives the amount may be another than the printed one.
    let turned = money_lenient(raw).is_some_and(|(m, _)| m == -value && m != value);
    let mut out: Vec<(Money, f32)> = Vec::new();
    for (i, w) in words.iter().enumerate() {
        for (other, probability) in &w.alternatives {
            let joined: String = words.iter().enumerate().map(|(j, x)| if i == j { other.as_str() } else { &x.text }).collect();
            let Some((m, repairs)) = money_lenient(&joined) else { continue };
            let m = if turned { -m } else { m };
            let doubt = (w.confidence.max(0.05) / probability.max(1e-4)).ln().max(0.0) + f32::from(repairs);
            if m != value && !out.iter().any(|(known, _)| *known == m) {
                out.push((m, doubt));
            }
        }
    }
    out.sort_by(|a, b| a.1.total_cmp(&b.1));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(c: i64) -> Money {
        Money::from_cents(c)
    }

    fn scanned(value: i64, confidence: f32, alternatives: &[(&str, f32)]) -> Print {
        let bbox = BBox::new(0.0, 0.0, 30.0, 10.0);
        let mut word = Word::digital(cents(value).to_string(), bbox);
        word.source = TextSource::Ocr;
        word.confidence = confidence;
        word.alternatives = alternatives.iter().map(|(t, p)| ((*t).to_owned(), *p)).collect();
        let page = PageText {
            number: 1,
            width: 600.0,
            height: 800.0,
            words: vec![word],
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        Print::new(cents(value), &cents(value).to_string(), 1, bbox, confidence, &DocumentText { pages: vec![page] })
    }

    #[test]
    fn what_the_recogniser_had_in_mind_counts_whatever_the_certainty() {
        let p = scanned(13_800, 0.96, &[("133.00", 0.04)]);
        assert!(p.for_value(cents(13_300)).is_some());
        assert!(p.for_value(cents(12_800)).is_none());
    }

    #[test]
    fn only_a_doubtful_figure_may_be_a_misread_one() {
        let shaped = |p: &Print, c: i64| p.for_value(cents(c)).map(|e| e.doubt);
        let doubtful = scanned(13_800, 0.6, &[]);
        assert_eq!(shaped(&doubtful, 13_300), Some(LOOKALIKE));
        assert_eq!(shaped(&doubtful, -13_800), Some(SIGN));
        assert_eq!(shaped(&doubtful, 1_380_000), Some(POINT));
        assert_eq!(shaped(&doubtful, 3_800), Some(RULE));
        assert_eq!(shaped(&doubtful, 99_999), None);
        assert_eq!(shaped(&scanned(13_800, 0.99, &[]), 13_300), None);
    }
}
