//! Stage 5: records → cases.
//!
//! A case is all the papers of one patient about one episode of care or one year of it. A folder below the input is a
//! case; loose files are grouped by what they say. A paper that names several people (the EOB of a family) goes to the
//! case whose papers it speaks of most; it never joins two people's cases.

mod by_content;
mod duplicates;

use std::collections::{BTreeMap, BTreeSet};

use crate::case_file::CaseFile;
use crate::record::{Document, Status};

pub use duplicates::mark_duplicates;

use by_content::by_content;

/// How files become cases (`--case-by`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CaseBy {
    /// Sub-folders are cases; loose files are grouped by content.
    #[default]
    Auto,
    /// Sub-folders are cases, and so are the loose files of an input folder together.
    Folder,
    /// Everything is grouped by content.
    Patient,
}

/// The papers of one case and what its `case.toml` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Path of the folder, or a name made from the patient's.
    pub case_id: String,
    /// Its documents in order of path; each carries the same `case_id`.
    pub documents: Vec<Document>,
    /// The facts that no document states; empty where there is no `case.toml`.
    pub file: CaseFile,
    /// Folder of the case relative to the input, where it is one.
    pub folder: Option<String>,
}

impl Case {
    /// A case of the given documents without a `case.toml`.
    pub fn new(case_id: impl Into<String>, documents: Vec<Document>) -> Self {
        let case_id = case_id.into();
        let mut documents = documents;
        documents.sort_by(|a, b| path_order(&a.path, &b.path));
        for d in &mut documents {
            d.case_id.clone_from(&case_id);
        }
        Self { case_id, documents, file: CaseFile::default(), folder: None }
    }

    /// The documents that take part in comparisons: read, and no duplicate of another.
    pub fn live_documents(&self) -> impl Iterator<Item = (usize, &Document)> {
        self.documents.iter().enumerate().filter(|(_, d)| matches!(d.status, Status::Ok | Status::Partial))
    }
}

/// `file.pdf#p10-11` after `file.pdf#p3-5`.
fn path_order(a: &str, b: &str) -> std::cmp::Ordering {
    split_part(a).cmp(&split_part(b)).then_with(|| a.cmp(b))
}

/// File and first page of a path with or without `#p3-5`.
fn split_part(path: &str) -> (&str, u32) {
    match path.rsplit_once("#p") {
        Some((file, pages)) => match pages.split('-').next().and_then(|p| p.parse().ok()) {
            Some(first) => (file, first),
            None => (path, 0),
        },
        None => (path, 0),
    }
}

/// Sorts documents into cases and marks duplicates.
///
/// `folder_of` gives the folder that makes the case of a path, as its `case_id`, and `None` for a file that lies loose;
/// it is not asked where everything goes by content. Cases come sorted by id, documents by path; every document is in
/// exactly one case.
pub fn group(documents: Vec<Document>, case_by: CaseBy, folder_of: impl Fn(&str) -> Option<String>) -> Vec<Case> {
    let mut folders: BTreeMap<String, Vec<Document>> = BTreeMap::new();
    let mut loose: Vec<Document> = Vec::new();
    for d in documents {
        let folder = if case_by == CaseBy::Patient { None } else { folder_of(&d.path) };
        match folder {
            Some(f) => folders.entry(f).or_default().push(d),
            None => loose.push(d),
        }
    }
    let mut taken: BTreeSet<String> = folders.keys().cloned().collect();
    let mut cases = Vec::new();
    for (folder, docs) in folders {
        let mut case = Case::new(folder.clone(), docs);
        case.folder = Some(folder);
        cases.push(case);
    }
    for docs in by_content(loose) {
        let id = unique(&mut taken, &name_of(&docs));
        cases.push(Case::new(id, docs));
    }
    for case in &mut cases {
        mark_duplicates(&mut case.documents);
    }
    cases.sort_by(|a, b| a.case_id.cmp(&b.case_id));
    cases
}

fn unique(taken: &mut BTreeSet<String>, name: &str) -> String {
    let mut id = name.to_owned();
    let mut n = 1;
    while !taken.insert(id.clone()) {
        n += 1;
        id = format!("{name}-{n}");
    }
    id
}

/// The fullest form of the name that most of the documents print, as `jane-q-doe`; else the first file's name.
fn name_of(docs: &[Document]) -> String {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for d in docs.iter().filter(|d| d.patient.len() == 1) {
        let slug = person_slug(&d.patient[0]);
        if !slug.is_empty() {
            let len = slug.len();
            counts.entry(slug).or_insert((0, len)).0 += 1;
        }
    }
    let best = counts.into_iter().max_by_key(|(_, n)| *n).map(|(s, _)| s);
    let best = best.or_else(|| docs.iter().flat_map(|d| &d.patient).map(|p| person_slug(p)).find(|s| !s.is_empty()));
    best.unwrap_or_else(|| {
        let stem = docs.first().map_or("", |d| split_part(&d.path).0);
        let stem = stem.rsplit('/').next().unwrap_or(stem);
        let s = slug(stem.rsplit_once('.').map_or(stem, |(s, _)| s));
        if s.is_empty() { "case".to_owned() } else { s }
    })
}

fn person_slug(name: &str) -> String {
    match crate::names::PersonName::parse(name) {
        Some(p) => slug(&[vec![p.first], p.middle, vec![p.last, p.suffix]].concat().join(" ")),
        None => String::new(),
    }
}

fn slug(s: &str) -> String {
    let lower: String = s.chars().flat_map(char::to_lowercase).map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    lower.split_whitespace().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests;
