//! Sums that several rules need: what an EOB line says in money, what a bill credits, what the EOBs support.

use crate::matching::{BillMatch, LineRef};
use crate::record::{Document, LineKind, Money, Network, ServiceLine, TextOrigin};

use super::context::{Context, TOLERANCE};
use super::reading::unseen_credits;

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

/// What a bill credits too little of what the EOBs state.
pub(super) struct Shortfall<'a> {
    pub(super) bill: &'a Document,
    pub(super) matched: &'a BillMatch,
    /// By the EOB lines.
    pub(super) stated: Money,
    /// By the bill.
    pub(super) credited: Money,
    /// The difference.
    pub(super) gap: Money,
}

/// Which amounts the lines of a document print, and whether a blank among them is certainly none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Columns {
    share: bool,
    discount: bool,
    paid: bool,
    cost_shares: bool,
    adjustments: bool,
    blank_is_zero: bool,
}

impl Columns {
    pub(super) fn of(d: &Document) -> Self {
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
            // A blank may be a cell that was not seen: in a scan always, in a text layer where the column's own total says so,
            // unless the column adds up without it.
            blank_is_zero: match d.patient_responsibility {
                Some(_) => adds_up(d.patient_responsibility, ServiceLine::patient_share),
                None => typed,
            },
        }
    }
}

impl Context<'_> {
    /// Whether amounts of the line's claim are stated for the claim as a whole, beside its services: what a service comes
    /// to then stands nowhere, only the sum of all of them does.
    pub(super) fn settled_as_claim(&self, e: LineRef) -> bool {
        let d = &self.docs[e.doc];
        let claim = self.line(e).claim;
        let beside = |l: &ServiceLine| l.line_kind == LineKind::Adjustment && !l.adjustments.is_empty() && l.claim == claim;
        d.is_eob() && claim.is_some() && d.lines.iter().any(beside)
    }

    /// The patient's share of an EOB line; `None` where the EOB says nothing about it.
    ///
    /// A blank in a column that other lines fill is nothing (EOBs print `-` or leave it out).
    pub fn share(&self, e: LineRef) -> Option<Money> {
        if self.settled_as_claim(e) {
            return None;
        }
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
        let shares = parts.iter().any(Option::is_some).then(|| parts.into_iter().flatten().sum());
        let paid = l.plan_paid.map(|p| p + l.other_paid.unwrap_or_default());
        let rest = l.allowed.zip(paid).map(|(a, p)| (a - p).max(Money::ZERO));
        // A column of cost shares may be one of several that the paper has.
        shares.into_iter().chain(rest).max()
    }

    /// The contractual write-off of an EOB line: the printed discount, else the CO-45 adjustments.
    pub fn discount(&self, e: LineRef) -> Option<Money> {
        if self.settled_as_claim(e) {
            return None;
        }
        let (l, has) = (self.line(e), self.printed[e.doc]);
        let by_code = || l.adjustments.iter().filter(|a| a.group == "CO" && a.carc == "45").map(|a| a.amount).sum();
        l.plan_discount
            .or_else(|| has.adjustments.then(by_code))
            .or_else(|| (has.discount && has.blank_is_zero).then_some(Money::ZERO))
    }

    /// What the plan paid on an EOB line.
    pub fn plan_paid(&self, e: LineRef) -> Option<Money> {
        if self.settled_as_claim(e) {
            return None;
        }
        let has = self.printed[e.doc];
        self.line(e).plan_paid.or_else(|| (has.paid && has.blank_is_zero).then_some(Money::ZERO))
    }

    /// Deductible, copay and coinsurance of an EOB line, from their columns or the PR-1, -2, -3 adjustments.
    pub fn cost_share(&self, e: LineRef) -> Option<Money> {
        if self.settled_as_claim(e) {
            return None;
        }
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
                .filter(|l| matches!(l.line_kind, LineKind::Service | LineKind::Reversal))
                .filter_map(|l| l.charge)
                .collect();
            (!v.is_empty()).then(|| v.into_iter().sum())
        })
    }

    /// What the EOBs support of a bill; `None` where a matched line states no share.
    pub fn expectation(&self, m: &BillMatch) -> Option<Expectation> {
        let share = self.summed(m, |e| self.share(e), |d| d.patient_responsibility)?.high;
        let paid = Self::credited_patient_payments(&self.docs[m.doc]);
        let unmatched = m.unmatched.iter().filter_map(|b| self.line(*b).charge).sum();
        Some(Expectation { share, paid, unmatched })
    }

    /// Where the settled bills credit less than the matched EOB lines state of a sum, by more than the tolerance and than what
    /// their own balance shows as credited under another name.
    pub(super) fn credited_less(
        &self,
        of_line: impl Fn(LineRef) -> Option<Money>,
        of_document: fn(&Document) -> Option<Money>,
        credited: fn(&Document) -> Money,
    ) -> Vec<Shortfall<'_>> {
        if !self.insured() {
            return Vec::new();
        }
        let settled = self.bills().filter(|(bill, m)| !m.eob_lines().is_empty() && bill.balance_due.is_some() && !self.waits(m));
        settled
            .filter_map(|(bill, m)| {
                let stated = self.summed(m, &of_line, of_document)?.low;
                let credited = credited(bill);
                let gap = stated - credited;
                (gap - unseen_credits(bill) > TOLERANCE).then_some(Shortfall { bill, matched: m, stated, credited, gap })
            })
            .collect()
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
}
