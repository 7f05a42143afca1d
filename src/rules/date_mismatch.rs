//! Bill and EOB print different dates for one service.
//!
//! # What it does
//! Compares the dates of service of lines that are matched one to one by code and charge.
//!
//! # Why
//! A wrong date moves a charge into another plan year or episode, hides a duplicate, and makes an appeal fail.
//!
//! # When it fires
//! Same code, same charge, and the bill's date lies outside the EOB line's date or range. `error`, without an amount. `review`
//! where a scan has one figure of the day otherwise than the EOB and breaks the order of the bill's days with it: then it is
//! likelier misread than wrong.
//!
//! # Could be right if
//! one paper gives the day of the order or of the reading and the other the day of the test.
//!
//! # Source
//! The papers themselves.

use super::context::Context;
use super::finding::{Finding, Severity};
use super::reading::may_be_slip;
use crate::matching::dates_agree;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for p in cx.bills().flat_map(|(_, m)| &m.pairs) {
        let (b, e) = (cx.line(p.bill), cx.line(p.eob));
        let same = b.code.is_some() && b.code == e.code && b.charge == e.charge;
        if let (true, Some(false), Some(bd), Some(ed)) = (same, dates_agree(b, e), b.service_date, e.service_date) {
            let text = format!("{} gives {bd} as the date of service; {} gives {ed}.", cx.place(p.bill), cx.place(p.eob));
            let slip = may_be_slip(&bd.to_string(), &ed.to_string()) && cx.out_of_order(p.bill, ed);
            let severity = if slip { Severity::Review } else { Severity::Error };
            let f = cx.with_line(cx.on_line("date-mismatch", severity, p.bill), p.eob);
            out.push(f.says(text, "Ask the provider which date the record shows, and for a corrected bill or claim."));
        }
    }
    out
}
