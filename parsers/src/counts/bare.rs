//! Counts that an EOB prints in brackets behind the words of a service, without a word for what they count:
//!
//! ```text
//! ONDANSETRON 1MG INJ (4)        $49.68
//! LAB CHEMISTRY (2)             $299.73
//! ```
//! Some papers print them behind every service, others only where there was more than one. Where `(1)` stands behind some services
//! only, the figures may be those of notes.

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::grammar::units;
use crate::statement::{Cell, Field, LineKind, Row, Value};

static BARE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(.*[A-Za-z].*\S)\s*\((\d{1,3})\)$").expect("a constant pattern"));

/// Gives the services the counts behind their words, where no service has one elsewhere.
pub(crate) fn take(rows: &mut [Row]) {
    let is_service = |r: &Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    let services = || rows.iter().filter(|r| is_service(r));
    let counts: Vec<Decimal> = services().filter_map(counted).map(|(_, n)| n).collect();
    let every = counts.len() == services().count();
    let noted = counts.iter().any(|n| *n <= Decimal::ONE);
    if services().any(|r| r.cells.contains_key(&Field::Units)) || noted && !every {
        return;
    }
    for row in rows.iter_mut().filter(|r| is_service(r)) {
        let Some((words, count)) = counted(row) else { continue };
        let Some(cell) = row.cells.get_mut(&Field::Description) else { continue };
        let of = cell.clone();
        cell.value = Value::Text(words);
        row.cells.insert(Field::Units, Cell { value: Value::Number(count), ..of });
    }
}

fn counted(row: &Row) -> Option<(String, Decimal)> {
    let Value::Text(text) = &row.cells.get(&Field::Description)?.value else { return None };
    let m = BARE.captures(text)?;
    Some((m[1].to_owned(), units::units(&m[2])?))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(names: [&'static str; 2]) -> Vec<String> {
        let heads: &[(f32, &str)] =
            &[(30.0, "Service Date"), (120.0, "Service"), (-400.0, "Billed"), (-480.0, "Allowed"), (-560.0, "Plan Paid")];
        let lines = names
            .map(|name| [(30.0, "03/09/2025"), (120.0, name), (-400.0, "$210.00"), (-480.0, "$150.00"), (-560.0, "$150.00")]);
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 1234567")]),
            (80.0, heads),
            (94.0, &lines[0]),
            (106.0, &lines[1]),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::Description, Field::Units])).collect()
    }

    #[test]
    fn a_figure_in_brackets_counts() {
        assert_eq!(rows(["ONDANSETRON 1MG INJ (4)", "CT HEAD"]), ["ONDANSETRON 1MG INJ 4", "CT HEAD -"]);
        assert_eq!(rows(["DRUGS (4)", "CT HEAD (1)"]), ["DRUGS 4", "CT HEAD 1"]);
    }

    #[test]
    fn the_figures_of_notes_stay() {
        assert_eq!(rows(["DRUGS (1)", "CT HEAD"]), ["DRUGS (1) -", "CT HEAD -"]);
    }
}
