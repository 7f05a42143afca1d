//! What many cases show together: how often each provider and each payer is at fault, and how sure that rate is.
//!
//! A fault is an `error` or `likely` finding that nobody has dismissed, or one for review that a person has confirmed. It
//! counts for the provider of the bill on which it stands, or for the payer of the EOB. The rate is cases with the fault
//! over all cases with a paper of the party; its bounds are the 95 % interval of Wilson (1927), which stays honest for the
//! small numbers that an organisation has.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::Case;
use crate::decisions::Verdict;
use crate::ledger::Reconciled;
use crate::names::same_provider;
use crate::record::{Document, Money, Status};
use crate::rules::{Finding, RULES};

/// Two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_964;

/// A rate that stands on one case only is an event, not a pattern.
const FEWEST_CASES: usize = 2;

/// The party that a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Providers, by the bills.
    Provider,
    /// Payers, by the EOBs.
    Payer,
}

/// How often one party is at fault in one way. Amounts in US dollars, rates 0..1.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// Its name as printed first.
    pub name: String,
    /// The rule; `None` for all of them together.
    pub rule: Option<&'static str>,
    /// Cases with a paper of the party.
    pub cases: usize,
    /// Its bills, or EOBs.
    pub documents: usize,
    /// Their service lines.
    pub lines: usize,
    /// Cases with the fault.
    pub cases_flagged: usize,
    /// Findings.
    pub flags: usize,
    /// The sum of what is at issue.
    pub amount_at_issue: Money,
    /// Cases with the fault over cases.
    pub rate: f64,
    /// Bounds of the rate, 95 %.
    pub interval: (f64, f64),
    /// The same rate over all other parties together; `None` where there are none.
    pub elsewhere: Option<f64>,
    /// Whether even the lower bound is above the rate of all others, in two cases or more.
    pub stands_out: bool,
}

#[derive(Default)]
struct Tally {
    name: String,
    npis: BTreeSet<String>,
    cases: BTreeSet<usize>,
    documents: usize,
    lines: usize,
    faults: BTreeMap<usize, Faults>,
}

#[derive(Default)]
struct Faults {
    cases: BTreeSet<usize>,
    flags: usize,
    amount: Money,
}

/// The patterns of all parties of one kind, those with most money at issue first; for each its total, then its rules.
pub fn patterns(party: Party, cases: &[Case], reconciled: &[Reconciled]) -> Vec<Pattern> {
    let by_id: BTreeMap<&str, &Reconciled> = reconciled.iter().map(|r| (r.row.case_id.as_str(), r)).collect();
    let findings = |c: &Case| by_id.get(c.case_id.as_str()).map_or(&[][..], |r| &r.findings[..]);
    patterns_of(party, cases.iter().map(|c| (&c.documents[..], findings(c))))
}

/// The same from each case's documents and findings.
pub fn patterns_of<'c>(party: Party, cases: impl Iterator<Item = (&'c [Document], &'c [Finding])>) -> Vec<Pattern> {
    let mut tallies: Vec<Tally> = Vec::new();
    for (n, (documents, findings)) in cases.enumerate() {
        let mut of_path: BTreeMap<&str, usize> = BTreeMap::new();
        for d in documents {
            let Some((name, npis)) = party_of(party, d) else { continue };
            let at = index_of(&mut tallies, name, npis);
            let t = &mut tallies[at];
            t.cases.insert(n);
            t.documents += 1;
            t.lines += d.services().count();
            of_path.insert(&d.path, at);
        }
        for f in findings.iter().filter(|f| is_fault(f)) {
            let Some(at) = of_path.get(f.path.as_str()) else { continue };
            let Some(rule) = RULES.iter().position(|r| r.id == f.rule) else { continue };
            let faults = tallies[*at].faults.entry(rule).or_default();
            faults.cases.insert(n);
            faults.flags += 1;
            faults.amount += f.amount_at_issue.unwrap_or_default();
        }
    }
    let amount = |t: &Tally| t.faults.values().map(|f| f.amount).sum::<Money>();
    tallies.sort_by(|a, b| amount(b).cmp(&amount(a)).then_with(|| a.name.cmp(&b.name)));
    (0..tallies.len()).flat_map(|i| rows(&tallies, i)).collect()
}

/// Who stands on a paper, and its NPIs where it is a provider.
fn party_of(party: Party, d: &Document) -> Option<(&str, &[String])> {
    if !matches!(d.status, Status::Ok | Status::Partial) {
        return None;
    }
    match party {
        Party::Provider if d.is_bill() => Some((d.provider.first()?.as_str(), &d.provider_npi)),
        Party::Payer if d.is_eob() => Some((d.payer.as_deref()?, &[])),
        _ => None,
    }
}

fn index_of(tallies: &mut Vec<Tally>, name: &str, npis: &[String]) -> usize {
    let same = |t: &Tally| npis.iter().any(|n| t.npis.contains(n)) || same_provider(&t.name, name);
    let at = tallies.iter().position(same).unwrap_or_else(|| {
        tallies.push(Tally { name: name.to_owned(), ..Tally::default() });
        tallies.len() - 1
    });
    tallies[at].npis.extend(npis.iter().cloned());
    at
}

fn is_fault(f: &Finding) -> bool {
    match f.decision.as_ref().map(|d| d.verdict) {
        Some(Verdict::Dismissed) => false,
        Some(Verdict::Confirmed | Verdict::Fixed) => true,
        None => f.severity.is_hard(),
    }
}

fn rows(tallies: &[Tally], at: usize) -> Vec<Pattern> {
    let t = &tallies[at];
    let pooled = |has: &dyn Fn(&Tally) -> usize| {
        let (with, all) = tallies
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != at)
            .fold((0, 0), |(with, all), (_, o)| (with + has(o), all + o.cases.len()));
        (all > 0).then(|| with as f64 / all as f64)
    };
    let row = |rule: Option<usize>, faults: &Faults, elsewhere: Option<f64>| {
        let interval = wilson(faults.cases.len(), t.cases.len());
        Pattern {
            name: t.name.clone(),
            rule: rule.map(|r| RULES[r].id),
            cases: t.cases.len(),
            documents: t.documents,
            lines: t.lines,
            cases_flagged: faults.cases.len(),
            flags: faults.flags,
            amount_at_issue: faults.amount,
            rate: faults.cases.len() as f64 / t.cases.len() as f64,
            interval,
            elsewhere,
            stands_out: faults.cases.len() >= FEWEST_CASES && elsewhere.is_some_and(|e| interval.0 > e),
        }
    };
    let any = |t: &Tally| t.faults.values().flat_map(|f| f.cases.iter().copied()).collect::<BTreeSet<_>>();
    let all = Faults {
        cases: any(t),
        flags: t.faults.values().map(|f| f.flags).sum(),
        amount: t.faults.values().map(|f| f.amount).sum(),
    };
    let mut out = vec![row(None, &all, pooled(&|o| any(o).len()))];
    out.extend(
        t.faults
            .iter()
            .map(|(rule, faults)| row(Some(*rule), faults, pooled(&|o| o.faults.get(rule).map_or(0, |f| f.cases.len())))),
    );
    out
}

/// The 95 % interval of Wilson for a share of `hits` in `of`; (0, 1) where nothing was seen.
pub fn wilson(hits: usize, of: usize) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (n, p) = (of as f64, hits as f64 / of as f64);
    let centre = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_interval_of_ten_in_a_hundred() {
        // Published example: 10 of 100 gives 5.5 % to 17.4 %.
        let (low, high) = wilson(10, 100);
        assert!((low - 0.0552).abs() < 1e-3 && (high - 0.1744).abs() < 1e-3, "{low} {high}");
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_rate(of in 1usize..500, part in 0.0f64..=1.0) {
            let hits = (of as f64 * part) as usize;
            let (low, high) = wilson(hits, of);
            let rate = hits as f64 / of as f64;
            prop_assert!(low <= rate + 1e-9 && rate <= high + 1e-9 && low >= 0.0 && high <= 1.0);
        }
    }
}
