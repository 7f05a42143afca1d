//! What kind of paper a document is.
//!
//! Every kind gathers evidence from the words and the structure of the whole document; the heaviest wins. No single
//! phrase decides: a bill may threaten with an agency, an EOB explain a denial, and a bill offer a good-faith estimate.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::grammar::{adjustments, code, date, money};
use crate::page_text::BBox;
use crate::statement::DocKind;
use crate::text_lines::PageLines;

use DocKind::{CollectionNotice, DenialLetter, Eob, Estimate, ItemizedBill, Other, Receipt};

/// Phrases in lower case with their weights, by where they count (see `kind.toml`).
#[derive(Deserialize, Default)]
#[serde(default)]
struct Phrases {
    /// In a heading: a short phrase of its own near the top of the first page, or set large or bold.
    heading: BTreeMap<String, f32>,
    /// At the start of a phrase, as captions and table heads stand.
    caption: BTreeMap<String, f32>,
    /// In any text, once.
    anywhere: BTreeMap<String, f32>,
    /// The same as whole words, for what papers of this kind talk about without saying what they are.
    talk: BTreeMap<String, f32>,
}

static EVIDENCE: LazyLock<BTreeMap<DocKind, Phrases>> =
    // A unit test reads the same text, so a broken file never ships.
    LazyLock::new(|| toml::from_str(include_str!("kind.toml")).unwrap_or_default());

/// The least evidence that makes a paper more than `Other`.
const THRESHOLD: f32 = 3.0;

/// The most that [`Phrases::talk`] may add.
const MOST_TALK: f32 = 4.0;

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
    for (kind, phrases) in EVIDENCE.iter() {
        let starts = |c: &String, p: &str| c.strip_prefix(p).is_some_and(|r| !r.starts_with(char::is_alphanumeric));
        // `Due date: Upon receipt` says when to pay, not what the paper is
        let headings =
            phrases.heading.iter().filter(|(p, _)| text.headings.iter().any(|h| holds(h, p) && !h.ends_with("on receipt")));
        let captions = phrases.caption.iter().filter(|(p, _)| text.captions.iter().any(|c| starts(c, p)));
        let anywhere = phrases.anywhere.iter().filter(|(p, _)| text.all.contains(p.as_str()));
        let weight: f32 = headings.chain(captions).chain(anywhere).map(|(_, w)| w).sum();
        let talk: f32 = phrases.talk.iter().filter(|(p, _)| holds(&text.all, p)).map(|(_, w)| w).sum();
        // Talk alone may lift a paper over the threshold, but must not outweigh what it calls itself.
        let weight = weight + talk.min(MOST_TALK);
        if weight > 0.0 {
            add(*kind, weight);
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
    // A receipt of services, each with its code, is a bill that says what has been paid; that of a payment names none.
    if text.coded_rows > 0 && text.itemized {
        add(Receipt, -3.0);
    }
    // Payments are posted to accounts; an EOB has them in columns.
    if text.credit_rows > 0 {
        add(ItemizedBill, 1.0);
    }
    // A charge by itself is a bill's; an EOB says of each what became of it.
    if text.priced_rows >= 4 && text.priced_rows * 5 >= text.dated_rows * 4 {
        add(ItemizedBill, 1.5);
        add(Eob, -1.5);
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
    /// Rows of payments and adjustments: a credit beside words that say so.
    credit_rows: usize,
    /// Rows that begin with a day and have amounts, and those of them with a single one.
    dated_rows: usize,
    priced_rows: usize,
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
            t.coded_rows += codes_in_columns(page);
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
                let dated = line.words.iter().take(3).any(|w| date::date(&w.text).is_some());
                t.dated_rows += usize::from(dated && amounts > 0);
                t.priced_rows += usize::from(dated && line.words.iter().filter(|w| money::money(&w.text).is_some()).count() == 1);
                t.credit_rows += usize::from(amounts > 0 && is_credit(&whole));
                let named = |w: &[crate::page_text::Word]| {
                    matches!(w[0].text.to_lowercase().trim_end_matches([':', '#', '®']), "cpt" | "hcpcs" | "cpt/hcpcs")
                        && w[1].text.len() >= 5
                        && code::procedure(w[1].text.trim_matches(['(', ')', ',', ';'])).is_some()
                };
                let priced = amounts > 0 && is_coded(&whole, &line.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>());
                t.coded_rows += usize::from(priced || line.words.windows(2).any(named));
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

/// `Sep 21, 2024 PMT MEDICARE -68.15`: a day, and words of a payment or adjustment.
fn is_credit(line: &str) -> bool {
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let posted = words.iter().any(|w| matches!(*w, "pmt" | "payment" | "adjustment" | "adj" | "discount" | "allowance"));
    posted
        && (0..words.len().min(4))
            .any(|i| date::leading_date(&words[i..].join(" ")).is_some() || date::leading_date(line).is_some())
}

/// Procedure codes that stand by themselves under a caption of their own, on whatever line their amount is.
fn codes_in_columns(page: &PageLines) -> usize {
    let mut captions: Vec<BBox> = Vec::new();
    let mut found = 0;
    for phrase in page.lines.iter().flat_map(crate::text_lines::Line::phrases) {
        let text = phrase.text.to_lowercase();
        if matches!(
            text.trim_end_matches('®'),
            "code"
                | "cpt"
                | "cpt code"
                | "hcpcs"
                | "hcpcs code"
                | "procedure"
                | "procedure code"
                | "proc code"
                | "cpt/hcpcs"
                | "proc"
        ) {
            captions.push(phrase.bbox);
        } else if text.len() >= 5
            && text.split(' ').count() <= 2
            && code::procedure(&text).is_some()
            && captions
                .iter()
                .any(|c| c.y1 < phrase.bbox.cy() && c.overlap_x(phrase.bbox) > 0.4 * c.width().min(phrase.bbox.width()))
        {
            found += 1;
        }
    }
    found
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
    use crate::page_text::{PageText, TextSource, Word};
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
            bend: None,
        })]
    }

    #[test]
    fn the_embedded_phrases_read() {
        let all: BTreeMap<DocKind, Phrases> = toml::from_str(include_str!("kind.toml")).unwrap();
        assert_eq!(all.len(), 7);
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
    fn the_voucher_of_a_benefit_fund_is_an_eob() {
        let title = |t: &'static str| {
            let p = paper(&["Lakeside Benefit Fund", t, "Claim number 123456789", "03/09/2025 99213 Office visit  120.00  0.00"]);
            verdict(&p).evidence.get(&DocKind::Eob).copied().unwrap_or(0.0)
        };
        assert!(title("STATEMENT OF BENEFITS") > title("STATEMENT") + 3.0);
        assert!(title("CLAIM VOUCHER") > title("VOUCHER") + 3.0);
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
    fn a_bill_to_be_paid_upon_receipt_is_none() {
        let of_receipt = |terms: &'static str| {
            let p = paper(&["Lakeside Hospital", "Summary of charges", terms, "Laboratory  210.00", "Amount due  210.00"]);
            verdict(&p).evidence.get(&DocKind::Receipt).copied().unwrap_or(0.0)
        };
        assert!(of_receipt("Receipt") >= 5.0);
        assert!(of_receipt("Upon receipt") <= 0.0 && of_receipt("Due on receipt") <= 0.0);
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
