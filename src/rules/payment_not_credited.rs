//! The patient has paid, and the bill does not credit it.
//!
//! # What it does
//! Adds up the receipts of an account and compares them with the patient payments that the next statement credits.
//!
//! # Why
//! A payment that was not posted, or was posted to another account, is asked for again.
//!
//! # When it fires
//! A receipt names the bill's account (or, where one of them prints no account, its provider, who sent one bill only) and is dated
//! before the statement; the credited payments are less than the receipts by more than 1.00, no other credit of the bill could
//! be the payment, and the balance is as high as if nothing had been paid. `likely` where at least seven days lie between them;
//! `review` where fewer do, or the bill carries an older balance forward. The amount is what is not credited, at most the balance.
//!
//! # Could be right if
//! the payment was for another visit or account, was returned by the bank, or was still on its way. Ask for the ledger.
//!
//! # Source
//! The papers themselves.

use super::context::{Context, TOLERANCE, days_from};
use super::finding::{Finding, Severity};
use super::reading::{asked, unseen_credits};
use crate::matching::BillMatch;
use crate::record::{DocKind, Document, LineKind, Money};

/// Days that a payment may take until a statement shows it.
const POSTING: i32 = 7;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let (Some(balance), Some(printed)) = (asked(bill).filter(|b| *b > TOLERANCE), bill.statement_date) else {
            continue;
        };
        let receipts: Vec<(usize, Money)> = cx
            .papers()
            .filter(|(i, d)| d.kind == DocKind::Receipt && d.statement_date.is_some_and(|r| r < printed) && pays(cx, *i, m.doc))
            .filter_map(|(i, d)| Some((i, received(d)?)))
            .collect();
        let Some(&(last, _)) = receipts.iter().max_by_key(|(i, _)| cx.docs[*i].statement_date) else {
            continue;
        };
        let paid: Money = receipts.iter().map(|(_, a)| *a).sum();
        let credited = Context::credited_patient_payments(bill) + other_credits(cx, m);
        let missing = not_taken_off(cx, m, balance, paid).min(paid - credited).min(balance);
        if missing <= TOLERANCE {
            continue;
        }
        let forward = bill.lines.iter().any(|l| l.line_kind == LineKind::Balance);
        let soon = cx.docs[last].statement_date.is_none_or(|r| days_from(r, printed) < POSTING);
        let severity = if forward || soon { Severity::Review } else { Severity::Likely };
        let text = format!(
            "{} shows {paid} received{}; {} of {printed} credits {} as paid by the patient and still asks for {balance}.",
            cx.docs[last].path,
            if receipts.len() > 1 { format!(" together with {} earlier receipts", receipts.len() - 1) } else { String::new() },
            bill.path,
            Context::credited_patient_payments(bill)
        );
        let f = cx.on_document("payment-not-credited", severity, m.doc).billed(balance).expected(balance - missing);
        let mut f = cx.with_document(f.amount(missing), last);
        for (i, _) in &receipts {
            f = f.rests_on(cx.docs[*i].figures_confidence, || format!("the amount of {}", cx.docs[*i].path));
        }
        out.push(f.says(text, "Send the receipt to the provider and ask for the account's ledger with the payment posted."));
    }
    out
}

/// Whether a receipt is for a bill's account.
fn pays(cx: &Context<'_>, receipt: usize, bill: usize) -> bool {
    let (r, b) = (&cx.docs[receipt], &cx.docs[bill]);
    if !r.account_no.is_empty() && !b.account_no.is_empty() {
        return cx.same_account(receipt, bill);
    }
    let of_provider = cx.bills().filter(|(_, m)| cx.same_provider(m.doc, receipt)).count();
    of_provider == 1 && cx.same_provider(receipt, bill) && cx.same_patient(receipt, bill)
}

/// What a receipt says was received.
fn received(d: &Document) -> Option<Money> {
    let lines = || d.lines.iter().filter(|l| l.line_kind == LineKind::Payment).filter_map(|l| l.patient_paid).sum::<Money>();
    let amount = d.total_patient_paid.unwrap_or_else(lines);
    (amount > Money::ZERO).then_some(amount)
}

/// Credits of a bill that may hold the patient's payment under another name: those of no named kind, those of another payer,
/// and insurance payments beyond what the EOBs say the plan paid.
fn other_credits(cx: &Context<'_>, m: &BillMatch) -> Money {
    let bill = &cx.docs[m.doc];
    let other: Money = bill.lines.iter().filter_map(|l| l.other_paid).sum();
    let settled = cx.summed(m, |e| cx.plan_paid(e), |d| d.total_plan_paid).map_or(Money::ZERO, |r| r.low);
    let beyond = (Context::credited_plan_payments(bill) - settled).max(Money::ZERO);
    unseen_credits(bill) + other + beyond
}

/// How much of what was paid the balance does not reflect, by what the EOBs support.
fn not_taken_off(cx: &Context<'_>, m: &BillMatch, balance: Money, paid: Money) -> Money {
    let credited = Context::credited_patient_payments(&cx.docs[m.doc]);
    cx.expectation(m)
        .filter(|_| !m.eob_lines().is_empty() && !cx.waits(m))
        .map_or(paid, |e| balance - (e.supported() + credited - paid.max(credited)))
}
