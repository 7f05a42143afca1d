//! cases.json: every case as it was judged, for the commands that go on from there (`case`, and whatever turns findings
//! into letters): its row of cases.csv, the account of each bill, its findings, and what its case.toml states.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::case_file::CaseFile;
use crate::cases::Case;
use crate::ledger::{Account, CaseRow, Reconciled, RoadStep};
use crate::rules::Finding;

/// Name of the file in the output folder.
pub const FILE_NAME: &str = "cases.json";

/// The form of the file; raised when a field changes its meaning.
const FORMAT: u32 = 1;

/// A case as it was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedCase {
    /// Its row of cases.csv.
    pub summary: CaseRow,
    /// One account for each bill that counts.
    pub accounts: Vec<Account>,
    /// Its findings, decided ones too.
    pub findings: Vec<Finding>,
    /// What its case.toml states.
    pub facts: CaseFile,
    /// What to do first and what may come after it; empty where an earlier version wrote the file.
    #[serde(default)]
    pub road: Vec<RoadStep>,
}

#[derive(Serialize, Deserialize)]
struct Cases {
    format: u32,
    cases: Vec<JudgedCase>,
}

/// Why the cases of a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// There is no such file, or it cannot be opened.
    #[error("{0} holds no audit: failed to open its cases.json")]
    Open(PathBuf, #[source] io::Error),
    /// It is not what this version writes.
    #[error("{0} is damaged or was written by another version")]
    Format(PathBuf, #[source] Option<serde_json::Error>),
    /// No case of the run fits the name.
    #[error("{dir} has no case {wanted}{}", if near.is_empty() { String::new() } else { format!("; is one of these meant? {}", near.join(", ")) })]
    NoCase {
        /// The output folder.
        dir: String,
        /// What was asked for.
        wanted: String,
        /// Ids that look like it.
        near: Vec<String>,
    },
}

/// Writes the judged cases. `cases` and `reconciled` are each sorted by id; a case that broke off is in the first only.
pub fn write(to: &mut dyn Write, cases: &[Case], reconciled: &[Reconciled]) -> io::Result<()> {
    let facts = |id: &str| cases.iter().find(|c| c.case_id == id).map(|c| c.file.clone()).unwrap_or_default();
    let judged = |r: &Reconciled| JudgedCase {
        summary: r.row.clone(),
        accounts: r.accounts.clone(),
        findings: r.findings.clone(),
        facts: facts(&r.row.case_id),
        road: r.road.clone(),
    };
    let all = Cases { format: FORMAT, cases: reconciled.iter().map(judged).collect() };
    serde_json::to_writer_pretty(&mut *to, &all)?;
    to.write_all(b"\n")
}

/// The cases of a finished run.
pub fn read(dir: &Path) -> Result<Vec<JudgedCase>, CasesError> {
    let path = dir.join(FILE_NAME);
    let file = File::open(&path).map_err(|e| CasesError::Open(dir.to_owned(), e))?;
    let read: Cases = serde_json::from_reader(BufReader::new(file)).map_err(|e| CasesError::Format(path.clone(), Some(e)))?;
    if read.format == FORMAT { Ok(read.cases) } else { Err(CasesError::Format(path, None)) }
}

/// The case with this id, or the only one whose id or patient begins with it, whatever the letters' size.
pub fn find(dir: &Path, wanted: &str) -> Result<JudgedCase, CasesError> {
    pick(read(dir)?, dir, wanted)
}

/// The one of the cases of a run in `dir` that is meant, as [`find`] finds it.
pub fn pick(mut cases: Vec<JudgedCase>, dir: &Path, wanted: &str) -> Result<JudgedCase, CasesError> {
    if let Some(i) = cases.iter().position(|c| c.summary.case_id == wanted) {
        return Ok(cases.swap_remove(i));
    }
    let key = wanted.trim_end_matches('/').to_lowercase();
    let starts = |c: &JudgedCase| {
        let id = c.summary.case_id.to_lowercase();
        id.starts_with(&key)
            || id.rsplit('/').next().is_some_and(|last| last.starts_with(&key))
            || c.summary.patient.to_lowercase().starts_with(&key)
    };
    let fitting: Vec<usize> = (0..cases.len()).filter(|i| !key.is_empty() && starts(&cases[*i])).collect();
    if let [only] = fitting[..] {
        return Ok(cases.swap_remove(only));
    }
    let likely = |c: &&JudgedCase| starts(c) || strsim::jaro_winkler(&c.summary.case_id.to_lowercase(), &key) > 0.8;
    let near = cases.iter().filter(likely).take(5).map(|c| c.summary.case_id.clone()).collect();
    Err(CasesError::NoCase { dir: dir.display().to_string(), wanted: wanted.to_owned(), near })
}
