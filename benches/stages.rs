//! How long each stage takes on the digital samples: bytes → words, words → record, records → findings, and all of it.

use std::fs;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use billproof::cases::CaseBy;
use billproof::discover::discover;
use billproof::extract::{ExtractOptions, Extractor};
use billproof::file_kind::FileKind;
use billproof::pipeline::{AuditOptions, audit};
use billproof::reading::{Limits, parse_document};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// The sample cases whose papers have a text layer.
fn digital_cases() -> Vec<PathBuf> {
    ["1-therapy-clean", "2-surgery-duplicate", "3-emergency-surprise-bill"].map(|case| samples().join(case)).to_vec()
}

fn digital_files() -> Vec<(String, FileKind, Vec<u8>)> {
    let found = discover(&digital_cases(), None).expect("the samples are part of the repository");
    found.files.into_iter().filter_map(|f| Some((f.path, f.kind.ok()?, fs::read(f.location).ok()?))).collect()
}

fn extraction(c: &mut Criterion) {
    let files = digital_files();
    let extractor = Extractor::new(ExtractOptions::default());
    let pages = |kind, bytes: &[u8]| extractor.extract(kind, bytes).map_or(0, |e| e.text.pages.len());
    let mut group = c.benchmark_group("extract");
    group.throughput(Throughput::Elements(files.iter().map(|(_, kind, bytes)| pages(*kind, bytes) as u64).sum()));
    group.bench_function("text layer, by page", |b| {
        b.iter(|| files.iter().map(|(_, kind, bytes)| pages(*kind, black_box(bytes))).sum::<usize>());
    });
    group.finish();
}

fn reading(c: &mut Criterion) {
    let files = digital_files();
    let extractor = Extractor::new(ExtractOptions::default());
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Elements(files.len() as u64));
    group.bench_function("bytes to record, by file", |b| {
        b.iter(|| {
            let read = |(path, kind, bytes): &(String, FileKind, Vec<u8>)| parse_document(path, *kind, bytes, &extractor);
            files.iter().map(read).filter(|r| !r.document.lines.is_empty()).count()
        });
    });
    group.finish();
}

fn whole_audit(c: &mut Criterion) {
    let out = tempfile::tempdir().expect("a folder for the outputs");
    let options = AuditOptions {
        inputs: digital_cases(),
        out: out.path().to_owned(),
        refs: None,
        case_by: CaseBy::Auto,
        jobs: NonZeroUsize::MIN,
        strict: false,
        cache: false,
        limits: Limits::default(),
        progress: false,
    };
    let mut group = c.benchmark_group("audit");
    group.throughput(Throughput::Elements(digital_files().len() as u64));
    group.sample_size(20);
    group.bench_function("one thread, by file", |b| b.iter(|| audit(black_box(&options)).expect("the samples can be audited")));
    group.finish();
}

criterion_group!(stages, extraction, reading, whole_audit);
criterion_main!(stages);
