//! One item of an ExplanationOfBenefit or Claim → one line.

use rust_decimal::Decimal;
use serde_json::Value;

use super::adjudication::{amounts, reasons};
use super::json::{Coding, codings, day, decimal, list, money, text};
use crate::record::{Field, Money};
use crate::structured::cells::Cells;

/// An item as far as the record goes.
pub struct Item {
    /// Its cells.
    pub cells: Cells,
    /// Four digits.
    pub revenue_code: String,
    /// What was charged for it.
    pub charge: Option<Money>,
    /// Codes of reasons with their texts.
    pub reasons: Vec<(String, String)>,
}

/// Reads an item.
pub fn read(item: &Value, page: u32) -> Item {
    let mut cells = Cells::new(page);
    let period = item.get("servicedPeriod");
    let from = day(text(item, "servicedDate")).or_else(|| period.and_then(|p| day(text(p, "start"))));
    cells.period(from, period.and_then(|p| day(text(p, "end"))));
    let revenue_code = revenue(item);
    cells.text(Field::RevenueCode, &revenue_code);
    let products = codings(item.get("productOrService"));
    if let Some(code) = products.iter().find(|c| is_procedure(c)) {
        cells.code(Field::Code, code.code);
    }
    let words = item.get("productOrService").and_then(|p| text(p, "text"));
    let display = products.iter().map(|c| c.display).find(|d| !d.is_empty());
    cells.text(Field::Description, words.or(display).unwrap_or_default());
    let modifiers: Vec<String> =
        list(item, "modifier").iter().filter_map(|m| codings(Some(m)).first().map(|c| c.code.to_uppercase())).collect();
    cells.list(Field::Modifiers, &modifiers.into_iter().filter(|m| m.len() == 2).collect::<Vec<_>>());
    let units = item.get("quantity").and_then(|q| decimal(q.get("value")));
    cells.number(Field::Units, units);
    let adjudications = list(item, "adjudication");
    let mut amounts = amounts(adjudications);
    if let Some(charge) = money(item.get("net")).or_else(|| priced(item, units)) {
        amounts.entry(Field::Charge).or_insert(charge);
    }
    for (field, amount) in &amounts {
        cells.money(*field, Some(*amount));
    }
    let reasons = reasons(adjudications);
    cells.list(Field::RemarkCodes, &reasons.iter().map(|r| r.0.clone()).collect::<Vec<_>>());
    Item { cells, revenue_code, charge: amounts.get(&Field::Charge).copied(), reasons }
}

/// The net of an item is its unit price times its quantity, where no factor or tax changes it.
fn priced(item: &Value, units: Option<Decimal>) -> Option<Money> {
    let price = money(item.get("unitPrice")).filter(|_| item.get("factor").is_none())?;
    Some(Money((price.0 * units.unwrap_or(Decimal::ONE)).round_dp(2)))
}

/// Procedure codes have five signs; drugs and placeholders are something else.
fn is_procedure(c: &Coding<'_>) -> bool {
    let elsewhere = ["/ndc", "rxnorm", "data-absent-reason", "icd", "nullflavor", "snomed"];
    let system = c.system.to_lowercase();
    let sign = c.code.len() <= 5 && c.code.chars().all(|x| x.is_ascii_alphanumeric());
    sign && !elsewhere.iter().any(|e| system.contains(e)) && !c.code.eq_ignore_ascii_case("na")
}

/// The revenue code among the codings of `revenue`, four digits with the leading zero.
fn revenue(item: &Value) -> String {
    let digits = |c: &Coding<'_>| (1..=4).contains(&c.code.len()) && c.code.bytes().all(|b| b.is_ascii_digit());
    let all = codings(item.get("revenue"));
    let own = all.iter().filter(|c| !c.system.ends_with("ddctbl_coinsrnc_cd")).find(|c| digits(c));
    own.map(|c| format!("{:0>4}", c.code)).unwrap_or_default()
}
