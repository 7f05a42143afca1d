//! Words of a line → tokens: the smallest pieces that stand in one cell.
//!
//! `$ 12.00`, `Mar 9, 2025` and `12.00 CR` are one token each; words with ordinary spaces between them are one text
//! token, but never across an amount, a date or a code, because dense tables leave no more room between two columns
//! than between two words.

use crate::grammar::{adjustments, code, date, money};
use crate::line_numbers;
use crate::page_text::{BBox, TextSource, Word};
use crate::text_lines::{Line, join};

use glued::split_glued;

mod glued;

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
    /// Digits without a point, whatever else they look like: dollars or cents in a box of their own. What is taken back has
    /// a minus before its dollars.
    pub fn is_whole_number(&self) -> bool {
        let digits = self.text.strip_prefix('-').unwrap_or(&self.text);
        matches!(self.kind, TokenKind::Number | TokenKind::Code)
            && !digits.is_empty()
            && digits.chars().all(|c| c.is_ascii_digit() || c == ',')
    }

    /// The words before `at`, and those from there on, each a token by itself.
    pub(crate) fn split(self, at: usize) -> Vec<Self> {
        <[_; 2]>::from(self.words.split_at(at)).map(|words| Self::new(kind_of(&join(words)), words.to_vec())).to_vec()
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
        // `03 18 25  99284`: as the boxes of claim forms have it
        if let Some(day) = day_in_figures(&words, i, line.phrase_gap) {
            out.push(day);
            i += 3;
            continue;
        }
        let (kind, n) = kind_at(&words, i, line.phrase_gap);
        let piece: Vec<Word> = words[i..i + n].to_vec();
        i += n;
        // a number one space behind words belongs to them ("LEVEL 4", "1 MG"); in a column of its own it stands apart;
        // a dash with words close on both sides parts them and is no empty cell
        let parts = |next: &Word| {
            next.bbox.x0 - piece[0].bbox.x1 <= line.phrase_gap && next.text.chars().filter(|c| c.is_alphabetic()).count() >= 2
        };
        let joins = match kind {
            TokenKind::Text => 1.0,
            TokenKind::Dash if words.get(i).is_some_and(parts) => 1.0,
            TokenKind::Number => 0.8,
            _ => 0.0,
        };
        let joins = out
            .last()
            .is_some_and(|t| t.kind == TokenKind::Text && piece[0].bbox.x0 - t.bbox.x1 <= joins * line.phrase_gap && joins > 0.0);
        if joins {
            if let Some(last) = out.pop() {
                out.push(Token::new(TokenKind::Text, [last.words, piece].concat()));
            }
        } else {
            out.push(Token::new(kind, piece));
        }
    }
    out
}

/// Month, day and year in two figures each, close to one another and apart from what stands around them. The token says the day
/// with its strokes.
fn day_in_figures(words: &[Word], i: usize, phrase_gap: f32) -> Option<Token> {
    /// A cell by itself, whatever stands beside it.
    const CELL: f32 = 3.0;
    let [month, day, year, next, ..] = &words[i..] else { return None };
    let figures = |w: &Word| w.text.len() == 2 && w.text.bytes().all(|b| b.is_ascii_digit());
    if ![month, day, year].into_iter().all(figures) {
        return None;
    }
    let gap = |a: &Word, b: &Word| b.bbox.x0 - a.bbox.x1;
    let close = gap(month, day).max(gap(day, year));
    // as a count of units or a modifier the figures would stand in columns of their own
    let one = close <= phrase_gap && (gap(month, day) - gap(day, year)).abs() < 0.5 * close;
    let behind = gap(year, next);
    let coded = single_kind(&next.text) == TokenKind::Code || next.text.len() >= 4;
    let apart = match i.checked_sub(1).map(|before| gap(&words[before], month)) {
        None => behind > CELL * close || coded && behind > 1.3 * close,
        Some(before) => before.min(behind) > CELL * close,
    };
    let text = format!("{}/{}/{}", month.text, day.text, year.text);
    if !one || !apart || date::date(&text).is_none() {
        return None;
    }
    let mut token = Token::new(TokenKind::Date, words[i..i + 3].to_vec());
    token.text = text;
    Some(token)
}

/// Words that look like a phrase, parted where a stroke under the header says that a column ends.
pub fn parted_at(tokens: Vec<Token>, strokes: &[BBox]) -> Vec<Token> {
    let column = |w: &Word| strokes.iter().position(|s| w.bbox.overlap_x(*s) > 0.6 * w.bbox.width());
    let parted = |t: Token| -> Vec<Token> {
        let columns: Vec<Option<usize>> = t.words.iter().map(column).collect();
        let crosses = columns.windows(2).any(|c| c[0].is_some() && c[1].is_some() && c[0] != c[1]);
        if t.kind != TokenKind::Text || !crosses || columns.contains(&None) {
            return vec![t];
        }
        let token = |words: &[Word]| Token::new(kind_of(&join(words)), words.to_vec());
        t.words.chunk_by(|a, b| column(a) == column(b)).map(token).collect()
    };
    if strokes.is_empty() { tokens } else { tokens.into_iter().flat_map(parted).collect() }
}

/// Whether an amount stands on the line.
pub(crate) fn has_amount(line: &Line) -> bool {
    tokens(line).iter().any(|t| t.kind == TokenKind::Money)
}

/// What begins at word `i`, and how many words it takes.
fn kind_at(words: &[Word], i: usize, phrase_gap: f32) -> (TokenKind, usize) {
    let text = words[i].text.as_str();
    // The ink of a comma ends long before the room that it takes: `Jun 10,  2024`.
    let comma = |w: &Word| if w.source == TextSource::Ocr && w.text.ends_with(',') { 0.2 * w.font_size } else { 0.0 };
    let near = |a: usize, b: usize| {
        let least = |w: &Word| phrase_gap.max(0.6 * w.font_size) + comma(&words[a]);
        words.get(b).is_some_and(|w| w.bbox.x0 - words[a].bbox.x1 <= least(w))
    };
    // signs and symbols that stand apart from their amount
    for n in (2..=5).rev() {
        if i + n <= words.len() && (i + 1..i + n).all(|k| near(k - 1, k)) {
            let t = join(&words[i..i + n]);
            let glue_before = matches!(text, "$" | "-" | "(" | "-$" | "($" | "$-" | "$(");
            let after = words[i + n - 1].text.as_str();
            let glue_after = matches!(after, "CR" | "Cr" | "cr" | "-" | ")" | "DR");
            if n <= 3 && (glue_before || glue_after) && money::money(&t.replace(' ', "")).is_some() {
                return (TokenKind::Money, n);
            }
            // `CO- 45`, `CO - 45`
            let dash = words[i + 1].text.as_str() == "-";
            let parted = text.len() <= 3 && if n == 2 { text.ends_with('-') || after.starts_with('-') } else { dash };
            if n <= 3 && parted && adjustments::adjustment_code(&t.replace(' ', "")).is_some() {
                return (TokenKind::AdjustmentCode, n);
            }
            // `CO 45  120.00`, `CO 45 AMOUNT 120.00`: group and reason with a blank between them, and the amount that they explain
            let label = |w: &&Word| matches!(w.text.to_ascii_uppercase().as_str(), "ADJ" | "AMOUNT" | "AMT");
            let explained = |w: &Word| money::money(w.text.trim_end_matches([',', ';'])).is_some();
            let apart = n == 2 && text.len() == 2 && words[i + 2..].iter().find(|w| !label(w)).is_some_and(explained);
            if apart && text.chars().all(|c| c.is_ascii_uppercase()) && adjustments::adjustment_code(&t).is_some() {
                return (TokenKind::AdjustmentCode, n);
            }
            if may_start_date(text)
                && !line_numbers::numbers_a_date(&words[i..])
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
    // `Plan paid $5.06. Your total`: the stop of a sentence behind the cents; `CO-45: 12.00, PR-2: 3.00`: the comma of a list
    let listed = t.ends_with(',');
    let cents = |m: &&str| (listed || m.starts_with('$')) && m.len() > 3 && m.as_bytes()[m.len() - 3] == b'.';
    let said = t.strip_suffix(['.', ',']).filter(cents).unwrap_or(t);
    if money::money(said).is_some() {
        return TokenKind::Money;
    }
    if date::date(t).is_some() || is_range(t) || opens_range(t) {
        return TokenKind::Date;
    }
    if adjustments::adjustment_code(t).is_some() {
        return TokenKind::AdjustmentCode;
    }
    if code::procedure(t).is_some() {
        return TokenKind::Code;
    }
    // `(99214,25)`: the comma before a modifier is none of thousands
    if t.strip_prefix('(').and_then(|t| t.strip_suffix(')')).is_some_and(|t| code::procedure(t).is_some()) {
        return TokenKind::Text;
    }
    if has_doubled_separator(t) && money::money_lenient(t).is_some() {
        return TokenKind::Money;
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

/// `01/22-01/22/25`, `04-07-24-04-09-24`: two days in one word, at least the second with its year.
fn is_range(t: &str) -> bool {
    t.contains(['-', '–'])
        && (t.contains('/') || t.matches('-').count() == 5)
        && date::date_range(t).is_some_and(|(_, to)| to.is_some_and(|d| d.year.is_some()))
}

/// `08/15/24-`: the first day of a range whose last stands on the line below.
fn opens_range(t: &str) -> bool {
    t.strip_suffix(['-', '–']).is_some_and(|day| date::date(day).is_some_and(|d| d.year.is_some()))
}

/// `1,.577.56`: a speck beside the comma, read as a second separator.
fn has_doubled_separator(t: &str) -> bool {
    t.contains(",.") || t.contains(".,") || t.contains(",,")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, TokenKind)> {
        let word = Word {
            source: TextSource::Ocr,
            confidence: 0.9,
            ..Word::digital(text, BBox::new(40.0, 10.0, 40.0 + 5.0 * text.len() as f32, 18.0))
        };
        let line = Line { page: 1, bbox: word.bbox, words: vec![word], phrase_gap: 4.0 };
        tokens(&line).into_iter().map(|t| (t.text, t.kind)).collect()
    }

    fn texts(text: &str) -> Vec<String> {
        read(text).into_iter().map(|t| t.0).collect()
    }

    #[test]
    fn dollars_in_a_box_of_their_own() {
        let whole = |text: &str| {
            let word = Word::digital(text, BBox::new(40.0, 10.0, 60.0, 18.0));
            let line = Line { page: 1, bbox: word.bbox, words: vec![word], phrase_gap: 4.0 };
            tokens(&line)[0].is_whole_number()
        };
        assert!(whole("188") && whole("-188") && whole("1,188") && whole("00"));
        assert!(!whole("-") && !whole("188.00") && !whole("1-88"));
    }

    #[test]
    fn a_doubled_separator_makes_no_number_of_an_amount() {
        assert_eq!(read("1,.577.56"), [("1,.577.56".to_owned(), TokenKind::Money)]);
        assert_eq!(read("12.577.5"), [("12.577.5".to_owned(), TokenKind::Number)]);
    }

    #[test]
    fn a_modifier_behind_a_comma_makes_no_amount_of_a_code_in_brackets() {
        assert_eq!(read("(99214,25)"), [("(99214,25)".to_owned(), TokenKind::Text)]);
        assert_eq!(read("(1,214.25)"), [("(1,214.25)".to_owned(), TokenKind::Money)]);
    }

    #[test]
    fn three_figures_close_together_are_a_day() {
        let kinds = |at: &[(f32, &str)]| {
            let word = |(x, t): &(f32, &str)| Word::digital(*t, BBox::new(*x, 10.0, x + 5.0 * t.len() as f32, 18.0));
            let words: Vec<Word> = at.iter().map(word).collect();
            let line = Line { page: 1, bbox: BBox::new(10.0, 10.0, 128.0, 18.0), words, phrase_gap: 4.0 };
            tokens(&line).into_iter().map(|t| (t.text, t.kind)).collect::<Vec<_>>()
        };
        let day = ("03/18/25".to_owned(), TokenKind::Date);
        assert_eq!(kinds(&[(10.0, "03"), (23.0, "18"), (36.0, "25"), (60.0, "99284")])[0], day);
        assert_eq!(kinds(&[(10.0, "03"), (23.0, "18"), (36.0, "25"), (60.0, "1")])[0], day);
        assert_eq!(kinds(&[(10.0, "99284"), (60.0, "03"), (73.0, "18"), (86.0, "25"), (120.0, "1")])[1], day);
        let columns = kinds(&[(10.0, "03"), (40.0, "18"), (80.0, "25"), (120.0, "99284")]);
        assert!(columns.iter().all(|(_, k)| *k != TokenKind::Date), "columns of figures: {columns:?}");
        let words = kinds(&[(10.0, "TRAY"), (33.0, "03"), (46.0, "18"), (59.0, "25"), (90.0, "12.00")]);
        assert!(words.iter().all(|(_, k)| *k != TokenKind::Date), "the end of a name: {words:?}");
        let count = kinds(&[(10.0, "03"), (23.0, "18"), (36.0, "25"), (44.0, "1"), (60.0, "12.00")]);
        assert!(count.iter().all(|(_, k)| *k != TokenKind::Date), "a figure more: {count:?}");
    }

    #[test]
    fn the_days_of_a_range_may_share_a_word_and_the_first_ends_in_a_dash() {
        let word = |x: f32, text: &str| Word::digital(text, BBox::new(x, 10.0, x + 5.0 * text.len() as f32, 18.0));
        let words =
            [(10.0, "SEP"), (28.0, "05,"), (46.0, "2024-OCT"), (90.0, "06,"), (108.0, "2024")].map(|(x, t)| word(x, t)).to_vec();
        let line = Line { page: 1, bbox: BBox::new(10.0, 10.0, 128.0, 18.0), words, phrase_gap: 4.0 };
        let got: Vec<(String, TokenKind)> = tokens(&line).into_iter().map(|t| (t.text, t.kind)).collect();
        assert_eq!(got[0], ("SEP 05, 2024".to_owned(), TokenKind::Date));
        assert_eq!(got.last(), Some(&("OCT 06, 2024".to_owned(), TokenKind::Date)));
        assert_eq!(read("08/15/24-"), [("08/15/24-".to_owned(), TokenKind::Date)]);
        assert_eq!(read("04-07-24-04-09-24"), [("04-07-24-04-09-24".to_owned(), TokenKind::Date)]);
        assert_eq!(read("2024-MAX"), [("2024-MAX".to_owned(), TokenKind::Text)]);
    }

    #[test]
    fn what_recognition_runs_together_is_taken_apart() {
        assert_eq!(texts("549.881570.72699.88"), ["549.88", "1570.72", "699.88"]);
        assert_eq!(texts("0.0035.00"), ["0.00", "35.00"]);
        assert_eq!(texts("1.516.94"), ["1.516.94"]);
        assert_eq!(texts("06/13/202500790"), ["06/13/2025", "00790"]);
        assert_eq!(texts("04/06/20240301"), ["04/06/2024", "0301"]);
        assert_eq!(texts("-07/08/25-0250"), ["07/08/25", "0250"]);
        assert_eq!((texts(".022825"), texts(",03/09/2025")), (vec!["022825".to_owned()], vec!["03/09/2025".to_owned()]));
        assert_eq!(texts("03/09/2025-Office"), ["03/09/2025", "Office"]);
        assert_eq!(read("C0-45"), [("CO-45".to_owned(), TokenKind::AdjustmentCode)]);
        assert_eq!(read("250,77"), [("250.77".to_owned(), TokenKind::Money)]);
        assert_eq!(texts("25,59"), ["25,59"]);
        assert_eq!(texts("021624."), ["021624"]);
    }
}
