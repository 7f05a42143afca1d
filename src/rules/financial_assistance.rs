//! The household may qualify for the hospital's financial assistance.
//!
//! # What it does
//! Compares the household's income with the federal poverty guideline of the year of service.
//!
//! # Why
//! Every nonprofit hospital must have an assistance policy; many give free care up to 200 % and discounts up to 400 % of the
//! guideline, and few patients are told. A patient who qualifies may not be charged more than insured patients generally are.
//!
//! # When it fires
//! `case.toml`, or where it is silent CMS's list of hospitals for the patient's state, says that the provider is nonprofit;
//! `case.toml` states income and household, the income is at most 400 % of the guideline
//! (or of the policy that `case.toml` names), and the bill asks for money. Deadline: 240 days after the first bill. `review`; the
//! amount is the balance due.
//!
//! # Could be right if
//! the hospital's own policy has other limits or leaves out this provider; its plain-language summary says so.
//!
//! # Source
//! 26 CFR 1.501(r)-4 to -6; HHS poverty guidelines.

use rust_decimal::Decimal;

use super::context::{Context, days_after};
use super::finding::{Finding, Severity};
use crate::record::Money;

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let file = &cx.case.file;
    let (Some(income), Some(size)) = (file.patient.annual_income, file.patient.household_size) else {
        return out;
    };
    let percent = file.assistance.limit_percent.unwrap_or(Decimal::from(400));
    for (bill, m) in cx.bills() {
        let stated = file.provider.nonprofit;
        let listed = if stated.is_none() { cx.listed_nonprofit(bill) } else { None };
        if stated != Some(true) && listed.is_none() {
            continue;
        }
        let Some(balance) = bill.balance_due.filter(|b| *b > Money::ZERO) else {
            continue;
        };
        let served = bill.services().filter_map(|l| l.service_date).min().or(bill.service_from).or(bill.statement_date);
        let Some(served) = served else { continue };
        let Some((guideline, year)) = cx.refs.poverty.guideline(served.year(), file.patient.state.as_deref(), size) else {
            continue;
        };
        let limit = Money(guideline.0 * percent / Decimal::ONE_HUNDRED).round_cents();
        if income > limit {
            continue;
        }
        let of = (income.0 * Decimal::ONE_HUNDRED).checked_div(guideline.0).unwrap_or_default().round();
        let mut text = format!(
            "A household of {size} with {income} a year is at {of} % of the {year} poverty guideline of {guideline}; assistance reaches to {} %. {} asks for {balance}.",
            percent.normalize(),
            bill.path
        );
        if let Some(owner) = listed {
            text = format!("{text} CMS lists {} as: {}.", owner.name, owner.ownership);
        }
        let deadline = cx.first_bill(m.doc).and_then(|d| days_after(d, 240));
        let f =
            cx.on_document("financial-assistance", Severity::Review, m.doc).billed(balance).amount(balance).deadline(deadline);
        let step =
            "Ask the hospital for its financial assistance policy and apply; the account must not go to collection meanwhile.";
        out.push(f.benchmark(format!("HHS poverty guidelines {year}")).says(text, step));
    }
    out
}
