//! record.json: every document as it was read, with what the CSV files leave out: the rows that could not be read, the
//! document's own arithmetic, the notes and what it says in words.

use std::io::{self, Write};

use billproof_parsers::page_text::DocumentText;
use serde::Serialize;

use crate::record::Document;

/// The form of the file; raised when a field changes its meaning.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Record<'a> {
    format: u32,
    documents: &'a [Document],
}

/// Writes the documents, one field under the other, as serde names them.
pub fn write(to: &mut dyn Write, documents: &[Document]) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, &Record { format: FORMAT, documents })?;
    to.write_all(b"\n")
}

#[derive(Serialize)]
struct Read<'a> {
    format: u32,
    document: &'a Document,
    text: &'a DocumentText,
}

/// Writes one document and the words that it was read from.
pub fn write_reading(to: &mut dyn Write, document: &Document, text: &DocumentText) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, &Read { format: FORMAT, document, text })?;
    to.write_all(b"\n")
}
