//! Who saw the patient, and for which diagnosis, on a line of its own under the words of a service:
//!
//! ```text
//! 03/08/2025  12002   LAC REPAIR SIMPLE          1    220.98
//!                     2.6-7.5CM
//!                     Seen by A. Roe MD
//! 03/08/2025  99284   EMERGENCY VISIT LVL 4      1    616.79
//!                     Provider: A. Roe MD, Dx S61.412A
//! ```
//! It stands where the rest of a name would, and is none of it. A name may say by whom a thing is done, `INTERPRETATION BY
//! PHYSICIAN`, but it names no person.

use std::sync::LazyLock;

use regex::Regex;

use crate::columns::Column;
use crate::statement::Field;
use crate::table::{BodyLine, Role};
use crate::tokens::Token;

static TREATED: LazyLock<Regex> = LazyLock::new(|| {
    let who = r"(?:(?:rendering|treating|attending|ordering|referring|performing|supervising|servicing|service|care|billing)\s+)?(?:provider|physician|doctor|clinician|therapist|surgeon|practitioner|technologist|radiologist|anesthesiologist|pathologist)";
    let done = r"(?:seen|treated|performed|rendered|provided|ordered|referred|read|interpreted|given|done)\s+by";
    Regex::new(&format!(r"(?i)^(?:{who}\s*:|{done}\s*:?)\s+(.+)$")).expect("a constant pattern")
});

/// Diagnoses behind the name, or by themselves.
static DIAGNOSES: LazyLock<Regex> = LazyLock::new(|| {
    let code = r"(?-i:[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)";
    Regex::new(&format!(r"(?i)(?:^|[\s,;|]+)(?:dx|diag(?:nos[ie]s)?)\.?\s*(?:codes?)?\s*:?\s*{code}(?:[\s,;]+{code})*$"))
        .expect("a constant pattern")
});

/// Diagnoses each with its name, on a line that begins so: `Dx: R07.9 Chest pain, unspecified; R55 Syncope and collapse`.
static NAMED_DIAGNOSES: LazyLock<Regex> = LazyLock::new(|| {
    let named = r"(?-i:[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?:\s+[^\d;|$]+)?";
    Regex::new(&format!(r"(?i)^(?:dx|diag(?:nos[ie]s)?)\.?\s*(?:codes?)?\s*:\s*{named}(?:\s*[,;|]\s*{named})*[;.]?$"))
        .expect("a constant pattern")
});

/// What stands behind the name of one who treats.
static CREDENTIAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:MD|DO|NP|PA|PA-C|ARNP|APRN|FNP|CNP|CRNA|CNM|RN|PT|DPT|OT|OTR|SLP|DC|DDS|DMD|DPM|OD|AUD|PHD|PSYD|LCSW|LMFT|LPC|RD)$",
    )
    .expect("a constant pattern")
});

/// Takes such lines out of the words of the rows.
pub(crate) fn take_out(lines: &mut [BodyLine], columns: &[Column]) {
    for line in lines.iter_mut().filter(|l| l.role == Role::Continuation) {
        let worded = |c: usize| columns[c].has(Field::Description);
        let of_words: Vec<&Token> = line.assigned.cells.iter().filter(|(_, c)| worded(*c)).map(|(t, _)| t).collect();
        let text = of_words.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        if !names_who(&text) {
            continue;
        }
        line.assigned.cells.retain(|(_, c)| !worded(*c));
        line.text = line.assigned.cells.iter().map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" ");
    }
}

/// Whether a line says who treated the patient, or for what, and nothing else.
fn names_who(text: &str) -> bool {
    let text = text.trim();
    if NAMED_DIAGNOSES.is_match(text) {
        return true;
    }
    let rest = DIAGNOSES.find(text).map_or(text, |m| text[..m.start()].trim_end());
    rest.is_empty() && !text.is_empty() || TREATED.captures(rest).is_some_and(|m| is_one_who_treats(&m[1]))
}

/// A person with an initial or with what one who treats has behind the name.
pub(crate) fn is_one_who_treats(name: &str) -> bool {
    let words: Vec<&str> = name.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let letters = |w: &&str| w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\''));
    let capital = |w: &&str| w.starts_with(char::is_uppercase);
    let initial = |w: &&str| w.len() == 2 && w.ends_with('.');
    let titled = |w: &&str| CREDENTIAL.is_match(&w.replace('.', "").to_uppercase()) || matches!(*w, "Dr." | "Dr");
    let surname = |w: &&str| w.chars().count() > 2 && !titled(w);
    (2..=5).contains(&words.len())
        && words.iter().all(|w| letters(w) && capital(w))
        && words.iter().any(surname)
        && words.iter().any(|w| initial(w) || titled(w))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pages::{read, said};

    #[test]
    fn who_saw_the_patient_is_no_part_of_the_name() {
        let row = |y: f32, code: &'static str, words: &'static str, fee: &'static str| {
            (y, vec![(30.0, "03/08/2025"), (100.0, code), (170.0, words), (-420.0, "1"), (-520.0, fee)])
        };
        let lines = [
            (60.0, vec![(30.0, "Date"), (100.0, "Code"), (170.0, "Description"), (-420.0, "Units"), (-520.0, "Charges")]),
            row(80.0, "12002", "LAC REPAIR SIMPLE", "220.98"),
            (90.0, vec![(170.0, "2.6-7.5CM")]),
            (100.0, vec![(170.0, "Seen by A. Roe MD")]),
            row(120.0, "99284", "EMERGENCY VISIT LVL 4", "616.79"),
            (130.0, vec![(170.0, "Provider: A. Roe MD, Dx S61.412A")]),
            row(150.0, "93010", "EKG INTERPRETATION", "40.00"),
            (160.0, vec![(170.0, "DONE BY PHYSICIAN")]),
            (180.0, vec![(170.0, "TOTAL CHARGES"), (-520.0, "877.77")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &[Field::Code, Field::Description])).collect();
        let want =
            ["12002 LAC REPAIR SIMPLE 2.6-7.5CM", "99284 EMERGENCY VISIT LVL 4", "93010 EKG INTERPRETATION DONE BY PHYSICIAN"];
        assert_eq!(rows, want);
    }

    #[test]
    fn a_person_is_named_or_none() {
        for text in ["Rendering provider: Dr. Jane Roe", "Performed by J. Roe, PA-C", "Dx M54.50, R07.9", "Seen by: Jane Q. Roe"]
        {
            assert!(names_who(text), "{text}");
        }
        assert!(names_who("Dx: R07.9 Chest pain, unspecified; R55 Syncope and collapse"));
        assert!(names_who("Diagnosis: I10 Essential hypertension"));
        assert!(!names_who("Dx: R07.9 CT HEAD 70450"), "a figure may be of the service");
        for text in ["PROVIDER DISCOUNT", "READ BY PHYSICIAN", "SUPERVISED BY MD OFFICE STAFF 15 MIN", "DX MAMMOGRAM", ""] {
            assert!(!names_who(text), "{text}");
        }
    }
}
