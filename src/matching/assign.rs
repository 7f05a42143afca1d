//! Which pairs of lines may be matched, how well they fit, and the best assignment.

use std::collections::BTreeMap;

use jiff::civil::Date;
use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;
use petgraph::unionfind::UnionFind;

use crate::names::text_key;
use crate::record::ServiceLine;

/// One more pair outweighs every preference among pairs.
const PAIR: i64 = 1_000_000;
/// Components of more lines than this are assigned greedily, to bound the time.
const LARGEST: usize = 400;

/// Whether the bill's date lies on the EOB line's date or within its range. `None` where one of them prints no date.
pub fn dates_agree(b: &ServiceLine, e: &ServiceLine) -> Option<bool> {
    let (bs, es) = (b.service_date?, e.service_date?);
    let (bt, et) = (b.last_date()?, e.last_date()?);
    Some(bs == es || (es <= bs && bt <= et) || (bs <= es && et <= bt && b.service_date_to.is_some()))
}

fn equal<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> Option<bool> {
    Some(a? == b?)
}

fn same_modifiers(b: &ServiceLine, e: &ServiceLine) -> bool {
    let sorted = |l: &ServiceLine| {
        let mut v = l.modifiers.clone();
        v.sort();
        v
    };
    sorted(b) == sorted(e)
}

/// Weight of a pair in which everything that both sides print is the same: charge and date, code, modifiers, units.
pub(crate) fn exact(b: &ServiceLine, e: &ServiceLine) -> Option<i64> {
    let charge = equal(b.charge.as_ref(), e.charge.as_ref())?;
    let date = dates_agree(b, e)?;
    let code = equal(b.code.as_ref(), e.code.as_ref());
    let units = equal(b.units.as_ref(), e.units.as_ref());
    if !charge || !date || code == Some(false) || units == Some(false) {
        return None;
    }
    let mods = same_modifiers(b, e);
    // Many EOBs print no modifiers; two different sets are two services.
    if code == Some(true) && !mods && !b.modifiers.is_empty() && !e.modifiers.is_empty() {
        return None;
    }
    let same_day = b.service_date == e.service_date;
    Some(
        PAIR + 400_000 * i64::from(code == Some(true))
            + 100_000 * i64::from(mods && code == Some(true))
            + 100_000 * i64::from(same_day),
    )
}

/// Weight of a pair that agrees on at least charge and date, or code and date, or code and charge.
pub(crate) fn close(b: &ServiceLine, e: &ServiceLine) -> Option<i64> {
    let charge = equal(b.charge.as_ref(), e.charge.as_ref()) == Some(true);
    let date = dates_agree(b, e) == Some(true);
    let code_seen = equal(b.code.as_ref(), e.code.as_ref());
    let code = code_seen == Some(true);
    if usize::from(charge) + usize::from(date) + usize::from(code) < 2 {
        return None;
    }
    let units = equal(b.units.as_ref(), e.units.as_ref());
    let mut w = PAIR + 300_000 * i64::from(charge) + 200_000 * i64::from(date) + 200_000 * i64::from(code);
    w += 100_000 * i64::from(code && same_modifiers(b, e));
    w += 100_000 * i64::from(units != Some(false)) - 150_000 * i64::from(code_seen == Some(false));
    if let (false, Some(x), Some(y)) = (date, b.service_date, e.service_date) {
        w -= 1_000 * days_between(x, y).min(90);
    }
    Some(w)
}

/// Days from the earlier to the later of two dates.
pub(crate) fn days_between(a: Date, b: Date) -> i64 {
    (b - a).get_days().unsigned_abs().into()
}

/// Weight of a pair of one charge of which one side prints too little for [`close`]: a paper without dates beside one
/// without codes. A different code is let pass only where no dates can be compared.
pub(crate) fn no_conflict(b: &ServiceLine, e: &ServiceLine) -> Option<i64> {
    let units = equal(b.units.as_ref(), e.units.as_ref());
    let code = equal(b.code.as_ref(), e.code.as_ref());
    let date = dates_agree(b, e);
    let fits = equal(b.charge.as_ref(), e.charge.as_ref()) == Some(true)
        && date != Some(false)
        && units != Some(false)
        && (code != Some(false) || date.is_none());
    fits.then(|| PAIR + 100_000 * i64::from(units == Some(true)) - 300_000 * i64::from(code == Some(false)))
}

/// Weight of a pair of one date that both sides describe in the same words, whatever they charge.
pub(crate) fn same_words(b: &ServiceLine, e: &ServiceLine) -> Option<i64> {
    let words = |l: &ServiceLine| l.description.as_deref().map(text_key).filter(|k| k.len() >= 4);
    let code = equal(b.code.as_ref(), e.code.as_ref());
    let alike = code != Some(false) && dates_agree(b, e) == Some(true) && words(b).is_some() && words(b) == words(e);
    alike.then_some(PAIR)
}

/// Lines read with less certainty than this may hold a misread sign.
const SURE: f32 = 0.95;

fn one_sign_apart(a: &str, b: &str) -> bool {
    strsim::damerau_levenshtein(a, b) <= 1
}

/// Weight of a pair of which one line was read with doubt: something agrees, and nothing differs by more than a misread sign.
pub(crate) fn slipped(b: &ServiceLine, e: &ServiceLine) -> Option<i64> {
    if b.figures_confidence >= SURE && e.figures_confidence >= SURE {
        return None;
    }
    let charge = equal(b.charge.as_ref(), e.charge.as_ref());
    let code = equal(b.code.as_ref(), e.code.as_ref());
    let date = dates_agree(b, e);
    let agreeing = [charge, code, date].iter().filter(|x| **x == Some(true)).count();
    let near_charge = b.charge.zip(e.charge).is_none_or(|(x, y)| one_sign_apart(&x.to_string(), &y.to_string()));
    let near_code = b.code.as_deref().zip(e.code.as_deref()).is_none_or(|(x, y)| one_sign_apart(x, y));
    let something =
        charge == Some(true) || code == Some(true) || (date == Some(true) && b.charge.is_some() && e.charge.is_some());
    (something && near_charge && near_code && date != Some(false)).then(|| PAIR + 100_000 * agreeing as i64)
}

/// The one-to-one assignment of rows to columns with the largest sum of weights, as (row, column) sorted by row.
///
/// `edges` are (row, column, weight > 0); other pairs are not allowed. Each connected component is solved by the
/// Kuhn–Munkres algorithm.
pub(crate) fn assign(edges: &[(usize, usize, i64)]) -> Vec<(usize, usize)> {
    let rows = edges.iter().map(|e| e.0 + 1).max().unwrap_or(0);
    let cols = edges.iter().map(|e| e.1 + 1).max().unwrap_or(0);
    let mut sets = UnionFind::<usize>::new(rows + cols);
    for (i, j, _) in edges {
        sets.union(*i, rows + *j);
    }
    let mut parts: BTreeMap<usize, Vec<(usize, usize, i64)>> = BTreeMap::new();
    for e in edges {
        parts.entry(sets.find(e.0)).or_default().push(*e);
    }
    let mut out: Vec<(usize, usize)> = parts.values().flat_map(|p| assign_component(p)).collect();
    out.sort_unstable();
    out
}

fn assign_component(edges: &[(usize, usize, i64)]) -> Vec<(usize, usize)> {
    if let [(i, j, _)] = edges {
        return vec![(*i, *j)];
    }
    let index = |it: &mut dyn Iterator<Item = usize>| {
        let mut v: Vec<usize> = it.collect();
        v.sort_unstable();
        v.dedup();
        v
    };
    let rows = index(&mut edges.iter().map(|e| e.0));
    let cols = index(&mut edges.iter().map(|e| e.1));
    if rows.len().max(cols.len()) > LARGEST {
        return greedy(edges);
    }
    let turned = rows.len() > cols.len();
    let (short, long) = if turned { (&cols, &rows) } else { (&rows, &cols) };
    let mut weights = Matrix::new(short.len(), long.len(), 0i64);
    for (i, j, w) in edges {
        let (a, b) = if turned { (j, i) } else { (i, j) };
        if let (Ok(r), Ok(c)) = (short.binary_search(a), long.binary_search(b)) {
            weights[(r, c)] = *w;
        }
    }
    let (_, chosen) = kuhn_munkres(&weights);
    chosen
        .into_iter()
        .enumerate()
        .filter(|(r, c)| weights[(*r, *c)] > 0)
        .map(|(r, c)| if turned { (long[c], short[r]) } else { (short[r], long[c]) })
        .collect()
}

fn greedy(edges: &[(usize, usize, i64)]) -> Vec<(usize, usize)> {
    let mut sorted = edges.to_vec();
    sorted.sort_by_key(|(i, j, w)| (-w, *i, *j));
    let (mut rows, mut cols) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    sorted.retain(|(i, j, _)| {
        let free = !rows.contains(i) && !cols.contains(j);
        if free {
            rows.insert(*i);
            cols.insert(*j);
        }
        free
    });
    sorted.into_iter().map(|(i, j, _)| (i, j)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_sum_decides_not_the_first_edge() {
        assert_eq!(assign(&[(0, 0, 10), (0, 1, 9), (1, 0, 8)]), [(0, 1), (1, 0)]);
        assert_eq!(assign(&[(0, 0, 5), (1, 0, 6), (2, 0, 4)]), [(1, 0)]);
        assert_eq!(assign(&[]), []);
    }

    proptest! {
        #[test]
        fn one_to_one_and_only_along_edges(edges in prop::collection::vec((0usize..8, 0usize..8, 1i64..100), 0..40)) {
            let mut seen: Vec<(usize, usize, i64)> = Vec::new();
            for e in edges {
                if !seen.iter().any(|s| (s.0, s.1) == (e.0, e.1)) {
                    seen.push(e);
                }
            }
            let got = assign(&seen);
            for (i, j) in &got {
                prop_assert!(seen.iter().any(|e| (e.0, e.1) == (*i, *j)));
                prop_assert_eq!(got.iter().filter(|p| p.0 == *i).count(), 1);
                prop_assert_eq!(got.iter().filter(|p| p.1 == *j).count(), 1);
            }
            let weight = |pairs: &[(usize, usize)]| -> i64 {
                pairs.iter().filter_map(|p| seen.iter().find(|e| (e.0, e.1) == *p)).map(|e| e.2).sum()
            };
            prop_assert!(weight(&got) >= weight(&greedy(&seen)));
        }
    }
}
