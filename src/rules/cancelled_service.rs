//! A service that was cancelled is charged.
//!
//! # What it does
//! Looks for charges that the bill itself calls cancelled or not performed, and for services that the patient states were
//! cancelled.
//!
//! # Why
//! What was not done is not owed. Orders that are cancelled late often stay on the account.
//!
//! # When it fires
//! The line's description, or a sentence of the bill that names the line, says so: `error`. The case's `case.toml` attests it
//! for that date and service: `likely`. The amount is the charge. Not for lines that the bill takes back, nor for fees for
//! missed appointments.
//!
//! # Could be right if
//! the procedure was begun and stopped (modifiers 53, 73, 74), or supplies were opened for it.
//!
//! # Source
//! The bill's own words; the patient's statement.

use super::context::Context;
use super::finding::{Finding, Severity};
use super::wording::says_not_done;
use crate::case_file::Attested;
use crate::names::text_key;
use crate::record::{Document, FactKind, Money, ServiceLine};

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let sentences: Vec<String> =
            bill.facts.iter().filter(|f| f.kind == FactKind::Cancelled).map(|f| text_key(&f.text)).collect();
        for at in cx.services(m.doc) {
            let l = cx.line(at);
            let Some(charge) = l.charge.filter(|c| *c > Money::ZERO) else {
                continue;
            };
            let words = l.description.as_deref().unwrap_or_default();
            let key = text_key(words);
            let by_sentence = key.len() >= 3 && sentences.iter().any(|s| s.contains(&key) && speaks_of_one(s, bill));
            let begun = l.modifiers.iter().any(|m| matches!(m.as_str(), "53" | "73" | "74"));
            let (severity, text) = if !begun && (says_not_done(words) || by_sentence) {
                let text = format!("{} charges {charge} for “{words}”, which the bill itself says was not done.", cx.place(at));
                (Severity::Error, text)
            } else if cx.case.file.attest.cancelled.iter().any(|a| attests(a, l)) {
                let text = format!("{} charges {charge} for “{words}”, which the patient states was cancelled.", cx.place(at));
                (Severity::Likely, text)
            } else {
                continue;
            };
            let f = cx.on_line("cancelled-service", severity, at).expected(Money::ZERO).amount(charge);
            out.push(f.says(text, "Dispute the charge with the provider and ask for the record of the day."));
        }
    }
    out
}

/// Whether a sentence names no more than one of the bill's services, and none that says so in its own line.
fn speaks_of_one(sentence: &str, bill: &Document) -> bool {
    let mut named: Vec<String> = Vec::new();
    for words in bill.services().filter_map(|l| l.description.as_deref()) {
        let key = text_key(words);
        if key.len() >= 3 && sentence.contains(&key) {
            if says_not_done(words) {
                return false;
            }
            named.push(key);
        }
    }
    named.sort();
    named.dedup();
    named.len() == 1
}

/// Whether the patient's statement is about this line: the same date, and the code or the words.
pub(super) fn attests(a: &Attested, l: &ServiceLine) -> bool {
    let Some(from) = l.service_date else { return false };
    if a.date < from || a.date > l.last_date().unwrap_or(from) {
        return false;
    }
    let code = a.code.as_ref().map(|c| l.code.as_ref() == Some(c));
    let words = a.description.as_ref().map(|d| same_words(d, l.description.as_deref().unwrap_or_default()));
    // Where the bill prints no code, the words decide; where both are stated, both must fit.
    match (code, words) {
        (Some(false), Some(true)) => l.code.is_none(),
        (Some(c), w) => c && w.unwrap_or(true),
        (None, w) => w.unwrap_or(false),
    }
}

/// Whether the patient's words name the printed service: all of them stand in it, or it reads nearly the same.
fn same_words(stated: &str, printed: &str) -> bool {
    let (s, p) = (text_key(stated), text_key(printed));
    if s.is_empty() || p.is_empty() {
        return false;
    }
    let printed_words: Vec<&str> = p.split(' ').collect();
    s.split(' ').all(|w| printed_words.contains(&w)) || strsim::normalized_damerau_levenshtein(&s, &p) >= 0.85
}
