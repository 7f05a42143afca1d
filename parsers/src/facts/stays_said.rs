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
