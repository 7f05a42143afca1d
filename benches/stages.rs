//! How long each stage takes on the digital samples: bytes → words, words → record, records → findings, and all of it.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use billproof::cases::{Case, CaseBy};
use billproof::decisions::Decisions;
use billproof::discover::discover;
use billproof::extract::{ExtractOptions, Extractor};
use billproof::file_kind::FileKind;
use billproof::ledger::reconcile_case;
use billproof::pipeline::{AuditOptions, audit};
use billproof::reader_files::ReaderOptions;
use billproof::reading::{Limits, Tools, parse_documents};
use billproof::record::{DocKind, Document, LineKind, Money, ServiceLine};
use billproof::reference::ReferenceTables;
use billproof_parsers::Reader;
use billproof_parsers::page_text::DocumentText;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// The sample cases whose papers have a text layer.
fn digital_cases() -> Vec<PathBuf> {
    ["1-therapy-clean", "2-surgery-duplicate", "3-emergency-surprise-bill"].map(|case| samples().join(case)).to_vec()
}

fn digital_files() -> Vec<(String, FileKind, Vec<u8>)> {
    let found = discover(&digital_cases(), None).expect("the samples are part of the repository");
    found.files.into_iter().filter_map(|f| Some((f.path, f.kind.ok()?, f.location.read(u64::MAX).ok()?))).collect()
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
    let tools = Tools { extractor: Extractor::new(ExtractOptions::default()), reader: Reader::default() };
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Elements(files.len() as u64));
    group.bench_function("bytes to record, by file", |b| {
        b.iter(|| {
            let read = |(path, kind, bytes): &(String, FileKind, Vec<u8>)| parse_documents(path, *kind, bytes, &tools);
            files.iter().flat_map(read).filter(|r| !r.document.lines.is_empty()).count()
        });
    });
    group.finish();
}

fn grammar(c: &mut Criterion) {
    let extractor = Extractor::new(ExtractOptions::default());
    let words = |(_, kind, bytes): (String, FileKind, Vec<u8>)| extractor.extract(kind, &bytes).ok().map(|e| e.text);
    let texts: Vec<DocumentText> = digital_files().into_iter().filter_map(words).collect();
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Elements(texts.iter().map(|t| t.pages.len() as u64).sum()));
    group.bench_function("words to statement, by page", |b| {
        b.iter(|| texts.iter().map(|text| billproof_parsers::parse(black_box(text)).rows.len()).sum::<usize>());
    });
    group.finish();
}

/// A bill of so many services over a month and the EOB that settles them, the hard way: many alike.
fn case_of(services: u32) -> Case {
    let line = |n: u32, charge: i64| {
        let mut line = ServiceLine::empty(LineKind::Service, n / 40 + 1, n + 1);
        line.service_date = Some(jiff::civil::date(2025, 3, (n % 28 + 1) as i8));
        line.code = Some(format!("{}", 80_047 + n % 12));
        line.units = Some(1.into());
        line.charge = Some(Money::from_cents(charge));
        line
    };
    let paper = |path: &str, kind| Document {
        kind,
        patient: vec!["Jane Doe".to_owned()],
        provider: vec!["Lakeside Clinic".to_owned()],
        ..Document::empty(path)
    };
    let mut bill = paper("doe/bill.pdf", DocKind::ItemizedBill);
    let mut eob = paper("doe/eob.pdf", DocKind::Eob);
    for n in 0..services {
        let charge = i64::from(2_000 + 75 * (n % 17));
        bill.lines.push(line(n, charge));
        eob.lines
            .push(ServiceLine { patient_responsibility: Some(Money::from_cents(charge / 5)), ..line(services - 1 - n, charge) });
    }
    Case::new("doe", vec![bill, eob])
}

fn matching(c: &mut Criterion) {
    let refs = ReferenceTables::default();
    let mut group = c.benchmark_group("reconcile");
    for services in [20, 200, 1000] {
        let case = case_of(services);
        group.throughput(Throughput::Elements(services.into()));
        group.sample_size(20);
        group.bench_function(BenchmarkId::new("matching and rules, by line", services), |b| {
            b.iter(|| reconcile_case(black_box(&case), &refs, &Decisions::default()).findings.len());
        });
    }
    group.finish();
}

fn whole_audit(c: &mut Criterion) {
    let out = tempfile::tempdir().expect("a folder for the outputs");
    let options = AuditOptions {
        inputs: digital_cases(),
        out: out.path().to_owned(),
        refs: None,
        decisions: None,
        store: None,
        case_by: CaseBy::Auto,
        jobs: NonZeroUsize::MIN,
        strict: false,
        cache: false,
        reader: ReaderOptions::default(),
        limits: Limits::default(),
        redact: false,
        progress: false,
        report: false,
    };
    let mut group = c.benchmark_group("audit");
    group.throughput(Throughput::Elements(digital_files().len() as u64));
    group.sample_size(20);
    group.bench_function("one thread, by file", |b| b.iter(|| audit(black_box(&options)).expect("the samples can be audited")));
    group.finish();
}

criterion_group!(stages, extraction, grammar, reading, matching, whole_audit);
criterion_main!(stages);
