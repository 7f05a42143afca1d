//! Claims of an EOB that are told as lists of labels with amounts, behind others that have a table:
//!
//! ```text
//! Claim number: 241537833004
//! Service                       Billed   Discount   We paid   You may owe
//! 03/20/24 OFFICE VISIT (99214) 210.00      60.00    120.00         30.00
//!
//! Claim number: 241537833011
//! Mar 20, 2024
//!   XR CHEST 2V (71046)
//!   Amount billed ........ $94.00
//!   Your discount ........ $40.00
//!   We paid .............. $44.00
//!   You may owe .......... $10.00
//! ```
//! The columns of the table go on over the page as far as anybody knows, and make nothing of such a list. A claim under whose
//! heading no service was read is looked through for one, and what is found is believed where the paper's own sum or the
//! amounts of the service bear it out.

use crate::columns::is_money_field;
use crate::facts::ClaimBlock;
use crate::label_value;
use crate::reading::{Setting, money_of};
use crate::statement::{Cell, Field, LineKind, Money, Row, Total};
use crate::text_lines::{Line, PageLines};
use crate::vocabulary::Vocabulary;

/// A place in the document: page, and height on it.
type Place = (u32, f32);

/// Adds the services of such claims to the rows of the table. `stated`: what the paper says that all claims come to.
pub(crate) fn add(
    pages: &[PageLines],
    (vocabulary, setting): (&Vocabulary, &Setting),
    claims: &[ClaimBlock],
    stated: &[Cell],
    (rows, totals): (&mut Vec<Row>, &mut [Total]),
) {
    if !setting.eob || claims.len() < 2 || rows.is_empty() {
        return;
    }
    let mut starts: Vec<Place> = claims.iter().map(|b| (b.page, b.y)).collect();
    starts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut found: Vec<Row> = Vec::new();
    let mut spans: Vec<(Place, Place)> = Vec::new();
    for (n, start) in starts.iter().enumerate() {
        let span = (*start, starts.get(n + 1).copied().unwrap_or((u32::MAX, 0.0)));
        let within = |p: Place| span.0 <= p && p < span.1;
        if rows.iter().any(|r| within(place(r)) && is_settled(r)) {
            continue;
        }
        let lines =
            |p: &PageLines| -> Vec<Line> { p.lines.iter().filter(|l| within((p.number, l.bbox.y0 + 0.1))).cloned().collect() };
        let part: Vec<PageLines> = pages.iter().map(|p| PageLines { lines: lines(p), ..p.clone() }).collect();
        let listed = label_value::read(&part, vocabulary, setting);
        let services = listed.rows.into_iter().filter(|r| r.kind == LineKind::Service);
        let before = found.len();
        found.extend(services);
        spans.extend((found.len() > before).then_some(span));
    }
    let of_list = |r: &Row| spans.iter().any(|s| s.0 <= place(r) && place(r) < s.1);
    let others = rows.iter().filter(|r| !of_list(r));
    let whole: Money = others.chain(&found).filter_map(|r| money_of(&r.cells, Field::Charge)).sum();
    let summed = matches!(stated, [sum] if sum.money() == Some(whole));
    if found.is_empty() || !summed && !found.iter().all(bears_itself_out) {
        return;
    }
    // what the columns made of a line of the list is none of its services
    for i in (0..rows.len()).rev().filter(|i| of_list(&rows[*i])).collect::<Vec<_>>() {
        rows.remove(i);
        let gone = |k: usize| k - usize::from(k > i);
        for t in totals.iter_mut() {
            t.rows = (gone(t.rows.0), gone(t.rows.1));
        }
    }
    for row in found {
        let at = rows.iter().position(|r| place(&row) < place(r)).unwrap_or(rows.len());
        let behind = |k: usize| k + usize::from(k > at);
        for t in totals.iter_mut() {
            t.rows = (behind(t.rows.0), behind(t.rows.1));
        }
        rows.insert(at, row);
    }
}

fn place(r: &Row) -> Place {
    (r.page, r.bbox.y0)
}

/// Whether a row tells what a plan has made of a service: a line of a list has one amount.
fn is_settled(r: &Row) -> bool {
    r.cells.keys().filter(|f| is_money_field(**f)).count() > 1
}

/// Whether a charge less what is taken off it is what the patient owes.
fn bears_itself_out(row: &Row) -> bool {
    let of = |f: Field| money_of(&row.cells, f);
    let (Some(charge), Some(paid), Some(owed)) = (of(Field::Charge), of(Field::PlanPaid), of(Field::PatientResponsibility))
    else {
        return false;
    };
    let discount = of(Field::PlanDiscount).or_else(|| Some(charge - of(Field::Allowed)?)).unwrap_or_default();
    charge > Money::ZERO && charge - discount.abs() - paid.abs() == owed
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 6] =
        [Field::ServiceDate, Field::Code, Field::Charge, Field::PlanDiscount, Field::PlanPaid, Field::PatientResponsibility];

    /// The services of an EOB whose second claim is told as a list that ends in this amount.
    fn rows(owed: &'static str) -> Vec<String> {
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (50.0, vec![(30.0, "Patient:"), (150.0, "Jane Roe")]),
            (60.0, vec![(30.0, "Claim number:"), (150.0, "241537833004")]),
            (70.0, vec![(30.0, "Provider:"), (150.0, "Lakeside Hospital")]),
            (
                90.0,
                vec![(30.0, "Service"), (-320.0, "Billed"), (-400.0, "Discount"), (-480.0, "We paid"), (-580.0, "You may owe")],
            ),
            (
                104.0,
                vec![
                    (30.0, "03/20/24 OFFICE VISIT (99214)"),
                    (-320.0, "210.00"),
                    (-400.0, "60.00"),
                    (-480.0, "120.00"),
                    (-580.0, "30.00"),
                ],
            ),
            (
                116.0,
                vec![
                    (30.0, "03/20/24 ROUTINE DRAW (36415)"),
                    (-320.0, "21.00"),
                    (-400.0, "6.00"),
                    (-480.0, "15.00"),
                    (-580.0, "0.00"),
                ],
            ),
            (130.0, vec![(30.0, "Total"), (-320.0, "231.00"), (-400.0, "66.00"), (-480.0, "135.00"), (-580.0, "30.00")]),
            (170.0, vec![(30.0, "Patient:"), (150.0, "Jane Roe")]),
            (180.0, vec![(30.0, "Claim number:"), (150.0, "241537833011")]),
            (190.0, vec![(30.0, "Provider:"), (150.0, "Elm Radiology Associates")]),
            (200.0, vec![(30.0, "Mar 20, 2024")]),
            (210.0, vec![(34.0, "XR CHEST 2V (71046)")]),
            (220.0, vec![(44.0, "Amount billed"), (-580.0, "$94.00")]),
            (230.0, vec![(44.0, "Your discount"), (-580.0, "$40.00")]),
            (240.0, vec![(44.0, "We paid"), (-580.0, "$44.00")]),
            (250.0, vec![(44.0, "You may owe"), (-580.0, owed)]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn a_claim_told_as_a_list_behind_a_table_is_read() {
        let read = rows("$10.00");
        assert_eq!(read.len(), 3, "{read:?}");
        assert_eq!(read[2], "2024-03-20 71046 94.00 40.00 44.00 10.00");
    }

    #[test]
    fn a_list_that_nothing_bears_out_is_not() {
        let read = rows("$18.00");
        assert!(!read.iter().any(|r| r.contains("94.00 40.00")), "{read:?}");
    }
}
