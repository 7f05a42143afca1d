//! Tables without a column for words: a line over (or under) each line of amounts names the service.
//!
//! ```text
//! 99214-25  OFFICE VISIT LEVEL 4
//! 03/09/2025   1   210.00   60.00   150.00   0.00   30.00
//! ```
//! It is the table's habit or none: nearly every line of amounts must have one, all on the same side.

use crate::columns::Column;
use crate::day_headings::heading_date;
use crate::statement::Field;
use crate::table::{BodyLine, Role};
use crate::tokens::TokenKind;

/// The widest step between the two lines, in sizes of type.
const NEAR: f32 = 1.7;

/// Marks the lines that name a service.
pub fn mark(lines: &mut [BodyLine], columns: &[Column]) {
    if columns.iter().any(|c| c.has(Field::Description)) {
        return;
    }
    // a sum without a label is amounts alone and has no name
    let says = |l: &BodyLine| l.assigned.cells.iter().any(|(t, _)| !matches!(t.kind, TokenKind::Money | TokenKind::Dash));
    let anchors: Vec<usize> = (0..lines.len()).filter(|&i| lines[i].role == Role::Anchor && says(&lines[i])).collect();
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
        (true, true) if step(&below) < step(&above) => (below, Role::NameBelow),
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

/// Words without amounts, short enough to be a name.
fn names(l: &BodyLine) -> bool {
    matches!(l.role, Role::Continuation | Role::Heading | Role::Outside)
        && l.text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && l.text.len() <= 90
        && heading_date(&l.text).is_none()
        && !l.text.trim_end().ends_with(['.', ':'])
        && l.text.split_whitespace().filter(|w| w.len() > 3 && w.ends_with(':')).count() < 2
        && l.assigned.cells.iter().all(|(t, _)| !matches!(t.kind, TokenKind::Money | TokenKind::AdjustmentCode))
}

/// A day that stands closer under a row than over the next one is the row's, and heads none.
pub(crate) fn days_below(lines: &mut [BodyLine]) {
    for i in 1..lines.len() {
        let (above, day) = (&lines[i - 1], &lines[i]);
        let gap = |a: &BodyLine, b: &BodyLine| if a.page == b.page { b.bbox.y0 - a.bbox.y1 } else { f32::INFINITY };
        let below =
            lines.get(i + 1).map_or(f32::INFINITY, |next| if next.role == Role::Anchor { gap(day, next) } else { f32::INFINITY });
        let close = above.role == Role::Anchor && gap(above, day) < 0.5 * day.size && gap(above, day) < below;
        if close && day.role == Role::Heading && heading_date(&day.text).is_some() {
            lines[i].role = Role::Continuation;
        }
    }
}
