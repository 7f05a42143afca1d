//! What is loaded, ready to be looked up: the read side of the store.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use redb::{Database, ReadOnlyDatabase, ReadOnlyTable, TableDefinition};
use serde::de::DeserializeOwned;

use super::edition::{Edition, InForce, Table, in_force};

/// The rows of all editions: edition and key → value.
pub(super) const ROWS: TableDefinition<(u32, &str), &[u8]> = TableDefinition::new("rows");

/// The database behind the rows, kept open while they are used.
#[expect(dead_code, reason = "held for its lifetime only")]
pub(super) enum Held {
    File(ReadOnlyDatabase),
    Run(Database),
}

/// All loaded editions and their rows.
#[derive(Default)]
pub struct Shelf {
    rows: Option<ReadOnlyTable<(u32, &'static str), &'static [u8]>>,
    editions: Vec<Edition>,
    /// Days that were looked up and for which no edition was in force, by table and quarter.
    gaps: Mutex<BTreeSet<(Table, i16, i8)>>,
    _held: Option<Held>,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").field("editions", &self.editions.len()).finish_non_exhaustive()
    }
}

impl Shelf {
    pub(super) fn new(
        rows: ReadOnlyTable<(u32, &'static str), &'static [u8]>,
        mut editions: Vec<Edition>,
        held: Held,
    ) -> Arc<Self> {
        editions.sort_by(|a, b| (a.table, a.from, &a.identity).cmp(&(b.table, b.from, &b.identity)));
        Arc::new(Self { rows: Some(rows), editions, gaps: Mutex::default(), _held: Some(held) })
    }

    /// Every edition, by table and first day.
    pub fn editions(&self) -> &[Edition] {
        &self.editions
    }

    /// The editions of a table.
    pub fn of(&self, table: Table) -> impl Iterator<Item = &Edition> {
        self.editions.iter().filter(move |e| e.table == table)
    }

    /// Whether any edition of a table is loaded.
    pub fn has(&self, table: Table) -> bool {
        self.of(table).next().is_some()
    }

    /// The edition of a table for a day among those that fit; where it is not the one in force, that is noted.
    pub fn find(&self, table: Table, day: Date, fits: impl Fn(&Edition) -> bool) -> Option<InForce<'_>> {
        let found = in_force(self.of(table).filter(|e| fits(e)), table.cadence(), day);
        if found.is_none_or(|f| !f.exact) && self.has(table) {
            self.note_gap(table, day);
        }
        found
    }

    /// Notes that no edition of a table was in force on a day.
    pub(super) fn note_gap(&self, table: Table, day: Date) {
        let mut gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        gaps.insert((table, day.year(), (day.month() + 2) / 3));
    }

    /// What was looked up on days on which no loaded edition was in force: table, year and quarter.
    pub fn gaps(&self) -> Vec<(Table, i16, i8)> {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// What `read` makes of a row's bytes.
    pub(super) fn with<T>(&self, edition: u32, key: &str, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        match self.rows.as_ref()?.get((edition, key)) {
            Ok(row) => row.and_then(|r| read(r.value())),
            Err(error) => {
                tracing::error!(%error, "the reference store cannot be read");
                None
            }
        }
    }

    /// A row.
    pub fn get<T: DeserializeOwned>(&self, edition: &Edition, key: &str) -> Option<T> {
        self.with(edition.id, key, |bytes| rmp_serde::from_slice(bytes).ok())
    }

    /// All rows whose keys begin alike, in order of their keys.
    pub fn scan<T: DeserializeOwned>(&self, edition: &Edition, prefix: &str) -> Vec<(String, T)> {
        let Some(rows) = &self.rows else { return Vec::new() };
        let Ok(range) = rows.range((edition.id, prefix)..(edition.id + 1, "")) else {
            return Vec::new();
        };
        range
            .map_while(Result::ok)
            .map_while(|(key, value)| {
                let key = key.value().1.strip_prefix(prefix)?.to_owned();
                Some((key, rmp_serde::from_slice(value.value()).ok()?))
            })
            .collect()
    }
}
