//! A charge, or a whole bill, that no EOB shows.
//!
//! # What it does
//! Lists the services on a bill to which no line of the case's EOBs corresponds.
//!
//! # Why
//! A provider in network has to send its claim to the plan before it bills the patient. A charge that never went there has no
//! discount, no payment, and does not count towards the deductible.
//!
//! # When it fires
//! The case has insurance and the line is matched to no EOB line, alone or within a group. If nothing of the bill is matched,
//! one finding stands on the document. `likely` on a line; `review` on a document (the EOB may merely be missing from the
//! folder), and on a line where the EOB has broader lines of this provider that could not be told apart. An EOB of this
//! provider whose rows could not all be read is not missing, nor is a scan with this bill's charges whose names differ: then
//! nothing is said of the document.
//!
//! # Could be right if
//! the EOB is still to come, lies elsewhere, or the plan does not cover the service and the patient agreed to pay.
//!
//! # Source
//! The papers themselves.

use super::context::Context;
use super::finding::{Finding, Severity};
use super::wording::{says_duplicate, says_fee};
use crate::record::Money;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    if !cx.insured() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        if m.eob_lines().is_empty() {
            // What was not read, or misread, of an EOB cannot be said to be missing.
            if cx.may_have_eob(m.doc) {
                continue;
            }
            let step = "Look for the EOB or ask the insurer for it; if there is none, ask the provider to file the claim.";
            let f = cx.on_document("no-eob", Severity::Review, m.doc).billed(bill.balance_due).amount(bill.balance_due);
            let asks = bill.balance_due.map(|b| format!(", which asks for {b}")).unwrap_or_default();
            out.push(f.says(format!("No EOB in the case covers {}{asks}.", bill.path), step));
            continue;
        }
        // Nor can most of a bill, where an EOB of it was read in part.
        let partly = m.eob_lines().iter().any(|e| cx.completeness(e.doc) < 1.0);
        if partly && m.unmatched.len() * 2 > cx.services(m.doc).len() {
            continue;
        }
        for &b in &m.unmatched {
            let l = cx.line(b);
            if l.charge.is_none_or(|c| c <= Money::ZERO) || cx.may_be_unread(m, b) {
                continue;
            }
            // Interest or a late fee is no service that a plan settles: `interest-or-fee` has it.
            if l.code.is_none() && l.description.as_deref().is_some_and(says_fee) {
                continue;
            }
            // An EOB line left over that is broad enough to hold this charge may be the one.
            let unclear = m.eob_left.iter().any(|e| {
                let left = cx.line(*e);
                let repeated = left.adjustments.iter().any(|a| a.carc == "18") || says_duplicate(&cx.notes(*e));
                left.code.is_none() && !repeated && left.charge >= l.charge && crate::matching::dates_may_agree(l, left)
            });
            let severity = if unclear { Severity::Review } else { Severity::Likely };
            let what = l.code.as_deref().or(l.description.as_deref()).unwrap_or("a service");
            let on = l.service_date.map(|d| format!(" of {d}")).unwrap_or_default();
            let charge = l.charge.unwrap_or_default();
            let text =
                format!("{} charges {charge} for {what}{on}; no EOB line of this provider corresponds to it.", cx.place(b));
            let mut f = cx.on_line("no-eob", severity, b).amount(l.charge);
            for d in m.eob_lines().iter().map(|e| e.doc).collect::<std::collections::BTreeSet<_>>() {
                f = f.rests_on(cx.completeness(d), || format!("rows of {} that could not be read", cx.docs[d].path));
            }
            out.push(f.says(text, "Ask the provider whether this charge was sent to the insurer, and to send it if not."));
        }
    }
    out
}
