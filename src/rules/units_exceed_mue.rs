//! More units are billed than Medicare finds believable.
//!
//! # What it does
//! Compares the units of each code with the Medically Unlikely Edit of the date, for practitioners or outpatient hospitals.
//!
//! # Why
//! Above the edit a keying error (10 for 1) or a wrong unit is more likely than the service.
//!
//! # When it fires
//! Adjudication indicator 1: the units of one line exceed the edit. Indicators 2 and 3: the units of the day do. `likely`;
//! `review` where only the sum of several lines exceeds an indicator-3 edit. The amount is the excess units' share of the
//! charge. Not for inpatient stays, to which the edits do not apply, nor for anaesthesia time.
//!
//! # Could be right if
//! the record proves the units; private plans may allow more.
//!
//! # Source
//! CMS Medically Unlikely Edits, quarterly tables; NCCI Policy Manual, chapter I, section V.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::context::{Context, SURE};
use super::finding::{Finding, Severity};
use super::units_mismatch::share_of_excess;
use crate::matching::LineRef;
use crate::reference::code_lists::is_anaesthesia;
use crate::reference::mue::Adjudication;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (_, m) in cx.bills() {
        let hospital = cx.is_facility(m.doc);
        if hospital && cx.is_inpatient(m.doc) {
            continue;
        }
        let mut days: BTreeMap<(Date, &str), Vec<LineRef>> = BTreeMap::new();
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            if let (Some(d), Some(c), Some(_)) = (l.service_date, l.code.as_deref(), l.units)
                && !is_anaesthesia(c)
                && l.service_date_to.is_none_or(|t| t == d)
            {
                days.entry((d, c)).or_default().push(at);
            }
        }
        for ((date, code), lines) in days {
            let Some(limit) = cx.refs.limits.find(code, date, hospital) else {
                continue;
            };
            let units = |at: LineRef| cx.line(at).units.unwrap_or_default();
            let single = |at: &LineRef| units(*at) > limit.units;
            let total: Decimal = lines.iter().map(|at| units(*at)).sum();
            let severity = match limit.adjudication {
                Adjudication::Line | Adjudication::DayPolicy => Severity::Likely,
                Adjudication::DayClinical if lines.iter().any(single) => Severity::Likely,
                Adjudication::DayClinical => Severity::Review,
            };
            let mut left = if limit.adjudication == Adjudication::Line { Decimal::ZERO } else { total - limit.units };
            for &at in lines.iter().rev() {
                let over = if limit.adjudication == Adjudication::Line { units(at) - limit.units } else { left.min(units(at)) };
                if over <= Decimal::ZERO {
                    continue;
                }
                left -= over;
                let settled = cx.matching.eob_of(at).and_then(|e| cx.line(e).units);
                if cx.line(at).figures_confidence < SURE && settled.is_some_and(|u| u <= limit.units) {
                    continue;
                }
                out.push(flag(cx, at, severity, over, total.max(units(at)), limit.units));
            }
        }
    }
    out
}

fn flag(cx: &Context<'_>, at: LineRef, severity: Severity, over: Decimal, total: Decimal, limit: Decimal) -> Finding {
    let l = cx.line(at);
    let amount = l.charge.and_then(|c| share_of_excess(c, l.units.unwrap_or_default(), over));
    let expected = l.charge.zip(amount).map(|(c, a)| c - a);
    let text = format!(
        "{} bills {} of {} units of {} on {}; the edit allows {}.",
        cx.place(at),
        l.units.unwrap_or_default().normalize(),
        total.normalize(),
        l.code.as_deref().unwrap_or_default(),
        l.service_date.map(|d| d.to_string()).unwrap_or_default(),
        limit.normalize()
    );
    let f = cx.on_line("units-exceed-mue", severity, at).expected(expected).amount(amount).benchmark("CMS MUE");
    f.says(text, "Ask the provider to prove the units with the record, or to correct them.")
}
