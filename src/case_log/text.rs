//! The log and the check of a letter as tables.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use jiff::civil::Date;

use super::{Entry, EntryKind, TermCheck, overall, reminders};

/// Width of the text where there is no terminal.
const WIDTH: u16 = 100;

/// Writes a case's entries and what is open of them.
pub fn write_log(to: &mut dyn Write, entries: &[Entry], today: Date) -> io::Result<()> {
    if entries.is_empty() {
        return writeln!(to, "Nothing is logged yet.");
    }
    let mut table = table();
    table.set_header(["", "date", "what", "with", "note"]);
    for e in entries {
        table.add_row([e.entry.to_string(), e.date.to_string(), what(e), e.with.clone(), said(e)]);
    }
    writeln!(to, "{table}")?;
    for r in reminders(entries) {
        let late = if r.is_overdue(today) { "overdue" } else { "open" };
        let by = r.date.map(|d| format!(" by {d}")).unwrap_or_default();
        let with = if r.with.is_empty() { String::new() } else { format!(", {}", r.with) };
        writeln!(to, "{late}: {} (entry {}){by}{with}: {}", r.kind.as_str(), r.entry, r.what)?;
    }
    Ok(())
}

fn what(e: &Entry) -> String {
    match e.of {
        Some(of) => format!("{} of {of}", e.kind.as_str()),
        None => e.kind.as_str().to_owned(),
    }
}

fn said(e: &Entry) -> String {
    let t = &e.terms;
    let mut parts = Vec::new();
    if e.kind == EntryKind::Agreement {
        parts.extend(t.amount.map(|m| m.to_string()));
        parts.extend(t.monthly.map(|m| format!("{m} a month")));
        parts.extend(t.payments.map(|n| format!("{n} payments")));
        parts.extend(
            t.interest.map(|i| if i.is_zero() { "no interest".to_owned() } else { format!("{} % interest", i.normalize()) }),
        );
        if t.no_collections {
            parts.push("no collection".to_owned());
        }
        if !t.account_no.is_empty() {
            parts.push(format!("account {}", t.account_no));
        }
    }
    parts.extend(t.due.map(|d| format!("due {d}")));
    parts.extend([&e.note, &e.file, &e.result].into_iter().filter(|s| !s.is_empty()).cloned());
    parts.join("; ")
}

/// Writes what the letter says of each term.
pub fn write_checks(to: &mut dyn Write, checks: &[TermCheck]) -> io::Result<()> {
    let mut table = table();
    table.set_header(["term", "", "agreed", "letter"]);
    for c in checks {
        table.add_row([c.term.as_str(), c.outcome.as_str(), &c.agreed, &c.letter]);
    }
    writeln!(to, "{table}\nThe letter as a whole: {}", overall(checks).as_str())
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(WIDTH);
    }
    table
}
