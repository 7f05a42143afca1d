use super::*;
use crate::export::cases_json::JudgedCase;
use crate::rules::Severity;

fn line(no: u32, y: f32) -> ServiceLine {
    ServiceLine { bbox: BBox::new(40.0, y, 560.0, y + 10.0), ..ServiceLine::empty(crate::record::LineKind::Service, 1, no) }
}

fn document(path: &str, kind: DocKind) -> Document {
    Document { kind, pages: 2, ..Document::empty(path) }
}

fn figure(field: Field, cents: i64, page: u32, y: f32) -> PrintedFigure {
    PrintedFigure { field, amount: Money::from_cents(cents), page, bbox: BBox::new(400.0, y, 450.0, y + 9.0) }
}

fn finding(line_no: Option<u32>, evidence: Option<(&str, Option<u32>)>, billed: i64) -> Finding {
    let json = serde_json::json!({
        "case_id": "c", "flag_id": "0a1b2c3d4e5f", "rule": "balance-exceeds-eob", "severity": Severity::Error, "path": "bill.pdf",
        "page": line_no.map(|_| 1), "line_no": line_no, "amount_billed": Money::from_cents(billed),
        "evidence_path": evidence.map(|e| e.0), "evidence_line_no": evidence.and_then(|e| e.1),
        "explanation": "", "next_step": "", "confidence": 1.0,
    });
    serde_json::from_value(json).unwrap()
}

fn case(documents: Vec<Document>) -> CasePapers {
    let judged = serde_json::json!({
        "summary": {
            "case_id": "c", "patient": "", "documents": 2, "bills": 1, "eobs": 1, "billed_balance": "0", "amount_disputed": "0",
            "balance_supported": "0", "flags": 1, "next_step": "pay",
        },
        "accounts": [], "findings": [], "road": [], "facts": crate::case_file::CaseFile::default(),
    });
    CasePapers { judged: serde_json::from_value::<JudgedCase>(judged).unwrap(), documents }
}

#[test]
fn a_row_far_down_brings_the_header_of_its_table() {
    let mut bill = document("bill.pdf", DocKind::ItemizedBill);
    bill.lines = (0..30).map(|n| line(n + 1, 200.0 + 14.0 * n as f32)).collect();
    let case = case(vec![bill]);
    let far = &of_finding(&case, &finding(Some(20), None, 100))[0];
    assert_eq!(far.frame.unwrap().head, Some((158.0, 199.0)));
    let near = &of_finding(&case, &finding(Some(1), None, 100))[0];
    assert_eq!((near.frame.unwrap().head, near.frame.unwrap().y), (None, (158.0, 236.0)));
}

#[test]
fn two_rows_of_one_page_stand_in_one_picture() {
    let mut bill = document("bill.pdf", DocKind::ItemizedBill);
    bill.lines = (0..30).map(|n| line(n + 1, 100.0 + 20.0 * n as f32)).collect();
    let case = case(vec![bill]);
    let together = of_finding(&case, &finding(Some(7), Some(("bill.pdf", Some(6))), 100));
    assert_eq!(together.len(), 1);
    assert_eq!((&together[0].shows, together[0].marks.len()), (&Shows::Lines(vec![6, 7]), 2));
    let apart = of_finding(&case, &finding(Some(27), Some(("bill.pdf", Some(2))), 100));
    assert_eq!(apart.len(), 2);
    assert_ne!(apart[0].picture, apart[1].picture);
}

#[test]
fn a_figure_of_the_header_is_marked_where_it_is_printed() {
    let mut bill = document("bill.pdf", DocKind::ItemizedBill);
    bill.figures = vec![figure(Field::TotalCharges, 900, 1, 90.0), figure(Field::BalanceDue, 525, 2, 700.0)];
    let places = of_finding(&case(vec![bill.clone()]), &finding(None, None, 525));
    assert_eq!((places[0].page, &places[0].shows), (2, &Shows::Figures(vec![(Field::BalanceDue, Money::from_cents(525))])));
    let named = Finding { explanation: "It asks for 9.00, line 5.25 of 2025.".to_owned(), ..finding(None, None, 777) };
    assert_eq!(of_finding(&case(vec![bill.clone()]), &named).iter().map(|p| p.page).collect::<Vec<_>>(), [1, 2]);
    // An amount that is printed nowhere leaves what the paper comes down to.
    let places = of_finding(&case(vec![bill]), &finding(None, None, 111));
    assert_eq!((places[0].page, places[0].marks.len()), (2, 1));
}

#[test]
fn without_any_place_the_first_page_of_the_part_is_shown() {
    let mut bill = document("bill.pdf#p3-4", DocKind::ItemizedBill);
    bill.lines = vec![ServiceLine { bbox: BBox::new(f32::NAN, 0.0, 0.0, 0.0), ..line(1, 0.0) }];
    let case = case(vec![bill]);
    let mut f = finding(None, None, 1);
    f.path = "bill.pdf#p3-4".to_owned();
    let places = of_finding(&case, &f);
    assert_eq!((places[0].page, places[0].frame, &places[0].shows), (3, None, &Shows::Page));
    let odd = of_finding(&case, &Finding { line_no: Some(1), ..f });
    assert_eq!(odd[0].frame, None, "a box that lies nowhere");
}
