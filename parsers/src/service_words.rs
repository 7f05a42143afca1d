//! What a line of words says of one service: when, which code, how often.
//!
//! Statements without columns print these facts under or over the amount, with or without labels:
//! `Service date: 03/09/2025 | Procedure code: 99214-25 | Quantity: 1`, `Received on April 15, 2025, procedure 99214, times 1`.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use rust_decimal::Decimal;

use crate::grammar::code::{self, Procedure};
use crate::grammar::date::{LooseDate, date};
use crate::grammar::units;
use crate::statement::{Field, Value};

/// The facts of a line, and what is left of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceWords {
    /// First or only day.
    pub from: Option<LooseDate>,
    /// Last day.
    pub to: Option<LooseDate>,
    /// Procedure code with its modifiers.
    pub procedure: Option<Procedure>,
    /// Revenue code, four digits.
    pub revenue_code: Option<String>,
    /// Service units.
    pub units: Option<Decimal>,
    /// The words that are none of these.
    pub rest: String,
}

impl ServiceWords {
    /// Whether the line says anything of a service besides words.
    pub fn any(&self) -> bool {
        self.from.is_some() || self.of_service()
    }
}

impl ServiceWords {
    /// Whether it says what only a service has: a code or a count.
    pub(crate) fn of_service(&self) -> bool {
        self.procedure.is_some() || self.units.is_some() || self.revenue_code.is_some()
    }
}

const DAY: &str = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?(?:\d{1,2}[/-]\d{1,2}[/-]\d{2,4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?\s+(?:\d{4}|\d{2}\b)|\d{1,2}[ -](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ ,-]+\d{4}|\d{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2}\b)";

static DATES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?:\b(?:dates?(?:\(s\))?\s+(?:of\s+)?(?:services?|care|visit)|services?\s+dates?|visit\s+dates?|(?:dos|svc\s+dt|dates?|from)|(?:services?\s+|care\s+)?(?:received|performed|provided|given|rendered|done|posted|entered|applied)(?:\s+on)?|as\s+of|on|for)\s*:?\s*)?\b({DAY})(?:\s*(?:-|–|to|thru|through)\s*({DAY}))?"
    ))
    .expect("a constant pattern")
});
/// The last day where the first stands elsewhere.
static THROUGH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)(?:^|[a-z]\s+|\s\d{{1,3}}\s+)((?:through|thru|until)\s*:?\s*({DAY}))")).expect("a constant pattern")
});
static REVENUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:rev(?:enue)?|rc)\b\.?\s*(?:code|cd|center)?\.?\s*[:#]?\s*(\d{3,4})\b").expect("a constant pattern")
});
static LABELLED_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(?:cpt|hcpcs|hcpc|cdt|ada)(?:\s*/\s*(?:cpt|hcpcs))?|proc(?:edure)?|service|billing|charge)?\.?\s*(?:codes?|cd|[co0]?ode|cde)?\s*(?:no\.?|number)?\s*[:#]?\s*\b([A-Z]\d{4}\b|\d{4}[A-Z\d]\b)((?:\s*[-,/(]\s*[A-Z\d]{2}\b[)]?|\s+[A-Z\d]{2}\b){0,5})")
        .expect("a constant pattern")
});
static MODIFIER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\s*[-,/(]?\s*[A-Z\d]{2}\b[)]?").expect("a constant pattern"));
static MODIFIERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:with\s+)?mod(?:ifier)?s?\b\.?\s*[:#]?\s*((?:[A-Z\d]{2}\b(?:[\s,/]|\band\b)*){1,5})")
        .expect("a constant pattern")
});
static UNITS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:qty|quantity|units?(?:\s+of\s+service)?|times|count|number\s+of\s+(?:units|services)|miles?)\b\.?\s*:?\s*(-?\d{1,5}(?:\.\d{1,3})?)\b|(?:^|[\s,(])(?:(?-i:x)\s?|X\s|\u{D7}\s?)(-?\d{1,4}(?:\.\d{1,3})?)\b")
        .expect("a constant pattern")
});
static UNITS_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(\d{1,4}(?:\.\d{1,3})?)\s+(?:units?|miles?)\b(?:\(s\))?").expect("a constant pattern"));

/// What a count may follow: `Code 20610 (RT) `.
static ENDS_IN_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:codes?|[co0]?ode|cde|cpt|hcpcs)\s*[:#]?\s*(?:[A-Z]\d{4}|\d{4}[A-Z\d])(?:[\s,/-]*\(?\b[A-Z\d]{2}\b\)?){0,4}[\s,;-]*$")
        .expect("a constant pattern")
});
static UNITS_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[\s,;-]*(\d{1,4}(?:\.\d{1,3})?)\s+(?:units?|miles?)(?:\(s\))?[\s,;.-]*$").expect("a constant pattern")
});
static IN_BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*\(([A-Z\d]{2}(?:[\s,/]+[A-Z\d]{2}){0,3})\)").expect("a constant pattern"));

/// Brackets of which everything has been taken.
static EMPTY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\[[\s,;-]*\]|\([\s,;-]*\)").expect("a constant pattern"));

/// Takes the facts out of a line of words.
pub fn service_words(text: &str) -> ServiceWords {
    let mut out = ServiceWords::default();
    let mut rest: String = text.chars().map(|c| if matches!(c, '|' | '·' | '•') { ' ' } else { c }).collect();
    if rest.len() > 300 {
        out.rest = rest;
        return out;
    }
    let day = |m: Option<regex::Match<'_>>| m.and_then(|m| date(m.as_str().trim()));
    // `Quantity 4 through May 30, 2025` under a service whose day heads the group
    if let Some(m) = THROUGH.captures(&rest)
        && let Some(to) = day(m.get(2))
    {
        out.to = Some(to);
        rest = cut(&rest, m.get(1));
    }
    if let Some(m) = DATES.captures(&rest)
        && let Some(from) = day(m.get(1))
    {
        (out.from, out.to) = (Some(from), day(m.get(2)).or(out.to));
        rest = cut(&rest, m.get(0));
    }
    if let Some(m) = REVENUE.captures(&rest)
        && let Some(code) = code::revenue_code(&m[1])
    {
        out.revenue_code = Some(code);
        rest = cut(&rest, m.get(0));
    }
    let behind = || UNITS_BEHIND.captures(&rest).map(|m| (m, true));
    if let Some((m, behind)) = UNITS.captures(&rest).map(|m| (m, false)).or_else(behind)
        && let Some(n) = m.get(1).or(m.get(2)).and_then(|n| units::units(n.as_str()))
    {
        // "UP TO 15 UNITS" is a name: a count without its label before it stands apart from words
        let before = &rest[..m.get(0).map_or(0, |m| m.start())];
        let bare = behind && before.chars().any(char::is_alphabetic) && !ENDS_IN_CODE.is_match(before);
        if !bare {
            out.units = Some(n);
            rest = cut(&rest, m.get(0));
        }
    }
    if let Some((p, without)) = labelled_code(&rest) {
        out.procedure = Some(p);
        rest = without;
    }
    // `Code 20610 (RT) 1 unit`
    if let Some(p) = &mut out.procedure
        && p.modifiers.is_empty()
        && let Some(m) = IN_BRACKETS.captures(&rest)
        && let Some(list) = code::modifiers(&m[1])
    {
        p.modifiers = list;
        rest = cut(&rest, m.get(0));
    }
    if out.units.is_none()
        && out.procedure.is_some()
        && let Some(m) = UNITS_ALONE.captures(&rest)
        && let Some(n) = units::units(&m[1])
    {
        out.units = Some(n);
        rest.clear();
    }
    if let Some(p) = &mut out.procedure
        && p.modifiers.is_empty()
        && let Some(m) = MODIFIERS.captures(&rest)
        && let Some(list) = code::modifiers(m[1].replace(" and ", " ").trim_end_matches([' ', ',', '/']))
    {
        p.modifiers = list;
        rest = cut(&rest, m.get(0));
    }
    let tidy = EMPTY.replace_all(&rest, " ").split_whitespace().collect::<Vec<_>>().join(" ");
    tidy.trim_matches([' ', '-', '–', ',', ';', ':', '/', '.', '(', ')']).clone_into(&mut out.rest);
    if out.rest.chars().filter(|c| c.is_alphanumeric()).count() == 0 {
        out.rest.clear();
    }
    out
}

/// A procedure code that a label names, or that opens, closes or is the whole of the line.
fn labelled_code(text: &str) -> Option<(Procedure, String)> {
    for m in LABELLED_CODE.captures_iter(text) {
        let (Some(all), Some(c)) = (m.get(0), m.get(1)) else { continue };
        let label = text[all.start()..c.start()].chars().any(char::is_alphabetic);
        let around = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).count();
        let alone = around(&text[..all.start()]) == 0 || around(&text[all.end()..]) == 0;
        if !label && (!alone || is_zip(&text[..c.start()])) {
            continue;
        }
        let Some(mut p) = code::procedure(c.as_str()) else { continue };
        // behind a mark or in brackets stands a modifier; behind a space perhaps the first word of a name
        let mut end = c.end();
        // `[20610 RT]`: all of what the bracket holds is the code's
        let bracket = text[..all.start()].trim_end().ends_with(['[', '(']);
        let mut marked = bracket && text[all.end()..].trim_start().starts_with([']', ')']);
        for piece in MODIFIER.find_iter(&m[2]) {
            let modifier = piece.as_str().trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_uppercase();
            let ends = text[c.end() + piece.end()..].starts_with([',', ';', ')']);
            marked = piece.as_str().contains(['-', ',', '/', '(']) || marked && (bracket || m[2].contains('(')) || label && ends;
            if !code::modifier(&modifier) || !(marked || code::is_sure_behind(&p.code, &modifier)) {
                break;
            }
            p.modifiers.push(modifier);
            end = c.end() + piece.end();
        }
        return Some((p, cut(text, Some(all.start()..end))));
    }
    code::embedded_procedure(text)
}

/// Whether five digits behind these words are those of an address: `Waco, TX`.
fn is_zip(before: &str) -> bool {
    let mut words = before.split_whitespace().rev();
    let state = words.next().is_some_and(|w| w.len() == 2 && w.bytes().all(|b| b.is_ascii_uppercase()));
    state && words.next().is_some_and(|town| town.ends_with(','))
}

fn cut(text: &str, what: Option<impl Into<std::ops::Range<usize>>>) -> String {
    let Some(r) = what else { return text.to_owned() };
    let r: std::ops::Range<usize> = r.into();
    format!("{}  {}", &text[..r.start], &text[r.end..])
}

/// The facts as cells; `anchor` is a day near which a day without its year lies.
pub(crate) fn fill(words: &ServiceWords, anchor: Option<Date>, put: &mut impl FnMut(Field, Value, &str)) {
    let from = words.from.and_then(|d| d.resolve(anchor));
    if let Some(d) = from {
        put(Field::ServiceDate, Value::Date(d), "");
    }
    if let Some(d) = words.to.and_then(|d| d.resolve(from.or(anchor))) {
        put(Field::ServiceDateTo, Value::Date(d), "");
    }
    if let Some(p) = &words.procedure {
        put(Field::Code, Value::Code(p.code.clone()), &p.code);
        if !p.modifiers.is_empty() {
            put(Field::Modifiers, Value::List(p.modifiers.clone()), "");
        }
    }
    if let Some(r) = &words.revenue_code {
        put(Field::RevenueCode, Value::Code(r.clone()), r);
    }
    if let Some(n) = words.units {
        put(Field::Units, Value::Number(n), "");
    }
    if !words.rest.is_empty() {
        put(Field::Description, Value::Text(words.rest.clone()), &words.rest);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labelled_facts() {
        for (text, code, modifiers, units, rest) in [
            ("Service date: 03/09/2025 | Procedure code: 99214-25 | Quantity: 1", "99214", &["25"][..], "1", ""),
            ("Received on April 15, 2025, procedure 99214-25, times 1", "99214", &["25"], "1", ""),
            ("on Apr 15, 2025, procedure 97110 with modifier GP and 59, quantity 2", "97110", &["GP", "59"], "2", ""),
            ("Apr 15 2025   CPT 99214 (25, 59)   Qty 2", "99214", &["25", "59"], "2", ""),
            ("04/15/2025 · HCPCS J2405-JW · Rev 0636 · x4", "J2405", &["JW"], "4", ""),
            ("99284-25  HC ER LEVEL IV 04/15/2025", "99284", &["25"], "", "HC ER LEVEL IV"),
            ("04/15/2025 Billing code 00811 AA, 7 units", "00811", &["AA"], "7", ""),
            ("04/15/2025 Billing code 97161 GP, 1 unit See note D15, X10", "97161", &["GP"], "1", "See note D15, X10"),
            ("70450  CT HEAD/BRAIN W/O CONTRAST 04/15/2025", "70450", &[], "", "CT HEAD/BRAIN W/O CONTRAST"),
            ("97110 GP THERAPEUTIC EXERCISE 04/15/2025", "97110", &["GP"], "", "THERAPEUTIC EXERCISE"),
            ("99214 GP OFFICE VISIT 04/15/2025", "99214", &[], "", "GP OFFICE VISIT"),
            ("99214-25  OFFICE VISIT LEVEL 4  04/15/2025 1 unit", "99214", &["25"], "", "OFFICE VISIT LEVEL 4 1 unit"),
            ("29-Jul-25 | CPT/HCPCS J2250 | Rev 0636 | Qty 2", "J2250", &[], "2", ""),
            ("04/15/2025 EPIDURAL [01992 AA] x 2", "01992", &["AA"], "2", "EPIDURAL"),
            ("Code: A0425 Units: 12.4 04/15/2025", "A0425", &[], "12.4", ""),
            ("EPIDURAL 04/15/2025 Code 01992 · (AA) · 1 unit", "01992", &["AA"], "1", "EPIDURAL"),
        ] {
            let got = service_words(text);
            assert!(got.from.is_some(), "{text}");
            let p = got.procedure.clone().unwrap_or_else(|| panic!("{text}"));
            assert_eq!((p.code.as_str(), p.modifiers), (code, modifiers.iter().map(|s| (*s).to_owned()).collect()), "{text}");
            assert_eq!(got.units.map(|u| u.to_string()).unwrap_or_default(), units, "{text}");
            assert_eq!(got.rest, rest, "{text}");
        }
    }

    #[test]
    fn words_are_left_alone() {
        for text in [
            "Waco, TX 76745",
            "OPERATING ROOM LVL 3 1ST HR",
            "THERAPEUTIC EXERCISE 15 MIN",
            "INSURANCE PAYMENT - UNION",
            "LOT 12345 IMPLANT",
        ] {
            let got = service_words(text);
            assert!(!got.any(), "{text}: {got:?}");
            assert_eq!(got.rest, text);
        }
        assert_eq!(service_words("Service date: 4/5/2025 Revenue code: 450 Quantity: 1").revenue_code.as_deref(), Some("0450"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = service_words(&text);
        }

        #[test]
        fn never_panics_near_facts(text in "[-0-9A-Zé/:,. ()x]{0,40}") {
            let _ = service_words(&text);
        }
    }
}
