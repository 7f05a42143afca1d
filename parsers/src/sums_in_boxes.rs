//! Boxes of sums on a bill, whose captions may stand on several lines:
//!
//! ```text
//! The cost of     Insurance      Insurance     You have     You owe
//!  your care      discount         paid          paid         us
//!  $7,233.77  -   $2,298.26  -  $1,420.75  -    $0.00   =  $3,514.76
//! ```
//! They are taken for the bill's own where they bear one another out.

use std::collections::BTreeMap;

use crate::columns::{Column, TableHeader, boxes, is_money_field};
use crate::grammar::money;
use crate::statement::{Cell, Total, TotalScope, Value};
use crate::table_totals::reckons;
use crate::text_lines::PageLines;
use crate::tokens::{TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// The sums of such boxes that bear one another out: charges less what was taken off and paid are what is owed.
pub(crate) fn reckoned(pages: &[PageLines], vocabulary: &Vocabulary) -> Vec<Total> {
    let of_page = |p: &PageLines| boxes(p, vocabulary).iter().filter_map(|b| sums(p, b)).collect::<Vec<_>>();
    pages.iter().flat_map(of_page).filter(reckons).collect()
}

/// The amounts under the captions of a box, each that of the caption in whose middle it stands.
fn sums(page: &PageLines, captions: &TableHeader) -> Option<Total> {
    let line = page.lines.get(captions.end_line)?;
    let mut cells = BTreeMap::new();
    for t in tokens(line).into_iter().filter(|t| t.kind == TokenKind::Money) {
        let away = |c: &&Column| {
            let (a, b) = (c.head_box, t.bbox);
            (a.cx() - b.cx()).abs().min((a.x0 - b.x0).abs()).min((a.x1 - b.x1).abs())
        };
        let column = captions.columns.iter().min_by(|a, b| away(a).total_cmp(&away(b)))?;
        let [field] = column.fields[..] else { continue };
        let cell = Cell {
            value: Value::Money(money::money(&t.text)?),
            raw: t.text.clone(),
            page: page.number,
            bbox: t.bbox,
            confidence: t.confidence,
        };
        if is_money_field(field) && cells.insert(field, cell).is_some() {
            return None;
        }
    }
    Some(Total { label: String::new(), scope: TotalScope::Document, cells, rows: (0, 0), claim: None })
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    fn charges(owed: &'static str) -> Option<String> {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (40.0, &[(30.0, "Jane Roe"), (400.0, "Account 329-80200")]),
            (90.0, &[(68.0, "The cost of"), (180.0, "Insurance"), (290.0, "Insurance"), (400.0, "You have"), (510.0, "You owe")]),
            (100.0, &[(72.0, "your care"), (182.0, "discount"), (299.0, "paid"), (409.0, "paid"), (521.0, "us")]),
            (116.0, &[(66.0, "$7,233.77"), (178.0, "$2,298.26"), (289.0, "$1,420.75"), (405.0, "$0.00"), (508.0, owed)]),
            (150.0, &[(40.0, "What your care was made up of")]),
            (165.0, &[(40.0, "Emergency Room"), (-240.0, "$5,000.00"), (300.0, "Laboratory"), (-540.0, "$2,233.77")]),
            (190.0, &[(40.0, "Detach here and return the lower part with your payment")]),
        ]);
        match s.header.get(&Field::TotalCharges)?.first()?.value {
            Value::Money(m) => Some(m.to_string()),
            _ => None,
        }
    }

    #[test]
    fn captions_of_two_lines_name_the_sums_that_bear_one_another_out() {
        assert_eq!(charges("$3,514.76").as_deref(), Some("7233.77"));
    }
}
