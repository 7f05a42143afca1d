//! What stands on the line of an organisation's name and is none of it: `Lakeside Hospital - In Network`, `Lakeside Hospital, Elmwood, OH`.

use std::sync::LazyLock;

use regex::Regex;

use super::wording::{is_organisation, network, organisation_words, status};
use crate::grammar::code::STATES;
use crate::statement::Field;
use crate::vocabulary::Vocabulary;

/// A name without what is said behind it of its network and place.
pub(crate) fn name_alone(name: &str) -> &str {
    without_place(without_network(without_place(name)))
}

/// A name without what is said of its network behind it: `Lakeside Hospital - In Network`.
pub(crate) fn without_network(name: &str) -> &str {
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:\s+[-–—]\s*|[-–—]\s+|\s*[,/|(]\s*)(?:an?\s+)?(?:(?:(?:in|out(?:[ -]of)?|non)[ -]?network|(?:non[ -]?)?participating|(?:non[ -]?)?preferred)(?: provider)?|network provider)\)?$").expect("a constant pattern")
    });
    BEHIND.find(name).filter(|m| m.start() > 0).map_or(name, |m| &name[..m.start()])
}

/// The name of a cell that has more of the claim behind it, and what that says: `Lakeside Hospital, In network, Finalized`.
pub(crate) fn claim_said_behind(text: &str) -> (&str, Vec<(Field, &'static str)>) {
    /// A state is told in so few words.
    const FEW: usize = 4;
    let (mut name, mut said) = (text.trim_end_matches([' ', ',', ';']), Vec::new());
    while let Some((before, last)) = name.rsplit_once([',', ';', '|', '/', '\u{b7}']) {
        let last = last.trim();
        let lower = last.to_lowercase();
        let labelled = lower.strip_prefix("network:").or_else(|| lower.strip_prefix("status:")).map(str::trim);
        let whole = || lower.contains("network") || lower.contains("participating");
        let few = last.split_whitespace().count() <= FEW;
        let found = match labelled {
            Some(value) if lower.starts_with("network") => network(value).map(|n| (Field::Network, n)),
            Some(value) => status(value).map(|s| (Field::ClaimStatus, s)),
            None if whole() => network(last).map(|n| (Field::Network, n)),
            None => status(last).map(|s| (Field::ClaimStatus, s)),
        };
        let Some(found) = found.filter(|_| few && organisation_words(before) > 0) else { break };
        said.push(found);
        name = before.trim_end_matches([' ', ',', ';']);
    }
    (name, said)
}

/// A name without the place behind it: `Lakeside Hospital, Elmwood, OH`. One comma alone parts a legal form: `Elm Radiology, PA`.
fn without_place(name: &str) -> &str {
    let parts = || {
        let (rest, state) = name.trim_end().trim_end_matches(')').rsplit_once([',', ' '])?;
        let (own, city) = rest.trim_end_matches([',', ' ']).rsplit_once([',', '('])?;
        Some((own.trim_end(), city.trim(), state.trim()))
    };
    let Some((own, city, state)) = parts() else { return name };
    let capital =
        |w: &str| w.starts_with(char::is_uppercase) && w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\''));
    let is_city = (1..=3).contains(&city.split_whitespace().count()) && city.split_whitespace().all(capital) && city.len() >= 3;
    let is_state = STATES.contains(&state) || matches!(state, "CT" | "MS");
    let fits = is_state && is_city && organisation_words(city) == 0 && organisation_words(own) > 0 && is_organisation(own);
    if fits { own } else { name }
}

/// `Service rendered`, `Kind of Service`: the head of a column of services sounds like a place that gives them.
pub(super) fn heads_services(text: &str) -> bool {
    let head = Vocabulary::builtin().lookup(text);
    head.is_some_and(|m| m.fields.iter().any(|f| matches!(f, Field::Description | Field::Code | Field::ServiceDate)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_stands_behind_a_name() {
        assert_eq!(without_network("Lakeside Hospital - In Network"), "Lakeside Hospital");
        assert_eq!(without_network("Lakeside Hospital, an out-of-network provider"), "Lakeside Hospital");
        assert_eq!(without_network("Out-of-network provider"), "Out-of-network provider", "the hyphen is the word's own");
    }

    #[test]
    fn the_state_of_a_claim_stands_behind_a_name() {
        let of = |text| claim_said_behind(text);
        let both = vec![(Field::ClaimStatus, "processed"), (Field::Network, "in")];
        assert_eq!(of("Lakeside Hospital, In network, Finalized"), ("Lakeside Hospital", both.clone()));
        assert_eq!(of("Lakeside Hospital, network: In, Processed"), ("Lakeside Hospital", both));
        assert_eq!(of("Elm Clinic; Out of network"), ("Elm Clinic", vec![(Field::Network, "out")]));
        assert_eq!(of("Elm Radiology, PA"), ("Elm Radiology, PA", vec![]));
        assert_eq!(of("Lakeside Hospital,"), ("Lakeside Hospital", vec![]));
    }

    #[test]
    fn a_place_stands_behind_a_name() {
        for (line, name) in [
            ("Lakeside Hospital, Elmwood, OH", "Lakeside Hospital"),
            ("Lakeside Hospital, Salt Lake City, UT", "Lakeside Hospital"),
            ("Lakeside Hospital, St. Paul MN", "Lakeside Hospital"),
            ("Lakeside Hospital (Elmwood, OH)", "Lakeside Hospital"),
            ("Lakeside Hospital, Elmwood, OH, in network", "Lakeside Hospital"),
            ("Elm Radiology, PA", "Elm Radiology, PA"),
            ("Elm Radiology, Ash Imaging, PA", "Elm Radiology, Ash Imaging, PA"),
            ("Roe, Doe, PA", "Roe, Doe, PA"),
            ("Lakeside Hospital", "Lakeside Hospital"),
        ] {
            assert_eq!(name_alone(line), name, "{line}");
        }
    }
}
