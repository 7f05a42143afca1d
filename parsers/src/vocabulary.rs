//! Header words → fields of the record.
//!
//! The words stand in `vocabulary.toml`, which is embedded; a user's file of the same form can be laid over it. They
//! are compared without case, spaces, punctuation and plural s, because headers are abbreviated, broken over lines and
//! hyphenated at will (`Deduct-` / `ible`), and with a little tolerance, because they are also misread.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use crate::facts::labels::{self, Labels};
use crate::heading_words::{
    are_two, in_brackets, is_explained, joined_names, names_adjustments, noted_amount, of_the_patient, two_shares, without_mark,
};
use crate::statement::Field;
use crate::toml_check::{self, Fault, unknown_name};

/// Known header words.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    exact: HashMap<String, Vec<Field>>,
    /// The keys of `exact` by their length in bytes, with the letters that stand in each: a slip of a word is looked for among
    /// few of them, and it is looked for in every line of a page.
    by_length: BTreeMap<usize, Vec<(String, u64)>>,
    keywords: Vec<(Regex, Vec<Field>)>,
    longest_words: usize,
    /// The single words that headers are made of, in small letters.
    words: HashSet<String>,
    labels: Arc<Labels>,
}

/// What is understood by a slip of the reader is worth less than this.
const SURE: f32 = 0.95;

/// A header text that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct HeaderMatch {
    /// The fields that stand in the column, in printed order.
    pub fields: Vec<Field>,
    /// 1 for an exact match, less where letters differ.
    pub score: f32,
}

/// The form of a vocabulary file: the columns of tables as in `vocabulary.toml`, and labels as in `facts/labels.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    header: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default, rename = "combined columns")]
    combined: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    keyword: Vec<Keyword>,
    #[serde(default)]
    label: Vec<labels::Entry>,
    #[serde(default)]
    abbreviations: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keyword {
    field: Spanned<String>,
    pattern: Spanned<String>,
}

impl Vocabulary {
    /// No header words; the builtin labels.
    fn empty() -> Self {
        Self {
            exact: HashMap::new(),
            by_length: BTreeMap::new(),
            keywords: Vec::new(),
            longest_words: 0,
            words: HashSet::new(),
            labels: Labels::builtin(),
        }
    }

    /// The words that billproof knows by itself.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Vocabulary> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let mut v = Self::empty();
            if let Err(e) = v.extend(include_str!("vocabulary.toml")) {
                unreachable!("the embedded vocabulary is checked by a test: {e}");
            }
            v
        })
    }

    /// Adds the words of a TOML text; where it names a word that is known, the new meaning holds.
    ///
    /// # Errors
    /// The first [`Fault`] of the text: then nothing is added.
    pub fn extend(&mut self, toml_text: &str) -> Result<(), Fault> {
        let file: File = toml_check::parse(toml_text)?;
        let mut words: Vec<(String, Vec<Field>)> = Vec::new();
        for (name, listed) in file.combined.iter().chain(&file.header) {
            let fields = fields_by_name(toml_text, name)?;
            for w in listed {
                if key(w).is_empty() {
                    return Err(Fault::at(toml_text, &name.span(), format!("`{w}` has neither letters nor digits")));
                }
                words.push((w.clone(), fields.clone()));
            }
        }
        let mut keywords = Vec::new();
        for k in file.keyword {
            let fields = fields_by_name(toml_text, &k.field)?;
            let pattern = Regex::new(&format!("(?i){}", k.pattern.get_ref()))
                .map_err(|e| Fault::at(toml_text, &k.pattern.span(), no_pattern(&e)))?;
            keywords.push((pattern, fields));
        }
        for (w, fields) in words {
            self.words.extend(w.split_whitespace().map(str::to_lowercase));
            self.name_column(&w, fields);
        }
        // the first pattern that fits holds: new ones go before those that are known
        self.keywords.splice(0..0, keywords);
        if !(file.label.is_empty() && file.abbreviations.is_empty()) {
            Arc::make_mut(&mut self.labels).add(file.label, file.abbreviations);
        }
        Ok(())
    }

    /// Says what a column with exactly this header holds.
    pub(crate) fn name_column(&mut self, head: &str, fields: Vec<Field>) {
        self.longest_words = self.longest_words.max(head.split_whitespace().count());
        let key = key(head);
        if !self.exact.contains_key(&key) {
            self.by_length.entry(key.len()).or_default().push((key.clone(), letters_of(&key)));
        }
        self.exact.insert(key, fields);
    }

    /// Says what stands beside labels.
    pub(crate) fn name_labels(&mut self, entries: Vec<labels::Entry>) {
        if !entries.is_empty() {
            Arc::make_mut(&mut self.labels).add(entries, HashMap::new());
        }
    }

    /// The labels that stand beside the values of a header.
    pub(crate) fn labels(&self) -> &Arc<Labels> {
        &self.labels
    }

    /// Where words of headers were run together: `billed|discount`, `qty|rate|amount`. Empty for what is one word, or none of
    /// ours.
    pub(crate) fn seams(&self, word: &str) -> Vec<usize> {
        /// Shorter words stand in others by chance.
        const LEAST: usize = 4;
        /// Three of them need less.
        const LEAST_OF_THREE: usize = 3;
        let w = word.to_lowercase();
        let ours = |part: &str| self.words.contains(part);
        if !w.bytes().all(|b| b.is_ascii_alphabetic()) || w.len() < 2 * LEAST || ours(&w) || self.exact.contains_key(&key(&w)) {
            return Vec::new();
        }
        if let Some(at) = (LEAST..=w.len() - LEAST).find(|at| ours(&w[..*at]) && ours(&w[*at..])) {
            return vec![at];
        }
        let last = w.len().saturating_sub(LEAST_OF_THREE);
        let pairs = (LEAST_OF_THREE..last).flat_map(|a| (a + LEAST_OF_THREE..=last).map(move |b| (a, b)));
        let mut three = pairs.filter(|(a, b)| ours(&w[..*a]) && ours(&w[*a..*b]) && ours(&w[*b..]));
        three.next().filter(|_| w.len() >= 3 * LEAST).map_or_else(Vec::new, |(a, b)| vec![a, b])
    }

    /// What a column with this header holds.
    pub fn lookup(&self, text: &str) -> Option<HeaderMatch> {
        let k = key(text);
        if k.is_empty() {
            return None;
        }
        // `Service (units)`: not the units of services, but what was done, with its count in brackets
        if let Some((words, inside)) = text.trim_end().strip_suffix(')').and_then(|t| t.rsplit_once('('))
            && self.exact.get(&key(inside)).is_some_and(|f| *f == [Field::Units])
            && let Some(fields) = self.exact.get(&key(words)).filter(|f| f.contains(&Field::Description))
        {
            return Some(HeaderMatch { fields: fields.clone(), score: 1.0 });
        }
        if let Some(fields) = self.both(text).or_else(|| self.exact.get(&k).cloned()) {
            return Some(HeaderMatch { fields, score: 1.0 });
        }
        if names_adjustments(text) {
            return Some(HeaderMatch { fields: vec![Field::Adjustments], score: 1.0 });
        }
        let explained = |name: &str| matches!(self.exact.get(&key(name)).map(Vec::as_slice), Some([f]) if is_explained(*f));
        if noted_amount(text).is_some_and(explained) {
            return Some(HeaderMatch { fields: vec![Field::RemarkCodes], score: 1.0 });
        }
        // claim forms print the number of the box before its name
        let unnumbered = key(strip_locator(text));
        if unnumbered != k
            && let Some(fields) = self.exact.get(&unnumbered)
        {
            return Some(HeaderMatch { fields: fields.clone(), score: 0.97 });
        }
        let written_out = key(&of_the_patient(&self.labels.written_out(text)));
        if written_out != k
            && let Some(fields) = self.exact.get(&written_out)
        {
            return Some(HeaderMatch { fields: fields.clone(), score: 0.95 });
        }
        if in_brackets(text).is_some_and(|t| self.exact.get(&key(t)).is_some_and(|f| *f == [Field::Code])) {
            return Some(HeaderMatch { fields: vec![Field::Code, Field::Description], score: 1.0 });
        }
        // `Not payable (Remarks)`: the marks of notes stand under its amounts
        if let Some((head, behind)) = text.trim_end().strip_suffix(')').and_then(|t| t.rsplit_once('('))
            && self.exact.get(&key(behind)).is_some_and(|f| *f == [Field::RemarkCodes])
            && let Some(fields) = self.exact.get(&key(head))
        {
            return Some(HeaderMatch { fields: fields.clone(), score: 1.0 });
        }
        let unmarked = without_mark(text);
        if unmarked.len() != text.len()
            && let Some(fields) = self.exact.get(&key(unmarked))
        {
            return Some(HeaderMatch { fields: fields.clone(), score: 0.95 });
        }
        if let Some(fields) = joined_names(text, |name| self.exact.get(&key(name)).cloned()) {
            return Some(HeaderMatch { fields, score: 0.95 });
        }
        self.nearly(&unnumbered)
    }

    /// `Service and date`: a service and its day, not the day of a service, which without the `and` it would be.
    fn both(&self, text: &str) -> Option<Vec<Field>> {
        let lower = text.to_lowercase();
        let (first, second) = lower.split_once(" and ").or_else(|| lower.split_once(" & "))?;
        let held: Vec<&Field> = [first, second].iter().filter_map(|t| self.exact.get(&key(t))).flatten().collect();
        let pairs =
            [[Field::ServiceDate, Field::Description], [Field::Code, Field::Description], [Field::ServiceDate, Field::Code]];
        pairs.into_iter().find(|pair| held.len() == 2 && pair.iter().all(|f| held.contains(&f))).map(|pair| pair.to_vec())
    }

    /// Whether a phrase is a heading as a whole. Two amounts have one heading between them only with a stroke between their
    /// names, or one name over the other: side by side they head a column each.
    pub(crate) fn is_whole(&self, phrase: &str) -> bool {
        self.lookup(phrase).is_some_and(|m| !(are_two(phrase, &m.fields) || m.score < SURE && self.are_known_apart(phrase)))
    }

    /// Whether the words of a phrase are several headers as they are listed: `Mod(s) Description` is a slip of no other.
    fn are_known_apart(&self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        let listed = |m: &HeaderMatch| m.score >= 1.0;
        self.split(&words).is_some_and(|parts| parts.len() > 1 && parts.iter().all(|(_, m)| listed(m)))
    }

    /// What a header that is not listed must mean by the words in it. Only for texts that are headers beyond doubt.
    pub fn guess(&self, text: &str) -> Option<HeaderMatch> {
        if text.len() > 48 || text.split_whitespace().count() > 7 {
            return None;
        }
        if let Some(fields) = two_shares(text) {
            return Some(HeaderMatch { fields, score: 0.6 });
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
        let letters = letters_of(k);
        let mut best: Option<(f64, &String)> = None;
        for (word, word_letters) in self.by_length.range((k.len() - 2).max(5)..=k.len() + 2).flat_map(|(_, words)| words) {
            // each slip adds one letter to those of the other at most
            let slips = ((1.0 - limit) * word.len().max(k.len()) as f64 + 1e-9) as u32;
            let apart = (word_letters & !letters).count_ones().max((letters & !word_letters).count_ones());
            // a slip at both ends of a word is too rare to be worth the search
            let alike = word.as_bytes()[0] == k.as_bytes()[0] || word.as_bytes().last() == k.as_bytes().last();
            if !alike || slips == 0 || apart > slips {
                continue;
            }
            // `not paid` is no slip of `net paid`, nor `paid by other plan` of `paid by the plan`
            if negated(word) != negated(k) || word.contains("other") != k.contains("other") {
                continue;
            }
            // a small word more is no slip: `By plan | Deductible` are two heads, `Plan deductible` is one
            let led =
                k.strip_suffix(word.as_str()).is_some_and(|more| matches!(more, "by" | "to" | "of" | "or" | "on" | "at" | "in"));
            if led {
                continue;
            }
            let s = strsim::normalized_levenshtein(word, k);
            let better = best.is_none_or(|(b, w)| s > b || (s == b && word < w));
            if s >= limit && better {
                best = Some((s, word));
            }
        }
        best.map(|(s, word)| HeaderMatch { fields: self.exact[word].clone(), score: s as f32 * 0.95 })
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
                // `Service, code | and date` is one heading, and so is `Not eligible / for benefits`
                if matches!(words[start].to_lowercase().as_str(), "and" | "or" | "&" | "/" | "for" | "on" | "at" | "by" | "when")
                {
                    continue;
                }
                // `Test / Service`: nor does a heading end in the stroke to the next word
                if end < n && matches!(words[end - 1], "/" | "&") {
                    continue;
                }
                let text = words[start..end].join(" ");
                let exact = |text: &str| self.exact.get(&key(text)).is_some_and(|fields| !are_two(text, fields));
                let known = exact(&text) || exact(strip_locator(&text));
                // a long word is known in spite of a slip of the reader
                let known = known || (end - start == 1 && text.len() >= 8 && self.nearly(&key(&text)).is_some());
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

fn fields_by_name(text: &str, name: &Spanned<String>) -> Result<Vec<Field>, Fault> {
    name.get_ref().split('+').map(|n| field_by_name(n).map_err(|message| Fault::at(text, &name.span(), message))).collect()
}

/// The field of this name, or what to say of a name that is none.
pub(crate) fn field_by_name(name: &str) -> Result<Field, String> {
    let name = name.trim();
    serde_json::from_value(serde_json::Value::String(name.to_owned()))
        .map_err(|_| unknown_name("field", name, toml_check::names_of::<Field>()))
}

/// The last line of what `regex` says is the reason, those before it draw the pattern.
pub(crate) fn no_pattern(e: &regex::Error) -> String {
    let text = e.to_string();
    format!("no regular expression: {}", text.lines().last().unwrap_or_default().trim_start_matches("error: "))
}

/// A bit for each letter and digit that stands in a text; two that share one make texts look more alike, never less.
fn letters_of(text: &str) -> u64 {
    text.chars().fold(0, |all, c| all | 1 << (u32::from(c) % u64::BITS))
}

/// Letters and digits only, lower case, plural s and `and` dropped.
fn key(text: &str) -> String {
    // `Your % share` is no share of everything
    let lower = text.to_lowercase().replace('%', " percent ").replace("(s)", " ");
    let mut out = String::with_capacity(lower.len());
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && *w != "and") {
        // a column of days counts, a column of the day dates
        let plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && word != "days";
        let single = if plural { &word[..word.len() - 1] } else { word };
        out.push_str(single);
    }
    out
}

/// Whether a key begins with a word that turns its meaning round.
fn negated(key: &str) -> bool {
    ["not", "non", "amountnot", "unpaid", "inelig"].iter().any(|w| key.starts_with(w))
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
mod tests;
