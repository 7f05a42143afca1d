//! Stage 7: public reference tables, looked up by date of service.
//!
//! Files are taken as CMS and HHS publish them and recognised by what stands in them. They are compiled once into the
//! [`store`], or for one run from a folder of raw files; the lookups are the same. A rule whose table is absent does not fire;
//! [`ReferenceTables::missing`] says which, and [`ReferenceTables::not_in_force`] on which days none was in force.

pub mod add_on;
pub mod code_lists;
pub mod code_texts;
pub mod edition;
mod error;
mod fee_files;
pub mod fee_schedule;
pub mod mue;
pub mod ncci;
pub mod other_fees;
pub mod poverty;
pub mod price_file;
mod publications;
mod read;
pub mod shelf;
pub mod store;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

pub use error::RefError;

use add_on::AddOns;
use code_texts::CodeTexts;
use edition::Edition;
use fee_schedule::FeeSchedule;
use mue::Limits;
use ncci::Edits;
use other_fees::OtherFees;
use poverty::PovertyGuidelines;
use price_file::PriceFiles;
use shelf::Shelf;
use store::Store;

/// The tables that are loaded.
#[derive(Debug, Clone, Default)]
pub struct ReferenceTables {
    /// Physician Fee Schedule.
    pub fees: FeeSchedule,
    /// Medicare's other fee schedules.
    pub other_fees: OtherFees,
    /// NCCI procedure-to-procedure edits.
    pub edits: Edits,
    /// NCCI add-on codes.
    pub add_ons: AddOns,
    /// Medically Unlikely Edits.
    pub limits: Limits,
    /// Hospitals' published prices.
    pub prices: PriceFiles,
    /// Federal poverty guidelines.
    pub poverty: PovertyGuidelines,
    /// HCPCS Level II, reason and remark codes, hospitals' ownership.
    pub texts: CodeTexts,
    /// The files read, with what each was taken for.
    pub loaded: Vec<Loaded>,
    /// Files in the folder that are no table known here.
    pub skipped: Vec<PathBuf>,
    shelf: Arc<Shelf>,
}

/// A table that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The file that was given; of the store, the published file's name.
    pub file: PathBuf,
    /// What it was taken for.
    pub table: &'static str,
    /// Which edition of it.
    pub edition: String,
}

impl Loaded {
    fn of(file: PathBuf, edition: &Edition) -> Self {
        let label = [edition.setting.as_str(), &edition.label].join(" ").trim().to_owned();
        Self { file, table: edition.table.name(), edition: label }
    }
}

impl ReferenceTables {
    /// The tables that are not there, each with the rule that therefore does not fire (or not in full).
    pub fn missing(&self) -> Vec<(&'static str, &'static str)> {
        let mut out = Vec::new();
        let mut need = |absent: bool, table, rule| {
            if absent {
                out.push((table, rule));
            }
        };
        need(self.fees.is_empty(), "Physician Fee Schedule RVU file", "price-outlier");
        need(!self.fees.has_localities(), "GPCI file", "price-outlier");
        need(self.prices.is_empty(), "hospital price file", "price-outlier");
        need(self.edits.is_empty(), "NCCI procedure-to-procedure edits", "unbundling");
        need(self.add_ons.is_empty(), "NCCI add-on code edits", "add-on-without-primary");
        need(self.limits.is_empty(), "Medically Unlikely Edits", "units-exceed-mue");
        need(self.poverty.is_empty(), "poverty guidelines", "financial-assistance");
        out
    }

    /// The tables that were asked for days on which no loaded edition was in force: table and `year quarter`. Another edition
    /// stood in where the table allows it.
    pub fn not_in_force(&self) -> Vec<(&'static str, String)> {
        self.shelf.gaps().into_iter().map(|(table, year, quarter)| (table.name(), format!("{year} Q{quarter}"))).collect()
    }

    /// Whether a table that is loaded lists a CPT or HCPCS code, as of a day.
    pub fn knows_code(&self, code: &str, day: Date) -> bool {
        let valued = || self.fees.edition(day, false).and_then(|e| self.fees.rvu(e.edition, code, "")).is_some();
        let limited = || [false, true].into_iter().any(|hospital| self.limits.find(code, day, hospital).is_some());
        let paid = || self.other_fees.laboratory(code, &[], day).is_some() || self.other_fees.outpatient(code, day).is_some();
        valued() || limited() || paid() || self.texts.hcpcs(code, day).is_some()
    }

    /// Every loaded edition.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    fn on(shelf: &Arc<Shelf>) -> Self {
        Self {
            fees: FeeSchedule::new(shelf),
            other_fees: OtherFees::new(shelf),
            edits: Edits::new(shelf),
            add_ons: AddOns::new(shelf),
            limits: Limits::new(shelf),
            prices: PriceFiles::new(shelf),
            poverty: PovertyGuidelines::new(shelf),
            texts: CodeTexts::new(shelf),
            loaded: Vec::new(),
            skipped: Vec::new(),
            shelf: Arc::clone(shelf),
        }
    }
}

/// The tables of a store; none where there is no store.
pub fn load_store(store: &Store) -> Result<ReferenceTables, RefError> {
    let Some(shelf) = store.open()? else { return Ok(ReferenceTables::default()) };
    let mut tables = ReferenceTables::on(&shelf);
    tables.loaded = shelf.editions().iter().map(|e| Loaded::of(PathBuf::from(&e.source), e)).collect();
    Ok(tables)
}

/// Compiles all tables of a folder (not of its sub-folders), in order of name, for one run.
pub fn load_refs(dir: &Path) -> Result<ReferenceTables, RefError> {
    let entries = std::fs::read_dir(dir).map_err(|e| RefError::Open(dir.to_owned(), e))?;
    let mut files = Vec::new();
    for e in entries {
        let path = e.map_err(|e| RefError::Open(dir.to_owned(), e))?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    let (shelf, (loaded, skipped)) = store::for_one_run(|writer| {
        let (mut loaded, mut skipped) = (Vec::new(), Vec::new());
        for path in files {
            // What accompanies the tables in a folder, such as a description, is not looked into.
            let kind = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
            if !matches!(kind.as_str(), "csv" | "txt" | "xlsx" | "zip" | "gz" | "json") {
                skipped.push(path);
                continue;
            }
            match publications::add_file(writer, &path) {
                Ok(editions) => loaded.extend(editions.iter().map(|e| Loaded::of(path.clone(), e))),
                Err(RefError::Unknown(..)) => skipped.push(path),
                Err(error) => return Err(error),
            }
        }
        Ok((loaded, skipped))
    })?;
    Ok(ReferenceTables { loaded, skipped, ..ReferenceTables::on(&shelf) })
}

#[cfg(test)]
mod tests;
