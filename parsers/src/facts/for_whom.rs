//! For whom a claim is, where the line beneath that of its number says so and no more:
//!
//! ```text
//! Lakeside Internal Medicine        In network            Claim # 251116085808
//! For Jane Roe                                      Received Jul 13, 2025
//! ```
//! The bare `for` labels nothing elsewhere. On a paper of several people a claim without its person would be another's.

use super::segments::Paper;
use super::totals::amounts_in;
use super::{claims, wording};
use crate::statement::Cell;

/// `For Jane Roe` on the line beneath that of the claim's number, whose words `for` label nothing elsewhere.
pub(super) fn beneath(paper: &Paper, at: usize, ceiling: usize) -> Option<Cell> {
    let (own, row) = (&paper.rows[at], paper.rows.get(at + 1).filter(|_| at + 1 < ceiling)?);
    let near = row.page == own.page && row.bbox.y0 - own.bbox.y1 < paper.body_size * 1.2 && amounts_in(paper, at + 1) == 0;
    let pieces = near.then(|| &paper.pieces[row.pieces.clone()])?;
    pieces.iter().find_map(|p| {
        let text = p.text();
        let name = text.strip_prefix("For ").or_else(|| text.strip_prefix("for "))?;
        let fits = wording::is_person(name) && wording::organisation_words(name) == 0;
        fits.then(|| claims::text_cell(name, &text, p))
    })
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement, Value};
    use crate::test_pages::read;

    fn notice() -> Statement {
        let row = |y: f32, words: &'static str| {
            (
                y,
                vec![
                    (30.0, "05/29/2024"),
                    (130.0, words),
                    (-300.0, "13.00"),
                    (-400.0, "9.00"),
                    (-500.0, "5.00"),
                    (-600.0, "4.00"),
                ],
            )
        };
        let claim = |y: f32, provider: &'static str, number: &'static str| (y, vec![(30.0, provider), (400.0, number)]);
        let lines = [
            (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of benefits")]),
            (50.0, vec![(30.0, "Subscriber"), (130.0, "John Roe")]),
            (
                80.0,
                vec![
                    (30.0, "Date"),
                    (130.0, "Service"),
                    (-300.0, "Billed"),
                    (-400.0, "Allowed"),
                    (-500.0, "Plan paid"),
                    (-600.0, "You owe"),
                ],
            ),
            claim(100.0, "Elm Family Medicine", "Claim # 3621057653"),
            (110.0, vec![(30.0, "For Jane Roe"), (400.0, "Processed 09/28/2024")]),
            row(122.0, "OFFICE VISIT"),
            claim(142.0, "Meadow Clinic", "Claim # 3621057999"),
            (152.0, vec![(30.0, "For John Roe"), (400.0, "Processed 09/28/2024")]),
            row(164.0, "X-RAY CHEST"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        read(&lines)
    }

    #[test]
    fn each_claim_has_its_own_person() {
        let people: Vec<Option<Value>> =
            notice().claims.iter().map(|c| c.cells.get(&Field::Patient).map(|c| c.value.clone())).collect();
        assert_eq!(people, ["Jane Roe", "John Roe"].map(|n| Some(Value::Text(n.to_owned()))));
    }
}
