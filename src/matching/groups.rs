//! Broader EOB lines and the sets of bill lines that add up to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;

use crate::record::{Money, ServiceLine};

use super::assign::dates_agree;
use super::{Group, LineRef, State, line};

/// A sum is looked for among at most this many lines that differ.
const LARGEST_POOL: usize = 48;
/// Of fewer lines one too many proves nothing.
const LEAST: usize = 4;
/// And over at most this many partial sums.
const LARGEST_SEARCH: usize = 20_000;

/// Takes the groups of a bill: whole sets first, then those with one line too many, then sets that are the only ones to add up,
/// until nothing changes.
pub(crate) fn take_groups(state: &mut State<'_>, bill: usize) {
    loop {
        if take_one(state, bill, whole_set, false)
            || take_one(state, bill, all_but_one, false)
            || take_one(state, bill, only_subset, false)
        {
            continue;
        }
        return;
    }
}

/// Takes lines of one code and date that one side prints as one line and the other as several.
pub(crate) fn take_same_code(state: &mut State<'_>, bill: usize) {
    while take_one(state, bill, whole_set, true) || take_split(state, bill) {}
}

type Search = fn(&[crate::record::Document], &[Vec<LineRef>], Money) -> Option<Vec<LineRef>>;

fn take_one(state: &mut State<'_>, bill: usize, search: Search, coded: bool) -> bool {
    let open = state.bills.get(&bill).map(|m| m.unmatched.clone()).unwrap_or_default();
    if open.is_empty() {
        return false;
    }
    for e in state.free_for(bill) {
        let el = line(state.docs, e);
        let Some(target) = el.charge.filter(|c| *c > Money::ZERO) else {
            continue;
        };
        if coded && el.code.is_none() {
            continue;
        }
        let mut pools = pools(state.docs, &open, el);
        if coded {
            // One line for one is a pair, whose units and modifiers are to be compared.
            pools.retain(|p| p.len() > 1);
        }
        if let Some(rows) = search(state.docs, &pools, target) {
            state.take_group(bill, Group { bill: rows, eob: vec![e] });
            return true;
        }
    }
    false
}

/// The sets of bill lines that an EOB line may sum up: those of its code, of its revenue code (or of any one, where it
/// prints none), of its date.
fn pools(docs: &[crate::record::Document], open: &[LineRef], e: &ServiceLine) -> Vec<Vec<LineRef>> {
    let charged = |r: &&LineRef| line(docs, **r).charge.is_some_and(|c| c > Money::ZERO);
    let in_time = |r: &&LineRef| dates_agree(line(docs, **r), e) != Some(false);
    let near: Vec<LineRef> = open.iter().filter(charged).filter(in_time).copied().collect();
    if let Some(code) = &e.code {
        return vec![near.into_iter().filter(|r| line(docs, *r).code.as_ref() == Some(code)).collect()];
    }
    let mut out: Vec<Vec<LineRef>> = Vec::new();
    let mut by_revenue: BTreeMap<&str, Vec<LineRef>> = BTreeMap::new();
    for &r in &near {
        if let Some(rev) = line(docs, r).revenue_code.as_deref() {
            by_revenue.entry(rev).or_default().push(r);
        }
    }
    match e.revenue_code.as_deref() {
        Some(rev) => out.extend(by_revenue.remove(rev)),
        None => out.extend(by_revenue.into_values()),
    }
    let one_day = e.service_date_to.is_none() || e.service_date_to == e.service_date;
    if one_day && e.service_date.is_some() {
        out.push(near.iter().copied().filter(|r| line(docs, *r).service_date == e.service_date).collect());
    }
    out.retain(|p| !p.is_empty());
    out
}

fn sum(docs: &[crate::record::Document], rows: &[LineRef]) -> Money {
    rows.iter().filter_map(|r| line(docs, *r).charge).sum()
}

/// The one pool that adds up as it is.
fn whole_set(docs: &[crate::record::Document], pools: &[Vec<LineRef>], target: Money) -> Option<Vec<LineRef>> {
    let mut hits: Vec<&Vec<LineRef>> = pools.iter().filter(|p| sum(docs, p) == target).collect();
    hits.dedup();
    if let [one] = hits[..] { Some(one.clone()) } else { None }
}

/// The one pool that adds up without one of its lines, which the plan was not sent: the second of two that print the same, or
/// the only one with such a charge. Among many lines some smaller set mostly comes to the same sum by chance; that all but one
/// do is no chance.
fn all_but_one(docs: &[crate::record::Document], pools: &[Vec<LineRef>], target: Money) -> Option<Vec<LineRef>> {
    let without_one = |pool: &Vec<LineRef>| {
        let over = sum(docs, pool) - target;
        let same = |a: usize, b: usize| look(line(docs, pool[a])) == look(line(docs, pool[b]));
        let fits: Vec<usize> = (0..pool.len()).filter(|i| line(docs, pool[*i]).charge == Some(over)).collect();
        let repeats: Vec<usize> = fits.iter().copied().filter(|i| (0..*i).any(|k| same(k, *i))).collect();
        let found = if repeats.is_empty() { fits } else { repeats };
        let last = *found.last().filter(|_| pool.len() > LEAST)?;
        found.iter().all(|i| same(*i, last)).then(|| [&pool[..last], &pool[last + 1..]].concat())
    };
    let mut hits: Vec<Vec<LineRef>> = pools.iter().filter_map(without_one).collect();
    hits.dedup();
    if hits.len() == 1 { hits.pop() } else { None }
}

/// What two lines that stand for each other have in common.
type Look = (Option<jiff::civil::Date>, Option<String>, Option<String>, Vec<String>, Option<Decimal>, Money);

fn look(l: &ServiceLine) -> Look {
    (l.service_date, l.code.clone(), l.description.clone(), l.modifiers.clone(), l.units, l.charge.unwrap_or_default())
}

/// The one subset of one pool that adds up; lines that print the same stand for each other.
fn only_subset(docs: &[crate::record::Document], pools: &[Vec<LineRef>], target: Money) -> Option<Vec<LineRef>> {
    let mut found: BTreeSet<Vec<LineRef>> = BTreeSet::new();
    for pool in pools {
        match subsets(docs, pool, target) {
            Ways::None => {}
            Ways::One(rows) => {
                found.insert(rows);
            }
            Ways::Many => return None,
        }
    }
    if found.len() == 1 { found.pop_first() } else { None }
}

enum Ways {
    None,
    One(Vec<LineRef>),
    Many,
}

/// How one partial sum was first reached, and whether there is another way.
#[derive(Clone)]
struct Reached {
    ways: u8,
    from: Decimal,
    look: usize,
    count: usize,
}

fn subsets(docs: &[crate::record::Document], pool: &[LineRef], target: Money) -> Ways {
    let mut looks: BTreeMap<Look, Vec<LineRef>> = BTreeMap::new();
    for &r in pool {
        looks.entry(look(line(docs, r))).or_default().push(r);
    }
    if looks.len() > LARGEST_POOL {
        return Ways::Many;
    }
    let looks: Vec<(Decimal, Vec<LineRef>)> = looks.into_iter().map(|(k, v)| (k.5.0, v)).collect();
    let start = Reached { ways: 1, from: Decimal::ZERO, look: 0, count: 0 };
    let mut layers: Vec<HashMap<Decimal, Reached>> = vec![HashMap::from([(Decimal::ZERO, start)])];
    for (k, (charge, rows)) in looks.iter().enumerate() {
        let mut next: HashMap<Decimal, Reached> = HashMap::new();
        for (s, r) in &layers[k] {
            for n in 0..=rows.len() {
                let t = *s + *charge * Decimal::from(n);
                if t > target.0 {
                    break;
                }
                next.entry(t).and_modify(|x| x.ways = x.ways.saturating_add(r.ways).min(2)).or_insert(Reached {
                    ways: r.ways,
                    from: *s,
                    look: k,
                    count: n,
                });
            }
        }
        if next.len() > LARGEST_SEARCH {
            return Ways::Many;
        }
        layers.push(next);
    }
    let Some(mut at) = layers[looks.len()].get(&target.0) else {
        return Ways::None;
    };
    if at.ways > 1 {
        return Ways::Many;
    }
    let mut rows = Vec::new();
    for k in (0..looks.len()).rev() {
        rows.extend(looks[at.look].1.iter().take(at.count));
        match layers[k].get(&at.from) {
            Some(before) => at = before,
            None => break,
        }
    }
    rows.sort_unstable();
    Ways::One(rows)
}

/// A bill line of several units that the EOB prints as several lines of the same code and date.
fn take_split(state: &mut State<'_>, bill: usize) -> bool {
    let open = state.bills.get(&bill).map(|m| m.unmatched.clone()).unwrap_or_default();
    let free = state.free_for(bill);
    for r in open {
        let bl = line(state.docs, r);
        let (Some(code), Some(charge)) = (&bl.code, bl.charge.filter(|c| *c > Money::ZERO)) else {
            continue;
        };
        let parts: Vec<LineRef> = free
            .iter()
            .copied()
            .filter(|&e| line(state.docs, e).code.as_ref() == Some(code) && dates_agree(bl, line(state.docs, e)) == Some(true))
            .collect();
        if parts.len() > 1 && sum(state.docs, &parts) == charge {
            state.take_group(bill, Group { bill: vec![r], eob: parts });
            return true;
        }
    }
    false
}

/// Broader EOB lines whose set does not add up because a figure was read with doubt: the rows of the line's revenue code, or
/// of its date, as a whole.
pub(crate) fn take_doubtful(state: &mut State<'_>, bill: usize) {
    const SURE: f32 = 0.95;
    for e in state.free_for(bill) {
        let el = line(state.docs, e);
        if el.code.is_some() || (el.revenue_code.is_none() && el.service_date.is_none()) {
            continue;
        }
        let open = state.bills.get(&bill).map(|m| m.unmatched.clone()).unwrap_or_default();
        let same = |r: &LineRef| {
            let l = line(state.docs, *r);
            let rev = el.revenue_code.is_none() || l.revenue_code.is_none() || l.revenue_code == el.revenue_code;
            rev && dates_agree(l, el) != Some(false) && (el.revenue_code.is_some() || l.service_date == el.service_date)
        };
        let pool: Vec<LineRef> = open.iter().copied().filter(same).collect();
        let doubtful = |r: &LineRef| line(state.docs, *r).figures_confidence < SURE || line(state.docs, *r).charge.is_none();
        if pool.len() > 1 && (doubtful(&e) || pool.iter().any(doubtful)) {
            state.take_group(bill, Group { bill: pool, eob: vec![e] });
        }
    }
}

/// What is left of a bill and of its provider's claims, if it comes to the same sum and one side prints no codes.
pub(crate) fn take_remainder(state: &mut State<'_>, bill: usize) {
    let open = state.bills.get(&bill).map(|m| m.unmatched.clone()).unwrap_or_default();
    let free = state.free_for(bill);
    let uncoded = |rows: &[LineRef]| rows.iter().all(|r| line(state.docs, *r).code.is_none());
    if open.is_empty() || free.is_empty() || !(uncoded(&open) || uncoded(&free)) {
        return;
    }
    let total = sum(state.docs, &open);
    if total > Money::ZERO && total == sum(state.docs, &free) {
        state.take_group(bill, Group { bill: open, eob: free });
    }
}
