//! The sample cases give what a person has read and found right, whatever the number of threads.
//!
//! `BILLPROOF_BLESS=1` writes the golden files anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::common::billproof;
use tempfile::TempDir;

const FILES: [&str; 4] = ["documents.csv", "lines.csv", "flags.csv", "cases.csv"];

/// What text recognition gives to the fourth place differs between processors.
const UNSTEADY: [&str; 3] = ["confidence", "figures_confidence", "bbox"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The outputs of a run with one thread, shared by the tests.
static ONE_THREAD: LazyLock<TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    audit("1", dir.path());
    dir
});

fn audit(jobs: &str, out: &Path) {
    let samples = root().join("samples");
    billproof().arg("audit").arg(samples).arg("--out").arg(out).args(["--jobs", jobs, "--no-cache"]).assert().code(0);
}

/// Cases by id, each with its part of the CSV files.
type Split = BTreeMap<String, BTreeMap<&'static str, String>>;

fn split_by_case(out: &Path) -> Split {
    let mut scanned = BTreeSet::new();
    let mut cases = Split::new();
    for name in FILES {
        let mut reader = csv::Reader::from_path(out.join(name)).unwrap();
        let header = reader.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|h| h == name);
        let mut parts: BTreeMap<String, csv::Writer<Vec<u8>>> = BTreeMap::new();
        for record in reader.records().map(Result::unwrap) {
            let case = record[column("case_id").unwrap()].to_owned();
            if column("text_source").is_some_and(|c| &record[c] == "ocr") {
                scanned.insert(case.clone());
            }
            let unsteady = |name: &str| scanned.contains(&case) && UNSTEADY.contains(&name);
            let steady: Vec<&str> =
                header.iter().zip(&record).map(|(name, cell)| if unsteady(name) { "" } else { cell }).collect();
            let part = parts.entry(case).or_insert_with(|| {
                let mut writer = csv::Writer::from_writer(Vec::new());
                writer.write_record(&header).unwrap();
                writer
            });
            part.write_record(steady).unwrap();
        }
        for (case, part) in parts {
            let text = String::from_utf8(part.into_inner().unwrap()).unwrap();
            cases.entry(case).or_default().insert(name, text);
        }
    }
    cases
}

#[test]
fn the_samples_give_their_golden_files() {
    let out = ONE_THREAD.path();
    let unread = crate::common::rows(&out.join("documents.csv")).into_iter().find(|r| r["status"] == "failed");
    assert!(unread.is_none(), "run ./setup, which installs text recognition: {}", unread.unwrap()["message"]);
    let golden = root().join("tests/golden");
    let got = split_by_case(out);
    if std::env::var_os("BILLPROOF_BLESS").is_some() {
        let _ = fs::remove_dir_all(&golden);
        for (case, files) in &got {
            fs::create_dir_all(golden.join(case)).unwrap();
            for (name, text) in files {
                fs::write(golden.join(case).join(name), text).unwrap();
            }
        }
    }
    let mut wrong = Vec::new();
    for (case, files) in &got {
        for name in FILES {
            let path = golden.join(case).join(name);
            let expected = fs::read_to_string(&path).unwrap_or_default();
            let given = files.get(name).map_or("", String::as_str);
            if expected != given {
                wrong.push(difference(&path, &expected, given));
            }
        }
    }
    let expected: BTreeSet<String> =
        fs::read_dir(&golden).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(got.keys().cloned().collect::<BTreeSet<_>>(), expected);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn difference(path: &Path, expected: &str, given: &str) -> String {
    let only = |a: &str, b: &str, sign: &str| {
        let b: BTreeSet<&str> = b.lines().collect();
        a.lines().filter(|l| !b.contains(l)).flat_map(|l| [sign, " ", l, "\n"]).collect::<String>()
    };
    format!("{}\n{}{}", path.display(), only(expected, given, "-"), only(given, expected, "+"))
}

#[test]
fn the_output_does_not_depend_on_the_number_of_threads() {
    let one = &ONE_THREAD;
    let four = tempfile::tempdir().unwrap();
    audit("4", four.path());
    for name in FILES.into_iter().chain(["record.json"]) {
        let read = |dir: &Path| fs::read_to_string(dir.join(name)).unwrap();
        assert!(read(one.path()) == read(four.path()), "{name} differs");
    }
}
