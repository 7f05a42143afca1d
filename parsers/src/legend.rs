//! The paper's own list of its note codes as evidence for the codes on its rows.
//!
//! An EOB prints under its tables what each code means. A code on a row that the list does not name was misread, when
//! the list has one code of its shape, or is dirt beside one that the list does name.

use std::collections::BTreeSet;

use crate::facts::segments::Paper;
use crate::grammar::adjustments;
use crate::letters;
use crate::statement::{Field, Row, Value};
use crate::text_lines::PageLines;

/// What a correction leaves of a cell's confidence.
const CORRECTED: f32 = 0.93;

/// Corrects the recognised note codes of the rows by the codes that the paper explains. Digital cells stay as printed.
pub fn correct(rows: &mut [Row], pages: &[PageLines]) {
    let recognised = |r: &&mut Row| r.cells.get(&Field::RemarkCodes).is_some_and(|c| c.confidence < 1.0);
    let mut open: Vec<&mut Row> = rows.iter_mut().filter(recognised).collect();
    if open.is_empty() {
        return;
    }
    let explained = legend(pages);
    if explained.is_empty() {
        return;
    }
    for row in &mut open {
        if let Some(cell) = row.cells.get_mut(&Field::RemarkCodes)
            && let Value::List(list) = &mut cell.value
        {
            let now = corrected(list, &explained);
            if now != *list {
                *list = now;
                cell.confidence *= CORRECTED;
            }
        }
    }
}

/// The codes that a sentence is printed behind.
fn legend(pages: &[PageLines]) -> BTreeSet<String> {
    let paper = Paper::new(pages);
    let first = paper.pieces.iter().filter_map(|p| p.tokens.first()).map(|t| letters::bare_code(&t.text).to_owned());
    let shaped = first.filter(|t| (2..=5).contains(&t.len()) && t.bytes().any(|b| b.is_ascii_digit()));
    let candidates: BTreeSet<String> =
        shaped.filter(|t| t.starts_with(|c: char| c.is_ascii_alphabetic()) && adjustments::remark_codes(t).is_some()).collect();
    letters::notes(pages, &candidates).into_iter().map(|n| n.code).collect()
}

fn corrected(list: &[String], legend: &BTreeSet<String>) -> Vec<String> {
    let known = |c: &str| legend.contains(c);
    let anchored = list.iter().any(|c| known(c));
    let mut out: Vec<String> = Vec::with_capacity(list.len());
    let mut put = |code: &str| {
        if !out.iter().any(|o| o == code) {
            out.push(code.to_owned());
        }
    };
    for code in list {
        if known(code) {
            put(code);
        } else if let Some((a, b)) =
            (1..code.len()).filter(|i| code.is_char_boundary(*i)).map(|i| code.split_at(i)).find(|(a, b)| known(a) && known(b))
        {
            put(a);
            put(b);
        } else if let Some(alike) = lookalike(code, legend) {
            put(alike);
        } else if !(anchored && code.len() <= 2) {
            put(code);
        }
    }
    out
}

/// The one code of the legend with the same shape.
fn lookalike<'a>(code: &str, legend: &'a BTreeSet<String>) -> Option<&'a str> {
    let shape = shape(code);
    let mut alike = legend.iter().filter(|l| code.len() >= 2 && self::shape(l) == shape);
    match (alike.next(), alike.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// The code with one sign for all that a recogniser takes for each other.
fn shape(code: &str) -> String {
    code.chars()
        .map(|c| match c.to_ascii_uppercase() {
            'O' | 'Q' | 'D' | 'U' => '0',
            'I' | 'L' | '|' | 'J' => '1',
            'Z' => '2',
            'S' => '5',
            'G' => '6',
            'B' => '8',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &[&str]) -> Vec<String> {
        let legend: BTreeSet<String> = ["V9", "X10", "S3", "CO2"].iter().map(|s| (*s).to_owned()).collect();
        corrected(&list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>(), &legend)
    }

    #[test]
    fn the_legend_corrects_what_it_explains() {
        assert_eq!(read(&["V9", "9"]), ["V9"]);
        assert_eq!(read(&["X10S3"]), ["X10", "S3"]);
        assert_eq!(read(&["XI0", "53"]), ["X10", "S3"]);
        assert_eq!(read(&["C02"]), ["CO2"]);
    }

    #[test]
    fn a_code_that_nothing_speaks_against_stays() {
        assert_eq!(read(&["N130"]), ["N130"]);
        assert_eq!(read(&["V9", "N130"]), ["V9", "N130"]);
        assert_eq!(read(&["K7"]), ["K7"]);
    }
}
