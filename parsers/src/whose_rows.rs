//! One table for all claims of a notice, whose rows say each to which claim it belongs and who gave the service:
//!
//! ```text
//! Claim no.      Rendered by               Incurred   Code         Expense          Expense
//! and status     (network)                            x units                       submitted
//! 252165726836   Elm County Hospital       04/12/25   RC 0710 x1   RECOVERY ROOM    1,225.81
//! Finalized      (in-network)
//! 4839002217     Elm Orthopaedic Group     04/12/25   29881-RT x1  KNEE SCOPE       1,283.00
//! ```
//! The numbers of the claims tell such a table. Names of providers come again from row to row, the words of services do not.

use std::collections::{BTreeMap, BTreeSet};

use crate::claim_numbers::{is_number, names_claim, numbers_something};
use crate::columns::Column;
use crate::facts::wording::organisation_words;
use crate::grammar::money::money;
use crate::labelled::line_of_codes;
use crate::page_text::{BBox, Word};
use crate::patient_columns;
use crate::reading::Draft;
use crate::statement::{Cell, Field, Row, Value};
use crate::table::{BodyLine, Role, Table, text_in, whole_text_in};
use crate::text_lines::join;
use crate::tokens::{Token, TokenKind};

/// Words of codes and a count at most: `Rev 0360 x 1`.
const MOST_CODES: usize = 5;

/// Names the columns of such a table, and parts the codes and counts that share one.
pub(crate) fn name_columns(table: &mut Table) {
    // a box of sums under the table has one amount beside each name
    let amounts = |l: &BodyLine| l.assigned.cells.iter().filter(|(t, _)| t.kind == TokenKind::Money).count();
    let row = |l: &BodyLine| l.role == Role::Anchor && amounts(l) >= 2;
    let mut rows: Vec<usize> = (0..table.lines.len()).filter(|i| row(&table.lines[*i])).collect();
    let services = rows.clone();
    let free = |c: &Column| matches!(c.fields.as_slice(), [] | [Field::Ignored | Field::Description]);
    let held = |lines: &[BodyLine], i: usize| -> Vec<String> { rows.iter().filter_map(|r| text_in(&lines[*r], i)).collect() };
    let most = |n: usize| n > 0 && n * 5 >= rows.len() * 4;
    let claims = (0..table.columns.len()).find(|i| {
        let column = &table.columns[*i];
        let numbers = || held(&table.lines, *i).iter().filter(|t| t.split(' ').next().is_some_and(is_number)).count();
        // `Reference #` may number anything, but not the same for services that a plan has settled
        let again = || settled(&table.columns) && is_same_for_several(&held(&table.lines, *i));
        free(column) && most(numbers()) && (names_claim(&column.head) || numbers_something(&column.head) && again())
    });
    // `E6139720683 | Jane Roe | Elm Hospital` stands beside the first service of each claim only
    let dittoed = (0..table.columns.len()).find(|i| {
        let column = &table.columns[*i];
        let first = rows.first().and_then(|r| text_in(&table.lines[*r], *i)).is_some();
        let numbers = held(&table.lines, *i);
        let all = numbers.iter().all(|t| t.split(' ').next().is_some_and(is_number));
        free(column) && first && all && names_claim(&column.head) && settled(&table.columns)
    });
    let claims = claims.or(dittoed);
    if let Some(claims) = claims {
        table.columns[claims].fields = vec![Field::ClaimNo];
        rows.retain(|r| text_in(&table.lines[*r], claims).is_some());
    }
    let held = |lines: &[BodyLine], i: usize| -> Vec<String> { rows.iter().filter_map(|r| text_in(&lines[*r], i)).collect() };
    let most = |n: usize| n > 0 && n * 5 >= rows.len() * 4;
    let by = (0..table.columns.len()).find(|i| {
        let column = &table.columns[*i];
        // the words that tell an organisation may stand on the name's next line: `Elm Internal / Medicine`
        let whole = |r: &usize| whole_text_in(&table.lines, *r, *i);
        let named = || rows.iter().filter_map(whole).filter(|t| organisation_words(t) > 0).count();
        // without the numbers of claims the names themselves must be those of places
        let sure = || claims.is_some() || settled(&table.columns) && most(named());
        // `Billed by` sounds like an amount
        let wordy = || column.is_money() && held(&table.lines, *i).iter().all(|t| money(t).is_none());
        (free(column) || wordy()) && who_gave(&column.head) && most(held(&table.lines, *i).len()) && sure()
    });
    if let Some(by) = by {
        table.columns[by].fields = vec![Field::Provider];
    }
    let patients = patient_columns::name_column(table, &rows);
    if claims.is_none() && patients.is_none() {
        return;
    }
    if !table.columns.iter().any(|c| c.has(Field::Description)) {
        let worded = |i: &usize| {
            let is_worded = |t: &&String| t.chars().filter(|c| c.is_alphabetic()).count() >= 3;
            free(&table.columns[*i]) && most(held(&table.lines, *i).iter().filter(is_worded).count())
        };
        let varied = |i: &usize| held(&table.lines, *i).into_iter().collect::<BTreeSet<_>>().len();
        let last = (0..table.columns.len()).filter(worded).max_by_key(|i| (varied(i), *i));
        if let Some(words) = last {
            table.columns[words].fields = vec![Field::Description];
        }
    }
    for r in services.into_iter().filter(|_| claims.is_some()) {
        take_codes(&mut table.lines[r], table.columns.len());
    }
}

/// Gives the services of a claim what stands beside the first of them only: its number, the patient and who gave them.
pub(crate) fn carry(drafts: &mut [Draft], columns: &[Column]) {
    const OF_CLAIM: [Field; 5] = [Field::ClaimNo, Field::Patient, Field::Provider, Field::Network, Field::ClaimStatus];
    if !columns.iter().any(|c| c.fields == [Field::ClaimNo]) {
        return;
    }
    let mut last: Vec<(Field, Cell)> = Vec::new();
    for d in drafts {
        let cells = &mut d.row.cells;
        if cells.contains_key(&Field::ClaimNo) {
            last = OF_CLAIM.iter().filter_map(|f| Some((*f, cells.get(f)?.clone()))).collect();
        } else if !cells.contains_key(&Field::Provider) && !cells.contains_key(&Field::Patient) {
            cells.extend(last.iter().cloned());
        }
    }
}

/// The numbers of the claims and the names of the providers and patients that the rows say, for a header that has none.
/// What they say of the network and of the state of their claims is the header's alone.
pub(crate) fn add_to_header(header: &mut BTreeMap<Field, Vec<Cell>>, rows: &mut [Row]) {
    for field in [Field::Network, Field::ClaimStatus] {
        let said: Vec<Cell> = rows.iter_mut().filter_map(|r| r.cells.remove(&field)).collect();
        if let Some(first) = said.first().filter(|first| said.iter().all(|c| c.value == first.value)) {
            header.entry(field).or_insert_with(|| vec![first.clone()]);
        }
    }
    for field in [Field::ClaimNo, Field::Provider, Field::Patient] {
        let mut found: Vec<&Cell> = Vec::new();
        for cell in rows.iter().filter_map(|r| r.cells.get(&field)) {
            if !found.iter().any(|c| c.value == cell.value) {
                found.push(cell);
            }
        }
        if !found.is_empty() {
            header.insert(field, found.into_iter().cloned().collect());
        }
    }
}

/// Whether a plan's own columns stand beside: what it allows, pays or leaves to the patient.
fn settled(columns: &[Column]) -> bool {
    let has = |f: Field| columns.iter().any(|c| c.has(f));
    has(Field::Charge) && (has(Field::Allowed) || has(Field::PlanPaid) || has(Field::Deductible))
}

/// Whether there are no more than half as many numbers as services, or there is one service only.
fn is_same_for_several(numbers: &[String]) -> bool {
    let distinct = numbers.iter().collect::<BTreeSet<_>>().len();
    numbers.len() == 1 || distinct * 2 <= numbers.len()
}

/// Whether a head names who gave the care.
pub(crate) fn who_gave(head: &str) -> bool {
    const GAVE: [&str; 11] = [
        "rendered by",
        "provider",
        "treated by",
        "performed by",
        "care from",
        "doctor",
        "facility",
        "physician",
        "billed by",
        "seen by",
        "services by",
    ];
    let head = head.to_lowercase();
    GAVE.iter().any(|g| head.contains(g))
}

/// `29881-RT x1` in one column, or close before the words of the next: `RC 0360 x1 OPERATING ROOM`.
fn take_codes(line: &mut BodyLine, columns: usize) {
    for i in 0..columns {
        let Some(text) = text_in(line, i) else { continue };
        let first = line.assigned.cells.iter().position(|(t, c)| *c == i && t.kind != TokenKind::Money);
        let Some(first) = first else { continue };
        if let Some(values) = codes_and_count(&text) {
            let whole = Token { text, ..line.assigned.cells[first].0.clone() };
            line.assigned.cells.retain(|(_, c)| *c != i);
            line.parts.extend(values.into_iter().map(|(f, v)| (f, v, whole.clone())));
            continue;
        }
        let words: Vec<Word> =
            line.assigned.cells.iter().filter(|(_, c)| *c == i).flat_map(|(t, _)| t.words.iter().cloned()).collect();
        let before = |end: usize| Some((end, codes_and_count(&join(&words[..end]))?));
        let Some((end, values)) = (2..words.len().min(MOST_CODES + 1)).rev().find_map(before) else { continue };
        let part = |words: &[Word]| {
            let bbox = BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default();
            let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
            Token { kind: TokenKind::Text, text: join(words), bbox, confidence, words: words.to_vec() }
        };
        let codes = part(&words[..end]);
        line.assigned.cells.retain(|(_, c)| *c != i);
        line.assigned.cells.insert(first.min(line.assigned.cells.len()), (part(&words[end..]), i));
        line.parts.extend(values.into_iter().map(|(f, v)| (f, v, codes.clone())));
    }
}

fn codes_and_count(text: &str) -> Option<Vec<(Field, Value)>> {
    line_of_codes(text).filter(|v| v.len() >= 2 && v.iter().any(|(f, _)| *f == Field::Units))
}

#[cfg(test)]
mod tests;
