//! Sheets of a workbook → rows of cells.

use std::io::Cursor;

use calamine::{Data, Reader, open_workbook_auto_from_rs};

use super::{Grid, MOST_ROWS};

/// Sheets that are looked at.
const MOST_SHEETS: usize = 50;
/// Cells of one sheet, which may claim to reach to its last row and column.
const MOST_CELLS: usize = 5_000_000;

/// The sheets of a workbook that have anything in them.
pub fn grids(bytes: &[u8]) -> Result<Vec<Grid>, String> {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| format!("no workbook that can be read: {e}"))?;
    let mut grids = Vec::new();
    for name in book.sheet_names().into_iter().take(MOST_SHEETS) {
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let (rows, columns) = range.get_size();
        if rows.saturating_mul(columns) > MOST_CELLS {
            return Err(format!("a sheet of {rows} rows and {columns} columns"));
        }
        let first = range.start().map_or(0, |(row, _)| row as usize);
        let rows = range.rows().enumerate().take(MOST_ROWS);
        let grid: Grid = rows.map(|(i, row)| (first + i + 1, row.iter().map(text).collect())).collect();
        if !grid.is_empty() {
            grids.push(grid);
        }
    }
    Ok(grids)
}

/// A cell as it would be typed. Amounts are stored as binary numbers; their shortest decimal is what was typed.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(s) | Data::DurationIso(s) => s.trim().to_owned(),
        Data::DateTimeIso(s) => s.get(..10).unwrap_or(s).to_owned(),
        Data::Int(i) => i.to_string(),
        // sums of a sheet are off in the last of sixteen places
        Data::Float(f) => format!("{}", (f * 1e6).round() / 1e6),
        Data::Bool(b) => b.to_string(),
        Data::DateTime(d) => {
            let (year, month, day, ..) = d.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
    }
}
