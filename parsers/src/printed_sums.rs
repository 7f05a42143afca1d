//! Lines of a table that are sums: of its columns, or of what the words beside them name.

use std::collections::{BTreeMap, BTreeSet};

use crate::columns::{Column, is_money_field};
use crate::grammar::date::leading_date;
use crate::grammar::money;
use crate::reading::Draft;
use crate::statement::{Cell, Field, Money, Row, Total, TotalScope, Value};
use crate::table::{BodyLine, Role, Table};
use crate::tokens::{Token, TokenKind};
use crate::total_labels::is_total_label;
use crate::vocabulary::{HeaderMatch, Vocabulary};

/// Whether words stand between two amounts of a line, under columns of amounts, or the line is a sentence that names several:
/// `Of your share $150.00 counts toward your deductible, $121.04 is coinsurance.`
pub(crate) fn words_between(l: &BodyLine, columns: &[Column]) -> bool {
    let cells = &l.assigned.cells;
    let amount = |(t, _): &(Token, usize)| t.kind == TokenKind::Money;
    let (Some(first), Some(last)) = (cells.iter().position(amount), cells.iter().rposition(amount)) else { return false };
    let words =
        |t: &Token| t.kind == TokenKind::Text && t.text.split(' ').filter(|w| w.starts_with(char::is_lowercase)).count() >= 2;
    let ends = cells[last..].iter().rev().take(1).any(|(t, _)| words(t) && t.text.ends_with('.'));
    let sentence = ends && cells[first..last].iter().any(|(t, _)| words(t));
    sentence || cells[first..last].iter().any(|(t, c)| columns[*c].is_money() && t.kind == TokenKind::Text && t.text.len() >= 6)
}

/// What the words of a sum name beside saying that it is one: `TOTAL BENEFITS PAID`.
fn named(label: &str) -> Option<Field> {
    const SUM: [&str; 14] =
        ["total", "totals", "sum", "of", "for", "this", "all", "claim", "claims", "the", "grand", "in", "on", "statement"];
    let vocabulary = Vocabulary::builtin();
    let single = |text: &str| {
        let m = vocabulary.lookup(text).or_else(|| vocabulary.guess(text))?;
        (m.fields.len() == 1 && is_money_field(m.fields[0])).then(|| m.fields[0])
    };
    let words = label.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let rest: Vec<&str> = words.filter(|w| !SUM.contains(&w.to_lowercase().as_str())).collect();
    if rest.is_empty() { None } else { single(&rest.join(" ")) }
}

/// On an EOB a single amount beside the name of a sum is that sum, whatever column it stands under.
pub(crate) fn by_its_name(sum: &mut Total) {
    if sum.cells.len() == 1
        && let Some(field) = named(&sum.label)
        && let Some((_, cell)) = sum.cells.pop_first()
    {
        sum.cells.insert(field, cell);
    }
}

/// On a bill the same holds of the charges, which are no credits though they stand under these: a box of sums is set where there
/// is room.
pub(crate) fn charges_by_name(sum: &mut Total) {
    let misplaced = |f: &Field| !matches!(f, Field::Charge | Field::Balance | Field::PatientResponsibility);
    if sum.cells.len() == 1 && sum.cells.keys().all(misplaced) && named(&sum.label) == Some(Field::Charge) {
        by_its_name(sum);
    }
}

/// A line of amounts without words goes with the sum above or below it, as where the columns have two heads each.
pub(crate) fn not_rest_of_sum(sum: Total, above: Option<&mut Total>) -> Option<Total> {
    match above.filter(|a| (sum.label.is_empty() || a.label.is_empty()) && a.rows == sum.rows) {
        Some(a) => {
            if a.label.is_empty() {
                (a.label, a.scope) = (sum.label, sum.scope);
            }
            for (field, cell) in sum.cells {
                a.cells.entry(field).or_insert(cell);
            }
            None
        }
        None => Some(sum),
    }
}

/// The sum in a box under the rows whose words name an amount, where the rows' own make up just that: `Plan paid providers`.
pub(crate) fn proved(label: &str, row: &Row, rows: &[Row]) -> Option<Total> {
    let mut sum = sum_of(label, row, rows.len());
    let fields = Vocabulary::builtin().lookup(label.trim_end_matches([':', ' ']))?.fields;
    let ([field], (1, Some((_, cell)))) = (fields.as_slice(), (sum.cells.len(), sum.cells.pop_first())) else { return None };
    let amount = |c: &Cell| match c.value {
        Value::Money(m) => Some(m),
        _ => None,
    };
    let each: Vec<Money> = rows.iter().filter_map(|r| r.cells.get(field).and_then(amount)).collect();
    (!each.is_empty() && amount(&cell) == Some(each.into_iter().sum())).then(|| {
        sum.cells.insert(*field, cell);
        sum
    })
}

/// Whether every amount of a row is what one of the columns of all `rows` comes to, or a sum that is known: the boxes of
/// an EOB's sums under names of their own.
pub(crate) fn are_all_sums(row: &Row, rows: &[Row], totals: &[Total]) -> bool {
    let amount = |c: &Cell| c.money().map(Money::abs);
    let mut known: BTreeMap<Field, Money> = BTreeMap::new();
    for (field, m) in rows.iter().flat_map(|r| &r.cells).filter_map(|(f, c)| Some((*f, amount(c)?))) {
        *known.entry(field).or_default() += m;
    }
    let known: BTreeSet<Money> =
        known.into_values().chain(totals.iter().flat_map(|t| t.cells.values()).filter_map(amount)).collect();
    let mut amounts = row.cells.values().filter_map(amount);
    !rows.is_empty() && amounts.all(|m| m == Money::ZERO || known.contains(&m))
}

/// Whether a printed total is the sum of the charges of all rows: then none of them is missing.
pub(crate) fn add_up_to_a_total(rows: &[Row], totals: &[Total]) -> bool {
    let charge = |cells: &BTreeMap<Field, Cell>| cells.get(&Field::Charge).and_then(Cell::money);
    let sum: Money = rows.iter().filter_map(|r| charge(&r.cells)).sum();
    rows.len() >= 2 && totals.iter().any(|t| charge(&t.cells) == Some(sum))
}

/// The sum that a row of the grammar turned out to be.
pub(crate) fn sum_of(label: &str, row: &Row, rows: usize) -> Total {
    let cells = row.cells.iter().filter(|(f, _)| is_money_field(**f)).map(|(f, c)| (*f, c.clone())).collect();
    Total { label: label.to_owned(), scope: TotalScope::Document, cells, rows: (0, rows), claim: None }
}

/// A sum under `Total of all claims`: the words beside it say of what, not the column that it happens to stand under.
pub(crate) fn sum_by_name(label: &str, row: &Row, rows: usize) -> Total {
    let mut sum = sum_of(label, row, rows);
    let known = named(label).is_some();
    by_its_name(&mut sum);
    if !known || sum.cells.len() > 1 {
        sum.cells.clear();
    }
    sum
}

/// Sums that run down the page in a panel: `What the plan paid  $1,991.83` where the rows' own payments add up to just that.
pub(crate) fn sums_down(t: &Table, rows: &[&Row], upto: usize) -> Vec<Total> {
    let vocabulary = Vocabulary::builtin();
    let pair = |l: &BodyLine| {
        let [(label, _), (amount, _)] = l.assigned.cells.as_slice() else { return None };
        let words = label.text.trim_end_matches([':', ' ']);
        let field = vocabulary.lookup(words).filter(|_| label.kind == TokenKind::Text)?.fields;
        let [field] = field[..] else { return None };
        let sum = money::money(&amount.text).filter(|_| amount.kind == TokenKind::Money && is_money_field(field))?;
        let cell = Cell {
            value: Value::Money(sum),
            raw: amount.text.clone(),
            page: l.page,
            bbox: amount.bbox,
            confidence: amount.confidence,
        };
        Some((field, sum, cell))
    };
    let adds_up = |field: Field, sum: Money| {
        let each = rows.iter().filter_map(|r| r.cells.get(&field)?.money());
        !rows.is_empty() && each.sum::<Money>() == sum
    };
    let beside = t.lines.iter().filter(|l| matches!(l.role, Role::Outside | Role::Heading | Role::Continuation));
    let sums = beside.filter_map(pair).filter(|(field, sum, _)| adds_up(*field, *sum));
    sums.map(|(field, _, cell)| Total {
        label: "sum of the services".to_owned(),
        scope: TotalScope::Claim,
        cells: BTreeMap::from([(field, cell)]),
        rows: (0, upto),
        claim: None,
    })
    .collect()
}

/// What a line calls its sums. Words of another block that stand beside the table say nothing of them:
/// `from the hospital for its   TOTALS   837.77   0.00`.
fn label_of_sum(l: &BodyLine, columns: &[Column]) -> String {
    let in_use = |c: usize| columns[c].fields != [Field::Ignored] && !columns[c].is_money();
    let own = l.assigned.cells.iter().filter(|(_, c)| in_use(*c)).map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" ");
    let whole = l.label(columns);
    let phrase = l.phrase_before().filter(|t| !is_total_label(&whole) && is_total_label(&t.text));
    if is_total_label(&own) { own } else { phrase.map_or(whole, |t| t.text.clone()) }
}

/// `07/18/2025 total   355.00`: what the services of a day come to.
pub(crate) fn is_of_day(text: &str) -> bool {
    let behind = |rest: &str| ["total", "sub-total", "subtotal"].iter().any(|w| rest.to_lowercase().starts_with(w));
    leading_date(text).is_some_and(|(_, rest)| behind(rest))
}

/// `radiology total`: the words are those of a group, as no other sum is called.
fn is_named_after_group(label: &str) -> bool {
    let name = label.trim_end().trim_end_matches(':');
    (name.ends_with(" total") || name.ends_with(" totals")) && !is_total_label(name)
}

/// The sums that a line prints under the columns. `of_group`: it is known to close a part of the rows.
pub(crate) fn total(l: &BodyLine, columns: &[Column], rows: usize, of_group: bool) -> Total {
    let label = label_of_sum(l, columns);
    let mut cells: BTreeMap<Field, Cell> = BTreeMap::new();
    let mut split: Option<(usize, String)> = None;
    if let Some(said) = labelled_sums(l) {
        for (field, t) in said {
            if let Some(m) = money::money(&t.text) {
                let value = Value::Money(m);
                cells.entry(field).or_insert(Cell {
                    value,
                    raw: t.text.clone(),
                    page: l.page,
                    bbox: t.bbox,
                    confidence: t.confidence,
                });
            }
        }
        return Total { scope: scope(l, &label, of_group), label, cells, rows: (0, rows), claim: None };
    }
    for (t, c) in l.assigned.cells.iter().filter(|(_, c)| !columns[*c].is_stacked()) {
        let Some(field) = columns[*c].fields.iter().copied().find(|f| is_money_field(*f)) else {
            continue;
        };
        let text = match (&split, t.kind) {
            (Some((col, whole)), TokenKind::Number) if col == c && t.text.len() == 2 => format!("{whole}.{}", t.text),
            _ if t.is_whole_number() => {
                split = Some((*c, t.text.clone()));
                continue;
            }
            _ => t.text.clone(),
        };
        let read = money::money(&text).map(|m| (m, 0)).or_else(|| money::money_lenient(&text));
        if let Some((m, n)) = read {
            let confidence = t.confidence * 0.93_f32.powi(i32::from(n));
            cells.entry(field).or_insert(Cell {
                value: Value::Money(m),
                raw: t.text.clone(),
                page: l.page,
                bbox: t.bbox,
                confidence,
            });
        }
    }
    Total { scope: scope(l, &label, of_group), label, cells, rows: (0, rows), claim: None }
}

/// What a sum is of, by what its line calls it.
fn scope(l: &BodyLine, label: &str, of_group: bool) -> TotalScope {
    let lower = label.to_lowercase();
    let all = lower.contains(" all ") && (lower.contains("claims") || lower.contains("visits") || lower.contains("patients"));
    if all {
        TotalScope::Document
    } else if of_group
        || is_of_day(&l.text)
        || is_named_after_group(&lower)
        || lower.contains("sub")
        || lower.contains(" for ") && !lower.contains("claim")
        || lower.contains("daily")
    {
        TotalScope::Group
    } else if lower.contains("claim") {
        TotalScope::Claim
    } else {
        TotalScope::Document
    }
}

/// `Claim totals  Amount billed $429.34  Discount $224.96  You owe $106.34`: where the name of an amount stands before each, no
/// column has a say in them.
fn labelled_sums(l: &BodyLine) -> Option<Vec<(Field, &Token)>> {
    let tokens: Vec<&Token> = l.assigned.cells.iter().map(|(t, _)| t).filter(|t| t.text != "$").collect();
    let pair = |p: &[&Token]| match p {
        [name, amount] if name.kind == TokenKind::Text && amount.kind == TokenKind::Money => {
            let name = name.text.trim_end_matches([':', '.', ' ']);
            Vocabulary::builtin()
                .lookup(name)
                .filter(|m| m.fields.len() == 1 && is_money_field(m.fields[0]))
                .map(|m| m.fields[0])
                .or_else(|| named(name))
        }
        _ => None,
    };
    let said: Vec<(Field, &Token)> = tokens.chunks(2).map(|p| pair(p).map(|f| (f, p[1]))).collect::<Option<_>>()?;
    let each: BTreeSet<Field> = said.iter().map(|(f, _)| *f).collect();
    (said.len() >= 2 && each.len() == said.len()).then_some(said)
}

/// Whether words that stand beside amounts, without a day or code, name a sum: `Charges $330.00 less credits`, or on an EOB
/// the heading of a column, as where the amounts run down the page.
pub(crate) fn names_amounts(d: &Draft, eob: bool) -> bool {
    let reckons = d.text.split(' ').any(|w| w.contains('$') && money::money(w).is_some());
    let heads = || Vocabulary::builtin().lookup(&d.text).is_some_and(|m| m.fields.iter().all(|f| is_money_field(*f)));
    !d.identified && !d.dated && (reckons || eob && heads())
}

/// `Discount your plan negotiated: $1,505.60`: no service has the name of an amount and a colon.
pub(crate) fn names_with_colon(d: &Draft) -> bool {
    let name = d.text.trim_end().strip_suffix(':');
    let of_amount = |m: HeaderMatch| m.fields.iter().all(|f| is_money_field(*f));
    !d.identified && !d.dated && name.and_then(|n| Vocabulary::builtin().guess(n)).is_some_and(of_amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;
    use crate::statement::LineKind;

    fn row(cells: &[(Field, i64)]) -> Row {
        let cell = |cents| Cell {
            value: Value::Money(Money::from_cents(cents)),
            raw: String::new(),
            page: 1,
            bbox: BBox::default(),
            confidence: 1.0,
        };
        let cells = cells.iter().map(|(f, c)| (*f, cell(*c))).collect();
        Row { kind: LineKind::Service, cells, claim: None, page: 1, bbox: BBox::default() }
    }

    #[test]
    fn amounts_behind_their_names_are_of_no_column() {
        use crate::test_pages::read;
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (44.0, &[(30.0, "Claim number: 400500600700"), (300.0, "Patient: Jane Roe")]),
            (
                60.0,
                &[
                    (30.0, "Date"),
                    (110.0, "Service"),
                    (-300.0, "Billed"),
                    (-380.0, "Allowed"),
                    (-460.0, "Plan paid"),
                    (-540.0, "You owe"),
                ],
            ),
            (
                74.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "OFFICE VISIT"),
                    (-300.0, "210.00"),
                    (-380.0, "150.00"),
                    (-460.0, "120.00"),
                    (-540.0, "30.00"),
                ],
            ),
            (
                88.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "BLOOD DRAW"),
                    (-300.0, "20.00"),
                    (-380.0, "15.00"),
                    (-460.0, "15.00"),
                    (-540.0, "0.00"),
                ],
            ),
            (
                102.0,
                &[
                    (30.0, "Claim totals Billed"),
                    (-160.0, "$230.00"),
                    (180.0, "Plan paid"),
                    (-290.0, "$135.00"),
                    (330.0, "You owe"),
                    (-405.0, "$30.00"),
                ],
            ),
        ]);
        let sums: Vec<(Field, Option<Money>)> = s.totals.iter().flat_map(|t| &t.cells).map(|(f, c)| (*f, c.money())).collect();
        let cents = |n| Some(Money::from_cents(n));
        assert_eq!(
            sums,
            [(Field::Charge, cents(23_000)), (Field::PlanPaid, cents(13_500)), (Field::PatientResponsibility, cents(3_000))]
        );
    }

    #[test]
    fn a_named_amount_that_the_rows_make_up_is_their_sum() {
        let rows = [row(&[(Field::PlanPaid, 1_000)]), row(&[(Field::PlanPaid, 250)])];
        let found =
            |label: &str, cents| proved(label, &row(&[(Field::Charge, cents)]), &rows).map(|t| t.cells.into_keys().collect());
        assert_eq!(found("Plan paid:", 1_250), Some(vec![Field::PlanPaid]), "by its words, not its column");
        assert_eq!(found("Plan paid:", 1_300), None);
        assert_eq!(found("Discount", 1_250), None);
    }
}
