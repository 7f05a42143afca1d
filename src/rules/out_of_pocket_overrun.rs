//! The plan applied more cost shares than the year's out-of-pocket maximum.
//!
//! # What it does
//! Adds up the in-network deductibles, copays and coinsurance of the plan year on the case's EOBs and compares them with the
//! out-of-pocket maximum.
//!
//! # Why
//! Above the maximum the plan pays in full; claims settled in parallel, or by a separate drug or behavioural-health plan, often
//! miss it.
//!
//! # When it fires
//! The sum exceeds the limit of `case.toml`, or of an EOB that prints it, by more than 1.00. It stands on the line that crosses
//! the limit; `error`, `review` where the EOBs do not state the network. The amount is the excess.
//!
//! # Could be right if
//! the limit is the family's, the line belongs to another plan year, or it was out of network or not covered.
//!
//! # Source
//! 45 CFR 156.130 (annual limitation on cost sharing); the plan document.

use super::context::Context;
use super::deductible_overrun::Limit;
use super::finding::Finding;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let limit = Limit {
        rule: "out-of-pocket-overrun",
        word: "deductible, copay and coinsurance",
        stated: |p| p.out_of_pocket_max,
        printed: |d| d.out_of_pocket_limit,
        share: |cx, e| cx.cost_share(e),
    };
    limit.find(cx)
}
