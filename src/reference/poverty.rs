//! Federal poverty guidelines.
//!
//! Source: HHS annual guidelines (42 USC 9902(2)) as a plain table, `year,region,household_size,guideline` with a row
//! `each additional` per region, or `year,area,first_person,each_additional`.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::RefError;
use super::edition::{Edition, Table};
use super::read::{Published, cell, number};
use super::shelf::Shelf;
use super::writer::{Finish, Origin, Writer};
use crate::record::Money;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Region {
    Alaska,
    Hawaii,
    Contiguous,
}

/// Guidelines of one year and region by size of household; size 0 holds what each additional person adds.
type BySize = BTreeMap<u32, Money>;

/// Guidelines by year.
#[derive(Debug, Clone, Default)]
pub struct PovertyGuidelines {
    shelf: Arc<Shelf>,
    tables: Arc<OnceLock<BTreeMap<(i16, Region), BySize>>>,
}

/// Whether a head is that of the table.
pub(super) fn recognises(head: &str) -> bool {
    let first = head.lines().next().unwrap_or_default().to_lowercase();
    first.contains("household_size") && first.contains("guideline") || first.contains("first_person") && first.contains("year")
}

/// Compiles the table: one row with everything.
pub(super) fn compile(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut tables: BTreeMap<(i16, Region), BySize> = BTreeMap::new();
    let mut columns: Option<[Option<usize>; 6]> = None;
    let mut rows = 0;
    p.each_row(|cells| {
        let Some([year, region, size, guideline, first, each]) = columns else {
            let find = |w: &str| cells.iter().position(|c| c.eq_ignore_ascii_case(w));
            let region = find("region").or_else(|| find("area"));
            columns = Some([
                find("year"),
                region,
                find("household_size"),
                find("guideline"),
                find("first_person"),
                find("each_additional"),
            ]);
            return Ok(true);
        };
        let place = match cell(cells, region).to_lowercase() {
            r if r.contains("alaska") || r == "ak" => Region::Alaska,
            r if r.contains("hawaii") || r == "hi" => Region::Hawaii,
            _ => Region::Contiguous,
        };
        let Ok(year) = cell(cells, year).parse::<i16>() else { return Ok(true) };
        let mut keep = |size: Option<u32>, amount: Option<Decimal>| {
            if let (Some(size), Some(amount)) = (size, amount) {
                rows += 1;
                tables.entry((year, place)).or_default().insert(size, Money(amount));
            }
        };
        let people = cell(cells, size);
        keep(
            if people.to_lowercase().contains("additional") { Some(0) } else { people.parse().ok() },
            number(cell(cells, guideline)),
        );
        keep(Some(1), number(cell(cells, first)));
        keep(Some(0), number(cell(cells, each)));
        Ok(true)
    })?;
    let (Some(((first, _), _)), Some(((last, _), _))) = (tables.first_key_value(), tables.last_key_value()) else {
        return Err(RefError::Columns(p.name.clone(), "year, region, household_size and guideline"));
    };
    let mut finish = Finish::new(Table::Poverty, format!("{first} to {last}"), (None, None));
    finish.identity = p.name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    finish.rows = Some(rows);
    writer.put("guidelines", &tables.into_iter().collect::<Vec<_>>())?;
    writer.finish(finish, origin)
}

impl PovertyGuidelines {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        Self { shelf: Arc::clone(shelf), tables: Arc::default() }
    }

    /// Whether no table is loaded.
    pub fn is_empty(&self) -> bool {
        !self.shelf.has(Table::Poverty)
    }

    fn tables(&self) -> &BTreeMap<(i16, Region), BySize> {
        self.tables.get_or_init(|| {
            let mut all: BTreeMap<(i16, Region), BySize> = BTreeMap::new();
            for edition in self.shelf.of(Table::Poverty) {
                let rows: Vec<((i16, Region), BySize)> = self.shelf.get(edition, "guidelines").unwrap_or_default();
                for (of, sizes) in rows {
                    all.entry(of).or_default().extend(sizes);
                }
            }
            all
        })
    }

    /// The guideline of a household, and the year whose table gave it: that of the year, else the latest before it.
    pub fn guideline(&self, year: i16, state: Option<&str>, household: u32) -> Option<(Money, i16)> {
        let region = match state {
            Some("AK") => Region::Alaska,
            Some("HI") => Region::Hawaii,
            _ => Region::Contiguous,
        };
        let ((found, _), table) = self.tables().iter().rev().find(|((y, r), _)| *y <= year && *r == region)?;
        if let Some(m) = table.get(&household).filter(|_| household > 0) {
            return Some((*m, *found));
        }
        let (largest, base) = table.last_key_value().filter(|(s, _)| **s > 0 && **s < household)?;
        let each = table.get(&0)?;
        Some((Money(base.0 + each.0 * Decimal::from(household - largest)), *found))
    }
}
