//! Payments and adjustments on lines of their own under services that stand in no table, without a heading that announces them:
//!
//! ```text
//! COLONOSCOPY W/ BIOPSY                          $359.00
//! Date of service: 03/09/2025   CPT 45380
//! 04/02/2025    LAKESIDE PAYMENT               $241.11CR
//! 04/02/2025    PPO DISCOUNT                   $103.85CR
//!               Pay this amount                   $14.04
//! ```
//! The paper's own arithmetic shows that they are all of it: what was charged less these is what it asks for.

use std::collections::BTreeMap;

use crate::postings::Postings;
use crate::reading::{Setting, money_of};
use crate::statement::{Cell, Field, LineKind, Money, Row};
use crate::text_lines::PageLines;

/// Where the amount of a credit stands once it is settled.
const SETTLED: [Field; 4] = [Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid, Field::OtherPaid];

/// Adds such lines to the rows of a bill that has no credit yet.
pub(crate) fn add(pages: &[PageLines], setting: &Setting, header: &BTreeMap<Field, Vec<Cell>>, rows: &mut Vec<Row>) {
    let is_service = |r: &&Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    let Some(last) = rows.last().filter(|_| rows.iter().all(|r| is_service(&r))) else { return };
    let below = |page: u32, y: f32| (page, y) >= (last.page, last.bbox.y1 - 1.0);
    let mut found: Vec<Row> = Vec::new();
    let mut postings = Postings::default();
    for line in pages.iter().flat_map(|p| &p.lines).filter(|l| below(l.page, l.bbox.y0)) {
        postings.take(line, setting, &mut found);
    }
    postings.settle(&mut found);
    let credited: Option<Vec<Money>> = found
        .iter()
        .map(|r| SETTLED.iter().find_map(|f| money_of(&r.cells, *f)).filter(|_| r.kind != LineKind::Balance))
        .collect();
    let charged: Option<Vec<Money>> = rows.iter().map(|r| money_of(&r.cells, Field::Charge)).collect();
    let due = header.get(&Field::BalanceDue).and_then(|all| if let [one] = &all[..] { one.money() } else { None });
    let (Some(credited), Some(charged), Some(due)) = (credited, charged, due) else { return };
    let credited: Money = credited.into_iter().sum();
    let charged: Money = charged.into_iter().sum();
    if credited > Money::ZERO && charged - credited == due {
        rows.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn credits(due: &'static str) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Invoice")]),
            (60.0, &[(40.0, "COLONOSCOPY W/ POLYP REMOVAL"), (-560.0, "$336.23")]),
            (70.0, &[(40.0, "Date of service: 03/09/2025 CPT 45385 Units: 1")]),
            (90.0, &[(40.0, "COLONOSCOPY W/ BIOPSY"), (-560.0, "$359.00")]),
            (100.0, &[(40.0, "Date of service: 03/09/2025 CPT 45380-59 Units: 1")]),
            (130.0, &[(35.0, "04/02/2025"), (120.0, "LAKESIDE PAYMENT"), (-566.0, "$441.11CR")]),
            (142.0, &[(35.0, "04/02/2025"), (120.0, "PPO DISCOUNT"), (-566.0, "$143.85CR")]),
            (170.0, &[(400.0, "Pay this amount"), (-566.0, due)]),
        ]);
        let fields = [Field::ServiceDate, Field::Description, Field::PlanPaid, Field::PlanDiscount];
        s.rows.iter().skip(2).map(|r| said(r, &fields)).collect()
    }

    #[test]
    fn credits_that_leave_what_is_asked_for_need_no_heading() {
        assert_eq!(credits("$110.27"), ["2025-04-02 LAKESIDE PAYMENT 441.11 -", "2025-04-02 PPO DISCOUNT - 143.85"]);
    }

    #[test]
    fn credits_that_leave_another_sum_are_not_all() {
        assert_eq!(credits("$90.27"), Vec::<String>::new());
    }
}
