//! How far columns reach beyond their heads, by what stands in the body.

use super::Extent;
use crate::columns::Column;
use crate::statement::Field;
use crate::tokens::{Token, TokenKind};

/// Values at one edge, fewer of which are of something else.
const FEWEST: usize = 2;

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
pub fn reach_amounts(columns: &[Column], body: &[Vec<Token>], extents: &mut [Extent], em: f32) {
    let (Some(head), Some(e)) = (columns.last().filter(|c| c.is_money()), extents.last_mut()) else { return };
    let last = body.iter().filter_map(|l| l.last()).filter(|t| t.kind == TokenKind::Money);
    let (under, beyond): (Vec<&Token>, Vec<&Token>) =
        last.filter(|t| t.bbox.x1 > e.x0).partition(|t| t.bbox.x0 < head.head_box.x1 + 2.0 * em);
    let at = |edge: f32| beyond.iter().filter(|t| (t.bbox.x1 - edge).abs() < FLUSH).count();
    let Some(edge) = beyond.iter().map(|t| t.bbox.x1).max_by_key(|x| at(*x)) else { return };
    if at(edge) >= FEWEST && at(edge) > 2 * under.len() {
        e.x1 = edge;
    }
}

/// Widens the column of words behind the days, or behind the counts that open the rows, to the edge at which the words begin that
/// stand between the two heads:
///
/// ```text
///   DOS                              Test performed                          Amount
/// 03/09/25   LIPID PANEL (80061)                                              29.48
/// ```
/// The head of a wide column stands in its middle, far from short words, and the days are near. Whatever says a last day stands
/// before the edge.
pub fn reach_words(columns: &[Column], body: &[Vec<Token>], extents: &mut [Extent]) {
    let leads = |i: usize| match columns[i].fields.as_slice() {
        [Field::ServiceDate | Field::ServiceDateTo] => true,
        [Field::Units] => i == 0,
        _ => false,
    };
    let Some(at) = (1..columns.len()).find(|i| leads(i - 1) && columns[*i].fields == [Field::Description]) else {
        return;
    };
    let kind = if columns[at - 1].has(Field::Units) { TokenKind::Number } else { TokenKind::Date };
    let (head, e) = (columns[at - 1].head_box, &mut extents[at]);
    let begins = |line: &Vec<Token>| {
        let day = line.iter().rposition(|t| t.kind == kind && t.bbox.x0 < e.x0)?;
        let words = line.get(day + 1).filter(|t| t.kind == TokenKind::Text && t.bbox.x0 < e.x0 && t.bbox.x0 > head.x1)?;
        // `to`, `through`: the last day goes on below
        (words.text.chars().filter(|c| c.is_alphabetic()).count() >= 3 && !words.text.to_lowercase().starts_with("thr"))
            .then_some(words.bbox.x0)
    };
    let found: Vec<f32> = body.iter().filter_map(begins).collect();
    let flush = |edge: f32| found.iter().filter(|x| (**x - edge).abs() < FLUSH).count();
    if let Some(edge) = found.iter().copied().max_by_key(|x| flush(*x)).filter(|x| flush(*x) >= FEWEST) {
        e.x0 = edge;
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

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
