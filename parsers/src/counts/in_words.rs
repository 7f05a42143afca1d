//! Counts that close the words of a service which has no code, as the paper prints them behind the codes of others:
//!
//! ```text
//! Ceftriaxone 250mg inj (billing code J0696), 8 units     $278.32
//! Pantoprazole 40mg tab, 3 units                          $155.79
//! ```
//! By itself `Insulin glargine, 100 units` may be a name. Such words are a count where another row of the paper has its count in
//! this form, behind a code where it can be nothing else; they are believed less than one with its own label. And where every
//! service closes so: no paper names all that was done in units.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::units;
use crate::reading::Draft;
use crate::statement::{Cell, Field, LineKind, Value};

/// What such a count is worth.
const BY_HABIT: f32 = 0.9;

static CLOSING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i),\s*(\d{1,4}(?:\.\d{1,2})?)\s+units?(?:\(s\)?)?\.?$").expect("a constant pattern"));

/// Takes them from the words of the rows.
pub(crate) fn take(drafts: &mut [Draft]) {
    let told = |d: &Draft| {
        let behind_code = d.row.cells.contains_key(&Field::Code);
        behind_code && d.row.cells.get(&Field::Units).is_some_and(|c| CLOSING.is_match(c.raw.trim_end()))
    };
    let closing = |d: &Draft| match d.row.cells.get(&Field::Description).map(|c| &c.value) {
        Some(Value::Text(words)) => CLOSING.captures(words).map(|m| m[1].to_owned()),
        _ => None,
    };
    let services = || drafts.iter().filter(|d| d.row.kind == LineKind::Service && d.row.cells.contains_key(&Field::Charge));
    let counts: Vec<String> = services().filter_map(closing).collect();
    // one service alone may be named so, but nothing comes in units of one
    let every = counts.len() == services().count() && (counts.len() >= 2 || counts.iter().any(|n| n == "1"));
    if !every && !drafts.iter().any(told) {
        return;
    }
    for d in drafts {
        let of_service = !d.row.cells.contains_key(&Field::Units) && (every || !d.row.cells.contains_key(&Field::Code));
        let Some(cell) = d.row.cells.get_mut(&Field::Description).filter(|_| of_service) else { continue };
        let Value::Text(words) = &mut cell.value else { continue };
        let Some((at, n)) = CLOSING.captures(words).and_then(|m| Some((m.get(0)?.start(), units::units(&m[1])?))) else {
            continue;
        };
        words.truncate(words[..at].trim_end().len());
        let sure = if every { cell.confidence } else { cell.confidence.min(BY_HABIT) };
        let count = Cell { value: Value::Number(n), confidence: sure, ..cell.clone() };
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

    #[test]
    fn where_every_service_closes_so_it_counts() {
        assert_eq!(rows("Ceftriaxone inj, 8 units"), ["Ceftriaxone inj - 8", "Pantoprazole tab - 3"]);
        assert_eq!(rows("Ceftriaxone inj (J0696), 8 unit(s)"), ["Ceftriaxone inj J0696 8", "Pantoprazole tab - 3"]);
        assert_eq!(rows("Ceftriaxone inj"), ["Ceftriaxone inj - -", "Pantoprazole tab, 3 units - -"]);
    }
}
