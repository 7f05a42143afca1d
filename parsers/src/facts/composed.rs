//! Labels that no list has: what they mean follows from the words they are made of.
//!
//! Papers name the same few things in ever new ways (`Ledger no.`, `Notice written`, `All that is left for you`). A
//! label is understood if every one of its words is known and they point to one field only; a single word that is not
//! known leaves it unread.

use super::sums::sum;
use crate::statement::{DocKind, Field};

/// Words for who or what a number belongs to.
const MEMBER: &[&str] = &[
    "member",
    "subscriber",
    "enrollee",
    "participant",
    "insured",
    "contract",
    "policy",
    "certificate",
    "beneficiary",
    "medicare",
    "medicaid",
    "cardholder",
    "membership",
    "policyholder",
    "recipient",
];
const CLAIM: &[&str] = &["claim", "icn", "dcn", "tcn"];
const ACCOUNT: &[&str] = &[
    "account",
    "guarantor",
    "visit",
    "encounter",
    "ledger",
    "invoice",
    "bill",
    "folio",
    "ticket",
    "requisition",
    "accession",
    "incident",
    "trip",
    "run",
    "billing",
];
const NUMBER: &[&str] = &["number", "id", "identification", "identifier"];
const OWNER: &[&str] = &[
    "your",
    "our",
    "with",
    "us",
    "patient",
    "provider",
    "hospital",
    "facility",
    "unique",
    "you",
    "for",
    "primary",
    "medical",
    "card",
    "lab",
    "laboratory",
];

/// Words of dates on which a paper was made.
const PAPER: &[&str] = &[
    "statement",
    "bill",
    "billing",
    "notice",
    "invoice",
    "letter",
    "eob",
    "summary",
    "document",
    "report",
    "explanation",
    "benefit",
    "remittance",
    "form",
    "itemization",
    "ledger",
    "estimate",
    "listing",
    "copy",
];
const MADE: &[&str] = &[
    "print",
    "printed",
    "printing",
    "mailed",
    "mailing",
    "issue",
    "issued",
    "prepared",
    "preparation",
    "created",
    "creation",
    "written",
    "sent",
    "generated",
    "produced",
    "dated",
    "made",
];

/// Words of the days of treatment.
const TREATED: &[&str] = &["service", "treatment", "visit", "care"];
const STAY: &[&str] =
    &["stay", "confinement", "admission", "admitted", "inpatient", "hospitalization", "discharge", "discharged"];

/// Words for the person a paper is about.
const PERSON: &[&str] = &["patient", "person", "client", "student"];
const PAYING_PERSON: &[&str] =
    &["guarantor", "responsible", "responsibility", "party", "subscriber", "member", "insured", "policyholder", "employee"];

/// Words for who treats, and for who insures.
const TREATS: &[&str] =
    &["provider", "doctor", "facility", "hospital", "physician", "supplier", "practitioner", "clinic", "practice", "clinician"];
const INSURES: &[&str] = &["carrier", "insurer", "payer", "insurance", "coverage"];

/// What a run of folded words means as a label, and how much it weighs (3 says exactly this, 1 only if nothing better
/// is there).
pub(crate) fn meaning(words: &[&str], kind: DocKind) -> Option<(Field, u8)> {
    number(words, kind)
        .or_else(|| day(words))
        .or_else(|| person(words))
        .or_else(|| organisation(words, kind))
        .or_else(|| sum(words, kind))
}

pub(super) fn any(words: &[&str], of: &[&str]) -> bool {
    words.iter().any(|w| of.contains(w))
}

pub(super) fn only(words: &[&str], of: &[&[&str]]) -> bool {
    words.iter().all(|w| of.iter().any(|o| o.contains(w)))
}

/// `Ledger no.`, `Your number with us`, `Subscriber contract number`.
fn number(words: &[&str], kind: DocKind) -> Option<(Field, u8)> {
    // `Policy/cert`
    let twice = words.len() == 2 && only(words, &[MEMBER]) && words[0] != words[1] && words[1] == "certificate";
    if twice {
        return Some((Field::MemberId, 2));
    }
    // `Encounter account`, `Provider's patient account`
    if let [of @ .., "account"] = words
        && only(of, &[ACCOUNT, OWNER])
        && of.iter().any(|w| *w != "account" && (ACCOUNT.contains(w) || TREATS.contains(w) || *w == "patient"))
    {
        return Some((Field::AccountNo, 3));
    }
    if words.len() < 2 || !any(words, NUMBER) || !only(words, &[MEMBER, CLAIM, ACCOUNT, NUMBER, OWNER]) {
        return None;
    }
    match (any(words, MEMBER), any(words, CLAIM), any(words, ACCOUNT)) {
        (true, false, false) => Some((Field::MemberId, 2)),
        (false, true, false) => Some((Field::ClaimNo, 2)),
        // a visit may have a number of its own beside that of the account
        (false, false, true) => Some((Field::AccountNo, if any(words, &["visit", "encounter"]) { 1 } else { 2 })),
        // A number that is the reader's own is what the sender files the reader under.
        (false, false, false) if words[0] == "your" && !any(words, &["our", "provider", "hospital", "facility"]) => {
            Some(if kind == DocKind::Eob { (Field::MemberId, 1) } else { (Field::AccountNo, 1) })
        }
        _ => None,
    }
}

/// `Notice written`, `Prepared on`, `Svc from/thru`, `Adm/Disch`.
fn day(words: &[&str]) -> Option<(Field, u8)> {
    const SMALL: &[&str] = &["on", "date", "as", "is", "was", "we", "at"];
    const REACH: &[&str] =
        &["from", "through", "to", "start", "end", "begin", "first", "last", "on", "date", "between", "and", "day"];
    let paper = any(words, PAPER);
    let made = any(words, MADE);
    if only(words, &[PAPER, MADE, SMALL]) && (made || (paper && any(words, &["date"]))) {
        return Some((Field::StatementDate, if made || paper { 3 } else { 2 }));
    }
    if words.len() >= 2 && any(words, STAY) && only(words, &[STAY, REACH, &["hospital", "of", "time"]]) {
        let ends = any(words, &["discharge", "discharged", "end", "last"]);
        let begins = any(words, &["admission", "admitted", "from", "start", "first", "begin", "stay", "confinement"]);
        return Some((if ends && !begins { Field::Discharged } else { Field::Admitted }, 3));
    }
    if words.len() >= 2 && any(words, TREATED) && any(words, REACH) && only(words, &[TREATED, REACH, &["your", "period"]]) {
        let ends = any(words, &["through", "to", "end", "last"]);
        let begins = any(words, &["from", "start", "begin", "first", "between"]);
        return match (begins, ends) {
            (false, true) => Some((Field::ServiceTo, 3)),
            // `Care on` and `visit to` are the beginnings of sentences.
            _ if words.len() == 2 && matches!(words[1], "on" | "between") && words[0] != "service" => {
                Some((Field::ServiceFrom, 3))
            }
            _ if any(words, &["from", "through", "date", "start", "begin", "first", "between"]) => Some((Field::ServiceFrom, 3)),
            _ => None,
        };
    }
    None
}

/// `Resp party/pt`, `Patient or guarantor name`.
fn person(words: &[&str]) -> Option<(Field, u8)> {
    let known = only(words, &[PERSON, PAYING_PERSON, &["name", "or", "and", "treated", "seen", "receiving", "service", "care"]]);
    let last = words.last()?;
    if words.len() < 2
        || !known
        || matches!(*last, "or" | "and" | "responsibility" | "receiving" | "service") && words[0] != "person"
    {
        return None;
    }
    // `Patient care` and `patient service` head parts of a paper.
    if matches!(*last, "care" | "service") && !any(words, &["receiving", "seen", "treated"]) {
        return None;
    }
    let ill = any(words, &["patient", "student"]) || any(words, &["treated", "seen", "receiving"]) && any(words, PERSON);
    let pays =
        any(words, &["guarantor", "responsible", "responsibility", "policyholder"]) && any(words, &["party", "name", "person"]);
    match (ill, pays) {
        (true, _) => Some((Field::Patient, 3)),
        (false, true) => Some((Field::Patient, 1)),
        (false, false) => None,
    }
}

/// `Doctor/Facility`, `Dental carrier`, `Insurance we billed`.
fn organisation(words: &[&str], kind: DocKind) -> Option<(Field, u8)> {
    const WITH: &[&str] = &[
        "or",
        "and",
        "name",
        "billing",
        "treating",
        "rendering",
        "servicing",
        "health",
        "care",
        "address",
        "phone",
        "telephone",
    ];
    const KIND: &[&str] = &[
        "dental",
        "medical",
        "health",
        "vision",
        "primary",
        "billed",
        "we",
        "your",
        "name",
        "company",
        "co",
        "plan",
        "commercial",
    ];
    if words.len() < 2 {
        return None;
    }
    let named = any(words, &["name", "or", "and", "treating", "rendering", "servicing"]) || words[0] == "billing";
    let several = words.iter().filter(|w| TREATS.contains(w)).count() > 1;
    if any(words, TREATS) && only(words, &[TREATS, WITH]) && (named || several) {
        // A bill is the practice's; who treats there is somebody else.
        let treats = kind != DocKind::Eob && any(words, &["treating", "rendering", "clinician"]);
        return Some((Field::Provider, if treats { 1 } else { 3 }));
    }
    let sure = any(words, &["carrier", "insurer", "payer", "company", "co", "billed", "name"]);
    (any(words, INSURES) && only(words, &[INSURES, KIND])).then_some((Field::Payer, if sure { 3 } else { 2 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(label: &str, kind: DocKind) -> Option<Field> {
        let folded: Vec<String> = label.split(' ').flat_map(super::super::folding::fold).collect();
        meaning(&folded.iter().map(String::as_str).collect::<Vec<_>>(), kind).map(|(f, _)| f)
    }

    #[test]
    fn labels_no_list_has() {
        let bill = DocKind::ItemizedBill;
        for (label, want) in [
            ("Ledger no.", Field::AccountNo),
            ("Your contract number with us", Field::MemberId),
            ("Notice written", Field::StatementDate),
            ("Letter was mailed on", Field::StatementDate),
            ("Svc from/thru:", Field::ServiceFrom),
            ("Adm/Disch:", Field::Admitted),
            ("RESP PARTY/PT", Field::Patient),
            ("NET DUE FROM RESP PARTY", Field::BalanceDue),
            ("Left for you to pay", Field::BalanceDue),
            ("Charges on this account", Field::TotalCharges),
            ("Payments received from insurance", Field::TotalPlanPaid),
            ("Sum of your payments", Field::TotalPatientPaid),
            ("Please pay us", Field::BalanceDue),
            ("Charges in full", Field::TotalCharges),
            ("LESS CONTRACTUAL", Field::TotalDiscount),
            ("Less third-party payments", Field::TotalPlanPaid),
            ("Your plan's discount took off", Field::TotalDiscount),
            ("Taken off by contract", Field::TotalDiscount),
            ("Doctor/Facility:", Field::Provider),
            ("Insurance we billed:", Field::Payer),
            ("Dental carrier", Field::Payer),
            ("Person treated", Field::Patient),
            ("Policy/Cert", Field::MemberId),
            ("Visit on", Field::ServiceFrom),
            ("Member/Medical ID", Field::MemberId),
            ("Encounter Account", Field::AccountNo),
            ("Lab Bill No.", Field::AccountNo),
            ("Received from insurance", Field::TotalPlanPaid),
            ("Less insurance receipts", Field::TotalPlanPaid),
            ("Less patient receipts", Field::TotalPatientPaid),
            ("Less allowances", Field::TotalDiscount),
            ("Written off", Field::TotalDiscount),
            ("Patient payments", Field::TotalPatientPaid),
            ("Insurance discounts and other adjustments", Field::TotalDiscount),
        ] {
            assert_eq!(of(label, bill), Some(want), "{label}");
        }
        for (label, want) in [
            ("All that we paid", Field::TotalPlanPaid),
            ("All that is left for you", Field::TotalPatientResponsibility),
            ("You saved", Field::TotalDiscount),
            ("Your total for this claim", Field::TotalPatientResponsibility),
            ("Your provider billed", Field::TotalCharges),
        ] {
            assert_eq!(of(label, DocKind::Eob), Some(want), "{label}");
        }
    }

    #[test]
    fn what_is_not_wholly_understood_is_not_read() {
        for label in [
            "Laboratory charges",
            "Previous balance",
            "Insurance balance",
            "Payments and adjustments",
            "Payments and other adjustments",
            "Other charges",
            "Minimum due",
            "Group number",
            "Date of birth",
            "Payment due date",
            "Your appeal",
            "Deductible remaining",
            "Hospital services",
            "Provider network",
            "Member responsibility",
            "Patient care",
            "Services you received",
            "Your statement receipt",
        ] {
            assert_eq!(of(label, DocKind::ItemizedBill), None, "{label}");
        }
    }
}
