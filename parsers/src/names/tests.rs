use crate::statement::Field;
use crate::test_pages::{read, said};

const FIELDS: [Field; 8] = [
    Field::ServiceDate,
    Field::Description,
    Field::Code,
    Field::PlanDiscount,
    Field::Copay,
    Field::Charge,
    Field::PatientResponsibility,
    Field::RemarkCodes,
];

#[test]
fn words_stand_over_lines_of_nothing_but_amounts() {
    let sums = |y: f32, a: [&'static str; 4]| (y, vec![(-120.0, a[0]), (-220.0, a[1]), (-320.0, a[2]), (-420.0, a[3])]);
    let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (40.0, vec![(30.0, "Claim ID: 1234567"), (300.0, "Provider: Lakeside Hospital")]),
        sums(60.0, ["Amount billed", "Network savings", "Plan pays", "You may owe"]),
        (72.0, vec![(30.0, "03/09/25 OFFICE VISIT LEVEL 4 [99214 25] x 1"), (500.0, "Remark K2")]),
        sums(82.0, ["$210.00", "$60.00", "$120.00", "$30.00"]),
        (92.0, vec![(30.0, "03/09/25 BLOOD DRAW [36415] x 1"), (500.0, "Remark K2, H3")]),
        sums(102.0, ["$20.00", "$5.00", "$15.00", "$0.00"]),
        (112.0, vec![(30.0, "Claim total")]),
        sums(122.0, ["$230.00", "$65.00", "$135.00", "$30.00"]),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let s = read(&lines);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
    assert_eq!(
        rows,
        ["2025-03-09 OFFICE VISIT LEVEL 4 99214 60.00 - 210.00 30.00 K2", "2025-03-09 BLOOD DRAW 36415 5.00 - 20.00 0.00 K2;H3"]
    );
    assert_eq!(s.totals.len(), 1, "{:?}", s.totals);
}

#[test]
fn adjustments_may_go_on_between_the_amounts_and_the_name() {
    let row = |y: f32, code: &'static str, reason: &'static str| {
        let cells = vec![(30.0, "08/09/2025"), (110.0, code), (-300.0, "30.00"), (-380.0, "20.00"), (-460.0, "5.00")];
        (y, [cells, vec![(480.0, reason), (-560.0, "10.00")]].concat())
    };
    let more = |y: f32| (y, vec![(480.0, "PR-1:"), (-560.0, "5.00")]);
    let name = |y: f32, text: &'static str| (y, vec![(50.0, text)]);
    let heads = vec![(30.0, "DOS"), (110.0, "HCPCS"), (-300.0, "Billed"), (-380.0, "Allowed"), (-460.0, "Deduct")];
    let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
        (40.0, vec![(30.0, "Claim number: 1234567")]),
        (60.0, [heads, vec![(480.0, "Reason / Amount")]].concat()),
        row(74.0, "97161", "CO-45:"),
        more(83.0),
        name(92.0, "PT EVAL LOW COMPLEXITY"),
        row(103.0, "97110", "CO-45:"),
        more(112.0),
        name(121.0, "THERAPEUTIC EXERCISE"),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &[Field::Code, Field::Description])).collect();
    assert_eq!(rows, ["97161 PT EVAL LOW COMPLEXITY", "97110 THERAPEUTIC EXERCISE"]);
}

#[test]
fn a_day_over_the_first_row_makes_headings_of_the_others() {
    let row = |y: f32, words: &'static str| (y, vec![(30.0, words), (-320.0, "$20.00"), (-420.0, "$5.00"), (-520.0, "$15.00")]);
    let day = |y: f32, text: &'static str| (y, vec![(30.0, text)]);
    let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (40.0, vec![(30.0, "Service"), (-320.0, "Billed"), (-420.0, "Discount"), (-520.0, "Allowed")]),
        (54.0, vec![(30.0, "Claim status - Finalized   Network - PAR")]),
        day(66.0, "Date of service: 2025-07-24"),
        row(80.0, "OFFICE VISIT"),
        day(90.0, "Date of service: 2025-07-28"),
        row(104.0, "BLOOD DRAW"),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &FIELDS[..2])).collect();
    assert_eq!(rows, ["2025-07-24 OFFICE VISIT", "2025-07-28 BLOOD DRAW"]);
}

#[test]
fn days_over_the_rows_of_a_group_are_not_of_the_rows_above() {
    let row = |y: f32, words: &'static str, fee: &'static str| (y, vec![(30.0, words), (-320.0, "1"), (-420.0, fee)]);
    let words = |y: f32, text: &'static str| (y, vec![(24.0, text)]);
    let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Hospital"), (300.0, "Detail of charges")]),
        (60.0, vec![(30.0, "Description of service"), (-320.0, "Qty"), (-420.0, "Total charges")]),
        words(76.0, "REV CODE 0250 PHARMACY"),
        words(88.0, "SERVICE DATE 06/14/25"),
        row(100.0, "METOPROLOL 25MG TAB", "26.31"),
        // closer under the row above than over its own
        words(109.0, "SERVICE DATE 06/15/25"),
        row(121.0, "METOPROLOL 25MG TAB", "8.77"),
        (133.0, vec![(200.0, "TOTAL REV CODE 0250"), (-420.0, "35.08")]),
        words(149.0, "REV CODE 0270 SUPPLIES"),
        words(161.0, "SERVICE DATE 06/14/25"),
        row(173.0, "DRESSING TRAY", "28.11"),
        words(189.0, "OTHER"),
        row(201.0, "ELECTRODE PACK", "171.90"),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let fields = [Field::ServiceDate, Field::RevenueCode, Field::Description, Field::Charge];
    let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
    let want = [
        "2025-06-14 0250 METOPROLOL 25MG TAB 26.31",
        "2025-06-15 0250 METOPROLOL 25MG TAB 8.77",
        "2025-06-14 0270 DRESSING TRAY 28.11",
        "- - ELECTRODE PACK 171.90",
    ];
    assert_eq!(rows, want);
}

#[test]
fn only_services_without_a_procedure_code_may_have_words() {
    let row = |y: f32, code: &'static str, billed: &'static str| {
        (y, vec![(30.0, "03/09/2025"), (110.0, "1"), (150.0, code), (-300.0, billed), (-380.0, "12.90"), (-460.0, "10.00")])
    };
    let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Explanation of benefits"), (400.0, "Lakeside Health Plan")]),
        (50.0, vec![(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 400500600700")]),
        (
            80.0,
            vec![
                (30.0, "SVC DATE"),
                (110.0, "QTY"),
                (150.0, "CPT/MOD"),
                (-300.0, "BILLED"),
                (-380.0, "ALLOWED"),
                (-460.0, "PAID"),
            ],
        ),
        row(95.0, "REV 0360", "210.00"),
        (105.0, vec![(60.0, "OPERATING ROOM")]),
        row(120.0, "REV 0710", "110.00"),
        (130.0, vec![(60.0, "PACU FIRST HOUR")]),
        row(145.0, "80053", "28.15"),
        row(160.0, "85025", "18.15"),
        row(175.0, "36415", "8.15"),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let fields = [Field::RevenueCode, Field::Code, Field::Description, Field::Charge];
    let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
    let want =
        ["0360 - OPERATING ROOM 210.00", "0710 - PACU FIRST HOUR 110.00", "- 80053 - 28.15", "- 85025 - 18.15", "- 36415 - 8.15"];
    assert_eq!(rows, want);
}

#[test]
fn names_beneath_all_rows_head_none() {
    let row = |y: f32, code: &'static str, billed: &'static str| {
        (y, vec![(30.0, "01/31/25"), (110.0, code), (-300.0, "1"), (-400.0, billed), (-500.0, "10.00"), (-600.0, "2.00")])
    };
    let heads =
        [(30.0, "Date"), (110.0, "Rev code"), (-300.0, "Units"), (-400.0, "Billed"), (-500.0, "Plan paid"), (-600.0, "You owe")];
    let lines = [
        (20.0, vec![(30.0, "Lakeside Fund"), (400.0, "Explanation of Benefits")]),
        (60.0, heads.to_vec()),
        row(74.0, "0450", "12.00"),
        (86.0, vec![(40.0, "EMERGENCY ROOM")]),
        row(98.0, "0300", "13.00"),
        (110.0, vec![(40.0, "LABORATORY")]),
        row(122.0, "0636", "14.00"),
        (134.0, vec![(40.0, "DRUGS")]),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
    let fields = [Field::RevenueCode, Field::Description, Field::Charge];
    let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["0450 EMERGENCY ROOM 12.00", "0300 LABORATORY 13.00", "0636 DRUGS 14.00"]);
}
