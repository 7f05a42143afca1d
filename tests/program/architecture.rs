//! Data flows one way: no module uses a later one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The modules in the order in which the data flows. A module may use those before it, and its own parts.
const ORDER: &[&str] = &[
    "record",
    "file_kind",
    "structured",
    "archive",
    "discover",
    "extract",
    "normalize",
    "doubts",
    "reader_files",
    "reading",
    "record_csv",
    "corrections",
    "names",
    "case_file",
    "cases",
    "matching",
    "reference",
    "crosscheck",
    "pricing",
    "decisions",
    "rules",
    "ledger",
    "patterns",
    "precision",
    "export",
    "finished",
    "redact",
    "diff",
    "negotiation",
    "case_log",
    "deadlines",
    "report",
    "letters",
    "progress",
    "pipeline",
    "review",
    "layout_tools",
    "golden_sample",
    "doctor",
    "summary",
    "logging",
    "cli",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(dir)
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        // a module's tests may run it through the stages behind it
        .filter(|p| !p.components().any(|c| matches!(c.as_os_str().to_str(), Some("tests" | "tests.rs"))))
        .collect();
    files.sort();
    files
}

/// The code of a file without its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|l| l.split_once("//").map_or(l, |(code, _)| code)).collect::<Vec<_>>().join("\n")
}

/// The stage that a file of `src` belongs to; `None` for the crate's roots.
fn stage_of(path: &Path, src: &Path) -> Option<String> {
    let first = path.strip_prefix(src).unwrap().iter().next().unwrap().to_string_lossy().into_owned();
    let name = first.trim_end_matches(".rs").to_owned();
    (name != "lib" && name != "main").then_some(name)
}

/// The stages that a piece of code names: `crate::x` and `crate::{x, y::z}`.
fn used_stages(code: &str) -> BTreeSet<String> {
    let single = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let group = Regex::new(r"\bcrate::\{([^;]*)\}\s*;").unwrap();
    let nested = Regex::new(r"\{[^{}]*\}").unwrap();
    let mut used: BTreeSet<String> = single.captures_iter(code).map(|c| c[1].to_owned()).collect();
    for list in group.captures_iter(code) {
        let flat = nested.replace_all(&list[1], "").into_owned();
        used.extend(
            flat.split(',').filter_map(|item| item.trim().split("::").next().map(str::to_owned)).filter(|s| !s.is_empty()),
        );
    }
    used
}

#[test]
fn no_arrow_runs_back_up() {
    let src = root().join("src");
    let place = |stage: &str| ORDER.iter().position(|s| *s == stage);
    let mut wrong = Vec::new();
    for file in sources(&src) {
        let Some(stage) = stage_of(&file, &src) else { continue };
        let shown = file.strip_prefix(root()).unwrap().display().to_string();
        let Some(own) = place(&stage) else {
            wrong.push(format!("{shown}: the module {stage} has no place in ORDER"));
            continue;
        };
        for used in used_stages(&code(&file)) {
            match place(&used) {
                Some(other) if other <= own => {}
                Some(_) => wrong.push(format!("{shown}: {stage} uses the later {used}")),
                None => wrong.push(format!("{shown}: {used} has no place in ORDER")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_parsers_touch_neither_files_nor_threads() {
    let forbidden = Regex::new(r"\bstd::(fs|net|process|thread|env)\b|\brayon\b").unwrap();
    for file in sources(&root().join("parsers/src")) {
        let code = code(&file);
        assert!(!forbidden.is_match(&code), "{}: {:?}", file.display(), forbidden.find(&code));
    }
}

#[test]
fn nothing_speaks_to_the_network_and_only_the_pipeline_fans_out() {
    let net = Regex::new(r"\b(std|tokio)::net\b").unwrap();
    let rayon = Regex::new(r"\buse rayon\b|\brayon::").unwrap();
    for file in sources(&root().join("src")) {
        let code = code(&file);
        // The review answers a browser on this machine, and asks nobody.
        let answers = file.ends_with("src/review/server.rs");
        assert!(!net.is_match(&code) || answers, "{}", file.display());
        assert!(!answers || (code.contains("Ipv4Addr::LOCALHOST") && !code.contains("connect")), "{}", file.display());
        let in_pipeline = file.starts_with(root().join("src/pipeline"));
        assert!(!rayon.is_match(&code) || in_pipeline, "{}", file.display());
    }
}

#[test]
fn groups_and_single_uses_are_both_seen() {
    let code = "use crate::{doctor, rules::{Rule, RULES}};\nuse crate::record::Money;\nfn f() { crate::export::x() }";
    let expected = ["doctor", "export", "record", "rules"].map(str::to_owned);
    assert_eq!(used_stages(code), BTreeSet::from(expected));
}
