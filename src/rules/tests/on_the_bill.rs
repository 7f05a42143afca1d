use super::*;

/// A bill of an insured patient whose EOB shows the same lines, so that only the bill's own errors remain.
fn mirrored(lines: Vec<ServiceLine>) -> Vec<Document> {
    let shown: Vec<ServiceLine> = lines
        .iter()
        .filter(|l| l.line_kind == LineKind::Service)
        .map(|l| {
            let mut e = l.clone();
            e.patient_responsibility = l.charge;
            e.plan_paid = Some(cents(0));
            e.plan_discount = Some(cents(0));
            e
        })
        .collect();
    let total = lines.iter().filter_map(|l| l.charge).sum::<Money>();
    let mut b = bill(lines, 0, 0, 0);
    b.balance_due = Some(total);
    vec![b, eob(shown)]
}

fn with(mut l: ServiceLine, change: impl FnOnce(&mut ServiceLine)) -> ServiceLine {
    change(&mut l);
    l
}

#[test]
fn duplicate_charge() {
    let l = || charged(9, "85025", 5_000);
    assert_eq!(flags(mirrored(vec![l(), l()]), ""), [one("duplicate-charge", Severity::Likely, Some(2), "50.00")]);
    let mut once = mirrored(vec![l(), l()]);
    once[1].lines.pop();
    assert!(flags(once.clone(), "").contains(&one("duplicate-charge", Severity::Error, Some(2), "50.00")));
    assert_eq!(reconcile(once, "").row.amount_disputed, cents(5_000));
    for m in ["76", "91", "59", "XS"] {
        assert_eq!(flags(mirrored(vec![l(), with(l(), |l| l.modifiers = vec![m.into()])]), ""), []);
    }
    let sides = vec![with(l(), |l| l.modifiers = vec!["LT".into()]), with(l(), |l| l.modifiers = vec!["RT".into()])];
    assert_eq!(flags(mirrored(sides), ""), []);
    assert_eq!(flags(mirrored(vec![l(), charged(10, "85025", 5_000)]), ""), []);
    let uncoded = vec![charged(9, "", 5_000), charged(9, "", 5_000)];
    assert_eq!(flags(mirrored(uncoded), ""), [one("duplicate-charge", Severity::Review, Some(2), "50.00")]);
    let back = with(charged(9, "85025", -5_000), |l| l.line_kind = LineKind::Reversal);
    assert_eq!(flags(mirrored(vec![l(), l(), back]), ""), [], "the bill takes it back itself");
}

#[test]
fn a_duplicate_on_a_second_account() {
    let mut docs = mirrored(vec![charged(9, "85025", 5_000), charged(9, "80053", 7_000)]);
    let mut second = bill(vec![with(charged(9, "85025", 5_000), |l| l.units = Some(1.into()))], 0, 0, 5_000);
    second.path = "c/other.pdf".into();
    second.account_no = vec!["AC-99999".into()];
    second.statement_date = Some(date(2025, 5, 9));
    docs.push(second);
    let r = reconcile(docs, "");
    let f = r.findings.iter().find(|f| f.rule == "duplicate-charge").unwrap();
    assert_eq!((f.path.as_str(), f.evidence_path.as_deref()), ("c/other.pdf", Some("c/bill.pdf")));
}

fn stay(lines: Vec<ServiceLine>) -> Vec<Document> {
    let mut docs = mirrored(lines);
    docs[0].admitted = Some(day(3));
    docs[0].discharged = Some(day(5));
    docs
}

fn room(d: i8) -> ServiceLine {
    with(charged(d, "", 100_000), |l| {
        l.revenue_code = Some("0120".into());
        l.description = Some("ROOM".into());
    })
}

#[test]
fn room_charge() {
    assert_eq!(flags(stay(vec![room(3), room(4)]), ""), []);
    assert_eq!(flags(stay(vec![room(3), room(4), room(5)]), ""), [one("room-charge", Severity::Error, Some(3), "1000.00")]);
    let icu = with(room(3), |l| l.revenue_code = Some("0200".into()));
    assert_eq!(flags(stay(vec![room(3), icu, room(4)]), ""), [one("room-charge", Severity::Error, Some(2), "1000.00")]);
    let nursery = with(room(3), |l| l.revenue_code = Some("0171".into()));
    let leave = with(room(4), |l| l.revenue_code = Some("0180".into()));
    assert_eq!(flags(stay(vec![room(3), nursery, leave, room(4)]), ""), []);
    let days = |n: i32| {
        with(room(3), |l| {
            (l.units, l.charge) = (Some(n.into()), Some(cents(i64::from(n) * 100_000)));
        })
    };
    assert_eq!(flags(stay(vec![days(2)]), ""), []);
    assert_eq!(flags(stay(vec![days(3)]), ""), [one("room-charge", Severity::Error, Some(1), "1000.00")]);
    let mut one_day = stay(vec![room(3)]);
    one_day[0].discharged = Some(day(3));
    assert_eq!(flags(one_day, ""), [], "a stay of one day counts one");
    let mut interim = stay(vec![room(3), room(4), room(5)]);
    interim[0].discharged = None;
    interim[0].service_to = Some(day(5));
    assert_eq!(rules_of(interim.clone(), ""), ["room-charge"]);
    interim[0].type_of_bill = Some("0112".into());
    assert_eq!(flags(interim, ""), []);
}

#[test]
fn date_outside_stay() {
    let test = |d| stay(vec![room(3), room(4), charged(d, "85025", 5_000)]);
    assert_eq!(flags(test(1), ""), [one("date-outside-stay", Severity::Error, Some(3), "50.00")]);
    assert_eq!(flags(test(6), ""), [one("date-outside-stay", Severity::Error, Some(3), "50.00")]);
    assert_eq!(flags(test(3), ""), []);
    assert_eq!(flags(test(5), ""), []);
    // Medicare's payment window: three days before belong to the stay.
    let mut early = test(6);
    early[0].lines[2].service_date = Some(date(2025, 2, 28));
    early[1].lines[2].service_date = Some(date(2025, 2, 28));
    assert_eq!(rules_of(early.clone(), "[plan]\nkind = \"medicare\"\n"), Vec::<&str>::new());
    early[0].lines[2].service_date = Some(date(2025, 2, 27));
    early[1].lines[2].service_date = Some(date(2025, 2, 27));
    assert_eq!(rules_of(early, "[plan]\nkind = \"medicare\"\n"), ["date-outside-stay"]);
    let mut late = mirrored(vec![charged(9, "85025", 5_000)]);
    late[0].statement_date = Some(day(8));
    assert_eq!(rules_of(late, ""), ["date-outside-stay"]);
}

#[test]
fn cancelled_and_not_received() {
    let l = |words: &str| vec![with(charged(9, "70553", 90_000), |l| l.description = Some(words.into()))];
    assert_eq!(flags(mirrored(l("MRI BRAIN - CANCELLED")), ""), [one("cancelled-service", Severity::Error, Some(1), "900.00")]);
    assert_eq!(flags(mirrored(l("LATE CANCELLATION FEE")), ""), []);
    let toml = "[attest]\ncancelled = [{ date = 2025-03-09, description = \"mri\" }]\n";
    assert_eq!(
        flags(mirrored(l("MRI BRAIN W/O CONTRAST")), toml),
        [one("cancelled-service", Severity::Likely, Some(1), "900.00")]
    );
    assert_eq!(flags(mirrored(l("CT HEAD")), toml), []);
    let begun = vec![with(l("COLONOSCOPY NOT COMPLETED").remove(0), |l| {
        l.modifiers = vec!["53".into()];
    })];
    assert_eq!(flags(mirrored(begun), ""), []);
    let toml = "[attest]\nnot_received = [{ date = 2025-03-09, code = \"J2405\" }]\n";
    assert_eq!(
        flags(mirrored(vec![charged(9, "J2405", 2_000)]), toml),
        [one("not-received", Severity::Likely, Some(1), "20.00")]
    );
    assert_eq!(flags(mirrored(vec![charged(10, "J2405", 2_000), charged(9, "J1885", 2_000)]), toml), []);
}

#[test]
fn upcoding() {
    let mut docs = mirrored(vec![charged(9, "99285", 90_000)]);
    docs[1].lines[0].code = Some("99284".into());
    assert_eq!(rules_of(docs.clone(), ""), ["code-mismatch", "upcoding"]);
    docs[1].lines[0].code = Some("99286".into());
    assert_eq!(rules_of(docs, ""), ["code-mismatch"]);
    assert_eq!(rules_of(mirrored(vec![charged(3, "99213", 9_000), charged(9, "99204", 20_000)]), ""), ["upcoding"]);
    assert_eq!(rules_of(mirrored(vec![charged(3, "85025", 9_000), charged(9, "99204", 20_000)]), ""), Vec::<&str>::new());
    let long_ago = with(charged(3, "99213", 9_000), |l| l.service_date = Some(date(2022, 3, 8)));
    assert_eq!(rules_of(mirrored(vec![long_ago, charged(9, "99204", 20_000)]), ""), Vec::<&str>::new());
}

#[test]
fn unbundling_pairs() {
    let pair = |m: &[&str]| {
        vec![
            charged(9, "45385", 90_000),
            with(charged(9, "45380", 40_000), |l| {
                l.modifiers = m.iter().map(|m| (*m).to_owned()).collect();
            }),
        ]
    };
    assert_eq!(flags(mirrored(pair(&[])), ""), [one("unbundling", Severity::Likely, Some(2), "400.00")]);
    assert_eq!(flags(mirrored(pair(&["59"])), ""), []);
    let mut no_column = mirrored(pair(&[]));
    no_column[0].columns = [Field::ServiceDate, Field::Code, Field::Charge].into();
    assert_eq!(flags(no_column, ""), [one("unbundling", Severity::Review, Some(2), "400.00")]);
    let zero = vec![charged(9, "80053", 9_000), with(charged(9, "80048", 5_000), |l| l.modifiers = vec!["59".into()])];
    assert_eq!(flags(mirrored(zero), ""), [one("unbundling", Severity::Error, Some(2), "50.00")]);
    let apart = vec![charged(9, "80053", 9_000), charged(10, "80048", 5_000)];
    assert_eq!(flags(mirrored(apart), ""), []);
    assert_eq!(flags(mirrored(vec![charged(9, "97530", 9_000), charged(9, "97140", 5_000)]), ""), [], "deleted before the date");
    assert_eq!(
        flags(stay(vec![room(3), room(4), charged(4, "80053", 9_000), charged(4, "80048", 5_000)]), ""),
        [],
        "an inpatient stay"
    );
}

#[test]
fn a_panel_billed_test_by_test() {
    let tests = |codes: &[&str]| codes.iter().map(|c| charged(9, c, 2_000)).collect::<Vec<_>>();
    let found = flags(mirrored(tests(&["82374", "82435", "84132", "84295", "85025"])), "");
    assert_eq!(found.len(), 4);
    assert!(found.iter().all(|f| f.0 == "unbundling" && f.1 == Severity::Likely));
    assert_eq!(flags(mirrored(tests(&["82374", "82435", "84132", "85025"])), ""), []);
    // The larger panel takes the lines of the smaller one.
    let eight = ["82310", "82374", "82435", "82565", "82947", "84132", "84295", "84520"];
    let r = reconcile(mirrored(tests(&eight)), "");
    assert!(r.findings.len() == 8 && r.findings.iter().all(|f| f.explanation.contains("80048")));
}

#[test]
fn units_exceed_mue() {
    let l = |code: &str, n: i32, c: i64| with(charged(9, code, c), |l| l.units = Some(n.into()));
    assert_eq!(flags(mirrored(vec![l("97110", 8, 8_000)]), ""), [one("units-exceed-mue", Severity::Likely, Some(1), "20.00")]);
    assert_eq!(flags(mirrored(vec![l("97110", 6, 8_000)]), ""), []);
    let sum = vec![l("97110", 4, 4_000), with(l("97110", 4, 4_000), |l| l.modifiers = vec!["59".into()])];
    assert_eq!(flags(mirrored(sum), ""), [one("units-exceed-mue", Severity::Review, Some(2), "20.00")]);
    let by_line = vec![l("36415", 2, 2_000), with(l("36415", 2, 2_000), |l| l.modifiers = vec!["59".into()])];
    assert_eq!(flags(mirrored(by_line), ""), []);
    let policy = vec![l("29881", 1, 90_000), with(l("29881", 1, 90_000), |l| l.modifiers = vec!["59".into()])];
    assert_eq!(flags(mirrored(policy), ""), [one("units-exceed-mue", Severity::Likely, Some(2), "900.00")]);
}

#[test]
fn price_outlier() {
    // The Medicare amount is 2 RVU × 50.00 = 100.00.
    assert_eq!(flags(mirrored(vec![charged(9, "72148", 40_001)]), ""), [one("price-outlier", Severity::Info, Some(1), "")]);
    assert_eq!(flags(mirrored(vec![charged(9, "72148", 40_000)]), ""), []);
    let two = with(charged(9, "72148", 60_000), |l| l.units = Some(2.into()));
    assert_eq!(flags(mirrored(vec![two]), ""), []);
    let mut hospital = mirrored(vec![charged(9, "70450", 90_001)]);
    hospital[0].provider = vec!["WILLOW BEND HOSPITAL".into()];
    hospital[1].provider = vec!["Willow Bend Hospital".into()];
    assert_eq!(flags(hospital.clone(), ""), [one("price-outlier", Severity::Info, Some(1), "")]);
    hospital[0].lines[0].charge = Some(cents(90_000));
    hospital[1].lines[0].charge = Some(cents(90_000));
    assert_eq!(rules_of(hospital, ""), Vec::<&str>::new());
    // The outpatient rate is 250.00.
    let outpatient = |charge: i64, type_of_bill: &str| {
        let mut docs = mirrored(vec![with(charged(9, "73721", charge), |l| l.revenue_code = Some("0610".into()))]);
        docs[0].type_of_bill = Some(type_of_bill.into());
        docs
    };
    assert_eq!(flags(outpatient(100_001, "0131"), ""), [one("price-outlier", Severity::Info, Some(1), "")]);
    assert_eq!(flags(outpatient(100_000, "0131"), ""), []);
    assert_eq!(flags(outpatient(100_001, "0111"), ""), [], "no benchmark for an inpatient stay");
    let packaged = with(charged(9, "73722", 900_000), |l| l.revenue_code = Some("0610".into()));
    assert_eq!(flags(mirrored(vec![packaged]), ""), [], "its rate holds other services");
}

#[test]
fn math_error() {
    let check = |line_no, kind, computed, certain| ArithmeticCheck {
        kind,
        line_no,
        page: 1,
        printed: cents(10_000),
        computed: cents(computed),
        certain,
    };
    let run = |checks: Vec<ArithmeticCheck>| {
        let mut docs = mirrored(vec![charged(9, "85025", 5_000)]);
        docs[0].checks = checks;
        flags(docs, "")
    };
    assert_eq!(run(vec![check(None, CheckKind::TotalCharges, 5_000, true)]), [one("math-error", Severity::Error, None, "50.00")]);
    assert_eq!(run(vec![check(None, CheckKind::TotalCharges, 9_900, true)]), []);
    assert_eq!(run(vec![check(None, CheckKind::TotalCharges, 5_000, false)]), []);
    assert_eq!(
        run(vec![check(Some(1), CheckKind::UnitPrice, 9_000, true), check(None, CheckKind::ColumnTotal, 9_000, true)]),
        [one("math-error", Severity::Error, Some(1), "10.00")]
    );
    assert_eq!(run(vec![check(Some(1), CheckKind::Paid, 9_000, true)]), []);
}
