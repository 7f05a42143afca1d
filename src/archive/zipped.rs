//! Entries of a zip archive.

use std::io::{self, Cursor, Read, Seek};

use zip::ZipArchive;

use super::{Entry, HEAD, MOST_MEMBERS};

/// Type bits of a Unix mode, and those of a link.
const FILE_TYPE: u32 = 0o170_000;
const LINK: u32 = 0o120_000;
/// What the parts of a workbook may come to.
const MOST_WORKBOOK: u64 = 256 << 20;

fn open<R: Read + Seek>(archive: R) -> Result<ZipArchive<R>, String> {
    ZipArchive::new(archive).map_err(|e| format!("the archive is damaged: {e}"))
}

/// Whether an archive is an office file, and then whether it is a workbook; one that would inflate beyond bounds is none
/// that anybody wrote.
pub fn is_office(bytes: &[u8]) -> Option<bool> {
    let mut archive = open(Cursor::new(bytes)).ok()?;
    let has = |archive: &ZipArchive<Cursor<&[u8]>>, name: &str| archive.file_names_raw().any(|n| n == name.as_bytes());
    let workbook = has(&archive, "xl/workbook.xml") || has(&archive, "xl/workbook.bin");
    let other = ["[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"];
    if !workbook && !other.iter().any(|name| has(&archive, name)) {
        return None;
    }
    Some(workbook && inflates_within(&mut archive))
}

/// A workbook is read whole by those who read it.
fn inflates_within(archive: &mut ZipArchive<Cursor<&[u8]>>) -> bool {
    let mut left = MOST_WORKBOOK;
    (0..archive.len()).all(|index| {
        let Ok(mut file) = archive.by_index(index) else { return false };
        let taken = io::copy(&mut (&mut file).take(left + 1), &mut io::sink()).unwrap_or(u64::MAX);
        let within = taken <= left;
        left = left.saturating_sub(taken);
        within
    })
}

/// Goes through the entries that are no folders.
pub fn each_entry(bytes: &[u8], each: &mut dyn FnMut(Entry)) -> Result<(), String> {
    let mut archive = open(Cursor::new(bytes))?;
    for index in 0..archive.len().min(MOST_MEMBERS + 1) {
        let mut entry = Entry { name: format!("entry {}", index + 1), index, bytes: 0, packed: 0, head: Ok(Vec::new()) };
        match archive.by_index_raw(index) {
            Ok(file) if file.is_dir() => continue,
            Ok(file) => {
                if let Ok(name) = file.name() {
                    entry.name = name.into_owned();
                }
                (entry.bytes, entry.packed) = (file.size(), file.compressed_size());
                if file.encrypted() {
                    entry.head = Err("refused: it is encrypted; unpack it with its password".to_owned());
                } else if file.unix_mode().is_some_and(|m| m & FILE_TYPE == LINK) {
                    entry.head = Err("refused: it is a link".to_owned());
                }
            }
            Err(e) => entry.head = Err(format!("cannot be read: {e}")),
        }
        if entry.head.is_ok() {
            entry.head = beginning(&mut archive, index, HEAD);
        }
        each(entry);
    }
    Ok(())
}

/// The bytes of an entry.
pub fn bytes_of<R: Read + Seek>(archive: R, index: usize, most: usize) -> Result<Vec<u8>, String> {
    let content = beginning(&mut open(archive)?, index, most.saturating_add(1))?;
    if content.len() > most { Err(format!("refused: inflates to more than {} MiB", most >> 20)) } else { Ok(content) }
}

/// The first bytes of an entry. What its header says of its size is not believed: reading stops at the bound.
fn beginning<R: Read + Seek>(archive: &mut ZipArchive<R>, index: usize, most: usize) -> Result<Vec<u8>, String> {
    let file = archive.by_index(index).map_err(|e| format!("cannot be read: {e}"))?;
    let mut content = Vec::new();
    file.take(most as u64).read_to_end(&mut content).map_err(|e| format!("cannot be inflated: {e}"))?;
    Ok(content)
}
