//! Signs in words that text recognition or the parting of cells has gone wrong.

use std::sync::LazyLock;

use regex::Regex;
use strsim::damerau_levenshtein;

/// Pieces of other cells (amounts, dates, long numbers, revenue codes before the words), spaces lost or added within an
/// expression, signs that no description begins with.
static ODD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\d\.\d\d\b[A-Za-z]|[A-Za-z]{2}\d+\.\d\d\b",     // an amount glued to a word
        r"|\b\d{1,2}[/-]\d{1,2}[/-]\d{2}",                // a date
        r"|\b\d{5,}|^\d{4}\b|^\d{4}[A-Z]{2}",             // a long number, a revenue code
        r"|\b(?:19|20)\d\d\.?$",                          // a year at the end
        r"|[A-Za-z]{4}\d+[A-Za-z]{2}|\d{2}[A-Z] [A-Z]\b", // KETOROLAC15MG, 250M G
        r"|\d \.\d|\d [.,]\d",                            // 0 .9
        r"|^[^\p{L}\d(&#*]|^\p{Ll}",                      // begins with a sign or in the middle of a word
        r"|[\u{C0}-\u{FF}]|[~{}\\|<>=^_]",                // accents and signs that no bill prints
        r"|^(?:COPY|VOID|DRAFT)\b",                       // a stamp's word
        r"|(?i:\b(?:total charges|balance due|amount due|subtotal|page \d+ of)\b)",
        r"|\p{Lu}{2}\p{Ll}\p{Lu}|\p{Ll}\p{Lu}{2}\p{Ll}", // PRoCEDURE
    ))
    .ok()
});

/// Words of providers' names. A name with a word that is almost, but not quite, one of them is misread.
const NAME_WORDS: [&str; 59] = [
    "ambulance",
    "ambulatory",
    "anesthesia",
    "anesthesiology",
    "assistance",
    "associates",
    "behavioral",
    "cardiology",
    "center",
    "children",
    "clinic",
    "community",
    "consultants",
    "country",
    "county",
    "dental",
    "dermatology",
    "diagnostic",
    "emergency",
    "endoscopy",
    "family",
    "foundation",
    "gastroenterology",
    "general",
    "group",
    "health",
    "healthcare",
    "hospital",
    "imaging",
    "institute",
    "internal",
    "laboratories",
    "laboratory",
    "medical",
    "medicine",
    "memorial",
    "neurology",
    "oncology",
    "orthopaedic",
    "orthopedic",
    "partners",
    "pathology",
    "pediatric",
    "pediatrics",
    "pharmacy",
    "physicians",
    "practice",
    "primary",
    "radiology",
    "regional",
    "rehabilitation",
    "services",
    "specialists",
    "surgery",
    "surgical",
    "system",
    "therapy",
    "university",
    "urology",
];

/// Whether a description has pieces of other cells, lost spaces or stray characters.
pub(super) fn looks_cut_or_joined(text: &str) -> bool {
    ODD.as_ref().is_some_and(|odd| odd.is_match(text))
}

/// Whether one word is the other but for a letter misread, lost or doubled; endings (`s`, `ed`) apart.
pub(super) fn is_near_miss(word: &str, other: &str) -> bool {
    let (short, long) = if word.len() <= other.len() { (word, other) } else { (other, word) };
    word != other && !long.starts_with(short) && long.len() - short.len() <= 1 && damerau_levenshtein(word, other) == 1
}

/// Whether a name is an insurer's by its words, which no provider's is.
pub(super) fn names_an_insurer(name: &str) -> bool {
    let insures = |w: &str| matches!(w, "insurance" | "assurance" | "benefit" | "benefits" | "indemnity");
    name.split(|c: char| !c.is_alphabetic()).any(|w| insures(&w.to_lowercase()))
}

/// Whether a name begins a word in the middle, is nearly a word that names are made of, mixes cases within a
/// word, or parts one that names are made of.
pub fn is_odd_name(name: &str) -> bool {
    let bare: Vec<String> =
        name.split_whitespace().map(|w| w.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()).collect();
    // `MEDIC INE`, but not `Health Care`, which is two words as well as one
    if bare.windows(2).any(|w| !NAME_WORDS.contains(&w[0].as_str()) && NAME_WORDS.contains(&w.concat().as_str())) {
        return true;
    }
    let capital = |w: &str| w.chars().next().is_some_and(char::is_uppercase);
    let small_words = [
        "and", "for", "the", "von", "van", "der", "den", "del", "las", "los", "of", "de", "la", "el", "da", "do", "di", "du",
        "at", "in", "on", "by", "dba", "md", "pa", "pc",
    ];
    name.split_whitespace().any(|word| {
        let plain: String = word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
        let starts_small = name.split_whitespace().any(capital)
            && plain.len() > 1
            && word.chars().next().is_some_and(char::is_lowercase)
            && !small_words.contains(&plain.as_str());
        let shouted = word.chars().filter(|c| c.is_uppercase()).count() >= 3;
        let foreign = shouted && word.chars().any(|c| c.is_lowercase() || !c.is_ascii() && c.is_alphabetic());
        let near =
            plain.len() >= 5 && !NAME_WORDS.contains(&plain.as_str()) && NAME_WORDS.iter().any(|w| is_near_miss(&plain, w));
        starts_small || foreign || near || word.chars().any(|c| c.is_ascii_digit() && plain.len() >= 3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_descriptions_raise_no_doubt() {
        for text in [
            "OFFICE VISIT LVL 4",
            "SOD CHLORIDE 0.9% 1000 ML",
            "XR ANKLE 3+ VIEWS",
            "R&B SEMI-PRIV 2 BED",
            "PT/INR",
            "Vitamin D 25-hydroxy",
            "INJ ONDANSETRON HCL 1 MG",
            "IBUPROFEN 600MG TAB",
            "(Hospital) follow-up",
            "MedSurg supplies",
        ] {
            assert!(!looks_cut_or_joined(text), "{text}");
        }
    }

    #[test]
    fn pieces_of_other_cells_do() {
        for text in [
            "0301 MAGNESIUM SERUM",
            "0730EKG TRACING",
            "BASIC METABOLIC118.00 PANEL",
            "09/05/25KETOROLAC 15MG INJ",
            "KETOROLAC15MG INJ",
            "CEFTRIAXONE 250M G INJ",
            "SOD CHLORIDE 0 .9% 1000 ML",
            "EMERGENCY VISIT LVL 4 9928425",
            "IBUPROFEN 600MG TAB Apr 7, 2025.",
            "CÉFTRIAXONE 250MG INJ",
            "'OFFICE VISIT",
            "COPY CONTRACTUAL ADJUSTMENT",
            "CBC W/ DIFF TOTAL CHARGES",
        ] {
            assert!(looks_cut_or_joined(text), "{text}");
        }
    }

    #[test]
    fn names_of_providers_and_people() {
        for name in [
            "Prairie County Hospital",
            "HILL COUNTRY EMS DISTRICT 4",
            "Elm Valley Health Care",
            "TRI-COUNTY AMBULANCE SERVICE",
            "Maria de la Cruz",
            "McDonald Clinic",
            "José Núñez",
        ] {
            assert!(!is_odd_name(name), "{name}");
        }
        for name in [
            "Cypress Creek Family Medic ine",
            "Elmsley County ty Hospital",
            "Northgate Medicai Center",
            "Meadowiark internai Medicine",
            "TRI-COUNTY ÁMBULANCE SERVICE",
            "Oak Va11ey Clinic",
        ] {
            assert!(is_odd_name(name), "{name}");
        }
    }

    #[test]
    fn insurers_are_told_from_providers() {
        assert!(names_an_insurer("Harvest Benefit Trust") && !names_an_insurer("Prairie County Hospital"));
    }

    #[test]
    fn endings_are_no_misreading() {
        assert!(!is_near_miss("charge", "charges") && !is_near_miss("panel", "panel"));
        assert!(is_near_miss("etabolic", "metabolic") && is_near_miss("metaboiic", "metabolic"));
    }
}
