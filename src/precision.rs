//! How often each rule was right, by what people have decided: for every rule and layout the verdicts on its findings.

use std::collections::BTreeMap;

use crate::cases::Case;
use crate::decisions::Verdict;
use crate::ledger::Reconciled;
use crate::patterns::wilson;

/// The verdicts on the findings of one rule on the papers of one layout.
#[derive(Debug, Clone, PartialEq)]
pub struct Precision {
    /// The rule.
    pub rule: &'static str,
    /// The layout of the paper on which the findings stand.
    pub layout: String,
    /// Findings that were confirmed.
    pub confirmed: usize,
    /// Findings that were right and have been put right.
    pub fixed: usize,
    /// Findings that were wrong.
    pub dismissed: usize,
    /// Share of the decided findings that were right, 0..1.
    pub precision: f64,
    /// Its bounds, 95 %.
    pub interval: (f64, f64),
}

/// The verdicts by rule and layout, in the order of their names; nothing for what nobody has decided on.
pub fn precision(cases: &[Case], reconciled: &[Reconciled]) -> Vec<Precision> {
    let layouts: BTreeMap<(&str, &str), &str> = cases
        .iter()
        .flat_map(|c| c.documents.iter().map(|d| ((c.case_id.as_str(), d.path.as_str()), d.layout.as_str())))
        .collect();
    let mut counts: BTreeMap<(&'static str, &str), [usize; 3]> = BTreeMap::new();
    for f in reconciled.iter().flat_map(|r| &r.findings) {
        let Some(decision) = &f.decision else { continue };
        let layout = layouts.get(&(f.case_id.as_str(), f.path.as_str())).copied().unwrap_or_default();
        let slot = match decision.verdict {
            Verdict::Confirmed => 0,
            Verdict::Fixed => 1,
            Verdict::Dismissed => 2,
        };
        counts.entry((f.rule, layout)).or_default()[slot] += 1;
    }
    let row = |((rule, layout), [confirmed, fixed, dismissed]): ((&'static str, &str), [usize; 3])| {
        let (right, all) = (confirmed + fixed, confirmed + fixed + dismissed);
        Precision {
            rule,
            layout: layout.to_owned(),
            confirmed,
            fixed,
            dismissed,
            precision: right as f64 / all as f64,
            interval: wilson(right, all),
        }
    };
    counts.into_iter().map(row).collect()
}
