//! The first and the last day of a bill under one word each, in either order, beside each other or one over the other:
//!
//! ```text
//! THRU......: 08/31/25     ACCT NO: 25194545    FROM: 03/23/25
//! FROM......: 08/29/25     THRU: 04/20/25
//! ```
//! By itself either word may be anything's: where a ride began, who sent the paper, until when an offer holds.

use super::pairs::Found;
use super::segments::Paper;
use crate::statement::{DocKind, Field, Value};

/// Lines from one of the two to the other.
const NEAR: usize = 2;

/// Takes out what stands under such a word without its fellow.
pub(super) fn without_lone(paper: &Paper, kind: DocKind, found: &mut Vec<Found>) {
    let bill = matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill);
    let bare = |f: &Found, field: Field| f.field == field && f.weight == 1;
    let firsts: Vec<usize> = found.iter().filter(|f| f.field == Field::ServiceFrom && f.weight > 1).map(|f| f.row).collect();
    let near = |a: &Found, b: &Found| paper.rows[a.row].page == paper.rows[b.row].page && a.row.abs_diff(b.row) <= NEAR;
    let in_order = |a: &Found, b: &Found| match (&a.cell.value, &b.cell.value) {
        (Value::Date(a), Value::Date(b)) => a <= b,
        _ => false,
    };
    let paired =
        |a: &Found, b: &Found| bill && bare(a, Field::ServiceFrom) && bare(b, Field::ServiceTo) && near(a, b) && in_order(a, b);
    let keep: Vec<bool> = found
        .iter()
        .map(|f| match f.field {
            Field::ServiceFrom if f.weight == 1 => found.iter().any(|to| paired(f, to)),
            // a bare `through` behind the first day goes on from it
            Field::ServiceTo if f.weight == 1 => firsts.contains(&f.row) || found.iter().any(|from| paired(from, f)),
            _ => true,
        })
        .collect();
    let mut keep = keep.into_iter();
    found.retain(|_| keep.next().unwrap_or(true));
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement, Value};
    use crate::test_pages::read;

    fn bill(facts: [&'static str; 3]) -> Statement {
        read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (300.0, "Itemized bill")]),
            (40.0, &[(30.0, facts[0])]),
            (50.0, &[(30.0, facts[1])]),
            (60.0, &[(30.0, facts[2])]),
            (90.0, &[(30.0, "Date"), (110.0, "Code"), (170.0, "Description"), (-520.0, "Charge")]),
            (104.0, &[(30.0, "03/02/2025"), (110.0, "99213"), (170.0, "OFFICE VISIT"), (-520.0, "156.73")]),
            (116.0, &[(30.0, "03/04/2025"), (110.0, "80048"), (170.0, "BASIC METABOLIC PANEL"), (-520.0, "184.00")]),
            (130.0, &[(170.0, "Total charges"), (-520.0, "340.73")]),
        ])
    }

    fn days(s: &Statement) -> [String; 2] {
        let day = |f: Field| match s.header.get(&f).and_then(|c| c.first()).map(|c| &c.value) {
            Some(Value::Date(d)) => d.to_string(),
            _ => "-".to_owned(),
        };
        [day(Field::ServiceFrom), day(Field::ServiceTo)]
    }

    #[test]
    fn the_days_stand_under_one_word_each() {
        assert_eq!(days(&bill(["THRU: 03/04/25", "FROM: 03/02/25", "ACCT NO: 5678123"])), ["2025-03-02", "2025-03-04"]);
        assert_eq!(days(&bill(["FROM.....: 03/02/25", "THROUGH..: 03/04/25", "Account 5678123"])), ["2025-03-02", "2025-03-04"]);
    }

    #[test]
    fn one_of_them_alone_says_nothing() {
        assert_eq!(days(&bill(["FROM: 03/02/25", "PATIENT: JANE ROE", "ACCT NO: 5678123"])), ["-", "-"]);
        assert_eq!(days(&bill(["FROM: 03/09/25", "TO: 03/02/25", "ACCT NO: 5678123"])), ["-", "-"], "the last before the first");
    }

    #[test]
    fn dots_behind_the_sign_of_a_number_lead_to_it() {
        let s = bill(["ACCT #.........: 5678123", "PATIENT........: JANE ROE", "STMT DATE......: 03/20/25"]);
        let account = s.header.get(&Field::AccountNo).and_then(|c| c.first()).map(|c| c.raw.clone());
        assert_eq!(account.as_deref(), Some("5678123"));
    }
}
