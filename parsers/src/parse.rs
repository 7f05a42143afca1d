//! One document's words → its statement.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::column_grammar::{Setting, TableReading};
use crate::grammar::date::{Year, date};
use crate::layouts::{Input, claim};
use crate::page_text::DocumentText;
use crate::statement::{DocKind, Field, Statement};
use crate::table::read_tables;
use crate::text_lines::{PageLines, document_lines};
use crate::vocabulary::Vocabulary;

/// Reads a document with the builtin vocabulary and layouts.
pub fn parse(text: &DocumentText) -> Statement {
    let pages = document_lines(text);
    let vocabulary = Vocabulary::builtin();
    let tables = read_tables(&pages, vocabulary);
    let all = pages
        .iter()
        .flat_map(|p| &p.lines)
        .map(|l| l.text().to_lowercase())
        .collect::<Vec<_>>()
        .join("\n");
    let eob = all.contains("not a bill") || all.contains("explanation of") || all.contains("summary notice");
    let coded = tables.iter().any(|t| t.columns.iter().any(|c| c.has(Field::Code)));
    let kind = if eob {
        DocKind::Eob
    } else if coded {
        DocKind::ItemizedBill
    } else {
        DocKind::SummaryBill
    };
    let setting = Setting {
        anchor: anchor(&pages),
        payer: None,
        eob,
    };
    let input = Input {
        text,
        pages: &pages,
        tables: &tables,
        kind,
        setting: &setting,
        vocabulary,
    };
    let (layout, _) = claim(&input);
    let TableReading {
        rows,
        totals,
        unparsed,
        columns,
    } = layout.read(&input);
    Statement {
        layout: layout.name().to_owned(),
        kind,
        header: BTreeMap::new(),
        claims: Vec::new(),
        rows,
        totals,
        notes: Vec::new(),
        facts: Vec::new(),
        unparsed,
        columns: columns.into_iter().collect::<BTreeSet<_>>(),
    }
}

/// The latest full date on the paper, near which two-digit years lie.
fn anchor(pages: &[PageLines]) -> Option<Date> {
    let words = pages.iter().flat_map(|p| &p.lines).flat_map(|l| &l.words);
    let mut days: Vec<Date> = words
        .filter_map(|w| date(w.text.trim_end_matches([',', ';', '.'])))
        .filter_map(|d| d.resolve(None).map(|day| (matches!(d.year, Some(Year::Full(_))), day)))
        .filter(|(_, d)| (1990..=2100).contains(&d.year()))
        .map(|(_, d)| d)
        .collect();
    days.sort();
    // birth dates stand on most papers: the later half is where the services lie
    days.get(days.len() * 3 / 4).copied()
}
