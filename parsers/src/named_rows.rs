//! Rows whose words stand on a line of their own over or under the amounts.

use crate::cells::Reading;
use crate::columns::Column;
use crate::grammar::adjustments::remark_codes;
use crate::grammar::date::compact_date;
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
    let last_day = compact_last_day(reading, line, setting);
    let text = last_day.as_ref().and_then(|d| text.trim_start().strip_prefix(d.raw.as_str())).map_or(text.clone(), str::to_owned);
    if let Some(cell) = last_day {
        reading.cells.entry(Field::ServiceDateTo).or_insert(cell);
    }
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

/// The last day, right under the first one, where both are no more than figures: `082025` over `082525  ROOM PRIVATE`.
fn compact_last_day(reading: &Reading, line: &BodyLine, setting: &Setting) -> Option<Cell> {
    let first = reading.cells.get(&Field::ServiceDate)?;
    let (t, _) = line.assigned.cells.first()?;
    let figures = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let alike = figures(&first.raw) && figures(&t.text) && first.raw.len() == t.text.len();
    let day = compact_date(&t.text).filter(|_| alike && (t.bbox.x0 - first.bbox.x0).abs() < line.size)?;
    let value = Value::Date(day.resolve(setting.anchor)?);
    let later = matches!((&first.value, &value), (Value::Date(a), Value::Date(b)) if a <= b);
    later.then(|| Cell { value, raw: t.text.clone(), page: line.page, bbox: t.bbox, confidence: t.confidence })
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read_scan, said};

    #[test]
    fn a_last_day_of_figures_alone_stands_under_the_first() {
        let row = |y: f32, rev: &'static str, sums: [&'static str; 2]| {
            (y, vec![(30.0, "082025"), (-120.0, "6"), (136.0, rev), (-258.0, sums[0]), (-321.0, sums[1]), (-420.0, sums[1])])
        };
        let lines = [
            (20.0, vec![(30.0, "LAKESIDE MEDICAID PLAN"), (400.0, "REMITTANCE / EXPLANATION OF PAYMENT")]),
            (40.0, vec![(30.0, "PATIENT: JANE ROE"), (246.0, "CLAIM: 252807127237"), (440.0, "ACCT: V8275192853")]),
            (
                60.0,
                vec![
                    (30.0, "SERV DATE"),
                    (99.0, "UNITS"),
                    (136.0, "PROC/MOD"),
                    (-258.0, "BILLED"),
                    (-321.0, "ALLOWED"),
                    (-420.0, "PAID"),
                ],
            ),
            row(75.0, "REV 0120", ["11,736.00", "4,904.47"]),
            (84.0, vec![(30.0, "082525"), (136.0, "ROOM SEMI-PRIVATE")]),
            row(97.0, "REV 0305", ["319.26", "148.50"]),
            (106.0, vec![(30.0, "082525"), (136.0, "LAB HEMATOLOGY")]),
            row(119.0, "REV 0324", ["242.81", "127.35"]),
            (128.0, vec![(136.0, "CHEST X-RAY")]),
            (146.0, vec![(30.0, "CLAIM TOTALS"), (-258.0, "12,298.07"), (-321.0, "5,180.32"), (-420.0, "5,180.32")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let fields = [Field::ServiceDate, Field::ServiceDateTo, Field::RevenueCode, Field::Code, Field::Description];
        let rows: Vec<String> = read_scan(&lines, 0.99).rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(
            rows,
            [
                "2025-08-20 2025-08-25 0120 - ROOM SEMI-PRIVATE",
                "2025-08-20 2025-08-25 0305 - LAB HEMATOLOGY",
                "2025-08-20 - 0324 - CHEST X-RAY"
            ]
        );
    }
}
