//! Layouts that a user describes: what they change, how faults are told, what `billproof layouts` shows.

use std::fs;
use std::path::Path;

use crate::common::{bill, billproof, by_path, lay, pdf, rows};

/// A statement whose column heads say nothing, whose amounts have no point, and whose days come before their months.
fn odd() -> Vec<u8> {
    pdf(&[
        "QUARTZ HILL INFIRMARY",
        "Ledger of care                  Case ref: QH-77120",
        "For: Wilma Tarn",
        "",
        "Tag   Seen         Ticket       Wherefore             Ct       Val",
        "A     25/03/2025   CPT:99213    Consultation           1     14000",
        "A     26/03/2025   CPT:85025    Blood count            2      6500",
        "X     26/03/2025   ORDER 7      see chart                     9900",
        "",
        "Kind regards",
    ])
}

const DESCRIPTION: &str = r#"
name = "quartz_hill"
about = "Quartz Hill's ledger of care."
kind = "itemized_bill"
[recognize]
top = ["Quartz Hill Infirmary"]
all = ["Ledger of care"]
[facts]
account_no = { label = ["Case ref"] }
patient = { pattern = 'For: (.+)' }
provider = { value = "Quartz Hill Infirmary" }
[table]
row = ['/^A\b/']
end = "Kind regards"
[[column]]
field = "ignored"
head = "Tag"
[[column]]
field = "service_date"
head = "Seen"
form = "day_first"
[[column]]
field = "code"
head = "Ticket"
pattern = 'CPT:(\w+)'
[[column]]
field = "description"
head = "Wherefore"
[[column]]
field = "units"
head = "Ct"
[[column]]
field = "charge"
head = "Val"
form = "cents"
"#;

fn audit(dir: &Path, more: &[&str]) -> assert_cmd::assert::Assert {
    billproof().current_dir(dir).args(["audit", "in", "--out", "out"]).args(more).assert()
}

fn read(dir: &Path) -> Vec<[String; 7]> {
    let columns = ["service_date", "code", "description", "units", "charge", "patient", "account_no"];
    rows(&dir.join("out/lines.csv")).into_iter().map(|r| columns.map(|c| r[c].clone())).collect()
}

fn stdout_of(dir: &Path, args: &[&str]) -> String {
    String::from_utf8(billproof().current_dir(dir).args(args).assert().code(0).get_output().stdout.clone()).unwrap()
}

fn stderr_of(dir: &Path, args: &[&str]) -> String {
    String::from_utf8(billproof().current_dir(dir).args(args).assert().code(2).get_output().stderr.clone()).unwrap()
}

#[test]
fn a_description_puts_a_misread_statement_right() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/ledger.pdf", odd()), ("in/bill.pdf", bill()), ("ours/quartz.toml", DESCRIPTION.into())]);
    let expected = [
        ["2025-03-25", "99213", "Consultation", "1", "140.00", "Wilma Tarn", "QH-77120"],
        ["2025-03-26", "85025", "Blood count", "2", "65.00", "Wilma Tarn", "QH-77120"],
    ]
    .map(|row| row.map(str::to_owned));
    let ledger = |all: Vec<[String; 7]>| all.into_iter().filter(|r| r[5] != "Jane Q Public").collect::<Vec<_>>();
    audit(dir.path(), &[]).code(0);
    assert_ne!(ledger(read(dir.path())), expected);
    audit(dir.path(), &["--layouts", "ours"]).code(0);
    assert_eq!(ledger(read(dir.path())), expected);
    let layouts = by_path(&dir.path().join("out"), "layout");
    assert_eq!((layouts["ledger.pdf"].as_str(), layouts["bill.pdf"].as_str()), ("quartz_hill", "guarantor_statement"));
    assert_eq!(by_path(&dir.path().join("out"), "provider")["ledger.pdf"], "Quartz Hill Infirmary");
}

#[test]
fn two_descriptions_that_claim_a_paper_are_named_in_its_message() {
    let dir = tempfile::tempdir().unwrap();
    let other = DESCRIPTION.replace("quartz_hill", "quartz_old");
    lay(dir.path(), &[("in/ledger.pdf", odd()), ("ours/a.toml", DESCRIPTION.into()), ("ours/b.toml", other.into_bytes())]);
    audit(dir.path(), &["--layouts", "ours"]).code(0);
    let out = dir.path().join("out");
    let message = by_path(&out, "message").remove("ledger.pdf").unwrap();
    assert!(message.contains("layouts quartz_hill and quartz_old claim it alike; read by "), "{message}");
    assert!(!by_path(&out, "layout")["ledger.pdf"].starts_with("quartz"));
    // one of them can still be chosen by hand
    audit(dir.path(), &["--layouts", "ours", "--layout", "quartz_old"]).code(0);
    assert_eq!(by_path(&out, "layout")["ledger.pdf"], "quartz_old");
}

#[test]
fn faults_name_file_line_column_and_key() {
    let dir = tempfile::tempdir().unwrap();
    let lay_one = |text: &str| lay(dir.path(), &[("in/bill.pdf", bill()), ("ours/q.toml", text.into())]);
    lay_one(&DESCRIPTION.replace("field = \"units\"", "feild = \"units\""));
    let error = stderr_of(dir.path(), &["audit", "in", "--out", "out", "--layouts", "ours"]);
    assert_eq!(error, "billproof: ours/q.toml:30:1: column[5].feild: unknown key `feild`; did you mean `field`?\n");
    assert!(!dir.path().join("out").exists());
    lay_one(DESCRIPTION);
    lay(dir.path(), &[("ours/r.toml", DESCRIPTION.into())]);
    let error = stderr_of(dir.path(), &["extract", "in/bill.pdf", "--layouts", "ours"]);
    assert_eq!(error, "billproof: ours/r.toml: another layout is called quartz_hill too\n");
    assert!(stderr_of(dir.path(), &["layouts", "--layouts", "nowhere"]).contains("cannot read nowhere"));
}

#[test]
fn layouts_are_listed_and_tested() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/ledger.pdf", odd()), ("ours/quartz.toml", DESCRIPTION.into())]);
    let list = stdout_of(dir.path(), &["layouts", "--layouts", "ours"]);
    assert!(list.starts_with("quartz_hill"), "{list}");
    assert!(
        list.contains("Quartz Hill's ledger of care.") && list.contains("medicare_summary_notice") && list.contains("generic")
    );
    let shown = stdout_of(dir.path(), &["layouts", "test", "in/ledger.pdf", "--layouts", "ours"]);
    for said in [
        "ledger.pdf: read by quartz_hill",
        "quartz_hill (yours): claims it with 1.00",
        "\"Quartz Hill Infirmary\" stands at the top of page 1",
        "generic: claims it with 0.05",
        "service: service_date=2025-03-25  code=99213  description=Consultation  units=1  charge=140.00",
        "not of the table (is no line that `row` describes)",
        "not of the table (end: the table ends above it)",
    ] {
        assert!(shown.contains(said), "{said}\n{shown}");
    }
    let manual = stdout_of(dir.path(), &["layouts", "manual"]);
    assert!(manual.contains("[recognize]") && manual.contains("[[column]]"));
}

#[test]
fn a_first_description_works_at_once_and_holds_nothing_of_the_patient() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/bill.pdf", bill())]);
    fs::create_dir(dir.path().join("ours")).unwrap();
    audit(dir.path(), &[]).code(0);
    let before = read(dir.path());
    assert_eq!(before.len(), 2);
    stdout_of(dir.path(), &["layouts", "new", "in/bill.pdf", "--out", "ours/first.toml"]);
    let written = fs::read_to_string(dir.path().join("ours/first.toml")).unwrap();
    for private in ["Jane", "Public", "445512", "172.50", "140"] {
        assert!(!written.contains(private), "{private}\n{written}");
    }
    audit(dir.path(), &["--layouts", "ours"]).code(0);
    assert_eq!(read(dir.path()), before);
    assert_eq!(by_path(&dir.path().join("out"), "layout")["bill.pdf"], "lake_valley_clinic_statement");
    // what a person has worked on is not written over
    let error = stderr_of(dir.path(), &["layouts", "new", "in/bill.pdf", "--out", "ours/first.toml"]);
    assert!(error.contains("cannot write ours/first.toml"), "{error}");
}
