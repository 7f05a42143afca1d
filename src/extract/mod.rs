//! Stage 2: a file → pages of positioned words.

pub mod file_kind;

pub use file_kind::FileKind;
