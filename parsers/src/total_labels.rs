//! Labels of sums and of balances brought forward: what they name is no service.

use std::sync::LazyLock;

use regex::Regex;

static TOTAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^[\W_]*(?:
            sub\s*-?\s*totals?\b | (?:grand|claim|claims|clm|column|page|invoice|account|statement|ledger|visit|day|daily|department|dept\.?|group|section|category|cost\s+center|encounter|stay|service|bill|final|overall|document|amount|cumulative)\s+tot(?:als?|s)?\b
            # run together by a reader of scans
            | (?:grand|claim|page|invoice|account|statement|visit)totals?\b
            | (?:department|dept\.?|group|section|category|day|daily|visit)\s+sub\s*-?\s*totals?\b
            | (?:your\s+)?totals?\b | (?:sum|total)\s+of\b | sums?\s*:?$
            | (?:charges|fees|services|payments|credits|adjustments)\s+totals?\s*:?$
            | (?:current|new|gross|billed)\s+charges\s*:?$ | charges\s+(?:for\s+)?this\s+(?:account|visit|statement|invoice|bill|stay)\s*:?$
            | (?:current\s+|new\s+|your\s+|ending\s+|remaining\s+|patient\s+|account\s+|net\s+|outstanding\s+|unpaid\s+)*(?:account\s+)?balance\b
            | (?:total\s+|net\s+)?amount\s+(?:now\s+)?(?:due|owed|you\s+owe|payable) | please\s+pay | pay\s+this | you\s+(?:now\s+)?owe | due\s+(?:now|from)
            | (?:amounts?|charges|fees)\s+(?:before|after|to\s+date|itemi[sz]ed\s+above|(?:for|of)\s+(?:this|the|your|all|these)\s+(?:visits?|stay|account|services|items|claim|encounter))\b | (?:claim|page|visit|account|bill)\s+sums?\b | (?:all|in\s+all|everything)\b.*(?:charges|above)?\s*:?$
            | (?:claim|patient|provider|member|household|family)\b.*\btotals?\s*:?$ | this\s+(?:claim|visit|patient|provider)\b.*\btotals?\s*:?$
            | .*\bin\s+total\s*:?$ | (?:[\w/&.,'-]+\s+){1,6}sub-?totals?\s*:?$
            | (?:the\s+)?(?:whole|entire)\s+(?:claim|visit|stay|bill|account|statement)\s*:?$
            | (?:less|minus)\b | (?:still\s+)?left\s+(?:to\s+pay|for\s+you)\b | net\s+(?:due|charges) | patient\s+(?:balance|due|owes) | balances?\s+after | pt\s+resp
            # what has come together in a time of which this paper is a part
            | (?:for\s+)?(?:this|last|current|the\s+current)\s+(?:month|quarter|year|plan\s+year|calendar\s+year|period)\b
            | .*\b(?:month|quarter|year|period|\d{4})\s+(?:so\s+far|to\s+date)\s*:?$ | year-to-date\b
            | (?:sales\s+)?tax(?:es)?\s*(?:\(\s*[\d.]+\s*%\s*\)\s*)?:?$ | tot\s+ch(?:ar)?ge?s?\b
        )",
    )
    .expect("a constant pattern")
});

static FORWARD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(previous|prior|past|opening|beginning|last)\s+(statement\s+)?balance|balance\s+(brought\s+)?(forward|fwd)|brought\s+forward|carried\s+forward").expect("a constant pattern")
});

/// What the services of a page come to, printed again on the next one.
static OF_PAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:brought|carried)\s+(?:forward|fwd|over)\s+(?:from|to|on)\s+(?:the\s+)?(?:(?:previous|prior|last|next|preceding|following)\s+)?page\b|^\W*carried\s+(?:forward|over)\W*$")
        .expect("a constant pattern")
});

/// Whether the words name a balance brought forward.
pub fn is_forward(text: &str) -> bool {
    FORWARD.is_match(text) && !OF_PAGE.is_match(text)
}

/// Whether the words name a sum rather than a service.
pub fn is_total_label(text: &str) -> bool {
    (TOTAL.is_match(text) || OF_PAGE.is_match(text) || ends_in_total(text)) && !is_forward(text)
}

/// `YOUR INSURANCE COMPANY HAS BEEN BILLED. THE BALANCE Total Charges`: a sentence beside the box of sums, run together with
/// its label.
fn ends_in_total(text: &str) -> bool {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:Total|TOTAL) (?:[Cc]harges|CHARGES|[Dd]ue|DUE)$|\b(?:Amount|AMOUNT|Balance|BALANCE) (?:[Dd]ue|DUE)$")
            .expect("a constant pattern")
    });
    text.split_whitespace().count() >= 6 && LABEL.is_match(text)
}

/// Whether a label says that what it names is of a single service: `You owe for this service`.
pub(crate) fn is_of_one_service(label: &str) -> bool {
    let label = label.trim_end_matches([' ', ':', '.']).to_lowercase();
    ["service", "procedure", "item", "charge", "line"].iter().any(|one| {
        let before = label.strip_suffix(one).and_then(|l| l.strip_suffix(' '));
        before.is_some_and(|l| [" for this", " on this", " of this"].iter().any(|of| l.ends_with(of)))
    })
}

/// Whether a label says no more than that this is the sum of the lines above.
pub(crate) fn is_plain(label: &str) -> bool {
    let l = label.to_lowercase();
    let words: Vec<&str> = l.split(|c: char| !c.is_alphanumeric()).collect();
    let adjusts = (l.contains("adjust") && !l.contains("before")) || l.contains("insurance") || l.contains("after");
    let sums = l.contains("total")
        || words.contains(&"tot")
        || words.contains(&"sums")
        || l.trim_matches([' ', ':', '.']) == "sum"
        || l.trim_start().starts_with("in all")
        || l.trim_start().starts_with("all charges")
        || l.trim_start().starts_with("everything")
        || matches!(words.first(), Some(&("whole" | "entire")));
    sums && !adjusts && !names_another(label) || l.contains("sum of") || words.first() == Some(&"0001")
}

/// Whether a label says that the sum is another than that of the charges.
pub(crate) fn names_another(label: &str) -> bool {
    const OTHER: [&str; 10] = ["balance", "due", "owe", "pay", "less", "minus", "net", "previous", "credit", "sub"];
    // `Total patient payments`, but `Total charges before payments`
    const CREDITS: [&str; 4] = ["payment", "payments", "paid", "credits"];
    let label = label.to_lowercase();
    let charges = label.contains("charge");
    label.split(|c: char| !c.is_alphanumeric()).any(|w| OTHER.contains(&w) || !charges && CREDITS.contains(&w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_may_say_that_it_is_of_one_service() {
        assert!(is_of_one_service("You owe for this service") && is_of_one_service("Left on this item:"));
        assert!(!is_of_one_service("You owe for these services") && !is_of_one_service("Amount due for this visit"));
    }

    #[test]
    fn what_is_carried_over_a_page_is_a_sum_and_no_balance() {
        for text in
            ["Carried forward", "Brought forward from previous page", "CARRIED FORWARD TO NEXT PAGE", "Carried over to page 2"]
        {
            assert!(is_total_label(text) && !is_forward(text), "{text}");
        }
        assert!(is_total_label("STATEMENTTOTALS"));
        for text in ["Balance forward", "Previous balance brought forward", "Amount carried forward from last statement"] {
            assert!(is_forward(text) && !is_total_label(text), "{text}");
        }
    }

    #[test]
    fn a_sum_of_payments_is_none_of_charges() {
        assert!(!is_plain("Total Patient Payments") && !is_plain("Total paid") && !is_plain("Total credits"));
        assert!(is_plain("Total charges before payments") && is_plain("Total"));
    }

    #[test]
    fn what_has_come_together_in_a_time_is_a_sum() {
        for text in ["This month (2 claims)", "For the year 2025 so far", "Plan year to date", "Last quarter", "Year-to-date"] {
            assert!(is_total_label(text), "{text}");
        }
        for text in [
            "Group total",
            "Section total",
            "Sales tax (0.0%)",
            "Fees for all visits",
            "Current Charges",
            "Billed Charges",
            "CHARGES THIS ACCOUNT",
        ] {
            assert!(is_total_label(text), "{text}");
        }
        for text in ["Monthly capitation", "Well visit 1 year", "Prev visit est age 1-4 year", "Tobacco counsel 3 to 10 minutes"]
        {
            assert!(!is_total_label(text), "{text}");
        }
    }
}
