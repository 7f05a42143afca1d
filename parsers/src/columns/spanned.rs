//! A word over several columns, of which it stands right over one:
//!
//! ```text
//!                   --------- CREDITS ---------
//! Service   Charge   Plan paid   Adj.   Pt. pmts   Balance
//! ```
//! The column in the middle is none of credits of any kind: its own word says which, as those of its neighbours do.

use super::Column;
use super::stacking::Stack;
use crate::statement::Field;
use crate::vocabulary::Vocabulary;

/// The credits that a word over several columns may be over.
const KINDS: [Field; 4] = [Field::PlanPaid, Field::PatientPaid, Field::OtherPaid, Field::PlanDiscount];

/// Gives such a column, which goes by the word over it and its neighbours, the meaning of its own head.
pub(super) fn own_head(columns: &mut [Column], stacks: &[Stack], vocabulary: &Vocabulary) {
    let kinds = |c: &Column| matches!(c.fields.as_slice(), [f] if KINDS.contains(f));
    for (i, s) in stacks.iter().enumerate().take(columns.len()) {
        let beside = i > 0 && kinds(&columns[i - 1]) || columns.get(i + 1).is_some_and(kinds);
        if columns[i].fields != [Field::Credits] || !beside {
            continue;
        }
        let mut lines = s.lines();
        let over = lines.next().and_then(|top| vocabulary.lookup(top)).is_some_and(|m| m.fields == [Field::Credits]);
        let own = lines.collect::<Vec<_>>().join(" ");
        match vocabulary.lookup(&own).map(|m| m.fields) {
            Some(fields) if over && matches!(fields.as_slice(), [f] if KINDS.contains(f)) => columns[i].fields = fields,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    type Line = (f32, &'static [(f32, &'static str)]);

    const FIELDS: [Field; 6] = [
        Field::ServiceDate,
        Field::Charge,
        Field::PlanPaid,
        Field::PlanDiscount,
        Field::PatientPaid,
        Field::PatientResponsibility,
    ];

    const ROWS: [Line; 2] = [
        (
            76.0,
            &[
                (30.0, "03/09/2025"),
                (90.0, "99214"),
                (140.0, "OFFICE VISIT"),
                (-340.0, "210.00"),
                (-420.0, "90.00"),
                (-500.0, "70.00"),
                (-580.0, "20.00"),
                (-660.0, "30.00"),
            ],
        ),
        (
            90.0,
            &[
                (30.0, "03/09/2025"),
                (140.0, "PHARMACY"),
                (-340.0, "130.00"),
                (-420.0, "60.00"),
                (-500.0, "40.00"),
                (-580.0, "10.00"),
                (-660.0, "20.00"),
            ],
        ),
    ];

    fn rows(heads: &[Line]) -> Vec<String> {
        let top: [Line; 2] = [
            (10.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (22.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
        ];
        read(&[&top, heads, &ROWS].concat()).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    const LOWER: Line = (
        60.0,
        &[
            (30.0, "Date"),
            (90.0, "Code"),
            (140.0, "Description"),
            (-340.0, "Charge"),
            (-420.0, "Ins. paid"),
            (-500.0, "Adj."),
            (-580.0, "Pt. pmts"),
            (-660.0, "Patient owes"),
        ],
    );

    #[test]
    fn the_column_under_the_middle_of_a_word_over_several_has_a_head_of_its_own() {
        let found = rows(&[(51.0, &[(-506.0, "CREDITS")]), LOWER]);
        assert_eq!(found, ["2025-03-09 210.00 90.00 70.00 20.00 30.00", "2025-03-09 130.00 60.00 40.00 10.00 20.00"]);
    }

    #[test]
    fn a_word_over_the_columns_of_charges_and_credits_announces_no_list_of_credits() {
        let found = rows(&[(48.0, &[(-512.0, "CREDITS")]), LOWER]);
        assert_eq!(found, ["2025-03-09 210.00 90.00 70.00 20.00 30.00", "2025-03-09 130.00 60.00 40.00 10.00 20.00"]);
    }
}
