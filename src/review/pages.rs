//! What the pages show, and how they are set.

use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior, context};
use serde::Serialize;

use crate::corrections::{header_cell, line_cell};
use crate::finished::CasePapers;
use crate::record::{Document, ServiceLine};
use crate::report::place;
use crate::report::{file_names, folder, picture, words};
use crate::rules::{self, Finding};

/// Columns of a row in the form, those that rules look at.
const ROW: &[&str] = &[
    "service_date",
    "service_date_to",
    "revenue_code",
    "code",
    "modifiers",
    "description",
    "units",
    "charge",
    "allowed",
    "plan_discount",
    "not_covered",
    "deductible",
    "copay",
    "coinsurance",
    "plan_paid",
    "other_paid",
    "patient_paid",
    "patient_responsibility",
    "remark_codes",
    "adjustments",
];
/// Columns of a header in the form.
const HEADER: &[&str] = &[
    "patient",
    "provider",
    "account_no",
    "claim_no",
    "statement_date",
    "service_from",
    "service_to",
    "admitted",
    "discharged",
    "total_charges",
    "total_discount",
    "total_plan_paid",
    "total_patient_paid",
    "balance_due",
    "patient_responsibility",
];
/// A column whose cells are all blank stands folded away.
const SELDOM: &[&str] = &["service_date_to", "other_paid", "patient_paid", "adjustments", "remark_codes", "not_covered"];

/// The templates.
pub struct Pages(Environment<'static>);

/// A finding in the list.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    flag_id: String,
    case_id: String,
    rule: String,
    severity: &'static str,
    what: String,
    amount: Option<String>,
    verdict: &'static str,
    note: String,
}

/// One cell of a form.
#[derive(Debug, Clone, Serialize)]
struct Input {
    column: &'static str,
    label: String,
    value: String,
}

/// A row or a header as a form.
#[derive(Debug, Clone, Serialize)]
struct Form {
    title: String,
    path: String,
    line_no: Option<u32>,
    confidence: String,
    shown: Vec<Input>,
    folded: Vec<Input>,
}

/// A cut of a page.
#[derive(Debug, Clone, Serialize)]
struct Shown {
    file: Option<String>,
    title: String,
}

/// A finding by itself.
#[derive(Debug, Clone, Serialize)]
pub struct Detail {
    item: Item,
    patient: String,
    explanation: String,
    next_step: String,
    could_be_right: String,
    deadline: Option<String>,
    confidence: Option<String>,
    pictures: Vec<Shown>,
    forms: Vec<Form>,
    previous: Option<String>,
    next: Option<String>,
    number: usize,
    of: usize,
    open: usize,
    said: Option<String>,
}

impl Pages {
    /// Loads the templates; an error is a fault of billproof's own.
    pub fn new() -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_template("frame.html", include_str!("templates/frame.html"))?;
        environment.add_template("list.html", include_str!("templates/list.html"))?;
        environment.add_template("finding.html", include_str!("templates/finding.html"))?;
        Ok(Self(environment))
    }

    /// All findings.
    pub fn list(&self, cases: &[CasePapers], said: Option<&str>) -> Result<String, Error> {
        let items = items(cases);
        let open = items.iter().filter(|i| i.verdict.is_empty()).count();
        let next = items.iter().find(|i| i.verdict.is_empty()).map(|i| i.flag_id.clone());
        self.0.get_template("list.html")?.render(context! { items => Serde(&items), open, next, said })
    }

    /// One finding; `None` if there is none of that id.
    pub fn finding(&self, cases: &[CasePapers], flag_id: &str, out: &Path, said: Option<&str>) -> Result<Option<String>, Error> {
        match detail(cases, flag_id, out, said) {
            Some(detail) => self.0.get_template("finding.html")?.render(context! { f => Serde(&detail) }).map(Some),
            None => Ok(None),
        }
    }
}

/// The findings of all cases in the order in which they are gone through.
pub fn items(cases: &[CasePapers]) -> Vec<Item> {
    cases.iter().flat_map(|c| c.judged.findings.iter().map(item)).collect()
}

/// The first finding after this one that is not decided, else the first of all.
pub fn next_open(cases: &[CasePapers], flag_id: &str) -> Option<String> {
    let items = items(cases);
    let at = items.iter().position(|i| i.flag_id == flag_id).map_or(0, |i| i + 1);
    let open = |i: &&Item| i.verdict.is_empty();
    items[at..].iter().find(open).or_else(|| items[..at].iter().find(open)).map(|i| i.flag_id.clone())
}

fn item(f: &Finding) -> Item {
    let line = f.line_no.map(|n| format!(", line {n}")).unwrap_or_default();
    let code = f.code.as_ref().map(|c| format!(", {c}")).unwrap_or_default();
    Item {
        flag_id: f.flag_id.clone(),
        case_id: f.case_id.clone(),
        rule: f.rule.to_owned(),
        severity: f.severity.as_str(),
        what: format!("{}{line}{code}", f.path),
        amount: f.amount_at_issue.map(|m| m.to_string()),
        verdict: f.decision.as_ref().map_or("", |d| d.verdict.as_str()),
        note: f.decision.as_ref().map(|d| d.note.clone()).unwrap_or_default(),
    }
}

fn detail(cases: &[CasePapers], flag_id: &str, out: &Path, said: Option<&str>) -> Option<Detail> {
    let items = items(cases);
    let at = items.iter().position(|i| i.flag_id == flag_id)?;
    let (case, f) = cases.iter().find_map(|c| Some((c, c.judged.findings.iter().find(|f| f.flag_id == flag_id)?)))?;
    let id_of = |i: usize| items.get(i).map(|i| i.flag_id.clone());
    Some(Detail {
        item: items[at].clone(),
        patient: case.judged.summary.patient.clone(),
        explanation: f.explanation.clone(),
        next_step: f.next_step.clone(),
        could_be_right: rules::rule(f.rule).and_then(|r| words::section(r, "Could be right if")).unwrap_or_default(),
        deadline: f.deadline.map(|d| d.to_string()),
        confidence: (f.confidence < 1.0).then(|| format!("{:.2}", f.confidence)),
        pictures: pictures(case, f, out),
        forms: forms(case, f),
        previous: at.checked_sub(1).and_then(id_of),
        next: id_of(at + 1),
        number: at + 1,
        of: items.len(),
        open: items.iter().filter(|i| i.verdict.is_empty()).count(),
        said: said.map(str::to_owned),
    })
}

/// The pictures of the evidence report.
fn pictures(case: &CasePapers, f: &Finding, out: &Path) -> Vec<Shown> {
    let stored = |name: &str| {
        let files = picture::EXTENSIONS.iter().map(|e| format!("{name}.{e}"));
        files.into_iter().find(|file| out.join(folder::FOLDER).join(file_names::PICTURES).join(file).is_file())
    };
    let shown = |p: place::Place| Shown { file: stored(&p.picture), title: format!("{}, page {}", p.path, p.page) };
    place::of_finding(case, f).into_iter().map(shown).collect()
}

fn forms(case: &CasePapers, f: &Finding) -> Vec<Form> {
    let own = (Some(f.path.as_str()), f.line_no);
    let other = (f.evidence_path.as_deref(), f.evidence_line_no);
    let mut forms: Vec<Form> = Vec::new();
    for (path, line_no) in [own, other] {
        let Some(document) = path.and_then(|p| case.document(p)) else { continue };
        if forms.iter().any(|done| done.path == document.path && done.line_no == line_no) {
            continue;
        }
        match line_no {
            Some(n) => forms.extend(case.line(&document.path, n).map(|l| row_form(document, l))),
            None => forms.push(header_form(document)),
        }
    }
    forms
}

fn row_form(d: &Document, l: &ServiceLine) -> Form {
    let (folded, shown) = inputs(ROW, |column| line_cell(l, column));
    let title = format!("Line {} of {}, page {}", l.line_no, d.path, l.page);
    Form {
        title,
        path: d.path.clone(),
        line_no: Some(l.line_no),
        confidence: format!("{:.2}", l.figures_confidence),
        shown,
        folded,
    }
}

fn header_form(d: &Document) -> Form {
    let (folded, shown) = inputs(HEADER, |column| header_cell(d, column));
    let title = format!("Totals and heading of {}", d.path);
    Form { title, path: d.path.clone(), line_no: None, confidence: format!("{:.2}", d.figures_confidence), shown, folded }
}

fn inputs(columns: &'static [&'static str], cell: impl Fn(&str) -> String) -> (Vec<Input>, Vec<Input>) {
    let all = columns.iter().map(|column| Input { column, label: column.replace('_', " "), value: cell(column) });
    all.partition(|i| i.value.is_empty() && SELDOM.contains(&i.column))
}
