//! What a short phrase or sentence near a claim says of it without a label: `Provider is in our network`,
//! `Still being reviewed (pending)`.

use std::sync::LazyLock;

use regex::Regex;

use super::wording;
use crate::grammar::date;

static NETWORK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(?:(?:this|your|the)\s+)?(?:provider|doctor|physician|dentist|facility|hospital|clinic|care|supplier)\s+(?:is|was)\s+
            (?P<not>not\s+)?(?:an?\s+)?
            (?:(?P<in>in|within|inside|part\s+of)|(?P<out>out\s+of|outside(?:\s+of)?|non))[\s-]+
            (?:(?:our|the|your|this)\s+)?(?:(?:plan|plan's|provider)\s+)?network(?:\s+provider)?\.?$",
    )
    .expect("a constant pattern")
});

/// `in` or `out`, where a sentence says no more than that.
pub(super) fn network(text: &str) -> Option<&'static str> {
    let text = text.trim().replace("out-of", "out of").replace('\u{2019}', "'");
    let m = NETWORK.captures(&text)?;
    Some(if m.name("out").is_some() || m.name("not").is_some() { "out" } else { "in" })
}

/// What the word in brackets behind a few others says became of the claim, or that others say it is not settled yet.
pub(super) fn status(text: &str) -> Option<&'static str> {
    const OPEN: [&str; 12] = [
        "still open",
        "not yet decided",
        "not yet processed",
        "not yet settled",
        "still being reviewed",
        "still being processed",
        "still in process",
        "still under review",
        "being reviewed",
        "being processed",
        "under review",
        "in review",
    ];
    let lower = text.trim().trim_end_matches('.').to_lowercase();
    let few = lower.split_whitespace().count() <= 6;
    let bracket = lower.strip_suffix(')').and_then(|t| t.rsplit_once('(')).map(|(_, inner)| inner);
    let word = bracket.filter(|b| matches!(*b, "processed" | "finalized" | "pending" | "in process" | "denied"));
    word.filter(|_| few).and_then(wording::status).or_else(|| OPEN.contains(&lower.as_str()).then_some("pending"))
}

/// Whether the words before a colon end in who the claim is for: `Claim for Jane Roe`.
fn names_whose(who: &str) -> bool {
    let name = who.rsplit_once("for ").or_else(|| who.rsplit_once("For ")).map(|(_, n)| n);
    name.is_some_and(|n| wording::is_person(n) && wording::organisation_words(n) == 0)
}

/// The status as a phrase of its own: `Processed on 03/09/2025`.
pub(super) fn status_said(text: &str) -> Option<&'static str> {
    const STARTS: &[&str] = &[
        "processed",
        "finalized",
        "pending",
        "in process",
        "denied",
        "paid on",
        "completed",
        "complete on ",
        "claim is pending",
        "settled",
        "approved on",
        "approved and processed",
        "decided on",
        "closed on",
        "finished on",
    ];
    if let Some(s) = status(text) {
        return Some(s);
    }
    // `For Jane Roe: approved and processed Mar 20, 2025`
    let text = text.rsplit_once(": ").filter(|(who, _)| names_whose(who)).map_or(text, |(_, said)| said);
    if let Some(s) = status(text) {
        return Some(s);
    }
    let lower = text.to_lowercase();
    // `Paid 03/20/2025`
    let paid_on = lower.strip_prefix("paid ").is_some_and(|d| date::date(d).is_some());
    let begins = paid_on || STARTS.iter().any(|w| lower.starts_with(w));
    // `Pending or` begins the heading of a column
    let heads = lower.split_whitespace().any(|w| matches!(w, "or" | "not"));
    let alone = text.split_whitespace().count() <= 6 && !lower.ends_with('.') && begins && !heads;
    wording::status(text).filter(|_| alone)
}

/// What a sentence behind that of a claim says became of it, and at which word: `We finished processing it on March 16`,
/// `It is pending`, `This claim is finished on September 7`.
pub(super) fn of_it(words: &[String]) -> Option<(usize, &'static str)> {
    let word = |i: usize| words.get(i).map_or("", String::as_str);
    let object = |i: usize| word(i) == "it" || matches!(word(i), "this" | "the" | "your") && word(i + 1) == "claim";
    if word(0) == "it" && matches!(word(1), "is" | "was") && words.len() <= 6 {
        return wording::status(word(2)).map(|s| (2, s));
    }
    // no more than a day may stand behind it: `Your claim is denied if …`
    if matches!(word(0), "this" | "the" | "your") && word(1) == "claim" {
        let at = match (word(2), word(3)) {
            ("has", "been") | ("is" | "was", "still" | "now") => 4,
            ("is" | "was", _) => 3,
            _ => return None,
        };
        let rest = words.get(at + 1..).unwrap_or_default();
        let day = match rest {
            [] => true,
            [on, day @ ..] => on == "on" && day.len() <= 3 && day.iter().any(|w| w.starts_with(|c: char| c.is_ascii_digit())),
        };
        return wording::status(word(at)).filter(|_| day).map(|s| (at, s));
    }
    let at = if word(1) == "have" { 2 } else { 1 };
    let next = if matches!(word(at + 1), "processing" | "reviewing") { at + 2 } else { at + 1 };
    let told = word(0) == "we" && object(next);
    wording::status(word(at)).filter(|s| told && *s != "pending").map(|s| (at, s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_behind_that_of_a_claim_speaks_of_it() {
        for (text, want) in [
            ("we finished processing it on march 16 2024", Some("processed")),
            ("we have denied this claim", Some("denied")),
            ("it is pending", Some("pending")),
            ("this claim is finished on september 7 2024", Some("processed")),
            ("this claim is still open", Some("pending")),
            ("your claim has been denied", Some("denied")),
            ("your claim is denied if you do not answer", None),
            ("this claim is not finished", None),
            ("we received it on march 1", None),
            ("we paid you", None),
            ("if it is denied you may appeal", None),
        ] {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            assert_eq!(of_it(&words).map(|f| f.1), want, "{text}");
        }
    }

    #[test]
    fn a_sentence_says_whether_the_provider_is_in_the_network() {
        for (text, want) in [
            ("Provider is in our network", Some("in")),
            ("Provider is out of our network", Some("out")),
            ("This provider is not in your plan's network.", Some("out")),
            ("Your doctor was out-of-network.", Some("out")),
            ("The facility is an in-network provider", Some("in")),
            ("Ask whether your provider is in our network", None),
            ("If your provider is in our network you pay less", None),
        ] {
            assert_eq!(network(text), want, "{text}");
        }
    }

    #[test]
    fn a_status_may_stand_behind_whose_claim_it_is() {
        for (text, want) in [
            ("(an in-network provider) for Jane Roe: approved and processed Jun 8, 2025", Some("processed")),
            ("Claim for Jane Roe: not yet decided", Some("pending")),
            ("For Jane Roe: DENIED", Some("denied")),
            ("What we do for Jane Roe: processed food is not covered by any plan", None),
            ("Remarks: denied", None),
        ] {
            assert_eq!(status_said(text), want, "{text}");
        }
    }

    #[test]
    fn a_word_in_brackets_says_what_became_of_the_claim() {
        for (text, want) in [
            ("Still being reviewed (pending)", Some("pending")),
            ("Under review", Some("pending")),
            ("We finished it (processed)", Some("processed")),
            ("Not covered (denied)", Some("denied")),
            ("Charges that are not yet settled by your plan (pending)", None),
            ("Amount (allowed)", None),
        ] {
            assert_eq!(status(text), want, "{text}");
        }
    }
}
