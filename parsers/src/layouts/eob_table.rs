//! EOB with a table: one row per service, one column per amount, footnote codes at the end.

use super::{Input, Layout, generic::Generic};
use crate::reading::TableReading;
use crate::statement::{DocKind, Field};

/// Insurers' wide tables.
pub struct EobTable;

impl Layout for EobTable {
    fn name(&self) -> &'static str {
        "eob_table"
    }

    fn about(&self) -> &'static str {
        "An explanation of benefits with a column for each amount: billed, discount, allowed, paid, owed."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        let settled = [Field::Allowed, Field::PlanPaid, Field::PatientResponsibility, Field::PlanDiscount, Field::Adjustments]
            .into_iter()
            .filter(|f| input.has_column(*f))
            .count();
        (input.kind == DocKind::Eob && settled >= 2 && input.has_rows()).then_some(0.7)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        Generic.read(input)
    }
}
