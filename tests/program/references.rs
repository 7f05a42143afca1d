//! `billproof refs` and `billproof price` from the outside, and an audit by the store.

use std::fs;
use std::path::Path;

use crate::common::{billproof, lay, pdf};

const PTP: &str = "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\tModifier 0=not allowed\tPTP Edit Rationale\n\
    80053\t80048\t\t20000101\t*\t0\tx\n";
const GPCI: &str = "ADDENDUM E. 2025 (GPCIs),,,,,,\nContractor,State,Locality Number,Locality Name,2025 PW GPCI,2025 PE GPCI,2025 MP GPCI\n\
    04412,TX,18,HOUSTON,1.014,1.003,1.409\n";
const RVU: &str = "2025 National Physician Fee Schedule Relative Value File January Release,,,,,,,,\n,,,,NON-FAC,FACILITY,,,\n\
    ,,,WORK,,,MP,CONV,PAYMENT\nHCPCS,MOD,DESCRIPTION,RVU,PE RVU,PE RVU,RVU,FACTOR,AMOUNT\n99213,,x,1.30,1.35,0.57,0.10,32.3465,0\n";

fn tables(dir: &Path) {
    lay(
        dir,
        &[
            ("refs/ccipra-v310r0-f1.txt", PTP.as_bytes().to_vec()),
            ("refs/GPCI2025.csv", GPCI.as_bytes().to_vec()),
            ("refs/rvu.csv", RVU.as_bytes().to_vec()),
        ],
    );
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs `billproof refs` on a store of the folder: standard output, standard error.
fn refs(dir: &Path, status: i32, args: &[&str]) -> (String, String) {
    let out =
        billproof().env("BILLPROOF_REFS", dir.join("store.redb")).current_dir(dir).arg("refs").args(args).assert().code(status);
    (text(&out.get_output().stdout), text(&out.get_output().stderr))
}

#[test]
fn tables_are_added_listed_checked_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    tables(dir.path());
    assert!(refs(dir.path(), 0, &["list"]).0.contains("is empty"));
    refs(dir.path(), 0, &["add", "refs/ccipra-v310r0-f1.txt", "refs/GPCI2025.csv"]);
    let (list, _) = refs(dir.path(), 0, &["list"]);
    assert!(list.contains("practitioner 2025 Q1") && list.contains("2025-12-31"), "{list}");
    assert!(refs(dir.path(), 0, &["check"]).0.contains("f2, f3, f4"));
    fs::write(dir.path().join("wrong.csv"), "a,b\n1,2\n").unwrap();
    let (_, error) = refs(dir.path(), 2, &["add", "wrong.csv"]);
    assert!(error.lines().count() == 1 && error.contains("wrong.csv: no table that billproof knows; expected"), "{error}");
    assert!(refs(dir.path(), 2, &["remove", "77"]).1.contains("no edition 77"));
    refs(dir.path(), 0, &["remove", "1", "2"]);
    assert!(refs(dir.path(), 0, &["list"]).0.contains("is empty"));
}

#[test]
fn an_audit_by_the_store_says_what_one_by_raw_files_says() {
    let dir = tempfile::tempdir().unwrap();
    tables(dir.path());
    let bill = pdf(&[
        "Lakeside Family Clinic",
        "Itemized Statement",
        "Patient: Jane Doe",
        "Statement Date: 04/02/2025",
        "Date        Code    Description               Units     Charge",
        "03/10/2025  80053   Comprehensive panel       1        120.00",
        "03/10/2025  80048   Basic panel               1         80.00",
        "Total Charges                                          200.00",
        "Balance Due                                            200.00",
    ]);
    lay(dir.path(), &[("in/doe/bill.pdf", bill)]);
    let paths: Vec<String> = ["ccipra-v310r0-f1.txt", "GPCI2025.csv", "rvu.csv"].map(|f| format!("refs/{f}")).to_vec();
    refs(dir.path(), 0, &[&["add"], paths.iter().map(String::as_str).collect::<Vec<_>>().as_slice()].concat());
    let run = |out: &str, more: &[&str]| {
        let mut command = billproof();
        command.env("BILLPROOF_REFS", dir.path().join("store.redb")).current_dir(dir.path());
        command.args(["audit", "in", "--out", out]).args(more).assert().code(0);
        let report: serde_json::Value =
            serde_json::from_slice(&fs::read(dir.path().join(out).join("run.json")).unwrap()).unwrap();
        (fs::read_to_string(dir.path().join(out).join("flags.csv")).unwrap(), report["reference"].clone())
    };
    let (by_store, stored) = run("by-store", &[]);
    let (by_files, raw) = run("by-files", &["--refs", "refs"]);
    assert!(by_store.contains("unbundling"), "{by_store}");
    assert_eq!(by_store, by_files);
    assert_eq!((stored["loaded"].as_array().unwrap().len(), raw["loaded"].as_array().unwrap().len()), (3, 3));
    assert_eq!(stored["missing"], raw["missing"]);
    assert!(stored["dir"].is_null() && raw["store"].is_null() && stored["store"].is_string());
    let (without, report) = run("without", &["--store", "elsewhere.redb"]);
    assert!(!without.contains("unbundling"));
    assert_eq!(report["missing"].as_array().unwrap().len(), 7);
}

#[test]
fn prices_of_one_code_and_of_many() {
    let dir = tempfile::tempdir().unwrap();
    tables(dir.path());
    let price = |args: &[&str], status: i32| {
        let out = billproof().current_dir(dir.path()).arg("price").args(args).assert().code(status);
        (text(&out.get_output().stdout), text(&out.get_output().stderr))
    };
    let (one, _) = price(&["99213", "--date", "2025-02-01", "--locality", "TX-18", "--refs", "refs"], 0);
    assert!(one.starts_with("99213  91.00  Physician Fee Schedule") && one.contains("conversion factor: 32.3465"), "{one}");
    let file = "code,modifier,date,locality,facility,own\n99213,,2025-02-01,HOUSTON,yes,a\n99213,,2025-02-01,Nowhere,,b\n99213,,soon,HOUSTON,,c\n";
    fs::write(dir.path().join("many.csv"), file).unwrap();
    let (many, _) = price(&["--csv", "many.csv", "--refs", "refs"], 0);
    let rows: Vec<&str> = many.lines().collect();
    assert!(rows[0].starts_with("code,modifier,date,locality,facility,own,amount,schedule,formula,"), "{many}");
    assert!(rows[1].contains(",a,65.69,Physician Fee Schedule,"), "{many}");
    assert!(rows[2].contains("there is no locality Nowhere") && rows[3].contains("soon is no date"), "{many}");
    assert!(price(&["99213", "--date", "2025-02-01", "--locality", "TX-18"], 2).1.contains("no reference tables are loaded"));
    assert!(price(&["99213", "--date", "2025-02-01", "--zip", "77030", "--refs", "refs"], 2).1.contains("ZIP5"));
}
