use crate::statement::{Field, Value};
use crate::test_pages::{read, said};

#[test]
fn rows_say_to_which_claim_they_belong() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Health Insurance"), (500.0, "Explanation of Benefits")]),
        (40.0, &[(30.0, "Member Jane Roe"), (500.0, "Notice dated 05/01/25")]),
        (
            70.0,
            &[
                (30.0, "Claim no."),
                (130.0, "Rendered by"),
                (280.0, "Incurred"),
                (350.0, "Code"),
                (430.0, "Expense"),
                (-610.0, "Expense"),
                (-690.0, "Contract"),
                (-770.0, "Member"),
            ],
        ),
        (
            80.0,
            &[
                (30.0, "and status"),
                (130.0, "(network)"),
                (350.0, "x units"),
                (-610.0, "submitted"),
                (-690.0, "savings"),
                (-770.0, "owes"),
            ],
        ),
        (
            95.0,
            &[
                (30.0, "252165726836"),
                (130.0, "Elm County Hospital"),
                (280.0, "04/12/25"),
                (350.0, "RC 0710 x1"),
                (430.0, "RECOVERY ROOM"),
                (-610.0, "1,225.81"),
                (-690.0, "364.56"),
                (-770.0, "172.25"),
            ],
        ),
        (104.0, &[(30.0, "Finalized"), (130.0, "(in-network)")]),
        (
            118.0,
            &[
                (30.0, "252165726836"),
                (130.0, "Elm County Hospital"),
                (280.0, "04/12/25"),
                (350.0, "J2250 x2"),
                (430.0, "MIDAZOLAM"),
                (-610.0, "22.62"),
                (-690.0, "7.56"),
                (-770.0, "3.01"),
            ],
        ),
        (127.0, &[(30.0, "Finalized"), (130.0, "(in-network)")]),
        (
            141.0,
            &[
                (30.0, "4839002217"),
                (130.0, "Oak Bone Group PA"),
                (280.0, "04/12/25"),
                (350.0, "29881-RT x1"),
                (430.0, "KNEE SCOPE"),
                (-610.0, "1,283.00"),
                (-690.0, "763.13"),
                (-770.0, "103.97"),
            ],
        ),
        (150.0, &[(30.0, "Finalized"), (130.0, "(in-network)")]),
        (170.0, &[(30.0, "This is not a bill.")]),
    ]);
    let fields =
        [Field::ClaimNo, Field::Provider, Field::RevenueCode, Field::Code, Field::Units, Field::Description, Field::Charge];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(
        rows,
        [
            "252165726836 Elm County Hospital 0710 - 1 RECOVERY ROOM 1225.81",
            "252165726836 Elm County Hospital - J2250 2 MIDAZOLAM 22.62",
            "4839002217 Oak Bone Group PA - 29881 1 KNEE SCOPE 1283.00"
        ]
    );
    let claims: Vec<Value> = s.header.get(&Field::ClaimNo).into_iter().flatten().map(|c| c.value.clone()).collect();
    assert_eq!(claims.len(), 2);
}

/// What the rows of one claim say of it in two columns with these heads.
fn told(heads: [&'static str; 2], numbers: [&'static str; 2]) -> Vec<String> {
    let row = |y: f32, number: &'static str, words: &'static str| {
        (
            y,
            vec![
                (30.0, "04/12/25"),
                (90.0, number),
                (180.0, "Elm County Hospital"),
                (330.0, words),
                (-520.0, "225.81"),
                (-600.0, "164.56"),
                (-680.0, "72.25"),
            ],
        )
    };
    let lines = [
        (20.0, vec![(30.0, "Lakeside Health Insurance"), (500.0, "Explanation of Benefits")]),
        (40.0, vec![(30.0, "Member Jane Roe"), (500.0, "Notice dated 05/01/25")]),
        (
            70.0,
            vec![
                (30.0, "Service Date"),
                (90.0, heads[0]),
                (180.0, heads[1]),
                (330.0, "Service"),
                (-520.0, "Charge"),
                (-600.0, "Allowed"),
                (-680.0, "Plan paid"),
            ],
        ),
        row(95.0, numbers[0], "RECOVERY ROOM"),
        row(107.0, numbers[1], "PHARMACY"),
    ];
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    read(&lines).rows.iter().map(|r| said(r, &[Field::ClaimNo, Field::Provider, Field::Description])).collect()
}

#[test]
fn a_number_that_comes_again_is_the_claims() {
    let both = ["252165726836 Elm County Hospital RECOVERY ROOM", "252165726836 Elm County Hospital PHARMACY"];
    assert_eq!(told(["Reference #", "Billed by"], ["252165726836", "252165726836"]), both);
    let by = ["- Elm County Hospital RECOVERY ROOM", "- Elm County Hospital PHARMACY"];
    assert_eq!(told(["Reference #", "Seen by"], ["252165726836", "252165726837"]), by, "each service has its own");
}

#[test]
fn a_name_of_two_lines_is_a_providers() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Health Insurance"), (500.0, "Explanation of Benefits")]),
        (40.0, &[(30.0, "Patient: Jane Roe"), (300.0, "Claim number: 252165726836")]),
        (
            70.0,
            &[
                (30.0, "Date"),
                (100.0, "Provider Name"),
                (220.0, "Service"),
                (-400.0, "Charge"),
                (-480.0, "Allowed"),
                (-560.0, "Plan Paid"),
            ],
        ),
        (
            84.0,
            &[
                (30.0, "04/12/25"),
                (100.0, "Elm Internal"),
                (220.0, "OFFICE"),
                (-400.0, "183.00"),
                (-480.0, "97.36"),
                (-560.0, "57.36"),
            ],
        ),
        (94.0, &[(100.0, "Medicine"), (220.0, "VISIT")]),
        (
            108.0,
            &[
                (30.0, "04/12/25"),
                (100.0, "Elm Internal"),
                (220.0, "BLOOD"),
                (-400.0, "7.84"),
                (-480.0, "3.30"),
                (-560.0, "2.64"),
            ],
        ),
        (118.0, &[(100.0, "Medicine"), (220.0, "DRAW")]),
    ]);
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Provider, Field::Description])).collect();
    assert_eq!(rows, ["Elm Internal Medicine OFFICE VISIT", "Elm Internal Medicine BLOOD DRAW"]);
}

#[test]
fn what_stands_beside_the_first_service_is_said_of_the_claim() {
    let sums = [(-490.0, "225.81"), (-560.0, "164.56"), (-640.0, "72.25")];
    let heads = [
        (30.0, "Claim #"),
        (95.0, "Patient"),
        (160.0, "Provider / network / status"),
        (340.0, "Date"),
        (390.0, "Service"),
        (-490.0, "Billed"),
        (-560.0, "Allowed"),
        (-640.0, "Plan paid"),
    ];
    let first =
        [(30.0, "E613972068"), (95.0, "Jane Roe"), (160.0, "Elm County Hospital, In network, Denied"), (340.0, "4/12/25")];
    let first = [&first[..], &[(390.0, "SURGERY")], &sums].concat();
    let second = [&[(340.0, "4/13/25"), (390.0, "X-RAY")], &sums[..]].concat();
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Health Insurance"), (500.0, "Claims summary")]),
        (40.0, &[(30.0, "This is not a bill"), (500.0, "Notice dated 05/01/25")]),
        (70.0, &heads),
        (84.0, &first),
        (96.0, &second),
    ]);
    let rows: Vec<String> =
        s.rows.iter().map(|r| said(r, &[Field::ClaimNo, Field::Patient, Field::Provider, Field::Description])).collect();
    let of = |service: &str| format!("E613972068 Jane Roe Elm County Hospital {service}");
    assert_eq!(rows, [of("SURGERY"), of("X-RAY")]);
    let text = |f: Field| s.header.get(&f).and_then(|c| c.first()).map(|c| c.value.clone());
    assert_eq!(text(Field::Network), Some(Value::Text("in".to_owned())));
    assert_eq!(text(Field::ClaimStatus), Some(Value::Text("denied".to_owned())));
}
