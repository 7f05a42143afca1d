//! What a heading or a title says of the rows below it: `Payments and adjustments`, or `Services and charges`.

use std::sync::LazyLock;

use regex::Regex;

use crate::statement::Field;
use crate::table::Table;

static CREDIT_SECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(payments?|pmts?|adjustments?|credits?|receipts|paid (?:or|and) adjusted)\b").expect("a constant pattern")
});
static CHARGE_SECTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(charges?|services?|activity|summary|details?)\b").expect("a constant pattern"));

/// `We accept cash, check, money order and major credit cards.` over a table says nothing of its rows.
fn is_sentence(text: &str) -> bool {
    let text = text.trim_end();
    text.ends_with(['.', '!']) && text.split_whitespace().count() >= 5 || text.to_lowercase().contains("credit card")
}

/// Whether a heading says that payments or adjustments follow.
pub(crate) fn lists_credits(text: &str) -> bool {
    text.len() < 70 && CREDIT_SECTION.is_match(text) && !lists_services(text) && !is_sentence(text)
}

/// Whether a heading says that charges follow. `Payment activity` is that of payments.
pub(crate) fn lists_services(text: &str) -> bool {
    static OF_CREDITS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\b(payments?|credits?|adjustments?) activity\b").expect("a constant pattern"));
    CHARGE_SECTION.is_match(&OF_CREDITS.replace_all(text, ""))
}

/// Whether the title of a table says that it lists credits. `CREDITS` over some of its columns, beside one of charges, is no title
/// but the name of these.
pub(crate) fn titled_as_credits(table: &Table) -> bool {
    let kinds = [Field::PlanPaid, Field::PatientPaid, Field::OtherPaid, Field::PlanDiscount];
    let has = |f: Field| table.columns.iter().any(|c| c.has(f));
    let over_some = has(Field::Charge) && kinds.into_iter().filter(|f| has(*f)).count() >= 2;
    lists_credits(&table.title) && !over_some
}

#[cfg(test)]
mod tests {
    use super::lists_credits;

    #[test]
    fn a_sentence_heads_no_credits() {
        assert!(lists_credits("Payments and adjustments") && lists_credits("CREDITS POSTED"));
        assert!(lists_credits("PAYMENT ACTIVITY") && lists_credits("What has been paid or adjusted"));
        assert!(!lists_credits("Payment activity and charges") && !lists_credits("Account activity"));
        assert!(!lists_credits("We accept cash, check, money order and major credit cards."));
        assert!(!lists_credits("Your last payment has been received."));
    }
}
