//! A day that a bill prints once for all its services: `Date of service (all items)  Jul 29, 2024`, or tells in a sentence.
//!
//! Only where the paper says that it is of all of them: a day in the box above a table may be that of the first.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use crate::grammar::date::date;
use crate::page_text::BBox;
use crate::statement::{Cell, Field, LineKind, Row, Value};
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

fn of_all(line: &Line, anchor: Option<Date>) -> Option<Cell> {
    let raw = line.text();
    let day = date(OF_ALL.captures(&raw)?.get(1)?.as_str().trim())?.resolve(anchor)?;
    let bbox = BBox::around(line.words.iter().map(|w| w.bbox)).unwrap_or(line.bbox);
    let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    Some(Cell { value: Value::Date(day), raw, page: line.page, bbox, confidence })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::page_text::Word;

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
}
