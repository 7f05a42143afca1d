//! What a value of a header field looks like. Nothing that does not look like one is taken.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::labels;
use super::segments::{Token, text_of};
use crate::grammar::{code, date, money};
use crate::page_text::BBox;
use crate::statement::{Cell, Field, Value};

/// A value read from the start of a run of tokens.
pub(crate) struct Read {
    pub(crate) cell: Cell,
    /// How many tokens it took.
    pub(crate) used: usize,
    /// Last day, where the value is a range of days.
    pub(crate) until: Option<Cell>,
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

/// Words of organisations that give or pay for care; folded.
const ORGANISATION: &[&str] = &[
    "hospital",
    "health",
    "healthcare",
    "medical",
    "medicine",
    "clinic",
    "center",
    "centre",
    "physician",
    "doctor",
    "associate",
    "radiology",
    "radiologist",
    "imaging",
    "laboratory",
    "lab",
    "diagnostic",
    "pathology",
    "pathologist",
    "surgical",
    "surgery",
    "ambulance",
    "ems",
    "anesthesia",
    "anesthesiology",
    "emergency",
    "pediatric",
    "orthopedic",
    "orthopaedic",
    "dental",
    "dentistry",
    "dentist",
    "pharmacy",
    "therapy",
    "rehabilitation",
    "rehab",
    "care",
    "system",
    "group",
    "service",
    "inc",
    "llc",
    "pllc",
    "ltd",
    "corp",
    "corporation",
    "company",
    "university",
    "memorial",
    "regional",
    "insurance",
    "assurance",
    "mutual",
    "plan",
    "blue",
    "medicare",
    "medicaid",
    "administrator",
    "benefit",
    "trust",
    "partner",
    "institute",
    "foundation",
    "specialist",
    "cardiology",
    "dermatology",
    "oncology",
    "urology",
    "neurology",
    "infirmary",
    "sanitarium",
    "hospice",
    "nursing",
    "home",
    "practice",
    "wellness",
    "eye",
    "vision",
    "optical",
    "women",
    "children",
    "county",
    "hmo",
    "ppo",
    "network",
    "department",
    "fire",
    "rescue",
    "recovery",
    "collection",
    "receivable",
    "credit",
    "financial",
    "bureau",
    "agency",
    "llp",
    "solution",
];

/// Words of an insurer's name; folded.
const PAYER: &[&str] = &[
    "insurance",
    "assurance",
    "mutual",
    "plan",
    "medicare",
    "medicaid",
    "hmo",
    "ppo",
    "epo",
    "administrator",
    "benefit",
    "coverage",
    "shield",
    "cross",
    "bcbs",
    "casualty",
    "indemnity",
    "tricare",
    "champva",
    "aetna",
    "cigna",
    "humana",
    "unitedhealthcare",
    "kaiser",
];

/// Words that titles and captions are made of; folded.
const CAPTION: &[&str] = &[
    "statement",
    "invoice",
    "bill",
    "billing",
    "explanation",
    "benefit",
    "eob",
    "remittance",
    "advice",
    "summary",
    "notice",
    "receipt",
    "estimate",
    "itemized",
    "itemised",
    "itemization",
    "charge",
    "detail",
    "detailed",
    "patient",
    "guarantor",
    "account",
    "amount",
    "due",
    "date",
    "page",
    "number",
    "total",
    "balance",
    "payment",
    "service",
    "code",
    "description",
    "claim",
    "member",
    "name",
    "not",
    "is",
    "medical",
    "for",
    "and",
    "to",
    "not",
    "hospital",
    "information",
    "copy",
    "duplicate",
    "final",
    "first",
    "second",
    "third",
    "reminder",
    "past",
    "important",
    "important:",
    "thank",
    "you",
    "please",
    "pay",
    "insurance",
    "plan",
    "provider",
    "activity",
    "transaction",
    "history",
    "continued",
    "monthly",
    "professional",
    "facility",
    "physician",
    "laboratory",
    "collection",
    "letter",
    "denial",
    "good",
    "faith",
    "appointment",
    "welcome",
    "dear",
    "questions",
    "question",
    "customer",
    "id",
    "type",
    "status",
    "address",
    "phone",
    "group",
    "subscriber",
    "self",
    "spouse",
    "dependent",
    "relationship",
    "primary",
    "secondary",
    "from",
    "through",
    "quantity",
    "unit",
    "price",
    "qty",
    "paid",
    "adjustment",
    "discount",
    "allowed",
    "owe",
    "responsibility",
    "birth",
    "sex",
    "care",
    "review",
    "determination",
    "decision",
    "appeal",
    "office",
    "department",
    "in",
    "network",
    "processed",
    "pending",
    "denied",
    "electronic",
    "new",
    "current",
    "previous",
    "at",
    "on",
    "only",
    "confidential",
    "part",
    "provided",
    "approved",
    "below",
    "see",
    "maximum",
    "billed",
    "covered",
    "medical",
    "ending",
    "beginning",
    "period",
    "mail",
    "online",
    "visit",
    "or",
    "in",
    "of",
    "the",
];

fn folded(text: &str) -> Vec<String> {
    text.split_whitespace().flat_map(labels::fold).collect()
}

/// How many words of organisations it holds.
pub(crate) fn organisation_words(text: &str) -> usize {
    folded(text).iter().filter(|w| is_organisation_word(w)).count()
}

/// Words of the list, legal forms, and the names of specialties.
fn is_organisation_word(w: &str) -> bool {
    ORGANISATION.contains(&w)
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
    folded(text).iter().filter(|w| PAYER.contains(&w.as_str())).count()
}

/// Whether it says what the paper or a box on it is, not who somebody is.
pub(crate) fn is_caption(text: &str) -> bool {
    let words: Vec<String> = folded(text).into_iter().filter(|w| w.chars().any(char::is_alphabetic)).collect();
    words.is_empty() || words.iter().all(|w| CAPTION.contains(&w.as_str())) || is_title(&words)
}

/// `Your Health Statement`, `Explanation of Health Care Benefits`: no organisation is called so.
fn is_title(words: &[String]) -> bool {
    const ENDS: &[&str] = &[
        "statement",
        "invoice",
        "bill",
        "receipt",
        "notice",
        "summary",
        "estimate",
        "report",
        "letter",
        "advice",
        "eob",
        "reminder",
        "notification",
        "confirmation",
        "itemization",
    ];
    let ends = words.last().is_some_and(|w| ENDS.contains(&w.as_str()));
    ends || words.iter().any(|w| matches!(w.as_str(), "explanation" | "estimate" | "remittance" | "itemized"))
}

/// Whether it reads as the name of a person: two to six words, letters only, nothing of an organisation.
pub(crate) fn is_person(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let plain = words.iter().all(|w| {
        w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '-' | '\u{2019}'))
            && w.chars().next().is_some_and(|c| c.is_uppercase())
    });
    (2..=6).contains(&words.len())
        && text.chars().count() <= 48
        && plain
        && words.iter().any(|w| w.chars().filter(|c| c.is_alphabetic()).count() >= 2)
        && !is_caption(text)
        && words.iter().all(|w| {
            let f = labels::fold(w);
            !f.iter().any(|x| {
                is_organisation_word(x)
                    && x != "md"
                    && x != "do"
                    && x != "pa"
                    && x != "blue"
                    && x != "home"
                    && x != "doctor"
                    && x != "benefit"
                    && x != "eye"
                    && x != "lab"
                    && x != "trust"
            }) && !matches!(w.to_ascii_lowercase().as_str(), "inc" | "llc" | "pc" | "mobile" | "dept")
        })
        && folded(text).iter().filter(|w| CAPTION.contains(&w.as_str())).count() * 2 < words.len()
}

/// Full stops that do not end a sentence.
const ENDINGS: &[&str] = &["inc.", "corp.", "co.", "ltd.", "p.a.", "p.c.", "l.l.c.", "m.d.", "d.o.", "assoc.", "n.a."];

/// Whether it may be the name of an organisation.
pub(crate) fn is_organisation(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let words = text.split_whitespace().count();
    letters >= 3
        && digits * 3 <= letters
        && (1..=10).contains(&words)
        && text.chars().count() <= 80
        && !is_caption(text)
        && !is_city_line(text)
        && !is_street(text)
        && !has_phone(text)
        && !is_web(text)
        && (!text.ends_with(['.', '?', '!', ':']) || ENDINGS.iter().any(|s| text.to_ascii_lowercase().ends_with(s)))
        && date::date(text).is_none()
        && money::money(text).is_none()
}

fn cell(value: Value, tokens: &[Token], page: u32) -> Option<Cell> {
    let bbox = BBox::around(tokens.iter().map(|t| t.bbox))?;
    let confidence = tokens.iter().map(|t| t.confidence).fold(1.0, f32::min);
    Some(Cell { value, raw: text_of(tokens), page, bbox, confidence })
}

/// Reads the value of `field` from the first of these tokens. Recognised text may need repairs (`ocr`).
pub(crate) fn read(field: Field, tokens: &[Token], page: u32, ocr: bool, anchor: Option<Date>) -> Option<Read> {
    let skip = tokens.iter().take_while(|t| matches!(t.text.as_str(), ":" | "-" | "#" | "=" | "–" | "." | "|" | "*")).count();
    let tokens = &tokens[skip..];
    if tokens.is_empty() {
        return None;
    }
    let mut r = match field {
        Field::AccountNo | Field::ClaimNo | Field::MemberId => identifier(field, tokens, page),
        Field::ProviderNpi => provider_number(tokens, page),
        Field::TypeOfBill => type_of_bill(tokens, page),
        Field::StatementDate | Field::ServiceFrom | Field::ServiceTo | Field::Admitted | Field::Discharged => {
            days(field, tokens, page, ocr, anchor)
        }
        Field::Network => network(&text_of(tokens)).and_then(|n| one(Value::Text(n.to_owned()), tokens, page)),
        Field::ClaimStatus => status(&text_of(tokens)).and_then(|s| one(Value::Text(s.to_owned()), tokens, page)),
        Field::Patient => person(tokens, page),
        Field::Provider | Field::Payer => organisation(field, tokens, page),
        f if is_amount(f) => amount(tokens, page, ocr),
        _ => None,
    }?;
    r.used += skip;
    Some(r)
}

fn one(value: Value, tokens: &[Token], page: u32) -> Option<Read> {
    Some(Read { cell: cell(value, tokens, page)?, used: tokens.len(), until: None })
}

/// Fields that hold an amount.
pub(crate) fn is_amount(field: Field) -> bool {
    matches!(
        field,
        Field::TotalCharges
            | Field::TotalDiscount
            | Field::TotalPlanPaid
            | Field::TotalPatientPaid
            | Field::BalanceDue
            | Field::TotalPatientResponsibility
            | Field::DeductibleLimit
            | Field::OutOfPocketLimit
    )
}

/// An account, claim or member number: at least three digits (two for short accounts), no date, amount or telephone.
fn identifier(field: Field, tokens: &[Token], page: u32) -> Option<Read> {
    let clean = |t: &str| t.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '(' | ')' | '*' | '#')).to_owned();
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).count();
    let shape =
        |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '*'));
    // A prefix of letters printed apart, or groups of digits: `XYZ 123456789`, `1234 5678 90`.
    let mut used = 1;
    let mut text = clean(&tokens[0].text);
    let prefix = text.len() <= 4 && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) && !text.is_empty();
    if prefix {
        while let Some(next) = tokens
            .get(used)
            .map(|t| clean(&t.text))
            .filter(|n| n.len() <= 14 && digits(n) > 0 && n.chars().all(|c| c.is_ascii_digit() || c == '-'))
        {
            text = format!("{text} {next}");
            used += 1;
        }
    }
    let n = digits(&text);
    let joined: String = text.chars().filter(|c| *c != ' ').collect();
    let enough = match field {
        Field::AccountNo => n >= 3 || (n >= 2 && joined.len() >= 4),
        _ => n >= 4 || (n >= 3 && joined.len() >= 6),
    };
    let slashed = joined.matches('/').count();
    if !enough || !shape(&joined) || joined.len() > 26 || slashed > 1 {
        return None;
    }
    if date::date(&joined).is_some() || money::money(&joined).is_some() {
        return None;
    }
    let b: Vec<&str> = joined.split(['-', '.']).collect();
    if b.len() == 3
        && b[0].len() == 3
        && b[1].len() == 3
        && b[2].len() == 4
        && joined.bytes().all(|c| c.is_ascii_digit() || c == b'-' || c == b'.')
    {
        return None;
    }
    let mut r = one(Value::Text(text.clone()), &tokens[..used], page)?;
    r.cell.raw = text;
    Some(r)
}

/// Ten digits beside a label that says NPI. A wrong check digit is the paper's fault and stays as printed.
fn provider_number(tokens: &[Token], page: u32) -> Option<Read> {
    let bare = tokens[0].text.trim_matches([',', '.', ')', '(']);
    let shape = bare.len() == 10 && bare.bytes().all(|b| b.is_ascii_digit()) && bare.starts_with(['1', '2']);
    let n = code::npi(bare).or_else(|| shape.then(|| bare.to_owned()))?;
    one(Value::Text(n), &tokens[..1], page)
}

fn type_of_bill(tokens: &[Token], page: u32) -> Option<Read> {
    let t = tokens[0].text.as_str();
    let ok = matches!(t.len(), 3 | 4)
        && t.bytes().all(|b| b.is_ascii_alphanumeric())
        && t.bytes().take(t.len() - 1).all(|b| b.is_ascii_digit());
    ok.then(|| one(Value::Text(format!("{t:0>4}").to_ascii_uppercase()), &tokens[..1], page))?
}

fn days(field: Field, tokens: &[Token], page: u32, ocr: bool, anchor: Option<Date>) -> Option<Read> {
    let year_known = |d: &date::LooseDate| d.year.is_some() || anchor.is_some();
    // The longest run of tokens that reads as a day or a range of days.
    for n in (1..=tokens.len().min(9)).rev() {
        let text = text_of(&tokens[..n]);
        let text = text.trim_end_matches([',', ';', '.']);
        let found = if field == Field::StatementDate
            || field == Field::Admitted
            || field == Field::Discharged
            || field == Field::ServiceTo
        {
            date::date(text).map(|d| (d, None))
        } else {
            date::date_range(text)
        };
        let found = found
            .or_else(|| (n == 1).then(|| date::compact_date(text)).flatten().map(|d| (d, None)))
            .or_else(|| if ocr && n <= 4 { date::date_lenient(text).map(|(d, _)| (d, None)) } else { None });
        let Some((first, last)) = found.filter(|(d, _)| year_known(d)) else {
            continue;
        };
        // A number of an account that happens to read as a compact day has no place here, but words may follow.
        let mut r = one(Value::Date(first.resolve(anchor)?), &tokens[..n], page)?;
        r.until = match last {
            Some(l) => Some(cell(Value::Date(l.resolve(anchor)?), &tokens[..n], page)?),
            None => None,
        };
        return Some(r);
    }
    None
}

/// `in` or `out`, where these words say either.
pub(crate) fn network(text: &str) -> Option<&'static str> {
    let words = folded(&text.replace(['(', ')'], " "));
    if words.len() > 7 {
        return None;
    }
    let has = |w: &str| words.iter().any(|x| x == w);
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
    let inside = (has("in") && (has("network") || words.len() == 1))
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
    let has = |w: &[&str]| words.iter().take(6).any(|x| w.contains(&x.as_str()));
    if words.is_empty() || words.len() > 12 {
        return None;
    }
    if has(&[
        "pending",
        "pended",
        "pend",
        "process",
        "processing",
        "progress",
        "suspended",
        "review",
        "received",
        "awaiting",
        "open",
    ]) && !has(&["processed", "finalized", "paid"])
    {
        return Some("pending");
    }
    if has(&["denied", "rejected", "deny", "disallowed", "denial"]) && !has(&["paid", "partially", "partial"]) {
        return Some("denied");
    }
    has(&[
        "processed",
        "finalized",
        "finalised",
        "paid",
        "complete",
        "completed",
        "approved",
        "final",
        "settled",
        "closed",
        "adjudicated",
        "allowed",
        "payable",
        "adjusted",
        "partially",
        "reprocessed",
        "done",
    ])
    .then_some("processed")
}

fn person(tokens: &[Token], page: u32) -> Option<Read> {
    // A name ends where brackets, digits or another caption begin.
    let mut n = 0;
    for t in tokens.iter().take(7) {
        let w = t.text.trim_end_matches([',', ':', ';', '.']);
        let letters = !w.is_empty() && w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '-' | ',' | '\u{2019}'));
        if !letters {
            break;
        }
        n += 1;
        if t.text.ends_with([':', ';']) {
            break;
        }
    }
    while n > 0 {
        let text = text_of(&tokens[..n]);
        let text = text.trim_end_matches([',', ':', ';', '-', ' ']);
        let joined = text.contains(',')
            && !text.contains(' ')
            && text.split(',').filter(|p| p.chars().filter(|c| c.is_alphabetic()).count() >= 2).count() == 2;
        let greeting = text.to_ascii_lowercase();
        if (is_person(text) || joined) && !greeting.starts_with("valued ") && !greeting.starts_with("sir ") {
            let mut r = one(Value::Text(text.to_owned()), &tokens[..n], page)?;
            text.clone_into(&mut r.cell.raw);
            return Some(r);
        }
        n -= 1;
    }
    None
}

fn organisation(field: Field, tokens: &[Token], page: u32) -> Option<Read> {
    // Telephone, identifiers and remarks in brackets stand behind a name, not in it.
    let cut = |t: &Token| {
        t.text.starts_with('(')
            || t.text.eq_ignore_ascii_case("npi")
            || t.text.eq_ignore_ascii_case("tel")
            || t.text == "|"
            || t.text.starts_with('*')
    };
    let mut n = tokens.iter().position(cut).unwrap_or(tokens.len());
    if let Some(k) = tokens[..n].iter().position(|t| has_phone(&t.text)) {
        n = k;
    }
    if n == 0 {
        return None;
    }
    let text = text_of(&tokens[..n]);
    let text = text.trim_end_matches([',', ';', '-', ' ', ':']);
    let lower = text.to_ascii_lowercase();
    let none = matches!(
        lower.as_str(),
        "none"
            | "n/a"
            | "self pay"
            | "self-pay"
            | "selfpay"
            | "uninsured"
            | "none on file"
            | "self"
            | "yes"
            | "no"
            | "unknown"
            | "see below"
            | "not on file"
            | "no insurance"
    );
    if none || !is_organisation(text) || status(text).is_some() && text.split_whitespace().count() < 2 {
        return None;
    }
    if field == Field::Payer && (network(text).is_some() && payer_words(text) == 0) {
        return None;
    }
    let mut r = one(Value::Text(text.to_owned()), &tokens[..n], page)?;
    text.clone_into(&mut r.cell.raw);
    Some(r)
}

fn amount(tokens: &[Token], page: u32, ocr: bool) -> Option<Read> {
    for n in (1..=tokens.len().min(4)).rev() {
        let text = text_of(&tokens[..n]);
        let text = text.trim_end_matches(['.', ',', ';', '*']);
        let found = money::money(text).or_else(|| if ocr { money::money_lenient(text).map(|(m, _)| m) } else { None });
        if let Some(m) = found {
            return one(Value::Money(m), &tokens[..n], page);
        }
    }
    None
}

/// An amount whose cents stand in a column of their own, without a point.
pub(crate) fn dollars_and_cents(tokens: &[Token], page: u32) -> Option<Read> {
    let [dollars, cents, ..] = tokens else { return None };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let near = cents.bbox.x0 - dollars.bbox.x1 < dollars.bbox.height() * 3.0;
    if !near || !digits(&dollars.text) || dollars.text.len() > 7 || cents.text.len() != 2 || !digits(&cents.text) {
        return None;
    }
    let m = money::money(&format!("{}.{}", dollars.text, cents.text))?;
    one(Value::Money(m), &tokens[..2], page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_compile() {
        assert!(CITY.is_some() && STREET.is_some() && PHONE.is_some());
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
            ("Pending", Some("pending")),
            ("Denied", Some("denied")),
            ("Gold", None),
        ] {
            assert_eq!(status(t), want, "{t}");
        }
    }
}
