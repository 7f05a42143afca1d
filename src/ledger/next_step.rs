//! What to do first.

use serde::{Deserialize, Serialize};

use crate::case_file::PlanKind;
use crate::record::{DocKind, Document, Money};
use crate::rules::{self, Context, Finding, Table};

/// What to do first.
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
    /// The balance is right.
    Pay,
}

impl NextStep {
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
            Self::Pay => "pay",
        }
    }
}

/// Further checks that rest on a patient's right, not on an error of the paper.
const BY_LAW: &[&str] = &["qmb-billed", "limiting-charge", "collection-exceeds-balance"];

/// The first step that applies, in the order of record.md: never negotiate a balance that is still in dispute.
pub(super) fn next_step(cx: &Context<'_>, findings: &[Finding]) -> NextStep {
    let any = |rule: &str| findings.iter().any(|f| f.rule == rule);
    let hard = |rule: &str| findings.iter().any(|f| f.rule == rule && f.severity.is_hard());
    let asks = |b: &Document| b.balance_due.is_some_and(|d| d > Money::ZERO);
    if any("claim-pending") || findings.iter().any(|f| f.rule == "no-eob" && f.at.is_none()) {
        return NextStep::WaitForClaim;
    }
    if cx.bills().any(|(b, _)| b.kind == DocKind::SummaryBill && asks(b)) {
        return NextStep::RequestItemizedBill;
    }
    let right_explains = hard("no-surprises") || hard("denied-billed-to-patient");
    let of = |f: &&Finding, rights: bool| {
        rules::rule(f.rule).is_some_and(|r| (r.table == Table::Rights || BY_LAW.contains(&r.id)) == rights)
    };
    let mut hard_ones = findings.iter().filter(|f| f.severity.is_hard());
    if hard_ones.clone().any(|f| of(&f, false) && !(right_explains && f.rule == "balance-exceeds-eob")) {
        return NextStep::DisputeErrors;
    }
    if hard_ones.any(|f| of(&f, true)) {
        return NextStep::AssertRights;
    }
    if any("appealable-denial") {
        return NextStep::Appeal;
    }
    if any("financial-assistance") {
        return NextStep::ApplyForAssistance;
    }
    let owes = cx.bills().filter_map(|(b, _)| b.balance_due).sum::<Money>() > Money::ZERO;
    if owes && (any("price-outlier") || cx.plan_kind() == PlanKind::SelfPay || cx.case.file.finance.is_some()) {
        return NextStep::Negotiate;
    }
    NextStep::Pay
}
