//! Amounts in the list of a service whose names are not known:
//!
//! ```text
//! OFFICE VISIT LEVEL 4            03/09/2025
//!   Amount billed      $210.00
//!   Coinsurance          $7.75
//!   Medigap settled      $0.00
//!   Your plan paid      $45.00
//! ```
//! Words with an amount may as well name the next service. Between the lines of a list, and flush with them, they do not.

use super::Block;
use super::content::{Content, content};
use crate::columns::is_money_field;
use crate::page_text::BBox;
use crate::text_lines::Line;
use crate::total_labels::is_total_label;
use crate::twin_cards::pair;
use crate::vocabulary::Vocabulary;

/// Edges within so many points are flush.
const FLUSH: f32 = 1.5;

/// The widest gap between two lines of a list, in sizes of type.
const GAP: f32 = 0.9;

impl Block {
    /// Whether a line is such an amount; the block reaches down to it then. `next` is the line below.
    pub(super) fn holds_unknown(&mut self, line: &Line, next: Option<&Line>, vocabulary: &Vocabulary) -> bool {
        let near = |a: BBox, b: &Line| b.bbox.cy() > a.cy() && b.bbox.y0 - a.y1 < GAP * b.size();
        let follows = self.has_money() && self.bbox.is_some_and(|(page, b)| page == line.page && near(b, line));
        let listed = |label: &str, x: f32| !is_total_label(label) && self.amounts_at.iter().any(|at| (at - x).abs() < FLUSH);
        let listed = follows && pair(line).is_some_and(|(label, _)| listed(&label.text, label.bbox.x0));
        let goes_on = |next: &Line| {
            let flush = next.page == line.page && near(line.bbox, next) && (next.bbox.x0 - line.bbox.x0).abs() < FLUSH;
            let of_list = |pairs: &[super::Pair]| pairs.iter().all(|p| is_money_field(p.field) && !self.has(p.field));
            flush && matches!(content(next, vocabulary), Content::Pairs(pairs) if of_list(&pairs))
        };
        let holds = listed && next.is_some_and(goes_on);
        if holds {
            self.reach(line);
        }
        holds
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 5] =
        [Field::Description, Field::Charge, Field::Coinsurance, Field::PlanPaid, Field::PatientResponsibility];

    type Row = (f32, &'static [(f32, &'static str)]);

    fn rows(lines: &[Row]) -> Vec<String> {
        let head: [Row; 3] = [
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (44.0, &[(30.0, "Claim number 1234567"), (300.0, "Patient: Jane Roe")]),
            (56.0, &[(30.0, "Provider: Lakeside Hospital")]),
        ];
        read(&[&head, lines].concat()).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn a_name_that_is_not_known_ends_no_list() {
        let found = rows(&[
            (80.0, &[(30.0, "OFFICE VISIT 99214"), (-500.0, "03/09/2025")]),
            (91.0, &[(34.0, "Amount billed"), (-300.0, "$210.00")]),
            (102.0, &[(34.0, "Coinsurance"), (-300.0, "$7.75")]),
            (113.0, &[(34.0, "Medigap settled"), (-300.0, "$0.00")]),
            (124.0, &[(34.0, "Your plan paid"), (-300.0, "$45.00")]),
            (135.0, &[(34.0, "You owe"), (-300.0, "$7.75")]),
            (160.0, &[(30.0, "BLOOD DRAW 36415"), (-500.0, "03/09/2025")]),
            (171.0, &[(34.0, "Amount billed"), (-300.0, "$21.00")]),
            (182.0, &[(34.0, "Coinsurance"), (-300.0, "$1.00")]),
            (193.0, &[(34.0, "Medigap settled"), (-300.0, "$0.00")]),
            (204.0, &[(34.0, "Your plan paid"), (-300.0, "$9.00")]),
            (215.0, &[(34.0, "You owe"), (-300.0, "$1.00")]),
        ]);
        assert_eq!(found, ["OFFICE VISIT 210.00 7.75 45.00 7.75", "BLOOD DRAW 21.00 1.00 9.00 1.00"]);
    }

    #[test]
    fn words_over_a_list_that_begins_anew_do() {
        let found = rows(&[
            (80.0, &[(34.0, "OFFICE VISIT"), (-500.0, "03/09/2025")]),
            (91.0, &[(34.0, "Amount billed"), (-300.0, "$210.00")]),
            (102.0, &[(34.0, "Your plan paid"), (-300.0, "$45.00")]),
            (113.0, &[(34.0, "BLOOD DRAW"), (-500.0, "03/09/2025")]),
            (124.0, &[(34.0, "Amount billed"), (-300.0, "$21.00")]),
            (135.0, &[(34.0, "Your plan paid"), (-300.0, "$9.00")]),
        ]);
        assert_eq!(found, ["OFFICE VISIT 210.00 - 45.00 -", "BLOOD DRAW 21.00 - 9.00 -"]);
    }
}
