//! Parts of one service are charged beside it, or instead of it.
//!
//! # What it does
//! Looks for pairs of codes that the National Correct Coding Initiative pays as one, and for laboratory panels billed test by
//! test.
//!
//! # Why
//! The price of the comprehensive service includes its parts; billing them apart charges for them twice, or at a higher price.
//!
//! # When it fires
//! A procedure-to-procedure edit in force on the date of service, same provider, patient and date; the finding stands on the
//! column-2 line and its charge. Modifier indicator 0: `error`. Indicator 1 without an NCCI-associated modifier: `likely`, or
//! `review` where the bill prints no modifiers at all. The largest laboratory panel all of whose tests stand apart on one
//! date: `likely` on every test (the panel's own price remains owed). Not on a facility's bill for an inpatient stay, to which
//! Medicare does not apply the edits.
//!
//! # Could be right if
//! the two were done at different sites or sessions; the record shows it and the claim then needs a modifier. Private plans
//! may use edits of their own.
//!
//! # Source
//! CMS NCCI procedure-to-procedure edits and Policy Manual; CPT, Organ or Disease-Oriented Panels.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::context::Context;
use super::finding::{Finding, Severity};
use crate::matching::LineRef;
use crate::record::{Field, Money};
use crate::reference::code_lists::{PANELS, lifts_ncci_edit, says_repeated};
use crate::reference::edition::Setting;
use crate::reference::ncci::ModifierIndicator;

const ID: &str = "unbundling";

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, m) in cx.bills() {
        if m.whole || (cx.is_facility(m.doc) && cx.is_inpatient(m.doc)) {
            continue;
        }
        let mut days: BTreeMap<Date, Vec<LineRef>> = BTreeMap::new();
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            if let (Some(d), Some(_), true) = (l.service_date, &l.code, l.charge.is_some_and(|c| c > Money::ZERO)) {
                days.entry(d).or_default().push(at);
            }
        }
        for (date, lines) in &days {
            let mut flagged: BTreeSet<LineRef> = BTreeSet::new();
            for f in panels(cx, lines).into_iter().chain(pairs(cx, m.doc, *date, lines)) {
                if f.at.is_some_and(|at| flagged.insert(at)) {
                    out.push(f);
                }
            }
        }
    }
    out
}

fn code<'a>(cx: &Context<'a>, at: LineRef) -> &'a str {
    cx.docs[at.doc].lines[at.line].code.as_deref().unwrap_or_default()
}

fn pairs(cx: &Context<'_>, doc: usize, date: Date, lines: &[LineRef]) -> Vec<Finding> {
    let d = &cx.docs[doc];
    // Where the columns are not known, a blank modifier is taken as read.
    let prints_modifiers =
        d.columns.is_empty() || d.columns.contains(&Field::Modifiers) || d.lines.iter().any(|l| !l.modifiers.is_empty());
    let hospital = cx.is_facility(doc);
    let mut out: Vec<Finding> = Vec::new();
    for &second in lines {
        let mut found: Option<(Severity, LineRef)> = None;
        for &first in lines {
            let Some(edit) = cx.refs.edits.find(code(cx, first), code(cx, second), date, hospital) else {
                continue;
            };
            let severity = match edit.indicator {
                ModifierIndicator::NotAllowed => Severity::Error,
                ModifierIndicator::Allowed if lifts_ncci_edit(&cx.modifiers(second)) || lifts_ncci_edit(&cx.modifiers(first)) => {
                    continue;
                }
                ModifierIndicator::Allowed if prints_modifiers => Severity::Likely,
                ModifierIndicator::Allowed => Severity::Review,
            };
            if found.is_none_or(|(s, _)| severity < s) {
                found = Some((severity, first));
            }
        }
        let Some((severity, first)) = found else { continue };
        let charge = cx.line(second).charge.unwrap_or_default();
        let mut text = format!(
            "{} charges {charge} for {}; it is part of {} on the same date ({}).",
            cx.place(second),
            code(cx, second),
            code(cx, first),
            cx.place(first)
        );
        let table = cx.refs.edits.find(code(cx, first), code(cx, second), date, hospital).map(|e| e.setting);
        if let Some(other) = table.filter(|s| *s != Setting::Any && (*s == Setting::Hospital) != hospital) {
            text = format!("{text} (By the {} edits: the other setting's are not loaded.)", other.as_str());
        }
        text += match severity {
            Severity::Error => " No modifier lifts this edit.",
            Severity::Likely => " A modifier would be needed to bill both.",
            _ => " The bill prints no modifiers; one could lift this edit.",
        };
        let f = cx.with_line(cx.on_line(ID, severity, second), first).expected(Money::ZERO).amount(charge);
        out.push(
            f.benchmark("NCCI PTP edits")
                .says(text, "Ask the provider to remove the component charge, or for the record of a separate service."),
        );
    }
    out
}

fn panels(cx: &Context<'_>, lines: &[LineRef]) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut used: BTreeSet<LineRef> = BTreeSet::new();
    for (panel, components) in PANELS {
        let tests: Option<Vec<LineRef>> = components
            .iter()
            .map(|c| lines.iter().copied().find(|l| code(cx, *l) == *c && !used.contains(l) && !says_repeated(&cx.modifiers(*l))))
            .collect();
        let Some(mut tests) = tests else { continue };
        tests.sort_unstable();
        let total: Money = tests.iter().filter_map(|t| cx.line(*t).charge).sum();
        for &t in &tests {
            used.insert(t);
            let charge = cx.line(t).charge.unwrap_or_default();
            let text = format!(
                "{} charges {charge} for {}; with {} other tests on the same date ({total} in all) it makes up panel {panel}. The panel's own price remains owed.",
                cx.place(t),
                code(cx, t),
                tests.len() - 1
            );
            let mut f =
                cx.on_line(ID, Severity::Likely, t).expected(Money::ZERO).amount(charge).benchmark(format!("CPT panel {panel}"));
            for &o in &tests {
                f = cx.also_line(f, o);
            }
            if t != tests[0] {
                f = cx.with_line(f, tests[0]);
            }
            out.push(f.says(text, format!("Ask the provider to bill panel {panel} instead of its tests.")));
        }
    }
    out
}
