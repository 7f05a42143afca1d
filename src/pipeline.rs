//! Wires the stages: the only user of rayon.
//!
//! The order of everything that is written follows from the paths alone, never from the order in which threads finish.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::discover::{DiscoverError, Discovery, SourceFile, discover};
use crate::export::cells::named;
use crate::export::csv::{self, DocumentRow, line_rows};
use crate::export::out_dir::OutError;
use crate::export::run_json::{self, Counts, InputFile, Options, RunReport, StageTime};
use crate::export::{OutDir, json};
use crate::extract::{ExtractOptions, Extractor};
use crate::progress::Progress;
use crate::reading::{Limits, Reading, read_file, sha256_of};
use crate::record::{Document, Status};

/// What to audit, and how.
#[derive(Debug, Clone)]
pub struct AuditOptions {
    /// Files and folders.
    pub inputs: Vec<PathBuf>,
    /// Output folder.
    pub out: PathBuf,
    /// Folder of reference tables.
    pub refs: Option<PathBuf>,
    /// Threads.
    pub jobs: NonZeroUsize,
    /// Whether a file that was not read in full fails the run.
    pub strict: bool,
    /// Whether recognised pages are taken from the cache and put into it.
    pub cache: bool,
    /// Bounds for one file.
    pub limits: Limits,
    /// Whether to show how far the run is.
    pub progress: bool,
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
    /// The threads of the run.
    #[error("cannot start the threads of the run: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// What a run gave, as it was written.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The documents.
    pub documents: Vec<Document>,
    /// What run.json says.
    pub report: RunReport,
}

impl Outcome {
    /// Whether a file was not read in full or a case.toml could not be used.
    pub fn is_incomplete(&self) -> bool {
        !self.report.case_file_errors.is_empty()
            || self.documents.iter().any(|d| matches!(d.status, Status::Failed | Status::Partial))
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

/// The main job: from the inputs to the files in the output folder.
pub fn audit(options: &AuditOptions) -> Result<Outcome, AuditError> {
    let mut clock = Clock::default();
    // The inputs first: a mistyped one must not leave an empty output folder behind.
    clock.time("discover", || discover(&options.inputs, None))?;
    let out = OutDir::open(&options.out)?;
    let found = discover(&options.inputs, Some(out.path()))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs.get()).build()?;
    let documents = pool.install(|| read_all(&found, options, &mut clock));
    let files = input_files(&found, &documents);
    let report = RunReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: options.inputs.iter().map(|i| i.display().to_string()).collect(),
        options: Options { case_by: String::new(), jobs: options.jobs.get(), strict: options.strict, cache: options.cache },
        counts: count(&files, &documents),
        files,
        timings: clock.0,
        skipped: found.skipped,
        ..RunReport::default()
    };
    let outcome = Outcome { documents, report };
    write_all(&out, &outcome)?;
    Ok(outcome)
}

/// Stages 2 to 4 over all files. Bytes that occur more than once are read once.
fn read_all(found: &Discovery, options: &AuditOptions, clock: &mut Clock) -> Vec<Document> {
    let extractor = extractor(options.limits, options.cache);
    let hashes: Vec<String> =
        clock.time("hash", || found.files.par_iter().map(|file| sha256_of(&file.location).unwrap_or_default()).collect());
    let mut first_with: HashMap<&str, usize> = HashMap::new();
    let first: Vec<usize> = hashes
        .iter()
        .enumerate()
        .map(|(i, hash)| if hash.is_empty() { i } else { *first_with.entry(hash).or_insert(i) })
        .collect();
    let progress = Progress::new(found.files.len(), options.progress);
    let started = Instant::now();
    let readings: Vec<Option<Reading>> = found
        .files
        .par_iter()
        .enumerate()
        .map(|(i, file)| {
            let mut reading = (first[i] == i).then(|| read(file, &extractor, options.limits));
            if let Some(reading) = &mut reading {
                // The words of a whole shelf of papers would fill the memory.
                reading.text.pages.clear();
                reading.text.pages.shrink_to_fit();
            }
            progress.file_done(reading.as_ref().map_or(0, |r| r.document.pages));
            reading
        })
        .collect();
    progress.finish();
    clock.add("read", started.elapsed());
    clock.add("read: extract", readings.iter().flatten().map(|r| r.extract).sum());
    clock.add("read: parse", readings.iter().flatten().map(|r| r.parse).sum());

    let copies: Vec<Option<Document>> = first
        .iter()
        .enumerate()
        .map(|(i, &of)| if of == i { None } else { readings[of].as_ref().map(|r| r.document.clone()) })
        .collect();
    let whole = readings.into_iter().map(|r| r.map(|r| r.document)).zip(copies).zip(&found.files).zip(hashes);
    whole
        .filter_map(|(((read, copy), file), hash)| {
            let document = read.or(copy)?;
            Some(Document { path: file.path.clone(), sha256: hash, ..document })
        })
        .collect()
}

fn extractor(limits: Limits, _cache: bool) -> Arc<Extractor> {
    Arc::new(Extractor::new(ExtractOptions {
        most_bytes: limits.bytes as usize,
        time_per_file: limits.time,
        ..ExtractOptions::default()
    }))
}

fn read(file: &SourceFile, extractor: &Arc<Extractor>, limits: Limits) -> Reading {
    let reading = match &file.kind {
        Ok(kind) => read_file(&file.path, &file.location, *kind, extractor, limits),
        Err(why) => Reading::failed(&file.path, why.as_str()),
    };
    tracing::debug!(path = file.path, status = named(&reading.document.status), message = reading.document.message, "read");
    reading
}

fn input_files(found: &Discovery, documents: &[Document]) -> Vec<InputFile> {
    let hashes: HashMap<&str, &str> = documents.iter().map(|d| (d.path.as_str(), d.sha256.as_str())).collect();
    let hash = |path: &str| hashes.get(path).map(|h| (*h).to_owned()).unwrap_or_default();
    found.files.iter().map(|f| InputFile { path: f.path.clone(), sha256: hash(&f.path), bytes: f.bytes }).collect()
}

fn count(files: &[InputFile], documents: &[Document]) -> Counts {
    let tally = |names: Vec<String>| {
        names.into_iter().fold(BTreeMap::new(), |mut counts: BTreeMap<String, usize>, name| {
            *counts.entry(name).or_default() += 1;
            counts
        })
    };
    Counts {
        files: files.len(),
        pages: documents.iter().map(|d| u64::from(d.pages)).sum(),
        documents: tally(documents.iter().map(|d| named(&d.status)).collect()),
        kinds: tally(documents.iter().map(|d| d.kind.as_str().to_owned()).collect()),
        lines: documents.iter().map(|d| d.lines.len()).sum(),
        unparsed: documents.iter().map(|d| d.unparsed.len()).sum(),
        ..Counts::default()
    }
}

fn write_all(out: &OutDir, outcome: &Outcome) -> Result<(), OutError> {
    out.write("documents.csv", |to| csv::write(to, outcome.documents.iter().map(DocumentRow)))?;
    out.write("lines.csv", |to| csv::write(to, line_rows(&outcome.documents)))?;
    out.write("record.json", |to| json::write(to, &outcome.documents))?;
    out.write("run.json", |to| run_json::write(to, &outcome.report))
}

/// One file on its own, as `billproof extract` shows it, under its own name.
pub fn read_one(path: &Path, cache: bool) -> Result<Reading, AuditError> {
    let found = discover(&[path.to_owned()], None)?;
    let Some(file) = found.files.first() else {
        return Ok(Reading::failed(&path.display().to_string(), "its content is no PDF, JPEG, PNG or TIFF"));
    };
    let limits = Limits::default();
    let mut reading = read(file, &extractor(limits, cache), limits);
    reading.document.sha256 = sha256_of(&file.location).unwrap_or_default();
    Ok(reading)
}
