//! `case.toml`: the facts that no document states.
//!
//! Every key is optional; an unknown key or a value out of its range is an error with line and column, because a
//! mistyped income or date must not be taken for none.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use crate::record::Money;

/// Everything that a `case.toml` may say.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseFile {
    /// Who the case is about.
    pub patient: PatientFacts,
    /// The plan; `None` where the file has no such table.
    pub plan: Option<PlanFacts>,
    /// The provider.
    pub provider: ProviderFacts,
    /// What the patient says did not happen.
    pub attest: Attest,
    /// Dates of the hospital's financial assistance.
    pub assistance: Assistance,
    /// A good-faith estimate.
    pub estimate: Option<Estimate>,
    /// What the patient could pay.
    pub finance: Option<Finance>,
}

/// `[patient]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PatientFacts {
    /// Full name.
    pub name: Option<String>,
    /// Two-letter postal code of the state of residence.
    #[serde(deserialize_with = "state", skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// People in the household, from 1.
    #[serde(deserialize_with = "household", skip_serializing_if = "Option::is_none")]
    pub household_size: Option<u32>,
    /// The household's income of a year, US dollars.
    #[serde(deserialize_with = "amount", skip_serializing_if = "Option::is_none")]
    pub annual_income: Option<Money>,
}

/// Kind of coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanKind {
    /// Employer, marketplace or other private coverage.
    Commercial,
    /// Original Medicare.
    Medicare,
    /// Medicare Advantage (Part C).
    MedicareAdvantage,
    /// Medicaid, fee for service or managed care.
    Medicaid,
    /// No coverage is used.
    SelfPay,
}

/// `[plan]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlanFacts {
    /// Kind of coverage.
    pub kind: Option<PlanKind>,
    /// Plan year.
    #[serde(deserialize_with = "year", skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
    /// In-network deductible of the year.
    #[serde(deserialize_with = "amount", skip_serializing_if = "Option::is_none")]
    pub deductible: Option<Money>,
    /// In-network out-of-pocket maximum of the year.
    #[serde(deserialize_with = "amount", skip_serializing_if = "Option::is_none")]
    pub out_of_pocket_max: Option<Money>,
}

/// `[provider]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderFacts {
    /// Whether it is a hospital organisation under section 501(c)(3).
    pub nonprofit: Option<bool>,
}

/// `[attest]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attest {
    /// Services that were not received.
    pub not_received: Vec<Attested>,
    /// Services that were cancelled.
    pub cancelled: Vec<Attested>,
}

/// One service that the patient names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawAttested")]
pub struct Attested {
    /// Day of service.
    pub date: Date,
    /// CPT, HCPCS or CDT code.
    pub code: Option<String>,
    /// Words of the bill's description.
    pub description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAttested {
    #[serde(deserialize_with = "required_day")]
    date: Date,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

impl TryFrom<RawAttested> for Attested {
    type Error = &'static str;

    fn try_from(raw: RawAttested) -> Result<Self, Self::Error> {
        if raw.code.is_none() && raw.description.is_none() {
            return Err("an attested service needs a `code` or a `description`");
        }
        Ok(Self { date: raw.date, code: raw.code.map(|c| c.trim().to_uppercase()), description: raw.description })
    }
}

/// `[assistance]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Assistance {
    /// Date of the first bill after discharge, from which the 120 and 240 days run.
    #[serde(deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub first_bill: Option<Date>,
    /// Date of the application.
    #[serde(deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub applied_on: Option<Date>,
    /// The policy's limit in percent of the poverty guideline.
    #[serde(deserialize_with = "percent", skip_serializing_if = "Option::is_none")]
    pub limit_percent: Option<Decimal>,
}

/// `[estimate]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// What it came to.
    #[serde(deserialize_with = "required_amount")]
    pub amount: Money,
    /// Who gave it.
    #[serde(default)]
    pub provider: Option<String>,
}

/// `[finance]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Finance {
    /// What could be paid at once.
    #[serde(deserialize_with = "amount", skip_serializing_if = "Option::is_none")]
    pub lump_sum: Option<Money>,
    /// What could be paid each month.
    #[serde(deserialize_with = "amount", skip_serializing_if = "Option::is_none")]
    pub monthly: Option<Money>,
}

/// Why a `case.toml` was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct CaseFileError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads the text of a `case.toml`.
pub fn parse_case_file(text: &str) -> Result<CaseFile, CaseFileError> {
    toml::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|e| {
        let at = e.span().map_or(0, |s| s.start).min(text.len());
        let before = text.get(..at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        CaseFileError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: e.message().to_owned(),
        }
    })
}

/// A number as TOML may write it; the text of a float is its shortest form, exact for cents.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Fraction(f64),
    Text(String),
}

fn decimal<'de, D: Deserializer<'de>>(d: D) -> Result<Decimal, D::Error> {
    let n = Number::deserialize(d).map_err(|_| D::Error::custom("expected an amount such as 1500 or 1500.00"))?;
    let read = match &n {
        Number::Whole(i) => Some(Decimal::from(*i)),
        Number::Fraction(f) => f.to_string().parse().ok(),
        Number::Text(s) => s.trim().trim_start_matches('$').replace(',', "").parse().ok(),
    };
    match read {
        Some(v) if v < Decimal::ZERO => Err(D::Error::custom("an amount cannot be negative")),
        Some(v) if v > Decimal::from(1_000_000_000) => Err(D::Error::custom("the amount is too large")),
        Some(v) => Ok(v),
        None => Err(D::Error::custom("expected an amount such as 1500 or 1500.00")),
    }
}

fn required_amount<'de, D: Deserializer<'de>>(d: D) -> Result<Money, D::Error> {
    decimal(d).map(Money)
}

fn amount<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Money>, D::Error> {
    required_amount(d).map(Some)
}

fn percent<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Decimal>, D::Error> {
    match decimal(d)? {
        v if v.is_zero() || v > Decimal::from(2000) => Err(D::Error::custom("expected a percentage above 0, up to 2000")),
        v => Ok(Some(v)),
    }
}

fn household<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u32>, D::Error> {
    match i64::deserialize(d)? {
        n @ 1..=60 => Ok(u32::try_from(n).ok()),
        n => Err(D::Error::invalid_value(Unexpected::Signed(n), &"a number of people from 1 to 60")),
    }
}

fn year<'de, D: Deserializer<'de>>(d: D) -> Result<Option<i16>, D::Error> {
    match i64::deserialize(d)? {
        n @ 1990..=2100 => Ok(i16::try_from(n).ok()),
        n => Err(D::Error::invalid_value(Unexpected::Signed(n), &"a year from 1990 to 2100")),
    }
}

fn state<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    let s = String::deserialize(d)?;
    let up = s.trim().to_uppercase();
    if up.len() == 2 && up.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(Some(up))
    } else {
        Err(D::Error::invalid_value(Unexpected::Str(&s), &"a state's two-letter code such as \"TX\""))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DayText {
    Toml(toml::value::Datetime),
    Text(String),
}

fn required_day<'de, D: Deserializer<'de>>(d: D) -> Result<Date, D::Error> {
    let wrong = || D::Error::custom("expected a date such as 2025-03-09");
    let text = match DayText::deserialize(d).map_err(|_| wrong())? {
        DayText::Toml(t) => match t.date {
            Some(day) => day.to_string(),
            None => return Err(wrong()),
        },
        DayText::Text(s) => s.trim().to_owned(),
    };
    text.parse().map_err(|_| wrong())
}

fn day<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Date>, D::Error> {
    required_day(d).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const FULL: &str = r#"
[patient]
name = "Maria Alvarez"
state = "tx"
household_size = 3
annual_income = 41000
[plan]
kind = "medicare-advantage"
year = 2025
deductible = 1500.10
out_of_pocket_max = "6,000.00"
[provider]
nonprofit = true
[attest]
not_received = [{ date = 2025-03-09, code = "j2405" }]
cancelled = [{ date = "2025-03-10", description = "MRI" }]
[assistance]
first_bill = 2025-04-01
applied_on = 2025-05-12
limit_percent = 350
[estimate]
amount = 1200.00
provider = "Lakeside Imaging"
[finance]
lump_sum = 800
monthly = 75
"#;

    #[test]
    fn every_key() {
        let f = parse_case_file(FULL).unwrap();
        assert_eq!(f.patient.state.as_deref(), Some("TX"));
        assert_eq!(f.patient.household_size, Some(3));
        let plan = f.plan.unwrap();
        assert_eq!(plan.kind, Some(PlanKind::MedicareAdvantage));
        assert_eq!(plan.deductible, Some(Money::from_cents(150_010)));
        assert_eq!(plan.out_of_pocket_max, Some(Money::from_cents(600_000)));
        assert_eq!(f.attest.not_received[0].code.as_deref(), Some("J2405"));
        assert_eq!(f.attest.cancelled[0].date, date(2025, 3, 10));
        assert_eq!(f.assistance.applied_on, Some(date(2025, 5, 12)));
        assert_eq!(f.estimate.unwrap().amount, Money::from_cents(120_000));
        assert_eq!(f.finance.unwrap().monthly, Some(Money::from_cents(7_500)));
    }

    #[test]
    fn an_empty_file_states_nothing() {
        assert_eq!(parse_case_file("").unwrap(), CaseFile::default());
    }

    fn place(text: &str) -> (usize, usize, String) {
        let e = parse_case_file(text).unwrap_err();
        (e.line, e.column, e.message)
    }

    #[test]
    fn errors_name_line_and_column() {
        let (line, column, message) = place("[patient]\nname = \"A\"\nincome = 3\n");
        assert_eq!((line, column), (3, 1));
        assert!(message.contains("income"), "{message}");
        assert_eq!(place("[patient]\nannual_income = -5\n").0, 2);
        assert_eq!(place("[plan]\nyear = 25\n").0, 2);
        assert_eq!(place("[plan]\nkind = \"hmo\"\n").0, 2);
        assert_eq!(place("[assistance]\n\nfirst_bill = \"04/01/2025\"\n").0, 3);
        assert_eq!(place("[attest]\ncancelled = [{ date = 2025-03-10 }]\n").0, 2);
        assert_eq!(place("[patient\n").0, 1);
        assert_eq!(place("[patient]\nstate = \"Texas\"\n").1, 9);
    }

    proptest! {
        #[test]
        fn no_text_panics(s in "\\PC{0,200}") {
            let _ = parse_case_file(&s);
        }

        #[test]
        fn cents_survive(c in 0i64..100_000_000) {
            let m = Money::from_cents(c);
            let f = parse_case_file(&format!("[patient]\nannual_income = {m}\n")).unwrap();
            prop_assert_eq!(f.patient.annual_income.map(|m| m.to_string()), Some(m.to_string()));
        }
    }
}
