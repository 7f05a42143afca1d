//! The last day of a service, on the line beneath its first:
//!
//! ```text
//! 07-21-25      0111   2   4,974.00
//! to 07-22-25   ROOM PRIVATE
//! ```
//! or with no more than a dash before it, `-03/12/25`. It is laid behind the first day, in the cell of the days.

use crate::columns::Column;
use crate::grammar::date::date_range;
use crate::page_text::BBox;
use crate::statement::Field;
use crate::table::{BodyLine, Role};
use crate::tokens::{Token, TokenKind};

/// Lays the last days behind the first ones.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    for i in 1..lines.len() {
        let [above, line] = &mut lines[i - 1..=i] else { continue };
        let under = above.role == Role::Anchor
            && matches!(line.role, Role::Continuation | Role::Heading | Role::Outside)
            && above.page == line.page
            && line.bbox.cy() - above.bbox.cy() < 1.9 * line.size.max(above.size);
        let Some((first, days)) = only_day(above, columns).filter(|_| under) else { continue };
        let flush = |t: &Token| (t.bbox.x0 - first.bbox.x0).abs() < line.size;
        let Some((day, taken)) = last_day(line).filter(|_| line.assigned.cells.first().is_some_and(|(t, _)| flush(t))) else {
            continue;
        };
        let at = above.assigned.cells.iter().position(|(_, c)| *c == days).map_or(0, |at| at + 1);
        above.assigned.cells.insert(at, (day, days));
        line.assigned.cells.drain(..taken);
        let left = || line.assigned.cells.iter().map(|(t, _)| t);
        line.text = left().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        line.bbox = BBox::around(left().map(|t| t.bbox)).unwrap_or(line.bbox);
        line.role = if line.assigned.cells.is_empty() { Role::Outside } else { Role::Continuation };
    }
}

/// The day of a row that has one only, and its column.
fn only_day(line: &BodyLine, columns: &[Column]) -> Option<(Token, usize)> {
    let mut days = line.assigned.cells.iter().filter(|(t, c)| columns[*c].has(Field::ServiceDate) && t.kind == TokenKind::Date);
    let (day, column) = days.next()?;
    let one = days.next().is_none() && !columns.iter().any(|c| c.fields == [Field::ServiceDateTo]);
    (one && is_day(&day.text)).then(|| (day.clone(), *column))
}

/// Whether the text is one day and no more.
fn is_day(text: &str) -> bool {
    date_range(text).is_some_and(|(_, to)| to.is_none())
}

/// The day with which a line begins behind `to` or a dash, and how many of its cells say it.
fn last_day(line: &BodyLine) -> Option<(Token, usize)> {
    let cells = &line.assigned.cells;
    let (first, _) = cells.first()?;
    let dashed = |t: &Token| {
        let text = t.text.strip_prefix(['-', '–', '—'])?.trim_start();
        is_day(text).then(|| Token { kind: TokenKind::Date, text: text.to_owned(), ..t.clone() })
    };
    if let Some(day) = dashed(first) {
        return Some((day, 1));
    }
    let link = first.text.to_lowercase();
    let (second, _) = cells.get(1)?;
    let links = matches!(link.as_str(), "to" | "thru" | "through" | "-" | "–" | "—");
    (links && second.kind == TokenKind::Date && is_day(&second.text)).then(|| (second.clone(), 2))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_last_day_stands_beneath_the_first() {
        for (link, words) in [("to 07/22/25", "ROOM PRIVATE"), ("-07/22/25", "ROOM PRIVATE"), ("to 07-22-25", "ROOM PRIVATE")] {
            let s = read(&[
                (100.0, &[(30.0, "Date"), (120.0, "Rev"), (180.0, "Service"), (-420.0, "Units"), (-520.0, "Charges")]),
                (115.0, &[(30.0, "07/21/25"), (120.0, "0111"), (180.0, words), (-420.0, "2"), (-520.0, "$4,974.00")]),
                (126.0, &[(30.0, link)]),
                (141.0, &[(30.0, "07/21/25"), (120.0, "0250"), (180.0, "PHARMACY"), (-420.0, "1"), (-520.0, "$74.00")]),
                (156.0, &[(180.0, "Total charges"), (-520.0, "$5,048.00")]),
            ]);
            let rows: Vec<String> = s
                .rows
                .iter()
                .map(|r| said(r, &[Field::ServiceDate, Field::ServiceDateTo, Field::Description, Field::Charge]))
                .collect();
            assert_eq!(rows, ["2025-07-21 2025-07-22 ROOM PRIVATE 4974.00", "2025-07-21 - PHARMACY 74.00"], "{link}");
        }
    }

    #[test]
    fn words_beside_the_last_day_name_the_service() {
        let s = read(&[
            (100.0, &[(30.0, "Date"), (120.0, "Rev"), (180.0, "Service"), (-420.0, "Units"), (-520.0, "Charges")]),
            (115.0, &[(30.0, "07-21-25"), (120.0, "0111"), (-420.0, "2"), (-520.0, "$4,974.00")]),
            (126.0, &[(30.0, "to 07-22-25"), (180.0, "ROOM PRIVATE")]),
            (141.0, &[(30.0, "07-21-25"), (120.0, "0250"), (-420.0, "1"), (-520.0, "$74.00")]),
            (152.0, &[(180.0, "PHARMACY")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::ServiceDateTo, Field::Description])).collect();
        assert_eq!(rows, ["2025-07-22 ROOM PRIVATE", "- PHARMACY"]);
    }
}
