//! What one page tells of the document that it belongs to.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::numbering::{Numbering, goes_on, is_continued, numberings};
use crate::facts::{self, Header, key_of};
use crate::kind;
use crate::page_text::{PageText, TextSource};
use crate::statement::{DocKind, Field};
use crate::text_lines::{PageLines, page_lines};

/// A page with no more words than this is blank.
const BLANK_WORDS: usize = 2;

/// Dirt, and print that shines through an empty back, are recognised as a few words, none of them a figure.
const SHINING_THROUGH: usize = 6;

/// The least weight of evidence for which a single page counts as a paper of its kind.
const SURE_KIND: f32 = 4.0;

/// The part of a page, from its top, in which a letter has its address, its date and its numbers.
const HEAD: f32 = 0.45;

/// A letterhead, a title and a running head stand in so many of the first lines.
const TOP_LINES: usize = 4;

/// City, state and ZIP code.
static ZIP: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b[A-Z]{2}[ ,.]+\d{5}(?:-\d{4})?\b").ok());

/// Numbers or names: letters and digits only, lower case.
pub(super) type Keys = BTreeSet<String>;

/// What one page, or several that belong together, say of their document.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs {
    pub(super) numberings: Vec<Numbering>,
    pub(super) continued: bool,
    pub(super) goes_on: bool,
    pub(super) kind: Option<DocKind>,
    pub(super) accounts: Keys,
    pub(super) claims: Keys,
    pub(super) members: Keys,
    pub(super) patients: Keys,
    /// The provider of a bill, the payer of an EOB, as the letterhead or a label names them.
    pub(super) sender: Keys,
    pub(super) date: Option<Date>,
    /// Every word of the page.
    pub(super) words: Keys,
    /// Lines of table heads.
    pub(super) table_heads: Keys,
    /// How much the page looks like the first of a letter, 0..=4: date, numbers, address and title at its head.
    pub(super) opening: u32,
    /// Whether someone's address stands at its head.
    pub(super) addressed: bool,
    /// Its first lines, letters only.
    pub(super) top: Vec<String>,
    pub(super) recognised: bool,
}

/// Whether nothing is printed on the page that a document could be made of.
pub(super) fn is_blank(page: &PageText) -> bool {
    let long = page.words.iter().filter(|w| w.text.chars().filter(|c| c.is_alphanumeric()).count() > 1).count();
    let figures = page.words.iter().any(|w| w.text.bytes().any(|b| b.is_ascii_digit()));
    if long <= BLANK_WORDS || (page.source == TextSource::Ocr && long <= SHINING_THROUGH && !figures) {
        return true;
    }
    let lines = page_lines(page);
    long <= 12
        && lines.lines.iter().any(|l| {
            let text = l.text().to_lowercase();
            text.contains("left blank") || text.contains("blank page")
        })
}

/// Reads the signs of a page. `before` is the kind of the pages before it, for a page that shows none of its own.
pub(super) fn signs(page: &PageText, before: Option<DocKind>) -> Signs {
    let lines = page_lines(page);
    let recognised = page.source == TextSource::Ocr;
    let pages = std::slice::from_ref(&lines);
    let verdict = kind::verdict(pages);
    let weight = verdict.evidence.values().copied().fold(0.0, f32::max);
    let own = (weight >= SURE_KIND).then_some(verdict.kind).filter(|k| *k != DocKind::Other);
    let kind = own.or(before).unwrap_or(verdict.kind);
    let header = facts::header(pages, kind);
    let keys =
        |field: Field| -> Keys { header.cells.get(&field).into_iter().flatten().map(key_of).filter(|k| k.len() >= 3).collect() };
    let sender = if kind == DocKind::Eob { Field::Payer } else { Field::Provider };
    let numbered = |field| keys(field).into_iter().filter(|k| k.chars().filter(char::is_ascii_digit).count() >= 3).collect();
    let mut signs = Signs {
        numberings: numberings(&lines),
        continued: is_continued(&lines),
        goes_on: goes_on(&lines),
        kind: own,
        accounts: numbered(Field::AccountNo),
        claims: numbered(Field::ClaimNo),
        members: numbered(Field::MemberId),
        patients: keys(Field::Patient),
        sender: keys(sender),
        date: date(&header, &lines, kind),
        words: page.words.iter().map(|w| squeezed(&w.text)).filter(|w| w.len() >= 5).collect(),
        table_heads: table_heads(&lines),
        opening: 0,
        addressed: addressed(&lines),
        top: top(&lines),
        recognised,
    };
    signs.opening = opening(&signs);
    signs
}

impl Signs {
    /// Adds what a further page of the same document says.
    pub(super) fn extend(&mut self, page: Self) {
        self.numberings = if page.numberings.is_empty() { advanced(&self.numberings) } else { page.numberings };
        self.goes_on = page.goes_on;
        self.kind = self.kind.or(page.kind);
        self.date = self.date.or(page.date);
        self.recognised |= page.recognised;
        for (mine, more) in [
            (&mut self.accounts, page.accounts),
            (&mut self.claims, page.claims),
            (&mut self.members, page.members),
            (&mut self.patients, page.patients),
            (&mut self.words, page.words),
        ] {
            mine.extend(more);
        }
        if self.sender.is_empty() {
            self.sender = page.sender;
        }
        self.table_heads = page.table_heads;
        self.top.extend(page.top);
    }
}

/// A page without a number still counts; behind the last one the count stays complete.
fn advanced(numberings: &[Numbering]) -> Vec<Numbering> {
    let next = |n: &Numbering| Numbering { page: n.of.map_or(n.page + 1, |of| of.min(n.page + 1)), of: n.of };
    numberings.iter().map(next).collect()
}

pub(super) fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The document's date. A letter's stands alone at its head; in a table that goes on such a one is the day of a service.
fn date(header: &Header, lines: &PageLines, kind: DocKind) -> Option<Date> {
    if matches!(kind, DocKind::Eob | DocKind::ItemizedBill | DocKind::SummaryBill | DocKind::Other) {
        return facts::labelled_day(lines, kind);
    }
    let cell = header.cells.get(&Field::StatementDate)?.first()?;
    (cell.bbox.y0 < lines.height * HEAD).then(|| facts::day_of(cell)).flatten()
}

/// Lines of several short captions without any figure.
fn table_heads(lines: &PageLines) -> Keys {
    lines
        .lines
        .iter()
        .filter(|l| l.phrases().len() >= 4 && !l.words.iter().any(|w| w.text.bytes().any(|b| b.is_ascii_digit())))
        .map(|l| squeezed(&l.text()))
        .collect()
}

/// The first lines that have words in them, without figures.
fn top(lines: &PageLines) -> Vec<String> {
    let letters = |t: &str| t.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect::<String>();
    lines.lines.iter().map(|l| letters(&l.text())).filter(|t| t.len() >= 8).take(TOP_LINES).collect()
}

fn addressed(lines: &PageLines) -> bool {
    let mut head = lines.lines.iter().filter(|l| l.bbox.y0 < lines.height * HEAD);
    head.any(|l| ZIP.as_ref().is_some_and(|z| z.is_match(&l.text())))
}

fn opening(signs: &Signs) -> u32 {
    let numbered = !(signs.accounts.is_empty() && signs.claims.is_empty() && signs.members.is_empty());
    u32::from(signs.date.is_some()) + u32::from(numbered) + u32::from(signs.addressed) + u32::from(signs.kind.is_some())
}
