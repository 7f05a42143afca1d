//! The file: read line by line, and added to by one whole line under a lock.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{AgreedTerms, COLUMNS, Entry, EntryKind};
use crate::export::cells::guarded;
use crate::record::Money;

/// A log is written by hand; what is larger is something else.
const MOST_BYTES: u64 = 64 << 20;

/// Why a log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file cannot be opened, locked, read or written.
    #[error("cannot {1} {0}: {2}")]
    Io(PathBuf, &'static str, #[source] io::Error),
    /// It has other columns.
    #[error("{0} is no case log of billproof: its first line has to name the columns {1}")]
    Columns(PathBuf, String),
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseLog {
    /// The rows that could be read, of all cases of the file.
    pub entries: Vec<Entry>,
    /// The rows that could not, with their line and why.
    pub unread: Vec<String>,
}

impl CaseLog {
    /// The rows of one case.
    pub fn of_case(&self, case_id: &str) -> Vec<Entry> {
        self.entries.iter().filter(|e| e.case_id == case_id).cloned().collect()
    }
}

/// Reads the log at `path`; an empty one where there is no file.
pub fn read(path: &Path) -> Result<CaseLog, LogError> {
    match File::open(path) {
        Ok(file) => parse(path, &text_of(path, &file)?),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(CaseLog::default()),
        Err(e) => Err(LogError::Io(path.to_owned(), "open", e)),
    }
}

/// Adds an entry, and gives it back with its number.
///
/// Two writers wait for each other. The line is written in one piece and on the disk when the function returns; the line before
/// it, where a crash has torn it, is ended first and kept as it is.
pub fn append(path: &Path, mut entry: Entry) -> Result<Entry, LogError> {
    let failed = |what: &'static str| move |e: io::Error| LogError::Io(path.to_owned(), what, e);
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed("open"))?;
    file.lock().map_err(failed("lock"))?;
    let text = text_of(path, &file)?;
    let log = parse(path, &text)?;
    let numbers = log.entries.iter().map(|e| e.entry);
    // A line that cannot be read has taken a number too.
    let used = u32::try_from(log.entries.len() + log.unread.len()).unwrap_or(u32::MAX);
    entry.entry = numbers.max().unwrap_or(0).max(used).saturating_add(1);
    entry.logged = Timestamp::now().round(jiff::Unit::Second).ok();
    let mut added = String::new();
    if text.trim().is_empty() {
        added.push_str(&line(COLUMNS.map(str::to_owned)));
    } else if !text.ends_with('\n') {
        added.push('\n');
    }
    added.push_str(&line(entry.cells()));
    file.write_all(added.as_bytes()).and_then(|()| file.sync_all()).map_err(failed("write"))?;
    Ok(entry)
}

fn text_of(path: &Path, mut file: &File) -> Result<String, LogError> {
    let mut bytes = Vec::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|e| LogError::Io(path.to_owned(), "read", e))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(LogError::Io(path.to_owned(), "read", io::Error::other("it is larger than 64 MiB")));
    }
    // A torn character spoils its own line only.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One record as one line: a line break within a cell becomes a blank.
fn line<const N: usize>(cells: [String; N]) -> String {
    let flat = |c: String| guarded(c.split(['\r', '\n']).map(str::trim).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" "));
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let written = csv.write_record(cells.map(flat)).ok().and_then(|()| csv.into_inner().ok());
    String::from_utf8(written.unwrap_or_default()).unwrap_or_default()
}

fn cells_of(line: &str) -> Option<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    reader.read_record(&mut record).ok()?.then_some(record)
}

fn parse(path: &Path, text: &str) -> Result<CaseLog, LogError> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1u64..).filter(|(l, _)| !l.trim().is_empty());
    let Some((head, _)) = lines.next() else { return Ok(CaseLog::default()) };
    let head = cells_of(head).unwrap_or_default();
    let at = COLUMNS.map(|c| head.iter().position(|h| h.trim().eq_ignore_ascii_case(c)));
    if at.iter().any(Option::is_none) {
        return Err(LogError::Columns(path.to_owned(), COLUMNS.join(",")));
    }
    let mut log = CaseLog::default();
    for (line, number) in lines {
        let entry = cells_of(line).ok_or("it is no CSV").and_then(|cells| {
            let cell = |name: &str| {
                let at = COLUMNS.iter().position(|c| *c == name).and_then(|i| at[i]);
                unguarded(at.and_then(|i| cells.get(i)).unwrap_or_default().trim())
            };
            entry_of(&cell)
        });
        match entry {
            Ok(entry) => log.entries.push(entry),
            Err(why) => log.unread.push(format!("{}, line {number}: {why}", path.display())),
        }
    }
    Ok(log)
}

/// What stood in the cell before it was guarded against being run as a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| guarded((*rest).to_owned()) == cell).unwrap_or(cell)
}

fn entry_of<'c>(cell: &impl Fn(&str) -> &'c str) -> Result<Entry, &'static str> {
    fn stated<T: std::str::FromStr>(text: &str, why: &'static str) -> Result<Option<T>, &'static str> {
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| why) }
    }
    let amount = |name: &str| stated::<Decimal>(cell(name), "an amount cannot be read").map(|m| m.map(Money));
    let logged = stated(cell("logged"), "it was not written to its end")?;
    let kind = EntryKind::named(cell("kind")).ok_or("its kind is none that is known")?;
    Ok(Entry {
        case_id: cell("case_id").to_owned(),
        entry: stated(cell("entry"), "its number cannot be read")?.ok_or("it has no number")?,
        date: stated(cell("date"), "its date cannot be read")?.ok_or("it has no date")?,
        kind,
        with: cell("with").to_owned(),
        note: cell("note").to_owned(),
        of: stated(cell("of"), "the entry that it belongs to cannot be read")?,
        terms: AgreedTerms {
            amount: amount("amount")?,
            due: stated(cell("due"), "its due date cannot be read")?,
            account_no: cell("account_no").to_owned(),
            monthly: amount("monthly")?,
            payments: stated(cell("payments"), "its number of payments cannot be read")?,
            interest: stated(cell("interest"), "its interest cannot be read")?,
            no_collections: cell("no_collections").eq_ignore_ascii_case("true"),
        },
        file: cell("file").to_owned(),
        result: cell("result").to_owned(),
        logged: Some(logged.ok_or("it was not written to its end")?),
    })
}
