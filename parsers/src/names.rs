//! Tables without a column for words: a line over (or under) each line of amounts names the service.
//!
//! ```text
//! 99214-25  OFFICE VISIT LEVEL 4
//! 03/09/2025   1   210.00   60.00   150.00   0.00   30.00
//! ```
//! It is the table's habit or none: nearly every line of amounts must have one, all on the same side.

use crate::cell_codes::revenue_code_in;
use crate::columns::Column;
use crate::day_headings::heading_date;
use crate::grammar::code;
use crate::service_words::service_words;
use crate::statement::Field;
use crate::table::{BodyLine, Role};
use crate::tokens::{Token, TokenKind};

/// The widest step between the two lines, in sizes of type.
const NEAR: f32 = 1.7;

/// Marks the lines that name a service.
pub fn mark(lines: &mut [BodyLine], columns: &[Column]) {
    if columns.iter().any(|c| c.has(Field::Description)) || lines.iter().any(|l| l.role == Role::NameAbove) {
        return;
    }
    // a sum without a label is amounts alone and has no name
    let says = |l: &BodyLine| l.assigned.cells.iter().any(|(t, _)| !matches!(t.kind, TokenKind::Money | TokenKind::Dash));
    let anchors: Vec<usize> = (0..lines.len()).filter(|&i| lines[i].role == Role::Anchor && says(&lines[i])).collect();
    // amounts behind words of their own need no name from elsewhere: what stands between two such lines belongs to the upper one
    let worded = |i: &&usize| {
        let first = lines[**i].assigned.cells.first();
        first.is_some_and(|(t, _)| t.kind == TokenKind::Text && t.text.chars().filter(|c| c.is_alphabetic()).count() >= 3)
    };
    if anchors.iter().filter(worded).count() * 2 > anchors.len() {
        return;
    }
    let beside = |i: usize, k: Option<usize>| {
        k.and_then(|k| lines.get(k).map(|l| (k, l))).filter(|(_, l)| names(l) && near(&lines[i], l)).map(|(k, _)| k)
    };
    let above: Vec<(usize, usize)> = anchors.iter().filter_map(|&i| beside(i, i.checked_sub(1)).map(|k| (i, k))).collect();
    let below: Vec<(usize, usize)> = anchors.iter().filter_map(|&i| beside(i, Some(i + 1)).map(|k| (i, k))).collect();
    let habit = |found: &[(usize, usize)]| !found.is_empty() && found.len() * 5 >= anchors.len() * 4;
    let step = |found: &[(usize, usize)]| {
        found.iter().map(|&(i, k)| (lines[i].bbox.cy() - lines[k].bbox.cy()).abs()).sum::<f32>() / found.len().max(1) as f32
    };
    let (chosen, role) = match (habit(&above), habit(&below)) {
        // at even distances the side on which no row lacks its name
        (true, true) if step(&below) < 0.97 * step(&above) || step(&below) < 1.03 * step(&above) && below.len() > above.len() => {
            (below, Role::NameBelow)
        }
        (true, _) => (above, Role::NameAbove),
        // the line below the only amounts may as well name the service of the next table
        (false, true) if anchors.len() > 1 => (below, Role::NameBelow),
        (false, _) => return,
    };
    for (_, k) in chosen {
        lines[k].role = role;
    }
}

fn near(a: &BodyLine, b: &BodyLine) -> bool {
    a.page == b.page && (a.bbox.cy() - b.bbox.cy()).abs() <= NEAR * a.size.max(b.size)
}

/// Whether a line says of a service what only a service has: a code, a count.
fn says_how(l: &BodyLine) -> bool {
    let said = service_words(&l.text);
    !said.rest.is_empty() && (said.procedure.is_some() || said.units.is_some() || said.revenue_code.is_some())
}

/// Words without amounts, short enough to be a name.
fn names(l: &BodyLine) -> bool {
    matches!(l.role, Role::Continuation | Role::Heading | Role::Outside)
        && l.text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && l.text.len() <= 90
        && heading_date(&l.text).is_none()
        && !l.text.trim_end().ends_with(['.', ':'])
        && (l.text.split_whitespace().filter(|w| w.len() > 3 && w.ends_with(':')).count() < 2 || says_how(l))
        && l.assigned.cells.iter().all(|(t, _)| !matches!(t.kind, TokenKind::Money | TokenKind::AdjustmentCode))
}

/// A line that stands closer under a row than over the next one is the row's, and heads none: a day, the rest of a name that
/// is printed as bold as its beginning, the second line of a cell that holds a day over a code.
pub(crate) fn lines_of_the_row_above(lines: &mut [BodyLine], columns: &[Column]) {
    let mut anchor: Option<usize> = None;
    for i in 0..lines.len() {
        match lines[i].role {
            Role::Anchor => anchor = Some(i),
            Role::Continuation => {}
            Role::Heading => {
                let Some(a) = anchor.filter(|_| i > 0) else { continue };
                let (above, line) = (&lines[i - 1], &lines[i]);
                let gap = |a: &BodyLine, b: &BodyLine| if a.page == b.page { b.bbox.y0 - a.bbox.y1 } else { f32::INFINITY };
                let below = lines.get(i + 1).filter(|next| next.role == Role::Anchor);
                let below = below.map_or(f32::INFINITY, |next| gap(line, next));
                let close = gap(above, line) < 0.5 * line.size && gap(above, line) < below && !line.ruled_above;
                let day = heading_date(&line.text).is_some();
                // headings stand as close over their rows as the rows do to each other
                let closer = gap(above, line) + 0.15 * line.size < below;
                if close && (day || closer && (goes_on(line, &lines[a]) || under_the_day(line, &lines[a], columns))) {
                    lines[i].role = Role::Continuation;
                } else {
                    anchor = None;
                }
            }
            _ => anchor = None,
        }
    }
}

/// Whether a line is the rest of the words with which the row begins: in the same bold type, and set flush under them.
fn goes_on(line: &BodyLine, row: &BodyLine) -> bool {
    let Some((first, c)) = line.assigned.cells.first() else { return false };
    // `1  BLS EMERGENCY`: flush under the words behind a line's number stands no heading
    let numbered = row.assigned.cells.first().is_some_and(|(t, _)| t.kind == TokenKind::Number && t.text.len() <= 3);
    let Some((words, _)) = row.assigned.cells.get(usize::from(numbered)) else { return false };
    let bold = |t: &Token| t.words.iter().all(|w| w.bold);
    let plain = words.kind == TokenKind::Text && first.kind == TokenKind::Text;
    plain
        && line.assigned.cells.iter().all(|(_, other)| other == c)
        && (numbered || bold(words) && bold(first))
        && (first.bbox.x0 - words.bbox.x0).abs() < 0.3 * line.size
        && (first.words[0].font_size - words.words[0].font_size).abs() < 0.3
}

/// Whether a line has a code under the day of the row, in a column that is headed for both.
fn under_the_day(line: &BodyLine, row: &BodyLine, columns: &[Column]) -> bool {
    line.assigned.cells.first().is_some_and(|(t, c)| {
        let both = columns[*c].has(Field::ServiceDate) && columns[*c].has(Field::Code);
        both && row.assigned.cells.iter().any(|(d, rc)| rc == c && d.kind == TokenKind::Date)
            && (code::procedure(&t.text).is_some() || revenue_code_in(&t.text).is_some())
    })
}
