//! What people decide is applied on the next run, and two runs can be compared.

use std::fs;
use std::path::Path;

use crate::common::{bill_of, billproof, lay, rows};

/// A bill that charges the same test twice.
fn twice_charged() -> Vec<u8> {
    bill_of(&["03/03/2025   85025    Blood count                        1       32.50"; 2], "205.00")
}

fn audit(dir: &Path, out: &str, more: &[&str]) {
    billproof().arg("audit").arg(dir.join("in")).arg("--out").arg(dir.join(out)).args(more).assert().code(0);
}

fn stdout(command: &mut assert_cmd::Command) -> String {
    String::from_utf8(command.assert().success().get_output().stdout.clone()).unwrap()
}

#[test]
fn a_dismissed_finding_disputes_nothing_any_more() {
    let dir = tempfile::tempdir().unwrap();
    lay(
        dir.path(),
        &[("in/public/bill.pdf", twice_charged()), ("in/public/case.toml", b"[plan]\nkind = \"self-pay\"\n".to_vec())],
    );
    audit(dir.path(), "first", &[]);
    let flags = rows(&dir.path().join("first/flags.csv"));
    let duplicate = flags.iter().find(|f| f["rule"] == "duplicate-charge").expect("the second charge is found");
    assert_eq!(duplicate["verdict"], "");
    let case = &rows(&dir.path().join("first/cases.csv"))[0];
    assert_eq!((case["amount_disputed"].as_str(), case["next_step"].as_str()), ("32.50", "dispute-errors"));
    assert!(!dir.path().join("first/precision.csv").exists());

    let decisions = format!("flag_id,verdict,note,by,date\n{},dismissed,two draws,AB,2025-05-01\n", duplicate["flag_id"]);
    fs::write(dir.path().join("decisions.csv"), decisions).unwrap();
    audit(dir.path(), "second", &["--decisions", dir.path().join("decisions.csv").to_str().unwrap()]);
    let after = rows(&dir.path().join("second/flags.csv"));
    let decided = after.iter().find(|f| f["flag_id"] == duplicate["flag_id"]).unwrap();
    assert_eq!((decided["verdict"].as_str(), decided["note"].as_str()), ("dismissed", "two draws"));
    let case = &rows(&dir.path().join("second/cases.csv"))[0];
    assert_eq!((case["amount_disputed"].as_str(), case["balance_supported"].as_str()), ("0.00", "205.00"));
    assert_eq!(case["flags"], (flags.len() - 1).to_string());
    let precision = &rows(&dir.path().join("second/precision.csv"))[0];
    assert_eq!(
        (precision["rule"].as_str(), precision["dismissed"].as_str(), precision["precision"].as_str()),
        ("duplicate-charge", "1", "0.000")
    );

    let shown = stdout(billproof().arg("diff").arg(dir.path().join("first")).arg(dir.path().join("second")));
    assert!(shown.contains("- duplicate-charge") && shown.contains("1 resolved (32.50)"), "{shown}");
    let same = stdout(billproof().arg("diff").arg(dir.path().join("first")).arg(dir.path().join("first")));
    assert!(same.starts_with("0 new (0.00), 0 resolved (0.00), 0 changed (0.00)"), "{same}");
    let table =
        stdout(billproof().arg("diff").arg(dir.path().join("first")).arg(dir.path().join("second")).args(["--format", "csv"]));
    assert!(table.lines().nth(1).is_some_and(|l| l.starts_with("resolved,public,")), "{table}");
}

#[test]
fn the_account_of_a_case_adds_up() {
    let dir = tempfile::tempdir().unwrap();
    lay(
        dir.path(),
        &[("in/public/bill.pdf", twice_charged()), ("in/public/case.toml", b"[plan]\nkind = \"self-pay\"\n".to_vec())],
    );
    audit(dir.path(), "out", &[]);
    let shown = stdout(billproof().args(["case", "pub", "--out"]).arg(dir.path().join("out")));
    for part in ["public: Jane Q Public", "205.00", "-32.50", "172.50", "dispute-errors", "duplicate-charge"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let wrong = billproof().args(["case", "publik", "--out"]).arg(dir.path().join("out")).assert().code(2).get_output().clone();
    let error = String::from_utf8(wrong.stderr).unwrap();
    assert!(error.contains("has no case publik") && error.contains("public"), "{error}");
}

#[test]
fn decisions_that_cannot_be_read_end_the_run_with_their_line() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/bill.pdf", twice_charged()), ("decisions.csv", b"flag_id,verdict\nabc,perhaps\n".to_vec())]);
    let mut command = billproof();
    command.arg("audit").arg(dir.path().join("in")).arg("--out").arg(dir.path().join("out"));
    let output = command.arg("--decisions").arg(dir.path().join("decisions.csv")).assert().code(2).get_output().clone();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("decisions.csv") && error.contains("line 2") && error.contains("perhaps"), "{error}");
    assert!(!dir.path().join("out/cases.csv").exists());
}
