//! Columns that reach farther than their heads: the head of a wide column may stand at one edge of it or in its middle, and what
//! stands under it begins or ends far from there.

use crate::assign::{Extent, is_text};
use crate::columns::Column;
use crate::statement::Field;
use crate::tokens::{Token, TokenKind};
use crate::total_labels::is_total_label;

/// Edges within so many points are flush.
const FLUSH: f32 = 2.0;

/// Widens the last column, where it holds amounts, to the edge at which those under it end: its head may stand at the left edge
/// of a wide column, and the amounts at its right one.
///
/// ```text
/// WHAT WAS DONE                        AMT
/// OFFICE VISIT                                          $341.00
/// ```
/// Nothing but that column stands so far to the right, and no amount stands under the head itself.
pub(crate) fn amounts(columns: &[Column], body: &[Vec<Token>], extents: &mut [Extent], em: f32) {
    /// Fewer amounts at one edge are of something else.
    const FEWEST: usize = 2;
    let (Some(head), Some(e)) = (columns.last().filter(|c| c.is_money()), extents.last_mut()) else { return };
    let last = body.iter().filter_map(|l| l.last()).filter(|t| t.kind == TokenKind::Money);
    let (under, beyond): (Vec<&Token>, Vec<&Token>) =
        last.filter(|t| t.bbox.x1 > e.bounds().0).partition(|t| t.bbox.x0 < head.head_box.x1 + 2.0 * em);
    let at = |edge: f32| beyond.iter().filter(|t| (t.bbox.x1 - edge).abs() < FLUSH).count();
    let Some(edge) = beyond.iter().map(|t| t.bbox.x1).max_by_key(|x| at(*x)) else { return };
    if at(edge) >= FEWEST && at(edge) > 2 * under.len() {
        *e = e.reaching(e.bounds().0, edge);
    }
}

/// Widens a column of words to the edge at which they begin, where its head stands in the middle of it:
///
/// ```text
///   Date                          Service                          Charges
/// 6/8/2024     INITIAL HOSPITAL CARE LVL 3                         $251.00
/// ```
/// The words stand behind all heads before it, and on lines with an amount.
pub(crate) fn words(columns: &[Column], body: &[Vec<Token>], extents: &mut [Extent], em: f32) {
    /// Words that begin so near to the head need no more room, in sizes of type.
    const NEAR: f32 = 2.0;
    for (i, c) in columns.iter().enumerate().filter(|(_, c)| c.has(Field::Description)) {
        let head = c.head_box;
        // words in the column before it might be its own
        let before = i.checked_sub(1).map(|p| &columns[p]);
        if before.is_some_and(|p| is_text(p) || p.is_money()) {
            continue;
        }
        let from = before.map_or(f32::NEG_INFINITY, |p| p.head_box.x1 + 0.2 * em);
        let next = columns.get(i + 1).map_or(f32::INFINITY, |n| n.head_box.x0);
        let paid = |l: &&Vec<Token>| l.iter().any(|t| t.kind == TokenKind::Money && t.bbox.x1 > head.x1);
        let first = |l: &Vec<Token>| {
            // `01-28-25 thru 01-28-25`: words between two days are theirs
            let days = l.iter().filter(|t| t.kind == TokenKind::Date && t.bbox.x0 < head.x0).map(|t| t.bbox.x1);
            let from = days.fold(from, f32::max);
            let t = l.iter().find(|t| t.bbox.x0 > from && t.bbox.x0 < next)?;
            (t.kind == TokenKind::Text && !is_total_label(&t.text)).then_some(t.bbox.x0)
        };
        let begin: Vec<f32> = body.iter().filter(paid).filter_map(first).collect();
        let (far, under): (Vec<f32>, Vec<f32>) = begin.into_iter().partition(|x| *x < head.x0 - NEAR * em);
        let at = |edge: f32| far.iter().filter(|x| (**x - edge).abs() < FLUSH).count();
        let Some(edge) = far.iter().copied().max_by_key(|x| at(*x)) else { continue };
        if at(edge) > 2 * under.len() && at(edge) * 2 > far.len() {
            extents[i] = extents[i].reaching(edge, extents[i].bounds().1);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn words_begin_far_left_of_a_head_in_the_middle_of_its_column() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospitalists"), (400.0, "Statement of services")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 77270945")]),
            (60.0, &[(40.0, "Date"), (300.0, "Service"), (-560.0, "Charges")]),
            (74.0, &[(30.0, "6/8/2024"), (90.0, "HOSPITAL CARE LVL 3"), (-560.0, "$251.00")]),
            (83.0, &[(90.0, "HCPCS 99223, Quantity 1")]),
            (97.0, &[(30.0, "6/9/2024"), (90.0, "DISCHARGE DAY"), (-560.0, "$138.86")]),
            (106.0, &[(90.0, "HCPCS 99238, Quantity 1")]),
            (120.0, &[(30.0, "TOTAL"), (-560.0, "$389.86")]),
        ]);
        let fields = [Field::ServiceDate, Field::Description, Field::Code, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["2024-06-08 HOSPITAL CARE LVL 3 99223 1 251.00", "2024-06-09 DISCHARGE DAY 99238 1 138.86"]);
    }

    #[test]
    fn words_right_behind_the_day_are_of_the_wide_column_whose_head_stands_in_its_middle() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Laboratory"), (500.0, "Invoice")]),
            (60.0, &[(40.0, "DOS"), (300.0, "Test Performed"), (-580.0, "Units"), (-660.0, "Amount")]),
            (74.0, &[(30.0, "03/09/25"), (90.0, "LIPID PANEL (80061)"), (-580.0, "1"), (-660.0, "29.48")]),
            (88.0, &[(30.0, "03/09/25"), (90.0, "TSH (84443)"), (-580.0, "1"), (-660.0, "50.35")]),
            (102.0, &[(30.0, "Total charges"), (-660.0, "79.83")]),
        ]);
        let rows: Vec<String> =
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Code, Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["2025-03-09 80061 LIPID PANEL 29.48", "2025-03-09 84443 TSH 50.35"]);
    }

    #[test]
    fn words_right_behind_the_count_that_opens_a_row_are_of_that_column_too() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (500.0, "Itemized bill")]),
            (60.0, &[(34.0, "# Units"), (263.0, "Description"), (-530.0, "HCPCS"), (-660.0, "Billed Amount")]),
            (70.0, &[(30.0, "Date of service: 03/09/2025")]),
            (84.0, &[(-54.0, "1"), (66.0, "BASIC METABOLIC PANEL"), (-530.0, "80048"), (-660.0, "$101.00")]),
            (98.0, &[(-54.0, "8"), (66.0, "CEFTRIAXONE 250MG INJ"), (-530.0, "J0696"), (-660.0, "$416.72")]),
            (112.0, &[(-54.0, "1"), (66.0, "SUCTION TUBING"), (-660.0, "$90.48")]),
            (126.0, &[(30.0, "Subtotal:"), (-660.0, "$608.20")]),
        ]);
        let fields = [Field::ServiceDate, Field::Code, Field::Description, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-09 80048 BASIC METABOLIC PANEL 1 101.00",
                "2025-03-09 J0696 CEFTRIAXONE 250MG INJ 8 416.72",
                "2025-03-09 - SUCTION TUBING 1 90.48"
            ]
        );
    }
}
