//! `--redact`: a run's results with the people taken out, for sharing.
//!
//! Names of patients become `Patient 1`, member, account and claim numbers `account-1` and so on, the same person and the
//! same number the same everywhere; files and cases lose their names, because they are named for people. What a paper says
//! in words is left out, descriptions and explanations lose the names and every long number. Amounts, codes, dates and the
//! names of providers and payers stay, or nothing could be shown: what remains is a limited data set in the sense of
//! 45 CFR 164.514(e), not an anonymous one under 164.514(b).
//!
//! The results are masked after they have been judged, so that a run finds the same with and without it.

pub mod picture;
mod secrets;

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cases::Case;
use crate::export::run_json::RunReport;
use crate::ledger::Reconciled;
use crate::record::CheckKind;
use crate::rules::Finding;
use secrets::Secrets;

/// In the place of what was left out.
pub const LEFT_OUT: &str = "[redacted]";

/// What the text of a field may hold, by the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// A patient's name.
    Person,
    /// A member number.
    Member,
    /// A provider's account number.
    Account,
    /// A plan's claim number.
    Claim,
    /// The path of a paper.
    Paper,
    /// The id of a case.
    Case,
    /// The id of a finding: a hash over names.
    Flag,
    /// Words that a person or a paper said; left out as a whole.
    Words,
    /// Words of billproof's own or of a service, among which names may stand.
    Text,
    /// A path on this machine, of which the last part may stay.
    Place,
    /// What leads back to the papers; emptied.
    Trace,
    /// Nothing personal by itself.
    Other,
}

/// Which it is; inside of `around` where the name itself says nothing.
fn holds(field: &str, around: Holds) -> Holds {
    match field {
        "patient" | "name" => Holds::Person,
        "member_id" => Holds::Member,
        "account_no" => Holds::Account,
        "claim_no" => Holds::Claim,
        "path" | "evidence_path" | "eobs" | "paper" => Holds::Paper,
        "case_id" | "failed_cases" => Holds::Case,
        "flag_id" => Holds::Flag,
        "text" | "note" | "by" | "inputs" | "unreadable" | "unfit_corrections" => Holds::Words,
        "description" | "message" | "reason" | "explanation" | "next_step" | "notes" | "error" | "from" | "to" => Holds::Text,
        "dir" | "store" | "file" | "vocabulary" | "layouts" | "loaded" | "reference" => Holds::Place,
        "sha256" | "working_dir" => Holds::Trace,
        _ => around,
    }
}

/// Masks every text in a value by the field that it stands in.
fn mask(value: &mut Value, what: Holds, secrets: &Secrets) {
    match value {
        Value::String(text) => *text = masked(text, what, secrets),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, what, secrets)),
        Value::Object(fields) => {
            // Under `notes` and the like the name of a field is a code.
            let around = if matches!(what, Holds::Text | Holds::Words | Holds::Place) { what } else { Holds::Other };
            fields.iter_mut().for_each(|(name, field)| mask(field, holds(name, around), secrets));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn masked(text: &str, what: Holds, secrets: &Secrets) -> String {
    if text.is_empty() {
        return String::new();
    }
    match what {
        Holds::Person => secrets.person(text),
        Holds::Member => secrets.member(text),
        Holds::Account => secrets.account(text),
        Holds::Claim => secrets.claim(text),
        Holds::Paper => secrets.paper(text),
        Holds::Case => secrets.case(text),
        Holds::Flag => secrets.flag(text),
        // A step's `by` is a day, a repair's equations, a decision's a person.
        Holds::Words if text.parse::<Date>().is_ok() || is_check(text) => text.to_owned(),
        Holds::Words => LEFT_OUT.to_owned(),
        Holds::Text => secrets.scrubbed(text),
        Holds::Place => Path::new(text).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        Holds::Trace => String::new(),
        Holds::Other => secrets.known_taken_out(text),
    }
}

fn is_check(text: &str) -> bool {
    serde_json::from_value::<CheckKind>(Value::String(text.to_owned())).is_ok()
}

fn through<T: Serialize + DeserializeOwned>(plain: &T, secrets: &Secrets) -> serde_json::Result<T> {
    let mut value = serde_json::to_value(plain)?;
    mask(&mut value, Holds::Other, secrets);
    serde_json::from_value(value)
}

/// A finding keeps where it stands in its case, which is not written.
fn finding(plain: &Finding, secrets: &Secrets) -> serde_json::Result<Finding> {
    Ok(Finding { doc: plain.doc, at: plain.at, weighed_from: plain.weighed_from, ..through(plain, secrets)? })
}

/// Masks the results of a run; what each paper is called now, by its path. On an error nothing may be written: some results may
/// still be as they were.
pub fn redact(
    cases: &mut [Case],
    reconciled: &mut [Reconciled],
    report: &mut RunReport,
) -> serde_json::Result<HashMap<String, String>> {
    let mut secrets = Secrets::of(cases, reconciled, report);
    let at: HashMap<String, usize> = cases.iter().enumerate().map(|(i, c)| (c.case_id.clone(), i)).collect();
    for result in reconciled {
        secrets.look_at(at.get(&result.row.case_id).map(|i| &cases[*i]));
        // By name, so that whatever is added to a result is thought of here.
        let Reconciled { findings, matching: _, accounts, road, row } = result;
        *findings = findings.iter().map(|f| finding(f, &secrets)).collect::<Result<_, _>>()?;
        *accounts = through(accounts, &secrets)?;
        *road = through(road, &secrets)?;
        *row = through(row, &secrets)?;
    }
    for case in cases {
        secrets.look_at(Some(case));
        let Case { case_id, documents, file, folder } = case;
        *documents = documents.iter().map(|d| through(d, &secrets)).collect::<Result<_, _>>()?;
        *file = through(file, &secrets)?;
        *case_id = secrets.case(case_id);
        *folder = folder.as_ref().map(|_| case_id.clone());
    }
    secrets.look_at(None);
    *report = through(report, &secrets)?;
    Ok(secrets.into_papers())
}

#[cfg(test)]
mod tests;
