//! Payments and adjustments listed below a table, each on a line with its day and its amount, in columns of their own or in none:
//!
//! ```text
//! Payments and credits
//! 06/07/2025   INSURANCE PAYMENT               -$221.95
//! PPO DISCOUNT on 06/07/2025                   -$211.49
//! ```
//! In whatever columns of the table above they come to stand, they are no services.

use crate::tokens::{Token, TokenKind};

/// The day, the words and the amount of a posting: `07/20/2025  INSURANCE PAYMENT  -249.54`, `INSURANCE PAYMENT on 07/20/2025
/// -249.54`. `Payments received as of 07/20/2025` is a sum.
pub(crate) fn parts_of_posting<'a, 't>(cells: &'a [&'t Token]) -> Option<(&'t Token, &'a [&'t Token], &'t Token)> {
    let (last, before) = cells.split_last().filter(|(t, _)| t.kind == TokenKind::Money)?;
    let (day, words) = match before {
        [day, words @ ..] if day.kind == TokenKind::Date => (day, words),
        [words @ .., day] if day.kind == TokenKind::Date => (day, words),
        _ => return None,
    };
    let joined = before.first()?.kind == TokenKind::Date || words.last().is_some_and(|t| t.text.to_lowercase().ends_with(" on"));
    let worded =
        !words.is_empty() && words.iter().all(|t| !matches!(t.kind, TokenKind::Money | TokenKind::Code | TokenKind::Date));
    (joined && worded).then_some((*day, words, *last))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn credits_in_columns_of_their_own_stand_askew_in_those_of_the_services() {
        let bill = |first: &'static [(f32, &'static str)], second: &'static [(f32, &'static str)]| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Invoice")]),
                (60.0, &[(30.0, "Qty"), (90.0, "Service date"), (190.0, "Code"), (260.0, "Service"), (-560.0, "Fee")]),
                (74.0, &[(34.0, "1"), (90.0, "03/09/2025"), (190.0, "99212"), (260.0, "OFFICE VISIT"), (-560.0, "$470.00")]),
                (86.0, &[(34.0, "2"), (90.0, "03/09/2025"), (190.0, "81001"), (260.0, "URINALYSIS"), (-560.0, "$22.18")]),
                (98.0, &[(30.0, "Total charges"), (-560.0, "$492.18")]),
                (114.0, &[(30.0, "Payment activity")]),
                (126.0, first),
                (138.0, second),
                (156.0, &[(300.0, "Amount due"), (-560.0, "$58.74")]),
            ]);
            let fields = [Field::ServiceDate, Field::Description, Field::PlanPaid, Field::PlanDiscount];
            s.rows.iter().skip(2).map(|r| said(r, &fields)).collect::<Vec<_>>()
        };
        let want = ["2025-04-02 INSURANCE PAYMENT 221.95 -", "2025-04-02 PPO DISCOUNT - 211.49"];
        let led = bill(
            &[(30.0, "04/02/2025"), (100.0, "INSURANCE PAYMENT"), (-560.0, "-$221.95")],
            &[(30.0, "04/02/2025"), (100.0, "PPO DISCOUNT"), (-560.0, "-$211.49")],
        );
        assert_eq!(led, want);
        let behind = bill(
            &[(30.0, "INSURANCE PAYMENT on 04/02/2025"), (-560.0, "-$221.95")],
            &[(30.0, "PPO DISCOUNT on 04/02/2025"), (-560.0, "-$211.49")],
        );
        assert_eq!(behind, want);
    }
}
