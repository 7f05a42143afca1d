//! Headers of two tiers: facts over amounts (see [`crate::tiers`]), or for two print rows with amounts (see [`crate::decks`]), be
//! it the charge over what became of it or captions of two lines each. The two, one set off against the other, would as well pass for one header of stacked heads: it is the
//! lines under them that tell.

use std::borrow::Cow;

use super::{Column, TableHeader};
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};

/// How far under a header its first service may stand, in lines.
const NEAR: usize = 6;

/// The fewest amounts of a line that has nothing else.
const AMOUNTS: usize = 3;

/// Whether the two headers are the two tiers of one: facts in the upper, amounts in the lower, and the services stand so.
pub(super) fn are_tiers(upper: &TableHeader, lower: &TableHeader, lines: &[Cow<'_, Line>]) -> bool {
    let known = |h: &TableHeader| h.columns.iter().all(|c| !c.fields.is_empty());
    let shared = upper.columns.iter().any(|c| c.fields.iter().any(|f| lower.columns.iter().any(|l| l.has(*f))));
    if !known(upper) || !known(lower) || shared || upper.end_line != lower.first_line {
        return false;
    }
    let body = &lines[lower.end_line.min(lines.len())..(lower.end_line + NEAR).min(lines.len())];
    let alternate = |is: &dyn Fn(&[Token], &[Token]) -> bool| body.windows(2).any(|two| is(&tokens(&two[0]), &tokens(&two[1])));
    let amounts = |h: &TableHeader| h.columns.iter().filter(|c| c.is_money()).count();
    // single lines of captions are told apart by what they are worth
    let decks = amounts(upper) >= AMOUNTS && amounts(lower) >= AMOUNTS && upper.end_line - upper.first_line > 1;
    if decks && lower.end_line - lower.first_line > 1 {
        return alternate(&|a, b| is_dated(a) && !is_dated(b) && amounts_of(a) >= AMOUNTS && amounts_of(b) >= AMOUNTS);
    }
    if is_of_charge(upper) && is_of_settling(lower) {
        return alternate(&|a, b| is_dated(a) && amounts_of(a) == 1 && settles(b));
    }
    let facts = upper.columns.len() >= 2 && amounts(upper) == 0;
    let sums = lower.columns.len() >= AMOUNTS && lower.columns.iter().all(Column::is_money);
    facts && sums && alternate(&|a, b| says_facts(a) && only_amounts(b))
}

/// Whether it heads a service by its day and words or code, with its charge as the only amount.
fn is_of_charge(upper: &TableHeader) -> bool {
    let has = |f: Field| upper.columns.iter().any(|c| c.has(f));
    let amounts: Vec<&Column> = upper.columns.iter().filter(|c| c.is_money()).collect();
    let charge = matches!(amounts.as_slice(), [only] if only.fields == [Field::Charge]);
    charge && has(Field::ServiceDate) && (has(Field::Description) || has(Field::Code))
}

/// Whether it heads nothing but the amounts that a charge was settled with, and perhaps how often the service was given.
fn is_of_settling(lower: &TableHeader) -> bool {
    let amounts = lower.columns.iter().filter(|c| c.is_money()).count();
    amounts >= 2 && lower.columns.iter().all(|c| c.is_money() || c.fields == [Field::Units])
}

/// Whether a line has amounts, and nothing else but counts.
fn settles(line: &[Token]) -> bool {
    let figures = |t: &Token| matches!(t.kind, TokenKind::Money | TokenKind::Dash | TokenKind::Number);
    amounts_of(line) > 0 && line.iter().all(|t| figures(t) || t.text == "$")
}

fn is_dated(line: &[Token]) -> bool {
    line.first().is_some_and(|t| t.kind == TokenKind::Date)
}

fn amounts_of(line: &[Token]) -> usize {
    line.iter().filter(|t| t.kind == TokenKind::Money).count()
}

fn says_facts(line: &[Token]) -> bool {
    let told = line.iter().any(|t| matches!(t.kind, TokenKind::Date | TokenKind::Code));
    told && line.len() >= 2 && !line.iter().any(|t| t.kind == TokenKind::Money)
}

fn only_amounts(line: &[Token]) -> bool {
    amounts_of(line) >= AMOUNTS && line.iter().all(|t| matches!(t.kind, TokenKind::Money | TokenKind::Dash))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_charge_stands_over_what_became_of_it() {
        let upper = |y: f32, code: &'static str, words: &'static str, charge: &'static str| {
            (y, vec![(30.0, "03/02/2025"), (130.0, code), (220.0, words), (-560.0, charge)])
        };
        let lower = |y: f32, a: [&'static str; 3]| (y, vec![(144.0, "1"), (-290.0, a[0]), (-390.0, a[1]), (-560.0, a[2])]);
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Lakeside Clinic"), (400.0, "Patient Statement")]),
            (50.0, vec![(30.0, "Patient: Jane Roe"), (220.0, "Account no: 4412087")]),
            (81.0, vec![(30.0, "Thank you for choosing Lakeside.")]),
            (90.0, vec![(30.0, "Visit Date"), (130.0, "Code"), (220.0, "Type of Service"), (-560.0, "Charge")]),
            (100.0, vec![(140.0, "Units"), (-290.0, "Ins Pmt"), (-390.0, "Write-off"), (-560.0, "Patient Balance")]),
            upper(114.0, "99214", "OFFICE VISIT LEVEL 4", "$210.00"),
            lower(124.0, ["$120.00", "$60.00", "$30.00"]),
            upper(138.0, "36415", "BLOOD DRAW", "$21.00"),
            lower(148.0, ["$9.00", "$4.00", "$8.00"]),
            (180.0, vec![(300.0, "Total charges"), (-560.0, "$231.00")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let fields = [
            Field::ServiceDate,
            Field::Code,
            Field::Description,
            Field::Units,
            Field::Charge,
            Field::PlanPaid,
            Field::PlanDiscount,
            Field::PatientResponsibility,
        ];
        let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-02 99214 OFFICE VISIT LEVEL 4 1 210.00 120.00 60.00 30.00",
                "2025-03-02 36415 BLOOD DRAW 1 21.00 9.00 4.00 8.00"
            ]
        );
    }
}
