use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn service(n: u32, day: i8, code: &str, cents: i64) -> ServiceLine {
    let mut l = ServiceLine::empty(LineKind::Service, 1, n);
    l.service_date = Some(date(2025, 3, day));
    l.code = (!code.is_empty()).then(|| code.to_owned());
    l.charge = Some(Money::from_cents(cents));
    l
}

fn doc(path: &str, kind: DocKind, lines: Vec<ServiceLine>) -> Document {
    let mut d = Document::empty(path);
    d.kind = kind;
    d.patient = vec!["Jane Doe".into()];
    d.provider = vec!["Lakeside Imaging".into()];
    d.statement_date = Some(date(2025, 5, 1));
    d.lines = lines;
    d
}

fn run(docs: &[Document]) -> Matching {
    match_case(docs, &People::of(docs, None))
}

fn pairs(m: &BillMatch) -> Vec<(usize, usize)> {
    m.pairs.iter().map(|p| (p.bill.line, p.eob.line)).collect()
}

#[test]
fn exact_ties_come_first() {
    let bill = doc("b", DocKind::ItemizedBill, vec![service(1, 9, "99213", 10_000), service(2, 9, "99214", 10_000)]);
    let eob = doc("e", DocKind::Eob, vec![service(1, 9, "99214", 10_000), service(2, 9, "99212", 10_000)]);
    let m = run(&[bill, eob]);
    assert_eq!(pairs(&m.bills[0]), [(0, 1), (1, 0)]);
}

#[test]
fn two_of_three_are_enough_one_is_not() {
    let bill = doc(
        "b",
        DocKind::ItemizedBill,
        vec![
            service(1, 9, "99213", 10_000),
            service(2, 9, "85025", 5_000),
            service(3, 9, "80053", 7_000),
            service(4, 9, "36415", 900),
        ],
    );
    let eob = doc(
        "e",
        DocKind::Eob,
        vec![
            service(1, 9, "99212", 10_000),
            service(2, 11, "85025", 5_000),
            service(3, 9, "80053", 6_000),
            service(4, 12, "36415", 800),
        ],
    );
    let m = run(&[bill, eob]);
    assert_eq!(pairs(&m.bills[0]), [(0, 0), (1, 1), (2, 2)]);
    assert_eq!(m.bills[0].unmatched.len(), 1);
    assert_eq!(m.bills[0].eob_left.len(), 1);
}

#[test]
fn another_provider_or_relative_is_not_matched() {
    let bill = doc("b", DocKind::ItemizedBill, vec![service(1, 9, "99213", 10_000)]);
    let mut other = doc("e1", DocKind::Eob, vec![service(1, 9, "99213", 10_000)]);
    other.provider = vec!["Hilltop Radiology".into()];
    other.lines.push(service(2, 9, "99214", 20_000));
    other.lines.push(service(3, 9, "99215", 20_000));
    let mut kin = doc("e2", DocKind::Eob, vec![service(1, 9, "99213", 10_000)]);
    kin.patient = vec!["Jane Doe".into(), "Tim Doe".into()];
    kin.lines[0].patient = Some("Tim Doe".into());
    let m = run(&[bill, other, kin]);
    assert!(m.bills[0].pairs.is_empty());
    assert_eq!((m.eob_lines.len(), m.others.len()), (3, 1));
}

#[test]
fn a_clinician_named_instead_of_the_practice() {
    let bill = doc("b", DocKind::ItemizedBill, vec![service(1, 9, "99213", 10_000), service(2, 9, "85025", 2_500)]);
    let mut eob = doc("e", DocKind::Eob, vec![service(1, 9, "99213", 10_000), service(2, 9, "85025", 2_500)]);
    eob.provider = vec!["Dr. Ann Miller".into()];
    assert_eq!(run(&[bill, eob]).bills[0].pairs.len(), 2);
}

#[test]
fn a_broader_line_takes_its_set_and_leaves_the_rest() {
    let mut rows = vec![service(1, 9, "85025", 5_000), service(2, 10, "80053", 7_000), service(3, 10, "36415", 900)];
    for r in &mut rows {
        r.revenue_code = Some("0305".into());
    }
    let bill = doc("b", DocKind::ItemizedBill, rows);
    let mut broad = service(1, 9, "", 12_000);
    broad.service_date_to = Some(date(2025, 3, 10));
    broad.revenue_code = Some("0305".into());
    let m = run(&[bill, doc("e", DocKind::Eob, vec![broad])]);
    assert_eq!(m.bills[0].groups[0].bill.iter().map(|r| r.line).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(m.bills[0].unmatched, [LineRef { doc: 0, line: 2 }]);
}

#[test]
fn a_day_in_one_line_leaves_out_what_the_bill_has_twice() {
    // 20.00 and 30.00 come to 50.00 as well
    let charges = [2_000, 3_000, 5_000, 5_000, 70_000];
    let lines = charges.iter().zip(1..).map(|(cents, n)| service(n, 9, if *cents == 5_000 { "85610" } else { "" }, *cents));
    let bill = doc("b", DocKind::ItemizedBill, lines.collect());
    let eob = doc("e", DocKind::Eob, vec![service(1, 9, "", 80_000)]);
    let m = &run(&[bill, eob]).bills[0];
    assert_eq!(m.unmatched.iter().map(|r| r.line).collect::<Vec<_>>(), [3]);
    assert_eq!(m.groups[0].bill.len(), 4);
}

#[test]
fn a_day_in_one_line_leaves_out_the_one_that_was_not_sent() {
    // 9.00, 14.00 and 10.72 come to 33.72 as well
    let charges = [900, 1_400, 1_072, 3_372, 70_000];
    let lines = charges.iter().zip(1..).map(|(cents, n)| service(n, 9, if *cents == 3_372 { "85730" } else { "" }, *cents));
    let bill = doc("b", DocKind::ItemizedBill, lines.collect());
    let eob = doc("e", DocKind::Eob, vec![service(1, 9, "", 73_372)]);
    let m = &run(&[bill, eob]).bills[0];
    assert_eq!(m.unmatched.iter().map(|r| r.line).collect::<Vec<_>>(), [3]);
}

#[test]
fn two_sets_that_add_up_are_no_answer() {
    let rows = vec![
        service(1, 9, "85025", 5_000),
        service(2, 9, "80053", 7_000),
        service(3, 9, "84443", 12_000),
        service(4, 9, "36415", 300),
    ];
    let bill = doc("b", DocKind::ItemizedBill, rows);
    let mut broad = service(1, 9, "", 12_000);
    broad.service_date = None;
    broad.revenue_code = Some("0300".into());
    let mut bill = bill;
    for r in &mut bill.lines {
        r.revenue_code = Some("0300".into());
    }
    // Without a date only the sums speak: 120.00 is one line or two others.
    let m = run(&[bill, doc("e", DocKind::Eob, vec![broad])]);
    assert!(m.bills[0].groups.is_empty());
}

#[test]
fn units_split_over_lines() {
    let bill = doc("b", DocKind::ItemizedBill, vec![service(1, 9, "97110", 12_000)]);
    let eob = doc("e", DocKind::Eob, vec![service(1, 9, "97110", 6_000), service(2, 9, "97110", 6_000)]);
    let m = run(&[bill, eob]);
    assert_eq!((m.bills[0].pairs.len(), m.bills[0].groups[0].eob.len()), (0, 2));
    let bill = doc("b", DocKind::ItemizedBill, vec![service(1, 9, "97110", 6_000), service(2, 9, "97110", 6_000)]);
    let eob = doc("e", DocKind::Eob, vec![service(1, 9, "97110", 12_000)]);
    let m = run(&[bill, eob]);
    assert_eq!((m.bills[0].pairs.len(), m.bills[0].groups[0].bill.len()), (0, 2));
}

#[test]
fn a_summary_bill_takes_the_claim_of_its_account() {
    let mut bill = doc("b", DocKind::SummaryBill, vec![]);
    bill.account_no = vec!["AC-4411".into()];
    bill.total_charges = Some(Money::from_cents(9_000));
    let mut eob = doc("e", DocKind::Eob, vec![service(1, 9, "", 4_000), service(2, 9, "", 5_000), service(3, 20, "", 7_000)]);
    eob.lines[0].account_no = Some("AC4411".into());
    eob.lines[1].account_no = Some("AC4411".into());
    eob.lines[2].account_no = Some("AC5522".into());
    for (i, l) in eob.lines.iter_mut().enumerate() {
        l.claim_no = Some(format!("C10{}", i / 2));
    }
    let m = run(&[bill, eob]);
    assert_eq!(m.bills[0].eob_lines().len(), 2);
}

#[test]
fn reversals_cancel_out() {
    let mut back = service(3, 9, "85025", -5_000);
    back.line_kind = LineKind::Reversal;
    let bill = doc("b", DocKind::ItemizedBill, vec![service(1, 9, "85025", 5_000), service(2, 9, "85025", 5_000), back]);
    assert_eq!(open_services(&bill, 0), [LineRef { doc: 0, line: 0 }]);
}

#[test]
fn a_later_statement_supersedes() {
    let mut old = doc("old", DocKind::ItemizedBill, vec![service(1, 9, "85025", 5_000)]);
    old.account_no = vec!["AC-4411".into()];
    old.statement_date = Some(date(2025, 4, 1));
    let mut new = old.clone();
    new.path = "new".into();
    new.statement_date = Some(date(2025, 5, 1));
    let mut other = new.clone();
    other.path = "other".into();
    other.account_no = vec!["AC-9999".into()];
    let m = run(&[old, new, other]);
    assert_eq!(m.superseded, BTreeMap::from([(0, 1)]));
    assert_eq!(m.bills.iter().map(|b| b.doc).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_settled_claim_replaces_the_pending_one() {
    let mut pending = doc("e1", DocKind::Eob, vec![service(1, 9, "85025", 5_000)]);
    pending.claim_status = Some(crate::record::ClaimStatus::Pending);
    pending.lines[0].claim_no = Some("CL-12345".into());
    let mut settled = pending.clone();
    settled.path = "e2".into();
    settled.claim_status = Some(crate::record::ClaimStatus::Processed);
    settled.statement_date = Some(date(2025, 6, 1));
    let m = run(&[pending, settled]);
    assert_eq!(m.eob_lines, [LineRef { doc: 1, line: 0 }]);
}

proptest! {
    #[test]
    fn every_line_is_matched_at_most_once(
        b in prop::collection::vec((1i8..4, 0usize..3, 1i64..5), 0..12),
        e in prop::collection::vec((1i8..4, 0usize..4, 1i64..9), 0..12),
    ) {
        let codes = ["99213", "85025", "80053", ""];
        let lines = |v: &[(i8, usize, i64)]| v.iter().enumerate().map(|(i, (d, c, m))| service(i as u32 + 1, *d, codes[*c], m * 1_000)).collect();
        let docs = [doc("b", DocKind::ItemizedBill, lines(&b)), doc("e", DocKind::Eob, lines(&e))];
        let m = run(&docs);
        let bm = &m.bills[0];
        let mut used: Vec<LineRef> = bm.pairs.iter().map(|p| p.bill).chain(bm.groups.iter().flat_map(|g| g.bill.clone())).chain(bm.unmatched.clone()).collect();
        used.sort_unstable();
        prop_assert_eq!(used, (0..b.len()).map(|line| LineRef { doc: 0, line }).collect::<Vec<_>>());
        let eobs: usize = bm.pairs.len() + bm.groups.iter().map(|g| g.eob.len()).sum::<usize>();
        prop_assert_eq!(eobs, bm.eob_lines().len());
        for g in bm.groups.iter().filter(|_| !bm.whole) {
            let total = |v: &[LineRef]| v.iter().filter_map(|r| line(&docs, *r).charge).sum::<Money>();
            prop_assert_eq!(total(&g.bill), total(&g.eob));
        }
    }
}
