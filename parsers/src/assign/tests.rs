use crate::statement::Field;
use crate::test_pages::{read_scan, said};

#[test]
fn a_code_run_together_with_that_beside_it_leaves_both_columns_their_own() {
    let row = |y: f32, codes: Vec<(f32, &'static str)>, what: &'static str, charge: &'static str| {
        (y, [vec![(40.0, "02/11/2025")], codes, vec![(200.0, what), (-420.0, "1"), (-520.0, charge)]].concat())
    };
    let apart = |rev: &'static str, code: &'static str| vec![(94.0, rev), (117.0, code)];
    let head = [(40.0, "DATE"), (94.0, "REV"), (117.0, "HCPCS"), (200.0, "DESCRIPTION"), (-420.0, "QTY"), (-520.0, "AMOUNT")];
    let lines = [
        (20.0, vec![(40.0, "LAKESIDE HOSPITAL"), (300.0, "ITEMIZED STATEMENT")]),
        (60.0, vec![(40.0, "PATIENT: JANE ROE"), (300.0, "ACCT: 5548821")]),
        (90.0, head.to_vec()),
        row(104.0, [apart("0450", "99285"), vec![(146.0, "25")]].concat(), "ER VISIT LEVEL V", "2527.09"),
        row(116.0, apart("0300", "36415"), "VENIPUNCTURE", "26.12"),
        row(128.0, apart("0301", "80053"), "METABOLIC PANEL", "129.00"),
        row(140.0, apart("0351", "70450"), "CT HEAD", "2332.00"),
        row(152.0, vec![(94.0, "0730.93005")], "EKG TRACING", "413.17"),
        row(164.0, apart("0260", "96374"), "IV PUSH", "415.00"),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let s = read_scan(&lines, 0.99);
    let said: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Code, Field::Charge])).collect();
    assert_eq!(said[..4], ["0450 99285 2527.09", "0300 36415 26.12", "0301 80053 129.00", "0351 70450 2332.00"]);
    assert_eq!(said[5], "0260 96374 415.00");
}
