//! Stage 1: paths → source files, recognised by content.
//!
//! Folders are walked to any depth. Hidden entries and the output folder are left out, every real folder and file is
//! visited once however many links lead to it, and nothing but regular files is ever opened, so neither a symlink loop
//! nor a named pipe can hold the run up. Archives and mails are folders here: what is in them lies where it would lie if
//! they were unpacked in place. The order depends on the names alone.

mod location;
mod members;

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::archive::{Container, Member};
use crate::file_kind::FileKind;
use crate::structured::recognise;

pub use location::Location;

/// Name of the file that states a case's facts.
pub const CASE_FILE_NAME: &str = "case.toml";

/// Name of the file that holds what was said, promised and agreed about a case. No paper: it is left out of the input.
pub const CASE_LOG_NAME: &str = "case-log.csv";

/// Extensions that promise a file of ours: where the content is foreign, the promise is broken and said so.
const PROMISING: [&str; 12] = ["pdf", "jpg", "jpeg", "png", "tif", "tiff", "835", "837", "x12", "zip", "eml", "msg"];

/// Enough to recognise every kind ([`recognise`]): a table has words above it, a resource its text.
const HEAD: u64 = 64 << 10;

/// One file of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// `path` of documents.csv: relative to the input, `/` separators, behind the input's own name if there are several.
    pub path: String,
    /// Where it lies.
    pub location: Location,
    /// The folder that makes its case, as `case_id`; `None` for a file that lies loose in the input.
    pub case_folder: Option<String>,
    /// Name of the input folder that it lies in, or of the folder around a file that is an input itself.
    pub input: String,
    /// What its content is, or why it cannot be read.
    pub kind: Result<FileKind, String>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A case.toml and the case whose facts it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFileSource {
    /// The case's folder as `case_id`.
    pub case_id: String,
    /// Its path, in the form of [`SourceFile::path`].
    pub path: String,
    /// Where it lies.
    pub location: Location,
}

/// What was passed over, for run.json.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Files of other types by extension in lower case; `""` where the name has none.
    pub by_extension: BTreeMap<String, u64>,
    /// Hidden files and folders.
    pub hidden: u64,
    /// Links and inputs that lead to a file or folder already visited, among them symlink loops.
    pub visited_before: u64,
    /// Links that lead nowhere.
    pub broken_links: u64,
    /// Archives and mails that were opened; their members are counted as files are.
    pub archives: u64,
    /// Pipes, sockets and devices.
    pub special: u64,
    /// Folders that could not be listed, each with the reason.
    pub unreadable: Vec<String>,
}

impl Skipped {
    /// Files of other types, all told.
    pub fn other_types(&self) -> u64 {
        self.by_extension.values().sum()
    }
}

/// What lies below the inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// The files in stable order.
    pub files: Vec<SourceFile>,
    /// The case.toml files in stable order.
    pub case_files: Vec<CaseFileSource>,
    /// What was passed over.
    pub skipped: Skipped,
}

/// An input that cannot be opened at all.
#[derive(Debug, thiserror::Error)]
#[error("cannot open {input}: {source}")]
pub struct DiscoverError {
    /// The input as it was given.
    pub input: String,
    /// What the system says.
    pub source: io::Error,
}

/// Everything readable below `inputs`, leaving out `out` where it lies within one of them.
///
/// # Errors
/// The first input that does not exist or cannot be opened.
pub fn discover(inputs: &[PathBuf], out: Option<&Path>) -> Result<Discovery, DiscoverError> {
    let mut names = HashSet::new();
    let mut walk = Walk { out: out.and_then(|o| o.canonicalize().ok()), ..Walk::default() };
    for input in inputs {
        let failed = |source| DiscoverError { input: input.display().to_string(), source };
        let real = input.canonicalize().map_err(failed)?;
        let meta = fs::metadata(&real).map_err(failed)?;
        let name = unused(&mut names, &own_name(input, &real));
        if meta.is_dir() {
            fs::read_dir(&real).map_err(failed)?;
            let prefix = if inputs.len() > 1 { format!("{name}/") } else { String::new() };
            walk.folder(&Root { dir: input, name: &name, prefix: &prefix }, &real);
        } else if meta.is_file() {
            File::open(&real).map_err(failed)?;
            let around = real.parent().and_then(Path::file_name).unwrap_or(OsStr::new("input")).to_string_lossy().into_owned();
            let found = Found { parts: Vec::new(), folders: Vec::new(), location: input.clone().into(), of_archive: None };
            let root = Root { dir: input, name: &name, prefix: &name };
            let opened = walk.opened(found, &real);
            walk.place_all(&root, &around, opened);
        } else {
            return Err(failed(io::Error::other("neither a file nor a folder")));
        }
    }
    Ok(walk.finish())
}

/// The input's own name: `.` and `..` are named as what they stand for.
fn own_name(input: &Path, real: &Path) -> String {
    input.file_name().or_else(|| real.file_name()).unwrap_or(OsStr::new("input")).to_string_lossy().into_owned()
}

/// The name, with a number behind it where another input has the same one.
fn unused(names: &mut HashSet<String>, name: &str) -> String {
    let candidates = std::iter::once(name.to_owned()).chain((2u32..).map(|n| format!("{name}~{n}")));
    let free = candidates.into_iter().find(|c| !names.contains(c)).unwrap_or_default();
    names.insert(free.clone());
    free
}

/// A folder given as input.
struct Root<'a> {
    dir: &'a Path,
    name: &'a str,
    prefix: &'a str,
}

/// A file below an input, or in an archive there.
struct Found {
    /// Parts of its path below the input.
    parts: Vec<String>,
    /// The folders around it; an archive is none, what is in it lies as if unpacked in place.
    folders: Vec<String>,
    location: Location,
    /// What is known of it, where it is a member of an archive or the archive that could not be opened.
    of_archive: Option<Member>,
}

impl Found {
    fn is_case_file(&self) -> bool {
        self.parts.last().map_or_else(|| is_case_file(self.location.file()), |name| name == CASE_FILE_NAME)
    }
}

impl Root<'_> {
    /// The parts of the path below the input.
    fn parts(&self, path: &Path) -> Vec<String> {
        path.strip_prefix(self.dir).unwrap_or(path).iter().map(|p| p.to_string_lossy().into_owned()).collect()
    }
}

#[derive(Default)]
struct Walk {
    out: Option<PathBuf>,
    seen: HashSet<PathBuf>,
    found: Discovery,
}

impl Walk {
    /// Walks an input folder; links are followed last, so that what a link repeats is known by its real path.
    fn folder(&mut self, root: &Root<'_>, real: &Path) {
        let out = self.out.take().filter(|out| out != real);
        let mut files = Vec::new();
        let mut folders = vec![root.dir.to_owned()];
        let mut depth = 0;
        while !folders.is_empty() {
            let mut links = Vec::new();
            for folder in folders.drain(..) {
                self.tree(&folder, out.as_deref(), depth > 0, &mut files, &mut links);
            }
            links.sort();
            for link in links {
                match fs::metadata(&link) {
                    Ok(meta) if meta.is_dir() => folders.push(link),
                    Ok(meta) if meta.is_file() => files.push(link),
                    Ok(_) => self.found.skipped.special += 1,
                    Err(_) => self.found.skipped.broken_links += 1,
                }
            }
            depth += 1;
        }
        self.out = out;

        let mut found: Vec<Found> = Vec::new();
        for location in files {
            let parts = root.parts(&location);
            let folders = parts[..parts.len().saturating_sub(1)].to_vec();
            match location.canonicalize() {
                Ok(real) => {
                    let file = Found { parts, folders, location: location.into(), of_archive: None };
                    found.extend(self.opened(file, &real));
                }
                Err(_) => self.found.skipped.broken_links += 1,
            }
        }
        self.place_all(root, root.name, found);
    }

    fn place_all(&mut self, root: &Root<'_>, input: &str, found: Vec<Found>) {
        let with_case_file: HashSet<Vec<String>> = found.iter().filter(|f| f.is_case_file()).map(|f| f.folders.clone()).collect();
        for file in found {
            self.place(root, input, file, &with_case_file);
        }
    }

    /// A file, or what is in it where it is an archive or a mail; nothing where it was visited before.
    fn opened(&mut self, file: Found, real: &Path) -> Vec<Found> {
        if is_case_file(file.location.file()) {
            return vec![file];
        }
        if !self.seen.insert(real.to_owned()) {
            self.found.skipped.visited_before += 1;
            return Vec::new();
        }
        match head(real) {
            Ok(head) if recognise(&head).is_none() => match Container::sniff(&head) {
                Some(container) => {
                    let opened = members::of(container, file, real);
                    self.found.skipped.archives += u64::from(opened.first().is_none_or(|f| f.location.is_member()));
                    opened
                }
                None => vec![file],
            },
            _ => vec![file],
        }
    }

    /// Gives a file its path, its case and its kind.
    fn place(&mut self, root: &Root<'_>, input: &str, found: Found, with_case_file: &HashSet<Vec<String>>) {
        let slash = if root.prefix.is_empty() || root.prefix.ends_with('/') || found.parts.is_empty() { "" } else { "/" };
        let path = format!("{}{slash}{}", root.prefix, found.parts.join("/"));
        let case_folder = case_folder(root, &found.folders, with_case_file);
        if found.is_case_file() {
            let case_id = case_folder.unwrap_or_else(|| root.name.to_owned());
            self.found.case_files.push(CaseFileSource { case_id, path, location: found.location });
            return;
        }
        if path.rsplit('/').next() == Some(CASE_LOG_NAME) {
            return;
        }
        let Some((kind, bytes)) = self.kind_of(&found, &path) else { return };
        let Found { location, .. } = found;
        self.found.files.push(SourceFile { path, location, case_folder, input: input.to_owned(), kind, bytes });
    }

    /// What the file is, or why it is not read, and its size; `None` where it is of another type.
    fn kind_of(&mut self, found: &Found, path: &str) -> Option<(Result<FileKind, String>, u64)> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase());
        let promising = PROMISING.contains(&extension.as_str());
        let (kind, bytes, empty) = if let Some(member) = &found.of_archive {
            (member.kind.clone().map_err(|why| (why, true)), member.bytes, member.bytes == 0)
        } else {
            let file = found.location.file();
            let bytes = fs::metadata(file).map_or(0, |m| m.len());
            let head = head(file).map_err(|e| (format!("cannot be opened: {e}"), promising));
            (head.map(|head| recognise(&head)), bytes, bytes == 0)
        };
        let kind = match kind {
            Ok(Some(kind)) => Ok(kind),
            Ok(None) if !promising => return self.skip(extension),
            Ok(None) if empty => Err("the file is empty (0 bytes)".to_owned()),
            Ok(None) => Err(format!("named .{extension}, but its content is none of the kinds that are read")),
            Err((why, true)) => Err(why),
            Err((_, false)) => return self.skip(extension),
        };
        Some((kind, bytes))
    }

    fn skip<T>(&mut self, extension: String) -> Option<T> {
        *self.found.skipped.by_extension.entry(extension).or_default() += 1;
        None
    }

    /// Lists one tree of real folders; links are handed back.
    fn tree(&mut self, top: &Path, out: Option<&Path>, linked: bool, files: &mut Vec<PathBuf>, links: &mut Vec<PathBuf>) {
        let mut entries = WalkDir::new(top).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.found.skipped.unreadable.push(error.to_string());
                    continue;
                }
            };
            let is_top = entry.depth() == 0;
            let kind = if is_top && linked {
                fs::metadata(entry.path()).map_or_else(|_| entry.file_type(), |m| m.file_type())
            } else {
                entry.file_type()
            };
            if !is_top && is_hidden(entry.file_name()) {
                self.found.skipped.hidden += 1;
                if kind.is_dir() {
                    entries.skip_current_dir();
                }
            } else if kind.is_dir() || is_top {
                let Ok(real) = entry.path().canonicalize() else {
                    self.found.skipped.broken_links += 1;
                    continue;
                };
                if out == Some(real.as_path()) {
                    entries.skip_current_dir();
                } else if !self.seen.insert(real) {
                    self.found.skipped.visited_before += 1;
                    entries.skip_current_dir();
                }
            } else if kind.is_symlink() {
                links.push(entry.into_path());
            } else if kind.is_file() {
                files.push(entry.into_path());
            } else {
                self.found.skipped.special += 1;
            }
        }
    }

    fn finish(mut self) -> Discovery {
        self.found.files.sort_by(|a, b| by_parts(&a.path, &b.path));
        self.found.case_files.sort_by(|a, b| by_parts(&a.path, &b.path));
        self.found.skipped.unreadable.sort();
        self.found
    }
}

/// The folder that makes the case of a file: the nearest one above it that states facts of its own, else the topmost
/// below the input. An input that holds a case.toml itself is one case, named as the input is, with all below it.
fn case_folder(root: &Root<'_>, parts: &[String], with_case_file: &HashSet<Vec<String>>) -> Option<String> {
    let folders = parts.len();
    match (0..=folders).rev().find(|&d| with_case_file.contains(&parts[..d])) {
        Some(0) => Some(root.name.to_owned()),
        None if folders == 0 => None,
        depth => {
            let prefix = if root.prefix.ends_with('/') { root.prefix } else { "" };
            Some(format!("{prefix}{}", parts[..depth.unwrap_or(1)].join("/")))
        }
    }
}

fn is_case_file(path: &Path) -> bool {
    path.file_name() == Some(OsStr::new(CASE_FILE_NAME))
}

/// Names that begin with a dot, and the folder of resource forks that macOS puts into its archives.
fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name == "__MACOSX"
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// Folder by folder, so that a folder's files stay together.
fn by_parts(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

#[cfg(test)]
mod tests;
