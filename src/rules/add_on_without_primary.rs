//! An add-on service is charged without the service it is added to.
//!
//! # What it does
//! Looks for codes that Medicare pays only beside a primary code, on days on which no paper shows one of these.
//!
//! # Why
//! An add-on prices the further work of a service that is done anyway. Standing alone it is a coding error or a charge for
//! something that was not done, and plans refuse it.
//!
//! # When it fires
//! The CMS add-on code table is loaded and lists the primaries of the code (type 1 or 3; those of type 2 are the
//! contractor's), none of them stands on any bill or EOB of the patient within a day of the line, every line of the provider
//! on that date has a code, and no row was left unread. `likely` on a practitioner's bill for a type 1 code where an EOB of the
//! provider shows that day without a primary too; `review` otherwise. Not on a facility's bill for an inpatient stay.
//!
//! # Could be right if
//! the primary service stands on a bill that is not among the papers: another clinician's of the same group, or one that the
//! plan paid in full. Ask for the claim as it was sent.
//!
//! # Source
//! CMS NCCI Add-on Code Edits (types 1, 2, 3); NCCI Policy Manual, chapter I, section R.

use jiff::civil::Date;

use super::context::{Context, SURE, days_from};
use super::finding::{Finding, Severity};
use crate::matching::{BillMatch, LineRef};
use crate::record::{LineKind, Money};
use crate::reference::add_on::AddOn;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, m) in cx.bills() {
        if m.whole || cx.is_inpatient(m.doc) || cx.completeness(m.doc) < 1.0 {
            continue;
        }
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            let (Some(code), Some(date), Some(charge)) = (&l.code, l.service_date, l.charge.filter(|c| *c > Money::ZERO)) else {
                continue;
            };
            let Some(known) = cx.refs.add_ons.find(code, date).filter(lists_its_primaries) else {
                continue;
            };
            if shows_primary(cx, &known, date) || !all_coded(cx, m.doc, date) {
                continue;
            }
            let proven = known.kind == 1 && !cx.is_facility(m.doc) && on_eob_alone(cx, m, at);
            let severity = if proven { Severity::Likely } else { Severity::Review };
            let mut primaries: Vec<&str> = known.primaries.iter().map(|(p, _, _)| p.as_str()).take(6).collect();
            if known.primaries.len() > primaries.len() {
                primaries.push("…");
            }
            let text = format!(
                "{} charges {charge} for the add-on code {code}; no bill or EOB of the case shows one of its primary codes ({}) on {date}.",
                cx.place(at),
                primaries.join(", ")
            );
            let f = cx.on_line("add-on-without-primary", severity, at).expected(Money::ZERO).amount(charge);
            let f = match cx.matching.eob_of(at) {
                Some(e) => cx.with_line(f, e),
                None => f,
            };
            let step = "Ask the provider which primary service it was added to, and to remove the charge if there was none.";
            out.push(f.benchmark("NCCI add-on code edits").says(text, step));
        }
    }
    out
}

fn lists_its_primaries(known: &AddOn) -> bool {
    matches!(known.kind, 1 | 3) && !known.primaries.is_empty() && known.primaries.iter().all(|(p, _, _)| p != "CCCCC")
}

/// Whether any paper of the case shows a primary code within a day of the date: a service may go on past midnight.
fn shows_primary(cx: &Context<'_>, known: &AddOn, date: Date) -> bool {
    let lines = cx.papers().flat_map(|(_, d)| &d.lines).filter(|l| matches!(l.line_kind, LineKind::Service | LineKind::Reversal));
    let near = |d: Option<Date>| d.is_none_or(|d| days_from(d, date).abs() <= 1);
    lines
        .filter(|l| {
            let spans = l.service_date.zip(l.last_date()).is_some_and(|(from, to)| (from..=to).contains(&date));
            spans || near(l.service_date)
        })
        .filter_map(|l| l.code.as_deref())
        .any(|c| known.primaries.iter().any(|(p, _, _)| p == c))
}

/// Whether every service of the provider near the date has a code that was read with certainty.
fn all_coded(cx: &Context<'_>, doc: usize, date: Date) -> bool {
    let papers = cx.papers().filter(|(i, d)| *i == doc || d.is_bill() && cx.same_provider(*i, doc));
    papers
        .flat_map(|(_, d)| d.services())
        .filter(|l| l.service_date.is_none_or(|d| days_from(d, date).abs() <= 1))
        .all(|l| l.code.is_some() && l.figures_confidence >= SURE)
}

/// Whether the plan settled the line, and every line of that claim has a code.
fn on_eob_alone(cx: &Context<'_>, m: &BillMatch, at: LineRef) -> bool {
    cx.matching.eob_of(at).is_some_and(|e| {
        cx.completeness(e.doc) >= 1.0 && m.eob_lines().iter().all(|o| cx.line(*o).code.is_some()) && m.unmatched.is_empty()
    })
}
