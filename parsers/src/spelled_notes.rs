//! Notes spelled out under each service, instead of a code in a column and the words at the end of the paper:
//!
//! ```text
//! OFFICE VISIT LEVEL 4        $210.00      $60.00     $150.00      $30.00
//!    K21: This amount is written off by your provider. You do not owe it.
//!    S3: This amount was applied to your deductible.
//! BLOOD DRAW                   $20.00       $5.00      $15.00       $0.00
//!    K21: This amount is written off by your provider. You do not owe it.
//! ```
//! The codes that begin such lines are the service's. A list of all notes may stand right under the last row too, and is of
//! none: it says each code once. So the lines must be the table's habit: one code comes under two rows, or notes stand between
//! a row and the next. Of a table of a single row they are the row's where its sum stands below them. Where a column has the codes
//! too, the lines only repeat them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role, Table};
use crate::tokens::Token;

/// The widest step between two lines of a service with its notes, in sizes of type.
const NEAR: f32 = 2.2;

/// A code and its words, with or without a word in front that says what the code is: `See K21: This amount ...`.
static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?P<lead>(?i:(?:see|(?:(?:remark|reason|message|msg|note|ansi|explanation)\s+)?code|remarks?|reason|message|msg|notes?|footnote|comment|explanation)[.:]?\s+))?(?P<code>[A-Z]{1,3}\d{1,3})\s*(?::|\s[-–—])\s+\p{L}+(?:\W+\p{L}+){2}",
    )
    .expect("a constant pattern")
});

/// The code that a line spells out.
fn code(line: &BodyLine) -> Option<String> {
    let free = matches!(line.role, Role::Outside | Role::Continuation | Role::Heading);
    NOTE.captures(line.text.trim()).filter(|_| free).map(|m| m["code"].to_owned())
}

/// The notes under one row.
struct Run {
    table: usize,
    row: usize,
    /// The lines with the code of each.
    notes: Vec<(usize, String)>,
    /// Whether the row's own cell tells these codes already.
    told: bool,
    /// The line below them.
    next: Option<usize>,
}

/// Gives the rows the codes of the notes under them.
pub(crate) fn take(tables: &mut [Table]) {
    let runs: Vec<Run> = tables.iter().enumerate().flat_map(|(t, table)| runs(t, table)).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let again = runs.iter().any(|run| {
        let codes: BTreeSet<&str> = run.notes.iter().map(|n| n.1.as_str()).collect();
        codes.into_iter().any(|c| !seen.insert(c))
    });
    let role = |run: &Run| run.next.map(|i| tables[run.table].lines[i].role);
    let habit = again || runs.iter().any(|run| role(run) == Some(Role::Anchor));
    let single = |run: &Run| {
        let lines = &tables[run.table].lines;
        let rows = lines.iter().filter(|l| l.role == Role::Anchor).count();
        let inset = lines[run.notes[0].0].bbox.x0 > lines[run.row].bbox.x0 + 0.5 * lines[run.row].size;
        rows == 1 && inset && role(run) == Some(Role::Total)
    };
    let kept: Vec<Run> = runs.into_iter().filter(|run| habit || run.told || single(run)).collect();
    for run in kept {
        let lines = &mut tables[run.table].lines;
        for (i, code) in run.notes {
            lines[i].role = Role::Outside;
            if run.told {
                continue;
            }
            let Some(token) = lines[i].assigned.cells.first().map(|(t, _)| Token { text: code.clone(), ..t.clone() }) else {
                continue;
            };
            lines[run.row].parts.push((Field::RemarkCodes, Value::List(vec![code]), token));
        }
    }
}

/// The notes of a table, row by row.
fn runs(table: usize, t: &Table) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    let lines = &t.lines;
    let column = t.columns.iter().any(|c| c.has(Field::RemarkCodes));
    let says = |row: usize, code: &str| lines[row].text.split(|c: char| !c.is_alphanumeric()).any(|w| w == code);
    let near = |i: usize| {
        let (a, b) = (&lines[i - 1], &lines[i]);
        a.page == b.page && b.bbox.cy() - a.bbox.cy() <= NEAR * a.size.max(b.size)
    };
    for row in (0..lines.len()).filter(|&i| lines[i].role == Role::Anchor) {
        let mut notes: Vec<(usize, String)> = Vec::new();
        let mut i = row + 1;
        while i < lines.len() && near(i) {
            match code(&lines[i]) {
                Some(c) => notes.push((i, c)),
                // words of the service before its notes, or the rest of a note
                None if lines[i].role == Role::NameBelow && notes.is_empty() => {}
                None if matches!(lines[i].role, Role::Continuation | Role::Outside | Role::Heading) => {
                    let flush = notes.last().is_none_or(|(n, _)| lines[i].bbox.x0 >= lines[*n].bbox.x0 - 1.0);
                    if !flush || notes.is_empty() && lines[i].role == Role::Outside {
                        break;
                    }
                }
                None => break,
            }
            i += 1;
        }
        let told = column && notes.iter().all(|(_, code)| says(row, code));
        if !notes.is_empty() && (told || !column) {
            out.push(Run { table, row, notes, told, next: (i < lines.len()).then_some(i) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 6] =
        [Field::Description, Field::Code, Field::Modifiers, Field::Units, Field::Charge, Field::RemarkCodes];

    fn rows(lines: &[(f32, &[(f32, &str)])]) -> Vec<String> {
        let head: [(f32, &[(f32, &str)]); 4] = [
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (40.0, &[(30.0, "Claim 1234567"), (300.0, "Patient: Jane Roe")]),
            (60.0, &[(30.0, "Visit on March 9, 2025")]),
            (74.0, &[(30.0, "Service"), (-300.0, "Billed"), (-380.0, "Discount"), (-460.0, "Plan pays"), (-540.0, "You pay")]),
        ];
        read(&[head.as_slice(), lines].concat()).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    const FIRST: &[(f32, &str)] =
        &[(30.0, "OFFICE VISIT LEVEL 4"), (-300.0, "210.00"), (-380.0, "60.00"), (-460.0, "120.00"), (-540.0, "30.00")];
    const SECOND: &[(f32, &str)] =
        &[(30.0, "BLOOD DRAW"), (-300.0, "20.00"), (-380.0, "5.00"), (-460.0, "15.00"), (-540.0, "0.00")];
    const K21: &[(f32, &str)] = &[(42.0, "K21: This amount is written off by your provider.")];
    const S3: &[(f32, &str)] = &[(42.0, "S3: This amount was applied to your deductible.")];

    #[test]
    fn notes_between_the_rows_are_those_of_the_upper_one() {
        let got = rows(&[
            (88.0, FIRST),
            (98.0, &[(30.0, "code 99214-25, 1 unit")]),
            (107.0, K21),
            (116.0, S3),
            (130.0, SECOND),
            (140.0, &[(30.0, "code 36415, 2 units")]),
            (149.0, K21),
            (164.0, &[(30.0, "Claim total"), (-300.0, "230.00"), (-380.0, "65.00"), (-460.0, "135.00"), (-540.0, "30.00")]),
        ]);
        assert_eq!(got, ["OFFICE VISIT LEVEL 4 99214 25 1 210.00 K21;S3", "BLOOD DRAW 36415 - 2 20.00 K21"]);
    }

    #[test]
    fn a_list_of_notes_under_the_last_row_is_of_no_row() {
        let got = rows(&[(88.0, FIRST), (102.0, SECOND), (114.0, K21), (124.0, S3)]);
        assert_eq!(got, ["OFFICE VISIT LEVEL 4 - - - 210.00 -", "BLOOD DRAW - - - 20.00 -"]);
    }
}
