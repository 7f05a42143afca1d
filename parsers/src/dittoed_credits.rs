//! Credits under the first one of a day, which alone prints it, where the table has a column for days:
//!
//! ```text
//! 03/09/2025   99214   OFFICE VISIT               210.00
//! 04/02/2025           ELM PAYMENT                          90.00
//!                      CONTRACTUAL ADJUSTMENT               70.00
//! ```
//! The sums at the foot of a bill have such names as well, `Allowances  70.00`, but begin elsewhere, or behind a total; and on a
//! paper where two credits that follow each other print one day each, one without a day has none.

use crate::columns::Column;
use crate::credits::credit;
use crate::reading::{Draft, money_of};
use crate::statement::{Cell, Field, Money, Value};
use crate::total_labels::is_total_label;

/// The fields in which amounts of credits may stand.
const AMOUNTS: [Field; 5] = [Field::Credits, Field::Charge, Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid];
/// Words that begin within so many points of each other are flush.
const FLUSH: f32 = 1.5;
/// The widest step from one row to the next, in heights of a row's line.
const NEXT: f32 = 2.6;

/// Gives them the day of the one above.
pub(crate) fn carry(drafts: &mut [Draft], columns: &[Column]) {
    if !columns.iter().any(|c| c.has(Field::ServiceDate)) || drafts.windows(2).any(says_again) {
        return;
    }
    for i in 1..drafts.len() {
        let (above, rest) = drafts.split_at_mut(i);
        let (Some(above), Some(d)) = (above.last(), rest.first_mut()) else { continue };
        let Some(day) = above.row.cells.get(&Field::ServiceDate).filter(|_| goes_on(above, d)).cloned() else { continue };
        d.row.cells.insert(Field::ServiceDate, day);
        d.dated = true;
    }
}

/// The words of a payment or an adjustment beside one amount, and nothing of a service.
fn is_credit(d: &Draft) -> bool {
    let amounts = AMOUNTS.iter().filter(|f| d.row.cells.contains_key(f)).count();
    let of_service = d.identified || d.row.cells.contains_key(&Field::Units);
    !of_service
        && amounts == 1
        && credit(&d.text, None).is_some()
        && !is_total_label(&d.text)
        && !d.text.trim_end().ends_with(':')
}

/// Whether the amount of a credit has a minus.
fn is_negative(d: &Draft) -> bool {
    AMOUNTS.iter().filter_map(|f| money_of(&d.row.cells, *f)).any(|m| m < Money::ZERO)
}

fn says_again(w: &[Draft]) -> bool {
    let day = |d: &Draft| d.row.cells.get(&Field::ServiceDate).map(|c| c.value.clone());
    w.iter().all(is_credit) && w[0].row.page == w[1].row.page && day(&w[0]).is_some() && day(&w[0]) == day(&w[1])
}

/// Whether a credit without a day stands right under one that has it, its words under that one's.
fn goes_on(above: &Draft, d: &Draft) -> bool {
    let words =
        |d: &Draft| d.row.cells.get(&Field::Description).filter(|c| matches!(c.value, Value::Text(_))).map(|c: &Cell| c.bbox);
    let (Some(first), Some(next)) = (words(above), words(d)) else { return false };
    let height = first.height().max(next.height()).max(4.0);
    let under = above.row.page == d.row.page && next.y0 > first.y0 && next.y0 - first.y0 < NEXT * height;
    let same_group = above.context.lines_apart == d.context.lines_apart && above.closed == d.closed;
    let charged = |d: &Draft| d.row.cells.contains_key(&Field::Charge);
    let bare = charged(above) == charged(d) && !d.row.cells.contains_key(&Field::ServiceDate);
    bare && under
        && same_group
        && is_negative(above) == is_negative(d)
        && (first.x0 - next.x0).abs() < FLUSH
        && is_credit(above)
        && is_credit(d)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const HEAD: [(f32, &str); 5] =
        [(30.0, "Date"), (110.0, "Code"), (180.0, "Description"), (-480.0, "Units"), (-580.0, "Charge")];
    const FIELDS: [Field; 5] = [Field::ServiceDate, Field::Description, Field::Charge, Field::PlanPaid, Field::PlanDiscount];

    fn rows(second: &'static [(f32, &'static str)]) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Billing statement")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
            (80.0, &HEAD),
            (94.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (180.0, "OFFICE VISIT"), (-480.0, "1"), (-580.0, "$210.00")]),
            (108.0, &[(30.0, "04/02/2025"), (180.0, "ELM PAYMENT"), (-580.0, "($90.00)")]),
            (122.0, second),
            (136.0, &[(30.0, "03/10/2025"), (110.0, "36415"), (180.0, "BLOOD DRAW"), (-480.0, "1"), (-580.0, "$20.00")]),
        ]);
        s.rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn the_day_of_a_payment_holds_for_the_adjustment_under_it() {
        assert_eq!(
            rows(&[(180.0, "CONTRACTUAL ADJUSTMENT"), (-580.0, "($70.00)")]),
            [
                "2025-03-09 OFFICE VISIT 210.00 - -",
                "2025-04-02 ELM PAYMENT - 90.00 -",
                "2025-04-02 CONTRACTUAL ADJUSTMENT - - 70.00",
                "2025-03-10 BLOOD DRAW 20.00 - -"
            ]
        );
    }

    #[test]
    fn a_sum_of_credits_elsewhere_on_the_line_has_no_day() {
        let found = rows(&[(330.0, "Allowances"), (-580.0, "($70.00)")]);
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
