use super::*;

#[test]
fn balance_exceeds_eob() {
    let docs = |balance| {
        vec![bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, balance), eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])]
    };
    assert_eq!(flags(docs(3_101), ""), [one("balance-exceeds-eob", Severity::Error, None, "1.01")]);
    assert_eq!(flags(docs(3_100), ""), []);
    // What the patient has paid is no longer supported.
    let mut paid = docs(3_000);
    paid[0].total_patient_paid = Some(cents(2_000));
    assert_eq!(flags(paid, ""), [one("balance-exceeds-eob", Severity::Error, None, "20.00")]);
}

#[test]
fn a_ground_ambulance_out_of_network_may_bill_the_rest() {
    let mut e = eob(vec![settled(9, "A0429", 100_000, 30_000, 10_000)]);
    e.network = Some(Network::Out);
    e.lines[0].plan_discount = Some(cents(0));
    e.lines[0].not_covered = Some(cents(60_000));
    let docs = vec![bill(vec![charged(9, "A0429", 100_000)], 0, 30_000, 70_000), e];
    assert_eq!(flags(docs.clone(), ""), [one("balance-exceeds-eob", Severity::Review, None, "600.00")]);
    assert_eq!(flags(docs, "[plan]\nkind = \"medicare-advantage\"\n")[0].1, Severity::Error);
}

#[test]
fn eob_lines_that_the_bill_does_not_show_may_explain_a_balance() {
    let e = eob(vec![settled(9, "99213", 20_000, 9_000, 3_000), settled(9, "85025", 10_000, 0, 5_000)]);
    let docs = vec![bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, 8_000), e];
    assert_eq!(flags(docs, "")[0], one("balance-exceeds-eob", Severity::Review, None, "50.00"));
}

#[test]
fn rows_of_a_scan_that_were_not_read_are_no_excess() {
    let e = || eob(vec![settled(9, "99213", 20_000, 9_000, 3_000), settled(9, "85025", 10_000, 0, 5_000)]);
    // The bill's total counts the charge that its lines lack, and proves its balance.
    let docs = |discount: i64, balance: i64, source: TextOrigin| {
        let mut b = bill(vec![charged(9, "99213", 20_000)], discount, 9_000, balance);
        b.total_charges = Some(cents(30_000));
        b.text_source = Some(source);
        vec![b, e()]
    };
    let excess = |docs: Vec<Document>| rules_of(docs, "").contains(&"balance-exceeds-eob");
    assert!(excess(docs(13_000, 8_000, TextOrigin::Digital)), "typed, nothing is unseen");
    assert!(!excess(docs(13_000, 8_000, TextOrigin::Ocr)));
    assert!(excess(docs(9_000, 12_000, TextOrigin::Ocr)), "more is asked for than the unread row may hold");
}

#[test]
fn no_eob_on_a_line_and_on_a_document() {
    let e = || eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)]);
    let line = vec![bill(vec![charged(9, "99213", 20_000), charged(9, "J2270", 5_000)], 8_000, 9_000, 8_000), e()];
    let r = reconcile(line, "");
    assert_eq!(r.findings.len(), 1);
    assert_eq!((r.findings[0].rule, r.findings[0].severity, r.findings[0].line_no), ("no-eob", Severity::Likely, Some(2)));
    assert_eq!(r.row.amount_disputed, cents(5_000));
    let mut other = e();
    other.provider = vec!["Hilltop Radiology".into()];
    other.account_no = vec!["99-12345".into()];
    other.lines[0].code = Some("72148".into());
    let r = reconcile(vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000), other], "");
    assert_eq!(r.findings.len(), 1);
    assert_eq!((r.findings[0].rule, r.findings[0].severity, r.findings[0].line_no), ("no-eob", Severity::Review, None));
    assert_eq!(r.row.next_step, NextStep::WaitForClaim);
    // An EOB of this provider whose rows were not read may have it.
    let mut unread = e();
    unread.lines.clear();
    assert_eq!(rules_of(vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000), unread], ""), Vec::<&str>::new());
    // Nor is a scan missing that has the charge, and names that were misread.
    let mut misread = e();
    misread.provider = vec!["Hxlltqp Rodlalogy".into()];
    misread.patient = vec!["Wqrra Zunkel".into()];
    misread.account_no.clear();
    let of_it = |source| {
        let mut e = misread.clone();
        e.text_source = Some(source);
        rules_of(vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000), e], "")
    };
    assert_eq!(of_it(TextOrigin::Ocr), Vec::<&str>::new());
    assert_eq!(of_it(TextOrigin::Digital), ["no-eob"]);
    // Without insurance nothing is missing.
    assert_eq!(rules_of(vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000)], ""), Vec::<&str>::new());
}

#[test]
fn claim_pending_on_an_eob_or_in_the_bills_words() {
    let mut e = eob(vec![charged(9, "99213", 20_000)]);
    e.claim_status = Some(ClaimStatus::Pending);
    let r = reconcile(vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000), e.clone()], "");
    assert_eq!(r.findings.iter().map(|f| (f.rule, f.path.as_str())).collect::<Vec<_>>(), [("claim-pending", "c/eob.pdf")]);
    assert_eq!(r.row.next_step, NextStep::WaitForClaim);

    let mut b = bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000);
    b.facts.push(Fact { kind: FactKind::ClaimPending, text: "Your claim is in process.".into(), page: 1, bbox: BBox::default() });
    assert_eq!(rules_of(vec![b.clone()], ""), ["claim-pending", "no-eob"]);
    // The final EOB has come since.
    let mut s = eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)]);
    s.path = "c/later.pdf".into();
    s.statement_date = Some(date(2025, 6, 1));
    b.balance_due = Some(cents(3_000));
    b.total_discount = Some(cents(8_000));
    b.total_plan_paid = Some(cents(9_000));
    assert_eq!(rules_of(vec![b, s], ""), Vec::<&str>::new());
}

#[test]
fn discount_and_payment() {
    let e = || eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)]);
    let docs = |d, p, b| vec![bill(vec![charged(9, "99213", 20_000)], d, p, b), e()];
    assert_eq!(
        flags(docs(7_000, 9_000, 4_000), ""),
        [one("balance-exceeds-eob", Severity::Error, None, "10.00"), one("discount-not-applied", Severity::Error, None, "10.00")]
    );
    assert_eq!(rules_of(docs(7_900, 9_000, 3_100), ""), Vec::<&str>::new(), "1.00 is within the tolerance");
    assert_eq!(rules_of(docs(8_000, 0, 12_000), ""), ["balance-exceeds-eob", "payment-not-posted"]);
    let mut out = docs(0, 9_000, 11_000);
    out[1].network = Some(Network::Out);
    assert!(!rules_of(out, "").contains(&"discount-not-applied"));
    // From the adjustments of a remittance.
    let mut remit = docs(0, 9_000, 11_000);
    remit[1].lines[0].plan_discount = None;
    remit[1].lines[0].adjustments = vec![
        Adjustment { group: "CO".into(), carc: "45".into(), amount: cents(8_000) },
        Adjustment { group: "PR".into(), carc: "2".into(), amount: cents(3_000) },
    ];
    assert!(rules_of(remit, "").contains(&"discount-not-applied"));
}

#[test]
fn lines_that_differ() {
    let docs = |b: ServiceLine, e: ServiceLine| vec![bill(vec![b], 8_000, 9_000, 3_000), eob(vec![e])];
    let e = || settled(9, "99213", 20_000, 9_000, 3_000);
    assert_eq!(flags(docs(charged(9, "99203", 20_000), e()), ""), [one("code-mismatch", Severity::Error, Some(1), "")]);
    assert_eq!(flags(docs(charged(10, "99213", 20_000), e()), ""), [one("date-mismatch", Severity::Error, Some(1), "")]);
    assert_eq!(flags(docs(charged(9, "99213", 20_500), e()), ""), [one("charge-mismatch", Severity::Error, Some(1), "5.00")]);
    assert_eq!(flags(docs(charged(9, "99213", 20_100), e()), ""), []);
    let (mut b, mut s) = (charged(9, "97110", 20_000), settled(9, "97110", 20_000, 9_000, 3_000));
    b.units = Some(4.into());
    s.units = Some(3.into());
    assert_eq!(flags(docs(b.clone(), s.clone()), ""), [one("units-mismatch", Severity::Error, Some(1), "50.00")]);
    b.units = Some(2.into());
    assert_eq!(flags(docs(b, s), ""), [one("units-mismatch", Severity::Error, Some(1), "")]);
    // A date within the range that the EOB prints is no other date.
    let mut range = e();
    range.service_date_to = Some(day(12));
    assert_eq!(flags(docs(charged(10, "99213", 20_000), range), ""), []);
}
