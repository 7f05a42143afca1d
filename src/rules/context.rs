//! What the rules see of a case, and the sums that several of them need.

use std::cell::OnceCell;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::case_file::PlanKind;
use crate::cases::Case;
use crate::matching::{BillMatch, LineRef, Matching, People, eob_line_provider, line, match_case, open_services};
use crate::names::{number_key, same_provider};
use crate::record::{CheckKind, ClaimStatus, Document, FactKind, Money, Network, ServiceLine, Status, TextOrigin};
use crate::reference::ReferenceTables;
use crate::reference::code_lists;

use super::finding::{Finding, Severity};

/// Differences between documents up to this amount are no finding.
pub const TOLERANCE: Money = Money(rust_decimal::Decimal::ONE);

/// A finding that rests on a figure read with less certainty than this is `review` at most.
pub const SURE: f32 = 0.95;

/// What of a bill's balance the EOBs support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// The patient's share of the matched EOB lines.
    pub share: Money,
    /// What the bill credits as paid by the patient.
    pub paid: Money,
    /// Charges of bill lines that no EOB shows.
    pub unmatched: Money,
}

impl Expectation {
    /// Share − payments + unmatched charges.
    pub fn supported(&self) -> Money {
        self.share - self.paid + self.unmatched
    }
}

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
    facility_dates: OnceCell<Vec<(Date, Date)>>,
    printed: Vec<Columns>,
}

/// Which amounts the lines of a document print, and whether a blank among them is certainly none.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
    share: bool,
    discount: bool,
    paid: bool,
    cost_shares: bool,
    adjustments: bool,
    blank_is_zero: bool,
}

impl Columns {
    fn of(d: &Document) -> Self {
        let any = |get: fn(&ServiceLine) -> bool| d.services().any(get);
        let typed = matches!(d.text_source, Some(TextOrigin::Digital | TextOrigin::Structured));
        let adds_up = |total: Option<Money>, get: fn(&ServiceLine) -> Option<Money>| {
            total.is_some_and(|t| d.services().filter_map(get).sum::<Money>() == t)
        };
        Self {
            share: any(|l| l.patient_responsibility.is_some()),
            discount: any(|l| l.plan_discount.is_some()),
            paid: any(|l| l.plan_paid.is_some()),
            cost_shares: any(|l| l.deductible.is_some() || l.copay.is_some() || l.coinsurance.is_some()),
            adjustments: any(|l| !l.adjustments.is_empty()),
            // A blank in a scan may be a cell that was not seen, unless the column adds up without it.
            blank_is_zero: typed || adds_up(d.patient_responsibility, |l| l.patient_responsibility),
        }
    }
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
        f.rests_on(self.line(at).confidence, || self.place(at))
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

    /// Rests a finding on the matched lines of a bill and on the completeness of all papers they stand on.
    pub fn with_match(&self, mut f: Finding, m: &BillMatch) -> Finding {
        let eob = m.eob_lines();
        for &e in &eob {
            f = self.also_line(f, e);
        }
        let mut papers: Vec<usize> = eob.iter().map(|e| e.doc).chain([m.doc]).collect();
        papers.sort_unstable();
        papers.dedup();
        for d in papers {
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
        let printed_text = matches!(d.text_source, Some(TextOrigin::Digital | TextOrigin::Structured));
        let proven =
            d.checks.iter().any(|c| matches!(c.kind, CheckKind::BalanceDue | CheckKind::TotalCharges) && c.certain && c.holds());
        if printed_text || proven { d.confidence.max(0.99) } else { d.confidence }
    }

    /// 1 where all rows of a document were read, less where some were not or the sums say that one is missing.
    pub fn completeness(&self, doc: usize) -> f32 {
        let d = &self.docs[doc];
        let missing =
            d.checks.iter().any(|c| matches!(c.kind, CheckKind::TotalCharges | CheckKind::Subtotal) && !c.certain && !c.holds());
        if d.unparsed.is_empty() && !missing { 1.0 } else { 0.8 }
    }

    /// The patient's share of an EOB line; `None` where the EOB says nothing about it.
    ///
    /// A blank in a column that other lines fill is nothing (EOBs print `-` or leave it out).
    pub fn share(&self, e: LineRef) -> Option<Money> {
        let (l, has) = (self.line(e), self.printed[e.doc]);
        if let Some(m) = l.patient_share() {
            return Some(m);
        }
        if has.share || has.adjustments {
            return has.blank_is_zero.then_some(Money::ZERO).or_else(|| self.derived_share(e));
        }
        self.derived_share(e)
    }

    /// Whether the EOB prints a patient share per line, or adjustments that give it.
    pub fn states_share(&self, doc: usize) -> bool {
        self.printed[doc].share || self.printed[doc].adjustments
    }

    /// The patient's share from the other columns: cost shares, or allowed less paid.
    fn derived_share(&self, e: LineRef) -> Option<Money> {
        let l = self.line(e);
        if l.not_covered.is_some_and(|n| n > Money::ZERO) {
            // Who bears a refused amount stands nowhere else.
            return None;
        }
        let parts = [l.deductible, l.copay, l.coinsurance];
        if parts.iter().any(Option::is_some) {
            return Some(parts.into_iter().flatten().sum());
        }
        let (allowed, paid) = (l.allowed?, l.plan_paid?);
        Some((allowed - paid - l.other_paid.unwrap_or_default()).max(Money::ZERO))
    }

    /// The contractual write-off of an EOB line: the printed discount, else the CO-45 adjustments.
    pub fn discount(&self, e: LineRef) -> Option<Money> {
        let (l, has) = (self.line(e), self.printed[e.doc]);
        let by_code = || l.adjustments.iter().filter(|a| a.group == "CO" && a.carc == "45").map(|a| a.amount).sum();
        l.plan_discount
            .or_else(|| has.adjustments.then(by_code))
            .or_else(|| (has.discount && has.blank_is_zero).then_some(Money::ZERO))
    }

    /// What the plan paid on an EOB line.
    pub fn plan_paid(&self, e: LineRef) -> Option<Money> {
        let has = self.printed[e.doc];
        self.line(e).plan_paid.or_else(|| (has.paid && has.blank_is_zero).then_some(Money::ZERO))
    }

    /// Deductible, copay and coinsurance of an EOB line, from their columns or the PR-1, -2, -3 adjustments.
    pub fn cost_share(&self, e: LineRef) -> Option<Money> {
        let (l, has) = (self.line(e), self.printed[e.doc]);
        let parts = [l.deductible, l.copay, l.coinsurance];
        if parts.iter().any(Option::is_some) {
            return Some(parts.into_iter().flatten().sum());
        }
        if has.adjustments {
            let shares = l.adjustments.iter().filter(|a| a.group == "PR" && matches!(a.carc.as_str(), "1" | "2" | "3"));
            return Some(shares.map(|a| a.amount).sum());
        }
        (has.cost_shares && has.blank_is_zero).then_some(Money::ZERO)
    }

    /// Whether the EOB says that the provider of a line is in or out of network.
    pub fn network(&self, e: LineRef) -> Option<Network> {
        let d = &self.docs[e.doc];
        d.claim_of(self.line(e)).and_then(|c| c.network).or(d.network)
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

    // -- sums -------------------------------------------------------------------------------------------------------

    /// What a bill credits in one column: the printed total, else the sum of the lines.
    fn credit(doc: &Document, total: Option<Money>, column: fn(&ServiceLine) -> Option<Money>) -> Money {
        total.unwrap_or_else(|| doc.lines.iter().filter_map(column).sum())
    }

    /// Insurance adjustments that a bill credits.
    pub fn credited_discount(doc: &Document) -> Money {
        Self::credit(doc, doc.total_discount, |l| l.plan_discount)
    }

    /// Insurance payments that a bill credits.
    pub fn credited_plan_payments(doc: &Document) -> Money {
        Self::credit(doc, doc.total_plan_paid, |l| l.plan_paid)
    }

    /// Patient payments that a bill credits.
    pub fn credited_patient_payments(doc: &Document) -> Money {
        Self::credit(doc, doc.total_patient_paid, |l| l.patient_paid)
    }

    /// A bill's charges: the printed total, else the sum of services and reversals.
    pub fn charges(doc: &Document) -> Option<Money> {
        doc.total_charges.or_else(|| {
            let v: Vec<Money> = doc
                .lines
                .iter()
                .filter(|l| matches!(l.line_kind, crate::record::LineKind::Service | crate::record::LineKind::Reversal))
                .filter_map(|l| l.charge)
                .collect();
            (!v.is_empty()).then(|| v.into_iter().sum())
        })
    }

    /// What the EOBs support of a bill; `None` where a matched line states no share.
    pub fn expectation(&self, m: &BillMatch) -> Option<Expectation> {
        let share = m.eob_lines().into_iter().map(|e| self.share(e)).sum::<Option<Money>>()?;
        let paid = Self::credited_patient_payments(&self.docs[m.doc]);
        let unmatched = m.unmatched.iter().filter_map(|b| self.line(*b).charge).sum();
        Some(Expectation { share, paid, unmatched })
    }

    /// Whether a matched claim of the bill is not settled.
    pub fn waits(&self, m: &BillMatch) -> bool {
        m.eob_lines().into_iter().any(|e| self.is_pending(e))
    }

    /// Whether all matched EOB lines that state a network say it is `n`, and at least one does.
    pub fn all_network(&self, m: &BillMatch, n: Network) -> bool {
        let mut stated = m.eob_lines().into_iter().filter_map(|e| self.network(e)).peekable();
        stated.peek().is_some() && stated.all(|x| x == n)
    }

    // -- plan and provider ------------------------------------------------------------------------------------------

    /// Payer names printed in the case, EOBs first.
    pub fn payers(&self) -> impl Iterator<Item = &'a str> {
        let eobs = self.papers().filter(|(_, d)| d.is_eob());
        let rest = self.papers().filter(|(_, d)| !d.is_eob());
        eobs.chain(rest).filter_map(|(_, d)| d.payer.as_deref()).filter(|p| !says_no_payer(p))
    }

    /// The plan's kind: case.toml's, else by the payer's name.
    pub fn plan_kind(&self) -> PlanKind {
        let stated = self.case.file.plan.as_ref().and_then(|p| p.kind);
        stated.unwrap_or_else(|| match self.payers().next() {
            Some(p) => kind_by_name(p),
            None if self.insured() => PlanKind::Commercial,
            None => PlanKind::SelfPay,
        })
    }

    /// The kind of the plan that sent an EOB.
    pub fn plan_kind_of(&self, doc: usize) -> PlanKind {
        let stated = self.case.file.plan.as_ref().and_then(|p| p.kind);
        stated.unwrap_or_else(|| self.docs[doc].payer.as_deref().map_or_else(|| self.plan_kind(), kind_by_name))
    }

    /// Whether there is insurance: an EOB, a payer on any paper, a pending notice or `[plan]`, and not self-pay.
    pub fn insured(&self) -> bool {
        let plan = self.case.file.plan.as_ref();
        if plan.is_some_and(|p| p.kind == Some(PlanKind::SelfPay)) {
            return false;
        }
        plan.is_some()
            || self.payers().next().is_some()
            || self.papers().any(|(_, d)| d.is_eob() || d.facts.iter().any(|f| f.kind == FactKind::ClaimPending))
    }

    /// Whether a bill comes from a facility: it prints revenue codes or its name says so.
    pub fn is_facility(&self, doc: usize) -> bool {
        let d = &self.docs[doc];
        d.type_of_bill.is_some()
            || d.lines.iter().any(|l| l.revenue_code.is_some())
            || d.provider.iter().any(|p| facility_name(p))
    }

    /// Whether a bill is a facility's for an inpatient stay.
    pub fn is_inpatient(&self, doc: usize) -> bool {
        let d = &self.docs[doc];
        let rooms = d.services().any(|l| l.revenue_code.as_deref().is_some_and(|r| code_lists::room(r).is_some()));
        let type_of_bill = d.type_of_bill.as_deref().map(|t| t.trim_start_matches('0'));
        rooms || type_of_bill.is_some_and(|t| t.starts_with("11") || t.starts_with("21") || t.starts_with("18"))
    }

    /// First and last day of each stay or visit that an in-network facility's claim covers.
    pub fn facility_dates(&self) -> &[(Date, Date)] {
        self.facility_dates.get_or_init(|| {
            let here = self.matching.eob_lines.iter().filter(|e| self.network(**e) == Some(Network::In));
            let facility = here.filter(|e| {
                let named = eob_line_provider(self.docs, **e).is_some_and(facility_name);
                named || self.line(**e).revenue_code.is_some()
            });
            facility.filter_map(|e| Some((self.line(*e).service_date?, self.line(*e).last_date()?))).collect()
        })
    }

    /// Whether two documents name the same provider.
    pub fn same_provider(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.docs[a], &self.docs[b]);
        a.provider.iter().any(|p| b.provider.iter().any(|q| same_provider(p, q)))
            || a.provider_npi.iter().any(|p| b.provider_npi.contains(p))
    }

    /// The date of the first bill: case.toml's, else the earliest statement of the account (of the provider, of the case).
    pub fn first_bill(&self, doc: usize) -> Option<Date> {
        if let Some(d) = self.case.file.assistance.first_bill {
            return Some(d);
        }
        let d = &self.docs[doc];
        let of_account = |b: &Document| d.account_no.iter().any(|x| b.account_no.iter().any(|y| number_key(x) == number_key(y)));
        let earliest = |wanted: &dyn Fn(usize, &Document) -> bool| {
            self.papers().filter(|(i, b)| b.is_bill() && wanted(*i, b)).filter_map(|(_, b)| b.statement_date).min()
        };
        earliest(&|_, b| of_account(b))
            .or_else(|| earliest(&|i, _| self.same_provider(doc, i)))
            .or_else(|| earliest(&|_, _| true))
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

fn has_word(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    words.iter().any(|w| lower.contains(w))
}

fn says_no_payer(payer: &str) -> bool {
    let lower = payer.trim().to_lowercase();
    lower.is_empty()
        || has_word(&lower, &["self pay", "self-pay", "selfpay", "uninsured", "no insurance"])
        || matches!(lower.as_str(), "none" | "n/a")
}

/// The kind of plan that a payer's name tells.
pub fn kind_by_name(payer: &str) -> PlanKind {
    if has_word(payer, &["medicaid", "medi-cal", "masshealth", "badgercare", "tenncare", "healthy kids"]) {
        PlanKind::Medicaid
    } else if has_word(payer, &["advantage", "medicare complete", "medicare plus", "medicare hmo", "medicare ppo"]) {
        PlanKind::MedicareAdvantage
    } else if has_word(payer, &["medicare"]) && !has_word(payer, &["supplement", "medigap"]) {
        PlanKind::Medicare
    } else {
        PlanKind::Commercial
    }
}

/// Whether a provider's name is a facility's.
pub fn facility_name(name: &str) -> bool {
    let hospital = has_word(
        name,
        &[
            "hospital",
            "medical center",
            "medical ctr",
            "med ctr",
            "health system",
            "healthcare system",
            "surgery center",
            "surgical center",
            "surgicenter",
            "infirmary",
        ],
    );
    hospital
        && !has_word(
            name,
            &["radiolog", "anesth", "anaesth", "patholog", "hospitalist", "physicians", "associates", "emergency phys"],
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_by_name() {
        assert_eq!(kind_by_name("Medicare"), PlanKind::Medicare);
        assert_eq!(kind_by_name("Blue Mesa Medicare Advantage"), PlanKind::MedicareAdvantage);
        assert_eq!(kind_by_name("State MEDICAID"), PlanKind::Medicaid);
        assert_eq!(kind_by_name("Union Valley Health Insurance"), PlanKind::Commercial);
        assert_eq!(kind_by_name("AARP Medicare Supplement"), PlanKind::Commercial);
    }

    #[test]
    fn facilities_by_name() {
        assert!(facility_name("Lakeshore Memorial Hospital") && facility_name("NORTHGATE MEDICAL CENTER"));
        assert!(!facility_name("Riverbend Hospitalist Partners") && !facility_name("Hospital Radiology Associates"));
    }

    #[test]
    fn days() {
        let d = jiff::civil::date(2025, 1, 31);
        assert_eq!(days_after(d, 30), Some(jiff::civil::date(2025, 3, 2)));
        assert_eq!(days_from(d, jiff::civil::date(2025, 3, 2)), 30);
    }
}
