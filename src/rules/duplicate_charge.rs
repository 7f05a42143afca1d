//! One service is charged more than once.
//!
//! # What it does
//! Finds services that stand a second time on the same bill, or on another bill of the same provider.
//!
//! # Why
//! Double entries are among the most frequent billing errors; the plan often refuses the second one and the patient is billed.
//!
//! # When it fires
//! Same date, code, modifiers, units and charge; every occurrence after the first. `error` if the EOB shows fewer of them than
//! the bills, `likely` otherwise, `review` where the lines have no code and only the description is the same. A column that one
//! of two bills does not print is no difference. Not for lines with a modifier of repeated or distinct service (76 77 91 59 XE
//! XS XP XU), for the left and the right side, or for lines that the bill itself takes back.
//!
//! # Could be right if
//! the service was done twice. The record of the day shows it; the second line then needs a modifier.
//!
//! # Source
//! The papers; NCCI Policy Manual, chapter I (modifiers 59, 76, 77, 91).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::context::Context;
use super::finding::{Finding, Severity};
use super::room_charge;
use crate::matching::LineRef;
use crate::names::text_key;
use crate::record::{Money, ServiceLine};
use crate::reference::code_lists;

/// What two lines of one service have in common.
type Key = (Date, String, Money);

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let rooms: Vec<LineRef> = room_charge::find(cx).into_iter().filter_map(|f| f.at).collect();
    for bills in providers(cx) {
        let mut seen: BTreeMap<Key, Vec<LineRef>> = BTreeMap::new();
        for at in bills.iter().flat_map(|b| cx.services(*b)) {
            let Some(key) = key(cx, at) else { continue };
            let earlier = seen.entry(key).or_default();
            let alike: Vec<LineRef> = earlier.iter().copied().filter(|e| same_service(cx, *e, at)).collect();
            earlier.push(at);
            let Some(&first) = alike.first() else { continue };
            let l = cx.line(at);
            if code_lists::says_repeated(&cx.modifiers(at)) || (l.code.is_none() && rooms.contains(&at)) {
                continue;
            }
            out.push(finding(cx, first, at, &[&alike[..], &[at]].concat()));
        }
    }
    out
}

/// The live bills by provider, each list in order of statement date.
fn providers(cx: &Context<'_>) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = Vec::new();
    for m in &cx.matching.bills {
        if m.whole {
            continue;
        }
        match out.iter_mut().find(|b| cx.same_provider(b[0], m.doc)) {
            Some(b) => b.push(m.doc),
            None => out.push(vec![m.doc]),
        }
    }
    out
}

fn key(cx: &Context<'_>, at: LineRef) -> Option<Key> {
    let l = cx.line(at);
    // Without a code only the same words on the same bill say that it is the same service.
    let what = match &l.code {
        Some(c) => c.clone(),
        None => format!("{} {} {}", at.doc, l.revenue_code.as_deref().unwrap_or_default(), text_key(l.description.as_deref()?)),
    };
    Some((l.service_date?, what, l.charge.filter(|c| *c > Money::ZERO)?))
}

/// Same units and modifiers; between two bills a column that one of them does not print is no difference.
fn same_service(cx: &Context<'_>, a: LineRef, b: LineRef) -> bool {
    let (x, y) = (cx.line(a), cx.line(b));
    let prints = |at: LineRef| cx.prints_modifiers(at.doc);
    let sorted = |l: &ServiceLine| {
        let mut v = l.modifiers.clone();
        v.sort();
        v
    };
    let units = x.units.is_none() || y.units.is_none() || x.units == y.units;
    units && (sorted(x) == sorted(y) || (a.doc != b.doc && !(prints(a) && prints(b))))
}

fn finding(cx: &Context<'_>, first: LineRef, at: LineRef, all: &[LineRef]) -> Finding {
    let l = cx.line(at);
    let on_eob = all.iter().filter(|b| cx.matching.is_matched(**b) && !refused_as_duplicate(cx, **b)).count();
    let severity = if l.code.is_none() {
        Severity::Review
    } else if on_eob > 0 && on_eob < all.len() {
        Severity::Error
    } else {
        Severity::Likely
    };
    let charge = l.charge.unwrap_or_default();
    let what = l.code.as_deref().or(l.description.as_deref()).unwrap_or("a service");
    let date = l.service_date.map(|d| d.to_string()).unwrap_or_default();
    let shown =
        if severity == Severity::Error { format!(" The EOB shows {on_eob} of the {} lines.", all.len()) } else { String::new() };
    let text = format!("{what} of {date} is charged at {charge} in {} and again in {}.{shown}", cx.place(first), cx.place(at));
    let step = if l.code.is_none() {
        "Ask for the record of the day: was it given or used twice?"
    } else {
        "Ask the provider to remove the second charge or to show the record of a second service."
    };
    cx.with_line(cx.on_line("duplicate-charge", severity, at), first).expected(Money::ZERO).amount(charge).says(text, step)
}

/// Whether the plan settled the line as a duplicate (CARC 18): the EOB then shows one service, not two.
fn refused_as_duplicate(cx: &Context<'_>, bill: LineRef) -> bool {
    cx.matching
        .eob_of(bill)
        .is_some_and(|e| cx.line(e).adjustments.iter().any(|a| a.carc == "18") || super::wording::says_duplicate(&cx.notes(e)))
}
