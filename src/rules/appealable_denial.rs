//! The plan refused a service at the patient's cost, for a reason that an appeal can answer.
//!
//! # What it does
//! Finds EOB lines (and denial letters without an EOB) where a refusal is left to the patient, names the class of the reason and
//! the papers that answer it, and counts the days.
//!
//! # Why
//! Many denials that are appealed are overturned, and few are appealed. The time to do so is short.
//!
//! # When it fires
//! The line carries a PR adjustment that is no cost share, or an amount not covered that is part of the patient's share.
//! Deadline from the notice: 180 days (commercial), 125 (Medicare Summary Notice: 120 from receipt, presumed 5 days after), 65
//! (Medicare Advantage), 60 (Medicaid managed care). `review`; the amount is what the denial costs the patient. Out of network,
//! what the plan leaves over by its fee schedule is no denial.
//!
//! # Could be right if
//! the plan document excludes the service; an appeal then needs another ground. An external review may follow.
//!
//! # Source
//! 29 CFR 2560.503-1(h), 45 CFR 147.136 (external review, four months), 42 CFR 405.942, 42 CFR 422.582, 42 CFR 438.402; X12
//! code list 139 (CARC).

use jiff::civil::Date;

use super::context::{Context, TOLERANCE, days_after};
use super::finding::{Finding, Severity};
use super::wording::{denial_class_of_words, patient_bears, provider_bears, says_duplicate};
use crate::case_file::PlanKind;
use crate::matching::LineRef;
use crate::names::same_number;
use crate::record::{DocKind, FactKind, Money};
use crate::reference::code_lists::{DenialClass, denial_class};

const ID: &str = "appealable-denial";

/// PR adjustments that are cost shares, fee schedule, information on other payers, or payments made to the patient.
const NO_DENIAL: &[&str] =
    &["1", "2", "3", "45", "23", "66", "85", "92", "100", "122", "142", "178", "187", "238", "241", "247", "248"];

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for &e in &cx.matching.eob_lines {
        let Some((amount, class)) = denial(cx, e) else { continue };
        let d = &cx.docs[e.doc];
        let kind = cx.plan_kind_of(e.doc);
        let text = format!(
            "{} leaves {amount} to the patient. Class of the reason: {}.{} An appeal needs {}.",
            cx.place(e),
            class.as_str(),
            said(&cx.notes(e)),
            class.documents()
        );
        let f =
            cx.on_line(ID, Severity::Review, e).amount(amount).deadline(deadline(kind, d.statement_date)).says(text, step(kind));
        out.push(cx.with_bill_side(f, e));
    }
    for (i, d) in cx.papers().filter(|(_, d)| d.kind == DocKind::DenialLetter) {
        let on_eob = cx.matching.eob_lines.iter().any(|e| {
            let l = cx.line(*e);
            let number = l.claim_no.as_deref().is_some_and(|n| d.claim_no.iter().any(|x| same_number(x, n)));
            let dated = d.claim_no.is_empty() && d.services().any(|s| s.service_date == l.service_date && s.charge == l.charge);
            number || dated
        });
        let header_date = d.service_from.filter(|_| d.services().next().is_none() && d.claim_no.is_empty());
        let near = header_date.is_some_and(|s| {
            cx.matching.eob_lines.iter().any(|e| cx.line(*e).service_date == Some(s) && denial(cx, *e).is_some())
        });
        if on_eob || near {
            continue;
        }
        let reason = d.facts.iter().find(|f| f.kind == FactKind::DenialReason).map(|f| f.text.clone()).unwrap_or_default();
        let class = denial_class_of_words(&reason).unwrap_or(DenialClass::NotCovered);
        let kind = cx.plan_kind_of(i);
        let text = format!(
            "{} refuses a service. Class of the reason: {}.{} An appeal needs {}.",
            d.path,
            class.as_str(),
            said(&reason),
            class.documents()
        );
        let amount = d.patient_responsibility.or(d.balance_due);
        out.push(
            cx.on_document(ID, Severity::Review, i)
                .amount(amount)
                .deadline(deadline(kind, d.statement_date))
                .says(text, step(kind)),
        );
    }
    out
}

/// The class of the reason that a finding of this rule names.
pub fn class_of(finding: &Finding) -> Option<DenialClass> {
    let (_, rest) = finding.explanation.split_once("Class of the reason: ")?;
    DenialClass::ALL.into_iter().find(|c| rest.strip_prefix(c.as_str()).is_some_and(|r| r.starts_with('.')))
}

fn said(words: &str) -> String {
    let words = words.trim();
    if words.is_empty() { String::new() } else { format!(" It says: “{words}”") }
}

/// What the denial of a line costs the patient, and why the plan refused it.
fn denial(cx: &Context<'_>, e: LineRef) -> Option<(Money, DenialClass)> {
    if cx.is_pending(e) {
        return None;
    }
    let l = cx.line(e);
    let notes = cx.notes(e);
    let share = cx.share(e).filter(|s| *s > TOLERANCE)?;
    let by_words = denial_class_of_words(&notes);
    let refusals: Vec<_> = l.adjustments.iter().filter(|a| a.group == "PR" && !NO_DENIAL.contains(&a.carc.as_str())).collect();
    let by_code: Money = refusals.iter().map(|a| a.amount).sum();
    if by_code > TOLERANCE {
        let class = refusals.iter().find_map(|a| denial_class(&a.carc)).or(by_words).unwrap_or(DenialClass::NotCovered);
        return Some((by_code, class));
    }
    if !l.adjustments.is_empty() || says_duplicate(&notes) || (provider_bears(&notes) && !patient_bears(&notes)) {
        return None;
    }
    let nothing = |m: Option<Money>| m.unwrap_or_default() == Money::ZERO;
    let of_denial = share - cx.cost_share(e).unwrap_or_default();
    if of_denial <= TOLERANCE {
        return None;
    }
    let whole = nothing(l.plan_paid) && nothing(l.other_paid) && nothing(l.allowed);
    match l.not_covered {
        Some(refused) if refused > TOLERANCE => {
            let all = whole && l.charge.is_some_and(|c| (c - refused).abs() <= TOLERANCE);
            let told = patient_bears(&notes) && by_words.is_some();
            // Out of network a plan leaves what is above its fee schedule.
            let partly = told && !cx.is_outside(e);
            (all || partly).then(|| (of_denial.min(refused), by_words.unwrap_or(DenialClass::NotCovered)))
        }
        // A notice without such a column (Medicare Summary Notice) says it in words.
        None if whole && patient_bears(&notes) => by_words.map(|c| (of_denial, c)),
        _ => None,
    }
}

fn deadline(kind: PlanKind, notice: Option<Date>) -> Option<Date> {
    let days = match kind {
        PlanKind::Commercial | PlanKind::SelfPay => 180,
        PlanKind::Medicare => 125,
        PlanKind::MedicareAdvantage => 65,
        PlanKind::Medicaid => 60,
    };
    notice.and_then(|d| days_after(d, days))
}

fn step(kind: PlanKind) -> &'static str {
    match kind {
        PlanKind::Commercial | PlanKind::SelfPay => {
            "Appeal to the plan in writing (29 CFR 2560.503-1); after a final refusal ask for external review."
        }
        PlanKind::Medicare => {
            "Ask the Medicare contractor for a redetermination (42 CFR 405.942): sign and return the notice, or form CMS-20027."
        }
        PlanKind::MedicareAdvantage => "Ask the Medicare Advantage plan for a reconsideration (42 CFR 422.582).",
        PlanKind::Medicaid => "Appeal to the Medicaid plan (42 CFR 438.402), then ask for a state fair hearing.",
    }
}
