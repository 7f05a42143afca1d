//! Payments and adjustments: whose money it is, and which way it goes.

use std::sync::LazyLock;

use regex::Regex;

use crate::statement::{Field, LineKind};

/// What a credit row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credit {
    /// Payment or adjustment.
    pub kind: LineKind,
    /// The field in which its amount stands.
    pub field: Field,
    /// Whether the words say that a credit is taken back.
    pub taken_back: bool,
    /// Whether the words say whose it is; else the field is only the likelier one.
    pub named: bool,
}

static ADJUSTMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(adj|adjs|adjust\w*|contract\w*|write[\s-]*offs?|w/o|discounts?|disc|allowances?|courtesy|disallow\w*|reduction|charity|financial assistance|sequest\w*|uncompensated|prompt pay|repric\w*)\b")
        .expect("a constant pattern")
});
static PAYMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(payments?|pmts?|pymts?|paymt|paid|pd|receipt|remit\w*|check|chk|cheque|eft|ach|thank you|refund\w*|recoup\w*|take\s*-?backs?|deposit|lockbox|co-?pay(ment)? (collected|received|paid)|visa|mastercard|amex)\b")
        .expect("a constant pattern")
});
static PATIENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(patient|pat|pt|guarantor|self|your|you|cash|credit card|debit card|card|visa|mastercard|amex|discover|thank you|online|portal|web|time of service|front desk|personal|member|co-?pay(ment)?|walk-?in|phone|money order|in person|fsa|hsa)\b")
        .expect("a constant pattern")
});
static PLAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(insurance|insurer|ins|plan|payer|payor|carrier|medicare|medicaid|hmo|ppo|commercial|third party|health|blue|bcbs|aetna|cigna|humana|united|uhc|tricare|primary|benefits?|assurance|mutual|managed care|eft|era|remit\w*|wc|workers)\b")
        .expect("a constant pattern")
});
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(secondary|second insurance|other (insurance|payer|carrier)|supplement\w*|medigap|tertiary|auto insurance|coordination)\b").expect("a constant pattern")
});
static BACK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(revers\w*|refund\w*|recoup\w*|take\s*-?backs?|taken back|nsf|returned|bounced|void\w*|rescind\w*|retract\w*|charge\s*-?back|offset)\b").expect("a constant pattern")
});

/// Reads the words of a row as a credit; `None` where they name none.
pub fn credit(text: &str, payer: Option<&str>) -> Option<Credit> {
    let payment = PAYMENT.is_match(text);
    let adjustment = ADJUSTMENT.is_match(text);
    if !payment && !adjustment {
        return None;
    }
    let taken_back = BACK.is_match(text);
    if adjustment && !(payment && first(&PAYMENT, text) > first(&ADJUSTMENT, text) && !text.to_lowercase().contains("adj")) {
        return Some(Credit { kind: LineKind::Adjustment, field: Field::PlanDiscount, taken_back, named: true });
    }
    let of_payer = payer.is_some_and(|p| shares_word(p, text));
    let (field, named) = if OTHER.is_match(text) {
        (Field::OtherPaid, true)
    } else if PATIENT.is_match(text) && !(PLAN.is_match(text) && first(&PLAN, text) < first(&PATIENT, text)) {
        (Field::PatientPaid, true)
    } else if of_payer || PLAN.is_match(text) || names_somebody(text) {
        (Field::PlanPaid, true)
    } else {
        (Field::PatientPaid, false)
    };
    Some(Credit { kind: LineKind::Payment, field, taken_back, named })
}

static GENERIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(payments?|pmts?|pymts?|paymt|paid|receipt|received|posted|applied|credit(ed)?|check|chk|ck|no|num(ber)?|on|the|of|for|by|from|to|dated?|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|account|acct|balance|prior|previous|total|amount|service|services|co|copay|transfer|deposit|lockbox|mail|in|office)\b")
        .expect("a constant pattern")
});

/// A payment row that names somebody who is not the patient names a plan.
fn names_somebody(text: &str) -> bool {
    let rest = GENERIC.replace_all(text, " ");
    rest.split(|c: char| !c.is_alphabetic()).any(|w| w.len() >= 3)
}

fn first(r: &Regex, text: &str) -> usize {
    r.find(text).map_or(usize::MAX, |m| m.start())
}

/// Whether the row names the plan by a word of its name.
fn shares_word(payer: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    payer
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() >= 4 && !matches!(*w, "health" | "plan" | "insurance" | "care" | "company"))
        .any(|w| text.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> Option<Field> {
        credit(text, None).map(|c| c.field)
    }

    #[test]
    fn the_words_tell_whose_money_it_is() {
        assert_eq!(field("INSURANCE PAYMENT"), Some(Field::PlanPaid));
        assert_eq!(field("Medicare pmt 04/02"), Some(Field::PlanPaid));
        assert_eq!(field("PATIENT PAYMENT - VISA"), Some(Field::PatientPaid));
        assert_eq!(field("Payment received - thank you"), Some(Field::PatientPaid));
        assert_eq!(field("CONTRACTUAL ADJUSTMENT"), Some(Field::PlanDiscount));
        assert_eq!(field("Insurance payment adjustment"), Some(Field::PlanDiscount));
        assert_eq!(field("Secondary insurance payment"), Some(Field::OtherPaid));
        assert_eq!(field("OFFICE VISIT LEVEL 4"), None);
        assert!(credit("PAYMENT REVERSAL", None).unwrap().taken_back);
    }

    #[test]
    fn a_payment_that_names_somebody_else_is_the_plans() {
        assert_eq!(field("HARBOR MUTUAL PAYMENT"), Some(Field::PlanPaid));
        assert_eq!(field("PAYMENT RECEIVED 04/02"), Some(Field::PatientPaid));
        assert_eq!(field("CHECK PAYMENT"), Some(Field::PatientPaid));
        assert!(!credit("CHECK PAYMENT", None).unwrap().named);
        assert!(credit("PATIENT PAYMENT", None).unwrap().named);
    }

    #[test]
    fn a_payer_is_known_by_its_name() {
        assert_eq!(credit("PMT FROM HARBOR MUTUAL", Some("Harbor Mutual Group")).unwrap().field, Field::PlanPaid);
    }
}
