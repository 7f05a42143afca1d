//! The evidence report of the samples in a browser: accessible, no dead links, no network, sorted and filtered by keyboard.
//!
//! `./setup --tests` puts Node.js, its packages and a browser in place and notes the browser; without that note there is
//! nothing to open the report with.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::billproof;

#[test]
fn the_report_of_the_samples_in_a_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scripts = root.join("tests/browser");
    let Ok(browser) = fs::read_to_string(scripts.join("node_modules/.browser")) else {
        assert!(std::env::var_os("CI").is_none(), "run ./setup --tests before the tests: in CI the report must be opened");
        eprintln!("NOT TESTED: the report in a browser; run ./setup --tests to have one");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    billproof().arg("audit").arg(root.join("samples")).arg("--out").arg(&out).assert().code(0);
    let looked = Command::new("node")
        .arg(scripts.join("check.mjs"))
        .arg(out.join("report"))
        .env("BILLPROOF_BROWSER", browser.trim())
        .output()
        .expect("node can be started: ./setup --tests installs it");
    let said = format!("{}{}", String::from_utf8_lossy(&looked.stdout), String::from_utf8_lossy(&looked.stderr));
    assert!(looked.status.success(), "{said}");
    assert!(said.contains("5 pages looked at: no faults"), "{said}");
}
