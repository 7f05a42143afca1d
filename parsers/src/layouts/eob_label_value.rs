//! EOB without a table: every service is a block of labels and values.

use super::{Input, Layout};
use crate::label_value;
use crate::reading::TableReading;
use crate::statement::DocKind;

/// Blocks of labels and values.
pub struct EobLabelValue;

impl Layout for EobLabelValue {
    fn name(&self) -> &'static str {
        "eob_label_value"
    }

    fn about(&self) -> &'static str {
        "An explanation of benefits that lists each service as labels with values instead of a table."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        let carded = input.pages.iter().any(|p| p.carded);
        (input.kind == DocKind::Eob && (carded || !input.has_rows())).then_some(if carded { 0.8 } else { 0.6 })
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        label_value::read(input.pages, input.vocabulary, input.setting)
    }
}
