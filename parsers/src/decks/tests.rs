use crate::statement::{Field, Row, Statement, Value};
use crate::test_pages::{read, said};

/// An EOB each of whose columns has two heads; a claim that is not settled has charges only.
fn two_heads(pending: bool) -> Statement {
    let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Insurance Company"), (600.0, "Explanation of Benefits")]),
        (60.0, vec![(30.0, "Patient: Jane Roe"), (220.0, "Claim No: 14139210"), (440.0, "Acct No: 567-54862")]),
        (
            72.0,
            vec![
                (30.0, "Provider: Lakeside Hospital"),
                (440.0, if pending { "Status: Pended" } else { "Processed: 03/24/2025" }),
            ],
        ),
        (
            90.0,
            vec![
                (30.0, "From Date"),
                (100.0, "Procedure"),
                (-310.0, "Units"),
                (-390.0, "Charge"),
                (-480.0, "PPO Discount"),
                (-570.0, "Deductible"),
                (-660.0, "Plan Paid"),
            ],
        ),
        (
            101.0,
            vec![
                (30.0, "Thru Date"),
                (100.0, "Description of Service"),
                (-390.0, "Allowed"),
                (-480.0, "Ineligible"),
                (-570.0, "Copay"),
                (-660.0, "Patient Resp."),
            ],
        ),
    ];
    let services = [
        ("J2250", "MIDAZOLAM 1MG INJ", ["40.00", "10.00", "0.00", "24.00", "30.00", "0.00", "6.00", "6.00"]),
        ("85025", "CBC W/ DIFF", ["60.00", "20.00", "5.00", "31.00", "40.00", "0.00", "4.00", "9.00"]),
        ("80048", "BASIC METABOLIC PANEL", ["100.00", "0.00", "5.00", "95.00", "100.00", "0.00", "0.00", "5.00"]),
    ];
    let mut y = 116.0;
    let sums = ["200.00", "30.00", "10.00", "150.00", "170.00", "0.00", "10.00", "20.00"];
    let ends = [-390.0, -480.0, -570.0, -660.0];
    let amounts = |a: &[&'static str]| -> Vec<(f32, &'static str)> { ends.iter().copied().zip(a.iter().copied()).collect() };
    for (code, name, sums) in services {
        let shown = |a: &[&'static str]| if pending { Vec::new() } else { amounts(a) };
        let mut upper = vec![(30.0, "03/02/2025"), (100.0, code), (-310.0, "1")];
        upper.extend(if pending { vec![(-390.0, sums[0])] } else { amounts(&sums[..4]) });
        lines.push((y, upper));
        let mut lower = vec![(30.0, "03/02/2025"), (100.0, name)];
        lower.extend(shown(&sums[4..]));
        lines.push((y + 10.2, lower));
        y += 24.4;
    }
    let mut foot = vec![(100.0, "Claim totals")];
    foot.extend(if pending { vec![(-390.0, sums[0])] } else { amounts(&sums[..4]) });
    lines.push((y + 4.0, foot));
    if !pending {
        lines.push((y + 14.2, amounts(&sums[4..])));
    }
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    read(&lines)
}

const FIELDS: [Field; 6] =
    [Field::Code, Field::Description, Field::Charge, Field::PlanDiscount, Field::Allowed, Field::PatientResponsibility];

#[test]
fn the_sums_of_the_second_deck_stand_under_those_of_the_first() {
    let s = two_heads(false);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
    assert_eq!(
        rows,
        [
            "J2250 MIDAZOLAM 1MG INJ 40.00 10.00 30.00 6.00",
            "85025 CBC W/ DIFF 60.00 20.00 40.00 9.00",
            "80048 BASIC METABOLIC PANEL 100.00 0.00 100.00 5.00"
        ]
    );
    let sums: Vec<String> =
        s.totals.iter().map(|t| t.cells.values().map(|c| c.raw.clone()).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(sums.len(), 1, "{sums:?}");
    assert_eq!(s.totals[0].cells[&Field::PatientResponsibility].raw, "20.00");
    assert_eq!(s.totals[0].cells[&Field::Charge].raw, "200.00");
}

#[test]
fn the_second_deck_of_a_claim_that_is_not_settled_has_no_amounts() {
    let s = two_heads(true);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS[..3])).collect();
    assert_eq!(rows, ["J2250 MIDAZOLAM 1MG INJ 40.00", "85025 CBC W/ DIFF 60.00", "80048 BASIC METABOLIC PANEL 100.00"]);
    let sums: Vec<Vec<Field>> = s.totals.iter().map(|t| t.cells.keys().copied().collect()).collect();
    assert_eq!(sums, [[Field::Charge]]);
}

#[test]
fn code_and_words_of_sums_may_stand_in_the_second_deck() {
    let amounts = |a: [&'static str; 3]| [(-390.0, a[0]), (-480.0, a[1]), (-570.0, a[2])];
    let with = |words: &[(f32, &'static str)], a: [&'static str; 3]| [words, &amounts(a)].concat();
    let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Insurance Company"), (600.0, "Explanation of Benefits")]),
        (60.0, vec![(30.0, "Patient: Jane Roe"), (220.0, "Claim No: 14139210"), (440.0, "Processed: 03/24/2025")]),
        (90.0, with(&[(30.0, "From Date"), (100.0, "Service")], ["Billed", "Allowed", "Plan Paid"])),
        (101.0, with(&[(30.0, "Thru Date"), (100.0, "Procedure Code")], ["Discount", "Not Covered", "You Owe"])),
        (116.0, with(&[(30.0, "03/02/2025"), (100.0, "MIDAZOLAM 1MG INJ")], ["40.00", "30.00", "24.00"])),
        (126.0, with(&[(30.0, "03/02/2025"), (100.0, "J2250")], ["10.00", "0.00", "6.00"])),
        (140.0, with(&[(30.0, "03/02/2025"), (100.0, "OFFICE VISIT")], ["200.00", "150.00", "120.00"])),
        (150.0, with(&[(30.0, "03/02/2025"), (100.0, "99214-25")], ["50.00", "0.00", "30.00"])),
        (168.0, with(&[], ["240.00", "180.00", "144.00"])),
        (178.0, with(&[(100.0, "Claim totals")], ["60.00", "0.00", "36.00"])),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let s = read(&lines);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
    assert_eq!(rows, ["J2250 MIDAZOLAM 1MG INJ 40.00 10.00 30.00 6.00", "99214 OFFICE VISIT 200.00 50.00 150.00 30.00"]);
    let sums: Vec<(&str, usize)> = s.totals.iter().map(|t| (t.label.as_str(), t.cells.len())).collect();
    assert_eq!(sums, [("Claim totals", 6)]);
}

#[test]
fn codes_with_counts_and_words_that_run_on_stand_in_the_second_deck() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Insurance Company"), (600.0, "Explanation of Benefits")]),
        (60.0, &[(30.0, "Patient: Jane Roe"), (220.0, "Claim No: 14139210"), (440.0, "Processed: 03/24/2025")]),
        (
            90.0,
            &[
                (30.0, "Service date"),
                (140.0, "Kind of service"),
                (-390.0, "Billed"),
                (-480.0, "Discount"),
                (-570.0, "Your share"),
            ],
        ),
        (99.0, &[(30.0, "Procedure / qty"), (-390.0, "Allowed"), (-480.0, "Not covered"), (-570.0, "Plan paid")]),
        (
            114.0,
            &[
                (30.0, "02/13/25"),
                (140.0, "COLONOSCOPY W/ SNARE POLYP"),
                (-390.0, "524.44"),
                (-480.0, "305.28"),
                (-570.0, "43.83"),
            ],
        ),
        (124.0, &[(30.0, "45385"), (90.0, "x 1"), (140.0, "REMOVAL"), (-390.0, "219.16"), (-480.0, "0.00"), (-570.0, "175.33")]),
        (140.0, &[(30.0, "02/13/25"), (140.0, "STERILE PACK"), (-390.0, "24.44"), (-480.0, "5.28"), (-570.0, "3.83")]),
        (150.0, &[(30.0, "Rev 0272"), (90.0, "x 2"), (-390.0, "19.16"), (-480.0, "0.00"), (-570.0, "15.33")]),
    ]);
    let fields = [Field::Description, Field::Code, Field::RevenueCode, Field::Units, Field::Charge, Field::Allowed];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["COLONOSCOPY W/ SNARE POLYP REMOVAL 45385 - 1 524.44 219.16", "STERILE PACK - 0272 2 24.44 19.16"]);
}

#[test]
fn a_line_that_begins_with_a_day_is_of_the_deck_with_days() {
    let row = |y: f32, a: &'static str, what: &'static str| {
        [(y, vec![(30.0, "07/16/2024, 1x"), (-390.0, a)]), (y + 10.0, vec![(30.0, what), (570.0, "G4")])]
    };
    let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Insurance Company"), (600.0, "Explanation of Benefits")]),
        (60.0, vec![(30.0, "Lakeside Hospital"), (220.0, "Claim no. 14139210"), (440.0, "Pending")]),
        (90.0, vec![(30.0, "Date, quantity"), (-390.0, "Billed"), (-480.0, "Discount"), (-600.0, "Your cost")]),
        (99.0, vec![(30.0, "Service (procedure code)"), (-390.0, "Not covered"), (-480.0, "Plan paid"), (570.0, "Notes")]),
    ];
    lines.extend(row(114.0, "7,685.66", "OR TIME LEVEL 3"));
    lines.extend(row(138.0, "932.19", "PACU FIRST HOUR"));
    lines.extend(row(162.0, "48.28", "MIDAZOLAM 1MG INJ (J2250)"));
    lines.push((186.0, vec![(30.0, "This claim in total"), (-390.0, "8,666.13")]));
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let s = read(&lines);
    let rows: Vec<String> =
        s.rows.iter().map(|r| said(r, &[Field::Description, Field::Code, Field::Units, Field::Charge])).collect();
    assert_eq!(rows, ["OR TIME LEVEL 3 - 1 7685.66", "PACU FIRST HOUR - 1 932.19", "MIDAZOLAM 1MG INJ J2250 1 48.28"]);
}

#[test]
fn adjustments_listed_beside_the_first_print_row_go_on_beside_the_second() {
    let row = |y: f32, code: &'static str, of: [&'static str; 3], adj: [&'static str; 2]| {
        let [billed, allowed, paid] = of;
        let amounts = [(-300.0, billed), (-380.0, allowed), (-460.0, paid), (500.0, adj[0]), (-620.0, adj[1])];
        (y, [vec![(120.0, code)], amounts.to_vec()].concat())
    };
    let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Insurance Company"), (600.0, "Explanation of Benefits")]),
        (60.0, vec![(30.0, "Patient: Jane Roe"), (220.0, "Claim No: 14139210"), (440.0, "Processed: 03/24/2025")]),
        row(90.0, "Proc Mod", ["Billed", "Allowed", "Paid"], ["Grp/Rsn", "Adj Amt"]),
        (99.0, vec![(30.0, "To date"), (120.0, "Service desc"), (-300.0, "Discount"), (-380.0, "Copay"), (-460.0, "You owe")]),
        row(114.0, "99214", ["210.00", "150.00", "120.00"], ["CO 45", "60.00"]),
        row(124.0, "OFFICE VISIT", ["60.00", "30.00", "30.00"], ["PR 3", "30.00"]),
        row(140.0, "36415", ["14.60", "8.00", "5.00"], ["CO 45", "6.60"]),
        row(150.0, "BLOOD DRAW", ["6.60", "0.00", "3.00"], ["PR 2", "3.00"]),
    ];
    for (i, head) in [(2, "From date"), (4, "02/13/2025"), (6, "02/13/2025")] {
        lines[i].1.insert(0, (30.0, head));
    }
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let s = read(&lines);
    let fields =
        [Field::Code, Field::Description, Field::Charge, Field::PlanDiscount, Field::Copay, Field::PatientResponsibility];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["99214 OFFICE VISIT 210.00 60.00 30.00 30.00", "36415 BLOOD DRAW 14.60 6.60 0.00 3.00"]);
    let listed = |r: &Row| matches!(&r.cells[&Field::Adjustments].value, Value::Adjustments(l) if l.len() == 2);
    assert!(s.rows.iter().all(listed), "{:?}", s.rows);
}
