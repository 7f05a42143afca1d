//! Names that are set in two or three lines under their label, where the column is too narrow for them:
//!
//! ```text
//! Insurance on file
//! Silver Valley Medicare
//! Advantage HMO
//! ```
//! A line goes on with the name only where its first word would not have fitted behind the line above it: not even the widest
//! line of the column reaches so far. Of two insurers under one label the second would have.

use super::pairs::Finder;
use super::totals::amounts_in;
use super::values::Read;
use super::wording::{is_city_line, is_street, organisation_words, payer_words};
use crate::statement::{Field, Value};

/// Lines of a name at most.
const MOST_LINES: usize = 3;

/// A line that fills less of its column is no full one.
const FULL: f32 = 0.6;

/// How far apart two edges or sizes of type may be that are the same, in points.
const SAME: f32 = 1.5;

impl Finder<'_> {
    /// The name that was read of the piece at `at` under this label, with what the next lines have of it.
    pub(super) fn with_next_lines(&self, field: Field, label: usize, at: usize, mut read: Read) -> Read {
        let whole = read.used == self.paper.pieces[at].tokens.len();
        if !whole || !matches!(field, Field::Payer | Field::Provider) {
            return read;
        }
        let lines = std::iter::successors(Some(at), |last| self.rest_of_name(label, *last)).take(MOST_LINES).skip(1);
        for piece in lines.map(|i| &self.paper.pieces[i]) {
            if let Value::Text(name) = &mut read.cell.value {
                *name = format!("{name} {}", piece.text());
                read.cell.raw.clone_from(name);
            }
            read.cell.bbox = read.cell.bbox.union(piece.bbox);
            read.cell.confidence = piece.tokens.iter().map(|t| t.confidence).fold(read.cell.confidence, f32::min);
        }
        read
    }

    fn rest_of_name(&self, label: usize, at: usize) -> Option<usize> {
        let (label, piece) = (&self.paper.pieces[label], &self.paper.pieces[at]);
        let next = self.paper.below(at, piece.size * 0.5)?;
        let more = &self.paper.pieces[next];
        // under a name in a list stands that of the next row, with amounts of its own
        if amounts_in(self.paper, more.row) > 0 {
            return None;
        }
        let flush = |x: f32| (x - piece.bbox.x0).abs() < SAME;
        let alike = flush(more.bbox.x0) && (more.size - piece.size).abs() < 0.3 && more.bold == piece.bold;
        let text = more.text();
        // in the type of values there is no label, however it reads
        let told =
            (label.size - piece.size).abs() > 1.0 || !self.is_label(next) && organisation_words(&text) + payer_words(&text) > 0;
        let of_name = told
            && more.tokens.len() <= 4
            && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '&' | '.' | ',' | '\''))
            && !is_street(&text)
            && !is_city_line(&text);
        let column = self.paper.pieces.iter().filter(|p| p.page == piece.page && flush(p.bbox.x0));
        let edge = column.map(|p| p.bbox.x1).fold(piece.bbox.x1, f32::max);
        let fitted = piece.bbox.x1 + more.tokens.first()?.bbox.width() + 0.2 * piece.size <= edge
            || piece.bbox.width() < FULL * (edge - piece.bbox.x0);
        (alike && of_name && !fitted).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::read;

    fn payer(first: &str, second: &str) -> Option<String> {
        let s = read(&[
            (20.0, &[(30.0, "Patient name"), (250.0, "Lakeside Physical Therapy")]),
            (30.0, &[(30.0, "Jane Roe"), (250.0, "12 Elm St, Waco, TX 76701")]),
            (50.0, &[(30.0, "Statement date")]),
            (60.0, &[(30.0, "10/23/2025")]),
            (80.0, &[(30.0, "Insurance on file")]),
            (90.0, &[(30.0, first)]),
            (100.0, &[(30.0, second)]),
            (120.0, &[(30.0, "Total charges")]),
            (130.0, &[(30.0, "$186.00")]),
            (150.0, &[(30.0, "Amount due")]),
            (160.0, &[(30.0, "$186.00")]),
        ]);
        s.header.get(&Field::Payer).map(|c| c[0].raw.clone())
    }

    #[test]
    fn a_name_that_the_column_is_too_narrow_for_goes_on_below() {
        assert_eq!(payer("Silver Valley Medicare", "Advantage HMO").as_deref(), Some("Silver Valley Medicare Advantage HMO"));
        // the widest line is the label's: both names would have stood on one line
        assert_eq!(payer("Medicare", "Medicaid").as_deref(), Some("Medicare"));
    }
}
