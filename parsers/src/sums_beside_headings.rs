//! What a group of services comes to, beside the heading over it, under the charges:
//!
//! ```text
//! DATE         REV    HCPCS   SERVICE                 QTY     AMOUNT
//! 0301 LABORATORY                                             224.88
//! 05/02/2025   0301   80048   METABOLIC PANEL           1     173.28
//! 05/02/2025   0305   85025   CBC WITH AUTO DIFF        1      51.60
//! 0710 RECOVERY ROOM                                        1,056.61
//! ```
//! Payments and adjustments may stand between the services; they count for nothing here.
//!
//! Such a line has neither day nor code nor count of its own, and its amount is just what the services down to the next one add
//! up to. One whose sum does not come out stays what it was: then a service may have been passed over.

use crate::columns::Column;
use crate::day_headings::{bare_date, heading_date};
use crate::grammar::money;
use crate::revenue_headings::heading_revenue_code;
use crate::statement::{Field, Money};
use crate::table::{BodyLine, Role, Table, identifies};
use crate::tokens::{Token, TokenKind};

/// One such line by itself may be a service that costs what the one below it does.
const FEWEST: usize = 2;

/// Where a line stands: in which table, and at which place there.
type At = (usize, usize);

/// Makes headings of such lines. A group may go on on the next page, under the same heads.
pub(crate) fn mark(tables: &mut [Table]) {
    tables.iter_mut().for_each(mark_days);
    let found = sums(tables);
    // a heading begins left of the words of the services, which then need no day of their own
    let begin: Vec<f32> = tables.iter().map(words_begin).collect();
    let outdented: Vec<(At, Money)> =
        found.iter().filter(|((t, i), _)| is_outdented(&tables[*t].lines[*i], begin[*t])).copied().collect();
    let proved = proved(tables, &outdented, true);
    let (found, proved) = if is_habit(tables, &outdented, &proved) {
        (outdented, proved)
    } else {
        let proved = self::proved(tables, &found, false);
        (found, proved)
    };
    let habit = is_habit(tables, &found, &proved);
    let coded = |(t, i): At| code_among_days(&tables[t].lines[i], &tables[t].columns);
    let headings: Vec<At> = proved.into_iter().filter(|at| habit || coded(*at)).collect();
    for (t, i) in headings {
        let line = &mut tables[t].lines[i];
        without_sum(line);
    }
}

/// Makes a heading of a line: it is its words.
fn without_sum(line: &mut BodyLine) {
    line.role = Role::Heading;
    line.assigned.cells.retain(|(t, _)| t.kind != TokenKind::Money);
    line.text = line.assigned.cells.iter().map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" ");
}

/// Makes headings of days beside what their services come to: `07/29/2025   235.65`, `Date of service: Jul 29, 2025   235.65`.
/// The services below may have the day once more, each in its column.
fn mark_days(table: &mut Table) {
    let columns = &table.columns;
    let sum = |l: &BodyLine| {
        let [day @ .., (amount, c)] = l.assigned.cells.as_slice() else { return None };
        let words = day.iter().map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" ");
        let of_day = columns[*c].has(Field::Charge) && matches!(l.role, Role::Anchor | Role::Outside);
        money::money(&amount.text).filter(|_| of_day && heading_date(&words).or_else(|| bare_date(&words)).is_some())
    };
    let days: Vec<(usize, Money)> = table.lines.iter().enumerate().filter_map(|(i, l)| Some((i, sum(l)?))).collect();
    let ends = days.iter().skip(1).map(|(i, _)| *i).chain([table.lines.len()]);
    let proved = days
        .iter()
        .zip(ends)
        .filter(|((i, sum), end)| charges(&table.lines[i + 1..*end], columns, Some(f32::NEG_INFINITY)) == Some(*sum));
    let proved: Vec<usize> = proved.map(|((i, _), _)| *i).collect();
    for i in proved {
        let line = &mut table.lines[i];
        without_sum(line);
    }
}

/// All lines of words with an amount, where something tells services from them.
fn sums(tables: &[Table]) -> Vec<(At, Money)> {
    let told = |t: &Table| t.columns.iter().any(|c| c.has(Field::ServiceDate) || c.has(Field::Code) || c.has(Field::RevenueCode));
    let mut out = Vec::new();
    for (t, table) in tables.iter().enumerate().filter(|(_, t)| told(t)) {
        let lines = table.lines.iter().enumerate();
        out.extend(lines.filter_map(|(i, l)| Some(((t, i), sum_beside_words(l, &table.columns)?))));
    }
    out
}

/// Those whose amount is what the services down to the next one add up to.
fn proved(tables: &[Table], found: &[(At, Money)], outdented: bool) -> Vec<At> {
    let next = found.iter().skip(1).map(|(at, _)| *at).chain([(tables.len(), 0)]);
    let right = |((from, sum), to): &(&(At, Money), At)| adds_up(tables, *from, *to, *sum, outdented);
    found.iter().zip(next).filter(right).map(|((at, _), _)| *at).collect()
}

/// Whether there are several of them, and more than of those whose sum does not come out.
fn is_habit(tables: &[Table], found: &[(At, Money)], proved: &[At]) -> bool {
    // what has no place in the columns may be of another block of the page
    let row = |(t, i): &At| tables[*t].lines[*i].role == Role::Anchor;
    let (of_rows, right) = (found.iter().filter(|(at, _)| row(at)).count(), proved.iter().filter(|at| row(at)).count());
    proved.len() >= FEWEST && right * 2 > of_rows
}

/// Whether the services from a line down to another come to this sum, on its own page or with those of the next.
fn adds_up(tables: &[Table], from: At, to: At, sum: Money, outdented: bool) -> bool {
    let mut come_to = Money::ZERO;
    for (t, table) in tables.iter().enumerate().skip(from.0) {
        let same = table.columns.iter().map(|c| &c.fields).eq(tables[from.0].columns.iter().map(|c| &c.fields));
        if !same || t > to.0 {
            return false;
        }
        let first = if t == from.0 { from.1 + 1 } else { 0 };
        let last = if t == to.0 { to.1 } else { table.lines.len() };
        let lines = &table.lines[first..last.max(first)];
        match charges(lines, &table.columns, outdented.then(|| words_begin(table))) {
            Some(more) => come_to += more,
            None if lines.iter().any(|l| l.role == Role::Anchor) || t == from.0 => return false,
            None => {}
        }
        if come_to == sum {
            return true;
        }
        if come_to > sum || lines.iter().any(|l| matches!(l.role, Role::Total | Role::Ledger)) {
            return false;
        }
    }
    false
}

/// Where the words of the services that have a day or a code begin.
fn words_begin(table: &Table) -> f32 {
    let columns = &table.columns;
    let told = table.lines.iter().filter(|l| l.role == Role::Anchor && identifies(&l.assigned, columns));
    let words = |l: &BodyLine| {
        let worded = |(t, c): &&(Token, usize)| t.kind == TokenKind::Text && columns[*c].has(Field::Description);
        l.assigned.cells.iter().find(worded).map(|(t, _)| t.bbox.x0)
    };
    told.filter_map(words).fold(f32::INFINITY, f32::min)
}

/// Whether a line begins left of that place.
fn is_outdented(l: &BodyLine, words: f32) -> bool {
    words.is_finite() && l.bbox.x0 < words - l.size
}

/// The amount of a line of words that has one under the charges and nothing that makes a service of it.
fn sum_beside_words(l: &BodyLine, columns: &[Column]) -> Option<Money> {
    let [words @ .., (amount, c)] = l.assigned.cells.as_slice() else { return None };
    let of_words = |(t, c): &(Token, usize)| {
        let column = &columns[*c];
        let number = t.kind == TokenKind::Number && !column.has(Field::Units) && !column.has(Field::RevenueCode);
        // `0360 - OPERATING ROOM`
        (matches!(t.kind, TokenKind::Text | TokenKind::Dash) || number) && !column.is_money()
    };
    let worded = words.iter().any(|(t, _)| t.kind == TokenKind::Text) && words.iter().all(of_words);
    let charged = amount.kind == TokenKind::Money && columns[*c].has(Field::Charge);
    let role = matches!(l.role, Role::Anchor | Role::Outside);
    let sum = (role && charged && worded && !identifies(&l.assigned, columns)).then(|| money::money(&amount.text)).flatten();
    sum.filter(|m| *m > Money::ZERO && !is_credit(l, columns))
}

/// What the services come to that stand down to the next sum; each says by a day or a code that it is one, or under a heading
/// set out to the left of where words begin (`begin`) by its place.
fn charges(lines: &[BodyLine], columns: &[Column], begin: Option<f32>) -> Option<Money> {
    let services = lines
        .iter()
        .take_while(|l| !matches!(l.role, Role::Total | Role::Ledger))
        .filter(|l| l.role == Role::Anchor && !is_credit(l, columns));
    let charge = |l: &BodyLine| {
        let charged = |(t, c): &&(Token, usize)| t.kind == TokenKind::Money && columns[*c].has(Field::Charge);
        let told = identifies(&l.assigned, columns) || begin.is_some_and(|x| !is_outdented(l, x));
        let cell = told.then(|| l.assigned.cells.iter().find(charged)).flatten()?;
        money::money(&cell.0.text)
    };
    let all: Vec<Money> = services.map(charge).collect::<Option<_>>()?;
    (!all.is_empty()).then(|| all.into_iter().sum())
}

/// The words of a payment or an adjustment, beside an amount with a minus or in no column of charges.
fn is_credit(l: &BodyLine, columns: &[Column]) -> bool {
    let charged = |(t, c): &&(Token, usize)| t.kind == TokenKind::Money && columns[*c].has(Field::Charge);
    let charge = l.assigned.cells.iter().find(charged).and_then(|(t, _)| money::money(&t.text));
    charge.is_none_or(|m| m < Money::ZERO) && l.names_credit()
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
    fn the_dash_behind_a_code_is_no_part_of_the_columns() {
        let bill = |sums: [&'static str; 2]| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
                (60.0, &[(46.0, "Visit Date"), (160.0, "Description"), (-420.0, "Unit"), (-540.0, "Your Charges")]),
                (80.0, &[(46.0, "0360 - OPERATING ROOM"), (-540.0, sums[0])]),
                (90.0, &[(46.0, "04/02/2025"), (160.0, "OR TIME FIRST HOUR"), (-420.0, "1"), (-540.0, "$6,761.57")]),
                (100.0, &[(46.0, "0710 - RECOVERY ROOM"), (-540.0, sums[1])]),
                (110.0, &[(46.0, "04/02/2025"), (160.0, "RECOVERY PHASE 1"), (-420.0, "1"), (-540.0, "$1,650.90")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Description, Field::Charge])).collect::<Vec<_>>()
        };
        let want = ["0360 OR TIME FIRST HOUR 6761.57", "0710 RECOVERY PHASE 1 1650.90"];
        assert_eq!(bill(["$6,761.57", "$1,650.90"]), want);
        assert_eq!(bill(["$6,700.00", "$1,600.00"]).len(), 4, "what does not come out is no sum");
    }

    #[test]
    fn the_sum_of_a_day_stands_behind_its_label_too() {
        let bill = |sum: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
                (60.0, &[(46.0, "Rev"), (100.0, "What was done"), (-420.0, "Units"), (-540.0, "Charges")]),
                (80.0, &[(46.0, "Date of service: Aug 2, 2025"), (-540.0, sum)]),
                (90.0, &[(46.0, "0111"), (100.0, "ROOM PRIVATE"), (-420.0, "1"), (-540.0, "$2,012.97")]),
                (100.0, &[(46.0, "0305"), (100.0, "PROTHROMBIN TIME"), (-420.0, "1"), (-540.0, "$35.33")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Description, Field::Charge])).collect::<Vec<_>>()
        };
        assert_eq!(bill("$2,048.30"), ["2025-08-02 ROOM PRIVATE 2012.97", "2025-08-02 PROTHROMBIN TIME 35.33"]);
        assert_eq!(bill("$2,000.00").len(), 3, "what does not come out is no sum");
    }

    #[test]
    fn the_sum_of_a_day_that_its_services_have_too_is_no_service() {
        let bill = |sum: &'static str| {
            let row = |day, words, charge| [(46.0, day), (140.0, words), (-420.0, "1"), (-540.0, charge)];
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
                (60.0, &[(46.0, "Svc date"), (140.0, "Service description"), (-420.0, "Units"), (-540.0, "Total charges")]),
                (80.0, &[(46.0, "08/02/2025"), (-540.0, sum)]),
                (90.0, &row("08/02/2025", "ROOM PRIVATE", "2,012.97")),
                (100.0, &row("08/02/2025", "PROTHROMBIN TIME", "35.33")),
                (110.0, &[(46.0, "08/03/2025"), (-540.0, "35.33")]),
                (120.0, &row("08/03/2025", "PROTHROMBIN TIME", "35.33")),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Description, Field::Charge])).collect::<Vec<_>>()
        };
        let services =
            ["2025-08-02 ROOM PRIVATE 2012.97", "2025-08-02 PROTHROMBIN TIME 35.33", "2025-08-03 PROTHROMBIN TIME 35.33"];
        assert_eq!(bill("2,048.30"), services);
        assert_eq!(bill("2,000.00").len(), 4, "what does not come out is no sum");
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

    #[test]
    fn credits_between_the_services_count_for_nothing() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 77270945")]),
            (60.0, &[(46.0, "Date"), (150.0, "Service"), (-420.0, "Qty"), (-540.0, "Amount")]),
            (80.0, &[(46.0, "Rev 0360 - OPERATING ROOM"), (-540.0, "9,001.00")]),
            (90.0, &[(46.0, "05/02/2025"), (150.0, "OR TIME FIRST HOUR"), (-420.0, "1"), (-540.0, "8,000.00")]),
            (100.0, &[(46.0, "06/02/2025"), (150.0, "ELM PAYMENT"), (-540.0, "-4,000.00")]),
            (110.0, &[(150.0, "CONTRACTUAL ADJUSTMENT"), (-540.0, "-3,000.00")]),
            (120.0, &[(150.0, "OR TIME EACH ADDL"), (-420.0, "2"), (-540.0, "1,001.00")]),
            (130.0, &[(46.0, "Rev 0710 - RECOVERY ROOM"), (-540.0, "1,056.61")]),
            (140.0, &[(46.0, "05/02/2025"), (150.0, "RECOVERY FIRST HOUR"), (-420.0, "1"), (-540.0, "1,056.61")]),
        ]);
        let services = s.rows.iter().filter(|r| r.kind == crate::statement::LineKind::Service);
        let rows: Vec<String> = services.map(|r| said(r, &[Field::RevenueCode, Field::Description, Field::Charge])).collect();
        let want = ["0360 OR TIME FIRST HOUR 8000.00", "0360 OR TIME EACH ADDL 1001.00", "0710 RECOVERY FIRST HOUR 1056.61"];
        assert_eq!(rows, want);
    }
}
