//! One document's words → its statement.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::cards;
use crate::column_grammar::{Setting, TableReading};
use crate::facts::{self, ClaimBlock};
use crate::grammar::date::{Year, date};
use crate::kind;
use crate::label_value;
use crate::layouts::{Input, claim};
use crate::letters;
use crate::page_text::DocumentText;
use crate::statement::{Cell, ClaimHeader, DocKind, Field, LineKind, Row, Statement, Total, Value};
use crate::table::{Role, Table, headless_tables, read_tables};
use crate::table_totals;
use crate::text_lines::{PageLines, document_lines};
use crate::vocabulary::Vocabulary;

/// Reads a document with the builtin vocabulary and layouts.
pub fn parse(text: &DocumentText) -> Statement {
    let pages = document_lines(text);
    let vocabulary = Vocabulary::builtin();
    let mut tables = read_tables(&pages, vocabulary);
    let verdict = kind::verdict(&pages);
    let mut kind = verdict.kind;
    if kind == DocKind::Other {
        kind = kind_of_tables(&tables).or_else(|| kind_of_blocks(&pages, vocabulary)).unwrap_or(kind);
    }
    if kind == DocKind::Other && cards::read(&pages, &Setting::default()).rows.iter().any(|r| r.kind == LineKind::Service) {
        kind = DocKind::ItemizedBill;
    }
    let bill = matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill);
    if bill && !tables.iter().any(|t| t.lines.iter().any(|l| l.role == Role::Anchor)) {
        tables = headless_tables(&pages);
    }
    let mut header = facts::header(&pages, kind);
    let setting = Setting {
        anchor: stated_day(&header.cells).or_else(|| anchor(&pages)),
        payer: stated_text(&header.cells, Field::Payer),
        eob: kind == DocKind::Eob,
    };
    let input = Input { text, pages: &pages, tables: &tables, kind, setting: &setting, vocabulary };
    let (layout, _) = claim(&input);
    let reading = layout.read(&input);
    layout.header(&input, &reading, &mut header);
    let TableReading { mut rows, mut totals, unparsed, columns } = reading;
    kind = layout.kind().unwrap_or(kind);
    if matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill) && !rows.is_empty() {
        let coded = verdict.coded_rows > 0
            || rows.iter().any(|r| r.cells.contains_key(&Field::Code) || r.cells.contains_key(&Field::RevenueCode));
        kind = if coded { DocKind::ItemizedBill } else { DocKind::SummaryBill };
    }
    let claims = attach(&header.claims, &mut rows, &mut totals);
    table_totals::complete(&mut header.cells, &totals, &rows, kind == DocKind::Eob);
    let codes: BTreeSet<String> = rows.iter().flat_map(codes_of).collect();
    let notes = letters::notes(&pages, &codes);
    let facts = letters::facts(&pages, kind);
    Statement {
        layout: layout.name().to_owned(),
        kind,
        header: header.cells,
        claims,
        rows,
        totals,
        notes,
        facts,
        unparsed,
        columns: columns.into_iter().collect::<BTreeSet<_>>(),
    }
}

/// What a paper that does not say what it is must be by the columns of its tables.
fn kind_of_tables(tables: &[Table]) -> Option<DocKind> {
    let rows = tables.iter().any(|t| t.lines.iter().any(|l| l.role == Role::Anchor));
    let has = |f: Field| tables.iter().any(|t| t.columns.iter().any(|c| c.has(f)));
    if !rows || !(has(Field::Charge) || has(Field::Credits) || has(Field::Balance)) {
        return None;
    }
    let settled = [
        Field::Allowed,
        Field::PlanPaid,
        Field::PatientResponsibility,
        Field::PlanDiscount,
        Field::NotCovered,
        Field::Deductible,
        Field::Coinsurance,
        Field::Copay,
    ];
    let settled = settled.into_iter().filter(|f| has(*f)).count();
    Some(
        if settled >= 3 && !has(Field::PatientPaid) && (has(Field::Allowed) || has(Field::Deductible) || has(Field::Coinsurance))
        {
            DocKind::Eob
        } else {
            DocKind::ItemizedBill
        },
    )
}

/// Blocks of labels and values that say what the plan allowed and paid are an EOB's.
fn kind_of_blocks(pages: &[PageLines], vocabulary: &Vocabulary) -> Option<DocKind> {
    let blocks = label_value::read(pages, vocabulary, &Setting { eob: true, ..Setting::default() });
    let settled = |r: &Row| {
        let has = |f: Field| r.cells.contains_key(&f);
        has(Field::PlanPaid) && (has(Field::PatientResponsibility) || has(Field::Allowed) || has(Field::PlanDiscount))
    };
    blocks.rows.iter().any(settled).then_some(DocKind::Eob)
}

/// The note codes that a row prints, and the reason codes of its adjustments.
fn codes_of(r: &Row) -> Vec<String> {
    let mut out = Vec::new();
    for c in r.cells.values() {
        match &c.value {
            Value::Adjustments(a) => out.extend(a.iter().map(|a| a.carc.clone())),
            Value::List(l) if r.cells.get(&Field::RemarkCodes).is_some_and(|x| x == c) => out.extend(l.iter().cloned()),
            _ => {}
        }
    }
    out
}

/// Gives every row the claim under whose heading it stands; a heading repeated over a page end is the same claim.
fn attach(blocks: &[ClaimBlock], rows: &mut [Row], totals: &mut [Total]) -> Vec<ClaimHeader> {
    let mut claims: Vec<ClaimHeader> = Vec::new();
    let mut starts: Vec<(u32, f32, usize)> = Vec::new();
    for b in blocks {
        let name = |h: &ClaimHeader| {
            [Field::ClaimNo, Field::AccountNo].into_iter().find_map(|f| h.cells.get(&f)).map(|c| c.value.clone())
        };
        let known = claims.iter().position(|c| name(c).is_some() && name(c) == name(&b.header));
        let index = known.unwrap_or_else(|| {
            claims.push(b.header.clone());
            claims.len() - 1
        });
        starts.push((b.page, b.y, index));
    }
    starts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let at = |page: u32, y: f32| starts.iter().rev().find(|s| (s.0, s.1) <= (page, y)).or(starts.first()).map(|s| s.2);
    for r in rows.iter_mut() {
        r.claim = at(r.page, r.bbox.y0);
    }
    for t in totals.iter_mut() {
        t.claim = t.cells.values().next().and_then(|c| at(c.page, c.bbox.y0));
    }
    claims
}

fn stated_day(cells: &BTreeMap<Field, Vec<Cell>>) -> Option<Date> {
    cells.get(&Field::StatementDate).and_then(|c| c.first()).and_then(facts::day_of)
}

fn stated_text(cells: &BTreeMap<Field, Vec<Cell>>, field: Field) -> Option<String> {
    match cells.get(&field).and_then(|c| c.first()).map(|c| &c.value) {
        Some(Value::Text(t)) => Some(t.clone()),
        _ => None,
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
