//! What a value of a header field looks like. Nothing that does not look like one is taken.

use jiff::civil::Date;

use super::segments::{Token, text_of};
use super::wording::{network, status};
use crate::grammar::{code, date, money};
use crate::page_text::BBox;
use crate::statement::{Cell, Field, Value};
use crate::torn;
use named::{organisation, person};

mod named;

/// A value read from the start of a run of tokens.
pub(crate) struct Read {
    pub(crate) cell: Cell,
    /// How many tokens it took.
    pub(crate) used: usize,
    /// Last day, where the value is a range of days.
    pub(crate) until: Option<Cell>,
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

/// `8249 Prairie View Blvd` under `Patient Accounts`: where the office is.
fn is_house_number(number: &str, behind: &[Token]) -> bool {
    const STREETS: [&str; 26] = [
        "st",
        "street",
        "ave",
        "avenue",
        "rd",
        "road",
        "dr",
        "drive",
        "ln",
        "lane",
        "blvd",
        "boulevard",
        "ct",
        "court",
        "ter",
        "terrace",
        "way",
        "pl",
        "place",
        "pkwy",
        "parkway",
        "hwy",
        "highway",
        "cir",
        "circle",
        "plaza",
    ];
    let street = |t: &Token| STREETS.contains(&t.text.trim_matches(['.', ',']).to_lowercase().as_str());
    number.len() <= 5 && number.bytes().all(|b| b.is_ascii_digit()) && behind.len() >= 2 && behind.iter().take(5).any(street)
}

/// An account, claim or member number: at least three digits (two for short accounts), no date, amount or telephone.
fn identifier(field: Field, tokens: &[Token], page: u32) -> Option<Read> {
    let clean = |t: &str| t.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '(' | ')' | '*' | '#')).to_owned();
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).count();
    let shape =
        |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '*'));
    // `Claim 1, 251278176854, continued`: the number on the list goes before
    if let [ordinal, number, ..] = tokens
        && ordinal.text.strip_suffix(',').is_some_and(|n| n.len() <= 2 && digits(n) == n.len())
        && digits(&number.text) >= 6
    {
        let mut r = identifier(field, &tokens[1..], page)?;
        r.used += 1;
        return Some(r);
    }
    // A prefix of letters printed apart, or groups of digits: `XYZ 123456789`, `1234 5678 90`.
    let mut used = 1;
    let mut text = clean(&tokens[0].text);
    // `NO.253038410796`, `numberV7822662606`: the end of the label, run together with the number
    let glued = ["no.", "number", "account"].into_iter().find(|label| {
        let begins = text.get(..label.len()).is_some_and(|t| t.eq_ignore_ascii_case(label));
        begins && digits(&text[label.len()..]) >= 4
    });
    if let Some(label) = glued {
        text = clean(&text[label.len()..]);
    }
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
    if is_house_number(&text, &tokens[used..]) {
        return None;
    }
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
    // `Patient accounts (321) 555-0100`
    let b: Vec<&str> = text.split(['-', '.', ' ']).collect();
    let marked = text.contains(['-', '.']) || tokens[0].text.starts_with('(');
    if b.len() == 3
        && marked
        && b[0].len() == 3
        && b[1].len() == 3
        && b[2].len() == 4
        && text.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'-' | b'.' | b' '))
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
        // `06/30/24 / 07/02/24`
        let text = text_of(&tokens[..n]).replace(" / ", " - ");
        let text = text.trim_end_matches([',', ';', '.']);
        let found = if field == Field::StatementDate || field == Field::Discharged || field == Field::ServiceTo {
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

fn amount(tokens: &[Token], page: u32, ocr: bool) -> Option<Read> {
    for n in (1..=tokens.len().min(4)).rev() {
        let text = text_of(&tokens[..n]);
        let text = text.trim_end_matches(['.', ',', ';', '*']);
        // `$1 2484`: not a dollar, but an amount whose point was not seen.
        if ocr && !text.contains('.') && tokens.get(n).is_some_and(|t| t.text.starts_with(|c: char| c.is_ascii_digit())) {
            continue;
        }
        let found = money::money(text).or_else(|| if ocr { money::money_lenient(text).map(|(m, _)| m) } else { None });
        if let Some(m) = found {
            let mut read = one(Value::Money(m), &tokens[..n], page)?;
            if ocr && torn::is_torn(text) {
                read.cell.confidence = read.cell.confidence.min(torn::TORN);
            }
            return Some(read);
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
