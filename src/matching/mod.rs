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
mod state;
mod whole;

pub use assign::dates_agree;
pub use concern::{People, eob_line_patient, eob_line_provider};
pub use newest::cancelled_by_reversal;
pub(crate) use newest::is_pending;

use std::collections::{BTreeMap, HashMap};

use crate::record::{DocKind, Document, LineKind, Money, ServiceLine, Status};

use concern::Concerns;
use state::{ClaimKey, State, claim_key};

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
    state.pair_within(&itemised, assign::no_conflict);
    state.pair_within(&itemised, assign::same_words);
    state.pair_within(&itemised, assign::slipped);
    for &b in &itemised {
        groups::take_doubtful(&mut state, b);
    }
    for &b in &order {
        if is_summary(&docs[b]) {
            whole::take_whole(&mut state, b);
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

#[cfg(test)]
mod tests;
