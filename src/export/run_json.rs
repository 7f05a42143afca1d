//! run.json: how the other files came about.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::discover::Skipped;

/// Name of the file in the output folder.
pub const FILE_NAME: &str = "run.json";

/// All that run.json says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunReport {
    /// Version of billproof.
    pub version: String,
    /// The INPUTs as they were given.
    pub inputs: Vec<String>,
    /// The folder in which the run was started, from which relative INPUTs are found again.
    pub working_dir: String,
    /// Every file that was read, with its hash.
    pub files: Vec<InputFile>,
    /// The options that shape the result.
    pub options: Options,
    /// How many of each there are.
    pub counts: Counts,
    /// Seconds by stage; those inside the fan-out are summed over its threads.
    pub timings: Vec<StageTime>,
    /// The reference tables.
    pub reference: Reference,
    /// What was passed over.
    pub skipped: Skipped,
    /// The case.toml files that could not be used, and why; their cases were audited without them.
    pub case_file_errors: Vec<CaseFileProblem>,
    /// Corrections that do not fit what was read, by their places; they were left out.
    pub unfit_corrections: Vec<String>,
    /// Cases whose comparison broke off: a fault of billproof's own. They have no row in cases.csv and no findings.
    pub failed_cases: Vec<String>,
}

/// One file of the input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InputFile {
    /// Its path as in documents.csv.
    pub path: String,
    /// SHA-256 of its bytes, lower-case hex; empty if it could not be opened.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// The options that shape the result.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Options {
    /// How loose files become cases: auto, folder or patient.
    pub case_by: String,
    /// Threads.
    pub jobs: usize,
    /// Whether a file that was not read in full fails the run.
    pub strict: bool,
    /// Whether recognised pages were taken from and put into the cache.
    pub cache: bool,
    /// File of header words beside the builtin ones.
    pub vocabulary: Option<String>,
    /// Folder of layouts that the user has described.
    pub layouts: Option<String>,
    /// The layout that had to read every document.
    pub layout: Option<String>,
}

/// How many of each there are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Files read.
    pub files: usize,
    /// Their pages.
    pub pages: u64,
    /// Documents by status.
    pub documents: BTreeMap<String, usize>,
    /// Documents by kind.
    pub kinds: BTreeMap<String, usize>,
    /// Rows of lines.csv.
    pub lines: usize,
    /// Rows that could not be read.
    pub unparsed: usize,
    /// Cases.
    pub cases: usize,
    /// Findings by severity.
    pub flags: BTreeMap<String, usize>,
    /// Findings by rule.
    pub rules: BTreeMap<String, usize>,
}

/// Time spent in one stage.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageTime {
    /// The stage.
    pub stage: String,
    /// Seconds.
    pub seconds: f64,
}

/// The reference tables.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Reference {
    /// The folder that was given.
    pub dir: Option<String>,
    /// The store that was used instead.
    pub store: Option<String>,
    /// The files that were read.
    pub loaded: Vec<LoadedTable>,
    /// Tables that were not found.
    pub missing: Vec<MissingTable>,
    /// Quarters of service for which the loaded editions of a table are not those that were in force.
    pub not_in_force: Vec<NotInForce>,
    /// Files of the folder that are no table known here.
    pub skipped: Vec<String>,
}

/// A file of the reference folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LoadedTable {
    /// Its path.
    pub file: String,
    /// What it was taken for.
    pub table: String,
    /// Which edition of it.
    pub edition: String,
}

/// A quarter of service without its own edition of a table; the nearest stood in where the table allows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NotInForce {
    /// The table.
    pub table: String,
    /// Year and quarter.
    pub quarter: String,
}

/// A table that was not found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MissingTable {
    /// The table.
    pub table: String,
    /// The rule that did not fire without it, or not in full.
    pub rule: String,
}

/// A case.toml that could not be used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseFileProblem {
    /// Its path.
    pub path: String,
    /// What is wrong, with line and column.
    pub error: String,
}

/// Writes the report.
pub fn write(to: &mut dyn Write, report: &RunReport) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, report)?;
    to.write_all(b"\n")
}
