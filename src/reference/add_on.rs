//! Add-on codes: services that are paid only beside a primary one.
//!
//! Source: CMS NCCI add-on code edits. Type 1 lists the primary codes, type 2 leaves them to the contractor (`CCCCC`), type 3
//! lists some.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::RefError;
use super::edition::{Edition, Table, date_in_name, day, quarter_end, quarter_start};
use super::read::{Published, cell, column, is_code};
use super::shelf::Shelf;
use super::writer::{Finish, Origin, Writer};

/// What is known of one add-on code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddOn {
    /// 1, 2 or 3.
    pub kind: u8,
    /// Primary codes with their first and last days.
    pub primaries: Vec<(String, Option<Date>, Option<Date>)>,
}

/// The loaded tables.
#[derive(Debug, Clone, Default)]
pub struct AddOns(Arc<Shelf>);

struct Columns {
    add_on: usize,
    primary: usize,
    kind: Option<usize>,
    from: Option<usize>,
    /// Of the edit and of the primary code: the earlier one ends it.
    to: [Option<usize>; 2],
}

fn columns(cells: &[String]) -> Option<Columns> {
    let plain = |c: &str| c.replace(['_', '-'], " ");
    let find = |fits: &dyn Fn(&str) -> bool| column(cells, |c| fits(&plain(c)));
    let dated = |c: &str| c.contains("date") || c.contains(" eff") || c.contains(" del");
    let edit = |c: &str, what: &str| c.contains(what) && !c.contains("primary");
    Some(Columns {
        add_on: find(&|c| c.contains("add on") && c.contains("code") && !dated(c) && !c.contains("type") && !c.contains("edit"))?,
        primary: find(&|c| c.contains("primary") && c.contains("code") && !dated(c))?,
        kind: find(&|c| c.contains("type")),
        from: find(&|c| edit(c, " eff")).or_else(|| find(&|c| c.contains(" eff"))),
        to: [find(&|c| c.contains("edit") && edit(c, " del")), find(&|c| c.contains("primary") && c.contains(" del"))],
    })
}

/// A day as `yyyyddd`, the day of the year, or as `yyyymmdd`.
fn ordinal_day(text: &str) -> Option<Date> {
    if text.trim().len() != 7 {
        return day(text);
    }
    let number: i32 = text.trim().parse().ok()?;
    let first = Date::new(i16::try_from(number / 1000).ok()?, 1, 1).ok()?;
    first.checked_add(jiff::Span::new().try_days(number % 1000 - 1).ok()?).ok()
}

/// Whether a head is that of an add-on code table.
pub(super) fn recognises(head: &str) -> bool {
    // Texts of other lists speak of add-on codes too: here it is the heading that does.
    let heading = |line: &str| {
        let line = line.to_lowercase().replace(['_', '-'], " ");
        line.contains("add on") && line.contains("primary") && line.contains("code") && line.split([',', '\t']).count() > 2
    };
    head.lines().take(12).any(heading)
}

/// Compiles an add-on code table: add-on code → its primaries.
pub(super) fn compile(p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    let mut found: Option<Columns> = None;
    let mut all: BTreeMap<String, AddOn> = BTreeMap::new();
    let mut rows = 0;
    p.each_row(|cells| {
        let Some(c) = &found else {
            found = columns(cells);
            return Ok(true);
        };
        let (code, primary) = (cell(cells, Some(c.add_on)), cell(cells, Some(c.primary)));
        if is_code(code) && (is_code(primary) || primary == "CCCCC") {
            rows += 1;
            let known = all.entry(code.to_owned()).or_default();
            known.kind = cell(cells, c.kind).chars().find_map(|k| k.to_digit(10)).map_or(known.kind, |k| k as u8);
            let ended = c.to.iter().filter_map(|at| ordinal_day(cell(cells, *at))).min();
            known.primaries.push((primary.to_owned(), ordinal_day(cell(cells, c.from)), ended));
        }
        Ok(true)
    })?;
    if all.is_empty() {
        return Err(RefError::Columns(p.name.clone(), "add-on code and primary code"));
    }
    for (code, known) in &all {
        writer.put(code, known)?;
    }
    let named = p.name.to_string_lossy().to_lowercase();
    // AOC_V2025Q3-MCR
    let quarter = named.match_indices('q').find_map(|(at, _)| {
        let year = named.get(at.checked_sub(4)?..at)?.parse::<i16>().ok().filter(|y| *y >= 2000)?;
        Some((year, named.get(at + 1..at + 2)?.parse::<i8>().ok().filter(|q| (1..=4).contains(q))?))
    });
    let from = quarter.and_then(|(y, q)| quarter_start(y, q)).or_else(|| date_in_name(&p.name));
    let label = from.map_or_else(|| "undated".to_owned(), |d| format!("in force from {d}"));
    let mut finish = Finish::new(Table::AddOn, label, (from, from.map(quarter_end)));
    finish.rows = Some(rows);
    writer.finish(finish, origin)
}

impl AddOns {
    pub(super) fn new(shelf: &Arc<Shelf>) -> Self {
        Self(Arc::clone(shelf))
    }

    /// Whether no table is loaded.
    pub fn is_empty(&self) -> bool {
        !self.0.has(Table::AddOn)
    }

    /// What is known of an add-on code, with the primaries that are in force on a day. The oldest table that is loaded serves
    /// for the days before it: the list changes little, and names the days on which it did.
    pub fn find(&self, code: &str, day: Date) -> Option<AddOn> {
        let found = self.0.find(Table::AddOn, day, |_| true).map(|f| f.edition).or_else(|| self.0.of(Table::AddOn).next())?;
        let mut known: AddOn = self.0.get(found, code)?;
        known.primaries.retain(|(_, from, to)| from.is_none_or(|f| f <= day) && to.is_none_or(|t| day <= t));
        Some(known)
    }
}
