//! Two providers charge for the same service.
//!
//! # What it does
//! Finds one procedure, image or laboratory test of one date on the bills of two different practitioners.
//!
//! # Why
//! A test that was sent out is billed by the laboratory or by the practice, not by both; the same holds for an image and its
//! reading, and for an operation. The plan pays one of them and the other bills the patient.
//!
//! # When it fires
//! Same code, date and patient, no facility among the two (a hospital and a doctor rightly bill the same code), and no
//! modifier that says how the work was divided or repeated (26 TC 54 55 56 62 66 76 77 78 79 80 81 82 90 AS, distinct
//! services, differing sides). Visits, anaesthesia, drugs, supplies and the drawing of blood are left out: two may rightly bill
//! these. `likely` where the plan refuses one of the two as done or paid before (CARC 18, B20, or words to that effect);
//! otherwise `review`, and only where both papers print modifiers. The finding stands on the refused line, else on the later bill's.
//!
//! # Could be right if
//! one assisted the other, or it was done twice. The order and the report name who did it.
//!
//! # Source
//! X12 CARC B20; Medicare Claims Processing Manual, chapter 16, section 40 (purchased and reference tests) and chapter 12,
//! section 40 (divided surgical care).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::context::Context;
use super::finding::{Finding, Severity};
use super::wording::says_duplicate;
use crate::matching::LineRef;
use crate::record::Money;
use crate::reference::code_lists::{done_once, shares_the_work};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut by_service: BTreeMap<(&str, Date), Vec<LineRef>> = BTreeMap::new();
    let of_practitioners = cx.bills().filter(|(_, m)| !m.whole && !cx.is_facility(m.doc));
    for at in of_practitioners.flat_map(|(_, m)| cx.services(m.doc)) {
        let l = cx.line(at);
        let (Some(code), Some(date), true) = (l.code.as_deref(), l.service_date, l.charge.is_some_and(|c| c > Money::ZERO))
        else {
            continue;
        };
        if done_once(code) && !shares_the_work(&cx.modifiers(at)) {
            by_service.entry((code, date)).or_default().push(at);
        }
    }
    let mut out = Vec::new();
    for ((code, date), lines) in &by_service {
        for (n, &later) in lines.iter().enumerate() {
            let Some(&first) = lines[..n].iter().find(|first| are_two(cx, **first, later)) else {
                continue;
            };
            let (at, other, severity) = match (refused(cx, first), refused(cx, later)) {
                (true, false) => (first, later, Severity::Likely),
                (false, true) => (later, first, Severity::Likely),
                _ if cx.prints_modifiers(first.doc) && cx.prints_modifiers(later.doc) => (later, first, Severity::Review),
                _ => continue,
            };
            let charge = cx.line(at).charge.unwrap_or_default();
            let why = if severity == Severity::Likely { " The plan refused this one as done or paid before." } else { "" };
            let text = format!(
                "{} charges {charge} for {code} of {date}; {} charges {} for the same service.{why}",
                cx.place(at),
                cx.place(other),
                cx.line(other).charge.unwrap_or_default()
            );
            let f = cx.on_line("billed-by-two-providers", severity, at).expected(Money::ZERO).amount(charge);
            let step = "Ask both for the order and the report: who did it? The other one has to take the charge back.";
            out.push(cx.with_line(f, other).says(text, step));
        }
    }
    out
}

/// Whether two lines are two providers' charges for one service of one patient.
fn are_two(cx: &Context<'_>, a: LineRef, b: LineRef) -> bool {
    let named = |d: usize| !cx.docs[d].provider.is_empty();
    let side = |at| cx.modifiers(at).into_iter().find(|m| matches!(m.as_str(), "LT" | "RT"));
    a.doc != b.doc
        && named(a.doc)
        && named(b.doc)
        && !cx.same_provider(a.doc, b.doc)
        && !cx.same_account(a.doc, b.doc)
        && cx.same_patient(a.doc, b.doc)
        && side(a) == side(b)
}

/// Whether the plan refused the line because the service was done or paid before.
fn refused(cx: &Context<'_>, bill: LineRef) -> bool {
    cx.matching.eob_of(bill).is_some_and(|e| {
        let l = cx.line(e);
        let unpaid = cx.plan_paid(e).is_none_or(|p| p == Money::ZERO);
        let coded = l.adjustments.iter().any(|a| matches!(a.carc.as_str(), "18" | "B20"));
        let notes = cx.notes(e);
        unpaid && (coded || says_duplicate(&notes) || notes.to_lowercase().contains("another provider"))
    })
}
