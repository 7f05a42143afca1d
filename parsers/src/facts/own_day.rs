//! The day that a paper gives as its own.

use jiff::civil::Date;

use super::pairs::{self, Found};
use super::segments::Paper;
use super::{best, candidates, claims, day_of, labels, totals};
use crate::grammar::date;
use crate::statement::{Cell, DocKind, Field, Value};
use crate::text_lines::PageLines;

/// The date of the paper: a labelled one, else one that stands alone above the text.
pub(super) fn statement_date(paper: &Paper, found: &[Found], kind: DocKind) -> Option<Cell> {
    labelled_date(paper, found).or_else(|| lone_date(paper, kind)).or_else(|| best(found, Field::StatementDate))
}

/// The day that a page states as its document's own beside a label, not one that merely stands at its top.
pub(crate) fn labelled_day(page: &PageLines, kind: DocKind) -> Option<Date> {
    let paper = Paper::new(std::slice::from_ref(page));
    labelled_date(&paper, &pairs::find(&paper, kind, None)).as_ref().and_then(day_of)
}

fn labelled_date(paper: &Paper, found: &[Found]) -> Option<Cell> {
    let strong =
        candidates(found, Field::StatementDate).filter(|f| f.weight == 3).min_by_key(|f| f.coupon).map(|f| f.cell.clone());
    // `Date:` at the head of the paper, before any row of a table.
    let first_rows = (0..paper.rows.len()).find(|r| totals::amounts_in(paper, *r) >= 2).unwrap_or(paper.rows.len());
    let plain = || {
        candidates(found, Field::StatementDate)
            .find(|f| {
                f.weight > 1
                    && f.row < first_rows
                    && f.cell.page == paper.first_page()
                    && f.cell.bbox.y0 < paper.height(f.cell.page) * 0.35
            })
            .map(|f| f.cell.clone())
    };
    strong.or_else(plain)
}

fn lone_date(paper: &Paper, kind: DocKind) -> Option<Cell> {
    let letter = !matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill | DocKind::Eob);
    let first = paper.first_page();
    let reach = paper.height(first) * if letter { 0.4 } else { 0.15 };
    paper
        .rows
        .iter()
        .enumerate()
        .filter(|(n, r)| r.page == first && r.bbox.y0 < reach && (totals::amounts_in(paper, *n) == 0 || stands_apart(paper, *n)))
        .find_map(|(_, row)| {
            row.pieces.clone().find_map(|i| {
                let p = &paper.pieces[i];
                let before = (i > row.pieces.start).then(|| &paper.pieces[i - 1]);
                // Behind another label it is that label's date.
                if before.is_some_and(|b| labels::head_at(b, 0, kind).is_some_and(|h| h.end == b.tokens.len())) {
                    return None;
                }
                let text = p.text();
                let d = date::date(&text).or_else(|| if p.ocr { date::date_lenient(&text).map(|(d, _)| d) } else { None })?;
                let day = d.year.and_then(|_| d.resolve(None))?;
                let mut cell = claims::text_cell("", &text, p);
                cell.value = Value::Date(day);
                Some(cell)
            })
        })
}

/// Whether a day that begins a line stands far from the one amount on it, which is in a box of its own.
fn stands_apart(paper: &Paper, row: usize) -> bool {
    let pieces = &paper.pieces[paper.rows[row].pieces.clone()];
    let [first, next, ..] = pieces else { return false };
    let day = first.tokens.len() >= 3 && date::date(&first.text()).is_some();
    day && pieces.len() == 2 && next.bbox.x0 - first.bbox.x1 > 12.0 * first.size
}
