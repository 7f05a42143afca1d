//! record.json: every document as it was read, with what the CSV files leave out: the rows that could not be read, the
//! document's own arithmetic, the notes and what it says in words.

use std::io::{self, Write};

use billproof_parsers::page_text::DocumentText;
use serde::{Deserialize, Serialize, Serializer};

use crate::record::Document;

/// Name of the file in the output folder.
pub const FILE_NAME: &str = "record.json";

/// The form of the file; raised when a field changes its meaning.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Record<D: Serialize> {
    format: u32,
    documents: D,
}

/// Documents that are written one after the other, without a list of them being made first.
struct Each<I>(I);

impl<'a, I: Iterator<Item = &'a Document> + Clone> Serialize for Each<I> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.clone())
    }
}

/// Writes the documents, one field under the other, as serde names them.
pub fn write<'a>(to: &mut dyn Write, documents: impl Iterator<Item = &'a Document> + Clone) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, &Record { format: FORMAT, documents: Each(documents) })?;
    to.write_all(b"\n")
}

#[derive(Deserialize)]
struct Written {
    format: u32,
    documents: Vec<Document>,
}

/// The documents of a file that [`write()`] wrote; `None` where another version wrote it.
pub fn read(from: impl io::Read) -> serde_json::Result<Option<Vec<Document>>> {
    let written: Written = serde_json::from_reader(from)?;
    Ok((written.format == FORMAT).then_some(written.documents))
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
