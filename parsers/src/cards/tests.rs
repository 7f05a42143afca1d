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

#[test]
fn amounts_that_stand_before_their_services_are_theirs() {
    let s = read(&[
        (20.0, &[(14.0, "Patient"), (172.0, "Lakeside Physical Therapy")]),
        (30.0, &[(14.0, "Jane Roe"), (172.0, "12 Elm St, Waco, TX 76701")]),
        (50.0, &[(14.0, "Statement prepared")]),
        (60.0, &[(14.0, "Aug 14, 2025")]),
        (80.0, &[(14.0, "Total charges")]),
        // the day of a visit stands over amounts and names, beside a panel
        (90.0, &[(14.0, "$269.34"), (172.0, "Visit of Saturday, July 12, 2025")]),
        (104.0, &[(-236.0, "$186.00"), (248.0, "PT EVALUATION")]),
        (110.0, &[(14.0, "Paid by insurance")]),
        (115.0, &[(248.0, "CPT 97161-GP Units 1")]),
        (120.0, &[(14.0, "$75.33")]),
        (128.0, &[(-236.0, "-$75.33"), (260.0, "INSURANCE PAYMENT"), (500.0, "posted 08/10/25")]),
        (140.0, &[(14.0, "Paid by you"), (-236.0, "-$102.30"), (260.0, "CONTRACTUAL ADJUSTMENT"), (500.0, "posted 08/10/25")]),
        (150.0, &[(14.0, "$0.00")]),
        (156.0, &[(-236.0, "$8.37"), (248.0, "Remaining for this visit")]),
        (180.0, &[(172.0, "Visit of Monday, July 14, 2025")]),
        (194.0, &[(-236.0, "$83.34"), (248.0, "THER EX EA 15 MIN")]),
        (205.0, &[(248.0, "CPT 97110-GP Units 2")]),
        (220.0, &[(-236.0, "$83.34"), (248.0, "Remaining for this visit")]),
    ]);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
    assert_eq!(
        rows,
        [
            "2025-07-12 PT EVALUATION 97161 GP 1 186.00 - -",
            "2025-08-10 INSURANCE PAYMENT - - - - 75.33 -",
            "2025-08-10 CONTRACTUAL ADJUSTMENT - - - - - 102.30",
            "2025-07-14 THER EX EA 15 MIN 97110 GP 2 83.34 - -",
        ]
    );
    assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    let provider = s.header.get(&Field::Provider).map(|c| c[0].raw.clone());
    assert_eq!(provider.as_deref(), Some("Lakeside Physical Therapy"));
}

/// A letter of May 9, 2025 with numbered services that have no days, and the sentence that tells one.
fn letter(sentence: &'static str) -> Vec<String> {
    let s = read(&[
        (20.0, &[(366.0, "Lakeside Internal Medicine")]),
        (40.0, &[(58.0, "May 9, 2025")]),
        (60.0, &[(58.0, "Jane Roe")]),
        (70.0, &[(58.0, "12 Elm St")]),
        (80.0, &[(58.0, "Waco, TX 76701")]),
        (100.0, &[(58.0, sentence)]),
        (130.0, &[(58.0, "What we did")]),
        (145.0, &[(58.0, "1."), (80.0, "EST PATIENT VISIT LEVEL 3"), (-554.0, "$180.00")]),
        (156.0, &[(80.0, "Code 99213, quantity 1")]),
        (172.0, &[(58.0, "2."), (80.0, "JOINT INJECTION MAJOR"), (-554.0, "$72.12")]),
        (183.0, &[(80.0, "Code 20610-LT, quantity 1")]),
        (200.0, &[(80.0, "Sum of the above"), (-554.0, "$252.12")]),
    ]);
    s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Code])).collect()
}

#[test]
fn the_date_of_a_letter_is_no_day_of_service() {
    let told = letter("This is your bill for the services provided to you on April 11, 2025.");
    assert_eq!(told, ["2025-04-11 99213", "2025-04-11 20610"]);
    for none in [
        "This is your bill for the services provided to you between April 4, 2025 and April 11, 2025.",
        "Services provided to you on April 11, 2025 are on your previous bill.",
        "This is your bill for professional services.",
    ] {
        assert_eq!(letter(none), ["- 99213", "- 20610"], "{none}");
    }
}

#[test]
fn what_the_amount_is_stands_before_it_and_what_is_left_of_each_service_is_no_balance() {
    let s = read(&[
        (20.0, &[(50.0, "Lakeside Emergency Physicians")]),
        (40.0, &[(50.0, "Patient: Jane Roe"), (300.0, "Bill number: 53227874")]),
        (70.0, &[(50.0, "Your care in detail")]),
        (90.0, &[(62.0, "EMERGENCY VISIT LVL 4"), (-500.0, "Provider's charge"), (-560.0, "$985.74")]),
        (101.0, &[(62.0, "Service date Apr 26, 2025 | Procedure code: 99284/25 | 1 unit(s)")]),
        (114.0, &[(72.0, "ELM PAYMENT | May 9, 2025"), (-560.0, "$495.47-")]),
        (126.0, &[(72.0, "CONTRACTUAL ADJUSTMENT | May 9, 2025"), (-560.0, "$366.40-")]),
        (138.0, &[(72.0, "You owe for this service"), (-560.0, "$123.87")]),
        (156.0, &[(62.0, "LAC REPAIR SIMPLE"), (-500.0, "Provider's charge"), (-560.0, "$264.60")]),
        (167.0, &[(62.0, "Service date Apr 26, 2025 | Procedure code: 12002 | 2 unit(s)")]),
        (180.0, &[(72.0, "You owe for this service"), (-560.0, "$264.60")]),
        (210.0, &[(300.0, "Total charges"), (-560.0, "$1,250.34")]),
        (222.0, &[(300.0, "Balance"), (-560.0, "$388.47")]),
    ]);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
    assert_eq!(
        rows,
        [
            "2025-04-26 EMERGENCY VISIT LVL 4 99284 25 1 985.74 - -",
            "2025-05-09 ELM PAYMENT - - - - 495.47 -",
            "2025-05-09 CONTRACTUAL ADJUSTMENT - - - - - 366.40",
            "2025-04-26 LAC REPAIR SIMPLE 12002 - 2 264.60 - -",
        ]
    );
    assert_eq!(s.kind, DocKind::ItemizedBill);
    let balance = s.header.get(&Field::BalanceDue).map(|c| c.iter().map(|c| c.raw.clone()).collect::<Vec<_>>());
    assert_eq!(balance, Some(vec!["$388.47".to_owned()]));
}
