//! Header facts of small papers drawn here.

use proptest::prelude::*;

use super::*;
use crate::page_text::{BBox, PageText, TextSource, Word};
use crate::text_lines::page_lines;

mod of_claims;

/// Phrases at (x, y) in type of ten points; words five points a letter.
fn paper(phrases: &[(f32, f32, &str)]) -> Vec<PageLines> {
    let mut words = Vec::new();
    for (x, y, text) in phrases {
        let mut x = *x;
        for w in text.split(' ') {
            let width = 5.0 * w.chars().count() as f32;
            words.push(Word::digital(w, BBox::new(x, *y, x + width, y + 10.0)));
            x += width + 2.8;
        }
    }
    let page = PageText {
        number: 1,
        width: 612.0,
        height: 792.0,
        words,
        rulings: vec![],
        source: TextSource::Digital,
        to_page: PageText::IDENTITY,
        bend: None,
    };
    vec![page_lines(&page)]
}

/// The same as a recogniser gives it.
fn scanned(phrases: &[(f32, f32, &str)]) -> Vec<PageLines> {
    let mut pages = paper(phrases);
    for line in pages.iter_mut().flat_map(|p| &mut p.lines) {
        for w in &mut line.words {
            w.source = TextSource::Ocr;
            w.confidence = 0.97;
        }
    }
    pages
}

fn read(phrases: &[(f32, f32, &str)], kind: DocKind) -> Vec<String> {
    told(&header(&paper(phrases), kind))
}

fn told(h: &Header) -> Vec<String> {
    let text = |c: &Cell| match &c.value {
        Value::Text(t) => t.clone(),
        Value::Money(m) => m.to_string(),
        Value::Date(d) => d.to_string(),
        other => format!("{other:?}"),
    };
    h.cells.iter().map(|(f, all)| format!("{f:?}={}", all.iter().map(text).collect::<Vec<_>>().join(";"))).collect()
}

#[test]
fn labels_in_beside_and_above_their_values() {
    let got = read(
        &[
            (40.0, 30.0, "Lakeside General Hospital"),
            (40.0, 42.0, "PO Box 61109, Waco, TX 76701"),
            (40.0, 80.0, "PATIENT NAME"),
            (160.0, 80.0, "ACCT #"),
            (260.0, 80.0, "BILL DATE"),
            (360.0, 80.0, "PAY THIS AMOUNT"),
            (40.0, 92.0, "ROE, JANE"),
            (160.0, 92.0, "H8927190"),
            (260.0, 92.0, "03/09/25"),
            (360.0, 92.0, "$1,234.50"),
            (40.0, 130.0, "Group:820112-01"),
            (200.0, 130.0, "Subscriber ID:W793582664"),
            (40.0, 150.0, "Date of service"),
            (160.0, 150.0, "02/01/25 - 02/03/25"),
            (40.0, 170.0, "Primary insurance:"),
            (160.0, 170.0, "Red Cliff Health Plan"),
            (40.0, 190.0, "Insurance payments"),
            (200.0, 190.0, "(500.00)"),
        ],
        DocKind::ItemizedBill,
    );
    let want = [
        "Patient=ROE, JANE",
        "MemberId=W793582664",
        "Provider=Lakeside General Hospital",
        "Payer=Red Cliff Health Plan",
        "AccountNo=H8927190",
        "StatementDate=2025-03-09",
        "ServiceFrom=2025-02-01",
        "ServiceTo=2025-02-03",
        "TotalPlanPaid=500.00",
        "BalanceDue=1234.50",
    ];
    assert_eq!(got, want);
}

#[test]
fn the_first_row_of_a_table_is_no_header() {
    let got = read(
        &[
            (40.0, 80.0, "Date of Service"),
            (160.0, 80.0, "Code"),
            (240.0, 80.0, "Description"),
            (400.0, 80.0, "Patient Balance"),
            (40.0, 92.0, "03/09/2025"),
            (160.0, 92.0, "99213"),
            (240.0, 92.0, "Office visit"),
            (400.0, 92.0, "20.00"),
            (40.0, 104.0, "03/10/2025"),
            (160.0, 104.0, "99214"),
            (240.0, 104.0, "Office visit"),
            (400.0, 104.0, "30.00"),
        ],
        DocKind::ItemizedBill,
    );
    assert!(got.is_empty(), "{got:?}");
}

#[test]
fn captions_without_values_stay_empty() {
    let got = read(
        &[
            (40.0, 80.0, "Account number:"),
            (160.0, 80.0, "Claim number:"),
            (40.0, 100.0, "Member ID:"),
            (40.0, 112.0, "Patient:"),
            (40.0, 124.0, "Call (555) 555-0100 with questions."),
        ],
        DocKind::Eob,
    );
    assert!(got.is_empty(), "{got:?}");
}

#[test]
fn a_collector_is_not_the_provider() {
    let got = read(
        &[
            (40.0, 30.0, "Midland Receivables Group"),
            (40.0, 80.0, "Creditor:"),
            (160.0, 80.0, "Lakeside Clinic"),
            (40.0, 92.0, "Creditor account:"),
            (160.0, 92.0, "V2463823114"),
            (40.0, 104.0, "Our reference:"),
            (160.0, 104.0, "76-483440"),
            (40.0, 116.0, "Amount owed: $96.00"),
        ],
        DocKind::CollectionNotice,
    );
    assert_eq!(got, ["Provider=Lakeside Clinic", "AccountNo=V2463823114", "BalanceDue=96.00"]);
}

#[test]
fn facts_in_sentences() {
    let got = read(
        &[
            (40.0, 30.0, "Pacific Health Plan"),
            (40.0, 80.0, "This explanation was mailed on March 20, 2025 and is for your records."),
            (40.0, 110.0, "Claim 5230-8551 has been processed. Care for Jane Roe by Lakeside Medicine, P.A., a participating"),
            (40.0, 121.0, "provider; the provider's account for you is H8167801."),
        ],
        DocKind::Eob,
    );
    for want in [
        "Patient=Jane Roe",
        "Provider=Lakeside Medicine, P.A.",
        "Network=in",
        "AccountNo=H8167801",
        "ClaimNo=5230-8551",
        "ClaimStatus=processed",
        "StatementDate=2025-03-20",
    ] {
        assert!(got.iter().any(|g| g == want), "{want}: {got:?}");
    }
}

#[test]
fn a_notice_of_benefits_names_whom_it_is_for() {
    let colon = [(40.0, 30.0, "Medicare Summary Notice"), (40.0, 80.0, "Notice for: Agnes Pruitt")];
    let columns = [(40.0, 30.0, "Medicare Summary Notice"), (40.0, 80.0, "Notice for"), (200.0, 80.0, "Agnes Pruitt")];
    for phrases in [colon.as_slice(), columns.as_slice()] {
        let got = read(phrases, DocKind::Eob);
        assert!(got.contains(&"Patient=Agnes Pruitt".to_owned()), "{got:?}");
    }
}

#[test]
fn values_over_their_captions_and_in_front_of_their_words() {
    let got = read(
        &[
            (40.0, 30.0, "Lakeside General Hospital"),
            (40.0, 80.0, "$232.50"),
            (200.0, 80.0, "$132.50"),
            (360.0, 80.0, "$20.00"),
            (40.0, 92.0, "Your provider billed"),
            (200.0, 92.0, "Paid by us"),
            (360.0, 92.0, "Your portion"),
        ],
        DocKind::Eob,
    );
    for want in ["TotalCharges=232.50", "TotalPlanPaid=132.50", "TotalPatientResponsibility=20.00"] {
        assert!(got.iter().any(|g| g == want), "{want}: {got:?}");
    }
    let got = read(&[(40.0, 30.0, "Lakeside Clinic"), (40.0, 300.0, "$20.00 left for you to pay")], DocKind::ItemizedBill);
    assert!(got.iter().any(|g| g == "BalanceDue=20.00"), "{got:?}");
}

#[test]
fn leaders_and_bars_part_facts() {
    let got = read(
        &[
            (40.0, 80.0, "Notice written . . . . . . April 12, 2024"),
            (40.0, 110.0, "Claim HP-100-2231 | Jane Roe | Lakeside Medicine, P.A. | In network | Paid 03/20/2025"),
        ],
        DocKind::Eob,
    );
    for want in ["StatementDate=2024-04-12", "ClaimNo=HP-100-2231", "Patient=Jane Roe", "Network=in", "ClaimStatus=processed"] {
        assert!(got.iter().any(|g| g == want), "{want}: {got:?}");
    }
}

proptest! {
    #[test]
    fn never_panics(
        phrases in proptest::collection::vec((0f32..600.0, 0f32..780.0, "(Account number:|Patient|Claim #|Amount due|DOS|NPI|0001|To|\\$12.00|3/9/25|12-3456|Roe, Jane|Acme Clinic|\\PC{1,12})"), 0..40),
        kind in 0usize..8,
    ) {
        use DocKind::{CollectionNotice, DenialLetter, Eob, Estimate, ItemizedBill, Other, Receipt, SummaryBill};
        let kind = [ItemizedBill, SummaryBill, Eob, DenialLetter, CollectionNotice, Receipt, Estimate, Other][kind];
        let all: Vec<(f32, f32, &str)> = phrases.iter().map(|(x, y, t)| (*x, *y, t.as_str())).collect();
        let pages = paper(&all);
        let _ = header(&pages, kind);
        let _ = crate::kind::verdict(&pages);
        let _ = crate::letters::facts(&pages, kind);
        let _ = crate::letters::notes(&pages, &["1".to_owned(), "a".to_owned()].into());
    }
}

#[test]
fn pieces_of_an_amount_are_none() {
    let due = |rest: &str| {
        told(&header(&scanned(&[(40.0, 80.0, "AMOUNT DUE"), (40.0, 92.0, "$1"), (62.0, 92.0, rest)]), DocKind::ItemizedBill))
    };
    assert!(due("2484").is_empty());
    assert_eq!(due("by mail"), ["BalanceDue=1.00"]);
}

#[test]
fn a_caption_parted_or_with_a_misread_number() {
    let bill = |phrases: &[(f32, f32, &str)]| told(&header(&scanned(phrases), DocKind::ItemizedBill));
    assert_eq!(bill(&[(40.0, 80.0, "PAT IENT: JANE ROE")]), ["Patient=JANE ROE"]);
    let form = [
        (40.0, 80.0, "& PATIENT NAME"),
        (300.0, 80.0, "9 PATIENT ADDRESS"),
        (42.0, 92.0, "ROE, JANE"),
        (300.0, 92.0, "12 OAK ST"),
    ];
    assert_eq!(bill(&form), ["Patient=ROE, JANE"]);
}

#[test]
fn a_telephone_is_no_account() {
    let facts = read(
        &[(40.0, 40.0, "Patient accounts (321) 555-0171"), (40.0, 60.0, "Account number: 302-80741")],
        DocKind::ItemizedBill,
    );
    assert_eq!(facts, ["AccountNo=302-80741"]);
}

#[test]
fn below_a_label_with_its_value_at_the_margin_stands_the_next_label() {
    let facts = read(
        &[
            (40.0, 40.0, "INSURANCE"),
            (250.0, 40.0, "BLUE MESA INSURANCE COMPANY"),
            (40.0, 51.0, "CASHIER"),
            (350.6, 51.0, "02 LUZ"),
            (40.0, 62.0, "ACCOUNT"),
            (338.4, 62.0, "H1199831"),
        ],
        DocKind::ItemizedBill,
    );
    assert!(!facts.iter().any(|f| f.contains("CASHIER")), "{facts:?}");
}

#[test]
fn a_sum_of_a_panel_beside_the_papers_own_date_is_one() {
    let facts = read(
        &[
            (40.0, 20.0, "Lakeside Hospital"),
            (344.0, 40.0, "Total charges"),
            (520.0, 40.0, "$561.12"),
            (40.0, 54.0, "Statement date"),
            (344.0, 54.0, "Insurance payments"),
            (520.0, 54.0, "-$400.00"),
            (40.0, 68.0, "Jun 27, 2025"),
            (344.0, 68.0, "Patient payments"),
            (520.0, 68.0, "$20.00"),
            (344.0, 82.0, "Balance due"),
            (520.0, 82.0, "$141.12"),
        ],
        DocKind::ItemizedBill,
    );
    assert!(facts.contains(&"TotalPatientPaid=20.00".to_owned()), "{facts:?}");
}

#[test]
fn an_insurers_number_is_no_part_of_its_name() {
    let lines = [(40.0, 20.0, "Lakeside Laboratory"), (40.0, 60.0, "Insurance: Elm Health Plan, ID W867582686")];
    let facts = read(&lines, DocKind::ItemizedBill);
    assert!(facts.contains(&"Payer=Elm Health Plan".to_owned()), "{facts:?}");
}

#[test]
fn an_evaluation_by_a_therapist_is_nobodys_name() {
    let s = crate::test_pages::read(&[
        (20.0, &[(30.0, "Lakeside Therapy"), (400.0, "Itemized bill")]),
        (40.0, &[(30.0, "Patient's name"), (200.0, "ROE, JANE")]),
        (60.0, &[(30.0, "Item"), (220.0, "Date"), (300.0, "Ct"), (-460.0, "Fee"), (-560.0, "Credit")]),
        (74.0, &[(30.0, "PT EVAL LOW COMPLEXITY"), (220.0, "01/29/2025"), (300.0, "1"), (-460.0, "174.00")]),
        (86.0, &[(30.0, "PPO DISCOUNT"), (220.0, "03/15/2025"), (-560.0, "60.45")]),
    ]);
    let named: Vec<&str> = s.header[&Field::Patient].iter().map(|c| c.raw.as_str()).collect();
    assert_eq!(named, ["ROE, JANE"]);
}

#[test]
fn the_labels_of_a_remittance_need_no_colon() {
    let facts = read(
        &[
            (40.0, 20.0, "LAKESIDE HEALTH PLAN"),
            (400.0, 20.0, "REMITTANCE ADVICE"),
            (40.0, 50.0, "NAME ROE, JANE"),
            (150.0, 50.0, "HIC W867582686"),
            (270.0, 50.0, "ACNT 74019088"),
            (390.0, 50.0, "CLAIM# 242606141954"),
            (40.0, 62.0, "RENDERING MEADOW EMERGENCY PHYSICIANS"),
            (300.0, 62.0, "STATUS 1 - PROCESSED AS PRIMARY"),
        ],
        DocKind::Eob,
    );
    let want = [
        "Patient=ROE, JANE",
        "MemberId=W867582686",
        "Provider=MEADOW EMERGENCY PHYSICIANS",
        "AccountNo=74019088",
        "ClaimNo=242606141954",
        "ClaimStatus=processed",
    ];
    for fact in want {
        assert!(facts.contains(&fact.to_owned()), "{fact}: {facts:?}");
    }
}

#[test]
fn a_fund_office_is_nobodys_name() {
    let facts = read(
        &[
            (200.0, 20.0, "Lakeside Benefit Trust"),
            (200.0, 34.0, "Claims administered by the Fund Office"),
            (40.0, 70.0, "Patient"),
            (300.0, 70.0, "Voucher claim"),
            (40.0, 82.0, "Jane Roe"),
            (300.0, 82.0, "252529479784"),
        ],
        DocKind::Eob,
    );
    assert!(facts.contains(&"ClaimNo=252529479784".to_owned()), "{facts:?}");
    assert!(facts.contains(&"Payer=Lakeside Benefit Trust".to_owned()), "{facts:?}");
}
