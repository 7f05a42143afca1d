//! Words that run on under the day of their service, where day and words share a cell:
//!
//! ```text
//! Service                 No.    Billed    Allowed
//! 09/17/25 CBC WITH         1     47.25      26.99
//! AUTO DIFF (85025)
//! 09/17/25                  4     14.36       7.19
//! TRIAMCINOLONE
//! 10MG INJ (J3301)
//! ```
//! Flush where the rows begin, they look like the heading of a group, the more so in a face whose letters are thick. But a heading
//! stands no closer to the row above it than to the one below.

use crate::columns::Column;
use crate::day_headings::{day_within, heading_date, is_visit};
use crate::revenue_headings::heading_revenue_code;
use crate::statement::Field;
use crate::table::{BodyLine, Role};
use crate::tokens::TokenKind;
use crate::total_labels::is_total_label;

/// How much farther the next row must be than the row above.
const FARTHER: f32 = 1.15;

/// Gives such lines to the rows above them.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let Some(cell) = columns.iter().position(|c| c.has(Field::ServiceDate) && c.has(Field::Description)) else { return };
    // left edge of the day of the row that the lines stand under
    let mut day: Option<f32> = None;
    for i in 0..lines.len() {
        match lines[i].role {
            Role::Anchor => {
                let first = lines[i].assigned.cells.first();
                day = first.filter(|(t, c)| t.kind == TokenKind::Date && *c == cell).map(|(t, _)| t.bbox.x0);
            }
            Role::Continuation => {}
            Role::Heading if day.is_some_and(|x| runs_on(lines, i, x, cell)) => lines[i].role = Role::Continuation,
            _ => day = None,
        }
    }
}

/// Whether the line under a row goes on with its words, which stand in the column `cell` and begin at `x`.
fn runs_on(lines: &[BodyLine], i: usize, x: f32, cell: usize) -> bool {
    let (above, line) = (&lines[i - 1], &lines[i]);
    let words = |kind: TokenKind| matches!(kind, TokenKind::Text | TokenKind::Number | TokenKind::Code);
    let step = line.bbox.cy() - above.bbox.cy();
    let next = lines.get(i + 1).filter(|l| l.page == line.page && l.role == Role::Anchor);
    let heads = || {
        let text = line.text.trim();
        let dated = heading_date(text).is_some() || day_within(text).is_some() || is_visit(text);
        dated || heading_revenue_code(text).is_some() || is_total_label(text) || text.ends_with(':')
    };
    line.follows(above)
        && (line.bbox.x0 - x).abs() < 0.3 * line.size
        && (line.size - above.size).abs() < 0.3
        && line.assigned.cells.iter().all(|(t, c)| *c == cell && words(t.kind))
        && next.is_none_or(|l| l.ruled_above || l.bbox.cy() - line.bbox.cy() > FARTHER * step)
        && !heads()
}

#[cfg(test)]
mod tests {
    use crate::page_text::{BBox, Word};
    use crate::statement::{Field, Statement};
    use crate::test_pages::{landscape, said};

    /// A table of an EOB; a line that begins with a star is bold.
    fn eob(lines: &[(f32, &[(f32, &str)])]) -> Statement {
        let title: (f32, &[(f32, &str)]) = (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]);
        let heads: &[(f32, &str)] = &[
            (30.0, "Service"),
            (-240.0, "No."),
            (-320.0, "Billed"),
            (-400.0, "Allowed"),
            (-480.0, "We paid"),
            (-560.0, "You owe"),
        ];
        let mut words = Vec::new();
        for (y, cells) in [title, (60.0, heads)].iter().chain(lines) {
            for (x, text) in *cells {
                let bold = text.starts_with('*');
                let text = text.trim_start_matches('*');
                let width = |t: &str| 4.2 * t.chars().count() as f32;
                let mut at = if *x < 0.0 { -x - width(text) } else { *x };
                for w in text.split(' ') {
                    words.push(Word { bold, ..Word::digital(w, BBox::new(at, *y, at + width(w), y + 8.0)) });
                    at += width(w) + 2.2;
                }
            }
        }
        landscape(words)
    }

    fn rows(s: &Statement) -> Vec<String> {
        let fields = [Field::ServiceDate, Field::Code, Field::Modifiers, Field::Description, Field::Units, Field::Charge];
        s.rows.iter().map(|r| said(r, &fields)).collect()
    }

    #[test]
    fn bold_or_not_words_under_the_day_are_of_its_service() {
        let s = eob(&[
            (
                74.0,
                &[
                    (30.0, "*09/17/25 OFFICE VISIT"),
                    (-240.0, "1"),
                    (-320.0, "92.90"),
                    (-400.0, "53.58"),
                    (-480.0, "13.58"),
                    (-560.0, "40.00"),
                ],
            ),
            (83.0, &[(30.0, "*EST PT LVL 3 (99213-25)")]),
            (97.0, &[(30.0, "09/17/25"), (-240.0, "4"), (-320.0, "14.36"), (-400.0, "7.19"), (-480.0, "0.00"), (-560.0, "7.19")]),
            (106.0, &[(30.0, "*TRIAMCINOLONE")]),
            (115.0, &[(30.0, "10MG INJ (J3301)")]),
            (
                129.0,
                &[
                    (30.0, "09/17/25 BLOOD DRAW (36415)"),
                    (-240.0, "1"),
                    (-320.0, "9.58"),
                    (-400.0, "5.78"),
                    (-480.0, "0.00"),
                    (-560.0, "5.78"),
                ],
            ),
            (150.0, &[(30.0, "*Total"), (-320.0, "116.84"), (-400.0, "66.55"), (-480.0, "13.58"), (-560.0, "52.97")]),
        ]);
        let want = [
            "2025-09-17 99213 25 OFFICE VISIT EST PT LVL 3 1 92.90",
            "2025-09-17 J3301 - TRIAMCINOLONE 10MG INJ 4 14.36",
            "2025-09-17 36415 - BLOOD DRAW 1 9.58",
        ];
        assert_eq!(rows(&s), want);
    }

    #[test]
    fn a_heading_between_two_rows_is_no_rest_of_the_first() {
        let s = eob(&[
            (
                74.0,
                &[
                    (30.0, "09/17/25 OFFICE VISIT"),
                    (-240.0, "1"),
                    (-320.0, "92.90"),
                    (-400.0, "53.58"),
                    (-480.0, "13.58"),
                    (-560.0, "40.00"),
                ],
            ),
            (86.0, &[(30.0, "*LABORATORY")]),
            (
                98.0,
                &[
                    (30.0, "09/17/25 CBC WITH DIFF"),
                    (-240.0, "1"),
                    (-320.0, "47.25"),
                    (-400.0, "26.99"),
                    (-480.0, "0.00"),
                    (-560.0, "26.99"),
                ],
            ),
            (
                110.0,
                &[
                    (30.0, "09/17/25 BLOOD DRAW"),
                    (-240.0, "1"),
                    (-320.0, "9.58"),
                    (-400.0, "5.78"),
                    (-480.0, "0.00"),
                    (-560.0, "5.78"),
                ],
            ),
        ]);
        let want =
            ["2025-09-17 - - OFFICE VISIT 1 92.90", "2025-09-17 - - CBC WITH DIFF 1 47.25", "2025-09-17 - - BLOOD DRAW 1 9.58"];
        assert_eq!(rows(&s), want);
    }
}
