//! The day of a service, and its code and notes, in a line of their own under its words and amounts:
//!
//! ```text
//! Service              Charged    Allowed   We paid
//! OFFICE VISIT          210.00     150.00     90.00
//! Mar 9, 2025   99214 25                  Notes L08
//! ```
//! A day between two rows may as well head the lower one. It is the row's above where nearly every row has such a line right
//! under it, no row has a day over it, and the lines say more than a day.

use super::{Facts, any_has_a_column, are_nearly_all, day_before, is_amount};
use crate::columns::Column;
use crate::labelled::line_of_codes;
use crate::statement::{Field, Value};
use crate::table::{BodyLine, ROW_STEP, Role};
use crate::tokens::TokenKind;

/// Gives the rows what such lines say.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    if columns.iter().any(|c| c.has(Field::ServiceDate)) {
        return;
    }
    let rows: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].role == Role::Anchor && is_row(&lines[*i])).collect();
    let found: Vec<(usize, Facts)> = rows
        .iter()
        .filter_map(|&i| {
            let below = lines.get(i + 1).filter(|l| l.follows(&lines[i]))?;
            Some((i + 1, facts(below, columns)?))
        })
        .collect();
    let more = found.iter().filter(|(_, values)| values.len() > 1).count();
    let headed = rows.iter().any(|&i| {
        let above = i.checked_sub(1).map(|k| (k, &lines[k])).filter(|(k, _)| found.iter().all(|(f, _)| f != k));
        above.is_some_and(|(_, l)| lines[i].is_close_below(l, ROW_STEP) && facts(l, columns).is_some())
    });
    // a day by itself is that of the row above where it stands under the last one too
    let closes_all = rows.len() > 1 && found.len() == rows.len();
    if headed || more * 2 < found.len() && !closes_all || !are_nearly_all(found.len(), rows.len()) {
        return;
    }
    for (k, values) in found {
        lines[k].says_only(values);
    }
}

/// Words before the amounts: the shares of a row may have been taken for another.
fn is_row(l: &BodyLine) -> bool {
    let cells = &l.assigned.cells;
    let words = cells.first().is_some_and(|(t, _)| t.kind != TokenKind::Money);
    words && cells.iter().filter(|(t, _)| t.kind == TokenKind::Money).count() >= 2 && !l.text.contains(':')
}

/// The day with which a line begins and what it says besides, where that is no more than codes, counts and notes for which the
/// table has no column.
fn facts(l: &BodyLine, columns: &[Column]) -> Option<Facts> {
    let (day, rest) = day_before(&l.text)?;
    let mut values = vec![(Field::ServiceDate, Value::Date(day))];
    if !rest.is_empty() {
        values.extend(line_of_codes(rest)?);
    }
    (!values.iter().any(is_amount) && !any_has_a_column(&values, columns)).then_some(values)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 9] = [
        Field::ServiceDate,
        Field::Description,
        Field::Code,
        Field::Modifiers,
        Field::RemarkCodes,
        Field::Deductible,
        Field::Copay,
        Field::Coinsurance,
        Field::PatientResponsibility,
    ];

    #[test]
    fn day_code_and_shares_stand_under_the_words() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, &[(30.0, "Claim number 1234567")]),
            (60.0, &[(30.0, "Service"), (-300.0, "Charged"), (-400.0, "Allowed"), (-500.0, "We paid")]),
            (76.0, &[(30.0, "OFFICE VISIT"), (-300.0, "210.00"), (-400.0, "150.00"), (-500.0, "90.00")]),
            (86.0, &[(30.0, "Mar 9, 2025"), (100.0, "99214 25"), (460.0, "Notes L08, X10")]),
            (96.0, &[(30.0, "Your share: copay 25.00 + coinsurance 35.00"), (440.0, "you owe $60.00")]),
            (114.0, &[(30.0, "PHARMACY"), (-300.0, "30.00"), (-400.0, "20.00"), (-500.0, "0.00")]),
            (124.0, &[(30.0, "Mar 10, 2025"), (460.0, "Notes L08")]),
            (134.0, &[(30.0, "Your share: deductible 20.00 + copay 0.00"), (440.0, "you owe $20.00")]),
            (152.0, &[(30.0, "Claim total"), (-300.0, "240.00"), (-400.0, "170.00"), (-500.0, "90.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        let want =
            ["2025-03-09 OFFICE VISIT 99214 25 L08;X10 - 25.00 35.00 60.00", "2025-03-10 PHARMACY - - L08 20.00 0.00 - 20.00"];
        assert_eq!(rows, want);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn a_day_under_every_row_is_its_own() {
        let days = |last: &'static [(f32, &'static str)]| {
            let s = read(&[
                (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
                (60.0, &[(30.0, "Description / Code"), (-300.0, "Charged"), (-400.0, "Allowed"), (-500.0, "We paid")]),
                (74.0, &[(30.0, "OFFICE VISIT - 99214"), (-300.0, "210.00"), (-400.0, "150.00"), (-500.0, "90.00")]),
                (84.0, &[(30.0, "MAR 09 25")]),
                (97.0, &[(30.0, "ROUTINE DRAW - 36415"), (-300.0, "30.00"), (-400.0, "20.00"), (-500.0, "0.00")]),
                (107.0, last),
                (120.0, &[(30.0, "Totals"), (-300.0, "240.00"), (-400.0, "170.00"), (-500.0, "90.00")]),
            ]);
            s.rows.iter().map(|r| said(r, &FIELDS[..3])).collect::<Vec<_>>()
        };
        assert_eq!(days(&[(30.0, "MAR 10 25")]), ["2025-03-09 OFFICE VISIT 99214", "2025-03-10 ROUTINE DRAW 36415"]);
    }

    #[test]
    fn a_day_between_rows_may_head_the_lower() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (60.0, &[(30.0, "Service"), (-300.0, "Charged"), (-400.0, "Allowed"), (-500.0, "We paid")]),
            (72.0, &[(30.0, "03/09/2025")]),
            (82.0, &[(30.0, "OFFICE VISIT"), (-300.0, "210.00"), (-400.0, "150.00"), (-500.0, "90.00")]),
            (92.0, &[(30.0, "03/10/2025")]),
            (102.0, &[(30.0, "PHARMACY"), (-300.0, "30.00"), (-400.0, "20.00"), (-500.0, "0.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS[..2])).collect();
        assert_eq!(rows, ["2025-03-09 OFFICE VISIT", "2025-03-10 PHARMACY"]);
    }
}
