//! What is in place and what is missing: engines, models, cache, reference tables.

use std::path::Path;

use crate::extract::{ExtractOptions, Extractor};
use crate::reference::{RefError, load_refs};

/// The facts in the order in which they are shown: what, and how it stands.
///
/// # Errors
/// A reference folder that cannot be read.
pub fn facts(refs: Option<&Path>) -> Result<Vec<(String, String)>, RefError> {
    let mut facts = vec![("billproof".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    facts.extend(Extractor::new(ExtractOptions::default()).doctor());
    let Some(dir) = refs else {
        facts.push(("reference tables".to_owned(), "none given (--refs DIR)".to_owned()));
        return Ok(facts);
    };
    let tables = load_refs(dir)?;
    facts.extend(tables.loaded.iter().map(|(path, table)| ((*table).to_owned(), path.display().to_string())));
    let missing = tables.missing().into_iter();
    facts.extend(
        missing.map(|(table, rule)| (table.to_owned(), format!("missing; without it {rule} does not fire, or not in full"))),
    );
    Ok(facts)
}
