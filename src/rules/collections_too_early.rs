//! A nonprofit hospital's bill went to collection before the law allows it.
//!
//! # What it does
//! Counts the days from the first bill to a collection notice, and looks for an application for assistance that is open.
//!
//! # Why
//! A nonprofit hospital must leave 120 days from the first bill, and stop while an application is open, before it takes an
//! extraordinary collection action.
//!
//! # When it fires
//! `case.toml`, or where it is silent CMS's list of hospitals for the patient's state, says that the provider (of the notice or of the
//! account's bill) is nonprofit, and the notice is dated less than 120 days after the first bill, or while an
//! application filed within 240 days of it is open. `error` where the notice states an extraordinary action (reported to a
//! credit bureau, debt sold, suit, lien, garnishment, care refused); `review` where the account was merely placed with an agency.
//!
//! # Could be right if
//! the first bill was sent earlier than the papers show, or the hospital decided on the application before.
//!
//! # Source
//! 26 CFR 1.501(r)-6; debt validation: 12 CFR 1006.34.

use super::context::{Context, days_from};
use super::finding::{Finding, Severity};
use crate::names::same_number;
use crate::record::{DocKind, FactKind};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    let stated = cx.case.file.provider.nonprofit;
    if stated == Some(false) {
        return out;
    }
    for (i, d) in cx.papers().filter(|(_, d)| d.kind == DocKind::CollectionNotice) {
        let (Some(notice), Some(first)) = (d.statement_date, cx.first_bill(i)) else {
            continue;
        };
        let waited = days_from(first, notice);
        let applied = cx.case.file.assistance.applied_on.filter(|a| *a <= notice && days_from(first, *a) <= 240);
        let why = if waited < 120 {
            format!("{waited} days after the first bill of {first}; 120 must pass")
        } else if let Some(a) = applied {
            format!("while the application for assistance of {a} is open")
        } else {
            continue;
        };
        let action = d.facts.iter().find(|f| f.kind == FactKind::ExtraordinaryCollection);
        let severity = if action.is_some() { Severity::Error } else { Severity::Review };
        let what = match action {
            Some(f) => format!(" It says: “{}”", f.text.trim()),
            None => " It states no extraordinary action; placing an account with an agency is none by itself.".to_owned(),
        };
        let asked = d.balance_due.map(|b| format!(" for {b}")).unwrap_or_default();
        let mut text = format!("{} is a collection notice of {notice}{asked}, {why}.{what}", d.path);
        if stated.is_none() {
            let of_bill = || cx.bills().filter(|(_, m)| cx.same_account(i, m.doc)).find_map(|(b, _)| cx.listed_nonprofit(b));
            let Some(owner) = cx.listed_nonprofit(d).or_else(of_bill) else { continue };
            text = format!("{text} CMS lists {} as: {}.", owner.name, owner.ownership);
        }
        let mut f = cx.on_document("collections-too-early", severity, i).billed(d.balance_due).amount(d.balance_due);
        let bills = || cx.papers().filter(|(_, b)| b.is_bill());
        let of_account = bills().filter(|(_, b)| b.account_no.iter().any(|x| d.account_no.iter().any(|y| same_number(x, y))));
        // Of several statements of the account, the one that counts.
        let rank = |i: &usize, b: &crate::record::Document| (cx.matching.superseded.contains_key(i), b.statement_date);
        let bill = of_account.min_by_key(|(i, b)| rank(i, b)).or_else(|| bills().min_by_key(|(i, b)| rank(i, b)));
        if let Some((b, _)) = bill {
            f = cx.with_document(f, b);
        }
        out.push(f.says(
            text,
            "Tell the agency and the hospital in writing that collection has to stop; dispute the debt within 30 days.",
        ));
    }
    out
}
