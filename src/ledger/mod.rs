//! Stage 9: what is owed, disputed, supported, and the next step.
//!
//! A balance is made of shares (the EOB's patient share of a matched line, the charge of an unmatched one) and an excess
//! over them. Each dollar is put in dispute once, whatever number of findings stand on it.

mod account;
mod dispute;
mod next_step;
mod road;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cases::Case;
use crate::decisions::Decisions;
use crate::matching::Matching;
use crate::record::{Money, Status};
use crate::reference::ReferenceTables;
use crate::rules::{self, Context, Finding};

pub use account::{Account, Side};
pub use dispute::Dispute;
pub use next_step::NextStep;
pub use road::{RoadState, RoadStep};

/// A row of cases.csv. Amounts are US dollars; `None` is an empty cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Number of findings that are open: neither dismissed nor fixed.
    pub flags: usize,
    /// What to do first.
    pub next_step: NextStep,
    /// The earliest deadline of a finding.
    pub next_deadline: Option<Date>,
}

/// All that is known of a case in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconciled {
    /// Findings in order of document and line, decided ones too.
    pub findings: Vec<Finding>,
    /// Bill lines ↔ EOB lines.
    pub matching: Matching,
    /// One account for each bill that counts.
    pub accounts: Vec<Account>,
    /// The row of cases.csv.
    pub row: CaseRow,
    /// What to do first and what may come after it; never empty, the first is the row's `next_step`.
    pub road: Vec<RoadStep>,
}

/// Matches, judges and sums up a case. Pure: the same case, tables and decisions give the same result.
pub fn reconcile_case(case: &Case, refs: &ReferenceTables, decisions: &Decisions) -> Reconciled {
    let cx = Context::new(case, refs);
    let mut findings = rules::run(&cx);
    for f in &mut findings {
        if let Some(d) = decisions.on(&f.flag_id) {
            f.decide(d);
        }
    }
    let open: Vec<Finding> = findings.iter().filter(|f| f.is_open()).cloned().collect();
    let accounts: Vec<Account> = cx.matching.bills.iter().map(|m| account::account(&cx, m, &open)).collect();
    let road = road::road(&cx, &accounts, &open);
    let row = case_row(&cx, &accounts, &open, road.first().map_or(NextStep::Pay, |r| r.step));
    Reconciled { findings, matching: cx.matching, accounts, row, road }
}

fn case_row(cx: &Context<'_>, accounts: &[Account], findings: &[Finding], next_step: NextStep) -> CaseRow {
    let live = || cx.docs.iter().filter(|d| matches!(d.status, Status::Ok | Status::Partial));
    let charges: Vec<Money> = accounts.iter().filter_map(|a| a.bill.charged).collect();
    let billed: Money = accounts.iter().filter_map(|a| a.asked).sum();
    let disputed: Money = accounts.iter().map(Account::in_dispute).sum();
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
        next_step,
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
