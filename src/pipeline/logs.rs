//! The logs of the cases: read once for all cases that share one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::case_log::{self, CaseLog, Entry, folder_in};
use crate::cases::Case;
use crate::discover::{CASE_LOG_NAME, Discovery};

/// The entries of each case by its id, and what could not be read.
#[derive(Debug, Clone, Default)]
pub struct Logs {
    /// Entries of the cases that have any.
    pub entries: BTreeMap<String, Vec<Entry>>,
    /// Files and rows that could not be read, and why.
    pub problems: Vec<String>,
}

/// The logs beside the papers of an audit.
pub(super) fn beside_papers(cases: &[Case], found: &Discovery, several_inputs: bool) -> Logs {
    read(cases, |case| folder_in(found, several_inputs, case).into_iter().collect())
}

/// The logs of a record's cases below a folder: each in a sub-folder of the case's name, or all in one.
pub(super) fn below(cases: &[Case], folder: Option<&Path>) -> Logs {
    read(cases, |case| folder.into_iter().flat_map(|f| [f.join(&case.case_id), f.to_owned()]).collect())
}

fn read(cases: &[Case], folders: impl Fn(&Case) -> Vec<PathBuf>) -> Logs {
    let mut files: BTreeMap<PathBuf, CaseLog> = BTreeMap::new();
    let mut logs = Logs::default();
    for case in cases {
        for path in folders(case).into_iter().map(|f| f.join(CASE_LOG_NAME)).filter(|p| p.is_file()) {
            let log = files.entry(path).or_insert_with_key(|path| match case_log::read(path) {
                Ok(log) => {
                    logs.problems.extend(log.unread.iter().cloned());
                    log
                }
                Err(error) => {
                    logs.problems.push(error.to_string());
                    CaseLog::default()
                }
            });
            let own = log.of_case(&case.case_id);
            if !own.is_empty() {
                logs.entries.entry(case.case_id.clone()).or_default().extend(own);
            }
        }
    }
    logs
}
