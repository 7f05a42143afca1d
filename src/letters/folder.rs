//! The folder of letters: a name for each, and no letter lost that a person has edited.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::kind::Kind;
use super::wording::Lang;
use crate::export::out_dir::{OutDir, OutError};

/// Name of the list of what was written.
pub const LIST: &str = "letters.json";

/// Most bytes of a case's id that a file's name takes, about.
const LONGEST: usize = 80;

/// A letter as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Case.
    pub case_id: String,
    /// Kind of letter.
    pub kind: Kind,
    /// Its language.
    pub lang: Lang,
    /// SHA-256 of the file's bytes as they were written, lower-case hex.
    pub sha256: String,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Writing.
    #[error(transparent)]
    Out(#[from] OutError),
    /// Reading what lies there.
    #[error("cannot read {0}")]
    Read(PathBuf, #[source] io::Error),
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was written.
    Written,
    /// Somebody has changed what lay there, or put it there: it was left alone.
    Kept,
}

/// A folder of letters.
#[derive(Debug)]
pub struct Folder {
    dir: OutDir,
    list: BTreeMap<String, Written>,
}

impl Folder {
    /// Opens the folder, making it where there is none. A list that cannot be read counts as none: all that lies there is kept.
    pub fn open(dir: &Path) -> Result<Self, FolderError> {
        let dir = OutDir::open(dir)?;
        let path = dir.path().join(LIST);
        let list = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(e) if e.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(e) => return Err(FolderError::Read(path, e)),
        };
        Ok(Self { dir, list })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file, unless a person has changed the one that lies there. `force` replaces that too.
    pub fn write(&mut self, name: &str, bytes: &[u8], about: (&str, Kind, Lang), force: bool) -> Result<Fate, FolderError> {
        let path = self.dir.path().join(name);
        let there = match fs::read(&path) {
            Ok(there) => Some(hash(&there)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(FolderError::Read(path, e)),
        };
        let ours = self.list.get(name).map(|w| w.sha256.clone());
        let new = hash(bytes);
        if !force && there.is_some() && there != ours && there.as_ref() != Some(&new) {
            return Ok(Fate::Kept);
        }
        self.dir.write(name, |w| w.write_all(bytes))?;
        let written = Written { case_id: about.0.to_owned(), kind: about.1, lang: about.2, sha256: new };
        self.list.insert(name.to_owned(), written);
        Ok(Fate::Written)
    }

    /// Writes the list of what was written.
    pub fn close(self) -> Result<(), FolderError> {
        self.dir.write(LIST, |w| {
            serde_json::to_writer_pretty(&mut *w, &self.list)?;
            w.write_all(b"\n")
        })?;
        Ok(())
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut s, b| {
        use std::fmt::Write;
        let _ = write!(s, "{b:02x}");
        s
    })
}

/// `CASE-kind`, `CASE-kind-2` for the second of several, `-es` for the Spanish one. What no file system likes in a case's id
/// becomes `-`; where that, or its length, makes it another case's name, a few digits of its hash tell them apart.
pub fn stem(case_id: &str, others: &[&str], kind: Kind, number: Option<usize>, lang: Lang) -> String {
    let plain = file_name(case_id);
    let taken = others.iter().any(|o| *o != case_id && file_name(o).eq_ignore_ascii_case(&plain));
    let mut stem = if taken { format!("{plain}-{}", &hash(case_id.as_bytes())[..6]) } else { plain };
    stem.push('-');
    stem.push_str(kind.as_str());
    if let Some(n) = number {
        stem.push('-');
        stem.push_str(&n.to_string());
    }
    if lang == Lang::Es {
        stem.push_str("-es");
    }
    stem
}

fn file_name(case_id: &str) -> String {
    let mut name = String::new();
    for c in case_id.chars() {
        if name.len() >= LONGEST {
            break;
        }
        let kept = c.is_alphanumeric() || matches!(c, '.' | '_') && !name.is_empty();
        if kept {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches(['-', '.']);
    if name.is_empty() { "case".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_every_file_system_takes() {
        let name = |id: &str| stem(id, &[id], Kind::CallScript, None, Lang::En);
        assert_eq!(name("2-surgery"), "2-surgery-call-script");
        assert_eq!(name("clinic/María Alvarez <b>"), "clinic-María-Alvarez-b-call-script");
        assert_eq!(name("../../etc"), "etc-call-script");
        assert_eq!(name("\u{202E}\n"), "case-call-script");
        assert!(name(&"x".repeat(500)).len() < 110);
        let both = ["a/b", "a-b"];
        assert_ne!(stem("a/b", &both, Kind::CallScript, None, Lang::En), stem("a-b", &both, Kind::CallScript, None, Lang::En));
        assert_eq!(stem("a", &["a"], Kind::ErrorDispute, Some(2), Lang::Es), "a-error-dispute-2-es");
    }

    #[test]
    fn a_letter_that_was_edited_is_kept() {
        let top = tempfile::tempdir().unwrap();
        let dir = top.path().join("letters");
        let about = ("a", Kind::ErrorDispute, Lang::En);
        let run = |bytes: &[u8], force| {
            let mut folder = Folder::open(&dir).unwrap();
            let fate = folder.write("a.docx", bytes, about, force).unwrap();
            folder.close().unwrap();
            fate
        };
        assert_eq!(run(b"one", false), Fate::Written);
        assert_eq!(run(b"two", false), Fate::Written);
        fs::write(dir.join("a.docx"), "edited").unwrap();
        assert_eq!(run(b"three", false), Fate::Kept);
        assert_eq!(fs::read(dir.join("a.docx")).unwrap(), b"edited");
        assert_eq!(run(b"three", true), Fate::Written);
        assert_eq!(fs::read(dir.join("a.docx")).unwrap(), b"three");
    }
}
