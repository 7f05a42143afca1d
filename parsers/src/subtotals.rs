//! Sums among the rows of a table: their label is not known, or was not read well enough to tell them, their amount does.
//!
//! `** TOT FC 9/2025  1,147.04` was `** TOTAL FOR 04/09/2025`, and `Cost of services` closes a table of services. Taken for a
//! service it is a charge that no EOB shows. A sum has neither code nor day of its own, and is what the charges above it
//! add up to.

use std::ops::Range;

use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Value};

/// Takes the sums out of the rows. What a scan shows of a label is not all that was printed: `read` says that it is one.
pub(crate) fn take_out(rows: &mut Vec<Row>, totals: &mut Vec<Total>, read: bool) {
    let mut start = 0;
    let mut i = 0;
    while i < rows.len() {
        let summed = sum_of(&rows[start..i], &rows[i]).map(|n| i - n..i);
        let summed = summed.or_else(|| sums_all(&rows[..i], &rows[i], read).then_some(0..i));
        let named = is_bare(&rows[i]) && read && says_total(&rows[i]) || asks(&rows[i]);
        let summed = summed.or_else(|| named.then_some(start..i));
        let Some(summed) = summed else {
            i += 1;
            continue;
        };
        let row = rows.remove(i);
        shift(totals, i);
        totals.push(total(&row, summed));
        start = i;
    }
}

/// How many of the rows above add up to this one.
fn sum_of(above: &[Row], row: &Row) -> Option<usize> {
    let wanted = charge(row).filter(|c| *c > Money::ZERO && is_bare(row))?;
    let mut sum = Money::ZERO;
    for (n, r) in above.iter().rev().enumerate() {
        if r.kind != LineKind::Service {
            return None;
        }
        sum += charge(r)?;
        if sum == wanted && n > 0 {
            return Some(n + 1);
        }
        if sum > wanted {
            return None;
        }
    }
    None
}

/// Whether it is what all services above it add up to, whatever payments stand between; they have days or codes, it has none.
/// On a scan it may have lost its own, and one row is no sum there.
fn sums_all(above: &[Row], row: &Row, read: bool) -> bool {
    let services = || above.iter().filter(|r| r.kind == LineKind::Service);
    let Some(wanted) = charge(row).filter(|c| *c > Money::ZERO && is_bare(row)) else { return false };
    services().count() > usize::from(read)
        && services().all(|r| !is_bare(r))
        && services().map(charge).sum::<Option<Money>>() == Some(wanted)
}

fn charge(row: &Row) -> Option<Money> {
    match row.cells.get(&Field::Charge)?.value {
        Value::Money(m) => Some(m),
        _ => None,
    }
}

/// A charge and words, and nothing that makes a service of them.
fn is_bare(row: &Row) -> bool {
    let of_service = [Field::ServiceDate, Field::Code, Field::RevenueCode, Field::Units, Field::Modifiers];
    row.kind == LineKind::Service && charge(row).is_some() && !of_service.iter().any(|f| row.cells.contains_key(f))
}

fn label(row: &Row) -> &str {
    row.cells.get(&Field::Description).map_or("", |c: &Cell| &c.raw)
}

/// The words of a label without the single signs that a check mark or a crease is read as.
fn words(row: &Row) -> Vec<String> {
    label(row).split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 1).map(str::to_uppercase).collect()
}

/// `** TOT FC`, `TOTA FOR`: what is left of the word. `V Totals`: a check mark before it. `SUBTOTALANESTHESIA`: the next word
/// run into it. `TOTAL PROTEIN` is a service.
fn says_total(row: &Row) -> bool {
    let words = words(row);
    let Some(first) = words.first() else { return false };
    matches!(first.as_str(), "TOT" | "TOTA" | "OTAL" | "SUBTOT" | "SUBTOTA")
        || first.starts_with("SUBTOTAL")
        || words.len() == 1 && matches!(first.as_str(), "TOTAL" | "TOTALS")
}

/// `Amount due`, `Lakeside Hospital P.O. Box 9071 Pay this amount`: what is asked for is no service, whatever stands beside it.
fn asks(row: &Row) -> bool {
    const ASKED: [[&str; 2]; 4] = [["AMOUNT", "DUE"], ["BALANCE", "DUE"], ["PLEASE", "PAY"], ["PAY", "THIS"]];
    let words = words(row);
    let bare = row.kind == LineKind::Service && charge(row).is_some() && !row.cells.contains_key(&Field::ServiceDate);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    bare && ASKED.iter().any(|asked| words.windows(2).any(|w| w == asked))
}

fn total(row: &Row, rows: Range<usize>) -> Total {
    let cells = row.cells.iter().filter(|(_, c)| matches!(c.value, Value::Money(_))).map(|(f, c)| (*f, c.clone())).collect();
    Total { label: label(row).to_owned(), scope: TotalScope::Group, cells, rows: (rows.start, rows.end), claim: row.claim }
}

/// Rows behind a removed one move up.
pub(crate) fn shift(totals: &mut [Total], removed: usize) {
    for t in totals {
        t.rows.0 -= usize::from(t.rows.0 > removed);
        t.rows.1 -= usize::from(t.rows.1 > removed);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::page_text::BBox;

    fn row(text: &str, cents: i64, code: &str) -> Row {
        let cell = |value| Cell { value, raw: text.to_owned(), page: 1, bbox: BBox::default(), confidence: 0.9 };
        let mut cells = BTreeMap::from([
            (Field::Description, cell(Value::Text(text.to_owned()))),
            (Field::Charge, cell(Value::Money(Money::from_cents(cents)))),
        ]);
        if !code.is_empty() {
            cells.insert(Field::Code, cell(Value::Code(code.to_owned())));
        }
        Row { kind: LineKind::Service, cells, claim: None, page: 1, bbox: BBox::default() }
    }

    fn left(rows: &[Row]) -> (Vec<String>, Vec<(usize, usize)>) {
        let mut rows = rows.to_vec();
        let mut totals = Vec::new();
        take_out(&mut rows, &mut totals, true);
        (rows.iter().map(|r| label(r).to_owned()).collect(), totals.iter().map(|t| t.rows).collect())
    }

    #[test]
    fn what_the_rows_above_add_up_to_is_a_sum() {
        let day = [row("A", 100, "1"), row("B", 250, ""), row("** T0. FR", 350, ""), row("C", 10, ""), row("D", 20, "")];
        assert_eq!(left(&day), (["A", "B", "C", "D"].map(str::to_owned).to_vec(), vec![(0, 2)]));
        let second = [row("X", 500, "1"), row("A", 100, "1"), row("B", 250, "2"), row("DAY", 350, "")];
        assert_eq!(left(&second).1, [(1, 3)], "the last two of three");
        assert!(left(&[row("A", 100, "1"), row("B", 250, ""), row("C", 350, "99213")]).1.is_empty(), "it has a code");
        assert!(left(&[row("A", 100, "1"), row("A AGAIN", 100, "")]).1.is_empty(), "one row is no sum");
        assert!(left(&[row("A", 100, "1"), row("B", 200, ""), row("C", 350, "")]).1.is_empty());
    }

    #[test]
    fn print_names_its_sums_as_it_likes() {
        let of = |rows: &[Row]| {
            let (mut rows, mut totals) = (rows.to_vec(), Vec::new());
            take_out(&mut rows, &mut totals, false);
            rows.len()
        };
        let mut paid = row("PLAN PAYMENT", 80, "");
        paid.kind = LineKind::Payment;
        assert_eq!(of(&[row("A", 100, "1"), row("B", 250, "2"), paid, row("Visit charges", 350, "")]), 3);
        assert_eq!(of(&[row("A", 100, "1"), row("Cost of services", 100, "")]), 1, "also of one");
        assert_eq!(of(&[row("A", 100, ""), row("B", 100, "")]), 2, "what has no day or code anywhere is not told apart");
        assert_eq!(of(&[row("A", 100, "1"), row("Patient amount due", 60, "")]), 1);
    }

    #[test]
    fn half_the_word_is_enough() {
        let rows = [row("A", 100, "1"), row("B", 250, "2"), row("** TOT FC 9/2025", 360, ""), row("C", 7, "3")];
        assert_eq!(left(&rows), (["A", "B", "C"].map(str::to_owned).to_vec(), vec![(0, 2)]));
        assert!(left(&[row("A", 100, "1"), row("TOTE BAG", 360, "")]).1.is_empty());
    }

    #[test]
    fn a_check_mark_or_a_word_run_together_hides_no_sum() {
        for sum in ["V Totals", "SUBTOTALANESTHESIA", "Amount due"] {
            assert_eq!(left(&[row("A", 100, "1"), row("B", 250, "2"), row(sum, 360, "")]).1, [(0, 2)], "{sum}");
        }
        assert_eq!(left(&[row("A", 100, "1"), row("Amount due", 360, "19657")]).1, [(0, 1)], "the number beside it is no code");
        for service in ["TOTAL PROTEIN", "BILIRUBIN TOTAL", "TOTAL HIP ARTHROPLASTY"] {
            assert!(left(&[row("A", 100, "1"), row(service, 360, "")]).1.is_empty(), "{service}");
        }
    }
}
