//! Bill and EOB print different dates for one service.
//!
//! # What it does
//! Compares the dates of service of lines that are matched one to one by code and charge.
//!
//! # Why
//! A wrong date moves a charge into another plan year or episode, hides a duplicate, and makes an appeal fail.
//!
//! # When it fires
//! Same code, same charge, and the bill's date lies outside the EOB line's date or range. `error`, without an amount.
//!
//! # Could be right if
//! one paper gives the day of the order or of the reading and the other the day of the test.
//!
//! # Source
//! The papers themselves.

use super::context::Context;
use super::finding::{Finding, Severity};
use crate::matching::dates_agree;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for p in cx.bills().flat_map(|(_, m)| &m.pairs) {
        let (b, e) = (cx.line(p.bill), cx.line(p.eob));
        let same = b.code.is_some() && b.code == e.code && b.charge == e.charge;
        if let (true, Some(false), Some(bd), Some(ed)) = (same, dates_agree(b, e), b.service_date, e.service_date) {
            let text = format!("{} gives {bd} as the date of service; {} gives {ed}.", cx.place(p.bill), cx.place(p.eob));
            let f = cx.with_line(cx.on_line("date-mismatch", Severity::Error, p.bill), p.eob);
            out.push(f.says(text, "Ask the provider which date the record shows, and for a corrected bill or claim."));
        }
    }
    out
}
