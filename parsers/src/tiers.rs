//! Tables that print the facts of a service on one line and its amounts on the next, each under a header line of its own:
//!
//! ```text
//! Dates of Service   Procedure   Description         Units
//!    Charge     Discount    Covered    Benefit Paid
//! 04/30/2024         97110 GP    THER EX EA 15 MIN   1
//!     96.46       47.83      48.63          38.90
//! ```
//! The header is told by `columns::tiers`; here the lines of a service become one.

use crate::page_text::BBox;
use crate::table::{BodyLine, Role};
use crate::total_labels::is_total_label;

/// Makes one line of the two of a service, and of a sum and its amounts. `split`: the first column of the lower tier.
pub(crate) fn join(lines: Vec<BodyLine>, split: usize) -> Vec<BodyLine> {
    let mut out: Vec<BodyLine> = Vec::with_capacity(lines.len());
    for mut b in lines {
        let amounts = b.role == Role::Anchor && b.assigned.cells.iter().all(|(_, c)| *c >= split);
        let above = out.last().filter(|a| amounts && a.page == b.page && a.role != Role::Anchor && a.role != Role::Total);
        let sum = above.is_some_and(|a| is_total_label(&a.text));
        let facts = above.is_some_and(|a| !a.assigned.cells.is_empty() && a.assigned.cells.iter().all(|(_, c)| *c < split));
        if (sum || facts)
            && let Some(mut above) = out.pop()
        {
            b.text = format!("{} {}", above.text, b.text);
            b.bbox = BBox::union(above.bbox, b.bbox);
            b.ruled_above = above.ruled_above;
            b.assigned.cells.splice(0..0, above.assigned.cells.drain(..));
            b.role = if sum { Role::Total } else { Role::Anchor };
        }
        out.push(b);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_line_of_facts_and_the_line_of_amounts_under_it_are_one_service() {
        let facts = |y: f32, code: &'static str, words: &'static str| {
            (y, vec![(30.0, "03/02/2025"), (150.0, code), (260.0, words), (520.0, "1"), (600.0, "K2")])
        };
        let sums = |y: f32, a: [&'static str; 4]| (y, vec![(-90.0, a[0]), (-180.0, a[1]), (-280.0, a[2]), (-400.0, a[3])]);
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Lakeside Insurance Company"), (600.0, "Explanation of Benefits")]),
            (60.0, vec![(30.0, "Patient: Jane Roe"), (220.0, "Claim No: 14139210"), (440.0, "Processed: 03/24/2025")]),
            (
                90.0,
                vec![
                    (30.0, "Dates of Service"),
                    (150.0, "Procedure"),
                    (260.0, "Description"),
                    (510.0, "Units"),
                    (600.0, "Remarks"),
                ],
            ),
            (99.0, vec![(-90.0, "Charge"), (-180.0, "Savings"), (-280.0, "Covered"), (-400.0, "Benefit Paid")]),
            facts(114.0, "97110", "THER EX EA 15 MIN"),
            sums(123.0, ["96.46", "47.83", "48.63", "48.63"]),
            facts(134.0, "97140", "MANUAL THERAPY 15 MIN"),
            sums(143.0, ["41.58", "20.22", "21.36", "0.00"]),
            (154.0, vec![(30.0, "CLAIM TOTAL")]),
            sums(163.0, ["138.04", "68.05", "69.99", "48.63"]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let s = read(&lines);
        let fields = [
            Field::ServiceDate,
            Field::Code,
            Field::Description,
            Field::Units,
            Field::RemarkCodes,
            Field::Charge,
            Field::PlanPaid,
        ];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(
            rows,
            ["2025-03-02 97110 THER EX EA 15 MIN 1 K2 96.46 48.63", "2025-03-02 97140 MANUAL THERAPY 15 MIN 1 K2 41.58 0.00"]
        );
        assert_eq!(s.totals.iter().map(|t| t.cells.len()).collect::<Vec<_>>(), [4]);
    }
}
