use std::collections::{BTreeMap, BTreeSet};

use billproof_parsers::page_text::{BBox, DocumentText, PageText, TextSource, Word};
use billproof_parsers::statement::{Cell, DocKind, Field, LineKind, Money, Row, Statement, Total, TotalScope, Value};
use proptest::prelude::*;

use crate::normalize::normalize;
use crate::record::{CheckKind, Document, Status};

const COLUMNS: [Field; 5] = [Field::Charge, Field::PlanDiscount, Field::Allowed, Field::PlanPaid, Field::PatientResponsibility];

/// The amounts in cents of a settled claim: one row for each service, the sums last.
fn table(services: &[(i64, i64, i64)]) -> Vec<[i64; 5]> {
    let mut rows: Vec<[i64; 5]> = services
        .iter()
        .map(|&(charge, discount, share)| {
            let (discount, allowed) = (discount.min(charge), charge - discount.min(charge));
            let share = share.min(allowed);
            [charge, discount, allowed, allowed - share, share]
        })
        .collect();
    let sums = (0..5).map(|c| rows.iter().map(|r| r[c]).sum()).collect::<Vec<i64>>();
    rows.push([sums[0], sums[1], sums[2], sums[3], sums[4]]);
    rows
}

struct Paper {
    statement: Statement,
    text: DocumentText,
}

/// A scan of the table, read with this confidence.
fn paper(rows: &[[i64; 5]], sums: bool, confidence: f32) -> Paper {
    let mut words = Vec::new();
    let mut cells_of = |i: usize, row: &[i64; 5]| -> BTreeMap<Field, Cell> {
        COLUMNS
            .iter()
            .enumerate()
            .map(|(c, field)| {
                let value = Money::from_cents(row[c]);
                let bbox = BBox::new(100.0 * c as f32, 20.0 * i as f32, 100.0 * c as f32 + 40.0, 20.0 * i as f32 + 10.0);
                let mut word = Word::digital(value.to_string(), bbox);
                word.source = TextSource::Ocr;
                word.confidence = confidence;
                words.push(word);
                (*field, Cell { value: Value::Money(value), raw: value.to_string(), page: 1, bbox, confidence })
            })
            .collect()
    };
    let (last, services) = rows.split_last().unwrap();
    let printed: Vec<Row> = services
        .iter()
        .enumerate()
        .map(|(i, r)| Row { kind: LineKind::Service, cells: cells_of(i, r), claim: None, page: 1, bbox: BBox::default() })
        .collect();
    let totals = sums.then(|| Total {
        label: "Totals".into(),
        scope: TotalScope::Document,
        cells: cells_of(services.len(), last),
        rows: (0, services.len()),
        claim: None,
    });
    let statement = Statement {
        layout: "eob_table".into(),
        kind: DocKind::Eob,
        header: BTreeMap::new(),
        claims: Vec::new(),
        rows: printed,
        totals: totals.into_iter().collect(),
        notes: Vec::new(),
        facts: Vec::new(),
        unparsed: Vec::new(),
        columns: COLUMNS.into_iter().collect::<BTreeSet<_>>(),
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
    /// Reads one amount as another.
    fn misread(&mut self, row: usize, column: usize, cents: i64, confidence: f32) {
        let cells = match self.statement.rows.get_mut(row) {
            Some(r) => &mut r.cells,
            None => &mut self.statement.totals[0].cells,
        };
        let cell = cells.get_mut(&COLUMNS[column]).unwrap();
        cell.value = Value::Money(Money::from_cents(cents));
        cell.raw = Money::from_cents(cents).to_string();
        cell.confidence = confidence;
        let word = &mut self.text.pages[0].words[row * 5 + column];
        word.text.clone_from(&cell.raw);
        word.confidence = confidence;
    }

    fn read(&self) -> Document {
        normalize(&self.statement, &self.text)
    }
}

fn amounts(d: &Document) -> Vec<[i64; 5]> {
    let exact = |m: Option<Money>| m.map_or(0, |m| m.to_string().replace('.', "").parse().unwrap());
    d.lines
        .iter()
        .map(|l| [exact(l.charge), exact(l.plan_discount), exact(l.allowed), exact(l.plan_paid), exact(l.patient_responsibility)])
        .collect()
}

/// The amount with one of its digits exchanged.
fn with_digit(cents: i64, place: u32, digit: i64) -> i64 {
    let unit = 10_i64.pow(place % cents.max(1).to_string().len() as u32);
    cents - (cents / unit % 10) * unit + digit * unit
}

fn services() -> impl Strategy<Value = Vec<(i64, i64, i64)>> {
    prop::collection::vec((100_i64..900_000, 1_i64..300_000, 0_i64..90_000), 3..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_broken_digit_is_set_right_or_left(
        services in services(), row in 0_usize..8, column in 0_usize..5, place in 0_u32..6, digit in 0_i64..10, sums: bool,
    ) {
        let true_rows = table(&services);
        let row = row % services.len();
        let wrong = with_digit(true_rows[row][column], place, digit);
        let mut p = paper(&true_rows, sums, 0.99);
        p.misread(row, column, wrong, 0.6);
        let mut broken = true_rows.clone();
        broken.pop();
        let right = broken.clone();
        broken[row][column] = wrong;
        let got = amounts(&p.read());
        prop_assert!(got == right || got == broken, "{got:?}");
    }

    #[test]
    fn of_two_broken_digits_none_becomes_a_third_thing(
        services in services(), a in (0_usize..8, 0_usize..5, 0_u32..6, 0_i64..10), b in (0_usize..8, 0_usize..5, 0_u32..6, 0_i64..10),
    ) {
        let true_rows = table(&services);
        let mut p = paper(&true_rows, true, 0.99);
        let mut broken = true_rows.clone();
        broken.pop();
        let right = broken.clone();
        for (row, column, place, digit) in [a, b] {
            let row = row % services.len();
            let wrong = with_digit(true_rows[row][column], place, digit);
            broken[row][column] = wrong;
            p.misread(row, column, wrong, 0.6);
        }
        let got = amounts(&p.read());
        for ((got, right), broken) in got.iter().flatten().zip(right.iter().flatten()).zip(broken.iter().flatten()) {
            prop_assert!(got == right || got == broken);
        }
    }

    #[test]
    fn what_is_printed_wrong_stays_wrong(
        services in services(), row in 0_usize..8, column in 0_usize..5, place in 0_u32..6, digit in 0_i64..10,
    ) {
        let true_rows = table(&services);
        let row = row % services.len();
        let wrong = with_digit(true_rows[row][column], place, digit);
        let mut p = paper(&true_rows, true, 0.99);
        p.misread(row, column, wrong, 0.99);
        let d = p.read();
        prop_assert_eq!(amounts(&d)[row][column], wrong);
        prop_assert!(d.repaired.is_empty());
        prop_assert_eq!(d.status, Status::Ok);
    }
}

const SERVICES: [(i64, i64, i64); 4] =
    [(26_700, 12_907, 2_000), (14_200, 6_861, 1_500), (65_044, 31_010, 0), (9_130, 4_000, 5_130)];

#[test]
fn a_misread_digit_is_set_right_and_recorded() {
    let true_rows = table(&SERVICES);
    let mut p = paper(&true_rows, true, 0.99);
    p.misread(1, 2, 1_339, 0.7);
    let d = p.read();
    assert_eq!(d.lines[1].allowed, Some(Money::from_cents(7_339)));
    let r = &d.repaired[0];
    assert_eq!((r.field, r.line_no, r.page), (Field::Allowed, Some(2), 1));
    assert_eq!((r.from.as_str(), r.to.as_str()), ("13.39", "73.39"));
    assert!(r.by.contains(&CheckKind::Allowed) && r.by.contains(&CheckKind::ColumnTotal));
    assert!(d.lines[1].confidence >= 0.95);
}

#[test]
fn one_equation_supports_and_does_not_prove() {
    let mut p = paper(&table(&SERVICES), false, 0.99);
    p.misread(0, 0, 21_700, 0.5);
    let d = p.read();
    assert_eq!(d.lines[0].charge, Some(Money::from_cents(26_700)));
    assert_eq!(d.repaired[0].by, [CheckKind::Allowed]);
    assert!(d.lines[0].confidence < 0.95);
}

#[test]
fn several_ways_out_are_none() {
    // Either the charge was 240.00 or the discount 130.00: one digit each, and no sum to tell.
    let services = [(24_000, 10_000, 1_000), (26_700, 12_907, 2_000), (14_200, 6_861, 1_500), (65_044, 31_010, 0)];
    let mut p = paper(&table(&services), false, 0.99);
    p.misread(0, 0, 27_000, 0.5);
    p.misread(0, 1, 10_000, 0.5);
    let d = p.read();
    assert_eq!(d.lines[0].charge, Some(Money::from_cents(27_000)));
    assert_eq!(d.lines[0].plan_discount, Some(Money::from_cents(10_000)));
    assert_eq!(d.status, Status::Partial);
    assert!(d.message.contains("page 1: row 1"), "{}", d.message);
    assert!(d.lines[0].confidence < 0.95);
}

#[test]
fn digital_figures_are_never_doubted() {
    let mut p = paper(&table(&SERVICES), true, 1.0);
    p.misread(1, 2, 1_339, 0.6);
    p.text.pages[0].source = TextSource::Digital;
    let d = p.read();
    assert_eq!(d.lines[1].allowed, Some(Money::from_cents(1_339)));
    assert!(d.repaired.is_empty());
}

#[test]
fn two_readings_of_one_column_are_found_by_its_sum() {
    let mut p = paper(&table(&SERVICES), true, 0.99);
    // Only the charges are printed, so that nothing but the sum holds them.
    let keep = |cells: &mut BTreeMap<Field, Cell>| cells.retain(|f, _| *f == Field::Charge);
    p.misread(0, 0, 20_700, 0.97);
    p.misread(2, 0, 65_844, 0.97);
    p.text.pages[0].words[0].alternatives = vec![("267.00".into(), 0.2)];
    p.text.pages[0].words[10].alternatives = vec![("650.44".into(), 0.2), ("658.41".into(), 0.05)];
    p.statement.rows.iter_mut().for_each(|r| keep(&mut r.cells));
    keep(&mut p.statement.totals[0].cells);
    let charges: Vec<_> = p.read().lines.iter().map(|l| l.charge.unwrap()).collect();
    assert_eq!(charges, [26_700, 14_200, 65_044, 9_130].map(Money::from_cents));
}

#[test]
fn charges_under_a_lost_heading_are_known_by_their_sum() {
    let mut p = paper(&table(&SERVICES), true, 0.99);
    let rename = |cells: &mut BTreeMap<Field, Cell>| {
        cells.retain(|f, _| *f == Field::Charge);
        let cell = cells.remove(&Field::Charge).unwrap();
        cells.insert(Field::NotCovered, cell);
    };
    p.statement.kind = DocKind::ItemizedBill;
    p.statement.rows.iter_mut().for_each(|r| rename(&mut r.cells));
    rename(&mut p.statement.totals[0].cells);
    let d = p.read();
    assert_eq!(d.lines[2].charge, Some(Money::from_cents(65_044)));
    assert_eq!(d.lines[2].not_covered, None);
    assert_eq!(d.total_charges, Some(Money::from_cents(115_074)));
}
