//! Services whose amounts stand in two lists beside each other, each on baselines of its own:
//!
//! ```text
//! OFFICE VISIT LEVEL 4                                        03/09/2025
//! Code 99214 (25)  Footnote K2
//! Billed by provider        $210.00      You owe                  $30.00
//! Discount                - $60.00
//!                                          Copay                  $25.00
//! Paid by plan           - $120.00
//!                                          Coinsurance             $5.00
//! ```
//! On the two sides of such a page stand no two panels: the list on the right says more of the service whose amounts stand on
//! the left of it. Read one side after the other, the amounts on the right would all fall to the last service.

use std::collections::BTreeMap;

use crate::page_text::Word;
use crate::text_lines::Line;
use crate::tokens::has_amount;
use crate::twin_cards::pair;

/// Whether what stands on either side of `x` are lists of the same services: labels with an amount each, and on both sides the
/// same labels again and again.
pub(crate) fn stand_beside(lines: &[Line], x: f32) -> bool {
    recurs(lines, |w| w.bbox.cx() < x) && recurs(lines, |w| w.bbox.cx() > x)
}

/// Whether a label with an amount comes more than once on this side, and nearly all amounts there have such a label.
fn recurs(lines: &[Line], on_side: impl Fn(&Word) -> bool) -> bool {
    let mut labels: BTreeMap<String, usize> = BTreeMap::new();
    let mut other = 0;
    for line in lines {
        let Some(part) = line.only(&on_side) else { continue };
        match pair(&part) {
            Some((label, _)) => *labels.entry(label.text.to_lowercase()).or_default() += 1,
            None if has_amount(&part) => other += 1,
            None => {}
        }
    }
    let again = labels.values().filter(|n| **n >= 2).sum::<usize>();
    again >= 4 && again > 3 * other
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 10] = [
        Field::ServiceDate,
        Field::Description,
        Field::Code,
        Field::Charge,
        Field::PlanDiscount,
        Field::PlanPaid,
        Field::Copay,
        Field::Coinsurance,
        Field::PatientResponsibility,
        Field::RemarkCodes,
    ];

    #[test]
    fn the_list_on_the_right_says_more_of_the_service_on_the_left() {
        let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, vec![(30.0, "Lakeside Hospital")]),
            (52.0, vec![(30.0, "In network / Processed / Claim 14139210")]),
            (64.0, vec![(30.0, "Patient Jane Roe Provider's account 567-54862")]),
            (76.0, vec![(30.0, "Billed $331.00, discount $91.00, plan paid $170.00. Your total for this claim: $70.00.")]),
        ];
        let mut card = |y: f32, name: &'static str, code: &'static str, sums: [&'static str; 7]| {
            lines.extend([
                (y, vec![(40.0, name), (-520.0, "03/09/2025")]),
                (y + 11.0, vec![(40.0, code)]),
                (y + 22.0, vec![(40.0, "Billed by provider"), (-270.0, sums[0]), (320.0, "You owe"), (-520.0, sums[4])]),
                (y + 33.0, vec![(40.0, "Discount"), (-270.0, sums[1])]),
                (y + 38.0, vec![(330.0, "Copay"), (-520.0, sums[5])]),
                (y + 44.0, vec![(40.0, "Allowed amount"), (-270.0, sums[2])]),
                (y + 49.0, vec![(330.0, "Coinsurance"), (-520.0, sums[6])]),
                (y + 55.0, vec![(40.0, "Paid by plan"), (-270.0, sums[3])]),
            ]);
        };
        let first = ["$210.00", "- $60.00", "$150.00", "- $120.00", "$30.00", "$25.00", "$5.00"];
        card(100.0, "OFFICE VISIT LEVEL 4", "Code 99214 (25) Quantity 1 Footnote W4", first);
        card(
            180.0,
            "BLOOD DRAW",
            "Code 36415 Footnote W4, T22",
            ["$21.00", "- $1.00", "$20.00", "$0.00", "$20.00", "$20.00", "$0.00"],
        );
        card(
            260.0,
            "X-RAY",
            "Code 71046 Footnote W4",
            ["$100.00", "- $30.00", "$70.00", "- $50.00", "$20.00", "$0.00", "$20.00"],
        );
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let s = read(&lines);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-09 OFFICE VISIT LEVEL 4 99214 210.00 60.00 120.00 25.00 5.00 30.00 W4",
                "2025-03-09 BLOOD DRAW 36415 21.00 1.00 0.00 20.00 0.00 20.00 W4;T22",
                "2025-03-09 X-RAY 71046 100.00 30.00 50.00 0.00 20.00 20.00 W4"
            ]
        );
    }
}
