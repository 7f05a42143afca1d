use crate::statement::{DocKind, Field, Statement};
use crate::test_pages::{read, said};

const FIELDS: [Field; 9] = [
    Field::ServiceDate,
    Field::Code,
    Field::Modifiers,
    Field::Description,
    Field::Units,
    Field::Charge,
    Field::PlanPaid,
    Field::PlanDiscount,
    Field::PatientResponsibility,
];

type Row<'a> = (f32, &'a [(f32, &'a str)]);

const HEAD: [Row<'static>; 3] = [
    (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Patient Statement")]),
    (40.0, &[(300.0, "Patient: Jane Roe"), (460.0, "Account no: 4412087")]),
    (50.0, &[(300.0, "Statement date: 04/15/2025")]),
];

const FOOT: [Row<'static>; 2] =
    [(300.0, &[(300.0, "Total charges"), (-500.0, "$231.00")]), (312.0, &[(300.0, "Balance due"), (-500.0, "$38.00")])];

fn bill(lines: &[Row<'_>]) -> Statement {
    read(&[&HEAD, lines, &FOOT].concat())
}

fn rows(lines: &[Row<'_>]) -> Vec<String> {
    let s = bill(lines);
    assert_eq!(s.kind, DocKind::ItemizedBill);
    s.rows.iter().map(|r| said(r, &FIELDS)).collect()
}

const BOTH: [&str; 2] = [
    "2025-03-09 99214 25 OFFICE VISIT LEVEL 4 1 210.00 120.00 60.00 30.00",
    "2025-03-09 36415 - BLOOD DRAW 1 21.00 9.00 4.00 8.00",
];

#[test]
fn labels_with_colons_under_a_title() {
    let found = rows(&[
        (80.0, &[(40.0, "1. OFFICE VISIT LEVEL 4")]),
        (91.0, &[(40.0, "Date of service: 03/09/2025"), (220.0, "Procedure code: 99214-25"), (400.0, "Qty: 1")]),
        (102.0, &[(40.0, "Charge: $210.00"), (220.0, "Insurance paid: $120.00"), (400.0, "Write-off: $60.00")]),
        (113.0, &[(40.0, "Your share: $30.00")]),
        (130.0, &[(40.0, "2. BLOOD DRAW")]),
        (141.0, &[(40.0, "Date of service: 03/09/2025"), (220.0, "Procedure code: 36415"), (400.0, "Qty: 1")]),
        (152.0, &[(40.0, "Charge: $21.00"), (220.0, "Insurance paid: $9.00"), (400.0, "Write-off: $4.00")]),
        (163.0, &[(40.0, "Your share: $8.00")]),
    ]);
    assert_eq!(found, BOTH);
}

#[test]
fn a_label_right_behind_the_words_of_the_service_is_none_of_them() {
    let found = rows(&[
        (80.0, &[(40.0, "Item 1")]),
        (91.0, &[(40.0, "Service : OFFICE VISIT LEVEL 4 Date of service : 03/09/2025"), (400.0, "Code : 99214-25")]),
        (102.0, &[(40.0, "Units : 1"), (220.0, "Fee : 210.00"), (400.0, "Paid by insurance : 120.00")]),
        (113.0, &[(40.0, "Adjustment : 60.00"), (220.0, "Patient owes : 30.00")]),
        (130.0, &[(40.0, "Item 2")]),
        (141.0, &[(40.0, "Service : BLOOD DRAW Date of service : 03/09/2025"), (400.0, "Code : 36415")]),
        (152.0, &[(40.0, "Units : 1"), (220.0, "Fee : 21.00"), (400.0, "Paid by insurance : 9.00")]),
        (163.0, &[(40.0, "Adjustment : 4.00"), (220.0, "Patient owes : 8.00")]),
    ]);
    assert_eq!(found, BOTH);
}

#[test]
fn labels_with_gaps_and_labels_over_their_values() {
    let beside: Vec<Row<'_>> = vec![
        (80.0, &[(40.0, "What was done"), (160.0, "OFFICE VISIT LEVEL 4")]),
        (91.0, &[(40.0, "Date"), (160.0, "03/09/2025")]),
        (102.0, &[(40.0, "Code"), (160.0, "99214-25")]),
        (113.0, &[(40.0, "Charge"), (160.0, "210.00")]),
        (140.0, &[(40.0, "What was done"), (160.0, "BLOOD DRAW")]),
        (151.0, &[(40.0, "Date"), (160.0, "03/09/2025")]),
        (162.0, &[(40.0, "Code"), (160.0, "36415")]),
        (173.0, &[(40.0, "Charge"), (160.0, "21.00")]),
    ];
    let short = ["2025-03-09 99214 25 OFFICE VISIT LEVEL 4 - 210.00 - - -", "2025-03-09 36415 - BLOOD DRAW - 21.00 - - -"];
    assert_eq!(rows(&beside), short);
    let over: Vec<Row<'_>> = vec![
        (80.0, &[(40.0, "Description"), (240.0, "Date")]),
        (91.0, &[(40.0, "OFFICE VISIT LEVEL 4"), (240.0, "03/09/2025")]),
        (102.0, &[(40.0, "Procedure code"), (240.0, "Amount billed")]),
        (113.0, &[(40.0, "99214-25"), (240.0, "$210.00")]),
        (130.0, &[(40.0, "Description"), (240.0, "Date")]),
        (141.0, &[(40.0, "BLOOD DRAW"), (240.0, "03/09/2025")]),
        (152.0, &[(40.0, "Procedure code"), (240.0, "Amount billed")]),
        (163.0, &[(40.0, "36415"), (240.0, "$21.00")]),
    ];
    assert_eq!(rows(&over), short);
}

#[test]
fn payments_in_a_table_below_are_rows_of_their_own_and_sums_are_of_no_service() {
    let s = bill(&[
        (80.0, &[(40.0, "OFFICE VISIT LEVEL 4")]),
        (91.0, &[(40.0, "Date: 03/09/2025"), (220.0, "CPT code: 99214-25"), (400.0, "Amount: 231.00")]),
        (102.0, &[(40.0, "Sum of all: $231.00")]),
        (113.0, &[(40.0, "Patient balance: $38.00")]),
        (130.0, &[(40.0, "Payments and credits")]),
        (141.0, &[(40.0, "Date"), (160.0, "Detail"), (460.0, "Amount")]),
        (152.0, &[(40.0, "03/28/2025"), (160.0, "INSURANCE PAYMENT"), (-490.0, "-193.00")]),
    ]);
    let found: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
    assert_eq!(
        found,
        ["2025-03-09 99214 25 OFFICE VISIT LEVEL 4 - 231.00 - - -", "2025-03-28 - - INSURANCE PAYMENT - - 193.00 - -"]
    );
}

#[test]
fn facts_of_the_paper_are_no_service() {
    let s = bill(&[
        (80.0, &[(40.0, "Date of service: 03/09/2025"), (300.0, "Charges: $231.00")]),
        (91.0, &[(40.0, "Amount due: $38.00")]),
    ]);
    assert!(s.rows.is_empty(), "{:?}", s.rows);
}
