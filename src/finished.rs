//! A finished audit, as it lies in its output folder: for the commands that go on from there without reading a paper again
//! (report, letters, negotiation, review).

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use crate::discover::{DiscoverError, Location, discover};
use crate::export::cases_json::{self, CasesError, JudgedCase};
use crate::export::json;
use crate::export::run_json::{self, RunReport};
use crate::record::{Document, ServiceLine};

/// A case as it was judged, with its papers.
#[derive(Debug, Clone)]
pub struct CasePapers {
    /// Summary, accounts, findings, facts.
    pub judged: JudgedCase,
    /// Its documents as they were read, in the order of documents.csv; duplicates and failed ones too.
    pub documents: Vec<Document>,
}

impl CasePapers {
    /// The document with this path.
    pub fn document(&self, path: &str) -> Option<&Document> {
        self.documents.iter().find(|d| d.path == path)
    }

    /// A line by its document's path and its number there.
    pub fn line(&self, path: &str, line_no: u32) -> Option<&ServiceLine> {
        self.document(path)?.lines.iter().find(|l| l.line_no == line_no)
    }
}

/// Why a finished audit cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FinishedError {
    /// cases.json, or no such case in it.
    #[error(transparent)]
    Cases(#[from] CasesError),
    /// record.json or run.json cannot be opened.
    #[error("{0} is not whole: failed to open its {1}")]
    Open(PathBuf, &'static str, #[source] io::Error),
    /// One of them is not what this version writes.
    #[error("{0} is damaged or was written by another version")]
    Format(PathBuf, #[source] Option<serde_json::Error>),
}

/// All cases of the audit in `dir`, by id, with their papers.
pub fn read(dir: &Path) -> Result<Vec<CasePapers>, FinishedError> {
    let mut of: HashMap<String, Vec<Document>> = HashMap::new();
    for document in documents(dir)? {
        of.entry(document.case_id.clone()).or_default().push(document);
    }
    let papers = |judged: JudgedCase| CasePapers { documents: of.remove(&judged.summary.case_id).unwrap_or_default(), judged };
    Ok(cases_json::read(dir)?.into_iter().map(papers).collect())
}

/// One case, found by its id or the beginning of it or of its patient's name.
pub fn find(dir: &Path, wanted: &str) -> Result<CasePapers, FinishedError> {
    let judged = cases_json::find(dir, wanted)?;
    let documents = documents(dir)?.into_iter().filter(|d| d.case_id == judged.summary.case_id).collect();
    Ok(CasePapers { judged, documents })
}

/// How the audit in `dir` came about.
pub fn run_report(dir: &Path) -> Result<RunReport, FinishedError> {
    let file = open(dir, run_json::FILE_NAME)?;
    serde_json::from_reader(file).map_err(|e| FinishedError::Format(dir.join(run_json::FILE_NAME), Some(e)))
}

/// Where the files of an audit lie now, by their path as in documents.csv without `#p3-5`. A file that has gone is missing.
pub fn locations(report: &RunReport) -> Result<HashMap<String, Location>, DiscoverError> {
    let inputs: Vec<PathBuf> = report.inputs.iter().map(|i| Path::new(&report.working_dir).join(i)).collect();
    let found = discover(&inputs, None)?;
    Ok(found.files.into_iter().map(|f| (f.path, f.location)).collect())
}

/// The file of `file.pdf#p3-5`, and the part's first page in the file, 1 for a whole file.
pub fn file_of(path: &str) -> (&str, u32) {
    path.rsplit_once("#p")
        .and_then(|(file, pages)| {
            let (first, last) = pages.split_once('-')?;
            last.parse::<u32>().ok()?;
            Some((file, first.parse().ok()?))
        })
        .unwrap_or((path, 1))
}

fn documents(dir: &Path) -> Result<Vec<Document>, FinishedError> {
    let damaged = |e| FinishedError::Format(dir.join(json::FILE_NAME), e);
    json::read(open(dir, json::FILE_NAME)?).map_err(|e| damaged(Some(e)))?.ok_or_else(|| damaged(None))
}

fn open(dir: &Path, name: &'static str) -> Result<BufReader<File>, FinishedError> {
    File::open(dir.join(name)).map(BufReader::new).map_err(|e| FinishedError::Open(dir.to_owned(), name, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_file_lies_in_the_file() {
        assert_eq!(file_of("a/b.pdf#p3-5"), ("a/b.pdf", 3));
        assert_eq!(file_of("a/b.pdf#p4-4"), ("a/b.pdf", 4));
        assert_eq!(file_of("a/#paid-up.pdf"), ("a/#paid-up.pdf", 1));
        assert_eq!(file_of("a/b.pdf"), ("a/b.pdf", 1));
    }
}
