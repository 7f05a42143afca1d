//! What the page of all cases shows.

use jiff::civil::Date;
use serde::Serialize;

use super::charts::{Chart, charts};
use super::file_names;
use super::words::{self, day, usd};
use crate::export::run_json::RunReport;
use crate::finished::CasePapers;
use crate::ledger::NextStep;
use crate::record::{Money, Status};
use crate::rules::Severity;

/// The page of all cases.
#[derive(Debug, Clone, Serialize)]
pub struct IndexPage {
    /// One row for each case, those with most money in dispute first.
    pub rows: Vec<CaseLine>,
    /// What all bills ask for.
    pub asked: String,
    /// What is in dispute of it.
    pub disputed: String,
    /// What the papers support.
    pub supported: String,
    /// Open findings.
    pub findings: usize,
    /// Documents.
    pub documents: usize,
    /// The nearest deadline, its case and page.
    pub deadline: Option<(String, String, String)>,
    /// The steps that occur, for the filter.
    pub steps: Vec<&'static str>,
    /// The charts.
    pub charts: Vec<Chart>,
    /// What was not read, or could not be compared.
    pub problems: Vec<String>,
}

/// A case in the table.
#[derive(Debug, Clone, Serialize)]
pub struct CaseLine {
    /// Its page.
    pub page: String,
    /// Its id.
    pub case_id: String,
    /// Its patient.
    pub patient: String,
    /// The providers of its bills.
    pub providers: String,
    /// What its bills ask for, for people and for sorting.
    pub asked: (String, String),
    /// What is in dispute.
    pub disputed: (String, String),
    /// What is supported.
    pub supported: (String, String),
    /// Open findings: how many, and how many of each severity in words.
    pub findings: (usize, String),
    /// What to do first, and its place in the order.
    pub step: (&'static str, u8),
    /// The nearest deadline, for people and for sorting.
    pub deadline: Option<(String, String)>,
}

/// What the page of all cases shows.
pub fn of(cases: &[CasePapers], run: &RunReport) -> IndexPage {
    let mut order: Vec<&CasePapers> = cases.iter().collect();
    order.sort_by_key(|c| std::cmp::Reverse(c.judged.summary.amount_disputed));
    let sum = |get: fn(&CasePapers) -> Money| usd(cases.iter().map(get).sum());
    let nearest = cases.iter().filter_map(|c| Some((c.judged.summary.next_deadline?, c))).min_by_key(|(d, _)| *d);
    let mut steps: Vec<NextStep> = cases.iter().map(|c| c.judged.summary.next_step).collect();
    steps.sort_unstable();
    steps.dedup();
    IndexPage {
        rows: order.into_iter().map(line).collect(),
        asked: sum(|c| c.judged.summary.billed_balance),
        disputed: sum(|c| c.judged.summary.amount_disputed),
        supported: sum(|c| c.judged.summary.balance_supported),
        findings: cases.iter().map(|c| c.judged.summary.flags).sum(),
        documents: cases.iter().map(|c| c.documents.len()).sum(),
        deadline: nearest.map(|(d, c)| {
            let id = &c.judged.summary.case_id;
            (day(d), id.clone(), file_names::case_page(id))
        }),
        steps: steps.into_iter().map(words::step).collect(),
        charts: charts(cases),
        problems: problems(cases, run),
    }
}

fn line(case: &CasePapers) -> CaseLine {
    let s = &case.judged.summary;
    let mut providers: Vec<&str> = case.judged.accounts.iter().map(|a| a.provider.as_str()).filter(|p| !p.is_empty()).collect();
    providers.dedup();
    let both = |m: Money| (usd(m), m.to_string());
    let date = |d: Date| (day(d), d.to_string());
    CaseLine {
        page: file_names::case_page(&s.case_id),
        case_id: s.case_id.clone(),
        patient: s.patient.clone(),
        providers: providers.join(", "),
        asked: both(s.billed_balance),
        disputed: both(s.amount_disputed),
        supported: both(s.balance_supported),
        findings: (s.flags, by_severity(case)),
        step: (words::step(s.next_step), s.next_step as u8),
        deadline: s.next_deadline.map(date),
    }
}

/// `2 error, 1 to check`.
fn by_severity(case: &CasePapers) -> String {
    let count = |s: Severity| case.judged.findings.iter().filter(|f| f.is_open() && f.severity == s).count();
    let all = [Severity::Error, Severity::Likely, Severity::Review, Severity::Info].map(|s| (count(s), s));
    let said: Vec<String> =
        all.into_iter().filter(|(n, _)| *n > 0).map(|(n, s)| format!("{n} {}", words::severity(s).0.to_lowercase())).collect();
    said.join(", ")
}

fn problems(cases: &[CasePapers], run: &RunReport) -> Vec<String> {
    let documents = cases.iter().flat_map(|c| &c.documents).filter_map(|d| match d.status {
        Status::Failed => Some(format!("{}: not readable: {}", d.path, d.message)),
        Status::Partial => Some(format!("{}: read in part: {}", d.path, d.message)),
        Status::Ok | Status::Duplicate => None,
    });
    let files = run.case_file_errors.iter().map(|p| format!("{}: not used: {}", p.path, p.error));
    let broken = run.failed_cases.iter().map(|id| format!("{id}: the comparison broke off; this case has no page"));
    documents.chain(files).chain(broken).collect()
}
