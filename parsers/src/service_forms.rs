//! Services as boxes of a form: captions in one line, the values under them in the next, and again for the amounts.
//!
//! ```text
//! DATE OF SERVICE   PROCEDURE   MODIFIER   UNITS   SERVICE
//! 07/04/2024        73610       26         1       XR ANKLE 3+ VIEWS
//! CHARGE            INSURANCE PAID         INSURANCE WRITE-OFF     YOU OWE
//!          126.84              64.79                    45.85           16.20
//! ```
//! A line is one of captions where all of its phrases head columns elsewhere; what stands in the next line belongs to the
//! caption at whose left it begins or which it is the next behind. A box ends where one of its captions comes again. Boxes
//! with an amount charged and a day or a code are services, those with amounts alone are sums.

use std::collections::BTreeMap;

use crate::columns::{is_money_field, split_phrases};
use crate::form_heads::{self, Head};
use crate::grammar::{code, date, money, units};
use crate::page_text::{BBox, Word};
use crate::postings::Postings;
use crate::reading::{Setting, TableReading, money_of};
use crate::short_sums;
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::text_lines::{Line, PageLines, Phrase, join};
use crate::vocabulary::Vocabulary;

/// The values stand no farther under their captions than this, in sizes of the values' type.
const STEP: f32 = 2.4;

/// A value begins no farther left of its caption than this, in points.
const OUT: f32 = 4.0;

/// Reads all boxes of a bill; nothing where there are none.
pub fn read(pages: &[PageLines], vocabulary: &Vocabulary, setting: &Setting) -> TableReading {
    let mut out = TableReading::default();
    let mut postings = Postings::default();
    let mut open = Form::default();
    for page in pages {
        let mut i = 0;
        while i < page.lines.len() {
            let line = &page.lines[i];
            let next = page.lines.get(i + 1);
            let Some((captions, values)) = captions(line, vocabulary).zip(next.filter(|n| under(line, n))) else {
                postings.take(line, setting, &mut out.rows);
                i += 1;
                continue;
            };
            if captions.iter().any(|c| c.field != Field::Ignored && open.captions.contains(&c.field)) {
                open.close(&mut out);
            }
            let head = i.checked_sub(1).map(|k| &page.lines[k]).filter(|h| under(h, line));
            if let Some(head) = head.and_then(|h| form_heads::of(h, &captions, vocabulary)) {
                open.close(&mut out);
                open.begin(head);
            }
            open.take(&captions, values, setting);
            i += 2;
        }
        // no box goes on over a page end
        open.close(&mut out);
    }
    if out.rows.iter().all(|r| r.kind != LineKind::Service) {
        return TableReading::default();
    }
    postings.settle(&mut out.rows);
    out.unparsed.extend(lacking(&out));
    out.columns = out.rows.iter().flat_map(|r| r.cells.keys().copied()).collect();
    out
}

/// One caption of a line of them.
pub(crate) struct Caption {
    pub(crate) field: Field,
    x0: f32,
}

/// The captions of a line that holds nothing else, at least three of them, all known.
fn captions(line: &Line, vocabulary: &Vocabulary) -> Option<Vec<Caption>> {
    const FEWEST: usize = 3;
    let known = |text: &str| match vocabulary.lookup(text)?.fields.as_slice() {
        [field] => Some(*field),
        _ => None,
    };
    // `TOTAL WRITE-OFF` under the last service
    let of_sum = |text: &str| known(text.strip_prefix("TOTAL ").or_else(|| text.strip_prefix("Total "))?);
    let caption = |p: &Phrase| Some(Caption { field: known(&p.text).or_else(|| of_sum(&p.text))?, x0: p.bbox.x0 });
    // the number of the service may stand before its boxes
    let numbers = |p: &Phrase| p.text.len() <= 3 && p.text.bytes().all(|b| b.is_ascii_digit());
    let read =
        |phrases: Vec<Phrase>| -> Option<Vec<Caption>> { phrases.iter().skip_while(|p| numbers(p)).map(caption).collect() };
    let all = read(line.phrases()).or_else(|| read(split_phrases(line, vocabulary)));
    let told = |all: &Vec<Caption>| all.iter().filter(|c| c.field != Field::Ignored).count() >= FEWEST;
    let distinct = |all: &Vec<Caption>| {
        let twice = |i: usize| all[..i].iter().any(|c| c.field == all[i].field && c.field != Field::Ignored);
        !(0..all.len()).any(twice)
    };
    all.filter(told).filter(distinct)
}

fn under(captions: &Line, values: &Line) -> bool {
    let step = values.bbox.cy() - captions.bbox.cy();
    values.page == captions.page && step > 0.0 && step < STEP * values.size()
}

/// The boxes of one service while their lines come in.
#[derive(Default)]
struct Form {
    captions: Vec<Field>,
    cells: BTreeMap<Field, Cell>,
    place: Option<(u32, BBox)>,
    /// What stood in a box and is no value of its kind.
    unread: Vec<Unparsed>,
}

impl Form {
    /// Begins with the line over its boxes that names the service and its amount.
    fn begin(&mut self, head: Head) {
        self.captions.extend(head.cells.keys());
        self.cells.extend(head.cells);
        self.place = Some(head.place);
    }

    fn take(&mut self, captions: &[Caption], values: &Line, setting: &Setting) {
        let mut of: Vec<Vec<Word>> = vec![Vec::new(); captions.len()];
        for w in &values.words {
            if let Some(i) = captions.iter().rposition(|c| c.x0 - OUT <= w.bbox.x0) {
                of[i].push(w.clone());
            }
        }
        self.captions.extend(captions.iter().map(|c| c.field).filter(|f| *f != Field::Ignored));
        for (c, words) in captions.iter().zip(of).filter(|(c, w)| c.field != Field::Ignored && !w.is_empty()) {
            let words = if c.field == Field::Description { &words[..] } else { form_heads::near(&words, values.size()) };
            let text = join(words);
            let Some(bbox) = BBox::around(words.iter().map(|w| w.bbox)) else { continue };
            let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
            match value(c.field, &text, setting) {
                Some(found) => {
                    for (f, value) in found {
                        let cell = Cell { value, raw: text.clone(), page: values.page, bbox, confidence };
                        self.cells.entry(f).or_insert(cell);
                    }
                }
                None => self.unread.push(Unparsed {
                    page: values.page,
                    bbox,
                    text: text.clone(),
                    reason: format!("cannot read {:?} in the box of a service", c.field),
                }),
            }
        }
        self.place = Some(match self.place {
            Some((page, b)) if page == values.page => (page, b.union(values.bbox)),
            _ => (values.page, values.bbox),
        });
    }

    fn close(&mut self, out: &mut TableReading) {
        let done = std::mem::take(self);
        let (Some((page, bbox)), Some(charge)) = (done.place, money_of(&done.cells, Field::Charge)) else { return };
        if !(done.cells.contains_key(&Field::ServiceDate) || done.cells.contains_key(&Field::Code)) {
            if done.cells.keys().all(|f| is_money_field(*f)) {
                let (label, rows) = ("total of the boxes above".to_owned(), (0, out.rows.len()));
                out.totals.push(Total { label, scope: TotalScope::Document, cells: done.cells, rows, claim: None });
            }
            return;
        }
        let mut cells = done.cells;
        // the balance of a service is what is left of it for the patient
        if let Some(left) = cells.remove(&Field::Balance) {
            cells.entry(Field::PatientResponsibility).or_insert(left);
        }
        let kind = if charge < Money::ZERO { LineKind::Reversal } else { LineKind::Service };
        out.rows.push(Row { kind, cells, claim: None, page, bbox });
        out.unparsed.extend(done.unread);
    }
}

/// What the words in a box are worth; `None` where they are none of its kind. A dash says nothing.
pub(crate) fn value(field: Field, text: &str, setting: &Setting) -> Option<Vec<(Field, Value)>> {
    if matches!(text, "-" | "--" | "\u{2013}" | "n/a" | "N/A" | "none") {
        return Some(Vec::new());
    }
    let one = |f: Field, v: Value| Some(vec![(f, v)]);
    match field {
        Field::ServiceDate => {
            let (from, to) = date::date_range(text)?;
            let first = from.resolve(setting.anchor)?;
            let last = to.and_then(|d| d.resolve(Some(first)));
            let from = std::iter::once((Field::ServiceDate, Value::Date(first)));
            Some(from.chain(last.map(|d| (Field::ServiceDateTo, Value::Date(d)))).collect())
        }
        Field::ServiceDateTo => one(field, Value::Date(date::date(text)?.resolve(setting.anchor)?)),
        Field::Code => {
            let p = code::procedure(text)?;
            let modifiers = (!p.modifiers.is_empty()).then_some((Field::Modifiers, Value::List(p.modifiers)));
            Some(std::iter::once((Field::Code, Value::Code(p.code))).chain(modifiers).collect())
        }
        Field::Modifiers => one(field, Value::List(code::modifiers(text).filter(|l| !l.is_empty())?)),
        Field::RevenueCode => one(field, Value::Code(code::revenue_code(text)?)),
        Field::Units => one(field, Value::Number(units::units(text)?)),
        Field::Description => one(field, Value::Text(text.to_owned())),
        f if is_money_field(f) => one(field, Value::Money(money::money(text)?)),
        _ => Some(Vec::new()),
    }
}

/// The sum of the boxes, where those that were read come to another.
fn lacking(out: &TableReading) -> Option<Unparsed> {
    let cell = out.totals.last()?.cells.get(&Field::Charge)?;
    short_sums::lacking(cell, &cell.raw, &out.rows, "services")
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 9] = [
        Field::ServiceDate,
        Field::Code,
        Field::Modifiers,
        Field::Description,
        Field::Units,
        Field::Charge,
        Field::PlanPaid,
        Field::PlanDiscount,
        Field::PatientResponsibility,
    ];

    fn page(total: &str) -> Statement {
        let what: &[(f32, &str)] =
            &[(60.0, "DATE OF SERVICE"), (150.0, "PROCEDURE"), (220.0, "MODIFIER"), (280.0, "UNITS"), (330.0, "SERVICE")];
        let amounts: &[(f32, &str)] =
            &[(60.0, "CHARGE"), (160.0, "INSURANCE PAID"), (260.0, "INSURANCE WRITE-OFF"), (400.0, "YOU OWE")];
        let numbered: &[(f32, &str)] = &[&[(40.0, "2")], amounts].concat();
        read(&[
            (20.0, &[(30.0, "Lakeside Radiology"), (300.0, "PROFESSIONAL SERVICES STATEMENT")]),
            (40.0, &[(300.0, "STATEMENT DATE"), (400.0, "08/13/2024")]),
            (52.0, &[(300.0, "AMOUNT YOU OWE"), (-480.0, "$20.20")]),
            (100.0, what),
            (110.0, &[(60.0, "07/04/2024"), (150.0, "73610"), (220.0, "26"), (280.0, "1"), (330.0, "XR ANKLE 3+ VIEWS")]),
            (120.0, &[(40.0, "1")]),
            (128.0, amounts),
            (138.0, &[(-150.0, "126.84"), (-250.0, "64.79"), (-390.0, "45.85"), (-480.0, "16.20")]),
            (170.0, what),
            (180.0, &[(60.0, "07/05/2024"), (150.0, "71046"), (280.0, "2"), (330.0, "XR CHEST 2V")]),
            (198.0, numbered),
            (208.0, &[(-150.0, "20.00"), (-250.0, "10.00"), (-390.0, "6.00"), (-480.0, "4.00")]),
            (
                240.0,
                &[(60.0, "TOTAL CHARGES"), (160.0, "TOTAL INSURANCE PAID"), (290.0, "TOTAL WRITE-OFF"), (400.0, "BALANCE DUE")],
            ),
            (250.0, &[(-150.0, total), (-250.0, "74.79"), (-390.0, "51.85"), (-480.0, "20.20")]),
        ])
    }

    #[test]
    fn the_boxes_of_a_service_are_its_row() {
        let s = page("146.84");
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2024-07-04 73610 26 XR ANKLE 3+ VIEWS 1 126.84 64.79 45.85 16.20",
                "2024-07-05 71046 - XR CHEST 2V 2 20.00 10.00 6.00 4.00",
            ]
        );
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
        assert!(!page("166.84").unparsed.is_empty(), "a service was not read");
    }
}
