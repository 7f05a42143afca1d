//! One case per rule where it fires, where it must not, and at its boundary.

mod against_eob;
mod further;
mod on_the_bill;
mod rights;
mod the_road;

use jiff::civil::{Date, date};

use super::*;
use crate::case_file::parse_case_file;
use crate::cases::Case;
use crate::decisions::Decisions;
use crate::ledger::{NextStep, Reconciled, reconcile_case};
use crate::record::*;
use crate::reference::{ReferenceTables, load_refs};

pub(super) fn cents(c: i64) -> Money {
    Money::from_cents(c)
}

pub(super) fn day(d: i8) -> Date {
    date(2025, 3, d)
}

/// A bill line: day of March 2025, code, charge in cents.
pub(super) fn charged(d: i8, code: &str, charge: i64) -> ServiceLine {
    let mut l = ServiceLine::empty(LineKind::Service, 1, 0);
    l.service_date = Some(day(d));
    l.code = (!code.is_empty()).then(|| code.to_owned());
    l.description = Some(format!("SERVICE {code}"));
    l.charge = Some(cents(charge));
    l
}

/// An EOB line in network: the discount is the rest.
pub(super) fn settled(d: i8, code: &str, charge: i64, paid: i64, share: i64) -> ServiceLine {
    let mut l = charged(d, code, charge);
    l.allowed = Some(cents(paid + share));
    l.plan_discount = Some(cents(charge - paid - share));
    l.not_covered = Some(cents(0));
    l.plan_paid = Some(cents(paid));
    l.coinsurance = Some(cents(share));
    l.patient_responsibility = Some(cents(share));
    l
}

pub(super) fn document(path: &str, kind: DocKind, lines: Vec<ServiceLine>) -> Document {
    let mut d = Document::empty(path);
    d.kind = kind;
    d.text_source = Some(TextOrigin::Digital);
    d.patient = vec!["Jane Doe".into()];
    d.provider = vec!["Lakeside Clinic".into()];
    d.account_no = vec!["AC-44110".into()];
    d.statement_date = Some(date(2025, 5, 1));
    d.lines = lines;
    for (i, l) in d.lines.iter_mut().enumerate() {
        l.line_no = u32::try_from(i).unwrap() + 1;
    }
    d
}

/// A bill with a balance; the credits are totals.
pub(super) fn bill(lines: Vec<ServiceLine>, discount: i64, paid: i64, balance: i64) -> Document {
    let mut d = document("c/bill.pdf", DocKind::ItemizedBill, lines);
    d.total_discount = Some(cents(discount));
    d.total_plan_paid = Some(cents(paid));
    d.balance_due = Some(cents(balance));
    d
}

pub(super) fn eob(lines: Vec<ServiceLine>) -> Document {
    let mut d = document("c/eob.pdf", DocKind::Eob, lines);
    d.payer = Some("Tall Pine Health Insurance".into());
    d.network = Some(Network::In);
    d.claim_status = Some(ClaimStatus::Processed);
    d.statement_date = Some(date(2025, 4, 15));
    d
}

pub(super) fn tables() -> ReferenceTables {
    let dir = tempfile::tempdir().unwrap();
    let files = [
        (
            "ptp.txt",
            "Column 1\tColumn 2\t*\tEffective Date\tDeletion Date *=no data\tModifier\tPTP Edit Rationale\n\
             45385\t45380\t\t20050101\t*\t1\tx\n80053\t80048\t\t20000101\t*\t0\tx\n97530\t97140\t\t19960101\t20191231\t1\tx\n",
        ),
        (
            "mue.csv",
            "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n\
             97110,6,3 Date of Service Edit: Clinical,x\n36415,2,1 Line Edit,x\n29881,1,2 Date of Service Edit: Policy,x\n",
        ),
        (
            "rvu.csv",
            "2025 National Physician Fee Schedule,,,,,,,\n,,,,NON-FAC,FACILITY,,\n,,,WORK,,,MP,CONV\n\
             HCPCS,MOD,DESCRIPTION,RVU,PE RVU,PE RVU,RVU,FACTOR PAYMENT\n72148,,x,1.00,1.00,1.00,0.00,50.00\n",
        ),
        (
            "AOC_V2025Q1-MCR.txt",
            "Add_On_Code\tAdd_On_Code_Edit_Type\tPrimary_Code\tAOC_Edit_Eff_Date\n\
             11101\t1\t11100\t2013091\n22222\t2\tCCCCC\t2013091\n",
        ),
        (
            "2025_january_addendum_b.csv",
            "Addendum B.-Final OPPS Payment by HCPCS Code for CY 2025,,,,,,,\n\
             HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate,National Unadjusted Copayment,Minimum Unadjusted Copayment\n\
             73721,x,S,5523,1.2,$250.00,,$50.00\n73722,x,J1,5523,1.2,$250.00,,$50.00\n",
        ),
        (
            "hospitals.csv",
            "\"Facility ID\",\"Facility Name\",\"Address\",\"City/Town\",\"State\",\"ZIP Code\",\"Hospital Ownership\"\n\
             450001,GRANITE PEAK HOSPITAL,1 A ST,ELM,TX,75001,Voluntary non-profit - Private\n\
             320001,GRANITE PEAK HOSPITAL,1 A ST,ELM,NM,87001,Proprietary\n",
        ),
        (
            "fpl.csv",
            "year,region,household_size,guideline\n2025,48 contiguous states and DC,1,15650\n2025,48 contiguous states and DC,each additional,5500\n",
        ),
        (
            "prices.csv",
            "hospital_name,last_updated_on\nWillow Bend Hospital,2025-01-01\n\
             description,code|1,code|1|type,drug_unit_of_measurement,standard_charge|gross\nx,70450,CPT,,900.00\n",
        ),
    ];
    for (name, text) in files {
        std::fs::write(
            dir.path().join(name),
            text.replace("FACTOR PAYMENT", "FACTOR").replace("2025 National Physician", "2025 PAYMENT National Physician"),
        )
        .unwrap();
    }
    let t = load_refs(dir.path()).unwrap();
    assert!(t.missing().iter().all(|(table, _)| *table == "GPCI file"), "{:?}", t.missing());
    t
}

pub(super) fn reconcile(docs: Vec<Document>, toml: &str) -> Reconciled {
    let mut case = Case::new("c", docs);
    case.file = parse_case_file(toml).unwrap();
    reconcile_case(&case, &tables(), &Decisions::default())
}

/// The findings of a case as (rule, severity, line, amount in cents).
pub(super) fn flags(docs: Vec<Document>, toml: &str) -> Vec<(&'static str, Severity, Option<u32>, Option<String>)> {
    reconcile(docs, toml)
        .findings
        .into_iter()
        .map(|f| (f.rule, f.severity, f.line_no, f.amount_at_issue.map(|m| m.to_string())))
        .collect()
}

/// Rule ids only.
pub(super) fn rules_of(docs: Vec<Document>, toml: &str) -> Vec<&'static str> {
    flags(docs, toml).into_iter().map(|f| f.0).collect()
}

pub(super) fn one(
    rule: &'static str,
    severity: Severity,
    line: Option<u32>,
    amount: &str,
) -> (&'static str, Severity, Option<u32>, Option<String>) {
    (rule, severity, line, (!amount.is_empty()).then(|| amount.to_owned()))
}

#[test]
fn every_rule_has_a_page_with_all_its_parts() {
    for r in RULES {
        let page = r.manual();
        for part in ["# What it does", "# Why", "# When it fires", "# Could be right if", "# Source"] {
            assert!(page.contains(part), "{}: {part}", r.id);
        }
        assert!(r.summary().ends_with('.') && !r.summary().contains('#'), "{}: {}", r.id, r.summary());
        assert_eq!(RULES.iter().filter(|o| o.id == r.id).count(), 1);
    }
    assert!(rule("no-eob").is_some() && rule("nothing").is_none());
}

#[test]
fn a_right_bill_has_no_finding() {
    let r = reconcile(
        vec![bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, 3_000), eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])],
        "",
    );
    assert_eq!(r.findings, []);
    assert_eq!(r.row.next_step, NextStep::Pay);
    assert_eq!((r.row.billed_balance, r.row.amount_disputed, r.row.balance_supported), (cents(3_000), cents(0), cents(3_000)));
    assert_eq!(r.row.eob_patient_responsibility, Some(cents(3_000)));
    assert_eq!(r.row.patient, "Jane Doe");
}

#[test]
fn a_doubtful_reading_makes_a_finding_review() {
    let mut b = bill(vec![charged(9, "99213", 20_000), charged(9, "85025", 5_000)], 8_000, 9_000, 3_000);
    b.text_source = Some(TextOrigin::Ocr);
    b.lines[0].charge = Some(cents(26_100));
    b.lines[0].figures_confidence = 0.7;
    let mut e = eob(vec![settled(9, "99213", 20_000, 9_000, 3_000), settled(9, "85025", 5_000, 5_000, 0)]);
    e.text_source = Some(TextOrigin::Ocr);
    let r = reconcile(vec![b, e], "");
    let f = r.findings.iter().find(|f| f.rule == "charge-mismatch").unwrap();
    assert_eq!(f.severity, Severity::Review);
    assert!(f.explanation.contains("c/bill.pdf, page 1, line 1 is not certain"), "{}", f.explanation);
    assert_eq!(r.row.amount_disputed, cents(0), "{:?}", r.findings);
}

#[test]
fn one_misread_sign_is_no_finding() {
    let docs = |charge: i64, code: &str, confidence: f32| {
        let mut b = bill(vec![charged(9, code, charge)], 8_000, 9_000, 3_000);
        b.text_source = Some(TextOrigin::Ocr);
        b.lines[0].figures_confidence = confidence;
        vec![b, eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])]
    };
    assert_eq!(rules_of(docs(26_000, "99213", 0.9), ""), Vec::<&str>::new());
    assert_eq!(rules_of(docs(26_000, "99213", 0.99), ""), ["charge-mismatch"]);
    assert_eq!(rules_of(docs(20_000, "98213", 0.9), ""), Vec::<&str>::new());
    assert_eq!(rules_of(docs(20_000, "98213", 0.99), ""), ["code-mismatch"]);
    // Another level of the same kind of visit is worth a look.
    assert_eq!(
        flags(docs(20_000, "99214", 0.9), "").iter().map(|f| (f.0, f.1)).collect::<Vec<_>>(),
        [("code-mismatch", Severity::Review), ("upcoding", Severity::Review)]
    );
}

#[test]
fn credits_in_a_box_that_was_not_read_are_no_finding() {
    // 200.00 charged, 30.00 asked: the bill must have credited 170.00, whatever the box is called.
    let docs = || {
        let mut b = bill(vec![charged(9, "99213", 20_000)], 0, 0, 3_000);
        b.total_discount = None;
        b.total_plan_paid = None;
        vec![b, eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])]
    };
    assert_eq!(rules_of(docs(), ""), Vec::<&str>::new());
}

#[test]
fn flag_ids_are_stable_and_differ() {
    let docs =
        || vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000), eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])];
    let (a, b) = (reconcile(docs(), ""), reconcile(docs(), ""));
    assert_eq!(a, b);
    let mut ids: Vec<&str> = a.findings.iter().map(|f| f.flag_id.as_str()).collect();
    assert!(ids.len() == 3 && ids.iter().all(|i| i.len() == 12));
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn each_dollar_is_disputed_once() {
    // Discount and payment missing: the balance exceeds the EOB by both, and nothing more is in question.
    let r = reconcile(
        vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000), eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])],
        "",
    );
    assert_eq!(r.row.amount_disputed, cents(17_000));
    assert_eq!(r.row.balance_supported, cents(3_000));
    assert_eq!(r.row.next_step, NextStep::DisputeErrors);
}

#[test]
fn summary_bills_and_self_pay() {
    let mut s = document("c/bill.pdf", DocKind::SummaryBill, vec![]);
    s.balance_due = Some(cents(3_000));
    s.total_charges = Some(cents(20_000));
    s.total_discount = Some(cents(8_000));
    s.total_plan_paid = Some(cents(9_000));
    let r = reconcile(vec![s, eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])], "");
    assert_eq!((r.findings.len(), r.row.next_step), (0, NextStep::RequestItemizedBill));
    let r = reconcile(vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000)], "[plan]\nkind = \"self-pay\"\n");
    assert_eq!((r.findings.len(), r.row.next_step), (0, NextStep::Negotiate));
    assert_eq!(r.row.eob_patient_responsibility, None);
}

#[test]
fn a_blank_amount_in_a_scan_is_not_nothing() {
    // The share of the second line was not read: the balance cannot be called too high.
    let mut e = eob(vec![settled(9, "99213", 20_000, 9_000, 3_000), settled(9, "85025", 10_000, 0, 5_000)]);
    e.text_source = Some(TextOrigin::Ocr);
    e.lines[1].patient_responsibility = None;
    e.lines[1].coinsurance = None;
    e.lines[1].allowed = None;
    let b = bill(vec![charged(9, "99213", 20_000), charged(9, "85025", 10_000)], 13_000, 9_000, 8_000);
    assert_eq!(rules_of(vec![b, e], ""), Vec::<&str>::new());
}
