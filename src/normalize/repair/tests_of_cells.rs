//! Dates and codes on a scan: set to what the paper proves, or left.

use std::collections::{BTreeMap, BTreeSet};

use billproof_parsers::page_text::{BBox, DocumentText, PageText, TextSource, Word};
use billproof_parsers::statement::{Cell, DocKind, Field, LineKind, Money, Row, Statement, Value};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::normalize::normalize;
use crate::record::{Agreement, Document, Status};

/// Days of the stay, revenue code and CPT code of each service.
type Service = (i64, &'static str, &'static str, &'static str);

const KINDS: [(&str, &str, &str); 4] = [
    ("0305", "85025", "CBC WITH AUTO DIFF"),
    ("0301", "80053", "METABOLIC PANEL COMPREHENSIVE"),
    ("0324", "71046", "XR CHEST 2 VIEWS"),
    ("0450", "99284", "EMERGENCY VISIT LEVEL 4"),
];
const FIRST: Date = date(2025, 4, 4);
const DAYS: i64 = 6;

struct Paper {
    statement: Statement,
    text: DocumentText,
}

fn day(n: i64) -> Date {
    FIRST.checked_add(n.days()).unwrap()
}

fn printed(d: Date) -> String {
    format!("{:02}/{:02}/{:04}", d.month(), d.day(), d.year())
}

/// A hospital's bill of a stay of some days, every word read with certainty.
fn paper(services: &[Service]) -> Paper {
    let mut words = Vec::new();
    let mut cell = |value: Value, raw: &str, x: f32, y: f32| {
        let bbox = BBox::new(x, y, x + 40.0, y + 10.0);
        words.push(Word { source: TextSource::Ocr, confidence: 0.99, ..Word::digital(raw, bbox) });
        Cell { value, raw: raw.to_owned(), page: 1, bbox, confidence: 0.99 }
    };
    let header = [(Field::ServiceFrom, 0), (Field::ServiceTo, DAYS - 1), (Field::StatementDate, 30)]
        .into_iter()
        .enumerate()
        .map(|(i, (f, n))| (f, vec![cell(Value::Date(day(n)), &printed(day(n)), 400.0, 20.0 * i as f32)]))
        .collect();
    let rows = services
        .iter()
        .enumerate()
        .map(|(i, (n, revenue, code, name))| {
            let y = 100.0 + 20.0 * i as f32;
            let charge = Money::from_cents(10_000 + i as i64);
            let cells = BTreeMap::from([
                (Field::ServiceDate, cell(Value::Date(day(*n)), &printed(day(*n)), 0.0, y)),
                (Field::RevenueCode, cell(Value::Code((*revenue).to_owned()), revenue, 60.0, y)),
                (Field::Code, cell(Value::Code((*code).to_owned()), code, 120.0, y)),
                (Field::Description, cell(Value::Text((*name).to_owned()), &name.replace(' ', ""), 180.0, y)),
                (Field::Charge, cell(Value::Money(charge), &charge.to_string(), 300.0, y)),
            ]);
            Row { kind: LineKind::Service, cells, claim: None, page: 1, bbox: BBox::new(0.0, y, 340.0, y + 10.0) }
        })
        .collect();
    let statement = Statement {
        layout: "bill".into(),
        kind: DocKind::ItemizedBill,
        header,
        claims: Vec::new(),
        rows,
        totals: Vec::new(),
        notes: Vec::new(),
        facts: Vec::new(),
        unparsed: Vec::new(),
        columns: BTreeSet::from([Field::ServiceDate, Field::RevenueCode, Field::Code, Field::Description, Field::Charge]),
        tie: Vec::new(),
    };
    let page = PageText {
        number: 1,
        width: 612.0,
        height: 792.0,
        words,
        rulings: Vec::new(),
        source: TextSource::Ocr,
        to_page: PageText::IDENTITY,
        bend: None,
    };
    Paper { statement, text: DocumentText { pages: vec![page] } }
}

impl Paper {
    /// Reads a cell as something else, or as nothing, with other readings in mind.
    fn misread(&mut self, row: usize, field: Field, value: Option<Value>, raw: &str, confidence: f32, others: &[(&str, f32)]) {
        let cells = &mut self.statement.rows[row].cells;
        let bbox = cells[&field].bbox;
        match value {
            Some(value) => {
                let cell = cells.get_mut(&field).unwrap();
                (cell.value, cell.confidence, cell.raw) = (value, confidence, raw.to_owned());
            }
            None => drop(cells.remove(&field)),
        }
        let word = self.text.pages[0].words.iter_mut().find(|w| w.bbox == bbox).unwrap();
        (word.text, word.confidence) = (raw.to_owned(), confidence);
        word.alternatives = others.iter().map(|(t, p)| ((*t).to_owned(), *p)).collect();
    }

    fn read(&self) -> Document {
        normalize(&self.statement, &self.text)
    }
}

/// Services of a stay in order of their days.
fn services() -> impl Strategy<Value = Vec<Service>> {
    prop::collection::vec((0..DAYS, 0_usize..KINDS.len()), 6..14).prop_map(|mut list| {
        list.sort_unstable();
        list.into_iter().map(|(n, k)| (n, KINDS[k].0, KINDS[k].1, KINDS[k].2)).collect()
    })
}

/// The text with one of its digits exchanged.
fn with_digit(text: &str, place: usize, digit: u8) -> String {
    let places: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(i, _)| i).collect();
    let at = places[place % places.len()];
    format!("{}{digit}{}", &text[..at], &text[at + 1..])
}

fn as_date(text: &str) -> Option<Date> {
    billproof_parsers::grammar::date::date(text)?.resolve(None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_misread_date_is_set_right_or_left(
        services in services(), row in 0_usize..14, place in 0_usize..8, digit in 0_u8..10, confidence in 0.2_f32..0.94, seen: bool,
    ) {
        let row = row % services.len();
        let right = day(services[row].0);
        let raw = with_digit(&printed(right), place, digit);
        let wrong = as_date(&raw);
        let mut p = paper(&services);
        let truth = printed(right);
        let others: &[(&str, f32)] = if seen { &[(truth.as_str(), 0.1)] } else { &[] };
        p.misread(row, Field::ServiceDate, wrong.map(Value::Date), &raw, confidence, others);
        let d = p.read();
        let got = d.lines[row].service_date;
        prop_assert!(got == Some(right) || got == wrong, "{right}: {raw} -> {got:?}");
        if got != wrong {
            prop_assert_eq!(d.repaired.iter().find(|r| r.field == Field::ServiceDate).and_then(|r| r.agreement), Some(Agreement::Dates));
            prop_assert!(d.lines[row].figures_confidence < 0.95);
        }
        for (i, l) in d.lines.iter().enumerate().filter(|(i, _)| *i != row) {
            prop_assert_eq!(l.service_date, Some(day(services[i].0)));
        }
    }

    #[test]
    fn a_misread_code_is_set_right_or_left(
        services in services(), row in 0_usize..14, revenue: bool, place in 0_usize..5, digit in 0_u8..10,
        confidence in 0.2_f32..0.94, seen: bool,
    ) {
        let row = row % services.len();
        let (field, right) = if revenue { (Field::RevenueCode, services[row].1) } else { (Field::Code, services[row].2) };
        let raw = with_digit(right, place, digit);
        let mut p = paper(&services);
        let others: &[(&str, f32)] = if seen { &[(right, 0.1)] } else { &[] };
        p.misread(row, field, Some(Value::Code(raw.clone())), &raw, confidence, others);
        let d = p.read();
        let got = if revenue { d.lines[row].revenue_code.as_deref() } else { d.lines[row].code.as_deref() };
        prop_assert!(got == Some(right) || got == Some(raw.as_str()), "{right}: {raw} -> {got:?}");
    }

    #[test]
    fn what_is_printed_wrong_stays_wrong(
        services in services(), row in 0_usize..14, place in 0_usize..8, digit in 0_u8..10, digital: bool,
    ) {
        let row = row % services.len();
        let (date, code) = (with_digit(&printed(day(services[row].0)), place, digit), with_digit(services[row].2, place, digit));
        // What is no day of the calendar is not read as one.
        let wrong = as_date(&date);
        if wrong.is_none() {
            return Ok(());
        }
        let mut p = paper(&services);
        // On a digital page nothing is doubted, whatever is said of its words.
        let confidence = if digital { 0.5 } else { 0.99 };
        p.misread(row, Field::ServiceDate, wrong.map(Value::Date), &date, confidence, &[]);
        p.misread(row, Field::Code, Some(Value::Code(code.clone())), &code, confidence, &[]);
        if digital {
            p.text.pages[0].source = TextSource::Digital;
        }
        let d = p.read();
        prop_assert_eq!(d.lines[row].service_date, wrong);
        prop_assert_eq!(d.lines[row].code.as_deref(), Some(code.as_str()));
        prop_assert!(d.repaired.is_empty() && d.open_cells.is_empty());
        prop_assert_eq!(d.status, Status::Ok);
    }
}

fn stay() -> Vec<Service> {
    [0, 0, 1, 2, 2, 4, 5].into_iter().zip(KINDS.into_iter().cycle()).map(|(n, (r, c, name))| (n, r, c, name)).collect()
}

#[test]
fn a_date_outside_the_stay_is_set_to_its_only_fitting_reading() {
    let mut p = paper(&stay());
    p.misread(3, Field::ServiceDate, Some(Value::Date(date(2025, 9, 6))), "09/06/2025", 0.6, &[("04/06/2025", 0.3)]);
    let d = p.read();
    assert_eq!(d.lines[3].service_date, Some(date(2025, 4, 6)));
    let r = &d.repaired[0];
    assert_eq!((r.line_no, r.from.as_str(), r.to.as_str()), (Some(4), "2025-09-06", "2025-04-06"));
    assert_eq!((r.agreement, d.status), (Some(Agreement::Dates), Status::Ok));
}

#[test]
fn two_fitting_dates_are_none_and_the_row_is_named() {
    let mut p = paper(&stay());
    p.misread(
        5,
        Field::ServiceDate,
        Some(Value::Date(date(2025, 9, 7))),
        "09/07/2025",
        0.4,
        &[("04/07/2025", 0.3), ("04/08/2025", 0.3)],
    );
    let d = p.read();
    assert_eq!(d.lines[5].service_date, Some(date(2025, 9, 7)));
    assert_eq!(d.status, Status::Partial);
    assert!(d.message.contains("page 1: row 6: its date"), "{}", d.message);
    assert!(d.repaired.is_empty() && d.lines[5].figures_confidence <= super::CONTRADICTED);
}

#[test]
fn an_unread_date_is_read_where_one_day_fits() {
    let mut p = paper(&stay());
    p.misread(3, Field::ServiceDate, None, "04/0G/2025", 0.3, &[("04/06/2025", 0.2)]);
    assert_eq!(p.read().lines[3].service_date, Some(date(2025, 4, 6)));
    assert_eq!(p.read().repaired[0].from, "");
}

#[test]
fn an_unread_revenue_code_is_known_by_the_same_service_or_by_its_form() {
    let mut p = paper(&stay());
    p.misread(4, Field::RevenueCode, None, "Q305", 0.5, &[("0305", 0.4)]);
    let d = p.read();
    assert_eq!((d.lines[4].revenue_code.as_deref(), d.repaired[0].agreement), (Some("0305"), Some(Agreement::SameService)));
    // The service stands on this row alone.
    p = paper(&stay());
    p.misread(3, Field::RevenueCode, None, "Q450", 0.5, &[("0450", 0.4)]);
    assert_eq!(p.read().repaired[0].agreement, Some(Agreement::Form));
}

#[test]
fn a_header_date_after_its_rows_is_set_to_the_fitting_reading() {
    let mut p = paper(&stay());
    let cell = &mut p.statement.header.get_mut(&Field::ServiceFrom).unwrap()[0];
    (cell.value, cell.confidence) = (Value::Date(date(2025, 9, 4)), 0.6);
    let bbox = cell.bbox;
    let word = p.text.pages[0].words.iter_mut().find(|w| w.bbox == bbox).unwrap();
    (word.text, word.confidence, word.alternatives) = ("09/04/2025".to_owned(), 0.6, vec![("04/04/2025".to_owned(), 0.3)]);
    let d = p.read();
    assert_eq!((d.service_from, d.repaired[0].line_no), (Some(FIRST), None));
}

#[test]
fn readings_of_one_day_bear_each_other_out() {
    let mut p = paper(&stay());
    p.misread(
        3,
        Field::ServiceDate,
        Some(Value::Date(date(2025, 9, 6))),
        "09/06/2025",
        0.6,
        &[("09/06/2025.", 0.38), ("04/06/2025", 0.02)],
    );
    assert_eq!(p.read().lines[3].service_date, Some(date(2025, 9, 6)));
}

#[test]
fn what_only_other_papers_can_settle_is_kept_for_them() {
    let mut p = paper(&stay());
    p.misread(3, Field::Code, Some(Value::Code("99281".into())), "99281", 0.6, &[("99284", 0.3)]);
    let d = p.read();
    assert_eq!(d.lines[3].code.as_deref(), Some("99281"));
    assert_eq!((d.open_cells[0].line_no, d.open_cells[0].readings.as_slice()), (4, &["99284".to_owned()][..]));
}
