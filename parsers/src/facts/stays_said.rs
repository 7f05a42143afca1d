//! Days of care that a sentence states: `You were admitted on March 5, 2025 and discharged on March 10, 2025`, `the care that
//! Jane Roe received on April 4, 2024`.

use super::pairs::Found;
use super::sentences::Reader;
use super::values;
use crate::statement::{DocKind, Field};

/// What somebody receives on a day of care; a payment or a claim is received too.
const CARE: &[&str] = &["care", "service", "services", "treatment", "visit", "visits"];

/// Words between what was done and its day.
const LINKS: &[&str] = &["on", "from", "to", "us", "the", "hospital", "home"];

impl Reader<'_> {
    /// Adds the days of a stay or of care that the sentence tells; one that sets a condition tells none.
    pub(super) fn stays(&self, out: &mut Vec<Found>) {
        if !matches!(self.kind, DocKind::ItemizedBill | DocKind::SummaryBill) || self.has(&["if", "when", "until", "appointment"])
        {
            return;
        }
        let tokens = &self.sentence.piece.tokens;
        for at in 0..tokens.len() {
            let field = match self.word(at) {
                "admitted" => Field::Admitted,
                "discharged" => Field::Discharged,
                "received" | "provided" | "given" | "rendered" if self.of_care(at) => Field::ServiceFrom,
                _ => continue,
            };
            let mut value = at + 1;
            while value < tokens.len() && value - at < 4 && LINKS.contains(&self.word(value)) {
                value += 1;
            }
            if self.word(value - 1) != "on" {
                continue;
            }
            let end = tokens.len().min(value + 4);
            let Some(tokens) = tokens.get(value..end) else { continue };
            if let Some(r) = values::read(field, tokens, self.sentence.piece.page, false, self.anchor) {
                if field == Field::ServiceFrom && r.until.is_none() {
                    self.push(Field::ServiceTo, 2, r.cell.clone(), value, out);
                }
                self.push(field, 2, r.cell, value, out);
            }
        }
    }

    /// Whether it is care that was received: the noun stands before the verb, and no payment or claim between them.
    fn of_care(&self, at: usize) -> bool {
        let nouns = (0..at).rev().map(|i| self.word(i));
        let other = |w: &str| matches!(w, "payment" | "payments" | "claim" | "claims" | "check" | "letter" | "request");
        nouns.take_while(|w| !other(w)).any(|w| CARE.contains(&w))
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    fn days(sentence: &'static str) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (500.0, "Billing statement")]),
            (40.0, &[(30.0, sentence)]),
            (70.0, &[(30.0, "Total charges"), (-300.0, "$1,000.00")]),
            (82.0, &[(30.0, "Amount due"), (-300.0, "$1,000.00")]),
        ]);
        let day = |f: &Field| match s.header.get(f).and_then(|c| c.first()).map(|c| &c.value) {
            Some(Value::Date(d)) => d.to_string(),
            _ => "-".to_owned(),
        };
        [Field::Admitted, Field::Discharged, Field::ServiceFrom, Field::ServiceTo].iter().map(day).collect()
    }

    #[test]
    fn a_sentence_tells_the_days_of_care() {
        let stay = "You were admitted on March 5, 2025 and discharged on March 10, 2025.";
        assert_eq!(days(stay)[..2], ["2025-03-05", "2025-03-10"]);
        let visit = "This bill is for the care that Jane Roe received on April 4, 2025.";
        assert_eq!(days(visit)[2..], ["2025-04-04", "2025-04-04"]);
        for other in [
            "The care was billed, and a payment was received on April 4, 2025.",
            "If you were admitted on March 5, 2025 please call our office today.",
        ] {
            assert_eq!(days(other), ["-"; 4], "{other}");
        }
    }
}
