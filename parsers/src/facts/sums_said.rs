//! Sums that a sentence of an EOB states: `We paid $368.51. Your share is $40.95.`

use super::pairs::Found;
use super::sentences::Reader;
use super::values;
use crate::statement::{DocKind, Field};

/// Words between what a sum is and its amount.
const LINKS: &[&str] = &["is", "was", "are", "a", "total", "of", "the", "to", "be", "your", "provider", "providers", "them"];

/// Who pays a claim, who is left with a share of it.
const INSURER: &[&str] = &["we", "plan", "insurance", "medicare", "medicaid", "insurer"];
const READER: &[&str] =
    &["you", "your", "patient", "patient's", "member", "member's", "beneficiary", "beneficiary's", "participant's"];

impl Reader<'_> {
    /// Adds the sums that the sentence is about; one that sets a condition or a limit, or speaks of other sums, has none.
    pub(super) fn sums(&self, out: &mut Vec<Found>) {
        let other = ["if", "deductible", "limit", "maximum", "year", "would", "could", "up", "example", "toward", "towards"];
        if self.kind != DocKind::Eob || self.has(&other) {
            return;
        }
        let tokens = &self.sentence.piece.tokens;
        let mut from = 0;
        for at in 0..tokens.len() {
            let Some(read) = values::read(Field::TotalCharges, &tokens[at..=at], self.sentence.piece.page, false, None) else {
                continue;
            };
            let mut last = at;
            while last > from && LINKS.contains(&self.word(last - 1)) {
                last -= 1;
            }
            let before: Vec<&str> = (from..last).rev().take(4).map(|i| self.word(i)).collect();
            if let Some(field) = said(&before, [self.word(at + 1), self.word(at + 2)]) {
                self.push(field, 2, read.cell, at, out);
            }
            from = at + 1;
        }
    }
}

/// What the words around an amount say that it is; those before it the nearest first.
fn said(before: &[&str], behind: [&str; 2]) -> Option<Field> {
    let any = |of: &[&str]| before.iter().skip(1).any(|w| of.contains(w));
    match before.first().copied().unwrap_or_default() {
        // `You paid` is no payment of the plan, but `your plan paid` is
        "paid" if any(INSURER) && !any(&["you", "patient", "member"]) => Some(Field::TotalPlanPaid),
        "share" | "responsibility" | "portion" | "owe" if any(READER) => Some(Field::TotalPatientResponsibility),
        "billed" | "charged" if !any(&["not", "be"]) => Some(Field::TotalCharges),
        _ if behind == ["in", "charges"] => Some(Field::TotalCharges),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_what_the_words_around_it_say() {
        assert_eq!(said(&["paid", "we"], ["", ""]), Some(Field::TotalPlanPaid));
        assert_eq!(said(&["paid", "plan", "health"], ["", ""]), Some(Field::TotalPlanPaid));
        assert_eq!(said(&["share", "beneficiary's"], ["", ""]), Some(Field::TotalPatientResponsibility));
        assert_eq!(said(&["for", "claims"], ["in", "charges"]), Some(Field::TotalCharges));
        assert_eq!(said(&["paid", "you"], ["", ""]), None);
        assert_eq!(said(&["paid", "plan", "your"], ["", ""]), Some(Field::TotalPlanPaid));
        assert_eq!(said(&["fee"], ["", ""]), None);
    }
}
