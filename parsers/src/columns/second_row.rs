//! Headers of two rows, for tables that print two rows of values for every service.

use std::borrow::Cow;

use super::tiers::are_tiers;
use super::{TableHeader, has_value, read_columns};
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::vocabulary::Vocabulary;

/// The line right under a header, if it heads a second row of values: its phrases stand under those of the first, even
/// if most of their words are not known.
pub(super) fn find(
    h: &TableHeader,
    kept: &[TableHeader],
    lines: &[Cow<'_, Line>],
    vocabulary: &Vocabulary,
) -> Option<TableHeader> {
    let line = lines.get(h.end_line).filter(|l| !has_value(l) && l.bbox.y0 - h.bbox.y1 < 0.9 * l.size())?;
    if kept.iter().any(|k| (k.first_line..k.end_line).contains(&h.end_line)) || h.end_line - h.first_line > 1 {
        return None;
    }
    let (columns, score) = read_columns(std::slice::from_ref(line), &[], vocabulary)?;
    let flush = |a: BBox, b: BBox| {
        let apart = (a.x0 - b.x0).abs().min((a.x1 - b.x1).abs()).min((a.cx() - b.cx()).abs());
        apart < 0.4 * line.size()
    };
    let under = columns.iter().filter(|c| h.columns.iter().any(|o| flush(c.head_box, o.head_box))).count();
    let amounts = columns.iter().filter(|c| c.is_money()).count();
    let bbox = BBox::around(columns.iter().map(|c| c.head_box))?;
    let next = h.end_line + 1;
    (columns.len() >= 5 && under * 10 >= columns.len() * 8 && amounts >= 2).then(|| TableHeader {
        first_line: h.end_line,
        end_line: next,
        columns,
        second_row: Vec::new(),
        strokes: Vec::new(),
        score,
        bbox,
    })
}

/// Whether a line over a header is that of its groups of columns, `About the service | Benefits | Your responsibility`: it names
/// nothing that the header does not, and has far fewer names. The head of a print row of its own says something else.
fn groups(above: &TableHeader, h: &TableHeader) -> bool {
    let again = |f: &Field| h.columns.iter().any(|c| c.has(*f));
    above.end_line == above.first_line + 1
        && above.second_row.is_empty()
        && above.columns.len() * 2 <= h.columns.len()
        && above.columns.iter().flat_map(|c| &c.fields).all(again)
}

/// Two headers without a line between them are the two header rows of one table.
pub(super) fn join(headers: Vec<TableHeader>, lines: &[Cow<'_, Line>]) -> Vec<TableHeader> {
    let amounts = |h: &TableHeader| h.columns.iter().filter(|c| c.is_money()).count();
    let mut out: Vec<TableHeader> = Vec::new();
    for h in headers {
        if out.last().is_some_and(|above| above.end_line == h.first_line && groups(above, &h)) {
            out.pop();
        }
        match out.last_mut() {
            Some(above)
                if above.end_line == h.first_line
                    && above.second_row.is_empty()
                    && (amounts(above) >= 2 && amounts(&h) >= 2 || are_tiers(above, &h, lines)) =>
            {
                above.end_line = h.end_line;
                above.bbox = above.bbox.union(h.bbox);
                above.second_row = h.columns;
            }
            _ => out.push(h),
        }
    }
    out
}
