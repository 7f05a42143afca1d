//! How far a confidence can be trusted, measured over papers whose truth is known:
//!
//! ```text
//! cargo bench --bench reliability -- OUT TRUTH
//! ```
//!
//! `OUT` is the output folder of an audit, `TRUTH` a folder with a `lines.csv` of the same columns that a person has
//! checked. Rows are paired within a file by the cells that they share. Printed are the rows by confidence, how many of
//! them are right in every cell that was given, and the silent errors: wrong cells in rows of 0.95 and more.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

type Row = BTreeMap<String, String>;

/// Cells that say where a row stands and how it was read, not what it says.
const ABOUT_THE_ROW: [&str; 8] = ["case_id", "path", "page", "line_no", "doc_kind", "confidence", "figures_confidence", "bbox"];
/// Lower ends of the bands.
const BANDS: [f64; 7] = [0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0];
/// From here on a wrong cell is a silent error.
const SURE: f64 = 0.95;

fn main() -> ExitCode {
    // Cargo passes flags of its own.
    let folders: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let [out, truth] = &folders[..] else {
        println!("usage: cargo bench --bench reliability -- OUT TRUTH");
        return ExitCode::SUCCESS;
    };
    match (rows(out), rows(truth)) {
        (Ok(out), Ok(truth)) => {
            print(&out, &truth);
            ExitCode::SUCCESS
        }
        (Err(e), _) | (_, Err(e)) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

/// The rows of a folder's lines.csv by file; parts of a file (`#p3-5`) count as the file.
fn rows(folder: &str) -> Result<BTreeMap<String, Vec<Row>>, String> {
    let path = Path::new(folder).join("lines.csv");
    let failed = |e: csv::Error| format!("{}: {e}", path.display());
    let mut reader = csv::Reader::from_path(&path).map_err(failed)?;
    let mut files: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in reader.deserialize::<Row>() {
        let row = row.map_err(failed)?;
        let file = row.get("path").map(|p| p.split("#p").next().unwrap_or_default().to_owned()).unwrap_or_default();
        files.entry(file).or_default().push(row);
    }
    Ok(files)
}

/// The cells that are given, with what is only a way of writing made alike.
fn cells(row: &Row) -> impl Iterator<Item = (&str, String)> {
    row.iter()
        .filter(|(column, value)| !value.trim().is_empty() && !ABOUT_THE_ROW.contains(&column.as_str()))
        .map(|(column, value)| (column.as_str(), plain(value)))
}

fn plain(value: &str) -> String {
    let words = value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words.parse::<rust_decimal::Decimal>().map_or(words, |n| n.normalize().to_string())
}

fn is_right(column: &str, value: &str, truth: &Row) -> bool {
    truth.get(column).is_some_and(|t| plain(t) == value)
}

#[derive(Default)]
struct Band {
    rows: usize,
    right_rows: usize,
    cells: usize,
    wrong_cells: usize,
}

fn print(out: &BTreeMap<String, Vec<Row>>, truth: &BTreeMap<String, Vec<Row>>) {
    let mut bands: Vec<Band> = BANDS.iter().map(|_| Band::default()).collect();
    for (file, given) in out {
        let Some(known) = truth.get(file) else { continue };
        let mut free: Vec<Option<&Row>> = known.iter().map(Some).collect();
        for (i, row) in given.iter().enumerate() {
            let confidence: f64 = row.get("confidence").and_then(|c| c.parse().ok()).unwrap_or(1.0);
            let at = BANDS.iter().rposition(|least| confidence >= *least).unwrap_or(0);
            // The row that shares most cells; of several the one nearest in order.
            let shared = |t: &Row| cells(row).filter(|(c, v)| is_right(c, v, t)).count();
            let best = (0..free.len())
                .filter_map(|j| Some((shared(free[j]?), std::cmp::Reverse(i.abs_diff(j)), j)))
                .filter(|(shared, ..)| *shared > 0)
                .max();
            let band = &mut bands[at];
            let (given, wrong) = match best.and_then(|(.., j)| free[j].take()) {
                Some(t) => (cells(row).count(), cells(row).filter(|(c, v)| !is_right(c, v, t)).count()),
                None => (cells(row).count(), cells(row).count()),
            };
            band.rows += 1;
            band.right_rows += usize::from(wrong == 0);
            band.cells += given;
            band.wrong_cells += wrong;
        }
    }
    println!("confidence       rows   right      cells   wrong");
    for (least, b) in BANDS.iter().zip(&bands).filter(|(_, b)| b.rows > 0) {
        let right = 100.0 * b.right_rows as f64 / b.rows as f64;
        println!("from {least:<5.2} {:>10} {right:>6.1} % {:>9} {:>7}", b.rows, b.cells, b.wrong_cells);
    }
    let sum = |of: fn(&Band) -> usize, least: f64| -> usize {
        BANDS.iter().zip(&bands).filter(|(from, _)| **from >= least).map(|(_, b)| of(b)).sum()
    };
    let all = sum(|b| b.cells, 0.0).max(1) as f64;
    println!("cells in rows of {SURE} and more: {:.1} % of {all}", 100.0 * sum(|b| b.cells, SURE) as f64 / all);
    let silent = sum(|b| b.wrong_cells, SURE);
    println!("silent errors (wrong cells in such rows): {silent}, {:.3} % of all cells", 100.0 * silent as f64 / all);
}
