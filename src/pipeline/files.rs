//! Stages 2 to 4 over all files.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use billproof_parsers::Reader;
use rayon::prelude::*;

use super::{AuditError, AuditOptions, Clock};
use crate::discover::{Discovery, SourceFile, discover};
use crate::export::cells::named;
use crate::extract::{ExtractOptions, Extractor};
use crate::progress::Progress;
use crate::reader_files::{self, ReaderOptions};
use crate::reading::{Limits, Reading, Tools, read_file, sha256_of};
use crate::record::Document;

/// Time for one page. It runs on while a thread waits for a core, so that a narrow bound would make the result depend on
/// how busy the machine is; a page of a scan takes seconds.
const PAGE_TIME: Duration = Duration::from_mins(3);

/// Reads every file; its hash stands beside it. Bytes that occur more than once are read once.
pub(super) fn read_all(
    found: &Discovery,
    options: &AuditOptions,
    reader: Reader,
    clock: &mut Clock,
) -> (Vec<Document>, Vec<String>) {
    let tools = tools(options.limits, options.cache, reader);
    let hashes: Vec<String> = clock.time("hash", || found.files.par_iter().map(hash_of).collect());
    let mut first_with: HashMap<&str, usize> = HashMap::new();
    let first: Vec<usize> = hashes
        .iter()
        .enumerate()
        .map(|(i, hash)| if hash.is_empty() { i } else { *first_with.entry(hash).or_insert(i) })
        .collect();
    let progress = Progress::new(found.files.len(), options.progress);
    let started = Instant::now();
    let readings: Vec<Option<Vec<Reading>>> = found
        .files
        .par_iter()
        .enumerate()
        .map(|(i, file)| {
            let mut readings = (first[i] == i).then(|| read(file, &tools, options.limits));
            for reading in readings.iter_mut().flatten() {
                // The words of a whole shelf of papers would fill the memory.
                reading.text.pages.clear();
                reading.text.pages.shrink_to_fit();
            }
            progress.file_done(readings.iter().flatten().map(|r| r.document.pages).sum());
            readings
        })
        .collect();
    progress.finish();
    clock.add("read", started.elapsed());
    clock.add("read: extract", readings.iter().flatten().flatten().map(|r| r.extract).sum());
    clock.add("read: parse", readings.iter().flatten().flatten().map(|r| r.parse).sum());

    let copies: Vec<Vec<Document>> = first
        .iter()
        .enumerate()
        .map(|(i, &of)| if of == i { Vec::new() } else { copies_of(readings[of].as_deref(), &found.files[of], &found.files[i]) })
        .collect();
    let read = readings.into_iter().map(|r| r.into_iter().flatten().map(|r| r.document));
    let documents = read
        .zip(copies)
        .zip(&hashes)
        .flat_map(|((read, copies), hash)| read.chain(copies).map(|document| Document { sha256: hash.clone(), ..document }))
        .collect();
    (documents, hashes)
}

/// The hash of a file; none of a member that its archive was refused for.
fn hash_of(file: &SourceFile) -> String {
    if file.location.is_member() && file.kind.is_err() { String::new() } else { sha256_of(&file.location).unwrap_or_default() }
}

/// The documents of a file with the same bytes as another, under its own name.
fn copies_of(readings: Option<&[Reading]>, original: &SourceFile, copy: &SourceFile) -> Vec<Document> {
    let renamed = |document: &Document| {
        let pages = document.path.strip_prefix(original.path.as_str()).unwrap_or_default();
        Document { path: format!("{}{pages}", copy.path), ..document.clone() }
    };
    readings.into_iter().flatten().map(|r| renamed(&r.document)).collect()
}

fn tools(limits: Limits, cache: bool, reader: Reader) -> Arc<Tools> {
    Arc::new(Tools { extractor: extractor(limits, cache), reader })
}

pub(super) fn extractor(limits: Limits, cache: bool) -> Extractor {
    let usual = ExtractOptions::default();
    Extractor::new(ExtractOptions {
        most_bytes: usize::try_from(limits.bytes).unwrap_or(usize::MAX),
        time_per_file: limits.time,
        time_per_page: PAGE_TIME,
        cache: usual.cache.filter(|_| cache),
        ..usual
    })
}

fn read(file: &SourceFile, tools: &Arc<Tools>, limits: Limits) -> Vec<Reading> {
    let readings = match &file.kind {
        Ok(kind) => read_file(&file.path, &file.location, *kind, tools, limits),
        Err(why) => vec![Reading::failed(&file.path, why.as_str())],
    };
    for Document { path, status, message, .. } in readings.iter().map(|r| &r.document) {
        tracing::debug!(path, status = named(status), message, "read");
    }
    readings
}

/// One file on its own, as `billproof extract` shows it, under its own name: its documents, or those of the files in it;
/// one at least.
pub fn read_one(path: &Path, cache: bool, reader: &ReaderOptions) -> Result<Vec<Reading>, AuditError> {
    let reader = reader_files::load(reader)?;
    let found = discover(&[path.to_owned()], None)?;
    if found.files.is_empty() {
        return Ok(vec![Reading::failed(&path.display().to_string(), "its content is none of the kinds that are read")]);
    }
    let limits = Limits::default();
    let tools = tools(limits, cache, reader);
    let mut readings = Vec::new();
    for file in &found.files {
        let hash = hash_of(file);
        readings.extend(read(file, &tools, limits).into_iter().map(|mut reading| {
            reading.document.sha256.clone_from(&hash);
            reading
        }));
    }
    Ok(readings)
}
