//! Boxes of sums at the head of an EOB: captions in a row and under each its amount, once.
//!
//! ```text
//! Billed        Not owed      We paid       Your share
//! $5,567.25     $3,148.62     $1,316.57     $1,102.06
//! ```
//! The captions are those of columns, but they head no table: under them stands one line of amounts and nothing that
//! is a service, nor does any other line have its amounts in these places. Captions right under code and count of a service are
//! that service's, be it the last of the page or the only one.

use std::ops::Range;

use super::Column;
use crate::service_words::service_words;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::tokens::{TokenKind, tokens};

/// Places within so many sizes of type are the same.
const SAME: f32 = 1.0;

/// The widest gap between a service and the captions of its amounts, in sizes of type.
const NEAR: f32 = 1.5;

/// Centres of the amounts of a line that has nothing else.
fn amounts(line: &Line) -> Option<Vec<f32>> {
    let toks = tokens(line);
    let all = toks.iter().filter(|t| t.text != "$").all(|t| t.kind == TokenKind::Money);
    (all && toks.len() >= 2).then(|| toks.iter().filter(|t| t.kind == TokenKind::Money).map(|t| t.bbox.cx()).collect())
}

/// Whether a line right above the captions says which service the amounts are of.
fn under_a_service(page: &PageLines, first: usize) -> bool {
    let Some((above, captions)) = first.checked_sub(1).and_then(|i| page.lines.get(i)).zip(page.lines.get(first)) else {
        return false;
    };
    let said = service_words(&above.text());
    let near = captions.bbox.y0 - above.bbox.y1 < NEAR * captions.size().max(above.size());
    near && said.procedure.is_some() && said.units.is_some() && (said.rest.is_empty() || said.from.is_some())
}

/// Whether the captions on these lines of the page head a box of sums.
pub(crate) fn is_box(page: &PageLines, captions: Range<usize>, columns: &[Column]) -> bool {
    let Range { start: first, end } = captions;
    let service = |c: &Column| {
        [Field::ServiceDate, Field::Description, Field::Code, Field::RevenueCode, Field::Units].iter().any(|f| c.has(*f))
    };
    let Some(sums) = page.lines.get(end).and_then(amounts) else { return false };
    if columns.iter().any(service) || sums.len() > columns.len() || under_a_service(page, first) {
        return false;
    }
    let size = page.lines[end].size();
    let text = |i: usize| page.lines[i].text();
    let below = (end + 1..page.lines.len()).filter(|&i| {
        let l = &page.lines[i];
        let here: Vec<f32> = tokens(l).iter().filter(|t| t.kind == TokenKind::Money).map(|t| t.bbox.cx()).collect();
        // the box may be printed once more where the paper ends
        let again = text(i) == text(end) && text(i - 1) == text(end - 1);
        !again && here.iter().filter(|x| sums.iter().any(|s| (*x - s).abs() < SAME * size)).count() * 2 > sums.len()
    });
    below.count() == 0
}

#[cfg(test)]
mod tests {
    use crate::columns::find_headers;
    use crate::page_text::{BBox, PageText, TextSource, Word};
    use crate::text_lines::page_lines;
    use crate::vocabulary::Vocabulary;

    fn headers(lines: &[&[(f32, &str)]]) -> usize {
        let mut words = Vec::new();
        for (row, line) in lines.iter().enumerate() {
            let y = 100.0 + 14.0 * row as f32;
            words.extend(line.iter().map(|(x, t)| Word::digital(*t, BBox::new(*x, y, x + 5.0 * t.len() as f32, y + 9.0))));
        }
        let page = page_lines(&PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: Vec::new(),
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
        });
        find_headers(&page, Vocabulary::builtin()).len()
    }

    const HEADS: &[(f32, &str)] = &[(50.0, "Billed"), (150.0, "Discount"), (250.0, "Paid"), (350.0, "Copay")];
    const SUMS: &[(f32, &str)] = &[(50.0, "$567.25"), (150.0, "$148.62"), (250.0, "$316.57"), (350.0, "$102.06")];

    #[test]
    fn captions_over_one_line_of_sums_head_no_table() {
        assert_eq!(headers(&[HEADS, SUMS]), 0);
        assert_eq!(headers(&[HEADS, SUMS, &[(50.0, "OFFICE")], SUMS]), 1);
        let upper: &[(f32, &str)] = &[(50.0, "Amount"), (150.0, "Plan"), (250.0, "Plan"), (350.0, "Your")];
        let lower: &[(f32, &str)] = &[(50.0, "billed"), (150.0, "discount"), (250.0, "paid"), (350.0, "share")];
        assert_eq!(headers(&[upper, lower, SUMS]), 0, "nor does the lower line of their captions");
        let list: &[(f32, &str)] = &[(50.0, "TOTAL"), (420.0, "$102.06")];
        assert_eq!(headers(&[HEADS, SUMS, list, HEADS, SUMS]), 0, "nor does the box printed once more");
    }
}
