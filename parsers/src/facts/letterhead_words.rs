//! Words at the head of a paper that are no name, or only the end of one: `PAID`, `Itemization of charges`, `Attended by K. Odom
//! MD`, `Patient Financial Services, PO Box 12`, `PLLC`.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::date::month_of;

use super::wording::{is_clinician, organisation_words, payer_words};

/// Whether words in capitals are a stamp's, `RECEIVED MAR 14`, `PAST DUE`, or a single one is what was read of one beside the
/// letterhead.
pub(super) fn is_stamp(text: &str, beside: bool) -> bool {
    const STAMPS: [&str; 14] = [
        "posted",
        "paid",
        "copy",
        "received",
        "reviewed",
        "entered",
        "scanned",
        "faxed",
        "final",
        "draft",
        "void",
        "duplicate",
        "original",
        "notice",
    ];
    const NOTICES: [&str; 7] =
        ["past due", "paid in full", "second notice", "2nd notice", "third notice", "3rd notice", "final notice"];
    let lower = text.to_lowercase();
    let of_day = |rest: &str| {
        rest.split(' ').all(|w| w.len() <= 4 && w.bytes().all(|b| b.is_ascii_digit()) || w.len() == 3 && month_of(w).is_some())
    };
    let dated = lower.split_once(' ').is_some_and(|(first, rest)| STAMPS.contains(&first) && of_day(rest));
    if text == text.to_uppercase() && (dated || NOTICES.contains(&lower.as_str())) {
        return true;
    }
    let word = !text.contains(' ') && text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    word && (beside || STAMPS.contains(&lower.as_str()))
}

/// Whether words say what the paper is.
pub(super) fn names_the_paper(text: &str) -> bool {
    const PAPERS: [&str; 7] = ["itemization", "itemized", "statement", "charges", "summary", "invoice", "explanation"];
    text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|w| PAPERS.contains(&w))
}

/// Whether words name the office of an organisation that sends its bills, which stands under the name: `Patient Financial
/// Services, PO Box 12`.
pub(super) fn names_an_office(text: &str) -> bool {
    const OFFICES: [&str; 5] =
        ["patient financial", "patient account", "business office", "billing office", "billing department"];
    let text = text.to_lowercase();
    OFFICES.iter().any(|o| text.starts_with(o))
}

/// Whether words say what an administrator does, not whose plan it is: `Claim administration - Self-funded benefit plans` stands
/// under its name. `Self-insured Schools` is somebody's name.
pub(super) fn names_a_business(text: &str) -> bool {
    const KINDS: [&str; 4] = ["self-funded", "self funded", "self-insured", "self insured"];
    const ENDS: [&str; 5] = ["plan", "plans", "benefits", "programs", "administration"];
    let text = text.to_lowercase();
    let last = text.rsplit(' ').next().unwrap_or_default();
    KINDS.iter().any(|k| text.starts_with(k)) && ENDS.contains(&last)
}

/// `PC`, `of Texas, LLC`: never a name by itself.
pub(super) fn is_legal_form(text: &str) -> bool {
    text.split([' ', ',']).filter(|w| !w.is_empty()).all(|w| {
        matches!(
            w.to_ascii_lowercase().replace('.', "").as_str(),
            "pc" | "pa" | "llc" | "pllc" | "llp" | "inc" | "ltd" | "corp" | "md" | "do" | "co" | "lp"
        )
    })
}

/// Whether words only say what kind of organisation it is whose name stands on the line above: `Hospital`, `Health Plan`,
/// `Insurance`. By themselves they would be a caption's.
pub(super) fn ends_a_name(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').filter(|w| w.chars().any(char::is_alphabetic)).collect();
    let of_name = |w: &&str| organisation_words(w) + payer_words(w) > 0;
    // `Plan Benefits`, `Insurance Coverage` are titles
    let title = words.last().is_some_and(|w| matches!(w.to_lowercase().as_str(), "benefit" | "benefits" | "coverage"));
    (1..=3).contains(&words.len()) && words.iter().all(of_name) && !title && !names_the_paper(text)
}

/// The insurer's name behind the words that say whose paper it is: `from Lakeside Health Plan`, `sent to you by Elm Insurance
/// Company`.
pub(super) fn behind_lead(text: &str) -> Option<&str> {
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?i:(?:(?:issued|sent|provided|prepared|brought|mailed|presented|offered|underwritten)\s+(?:to\s+you\s+)?)?(?:by|from))\s+([A-Z].*)$")
            .expect("a constant pattern")
    });
    LEAD.captures(text)?.get(1).map(|m| m.as_str()).filter(|name| payer_words(name) > 0)
}

/// `Part B (Medical Insurance)`: which part of Medicare's a notice is about, and nobody's name.
pub(super) fn names_a_part(text: &str) -> bool {
    let mut words = text.split([' ', '(', '-', ':']).filter(|w| !w.is_empty());
    words.next().is_some_and(|w| w.eq_ignore_ascii_case("part"))
        && words.next().is_some_and(|w| matches!(w, "A" | "B" | "C" | "D" | "a" | "b" | "c" | "d"))
}

/// Whether words say who did something, which is no letterhead: `Attended by K. Odom MD`.
pub(super) fn tells_who(text: &str) -> bool {
    text.split_once(" by ").is_some_and(|(_, who)| is_clinician(who))
}

#[cfg(test)]
mod tests {
    use super::is_stamp;
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    #[test]
    fn the_words_of_a_stamp_are_nobodys_name() {
        for stamp in ["RECEIVED MAR 14", "PAID 03 2025", "PAST DUE", "2ND NOTICE", "COPY"] {
            assert!(is_stamp(stamp, false), "{stamp}");
        }
        for name in ["MARCH OF DIMES", "PAID CLAIMS SERVICES", "Past due", "LAKESIDE"] {
            assert!(!is_stamp(name, false), "{name}");
        }
    }

    #[test]
    fn what_leads_to_a_name_is_none_of_it() {
        assert_eq!(super::behind_lead("from Lakeside Health Plan"), Some("Lakeside Health Plan"));
        assert_eq!(super::behind_lead("Sent to you by Elm Insurance Company"), Some("Elm Insurance Company"));
        assert_eq!(super::behind_lead("By Riverside Hospital"), None, "no insurer");
        assert!(super::names_a_part("PART B MEDICAL INSURANCE - ASSIGNED CLAIMS") && !super::names_a_part("Partners Insurance"));
    }

    #[test]
    fn what_an_administrator_does_is_no_name() {
        assert!(
            super::names_a_business("SELF-FUNDED BENEFIT PLANS") && super::names_a_business("Self-insured plan administration")
        );
        assert!(
            !super::names_a_business("Self-Insured Schools of California") && !super::names_a_business("Lakeside Benefit Plans")
        );
    }

    #[test]
    fn neither_an_office_nor_a_doctor_nor_the_head_of_a_column_is_the_letterhead() {
        let provider = |lines: [&'static str; 2], foot: [&'static str; 2]| {
            let s = read(&[
                (20.0, &[(30.0, lines[0])]),
                (30.0, &[(30.0, lines[1])]),
                (60.0, &[(30.0, "Charge"), (100.0, "CPT code"), (200.0, "Service performed"), (500.0, "Times")]),
                (74.0, &[(30.0, "Performed 09/24/2024"), (400.0, "Attended by K. Odom MD")]),
                (88.0, &[(30.0, "535.92"), (100.0, "99283"), (200.0, "ED VISIT LEVEL 3"), (500.0, "1")]),
                (300.0, &[(200.0, foot[0])]),
                (312.0, &[(200.0, foot[1])]),
            ]);
            match s.header.get(&Field::Provider).and_then(|c| c.first()).map(|c| c.value.clone()) {
                Some(Value::Text(t)) => t,
                _ => String::new(),
            }
        };
        let foot = ["Lakeside Emergency Physicians PLLC", "42 Elm St, Mesa, AZ 85201"];
        assert_eq!(provider(["PATIENT INVOICE", "Page 1 of 1"], foot), "Lakeside Emergency Physicians PLLC");
        let head = ["Lakeside Hospital", "Patient Financial Services, PO Box 12"];
        assert_eq!(provider(head, ["Thank you", "Sheet 1 of 1"]), "Lakeside Hospital");
    }

    #[test]
    fn a_name_ends_on_the_line_that_says_what_it_is() {
        for text in ["HOSPITAL", "Health Plan", "Insurance", "Medical Center"] {
            assert!(super::ends_a_name(text), "{text}");
        }
        for text in ["Plan Benefits", "Hospital Statement", "Patient Accounts", "Memorial Hospital of Mesa County", "42"] {
            assert!(!super::ends_a_name(text), "{text}");
        }
    }
}
