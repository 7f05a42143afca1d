//! A first description of a layout, made from one statement of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{OwnLayout, folded};
use crate::columns::Column;
use crate::page_text::DocumentText;
use crate::parse::Reader;
use crate::statement::{DocKind, Field, LineKind, Row, Statement, Value};
use crate::table::{Role, Table};
use crate::table_regions::read_tables;
use crate::text_lines::{Line, PageLines, document_lines};
use crate::vocabulary::Vocabulary;

/// What was written, and how it reads the statement it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The description.
    pub toml: String,
    /// Its name.
    pub name: String,
    /// Rows of services that the statement has by the reader's own layouts.
    pub rows: usize,
    /// How many of them the description reads just the same.
    pub same: usize,
}

/// Words that say what a paper is, and nothing of a person.
const TITLES: [&str; 14] = [
    "statement of account",
    "account detail",
    "account statement",
    "itemized statement",
    "itemized bill",
    "detail of charges",
    "itemization of",
    "statement of services",
    "billing statement",
    "patient statement",
    "explanation of benefits",
    "summary of charges",
    "summary notice",
    "remittance advice",
];

/// Writes the first description of a statement's layout. The columns are those that the column grammar finds; the paper
/// is known by the letterhead and its titles, never by what belongs to the patient.
///
/// Gives `None` for a paper in which no table with rows is found: there is nothing to begin with.
pub fn draft(text: &DocumentText) -> Option<Draft> {
    let reader = Reader::default();
    let pages = document_lines(text);
    let statement = reader.parse(text);
    let tables = read_tables(&pages, Vocabulary::builtin());
    let anchors = |t: &&Table| t.lines.iter().filter(|l| l.role == Role::Anchor).count();
    let table = tables.iter().filter(|t| anchors(t) > 0).max_by_key(anchors)?;
    let signs = signs(&pages, &statement, table);
    let name = name_of(&signs, &statement);
    let written = [true, false].map(|by_head| {
        let toml = write(&name, &statement, &signs, &table.columns, by_head);
        let same = same_rows(&toml, text, &statement);
        (toml, same)
    });
    let rows = services(&statement).count();
    // the words above the columns stay when the paper is set anew, their places may not
    let [heads, edges] = written;
    let (toml, same) = if heads.1 >= edges.1 { heads } else { edges };
    Some(Draft { toml, name, rows, same })
}

fn services(s: &Statement) -> impl Iterator<Item = &Row> {
    s.rows.iter().filter(|r| r.kind == LineKind::Service)
}

/// How many of the statement's services the description reads as they were read before.
fn same_rows(toml: &str, text: &DocumentText, statement: &Statement) -> usize {
    let mut reader = Reader::default();
    let Ok(layout) = OwnLayout::from_toml(toml) else { return 0 };
    let name = layout.name().to_owned();
    if reader.add_layout(layout).is_err() {
        return 0;
    }
    let again = reader.parse(text);
    if again.layout != name {
        return 0;
    }
    let values = |r: &Row| r.cells.iter().map(|(f, c)| (*f, c.value.clone())).collect::<Vec<_>>();
    let mut left: Vec<_> = services(&again).map(values).collect();
    services(statement)
        .filter(|r| {
            let at = left.iter().position(|v| *v == values(r));
            at.map(|i| left.remove(i)).is_some()
        })
        .count()
}

/// Words by which the paper can be known again: the letterhead, a title, else the words above the columns.
fn signs(pages: &[PageLines], statement: &Statement, table: &Table) -> Vec<String> {
    let private = private_words(statement);
    let public = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        letters >= 6
            && text.len() <= 60
            && !text.contains(':')
            && !text.chars().any(|c| c.is_ascii_digit() || c == '$')
            && !words(text).iter().any(|w| private.contains(w))
    };
    let mut out: Vec<String> = Vec::new();
    let eob = statement.kind == DocKind::Eob;
    let sender = statement.header.get(if eob { &Field::Payer } else { &Field::Provider });
    let lines = || pages.iter().flat_map(|p| &p.lines);
    for cell in sender.into_iter().flatten() {
        if let Value::Text(t) = &cell.value
            && public(t)
            && lines().any(|l| folded(&l.text()).contains(&folded(t)))
        {
            out.push(t.clone());
            break;
        }
    }
    let phrases = || pages.first().into_iter().flat_map(|p| &p.lines).flat_map(Line::phrases);
    let title = phrases().map(|p| p.text).find(|t| {
        let lower = t.to_lowercase();
        public(t) && TITLES.iter().any(|known| lower.contains(known)) && t.split_whitespace().count() <= 6
    });
    out.extend(title.filter(|t| !out.contains(t)));
    if out.is_empty() {
        let heads = table.columns.iter().map(|c| c.head.clone()).filter(|h| public(h));
        out.extend(heads.filter(|h| lines().any(|l| folded(&l.text()).contains(&folded(h)))).take(3));
    }
    out
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1).map(str::to_lowercase).collect()
}

/// The words of what the header states of the patient.
fn private_words(statement: &Statement) -> BTreeSet<String> {
    let own = [Field::Patient, Field::MemberId, Field::AccountNo, Field::ClaimNo];
    let cells = own.iter().filter_map(|f| statement.header.get(f)).flatten().map(|c| &c.raw);
    let claims = statement.claims.iter().flat_map(|c| own.iter().filter_map(|f| c.cells.get(f))).map(|c| &c.raw);
    cells.chain(claims).flat_map(|t| words(t)).collect()
}

fn name_of(signs: &[String], statement: &Statement) -> String {
    let sender = signs.first().map_or("", String::as_str);
    let slug: Vec<String> = words(sender).into_iter().filter(|w| w.is_ascii()).take(3).collect();
    let kind = if statement.kind == DocKind::Eob { "eob" } else { "statement" };
    let name = if slug.is_empty() { format!("my_{kind}") } else { format!("{}_{kind}", slug.join("_")) };
    name.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_').collect()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn field_name(fields: &[Field]) -> String {
    let name = |f: &Field| serde_json::to_value(f).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    if fields.is_empty() { "ignored".to_owned() } else { fields.iter().map(name).collect::<Vec<_>>().join("+") }
}

fn write(name: &str, statement: &Statement, signs: &[String], columns: &[Column], by_head: bool) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let mut line = |text: &str| {
        let _ = writeln!(out, "{text}");
    };
    line("# A first description, made from one statement; `billproof layouts manual` says what else may stand here.");
    line("# Look at what `billproof layouts test FILE --layouts DIR` shows, and correct it.");
    line(&format!("name = {}", quoted(name)));
    line("about = \"\"                     # one sentence: whose paper, and what is peculiar about it");
    line(&format!("kind = {}", quoted(statement.kind.as_str())));
    line("");
    line("[recognize]");
    line("# Words that stand on every paper of this layout and on no other. Nothing of a patient's.");
    let list: Vec<String> = signs.iter().map(|s| quoted(s)).collect();
    line(&format!("all = [{}]", list.join(", ")));
    line("none = []");
    line("");
    line("[facts]");
    line("# Where a header value stands beside a label that billproof does not know:");
    line("# account_no = { label = [\"Case ref\"] }");
    line("# Where it is the same on every paper (provider, provider_npi, payer, network):");
    match signs.first().filter(|_| statement.kind != DocKind::Eob) {
        Some(sender) => line(&format!("# provider = {{ value = {} }}", quoted(sender))),
        None => line("# payer = { value = \"…\" }"),
    }
    line("");
    line("[table]");
    line("# start = \"…\"                  # the line above the first row");
    line("# end = \"…\"                    # the first line below the last row");
    line("skip = []                      # lines to leave out: words, or a /regular expression/");
    line("group = []                     # headings over rows: '/^Rev (?<revenue_code>\\d{4})/'");
    line("total = []                     # printed sums");
    line("");
    line("# The columns from left to right, with the fields of lines.csv; \"ignored\" is left out.");
    let described = |c: &&Column| !by_head || !folded(&c.head).is_empty();
    let edges = edges(columns);
    for (c, (x0, x1)) in columns.iter().zip(&edges).filter(|(c, _)| described(c)) {
        line("[[column]]");
        line(&format!("field = {}", quoted(&field_name(&c.fields))));
        if by_head {
            line(&format!("head = {:<24} # {x0:.0} to {x1:.0} points from the left edge", quoted(&c.head)));
        } else {
            line(&format!(
                "x = [{x0:.0}, {x1:.0}]{}",
                if c.head.is_empty() { String::new() } else { format!("  # under {}", quoted(&c.head)) }
            ));
        }
    }
    out
}

/// Left and right edges that leave no room between the columns.
fn edges(columns: &[Column]) -> Vec<(f32, f32)> {
    let left = |c: &Column| c.x0.min(c.head_box.x0);
    let right = |c: &Column| c.x1.max(c.head_box.x1);
    let between = |a: &Column, b: &Column| {
        let (inner, outer) = (a.x1, b.x0);
        f32::midpoint(inner, outer.max(inner)).round()
    };
    (0..columns.len())
        .map(|i| {
            let x0 = if i == 0 { (left(&columns[0]) - 6.0).max(0.0).floor() } else { between(&columns[i - 1], &columns[i]) };
            let x1 = columns.get(i + 1).map_or_else(|| right(&columns[i]).ceil() + 12.0, |n| between(&columns[i], n));
            (x0, x1.max(x0 + 1.0))
        })
        .collect()
}
