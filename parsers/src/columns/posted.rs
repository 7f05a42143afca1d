//! The amounts of a list of credits under the word for what was done with them:
//!
//! ```text
//! Date entered   Explanation              Posted
//! 08/01/2025     ELM PAYMENT             $841.60
//! ```
//! By itself `Posted` heads the day of an entry. Behind a day and words, as the last head of a bar without any other for an amount,
//! it is the amount that was posted.

use super::Column;
use crate::statement::Field;

/// Makes a column of credits of it.
pub(super) fn amounts(columns: &mut [Column]) {
    let amounts = columns.iter().any(|c| c.is_money() || c.has(Field::Balance));
    let Some((last, before)) = columns.split_last_mut() else { return };
    let has = |f: Field| before.iter().any(|c| c.has(f));
    let said = matches!(last.head.trim().to_lowercase().as_str(), "posted" | "applied" | "credited");
    if !amounts && said && has(Field::ServiceDate) && has(Field::Description) {
        last.fields = vec![Field::Credits];
    }
}

/// `Date | Payment / adjustment | Credit`: of two heads for credits, or one before the only amount, the first is that of the words.
pub(super) fn words(columns: &mut [Column]) {
    if columns.iter().any(|c| c.has(Field::Description) || c.has(Field::Code)) {
        return;
    }
    let [.., days, words, amounts] = columns else { return };
    let single = matches!(amounts.fields.as_slice(), [Field::Charge | Field::Credits]);
    if days.has(Field::ServiceDate) && words.fields == [Field::Credits] && single {
        words.fields = vec![Field::Description];
        amounts.fields = vec![Field::Credits];
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn what_was_posted_is_an_amount_where_no_other_is_headed() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
            (60.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-520.0, "Charge")]),
            (74.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (200.0, "OFFICE VISIT"), (-520.0, "$210.00")]),
            (100.0, &[(30.0, "Less: payments and adjustments")]),
            (114.0, &[(30.0, "Date entered"), (200.0, "Explanation"), (-520.0, "Posted")]),
            (128.0, &[(30.0, "04/02/2025"), (200.0, "ELM PAYMENT"), (-520.0, "$90.00")]),
            (142.0, &[(30.0, "04/02/2025"), (200.0, "CONTRACTUAL ADJUSTMENT"), (-520.0, "$70.00")]),
        ]);
        let fields = [Field::ServiceDate, Field::Charge, Field::PlanPaid, Field::PlanDiscount];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["2025-03-09 210.00 - -", "2025-04-02 - 90.00 -", "2025-04-02 - - 70.00"]);
    }

    #[test]
    fn the_words_of_credits_may_go_on_in_the_next_line() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
            (60.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-520.0, "Charge")]),
            (74.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (200.0, "OFFICE VISIT"), (-520.0, "$210.00")]),
            (100.0, &[(30.0, "Hospital payments and adjustments")]),
            (114.0, &[(30.0, "Post date"), (200.0, "Payment / adjustment"), (-520.0, "Credit")]),
            (128.0, &[(30.0, "04/02/2025"), (200.0, "INSURANCE PAYMENT -"), (-520.0, "$90.00 CR")]),
            (138.0, &[(200.0, "ELMWOOD")]),
            (152.0, &[(30.0, "04/02/2025"), (200.0, "ELMWOOD CONTRACTUAL"), (-520.0, "$70.00 CR")]),
            (162.0, &[(200.0, "ALLOWANCE")]),
        ]);
        let fields = [Field::Description, Field::Charge, Field::PlanPaid, Field::PlanDiscount];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        let want =
            ["OFFICE VISIT 210.00 - -", "INSURANCE PAYMENT - ELMWOOD - 90.00 -", "ELMWOOD CONTRACTUAL ALLOWANCE - - 70.00"];
        assert_eq!(rows, want);
    }

    #[test]
    fn beside_an_amount_it_is_the_day_of_the_entry() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (60.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-450.0, "Charge"), (500.0, "Posted")]),
            (
                74.0,
                &[(30.0, "03/09/2025"), (110.0, "99214"), (200.0, "OFFICE VISIT"), (-450.0, "$210.00"), (500.0, "03/12/2025")],
            ),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Charge])).collect();
        assert_eq!(rows, ["2025-03-09 210.00"]);
    }
}
