//! What happened when: dates of service, statements, notices, and the days by which to act.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::words::{day, usd};
use crate::finished::CasePapers;
use crate::record::{DocKind, Document, Status};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Event {
    /// `2025-03-09`.
    pub date: String,
    /// `March 9, 2025`.
    pub day: String,
    /// Whether it is a day by which to act.
    pub is_deadline: bool,
    /// What happened, or is to be done.
    pub what: String,
}

/// The entries in order of date.
pub fn events(case: &CasePapers) -> Vec<Event> {
    let mut out = Vec::new();
    for d in case.documents.iter().filter(|d| matches!(d.status, Status::Ok | Status::Partial)) {
        out.extend(of_document(d));
    }
    out.extend(deadlines(case));
    out.sort();
    out.dedup();
    out
}

fn event(date: Date, is_deadline: bool, what: String) -> Event {
    Event { date: date.to_string(), day: day(date), is_deadline, what }
}

fn of_document(d: &Document) -> Vec<Event> {
    let provider = d.provider.first().map_or("the provider", String::as_str);
    let payer = d.payer.as_deref().unwrap_or("the insurer");
    let mut out = Vec::new();
    if d.is_bill() {
        let dates = d.services().filter_map(|l| Some((l.service_date?, l.last_date()?)));
        let stated = d.service_from.map(|from| (from, d.service_to.unwrap_or(from)));
        let span = dates.chain(stated).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        if let Some((from, to)) = span {
            let until = if to > from { format!(", until {}", day(to)) } else { String::new() };
            out.push(event(from, false, format!("Services by {provider}{until}")));
        }
    }
    let Some(date) = d.statement_date else { return out };
    let asks = d.balance_due.map(|m| format!(" asks for {}", usd(m))).unwrap_or_default();
    let what = match d.kind {
        DocKind::ItemizedBill | DocKind::SummaryBill => format!("Bill of {provider}{asks}"),
        DocKind::Eob => {
            let share = d.patient_responsibility.map(|m| format!(" puts the patient's share at {}", usd(m))).unwrap_or_default();
            format!("Explanation of benefits of {payer}{share}")
        }
        DocKind::DenialLetter => format!("Denial letter of {payer}"),
        DocKind::CollectionNotice => format!("Collection notice{asks}"),
        DocKind::Receipt => "Receipt".to_owned(),
        DocKind::Estimate => format!("Good-faith estimate of {provider}"),
        DocKind::Other => return out,
    };
    out.push(event(date, false, what));
    out
}

/// The days by which to act, with what is to be done.
fn deadlines(case: &CasePapers) -> Vec<Event> {
    let mut by_date: BTreeMap<Date, Vec<&str>> = BTreeMap::new();
    for f in case.judged.findings.iter().filter(|f| f.is_open()) {
        let steps = f.deadline.map(|d| by_date.entry(d).or_default());
        if let Some(steps) = steps.filter(|s| !s.contains(&f.next_step.as_str())) {
            steps.push(&f.next_step);
        }
    }
    by_date.into_iter().flat_map(|(date, steps)| steps.into_iter().map(move |s| event(date, true, s.to_owned()))).collect()
}
