use super::*;
use crate::record::{DocKind, LineKind, Money, ServiceLine};
use jiff::civil::date;

fn first_folder(path: &str) -> Option<String> {
    path.split_once('/').map(|(folder, _)| folder.to_owned())
}

fn doc(path: &str, kind: DocKind, patient: &[&str], provider: &str, account: &str, day: i8) -> Document {
    let mut d = Document::empty(path);
    d.kind = kind;
    d.status = Status::Ok;
    d.sha256 = format!("hash of {path}");
    d.patient = patient.iter().map(|s| (*s).to_owned()).collect();
    d.provider = vec![provider.to_owned()];
    if !account.is_empty() {
        d.account_no = vec![account.to_owned()];
    }
    d.statement_date = Some(date(2025, 5, day));
    let mut l = ServiceLine::empty(LineKind::Service, 1, 1);
    l.service_date = Some(date(2025, 3, day));
    l.charge = Some(Money::from_cents(10_000 + i64::from(day)));
    d.lines.push(l);
    d
}

fn ids(cases: &[Case]) -> Vec<(&str, Vec<&str>)> {
    cases.iter().map(|c| (c.case_id.as_str(), c.documents.iter().map(|d| d.path.as_str()).collect())).collect()
}

#[test]
fn a_folder_is_a_case_with_all_below_it() {
    let docs = vec![
        doc("b/eob/x.pdf", DocKind::Eob, &["Jane Doe"], "Lakeside Imaging", "", 1),
        doc("b/bill.pdf", DocKind::ItemizedBill, &["John Roe"], "Lakeside Imaging", "", 2),
        doc("a/bill.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "", 3),
    ];
    let cases = group(docs.clone(), CaseBy::Auto, first_folder);
    assert_eq!(ids(&cases), [("a", vec!["a/bill.pdf"]), ("b", vec!["b/bill.pdf", "b/eob/x.pdf"])]);
    let people = group(docs, CaseBy::Patient, first_folder);
    assert_eq!(ids(&people), [("jane-doe", vec!["a/bill.pdf", "b/eob/x.pdf"]), ("john-roe", vec!["b/bill.pdf"])]);
}

#[test]
fn several_inputs_keep_their_names() {
    let docs = vec![
        doc("in1/a/bill.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "", 1),
        doc("in2/a/bill.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "", 2),
        doc("in2/loose.pdf", DocKind::ItemizedBill, &["John Roe"], "Lakeside Imaging", "", 3),
    ];
    let cases = group(docs, CaseBy::Auto, |p| p.strip_suffix("/bill.pdf").map(str::to_owned));
    assert_eq!(cases.iter().map(|c| c.case_id.as_str()).collect::<Vec<_>>(), ["in1/a", "in2/a", "john-roe"]);
}

#[test]
fn loose_files_by_patient_number_and_dates() {
    let mut nameless = doc("n.pdf", DocKind::CollectionNotice, &[], "Lakeside Imaging", "AC-4411", 20);
    nameless.lines.clear();
    let docs = vec![
        doc("1.pdf", DocKind::ItemizedBill, &["DOE, JANE Q"], "Lakeside Imaging", "AC-4411", 1),
        doc("2.pdf", DocKind::Eob, &["Jane Q. Doe"], "Other Clinic", "", 9),
        doc("3.pdf", DocKind::ItemizedBill, &["John Roe"], "Hilltop Lab", "77-1234", 4),
        doc("4.pdf", DocKind::Eob, &["J0HN ROE"], "Hilltop Lab", "", 4),
        doc("family.pdf", DocKind::Eob, &["Jane Q Doe", "Tim Doe"], "Lakeside Imaging", "", 1),
        nameless,
    ];
    let cases = group(docs, CaseBy::Auto, first_folder);
    assert_eq!(
        ids(&cases),
        [("jane-q-doe", vec!["1.pdf", "2.pdf", "family.pdf", "n.pdf"]), ("john-roe", vec!["3.pdf", "4.pdf"])]
    );
}

#[test]
fn a_family_eob_does_not_join_two_people() {
    let mut eob = doc("e.pdf", DocKind::Eob, &["Jane Doe", "Tim Doe"], "Lakeside Imaging", "AC-4411", 1);
    eob.account_no.push("AC-5522".into());
    let docs = vec![
        doc("1.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "AC-4411", 1),
        doc("2.pdf", DocKind::ItemizedBill, &["Tim Doe"], "Lakeside Imaging", "AC-5522", 1),
        eob,
    ];
    assert_eq!(group(docs, CaseBy::Auto, first_folder).len(), 2);
}

#[test]
fn duplicates_name_the_first_file() {
    let a = doc("c/bill.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "AC-4411", 1);
    let mut copy = a.clone();
    copy.path = "c/bill (1).pdf".into();
    let mut rescanned = a.clone();
    rescanned.path = "c/scan.pdf".into();
    rescanned.sha256 = "other".into();
    rescanned.confidence = 0.9;
    let mut later = a.clone();
    later.path = "c/later.pdf".into();
    later.sha256 = "later".into();
    later.statement_date = Some(date(2025, 6, 1));
    let cases = group(vec![copy, rescanned, later, a], CaseBy::Auto, first_folder);
    let got: Vec<(&str, Status, &str)> =
        cases[0].documents.iter().map(|d| (d.path.as_str(), d.status, d.message.as_str())).collect();
    assert_eq!(
        got,
        [
            ("c/bill (1).pdf", Status::Duplicate, "same as c/bill.pdf"),
            ("c/bill.pdf", Status::Ok, ""),
            ("c/later.pdf", Status::Ok, ""),
            ("c/scan.pdf", Status::Duplicate, "same as c/bill.pdf"),
        ]
    );
}

#[test]
fn parts_of_one_file_are_no_duplicates() {
    let a = doc("c/stack.pdf#p1-2", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "AC-4411", 1);
    let mut b = doc("c/stack.pdf#p3-4", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "AC-4412", 2);
    b.sha256.clone_from(&a.sha256);
    let cases = group(vec![a, b], CaseBy::Auto, first_folder);
    assert!(cases[0].documents.iter().all(|d| d.status == Status::Ok));
}
