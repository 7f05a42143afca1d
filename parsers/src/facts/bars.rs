//! A bar of facts: captions in a row, and under each what it asks for, once.
//!
//! ```text
//! Patient      Account     Date         Service dates   Insurance on file
//! Jane Roe     44513613    06-06-2025   04-27-2025      Lakeside Mutual Health
//! ```
//! Some of the captions are heads of columns elsewhere. But no table asks for patient and account of each of its rows and for no
//! amount, and under the row of values stands no other.

use super::pairs::Finder;
use super::segments::Piece;
use crate::grammar::date::date_range;
use crate::grammar::money::money;
use crate::statement::Field;

/// Fewer captions are no bar.
const FEWEST: usize = 4;

/// The facts of which a bar has two at least: whose paper it is, and its number.
const OF_PAPERS: [Field; 5] = [Field::Patient, Field::AccountNo, Field::ClaimNo, Field::MemberId, Field::Payer];

impl Finder<'_> {
    /// Whether a row is the captions of such a bar.
    pub(super) fn is_bar_of_facts(&self, row: usize) -> bool {
        let rows = &self.paper.rows;
        let captions = &rows[row];
        let Some(values) = rows.get(row + 1).filter(|r| r.page == captions.page) else { return false };
        let n = captions.pieces.len();
        if n < FEWEST || values.pieces.len() != n {
            return false;
        }
        let piece = |i: usize| &self.paper.pieces[i];
        let flush = |c: &Piece, v: &Piece| (c.bbox.x0 - v.bbox.x0).abs() < 0.5 * v.size && v.bbox.y0 - c.bbox.y1 < 1.5 * v.size;
        let asked = |i: usize| self.heads[i].first().filter(|h| h.start == 0 && h.end == piece(i).tokens.len());
        let of_papers = captions.pieces.clone().filter_map(asked).filter(|h| OF_PAPERS.contains(&h.meaning.field)).count();
        let valued = |i: usize| money(&piece(i).text()).is_none();
        let dated = values.pieces.clone().any(|i| date_range(&piece(i).text()).is_some());
        let again = rows.get(row + 2).is_some_and(|next| {
            let under = |i: usize| values.pieces.clone().any(|v| flush(piece(v), piece(i)));
            next.page == values.page && next.pieces.clone().filter(|i| under(*i)).count() > 1
        });
        of_papers >= 2
            && dated
            && !again
            && captions.pieces.clone().zip(values.pieces.clone()).all(|(c, v)| flush(piece(c), piece(v)) && valued(v))
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement, Value};
    use crate::test_pages::read;

    type Line = (f32, &'static [(f32, &'static str)]);

    const CAPTIONS: Line =
        (60.0, &[(30.0, "Patient"), (150.0, "Acct #"), (250.0, "Date"), (350.0, "Service dates"), (450.0, "Insurance on file")]);
    const VALUES: Line = (
        70.0,
        &[
            (30.0, "Jane Roe"),
            (150.0, "44513613"),
            (250.0, "04-06-2025"),
            (350.0, "03-09-2025"),
            (450.0, "Lakeside Mutual Health Insurance"),
        ],
    );

    fn bill(bar: &[Line]) -> Statement {
        let top: [Line; 1] = [(20.0, &[(30.0, "Elm Street Hospital"), (400.0, "Billing statement")])];
        let below: [Line; 3] = [
            (110.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-520.0, "Charge")]),
            (124.0, &[(30.0, "03-09-2025"), (110.0, "99214"), (200.0, "OFFICE VISIT"), (-520.0, "210.00")]),
            (138.0, &[(200.0, "Total charges"), (-520.0, "210.00")]),
        ];
        read(&[&top, bar, &below].concat())
    }

    fn said(s: &Statement, field: Field) -> Option<String> {
        match &s.header.get(&field)?.first()?.value {
            Value::Date(d) => Some(d.to_string()),
            Value::Text(t) | Value::Code(t) => Some(t.clone()),
            _ => None,
        }
    }

    #[test]
    fn captions_that_are_heads_elsewhere_ask_for_facts() {
        let s = bill(&[CAPTIONS, VALUES]);
        assert_eq!(said(&s, Field::StatementDate).as_deref(), Some("2025-04-06"));
        assert_eq!(said(&s, Field::ServiceFrom).as_deref(), Some("2025-03-09"));
        assert_eq!(said(&s, Field::Payer).as_deref(), Some("Lakeside Mutual Health Insurance"));
    }

    #[test]
    fn of_two_rows_of_values_neither_is_the_papers() {
        let second: Line = (
            80.0,
            &[(30.0, "Jane Roe"), (150.0, "44513614"), (250.0, "05-06-2025"), (350.0, "04-09-2025"), (450.0, "Elm Health Plan")],
        );
        let s = bill(&[CAPTIONS, VALUES, second]);
        assert_eq!(said(&s, Field::ServiceFrom), None);
    }
}
