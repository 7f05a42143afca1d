//! From an audit to what follows: the offer, the log, the deadlines.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{bill, billproof, lay, pdf, rows};

const SELF_PAY: &str =
    "[patient]\nname = \"Jane Q Public\"\n[plan]\nkind = \"self-pay\"\n[finance]\nlump_sum = 60\nmonthly = 25\n";

/// An audited case `public` whose bill of 172.50 is right.
fn audited(dir: &Path, toml: &str) -> PathBuf {
    lay(dir, &[("in/public/bill.pdf", bill()), ("in/public/case.toml", toml.as_bytes().to_vec())]);
    let out = dir.join("out");
    audit(dir);
    out
}

fn audit(dir: &Path) -> String {
    said(&["audit", dir.join("in").to_str().unwrap(), "--today", "2026-02-10"], &dir.join("out"))
}

fn run(args: &[&str], out: &Path) -> std::process::Output {
    billproof().args(args).arg("--out").arg(out).output().unwrap()
}

fn said(args: &[&str], out: &Path) -> String {
    let output = run(args, out);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_offer_on_a_verified_balance() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path(), SELF_PAY);
    let page = said(&["negotiate", "public"], &out);
    for part in ["Verified balance: 172.50", "open with", "34.50", "60.00 is what could be paid at once", "without interest"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&said(&["negotiate", "public", "--format", "json", "--monthly", "50"], &out)).unwrap();
    let plan = &json["talks"][0]["plan"];
    assert_eq!((plan["payments"].as_u64(), plan["last_payment"].as_str()), (Some(4), Some("22.50")));
    assert_eq!(run(&["negotiate", "public", "--apr", "-3"], &out).status.code(), Some(2));
    assert_eq!(run(&["negotiate", "nobody"], &out).status.code(), Some(2));
}

#[test]
fn no_offer_while_the_claim_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path(), "[plan]\nkind = \"commercial\"\n");
    let page = said(&["negotiate", "public"], &out);
    assert!(page.contains("No offer yet") && page.contains("wait for the claim") && !page.contains("open with"), "{page}");
    let case = said(&["case", "public"], &out);
    assert!(case.contains("What to do") && case.contains("wait-for-claim") && case.contains("172.50"), "{case}");
}

#[test]
fn a_promise_is_remembered_until_it_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path(), SELF_PAY);
    said(&["log", "public", "call", "--with", "Billing", "--note", "asked for the cash price"], &out);
    said(&["log", "public", "promise", "--with", "Ms. Lee", "--note", "will call back", "--by", "2026-02-01"], &out);
    assert_eq!(fs::read_to_string(dir.path().join("in/public/case-log.csv")).unwrap().lines().count(), 3);

    let summary = audit(dir.path());
    assert!(summary.contains("public: overdue promise by 2026-02-01, Ms. Lee: will call back"), "{summary}");
    // The log is no paper.
    assert_eq!(rows(&out.join("documents.csv")).len(), 1);
    let days = rows(&out.join("deadlines.csv"));
    assert_eq!(
        (days[0]["date"].as_str(), days[0]["kind"].as_str(), days[0]["with"].as_str()),
        ("2026-02-01", "promise", "Ms. Lee")
    );
    assert!(fs::read_to_string(out.join("deadlines.ics")).unwrap().contains("DTSTART;VALUE=DATE:20260201\r\n"));
    let log = said(&["log", "public", "--today", "2026-01-31"], &out);
    assert!(log.contains("asked for the cash price") && log.contains("open: promise (entry 2) by 2026-02-01"), "{log}");
    assert!(said(&["case", "public", "--today", "2026-02-02"], &out).contains("overdue: promise (entry 2)"));

    assert_eq!(run(&["log", "public", "done", "1"], &out).status.code(), Some(2));
    said(&["log", "public", "done", "2"], &out);
    assert!(!audit(dir.path()).contains("overdue"));
    assert_eq!(rows(&out.join("deadlines.csv")).len(), 0);
}

#[test]
fn a_letter_is_held_against_the_agreement() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path(), SELF_PAY);
    let letter = |amount: &str| {
        pdf(&[
            "LAKE VALLEY CLINIC",
            "Re: Account number 445512",
            "Dear Jane Public,",
            &format!("We agree to accept ${amount} as payment in full of the outstanding balance of $172.50."),
            "The payment is due on or before March 15, 2026.",
        ])
    };
    lay(dir.path(), &[("good.pdf", letter("60.00")), ("bad.pdf", letter("90.00"))]);
    let file = |name: &str| dir.path().join(name).display().to_string();
    let added = said(&["log", "public", "agreement", "--with", "Ms. Lee", "--amount", "60", "--due", "2026-03-15"], &out);
    assert!(added.contains("entry 1") && added.contains("in-writing 1 FILE"), "{added}");
    assert!(audit(dir.path()).contains("overdue not-in-writing by 2026-03-15, Ms. Lee: The agreement over 60.00"));

    let differs = said(&["log", "public", "in-writing", "1", &file("bad.pdf")], &out);
    assert!(differs.contains("90.00") && differs.contains("The letter as a whole: differs"), "{differs}");
    assert!(audit(dir.path()).contains("agreed 60.00; letter: 90.00"));
    let good = said(&["log", "public", "in-writing", "1", &file("good.pdf")], &out);
    assert!(good.contains("The letter as a whole: stated as agreed"), "{good}");
    assert!(!audit(dir.path()).contains("overdue"));
    assert_eq!(rows(&out.join("deadlines.csv"))[0]["kind"], "payment");
    // Terms that do not add up are not logged.
    let odd = ["log", "public", "agreement", "--amount", "60", "--due", "2026-03-15", "--monthly", "10", "--payments", "7"];
    assert_eq!(run(&odd, &out).status.code(), Some(2));
}

#[test]
fn loose_papers_share_the_log_of_their_folder() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/bill.pdf", bill())]);
    audit(dir.path());
    let out = dir.path().join("out");
    said(&["log", "jane", "promise", "--note", "x", "--by", "2026-01-01"], &out);
    assert!(dir.path().join("in/case-log.csv").is_file());
    assert!(audit(dir.path()).contains("jane-q-public: overdue promise by 2026-01-01: x"));
    fs::rename(dir.path().join("in"), dir.path().join("gone")).unwrap();
    let output = run(&["log", "jane"], &out);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--folder"), "{output:?}");
    said(&["log", "jane", "--folder", dir.path().join("gone").to_str().unwrap()], &out);
}
