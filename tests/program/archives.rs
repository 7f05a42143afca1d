//! Archives and mails in the input: as if what is in them had been unpacked in place.

use std::io::{Cursor, Write};

use crate::common::{bill, billproof, by_path, lay, pdf, rows};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zipped(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn mail(name: &str, content: &[u8]) -> Vec<u8> {
    let hex: String =
        content.iter().map(|b| format!("={b:02X}")).collect::<Vec<_>>().chunks(20).map(|c| c.concat() + "=\r\n").collect();
    format!(
        "From: a@example.org\r\nSubject: papers\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nsee attached\r\n--x\r\n\
Content-Type: application/pdf; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\r\n{hex}\r\n--x--\r\n"
    )
    .into_bytes()
}

fn other_bill() -> Vec<u8> {
    pdf(&[
        "HARBOR IMAGING",
        "STATEMENT OF SERVICES",
        "",
        "Patient: Omar Roe               Account number: 901377",
        "Statement date: 05/11/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "05/01/2025   71046    Chest X-ray                        1      210.00",
        "",
        "Total charges                                                   210.00",
        "Amount due                                                      210.00",
    ])
}

#[test]
fn members_are_rows_of_their_own_in_the_case_where_they_would_lie() {
    let dir = tempfile::tempdir().unwrap();
    let facts = b"[patient]\nstate = \"TX\"\n".to_vec();
    lay(
        dir.path(),
        &[
            ("in/doe/mail.eml", mail("bill.pdf", &bill())),
            ("in/papers.zip", zipped(&[("roe/x.pdf", other_bill()), ("roe/case.toml", facts), ("roe/note.txt", b"hi".to_vec())])),
        ],
    );
    let out = dir.path().join("out");
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    let cases = by_path(&out, "case_id");
    let expected = [("doe/mail.eml/bill.pdf", "doe"), ("papers.zip/roe/x.pdf", "roe")];
    assert_eq!(cases.iter().map(|(p, c)| (p.as_str(), c.as_str())).collect::<Vec<_>>(), expected);
    assert!(by_path(&out, "status").values().all(|s| s == "ok"));
    assert!(by_path(&out, "sha256").values().all(|h| h.len() == 64));
    assert_eq!(rows(&out.join("lines.csv")).len(), 3);
    let run: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!((&run["skipped"]["archives"], &run["skipped"]["by_extension"]["txt"]), (&2.into(), &1.into()));
    assert_eq!(run["case_file_errors"].as_array().unwrap().len(), 0);
}

#[test]
fn what_is_refused_or_broken_has_a_row_that_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let tricks = zipped(&[("../../out.pdf", bill()), ("fine/x.pdf", bill())]);
    let mut broken = zipped(&[("x.pdf", bill())]);
    broken.truncate(100);
    lay(dir.path(), &[("in/tricks.zip", tricks), ("in/broken.zip", broken), ("in/false.zip", b"no archive".to_vec())]);
    let out = dir.path().join("out");
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    let status = by_path(&out, "status");
    let expected = [
        ("broken.zip", "failed"),
        ("false.zip", "failed"),
        ("tricks.zip/_/_/out.pdf", "failed"),
        ("tricks.zip/fine/x.pdf", "ok"),
    ];
    assert_eq!(status.iter().map(|(p, s)| (p.as_str(), s.as_str())).collect::<Vec<_>>(), expected);
    let message = by_path(&out, "message");
    assert!(message["tricks.zip/_/_/out.pdf"].contains("leads out of the archive"), "{message:?}");
    assert!(message["broken.zip"].contains("cannot be opened"), "{message:?}");
    assert!(!dir.path().join("out.pdf").exists());
}

#[test]
fn extract_shows_every_file_of_an_archive() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("papers.zip", zipped(&[("a.pdf", bill()), ("b.pdf", other_bill())]))]);
    let shown = billproof().arg("extract").arg(dir.path().join("papers.zip")).args(["--format", "csv"]).output().unwrap();
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("papers.zip/a.pdf") && text.contains("papers.zip/b.pdf") && text.contains("71046"), "{text}");
}
