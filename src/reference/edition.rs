//! The editions of the tables: which are loaded, and which is in force on a day.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// The tables that billproof knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// Physician Fee Schedule relative value units.
    Rvu,
    /// Geographic practice cost indices (Addendum E).
    Gpci,
    /// Which locality a ZIP code belongs to.
    Zip,
    /// Anaesthesia conversion factors by locality.
    AnaesthesiaFactors,
    /// Base units of the anaesthesia codes.
    AnaesthesiaUnits,
    /// Clinical laboratory fee schedule.
    Laboratory,
    /// Durable medical equipment, prosthetics, orthotics and supplies.
    Equipment,
    /// Ambulance fee schedule.
    Ambulance,
    /// Outpatient prospective payment, Addendum B.
    Outpatient,
    /// NCCI procedure-to-procedure edits.
    Ncci,
    /// NCCI add-on code edits.
    AddOn,
    /// Medically Unlikely Edits.
    Mue,
    /// HCPCS Level II.
    Hcpcs,
    /// Claim adjustment reason codes.
    Carc,
    /// Remittance advice remark codes.
    Rarc,
    /// Federal poverty guidelines.
    Poverty,
    /// Hospital general information (ownership).
    Hospitals,
    /// A hospital's machine-readable price file.
    Prices,
}

impl Table {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 18] = [
        Self::Rvu,
        Self::Gpci,
        Self::Zip,
        Self::AnaesthesiaFactors,
        Self::AnaesthesiaUnits,
        Self::Laboratory,
        Self::Equipment,
        Self::Ambulance,
        Self::Outpatient,
        Self::Ncci,
        Self::AddOn,
        Self::Mue,
        Self::Hcpcs,
        Self::Carc,
        Self::Rarc,
        Self::Poverty,
        Self::Hospitals,
        Self::Prices,
    ];

    /// The name under which run.json and the messages speak of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rvu => "Physician Fee Schedule RVU file",
            Self::Gpci => "GPCI file",
            Self::Zip => "ZIP code to locality file",
            Self::AnaesthesiaFactors => "anaesthesia conversion factors",
            Self::AnaesthesiaUnits => "anaesthesia base units",
            Self::Laboratory => "clinical laboratory fee schedule",
            Self::Equipment => "DMEPOS fee schedule",
            Self::Ambulance => "ambulance fee schedule",
            Self::Outpatient => "OPPS Addendum B",
            Self::Ncci => "NCCI procedure-to-procedure edits",
            Self::AddOn => "NCCI add-on codes",
            Self::Mue => "Medically Unlikely Edits",
            Self::Hcpcs => "HCPCS Level II",
            Self::Carc => "CARC list",
            Self::Rarc => "RARC list",
            Self::Poverty => "poverty guidelines",
            Self::Hospitals => "hospital general information",
            Self::Prices => "hospital price file",
        }
    }

    /// How the table is replaced by its next edition.
    pub fn cadence(self) -> Cadence {
        match self {
            Self::Rvu | Self::Zip | Self::Laboratory | Self::Equipment | Self::Outpatient => Cadence::QuarterOfYear,
            Self::Gpci | Self::AnaesthesiaFactors | Self::AnaesthesiaUnits | Self::Ambulance => Cadence::Year,
            Self::Ncci | Self::AddOn | Self::Mue | Self::Hcpcs => Cadence::Quarter,
            Self::Carc | Self::Rarc | Self::Poverty | Self::Hospitals | Self::Prices => Cadence::None,
        }
    }
}

/// How long an edition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadence {
    /// For its calendar year.
    Year,
    /// For its quarter; within its calendar year it may stand in for another.
    QuarterOfYear,
    /// For its quarter; later days are served by it too, until a newer one is loaded.
    Quarter,
    /// Until it is replaced.
    None,
}

/// Which claims a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// Practitioners' claims.
    Practitioner,
    /// Outpatient hospitals' claims.
    Hospital,
    /// Equipment suppliers' claims.
    Supplier,
    /// The table does not say.
    Any,
}

impl Setting {
    /// CMS names its files `ccipra` or `ccioph`, or spells the setting out.
    pub(crate) fn from_name(name: &Path) -> Self {
        let name = name.to_string_lossy().to_lowercase();
        if name.contains("oph") || name.contains("hospital") {
            Self::Hospital
        } else if name.contains("ccipra") || name.contains("practitioner") {
            Self::Practitioner
        } else {
            Self::Any
        }
    }

    /// As it is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::Hospital => "outpatient hospital",
            Self::Supplier => "DME supplier",
            Self::Any => "",
        }
    }
}

/// One edition of a table, as the store lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Number within the store.
    pub id: u32,
    /// Which table.
    pub table: Table,
    /// What makes two files the same edition: adding one replaces the other.
    pub identity: String,
    /// What the edition is called, e.g. `2025 October release`.
    pub label: String,
    /// The published file's name, after its archive's.
    pub source: String,
    /// SHA-256 of the file that was given, lower-case hex.
    pub sha256: String,
    /// Which claims it is for.
    pub setting: Setting,
    /// First day in force; `None` where the file does not say.
    pub from: Option<Date>,
    /// Last day in force by the table's own cadence.
    pub to: Option<Date>,
    /// Rows of the published table that were kept.
    pub rows: u64,
    /// SHA-256 over the stored rows, lower-case hex.
    pub checksum: String,
    /// First and last key, empty where the table holds none.
    pub range: (String, String),
    /// What else is to be known before a row is looked up, e.g. a hospital's names.
    pub facts: BTreeMap<String, String>,
}

impl Edition {
    /// A fact, empty where the edition has none of this name.
    pub fn fact(&self, name: &str) -> &str {
        self.facts.get(name).map_or("", String::as_str)
    }
}

/// The edition for a day.
#[derive(Debug, Clone, Copy)]
pub struct InForce<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// Whether it was in force on that day; else it is the nearest that the table's cadence allows to stand in.
    pub exact: bool,
}

/// Chooses among editions of one table: the latest that had begun; for yearly tables of that year only, where the year's
/// earliest stands in if none had begun. An edition that names no day holds for every day, after those that do.
pub fn in_force<'a>(editions: impl Iterator<Item = &'a Edition>, cadence: Cadence, day: Date) -> Option<InForce<'a>> {
    let yearly = matches!(cadence, Cadence::Year | Cadence::QuarterOfYear);
    let (mut begun, mut later): (Option<&Edition>, Option<&Edition>) = (None, None);
    for e in editions.filter(|e| !yearly || e.from.is_none_or(|f| f.year() == day.year())) {
        if e.from.is_none_or(|f| f <= day) {
            if begun.is_none_or(|b| b.from <= e.from) {
                begun = Some(e);
            }
        } else if later.is_none_or(|l| e.from < l.from) {
            later = Some(e);
        }
    }
    let exact = |e: &Edition| e.from.is_none_or(|f| f <= day) && e.to.is_none_or(|t| day <= t);
    begun.or(if yearly { later } else { None }).map(|edition| InForce { edition, exact: exact(edition) })
}

/// First and last day of a calendar year.
pub(crate) fn year_days(year: i16) -> (Option<Date>, Option<Date>) {
    (Some(date(year, 1, 1)), Some(date(year, 12, 31)))
}

/// The last day of the quarter in which a day lies.
pub(crate) fn quarter_end(day: Date) -> Date {
    match day.month() {
        1..=3 => date(day.year(), 3, 31),
        4..=6 => date(day.year(), 6, 30),
        7..=9 => date(day.year(), 9, 30),
        _ => date(day.year(), 12, 31),
    }
}

/// The first day of a quarter, 1 to 4.
pub(crate) fn quarter_start(year: i16, quarter: i8) -> Option<Date> {
    Date::new(year, 3 * quarter - 2, 1).ok()
}

/// The quarter that a release is named after, by its first month.
pub(crate) fn release_quarter(text: &str) -> Option<i8> {
    let text = text.to_lowercase();
    ["jan", "apr", "jul", "oct"].iter().zip(1..).find(|(month, _)| text.contains(*month)).map(|(_, quarter)| quarter)
}

/// `..._Eff_01-01-2025.csv` applies from 1 January 2025.
pub(crate) fn date_in_name(name: &Path) -> Option<Date> {
    let name = name.to_string_lossy().to_lowercase();
    let parts: Vec<i16> = name.split(|c: char| !c.is_ascii_digit()).filter_map(|p| p.parse().ok()).collect();
    parts.windows(3).find_map(|w| match w {
        [m @ 1..=12, d @ 1..=31, y @ 2000..=2100] => Date::new(*y, i8::try_from(*m).ok()?, i8::try_from(*d).ok()?).ok(),
        _ => None,
    })
}

/// A day of eight digits, `yyyymmdd`, with or without marks between them.
pub(crate) fn day(s: &str) -> Option<Date> {
    let digits: String = s.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 8 {
        return None;
    }
    let number = |r: std::ops::Range<usize>| digits.get(r).and_then(|d| d.parse::<i16>().ok());
    Date::new(number(0..4)?, i8::try_from(number(4..6)?).ok()?, i8::try_from(number(6..8)?).ok()?).ok()
}
