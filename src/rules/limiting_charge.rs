//! A doctor who does not take assignment charges more than Medicare allows.
//!
//! # What it does
//! Compares the charges of a claim without assignment with the limiting charge of the place and year.
//!
//! # Why
//! Who does not participate in Medicare may ask more than the fee schedule, but at most 115 % of the amount for such practitioners, which
//! is 95 % of the schedule's. The patient owes nothing above it.
//!
//! # When it fires
//! The plan is original Medicare, the bill or the EOB line's own note says that assignment was not accepted (or the EOB's text says
//! so, and all its claims are one provider's), the code is paid under the Physician Fee Schedule that is loaded, and the charge per unit is
//! above 109.25 % of the schedule's highest amount for the state (every place and setting of it) by more than 1.00. `likely`; the
//! amount is the excess. Not on a facility's bill.
//!
//! # Could be right if
//! the doctor has opted out of Medicare and the patient signed a private contract, or the service is one that Medicare never covers.
//!
//! # Source
//! 42 USC 1395w-4(g); 42 CFR 414.48; Medicare Claims Processing Manual, chapter 1, section 30.3.12.

use rust_decimal::Decimal;

use super::context::{Context, TOLERANCE};
use super::finding::{Finding, Severity};
use super::wording::says_unassigned;
use crate::case_file::PlanKind;
use crate::matching::LineRef;
use crate::record::{FactKind, Money};

/// 115 % of 95 %.
const LIMIT: Decimal = Decimal::from_parts(10925, 0, 0, false, 4);

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, m) in cx.bills() {
        let settles = m.eob_lines().first().map(|e| e.doc);
        let kind = settles.map_or_else(|| cx.plan_kind(), |e| cx.plan_kind_of(e));
        if kind != PlanKind::Medicare || cx.is_facility(m.doc) || m.whole {
            continue;
        }
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            let (Some(code), Some(charge), Some(date)) = (&l.code, l.charge, l.service_date) else { continue };
            let Some(said) = unassigned(cx, at) else { continue };
            let settled = cx.matching.eob_of(at);
            let units = l.units.or_else(|| cx.line(settled?).units).filter(|u| *u > Decimal::ZERO).unwrap_or(Decimal::ONE);
            let state = cx.case.file.patient.state.as_deref();
            let Some(fee) = cx.refs.fees.highest(code, &l.modifiers, date, state) else { continue };
            let limit = Money(fee.amount.0 * LIMIT * units).round_cents();
            let excess = charge - limit;
            if excess <= TOLERANCE {
                continue;
            }
            let text = format!(
                "{} charges {charge} for {code}; Medicare's limiting charge is at most {limit} (115 % of 95 % of {} by the {} fee schedule, {}). Assignment was not accepted: “{said}”.",
                cx.place(at),
                fee.amount,
                fee.year,
                fee.locality
            );
            let f = cx.on_line("limiting-charge", Severity::Likely, at).expected(limit).amount(excess);
            let f = f.benchmark(format!("Medicare Physician Fee Schedule {}, {}", fee.year, fee.locality));
            let f = match settled {
                Some(e) => cx.with_line(f, e),
                None => f,
            };
            let step = "Ask the doctor to take back what is above the limiting charge (42 CFR 414.48), and refund it if paid; 1-800-MEDICARE helps.";
            out.push(f.says(text, step));
        }
    }
    out
}

/// The words that say that the claim of a bill line was not assigned.
fn unassigned(cx: &Context<'_>, at: LineRef) -> Option<String> {
    let said = |doc: usize| {
        cx.docs[doc].facts.iter().find(|f| f.kind == FactKind::AssignmentNotAccepted).map(|f| f.text.trim().to_owned())
    };
    let e = cx.matching.eob_of(at);
    let note = || e.map(|e| cx.notes(e)).filter(|n| says_unassigned(n));
    let whole = || said(e.filter(|e| cx.docs[e.doc].provider.len() == 1)?.doc);
    note().or_else(|| said(at.doc)).or_else(whole)
}
