use crate::statement::Field;
use crate::test_pages::{read, read_scan, said};

#[test]
fn a_day_that_goes_on_over_the_page_is_that_day() {
    assert_eq!(super::before_continued("03/28/2025 (cont.)"), Some("03/28/2025"));
    assert_eq!(super::before_continued("Services on 03/28/2025 - continued -"), Some("Services on 03/28/2025"));
    assert_eq!(super::before_continued("CT HEAD W/ CONT."), None);
    let head = [(30.0, "Service"), (-300.0, "Charge"), (-400.0, "Allowed"), (-500.0, "We paid")];
    let s = read(&[
        (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (48.0, &[(30.0, "Claim number 1234567")]),
        (60.0, &head),
        (72.0, &[(30.0, "03/28/2025")]),
        (84.0, &[(30.0, "VENIPUNCTURE 36415"), (-300.0, "30.02"), (-400.0, "17.11"), (-500.0, "7.11")]),
        (110.0, &head),
        (122.0, &[(30.0, "03/28/2025 (cont.)")]),
        (134.0, &[(30.0, "EKG TRACING 93005"), (-300.0, "41.00"), (-400.0, "11.97"), (-500.0, "9.58")]),
    ]);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Code])).collect();
    assert_eq!(rows, ["2025-03-28 36415", "2025-03-28 93005"]);
}

#[test]
fn the_band_of_a_visit_over_the_head_dates_its_rows() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Physicians"), (400.0, "Billing statement")]),
        (40.0, &[(30.0, "Jane Roe"), (400.0, "Account 329-80200")]),
        (80.0, &[(30.0, "Date of service: 03/09/2025"), (500.0, "Office - A. Roe MD")]),
        (92.0, &[(30.0, "CPT"), (110.0, "Mod."), (180.0, "What was done"), (-430.0, "No."), (-620.0, "Our fee")]),
        (106.0, &[(30.0, "99396"), (110.0, "25"), (180.0, "PREVENTIVE VISIT"), (-430.0, "1"), (-620.0, "$129.78")]),
        (120.0, &[(30.0, "36415"), (180.0, "VENIPUNCTURE"), (-430.0, "1"), (-620.0, "$7.74")]),
        (134.0, &[(400.0, "Total for this visit"), (-620.0, "$137.52")]),
        (160.0, &[(30.0, "Payments and adjustments")]),
        (172.0, &[(30.0, "Posted"), (110.0, "From"), (180.0, "Transaction"), (-620.0, "Credit")]),
        (186.0, &[(30.0, "04/02/2025"), (110.0, "Insurance"), (180.0, "ELM ALLOWANCE"), (-620.0, "($35.00)")]),
        (200.0, &[(30.0, "04/02/2025"), (110.0, "Insurance"), (180.0, "ELM PAYMENT"), (-620.0, "($20.00)")]),
    ]);
    let fields = [Field::ServiceDate, Field::Code, Field::Charge, Field::PlanDiscount, Field::PlanPaid];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    let want = ["2025-03-09 99396 129.78 - -", "2025-03-09 36415 7.74 - -", "2025-04-02 - - 35.00 -", "2025-04-02 - - - 20.00"];
    assert_eq!(rows, want);
}

#[test]
fn the_day_of_a_claim_that_goes_on_is_said_again_over_the_head() {
    let days = |over: &'static [(f32, &'static str)]| {
        let heads: &[(f32, &str)] =
            &[(30.0, "Service"), (-300.0, "Provider billed"), (-380.0, "Plan approved"), (-450.0, "Plan paid")];
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Advantage Plan"), (400.0, "Explanation of Benefits")]),
            (60.0, over),
            (80.0, heads),
            (94.0, &[(30.0, "CHEST X-RAY"), (-300.0, "$210.00"), (-380.0, "$150.00"), (-450.0, "$90.00")]),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::ServiceDate])).collect::<Vec<_>>()
    };
    let again = days(&[(30.0, "Claim number 1234567, continued"), (300.0, "Date of service: 03/09/2025")]);
    assert_eq!(again, ["2025-03-09"]);
    // what the claim says of another day is said of no row
    assert_eq!(days(&[(30.0, "Claim number 1234567, continued"), (300.0, "Received: 03/09/2025")]), ["-"]);
}

#[test]
fn a_row_whose_words_wrap_has_its_amounts_on_the_last_of_its_lines() {
    let row = |y: f32, codes: [&'static str; 2], what: &'static str, charge: &'static str| {
        (y, vec![(40.0, "06/07/2025"), (130.0, codes[0]), (194.0, codes[1]), (264.0, what), (-424.0, "1"), (-489.0, charge)])
    };
    let lines = [
        (20.0, vec![(40.0, "LAKESIDE HOSPITAL"), (300.0, "ITEMIZED STATEMENT")]),
        (60.0, vec![(40.0, "PATIENT: JANE ROE"), (300.0, "ACCT: 5548821")]),
        (
            90.0,
            vec![
                (40.0, "DATE"),
                (130.0, "REV CODE"),
                (194.0, "CPT/MOD"),
                (264.0, "DESCRIPTION"),
                (-424.0, "COUNT"),
                (-489.0, "AMOUNT"),
            ],
        ),
        row(105.0, ["0450", "99284/25"], "HC ER LEVEL IV", "1522.18"),
        row(119.6, ["0300", "36415"], "ROUTINE BLOOD DRAW", "39.49"),
        row(134.2, ["0301", "83690"], "LIPASE", "133.09"),
        (148.8, vec![(40.0, "06/07/2025"), (130.0, "0351"), (194.0, "70450"), (264.0, "CT HEAD/BRAIN W/O")]),
        (158.8, vec![(264.0, "CONTRAST"), (-424.0, "1"), (-489.0, "2655.00")]),
        (173.4, vec![(40.0, "06/07/2025"), (130.0, "0260"), (194.0, "96374"), (264.0, "HC THER IV PUSH 1ST")]),
        (183.4, vec![(264.0, "DRUG"), (-424.0, "1"), (-489.0, "277.54")]),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    for s in [read(&lines), read_scan(&lines, 0.99)] {
        let said: Vec<String> =
            s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Code, Field::Description, Field::Charge])).collect();
        assert_eq!(
            said[2..],
            [
                "0301 83690 LIPASE 133.09",
                "0351 70450 CT HEAD/BRAIN W/O CONTRAST 2655.00",
                "0260 96374 HC THER IV PUSH 1ST DRUG 277.54"
            ]
        );
    }
}
