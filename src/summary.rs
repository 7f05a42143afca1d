//! What a run ends with on the terminal: a table of its cases, and what was read and could not be read.

use std::collections::BTreeMap;
use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use jiff::civil::Date;

use crate::case_log::reminders;
use crate::ledger::{CaseRow, Reconciled};
use crate::pipeline::Outcome;
use crate::record::Status;

/// Cases and unread files that are listed; the files in the output folder have them all.
const LISTED: usize = 20;

/// In a terminal narrower than this, cells would be broken letter by letter.
const NARROW: u16 = 70;

/// The summary of a run; `today` decides what of the cases' logs is overdue.
pub fn of(outcome: &Outcome, today: Date) -> String {
    let mut text = String::new();
    let cases = most_disputed(&outcome.reconciled);
    if !cases.is_empty() {
        let _ = writeln!(text, "{}", table(&cases));
        if outcome.reconciled.len() > cases.len() {
            let _ = writeln!(text, "and {} more in cases.csv", outcome.reconciled.len() - cases.len());
        }
    }
    for line in listed_reminders(outcome, today) {
        let _ = writeln!(text, "{line}");
    }
    let unread: Vec<String> = unread(outcome).collect();
    for line in unread.iter().take(LISTED) {
        let _ = writeln!(text, "{line}");
    }
    if unread.len() > LISTED {
        let _ = writeln!(text, "and {} more in documents.csv", unread.len() - LISTED);
    }
    let counts = &outcome.report.counts;
    let documents: usize = counts.documents.values().sum();
    let findings: usize = counts.flags.values().sum();
    let _ = write!(
        text,
        "{} read{}, {}, {}, {}, {}{}",
        some(documents, "document"),
        listed(&counts.documents),
        some(usize::try_from(counts.pages).unwrap_or(usize::MAX), "page"),
        some(counts.lines, "line"),
        some(counts.cases, "case"),
        some(findings, "finding"),
        listed(&counts.flags),
    );
    text
}

/// The cases with the most money in dispute, then those with the most findings.
fn most_disputed(reconciled: &[Reconciled]) -> Vec<&Reconciled> {
    let mut cases: Vec<&Reconciled> = reconciled.iter().collect();
    cases.sort_by_key(|r| std::cmp::Reverse((r.row.amount_disputed, r.findings.len())));
    cases.truncate(LISTED);
    cases
}

fn table(cases: &[&Reconciled]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_some_and(|width| width < NARROW) {
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    table.set_header(["case", "billed", "disputed", "supported", "findings", "next step", "by"]);
    table.add_rows(cases.iter().map(|r| row(&r.row)));
    for column in table.column_iter_mut().skip(1).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn row(case: &CaseRow) -> Vec<String> {
    vec![
        case.case_id.clone(),
        case.billed_balance.to_string(),
        case.amount_disputed.to_string(),
        case.balance_supported.to_string(),
        case.flags.to_string(),
        case.next_step.as_str().to_owned(),
        case.next_deadline.map(|d| d.to_string()).unwrap_or_default(),
    ]
}

/// What is overdue by the cases' logs; the rest stands in deadlines.csv.
fn listed_reminders(outcome: &Outcome, today: Date) -> Vec<String> {
    let mut lines = Vec::new();
    for (case_id, entries) in &outcome.logs.entries {
        for r in reminders(entries).iter().filter(|r| r.is_overdue(today)) {
            let by = r.date.map(|d| format!(" by {d}")).unwrap_or_default();
            let with = if r.with.is_empty() { String::new() } else { format!(", {}", r.with) };
            lines.push(format!("{case_id}: overdue {}{by}{with}: {}", r.kind.as_str(), r.what));
        }
    }
    let more = lines.len().saturating_sub(LISTED);
    lines.truncate(LISTED);
    if more > 0 {
        lines.push(format!("and {more} more overdue; billproof log CASE shows them"));
    }
    lines.extend(outcome.logs.problems.iter().take(LISTED).map(|p| format!("not read: {p}")));
    lines
}

/// What a person should look at: files not read or not in full, case.toml files not used, cases that broke off.
fn unread(outcome: &Outcome) -> impl Iterator<Item = String> {
    let documents = outcome.documents().filter_map(|d| match d.status {
        Status::Failed => Some(format!("{}: failed: {}", d.path, d.message)),
        Status::Partial => Some(format!("{}: read in part: {}", d.path, d.message)),
        Status::Ok | Status::Duplicate => None,
    });
    let files = outcome.report.case_file_errors.iter().map(|p| format!("{}: not used: {}", p.path, p.error));
    let cases = outcome.report.failed_cases.iter().map(|id| format!("{id}: the comparison broke off; please report this"));
    documents.chain(files).chain(cases)
}

/// ` (3 error, 1 review)`; nothing where there is nothing.
fn listed(counts: &BTreeMap<String, usize>) -> String {
    let parts: Vec<String> = counts.iter().map(|(name, n)| format!("{n} {name}")).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

fn some(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_people_write_them() {
        assert_eq!(some(1, "page"), "1 page");
        assert_eq!(some(0, "page"), "0 pages");
        assert_eq!(listed(&BTreeMap::from([("ok".to_owned(), 2), ("failed".to_owned(), 1)])), " (1 failed, 2 ok)");
        assert_eq!(listed(&BTreeMap::new()), "");
    }
}
