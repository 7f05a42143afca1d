//! What Medicare pays for a code on a day at a place, with the formula's parts, and what hospitals publish for it.
//!
//! Source: 42 CFR 414 (Physician Fee Schedule, anaesthesia, equipment, ambulance), 42 CFR 414.507 (laboratory), 42 CFR 419
//! (outpatient hospital), 45 CFR 180.50 (hospitals' own prices).

mod anaesthesia;
mod hospital;
mod other;
mod physician;
mod place;

use jiff::civil::Date;
use rust_decimal::Decimal;

pub use hospital::{HospitalPrice, hospital_prices};
pub use place::{Place, PlaceError};

use crate::record::Money;
use crate::reference::ReferenceTables;
use crate::reference::code_lists::is_anaesthesia;
use crate::reference::edition::InForce;

/// What is to be priced.
#[derive(Debug, Clone)]
pub struct Query {
    /// CPT or HCPCS code.
    pub code: String,
    /// Its modifiers.
    pub modifiers: Vec<String>,
    /// Date of service.
    pub day: Date,
    /// Where.
    pub place: Place,
    /// Whether a hospital or another facility houses the service; the practitioner's own practice expense is then lower.
    pub facility: bool,
    /// Whether the practitioner qualifies in an alternative payment model (from 2026 on: a conversion factor of its own).
    pub qualifying: bool,
    /// Minutes of anaesthesia.
    pub minutes: Option<Decimal>,
    /// Base units of anaesthesia, where the list of them is not loaded.
    pub base_units: Option<Decimal>,
}

/// What one fee schedule says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quote {
    /// Which schedule.
    pub schedule: &'static str,
    /// The payment for one unit; `None` where the schedule states none, and the notes say why.
    pub amount: Option<Money>,
    /// How it comes about, in figures.
    pub formula: String,
    /// What goes into it: name and figure.
    pub parts: Vec<(String, String)>,
    /// Edition that it is from.
    pub edition: String,
    /// Locality or state.
    pub place: String,
    /// What is to be known beside it.
    pub notes: Vec<String>,
}

impl Quote {
    fn of(schedule: &'static str, found: &InForce<'_>, day: Date) -> Self {
        let mut quote = Self { schedule, edition: found.edition.label.clone(), ..Self::default() };
        if !found.exact {
            quote.notes.push(format!("no edition in force on {day} is loaded; {} stands in for it", found.edition.label));
        }
        quote
    }

    fn none(schedule: &'static str, note: impl Into<String>) -> Self {
        Self { schedule, notes: vec![note.into()], ..Self::default() }
    }

    fn part(&mut self, name: impl Into<String>, value: impl std::fmt::Display) {
        let value = format!("{value}");
        self.parts.push((name.into(), value));
    }
}

/// What Medicare's schedules say of a code, the one that pays it first. Never empty.
///
/// # Errors
/// A place that is not known, or is several.
pub fn quotes(refs: &ReferenceTables, query: &Query) -> Result<Vec<Quote>, PlaceError> {
    let spot = place::find(refs, &query.place, query.day)?;
    let mut all = Vec::new();
    if is_anaesthesia(&query.code) {
        all.extend(anaesthesia::quote(refs, query, &spot));
    }
    all.extend(other::laboratory(refs, query));
    all.extend(other::ambulance(refs, query, &spot));
    all.extend(other::equipment(refs, query, &spot));
    all.extend(physician::quote(refs, query, &spot));
    all.extend(other::outpatient(refs, query));
    let level_two = query.code.starts_with(|c: char| c.is_ascii_alphabetic());
    if let Some(hcpcs) = refs.texts.hcpcs(&query.code, query.day).filter(|_| level_two)
        && let Some(first) = all.first_mut()
    {
        first.notes.push(format!("{}: {}", query.code, hcpcs.description));
        if hcpcs.ended.is_some_and(|d| d < query.day) || hcpcs.added.is_some_and(|d| d > query.day) {
            first.notes.push(format!("the code is not valid on {}", query.day));
        }
    }
    // Where another schedule pays, the physicians' has nothing to add.
    let paid = all.iter().any(|q| q.amount.is_some());
    all.retain(|q| !paid || q.amount.is_some() || q.schedule != physician::NAME);
    // The schedule that states a payment stands first; the order among them is the one above.
    all.sort_by_key(|q| q.amount.is_none());
    if all.is_empty() {
        let note = format!("no loaded fee schedule lists {} on {}", query.code, query.day);
        all.push(Quote::none("Medicare", note));
    }
    Ok(all)
}

/// A figure with as many digits as it was printed with.
fn plain(value: Decimal) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests;
