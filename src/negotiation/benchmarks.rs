//! Public prices for what a bill charges: what Medicare would pay for all of it, and what the hospital takes in cash.
//!
//! A benchmark is one only where every service of the bill has its price; what has been paid already is taken off. Sources: the
//! fee schedules of [`crate::pricing`]; 45 CFR 180.50 (hospitals' own prices).

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use super::Terms;
use crate::finished::CasePapers;
use crate::ledger::Account;
use crate::matching::open_services;
use crate::pricing::{Query, hospital_prices, quotes};
use crate::record::{Document, Money, ServiceLine};
use crate::reference::ReferenceTables;
use crate::rules::is_facility;

/// What a figure is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BenchmarkKind {
    /// 20 % of the balance.
    LumpSumLow,
    /// 40 % of the balance.
    LumpSumHigh,
    /// The balance less a fifth.
    PromptPay,
    /// The hospital's published cash price.
    CashPrice,
    /// The Medicare amount.
    Medicare,
    /// One and a half times that.
    MedicareHalfMore,
    /// Twice that.
    MedicareTwice,
}

/// What would be left to pay by a benchmark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Benchmark {
    /// Which.
    pub kind: BenchmarkKind,
    /// US dollars.
    pub amount: Money,
    /// What it rests on.
    pub basis: String,
}

impl Benchmark {
    pub(super) fn new(kind: BenchmarkKind, amount: Money, basis: impl Into<String>) -> Self {
        Self { kind, amount, basis: basis.into() }
    }
}

/// The public benchmarks for a bill, and why one could not be had.
pub(super) fn of(papers: &CasePapers, refs: &ReferenceTables, terms: &Terms, account: &Account) -> (Vec<Benchmark>, Vec<String>) {
    let (mut found, mut notes) = (Vec::new(), Vec::new());
    let Some(bill) = papers.document(&account.path) else {
        return (found, vec![format!("{} is not in the record: no public benchmark.", account.path)]);
    };
    let lines: Vec<&ServiceLine> = open_services(bill, 0).into_iter().map(|at| &bill.lines[at.line]).collect();
    let paid = paid(account);
    let mut keep = |total: Result<Total, String>, of: &str, rates: &[(BenchmarkKind, i64, &str)]| match total {
        Ok(total) => {
            if total.amount <= paid {
                notes.push(format!(
                    "{of} for all services is {} ({}), and {paid} is paid already: no more would be owed by it. Say so.",
                    total.amount, total.source
                ));
                return;
            }
            for (kind, percent, name) in rates {
                let amount = Money(total.amount.0 * Decimal::new(*percent, 2)).round_cents() - paid;
                let less = if paid > Money::ZERO { format!(" less {paid} already paid") } else { String::new() };
                found.push(Benchmark::new(*kind, amount, format!("{name}{less} ({})", total.source)));
            }
        }
        Err(why) => notes.push(why),
    };
    keep(
        medicare(refs, terms, papers.judged.facts.patient.state.as_deref(), bill, &lines),
        "What Medicare would pay",
        &[
            (BenchmarkKind::Medicare, 100, "100 % of what Medicare would pay"),
            (BenchmarkKind::MedicareHalfMore, 150, "150 % of what Medicare would pay"),
            (BenchmarkKind::MedicareTwice, 200, "200 % of what Medicare would pay"),
        ],
    );
    let publishes = bill.provider.iter().any(|p| refs.prices.files().iter().any(|f| f.is_of(p)));
    if publishes || is_facility(bill) {
        keep(
            cash(refs, bill, &lines),
            "The hospital's cash price",
            &[(BenchmarkKind::CashPrice, 100, "the hospital's own cash price")],
        );
    }
    (found, notes)
}

/// What plan and patient have paid on the bill, by the EOB where it says so, else by the bill.
fn paid(account: &Account) -> Money {
    let plan = account.eob.plan_paid.max(account.bill.plan_paid).unwrap_or_default();
    plan + account.bill.patient_paid.unwrap_or_default()
}

/// The price of all services of a bill.
struct Total {
    amount: Money,
    source: String,
}

/// Adds up what `price` gives for each line, and names what has no price.
fn total(
    what: &str,
    lines: &[&ServiceLine],
    mut price: impl FnMut(&str, &ServiceLine) -> Option<(Money, String)>,
) -> Result<Total, String> {
    if lines.is_empty() {
        return Err(format!("No {what}: the bill lists no services."));
    }
    let mut amount = Money::ZERO;
    let mut sources: Vec<String> = Vec::new();
    let mut without: Vec<&str> = Vec::new();
    for line in lines {
        let Some(code) = line.code.as_deref() else {
            without.push("a line without a code");
            continue;
        };
        // A bill that prints no units means one.
        let units = line.units.filter(|u| *u > Decimal::ZERO).unwrap_or(Decimal::ONE);
        match price(code, line) {
            Some((each, source)) => {
                amount += Money(each.0 * units).round_cents();
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
            None => without.push(code),
        }
    }
    if !without.is_empty() {
        let all = without.len();
        without.sort_unstable();
        without.dedup();
        let shown = without.iter().take(6).copied().collect::<Vec<_>>().join(", ");
        let more = if without.len() > 6 { ", …" } else { "" };
        return Err(format!("No {what}: {all} of {} services have no price in the loaded tables ({shown}{more}).", lines.len()));
    }
    Ok(Total { amount, source: sources.join("; ") })
}

fn medicare(
    refs: &ReferenceTables,
    terms: &Terms,
    state: Option<&str>,
    bill: &Document,
    lines: &[&ServiceLine],
) -> Result<Total, String> {
    const WHAT: &str = "multiple of Medicare";
    if refs.loaded.is_empty() {
        return Err(format!("No {WHAT}: no Medicare fee schedule is loaded (billproof refs add, or --refs)."));
    }
    if terms.place.is_none() && state.is_none() {
        return Err(format!("No {WHAT}: give the place of service with --zip, or the state in case.toml."));
    }
    if let Some(error) =
        lines.iter().find_map(|l| query(terms, l, l.service_date.or(bill.service_from)?)).and_then(|q| quotes(refs, &q).err())
    {
        return Err(format!("No {WHAT}: {error}."));
    }
    let facility = is_facility(bill);
    total(WHAT, lines, |code, line| {
        let day = line.service_date.or(bill.service_from)?;
        if terms.place.is_some() {
            at_place(refs, terms, line, day, facility)
        } else {
            in_state(refs, state, code, line, day, facility)
        }
    })
}

fn query(terms: &Terms, line: &ServiceLine, day: Date) -> Option<Query> {
    Some(Query {
        code: line.code.clone()?,
        modifiers: line.modifiers.clone(),
        day,
        place: terms.place.clone()?,
        // Where a service was given is seldom printed; outside a facility the practitioner's amount is the higher one.
        facility: false,
        qualifying: false,
        minutes: None,
        base_units: None,
    })
}

/// The first schedule that pays the code at a place. The physicians' says nothing of what a hospital is paid.
fn at_place(refs: &ReferenceTables, terms: &Terms, line: &ServiceLine, day: Date, facility: bool) -> Option<(Money, String)> {
    let all = quotes(refs, &query(terms, line, day)?).ok()?;
    let fits = |schedule: &str| match schedule {
        "OPPS Addendum B" => facility,
        "Physician Fee Schedule" | "anaesthesia conversion factors" => !facility,
        _ => true,
    };
    let named = |schedule: &str, edition: &str| [schedule, edition].join(" ").trim().to_owned();
    let paid = all.iter().filter(|q| fits(q.schedule)).find_map(|q| Some((q.amount?, named(q.schedule, &q.edition))));
    // What is packaged into other services is paid with them.
    let packaged = || {
        let found = all.iter().find(|q| facility && q.schedule == "OPPS Addendum B")?;
        let status = found.parts.iter().find(|(name, _)| name == "status indicator")?;
        status.1.starts_with('N').then(|| (Money::ZERO, named(found.schedule, &found.edition)))
    };
    paid.or_else(packaged)
}

/// The highest amount over the localities of the state: no offer is below what another locality would bear out.
fn in_state(
    refs: &ReferenceTables,
    state: Option<&str>,
    code: &str,
    line: &ServiceLine,
    day: Date,
    facility: bool,
) -> Option<(Money, String)> {
    let physician = (!facility).then(|| refs.fees.highest(code, &line.modifiers, day, state)).flatten();
    if let Some(b) = physician {
        return Some((b.amount, format!("Physician Fee Schedule {}, highest of {}", b.year, state.unwrap_or("all states"))));
    }
    let laboratory = refs.other_fees.national_laboratory(code, &line.modifiers, day)?;
    Some((laboratory.amount, format!("Clinical Laboratory Fee Schedule {}", laboratory.year)))
}

fn cash(refs: &ReferenceTables, bill: &Document, lines: &[&ServiceLine]) -> Result<Total, String> {
    const WHAT: &str = "cash price";
    let own = bill.provider.iter().find(|p| refs.prices.files().iter().any(|f| f.is_of(p)));
    let Some(hospital) = own else {
        return Err(format!(
            "No {WHAT}: no price file of {} is loaded; hospitals must publish one (45 CFR 180.50).",
            bill.provider.first().map_or("this provider", String::as_str)
        ));
    };
    total(WHAT, lines, |code, _| {
        let price =
            hospital_prices(refs, code, Some(hospital)).into_iter().find(|p| p.cash.is_some() && p.drug_unit.is_empty())?;
        Some((price.cash?, format!("{}, prices of {}", price.hospital, price.updated)))
    })
}
