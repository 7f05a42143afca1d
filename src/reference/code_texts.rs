//! Lists of codes with what they mean: HCPCS Level II, adjustment reasons, remarks, and who owns a hospital.
//!
//! Source: CMS HCPCS quarterly update (`ANWEB`, workbook or 320 columns of fixed width), the CARC and RARC lists as
//! `code,description`, CMS Hospital General Information. Short descriptions are kept for Level II alone: those of CPT belong to
//! the AMA, those of the dental codes to the ADA.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::RefError;
use super::edition::{Edition, Table, date_in_name, day, quarter_end, quarter_start, release_quarter};
use super::read::{Published, cell, column, is_code, year};
use super::shelf::Shelf;
use super::writer::{Finish, Origin, Writer};
use crate::names::provider_likeness;

/// A HCPCS Level II code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hcpcs {
    /// Short description, as CMS publishes it.
    pub description: String,
    /// First day on which the code could be billed.
    pub added: Option<Date>,
    /// Last day; `None` while it can.
    pub ended: Option<Date>,
}

/// A hospital of the general information file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hospital {
    /// CMS certification number.
    pub ccn: String,
    /// Name.
    pub name: String,
    /// State, two letters.
    pub state: String,
    /// City or town.
    pub city: String,
    /// ZIP code.
    pub zip: String,
    /// Ownership as published, e.g. `Voluntary non-profit - Church`.
    pub ownership: String,
}

impl Hospital {
    /// Whether a charity owns it: the assistance rules of section 501(r) then bind it. Public hospitals may have the status
    /// too, but need not.
    pub fn is_nonprofit(&self) -> bool {
        self.ownership.to_lowercase().contains("non-profit")
    }
}

/// The loaded lists.
#[derive(Debug, Clone, Default)]
pub struct CodeTexts(Arc<Shelf>);

/// Level II without the dental codes, whose descriptions belong to the ADA.
fn is_level_two(code: &str) -> bool {
    is_code(code) && code.starts_with(|c: char| c.is_ascii_uppercase() && c != 'D')
}

/// Whether a head is that of the HCPCS Level II file.
pub(super) fn is_hcpcs(head: &str) -> bool {
    head.contains("HCPC") && head.contains("SHORT DESCRIPTION")
        || head.lines().take(40).filter(|l| fixed_hcpcs(l).is_some()).count() > 2
}

/// A record of the fixed-width file: code 1–5, record 11, short description 92–119, added 269–276, ended 285–292.
fn fixed_hcpcs(line: &str) -> Option<(&str, Hcpcs)> {
    let field = |from: usize, to: usize| line.get(from - 1..to.min(line.len())).map(str::trim);
    let (code, number, record) = (field(1, 5)?, field(6, 10)?, field(11, 11)?);
    (line.len() > 284 && is_level_two(code) && number.bytes().all(|b| b.is_ascii_digit()) && record == "3").then_some(())?;
    Some((code, Hcpcs { description: field(92, 119)?.to_owned(), added: day(field(269, 276)?), ended: day(field(285, 292)?) }))
}

/// Compiles the HCPCS Level II file.
pub(super) fn hcpcs(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut any = false;
    if p.head.contains("SHORT DESCRIPTION") {
        let mut columns: Option<[Option<usize>; 4]> = None;
        p.each_row(|cells| {
            if let Some([code, description, added, ended]) = columns {
                let code = cell(cells, code);
                if is_level_two(code) {
                    any = true;
                    let description = cell(cells, description).to_owned();
                    let row = Hcpcs { description, added: day(cell(cells, added)), ended: day(cell(cells, ended)) };
                    writer.put(code, &row)?;
                }
            } else if let Some(code) = column(cells, |c| matches!(c, "hcpc" | "hcpcs" | "hcpcs code")) {
                let find = |name: &str| column(cells, |c| c == name);
                columns = Some([Some(code), find("short description"), find("add dt"), find("term dt")]);
            }
            Ok(true)
        })?;
    } else {
        p.each_line(|line| {
            if let Some((code, row)) = fixed_hcpcs(line) {
                any = true;
                writer.put(code, &row)?;
            }
            Ok(true)
        })?;
    }
    if !any {
        return Err(RefError::Columns(p.name.clone(), "HCPC, SHORT DESCRIPTION, ADD DT and TERM DT"));
    }
    // HCPC2026_APR_ANWEB
    let named = p.name.to_string_lossy().into_owned();
    let from =
        year(&named).and_then(|y| quarter_start(y, release_quarter(&named).unwrap_or(1))).or_else(|| date_in_name(&p.name));
    let label = from.map_or_else(|| "undated".to_owned(), |d| format!("in force from {d}"));
    writer.finish(Finish::new(Table::Hcpcs, label, (from, from.map(quarter_end))), origin)
}

/// Which list of reasons a head is that of.
pub(super) fn reason_list(head: &str) -> Option<Table> {
    let lower = head.to_lowercase();
    let heading = lower.lines().next()?;
    let described = ["meaning", "description", "text"].iter().any(|w| heading.contains(w));
    if !heading.contains("code") || !described {
        return None;
    }
    let codes: Vec<&str> =
        head.lines().skip(1).take(40).filter_map(|l| l.split([',', '\t']).next()).map(|c| c.trim_matches('"')).collect();
    let remark = |c: &&&str| {
        let digits = c.trim_start_matches(['M', 'A', 'N']);
        c.starts_with(['M', 'N']) && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if codes.iter().filter(remark).count() >= 3 {
        return Some(Table::Rarc);
    }
    // Other lists have numbers too; the first three reasons are the cost shares.
    let shares = ["deductible", "coinsurance", "co-pay"].iter().all(|w| lower.contains(w));
    (codes.contains(&"1") && shares).then_some(Table::Carc)
}

/// Compiles a list of adjustment reasons or remarks: code → text.
pub(super) fn reasons(table: Table, p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut columns: Option<(usize, usize)> = None;
    let mut any = false;
    p.each_row(|cells| {
        if let Some((code, text)) = columns {
            let (code, text) = (cell(cells, Some(code)), cell(cells, Some(text)));
            if !code.is_empty() && code.len() <= 5 && !text.is_empty() {
                any = true;
                writer.put(code, &text)?;
            }
        } else {
            let text = column(cells, |c| c.contains("meaning") || c.contains("description") || c.contains("text"));
            columns = column(cells, |c| c.contains("code")).zip(text);
        }
        Ok(true)
    })?;
    if !any {
        return Err(RefError::Columns(p.name.clone(), "code and description"));
    }
    writer.finish(Finish::new(table, "list", (None, None)), origin)
}

/// Whether a head is that of the hospital general information.
pub(super) fn is_hospitals(head: &str) -> bool {
    head.contains("Facility Name") && head.contains("Hospital Ownership")
}

/// Compiles the hospital general information: state and certification number → hospital.
pub(super) fn hospitals(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut columns: Option<[Option<usize>; 6]> = None;
    let mut any = false;
    p.each_row(|cells| {
        if let Some([ccn, name, city, state, zip, ownership]) = columns {
            let text = |at| cell(cells, at).to_owned();
            let row = Hospital {
                ccn: text(ccn),
                name: text(name),
                state: text(state),
                city: text(city),
                zip: text(zip),
                ownership: text(ownership),
            };
            if !row.name.is_empty() && !row.ownership.is_empty() {
                any = true;
                writer.put(&format!("{} {}", row.state, row.ccn), &row)?;
            }
        } else {
            let find = |name: &str| column(cells, |c| c == name);
            let city = find("city/town").or_else(|| find("city"));
            columns = Some([
                find("facility id"),
                find("facility name"),
                city,
                find("state"),
                find("zip code"),
                find("hospital ownership"),
            ]);
        }
        Ok(true)
    })?;
    if !any {
        return Err(RefError::Columns(p.name.clone(), "facility name and hospital ownership"));
    }
    writer.finish(Finish::new(Table::Hospitals, "list", (None, None)), origin)
}

/// Two hospitals of one state may share most of their name: only a close print is the same one.
const SAME_HOSPITAL: f64 = 0.9;

impl CodeTexts {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        Self(Arc::clone(shelf))
    }

    /// A HCPCS Level II code as of a day; the newest list knows all codes that ever were.
    pub fn hcpcs(&self, code: &str, day: Date) -> Option<Hcpcs> {
        let found = self.0.find(Table::Hcpcs, day, |_| true).map(|f| f.edition);
        self.0.get(found.or_else(|| self.0.of(Table::Hcpcs).next())?, code)
    }

    /// What an adjustment reason code means.
    pub fn carc(&self, code: &str) -> Option<String> {
        self.0.get(self.0.of(Table::Carc).next()?, code)
    }

    /// What a remark code means.
    pub fn rarc(&self, code: &str) -> Option<String> {
        self.0.get(self.0.of(Table::Rarc).next()?, code)
    }

    /// The hospital of a name in a state, if there is only one whose name is that close.
    pub fn hospital(&self, name: &str, state: &str) -> Option<Hospital> {
        let edition = self.0.of(Table::Hospitals).next()?;
        let rows: Vec<(String, Hospital)> = self.0.scan(edition, &format!("{state} "));
        let mut close = rows.into_iter().map(|(_, h)| h).filter(|h| provider_likeness(&h.name, name) >= SAME_HOSPITAL);
        let found = close.next()?;
        close.next().is_none().then_some(found)
    }
}
