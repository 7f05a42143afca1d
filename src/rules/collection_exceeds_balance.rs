//! A collection agency asks for more than is owed.
//!
//! # What it does
//! Compares a collection notice with the newest bill of the account and with the EOBs that settle it.
//!
//! # Why
//! An account is often placed with an agency at the balance that it had before the plan paid or corrected the claim, or with
//! fees and interest on top.
//!
//! # When it fires
//! The notice names the account of a bill of the case and asks for more than that bill by more than 1.00: `likely`. Or EOBs
//! dated on or before the notice settle the account (they match its bill, or name its number), none of them out of network or pending,
//! and leave the patient less than the notice asks by more than 1.00: `error`; `likely` where only the payments that the bill
//! credits make the difference. `review` where the notice names further
//! accounts. The amount is the difference to the lowest figure; it lies outside the bills and disputes none of their money.
//!
//! # Could be right if
//! the notice holds other accounts too, or the agreement or a law allows the interest or fee that was added.
//!
//! # Source
//! 12 CFR 1006.22(b) (amounts that an agency may not collect), 1006.34 and 1006.38 (validation and dispute of a debt), 15 USC
//! 1692e(2) (false amount of a debt).

use super::context::{Context, TOLERANCE, days_after};
use super::finding::{Finding, Severity};
use crate::matching::BillMatch;
use crate::names::same_number;
use crate::record::{DocKind, Money, Network};

/// What the papers leave of a debt, on which of them it stands, and in which words.
struct Owed {
    amount: Money,
    paper: usize,
    says: String,
    /// Whether the plan's settlement alone shows it, without payments that only the bill credits.
    by_plan: bool,
}

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (i, d) in cx.papers().filter(|(_, d)| d.kind == DocKind::CollectionNotice) {
        let Some(asks) = d.balance_due.filter(|b| *b > TOLERANCE) else { continue };
        let bills: Vec<&BillMatch> = cx.bills().filter(|(_, m)| cx.same_account(i, m.doc)).map(|(_, m)| m).collect();
        let owed = match bills.as_slice() {
            [] => by_claim(cx, i),
            [m] => [by_bill(cx, m), by_eob(cx, i, m)].into_iter().flatten().min_by_key(|o| (o.amount, !o.by_plan)),
            _ => None,
        };
        let Some(owed) = owed.filter(|o| asks - o.amount > TOLERANCE) else { continue };
        let other =
            d.account_no.iter().filter(|a| !cx.papers().any(|(j, p)| j != i && p.account_no.iter().any(|x| same_number(x, a))));
        let severity = match () {
            () if other.count() > 1 => Severity::Review,
            () if owed.by_plan => Severity::Error,
            () => Severity::Likely,
        };
        let text = format!("{} asks for {asks}; {}.", d.path, owed.says);
        let f = cx
            .on_document("collection-exceeds-balance", severity, i)
            .billed(asks)
            .expected(owed.amount)
            .amount(asks - owed.amount);
        let f = cx
            .with_document(f, owed.paper)
            .rests_on(cx.header_confidence(owed.paper), || format!("the totals of {}", cx.docs[owed.paper].path));
        let step = "Dispute the amount with the agency in writing within 30 days of the notice and ask it to verify the debt; send it the newest EOB or bill.";
        out.push(f.deadline(d.statement_date.and_then(|s| days_after(s, 30))).says(text, step));
    }
    out
}

fn by_bill(cx: &Context<'_>, m: &BillMatch) -> Option<Owed> {
    let bill = &cx.docs[m.doc];
    let amount = bill.balance_due?;
    let says = format!("{} asks for {amount} on this account", bill.path);
    Some(Owed { amount, paper: m.doc, says, by_plan: false })
}

/// What the EOBs support of the account's bill.
fn by_eob(cx: &Context<'_>, notice: usize, m: &BillMatch) -> Option<Owed> {
    let lines = m.eob_lines();
    let newest = lines.iter().map(|e| e.doc).max_by_key(|d| cx.docs[*d].statement_date)?;
    let known = cx.docs[newest].statement_date.zip(cx.docs[notice].statement_date).is_some_and(|(e, n)| e <= n);
    let outside = lines.iter().any(|e| cx.is_outside(*e));
    let e = cx.expectation(m).filter(|_| known && !outside && !cx.waits(m))?;
    let (eob, bill) = (&cx.docs[newest].path, &cx.docs[m.doc].path);
    let mut says = format!("{eob} leaves the patient {} on this account", e.share);
    if e.unmatched > Money::ZERO {
        says = format!("{says}, {bill} charges {} that no EOB shows", e.unmatched);
    }
    if e.paid > Money::ZERO {
        says = format!("{says}, and {bill} credits {} as paid", e.paid);
    }
    let by_plan = cx.docs[notice].balance_due.is_some_and(|asks| asks - e.share - e.unmatched > TOLERANCE);
    Some(Owed { amount: e.supported().max(Money::ZERO), paper: newest, says, by_plan })
}

/// What the EOBs leave the patient on claims that name the account, where no bill of it is among the papers.
fn by_claim(cx: &Context<'_>, notice: usize) -> Option<Owed> {
    let d = &cx.docs[notice];
    let named = |e: &crate::matching::LineRef| {
        let l = cx.line(*e);
        let account = l.account_no.as_deref().or_else(|| cx.docs[e.doc].claim_of(l).and_then(|c| c.account_no.as_deref()));
        account.is_some_and(|a| d.account_no.iter().any(|x| same_number(x, a)))
    };
    let lines: Vec<_> = cx.matching.eob_lines.iter().copied().filter(named).collect();
    let newest = lines.iter().map(|e| e.doc).max_by_key(|d| cx.docs[*d].statement_date)?;
    let known = cx.docs[newest].statement_date.zip(d.statement_date).is_some_and(|(e, n)| e <= n);
    let settled = lines.iter().all(|e| cx.network(*e) != Some(Network::Out) && !cx.is_outside(*e) && !cx.is_pending(*e));
    let amount: Option<Money> = lines.iter().map(|e| cx.share(*e)).sum();
    let amount = amount.filter(|_| known && settled)?;
    let says = format!("{} leaves the patient {amount} on this account", cx.docs[newest].path);
    Some(Owed { amount, paper: newest, says, by_plan: true })
}
