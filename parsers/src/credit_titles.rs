//! What a heading or a title says of the rows below it: `Payments and adjustments`, or `Services and charges`.

use std::sync::LazyLock;

use regex::Regex;

use crate::statement::Field;
use crate::table::Table;

static CREDIT_SECTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(payments?|pmts?|adjustments?|credits?|receipts)\b").expect("a constant pattern"));
static CHARGE_SECTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(charges?|services?|activity|summary|details?)\b").expect("a constant pattern"));

/// Whether a heading says that payments or adjustments follow.
pub(crate) fn lists_credits(text: &str) -> bool {
    text.len() < 70 && CREDIT_SECTION.is_match(text) && !lists_services(text)
}

/// Whether a heading says that charges follow.
pub(crate) fn lists_services(text: &str) -> bool {
    CHARGE_SECTION.is_match(text)
}

/// Whether the title of a table says that it lists credits. `CREDITS` over some of its columns, beside one of charges, is no title
/// but the name of these.
pub(crate) fn titled_as_credits(table: &Table) -> bool {
    let kinds = [Field::PlanPaid, Field::PatientPaid, Field::OtherPaid, Field::PlanDiscount];
    let has = |f: Field| table.columns.iter().any(|c| c.has(f));
    let over_some = has(Field::Charge) && kinds.into_iter().filter(|f| has(*f)).count() >= 2;
    lists_credits(&table.title) && !over_some
}
