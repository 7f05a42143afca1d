//! A list under its title, with no head but that of its amounts:
//!
//! ```text
//! Charges                                               Amount
//! Sep 28, 2024   RECOVERY ROOM PHASE 1               $1,098.66
//! Sep 28, 2024   STERILE SUPPLY PACK                   $132.97
//! ```
//! Without columns of its own it would be laid into those of whatever table stands before it. Its first line tells what it is:
//! a day flush under the title, words, and one amount under the head.

use super::{Column, split_phrases};
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// Edges within so many sizes of type are flush.
const FLUSH: f32 = 1.0;

/// More words are no title.
const MOST_WORDS: usize = 6;

/// The two columns of such a list, where `line` is its head and `next` its first line.
pub(super) fn columns(line: &Line, next: &Line, vocabulary: &Vocabulary) -> Option<Vec<Column>> {
    let phrases = split_phrases(line, vocabulary);
    let [title, amounts] = phrases.as_slice() else { return None };
    let of_amounts = vocabulary.lookup(&amounts.text).is_some_and(|m| m.fields == [Field::Charge]);
    let words = title.text.split_whitespace().count();
    let titled = words <= MOST_WORDS && title.text.starts_with(char::is_uppercase) && !title.text.ends_with(':');
    let toks = tokens(next);
    let [day, text @ .., amount] = toks.as_slice() else { return None };
    let size = line.size().max(next.size());
    let entry = day.kind == TokenKind::Date
        && amount.kind == TokenKind::Money
        && !text.is_empty()
        && text.iter().all(|t| matches!(t.kind, TokenKind::Text | TokenKind::Number));
    let flush = |a: BBox, b: BBox| (a.x0 - b.x0).abs() < FLUSH * size;
    let under = |a: &Token| (a.bbox.x1 - amounts.bbox.x1).abs() < FLUSH * size || a.bbox.overlap_x(amounts.bbox) > 0.0;
    if !(of_amounts && titled && entry && flush(day.bbox, title.bbox) && under(amount)) {
        return None;
    }
    let column = |fields: Vec<Field>, head: &str, head_box: BBox| Column {
        fields,
        head: head.to_owned(),
        head_box,
        x0: head_box.x0,
        x1: head_box.x1,
        guessed: false,
    };
    let over = BBox { x1: text.last().map_or(title.bbox.x1, |t| t.bbox.x1.max(title.bbox.x1)), ..title.bbox };
    Some(vec![
        column(vec![Field::ServiceDate, Field::Description], &title.text, over),
        column(vec![Field::Charge], &amounts.text, amounts.bbox),
    ])
}
