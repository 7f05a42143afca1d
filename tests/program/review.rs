//! `billproof review`: one browser on this machine decides and corrects, and the audit follows at once.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::common::{billproof, lay, pdf, rows};

fn twice_charged() -> Vec<u8> {
    pdf(&[
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES",
        "",
        "Patient: Jane Q <b>Public</b>   Account number: 445512",
        "Statement date: 04/02/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/03/2025   99213    Office visit                       1      140.00",
        "03/03/2025   85025    Blood count                        1       32.50",
        "03/03/2025   85025    Blood count                        1       32.50",
        "",
        "                                          Total charges        205.00",
        "                                          Balance due          205.00",
    ])
}

/// A review that runs until it is dropped.
struct Review {
    child: Child,
    // Open as long as the review runs, as a terminal is.
    _terminal: Lines<BufReader<ChildStdout>>,
    port: u16,
    link: String,
    cookie: String,
}

impl Review {
    fn start(out: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_billproof"))
            .arg("-q")
            .arg("review")
            .arg(out)
            .args(["--by", "AB"])
            .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let link = lines.find_map(|l| l.unwrap().trim().strip_prefix("http://127.0.0.1:").map(str::to_owned)).unwrap();
        let (port, path) = link.split_once('/').unwrap();
        Self { child, _terminal: lines, port: port.parse().unwrap(), link: format!("/{path}"), cookie: String::new() }
    }

    /// Sends a request and returns status, headers and body.
    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String, String) {
        let mut to = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        to.write_all(format!("{text}\r\n{body}").as_bytes()).unwrap();
        let mut answer = Vec::new();
        to.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_owned(), body.to_owned())
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn enter(&mut self) {
        let (status, head, _) = self.send("GET", &self.link, &[("Host", &self.host())], "");
        assert_eq!(status, 303, "{head}");
        let cookie = head.lines().find_map(|l| l.to_lowercase().starts_with("set-cookie:").then(|| l[11..].trim().to_owned()));
        let cookie = cookie.unwrap();
        cookie.split(';').next().unwrap().clone_into(&mut self.cookie);
    }

    fn get(&self, path: &str) -> (u16, String) {
        let (status, _, body) = self.send("GET", path, &[("Host", &self.host()), ("Cookie", &self.cookie)], "");
        (status, body)
    }

    fn post(&self, path: &str, body: &str) -> u16 {
        let origin = format!("http://{}", self.host());
        let form = "application/x-www-form-urlencoded";
        let headers =
            [("Host", self.host()), ("Cookie", self.cookie.clone()), ("Origin", origin), ("Content-Type", form.to_owned())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.send("POST", path, &headers, body).0
    }
}

impl Drop for Review {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An audit of one bill, and the id of its second charge.
fn audited(dir: &Path) -> (PathBuf, String) {
    lay(dir, &[("in/public/bill.pdf", twice_charged()), ("in/public/case.toml", b"[plan]\nkind = \"self-pay\"\n".to_vec())]);
    let out = dir.join("out");
    billproof().arg("audit").arg(dir.join("in")).arg("--out").arg(&out).assert().code(0);
    let flags = rows(&out.join("flags.csv"));
    let id = flags.iter().find(|f| f["rule"] == "duplicate-charge").unwrap()["flag_id"].clone();
    (out, id)
}

#[test]
fn a_decision_is_kept_and_the_case_follows_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let (out, id) = audited(dir.path());
    let mut review = Review::start(&out);
    review.enter();
    let (status, page) = review.get("/");
    assert!(status == 200 && page.contains("duplicate-charge"));
    let (status, page) = review.get(&format!("/finding/{id}"));
    assert!(status == 200 && page.contains("32.50") && page.contains("data-key=\"c\""));
    assert!(!page.contains("<b>Public"), "what a paper says is text, not markup");
    let picture = page.split("src=\"/picture/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(review.get(&format!("/picture/{picture}")).0, 200);

    assert_eq!(review.post(&format!("/finding/{id}"), "verdict=dismissed&note=two+draws%2C+see+record"), 303);
    let case = &rows(&out.join("cases.csv"))[0];
    assert_eq!(case["amount_disputed"], "0.00");
    assert!(
        fs::read_to_string(out.join("decisions.csv")).unwrap().contains(&format!("{id},dismissed,\"two draws, see record\",AB,"))
    );
    drop(review);

    // The next audit into the folder knows it, too.
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    let flags = rows(&out.join("flags.csv"));
    assert_eq!(flags.iter().find(|f| f["flag_id"] == id).unwrap()["verdict"], "dismissed");
}

#[test]
fn a_decision_can_be_withdrawn() {
    let dir = tempfile::tempdir().unwrap();
    let (out, id) = audited(dir.path());
    let mut review = Review::start(&out);
    review.enter();
    assert_eq!(review.post(&format!("/finding/{id}"), "verdict=confirmed&note="), 303);
    assert_eq!(review.post(&format!("/finding/{id}"), "verdict=&note="), 303);
    let flags = rows(&out.join("flags.csv"));
    assert_eq!(flags.iter().find(|f| f["flag_id"] == id).unwrap()["verdict"], "");
    assert_eq!(review.post(&format!("/finding/{id}"), "verdict=perhaps"), 400);
    assert_eq!(review.post("/finding/no-such", "verdict=fixed"), 404);
}

#[test]
fn a_corrected_cell_changes_what_is_found_now_and_on_the_next_run() {
    let dir = tempfile::tempdir().unwrap();
    let (out, id) = audited(dir.path());
    let mut review = Review::start(&out);
    review.enter();
    let wrong = "path=public%2Fbill.pdf&line_no=3&charge=lots";
    assert_eq!(review.post(&format!("/finding/{id}/row"), wrong), 422);
    assert!(!out.join("corrections.csv").exists());
    let row = "path=public%2Fbill.pdf&line_no=3&code=85027&charge=32.50";
    assert_eq!(review.post(&format!("/finding/{id}/row"), row), 303);
    let has = |rule: &str| rows(&out.join("flags.csv")).iter().any(|f| f["rule"] == rule);
    assert!(!has("duplicate-charge"), "another test is no duplicate");
    assert_eq!(rows(&out.join("lines.csv"))[2]["code"], "85027");
    drop(review);
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    assert!(!has("duplicate-charge"));
    // One that is given by name, for an audit into another folder; and one that fits nothing is told.
    let corrections = out.join("corrections.csv");
    let other = dir.path().join("other");
    let mut audit = billproof();
    audit
        .arg("audit")
        .arg(dir.path().join("in"))
        .arg("--out")
        .arg(&other)
        .arg("--corrections")
        .arg(&corrections)
        .assert()
        .code(0);
    assert_eq!(rows(&other.join("lines.csv"))[2]["code"], "85027");
    fs::write(&corrections, "path,line_no,column,from,to\npublic/bill.pdf,3,charge,1.00,2.00\n").unwrap();
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    let run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(run["unfit_corrections"][0], "public/bill.pdf, line 3, charge");
}

#[test]
fn nobody_else_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let (out, id) = audited(dir.path());
    let mut review = Review::start(&out);
    let host = review.host();
    let before = fs::read(out.join("flags.csv")).unwrap();
    assert_eq!(review.send("GET", "/", &[("Host", &host)], "").0, 403, "without the link");
    assert_eq!(review.send("GET", "/enter?token=0000", &[("Host", &host)], "").0, 403);
    let link = review.link.clone();
    assert_eq!(review.send("GET", &link, &[("Host", "rebound.example")], "").0, 403, "by another name");
    review.enter();
    assert_eq!(review.send("GET", &link, &[("Host", &host)], "").0, 403, "the link is used up");
    let cookie = review.cookie.clone();
    let path = format!("/finding/{id}");
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for origin in [None, Some("http://evil.example"), Some("null")] {
        let mut headers = vec![("Host", host.as_str()), ("Cookie", cookie.as_str()), form];
        headers.extend(origin.map(|o| ("Origin", o)));
        assert_eq!(review.send("POST", &path, &headers, "verdict=fixed").0, 403, "{origin:?}");
    }
    for path in ["/picture/..%2F..%2Fflags.csv", "/picture/.png", "/picture/flags.csv"] {
        assert_eq!(review.get(path).0, 404, "{path}");
    }
    let long = format!("verdict=fixed&note={}", "x".repeat(100_000));
    assert_eq!(review.post(&path, &long), 413);
    let (_, head, _) = review.send("GET", "/", &[("Host", &host), ("Cookie", &cookie)], "");
    assert!(head.to_lowercase().contains("content-security-policy: default-src 'none'"), "{head}");
    assert_eq!(fs::read(out.join("flags.csv")).unwrap(), before);
}

#[test]
fn what_a_crash_left_is_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    let (out, id) = audited(dir.path());
    // Kept, but the process ended before the folder was rewritten; and a row that was torn.
    fs::write(out.join("decisions.csv"), format!("flag_id,verdict,note,by,date\n{id},fixed,paid,AB,2026-01-05\nffff,dis"))
        .unwrap();
    let review = Review::start(&out);
    drop(review);
    let flags = rows(&out.join("flags.csv"));
    assert_eq!(flags.iter().find(|f| f["flag_id"] == id).unwrap()["verdict"], "fixed");
}
