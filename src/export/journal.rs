//! Rows that are appended to a CSV file and never lost: each is on disk before the next thing happens.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::cells::guarded;

/// Appends a row; a new file gets its header first, and is readable by its owner only. See [`mend`] for a file whose last row
/// a crash has torn.
pub fn append(file: &Path, header: &[&str], row: &[&str]) -> io::Result<()> {
    let mut to = open(file)?;
    to.lock()?;
    mend_open(&mut to, header.len())?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    if to.metadata()?.len() == 0 {
        csv.write_record(header)?;
    }
    csv.write_record(row.iter().map(|cell| guarded((*cell).to_owned())))?;
    let bytes = csv.into_inner().map_err(|e| io::Error::other(e.to_string()))?;
    // One write, so that a crash leaves all of the row or a torn end of the file.
    to.write_all(&bytes)?;
    to.sync_all()
}

/// Sets right the end of a file that was appended to. A last row without its line end is whole if it has `columns` cells, as
/// one has that an editor wrote; one with fewer was torn by a crash before anybody was told that it is kept, and goes.
pub fn mend(file: &Path, columns: usize) -> io::Result<()> {
    if !file.exists() {
        return Ok(());
    }
    let mut to = open(file)?;
    to.lock()?;
    mend_open(&mut to, columns)
}

fn open(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn mend_open(file: &mut File, columns: usize) -> io::Result<()> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut text)?;
    if text.is_empty() || text.ends_with(b"\n") {
        return Ok(());
    }
    let mut csv = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(&text[..]);
    let mut last = (0, 0);
    let mut row = csv::ByteRecord::new();
    while csv.read_byte_record(&mut row).unwrap_or(false) {
        last = (row.position().map_or(0, csv::Position::byte), row.len());
    }
    let (start, cells) = last;
    if cells < columns { file.set_len(start) } else { file.write_all(b"\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn rows_are_added_under_one_header() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("decisions.csv");
        append(&file, &["flag_id", "note"], &["a1", "two draws, see p. 2"]).unwrap();
        append(&file, &["flag_id", "note"], &["b2", "=1+1"]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "flag_id,note\na1,\"two draws, see p. 2\"\nb2,'=1+1\n");
    }

    #[test]
    fn a_row_torn_by_a_crash_spoils_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("decisions.csv");
        fs::write(&file, "flag_id,verdict\na1,confirmed\nb2").unwrap();
        append(&file, &["flag_id", "verdict"], &["c3", "fixed"]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "flag_id,verdict\na1,confirmed\nc3,fixed\n");
        fs::write(&file, "flag_id,verdict\na1,\"conf").unwrap();
        append(&file, &["flag_id", "verdict", "by"], &["c3", "fixed", ""]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "flag_id,verdict\nc3,fixed,\n");
    }

    #[test]
    fn a_whole_row_without_its_line_end_stays() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("decisions.csv");
        fs::write(&file, "flag_id,verdict\na1,confirmed").unwrap();
        append(&file, &["flag_id", "verdict"], &["c3", "fixed"]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "flag_id,verdict\na1,confirmed\nc3,fixed\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_its_owners_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("decisions.csv");
        append(&file, &["a"], &["b"]).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
