//! Amounts of a scan that have lost their first figures: a stroke of a pen lies on them, a fold goes through them.
//!
//! What is left of such an amount is often read without doubt, and is a wrong figure all the same. It tells itself by what it
//! lacks: the figures before the point, the cents, or the dollar sign that all others of its column have.

use std::collections::BTreeSet;

use crate::statement::{Cell, Row, Total, Value};

/// What may have lost its first figures is no surer than this.
pub(crate) const TORN: f32 = 0.5;
/// So many amounts of a column must be printed with a dollar sign to say that all are.
const KNOWN: usize = 4;

/// `.05`, `,535.82`, `082.61`, `$2`: a part of an amount rather than an amount.
pub(crate) fn is_torn(text: &str) -> bool {
    let figure = text.trim_start_matches(['$', '-', '(', ' ']);
    let headless = figure.starts_with(['.', ',']) && figure.chars().any(|c| matches!(c, '1'..='9'));
    let hundreds = figure.starts_with('0') && figure.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let centless = text.contains('$') && !text.contains(['.', ' ']) && figure.len() < 3;
    headless || hundreds || centless
}

/// Takes the certainty from amounts without a dollar sign in columns whose other amounts have one.
pub(crate) fn doubt(rows: &mut [Row], totals: &mut [Total]) {
    let fields: BTreeSet<_> = rows.iter().flat_map(|r| r.cells.keys()).copied().collect();
    for field in fields {
        let amounts: Vec<&Cell> =
            rows.iter().filter_map(|r| r.cells.get(&field)).filter(|c| matches!(c.value, Value::Money(_))).collect();
        let signed = amounts.iter().filter(|c| c.raw.contains('$')).count();
        if signed >= KNOWN && signed * 5 >= amounts.len() * 4 {
            let bare = |c: &&mut Cell| matches!(c.value, Value::Money(_)) && !c.raw.contains(['$', 'S']);
            rows.iter_mut().filter_map(|r| r.cells.get_mut(&field)).filter(bare).for_each(lower);
        }
    }
    let sums = totals.iter_mut().flat_map(|t| t.cells.values_mut());
    sums.filter(|c| is_torn(&c.raw)).for_each(lower);
}

fn lower(cell: &mut Cell) {
    cell.confidence = cell.confidence.min(TORN);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::page_text::BBox;
    use crate::statement::{Field, LineKind, Money};

    fn column(raws: &[&str]) -> Vec<f32> {
        let row = |raw: &&str| {
            let value = Value::Money(Money::from_cents(1_009));
            let cell = Cell { value, raw: (*raw).to_owned(), page: 1, bbox: BBox::default(), confidence: 0.99 };
            Row {
                kind: LineKind::Service,
                cells: BTreeMap::from([(Field::Allowed, cell)]),
                claim: None,
                page: 1,
                bbox: BBox::default(),
            }
        };
        let mut rows: Vec<Row> = raws.iter().map(row).collect();
        doubt(&mut rows, &mut []);
        rows.iter().map(|r| r.cells[&Field::Allowed].confidence).collect()
    }

    #[test]
    fn parts_of_amounts() {
        assert!([".05", ",535.82", "082.61", "$2", "-.50"].into_iter().all(is_torn));
        assert!(![".00", "0.05", "$2.00", "$1,200", "12.50", "$ 2"].into_iter().any(is_torn));
    }

    #[test]
    fn the_one_without_a_dollar_sign_is_doubtful_where_all_others_have_one() {
        assert_eq!(column(&["$1.00", "$2.00", "$3.00", "$4.00", "10.09"]), [0.99, 0.99, 0.99, 0.99, TORN]);
        assert_eq!(column(&["$1.00", "$2.00", "10.09"]), [0.99; 3]);
        assert_eq!(column(&["$1.00", "2.00", "3.00", "4.00", "10.09"]), [0.99; 5], "only the first is printed with one");
    }
}
