//! What can be wrong with reference files and with the store.

use std::path::PathBuf;

/// Why a reference file or the store could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RefError {
    /// A file or the folder cannot be opened.
    #[error("failed to open {}", .0.display())]
    Open(PathBuf, #[source] std::io::Error),
    /// A file breaks off or is no table.
    #[error("failed to read {}", .0.display())]
    Read(PathBuf, #[source] csv::Error),
    /// An archive that cannot be unpacked.
    #[error("{}: damaged archive", .0.display())]
    Archive(PathBuf, #[source] zip::result::ZipError),
    /// A workbook that cannot be read.
    #[error("{}: damaged workbook ({})", .0.display(), .1)]
    Workbook(PathBuf, String),
    /// A price file in JSON that is none.
    #[error("{}: expected a hospital's machine-readable price file ({})", .0.display(), .1)]
    Json(PathBuf, String),
    /// A fee schedule that names no year.
    #[error("{}: the heading names no year", .0.display())]
    NoYear(PathBuf),
    /// A table without the columns of its kind.
    #[error("{}: no rows with {}", .0.display(), .1)]
    Columns(PathBuf, &'static str),
    /// A file that is no table known here.
    #[error(
        "{}: no table that billproof knows; expected a Medicare fee schedule (RVU, GPCI, ZIP5, anaesthesia, laboratory, DMEPOS, \
         ambulance, OPPS Addendum B), NCCI or MUE edits, add-on codes, HCPCS, CARC or RARC list, poverty guidelines, hospital \
         information or a hospital's price file, as published",
        .0.display()
    )]
    Unknown(PathBuf),
    /// The store cannot be opened or written.
    #[error("reference store {}: {}", .0.display(), .1)]
    Store(PathBuf, String),
    /// The store was written by a billproof whose layout this one does not know.
    #[error("reference store {} has layout {}, this version reads {}: remove it and add the files again", .0.display(), .1, .2)]
    Layout(PathBuf, u32, u32),
}
