//! Misread dates, set right by the other dates of the paper.
//!
//! A doubtful date that lies outside the stay, after the statement, in a year of its own or out of the order of the rows is
//! set to the only one of its readings that agrees with all of these. A date that was read with certainty stays where it is: a
//! service billed outside the stay is what the audit is to find.

use billproof_parsers::page_text::DocumentText;
use billproof_parsers::statement::{Cell, Field, LineKind, Statement, Value};
use jiff::civil::Date;

use super::super::arithmetic::CERTAIN;
use super::readings::Print;
use super::{SUPPORTED, repair_of, unread};
use crate::record::{Agreement, Repair};

/// Fewer dates do not show in which years or in which order a paper's services lie.
const LEAST_DATES: usize = 4;

/// What the dates of the paper leave for one of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Span {
    from: Option<Date>,
    to: Option<Date>,
}

impl Span {
    fn holds(self, d: Date) -> bool {
        self.from.is_none_or(|f| f <= d) && self.to.is_none_or(|t| d <= t)
    }

    fn is_open(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    fn and(self, other: Self) -> Self {
        let least = |a: Option<Date>, b: Option<Date>| a.into_iter().chain(b).min();
        Self { from: self.from.max(other.from), to: least(self.to, other.to) }
    }
}

fn day(cell: &Cell) -> Option<Date> {
    match cell.value {
        Value::Date(d) => Some(d),
        _ => None,
    }
}

fn sure(cell: &Cell) -> Option<Date> {
    day(cell).filter(|_| cell.confidence >= CERTAIN)
}

fn header(statement: &Statement, field: Field) -> Option<Date> {
    statement.header.get(&field)?.first().and_then(sure)
}

/// The stay and the day of the statement, as far as they were read with certainty.
fn frame(statement: &Statement) -> Span {
    let of = |a, b| header(statement, a).or_else(|| header(statement, b));
    let stay = Span { from: of(Field::ServiceFrom, Field::Admitted), to: of(Field::ServiceTo, Field::Discharged) };
    // One that ends before it begins bounds nothing.
    let stay = if stay.from.zip(stay.to).is_some_and(|(a, b)| a > b) { Span::default() } else { stay };
    stay.and(Span { from: None, to: header(statement, Field::StatementDate) })
}

/// The sure dates of the services, by row.
fn services(statement: &Statement) -> Vec<(usize, Date)> {
    let of = |(i, r): (usize, &billproof_parsers::statement::Row)| Some((i, sure(r.cells.get(&Field::ServiceDate)?)?));
    statement.rows.iter().enumerate().filter(|(_, r)| r.kind == LineKind::Service).filter_map(of).collect()
}

/// The years in which all other services lie.
fn years(dates: &[(usize, Date)]) -> Span {
    let year = |d: Option<&(usize, Date)>| d.map(|d| d.1.year());
    let first = year(dates.iter().min_by_key(|d| d.1)).and_then(|y| Date::new(y, 1, 1).ok());
    let last = year(dates.iter().max_by_key(|d| d.1)).and_then(|y| Date::new(y, 12, 31).ok());
    if dates.len() < LEAST_DATES { Span::default() } else { Span { from: first, to: last } }
}

/// Between which dates a row's stands, where the rows of its claim are in order of dates.
fn neighbours(statement: &Statement, dates: &[(usize, Date)], row: usize) -> Span {
    let claim = statement.rows[row].claim;
    let own: Vec<(usize, Date)> = dates.iter().copied().filter(|(i, _)| statement.rows[*i].claim == claim && *i != row).collect();
    let rising = own.windows(2).all(|w| w[0].1 <= w[1].1);
    let falling = own.windows(2).all(|w| w[0].1 >= w[1].1);
    if own.len() < LEAST_DATES || !(rising || falling) {
        return Span::default();
    }
    let before = own.iter().rev().find(|(i, _)| *i < row).map(|d| d.1);
    let after = own.iter().find(|(i, _)| *i > row).map(|d| d.1);
    match (rising, falling) {
        (true, _) => Span { from: before, to: after },
        _ => Span { from: after, to: before },
    }
}

/// Sets the dates right; gives the repairs and the rows whose doubtful date contradicts the others, with no single way out.
pub fn repair(statement: &mut Statement, text: &DocumentText) -> (Vec<Repair>, Vec<usize>) {
    let (mut repairs, mut open) = (Vec::new(), Vec::new());
    let dates = services(statement);
    let frame = frame(statement);
    let anchor = dates.first().map(|d| d.1).or(frame.to).or(frame.from);
    let paper = frame.and(years(&dates));
    for gap in unread::gaps(statement, text, Field::ServiceDate, anchor) {
        let span = paper.and(neighbours(statement, &dates, gap.row));
        if span.is_open() {
            continue;
        }
        if let Some(value) = fitting(&gap.print, span) {
            let at = (Some(gap.row), statement.rows[gap.row].page);
            repairs.push(repair_of(Field::ServiceDate, at, None, &value, Agreement::Dates));
            unread::fill(statement, &gap, Field::ServiceDate, value, SUPPORTED);
        }
    }
    for row in 0..statement.rows.len() {
        let service = statement.rows[row].kind == LineKind::Service;
        for field in [Field::ServiceDate, Field::ServiceDateTo] {
            let Some(cell) = statement.rows[row].cells.get(&field) else { continue };
            let Some((print, read)) = Print::of(cell, field, text, anchor).filter(Print::is_doubtful).zip(day(cell)) else {
                continue;
            };
            let other = |f: Field| statement.rows[row].cells.get(&f).and_then(sure);
            // Payments come after the stay.
            let mut span = if service { paper } else { years(&dates) };
            if field == Field::ServiceDate {
                span = span.and(Span { from: None, to: other(Field::ServiceDateTo) });
                span = if service { span.and(neighbours(statement, &dates, row)) } else { span };
            } else {
                span = span.and(Span { from: other(Field::ServiceDate), to: None });
            }
            let at = (Some(row), cell.page);
            if let Some(r) = settle(statement.rows[row].cells.get_mut(&field), &print, read, field, at, span, &mut open) {
                repairs.push(r);
            }
        }
    }
    let all = services(statement);
    let (first, last) = (all.iter().map(|d| d.1).min(), all.iter().map(|d| d.1).max());
    let bounds = [
        (Field::ServiceFrom, Span { from: None, to: first }),
        (Field::Admitted, Span { from: None, to: first }),
        (Field::ServiceTo, Span { from: last, to: header(statement, Field::StatementDate) }),
        (Field::Discharged, Span { from: last, to: header(statement, Field::StatementDate) }),
        (Field::StatementDate, Span { from: last, to: None }),
    ];
    for (field, span) in bounds.into_iter().filter(|_| all.len() >= LEAST_DATES) {
        let Some(cell) = statement.header.get(&field).and_then(|c| c.first()) else { continue };
        let Some((print, read)) = Print::of(cell, field, text, anchor).filter(Print::is_doubtful).zip(day(cell)) else {
            continue;
        };
        let cell = statement.header.get_mut(&field).and_then(|c| c.first_mut());
        let page = cell.as_ref().map_or(1, |c| c.page);
        // A year that no service has is as wrong as one before all of them.
        let near = span.and(near(first, last));
        repairs.extend(settle(cell, &print, read, field, (None, page), near, &mut open));
    }
    (repairs, open)
}

/// The only reading that lies in a span. The shape of a misread digit alone speaks for a day only where no other is left:
/// in a longer span a digit that is mistaken for none of its like would give a wrong one.
fn fitting(print: &Print, span: Span) -> Option<Value> {
    let reading = print.single(|v| matches!(v, Value::Date(d) if span.holds(*d)))?;
    (reading.seen || span.from.is_some() && span.from == span.to).then(|| reading.value.clone())
}

/// A statement is made within two years of its services.
fn near(first: Option<Date>, last: Option<Date>) -> Span {
    let moved = |d: Option<Date>, years: i16| d.and_then(|d| Date::new(d.year() + years, d.month(), d.day().min(28)).ok());
    Span { from: moved(first, -1), to: moved(last, 2) }
}

/// Sets one date right where it must be and where that can be done in a single way.
fn settle(
    cell: Option<&mut Cell>,
    print: &Print,
    read: Date,
    field: Field,
    at: (Option<usize>, u32),
    span: Span,
    open: &mut Vec<usize>,
) -> Option<Repair> {
    let cell = cell.filter(|_| !span.holds(read))?;
    let Some(value) = fitting(print, span) else {
        open.extend(at.0);
        return None;
    };
    let repair = repair_of(field, at, Some(&cell.value), &value, Agreement::Dates);
    cell.value = value;
    cell.confidence = SUPPORTED;
    Some(repair)
}
