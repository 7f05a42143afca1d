//! What notes and descriptions say in words: who bears a refused amount, why it was refused, what did not take place.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use rust_decimal::Decimal;

use crate::record::Money;
use crate::reference::code_lists::DenialClass;

fn regex(pattern: &str) -> Regex {
    Regex::new(&format!("(?i){pattern}")).unwrap_or_else(|e| unreachable!("a fixed pattern: {e}"))
}

static PROVIDER_BEARS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(may|can|must|should|shall)\s*not\s+(be\s+)?(bill|charge|balance)|cannot\s+(bill|charge)|not\s+(be\s+)?bill(ed)?\s+(to\s+)?(you|the\s+(patient|member))|provider\s+(is|was)\s+(liable|responsible)|provider'?s?\s+(liability|responsibility|write[- ]?off)|provider\s+must\s+(write|adjust)|(you|patient|member)\s+(is|are)\s+not\s+(liable|responsible)|(you|patient|member)\s+(do|does)\s+not\s+owe|not\s+(your|the\s+(patient|member)'?s?)\s+responsibility|held\s+harmless|(not|nothing)\s+(is\s+)?(collectible|collectable)\s+from|no\s+(patient|member)\s+(liability|responsibility)|no\s+debe",
    )
});

static PATIENT_BEARS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"you\s+(are|may\s+be)\s+(fully\s+)?(responsible|liable)|you\s+(may\s+)?owe|your\s+responsibility|you\s+(must|will\s+have\s+to)\s+pay|(patient|member)\s+(is|may\s+be)\s+(responsible|liable)|(patient|member)'?s?\s+(liability|responsibility)|(may|can|right\s+to|ask\s+(us\s+)?to)\s+(file\s+(an\s+)?)?appeal|(may|can)\s+bill\s+(you|the\s+(patient|member))",
    )
});

static OUTSIDE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"provider\s+is\s+(out\s+of|not\s+in)\s+(the\s+|your\s+)?(plan'?s?\s+)?network|out-of-network\s+provider|no\s+surprises\s+act|non-?participating\s+provider",
    )
});

static DUPLICATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\bduplicate|already\s+(been\s+)?(processed|paid|considered)|previously\s+(processed|paid|considered)")
});

static NOT_DONE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\bcancel+ed\b|\bcancel+ed\s+by\b|\bcancellation\b|\bnot\s+(performed|done|given|administered|rendered|completed|provided|carried\s+out)\b|\bnever\s+(performed|done)\b|\bsvc\s+canc\b|\bcxld?\b|\bvoided\b",
    )
});

static FEE_FOR_ABSENCE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\b(fee|penalty)\b.*\b(cancel|no[- ]?show|missed)|\b(cancel\w*|no[- ]?show|missed)\b.*\b(fee|penalty|charge)\b")
});

static FEE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(late|past[- ]due|overdue|delinquen(t|cy)|re-?billing|collection|nsf|returned\s+(check|item))\s+(payment\s+|account\s+)?(fee|charge|cost|penalt)|\bfinance\s+charge|^(accrued\s+)?interest(\s|$|:)|\binterest\s+(charge|accrued|added|due|on)",
    )
});

static UNASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(not|n['\u{2019}]t)\s+(accept|take|have\s+accepted)(ed|en)?\s+(medicare\s+|medicare'?s\s+)?assignment|assignment\s+(was\s+|is\s+)?not\s+(accepted|taken)|unassigned",
    )
});

static PATIENT_RATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:co-?\s?insurance|you\s+(?:pay|owe)|your\s+share)\b[^%.;]{0,40}?\b(\d{1,2}(?:\.\d{1,2})?)\s*%|\b(\d{1,2}(?:\.\d{1,2})?)\s*%\s*co-?\s?insurance",
    )
});

static PLAN_RATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?:plan\s+(?:pays|paid|covers)|paid\s+at|covered\s+at)\b[^%.;]{0,30}?\b(\d{1,2}(?:\.\d{1,2})?)\s*%")
});

static AMOUNT: LazyLock<Regex> = LazyLock::new(|| regex(r"\d[\d,]*\.\d{2}\b"));

const CLASSES: &[(DenialClass, &str)] = &[
    (
        DenialClass::TimelyFiling,
        r"timely|filing\s+(limit|deadline)|(time|date)\s+limit|(sent|received|submitted)\s+(too\s+late|after)",
    ),
    (
        DenialClass::PriorAuthorisation,
        r"authori[sz]ation|pre-?cert|prior\s+approval|pre-?approval|referral|not\s+authori[sz]ed|notification",
    ),
    (
        DenialClass::MedicalNecessity,
        r"medical(ly)?\s+necess|not\s+necessary|experimental|investigational|unproven|level\s+of\s+(care|service)|appropriate\s+setting",
    ),
    (
        DenialClass::Coordination,
        r"other\s+(insurance|coverage|carrier|payer|plan)|coordination\s+of\s+benefits|\bcob\b|primary\s+(payer|insur|carrier|plan)|another\s+(insurer|plan)|workers'?\s+comp|no-?fault",
    ),
    (
        DenialClass::Eligibility,
        r"not\s+eligible|eligib|coverage\s+(ended|terminated|was\s+not\s+in|not\s+(yet\s+)?in)|(before|prior\s+to|after)\s+(your\s+)?coverage|not\s+(a\s+)?(covered\s+)?(member|insured|enrolled)",
    ),
    (
        DenialClass::MissingInformation,
        r"(lacks?|missing|incomplete|need(s|ed)?|additional|more|requested)\s+(\w+\s+){0,3}(information|records?|documentation)|information\s+(is|was)\s+(needed|missing|incomplete|requested)",
    ),
    (
        DenialClass::Coding,
        r"\b(in)?correct\s+cod|procedure\s+code|diagnosis\s+code|coding|modifier|bundl|included\s+in\s+(the\s+)?(payment|allowance|another)|incidental|inconsistent\s+with|mutually\s+exclusive",
    ),
    (
        DenialClass::Network,
        r"out[- ]of[- ]network|non-?(participating|network|preferred)|not\s+in\s+(the\s+|your\s+)?(plan'?s?\s+)?network",
    ),
    (
        DenialClass::NotCovered,
        r"not\s+(a\s+)?cover|non-?covered|exclu(ded|sion)|not\s+a\s+benefit|no\s+benefit|benefit\s+(maximum|limit)|maximum\s+(benefit|reached|has\s+been)|limit\s+has\s+been\s+reached",
    ),
];

static CLASS_PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(CLASSES.iter().map(|(_, p)| format!("(?i){p}"))).unwrap_or_else(|e| unreachable!("fixed patterns: {e}"))
});

/// Whether a note says that the provider, and not the patient, bears the amount.
pub fn provider_bears(note: &str) -> bool {
    PROVIDER_BEARS.is_match(note)
}

/// Whether a note says that the patient bears the amount or may appeal.
pub fn patient_bears(note: &str) -> bool {
    PATIENT_BEARS.is_match(note) && (!provider_bears(note) || note.to_lowercase().contains("appeal"))
}

/// Whether a note says that the provider is out of network.
pub fn says_outside(note: &str) -> bool {
    OUTSIDE.is_match(note)
}

/// Whether a note says that the service was settled before.
pub fn says_duplicate(note: &str) -> bool {
    DUPLICATE.is_match(note)
}

/// Whether a bill's description says that the service did not take place; a fee for a missed appointment is none.
pub fn says_not_done(description: &str) -> bool {
    NOT_DONE.is_match(description) && !FEE_FOR_ABSENCE.is_match(description)
}

/// Whether a description names interest, or a fee for late payment or collection.
pub fn says_fee(description: &str) -> bool {
    FEE.is_match(description.trim())
}

/// Whether a note says that assignment was not accepted.
pub fn says_unassigned(note: &str) -> bool {
    UNASSIGNED.is_match(note)
}

/// The patient's part of the allowed amount, 0 to 1, that the words state: `you pay 20 %`, `the plan pays 80 %`. `None` where they
/// state none, or several.
pub fn coinsurance_rate(words: &str) -> Option<Decimal> {
    if words.matches('%').count() != 1 {
        return None;
    }
    let number = |c: &regex::Captures<'_>| c.iter().skip(1).flatten().next().and_then(|m| m.as_str().parse::<Decimal>().ok());
    let of_patient = PATIENT_RATE.captures(words).and_then(|c| number(&c));
    let of_plan = || PLAN_RATE.captures(words).and_then(|c| number(&c)).map(|p| Decimal::ONE_HUNDRED - p);
    let percent = of_patient.or_else(of_plan).filter(|p| *p > Decimal::ZERO)?;
    percent.checked_div(Decimal::ONE_HUNDRED)
}

/// The amounts with cents in a phrase.
pub fn amounts_in(words: &str) -> Vec<Money> {
    AMOUNT.find_iter(words).filter_map(|m| m.as_str().replace(',', "").parse().ok()).map(Money).collect()
}

/// The class of appeal that a note's words call for.
pub fn denial_class_of_words(note: &str) -> Option<DenialClass> {
    CLASS_PATTERNS.matches(note).iter().next().map(|i| CLASSES[i].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_bears_it() {
        for s in [
            "The provider may not bill you for this amount.",
            "This is the provider's responsibility; you should not be billed.",
            "Provider is liable for this charge.",
            "Member not responsible. You are not responsible for this amount.",
            "In-network providers cannot bill members for this.",
            "You do not owe this amount.",
        ] {
            assert!(provider_bears(s) && !patient_bears(s), "{s}");
        }
        for s in [
            "You are responsible for this amount. You may appeal this decision.",
            "You owe this amount. You have the right to appeal.",
            "This is your responsibility.",
            "The provider may bill you for this service.",
            "Patient liability.",
        ] {
            assert!(patient_bears(s) && !provider_bears(s), "{s}");
        }
    }

    #[test]
    fn why_it_was_refused() {
        for (s, c) in [
            ("Prior authorization was not obtained.", DenialClass::PriorAuthorisation),
            ("We received the claim after the filing limit.", DenialClass::TimelyFiling),
            ("The service was not deemed medically necessary.", DenialClass::MedicalNecessity),
            ("Considered experimental or investigational.", DenialClass::MedicalNecessity),
            ("Please send us information about other insurance.", DenialClass::Coordination),
            ("The claim lacks information needed to process it.", DenialClass::MissingInformation),
            ("Included in the payment for another service.", DenialClass::Coding),
            ("Your coverage ended before the date of service.", DenialClass::Eligibility),
            ("This service is not covered by your plan.", DenialClass::NotCovered),
        ] {
            assert_eq!(denial_class_of_words(s), Some(c), "{s}");
        }
        assert_eq!(denial_class_of_words("This amount was applied to your deductible."), None);
    }

    #[test]
    fn rates_fees_and_assignment() {
        let part = |p: i64| Some(Decimal::new(p, 2));
        assert_eq!(coinsurance_rate("You pay 20% of the allowed amount."), part(20));
        assert_eq!(coinsurance_rate("Your coinsurance for this service is 30 %."), part(30));
        assert_eq!(coinsurance_rate("10% coinsurance"), part(10));
        assert_eq!(coinsurance_rate("The plan paid 80% of the allowed amount."), part(20));
        assert_eq!(coinsurance_rate("You pay 20% in network and 40% out of network."), None);
        assert_eq!(coinsurance_rate("You saved 20% by using the network."), None);
        for s in
            ["LATE FEE", "FINANCE CHARGE 1.5%", "Interest", "Interest on unpaid balance", "Rebilling fee", "Collection costs"]
        {
            assert!(says_fee(s), "{s}");
        }
        for s in [
            "Facility fee",
            "Emergency room charge",
            "Collection of venous blood",
            "Specimen collection",
            "Late effects evaluation",
        ] {
            assert!(!says_fee(s), "{s}");
        }
        assert!(
            says_unassigned("The provider did not accept assignment.") && !says_unassigned("The provider accepted assignment.")
        );
        assert_eq!(amounts_in("Interest 1,031.07 on 4,000.00 at 9%").len(), 2);
    }

    #[test]
    fn what_did_not_take_place() {
        for s in ["MRI BRAIN - CANCELLED", "CT HEAD (NOT PERFORMED)", "XRAY CANCELED BY PATIENT", "INJ KETOROLAC not given"] {
            assert!(says_not_done(s), "{s}");
        }
        for s in ["CANCELLATION FEE", "LATE CANCELLATION CHARGE", "NO SHOW FEE", "CANCER SCREENING", "CANCELLOUS BONE CHIPS"] {
            assert!(!says_not_done(s), "{s}");
        }
    }
}
