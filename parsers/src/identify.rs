//! Columns of amounts whose header says too little, told by their arithmetic.
//!
//! `Total` at the end of an EOB's row may be what the patient owes; `Balance` may be anything. Where a column's values
//! are, row after row, what an equation makes of the others, the equation names it.

use std::collections::BTreeMap;

use crate::assign::Assigned;
use crate::columns::Column;
use crate::grammar::money::money;
use crate::statement::{Field, Money};
use crate::tokens::TokenKind;

type Amounts = BTreeMap<Field, Money>;
type Equation = fn(&Amounts) -> Option<Money>;

/// What the column would be, and what it must then equal.
const EQUATIONS: [(Field, Equation); 10] = [
    (Field::PatientResponsibility, |a| {
        Some(*a.get(&Field::Charge)? - *a.get(&Field::PlanDiscount)? - *a.get(&Field::PlanPaid)? - *a.get(&Field::PatientPaid)?)
    }),
    (Field::PatientResponsibility, |a| Some(shares(a)? + a.get(&Field::NotCovered).copied().unwrap_or_default())),
    (Field::PatientResponsibility, shares),
    (Field::PatientResponsibility, |a| Some(*a.get(&Field::Allowed)? - *a.get(&Field::PlanPaid)?)),
    (Field::Allowed, |a| {
        Some(*a.get(&Field::Charge)? - *a.get(&Field::PlanDiscount)? - a.get(&Field::NotCovered).copied().unwrap_or_default())
    }),
    (Field::PlanDiscount, |a| {
        Some(*a.get(&Field::Charge)? - *a.get(&Field::Allowed)? - a.get(&Field::NotCovered).copied().unwrap_or_default())
    }),
    (Field::PlanPaid, |a| Some(*a.get(&Field::Allowed)? - shares(a)?)),
    (Field::PlanPaid, |a| Some(*a.get(&Field::Charge)? - *a.get(&Field::PlanDiscount)? - *a.get(&Field::PatientResponsibility)?)),
    (Field::PatientResponsibility, |a| Some(*a.get(&Field::Charge)? - *a.get(&Field::PlanDiscount)? - *a.get(&Field::PlanPaid)?)),
    (Field::Coinsurance, |a| {
        let refused = a.get(&Field::NotCovered).copied().unwrap_or_default();
        let rest = *a.get(&Field::PatientResponsibility)? - *a.get(&Field::Deductible)? - *a.get(&Field::Copay)?;
        // where the plan pays the rest of the allowed amount, what it refused is not in the patient's share
        let without = *a.get(&Field::Allowed)? - *a.get(&Field::PlanPaid)? == *a.get(&Field::PatientResponsibility)?;
        Some(if without { rest } else { rest - refused })
    }),
];

fn shares(a: &Amounts) -> Option<Money> {
    let parts: Vec<Money> =
        [Field::Deductible, Field::Copay, Field::Coinsurance].iter().filter_map(|f| a.get(f).copied()).collect();
    (!parts.is_empty()).then(|| parts.into_iter().sum())
}

/// Names columns that nobody has named, where the rows of the table agree on what they are.
pub fn by_arithmetic(columns: &mut [Column], lines: &[&Assigned]) {
    for i in 0..columns.len() {
        if !matches!(columns[i].fields.as_slice(), [] | [Field::Ignored]) {
            continue;
        }
        let rows: Vec<(Money, Amounts)> = lines.iter().filter_map(|l| Some((value(l, i)?, amounts(l, columns)))).collect();
        let says_share = says_share(&columns[i].head);
        if rows.len() < 2 && !says_share {
            continue;
        }
        for (field, equation) in EQUATIONS {
            if columns.iter().any(|c| c.has(field)) {
                continue;
            }
            let tried: Vec<(Money, Money)> = rows.iter().filter_map(|(v, a)| equation(a).map(|e| (*v, e))).collect();
            let held = tried.iter().filter(|(v, e)| v == e).count();
            // a "Total" that closes the patient's shares needs no more than not to be contradicted
            let closes = field == Field::PatientResponsibility
                && columns[i].head.trim().eq_ignore_ascii_case("total")
                && i > 0
                && columns[i - 1].fields.iter().any(|f| matches!(f, Field::Deductible | Field::Copay | Field::Coinsurance));
            let shared = field == Field::Coinsurance;
            if shared && !says_share {
                continue;
            }
            let telling = closes || shared || tried.iter().any(|(v, e)| v == e && *v != Money::ZERO);
            if telling && held * 10 >= rows.len() * 9 {
                tracing::debug!(head = columns[i].head, ?field, "column named by its arithmetic");
                columns[i].fields = vec![field];
                break;
            }
        }
    }
}

/// `Cost share`, `Your percentage of the cost`: a part of what the plan allows.
fn says_share(head: &str) -> bool {
    let head = head.to_lowercase();
    ["share", "percent", "%"].iter().any(|w| head.contains(w))
}

fn value(l: &Assigned, column: usize) -> Option<Money> {
    l.cells.iter().find(|(t, c)| *c == column && t.kind == TokenKind::Money).and_then(|(t, _)| money(&t.text))
}

fn amounts(l: &Assigned, columns: &[Column]) -> Amounts {
    columns
        .iter()
        .enumerate()
        .filter(|(_, c)| c.is_money() && !c.is_stacked())
        .filter_map(|(i, c)| Some((*c.fields.first()?, value(l, i)?)))
        .collect()
}
