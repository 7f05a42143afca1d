//! What the report calls things, for readers who are no billing clerks.

use jiff::civil::Date;

use crate::decisions::Verdict;
use crate::ledger::{NextStep, RoadState};
use crate::record::{DocKind, Field, LineKind, Money, Status, TextOrigin};
use crate::rules::{Rule, Severity};

/// `$1,234.50`.
pub fn usd(amount: Money) -> String {
    let text = amount.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |d| ("-", d));
    let (whole, cents) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    let zero = whole.chars().chain(cents.chars()).all(|c| c == '0');
    format!("{}${out}.{cents}", if zero { "" } else { sign })
}

/// `March 9, 2025`.
pub fn day(d: Date) -> String {
    d.strftime("%B %-d, %Y").to_string()
}

/// A severity in words: its name, and what it means.
pub fn severity(s: Severity) -> (&'static str, &'static str) {
    match s {
        Severity::Error => ("Error", "the papers themselves prove it"),
        Severity::Likely => ("Likely", "most likely wrong; the other side may have an answer"),
        Severity::Review => ("To check", "a person must add or compare a fact first"),
        Severity::Info => ("Good to know", "no fault, but worth knowing"),
    }
}

/// What to do, as a heading.
pub fn step(s: NextStep) -> &'static str {
    match s {
        NextStep::WaitForClaim => "Wait for the insurance claim",
        NextStep::RequestItemizedBill => "Ask for the itemized bill",
        NextStep::DisputeErrors => "Dispute the errors",
        NextStep::AssertRights => "Point to the law that protects the patient",
        NextStep::Appeal => "Appeal the denial",
        NextStep::ApplyForAssistance => "Apply for financial assistance",
        NextStep::Negotiate => "Negotiate the balance",
        NextStep::PaymentPlan => "Ask for a payment plan without interest",
        NextStep::WrittenAgreement => "Get the agreement in writing",
        NextStep::Pay => "Pay what is supported",
    }
}

/// Why this comes first.
pub fn step_reason(s: NextStep) -> &'static str {
    match s {
        NextStep::WaitForClaim => {
            "The insurer has not settled everything that is billed. Until it has, nobody can say what the patient owes: do not pay \
             yet, and ask the provider to hold the account."
        }
        NextStep::RequestItemizedBill => {
            "A bill without dates and codes for each service cannot be checked. Ask the provider for an itemized one before paying."
        }
        NextStep::DisputeErrors => {
            "The papers show charges or balances that are not supported. Ask for them to be corrected in writing before paying or \
             negotiating."
        }
        NextStep::AssertRights => {
            "The law limits what may be asked of the patient here. Say so in writing and ask for a corrected bill."
        }
        NextStep::Appeal => {
            "The insurer has refused something that it can be asked to look at again. The time to appeal is limited."
        }
        NextStep::ApplyForAssistance => {
            "The household may qualify for the hospital's own assistance, which can lower the balance or take it away. Apply before \
             agreeing to any payment."
        }
        NextStep::Negotiate => "The balance agrees with the papers. What is left to talk about is its amount and how it is paid.",
        NextStep::PaymentPlan => {
            "A balance that cannot be paid at once can be paid in parts that fit the household, without interest."
        }
        NextStep::WrittenAgreement => "What was agreed by telephone counts once it is in writing. Pay nothing before.",
        NextStep::Pay => "The papers agree with each other on this balance.",
    }
}

/// When a step of the road is to be taken.
pub fn road_state(s: RoadState) -> &'static str {
    match s {
        RoadState::Now => "now",
        RoadState::Later => "after the steps before it",
        RoadState::Maybe => "only if it comes to that",
    }
}

/// What a verdict says.
pub fn verdict(v: Verdict) -> &'static str {
    match v {
        Verdict::Confirmed => "Confirmed",
        Verdict::Dismissed => "Dismissed: it disputes nothing",
        Verdict::Fixed => "Put right since",
    }
}

/// The kind of a paper.
pub fn kind(k: DocKind) -> &'static str {
    match k {
        DocKind::ItemizedBill => "Itemized bill",
        DocKind::SummaryBill => "Summary bill, without codes",
        DocKind::Eob => "Explanation of benefits (EOB)",
        DocKind::DenialLetter => "Denial letter",
        DocKind::CollectionNotice => "Collection notice",
        DocKind::Receipt => "Receipt",
        DocKind::Estimate => "Good-faith estimate",
        DocKind::Other => "Other paper",
    }
}

/// How the reading of a paper went.
pub fn status(s: Status) -> &'static str {
    match s {
        Status::Ok => "read",
        Status::Partial => "read in part",
        Status::Failed => "not readable",
        Status::Duplicate => "copy of another",
    }
}

/// Where the text of a paper comes from.
pub fn origin(o: TextOrigin) -> &'static str {
    match o {
        TextOrigin::Digital => "text in the file",
        TextOrigin::Ocr => "scan, recognized",
        TextOrigin::Mixed => "partly a scan, recognized",
        TextOrigin::Structured => "electronic record",
    }
}

/// The kind of a line, where it is no service.
pub fn line_kind(k: LineKind) -> Option<&'static str> {
    match k {
        LineKind::Service => None,
        LineKind::Payment => Some("payment"),
        LineKind::Adjustment => Some("adjustment"),
        LineKind::Reversal => Some("reversal of a charge"),
        LineKind::Balance => Some("balance brought forward"),
    }
}

/// What an amount is.
pub fn field(f: Field) -> &'static str {
    match f {
        Field::Charge => "Charge",
        Field::UnitPrice => "Price of one unit",
        Field::Allowed => "Allowed amount",
        Field::PlanDiscount => "Plan discount",
        Field::NotCovered => "Not covered",
        Field::Deductible => "Deductible",
        Field::Copay => "Copay",
        Field::Coinsurance => "Coinsurance",
        Field::PlanPaid => "Plan paid",
        Field::OtherPaid => "Other insurance paid",
        Field::PatientPaid => "Patient paid",
        Field::PatientResponsibility => "Patient's share",
        Field::Credits => "Payments and adjustments",
        Field::Balance => "Balance",
        Field::TotalCharges => "Total charges",
        Field::TotalDiscount => "Total discounts",
        Field::TotalPlanPaid => "Total paid by the plan",
        Field::TotalPatientPaid => "Total paid by the patient",
        Field::BalanceDue => "Balance due",
        Field::TotalPatientResponsibility => "Patient's total share",
        Field::DeductibleLimit => "Deductible of the year",
        Field::OutOfPocketLimit => "Out-of-pocket limit of the year",
        _ => "Amount",
    }
}

/// A rule's headline: the first sentence of its page without the stop.
pub fn headline(rule: &Rule) -> String {
    rule.summary().trim_end_matches('.').to_owned()
}

/// A section of a rule's page, as running text; `None` where the page has none of that name.
pub fn section(rule: &Rule, name: &str) -> Option<String> {
    let manual = rule.manual();
    let after = manual.lines().skip_while(|l| l.strip_prefix("# ").is_none_or(|h| h.trim() != name)).skip(1);
    let text: Vec<&str> = after.take_while(|l| !l.starts_with("# ")).map(str::trim).filter(|l| !l.is_empty()).collect();
    (!text.is_empty()).then(|| text.join(" ").replace('`', ""))
}

/// The words that the pages use and their meaning.
pub const GLOSSARY: &[(&str, &str)] = &[
    ("Explanation of benefits (EOB)", "The insurer's statement of what it did with a claim. It is not a bill."),
    ("Claim", "What the provider sends to the insurer for a service; the EOB answers it."),
    ("Charge", "The provider's list price, before any discount."),
    ("Allowed amount", "The price that the plan accepts for a service. In network, the provider has agreed to it."),
    ("Plan discount", "The part of a charge above the allowed amount that an in-network provider writes off."),
    ("Deductible, copay, coinsurance", "The parts of the allowed amount that the plan leaves to the patient."),
    ("Patient's share", "What the EOB says that the patient owes; plans also call it patient responsibility or cost share."),
    ("In dispute", "The part of a balance that the findings marked Error or Likely put in question, every dollar once."),
    ("Supported", "What the papers do show to be owed: the balance less what is in dispute."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RULES;

    #[test]
    fn amounts_read_as_people_write_them() {
        let usd = |cents| usd(Money::from_cents(cents));
        assert_eq!([usd(0), usd(5), usd(123_456_789), usd(-100_000)], ["$0.00", "$0.05", "$1,234,567.89", "-$1,000.00"]);
        assert_eq!(day(jiff::civil::date(2025, 3, 9)), "March 9, 2025");
    }

    #[test]
    fn every_rule_says_what_it_is_and_what_would_make_it_right() {
        for rule in RULES {
            let headline = headline(rule);
            assert!(!headline.is_empty() && !headline.ends_with('.') && !headline.contains('#'), "{}: {headline}", rule.id);
            let right = section(rule, "Could be right if").unwrap_or_default();
            assert!(right.ends_with('.') && !right.contains('#'), "{}: {right}", rule.id);
            assert!(section(rule, "Source").is_some(), "{}", rule.id);
        }
        assert_eq!(section(&RULES[0], "No such section"), None);
    }
}
