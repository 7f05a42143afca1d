//! What a user teaches the reader without compiling: a file of words, and which layout is to read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use billproof_parsers::Reader;
use billproof_parsers::own_layout::OwnLayout;
use billproof_parsers::parse::{NameTaken, NoSuchLayout};
use billproof_parsers::toml_check::Fault;

/// The files and names that the command line gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReaderOptions {
    /// Header words that extend those that are built in.
    pub vocabulary: Option<PathBuf>,
    /// Folder of layouts that the user has described.
    pub layouts: Option<PathBuf>,
    /// The one layout that is to read every document.
    pub layout: Option<String>,
}

/// Why the reader cannot be taught.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// A file that cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file with a mistake in it: `words.toml:3:1: header.chrage: …`.
    #[error("{}:{fault}", path.display())]
    Fault {
        /// The file.
        path: PathBuf,
        /// The mistake, with its place.
        fault: Fault,
    },
    /// Two layouts of one name.
    #[error("{}", path.display())]
    NameTaken {
        /// The file of the second one.
        path: PathBuf,
        /// The name.
        source: NameTaken,
    },
    /// A layout that there is not.
    #[error(transparent)]
    NoSuchLayout(#[from] NoSuchLayout),
}

/// The reader as the options want it.
///
/// # Errors
/// A file that cannot be read or used, or a layout that there is not.
pub fn load(options: &ReaderOptions) -> Result<Reader, ReaderError> {
    let mut reader = Reader::default();
    if let Some(path) = &options.vocabulary {
        let text = text_of(path)?;
        reader.extend_vocabulary(&text).map_err(|fault| ReaderError::Fault { path: path.clone(), fault })?;
    }
    for path in options.layouts.as_deref().map(descriptions).transpose()?.unwrap_or_default() {
        let text = text_of(&path)?;
        let layout = OwnLayout::from_toml(&text).map_err(|fault| ReaderError::Fault { path: path.clone(), fault })?;
        reader.add_layout(layout).map_err(|source| ReaderError::NameTaken { path, source })?;
    }
    if let Some(name) = &options.layout {
        reader.force(name)?;
    }
    Ok(reader)
}

/// The TOML files of a folder, by name.
fn descriptions(dir: &Path) -> Result<Vec<PathBuf>, ReaderError> {
    let unreadable = |source| ReaderError::Unreadable { path: dir.to_owned(), source };
    let entries = fs::read_dir(dir).map_err(unreadable)?;
    let paths = entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let mut found: Vec<PathBuf> = paths.into_iter().filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    found.sort();
    Ok(found)
}

fn text_of(path: &Path) -> Result<String, ReaderError> {
    fs::read_to_string(path).map_err(|source| ReaderError::Unreadable { path: path.to_owned(), source })
}
