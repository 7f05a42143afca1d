//! Exports of patient portals: delimited text and workbooks.
//!
//! A table is a statement if its header row names, in the words of the column grammar, a day of service, an amount and
//! something third. Lines above it are what the portal says of the account; a row of sums below it is no service.

mod delimited;
mod header;
mod sheet;
mod statement;

#[cfg(test)]
mod tests;

use super::Part;
use super::text::decode_file;

/// The number of a row in its file, and its cells as text.
pub type NumberedRow = (usize, Vec<String>);
/// The rows of a table.
pub type Grid = Vec<NumberedRow>;

/// Rows of one table: a history of ten years has some thousands.
const MOST_ROWS: usize = 200_000;

/// Whether the beginning of a file looks like the table of a statement.
pub fn is_statement(head: &[u8]) -> bool {
    let text = decode_file(head);
    // the last line may be cut off
    let grid = delimited::grid(&text);
    header::find(&grid).is_some()
}

/// The statement of a delimited text.
pub fn read(bytes: &[u8]) -> Result<Vec<Part>, String> {
    let grid = delimited::grid(&decode_file(bytes));
    of_grid(&grid, 1).map_or_else(|| Err("a table without a day of service and an amount".to_owned()), |part| Ok(vec![part]))
}

/// The statements of a workbook, one for each sheet that holds one.
pub fn read_workbook(bytes: &[u8]) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    for grid in sheet::grids(bytes)? {
        let page = u32::try_from(parts.len() + 1).unwrap_or(u32::MAX);
        parts.extend(of_grid(&grid, page));
    }
    if parts.is_empty() {
        Err("a workbook without a table of services (a day of service, an amount)".to_owned())
    } else {
        Ok(parts)
    }
}

fn of_grid(grid: &[NumberedRow], page: u32) -> Option<Part> {
    let table = header::find(grid)?;
    Some(statement::statement(grid, &table, page))
}
