//! There is a second insurer, and it was not billed.
//!
//! # What it does
//! Looks for another coverage that a bill or EOB names, where no second EOB and no payment of another payer is to be found.
//!
//! # Why
//! What the first plan leaves over is the second one's to settle before it is the patient's. Secondary claims have short filing
//! limits of their own.
//!
//! # When it fires
//! A bill that asks for money, or the EOB that settles it, names a secondary, supplemental or other insurer (not the one that
//! the EOB is from); all EOBs of the case are one payer's, and neither they nor the bill show another payer's payment.
//! `review`; no amount, for nobody knows yet what the second plan pays.
//!
//! # Could be right if
//! that coverage had ended by the date of service, or its EOB is on its way.
//!
//! # Source
//! NAIC Coordination of Benefits Model Regulation (120); for Medicare 42 CFR part 411; X12 RARC MA18, MA07 (claim passed on).

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use crate::names::same_provider;
use crate::record::{FactKind, Money};

const PASSED_ON: &[&str] = &["MA18", "MA07", "N89"];

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut payers: Vec<&str> = Vec::new();
    for p in cx.papers().filter(|(_, d)| d.is_eob()).filter_map(|(_, d)| d.payer.as_deref()) {
        if !payers.iter().any(|q| same_provider(p, q)) {
            payers.push(p);
        }
    }
    if payers.len() > 1 || !cx.insured() {
        return out;
    }
    for (bill, m) in cx.bills() {
        let lines = m.eob_lines();
        let Some(balance) = bill.balance_due.filter(|b| *b > TOLERANCE && !lines.is_empty() && !cx.waits(m)) else {
            continue;
        };
        let other = |at: &crate::matching::LineRef| cx.line(*at).other_paid.is_some_and(|p| p > Money::ZERO);
        if lines.iter().any(other) || bill.lines.iter().any(|l| l.other_paid.is_some_and(|p| p > Money::ZERO)) {
            continue;
        }
        let mut papers: Vec<usize> = lines.iter().map(|e| e.doc).collect();
        papers.dedup();
        papers.insert(0, m.doc);
        let named = papers.iter().find_map(|d| {
            let facts = cx.docs[*d].facts.iter().filter(|f| f.kind == FactKind::OtherCoverage);
            let mut new = facts.filter(|f| !payers.iter().any(|p| is_named(&f.text, p)));
            new.next().map(|f| (*d, f.page, f.text.trim().to_owned()))
        });
        let passed = || {
            let e = lines.iter().find(|e| cx.line(**e).remark_codes.iter().any(|c| PASSED_ON.contains(&c.as_str())))?;
            Some((e.doc, cx.line(*e).page, "the claim was passed on to another insurer".to_owned()))
        };
        let Some((doc, page, said)) = named.or_else(passed) else { continue };
        let text = format!(
            "{}, page {page}, says: “{said}”. No EOB of a second insurer is among the papers, and {} asks the patient for {balance}.",
            cx.docs[doc].path, bill.path
        );
        let f = cx.on_document("secondary-not-billed", Severity::Review, m.doc).billed(balance);
        let f = if doc == m.doc { f } else { cx.with_document(f, doc) };
        let step =
            "Ask the provider to send the claim and the first EOB to the second insurer before you pay; mind its filing limit.";
        out.push(f.says(text, step));
    }
    out
}

/// Whether the words name this payer.
fn is_named(said: &str, payer: &str) -> bool {
    let name = said.split_once(": ").map_or(said, |(_, name)| name);
    same_provider(name, payer) || said.to_lowercase().contains(&payer.to_lowercase())
}
