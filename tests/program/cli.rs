//! The command line as the outside relies on it: files, exit status, messages.

use std::fs;

use crate::common::{bill, billproof, by_path, lay, pdf};

fn stderr_of(command: &mut assert_cmd::Command, status: i32) -> String {
    let output = command.assert().code(status).get_output().clone();
    String::from_utf8(output.stderr).unwrap()
}

fn stdout_of(command: &mut assert_cmd::Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

#[test]
fn an_audit_writes_every_file_of_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/public/bill.pdf", bill()), ("in/notes.txt", b"x".to_vec())]);
    let out = dir.path().join("out");
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    let mut names: Vec<_> = fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "cases.csv",
            "cases.json",
            "deadlines.csv",
            "deadlines.ics",
            "documents.csv",
            "flags.csv",
            "lines.csv",
            "payers.csv",
            "providers.csv",
            "record.json",
            "report",
            "run.json"
        ]
    );
    let run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(run["skipped"]["by_extension"]["txt"], 1);
    assert_eq!(run["files"][0]["path"], "public/bill.pdf");
    assert_eq!(run["files"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(by_path(&out, "case_id")["public/bill.pdf"], "public");
}

#[test]
fn a_missing_input_is_one_clear_line_and_leaves_no_output() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let error = stderr_of(billproof().args(["audit", "no-such-folder", "--out"]).arg(&out), 2);
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("cannot open no-such-folder"), "{error}");
    assert!(!out.exists());
}

#[test]
fn an_output_folder_that_cannot_be_written_is_found_first() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/bill.pdf", bill()), ("out", b"a file in its place".to_vec())]);
    let error = stderr_of(billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(dir.path().join("out")), 2);
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("cannot write to output folder"), "{error}");
}

#[test]
fn missing_reference_tables_are_an_error_of_usage() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/bill.pdf", bill())]);
    let mut command = billproof();
    command.arg("audit").arg(dir.path().join("in")).arg("--out").arg(dir.path().join("out")).args(["--refs", "no-such-refs"]);
    assert!(stderr_of(&mut command, 2).contains("no-such-refs"));
}

#[test]
fn wrong_usage_exits_2() {
    billproof().assert().code(2);
    billproof().args(["audit", "x"]).assert().code(2);
    billproof().args(["audit", "x", "--out", "y", "--jobs", "0"]).assert().code(2);
    billproof().args(["audit", "x", "--out", "y", "--case-by", "colour"]).assert().code(2);
}

#[test]
fn strict_fails_where_a_file_was_not_read() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/bill.pdf", bill()), ("in/broken.pdf", b"no pdf".to_vec())]);
    let audit = |strict: &[&str]| {
        let mut command = billproof();
        command.arg("audit").arg(dir.path().join("in")).arg("--out").arg(dir.path().join("out")).args(strict);
        command
    };
    audit(&[]).assert().code(0);
    audit(&["--strict"]).assert().code(3);
    fs::remove_file(dir.path().join("in/broken.pdf")).unwrap();
    audit(&["--strict"]).assert().code(0);
}

#[test]
fn several_inputs_share_a_run() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("a/bill.pdf", bill()), ("b/other.txt", b"x".to_vec()), ("single.pdf", bill())]);
    let out = dir.path().join("out");
    let inputs = ["a", "b", "single.pdf"].map(|i| dir.path().join(i));
    billproof().arg("audit").args(inputs).arg("--out").arg(&out).assert().code(0);
    let paths: Vec<_> = by_path(&out, "path").into_keys().collect();
    assert_eq!(paths, ["a/bill.pdf", "single.pdf"]);
}

#[test]
fn a_folder_without_papers_gives_empty_tables() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/readme.txt", b"x".to_vec())]);
    let out = dir.path().join("out");
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    for name in ["documents.csv", "lines.csv", "flags.csv", "cases.csv"] {
        assert_eq!(fs::read_to_string(out.join(name)).unwrap().lines().count(), 1, "{name}");
    }
}

#[test]
fn extract_shows_one_file_in_three_forms() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("bill.pdf", bill())]);
    let extract =
        |format: &str| stdout_of(billproof().arg("extract").arg(dir.path().join("bill.pdf")).args(["--format", format]));
    assert!(extract("text").contains("99213"));
    assert!(extract("csv").starts_with("case_id,path,page,line_no,"));
    let json: serde_json::Value = serde_json::from_str(&extract("json")).unwrap();
    assert_eq!(json["document"]["path"], "bill.pdf");
    assert!(json["text"]["pages"][0]["words"].as_array().unwrap().len() > 10);
    billproof().args(["extract", "no-such-file.pdf"]).assert().code(2);
}

#[test]
fn the_rules_are_listed_and_explained() {
    let list = stdout_of(billproof().arg("rules"));
    let page = stdout_of(billproof().args(["explain", "duplicate-charge"]));
    assert!(list.contains("duplicate-charge") && list.contains("no-surprises"));
    assert!(page.len() > 200);
    assert!(stderr_of(billproof().args(["explain", "no-such-rule"]), 2).contains("no-such-rule"));
}

#[test]
fn the_doctor_says_what_is_in_place() {
    assert!(stdout_of(billproof().arg("doctor")).contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_record_reconciles_to_the_same_findings() {
    let dir = tempfile::tempdir().unwrap();
    let eob = pdf(&[
        "UNION LAKE HEALTH PLAN",
        "EXPLANATION OF BENEFITS - THIS IS NOT A BILL",
        "",
        "Patient: Jane Q Public     Member ID: W55512345     Claim number: 20250319001",
        "Provider: Lake Valley Clinic",
        "",
        "Date         Code     Billed    Allowed   Plan discount   Plan paid   Your share",
        "03/03/2025   99213    140.00     90.00          50.00       72.00        18.00",
        "03/03/2025   85025     32.50     20.00          12.50       16.00         4.00",
    ]);
    lay(dir.path(), &[("in/public/bill.pdf", bill()), ("in/public/eob.pdf", eob)]);
    lay(dir.path(), &[("in/public/case.toml", b"[patient]\nname = \"Jane Q Public\"\n".to_vec())]);
    let (input, first, second) = (dir.path().join("in"), dir.path().join("out"), dir.path().join("again"));
    billproof().arg("audit").arg(&input).arg("--out").arg(&first).assert().code(0);
    let mut again = billproof();
    again.arg("reconcile").arg(&first).arg("--case-files").arg(&input).arg("--out").arg(&second).assert().code(0);
    assert!(!crate::common::rows(&first.join("flags.csv")).is_empty());
    for name in ["flags.csv", "cases.csv"] {
        let read = |dir: &std::path::Path| fs::read_to_string(dir.join(name)).unwrap();
        assert_eq!(read(&first), read(&second));
    }
    billproof().args(["reconcile", "no-such-record", "--out"]).arg(&second).assert().code(2);
}

#[test]
fn a_bad_case_file_is_told_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/public/bill.pdf", bill()), ("in/public/case.toml", b"[patient]\nincome = 1\n".to_vec())]);
    let audit = |strict: &[&str]| {
        let mut command = billproof();
        command.arg("audit").arg(dir.path().join("in")).arg("--out").arg(dir.path().join("out")).args(strict);
        command
    };
    assert!(stdout_of(&mut audit(&[])).contains("public/case.toml: not used: line 2, column 1"));
    audit(&["--strict"]).assert().code(3);
}

#[test]
fn words_of_a_file_extend_those_that_are_known() {
    let dir = tempfile::tempdir().unwrap();
    let statement = pdf(&[
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES",
        "",
        "Resident: Jane Q Public         Account number: 445512",
        "",
        "Given on     Key      What happened                 Tally     Toll",
        "03/03/2025   99213    Office visit                      1   140.00",
        "03/03/2025   85025    Blood count                       2    32.50",
        "03/04/2025   85025    Blood count                       1    32.50",
        "",
        "                                         Total charges       205.00",
    ]);
    let words = "[header]\nservice_date = [\"Given on\"]\ncode = [\"Key\"]\nunits = [\"Tally\"]\ncharge = [\"Toll\"]\n\
                 [[label]]\nfield = \"patient\"\nweight = 3\nwords = [\"Resident\"]\n";
    lay(dir.path(), &[("bill.pdf", statement), ("words.toml", words.into())]);
    let extract = |more: &[&str]| {
        stdout_of(billproof().current_dir(dir.path()).args(["extract", "bill.pdf", "--format", "csv"]).args(more))
    };
    let cells = |csv: String| -> Vec<[String; 4]> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header = reader.headers().unwrap().clone();
        let row = |r: csv::StringRecord| {
            ["patient", "code", "units", "charge"].map(|n| r[header.iter().position(|h| h == n).unwrap()].to_owned())
        };
        reader.records().map(|r| row(r.unwrap())).collect()
    };
    let expected = [["99213", "1", "140.00"], ["85025", "2", "32.50"], ["85025", "1", "32.50"]];
    let expected: Vec<[String; 4]> =
        expected.map(|[a, b, c]| ["Jane Q Public", a, b, c].map(str::to_owned)).into_iter().collect();
    assert_ne!(cells(extract(&[])), expected);
    assert_eq!(cells(extract(&["--vocabulary", "words.toml"])), expected);
}

#[test]
fn a_fault_in_a_vocabulary_names_file_line_and_key() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("bill.pdf", bill()), ("words.toml", b"# ours\n[header]\nchrage = [\"Toll\"]\n".to_vec())]);
    let mut command = billproof();
    command.current_dir(dir.path()).args(["audit", "bill.pdf", "--out", "out", "--vocabulary", "words.toml"]);
    let error = stderr_of(&mut command, 2);
    assert_eq!(error, "billproof: words.toml:3:1: header.chrage: unknown field `chrage`; did you mean `charge`?\n");
    assert!(!dir.path().join("out").exists());
}

#[test]
fn one_layout_can_be_made_to_read_everything() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/bill.pdf", bill())]);
    let out = dir.path().join("out");
    let audit = |layout: &[&str]| {
        let mut command = billproof();
        command.arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).args(layout);
        command
    };
    audit(&[]).assert().code(0);
    assert_eq!(by_path(&out, "layout")["bill.pdf"], "guarantor_statement");
    audit(&["--layout", "generic"]).assert().code(0);
    assert_eq!(by_path(&out, "layout")["bill.pdf"], "generic");
    let run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(run["options"]["layout"], "generic");
    let error = stderr_of(&mut audit(&["--layout", "genric"]), 2);
    assert!(error.contains("there is no layout genric; there are ") && error.contains("hospital_itemization"), "{error}");
}
