//! A service that the patient did not receive is charged.
//!
//! # What it does
//! Looks for the services that the case's `case.toml` attests were not received.
//!
//! # Why
//! Only the patient knows; the provider must be able to show the record of what it charges.
//!
//! # When it fires
//! A bill has a line of that date with that code (or those words). `likely`; the amount is the charge.
//!
//! # Could be right if
//! the patient was asleep or does not remember it. Ask for the record before disputing the charge.
//!
//! # Source
//! The patient's statement; the right to the records: 45 CFR 164.524.

use super::cancelled_service::attests;
use super::context::Context;
use super::finding::{Finding, Severity};
use crate::record::Money;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let attested = &cx.case.file.attest.not_received;
    let mut out = Vec::new();
    for at in cx.bills().flat_map(|(_, m)| cx.services(m.doc)) {
        let l = cx.line(at);
        let Some(a) = attested.iter().find(|a| attests(a, l)) else {
            continue;
        };
        let charge = l.charge.unwrap_or_default();
        let what = a.code.as_deref().or(a.description.as_deref()).unwrap_or_default();
        let text =
            format!("{} charges {charge} for {what} on {}, which the patient states was not received.", cx.place(at), a.date);
        let f = cx.on_line("not-received", Severity::Likely, at).expected(Money::ZERO).amount(l.charge);
        out.push(f.says(text, "Ask the provider for the record of the service, and dispute the charge if there is none."));
    }
    out
}
