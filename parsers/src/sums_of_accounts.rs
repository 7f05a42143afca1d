//! Lines of a bill that name an account and what it comes to, over the services that this is made of:
//!
//! ```text
//! Hospital services            Charges       Insurance    You have paid    You owe
//! Jane Roe                  $12,631.25     -$12,630.80            $0.00      $0.45
//! Account H5457601
//! ```
//! Whom a bill is for and under which number is the name of no service. Where the services add up to such lines they are their
//! sums; where they do not, that is told. So is a line that has nothing of a service and comes to what all services of the bill do.

use std::collections::{BTreeMap, BTreeSet};

use crate::reading::money_of;
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::subtotals;

/// What stands before the number of an account or beside a name.
const LABELS: [&str; 9] = ["account", "acct", "no", "number", "patient", "visit", "encounter", "for", "name"];

/// Makes sums of such rows; tells where the others do not add up to them.
pub(crate) fn take_out(rows: &mut Vec<Row>, totals: &mut Vec<Total>, header: &BTreeMap<Field, Vec<Cell>>) -> Vec<Unparsed> {
    let known: BTreeSet<String> = [Field::Patient, Field::AccountNo]
        .iter()
        .filter_map(|f| header.get(f))
        .flatten()
        .flat_map(|c| match &c.value {
            Value::Text(t) => words(t),
            _ => Vec::new(),
        })
        .collect();
    let charged = |r: &Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    let all: Money = rows.iter().filter(|r| charged(r)).filter_map(|r| money_of(&r.cells, Field::Charge)).sum();
    let several = rows.iter().filter(|r| charged(r) && of_service(r)).count() >= 2;
    // a name that a scan has spoilt is known by what it comes to
    let twice = |r: &Row| several && !of_service(r) && money_of(&r.cells, Field::Charge).is_some_and(|m| m + m == all);
    let of_account = |r: &Row| r.kind == LineKind::Service && (names_account(r, &known) || twice(r));
    let sum = |of: &dyn Fn(&Row) -> bool| {
        rows.iter().filter(|r| of(r)).filter_map(|r| money_of(&r.cells, Field::Charge)).sum::<Money>()
    };
    let services = rows.iter().filter(|r| charged(r) && !of_account(r)).count();
    if services == 0 || !rows.iter().any(of_account) {
        return Vec::new();
    }
    let proved = sum(&of_account) == sum(&|r| charged(r) && !of_account(r));
    let (mut told, mut sums) = (Vec::new(), Vec::new());
    for i in (0..rows.len()).rev().filter(|i| of_account(&rows[*i])).collect::<Vec<_>>() {
        let row = rows.remove(i);
        subtotals::shift(totals, i);
        let label = row.cells.get(&Field::Description).map(|c| c.raw.clone()).unwrap_or_default();
        if !proved {
            let reason = "the services that were read do not add up to what their account comes to".to_owned();
            told.push(Unparsed { page: row.page, bbox: row.bbox, text: label, reason });
            continue;
        }
        sums.push((label, row));
    }
    // of several it is not said which services are whose
    if let [_] = sums.as_slice()
        && let Some((label, row)) = sums.pop()
    {
        let cells = row.cells.into_iter().filter(|(f, _)| *f == Field::Charge).collect();
        totals.push(Total { label, scope: TotalScope::Document, cells, rows: (0, rows.len()), claim: row.claim });
    }
    told
}

/// Whether a row has what only a service has.
fn of_service(row: &Row) -> bool {
    [Field::Code, Field::RevenueCode, Field::Units].iter().any(|f| row.cells.contains_key(f))
}

/// Whether a row says whose it is or under which number, and of a service neither day, code nor count.
fn names_account(row: &Row, known: &BTreeSet<String>) -> bool {
    let Some(Value::Text(text)) = row.cells.get(&Field::Description).map(|c| &c.value) else { return false };
    let said = words(text);
    !of_service(row)
        && !row.cells.contains_key(&Field::ServiceDate)
        && money_of(&row.cells, Field::Charge).is_some()
        && said.iter().any(|w| known.contains(w))
        && said.iter().all(|w| known.contains(w) || LABELS.contains(&w.as_str()))
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    fn bill(second: &'static str) -> Statement {
        let service = |y: f32, words: &'static str, amount: &'static str| {
            (y, vec![(30.0, "Sep 28, 2024"), (130.0, words), (-600.0, amount)])
        };
        let lines = [
            (20.0, vec![(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (40.0, vec![(30.0, "Patient: Jane Roe"), (300.0, "Account number: H5457601")]),
            (
                60.0,
                vec![
                    (30.0, "Hospital services"),
                    (-300.0, "Charges"),
                    (-400.0, "Insurance"),
                    (-500.0, "You have paid"),
                    (-600.0, "You owe"),
                ],
            ),
            (74.0, vec![(30.0, "Jane Roe"), (-300.0, "$200.00"), (-400.0, "-$150.00"), (-500.0, "$0.00"), (-600.0, "$50.00")]),
            (84.0, vec![(30.0, "Account H5457601")]),
            (120.0, vec![(30.0, "Charges"), (-600.0, "Amount")]),
            service(140.0, "RECOVERY ROOM", "$150.00"),
            service(154.0, "STERILE PACK", second),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        read(&lines)
    }

    #[test]
    fn the_line_of_an_account_is_a_sum_where_its_services_follow() {
        let s = bill("$50.00");
        let rows: Vec<String> =
            s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["2024-09-28 RECOVERY ROOM 150.00", "2024-09-28 STERILE PACK 50.00"]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
        let s = bill("$40.00");
        assert_eq!((s.rows.len(), s.unparsed.len()), (2, 1), "{:?}", s.unparsed);
    }

    #[test]
    fn a_spoilt_name_over_all_services_is_known_by_their_sum() {
        let rows = |of_account: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
                (60.0, &[(30.0, "Date"), (130.0, "Description"), (-300.0, "Charges"), (-500.0, "Balance")]),
                (74.0, &[(30.0, "09/28/2024"), (130.0, "Laheside Hospitcl"), (-300.0, of_account), (-500.0, "50.00")]),
                (120.0, &[(30.0, "Date"), (110.0, "Code"), (170.0, "Description"), (-600.0, "Amount")]),
                (140.0, &[(30.0, "09/28/2024"), (110.0, "99284"), (170.0, "ED VISIT"), (-600.0, "150.00")]),
                (154.0, &[(30.0, "09/28/2024"), (110.0, "80053"), (170.0, "METABOLIC PANEL"), (-600.0, "50.00")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::Description])).collect::<Vec<_>>()
        };
        assert_eq!(rows("200.00"), ["ED VISIT", "METABOLIC PANEL"]);
        assert_eq!(rows("80.00"), ["Laheside Hospitcl", "ED VISIT", "METABOLIC PANEL"], "it may be a service");
    }
}
