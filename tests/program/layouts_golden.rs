//! Each layout reads its sample as a person has found right.
//!
//! `tests/layouts/NAME.sample.txt` is a statement as a typewriter would set it; it is drawn as a PDF.
//! `BILLPROOF_BLESS=1 cargo test --release --test program layouts_golden` writes what is read anew; read the difference
//! before you commit it. A new sample is one more file, named for the layout that is to claim it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{billproof, lay, pdf, rows};

/// Say where or how surely rather than what.
const LEFT_OUT: [&str; 8] = ["case_id", "path", "sha256", "confidence", "figures_confidence", "bbox", "text_source", "message"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layouts")
}

/// The samples by name.
fn samples() -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(name) = file.strip_suffix(".sample.txt") {
            let text = fs::read_to_string(&path).unwrap();
            out.insert(name.to_owned(), pdf(&text.lines().collect::<Vec<_>>()));
        }
    }
    out
}

/// What documents.csv and lines.csv say of a file, the cells that are stated only.
fn said(out: &Path, path: &str) -> String {
    let mut text = String::new();
    for name in ["documents.csv", "lines.csv"] {
        let order = csv::Reader::from_path(out.join(name)).unwrap().headers().unwrap().clone();
        for row in rows(&out.join(name)).into_iter().filter(|r| r["path"] == path) {
            let stated = order.iter().filter(|c| !LEFT_OUT.contains(c) && !row[*c].is_empty());
            let cells: Vec<String> = stated.map(|c| format!("{c}={}", row[c])).collect();
            text.push_str(&cells.join("\n  "));
            text.push('\n');
        }
    }
    text
}

#[test]
fn every_layout_reads_its_sample_as_a_person_has_found_right() {
    let samples = samples();
    assert!(samples.len() >= 7);
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    for (name, typed) in &samples {
        lay(dir.path(), &[(&format!("in/{name}.pdf"), typed.clone())]);
    }
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).arg("--no-cache").assert().code(0);
    let mut wrong = Vec::new();
    for name in samples.keys() {
        let file = format!("{name}.pdf");
        let got = said(&out, &file);
        assert!(got.contains(&format!("\n  layout={name}\n")), "{file} is read by another layout:\n{got}");
        let golden = folder().join(format!("{name}.typed.txt"));
        if std::env::var_os("BILLPROOF_BLESS").is_some() {
            fs::write(&golden, &got).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if got != expected {
            wrong.push(format!("{}\n--- expected\n{expected}--- got\n{got}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
