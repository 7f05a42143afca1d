//! The plan's payment is missing from the bill.
//!
//! # What it does
//! Compares what the matched EOB lines say the plan paid with the insurance payments that the bill credits.
//!
//! # Why
//! A payment that was made and not posted is asked for a second time, of the patient.
//!
//! # When it fires
//! All matched EOB lines state what the plan paid, the claim is not pending, and the bill credits less by more than 1.00. `error`.
//!
//! # Could be right if
//! the bill was printed before the payment arrived, the plan paid the patient instead of the provider, or it took the payment
//! back. Ask the insurer for the date and number of the payment.
//!
//! # Source
//! The papers themselves.

use super::context::Context;
use super::finding::{Finding, Severity};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let short = cx.credited_less(|e| cx.plan_paid(e), |d| d.total_plan_paid, Context::credited_plan_payments);
    let finding = |s: super::amounts::Shortfall<'_>| {
        let text = format!(
            "The EOB lines matched to {} show that the plan paid {}; the bill credits {} as insurance payments.",
            s.bill.path, s.stated, s.credited
        );
        let step = "Ask the provider to post the payment; the insurer can give its date and number.";
        let f = cx.on_document("payment-not-posted", Severity::Error, s.matched.doc);
        let f = f.billed(s.credited).expected(s.stated).amount(s.gap).says(text, step);
        cx.with_match(f, s.matched, |d| cx.adds_up(d, |e| cx.plan_paid(e), |x| x.total_plan_paid))
    };
    short.into_iter().map(finding).collect()
}
