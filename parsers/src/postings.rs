//! Payments, adjustments and balances brought forward on lines of their own, outside of any table: a day, words, an amount.
//!
//! ```text
//! Jul 20   INSURANCE PAYMENT - MEDICARE      249.54 CR
//! ```
//! Bills without columns list them under each service or in a section at the end. The words must say that it is one.

use std::collections::BTreeMap;

use crate::credit_rows::credit_row;
use crate::credits::{Credit, credit};
use crate::grammar::date::date;
use crate::grammar::money;
use crate::reading::{Setting, money_of};
use crate::statement::{Cell, Field, LineKind, Money, Row, Value};
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::{is_forward, is_total_label};

/// The rows that are payments or adjustments, until it is known whether the paper prints credits with a minus.
#[derive(Default)]
pub(crate) struct Postings {
    credits: Vec<(usize, Credit)>,
}

impl Postings {
    /// Takes the line, if it is such a posting, as a further row.
    pub(crate) fn take(&mut self, line: &Line, setting: &Setting, rows: &mut Vec<Row>) -> bool {
        let Some((row, words)) = dated(line, setting) else { return false };
        if is_forward(&words) {
            rows.push(Row { kind: LineKind::Balance, ..row });
            return true;
        }
        match credit(&words, setting.payer.as_deref()).filter(|_| !is_total_label(&words)) {
            Some(c) => {
                self.credits.push((rows.len(), c));
                rows.push(row);
                true
            }
            None => false,
        }
    }

    /// Puts the amounts where they belong, positive.
    pub(crate) fn settle(self, rows: &mut [Row]) {
        let charge = |rows: &[Row], i: usize| rows.get(i).and_then(|r| money_of(&r.cells, Field::Charge));
        let negative = self.credits.iter().any(|(i, c)| !c.taken_back && charge(rows, *i).is_some_and(|m| m < Money::ZERO));
        for (i, c) in self.credits {
            if let Some(row) = rows.get_mut(i) {
                credit_row(row, c, negative);
            }
        }
    }
}

/// A day, words and an amount, with nothing else on the line, and the words.
fn dated(line: &Line, setting: &Setting) -> Option<(Row, String)> {
    let toks = tokens(line);
    let [first, words @ .., last] = toks.as_slice() else { return None };
    if first.kind != TokenKind::Date || last.kind != TokenKind::Money || words.is_empty() {
        return None;
    }
    if words.iter().any(|t| matches!(t.kind, TokenKind::Money | TokenKind::Code)) {
        return None;
    }
    let text = words.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
    let cell =
        |value: Value, t: &Token| Cell { value, raw: t.text.clone(), page: line.page, bbox: t.bbox, confidence: t.confidence };
    let day = date(&first.text)?.resolve(setting.anchor)?;
    let amount = money::money(&last.text)?;
    let cells = BTreeMap::from([
        (Field::ServiceDate, cell(Value::Date(day), first)),
        (Field::Description, cell(Value::Text(text.clone()), &words[0])),
        (Field::Charge, cell(Value::Money(amount), last)),
    ]);
    Some((Row { kind: LineKind::Payment, cells, claim: None, page: line.page, bbox: line.bbox }, text))
}
