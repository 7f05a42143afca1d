//! What a line of a list of labels holds: pairs of a label and its value, a sum, or words.

use super::remarks::notes_alone;
use super::{days, headed, remarks, titles};
use crate::columns::is_money_field;
use crate::grammar::code;
use crate::page_text::{BBox, TextSource};
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;
use crate::vocabulary::Vocabulary;

/// A label with its value.
pub(crate) struct Pair {
    pub(crate) field: Field,
    pub(crate) value: Token,
}

/// What a line holds.
pub(super) enum Content {
    Pairs(Vec<Pair>),
    Sum { label: String, pairs: Vec<Pair> },
    Words,
}

impl Content {
    /// What its pairs name.
    pub(super) fn fields(&self) -> Vec<Field> {
        match self {
            Self::Pairs(pairs) | Self::Sum { pairs, .. } => pairs.iter().map(|p| p.field).collect(),
            Self::Words => Vec::new(),
        }
    }
}

/// Whether a line holds labels with their values and no words beside them.
pub(crate) fn is_of_pairs(line: &Line, vocabulary: &Vocabulary) -> bool {
    matches!(content(line, vocabulary), Content::Pairs(_))
}

/// The pairs of a line: `label value`, `label: value`, several beside each other.
pub(super) fn content(line: &Line, vocabulary: &Vocabulary) -> Content {
    // over the amounts they name the service, all of them together
    if remarks::code_and_notes(&line.text()) {
        return Content::Words;
    }
    let mut pairs = Vec::new();
    let mut label: Option<Token> = None;
    let mut loose = 0;
    let mut sum: Option<String> = None;
    let mut day: Option<Token> = None;
    for t in tokens(line) {
        // A dollar sign may stand far in front of its amount.
        if t.text == "$" {
            continue;
        }
        // `03/09/2025  Code 99214`: a day in front of its code needs no label
        if t.kind == TokenKind::Date && label.is_none() && pairs.is_empty() && day.is_none() {
            day = Some(t);
            continue;
        }
        if let Some(last) = days::last_day(&pairs, label.as_ref(), &t) {
            pairs.push(last);
            label = None;
            continue;
        }
        if days::joins(&pairs, label.as_ref(), &t) {
            label = Some(t);
            continue;
        }
        if label.as_ref().is_some_and(|l| is_misread_amount(l, &t, vocabulary)) {
            label = None;
            continue;
        }
        // `Code A0427 RH`, and with two blanks between them
        let room = line.phrase_gap.max(0.7 * line.size());
        let coded = pairs.last().is_some_and(|p: &Pair| p.field == Field::Code && t.bbox.x0 - p.value.bbox.x1 < room);
        if coded && t.text.len() == 2 && label.is_none() && code::modifier(&t.text) {
            pairs.push(Pair { field: Field::Modifiers, value: t });
            continue;
        }
        if t.kind == TokenKind::Text {
            if let Some((l, v)) = glued(&t)
                && let Some(f) = field_of(&l, vocabulary)
            {
                pairs.push(Pair { field: f, value: v });
                label = None;
                continue;
            }
            // `Code 99214   Footnote K2, H3`
            if label.is_none()
                && !pairs.is_empty()
                && let Some(list) = notes_alone(&t.text)
            {
                pairs.push(Pair { field: Field::RemarkCodes, value: Token { text: list.join(" "), ..t } });
                continue;
            }
            if let Some(count) = headed::count_in_words(&t).filter(|_| label.is_none() && !pairs.is_empty()) {
                pairs.push(count);
                continue;
            }
            if let Some(pair) = label.as_ref().and_then(|l| headed::words_behind(l, &t, vocabulary)) {
                pairs.push(pair);
                label = None;
                continue;
            }
            loose += usize::from(label.is_some());
            // `$210.00 charged by providers, $120.00 paid to them`: words that say what the amount before them is
            if t.text.starts_with(char::is_lowercase) && t.text.ends_with(',') {
                loose += 1;
                label = None;
                continue;
            }
            // `Status:  Processed` is a pair too, of what is no concern here
            if label.as_ref().is_some_and(|l| l.text.trim_end().ends_with(':')) && !t.text.contains(':') {
                label = None;
                continue;
            }
            // one of the spaces of `Your total  for this claim:` may be wide
            label = Some(match label.take().filter(|l| is_total_label(&l.text) && t.text.starts_with(char::is_lowercase)) {
                Some(l) => Token { text: format!("{} {}", l.text, t.text), ..t },
                None => t,
            });
            continue;
        }
        match label.take() {
            Some(l) if t.kind == TokenKind::Money || t.kind == TokenKind::Dash => {
                let text = l.text.trim_end_matches([':', '.', ' ']).to_owned();
                if is_total_label(&text)
                    && vocabulary
                        .lookup(&text)
                        .is_none_or(|m| !m.fields.iter().all(|f| *f != Field::Charge && is_money_field(*f)))
                {
                    sum = Some(text.clone());
                    if let Some(f) = field_of_total(&text, vocabulary) {
                        pairs.push(Pair { field: f, value: t });
                    }
                } else if let Some(f) = field_of(&text, vocabulary).filter(|f| is_money_field(*f)) {
                    pairs.push(Pair { field: f, value: t });
                } else {
                    loose += 1;
                }
            }
            Some(l) => match field_of(&l.text, vocabulary)
                .filter(|f| l.text.trim_end().ends_with(':') || is_at_home(*f, t.kind) || headed::counts(&l, &t, vocabulary))
            {
                Some(f) => pairs.push(Pair { field: f, value: t }),
                None => loose += 1,
            },
            None => loose += 1,
        }
    }
    if label.is_some() {
        loose += 1;
    }
    match day {
        Some(value) if pairs.iter().any(|p| matches!(p.field, Field::Code | Field::RevenueCode)) && loose == 0 => {
            pairs.insert(0, Pair { field: Field::ServiceDate, value });
        }
        Some(_) => loose += 1,
        None => {}
    }
    if let Some(label) = sum {
        return Content::Sum { label, pairs };
    }
    // `03/09/2025 | Code 99214, modifier 25 | Quantity 1`: the pairs are not all that it says of its service
    let facts = || loose > 0 && remarks::is_of_facts(&line.text());
    let worded = pairs.is_empty() || loose > pairs.len() || titles::is_title(line, &pairs) || facts();
    if worded { Content::Words } else { Content::Pairs(pairs) }
}

/// `Procedure code 99214`: what looks like nothing else needs no colon before it.
fn is_at_home(f: Field, kind: TokenKind) -> bool {
    let home = [(Field::Code, TokenKind::Code), (Field::ServiceDate, TokenKind::Date), (Field::RevenueCode, TokenKind::Number)];
    home.contains(&(f, kind))
}

/// `Allowed amount $75.3`: figures beside the label of an amount that are none, as recognition left them. The pair says
/// nothing, and the others on its line stay what they are.
fn is_misread_amount(label: &Token, t: &Token, vocabulary: &Vocabulary) -> bool {
    let figures = t.text.chars().filter(char::is_ascii_digit).count();
    t.words.iter().all(|w| w.source == TextSource::Ocr)
        && matches!(t.kind, TokenKind::Text | TokenKind::Number)
        && figures >= 2
        && figures * 2 >= t.text.chars().count()
        && field_of(label.text.trim_end_matches([':', '.', ' ']), vocabulary).is_some_and(is_money_field)
}

/// `Remarks: D15, H3` in one phrase.
fn glued(t: &Token) -> Option<(String, Token)> {
    let at = t.words.iter().position(|w| w.text.ends_with(':'))? + 1;
    if at >= t.words.len() {
        return None;
    }
    let mut value = t.clone();
    value.words = t.words[at..].to_vec();
    value.text = crate::text_lines::join(&value.words);
    value.bbox = BBox::around(value.words.iter().map(|w| w.bbox)).unwrap_or(t.bbox);
    Some((crate::text_lines::join(&t.words[..at]), value))
}

pub(crate) fn field_of(label: &str, vocabulary: &Vocabulary) -> Option<Field> {
    let m = vocabulary.lookup(label).or_else(|| vocabulary.guess(label))?;
    let field = m.fields.first().copied().filter(|f| *f != Field::Ignored && m.fields.len() == 1)?;
    let service = !(field == Field::Description && names_someone(label));
    (service && (field != Field::ServiceDate || !is_of_the_paper(label))).then_some(field)
}

/// `Services by`, `Patient Acct No.`: who gave or got the care stands behind it, or a number of theirs, and not what was done.
fn names_someone(label: &str) -> bool {
    const OF_CLAIM: [&str; 12] = [
        "acct",
        "account",
        "claim",
        "member",
        "network",
        "status",
        "insured",
        "subscriber",
        "group",
        "provider",
        "facility",
        "patient",
    ];
    let label = label.to_lowercase();
    let words: Vec<&str> = label.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let last = words.last().copied().unwrap_or_default();
    matches!(last, "by" | "for" | "to" | "from" | "provider" | "physician" | "doctor")
        || words.iter().any(|w| OF_CLAIM.contains(w))
}

/// `Report date`: a day of the paper, and no service's.
fn is_of_the_paper(label: &str) -> bool {
    const PAPERS: [&str; 16] = [
        "process",
        "processed",
        "completed",
        "finalized",
        "report",
        "statement",
        "notice",
        "letter",
        "invoice",
        "issue",
        "issued",
        "print",
        "printed",
        "mailing",
        "mailed",
        "prepared",
    ];
    // the day on which the claim came in; `Care received on` is another
    let came_in = matches!(label.trim_end_matches([':', ' ']).to_lowercase().as_str(), "received date" | "date received");
    came_in || label.split(|c: char| !c.is_alphabetic()).any(|w| PAPERS.iter().any(|p| w.eq_ignore_ascii_case(p)))
}

/// `Total plan paid`, `Total billed for this claim`.
fn field_of_total(label: &str, vocabulary: &Vocabulary) -> Option<Field> {
    let lower = label.to_lowercase();
    let bare = lower.trim_start_matches("total").trim_start_matches("s ").trim();
    let bare = bare.split(" for ").next().unwrap_or(bare).trim();
    field_of(bare, vocabulary).or_else(|| field_of(label, vocabulary)).filter(|f| is_money_field(*f))
}
