//! Words of a line → tokens: the smallest pieces that stand in one cell.
//!
//! `$ 12.00`, `Mar 9, 2025` and `12.00 CR` are one token each; words with ordinary spaces between them are one text
//! token, but never across an amount, a date or a code, because dense tables leave no more room between two columns
//! than between two words.

use crate::grammar::{adjustments, code, date, money};
use crate::page_text::{BBox, Word};
use crate::text_lines::{Line, join};

/// What a token looks like, before anything is known of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An amount with cents.
    Money,
    /// A day with separators or a month's name.
    Date,
    /// A procedure code, with or without modifiers.
    Code,
    /// Digits that are none of these.
    Number,
    /// An adjustment: group code and reason code.
    AdjustmentCode,
    /// A printed nothing: `-`, `--`, `n/a`.
    Dash,
    /// Words.
    Text,
}

/// A piece of a line that stands in one cell.
#[derive(Debug, Clone)]
pub struct Token {
    /// What it looks like.
    pub kind: TokenKind,
    /// As printed, words joined by spaces.
    pub text: String,
    /// Where it stands.
    pub bbox: BBox,
    /// Lowest confidence of its words.
    pub confidence: f32,
    /// The words that it was made of, after splitting.
    pub words: Vec<Word>,
}

impl Token {
    /// Digits without a point, whatever else they look like: dollars or cents in a box of their own.
    pub fn is_whole_number(&self) -> bool {
        matches!(self.kind, TokenKind::Number | TokenKind::Code) && self.text.chars().all(|c| c.is_ascii_digit() || c == ',')
    }

    fn new(kind: TokenKind, words: Vec<Word>) -> Self {
        let bbox = BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default();
        let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        Self { kind, text: join(&words), bbox, confidence, words }
    }
}

/// The tokens of a line from left to right.
pub fn tokens(line: &Line) -> Vec<Token> {
    let words = split_glued(&line.words);
    let mut out: Vec<Token> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let (kind, n) = kind_at(&words, i, line.phrase_gap);
        let piece: Vec<Word> = words[i..i + n].to_vec();
        i += n;
        // a number one space behind words belongs to them ("LEVEL 4", "1 MG"); in a column of its own it stands apart
        let joins = match kind {
            TokenKind::Text => 1.0,
            TokenKind::Number => 0.8,
            _ => 0.0,
        };
        let joins = out
            .last()
            .is_some_and(|t| t.kind == TokenKind::Text && piece[0].bbox.x0 - t.bbox.x1 <= joins * line.phrase_gap && joins > 0.0);
        if joins {
            if let Some(last) = out.pop() {
                let mut w = last.words;
                w.extend(piece);
                out.push(Token::new(TokenKind::Text, w));
            }
        } else {
            out.push(Token::new(kind, piece));
        }
    }
    out
}

/// What begins at word `i`, and how many words it takes.
fn kind_at(words: &[Word], i: usize, phrase_gap: f32) -> (TokenKind, usize) {
    let text = words[i].text.as_str();
    let near =
        |a: usize, b: usize| words.get(b).is_some_and(|w| w.bbox.x0 - words[a].bbox.x1 <= phrase_gap.max(0.6 * w.font_size));
    // signs and symbols that stand apart from their amount
    for n in (2..=3).rev() {
        if i + n <= words.len() && (i + 1..i + n).all(|k| near(k - 1, k)) {
            let t = join(&words[i..i + n]);
            let glue_before = matches!(text, "$" | "-" | "(" | "-$" | "($" | "$-" | "$(");
            let after = words[i + n - 1].text.as_str();
            let glue_after = matches!(after, "CR" | "Cr" | "cr" | "-" | ")" | "DR");
            if (glue_before || glue_after) && money::money(&t.replace(' ', "")).is_some() {
                return (TokenKind::Money, n);
            }
            if may_start_date(text)
                && date::date(&t).is_some()
                && words[i..i + n].iter().any(|w| w.text.chars().any(char::is_alphabetic))
            {
                return (TokenKind::Date, n);
            }
        }
    }
    (single_kind(text), 1)
}

fn may_start_date(text: &str) -> bool {
    let t = text.trim_end_matches(['.', ',']);
    t.len() >= 3 && t.chars().all(char::is_alphabetic) && t.len() <= 9 || (t.len() <= 2 && t.chars().all(|c| c.is_ascii_digit()))
}

/// What a text by itself looks like.
pub(crate) fn kind_of(text: &str) -> TokenKind {
    if date::date(text).is_some() { TokenKind::Date } else { single_kind(text) }
}

fn single_kind(text: &str) -> TokenKind {
    let t = text.trim_end_matches([';', ':']);
    if matches!(t, "-" | "--" | "---" | "—" | "–" | "N/A" | "n/a" | "$-" | "$--") {
        return TokenKind::Dash;
    }
    if money::money(t).is_some() {
        return TokenKind::Money;
    }
    if date::date(t).is_some() {
        return TokenKind::Date;
    }
    if adjustments::adjustment_code(t).is_some() {
        return TokenKind::AdjustmentCode;
    }
    if code::procedure(t).is_some() {
        return TokenKind::Code;
    }
    if t.chars().any(|c| c.is_ascii_digit()) && t.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-')) {
        return TokenKind::Number;
    }
    let digits = t.chars().filter(char::is_ascii_digit).count();
    if digits >= 3 && digits * 2 > t.len() {
        if (t.contains('.') || t.contains(',')) && money::money_lenient(t).is_some_and(|(_, n)| n <= 2) {
            return TokenKind::Money;
        }
        if date::date_lenient(t).is_some_and(|(_, n)| n <= 2) {
            return TokenKind::Date;
        }
    }
    TokenKind::Text
}

/// Takes apart what recognition has run together: a date and the words behind it.
fn split_glued(words: &[Word]) -> Vec<Word> {
    let mut out = Vec::with_capacity(words.len());
    for w in words {
        match date::leading_date(&w.text) {
            Some((_, rest)) if rest.len() >= 2 && rest.len() < w.text.len() && single_kind(&w.text) == TokenKind::Text => {
                let cut = w.text.len() - rest.len();
                let clean = rest.trim_start_matches(['-', ' ']);
                if cut < 6 || !rest.starts_with(|c: char| c.is_alphabetic() || c == '-') || clean.is_empty() {
                    out.push(w.clone());
                    continue;
                }
                let total = w.text.chars().count() as f32;
                let at = w.bbox.x0 + w.bbox.width() * w.text[..cut].chars().count() as f32 / total;
                let (mut left, mut right) = (w.clone(), w.clone());
                left.text.truncate(cut);
                left.bbox.x1 = at;
                clean.clone_into(&mut right.text);
                right.bbox.x0 = at;
                out.push(left);
                out.push(right);
            }
            _ => out.push(w.clone()),
        }
    }
    out
}
