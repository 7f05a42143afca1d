//! A preventive service in network carries a cost share.
//!
//! # What it does
//! Looks for a deductible, copay or coinsurance on preventive services of a commercial plan.
//!
//! # Why
//! Plans must cover recommended preventive services in network without any cost share.
//!
//! # When it fires
//! The EOB line is in network, its code stands in the table of preventive services or it has modifier 33 or PT, and its cost
//! share is more than 1.00. `likely`; the amount is the cost share. `review` where no paper states the network.
//!
//! # Could be right if
//! the service was diagnostic (a colonoscopy after symptoms), done more often than recommended, or the plan is grandfathered.
//!
//! # Source
//! 45 CFR 147.130; USPSTF A and B recommendations, ACIP schedules, HRSA guidelines.

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use crate::case_file::PlanKind;
use crate::record::{Money, Network};
use crate::reference::code_lists::is_preventive;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for &e in &cx.matching.eob_lines {
        let l = cx.line(e);
        let network = cx.network(e);
        if cx.plan_kind_of(e.doc) != PlanKind::Commercial || network == Some(Network::Out) || cx.is_pending(e) {
            continue;
        }
        // Modifiers that only the bill prints count as well.
        let bill = cx.matching.bill_of(e);
        let preventive = is_preventive(l) || bill.is_some_and(|b| cx.line(b).code == l.code && is_preventive(cx.line(b)));
        let Some(share) = cx.cost_share(e).filter(|s| preventive && *s > TOLERANCE) else {
            continue;
        };
        let severity = if network == Some(Network::In) { Severity::Likely } else { Severity::Review };
        let text = format!(
            "{} puts a cost share of {share} on {}, a preventive service that a plan covers in full in network.",
            cx.place(e),
            l.code.as_deref().unwrap_or_default()
        );
        let f = cx.on_line("preventive-cost-share", severity, e).billed(share).expected(Money::ZERO).amount(share);
        let f = f.says(text, "Ask the plan to process the claim again without cost share (45 CFR 147.130).");
        out.push(cx.with_bill_side(f, e));
    }
    out
}
