//! The National Drug Code that stands with the words of a drug: `KETOROLAC 30 MG/ML VIAL NDC 63323-0162-01 ML1`.
//!
//! It has labeler, product and package in 10 or 11 digits (21 CFR 207.33), and behind it perhaps the quantity in one of the units
//! of X12 837, loop 2410, CTP05: `F2`, `GR`, `ME`, `ML`, `UN`. The record has no field for it, and it is no part of a name.

use std::sync::LazyLock;

use regex::Regex;

static NDC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)[\s,;(\[]*\b(?:NDC|N4)\s*(?:code|no\.?|number)?\s*[:#]?\s*(?:\d{4,5}-\d{3,4}-\d{1,2}|\d{10,11})\b(?:[\s,;/.]*\b(?:F2|GR|ME|M[L1I]|UN)[\s.]?\d+(?:\.\d+)?\b)?[)\]]?",
    )
    .expect("a constant pattern")
});

/// The words without it, if it stands among them.
pub(crate) fn without_ndc(words: &str) -> Option<String> {
    let m = NDC.find(words)?;
    let (before, behind) = (words[..m.start()].trim_end(), words[m.end()..].trim_start());
    let joined = if before.is_empty() || behind.is_empty() { format!("{before}{behind}") } else { format!("{before} {behind}") };
    joined.chars().any(char::is_alphabetic).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::without_ndc;

    #[test]
    fn the_code_of_a_drug_is_no_part_of_its_name() {
        for (words, name) in [
            ("KETOROLAC 30 MG/ML VIAL NDC 63323-0162-01 ML1", Some("KETOROLAC 30 MG/ML VIAL")),
            ("Ondansetron (NDC: 0143989105) 4 mg", Some("Ondansetron 4 mg")),
            ("HEPARIN N4 25021-0400-10 UN 2", Some("HEPARIN")),
            // as scans read it
            ("ENOXAPARIN SYRINGE NDC 00075-0620-40 M10.4", Some("ENOXAPARIN SYRINGE")),
            ("ASPIRIN TAB NDC 00264-3155-11. UN1", Some("ASPIRIN TAB")),
            ("NDC 63323-0162-01", None),
            ("KIT 63323-0162-01", None),
            ("VISIT NDC", None),
        ] {
            assert_eq!(without_ndc(words).as_deref(), name, "{words}");
        }
    }
}
