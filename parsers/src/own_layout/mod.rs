//! Layouts that a user describes, without compiling anything.
//!
//! A description is a TOML file in the folder that `--layouts DIR` names. `billproof layouts new FILE` writes a first
//! one from a statement, `billproof layouts test FILE --layouts DIR` shows which layout claims a file and how every
//! line is read. A paper that a description claims is read by it and by no builtin layout; a paper that two of them
//! claim is read as if there were none, and `message` names both.
//!
//! ```toml
//! name = "riverside_account"          # small letters, digits, underscores; `layout` in documents.csv
//! about = "Riverside's account detail: a letter code before each charge."
//! kind = "itemized_bill"              # or summary_bill, eob, …; left out: as the paper says itself
//!
//! [recognize]                         # in any case, spaces do not count; /…/ is a regular expression
//! top = ["Riverside General"]         # each of these in the upper third of the first page
//! all = ["Account detail"]            # each of these on some line
//! any = []                            # one of these at least
//! none = ["Explanation of benefits"]  # none of these
//!
//! [facts]                             # header values: a label of the paper's, a pattern, or what never changes
//! account_no = { label = ["Case ref"] }
//! statement_date = { pattern = 'Printed (\S+)' }
//! provider = { value = "Riverside General Hospital" }
//!
//! [table]                             # patterns and words as above, each looked for in whole lines
//! start = "Account detail"            # rows stand under this line …
//! end = "/^Thank you/"                # … and above this one
//! skip = ["/^Order \\d+/"]            # lines to leave out
//! row = ['/^[A-Z] \d\d\//']           # only such a line begins a row
//! more = ["/^NDC/"]                   # such a line is more of the row above
//! group = ['/^Rev (?<revenue_code>\d{4})/']  # heads the rows under it; takes revenue_code or date from it
//! total = ["Everything above"]        # a printed sum, no row
//!
//! [[column]]                          # from left to right
//! field = "service_date"              # a field of lines.csv; "code+description" where one column holds both; "ignored"
//! head = "Given on"                   # the words above the column, or x = [36, 95] in points from the left edge;
//!                                     # with neither, columns are told by their order
//! form = "day_first"                  # 13/02/2025; or cents (14000 is 140.00), whole_dollars (140)
//! pattern = 'DOS:(.+)'                # the part of the cell that counts
//!
//! [[column]]
//! field = "charge"
//! head = "Val"
//! ```
//!
//! Everything that is left out is read as billproof reads any statement. Columns that the paper has and the description
//! does not name are left out. A key that is not known, a field that there is not, or a pattern that is none is an error
//! with file, line and column.

mod draft;
mod form;
mod lines;

use regex::Regex;
use serde::Deserialize;

pub use draft::{Draft, draft};
pub use lines::Told;

use crate::facts::labels::Entry;
use crate::grammar::{date, money};
use crate::page_text::{BBox, TextSource};
use crate::statement::{Cell, DocKind, Field, Value};
use crate::text_lines::{Line, PageLines};
use crate::toml_check::Fault;
use crate::vocabulary::Vocabulary;

/// How to write a description: the opening comment of this file.
pub fn manual() -> String {
    let lines = include_str!("mod.rs").lines().take_while(|l| l.starts_with("//!"));
    lines.map(|l| l.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// A layout that a user has described.
#[derive(Debug, Clone)]
pub struct OwnLayout {
    name: String,
    about: String,
    pub(crate) kind: Option<DocKind>,
    top: Vec<Sign>,
    all: Vec<Sign>,
    any: Vec<Sign>,
    none: Vec<Sign>,
    facts: Vec<Fact>,
    start: Option<Sign>,
    end: Option<Sign>,
    row: Vec<Sign>,
    more: Vec<Sign>,
    skip: Vec<Sign>,
    group: Vec<Sign>,
    total: Vec<Sign>,
    columns: Vec<OwnColumn>,
}

/// Words or a pattern, to be looked for in a line.
#[derive(Debug, Clone)]
enum Sign {
    Words(String),
    /// As it was written, and compiled.
    Pattern(String, Regex),
}

#[derive(Debug, Clone)]
struct Fact {
    field: Field,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Value(String),
    Label(Vec<String>),
    Pattern(Regex),
}

#[derive(Debug, Clone)]
struct OwnColumn {
    fields: Vec<Field>,
    place: Place,
    form: Option<Form>,
    pattern: Option<Regex>,
}

/// How a column is found.
#[derive(Debug, Clone)]
enum Place {
    Head(String),
    /// Left and right edge in points.
    X(f32, f32),
    Order,
}

/// A way of printing values that the grammars do not expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// `13/02/2025`
    DayFirst,
    /// `14000` for 140.00
    Cents,
    /// `140` for 140.00
    WholeDollars,
}

/// Letters and digits in lower case: what is left of words when case, spaces and punctuation do not count.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Sign {
    fn written(&self) -> &str {
        match self {
            Self::Words(w) | Self::Pattern(w, _) => w,
        }
    }

    fn stands_in(&self, text: &str) -> bool {
        match self {
            Self::Words(w) => folded(text).contains(&folded(w)),
            Self::Pattern(_, regex) => regex.is_match(text),
        }
    }

    /// The same, with a slip of the recogniser forgiven in words that are long enough to be known in spite of it.
    fn stands_on(&self, line: &Line) -> bool {
        let text = line.text();
        if self.stands_in(&text) {
            return true;
        }
        let Self::Words(w) = self else { return false };
        let recognised = line.words.iter().any(|w| w.source == TextSource::Ocr);
        let (sought, there): (Vec<char>, Vec<char>) = (folded(w).chars().collect(), folded(&text).chars().collect());
        recognised
            && sought.len() >= 8
            && there.windows(sought.len()).any(|part| {
                let differ = part.iter().zip(&sought).filter(|(a, b)| a != b).count();
                differ * 8 <= sought.len()
            })
    }
}

/// Whether a description claims a document, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    /// Whether all that it asks for is there, and nothing that it excludes.
    pub claims: bool,
    /// How many of the words it asks for are there.
    pub found: usize,
    /// How many it asks for.
    pub asked: usize,
    /// One sentence for each of them.
    pub reasons: Vec<String>,
}

impl OwnLayout {
    /// Reads a description.
    ///
    /// # Errors
    /// The first fault, with its line, column and key.
    pub fn from_toml(text: &str) -> Result<Self, Fault> {
        form::read(text)
    }

    /// Its name, as documents.csv prints it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One sentence on what it reads.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Whether it says which column is which; else the tables are found as in any statement.
    pub(crate) fn describes_table(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Whether it claims the document.
    pub fn recognize(&self, pages: &[PageLines]) -> Recognition {
        let on = |s: &Sign| pages.iter().flat_map(|p| &p.lines).find(|l| s.stands_on(l)).map(|l| l.page);
        let first = pages.first();
        let on_top = |s: &Sign| {
            let within = |p: &&PageLines, l: &&Line| l.bbox.y0 < p.height / 3.0;
            first.and_then(|p| p.lines.iter().filter(|l| within(&p, l)).find(|l| s.stands_on(l))).map(|l| l.page)
        };
        let mut r = Recognition { claims: true, found: 0, asked: 0, reasons: Vec::new() };
        let mut ask = |s: &Sign, at: Option<u32>, place: &str| {
            r.asked += 1;
            r.found += usize::from(at.is_some());
            r.reasons.push(match at {
                Some(page) => format!("\"{}\" stands {place}page {page}", s.written()),
                None => {
                    format!("\"{}\" does not stand {place}", s.written()) + if place == "on " { "any page" } else { "page 1" }
                }
            });
            at.is_some()
        };
        let mut claims = true;
        for s in &self.top {
            claims &= ask(s, on_top(s), "at the top of ");
        }
        for s in &self.all {
            claims &= ask(s, on(s), "on ");
        }
        if !self.any.is_empty() {
            let met = self.any.iter().find_map(|s| on(s).map(|page| (s, page)));
            claims &= match met {
                Some((s, page)) => ask(s, Some(page), "on "),
                None => ask(&self.any[0], None, "on "),
            };
        }
        for s in &self.none {
            if let Some(page) = on(s) {
                claims = false;
                r.reasons.push(format!("\"{}\" must not stand there, and does on page {page}", s.written()));
            }
        }
        r.claims = claims;
        r
    }

    /// The vocabulary with the labels of this layout's facts and the heads of its columns.
    pub(crate) fn words(&self, vocabulary: &Vocabulary) -> Vocabulary {
        let mut out = vocabulary.clone();
        for c in &self.columns {
            if let Place::Head(head) = &c.place {
                out.name_column(head, c.fields.clone());
            }
        }
        let entries = self.facts.iter().filter_map(|f| match &f.source {
            Source::Label(words) => Some(Entry::exact(f.field, words.clone())),
            _ => None,
        });
        out.name_labels(entries.collect());
        out
    }

    /// What it states itself of the header: fixed values, and those that its patterns find.
    pub(crate) fn stated(&self, pages: &[PageLines]) -> Vec<(Field, Cell)> {
        let page = pages.first().map_or(1, |p| p.number);
        let cell = |f: &Fact| match &f.source {
            Source::Value(v) => {
                Some(Cell { value: Value::Text(v.clone()), raw: v.clone(), page, bbox: BBox::default(), confidence: 1.0 })
            }
            Source::Label(_) => None,
            Source::Pattern(regex) => pages.iter().flat_map(|p| &p.lines).find_map(|l| taken(regex, f.field, l)),
        };
        self.facts.iter().filter_map(|f| Some((f.field, cell(f)?))).collect()
    }
}

/// What a pattern takes from a line, read as the field wants it.
fn taken(regex: &Regex, field: Field, line: &Line) -> Option<Cell> {
    let text = line.text();
    let raw = regex.captures(&text)?.get(1)?.as_str().trim().to_owned();
    let value = match field {
        Field::StatementDate | Field::ServiceFrom | Field::ServiceTo | Field::Admitted | Field::Discharged => {
            Value::Date(date::date(&raw)?.resolve(None)?)
        }
        Field::TotalCharges
        | Field::TotalDiscount
        | Field::TotalPlanPaid
        | Field::TotalPatientPaid
        | Field::BalanceDue
        | Field::TotalPatientResponsibility
        | Field::DeductibleLimit
        | Field::OutOfPocketLimit => Value::Money(money::money(&raw)?),
        _ if raw.is_empty() => return None,
        _ => Value::Text(raw.clone()),
    };
    let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    Some(Cell { value, raw, page: line.page, bbox: line.bbox, confidence })
}

#[cfg(test)]
mod tests;
