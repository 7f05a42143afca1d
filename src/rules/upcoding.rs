//! A higher level of visit is billed than was settled, or a new patient where the practice knew the patient.
//!
//! # What it does
//! Compares the levels of visit codes between bill and EOB, and looks for earlier visits before a new-patient visit.
//!
//! # Why
//! The level decides the price of a visit. A new-patient visit pays more than one of an established patient.
//!
//! # When it fires
//! Matched lines have codes of one levelled family and the bill's level is higher: `likely`. A new-patient visit (99202–99205)
//! is billed by a clinician, and the case's papers show the same practice seeing the patient face to face within the three
//! years before: `likely`. No amount: the right level's price is not known from the papers.
//!
//! # Could be right if
//! the plan lowered the level on its own and the provider has appealed, or the earlier visit was with a clinician of another
//! specialty of the same group.
//!
//! # Source
//! CPT, Evaluation and Management Services guidelines (new and established patient); Medicare Claims Processing Manual,
//! chapter 12, section 30.6.

use jiff::ToSpan;

use super::context::Context;
use super::finding::{Finding, Severity};
use crate::matching::{LineRef, eob_line_provider};
use crate::names::same_provider;
use crate::reference::code_lists::{is_face_to_face, is_new_patient_visit, level};

const ID: &str = "upcoding";

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, m) in cx.bills() {
        for p in &m.pairs {
            let (b, e) = (cx.line(p.bill), cx.line(p.eob));
            let (Some(bc), Some(ec)) = (&b.code, &e.code) else { continue };
            let (Some((bf, bl)), Some((ef, el))) = (level(bc), level(ec)) else {
                continue;
            };
            if bf == ef && bl > el {
                let text =
                    format!("{} bills level {bc}; {} settles level {ec} of the same visit.", cx.place(p.bill), cx.place(p.eob));
                let f = cx.with_line(cx.on_line(ID, Severity::Likely, p.bill), p.eob);
                out.push(f.says(text, "Ask the provider to justify the level with the record of the visit, or to correct it."));
            }
        }
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            // A hospital's charge for the room of the visit (with a revenue code) follows other rules.
            if !l.code.as_deref().is_some_and(is_new_patient_visit)
                || l.revenue_code.as_deref().is_some_and(|r| r.starts_with("05"))
            {
                continue;
            }
            if let Some(before) = earlier_visit(cx, at) {
                let seen = cx.line(before);
                let text = format!(
                    "{} bills the new-patient visit {}; the same practice saw the patient on {} ({}).",
                    cx.place(at),
                    l.code.as_deref().unwrap_or_default(),
                    seen.service_date.map(|d| d.to_string()).unwrap_or_default(),
                    cx.place(before)
                );
                let f = cx.with_line(cx.on_line(ID, Severity::Likely, at), before);
                out.push(f.says(text, "Ask the practice to bill the visit as one of an established patient."));
            }
        }
    }
    out
}

/// The latest face-to-face visit with the same practice within the three years before the line.
fn earlier_visit(cx: &Context<'_>, at: LineRef) -> Option<LineRef> {
    let date = cx.line(at).service_date?;
    let since = date.checked_sub(3.years()).ok()?;
    let practice = &cx.docs[at.doc].provider;
    let of_practice = |provider: Option<&str>| provider.is_some_and(|p| practice.iter().any(|q| same_provider(p, q)));
    let bills =
        cx.bills().filter(|(_, m)| m.doc == at.doc || cx.same_provider(m.doc, at.doc)).flat_map(|(_, m)| cx.services(m.doc));
    let eobs = cx.matching.eob_lines.iter().copied().filter(|e| of_practice(eob_line_provider(cx.docs, *e)));
    bills
        .chain(eobs)
        .filter(|o| {
            let l = cx.line(*o);
            let when = l.service_date.is_some_and(|d| d >= since && d < date);
            when && l.code.as_deref().is_some_and(is_face_to_face)
        })
        .max_by_key(|o| (cx.line(*o).service_date, cx.docs[o.doc].is_bill(), std::cmp::Reverse(*o)))
}
