//! Bars beside the figures that they show: findings by rule, money at issue by provider and payer.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::words::{headline, usd};
use crate::finished::CasePapers;
use crate::patterns::{Party, Pattern, patterns_of};
use crate::record::Money;
use crate::rules::RULES;

/// Rows of one chart; what comes behind them is summed up in a last one.
const MOST_ROWS: usize = 12;
/// Units of a full bar.
const FULL: u64 = 1000;

/// A table with a bar in each row.
#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    /// Its heading.
    pub title: &'static str,
    /// Its anchor.
    pub id: &'static str,
    /// What the rows are.
    pub of: &'static str,
    /// What the bars are.
    pub bar: &'static str,
    /// Its rows, the longest bar first.
    pub rows: Vec<Bar>,
}

/// One row.
#[derive(Debug, Clone, Serialize)]
pub struct Bar {
    /// What it is about.
    pub name: String,
    /// How many findings.
    pub flags: usize,
    /// How many cases.
    pub cases: usize,
    /// The sum of what is at issue.
    pub amount: String,
    /// Length of its bar, of 1000.
    pub length: u64,
    /// What the bar shows in words.
    pub says: String,
}

/// The charts of a run; one without rows is left out.
pub fn charts(cases: &[CasePapers]) -> Vec<Chart> {
    let party = |p: Party| patterns_of(p, cases.iter().map(|c| (&c.documents[..], &c.judged.findings[..])));
    let by_rule =
        Chart { title: "Findings by rule", id: "by-rule", of: "What was found", bar: "Number of findings", rows: by_rule(cases) };
    let by = |title, id, of, rows: Vec<Pattern>| Chart { title, id, of, bar: "Amount at issue", rows: by_party(&rows) };
    let all = [
        by_rule,
        by("Findings by provider", "by-provider", "Provider", party(Party::Provider)),
        by("Findings by insurer", "by-payer", "Insurer", party(Party::Payer)),
    ];
    all.into_iter().filter(|c| !c.rows.is_empty()).collect()
}

/// The open findings of each rule.
fn by_rule(cases: &[CasePapers]) -> Vec<Bar> {
    let mut counts: BTreeMap<usize, (usize, usize, Money)> = BTreeMap::new();
    for case in cases {
        let mut of_case: BTreeMap<usize, (usize, Money)> = BTreeMap::new();
        for f in case.judged.findings.iter().filter(|f| f.is_open()) {
            let Some(rule) = RULES.iter().position(|r| r.id == f.rule) else { continue };
            let (flags, amount) = of_case.entry(rule).or_default();
            *flags += 1;
            *amount += f.amount_at_issue.unwrap_or_default();
        }
        for (rule, (flags, amount)) in of_case {
            let all = counts.entry(rule).or_default();
            *all = (all.0 + flags, all.1 + 1, all.2 + amount);
        }
    }
    let mut rows: Vec<(String, usize, usize, Money)> =
        counts.into_iter().map(|(rule, (flags, cases, amount))| (headline(&RULES[rule]), flags, cases, amount)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.1));
    let most = rows.iter().map(|r| r.1).max().unwrap_or(0).max(1) as u64;
    let all: usize = rows.iter().map(|r| r.1).sum();
    let bar = |(name, flags, cases, amount): (String, usize, usize, Money)| Bar {
        says: format!("{flags} of {all} findings"),
        length: flags as u64 * FULL / most,
        amount: usd(amount),
        name,
        flags,
        cases,
    };
    rows.into_iter().map(bar).collect()
}

/// The parties with findings that are held against them, those with most money at issue first.
fn by_party(patterns: &[Pattern]) -> Vec<Bar> {
    let mut totals: Vec<(String, usize, usize, Money)> = patterns
        .iter()
        .filter(|p| p.rule.is_none() && p.flags > 0)
        .map(|p| (p.name.clone(), p.flags, p.cases_flagged, p.amount_at_issue))
        .collect();
    if totals.len() > MOST_ROWS {
        let rest = totals.split_off(MOST_ROWS - 1);
        let sum = |get: fn(&(String, usize, usize, Money)) -> usize| rest.iter().map(get).sum::<usize>();
        totals.push((format!("{} others", rest.len()), sum(|r| r.1), sum(|r| r.2), rest.iter().map(|r| r.3).sum()));
    }
    let most = totals.iter().map(|t| t.3).max().unwrap_or_default();
    let all: Money = totals.iter().map(|t| t.3).sum();
    let bar = |(name, flags, cases, amount): (String, usize, usize, Money)| Bar {
        says: format!("{} of {} at issue", usd(amount), usd(all)),
        length: share(amount, most),
        amount: usd(amount),
        name,
        flags,
        cases,
    };
    totals.into_iter().map(bar).collect()
}

fn share(part: Money, whole: Money) -> u64 {
    let length = (part.0 * Decimal::from(FULL)).checked_div(whole.0).unwrap_or_default().round();
    u64::try_from(length).unwrap_or(0).min(FULL)
}
