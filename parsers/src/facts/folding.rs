//! Printed words as labels are compared: small letters, no endings of the plural, abbreviations written out. `Acct #(s)` is
//! `account number`, `Visit/HAR` is `visit har`.

use std::collections::HashMap;

use super::labels::Labels;
use super::segments::Token;

/// One folded word of a token; a token may hold several (`Visit/HAR`) or none (a small word).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folded {
    pub(crate) word: String,
    /// The token it comes from.
    pub(crate) token: usize,
}

/// Words that labels are printed with or without.
pub(super) const SMALL: [&str; 8] = ["of", "the", "a", "an", "my", "this", "s", "these"];

/// The same with the abbreviations of a vocabulary.
pub(super) fn fold_with(word: &str, abbreviations: &HashMap<String, String>) -> Vec<String> {
    let lower = word.to_lowercase().replace(['\u{2019}', '\''], "");
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric() && c != '#' && c != '&');
    if let Some(long) = abbreviations.get(bare) {
        return vec![long.clone()];
    }
    bare.split(['/', '-', '(', ')', '.', ',', '_'])
        .filter(|w| !w.is_empty())
        .map(|w| {
            let sharp = w.len() > 1 && w.ends_with('#');
            let bare = w.trim_end_matches(':').trim_matches('#');
            // `0WES`: no label has a nought before its letters, but a reader may see one
            let nought = bare.strip_prefix('0').filter(|rest| rest.len() >= 2 && rest.chars().all(char::is_alphabetic));
            (nought.map_or_else(|| bare.to_owned(), |rest| format!("o{rest}")), sharp, w == "#")
        })
        .flat_map(|(w, sharp, only)| {
            let mut out = Vec::with_capacity(2);
            if only {
                out.push("number".to_owned());
            } else if !SMALL.contains(&w.as_str()) && !w.is_empty() {
                out.push(singular(abbreviations.get(&w).map_or(w.as_str(), String::as_str)));
            }
            if sharp {
                out.push("number".to_owned());
            }
            out
        })
        .collect()
}

fn singular(w: &str) -> String {
    let keeps = w.len() <= 3 || w.ends_with("ss") || w.ends_with("us") || w.ends_with("is") || w.ends_with("ous");
    match w.strip_suffix("ies") {
        Some(stem) if !keeps && stem.len() > 2 => format!("{stem}y"),
        _ if keeps => w.to_owned(),
        _ => w.strip_suffix('s').unwrap_or(w).to_owned(),
    }
}

/// One word as labels are compared.
pub(crate) fn fold(word: &str) -> Vec<String> {
    fold_with(word, &Labels::builtin().abbreviations)
}

/// The words of these tokens as labels are compared.
pub(crate) fn fold_all(tokens: &[Token], labels: &Labels) -> Vec<Folded> {
    // `Claim 1D:` of a scan is the claim's ID
    let id = |w: String| if matches!(w.as_str(), "1d" | "ld") { "id".to_owned() } else { w };
    let folded = |t: &Token| fold_with(&t.text, &labels.abbreviations).into_iter().map(id);
    tokens.iter().enumerate().flat_map(|(token, t)| folded(t).map(move |word| Folded { word, token })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_plurals_and_small_words_fold_away() {
        let f = |s: &str| s.split(' ').flat_map(fold).collect::<Vec<_>>().join(" ");
        assert_eq!(f("Acct #:"), "account number");
        assert_eq!(f("ACCT#"), "account number");
        assert_eq!(f("Date(s) of Service"), "date service");
        assert_eq!(f("Patient's Name:"), "patient name");
        assert_eq!(f("Visit/HAR"), "visit har");
        assert_eq!(f("Deductible status"), "deductible status");
    }
}
