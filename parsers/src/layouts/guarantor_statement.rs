//! Physician or guarantor statement: services with their payments and adjustments.

use super::{Input, Layout, generic::Generic};
use crate::reading::TableReading;
use crate::statement::{DocKind, Field};

/// Account activity of a practice, a laboratory, a therapist or an ambulance.
pub struct GuarantorStatement;

impl Layout for GuarantorStatement {
    fn name(&self) -> &'static str {
        "guarantor_statement"
    }

    fn about(&self) -> &'static str {
        "A practice's statement: codes and charges, payments and adjustments in rows or columns beside them."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        (input.kind == DocKind::ItemizedBill && input.has_rows() && !input.has_column(Field::RevenueCode)).then_some(0.6)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        Generic.read(input)
    }
}
