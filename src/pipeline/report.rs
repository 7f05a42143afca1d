//! What run.json says about a run.

use std::collections::{BTreeMap, HashMap};

use super::AuditOptions;
use crate::cases::{Case, CaseBy};
use crate::discover::Discovery;
use crate::export::cells::named;
use crate::export::run_json::{Counts, InputFile, Options, RunReport};
use crate::record::Document;

/// The report, but for the times and the trouble with case.toml files.
pub(super) fn of(options: &AuditOptions, found: Discovery, cases: &[Case]) -> RunReport {
    let documents: Vec<&Document> = cases.iter().flat_map(|c| &c.documents).collect();
    let files = input_files(&found, &documents);
    RunReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: options.inputs.iter().map(|i| i.display().to_string()).collect(),
        options: Options {
            case_by: name_of(options.case_by).to_owned(),
            jobs: options.jobs.get(),
            strict: options.strict,
            cache: options.cache,
        },
        counts: count(&files, cases, &documents),
        files,
        skipped: found.skipped,
        ..RunReport::default()
    }
}

fn name_of(case_by: CaseBy) -> &'static str {
    match case_by {
        CaseBy::Auto => "auto",
        CaseBy::Folder => "folder",
        CaseBy::Patient => "patient",
    }
}

fn input_files(found: &Discovery, documents: &[&Document]) -> Vec<InputFile> {
    let hashes: HashMap<&str, &str> = documents.iter().map(|d| (d.path.as_str(), d.sha256.as_str())).collect();
    let hash = |path: &str| hashes.get(path).map(|h| (*h).to_owned()).unwrap_or_default();
    found.files.iter().map(|f| InputFile { path: f.path.clone(), sha256: hash(&f.path), bytes: f.bytes }).collect()
}

fn count(files: &[InputFile], cases: &[Case], documents: &[&Document]) -> Counts {
    Counts {
        files: files.len(),
        pages: documents.iter().map(|d| u64::from(d.pages)).sum(),
        documents: tally(documents.iter().map(|d| named(&d.status))),
        kinds: tally(documents.iter().map(|d| d.kind.as_str().to_owned())),
        lines: documents.iter().map(|d| d.lines.len()).sum(),
        unparsed: documents.iter().map(|d| d.unparsed.len()).sum(),
        cases: cases.len(),
        ..Counts::default()
    }
}

fn tally(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    names.fold(BTreeMap::new(), |mut counts, name| {
        *counts.entry(name).or_default() += 1;
        counts
    })
}
