//! What is in place and what is missing: engines, models, cache, reference tables.

use std::path::Path;

use crate::extract::{ExtractOptions, Extractor};

/// The facts in the order in which they are shown: what, and how it stands.
pub fn facts(refs: Option<&Path>) -> Vec<(String, String)> {
    let mut facts = vec![("billproof".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    facts.extend(Extractor::new(ExtractOptions::default()).doctor());
    let tables = refs.map_or("none given (--refs DIR)".to_owned(), |dir| dir.display().to_string());
    facts.push(("reference tables".to_owned(), tables));
    facts
}
