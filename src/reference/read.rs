//! Opening tables as they are published: any encoding, commas or tabs, notices above the header.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::RefError;

/// How many bytes of a file are looked at to recognise it.
const HEAD: u64 = 64 * 1024;

/// The first bytes of a file as text; bytes that are no UTF-8 are replaced.
pub(crate) fn head(path: &Path) -> Result<String, RefError> {
    let file = File::open(path).map_err(|e| RefError::Open(path.to_owned(), e))?;
    let mut bytes = Vec::new();
    file.take(HEAD).read_to_end(&mut bytes).map_err(|e| RefError::Open(path.to_owned(), e))?;
    Ok(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned())
}

/// Calls `row` with the cells of each record, trimmed; stops at the first `false`.
///
/// The records are streamed: a file of gigabytes needs no more memory than its longest line.
pub(crate) fn each_row(path: &Path, delimiter: u8, mut row: impl FnMut(&[String]) -> bool) -> Result<(), RefError> {
    let file = File::open(path).map_err(|e| RefError::Open(path.to_owned(), e))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(file);
    let mut record = csv::ByteRecord::new();
    let mut cells: Vec<String> = Vec::new();
    while reader.read_byte_record(&mut record).map_err(|e| RefError::Read(path.to_owned(), e))? {
        cells.clear();
        cells.extend(record.iter().map(|c| String::from_utf8_lossy(c).trim_start_matches('\u{feff}').trim().to_owned()));
        if !row(&cells) {
            break;
        }
    }
    Ok(())
}

/// Commas or tabs, whichever the head holds more of.
pub(crate) fn delimiter(head: &str) -> u8 {
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
