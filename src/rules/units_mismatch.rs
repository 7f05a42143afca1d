//! Bill and EOB print different units for one service.
//!
//! # What it does
//! Compares the units of lines that are matched one to one.
//!
//! # Why
//! Units multiply the price; more of them on the bill than on the claim is more than the plan was told.
//!
//! # When it fires
//! Both lines print units and they differ. `error`; the amount is the excess units' share of the charge, empty where the bill
//! has fewer units.
//!
//! # Could be right if
//! the two count in different units (minutes and quarter hours, milligrams and vials).
//!
//! # Source
//! The papers themselves.

use rust_decimal::Decimal;

use super::context::Context;
use super::finding::{Finding, Severity};
use crate::record::Money;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for p in cx.bills().flat_map(|(_, m)| &m.pairs) {
        let (b, e) = (cx.line(p.bill), cx.line(p.eob));
        let (Some(bu), Some(eu)) = (b.units, e.units) else { continue };
        // Other units at the same charge, on a line read with doubt, are a misread digit.
        if bu == eu || (b.charge == e.charge && !cx.both_sure(p.bill, p.eob)) {
            continue;
        }
        let amount = b.charge.filter(|_| bu > eu).and_then(|c| share_of_excess(c, bu, bu - eu));
        let text = format!("{} bills {} units; {} shows {}.", cx.place(p.bill), bu.normalize(), cx.place(p.eob), eu.normalize());
        let f = cx.with_line(cx.on_line("units-mismatch", Severity::Error, p.bill), p.eob).expected(e.charge).amount(amount);
        out.push(f.says(text, "Ask the provider to correct the units or to show the record of them."));
    }
    out
}

/// What `excess` of `units` cost within a charge, rounded to the cent; `None` without units.
pub(super) fn share_of_excess(charge: Money, units: Decimal, excess: Decimal) -> Option<Money> {
    Some(Money((charge.0 * excess).checked_div(units)?).round_cents())
}
