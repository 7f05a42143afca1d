//! What is still to be matched, and the passes that pair single lines.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::names::same_number;
use crate::record::{Document, Money, ServiceLine};

use super::concern::Concerns;
use super::{BillMatch, Group, LineRef, Pair, assign, line};

/// What is still to be matched.
pub(crate) struct State<'a> {
    pub(crate) docs: &'a [Document],
    pub(crate) concerns: &'a Concerns,
    /// EOB lines that are not matched yet.
    pub(crate) free: BTreeSet<LineRef>,
    pub(crate) bills: BTreeMap<usize, BillMatch>,
    /// Share (in hundredths) of a bill's exact pairs that fall on one claim.
    pub(crate) affinity: HashMap<(usize, ClaimKey), i64>,
}

/// A claim of an EOB: document, index and number, as far as printed.
pub(crate) type ClaimKey = (usize, Option<usize>, Option<String>);

pub(crate) fn claim_key(docs: &[Document], e: LineRef) -> ClaimKey {
    let l = line(docs, e);
    (e.doc, l.claim, l.claim_no.clone())
}

impl State<'_> {
    /// Free EOB lines that concern the bill.
    pub(crate) fn free_for(&self, bill: usize) -> Vec<LineRef> {
        self.free.iter().copied().filter(|&e| self.concerns.get(bill, e)).collect()
    }

    pub(crate) fn take_pair(&mut self, bill: LineRef, eob: LineRef) {
        if let Some(m) = self.bills.get_mut(&bill.doc) {
            m.unmatched.retain(|l| *l != bill);
            m.pairs.push(Pair { bill, eob });
        }
        self.free.remove(&eob);
    }

    pub(crate) fn take_group(&mut self, doc: usize, group: Group) {
        for e in &group.eob {
            self.free.remove(e);
        }
        if let Some(m) = self.bills.get_mut(&doc) {
            m.unmatched.retain(|l| !group.bill.contains(l));
            m.groups.push(group);
        }
    }

    /// On which claims the exact pairs of each bill fall: lines of one charge then go to the bill of their claim.
    pub(crate) fn claims_of_bills(&self, bills: &[usize]) -> HashMap<(usize, ClaimKey), i64> {
        let pairs = self.best_pairs(bills, assign::exact);
        let mut counts: HashMap<(usize, ClaimKey), i64> = HashMap::new();
        let mut totals: HashMap<usize, i64> = HashMap::new();
        for (b, e) in pairs {
            *counts.entry((b.doc, claim_key(self.docs, e))).or_default() += 100;
            *totals.entry(b.doc).or_default() += 1;
        }
        for ((bill, _), n) in &mut counts {
            *n /= totals.get(bill).copied().unwrap_or(1).max(1);
        }
        counts
    }

    /// Assigns the open lines of all bills and the free EOB lines by the weights of `weigh`.
    pub(crate) fn pair(&mut self, bills: &[usize], weigh: fn(&ServiceLine, &ServiceLine) -> Option<i64>) {
        for (b, e) in self.best_pairs(bills, weigh) {
            self.take_pair(b, e);
        }
    }

    fn best_pairs(&self, bills: &[usize], weigh: fn(&ServiceLine, &ServiceLine) -> Option<i64>) -> Vec<(LineRef, LineRef)> {
        let rows: Vec<LineRef> =
            bills.iter().filter_map(|b| self.bills.get(b)).flat_map(|m| m.unmatched.iter().copied()).collect();
        let cols: Vec<LineRef> = self.free.iter().copied().collect();
        let mut by_charge: HashMap<Money, Vec<usize>> = HashMap::new();
        let mut by_code: HashMap<&str, Vec<usize>> = HashMap::new();
        for (j, &e) in cols.iter().enumerate() {
            let l = line(self.docs, e);
            if let Some(c) = l.charge {
                by_charge.entry(c).or_default().push(j);
            }
            if let Some(c) = &l.code {
                by_code.entry(c.as_str()).or_default().push(j);
            }
        }
        let mut edges = Vec::new();
        for (i, &b) in rows.iter().enumerate() {
            let bl = line(self.docs, b);
            let mut near: Vec<usize> = bl.charge.and_then(|c| by_charge.get(&c)).cloned().unwrap_or_default();
            near.extend(bl.code.as_deref().and_then(|c| by_code.get(c)).into_iter().flatten());
            near.sort_unstable();
            near.dedup();
            for j in near {
                let e = cols[j];
                if !self.concerns.get(b.doc, e) {
                    continue;
                }
                let el = line(self.docs, e);
                if let Some(w) = weigh(bl, el) {
                    edges.push((i, j, w + self.preference(b, i, e)));
                }
            }
        }
        assign::assign(&edges).into_iter().map(|(i, j)| (rows[i], cols[j])).collect()
    }

    /// What decides among near equals: the claim on which the bill's other lines fall, the same account, a line that the plan did not refuse, the later EOB, the earlier bill line.
    fn preference(&self, b: LineRef, rank: usize, e: LineRef) -> i64 {
        let (bl, el) = (line(self.docs, b), line(self.docs, e));
        let (bd, ed) = (&self.docs[b.doc], &self.docs[e.doc]);
        let claim_account = ed.claim_of(el).and_then(|c| c.account_no.as_deref());
        let account = el.account_no.as_deref().or(claim_account);
        let same_account = account.is_some_and(|a| {
            bl.account_no.as_deref().is_some_and(|x| same_number(x, a)) || bd.account_no.iter().any(|x| same_number(x, a))
        });
        let refused = el.charge.is_some() && el.not_covered == el.charge && el.patient_share().unwrap_or_default() == Money::ZERO;
        let age =
            ed.statement_date.map_or(0, |d| i64::from(d.year()) * 372 + i64::from(d.month()) * 31 + i64::from(d.day()) - 740_000);
        let rank = i64::try_from(rank).unwrap_or(i64::MAX).min(1_500);
        let claim = self.affinity.get(&(b.doc, claim_key(self.docs, e))).copied().unwrap_or(0);
        60_000 * i64::from(same_account) + 8_000 * claim + 30_000 * i64::from(!refused) + age.clamp(0, 25_000) - rank
    }

    /// Pairs what is left within each bill, by weights that look at less than two agreeing prints.
    pub(crate) fn pair_within(&mut self, bills: &[usize], weigh: fn(&ServiceLine, &ServiceLine) -> Option<i64>) {
        for &b in bills {
            let open = self.bills.get(&b).map(|m| m.unmatched.clone()).unwrap_or_default();
            let free = self.free_for(b);
            let mut edges = Vec::new();
            for (i, &r) in open.iter().enumerate() {
                for (j, &e) in free.iter().enumerate() {
                    if let Some(w) = weigh(line(self.docs, r), line(self.docs, e)) {
                        edges.push((i, j, w - i64::try_from(i).unwrap_or(0)));
                    }
                }
            }
            for (i, j) in assign::assign(&edges) {
                self.take_pair(open[i], free[j]);
            }
        }
    }

    /// A bill that no EOB line names the provider of: the claim of an unknown provider whose lines are the bill's own.
    ///
    /// EOBs print the clinician where the bill prints the practice. Half of the bill's lines must agree in charge, date and
    /// (where both print one) code.
    pub(crate) fn adopt_foreign_claim(&mut self, bill: usize) {
        let Some(m) = self.bills.get(&bill) else { return };
        if !m.pairs.is_empty() || !m.groups.is_empty() || m.unmatched.is_empty() {
            return;
        }
        let open = m.unmatched.clone();
        let mut claims: BTreeMap<ClaimKey, Vec<LineRef>> = BTreeMap::new();
        for &e in &self.free {
            if self.concerns.of_no_bill(e) && self.concerns.patient_fits(bill, e) {
                let l = line(self.docs, e);
                claims.entry((e.doc, l.claim, l.provider.clone())).or_default().push(e);
            }
        }
        let mut best: Vec<(LineRef, LineRef)> = Vec::new();
        for lines in claims.values() {
            let mut edges = Vec::new();
            for (i, &b) in open.iter().enumerate() {
                for (j, &e) in lines.iter().enumerate() {
                    if let Some(w) = assign::exact(line(self.docs, b), line(self.docs, e)) {
                        edges.push((i, j, w));
                    }
                }
            }
            let got = assign::assign(&edges);
            if got.len() * 2 >= open.len() && got.len() * 2 >= lines.len() && got.len() > best.len() {
                best = got.into_iter().map(|(i, j)| (open[i], lines[j])).collect();
            }
        }
        for (b, e) in best {
            self.take_pair(b, e);
        }
    }
}
