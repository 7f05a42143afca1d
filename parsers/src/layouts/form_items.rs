//! The items of the CMS-1500 on papers that print them in a manner of their own: receipts and superbills for a plan keep the
//! numbers and what they stand for, and little else.
//!
//! ```text
//! 24A DATE FROM   TO         B POS  D CPT/HCPCS  MODIFIER  E PTR  F $ CHARGES  G UNITS
//! MRI LUMBAR SPINE W/O
//! 07 26 25        07 26 25   11     72148                  AB      325  00      1
//! ```
//! The words of a service stand in the shaded upper half of its line.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::money;
use crate::page_text::Word;
use crate::statement::{Cell, Value};
use crate::text_lines::{Line, PageLines, join};

/// A paper with fewer of the form's items is none of its kind.
pub(super) const ENOUGH: usize = 7;

/// The items by number, each with a word of its caption: the number alone may be anything's.
static ITEMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"1\s?a\.?\s+insured",
        r"2\.?\s+patient'?s?\s+name",
        r"3\.?\s+patient'?s?\s+birth",
        r"5\.?\s+patient'?s?\s+address",
        r"6\.?\s+(?:patient'?s?\s+)?relationship",
        r"11\s?c?\.?\s+insurance\s+plan",
        r"17\.?\s+(?:name\s+of\s+)?referring",
        r"21\.?\s+diagnos[ei]s",
        r"23\.?\s+prior\s+auth",
        r"24\.?\s?a\.?\s+dates?",
        r"25\.?\s+federal\s+tax",
        r"26\.?\s+patient'?s?\s+account",
        r"28\.?\s+total\s+charge",
        r"30\.?\s+balance\s+due",
        r"31\.?\s+signature",
        r"33\.?\s+billing\s+provider",
    ]
    .into_iter()
    .map(|p| Regex::new(&format!(r"(?i)(?:^|\s){p}")).expect("a constant pattern"))
    .collect()
});

/// How many different items are printed.
pub(super) fn printed(pages: &[PageLines]) -> usize {
    let lines: Vec<String> = pages.iter().flat_map(|p| &p.lines).map(Line::text).collect();
    ITEMS.iter().filter(|item| lines.iter().any(|l| item.is_match(l))).count()
}

/// What the half-row above a service line says it was: words alone, from where the line begins. Numbers of drugs and of other
/// plans that stand there too have a qualifier before them.
pub(super) fn words_above(above: &Line, line: &Line) -> Option<Cell> {
    static QUALIFIED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(?:N4|OZ|CTR|VP|7|ZZ|0B|1G|G2)\s?[\dA-Z]{5,}").expect("a constant pattern"));
    let text = above.text();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let size = above.size().max(line.size());
    let near = line.bbox.y0 - above.bbox.y1 < size && (above.bbox.x0 - line.bbox.x0).abs() < size;
    let caption = text.to_lowercase().split_whitespace().any(|w| matches!(w, "mm" | "dd" | "yy" | "yyyy" | "from" | "charges"));
    let amounts = above.words.iter().any(|w| w.text.contains('.') && money::money(&w.text).is_some());
    if !near || letters < 3 || caption || amounts || QUALIFIED.is_match(&text) {
        return None;
    }
    let confidence = above.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    Some(Cell { value: Value::Text(text.clone()), raw: text, page: above.page, bbox: above.bbox, confidence })
}

/// The number of an item: `11c`, `24.`.
pub(super) fn is_number(text: &str) -> bool {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d{1,2}[a-j]?\.?$").expect("a constant pattern"));
    NUMBER.is_match(text)
}

/// `SELF PAY`, `NONE` where a plan's name would stand.
pub(super) fn is_no_plan(text: &str) -> bool {
    let plain: String = text.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    matches!(
        plain.split_whitespace().collect::<Vec<_>>().join(" ").as_str(),
        "none" | "self pay" | "selfpay" | "self" | "n a" | "na"
    )
}

/// The name before a telephone number that stands on its line.
pub(super) fn without_phone(words: &[Word]) -> String {
    let figures = |w: &Word| w.text.bytes().filter(u8::is_ascii_digit).count();
    let begins = |w: &Word| w.text.starts_with('(') && figures(w) == 3 || figures(w) >= 7;
    let end = words.iter().position(begins).filter(|end| *end > 0).unwrap_or(words.len());
    join(&words[..end])
}

#[cfg(test)]
mod tests {
    use crate::statement::{DocKind, Field};
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 6] =
        [Field::ServiceDate, Field::Code, Field::Modifiers, Field::Description, Field::Units, Field::Charge];

    #[test]
    fn a_receipt_in_the_manner_of_the_form_is_read_by_its_items() {
        let s = read(&[
            (20.0, &[(30.0, "ITEMIZED RECEIPT"), (500.0, "Lakeside Imaging")]),
            (
                60.0,
                &[
                    (30.0, "2 PATIENT'S NAME (LAST, FIRST)"),
                    (250.0, "3 PATIENT'S BIRTH DATE"),
                    (420.0, "1a INSURED'S I.D. NUMBER"),
                ],
            ),
            (72.0, &[(32.0, "ROE, JANE"), (252.0, "07 04 1984"), (422.0, "NONE")]),
            (86.0, &[(30.0, "5 PATIENT'S ADDRESS"), (250.0, "6 RELATIONSHIP TO INSURED"), (420.0, "11c INSURANCE PLAN NAME")]),
            (98.0, &[(32.0, "12 ELM ST"), (252.0, "SELF"), (422.0, "SELF PAY")]),
            (112.0, &[(30.0, "21 DIAGNOSIS OR NATURE OF ILLNESS"), (420.0, "23 PRIOR AUTHORIZATION")]),
            (
                140.0,
                &[
                    (30.0, "24A DATE FROM"),
                    (110.0, "TO"),
                    (180.0, "B POS"),
                    (230.0, "D CPT/HCPCS"),
                    (300.0, "MODIFIER"),
                    (380.0, "E PTR"),
                    (440.0, "F $ CHARGES"),
                    (540.0, "G UNITS"),
                ],
            ),
            (150.0, &[(30.0, "MM DD YY"), (110.0, "MM DD YY")]),
            (164.0, &[(30.0, "OFFICE VISIT LEVEL 4")]),
            (
                176.0,
                &[
                    (30.0, "07 26 25"),
                    (110.0, "07 26 25"),
                    (180.0, "11"),
                    (230.0, "99214"),
                    (300.0, "25"),
                    (380.0, "AB"),
                    (-470.0, "210"),
                    (490.0, "00"),
                    (-560.0, "1"),
                ],
            ),
            (191.0, &[(30.0, "N4 00409114405")]),
            (
                203.0,
                &[
                    (30.0, "07 26 25"),
                    (110.0, "07 27 25"),
                    (180.0, "11"),
                    (230.0, "J2405"),
                    (380.0, "A"),
                    (-470.0, "9"),
                    (490.0, "50"),
                    (-560.0, "4"),
                ],
            ),
            (240.0, &[(30.0, "25 FEDERAL TAX I.D. NUMBER"), (250.0, "26 PATIENT'S ACCOUNT NO."), (440.0, "28 TOTAL CHARGE")]),
            (252.0, &[(32.0, "62-2981261"), (252.0, "38675160"), (-470.0, "219"), (490.0, "50")]),
            (266.0, &[(30.0, "29a PAID BY INSURANCE"), (440.0, "30 BALANCE DUE")]),
            (278.0, &[(-60.0, "0"), (80.0, "00"), (-470.0, "219"), (490.0, "50")]),
            (292.0, &[(30.0, "31 SIGNATURE OF PHYSICIAN"), (250.0, "33 BILLING PROVIDER INFO AND PHONE")]),
            (302.0, &[(252.0, "Lakeside Imaging (435) 555-0167")]),
        ]);
        assert_eq!((s.layout.as_str(), s.kind), ("cms1500", DocKind::ItemizedBill));
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(rows, ["2025-07-26 99214 25 OFFICE VISIT LEVEL 4 1 210.00", "2025-07-26 J2405 - - 4 9.50"]);
        let text = |f: Field| s.header.get(&f).map(|c| c[0].raw.clone());
        assert_eq!((text(Field::Payer), text(Field::MemberId)), (None, None));
        assert_eq!(text(Field::AccountNo).as_deref(), Some("38675160"));
        assert!(s.header.get(&Field::Provider).is_some_and(|c| format!("{:?}", c[0].value).contains("Lakeside Imaging\"")));
    }
}
