use crate::test_pages::read;

#[test]
fn an_amount_with_its_name_is_no_service_of_an_eob() {
    let s = read(&[
        (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (60.0, &[(30.0, "Service"), (-300.0, "Charged"), (-400.0, "Allowed"), (-500.0, "We paid")]),
        (76.0, &[(30.0, "03/09/2025 OFFICE VISIT"), (-300.0, "$210.00"), (-400.0, "$150.00"), (-500.0, "$90.00")]),
        (100.0, &[(36.0, "Reduction agreed with us:"), (-300.0, "$60.00")]),
    ]);
    assert_eq!((s.rows.len(), s.unparsed.len()), (1, 1), "{:?}", s.rows);
}

#[test]
fn an_amount_whose_words_a_scan_lost_is_told() {
    use crate::page_text::{BBox, TextSource, Word};
    let rows: [(f32, &[(f32, &str)]); 6] = [
        (20.0, &[(30.0, "Lakeside"), (70.0, "Laboratory"), (400.0, "Invoice")]),
        (60.0, &[(40.0, "Collected"), (120.0, "Test"), (300.0, "Code"), (520.0, "Amount")]),
        (74.0, &[(40.0, "09/05/2025"), (120.0, "VENIPUNCTURE"), (300.0, "36415"), (520.0, "$83.31")]),
        (86.0, &[(40.0, "10/03/2025"), (120.0, "Insurance"), (170.0, "payment"), (520.0, "-$19.52")]),
        (98.0, &[(40.0, "09/05/2025"), (120.0, "FERRITIN"), (300.0, "82728"), (520.0, "$99.70")]),
        (110.0, &[(520.0, "-$45.52")]),
    ];
    let word = |y: f32, (x, t): &(f32, &str)| {
        let bbox = BBox::new(*x, y, x + 4.2 * t.chars().count() as f32, y + 8.0);
        Word { source: TextSource::Ocr, ..Word::digital(*t, bbox) }
    };
    let s = crate::test_pages::landscape(rows.iter().flat_map(|(y, cells)| cells.iter().map(|c| word(*y, c))).collect());
    assert_eq!((s.rows.len(), s.unparsed.len()), (3, 1), "{:?}", s.rows);
}

#[test]
fn what_stands_behind_all_services_or_adds_them_up_is_no_service() {
    let s = read(&[
        (100.0, &[(30.0, "Date"), (100.0, "Code"), (160.0, "Description"), (-420.0, "Units"), (-520.0, "Amount")]),
        (115.0, &[(30.0, "09/13/2025"), (100.0, "36415"), (160.0, "VENIPUNCTURE"), (-420.0, "1"), (-520.0, "$24.20")]),
        (130.0, &[(30.0, "09/13/2025"), (100.0, "86140"), (160.0, "CRP"), (-420.0, "1"), (-520.0, "$92.22")]),
        (145.0, &[(160.0, "Tests of the laboratory"), (-520.0, "$116.42")]),
        (160.0, &[(30.0, "09/14/2025"), (100.0, "87086"), (160.0, "URINE CULTURE"), (-420.0, "1"), (-520.0, "$105.23")]),
        (175.0, &[(30.0, "10/03/2025"), (160.0, "INSURANCE PAYMENT"), (-520.0, "-$103.04")]),
        (190.0, &[(160.0, "Plan allowance of the month"), (-520.0, "$103.04")]),
    ]);
    let kinds: Vec<&str> = s.rows.iter().map(|r| r.kind.as_str()).collect();
    assert_eq!(kinds, ["service", "service", "service", "payment"]);
}
