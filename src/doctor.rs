//! What is in place and what is missing: engines, models, cache, reference tables.

use std::path::Path;

use crate::extract::{ExtractOptions, Extractor};
use crate::pipeline::reference_tables;
use crate::reference::RefError;
use crate::reference::store::Store;

/// The facts in the order in which they are shown: what, and how it stands.
///
/// # Errors
/// A reference folder or store that cannot be read.
pub fn facts(refs: Option<&Path>, store: Option<&Path>) -> Result<Vec<(String, String)>, RefError> {
    let mut facts = vec![("billproof".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    facts.extend(Extractor::new(ExtractOptions::default()).doctor());
    let store = store.filter(|_| refs.is_none()).map(Store::at);
    if let Some(store) = &store {
        let state = if store.path().exists() { "" } else { " (empty: fill it with `billproof refs add`)" };
        facts.push(("reference store".to_owned(), format!("{}{state}", store.path().display())));
    }
    let tables = reference_tables(refs, store.as_ref().map(Store::path))?;
    facts.extend(tables.loaded.iter().map(|t| (t.table.to_owned(), format!("{}, {}", t.edition, t.file.display()))));
    let missing = tables.missing().into_iter();
    facts.extend(
        missing.map(|(table, rule)| (table.to_owned(), format!("missing; without it {rule} does not fire, or not in full"))),
    );
    Ok(facts)
}
