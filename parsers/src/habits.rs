//! What a table does as a rule and says nowhere: printing a balance beside every row, saying in a heading when its services
//! were, setting a minus before what it takes off.

use std::collections::BTreeSet;

use crate::columns::Column;
use crate::credits::credit;
use crate::page_text::BBox;
use crate::reading::{Draft, Setting, money_of};
use crate::statement::{Cell, Field, Money, Value};

/// A column of balances is the patient's share of each line only where each line's own arithmetic says so, and no
/// running balance says it as well: the first charge of an account is its balance in both.
pub(crate) fn line_balances(drafts: &mut [Draft]) {
    let (mut fits, mut all, mut telling) = (0, 0, 0);
    let mut running = None;
    for d in drafts.iter() {
        let charge = money_of(&d.row.cells, Field::Charge);
        let paid: Vec<Money> = [Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid, Field::OtherPaid, Field::Credits]
            .into_iter()
            .filter_map(|f| money_of(&d.row.cells, f))
            .map(Money::abs)
            .collect();
        let less: Money = paid.iter().copied().sum();
        let Some(balance) = money_of(&d.row.cells, Field::Balance) else { continue };
        let own = charge.unwrap_or_default() - less;
        let runs = running.unwrap_or(Money::ZERO) + own == balance;
        running = Some(balance);
        // `0.00   0.00   0.00` under the ages of a balance tells nothing
        if charge.is_none_or(|m| m == Money::ZERO && balance == Money::ZERO) {
            continue;
        }
        all += 1;
        if own == balance {
            fits += 1;
            telling += usize::from(!paid.is_empty() || !runs);
        }
    }
    if all == 0 || telling == 0 || fits * 5 < all * 3 {
        return;
    }
    for d in drafts {
        if let Some(c) = d.row.cells.remove(&Field::Balance) {
            d.row.cells.entry(Field::PatientResponsibility).or_insert(c);
        }
    }
}

/// A bill may have a column of days for its payments, and say over its services when they were:
///
/// ```text
/// Date       Description            Charges    Payments
/// Outpatient visit on 06/02/25
///            RECOVERY ROOM          $943.74
/// 06/22/25   INSURANCE PAYMENT                 -$321.42
/// ```
/// Where no service of the table has a day in the column, that of the heading is each one's.
pub(crate) fn days_of_headings(drafts: &mut [Draft], columns: &[Column], setting: &Setting) {
    let column = columns.iter().any(|c| c.has(Field::ServiceDate));
    let is_service = |d: &Draft| {
        let charged = money_of(&d.row.cells, Field::Charge).is_some() && !d.row.cells.contains_key(&Field::Credits);
        charged && !d.context.credits && credit(&d.text, setting.payer.as_deref()).is_none()
    };
    let in_column = drafts.iter().any(|d| is_service(d) && d.row.cells.contains_key(&Field::ServiceDate));
    if !column || in_column {
        return;
    }
    for d in drafts.iter_mut().filter(|d| is_service(d) && !d.closed) {
        // a day that stands over the whole table may be the paper's own
        let Some((day, page, bbox, text)) = d.context.date.as_ref().filter(|(_, _, b, _)| *b != BBox::default()) else {
            continue;
        };
        if let Some(day) = day.resolve(setting.anchor) {
            let cell = Cell { value: Value::Date(day), raw: text.clone(), page: *page, bbox: *bbox, confidence: 1.0 };
            d.row.cells.insert(Field::ServiceDate, cell);
        }
    }
}

/// `$314.62  -$73.67  $240.95`: an EOB that reckons from left to right sets a minus before the discount. The record has
/// what is taken off positive; a discount is negative only where it raises the price above the charge.
pub(crate) fn discounts_taken_off(drafts: &mut [Draft]) {
    let discount = |d: &Draft| money_of(&d.row.cells, Field::PlanDiscount).filter(|m| *m != Money::ZERO);
    let charged = |d: &Draft| money_of(&d.row.cells, Field::Charge).filter(|m| *m > Money::ZERO);
    let of_charges = || drafts.iter().filter(|d| charged(d).is_some());
    let raises = |d: &Draft| {
        let (charge, less) = (charged(d)?, discount(d)?);
        let refused = money_of(&d.row.cells, Field::NotCovered).unwrap_or_default();
        Some(charge - less - refused.abs() == money_of(&d.row.cells, Field::Allowed)?)
    };
    let some = of_charges().any(|d| discount(d).is_some());
    if !some || of_charges().any(|d| discount(d).is_some_and(|m| m > Money::ZERO) || raises(d) == Some(true)) {
        return;
    }
    for d in drafts.iter_mut().filter(|d| charged(d).is_some()) {
        if let Some(Cell { value: Value::Money(m), .. }) = d.row.cells.get_mut(&Field::PlanDiscount) {
            *m = m.abs();
        }
    }
}

/// `1 OFFICE VISIT`, `2 BLOOD DRAW`: words that all begin with the numbers of their lines, in order, do not have them as a part.
pub(crate) fn without_line_numbers(drafts: &mut [Draft]) {
    let number = |d: &Draft| match d.row.cells.get(&Field::Description).map(|c| &c.value) {
        Some(Value::Text(t)) => {
            let (n, rest) = t.split_once(' ')?;
            let n = n.trim_end_matches(['.', ')']).parse::<usize>().ok()?;
            rest.starts_with(char::is_alphabetic).then(|| (n, rest.to_owned()))
        }
        _ => None,
    };
    let numbered: Option<Vec<(usize, String)>> = drafts.iter().map(number).collect();
    let Some(numbered) = numbered.filter(|all| all.len() >= 2 && all.iter().enumerate().all(|(i, (n, _))| *n == i + 1)) else {
        return;
    };
    for (d, (_, rest)) in drafts.iter_mut().zip(numbered) {
        if let Some(cell) = d.row.cells.get_mut(&Field::Description) {
            cell.value = Value::Text(rest);
        }
    }
}

/// A bill's column `Ref` of plain numbers, another on every row, numbers the entries of a ledger and notes nothing.
pub(crate) fn without_entry_numbers(drafts: &mut [Draft]) {
    let number = |d: &Draft| match d.row.cells.get(&Field::RemarkCodes).map(|c| &c.value) {
        Some(Value::List(l)) => match &l[..] {
            [one] if one.len() >= 2 && one.bytes().all(|b| b.is_ascii_digit()) => Some(one.clone()),
            _ => None,
        },
        _ => None,
    };
    let numbered = drafts.iter().filter(|d| d.row.cells.contains_key(&Field::RemarkCodes)).count();
    let numbers: BTreeSet<String> = drafts.iter().filter_map(number).collect();
    if numbered >= 2 && numbers.len() == numbered {
        for d in drafts.iter_mut() {
            d.row.cells.remove(&Field::RemarkCodes);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn words_do_not_begin_with_the_numbers_of_their_lines() {
        let rows = |numbers: [&str; 2]| -> Vec<String> {
            let words = [format!("{} OFFICE VISIT", numbers[0]), format!("{} VIEWS OF THE CHEST", numbers[1])];
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
                (44.0, &[(30.0, "Claim number: 400500600700"), (300.0, "Patient: Jane Roe")]),
                (60.0, &[(40.0, "Service"), (200.0, "Date"), (-380.0, "Billed"), (-460.0, "Plan paid"), (-540.0, "You owe")]),
                (
                    74.0,
                    &[
                        (30.0, words[0].as_str()),
                        (200.0, "03/09/2025"),
                        (-380.0, "210.00"),
                        (-460.0, "120.00"),
                        (-540.0, "30.00"),
                    ],
                ),
                (
                    88.0,
                    &[(30.0, words[1].as_str()), (200.0, "03/09/2025"), (-380.0, "20.00"), (-460.0, "15.00"), (-540.0, "0.00")],
                ),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::Description])).collect()
        };
        assert_eq!(rows(["1", "2"]), ["OFFICE VISIT", "VIEWS OF THE CHEST"]);
        assert_eq!(rows(["1", "3"])[1], "3 VIEWS OF THE CHEST");
    }

    /// The rows of an EOB whose heads have the signs of the reckoning between them, and two amounts in a column.
    fn rows(discounts: [&str; 2]) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (50.0, &[(30.0, "Claim number: 400500600700"), (300.0, "Provider: Meadowbrook Hospital")]),
            (
                80.0,
                &[
                    (-300.0, "Doctor/facility"),
                    (-360.0, "Your"),
                    (-420.0, "Our allowed"),
                    (-480.0, "We"),
                    (-540.0, "Copay/"),
                    (-680.0, "Your total"),
                ],
            ),
            (84.0, &[(310.0, "-"), (366.0, "="), (546.0, "+")]),
            (
                88.0,
                &[
                    (30.0, "Care you received"),
                    (200.0, "Date(s)"),
                    (-300.0, "charges"),
                    (-360.0, "discount"),
                    (-420.0, "amount"),
                    (-480.0, "paid"),
                    (-540.0, "Deductible"),
                    (-680.0, "cost"),
                ],
            ),
            (
                104.0,
                &[
                    (30.0, "ANESTHESIA"),
                    (200.0, "02/11/24"),
                    (-300.0, "$314.82"),
                    (-360.0, discounts[0]),
                    (-420.0, "$127.31"),
                    (-480.0, "$0.00"),
                    (-540.0, "$20.00"),
                    (-680.0, "$127.31"),
                ],
            ),
            (113.0, &[(30.0, "Procedure 00811 AA"), (-540.0, "$107.31")]),
            (122.0, &[(30.0, "Units: 6")]),
            (
                138.0,
                &[
                    (30.0, "SURG PATH LEVEL 4"),
                    (200.0, "02/11/24"),
                    (-300.0, "$132.00"),
                    (-360.0, discounts[1]),
                    (-420.0, "$58.33"),
                    (-480.0, "$58.33"),
                    (-540.0, "$0.00"),
                    (-680.0, "$0.00"),
                ],
            ),
            (147.0, &[(30.0, "Procedure 88305"), (-540.0, "$0.00")]),
            (156.0, &[(30.0, "Units: 1")]),
        ]);
        let fields = [
            Field::Description,
            Field::Code,
            Field::Modifiers,
            Field::Units,
            Field::PlanDiscount,
            Field::Copay,
            Field::Deductible,
            Field::PatientResponsibility,
        ];
        s.rows.iter().map(|r| said(r, &fields)).collect()
    }

    #[test]
    fn a_minus_says_that_a_discount_is_taken_off() {
        let expected = ["ANESTHESIA 00811 AA 6 187.51 20.00 107.31 127.31", "SURG PATH LEVEL 4 88305 - 1 73.67 0.00 0.00 0.00"];
        assert_eq!(rows(["-$187.51", "-$73.67"]), expected);
        assert_eq!(rows(["$187.51", "$73.67"]), expected);
    }

    #[test]
    fn a_discount_below_zero_among_others_is_one() {
        assert!(rows(["-$187.51", "$73.67"])[0].contains("-187.51"));
    }

    #[test]
    fn the_numbers_of_entries_are_no_notes() {
        let s = read(&[
            (
                100.0,
                &[
                    (30.0, "Date"),
                    (100.0, "Ref"),
                    (160.0, "Proc"),
                    (220.0, "Description"),
                    (-520.0, "Charges"),
                    (-620.0, "Credits"),
                ],
            ),
            (115.0, &[(30.0, "06/11/2025"), (100.0, "2145"), (160.0, "99284"), (220.0, "ER LEVEL IV"), (-520.0, "679.56")]),
            (130.0, &[(30.0, "06/12/2025"), (100.0, "2147"), (220.0, "INSURANCE PAYMENT"), (-620.0, "245.08")]),
            (145.0, &[(220.0, "Balance due"), (-620.0, "434.48")]),
        ]);
        assert!(s.rows.len() == 2 && s.rows.iter().all(|r| !r.cells.contains_key(&Field::RemarkCodes)));
        assert!(!s.header.contains_key(&Field::AccountNo), "{:?}", s.header);
    }

    #[test]
    fn the_day_over_the_services_is_theirs_where_only_payments_have_one() {
        let bill = |day: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
                (50.0, &[(30.0, "Date"), (110.0, "Description"), (-460.0, "Charges"), (-600.0, "Payments and adjustments")]),
                (66.0, &[(30.0, "Ambulance transport on 05/02/25")]),
                (82.0, &[(30.0, day), (110.0, "BLS EMERGENCY"), (-460.0, "$943.74")]),
                (98.0, &[(110.0, "GROUND MILEAGE"), (-460.0, "$95.00")]),
                (114.0, &[(110.0, "Total charges for this visit"), (-460.0, "$1,038.74")]),
                (130.0, &[(30.0, "Payments and adjustments")]),
                (146.0, &[(30.0, "05/22/25"), (110.0, "INSURANCE PAYMENT"), (-600.0, "-$321.42")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate])).collect::<Vec<_>>()
        };
        assert_eq!(bill("")[..], ["2025-05-02", "2025-05-02", "2025-05-22"]);
        assert_eq!(bill("05/03/25")[1], "-", "a service has a day of its own");
    }
}
