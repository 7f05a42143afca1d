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

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use super::reading::unseen_credits;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    if !cx.insured() {
        return out;
    }
    for (bill, m) in cx.bills() {
        let eob = m.eob_lines();
        if eob.is_empty() || bill.balance_due.is_none() || cx.waits(m) {
            continue;
        }
        let Some(paid) = cx.summed(m, |e| cx.plan_paid(e), |d| d.total_plan_paid).map(|r| r.low) else {
            continue;
        };
        let credited = Context::credited_plan_payments(bill);
        let gap = paid - credited;
        if gap - unseen_credits(bill) > TOLERANCE {
            let text = format!(
                "The EOB lines matched to {} show that the plan paid {paid}; the bill credits {credited} as insurance payments.",
                bill.path
            );
            let step = "Ask the provider to post the payment; the insurer can give its date and number.";
            let f = cx.on_document("payment-not-posted", Severity::Error, m.doc).billed(credited).expected(paid).amount(gap);
            out.push(cx.with_match(f.says(text, step), m, |d| cx.adds_up(d, |e| cx.plan_paid(e), |x| x.total_plan_paid)));
        }
    }
    out
}
