//! A day that a bill prints once for all its services: `Date of service (all items)  Jul 29, 2024`, or tells in a sentence.
//!
//! A day in the box above a table may be that of the first alone where the table has days. Where it has no column for them,
//! each service has its code, and the head states one date of service in the singular and no other day of care, it is that of
//! each. Without codes they may be departments, which add up the days of a stay. The one day of a claim is that of each of its
//! services.
//!
//! ```text
//! Patient            Jane Roe
//! Date of Service    Aug 29, 2025
//!
//! Test name               Code (CPT)   Quantity      Charge
//! CBC WITH AUTO DIFF      85025        1            $115.00
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use crate::grammar::date::date;
use crate::page_text::BBox;
use crate::statement::{Cell, ClaimHeader, Field, LineKind, Row, Value};
use crate::text_lines::{Line, PageLines};

static OF_ALL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)\b(?:(?:dates?\s+of\s+service|service\s+date)\s*[,(]?\s*(?:for\s+|of\s+)?all\s+(?:items|services|charges|lines|procedures|tests)\s*\)?
            |all\s+(?:items|services|charges|procedures|tests)\s+(?:were\s+|are\s+)?(?:provided|performed|given|rendered|dated)\s+(?:on\s+)?)
            \s*:?\s*(\d{1,2}[/-](?:\d{1,2}|[A-Za-z]{3})[/-]\d{2,4}|[A-Za-z]{3,9}\.?\s+\d{1,2},\s+\d{4}|\d{4}-\d\d-\d\d)(?:\s|$)",
    )
    .expect("a constant pattern")
});

/// Gives the day to the services that have none, where no service has a day of its own; `told` is the one of a sentence.
pub(crate) fn give(rows: &mut [Row], pages: &[PageLines], told: Option<&Cell>, anchor: Option<Date>) {
    let is_service = |r: &&mut Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    let dated = rows.iter_mut().filter(is_service).any(|r| r.cells.contains_key(&Field::ServiceDate));
    let labelled = pages.iter().flat_map(|p| &p.lines).find_map(|l| of_all(l, anchor));
    let Some(cell) = labelled.or_else(|| told.cloned()).filter(|_| !dated) else { return };
    for row in rows.iter_mut().filter(is_service) {
        row.cells.insert(Field::ServiceDate, cell.clone());
    }
}

/// Gives the services the date of service that the head states, where the tables of the bill have no days.
pub(crate) fn give_of_head(
    rows: &mut [Row],
    header: &BTreeMap<Field, Vec<Cell>>,
    columns: &BTreeSet<Field>,
    pages: &[PageLines],
) {
    let is_service = |r: &&mut Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    let dated = rows.iter_mut().filter(is_service).any(|r| r.cells.contains_key(&Field::ServiceDate));
    let coded = rows.iter_mut().filter(is_service).all(|r| r.cells.contains_key(&Field::Code));
    let stay = [Field::Admitted, Field::Discharged].iter().any(|f| header.contains_key(f));
    // the days of a table of payments are theirs
    let of_credits = || rows.iter().any(|r| r.cells.contains_key(&Field::ServiceDate));
    if dated || !coded || stay || columns.contains(&Field::ServiceDate) && !of_credits() {
        return;
    }
    let one = |f: Field| match header.get(&f).map(Vec::as_slice) {
        Some([cell]) => Some(cell),
        _ => None,
    };
    let (Some(day), Some(last)) = (one(Field::ServiceFrom), one(Field::ServiceTo)) else { return };
    // one day that stands for both ends, and under no other label of its kind
    if (day.page, day.bbox, &day.value) != (last.page, last.bbox, &last.value) || !is_labelled_once(pages) {
        return;
    }
    for row in rows.iter_mut().filter(is_service) {
        row.cells.insert(Field::ServiceDate, day.clone());
    }
}

/// Gives the services of an insurer's claim the one day that stands over them, where none of them has a day of its own.
pub(crate) fn give_of_claims(rows: &mut [Row], claims: &[ClaimHeader]) {
    for (i, claim) in claims.iter().enumerate() {
        let ends = (claim.cells.get(&Field::ServiceFrom), claim.cells.get(&Field::ServiceTo));
        let (Some(day), Some(last)) = ends else { continue };
        let of_claim = |r: &Row| r.claim == Some(i);
        let dated = rows.iter().any(|r| of_claim(r) && r.cells.contains_key(&Field::ServiceDate));
        if dated || (day.page, day.bbox, &day.value) != (last.page, last.bbox, &last.value) {
            continue;
        }
        for row in rows.iter_mut().filter(|r| of_claim(r)) {
            row.cells.insert(Field::ServiceDate, day.clone());
        }
    }
}

static OF_SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    let what = "services?|exam|transport|trip|visit|treatment|procedure|test|surgery";
    let pattern = format!(r"(?i)\b(dates?)\s+of\s+(?:{what})\b|\b(?:{what})\s+(dates?)\b|\bdate\s+(?:collected|performed)\b");
    Regex::new(&pattern).expect("a constant pattern")
});

/// Whether the paper labels a date of service in the singular, and only once. Sentences speak of `this date of service` too.
fn is_labelled_once(pages: &[PageLines]) -> bool {
    const SPOKEN: [&str; 6] = ["this", "that", "the", "each", "your", "same"];
    let texts: Vec<String> = pages.iter().flat_map(|p| &p.lines).map(Line::text).collect();
    let spoken =
        |before: &str| before.split_whitespace().next_back().is_some_and(|w| SPOKEN.contains(&w.to_lowercase().as_str()));
    let labels: Vec<&str> =
        texts.iter().flat_map(|t| OF_SERVICE.find_iter(t).filter(|m| !spoken(&t[..m.start()]))).map(|m| m.as_str()).collect();
    matches!(labels.as_slice(), [label] if !label.to_lowercase().contains("dates"))
}

fn of_all(line: &Line, anchor: Option<Date>) -> Option<Cell> {
    let raw = line.text();
    let day = date(OF_ALL.captures(&raw)?.get(1)?.as_str().trim())?.resolve(anchor)?;
    let bbox = BBox::around(line.words.iter().map(|w| w.bbox)).unwrap_or(line.bbox);
    let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    Some(Cell { value: Value::Date(day), raw, page: line.page, bbox, confidence })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::Word;
    use crate::test_pages;

    fn day_of(text: &str) -> Option<String> {
        let words: Vec<Word> = text
            .split(' ')
            .enumerate()
            .map(|(i, t)| Word::digital(t, BBox::new(40.0 * i as f32, 20.0, 40.0 * i as f32 + 30.0, 28.0)))
            .collect();
        let line = Line { page: 1, bbox: BBox::new(0.0, 20.0, 400.0, 28.0), words, phrase_gap: 4.0 };
        let page = PageLines {
            number: 1,
            width: 612.0,
            height: 792.0,
            lines: vec![line],
            rulings: Vec::new(),
            names: Vec::new(),
            turned: false,
            carded: false,
        };
        let mut rows = [Row { kind: LineKind::Service, cells: BTreeMap::new(), claim: None, page: 1, bbox: BBox::default() }];
        give(&mut rows, &[page], None, None);
        match rows[0].cells.get(&Field::ServiceDate).map(|c| &c.value) {
            Some(Value::Date(d)) => Some(d.to_string()),
            _ => None,
        }
    }

    #[test]
    fn a_day_of_all_services_is_that_of_each() {
        for text in [
            "Date of service (all items) Jul 29, 2024 Insurer Heartland Mutual",
            "Service date, all services: 07/29/2024",
            "All tests were performed on 07/29/2024",
        ] {
            assert_eq!(day_of(text).as_deref(), Some("2024-07-29"), "{text}");
        }
        assert_eq!(day_of("Date of service 07/29/2024"), None, "it may be that of the first");
    }

    #[test]
    fn the_day_of_the_head_is_that_of_each_where_the_table_has_none() {
        let days = |label: &'static str, code: &'static str| {
            let s = test_pages::read(&[
                (20.0, &[(30.0, "Lakeside Laboratory"), (400.0, "Invoice for laboratory services")]),
                (40.0, &[(300.0, "Patient"), (400.0, "Jane Roe")]),
                (52.0, &[(30.0, "12 Elm Street"), (300.0, label), (400.0, "08/29/2025")]),
                (80.0, &[(30.0, "Test name"), (340.0, "Code (CPT)"), (-450.0, "Quantity"), (-550.0, "Charge")]),
                (95.0, &[(30.0, "CBC WITH AUTO DIFF"), (340.0, "85025"), (-450.0, "1"), (-550.0, "$115.00")]),
                (110.0, &[(30.0, "FREE T4"), (340.0, code), (-450.0, "1"), (-550.0, "$63.01")]),
                (125.0, &[(30.0, "Total charges"), (-550.0, "$178.01")]),
                (150.0, &[(30.0, "We have no insurance on file for this date of service. Call us to add your policy.")]),
            ]);
            s.rows.iter().map(|r| test_pages::said(r, &[Field::ServiceDate])).collect::<Vec<_>>()
        };
        assert_eq!(days("Date of service", "84439"), ["2025-08-29"; 2]);
        assert_eq!(days("Date of service", "-"), ["-"; 2], "a department");
        assert_eq!(days("Statement date", "84439"), ["-"; 2], "another day");
        assert_eq!(days("Dates of service", "84439"), ["-"; 2], "it may be the first of several");
    }
}
