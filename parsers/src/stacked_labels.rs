//! Labels in a row over their values, printed anew for every service.
//!
//! ```text
//! OFFICE VISIT (99214)                           03/09/2025
//! Amount billed   Discount   Allowed   You may owe
//! $210.00         $60.00     $150.00   $30.00
//! ```

use crate::columns::{is_money_field, split_phrases};
use crate::grammar::adjustments::remark_codes;
use crate::label_value::{Pair, field_of};
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::{Line, Phrase};
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// Edges within so many sizes of type are flush.
const FLUSH: f32 = 0.5;

/// The pairs of a line of labels and the line of amounts, and of notes where they say so, right under it; `None` where they are
/// not that.
pub(crate) fn pairs(labels: &Line, values: &Line, vocabulary: &Vocabulary) -> Option<Vec<Pair>> {
    let size = values.size().max(4.0);
    let amounts: Vec<Token> = tokens(values).into_iter().filter(|t| t.text != "$").collect();
    let noted = |t: &Token| t.kind == TokenKind::Text && remark_codes(&t.text).is_some_and(|l| l.iter().all(|c| has_figure(c)));
    let plain = |t: &Token| matches!(t.kind, TokenKind::Money | TokenKind::Dash);
    if !near(labels, values)
        || !amounts.iter().all(|t| plain(t) || noted(t))
        || amounts.is_empty()
        || tokens(labels).iter().any(|t| t.kind == TokenKind::Money)
    {
        return None;
    }
    let heads = split_phrases(labels, vocabulary);
    let mut out = Vec::with_capacity(amounts.len());
    let mut last = None;
    for value in amounts {
        let (at, head) = flush_with(&heads, value.bbox, size)?;
        // every amount has a label of its own
        if last.is_some_and(|l| at <= l) {
            return None;
        }
        last = Some(at);
        match field_of(&head.text, vocabulary) {
            Some(field) if plain(&value) && is_money_field(field) || !plain(&value) && field == Field::RemarkCodes => {
                out.push(Pair { field, value });
            }
            _ if plain(&value) => {}
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

fn has_figure(code: &str) -> bool {
    code.bytes().any(|b| b.is_ascii_digit())
}

/// Whether a line stands right under labels that may be those of its values.
pub(crate) fn near(labels: &Line, values: &Line) -> bool {
    let size = values.size().max(4.0);
    labels.page == values.page && values.bbox.y0 - labels.bbox.y1 < 1.2 * size && values.bbox.y0 > labels.bbox.y0
}

/// The label with which a value of this size of type is set flush, on either side or in the middle, and its place among them.
pub(crate) fn flush_with(labels: &[Phrase], value: BBox, size: f32) -> Option<(usize, &Phrase)> {
    let away = |b: BBox| (b.x0 - value.x0).abs().min((b.x1 - value.x1).abs()).min((b.cx() - value.cx()).abs());
    let nearest = labels.iter().enumerate().min_by(|a, b| away(a.1.bbox).total_cmp(&away(b.1.bbox)))?;
    (away(nearest.1.bbox) <= FLUSH * size).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::Word;

    fn line(y: f32, words: &[(f32, &str)]) -> Line {
        let word = |(x, t): &(f32, &str)| Word::digital(*t, BBox::new(*x, y, x + 4.0 * t.len() as f32, y + 8.0));
        let words: Vec<Word> = words.iter().map(word).collect();
        Line { page: 1, bbox: BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default(), words, phrase_gap: 4.0 }
    }

    fn found(labels: &[(f32, &str)], values: &[(f32, &str)], y: f32) -> Vec<(Field, String)> {
        let pairs = pairs(&line(10.0, labels), &line(y, values), Vocabulary::builtin()).unwrap_or_default();
        pairs.into_iter().map(|p| (p.field, p.value.text)).collect()
    }

    const LABELS: [(f32, &str); 3] = [(40.0, "Billed"), (100.0, "Discount"), (160.0, "Copay")];

    #[test]
    fn each_amount_belongs_to_the_label_over_it() {
        let got = found(&LABELS, &[(40.0, "$210.00"), (160.0, "$30.00")], 20.0);
        assert_eq!(got, [(Field::Charge, "$210.00".to_owned()), (Field::Copay, "$30.00".to_owned())]);
    }

    #[test]
    fn codes_under_the_label_of_notes_are_these_and_words_are_not() {
        let labels = [(40.0, "Billed"), (100.0, "Notes")];
        let got = found(&labels, &[(40.0, "$210.00"), (100.0, "D15")], 20.0);
        assert_eq!(got, [(Field::Charge, "$210.00".to_owned()), (Field::RemarkCodes, "D15".to_owned())]);
        assert_eq!(found(&[(40.0, "Notes")], &[(40.0, "K2"), (52.0, "G4")], 20.0).len(), 1);
        assert!(found(&[(40.0, "Billed"), (100.0, "Discount")], &[(40.0, "$210.00"), (100.0, "D15")], 20.0).is_empty());
        assert!(found(&[(40.0, "Notes")], &[(40.0, "AS")], 20.0).is_empty());
    }

    #[test]
    fn amounts_that_stand_elsewhere_or_too_low_have_no_labels() {
        assert!(found(&LABELS, &[(40.0, "$210.00"), (75.0, "$30.00")], 20.0).is_empty());
        assert!(found(&LABELS, &[(40.0, "$210.00")], 48.0).is_empty());
        assert!(found(&LABELS, &[(40.0, "$210.00"), (160.0, "VISIT")], 20.0).is_empty());
    }
}
