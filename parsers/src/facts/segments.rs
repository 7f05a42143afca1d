//! The phrases of a document with their tokens, in reading order: what labels and values are looked for in.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::folding::{Folded, fold_all};
use super::labels::Labels;
use crate::grammar::date;
use crate::page_text::{BBox, TextSource, Word};
use crate::text_lines::{Line, PageLines};
use crate::typewriter;

/// A word, or the part of one on either side of a colon: `Group:820112` gives two.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) bbox: BBox,
    pub(crate) bold: bool,
    pub(crate) confidence: f32,
    /// Whether it is the later part of a word, so that no space stands before it.
    pub(crate) glued: bool,
}

/// A run of tokens with ordinary spaces between them.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) page: u32,
    /// Index into [`Paper::rows`].
    pub(crate) row: usize,
    pub(crate) tokens: Vec<Token>,
    pub(crate) folded: Vec<Folded>,
    pub(crate) bbox: BBox,
    pub(crate) size: f32,
    pub(crate) bold: bool,
    /// Whether a recogniser read it.
    pub(crate) ocr: bool,
    /// The labels that may stand in it.
    pub(crate) labels: Arc<Labels>,
}

impl Piece {
    pub(crate) fn text(&self) -> String {
        text_of(&self.tokens)
    }
}

/// One visual line: the pieces in it, left to right.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) page: u32,
    pub(crate) bbox: BBox,
    pub(crate) pieces: std::ops::Range<usize>,
}

/// A document cut into rows and pieces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paper {
    pub(crate) rows: Vec<Row>,
    pub(crate) pieces: Vec<Piece>,
    /// Height of each page in points, in page order with its number.
    pub(crate) heights: Vec<(u32, f32)>,
    /// Commonest size of type.
    pub(crate) body_size: f32,
}

/// Tokens joined by single spaces; what a colon parted is joined without one.
pub(crate) fn text_of(tokens: &[Token]) -> String {
    let mut out = String::new();
    for (i, t) in tokens.iter().enumerate() {
        if i > 0 && !t.glued {
            out.push(' ');
        }
        out.push_str(&t.text);
    }
    out
}

/// Leader dots and underscores between a label and its value.
static LEADER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?:[._·…‥]{2,}:?|[._]:)$").ok());

/// How much more room than other words a capital by itself leaves behind it for its point, in sizes of type.
const INITIAL: f32 = 0.6;

fn is_initial(text: &str) -> bool {
    let mut signs = text.trim_end_matches('.').chars();
    signs.next().is_some_and(|c| c.is_ascii_uppercase()) && signs.next().is_none()
}

/// Whether a day ends before a word, and another begins behind it.
fn is_between_days(words: &[Word], at: usize) -> bool {
    /// Words of a day that is spelled out.
    const LONGEST: usize = 3;
    let text = |words: &[Word]| words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let before = (1..=LONGEST.min(at)).any(|n| date::date(&text(&words[at - n..at])).is_some());
    before && date::leading_date(&text(&words[at + 1..words.len().min(at + 1 + LONGEST)])).is_some()
}

/// The widest gap within a name that stands alone on its line, in sizes of type.
const NAME_GAP: f32 = 1.2;

/// `Cypress Creek Family  Medicine`: a name alone on its line, one of whose spaces a fold of the paper has widened.
fn is_one_name(line: &Line) -> bool {
    let capital = |w: &Word| {
        w.source == TextSource::Ocr
            && w.text.starts_with(char::is_uppercase)
            && w.text.chars().filter(|c| c.is_alphabetic()).count() >= 3
            && w.text.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-'))
    };
    let wide = line.words.windows(2).filter(|w| w[1].bbox.x0 - w[0].bbox.x1 > line.phrase_gap).count();
    (3..=6).contains(&line.words.len()) && wide == 1 && line.words.iter().all(capital)
}

impl Paper {
    /// Whether a phrase is the first line of a head that goes on beneath it: `Pending` over `or not` over `payable`.
    pub(crate) fn goes_on_beneath(&self, p: &Piece) -> bool {
        let joins = |q: &Piece| matches!(q.text().to_lowercase().split(' ').next(), Some("or" | "and" | "&"));
        let under = |q: &&Piece| {
            let gap = q.bbox.y0 - p.bbox.y1;
            q.page == p.page && q.bbox.cy() > p.bbox.y1 && gap < p.bbox.height() && q.bbox.overlap_x(p.bbox) > 0.0
        };
        self.pieces.iter().filter(under).any(joins)
    }

    /// Cuts the pages, and looks for the builtin labels in them.
    pub(crate) fn new(pages: &[PageLines]) -> Self {
        Self::with(pages, &Labels::builtin())
    }

    /// Cuts the pages, and looks for the given labels in them.
    pub(crate) fn with(pages: &[PageLines], labels: &Arc<Labels>) -> Self {
        let mut paper = Self::default();
        let mut sizes: Vec<f32> = Vec::new();
        for page in pages {
            paper.heights.push((page.number, page.height));
            let walls: Vec<BBox> = page.rulings.iter().filter(|r| !r.is_horizontal()).map(|r| r.bbox).collect();
            for line in &page.lines {
                let row = paper.rows.len();
                let from = paper.pieces.len();
                let mut open: Vec<&Word> = Vec::new();
                let one_name = is_one_name(line);
                // `In network / Processed / Claim 8023`; one by itself is within a label: `Doctor / Facility`
                // nor does the one between the first and the last day: `Admitted / discharged: 07/09/2024 / 07/11/2024`
                let slash = |n: usize| line.words[n].text == "/" && !is_between_days(&line.words, n);
                let slashes = (0..line.words.len()).filter(|n| slash(*n)).count() >= 2;
                let space = typewriter::pitch(&line.words).map_or(0.0, |p| 1.6 * p);
                for (n, word) in line.words.iter().enumerate() {
                    sizes.push(word.font_size);
                    // Leaders are also printed as dots with spaces between them.
                    let dot = |k: Option<usize>| k.and_then(|k| line.words.get(k)).is_some_and(|w| is_dot(&w.text));
                    let leads = is_dot(&word.text) && (dot(n.checked_sub(1)) || dot(Some(n + 1)));
                    // `Claim 8023 | Jane Roe | In network`
                    let parts = matches!(word.text.as_str(), "|" | "¦") || slashes && slash(n);
                    let bar = parts && n > 0 && n + 1 < line.words.len();
                    if leads || bar || LEADER.as_ref().is_some_and(|r| r.is_match(&word.text)) {
                        paper.close(&mut open, line.page, row, labels);
                        continue;
                    }
                    if let Some(last) = open.last() {
                        let (a, b) = (last.bbox.x1, word.bbox.x0);
                        let wall = walls
                            .iter()
                            .any(|w| w.cx() >= a - 0.5 && w.cx() <= b + 0.5 && w.y0 <= word.bbox.cy() && w.y1 >= word.bbox.cy());
                        // The gap is in proportion to the type on either side of it, and in typewriter faces a single
                        // space is wider than the page's other fonts make it look.
                        let gap = line.phrase_gap / line.size().max(1.0) * last.font_size.min(word.font_size);
                        let gap = if is_typewriter(last) && is_typewriter(word) { gap.max(word.font_size * 0.9) } else { gap };
                        let gap = gap.max(space);
                        // The ink of a point or comma ends long before the room that it takes.
                        let pointed = last.source == TextSource::Ocr && last.text.ends_with(['.', ',']);
                        let gap = if pointed { gap + 0.2 * last.font_size } else { gap };
                        // That of an initial may not have been seen at all.
                        let named = word.text.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !word.text.ends_with(':');
                        let initial = open.len() >= 2 && named && last.source == TextSource::Ocr && is_initial(&last.text);
                        let gap = if initial { gap + INITIAL * last.font_size } else { gap };
                        // A scan has drawn lines that nobody drew, and no box is as narrow as a space.
                        let narrow = if space > 0.0 { space } else { 0.75 * gap };
                        let wall = wall && (word.source == TextSource::Digital || b - a > narrow);
                        let gap = if one_name { gap.max(NAME_GAP * last.font_size) } else { gap };
                        if b - a > gap || wall {
                            paper.close(&mut open, line.page, row, labels);
                        }
                    }
                    open.push(word);
                }
                paper.close(&mut open, line.page, row, labels);
                let to = paper.pieces.len();
                if to > from {
                    paper.rows.push(Row { page: line.page, bbox: line.bbox, pieces: from..to });
                }
            }
        }
        sizes.sort_by(f32::total_cmp);
        paper.body_size = sizes.get(sizes.len() / 2).copied().unwrap_or(9.0).max(1.0);
        paper
    }

    fn close(&mut self, words: &mut Vec<&Word>, page: u32, row: usize, labels: &Arc<Labels>) {
        let Some(bbox) = BBox::around(words.iter().map(|w| w.bbox)) else {
            return;
        };
        let mut tokens = Vec::new();
        for word in words.iter() {
            split(word, &mut tokens);
        }
        let letters = |b: bool| words.iter().filter(|w| w.bold == b).map(|w| w.text.len()).sum::<usize>();
        let folded = fold_all(&tokens, labels);
        self.pieces.push(Piece {
            page,
            row,
            folded,
            bbox,
            size: words.iter().map(|w| w.font_size).fold(0.0, f32::max),
            bold: letters(true) > letters(false),
            ocr: words.iter().any(|w| w.source == TextSource::Ocr),
            labels: Arc::clone(labels),
            tokens,
        });
        words.clear();
    }

    pub(crate) fn height(&self, page: u32) -> f32 {
        self.heights.iter().find(|(n, _)| *n == page).map_or(792.0, |(_, h)| *h)
    }

    /// Number of the first page.
    pub(crate) fn first_page(&self) -> u32 {
        self.heights.first().map_or(1, |(n, _)| *n)
    }

    /// The next piece on the same line.
    pub(crate) fn right_of(&self, at: usize) -> Option<usize> {
        let row = &self.rows[self.pieces[at].row];
        (at + 1..row.pieces.end).find(|i| !self.is_speck(*i))
    }

    /// The nearest piece below that shares some of the x range, no further than `reach` points.
    pub(crate) fn below(&self, at: usize, reach: f32) -> Option<usize> {
        self.below_within(at, self.pieces[at].bbox.x1, reach)
    }

    /// The same for the box of a form that reaches on to `right`: what stands under the caption goes before what
    /// stands elsewhere in its box.
    pub(crate) fn below_within(&self, at: usize, right: f32, reach: f32) -> Option<usize> {
        let p = &self.pieces[at];
        for row in &self.rows[p.row + 1..] {
            if row.page != p.page || row.bbox.y0 > p.bbox.y1 + reach {
                return None;
            }
            let hit = row
                .pieces
                .clone()
                .filter(|i| self.pieces[*i].bbox.y0 >= p.bbox.cy() && self.pieces[*i].bbox.y0 <= p.bbox.y1 + reach)
                .filter(|i| {
                    let b = self.pieces[*i].bbox;
                    !self.is_speck(*i) && {
                        let under = b.overlap_x(p.bbox) > 0.6 * b.width().min(p.bbox.width());
                        under || (b.cx() > p.bbox.x0 && (b.overlap_x(p.bbox) > 1.0 || b.x1 <= right))
                    }
                })
                // Of several under one caption the first.
                .min_by_key(|i| {
                    let b = self.pieces[*i].bbox;
                    (b.overlap_x(p.bbox) < 0.6 * b.width().min(p.bbox.width()), *i)
                });
            if hit.is_some() {
                return hit;
            }
        }
        None
    }

    /// Whether a recogniser made this of the lines of a box or of dirt: one character by itself, unless it is the dollars
    /// of a claim form's box, with their cents beside them: `0  00`.
    pub(crate) fn is_speck(&self, at: usize) -> bool {
        let p = &self.pieces[at];
        let figures = |i: usize, n: usize| {
            let text = self.pieces[i].text();
            text.len() == n && text.bytes().all(|b| b.is_ascii_digit())
        };
        let with_cents = || {
            figures(at, 1)
                && self.right_of(at).is_some_and(|r| figures(r, 2) && self.pieces[r].bbox.x0 - p.bbox.x1 < p.bbox.height() * 3.0)
        };
        p.ocr && p.tokens.len() == 1 && p.tokens[0].text.chars().count() == 1 && !with_cents()
    }

    /// The nearest piece above that shares some of the x range, no further than `reach` points.
    pub(crate) fn above(&self, at: usize, reach: f32) -> Option<usize> {
        let p = &self.pieces[at];
        for row in self.rows[..p.row].iter().rev() {
            if row.page != p.page || row.bbox.y1 < p.bbox.y0 - reach {
                return None;
            }
            let hit = row.pieces.clone().find(|i| {
                let q = &self.pieces[*i];
                q.bbox.y1 <= p.bbox.cy() && q.bbox.y1 >= p.bbox.y0 - reach && q.bbox.overlap_x(p.bbox) > 1.0
            });
            if hit.is_some() {
                return hit;
            }
        }
        None
    }
}

fn is_dot(text: &str) -> bool {
    matches!(text, "." | "_" | "·" | "…" | "•")
}

/// Whether every character takes six tenths of the size, as in Courier and its kin.
fn is_typewriter(word: &crate::page_text::Word) -> bool {
    let advance = word.bbox.width() / word.text.chars().count().max(1) as f32;
    // Boxes of recognised words are cut to their ink.
    let slack = if word.source == TextSource::Ocr { 0.09 } else { 0.03 };
    (advance / word.font_size.max(1.0) - 0.6).abs() < slack
}

/// Cuts a word behind each colon and number sign that is followed by something, its box in proportion.
fn split(word: &crate::page_text::Word, out: &mut Vec<Token>) {
    let n = word.text.chars().count().max(1) as f32;
    let mut start = 0;
    let mut push = |from: usize, to: usize, text: String| {
        let at = |k: usize| word.bbox.x0 + word.bbox.width() * (k as f32 / n);
        let bbox = BBox::new(at(from), word.bbox.y0, at(to), word.bbox.y1);
        out.push(Token { text, bbox, bold: word.bold, confidence: word.confidence, glued: from > 0 });
    };
    let chars: Vec<char> = word.text.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        let clock = i > 0 && chars[i - 1].is_ascii_digit() && chars.get(i + 1).is_some_and(char::is_ascii_digit);
        if matches!(c, ':' | '#') && i + 1 < chars.len() && chars[i + 1] != ':' && !clock {
            push(start, i + 1, chars[start..=i].iter().collect());
            start = i + 1;
        }
    }
    // Recognisers run the number of a form locator and its caption together: `8PATIENT`.
    if word.source == TextSource::Ocr && start == 0 {
        let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
        let at = digits + usize::from(chars.get(digits).is_some_and(|c| matches!(c, 'a'..='d')));
        let caption = chars.len() >= at + 3 && chars[at..at + 3].iter().all(char::is_ascii_uppercase);
        if (1..=2).contains(&digits) && caption {
            push(0, at, chars[..at].iter().collect());
            start = at;
        }
    }
    // `CLM#.. 14139210`, `ACCT #.....: 5678`: the dots behind the sign lead to the value
    if start == 0 || chars[start..].iter().any(|c| !matches!(c, '.' | ':')) {
        push(start, chars.len(), chars[start..].iter().collect());
    }
}
