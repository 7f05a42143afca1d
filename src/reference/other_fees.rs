//! Medicare's other fee schedules: clinical laboratory, equipment, ambulance, outpatient hospital.
//!
//! Source: CMS CLFS (`YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE`), DMEPOS (a column for each state, with `(NR)` and `(R)` for not
//! rural and rural), the ambulance public use file (base rates by contractor and locality), OPPS Addendum B (payment rate by
//! code, before the wage index).

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::RefError;
use super::edition::{Edition, InForce, Table, date_in_name, day, quarter_end, quarter_start, release_quarter, year_days};
use super::fee_schedule::{Benchmark, Locality, ZipCode, part_key};
use super::read::{Published, cell, column, is_code, number, year};
use super::shelf::Shelf;
use super::writer::{Finish, Origin, Writer};
use crate::record::Money;

/// A laboratory test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabFee {
    /// Payment; zero where the contractor prices the test.
    pub rate: Decimal,
    /// First day of this rate.
    pub from: Option<Date>,
    /// N national, L local.
    pub indicator: String,
}

/// An item of equipment in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFee {
    /// Payment outside rural areas.
    pub urban: Option<Decimal>,
    /// Payment in rural areas.
    pub rural: Option<Decimal>,
}

/// An ambulance service in one locality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmbulanceFee {
    /// From an urban ZIP code; of mileage codes, a mile.
    pub urban: Option<Decimal>,
    /// From a rural one.
    pub rural: Option<Decimal>,
    /// From the quarter of rural areas with the fewest people.
    pub super_rural: Option<Decimal>,
    /// A rural mile from the first to the seventeenth.
    pub first_miles: Option<Decimal>,
}

/// A code of the outpatient prospective payment system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutpatientFee {
    /// Status indicator: N packaged, T, S, V, J1 …
    pub status: String,
    /// Ambulatory payment classification.
    pub apc: String,
    /// National payment rate, before the wage index.
    pub rate: Option<Decimal>,
    /// National unadjusted copayment.
    pub copayment: Option<Decimal>,
    /// Least copayment.
    pub least_copayment: Option<Decimal>,
}

/// The loaded schedules.
#[derive(Debug, Clone, Default)]
pub struct OtherFees(Arc<Shelf>);

/// Which schedule a head is that of.
pub(super) fn recognise(head: &str) -> Option<Table> {
    let head = head.to_lowercase();
    let has = |words: &[&str]| words.iter().all(|w| head.contains(w));
    if has(&["urban base rate", "locality"]) {
        Some(Table::Ambulance)
    } else if has(&["hcpcs", "eff_date", "rate", "indicator"]) {
        Some(Table::Laboratory)
    } else if has(&["hcpcs", "juris", "catg"]) {
        Some(Table::Equipment)
    } else if has(&["hcpcs", "apc", "payment rate"]) {
        Some(Table::Outpatient)
    } else {
        None
    }
}

/// The quarter that the heading or the name of a quarterly file states.
fn quarter(p: &Published) -> Option<Date> {
    let named = p.name.to_string_lossy().into_owned();
    let title = p.head.lines().take(8).collect::<Vec<_>>().join(" ");
    let year = year(&title).or_else(|| year(&named)).or_else(|| date_in_name(&p.name).map(Date::year));
    // CLFS_2025_Q2, DMEPOS26_JAN, 25CLABQ2
    let lower = named.to_lowercase();
    let short = || {
        let at = lower.find("dmepos").map(|i| i + 6)?;
        Some(2000 + lower.get(at..at + 2)?.parse::<i16>().ok()?)
    };
    let q = lower.match_indices('q').find_map(|(i, _)| lower.get(i + 1..i + 2)?.parse::<i8>().ok());
    let quarter = q.filter(|q| (1..=4).contains(q)).or_else(|| release_quarter(&lower)).or_else(|| release_quarter(&title));
    quarter_start(year.or_else(short)?, quarter.unwrap_or(1))
}

fn finish_quarter(table: Table, p: &Published, writer: &mut Writer<'_>, origin: &Origin, any: bool) -> Result<Edition, RefError> {
    if !any {
        return Err(RefError::Columns(p.name.clone(), "a HCPCS code and its payment"));
    }
    let from = quarter(p).ok_or_else(|| RefError::NoYear(p.name.clone()))?;
    let label = format!("{} Q{}", from.year(), (from.month() + 2) / 3);
    writer.finish(Finish::new(table, label, (Some(from), Some(quarter_end(from)))), origin)
}

/// Compiles the clinical laboratory fee schedule: code and modifier → rate.
pub(super) fn laboratory(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut columns: Option<[Option<usize>; 5]> = None;
    let mut any = false;
    p.each_row(|cells| {
        if let Some([code, modifier, from, indicator, rate]) = columns {
            let code = cell(cells, code);
            if let Some(rate) = number(cell(cells, rate)).filter(|_| is_code(code)) {
                any = true;
                let fee = LabFee { rate, from: day(cell(cells, from)), indicator: cell(cells, indicator).to_owned() };
                writer.put(&part_key(code, cell(cells, modifier)), &fee)?;
            }
        } else if let Some(rate) = column(cells, |c| c == "rate") {
            let find = |name: &str| column(cells, |c| c == name);
            columns = Some([find("hcpcs"), find("mod"), find("eff_date"), find("indicator"), Some(rate)]);
        }
        Ok(true)
    })?;
    finish_quarter(Table::Laboratory, p, writer, origin, any)
}

/// Compiles the equipment fee schedule: code, modifiers and state → payments.
pub(super) fn equipment(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut states: Vec<(String, bool, usize)> = Vec::new();
    let mut columns: Option<[Option<usize>; 3]> = None;
    let mut any = false;
    p.each_row(|cells| {
        let Some([code, first, second]) = columns else {
            if column(cells, |c| c == "catg").is_some() {
                columns = Some([column(cells, |c| c == "hcpcs"), column(cells, |c| c == "mod"), column(cells, |c| c == "mod2")]);
                for (at, heading) in cells.iter().enumerate() {
                    let (state, area) = heading.split_at_checked(2).unwrap_or(("", ""));
                    let area = area.trim();
                    if state.bytes().all(|b| b.is_ascii_uppercase()) && matches!(area, "(NR)" | "(R)" | "") && heading.len() >= 2
                    {
                        states.push((state.to_owned(), area == "(R)", at));
                    }
                }
            }
            return Ok(true);
        };
        let code = cell(cells, code);
        if is_code(code) {
            any = true;
            let modifiers = [cell(cells, first), cell(cells, second)].join(" ");
            for (state, rural, at) in &states {
                let Some(amount) = number(cell(cells, Some(*at))).filter(|a| *a > Decimal::ZERO) else { continue };
                let other =
                    states.iter().find(|(s, r, _)| s == state && r != rural).and_then(|(_, _, i)| number(cell(cells, Some(*i))));
                let other = other.filter(|a| *a > Decimal::ZERO);
                let fee = if *rural {
                    ItemFee { urban: other, rural: Some(amount) }
                } else {
                    ItemFee { urban: Some(amount), rural: other }
                };
                writer.put(&item_key(code, state, &modifiers), &fee)?;
            }
        }
        Ok(true)
    })?;
    finish_quarter(Table::Equipment, p, writer, origin, any && !states.is_empty())
}

fn item_key(code: &str, state: &str, modifiers: &str) -> String {
    format!("{code} {state} {}", modifiers.trim())
}

/// Compiles the ambulance fee schedule: code, contractor and locality → payments.
pub(super) fn ambulance(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let named = p.name.to_string_lossy().into_owned();
    // The rates are numbers too: only what stands above them is looked at.
    let title: String = p.head.lines().take(3).collect();
    let year = year(&named).or_else(|| year(&title)).ok_or_else(|| RefError::NoYear(p.name.clone()))?;
    let mut columns: Option<[Option<usize>; 7]> = None;
    let mut any = false;
    p.each_row(|cells| {
        if let Some([contractor, locality, code, urban, rural, lowest, miles]) = columns {
            let code = cell(cells, code);
            if is_code(code) {
                any = true;
                let value = |at| number(cell(cells, at)).filter(|a| *a > Decimal::ZERO);
                let fee = AmbulanceFee {
                    urban: value(urban),
                    rural: value(rural),
                    super_rural: value(lowest),
                    first_miles: value(miles),
                };
                writer.put(&format!("{code} {:0>5}{:0>2}", cell(cells, contractor), cell(cells, locality)), &fee)?;
            }
        } else if let Some(urban) = column(cells, |c| c.contains("urban base rate")) {
            let find = |word: &str| column(cells, |c| c.contains(word));
            let rural = column(cells, |c| c.starts_with("rural base rate") && !c.contains("lowest"));
            columns = Some([
                find("contractor").or_else(|| find("carrier")),
                find("locality"),
                find("hcpcs"),
                Some(urban),
                rural,
                find("lowest quartile"),
                find("rural ground mile"),
            ]);
        }
        Ok(true)
    })?;
    if !any {
        return Err(RefError::Columns(p.name.clone(), "contractor, locality, HCPCS and base rates"));
    }
    writer.finish(Finish::new(Table::Ambulance, year.to_string(), year_days(year)), origin)
}

/// Compiles Addendum B: code → payment.
pub(super) fn outpatient(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut columns: Option<[Option<usize>; 6]> = None;
    let mut any = false;
    p.each_row(|cells| {
        if let Some([code, status, apc, rate, copayment, least]) = columns {
            let code = cell(cells, code);
            if is_code(code) {
                any = true;
                let value = |at| number(cell(cells, at));
                let text = |at| cell(cells, at).to_owned();
                let fee = OutpatientFee {
                    status: text(status),
                    apc: text(apc),
                    rate: value(rate),
                    copayment: value(copayment),
                    least_copayment: value(least),
                };
                writer.put(code, &fee)?;
            }
        } else if let Some(rate) = column(cells, |c| c == "payment rate") {
            columns = Some([
                column(cells, |c| c.starts_with("hcpcs")),
                column(cells, |c| c == "si" || c == "status indicator"),
                column(cells, |c| c == "apc"),
                Some(rate),
                column(cells, |c| c.starts_with("national unadjusted")),
                column(cells, |c| c.starts_with("minimum unadjusted")),
            ]);
        }
        Ok(true)
    })?;
    finish_quarter(Table::Outpatient, p, writer, origin, any)
}

impl OtherFees {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        Self(Arc::clone(shelf))
    }

    /// A laboratory test's rate on a day, of the code with that modifier, else of the code alone.
    pub fn laboratory(&self, code: &str, modifiers: &[String], day: Date) -> Option<(InForce<'_>, LabFee)> {
        let found = self.0.find(Table::Laboratory, day, |_| true)?;
        let with = modifiers.iter().find_map(|m| self.0.get(found.edition, &part_key(code, m)));
        Some((found, with.or_else(|| self.0.get(found.edition, code))?))
    }

    /// The same as a benchmark: `None` where the contractor sets the rate.
    pub fn national_laboratory(&self, code: &str, modifiers: &[String], day: Date) -> Option<Benchmark> {
        let (_, fee) = self.laboratory(code, modifiers, day)?;
        let amount = Money(fee.rate).round_cents();
        (amount > Money::ZERO && fee.indicator != "L").then(|| Benchmark {
            amount,
            locality: "national".into(),
            year: day.year(),
        })
    }

    /// An item's payment in a state, by its first two modifiers, of which CMS lists NU, RR, UE and such.
    pub fn equipment(&self, code: &str, modifiers: &[String], state: &str, day: Date) -> Option<(InForce<'_>, ItemFee)> {
        let found = self.0.find(Table::Equipment, day, |_| true)?;
        let pairs = modifiers.iter().flat_map(|a| modifiers.iter().map(move |b| format!("{a} {b}")));
        let keys = pairs.chain(modifiers.iter().cloned()).chain([String::new()]);
        let fee = keys.into_iter().find_map(|m| self.0.get(found.edition, &item_key(code, state, &m)))?;
        Some((found, fee))
    }

    /// The modifiers with which an item is listed in a state.
    pub fn equipment_modifiers(&self, code: &str, state: &str, day: Date) -> Vec<String> {
        let Some(found) = self.0.find(Table::Equipment, day, |_| true) else { return Vec::new() };
        self.0.scan::<ItemFee>(found.edition, &format!("{code} {state} ")).into_iter().map(|(key, _)| key).collect()
    }

    /// An ambulance service's payment in a locality.
    pub fn ambulance(&self, code: &str, place: &ZipCode, day: Date) -> Option<(InForce<'_>, AmbulanceFee)> {
        let found = self.0.find(Table::Ambulance, day, |_| true)?;
        let fee = self.0.get(found.edition, &format!("{code} {}{}", place.contractor, place.number))?;
        Some((found, fee))
    }

    /// A code's outpatient payment.
    pub fn outpatient(&self, code: &str, day: Date) -> Option<(InForce<'_>, OutpatientFee)> {
        let found = self.0.find(Table::Outpatient, day, |_| true)?;
        Some((found, self.0.get(found.edition, code)?))
    }
}

impl From<&Locality> for ZipCode {
    /// A place given by its locality lies in a town as far as anyone knows.
    fn from(place: &Locality) -> Self {
        let Locality { state, contractor, number, .. } = place.clone();
        Self { state, contractor, number, rural: String::new(), divided: false }
    }
}
