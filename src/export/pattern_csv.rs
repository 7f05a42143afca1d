//! providers.csv, payers.csv and precision.csv: what many cases, and many decisions, show together.

use super::cells::{money, optional};
use super::csv::CsvRow;
use crate::patterns::Pattern;
use crate::precision::Precision;

/// What the row of all rules together is called.
const ALL: &str = "all";

/// A rate with three places: no organisation has so many cases that more of them mean anything.
fn rate(value: f64) -> String {
    format!("{value:.3}")
}

/// The columns of a row; the file's name says whose name stands in the first.
macro_rules! pattern_row {
    ($name:ident, $first:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy)]
        pub struct $name<'a>(pub &'a Pattern);

        impl CsvRow for $name<'_> {
            const COLUMNS: &'static [&'static str] = &[
                $first,
                "rule",
                "cases",
                "documents",
                "lines",
                "cases_flagged",
                "flags",
                "amount_at_issue",
                "rate",
                "rate_low",
                "rate_high",
                "rate_elsewhere",
                "stands_out",
            ];

            fn cells(&self) -> Vec<String> {
                let p = self.0;
                vec![
                    p.name.clone(),
                    p.rule.unwrap_or(ALL).to_owned(),
                    p.cases.to_string(),
                    p.documents.to_string(),
                    p.lines.to_string(),
                    p.cases_flagged.to_string(),
                    p.flags.to_string(),
                    money(Some(p.amount_at_issue)),
                    rate(p.rate),
                    rate(p.interval.0),
                    rate(p.interval.1),
                    optional(p.elsewhere.map(rate).as_ref()),
                    if p.stands_out { "yes" } else { "no" }.to_owned(),
                ]
            }
        }
    };
}

pattern_row!(ProviderRow, "provider", "A row of providers.csv.");
pattern_row!(PayerRow, "payer", "A row of payers.csv.");

/// A row of precision.csv.
#[derive(Debug, Clone, Copy)]
pub struct PrecisionRow<'a>(pub &'a Precision);

impl CsvRow for PrecisionRow<'_> {
    const COLUMNS: &'static [&'static str] =
        &["rule", "layout", "confirmed", "fixed", "dismissed", "precision", "precision_low", "precision_high"];

    fn cells(&self) -> Vec<String> {
        let p = self.0;
        vec![
            p.rule.to_owned(),
            p.layout.clone(),
            p.confirmed.to_string(),
            p.fixed.to_string(),
            p.dismissed.to_string(),
            rate(p.precision),
            rate(p.interval.0),
            rate(p.interval.1),
        ]
    }
}
