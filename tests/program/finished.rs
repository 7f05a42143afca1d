//! An audit is found again in its output folder as it was, with its papers on disk.

use std::fs;
use std::path::Path;

use crate::common::{billproof, lay};
use billproof::finished;

#[test]
fn the_samples_are_found_again_with_their_papers() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    billproof().arg("audit").arg(&samples).arg("--out").arg(&out).assert().code(0);

    let cases = finished::read(&out).unwrap();
    let ids: Vec<&str> = cases.iter().map(|c| c.judged.summary.case_id.as_str()).collect();
    assert_eq!(ids, ["1-therapy-clean", "2-surgery-duplicate", "3-emergency-surprise-bill", "4-scanned-discount"]);
    let findings = cases.iter().flat_map(|c| c.judged.findings.iter().map(move |f| (c, f)));
    let lines: Vec<_> = findings.filter_map(|(c, f)| Some((c.line(&f.path, f.line_no?), f))).collect();
    assert!(!lines.is_empty());
    for (line, finding) in lines {
        assert_eq!(line.expect("the finding's line is in the record").code, finding.code);
    }
    let surgery = finished::find(&out, "2-sur").unwrap();
    assert_eq!(surgery.documents.len(), surgery.judged.summary.documents);

    let report = finished::run_report(&out).unwrap();
    let places = finished::locations(&report).unwrap();
    for document in cases.iter().flat_map(|c| &c.documents) {
        let (file, _) = finished::file_of(&document.path);
        assert_eq!(places[file].file(), samples.join(file));
    }
}

#[test]
fn papers_of_a_relative_input_are_found_from_anywhere() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/public/bill.pdf", crate::common::bill())]);
    billproof().current_dir(dir.path()).args(["audit", "in", "--out", "out"]).assert().code(0);
    let report = finished::run_report(&dir.path().join("out")).unwrap();
    let place = finished::locations(&report).unwrap().remove("public/bill.pdf").unwrap();
    assert_eq!(fs::canonicalize(place.file()).unwrap(), fs::canonicalize(dir.path().join("in/public/bill.pdf")).unwrap());
}

#[test]
fn a_folder_without_an_audit_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = finished::read(dir.path()).unwrap_err().to_string();
    assert!(error.contains(&dir.path().display().to_string()) && error.contains("record.json"), "{error}");
}
