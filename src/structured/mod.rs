//! Electronic input: X12, FHIR and tables → statements as they state themselves.
//!
//! Nothing is recognised from an image here, so nothing is in doubt: what stands in a file is taken as it stands, and what
//! breaks the form of the file is kept as a row that could not be read, with its place. A part of a file (a transaction
//! set of a remittance, a claim of an 837, a resource of a bundle) is a document of its own and counts as a page.

pub mod cells;
pub mod fhir;
pub mod table;
pub mod text;
pub mod x12;

use billproof_parsers::statement::Statement;

use crate::file_kind::FileKind;
use crate::record::ArithmeticCheck;

/// One document of an electronic file.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it states.
    pub statement: Statement,
    /// What its own figures must satisfy, by the rules of its format.
    pub checks: Vec<ArithmeticCheck>,
}

/// What a file is by its first bytes: by its signature, else as a table whose header names services and amounts.
///
/// 64 kilobytes of the file are enough.
pub fn recognise(head: &[u8]) -> Option<FileKind> {
    FileKind::sniff(head).or_else(|| table::is_statement(head).then_some(FileKind::Table))
}

/// Whether some sheet of a workbook holds a statement.
pub fn has_statement(workbook: &[u8]) -> bool {
    table::read_workbook(workbook).is_ok()
}

/// The documents of an electronic file in order, at least one; an error says why there is none.
///
/// The pages of the part at index `i` are all `i + 1`.
pub fn read(kind: FileKind, bytes: &[u8]) -> Result<Vec<Part>, String> {
    let parts = match kind {
        FileKind::X12 => x12::read(bytes),
        FileKind::Fhir => fhir::read(bytes),
        FileKind::Table => table::read(bytes),
        FileKind::Workbook => table::read_workbook(bytes),
        FileKind::Pdf | FileKind::Jpeg | FileKind::Png | FileKind::Tiff => Err("no electronic statement".to_owned()),
    }?;
    if parts.is_empty() { Err("no remittance, explanation of benefits or claim in it".to_owned()) } else { Ok(parts) }
}
