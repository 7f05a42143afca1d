//! The store of compiled reference tables: one file in the user's data folder.
//!
//! A file that is in use is never changed: what adds or removes works on a copy beside it and puts the copy in its place when
//! it is complete and on disk. A process that reads goes on with the file it opened; one that breaks off leaves the store as it
//! was. A lock file keeps two that write apart.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;
use redb::{Database, Durability, ReadOnlyDatabase, ReadableDatabase, TableDefinition};
use tempfile::NamedTempFile;

use super::RefError;
use super::edition::{Cadence, Edition, Table};
use super::publications::add_file;
use super::shelf::{Held, ROWS, Shelf};
use super::writer::{EDITIONS, Writer, digest, list};

/// The layout of the rows; a store of another layout is not read.
const LAYOUT: u32 = 1;

const ABOUT: TableDefinition<&str, u32> = TableDefinition::new("about");

/// Names the store's file instead of the user's data folder.
pub const STORE_VARIABLE: &str = "BILLPROOF_REFS";

/// Where the store is: `BILLPROOF_REFS`, else the user's data folder (XDG Base Directory Specification), beside the models.
pub fn store_path() -> Option<PathBuf> {
    let folder = |variable: &str| std::env::var_os(variable).map(PathBuf::from).filter(|p| p.is_absolute());
    std::env::var_os(STORE_VARIABLE).filter(|p| !p.is_empty()).map(PathBuf::from).or_else(|| {
        let data = folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(".local/share")))?;
        Some(data.join("billproof/references.redb"))
    })
}

/// The store's file, whether it exists yet or not.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
}

/// What `check` found of one edition.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The edition.
    pub edition: Edition,
    /// What is wrong with it; empty where nothing is.
    pub faults: Vec<String>,
}

impl Store {
    /// The store at a path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the store for lookups; `None` where there is none.
    pub fn open(&self) -> Result<Option<std::sync::Arc<Shelf>>, RefError> {
        if !self.path.exists() {
            return Ok(None);
        }
        let database = ReadOnlyDatabase::open(&self.path).map_err(|e| self.fault(e))?;
        let transaction = database.begin_read().map_err(|e| self.fault(e))?;
        let layout = transaction.open_table(ABOUT).ok().and_then(|t| t.get("layout").ok().flatten().map(|v| v.value()));
        match layout {
            Some(LAYOUT) => {}
            other => return Err(RefError::Layout(self.path.clone(), other.unwrap_or(0), LAYOUT)),
        }
        let editions = list(&transaction.open_table(EDITIONS).map_err(|e| self.fault(e))?).map_err(|e| self.named(e))?;
        let rows = transaction.open_table(ROWS).map_err(|e| self.fault(e))?;
        Ok(Some(Shelf::new(rows, editions, Held::File(database))))
    }

    /// Compiles published files into the store; for each file what was added or why it was not. Files that fail leave
    /// nothing behind and do not keep the others out.
    #[expect(clippy::type_complexity, reason = "a list of results by file")]
    pub fn add(&self, files: &[PathBuf]) -> Result<Vec<(PathBuf, Result<Vec<Edition>, RefError>)>, RefError> {
        self.change(|writer| {
            let mut out = Vec::new();
            for file in files {
                out.push((file.clone(), add_file(writer, file)));
            }
            let any = out.iter().any(|(_, added)| added.is_ok());
            Ok((out, any))
        })
    }

    /// Removes the editions for which `wanted` holds, and returns them.
    pub fn remove(&self, wanted: impl Fn(&Edition) -> bool) -> Result<Vec<Edition>, RefError> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        self.change(|writer| {
            let gone: Vec<Edition> = writer.list()?.into_iter().filter(|e| wanted(e)).collect();
            for edition in &gone {
                writer.remove(edition.id)?;
            }
            let any = !gone.is_empty();
            Ok((gone, any))
        })
    }

    /// Counts and hashes every row, and looks for gaps between the editions of a table.
    pub fn check(&self) -> Result<Vec<Checked>, RefError> {
        let Some(shelf) = self.open()? else { return Ok(Vec::new()) };
        drop(shelf);
        let database = ReadOnlyDatabase::open(&self.path).map_err(|e| self.fault(e))?;
        let transaction = database.begin_read().map_err(|e| self.fault(e))?;
        let mut editions = list(&transaction.open_table(EDITIONS).map_err(|e| self.fault(e))?)?;
        editions.sort_by(|a, b| (a.table, a.setting, a.from, &a.identity).cmp(&(b.table, b.setting, b.from, &b.identity)));
        let rows = transaction.open_table(ROWS).map_err(|e| self.fault(e))?;
        let mut out: Vec<Checked> = Vec::new();
        for edition in editions {
            let sum = digest(&rows, edition.id).map_err(|e| self.named(e))?;
            let mut faults = Vec::new();
            if sum.checksum != edition.checksum {
                faults.push("its rows are not those that were added: remove it and add the file again".to_owned());
            }
            if sum.rows == 0 {
                faults.push("it holds no rows".to_owned());
            }
            faults.extend(gap(out.last().map(|c| &c.edition), &edition));
            out.push(Checked { edition, faults });
        }
        missing_parts(&mut out, Table::Ncci);
        Ok(out)
    }

    /// Runs `work` on a copy of the store, and puts the copy in its place if `work` says that it changed something.
    fn change<T>(&self, work: impl FnOnce(&mut Writer<'_>) -> Result<(T, bool), RefError>) -> Result<T, RefError> {
        let folder = self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(|e| self.fault(e))?;
        let lock = self.lock()?;
        sweep(folder);
        let copy = NamedTempFile::with_prefix_in(COPY, folder).map_err(|e| self.fault(e))?;
        let old = self.path.exists();
        if old {
            // Whatever cannot be opened is not copied either: the user decides what becomes of it.
            self.open()?;
            fs::copy(&self.path, copy.path()).map_err(|e| self.fault(e))?;
        }
        let mut database =
            if old { memory().open(copy.path()) } else { memory().create(copy.path()) }.map_err(|e| self.fault(e))?;
        let (result, changed) = write(&database, Durability::Immediate, work).map_err(|e| self.named(e))?;
        if changed {
            database.compact().map_err(|e| self.fault(e))?;
            drop(database);
            copy.as_file().sync_all().map_err(|e| self.fault(e))?;
            copy.persist(&self.path).map_err(|e| self.fault(e))?;
        }
        drop(lock);
        Ok(result)
    }

    fn lock(&self) -> Result<File, RefError> {
        let path = self.path.with_extension("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(|e| self.fault(e))?;
        file.lock().map_err(|e| self.fault(e))?;
        Ok(file)
    }

    fn fault(&self, error: impl std::fmt::Display) -> RefError {
        RefError::Store(self.path.clone(), error.to_string())
    }

    fn named(&self, error: RefError) -> RefError {
        match error {
            RefError::Store(path, what) if path.as_os_str().is_empty() => RefError::Store(self.path.clone(), what),
            other => other,
        }
    }
}

/// How many bytes of a database are held in memory at most, whatever the size of the files that are taken in.
const MOST_HELD: usize = 64 << 20;

fn memory() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(MOST_HELD);
    builder
}

/// The prefix of the copies that are worked on.
const COPY: &str = ".references";

/// Removes the copies that a process left behind when it was ended. Called under the lock: nobody works on them.
fn sweep(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(COPY) {
            // One that cannot be removed is in nobody's way.
            drop(fs::remove_file(entry.path()));
        }
    }
}

fn write<T>(
    database: &Database,
    durability: Durability,
    work: impl FnOnce(&mut Writer<'_>) -> Result<T, RefError>,
) -> Result<T, RefError> {
    let fault = |e: redb::Error| RefError::Store(PathBuf::new(), e.to_string());
    let mut transaction = database.begin_write().map_err(|e| fault(e.into()))?;
    transaction.set_durability(durability).map_err(|e| fault(e.into()))?;
    let result = work(&mut Writer::new(&transaction)?)?;
    let mut about = transaction.open_table(ABOUT).map_err(|e| fault(e.into()))?;
    about.insert("layout", LAYOUT).map_err(|e| fault(e.into()))?;
    drop(about);
    transaction.commit().map_err(|e| fault(e.into()))?;
    Ok(result)
}

/// Compiles tables for one run: the same lookups over raw files, without a store. What is compiled lies in a file that is
/// gone when the run is over.
pub(super) fn for_one_run<T>(
    work: impl FnOnce(&mut Writer<'_>) -> Result<T, RefError>,
) -> Result<(std::sync::Arc<Shelf>, T), RefError> {
    let fault = |e: redb::Error| RefError::Store(PathBuf::from("of this run"), e.to_string());
    let file = tempfile::tempfile().map_err(|e| RefError::Open(std::env::temp_dir(), e))?;
    let database =
        memory().create_with_backend(FileBackend::new(file).map_err(|e| fault(e.into()))?).map_err(|e| fault(e.into()))?;
    let result = write(&database, Durability::None, work)?;
    let transaction = database.begin_read().map_err(|e| fault(e.into()))?;
    let editions = list(&transaction.open_table(EDITIONS).map_err(|e| fault(e.into()))?)?;
    let rows = transaction.open_table(ROWS).map_err(|e| fault(e.into()))?;
    Ok((Shelf::new(rows, editions, Held::Run(database)), result))
}

/// Days between one edition and the next of the same table and setting.
fn gap(before: Option<&Edition>, after: &Edition) -> Option<String> {
    let before = before.filter(|b| (b.table, b.setting) == (after.table, after.setting))?;
    let (end, start) = (before.to?, after.from?);
    let missing = matches!(after.table.cadence(), Cadence::Year | Cadence::QuarterOfYear | Cadence::Quarter)
        && end.tomorrow().is_ok_and(|t| t < start);
    missing.then(|| format!("no edition from {} to {}", end.tomorrow().unwrap_or(end), start.yesterday().unwrap_or(start)))
}

/// The files into which CMS splits one edition, of which some are not there.
fn missing_parts(all: &mut [Checked], table: Table) {
    let part = |e: &Edition| e.fact("part").parse::<u32>().ok();
    for i in 0..all.len() {
        let e = all[i].edition.clone();
        let siblings =
            || all.iter().map(|c| &c.edition).filter(|o| (o.table, o.setting, &o.label) == (table, e.setting, &e.label));
        let first = siblings().filter_map(part).min();
        if e.table != table || part(&e).is_none() || part(&e) != first {
            continue;
        }
        let there: Vec<u32> = siblings().filter_map(part).collect();
        let gone: Vec<String> = (1..=4).filter(|n| !there.contains(n)).map(|n| format!("f{n}")).collect();
        if !gone.is_empty() {
            all[i].faults.push(format!("of its four files {} are not loaded", gone.join(", ")));
        }
    }
}
