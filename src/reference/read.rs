//! Opening tables as they are published: text in any encoding, with commas or tabs, sheets of a workbook, notices above the
//! header.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use calamine::{Data, DataRef, Reader, Xlsx, open_workbook};
use tempfile::TempPath;

use super::RefError;

/// How many bytes of a file are looked at to recognise it.
const HEAD: u64 = 64 * 1024;

/// How many rows of a sheet are looked at to recognise it.
const HEAD_ROWS: usize = 60;

/// How a published table is written.
#[derive(Debug, Clone)]
enum Form {
    Text,
    Sheet(String),
}

/// One published table: a file, a file of an archive, or a sheet of a workbook.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// File name as published, after the archive's: CMS tells settings and quarters of some tables apart only there.
    pub(crate) name: PathBuf,
    /// The beginning, as text; a sheet's cells are parted by tabs.
    pub(crate) head: String,
    location: PathBuf,
    form: Form,
    /// Keeps what was unpacked until it has been read.
    _unpacked: Option<Arc<TempPath>>,
}

impl Published {
    /// A text file, recognisable by its head.
    pub(crate) fn text(name: PathBuf, location: PathBuf, unpacked: Option<Arc<TempPath>>) -> Result<Self, RefError> {
        let head = head(&location, &name)?;
        Ok(Self { name, head, location, form: Form::Text, _unpacked: unpacked })
    }

    /// The sheets of a workbook that hold anything.
    pub(crate) fn sheets(name: &Path, location: &Path, unpacked: Option<&Arc<TempPath>>) -> Result<Vec<Self>, RefError> {
        let book: Xlsx<_> = open_workbook(location).map_err(|e| workbook(name, e))?;
        let mut sheets = Vec::new();
        for sheet in book.sheet_names() {
            let mut published = Self {
                name: name.to_owned(),
                head: String::new(),
                location: location.to_owned(),
                form: Form::Sheet(sheet),
                _unpacked: unpacked.cloned(),
            };
            let (mut head, mut n) = (String::new(), 0);
            published.each_row(|cells| {
                head += &cells.join("\t");
                head.push('\n');
                n += 1;
                Ok(n < HEAD_ROWS)
            })?;
            if !head.trim().is_empty() {
                published.head = head;
                sheets.push(published);
            }
        }
        Ok(sheets)
    }

    /// The file's bytes from the beginning.
    pub(crate) fn open(&self) -> Result<BufReader<File>, RefError> {
        let file = File::open(&self.location).map_err(|e| RefError::Open(self.name.clone(), e))?;
        Ok(BufReader::with_capacity(1 << 18, file))
    }

    /// Calls `row` with the cells of each record, trimmed; stops at the first `false`.
    ///
    /// The records are streamed: a file of gigabytes needs no more memory than its longest line.
    pub(crate) fn each_row(&self, row: impl FnMut(&[String]) -> Result<bool, RefError>) -> Result<(), RefError> {
        match &self.form {
            Form::Text => self.each_record(row),
            Form::Sheet(sheet) => self.each_sheet_row(sheet, row),
        }
    }

    /// Calls `line` with each line of a fixed-width file, without the line's end; stops at the first `false`.
    pub(crate) fn each_line(&self, mut line: impl FnMut(&str) -> Result<bool, RefError>) -> Result<(), RefError> {
        let mut from = self.open()?.take(u64::MAX);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            // A fixed-width record is short; what is longer is no record of one.
            from.set_limit(1 << 16);
            let n = from.read_until(b'\n', &mut bytes).map_err(|e| RefError::Open(self.name.clone(), e))?;
            if n == 0 || !line(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']))? {
                return Ok(());
            }
        }
    }

    fn each_record(&self, mut row: impl FnMut(&[String]) -> Result<bool, RefError>) -> Result<(), RefError> {
        let delimiter = delimiter(&self.head);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(self.open()?);
        let mut record = csv::ByteRecord::new();
        let mut cells: Vec<String> = Vec::new();
        while reader.read_byte_record(&mut record).map_err(|e| RefError::Read(self.name.clone(), e))? {
            cells.resize(cells.len().max(record.len()), String::new());
            for (cell, bytes) in cells.iter_mut().zip(&record) {
                cell.clear();
                cell.push_str(String::from_utf8_lossy(bytes).trim_start_matches('\u{feff}').trim());
            }
            if !row(&cells[..record.len()])? {
                break;
            }
        }
        Ok(())
    }

    fn each_sheet_row(&self, sheet: &str, mut row: impl FnMut(&[String]) -> Result<bool, RefError>) -> Result<(), RefError> {
        let mut book: Xlsx<_> = open_workbook(&self.location).map_err(|e| workbook(&self.name, e))?;
        let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| workbook(&self.name, e))?;
        let mut current: Option<u32> = None;
        let mut values: Vec<String> = Vec::new();
        while let Some(cell) = cells.next_cell().map_err(|e| workbook(&self.name, e))? {
            let (at, column) = cell.get_position();
            if current.is_some_and(|c| c != at) {
                if !row(&values)? {
                    return Ok(());
                }
                values.clear();
            }
            current = Some(at);
            let column = column as usize;
            if values.len() <= column {
                values.resize(column + 1, String::new());
            }
            values[column] = shown(cell.get_value());
        }
        if current.is_some() {
            row(&values)?;
        }
        Ok(())
    }
}

fn workbook(name: &Path, error: impl std::fmt::Display) -> RefError {
    RefError::Workbook(name.to_owned(), error.to_string())
}

/// A cell as its text: whole numbers without a fraction, days as `yyyy-mm-dd`.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Float(number) => number.to_string(),
        other => Data::from(other.clone()).to_string().trim().to_owned(),
    }
}

/// The first bytes of a file as text; bytes that are no UTF-8 are replaced.
fn head(location: &Path, name: &Path) -> Result<String, RefError> {
    let file = File::open(location).map_err(|e| RefError::Open(name.to_owned(), e))?;
    let mut bytes = Vec::new();
    file.take(HEAD).read_to_end(&mut bytes).map_err(|e| RefError::Open(name.to_owned(), e))?;
    Ok(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned())
}

/// Commas or tabs, whichever the head holds more of.
fn delimiter(head: &str) -> u8 {
    if head.matches('\t').count() > head.matches(',').count() { b'\t' } else { b',' }
}

/// A HCPCS or CPT code: five characters, of which the first or the last may be a letter.
pub(crate) fn is_code(s: &str) -> bool {
    s.len() == 5
        && s.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && s.bytes().filter(u8::is_ascii_digit).count() >= 4
}

/// The first year from 2000 on that a text names.
pub(crate) fn year(text: &str) -> Option<i16> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(3)).find_map(|i| {
        let digits = &bytes[i..i + 4];
        let alone = (i == 0 || !bytes[i - 1].is_ascii_digit()) && bytes.get(i + 4).is_none_or(|b| !b.is_ascii_digit());
        (alone && digits.starts_with(b"20") && digits.iter().all(u8::is_ascii_digit))
            .then(|| digits.iter().fold(0i16, |n, d| n * 10 + i16::from(d - b'0')))
    })
}

/// Where the cell stands whose text, in lower case and with single spaces, fits.
pub(crate) fn column(cells: &[String], fits: impl Fn(&str) -> bool) -> Option<usize> {
    cells.iter().position(|c| fits(&c.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()))
}

/// A cell, empty where the row is shorter.
pub(crate) fn cell(cells: &[String], at: Option<usize>) -> &str {
    at.and_then(|i| cells.get(i)).map_or("", String::as_str)
}

/// A number, with or without dollar sign and commas.
pub(crate) fn number(text: &str) -> Option<rust_decimal::Decimal> {
    text.replace([',', '$', ' '], "").parse().ok()
}
