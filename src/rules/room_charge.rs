//! More room days are charged than there were nights.
//!
//! # What it does
//! Counts the room-and-board days of an inpatient bill (revenue codes 010x–021x, without leave of absence 018x) against the
//! nights from admission to discharge, and looks for two rooms on one date.
//!
//! # Why
//! A hospital day is charged for the night; the day of discharge is not. On the day of a transfer one room is charged, not two.
//!
//! # When it fires
//! A room stands on or after the day of discharge, two rooms stand on one date, or the days of all rooms exceed the nights.
//! Admission and discharge on one day count as one. A nursery (017x) may stand beside the mother's room. `error`; the amount is
//! the excess days at their rate. Not judged by the day of discharge on an interim bill, after which the patient stays on.
//!
//! # Could be right if
//! the admission or discharge on the bill is wrong, or the patient left after midnight. The medical record has the hour.
//!
//! # Source
//! Medicare Benefit Policy Manual, chapter 3, section 20.1 (counting inpatient days); NUBC revenue codes.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::context::{Context, days_from};
use super::finding::{Finding, Severity};
use super::units_mismatch::share_of_excess;
use crate::matching::LineRef;
use crate::record::{Document, Money};
use crate::reference::code_lists::{Room, room};

const ID: &str = "room-charge";

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let mut rooms: BTreeMap<Room, Vec<LineRef>> = BTreeMap::new();
        for at in cx.services(m.doc) {
            if let Some(kind) = cx.line(at).revenue_code.as_deref().and_then(room) {
                rooms.entry(kind).or_default().push(at);
            }
        }
        let stay = stay(bill);
        for lines in rooms.values() {
            out.extend(check(cx, lines, stay));
        }
    }
    out
}

/// Admission and discharge; the through date of a UB-04 serves as discharge unless the type of bill says that the stay goes on.
pub(super) fn stay(bill: &Document) -> Option<(Date, Date)> {
    let interim = bill.type_of_bill.as_deref().is_some_and(|t| t.ends_with('2') || t.ends_with('3'));
    let end = bill.discharged.or(bill.service_to.filter(|_| !interim))?;
    let start = bill.admitted?;
    (start <= end).then_some((start, end))
}

fn days(cx: &Context<'_>, at: LineRef) -> i64 {
    let l = cx.line(at);
    let units = l.units.filter(|u| *u >= Decimal::ONE).and_then(|u| u.to_i64());
    let range = match (l.service_date, l.service_date_to) {
        (Some(a), Some(b)) if b > a => Some(i64::from(days_from(a, b))),
        _ => None,
    };
    units.or(range).unwrap_or(1)
}

fn check(cx: &Context<'_>, lines: &[LineRef], stay: Option<(Date, Date)>) -> Vec<Finding> {
    let nights = stay.map(|(a, b)| i64::from(days_from(a, b)).max(1));
    let mut out = Vec::new();
    let mut flagged: Vec<LineRef> = Vec::new();
    let mut by_day: BTreeMap<Date, LineRef> = BTreeMap::new();
    for &at in lines {
        let l = cx.line(at);
        let Some(date) =
            l.service_date.filter(|_| days(cx, at) == 1 && l.service_date_to.is_none_or(|t| Some(t) == l.service_date))
        else {
            continue;
        };
        let rate = l.charge.unwrap_or_default();
        if let Some((admitted, discharged)) = stay.filter(|(a, b)| date >= *b && b > a) {
            let text = format!(
                "{} charges {rate} for a room on {date}; the stay is from {admitted} to {discharged}, and the day of discharge is no night.",
                cx.place(at)
            );
            out.push(flag(cx, at, rate, &text));
            flagged.push(at);
        } else if let Some(first) = by_day.get(&date) {
            let other = cx.line(*first).charge.unwrap_or_default();
            let text =
                format!("Two rooms are charged for {date}: {other} in {} and {rate} in {}.", cx.place(*first), cx.place(at));
            out.push(cx.with_line(flag(cx, at, rate, &text), *first));
            flagged.push(at);
        } else {
            by_day.insert(date, at);
        }
    }
    let Some(nights) = nights else { return out };
    let total: i64 = lines.iter().filter(|at| !flagged.contains(at)).map(|at| days(cx, *at)).sum();
    let mut excess = total - nights;
    for &at in lines.iter().rev() {
        if excess <= 0 {
            break;
        }
        if flagged.contains(&at) {
            continue;
        }
        let (l, n) = (cx.line(at), days(cx, at));
        let over = excess.min(n);
        excess -= over;
        let charge = l.charge.unwrap_or_default();
        let Some(amount) = share_of_excess(charge, Decimal::from(n), Decimal::from(over)) else {
            continue;
        };
        let text = format!(
            "{} charges {charge} for {n} room days; {total} are charged in all for a stay of {nights} nights, {over} too many.",
            cx.place(at)
        );
        out.push(flag(cx, at, amount, &text));
    }
    out
}

fn flag(cx: &Context<'_>, at: LineRef, amount: Money, text: &str) -> Finding {
    let charge = cx.line(at).charge.unwrap_or_default();
    cx.on_line(ID, Severity::Error, at)
        .expected(charge - amount)
        .amount(amount)
        .says(text, "Ask the hospital to remove the excess room charge.")
}
