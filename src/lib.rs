//! billproof audits US medical bills after insurance has paid.
//!
//! The modules stand in the order in which the data flows; none of them uses a later one (`tests/program/architecture.rs`
//! holds them to it). Only [`record`] is used by all. [`pipeline`], [`layout_tools`], [`doctor`], [`summary`] and [`cli`] stand over all
//! of them.
//!
//! Two functions carry everything and know nothing of threads or folders: [`reading::parse_documents`] makes the bytes
//! of a file its documents, and [`ledger::reconcile_case`] makes the documents of a case its findings.

pub mod record;

pub mod file_kind;
pub mod structured;
pub mod archive;
pub mod discover;
pub mod extract;
pub mod normalize;
pub mod doubts;
pub mod reader_files;
pub mod reading;
pub mod record_csv;
pub mod corrections;

pub mod names;
pub mod case_file;
pub mod cases;
pub mod matching;
pub mod reference;
pub mod crosscheck;
pub mod pricing;

pub mod decisions;
pub mod rules;
pub mod ledger;
pub mod patterns;
pub mod precision;

pub mod export;
pub mod finished;
pub mod redact;
pub mod diff;
pub mod negotiation;
pub mod report;
pub mod case_log;
pub mod deadlines;
pub mod letters;

pub mod progress;
pub mod pipeline;
pub mod review;
pub mod layout_tools;
pub mod golden_sample;
pub mod doctor;
pub mod summary;
pub mod logging;
pub mod cli;
