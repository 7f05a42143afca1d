//! Columns of amounts whose header says too little, told by their arithmetic.
//!
//! `Total` at the end of an EOB's row may be what the patient owes; `Balance` may be anything. Where a column's values
//! are, row after row, what an equation makes of the others, the equation names it.

use std::collections::BTreeMap;

use crate::assign::Assigned;
use crate::columns::Column;
use crate::grammar::money::money;
use crate::payer_columns;
use crate::statement::{Field, Money};
use crate::tokens::TokenKind;

type Amounts = BTreeMap<Field, Money>;
type Equation = fn(&Amounts) -> Option<Money>;

/// What the column would be, and what it must then equal.
const EQUATIONS: [(Field, Equation); 12] = [
    (Field::Charge, |a| {
        Some(*a.get(&Field::Allowed)? + *a.get(&Field::PlanDiscount)? + a.get(&Field::NotCovered).copied().unwrap_or_default())
    }),
    (Field::PatientResponsibility, |a| {
        Some(*a.get(&Field::Charge)? - *a.get(&Field::PlanDiscount)? - *a.get(&Field::PlanPaid)? - *a.get(&Field::PatientPaid)?)
    }),
    (Field::PatientResponsibility, |a| Some(shares(a)? + a.get(&Field::NotCovered).copied().unwrap_or_default())),
    (Field::PatientResponsibility, shares),
    (Field::PatientResponsibility, |a| Some(*a.get(&Field::Allowed)? - *a.get(&Field::PlanPaid)?)),
    (Field::Allowed, |a| {
        Some(*a.get(&Field::Charge)? - *a.get(&Field::PlanDiscount)? - a.get(&Field::NotCovered).copied().unwrap_or_default())
    }),
    (Field::PlanDiscount, |a| {
        Some(*a.get(&Field::Charge)? - *a.get(&Field::Allowed)? - a.get(&Field::NotCovered).copied().unwrap_or_default())
    }),
    (Field::PlanPaid, |a| Some(*a.get(&Field::Allowed)? - shares(a)?)),
    (Field::PlanPaid, |a| Some(*a.get(&Field::Allowed)? - *a.get(&Field::PatientResponsibility)?)),
    (Field::PlanPaid, |a| Some(*a.get(&Field::Charge)? - *a.get(&Field::PlanDiscount)? - *a.get(&Field::PatientResponsibility)?)),
    (Field::PatientResponsibility, |a| Some(*a.get(&Field::Charge)? - *a.get(&Field::PlanDiscount)? - *a.get(&Field::PlanPaid)?)),
    (Field::Coinsurance, |a| {
        let unpaid = || Some(*a.get(&Field::Allowed)? - *a.get(&Field::PlanPaid)?);
        let others = *a.get(&Field::Deductible)? + a.get(&Field::Copay).copied().unwrap_or_default();
        let Some(share) = a.get(&Field::PatientResponsibility) else { return Some(unpaid()? - others) };
        // where the plan pays the rest of the allowed amount, what it refused is not in the patient's share
        let refused = a.get(&Field::NotCovered).copied().unwrap_or_default();
        Some(if unpaid()? == *share { *share - others } else { *share - others - refused })
    }),
];

fn shares(a: &Amounts) -> Option<Money> {
    let parts: Vec<Money> =
        [Field::Deductible, Field::Copay, Field::Coinsurance].iter().filter_map(|f| a.get(f).copied()).collect();
    (!parts.is_empty()).then(|| parts.into_iter().sum())
}

/// Which of two columns of one field holds its amounts: where the rows' own arithmetic speaks for one of them alone.
/// A header read in part (`pay` of `Copay`) may name a field that a column further on holds.
pub(crate) fn proven(columns: &[Column], lines: &[&Assigned], [i, j]: [usize; 2], field: Field) -> Option<usize> {
    let held = |k: usize| {
        let fits = |l: &&&Assigned| {
            let Some(v) = value(l, k).filter(|v| *v != Money::ZERO) else { return false };
            let mut others = amounts(l, columns);
            others.remove(&field);
            EQUATIONS.iter().any(|(f, e)| *f == field && e(&others) == Some(v))
        };
        lines.iter().filter(fits).count()
    };
    match (held(i), held(j)) {
        (a, 0) if a > 0 => Some(i),
        (0, b) if b > 0 => Some(j),
        _ => None,
    }
}

/// Whether the amounts of a column are, row after row, what the plan allowed, took off and refused together.
pub(crate) fn is_charged(columns: &[Column], lines: &[&Assigned], column: usize) -> bool {
    let made = |l: &&Assigned| {
        let others = amounts(l, columns);
        let equation = EQUATIONS.iter().find(|(f, _)| *f == Field::Charge)?.1;
        Some((value(l, column)?, equation(&others)?))
    };
    let rows: Vec<(Money, Money)> = lines.iter().filter_map(made).filter(|(v, _)| *v != Money::ZERO).collect();
    let held = rows.iter().filter(|(v, e)| v == e).count();
    held > 0 && held * 10 >= rows.len() * 9
}

/// `Patient payment` of an EOB is what the patient has to pay where it is, row after row, what the plan leaves of the
/// allowed amount, and no other column says so.
fn to_be_paid(columns: &mut [Column], lines: &[&Assigned]) {
    let has = |f: Field| columns.iter().any(|c| c.has(f));
    if has(Field::PatientResponsibility) || !(has(Field::Allowed) && has(Field::PlanPaid)) {
        return;
    }
    let left = |l: &&Assigned| {
        let a = amounts(l, columns);
        Some((*a.get(&Field::PatientPaid)?, *a.get(&Field::Allowed)? - *a.get(&Field::PlanPaid)?))
    };
    let rows: Vec<(Money, Money)> = lines.iter().filter_map(left).collect();
    let held = rows.iter().filter(|(paid, left)| paid == left).count();
    if held * 10 >= rows.len() * 9
        && rows.iter().any(|(paid, left)| paid == left && *paid != Money::ZERO)
        && let Some(c) = columns.iter_mut().find(|c| c.fields == [Field::PatientPaid])
    {
        c.fields = vec![Field::PatientResponsibility];
    }
}

/// `Your bill | Our discount | … | Your total cost`: the one may be what was charged and the other what is owed, whichever their
/// words name elsewhere. They change places where each is, row after row, what an equation makes of the other, and in no row itself.
fn exchanged(columns: &mut [Column], lines: &[&Assigned]) {
    let at = |f: Field| columns.iter().position(|c| c.fields == [f]);
    let (Some(charge), Some(owed)) = (at(Field::Charge), at(Field::PatientResponsibility)) else { return };
    let holds = |field: Field, v: Money, a: &Amounts| EQUATIONS.iter().any(|(f, e)| *f == field && e(a) == Some(v));
    let (mut rows, mut swapped) = (0, 0);
    for l in lines {
        let (Some(c), Some(o)) = (value(l, charge), value(l, owed)) else { continue };
        let mut others = amounts(l, columns);
        others.remove(&Field::Charge);
        others.remove(&Field::PatientResponsibility);
        if c == o {
            continue;
        }
        rows += 1;
        let itself = holds(Field::Charge, c, &others) || holds(Field::PatientResponsibility, o, &others);
        let other = holds(Field::Charge, o, &others) && holds(Field::PatientResponsibility, c, &others);
        swapped += usize::from(other && !itself);
    }
    if rows > 0 && swapped == rows {
        columns[charge].fields = vec![Field::PatientResponsibility];
        columns[owed].fields = vec![Field::Charge];
    }
}

/// `Price` is what the service costs where no column says `Charge` and the rows' credits leave of it what the last column
/// says is owed; the price of one of several units leaves less.
fn priced(columns: &mut [Column], lines: &[&Assigned]) {
    let at = |f: Field| columns.iter().position(|c| c.fields == [f]);
    let (Some(price), Some(owed)) = (at(Field::UnitPrice), at(Field::PatientResponsibility).or_else(|| at(Field::Balance)))
    else {
        return;
    };
    if columns.iter().any(|c| c.has(Field::Charge)) {
        return;
    }
    let credits: Vec<usize> = [Field::PlanDiscount, Field::PlanPaid, Field::PatientPaid, Field::OtherPaid, Field::Credits]
        .into_iter()
        .filter_map(at)
        .collect();
    let rows = lines.iter().filter_map(|l| {
        let credited: Money = credits.iter().filter_map(|c| value(l, *c)).map(Money::abs).sum();
        Some((value(l, price)? - credited, value(l, owed)?))
    });
    let rows: Vec<(Money, Money)> = rows.collect();
    let held = rows.iter().filter(|(left, owed)| left == owed).count();
    if held > 0 && held * 10 >= rows.len() * 9 {
        columns[price].fields = vec![Field::Charge];
    }
}

/// Names columns that nobody has named, where the rows of the table agree on what they are.
pub fn by_arithmetic(columns: &mut [Column], lines: &[&Assigned]) {
    exchanged(columns, lines);
    to_be_paid(columns, lines);
    priced(columns, lines);
    payer_columns::take(columns, lines);
    for i in 0..columns.len() {
        if !matches!(columns[i].fields.as_slice(), [] | [Field::Ignored]) {
            continue;
        }
        let rows: Vec<(Money, Amounts)> = lines.iter().filter_map(|l| Some((value(l, i)?, amounts(l, columns)))).collect();
        let says_share = says_share(&columns[i].head);
        if rows.is_empty() || rows.len() < 2 && !says_share {
            continue;
        }
        for (field, equation) in EQUATIONS {
            if columns.iter().any(|c| c.has(field)) {
                continue;
            }
            let tried: Vec<(Money, Money)> = rows.iter().filter_map(|(v, a)| equation(a).map(|e| (*v, e))).collect();
            let held = tried.iter().filter(|(v, e)| v == e).count();
            // a "Total" that closes the patient's shares needs no more than not to be contradicted
            let closes = field == Field::PatientResponsibility
                && columns[i].head.trim().eq_ignore_ascii_case("total")
                && i > 0
                && columns[i - 1].fields.iter().any(|f| matches!(f, Field::Deductible | Field::Copay | Field::Coinsurance));
            let shared = field == Field::Coinsurance;
            // without a deductible and a copay beside it, a share may be all that the patient owes
            let beside = columns.iter().any(|c| c.has(Field::Copay))
                || rows.iter().any(|(_, a)| a.get(&Field::Deductible).is_some_and(|m| *m != Money::ZERO));
            if shared && !(says_share && beside) {
                continue;
            }
            let telling = closes || shared || tried.iter().any(|(v, e)| v == e && *v != Money::ZERO);
            if telling && held * 10 >= rows.len() * 9 {
                tracing::debug!(head = columns[i].head, ?field, "column named by its arithmetic");
                columns[i].fields = vec![field];
                columns[i].guessed = false;
                break;
            }
        }
    }
}

/// `Cost share`, `Your percentage of the cost`: a part of what the plan allows.
fn says_share(head: &str) -> bool {
    let head = head.to_lowercase();
    ["share", "percent", "%"].iter().any(|w| head.contains(w))
}

/// The amount of a line in one of the columns.
pub(crate) fn value(l: &Assigned, column: usize) -> Option<Money> {
    l.cells.iter().find(|(t, c)| *c == column && t.kind == TokenKind::Money).and_then(|(t, _)| money(&t.text))
}

fn amounts(l: &Assigned, columns: &[Column]) -> Amounts {
    columns
        .iter()
        .enumerate()
        .filter(|(_, c)| c.is_money() && !c.is_stacked())
        .filter_map(|(i, c)| Some((*c.fields.first()?, value(l, i)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn what_a_column_is_follows_from_what_it_makes_of_the_others() {
        let heads = |share: &'static str, last: &'static str| {
            [
                (30.0, "Service date"),
                (110.0, "Service"),
                (-300.0, "Charge"),
                (-360.0, "Allowed"),
                (-430.0, "Deductible"),
                (-500.0, share),
                (-560.0, "Plan paid"),
                (-660.0, last),
            ]
        };
        let first = [
            (30.0, "05/20/25"),
            (110.0, "CROWN"),
            (-300.0, "265.00"),
            (-360.0, "180.00"),
            (-430.0, "50.00"),
            (-500.0, "26.00"),
            (-560.0, "104.00"),
            (-660.0, "76.00"),
        ];
        let second = [
            (30.0, "05/20/25"),
            (110.0, "EXAM"),
            (-300.0, "60.00"),
            (-360.0, "42.00"),
            (-430.0, "0.00"),
            (-500.0, "0.00"),
            (-560.0, "42.00"),
            (-660.0, "0.00"),
        ];
        let rows = |heads: &[(f32, &str)]| -> Vec<String> {
            let title = [(30.0, "Explanation of Benefits"), (300.0, "Lakeside Health Plan")];
            let claim = [(30.0, "Claim number: 400500600700"), (300.0, "Patient: Jane Roe")];
            let s = read(&[(20.0, &title[..]), (40.0, &claim[..]), (80.0, heads), (95.0, &first[..]), (108.0, &second[..])]);
            s.rows.iter().map(|r| said(r, &[Field::Coinsurance, Field::PatientPaid, Field::PatientResponsibility])).collect()
        };
        assert_eq!(rows(&heads("Cost share", "You owe")), ["26.00 - 76.00", "0.00 - 0.00"]);
        assert_eq!(rows(&heads("Coinsurance", "Patient payment")), ["26.00 - 76.00", "0.00 - 0.00"]);
    }

    #[test]
    fn charge_and_share_change_places_where_the_rows_say_so() {
        let heads = |first: &'static str, last: &'static str| {
            [
                (30.0, "Service date"),
                (110.0, "Service"),
                (-300.0, first),
                (-360.0, "Discount"),
                (-430.0, "Allowed"),
                (-500.0, "Plan paid"),
                (-570.0, "Coinsurance"),
                (-660.0, last),
            ]
        };
        let row = [
            (30.0, "05/20/25"),
            (110.0, "XR CHEST"),
            (-300.0, "122.54"),
            (-360.0, "31.44"),
            (-430.0, "91.10"),
            (-500.0, "72.88"),
            (-570.0, "18.22"),
            (-660.0, "18.22"),
        ];
        let read_with = |heads: &[(f32, &str)]| {
            let title = [(30.0, "Explanation of Benefits"), (300.0, "Lakeside Health Plan")];
            let claim = [(30.0, "Claim number: 400500600700"), (300.0, "Patient: Jane Roe")];
            let s = read(&[(20.0, &title[..]), (40.0, &claim[..]), (80.0, heads), (95.0, &row[..])]);
            said(&s.rows[0], &[Field::Charge, Field::PatientResponsibility])
        };
        assert_eq!(read_with(&heads("You owe", "Total cost")), "122.54 18.22");
        assert_eq!(read_with(&heads("Total cost", "You owe")), "122.54 18.22");
    }

    #[test]
    fn a_price_of_which_the_credits_leave_what_is_owed_is_the_charge() {
        let heads = [
            (30.0, "CPT Code"),
            (110.0, "Test"),
            (-280.0, "Qty"),
            (-340.0, "Price"),
            (-420.0, "Insurance Discount"),
            (-500.0, "Insurance Paid"),
            (-570.0, "You Owe"),
        ];
        let row = |y: f32, code: &'static str, a: [&'static str; 5]| {
            let mut cells = vec![(30.0, code), (110.0, "FERRITIN")];
            cells.extend([-280.0, -340.0, -420.0, -500.0, -570.0].into_iter().zip(a));
            (y, cells)
        };
        let charges = |first: [&'static str; 5], second: [&'static str; 5]| -> Vec<String> {
            let rows = [row(74.0, "82728", first), row(86.0, "84443", second)];
            let mut lines: Vec<(f32, &[(f32, &str)])> =
                vec![(20.0, &[(30.0, "Lakeside Laboratory"), (400.0, "Invoice")]), (60.0, &heads)];
            lines.extend(rows.iter().map(|(y, cells)| (*y, cells.as_slice())));
            read(&lines).rows.iter().map(|r| said(r, &[Field::Charge])).collect()
        };
        assert_eq!(
            charges(["1", "$73.00", "$23.00", "$40.00", "$10.00"], ["1", "$113.00", "$13.00", "$0.00", "$100.00"]),
            ["73.00", "113.00"]
        );
        let of_each = charges(["2", "$73.00", "$23.00", "$100.00", "$23.00"], ["2", "$113.00", "$13.00", "$113.00", "$100.00"]);
        assert!(of_each.iter().all(|c| c == "-"), "{of_each:?}: two were done at this price");
    }
}
