//! Claims whose numbers stand in the lines that close them, as on Medicare's notice:
//!
//! ```text
//! May 4, 2024
//! Lakeside Medical Center, (509) 555-0169
//! 8405 Elm St, Macon, GA 31258
//! Service Provided            Approved?   Charged   ...
//! Office visit (99213)        Yes         $178.00   ...
//! Total for Claim #241449656637           $178.00   ...
//! ```
//! What is said of the claim stands over its services.

use std::sync::LazyLock;

use regex::Regex;

use super::claims::{ClaimBlock, text_cell};
use super::names_over_claims;
use super::segments::Paper;
use super::totals::amounts_in;
use crate::statement::{ClaimHeader, DocKind, Field};

static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(?:(?:sub)?totals?\s+(?:charges\s+)?(?:for|of)\s+(?:this\s+)?claim\s*(?:\#|no\.?|number|id)?\s*[:\#]?\s*([a-z0-9][a-z0-9-]{4,})$
            | claim\s*(?:\#|no\.?|number|id)?\s*[:\#]?\s*([a-z0-9][a-z0-9-]{4,})\s+totals?\s*:?$)",
    )
    .expect("a constant pattern")
});

/// A claim's heading, its column heads included, has no more lines than this.
const HEADING: usize = 9;
/// Lines without an amount between two services of one claim, on one page and over a page end.
const BETWEEN: [usize; 2] = [4, 12];

/// The claims, from the lines that close them; none where fewer than the closing lines can be told apart.
pub(super) fn blocks(paper: &Paper, kind: DocKind) -> Vec<ClaimBlock> {
    let mut out: Vec<ClaimBlock> = Vec::new();
    let mut from = 0;
    for row in 0..paper.rows.len() {
        let Some((number, piece)) = closing(paper, row) else { continue };
        let mut first = first_service(paper, from, row);
        let mut header = ClaimHeader::default();
        header.cells.insert(Field::ClaimNo, text_cell(&number, &number, piece));
        let heading = first.saturating_sub(HEADING).max(from)..first;
        let alone = |r: &usize| paper.rows[*r].pieces.len() <= 2 && amounts_in(paper, *r) == 0;
        let named =
            heading.rev().filter(alone).find_map(|r| Some((r, names_over_claims::organisation_in(paper, r..r + 1, kind)?)));
        if let Some((r, name)) = named {
            header.cells.insert(Field::Provider, name);
            first = r;
        }
        out.push(ClaimBlock { header, page: paper.rows[first].page, y: paper.rows[first].bbox.y0 });
        from = row + 1;
    }
    out
}

/// The number in a line that closes a claim.
fn closing(paper: &Paper, row: usize) -> Option<(String, &super::segments::Piece)> {
    let piece = paper.pieces[paper.rows[row].pieces.clone()].first()?;
    let text = piece.text();
    let m = CLOSING.captures(&text)?;
    let number = m.get(1).or(m.get(2))?.as_str();
    (number.bytes().filter(u8::is_ascii_digit).count() >= 4).then(|| (number.to_owned(), piece))
}

/// The first of the lines with amounts that hang together above the closing one.
fn first_service(paper: &Paper, from: usize, closing: usize) -> usize {
    let (mut first, mut without) = (closing, 0);
    for row in (from..closing).rev() {
        if amounts_in(paper, row) > 0 {
            (first, without) = (row, 0);
            continue;
        }
        without += 1;
        if without > BETWEEN[usize::from(paper.rows[row].page != paper.rows[first].page)] {
            break;
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_tells_the_number_of_its_claim() {
        let number = |text: &str| CLOSING.captures(text).and_then(|m| m.get(1).or(m.get(2)).map(|n| n.as_str().to_owned()));
        for (text, want) in [
            ("Total for Claim #241449656637", Some("241449656637")),
            ("Totals for claim number: 7790-4411", Some("7790-4411")),
            ("Claim E7516018230 totals", Some("E7516018230")),
            ("Total for this claim", None),
            ("Claim totals", None),
            ("Total for Claim #241449656637 and others", None),
        ] {
            assert_eq!(number(text).as_deref(), want, "{text}");
        }
    }
}
