use super::*;

/// Findings of one rule only.
fn of(rule: &str, docs: Vec<Document>, toml: &str) -> Vec<(&'static str, Severity, Option<u32>, Option<String>)> {
    flags(docs, toml).into_iter().filter(|f| f.0 == rule).collect()
}

fn modified(d: i8, code: &str, charge: i64, modifiers: &[&str]) -> ServiceLine {
    let mut l = charged(d, code, charge);
    l.modifiers = modifiers.iter().map(|m| (*m).to_owned()).collect();
    l
}

/// A practitioner's bill of these lines, nothing credited, under a name and an account of its own.
fn practice(path: &str, name: &str, account: &str, lines: Vec<ServiceLine>) -> Document {
    let total = lines.iter().filter_map(|l| l.charge).sum::<Money>();
    let mut d = document(path, DocKind::ItemizedBill, lines);
    d.provider = vec![name.into()];
    d.account_no = vec![account.into()];
    d.balance_due = Some(total);
    d
}

/// The EOB of such a bill: everything to the patient's share.
fn settles(path: &str, bill: &Document) -> Document {
    let lines = bill
        .lines
        .iter()
        .map(|l| {
            let mut e = l.clone();
            e.patient_responsibility = l.charge;
            e.allowed = l.charge;
            (e.plan_paid, e.plan_discount) = (Some(cents(0)), Some(cents(0)));
            e
        })
        .collect();
    let mut e = eob(lines);
    e.path = path.into();
    e.provider.clone_from(&bill.provider);
    e.account_no.clone_from(&bill.account_no);
    e
}

fn fact(kind: FactKind, text: &str) -> Fact {
    Fact { kind, text: text.into(), page: 1, bbox: BBox::default() }
}

const MEDICARE: &str = "[plan]\nkind = \"medicare\"\n[patient]\nstate = \"TX\"\n";

#[test]
fn component_and_global() {
    let rule = "component-and-global";
    let lines = || vec![charged(9, "71046", 12_000), modified(9, "71046", 4_000, &["26"])];
    let both = practice("c/bill.pdf", "Prairie Imaging Associates", "R-4001", lines());
    let shown = settles("c/eob.pdf", &both);
    assert_eq!(of(rule, vec![both.clone(), shown], ""), [one(rule, Severity::Likely, Some(2), "40.00")]);
    assert_eq!(of(rule, vec![both.clone()], ""), [one(rule, Severity::Review, Some(2), "40.00")], "no EOB tells who billed");

    let split = practice(
        "c/bill.pdf",
        "Prairie Imaging Associates",
        "R-4001",
        vec![modified(9, "71046", 8_000, &["TC"]), modified(9, "71046", 4_000, &["26"])],
    );
    assert_eq!(of(rule, vec![split], ""), [], "the two parts make the whole");
    for other in
        [modified(10, "71046", 4_000, &["26"]), modified(9, "71045", 4_000, &["26"]), modified(9, "71046", 4_000, &["26", "77"])]
    {
        let b = practice("c/bill.pdf", "Prairie Imaging Associates", "R-4001", vec![charged(9, "71046", 12_000), other]);
        assert_eq!(of(rule, vec![b], ""), []);
    }
    let mut hospital = both;
    hospital.lines[0].revenue_code = Some("0324".into());
    assert_eq!(of(rule, vec![hospital], ""), [], "a facility's charge is the technical part");
}

#[test]
fn billed_by_two_providers() {
    let rule = "billed-by-two-providers";
    let clinic = |m: &[&str]| {
        practice(
            "c/a.pdf",
            "Elm Street Family Physicians",
            "E-1001",
            vec![modified(9, "80053", 6_000, m), modified(9, "99213", 9_000, &["25"])],
        )
    };
    let laboratory = |code: &str| {
        let mut d = practice(
            "c/b.pdf",
            "Copper Valley Laboratories",
            "L-2002",
            vec![charged(9, code, 8_000), modified(9, "85025", 2_000, &["59"])],
        );
        d.statement_date = Some(date(2025, 5, 20));
        d
    };
    assert_eq!(of(rule, vec![clinic(&[]), laboratory("80053")], ""), [one(rule, Severity::Review, Some(1), "80.00")]);
    assert_eq!(of(rule, vec![clinic(&["90"]), laboratory("80053")], ""), [], "sent out, and it says so");
    assert_eq!(of(rule, vec![clinic(&[]), laboratory("99213")], ""), [], "visits may be two");
    let mut bare = laboratory("80053");
    bare.lines.pop();
    assert_eq!(of(rule, vec![clinic(&[]), bare.clone()], ""), [], "a paper without modifiers proves nothing");
    // The plan refused one of them as done by the other.
    let mut refused = settles("c/eob.pdf", &bare);
    let l = &mut refused.lines[0];
    (l.patient_responsibility, l.allowed) = (None, None);
    l.adjustments = vec![Adjustment { group: "PR".into(), carc: "B20".into(), amount: cents(8_000) }];
    assert_eq!(of(rule, vec![clinic(&[]), bare, refused], ""), [one(rule, Severity::Likely, Some(1), "80.00")]);
    let mut ub = clinic(&[]);
    ub.type_of_bill = Some("0131".into());
    assert_eq!(of(rule, vec![ub, laboratory("80053")], ""), [], "a hospital and a doctor bill the same code");
}

#[test]
fn add_on_without_primary() {
    let rule = "add-on-without-primary";
    let with = |lines| practice("c/bill.pdf", "Elm Street Family Physicians", "E-1001", lines);
    let alone = with(vec![charged(9, "11101", 5_000), charged(9, "99213", 9_000)]);
    assert_eq!(of(rule, vec![alone.clone()], ""), [one(rule, Severity::Review, Some(1), "50.00")]);
    let shown = settles("c/eob.pdf", &alone);
    assert_eq!(of(rule, vec![alone.clone(), shown.clone()], ""), [one(rule, Severity::Likely, Some(1), "50.00")]);
    assert_eq!(reconcile(vec![alone.clone(), shown.clone()], "").row.amount_disputed, cents(5_000));
    assert_eq!(of(rule, vec![with(vec![charged(9, "11101", 5_000), charged(9, "11100", 9_000)])], ""), []);
    assert_eq!(of(rule, vec![with(vec![charged(9, "11101", 5_000), charged(10, "11100", 9_000)])], ""), [], "past midnight");
    assert_eq!(of(rule, vec![with(vec![charged(9, "11101", 5_000), charged(11, "11100", 9_000)])], "").len(), 1);
    assert_eq!(
        of(rule, vec![with(vec![charged(9, "11101", 5_000), charged(9, "", 9_000)])], ""),
        [],
        "a line without code may be it"
    );
    assert_eq!(of(rule, vec![with(vec![charged(9, "22222", 5_000)])], ""), [], "type 2: the contractor knows");
    // The primary on another clinician's EOB.
    let mut elsewhere = settles("c/other.pdf", &with(vec![charged(9, "11100", 9_000)]));
    elsewhere.provider = vec!["Westfield Dermatology".into()];
    assert_eq!(of(rule, vec![alone, shown, elsewhere], ""), []);
}

#[test]
fn reprocessed_claim() {
    let rule = "reprocessed-claim";
    let version = |path: &str, day: Date, paid: i64, share: i64| {
        let mut e = eob(vec![settled(9, "99213", 20_000, paid, share)]);
        e.path = path.into();
        e.statement_date = Some(day);
        e.lines[0].claim_no = Some("CL-7782201".into());
        e
    };
    let docs = |balance: i64| {
        vec![
            bill(vec![charged(9, "99213", 20_000)], 8_000, 12_000 - balance, balance),
            version("c/first.pdf", date(2025, 4, 1), 2_000, 10_000),
            version("c/second.pdf", date(2025, 4, 20), 9_000, 3_000),
        ]
    };
    let r = reconcile(docs(10_000), "");
    let f = r.findings.iter().find(|f| f.rule == rule).unwrap();
    assert_eq!(
        (f.severity, f.amount_billed, f.amount_expected, f.amount_at_issue),
        (Severity::Info, Some(cents(10_000)), Some(cents(3_000)), None)
    );
    assert_eq!(f.evidence_path.as_deref(), Some("c/second.pdf"));
    assert_eq!(r.row.amount_disputed, cents(7_000), "once, under balance-exceeds-eob");
    assert_eq!(of(rule, docs(3_000), ""), [], "the bill follows the newest");
    assert_eq!(of(rule, docs(8_000), ""), [], "it asks for neither");
    let mut other = docs(10_000);
    other[1].lines[0].claim_no = Some("CL-9900117".into());
    assert_eq!(of(rule, other, ""), []);
}

fn receipt(paid: i64, day: Date) -> Document {
    let mut d = document("c/receipt.pdf", DocKind::Receipt, vec![]);
    d.statement_date = Some(day);
    d.total_patient_paid = Some(cents(paid));
    d
}

#[test]
fn payment_not_credited() {
    let rule = "payment-not-credited";
    let docs = |credited: i64, balance: i64, paid: i64, day: Date| {
        let mut b = bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, balance);
        b.total_patient_paid = Some(cents(credited));
        vec![b, eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)]), receipt(paid, day)]
    };
    let early = date(2025, 4, 20);
    let r = reconcile(docs(0, 3_000, 2_000, early), "");
    assert_eq!(flags(docs(0, 3_000, 2_000, early), ""), [one(rule, Severity::Likely, None, "20.00")]);
    assert_eq!((r.row.amount_disputed, r.row.next_step), (cents(2_000), NextStep::DisputeErrors));
    assert_eq!(of(rule, docs(2_000, 1_000, 2_000, early), ""), [], "credited");
    assert_eq!(of(rule, docs(0, 1_000, 2_000, early), ""), [], "taken off, if under no name");
    assert_eq!(
        of(rule, docs(0, 3_000, 2_000, date(2025, 4, 28)), ""),
        [one(rule, Severity::Review, None, "20.00")],
        "on its way"
    );
    assert_eq!(of(rule, docs(0, 3_000, 2_000, date(2025, 5, 1)), ""), [], "not before the statement");
    assert_eq!(of(rule, docs(1_900, 1_100, 2_000, early), ""), [], "within the tolerance");
    let mut other = docs(0, 3_000, 2_000, early);
    other[2].account_no = vec!["ZZ-55310".into()];
    assert_eq!(of(rule, other, ""), []);
    // Beside an excess both count, each once.
    let both = reconcile(docs(0, 5_000, 2_000, early), "");
    assert_eq!(both.row.amount_disputed, cents(4_000), "{:?}", both.accounts);
}

fn notice(asks: i64) -> Document {
    let mut d = document("c/notice.pdf", DocKind::CollectionNotice, vec![]);
    d.statement_date = Some(date(2025, 9, 1));
    d.balance_due = Some(cents(asks));
    d
}

#[test]
fn collection_exceeds_balance() {
    let rule = "collection-exceeds-balance";
    let docs = |asks: i64| {
        vec![
            bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, 3_000),
            eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)]),
            notice(asks),
        ]
    };
    let r = reconcile(docs(20_000), "");
    let f = r.findings.iter().find(|f| f.rule == rule).unwrap();
    assert_eq!((f.severity, f.amount_at_issue, f.deadline), (Severity::Error, Some(cents(17_000)), Some(date(2025, 10, 1))));
    assert_eq!(r.row.amount_disputed, cents(0), "the bill itself is right");
    assert_eq!(of(rule, docs(3_100), ""), [], "within the tolerance");
    let mut paid = docs(3_000);
    (paid[0].total_patient_paid, paid[0].balance_due) = (Some(cents(1_000)), Some(cents(2_000)));
    assert_eq!(of(rule, paid, ""), [one(rule, Severity::Likely, None, "10.00")], "the payment is not taken off");
    let mut only_bill = docs(5_000);
    only_bill.remove(1);
    assert_eq!(of(rule, only_bill, ""), [one(rule, Severity::Likely, None, "20.00")]);
    let mut only_eob = docs(5_000);
    only_eob.remove(0);
    only_eob[0].lines[0].account_no = Some("AC-44110".into());
    assert_eq!(of(rule, only_eob.clone(), ""), [one(rule, Severity::Error, None, "20.00")]);
    only_eob[0].network = Some(Network::Out);
    assert_eq!(of(rule, only_eob, ""), [], "out of network the rest may be owed");
    let mut later = docs(20_000);
    later[1].statement_date = Some(date(2025, 9, 20));
    assert_eq!(of(rule, later, ""), [one(rule, Severity::Likely, None, "170.00")], "by the bill alone");
    let mut other = docs(20_000);
    other[2].account_no = vec!["ZZ-55310".into()];
    assert_eq!(of(rule, other, ""), []);
}

#[test]
fn interest_or_fee() {
    let rule = "interest-or-fee";
    let docs = |what: &str| {
        let mut fee = charged(20, "", 2_500);
        fee.description = Some(what.into());
        let mut b = bill(vec![charged(9, "99213", 20_000), fee], 8_000, 9_000, 5_500);
        b.total_charges = Some(cents(22_500));
        vec![b, eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])]
    };
    assert_eq!(flags(docs("LATE FEE"), ""), [one(rule, Severity::Likely, Some(2), "25.00")], "and no no-eob beside it");
    assert_eq!(reconcile(docs("LATE FEE"), "").row.amount_disputed, cents(2_500));
    assert_eq!(rules_of(docs("CAST BOOT"), ""), ["no-eob"]);
    let mut total =
        vec![bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, 5_500), eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])];
    total[0].facts = vec![fact(FactKind::FeeOrInterest, "Finance charge 25.00")];
    let r = reconcile(total.clone(), "");
    assert_eq!(r.row.amount_disputed, cents(2_500), "within what exceeds the EOB");
    assert_eq!(of(rule, total, ""), [one(rule, Severity::Likely, None, "25.00")]);
    let mut n = notice(3_000);
    n.facts = vec![fact(FactKind::FeeOrInterest, "Interest 4.10")];
    assert_eq!(of(rule, vec![n], ""), [one(rule, Severity::Review, None, "4.10")]);
}

#[test]
fn coinsurance_exceeds_rate() {
    let rule = "coinsurance-exceeds-rate";
    let docs = |note: &str, share: i64| {
        let mut e = eob(vec![settled(9, "99213", 20_000, 10_000 - share, share)]);
        e.lines[0].remark_codes = vec!["D1".into()];
        e.notes.insert("D1".into(), note.into());
        vec![bill(vec![charged(9, "99213", 20_000)], 10_000, 10_000 - share, share), e]
    };
    assert_eq!(flags(docs("You pay 20% of the allowed amount.", 4_000), ""), [one(rule, Severity::Error, Some(1), "20.00")]);
    assert_eq!(reconcile(docs("The plan pays 80%.", 4_000), "").row.amount_disputed, cents(2_000));
    assert_eq!(of(rule, docs("You pay 20% of the allowed amount.", 2_100), ""), [], "within the tolerance");
    assert_eq!(of(rule, docs("This went to your coinsurance.", 4_000), ""), []);
    let mut general = docs("", 4_000);
    general[1].facts = vec![fact(FactKind::CoinsuranceRate, "Coinsurance: 20%")];
    assert_eq!(of(rule, general.clone(), ""), [one(rule, Severity::Review, Some(1), "20.00")]);
    general[1].facts.push(fact(FactKind::CoinsuranceRate, "Your coinsurance is 40%"));
    assert_eq!(of(rule, general, ""), [], "which of the two is not said");
    let mut deductible = docs("You pay 20% of the allowed amount.", 4_000);
    deductible[1].lines[0].deductible = Some(cents(5_000));
    deductible[1].lines[0].coinsurance = Some(cents(1_000));
    assert_eq!(of(rule, deductible, ""), [], "the deductible comes first");
    let mut outside = docs("You pay 20% of the allowed amount.", 4_000);
    outside[1].network = Some(Network::Out);
    assert_eq!(of(rule, outside, ""), []);
}

#[test]
fn secondary_not_billed() {
    let rule = "secondary-not-billed";
    let docs = || {
        let mut b = bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, 3_000);
        b.facts = vec![fact(FactKind::OtherCoverage, "Secondary insurance: Mutual of the Prairie")];
        vec![b, eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])]
    };
    assert_eq!(flags(docs(), ""), [one(rule, Severity::Review, None, "")]);
    assert_eq!(reconcile(docs(), "").row.next_step, NextStep::Pay);
    let mut second = eob(vec![settled(9, "99213", 20_000, 3_000, 0)]);
    second.path = "c/second.pdf".into();
    second.payer = Some("Mutual of the Prairie".into());
    let mut both = docs();
    both.push(second);
    assert_eq!(of(rule, both, ""), [], "its EOB is there");
    let mut same = docs();
    same[0].facts[0].text = "Other insurance: Tall Pine Health Insurance".into();
    assert_eq!(of(rule, same, ""), [], "that is the one that settled");
    let mut paid = docs();
    paid[1].lines[0].other_paid = Some(cents(100));
    assert_eq!(of(rule, paid, ""), []);
    let mut passed = docs();
    passed[0].facts.clear();
    passed[1].lines[0].remark_codes = vec!["MA18".into()];
    assert_eq!(of(rule, passed, "").len(), 1);
}

#[test]
fn limiting_charge() {
    let rule = "limiting-charge";
    // 100.00 by the schedule: 109.25 at most.
    let docs = |charge: i64, said: bool| {
        let mut b = practice("c/bill.pdf", "Dr Ann Lee Orthopedics", "O-7001", vec![charged(9, "72148", charge)]);
        let mut e = settles("c/msn.pdf", &b);
        e.payer = Some("Medicare".into());
        if said {
            b.facts = vec![fact(FactKind::AssignmentNotAccepted, "We did not accept assignment on this claim.")];
        }
        vec![b, e]
    };
    assert_eq!(of(rule, docs(15_000, true), MEDICARE), [one(rule, Severity::Likely, Some(1), "40.75")]);
    let r = reconcile(docs(15_000, true), MEDICARE);
    assert_eq!((r.row.amount_disputed, r.row.next_step), (cents(4_075), NextStep::AssertRights));
    assert_eq!(of(rule, docs(15_000, false), MEDICARE), [], "nothing says that it was not assigned");
    assert_eq!(of(rule, docs(11_000, true), MEDICARE), [], "within the tolerance");
    assert_eq!(of(rule, docs(15_000, true), "[plan]\nkind = \"commercial\"\n"), []);
    let mut noted = docs(15_000, false);
    noted[1].lines[0].remark_codes = vec!["c".into()];
    noted[1].notes.insert("c".into(), "Your provider did not accept assignment.".into());
    assert_eq!(of(rule, noted, MEDICARE).len(), 1);
}

#[test]
fn qmb_billed() {
    let rule = "qmb-billed";
    let docs = |said: bool| {
        let mut e = eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)]);
        e.payer = Some("Medicare".into());
        if said {
            e.facts = vec![fact(FactKind::QualifiedMedicareBeneficiary, "You are in the QMB program.")];
        }
        vec![bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, 3_000), e]
    };
    let r = reconcile(docs(true), "");
    assert_eq!(flags(docs(true), ""), [one(rule, Severity::Error, None, "30.00")]);
    assert_eq!((r.row.amount_disputed, r.row.next_step), (cents(3_000), NextStep::AssertRights));
    assert_eq!(rules_of(docs(false), ""), Vec::<&str>::new());
    let mut marked = docs(false);
    marked[1].lines[0].remark_codes = vec!["N782".into()];
    assert_eq!(rules_of(marked, ""), [rule]);
    let mut commercial = docs(true);
    commercial[1].payer = Some("Tall Pine Health Insurance".into());
    assert_eq!(of(rule, commercial, ""), []);
    // With an excess the whole is one dispute.
    let mut more = docs(true);
    more[0].balance_due = Some(cents(5_000));
    assert_eq!(reconcile(more, "").row.amount_disputed, cents(5_000));
}

#[test]
fn a_claim_that_was_filed_too_late() {
    let mut docs = vec![bill(vec![charged(9, "82728", 10_000)], 0, 0, 10_000), eob(vec![settled(9, "82728", 10_000, 0, 0)])];
    let l = &mut docs[1].lines[0];
    (l.not_covered, l.patient_responsibility, l.coinsurance, l.allowed, l.plan_discount) = (None, None, None, None, None);
    l.adjustments = vec![Adjustment { group: "CO".into(), carc: "29".into(), amount: cents(10_000) }];
    let r = reconcile(docs, "");
    let f = r.findings.iter().find(|f| f.rule == "denied-billed-to-patient").unwrap();
    assert!(f.explanation.contains("too late"), "{}", f.explanation);
    assert_eq!(r.row.amount_disputed, cents(10_000));
}
