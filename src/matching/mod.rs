//! Stage 6: bill lines ↔ EOB lines.
//!
//! Within a case the services of the bills are paired one to one with the services of the EOBs of the same provider and
//! patient: exact ties first, then the assignment that leaves the most agreement. Broader EOB lines take the set of bill
//! lines that adds up to them, a bill without codes takes its provider's claim as a whole. Where two sets would do, none
//! is taken: a guess would accuse somebody.

mod assign;
mod concern;
mod groups;
mod newest;

pub use assign::dates_agree;
pub use concern::{People, eob_line_patient, eob_line_provider};
pub use newest::cancelled_by_reversal;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::names::same_number;
use crate::record::{DocKind, Document, LineKind, Money, ServiceLine, Status};

use concern::Concerns;

/// A line of a document of the case: indices into the case's documents and into [`Document::lines`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineRef {
    /// Index of the document in the case.
    pub doc: usize,
    /// Index of the line in the document.
    pub line: usize,
}

/// One bill line and the EOB line that settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The bill's line.
    pub bill: LineRef,
    /// The EOB's line.
    pub eob: LineRef,
}

/// Bill lines and EOB lines that correspond only as sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The bill's lines.
    pub bill: Vec<LineRef>,
    /// The EOB's lines, in most cases one.
    pub eob: Vec<LineRef>,
}

/// How one bill is covered by the EOBs of the case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BillMatch {
    /// Index of the bill in the case.
    pub doc: usize,
    /// Whether the bill has no codes and was compared as a whole.
    pub whole: bool,
    /// Lines matched one to one.
    pub pairs: Vec<Pair>,
    /// Lines matched as sets.
    pub groups: Vec<Group>,
    /// Services of the bill that no EOB line shows.
    pub unmatched: Vec<LineRef>,
    /// EOB lines of this provider and patient that no bill line shows.
    pub eob_left: Vec<LineRef>,
}

impl BillMatch {
    /// All EOB lines that settle something of this bill, each once.
    pub fn eob_lines(&self) -> Vec<LineRef> {
        let mut v: Vec<LineRef> =
            self.pairs.iter().map(|p| p.eob).chain(self.groups.iter().flat_map(|g| g.eob.iter().copied())).collect();
        v.sort_unstable();
        v.dedup();
        v
    }
}

/// The correspondence of all bills and EOBs of a case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matching {
    /// One entry per bill that is not superseded, in order of statement date and path.
    pub bills: Vec<BillMatch>,
    /// Bills that a later statement of the same account replaces, with the index of that statement.
    pub superseded: BTreeMap<usize, usize>,
    /// The EOB service lines that count: of the case's patient, not taken back, not replaced by a later EOB of the claim.
    pub eob_lines: Vec<LineRef>,
    /// The same for people other than the case's patient.
    pub others: Vec<LineRef>,
}

impl Matching {
    /// The entry of a bill.
    pub fn of_bill(&self, doc: usize) -> Option<&BillMatch> {
        self.bills.iter().find(|b| b.doc == doc)
    }

    /// The bill line that is matched one to one with an EOB line.
    pub fn bill_of(&self, eob: LineRef) -> Option<LineRef> {
        self.bills.iter().flat_map(|b| &b.pairs).find(|p| p.eob == eob).map(|p| p.bill)
    }

    /// The bill that an EOB line settles something of, alone or in a group.
    pub fn bill_doc_of(&self, eob: LineRef) -> Option<usize> {
        let holds = |b: &&BillMatch| b.pairs.iter().any(|p| p.eob == eob) || b.groups.iter().any(|g| g.eob.contains(&eob));
        self.bills.iter().find(holds).map(|b| b.doc)
    }

    /// The EOB line that is matched one to one with a bill line.
    pub fn eob_of(&self, bill: LineRef) -> Option<LineRef> {
        self.bills.iter().flat_map(|b| &b.pairs).find(|p| p.bill == bill).map(|p| p.eob)
    }

    /// Whether a bill line is matched, alone or within a group.
    pub fn is_matched(&self, bill: LineRef) -> bool {
        self.bills.iter().any(|b| b.doc == bill.doc && !b.unmatched.contains(&bill))
    }
}

/// Looks a line up.
pub fn line(docs: &[Document], at: LineRef) -> &ServiceLine {
    &docs[at.doc].lines[at.line]
}

/// Whether nothing printed says that a bill line lies outside an EOB line's date or range.
pub fn dates_may_agree(bill: &ServiceLine, eob: &ServiceLine) -> bool {
    dates_agree(bill, eob) != Some(false)
}

/// The services of a bill or EOB that count: no payments, nothing that was reversed, no negative charges.
pub fn open_services(doc: &Document, index: usize) -> Vec<LineRef> {
    let gone = cancelled_by_reversal(doc);
    doc.lines
        .iter()
        .enumerate()
        .filter(|(i, l)| l.line_kind == LineKind::Service && !gone.contains(i) && l.charge.is_none_or(|c| c >= Money::ZERO))
        .map(|(line, _)| LineRef { doc: index, line })
        .collect()
}

/// Whether a bill is to be compared as a whole: it prints no codes and no single services.
pub fn is_summary(doc: &Document) -> bool {
    doc.kind == DocKind::SummaryBill || doc.services().next().is_none()
}

/// Matches the bills of a case with its EOBs. `people` says whose EOB lines are the case's own.
pub fn match_case(docs: &[Document], people: &People) -> Matching {
    let live = |d: &Document| matches!(d.status, Status::Ok | Status::Partial);
    let bills: Vec<usize> = (0..docs.len()).filter(|&i| docs[i].is_bill() && live(&docs[i])).collect();
    let eobs: Vec<usize> = (0..docs.len()).filter(|&i| docs[i].is_eob() && live(&docs[i])).collect();
    let superseded = newest::superseded_bills(docs, &bills);
    let mut order: Vec<usize> = bills.iter().copied().filter(|b| !superseded.contains_key(b)).collect();
    order.sort_by(|&a, &b| (docs[a].statement_date, &docs[a].path).cmp(&(docs[b].statement_date, &docs[b].path)));

    let current = newest::current_eob_lines(docs, &eobs);
    let (own, others): (Vec<LineRef>, Vec<LineRef>) = current.into_iter().partition(|&e| people.owns(docs, e));
    let concerns = Concerns::new(docs, &order, &own);

    let free = own.iter().copied().collect();
    let mut state = State { docs, concerns: &concerns, free, bills: BTreeMap::new(), affinity: HashMap::new() };
    let itemised: Vec<usize> = order.iter().copied().filter(|&b| !is_summary(&docs[b])).collect();
    for &b in &order {
        let open = if is_summary(&docs[b]) { Vec::new() } else { open_services(&docs[b], b) };
        state.bills.insert(b, BillMatch { doc: b, whole: is_summary(&docs[b]), unmatched: open, ..BillMatch::default() });
    }
    state.affinity = state.claims_of_bills(&itemised);
    state.pair(&itemised, assign::exact);
    for &b in &itemised {
        groups::take_same_code(&mut state, b);
    }
    state.pair(&itemised, assign::close);
    for &b in &itemised {
        groups::take_groups(&mut state, b);
    }
    state.pair_by_charge(&itemised);
    for &b in &order {
        if is_summary(&docs[b]) {
            take_whole(&mut state, b);
        }
    }
    for &b in &itemised {
        groups::take_remainder(&mut state, b);
    }
    for &b in &itemised {
        state.adopt_foreign_claim(b);
    }

    let State { free, bills: mut by_doc, .. } = state;
    let bills = order
        .iter()
        .filter_map(|b| by_doc.remove(b))
        .map(|mut m| {
            m.eob_left = free.iter().copied().filter(|&e| concerns.get(m.doc, e)).collect();
            m.pairs.sort_by_key(|p| p.bill);
            m.unmatched.sort_unstable();
            m
        })
        .collect();
    Matching { bills, superseded, eob_lines: own, others }
}

/// What is still to be matched.
pub(crate) struct State<'a> {
    pub(crate) docs: &'a [Document],
    pub(crate) concerns: &'a Concerns,
    /// EOB lines that are not matched yet.
    pub(crate) free: BTreeSet<LineRef>,
    pub(crate) bills: BTreeMap<usize, BillMatch>,
    /// Share (in hundredths) of a bill's exact pairs that fall on one claim.
    affinity: HashMap<(usize, ClaimKey), i64>,
}

/// A claim of an EOB: document, index and number, as far as printed.
type ClaimKey = (usize, Option<usize>, Option<String>);

fn claim_key(docs: &[Document], e: LineRef) -> ClaimKey {
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
    fn claims_of_bills(&self, bills: &[usize]) -> HashMap<(usize, ClaimKey), i64> {
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
    fn pair(&mut self, bills: &[usize], weigh: fn(&ServiceLine, &ServiceLine) -> Option<i64>) {
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

    /// What decides among equals: the same account, a line that the plan did not refuse, the later EOB, the earlier bill line.
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
        60_000 * i64::from(same_account) + 300 * claim + 30_000 * i64::from(!refused) + age.clamp(0, 25_000) - rank
    }

    /// Pairs lines of one charge where the paper prints neither a code nor a date that could be compared, if there is only one choice.
    fn pair_by_charge(&mut self, bills: &[usize]) {
        for &b in bills {
            let open = self.bills.get(&b).map(|m| m.unmatched.clone()).unwrap_or_default();
            let free = self.free_for(b);
            for &r in &open {
                let bl = line(self.docs, r);
                let fits: Vec<LineRef> = free.iter().copied().filter(|&e| assign::no_conflict(bl, line(self.docs, e))).collect();
                let [e] = fits[..] else { continue };
                let rivals = open.iter().filter(|&&o| assign::no_conflict(line(self.docs, o), line(self.docs, e))).count();
                if rivals == 1 && self.free.contains(&e) {
                    self.take_pair(r, e);
                }
            }
        }
    }

    /// A bill that no EOB line names the provider of: the claim of an unknown provider whose lines are the bill's own.
    ///
    /// EOBs print the clinician where the bill prints the practice. Half of the bill's lines must agree in charge, date and
    /// (where both print one) code.
    fn adopt_foreign_claim(&mut self, bill: usize) {
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

/// Matches a bill without codes to its provider's claims as a whole.
fn take_whole(state: &mut State<'_>, bill: usize) {
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

#[cfg(test)]
mod tests;
