//! Columns of a bill that are headed by no more than the name of one who pays:
//!
//! ```text
//! Service          Units    Billed   Insurance   Discount   You paid   Remaining
//! OFFICE VISIT         1    210.00     -120.00     -60.00       0.00       30.00
//! ```
//! Such a head may also stand over a policy's name, or over what an insurer has yet to pay. Here it stands among the credits:
//! row by row the charge less all of them is what remains. What waits for an insurer would stand right before what the patient
//! owes, and without a minus; that stays unread.
//!
//! Of two columns of payments, `Insurance: Paid, Discount   You: Payments, Balance`, the one behind the insurer's is the patient's,
//! where the rows bear that out as well; it may have dashes for noughts.

use crate::assign::Assigned;
use crate::columns::Column;
use crate::identify::value;
use crate::retype::whose;
use crate::statement::{Field, Money};

/// What is taken off a charge.
const CREDITS: [Field; 5] = [Field::PlanDiscount, Field::PlanPaid, Field::OtherPaid, Field::PatientPaid, Field::Credits];

/// Names such columns by who paid, where every row of the table bears it out.
pub(crate) fn take(columns: &mut [Column], lines: &[&Assigned]) {
    let only = |f: Field| {
        let mut held = (0..columns.len()).filter(|i| columns[*i].has(f));
        held.next().filter(|_| held.next().is_none())
    };
    // a word over several columns may look like one of its own, and holds nothing
    let holds = |i: &usize| lines.iter().any(|l| value(l, *i).is_some());
    let rest = only(Field::PatientResponsibility).filter(holds).or_else(|| only(Field::Balance));
    let (Some(charge), Some(rest)) = (only(Field::Charge), rest) else { return };
    let named: Vec<(usize, Field)> = (charge + 1..rest)
        .filter(|i| matches!(columns[*i].fields.as_slice(), [] | [Field::Ignored]))
        .filter(|i| holds(i) || paid(&columns[*i].head))
        .filter_map(|i| Some((i, paid_by(&columns[i].head).or_else(|| second_payments(columns, i))?)))
        .collect();
    let free = |(i, f): &(usize, Field)| {
        let minus = || lines.iter().filter_map(|l| value(l, *i)).any(|m| m < Money::ZERO);
        only(*f).is_none()
            && named.iter().filter(|n| n.1 == *f).count() == 1
            && (*i + 1 < rest || paid(&columns[*i].head) || minus())
    };
    let credits: Vec<usize> = (0..columns.len())
        .filter(|i| columns[*i].fields.iter().any(|f| CREDITS.contains(f)) && !columns[*i].is_stacked())
        .collect();
    if named.is_empty() || credits.is_empty() || !named.iter().all(free) {
        return;
    }
    let taken: Vec<usize> = named.iter().map(|n| n.0).chain(credits).collect();
    let blank = named.iter().any(|n| paid(&columns[n.0].head));
    let rows: Vec<bool> = lines.iter().filter_map(|l| remains(l, charge, rest, &taken, blank)).collect();
    if !rows.is_empty() && rows.iter().all(|held| *held) {
        for (i, field) in named {
            columns[i].fields = vec![field];
            columns[i].guessed = false;
        }
    }
}

/// Whose payments a head names that says no more than who pays.
fn paid_by(head: &str) -> Option<Field> {
    match whose(head)? {
        Field::PatientResponsibility => Some(Field::PatientPaid),
        f => Some(f),
    }
}

/// Whether a head, or the last word of one under the word for who pays, says payments.
fn paid(head: &str) -> bool {
    let last = head.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    matches!(last.as_str(), "paid" | "payment" | "payments" | "pmt" | "pmts" | "pymts")
}

/// The patient's, where an insurer's column of payments stands before it.
fn second_payments(columns: &[Column], i: usize) -> Option<Field> {
    let insurers = columns[..i].iter().any(|c| c.fields == [Field::PlanPaid] && paid(&c.head));
    let one_word = columns[i].head.split_whitespace().count() == 1;
    (insurers && one_word && paid(&columns[i].head)).then_some(Field::PatientPaid)
}

/// Whether the charge of a row less what is taken off it is what remains; `None` where it does not print all of them and noughts
/// are not left `blank`.
fn remains(line: &Assigned, charge: usize, rest: usize, taken: &[usize], blank: bool) -> Option<bool> {
    let (charge, rest) = (value(line, charge)?, value(line, rest)?);
    let of = |i: usize| value(line, i).map(Money::abs).or_else(|| blank.then_some(Money::ZERO));
    let off: Vec<Money> = taken.iter().map(|i| of(*i)).collect::<Option<_>>()?;
    Some(charge - off.into_iter().sum::<Money>() == rest)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 5] =
        [Field::Charge, Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid, Field::PatientResponsibility];

    /// The rows of a bill with these heads over four columns between the charge and what remains.
    fn rows(heads: [&'static str; 3], amounts: [[&'static str; 3]; 2]) -> Vec<String> {
        let row = |y: f32, words: &'static str, charge: &'static str, of: [&'static str; 3], rest: &'static str| {
            let (a, b, c) = (of[0], of[1], of[2]);
            (y, vec![(30.0, words), (-300.0, charge), (-370.0, a), (-440.0, b), (-510.0, c), (-600.0, rest)])
        };
        let lines = [
            (20.0, vec![(30.0, "Lakeside Family Medicine"), (500.0, "Statement")]),
            (40.0, vec![(30.0, "Patient: Jane Roe"), (300.0, "Account number: 329-80200")]),
            (60.0, vec![(30.0, "Visit on Mar 9, 2025")]),
            row(74.0, "Service", "Billed", heads, "Remaining"),
            row(88.0, "OFFICE VISIT", "210.00", amounts[0], "30.00"),
            row(102.0, "X-RAY CHEST", "90.00", amounts[1], "20.00"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn among_the_credits_the_name_of_who_pays_is_what_they_paid() {
        let paid = rows(["Insurance", "Discount", "You paid"], [["-120.00", "-60.00", "0.00"], ["-40.00", "-25.00", "-5.00"]]);
        assert_eq!(paid, ["210.00 120.00 60.00 0.00 30.00", "90.00 40.00 25.00 5.00 20.00"]);
        let both = rows(["Insurance", "Patient", "Discount"], [["120.00", "0.00", "60.00"], ["40.00", "5.00", "25.00"]]);
        assert_eq!(both, ["210.00 120.00 60.00 0.00 30.00", "90.00 40.00 25.00 5.00 20.00"]);
    }

    #[test]
    fn the_payments_behind_the_insurers_are_the_patients() {
        let second = rows(["Paid", "Discount", "Payments"], [["120.00", "60.00", "-"], ["40.00", "25.00", "5.00"]]);
        assert_eq!(second, ["210.00 120.00 60.00 - 30.00", "90.00 40.00 25.00 5.00 20.00"]);
        let other = rows(["Paid", "Discount", "Payments"], [["120.00", "60.00", "-"], ["40.00", "30.00", "5.00"]]);
        assert_eq!(other[1], "90.00 40.00 30.00 - 20.00", "what the rows do not bear out stays unread");
    }

    #[test]
    fn what_waits_for_an_insurer_is_not_paid() {
        let waits = rows(["Discount", "You paid", "Insurance"], [["60.00", "0.00", "120.00"], ["25.00", "5.00", "40.00"]]);
        assert_eq!(waits, ["210.00 - 60.00 0.00 30.00", "90.00 - 25.00 5.00 20.00"]);
        let other = rows(["Insurance", "Discount", "You paid"], [["120.00", "60.00", "0.00"], ["30.00", "25.00", "5.00"]]);
        assert_eq!(other, ["210.00 - 60.00 0.00 30.00", "90.00 - 25.00 5.00 20.00"]);
    }
}
