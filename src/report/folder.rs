//! The report's folder: made beside its place, then put into it, so that no page of an earlier report survives and a run that
//! breaks off leaves the earlier one whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::file_names::{CASE_PREFIX, INDEX, PICTURES};

/// Name of the folder in the output folder.
pub const FOLDER: &str = "report";

/// By which an index is known as one of this program's.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"billproof ";

/// Why the report cannot be put into its place.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder has other things in it.
    #[error("{} holds files that are no report of billproof's; move them away, or use --no-report", .0.display())]
    Foreign(PathBuf),
    /// What the system says.
    #[error("cannot write the report {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A report that is being made.
#[derive(Debug)]
pub struct NewReport {
    /// Where it is made.
    work: TempDir,
    target: PathBuf,
}

impl NewReport {
    /// Begins a report in an output folder that exists.
    pub fn begin(out: &Path) -> Result<Self, FolderError> {
        let target = out.join(FOLDER);
        if !is_ours(&target) {
            return Err(FolderError::Foreign(target));
        }
        let work = tempfile::Builder::new().prefix(".billproof-").suffix(".part").tempdir_in(out).map_err(at(out))?;
        let pictures = work.path().join(PICTURES);
        create_owned(&pictures).map_err(at(&pictures))?;
        Ok(Self { work, target })
    }

    /// Writes a file of the report, for its owner only; `name` is relative to the report.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.work.path().join(name);
        write_owned(&path, bytes).map_err(at(&path))
    }

    /// Puts the report in place of the earlier one.
    pub fn finish(self) -> Result<(), FolderError> {
        let moved = || -> io::Result<()> {
            clear(&self.target)?;
            create_owned(&self.target)?;
            for entry in fs::read_dir(self.work.path())? {
                let entry = entry?;
                fs::rename(entry.path(), self.target.join(entry.file_name()))?;
            }
            Ok(())
        };
        moved().map_err(at(&self.target))
    }
}

/// Takes away the report of an earlier run, where there is one.
pub fn remove(out: &Path) -> Result<(), FolderError> {
    let target = out.join(FOLDER);
    if is_ours(&target) { clear(&target).map_err(at(&target)) } else { Ok(()) }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    let path = path.to_owned();
    move |source| FolderError::Write { path, source }
}

/// Whether nothing is in the way, or what is there is a report of this program.
fn is_ours(target: &Path) -> bool {
    if fs::read_to_string(target.join(INDEX)).is_ok_and(|text| text.contains(GENERATOR)) {
        return true;
    }
    !target.exists() || target.is_dir() && !target.join(INDEX).exists() && !target.join(PICTURES).exists()
}

/// Removes what a report consists of, and the folder if nothing else is in it.
fn clear(target: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(target) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == PICTURES && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if name == INDEX || name.starts_with(CASE_PREFIX) && Path::new(&name).extension().is_some_and(|e| e == "html") {
            fs::remove_file(entry.path())?;
        }
    }
    match fs::remove_dir(target) {
        Err(e) if e.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        done => done,
    }
}

#[cfg(unix)]
fn create_owned(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn create_owned(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

fn write_owned(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(out: &Path, case: &str) -> Result<(), FolderError> {
        let report = NewReport::begin(out)?;
        report.write(INDEX, format!("{GENERATOR}1\">").as_bytes())?;
        report.write(&format!("{CASE_PREFIX}{case}.html"), b"x")?;
        report.write(&format!("{PICTURES}/{case}.png"), b"x")?;
        report.finish()
    }

    #[test]
    fn nothing_of_an_earlier_report_survives_but_what_is_not_its_own() {
        let out = tempfile::tempdir().unwrap();
        make(out.path(), "old").unwrap();
        let report = out.path().join(FOLDER);
        fs::write(report.join("my notes.txt"), "x").unwrap();
        make(out.path(), "new").unwrap();
        let mut names: Vec<_> = fs::read_dir(&report).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["case-new.html", "index.html", "my notes.txt", "pictures"]);
        assert_eq!(fs::read_dir(report.join(PICTURES)).unwrap().count(), 1);
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1, "the working folder is gone");
        remove(out.path()).unwrap();
        assert_eq!(fs::read_dir(&report).unwrap().count(), 1);
        make(out.path(), "newer").unwrap();
        assert_eq!(fs::read_dir(&report).unwrap().count(), 4);
    }

    #[test]
    fn a_folder_of_somebody_elses_is_left_alone() {
        let out = tempfile::tempdir().unwrap();
        let other = out.path().join(FOLDER);
        fs::create_dir(&other).unwrap();
        fs::write(other.join(INDEX), "my own page").unwrap();
        assert!(matches!(make(out.path(), "x"), Err(FolderError::Foreign(_))));
        remove(out.path()).unwrap();
        assert_eq!(fs::read_to_string(other.join(INDEX)).unwrap(), "my own page");
    }

    #[cfg(unix)]
    #[test]
    fn the_report_is_its_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let out = tempfile::tempdir().unwrap();
        make(out.path(), "x").unwrap();
        let mode = |p: &str| fs::metadata(out.path().join(FOLDER).join(p)).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(""), mode(PICTURES), mode(INDEX), mode("pictures/x.png")], [0o700, 0o700, 0o600, 0o600]);
    }
}
