//! Amounts that a reading leaves without a meaning: it has understood the paper only in part, whatever its rows look like.
//!
//! A layout that nobody has written for may be read with a column too few, or with rows passed over. Two things tell that
//! without knowing the layout. An amount within a row that is none of the row's own cells is a running balance, the price
//! of one unit, or what two of its cells differ by; otherwise a column was not understood, and the others may be laid
//! askew. And where the services come short of the printed total by just what other amounts of the paper come to, those
//! are services that became no row.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::agreement;
use crate::grammar::money;
use crate::page_text::BBox;
use crate::reading::money_of;
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, Unparsed, Value};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};

/// What a row with an amount of unknown meaning is worth at most: no claim may rest on its figures alone.
const ASKEW: f32 = 0.9;
/// Among more amounts than this some come to any sum by chance.
const MOST_LOOSE: usize = 24;
/// A gap is filled by no more services than this.
const MOST_LACKING: usize = 3;
/// A unit's price times its units may be off the charge by the price's own rounding.
const ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

/// Tells of the amounts that are left over, and lets nothing rest on the rows that they stand in.
pub(crate) fn tell(
    pages: &[PageLines],
    header: &BTreeMap<Field, Vec<Cell>>,
    rows: &mut [Row],
    totals: &[Total],
) -> Vec<Unparsed> {
    let amounts = amounts(pages);
    let mut told = in_rows(&amounts, rows, agreement::recognised(pages));
    told.extend(lacking(&amounts, header, rows, totals));
    told
}

/// An amount on the paper, and the line in which it stands.
struct Amount<'a> {
    page: u32,
    bbox: BBox,
    value: Money,
    line: &'a Line,
}

fn amounts<'a>(pages: &'a [PageLines]) -> Vec<Amount<'a>> {
    let amount = |t: Token| {
        // `Z00.00` is a diagnosis
        let figures = t.text.starts_with(|c: char| c.is_ascii_digit() || "$-(.".contains(c));
        (t.kind == TokenKind::Money && figures).then(|| money::money(&t.text)).flatten().map(|m| (t.bbox, m.abs()))
    };
    let of_line = |line: &'a Line| {
        let found = tokens(line).into_iter().filter_map(amount).filter(|(_, m)| *m != Money::ZERO);
        found.map(move |(bbox, value)| Amount { page: line.page, bbox, value, line })
    };
    pages.iter().flat_map(|p| &p.lines).flat_map(of_line).collect()
}

fn stands_in(a: &Amount<'_>, page: u32, b: BBox) -> bool {
    const EDGE: f32 = 1.0;
    let (x, y) = (a.bbox.cx(), a.bbox.cy());
    a.page == page && (b.y0 - EDGE..=b.y1 + EDGE).contains(&y) && (b.x0 - EDGE..=b.x1 + EDGE).contains(&x)
}

/// The rows with an amount of unknown meaning. On a scan most rows must have one: a figure may be misread.
fn in_rows(amounts: &[Amount<'_>], rows: &mut [Row], recognised: bool) -> Vec<Unparsed> {
    let balances = running_balances(rows);
    let held: Vec<(u32, BBox)> = rows.iter().flat_map(|r| r.cells.values()).map(|c| (c.page, c.bbox)).collect();
    let loose: Vec<&Amount> = amounts.iter().filter(|a| !held.iter().any(|(page, b)| stands_in(a, *page, *b))).collect();
    let unknown = |r: &Row| {
        let within = loose.iter().filter(|a| stands_in(a, r.page, r.bbox));
        within.filter(|a| !balances.contains(&a.value) && !is_reckoned(a.value, r)).min_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0))
    };
    let found: Vec<(usize, Unparsed)> = rows
        .iter()
        .enumerate()
        .filter_map(|(i, r)| {
            let a = unknown(r)?;
            let reason = format!("the meaning of {} in this row was not understood", a.value);
            Some((i, Unparsed { page: a.page, bbox: a.line.bbox, text: a.line.text(), reason }))
        })
        .collect();
    if recognised && found.len() * 2 <= rows.len() {
        return Vec::new();
    }
    for (i, _) in &found {
        let figures = rows[*i].cells.values_mut().filter(|c| matches!(c.value, Value::Money(_) | Value::Number(_)));
        figures.for_each(|c| c.confidence = c.confidence.min(ASKEW));
    }
    found.into_iter().map(|(_, u)| u).collect()
}

/// What a ledger's column of balances prints behind each of its rows.
fn running_balances(rows: &[Row]) -> BTreeSet<Money> {
    let mut sum = Money::ZERO;
    let credits = [Field::PlanPaid, Field::PatientPaid, Field::OtherPaid, Field::PlanDiscount];
    let mut all = BTreeSet::new();
    for r in rows {
        sum += money_of(&r.cells, Field::Charge).unwrap_or_default();
        sum = sum - credits.iter().filter_map(|f| money_of(&r.cells, *f)).map(Money::abs).sum();
        all.insert(sum.abs());
    }
    all
}

/// Whether an amount follows from the cells of its row: one of them again, the price of a unit, or what two differ by.
fn is_reckoned(value: Money, row: &Row) -> bool {
    let own: Vec<Money> = row.cells.values().filter_map(Cell::money).map(Money::abs).collect();
    let price = || match (money_of(&row.cells, Field::Charge), row.cells.get(&Field::Units).map(|c| &c.value)) {
        (Some(charge), Some(Value::Number(units))) => (value.0 * units.abs() - charge.0.abs()).abs() < ROUNDING,
        _ => false,
    };
    own.contains(&value) || price() || own.iter().any(|a| own.iter().any(|b| *a - *b == value))
}

/// The amounts outside all rows and sums by which the services come short of the printed total.
fn lacking(amounts: &[Amount], header: &BTreeMap<Field, Vec<Cell>>, rows: &[Row], totals: &[Total]) -> Option<Unparsed> {
    let printed = money_of_header(header, Field::TotalCharges)?;
    let charged = |r: &&Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    let read: Money = rows.iter().filter(charged).filter_map(|r| money_of(&r.cells, Field::Charge)).sum();
    let gap = printed - read;
    if rows.is_empty() || gap <= Money::ZERO {
        return None;
    }
    let cells = rows
        .iter()
        .flat_map(|r| r.cells.values())
        .chain(totals.iter().flat_map(|t| t.cells.values()))
        .chain(header.values().flatten());
    let known: BTreeSet<Money> = cells.filter_map(Cell::money).map(Money::abs).collect();
    let outside = |a: &&Amount| !known.contains(&a.value) && !rows.iter().any(|r| stands_in(a, r.page, r.bbox));
    let loose: Vec<&Amount> = amounts.iter().filter(outside).collect();
    let filling = (loose.len() <= MOST_LOOSE).then(|| filling(&loose, gap, MOST_LACKING)).flatten()?;
    let a = filling.first()?;
    let reason = format!("the services come short of the printed total by {gap}, which stands here and became no row");
    Some(Unparsed { page: a.page, bbox: a.line.bbox, text: a.line.text(), reason })
}

fn money_of_header(header: &BTreeMap<Field, Vec<Cell>>, field: Field) -> Option<Money> {
    let [cell] = header.get(&field)?.as_slice() else { return None };
    if let Value::Money(m) = cell.value { Some(m) } else { None }
}

/// The fewest of the amounts that come to `gap`.
fn filling<'a>(loose: &[&'a Amount<'a>], gap: Money, most: usize) -> Option<Vec<&'a Amount<'a>>> {
    if let Some(a) = loose.iter().find(|a| a.value == gap) {
        return Some(vec![a]);
    }
    (most > 1)
        .then(|| {
            loose.iter().enumerate().filter(|(_, a)| a.value < gap).find_map(|(i, a)| {
                let mut rest = filling(&loose[i + 1..], gap - a.value, most - 1)?;
                rest.insert(0, a);
                Some(rest)
            })
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::read;

    /// A bill of two services with a column that nothing is known of, the amounts in it as given.
    fn with_column(first: &'static str, second: &'static str) -> Statement {
        read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (40.0, &[(30.0, "Jane Roe"), (400.0, "Account 329-80200")]),
            (90.0, &[(30.0, "Date"), (110.0, "Code"), (180.0, "Description"), (330.0, "Qty"), (380.0, "Charge"), (460.0, "Zq")]),
            (
                104.0,
                &[
                    (30.0, "03/03/2025"),
                    (110.0, "99213"),
                    (180.0, "Office visit"),
                    (336.0, "2"),
                    (380.0, "140.00"),
                    (460.0, first),
                ],
            ),
            (
                118.0,
                &[
                    (30.0, "03/03/2025"),
                    (110.0, "85025"),
                    (180.0, "Blood count"),
                    (336.0, "1"),
                    (380.0, "32.50"),
                    (460.0, second),
                ],
            ),
            (150.0, &[(300.0, "Total charges"), (380.0, "172.50")]),
        ])
    }

    #[test]
    fn a_column_of_unknown_meaning_is_told_and_its_rows_are_doubted() {
        let s = with_column("61.20", "11.05");
        let told: Vec<&str> = s.unparsed.iter().map(|u| u.reason.as_str()).collect();
        assert_eq!(
            told,
            ["the meaning of 61.20 in this row was not understood", "the meaning of 11.05 in this row was not understood"]
        );
        assert!(s.rows.iter().all(|r| r.cells[&Field::Charge].confidence < 0.95));
    }

    #[test]
    fn balances_prices_and_repeated_charges_are_explained() {
        for (first, second) in [("140.00", "172.50"), ("70.00", "32.50"), ("140.00", "32.50"), ("0.00", "0.00")] {
            let s = with_column(first, second);
            assert!(s.unparsed.is_empty(), "{first} {second}: {:?}", s.unparsed);
            assert!(s.rows.iter().all(|r| r.cells[&Field::Charge].confidence == 1.0));
        }
    }

    #[test]
    fn an_amount_that_the_printed_total_lacks_is_told() {
        let bill = |extra: &'static str| {
            read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
                (40.0, &[(30.0, "Jane Roe"), (400.0, "Account 329-80200")]),
                (90.0, &[(30.0, "Date"), (110.0, "Code"), (180.0, "Description"), (380.0, "Charge")]),
                (104.0, &[(30.0, "03/03/2025"), (110.0, "99213"), (180.0, "Office visit"), (380.0, "140.00")]),
                (118.0, &[(30.0, "03/03/2025"), (110.0, "85025"), (180.0, "Blood count"), (380.0, "32.50")]),
                (150.0, &[(300.0, "Total charges"), (380.0, "212.50")]),
                (200.0, &[(30.0, "See the back for a splint fitted on the same day at"), (300.0, extra)]),
            ])
        };
        let told = bill("40.00").unparsed;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].reason.contains("short of the printed total by 40.00"), "{told:?}");
        assert!(bill("41.00").unparsed.is_empty());
    }
}
