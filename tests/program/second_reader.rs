//! A second, independent reader (`pdf-extract`) must find the same characters in the text layer of the samples.
//!
//! It knows nothing of columns and loses places on some producers' files, which is why it is no reader of ours; but where
//! the two disagree on the characters themselves, one of them is wrong.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use billproof::extract::{ExtractOptions, Extractor};
use billproof::file_kind::FileKind;
use billproof::record::TextOrigin;

fn samples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|p| p.extension().is_some_and(|e| e == "pdf"))
        .collect();
    files.sort();
    files
}

/// How often each letter and digit occurs.
fn characters(text: &str) -> BTreeMap<char, usize> {
    let mut counts = BTreeMap::new();
    for c in text.chars().filter(char::is_ascii_alphanumeric) {
        *counts.entry(c).or_insert(0) += 1;
    }
    counts
}

#[test]
fn both_readers_find_the_same_characters() {
    let extractor = Extractor::new(ExtractOptions { cache: None, models: None, ..ExtractOptions::default() });
    let mut compared = 0;
    for file in samples() {
        let bytes = std::fs::read(&file).unwrap();
        let Ok(ours) = extractor.extract(FileKind::Pdf, &bytes) else { continue };
        if ours.origin != TextOrigin::Digital {
            continue;
        }
        let words: String = ours.text.pages.iter().flat_map(|p| &p.words).map(|w| w.text.as_str()).collect();
        let theirs = pdf_extract::extract_text_from_mem(&bytes).unwrap();
        assert_eq!(characters(&words), characters(&theirs), "{}", file.display());
        compared += 1;
    }
    assert!(compared >= 4, "only {compared} digital samples were compared");
}
