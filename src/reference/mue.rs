//! Medically Unlikely Edits: the most units of a code that one patient gets from one provider in a day.
//!
//! Source: CMS quarterly MUE tables (practitioner, outpatient hospital, DME supplier). A table's setting stands in its
//! header, its quarter only in its name.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::RefError;
use super::edition::{Edition, Setting, Table, date_in_name, quarter_end};
use super::read::{Published, is_code};
use super::shelf::Shelf;
use super::writer::{Finish, Origin, Writer};

/// How an edit is applied: the MUE adjudication indicator (MAI).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Adjudication {
    /// 1: per claim line.
    Line,
    /// 2: per day, absolute by policy.
    DayPolicy,
    /// 3: per day, may be exceeded with proof of need.
    DayClinical,
}

/// One edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Most units.
    pub units: Decimal,
    /// How it is applied.
    pub adjudication: Adjudication,
}

/// All loaded tables.
#[derive(Debug, Clone, Default)]
pub struct Limits(Arc<Shelf>);

/// Whether a head is that of an MUE table.
pub(super) fn recognises(head: &str) -> bool {
    head.contains("MUE Values") && head.contains("Adjudication")
}

/// Compiles an MUE table: code → limit.
pub(super) fn compile(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let setting = if p.head.contains("Outpatient Hospital") {
        Setting::Hospital
    } else if p.head.contains("Practitioner") {
        Setting::Practitioner
    } else {
        // Equipment suppliers have limits of their own, which say nothing of a clinic.
        Setting::Supplier
    };
    let mut any = false;
    p.each_row(|cells| {
        let [code, units, indicator, ..] = cells else { return Ok(true) };
        let adjudication = match indicator.chars().next() {
            Some('1') => Adjudication::Line,
            Some('2') => Adjudication::DayPolicy,
            Some('3') => Adjudication::DayClinical,
            _ => return Ok(true),
        };
        if let (true, Ok(units)) = (is_code(code), units.parse::<Decimal>()) {
            any = true;
            writer.put(code, &Limit { units, adjudication })?;
        }
        Ok(true)
    })?;
    if !any {
        return Err(RefError::Columns(p.name.clone(), "code, MUE value and adjudication indicator"));
    }
    let from = date_in_name(&p.name);
    let label = from.map_or_else(|| "undated".to_owned(), |d| format!("in force from {d}"));
    let mut finish = Finish::new(Table::Mue, label, (from, from.map(quarter_end)));
    finish.setting = setting;
    writer.finish(finish, origin)
}

impl Limits {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        Self(Arc::clone(shelf))
    }

    /// Whether no table is loaded that says anything of a clinic or a hospital.
    pub fn is_empty(&self) -> bool {
        self.0.of(Table::Mue).all(|e| e.setting == Setting::Supplier)
    }

    /// The edit of a code on a day, for a practitioner's or a hospital's bill. Where only one setting's table is loaded, it
    /// serves for both; a table is not applied before its quarter.
    pub fn find(&self, code: &str, day: Date, hospital: bool) -> Option<Limit> {
        let own = if hospital { Setting::Hospital } else { Setting::Practitioner };
        let loaded = self.0.of(Table::Mue).any(|e| e.setting == own);
        let fits = |e: &Edition| if loaded { e.setting == own } else { e.setting != Setting::Supplier };
        self.0.get(self.0.find(Table::Mue, day, fits)?.edition, code)
    }

    /// The edit of a code on a day for an equipment supplier's bill.
    pub fn of_supplier(&self, code: &str, day: Date) -> Option<Limit> {
        self.0.get(self.0.find(Table::Mue, day, |e| e.setting == Setting::Supplier)?.edition, code)
    }
}
