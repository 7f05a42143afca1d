//! The facts of a claim in a column of their own, beside its services:
//!
//! ```text
//! Provider and claim       Date        Service             Billed    Plan paid
//! Lakeside Regional        09/18/25    Office visit       $144.70       $42.78
//! Medical Center           09/18/25    Blood count         $41.12       $19.89
//! Claim 8252887551         09/20/25    X-ray chest         $42.39       $12.63
//! For Jane Roe             09/22/25    Splint             $141.12       $43.48
//! Processed 10/24/25
//! ```
//! On each line a fact stands before a service that it does not name. What stands flush over and under the claim's number, line
//! upon line, is the claim's, and its services begin where the first of it does.

use super::pairs::Found;
use super::segments::{Paper, Piece};
use super::totals::amounts_in;
use super::{claims, status, wording};
use crate::page_text::BBox;
use crate::statement::{ClaimHeader, Field};

/// Edges within so many points are flush.
const FLUSH: f32 = 2.0;
/// The widest gap between two lines of a column, in sizes of type.
const GAP: f32 = 1.1;
/// More lines have no claim's facts.
const MOST: usize = 5;

/// Adds what the column of a claim's number says of it; gives the box of the column where its claim has one.
pub(super) fn add(paper: &Paper, anchor: &Found, header: &mut ClaimHeader) -> Option<BBox> {
    let own = paper.pieces.get(anchor.piece)?;
    let first_of = |r: usize| paper.rows.get(r).and_then(|row| paper.pieces.get(row.pieces.start));
    if first_of(own.row).is_none_or(|p| p.bbox.x0 < own.bbox.x0 - FLUSH) {
        return None;
    }
    let flush = |p: &&Piece| p.page == own.page && (p.bbox.x0 - own.bbox.x0).abs() < FLUSH && p.size < own.size * 1.3;
    let mut above: Vec<&Piece> = Vec::new();
    let mut top = own.bbox;
    for r in (0..own.row).rev() {
        let Some(p) = first_of(r).filter(|p| p.page == own.page && top.y0 - p.bbox.y1 < GAP * own.size) else { break };
        if is_head(p) {
            break;
        }
        if flush(&p) && above.len() < MOST {
            above.insert(0, p);
            top = p.bbox;
        }
    }
    let mut below: Vec<&Piece> = Vec::new();
    let mut bottom = own.bbox;
    for r in own.row + 1..paper.rows.len() {
        let Some(p) = first_of(r).filter(|p| p.page == own.page && p.bbox.y0 - bottom.y1 < GAP * own.size) else { break };
        if flush(&p) && below.len() < MOST {
            below.push(p);
            bottom = p.bbox;
        }
    }
    let beside = above.iter().chain(&below).chain([&own]).any(|p| amounts_in(paper, p.row) >= 2);
    let mut said = Vec::new();
    for p in &below {
        let text = p.text();
        if let Some(person) = text.strip_prefix("For ").or_else(|| text.strip_prefix("for ")).filter(|n| wording::is_person(n)) {
            said.push((Field::Patient, claims::text_cell(person, &text, p)));
        }
        if let Some(s) = status::status_of_claim(&text) {
            said.push((Field::ClaimStatus, claims::text_cell(s, &text, p)));
        }
    }
    // else it is the first column of a table, whose heads stand over the number
    if !beside || said.is_empty() {
        return None;
    }
    header.cells.extend(said);
    let name = above.iter().map(|p| p.text()).collect::<Vec<_>>().join(" ");
    if let Some(p) = above.first()
        && wording::is_organisation(&name)
        && wording::organisation_words(&name) > 0
    {
        header.cells.insert(Field::Provider, claims::text_cell(&name, &name, p));
    }
    // on a scan the service beside the first fact may stand a little higher
    Some(BBox { y0: top.y0 - 0.5 * top.height(), ..top })
}

/// `Provider and claim`: the head of the column, which on a scan may stand as close as its lines do.
fn is_head(p: &Piece) -> bool {
    const WORDS: [&str; 9] = ["provider", "providers", "and", "claim", "claims", "number", "no", "patient", "facts"];
    p.text().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).all(|w| WORDS.contains(&w.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    #[test]
    fn what_stands_over_and_under_a_claims_number_is_the_claims() {
        let row = |y: f32, fact: &'static str, words: &'static str| {
            (
                y,
                vec![
                    (30.0, fact),
                    (190.0, "09/18/2025"),
                    (280.0, words),
                    (-500.0, "$20.00"),
                    (-600.0, "$15.00"),
                    (-700.0, "$5.00"),
                ],
            )
        };
        let heads = vec![
            (30.0, "Provider and claim"),
            (190.0, "Date"),
            (280.0, "Service"),
            (-500.0, "Billed"),
            (-600.0, "Plan paid"),
            (-700.0, "You owe"),
        ];
        let lines = [
            (20.0, vec![(30.0, "Explanation of benefits from Lakeside Health Plan")]),
            (68.0, heads),
            row(80.0, "Meadow Regional", "Office visit"),
            row(92.0, "Medical Center", "Blood count"),
            row(104.0, "Claim 8252887551", "X-ray chest"),
            row(116.0, "For Jane Roe", "Splint"),
            row(128.0, "Processed 10/24/2025", "Culture"),
            row(160.0, "Elm Laboratory", "Blood count"),
            row(172.0, "Claim 8252887999", "Culture"),
            row(184.0, "For Ana Roe", "Thyroid test"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        let s = read(&lines);
        let said = |f: Field| -> Vec<String> {
            let text = |v: &Value| if let Value::Text(t) = v { t.clone() } else { String::new() };
            s.claims.iter().filter_map(|c| c.cells.get(&f)).map(|c| text(&c.value)).collect()
        };
        assert_eq!(said(Field::Provider), ["Meadow Regional Medical Center", "Elm Laboratory"]);
        assert_eq!(said(Field::Patient), ["Jane Roe", "Ana Roe"]);
        assert_eq!(said(Field::ClaimStatus), ["processed"]);
        let claims: Vec<Option<usize>> = s.rows.iter().map(|r| r.claim).collect();
        assert_eq!(claims, [0, 0, 0, 0, 0, 1, 1, 1].map(Some));
    }
}
