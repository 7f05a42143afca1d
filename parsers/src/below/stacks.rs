//! Facts of a service that stand under it one to a line, each with its label, before the next service:
//!
//! ```text
//! Service                 Charged    Allowed   We paid
//! KNEE ARTHROSCOPY        3,177.71   1,672.11  1,170.48
//!   Service date: Jan 21, 2025
//!   Procedure 29881-LT   Qty 1
//!   Discount your plan negotiated: $1,505.60
//!   Remarks: H3
//! ```
//! Nearly every row of the table has such a stack: under the last one alone a labelled amount may be the claim's or the year's.
//! For the same reason a stack tells amounts only beside a day, a code or a count. One of a day and a code or a count needs the
//! day on its first line, under every row: a day may as well head the next group.

use std::collections::BTreeSet;

use super::{Facts, any_has_a_column, are_nearly_all, dated, is_amount};
use crate::columns::Column;
use crate::labelled::{amount_behind_colon, line_of_codes};
use crate::statement::Field;
use crate::table::{BodyLine, Role};
use crate::tokens::TokenKind;

/// Fewer lines are what other rooms know: a line of codes, a share under its column.
const FEWEST: usize = 2;

/// Gives the rows what such stacks say.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let rows: BTreeSet<usize> = (0..lines.len()).filter(|i| is_row(&lines[*i], columns)).collect();
    let of_day = |facts: &Facts| facts.iter().any(|(f, _)| *f == Field::ServiceDate);
    // a payment has a day, but no count or code
    let posted = |i: usize, stack: &[(usize, Facts)]| matches!(stack, [(_, facts)] if of_day(facts) && lines[i].is_lone_credit());
    let stacks: Vec<Vec<(usize, Facts)>> = rows
        .iter()
        .map(|i| (*i, stack(lines, *i, &rows, columns)))
        .filter(|(i, stack)| stack.len() >= FEWEST || posted(*i, stack))
        .map(|(_, stack)| stack)
        .collect();
    let told = |f: Field| stacks.iter().flatten().any(|(_, facts)| facts.iter().any(|(g, _)| *g == f));
    let amounts = stacks.iter().flatten().any(|(_, facts)| facts.iter().any(is_amount));
    let led_by_days = stacks.len() == rows.len() && stacks.iter().all(|stack| of_day(&stack[0].1));
    let of_services = stacks.iter().filter(|stack| stack.len() >= FEWEST).count();
    if !are_nearly_all(of_services, rows.len()) || !(amounts || told(Field::RemarkCodes) || led_by_days) {
        return;
    }
    for (at, facts) in stacks.into_iter().flatten() {
        lines[at].says_only(facts);
    }
}

/// Words before amounts of the table's columns; of a claim that is pending there is but the charge.
fn is_row(l: &BodyLine, columns: &[Column]) -> bool {
    let cells = &l.assigned.cells;
    let amounts = cells.iter().filter(|(t, c)| t.kind == TokenKind::Money && columns[*c].is_money()).count();
    l.role == Role::Anchor
        && (amounts >= 2 || amounts == 1 && !l.text.contains(':'))
        && cells.first().is_some_and(|(t, _)| t.kind != TokenKind::Money)
}

/// The lines of facts under a row, of which none says what another has said; more of its words may stand above them.
fn stack(lines: &[BodyLine], row: usize, rows: &BTreeSet<usize>, columns: &[Column]) -> Vec<(usize, Facts)> {
    let mut found: Vec<(usize, Facts)> = Vec::new();
    for at in row + 1..lines.len() {
        let (above, line) = (&lines[at - 1], &lines[at]);
        if rows.contains(&at) || line.role == Role::Total || !line.follows(above) {
            break;
        }
        match facts(line, columns) {
            Some(facts) => found.push((at, facts)),
            None if found.is_empty() && is_more_of_the_words(line, &lines[row]) => {}
            None => break,
        }
    }
    let mut said = BTreeSet::new();
    let once = found.iter().flat_map(|(_, facts)| facts).all(|(f, _)| said.insert(*f));
    let of_service = [Field::ServiceDate, Field::Code, Field::RevenueCode, Field::Units].iter().any(|f| said.contains(f));
    if once && of_service { found } else { Vec::new() }
}

/// Whether a line under a row may go on with its words: in bold type it looks like a heading.
fn is_more_of_the_words(line: &BodyLine, row: &BodyLine) -> bool {
    let flush = (line.bbox.x0 - row.bbox.x0).abs() < 0.5 * row.size;
    let words = line.assigned.cells.iter().all(|(t, _)| t.kind == TokenKind::Text);
    line.parts.is_empty() && words && (line.role == Role::Continuation || line.role == Role::Heading && flush)
}

/// What a line says, where that is nothing but facts for which the table has no column.
fn facts(line: &BodyLine, columns: &[Column]) -> Option<Facts> {
    let text = line.text.trim();
    let found =
        labelled_days(text).or_else(|| line_of_codes(text)).or_else(|| amount_behind_colon(text).map(|amount| vec![amount]))?;
    (!found.is_empty() && !any_has_a_column(&found, columns)).then_some(found)
}

/// `Service date: Jan 21, 2025`.
fn labelled_days(text: &str) -> Option<Facts> {
    let days = dated(text, None).filter(|_| text.starts_with(char::is_alphabetic))?;
    let fields: Vec<Field> = days.iter().map(|(f, _)| *f).collect();
    matches!(fields.as_slice(), [Field::ServiceDate] | [Field::ServiceDate, Field::ServiceDateTo]).then_some(days)
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 7] = [
        Field::ServiceDate,
        Field::Description,
        Field::Code,
        Field::Units,
        Field::Charge,
        Field::PlanDiscount,
        Field::RemarkCodes,
    ];

    type Row = (f32, &'static [(f32, &'static str)]);

    fn page(rows: &[Row]) -> Statement {
        let head: [Row; 3] = [
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, &[(30.0, "Claim number 1234567")]),
            (60.0, &[(30.0, "Service"), (-300.0, "Charged"), (-400.0, "Allowed"), (-500.0, "We paid")]),
        ];
        read(&[&head, rows].concat())
    }

    #[test]
    fn each_fact_has_a_line_of_its_own() {
        let s = page(&[
            (76.0, &[(30.0, "KNEE ARTHROSCOPY"), (-300.0, "3,177.71"), (-400.0, "1,672.11"), (-500.0, "1,170.48")]),
            (86.0, &[(36.0, "Service date: Jan 21, 2025")]),
            (96.0, &[(36.0, "Procedure 29881-LT"), (130.0, "Qty 1")]),
            (106.0, &[(36.0, "Discount your plan negotiated: $1,505.60")]),
            (116.0, &[(36.0, "Remarks: H3, G4")]),
            (132.0, &[(30.0, "RECOVERY ROOM"), (-300.0, "1,644.48"), (-400.0, "846.74"), (-500.0, "592.72")]),
            (142.0, &[(30.0, "PHASE ONE")]),
            (152.0, &[(36.0, "Service date: Jan 21, 2025")]),
            (162.0, &[(36.0, "Qty 2")]),
            (172.0, &[(36.0, "Discount your plan negotiated: $797.74")]),
            (182.0, &[(36.0, "Remarks: H3")]),
            (200.0, &[(30.0, "Totals"), (-300.0, "4,822.19"), (-400.0, "2,518.85"), (-500.0, "1,763.20")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        let want = [
            "2025-01-21 KNEE ARTHROSCOPY 29881 1 3177.71 1505.60 H3;G4",
            "2025-01-21 RECOVERY ROOM PHASE ONE - 2 1644.48 797.74 H3",
        ];
        assert_eq!(rows, want);
    }

    #[test]
    fn amounts_of_the_year_under_the_last_row_are_not_its_own() {
        let s = page(&[
            (76.0, &[(30.0, "03/09/2025 OFFICE VISIT"), (-300.0, "210.00"), (-400.0, "150.00"), (-500.0, "90.00")]),
            (86.0, &[(36.0, "Deductible: $500.00")]),
            (96.0, &[(36.0, "Copay: $25.00")]),
        ]);
        assert!(s.rows.iter().all(|r| !r.cells.contains_key(&Field::Deductible)), "{:?}", s.rows);
    }

    #[test]
    fn a_stack_of_a_day_and_a_count_begins_with_the_day() {
        let bill = |rows: &[Row]| {
            let head: [Row; 2] = [
                (20.0, &[(30.0, "Lakeside Anesthesia"), (400.0, "Patient statement")]),
                (60.0, &[(30.0, "Procedure"), (-400.0, "Fee"), (-500.0, "Adjustment"), (-600.0, "Insurance Paid")]),
            ];
            read(&[&head, rows].concat()).rows.iter().map(|r| said(r, &FIELDS[..4])).collect::<Vec<_>>()
        };
        let days: [&[(f32, &str)]; 2] = [&[(30.0, "Date of service: 9/26/24")], &[(30.0, "Date of service: 9/27/24")]];
        let rows: [&[(f32, &str)]; 2] = [
            &[(30.0, "00811-AA - ANESTHESIA LOWER GI"), (-400.0, "$282.00"), (-500.0, "$144.78"), (-600.0, "$96.05")],
            &[(30.0, "99100-AA - EXTREME AGE"), (-400.0, "$82.00"), (-500.0, "$44.78"), (-600.0, "$6.05")],
        ];
        let counts: [&[(f32, &str)]; 2] = [&[(30.0, "Units: 6")], &[(30.0, "Units: 1")]];
        let want = ["2024-09-26 ANESTHESIA LOWER GI 00811 6", "2024-09-27 EXTREME AGE 99100 1"];
        let beneath =
            [(76.0, rows[0]), (86.0, days[0]), (96.0, counts[0]), (112.0, rows[1]), (122.0, days[1]), (132.0, counts[1])];
        assert_eq!(bill(&beneath), want);
        let over = [(76.0, days[0]), (86.0, rows[0]), (96.0, counts[0]), (106.0, days[1]), (116.0, rows[1]), (126.0, counts[1])];
        assert_eq!(bill(&over), want, "days that head the rows below them");
    }

    #[test]
    fn a_payment_has_its_day_beneath_it_and_no_count() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Patient statement")]),
            (40.0, &[(30.0, "Date billed"), (150.0, "SEP 09 24")]),
            (60.0, &[(30.0, "Revenue code"), (110.0, "Transaction"), (-500.0, "Billed")]),
            (76.0, &[(30.0, "0360"), (110.0, "OPERATING ROOM"), (-500.0, "900.00")]),
            (86.0, &[(110.0, "DOS AUG 10 24")]),
            (96.0, &[(110.0, "x1")]),
            (112.0, &[(30.0, "0710"), (110.0, "RECOVERY ROOM"), (-500.0, "100.00")]),
            (122.0, &[(110.0, "DOS AUG 11 24")]),
            (132.0, &[(110.0, "x2")]),
            (148.0, &[(30.0, "0300"), (110.0, "VENIPUNCTURE"), (-500.0, "10.00")]),
            (158.0, &[(110.0, "DOS AUG 11 24")]),
            (168.0, &[(110.0, "x1")]),
            (184.0, &[(30.0, "0301"), (110.0, "TROPONIN"), (-500.0, "30.00")]),
            (194.0, &[(110.0, "DOS AUG 11 24")]),
            (204.0, &[(110.0, "x1")]),
            (220.0, &[(110.0, "PMT ELM PLAN"), (-500.0, "400.00-")]),
            (230.0, &[(110.0, "DOS AUG 26 24")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS[..5])).collect();
        let want = [
            "2024-08-10 OPERATING ROOM - 1 900.00",
            "2024-08-11 RECOVERY ROOM - 2 100.00",
            "2024-08-11 VENIPUNCTURE - 1 10.00",
            "2024-08-11 TROPONIN - 1 30.00",
            "2024-08-26 PMT ELM PLAN - - -",
        ];
        assert_eq!(rows, want);
    }

    #[test]
    fn a_credit_with_its_day_under_every_service_stays_a_row() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Patient statement")]),
            (60.0, &[(30.0, "Code"), (110.0, "Details of charges"), (-500.0, "Amount")]),
            (76.0, &[(110.0, "OPERATING ROOM"), (-500.0, "900.00")]),
            (86.0, &[(110.0, "on 08/10/2024")]),
            (96.0, &[(110.0, "Qty 1")]),
            (112.0, &[(110.0, "INSURANCE ADJUSTMENT"), (-500.0, "-400.00")]),
            (122.0, &[(110.0, "on 08/26/2024")]),
            (138.0, &[(110.0, "RECOVERY ROOM"), (-500.0, "100.00")]),
            (148.0, &[(110.0, "on 08/11/2024")]),
            (158.0, &[(110.0, "Qty 2")]),
            (174.0, &[(110.0, "INSURANCE ADJUSTMENT"), (-500.0, "-40.00")]),
            (184.0, &[(110.0, "on 08/26/2024")]),
        ]);
        assert_eq!(s.rows.len(), 4, "{:?}", s.rows);
    }
}
