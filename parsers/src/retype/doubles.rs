//! Columns that go by one meaning: which of them has it.

use super::shares::Shares;
use super::{is_entry, plain};
use crate::assign::Assigned;
use crate::columns::{Column, is_money_field};
use crate::grammar::code;
use crate::heading_words::noted_amount;
use crate::identify::{is_charged, proven};
use crate::statement::Field;
use crate::tokens::TokenKind;
use crate::whose_rows::who_gave;

/// One column for each field: of several the best filled stays.
pub(super) fn settle_doubles(columns: &mut [Column], shares: &[Shares], lines: &[&Assigned]) {
    for i in 0..columns.len() {
        for j in i + 1..columns.len() {
            let (Some(&a), Some(&b)) = (columns[i].fields.first(), columns[j].fields.first()) else {
                continue;
            };
            if a != b
                || matches!(a, Field::Ignored | Field::Adjustments)
                || columns[i].fields.len() > 1
                || columns[j].fields.len() > 1
            {
                continue;
            }
            match a {
                // `From` may say of a payment who made it
                Field::ServiceDate
                    if (shares[i].date > 0.0) != (shares[j].date > 0.0) && shares[i].n > 0.0 && shares[j].n > 0.0 =>
                {
                    let drop = if shares[i].date > 0.0 { j } else { i };
                    columns[drop].fields = vec![Field::Ignored];
                }
                // a hospital's books have the day of the entry beside that of the service
                Field::ServiceDate if is_entry(&columns[i].head) != is_entry(&columns[j].head) => {
                    let drop = if is_entry(&columns[i].head) { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                Field::ServiceDate => {
                    columns[j].fields = vec![if close(&columns[i], &columns[j]) { Field::ServiceDateTo } else { Field::Ignored }];
                }
                // the title of a table may stand over none of its columns
                Field::Charge if (shares[i].money > 0.5) != (shares[j].money > 0.5) => {
                    let drop = if shares[i].money > 0.5 { j } else { i };
                    columns[drop].fields = vec![Field::Ignored];
                }
                Field::Charge => {
                    // "Total" beside "Charges": the last of them is the extended amount only where the first is a price
                    let drop = if plain(&columns[i].head) && !plain(&columns[j].head) { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                // `Inel Code`, `Disc Code`: a column of notes beside each of the amounts
                Field::RemarkCodes if [i, j].iter().all(|k| noted_amount(&columns[*k].head).is_some()) => {}
                // `M1   M2`: a column for each of a code's modifiers
                Field::Modifiers if columns[i].head != columns[j].head => {}
                // `Item | Description`: the number of what was done, where one stands beside every description
                Field::Description if !columns.iter().any(|c| c.has(Field::Code)) && has_codes_of(i, j, lines) => {
                    columns[i].fields = vec![Field::Code];
                }
                // `Provider of service | Medical service`
                Field::Description if who_gave(&columns[i].head) != who_gave(&columns[j].head) => {
                    let drop = if who_gave(&columns[i].head) { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                // `CHG`, `PMT`: a ledger's column of kinds of entries stands beside that of the words
                Field::Description if shares[i].is_of_kinds() != shares[j].is_of_kinds() => {
                    let drop = if shares[i].is_of_kinds() { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                // `Item   1` beside `Kind of Service   EMERGENCY ROOM`
                Field::Description if (shares[i].worded < 0.5) != (shares[j].worded < 0.5) => {
                    let drop = if shares[i].worded < 0.5 { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                Field::Description if numbers_beside_words(i, j, lines) => columns[i].fields = vec![Field::Ignored],
                // `#` in front of everything numbers the lines
                Field::Units if i == 0 => columns[i].fields = vec![Field::Ignored],
                // a supplement's EOB has what Medicare paid before what it pays itself
                Field::PlanPaid if is_first_payer(&columns[i].head) != is_first_payer(&columns[j].head) => {
                    let first = if is_first_payer(&columns[i].head) { i } else { j };
                    columns[first].fields = vec![Field::OtherPaid];
                }
                // `Your bill | … | Member liability` of a member who owes nothing
                Field::PatientResponsibility
                    if !columns.iter().any(|c| c.has(Field::Charge))
                        && is_charged(columns, lines, i)
                        && !is_charged(columns, lines, j) =>
                {
                    columns[i].fields = vec![Field::Charge];
                }
                Field::Code => {
                    // a hospital's own charge codes stand beside the procedure codes, and on more lines; seven figures may look
                    // like a procedure with its modifier
                    let coded = |k: usize| (shares[k].code - shares[k].long).max(0.0) * shares[k].n;
                    let drop = if coded(j) > coded(i) { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                _ => {
                    let fuller = if shares[j].n > shares[i].n { j } else { i };
                    let keep = if is_money_field(a) { proven(columns, lines, [i, j], a).unwrap_or(fuller) } else { fuller };
                    columns[if keep == i { j } else { i }].fields = vec![Field::Ignored];
                }
            }
        }
    }
}

/// Whether wherever something stands in a column of words, a code and no more stands in the one before it.
fn has_codes_of(before: usize, words: usize, lines: &[&Assigned]) -> bool {
    let cells =
        |l: &Assigned, column: usize| l.cells.iter().filter(|(_, c)| *c == column).map(|(t, _)| t.clone()).collect::<Vec<_>>();
    let mut worded = lines.iter().filter(|l| !cells(l, words).is_empty()).peekable();
    worded.peek().is_some()
        && worded.all(
            |l| matches!(&cells(l, before)[..], [t] if t.kind == TokenKind::Code || code::procedure_lenient(&t.text).is_some()),
        )
}

/// Whether wherever something stands in both columns it is a figure in the first and words in the second.
fn numbers_beside_words(first: usize, second: usize, lines: &[&Assigned]) -> bool {
    let cell = |l: &Assigned, column: usize| l.cells.iter().find(|(_, c)| *c == column).map(|(t, _)| (t.kind, t.text.len()));
    let mut both = lines.iter().filter_map(|l| Some((cell(l, first)?, cell(l, second)?))).peekable();
    both.peek().is_some() && both.all(|((a, digits), (b, _))| a == TokenKind::Number && digits <= 3 && b == TokenKind::Text)
}

/// Whether a heading names the insurer that pays before the one whose paper it is.
fn is_first_payer(head: &str) -> bool {
    let head = head.to_lowercase();
    ["medicare", "primary", "other"].iter().any(|w| head.contains(w))
}

fn close(a: &Column, b: &Column) -> bool {
    b.head_box.x0 - a.head_box.x1 < 60.0
}
