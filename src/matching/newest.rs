//! What no longer counts: statements and claims that a later paper replaces, services that were taken back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;

use crate::names::{Likeness, number_key, same_person, same_provider, text_key};
use crate::record::{ClaimStatus, Document, LineKind, Money, ServiceLine, TextOrigin};

use super::{LineRef, open_services};

/// Indices of the services of a document that a reversal on the same document takes back.
///
/// A reversal is a `reversal` line or a service with a negative charge; it cancels the last service before it (else the
/// first after it) of the same amount, and the same code and date where printed.
pub fn cancelled_by_reversal(doc: &Document) -> BTreeSet<usize> {
    let mut gone = BTreeSet::new();
    for (i, r) in doc.lines.iter().enumerate() {
        let Some(amount) = r.charge.filter(|c| *c != Money::ZERO) else {
            continue;
        };
        if r.line_kind != LineKind::Reversal && !(r.line_kind == LineKind::Service && amount < Money::ZERO) {
            continue;
        }
        let fits = |j: &usize| {
            let l = &doc.lines[*j];
            l.line_kind == LineKind::Service && l.charge == Some(amount.abs()) && !gone.contains(j) && same_service(l, r)
        };
        // A remittance reverses an earlier one and states the corrected claim behind the reversal.
        let corrected_behind = doc.text_source == Some(TextOrigin::Structured);
        let hit = (0..i).rev().find(fits).or_else(|| (i + 1..doc.lines.len()).filter(|_| !corrected_behind).find(fits));
        gone.extend(hit);
    }
    gone
}

fn same_service(l: &ServiceLine, r: &ServiceLine) -> bool {
    let code = match (&l.code, &r.code) {
        (Some(a), Some(b)) => a == b,
        // A reversal in words names its service: `CT HEAD REVERSAL`.
        _ => match (&l.description, &r.description) {
            (Some(a), Some(b)) => {
                let (a, b) = (text_key(a), text_key(b));
                b.contains(&a) || a.contains(&b) || l.code.is_some() != r.code.is_some()
            }
            _ => true,
        },
    };
    code && (l.service_date == r.service_date || l.service_date.is_none() || r.service_date.is_none())
}

/// Bills that a later statement of the same account replaces: index → index of the newest statement.
pub(crate) fn superseded_bills(docs: &[Document], bills: &[usize]) -> BTreeMap<usize, usize> {
    let newer = |a: usize, b: usize| {
        let rank = |i: usize| {
            let d = &docs[i];
            let credits: Money = [d.total_discount, d.total_plan_paid, d.total_patient_paid].into_iter().flatten().sum();
            (d.statement_date, credits, d.lines.len(), std::cmp::Reverse(d.path.clone()))
        };
        rank(a) > rank(b)
    };
    let mut out = BTreeMap::new();
    for &old in bills {
        let mut newest = old;
        for &b in bills {
            if b != newest && replaces(&docs[old], &docs[b]) && newer(b, newest) {
                newest = b;
            }
        }
        if newest != old {
            out.insert(old, newest);
        }
    }
    out
}

fn replaces(old: &Document, new: &Document) -> bool {
    // A claim that was sent to the plan asks nothing of the patient: it replaces no statement that does.
    if new.text_source == Some(TextOrigin::Structured) && new.balance_due.is_none() && old.balance_due.is_some() {
        return false;
    }
    let people = old.patient.is_empty()
        || new.patient.is_empty()
        || old.patient.iter().any(|a| new.patient.iter().any(|b| same_person(a, b) != Likeness::Different));
    let provider = old.provider.is_empty()
        || new.provider.is_empty()
        || old.provider.iter().any(|a| new.provider.iter().any(|b| same_provider(a, b)));
    if !people || !provider {
        return false;
    }
    let accounts =
        |d: &Document| -> BTreeSet<String> { d.account_no.iter().map(|a| number_key(a)).filter(|k| k.len() >= 4).collect() };
    let (a, b) = (accounts(old), accounts(new));
    if !a.is_empty() && !b.is_empty() {
        return a.is_subset(&b);
    }
    // No numbers to go by: every service of the old statement stands on the new one as well.
    if old.statement_date == new.statement_date || old.provider.is_empty() {
        return false;
    }
    let services = |d: &Document| -> Vec<(Option<Date>, Option<String>, Option<Money>)> {
        d.services().filter(|l| l.charge.is_some()).map(|l| (l.service_date, l.code.clone(), l.charge)).collect()
    };
    let (mut left, mut there) = (services(old), services(new));
    left.retain(|x| match there.iter().position(|y| y == x) {
        Some(i) => {
            there.swap_remove(i);
            false
        }
        None => true,
    });
    left.is_empty() && old.services().next().is_some()
}

/// The EOB service lines that still count: not reversed, not replaced by a later EOB of the same claim.
pub(crate) fn current_eob_lines(docs: &[Document], eobs: &[usize]) -> Vec<LineRef> {
    let mut lines: Vec<LineRef> = eobs.iter().flat_map(|&e| open_services(&docs[e], e)).collect();
    lines.retain(|l| !reversed_elsewhere(docs, eobs, *l));
    let mut by_claim: HashMap<String, BTreeMap<usize, Vec<LineRef>>> = HashMap::new();
    for &at in &lines {
        let (d, l) = (&docs[at.doc], &docs[at.doc].lines[at.line]);
        let printed = l.claim_no.as_deref().or_else(|| d.claim_of(l).and_then(|c| c.claim_no.as_deref()));
        if let Some(key) = printed.map(number_key).filter(|k| k.len() >= 5) {
            by_claim.entry(key).or_default().entry(at.doc).or_default().push(at);
        }
    }
    let mut gone: BTreeSet<LineRef> = BTreeSet::new();
    for versions in by_claim.values().filter(|v| v.len() > 1) {
        let rank = |doc: usize, ls: &[LineRef]| {
            let pending = ls.first().is_some_and(|l| is_pending(&docs[l.doc], &docs[l.doc].lines[l.line]));
            (!pending, docs[doc].statement_date, docs[doc].confidence.to_bits(), std::cmp::Reverse(docs[doc].path.clone()))
        };
        let Some((newest, kept)) = versions.iter().max_by_key(|(d, ls)| rank(**d, ls)) else {
            continue;
        };
        let key = |l: &LineRef| (docs[l.doc].lines[l.line].service_date, docs[l.doc].lines[l.line].charge);
        let shown: BTreeSet<_> = kept.iter().map(key).collect();
        for (doc, ls) in versions.iter().filter(|(d, _)| *d != newest) {
            // A long claim may be continued on a second notice: only what is shown again is replaced.
            if ls.iter().any(|l| shown.contains(&key(l))) || docs[*doc].statement_date.is_none() {
                gone.extend(ls);
            }
        }
    }
    lines.retain(|l| !gone.contains(l));
    lines
}

/// Whether the claim of an EOB line is not settled yet.
pub(crate) fn is_pending(doc: &Document, l: &ServiceLine) -> bool {
    let status = doc.claim_of(l).and_then(|c| c.status).or(doc.claim_status);
    status == Some(ClaimStatus::Pending)
}

/// Whether a later EOB takes the line back by a reversal of the same claim.
fn reversed_elsewhere(docs: &[Document], eobs: &[usize], at: LineRef) -> bool {
    let (d, l) = (&docs[at.doc], &docs[at.doc].lines[at.line]);
    let Some(charge) = l.charge.filter(|c| *c > Money::ZERO) else {
        return false;
    };
    eobs.iter().any(|&o| {
        let other = &docs[o];
        o != at.doc
            && other.statement_date > d.statement_date
            && other.lines.iter().any(|r| {
                let negative =
                    r.charge.is_some_and(|c| c == -charge) || (r.line_kind == LineKind::Reversal && r.charge == Some(charge));
                let claim = match (&l.claim_no, &r.claim_no) {
                    (Some(a), Some(b)) => number_key(a) == number_key(b),
                    _ => true,
                };
                negative && claim && l.service_date == r.service_date && l.code == r.code
            })
    })
}
