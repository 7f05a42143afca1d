//! The plan has settled the claim anew, and the bill still asks for the old share.
//!
//! # What it does
//! Compares the newest EOB of a claim with the one before it (or with the reversal that it prints) and says what changed.
//!
//! # Why
//! Plans correct claims. The newest EOB counts, and a provider whose books still hold the first one asks for too much.
//!
//! # When it fires
//! Two EOBs of one claim number (or a reversal and a correction on one), the later one leaves the patient less by more than
//! 1.00, and the bill's balance agrees with the earlier one to within 1.00. `info`: the money stands under
//! `balance-exceeds-eob`. `amount_billed` is the share then, `amount_expected` the share now.
//!
//! # Could be right if
//! the plan has taken the correction back since. Ask the plan for the claim's history.
//!
//! # Source
//! The papers; X12 835 claim status 22 (reversal of previous payment).

use std::collections::BTreeMap;

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use super::reading::asked;
use crate::matching::{LineRef, is_pending, open_services};
use crate::names::number_key;
use crate::record::{LineKind, Money};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let Some((balance, expected)) = asked(bill).zip(cx.expectation(m)).filter(|_| !cx.waits(m)) else {
            continue;
        };
        let mut claims: BTreeMap<(usize, String), Vec<LineRef>> = BTreeMap::new();
        for e in m.eob_lines() {
            if let Some(key) = claim_key(cx, e) {
                claims.entry((e.doc, key)).or_default().push(e);
            }
        }
        for ((doc, claim), lines) in &claims {
            let (Some(now), Some((then, before))) = (sum(cx, lines), earlier(cx, *doc, claim, lines)) else {
                continue;
            };
            let with_old = expected.supported() - now + then;
            if then - now <= TOLERANCE || (balance - with_old).abs() > TOLERANCE {
                continue;
            }
            let dated = |d: usize| cx.docs[d].statement_date.map(|d| format!(" of {d}")).unwrap_or_default();
            let first = if before == *doc {
                "the settlement that it reverses".to_owned()
            } else {
                format!("{}{}", cx.docs[before].path, dated(before))
            };
            let text = format!(
                "{}{} settles the claim anew: the patient's share is {now}, after {then} by {first}. {} still asks for {balance}, as by the earlier one.",
                cx.docs[*doc].path,
                dated(*doc),
                bill.path
            );
            let f = cx.on_document("reprocessed-claim", Severity::Info, m.doc).billed(then).expected(now);
            let step = "Send the provider the newest EOB and ask for the balance to follow it; ask for a refund of what was paid beyond it.";
            out.push(cx.with_document(f, *doc).says(text, step));
        }
    }
    out
}

fn claim_key(cx: &Context<'_>, e: LineRef) -> Option<String> {
    let l = cx.line(e);
    let printed = l.claim_no.as_deref().or_else(|| cx.docs[e.doc].claim_of(l).and_then(|c| c.claim_no.as_deref()));
    printed.map(number_key).filter(|k| k.len() >= 5)
}

fn sum(cx: &Context<'_>, lines: &[LineRef]) -> Option<Money> {
    lines.iter().map(|e| cx.share(*e)).sum()
}

/// The patient's share of these services before the plan settled them anew, and where it stands.
fn earlier(cx: &Context<'_>, newest: usize, claim: &str, lines: &[LineRef]) -> Option<(Money, usize)> {
    let key = |at: LineRef| (cx.line(at).service_date, cx.line(at).charge);
    let shown: Vec<_> = lines.iter().map(|e| key(*e)).collect();
    let older = cx.papers().filter(|(i, d)| *i != newest && d.is_eob() && d.statement_date < cx.docs[newest].statement_date);
    let mut found: Vec<(usize, Vec<LineRef>)> = older
        .map(|(i, _)| (i, open_services(&cx.docs[i], i)))
        .map(|(i, old)| (i, old.into_iter().filter(|e| claim_key(cx, *e).as_deref() == Some(claim)).collect::<Vec<_>>()))
        .filter(|(i, old)| {
            let mut keys: Vec<_> = old.iter().map(|e| key(*e)).collect();
            let all = shown.iter().all(|k| keys.iter().position(|o| o == k).map(|at| keys.swap_remove(at)).is_some());
            all && keys.is_empty() && !old.iter().any(|e| is_pending(&cx.docs[*i], cx.line(*e)))
        })
        .collect();
    found.sort_by_key(|(i, _)| cx.docs[*i].statement_date);
    if let Some((i, old)) = found.pop() {
        return sum(cx, &old).map(|s| (s, i));
    }
    let d = &cx.docs[newest];
    let taken_back: Vec<LineRef> = (0..d.lines.len())
        .map(|line| LineRef { doc: newest, line })
        .filter(|r| {
            let l = cx.line(*r);
            let negative = l.charge.is_some_and(|c| c < Money::ZERO);
            (negative || l.line_kind == LineKind::Reversal) && claim_key(cx, *r).as_deref() == Some(claim)
        })
        .collect();
    let same = taken_back.len() == lines.len()
        && taken_back.iter().all(|r| shown.contains(&(cx.line(*r).service_date, cx.line(*r).charge.map(Money::abs))));
    let then: Option<Money> = taken_back.iter().map(|r| cx.line(*r).patient_share().map(Money::abs)).sum();
    then.filter(|_| same).map(|s| (s, newest))
}
