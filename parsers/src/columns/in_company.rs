//! Heads that mean one thing by themselves and another beside others: `Code / Description` before the amounts, `Covered charges`
//! beside what was charged.

use super::Column;
use crate::heading_words::is_explained;
use crate::statement::Field;

/// Gives the columns the meaning that they have beside one another.
pub(super) fn settle(columns: &mut [Column]) {
    words_with_codes(columns);
    modifiers_beside_codes(columns);
    first_day_before_the_last(columns);
    covered_beside_charged(columns);
    benefit_for_words(columns);
    notes_behind_amounts(columns);
}

/// `Charge | Not covered | Code | Deductible | Fund paid`: right behind an amount that a plan explains by notes, and behind the
/// charge, stand the codes of these; what was done stands before it.
fn notes_behind_amounts(columns: &mut [Column]) {
    let Some(charge) = columns.iter().position(|c| c.has(Field::Charge)) else { return };
    let paid = columns.iter().any(|c| c.has(Field::PlanPaid));
    if !paid || columns.iter().any(|c| c.has(Field::RemarkCodes)) {
        return;
    }
    let bare = |c: &Column| matches!(c.head.trim().to_lowercase().trim_end_matches('.'), "code" | "codes" | "cd");
    let explained = |c: &Column| matches!(c.fields.as_slice(), [f] if is_explained(*f));
    let named = columns[..=charge].iter().any(|c| c.has(Field::Description));
    let found = (charge + 1..columns.len())
        .find(|at| named && columns[*at].fields == [Field::Code] && bare(&columns[*at]) && explained(&columns[at - 1]));
    if let Some(at) = found {
        columns[at].fields = vec![Field::RemarkCodes];
    }
}

/// `Amount claimed | Covered charges`: not what was charged but what of it the plan goes by, which a head alone may not say.
fn covered_beside_charged(columns: &mut [Column]) {
    let covered = |c: &Column| {
        let head = c.head.to_lowercase();
        c.fields == [Field::Charge] && head.split_whitespace().any(|w| w == "covered") && !head.contains("not")
    };
    let charged = columns.iter().any(|c| c.fields == [Field::Charge] && !covered(c));
    if charged && !columns.iter().any(|c| c.has(Field::Allowed)) && columns.iter().filter(|c| covered(c)).count() == 1 {
        columns.iter_mut().filter(|c| covered(c)).for_each(|c| c.fields = vec![Field::Allowed]);
    }
}

/// `Date incurred | Benefit | Submitted | … | Benefit paid`: what kind of benefit a service was, before what was charged for it and
/// beside what the plan paid.
fn benefit_for_words(columns: &mut [Column]) {
    let Some(charge) = columns.iter().position(|c| c.has(Field::Charge)) else { return };
    if columns.iter().any(|c| c.has(Field::Description)) {
        return;
    }
    let bare = |c: &Column| matches!(c.head.trim().to_lowercase().as_str(), "benefit" | "benefits" | "benefit type");
    let paid = columns[charge..].iter().any(|c| c.has(Field::PlanPaid));
    let dated = |at: usize| columns[..at].iter().any(|c| c.has(Field::ServiceDate));
    if let Some(at) = columns[..charge].iter().position(bare).filter(|at| paid && dated(*at)) {
        columns[at].fields = vec![Field::Description];
    }
}

/// `Code / Description` before the amounts heads services with their codes; notes, whose legend the same words head, stand behind
/// them.
fn words_with_codes(columns: &mut [Column]) {
    let Some(last) = columns.iter().rposition(|c| c.has(Field::Charge)) else { return };
    if columns.iter().any(|c| c.has(Field::Code)) {
        return;
    }
    let both = |head: &str| {
        let words: Vec<String> = head.split('/').map(|w| w.trim().to_lowercase()).collect();
        words == ["code", "description"]
    };
    if let Some(c) = columns[..last].iter_mut().find(|c| c.fields == [Field::RemarkCodes] && both(&c.head)) {
        c.fields = vec![Field::Code, Field::Description];
    }
}

/// `Svc code | Proc. modifier`: behind a column of codes one whose head ends in the word for modifiers holds these.
fn modifiers_beside_codes(columns: &mut [Column]) {
    let ends = |c: &Column| c.head.to_lowercase().trim_end_matches('s').ends_with(" modifier");
    if columns.iter().any(|c| c.has(Field::Modifiers)) {
        return;
    }
    for i in 1..columns.len() {
        if columns[i - 1].fields == [Field::Code] && columns[i].fields == [Field::Code] && ends(&columns[i]) {
            columns[i].fields = vec![Field::Modifiers];
            return;
        }
    }
}

/// `SERVICE | THRU | … | DESCRIPTION`: the first day of what was done stands before the last, whatever the word over it names
/// elsewhere.
fn first_day_before_the_last(columns: &mut [Column]) {
    if columns.iter().any(|c| c.has(Field::ServiceDate)) {
        return;
    }
    let Some(last) = columns.iter().position(|c| c.fields == [Field::ServiceDateTo]).filter(|at| *at > 0) else { return };
    let named = columns.iter().enumerate().any(|(i, c)| i != last - 1 && c.has(Field::Description));
    let first = &mut columns[last - 1];
    let head = first.head.trim().to_lowercase();
    // by themselves they name the words of a service, if anything: no list of heads can have them
    let of_days = matches!(head.as_str(), "service" | "services" | "svc" | "serv" | "first" | "beginning" | "starting");
    if of_days && named {
        first.fields = vec![Field::ServiceDate];
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn row(heads: [&'static str; 5]) -> String {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 1234567")]),
            (
                60.0,
                &[
                    (30.0, heads[0]),
                    (110.0, heads[1]),
                    (-340.0, heads[2]),
                    (-440.0, heads[3]),
                    (-520.0, "Deductible"),
                    (-600.0, heads[4]),
                ],
            ),
            (
                74.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "OFFICE VISIT"),
                    (-340.0, "82.00"),
                    (-440.0, "44.56"),
                    (-520.0, "25.00"),
                    (-600.0, "19.56"),
                ],
            ),
        ]);
        said(&s.rows[0], &[Field::Description, Field::Charge, Field::Allowed, Field::Deductible, Field::PlanPaid])
    }

    #[test]
    fn covered_charges_beside_what_was_claimed_are_allowed() {
        let want = "OFFICE VISIT 82.00 44.56 25.00 19.56";
        assert_eq!(row(["Date", "Type of service", "Amount claimed", "Covered charges", "Plan pays"]), want);
        assert_eq!(row(["Date", "Type of service", "Charge", "Covered charges", "Plan pays"]), want);
    }

    #[test]
    fn codes_behind_what_is_not_covered_are_those_of_notes() {
        let heads = ["Date", "Type of service", "Procedure", "Charge", "Ineligible", "Code", "Deductible", "Fund paid"];
        let x = [30.0, 110.0, 220.0, -340.0, -410.0, 424.0, -520.0, -600.0];
        let head: Vec<(f32, &str)> = x.into_iter().zip(heads).collect();
        let row = ["03/09/2025", "OFFICE VISIT", "99213", "82.00", "0.00", "PD1", "25.00", "19.56"];
        let row: Vec<(f32, &str)> = x.into_iter().zip(row).collect();
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 1234567")]),
            (60.0, &head),
            (74.0, &row),
        ]);
        let fields = [Field::Code, Field::Charge, Field::NotCovered, Field::RemarkCodes, Field::Deductible];
        assert_eq!(said(&s.rows[0], &fields), "99213 82.00 0.00 PD1 25.00");
    }

    #[test]
    fn a_benefit_before_the_charge_is_what_was_done() {
        let want = "OFFICE VISIT 82.00 44.56 25.00 19.56";
        assert_eq!(row(["Date incurred", "Benefit", "Submitted", "Allowable", "Benefit paid"]), want);
    }
}
