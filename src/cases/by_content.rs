//! Loose papers → groups of one patient each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use petgraph::unionfind::UnionFind;

use crate::names::{Likeness, number_key, same_person, same_provider};
use crate::record::{Document, LineKind};

/// What grouping looks at in one document.
struct Facts {
    people: Vec<String>,
    numbers: BTreeSet<String>,
    providers: Vec<String>,
    from: Option<Date>,
    to: Option<Date>,
}

impl Facts {
    fn of(d: &Document) -> Self {
        let mut people: Vec<String> = Vec::new();
        let named = d
            .patient
            .iter()
            .chain(d.lines.iter().filter_map(|l| l.patient.as_ref()))
            .chain(d.claims.iter().filter_map(|c| c.patient.as_ref()));
        for p in named {
            if !people.iter().any(|q| same_person(q, p) != Likeness::Different) {
                people.push(p.clone());
            }
        }
        let numbers = d
            .account_no
            .iter()
            .chain(&d.claim_no)
            .chain(d.claims.iter().flat_map(|c| c.claim_no.iter().chain(&c.account_no)))
            .map(|n| number_key(n))
            .filter(|n| n.len() >= 4)
            .collect();
        let dates = || {
            d.lines
                .iter()
                .filter(|l| l.line_kind == LineKind::Service)
                .flat_map(|l| [l.service_date, l.service_date_to])
                .chain([d.service_from, d.service_to, d.admitted, d.discharged])
                .flatten()
        };
        Self { people, numbers, providers: d.provider.clone(), from: dates().min(), to: dates().max() }
    }

    fn overlaps(&self, other: &Self) -> bool {
        matches!((self.from, self.to, other.from, other.to), (Some(a), Some(b), Some(c), Some(d)) if a <= d && c <= b)
    }

    fn shares_provider(&self, other: &Self) -> bool {
        self.providers.iter().any(|p| other.providers.iter().any(|q| same_provider(p, q)))
    }

    fn one_person(&self) -> Option<&str> {
        match self.people.as_slice() {
            [p] => Some(p),
            _ => None,
        }
    }
}

/// Groups loose documents: one patient each, others by numbers, then by provider and dates.
pub(super) fn by_content(documents: Vec<Document>) -> Vec<Vec<Document>> {
    let facts: Vec<Facts> = documents.iter().map(Facts::of).collect();
    let n = documents.len();
    let mut sets = UnionFind::<usize>::new(n);
    // Names first: equal prints fall together through the map, only distinct prints are compared with each other.
    let mut prints: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, f) in facts.iter().enumerate() {
        if let Some(p) = f.one_person() {
            prints.entry(p).or_default().push(i);
        }
    }
    let distinct: Vec<(&str, Vec<usize>)> = prints.into_iter().collect();
    for (k, (p, members)) in distinct.iter().enumerate() {
        for w in members.windows(2) {
            sets.union(w[0], w[1]);
        }
        for (q, others) in &distinct[k + 1..] {
            let join = match same_person(p, q) {
                Likeness::Same => true,
                // A misread letter is believed where something else says so too.
                Likeness::Slip => members.iter().any(|&i| {
                    others.iter().any(|&j| {
                        !facts[i].numbers.is_disjoint(&facts[j].numbers)
                            || (facts[i].shares_provider(&facts[j]) && facts[i].overlaps(&facts[j]))
                            || (documents[i].member_id.is_some() && documents[i].member_id == documents[j].member_id)
                    })
                }),
                Likeness::Different => false,
            };
            if join {
                sets.union(members[0], others[0]);
            }
        }
    }
    let mut by_number: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, f) in facts.iter().enumerate() {
        for k in &f.numbers {
            by_number.entry(k.as_str()).or_default().push(i);
        }
    }
    attach(&facts, &by_number, &mut sets);
    let mut groups: BTreeMap<usize, Vec<Document>> = BTreeMap::new();
    for (i, d) in documents.into_iter().enumerate() {
        groups.entry(sets.find(i)).or_default().push(d);
    }
    groups.into_values().collect()
}

/// Joins the papers that name nobody, or several people, to the case that they speak of most.
fn attach(facts: &[Facts], by_number: &HashMap<&str, Vec<usize>>, sets: &mut UnionFind<usize>) {
    let anchors: Vec<usize> = (0..facts.len()).filter(|&i| facts[i].one_person().is_some()).collect();
    let mut left: Vec<usize> = (0..facts.len()).filter(|&i| facts[i].one_person().is_none()).collect();
    for &i in &left {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for k in &facts[i].numbers {
            for &j in by_number.get(k.as_str()).into_iter().flatten() {
                if j != i && anchors.contains(&j) {
                    *votes.entry(sets.find(j)).or_default() += 8;
                }
            }
        }
        for &j in &anchors {
            let named = facts[i].people.iter().any(|p| facts[j].people.iter().any(|q| same_person(p, q) == Likeness::Same));
            let there = facts[i].shares_provider(&facts[j]) && facts[i].overlaps(&facts[j]);
            let n = usize::from(named) + usize::from(there && (named || facts[i].people.is_empty())) * 2;
            if n > 0 {
                *votes.entry(sets.find(j)).or_default() += n;
            }
        }
        let top = votes.values().max().copied().unwrap_or(0);
        let mut best = votes.iter().filter(|(_, v)| **v == top).map(|(k, _)| *k);
        // Without a name, two candidates alike are no answer.
        if let (Some(k), other) = (best.next(), best.next())
            && (other.is_none() || !facts[i].people.is_empty())
        {
            sets.union(i, k);
        }
    }
    left.retain(|&i| !anchors.iter().any(|&j| sets.equiv(i, j)));
    for (k, &i) in left.iter().enumerate() {
        for &j in &left[k + 1..] {
            let nobody = facts[i].people.is_empty() || facts[j].people.is_empty();
            let shared = facts[i].people.iter().any(|p| facts[j].people.iter().any(|q| same_person(p, q) == Likeness::Same));
            let there = facts[i].shares_provider(&facts[j]) && facts[i].overlaps(&facts[j]);
            if shared || (nobody && (there || !facts[i].numbers.is_disjoint(&facts[j].numbers))) {
                sets.union(i, j);
            }
        }
    }
}
