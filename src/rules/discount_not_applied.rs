//! The plan's discount is missing from the bill.
//!
//! # What it does
//! Compares the contractual discount of the matched EOB lines with the insurance adjustments that the bill credits.
//!
//! # Why
//! A provider in network has agreed to write the discount off. A bill that keeps it asks the patient for money that nobody owes.
//!
//! # When it fires
//! All matched EOB lines state a discount (or CO-45 adjustments), the claim is not pending and not out of network, and the bill
//! credits less by more than 1.00. `error`.
//!
//! # Could be right if
//! the bill was printed before the EOB came; then the next one shows the discount.
//!
//! # Source
//! The papers; the provider's contract with the plan; X12 group CO: not billable to the patient.

use super::context::Context;
use super::finding::{Finding, Severity};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let short = cx.credited_less(|e| cx.discount(e), |d| d.total_discount, Context::credited_discount);
    let in_network = short.into_iter().filter(|s| !s.matched.eob_lines().iter().any(|e| cx.is_outside(*e)));
    let finding = |s: super::amounts::Shortfall<'_>| {
        let text = format!(
            "The EOB lines matched to {} carry a plan discount of {}; the bill credits {} as insurance adjustments.",
            s.bill.path, s.stated, s.credited
        );
        let f = cx.on_document("discount-not-applied", Severity::Error, s.matched.doc);
        let f = f.billed(s.credited).expected(s.stated).amount(s.gap);
        let f = f.says(text, "Ask the provider to apply the contracted discount to the account.");
        cx.with_match(f, s.matched, |d| cx.adds_up(d, |e| cx.discount(e), |x| x.total_discount))
    };
    in_network.map(finding).collect()
}
