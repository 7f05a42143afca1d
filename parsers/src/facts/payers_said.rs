//! Who insures, as the sentences of a bill name them: `We billed Medicare for you`, `Your insurance, Lakeside Health Plan, has
//! paid us`, `Your visit was processed by Lakeside Health Plan`.

use super::pairs::Found;
use super::sentences::Reader;
use super::wording::{is_organisation, is_person, payer_words};
use crate::statement::{DocKind, Field};

impl Reader<'_> {
    /// `We billed Medicare for you`, `submitted to Blue Cross of Texas`, `Your insurance, Lakeside Health Plan, has paid us`.
    pub(super) fn payer(&self, out: &mut Vec<Found>) {
        if matches!(self.kind, DocKind::Eob | DocKind::DenialLetter) {
            return;
        }
        // `Lakeside Health Plan has paid $36.14`
        let end = self.name(0);
        if end >= 2 && (self.word(end) == "paid" || self.word(end) == "has" && self.word(end + 1) == "paid") {
            let text = self.text(0, end);
            if payer_words(&text) > 0 && is_organisation(&text) && !matches!(self.word(0), "your" | "the" | "this") {
                self.push(Field::Payer, 3, self.cell(&text, 0, end), 0, out);
                return;
            }
        }
        for at in 1..self.sentence.words.len() {
            let before = self.word(at - 1);
            let earlier = at.checked_sub(2).map_or("", |i| self.word(i));
            let told = before == "billed" && matches!(earlier, "we" | "have" | "also" | "insurance" | "insurer")
                || matches!(before, "insurance" | "insurer" | "plan" | "carrier")
                    && matches!(earlier, "your" | "the")
                    && self.sentence.piece.tokens[at - 1].text.ends_with(',')
                || matches!(before, "to" | "with")
                    && (at.saturating_sub(6)..at - 1).any(|i| matches!(self.word(i), "billed" | "submitted" | "filed" | "sent"))
                    && self.has(&["claim", "claims", "charges", "insurance", "bill"])
                || before == "by" && (matches!(earlier, "insured" | "covered") || at >= 2 && self.care_was_settled(at - 2))
                || before == "is"
                    && at >= 3
                    && self.word(at - 2) == "file"
                    && self.has(&["insurance", "coverage", "payer", "insurer"])
                || before == "is" && matches!(earlier, "insurance" | "insurer" | "carrier" | "payer");
            if !told {
                continue;
            }
            let mut end = self.name(at);
            if let Some(k) = (at..end).find(|k| self.word(*k) == "for") {
                end = k;
            }
            if end == at {
                continue;
            }
            let text = self.text(at, end);
            let named = payer_words(&text) > 0 || before == "billed" && !is_person(&text);
            if named && is_organisation(&text) && !matches!(self.word(at), "you" | "your" | "the" | "this") {
                self.push(Field::Payer, 3, self.cell(&text, at, end), at, out);
                return;
            }
        }
    }

    /// `your visit was processed` at this word: what a plan has done with the care, and nobody else does.
    fn care_was_settled(&self, at: usize) -> bool {
        const CARE: [&str; 8] = ["visit", "visits", "care", "claim", "claims", "services", "service", "charges"];
        let settled = matches!(self.word(at), "processed" | "adjudicated" | "paid" | "settled" | "reviewed" | "reimbursed");
        let been = at > 0 && matches!(self.word(at - 1), "was" | "were" | "been" | "partly" | "partially");
        settled && been && (at.saturating_sub(6)..at).any(|i| CARE.contains(&self.word(i)))
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::read;

    /// The insurer of a bill that has one sentence.
    fn payer(sentence: &'static str) -> Option<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Family Medicine"), (500.0, "Statement")]),
            (40.0, &[(30.0, sentence)]),
            (70.0, &[(30.0, "Total charges"), (-300.0, "$600.00")]),
            (82.0, &[(30.0, "Amount due"), (-300.0, "$60.00")]),
        ]);
        s.header.get(&Field::Payer).and_then(|c| c.first()).map(|c| c.raw.clone())
    }

    #[test]
    fn who_has_settled_the_care_insures() {
        for told in [
            "Hi Jane, your visit was processed by Harbor Health Plan.",
            "Your claim for this care has been paid by Harbor Health Plan.",
            "The charges below were reviewed by Harbor Health Plan and this is your share.",
        ] {
            assert_eq!(payer(told).as_deref().map(|p| p.trim_end_matches('.')), Some("Harbor Health Plan"), "{told}");
        }
    }

    #[test]
    fn to_whom_a_bill_is_sent_is_no_insurer() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Family Medicine"), (500.0, "Statement")]),
            (40.0, &[(300.0, "Billed to"), (420.0, "Henry Roe")]),
            (54.0, &[(30.0, "HENRY ROE")]),
            (66.0, &[(30.0, "3041 N HARRISON ST")]),
            (78.0, &[(30.0, "MOBILE, AL 36615")]),
            (100.0, &[(30.0, "We billed Elm Assurance for these services.")]),
            (130.0, &[(30.0, "Total charges"), (-300.0, "$600.00")]),
            (142.0, &[(30.0, "Amount due"), (-300.0, "$60.00")]),
        ]);
        assert_eq!(s.header.get(&Field::Payer).map(|c| c[0].raw.as_str()), Some("Elm Assurance"));
    }

    #[test]
    fn what_others_have_settled_names_no_insurer() {
        for told in [
            "Your payment was processed by Harbor Plan Services on the day that it came.",
            "Your visit was processed by our office in the usual way.",
            "Your visit was reviewed by Lakeside Medical Center and its staff.",
        ] {
            assert_eq!(payer(told), None, "{told}");
        }
    }
}
