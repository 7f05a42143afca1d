//! Tables without a column for words: a line over (or under) each line of amounts names the service.
//!
//! ```text
//! 99214-25  OFFICE VISIT LEVEL 4
//! 03/09/2025   1   210.00   60.00   150.00   0.00   30.00
//! ```
//! It is the table's habit or none: nearly every line of amounts must have one, all on the same side.

use crate::adjustment_lists::are_adjustments;
use crate::cell_codes::revenue_code_in;
use crate::columns::Column;
use crate::day_headings::{day_within, heading_date};
use crate::grammar::code;
use crate::service_words::service_words;
use crate::statement::Field;
use crate::table::{BodyLine, ROW_STEP, Role};
use crate::tokens::{Token, TokenKind};
use crate::total_labels::is_total_label;

/// The widest step between the two lines, in sizes of type.
const NEAR: f32 = 1.7;

/// The widest step from the name under the only amounts to their sum, in sizes of type.
const SUM_NEAR: f32 = 4.0;

/// Marks the lines that name a service.
pub fn mark(lines: &mut [BodyLine], columns: &[Column]) {
    if columns.iter().any(|c| c.has(Field::Description)) || lines.iter().any(|l| l.role == Role::NameAbove) {
        return;
    }
    // a sum without a label is amounts alone and has no name
    let says = |l: &BodyLine| l.assigned.cells.iter().any(|(t, _)| !matches!(t.kind, TokenKind::Money | TokenKind::Dash));
    let anchors: Vec<usize> = (0..lines.len()).filter(|&i| lines[i].role == Role::Anchor && says(&lines[i])).collect();
    if anchors.is_empty() {
        bare_amounts(lines);
        return;
    }
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
    // adjustments may go on between the amounts and the name
    let next = |i: usize| {
        let adjusts = |l: &BodyLine| l.role != Role::Anchor && are_adjustments(&l.assigned.cells);
        i + 1 + lines[i + 1..].iter().take_while(|l| adjusts(l)).count()
    };
    let above: Vec<(usize, usize)> = anchors.iter().filter_map(|&i| beside(i, i.checked_sub(1)).map(|k| (i, k))).collect();
    let below: Vec<(usize, usize)> = anchors
        .iter()
        .filter_map(|&i| {
            let k = next(i);
            let named = lines.get(k).filter(|l| names(l) && (near(&lines[i], l) || k > i + 1 && near(&lines[k - 1], l)));
            named.map(|_| (i, k))
        })
        .collect();
    let habit = |found: &[(usize, usize)]| !found.is_empty() && found.len() * 5 >= anchors.len() * 4;
    let step = |found: &[(usize, usize)]| {
        // from the last line over the name
        let over = |i: usize, k: usize| if k > i { k - 1 } else { i };
        found.iter().map(|&(i, k)| (lines[over(i, k)].bbox.cy() - lines[k].bbox.cy()).abs()).sum::<f32>()
            / found.len().max(1) as f32
    };
    let (chosen, role) = match (habit(&above), habit(&below)) {
        // at even distances the side on which no row lacks its name
        (true, true) if step(&below) < 0.97 * step(&above) || step(&below) < 1.03 * step(&above) && below.len() > above.len() => {
            (below, Role::NameBelow)
        }
        (true, _) => (above, Role::NameAbove),
        // the line below the only amounts may as well name the service of the next table
        (false, true) if anchors.len() > 1 || closes(&lines[below[0].0..]) => (below, Role::NameBelow),
        // a procedure code says what was done: only what has none has words under it
        (false, false) if is_of_uncoded(lines, columns, &anchors, &below) => (below, Role::NameBelow),
        (false, _) => return,
    };
    for (_, k) in chosen {
        lines[k].role = role;
    }
}

/// Whether the line under the only amounts of a table is set in, and their sum stands right below it.
fn closes(lines: &[BodyLine]) -> bool {
    let [amounts, name, sum, ..] = lines else { return false };
    // what is set in under the only amounts heads nothing, however far below the sum stands
    let step = (sum.bbox.cy() - name.bbox.cy()) / name.size.max(sum.size);
    let below = name.page == sum.page && step > 0.0 && step < SUM_NEAR;
    name.bbox.x0 > amounts.bbox.x0 + 0.5 * amounts.size && sum.role == Role::Total && below
}

/// Whether the lines of amounts without a procedure code, two at least, and no others, are those with a name.
fn is_of_uncoded(lines: &[BodyLine], columns: &[Column], anchors: &[usize], named: &[(usize, usize)]) -> bool {
    let coded = |i: usize| lines[i].assigned.cells.iter().any(|(t, c)| t.kind == TokenKind::Code && columns[*c].has(Field::Code));
    let uncoded = || anchors.iter().filter(|i| !coded(**i));
    uncoded().count() >= 2 && uncoded().copied().eq(named.iter().map(|(i, _)| *i))
}

/// Lines of nothing but amounts, over each of which stands what was done and when or by which code:
///
/// ```text
/// 03/09/2025 OFFICE VISIT LEVEL 4 [99214] x 1     Remark K2
///   $210.00      $60.00     $120.00      $30.00
/// Claim total
///   $210.00      $60.00     $120.00      $30.00
/// ```
/// What stands so under words of sums is a sum.
fn bare_amounts(lines: &mut [BodyLine]) {
    let under: Vec<usize> = (1..lines.len())
        .filter(|&i| lines[i].role == Role::Anchor && lines[i - 1].role != Role::Anchor && near(&lines[i], &lines[i - 1]))
        .collect();
    let of_service = |i: &usize| names(&lines[i - 1]) && says_when_or_how(&lines[i - 1]);
    let of_sum = |i: &usize| names(&lines[i - 1]) && is_total_label(&lines[i - 1].text);
    let (services, sums): (Vec<usize>, Vec<usize>) =
        (under.iter().copied().filter(of_service).collect(), under.iter().copied().filter(of_sum).collect());
    let anchors = lines.iter().filter(|l| l.role == Role::Anchor).count();
    if services.is_empty() || (services.len() + sums.len()) * 5 < anchors * 4 {
        return;
    }
    for i in services {
        lines[i - 1].role = Role::NameAbove;
    }
    for i in sums {
        lines[i].role = Role::Total;
        let label = lines[i - 1].assigned.cells.clone();
        lines[i].assigned.cells.splice(0..0, label);
    }
}

/// Under amounts, in a table without a column for words, a name whose bracket only the next line closes is one name:
///
/// ```text
/// 03/09/2025             $210.00      $150.00      $90.00     $60.00
/// EKG COMPLETE 12 LEAD W/ INTERP (billing code
/// 93000)
/// ```
pub(crate) fn close_brackets(lines: &mut Vec<BodyLine>, columns: &[Column]) {
    if columns.iter().any(|c| c.has(Field::Description)) {
        return;
    }
    let worded = |l: &BodyLine| {
        matches!(l.role, Role::Outside | Role::Continuation | Role::Heading)
            && l.assigned.cells.iter().all(|(t, _)| t.kind != TokenKind::Money)
    };
    let mut i = 1;
    while i + 1 < lines.len() {
        let (above, open, rest) = (&lines[i - 1], &lines[i], &lines[i + 1]);
        let bracket = |l: &BodyLine| l.text.matches('(').count() as i32 - l.text.matches(')').count() as i32;
        let one = above.role == Role::Anchor && worded(open) && worded(rest) && near(above, open) && near(open, rest);
        if one && bracket(open) == 1 && bracket(rest) == -1 && (open.bbox.x0 - rest.bbox.x0).abs() < 0.5 * open.size {
            let rest = lines.remove(i + 1);
            let open = &mut lines[i];
            open.text = format!("{} {}", open.text, rest.text);
            open.bbox = open.bbox.union(rest.bbox);
            open.assigned.cells.extend(rest.assigned.cells);
            open.role = Role::Outside;
        }
        i += 1;
    }
}

/// Whether a line has words, and a day or a code, as only the name of a service does.
fn says_when_or_how(l: &BodyLine) -> bool {
    let said = service_words(&l.text);
    !said.rest.is_empty() && (said.from.is_some() && said.rest.split_whitespace().count() <= 12 || said.procedure.is_some())
}

fn near(a: &BodyLine, b: &BodyLine) -> bool {
    // of a name of two lines the nearer one counts
    let tall = (a.bbox.height() + b.bbox.height()).mul_add(0.5, -a.size.max(b.size)).max(0.0);
    let tall = if a.bbox.height().max(b.bbox.height()) > 1.8 * a.size.max(b.size) { tall } else { 0.0 };
    a.page == b.page && (a.bbox.cy() - b.bbox.cy()).abs() - tall <= NEAR * a.size.max(b.size)
}

/// Whether a line says of a service what only a service has: a code, a count.
fn says_how(l: &BodyLine) -> bool {
    let said = service_words(&l.text);
    !said.rest.is_empty() && said.of_service()
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
    let headed = days_head_rows(lines);
    let beneath = names_stand_beneath(lines, columns);
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
                let day = !headed && is_day(line);
                // headings stand as close over their rows as the rows do to each other
                let closer = gap(above, line) + 0.15 * line.size < below;
                let name = beneath && a + 1 == i && names(line);
                let code = under_the_day(line, &lines[a], columns).filter(|_| close && closer);
                if name || code.is_some() || close && (day || closer && goes_on(line, &lines[a])) {
                    lines[i].role = Role::Continuation;
                    if let (Some(column), Some((_, c))) = (code, lines[i].assigned.cells.first_mut()) {
                        *c = column;
                    }
                } else {
                    anchor = None;
                }
            }
            _ => anchor = None,
        }
    }
}

/// Whether nearly every row of a table has no words but a line of them beneath it, and none above: however such a line reads
/// (`LABORATORY`), it then names the service over it and heads no rows.
fn names_stand_beneath(lines: &[BodyLine], columns: &[Column]) -> bool {
    const FEWEST: usize = 2;
    let rows: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].role == Role::Anchor).collect();
    let named = |i: &usize| {
        let below = lines.get(i + 1);
        below.is_some_and(|l| names(l) && l.follows(&lines[*i]))
    };
    let worded = |l: &BodyLine| {
        l.assigned
            .cells
            .iter()
            .any(|(t, c)| t.kind == TokenKind::Text && columns.get(*c).is_some_and(|c| c.has(Field::Description)))
    };
    let led = |i: &usize| i.checked_sub(1).is_some_and(|k| names(&lines[k]) && lines[*i].is_close_below(&lines[k], ROW_STEP));
    let bare = rows.iter().filter(|i| !worded(&lines[**i]) && named(i)).count();
    // a line of prose with an amount may pass for a row
    bare >= FEWEST && bare * 5 >= rows.len() * 4 && rows.first().is_some_and(|i| !led(i))
}

/// Whether the days of a table stand over its rows, however close they come under the rows of the day before: one that has a
/// row beneath it and a heading, a sum or nothing above it can be of no other.
///
/// ```text
/// REV CODE 0250  PHARMACY
///   SERVICE DATE 06/14/25
///   METOPROLOL 25MG TAB        3    26.31
///   SERVICE DATE 06/15/25
///   METOPROLOL 25MG TAB        1     8.77
/// ```
fn days_head_rows(lines: &[BodyLine]) -> bool {
    let at = |k: Option<usize>| k.and_then(|k| lines.get(k)).map(|l| l.role);
    (0..lines.len()).any(|i| {
        let over = matches!(at(Some(i + 1)), Some(Role::Anchor));
        let first = || lines[..i].iter().all(|l| l.role != Role::Anchor);
        let under_none = matches!(at(i.checked_sub(1)), None | Some(Role::Heading | Role::Total)) || first();
        lines[i].role == Role::Heading && over && under_none && is_day(&lines[i])
    })
}

fn is_day(line: &BodyLine) -> bool {
    heading_date(&line.text).is_some() || day_within(&line.text).is_some()
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

/// The column of the day of a row, headed for both, under which a line has a code. Where the service's words run on beside it
/// the code may have been laid into their column.
fn under_the_day(line: &BodyLine, row: &BodyLine, columns: &[Column]) -> Option<usize> {
    let (t, _) = line.assigned.cells.first()?;
    let day = row.assigned.cells.iter().find(|(d, c)| {
        let both = columns[*c].has(Field::ServiceDate) && columns[*c].has(Field::Code);
        both && d.kind == TokenKind::Date && (d.bbox.x0 - t.bbox.x0).abs() < 0.5 * line.size
    });
    let code = code::procedure(&t.text).is_some() || revenue_code_in(&t.text).is_some();
    day.filter(|_| code).map(|(_, c)| *c)
}

#[cfg(test)]
mod tests;
