//! What to offer on a balance that is verified: opening, target and walk-away with the benchmarks they rest on, a payment plan
//! without interest, and whether the household may be owed assistance instead.
//!
//! Only what the papers support is talked about. While a claim is pending, a bill has no codes or money is in dispute, there is
//! no offer: whatever is agreed on a wrong balance stands. Pure: the same papers, tables and terms give the same result.

mod assistance;
mod benchmarks;
mod installments;
mod offer;
mod text;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::case_file::PlanKind;
use crate::finished::CasePapers;
use crate::ledger::{Account, NextStep};
use crate::pricing::Place;
use crate::record::{DocKind, Document, Money, Status};
use crate::reference::ReferenceTables;
use crate::rules::{SURE, Severity, kind_by_name};

pub use assistance::Screen;
pub use benchmarks::{Benchmark, BenchmarkKind};
pub use installments::{MOST_MONTHS, PaymentPlan, PlanError, payment_plan};
pub use offer::{Figure, Offer};
pub use text::write;

/// Why the balance does not go on a card. The bureaus' own rules: paid, small and young medical collections stay out of reports.
pub const NO_CARD: &str = "Do not put it on a credit card, nor on a medical one: a debt without interest becomes one with \
interest, the hospital need no longer look at assistance or hold collection, and it is reported as any other debt, where the \
credit bureaus leave out medical collections that are paid, under 500.00 or younger than a year.";

/// What the user says beside case.toml.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Where the services were given; without it the benchmark is the highest of the patient's state.
    pub place: Option<Place>,
    /// What could be paid at once, instead of case.toml's.
    pub lump_sum: Option<Money>,
    /// What could be paid each month, instead of case.toml's.
    pub monthly: Option<Money>,
    /// Yearly interest that a provider asks for, percent.
    pub apr: Option<Decimal>,
}

/// All that `billproof negotiate` has to say of a case. Amounts are US dollars.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Negotiation {
    /// The case.
    pub case_id: String,
    /// Its patient.
    pub patient: String,
    /// What the papers support of all that is asked.
    pub verified_balance: Money,
    /// Why there is nothing to talk about yet, and what comes first. Then there are no talks.
    pub refused: Option<String>,
    /// What to do or know before a figure is named.
    pub before: Vec<String>,
    /// One for each bill on which money is owed: another provider is another talk.
    pub talks: Vec<Talk>,
    /// How the household stands to the poverty guideline.
    pub assistance: Option<Screen>,
    /// What could not be worked out, and what would allow it.
    pub notes: Vec<String>,
}

/// What to say about one bill.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Talk {
    /// The bill.
    pub path: String,
    /// With whom.
    pub provider: String,
    /// Its account numbers.
    pub account_no: Vec<String>,
    /// What the papers support of this bill.
    pub verified_balance: Money,
    /// A single payment that settles it; `None` where nothing could be paid at once.
    pub offer: Option<Offer>,
    /// Payments without interest that settle it in full.
    pub plan: Option<PaymentPlan>,
    /// The same with the interest that is asked.
    pub plan_with_interest: Option<PaymentPlan>,
    /// What to be warned of.
    pub warnings: Vec<String>,
    /// Benchmarks that could not be had, and why.
    pub notes: Vec<String>,
}

/// Works out what to offer.
pub fn plan(papers: &CasePapers, refs: &ReferenceTables, terms: &Terms) -> Negotiation {
    let judged = &papers.judged;
    let mut out = Negotiation {
        case_id: judged.summary.case_id.clone(),
        patient: judged.summary.patient.clone(),
        verified_balance: judged.summary.balance_supported,
        refused: refusal(papers),
        before: Vec::new(),
        talks: Vec::new(),
        assistance: None,
        notes: Vec::new(),
    };
    match assistance::screen(papers, refs) {
        Ok(screen) => out.assistance = Some(screen),
        Err(why) => out.notes.push(why),
    }
    if out.refused.is_some() {
        return out;
    }
    out.before = before(papers, out.assistance.as_ref());
    let owed: Vec<&Account> = judged.accounts.iter().filter(|a| a.supported > Money::ZERO).collect();
    let finance = judged.facts.finance.as_ref();
    let lump_sums = shares(terms.lump_sum.or(finance.and_then(|f| f.lump_sum)), &owed);
    let months = shares(terms.monthly.or(finance.and_then(|f| f.monthly)), &owed);
    if lump_sums[..].iter().all(Option::is_none) {
        out.notes.push(
            "What could be paid at once is not stated ([finance] lump_sum of case.toml, or --lump-sum): the offers are not bounded by it."
                .to_owned(),
        );
    }
    if months[..].iter().all(Option::is_none) {
        out.notes.push(
            "What could be paid each month is not stated ([finance] monthly of case.toml, or --monthly): without it there is no payment plan."
                .to_owned(),
        );
    }
    if owed.len() > 1 && (lump_sums[0].is_some() || months[0].is_some()) {
        out.notes.push("What the person has is divided over the bills in proportion to their balances.".to_owned());
    }
    for ((account, lump_sum), monthly) in owed.into_iter().zip(lump_sums).zip(months) {
        out.talks.push(talk(papers, refs, terms, account, lump_sum, monthly));
    }
    out
}

fn talk(
    papers: &CasePapers,
    refs: &ReferenceTables,
    terms: &Terms,
    account: &Account,
    lump_sum: Option<Money>,
    monthly: Option<Money>,
) -> Talk {
    let balance = account.supported;
    let (benchmarks, notes) = benchmarks::of(papers, refs, terms, account);
    let mut warnings = Vec::new();
    let offer = match lump_sum {
        Some(none) if none <= Money::ZERO => {
            warnings.push("Nothing could be paid at once: there is no single payment to offer.".to_owned());
            None
        }
        _ => Some(offer::offer(balance, lump_sum, benchmarks)),
    };
    let mut try_plan = |apr: Option<Decimal>| match payment_plan(balance, monthly?, apr) {
        Ok(plan) => {
            warnings.extend(plan.warning());
            Some(plan)
        }
        Err(why) => {
            warnings.push(why.to_string());
            None
        }
    };
    let plan = try_plan(None);
    let plan_with_interest = terms.apr.filter(|apr| !apr.is_zero()).and_then(|apr| try_plan(Some(apr)));
    if let Some(p) = &plan_with_interest {
        warnings.push(format!(
            "Interest of {} % a year would cost {} more: ask for a plan without interest, which most hospitals give.",
            p.apr.normalize(),
            p.interest
        ));
    }
    warnings.dedup();
    Talk {
        path: account.path.clone(),
        provider: account.provider.clone(),
        account_no: account.account_no.clone(),
        verified_balance: balance,
        offer,
        plan,
        plan_with_interest,
        warnings,
        notes,
    }
}

/// Why there is nothing to talk about, with what comes first.
fn refusal(papers: &CasePapers) -> Option<String> {
    let judged = &papers.judged;
    let summary = &judged.summary;
    let asked: Vec<Money> = judged.accounts.iter().filter_map(|a| a.asked).collect();
    let why = judged.road.first().map(|r| format!(" {}", r.reason)).unwrap_or_default();
    match summary.next_step {
        NextStep::WaitForClaim => return Some(format!("The balance is not final: wait for the claim.{why}")),
        NextStep::RequestItemizedBill => {
            return Some(format!("The balance cannot be checked: ask for the itemized bill with codes first.{why}"));
        }
        NextStep::DisputeErrors => return Some(format!("The balance is wrong: dispute the errors first.{why}")),
        NextStep::AssertRights => return Some(format!("The law limits this balance: say so first.{why}")),
        _ => {}
    }
    if judged.accounts.is_empty() {
        return Some("The case holds no bill: there is nothing to talk about.".to_owned());
    }
    if asked.is_empty() {
        return Some("No bill of the case states a balance: ask the provider for a statement of what it asks.".to_owned());
    }
    if summary.amount_disputed > Money::ZERO {
        return Some(format!(
            "{} of the {} that is asked is in dispute: settle that first.",
            summary.amount_disputed, summary.billed_balance
        ));
    }
    if judged.accounts.iter().all(|a| a.supported <= Money::ZERO) {
        return Some("The bills ask for nothing: there is nothing to talk about.".to_owned());
    }
    None
}

/// What to do or know first, where it does not forbid to talk.
fn before(papers: &CasePapers, screen: Option<&Screen>) -> Vec<String> {
    let judged = &papers.judged;
    let mut out = Vec::new();
    for step in judged.road.iter().filter(|s| matches!(s.step, NextStep::Appeal | NextStep::ApplyForAssistance)) {
        let by = step.by.map(|d| format!(" (by {d})")).unwrap_or_default();
        let what = if step.step == NextStep::Appeal { "Appeal first" } else { "Assistance first" };
        out.push(format!("{what}{by}: {}", step.reason));
    }
    let known = judged.road.iter().any(|s| s.step == NextStep::ApplyForAssistance);
    if !known && screen.is_some_and(|s| s.may_qualify) && judged.facts.provider.nonprofit != Some(false) {
        out.push("Assistance first: the household may qualify; what assistance covers need not be paid at all.".to_owned());
    }
    let own_step = |rule: &str| matches!(rule, "appealable-denial" | "financial-assistance");
    let open = judged.findings.iter().filter(|f| f.is_open() && f.severity == Severity::Review && !own_step(f.rule)).count();
    if open > 0 {
        let one = if open == 1 { "finding is" } else { "findings are" };
        out.push(format!("{open} {one} for review: look at them before a figure is named (billproof case)."));
    }
    let live = |d: &&Document| matches!(d.status, Status::Ok | Status::Partial);
    for d in judged.accounts.iter().filter(|a| a.supported > Money::ZERO).filter_map(|a| papers.document(&a.path)) {
        if d.figures_confidence < SURE || d.status == Status::Partial {
            out.push(format!("{} was not read with certainty: compare its balance with the paper.", d.path));
        }
    }
    for d in papers.documents.iter().filter(live).filter(|d| d.kind == DocKind::CollectionNotice) {
        out.push(format!(
            "{} shows a collector: dispute or ask for validation in writing within 30 days of its notice (12 CFR 1006.34), and settle only with who owns the debt.",
            d.path
        ));
    }
    match plan_kind(papers) {
        Some(PlanKind::Medicaid) => out.push(
            "A provider that takes Medicaid takes its payment as payment in full but for the plan's own copays (42 CFR 447.15): ask why there is a balance."
                .to_owned(),
        ),
        Some(PlanKind::Medicare | PlanKind::MedicareAdvantage) => out.push(
            "Medicare's share may be waived after a look at the patient's own hardship (42 USC 1320a-7a(i)(6)): ask for that, with proof of income."
                .to_owned(),
        ),
        _ => {}
    }
    out
}

/// The plan's kind: case.toml's, else by the name of the payer.
fn plan_kind(papers: &CasePapers) -> Option<PlanKind> {
    let stated = papers.judged.facts.plan.as_ref().and_then(|p| p.kind);
    let named = || papers.documents.iter().filter(|d| d.is_eob()).find_map(|d| d.payer.as_deref()).map(kind_by_name);
    stated.or_else(named)
}

/// An amount divided over accounts in proportion to what they are owed, to the cent; the last takes the rest.
fn shares(amount: Option<Money>, owed: &[&Account]) -> Vec<Option<Money>> {
    let Some(amount) = amount else { return vec![None; owed.len()] };
    let total: Money = owed.iter().map(|a| a.supported).sum();
    let mut left = amount;
    let mut out = Vec::with_capacity(owed.len());
    for (i, a) in owed.iter().enumerate() {
        let part = if i + 1 == owed.len() {
            left
        } else {
            Money((amount.0 * a.supported.0).checked_div(total.0).unwrap_or_default().trunc_with_scale(2))
        };
        left = left - part;
        out.push(Some(part));
    }
    out
}

#[cfg(test)]
mod tests;
