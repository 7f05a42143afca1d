//! What a paper says of each of its claims, and what only looks like it.

use super::*;

#[test]
fn each_claim_of_an_eob_has_its_own_header() {
    let claim = |y: f32, no: &'static str, who: &'static str, net: &'static str| {
        [
            (40.0, y, who),
            (300.0, y, no),
            (40.0, y + 12.0, net),
            (40.0, y + 40.0, "Office visit"),
            (200.0, y + 40.0, "100.00"),
            (300.0, y + 40.0, "80.00"),
            (40.0, y + 60.0, "Total billed"),
            (200.0, y + 60.0, "100.00"),
        ]
    };
    let mut all = vec![(40.0, 30.0, "Red Cliff Health Plan"), (300.0, 30.0, "Date of notice: 03/09/2025")];
    all.extend(claim(100.0, "Claim # 7001234", "Claim for Jane Roe", "Lakeside Clinic (In-network provider)"));
    all.extend(claim(200.0, "Claim # 7005678", "Claim for John Roe", "Hill Radiology Associates (Out-of-network provider)"));
    let h = header(&paper(&all), DocKind::Eob);
    assert_eq!(h.claims.len(), 2);
    let raw = |n: usize, f: Field| h.claims[n].header.cells.get(&f).map(|c| c.value.clone());
    assert_eq!(raw(0, Field::Patient), Some(Value::Text("Jane Roe".into())));
    assert_eq!(raw(1, Field::Provider), Some(Value::Text("Hill Radiology Associates".into())));
    assert_eq!(
        (raw(0, Field::Network), raw(1, Field::Network)),
        (Some(Value::Text("in".into())), Some(Value::Text("out".into())))
    );
    assert_eq!(h.cells[&Field::TotalCharges].len(), 2);
    assert_eq!(h.cells[&Field::ClaimNo].len(), 2);
    assert!(!h.cells.contains_key(&Field::Network));
    assert!(h.claims[0].y < h.claims[1].y);
}

/// Two claims of an EOB, each closed by its sums; over the heading of the second stands a stamp.
const STAMPED: [(f32, f32, &str); 24] = [
    (40.0, 40.0, "Claim no."),
    (120.0, 40.0, "771200345512"),
    (300.0, 40.0, "Patient"),
    (380.0, 40.0, "Jane Roe"),
    (40.0, 54.0, "Provider of service"),
    (160.0, 54.0, "Lakeside General Hospital"),
    (40.0, 90.0, "02/01/2025"),
    (120.0, 90.0, "Office visit"),
    (300.0, 90.0, "100.00"),
    (380.0, 90.0, "40.00"),
    (40.0, 104.0, "Claim totals"),
    (300.0, 104.0, "100.00"),
    (380.0, 104.0, "40.00"),
    (40.0, 130.0, "Clai REC n VED"),
    (300.0, 130.0, "Patient"),
    (380.0, 130.0, "John Roe"),
    (40.0, 144.0, "Pro MAR 1"),
    (40.0, 180.0, "02/05/2025"),
    (120.0, 180.0, "Blood count"),
    (300.0, 180.0, "30.00"),
    (380.0, 180.0, "10.00"),
    (40.0, 194.0, "Claim totals"),
    (300.0, 194.0, "30.00"),
    (380.0, 194.0, "10.00"),
];

#[test]
fn a_claim_whose_heading_was_not_read_is_no_part_of_the_one_before() {
    let h = header(&scanned(&STAMPED), DocKind::Eob);
    let of = |n: usize, f: Field| h.claims.get(n).and_then(|b| b.header.cells.get(&f)).map(|c| c.raw.clone());
    assert_eq!(h.claims.len(), 2);
    assert_eq!(of(0, Field::ClaimNo).as_deref(), Some("771200345512"));
    assert_eq!((of(1, Field::ClaimNo), of(1, Field::Provider)), (None, None));
    assert_eq!(of(1, Field::Patient).as_deref(), Some("John Roe"));
    assert!(h.claims[1].y > 110.0 && h.claims[1].y < 180.0);
    assert_eq!(header(&paper(&STAMPED), DocKind::Eob).claims.len(), 1, "what is printed digitally has no stamp over it");
    assert_eq!(header(&scanned(&STAMPED[..13]), DocKind::Eob).claims.len(), 1);
}

#[test]
fn captions_of_every_service_are_none_of_sums() {
    let mut lines = vec![
        (40.0, 20.0, "Lakeside Health Plan"),
        (300.0, 20.0, "Explanation of Benefits"),
        (40.0, 50.0, "Of the charges the plan paid $220.00, and your responsibility is $40.00."),
        (40.0, 80.0, "Lakeside Hospital"),
        (40.0, 95.0, "Patient Jane Roe; claim number 14139210; patient account H4416653"),
        (40.0, 110.0, "Claim status: Processed; the provider is in the network"),
    ];
    for (y, paid, share) in [(140.0, "120.00", "30.00"), (200.0, "100.00", "10.00")] {
        lines.extend([(240.0, y, "Paid by the plan"), (500.0, y, paid)]);
        lines.extend([(240.0, y + 14.0, "Your responsibility"), (500.0, y + 14.0, share)]);
    }
    lines.push((40.0, 250.0, "Claim 14139210: charged 330.00, paid 220.00, your responsibility 40.00"));
    let got = read(&lines, DocKind::Eob);
    for want in ["TotalPlanPaid=220.00", "TotalPatientResponsibility=40.00", "Provider=Lakeside Hospital", "AccountNo=H4416653"] {
        assert!(got.contains(&want.to_owned()), "{want} {got:?}");
    }
}

#[test]
fn a_closing_line_of_sums_opens_no_claim() {
    let lines = [
        (40.0, 20.0, "Lakeside Health Plan"),
        (300.0, 20.0, "Explanation of Benefits"),
        (40.0, 80.0, "Lakeside Hospital"),
        (40.0, 95.0, "Patient Jane Roe; claim number 14139210; patient account H4416653"),
        (40.0, 140.0, "Claim 14139210: charged 210.00, paid 120.00, your responsibility 30.00"),
        (40.0, 180.0, "Elm Street Clinic"),
        (40.0, 195.0, "Patient Ana Roe; claim number 14139211; patient account H4416654"),
        (40.0, 240.0, "Claim 14139211: charged 20.00, paid 15.00, your responsibility 0.00"),
    ];
    let h = header(&paper(&lines), DocKind::Eob);
    let starts: Vec<f32> = h.claims.iter().map(|b| b.y).collect();
    assert_eq!(starts.len(), 2);
    assert!(starts[0] < 100.0 && (170.0..200.0).contains(&starts[1]), "{starts:?}");
}
