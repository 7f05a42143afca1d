//! Interest or a fee for late payment or collection is added.
//!
//! # What it does
//! Finds finance charges, interest, late, rebilling and collection fees on bills and collection notices.
//!
//! # Why
//! Such additions are lawful only where a law or an agreement that the patient signed beforehand allows them, and they are often taken off
//! when asked about. An agency may add nothing that neither allows.
//!
//! # When it fires
//! A charge line is described so, or a line of totals or a sentence states one with its amount. `likely` on a bill whose services an EOB
//! settles (the patient's share is what that EOB says); `review` otherwise. The amount is the interest or fee. A sentence or line of totals is no
//! finding where the bill's charges less its credits are the balance that it asks for: nothing was added then.
//!
//! # Could be right if
//! the patient signed an agreement with a rate, it was disclosed as consumer credit requires, and the account was really overdue.
//!
//! # Source
//! 12 CFR 1026.4 and 1026.17 (finance charges and their disclosure), 12 CFR 1006.22(b) (agencies), state law on medical debt.

use super::context::Context;
use super::finding::{Finding, Severity};
use super::wording::{amounts_in, says_fee};
use crate::record::{CheckKind, DocKind, FactKind, Money};

const ID: &str = "interest-or-fee";
const STEP: &str = "Ask for the signed agreement or the law that allows it, and for the addition to be taken off; pay the rest meanwhile only as it is settled.";

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let settled = !m.eob_lines().is_empty() && !cx.waits(m);
        let severity = if settled { Severity::Likely } else { Severity::Review };
        let mut on_lines = false;
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            let Some(charge) = l.charge.filter(|c| *c > Money::ZERO && l.code.is_none()) else { continue };
            let Some(what) = l.description.as_deref().filter(|d| says_fee(d)) else { continue };
            on_lines = true;
            let text = format!("{} adds {charge}: “{what}”.", cx.place(at));
            out.push(cx.on_line(ID, severity, at).expected(Money::ZERO).amount(charge).says(text, STEP));
        }
        if !on_lines {
            out.extend(on_total(cx, m.doc, severity, bill.balance_due));
        }
    }
    for (i, d) in cx.papers().filter(|(_, d)| d.kind == DocKind::CollectionNotice) {
        out.extend(on_total(cx, i, Severity::Review, d.balance_due));
    }
    out
}

/// An addition that stands outside the lines; the largest, where several phrases state it.
fn on_total(cx: &Context<'_>, doc: usize, severity: Severity, balance: Option<Money>) -> Option<Finding> {
    let d = &cx.docs[doc];
    let most = balance?;
    // charges less credits are what is asked for: what the paper says of fees is not in it
    if d.checks.iter().any(|c| c.kind == CheckKind::BalanceDue && c.holds()) {
        return None;
    }
    let stated = d.facts.iter().filter(|f| f.kind == FactKind::FeeOrInterest);
    let read =
        stated.filter_map(|f| amounts_in(&f.text).into_iter().filter(|m| *m > Money::ZERO && *m <= most).max().map(|m| (m, f)));
    let (amount, fact) = read.max_by_key(|(m, _)| *m)?;
    let text = format!("{}, page {}, adds {amount}: “{}”.", d.path, fact.page, fact.text.trim());
    Some(cx.on_document(ID, severity, doc).expected(Money::ZERO).amount(amount).says(text, STEP))
}
