//! Wires the stages: the only user of rayon.
//!
//! The order of everything that is written follows from the paths alone, never from the order in which threads finish.

mod again;
mod casework;
mod copies;
mod evidence;
mod files;
mod logs;
mod report;

use std::collections::HashMap;
use std::fs::File;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use again::{CORRECTIONS, DECISIONS, Resumed};
pub use copies::{PictureOptions, ShowError, page_pictures, searchable_copy};
use evidence::Papers;
pub use evidence::{ReportCounts, ReportError, report};
pub use files::read_one;
pub use logs::Logs;

use crate::cases::{Case, CaseBy};
use crate::corrections::{Correction, CorrectionError, Corrections};
use crate::deadlines::{self, deadlines};
use crate::decisions::{DecisionError, Decisions};
use crate::discover::{DiscoverError, Location, discover};
use crate::export::csv::{self, CaseSumRow, DocumentRow, FlagRow, LineRow};
use crate::export::out_dir::OutError;
use crate::export::pattern_csv::{PayerRow, PrecisionRow, ProviderRow};
use crate::export::run_json::{self, RunReport, StageTime};
use crate::export::{OutDir, cases_json, json};
use crate::finished::{CasePapers, FinishedError};
use crate::ledger::Reconciled;
use crate::patterns::{Party, patterns};
use crate::precision::precision;
use crate::reader_files::{self, ReaderError, ReaderOptions};
use crate::reading::Limits;
use crate::record::{Document, Status};
use crate::record_csv::{RecordError, read_record};
use crate::redact::picture::SecretWords;
use crate::redact::redact;
use crate::reference::store::Store;
use crate::reference::{RefError, ReferenceTables, load_refs, load_store};
use crate::report::folder;

/// What to audit, and how.
#[derive(Debug, Clone)]
pub struct AuditOptions {
    /// Files and folders.
    pub inputs: Vec<PathBuf>,
    /// Output folder.
    pub out: PathBuf,
    /// Folder of reference tables; takes the place of the store.
    pub refs: Option<PathBuf>,
    /// What people have decided about findings of earlier runs; without it what `review` has kept in the output folder.
    pub decisions: Option<PathBuf>,
    /// What people have corrected in the record of earlier runs; without it what `review` has kept in the output folder.
    pub corrections: Option<PathBuf>,
    /// Store of compiled reference tables.
    pub store: Option<PathBuf>,
    /// How files become cases.
    pub case_by: CaseBy,
    /// Threads.
    pub jobs: NonZeroUsize,
    /// Whether a file that was not read in full fails the run.
    pub strict: bool,
    /// Whether recognised pages are taken from the cache and put into it.
    pub cache: bool,
    /// What the reader is taught beside what it knows.
    pub reader: ReaderOptions,
    /// Bounds for one file.
    pub limits: Limits,
    /// Whether people are taken out of what is written.
    pub redact: bool,
    /// Whether to show how far the run is.
    pub progress: bool,
    /// Whether the evidence report is built.
    pub report: bool,
}

/// Why a run could not be carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// An input that cannot be opened.
    #[error(transparent)]
    Input(#[from] DiscoverError),
    /// The output folder or a file in it.
    #[error(transparent)]
    Output(#[from] OutError),
    /// A record in CSV form that cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A vocabulary or layout of the user's.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The reference tables.
    #[error("cannot use the reference tables")]
    Reference(#[from] RefError),
    /// The decisions.
    #[error("cannot use {}", .0.display())]
    Decisions(PathBuf, #[source] DecisionError),
    /// The corrections.
    #[error("cannot use {}", .0.display())]
    Corrections(PathBuf, #[source] CorrectionError),
    /// What `review` has kept in the output folder.
    #[error("failed to open {}", .0.display())]
    Kept(PathBuf, #[source] std::io::Error),
    /// A finished audit that cannot be read back.
    #[error(transparent)]
    Finished(#[from] FinishedError),
    /// A redacted audit beside papers that name people.
    #[error("{} holds {} of an audit that was not redacted; give the redacted one a folder of its own", .0.display(), .1)]
    NotForSharing(PathBuf, &'static str),
    /// A result that could not be masked; nothing was written.
    #[error("cannot redact the results, so nothing was written: {0}")]
    Redact(#[from] serde_json::Error),
    /// The threads of the run.
    #[error("cannot start the threads of the run: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The evidence report.
    #[error(transparent)]
    Report(#[from] ReportError),
}

/// What a run gave, as it was written.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The cases with their documents, by id.
    pub cases: Vec<Case>,
    /// What was found in each of them, by id; a case that broke off is missing.
    pub reconciled: Vec<Reconciled>,
    /// What run.json says.
    pub report: RunReport,
    /// What the cases' logs hold.
    pub logs: Logs,
}

impl Outcome {
    /// Every document, case by case.
    pub fn documents(&self) -> impl Iterator<Item = &Document> + Clone {
        self.cases.iter().flat_map(|c| &c.documents)
    }

    /// The cases that were judged, with their papers, by id.
    pub fn papers(&self) -> impl Iterator<Item = CasePapers> + '_ {
        self.reconciled.iter().filter_map(|r| self.papers_of(&r.row.case_id))
    }

    /// One of them.
    pub fn papers_of(&self, case_id: &str) -> Option<CasePapers> {
        let case = self.cases.iter().find(|c| c.case_id == case_id)?;
        let result = self.reconciled.iter().find(|r| r.row.case_id == case_id)?;
        Some(CasePapers { judged: cases_json::judged(&case.file, result), documents: case.documents.clone() })
    }

    /// Takes the people out; what each paper is called now, by its path.
    fn redact(&mut self) -> Result<HashMap<String, String>, AuditError> {
        // A log is what people said, of whom it names many.
        self.logs = Logs::default();
        Ok(redact(&mut self.cases, &mut self.reconciled, &mut self.report)?)
    }

    /// Whether a file was not read in full, a case.toml could not be used, or a case broke off.
    pub fn is_incomplete(&self) -> bool {
        let report = &self.report;
        !(report.case_file_errors.is_empty() && report.failed_cases.is_empty())
            || self.documents().any(|d| matches!(d.status, Status::Failed | Status::Partial))
    }
}

/// Times by stage, in the order in which they come.
#[derive(Debug, Default)]
struct Clock(Vec<StageTime>);

impl Clock {
    fn time<T>(&mut self, stage: &str, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = work();
        self.add(stage, started.elapsed());
        result
    }

    fn add(&mut self, stage: &str, time: Duration) {
        self.0.push(StageTime { stage: stage.to_owned(), seconds: time.as_secs_f64() });
    }
}

/// The tables of a folder of raw files, else those of the store, else none.
pub fn reference_tables(refs: Option<&Path>, store: Option<&Path>) -> Result<ReferenceTables, RefError> {
    match (refs, store) {
        (Some(dir), _) => load_refs(dir),
        (None, Some(store)) => load_store(&Store::at(store)),
        (None, None) => Ok(ReferenceTables::default()),
    }
}

/// The main job: from the inputs to the files in the output folder.
pub fn audit(options: &AuditOptions) -> Result<Outcome, AuditError> {
    let mut clock = Clock::default();
    // The inputs first: a mistyped one must not leave an empty output folder behind.
    let found = clock.time("discover", || discover(&options.inputs, Some(&options.out)))?;
    let reader = reader_files::load(&options.reader)?;
    if options.redact {
        check_for_sharing(&options.out)?;
    }
    let out = OutDir::open(&options.out)?;
    let kept = again::kept(&options.out)?;
    let decisions = options.decisions.as_deref().map_or(Ok(kept.0), read_decisions)?;
    let corrections = options.corrections.as_deref().map_or(Ok(kept.1), read_corrections)?;
    let refs = clock.time("reference", || reference_tables(options.refs.as_deref(), options.store.as_deref()))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs.get()).build()?;
    let (mut documents, hashes) = pool.install(|| files::read_all(&found, options, reader, &mut clock));
    let unfit = correct(&mut documents, &corrections);
    let mut locations: HashMap<String, Location> = found.files.iter().map(|f| (f.path.clone(), f.location.clone())).collect();
    let (mut cases, case_file_errors) = clock.time("cases", || casework::make_cases(documents, &found, options.case_by));
    clock.time("crosscheck", || pool.install(|| casework::crosscheck_all(&mut cases, &refs)));
    let logs = logs::beside_papers(&cases, &found, options.inputs.len() > 1);
    let judged = clock.time("reconcile", || pool.install(|| casework::reconcile_all(&cases, &refs, &decisions)));
    // After the rules: what they looked up in vain is part of it.
    let report = RunReport {
        case_file_errors,
        failed_cases: judged.failed,
        unfit_corrections: unfit,
        ..report::of(options, found, hashes, &refs)
    };
    let mut outcome = Outcome { cases, reconciled: judged.reconciled, report, logs };
    outcome.report.counts = report::count(&outcome);
    let people = options.redact.then(|| SecretWords::of(&outcome.cases));
    if options.redact {
        let papers = clock.time("redact", || outcome.redact())?;
        locations = locations.into_iter().filter_map(|(path, at)| Some((papers.get(&path)?.clone(), at))).collect();
    }
    clock.time("export", || write_record(&out, &outcome).and_then(|()| write_findings(&out, &outcome)))?;
    if options.report {
        clock.time("report", || {
            let cases: Vec<CasePapers> = outcome.papers().collect();
            let papers = Papers { locations: &locations, people: people.as_ref(), cache: options.cache };
            pool.install(|| evidence::write(out.path(), &cases, &outcome.report, &papers))
        })?;
    } else {
        // One of an earlier run would be taken for this run's.
        folder::remove(out.path()).map_err(ReportError::from)?;
    }
    outcome.report.timings = clock.0;
    out.write(run_json::FILE_NAME, |to| run_json::write(to, &outcome.report))?;
    Ok(outcome)
}

/// What other commands leave in an output folder, with people in it.
const WITH_PEOPLE: [&str; 3] = [DECISIONS.0, CORRECTIONS.0, "letters"];

/// A folder that is to be shared must not hold what was written without `--redact`, and is not overwritten by it.
fn check_for_sharing(out: &Path) -> Result<(), AuditError> {
    match WITH_PEOPLE.into_iter().find(|name| out.join(name).exists()) {
        Some(name) => Err(AuditError::NotForSharing(out.to_owned(), name)),
        None => Ok(()),
    }
}

/// A record that a person has corrected, and what to compare it with.
#[derive(Debug, Clone)]
pub struct ReconcileOptions {
    /// Folder with documents.csv and lines.csv.
    pub record: PathBuf,
    /// Output folder.
    pub out: PathBuf,
    /// Folder of reference tables; takes the place of the store.
    pub refs: Option<PathBuf>,
    /// What people have decided about findings of earlier runs.
    pub decisions: Option<PathBuf>,
    /// Store of compiled reference tables.
    pub store: Option<PathBuf>,
    /// Folder with a case.toml for each case, in a sub-folder of the case's name.
    pub case_files: Option<PathBuf>,
    /// Whether people are taken out of what is written.
    pub redact: bool,
    /// Threads.
    pub jobs: NonZeroUsize,
}

/// Repeats stages 5 to 9 over a record in CSV form: the findings, record.json and run.json are written, the CSV record is left alone.
pub fn reconcile(options: &ReconcileOptions) -> Result<Outcome, AuditError> {
    let mut clock = Clock::default();
    let documents = clock.time("record", || read_record(&options.record))?;
    if options.redact {
        check_for_sharing(&options.out)?;
    }
    let out = OutDir::open(&options.out)?;
    let decisions = options.decisions.as_deref().map_or(Ok(Decisions::default()), read_decisions)?;
    let refs = clock.time("reference", || reference_tables(options.refs.as_deref(), options.store.as_deref()))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs.get()).build()?;
    let (cases, case_file_errors) = clock.time("cases", || casework::remake_cases(documents, options.case_files.as_deref()));
    let logs = logs::below(&cases, options.case_files.as_deref());
    let judged = clock.time("reconcile", || pool.install(|| casework::reconcile_all(&cases, &refs, &decisions)));
    let report = RunReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: vec![options.record.display().to_string()],
        working_dir: report::working_dir(),
        reference: report::reference(options.refs.as_deref(), options.store.as_deref(), &refs),
        case_file_errors,
        failed_cases: judged.failed,
        ..RunReport::default()
    };
    let mut outcome = Outcome { cases, reconciled: judged.reconciled, report, logs };
    outcome.report.counts = report::count(&outcome);
    if options.redact {
        clock.time("redact", || outcome.redact())?;
    }
    clock.time("export", || write_documents(&out, &outcome).and_then(|()| write_findings(&out, &outcome)))?;
    folder::remove(out.path()).map_err(ReportError::from)?;
    outcome.report.timings = clock.0;
    out.write(run_json::FILE_NAME, |to| run_json::write(to, &outcome.report))?;
    Ok(outcome)
}

fn write_record(out: &OutDir, outcome: &Outcome) -> Result<(), OutError> {
    let documents = || outcome.documents();
    out.write("documents.csv", |to| csv::write(to, documents().map(DocumentRow)))?;
    out.write("lines.csv", |to| csv::write(to, documents().flat_map(|d| d.lines.iter().map(move |l| LineRow(d, l)))))?;
    write_documents(out, outcome)
}

fn write_documents(out: &OutDir, outcome: &Outcome) -> Result<(), OutError> {
    out.write(json::FILE_NAME, |to| json::write(to, outcome.documents()))
}

fn write_findings(out: &OutDir, outcome: &Outcome) -> Result<(), OutError> {
    let findings = outcome.reconciled.iter().flat_map(|r| &r.findings);
    out.write("flags.csv", |to| csv::write(to, findings.map(FlagRow)))?;
    out.write("cases.csv", |to| csv::write(to, outcome.reconciled.iter().map(|r| CaseSumRow(&r.row))))?;
    out.write(cases_json::FILE_NAME, |to| cases_json::write(to, &outcome.cases, &outcome.reconciled))?;
    let days = deadlines(&outcome.cases, &outcome.reconciled, &outcome.logs.entries);
    out.write(deadlines::FILE_NAME, |to| csv::write(to, &days))?;
    out.write(deadlines::CALENDAR_NAME, |to| deadlines::write_calendar(to, &days))?;
    let of = |party| patterns(party, &outcome.cases, &outcome.reconciled);
    out.write("providers.csv", |to| csv::write(to, of(Party::Provider).iter().map(ProviderRow)))?;
    out.write("payers.csv", |to| csv::write(to, of(Party::Payer).iter().map(PayerRow)))?;
    let decided = precision(&outcome.cases, &outcome.reconciled);
    if decided.is_empty() {
        // One of an earlier run with decisions would be taken for this run's.
        return out.remove("precision.csv");
    }
    out.write("precision.csv", |to| csv::write(to, decided.iter().map(PrecisionRow)))
}

fn read_decisions(path: &Path) -> Result<Decisions, AuditError> {
    let file = File::open(path).map_err(|e| AuditError::Decisions(path.to_owned(), ::csv::Error::from(e).into()))?;
    Decisions::read(file).map_err(|e| AuditError::Decisions(path.to_owned(), e))
}

fn read_corrections(path: &Path) -> Result<Corrections, AuditError> {
    let file = File::open(path).map_err(|e| AuditError::Corrections(path.to_owned(), ::csv::Error::from(e).into()))?;
    Corrections::read(file).map_err(|e| AuditError::Corrections(path.to_owned(), e))
}

/// Puts the corrections in; the places of those that do not fit what was read, and of those whose paper is not there.
fn correct(documents: &mut [Document], corrections: &Corrections) -> Vec<String> {
    let gone = |c: &&Correction| !documents.iter().any(|d| d.path == c.path);
    let mut unfit: Vec<String> = corrections.iter().filter(gone).map(Correction::place).collect();
    for document in documents {
        unfit.extend(corrections.apply(document).into_iter().map(Correction::place));
    }
    if !unfit.is_empty() {
        tracing::warn!(number = unfit.len(), "corrections made on another reading are left out; run.json says which");
    }
    unfit
}
