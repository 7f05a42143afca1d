//! What a doubtful reading may explain.
//!
//! Scans are misread. Before one paper is held against another, its own arithmetic is asked: a difference that a figure
//! which was not seen, or was seen wrongly, would explain is no finding.

use std::collections::BTreeMap;

use jiff::civil::Date;
use strsim::damerau_levenshtein;

use crate::matching::{BillMatch, LineRef};
use crate::record::{Document, LineKind, Money, ServiceLine, TextOrigin};

use super::context::{Context, SURE, TOLERANCE};

/// A sum as the lines give it and as the papers' own totals give it: the lower and the higher of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) low: Money,
    pub(super) high: Money,
}

/// Whether the text of a document was typed, not recognised from an image.
pub(super) fn typed(d: &Document) -> bool {
    matches!(d.text_source, Some(TextOrigin::Digital | TextOrigin::Structured))
}

/// Whether two prints may be one, but for a sign that was misread, lost or added.
pub(super) fn may_be_slip(a: &str, b: &str) -> bool {
    damerau_levenshtein(a, b) <= 1
}

/// What a bill's charges come to, by its total and by its lines.
fn charges_either_way(d: &Document) -> Vec<Money> {
    let lines: Vec<Money> = d
        .lines
        .iter()
        .filter(|l| matches!(l.line_kind, LineKind::Service | LineKind::Reversal))
        .filter_map(|l| l.charge)
        .collect();
    let sum = (!lines.is_empty()).then(|| lines.into_iter().sum());
    let mut v: Vec<Money> = d.total_charges.into_iter().chain(sum).collect();
    v.dedup();
    v
}

/// Charges less all credits, by the total and by the lines: what the balance due should be.
fn balances_either_way(d: &Document) -> Vec<Money> {
    let forward: Money = d.lines.iter().filter(|l| l.line_kind == LineKind::Balance).filter_map(|l| l.charge).sum();
    let other: Money = d.lines.iter().filter_map(|l| l.other_paid).sum();
    let credits =
        Context::credited_discount(d) + Context::credited_plan_payments(d) + Context::credited_patient_payments(d) + other;
    charges_either_way(d).into_iter().map(|c| c + forward - credits).collect()
}

/// Whether a bill's charges less its credits are its balance, to the cent.
pub(super) fn balance_is_proven(d: &Document) -> bool {
    d.balance_due.is_some_and(|b| balances_either_way(d).contains(&b))
}

/// Credits that a bill must have made, by its own balance, beyond those that were read; zero where all are accounted for.
///
/// Bills print credits in boxes, or in one column with the charges, that say nothing of their kind.
pub(super) fn unseen_credits(d: &Document) -> Money {
    let Some(balance) = d.balance_due.filter(|_| !balance_is_proven(d)) else {
        return Money::ZERO;
    };
    balances_either_way(d).into_iter().map(|b| b - balance).max().unwrap_or_default().max(Money::ZERO)
}

/// What a bill asks for: its balance due, or less where it is a scan whose other figures give less.
pub(super) fn asked(d: &Document) -> Option<Money> {
    let printed = d.balance_due?;
    if typed(d) || balance_is_proven(d) {
        return Some(printed);
    }
    Some(balances_either_way(d).into_iter().fold(printed, Money::min))
}

/// Charges that the total of a scan holds beyond its lines: rows that were not read.
pub(super) fn unread_charges(d: &Document) -> Money {
    let sum: Money = d.services().filter_map(|l| l.charge).sum();
    match d.total_charges {
        Some(t) if !typed(d) => (t - sum).max(Money::ZERO),
        _ => Money::ZERO,
    }
}

impl Context<'_> {
    /// Whether both lines of a pair were read with certainty.
    pub(super) fn both_sure(&self, a: LineRef, b: LineRef) -> bool {
        self.line(a).figures_confidence >= SURE && self.line(b).figures_confidence >= SURE
    }

    /// A sum over the matched EOB lines of a bill. Where all lines of a scanned EOB, or of one that prints no share per line,
    /// belong to the bill, its printed total is asked as well; it also stands in for lines whose figure was not read.
    pub(super) fn summed(
        &self,
        m: &BillMatch,
        of_line: impl Fn(LineRef) -> Option<Money>,
        of_document: fn(&Document) -> Option<Money>,
    ) -> Option<Range> {
        let mut by_doc: BTreeMap<usize, Vec<LineRef>> = BTreeMap::new();
        for e in m.eob_lines() {
            by_doc.entry(e.doc).or_default().push(e);
        }
        let mut out = Range { low: Money::ZERO, high: Money::ZERO };
        for (doc, lines) in by_doc {
            let d = &self.docs[doc];
            let sum = lines.iter().map(|e| of_line(*e)).sum::<Option<Money>>();
            let derived =
                !typed(d) || !self.states_share(doc) || sum.is_none() || lines.iter().any(|e| self.settled_as_claim(*e));
            let alone = derived && d.services().count() == lines.len();
            let total = of_document(d).filter(|_| alone);
            out.low += sum.into_iter().chain(total).min()?;
            out.high += sum.into_iter().chain(total).max()?;
        }
        Some(out)
    }

    /// Whether a column of an EOB adds up to the total that it prints.
    pub(super) fn adds_up(
        &self,
        doc: usize,
        of_line: impl Fn(LineRef) -> Option<Money>,
        of_document: fn(&Document) -> Option<Money>,
    ) -> bool {
        let d = &self.docs[doc];
        let lines = d.lines.iter().enumerate().filter(|(_, l)| l.line_kind == LineKind::Service);
        let sum = lines.map(|(line, _)| of_line(LineRef { doc, line })).sum::<Option<Money>>();
        sum.is_some() && sum == of_document(d)
    }

    /// Whether what a bill asks for beyond the EOBs' shares is what was not read of scans: rows of the bill, for which the
    /// EOBs have lines to spare (`further`, their shares), or shares that an EOB counts in its total and its lines lack.
    pub(super) fn may_be_misread(&self, bill: &Document, m: &BillMatch, excess: Money, further: Money) -> bool {
        let lost = !typed(bill) && (!bill.unparsed.is_empty() || unread_charges(bill) > Money::ZERO);
        let spare = if lost { further } else { Money::ZERO };
        let mut eobs: Vec<usize> = m.eob_lines().iter().map(|e| e.doc).collect();
        eobs.sort_unstable();
        eobs.dedup();
        let scanned = eobs.into_iter().filter(|d| !typed(&self.docs[*d]));
        let unseen: Money =
            scanned.filter_map(|d| self.share_off(d)).map(|(lines, printed)| (printed - lines).max(Money::ZERO)).sum();
        spare + unseen > Money::ZERO && excess - spare - unseen <= TOLERANCE
    }

    /// Whether the case has an EOB that may be this bill's for all that was read: one of the same patient that names the
    /// bill's provider, or none, and of which rows were not read; or a scan that belongs to no bill and has this one's
    /// charges, so that it is its names that were misread.
    pub(super) fn may_have_eob(&self, bill: usize) -> bool {
        let charges = |d: &Document| -> Vec<Money> {
            d.lines.iter().filter(|l| l.line_kind == LineKind::Service).filter_map(|l| l.charge).collect()
        };
        let billed = charges(&self.docs[bill]);
        self.papers().any(|(i, d)| {
            let claimed = self.matching.bills.iter().any(|m| m.eob_lines().iter().any(|e| e.doc == i));
            let scanned = !typed(d) || !typed(&self.docs[bill]);
            let settled = charges(d);
            let shared = billed.iter().filter(|c| settled.contains(c)).count();
            if d.is_eob() && !claimed && scanned && shared > 0 && shared * 2 >= billed.len() {
                return true;
            }
            let rows = d.lines.iter().any(|l| l.line_kind == LineKind::Service);
            let unread = !rows || self.completeness(i) < 1.0;
            let of_provider = d.provider.is_empty() || self.same_provider(i, bill) || self.same_account(i, bill);
            d.is_eob() && unread && of_provider && self.same_patient(i, bill)
        })
    }

    /// Whether the day of a scan's line breaks the order in which its lines stand, and `other` would not.
    pub(super) fn out_of_order(&self, at: LineRef, other: Date) -> bool {
        let d = &self.docs[at.doc];
        let dated = |l: &&ServiceLine| l.line_kind == LineKind::Service && l.service_date.is_some();
        let before = d.lines[..at.line].iter().rev().find(dated).and_then(|l| l.service_date);
        let after = d.lines[at.line + 1..].iter().find(dated).and_then(|l| l.service_date);
        let fits = |day: Date| before.is_none_or(|b| b <= day) && after.is_none_or(|a| day <= a);
        !typed(d) && d.lines[at.line].service_date.is_some_and(|day| !fits(day)) && fits(other)
    }

    /// Whether a bill line is explained by an EOB row that was not read, or was read with doubt.
    pub(super) fn may_be_unread(&self, m: &BillMatch, bill: LineRef) -> bool {
        let charge = self.line(bill).charge.unwrap_or_default();
        let unsure = |at: LineRef| self.line(at).figures_confidence < SURE;
        // A broad EOB line stays over where one of the charges that it holds was not read.
        let gaps = !typed(&self.docs[m.doc]) && self.completeness(m.doc) < 1.0;
        let left = m.eob_left.iter().any(|e| {
            let l = self.line(*e);
            // of a figure under a stroke of the pen the end may be left: `1.76` of `7671.76`
            let torn = |c: Money| unsure(*e) && charge.to_string().ends_with(&c.to_string());
            let near = l.charge.is_none_or(|c| c >= charge || may_be_slip(&c.to_string(), &charge.to_string()) || torn(c));
            (unsure(*e) || unsure(bill) || gaps && l.code.is_none())
                && near
                && crate::matching::dates_may_agree(self.line(bill), l)
        });
        let short = gaps
            && m.groups.iter().any(|g| {
                let sum = |lines: &[LineRef]| lines.iter().filter_map(|l| self.line(*l).charge).sum::<Money>();
                let near = g.eob.iter().any(|e| crate::matching::dates_may_agree(self.line(bill), self.line(*e)));
                near && sum(&g.eob) - sum(&g.bill) >= charge
            });
        let lost = m.eob_lines().iter().any(|e| unread_charges(&self.docs[e.doc]) >= charge - TOLERANCE);
        left || short || lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{DocKind, ServiceLine};

    fn scan(charge: i64, total: i64, paid: i64, balance: i64) -> Document {
        let mut d = Document::empty("b");
        d.kind = DocKind::ItemizedBill;
        d.text_source = Some(TextOrigin::Ocr);
        let mut l = ServiceLine::empty(LineKind::Service, 1, 1);
        l.charge = Some(Money::from_cents(charge));
        d.lines.push(l);
        d.total_charges = Some(Money::from_cents(total));
        d.total_plan_paid = Some(Money::from_cents(paid));
        d.balance_due = Some(Money::from_cents(balance));
        d
    }

    #[test]
    fn a_bill_is_proven_by_its_total_or_its_lines() {
        assert!(balance_is_proven(&scan(10_000, 10_000, 4_000, 6_000)));
        assert!(balance_is_proven(&scan(10_000, 19_000, 4_000, 6_000)));
        assert!(!balance_is_proven(&scan(10_000, 10_000, 4_000, 8_000)));
    }

    #[test]
    fn credits_and_balances_that_were_misread() {
        assert_eq!(unseen_credits(&scan(10_000, 10_000, 0, 6_000)), Money::from_cents(4_000));
        assert_eq!(unseen_credits(&scan(10_000, 10_000, 4_000, 6_000)), Money::ZERO);
        assert_eq!(asked(&scan(10_000, 10_000, 4_000, 8_000)), Some(Money::from_cents(6_000)));
        let mut d = scan(10_000, 10_000, 4_000, 8_000);
        d.text_source = Some(TextOrigin::Digital);
        assert_eq!(asked(&d), Some(Money::from_cents(8_000)));
    }

    #[test]
    fn slips() {
        assert!(may_be_slip("71046", "71036") && may_be_slip("1234.50", "234.50"));
        assert!(!may_be_slip("80053", "80048"));
    }
}
