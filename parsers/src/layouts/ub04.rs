//! UB-04 (CMS-1450), the claim form of hospitals, as the patient's copy.
//!
//! Its service lines (form locators 42 to 49) are a table like any other; what the form adds are the places of the
//! period (locator 6) and of the total on the line of revenue code 0001.

use std::sync::LazyLock;

use regex::Regex;

use super::cms1500::words_of;
use super::{Input, Layout, generic::Generic};
use crate::facts::Header;
use crate::grammar::date;
use crate::reading::TableReading;
use crate::statement::{Cell, Field, Value};
use crate::text_lines::PageLines;

/// The form, printed or filled in by typewriter.
pub struct Ub04;

static PERIOD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)statement\s+covers\s+period").expect("a constant pattern"));

impl Layout for Ub04 {
    fn name(&self) -> &'static str {
        "ub04"
    }

    fn about(&self) -> &'static str {
        "The UB-04 (CMS-1450) claim form: a hospital's charges by revenue code."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        let form = input.says("covers period") && input.says("type of bill") && input.has_column(Field::RevenueCode);
        (form && input.is_bill() && input.has_rows()).then_some(0.9)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        Generic.read(input)
    }

    fn header(&self, input: &Input<'_>, reading: &TableReading, header: &mut Header) {
        if let Some((from, to)) = input.pages.iter().find_map(|p| period(p, input)) {
            header.cells.insert(Field::ServiceFrom, vec![from]);
            header.cells.insert(Field::ServiceTo, vec![to]);
        }
        // the line of revenue code 0001 sums the charges, and in another column those that are not covered
        let sum = reading.totals.iter().rev().find(|t| t.label.split_whitespace().any(|w| matches!(w, "0001" | "001")));
        if let Some(c) = sum.and_then(|t| t.cells.get(&Field::Charge)) {
            header.cells.insert(Field::TotalCharges, vec![c.clone()]);
        }
    }
}

/// Form locator 6: two days below their caption.
fn period(page: &PageLines, input: &Input<'_>) -> Option<(Cell, Cell)> {
    let (at, first, _) = page.lines.iter().enumerate().find_map(|(i, l)| words_of(l, &PERIOD).map(|(a, b)| (i, a, b)))?;
    let caption = &page.lines[at];
    let left = caption.words[first].bbox.x0 - 14.0;
    let below = page.lines[at + 1..].iter().take_while(|l| l.bbox.y0 - caption.bbox.y1 < 26.0);
    for l in below {
        let days: Vec<Cell> = l
            .words
            .iter()
            .filter(|w| w.bbox.x0 >= left)
            .filter_map(|w| {
                let day =
                    date::date(&w.text).or_else(|| date::compact_date(&w.text)).and_then(|d| d.resolve(input.setting.anchor))?;
                let raw = w.text.clone();
                Some(Cell { value: Value::Date(day), raw, page: page.number, bbox: w.bbox, confidence: w.confidence })
            })
            .collect();
        if let [from, to, ..] = days.as_slice() {
            return Some((from.clone(), to.clone()));
        }
    }
    None
}
