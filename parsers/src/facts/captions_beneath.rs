//! Captions under what they name, one pair below the other:
//!
//! ```text
//! W658022306            Aug 28, 2025
//! PARTICIPANT ID        DATE OF NOTICE
//!
//! 885305                2025
//! GROUP NUMBER          Benefit year
//! ```
//! Each caption hangs close under its value, and what stands below it is farther away: the next value, whose own caption
//! follows. One such pair may be chance, so the paper must have two of them whose values are what their captions say.

use super::labels::Head;
use super::pairs::Finder;
use super::values::Read;
use crate::statement::Field;

/// Fewer such pairs may be chance.
const FEWEST: usize = 2;

/// How far a caption hangs at most under its value, in sizes of type.
const REACH: f32 = 1.2;

/// How much farther away than its value the next thing below a caption is, in sizes of type.
const FARTHER: f32 = 0.3;

/// The pieces of a paper that are captions of what stands over them.
pub(super) fn find(finder: &Finder<'_>) -> Vec<bool> {
    let mut hang: Vec<bool> = (0..finder.paper.pieces.len()).map(|at| value(finder, at).is_some()).collect();
    // under a heading hangs the first of several captions, under their values all of them
    let beside = |at: usize| finder.paper.rows[finder.paper.pieces[at].row].pieces.clone();
    let alone: Vec<usize> =
        (0..hang.len()).filter(|at| hang[*at] && beside(*at).any(|i| !hang[i] && finder.is_label(i))).collect();
    for at in alone {
        hang[at] = false;
    }
    let named = |at: usize| {
        let head = &finder.heads[at][0];
        // what is ignored says nothing of how its value looks
        head.meaning.field != Field::Ignored && read(finder, at, head).is_some()
    };
    if (0..hang.len()).filter(|at| hang[*at] && named(*at)).count() < FEWEST {
        return vec![false; hang.len()];
    }
    hang
}

/// What a caption says of the piece over it.
pub(super) fn read(finder: &Finder<'_>, at: usize, head: &Head) -> Option<Read> {
    let q = &finder.paper.pieces[value(finder, at)?];
    finder.read(head.meaning.field, &q.tokens, q).filter(|r| r.used == q.tokens.len())
}

/// The piece under which one hangs that is a caption and no more.
fn value(finder: &Finder<'_>, at: usize) -> Option<usize> {
    let paper = finder.paper;
    let piece = &paper.pieces[at];
    let [head] = finder.heads[at].as_slice() else { return None };
    // `Member ID #` is a caption as well
    if head.colon && !head.sharp || head.start > 0 || head.end != piece.tokens.len() || finder.is_table_head(piece.row) {
        return None;
    }
    // in capitals small type is as high as large type without; a size of a scan is no more than a guess
    let size = piece.size.max(4.0);
    let up = paper.above(at, REACH * size)?;
    let q = &paper.pieces[up];
    let (a, b) = (piece.bbox, q.bbox);
    let flush = (a.x0 - b.x0).abs().min((a.cx() - b.cx()).abs()).min((a.x1 - b.x1).abs()) < 0.25 * size;
    if !flush || q.page != piece.page || finder.is_label(up) {
        return None;
    }
    let gap = a.y0 - b.y1;
    let near_below = paper.below(at, gap + FARTHER * size).is_some();
    // a value of several lines is an address
    let near_above = paper.above(up, gap + FARTHER * size).is_some_and(|i| !finder.is_label(i));
    (!near_below && !near_above).then_some(up)
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    fn header(facts: &[(f32, &[(f32, &str)])], field: Field) -> Option<String> {
        let service: [(f32, &[(f32, &str)]); 2] = [
            (200.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-420.0, "Billed"), (-520.0, "You owe")]),
            (214.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (200.0, "OFFICE VISIT"), (-420.0, "210.00"), (-520.0, "40.00")]),
        ];
        let title: [(f32, &[(f32, &str)]); 1] = [(20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")])];
        let s = read(&[title.as_slice(), facts, &service].concat());
        match &s.header.get(&field)?.first()?.value {
            Value::Date(d) => Some(d.to_string()),
            Value::Text(t) => Some(t.clone()),
            _ => None,
        }
    }

    #[test]
    fn a_caption_close_under_its_value_is_not_that_of_the_next() {
        for caption in ["PARTICIPANT ID", "PARTICIPANT ID #"] {
            let facts: [(f32, &[(f32, &str)]); 4] = [
                (60.0, &[(30.0, "W65802230"), (300.0, "Aug 28, 2025")]),
                (70.0, &[(30.0, caption), (300.0, "DATE OF NOTICE")]),
                (88.0, &[(30.0, "8853051"), (300.0, "Jane Q. Roe")]),
                (98.0, &[(30.0, "GROUP NUMBER"), (300.0, "PARTICIPANT")]),
            ];
            assert_eq!(header(&facts, Field::MemberId).as_deref(), Some("W65802230"));
            assert_eq!(header(&facts, Field::StatementDate).as_deref(), Some("2025-08-28"));
            assert_eq!(header(&facts, Field::Patient).as_deref(), Some("Jane Q. Roe"));
        }
    }

    #[test]
    fn the_heading_over_several_captions_is_the_value_of_none() {
        let facts: [(f32, &[(f32, &str)]); 5] = [
            (50.0, &[(30.0, "W65802230"), (300.0, "Aug 28, 2025")]),
            (60.0, &[(30.0, "PARTICIPANT ID"), (300.0, "DATE OF NOTICE")]),
            (80.0, &[(30.0, "Claims we handled")]),
            (90.0, &[(30.0, "Rendered by"), (300.0, "Claim number")]),
            (103.0, &[(30.0, "Lakeside Hospital"), (300.0, "2429246911")]),
        ];
        assert_eq!(header(&facts, Field::Provider).as_deref(), Some("Lakeside Hospital"));
    }

    #[test]
    fn captions_over_their_values_stay_so() {
        let facts: [(f32, &[(f32, &str)]); 4] = [
            (60.0, &[(30.0, "Participant ID"), (300.0, "Date of notice")]),
            (70.0, &[(30.0, "W65802230"), (300.0, "Aug 28, 2025")]),
            (88.0, &[(30.0, "Group number"), (300.0, "Participant")]),
            (98.0, &[(30.0, "8853051"), (300.0, "Jane Q. Roe")]),
        ];
        assert_eq!(header(&facts, Field::MemberId).as_deref(), Some("W65802230"));
        assert_eq!(header(&facts, Field::StatementDate).as_deref(), Some("2025-08-28"));
        assert_eq!(header(&facts, Field::Patient).as_deref(), Some("Jane Q. Roe"));
    }
}
