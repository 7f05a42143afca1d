use crate::statement::{DocKind, Field};
use crate::test_pages::{read, said};

const FIELDS: [Field; 8] = [
    Field::ServiceDate,
    Field::Description,
    Field::Code,
    Field::Modifiers,
    Field::Units,
    Field::Charge,
    Field::PlanPaid,
    Field::PlanDiscount,
];

#[test]
fn visits_beside_a_panel_of_facts_are_read_without_it() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Rehab")]),
        (40.0, &[(30.0, "STATEMENT DATE"), (250.0, "Jane Roe")]),
        (50.0, &[(30.0, "10/23/2025"), (250.0, "12 Elm St")]),
        (70.0, &[(30.0, "ACCOUNT"), (250.0, "Waco, TX 76701")]),
        (80.0, &[(30.0, "60352762")]),
        (100.0, &[(30.0, "PATIENT"), (250.0, "Monday, September 1, 2025"), (600.0, "R. Castellanos DO")]),
        (114.0, &[(30.0, "Jane Roe"), (250.0, "PT EVALUATION"), (-740.0, "186.00")]),
        (125.0, &[(258.0, "97161-GP quantity 1")]),
        (138.0, &[(250.0, "THER EX EA 15 MIN"), (-740.0, "143.30")]),
        // the panel goes on at the height of the facts
        (149.0, &[(30.0, "DATE OF BIRTH"), (258.0, "97110-GP quantity 2")]),
        (162.0, &[(30.0, "10/26/1960"), (266.0, "GOLDEN PAYMENT, 10/10/2025"), (-740.0, "75.33-")]),
        (173.0, &[(266.0, "PPO DISCOUNT, 10/10/2025"), (-740.0, "102.30-")]),
        (186.0, &[(600.0, "Visit balance"), (-740.0, "151.67")]),
        (210.0, &[(30.0, "INSURANCE WE BILLED"), (250.0, "Friday, September 5, 2025"), (600.0, "R. Castellanos DO")]),
        (224.0, &[(30.0, "Golden Prairie Health Plan"), (250.0, "ULTRASOUND 15 MIN"), (-740.0, "40.97")]),
        (235.0, &[(258.0, "97035-GP quantity 1")]),
        (250.0, &[(600.0, "Visit balance"), (-740.0, "40.97")]),
        (280.0, &[(260.0, "Charges for all visits"), (-740.0, "370.27")]),
        (292.0, &[(260.0, "Paid by insurance"), (-740.0, "75.33-")]),
        (304.0, &[(260.0, "Insurance write-offs"), (-740.0, "102.30-")]),
        (316.0, &[(260.0, "Now due from you"), (-740.0, "192.64")]),
    ]);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
    assert_eq!(
        rows,
        [
            "2025-09-01 PT EVALUATION 97161 GP 1 186.00 - -",
            "2025-09-01 THER EX EA 15 MIN 97110 GP 2 143.30 - -",
            "2025-10-10 GOLDEN PAYMENT - - - - 75.33 -",
            "2025-10-10 PPO DISCOUNT - - - - - 102.30",
            "2025-09-05 ULTRASOUND 15 MIN 97035 GP 1 40.97 - -",
        ]
    );
    assert_eq!(s.kind, DocKind::ItemizedBill);
    assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
}
