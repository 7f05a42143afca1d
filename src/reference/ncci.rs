//! National Correct Coding Initiative: procedure-to-procedure edits.
//!
//! Source: CMS quarterly PTP edit files, practitioner and outpatient hospital, as tab-delimited text or a spreadsheet
//! saved as CSV. Both have the same columns; which setting a file is for stands only in its name.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;

use super::read::{delimiter, each_row, is_code};
use super::{RefError, Setting};

/// Whether a modifier lifts an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModifierIndicator {
    /// 0: never.
    NotAllowed,
    /// 1: with an NCCI-associated modifier.
    Allowed,
}

/// One edit: the column-2 code is not paid beside the column-1 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// First day in force.
    pub effective: Date,
    /// Last day in force; `None` while it is.
    pub deleted: Option<Date>,
    /// Whether a modifier lifts it.
    pub indicator: ModifierIndicator,
    setting: Setting,
}

/// All edits by pair of codes.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    pairs: HashMap<(u32, u32), Vec<Edit>>,
    hospital: bool,
    practitioner: bool,
}

/// A code of five characters in base 36: the tables hold millions of pairs.
fn pack(code: &str) -> Option<u32> {
    if code.len() != 5 {
        return None;
    }
    code.chars().try_fold(0u32, |n, c| c.to_digit(36).map(|d| n * 36 + d))
}

fn day(s: &str) -> Option<Date> {
    let digits: String = s.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 8 {
        return None;
    }
    let number = |r: std::ops::Range<usize>| digits.get(r).and_then(|d| d.parse::<i16>().ok());
    Date::new(number(0..4)?, i8::try_from(number(4..6)?).ok()?, i8::try_from(number(6..8)?).ok()?).ok()
}

impl Edits {
    /// Whether no table is loaded.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Whether a file's head is that of a PTP edit file.
    pub(crate) fn recognises(head: &str) -> bool {
        head.contains("Column 1") && head.contains("Column 2") && head.contains("PTP Edit")
    }

    /// Reads a PTP edit file; edits of indicator 9 (deleted on the day they came) are left out.
    pub(crate) fn add(&mut self, path: &Path, head: &str) -> Result<(), RefError> {
        let setting = Setting::from_name(path);
        self.hospital |= setting == Setting::Hospital;
        self.practitioner |= setting == Setting::Practitioner;
        let before = self.pairs.len();
        let mut any = false;
        each_row(path, delimiter(head), |cells| {
            if cells.len() < 6 || !is_code(&cells[0]) || !is_code(&cells[1]) {
                return true;
            }
            any = true;
            let indicator = match cells[5].as_str() {
                "0" => ModifierIndicator::NotAllowed,
                "1" => ModifierIndicator::Allowed,
                _ => return true,
            };
            if let (Some(a), Some(b), Some(effective)) = (pack(&cells[0]), pack(&cells[1]), day(&cells[3])) {
                let edit = Edit { effective, deleted: day(&cells[4]), indicator, setting };
                let list = self.pairs.entry((a, b)).or_default();
                if !list.contains(&edit) {
                    list.push(edit);
                }
            }
            true
        })?;
        tracing::debug!(added = self.pairs.len() - before, "NCCI pairs");
        if any { Ok(()) } else { Err(RefError::Columns(path.to_owned(), "column 1, column 2, dates and modifier indicator")) }
    }

    /// The edit of a pair that is in force on a day, for a practitioner's or a hospital's claim.
    pub fn find(&self, column1: &str, column2: &str, date: Date, hospital: bool) -> Option<Edit> {
        let list = self.pairs.get(&(pack(column1)?, pack(column2)?))?;
        // Where only one setting's table is loaded, it serves for both.
        let wanted = |s: Setting| match s {
            Setting::Any => true,
            Setting::Hospital => hospital || !self.practitioner,
            Setting::Practitioner => !hospital || !self.hospital,
        };
        list.iter().copied().find(|e| wanted(e.setting) && e.effective <= date && e.deleted.is_none_or(|d| date <= d))
    }
}
