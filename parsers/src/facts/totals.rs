//! Which printed sums are those of the document or of a claim.

use std::collections::BTreeSet;

use super::claims::{self, ClaimBlock};
use super::pairs::Found;
use super::segments::Paper;
use super::sums_of_claims;
use super::{identity, values};
use crate::grammar::money;
use crate::statement::{Cell, DocKind, Field, Money, Value};

/// Papers print credits with either sign; the record has them positive.
pub(crate) fn positive(field: Field, mut cell: Cell) -> Cell {
    if matches!(field, Field::TotalDiscount | Field::TotalPlanPaid | Field::TotalPatientPaid)
        && let Value::Money(m) = cell.value
    {
        cell.value = Value::Money(m.abs());
    }
    cell
}

/// A sum of the document, or one per claim where only the claims print theirs.
pub(crate) fn total(
    paper: &Paper,
    found: &[Found],
    claims: &[ClaimBlock],
    several: bool,
    field: Field,
    kind: DocKind,
) -> Vec<Cell> {
    let eob = kind == DocKind::Eob;
    // On an EOB `Plan paid` beside an amount is mostly said of one service: above all rows, or with the word total.
    let first_rows = (0..paper.rows.len()).find(|r| amounts_in(paper, *r) >= 2).unwrap_or(paper.rows.len());
    // Without a table the services may be listed one below the other, each with its amounts.
    let table = first_rows < paper.rows.len();
    let rank = |f: &Found| sums_of_claims::rank(paper, f);
    let mut all: Vec<&Found> = found.iter().filter(|f| f.field == field && !f.dated).collect();
    // Such a caption may also stand once for each claim.
    let alone = all.iter().filter(|f| !f.coupon).count() == 1;
    // What a label with no word of a sum says by itself may be said of one service.
    all.retain(|f| {
        !eob || (alone && f.weight > 1)
            || sums_of_claims::says_total(paper, f)
            || (f.row < first_rows && (table || f.weight > 1))
            || !line_level(f.field)
    });
    let strongest = all.iter().map(|f| rank(f)).max().unwrap_or(0);
    all.retain(|f| rank(f) == strongest);
    // The same sum with its sign and without it is one.
    let amount = |f: &&Found| positive(field, f.cell.clone()).money();
    if several {
        let start = (claims[0].page, claims[0].y);
        let whole = all.iter().find(|f| (f.cell.page, paper.rows[f.row].bbox.y0) < start);
        if let Some(f) = whole {
            return vec![f.cell.clone()];
        }
        let each = per_claim(claims, field);
        // what a sentence over all claims says, where these do not print their own
        if eob && each.len() < distinct_claims(claims) {
            let above =
                |f: &&Found| f.field == field && !f.dated && f.weight > 1 && (f.cell.page, paper.rows[f.row].bbox.y0) < start;
            let said: Vec<&Found> = found.iter().filter(above).collect();
            if said.first().is_some_and(|first| said.iter().all(|f| amount(f) == amount(first))) {
                return said.first().map(|f| f.cell.clone()).into_iter().collect();
            }
        }
        // Of a scan on which not every claim's sum was read, the sum of the others is not the paper's.
        // Every claim has charges, so that they are no sum of the paper's either where one claim does not print its own.
        let scan = paper.pieces.iter().any(|p| p.ocr) && line_level(field);
        let unread = (scan || field == Field::TotalCharges) && each.len() < distinct_claims(claims);
        return if unread { Vec::new() } else { each };
    }
    if let Some(extra) = ub_total(paper, found).filter(|_| field == Field::TotalCharges && all.is_empty()) {
        return vec![extra];
    }
    let mut values: Vec<Money> = all.iter().filter_map(amount).collect();
    values.sort();
    values.dedup();
    match values.len() {
        0 => Vec::new(),
        1 => all.iter().min_by_key(|f| f.coupon).map(|f| f.cell.clone()).into_iter().collect(),
        _ => {
            // One that is the sum of the others, each of which stands for a part.
            let whole: Money = values.iter().copied().sum();
            let sum = values.iter().find(|v| **v + **v == whole).copied();
            let commonest = || {
                let count = |v: &Money| all.iter().filter(|f| amount(f) == Some(*v)).count();
                let top = values.iter().map(count).max().unwrap_or(0);
                let mut leaders = values.iter().filter(|v| count(v) == top);
                match (leaders.next(), leaders.next()) {
                    (Some(v), None) => Some(*v),
                    _ => None,
                }
            };
            let chosen = match field {
                Field::BalanceDue => sum.or_else(commonest).or_else(|| all.first().and_then(amount)),
                _ => sum,
            };
            chosen.and_then(|v| all.iter().find(|f| amount(f) == Some(v))).map(|f| f.cell.clone()).into_iter().collect()
        }
    }
}

/// Sums whose captions also stand beside the amounts of a single service.
fn line_level(field: Field) -> bool {
    matches!(field, Field::TotalCharges | Field::TotalDiscount | Field::TotalPlanPaid | Field::TotalPatientResponsibility)
}

/// Amounts that stand as phrases of their own on a line.
pub(crate) fn amounts_in(paper: &Paper, row: usize) -> usize {
    paper.pieces[paper.rows[row].pieces.clone()].iter().filter(|p| money::money(&p.text()).is_some()).count()
}

pub(super) fn distinct_claims(claims: &[ClaimBlock]) -> usize {
    let ids: BTreeSet<String> = claims.iter().map(identity).filter(|id| !id.is_empty()).collect();
    ids.len() + claims.iter().filter(|b| identity(b).is_empty()).count()
}

fn per_claim(claims: &[ClaimBlock], field: Field) -> Vec<Cell> {
    let mut seen: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for b in claims {
        let id = identity(b);
        if id.is_empty() || !seen.contains(&id) {
            seen.push(id);
            if let Some(c) = b.header.cells.get(&field) {
                out.push(c.clone());
            }
        }
    }
    out
}

/// The total line of a UB-04: revenue code 0001, the sum in form locator 47.
fn ub_total(paper: &Paper, _found: &[Found]) -> Option<Cell> {
    paper.rows.iter().rev().find_map(|row| {
        let pieces = &paper.pieces[row.pieces.clone()];
        let first = pieces.first()?;
        if first.tokens.first()?.text != "0001" {
            return None;
        }
        pieces
            .iter()
            .find_map(|p| {
                let text = p.text();
                let mut cell = claims::text_cell("", &text, p);
                cell.value = Value::Money(money::money(&text)?);
                Some(cell)
            })
            // Dollars and cents in boxes of their own.
            .or_else(|| {
                let tokens: Vec<_> = pieces.iter().flat_map(|p| p.tokens.iter().cloned()).collect();
                let n = tokens.len();
                values::dollars_and_cents(tokens.get(n.checked_sub(2)?..)?, row.page).map(|r| r.cell)
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::read;

    #[test]
    fn what_all_claims_come_to_is_not_the_sum_of_the_last() {
        let row = |y: f32, a: &'static str, b: &'static str, c: &'static str| {
            (y, vec![(30.0, "03/09/2025"), (110.0, "OFFICE VISIT"), (-300.0, a), (-400.0, b), (-500.0, c)])
        };
        let head = |y: f32| {
            (y, vec![(30.0, "Date"), (110.0, "Service"), (-300.0, "Billed"), (-400.0, "Plan paid"), (-500.0, "You may owe")])
        };
        let sum = |y: f32, a: &'static str| (y, vec![(300.0, "You may owe the provider"), (-500.0, a)]);
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, vec![(30.0, "Claim number 1234567"), (300.0, "Provider: Lakeside Hospital")]),
            head(60.0),
            row(74.0, "$210.00", "$150.00", "$60.00"),
            sum(90.0, "$60.00"),
            (110.0, vec![(30.0, "Claim number 7654321"), (300.0, "Provider: Lakeside Hospital")]),
            head(122.0),
            row(136.0, "$22.05", "$20.05", "$2.00"),
            sum(152.0, "$2.00"),
            (180.0, vec![(30.0, "All 2 claims: you may owe $62.00.")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        let s = read(&lines);
        let owed: Vec<String> = s
            .header
            .get(&Field::TotalPatientResponsibility)
            .into_iter()
            .flatten()
            .filter_map(crate::statement::Cell::money)
            .map(|m| m.to_string())
            .collect();
        assert!(owed == ["60.00", "2.00"] || owed == ["62.00"], "{owed:?}");
    }

    #[test]
    fn allowances_are_taken_off_on_a_bill_and_allowed_by_a_plan() {
        let discount = |title: &'static str, heads: [&'static str; 2]| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, title)]),
                (40.0, &[(30.0, "Patient: Jane Roe"), (300.0, "Account number: 329-80200")]),
                (60.0, &[(30.0, "Date"), (110.0, "Code"), (180.0, "Service"), (-430.0, heads[0]), (-520.0, heads[1])]),
                (74.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (180.0, "OFFICE VISIT"), (-430.0, "210.00"), (-520.0, "30.00")]),
                (100.0, &[(300.0, "PAID BY INSURANCE"), (-520.0, "120.00")]),
                (112.0, &[(300.0, "ALLOWANCES"), (-520.0, "60.00")]),
                (124.0, &[(300.0, "PAID BY PATIENT"), (-520.0, "0.00")]),
            ]);
            let cells = s.header.get(&Field::TotalDiscount).into_iter().flatten();
            cells.filter_map(crate::statement::Cell::money).map(|m| m.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(discount("Detail of patient account", ["Charge", "Balance"]), ["60.00"]);
        assert!(discount("Explanation of Benefits", ["Billed", "You owe"]).is_empty());
    }
}
