//! What the rules see of a case, and the sums that several of them need.

use std::cell::OnceCell;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::cases::Case;
use crate::matching::{BillMatch, LineRef, Matching, People, line, match_case, open_services};
use crate::record::{CheckKind, ClaimStatus, Document, LineKind, Money, Network, ServiceLine, Status};
use crate::reference::ReferenceTables;

use super::amounts::Columns;
use super::finding::{Finding, Severity};
use super::reading::{balance_is_proven, typed};
use super::wording::says_outside;

/// Differences between documents up to this amount are no finding.
pub const TOLERANCE: Money = Money(rust_decimal::Decimal::ONE);

/// A finding that rests on a figure read with less certainty than this is `review` at most.
pub const SURE: f32 = 0.95;

/// The figures of a paper that contradicts itself as a whole are worth no more than this (see `normalize::confidence`).
const IN_DOUBT: f32 = 0.5;

/// What a sum is worth in which a row or a cell may be missing.
const INCOMPLETE: f32 = 0.8;

/// A case as the rules see it.
pub struct Context<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its documents.
    pub docs: &'a [Document],
    /// Public tables.
    pub refs: &'a ReferenceTables,
    /// Bill lines ↔ EOB lines.
    pub matching: Matching,
    /// Whose papers these are.
    pub people: People,
    pub(super) facility_dates: OnceCell<Vec<(Date, Date)>>,
    pub(super) printed: Vec<Columns>,
}

impl<'a> Context<'a> {
    /// Matches the case and makes it ready for the rules.
    pub fn new(case: &'a Case, refs: &'a ReferenceTables) -> Self {
        let people = People::of(&case.documents, case.file.patient.name.as_deref());
        let matching = match_case(&case.documents, &people);
        let printed = case.documents.iter().map(Columns::of).collect();
        Self { case, docs: &case.documents, refs, matching, people, facility_dates: OnceCell::new(), printed }
    }

    // -- findings ---------------------------------------------------------------------------------------------------

    /// A finding about a whole document, resting on its header.
    pub fn on_document(&self, rule: &'static str, severity: Severity, doc: usize) -> Finding {
        let d = &self.docs[doc];
        let blank = Finding {
            case_id: self.case.case_id.clone(),
            flag_id: String::new(),
            rule,
            severity,
            path: d.path.clone(),
            page: None,
            line_no: None,
            service_date: None,
            code: None,
            description: None,
            amount_billed: None,
            amount_expected: None,
            amount_at_issue: None,
            benchmark_source: None,
            evidence_path: None,
            evidence_page: None,
            evidence_line_no: None,
            explanation: String::new(),
            next_step: String::new(),
            deadline: None,
            confidence: 1.0,
            doc,
            at: None,
            weakest: String::new(),
            decision: None,
            weighed_from: None,
        };
        blank.rests_on(self.header_confidence(doc), || format!("the totals of {}", d.path))
    }

    /// A finding about a line, resting on that line.
    pub fn on_line(&self, rule: &'static str, severity: Severity, at: LineRef) -> Finding {
        let l = self.line(at);
        let mut f = self.on_document(rule, severity, at.doc);
        f.confidence = 1.0;
        f.weakest = String::new();
        f.page = Some(l.page);
        f.line_no = Some(l.line_no);
        f.service_date = l.service_date;
        f.code.clone_from(&l.code);
        f.description.clone_from(&l.description);
        f.amount_billed = l.charge;
        f.at = Some(at);
        self.also_line(f, at)
    }

    /// Notes that a finding rests on a line.
    pub fn also_line(&self, f: Finding, at: LineRef) -> Finding {
        f.rests_on(self.line(at).figures_confidence, || self.place(at))
    }

    /// Adds the line on the other side.
    pub fn with_line(&self, f: Finding, at: LineRef) -> Finding {
        let l = self.line(at);
        let mut f = self.also_line(f, at);
        f.evidence_path = Some(self.docs[at.doc].path.clone());
        f.evidence_page = Some(l.page);
        f.evidence_line_no = Some(l.line_no);
        f
    }

    /// Adds the bill's side of an EOB line: the line matched with it, else the bill whose lines it sums up.
    ///
    /// The finding stands on the EOB alone, so that the reading of the bill's line does not weigh on it.
    pub fn with_bill_side(&self, mut f: Finding, e: LineRef) -> Finding {
        if let Some(b) = self.matching.bill_of(e) {
            f.evidence_page = Some(self.line(b).page);
            f.evidence_line_no = Some(self.line(b).line_no);
        }
        match self.matching.bill_doc_of(e) {
            Some(d) => self.with_document(f, d),
            None => f,
        }
    }

    /// Adds the document on the other side.
    pub fn with_document(&self, mut f: Finding, doc: usize) -> Finding {
        f.evidence_path = Some(self.docs[doc].path.clone());
        f
    }

    /// Rests a finding on the matched lines of a bill and on the completeness of all papers they stand on. Lines of an EOB
    /// for which `proven` holds (its column adds up to its total) are certain as a sum.
    pub fn with_match(&self, mut f: Finding, m: &BillMatch, proven: impl Fn(usize) -> bool) -> Finding {
        let eob = m.eob_lines();
        let mut papers: Vec<usize> = eob.iter().map(|e| e.doc).chain([m.doc]).collect();
        papers.sort_unstable();
        papers.dedup();
        // A column that adds up may still be another than it was taken for: the rest of the paper must not speak against it.
        let sound = |d: usize| typed(&self.docs[d]) || self.docs[d].figures_confidence > IN_DOUBT;
        let sums: Vec<usize> = papers.iter().copied().filter(|d| *d != m.doc && sound(*d) && proven(*d)).collect();
        for &e in eob.iter().filter(|e| !sums.contains(&e.doc)) {
            f = self.also_line(f, e);
        }
        for &d in papers.iter().filter(|d| **d != m.doc && !sums.contains(d)) {
            if let Some((lines, printed)) = self.share_off(d) {
                let place = || {
                    format!(
                        "{}, whose lines give {lines} as the patient's share where {printed} is printed in all,",
                        self.docs[d].path
                    )
                };
                f = f.rests_on(INCOMPLETE, place);
            }
        }
        for d in papers.into_iter().filter(|d| !sums.contains(d)) {
            f = f.rests_on(self.completeness(d), || format!("rows of {} that could not be read", self.docs[d].path));
        }
        match eob.first() {
            Some(e) => self.with_document(f, e.doc),
            None => f,
        }
    }

    /// Where a line stands, in words.
    pub fn place(&self, at: LineRef) -> String {
        let l = self.line(at);
        format!("{}, page {}, line {}", self.docs[at.doc].path, l.page, l.line_no)
    }

    // -- lines and papers -------------------------------------------------------------------------------------------

    /// A line.
    pub fn line(&self, at: LineRef) -> &'a ServiceLine {
        line(self.docs, at)
    }

    /// The bills that count, with their matches: not superseded, no duplicates.
    pub fn bills(&self) -> impl Iterator<Item = (&'a Document, &BillMatch)> {
        self.matching.bills.iter().map(|m| (&self.docs[m.doc], m))
    }

    /// The documents that were read and are no duplicates.
    pub fn papers(&self) -> impl Iterator<Item = (usize, &'a Document)> {
        self.docs.iter().enumerate().filter(|(_, d)| matches!(d.status, Status::Ok | Status::Partial))
    }

    /// The services of a bill that were not reversed.
    pub fn services(&self, doc: usize) -> Vec<LineRef> {
        open_services(&self.docs[doc], doc)
    }

    /// How sure the header's amounts are: a text layer or the document's own arithmetic proves them.
    pub fn header_confidence(&self, doc: usize) -> f32 {
        let d = &self.docs[doc];
        let checked = d.checks.iter().any(|c| c.kind == CheckKind::BalanceDue && c.certain && c.holds());
        if typed(d) && d.status == Status::Ok || checked || balance_is_proven(d) {
            d.figures_confidence.max(0.99)
        } else {
            d.figures_confidence
        }
    }

    /// 1 where all rows of a document were read, less where some were not or the sums say that one is missing.
    pub fn completeness(&self, doc: usize) -> f32 {
        let d = &self.docs[doc];
        let missing =
            d.checks.iter().any(|c| matches!(c.kind, CheckKind::TotalCharges | CheckKind::Subtotal) && !c.certain && !c.holds());
        if d.unparsed.is_empty() && !missing && d.status != Status::Partial { 1.0 } else { INCOMPLETE }
    }

    /// The patient's share of an EOB by its lines and by its own total, where the two differ: a share was not read, or
    /// stands on a row that was not.
    pub fn share_off(&self, doc: usize) -> Option<(Money, Money)> {
        let d = &self.docs[doc];
        let printed = d.patient_responsibility.filter(|_| d.is_eob() && self.states_share(doc))?;
        let lines: Money = d
            .lines
            .iter()
            .enumerate()
            .filter(|(_, l)| l.line_kind == LineKind::Service)
            .filter_map(|(line, _)| self.share(LineRef { doc, line }))
            .sum();
        ((lines - printed).abs() > TOLERANCE).then_some((lines, printed))
    }

    /// The modifiers of a bill line, its own and those that the EOB prints for it.
    pub fn modifiers(&self, bill: LineRef) -> Vec<String> {
        let mut out = self.line(bill).modifiers.clone();
        if let Some(e) = self.matching.eob_of(bill).filter(|e| self.line(*e).code == self.line(bill).code) {
            out.extend(self.line(e).modifiers.iter().cloned());
        }
        out
    }

    /// Whether the EOB says that the provider of a line is in or out of network.
    pub fn network(&self, e: LineRef) -> Option<Network> {
        let d = &self.docs[e.doc];
        d.claim_of(self.line(e)).and_then(|c| c.network).or(d.network)
    }

    /// Whether the EOB says in its header, by a remark of the No Surprises Act or in a note that the provider is out of network.
    pub fn is_outside(&self, e: LineRef) -> bool {
        let marked = || self.line(e).remark_codes.iter().any(|c| matches!(c.as_str(), "N830" | "N864" | "N865" | "N866"));
        match self.network(e) {
            Some(n) => n == Network::Out,
            None => marked() || says_outside(&self.notes(e)),
        }
    }

    /// Whether the claim of an EOB line is not settled.
    pub fn is_pending(&self, e: LineRef) -> bool {
        let d = &self.docs[e.doc];
        d.claim_of(self.line(e)).and_then(|c| c.status).or(d.claim_status) == Some(ClaimStatus::Pending)
    }

    /// The texts of an EOB line's note codes.
    pub fn notes(&self, e: LineRef) -> String {
        let (d, l) = (&self.docs[e.doc], self.line(e));
        l.remark_codes.iter().filter_map(|c| d.notes.get(c)).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// A date some days later.
pub fn days_after(date: Date, days: i32) -> Option<Date> {
    date.checked_add(days.days()).ok()
}

/// Whole days from `a` to `b`, negative where `b` is earlier.
pub fn days_from(a: Date, b: Date) -> i32 {
    (b - a).get_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        let d = jiff::civil::date(2025, 1, 31);
        assert_eq!(days_after(d, 30), Some(jiff::civil::date(2025, 3, 2)));
        assert_eq!(days_from(d, jiff::civil::date(2025, 3, 2)), 30);
    }
}
