//! Days that a table leaves out where they are those above, and says nowhere that it does:
//!
//! ```text
//! *** OPERATING ROOM
//! 03/06/25   0360   OR TIME LEVEL 3 FIRST HOUR    1   9,620.50
//!            0360   OR TIME EA ADDL 15 MIN        1     734.31
//! *** LABORATORY
//! 03/06/25   0301   METABOLIC PANEL               1     128.00
//!            0305   CBC W/ DIFF                   1     115.78
//! ```

use jiff::civil::Date;

use crate::columns::{Column, is_money_field};
use crate::credits::credit;
use crate::reading::Draft;
use crate::statement::{Cell, Field, Value};

/// A date printed only on the first of several rows of a day holds for the rows under it.
///
/// That is the table's habit only if no two neighbouring rows ever print the same date; where it has groups, no two of a group,
/// whose first row always prints one.
pub(crate) fn carry_dates(drafts: &mut [Draft], columns: &[Column]) {
    if !columns.iter().any(|c| c.has(Field::ServiceDate)) || !(is_habit(drafts) || is_habit_of_groups(drafts)) {
        return;
    }
    let uncoded = !drafts.iter().any(|d| d.identified);
    let mut last: Option<Cell> = None;
    for d in drafts {
        match d.row.cells.get(&Field::ServiceDate) {
            Some(c) => last = Some(c.clone()),
            None if d.identified || is_counted(d) || uncoded && is_settled(d) => {
                if let Some(c) = &last {
                    d.row.cells.insert(Field::ServiceDate, c.clone());
                }
            }
            None => {}
        }
    }
}

/// `OR TIME EA ADDL 15 MIN   3   2,202.93` in a group of a revenue code: a service without any code of its own.
fn is_counted(d: &Draft) -> bool {
    let has = |f: Field| d.row.cells.contains_key(&f);
    has(Field::Units) && has(Field::Charge) && has(Field::Description) && !d.closed && credit(&d.text, None).is_none()
}

/// `VENIPUNCTURE   8.15   4.00   4.15   0.00   4.15`: what a plan made of a service, where the table has no codes at all.
fn is_settled(d: &Draft) -> bool {
    /// Fewer amounts may be a sum, or an entry.
    const FEWEST: usize = 4;
    let cells = &d.row.cells;
    let named = cells.contains_key(&Field::Charge) && cells.contains_key(&Field::Description) && !d.closed;
    named && cells.keys().filter(|f| is_money_field(**f)).count() >= FEWEST
}

fn day(d: &Draft) -> Option<Date> {
    match d.row.cells.get(&Field::ServiceDate).map(|c| &c.value) {
        Some(Value::Date(x)) => Some(*x),
        _ => None,
    }
}

/// Payments of one day each print it; what counts is how services do it, those of a group of a revenue code too.
fn services(drafts: &[Draft]) -> Vec<&Draft> {
    let coded: Vec<&Draft> = drafts.iter().filter(|d| d.identified || is_counted(d)).collect();
    if coded.is_empty() { drafts.iter().filter(|d| is_settled(d)).collect() } else { coded }
}

/// Whether so many of the services have no day that it is no oversight.
fn are_many(blank: usize, all: usize) -> bool {
    blank > 0 && blank * 5 >= all
}

/// So many are no oversight in any table, where no group says a day twice.
const MANY: usize = 2;

fn is_habit(drafts: &[Draft]) -> bool {
    let services = services(drafts);
    let blank = services.iter().filter(|d| day(d).is_none()).count();
    // the day that goes on on the next page is printed there again
    let ranged = |d: &Draft| d.row.cells.contains_key(&Field::ServiceDateTo);
    let again = |w: &[&Draft]| !ranged(w[0]) && day(w[0]).is_some() && day(w[0]) == day(w[1]) && w[0].row.page == w[1].row.page;
    are_many(blank, services.len()) && !services.windows(2).any(again)
}

/// The same within the groups of a table, each of which prints its day anew.
fn is_habit_of_groups(drafts: &[Draft]) -> bool {
    let services = services(drafts);
    let (mut inner, mut blank, mut groups) = (0, 0, usize::from(services.first().is_some_and(|d| day(d).is_some())));
    let mut last = services.first().and_then(|d| day(d));
    for w in services.windows(2) {
        let today = day(w[1]);
        let same_page = w[0].row.page == w[1].row.page;
        let opens = same_page && w[0].context.lines_apart != w[1].context.lines_apart;
        if opens {
            let Some(_) = today else { return false };
            groups += 1;
        } else if same_page {
            inner += 1;
            if today.is_some() && today == last {
                return false;
            }
        }
        blank += usize::from(today.is_none());
        last = today.or(last);
    }
    // most groups may have a service a day
    groups >= 2 && (are_many(blank, inner) || blank >= MANY)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    /// The days of five services of two departments, where some are left out.
    fn days(printed: [&str; 5]) -> Vec<String> {
        let [a, b, c, d, e] = printed;
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (60.0, &[(30.0, "Date"), (100.0, "Rev"), (140.0, "HCPCS"), (200.0, "Service"), (-420.0, "Qty"), (-540.0, "Amount")]),
            (80.0, &[(30.0, "*** OPERATING ROOM")]),
            (90.0, &[(30.0, a), (100.0, "0360"), (200.0, "OR FIRST HOUR"), (-420.0, "1"), (-540.0, "9,620.50")]),
            (100.0, &[(30.0, b), (100.0, "0360"), (200.0, "OR EA ADDL"), (-420.0, "1"), (-540.0, "734.31")]),
            (120.0, &[(30.0, "*** LABORATORY")]),
            (
                130.0,
                &[(30.0, c), (100.0, "0301"), (140.0, "80048"), (200.0, "METABOLIC PANEL"), (-420.0, "1"), (-540.0, "128.00")],
            ),
            (140.0, &[(30.0, d), (100.0, "0305"), (140.0, "85025"), (200.0, "CBC W/ DIFF"), (-420.0, "1"), (-540.0, "115.78")]),
            (150.0, &[(30.0, e), (100.0, "0305"), (140.0, "85610"), (200.0, "PT/INR"), (-420.0, "1"), (-540.0, "36.91")]),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::ServiceDate])).collect()
    }

    #[test]
    fn each_department_prints_its_day_once() {
        let found = days(["03/06/2025", "", "03/06/2025", "", "03/07/2025"]);
        assert_eq!(found, ["2025-03-06", "2025-03-06", "2025-03-06", "2025-03-06", "2025-03-07"]);
    }

    /// The days of the services of an EOB that has no codes, where some are left out.
    fn settled(printed: [&str; 3]) -> Vec<String> {
        let row = |y: f32, day, words| {
            let sums = [(-300.0, "22.10"), (-370.0, "10.51"), (-440.0, "11.59"), (-510.0, "0.00"), (-580.0, "11.59")];
            (y, [(30.0, day), (110.0, words)].into_iter().chain(sums).collect::<Vec<_>>())
        };
        let [a, b, c] = printed;
        let rows = [row(72.0, a, "PREVENTIVE VISIT"), row(84.0, b, "VENIPUNCTURE"), row(96.0, c, "FLU VACCINE")];
        let heads: [(f32, &[(f32, &str)]); 3] = [
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, &[(30.0, "Claim number 1234567")]),
            (
                60.0,
                &[
                    (30.0, "Visit date"),
                    (110.0, "Service rendered"),
                    (-300.0, "Billed"),
                    (-370.0, "Discount"),
                    (-440.0, "Allowed"),
                    (-510.0, "Plan paid"),
                    (-580.0, "You owe"),
                ],
            ),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = heads.into_iter().chain(rows.iter().map(|(y, l)| (*y, l.as_slice()))).collect();
        read(&lines).rows.iter().map(|r| said(r, &[Field::ServiceDate])).collect()
    }

    #[test]
    fn services_without_codes_may_leave_out_the_day_above() {
        assert_eq!(settled(["03/04/2025", "", ""]), ["2025-03-04", "2025-03-04", "2025-03-04"]);
        assert_eq!(settled(["03/04/2025", "03/04/2025", ""]), ["2025-03-04", "2025-03-04", "-"]);
    }

    #[test]
    fn services_without_a_code_of_their_own_leave_it_out_too() {
        let bill = |third: &'static str| {
            let row = |day: &'static str, words: &'static str, charge: &'static str| {
                [(30.0, day), (100.0, words), (-420.0, "1"), (-540.0, charge)]
            };
            let rows = [
                row("03/06/2025", "PANTOPRAZOLE", "186.86"),
                row("", "ACETAMINOPHEN", "126.80"),
                row("03/07/2025", "PANTOPRAZOLE", "280.29"),
                row(third, "ACETAMINOPHEN", "126.80"),
                row("03/06/2025", "CHEST XRAY", "387.74"),
                row("03/07/2025", "CHEST CT", "987.74"),
            ];
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
                (60.0, &[(30.0, "Date"), (100.0, "Service"), (-420.0, "Qty"), (-540.0, "Amount")]),
                (80.0, &[(30.0, "0250 PHARMACY")]),
                (90.0, &rows[0]),
                (100.0, &rows[1]),
                (110.0, &rows[2]),
                (120.0, &rows[3]),
                (140.0, &[(30.0, "0324 RADIOLOGY")]),
                (150.0, &rows[4]),
                (160.0, &rows[5]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate])).collect::<Vec<_>>()
        };
        assert_eq!(bill("")[..4], ["2025-03-06", "2025-03-06", "2025-03-07", "2025-03-07"]);
        assert_eq!(bill("03/07/2025")[1], "-", "the day is said twice");
    }

    #[test]
    fn a_day_that_is_missing_where_days_are_repeated_is_none() {
        assert_eq!(days(["03/06/2025", "", "03/06/2025", "03/06/2025", "03/07/2025"])[1], "-");
    }
}
