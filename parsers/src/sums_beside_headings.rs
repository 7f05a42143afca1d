//! What a group of services comes to, beside the heading over it, under the charges:
//!
//! ```text
//! DATE         REV    HCPCS   SERVICE                 QTY     AMOUNT
//! 0301 LABORATORY                                             224.88
//! 05/02/2025   0301   80048   METABOLIC PANEL           1     173.28
//! 05/02/2025   0305   85025   CBC WITH AUTO DIFF        1      51.60
//! 0710 RECOVERY ROOM                                        1,056.61
//! ```
//! Such a line has neither day nor code nor count of its own, and its amount is just what the services down to the next one add
//! up to. One whose sum does not come out stays what it was: then a service may have been passed over.

use crate::columns::Column;
use crate::grammar::money;
use crate::roles::heading_revenue_code;
use crate::statement::{Field, Money};
use crate::table::{BodyLine, Role, Table, identifies};
use crate::tokens::{Token, TokenKind};

/// One such line by itself may be a service that costs what the one below it does.
const FEWEST: usize = 2;

/// Makes headings of such lines.
pub(crate) fn mark(table: &mut Table) {
    let columns = &table.columns;
    if !columns.iter().any(|c| c.has(Field::ServiceDate) || c.has(Field::Code) || c.has(Field::RevenueCode)) {
        return;
    }
    let found: Vec<(usize, Money)> =
        table.lines.iter().enumerate().filter_map(|(i, l)| Some((i, sum_beside_words(l, columns)?))).collect();
    let ends = found.iter().skip(1).map(|(i, _)| *i).chain([table.lines.len()]);
    let proved: Vec<usize> = found
        .iter()
        .zip(ends)
        .filter(|((i, sum), end)| charges(&table.lines[i + 1..*end], columns) == Some(*sum))
        .map(|((i, _), _)| *i)
        .collect();
    let coded = |i: usize| code_among_days(&table.lines[i], columns);
    // what has no place in the columns may be of another block of the page
    let rows = |i: &usize| table.lines[*i].role == Role::Anchor;
    let (of_rows, right) = (found.iter().filter(|(i, _)| rows(i)).count(), proved.iter().filter(|i| rows(i)).count());
    let habit = proved.len() >= FEWEST && right * 2 > of_rows;
    let headings: Vec<usize> = proved.into_iter().filter(|&i| habit || coded(i)).collect();
    for i in headings {
        let line = &mut table.lines[i];
        line.role = Role::Heading;
        // the heading is its words
        line.assigned.cells.retain(|(t, _)| t.kind != TokenKind::Money);
        line.text = line.assigned.cells.iter().map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" ");
    }
}

/// The amount of a line of words that has one under the charges and nothing that makes a service of it.
fn sum_beside_words(l: &BodyLine, columns: &[Column]) -> Option<Money> {
    let [words @ .., (amount, c)] = l.assigned.cells.as_slice() else { return None };
    let of_words = |(t, c): &(Token, usize)| {
        let column = &columns[*c];
        let number = t.kind == TokenKind::Number && !column.has(Field::Units) && !column.has(Field::RevenueCode);
        (t.kind == TokenKind::Text || number) && !column.is_money()
    };
    let worded = words.iter().any(|(t, _)| t.kind == TokenKind::Text) && words.iter().all(of_words);
    let charged = amount.kind == TokenKind::Money && columns[*c].has(Field::Charge);
    let role = matches!(l.role, Role::Anchor | Role::Outside);
    (role && charged && worded && !identifies(&l.assigned, columns)).then(|| money::money(&amount.text)).flatten()
}

/// What the services come to that stand down to the next sum; each says by a day or a code that it is one.
fn charges(lines: &[BodyLine], columns: &[Column]) -> Option<Money> {
    let services = lines.iter().take_while(|l| !matches!(l.role, Role::Total | Role::Ledger)).filter(|l| l.role == Role::Anchor);
    let charge = |l: &BodyLine| {
        let charged = |(t, c): &&(Token, usize)| t.kind == TokenKind::Money && columns[*c].has(Field::Charge);
        let cell = identifies(&l.assigned, columns).then(|| l.assigned.cells.iter().find(charged)).flatten()?;
        money::money(&cell.0.text)
    };
    let all: Vec<Money> = services.map(charge).collect::<Option<_>>()?;
    (!all.is_empty()).then(|| all.into_iter().sum())
}

/// `0301 LABORATORY` where the days of the services stand: nothing but a heading begins so.
fn code_among_days(l: &BodyLine, columns: &[Column]) -> bool {
    let first = l.assigned.cells.first();
    first.is_some_and(|(_, c)| columns[*c].fields == [Field::ServiceDate]) && heading_revenue_code(&l.text).is_some()
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(sums: [&str; 2]) -> (Vec<String>, bool) {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 77270945")]),
            (60.0, &[(46.0, "Date"), (106.0, "Rev"), (136.0, "HCPCS"), (202.0, "Service"), (-420.0, "Qty"), (-540.0, "Amount")]),
            (80.0, &[(46.0, "0301"), (68.5, "LABORATORY GENERAL"), (-540.0, sums[0])]),
            (
                90.0,
                &[
                    (46.0, "05/02/2025"),
                    (106.0, "0301"),
                    (136.0, "80048"),
                    (202.0, "METABOLIC PANEL"),
                    (-420.0, "1"),
                    (-540.0, "173.28"),
                ],
            ),
            (
                100.0,
                &[
                    (46.0, "05/02/2025"),
                    (106.0, "0305"),
                    (136.0, "85025"),
                    (202.0, "CBC W/ DIFF"),
                    (-420.0, "1"),
                    (-540.0, "51.60"),
                ],
            ),
            (120.0, &[(46.0, "0710"), (68.5, "RECOVERY ROOM UNIT"), (-540.0, sums[1])]),
            (
                130.0,
                &[(46.0, "05/02/2025"), (106.0, "0710"), (202.0, "RECOVERY FIRST HOUR"), (-420.0, "1"), (-540.0, "1,056.61")],
            ),
            (150.0, &[(300.0, "Total of all charges"), (-540.0, "$1,281.49")]),
        ]);
        (s.rows.iter().map(|r| said(r, &[Field::Description, Field::Charge])).collect(), s.unparsed.is_empty())
    }

    #[test]
    fn the_sum_beside_a_heading_is_no_service() {
        let (rows, whole) = rows(["224.88", "1,056.61"]);
        assert_eq!(rows, ["METABOLIC PANEL 173.28", "CBC W/ DIFF 51.60", "RECOVERY FIRST HOUR 1056.61"]);
        assert!(whole);
    }

    #[test]
    fn a_service_without_a_day_that_costs_what_the_next_one_does_stays() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (60.0, &[(30.0, "Date"), (140.0, "Code"), (200.0, "Service"), (-420.0, "Qty"), (-540.0, "Amount")]),
            (80.0, &[(200.0, "BANDAGE ELASTIC"), (-540.0, "12.50")]),
            (90.0, &[(46.0, "05/02/2025"), (140.0, "A6449"), (200.0, "BANDAGE LIGHT"), (-420.0, "1"), (-540.0, "12.50")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["BANDAGE ELASTIC 12.50", "BANDAGE LIGHT 12.50"]);
    }
}
