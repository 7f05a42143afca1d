//! The plan has not finished the claim.
//!
//! # What it does
//! Points to EOBs, notices and bills that say that a claim is pending, in process or was just sent to the insurer.
//!
//! # Why
//! Until the claim is settled nobody knows what the patient owes; a payment made now may be hard to get back.
//!
//! # When it fires
//! The status of a claim on an EOB is pending, or a bill or letter says so in words and no settled EOB line corresponds to it.
//! `review`. An EOB that a later one of the same claim replaces is left out.
//!
//! # Could be right if
//! the final EOB has come since. Then add it to the case.
//!
//! # Source
//! Claims are to be decided within 30 days (29 CFR 2560.503-1(f)); state prompt-pay laws.

use super::context::Context;
use super::finding::{Finding, Severity};
use crate::names::same_number;
use crate::record::{ClaimStatus, FactKind};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let counts = |doc: usize| cx.matching.eob_lines.iter().any(|e| e.doc == doc && cx.is_pending(*e));
    let settled_claim = |numbers: &[String]| {
        cx.matching.eob_lines.iter().any(|e| {
            let printed = cx.line(*e).claim_no.as_deref();
            !cx.is_pending(*e) && printed.is_some_and(|p| numbers.iter().any(|n| same_number(n, p)))
        })
    };
    for (i, d) in cx.papers() {
        let said = d.facts.iter().find(|f| f.kind == FactKind::ClaimPending);
        let flag = |text: String| {
            let step = "Wait for the final EOB before you pay; ask the insurer what it is waiting for.";
            cx.on_document("claim-pending", Severity::Review, i).says(text, step)
        };
        if d.is_eob() {
            let states = d.claim_status == Some(ClaimStatus::Pending) && d.services().next().is_none();
            if counts(i) || (states && !settled_claim(&d.claim_no)) {
                out.push(flag(format!("{} says that the plan has not finished the claim.", d.path)));
            }
        } else if let Some(fact) = said {
            if cx.matching.superseded.contains_key(&i) {
                continue;
            }
            let m = cx.matching.of_bill(i);
            let settled =
                m.is_some_and(|m| !m.eob_lines().is_empty() && !cx.waits(m)) || (m.is_none() && settled_claim(&d.claim_no));
            if !settled {
                out.push(flag(format!("{}, page {}, says: “{}”", d.path, fact.page, fact.text.trim())));
            }
        }
    }
    out
}
