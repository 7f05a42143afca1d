//! Sums that a sentence states, of an EOB `We paid $368.51. Your share is $40.95.`, of a bill `Summit Health Plan has paid $36.14
//! and, under our agreement, $166.84 was written off. The balance of your account is $88.92.`

use super::pairs::Found;
use super::sentences::Reader;
use super::values;
use crate::statement::{DocKind, Field};

/// Words between what a sum is and its amount.
const LINKS: &[&str] = &[
    "is",
    "was",
    "are",
    "a",
    "total",
    "of",
    "the",
    "to",
    "be",
    "your",
    "provider",
    "providers",
    "them",
    "came",
    "come",
    "comes",
    "us",
];

/// Who pays a claim, who is left with a share of it.
const INSURER: &[&str] = &["we", "plan", "insurance", "medicare", "medicaid", "insurer"];
/// Whose they may be without being the reader.
const THEIR: [&str; 4] = ["your", "patient's", "member's", "the"];
const READER: &[&str] =
    &["you", "your", "patient", "patient's", "member", "member's", "beneficiary", "beneficiary's", "participant's"];

impl Reader<'_> {
    /// Adds the sums that the sentence is about; one that sets a condition or a limit, or speaks of other sums, has none.
    pub(super) fn sums(&self, out: &mut Vec<Found>) {
        let other = ["if", "deductible", "limit", "maximum", "year", "would", "could", "up", "example", "toward", "towards"];
        // What a bill asks for by a day, in parts, or has been asked before is not what it comes to.
        let of_part = [
            "previous", "prior", "minimum", "monthly", "each", "less", "more", "over", "under", "late", "fee", "today",
            "estimate",
        ];
        let eob = self.kind == DocKind::Eob;
        let bill = matches!(self.kind, DocKind::ItemizedBill | DocKind::SummaryBill);
        let in_part = bill
            && self.sentence.words.iter().enumerate().any(|(i, w)| {
                of_part.contains(&w.as_str()) && !(w == "under" && matches!(self.word(i + 1), "our" | "the" | "your" | "its"))
            });
        if !eob && !bill || self.has(&other) || in_part {
            return;
        }
        let tokens = &self.sentence.piece.tokens;
        // `This claim in all: billed $533.66, network discount $163.46`
        let whole = self.has(&["all", "total", "totals", "altogether", "whole"]);
        let off = self.has(&["taken", "deducted", "subtracted"]) && !self.has(&["please", "due", "will", "not"]);
        let mut from = 0;
        for at in 0..tokens.len() {
            let Some(read) = values::read(Field::TotalCharges, &tokens[at..=at], self.sentence.piece.page, false, None) else {
                continue;
            };
            let mut last = at;
            while last > from && LINKS.contains(&self.word(last - 1)) {
                last -= 1;
            }
            // `Your responsibility for it is $37.02`
            if last >= from + 2 && self.word(last - 1) == "it" && self.word(last - 2) == "for" {
                last -= 2;
            }
            let before: Vec<&str> = (from..last).rev().take(4).map(|i| self.word(i)).collect();
            let behind = [self.word(at + 1), self.word(at + 2), self.word(at + 3)];
            // `Pinnacle Care Assurance has paid $36.14`
            let named = before.len() >= 3
                && before[..2] == ["paid", "has"]
                && (last.saturating_sub(4).max(from)..last - 2).all(|i| tokens[i].text.starts_with(char::is_uppercase))
                && !READER.contains(&before[2]);
            let said = match () {
                () if eob => said(&before, [behind[0], behind[1]]).or_else(|| whole.then(|| said_of_whole(&before)).flatten()),
                () if named => Some(Field::TotalPlanPaid),
                () => off.then(|| taken_off(&before)).flatten().or_else(|| said_of_bill(&before, behind)),
            };
            if let Some(field) = said {
                self.push(field, if eob { 2 } else { 1 }, read.cell, at, out);
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
        "part" if any(&["your"]) && any(&["own"]) => Some(Field::TotalPatientResponsibility),
        // `Our negotiated rates saved you $24.00`
        "you" if any(&["saved"]) && any(&["rates", "rate", "discounts", "network", "we", "plan"]) => Some(Field::TotalDiscount),
        "discounts" | "savings" if any(&["our", "plan", "network"]) => Some(Field::TotalDiscount),
        "billed" | "charged" if !any(&["not", "be"]) => Some(Field::TotalCharges),
        _ if behind == ["in", "charges"] => Some(Field::TotalCharges),
        _ => None,
    }
}

/// The same in a sentence that says to be of all services, where one word for a discount is no single service's.
fn said_of_whole(before: &[&str]) -> Option<Field> {
    let [first, next, ..] = before else { return None };
    (matches!(*first, "discount" | "reduction" | "savings")
        && matches!(*next, "network" | "plan" | "our" | "provider" | "contract"))
    .then_some(Field::TotalDiscount)
}

/// The same in a sentence of a bill that says what has been taken off: `The plan's payments of $103.58, the plan's reductions of
/// $299.66 and your own payments of $25.00 have been taken off.`
fn taken_off(before: &[&str]) -> Option<Field> {
    let [first, of, ..] = before else { return None };
    let of = of.trim_end_matches("'s").trim_end_matches("\u{2019}s");
    let insurer = of != "we" && INSURER.contains(&of);
    match *first {
        "payments" if insurer => Some(Field::TotalPlanPaid),
        "payments" if of == "your" || of == "own" && before.get(2) == Some(&"your") => Some(Field::TotalPatientPaid),
        "reductions" | "discounts" | "adjustments" | "write-offs" if insurer => Some(Field::TotalDiscount),
        _ => None,
    }
}

/// The same in a sentence of a bill.
fn said_of_bill(before: &[&str], behind: [&str; 3]) -> Option<Field> {
    let any = |of: &[&str]| before.iter().skip(1).any(|w| of.contains(w));
    match before.first().copied().unwrap_or_default() {
        // `Your insurance has paid` is no payment of the reader's
        "paid" => match before[1..].iter().find(|w| !matches!(**w, "has" | "have" | "already")) {
            Some(&"you") => Some(Field::TotalPatientPaid),
            // `you and your insurance paid`: what both of them did
            _ if before.ends_with(&["and"]) => None,
            _ => (any(INSURER) && !before[1..].iter().any(|w| READER.contains(w) && !THEIR.contains(w)))
                .then_some(Field::TotalPlanPaid),
        },
        "balance" if any(&["your"]) => Some(Field::BalanceDue),
        "account" if any(&["balance"]) && any(&["your", "this", "the"]) => Some(Field::BalanceDue),
        "owe" if any(&["you"]) => Some(Field::BalanceDue),
        // `Our fees for these services come to $407.69`
        "services" if matches!(before[1..], ["these" | "the" | "your" | "all", "for", "fees" | "charges", ..]) => {
            Some(Field::TotalCharges)
        }
        // payments that have been taken off are no discount, whosever they were
        "payment" | "payments" => None,
        _ => matches!(behind, ["was" | "were", "written" | "taken", "off"] | ["has" | "have", "been", "written" | "taken"])
            .then_some(Field::TotalDiscount),
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
        assert_eq!(said(&["discounts", "our"], ["", ""]), Some(Field::TotalDiscount));
        assert_eq!(said(&["discount", "our"], ["", ""]), None, "of one service");
        assert_eq!(said(&["paid", "you"], ["", ""]), None);
        assert_eq!(said(&["paid", "plan", "your"], ["", ""]), Some(Field::TotalPlanPaid));
        assert_eq!(said(&["fee"], ["", ""]), None);
        assert_eq!(said_of_bill(&["paid", "has", "plan", "health"], [""; 3]), Some(Field::TotalPlanPaid));
        assert_eq!(said_of_bill(&["agreement", "our", "under"], ["was", "written", "off"]), Some(Field::TotalDiscount));
        assert_eq!(said_of_bill(&["account", "your", "of", "balance"], [""; 3]), Some(Field::BalanceDue));
        assert_eq!(said_of_bill(&["balance"], ["or", "less", ""]), None);
        assert_eq!(said_of_bill(&["paid", "have", "you"], [""; 3]), Some(Field::TotalPatientPaid));
        assert_eq!(said_of_bill(&["paid", "has", "insurance", "your"], [""; 3]), Some(Field::TotalPlanPaid));
        assert_eq!(said_of_bill(&["paid", "has", "employer", "your"], [""; 3]), None);
        assert_eq!(said_of_bill(&["paid", "insurance", "your", "and"], [""; 3]), None);
        assert_eq!(said_of_bill(&["adjustments"], ["have", "been", "taken"]), Some(Field::TotalDiscount));
    }

    #[test]
    fn a_sentence_of_a_bill_tells_what_was_taken_off() {
        use crate::statement::Value;
        let s = crate::test_pages::read(&[
            (20.0, &[(30.0, "Lakeside Laboratory"), (500.0, "Billing statement")]),
            (
                40.0,
                &[(30.0, "Our fees for these services come to $600.00. The plan's payments of $275.95, the plan's reductions")],
            ),
            (50.0, &[(30.0, "of $141.70 and your own payments of $25.00 have been taken off.")]),
            (70.0, &[(30.0, "Balance due"), (-300.0, "$157.35")]),
        ]);
        let text = |f: Field| match s.header.get(&f).and_then(|c| c.first()).map(|c| c.value.clone()) {
            Some(Value::Money(m)) => m.to_string(),
            _ => "-".to_owned(),
        };
        let sums = [Field::TotalCharges, Field::TotalPlanPaid, Field::TotalDiscount, Field::TotalPatientPaid].map(text);
        assert_eq!(sums.join(" "), "600.00 275.95 141.70 25.00");
        assert_eq!(said_of_bill(&["payments", "own", "your", "and"], ["have", "been", "taken"]), None);
    }

    #[test]
    fn a_sentence_of_a_bill_tells_who_has_paid() {
        use crate::statement::Value;
        let said = |sentence: &'static str| {
            let s = crate::test_pages::read(&[
                (20.0, &[(30.0, "Lakeside Clinic"), (500.0, "Billing statement")]),
                (40.0, &[(30.0, sentence)]),
                (70.0, &[(30.0, "Total charges"), (-300.0, "$600.00")]),
            ]);
            let text = |f: Field| match s.header.get(&f).and_then(|c| c.first()).map(|c| c.value.clone()) {
                Some(Value::Text(t)) => t,
                Some(Value::Money(m)) => m.to_string(),
                _ => "-".to_owned(),
            };
            [Field::Payer, Field::TotalPlanPaid, Field::TotalDiscount].map(text).join(" ")
        };
        let told = "Your insurance, Harbor Health Plan, has paid us $275.95, and adjustments of $141.70 have been taken off.";
        assert_eq!(said(told), "Harbor Health Plan 275.95 141.70");
        assert_eq!(said("Insurance has paid us $0.00 for the services that are listed below."), "- 0.00 -");
    }
}
