//! Letters and a call script from a finished audit, as .docx and .pdf, in English and Spanish.
//!
//! [`occasion::occasions`] says which letters a case calls for, [`facts`] takes their [`values`] from the record, [`templates`] fills
//! the text, [`markup`] reads it into [`blocks`], [`docx`] and [`pdf`] write the files and [`folder`] lays them down. Each value comes
//! from the record; what it does not state is a blank to fill.

pub mod blocks;
pub mod docx;
pub mod facts;
pub mod folder;
pub mod kind;
pub mod markup;
pub mod occasion;
pub mod pdf;
pub mod templates;
pub mod type_face;
pub mod values;
pub mod wording;

use jiff::civil::Date;

use crate::case_log::Entry;
use crate::finished::CasePapers;
use crate::negotiation::Talk;
use crate::record::Money;
use blocks::Block;
pub use kind::Kind;
pub use occasion::{Occasion, Subject, occasions};
pub use templates::{TemplateError, Templates};
pub use wording::Lang;

/// The page about the templates: forms, functions and values.
pub const MANUAL: &str = include_str!("templates/manual.md");

/// A letter before it is written to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its kind.
    pub kind: Kind,
    /// Its language.
    pub lang: Lang,
    /// Its date.
    pub date: Date,
    /// The document's title: its subject.
    pub title: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// What a letter about terms may offer, US dollars.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bargain {
    /// What `billproof negotiate` works out for each bill.
    pub talks: Vec<Talk>,
    /// A single payment instead of the opening offer.
    pub offer: Option<Money>,
    /// What was agreed, as the case's log has it.
    pub agreed: Option<Entry>,
}

/// Why a letter could not be made.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// Its template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The .pdf form.
    #[error("cannot set the letter as .pdf: {0}")]
    Pdf(String),
    /// The .docx form.
    #[error("cannot set the letter as .docx: {0}")]
    Docx(String),
}

/// Writes the letter that an occasion calls for.
pub fn draft(
    papers: &CasePapers,
    templates: &Templates,
    occasion: &Occasion,
    bargain: &Bargain,
    lang: Lang,
    date: Date,
) -> Result<Letter, LetterError> {
    let facts = facts::facts(papers, occasion.kind, &occasion.subject, bargain, lang, date);
    let blocks = templates.fill(occasion.kind, lang, &facts)?;
    let subject = blocks.iter().find_map(|b| if let Block::Heading(1, r) = b { Some(blocks::shown(r)) } else { None });
    let title = subject.unwrap_or_else(|| occasion.kind.to_string());
    Ok(Letter { kind: occasion.kind, lang, date, title, blocks })
}

#[cfg(test)]
mod tests;
