//! Stage 7: public reference tables, looked up by date of service.
//!
//! Files are taken as CMS and HHS publish them and recognised by their header lines. A rule whose table is absent does
//! not fire; [`ReferenceTables::missing`] says which.

pub mod code_lists;
pub mod fee_schedule;
pub mod mue;
pub mod ncci;
pub mod poverty;
pub mod price_file;
mod read;

use std::path::{Path, PathBuf};

use fee_schedule::FeeSchedule;
use mue::Limits;
use ncci::Edits;
use poverty::PovertyGuidelines;
use price_file::PriceFiles;

/// Which claims a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    Practitioner,
    Hospital,
    Any,
}

impl Setting {
    /// CMS names its files `ccipra` or `ccioph`, or spells the setting out.
    fn from_name(path: &Path) -> Self {
        let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        if name.contains("oph") || name.contains("hospital") {
            Self::Hospital
        } else if name.contains("ccipra") || name.contains("practitioner") {
            Self::Practitioner
        } else {
            Self::Any
        }
    }
}

/// Why a reference file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RefError {
    /// A file or the folder cannot be opened.
    #[error("failed to open {}", .0.display())]
    Open(PathBuf, #[source] std::io::Error),
    /// A file breaks off or is no table.
    #[error("failed to read {}", .0.display())]
    Read(PathBuf, #[source] csv::Error),
    /// A fee schedule that names no year.
    #[error("{}: the heading names no year", .0.display())]
    NoYear(PathBuf),
    /// A table without the columns of its kind.
    #[error("{}: no rows with {}", .0.display(), .1)]
    Columns(PathBuf, &'static str),
}

/// The tables that are loaded.
#[derive(Debug, Clone, Default)]
pub struct ReferenceTables {
    /// Physician Fee Schedule.
    pub fees: FeeSchedule,
    /// NCCI procedure-to-procedure edits.
    pub edits: Edits,
    /// Medically Unlikely Edits.
    pub limits: Limits,
    /// Hospitals' published prices.
    pub prices: PriceFiles,
    /// Federal poverty guidelines.
    pub poverty: PovertyGuidelines,
    /// The files read, with what each was taken for.
    pub loaded: Vec<(PathBuf, &'static str)>,
    /// Files in the folder that are no table known here.
    pub skipped: Vec<PathBuf>,
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
        need(self.limits.is_empty(), "Medically Unlikely Edits", "units-exceed-mue");
        need(self.poverty.is_empty(), "poverty guidelines", "financial-assistance");
        out
    }
}

/// Reads all tables of a folder (not of its sub-folders), in order of name.
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
    let mut out = ReferenceTables::default();
    for path in files {
        let known = matches!(path.extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref(), Some("csv" | "txt"));
        let head = if known { read::head(&path)? } else { String::new() };
        let what = if FeeSchedule::recognises_rvus(&head) {
            out.fees.add_rvus(&path, &head)?;
            "Physician Fee Schedule RVU file"
        } else if FeeSchedule::recognises_gpcis(&head) {
            out.fees.add_gpcis(&path, &head)?;
            "GPCI file"
        } else if Edits::recognises(&head) {
            out.edits.add(&path, &head)?;
            "NCCI procedure-to-procedure edits"
        } else if Limits::recognises(&head) {
            out.limits.add(&path, &head)?;
            "Medically Unlikely Edits"
        } else if PriceFiles::recognises(&head) {
            out.prices.add(&path)?;
            "hospital price file"
        } else if PovertyGuidelines::recognises(&head) {
            out.poverty.add(&path, &head)?;
            "poverty guidelines"
        } else {
            out.skipped.push(path);
            continue;
        };
        out.loaded.push((path, what));
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
