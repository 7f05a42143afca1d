//! Days behind the title of a visit's card or summary on a bill: `Physician services | February 28, 2025 - June 10, 2025`.
//!
//! They are the days of the bill where it has one such title; several visits have a day each, and the bill none.

use jiff::civil::Date;

use super::pairs::Found;
use super::segments::{Paper, Token};
use super::values;
use crate::grammar::date::date;
use crate::statement::{DocKind, Field};

/// What such a title ends in, before its mark.
const CARE: [&str; 12] = [
    "service",
    "services",
    "visit",
    "visits",
    "care",
    "stay",
    "encounter",
    "surgery",
    "treatment",
    "procedure",
    "admission",
    "hospitalization",
];
/// Words that make of it another's: what was paid or is planned.
const NOT_OF_BILL: [&str; 9] = ["next", "upcoming", "scheduled", "payment", "payments", "last", "previous", "prior", "customer"];
/// A title is of few words.
const MOST_WORDS: usize = 5;

/// Adds the first and the last day.
pub(super) fn find(paper: &Paper, kind: DocKind, anchor: Option<Date>, out: &mut Vec<Found>) {
    if !matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill) {
        return;
    }
    let mut told: Vec<(usize, values::Read)> =
        (0..paper.pieces.len()).filter_map(|at| Some((at, days(paper, at, anchor)?))).collect();
    let Some((at, read)) = told.pop() else { return };
    let same = |other: &values::Read| other.cell.value == read.cell.value && last(other).value == last(&read).value;
    if !told.iter().all(|(_, other)| same(other)) {
        return;
    }
    let to = last(&read).clone();
    for (field, cell) in [(Field::ServiceTo, to), (Field::ServiceFrom, read.cell)] {
        let row = paper.pieces[at].row;
        if !out.iter().any(|f| f.field == field) {
            out.push(Found { field, weight: 2, cell, row, piece: at, coupon: false, dated: false });
        }
    }
}

fn last(read: &values::Read) -> &crate::statement::Cell {
    read.until.as_ref().unwrap_or(&read.cell)
}

/// The days of a title, where nothing stands behind them. At a bar the line is cut into two pieces.
fn days(paper: &Paper, at: usize, anchor: Option<Date>) -> Option<values::Read> {
    /// The widest gap that a bar leaves, in sizes of type.
    const BAR: f32 = 2.0;
    let piece = &paper.pieces[at];
    let mark = |t: &Token| matches!(t.text.as_str(), "\u{2022}" | "\u{b7}" | "-" | "\u{2013}" | "\u{2014}" | "on" | "from");
    let inside = piece.tokens.iter().position(mark).map(|k| (&piece.tokens[..k], &piece.tokens[k + 1..]));
    let behind = || {
        let next = paper.pieces.get(at + 1).filter(|next| next.row == piece.row)?;
        let near = next.bbox.x0 - piece.bbox.x1 <= BAR * piece.size && paper.rows[piece.row].pieces.end == at + 2;
        near.then_some((&piece.tokens[..], &next.tokens[..]))
    };
    let comma = || {
        let k = piece.tokens.iter().position(|t| t.text.ends_with(','))?;
        Some((&piece.tokens[..=k], &piece.tokens[k + 1..])).filter(|(title, _)| is_kind_of_visit(title))
    };
    let marked = || inside.filter(|(title, _)| names_care(title)).or_else(|| behind().filter(|(title, _)| names_care(title)));
    let (_, rest) = marked().or_else(comma)?;
    let read = values::read(Field::ServiceFrom, rest, piece.page, piece.ocr, anchor).filter(|_| !rest.is_empty())?;
    (read.used == rest.len()).then_some(read)
}

/// `Outpatient hospital,`: a comma stands behind anybody's name as well, so that every word must be of a kind of visit.
fn is_kind_of_visit(title: &[Token]) -> bool {
    const KINDS: [&str; 22] = [
        "outpatient",
        "inpatient",
        "emergency",
        "hospital",
        "room",
        "department",
        "laboratory",
        "lab",
        "imaging",
        "radiology",
        "surgery",
        "service",
        "services",
        "visit",
        "stay",
        "care",
        "observation",
        "physician",
        "office",
        "clinic",
        "therapy",
        "ambulance",
    ];
    title.iter().all(|t| KINDS.contains(&t.text.trim_end_matches(',').to_lowercase().as_str()))
}

fn names_care(title: &[Token]) -> bool {
    let words: Vec<String> = title.iter().map(|t| t.text.to_lowercase()).collect();
    (1..=MOST_WORDS).contains(&words.len())
        && words.last().is_some_and(|w| CARE.contains(&w.as_str()))
        && !words.iter().any(|w| NOT_OF_BILL.contains(&w.as_str()) || date(w).is_some())
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    fn days(titles: &[&'static str]) -> [String; 2] {
        let mut page: Vec<(f32, Vec<(f32, &'static str)>)> =
            vec![(20.0, vec![(30.0, "Lakeside Clinic"), (400.0, "Billing statement")])];
        for (n, title) in titles.iter().enumerate() {
            let y = 60.0 + 60.0 * n as f32;
            page.push((y, vec![(40.0, *title)]));
            page.push((y + 14.0, vec![(40.0, "Charges"), (-400.0, "$581.79")]));
            page.push((y + 28.0, vec![(40.0, "Amount due"), (-400.0, "$224.54")]));
        }
        let page: Vec<(f32, &[(f32, &'static str)])> = page.iter().map(|(y, row)| (*y, row.as_slice())).collect();
        let s = read(&page);
        [Field::ServiceFrom, Field::ServiceTo].map(|f| match s.header.get(&f).and_then(|c| c.first()).map(|c| &c.value) {
            Some(Value::Date(d)) => d.to_string(),
            _ => "-".to_owned(),
        })
    }

    #[test]
    fn a_card_of_a_visit_tells_its_days() {
        assert_eq!(days(&["Physician services | February 28, 2025 - June 10, 2025"]), ["2025-02-28", "2025-06-10"]);
        assert_eq!(days(&["Hospital visit - 02/28/2025"]), ["2025-02-28", "2025-02-28"]);
        assert_eq!(days(&["Hospital visit on 02/28/2025"]), ["2025-02-28", "2025-02-28"]);
        assert_eq!(days(&["Outpatient hospital, 02/28/2025"]), ["2025-02-28", "2025-02-28"]);
    }

    #[test]
    fn several_visits_and_other_days_tell_none_of_the_bill() {
        assert_eq!(days(&["Office visit | 02/28/2025", "Office visit | 03/28/2025"]), ["-", "-"]);
        assert_eq!(days(&["Next visit | 02/28/2025"]), ["-", "-"]);
        assert_eq!(days(&["Customer service | 02/28/2025"]), ["-", "-"]);
        assert_eq!(days(&["Lakeside Hospital, 02/28/2025"]), ["-", "-"]);
    }
}
