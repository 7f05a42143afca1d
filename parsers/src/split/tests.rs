use super::*;
use crate::page_text::{BBox, PageText, TextSource, Word};

/// A page with the lines from its top, as a typewriter sets them: two spaces and more part phrases.
pub(super) fn page(number: u32, lines: &[&str]) -> PageText {
    let mut words = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let y = 40.0 + 14.0 * i as f32;
        let mut x = 40.0;
        for w in line.split(' ') {
            let width = 5.0 * w.chars().count() as f32;
            if !w.is_empty() {
                words.push(Word::digital(w, BBox::new(x, y, x + width, y + 10.0)));
            }
            x += width + if w.is_empty() { 12.0 } else { 4.0 };
        }
    }
    PageText {
        number,
        width: 612.0,
        height: 792.0,
        words,
        rulings: vec![],
        source: TextSource::Digital,
        to_page: PageText::IDENTITY,
        bend: None,
    }
}

fn parts(pages: &[Vec<&str>]) -> Vec<(u32, u32)> {
    let pages = pages.iter().enumerate().map(|(i, lines)| page(i as u32 + 1, lines)).collect();
    split(&DocumentText { pages }).into_iter().map(|r| (*r.start(), *r.end())).collect()
}

/// A bill's first page.
fn bill<'a>(clinic: &'a str, patient: &'a str, account: &'a str, date: &'a str, foot: &'a str) -> Vec<&'a str> {
    vec![
        clinic,
        "12 Oak Street",
        "Erie, PA 16522",
        "Statement of services",
        patient,
        account,
        date,
        "",
        "Date    Code    Description    Units    Charge",
        "03/03/2025    99213    Office visit    1    140.00",
        "03/03/2025    85025    Blood count    1    38.00",
        "Total charges    178.00",
        "Amount due    178.00",
        "Please pay this amount with your payment",
        foot,
    ]
}

fn lakeside(foot: &str) -> Vec<&str> {
    bill("LAKESIDE CLINIC", "Patient: Jane Q Public", "Account number: 445512", "Statement date: 04/02/2025", foot)
}

fn harbor(foot: &str) -> Vec<&str> {
    bill("HARBOR HOSPITAL", "Patient: Omar Roe", "Account number: 901377", "Statement date: 05/11/2025", foot)
}

const MORE_ROWS: [&str; 3] = [
    "Date    Code    Description    Units    Charge",
    "03/04/2025    71046    Chest xray    1    240.00",
    "03/05/2025    80053    Metabolic panel    1    88.00",
];

#[test]
fn numbered_documents_are_told_apart() {
    assert_eq!(parts(&[lakeside("Page 1 of 1"), harbor("Page 1 of 1"), lakeside("Page 1 of 1")]), [(1, 1), (2, 2), (3, 3)]);
}

#[test]
fn without_page_numbers_the_heads_tell() {
    assert_eq!(parts(&[lakeside(""), harbor("")]), [(1, 1), (2, 2)]);
}

#[test]
fn two_months_of_one_account_are_two_statements() {
    let later =
        |foot| bill("LAKESIDE CLINIC", "Patient: Jane Q Public", "Account number: 445512", "Statement date: 06/02/2025", foot);
    assert_eq!(parts(&[lakeside("1/1"), later("1/1")]), [(1, 1), (2, 2)]);
}

#[test]
fn pages_of_one_document_stay_together() {
    let mut second = vec!["LAKESIDE CLINIC - account 445512 (continued)"];
    second.extend(MORE_ROWS);
    assert_eq!(
        parts(&[lakeside("Page 1 of 2"), [second.clone(), vec!["Page 2 of 2"]].concat(), harbor("Page 1 of 1")]),
        [(1, 2), (3, 3)]
    );
    assert_eq!(parts(&[lakeside(""), second]), [(1, 2)]);
    assert_eq!(parts(&[lakeside(""), MORE_ROWS.to_vec()]), [(1, 2)]);
}

#[test]
fn a_head_repeated_on_every_page_is_no_new_document() {
    assert_eq!(parts(&[lakeside(""), lakeside(""), lakeside("")]), [(1, 3)]);
    assert_eq!(parts(&[lakeside("PAGE 1"), lakeside("PAGE 2")]), [(1, 2)]);
}

#[test]
fn a_family_on_one_eob_is_one_document() {
    let claim = |patient, number, foot| {
        vec![
            "Summit Health Plan    Explanation of Benefits",
            "THIS IS NOT A BILL",
            "Member ID: XQA996093308",
            patient,
            number,
            "Service date    Amount billed    Plan discount    Allowed amount    Plan paid    You owe",
            "03/04/2025    240.00    100.00    140.00    120.00    20.00",
            foot,
        ]
    };
    let first = claim("Patient: Jane Roe", "Claim number: 5512345671", "Page 1 of 2");
    let second = claim("Patient: Omar Roe", "Claim number: 5512399999", "Page 2 of 2");
    assert_eq!(parts(&[first, second]), [(1, 2)]);
}

#[test]
fn blank_backs_belong_to_none() {
    let blank = vec!["."];
    let left = vec!["This page intentionally left blank"];
    assert_eq!(
        parts(&[lakeside("Page 1 of 1"), blank.clone(), harbor("Page 1 of 1"), left.clone(), blank.clone()]),
        [(1, 1), (3, 3)]
    );
    assert_eq!(parts(&[blank, left]), []);
    assert_eq!(parts(&[]), []);
}

#[test]
fn a_count_of_the_fax_machine_joins_nothing() {
    let sent = |n: &'static str, mut page: Vec<&'static str>| {
        page.insert(0, n);
        page
    };
    let pages =
        [sent("04/09/2025    Page 1 of 2", lakeside("Page 1 of 1")), sent("04/09/2025    Page 2 of 2", harbor("Page 1 of 1"))];
    assert_eq!(parts(&pages), [(1, 1), (2, 2)]);
}

#[test]
fn the_same_statement_twice_is_two_documents() {
    let mut second = vec!["LAKESIDE CLINIC - account 445512 (continued)"];
    second.extend(MORE_ROWS);
    second.push("Page 2 of 2");
    let once = [lakeside("Page 1 of 2"), second];
    assert_eq!(parts(&[once.clone(), once].concat()), [(1, 2), (3, 4)]);
}

#[test]
fn days_over_the_rows_of_a_long_table_are_no_new_date() {
    let claim = vec![
        "Summit Health Plan",
        "Explanation of Benefits    THIS IS NOT A BILL",
        "Jane Roe    Member ID: XQA996093308",
        "12 Oak Street    Notice date: April 2, 2025",
        "Erie, PA 16522    Claim number: 5512345671",
        "Service date    Amount billed    Plan discount    Allowed amount    Plan paid    You owe",
        "03/04/2025    240.00    100.00    140.00    120.00    20.00",
    ];
    let next = vec![
        "February 3, 2025",
        "Harbor Hospital    Claim number: 8890011223",
        "Service date    Amount billed    Plan discount    Allowed amount    Plan paid    You owe",
        "02/03/2025    90.00    10.00    80.00    80.00    0.00",
    ];
    assert_eq!(parts(&[claim, next]), [(1, 2)]);
}

#[test]
fn print_that_shines_through_makes_no_page() {
    let mut back = page(2, &["re this", "callins is"]);
    back.source = TextSource::Ocr;
    let mut pages = vec![page(1, &lakeside("Page 1 of 1")), back, page(3, &harbor("Page 1 of 1"))];
    assert_eq!(split(&DocumentText { pages: pages.clone() }), [1..=1, 3..=3]);
    pages[1].source = TextSource::Digital;
    assert_eq!(split(&DocumentText { pages }).len(), 2);
}

#[test]
fn a_page_of_small_print_belongs_to_what_it_follows() {
    let rights = vec![
        "Your rights",
        "If you disagree with this decision you may file an appeal within 180 days.",
        "Write to the address above.",
    ];
    assert_eq!(parts(&[lakeside("Page 1 of 1"), rights, harbor("Page 1 of 1")]), [(1, 2), (3, 3)]);
}
