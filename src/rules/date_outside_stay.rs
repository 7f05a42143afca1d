//! A service is dated outside the stay, or after the bill.
//!
//! # What it does
//! Compares dates of service with the admission and discharge of an inpatient bill, and with the statement's own date.
//!
//! # Why
//! What was not done during the stay does not belong on its bill, and nothing can be billed before it is done.
//!
//! # When it fires
//! The service begins before admission or ends after discharge on an inpatient bill (on a UB-04 the through date serves as
//! discharge), or lies after the statement date on any bill. `error`; the amount is the charge. On a Medicare bill not for the
//! three days before an admission, which belong to it.
//!
//! # Could be right if
//! the plan's contract bundles tests before the admission, or the date is a slip and the service took place.
//!
//! # Source
//! 42 CFR 412.2(c)(5) (three-day payment window); the papers themselves.

use super::context::{Context, days_from};
use super::finding::{Finding, Severity};
use super::room_charge::stay;
use crate::case_file::PlanKind;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let window = if cx.plan_kind() == PlanKind::Medicare { 3 } else { 0 };
    for (bill, m) in cx.bills() {
        let inpatient = cx.is_inpatient(m.doc) || matches!((bill.admitted, bill.discharged), (Some(a), Some(d)) if a < d);
        let stay = stay(bill).filter(|_| inpatient);
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            let (Some(from), Some(to)) = (l.service_date, l.last_date()) else {
                continue;
            };
            let why = match (stay, bill.statement_date) {
                (_, Some(s)) if to > s => format!("after the date of the statement, {s}"),
                (Some((a, _)), _) if from < a && days_from(from, a) > window => format!("before the admission on {a}"),
                (Some((_, d)), _) if to > d => format!("after the discharge on {d}"),
                _ => continue,
            };
            let day = if from == to { from.to_string() } else { format!("{from} to {to}") };
            let text = format!("{} charges {} for a service of {day}, {why}.", cx.place(at), l.charge.unwrap_or_default());
            let f = cx.on_line("date-outside-stay", Severity::Error, at).amount(l.charge);
            let f = f.rests_on(cx.header_confidence(m.doc), || format!("the dates in the header of {}", bill.path));
            let step = "Ask the provider to correct the date with the record, or to remove the charge.";
            let f = match cx.matching.eob_of(at) {
                Some(e) => cx.with_line(f, e),
                None => f,
            };
            out.push(f.says(text, step));
        }
    }
    out
}
