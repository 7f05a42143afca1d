//! Captions of what is said of the paper, the account and the patient, and never of one service:
//!
//! ```text
//! Patient name      Date billed      DOS              Guarantor         Birth date      Balance due
//! Jane Roe          03/30/2025       03/09/2025       Jane Roe          07/18/1986      $238.96
//! ```
//! Two of them beside each other head boxes of facts, in which a day and an amount make no service.

use std::sync::LazyLock;

use regex::Regex;

static FACT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W*(?:
            (?:(?:patient|pt|client|guarantor|insured|subscriber|responsible\s+party)(?:'?s)?(?:\s+name)?) | name\s+of\s+(?:the\s+)?(?:patient|client|guarantor|insured)
            | (?:for\s+)?services?\s+(?:for|to) | responsible\s+person
            | (?:(?:patient'?s?\s+)?(?:birth\s*date|date\s+of\s+birth)|d\.?o\.?b\.?)
            | (?:statement|stmt|bill(?:ing)?|invoice)\s+(?:date|dated|dt) | date\s+(?:billed|issued|printed|due|of\s+(?:this\s+)?(?:statement|bill|invoice))
            | (?:payment\s+)?due\s+(?:date|by)|payment\s+due|(?:please\s+)?pay(?:ment)?\s+by
            | (?:(?:my|your|patient|hospital|billing|guarantor|practice|client|facility|encounter|visit|chart)(?:'?s)?\s+)?(?:account|acct|a/c)\.?(?:\s*(?:no|nbr|number|id|\#)\.?)?
            | (?:encounter|visit|patient|chart)\s*(?:no|nbr|number|id|\#)\.? | patient\s+control\s+(?:no|number)\.?
            | mrn|med(?:ical)?\.?\s+rec(?:ord)?\.?(?:\s*(?:no|number|\#)\.?)?
            | (?:(?:group|billing|provider|facility)\s+)?npi|(?:national\s+)?provider\s+id(?:entifier)?
            | (?:primary\s+)?(?:ins(?:urance|\.)?|payer|payor)\s*(?:co(?:mpany|\.)?|carrier|on\s+file|plan|1)?|health\s+plan|(?:(?:visit|primary)\s+)?coverage
            | (?:member|subscriber|policy|insurance|insured'?s?)\s*/?\s*(?:id|no|number|\#)\.?
            | (?:referring|attending)(?:\s+(?:md|physician|provider))?
        )\W*$",
    )
    .expect("a constant pattern")
});

static CLAIM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\W*(?:(?:insurance|payer)\s+)?claim\s*(?:no|nbr|number|id|#)?\W*$").expect("a constant pattern")
});

/// Whether words are such a caption and nothing else.
pub(crate) fn is_fact(text: &str) -> bool {
    FACT.is_match(text)
}

/// Whether they are the caption of a fact, or of the number of the claim, which lists of claims have as well.
pub(crate) fn is_fact_or_claim(text: &str) -> bool {
    is_fact(text) || CLAIM.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::{is_fact, is_fact_or_claim};
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn captions_of_the_paper_are_told_from_heads_of_columns() {
        for text in
            ["Name of Patient", "DATE BILLED", "Birth date:", "A/C No.", "Hospital Account #", "For services to", "Ins. Carrier"]
        {
            assert!(is_fact(text), "{text}");
        }
        for text in
            ["Service date", "Patient paid", "Amount billed", "Insurance paid", "Description", "Plan", "Provider", "Claim #"]
        {
            assert!(!is_fact(text), "{text}");
        }
        assert!(is_fact_or_claim("Claim #") && is_fact_or_claim("Insurance claim"));
    }

    #[test]
    fn boxes_of_facts_are_no_table_of_services() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Surgery PC"), (400.0, "Billing statement")]),
            (60.0, &[(30.0, "Name of patient"), (200.0, "Billing account"), (340.0, "Date billed"), (460.0, "DOS")]),
            (70.0, &[(30.0, "Jane Roe"), (200.0, "H8425816"), (340.0, "17 Apr 2025"), (460.0, "19 Mar 2025")]),
            (84.0, &[(30.0, "Guarantor"), (200.0, "Birth date"), (340.0, "Total amount due")]),
            (94.0, &[(30.0, "John Roe"), (200.0, "18 Jul 1986"), (340.0, "$65.15")]),
            (120.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-540.0, "Charge")]),
            (134.0, &[(30.0, "03/19/2025"), (110.0, "45385"), (200.0, "COLONOSCOPY"), (-540.0, "65.15")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Charge])).collect();
        assert_eq!(rows, ["45385 65.15"]);
        let stated = |f: Field| s.header.get(&f).into_iter().flatten().map(|c| c.raw.clone()).collect::<Vec<_>>();
        assert_eq!(stated(Field::StatementDate), ["17 Apr 2025"]);
        assert_eq!(stated(Field::ServiceFrom), ["19 Mar 2025"]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }
}
