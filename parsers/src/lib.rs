//! Positioned text in, the statement as printed out.
//!
//! No PDF, no files, no threads and no rules in here: [`page_text`] is the input, [`statement`] the output, and what
//! stands between them is grammar.

pub mod grammar;
pub mod page_text;
pub mod statement;
