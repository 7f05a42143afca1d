use crate::statement::{Field, Statement, TotalScope};
use crate::test_pages::{read, said};

const FIELDS: [Field; 9] = [
    Field::ServiceDate,
    Field::Description,
    Field::Code,
    Field::RevenueCode,
    Field::Charge,
    Field::PlanDiscount,
    Field::Copay,
    Field::PatientResponsibility,
    Field::RemarkCodes,
];

/// Two services of one claim and one of another, the values behind their labels or in a column of their own.
fn two_claims(apart: bool, flush: bool) -> Statement {
    let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
        (20.0, vec![(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
        (44.0, vec![(30.0, "Member: Jane Roe"), (220.0, "Member ID: W123456789"), (440.0, "EOB date: March 29, 2025")]),
    ];
    let mut y = 70.0;
    let mut put = |cells: Vec<(f32, &'static str)>, step: f32| {
        let place = |(x, t): (f32, &'static str)| match t.split_once(": ").filter(|_| apart && x > 35.0) {
            Some((label, value)) if flush && value.starts_with('$') => vec![(x, &t[..=label.len()]), (-x - 200.0, value)],
            Some((label, value)) => vec![(x, &t[..=label.len()]), (x + 118.0, value)],
            None => vec![(x, t)],
        };
        lines.push((y, cells.into_iter().flat_map(place).collect()));
        y += step;
    };
    let heads = [("Claim 14139210", "Provider: Lakeside Hospital"), ("Claim 14139211", "Provider: Elm Street Clinic")];
    let cards: [[&[&str]; 2]; 3] = [
        [
            &[
                "VENIPUNCTURE",
                "Service 1 of 2",
                "Date of service: March 9, 2025",
                "Procedure code: 36415",
                "Units: 1",
                "Notes: G4",
            ],
            &[
                "Amount billed: $36.45",
                "Plan discount: $20.14",
                "Allowed amount: $16.31",
                "Plan paid: $16.31",
                "Your responsibility: $0.00",
            ],
        ],
        [
            &["PHARMACY", "Service 2 of 2", "Date of service: March 9, 2025", "Revenue code: 0250", "Units: 2", "Notes: G4, K2"],
            &[
                "Amount billed: $73.00",
                "Plan discount: $38.70",
                "Allowed amount: $34.30",
                "Plan paid: $4.30",
                "Copay: $30.00",
                "Your responsibility: $30.00",
            ],
        ],
        [
            &["OFFICE VISIT", "Service 1 of 1", "Date of service: March 10, 2025", "Procedure code: 99214-25", "Units: 1"],
            &[
                "Amount billed: $210.00",
                "Plan discount: $60.00",
                "Allowed amount: $150.00",
                "Plan paid: $150.00",
                "Your responsibility: $0.00",
            ],
        ],
    ];
    let mut claim = |n: usize, cards: &[[&[&'static str]; 2]], sums: [&'static str; 3]| {
        put(vec![(40.0, heads[n].0), (440.0, "Status: Processed")], 14.0);
        put(vec![(40.0, heads[n].1)], 13.0);
        put(vec![(40.0, "Network: In network")], 22.0);
        for [words, amounts] in cards {
            put(vec![(40.0, words[0]), (500.0, words[1])], 14.0);
            for i in 0..amounts.len().max(words.len() - 2) {
                let left = words.get(i + 2).map(|t| (40.0, *t));
                put(left.into_iter().chain(amounts.get(i).map(|t| (320.0, *t))).collect(), 11.5);
            }
            put(vec![], 8.0);
        }
        put(vec![(40.0, "Claim totals")], 14.0);
        for s in sums {
            put(vec![(40.0, s)], 11.5);
        }
        put(vec![], 14.0);
    };
    claim(0, &cards[..2], ["Amount billed: $109.45", "Plan discount: $58.84", "Your responsibility: $30.00"]);
    claim(1, &cards[2..], ["Amount billed: $210.00", "Plan discount: $60.00", "Your responsibility: $0.00"]);
    put(vec![(40.0, "All claims together")], 14.0);
    for s in ["Amount billed: $319.45", "Plan discount: $118.84", "Your responsibility: $30.00"] {
        put(vec![(40.0, s)], 11.5);
    }
    let lines: Vec<(f32, &[(f32, &str)])> =
        lines.iter().filter(|(_, l)| !l.is_empty()).map(|(y, l)| (*y, l.as_slice())).collect();
    read(&lines)
}

#[test]
fn day_and_code_stand_beside_the_amounts_of_their_service() {
    for (apart, flush) in [(false, false), (true, false), (true, true)] {
        let s = two_claims(apart, flush);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-09 VENIPUNCTURE 36415 - 36.45 20.14 - 0.00 G4",
                "2025-03-09 PHARMACY - 0250 73.00 38.70 30.00 30.00 G4;K2",
                "2025-03-10 OFFICE VISIT 99214 - 210.00 60.00 - 0.00 -"
            ],
            "{apart} {flush}"
        );
        assert_eq!(s.rows.iter().map(|r| r.claim).collect::<Vec<_>>(), [Some(0), Some(0), Some(1)]);
    }
}

#[test]
fn words_of_sums_over_a_list_say_that_it_is_one() {
    let s = two_claims(false, false);
    let sums: Vec<(&str, TotalScope, (usize, usize))> = s.totals.iter().map(|t| (t.label.as_str(), t.scope, t.rows)).collect();
    assert_eq!(
        sums,
        [
            ("Claim totals", TotalScope::Claim, (0, 2)),
            ("Claim totals", TotalScope::Claim, (2, 3)),
            ("All claims together", TotalScope::Document, (0, 3))
        ]
    );
}

/// A paper of these lines under the heading of a claim.
fn claim(lines: &[(f32, &[(f32, &str)])]) -> Vec<String> {
    let head: [(f32, &[(f32, &str)]); 4] = [
        (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
        (44.0, &[(30.0, "Member: Jane Roe"), (220.0, "Member ID: W123456789"), (440.0, "EOB date: March 29, 2025")]),
        (70.0, &[(40.0, "Claim 14139210"), (440.0, "Status: In process")]),
        (83.0, &[(40.0, "Provider: Lakeside Hospital")]),
    ];
    let s = read(&[head.as_slice(), lines].concat());
    s.rows.iter().map(|r| said(r, &FIELDS[..5])).collect()
}

#[test]
fn names_go_on_beside_the_amounts_of_their_service() {
    let rows = claim(&[
        (110.0, &[(40.0, "CO2 SERUM"), (500.0, "1 of 2")]),
        (124.0, &[(40.0, "Amount billed"), (-230.0, "$36.45"), (320.0, "Date of service"), (440.0, "03/09/2025")]),
        (135.0, &[(320.0, "Procedure code"), (440.0, "36415")]),
        (146.0, &[(320.0, "Place of service:"), (440.0, "11")]),
        (157.0, &[(320.0, "Units"), (440.0, "1")]),
        (180.0, &[(40.0, "OFFICE VISIT"), (500.0, "2 of 2")]),
        (194.0, &[(40.0, "Amount billed"), (-230.0, "$210.00"), (320.0, "Date of service"), (440.0, "03/09/2025")]),
        (205.0, &[(320.0, "Procedure code"), (440.0, "99214-25")]),
    ]);
    assert_eq!(rows, ["2025-03-09 CO2 SERUM 36415 - 36.45", "2025-03-09 OFFICE VISIT 99214 - 210.00"]);
}

#[test]
fn a_claim_that_is_not_settled_has_charges_only() {
    let lines = |total: &'static str| {
        claim(&[
            (110.0, &[(40.0, "PREVENTIVE VISIT EST 40-64"), (480.0, "Aug 16, 2025")]),
            (124.0, &[(54.0, "Amount billed"), (-244.0, "$117.11")]),
            (136.0, &[(54.0, "Remarks: T22")]),
            (154.0, &[(40.0, "VENIPUNCTURE"), (480.0, "Aug 16, 2025")]),
            (168.0, &[(54.0, "Amount billed"), (-244.0, "$8.16")]),
            (180.0, &[(54.0, "Remarks: T22")]),
            (200.0, &[(40.0, "Total billed for this claim"), (-342.0, total)]),
        ])
    };
    assert_eq!(lines("$125.27"), ["2025-08-16 PREVENTIVE VISIT EST 40-64 - - 117.11", "2025-08-16 VENIPUNCTURE - - 8.16"]);
    assert!(lines("$130.00").is_empty(), "a service was not read");
}

#[test]
fn under_the_day_of_a_named_service_a_total_is_its_charge() {
    let want = ["2025-03-09 VENIPUNCTURE 36415 - 36.45", "2025-03-09 OFFICE VISIT 99214 - 210.00"];
    let down = claim(&[
        (110.0, &[(40.0, "VENIPUNCTURE (36415)")]),
        (122.0, &[(54.0, "Date:"), (-244.0, "03/09/25")]),
        (134.0, &[(54.0, "Billed charges:"), (-244.0, "36.45")]),
        (146.0, &[(54.0, "You owe:"), (-244.0, "16.31")]),
        (160.0, &[(40.0, "OFFICE VISIT (99214)")]),
        (172.0, &[(54.0, "Date:"), (-244.0, "03/09/25")]),
        (184.0, &[(54.0, "Billed charges:"), (-244.0, "210.00")]),
        (196.0, &[(54.0, "You owe:"), (-244.0, "30.00")]),
    ]);
    assert_eq!(down, want);
    let beside = claim(&[
        (110.0, &[(40.0, "VENIPUNCTURE (36415)")]),
        (122.0, &[(54.0, "Date:"), (-244.0, "03/09/25"), (280.0, "Total charge:"), (-460.0, "$36.45")]),
        (134.0, &[(54.0, "Discount:"), (-244.0, "$20.14"), (280.0, "You owe:"), (-460.0, "$16.31")]),
        (150.0, &[(40.0, "OFFICE VISIT (99214)")]),
        (162.0, &[(54.0, "Date:"), (-244.0, "03/09/25"), (280.0, "Total charge:"), (-460.0, "$210.00")]),
        (174.0, &[(54.0, "Discount:"), (-244.0, "$180.00"), (280.0, "You owe:"), (-460.0, "$30.00")]),
    ]);
    assert_eq!(beside, want);
    let of_claim = claim(&[
        (110.0, &[(40.0, "Summary of your claim")]),
        (122.0, &[(54.0, "Date:"), (-244.0, "03/09/25")]),
        (134.0, &[(54.0, "Total charge:"), (-244.0, "36.45")]),
        (146.0, &[(54.0, "You owe:"), (-244.0, "16.31")]),
    ]);
    assert!(of_claim.is_empty(), "{of_claim:?}");
}
