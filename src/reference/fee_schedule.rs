//! The Medicare Physician Fee Schedule: relative value units and geographic indices.
//!
//! Source: CMS PFS relative value files (`PPRRVU`) and Addendum E (`GPCI`), published each year with quarterly releases.
//! Payment = (work RVU × work GPCI + practice expense RVU × PE GPCI + malpractice RVU × MP GPCI) × conversion factor.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::edition::{Edition, InForce, Table};
use super::shelf::Shelf;
use crate::record::Money;

/// The values of one code (and modifier) in one edition. The efficiency adjustment of 2026 is in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rvu {
    /// Status indicator: A active, B bundled, C carrier-priced, …
    pub status: String,
    /// Physician work.
    pub work: Decimal,
    /// Practice expense outside a facility.
    pub nonfacility: Decimal,
    /// Rarely or never performed outside a facility.
    pub nonfacility_na: bool,
    /// Practice expense in a facility.
    pub facility: Decimal,
    /// Not paid to a practitioner in a facility (technical services).
    pub facility_na: bool,
    /// Malpractice.
    pub malpractice: Decimal,
    /// Dollars per unit.
    pub conversion_factor: Decimal,
    /// Professional and technical component indicator.
    pub pctc: String,
    /// Global days: 000, 010, 090, MMM, XXX, YYY, ZZZ.
    pub global: String,
    /// Shares of the pre-, intra- and postoperative work.
    pub portions: [Decimal; 3],
    /// Multiple procedure indicator.
    pub multiple: String,
    /// Bilateral surgery indicator.
    pub bilateral: String,
    /// Assistant at surgery indicator.
    pub assistant: String,
    /// Co-surgeon indicator.
    pub two_surgeons: String,
    /// Non-facility practice expense, facility practice expense and malpractice that the cap on imaging is reckoned from; zero
    /// where none applies.
    pub opps: [Decimal; 3],
}

/// One locality with its indices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locality {
    /// Medicare administrative contractor, five digits.
    pub contractor: String,
    /// State, two letters.
    pub state: String,
    /// Locality number, two digits.
    pub number: String,
    /// Locality's name.
    pub name: String,
    /// Index for work.
    pub work: Decimal,
    /// Index for practice expense.
    pub expense: Decimal,
    /// Index for malpractice.
    pub malpractice: Decimal,
}

/// What the ZIP code file says of a ZIP code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZipCode {
    /// State, two letters.
    pub state: String,
    /// Contractor, five digits.
    pub contractor: String,
    /// Locality number, two digits.
    pub number: String,
    /// Empty urban, R rural, B super rural (ambulance).
    pub rural: String,
    /// Whether parts of the ZIP code lie in other localities.
    pub divided: bool,
}

/// Fee schedules by edition.
#[derive(Debug, Clone, Default)]
pub struct FeeSchedule {
    shelf: Arc<Shelf>,
    localities: Arc<OnceLock<HashMap<u32, Vec<Locality>>>>,
}

/// What Medicare would pay, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benchmark {
    /// Payment for one unit.
    pub amount: Money,
    /// Locality, or `national` without indices.
    pub locality: String,
    /// Year of the schedule.
    pub year: i16,
}

/// Where a code's values with or without a component modifier stand.
pub(super) fn part_key(code: &str, modifier: &str) -> String {
    if modifier.is_empty() { code.to_owned() } else { format!("{code} {modifier}") }
}

impl FeeSchedule {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        Self { shelf: Arc::clone(shelf), localities: Arc::default() }
    }

    /// Whether relative values are loaded.
    pub fn is_empty(&self) -> bool {
        !self.shelf.has(Table::Rvu)
    }

    /// Whether geographic indices are loaded.
    pub fn has_localities(&self) -> bool {
        self.shelf.has(Table::Gpci)
    }

    /// The relative value file for a day, for practitioners who qualify in an alternative payment model or for all others.
    pub fn edition(&self, day: Date, qualifying: bool) -> Option<InForce<'_>> {
        self.shelf.find(Table::Rvu, day, |e| (e.fact("qualifying") == "true") == qualifying)
    }

    /// A code's values in an edition.
    pub fn rvu(&self, edition: &Edition, code: &str, modifier: &str) -> Option<Rvu> {
        self.shelf.get(edition, &part_key(code, modifier))
    }

    /// The localities for a day.
    pub fn localities(&self, day: Date) -> Option<(InForce<'_>, &[Locality])> {
        let found = self.shelf.find(Table::Gpci, day, |_| true)?;
        let read = || {
            let rows = |e: &Edition| self.shelf.get(e, "localities").unwrap_or_default();
            self.shelf.of(Table::Gpci).map(|e| (e.id, rows(e))).collect()
        };
        Some((found, self.localities.get_or_init(read).get(&found.edition.id).map_or(&[][..], Vec::as_slice)))
    }

    /// What the ZIP code file says of a ZIP code; localities hardly ever change, so that any year's file serves.
    pub fn zip(&self, zip: &str, day: Date) -> Option<(&Edition, ZipCode)> {
        let found = self.shelf.find(Table::Zip, day, |_| true).map(|f| f.edition);
        let edition = found.or_else(|| self.shelf.of(Table::Zip).last())?;
        Some((edition, self.shelf.get(edition, zip.get(..5)?)?))
    }

    /// The anaesthesia conversion factor of a locality.
    pub fn anaesthesia_factor(&self, place: &Locality, day: Date, qualifying: bool) -> Option<(InForce<'_>, Decimal)> {
        let fits = |e: &Edition| (e.fact("qualifying") == "true") == qualifying;
        let found = self.shelf.find(Table::AnaesthesiaFactors, day, fits)?;
        let factor = self.shelf.get(found.edition, &format!("{}{}", place.contractor, place.number))?;
        Some((found, factor))
    }

    /// The base units of an anaesthesia code.
    pub fn anaesthesia_units(&self, code: &str, day: Date) -> Option<Decimal> {
        let found = self.shelf.find(Table::AnaesthesiaUnits, day, |_| true);
        let edition = found.map(|f| f.edition).or_else(|| self.shelf.of(Table::AnaesthesiaUnits).last())?;
        self.shelf.get(edition, code)
    }

    /// The highest payment for one unit over the localities of a state (of all, where the state is not known) and over both
    /// settings: no provider is called dear by a figure that another choice would not bear out.
    pub fn highest(&self, code: &str, modifiers: &[String], day: Date, state: Option<&str>) -> Option<Benchmark> {
        let part = modifiers.iter().find(|m| matches!(m.as_str(), "26" | "TC" | "53")).map_or("", String::as_str);
        let rvu = self.rvu(self.edition(day, false)?.edition, code, part)?;
        let expense = rvu.nonfacility.max(rvu.facility);
        let pay =
            |g: &Locality| (rvu.work * g.work + expense * g.expense + rvu.malpractice * g.malpractice) * rvu.conversion_factor;
        let all = self.localities(day).map_or(&[][..], |(_, rows)| rows);
        let mut here: Vec<&Locality> = all.iter().filter(|g| state.is_none_or(|w| w.eq_ignore_ascii_case(&g.state))).collect();
        if here.is_empty() {
            here = all.iter().collect();
        }
        let national = Locality::national();
        let best = here.into_iter().max_by_key(|g| pay(g)).unwrap_or(&national);
        let amount = Money(pay(best)).round_cents();
        (amount > Money::ZERO).then(|| Benchmark { amount, locality: best.name.clone(), year: day.year() })
    }
}

impl Locality {
    /// No place in particular: every index is one.
    pub fn national() -> Self {
        let one = Decimal::ONE;
        let none = String::new;
        Self {
            contractor: none(),
            state: none(),
            number: none(),
            name: "national".into(),
            work: one,
            expense: one,
            malpractice: one,
        }
    }
}
