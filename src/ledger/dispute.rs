//! What of a bill's balance is in question, each dollar claimed by one finding only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::matching::{BillMatch, Group, LineRef};
use crate::record::Money;
use crate::rules::{Context, Finding, Severity};

/// Findings whose amount lies in the excess of a balance over its shares, which `balance-exceeds-eob` carries.
const IN_THE_EXCESS: &[&str] = &["charge-mismatch", "units-mismatch", "denied-billed-to-patient"];

/// Findings on a document whose money lies in the shares, beside the excess that another finding on the document claims.
const BESIDE_THE_EXCESS: &[&str] = &["payment-not-credited"];

/// The part of a balance that one finding puts in question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Id of the finding.
    pub flag_id: String,
    /// Its rule.
    pub rule: String,
    /// How sure it is.
    pub severity: Severity,
    /// US dollars that no other finding of the bill claims.
    pub amount: Money,
}

/// A claim on the balance before it is cut to what is there.
type Claimed<'f> = (&'f Finding, Money);

/// What of a bill's balance the `error` and `likely` findings put in question.
///
/// Of the findings on one line the one with the largest amount claims it, up to the line's share; of those on the document
/// the largest; all together never more than the balance.
pub(super) fn disputes(cx: &Context<'_>, m: &BillMatch, findings: &[Finding]) -> Vec<Dispute> {
    let Some(balance) = cx.docs[m.doc].balance_due else {
        return Vec::new();
    };
    let share_of = |e: LineRef| cx.share(e).unwrap_or_default();
    let shares = shares(cx, m);
    let mut per_line: BTreeMap<LineRef, Claimed<'_>> = BTreeMap::new();
    let (mut on_document, mut on_total): (Option<Claimed<'_>>, Option<Claimed<'_>>) = (None, None);
    let mut beside: Vec<Claimed<'_>> = Vec::new();
    let larger = |slot: Option<Claimed<'_>>, amount: Money| slot.is_none_or(|(_, kept)| amount > kept);
    for f in findings.iter().filter(|f| f.severity.is_hard()) {
        let amount = f.amount_at_issue.unwrap_or_default();
        // Where a finding's line counts: the bill's line, or the EOB's of a group.
        let at = f.at.map(|at| m.pairs.iter().find(|p| p.eob == at).map_or(at, |p| p.bill));
        match at {
            Some(at) => {
                if let Some(share) = shares.get(&at).filter(|_| !IN_THE_EXCESS.contains(&f.rule)) {
                    let amount = amount.min(*share);
                    if per_line.get(&at).is_none_or(|(_, kept)| amount > *kept) {
                        per_line.insert(at, (f, amount));
                    }
                }
            }
            None if f.doc == m.doc && f.rule == "estimate-exceeded" => {
                on_total = if larger(on_total, amount) { Some((f, amount)) } else { on_total };
            }
            None if f.doc == m.doc && BESIDE_THE_EXCESS.contains(&f.rule) => beside.push((f, amount)),
            None if f.doc == m.doc && f.rule != "collections-too-early" && larger(on_document, amount) => {
                on_document = Some((f, amount));
            }
            None => {}
        }
    }
    let mut claimed: Vec<Claimed<'_>> = on_document.into_iter().chain(beside).collect();
    for g in &m.groups {
        let of_members: Vec<Claimed<'_>> = g.bill.iter().filter_map(|b| per_line.remove(b)).collect();
        let of_eob: Vec<Claimed<'_>> = g.eob.iter().filter_map(|e| per_line.remove(e)).collect();
        let larger = if total(&of_eob) > total(&of_members) { of_eob } else { of_members };
        claimed.extend(cut(larger, g.eob.iter().map(|e| share_of(*e)).sum()));
    }
    claimed.extend(per_line.into_values());
    if let Some((f, amount)) = on_total {
        claimed.push((f, amount - total(&claimed)));
    }
    cut(claimed, balance)
        .into_iter()
        .map(|(f, amount)| Dispute { flag_id: f.flag_id.clone(), rule: f.rule.to_owned(), severity: f.severity, amount })
        .collect()
}

fn total(claimed: &[Claimed<'_>]) -> Money {
    claimed.iter().map(|(_, m)| *m).sum()
}

/// The claims in their order as far as the money goes; those that get none are left out.
fn cut(claimed: Vec<Claimed<'_>>, most: Money) -> Vec<Claimed<'_>> {
    let mut left = most.max(Money::ZERO);
    let mut kept = Vec::new();
    for (f, amount) in claimed {
        let amount = amount.min(left);
        if amount > Money::ZERO {
            left = left - amount;
            kept.push((f, amount));
        }
    }
    kept
}

/// Of what a balance is made: the EOB's share of each matched line, the charge of each unmatched one.
fn shares(cx: &Context<'_>, m: &BillMatch) -> BTreeMap<LineRef, Money> {
    let share_of = |e: LineRef| cx.share(e).unwrap_or_default();
    let mut shares: BTreeMap<LineRef, Money> = m.pairs.iter().map(|p| (p.bill, share_of(p.eob))).collect();
    shares.extend(m.unmatched.iter().map(|b| (*b, cx.line(*b).charge.unwrap_or_default())));
    for g in &m.groups {
        shares.extend(g.eob.iter().map(|e| (*e, share_of(*e))));
        shares.extend(members(cx, g));
    }
    shares
}

/// The share of each bill line of a group: the group's, in proportion to its charge.
fn members(cx: &Context<'_>, g: &Group) -> Vec<(LineRef, Money)> {
    let share: Money = g.eob.iter().filter_map(|e| cx.share(*e)).sum();
    let charge: Money = g.eob.iter().filter_map(|e| cx.line(*e).charge).sum();
    let part = |b: &LineRef| Some(Money((share.0 * cx.line(*b).charge?.0).checked_div(charge.0)?).round_cents());
    g.bill.iter().map(|b| (*b, part(b).unwrap_or_default())).collect()
}
