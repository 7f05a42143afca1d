//! The coinsurance is more than the percentage that the EOB itself states.
//!
//! # What it does
//! Works the printed rate of coinsurance on the allowed amount less deductible and copay, and compares the result with the
//! coinsurance that the line asks.
//!
//! # Why
//! Plans set up the wrong tier or rate, and nobody works it out again.
//!
//! # When it fires
//! The coinsurance is above the rate's result by more than 1.00. The rate stands in the note that the line refers to (“you pay 20 %”,
//! “the plan pays 80 %”): `error`; or it is the only one that the EOB states at all: `review`, for plans have several rates.
//! Not out of network, where the rest above the plan's own amount may be in it. The amount is the difference.
//!
//! # Could be right if
//! another rate applies to this kind of service (the plan's summary of benefits lists them), or the rate is of another base.
//!
//! # Source
//! The papers; the plan's Summary of Benefits and Coverage (45 CFR 147.200).

use rust_decimal::Decimal;

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use super::wording::coinsurance_rate;
use crate::matching::LineRef;
use crate::record::{FactKind, Money, Network};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for &e in &cx.matching.eob_lines {
        let l = cx.line(e);
        let (Some(coinsurance), Some(allowed)) = (l.coinsurance.filter(|c| *c > TOLERANCE), l.allowed) else {
            continue;
        };
        if cx.network(e) == Some(Network::Out) || cx.is_outside(e) || cx.is_pending(e) || cx.settled_as_claim(e) {
            continue;
        }
        let Some((rate, severity)) = rate(cx, e) else { continue };
        let before = l.deductible.unwrap_or_default() + l.copay.unwrap_or_default();
        let most = Money((allowed - before).max(Money::ZERO).0 * rate).round_cents();
        let excess = coinsurance - most;
        if excess <= TOLERANCE {
            continue;
        }
        let percent = (rate * Decimal::ONE_HUNDRED).normalize();
        let text = format!(
            "{} asks a coinsurance of {coinsurance}; at the {percent} % that {} states, {} allowed less {before} of deductible and copay give {most}.",
            cx.place(e),
            cx.docs[e.doc].path,
            allowed
        );
        let f = cx.on_line("coinsurance-exceeds-rate", severity, e).billed(coinsurance).expected(most).amount(excess);
        let step = "Ask the plan which rate applies to this service by your plan document, and to process the claim again.";
        out.push(cx.with_bill_side(f.says(text, step), e));
    }
    out
}

/// The patient's part of the allowed amount, 0 to 1, that the EOB states for a line.
fn rate(cx: &Context<'_>, e: LineRef) -> Option<(Decimal, Severity)> {
    let (d, l) = (&cx.docs[e.doc], cx.line(e));
    let mut noted: Vec<Decimal> =
        l.remark_codes.iter().filter_map(|c| d.notes.get(c)).filter_map(|n| coinsurance_rate(n)).collect();
    noted.dedup();
    if let [rate] = noted.as_slice() {
        return Some((*rate, Severity::Error));
    }
    let said = d.facts.iter().filter(|f| f.kind == FactKind::CoinsuranceRate).filter_map(|f| coinsurance_rate(&f.text));
    let mut all: Vec<Decimal> = said.chain(d.notes.values().filter_map(|n| coinsurance_rate(n))).collect();
    all.sort();
    all.dedup();
    match all.as_slice() {
        [rate] => Some((*rate, Severity::Review)),
        _ => None,
    }
}
