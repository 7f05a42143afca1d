//! The bill charges more than the claim that the plan settled.
//!
//! # What it does
//! Compares the charges of lines that are matched one to one.
//!
//! # Why
//! A provider has one charge for a service. A bill above the claim means that the patient is asked for more than the plan was.
//!
//! # When it fires
//! The bill's charge is higher than the EOB's by more than 1.00. `error`; the amount is the difference.
//!
//! # Could be right if
//! a corrected claim with the higher charge is on its way to the plan.
//!
//! # Source
//! The papers; for Medicare 42 CFR 413.53 (one charge for all payers).

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use super::reading::may_be_slip;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for p in cx.bills().flat_map(|(_, m)| &m.pairs) {
        if let (Some(b), Some(e)) = (cx.line(p.bill).charge, cx.line(p.eob).charge)
            && b - e > TOLERANCE
            && (cx.both_sure(p.bill, p.eob) || !may_be_slip(&b.to_string(), &e.to_string()))
        {
            let text = format!("{} charges {b}; {} shows {e} for the same service.", cx.place(p.bill), cx.place(p.eob));
            let f = cx.with_line(cx.on_line("charge-mismatch", Severity::Error, p.bill), p.eob).expected(e).amount(b - e);
            out.push(f.says(text, "Ask the provider to correct the charge to the one that was sent to the plan."));
        }
    }
    out
}
