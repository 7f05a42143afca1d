//! Names of the report's files: safe on every file system and in a link, distinct for distinct cases and papers, the same in
//! every run.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// What the pages of cases begin with.
pub const CASE_PREFIX: &str = "case-";
/// The folder of the pictures in the report.
pub const PICTURES: &str = "pictures";
/// The page of all cases.
pub const INDEX: &str = "index.html";

/// Signs of an id that its page's name keeps.
const KEPT: usize = 40;

/// The page of a case: the readable part of its id, and a hash that keeps apart what is left out.
pub fn case_page(case_id: &str) -> String {
    format!("{CASE_PREFIX}{}{}.html", readable(case_id), hash(case_id))
}

/// The picture of a whole page of a file, without its extension.
pub fn page_picture(file: &str, page: u32) -> String {
    format!("page-{}-{page}", hash(file))
}

/// The picture of a cut of a page, without its extension: the same for all findings that show the same.
pub fn cut_picture(file: &str, page: u32, cut: &impl std::fmt::Debug) -> String {
    format!("cut-{}", hash(&format!("{file} {page} {cut:?}")))
}

/// Letters and digits, hyphens for what stands between them.
fn readable(id: &str) -> String {
    let mut out = String::new();
    for c in id.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() == KEPT {
            break;
        }
    }
    if !(out.is_empty() || out.ends_with('-')) {
        out.push('-');
    }
    out
}

/// Ten hex digits.
fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(5).fold(String::new(), |mut out, b| {
        // Writing to a string does not fail.
        let _ = write!(out, "{b:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_readable_part_stays_readable() {
        assert!(case_page("2024/Doe, Jane").starts_with("case-2024-doe-jane-"));
        assert_ne!(case_page("a/b"), case_page("a b"));
        assert_ne!(case_page("Ä"), case_page("Ö"));
        assert_ne!(cut_picture("a", 1, &1.0), cut_picture("a", 1, &2.0));
    }

    proptest! {
        #[test]
        fn a_name_is_safe_whatever_the_id(id in any::<String>()) {
            let name = case_page(&id);
            prop_assert!(name.len() < 80);
            prop_assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'));
            prop_assert!(!name.contains("--"));
        }
    }
}
