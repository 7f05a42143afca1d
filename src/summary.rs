//! The table that a run ends with.

use comfy_table::{CellAlignment, Table, presets};

use crate::export::run_json::RunReport;

/// One line for each count of the run.
pub fn counts(report: &RunReport) -> String {
    let by = |counts: &std::collections::BTreeMap<String, usize>| {
        counts.iter().map(|(name, n)| format!("{n} {name}")).collect::<Vec<_>>().join(", ")
    };
    let c = &report.counts;
    format!("{} files ({}), {} pages, {} lines, {} cases", c.files, by(&c.documents), c.pages, c.lines, c.cases)
}

/// A table with its first column of words and its other ones of figures.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(header.to_vec());
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
