//! Words of services in which a scan's reader lost a space or a point, made one, or mistook a letter, settled by the other rows
//! of the case.
//!
//! A fax prints `VENIPUN CTURE`, `CHESTXRAY 2 VIEWS`, `LVL.2`, `IMG` for `1MG` and `07/31/24,ROUTINE BLOOD DRAW` where the bill
//! prints the service as it is called. Figures, roman numerals, and the two letters of a side are never changed: `LEVEL 4` is
//! not a misread `LEVEL 5`, nor `LT` a misread `RT`. A row of a digital paper, and one that a person has compared, stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use strsim::damerau_levenshtein;

use super::names::{is_read, weight_of};
use super::{COMPARED, SETTLED};
use crate::cases::Case;
use crate::record::{Agreement, Document, Field, Money, Repair, ServiceLine};

/// A word of fewer letters is another word with one letter changed.
const SHORTEST_WORD: usize = 5;
/// The same in a row that is the same service by its code and charge.
const SHORTEST_OF_SAME: usize = 3;

/// How a service is spelt, and what bears it out.
#[derive(Debug, Clone, Default)]
struct Spelling {
    /// What the papers that print it are worth.
    weight: f32,
    /// How surely its best row was read, 0..1.
    surest: f32,
    /// As that row prints it.
    text: String,
    /// Paper of that row.
    paper: String,
    /// Codes and charges of all rows that print it.
    services: BTreeSet<(Option<String>, Money)>,
}

fn service(line: &ServiceLine) -> Option<(Option<String>, Money)> {
    line.charge.map(|charge| (line.code.clone(), charge))
}

/// Signs that no service's name has: a point or quote in or after a word, strokes, a letter for the figure before a unit.
static ODD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)[a-z][.'’!|]|[!|*\x22‘“]|\b[ilo][\d.]*(?:mg|ml|mcg)\b|[-,.:]$|/ /|\(\W*\)|\d MI$")
        .expect("a constant pattern")
});

/// Settles the words of all services of a case; each repair stands in its document, the row is no surer than [`SETTLED`].
pub(super) fn settle(case: &mut Case) {
    let spellings = spellings(&case.documents);
    let by_letters = by_letters(&spellings);
    for d in case.documents.iter_mut().filter(|d| is_read(d)) {
        for at in 0..d.lines.len() {
            let line = &d.lines[at];
            let Some(from) = line.description.clone().filter(|_| line.confidence < COMPARED) else { continue };
            let Some(to) = better(&from, line, &d.path, &spellings, &by_letters) else { continue };
            rewrite(d, at, from, to);
        }
    }
}

fn rewrite(d: &mut Document, at: usize, from: String, to: &Spelling) {
    let line = &mut d.lines[at];
    let written = in_case_of(&from, &to.text);
    line.description = Some(written.clone());
    line.confidence = line.confidence.min(SETTLED);
    d.repaired.push(Repair {
        field: Field::Description,
        line_no: Some(line.line_no),
        page: line.page,
        from,
        to: written,
        by: Vec::new(),
        agreement: Some(Agreement::OtherPaper),
        paper: Some(to.paper.clone()),
    });
    d.repaired.sort_by_key(|r| (r.page, r.line_no, r.field));
}

/// What another paper prints in capitals as a paper prints it that does not.
fn in_case_of(text: &str, other: &str) -> String {
    if !text.contains(char::is_lowercase) || other.contains(char::is_lowercase) {
        return other.to_owned();
    }
    let mut signs = other.chars();
    signs.next().into_iter().chain(signs.flat_map(char::to_lowercase)).collect()
}

/// Words without regard to case.
pub(super) fn key(text: &str) -> String {
    text.split_whitespace().map(str::to_uppercase).collect::<Vec<_>>().join(" ")
}

/// The letters and figures alone, strokes and rounds that are read for one another as one.
fn letters(key: &str) -> String {
    let folded = |c: char| match c {
        'I' | 'L' | '1' | '!' | '|' => Some('1'),
        'O' | 'Q' | '0' => Some('0'),
        c => c.is_alphanumeric().then_some(c),
    };
    key.chars().filter_map(folded).collect()
}

/// Every spelling of the case. A paper bears each out once, however many rows it has: what is misread once is misread again.
fn spellings(documents: &[Document]) -> BTreeMap<String, Spelling> {
    let mut all: BTreeMap<String, Spelling> = BTreeMap::new();
    for d in documents {
        let mut of_paper: BTreeMap<String, &ServiceLine> = BTreeMap::new();
        for line in &d.lines {
            let Some(text) = &line.description else { continue };
            let best = of_paper.entry(key(text)).or_insert(line);
            if line.confidence > best.confidence {
                *best = line;
            }
        }
        for line in &d.lines {
            let Some(text) = &line.description else { continue };
            all.entry(key(text)).or_default().services.extend(service(line));
        }
        for (key, line) in of_paper {
            let s = all.entry(key).or_default();
            s.weight += weight_of(d, line.confidence);
            if s.text.is_empty() || line.confidence > s.surest {
                s.surest = line.confidence;
                s.text = line.description.clone().unwrap_or_default();
                s.paper.clone_from(&d.path);
            }
        }
    }
    all
}

fn by_letters(spellings: &BTreeMap<String, Spelling>) -> BTreeMap<String, Vec<&str>> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for key in spellings.keys() {
        groups.entry(letters(key)).or_default().push(key);
    }
    groups
}

/// The spelling of the same service that is borne out better, where it is the only one.
fn better<'a>(
    text: &str,
    line: &ServiceLine,
    path: &str,
    spellings: &'a BTreeMap<String, Spelling>,
    by_letters: &BTreeMap<String, Vec<&str>>,
) -> Option<&'a Spelling> {
    let own = key(text);
    let mine = spellings.get(&own)?;
    let odd = |text: &str| ODD.is_match(text);
    let outdone = |s: &Spelling| s.weight > mine.weight || s.weight >= mine.weight && s.paper != path && odd(text);
    let count = |key: &str| key.split(' ').count();
    let like =
        by_letters.get(&letters(&own))?.iter().filter(|k| **k != own && count(k) + 1 >= count(&own)).map(|k| &spellings[*k]);
    let service = service(line);
    let is_of = |s: &Spelling| service.as_ref().is_some_and(|x| s.services.contains(x));
    let near = |k: &str, s: &Spelling| {
        s.weight > mine.weight && k.len().abs_diff(own.len()) <= 1 && is_one_letter_off(&own, k, is_of(s))
    };
    only(like.filter(|s| outdone(s) && (!odd(&s.text) || odd(text))))
        .or_else(|| only(spellings.iter().filter(|(k, s)| near(k, s)).map(|(_, s)| s)))
        .or_else(|| only(spellings.values().filter(|s| s.weight >= mine.weight && is_of(s) && has_more(text, &s.text))))
}

fn only<'a>(mut found: impl Iterator<Item = &'a Spelling>) -> Option<&'a Spelling> {
    found.next().filter(|_| found.next().is_none())
}

/// Whether one begins or ends with the other and has nothing else but signs, figures, or small letters beside capitals.
fn has_more(text: &str, other: &str) -> bool {
    let bare = |c: char| !c.is_alphanumeric();
    let (text, other) = (text.trim_matches(bare), other.trim_matches(bare));
    let more = text.strip_suffix(other).or_else(|| text.strip_prefix(other)).unwrap_or_default();
    let shouted = !other.contains(char::is_lowercase) && other.contains(char::is_uppercase);
    let letters = more.contains(char::is_alphabetic);
    let parted = text.starts_with(other) && more.starts_with(bare) || text.ends_with(other) && more.ends_with(bare);
    other.len() >= 2 * SHORTEST_OF_SAME && parted && (!letters || shouted && more.contains(char::is_lowercase))
}

/// Whether the two have the same words but for one letter of one long word.
fn is_one_letter_off(a: &str, b: &str, same: bool) -> bool {
    let words = |t: &str| t.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (a, b) = (words(a), words(b));
    if a.len() != b.len() {
        return false;
    }
    let mut differing = a.iter().zip(&b).filter(|(x, y)| x != y);
    let (Some((x, y)), None) = (differing.next(), differing.next()) else { return false };
    let shortest = if same { SHORTEST_OF_SAME } else { SHORTEST_WORD };
    let roman = |w: &str| w.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
    let plain = |w: &str| w.len() >= shortest && !roman(w) && !w.chars().any(|c| c.is_ascii_digit());
    plain(x) && plain(y) && damerau_levenshtein(x, y) == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{LineKind, TextOrigin};

    fn paper(path: &str, services: &[(&str, f32)], source: TextOrigin) -> Document {
        let line = |(n, (text, confidence)): (usize, &(&str, f32))| ServiceLine {
            description: Some((*text).to_owned()),
            confidence: *confidence,
            ..ServiceLine::empty(LineKind::Service, n as u32 + 1, 1)
        };
        Document { lines: services.iter().enumerate().map(line).collect(), text_source: Some(source), ..Document::empty(path) }
    }

    fn settled(papers: Vec<Document>) -> Vec<Vec<String>> {
        let mut case = Case::new("a", papers);
        settle(&mut case);
        case.documents.iter().map(|d| d.lines.iter().filter_map(|l| l.description.clone()).collect()).collect()
    }

    #[test]
    fn spaces_and_letters_are_set_right_by_the_paper_that_was_read_better() {
        let fax = paper(
            "a.pdf",
            &[("VENIPUN CTURE", 0.8), ("CHESTXRAY 2 VIEWS", 0.7), ("PANTOPRAZQLE 40MG TAB", 0.9)],
            TextOrigin::Ocr,
        );
        let bill = paper(
            "b.pdf",
            &[("VENIPUNCTURE", 1.0), ("CHEST XRAY 2 VIEWS", 1.0), ("PANTOPRAZOLE 40MG TAB", 1.0)],
            TextOrigin::Digital,
        );
        assert_eq!(settled(vec![fax, bill])[0], ["VENIPUNCTURE", "CHEST XRAY 2 VIEWS", "PANTOPRAZOLE 40MG TAB"]);
    }

    #[test]
    fn clinging_signs_strokes_and_days_before_the_words_go() {
        let fax = [("IV. PUSH EA ADDL DRUG", 0.9), ("Office visit est pt Ivl 2", 0.9), ("07/31/24,ROUTINE BLOOD DRAW", 0.7)];
        let bill = [("IV PUSH EA ADDL DRUG", 0.99), ("OFFICE VISIT EST PT LVL 2", 0.99), ("ROUTINE BLOOD DRAW", 0.9)];
        let priced = |mut d: Document| {
            d.lines.iter_mut().enumerate().for_each(|(i, l)| l.charge = Some(Money::from(rust_decimal::Decimal::from(i + 7))));
            d
        };
        let read = settled(vec![priced(paper("a.pdf", &fax, TextOrigin::Ocr)), priced(paper("b.pdf", &bill, TextOrigin::Ocr))]);
        assert_eq!(read[0], ["IV PUSH EA ADDL DRUG", "Office visit est pt lvl 2", "ROUTINE BLOOD DRAW"]);
        assert_eq!(read[1], bill.map(|b| b.0));
    }

    #[test]
    fn levels_sides_and_what_is_borne_out_alike_stay() {
        let services = [("ED VISIT LEVEL 4", 0.7), ("XR ANKLE LT", 0.7), ("HC ER LEVEL II", 0.7), ("INJ 25MG", 0.7)];
        let others = [("ED VISIT LEVEL 5", 1.0), ("XR ANKLE RT", 1.0), ("HC ER LEVEL III", 1.0), ("INJ 250MG", 1.0)];
        let read = settled(vec![paper("a.pdf", &services, TextOrigin::Ocr), paper("b.pdf", &others, TextOrigin::Digital)]);
        assert_eq!(read[0], services.map(|s| s.0));
        let alike = |path: &str, text: &str| paper(path, &[(text, 0.99)], TextOrigin::Ocr);
        let read = settled(vec![alike("a.pdf", "GLUCOSE TEST"), alike("b.pdf", "GLUC OSE TEST")]);
        assert_eq!(read, [["GLUCOSE TEST"], ["GLUC OSE TEST"]]);
    }
}
