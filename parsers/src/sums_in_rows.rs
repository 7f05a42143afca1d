//! Amounts of services that were taken for sums of the paper: under the head `Provider charged` of a table the first amount stands
//! as one does under the caption of a box. Of several services none says what all of them come to.

use std::collections::BTreeMap;

use crate::page_text::BBox;
use crate::statement::{Cell, Field, LineKind, Money, Row, Total};

const SUMS: [(Field, Field); 4] = [
    (Field::TotalCharges, Field::Charge),
    (Field::TotalDiscount, Field::PlanDiscount),
    (Field::TotalPlanPaid, Field::PlanPaid),
    (Field::TotalPatientResponsibility, Field::PatientResponsibility),
];

/// Takes from the header what is printed within one of several services, where a sum of theirs says another amount.
pub(crate) fn take_out(header: &mut BTreeMap<Field, Vec<Cell>>, rows: &[Row], totals: &[Total]) {
    let services: Vec<&Row> = rows.iter().filter(|r| r.kind == LineKind::Service).collect();
    let same = |a: BBox, b: BBox| {
        let (x, y) = ((a.cx() - b.cx()).abs(), (a.cy() - b.cy()).abs());
        x < 0.5 * b.width() && y < 0.5 * b.height()
    };
    for (field, column) in SUMS {
        let whole: Money = services.iter().filter_map(|r| r.cells.get(&column)?.money()).sum();
        let told = totals.iter().any(|t| t.cells.get(&column).and_then(Cell::money) == Some(whole));
        let of_service = |c: &Cell| {
            let printed = |o: &Cell| o.page == c.page && same(o.bbox, c.bbox) && o.money() == c.money();
            c.money().is_some_and(|m| m != whole) && services.iter().any(|r| r.cells.get(&column).is_some_and(printed))
        };
        if !told || services.len() < 2 {
            continue;
        }
        if let Some(cells) = header.get_mut(&field) {
            cells.retain(|c| !of_service(c));
        }
        if header.get(&field).is_some_and(Vec::is_empty) {
            header.remove(&field);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::{Cell, Field, Money};
    use crate::test_pages::read;

    #[test]
    fn the_first_amount_under_a_head_is_no_sum() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (44.0, &[(30.0, "Elm Street EMS (in network)")]),
            (54.0, &[(30.0, "Claim ID 622386897468"), (220.0, "Patient: Jane Roe")]),
            (70.0, &[(-460.0, "Total cost (the plan")]),
            (
                79.0,
                &[
                    (30.0, "Date and service"),
                    (-380.0, "Provider charged"),
                    (-460.0, "has approved)"),
                    (-520.0, "Our share"),
                    (-590.0, "Your share"),
                ],
            ),
            (
                94.0,
                &[
                    (30.0, "AMBULANCE (1/29/25)"),
                    (-380.0, "$324.27"),
                    (-460.0, "$224.68"),
                    (-520.0, "$172.21"),
                    (-590.0, "$52.47"),
                ],
            ),
            (103.0, &[(30.0, "Your coinsurance is $52.47. (see K21)")]),
            (
                118.0,
                &[(30.0, "MILEAGE (1/29/25)"), (-380.0, "$75.54"), (-460.0, "$47.40"), (-520.0, "$32.66"), (-590.0, "$14.74")],
            ),
            (127.0, &[(30.0, "Your coinsurance is $14.74. (see K21)")]),
            (142.0, &[(30.0, "Claim totals"), (-380.0, "$399.81"), (-460.0, "$272.08"), (-520.0, "$204.87"), (-590.0, "$67.21")]),
        ]);
        let of = |f: Field| s.header.get(&f).and_then(|c| c.first()).and_then(Cell::money);
        assert_eq!(s.rows.len(), 2);
        assert_eq!(of(Field::TotalCharges), Some(Money::from_cents(39981)));
        assert_eq!(of(Field::TotalPatientResponsibility), Some(Money::from_cents(6721)));
    }
}
