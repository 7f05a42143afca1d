//! The plan applied more deductible than the year has.
//!
//! # What it does
//! Adds up the in-network deductibles of the plan year on the case's EOBs and compares them with the plan's limit.
//!
//! # Why
//! Claims that are settled in parallel, or by two systems, can both be charged to the same deductible.
//!
//! # When it fires
//! The sum exceeds the limit of `case.toml`, or of an EOB that prints it, by more than 1.00. It stands on the line that crosses
//! the limit; `error`, `review` where the EOBs do not state the network. The amount is the excess.
//!
//! # Could be right if
//! the limit is the family's, the line belongs to another plan year, or it was out of network.
//!
//! # Source
//! The plan document; the EOBs' own accumulators.

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use crate::case_file::{PlanFacts, PlanKind};
use crate::matching::LineRef;
use crate::record::{Document, Money, Network};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let limit = Limit {
        rule: "deductible-overrun",
        word: "deductible",
        stated: |p| p.deductible,
        printed: |d| d.deductible_limit,
        share: |cx, e| {
            let l = cx.line(e);
            l.deductible.or_else(|| {
                (!l.adjustments.is_empty())
                    .then(|| l.adjustments.iter().filter(|a| a.group == "PR" && a.carc == "1").map(|a| a.amount).sum())
            })
        },
    };
    limit.find(cx)
}

/// A limit of the plan year and what counts towards it.
pub(super) struct Limit {
    pub(super) rule: &'static str,
    pub(super) word: &'static str,
    pub(super) stated: fn(&PlanFacts) -> Option<Money>,
    pub(super) printed: fn(&Document) -> Option<Money>,
    pub(super) share: fn(&Context<'_>, LineRef) -> Option<Money>,
}

impl Limit {
    /// The finding on the line that crosses the limit, for each plan year.
    pub(super) fn find(&self, cx: &Context<'_>) -> Vec<Finding> {
        let plan = cx.case.file.plan.as_ref();
        let stated = plan.and_then(self.stated);
        let printed = cx.papers().filter(|(_, d)| d.is_eob()).filter_map(|(_, d)| (self.printed)(d)).max();
        let Some(limit) = stated.or(printed) else { return Vec::new() };
        if cx.plan_kind() == PlanKind::SelfPay {
            return Vec::new();
        }
        let mut counted: Vec<(i16, LineRef, Money)> = Vec::new();
        for &e in &cx.matching.eob_lines {
            let Some(date) = cx.line(e).service_date else { continue };
            let in_year = plan.and_then(|p| p.year).is_none_or(|y| y == date.year());
            if let (Some(m), true) =
                ((self.share)(cx, e).filter(|m| *m > Money::ZERO), in_year && cx.network(e) != Some(Network::Out))
                && !cx.is_pending(e)
            {
                counted.push((date.year(), e, m));
            }
        }
        counted
            .sort_by_key(|(y, e, _)| (*y, cx.line(*e).service_date, cx.docs[e.doc].statement_date, e.doc, cx.line(*e).line_no));
        let mut out = Vec::new();
        let mut years: Vec<i16> = counted.iter().map(|c| c.0).collect();
        years.dedup();
        for year in years {
            let lines: Vec<&(i16, LineRef, Money)> = counted.iter().filter(|c| c.0 == year).collect();
            let total: Money = lines.iter().map(|c| c.2).sum();
            let excess = total - limit;
            if excess <= TOLERANCE {
                continue;
            }
            let mut run = Money::ZERO;
            let Some((_, crossing, _)) = lines.iter().find(|c| {
                run += c.2;
                run > limit
            }) else {
                continue;
            };
            let unknown = lines.iter().any(|c| cx.network(c.1).is_none());
            let severity = if unknown { Severity::Review } else { Severity::Error };
            let text = format!(
                "The EOBs of {year} apply {total} of {} in network; the plan's limit is {limit}. {} crosses it.",
                self.word,
                cx.place(*crossing)
            );
            let mut f = cx.on_line(self.rule, severity, *crossing).billed(total).expected(limit).amount(excess);
            for c in &lines {
                f = cx.also_line(f, c.1);
            }
            out.push(f.says(text, "Ask the plan to correct the accumulators and to process the claim again."));
        }
        out
    }
}
