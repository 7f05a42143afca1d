//! Federal poverty guidelines.
//!
//! Source: HHS annual guidelines (42 USC 9902(2)) as a plain table `year,region,household_size,guideline` with a row
//! `each additional` per region.

use std::collections::BTreeMap;
use std::path::Path;

use super::RefError;
use super::read::{delimiter, each_row};
use crate::record::Money;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Region {
    Alaska,
    Hawaii,
    Contiguous,
}

/// Guidelines by year.
#[derive(Debug, Clone, Default)]
pub struct PovertyGuidelines {
    /// By size; size 0 holds what each additional person adds.
    tables: BTreeMap<(i16, Region), BTreeMap<u32, Money>>,
}

impl PovertyGuidelines {
    /// Whether no table is loaded.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Whether a file's head is that of the table.
    pub(crate) fn recognises(head: &str) -> bool {
        let first = head.lines().next().unwrap_or_default().to_lowercase();
        first.contains("household_size") && first.contains("guideline")
    }

    /// Reads the table.
    pub(crate) fn add(&mut self, path: &Path, head: &str) -> Result<(), RefError> {
        let mut columns: Option<[usize; 4]> = None;
        each_row(path, delimiter(head), |cells| {
            if let Some(c) = columns {
                let cell = |i: usize| cells.get(c[i]).map_or("", String::as_str);
                let region = match cell(1).to_lowercase() {
                    r if r.contains("alaska") => Region::Alaska,
                    r if r.contains("hawaii") => Region::Hawaii,
                    _ => Region::Contiguous,
                };
                let size = if cell(2).to_lowercase().contains("additional") { Some(0) } else { cell(2).parse().ok() };
                let amount = cell(3).replace([',', '$'], "").parse().ok().map(Money);
                if let (Ok(year), Some(size), Some(amount)) = (cell(0).parse::<i16>(), size, amount) {
                    self.tables.entry((year, region)).or_default().insert(size, amount);
                }
                return true;
            }
            let find = |w: &str| cells.iter().position(|c| c.eq_ignore_ascii_case(w));
            if let (Some(y), Some(r), Some(s), Some(g)) =
                (find("year"), find("region"), find("household_size"), find("guideline"))
            {
                columns = Some([y, r, s, g]);
            }
            columns.is_some()
        })?;
        if self.tables.is_empty() {
            return Err(RefError::Columns(path.to_owned(), "year, region, household_size and guideline"));
        }
        Ok(())
    }

    /// The guideline of a household, and the year whose table gave it: that of the year, else the latest before it.
    pub fn guideline(&self, year: i16, state: Option<&str>, household: u32) -> Option<(Money, i16)> {
        let region = match state {
            Some("AK") => Region::Alaska,
            Some("HI") => Region::Hawaii,
            _ => Region::Contiguous,
        };
        let ((found, _), table) = self.tables.iter().rev().find(|((y, r), _)| *y <= year && *r == region)?;
        if let Some(m) = table.get(&household).filter(|_| household > 0) {
            return Some((*m, *found));
        }
        let (largest, base) = table.last_key_value().filter(|(s, _)| **s > 0 && **s < household)?;
        let each = table.get(&0)?;
        Some((Money(base.0 + each.0 * rust_decimal::Decimal::from(household - largest)), *found))
    }
}
