//! `billproof review`: a page on this machine on which a person goes through the findings beside their pictures.
//!
//! It confirms, dismisses, notes what has been fixed, and corrects misread cells. [`desk`] holds the audit and appends each
//! decision to decisions.csv and each correction to corrections.csv in the output folder, on disk before it is answered; the
//! case is then judged anew and the output folder rewritten. [`access`] lets in whoever holds the link that was printed, once,
//! and nobody from another page or another machine. [`pages`] says what is shown, [`server`] answers.

pub mod access;
pub mod desk;
pub mod pages;
pub mod server;

pub use server::{ReviewError, ReviewOptions, serve};
