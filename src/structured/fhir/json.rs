//! Looking into JSON whose fields may be missing or of another type than they should.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::record::Money;

/// One coding of a CodeableConcept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coding<'a> {
    /// URL of the code system; empty where none is named.
    pub system: &'a str,
    /// The code.
    pub code: &'a str,
    /// What it means; empty where nothing is said.
    pub display: &'a str,
}

impl<'a> Coding<'a> {
    /// The code without the address that CMS puts before its variables.
    pub fn short(self) -> &'a str {
        self.code.rsplit('/').next().unwrap_or(self.code)
    }
}

/// A text that is not blank.
pub fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().map(str::trim).filter(|t| !t.is_empty())
}

/// The elements of a list; none where there is no list.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The codings of a concept.
pub fn codings(concept: Option<&Value>) -> Vec<Coding<'_>> {
    concept
        .map_or(&[][..], |c| list(c, "coding"))
        .iter()
        .filter_map(|c| {
            let code = text(c, "code")?;
            Some(Coding { system: text(c, "system").unwrap_or_default(), code, display: text(c, "display").unwrap_or_default() })
        })
        .collect()
}

/// A decimal. JSON numbers reach us as the shortest decimals that stand for them, which are those of the file up to
/// fifteen digits; some servers write numbers as texts.
pub fn decimal(value: Option<&Value>) -> Option<Decimal> {
    let text = match value? {
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.trim().to_owned(),
        _ => return None,
    };
    let number = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&text)).ok()?;
    (number.abs() < Decimal::from(1_000_000_000_000_i64)).then_some(number)
}

/// The amount of a Money or Quantity in US dollars.
pub fn money(value: Option<&Value>) -> Option<Money> {
    let value = value?;
    let dollars = text(value, "currency").is_none_or(|c| c == "USD");
    decimal(value.get("value")).filter(|_| dollars).map(Money)
}

/// The day of a date, dateTime or instant.
pub fn day(text: Option<&str>) -> Option<Date> {
    text?.get(..10)?.parse::<Date>().ok()
}
