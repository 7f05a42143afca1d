//! Counts that close the words of a service which has no code, as the paper prints them behind the codes of others:
//!
//! ```text
//! Ceftriaxone 250mg inj (billing code J0696), 8 units     $278.32
//! Pantoprazole 40mg tab, 3 units                          $155.79
//! ```
//! By itself `Insulin glargine, 100 units` may be a name. Only where another row of the paper has its count in this form, behind
//! a code where it can be nothing else, are such words a count; they are believed less than one with its own label.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::units;
use crate::reading::Draft;
use crate::statement::{Cell, Field, Value};

/// What such a count is worth.
const BY_HABIT: f32 = 0.9;

static CLOSING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i),\s*(\d{1,4}(?:\.\d{1,2})?)\s+units?\.?$").expect("a constant pattern"));

/// Takes them from the words of the rows.
pub(crate) fn take(drafts: &mut [Draft]) {
    let told = |d: &Draft| {
        let behind_code = d.row.cells.contains_key(&Field::Code);
        behind_code && d.row.cells.get(&Field::Units).is_some_and(|c| CLOSING.is_match(c.raw.trim_end()))
    };
    if !drafts.iter().any(told) {
        return;
    }
    for d in drafts {
        let of_service = !d.row.cells.contains_key(&Field::Units) && !d.row.cells.contains_key(&Field::Code);
        let Some(cell) = d.row.cells.get_mut(&Field::Description).filter(|_| of_service) else { continue };
        let Value::Text(words) = &mut cell.value else { continue };
        let Some((at, n)) = CLOSING.captures(words).and_then(|m| Some((m.get(0)?.start(), units::units(&m[1])?))) else {
            continue;
        };
        words.truncate(at);
        let count = Cell { value: Value::Number(n), confidence: cell.confidence.min(BY_HABIT), ..cell.clone() };
        d.row.cells.insert(Field::Units, count);
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    /// The words and counts of two services, the second of which has no code.
    fn rows(first: &'static str) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (60.0, &[(30.0, "Date"), (90.0, "Services"), (-400.0, "Billed"), (-480.0, "Plan paid"), (-560.0, "Your share")]),
            (76.0, &[(30.0, "03/09/2025"), (90.0, first), (-400.0, "$278.32"), (-480.0, "$74.52"), (-560.0, "$8.28")]),
            (
                92.0,
                &[
                    (30.0, "03/09/2025"),
                    (90.0, "Pantoprazole tab, 3 units"),
                    (-400.0, "$155.79"),
                    (-480.0, "$0.00"),
                    (-560.0, "$48.93"),
                ],
            ),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::Description, Field::Code, Field::Units])).collect()
    }

    #[test]
    fn a_count_is_one_where_the_paper_prints_counts_so() {
        assert_eq!(rows("Ceftriaxone inj (billing code J0696), 8 units"), ["Ceftriaxone inj J0696 8", "Pantoprazole tab - 3"]);
        assert_eq!(
            rows("Ceftriaxone inj (billing code J0696)"),
            ["Ceftriaxone inj J0696 -", "Pantoprazole tab, 3 units - -"],
            "it may as well be a name"
        );
    }
}
