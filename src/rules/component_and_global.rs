//! One part of a service is charged besides the whole of it.
//!
//! # What it does
//! Finds the professional (modifier 26) or technical component (TC) of a service beside the same service without either
//! modifier, which holds both.
//!
//! # Why
//! A global charge already pays for the equipment and for the reading. A component billed besides charges that part twice.
//!
//! # When it fires
//! Same code, date and patient, on bills of practitioners that print modifiers. `likely` where both lines are one
//! provider's and the plan settled them on one claim; `review` otherwise. Not on a facility's bill (its charge without a modifier
//! is the technical part by rule), not where a modifier says that the service was repeated or the sides differ.
//!
//! # Could be right if
//! the line without a modifier is a facility's own charge on a statement that both share, or one of the two was a second
//! study. Ask for the claim as it was sent.
//!
//! # Source
//! CPT modifier 26, HCPCS modifier TC; Medicare Claims Processing Manual, chapter 13, section 20; CMS Physician Fee Schedule
//! (PC/TC indicator 1).

use super::context::Context;
use super::finding::{Finding, Severity};
use crate::matching::{LineRef, eob_line_provider};
use crate::record::Money;
use crate::reference::code_lists::{component, says_repeated};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let open = |at: &LineRef| {
        let l = cx.line(*at);
        l.code.is_some() && l.service_date.is_some() && l.charge.is_some_and(|c| c > Money::ZERO)
    };
    let of_practitioners = cx.bills().filter(|(_, m)| !m.whole && !cx.is_facility(m.doc));
    let lines: Vec<LineRef> = of_practitioners.flat_map(|(_, m)| cx.services(m.doc)).filter(open).collect();
    let mut out = Vec::new();
    for &part in &lines {
        let modifiers = cx.modifiers(part);
        let Some(which) = component(&modifiers).filter(|_| !says_repeated(&modifiers)) else {
            continue;
        };
        let holds_it = |whole: &&LineRef| is_whole(cx, **whole, part) && cx.same_patient(whole.doc, part.doc);
        let own = |w: &&LineRef| w.doc == part.doc || cx.same_provider(w.doc, part.doc);
        let Some(&whole) = lines.iter().filter(holds_it).max_by_key(|w| (own(w), w.doc == part.doc)) else {
            continue;
        };
        let proven = own(&&whole) && on_one_claim(cx, whole, part);
        let severity = if proven { Severity::Likely } else { Severity::Review };
        let charge = cx.line(part).charge.unwrap_or_default();
        let text = format!(
            "{} charges {charge} for the {which} component of {}; {} charges the same service of that date without a component modifier, which holds both.",
            cx.place(part),
            cx.line(part).code.as_deref().unwrap_or_default(),
            cx.place(whole)
        );
        let step = "Ask the provider which of the two was sent to the plan, and to remove the component if the whole was.";
        let f = cx.on_line("component-and-global", severity, part).expected(Money::ZERO).amount(charge);
        out.push(cx.with_line(f, whole).says(text, step));
    }
    out
}

/// Whether `whole` is the service of `part` without a component modifier, on a paper that would print one.
fn is_whole(cx: &Context<'_>, whole: LineRef, part: LineRef) -> bool {
    let (w, p) = (cx.line(whole), cx.line(part));
    let same = whole != part && w.code == p.code && w.service_date == p.service_date && cx.prints_modifiers(whole.doc);
    let modifiers = cx.modifiers(whole);
    let side = |m: &[String]| m.iter().find(|m| matches!(m.as_str(), "LT" | "RT")).cloned();
    same && component(&modifiers).is_none() && !says_repeated(&modifiers) && side(&modifiers) == side(&cx.modifiers(part))
}

/// Whether the plan settled both lines on one claim of one provider: no statement of two billers.
fn on_one_claim(cx: &Context<'_>, a: LineRef, b: LineRef) -> bool {
    let (Some(x), Some(y)) = (cx.matching.eob_of(a), cx.matching.eob_of(b)) else {
        return false;
    };
    let number = |e| cx.line(e).claim_no.as_deref();
    x.doc == y.doc
        && cx.line(x).claim == cx.line(y).claim
        && number(x) == number(y)
        && eob_line_provider(cx.docs, x) == eob_line_provider(cx.docs, y)
}
