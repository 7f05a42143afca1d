//! Two services side by side on each line of a table, under headings that are printed twice:
//!
//! ```text
//! Date     Service         Fee      Date     Service         Fee
//! May 14   OFFICE VISIT  81.34      May 26   OFFICE VISIT  81.34
//! ```
//! Where neither a gap parts the halves nor another grammar reads them, the columns have room for one service a line. Then the
//! paper must not pass for read: what stands in the second half is told.

use crate::statement::{Field, Unparsed};
use crate::table::{Role, Table};
use crate::tokens::TokenKind;

/// The first line of such a table whose second half is in no row.
pub(crate) fn unread_half(t: &Table) -> Option<Unparsed> {
    let alike = |a: usize, b: usize| t.columns[a].head.eq_ignore_ascii_case(&t.columns[b].head);
    let charge = t.columns.iter().position(|c| c.has(Field::Charge))?;
    let again = (charge + 1..t.columns.len()).find(|j| alike(charge, *j) && t.columns[*j].fields == [Field::Ignored])?;
    // what opens the first half opens the second one too
    (charge + 1..again).find(|k| alike(0, *k))?;
    let amount = |l: &&crate::table::BodyLine| {
        l.role == Role::Anchor && l.assigned.cells.iter().any(|(t, c)| *c == again && t.kind == TokenKind::Money)
    };
    let line = t.lines.iter().find(amount)?;
    let reason = "two services stand side by side, and only the first was read".to_owned();
    Some(Unparsed { page: line.page, bbox: line.bbox, text: line.text.clone(), reason })
}

#[cfg(test)]
mod tests {
    use crate::test_pages::read;

    #[test]
    fn the_second_half_of_a_table_is_not_passed_over_in_silence() {
        let line = |y: f32, a: &'static str, b: &'static str| {
            let cells: &'static [(f32, &str)] = Vec::leak(vec![
                (40.0, a),
                (120.0, "99213 OFFICE VISIT"),
                (-300.0, "81.34"),
                (400.0, b),
                (480.0, "99213 OFFICE VISIT"),
                (-660.0, "81.34"),
            ]);
            (y, cells)
        };
        let heads: &[(f32, &str)] =
            &[(40.0, "Day"), (120.0, "Service"), (-300.0, "Fee"), (400.0, "Day"), (480.0, "Service"), (-660.0, "Fee")];
        let s = read(&[
            (20.0, &[(30.0, "Patient statement")]),
            (60.0, heads),
            line(74.0, "05/14/2025", "05/26/2025"),
            line(86.0, "05/18/2025", "05/30/2025"),
            line(98.0, "05/20/2025", "06/01/2025"),
        ]);
        assert!(s.rows.len() == 6 || !s.unparsed.is_empty(), "{:?}", s.rows);
    }
}
