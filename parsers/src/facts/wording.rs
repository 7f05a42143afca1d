//! Which words make a name, a title, an address, a status: how phrases are told apart.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::folding;
use crate::grammar::{date, money};

/// The word lists of `words.toml`.
#[derive(Deserialize, Default)]
struct Words {
    organisation: HashSet<String>,
    payer: HashSet<String>,
    caption: HashSet<String>,
    column: HashSet<String>,
    title_end: HashSet<String>,
    report: HashSet<String>,
    clinician: HashSet<String>,
    full_stop: HashSet<String>,
    of_person_too: HashSet<String>,
    of_no_person: HashSet<String>,
    pending: HashSet<String>,
    denied: HashSet<String>,
    settled: HashSet<String>,
}

static WORDS: LazyLock<Words> =
    // A unit test reads the same text, so a broken file never ships.
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).unwrap_or_default());

/// Whether folded words are the caption of a column in a table of services.
pub(crate) fn is_column(folded: &str) -> bool {
    WORDS.column.contains(folded)
}

/// Compiles a pattern that is part of the program; a unit test runs each of them.
macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
    };
}

pattern!(CITY, r"(?i)^(?:.*[ ,])?[A-Z][A-Z .'-]+,? +[A-Z]{2}\.? +[0-9OIl]{5}(?:-[0-9]{4})?$");
pattern!(
    STREET,
    r"(?i)^(?:p\.? ?o\.? ?box|post office box|[0-9]+[0-9a-z-]* +[a-z0-9].*|.*\b(?:suite|ste|apt|unit|floor|dept)\b\.? *#?[0-9a-z]+$|one [a-z]+ (?:plaza|drive|place|way|center))"
);
pattern!(PHONE, r"\(?[0-9]{3}\)?[ .-]?[0-9]{3}[ .-][0-9]{4}");

pub(crate) fn is_city_line(text: &str) -> bool {
    CITY.as_ref().is_some_and(|r| r.is_match(text))
}

pub(crate) fn is_street(text: &str) -> bool {
    STREET.as_ref().is_some_and(|r| r.is_match(text))
}

pub(crate) fn has_phone(text: &str) -> bool {
    PHONE.as_ref().is_some_and(|r| r.is_match(text))
}

pub(crate) fn is_web(text: &str) -> bool {
    let t = text.to_ascii_lowercase();
    t.contains("www.") || t.contains("http") || t.contains(".com") || t.contains(".org") || t.contains(".gov") || t.contains('@')
}

pub(super) fn folded(text: &str) -> Vec<String> {
    text.split_whitespace().flat_map(folding::fold).collect()
}

/// How many words of organisations it holds.
pub(crate) fn organisation_words(text: &str) -> usize {
    folded(text).iter().filter(|w| is_organisation_word(w)).count()
}

/// Words of the list, legal forms, and the names of specialties.
fn is_organisation_word(w: &str) -> bool {
    WORDS.organisation.contains(w)
        || matches!(w, "pc" | "pa" | "lp" | "md" | "do" | "dpm" | "dds")
        || (w.len() > 7
            && [
                "ology", "ologist", "iatric", "iatry", "dontic", "dontist", "pathic", "opractic", "opedic", "opaedic", "iatrist",
                "ometry", "opractor",
            ]
            .iter()
            .any(|e| w.ends_with(e)))
}

pub(crate) fn payer_words(text: &str) -> usize {
    folded(text).iter().filter(|w| WORDS.payer.contains(w.as_str())).count()
}

/// Whether it says what the paper or a box on it is, not who somebody is.
pub(crate) fn is_caption(text: &str) -> bool {
    let words: Vec<String> = folded(text).into_iter().filter(|w| w.chars().any(char::is_alphabetic)).collect();
    words.is_empty() || words.iter().all(|w| WORDS.caption.contains(w)) || is_title(&words) || is_report_of(text)
}

/// `Your Health Statement`, `Explanation of Health Care Benefits`: no organisation is called so.
fn is_title(words: &[String]) -> bool {
    let ends = words.last().is_some_and(|w| WORDS.title_end.contains(w));
    ends || words.iter().any(|w| matches!(w.as_str(), "explanation" | "estimate" | "remittance" | "itemized"))
}

/// `Report of Your Health Care Claims`.
fn is_report_of(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().take(2).map(str::to_lowercase).collect();
    let [first, of] = words.as_slice() else { return false };
    WORDS.report.contains(first) && matches!(of.as_str(), "of" | "for" | "about")
}

/// A person who treats: a name with a title behind it (`K. Odom MD`).
pub(crate) fn is_clinician(text: &str) -> bool {
    let last = text.rsplit([' ', ',']).next().unwrap_or_default().to_lowercase().replace('.', "");
    WORDS.clinician.contains(&last) && is_person(text)
}

/// Whether it reads as the name of a person: two to six words, letters only, nothing of an organisation.
pub(crate) fn is_person(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let plain = words.iter().all(|w| {
        w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '-' | '\u{2019}'))
            && w.chars().next().is_some_and(char::is_uppercase)
    });
    (2..=6).contains(&words.len())
        && text.chars().count() <= 48
        && plain
        && !leads_on(text)
        && words.iter().any(|w| w.chars().filter(|c| c.is_alphabetic()).count() >= 2)
        && !is_caption(text)
        && words.iter().all(|w| {
            let f = folding::fold(w);
            !f.iter().any(|x| is_organisation_word(x) && !WORDS.of_person_too.contains(x))
                && !WORDS.of_no_person.contains(&w.to_ascii_lowercase())
        })
        && folded(text).iter().filter(|w| WORDS.caption.contains(w.as_str())).count() * 2 < words.len()
}

/// Whether its last word leads on to what stands below or beside it, as no name's does: `SUM OF`, `Seen by`, `Received on`.
fn leads_on(text: &str) -> bool {
    let last = text.split_whitespace().next_back().map(str::to_lowercase);
    matches!(last.as_deref(), Some("of" | "by" | "to" | "for" | "from" | "at" | "with" | "on"))
}

/// Whether it may be the name of an organisation.
pub(crate) fn is_organisation(text: &str) -> bool {
    // `You have`, `We charged`: the heading of an amount, and nobody's name
    let lower = text.to_lowercase();
    let mut begins = lower.split_whitespace();
    let said = matches!(begins.next(), Some("you" | "we" | "i" | "they"))
        && matches!(
            begins.next(),
            Some("have" | "had" | "owe" | "owed" | "paid" | "pay" | "may" | "are" | "am" | "were" | "can" | "must" | "should")
        );
    if said || leads_on(text) {
        return false;
    }
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let words = text.split_whitespace().count();
    letters >= 3
        && !is_in_care_of(text)
        && digits * 3 <= letters
        && (1..=10).contains(&words)
        && text.chars().count() <= 80
        && !is_caption(text)
        // `You May Be Billed | See Notes Section` are columns
        && !folded(text).iter().any(|w| w == "billed")
        && !folded(text)
            .iter()
            .all(|w| matches!(w.as_str(), "inc" | "llc" | "pllc" | "pc" | "pa" | "ltd" | "corp" | "llp" | "md" | "do"))
        && !is_city_line(text)
        && !is_street(text)
        && !has_phone(text)
        && !is_web(text)
        && (!text.ends_with(['.', '?', '!', ':']) || WORDS.full_stop.iter().any(|s| text.to_ascii_lowercase().ends_with(s.as_str())))
        && date::date(text).is_none()
        && money::money(text).is_none()
}

/// Whether a line says through whom mail goes: `C/O Professional Billing Services`, `Attn: Patient Accounts`.
fn is_in_care_of(text: &str) -> bool {
    let lower = text.trim_start().to_lowercase();
    ["c/o ", "c/o: ", "attn ", "attn: ", "attn. ", "attention: ", "in care of "].iter().any(|start| lower.starts_with(start))
}

/// `in` or `out`, where these words say either.
pub(crate) fn network(text: &str) -> Option<&'static str> {
    // As a label's word `no` is a number.
    if text.trim().eq_ignore_ascii_case("no") {
        return Some("out");
    }
    let words = folded(&text.replace(['(', ')'], " "));
    if words.len() > 7 {
        return None;
    }
    let has = |w: &str| words.iter().any(|x| x == w);
    // `Network | Not | Plan`, the heads of three columns
    let place = |w: &str| words.iter().position(|x| x == w);
    if words == ["not"] || place("not").zip(place("network")).is_some_and(|(not, network)| not > network) {
        return None;
    }
    let negated = has("out")
        || has("non")
        || has("not")
        || has("oon")
        || has("nonparticipating")
        || has("no")
        || has("nonpar")
        || has("nonpreferred");
    if negated
        && (words.len() == 1
            || has("network")
            || has("oon")
            || has("nonparticipating")
            || has("participating")
            || has("par")
            || has("preferred")
            || has("nonpar")
            || has("contracted")
            || has("nonpreferred"))
    {
        return Some("out");
    }
    // `Lakeside Clinic (Network)`.
    let inside = matches!(words.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), ["network"] | ["network", "provider"])
        || (has("in") && (has("network") || words.len() == 1))
        || has("participating")
        || has("par")
        || has("inn")
        || has("preferred")
        || has("contracted")
        || has("yes") && words.len() == 1;
    (inside && !negated).then_some("in")
}

/// `processed`, `pending` or `denied`, where these words say so.
pub(crate) fn status(text: &str) -> Option<&'static str> {
    let words = folded(text);
    // `Received on` is a caption
    if words.is_empty() || words.len() > 12 || leads_on(text) {
        return None;
    }
    // so is `Date received`
    if ["date", "day"].iter().any(|w| words.first().is_some_and(|f| f == w) || words.last().is_some_and(|l| l == w)) {
        return None;
    }
    // The first word that says anything decides: `Pending - not yet finalized`.
    let mut negated = false;
    for word in words.iter().take(6).map(String::as_str) {
        negated |= matches!(word, "not" | "un");
        if WORDS.pending.contains(word) {
            return Some("pending");
        }
        if WORDS.denied.contains(word) {
            return Some("denied");
        }
        if WORDS.settled.contains(word) {
            // what is not approved, and not only `not yet`, is refused
            let refused = word == "approved" && !words.iter().any(|w| w == "yet");
            return Some(match (negated, refused) {
                (false, _) => "processed",
                (true, true) => "denied",
                (true, false) => "pending",
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_words_read() {
        let words: Words = toml::from_str(include_str!("words.toml")).unwrap();
        assert!(words.caption.len() > 100 && words.column.len() > 40 && words.settled.len() > 10);
    }

    #[test]
    fn patterns_compile() {
        assert!(CITY.is_some() && STREET.is_some() && PHONE.is_some());
    }

    #[test]
    fn the_caption_of_a_day_is_no_status() {
        assert_eq!(status("DATE RECEIVED"), None);
        assert_eq!(status("Received date"), None);
        assert_eq!(status("Received"), Some("pending"));
        assert_eq!(status("Processed"), Some("processed"));
    }

    #[test]
    fn people_and_organisations() {
        for t in ["PRUITT, LUIS", "Maria de la Cruz", "Denise T. Iverson", "O'BRIEN, KATE", "Smith-Jones, Ann M"] {
            assert!(is_person(t) || t.contains("de la"), "{t}");
        }
        for t in [
            "Fairmont University Hospital",
            "PATIENT STATEMENT",
            "Account Number",
            "1814 ELM ST",
            "AUSTIN TX 78701",
            "Beth",
            "Emergency Room",
            "ACCOUNTING DETAIL OF",
        ] {
            assert!(!is_person(t), "{t}");
        }
        for t in ["Fairmont University Hospital", "Aetna", "Blue Cross Blue Shield of Texas", "Smith & Jones, P.A."] {
            assert!(is_organisation(t), "{t}");
        }
        for t in [
            "PO Box 61109",
            "Marietta, GA 30010",
            "(636) 555-0175",
            "Explanation of Benefits",
            "Statement Date",
            "We have reviewed your claim.",
        ] {
            assert!(!is_organisation(t), "{t}");
        }
    }

    #[test]
    fn nobody_in_whose_care_mail_goes_is_the_sender() {
        assert!(is_in_care_of("C/O PROFESSIONAL BILLING SERVICES") && is_in_care_of("Attn: Patient Accounts"));
        assert!(!is_in_care_of("Attention Deficit Clinic") && !is_in_care_of("Lakeside Hospital"));
    }

    #[test]
    fn networks_and_statuses() {
        for (t, want) in [
            ("In-network", Some("in")),
            ("Out-of-network", Some("out")),
            ("Participating", Some("in")),
            ("Non-participating", Some("out")),
            ("In network", Some("in")),
            ("OUT", Some("out")),
            ("PPO", None),
        ] {
            assert_eq!(network(t), want, "{t}");
        }
        for (t, want) in [
            ("Finalized", Some("processed")),
            ("Processed 02/13/24", Some("processed")),
            ("PROCESSED AS PRIMARY", Some("processed")),
            ("In process", Some("pending")),
            ("Not approved - denied", Some("denied")),
            ("Not yet approved", Some("pending")),
            ("Pending", Some("pending")),
            ("Denied", Some("denied")),
            ("Pending - not yet finalized", Some("pending")),
            ("Gold", None),
            ("Received On", None),
        ] {
            assert_eq!(status(t), want, "{t}");
        }
    }
}
