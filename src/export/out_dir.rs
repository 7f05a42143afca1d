//! The output folder: found writable before the work starts, each file in it written whole or not at all.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// What stands in the way of writing.
#[derive(Debug, thiserror::Error)]
pub enum OutError {
    /// The folder itself.
    #[error("cannot write to output folder {dir}: {source}")]
    Dir {
        /// The folder as it was given.
        dir: String,
        /// What the system says.
        source: io::Error,
    },
    /// One file in it.
    #[error("cannot write {file}: {source}")]
    File {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
}

/// A folder that has been found writable.
#[derive(Debug, Clone)]
pub struct OutDir {
    dir: PathBuf,
}

impl OutDir {
    /// Makes the folder where it does not exist (for its owner only) and tries whether a file can be made in it.
    pub fn open(dir: &Path) -> Result<Self, OutError> {
        let failed = |source| OutError::Dir { dir: dir.display().to_string(), source };
        create_owned(dir).map_err(failed)?;
        temp_in(dir).and_then(NamedTempFile::close).map_err(failed)?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Writes one file: under its name stands either what was there before or all of what `write` gives.
    pub fn write(&self, name: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutError> {
        write_file(&self.dir.join(name), write)
    }

    /// Takes away a file of an earlier run, where there is one.
    pub fn remove(&self, name: &str) -> Result<(), OutError> {
        let target = self.dir.join(name);
        match fs::remove_file(&target) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(OutError::File { file: target.display().to_string(), source })
            }
            _ => Ok(()),
        }
    }
}

/// Writes one file into a folder that exists, whole or not at all.
pub fn write_file(target: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutError> {
    let dir = target.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = || -> io::Result<()> {
        let mut temp = temp_in(dir)?;
        let mut buffered = BufWriter::new(temp.as_file_mut());
        write(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        temp.as_file().sync_all()?;
        temp.persist(target)?;
        Ok(())
    };
    written().map_err(|source| OutError::File { file: target.display().to_string(), source })
}

/// A file of the owner's only (tempfile makes it so), with a name that a later run does not take for an input.
fn temp_in(dir: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".billproof-").suffix(".part").tempfile_in(dir)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_not_there() {
        let top = tempfile::tempdir().unwrap();
        let out = OutDir::open(&top.path().join("a/b")).unwrap();
        out.write("x.csv", |w| w.write_all(b"old\n")).unwrap();
        let error = out.write("x.csv", |w| {
            w.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(error.unwrap_err().to_string().contains("x.csv: disk full"));
        assert_eq!(fs::read_to_string(out.path().join("x.csv")).unwrap(), "old\n");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_in_its_place_is_no_folder() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("out");
        fs::write(&path, "x").unwrap();
        assert!(OutDir::open(&path).unwrap_err().to_string().starts_with("cannot write to output folder"));
    }

    #[cfg(unix)]
    #[test]
    fn outputs_are_their_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let top = tempfile::tempdir().unwrap();
        let out = OutDir::open(&top.path().join("out")).unwrap();
        out.write("x.csv", |w| w.write_all(b"x")).unwrap();
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(out.path()), mode(&out.path().join("x.csv"))), (0o700, 0o600));
    }
}
