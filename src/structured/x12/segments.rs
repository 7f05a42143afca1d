//! Bytes → segments, by the separators that the interchange itself declares.
//!
//! Crates for X12 know their transaction sets by a fixed grammar and give up at the first segment that breaks it; a
//! patient's remittance is worth keeping to the last claim that can be read, with the place of what cannot.

use rust_decimal::Decimal;

use super::super::text::decode;
use crate::record::Money;

/// ISA has sixteen elements; the sixteenth is the separator of components, and what follows it ends segments.
const ISA_ELEMENTS: usize = 16;
/// A file of more segments is no patient's.
const MOST_SEGMENTS: usize = 2_000_000;
/// Qualifiers that begin the composite of a procedure (X12 data element 235).
const QUALIFIERS: [&str; 10] = ["HC", "AD", "NU", "ER", "HP", "IV", "N4", "WK", "ZZ", "RB"];

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Offset of its first byte in the file.
    pub offset: usize,
    /// Identifier and elements.
    elements: Vec<String>,
    element_separator: char,
    component_separator: char,
}

impl Segment {
    /// `CLP`, `SVC` …
    pub fn id(&self) -> &str {
        self.elements.first().map_or("", String::as_str)
    }

    /// The element of a number (`CLP03` is 3); empty where it is not there.
    pub fn element(&self, n: usize) -> &str {
        self.elements.get(n).map_or("", |e| e.trim())
    }

    /// Number of the last element.
    pub fn last(&self) -> usize {
        self.elements.len().saturating_sub(1)
    }

    /// The components of an element. Files exist whose composites are built with another separator than they declare.
    pub fn components(&self, n: usize) -> Vec<&str> {
        let element = self.element(n);
        if element.contains(self.component_separator) {
            return element.split(self.component_separator).map(str::trim).collect();
        }
        let other = element.get(2..3).filter(|s| matches!(*s, ":" | ">" | "<" | "|" | "^" | "\\"));
        match other.and_then(|s| s.chars().next()).filter(|_| QUALIFIERS.iter().any(|q| element.starts_with(q))) {
            Some(separator) => element.split(separator).map(str::trim).collect(),
            None => vec![element],
        }
    }

    /// An amount: `None` where the element is empty, an error where it is no number.
    pub fn money(&self, n: usize) -> Result<Option<Money>, String> {
        Ok(self.number_at(n)?.map(Money))
    }

    /// A count or an amount.
    pub fn number_at(&self, n: usize) -> Result<Option<Decimal>, String> {
        let text = self.element(n);
        if text.is_empty() {
            return Ok(None);
        }
        let plain = text.strip_prefix('+').unwrap_or(text);
        let number = plain.parse::<Decimal>().or_else(|_| Decimal::from_scientific(plain));
        // a line of more than ten million dollars times anything must not overflow a sum
        number
            .ok()
            .filter(|d| d.abs() < Decimal::from(1_000_000_000_000_i64))
            .map(Some)
            .ok_or_else(|| format!("{}{n:02} is no number", self.id()))
    }

    /// As it stands in the file.
    pub fn text(&self) -> String {
        self.elements.join(&self.element_separator.to_string())
    }
}

/// The separators of an interchange.
#[derive(Debug, Clone, Copy)]
struct Separators {
    element: u8,
    component: u8,
    segment: u8,
}

impl Separators {
    /// Read off an ISA segment: by counting, since editors trim and pad its fixed fields.
    fn of(isa: &[u8]) -> Option<Self> {
        let element = *isa.get(3).filter(|b| b.is_ascii() && !b.is_ascii_alphanumeric())?;
        let mut places = isa.iter().enumerate().take(512).filter(|(_, b)| **b == element).map(|(i, _)| i);
        let last = places.nth(ISA_ELEMENTS - 1)?;
        let component = *isa.get(last + 1).filter(|b| b.is_ascii())?;
        // the end of the file or of the line may have been taken off with the last separator
        let segment = isa.get(last + 2).copied().unwrap_or(b'~');
        (segment.is_ascii() && !segment.is_ascii_alphanumeric()).then_some(Self { element, component, segment })
    }
}

/// Where the interchange begins; `None` where the bytes are no X12.
pub fn start(bytes: &[u8]) -> Option<usize> {
    let at = bytes.iter().take(64).position(|b| !b.is_ascii_whitespace() && !matches!(b, 0xEF | 0xBB | 0xBF))?;
    let rest = &bytes[at..];
    (rest.starts_with(b"ISA") && Separators::of(rest).is_some()).then_some(at)
}

/// The segments of a file.
pub fn segments(bytes: &[u8]) -> Result<Vec<Segment>, String> {
    let mut at = start(bytes).ok_or("no X12 interchange: it does not begin with ISA and sixteen elements")?;
    let mut out = Vec::new();
    let mut separators = Separators::of(&bytes[at..]).ok_or("ISA declares no separators")?;
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() || bytes[at] == 0 || bytes[at] == 0x1A {
            at += 1;
            continue;
        }
        if bytes[at..].starts_with(b"ISA")
            && let Some(declared) = Separators::of(&bytes[at..])
        {
            separators = declared;
        }
        let length = bytes[at..].iter().position(|b| *b == separators.segment).unwrap_or(bytes.len() - at);
        let segment = segment(&bytes[at..at + length], at, out.len() + 1, separators);
        if !segment.elements.iter().all(String::is_empty) {
            out.push(segment);
        }
        at += length + 1;
        if out.len() > MOST_SEGMENTS {
            return Err(format!("more than {MOST_SEGMENTS} segments"));
        }
    }
    Ok(out)
}

/// Line ends within a segment come from programs that wrap files at eighty characters.
fn segment(bytes: &[u8], offset: usize, number: usize, s: Separators) -> Segment {
    let kept: Vec<u8> = bytes.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let elements = kept.split(|b| *b == s.element).map(decode).collect();
    Segment { number, offset, elements, element_separator: char::from(s.element), component_separator: char::from(s.component) }
}
