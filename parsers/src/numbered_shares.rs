//! A second table that says by the number of the line what makes up the patient's share of each service:
//!
//! ```text
//! Line  Service        Date         Billed   Plan paid   Your share
//! 1     OFFICE VISIT   03/09/2025  $210.00     $150.00       $60.00
//! 2     BLOOD DRAW     03/09/2025   $22.05       $0.00       $22.05
//!
//! Line   Deductible   Copay   Coinsurance   Your share   Notes
//! 1           $0.00  $25.00        $35.00       $60.00   W4
//! 2          $22.05   $0.00         $0.00       $22.05   W4, X10
//! ```
//! Its rows are no services: what they say belongs to the service of the same number. Each claim begins its numbers anew, and
//! the second table may stand on the next page. The two are joined only where every row of the second has its service, and an
//! amount that both print is the same, or the parts add up to the share. A table that does not agree is left as it is.

use crate::columns::{Column, is_money_field};
use crate::grammar::{adjustments, money};
use crate::statement::{Field, Money, Value};
use crate::table::{BodyLine, Role, Table};
use crate::tokens::{Token, TokenKind};

/// A numbered service: table and line.
struct Service {
    number: u32,
    at: (usize, usize),
    joined: bool,
}

/// A row of the second table: its line, its number, and what its columns say.
struct Share {
    line: usize,
    number: u32,
    values: Vec<(Field, Value, Token)>,
}

/// Gives the services what a table by their numbers says of them.
pub(crate) fn join(tables: &mut [Table]) {
    let mut claims: Vec<Vec<Service>> = Vec::new();
    for t in 0..tables.len() {
        let Some(numbers) = column_of_numbers(&tables[t].columns) else { continue };
        if names_services(&tables[t].columns) {
            for (i, number) in numbered(&tables[t].lines, numbers) {
                let begins = claims.last().and_then(|c| c.last()).is_none_or(|last| number <= last.number);
                if begins {
                    claims.push(Vec::new());
                }
                claims.last_mut().into_iter().for_each(|c| c.push(Service { number, at: (t, i), joined: false }));
            }
            continue;
        }
        let Some(shares) = shares(&tables[t], numbers) else { continue };
        let found = claims.iter_mut().rev().find(|claim| {
            shares.iter().all(|s| claim.iter().any(|c| !c.joined && c.number == s.number && agrees(s, tables, c.at)))
        });
        let Some(claim) = found else { continue };
        for share in shares {
            let Some(service) = claim.iter_mut().find(|c| !c.joined && c.number == share.number) else { continue };
            service.joined = true;
            let (table, line) = service.at;
            let page = tables[t].lines[share.line].page;
            let columns = &tables[table].columns;
            let more: Vec<_> = share.values.into_iter().filter(|(f, ..)| !columns.iter().any(|c| c.has(*f))).collect();
            let row = &mut tables[table].lines[line];
            for (field, value, mut token) in more {
                // a value of another page has no place on this one
                if page != row.page {
                    token.bbox = row.bbox;
                }
                row.parts.push((field, value, token));
            }
            tables[t].lines[share.line].role = Role::Outside;
        }
    }
}

/// The column `Line`, `No.`, which stands first.
fn column_of_numbers(columns: &[Column]) -> Option<usize> {
    let first = columns.first()?;
    let head = first.head.to_lowercase();
    let words: Vec<&str> = head.split(|c: char| !c.is_alphanumeric() && c != '#').filter(|w| !w.is_empty()).collect();
    let says =
        !words.is_empty() && words.iter().all(|w| matches!(*w, "line" | "ln" | "no" | "number" | "#" | "item" | "service"));
    let free = first.fields.iter().all(|f| *f == Field::Ignored);
    (says && free && words != ["service"]).then_some(0)
}

fn names_services(columns: &[Column]) -> bool {
    let of_service = [Field::Description, Field::Code, Field::ServiceDate, Field::RevenueCode];
    of_service.iter().any(|f| columns.iter().any(|c| c.has(*f)))
}

/// The lines that begin with a number in its column.
fn numbered(lines: &[BodyLine], column: usize) -> Vec<(usize, u32)> {
    let rows = lines.iter().enumerate().filter(|(_, l)| l.role == Role::Anchor);
    rows.filter_map(|(i, l)| Some((i, number(l, column)?))).collect()
}

fn number(l: &BodyLine, column: usize) -> Option<u32> {
    let (first, c) = l.assigned.cells.first()?;
    let plain = *c == column && first.text.len() <= 3 && first.text.bytes().all(|b| b.is_ascii_digit());
    first.text.parse().ok().filter(|n| plain && *n > 0)
}

/// The rows of a table that only says what makes up shares. `None` where it is none, or one of its rows was not understood.
fn shares(t: &Table, numbers: usize) -> Option<Vec<Share>> {
    let parts = [Field::Deductible, Field::Copay, Field::Coinsurance];
    if !t.columns.iter().any(|c| parts.iter().any(|f| c.has(*f))) || t.columns.iter().any(Column::is_stacked) {
        return None;
    }
    let mut out: Vec<Share> = Vec::new();
    for (line, l) in t.lines.iter().enumerate() {
        let cells = &l.assigned.cells;
        match l.role {
            Role::Anchor => out.push(Share { line, number: number(l, numbers)?, values: values(l, &t.columns)? }),
            // codes that go on below those of the row
            Role::Continuation if cells.iter().all(|(_, c)| t.columns[*c].has(Field::RemarkCodes)) => {
                if let Some(row) = out.last_mut().filter(|row| row.line + 1 == line) {
                    row.values.extend(codes(l, &t.columns)?);
                }
            }
            _ => {}
        }
    }
    let mut seen: Vec<u32> = out.iter().map(|s| s.number).collect();
    seen.dedup();
    (!out.is_empty() && seen.windows(2).all(|n| n[0] < n[1]) && seen.len() == out.len()).then_some(out)
}

/// The amounts and codes of a row. `None` where an amount cannot be read.
fn values(l: &BodyLine, columns: &[Column]) -> Option<Vec<(Field, Value, Token)>> {
    let mut out: Vec<(Field, Value, Token)> = Vec::new();
    for (t, c) in &l.assigned.cells {
        let [field] = columns[*c].fields.as_slice() else { continue };
        if is_money_field(*field) && t.kind != TokenKind::Dash {
            if out.iter().any(|(f, ..)| f == field) {
                return None;
            }
            out.push((*field, Value::Money(money::money(&t.text)?), t.clone()));
        }
    }
    out.extend(codes(l, columns)?);
    Some(out)
}

/// The codes of a line. `None` where what stands in their column is none.
fn codes(l: &BodyLine, columns: &[Column]) -> Option<Vec<(Field, Value, Token)>> {
    let in_column = l.assigned.cells.iter().filter(|(t, c)| columns[*c].has(Field::RemarkCodes) && t.kind != TokenKind::Dash);
    in_column.map(|(t, _)| Some((Field::RemarkCodes, Value::List(adjustments::remark_codes(&t.text)?), t.clone()))).collect()
}

/// Whether the amounts that both print are the same; where there are none, whether the parts add up to the service's share.
fn agrees(share: &Share, tables: &[Table], (table, line): (usize, usize)) -> bool {
    let (columns, row) = (&tables[table].columns, &tables[table].lines[line]);
    let own = |field: Field| {
        let (t, _) = row.assigned.cells.iter().find(|(_, c)| columns[*c].fields == [field])?;
        money::money(&t.text)
    };
    let amounts = || {
        share.values.iter().filter_map(|(f, v, _)| match v {
            Value::Money(m) => Some((*f, *m)),
            _ => None,
        })
    };
    let common: Vec<bool> = amounts().filter_map(|(f, m)| Some(own(f)? == m)).collect();
    let sum: Money =
        amounts().filter(|(f, _)| matches!(f, Field::Deductible | Field::Copay | Field::Coinsurance)).map(|a| a.1).sum();
    if common.is_empty() { own(Field::PatientResponsibility) == Some(sum) } else { common.into_iter().all(|same| same) }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 7] = [
        Field::Description,
        Field::Charge,
        Field::Deductible,
        Field::Copay,
        Field::Coinsurance,
        Field::PatientResponsibility,
        Field::RemarkCodes,
    ];

    /// The services of a paper whose second table has this share in its second row.
    fn rows(second: &str) -> Vec<String> {
        let service = |n: &'static str, what: &'static str, a: &'static str, paid: &'static str, share: &'static str| {
            vec![(30.0, n), (60.0, what), (200.0, "03/09/2025"), (-320.0, a), (-390.0, paid), (-460.0, share)]
        };
        let head = vec![
            (30.0, "Line"),
            (60.0, "Service"),
            (200.0, "Date"),
            (-320.0, "Billed"),
            (-390.0, "Plan paid"),
            (-460.0, "Your share"),
        ];
        let part = |n: &'static str, a: [&'static str; 3], share: &str, notes: &'static str| {
            let share: &'static str = Box::leak(share.to_owned().into_boxed_str());
            vec![(50.0, n), (-150.0, a[0]), (-210.0, a[1]), (-290.0, a[2]), (-370.0, share), (390.0, notes)]
        };
        let parts = vec![
            (50.0, "Line"),
            (-150.0, "Deductible"),
            (-210.0, "Copay"),
            (-290.0, "Coinsurance"),
            (-370.0, "Your share"),
            (390.0, "Notes"),
        ];
        let lines = [
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, vec![(30.0, "Lakeside Hospital"), (400.0, "Claim number 1234567")]),
            (60.0, head),
            (74.0, service("1", "OFFICE VISIT", "$210.00", "$150.00", "$60.00")),
            (86.0, service("2", "BLOOD DRAW", "$22.05", "$0.00", "$22.05")),
            (98.0, service("3", "URINALYSIS", "$30.00", "$20.00", "$10.00")),
            (120.0, vec![(50.0, "What makes up your share of claim 1234567, by line number")]),
            (132.0, parts),
            (146.0, part("1", ["$0.00", "$25.00", "$35.00"], "$60.00", "W4")),
            (158.0, part("2", ["$22.05", "$0.00", "$0.00"], second, "W4, X10")),
            (170.0, part("3", ["$0.00", "$0.00", "$10.00"], "$10.00", "W4")),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn a_table_by_line_numbers_says_what_makes_up_the_shares() {
        assert_eq!(
            rows("$22.05"),
            [
                "OFFICE VISIT 210.00 0.00 25.00 35.00 60.00 W4",
                "BLOOD DRAW 22.05 22.05 0.00 0.00 22.05 W4;X10",
                "URINALYSIS 30.00 0.00 0.00 10.00 10.00 W4",
            ]
        );
    }

    #[test]
    fn a_table_that_does_not_agree_says_nothing_of_the_services() {
        assert!(rows("$21.05").iter().any(|r| r == "BLOOD DRAW 22.05 - - - 22.05 -"));
    }
}
