//! What run.json says about a run.

use std::collections::BTreeMap;
use std::path::Path;

use super::{AuditOptions, Outcome};
use crate::cases::CaseBy;
use crate::discover::{Discovery, SourceFile};
use crate::export::cells::named;
use crate::export::run_json::{Counts, InputFile, LoadedTable, MissingTable, NotInForce, Options, Reference, RunReport};
use crate::reference::{Loaded, ReferenceTables};

/// What is known before the cases are judged.
pub(super) fn of(options: &AuditOptions, found: Discovery, hashes: Vec<String>, refs: &ReferenceTables) -> RunReport {
    RunReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: options.inputs.iter().map(|i| i.display().to_string()).collect(),
        working_dir: working_dir(),
        files: input_files(&found, hashes),
        options: Options {
            case_by: name_of(options.case_by).to_owned(),
            jobs: options.jobs.get(),
            strict: options.strict,
            cache: options.cache,
            vocabulary: options.reader.vocabulary.as_deref().map(|p| p.display().to_string()),
            layouts: options.reader.layouts.as_deref().map(|p| p.display().to_string()),
            layout: options.reader.layout.clone(),
        },
        reference: reference(options.refs.as_deref(), options.store.as_deref(), refs),
        skipped: found.skipped,
        ..RunReport::default()
    }
}

/// Where the process runs; empty where that folder is gone.
pub(super) fn working_dir() -> String {
    std::env::current_dir().map(|d| d.display().to_string()).unwrap_or_default()
}

/// What is known of the reference tables.
pub(super) fn reference(dir: Option<&Path>, store: Option<&Path>, refs: &ReferenceTables) -> Reference {
    let missing = refs.missing().into_iter().map(|(table, rule)| MissingTable { table: table.to_owned(), rule: rule.to_owned() });
    let shown = |path: &Path| path.display().to_string();
    let loaded = |t: &Loaded| LoadedTable { file: shown(&t.file), table: t.table.to_owned(), edition: t.edition.clone() };
    let not_in_force = refs.not_in_force().into_iter();
    Reference {
        dir: dir.map(shown),
        store: store.filter(|s| dir.is_none() && s.exists()).map(shown),
        loaded: refs.loaded.iter().map(loaded).collect(),
        missing: missing.collect(),
        not_in_force: not_in_force.map(|(table, quarter)| NotInForce { table: table.to_owned(), quarter }).collect(),
        skipped: refs.skipped.iter().map(|path| shown(path)).collect(),
    }
}

fn name_of(case_by: CaseBy) -> &'static str {
    match case_by {
        CaseBy::Auto => "auto",
        CaseBy::Folder => "folder",
        CaseBy::Patient => "patient",
    }
}

fn input_files(found: &Discovery, hashes: Vec<String>) -> Vec<InputFile> {
    let file = |(f, sha256): (&SourceFile, String)| InputFile { path: f.path.clone(), sha256, bytes: f.bytes };
    found.files.iter().zip(hashes).map(file).collect()
}

/// How many there are of everything.
pub(super) fn count(outcome: &Outcome) -> Counts {
    let documents = || outcome.documents();
    let findings = || outcome.reconciled.iter().flat_map(|r| &r.findings);
    Counts {
        files: outcome.report.files.len(),
        pages: documents().map(|d| u64::from(d.pages)).sum(),
        documents: tally(documents().map(|d| named(&d.status))),
        kinds: tally(documents().map(|d| d.kind.as_str().to_owned())),
        lines: documents().map(|d| d.lines.len()).sum(),
        unparsed: documents().map(|d| d.unparsed.len()).sum(),
        cases: outcome.cases.len(),
        flags: tally(findings().map(|f| f.severity.as_str().to_owned())),
        rules: tally(findings().map(|f| f.rule.to_owned())),
    }
}

fn tally(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    names.fold(BTreeMap::new(), |mut counts, name| {
        *counts.entry(name).or_default() += 1;
        counts
    })
}
