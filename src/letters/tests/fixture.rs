//! Cases to write letters about; all people, providers and plans are invented.

use jiff::civil::{Date, date};

use crate::case_file::{Assistance, CaseFile, Estimate, PatientFacts};
use crate::export::cases_json::JudgedCase;
use crate::finished::CasePapers;
use crate::ledger::{Account, CaseRow, Dispute, NextStep, Side};
use crate::record::{DocKind, Document, Fact, FactKind, LineKind, Money, ServiceLine};
use crate::rules::{self, Finding, Severity};

fn finding(rule: &str, severity: Severity, path: &str, at: Option<(u32, u32)>) -> Finding {
    Finding {
        case_id: "case".into(),
        flag_id: format!("{rule}-{path}-{at:?}"),
        rule: rules::rule(rule).unwrap().id,
        severity,
        path: path.into(),
        page: at.map(|a| a.0),
        line_no: at.map(|a| a.1),
        service_date: None,
        code: None,
        description: None,
        amount_billed: None,
        amount_expected: None,
        amount_at_issue: None,
        benchmark_source: None,
        evidence_path: None,
        evidence_page: None,
        evidence_line_no: None,
        explanation: String::new(),
        next_step: String::new(),
        deadline: None,
        confidence: 1.0,
        doc: 0,
        at: None,
        decision: None,
        weighed_from: None,
        weakest: String::new(),
    }
}

fn line(page: u32, line_no: u32, day: Date, code: &str, charge: i64) -> ServiceLine {
    ServiceLine {
        service_date: Some(day),
        code: Some(code.into()),
        description: Some("Office visit, 25 minutes".into()),
        charge: Some(Money::from_cents(charge)),
        claim_no: Some("CLM-77".into()),
        ..ServiceLine::empty(LineKind::Service, page, line_no)
    }
}

fn document(path: &str, kind: DocKind, day: Date) -> Document {
    Document {
        kind,
        statement_date: Some(day),
        patient: vec!["ANA NUNEZ".into()],
        provider: vec!["Lake Valley Hospital".into()],
        account_no: vec!["ACC-1001".into()],
        ..Document::empty(path)
    }
}

fn account(path: &str, asked: i64, supported: i64) -> Account {
    let disputed = Dispute {
        flag_id: "x".into(),
        rule: "discount-not-applied".into(),
        severity: Severity::Error,
        amount: Money::from_cents(asked - supported),
    };
    Account {
        path: path.into(),
        provider: "Lake Valley Hospital".into(),
        account_no: vec!["ACC-1001".into()],
        claim_no: vec!["CLM-77".into()],
        eobs: vec!["eob.pdf".into()],
        bill: Side { charged: Some(Money::from_cents(asked + 100_000)), ..Side::default() },
        eob: Side { patient_share: Some(Money::from_cents(supported)), ..Side::default() },
        unmatched: Money::ZERO,
        asked: Some(Money::from_cents(asked)),
        disputed: if asked > supported { vec![disputed] } else { Vec::new() },
        supported: Money::from_cents(supported),
    }
}

fn summary(patient: &str, next_step: NextStep) -> CaseRow {
    CaseRow {
        case_id: "case".into(),
        patient: patient.into(),
        documents: 0,
        bills: 0,
        eobs: 0,
        total_charges: None,
        billed_balance: Money::ZERO,
        eob_patient_responsibility: None,
        amount_disputed: Money::ZERO,
        balance_supported: Money::ZERO,
        flags: 0,
        next_step,
        next_deadline: None,
    }
}

/// A case that states everything and calls for nearly every letter.
pub fn full() -> CasePapers {
    let day = date(2025, 3, 3);
    let mut bill = document("bill.pdf#p4-6", DocKind::ItemizedBill, date(2025, 4, 2));
    bill.lines = (1..=4).map(|n| line(5, n, day, "99213", 14_000)).collect();
    let mut eob = document("eob.pdf", DocKind::Eob, date(2025, 5, 9));
    eob.payer = Some("Tall Oak Health".into());
    eob.member_id = Some("MEM-5".into());
    eob.claim_no = vec!["CLM-77".into()];
    eob.lines = (1..=3).map(|n| line(1, n, day, "99213", 14_000)).collect();
    eob.lines[2].remark_codes = vec!["A1".into()];
    eob.notes.insert("A1".into(), "Not shown to be necessary.".into());
    let summary_bill = document("summary.pdf", DocKind::SummaryBill, date(2025, 4, 9));
    let mut notice = document("collector.pdf", DocKind::CollectionNotice, date(2025, 5, 20));
    notice.provider = vec!["Prairie Recovery LLC".into()];
    notice.balance_due = Some(Money::from_cents(215_000));
    let text = "Your account was reported to a credit bureau.".to_owned();
    notice.facts.push(Fact { kind: FactKind::ExtraordinaryCollection, text, page: 1, bbox: crate::record::BBox::default() });

    let mut duplicate = finding("duplicate-charge", Severity::Error, "bill.pdf#p4-6", Some((5, 4)));
    duplicate.service_date = Some(day);
    duplicate.code = Some("99213".into());
    duplicate.description = Some("Office visit, 25 minutes".into());
    (duplicate.amount_billed, duplicate.amount_expected) = (Some(Money::from_cents(14_000)), Some(Money::from_cents(0)));
    duplicate.amount_at_issue = Some(Money::from_cents(14_000));
    duplicate.evidence_path = Some("bill.pdf#p4-6".into());
    (duplicate.evidence_page, duplicate.evidence_line_no) = (Some(5), Some(3));
    let no_eob = finding("no-eob", Severity::Likely, "bill.pdf#p4-6", Some((5, 4)));
    let about_eob = |rule, severity, amounts: (i64, i64, i64), path: &str| {
        let mut f = finding(rule, severity, path, None);
        (f.amount_billed, f.amount_expected, f.amount_at_issue) =
            (Some(Money::from_cents(amounts.0)), Some(Money::from_cents(amounts.1)), Some(Money::from_cents(amounts.2)));
        f.evidence_path = Some("eob.pdf".into());
        f
    };
    let bill_path = "bill.pdf#p4-6";
    let excess = about_eob("balance-exceeds-eob", Severity::Error, (215_000, 180_000, 35_000), bill_path);
    let discount = about_eob("discount-not-applied", Severity::Error, (0, 35_000, 35_000), bill_path);
    let mut surprise = about_eob("no-surprises", Severity::Error, (90_000, 20_000, 70_000), "summary.pdf");
    surprise.deadline = None;
    let mut estimate = about_eob("estimate-exceeded", Severity::Error, (190_000, 120_000, 70_000), "summary.pdf");
    estimate.deadline = Some(date(2025, 8, 7));
    let mut assistance = about_eob("financial-assistance", Severity::Review, (215_000, 0, 215_000), bill_path);
    assistance.deadline = Some(date(2025, 11, 28));
    let mut denial = finding("appealable-denial", Severity::Review, "eob.pdf", Some((1, 3)));
    denial.explanation = "x. Class of the reason: medical necessity. An appeal needs y.".into();
    denial.amount_at_issue = Some(Money::from_cents(14_000));
    denial.deadline = Some(date(2025, 11, 5));
    let mut preventive = finding("preventive-cost-share", Severity::Likely, "eob.pdf", Some((1, 2)));
    (preventive.amount_billed, preventive.amount_expected) = (Some(Money::from_cents(4_000)), Some(Money::from_cents(0)));
    preventive.amount_at_issue = Some(Money::from_cents(4_000));
    let early = about_eob("collections-too-early", Severity::Error, (215_000, 0, 215_000), "collector.pdf");

    let facts = CaseFile {
        patient: PatientFacts {
            name: Some("Ana María Ñúñez".into()),
            state: Some("TX".into()),
            household_size: Some(3),
            annual_income: Some(Money::from_cents(4_100_000)),
        },
        assistance: Assistance { first_bill: Some(date(2025, 4, 2)), ..Assistance::default() },
        estimate: Some(Estimate { amount: Money::from_cents(120_000), provider: None }),
        ..CaseFile::default()
    };
    CasePapers {
        judged: JudgedCase {
            summary: summary("Ana María Ñúñez", NextStep::DisputeErrors),
            accounts: vec![account(bill_path, 215_000, 180_000), account("summary.pdf", 90_000, 20_000)],
            findings: vec![duplicate, no_eob, excess, discount, surprise, estimate, assistance, denial, preventive, early],
            facts,
            road: Vec::new(),
        },
        documents: vec![bill, eob, summary_bill, notice],
    }
}

/// A bill without a date, number or name, in dispute.
pub fn sparse() -> CasePapers {
    let bill = Document { kind: DocKind::ItemizedBill, ..Document::empty("bill.pdf") };
    let found = finding("duplicate-charge", Severity::Likely, "bill.pdf", None);
    let account = Account {
        provider: String::new(),
        account_no: Vec::new(),
        claim_no: Vec::new(),
        eobs: Vec::new(),
        ..account("bill.pdf", 5_000, 4_000)
    };
    CasePapers {
        judged: JudgedCase {
            summary: summary("", NextStep::DisputeErrors),
            accounts: vec![account],
            findings: vec![found],
            facts: CaseFile::default(),
            road: Vec::new(),
        },
        documents: vec![bill],
    }
}

/// A case that states nothing at all.
pub fn empty() -> CasePapers {
    CasePapers {
        judged: JudgedCase {
            summary: summary("", NextStep::Pay),
            accounts: Vec::new(),
            findings: Vec::new(),
            facts: CaseFile::default(),
            road: Vec::new(),
        },
        documents: Vec::new(),
    }
}
