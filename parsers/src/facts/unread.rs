//! Claims of a scanned EOB whose heading was not read: a stamp over it, a fold through it.
//!
//! The rows under such a heading would go to the claim before it, with its number, patient and provider, and its sums would
//! count for all. That a claim begins there is told by the sums: each claim is closed by its own.

use std::ops::Range;

use crate::facts::claims::{ClaimBlock, OWN, network_said, text_cell};
use crate::facts::names_over_claims;
use crate::facts::pairs::Found;
use crate::facts::segments::Paper;
use crate::facts::totals::amounts_in;
use crate::grammar::date;
use crate::statement::{ClaimHeader, DocKind, Field};

/// Adds a block for every stretch of rows that a claim's sums close and no heading opens; it has what labels could be read.
pub(crate) fn add(paper: &Paper, found: &[Found], blocks: &mut Vec<ClaimBlock>, kind: DocKind) {
    if blocks.is_empty() || !paper.pieces.iter().any(|p| p.ocr) {
        return;
    }
    let sums: Vec<usize> = (0..paper.rows.len()).filter(|r| closes_claim(paper, *r)).collect();
    let mut from = 0;
    for sum in sums {
        let rows = from..sum;
        from = sum + 1;
        let Some(first) = rows.clone().find(|r| is_service(paper, *r)) else { continue };
        let headed = blocks.iter().any(|b| {
            let at = |r: usize| (paper.rows[r].page, paper.rows[r].bbox.y0);
            at(rows.start) <= (b.page, b.y) && (b.page, b.y) <= at(first)
        });
        // Before the first of all claims stands what the paper says of all.
        if headed || rows.start == 0 && blocks.len() == 1 {
            continue;
        }
        let start = rows.start.max(first.saturating_sub(LINES));
        let mut header = ClaimHeader::default();
        let own = |f: &&Found| OWN.contains(&f.field) && f.weight >= 2 && !f.dated && (start..first).contains(&f.row);
        for f in found.iter().filter(own) {
            header.cells.entry(f.field).or_insert_with(|| f.cell.clone());
        }
        let labelled = found.iter().filter(own).map(|f| f.row).min().unwrap_or(first);
        // The provider stands without a label under the number that was not read.
        let spoken = first.saturating_sub(LINES_OF_NAMES).max(start)..first;
        let top = labelled.min(unlabelled(paper, &mut header, spoken, kind));
        blocks.push(ClaimBlock { header, page: paper.rows[top].page, y: paper.rows[top].bbox.y0 });
    }
    blocks.sort_by(|a, b| a.page.cmp(&b.page).then(a.y.total_cmp(&b.y)));
}

/// A heading with the head of the table under it has no more lines than this.
const LINES: usize = 9;

/// The provider and its network stand no more lines above the first service than this: the table's head is between.
const LINES_OF_NAMES: usize = 5;

/// Provider and network that stand above the first service. Gives the row where they do, else the last of the rows.
fn unlabelled(paper: &Paper, header: &mut ClaimHeader, rows: Range<usize>, kind: DocKind) -> usize {
    let mut top = rows.end;
    for row in rows.rev() {
        for p in &paper.pieces[paper.rows[row].pieces.clone()] {
            let Some(network) = network_said(&p.text()) else { continue };
            header.cells.entry(Field::Network).or_insert_with(|| text_cell(network, &p.text(), p));
            top = row;
        }
        if top == row
            && let Some(name) = names_over_claims::organisation_in(paper, row..row + 1, kind)
        {
            header.cells.entry(Field::Provider).or_insert(name);
        }
    }
    top
}

/// Whether a row has the sums of one claim: `Claim totals`, `Total for this claim`.
fn closes_claim(paper: &Paper, row: usize) -> bool {
    let says = |word: &str| {
        let pieces = &paper.pieces[paper.rows[row].pieces.clone()];
        pieces.iter().take(2).any(|p| p.folded.iter().any(|f| f.word == word))
    };
    says("claim") && says("total") && amounts_in(paper, row) >= 1
}

/// Whether a row begins with its day and has amounts.
fn is_service(paper: &Paper, row: usize) -> bool {
    let first = &paper.pieces[paper.rows[row].pieces.start];
    amounts_in(paper, row) >= 2 && date::leading_date(&first.text()).is_some()
}
