//! The last day of a service, on the line beneath its first:
//!
//! ```text
//! 07-21-25      0111   2   4,974.00
//! to 07-22-25   ROOM PRIVATE
//! ```
//! or with no more than a dash before it, `-03/12/25`. In a narrow column the small word has a line of its own:
//!
//! ```text
//! 07/21/2025    0111   ROOM PRIVATE   2   4,974.00
//! thru
//! 07/22/2025
//! ```
//! Or it ends the first line, close before the words, which it then seems to begin: `07/21/2025 to ROOM PRIVATE`.
//!
//! The last day is laid behind the first one, in the cell of the days.

use crate::columns::Column;
use crate::grammar::date::date_range;
use crate::page_text::BBox;
use crate::statement::Field;
use crate::table::{BodyLine, Role, has_amount};
use crate::text_lines::join;
use crate::tokens::{Token, TokenKind};

/// Lays the last days behind the first ones.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    days_over_rows(lines, columns);
    for i in 1..lines.len() {
        if lines[i - 1].role == Role::Anchor && is_under(&lines[i], &lines[i - 1]) && begins_with_day(&lines[i]) {
            link_behind_day(&mut lines[i - 1], columns);
        }
        let (above, line) = (&lines[i - 1], &lines[i]);
        let Some((first, days)) = only_day(above, columns).filter(|_| above.role == Role::Anchor && is_under(line, above)) else {
            continue;
        };
        let flush = |l: &BodyLine| l.assigned.cells.first().is_some_and(|(t, _)| (t.bbox.x0 - first.bbox.x0).abs() < l.size);
        let found = if !flush(line) {
            None
        } else if let Some((day, taken)) = last_day(line) {
            lines[i].without_first(taken);
            Some(day)
        } else if let Some(day) =
            lines.get(i + 1).filter(|next| is_under(next, line) && flush(next)).and_then(|n| day_behind(line, n))
        {
            lines[i].without_first(1);
            lines[i + 1].without_first(1);
            Some(day)
        } else {
            None
        };
        let Some(day) = found else { continue };
        let above = &mut lines[i - 1];
        let at = above.assigned.cells.iter().position(|(_, c)| *c == days).map_or(0, |at| at + 1);
        above.assigned.cells.insert(at, (day, days));
    }
}

/// The day of a visit on a line by itself over the first of its services, which says it again, is none of the service above it,
/// where the first service of all has such a line over it.
///
/// ```text
/// 07/21/2025
/// 07/21/2025   THERAPEUTIC EXERCISE   97110   114.88
/// 07/24/2025
/// 07/24/2025   MANUAL THERAPY         97140    57.60
/// ```
fn days_over_rows(lines: &mut [BodyLine], columns: &[Column]) {
    let heads = |lines: &[BodyLine], i: usize| {
        let (line, next) = (&lines[i], &lines[i + 1]);
        let said = line.assigned.cells.first().filter(|_| begins_with_day(line)).map(|(t, _)| t.text.as_str());
        let own = only_day(next, columns).filter(|_| next.role == Role::Anchor && !has_amount(&line.assigned, columns));
        line.page == next.page && own.is_some_and(|(day, _)| Some(day.text.as_str()) == said)
    };
    let Some(first) = lines.iter().position(|l| l.role == Role::Anchor).and_then(|first| first.checked_sub(1)) else { return };
    if !heads(lines, first) {
        return;
    }
    for i in first..lines.len() - 1 {
        if matches!(lines[i].role, Role::Continuation | Role::Heading | Role::Outside) && heads(lines, i) {
            lines[i].role = Role::Heading;
        }
    }
}

/// Whether a line stands close under another and has no amounts.
fn is_under(line: &BodyLine, above: &BodyLine) -> bool {
    matches!(line.role, Role::Continuation | Role::Heading | Role::Outside)
        && above.page == line.page
        && line.bbox.cy() - above.bbox.cy() < 1.9 * line.size.max(above.size)
}

impl BodyLine {
    /// Takes so many of its first cells out; what is left goes on with the row.
    fn without_first(&mut self, taken: usize) {
        self.assigned.cells.drain(..taken);
        let left = || self.assigned.cells.iter().map(|(t, _)| t);
        self.text = left().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        self.bbox = BBox::around(left().map(|t| t.bbox)).unwrap_or(self.bbox);
        self.role = if self.assigned.cells.is_empty() { Role::Outside } else { Role::Continuation };
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
    let (second, _) = cells.get(1)?;
    (is_link(first) && second.kind == TokenKind::Date && is_day(&second.text)).then(|| (second.clone(), 2))
}

/// The day with which a line begins under the small word that begins the line over it.
fn day_behind(line: &BodyLine, next: &BodyLine) -> Option<Token> {
    let (link, _) = line.assigned.cells.first()?;
    let (day, _) = next.assigned.cells.first()?;
    (is_link(link) && day.kind == TokenKind::Date && is_day(&day.text)).then(|| day.clone())
}

/// Whether a line begins with one day.
fn begins_with_day(line: &BodyLine) -> bool {
    line.assigned.cells.first().is_some_and(|(t, _)| t.kind == TokenKind::Date && is_day(&t.text))
}

/// Takes the small word that leads from a row's only day to the one beneath it off the words that it stands close to.
fn link_behind_day(row: &mut BodyLine, columns: &[Column]) {
    let Some((_, days)) = only_day(row, columns) else { return };
    let Some(at) = row.assigned.cells.iter().position(|(_, c)| *c == days).map(|at| at + 1) else { return };
    let text = |k: usize| row.assigned.cells.get(k).filter(|(t, _)| t.kind == TokenKind::Text);
    let small = |w: &str| matches!(w, "to" | "thru" | "through");
    let Some((first, _)) = text(at).filter(|(t, _)| small(&t.words[0].text)) else { return };
    let alone = first.words.len() == 1;
    if alone && text(at + 1).is_some() {
        row.assigned.cells.remove(at);
    } else if !alone {
        let words = &mut row.assigned.cells[at].0;
        words.words.remove(0);
        words.text = join(&words.words);
        words.bbox = BBox::around(words.words.iter().map(|w| w.bbox)).unwrap_or(words.bbox);
    }
}

fn is_link(t: &Token) -> bool {
    matches!(t.text.to_lowercase().as_str(), "to" | "thru" | "through" | "-" | "–" | "—")
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
    fn a_day_over_the_services_that_say_it_again_is_no_last_day() {
        let rows = |first: &'static str, second: &'static str| -> Vec<String> {
            let s = read(&[
                (100.0, &[(30.0, "Date"), (120.0, "Code"), (180.0, "Service"), (-420.0, "Units"), (-520.0, "Charges")]),
                (112.0, &[(30.0, first)]),
                (124.0, &[(30.0, "07/21/25"), (120.0, "97110"), (180.0, "EXERCISE"), (-420.0, "2"), (-520.0, "$114.00")]),
                (136.0, &[(30.0, second)]),
                (148.0, &[(30.0, "07/24/25"), (120.0, "97140"), (180.0, "THERAPY"), (-420.0, "1"), (-520.0, "$74.00")]),
                (163.0, &[(180.0, "Total charges"), (-520.0, "$188.00")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::ServiceDateTo, Field::Charge])).collect()
        };
        let want = ["2025-07-21 - 114.00", "2025-07-24 - 74.00"];
        assert_eq!(rows("07/21/25", "07/24/25"), want);
        assert_eq!(rows("07/21/25 with Dr. Roe", "07/24/25 with Dr. Roe"), want);
        assert_eq!(rows("Therapy", "07/23/25")[0], "2025-07-21 2025-07-23 114.00");
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

    #[test]
    fn the_small_word_may_have_a_line_of_its_own() {
        let rows = |link: &'static str, below: &'static str| -> Vec<String> {
            let s = read(&[
                (100.0, &[(30.0, "Date"), (120.0, "Rev"), (180.0, "Service"), (-420.0, "Units"), (-520.0, "Charges")]),
                (115.0, &[(30.0, "07/21/2025"), (120.0, "0111"), (180.0, "ROOM PRIVATE"), (-420.0, "2"), (-520.0, "$4,974.00")]),
                (126.0, &[(30.0, link)]),
                (137.0, &[(30.0, below)]),
                (150.0, &[(30.0, "07/21/2025"), (120.0, "0250"), (180.0, "PHARMACY"), (-420.0, "1"), (-520.0, "$74.00")]),
                (170.0, &[(180.0, "Total charges"), (-520.0, "$5,048.00")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::ServiceDateTo, Field::Charge])).collect()
        };
        assert_eq!(rows("thru", "07/22/2025"), ["2025-07-21 2025-07-22 4974.00", "2025-07-21 - 74.00"]);
        assert_eq!(rows("BED", "07/22/2025")[0], "2025-07-21 - 4974.00");
    }

    #[test]
    fn the_small_word_that_ends_the_day_begins_no_words() {
        let rows = |first: &'static str, below: &'static str| -> Vec<String> {
            let s = read(&[
                (100.0, &[(30.0, "Date"), (100.0, "Service"), (-420.0, "Units"), (-520.0, "Charges")]),
                (115.0, &[(30.0, "03/27/2025"), (76.0, first), (-420.0, "5"), (-520.0, "$4,974.00")]),
                (124.0, &[(30.0, below)]),
                (140.0, &[(30.0, "03/28/2025"), (86.0, "PHARMACY"), (-420.0, "1"), (-520.0, "$74.00")]),
                (155.0, &[(30.0, "03/29/2025"), (86.0, "LABORATORY"), (-420.0, "1"), (-520.0, "$75.00")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::ServiceDateTo, Field::Description])).collect()
        };
        assert_eq!(rows("to ROOM PRIVATE", "04/01/2025")[0], "2025-03-27 2025-04-01 ROOM PRIVATE");
        assert!(rows("to ROOM PRIVATE", "")[0].ends_with("to ROOM PRIVATE"), "no last day stands beneath");
    }
}
