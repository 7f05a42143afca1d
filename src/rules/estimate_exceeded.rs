//! A bill is far above the good-faith estimate.
//!
//! # What it does
//! Compares the charges of a self-pay bill with the good-faith estimate of the same provider.
//!
//! # Why
//! An uninsured or self-pay patient may dispute a bill that is substantially above the estimate, before an independent entity.
//!
//! # When it fires
//! Nothing in the case is insured, and the bill's total is at least 400.00 above the estimate, a paper of the case or in
//! `case.toml`. `error`; the amount is the excess. Deadline: 120 days from the first bill of the account.
//!
//! # Could be right if
//! a service was added that nobody could foresee; the entity decides on that.
//!
//! # Source
//! 45 CFR 149.610 (estimates), 149.620 (patient-provider dispute resolution).

use jiff::civil::Date;

use super::context::{Context, days_after};
use super::finding::{Finding, Severity};
use crate::names::{number_key, same_provider};
use crate::record::{DocKind, Document, Money};

/// What "substantially in excess" means: 45 CFR 149.620(a)(2).
const SUBSTANTIAL: Money = Money(rust_decimal::Decimal::from_parts(400, 0, 0, false, 0));

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    if cx.insured() {
        return out;
    }
    for (bill, m) in cx.bills() {
        let Some(total) = Context::charges(bill) else { continue };
        let Some((estimate, paper)) = estimate_for(cx, bill, m.doc) else {
            continue;
        };
        let excess = total - estimate;
        if excess < SUBSTANTIAL {
            continue;
        }
        let place = paper.map_or("case.toml".to_owned(), |p| cx.docs[p].path.clone());
        let text = format!("{} charges {total}; the good-faith estimate in {place} is {estimate}.", bill.path);
        let deadline = first_statement(cx, bill).and_then(|d| days_after(d, 120));
        let mut f = cx.on_document("estimate-exceeded", Severity::Error, m.doc).billed(total).expected(estimate).amount(excess);
        if let Some(p) = paper {
            f = cx.with_document(f, p).rests_on(cx.header_confidence(p), || format!("the total of {place}"));
        }
        let step =
            "Start the patient-provider dispute resolution (CMS, 1-800-985-3059), or ask the provider to bill the estimate.";
        out.push(f.deadline(deadline).says(text, step));
    }
    out
}

/// The estimate of the bill's provider: the latest paper before the service, else case.toml's.
fn estimate_for(cx: &Context<'_>, bill: &Document, doc: usize) -> Option<(Money, Option<usize>)> {
    let paper = cx
        .papers()
        .filter(|(i, d)| {
            d.kind == DocKind::Estimate && (d.provider.is_empty() || bill.provider.is_empty() || cx.same_provider(*i, doc))
        })
        .filter_map(|(i, d)| Some((d.statement_date, i, Context::charges(d).or(d.balance_due)?)))
        .max_by_key(|(date, i, _)| (*date, std::cmp::Reverse(*i)));
    if let Some((_, i, amount)) = paper {
        return Some((amount, Some(i)));
    }
    let stated = cx.case.file.estimate.as_ref()?;
    let fits = match &stated.provider {
        Some(p) => bill.provider.is_empty() || bill.provider.iter().any(|q| same_provider(p, q)),
        None => true,
    };
    fits.then_some((stated.amount, None))
}

fn first_statement(cx: &Context<'_>, bill: &Document) -> Option<Date> {
    let account = |b: &Document| bill.account_no.iter().any(|x| b.account_no.iter().any(|y| number_key(x) == number_key(y)));
    cx.papers().filter(|(_, b)| b.is_bill() && account(b)).filter_map(|(_, b)| b.statement_date).min().or(bill.statement_date)
}
