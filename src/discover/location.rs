//! Where a file lies: on disk, or in an archive there.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::archive;

/// Archives are looked through as a whole; the largest that is opened.
pub(super) const MOST_ARCHIVE: u64 = 1 << 30;

/// A file on disk, or a member of an archive on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    file: PathBuf,
    member: Vec<usize>,
}

impl From<PathBuf> for Location {
    fn from(file: PathBuf) -> Self {
        Self { file, member: Vec::new() }
    }
}

impl Location {
    /// A member of the archive, by the numbers of the entries that lead to it.
    pub(super) fn within(file: PathBuf, member: Vec<usize>) -> Self {
        Self { file, member }
    }

    /// The file on disk: itself, or the outermost archive.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether it lies in an archive.
    pub fn is_member(&self) -> bool {
        !self.member.is_empty()
    }

    /// Its bytes, and no more of them than the bound.
    pub fn read(&self, most: u64) -> io::Result<Vec<u8>> {
        if !self.is_member() {
            return read_bytes(&self.file, most);
        }
        archive::member(BufReader::new(File::open(&self.file)?), &self.member, most).map_err(io::Error::other)
    }
}

/// The bytes of a file on disk, and no more of them than the bound.
pub fn read_bytes(location: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(location)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("larger than {} MiB", most >> 20)));
    }
    Ok(bytes)
}
