//! The Medicare Physician Fee Schedule: relative value units and geographic indices.
//!
//! Source: CMS PFS relative value files (`PPRRVU`) and Addendum E (`GPCI`), published each year with quarterly releases.
//! Payment = (work RVU × work GPCI + practice expense RVU × PE GPCI + malpractice RVU × MP GPCI) × conversion factor.

use std::collections::HashMap;
use std::path::Path;

use rust_decimal::Decimal;

use super::RefError;
use super::read::{delimiter, each_row, is_code, year};
use crate::record::Money;

/// The values of one code (and modifier) in one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rvu {
    /// Physician work.
    pub work: Decimal,
    /// Practice expense outside a facility.
    pub nonfacility: Decimal,
    /// Practice expense in a facility.
    pub facility: Decimal,
    /// Malpractice.
    pub malpractice: Decimal,
    /// Dollars per unit.
    pub conversion_factor: Decimal,
}

/// The indices of one locality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gpci {
    /// Locality's name.
    pub name: String,
    /// Work.
    pub work: Decimal,
    /// Practice expense.
    pub expense: Decimal,
    /// Malpractice.
    pub malpractice: Decimal,
}

/// Fee schedules by year.
#[derive(Debug, Clone, Default)]
pub struct FeeSchedule {
    rvus: HashMap<(i16, String, String), Rvu>,
    localities: HashMap<i16, Vec<(String, Gpci)>>,
}

/// What Medicare would pay, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benchmark {
    /// Payment for one unit.
    pub amount: Money,
    /// Locality, or `national` without indices.
    pub locality: String,
    /// Year of the schedule.
    pub year: i16,
}

impl FeeSchedule {
    /// Whether relative values are loaded.
    pub fn is_empty(&self) -> bool {
        self.rvus.is_empty()
    }

    /// Whether geographic indices are loaded.
    pub fn has_localities(&self) -> bool {
        !self.localities.is_empty()
    }

    /// Whether a file's head is that of a relative value file.
    pub(crate) fn recognises_rvus(head: &str) -> bool {
        head.contains("HCPCS") && head.contains("RVU") && head.contains("PAYMENT")
    }

    /// Whether a file's head is that of Addendum E.
    pub(crate) fn recognises_gpcis(head: &str) -> bool {
        head.contains("GPCI") && head.to_lowercase().contains("locality")
    }

    /// Reads a relative value file. Columns are found by their stacked headings, which move between years.
    pub(crate) fn add_rvus(&mut self, path: &Path, head: &str) -> Result<(), RefError> {
        let year = year(head).ok_or_else(|| RefError::NoYear(path.to_owned()))?;
        let mut headings: Vec<String> = Vec::new();
        let mut columns: Option<[usize; 6]> = None;
        let mut n = 0;
        each_row(path, delimiter(head), |cells| {
            n += 1;
            match columns {
                None if cells.first().is_some_and(|c| c == "HCPCS") => {
                    stack(&mut headings, cells);
                    columns = rvu_columns(&headings);
                    columns.is_some()
                }
                None => {
                    // Notices fill the first cell only; headings fill many.
                    if cells.iter().filter(|c| !c.is_empty()).count() > 1 {
                        stack(&mut headings, cells);
                    }
                    n < 40
                }
                Some([modifier, work, nonfacility, facility, malpractice, factor]) => {
                    let value = |i: usize| cells.get(i).and_then(|v| v.parse::<Decimal>().ok());
                    if let (
                        Some(code),
                        Some(work),
                        Some(nonfacility),
                        Some(facility),
                        Some(malpractice),
                        Some(conversion_factor),
                    ) = (
                        cells.first().filter(|c| is_code(c)),
                        value(work),
                        value(nonfacility),
                        value(facility),
                        value(malpractice),
                        value(factor),
                    ) {
                        let modifier = cells.get(modifier).cloned().unwrap_or_default();
                        let rvu = Rvu { work, nonfacility, facility, malpractice, conversion_factor };
                        self.rvus.insert((year, code.clone(), modifier), rvu);
                    }
                    true
                }
            }
        })?;
        columns.map(|_| ()).ok_or_else(|| RefError::Columns(path.to_owned(), "work, PE and MP RVU and conversion factor"))
    }

    /// Reads Addendum E.
    pub(crate) fn add_gpcis(&mut self, path: &Path, head: &str) -> Result<(), RefError> {
        let year = year(head).ok_or_else(|| RefError::NoYear(path.to_owned()))?;
        let mut columns: Option<[usize; 5]> = None;
        let mut rows = Vec::new();
        each_row(path, delimiter(head), |cells| {
            if let Some([state, name, work, expense, malpractice]) = columns {
                let value = |i: usize| cells.get(i).and_then(|v| v.parse::<Decimal>().ok());
                if let (Some(state), Some(work), Some(expense), Some(malpractice)) =
                    (cells.get(state), value(work), value(expense), value(malpractice))
                {
                    let name = cells.get(name).map(|n| n.trim_end_matches('*').trim().to_owned()).unwrap_or_default();
                    rows.push((state.to_uppercase(), Gpci { name, work, expense, malpractice }));
                }
            } else {
                let find = |words: &[&str]| cells.iter().position(|c| words.iter().all(|w| c.to_lowercase().contains(w)));
                // Where two work indices are printed, the one with the floor of section 1848(e)(1)(E) applies.
                let work = find(&["pw gpci", "with"]).or_else(|| find(&["pw gpci"])).or_else(|| find(&["work", "gpci"]));
                if let (Some(s), Some(n), Some(w), Some(e), Some(m)) =
                    (find(&["state"]), find(&["locality name"]), work, find(&["pe gpci"]), find(&["mp gpci"]))
                {
                    columns = Some([s, n, w, e, m]);
                }
            }
            true
        })?;
        if rows.is_empty() {
            return Err(RefError::Columns(path.to_owned(), "state, locality name and the three GPCIs"));
        }
        self.localities.insert(year, rows);
        Ok(())
    }

    /// The highest payment for one unit over the localities of a state (of all, where the state is not known) and over both
    /// settings: no provider is called dear by a figure that another choice would not bear out.
    pub fn highest(&self, code: &str, modifiers: &[String], year: i16, state: Option<&str>) -> Option<Benchmark> {
        let part = modifiers.iter().find(|m| matches!(m.as_str(), "26" | "TC" | "53")).map_or("", String::as_str);
        let rvu = self.rvus.get(&(year, code.to_owned(), part.to_owned()))?;
        let expense = rvu.nonfacility.max(rvu.facility);
        let pay = |g: &Gpci| (rvu.work * g.work + expense * g.expense + rvu.malpractice * g.malpractice) * rvu.conversion_factor;
        let national = Gpci { name: "national".into(), work: Decimal::ONE, expense: Decimal::ONE, malpractice: Decimal::ONE };
        let all = self.localities.get(&year).map_or(&[][..], Vec::as_slice);
        let mut here: Vec<&Gpci> =
            all.iter().filter(|(s, _)| state.is_none_or(|w| w.eq_ignore_ascii_case(s))).map(|(_, g)| g).collect();
        if here.is_empty() {
            here = all.iter().map(|(_, g)| g).collect();
        }
        here.push(&national);
        let known = here.len() > 1;
        let best = here.into_iter().filter(|g| !known || g.name != "national").max_by_key(|g| pay(g))?;
        let amount = Money(pay(best)).round_cents();
        (amount > Money::ZERO).then(|| Benchmark { amount, locality: best.name.clone(), year })
    }
}

fn stack(headings: &mut Vec<String>, cells: &[String]) {
    headings.resize(headings.len().max(cells.len()), String::new());
    for (h, c) in headings.iter_mut().zip(cells) {
        h.push_str(c);
        h.push(' ');
    }
}

/// Modifier, work, non-facility PE, facility PE, malpractice, conversion factor.
fn rvu_columns(headings: &[String]) -> Option<[usize; 6]> {
    let clean: Vec<String> = headings.iter().map(|h| h.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let ends = |words: &str| clean.iter().position(|h| h.ends_with(words));
    let expense: Vec<usize> = clean.iter().enumerate().filter(|(_, h)| h.ends_with("PE RVU")).map(|(i, _)| i).collect();
    // The transitional and the fully implemented values stood side by side in old years; the last of each is in force.
    let nonfacility = expense.iter().copied().rev().find(|&i| clean[i].contains("NON-FAC") || clean[i].contains("NON FAC"))?;
    let facility = expense
        .iter()
        .copied()
        .rev()
        .find(|&i| i != nonfacility && !clean[i].contains("NON-FAC") && !clean[i].contains("NON FAC"))?;
    Some([
        ends("MOD")?,
        ends("WORK RVU")?,
        nonfacility,
        facility,
        ends("MP RVU")?,
        ends("CONV FACTOR").or_else(|| ends("CONVERSION FACTOR"))?,
    ])
}
