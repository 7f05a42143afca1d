//! One document's words → its statement.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::agreement;
use crate::beside_table;
use crate::captioned_cards;
use crate::circumstances;
use crate::claims_listed;
use crate::closing_facts;
use crate::codes_in_words;
use crate::column_grammar;
use crate::counts::{bare, bracketed};
use crate::credit_lists;
use crate::credits_proven;
use crate::explain::{self, Claim, Explanation};
use crate::fact_bars;
use crate::facts;
use crate::help_columns;
use crate::kind;
use crate::kind_of_columns;
use crate::labels_beneath;
use crate::layouts::{self, Input, LAYOUTS, claim};
use crate::legend;
use crate::letters;
use crate::limits_beside;
use crate::one_day;
use crate::own_facts;
use crate::own_layout::{OwnLayout, Recognition};
use crate::page_text::DocumentText;
use crate::people;
use crate::reading::{Setting, TableReading, day_near};
use crate::recaps;
use crate::run_on_pairs;
use crate::side_cards;
use crate::statement::{Cell, DocKind, Field, Row, Statement, Value};
use crate::stray;
use crate::subtotals;
use crate::subtracted;
use crate::sum_before_services;
use crate::sums_above;
use crate::sums_in_boxes;
use crate::sums_in_rows;
use crate::sums_of_accounts;
use crate::sums_outside_cards;
use crate::table::Role;
use crate::table_bars;
use crate::table_regions::{headless_tables, read_tables};
use crate::table_totals;
use crate::text_lines::{PageLines, document_lines};
use crate::toml_check::Fault;
use crate::torn;
use crate::unexplained;
use crate::unread_rows::unread_rows;
use crate::vocabulary::Vocabulary;
use crate::whose_rows;

mod attach;

use attach::{attach, unread_headings};

/// Reads a document with the builtin vocabulary and layouts.
pub fn parse(text: &DocumentText) -> Statement {
    Reader::default().parse(text)
}

/// What documents are read with: the words of headers, and the layouts.
///
/// `Reader::default()` has what is built in; a caller that has files of a user's adds their texts.
#[derive(Debug, Clone)]
pub struct Reader {
    vocabulary: Cow<'static, Vocabulary>,
    /// Layouts that a user has described; they go before the builtin ones.
    own: Vec<OwnLayout>,
    /// The layout that reads every document, whatever it looks like.
    forced: Option<String>,
}

/// Another layout has the name already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another layout is called {0} too")]
pub struct NameTaken(pub String);

/// There is no layout of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no layout {name}; there are {}", known.join(", "))]
pub struct NoSuchLayout {
    /// The name that was asked for.
    pub name: String,
    /// The names that there are.
    pub known: Vec<String>,
}

impl Default for Reader {
    fn default() -> Self {
        Self { vocabulary: Cow::Borrowed(Vocabulary::builtin()), own: Vec::new(), forced: None }
    }
}

impl Reader {
    /// Lays the words of a vocabulary file (see [`Vocabulary::extend`]) over those that are known.
    ///
    /// # Errors
    /// The first fault of the text.
    pub fn extend_vocabulary(&mut self, toml_text: &str) -> Result<(), Fault> {
        self.vocabulary.to_mut().extend(toml_text)
    }

    /// Adds a layout that a user has described.
    ///
    /// # Errors
    /// Another one has its name.
    pub fn add_layout(&mut self, layout: OwnLayout) -> Result<(), NameTaken> {
        if self.own.iter().any(|l| l.name() == layout.name()) {
            return Err(NameTaken(layout.name().to_owned()));
        }
        self.own.push(layout);
        Ok(())
    }

    /// The layouts that a user has described.
    pub fn own_layouts(&self) -> &[OwnLayout] {
        &self.own
    }

    /// Has one layout read every document; `generic` is the column grammar alone.
    ///
    /// # Errors
    /// The name is no layout's.
    pub fn force(&mut self, name: &str) -> Result<(), NoSuchLayout> {
        if layouts::by_name(name).is_none() && !self.own.iter().any(|l| l.name() == name) {
            let own = self.own.iter().map(|l| l.name().to_owned());
            let known = own.chain(LAYOUTS.iter().map(|l| l.name().to_owned())).collect();
            return Err(NoSuchLayout { name: name.to_owned(), known });
        }
        self.forced = Some(name.to_owned());
        Ok(())
    }

    /// Reads a document.
    pub fn parse(&self, text: &DocumentText) -> Statement {
        self.run(text, false).statement
    }

    /// Reads a document, and tells which layout claimed it, why, and what became of every line.
    pub fn explain(&self, text: &DocumentText) -> Explanation {
        self.run(text, true)
    }

    /// `told`: whether the reasons are wanted too.
    fn run(&self, text: &DocumentText, told: bool) -> Explanation {
        let mut pages = document_lines(text);
        fact_bars::apart(&mut pages, &self.vocabulary);
        table_bars::apart(&mut pages, &self.vocabulary);
        for page in &mut pages {
            help_columns::apart(page, &self.vocabulary);
            beside_table::part(page, &self.vocabulary);
            limits_beside::part(page);
        }
        labels_beneath::turn(&mut pages, &self.vocabulary);
        captioned_cards::lay_out(&mut pages, &self.vocabulary);
        run_on_pairs::lay_out(&mut pages, &self.vocabulary);
        let recognized: Vec<Recognition> = self.own.iter().map(|l| l.recognize(&pages)).collect();
        let claiming: Vec<&OwnLayout> = match &self.forced {
            Some(name) => self.own.iter().filter(|l| l.name() == name).collect(),
            None => self.own.iter().zip(&recognized).filter(|(_, r)| r.claims).map(|(l, _)| l).collect(),
        };
        let mut out = match claiming.as_slice() {
            [own] => read(self, text, &pages, Some(own), told),
            _ => read(self, text, &pages, None, told),
        };
        if claiming.len() > 1 {
            out.statement.tie = claiming.iter().map(|l| l.name().to_owned()).collect();
        }
        let own = self.own.iter().zip(recognized).map(|(l, r)| Claim {
            layout: l.name().to_owned(),
            own: true,
            score: if r.claims { Some(1.0) } else { None },
            reasons: r.reasons,
        });
        out.claims = own.chain(out.claims).collect();
        out
    }
}

fn read(reader: &Reader, text: &DocumentText, pages: &[PageLines], own: Option<&OwnLayout>, tell: bool) -> Explanation {
    let taught = own.map(|l| l.words(&reader.vocabulary));
    let vocabulary = taught.as_ref().unwrap_or(&reader.vocabulary);
    let described = own.and_then(|l| l.tables(pages, vocabulary));
    let mut tables = described.unwrap_or_else(|| read_tables(pages, vocabulary));
    let told = own.map(|l| l.rule(pages, &mut tables)).unwrap_or_default();
    let verdict = kind::verdict(pages);
    let mut kind = verdict.kind;
    if kind == DocKind::Other {
        kind = kind_of_columns::of_tables(&tables).or_else(|| kind_of_columns::of_blocks(pages, vocabulary)).unwrap_or(kind);
    }
    if kind == DocKind::Other && layouts::untabled_services(pages, vocabulary) {
        kind = DocKind::ItemizedBill;
    }
    let bill = matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill);
    let untold = own.is_none_or(|l| !l.describes_table());
    // lists that reckon by themselves need no columns
    let carded = || side_cards::read_reckoned(pages, vocabulary, &Setting::default()).is_some_and(|c| !c.rows.is_empty());
    let headless = if untold && bill && !tables.iter().any(|t| t.lines.iter().any(|l| l.role == Role::Anchor)) && !carded() {
        headless_tables(pages)
    } else {
        Vec::new()
    };
    if !headless.is_empty() {
        tables = headless;
    }
    let stated_kind = own.and_then(|l| l.kind);
    kind = stated_kind.unwrap_or(kind);
    let mut header = facts::header_with(pages, kind, vocabulary);
    for (field, cell) in own.map(|l| l.stated(pages)).unwrap_or_default() {
        header.cells.insert(field, vec![cell]);
    }
    let setting = Setting {
        anchor: stated_day(&header.cells).or_else(|| day_near(pages)),
        payer: stated_text(&header.cells, Field::Payer),
        eob: kind == DocKind::Eob,
    };
    let input = Input { text, pages, tables: &tables, kind, setting: &setting, vocabulary };
    let forced = reader.forced.as_deref().and_then(layouts::by_name);
    let (layout, tie) = forced.map_or_else(|| claim(&input), |l| (l, Vec::new()));
    let claims = if tell { Claim::of_builtin(&input) } else { Vec::new() };
    let (name, reading) = match own {
        Some(l) if l.describes_table() => (l.name(), column_grammar::read(&tables, &setting)),
        Some(l) => (l.name(), layouts::read_generic(&input)),
        None => {
            let reading = layout.read(&input);
            layout.header(&input, &reading, &mut header);
            kind = layout.kind().unwrap_or(kind);
            (layout.name(), reading)
        }
    };
    let tie: Vec<&str> = if own.is_some() { Vec::new() } else { tie };
    let TableReading { mut rows, mut totals, mut unparsed, columns, stated } = reading;
    for (field, cells) in stated {
        header.cells.entry(field).or_insert(cells);
    }
    unparsed.extend(own_facts::take_out(&mut rows, &mut totals));
    if bill {
        own_facts::take_numbers(&mut rows, &mut totals, &header.cells);
    }
    if bill {
        sums_outside_cards::take(&mut header.cells, pages, &rows, |rest| facts::header_with(rest, kind, vocabulary).cells);
    }
    subtracted::turn(&mut rows, &mut totals, agreement::recognised(pages));
    subtotals::take_out(&mut rows, &mut totals, agreement::recognised(pages));
    if bill {
        unparsed.extend(recaps::take_out(&mut rows, &mut totals, pages));
    }
    if bill {
        unparsed.extend(sums_of_accounts::take_out(&mut rows, &mut totals, &header.cells));
    }
    sums_above::claims_below(&rows, &mut totals);
    let stated = header.cells.get(&Field::TotalCharges).map_or(&[][..], Vec::as_slice);
    claims_listed::add(pages, (vocabulary, &setting), &header.claims, stated, (&mut rows, &mut totals));
    if bill {
        credit_lists::add(pages, &setting, &mut rows, &mut totals, &mut unparsed);
        credits_proven::add(pages, &setting, &header.cells, &mut rows);
        sums_above::turn(&rows, &mut totals);
        totals.extend(sums_in_boxes::reckoned(pages, &reader.vocabulary));
    }
    let lines = if tell { explain::lines(&tables, &told, &rows, &totals) } else { Vec::new() };
    if stated_kind.is_none() && matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill) && !rows.is_empty() {
        let coded = verdict.coded_rows > 0
            || rows.iter().any(|r| r.cells.contains_key(&Field::Code) || r.cells.contains_key(&Field::RevenueCode));
        let itemized = coded && !kind_of_columns::sums_departments(&rows);
        kind = if itemized { DocKind::ItemizedBill } else { DocKind::SummaryBill };
    }
    if agreement::recognised(pages) {
        legend::correct(&mut rows, pages);
        stray::descriptions(&mut rows);
        agreement::descriptions(&mut rows);
        torn::doubt(&mut rows, &mut totals);
        agreement::names(&mut header.cells, pages);
        for (field, cell) in header.claims.iter_mut().flat_map(|b| b.header.cells.iter_mut()) {
            if matches!(field, Field::Patient | Field::Provider) {
                agreement::name(*field, cell, pages);
            }
        }
        let mut of_claims = people::of_claims(header.claims.iter_mut().map(|b| &mut b.header));
        let mut patients = header.cells.remove(&Field::Patient).unwrap_or_default();
        people::agree(&mut patients, &mut of_claims, pages);
        if !patients.is_empty() {
            header.cells.insert(Field::Patient, patients);
        }
    }
    if kind == DocKind::Eob {
        closing_facts::take(&mut rows, setting.anchor);
        bare::take(&mut rows);
        codes_in_words::take(&mut rows);
        sum_before_services::take_out(&mut rows, &mut totals);
    }
    if bill {
        // the departments of a summary have no day of their own
        let told = header.only_day.as_ref().filter(|_| kind == DocKind::ItemizedBill);
        bracketed::take(&mut rows);
        codes_in_words::take_signs(&mut rows);
        one_day::give(&mut rows, pages, told, setting.anchor);
        one_day::give_of_head(&mut rows, &header.cells, &columns, pages);
    }
    if kind == DocKind::Eob {
        sums_in_rows::take_out(&mut header.cells, &rows, &totals);
    }
    let attached = attach(&header.claims, &mut rows, &mut totals);
    if kind == DocKind::Eob {
        one_day::give_of_claims(&mut rows, &attached);
        whose_rows::add_to_header(&mut header.cells, &mut rows);
        unparsed.extend(unread_headings(&header.claims, pages));
    }
    unparsed.extend(unread_rows(pages, &rows, &totals));
    if kind != DocKind::Eob {
        table_totals::part_mixed(&mut totals, &rows);
    }
    table_totals::complete(&mut header.cells, &totals, &rows, kind == DocKind::Eob, agreement::recognised(pages));
    unparsed.extend(unexplained::tell(pages, &header.cells, &mut rows, &totals));
    let codes: BTreeSet<String> = rows.iter().flat_map(codes_of).collect();
    let notes = letters::notes(pages, &codes);
    let mut facts = letters::facts(pages, kind);
    facts.extend(circumstances::facts(pages, kind));
    let statement = Statement {
        layout: name.to_owned(),
        kind,
        header: header.cells,
        claims: attached,
        rows,
        totals,
        notes,
        facts,
        unparsed,
        columns: columns.into_iter().collect::<BTreeSet<_>>(),
        tie: tie.into_iter().map(str::to_owned).collect(),
    };
    Explanation { statement, evidence: verdict.evidence, claims, lines }
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

fn stated_day(cells: &BTreeMap<Field, Vec<Cell>>) -> Option<Date> {
    cells.get(&Field::StatementDate).and_then(|c| c.first()).and_then(facts::day_of)
}

fn stated_text(cells: &BTreeMap<Field, Vec<Cell>>, field: Field) -> Option<String> {
    match cells.get(&field).and_then(|c| c.first()).map(|c| &c.value) {
        Some(Value::Text(t)) => Some(t.clone()),
        _ => None,
    }
}
