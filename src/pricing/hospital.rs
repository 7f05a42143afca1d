//! What hospitals publish for a code.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::record::Money;
use crate::reference::ReferenceTables;
use crate::reference::price_file::StandardCharge;

/// A hospital's own prices for a code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HospitalPrice {
    /// The hospital, as its file names it.
    pub hospital: String,
    /// `last_updated_on`.
    pub updated: String,
    /// Highest gross charge.
    pub gross: Option<Money>,
    /// Highest discounted cash price.
    pub cash: Option<Money>,
    /// Lowest negotiated charge in dollars.
    pub least: Option<Money>,
    /// Highest negotiated charge in dollars.
    pub most: Option<Money>,
    /// Each plan with what it pays, as published.
    pub negotiated: Vec<(String, String)>,
    /// Unit of a drug, whose prices are for that unit.
    pub drug_unit: String,
}

/// The prices of each loaded hospital that publishes any for a code; of the named hospital alone, where one is named.
pub fn hospital_prices(refs: &ReferenceTables, code: &str, hospital: Option<&str>) -> Vec<HospitalPrice> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut out = Vec::new();
    for file in refs.prices.files().iter().filter(|f| hospital.is_none_or(|h| f.is_of(h))) {
        let name = file.hospital.first().map_or("", String::as_str);
        // The files come newest first; an older one of the same hospital is history.
        if !seen.insert(name) {
            continue;
        }
        let charges = refs.prices.charges(file, code);
        if !charges.is_empty() {
            out.push(HospitalPrice { hospital: name.to_owned(), updated: file.updated.clone(), ..sum(&charges) });
        }
    }
    out
}

fn sum(charges: &[StandardCharge]) -> HospitalPrice {
    let highest = |of: fn(&StandardCharge) -> Option<Decimal>| charges.iter().filter_map(of).max().map(Money);
    let lowest = |of: fn(&StandardCharge) -> Option<Decimal>| charges.iter().filter_map(of).min().map(Money);
    let mut negotiated: Vec<(String, String)> = Vec::new();
    for charge in charges {
        let Some((payer, plan)) = &charge.payer else { continue };
        let pays = match (charge.negotiated, charge.percentage) {
            (Some(dollars), _) => Money(dollars).to_string(),
            (None, Some(percent)) => format!("{} % of the gross charge", percent.normalize()),
            (None, None) => charge.algorithm.clone(),
        };
        let row = ([payer.as_str(), plan.as_str()].join(" ").trim().to_owned(), pays);
        if !negotiated.contains(&row) {
            negotiated.push(row);
        }
    }
    HospitalPrice {
        gross: highest(|c| c.gross),
        cash: highest(|c| c.cash),
        least: lowest(|c| c.negotiated).or_else(|| lowest(|c| c.least)),
        most: highest(|c| c.negotiated).or_else(|| highest(|c| c.most)),
        negotiated,
        drug_unit: charges.iter().map(|c| c.drug_unit.as_str()).find(|u| !u.is_empty()).unwrap_or_default().to_owned(),
        ..HospitalPrice::default()
    }
}
