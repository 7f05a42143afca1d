//! Captions of sums that no list has: what they mean follows from the words they are made of (see `composed`).

use super::composed::{any, only};
use crate::statement::{DocKind, Field};

/// Words of sums.
const CHARGED: &[&str] = &["charge", "fee", "billed", "charged", "cost", "submitted"];
const DUE: &[&str] = &[
    "due",
    "owe",
    "owed",
    "owing",
    "balance",
    "left",
    "outstanding",
    "remaining",
    "portion",
    "share",
    "responsibility",
    "payable",
    "remit",
];
const PAID: &[&str] = &["paid", "payment"];
const REDUCED: &[&str] = &[
    "saved",
    "saving",
    "discount",
    "adjustment",
    "adj",
    "adjmt",
    "adjusted",
    "write",
    "written",
    "writeoff",
    "reduction",
    "contractual",
    "allowance",
    "agreement",
    "reduced",
    "taken",
    "took",
];
/// Money that came, where it is not the reader who got something.
const CAME: &[&str] = &["received", "receipt"];
const NO_MONEY: &[&str] = &["upon", "on", "service", "care", "visit", "you", "bill", "statement"];
const INSURER: &[&str] =
    &["insurance", "plan", "we", "us", "carrier", "insurer", "medicare", "medicaid", "payer", "benefit", "health", "program"];
const READER: &[&str] = &[
    "you",
    "your",
    "i",
    "patient",
    "member",
    "guarantor",
    "party",
    "subscriber",
    "client",
    "customer",
    "enrollee",
    "employee",
    "participant",
    "beneficiary",
];
pub(crate) const WHOLE: &[&str] = &["total", "all", "sum", "everything", "overall", "altogether", "grand"];
const BETWEEN: &[&str] = &[
    "amount",
    "for",
    "of",
    "hospital",
    "service",
    "professional",
    "visit",
    "account",
    "claim",
    "above",
    "from",
    "by",
    "to",
    "pay",
    "on",
    "here",
    "at",
    "in",
    "provider",
    "facility",
    "that",
    "is",
    "are",
    "was",
    "were",
    "been",
    "have",
    "has",
    "current",
    "open",
    "now",
    "received",
    "made",
    "and",
    "be",
    "still",
    "bill",
    "statement",
    "please",
    "gross",
    "net",
    "what",
    "upon",
    "receipt",
    "today",
    "as",
    "off",
    "responsible",
    "less",
    "full",
    "contract",
    "through",
    "negotiated",
    "contr",
    "ppo",
    "hmo",
    "network",
    "ending",
    "closing",
    "may",
    "could",
    "might",
    "will",
    "must",
    "need",
    "or",
    "already",
    "own",
];

/// `Net due from resp party`, `Charges on this account`, `All that we paid`.
pub(super) fn sum(words: &[&str], kind: DocKind) -> Option<(Field, u8)> {
    let eob = kind == DocKind::Eob;
    // `Balance on Mon 05/06/2024`
    let words: Vec<&str> = words.iter().copied().filter(|w| !is_calendar(w)).collect();
    // `Insurance discounts and other adjustments`: the rest of one kind, told with it
    let rest = |i: usize| i >= 2 && words[i] == "other" && matches!(words[i - 1], "and" | "or");
    let words: Vec<&str> = words.iter().enumerate().filter(|(i, _)| !rest(*i)).map(|(_, w)| *w).collect();
    // on a bill the third party that pays is the plan
    let third = words.windows(2).position(|w| w == ["third", "party"]).filter(|_| !eob);
    let words = third.map_or_else(|| words.clone(), |at| [&words[..at], &["insurer"], &words[at + 2..]].concat());
    let words = words.as_slice();
    let pay = matches!(words, ["please", "pay", rest @ ..] if only(rest, &[BETWEEN, &["us", "this"]]));
    if pay && !eob {
        return Some((Field::BalanceDue, 2));
    }
    if words.len() < 2 || !only(words, &[CHARGED, DUE, PAID, REDUCED, INSURER, READER, WHOLE, BETWEEN]) {
        return None;
    }
    let came = words.iter().enumerate().any(|(i, w)| CAME.contains(w) && !(i > 0 && NO_MONEY.contains(&words[i - 1])));
    let (charged, due, reduced) = (any(words, CHARGED), any(words, DUE), any(words, REDUCED));
    // `You may have to pay`, on an EOB
    let to_pay = words.windows(2).any(|w| w == ["to", "pay"]);
    // `Your total cost for this claim`
    let own_cost = any(words, &["cost"]) && !any(words, &["billed", "charged", "charge", "submitted"]);
    let due = due || eob && any(words, READER) && (to_pay || own_cost);
    let charged = charged && !(eob && due && own_cost);
    // `You owe or already paid`: who has paid at the visit owes no more than the rest
    let either = eob && due && words.windows(2).any(|w| w[0] == "or" && matches!(w[1], "already" | "paid" | "have"));
    let paid = (any(words, PAID) || came && !due && !charged) && !either;
    let (insurer, reader, whole) = (any(words, INSURER), any(words, READER), any(words, WHOLE));
    let weight = if whole { 2 } else { 1 };
    match (charged, due, paid, reduced) {
        (_, true, false, false) if insurer => None,
        // `You may owe the provider`, which is said of a service only in the head of its column
        (_, true, false, false) if eob && reader && matches!(words, [.., "provider"]) => {
            Some((Field::TotalPatientResponsibility, 2))
        }
        (_, true, false, false) if eob => reader.then_some((Field::TotalPatientResponsibility, weight)),
        (_, true, false, false) => Some((Field::BalanceDue, 2)),
        (true, false, false, false) => Some((Field::TotalCharges, weight)),
        (false, false, true, false) if eob && words.windows(2).any(|w| w == ["to", "provider"]) => {
            Some((Field::TotalPlanPaid, 2))
        }
        // `Paid to you` is the plan's payment, but to whom the paper does not always go.
        (false, false, true, false) if words.windows(2).any(|w| w[0] == "to" && READER.contains(&w[1])) => None,
        (false, false, true, false) if insurer && (!reader || any(words, &["your"])) => Some((Field::TotalPlanPaid, weight)),
        (false, false, true, false) if reader && !insurer => Some((Field::TotalPatientPaid, weight)),
        // `Your total for this claim`
        (false, false, false, false) if eob && words.first() == Some(&"your") && words.get(1) == Some(&"total") => {
            Some((Field::TotalPatientResponsibility, 1))
        }
        (false, false, false, true) if words != ["write", "off"] => Some((Field::TotalDiscount, weight)),
        (false, false, false, false)
            if whole && words.iter().all(|w| WHOLE.contains(w) || matches!(*w, "service" | "for" | "above")) =>
        {
            (any(words, &["service", "above"]) && !eob).then_some((Field::TotalCharges, 1))
        }
        _ => None,
    }
}

/// A number or the name of a weekday or month.
fn is_calendar(word: &str) -> bool {
    const NAMES: &[&str] = &[
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct",
        "nov", "dec",
    ];
    word.bytes().all(|b| b.is_ascii_digit())
        || NAMES.contains(&word)
        || (word.len() > 4 && (word.ends_with("day") && word != "today" || word.ends_with("uary") || word.ends_with("ember")))
}
