//! Which rows and sums belong to which claim: those under its heading.

use crate::facts::ClaimBlock;
use crate::statement::{ClaimHeader, Field, Row, Total, Unparsed, Value};
use crate::text_lines::PageLines;

/// Fewer characters of a number may begin another's.
const LEAST_OF_NUMBER: usize = 6;

/// Gives every row the claim under whose heading it stands; a heading repeated over a page end is the same claim.
pub(super) fn attach(blocks: &[ClaimBlock], rows: &mut [Row], totals: &mut [Total]) -> Vec<ClaimHeader> {
    let mut claims: Vec<ClaimHeader> = Vec::new();
    let mut starts: Vec<(u32, f32, usize)> = Vec::new();
    for b in blocks {
        let name = |h: &ClaimHeader| {
            [Field::ClaimNo, Field::AccountNo].into_iter().find_map(|f| h.cells.get(&f)).map(|c| c.value.clone())
        };
        // of a number that a scan tore, `3484972 16514-00`, the heading on the next page has the beginning
        let torn = |c: &ClaimHeader| match (name(c), name(&b.header)) {
            (Some(Value::Text(whole)), Some(Value::Text(part))) => part.len() >= LEAST_OF_NUMBER && whole.starts_with(&part),
            _ => false,
        };
        let later = starts.iter().all(|(page, ..)| *page < b.page);
        let known = claims.iter().position(|c| name(c).is_some() && (name(c) == name(&b.header) || later && torn(c)));
        let index = known.unwrap_or_else(|| {
            claims.push(b.header.clone());
            claims.len() - 1
        });
        starts.push((b.page, b.y, index));
    }
    starts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let at = |page: u32, y: f32| starts.iter().rev().find(|s| (s.0, s.1) <= (page, y)).or(starts.first()).map(|s| s.2);
    for r in rows.iter_mut() {
        let said = match r.cells.get(&Field::ClaimNo).map(|c| &c.value) {
            Some(Value::Text(number)) => named_in(&claims, number),
            _ => None,
        };
        r.claim = said.or_else(|| at(r.page, r.bbox.y0));
    }
    for t in totals.iter_mut() {
        let here = t.cells.values().next().and_then(|c| at(c.page, c.bbox.y0));
        t.claim = named_in(&claims, &t.label).or(here);
    }
    claims
}

/// The claim whose number the words of a sum or a row's own cell say: `Total, claim 613156045809`. In a table with the claims in a column, all their
/// headings may stand above it.
fn named_in(claims: &[ClaimHeader], label: &str) -> Option<usize> {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let label = letters(label);
    claims.iter().position(|c| match c.cells.get(&Field::ClaimNo).map(|cell| &cell.value) {
        Some(Value::Text(number)) => number.len() >= LEAST_OF_NUMBER && label.contains(&letters(number)),
        _ => false,
    })
}

/// The headings of claims whose number was not read, on a paper that numbers its claims.
pub(super) fn unread_headings<'a>(blocks: &'a [ClaimBlock], pages: &'a [PageLines]) -> impl Iterator<Item = Unparsed> + 'a {
    let numbered = |b: &ClaimBlock| b.header.cells.contains_key(&Field::ClaimNo);
    let some = blocks.iter().any(numbered);
    blocks.iter().filter(move |b| some && !numbered(b)).filter_map(|b| {
        let lines = pages.iter().find(|p| p.number == b.page).map_or(&[][..], |p| &p.lines);
        let line = lines.iter().find(|l| l.bbox.y0 >= b.y - 0.1)?;
        let reason = "the number of the claim that begins here was not read".to_owned();
        Some(Unparsed { page: b.page, bbox: line.bbox, text: line.text(), reason })
    })
}

#[cfg(test)]
mod tests;
