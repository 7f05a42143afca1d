//! Notes in a bar at the side of a table, on baselines of their own:
//!
//! ```text
//! OFFICE                        Date        Code   Description of service   Units   Charges
//! 12 Elm Street
//! Dayton, OH 45419              02/08/2025  97161  PHYSICAL THERAPY             1    215.08
//! PLEASE NOTE                                      EVALUATION
//! This statement is for the
//! services of our practice      02/08/2025  97110  THERAPEUTIC EXERCISE         1     78.50
//! only. You will get a bill
//! from the hospital for its                        15 MIN
//! ```
//! They stand under a head that the table has no use for, at one of its sides. Laid into the table such a line would part a row
//! from the rest of its words, and head the rows below it.

use crate::columns::Column;
use crate::credit_titles::lists_credits;
use crate::day_headings::{day_within, heading_date};
use crate::page_text::BBox;
use crate::revenue_headings::heading_revenue_code;
use crate::statement::Field;
use crate::table::{BodyLine, Role};
use crate::tokens::TokenKind;

/// Fewer lines of words by themselves may be the headings of groups.
const FEWEST: usize = 3;

/// Takes the words of such bars out of the lines, and the lines that hold nothing else.
pub(crate) fn take_out(lines: &mut Vec<BodyLine>, columns: &[Column]) {
    // what stands over the first row or follows the last is no part of the table, nor of the bar
    let of_rows = |l: &BodyLine| matches!(l.role, Role::Anchor | Role::Total);
    let (Some(first), Some(last)) = (lines.iter().position(of_rows), lines.iter().rposition(of_rows)) else { return };
    let of_no_use = |c: usize| columns.get(c).is_some_and(|col| col.fields.iter().all(|f| *f == Field::Ignored));
    let sides = [Some(0), columns.len().checked_sub(1).filter(|c| *c > 0)];
    let Some(c) = sides.into_iter().flatten().find(|c| of_no_use(*c) && is_bar(&lines[first..=last], *c)) else { return };
    let mut at = 0;
    lines.retain(|l| {
        at += 1;
        !(first..last).contains(&(at - 1)) || !stands_in(l, c)
    });
    for line in lines.iter_mut().filter(|l| l.assigned.cells.iter().any(|(_, at)| *at == c) && !stands_in(l, c)) {
        line.assigned.cells.retain(|(_, at)| *at != c);
        let left = || line.assigned.cells.iter().map(|(t, _)| t);
        line.text = left().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        line.bbox = BBox::around(left().map(|t| t.bbox)).unwrap_or(line.bbox);
    }
}

/// Whether a line stands in this column alone.
fn stands_in(l: &BodyLine, c: usize) -> bool {
    !l.assigned.cells.is_empty() && l.assigned.cells.iter().all(|(_, at)| *at == c)
}

/// Whether a column holds running text beside and between the rows: nothing of a row's own, and no heading of a group.
fn is_bar(lines: &[BodyLine], c: usize) -> bool {
    let lone: Vec<&BodyLine> = lines.iter().filter(|l| stands_in(l, c)).collect();
    let of_a_row = |l: &BodyLine| l.assigned.cells.iter().any(|(t, at)| *at == c && t.kind != TokenKind::Text);
    is_prose(&lone) && !lone.iter().any(|l| heads(l)) && !lines.iter().any(|l| l.role == Role::Anchor && of_a_row(l))
}

/// Whether a line says what the rows below it are.
fn heads(l: &BodyLine) -> bool {
    heading_revenue_code(&l.text).is_some()
        || heading_date(&l.text).is_some()
        || day_within(&l.text).is_some()
        || lists_credits(&l.text)
}

/// Whether lines are those of running text: several, most of them of a few words in small letters.
fn is_prose(lines: &[&BodyLine]) -> bool {
    let of_text = |l: &&&BodyLine| {
        let worded = l.assigned.cells.iter().all(|(t, _)| t.kind == TokenKind::Text);
        worded && l.text.split(' ').filter(|w| w.starts_with(char::is_lowercase)).count() >= 2
    };
    let text = lines.iter().filter(of_text).count();
    text >= FEWEST && text * 2 > lines.len()
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_bar_beside_the_rows_parts_none_of_them() {
        let row = |y: f32, code: &'static str, words: &'static str, fee: &'static str| {
            (y, vec![(240.0, "02/08/2025"), (310.0, code), (370.0, words), (-620.0, "1"), (-720.0, fee)])
        };
        let note = |y: f32, text: &'static str| (y, vec![(30.0, text)]);
        let lines = [
            (20.0, vec![(30.0, "Lakeside Rehab Center"), (400.0, "Statement of services")]),
            (
                60.0,
                vec![
                    (30.0, "OFFICE"),
                    (240.0, "Date"),
                    (310.0, "Code"),
                    (370.0, "Description"),
                    (-620.0, "Units"),
                    (-720.0, "Charges"),
                ],
            ),
            row(80.0, "97161", "PHYSICAL THERAPY", "215.08"),
            note(85.0, "This statement is for the"),
            (90.0, vec![(370.0, "EVALUATION")]),
            note(95.0, "services of our practice"),
            row(104.0, "97110", "THERAPEUTIC EXERCISE", "78.50"),
            note(109.0, "only. You will get a bill"),
            (114.0, vec![(370.0, "15 MIN")]),
            note(119.0, "from the hospital for its"),
            row(128.0, "97035", "ULTRASOUND THERAPY", "36.49"),
            (142.0, vec![(30.0, "own charges."), (370.0, "TOTALS"), (-720.0, "330.07")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let s = read(&lines);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description])).collect();
        assert_eq!(rows, ["97161 PHYSICAL THERAPY EVALUATION", "97110 THERAPEUTIC EXERCISE 15 MIN", "97035 ULTRASOUND THERAPY"]);
        assert_eq!(s.header.get(&Field::TotalCharges).map(|c| c[0].raw.as_str()), Some("330.07"));
    }
}
