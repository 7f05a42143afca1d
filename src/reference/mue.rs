//! Medically Unlikely Edits: the most units of a code that one patient gets from one provider in a day.
//!
//! Source: CMS quarterly MUE tables (practitioner, outpatient hospital, DME supplier). A table's setting stands in its
//! header, its quarter only in its name.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::read::{delimiter, each_row, is_code};
use super::{RefError, Setting};

/// How an edit is applied: the MUE adjudication indicator (MAI).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjudication {
    /// 1: per claim line.
    Line,
    /// 2: per day, absolute by policy.
    DayPolicy,
    /// 3: per day, may be exceeded with proof of need.
    DayClinical,
}

/// One edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Most units.
    pub units: Decimal,
    /// How it is applied.
    pub adjudication: Adjudication,
}

/// One table: its setting, the day from which it applies, its edits by code.
#[derive(Debug, Clone)]
struct Edition {
    setting: Setting,
    from: Option<Date>,
    limits: HashMap<String, Limit>,
}

/// All loaded tables.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    editions: Vec<Edition>,
}

impl Limits {
    /// Whether no table is loaded.
    pub fn is_empty(&self) -> bool {
        self.editions.is_empty()
    }

    /// Whether a file's head is that of an MUE table.
    pub(crate) fn recognises(head: &str) -> bool {
        head.contains("MUE Values") && head.contains("Adjudication")
    }

    /// Reads an MUE table.
    pub(crate) fn add(&mut self, path: &Path, head: &str) -> Result<(), RefError> {
        let setting = if head.contains("Outpatient Hospital") {
            Setting::Hospital
        } else if head.contains("Practitioner") {
            Setting::Practitioner
        } else {
            // Equipment suppliers have limits of their own, which say nothing of a clinic.
            return Ok(());
        };
        let mut limits = HashMap::new();
        each_row(path, delimiter(head), |cells| {
            if cells.len() < 3 || !is_code(&cells[0]) {
                return true;
            }
            let adjudication = match cells[2].chars().next() {
                Some('1') => Adjudication::Line,
                Some('2') => Adjudication::DayPolicy,
                Some('3') => Adjudication::DayClinical,
                _ => return true,
            };
            if let Ok(units) = cells[1].parse::<Decimal>() {
                limits.insert(cells[0].clone(), Limit { units, adjudication });
            }
            true
        })?;
        if limits.is_empty() {
            return Err(RefError::Columns(path.to_owned(), "code, MUE value and adjudication indicator"));
        }
        self.editions.push(Edition { setting, from: date_in_name(path), limits });
        Ok(())
    }

    /// The edit of a code on a day, for a practitioner's or a hospital's bill.
    pub fn find(&self, code: &str, date: Date, hospital: bool) -> Option<Limit> {
        let wanted = if hospital { Setting::Hospital } else { Setting::Practitioner };
        let of = |s: Option<Setting>| {
            self.editions
                .iter()
                .filter(|e| s.is_none_or(|s| e.setting == s) && e.from.is_none_or(|f| f <= date))
                .max_by_key(|e| e.from)
                .and_then(|e| e.limits.get(code))
                .copied()
        };
        if self.editions.iter().any(|e| e.setting == wanted) { of(Some(wanted)) } else { of(None) }
    }
}

/// `..._Eff_01-01-2025.csv` applies from 1 January 2025.
fn date_in_name(path: &Path) -> Option<Date> {
    let name = path.file_stem()?.to_string_lossy().to_lowercase();
    let parts: Vec<i16> = name.split(|c: char| !c.is_ascii_digit()).filter_map(|p| p.parse().ok()).collect();
    parts.windows(3).find_map(|w| match w {
        [m @ 1..=12, d @ 1..=31, y @ 2000..=2100] => Date::new(*y, i8::try_from(*m).ok()?, i8::try_from(*d).ok()?).ok(),
        _ => None,
    })
}
