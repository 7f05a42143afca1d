//! Hospitals' machine-readable files of standard charges (45 CFR 180.50).
//!
//! Source: CMS CSV templates, version 2 and 3, tall and wide: a row of hospital data names, the data, a row of charge
//! column names, the charges. Only the gross charge per coded service is kept; drugs are left out, because their unit of
//! measurement is not the unit that is billed.

use std::collections::HashMap;
use std::path::Path;

use super::RefError;
use super::read::each_row;
use crate::names::provider_likeness;
use crate::record::Money;

/// One hospital's gross charges.
#[derive(Debug, Clone, Default)]
pub struct PriceFile {
    /// Names under which the hospital publishes: its own and its locations'.
    pub hospital: Vec<String>,
    /// `last_updated_on` as printed.
    pub updated: String,
    gross: HashMap<String, Money>,
}

/// All loaded price files.
#[derive(Debug, Clone, Default)]
pub struct PriceFiles(Vec<PriceFile>);

/// Hospitals of a chain share most of their name: only a close print is the same one.
const SAME_HOSPITAL: f64 = 0.9;

impl PriceFiles {
    /// Whether no file is loaded.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a file's head is that of a price file.
    pub(crate) fn recognises(head: &str) -> bool {
        head.contains("hospital_name") && head.contains("last_updated_on")
    }

    /// Reads a price file.
    pub(crate) fn add(&mut self, path: &Path) -> Result<(), RefError> {
        let mut file = PriceFile::default();
        let mut names: Vec<String> = Vec::new();
        let mut columns: Vec<String> = Vec::new();
        let mut n = 0;
        each_row(path, b',', |cells| {
            n += 1;
            match n {
                1 => names = cells.to_vec(),
                2 => {
                    for (name, v) in names.iter().zip(cells).filter(|(_, v)| !v.is_empty()) {
                        match name.as_str() {
                            "hospital_name" | "hospital_location" | "location_name" => {
                                file.hospital.extend(v.split('|').map(|p| p.trim().to_owned()));
                            }
                            "last_updated_on" => file.updated.clone_from(v),
                            _ => {}
                        }
                    }
                }
                3 => columns = cells.iter().map(|c| c.replace(' ', "").to_lowercase()).collect(),
                _ => add_row(&mut file, &columns, cells),
            }
            true
        })?;
        if file.hospital.is_empty() || !columns.iter().any(|c| c == "standard_charge|gross") {
            return Err(RefError::Columns(path.to_owned(), "hospital_name and standard_charge|gross"));
        }
        self.0.push(file);
        Ok(())
    }

    /// The highest gross charge that the named hospital publishes for a code.
    pub fn gross(&self, provider: &str, code: &str) -> Option<(Money, &PriceFile)> {
        self.0
            .iter()
            .filter(|f| f.hospital.iter().any(|h| provider_likeness(h, provider) >= SAME_HOSPITAL))
            .find_map(|f| f.gross.get(code).map(|m| (*m, f)))
    }
}

fn add_row(file: &mut PriceFile, columns: &[String], cells: &[String]) {
    let cell = |name: &str| columns.iter().position(|c| c == name).and_then(|i| cells.get(i)).map_or("", String::as_str);
    if !cell("drug_unit_of_measurement").is_empty() {
        return;
    }
    let Some(gross) = cell("standard_charge|gross").replace(',', "").parse().ok().map(Money) else {
        return;
    };
    for i in 1..=8 {
        let kind = cell(&format!("code|{i}|type"));
        if kind.is_empty() {
            break;
        }
        if matches!(kind, "CPT" | "HCPCS") {
            let known = file.gross.entry(cell(&format!("code|{i}")).to_uppercase()).or_insert(gross);
            *known = (*known).max(gross);
        }
    }
}
