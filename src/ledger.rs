//! Stage 9: what is owed, disputed, supported, and the next step.
//!
//! A balance is made of shares (the EOB's patient share of a matched line, the charge of an unmatched one) and an excess
//! over them. Each dollar is put in dispute once, whatever number of findings stand on it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::case_file::PlanKind;
use crate::cases::Case;
use crate::matching::{BillMatch, Group, LineRef, Matching};
use crate::record::{DocKind, Money, Status};
use crate::reference::ReferenceTables;
use crate::rules::{self, Context, Finding, Table};

/// What to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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

/// A row of cases.csv. Amounts are US dollars; `None` is an empty cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseRow {
    /// The case.
    pub case_id: String,
    /// Its patient.
    pub patient: String,
    /// All its files, duplicates and unreadable ones too.
    pub documents: usize,
    /// Bills, superseded ones too.
    pub bills: usize,
    /// EOBs.
    pub eobs: usize,
    /// Charges of the bills that count.
    pub total_charges: Option<Money>,
    /// What these bills ask for.
    pub billed_balance: Money,
    /// What the EOBs say the patient owes; `None` without an EOB.
    pub eob_patient_responsibility: Option<Money>,
    /// What of the billed balance is in question.
    pub amount_disputed: Money,
    /// What the papers support.
    pub balance_supported: Money,
    /// Number of findings.
    pub flags: usize,
    /// What to do first.
    pub next_step: NextStep,
    /// The earliest deadline of a finding.
    pub next_deadline: Option<Date>,
}

/// All that is known of a case in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconciled {
    /// Findings in order of document and line.
    pub findings: Vec<Finding>,
    /// Bill lines ↔ EOB lines.
    pub matching: Matching,
    /// The row of cases.csv.
    pub row: CaseRow,
}

/// Matches, judges and sums up a case. Pure: the same case and tables give the same result.
pub fn reconcile_case(case: &Case, refs: &ReferenceTables) -> Reconciled {
    let cx = Context::new(case, refs);
    let findings = rules::run(&cx);
    let row = case_row(&cx, &findings);
    Reconciled { findings, matching: cx.matching, row }
}

/// Findings whose amount lies in the excess of a balance over its shares, which `balance-exceeds-eob` carries.
const IN_THE_EXCESS: &[&str] = &["charge-mismatch", "units-mismatch", "denied-billed-to-patient"];

fn case_row(cx: &Context<'_>, findings: &[Finding]) -> CaseRow {
    let live = || cx.docs.iter().filter(|d| matches!(d.status, Status::Ok | Status::Partial));
    let charges: Vec<Money> = cx.bills().filter_map(|(b, _)| Context::charges(b)).collect();
    let billed: Money = cx.bills().filter_map(|(b, _)| b.balance_due).sum();
    let disputed: Money = cx.bills().map(|(_, m)| disputed(cx, m, findings)).sum();
    let eobs = live().filter(|d| d.is_eob()).count();
    CaseRow {
        case_id: cx.case.case_id.clone(),
        patient: cx.people.first().unwrap_or_default().to_owned(),
        documents: cx.docs.len(),
        bills: live().filter(|d| d.is_bill()).count(),
        eobs,
        total_charges: (!charges.is_empty()).then(|| charges.into_iter().sum()),
        billed_balance: billed,
        eob_patient_responsibility: (eobs > 0).then(|| patient_responsibility(cx)),
        amount_disputed: disputed,
        balance_supported: billed - disputed,
        flags: findings.len(),
        next_step: next_step(cx, findings),
        next_deadline: findings.iter().filter_map(|f| f.deadline).min(),
    }
}

/// The case's patient's shares on all EOBs; an EOB whose lines state none counts with its total.
fn patient_responsibility(cx: &Context<'_>) -> Money {
    let mut by_doc: BTreeMap<usize, Option<Money>> = BTreeMap::new();
    for &e in &cx.matching.eob_lines {
        let sum = by_doc.entry(e.doc).or_insert(Some(Money::ZERO));
        *sum = sum.zip(cx.share(e)).map(|(a, b)| a + b);
    }
    let lines: Money = by_doc.iter().filter_map(|(d, m)| m.or(cx.docs[*d].patient_responsibility)).sum();
    let bare: Money = cx
        .papers()
        .filter(|(i, d)| d.is_eob() && d.services().next().is_none() && !by_doc.contains_key(i) && d.patient.len() <= 1)
        .filter_map(|(_, d)| d.patient_responsibility)
        .sum();
    lines + bare
}

/// What of a bill's balance the `error` and `likely` findings put in question.
fn disputed(cx: &Context<'_>, m: &BillMatch, findings: &[Finding]) -> Money {
    let Some(balance) = cx.docs[m.doc].balance_due else {
        return Money::ZERO;
    };
    let share_of = |e: LineRef| cx.share(e).unwrap_or_default();
    // Where a finding's line counts: the bill's line, or the EOB's of a group.
    let mut shares: BTreeMap<LineRef, Money> = BTreeMap::new();
    shares.extend(m.pairs.iter().map(|p| (p.bill, share_of(p.eob))));
    shares.extend(m.unmatched.iter().map(|b| (*b, cx.line(*b).charge.unwrap_or_default())));
    for g in &m.groups {
        shares.extend(g.eob.iter().map(|e| (*e, share_of(*e))));
        shares.extend(members(cx, g));
    }
    let mut per_line: BTreeMap<LineRef, Money> = BTreeMap::new();
    let (mut on_document, mut on_total) = (Money::ZERO, Money::ZERO);
    for f in findings.iter().filter(|f| f.severity.is_hard()) {
        let amount = f.amount_at_issue.unwrap_or_default();
        let at = f.at.map(|at| m.pairs.iter().find(|p| p.eob == at).map_or(at, |p| p.bill));
        match at {
            Some(at) => {
                if let Some(share) = shares.get(&at).filter(|_| !IN_THE_EXCESS.contains(&f.rule)) {
                    let kept = per_line.entry(at).or_default();
                    *kept = (*kept).max(amount.min(*share));
                }
            }
            None if f.doc == m.doc && f.rule == "estimate-exceeded" => on_total = on_total.max(amount),
            None if f.doc == m.doc && f.rule != "collections-too-early" => on_document = on_document.max(amount),
            None => {}
        }
    }
    let mut sum = on_document;
    for g in &m.groups {
        let of_members: Money = g.bill.iter().filter_map(|b| per_line.remove(b)).sum();
        let of_eob: Money = g.eob.iter().filter_map(|e| per_line.remove(e)).sum();
        sum += of_members.max(of_eob).min(g.eob.iter().map(|e| share_of(*e)).sum());
    }
    sum += per_line.into_values().sum();
    sum.max(on_total).min(balance).max(Money::ZERO)
}

/// The share of each bill line of a group: the group's, in proportion to its charge.
fn members(cx: &Context<'_>, g: &Group) -> Vec<(LineRef, Money)> {
    let share: Money = g.eob.iter().filter_map(|e| cx.share(*e)).sum();
    let charge: Money = g.eob.iter().filter_map(|e| cx.line(*e).charge).sum();
    let part = |b: &LineRef| Some(Money((share.0 * cx.line(*b).charge?.0).checked_div(charge.0)?).round_cents());
    g.bill.iter().map(|b| (*b, part(b).unwrap_or_default())).collect()
}

fn next_step(cx: &Context<'_>, findings: &[Finding]) -> NextStep {
    let any = |rule: &str| findings.iter().any(|f| f.rule == rule);
    let hard = |rule: &str| findings.iter().any(|f| f.rule == rule && f.severity.is_hard());
    let asks = |b: &crate::record::Document| b.balance_due.is_some_and(|d| d > Money::ZERO);
    if any("claim-pending") || findings.iter().any(|f| f.rule == "no-eob" && f.at.is_none()) {
        return NextStep::WaitForClaim;
    }
    if cx.bills().any(|(b, _)| b.kind == DocKind::SummaryBill && asks(b)) {
        return NextStep::RequestItemizedBill;
    }
    let right_explains = hard("no-surprises") || hard("denied-billed-to-patient");
    let of = |f: &&Finding, rights: bool| rules::rule(f.rule).is_some_and(|r| (r.table == Table::Rights) == rights);
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
