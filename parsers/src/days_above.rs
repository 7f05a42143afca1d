//! The first and last day of a service, on a line of their own over its words and amounts:
//!
//! ```text
//!                                      Provider billed   Plan approved   Your share
//! 02/08/2025
//! INTENSIVE CARE ROOM                        $4,716.62       $2,062.58    $2,006.26
//! 02/08/2025 - 02/13/2025
//! LABORATORY                                 $1,128.54         $515.27       $51.52
//! ```
//! Two days over a group of rows say when the whole of it was, and nothing of each row. They are those of one row where nearly
//! every row of the table has its day or days right over it. A single day is left to head its row as it heads any group.

use crate::columns::Column;
use crate::grammar::date::date_range;
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role};
use crate::tokens::{Token, TokenKind};

/// Gives the rows the first and last days over them.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    if columns.iter().any(|c| c.has(Field::ServiceDate)) {
        return;
    }
    let rows: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].role == Role::Anchor && !names_share(&lines[*i])).collect();
    let headed: Vec<(usize, usize)> = rows.iter().filter_map(|&i| Some((i, days_over(lines, i)?))).collect();
    if headed.len() * 5 < rows.len() * 4 {
        return;
    }
    for (row, above) in headed {
        let Some((from, to)) = date_range(&lines[above].text) else { continue };
        let (Some(from), Some(to)) = (from.resolve(None), to.and_then(|d| d.resolve(None))) else { continue };
        let Some((first, _)) = lines[above].assigned.cells.first().filter(|_| from <= to) else { continue };
        let confidence = lines[above].assigned.cells.iter().map(|(t, _)| t.confidence).fold(1.0, f32::min);
        let whole = Token { text: lines[above].text.clone(), bbox: lines[above].bbox, confidence, ..first.clone() };
        let days = [(Field::ServiceDate, from), (Field::ServiceDateTo, to)];
        lines[row].parts.extend(days.map(|(f, d)| (f, Value::Date(d), whole.clone())));
        lines[above].role = Role::Outside;
        lines[above].assigned.cells.clear();
    }
}

/// The line right over a row that says no more than a day, or the first and the last, with their years.
fn days_over(lines: &[BodyLine], row: usize) -> Option<usize> {
    let above = row.checked_sub(1)?;
    let (line, words) = (&lines[above], &lines[row]);
    let free = matches!(line.role, Role::Heading | Role::Continuation | Role::Outside);
    let dated = || date_range(&line.text).is_some_and(|(from, to)| from.year.is_some() && to.is_none_or(|to| to.year.is_some()));
    (free && words.follows(line) && dated()).then_some(above)
}

/// `$60.00 copayment`: a part of a share under its row may have been taken for another row.
fn names_share(line: &BodyLine) -> bool {
    let cells = &line.assigned.cells;
    cells.iter().filter(|(t, _)| t.kind == TokenKind::Money).count() < 2
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 9] = [
        Field::ServiceDate,
        Field::ServiceDateTo,
        Field::Code,
        Field::Description,
        Field::Units,
        Field::Deductible,
        Field::Coinsurance,
        Field::PatientResponsibility,
        Field::RemarkCodes,
    ];

    /// A claim whose services have these lines over them.
    fn claim(over: [&'static str; 3]) -> Statement {
        let row = |y: f32, words: &'static str, a: [&'static str; 4]| {
            (y, vec![(48.0, words), (-337.0, a[0]), (-412.0, a[1]), (-486.0, a[2]), (-561.0, a[3])])
        };
        let days = |y: f32, text: &'static str| (y, if text.is_empty() { Vec::new() } else { vec![(48.0, text)] });
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(48.0, "Explanation of Benefits"), (400.0, "Lakeside Advantage Plan")]),
            (40.0, vec![(48.0, "Lakeside Hospital")]),
            (52.0, vec![(48.0, "Claim number: 1234567")]),
            (
                70.0,
                vec![(-337.0, "Provider billed"), (-412.0, "Plan approved"), (-486.0, "Plan's share"), (-561.0, "Your share")],
            ),
            days(90.0, over[0]),
            row(101.0, "INTENSIVE CARE ROOM", ["$4,716.62", "$2,062.58", "$56.32", "$2,006.26"]),
            (112.0, vec![(48.0, "Number of services: 2"), (-561.0, "$2,000.00 applied to your deductible")]),
            (122.0, vec![(-561.0, "$6.26 coinsurance")]),
            (132.0, vec![(-561.0, "See note X10, V9")]),
            days(150.0, over[1]),
            row(161.0, "LABORATORY (billing", ["$1,128.54", "$515.27", "$463.75", "$51.52"]),
            (172.0, vec![(48.0, "code 85025)"), (-561.0, "$51.52 coinsurance")]),
            (182.0, vec![(48.0, "Number of services: 3"), (-561.0, "See note X10")]),
            days(200.0, over[2]),
            row(211.0, "CHEST X-RAY (billing code 71046)", ["$450.00", "$206.82", "$186.14", "$20.68"]),
            (222.0, vec![(48.0, "Number of services: 1"), (-561.0, "$20.68 coinsurance")]),
            (232.0, vec![(-561.0, "See note X10")]),
            row(250.0, "TOTALS:", ["$6,295.16", "$2,784.67", "$706.21", "$2,078.46"]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> =
            lines.iter().filter(|(_, l)| !l.is_empty()).map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines)
    }

    #[test]
    fn every_service_has_its_days_over_it() {
        let s = claim(["02/08/2025", "02/08/2025 - 02/13/2025", "02/09/2025"]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        let want = [
            "2025-02-08 - - INTENSIVE CARE ROOM 2 2000.00 6.26 2006.26 X10;V9",
            "2025-02-08 2025-02-13 85025 LABORATORY 3 - 51.52 51.52 X10",
            "2025-02-09 - 71046 CHEST X-RAY 1 - 20.68 20.68 X10",
        ];
        assert_eq!(rows, want);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
        assert_eq!(s.header.get(&Field::TotalCharges).map(|c| c[0].raw.as_str()), Some("$6,295.16"));
    }

    #[test]
    fn two_days_over_a_group_are_those_of_none_of_its_rows() {
        let s = claim(["02/08/2025 - 02/13/2025", "", ""]);
        assert_eq!(s.rows.len(), 3);
        assert!(s.rows.iter().all(|r| !r.cells.contains_key(&Field::ServiceDateTo)));
    }
}
