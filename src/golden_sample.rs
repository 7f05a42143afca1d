//! A paper that a person has corrected → a sample for those who write layouts, with the people replaced.
//!
//! Two texts as `tests/layouts/` holds them: the paper as a typewriter would set it, and what is to be read from it. Names and
//! numbers of people are replaced by others of the same length, so that the columns stand as they stood; lines that look like
//! addresses, telephone numbers and mail addresses lose their letters. Whoever passes it on should still read it first: billproof
//! knows a name only where it has read it as one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use billproof_parsers::page_text::{PageText, Word};
use regex::Regex;

use crate::discover::Location;
use crate::export::csv::{CsvRow, DocumentRow, LineRow};
use crate::export::text::lines_of;
use crate::finished::{self, FinishedError};
use crate::pipeline::{self, AuditError};
use crate::reader_files::ReaderOptions;
use crate::record::Document;

/// Columns that say where or how surely rather than what.
const LEFT_OUT: [&str; 8] = ["case_id", "path", "sha256", "confidence", "figures_confidence", "bbox", "text_source", "message"];
/// Columns of a typewriter's line.
const WIDEST: usize = 160;

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[A-Z]{2}\.?\s+\d{5}(?:-\d{4})?\b|(?i)^\s*\d{1,6}\s+(?:[NSEW]\.?\s+)?[A-Z][\w'.]*(?:\s+[\w'.]+){0,4}\s+(?:st|street|ave|avenue|rd|road|blvd|dr|drive|ln|lane|way|ct|court|pl|place|hwy|pkwy)\b|(?i)\bp\.?\s?o\.?\s+box\b|@|\(\d{3}\)|\b\d{3}[-.]\d{3}[-.]\d{4}\b")
        .expect("a fixed pattern")
});

/// The two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldenSample {
    /// The layout that reads the paper now; the sample's name.
    pub layout: String,
    /// The paper.
    pub sample: String,
    /// What is to be read from it.
    pub typed: String,
}

/// Why there is no sample.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The audit.
    #[error(transparent)]
    Finished(#[from] FinishedError),
    /// Where its papers lie.
    #[error(transparent)]
    Papers(#[from] crate::discover::DiscoverError),
    /// The paper cannot be read again.
    #[error(transparent)]
    Read(#[from] AuditError),
    /// There is no such paper, or it is not on a page of its own on disk.
    #[error("{0}: {1}")]
    Paper(String, &'static str),
}

/// The sample of a paper of the audit in `out`, with what was corrected on it.
pub fn golden_sample(out: &Path, path: &str) -> Result<GoldenSample, SampleError> {
    let none = |why| SampleError::Paper(path.to_owned(), why);
    let cases = finished::read(out)?;
    let document = cases.iter().find_map(|c| c.document(path)).ok_or_else(|| none("the audit has no such paper"))?;
    let locations = finished::locations(&finished::run_report(out)?)?;
    let location: &Location =
        locations.get(finished::file_of(path).0).ok_or_else(|| none("it is no longer where it was audited"))?;
    if location.is_member() {
        return Err(none("it lies in an archive; unpack it first"));
    }
    let mut readings = pipeline::read_one(location.file(), true, &ReaderOptions::default())?;
    let part = |p: &str| p.rsplit_once("#p").map(|(_, pages)| pages.to_owned());
    let at = readings.iter().position(|r| part(&r.document.path) == part(path)).unwrap_or(0);
    let text = readings.swap_remove(at).text;
    let masks = Masks::of(document);
    let sample = text.pages.iter().flat_map(typed_lines).map(|line| masks.line(&line)).collect::<Vec<_>>().join("\n");
    Ok(GoldenSample { layout: document.layout.clone(), sample: sample + "\n", typed: typed(document, &masks) })
}

/// A page as a typewriter sets it: a column is as wide as the page's characters are on the whole.
fn typed_lines(page: &PageText) -> Vec<String> {
    let mut widths: Vec<f32> = page
        .words
        .iter()
        .filter(|w| w.text.chars().count() > 2)
        .map(|w| w.bbox.width() / w.text.chars().count() as f32)
        .filter(|w| *w > 0.5)
        .collect();
    widths.sort_by(f32::total_cmp);
    // No narrower than fits the line, or the far columns would be cut off.
    let width = widths.get(widths.len() / 2).copied().unwrap_or(6.0).max(page.width / WIDEST as f32);
    let mut last = None;
    let mut out = Vec::new();
    for line in lines_of(page) {
        let y = line[0].bbox.y0;
        let height = line[0].bbox.height().max(1.0);
        if last.is_some_and(|last| y - last > 2.2 * height) {
            out.push(String::new());
        }
        last = Some(y);
        out.push(set(&line, width));
    }
    out
}

fn set(line: &[&Word], width: f32) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in line {
        let column = (word.bbox.x0 / width).round().max(0.0) as usize;
        let gap = column.saturating_sub(count).max(usize::from(count > 0)).min(WIDEST);
        out.extend(std::iter::repeat_n(' ', gap));
        out.push_str(&word.text);
        count += gap + word.text.chars().count();
    }
    out
}

/// What is replaced by what, letter for letter.
struct Masks(BTreeMap<String, String>);

impl Masks {
    fn of(d: &Document) -> Self {
        let mut masks = BTreeMap::new();
        let lines = || d.lines.iter();
        let people = d.patient.iter().chain(lines().filter_map(|l| l.patient.as_ref()));
        for part in people.flat_map(|p| p.split(|c: char| !c.is_alphanumeric())).filter(|p| p.chars().count() > 1) {
            masks.insert(part.to_lowercase(), named(part));
        }
        let numbers = d.member_id.iter().chain(&d.account_no).chain(&d.claim_no);
        let numbers =
            numbers.chain(lines().filter_map(|l| l.account_no.as_ref())).chain(lines().filter_map(|l| l.claim_no.as_ref()));
        for part in
            numbers.flat_map(|n| n.split(|c: char| !c.is_alphanumeric())).filter(|p| p.bytes().any(|b| b.is_ascii_digit()))
        {
            masks.insert(part.to_lowercase(), numbered(part));
        }
        Self(masks)
    }

    /// A text with the names and numbers replaced.
    fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut part = String::new();
        for c in text.chars().chain(['\0']) {
            if c.is_alphanumeric() {
                part.push(c);
                continue;
            }
            match self.0.get(&part.to_lowercase()) {
                Some(other) => out.extend(other.chars().zip(part.chars()).map(|(o, c)| as_large(o, c))),
                None => out.push_str(&part),
            }
            part.clear();
            if c != '\0' {
                out.push(c);
            }
        }
        out
    }

    /// A line of the paper; one that looks like an address says nothing any more.
    fn line(&self, line: &str) -> String {
        if !ADDRESS.is_match(line) {
            return self.text(line);
        }
        line.chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    '0'
                } else if c.is_alphabetic() {
                    as_large('x', c)
                } else {
                    c
                }
            })
            .collect()
    }
}

fn as_large(letter: char, like: char) -> char {
    if like.is_uppercase() { letter.to_ascii_uppercase() } else { letter }
}

/// Another name of the same length.
fn named(name: &str) -> String {
    "jordanaverymorganrileytaylorcasey".chars().cycle().take(name.chars().count()).collect()
}

/// Another number of the same form.
fn numbered(number: &str) -> String {
    let mut digits = "1234567890".chars().cycle();
    number.chars().map(|c| if c.is_ascii_digit() { digits.next().unwrap_or('0') } else { c.to_ascii_lowercase() }).collect()
}

/// The stated cells of the record, as the golden files hold them.
fn typed(d: &Document, masks: &Masks) -> String {
    let mut out = cells(&DocumentRow(d), masks);
    for line in &d.lines {
        out.push_str(&cells(&LineRow(d, line), masks));
    }
    out
}

fn cells<R: CsvRow>(row: &R, masks: &Masks) -> String {
    let stated = R::COLUMNS.iter().zip(row.cells()).filter(|(name, value)| !LEFT_OUT.contains(name) && !value.is_empty());
    let is_figure =
        |name: &str| !matches!(name, "patient" | "member_id" | "account_no" | "claim_no" | "description" | "provider");
    let cell = |(name, value): (&&str, String)| format!("{name}={}", if is_figure(name) { value } else { masks.text(&value) });
    stated.map(cell).collect::<Vec<_>>().join("\n  ") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masks() -> Masks {
        Masks::of(&Document {
            patient: vec!["ZABRISKIE, ANA M".to_owned()],
            account_no: vec!["AC-771-20".to_owned()],
            ..Document::empty("bill.pdf")
        })
    }

    #[test]
    fn people_are_replaced_in_their_own_length() {
        let line = "Patient: Ana Zabriskie    Account AC-771-20      85025   32.50";
        let replaced = masks().line(line);
        assert_eq!(replaced, "Patient: Jor Jordanave    Account AC-123-12      85025   32.50");
        assert_eq!(replaced.len(), line.len());
    }

    #[test]
    fn addresses_say_nothing_any_more() {
        let masks = masks();
        assert_eq!(masks.line("12 Elm Street"), "00 Xxx Xxxxxx");
        assert_eq!(masks.line("Austin, TX 78701-1234"), "Xxxxxx, XX 00000-0000");
        assert_eq!(masks.line("Questions? (512) 555-0100"), "Xxxxxxxxx? (000) 000-0000");
        assert_eq!(masks.line("03/03/2025  99213  OFFICE VISIT  140.00"), "03/03/2025  99213  OFFICE VISIT  140.00");
    }
}
