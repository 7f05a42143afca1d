use std::io::BufReader;

use jiff::civil::date;

use super::*;
use crate::case_file::parse_case_file;
use crate::case_log::EntryKind;
use crate::decisions::Decisions;
use crate::export::csv;
use crate::ledger::reconcile_case;
use crate::record::{DocKind, LineKind, Money, ServiceLine, TextOrigin};
use crate::reference::ReferenceTables;

/// A hospital's bill of which nothing is known but the balance, and a plan's refusal with a deadline.
fn case(id: &str) -> Case {
    let mut bill = Document::empty("c/bill.pdf");
    bill.kind = DocKind::ItemizedBill;
    bill.text_source = Some(TextOrigin::Digital);
    bill.patient = vec!["Jane Doe".into()];
    bill.provider = vec!["Willow Bend Hospital".into()];
    bill.statement_date = Some(date(2025, 5, 1));
    bill.balance_due = Some(Money::from_cents(20_000));
    let mut line = ServiceLine::empty(LineKind::Service, 1, 1);
    line.service_date = Some(date(2025, 3, 9));
    line.code = Some("70450".into());
    line.description = Some("CT HEAD".into());
    line.charge = Some(Money::from_cents(20_000));
    bill.lines.push(line);
    let mut denial = Document::empty("c/denial.pdf");
    denial.kind = DocKind::DenialLetter;
    denial.patient = bill.patient.clone();
    denial.payer = Some("Tall Pine; Health, Inc".into());
    denial.statement_date = Some(date(2025, 4, 1));
    let mut case = Case::new(id, vec![bill, denial]);
    case.file = parse_case_file("[plan]\nkind = \"commercial\"\n").unwrap();
    case
}

fn logged(case_id: &str) -> BTreeMap<String, Vec<Entry>> {
    let mut promise = Entry::new(case_id, EntryKind::Promise, date(2025, 6, 1));
    promise.entry = 1;
    promise.with = "Billing office".into();
    promise.note = "send the itemized bill".into();
    promise.terms.due = Some(date(2025, 6, 20));
    BTreeMap::from([(case_id.to_owned(), vec![promise])])
}

fn all_of(id: &str) -> Vec<Deadline> {
    let cases = [case(id)];
    let reconciled = [reconcile_case(&cases[0], &ReferenceTables::default(), &Decisions::default())];
    deadlines(&cases, &reconciled, &logged(id))
}

#[test]
fn findings_promises_and_what_may_come_are_listed_by_day() {
    let all = all_of("c");
    let shown: Vec<(String, &str, &str)> = all.iter().map(|d| (d.date.to_string(), d.kind.as_str(), d.with.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("2025-06-20".to_owned(), "promise", "Billing office"),
            ("2025-09-28".to_owned(), "appealable-denial", "Tall Pine; Health, Inc"),
            ("2025-12-27".to_owned(), "apply-for-assistance", "Willow Bend Hospital"),
        ]
    );
    assert_eq!((all[1].flag_id.len(), all[0].flag_id.as_str()), (12, ""));
    let mut written = Vec::new();
    csv::write(&mut written, &all).unwrap();
    let text = String::from_utf8(written).unwrap();
    assert!(
        text.starts_with("case_id,patient,date,kind,what,with,flag_id\nc,Jane Doe,2025-06-20,promise,Promised: send"),
        "{text}"
    );
}

#[test]
fn the_calendar_is_read_by_another_parser() {
    let id = "a case, with; signs \\ and a name so long that its summary has to be folded over several lines of text Ünï";
    let all = all_of(id);
    let mut written = Vec::new();
    write_calendar(&mut written, &all).unwrap();
    let mut again = Vec::new();
    write_calendar(&mut again, &all).unwrap();
    assert_eq!(written, again);
    let text = String::from_utf8(written).unwrap();
    assert!(text.split("\r\n").all(|l| l.len() <= 75 && !l.contains('\n')), "{text}");

    let calendars: Vec<_> = ical::IcalParser::new(BufReader::new(text.as_bytes())).map(Result::unwrap).collect();
    assert_eq!((calendars.len(), calendars[0].events.len()), (1, all.len()));
    for (event, deadline) in calendars[0].events.iter().zip(&all) {
        let of = |name: &str| {
            let found: Vec<_> = event.properties.iter().filter(|p| p.name == name).collect();
            assert_eq!(found.len(), 1, "{name}");
            found[0].value.clone().unwrap()
        };
        assert_eq!(of("UID"), format!("{}@billproof", deadline.uid));
        assert_eq!(of("DTSTART"), deadline.date.strftime("%Y%m%d").to_string());
        assert_eq!(of("DTEND"), deadline.date.tomorrow().unwrap().strftime("%Y%m%d").to_string());
        assert!(of("DTSTAMP").ends_with("T000000Z"));
        assert!(of("SUMMARY").contains("a case\\, with\\; signs \\\\ and"), "{}", of("SUMMARY"));
        assert_eq!(event.alarms.len(), 1);
        let trigger = event.alarms[0].properties.iter().find(|p| p.name == "TRIGGER").unwrap().value.clone().unwrap();
        assert!(["-P7D", "-PT604800S"].contains(&trigger.as_str()), "{trigger}");
    }
    for detail in ["CT HEAD", "70450", "200.00", "Willow", "Jane"] {
        assert!(!text.contains(detail), "{detail}: {text}");
    }
}

#[test]
fn every_event_has_an_id_of_its_own() {
    let all = all_of("c");
    let ids: std::collections::BTreeSet<&str> = all.iter().map(|d| d.uid.as_str()).collect();
    assert_eq!(ids.len(), all.len());
    assert_eq!(all, all_of("c"));
}
