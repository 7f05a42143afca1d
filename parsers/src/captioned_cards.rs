//! Services as cards of captioned amounts, several captions to a row and several rows to a card, as a member's account on the
//! web prints them:
//!
//! ```text
//! OFFICE VISIT LEVEL 4                                     You may owe $30.00
//! 03/09/2025  |  Code 99214, modifier 25  |  Quantity 1  |  See note a
//! Amount billed      Allowed amount     Discount           Not covered
//! $210.00            $150.00            $60.00             $0.00
//! Deductible         Copay              Plan paid
//! $0.00              $30.00             $120.00
//! ```
//! Read as they stand, each row of captions would be the header of a table of its own. The share that stands beside the title,
//! with its name before it or over it, is of the same service. Day, code and count may stand in a line of words or under captions
//! of their own.
//!
//! The cards are laid out as lists of labels with their values under the words that name the service, which
//! [`crate::label_value`] reads.

mod head;
mod rows;

use std::ops::Range;

use self::head::Head;
use self::rows::Row;
pub(crate) use self::rows::{fits, set_before};
use crate::columns::is_money_field;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::vocabulary::Vocabulary;

/// Fewer known amounts are no card.
const FEWEST: usize = 3;

/// The widest gap between two rows of a card, in sizes of type.
const GAP: f32 = 2.0;

/// Lays out the cards of services, where the paper has any; `carded` then says so of its pages.
pub(crate) fn lay_out(pages: &mut [PageLines], vocabulary: &Vocabulary) {
    let mut found: Vec<Vec<Card>> = pages.iter().map(|p| cards(&p.lines, vocabulary)).collect();
    // one row of captions under words alone is read as the header that it looks like
    if !found.iter().flatten().any(|c| c.is_sure() && c.is_more_than_a_header()) {
        return;
    }
    // what names no code and no count is a service where it looks like those that do, or their sum
    let sure: Vec<Vec<Field>> = found.iter().flatten().filter(|c| c.is_sure()).map(|c| c.first_fields().to_vec()).collect();
    for (page, cards) in pages.iter_mut().zip(&mut found) {
        cards.retain(|c| c.is_sure() || (c.head.dated || c.head.is_sum()) && sure.iter().any(|f| f == c.first_fields()));
        page.carded = !cards.is_empty();
        for card in cards.drain(..).rev() {
            let range = card.lines.clone();
            page.lines.splice(range, card.into_lines());
        }
    }
}

/// One card.
struct Card {
    /// The lines of the page that it takes.
    lines: Range<usize>,
    head: Head,
    rows: Vec<Row>,
}

impl Card {
    /// What the captions of its first row name, by which cards are told to be alike.
    fn first_fields(&self) -> &[Field] {
        self.rows.first().map_or(&[], |r| &r.fields)
    }

    /// Whether it says what only a service has.
    fn is_sure(&self) -> bool {
        self.head.of_service || self.rows.iter().any(Row::is_of_facts)
    }

    fn is_more_than_a_header(&self) -> bool {
        self.head.share.is_some() || self.rows.len() > 1
    }

    /// Its words, its amounts one to a line, and behind them the share that stands beside the title.
    fn into_lines(self) -> Vec<Line> {
        let told: Vec<Field> = self.rows.iter().flat_map(|r| r.fields.clone()).collect();
        let share = self.head.share.filter(|s| !told.contains(&s.field)).map(|s| s.line);
        self.head.words.into_iter().chain(self.rows.into_iter().flat_map(|r| r.pairs)).chain(share).collect()
    }
}

/// The cards among these lines.
fn cards(lines: &[Line], vocabulary: &Vocabulary) -> Vec<Card> {
    let mut out: Vec<Card> = Vec::new();
    let (mut at, mut floor) = (0, 0);
    while at < lines.len() {
        let (rows, end) = rows_from(lines, at, vocabulary);
        if rows.is_empty() {
            at += 1;
            continue;
        }
        if is_of_amounts(&rows)
            && (rows.len() > 1 || !rows[0].mixed)
            && let Some(head) = Head::over(&lines[floor..at], &lines[at], vocabulary)
            // amounts beside their labels need no laying out
            && (rows.iter().any(Row::is_stacked) || head.share.is_some())
        {
            out.push(Card { lines: at - head.height..end, head, rows });
        }
        (at, floor) = (end, end);
    }
    out
}

/// Whether rows are those of a card: a charge and more amounts.
fn is_of_amounts(rows: &[Row]) -> bool {
    let fields = || rows.iter().flat_map(|r| &r.fields);
    fields().any(|f| *f == Field::Charge) && fields().filter(|f| is_money_field(**f)).count() >= FEWEST
}

/// The rows that follow on each other from line `at` on, of which none says what another has said, and where they end.
fn rows_from(lines: &[Line], at: usize, vocabulary: &Vocabulary) -> (Vec<Row>, usize) {
    let mut rows: Vec<Row> = Vec::new();
    let mut end = at;
    while let Some(row) = Row::at(lines, end, vocabulary) {
        let follows = end == at || {
            let (above, line) = (&lines[end - 1], &lines[end]);
            line.bbox.y0 - above.bbox.y1 < GAP * line.size().max(above.size())
        };
        let again = rows.iter().flat_map(|r| &r.fields).any(|f| row.fields.contains(f));
        if !follows || again {
            break;
        }
        end += row.height;
        rows.push(row);
    }
    (rows, end)
}

#[cfg(test)]
mod tests;
