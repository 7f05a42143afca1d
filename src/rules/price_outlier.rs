//! A price is far above a public benchmark.
//!
//! # What it does
//! Compares the charge per unit with the Medicare amount for the code, place and year, and with the gross charge that the
//! hospital itself publishes.
//!
//! # Why
//! A charge is an asking price. What Medicare pays, and what the hospital states in public, is ground to stand on when asking
//! for less.
//!
//! # When it fires
//! The charge per unit is above four times the Medicare amount, taken at the highest over the localities of the state and over
//! both settings (for laboratory tests the national rate; on a facility's bill for outpatients the national rate of services
//! that Medicare pays apart, and nothing for an inpatient stay), or above the hospital's published gross charge for the code. `info`, without an amount; `amount_expected` is the benchmark.
//!
//! # Could be right if
//! it is: a provider may ask any price of a patient who agreed to it. Where a plan paid, its allowed amount counts, not the charge.
//!
//! # Source
//! CMS Physician Fee Schedule, Clinical Laboratory Fee Schedule, OPPS Addenda B and D1; 45 CFR 180.50 (hospitals' machine-readable files).

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::context::Context;
use super::finding::{Finding, Severity};
use crate::matching::LineRef;
use crate::record::Money;
use crate::reference::fee_schedule::Benchmark;

/// How many times the Medicare amount a charge may be.
const TIMES: Decimal = Decimal::from_parts(4, 0, 0, false, 0);

/// OPPS status indicators of services with a payment of their own (Addendum D1); the rate of others may hold further services.
const PAID_APART: &[&str] = &["S", "T", "V", "R", "U"];

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let facility = cx.is_facility(m.doc);
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            let (Some(code), Some(charge)) = (l.code.as_deref(), l.charge.filter(|c| *c > Money::ZERO)) else {
                continue;
            };
            let units = units(cx, at, code, facility);
            let Some(each) = charge.0.checked_div(units).map(Money) else {
                continue;
            };
            let published = bill.provider.iter().find_map(|p| cx.refs.prices.gross(p, code));
            if let Some((gross, file)) = published.filter(|(g, _)| each > *g) {
                let name = file.hospital.first().map_or("hospital", String::as_str);
                let text = format!(
                    "{} charges {} per unit of {code}; the price file of {name}, updated {}, states a gross charge of {gross}.",
                    cx.place(at),
                    each.round_cents(),
                    file.updated
                );
                let f = flag(cx, at, each, gross, format!("published gross charge of {name}"));
                out.push(f.says(text, "Ask the hospital to bill its published charge, and for its cash price."));
                continue;
            }
            let Some(date) = l.service_date.filter(|_| !facility || !cx.is_inpatient(m.doc)) else {
                continue;
            };
            let found = if facility { outpatient(cx, code, date) } else { practitioner(cx, at, code, date) };
            let Some((b, schedule)) = found else {
                continue;
            };
            if each.0 > b.amount.0 * TIMES {
                let text = format!(
                    "{} charges {} per unit of {code}, more than four times the Medicare amount of {} ({}, {}).",
                    cx.place(at),
                    each.round_cents(),
                    b.amount,
                    b.locality,
                    b.year
                );
                let f = flag(cx, at, each, b.amount, format!("Medicare {schedule} {}, {}", b.year, b.locality));
                out.push(f.says(text, "Ask for the provider's cash price and negotiate from the benchmark."));
            }
        }
    }
    out
}

/// Medicare's amount for a practitioner or a laboratory.
fn practitioner(cx: &Context<'_>, at: LineRef, code: &str, date: Date) -> Option<(Benchmark, &'static str)> {
    let (state, modifiers) = (cx.case.file.patient.state.as_deref(), &cx.line(at).modifiers);
    let physician = cx.refs.fees.highest(code, modifiers, date, state).map(|b| (b, "Physician Fee Schedule"));
    let laboratory = || cx.refs.other_fees.national_laboratory(code, modifiers, date);
    physician.or_else(|| laboratory().map(|b| (b, "Clinical Laboratory Fee Schedule")))
}

/// Medicare's national rate for an outpatient department, where the code is paid apart.
fn outpatient(cx: &Context<'_>, code: &str, date: Date) -> Option<(Benchmark, &'static str)> {
    let (found, fee) = cx.refs.other_fees.outpatient(code, date)?;
    let rate = fee.rate.filter(|r| found.exact && *r > Decimal::ZERO && PAID_APART.contains(&fee.status.as_str()))?;
    let locality = "national rate before the wage index".to_owned();
    Some((Benchmark { amount: Money(rate), locality, year: date.year() }, "Outpatient Prospective Payment System"))
}

/// The units of a bill line: its own, or the EOB's. Where neither prints any, one; for a code that is counted by time or
/// dose, as many as a patient can have of it in a day.
fn units(cx: &Context<'_>, at: LineRef, code: &str, facility: bool) -> Decimal {
    let l = cx.line(at);
    let settled = || cx.matching.eob_of(at).and_then(|e| cx.line(e).units);
    let most = || {
        let limit = l.service_date.and_then(|d| cx.refs.limits.find(code, d, facility)).map(|m| m.units);
        limit.filter(|u| *u > Decimal::from(3))
    };
    l.units.or_else(settled).or_else(most).filter(|u| *u > Decimal::ZERO).unwrap_or(Decimal::ONE)
}

fn flag(cx: &Context<'_>, at: LineRef, each: Money, benchmark: Money, source: String) -> Finding {
    cx.on_line("price-outlier", Severity::Info, at).billed(each.round_cents()).expected(benchmark).benchmark(source)
}
