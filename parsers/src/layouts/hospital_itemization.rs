//! Hospital itemised bill: revenue codes as a column or as headings over groups, subtotals, payments below.

use super::{Input, Layout, generic::Generic};
use crate::reading::TableReading;
use crate::revenue_headings::heading_revenue_code;
use crate::statement::{DocKind, Field};

/// Every charge of a hospital account.
pub struct HospitalItemization;

impl Layout for HospitalItemization {
    fn name(&self) -> &'static str {
        "hospital_itemization"
    }

    fn about(&self) -> &'static str {
        "A hospital's itemised statement or claim form: revenue code, code, units and amount of every charge."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        let grouped = || input.tables.iter().flat_map(|t| &t.lines).any(|l| heading_revenue_code(&l.text).is_some());
        (input.kind == DocKind::ItemizedBill && input.has_rows() && (input.has_column(Field::RevenueCode) || grouped()))
            .then_some(0.7)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        Generic.read(input)
    }
}
