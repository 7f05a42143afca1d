//! What kind of paper a document is.
//!
//! Every kind gathers evidence from the words and the structure of the whole document; the heaviest wins. No single
//! phrase decides: a bill may threaten with an agency, an EOB explain a denial, and a bill offer a good-faith estimate.

use std::collections::BTreeMap;

use crate::grammar::{adjustments, code, date, money};
use crate::statement::DocKind;
use crate::text_lines::PageLines;

/// Where a phrase counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In any text, once.
    Anywhere,
    /// In a heading: a short phrase of its own near the top of the first page, or set large or bold.
    Heading,
    /// At the start of a phrase, as captions and table heads stand.
    Caption,
}

use DocKind::{CollectionNotice, DenialLetter, Eob, Estimate, ItemizedBill, Other, Receipt};
use Place::{Anywhere, Caption, Heading};

/// Phrase (lower case, single spaces), where it counts, for what, how much.
const EVIDENCE: &[(&str, Place, DocKind, f32)] = &[
    ("explanation of benefits", Heading, Eob, 6.0),
    ("explanation of benefits", Anywhere, Eob, 1.0),
    ("explanation of payment", Heading, Eob, 5.0),
    ("explanation of medical benefits", Heading, Eob, 6.0),
    ("explanation of health care benefits", Heading, Eob, 6.0),
    ("remittance advice", Heading, Eob, 5.0),
    ("remittance", Heading, Eob, 2.0),
    ("medicare summary notice", Heading, Eob, 7.0),
    ("summary notice", Heading, Eob, 2.0),
    ("claims summary", Heading, Eob, 2.0),
    ("claim summary", Heading, Eob, 2.0),
    ("health statement", Heading, Eob, 2.0),
    ("claim detail", Caption, Eob, 1.0),
    ("this is not a bill", Anywhere, Eob, 4.0),
    ("not a bill", Anywhere, Eob, 3.0),
    ("allowed amount", Anywhere, Eob, 2.0),
    ("amount allowed", Anywhere, Eob, 1.5),
    ("allowed", Caption, Eob, 1.5),
    ("plan discount", Anywhere, Eob, 1.5),
    ("amount billed", Anywhere, Eob, 1.5),
    ("billed", Caption, Eob, 0.5),
    ("medicare-approved", Anywhere, Eob, 2.0),
    ("deductible", Caption, Eob, 1.5),
    ("coinsurance", Caption, Eob, 1.5),
    ("co-insurance", Caption, Eob, 1.5),
    ("copay", Caption, Eob, 1.0),
    ("not covered", Caption, Eob, 1.0),
    ("plan paid", Caption, Eob, 1.5),
    ("paid by insurer", Caption, Eob, 1.5),
    ("your share", Caption, Eob, 1.0),
    ("patient responsibility", Caption, Eob, 0.5),
    ("claim number", Caption, Eob, 1.0),
    ("claim #", Anywhere, Eob, 1.0),
    ("claim status", Caption, Eob, 1.0),
    ("claim for", Caption, Eob, 1.0),
    ("member id", Caption, Eob, 0.5),
    ("subscriber", Caption, Eob, 0.5),
    ("glossary", Anywhere, Eob, 1.0),
    ("remark code", Anywhere, Eob, 1.0),
    ("reason code", Anywhere, Eob, 1.0),
    ("your member card", Anywhere, Eob, 1.0),
    ("your identification card", Anywhere, Eob, 0.5),
    ("what you owe", Caption, Eob, 0.5),
    ("you may owe", Anywhere, Eob, 1.0),
    // bills
    ("invoice", Heading, ItemizedBill, 3.0),
    ("itemized", Heading, ItemizedBill, 4.0),
    ("itemization", Heading, ItemizedBill, 4.0),
    ("statement", Heading, ItemizedBill, 2.0),
    ("bill", Heading, ItemizedBill, 1.0),
    ("billing statement", Anywhere, ItemizedBill, 2.0),
    ("patient statement", Anywhere, ItemizedBill, 2.0),
    ("statement of charges", Anywhere, ItemizedBill, 2.0),
    ("statement of account", Anywhere, ItemizedBill, 2.0),
    ("guarantor", Caption, ItemizedBill, 1.5),
    ("detach", Anywhere, ItemizedBill, 2.0),
    ("with your payment", Anywhere, ItemizedBill, 1.0),
    ("make checks payable", Anywhere, ItemizedBill, 2.0),
    ("remit to", Anywhere, ItemizedBill, 1.5),
    ("please pay", Anywhere, ItemizedBill, 2.0),
    ("pay this amount", Anywhere, ItemizedBill, 2.0),
    ("amount enclosed", Anywhere, ItemizedBill, 1.0),
    ("amount due", Caption, ItemizedBill, 2.0),
    ("balance due", Caption, ItemizedBill, 2.0),
    ("amount you owe", Caption, ItemizedBill, 1.0),
    ("total charges", Caption, ItemizedBill, 1.0),
    ("insurance payments", Caption, ItemizedBill, 1.5),
    ("insurance billed", Caption, ItemizedBill, 1.5),
    ("statement date", Caption, ItemizedBill, 0.5),
    ("bill date", Caption, ItemizedBill, 1.5),
    ("invoice date", Caption, ItemizedBill, 1.5),
    ("hospital account", Caption, ItemizedBill, 1.0),
    ("primary insurance", Caption, ItemizedBill, 1.0),
    ("type of bill", Anywhere, ItemizedBill, 4.0),
    ("patient control", Anywhere, ItemizedBill, 2.0),
    ("statement covers period", Anywhere, ItemizedBill, 2.0),
    ("payments/adjustments", Anywhere, ItemizedBill, 1.0),
    ("payments and adjustments", Anywhere, ItemizedBill, 1.0),
    ("itemized statement of these charges", Anywhere, ItemizedBill, 1.5),
    ("health insurance claim form", Anywhere, ItemizedBill, 3.0),
    // denial letters
    ("adverse benefit determination", Heading, DenialLetter, 5.0),
    ("adverse benefit determination", Anywhere, DenialLetter, 2.5),
    ("adverse determination", Anywhere, DenialLetter, 2.5),
    ("notice of denial", Anywhere, DenialLetter, 4.0),
    ("denial of", Heading, DenialLetter, 4.0),
    ("denial", Heading, DenialLetter, 3.0),
    ("have denied", Anywhere, DenialLetter, 4.0),
    ("has been denied", Anywhere, DenialLetter, 3.0),
    ("was denied", Anywhere, DenialLetter, 2.0),
    ("we denied", Anywhere, DenialLetter, 3.0),
    ("are denying", Anywhere, DenialLetter, 3.0),
    ("not approved", Anywhere, DenialLetter, 2.0),
    ("unable to approve", Anywhere, DenialLetter, 3.5),
    ("cannot approve", Anywhere, DenialLetter, 3.5),
    ("did not approve", Anywhere, DenialLetter, 2.0),
    ("will not cover", Anywhere, DenialLetter, 2.0),
    ("not medically necessary", Anywhere, DenialLetter, 1.5),
    ("right to appeal", Anywhere, DenialLetter, 1.5),
    ("internal appeal", Anywhere, DenialLetter, 1.5),
    ("external review", Anywhere, DenialLetter, 1.5),
    ("denied coverage", Anywhere, DenialLetter, 2.0),
    // collection notices
    ("attempt to collect a debt", Anywhere, CollectionNotice, 5.0),
    ("debt collector", Anywhere, CollectionNotice, 3.0),
    ("debt collection", Anywhere, CollectionNotice, 2.0),
    ("collection notice", Anywhere, CollectionNotice, 4.0),
    ("notice of placement", Anywhere, CollectionNotice, 3.0),
    ("placed for collection", Anywhere, CollectionNotice, 3.0),
    ("placed with our office", Anywhere, CollectionNotice, 4.0),
    ("placed with our agency", Anywhere, CollectionNotice, 4.0),
    ("placed with us", Anywhere, CollectionNotice, 3.0),
    ("referred to our office", Anywhere, CollectionNotice, 3.0),
    ("assigned to our office", Anywhere, CollectionNotice, 3.0),
    ("assigned to us", Anywhere, CollectionNotice, 2.0),
    ("original creditor", Anywhere, CollectionNotice, 3.0),
    ("creditor", Caption, CollectionNotice, 3.0),
    ("validity of this debt", Anywhere, CollectionNotice, 3.0),
    ("validity of the debt", Anywhere, CollectionNotice, 3.0),
    ("part of the debt", Anywhere, CollectionNotice, 2.0),
    ("amount of the debt", Anywhere, CollectionNotice, 2.0),
    ("total amount of the debt", Anywhere, CollectionNotice, 2.0),
    ("our client", Anywhere, CollectionNotice, 1.0),
    // receipts
    ("receipt", Heading, Receipt, 5.0),
    ("payment confirmation", Heading, Receipt, 5.0),
    ("thank you for your payment", Anywhere, Receipt, 2.0),
    ("receipt no", Anywhere, Receipt, 3.0),
    ("receipt number", Anywhere, Receipt, 3.0),
    ("receipt date", Anywhere, Receipt, 2.0),
    ("keep this receipt", Anywhere, Receipt, 3.0),
    ("payment method", Caption, Receipt, 1.0),
    ("method of payment", Caption, Receipt, 1.0),
    ("total paid", Caption, Receipt, 1.0),
    ("received from", Caption, Receipt, 2.0),
    ("payment received", Heading, Receipt, 3.0),
    ("amount paid", Caption, Receipt, 1.0),
    ("transaction id", Caption, Receipt, 1.5),
    ("approval code", Anywhere, Receipt, 1.5),
    // estimates
    ("good faith estimate", Heading, Estimate, 6.0),
    ("estimate of", Heading, Estimate, 4.0),
    ("cost estimate", Heading, Estimate, 5.0),
    ("estimate", Heading, Estimate, 3.0),
    ("date of estimate", Anywhere, Estimate, 3.0),
    ("estimate date", Anywhere, Estimate, 3.0),
    ("expected charge", Anywhere, Estimate, 3.0),
    ("expected cost", Anywhere, Estimate, 3.0),
    ("estimated cost", Anywhere, Estimate, 2.0),
    ("estimated total", Anywhere, Estimate, 1.5),
    ("this good faith estimate", Anywhere, Estimate, 3.0),
    ("expected to be provided", Anywhere, Estimate, 1.0),
    ("reasonably expected", Anywhere, Estimate, 1.5),
    // anything else
    ("appointment", Heading, Other, 4.0),
    ("reminder of your appointment", Anywhere, Other, 4.0),
    ("summary of benefits and coverage", Anywhere, Other, 6.0),
    ("notice of privacy practices", Heading, Other, 6.0),
    ("privacy practices", Heading, Other, 4.0),
    ("consent", Heading, Other, 3.0),
    ("evidence of coverage", Heading, Other, 5.0),
    ("lab results", Heading, Other, 4.0),
    ("discharge instructions", Heading, Other, 5.0),
    ("application for financial assistance", Heading, Other, 5.0),
    ("financial assistance application", Heading, Other, 5.0),
    ("enrollment", Heading, Other, 3.0),
    ("welcome", Heading, Other, 2.0),
    ("premium", Heading, Other, 3.0),
    ("prescription", Heading, Other, 2.0),
    ("newsletter", Heading, Other, 4.0),
];

/// The least evidence that makes a paper more than `Other`.
const THRESHOLD: f32 = 3.0;

/// How much speaks for each kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The kind with the most evidence.
    pub kind: DocKind,
    /// Weight of evidence by kind; both kinds of bill share that of [`DocKind::ItemizedBill`].
    pub evidence: BTreeMap<DocKind, f32>,
    /// Lines that print a procedure or revenue code beside an amount.
    pub coded_rows: usize,
}

/// The kind of the document.
pub fn classify(pages: &[PageLines]) -> DocKind {
    verdict(pages).kind
}

/// The kind of the document, with what speaks for it.
pub fn verdict(pages: &[PageLines]) -> Verdict {
    let text = Text::of(pages);
    let mut evidence: BTreeMap<DocKind, f32> = BTreeMap::new();
    let mut add = |kind: DocKind, weight: f32| *evidence.entry(kind).or_default() += weight;
    for (phrase, place, kind, weight) in EVIDENCE {
        let found = match place {
            Anywhere => text.all.contains(phrase),
            Heading => text.headings.iter().any(|h| holds(h, phrase)),
            Caption => text
                .captions
                .iter()
                .any(|c| c.strip_prefix(phrase).is_some_and(|r| !r.starts_with(|x: char| x.is_alphanumeric()))),
        };
        if found {
            add(*kind, *weight);
        }
    }
    if text.adjustment_codes >= 2 {
        add(Eob, 3.0);
    }
    // A letter is written in sentences and addresses its reader; a table of amounts is no letter.
    if text.greeting {
        add(DenialLetter, 1.0);
        add(CollectionNotice, 0.5);
        add(Other, 1.0);
    }
    if text.money_rows > 6 {
        add(DenialLetter, -4.0);
        add(CollectionNotice, -1.5);
        add(Receipt, -2.0);
    }
    if text.money_rows == 0 {
        add(Eob, -2.0);
        add(ItemizedBill, -3.0);
        add(Estimate, -2.0);
    }
    if text.coded_rows > 0 {
        add(Eob, 0.5);
        add(ItemizedBill, 1.0);
        add(Estimate, 0.5);
    }
    let best = evidence.iter().filter(|(k, _)| **k != Other).max_by(|a, b| a.1.total_cmp(b.1)).map(|(k, w)| (*k, *w));
    let other = evidence.get(&Other).copied().unwrap_or(0.0);
    let kind = match best {
        Some((k, w)) if w >= THRESHOLD && w > other => k,
        _ => Other,
    };
    let kind = match kind {
        ItemizedBill if text.coded_rows == 0 && !text.itemized => DocKind::SummaryBill,
        k => k,
    };
    Verdict { kind, evidence, coded_rows: text.coded_rows }
}

/// Whether the phrase stands in it as words.
fn holds(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(|c| c.is_alphanumeric() && c != 's')
    })
}

#[derive(Default)]
struct Text {
    /// Everything, lower case.
    all: String,
    headings: Vec<String>,
    captions: Vec<String>,
    money_rows: usize,
    coded_rows: usize,
    adjustment_codes: usize,
    greeting: bool,
    itemized: bool,
}

impl Text {
    fn of(pages: &[PageLines]) -> Self {
        let mut t = Self::default();
        let mut sizes: Vec<f32> =
            pages.iter().flat_map(|p| p.lines.iter()).flat_map(|l| l.words.iter().map(|w| w.font_size)).collect();
        sizes.sort_by(f32::total_cmp);
        let body = sizes.get(sizes.len() / 2).copied().unwrap_or(9.0);
        for (n, page) in pages.iter().enumerate() {
            for line in &page.lines {
                let whole = line.text().to_lowercase();
                t.greeting |= whole.starts_with("dear ");
                let phrases = line.phrases();
                let amounts = phrases
                    .iter()
                    .flat_map(|p| p.text.split(' ').map(str::to_owned).chain([p.text.clone()]))
                    .filter(|w| money::money(w).is_some())
                    .count();
                let split = line.words.windows(2).last().is_some_and(|w| {
                    let figures = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
                    // Forms print dollars and cents in columns of their own.
                    w[1].text.len() == 2 && figures(&w[1].text) && figures(&w[0].text) && line.words.len() > 4
                });
                let amounts = amounts + usize::from(split);
                t.money_rows += usize::from(amounts > 0);
                if amounts > 0 && is_coded(&whole, &line.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>()) {
                    t.coded_rows += 1;
                }
                t.adjustment_codes +=
                    line.words.iter().filter(|w| w.text.contains('-') && adjustments::adjustment_code(&w.text).is_some()).count();
                for p in &phrases {
                    let text = p.text.to_lowercase();
                    let words = &line.words[p.first..p.end];
                    let large = words.iter().any(|w| w.font_size > body * 1.15);
                    let bold = words.iter().all(|w| w.bold);
                    let top = n == 0 && p.bbox.y0 < page.height * 0.35;
                    let short = words.len() <= 9;
                    if short && n == 0 && (top || large || bold) && !text.ends_with(['.', ':']) {
                        t.itemized |=
                            text.contains("itemiz") || text.contains("detailed statement") || text.contains("detail of charges");
                        t.headings.push(text.clone());
                    }
                    if words.len() <= 12 {
                        t.captions.push(text);
                    }
                }
                t.all.push_str(&whole);
                t.all.push(' ');
            }
        }
        t
    }
}

/// Whether a line with an amount names a procedure or a revenue code.
fn is_coded(line: &str, words: &[&str]) -> bool {
    if line.contains("box") || line.contains("suite") {
        return false;
    }
    let dated = words.iter().take(3).any(|w| date::date(w).is_some() || date::compact_date(w).is_some());
    words.iter().enumerate().any(|(i, w)| {
        let bare = w.trim_matches(['(', ')', ',', ':']);
        if let Some(p) = code::procedure(bare) {
            let lettered = p.code.chars().any(|c| c.is_ascii_alphabetic());
            // Five digits behind a state are a ZIP code; seven may be a number of any kind.
            let zip = i > 0
                && words[i - 1].len() == 2
                && words[i - 1].chars().all(|c| c.is_ascii_uppercase())
                && !matches!(words[i - 1], "CT" | "MS");
            let six = bare.len() == 6 && !lettered;
            return !zip && !six && (lettered || bare.len() <= 8 || dated);
        }
        // Revenue codes are printed with four digits, the first a zero, at the head of a row.
        i < 3 && bare.len() == 4 && bare.starts_with('0') && code::revenue_code(bare).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{BBox, PageText, TextSource, Word};
    use crate::text_lines::page_lines;

    fn paper(lines: &[&str]) -> Vec<PageLines> {
        let mut words = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let y = 40.0 + 14.0 * i as f32;
            let mut x = 40.0;
            for w in line.split(' ') {
                if w.is_empty() {
                    x += 30.0;
                    continue;
                }
                let width = 5.0 * w.len() as f32;
                words.push(Word::digital(w, BBox::new(x, y, x + width, y + 10.0)));
                x += width + 2.8;
            }
        }
        vec![page_lines(&PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: vec![],
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
        })]
    }

    #[test]
    fn a_threat_on_a_bill_is_no_collection_notice() {
        let p = paper(&[
            "Lakeside Clinic  STATEMENT",
            "Account number 12345",
            "03/09/2025 99213 Office visit  120.00",
            "Amount due  120.00",
            "Balances over 120 days may be referred to a collection agency.",
        ]);
        assert_eq!(classify(&p), DocKind::ItemizedBill);
    }

    #[test]
    fn a_denied_line_on_an_eob_is_no_letter() {
        let p = paper(&[
            "Blue Plan  Explanation of Benefits",
            "THIS IS NOT A BILL",
            "Claim number 123456789",
            "03/09/2025 99213 Office visit  120.00  0.00",
            "This service was denied. You have the right to appeal.",
        ]);
        assert_eq!(classify(&p), DocKind::Eob);
    }

    #[test]
    fn a_bill_without_codes_is_a_summary() {
        let p = paper(&[
            "Lakeside Hospital  Patient Statement",
            "Account 12345",
            "Laboratory  210.00",
            "Total charges  210.00",
            "Amount due  210.00",
        ]);
        assert_eq!(classify(&p), DocKind::SummaryBill);
        assert_eq!(classify(&[]), DocKind::Other);
    }

    #[test]
    fn letters() {
        let p = paper(&[
            "Midland Recovery",
            "Creditor: Lakeside Clinic",
            "Amount owed: $96.00",
            "This is an attempt to collect a debt by a debt collector.",
        ]);
        assert_eq!(classify(&p), DocKind::CollectionNotice);
        let p = paper(&[
            "Blue Plan",
            "Dear Jane Roe:",
            "We have denied coverage for your MRI. You have the right to appeal this decision.",
            "Notice of denial",
        ]);
        assert_eq!(classify(&p), DocKind::DenialLetter);
        let p = paper(&["Lakeside Clinic", "Dear Jane, this is a reminder of your appointment on May 2."]);
        assert_eq!(classify(&p), DocKind::Other);
    }
}
