//! Rows whose words stand on a line of their own over or under the amounts.

use crate::cells::Reading;
use crate::columns::Column;
use crate::grammar::adjustments::remark_codes;
use crate::label_value::notes_alone;
use crate::reading::Setting;
use crate::remarks_behind::remarks_behind;
use crate::service_words::fill;
use crate::service_words::service_words;
use crate::statement::{Cell, Field, Value};
use crate::table::BodyLine;

/// Adds what the line over or under the amounts says of the service. More remarks may stand on it, in their column.
pub(crate) fn named(reading: &mut Reading, line: &BodyLine, columns: &[Column], setting: &Setting) {
    let cells = &line.assigned.cells;
    let more = |i: usize| {
        let (t, c) = &cells[i];
        let column = &columns[*c];
        let under = column.has(Field::RemarkCodes) && t.bbox.cx() > column.x0 && t.bbox.cx() < column.x1;
        // `Quantity:  1`: what a label stands before is that label's
        let labelled = i > 0 && cells[i - 1].0.text.ends_with(':');
        remark_codes(&t.text).filter(|list| under && !labelled && !list.is_empty())
    };
    // `EKG`: the line that names the service is no list of remarks alone, whatever its words look like
    let alone = (0..cells.len()).all(|i| more(i).is_some());
    let more = |i: usize| more(i).filter(|_| !alone);
    let remarks: Vec<String> = (0..cells.len()).filter_map(more).flatten().collect();
    // `OFFICE VISIT [99214] x 1          Remark K2, H3`: notes that stand apart from the words
    let apart = (1..cells.len()).find_map(|i| {
        notes_alone(&cells[i..].iter().map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" ")).map(|list| (i, list))
    });
    let (end, apart) = apart.map_or((cells.len(), None), |(i, list)| (i, Some(list)));
    let words = (0..end).filter(|i| more(*i).is_none()).map(|i| cells[i].0.text.as_str());
    let text = if remarks.is_empty() && apart.is_none() { line.text.clone() } else { words.collect::<Vec<_>>().join(" ") };
    let behind = remarks_behind(&text);
    let mut words = service_words(behind.as_ref().map_or(text.as_str(), |(name, _)| name));
    // `-03/12/2025 ROOM PRIVATE` under the first day
    if text.trim_start().starts_with(['-', '–']) && words.to.is_none() && reading.cells.contains_key(&Field::ServiceDate) {
        words.to = words.from;
    }
    let confidence = line.assigned.cells.iter().map(|(t, _)| t.confidence).fold(1.0, f32::min);
    let mut put = |f: Field, value: Value, raw: &str| {
        let cell = Cell { value, raw: raw.to_owned(), page: line.page, bbox: line.bbox, confidence };
        match (f, reading.cells.get_mut(&f), &cell.value) {
            (Field::RemarkCodes, Some(Cell { value: Value::List(l), .. }), Value::List(more)) => {
                l.extend(more.iter().filter(|m| !l.contains(m)).cloned().collect::<Vec<_>>());
            }
            (Field::Description, ..) => {
                reading.cells.insert(f, cell);
            }
            _ => {
                reading.cells.entry(f).or_insert(cell);
            }
        }
    };
    fill(&words, setting.anchor, &mut put);
    if let Some((_, list)) = behind {
        put(Field::RemarkCodes, Value::List(list), &text);
    }
    if let Some(list) = apart {
        put(Field::RemarkCodes, Value::List(list), &line.text);
    }
    if !remarks.is_empty() {
        put(Field::RemarkCodes, Value::List(remarks), &line.text);
    }
    reading.borrowed = false;
}
