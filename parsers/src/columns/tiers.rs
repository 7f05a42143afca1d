//! Headers of two tiers, facts over amounts (see [`crate::tiers`]). The two lines, one set off against the other, would as well
//! pass for one header of stacked heads: it is the lines under them that tell.

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
    let facts = known(upper) && upper.columns.len() >= 2 && !upper.columns.iter().any(Column::is_money);
    let sums = known(lower) && lower.columns.len() >= AMOUNTS && lower.columns.iter().all(Column::is_money);
    let shared = upper.columns.iter().any(|c| c.fields.iter().any(|f| lower.columns.iter().any(|l| l.has(*f))));
    facts && sums && !shared && upper.end_line == lower.first_line && {
        let body = &lines[lower.end_line.min(lines.len())..(lower.end_line + NEAR).min(lines.len())];
        body.windows(2).any(|two| says_facts(&tokens(&two[0])) && only_amounts(&tokens(&two[1])))
    }
}

fn says_facts(line: &[Token]) -> bool {
    let told = line.iter().any(|t| matches!(t.kind, TokenKind::Date | TokenKind::Code));
    told && line.len() >= 2 && !line.iter().any(|t| t.kind == TokenKind::Money)
}

fn only_amounts(line: &[Token]) -> bool {
    let amounts = line.iter().filter(|t| t.kind == TokenKind::Money).count();
    amounts >= AMOUNTS && line.iter().all(|t| matches!(t.kind, TokenKind::Money | TokenKind::Dash))
}
