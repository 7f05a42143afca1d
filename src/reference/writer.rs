//! Compiling published tables into editions: the write side of the store.

use std::collections::BTreeMap;

use jiff::civil::Date;
use redb::{ReadableTable, TableDefinition};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::RefError;
use super::edition::{Edition, Setting, Table};
use super::shelf::ROWS;

/// What the editions are: number → [`Edition`] as JSON.
pub(super) const EDITIONS: TableDefinition<u32, &[u8]> = TableDefinition::new("editions");

/// One transaction that adds, replaces and removes editions.
pub(crate) struct Writer<'t> {
    rows: redb::Table<'t, (u32, &'static str), &'static [u8]>,
    editions: redb::Table<'t, u32, &'static [u8]>,
    next: u32,
}

/// What is said of an edition when all of its rows are there.
#[derive(Debug, Clone)]
pub(crate) struct Finish {
    pub(crate) table: Table,
    pub(crate) identity: String,
    pub(crate) label: String,
    pub(crate) setting: Setting,
    pub(crate) days: (Option<Date>, Option<Date>),
    pub(crate) facts: BTreeMap<String, String>,
    /// Rows of the published table, where one stored row holds several.
    pub(crate) rows: Option<u64>,
}

impl Finish {
    pub(crate) fn new(table: Table, label: impl Into<String>, days: (Option<Date>, Option<Date>)) -> Self {
        let label = label.into();
        Self { table, identity: label.clone(), label, setting: Setting::Any, days, facts: BTreeMap::new(), rows: None }
    }
}

/// Where an edition's file comes from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// Published name.
    pub(crate) source: String,
    /// SHA-256 of the file that was given.
    pub(crate) sha256: String,
}

fn fault(error: impl std::fmt::Display) -> RefError {
    RefError::Store(std::path::PathBuf::new(), error.to_string())
}

impl<'t> Writer<'t> {
    pub(super) fn new(transaction: &'t redb::WriteTransaction) -> Result<Self, RefError> {
        let rows = transaction.open_table(ROWS).map_err(fault)?;
        let editions = transaction.open_table(EDITIONS).map_err(fault)?;
        let last = editions.last().map_err(fault)?.map_or(0, |(id, _)| id.value());
        Ok(Self { rows, editions, next: last + 1 })
    }

    /// Stores one row of the edition that is being written; a later row of the same key takes its place.
    pub(crate) fn put(&mut self, key: &str, value: &impl Serialize) -> Result<(), RefError> {
        let bytes = rmp_serde::to_vec(value).map_err(fault)?;
        self.put_bytes(key, &bytes)
    }

    /// The same of bytes that the table lays out itself.
    pub(crate) fn put_bytes(&mut self, key: &str, value: &[u8]) -> Result<(), RefError> {
        self.rows.insert((self.next, key), value).map_err(fault)?;
        Ok(())
    }

    /// Gives up the edition that is being written.
    pub(super) fn discard(&mut self) -> Result<(), RefError> {
        self.remove_rows(self.next)
    }

    /// Completes the edition that is being written; one of the same identity gives way.
    pub(crate) fn finish(&mut self, finish: Finish, origin: &Origin) -> Result<Edition, RefError> {
        let id = self.next;
        let same = |e: &Edition| e.table == finish.table && e.setting == finish.setting && e.identity == finish.identity;
        for old in self.list()?.into_iter().filter(same) {
            self.remove(old.id)?;
        }
        let sum = digest(&self.rows, id)?;
        let edition = Edition {
            id,
            table: finish.table,
            identity: finish.identity,
            label: finish.label,
            source: origin.source.clone(),
            sha256: origin.sha256.clone(),
            setting: finish.setting,
            from: finish.days.0,
            to: finish.days.1,
            rows: finish.rows.unwrap_or(sum.rows),
            checksum: sum.checksum,
            range: sum.range,
            facts: finish.facts,
        };
        let bytes = serde_json::to_vec(&edition).map_err(fault)?;
        self.editions.insert(id, bytes.as_slice()).map_err(fault)?;
        self.next += 1;
        Ok(edition)
    }

    /// All editions.
    pub(super) fn list(&self) -> Result<Vec<Edition>, RefError> {
        list(&self.editions)
    }

    /// Removes an edition with its rows.
    pub(super) fn remove(&mut self, id: u32) -> Result<(), RefError> {
        self.remove_rows(id)?;
        self.editions.remove(id).map_err(fault)?;
        Ok(())
    }

    fn remove_rows(&mut self, id: u32) -> Result<(), RefError> {
        self.rows.retain_in((id, "")..(id + 1, ""), |_, _| false).map_err(fault)
    }
}

/// All editions of a store.
pub(super) fn list(editions: &impl ReadableTable<u32, &'static [u8]>) -> Result<Vec<Edition>, RefError> {
    let mut out = Vec::new();
    for row in editions.iter().map_err(fault)? {
        let (_, value) = row.map_err(fault)?;
        out.push(serde_json::from_slice(value.value()).map_err(fault)?);
    }
    Ok(out)
}

/// What an edition's rows come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) rows: u64,
    pub(super) checksum: String,
    pub(super) range: (String, String),
}

/// Counts and hashes an edition's rows in order of their keys.
pub(super) fn digest(rows: &impl ReadableTable<(u32, &'static str), &'static [u8]>, id: u32) -> Result<Sum, RefError> {
    let mut hash = Sha256::new();
    let (mut n, mut range) = (0, (String::new(), String::new()));
    for row in rows.range((id, "")..(id + 1, "")).map_err(fault)? {
        let (key, value) = row.map_err(fault)?;
        let (key, value) = (key.value().1, value.value());
        for part in [key.as_bytes(), value] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        if n == 0 {
            key.clone_into(&mut range.0);
        }
        key.clone_into(&mut range.1);
        n += 1;
    }
    Ok(Sum { rows: n, checksum: hex(&hash.finalize()), range })
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
