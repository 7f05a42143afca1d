//! The column that says for whom each service of a notice was, where a family's claims share one table:
//!
//! ```text
//! Date       For         Provider           Type of service     Billed    You owe
//! 03/05/24   Jane        Lakeside Clinic    OFFICE VISIT        210.00      20.00
//!            Q. Roe
//! ```
//! `For` might head what was done as well, so the values must be names of people, which may run on beneath.

use crate::columns::Column;
use crate::facts::wording::is_person;
use crate::statement::Field;
use crate::table::{Table, whole_text_in};

/// Names the column of the patients and gives it back; `rows` are the lines with the services' amounts.
pub(crate) fn name_column(table: &mut Table, rows: &[usize]) -> Option<usize> {
    let free = |c: &Column| matches!(c.fields.as_slice(), [] | [Field::Ignored | Field::Description]);
    let found = (0..table.columns.len()).find(|&i| {
        let c = &table.columns[i];
        let named = || rows.iter().filter_map(|r| whole_text_in(&table.lines, *r, i)).filter(|t| is_person(t)).count();
        free(c) && tells_whom(&c.head) && !rows.is_empty() && named() * 5 >= rows.len() * 4
    })?;
    table.columns[found].fields = vec![Field::Patient];
    Some(found)
}

/// Whether a head may stand over the names of patients.
fn tells_whom(head: &str) -> bool {
    const WHOM: [&str; 12] = [
        "for",
        "patient",
        "patient name",
        "member",
        "member name",
        "patient/dependent",
        "dependent",
        "services for",
        "care received by",
        "person",
        "family member",
        "covered person",
    ];
    let head = head.to_lowercase();
    WHOM.contains(&head.trim_end_matches([':', '.', ' ']))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(head: &'static str, names: [(&'static str, &'static str); 2]) -> Vec<String> {
        let row = |y: f32, name: (&'static str, &'static str), words: &'static str, amount: &'static str| {
            let first = vec![
                (30.0, "03/05/24"),
                (90.0, name.0),
                (150.0, "Lakeside Clinic"),
                (250.0, words),
                (-420.0, amount),
                (-490.0, "10.00"),
                (-560.0, "20.00"),
            ];
            [(y, first), (y + 9.0, vec![(90.0, name.1)])]
        };
        let heads = vec![
            (30.0, "Date"),
            (90.0, head),
            (150.0, "Provider"),
            (250.0, "Type of service"),
            (-420.0, "Billed"),
            (-490.0, "Discount"),
            (-560.0, "You owe"),
        ];
        let top = [
            (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (40.0, vec![(30.0, "Claim number: 1234567")]),
            (60.0, heads),
        ];
        let body = [row(76.0, names[0], "OFFICE VISIT", "210.00"), row(100.0, names[1], "BLOOD DRAW", "30.00")];
        let lines: Vec<_> = top.into_iter().chain(body.into_iter().flatten()).collect();
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        read(&lines).rows.iter().map(|r| said(r, &[Field::Patient, Field::Description])).collect()
    }

    #[test]
    fn names_under_for_are_the_patients() {
        assert_eq!(rows("For", [("Jane Q.", "Roe"), ("Sam", "Roe")]), ["Jane Q. Roe OFFICE VISIT", "Sam Roe BLOOD DRAW"]);
    }

    #[test]
    fn what_was_done_may_stand_under_it_too() {
        let got = rows("For", [("visit 99214", "new"), ("lab 36415", "draw")]);
        assert!(got.iter().all(|r| r.starts_with("- ")), "{got:?}");
    }
}
