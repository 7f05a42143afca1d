//! Hospitals' machine-readable files of standard charges (45 CFR 180.50).
//!
//! Source: CMS templates, version 2 and 3: CSV tall and wide (a row of hospital data names, the data, a row of charge column
//! names, the charges), and JSON. The files reach gigabytes: they are streamed, and of each item only the charges of services
//! coded in CPT, HCPCS or MS-DRG are kept. Drugs are marked, because their unit of measurement is not the unit that is billed.

mod csv;
mod json;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::RefError;
use super::edition::{Edition, Table, day};
use super::read::Published;
use super::shelf::Shelf;
use super::writer::{Finish, Origin, Writer};
use crate::names::provider_likeness;
use crate::record::Money;

/// One charge of one item: the hospital's own, or what it has agreed with one plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardCharge {
    /// Inpatient, outpatient or both, as printed.
    pub setting: String,
    /// Modifiers, as printed.
    pub modifiers: String,
    /// Unit of a drug; empty for services.
    pub drug_unit: String,
    /// Gross charge.
    pub gross: Option<Decimal>,
    /// Discounted cash price.
    pub cash: Option<Decimal>,
    /// Lowest negotiated charge over all plans, without their names.
    pub least: Option<Decimal>,
    /// Highest.
    pub most: Option<Decimal>,
    /// Payer and plan.
    pub payer: Option<(String, String)>,
    /// What the plan pays in dollars.
    pub negotiated: Option<Decimal>,
    /// What it pays in percent of the gross charge.
    pub percentage: Option<Decimal>,
    /// How it is reckoned otherwise: the algorithm as the hospital words it.
    pub algorithm: String,
}

/// One hospital's price file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceFile {
    /// Names under which the hospital publishes: its own and its locations'.
    pub hospital: Vec<String>,
    /// `last_updated_on` as printed.
    pub updated: String,
    edition: Edition,
}

/// All loaded price files.
#[derive(Debug, Clone, Default)]
pub struct PriceFiles {
    shelf: Arc<Shelf>,
    files: Vec<PriceFile>,
}

/// Hospitals of a chain share most of their name: only a close print is the same one.
const SAME_HOSPITAL: f64 = 0.9;

/// Where the highest gross charge of a code stands; its charges stand below the other prefix.
const GROSS: &str = "gross ";
const CHARGES: &str = "charge ";

/// Whether a head is that of a price file.
pub(super) fn recognises(head: &str) -> bool {
    head.contains("hospital_name") && head.contains("last_updated_on")
}

/// Collects a file's charges as they stream by.
struct Collector<'w, 't> {
    writer: &'w mut Writer<'t>,
    names: Vec<String>,
    updated: String,
    version: String,
    gross: HashMap<String, Decimal>,
    rows: u64,
    /// The first failure to store a row; reading goes on to nothing after it.
    failed: Option<RefError>,
}

impl Collector<'_, '_> {
    fn name(&mut self, name: &str) {
        let name = name.trim();
        if !name.is_empty() && !self.names.iter().any(|n| n == name) {
            self.names.push(name.to_owned());
        }
    }

    /// Keeps a charge under each of its codes: kind as published (`CPT`, `HCPCS`, `MS-DRG`) and code.
    fn charge<'c>(&mut self, codes: impl Iterator<Item = (&'c str, &'c str)>, charge: &StandardCharge) -> Result<(), RefError> {
        for (kind, code) in codes {
            if !["CPT", "HCPCS", "MS-DRG"].iter().any(|k| kind.trim().eq_ignore_ascii_case(k)) || code.trim().is_empty() {
                continue;
            }
            let code = code.trim().to_uppercase();
            self.rows += 1;
            self.writer.put(&format!("{CHARGES}{code} {:09}", self.rows), charge)?;
            // Under one code a drug is priced by the package, the vial or the dose: none of them is the unit that is billed.
            if let Some(gross) = charge.gross.filter(|_| charge.drug_unit.is_empty()) {
                let known = self.gross.entry(code).or_insert(gross);
                *known = (*known).max(gross);
            }
        }
        Ok(())
    }
}

/// Compiles a price file.
pub(super) fn compile(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut file = Collector {
        writer,
        names: Vec::new(),
        updated: String::new(),
        version: String::new(),
        gross: HashMap::new(),
        rows: 0,
        failed: None,
    };
    if p.head.trim_start().starts_with('{') {
        json::read(p, &mut file)?;
    } else {
        csv::read(p, &mut file)?;
    }
    if file.names.is_empty() {
        return Err(RefError::Columns(p.name.clone(), "hospital_name and standard charges"));
    }
    let Collector { writer, names, updated, version, gross, rows, .. } = file;
    for (code, amount) in &gross {
        writer.put(&format!("{GROSS}{code}"), amount)?;
    }
    let from = day(&updated);
    let mut finish = Finish::new(Table::Prices, format!("{}, updated {updated}, version {version}", names[0]), (from, None));
    finish.identity = format!("{} {updated}", names[0]);
    finish.rows = Some(rows);
    finish.facts = BTreeMap::from([("names".to_owned(), names.join("|")), ("updated".to_owned(), updated)]);
    writer.finish(finish, origin)
}

impl PriceFiles {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        let file = |e: &Edition| PriceFile {
            hospital: e.fact("names").split('|').map(str::to_owned).collect(),
            updated: e.fact("updated").to_owned(),
            edition: e.clone(),
        };
        let mut files: Vec<PriceFile> = shelf.of(Table::Prices).map(file).collect();
        // Of several editions of one hospital's file the newest counts; the others are looked into after it.
        files.sort_by(|a, b| b.edition.from.cmp(&a.edition.from).then_with(|| a.edition.identity.cmp(&b.edition.identity)));
        Self { shelf: Arc::clone(shelf), files }
    }

    /// Whether no file is loaded.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files, newest first.
    pub fn files(&self) -> &[PriceFile] {
        &self.files
    }

    /// The highest gross charge that the named hospital publishes for a code.
    pub fn gross(&self, provider: &str, code: &str) -> Option<(Money, &PriceFile)> {
        let mut own = self.files.iter().filter(|f| f.is_of(provider));
        own.find_map(|f| Some((Money(self.shelf.get(&f.edition, &format!("{GROSS}{code}"))?), f)))
    }

    /// Every charge that a file states for a code.
    pub fn charges(&self, file: &PriceFile, code: &str) -> Vec<StandardCharge> {
        self.shelf.scan(&file.edition, &format!("{CHARGES}{code} ")).into_iter().map(|(_, charge)| charge).collect()
    }
}

impl PriceFile {
    /// Whether the named provider is the hospital or one of its locations.
    pub fn is_of(&self, provider: &str) -> bool {
        self.hospital.iter().any(|h| provider_likeness(h, provider) >= SAME_HOSPITAL)
    }
}
