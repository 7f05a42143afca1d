use super::*;
use crate::case_file::parse_case_file;
use crate::decisions::Decisions;
use crate::export::run_json::InputFile;
use crate::ledger::reconcile_case;
use crate::record::{Agreement, CheckKind, DocKind, Document, Field, LineKind, Money, Repair, ServiceLine, UnparsedRow};
use crate::reference::ReferenceTables;
use proptest::prelude::*;

fn bill(path: &str, patient: &str, account: &str) -> Document {
    let line = |n: u32, description: &str| ServiceLine {
        code: Some("85025".to_owned()),
        service_date: Some(jiff::civil::date(2025, 3, 3)),
        description: Some(description.to_owned()),
        units: Some(1.into()),
        charge: Some(Money::from_cents(14_025_000)),
        account_no: Some(account.to_owned()),
        patient: Some(patient.to_owned()),
        ..ServiceLine::empty(LineKind::Service, 1, n)
    };
    Document {
        kind: DocKind::ItemizedBill,
        patient: vec![patient.to_owned()],
        member_id: Some("XQH 993 818 201".to_owned()),
        account_no: vec![account.to_owned()],
        provider: vec!["Lake Valley Clinic".to_owned()],
        balance_due: Some(Money::from_cents(28_050_000)),
        statement_date: Some(jiff::civil::date(2025, 4, 2)),
        lines: vec![line(1, "Blood count, ordered by A. Zabriskie"), line(2, "Blood count, ordered by A. Zabriskie")],
        message: format!("page 1: the row of {patient}, acct {account}, tel 555-010-7788, cannot be read"),
        unparsed: vec![UnparsedRow {
            page: 1,
            bbox: crate::record::BBox::default(),
            text: format!("{patient} lives at 12 Elm"),
            reason: "no grammar fits".to_owned(),
        }],
        repaired: vec![Repair {
            field: Field::Charge,
            line_no: Some(1),
            page: 1,
            from: "12.00".to_owned(),
            to: "72.00".to_owned(),
            by: vec![CheckKind::Allowed],
            agreement: Some(Agreement::OtherPaper),
            paper: Some("zabriskie-ana/ana's bill.pdf".to_owned()),
        }],
        sha256: "ab".repeat(32),
        ..Document::empty(path)
    }
}

struct Run {
    cases: Vec<Case>,
    reconciled: Vec<Reconciled>,
    report: RunReport,
}

fn run() -> Run {
    let mut case = Case::new(
        "zabriskie-ana",
        vec![
            bill("zabriskie-ana/ana's bill.pdf", "ZABRISKIE, ANA M", "AC-771-2041"),
            bill("zabriskie-ana/second.pdf#p2-3", "Ana Zabriskie", "0AC7712041"),
        ],
    );
    case.folder = Some(case.case_id.clone());
    case.file = parse_case_file("[patient]\nname = \"Ana M Zabriskie\"\nstate = \"TX\"\n[plan]\nkind = \"self-pay\"\n").unwrap();
    let reconciled = vec![reconcile_case(&case, &ReferenceTables::default(), &Decisions::default())];
    let report = RunReport {
        inputs: vec!["/home/ana/papers".to_owned()],
        working_dir: "/home/ana".to_owned(),
        files: vec![InputFile { path: "zabriskie-ana/ana's bill.pdf".to_owned(), sha256: "ab".repeat(32), bytes: 9 }],
        ..RunReport::default()
    };
    Run { cases: vec![case], reconciled, report }
}

fn told(run: &Run) -> String {
    let findings: Vec<&Finding> = run.reconciled.iter().flat_map(|r| &r.findings).collect();
    let accounts: Vec<_> = run.reconciled.iter().flat_map(|r| &r.accounts).collect();
    let rows: Vec<_> = run.reconciled.iter().map(|r| &r.row).collect();
    let documents: Vec<_> = run.cases.iter().flat_map(|c| &c.documents).collect();
    let facts: Vec<_> = run.cases.iter().map(|c| &c.file).collect();
    let ids: Vec<_> = run.cases.iter().map(|c| (&c.case_id, &c.folder)).collect();
    serde_json::to_string_pretty(&(findings, accounts, rows, documents, facts, ids, &run.report)).unwrap()
}

#[test]
fn nothing_that_names_a_person_is_left() {
    let mut run = run();
    redact(&mut run.cases, &mut run.reconciled, &mut run.report).unwrap();
    let told = told(&run).to_lowercase();
    for secret in ["zabriskie", "ana", "7712041", "771-2041", "993", "555-010", "elm", "abab", "home"] {
        let hits: Vec<&str> = told
            .lines()
            .filter(|l| l.split(|c: char| !c.is_alphanumeric()).any(|w| w == secret) || (secret.len() > 4 && l.contains(secret)))
            .collect();
        assert!(hits.is_empty(), "{secret}: {hits:#?}");
    }
}

#[test]
fn what_was_found_stays_as_it_was() {
    let plain = run();
    let mut run = run();
    redact(&mut run.cases, &mut run.reconciled, &mut run.report).unwrap();
    let (before, after) = (&plain.reconciled[0], &run.reconciled[0]);
    assert!(!before.findings.is_empty());
    let of = |r: &Reconciled| {
        r.findings.iter().map(|f| (f.rule, f.severity, f.amount_at_issue, f.line_no, f.service_date, f.doc)).collect::<Vec<_>>()
    };
    assert_eq!(of(before), of(after));
    assert_eq!(before.row.amount_disputed, after.row.amount_disputed);
    assert_eq!((after.row.patient.as_str(), after.row.case_id.as_str()), ("Patient 1", "case-001"));
    assert_eq!(run.cases[0].documents[0].provider, ["Lake Valley Clinic"]);
    assert_eq!(run.cases[0].documents[1].path, "paper-0002.pdf#p2-3");
    // The same account, though printed otherwise.
    assert_eq!(run.cases[0].documents[0].account_no, run.cases[0].documents[1].account_no);
    assert!(after.findings.iter().any(|f| f.explanation.contains("paper-000")), "{:?}", after.findings[0].explanation);
    let disputed = after.accounts.iter().flat_map(|a| &a.disputed).map(|d| &d.flag_id);
    for id in disputed {
        assert!(after.findings.iter().any(|f| &f.flag_id == id));
        assert!(plain.reconciled[0].findings.iter().all(|f| &f.flag_id != id));
    }
}

#[test]
fn amounts_codes_and_dates_are_no_secrets() {
    let mut run = run();
    redact(&mut run.cases, &mut run.reconciled, &mut run.report).unwrap();
    let secrets = Secrets::default();
    for kept in ["140,250.00", "140250.00", "2025-03-03", "CPT 85025", "03/03/2025", "45 CFR 149.410"] {
        assert_eq!(secrets.scrubbed(kept), kept);
    }
    for gone in ["MRN0091823", "ID 123-45-6789", "write to a.z@example.org", "5550107788"] {
        assert!(secrets.scrubbed(gone).contains(LEFT_OUT), "{gone}");
    }
    assert_eq!(run.cases[0].documents[0].lines[0].charge, Some(Money::from_cents(14_025_000)));
}

proptest! {
    #[test]
    fn a_name_is_found_wherever_it_stands(name in "[A-Z][a-z]{3,8} [A-Z][a-z]{3,10}", before in "[a-z .]{0,12}", number in "[A-Z]{1,2}[0-9]{6,9}") {
        let mut run = run();
        run.cases[0].documents[0].patient = vec![name.clone()];
        run.cases[0].documents[0].account_no = vec![number.clone()];
        run.cases[0].documents[0].message = format!("{before} {} ({number}).", name.to_uppercase());
        redact(&mut run.cases, &mut run.reconciled, &mut run.report).unwrap();
        let message = run.cases[0].documents[0].message.to_lowercase();
        prop_assert!(!message.contains(&name.to_lowercase()) && !message.contains(&number.to_lowercase()), "{}", message);
    }
}
