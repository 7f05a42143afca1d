//! Summary bill: departments and amounts, no codes.

use super::{Input, Layout, generic::Generic};
use crate::reading::TableReading;
use crate::statement::DocKind;

/// A bill that does not itemise.
pub struct SummaryStatement;

impl Layout for SummaryStatement {
    fn name(&self) -> &'static str {
        "summary_statement"
    }

    fn about(&self) -> &'static str {
        "A bill without codes: departments or visits with their amounts."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        (input.kind == DocKind::SummaryBill).then_some(0.6)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        Generic.read(input)
    }
}
