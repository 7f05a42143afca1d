//! A document's own figures disagree.
//!
//! # What it does
//! Takes the sums that were checked when the document was read: lines against totals and subtotals, units times unit price
//! against the charge, charge less discount against the allowed amount, charges less credits against the balance.
//!
//! # Why
//! A total that its lines do not give is wrong whoever is right about the lines.
//!
//! # When it fires
//! An equation is off by more than 1.00 and every figure in it was read with certainty. `error`; the amount is the difference.
//! One finding per line, and one per document, for the equation nearest to the charges.
//!
//! # Could be right if
//! the document was shortened when it was copied or scanned, or a line was left out on purpose (ask for all pages).
//!
//! # Source
//! The document itself.

use std::collections::BTreeMap;

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use crate::matching::LineRef;
use crate::record::{ArithmeticCheck, CheckKind};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (i, d) in cx.papers() {
        if cx.matching.superseded.contains_key(&i) || !(d.is_bill() || d.is_eob()) {
            continue;
        }
        let mut worst: BTreeMap<Option<u32>, &ArithmeticCheck> = BTreeMap::new();
        for c in d.checks.iter().filter(|c| c.certain && rank(c).is_some() && (c.printed - c.computed).abs() > TOLERANCE) {
            let kept = worst.entry(c.line_no).or_insert(c);
            if rank(c) < rank(kept) {
                *kept = c;
            }
        }
        // A wrong figure on a line upsets the sums below it: the line is the fault.
        if worst.keys().any(Option::is_some) && worst.get(&None).is_some_and(|c| c.kind != CheckKind::TotalCharges) {
            worst.remove(&None);
        }
        for (line_no, c) in worst {
            let at = line_no.and_then(|n| d.lines.iter().position(|l| l.line_no == n)).map(|line| LineRef { doc: i, line });
            let off = (c.printed - c.computed).abs();
            let (what, place) = (words(c.kind), at.map_or_else(|| format!("{}, page {}", d.path, c.page), |a| cx.place(a)));
            let text = format!("{place} prints {} as {what}; the other figures there give {}.", c.printed, c.computed);
            let f = match at {
                Some(at) => cx.with_bill_side(cx.on_line("math-error", Severity::Error, at), at),
                None => cx.on_document("math-error", Severity::Error, i),
            };
            let step = if d.is_eob() { "Ask the plan which figure is right." } else { "Ask the provider to correct the figure." };
            out.push(f.billed(c.printed).expected(c.computed).amount(off).says(text, step));
        }
    }
    out
}

/// Which of several failing equations is reported; `None` for those whose terms plans define differently.
fn rank(c: &ArithmeticCheck) -> Option<u8> {
    Some(match c.kind {
        CheckKind::TotalCharges => 0,
        CheckKind::Allowed => 1,
        CheckKind::UnitPrice => 2,
        CheckKind::Subtotal => 3,
        CheckKind::BalanceDue => 4,
        CheckKind::ColumnTotal => 5,
        CheckKind::PatientShare | CheckKind::Paid => return None,
    })
}

fn words(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::TotalCharges => "the total of charges",
        CheckKind::Allowed => "the allowed amount",
        CheckKind::UnitPrice => "the charge",
        CheckKind::Subtotal => "a subtotal",
        CheckKind::BalanceDue => "the balance due",
        CheckKind::ColumnTotal => "a column's total",
        CheckKind::PatientShare => "the patient's share",
        CheckKind::Paid => "the payment",
    }
}
