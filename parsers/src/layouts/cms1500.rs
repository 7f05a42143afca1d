//! CMS-1500, the claim form of practices, laboratories and ambulances (NUCC form 02/12 and 08/05).
//!
//! Read by its items, not by its words: item 24 holds up to six service lines of fixed order (dates in boxes of two
//! digits, place of service, procedure, modifiers, diagnosis pointer, charges as dollars and cents, units), the other
//! items stand under their numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::form_items;
use super::{Input, Layout};
use crate::facts::Header;
use crate::grammar::{code, date, money, units};
use crate::page_text::{BBox, Word};
use crate::reading::TableReading;
use crate::statement::{Cell, DocKind, Field, LineKind, Money, Row, Unparsed, Value};
use crate::text_lines::{Line, PageLines, join};

/// The form, printed or filled in by typewriter.
pub struct Cms1500;

static ITEM_24: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:date\(?s\)?\s+of\s+service|procedures,?\s+services,?\s+or\s+supplies|diagnosis\s+pointer|24\.?\s?a\.?\s+(?:dates?|from))|\$\s*charges")
        .expect("a constant pattern")
});
static AFTER_24: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\bfederal\s+tax\s+i\.?\s*d|\b28\.?\s+total\s+charge").expect("a constant pattern"));

// The service line as it is printed: boxes of dates with or without their separators, and everything that may be blank
// left out. Modifiers of two digits look like dollars or cents: the diagnosis pointer between them tells, so lines that
// print one are tried first.
static SERVICE: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let day = r"(?:\d{2}[ /-]\d{2}[ /-](?:\d{4}|\d{2})|\d{8}|\d{6})";
    let head = format!(
        r"^(?P<from>{day})(?: (?P<to>{day}))?(?: (?P<pos>\d{{2}}))?(?: (?P<emg>[YN]))? (?P<code>[A-Z]\d{{4}}|\d{{4}}[A-Z\d])"
    );
    let pointer = r" (?P<dx>[A-L](?: [A-L]){1,3}|[A-L1-4][A-L1-4,]{0,4})";
    let tail = r" (?P<dollars>-?[\d,]+)[ .](?P<cents>\d{2})(?: (?P<units>\d{1,4}(?:\.\d{1,3})?))?(?: .*)?$";
    let line = |mods: &str, pointer: &str| Regex::new(&format!("{head}{mods}{pointer}{tail}")).expect("a constant pattern");
    [line(r"(?P<mods>(?: [A-Z\d]{2})*?)", pointer), line(r"(?P<mods>(?: [A-Z\d]{2})*?)", "")]
});

/// Whether a line begins as a service line does: with a day in boxes, and words behind it.
fn begins_with_day(line: &Line) -> bool {
    static DAY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(?:\d{2}[ /-]\d{2}[ /-](?:\d{4}|\d{2})|\d{8}|\d{6}) ").expect("a constant pattern"));
    line.words.len() >= 5 && DAY.is_match(&line.text())
}

/// A service line without its own number, which stands in the margin of the form.
fn without_number(line: &Line) -> Cow<'_, Line> {
    let [first, rest @ ..] = line.words.as_slice() else { return Cow::Borrowed(line) };
    let numbered = matches!(first.text.as_bytes(), [b'1'..=b'9']);
    let Some(bbox) = BBox::around(rest.iter().map(|w| w.bbox)).filter(|_| numbered) else { return Cow::Borrowed(line) };
    let bare = Line { words: rest.to_vec(), bbox, ..*line };
    if begins_with_day(&bare) { Cow::Owned(bare) } else { Cow::Borrowed(line) }
}

/// The parts of a service line.
fn parts(text: &str) -> Option<regex::Captures<'_>> {
    SERVICE.iter().find_map(|r| r.captures(text))
}

impl Layout for Cms1500 {
    fn name(&self) -> &'static str {
        "cms1500"
    }

    fn about(&self) -> &'static str {
        "The CMS-1500 claim form, read by its numbered items."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        let heads: std::collections::BTreeSet<String> = input
            .pages
            .iter()
            .flat_map(|p| &p.lines)
            .flat_map(|l| ITEM_24.find_iter(&l.text()).map(|m| m.as_str().to_lowercase()).collect::<Vec<_>>())
            .collect();
        let form = heads.len() >= 2 && (input.says("claim form") || input.says("patient's name")) && input.says("total charge");
        let numbered = || form_items::printed(input.pages) >= form_items::ENOUGH;
        ((form || numbered()) && input.kind != DocKind::Eob).then_some(0.95)
    }

    fn kind(&self) -> Option<DocKind> {
        Some(DocKind::ItemizedBill)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        let mut out = TableReading::default();
        for page in input.pages {
            let item = |r: &Regex| page.lines.iter().position(|l| r.is_match(&l.text()));
            let Some(from) = item(&ITEM_24) else { continue };
            // A sheet that another one continues may leave its lower items out.
            let to = item(&AFTER_24).filter(|to| *to > from).unwrap_or(page.lines.len());
            let lines = page.lines.get(from..to).unwrap_or_default();
            for (i, line) in lines.iter().enumerate() {
                let line = without_number(line);
                match service(&line, input) {
                    Some(mut row) => {
                        if let Some(c) = i.checked_sub(1).and_then(|above| form_items::words_above(&lines[above], &line)) {
                            row.cells.insert(Field::Description, c);
                        }
                        out.rows.push(row);
                    }
                    None if begins_with_day(&line) => out.unparsed.push(Unparsed {
                        page: line.page,
                        bbox: line.bbox,
                        text: line.text(),
                        reason: "a service line of item 24 could not be read".to_owned(),
                    }),
                    None => {}
                }
            }
        }
        out.columns = [Field::ServiceDate, Field::Code, Field::Modifiers, Field::Units, Field::Charge].into();
        out.columns.extend(out.rows.iter().any(|r| r.cells.contains_key(&Field::Description)).then_some(Field::Description));
        out
    }

    fn header(&self, input: &Input<'_>, _: &TableReading, header: &mut Header) {
        let cells = &mut header.cells;
        for (field, caption) in ITEMS.iter() {
            let found: Vec<Cell> = input.pages.iter().filter_map(|p| item(p, caption, *field, input)).collect();
            let mut distinct: Vec<Cell> = Vec::new();
            for c in found {
                if !distinct.iter().any(|d| d.value == c.value) {
                    distinct.push(c);
                }
            }
            // of several sheets the last one states the sum
            if matches!(field, Field::TotalCharges | Field::BalanceDue) {
                distinct = distinct.split_off(distinct.len().saturating_sub(1));
            }
            let no_plan = |c: &Cell| *field == Field::Payer && form_items::is_no_plan(&c.raw);
            if distinct.iter().any(no_plan) {
                cells.remove(field);
            } else if !distinct.is_empty() {
                cells.insert(*field, distinct);
            }
        }
        // only the form itself has the plan's name and address at its head
        if input.says("claim form")
            && let Some(c) = input.pages.first().and_then(carrier)
        {
            cells.insert(Field::Payer, vec![c]);
        }
    }
}

/// One service line of item 24.
fn service(line: &Line, input: &Input<'_>) -> Option<Row> {
    let words: Vec<&Word> = line.words.iter().filter(|w| !matches!(w.text.as_str(), "$" | "|" | "NPI")).collect();
    let text = words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let m = parts(&text)?;
    let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    let (page, bbox) = (line.page, line.bbox);
    let mut cells = BTreeMap::new();
    let mut put = |f: Field, value: Value, raw: &str| {
        cells.insert(f, Cell { value, raw: raw.to_owned(), page, bbox, confidence });
    };
    let day = |text: &str| {
        let plain: String = text.chars().filter(char::is_ascii_digit).collect();
        date::compact_date(&plain).and_then(|d| d.resolve(input.setting.anchor))
    };
    let from = day(&m["from"])?;
    put(Field::ServiceDate, Value::Date(from), &m["from"]);
    // the form wants both dates even of one day: only another last day says something
    if let Some(to) = m.name("to").and_then(|t| day(t.as_str())).filter(|to| *to != from) {
        put(Field::ServiceDateTo, Value::Date(to), &m["to"]);
    }
    let procedure = code::procedure(&m["code"])?;
    put(Field::Code, Value::Code(procedure.code), &m["code"]);
    let mods: Vec<String> = m["mods"].split_whitespace().map(str::to_owned).collect();
    if !mods.is_empty() && mods.iter().all(|t| code::modifier(t)) {
        put(Field::Modifiers, Value::List(mods), &m["mods"]);
    }
    let amount = money::money(&format!("{}.{}", &m["dollars"], &m["cents"]))?;
    put(Field::Charge, Value::Money(amount), &format!("{} {}", &m["dollars"], &m["cents"]));
    if let Some(n) = m.name("units").and_then(|u| units::units(u.as_str())) {
        put(Field::Units, Value::Number(n), &m["units"]);
    }
    let kind = if amount < Money::ZERO { LineKind::Reversal } else { LineKind::Service };
    Some(Row { kind, cells, claim: None, page, bbox })
}

/// The items of the form that the record has a place for.
static ITEMS: LazyLock<Vec<(Field, Regex)>> = LazyLock::new(|| {
    [
        (Field::MemberId, r"(?i)\b1\s?a\.?\s+insured'?s?\s+i\.?\s*d\.?\s+number"),
        (Field::Patient, r"(?i)\b2\.?\s+patient'?s?\s+name"),
        (Field::Payer, r"(?i)\binsurance\s+plan\s+name(?:\s+or\s+program\s+name)?"),
        (Field::AccountNo, r"(?i)\b26\.?\s+patient'?s?\s+account\s+no"),
        (Field::TotalCharges, r"(?i)\b28\.?\s+total\s+charge"),
        (Field::BalanceDue, r"(?i)\b(?:30\.?\s+)?balance\s+due"),
        (Field::Provider, r"(?i)\b33\.?\s+(?:physician's,?\s+supplier's\s+)?billing"),
        (Field::ProviderNpi, r"(?i)\b33\.?\s+(?:physician's,?\s+supplier's\s+)?billing"),
        (Field::StatementDate, r"(?i)\b31\.?\s+signature\s+of\s+physician"),
    ]
    .into_iter()
    .map(|(f, p)| (f, Regex::new(p).expect("a constant pattern")))
    .collect()
});

static LOCATOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d{1,2}[a-d]?\.$").expect("a constant pattern"));

/// The value of an item: what stands below its caption and left of the next one.
fn item(page: &PageLines, caption: &Regex, field: Field, input: &Input<'_>) -> Option<Cell> {
    let (at, first, last) = page.lines.iter().enumerate().find_map(|(i, l)| words_of(l, caption).map(|(a, b)| (i, a, b)))?;
    let line = &page.lines[at];
    // the number before the words is the item's too, and what is filled in may begin under it
    let numbered = first.checked_sub(1).filter(|n| form_items::is_number(&line.words[*n].text));
    let left = line.words[numbered.unwrap_or(first)].bbox.x0 - 4.0;
    // captions are followed by the next item's number, or by its words after a gap
    let after = |i: usize| LOCATOR.is_match(&line.words[i].text) || line.words[i].bbox.x0 - line.words[i - 1].bbox.x1 > 12.0;
    let right = (last..line.words.len()).find(|&i| i > first && after(i)).map_or(page.width, |i| line.words[i].bbox.x0 - 2.0);
    let deep = if matches!(field, Field::ProviderNpi | Field::StatementDate) { 62.0 } else { 24.0 };
    let below = page.lines[at + 1..].iter().take_while(|l| l.bbox.y0 - line.bbox.y1 < deep);
    for l in below {
        let words: Vec<Word> = l.words.iter().filter(|w| w.bbox.x0 >= left && w.bbox.x0 < right).cloned().collect();
        let Some(bbox) = BBox::around(words.iter().map(|w| w.bbox)) else { continue };
        let raw = join(&words);
        let value = match field {
            Field::TotalCharges | Field::BalanceDue => amount(&words).map(Value::Money),
            Field::ProviderNpi => words.iter().find_map(|w| code::npi(&w.text)).map(Value::Text),
            Field::StatementDate => words
                .iter()
                .find_map(|w| date::date(&w.text).or_else(|| date::compact_date(&w.text)))
                .and_then(|d| d.resolve(input.setting.anchor))
                .map(Value::Date),
            Field::MemberId | Field::AccountNo => {
                words.first().filter(|w| w.text.bytes().any(|b| b.is_ascii_digit())).map(|w| Value::Text(w.text.clone()))
            }
            Field::Provider => Some(Value::Text(form_items::without_phone(&words))),
            _ => Some(Value::Text(raw.clone())),
        };
        let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        if let Some(value) = value {
            return Some(Cell { value, raw, page: page.number, bbox, confidence });
        }
        if !matches!(field, Field::ProviderNpi | Field::StatementDate) {
            return None;
        }
    }
    None
}

/// `$ 994 00`, `994.00`.
fn amount(words: &[Word]) -> Option<Money> {
    let parts: Vec<&str> = words.iter().map(|w| w.text.trim_matches(['$', '|'])).filter(|t| !t.is_empty()).collect();
    match parts.as_slice() {
        [one] => money::money(one),
        [dollars, cents] if cents.len() == 2 => money::money(&format!("{dollars}.{cents}")),
        _ => None,
    }
}

/// First and one past the last word of a line that match.
pub(super) fn words_of(line: &Line, pattern: &Regex) -> Option<(usize, usize)> {
    let text = line.text();
    let m = pattern.find(&text)?;
    let index = |at: usize| text[..at].split_whitespace().count();
    Some((index(m.start()), index(m.end())))
}

static FORM_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)claim\s+form|approved\s+by|uniform\s+claim|nucc|\bpica\b|^[\d/ .()-]+$|\bcopy\b|\bpage\b")
        .expect("a constant pattern")
});

/// The carrier block at the head of the form: the plan to which the claim goes.
fn carrier(page: &PageLines) -> Option<Cell> {
    let stop = page.lines.iter().position(|l| words_of(l, &ITEMS[0].1).is_some() || words_of(l, &ITEMS[1].1).is_some())?;
    for line in &page.lines[..stop] {
        for p in line.phrases() {
            let letters = p.text.chars().filter(|c| c.is_alphabetic()).count();
            if letters >= 4 && !FORM_WORDS.is_match(&p.text) {
                let words = typed_on(line, p.first, p.end);
                let (raw, bbox) = (join(words), BBox::around(words.iter().map(|w| w.bbox))?);
                let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
                return Some(Cell { value: Value::Text(raw.clone()), raw, page: page.number, bbox, confidence });
            }
        }
    }
    None
}

/// The words of a phrase, with those that go on behind it in the same type at the step of a typewriter: beside a printed title
/// its spaces look wide.
fn typed_on(line: &Line, first: usize, mut end: usize) -> &[Word] {
    /// A typewriter's space, in sizes of type, with some play.
    const SPACE: f32 = 0.7;
    let last = |end: usize| &line.words[end - 1];
    while let Some(next) = line.words.get(end)
        && (next.font_size - last(end).font_size).abs() < 0.3
        && next.bbox.x0 - last(end).bbox.x1 < SPACE * next.font_size
    {
        end += 1;
    }
    &line.words[first..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pages::{read, said};

    #[test]
    fn service_lines_in_all_their_printings() {
        for (text, code, mods, dollars, cents, units) in [
            ("03 09 25 03 09 25 11 99213 25 59 AB 125 00 1 1234567893", "99213", " 25 59", "125", "00", "1"),
            ("03 09 25 03 09 25 11 99213 22 59 AB 88 50 12", "99213", " 22 59", "88", "50", "12"),
            ("03 09 25 11 A0429 350 00 1", "A0429", "", "350", "00", "1"),
            ("03 09 2025 11 99213 A 1250 00 2", "99213", "", "1250", "00", "2"),
            ("030925 030925 11 J2405 JW ABC 88.50 4", "J2405", " JW", "88", "50", "4"),
            ("03/09/2025 03/10/2025 41 A0425 RH 1,240.00 12.4", "A0425", " RH", "1,240", "00", "12.4"),
            ("03 09 25 03 09 25 11 N 97110 GP A B 98 74 2 1999999984", "97110", " GP", "98", "74", "2"),
        ] {
            let m = parts(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((&m["code"], &m["mods"], &m["dollars"], &m["cents"]), (code, mods, dollars, cents), "{text}");
            assert_eq!(m.name("units").map_or("", |u| u.as_str()), units, "{text}");
        }
        assert!(parts("03 09 25 OFFICE VISIT 125 00").is_none());
    }

    #[test]
    fn lines_that_the_form_numbers_are_read_without_their_numbers() {
        let s = read(&[
            (20.0, &[(30.0, "HEALTH INSURANCE CLAIM FORM"), (500.0, "LAKESIDE HEALTH PLAN")]),
            (40.0, &[(30.0, "2. PATIENT'S NAME"), (250.0, "6. RELATIONSHIP TO INSURED"), (420.0, "1a. INSURED'S I.D. NUMBER")]),
            (50.0, &[(32.0, "ROE, JANE"), (252.0, "SELF"), (422.0, "W123456789")]),
            (60.0, &[(30.0, "5. PATIENT'S ADDRESS"), (250.0, "21. DIAGNOSIS")]),
            (70.0, &[(32.0, "12 ELM ST"), (252.0, "M54.50")]),
            (90.0, &[(30.0, "24. A. FROM"), (110.0, "TO"), (230.0, "CPT/HCPCS | MODIFIER"), (440.0, "F. $ CHARGES")]),
            (100.0, &[(30.0, "MM DD YY"), (110.0, "MM DD YY")]),
            (112.0, &[(30.0, "OFFICE VISIT LEVEL 4")]),
            (
                124.0,
                &[
                    (18.0, "1"),
                    (30.0, "07 26 25"),
                    (110.0, "07 26 25"),
                    (180.0, "11"),
                    (230.0, "99214"),
                    (300.0, "25"),
                    (380.0, "A"),
                    (-470.0, "210"),
                    (490.0, "00"),
                    (-560.0, "1"),
                ],
            ),
            // a charge that cannot be read is none of another line's
            (155.0, &[(18.0, "2"), (30.0, "07 26 25"), (110.0, "07 26 25"), (180.0, "11"), (230.0, "36415"), (380.0, "A")]),
            (180.0, &[(18.0, "3")]),
            (200.0, &[(30.0, "25. FEDERAL TAX I.D. NUMBER"), (250.0, "26. PATIENT'S ACCOUNT NO."), (440.0, "28. TOTAL CHARGE")]),
            (210.0, &[(32.0, "62-2981261"), (252.0, "38675160"), (-470.0, "234"), (490.0, "20")]),
            (230.0, &[(30.0, "31. SIGNATURE OF PHYSICIAN"), (250.0, "33. BILLING PROVIDER INFO")]),
            (240.0, &[(252.0, "LAKESIDE IMAGING")]),
        ]);
        let fields = [Field::ServiceDate, Field::Code, Field::Modifiers, Field::Description, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!((s.layout.as_str(), rows), ("cms1500", vec!["2025-07-26 99214 25 OFFICE VISIT LEVEL 4 1 210.00".to_owned()]));
        assert_eq!(s.unparsed.len(), 1, "{:?}", s.unparsed);
    }
}
