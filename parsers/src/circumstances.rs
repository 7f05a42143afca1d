//! What a bill or EOB says of the claim's circumstances, in a sentence or beside a label: that there is another insurer, that
//! assignment was not accepted, that the patient is a Qualified Medicare Beneficiary, which percentage the patient pays, that
//! interest or a fee was added.
//!
//! Conditions and general advice (`if you have other insurance`, `a late fee may be charged`) state nothing.

use std::sync::LazyLock;

use regex::Regex;

use crate::facts::segments::{Paper, text_of};
use crate::grammar::money;
use crate::letters::sentences;
use crate::statement::{DocKind, Fact, FactKind, Money};
use crate::text_lines::PageLines;
use crate::vocabulary::Vocabulary;

fn regex(pattern: &str) -> Regex {
    Regex::new(&format!("(?i){pattern}")).expect("a constant pattern")
}

/// Words that make a sentence a condition, a promise or advice.
static CONDITION: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(if|unless|whether|may|might|can|could|will|would|should|must|please|ask|call|when|providers? who|doctors? who|some|any|not currently|no longer|subject to|up to|appl(?:y|ies) after|interest[- ]free)\b|\?",
    )
});

/// Beside this label stands another insurer's name.
static OTHER_INSURER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:(?:secondary|supplemental|supplementary|second|2nd|other|tertiary)\s+(?:health\s+)?(?:insurance|insurer|ins\.?|payer|payor|coverage|carrier|plan)|(?:insurance|ins\.?|payer|payor|coverage)\s*#?\s*2)(?:\s+(?:name|company|carrier|plan))?\s*[:#]?\s*",
    )
});

static FIRST_INSURER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:primary\s+(?:health\s+)?(?:insurance|insurer|ins\.?|payer|payor|coverage|carrier|plan)|(?:insurance|ins\.?|payer)\s*#?\s*1)\b",
    )
});

/// What stands beside such a label where it names nobody.
static NOBODY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(?:none|no|n/?a|not|unknown|self|same|yes|paid|pays|payments?|pmts?|adj\w*|amounts?|balance|due|billed|pending|discounts?|credits?|allowed|responsib\w*|information|id|member|policy|group|phone|address|subscriber|effective|and|or|is|was|has|on|to|of|for|your|you|the|this|we|benefits?|applied|total|date)\b",
    )
});

static SENT_ON: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:forwarded|sent|submitted|crossed over|transmitted)\b.{0,60}\bto\s+(?:your|the|a|his|her)?\s*(?:patient'?s?\s+)?(?:secondary|supplemental|other|medigap)\s+(?:insur|carrier|payer|payor|plan|coverage)|\brecords\s+(?:show|indicate)\s+(?:that\s+)?(?:you|the\s+(?:patient|member))\s+(?:have|has|are\s+covered|is\s+covered)\b.{0,20}\b(?:other|another|secondary)\s+(?:health\s+)?(?:insurance|coverage|plan)",
    )
});

static UNASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:did|does|has|have|had)\s*(?:not|n['\u{2019}]t)\s+(?:accept|take)(?:ed|en)?\s+(?:medicare\s+|medicare'?s\s+)?assignment|\b(?:didn|doesn|hasn)['\u{2019}]t\s+(?:accept|take)(?:ed|en)?\s+(?:medicare\s+)?assignment|\bassignment\s+(?:was\s+|is\s+)?not\s+(?:accepted|taken)|^accept(?:s|ed)?\s+assignment\s*[:?]?\s*no?$|^(?:medicare\s+)?assignment\s*:\s*(?:no|n|not\s+accepted|unassigned)$|^(?:claim\s+type\s*:?\s*)?unassigned(?:\s+claim)?$|\bunassigned\s+claim\b",
    )
});

static BENEFICIARY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:you\s+are|you['\u{2019}]re|(?:the\s+)?(?:patient|beneficiary|member)\s+is|enrolled|enrollee)\b.{0,50}\b(?:qmb|qualified\s+medicare\s+beneficiar)|^(?:qmb|qualified\s+medicare\s+beneficiary)(?:\s*\(qmb\))?(?:\s+(?:status|program|indicator))?\s*[:=]?\s*(?:yes|y|active|enrolled)$|\bmedicaid\s*[-/(]?\s*qmb\b",
    )
});

static EXAMPLE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^(?:(?:here is|this is|as|for)\s+(?:an\s+)?)?examples?\b|\bfor\s+example\b"));

static RATE: LazyLock<Regex> = LazyLock::new(|| regex(r"\b\d{1,2}(?:\.\d{1,2})?\s*%"));

static ABOUT_RATE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"co-?\s?insurance|\byou\s+pay\b|\byour\s+share\b|\bplan\s+(?:pays|paid|covers)\b|\bpaid\s+at\b"));

static FEE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(?:late|past[- ]due|overdue|delinquen(?:t|cy)|rebilling|re-billing|collection|nsf|returned\s+(?:check|item))\s+(?:payment\s+|account\s+)?(?:fees?|charges?|costs?|penalt(?:y|ies))\b|\bfinance\s+charges?\b|^(?:accrued\s+)?interest\b|\binterest\s+(?:charges?|accrued|added|due)\b",
    )
});

/// The circumstances that the document states, each in the words that state it.
pub fn facts(pages: &[PageLines], kind: DocKind) -> Vec<Fact> {
    let billish = matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill | DocKind::Eob);
    if !billish && kind != DocKind::CollectionNotice {
        return Vec::new();
    }
    let paper = Paper::new(pages);
    let mut out: Vec<Fact> = Vec::new();
    let mut add = |kind: FactKind, text: String, page: u32, bbox| {
        // Said once is said; of names, rates and fees each counts.
        let once = matches!(kind, FactKind::QualifiedMedicareBeneficiary | FactKind::AssignmentNotAccepted);
        if !out.iter().any(|f| f.kind == kind && (once || f.text == text)) {
            out.push(Fact { kind, text, page, bbox });
        }
    };
    let said = sentences(&paper);
    // `Example: Pat pays 20% coinsurance: $24.00. The plan pays $96.00.` states nothing of this patient
    let examples: Vec<usize> = said.iter().filter(|s| EXAMPLE.is_match(&s.text)).map(|s| s.paragraph).collect();
    for s in said {
        if CONDITION.is_match(&s.text) || examples.contains(&s.paragraph) {
            continue;
        }
        let text = s.text.trim().trim_end_matches('.');
        if billish && SENT_ON.is_match(text) {
            add(FactKind::OtherCoverage, s.text.clone(), s.page, s.bbox);
        }
        if billish && UNASSIGNED.is_match(text) {
            add(FactKind::AssignmentNotAccepted, s.text.clone(), s.page, s.bbox);
        }
        if billish && BENEFICIARY.is_match(text) && !text.to_lowercase().contains(" not ") {
            add(FactKind::QualifiedMedicareBeneficiary, s.text.clone(), s.page, s.bbox);
        }
        if kind == DocKind::Eob && RATE.find_iter(text).count() == 1 && ABOUT_RATE.is_match(text) {
            add(FactKind::CoinsuranceRate, s.text.clone(), s.page, s.bbox);
        }
        if kind != DocKind::Eob && FEE.is_match(text) && amount_in(text).is_some() {
            add(FactKind::FeeOrInterest, s.text.clone(), s.page, s.bbox);
        }
    }
    for (at, piece) in paper.pieces.iter().enumerate() {
        let text = piece.text();
        let row = &paper.rows[piece.row];
        if billish && let Some(label) = OTHER_INSURER.find(&text) {
            // a name begins with a capital; a sentence goes on: `Other insurance info rmation is needed`
            let named = |t: &str| (names_insurer(t) && !t.trim().starts_with(char::is_lowercase)).then(|| t.trim().to_owned());
            let beside = || paper.right_of(at).and_then(|n| named(&paper.pieces[n].text()));
            // `Primary insurance | Secondary insurance` in a row of captions, the names below them
            let captions = || {
                let first = paper.pieces[row.pieces.clone()].iter().any(|p| FIRST_INSURER.is_match(&p.text()));
                let below = paper.below(at, piece.size * 2.0).filter(|_| first)?;
                named(&paper.pieces[below].text())
            };
            let inline = text[label.end()..].to_owned();
            let value = if inline.trim().is_empty() { beside().or_else(captions) } else { named(&inline) };
            if let Some(value) = value {
                let label = text[..label.end()].trim().trim_end_matches(':');
                add(FactKind::OtherCoverage, format!("{label}: {value}"), piece.page, piece.bbox);
                if value.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w == "qmb") {
                    add(FactKind::QualifiedMedicareBeneficiary, value, piece.page, piece.bbox);
                }
            }
        }
        // `Late fee    25.00`, `QMB    Yes`, `Assignment:   Not accepted`
        let Some(next) = paper.right_of(at).map(|n| &paper.pieces[n]) else { continue };
        let pair = format!("{} {}", text.trim(), text_of(&next.tokens).trim());
        let first = row.pieces.start == at;
        if kind != DocKind::Eob && first && FEE.is_match(&text) && !CONDITION.is_match(&pair) {
            let in_row = text_of(&paper.pieces[row.pieces.clone()].iter().flat_map(|p| p.tokens.clone()).collect::<Vec<_>>());
            if amount_in(&in_row).is_some() && amount_in(&text).is_none() {
                add(FactKind::FeeOrInterest, in_row, piece.page, row.bbox);
            }
        }
        if billish && !CONDITION.is_match(&pair.replace('?', "")) {
            if UNASSIGNED.is_match(&pair) && !UNASSIGNED.is_match(&text) {
                add(FactKind::AssignmentNotAccepted, pair.clone(), piece.page, piece.bbox);
            }
            if BENEFICIARY.is_match(&pair) && !BENEFICIARY.is_match(&text) {
                add(FactKind::QualifiedMedicareBeneficiary, pair.clone(), piece.page, piece.bbox);
            }
            let percent = RATE.find_iter(&pair).count() == 1 && !RATE.is_match(&text);
            if kind == DocKind::Eob && percent && ABOUT_RATE.is_match(&text) {
                add(FactKind::CoinsuranceRate, pair, piece.page, piece.bbox);
            }
        }
    }
    out
}

/// Whether what stands beside the label is a name.
fn names_insurer(text: &str) -> bool {
    let text = text.trim();
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|w| w.len() >= 3).count();
    // `(paid by) other plan | Deductible` are the heads of columns
    let heads = Vocabulary::builtin().lookup(text).is_some();
    words >= 1 && !heads && !text.ends_with(':') && !NOBODY.is_match(text) && money::money(text).is_none() && !text.contains('$')
}

/// The last amount above zero.
fn amount_in(text: &str) -> Option<Money> {
    let words = text.split_whitespace().filter(|w| w.contains('.'));
    words.filter_map(|w| money::money(w.trim_end_matches([',', ';', ')', '.']))).rfind(|m| *m > Money::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{BBox, PageText, TextSource, Word};
    use crate::text_lines::page_lines;

    /// Lines of words; two spaces or more are a gap between phrases.
    fn stated(lines: &[&str], kind: DocKind) -> Vec<(FactKind, String)> {
        let mut words = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let y = 40.0 + 14.0 * i as f32;
            let mut x = 40.0;
            for w in line.split(' ') {
                if w.is_empty() {
                    x += 18.0;
                    continue;
                }
                let width = 4.0 * w.len() as f32;
                words.push(Word::digital(w, BBox::new(x, y, x + width, y + 10.0)));
                x += width + 2.8;
            }
        }
        let page = page_lines(&PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: vec![],
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
        });
        facts(&[page], kind).into_iter().map(|f| (f.kind, f.text)).collect()
    }

    fn kinds(line: &str, kind: DocKind) -> Vec<FactKind> {
        stated(&[line], kind).into_iter().map(|f| f.0).collect()
    }

    #[test]
    fn another_insurer() {
        for s in [
            "Secondary Insurance: Mutual of the Prairie",
            "Secondary insurance     BLUE RIVER SUPPLEMENT",
            "Insurance 2: STATE MEDICAID",
            "Other coverage:    Cedar Union Plan",
            "This claim was forwarded to your supplemental insurer on 03/04/2025.",
            "Our records show that you have other health insurance.",
        ] {
            assert_eq!(kinds(s, DocKind::ItemizedBill), [FactKind::OtherCoverage], "{s}");
        }
        for s in [
            "Secondary Insurance: None",
            "Secondary insurance paid     $0.00",
            "Secondary insurance payments   12.00",
            "Other insurance:    N/A",
            "If you have other insurance please call us with its name.",
            "Other insurance info",
            "We will bill your secondary insurance as a courtesy.",
            "Other insurance     $20.00",
            "other plan     Deductible",
        ] {
            assert!(kinds(s, DocKind::ItemizedBill).is_empty(), "{s}");
        }
        let boxes = ["Primary insurance          Secondary insurance", "Blue River Health          Mutual of the Prairie"];
        assert_eq!(
            stated(&boxes, DocKind::ItemizedBill),
            [(FactKind::OtherCoverage, "Secondary insurance: Mutual of the Prairie".to_owned())]
        );
    }

    #[test]
    fn assignment_and_beneficiaries() {
        for s in [
            "Your doctor did not accept assignment for this claim.",
            "The provider didn't accept assignment.",
            "Accept assignment?    No",
            "Assignment:    Not accepted",
            "This is an unassigned claim.",
        ] {
            assert_eq!(kinds(s, DocKind::Eob), [FactKind::AssignmentNotAccepted], "{s}");
        }
        for s in
            ["Providers who do not accept assignment may charge you more.", "Accept assignment?    Yes", "We accept assignment."]
        {
            assert!(kinds(s, DocKind::Eob).is_empty(), "{s}");
        }
        for s in ["You are in the Qualified Medicare Beneficiary (QMB) program.", "QMB status:    Yes", "The patient is a QMB."] {
            assert_eq!(kinds(s, DocKind::Eob), [FactKind::QualifiedMedicareBeneficiary], "{s}");
        }
        for s in
            ["If you are in the QMB program, providers cannot bill you.", "QMB status:    No", "You are not in the QMB program."]
        {
            assert!(kinds(s, DocKind::Eob).is_empty(), "{s}");
        }
        assert_eq!(
            kinds("Insurance 2: MEDICAID QMB", DocKind::ItemizedBill),
            [FactKind::QualifiedMedicareBeneficiary, FactKind::OtherCoverage]
        );
    }

    #[test]
    fn an_example_states_no_rate() {
        let lines = [
            "Example: Pat's doctor charges $200.00 and the member discount is $80.00. Pat has met the deductible",
            "and pays 20% coinsurance: $24.00. The plan pays $96.00. These figures are not yours.",
        ];
        assert!(stated(&lines, DocKind::Eob).is_empty(), "{:?}", stated(&lines, DocKind::Eob));
        assert_eq!(kinds("You pay 20% coinsurance.", DocKind::Eob), [FactKind::CoinsuranceRate]);
    }

    #[test]
    fn the_rate_of_coinsurance() {
        for s in
            ["Your coinsurance is 20% of the allowed amount.", "Coinsurance:    20%", "The plan paid 80% of the allowed amount."]
        {
            assert_eq!(kinds(s, DocKind::Eob), [FactKind::CoinsuranceRate], "{s}");
        }
        for s in ["You pay 20% in network and 40% out of network.", "Save 20% when you pay early.", "20% discount"] {
            assert!(kinds(s, DocKind::Eob).is_empty(), "{s}");
        }
    }

    #[test]
    fn interest_and_fees() {
        for s in [
            "Late fee    $25.00",
            "Finance charge     12.40",
            "A finance charge of $12.40 was added to your account.",
            "A late fee of $25.00 is added to your balance.",
            "Interest    31.07",
        ] {
            assert_eq!(kinds(s, DocKind::ItemizedBill), [FactKind::FeeOrInterest], "{s}");
        }
        for s in [
            "A late fee of $25.00 may be charged on overdue accounts.",
            "Late fee    $0.00",
            "Returned checks are subject to a fee.",
            "A late charge of 1.5% a month applies after the day on which it is due; a check that is sent back costs $15.00.",
            "Interest-free plans from 50.00 a month",
            "Office visit    120.00",
        ] {
            assert!(kinds(s, DocKind::ItemizedBill).is_empty(), "{s}");
        }
        assert_eq!(kinds("Interest    31.07", DocKind::CollectionNotice), [FactKind::FeeOrInterest]);
    }
}
