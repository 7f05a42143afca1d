//! Every day by which something has to be done, over all cases: of findings, of the road, of promises and agreements.
//!
//! What is overdue stays. Nothing here depends on the day on which it runs.

mod calendar;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::case_log::{Entry, ReminderKind, reminders};
use crate::cases::Case;
use crate::export::cells::optional;
use crate::export::csv::CsvRow;
use crate::ledger::{NextStep, Reconciled, RoadState};
use crate::record::Document;
use crate::rules::{Finding, Table, flag_id, rule};

pub use calendar::{FILE_NAME as CALENDAR_NAME, write_calendar};

/// Name of the CSV file in the output folder.
pub const FILE_NAME: &str = "deadlines.csv";

/// One day by which something has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The case.
    pub case_id: String,
    /// Its patient.
    pub patient: String,
    /// The last day.
    pub date: Date,
    /// The finding's rule, the step of the road, `promise`, `not-in-writing` or `payment`.
    pub kind: String,
    /// What to do.
    pub what: String,
    /// With whom.
    pub with: String,
    /// The finding; empty where none stands behind it.
    pub flag_id: String,
    /// Stable from run to run.
    pub uid: String,
}

impl CsvRow for &Deadline {
    const COLUMNS: &'static [&'static str] = &["case_id", "patient", "date", "kind", "what", "with", "flag_id"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.case_id.clone(),
            self.patient.clone(),
            optional(Some(&self.date)),
            self.kind.clone(),
            self.what.clone(),
            self.with.clone(),
            self.flag_id.clone(),
        ]
    }
}

/// The deadlines of all cases in order of date. `logs`: the entries of each case by its id.
pub fn deadlines(cases: &[Case], reconciled: &[Reconciled], logs: &BTreeMap<String, Vec<Entry>>) -> Vec<Deadline> {
    let mut out = Vec::new();
    for r in reconciled {
        let documents = cases.iter().find(|c| c.case_id == r.row.case_id).map_or(&[][..], |c| &c.documents);
        let entries = logs.get(&r.row.case_id).map_or(&[][..], Vec::as_slice);
        out.extend(of_case(r, documents, entries));
    }
    out.sort_by(|a, b| (a.date, &a.case_id, &a.kind, &a.uid).cmp(&(b.date, &b.case_id, &b.kind, &b.uid)));
    out
}

fn of_case(r: &Reconciled, documents: &[Document], entries: &[Entry]) -> Vec<Deadline> {
    let blank = |date: Date, kind: &str| Deadline {
        case_id: r.row.case_id.clone(),
        patient: r.row.patient.clone(),
        date,
        kind: kind.to_owned(),
        what: String::new(),
        with: String::new(),
        flag_id: String::new(),
        uid: String::new(),
    };
    let mut out = Vec::new();
    for f in r.findings.iter().filter(|f| f.is_open()) {
        let Some(date) = f.deadline else { continue };
        let with = with_whom(f, documents);
        let (flag_id, uid) = (f.flag_id.clone(), f.flag_id.clone());
        out.push(Deadline { what: f.next_step.clone(), with, flag_id, uid, ..blank(date, f.rule) });
    }
    // What is called for has a finding with its deadline; only what may turn out so has none.
    for step in r.road.iter().filter(|s| s.state == RoadState::Maybe) {
        let Some(date) = step.by else { continue };
        let uid = uid_of(&r.row.case_id, step.step.as_str(), "");
        let with = if step.step == NextStep::ApplyForAssistance { provider_of_case(documents) } else { String::new() };
        out.push(Deadline { what: step.reason.clone(), with, uid, ..blank(date, step.step.as_str()) });
    }
    for reminder in reminders(entries) {
        let Some(date) = reminder.date else { continue };
        let kind = reminder.kind.as_str();
        let what = if reminder.kind == ReminderKind::Promise { format!("Promised: {}", reminder.what) } else { reminder.what };
        let uid = uid_of(&r.row.case_id, kind, &reminder.entry.to_string());
        out.push(Deadline { what, with: reminder.with, uid, ..blank(date, kind) });
    }
    out
}

/// Who has to be written to: the plan for what stands on its paper, else the provider.
fn with_whom(f: &Finding, documents: &[Document]) -> String {
    let on = documents.iter().find(|d| d.path == f.path);
    let payer =
        on.filter(|d| !d.is_bill() && rule(f.rule).is_some_and(|r| r.table == Table::Rights)).and_then(|d| d.payer.clone());
    payer.or_else(|| on.and_then(|d| d.provider.first().cloned())).unwrap_or_default()
}

fn provider_of_case(documents: &[Document]) -> String {
    documents.iter().filter(|d| d.is_bill()).find_map(|d| d.provider.first().cloned()).unwrap_or_default()
}

/// Twelve hex digits, as the ids of findings have.
fn uid_of(case_id: &str, kind: &str, entry: &str) -> String {
    flag_id(case_id, kind, entry, None)
}

#[cfg(test)]
mod tests;
