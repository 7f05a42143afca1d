//! Bills without codes, compared with their provider's claims as a whole.

use std::collections::BTreeMap;

use crate::names::same_number;
use crate::record::Money;

use super::{ClaimKey, Group, LineRef, State, claim_key, line, open_services};

/// Matches a bill without codes to its provider's claims as a whole.
pub(crate) fn take_whole(state: &mut State<'_>, bill: usize) {
    let docs = state.docs;
    let doc = &docs[bill];
    let free = state.free_for(bill);
    let mut claims: BTreeMap<ClaimKey, Vec<LineRef>> = BTreeMap::new();
    for &e in &free {
        claims.entry(claim_key(docs, e)).or_default().push(e);
    }
    let account_of = |e: LineRef| {
        let l = line(docs, e);
        l.account_no.clone().or_else(|| docs[e.doc].claim_of(l).and_then(|c| c.account_no.clone()))
    };
    let mine: Vec<Vec<LineRef>> = claims.into_values().collect();
    let by_account: Vec<&Vec<LineRef>> =
        mine.iter().filter(|c| account_of(c[0]).is_some_and(|a| doc.account_no.iter().any(|x| same_number(x, &a)))).collect();
    let charged = |c: &Vec<LineRef>| c.iter().filter_map(|&e| line(docs, e).charge).sum::<Money>();
    let total = doc.total_charges.or_else(|| {
        let v: Vec<Money> = doc.services().filter_map(|l| l.charge).collect();
        (!v.is_empty()).then(|| v.into_iter().sum())
    });
    let by_total: Vec<&Vec<LineRef>> = mine.iter().filter(|c| Some(charged(c)) == total).collect();
    let dates: Vec<_> = doc.services().filter_map(|l| l.service_date).chain(doc.service_from).chain(doc.service_to).collect();
    let in_time = |c: &&Vec<LineRef>| {
        let (Some(lo), Some(hi)) = (dates.iter().min(), dates.iter().max()) else {
            return true;
        };
        c.iter().any(|&e| {
            let l = line(docs, e);
            l.service_date.is_none_or(|d| d <= *hi) && l.last_date().is_none_or(|d| d >= *lo)
        })
    };
    let chosen: Vec<&Vec<LineRef>> = if !by_account.is_empty() {
        by_account
    } else if by_total.len() == 1 {
        by_total
    } else {
        mine.iter().filter(in_time).collect()
    };
    let eob: Vec<LineRef> = chosen.into_iter().flatten().copied().collect();
    if !eob.is_empty() {
        state.take_group(bill, Group { bill: open_services(doc, bill), eob });
    }
}
