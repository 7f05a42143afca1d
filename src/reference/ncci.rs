//! National Correct Coding Initiative: procedure-to-procedure edits.
//!
//! Source: CMS quarterly PTP edit files, practitioner and outpatient hospital, as tab-delimited text or a workbook, each split
//! over four files. All have the same columns; which setting and quarter a file is for stands only in its name. Every edition
//! lists the edits of all years with their first and last days.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::{Date, date};

use super::RefError;
use super::edition::{Edition, Setting, Table, day, quarter_end, quarter_start};
use super::read::{Published, is_code};
use super::shelf::Shelf;
use super::writer::{Finish, Origin, Writer};

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
    /// The setting whose table lists it.
    pub setting: Setting,
}

/// All edits by pair of codes.
#[derive(Debug, Clone, Default)]
pub struct Edits(Arc<Shelf>);

/// Bytes of one stored edit: column-2 code (26 bits), modifier indicator (1 bit), first and last day (16 bits each, days from
/// the first day of the initiative; all ones while it is in force), big-endian, so that a sorted list can be searched.
const EDIT_BYTES: usize = 8;

/// Edits that are older than the initiative's first day count from it.
const FIRST_DAY: Date = date(1996, 1, 1);

const IN_FORCE: u64 = 0xffff;

/// A code of five characters in base 36 fits into 26 bits.
fn pack(code: &str) -> Option<u64> {
    (code.len() == 5).then_some(())?;
    code.chars().try_fold(0u64, |n, c| c.to_digit(36).map(|d| n * 36 + u64::from(d)))
}

fn days_from_first(d: Date) -> u64 {
    (d - FIRST_DAY).get_days().clamp(0, 0xfffe).unsigned_abs().into()
}

fn first_plus(days: u64) -> Date {
    FIRST_DAY.saturating_add(jiff::Span::new().days(i64::try_from(days).unwrap_or(0)))
}

fn pack_edit(column2: u64, indicator: ModifierIndicator, effective: Date, deleted: Option<Date>) -> u64 {
    let allowed = u64::from(indicator == ModifierIndicator::Allowed);
    column2 << 33 | allowed << 32 | days_from_first(effective) << 16 | deleted.map_or(IN_FORCE, days_from_first)
}

fn unpack_edit(word: u64, setting: Setting) -> Edit {
    let last = word & 0xffff;
    Edit {
        effective: first_plus(word >> 16 & 0xffff),
        deleted: (last != IN_FORCE).then(|| first_plus(last)),
        indicator: if word >> 32 & 1 == 1 { ModifierIndicator::Allowed } else { ModifierIndicator::NotAllowed },
        setting,
    }
}

/// Whether a head is that of a PTP edit file.
pub(super) fn recognises(head: &str) -> bool {
    head.contains("Column 1") && head.contains("Column 2") && head.contains("PTP Edit")
}

/// Compiles a PTP edit file: column-1 code → its edits. Edits of indicator 9 (deleted on the day they came) are left out.
pub(super) fn compile(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut edits: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let (mut rows, mut any) = (0, false);
    p.each_row(|cells| {
        let [column1, column2, _, effective, deleted, indicator, ..] = cells else { return Ok(true) };
        if !is_code(column1) || !is_code(column2) {
            return Ok(true);
        }
        any = true;
        let indicator = match indicator.as_str() {
            "0" => ModifierIndicator::NotAllowed,
            "1" => ModifierIndicator::Allowed,
            _ => return Ok(true),
        };
        if let (Some(second), Some(effective)) = (pack(column2), day(effective)) {
            rows += 1;
            let edit = pack_edit(second, indicator, effective, day(deleted));
            match edits.get_mut(column1) {
                Some(list) => list.push(edit),
                None => drop(edits.insert(column1.clone(), vec![edit])),
            }
        }
        Ok(true)
    })?;
    if !any {
        return Err(RefError::Columns(p.name.clone(), "column 1, column 2, dates and modifier indicator"));
    }
    for (column1, mut list) in edits {
        list.sort_unstable();
        list.dedup();
        let bytes: Vec<u8> = list.iter().flat_map(|e| e.to_be_bytes()).collect();
        writer.put_bytes(&column1, &bytes)?;
    }
    let (quarter, part) = (quarter_of(&p.name), part_of(&p.name));
    let label = quarter.map_or_else(|| "undated".to_owned(), |(y, q)| format!("{y} Q{q}"));
    let from = quarter.and_then(|(y, q)| quarter_start(y, q));
    let mut finish = Finish::new(Table::Ncci, label, (from, from.map(quarter_end)));
    finish.identity = match (quarter, part) {
        (Some(_), Some(part)) => format!("{} f{part}", finish.label),
        _ => p.name.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    finish.setting = Setting::from_name(&p.name);
    finish.rows = Some(rows);
    if let Some(part) = part {
        finish.facts.insert("part".into(), part.to_string());
    }
    writer.finish(finish, origin)
}

/// Version 31.2 is the third quarter of 2025: `ccipra-v312r0-f1`; archives also spell it out: `2025q3`.
fn quarter_of(name: &Path) -> Option<(i16, i8)> {
    let name = name.to_string_lossy().to_lowercase();
    let digits =
        |s: &str, n: usize| s.get(..n).filter(|d| d.bytes().all(|b| b.is_ascii_digit())).and_then(|d| d.parse::<i16>().ok());
    let spelled = name.match_indices("20").find_map(|(at, _)| {
        let year = digits(&name[at..], 4)?;
        let quarter = digits(name[at + 4..].trim_start_matches(['-', '_', ' ']).strip_prefix('q')?, 1)?;
        Some((year, quarter))
    });
    let version = || {
        name.match_indices('v').find_map(|(at, _)| {
            let number = digits(&name[at + 1..], 3)?;
            name[at + 4..].starts_with(['r', '-', '.']).then_some((1994 + number / 10, number % 10 + 1))
        })
    };
    let (year, quarter) = spelled.or_else(version)?;
    Some((year, i8::try_from(quarter).ok().filter(|q| (1..=4).contains(q))?))
}

/// `...-f3.txt` is the third of four.
fn part_of(name: &Path) -> Option<u32> {
    let stem = name.file_stem()?.to_string_lossy().to_lowercase();
    stem.rsplit(['-', '_', ' ']).next()?.strip_prefix('f')?.parse().ok().filter(|n| (1..=9).contains(n))
}

impl Edits {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        Self(Arc::clone(shelf))
    }

    /// Whether no table is loaded.
    pub fn is_empty(&self) -> bool {
        !self.0.has(Table::Ncci)
    }

    /// The edit of a pair that is in force on a day, for a practitioner's or a hospital's claim.
    ///
    /// It is taken from the newest edition that had begun on that day, else from the oldest that is loaded: each lists the
    /// edits of the years before it.
    pub fn find(&self, column1: &str, column2: &str, day: Date, hospital: bool) -> Option<Edit> {
        let second = pack(column2)?;
        let settings: Vec<Setting> = self.0.of(Table::Ncci).map(|e| e.setting).collect();
        let has = |s: Setting| settings.contains(&s);
        // Where only one setting's table is loaded, it serves for both.
        let wanted = |s: Setting| match s {
            Setting::Hospital => hospital || !has(Setting::Practitioner),
            Setting::Practitioner => !hospital || !has(Setting::Hospital),
            Setting::Any | Setting::Supplier => true,
        };
        let covers = |e: &&Edition| wanted(e.setting) && e.range.0.as_str() <= column1 && column1 <= e.range.1.as_str();
        let editions: Vec<&Edition> = self.0.of(Table::Ncci).filter(covers).collect();
        let begun = editions.iter().filter_map(|e| e.from).filter(|f| *f <= day).max();
        let quarter = begun.or_else(|| editions.iter().filter_map(|e| e.from).min());
        if begun.is_some_and(|b| day > quarter_end(b)) {
            self.0.note_gap(Table::Ncci, day);
        }
        editions
            .iter()
            .filter(|e| e.from == quarter || e.from.is_none())
            .find_map(|e| self.0.with(e.id, column1, |bytes| search(bytes, second, day, e.setting)))
    }
}

fn search(bytes: &[u8], column2: u64, day: Date, setting: Setting) -> Option<Edit> {
    let (edits, _) = bytes.as_chunks::<EDIT_BYTES>();
    let from = edits.partition_point(|e| u64::from_be_bytes(*e) >> 33 < column2);
    edits[from..]
        .iter()
        .map(|e| u64::from_be_bytes(*e))
        .take_while(|e| e >> 33 == column2)
        .map(|e| unpack_edit(e, setting))
        .find(|e| e.effective <= day && e.deleted.is_none_or(|d| day <= d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_and_parts_of_names() {
        assert_eq!(quarter_of(Path::new("ccipra-v312r0-f1.TXT")), Some((2025, 3)));
        assert_eq!(quarter_of(Path::new("medicare-ncci-2026q1-practitioner-ptp-edits-ccipra-v320r0-f2.zip")), Some((2026, 1)));
        assert_eq!(quarter_of(Path::new("ccipra-fixture.csv")), None);
        assert_eq!(part_of(Path::new("x/ccioph-v312r0-f4.xlsx")), Some(4));
        assert_eq!(part_of(Path::new("ccipra-fixture.csv")), None);
    }

    proptest::proptest! {
        #[test]
        fn an_edit_survives_its_eight_bytes(code in "[0-9A-Z]{5}", first in 0i64..20_000, length in 0i64..20_000, allowed: bool, open: bool) {
            let effective = FIRST_DAY.saturating_add(jiff::Span::new().days(first));
            let deleted = (!open).then(|| FIRST_DAY.saturating_add(jiff::Span::new().days(first + length)));
            let indicator = if allowed { ModifierIndicator::Allowed } else { ModifierIndicator::NotAllowed };
            let word = pack_edit(pack(&code).unwrap(), indicator, effective, deleted);
            let edit = unpack_edit(word, Setting::Any);
            proptest::prop_assert_eq!(word >> 33, pack(&code).unwrap());
            proptest::prop_assert_eq!(edit, Edit { effective, deleted, indicator, setting: Setting::Any });
        }
    }
}
