//! Bill and EOB print different codes for one service.
//!
//! # What it does
//! Compares the procedure codes of lines that are matched one to one.
//!
//! # Why
//! The plan decided on another service than the one that is billed: its discount and payment may be the wrong ones.
//!
//! # When it fires
//! Both lines print a code and the codes differ. `error`, without an amount. Not where one of the lines was read with doubt and
//! one misread sign explains the difference.
//!
//! # Could be right if
//! the plan changed the code when it settled the claim (an EOB note says so) or the provider sent a corrected claim.
//!
//! # Source
//! The papers themselves.

use super::context::Context;
use super::finding::{Finding, Severity};
use super::reading::may_be_slip;
use crate::reference::code_lists::level;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for p in cx.bills().flat_map(|(_, m)| &m.pairs) {
        if let (Some(b), Some(e)) = (&cx.line(p.bill).code, &cx.line(p.eob).code)
            && b != e
            && (cx.both_sure(p.bill, p.eob) || !may_be_slip(b, e) || same_family(b, e))
        {
            let text = format!("{} bills {b}; {} settles {e}.", cx.place(p.bill), cx.place(p.eob));
            let f = cx.with_line(cx.on_line("code-mismatch", Severity::Error, p.bill), p.eob);
            out.push(f.says(text, "Ask the provider which code is right, and for a corrected claim or bill."));
        }
    }
    out
}

/// Two levels of one kind of visit: the difference that matters most, and no likely misreading.
fn same_family(a: &str, b: &str) -> bool {
    level(a).zip(level(b)).is_some_and(|(x, y)| x.0 == y.0)
}
