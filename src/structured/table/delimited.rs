//! Comma-, semicolon-, tab- or bar-separated text → rows of cells.

use super::{Grid, MOST_ROWS};

/// Separators that spreadsheets and portals write.
const SEPARATORS: [u8; 4] = *b",;\t|";
/// The separator is the one that divides most of the first lines into equally many cells.
const LOOKED_AT: usize = 60;

/// The rows of a text; lines above the table may have fewer cells.
pub fn grid(text: &str) -> Grid {
    let Some(separator) = separator(text) else { return Vec::new() };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records().take(MOST_ROWS) {
        // text is UTF-8 and rows may be of any length, so that nothing is left to be wrong
        let Ok(record) = record else { break };
        let line = record.position().map_or(rows.len() + 1, |p| usize::try_from(p.line()).unwrap_or(usize::MAX));
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    rows
}

fn separator(text: &str) -> Option<u8> {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(LOOKED_AT).collect();
    let score = |s: u8| {
        let mut counts: Vec<usize> = lines.iter().map(|l| l.bytes().filter(|b| *b == s).count()).filter(|n| *n >= 2).collect();
        counts.sort_unstable();
        let often = counts.chunk_by(|a, b| a == b).max_by_key(|c| (c.len(), c[0]));
        often.map_or((0, 0), |c| (c.len(), c[0]))
    };
    SEPARATORS.into_iter().max_by_key(|s| (score(*s), *s == b',')).filter(|s| score(*s).0 >= 1)
}
