//! Medicare Summary Notice, Part A and Part B (CMS form 20027 and its successors).

use super::{Input, Layout, generic::Generic};
use crate::column_grammar::TableReading;
use crate::statement::DocKind;

/// The notice that Original Medicare sends every three months.
pub struct MedicareSummaryNotice;

impl Layout for MedicareSummaryNotice {
    fn name(&self) -> &'static str {
        "medicare_summary_notice"
    }

    fn about(&self) -> &'static str {
        "Original Medicare's notice: amount charged, Medicare-approved, Medicare paid, maximum you may be billed."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        (input.kind == DocKind::Eob && input.says("medicare summary notice")).then_some(0.9)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        Generic.read(input)
    }
}
