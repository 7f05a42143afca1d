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
        let outside = eob.iter().any(|e| cx.is_outside(*e));
        if eob.is_empty() || bill.balance_due.is_none() || outside || cx.waits(m) {
            continue;
        }
        let Some(discount) = cx.summed(m, |e| cx.discount(e), |d| d.total_discount).map(|r| r.low) else {
            continue;
        };
        let credited = Context::credited_discount(bill);
        let gap = discount - credited;
        if gap - unseen_credits(bill) > TOLERANCE {
            let text = format!(
                "The EOB lines matched to {} carry a plan discount of {discount}; the bill credits {credited} as insurance adjustments.",
                bill.path
            );
            let f =
                cx.on_document("discount-not-applied", Severity::Error, m.doc).billed(credited).expected(discount).amount(gap);
            out.push(cx.with_match(f.says(text, "Ask the provider to apply the contracted discount to the account."), m, |d| {
                cx.adds_up(d, |e| cx.discount(e), |x| x.total_discount)
            }));
        }
    }
    out
}
