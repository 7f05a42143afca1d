//! A Qualified Medicare Beneficiary is billed for Medicare's cost shares.
//!
//! # What it does
//! Looks for bills to a patient whom a paper names a Qualified Medicare Beneficiary (QMB).
//!
//! # Why
//! The state's Medicaid programme stands for the deductibles, coinsurance and copays of such patients. No provider or supplier that
//! takes Medicare may ask the patient for them, whether or not Medicaid pays.
//!
//! # When it fires
//! The plan is Medicare or Medicare Advantage; a bill or EOB of the case says that the patient is a QMB, or an EOB line carries RARC N781,
//! N782 or N783; and a bill whose services an EOB settles asks for money. `error`; the amount is the balance without charges that no EOB
//! shows and without what Medicare refused to cover.
//!
//! # Could be right if
//! the patient was not enrolled on the date of service, or the service is one that Medicare does not cover. The state's Medicaid
//! office or 1-800-MEDICARE confirms the dates.
//!
//! # Source
//! 42 USC 1396a(n)(3)(B), 1395w-4(g)(3)(A) and 1395cc(a)(1)(A); 42 CFR 422.504(g)(1)(iii) (Medicare Advantage); X12 RARC N781–N783.

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use super::reading::asked;
use crate::case_file::PlanKind;
use crate::record::{FactKind, Money};

const REMARKS: &[&str] = &["N781", "N782", "N783"];

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let Some((doc, said)) = stated(cx) else { return out };
    for (bill, m) in cx.bills() {
        let lines = m.eob_lines();
        let medicare = lines.iter().any(|e| matches!(cx.plan_kind_of(e.doc), PlanKind::Medicare | PlanKind::MedicareAdvantage));
        let Some(balance) = asked(bill).filter(|_| medicare && !cx.waits(m)) else { continue };
        let unmatched: Money = m.unmatched.iter().filter_map(|b| cx.line(*b).charge).sum();
        let refused: Money = lines
            .iter()
            .map(|e| (cx.share(*e).unwrap_or_default() - cx.cost_share(*e).unwrap_or_default()).max(Money::ZERO))
            .sum();
        // A paper that prints no cost shares apart leaves none out; what was refused is told by its own adjustments.
        let refused = if lines.iter().any(|e| cx.cost_share(*e).is_some()) { refused } else { Money::ZERO };
        let shares = balance - unmatched - refused;
        if shares <= TOLERANCE {
            continue;
        }
        let text = format!(
            "{} asks for {balance}, of which {shares} are Medicare's cost shares or more; {} says: “{said}”. A Qualified Medicare Beneficiary owes none of them.",
            bill.path, cx.docs[doc].path
        );
        let f = cx.on_document("qmb-billed", Severity::Error, m.doc).billed(balance).expected(balance - shares).amount(shares);
        let f = if doc == m.doc { f } else { cx.with_document(f, doc) };
        let step = "Tell the provider that you are in the QMB program and that it must take the bill back and refund what you paid; 1-800-MEDICARE can make it stop.";
        out.push(f.says(text, step));
    }
    out
}

/// The paper that says so, and its words.
fn stated(cx: &Context<'_>) -> Option<(usize, String)> {
    let fact = cx.papers().find_map(|(i, d)| {
        let f = d.facts.iter().find(|f| f.kind == FactKind::QualifiedMedicareBeneficiary)?;
        Some((i, f.text.trim().to_owned()))
    });
    fact.or_else(|| {
        let e = cx.matching.eob_lines.iter().find(|e| cx.line(**e).remark_codes.iter().any(|c| REMARKS.contains(&c.as_str())))?;
        let code = cx.line(*e).remark_codes.iter().find(|c| REMARKS.contains(&c.as_str()))?;
        Some((e.doc, format!("remark {code}")))
    })
}
