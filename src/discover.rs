//! Stage 1: paths → source files, recognised by content.
//!
//! Folders are walked to any depth. Hidden entries and the output folder are left out, every real folder and file is
//! visited once however many links lead to it, and nothing but regular files is ever opened, so neither a symlink loop
//! nor a named pipe can hold the run up. The order depends on the names alone.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;
use walkdir::WalkDir;

use crate::file_kind::FileKind;

/// Name of the file that states a case's facts.
pub const CASE_FILE_NAME: &str = "case.toml";

/// Extensions that promise a file of ours: where the content is foreign, the promise is broken and said so.
const PROMISING: [&str; 6] = ["pdf", "jpg", "jpeg", "png", "tif", "tiff"];

/// A kilobyte is enough to recognise every kind ([`FileKind::sniff`]).
const HEAD: u64 = 1024;

/// One file of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// `path` of documents.csv: relative to the input, `/` separators, behind the input's own name if there are several.
    pub path: String,
    /// Where it lies.
    pub location: PathBuf,
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
    pub location: PathBuf,
}

/// What was passed over, for run.json.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Files of other types by extension in lower case; `""` where the name has none.
    pub by_extension: BTreeMap<String, u64>,
    /// Hidden files and folders.
    pub hidden: u64,
    /// Links and inputs that lead to a file or folder already visited, among them symlink loops.
    pub visited_before: u64,
    /// Links that lead nowhere.
    pub broken_links: u64,
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
            walk.file(Place { path: name, input: around, case_folder: None }, input, &real);
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

/// Where a file belongs, in the words of [`SourceFile`].
struct Place {
    path: String,
    input: String,
    case_folder: Option<String>,
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

        let with_case_file: HashSet<Vec<String>> =
            files.iter().filter(|f| is_case_file(f)).filter_map(|f| f.parent().map(|dir| root.parts(dir))).collect();
        for location in files {
            let parts = root.parts(&location);
            let path = format!("{}{}", root.prefix, parts.join("/"));
            let folder = case_folder(root, &parts, &with_case_file);
            if is_case_file(&location) {
                let case_id = folder.unwrap_or_else(|| root.name.to_owned());
                self.found.case_files.push(CaseFileSource { case_id, path, location });
                continue;
            }
            match location.canonicalize() {
                Ok(real) => {
                    let place = Place { path, input: root.name.to_owned(), case_folder: folder };
                    self.file(place, &location, &real);
                }
                Err(_) => self.found.skipped.broken_links += 1,
            }
        }
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

    fn file(&mut self, place: Place, location: &Path, real: &Path) {
        if !self.seen.insert(real.to_owned()) {
            self.found.skipped.visited_before += 1;
            return;
        }
        let bytes = fs::metadata(real).map_or(0, |m| m.len());
        let extension = location.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let promising = PROMISING.contains(&extension.as_str());
        let kind = match head(real) {
            Ok(head) => match FileKind::sniff(&head) {
                Some(kind) => Ok(kind),
                None if !promising => {
                    *self.found.skipped.by_extension.entry(extension).or_default() += 1;
                    return;
                }
                None if head.is_empty() => Err("the file is empty (0 bytes)".to_owned()),
                None => Err(format!("named .{extension}, but its content is no PDF, JPEG, PNG or TIFF")),
            },
            Err(error) if promising => Err(format!("cannot be opened: {error}")),
            Err(_) => {
                *self.found.skipped.by_extension.entry(extension).or_default() += 1;
                return;
            }
        };
        let Place { path, input, case_folder } = place;
        self.found.files.push(SourceFile { path, location: location.to_owned(), case_folder, input, kind, bytes });
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
    let folders = parts.len().saturating_sub(1);
    match (0..=folders).rev().find(|&d| with_case_file.contains(&parts[..d])) {
        Some(0) => Some(root.name.to_owned()),
        None if folders == 0 => None,
        depth => Some(format!("{}{}", root.prefix, parts[..depth.unwrap_or(1)].join("/"))),
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
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n";

    fn lay(dir: &Path, files: &[(&str, &[u8])]) {
        for (name, content) in files {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }

    fn paths(found: &Discovery) -> Vec<&str> {
        found.files.iter().map(|f| f.path.as_str()).collect()
    }

    #[test]
    fn content_decides_and_other_types_are_counted() {
        let dir = tempfile::tempdir().unwrap();
        lay(
            dir.path(),
            &[
                ("b/bill.dat", PDF),
                ("b/note.txt", b"hello"),
                ("a.PDF", b"plain text"),
                ("zero.pdf", b""),
                (".hidden.pdf", PDF),
                (".git/x.pdf", PDF),
                ("README", b"x"),
            ],
        );
        let found = discover(&[dir.path().to_owned()], None).unwrap();
        assert_eq!(paths(&found), ["a.PDF", "b/bill.dat", "zero.pdf"]);
        assert_eq!(found.files[1].kind, Ok(FileKind::Pdf));
        assert_eq!(found.files[1].case_folder.as_deref(), Some("b"));
        assert_eq!(found.files[0].case_folder, None);
        assert!(found.files[0].kind.as_ref().unwrap_err().contains(".pdf"));
        assert!(found.files[2].kind.as_ref().unwrap_err().contains("0 bytes"));
        assert_eq!(found.skipped.by_extension, BTreeMap::from([(String::new(), 1), ("txt".to_owned(), 1)]));
        assert_eq!(found.skipped.hidden, 2);
    }

    #[test]
    fn several_inputs_put_their_names_in_front() {
        let dir = tempfile::tempdir().unwrap();
        lay(dir.path(), &[("one/bills/c/x.pdf", PDF), ("two/bills/y.pdf", PDF), ("z.pdf", PDF)]);
        let inputs = [dir.path().join("one/bills"), dir.path().join("two/bills"), dir.path().join("z.pdf")];
        let found = discover(&inputs, None).unwrap();
        assert_eq!(paths(&found), ["bills/c/x.pdf", "bills~2/y.pdf", "z.pdf"]);
        assert_eq!(found.files[0].case_folder.as_deref(), Some("bills/c"));
        assert_eq!(found.files[1].case_folder, None);
    }

    #[test]
    fn a_file_given_twice_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        lay(dir.path(), &[("c/x.pdf", PDF)]);
        let found = discover(&[dir.path().join("c"), dir.path().join("c/x.pdf")], None).unwrap();
        assert_eq!(paths(&found), ["c/x.pdf"]);
        assert_eq!(found.skipped.visited_before, 1);
    }

    #[test]
    fn the_output_folder_is_no_input() {
        let dir = tempfile::tempdir().unwrap();
        lay(dir.path(), &[("x.pdf", PDF), ("out/page.png", b"\x89PNG\r\n\x1a\n")]);
        let found = discover(&[dir.path().to_owned()], Some(&dir.path().join("out"))).unwrap();
        assert_eq!(paths(&found), ["x.pdf"]);
    }

    #[test]
    fn the_nearest_case_file_makes_the_case() {
        let dir = tempfile::tempdir().unwrap();
        lay(dir.path(), &[("2025/doe/case.toml", b""), ("2025/doe/er/x.pdf", PDF), ("2025/roe/y.pdf", PDF)]);
        let found = discover(&[dir.path().to_owned()], None).unwrap();
        assert_eq!(found.files[0].case_folder.as_deref(), Some("2025/doe"));
        assert_eq!(found.files[1].case_folder.as_deref(), Some("2025"));
        assert_eq!(found.case_files[0].case_id, "2025/doe");
    }

    #[test]
    fn an_input_with_a_case_file_is_a_case() {
        let dir = tempfile::tempdir().unwrap();
        lay(dir.path(), &[("doe/case.toml", b""), ("doe/x.pdf", PDF), ("doe/er/y.pdf", PDF)]);
        let found = discover(&[dir.path().join("doe")], None).unwrap();
        assert_eq!(found.case_files[0].case_id, "doe");
        assert!(found.files.iter().all(|f| f.case_folder.as_deref() == Some("doe")));
    }

    #[test]
    fn a_missing_input_is_named() {
        let error = discover(&[PathBuf::from("no-such-folder")], None).unwrap_err();
        assert!(error.to_string().starts_with("cannot open no-such-folder: "));
    }

    #[cfg(unix)]
    #[test]
    fn links_neither_loop_nor_repeat() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        lay(dir.path(), &[("z/x.pdf", PDF), ("z/deep/y.pdf", PDF)]);
        symlink("..", dir.path().join("z/up")).unwrap();
        symlink("z", dir.path().join("a")).unwrap();
        symlink("nowhere", dir.path().join("broken")).unwrap();
        symlink("self", dir.path().join("self")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        lay(elsewhere.path(), &[("w.pdf", PDF)]);
        symlink(elsewhere.path(), dir.path().join("linked")).unwrap();
        let found = discover(&[dir.path().to_owned()], None).unwrap();
        assert_eq!(paths(&found), ["linked/w.pdf", "z/deep/y.pdf", "z/x.pdf"]);
        assert_eq!((found.skipped.visited_before, found.skipped.broken_links), (2, 2));
    }
}
