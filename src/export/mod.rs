//! Stage 10: what is written to the output folder.
//!
//! Four CSV files and their JSON twin for programs and spreadsheets, run.json for whoever must know how they came
//! about. Each file appears whole or not at all, readable by its owner only.

pub mod case_text;
pub mod cases_json;
pub mod cells;
pub mod csv;
pub mod journal;
pub mod json;
pub mod out_dir;
pub mod overlay;
pub mod pattern_csv;
pub mod run_json;
pub mod searchable;
pub mod text;

pub use out_dir::OutDir;
