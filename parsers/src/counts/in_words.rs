//! Counts that close the words of a service which has no code, as the paper prints them behind the codes of others:
//!
//! ```text
//! Ceftriaxone 250mg inj (billing code J0696), 8 units     $278.32
//! Pantoprazole 40mg tab, 3 units                          $155.79
//! ```
//! By itself `Insulin glargine, 100 units` may be a name. Such words are a count where another row of the paper has its count in
//! this form, behind a code where it can be nothing else; they are believed less than one with its own label. And where every
//! service closes so: no paper names all that was done in units. `8 unit(s)` is the word of a form, and no drug's.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::units;
use crate::statement::{Cell, Field, LineKind, Row, Value};

/// What such a count is worth.
const BY_HABIT: f32 = 0.9;

static CLOSING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i),\s*(\d{1,4}(?:\.\d{1,2})?)\s+units?(?:\(s\)?)?\.?$").expect("a constant pattern"));

/// Takes them from the words of the rows.
pub(crate) fn take(rows: &mut [&mut Row]) {
    let told = |r: &Row| {
        let behind_code = r.cells.contains_key(&Field::Code);
        behind_code && r.cells.get(&Field::Units).is_some_and(|c| CLOSING.is_match(c.raw.trim_end()))
    };
    let closing = |r: &Row| match r.cells.get(&Field::Description).map(|c| &c.value) {
        Some(Value::Text(words)) => CLOSING.captures(words).map(|m| m[1].to_owned()),
        _ => None,
    };
    let services = || rows.iter().map(|r| &**r).filter(|r| r.kind == LineKind::Service && r.cells.contains_key(&Field::Charge));
    let counts: Vec<String> = services().filter_map(closing).collect();
    // one service alone may be named so, but nothing comes in units of one
    let every = counts.len() == services().count() && (counts.len() >= 2 || counts.iter().any(|n| n == "1"));
    let told = rows.iter().any(|r| told(r));
    for row in rows {
        let of_form = matches!(row.cells.get(&Field::Description).map(|c| &c.value), Some(Value::Text(t)) if t.trim_end_matches('.').ends_with("unit(s)"));
        let coded = row.cells.contains_key(&Field::Code);
        let of_service = !row.cells.contains_key(&Field::Units) && (every || of_form || told && !coded);
        let Some(cell) = row.cells.get_mut(&Field::Description).filter(|_| of_service) else { continue };
        let Value::Text(words) = &mut cell.value else { continue };
        let Some((at, n)) = CLOSING.captures(words).and_then(|m| Some((m.get(0)?.start(), units::units(&m[1])?))) else {
            continue;
        };
        words.truncate(words[..at].trim_end().len());
        let sure = if every || of_form { cell.confidence } else { cell.confidence.min(BY_HABIT) };
        let count = Cell { value: Value::Number(n), confidence: sure, ..cell.clone() };
        row.cells.insert(Field::Units, count);
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
    fn the_word_of_a_form_counts_by_itself() {
        assert_eq!(rows("Ceftriaxone inj (J0696), 8 unit(s)")[0], "Ceftriaxone inj J0696 8");
        let card: &[(f32, &[(f32, &str)])] = &[
            (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
            (44.0, &[(30.0, "Member: Jane Roe"), (440.0, "EOB date: March 29, 2025")]),
            (70.0, &[(40.0, "Claim number: 14139210")]),
            (94.0, &[(40.0, "ANESTHESIA KNEE (01400-AA), 8 unit(s)"), (480.0, "03/09/2025")]),
            (104.0, &[(50.0, "Amount billed"), (-360.0, "$263.88")]),
            (114.0, &[(50.0, "Paid by plan"), (-360.0, "$200.00")]),
        ];
        let fields = [Field::Description, Field::Code, Field::Modifiers, Field::Units];
        let found: Vec<String> = read(card).rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(found, ["ANESTHESIA KNEE 01400 AA 8"]);
    }

    #[test]
    fn where_every_service_closes_so_it_counts() {
        assert_eq!(rows("Ceftriaxone inj, 8 units"), ["Ceftriaxone inj - 8", "Pantoprazole tab - 3"]);
        assert_eq!(rows("Ceftriaxone inj (J0696), 8 unit(s)"), ["Ceftriaxone inj J0696 8", "Pantoprazole tab - 3"]);
        assert_eq!(rows("Ceftriaxone inj"), ["Ceftriaxone inj - -", "Pantoprazole tab, 3 units - -"]);
    }
}
