//! The plan put an amount on the provider, and the provider bills it to the patient.
//!
//! # What it does
//! Finds lines that the EOB denies as the provider's liability and that the bill asks the patient to pay.
//!
//! # Why
//! What is denied for the provider's own fault (late filing, missing authorisation, bundling) is not the patient's to pay
//! under the provider's contract or, for Medicare, under the law.
//!
//! # When it fires
//! The matched EOB line is denied under group CO (other than CO-45), by a note that says so in words, or in full with a patient
//! share of 0.00; and the bill's line balance is as much as the denied amount, or the bill's excess over what the EOBs support
//! is (to within 1.00). `error`; the amount is what the bill asks for it. Not for services that were settled before (CARC 18).
//! Where the claim was filed too late (CARC 29, or words to that effect) the explanation says so.
//!
//! # Could be right if
//! the patient signed for it beforehand (for Medicare an Advance Beneficiary Notice, which shows as group PR).
//!
//! # Source
//! X12 claim adjustment group codes; 42 CFR 411.400–411.408 (Medicare limitation on liability); 42 CFR 424.44 and 489.21 (claims
//! filed late); the provider's contract.

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use super::reading::asked;
use super::wording::{denial_class_of_words, patient_bears, provider_bears, says_duplicate};
use crate::matching::LineRef;
use crate::record::Money;
use crate::reference::code_lists::DenialClass;

/// CO reductions that are no denial: fee schedule, sequestration, incentive programmes, capitation.
const ROUTINE: &[&str] = &["45", "18", "24", "144", "237", "253", "223", "131", "104"];

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let excess = asked(bill).zip(cx.expectation(m)).map(|(b, e)| b - e.supported());
        for p in &m.pairs {
            let (b, e) = (cx.line(p.bill), cx.line(p.eob));
            let Some(denied) = denied_to_provider(cx, p.eob) else {
                continue;
            };
            let on_line = b.patient_responsibility.filter(|r| *r >= denied - TOLERANCE);
            let asked = on_line.is_some() || excess.is_some_and(|x| x >= denied - TOLERANCE);
            if !asked {
                continue;
            }
            let why = match cx.notes(p.eob) {
                n if n.is_empty() => {
                    e.adjustments.iter().map(|a| format!("{}-{}", a.group, a.carc)).collect::<Vec<_>>().join(", ")
                }
                n => n,
            };
            let because = if why.is_empty() { String::new() } else { format!(" (“{}”)", why.trim()) };
            let late = e.adjustments.iter().any(|a| a.carc == "29")
                || denial_class_of_words(&cx.notes(p.eob)) == Some(DenialClass::TimelyFiling);
            let missed =
                if late { " The claim reached the plan too late, and filing it in time is the provider's part." } else { "" };
            let text = format!(
                "{} denies {denied} as the provider's liability{because}; {} still asks the patient for it.{missed}",
                cx.place(p.eob),
                cx.place(p.bill)
            );
            let f = cx.on_line("denied-billed-to-patient", Severity::Error, p.bill).expected(Money::ZERO).amount(denied);
            let f = f.rests_on(if on_line.is_some() { 1.0 } else { cx.header_confidence(m.doc) }, || {
                format!("the balance of {}", bill.path)
            });
            out.push(cx.with_line(f, p.eob).says(
                text,
                "Tell the provider that the EOB puts this amount on the provider, and ask for it to be written off.",
            ));
        }
    }
    out
}

/// What an EOB line denies as the provider's liability.
fn denied_to_provider(cx: &Context<'_>, e: LineRef) -> Option<Money> {
    let l = cx.line(e);
    let charge = l.charge.filter(|c| *c > Money::ZERO)?;
    let notes = cx.notes(e);
    if cx.is_pending(e) || says_duplicate(&notes) || l.adjustments.iter().any(|a| a.carc == "18") {
        return None;
    }
    let by_code: Money =
        l.adjustments.iter().filter(|a| a.group == "CO" && !ROUTINE.contains(&a.carc.as_str())).map(|a| a.amount).sum();
    if by_code > TOLERANCE {
        return Some(by_code.min(charge));
    }
    let refused = l.not_covered.filter(|n| *n > TOLERANCE)?;
    let nothing = |m: Option<Money>| m.unwrap_or_default() == Money::ZERO;
    let whole = (charge - refused).abs() <= TOLERANCE && nothing(l.plan_paid) && nothing(l.other_paid);
    let share = cx.share(e).or_else(|| provider_bears(&notes).then_some(Money::ZERO))?;
    if share >= refused - TOLERANCE {
        return None;
    }
    let words = provider_bears(&notes) && !patient_bears(&notes);
    let outside = cx.is_outside(e);
    let of_patient = share - cx.cost_share(e).unwrap_or_default();
    let silent = whole && share == Money::ZERO && cx.states_share(e.doc) && !outside;
    let partial = words
        && !whole
        && !outside
        && of_patient <= TOLERANCE
        && l.allowed.is_some_and(|a| a > Money::ZERO)
        && nothing(l.plan_discount);
    ((words && whole) || silent || partial).then_some(refused)
}
