//! Headers of two tiers: facts over amounts (see [`crate::tiers`]), or captions of two lines each for two print rows with amounts
//! (see [`crate::decks`]). The two, one set off against the other, would as well pass for one header of stacked heads: it is the
//! lines under them that tell.

use std::borrow::Cow;

use super::{Column, TableHeader};
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};

/// How far under a header its first service may stand, in lines.
const NEAR: usize = 6;

/// The fewest amounts of a line that has nothing else.
const AMOUNTS: usize = 3;

/// Whether the two headers are the two tiers of one: facts in the upper, amounts in the lower, and the services stand so.
pub(super) fn are_tiers(upper: &TableHeader, lower: &TableHeader, lines: &[Cow<'_, Line>]) -> bool {
    let known = |h: &TableHeader| h.columns.iter().all(|c| !c.fields.is_empty());
    let shared = upper.columns.iter().any(|c| c.fields.iter().any(|f| lower.columns.iter().any(|l| l.has(*f))));
    if !known(upper) || !known(lower) || shared || upper.end_line != lower.first_line {
        return false;
    }
    let body = &lines[lower.end_line.min(lines.len())..(lower.end_line + NEAR).min(lines.len())];
    let alternate = |is: &dyn Fn(&[Token], &[Token]) -> bool| body.windows(2).any(|two| is(&tokens(&two[0]), &tokens(&two[1])));
    let amounts = |h: &TableHeader| h.columns.iter().filter(|c| c.is_money()).count();
    // single lines of captions are told apart by what they are worth
    let decks = amounts(upper) >= AMOUNTS && amounts(lower) >= AMOUNTS && upper.end_line - upper.first_line > 1;
    if decks && lower.end_line - lower.first_line > 1 {
        return alternate(&|a, b| is_dated(a) && !is_dated(b) && amounts_of(a) >= AMOUNTS && amounts_of(b) >= AMOUNTS);
    }
    let facts = upper.columns.len() >= 2 && amounts(upper) == 0;
    let sums = lower.columns.len() >= AMOUNTS && lower.columns.iter().all(Column::is_money);
    facts && sums && alternate(&|a, b| says_facts(a) && only_amounts(b))
}

fn is_dated(line: &[Token]) -> bool {
    line.first().is_some_and(|t| t.kind == TokenKind::Date)
}

fn amounts_of(line: &[Token]) -> usize {
    line.iter().filter(|t| t.kind == TokenKind::Money).count()
}

fn says_facts(line: &[Token]) -> bool {
    let told = line.iter().any(|t| matches!(t.kind, TokenKind::Date | TokenKind::Code));
    told && line.len() >= 2 && !line.iter().any(|t| t.kind == TokenKind::Money)
}

fn only_amounts(line: &[Token]) -> bool {
    amounts_of(line) >= AMOUNTS && line.iter().all(|t| matches!(t.kind, TokenKind::Money | TokenKind::Dash))
}
