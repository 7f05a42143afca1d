//! Lines that list adjustments (X12 835 CAS) and nothing else, as far as their tokens tell it: `CO-45  425.40`, and behind a label
//! `ADJ  CO-45 425.40  PR-2 126.40`, `GRP/RC CO45  AMOUNT 425.40`.
//!
//! What they hold is of the service above, whatever columns they stand under: no table is learned from them.

use crate::grammar::adjustments;
use crate::heading_words::names_adjustments;
use crate::statement::Field;
use crate::tokens::{Token, TokenKind};
use crate::vocabulary::Vocabulary;

/// Group and reason code, where a token is that.
pub(crate) fn reason(t: &Token) -> Option<(String, String)> {
    matches!(t.kind, TokenKind::AdjustmentCode | TokenKind::Text)
        .then(|| adjustments::adjustment_code(t.text.trim_end_matches(':')))
        .flatten()
}

/// Whether the cells of a line are adjustments with their amounts, and nothing else.
pub(crate) fn are_adjustments(cells: &[(Token, usize)]) -> bool {
    let adjusts = |t: &Token| reason(t).is_some();
    cells.iter().any(|(t, _)| adjusts(t)) && cells.iter().all(|(t, _)| adjusts(t) || t.kind == TokenKind::Money)
}

/// Whether a token is the name of an adjustment and no more: `ADJ`, `GRP/RC`, `ADJ CODE`.
pub(crate) fn is_label(t: &Token) -> bool {
    let name = t.text.trim_end_matches([':', '.', '=', '-']).trim_end();
    let adjusts = |f: &[Field]| matches!(f, [Field::Adjustments | Field::PlanDiscount]);
    t.kind == TokenKind::Text
        && (names_adjustments(name) || Vocabulary::builtin().lookup(name).is_some_and(|m| m.score >= 1.0 && adjusts(&m.fields)))
}

/// Whether a line begins with an adjustment behind its label, which neither a service nor a test (`CO2`) does.
pub(crate) fn is_labelled(tokens: &[Token]) -> bool {
    let labels = tokens.iter().take_while(|t| is_label(t)).count();
    labels > 0 && tokens.get(labels).is_some_and(|t| reason(t).is_some())
}
