use crate::statement::{Field, Statement};
use crate::test_pages::{read, said};

const FIELDS: [Field; 14] = [
    Field::ServiceDate,
    Field::Description,
    Field::Code,
    Field::Modifiers,
    Field::Units,
    Field::Charge,
    Field::Allowed,
    Field::PlanDiscount,
    Field::Deductible,
    Field::Copay,
    Field::Coinsurance,
    Field::PlanPaid,
    Field::PatientResponsibility,
    Field::RemarkCodes,
];

type Lines = Vec<(f32, Vec<(f32, &'static str)>)>;

/// A paper of these lines under the heading of a claim with its sums.
fn claim(lines: Lines) -> Statement {
    let mut all: Lines = vec![
        (20.0, vec![(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
        (44.0, vec![(30.0, "Member: Jane Roe"), (220.0, "Member ID: W123456789"), (440.0, "EOB date: March 29, 2025")]),
        (70.0, vec![(30.0, "Claim number"), (200.0, "Patient"), (400.0, "Dates of service")]),
        (79.0, vec![(30.0, "14139210-00"), (200.0, "Jane Roe"), (400.0, "03/09/2025")]),
        (100.0, vec![(40.0, "Provider charged"), (200.0, "Plan approved"), (360.0, "Plan paid"), (520.0, "You may be billed")]),
        (109.0, vec![(40.0, "$331.45"), (200.0, "$200.31"), (360.0, "$150.31"), (520.0, "$50.00")]),
    ];
    all.extend(lines);
    let all: Vec<(f32, &[(f32, &str)])> = all.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    read(&all)
}

fn rows(s: &Statement) -> Vec<String> {
    s.rows.iter().map(|r| said(r, &FIELDS)).collect()
}

const TWO: [&str; 3] = [
    "2025-03-09 OFFICE VISIT LEVEL 4 99214 25 1 210.00 150.00 60.00 0.00 30.00 0.00 120.00 30.00 a;b",
    "2025-03-09 VENIPUNCTURE 36415 - 2 36.45 16.31 20.14 0.00 0.00 0.00 16.31 0.00 b",
    "2025-03-09 SUPPLY KIT - - 1 85.00 34.00 51.00 10.00 0.00 10.00 14.00 20.00 c",
];

const CARDS: [[&str; 10]; 3] = [
    ["OFFICE VISIT LEVEL 4", "$30.00", "$210.00", "$150.00", "$60.00", "$0.00", "$0.00", "$30.00", "$0.00", "$120.00"],
    ["VENIPUNCTURE", "$0.00", "$36.45", "$16.31", "$20.14", "$0.00", "$0.00", "$0.00", "$0.00", "$16.31"],
    ["SUPPLY KIT", "$20.00", "$85.00", "$34.00", "$51.00", "$0.00", "$10.00", "$0.00", "$10.00", "$14.00"],
];

const CAPTIONS: [&str; 8] = [
    "Provider charged",
    "Approved amount",
    "Network savings",
    "Non-covered",
    "Deductible applied",
    "Copayment",
    "Coinsurance",
    "Paid to provider",
];

/// Rows of so many captions over their amounts, flush left or right.
fn grid(out: &mut Lines, mut y: f32, amounts: &[&'static str], columns: usize, right: bool) -> f32 {
    for row in 0..CAPTIONS.len().div_ceil(columns) {
        let of = |texts: &[&'static str]| -> Vec<(f32, &'static str)> {
            let placed = texts.iter().enumerate().skip(row * columns).take(columns);
            let x = |i: usize| 40.0 + 120.0 * (i % columns) as f32;
            placed.map(|(i, t)| (if right { -x(i) - 90.0 } else { x(i) }, *t)).collect()
        };
        out.push((y, of(&CAPTIONS)));
        out.push((y + 9.0, of(amounts)));
        y += 24.0;
    }
    y
}

#[test]
fn rows_of_captions_are_one_service() {
    let facts = [
        "03/09/2025 | Code 99214, modifier 25 | Quantity 1 | See note a, b",
        "03/09/2025 | Code 36415 | Quantity 2 | See note b",
        "03/09/2025 | Quantity 1 | See note c",
    ];
    for (columns, right) in [(4, false), (3, false), (5, true), (2, true), (4, true)] {
        let mut lines: Lines = Vec::new();
        let mut y = 135.0;
        for (card, facts) in CARDS.iter().zip(facts) {
            lines.push((y, vec![(40.0, card[0]), (440.0, "You may be billed"), (-600.0, card[1])]));
            lines.push((y + 12.0, vec![(40.0, facts)]));
            y = grid(&mut lines, y + 24.0, &card[2..], columns, right) + 10.0;
        }
        assert_eq!(rows(&claim(lines)), TWO, "{columns} {right}");
    }
}

#[test]
fn the_share_stands_under_its_name_at_the_right() {
    let facts = [
        "03/09/2025 \u{b7} 99214-25 \u{b7} Qty 1 \u{b7} Notes a, b",
        "03/09/2025 \u{b7} 36415 \u{b7} Qty 2 \u{b7} Note b",
        "03/09/2025 \u{b7} Qty 1 \u{b7} Note c",
    ];
    let mut lines: Lines = Vec::new();
    let mut y = 135.0;
    for (card, facts) in CARDS.iter().zip(facts) {
        lines.push((y, vec![(40.0, card[0]), (-600.0, "Your share")]));
        lines.push((y + 12.0, vec![(40.0, facts), (-600.0, card[1])]));
        y = grid(&mut lines, y + 24.0, &card[2..], 4, false) + 10.0;
    }
    assert_eq!(rows(&claim(lines)), TWO);
}

#[test]
fn day_and_code_have_captions_of_their_own() {
    let facts =
        [["03/09/2025", "99214", "25", "1", "a, b"], ["03/09/2025", "36415", "-", "2", "b"], ["03/09/2025", "-", "-", "1", "c"]];
    let mut lines: Lines = Vec::new();
    let mut y = 135.0;
    for (card, facts) in CARDS.iter().zip(facts) {
        lines.push((y, vec![(40.0, card[0]), (440.0, "You owe"), (-600.0, card[1])]));
        let at = [40.0, 160.0, 280.0, 400.0, 520.0];
        let of = |texts: [&'static str; 5]| at.into_iter().zip(texts).collect::<Vec<_>>();
        lines.push((y + 12.0, of(["Date of service", "Code", "Modifier", "Units", "Remarks"])));
        lines.push((y + 21.0, of(facts)));
        y = grid(&mut lines, y + 36.0, &card[2..], 4, false) + 10.0;
    }
    assert_eq!(rows(&claim(lines)), TWO);
}

#[test]
fn amounts_beside_their_captions_leave_the_title_its_words() {
    let facts = [
        "03/09/2025 | Code 99214, modifier 25 | Quantity 1 | See note a, b",
        "03/09/2025 | Code 36415 | Quantity 2 | See note b",
        "03/09/2025 | Quantity 1 | See note c",
    ];
    let mut lines: Lines = Vec::new();
    let mut y = 135.0;
    for (card, facts) in CARDS.iter().zip(facts) {
        lines.push((y, vec![(40.0, card[0]), (440.0, "You may be billed"), (-600.0, card[1])]));
        lines.push((y + 12.0, vec![(40.0, facts)]));
        for row in 0..4 {
            let at = |i: usize, x: f32| [(x, CAPTIONS[2 * row + i]), (-x - 200.0, card[2 + 2 * row + i])];
            lines.push((y + 24.0 + 11.0 * row as f32, [at(0, 40.0), at(1, 300.0)].concat()));
        }
        y += 82.0;
    }
    assert_eq!(rows(&claim(lines)), TWO);
}

#[test]
fn cards_of_a_bill_are_services_too() {
    let captions = ["Charge", "Insurance adjustment", "Insurance paid", "You owe"];
    let card = |y: f32, name: &'static str, facts: &'static str, amounts: [&'static str; 4]| -> Lines {
        let at = |texts: [&'static str; 4], from: usize| {
            (from..from + 2).map(|i| (40.0 + 160.0 * (i - from) as f32, texts[i])).collect::<Vec<_>>()
        };
        vec![
            (y, vec![(40.0, name)]),
            (y + 12.0, vec![(40.0, facts)]),
            (y + 24.0, at(captions, 0)),
            (y + 33.0, at(amounts, 0)),
            (y + 48.0, at(captions, 2)),
            (y + 57.0, at(amounts, 2)),
        ]
    };
    let mut lines: Lines = vec![
        (20.0, vec![(30.0, "Lakeside Hospital"), (440.0, "Patient statement")]),
        (44.0, vec![(30.0, "Patient: Jane Roe"), (220.0, "Account number: 4567-22"), (440.0, "Statement date: April 2, 2025")]),
    ];
    lines.extend(card(
        90.0,
        "OFFICE VISIT LEVEL 4",
        "03/09/2025 | CPT 99214-25 | Qty 1",
        ["$210.00", "-$60.00", "-$120.00", "$30.00"],
    ));
    lines.extend(card(170.0, "VENIPUNCTURE", "03/09/2025 | CPT 36415 | Qty 2", ["$36.45", "-$20.14", "-$16.31", "$0.00"]));
    lines.push((250.0, vec![(40.0, "Total charges"), (-400.0, "$246.45")]));
    lines.push((262.0, vec![(40.0, "Amount due"), (-400.0, "$30.00")]));
    let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
    let s = read(&lines);
    let rows = rows(&s);
    assert_eq!(
        rows,
        [
            "2025-03-09 OFFICE VISIT LEVEL 4 99214 25 1 210.00 - 60.00 - - - 120.00 30.00 -",
            "2025-03-09 VENIPUNCTURE 36415 - 2 36.45 - 20.14 - - - 16.31 0.00 -",
        ]
    );
}

#[test]
fn boxes_of_the_sums_of_a_claim_are_no_card() {
    let s = claim(vec![
        (118.0, vec![(40.0, "Deductible"), (200.0, "Copay"), (360.0, "Coinsurance")]),
        (127.0, vec![(40.0, "$0.00"), (200.0, "$30.00"), (360.0, "$20.00")]),
        (
            150.0,
            vec![
                (40.0, "Date"),
                (120.0, "Service"),
                (300.0, "Code"),
                (-420.0, "Billed"),
                (-500.0, "Plan paid"),
                (-600.0, "You owe"),
            ],
        ),
        (
            162.0,
            vec![
                (40.0, "03/09/2025"),
                (120.0, "OFFICE VISIT"),
                (300.0, "99214"),
                (-420.0, "295.00"),
                (-500.0, "134.00"),
                (-600.0, "30.00"),
            ],
        ),
        (
            174.0,
            vec![
                (40.0, "03/09/2025"),
                (120.0, "VENIPUNCTURE"),
                (300.0, "36415"),
                (-420.0, "36.45"),
                (-500.0, "16.31"),
                (-600.0, "20.00"),
            ],
        ),
    ]);
    let said: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS[..6])).collect();
    assert_eq!(said, ["2025-03-09 OFFICE VISIT 99214 - - 295.00", "2025-03-09 VENIPUNCTURE 36415 - - 36.45"]);
}

#[test]
fn day_code_and_charge_stand_in_one_row_of_captions_where_another_follows() {
    let card = |y: f32, title: &'static str, code: &'static str, amounts: [&'static str; 4]| -> Lines {
        let [charge, discount, allowed, owed] = amounts;
        vec![
            (y, vec![(40.0, title), (520.0, "03/09/2025")]),
            (y + 11.0, vec![(40.0, "Procedure code(s)"), (160.0, "Number of services"), (280.0, "Amount billed")]),
            (y + 20.0, vec![(40.0, code), (160.0, "1"), (280.0, charge)]),
            (y + 31.0, vec![(40.0, "Discount"), (160.0, "Allowed amount"), (280.0, "You may owe")]),
            (y + 40.0, vec![(40.0, discount), (160.0, allowed), (280.0, owed)]),
        ]
    };
    let first = card(130.0, "OFFICE VISIT LEVEL 4", "99214-25", ["$210.00", "$60.00", "$150.00", "$30.00"]);
    let second = card(190.0, "VENIPUNCTURE", "36415", ["$36.45", "$20.14", "$16.31", "$0.00"]);
    let found = rows(&claim([first, second].concat()));
    let want = [
        "2025-03-09 OFFICE VISIT LEVEL 4 99214 25 1 210.00 150.00 60.00 - - - - 30.00 -",
        "2025-03-09 VENIPUNCTURE 36415 - 1 36.45 16.31 20.14 - - - - 0.00 -",
    ];
    assert_eq!(found, want);
}

#[test]
fn notes_under_a_caption_of_their_own_close_a_card() {
    let s = claim(vec![
        (130.0, vec![(40.0, "OFFICE VISIT LEVEL 4 (99214)")]),
        (142.0, vec![(40.0, "Date"), (200.0, "Provider charged"), (360.0, "Approved amount")]),
        (152.0, vec![(40.0, "03/09/2025"), (200.0, "$210.00"), (360.0, "$150.00")]),
        (162.0, vec![(40.0, "Plan paid"), (200.0, "Your share")]),
        (172.0, vec![(40.0, "$120.00"), (200.0, "$30.00")]),
        (182.0, vec![(40.0, "Reason codes")]),
        (192.0, vec![(40.0, "K2, G4")]),
        (206.0, vec![(40.0, "VENIPUNCTURE (36415)")]),
        (218.0, vec![(40.0, "Date"), (200.0, "Provider charged"), (360.0, "Approved amount")]),
        (228.0, vec![(40.0, "03/09/2025"), (200.0, "$36.45"), (360.0, "$16.31")]),
        (238.0, vec![(40.0, "Plan paid"), (200.0, "Your share")]),
        (248.0, vec![(40.0, "$16.31"), (200.0, "$0.00")]),
    ]);
    let rows: Vec<String> =
        s.rows.iter().map(|r| said(r, &[Field::Code, Field::Charge, Field::PlanPaid, Field::RemarkCodes])).collect();
    assert_eq!(rows, ["99214 210.00 120.00 K2;G4", "36415 36.45 16.31 -"]);
}
