//! What a column's heading says beside the name of one field: a second field, a letter of the reckoning.

use std::sync::LazyLock;

use regex::Regex;

use crate::columns::is_money_field;
use crate::statement::Field;

/// `Deductible and copay amount`: the shares of a heading that names more than one. What stands under it is not the first
/// of them alone.
pub(crate) fn two_shares(text: &str) -> Option<Vec<Field>> {
    let lower = text.to_lowercase();
    let shares = [
        (Field::Deductible, lower.find("deduct")),
        (Field::Copay, lower.find("copay").or_else(|| lower.find("co-pay"))),
        (Field::Coinsurance, lower.find("coins").or_else(|| lower.find("co-ins"))),
    ];
    let mut named: Vec<(usize, Field)> = shares.into_iter().filter_map(|(f, at)| Some((at?, f))).collect();
    named.sort_by_key(|(at, _)| *at);
    // `Remaining after deductible and copay` is neither
    (named.len() > 1 && !lower.contains("after")).then(|| named.into_iter().map(|(_, f)| f).collect())
}

/// `Amount billed (A)`, `B. Discount`, `Your share (A-B=C)`: the letters by which a paper explains its reckoning.
pub(crate) fn without_mark(text: &str) -> &str {
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        let behind = r"\s+(?:\([A-N](?:\s*[-+=\u{2013}]\s*[A-N])*\)|[A-N](?:\s*[-+=\u{2013}]\s*[A-N])*)$";
        Regex::new(&format!(r"^\(?[A-N][.)]\s+|{behind}")).expect("a constant pattern")
    });
    match MARK.find(text.trim()) {
        Some(m) if m.start() == 0 => text.trim()[m.end()..].trim(),
        Some(m) => text.trim()[..m.start()].trim(),
        None => text,
    }
}

/// `Charge (procedure code)`: what stands in brackets behind the words of a heading, and so behind those of each service.
pub(crate) fn in_brackets(text: &str) -> Option<&str> {
    let (words, inside) = text.trim().strip_suffix(')')?.split_once('(')?;
    (words.chars().filter(|c| c.is_alphabetic()).count() >= 4).then_some(inside)
}

/// Whether a phrase names two amounts side by side.
pub(crate) fn are_two(phrase: &str, fields: &[Field]) -> bool {
    let amounts = fields.iter().filter(|f| is_money_field(**f)).count();
    amounts > 1 && !phrase.contains(['/', '&']) && !phrase.to_lowercase().contains(" and ")
}

/// A heading with the word `patient` where it names who received the service otherwise, as suppliers and homes do:
/// `Customer paid`, `Client balance`, `Resident owes`.
pub(crate) fn of_the_patient(heading: &str) -> String {
    let is_patient = |w: &str| matches!(w.to_lowercase().as_str(), "customer" | "client" | "resident");
    heading.split(' ').map(|w| if is_patient(w) { "patient" } else { w }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::of_the_patient;

    #[test]
    fn a_customer_is_the_patient() {
        assert_eq!(of_the_patient("Customer paid"), "patient paid");
        assert_eq!(of_the_patient("Customary charge"), "Customary charge");
    }
}
