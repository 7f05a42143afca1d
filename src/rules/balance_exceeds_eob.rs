//! The bill asks for more than the EOB says the patient owes.
//!
//! # What it does
//! Compares a bill's balance due with the patient's share of the matched EOB lines, less what the bill itself credits as paid
//! by the patient, plus the charges that no EOB shows (those stand under `no-eob`).
//!
//! # Why
//! The EOB settles what an insured patient owes a provider in network. What a bill asks beyond it is a discount or payment
//! that was not credited, a balance from elsewhere, or an error.
//!
//! # When it fires
//! The difference is more than 1.00, the claim is not pending, and every matched EOB line states a share. `error`; `review`
//! where the EOB says out of network and no law protects the patient (then the provider may bill the rest), where the EOB
//! has further lines of this provider that could explain the difference, and where a figure was read with doubt.
//!
//! # Could be right if
//! the balance carries over an older one that other papers support, or the plan has since taken its payment back. Ask for the
//! account's ledger.
//!
//! # Source
//! The papers themselves; for a provider in network its contract with the plan, for Medicare 42 CFR 424.55 and 489.21.

use super::amounts::Expectation;
use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use super::no_surprises;
use super::reading::{asked, typed};
use crate::case_file::PlanKind;
use crate::record::{Document, LineKind, Money, Network};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    if !cx.insured() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let Some(balance) = asked(bill) else { continue };
        // Without any matched line there is nothing to compare with: that is `no-eob` on the document.
        let whole_without_eob = m.whole && m.eob_lines().is_empty();
        let Some(e) = cx.expectation(m).filter(|_| !cx.waits(m) && !whole_without_eob) else {
            continue;
        };
        let excess = balance - e.supported();
        if excess <= TOLERANCE {
            continue;
        }
        let further: Money = m.eob_left.iter().filter_map(|l| cx.share(*l)).sum();
        let explained = further > Money::ZERO && excess - further <= TOLERANCE && m.unmatched.is_empty();
        if cx.may_be_misread(bill, m, excess, further) {
            continue;
        }
        let outside = cx.all_network(m, Network::Out);
        let lawful =
            outside && cx.plan_kind() == PlanKind::Commercial && no_surprises::protection(cx, m).is_none_or(|p| !p.certain);
        let severity = if lawful || explained { Severity::Review } else { Severity::Error };
        let text = explain(bill, balance, &e);
        let step = if lawful {
            "The provider is out of network and may bill the rest unless a state law protects you: ask the plan for help and the provider for a reduction."
        } else if explained {
            "Ask the provider for an itemised bill that shows all services on the EOB."
        } else {
            "Ask the provider to bring the balance in line with the EOB before you pay."
        };
        let f = cx.on_document("balance-exceeds-eob", severity, m.doc).billed(balance).expected(e.supported()).amount(excess);
        let mut f = cx.with_match(f.says(text, step), m, |d| cx.adds_up(d, |e| cx.share(e), |x| x.patient_responsibility));
        if typed(bill) {
            f = f.rests_on(cx.completeness(m.doc), || format!("rows of {} that could not be read", bill.path));
        }
        for &u in &m.unmatched {
            f = cx.also_line(f, u);
        }
        out.push(f);
    }
    out
}

fn explain(bill: &Document, balance: Money, e: &Expectation) -> String {
    let paid = if e.paid == Money::ZERO { String::new() } else { format!(", of which {} is credited as paid", e.paid) };
    let rest = if e.unmatched == Money::ZERO {
        String::new()
    } else {
        format!(", and {} is charged for lines that no EOB shows", e.unmatched)
    };
    let forward: Money = bill.lines.iter().filter(|l| l.line_kind == LineKind::Balance).filter_map(|l| l.charge).sum();
    let carried = if forward > Money::ZERO {
        format!(" The bill carries over a balance of {forward} without showing what it is for.")
    } else {
        String::new()
    };
    format!(
        "{} asks for {balance}. The EOB lines matched to it put the patient's share at {}{paid}{rest}: {} is supported.{carried}",
        bill.path,
        e.share,
        e.supported()
    )
}
