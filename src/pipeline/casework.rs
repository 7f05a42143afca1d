//! Stages 5 to 9: documents → cases with the facts that their case.toml states → what is found in each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use rayon::prelude::*;

use crate::case_file::{CaseFile, parse_case_file};
use crate::cases::{Case, CaseBy, group};
use crate::crosscheck;
use crate::decisions::Decisions;
use crate::discover::{CASE_FILE_NAME, CaseFileSource, Discovery, Location};
use crate::export::run_json::CaseFileProblem;
use crate::ledger::{Reconciled, reconcile_case};
use crate::names::{Likeness, same_person};
use crate::record::{Document, TextOrigin};
use crate::reference::ReferenceTables;

/// A case.toml is written by hand; what is larger is something else.
const MOST_CASE_FILE_BYTES: u64 = 1 << 20;

/// The documents sorted into cases, and the case.toml files that could not be used.
pub(super) fn make_cases(documents: Vec<Document>, found: &Discovery, case_by: CaseBy) -> (Vec<Case>, Vec<CaseFileProblem>) {
    let folders: HashMap<&str, Option<String>> = found
        .files
        .iter()
        .map(|f| {
            let loose = (case_by == CaseBy::Folder).then(|| f.input.clone());
            (f.path.as_str(), f.case_folder.clone().or(loose))
        })
        .collect();
    let folder_of = |path: &str| folders.get(file_part(path)).cloned().flatten();
    let mut cases = group(documents, case_by, folder_of);
    let (stated, problems) = read_case_files(&found.case_files);
    for case in &mut cases {
        let around: BTreeSet<String> = case.documents.iter().filter_map(|d| folder_of(&d.path)).collect();
        let fitting =
            around.iter().filter_map(|folder| stated.get(folder)).find(|file| case.folder.is_some() || names(file, case));
        if let Some(file) = fitting {
            case.file = file.clone();
        }
    }
    (cases, problems)
}

/// The file of `file.pdf#p3-5`.
fn file_part(path: &str) -> &str {
    path.rsplit_once("#p")
        .filter(|(_, pages)| pages.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
        .map_or(path, |(file, _)| file)
}

/// Whether the file's patient is the one of a case that was made from what the papers say.
fn names(file: &CaseFile, case: &Case) -> bool {
    let Some(stated) = &file.patient.name else { return false };
    case.documents.iter().flat_map(|d| &d.patient).any(|p| same_person(stated, p) != Likeness::Different)
}

fn read_case_files(sources: &[CaseFileSource]) -> (BTreeMap<String, CaseFile>, Vec<CaseFileProblem>) {
    let mut read = BTreeMap::new();
    let mut problems = Vec::new();
    for source in sources {
        match case_file_at(&source.location) {
            Ok(file) => {
                read.insert(source.case_id.clone(), file);
            }
            Err(error) => problems.push(CaseFileProblem { path: source.path.clone(), error }),
        }
    }
    (read, problems)
}

/// Reads one case.toml.
pub(super) fn case_file_at(location: &Location) -> Result<CaseFile, String> {
    let bytes = location.read(MOST_CASE_FILE_BYTES).map_err(|e| format!("cannot be read: {e}"))?;
    let text = String::from_utf8(bytes).map_err(|_| "cannot be read: it is no UTF-8 text".to_owned())?;
    parse_case_file(&text).map_err(|e| e.to_string())
}

/// The cases of a record in CSV form: as its documents say, and by content where they say nothing.
pub(super) fn remake_cases(documents: Vec<Document>, case_files: Option<&Path>) -> (Vec<Case>, Vec<CaseFileProblem>) {
    let stated: HashMap<String, String> =
        documents.iter().filter(|d| !d.case_id.is_empty()).map(|d| (d.path.clone(), d.case_id.clone())).collect();
    let mut cases = group(documents, CaseBy::Auto, |path| stated.get(path).cloned());
    let mut problems = Vec::new();
    for case in &mut cases {
        let Some(location) = case_files.map(|dir| dir.join(&case.case_id).join(CASE_FILE_NAME)).filter(|l| l.is_file()) else {
            continue;
        };
        match case_file_at(&location.clone().into()) {
            Ok(file) => case.file = file,
            Err(error) => problems.push(CaseFileProblem { path: location.display().to_string(), error }),
        }
    }
    (cases, problems)
}

/// Settles what single papers left open; a case that breaks off stays as it was read.
pub(super) fn crosscheck_all(cases: &mut [Case], refs: &ReferenceTables) {
    let open = |d: &Document| !d.open_cells.is_empty() || matches!(d.text_source, Some(TextOrigin::Ocr | TextOrigin::Mixed));
    cases.par_iter_mut().filter(|c| c.documents.iter().any(open)).for_each(|case| {
        let settled = panic::catch_unwind(AssertUnwindSafe(|| {
            let mut case = case.clone();
            crosscheck::settle(&mut case, refs);
            case
        }));
        if let Ok(settled) = settled {
            *case = settled;
        }
    });
}

/// What was found in the cases.
pub(super) struct Judged {
    /// Every case that could be judged, in the order of the cases.
    pub(super) reconciled: Vec<Reconciled>,
    /// Ids of those that broke off.
    pub(super) failed: Vec<String>,
}

/// Judges every case on its own; one that breaks off takes no other with it.
pub(super) fn reconcile_all(cases: &[Case], refs: &ReferenceTables, decisions: &Decisions) -> Judged {
    let judge = |case: &Case| {
        panic::catch_unwind(AssertUnwindSafe(|| reconcile_case(case, refs, decisions))).map_err(|_| case.case_id.clone())
    };
    let results: Vec<Result<Reconciled, String>> = cases.par_iter().map(judge).collect();
    let mut judged = Judged { reconciled: Vec::new(), failed: Vec::new() };
    for result in results {
        match result {
            Ok(reconciled) => judged.reconciled.push(reconciled),
            Err(case_id) => judged.failed.push(case_id),
        }
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::discover;
    use std::fs;

    fn papers(found: &Discovery, patients: &[(&str, &str)]) -> Vec<Document> {
        let patient = |path: &str| patients.iter().find(|(p, _)| path.ends_with(p)).map(|(_, name)| (*name).to_owned());
        let document = |path: &str| Document { patient: patient(path).into_iter().collect(), ..Document::empty(path) };
        found.files.iter().map(|f| document(&f.path)).collect()
    }

    fn lay(files: &[(&str, &str)]) -> (tempfile::TempDir, Discovery) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join("in").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let found = discover(&[dir.path().join("in")], None).unwrap();
        (dir, found)
    }

    #[test]
    fn a_case_file_states_facts_of_its_folder() {
        let (_dir, found) =
            lay(&[("doe/case.toml", "[patient]\nstate = \"TX\"\n"), ("doe/er/x.pdf", "%PDF-"), ("roe/y.pdf", "%PDF-")]);
        let (cases, problems) = make_cases(papers(&found, &[]), &found, CaseBy::Auto);
        assert!(problems.is_empty());
        assert_eq!(cases.iter().map(|c| c.case_id.as_str()).collect::<Vec<_>>(), ["doe", "roe"]);
        assert_eq!(cases[0].file.patient.state.as_deref(), Some("TX"));
        assert_eq!(cases[1].file, CaseFile::default());
    }

    #[test]
    fn a_bad_case_file_is_named_with_its_place_and_the_case_goes_on() {
        let (_dir, found) = lay(&[("doe/case.toml", "[patient]\nincome = 1\n"), ("doe/x.pdf", "%PDF-")]);
        let (cases, problems) = make_cases(papers(&found, &[]), &found, CaseBy::Auto);
        assert_eq!(cases.len(), 1);
        assert_eq!(problems[0].path, "doe/case.toml");
        assert!(problems[0].error.starts_with("line 2, column 1: "), "{}", problems[0].error);
    }

    #[test]
    fn loose_papers_of_a_folder_may_be_one_case() {
        let (_dir, found) = lay(&[("x.pdf", "%PDF-"), ("y.pdf", "%PDF-1")]);
        let (cases, _) = make_cases(papers(&found, &[("x.pdf", "Ann Doe"), ("y.pdf", "Bob Roe")]), &found, CaseBy::Folder);
        assert_eq!(cases.iter().map(|c| (c.case_id.as_str(), c.documents.len())).collect::<Vec<_>>(), [("in", 2)]);
    }

    #[test]
    fn grouped_by_content_the_facts_follow_the_patient() {
        let toml = "[patient]\nname = \"Ann Doe\"\nstate = \"TX\"\n";
        let (_dir, found) = lay(&[("mixed/case.toml", toml), ("mixed/x.pdf", "%PDF-"), ("mixed/y.pdf", "%PDF-1")]);
        let (cases, _) = make_cases(papers(&found, &[("x.pdf", "DOE, ANN"), ("y.pdf", "Bob Roe")]), &found, CaseBy::Patient);
        let states: Vec<_> = cases.iter().map(|c| (c.case_id.as_str(), c.file.patient.state.as_deref())).collect();
        assert_eq!(states, [("ann-doe", Some("TX")), ("bob-roe", None)]);
    }

    #[test]
    fn the_part_of_a_file_belongs_where_the_file_does() {
        assert_eq!(file_part("a/b.pdf#p3-5"), "a/b.pdf");
        assert_eq!(file_part("a/#paid.pdf"), "a/#paid.pdf");
    }
}
