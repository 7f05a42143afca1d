//! Days of care that a sentence states: `You were admitted on March 5, 2025 and discharged on March 10, 2025`, `the care that
//! Jane Roe received on April 4, 2024`, `laboratory tests provided to you between May 2, 2025 and May 9, 2025`.

use jiff::civil::Date;

use super::pairs::Found;
use super::prose::sentences;
use super::segments::Paper;
use super::sentences::{PAPERS, Reader};
use super::values;
use crate::statement::{Cell, DocKind, Field};

/// What somebody receives on a day of care; a payment or a claim is received too.
const CARE: &[&str] = &[
    "care",
    "service",
    "services",
    "treatment",
    "treatments",
    "visit",
    "visits",
    "test",
    "tests",
    "imaging",
    "therapy",
    "transport",
    "transportation",
    "procedure",
    "procedures",
    "surgery",
];

/// Words between what was done and its day.
const LINKS: &[&str] = &["on", "of", "from", "to", "us", "you", "the", "hospital", "home", "between"];

/// Tokens of a range of days.
const LONGEST: usize = 9;

/// The day of all the care that the paper is about, where it says so in a sentence and speaks of no other:
/// `This is your bill for the services provided to you on April 4, 2024`.
pub(super) fn only_day(paper: &Paper, kind: DocKind, anchor: Option<Date>) -> Option<Cell> {
    let mut told = Vec::new();
    for sentence in &sentences(paper) {
        let reader = Reader { sentence, kind, anchor };
        if reader.has(PAPERS) && !reader.has(&["previous", "prior", "earlier", "last", "past"]) {
            reader.stays(&mut told);
        }
    }
    let (first, others) = told.split_first()?;
    let of_care = |f: &Found| matches!(f.field, Field::ServiceFrom | Field::ServiceTo);
    let same = others.iter().all(|f| of_care(f) && f.cell.value == first.cell.value);
    (of_care(first) && same).then(|| first.cell.clone())
}

impl Reader<'_> {
    /// Adds the days of a stay or of care that the sentence tells; one that sets a condition tells none.
    pub(super) fn stays(&self, out: &mut Vec<Found>) {
        let on_eob = self.kind == DocKind::Eob;
        let is_bill = matches!(self.kind, DocKind::ItemizedBill | DocKind::SummaryBill);
        if !(is_bill || on_eob) || self.has(&["if", "when", "until", "appointment"]) {
            return;
        }
        let tokens = &self.sentence.piece.tokens;
        for at in 0..tokens.len() {
            let field = match self.word(at) {
                "admitted" => Field::Admitted,
                "discharged" => Field::Discharged,
                "received" | "provided" | "given" | "rendered" | "performed" | "furnished" if self.of_care(at) => {
                    Field::ServiceFrom
                }
                "visit" if !self.has(&["next", "upcoming", "scheduled"]) => Field::ServiceFrom,
                // `for services on April 4, 2024`, `Outpatient services on April 4, 2024`
                "services" if self.of_this_paper(at) => Field::ServiceFrom,
                _ => continue,
            };
            let mut value = at + 1;
            while value < tokens.len() && value - at < 4 && LINKS.contains(&self.word(value)) {
                value += 1;
            }
            // a range of days has both of its ends
            let ranged = field == Field::ServiceFrom && matches!(self.word(value - 1), "between" | "from");
            let of_visit = self.word(at) == "visit" && self.word(value - 1) == "of";
            // `admitted 03/05/2025 and discharged 03/10/2025`
            let at_once = value == at + 1 && matches!(field, Field::Admitted | Field::Discharged);
            if !ranged && !of_visit && !at_once && self.word(value - 1) != "on" {
                continue;
            }
            // a notice tells which days its claims are of: `a summary of claims for services from 02/23/25 through 03/02/25`
            if on_eob && !ranged {
                continue;
            }
            let end = tokens.len().min(value + LONGEST);
            let Some(tokens) = tokens.get(value..end) else { continue };
            if let Some(r) = values::read(field, tokens, self.sentence.piece.page, false, self.anchor)
                && (!ranged || r.until.is_some())
            {
                if field == Field::ServiceFrom {
                    self.push(Field::ServiceTo, 2, r.until.unwrap_or_else(|| r.cell.clone()), value, out);
                }
                self.push(field, 2, r.cell, value, out);
            }
        }
    }

    /// Whether services that are told with their day are those of the paper, and no payment's or other bill's.
    fn of_this_paper(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |i| self.word(i));
        matches!(before, "for" | "outpatient" | "inpatient" | "emergency" | "hospital")
            && matches!(self.word(at + 1), "on" | "from" | "between")
            && !self.has(&["payment", "payments", "paid", "previous", "prior", "earlier", "claim", "estimate", "scheduled"])
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
    fn a_notice_tells_the_days_that_its_claims_are_of() {
        let told = |sentence: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Medicare Summary Notice"), (400.0, "March 5, 2025")]),
                (40.0, &[(30.0, sentence)]),
                (70.0, &[(30.0, "THIS IS NOT A BILL - Keep this notice for your records.")]),
                (90.0, &[(30.0, "Amount charged"), (-300.0, "Medicare paid"), (-420.0, "You may be billed")]),
                (102.0, &[(30.0, "$170.28"), (-300.0, "$101.01"), (-420.0, "$25.25")]),
            ]);
            [Field::ServiceFrom, Field::ServiceTo].map(|f| match s.header.get(&f).and_then(|c| c.first()).map(|c| &c.value) {
                Some(Value::Date(d)) => d.to_string(),
                _ => "-".to_owned(),
            })
        };
        let period = "This is a summary of claims for services from 02/23/25 through 03/02/25.";
        assert_eq!(told(period), ["2025-02-23", "2025-03-02"]);
        assert_eq!(told("This notice shows the claims that we processed from 02/23/25 through 03/02/25."), ["-", "-"]);
    }

    #[test]
    fn a_sentence_tells_the_days_of_care() {
        let stay = "You were admitted on March 5, 2025 and discharged on March 10, 2025.";
        assert_eq!(days(stay)[..2], ["2025-03-05", "2025-03-10"]);
        let visit = "This bill is for the care that Jane Roe received on April 4, 2025.";
        assert_eq!(days(visit)[2..], ["2025-04-04", "2025-04-04"]);
        let visit = "This statement covers your visit of April 4, 2025 with our doctors.";
        assert_eq!(days(visit)[2..], ["2025-04-04", "2025-04-04"]);
        let visit = "Statement of account 80231 for Jane Roe, for services on April 4, 2025.";
        assert_eq!(days(visit)[2..], ["2025-04-04", "2025-04-04"]);
        let stay = "Patient Jane Roe, admitted 03/05/2025 and discharged 03/10/2025.";
        assert_eq!(days(stay)[..2], ["2025-03-05", "2025-03-10"]);
        let range = "This is your bill for the tests provided to you between May 2, 2025 and May 9, 2025.";
        assert_eq!(days(range)[2..], ["2025-05-02", "2025-05-09"]);
        for other in [
            "Thank you for your payment for services on April 4, 2025 with us.",
            "The care was billed, and a payment was received on April 4, 2025.",
            "If you were admitted on March 5, 2025 please call our office today.",
            "Please bring this statement to your next visit on April 4, 2025 with us.",
        ] {
            assert_eq!(days(other), ["-"; 4], "{other}");
        }
    }
}
