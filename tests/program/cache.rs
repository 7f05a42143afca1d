//! The cache of recognised pages through the program: kept, shared by runs at the same time, and left alone on demand.

use std::path::{Path, PathBuf};

use crate::common::billproof;

/// A scanned page of the samples.
fn scan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/4-scanned-discount/bill.pdf")
}

/// What `extract` prints of the page with its cache below this folder.
fn read(cache: &Path, options: &[&str]) -> String {
    let mut command = billproof();
    command.env("XDG_CACHE_HOME", cache).args(["extract", "--format", "json"]).args(options).arg(scan());
    String::from_utf8(command.assert().code(0).get_output().stdout.clone()).unwrap()
}

fn files(folder: &Path) -> usize {
    walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|e| e.file_type().is_file()).count()
}

#[test]
fn pages_are_kept_unless_told_otherwise_and_read_the_same_from_the_cache() {
    let (kept, untouched) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = read(kept.path(), &[]);
    let count = files(kept.path());
    assert!(count >= 1, "a recognised page is kept");
    assert_eq!(read(kept.path(), &[]), first);
    assert_eq!(files(kept.path()), count, "the second run adds nothing");
    assert_eq!(read(untouched.path(), &["--no-cache"]), first);
    assert_eq!(files(untouched.path()), 0, "--no-cache keeps nothing");
}

#[test]
fn runs_at_the_same_time_share_a_cache_without_harm() {
    let shared = tempfile::tempdir().unwrap();
    let read_all = || -> Vec<String> {
        std::thread::scope(|runs| {
            let runs: Vec<_> = (0..2).map(|_| runs.spawn(|| read(shared.path(), &[]))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        })
    };
    let (cold, warm) = (read_all(), read_all());
    assert!(cold.iter().chain(&warm).all(|text| *text == cold[0]));
}
