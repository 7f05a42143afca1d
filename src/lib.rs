//! billproof audits US medical bills after insurance has paid.
//!
//! The modules stand in the order in which the data flows; none of them uses a later one.

pub mod record;
pub mod record_csv;

pub mod names;

pub mod case_file;
pub mod cases;

pub mod matching;

pub mod reference;

pub mod rules;

pub mod ledger;
