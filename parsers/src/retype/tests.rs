use crate::statement::{Field, Value};
use crate::test_pages::{read, said};

#[test]
fn an_item_beside_its_description_is_a_code() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Radiology"), (400.0, "Invoice")]),
        (60.0, &[(40.0, "Item"), (110.0, "Description"), (-360.0, "Qty"), (-450.0, "Rate"), (-540.0, "Amount")]),
        (74.0, &[(40.0, "99285"), (110.0, "HC ER LEVEL V"), (-360.0, "1"), (-450.0, "1,155.00"), (-540.0, "1,155.00")]),
        (90.0, &[(350.0, "Insurance paid"), (-540.0, "-$518.50")]),
        (102.0, &[(350.0, "Contract discount"), (-540.0, "-$578.89")]),
        (114.0, &[(350.0, "Balance due"), (-540.0, "$57.61")]),
    ]);
    let fields = [Field::Code, Field::Description, Field::Charge];
    assert_eq!(s.rows.first().map(|r| said(r, &fields)).as_deref(), Some("99285 HC ER LEVEL V 1155.00"));
}

#[test]
fn kinds_of_entries_are_no_services() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Account ledger")]),
        (
            60.0,
            &[
                (30.0, "Date"),
                (110.0, "Type"),
                (150.0, "Transaction"),
                (350.0, "HCPCS"),
                (-500.0, "Charges"),
                (-580.0, "Credits"),
                (-700.0, "Running balance"),
            ],
        ),
        (
            74.0,
            &[
                (30.0, "09/13/2025"),
                (110.0, "CHG"),
                (150.0, "ED VISIT"),
                (350.0, "99283"),
                (-500.0, "232.33"),
                (-700.0, "232.33"),
            ],
        ),
        (
            88.0,
            &[
                (30.0, "09/13/2025"),
                (110.0, "CHG"),
                (150.0, "VENIPUNCTURE"),
                (350.0, "36415"),
                (-500.0, "38.84"),
                (-700.0, "271.17"),
            ],
        ),
        (102.0, &[(30.0, "10/08/2025"), (110.0, "PMT"), (150.0, "LAKESIDE PLAN PAYMENT"), (-580.0, "71.17"), (-700.0, "200.00")]),
    ]);
    let fields = [Field::Code, Field::Description, Field::Charge, Field::PlanPaid];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["99283 ED VISIT 232.33 -", "36415 VENIPUNCTURE 38.84 -", "- LAKESIDE PLAN PAYMENT - 71.17"]);
}

#[test]
fn words_before_their_codes_are_kept() {
    let heads: &[(f32, &str)] =
        &[(30.0, "Service Date"), (120.0, "Treatment"), (-400.0, "Billed"), (-480.0, "Allowed"), (-560.0, "Plan Paid")];
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
        (60.0, heads),
        (
            74.0,
            &[(30.0, "03/09/2025"), (120.0, "ED VISIT - 99285"), (-400.0, "$210.00"), (-480.0, "$150.00"), (-560.0, "$90.00")],
        ),
        (86.0, &[(30.0, "03/09/2025"), (120.0, "LIPASE - 83690"), (-400.0, "$21.00"), (-480.0, "$15.00"), (-560.0, "$9.00")]),
    ]);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description])).collect();
    assert_eq!(rows, ["99285 ED VISIT", "83690 LIPASE"]);
}

#[test]
fn what_counts_the_lines_names_nothing() {
    let heads: &[(f32, &str)] = &[
        (30.0, "Item"),
        (80.0, "Date"),
        (150.0, "Kind of Service"),
        (-400.0, "Billed"),
        (-480.0, "Allowed"),
        (-560.0, "Plan Paid"),
    ];
    let row: &[(f32, &str)] = &[
        (34.0, "1"),
        (80.0, "03/09/2025"),
        (150.0, "EMERGENCY ROOM"),
        (-400.0, "$210.00"),
        (-480.0, "$150.00"),
        (-560.0, "$90.00"),
    ];
    let s = read(&[(20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]), (60.0, heads), (74.0, row)]);
    assert_eq!(s.rows.iter().map(|r| said(r, &[Field::Description])).collect::<Vec<_>>(), ["EMERGENCY ROOM"]);
}

#[test]
fn figures_right_behind_codes_modify_them() {
    let heads: &[(f32, &str)] =
        &[(30.0, "Code"), (110.0, "Kind of Service"), (-400.0, "Billed"), (-480.0, "Allowed"), (-560.0, "Plan Paid")];
    let row = |code: &'static str, words: &'static str| {
        [(30.0, code), (110.0, words), (-400.0, "$210.00"), (-480.0, "$150.00"), (-560.0, "$90.00")]
    };
    let (first, second) = (row("71046 26", "CHEST X-RAY"), row("70450 26", "CT HEAD"));
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
        (60.0, heads),
        (74.0, &first),
        (86.0, &second),
        (98.0, &[(110.0, "Member Services 1-800-555-0137")]),
    ]);
    let fields = [Field::Code, Field::Modifiers, Field::Units, Field::Description];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["71046 26 - CHEST X-RAY", "70450 26 - CT HEAD"], "nor is a telephone number the rest of a name");
}

#[test]
fn the_type_of_an_entry_is_no_name_of_a_service() {
    let rows = |procedure: [&'static str; 2], kind: [&'static str; 2]| -> Vec<String> {
        let heads =
            [(30.0, "Date"), (100.0, "Type"), (180.0, "Procedure / transaction"), (-450.0, "Charges"), (-560.0, "Patient resp.")];
        let row = |y: f32, n: usize| {
            (y, [(30.0, "02/27/2024"), (100.0, kind[n]), (180.0, procedure[n]), (-450.0, "$364.00"), (-560.0, "$36.84")])
        };
        let (first, second) = (row(76.0, 0), row(90.0, 1));
        let title = [(30.0, "Lakeside Clinic"), (400.0, "Statement")];
        let s = read(&[(20.0, &title[..]), (60.0, &heads[..]), (first.0, &first.1[..]), (second.0, &second.1[..])]);
        s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description])).collect()
    };
    let coded = ["99223 HOSPITAL CARE LVL 3", "99238 DISCHARGE DAY"];
    assert_eq!(rows(coded, ["Charge", "Charge"]), ["99223 HOSPITAL CARE LVL 3", "99238 DISCHARGE DAY"]);
    assert_eq!(rows(["99223", "99238"], ["HOSPITAL CARE", "DISCHARGE DAY"]), ["99223 HOSPITAL CARE", "99238 DISCHARGE DAY"]);
}

#[test]
fn the_numbers_of_the_lines_are_no_names_and_modifiers_no_codes() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Statement")]),
        (
            60.0,
            &[
                (30.0, "Item"),
                (80.0, "Date"),
                (150.0, "CPT"),
                (200.0, "CPT Mod"),
                (270.0, "What was done"),
                (-430.0, "#"),
                (-540.0, "Charge"),
            ],
        ),
        (
            74.0,
            &[
                (30.0, "1"),
                (80.0, "03/09/2025"),
                (150.0, "73630"),
                (200.0, "RT"),
                (270.0, "XR FOOT 3+ VIEWS"),
                (-430.0, "1"),
                (-540.0, "$379.00"),
            ],
        ),
        (
            88.0,
            &[(30.0, "2"), (80.0, "03/09/2025"), (150.0, "J2405"), (270.0, "ONDANSETRON INJ"), (-430.0, "4"), (-540.0, "$59.72")],
        ),
        (
            102.0,
            &[(30.0, "3"), (80.0, "03/09/2025"), (150.0, "36415"), (270.0, "VENIPUNCTURE"), (-430.0, "1"), (-540.0, "$20.00")],
        ),
    ]);
    let fields = [Field::Code, Field::Modifiers, Field::Description, Field::Units];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["73630 RT XR FOOT 3+ VIEWS 1", "J2405 - ONDANSETRON INJ 4", "36415 - VENIPUNCTURE 1"]);
}

#[test]
fn the_sums_of_groups_hide_no_revenue_codes() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
        (60.0, &[(30.0, "Svc. Dt."), (86.0, "Procedure Description"), (240.0, "Code"), (290.0, "Units"), (-400.0, "Billed")]),
        (74.0, &[(30.0, "8/15/2025"), (86.0, "0360 OR TIME FIRST HOUR"), (294.0, "1"), (-400.0, "$7,593.23")]),
        (86.0, &[(30.0, "Subtotal OPERATING ROOM"), (-400.0, "7,593.23")]),
        (98.0, &[(30.0, "8/15/2025"), (86.0, "0710 PACU FIRST HOUR"), (294.0, "1"), (-400.0, "1,476.07")]),
        (110.0, &[(30.0, "Subtotal RECOVERY ROOM"), (-400.0, "1,476.07")]),
        (122.0, &[(30.0, "8/15/2025"), (86.0, "0636 MIDAZOLAM 1MG INJ"), (240.0, "J2250"), (294.0, "2"), (-400.0, "23.30")]),
        (134.0, &[(30.0, "Subtotal PHARMACY"), (-400.0, "23.30")]),
    ]);
    let fields = [Field::RevenueCode, Field::Code, Field::Description, Field::Charge];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    let want = ["0360 - OR TIME FIRST HOUR 7593.23", "0710 - PACU FIRST HOUR 1476.07", "0636 J2250 MIDAZOLAM 1MG INJ 23.30"];
    assert_eq!(rows, want);
}

#[test]
fn a_head_may_stand_at_the_other_edge_of_its_wide_column() {
    let bill = |charges: f32| {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospitalists"), (400.0, "Itemized statement")]),
            (60.0, &[(30.0, "WHAT WAS DONE"), (453.0, "AMT")]),
            (74.0, &[(30.0, "04/08/2025")]),
            (86.0, &[(30.0, "INITIAL CARE LVL 2"), (charges, "$341.00")]),
            (98.0, &[(30.0, "04/09/2025")]),
            (110.0, &[(30.0, "SUBSEQ CARE LVL 1"), (charges, "$112.00")]),
            (140.0, &[(500.0, "Total charges"), (-620.0, "$453.00")]),
            (152.0, &[(500.0, "Amount due"), (-620.0, "$400.00")]),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Description, Field::Charge])).collect::<Vec<_>>()
    };
    let want = ["2025-04-08 INITIAL CARE LVL 2 341.00", "2025-04-09 SUBSEQ CARE LVL 1 112.00"];
    assert_eq!(bill(-620.0), want);
    assert_eq!(bill(-470.0), want, "a box of sums beyond the amounts is none of them");
}

#[test]
fn words_stand_between_a_revenue_code_and_the_code_of_a_drug() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Statement")]),
        (60.0, &[(30.0, "Date"), (110.0, "Description / Code"), (400.0, "CT"), (-500.0, "Billed"), (-600.0, "Payments")]),
        (74.0, &[(30.0, "07/27/2025"), (110.0, "0360 - OPERATING ROOM"), (404.0, "1"), (-500.0, "$4,858.08")]),
        (86.0, &[(30.0, "07/27/2025"), (110.0, "0636 - MIDAZOLAM 1MG INJ - J2250"), (404.0, "2"), (-500.0, "$31.98")]),
        (98.0, &[(30.0, "08/13/2025"), (110.0, "PMT SUMMIT"), (-600.0, "$15.52")]),
    ]);
    let fields = [Field::RevenueCode, Field::Code, Field::Description];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["0360 - OPERATING ROOM", "0636 J2250 MIDAZOLAM 1MG INJ", "- - PMT SUMMIT"]);
}

#[test]
fn codes_with_their_amounts_are_adjustments_whatever_stands_over_them() {
    let s = read(&[
        (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (40.0, &[(30.0, "Claim number 1234567")]),
        (
            60.0,
            &[
                (30.0, "Date"),
                (90.0, "Service"),
                (-300.0, "Charge"),
                (-370.0, "Allowed"),
                (-440.0, "Paid"),
                (470.0, "Zq cd / amt"),
                (-600.0, "You owe"),
            ],
        ),
        (
            72.0,
            &[
                (30.0, "03/09/2025"),
                (90.0, "BASIC PANEL"),
                (-300.0, "123.85"),
                (-370.0, "40.61"),
                (-440.0, "32.49"),
                (466.0, "CO-45"),
                (-530.0, "83.24"),
                (-600.0, "8.12"),
            ],
        ),
        (81.0, &[(90.0, "CALCIUM"), (466.0, "PR-2"), (-530.0, "8.12")]),
        (
            93.0,
            &[
                (30.0, "03/09/2025"),
                (90.0, "PT/INR"),
                (-300.0, "68.00"),
                (-370.0, "20.94"),
                (-440.0, "16.75"),
                (466.0, "CO-45"),
                (-530.0, "47.06"),
                (-600.0, "4.19"),
            ],
        ),
        (102.0, &[(466.0, "PR-2"), (-530.0, "4.19")]),
    ]);
    let fields = [Field::Description, Field::Charge, Field::PlanDiscount];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["BASIC PANEL CALCIUM 123.85 -", "PT/INR 68.00 -"]);
    let told = |r: &crate::statement::Row| matches!(&r.cells[&Field::Adjustments].value, Value::Adjustments(l) if l.len() == 2);
    assert!(s.rows.iter().all(told), "{:?}", s.rows);
}

#[test]
fn who_gave_a_service_is_not_what_it_was() {
    let s = read(&[
        (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (40.0, &[(30.0, "Patient: Jane Roe")]),
        (
            60.0,
            &[
                (30.0, "Date"),
                (90.0, "Provider of service"),
                (220.0, "Medical service"),
                (-400.0, "Charge"),
                (-470.0, "Allowed"),
                (-540.0, "Paid"),
            ],
        ),
        (
            72.0,
            &[
                (30.0, "03/09/2025"),
                (90.0, "Lakeside Hospital"),
                (220.0, "HOSPITAL SERVICES"),
                (-400.0, "360.40"),
                (-470.0, "80.68"),
                (-540.0, "32.55"),
            ],
        ),
    ]);
    assert_eq!(said(&s.rows[0], &[Field::Description, Field::Charge]), "HOSPITAL SERVICES 360.40");
}

#[test]
fn the_department_beside_the_words_is_not_what_was_done() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
        (60.0, &[(30.0, "Date"), (100.0, "Dept"), (220.0, "Charge description"), (-560.0, "Total charge")]),
        (74.0, &[(30.0, "06/13/2025"), (100.0, "EMERGENCY ROOM"), (220.0, "0450 - EMERGENCY VISIT"), (-560.0, "2,379.00")]),
        (86.0, &[(30.0, "06/13/2025"), (100.0, "LABORATORY"), (220.0, "0300 - VENIPUNCTURE"), (-560.0, "36.94")]),
        (98.0, &[(30.0, "06/29/2025"), (220.0, "PPO DISCOUNT"), (-560.0, "-18.40")]),
    ]);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Description])).collect();
    assert_eq!(rows, ["0450 EMERGENCY VISIT", "0300 VENIPUNCTURE", "- PPO DISCOUNT"]);
}

#[test]
fn a_sign_before_the_words_counts_where_it_numbers_no_lines() {
    let units = |counts: [&'static str; 4]| -> Vec<String> {
        let row = |y: f32, n: &'static str, words: &'static str, charge: &'static str| {
            (y, [(30.0, n), (70.0, words), (300.0, "03/09/2025"), (-460.0, charge)])
        };
        let rows = [
            row(74.0, counts[0], "97161 - PT EVALUATION", "$219.00"),
            row(86.0, counts[1], "97110 - EXERCISE", "$162.22"),
            row(98.0, counts[2], "97530 - ACTIVITIES", "$86.49"),
            row(110.0, counts[3], "97140 - MANUAL THERAPY", "$62.00"),
        ];
        let head: [(f32, &[(f32, &str)]); 2] = [
            (20.0, &[(30.0, "Lakeside Therapy"), (400.0, "Statement of account")]),
            (60.0, &[(30.0, "#"), (70.0, "Item"), (300.0, "Date"), (-460.0, "Charge Amount")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = head.into_iter().chain(rows.iter().map(|(y, l)| (*y, l.as_slice()))).collect();
        read(&lines).rows.iter().map(|r| said(r, &[Field::Units])).collect()
    };
    assert_eq!(units(["1", "2", "1", "1"]), ["1", "2", "1", "1"]);
    assert_eq!(units(["1", "2", "3", "4"]), ["-"; 4]);
}

#[test]
fn charges_over_what_was_done_are_no_amounts() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Ambulance"), (400.0, "Invoice")]),
        (60.0, &[(60.0, "Transport Charges"), (220.0, "HCPCS"), (300.0, "DOS"), (-410.0, "Qty"), (-490.0, "Amount")]),
        (
            74.0,
            &[
                (30.0, "ALS1 EMERGENCY TRANSPORT"),
                (220.0, "A0427,RH"),
                (300.0, "03-13-2024"),
                (-410.0, "1"),
                (-490.0, "$1,480.52"),
            ],
        ),
        (86.0, &[(30.0, "AMBULANCE MILEAGE"), (220.0, "A0425,RH"), (300.0, "03-13-2024"), (-410.0, "15.6"), (-490.0, "$376.12")]),
        (100.0, &[(30.0, "CHARGES TOTAL"), (-490.0, "$1,856.64")]),
        (112.0, &[(30.0, "YOUR BALANCE"), (-490.0, "$1,856.64")]),
    ]);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description, Field::Charge])).collect();
    assert_eq!(rows, ["A0427 ALS1 EMERGENCY TRANSPORT 1480.52", "A0425 AMBULANCE MILEAGE 376.12"]);
}

#[test]
fn a_column_of_those_who_treat_holds_no_services() {
    let row = |y: f32, what: &'static str, a: &'static str| {
        (y, vec![(40.0, "06-27-25"), (100.0, "A. Roe MD"), (200.0, what), (-520.0, a)])
    };
    // half of the head `Provider of care` stands too high to be read with the others
    let lines = [
        (20.0, vec![(30.0, "Lakeside Therapy"), (400.0, "Account detail")]),
        (40.0, vec![(30.0, "Patient: Jane Roe"), (400.0, "Account 77270945")]),
        (80.0, vec![(40.0, "Date"), (100.0, "care you received"), (200.0, "Description"), (-520.0, "Amount")]),
        row(94.0, "PHYSICAL THERAPY EVALUATION", "$151.00"),
        (103.0, vec![(200.0, "HCPCS 97161/GP · Quantity 1")]),
        row(117.0, "THER EX EA 15 MIN", "$66.00"),
        (126.0, vec![(200.0, "HCPCS 97110/GP · Quantity 2")]),
        (150.0, vec![(200.0, "Total charges"), (-520.0, "$217.00")]),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let fields = [Field::Code, Field::Modifiers, Field::Description, Field::Units, Field::Charge];
    let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["97161 GP PHYSICAL THERAPY EVALUATION 1 151.00", "97110 GP THER EX EA 15 MIN 2 66.00"]);
}

#[test]
fn notes_between_the_amounts_are_no_codes() {
    let row = |y: f32, words: &'static str, notes: &'static str| {
        (
            y,
            vec![
                (30.0, "03/09/2025"),
                (100.0, words),
                (-300.0, "210.00"),
                (-360.0, "0.00"),
                (380.0, notes),
                (-480.0, "60.00"),
                (-560.0, "150.00"),
            ],
        )
    };
    let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
        (
            60.0,
            vec![
                (30.0, "Date"),
                (100.0, "Description"),
                (-300.0, "Charge"),
                (-360.0, "Excluded"),
                (380.0, "Code"),
                (-480.0, "Savings"),
                (-560.0, "Paid"),
            ],
        ),
        row(74.0, "OFFICE VISIT", "K21"),
        (83.0, vec![(100.0, "99214-25")]),
        row(96.0, "CHEST XRAY", "K21 B7"),
        (105.0, vec![(100.0, "71046")]),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let fields = [Field::Code, Field::Modifiers, Field::Description, Field::RemarkCodes];
    let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["99214 25 OFFICE VISIT K21", "71046 - CHEST XRAY K21;B7"]);
}

#[test]
fn the_bill_of_a_member_who_owes_nothing_is_the_charge() {
    let row = |y: f32, words: &'static str, a: [&'static str; 3]| {
        (
            y,
            vec![
                (30.0, "03/09/2025"),
                (100.0, words),
                (-300.0, a[0]),
                (-360.0, a[1]),
                (-420.0, a[2]),
                (-480.0, a[2]),
                (-560.0, "0.00"),
            ],
        )
    };
    let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
        (
            60.0,
            vec![
                (30.0, "Date"),
                (100.0, "Description"),
                (-300.0, "Your bill"),
                (-360.0, "Discount"),
                (-420.0, "Allowed"),
                (-480.0, "Plan paid"),
                (-560.0, "Member liability"),
            ],
        ),
        row(74.0, "OFFICE VISIT", ["210.00", "60.00", "150.00"]),
        row(88.0, "CHEST XRAY", ["130.00", "40.00", "90.00"]),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let fields = [Field::Charge, Field::Allowed, Field::PatientResponsibility];
    let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["210.00 150.00 0.00", "130.00 90.00 0.00"]);
}
