//! What there is to do, and when each of it applies.

use serde::{Deserialize, Serialize};

use crate::case_file::PlanKind;
use crate::record::{DocKind, Document, Money};
use crate::rules::{self, Context, Finding, Table};

/// What to do: `next_step` of cases.csv, and the steps of the road after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NextStep {
    /// A claim is pending, or a bill has no EOB though there is insurance.
    WaitForClaim,
    /// A summary bill asks for money.
    RequestItemizedBill,
    /// The papers show errors.
    DisputeErrors,
    /// A law protects the patient.
    AssertRights,
    /// A denial can be appealed.
    Appeal,
    /// The hospital may have to help.
    ApplyForAssistance,
    /// The balance is right and can be talked about.
    Negotiate,
    /// What is agreed, or owed, is paid in parts without interest. Only on the road, never the first step.
    PaymentPlan,
    /// What is agreed is put in writing before any payment. Only on the road, never the first step.
    WrittenAgreement,
    /// The balance is right.
    Pay,
}

impl NextStep {
    /// All of them in the order in which they are taken: never negotiate a balance that is still in dispute.
    pub const ORDER: [Self; 10] = [
        Self::WaitForClaim,
        Self::RequestItemizedBill,
        Self::DisputeErrors,
        Self::AssertRights,
        Self::Appeal,
        Self::ApplyForAssistance,
        Self::Negotiate,
        Self::PaymentPlan,
        Self::WrittenAgreement,
        Self::Pay,
    ];

    /// Its name in cases.csv.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WaitForClaim => "wait-for-claim",
            Self::RequestItemizedBill => "request-itemized-bill",
            Self::DisputeErrors => "dispute-errors",
            Self::AssertRights => "assert-rights",
            Self::Appeal => "appeal",
            Self::ApplyForAssistance => "apply-for-assistance",
            Self::Negotiate => "negotiate",
            Self::PaymentPlan => "payment-plan",
            Self::WrittenAgreement => "written-agreement",
            Self::Pay => "pay",
        }
    }
}

/// Whether the case calls for a step now or once the steps before it are taken. The first of [`NextStep::ORDER`] that is
/// called for is what to do first.
pub(super) fn called_for(step: NextStep, cx: &Context<'_>, findings: &[Finding]) -> bool {
    let any = |rule: &str| findings.iter().any(|f| f.rule == rule);
    match step {
        NextStep::WaitForClaim => findings.iter().any(waits),
        NextStep::RequestItemizedBill => cx.bills().any(|(b, _)| is_uncoded(b)),
        NextStep::DisputeErrors => errors(findings).next().is_some(),
        NextStep::AssertRights => rights(findings).next().is_some(),
        NextStep::Appeal => any("appealable-denial"),
        NextStep::ApplyForAssistance => any("financial-assistance"),
        NextStep::Negotiate => {
            let owes = cx.bills().filter_map(|(b, _)| b.balance_due).sum::<Money>() > Money::ZERO;
            owes && (any("price-outlier") || cx.plan_kind() == PlanKind::SelfPay || cx.case.file.finance.is_some())
        }
        NextStep::PaymentPlan | NextStep::WrittenAgreement => false,
        NextStep::Pay => true,
    }
}

/// Whether a finding says that a claim is not settled.
pub(super) fn waits(f: &Finding) -> bool {
    f.rule == "claim-pending" || f.rule == "no-eob" && f.line_no.is_none()
}

/// Whether a bill asks for money and says nothing of what was done.
pub(super) fn is_uncoded(bill: &Document) -> bool {
    bill.kind == DocKind::SummaryBill && bill.balance_due.is_some_and(|d| d > Money::ZERO)
}

/// The findings that have to be disputed as errors.
pub(super) fn errors(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let explained = right_explains_balance(findings);
    findings.iter().filter(move |f| f.severity.is_hard() && !is_right(f) && !(explained && exceeds(f)))
}

/// The findings that a law gives an answer to, and the balance above the EOB that they explain.
pub(super) fn rights(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let explained = right_explains_balance(findings);
    findings.iter().filter(move |f| f.severity.is_hard() && (is_right(f) || explained && exceeds(f)))
}

fn right_explains_balance(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity.is_hard() && matches!(f.rule, "no-surprises" | "denied-billed-to-patient"))
}

fn exceeds(f: &Finding) -> bool {
    f.rule == "balance-exceeds-eob"
}

/// Further checks that rest on a patient's right, not on an error of the paper.
const BY_LAW: &[&str] = &["qmb-billed", "limiting-charge", "collection-exceeds-balance"];

fn is_right(f: &Finding) -> bool {
    BY_LAW.contains(&f.rule) || rules::rule(f.rule).is_some_and(|r| r.table == Table::Rights)
}
