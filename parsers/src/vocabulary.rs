//! Header words → fields of the record.
//!
//! The words stand in `vocabulary.toml`, which is embedded; a user's file of the same form can be laid over it. They
//! are compared without case, spaces, punctuation and plural s, because headers are abbreviated, broken over lines and
//! hyphenated at will (`Deduct-` / `ible`), and with a little tolerance, because they are also misread.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use crate::statement::Field;

/// Known header words.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    exact: HashMap<String, Vec<Field>>,
    keywords: Vec<(Regex, Vec<Field>)>,
    longest_words: usize,
}

/// A header text that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct HeaderMatch {
    /// The fields that stand in the column, in printed order.
    pub fields: Vec<Field>,
    /// 1 for an exact match, less where letters differ.
    pub score: f32,
}

/// A vocabulary file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// Not TOML of the expected form; the message holds line and column.
    #[error("vocabulary: {0}")]
    Toml(#[from] toml::de::Error),
    /// A name that is no field of the record.
    #[error("vocabulary: unknown field `{0}`")]
    UnknownField(String),
    /// A keyword pattern that is no regular expression.
    #[error("vocabulary: keyword pattern: {0}")]
    Pattern(#[from] regex::Error),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    header: BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "combined columns")]
    combined: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    keyword: Vec<Keyword>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keyword {
    field: String,
    pattern: String,
}

impl Vocabulary {
    /// The words that billproof knows by itself.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Vocabulary> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let mut v = Self::default();
            if let Err(e) = v.extend(include_str!("vocabulary.toml")) {
                unreachable!("the embedded vocabulary is checked by a test: {e}");
            }
            v
        })
    }

    /// Adds the words of a TOML text; where it names a word that is known, the new meaning holds.
    pub fn extend(&mut self, toml_text: &str) -> Result<(), VocabularyError> {
        let file: File = toml::from_str(toml_text)?;
        for (name, words) in file.combined.iter().chain(&file.header) {
            let fields = name.split('+').map(field_by_name).collect::<Result<Vec<_>, _>>()?;
            for w in words {
                self.longest_words = self.longest_words.max(w.split_whitespace().count());
                self.exact.insert(key(w), fields.clone());
            }
        }
        for k in file.keyword {
            let fields = k.field.split('+').map(field_by_name).collect::<Result<Vec<_>, _>>()?;
            self.keywords.push((Regex::new(&format!("(?i){}", k.pattern))?, fields));
        }
        Ok(())
    }

    /// What a column with this header holds.
    pub fn lookup(&self, text: &str) -> Option<HeaderMatch> {
        let k = key(text);
        if k.is_empty() {
            return None;
        }
        if let Some(fields) = self.exact.get(&k) {
            return Some(HeaderMatch { fields: fields.clone(), score: 1.0 });
        }
        // claim forms print the number of the box before its name
        let unnumbered = key(strip_locator(text));
        if unnumbered != k
            && let Some(fields) = self.exact.get(&unnumbered)
        {
            return Some(HeaderMatch { fields: fields.clone(), score: 0.97 });
        }
        self.nearly(&unnumbered)
    }

    /// What a header that is not listed must mean by the words in it. Only for texts that are headers beyond doubt.
    pub fn guess(&self, text: &str) -> Option<HeaderMatch> {
        if text.len() > 48 || text.split_whitespace().count() > 7 {
            return None;
        }
        let hit = self.keywords.iter().find(|(r, _)| r.is_match(text))?;
        Some(HeaderMatch { fields: hit.1.clone(), score: 0.6 })
    }

    /// A known word that differs by a slip of the reader.
    fn nearly(&self, k: &str) -> Option<HeaderMatch> {
        if k.len() < 5 || k.len() > 48 {
            return None;
        }
        let limit = if k.len() < 8 { 0.84 } else { 0.86 };
        let mut best: Option<(f64, &String, &Vec<Field>)> = None;
        for (word, fields) in &self.exact {
            // a slip at both ends of a word is too rare to be worth the search
            let alike = word.as_bytes()[0] == k.as_bytes()[0] || word.as_bytes().last() == k.as_bytes().last();
            if !alike || word.len().abs_diff(k.len()) > 2 || word.len() < 5 {
                continue;
            }
            let s = strsim::normalized_levenshtein(word, k);
            let better = best.is_none_or(|(b, w, _)| s > b || (s == b && word < w));
            if s >= limit && better {
                best = Some((s, word, fields));
            }
        }
        best.map(|(s, _, fields)| HeaderMatch { fields: fields.clone(), score: s as f32 * 0.95 })
    }

    /// Splits words that stand close together into known headers: `Units Charge` → units, charge.
    ///
    /// Gives the ranges of words, or `None` when not all of them belong to a known header.
    pub fn split(&self, words: &[&str]) -> Option<Vec<(std::ops::Range<usize>, HeaderMatch)>> {
        let n = words.len();
        let mut best: Vec<Option<(usize, usize)>> = vec![None; n + 1]; // (parts, start of the last one)
        best[0] = Some((0, 0));
        for end in 1..=n {
            for start in end.saturating_sub(self.longest_words)..end {
                let Some((parts, _)) = best[start] else { continue };
                let text = words[start..end].join(" ");
                let known = self.exact.contains_key(&key(&text)) || self.exact.contains_key(&key(strip_locator(&text)));
                if known && best[end].is_none_or(|(p, _)| parts + 1 < p) {
                    best[end] = Some((parts + 1, start));
                }
            }
        }
        best[n]?;
        let mut out = Vec::new();
        let mut end = n;
        while end > 0 {
            let (_, start) = best[end]?;
            out.push((start..end, self.lookup(&words[start..end].join(" "))?));
            end = start;
        }
        out.reverse();
        Some(out)
    }
}

fn field_by_name(name: &str) -> Result<Field, VocabularyError> {
    serde_json::from_value(serde_json::Value::String(name.trim().to_owned()))
        .map_err(|_| VocabularyError::UnknownField(name.to_owned()))
}

/// Letters and digits only, lower case, plural s and `and` dropped.
fn key(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut out = String::with_capacity(lower.len());
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && *w != "and") {
        // a column of days counts, a column of the day dates
        let plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && word != "days";
        let single = if plural { &word[..word.len() - 1] } else { word };
        out.push_str(single);
    }
    out
}

fn strip_locator(text: &str) -> &str {
    let t = text.trim_start();
    let digits = t.chars().take_while(char::is_ascii_digit).count();
    if (1..=2).contains(&digits) {
        t[digits..].trim_start_matches(|c: char| c.is_ascii_lowercase() && t.len() - digits < 3).trim_start()
    } else {
        t
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<Field> {
        Vocabulary::builtin().lookup(text).map(|m| m.fields).unwrap_or_default()
    }

    #[test]
    fn headers_are_known_in_all_their_spellings() {
        assert_eq!(fields("Service Date"), [Field::ServiceDate]);
        assert_eq!(fields("Deduct- ible"), [Field::Deductible]);
        assert_eq!(fields("CPT/ HCPCS"), [Field::Code]);
        assert_eq!(fields("47 TOTAL CHARGES"), [Field::Charge]);
        assert_eq!(fields("Co-Insurance"), [Field::Coinsurance]);
        assert_eq!(fields("HCPS"), [Field::Code]);
        assert_eq!(fields("Service date and type"), [Field::ServiceDate, Field::Description]);
    }

    #[test]
    fn a_slip_of_the_reader_is_forgiven_but_other_words_are_not() {
        assert_eq!(fields("Descripti0n"), [Field::Description]);
        assert_eq!(fields("Deductlble"), [Field::Deductible]);
        assert!(fields("Guarantor").is_empty());
        assert!(fields("Thank you for choosing us").is_empty());
    }

    #[test]
    fn close_headers_are_split() {
        let got = Vocabulary::builtin().split(&["Units", "Total", "Charges"]).unwrap();
        let fields: Vec<_> = got.into_iter().map(|(_, m)| m.fields[0]).collect();
        assert_eq!(fields, [Field::Units, Field::Charge]);
    }

    #[test]
    fn an_extension_overrides_and_unknown_fields_are_refused() {
        let mut v = Vocabulary::default();
        v.extend("[header]\ncharge = [\"Importe\"]").unwrap();
        assert_eq!(v.lookup("IMPORTE").unwrap().fields, [Field::Charge]);
        assert!(matches!(v.extend("[header]\nprice_of_fish = [\"x\"]"), Err(VocabularyError::UnknownField(_))));
    }
}
