//! billproof audits US medical bills after insurance has paid.
//!
//! The modules stand in the order in which the data flows; none of them uses a later one.

pub mod discover;
pub mod export;
pub mod extract;
pub mod record;
