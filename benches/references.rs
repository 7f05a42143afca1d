//! The reference store: compiling a file of NCCI edits, opening the store, looking a pair and a price up.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;

use billproof::reference::load_store;
use billproof::reference::store::Store;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::date;

/// Pairs of codes as CMS publishes them: a fifth of one of the four files.
const PAIRS: u32 = 100_000;

fn edits() -> String {
    let mut text = "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\tModifier\tPTP Edit Rationale\n".to_owned();
    for n in 0..PAIRS {
        let (first, second) = (10_000 + n / 120, 20_000 + n % 120 * 7);
        let _ = writeln!(text, "{first}\t{second}\t\t20200101\t*\t{}\tStandards of medical/surgical practice", n % 2);
    }
    text
}

fn store(c: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a folder for the store");
    let file = dir.path().join("ccipra-v310r0-f1.txt");
    fs::write(&file, edits()).expect("the folder can be written to");
    let store = Store::at(dir.path().join("references.redb"));
    let mut group = c.benchmark_group("references");
    group.sample_size(10);
    group.throughput(Throughput::Elements(PAIRS.into()));
    group.bench_function("compiling NCCI edits, by pair", |b| {
        b.iter(|| store.add(std::slice::from_ref(&file)).expect("the store can be written").len());
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("opening the store", |b| {
        b.iter(|| load_store(black_box(&store)).expect("the store can be read").loaded.len());
    });
    let tables = load_store(&store).expect("the store can be read");
    let day = date(2025, 2, 1);
    group.bench_function("looking up a pair that is there", |b| {
        b.iter(|| tables.edits.find(black_box("10400"), black_box("20049"), day, false).is_some());
    });
    group.bench_function("looking up a pair that is not", |b| {
        b.iter(|| tables.edits.find(black_box("10400"), black_box("99213"), day, false).is_some());
    });
    group.finish();
}

criterion_group!(references, store);
criterion_main!(references);
