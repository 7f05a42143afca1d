//! Runs → lines of a given width.

use unicode_linebreak::{BreakOpportunity, linebreaks};
use unicode_normalization::UnicodeNormalization;

use super::super::blocks::Run;
use super::super::type_face::glyph;

/// How a piece of a line is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// In bold.
    pub bold: bool,
    /// A place to fill in.
    pub blank: bool,
}

/// A piece of a line in one style.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its words.
    pub text: String,
    /// How it is set.
    pub style: Style,
    /// How wide it is, points.
    pub width: f32,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// Its pieces from left to right.
    pub segments: Vec<Segment>,
}

impl Line {
    /// How wide it is, points.
    pub fn width(&self) -> f32 {
        self.segments.iter().map(|s| s.width).sum()
    }

    fn push(&mut self, c: char, style: Style, width: f32) {
        match self.segments.last_mut() {
            Some(last) if last.style == style => {
                last.text.push(c);
                last.width += width;
            }
            _ => self.segments.push(Segment { text: c.to_string(), style, width }),
        }
    }
}

/// Breaks runs into lines no wider than `width` points; words that are wider are broken anywhere.
pub fn lines(runs: &[Run], width: f32, size: f32, all_bold: bool) -> Vec<Line> {
    let (mut text, mut styles) = (String::new(), Vec::new());
    for run in runs {
        let style = match run {
            Run::Text { bold, .. } => Style { bold: *bold || all_bold, blank: false },
            Run::Blank(_) => Style { bold: all_bold, blank: true },
            Run::Break => Style { bold: false, blank: false },
        };
        for c in run.shown().nfc() {
            text.push(c);
            styles.push(style);
        }
    }
    if text.is_empty() {
        return Vec::new();
    }
    let mut broken = Broken { width, lines: vec![Line::default()], at: 0.0, waiting: Vec::new() };
    let mut start = 0;
    let mut styled = styles.iter();
    for (end, kind) in linebreaks(&text) {
        let chunk: Vec<(char, Style, f32)> = text[start..end]
            .chars()
            .zip(styled.by_ref())
            .filter(|(c, _)| *c != '\n')
            .map(|(c, style)| (c, *style, glyph(c, style.bold).1 * size))
            .collect();
        broken.take(&chunk);
        if kind == BreakOpportunity::Mandatory && end < text.len() {
            broken.next();
        }
        start = end;
    }
    broken.lines
}

struct Broken {
    width: f32,
    lines: Vec<Line>,
    at: f32,
    /// Spaces that are set only if something follows them on the line.
    waiting: Vec<(char, Style, f32)>,
}

impl Broken {
    fn take(&mut self, chunk: &[(char, Style, f32)]) {
        let kept = chunk.iter().rposition(|(c, ..)| *c != ' ').map_or(0, |i| i + 1);
        let (word, spaces) = chunk.split_at(kept);
        let of = |x: &[(char, Style, f32)]| x.iter().map(|(.., w)| w).sum::<f32>();
        if self.at > 0.0 && self.at + of(&self.waiting) + of(word) > self.width {
            self.next();
        }
        for (c, style, w) in std::mem::take(&mut self.waiting).iter().chain(word) {
            if self.at > 0.0 && self.at + w > self.width {
                self.next();
            }
            if let Some(line) = self.lines.last_mut() {
                line.push(*c, *style, *w);
                self.at += w;
            }
        }
        self.waiting.extend_from_slice(spaces);
    }

    fn next(&mut self) {
        self.waiting.clear();
        self.lines.push(Line::default());
        self.at = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|l| l.segments.iter().map(|s| s.text.as_str()).collect()).collect()
    }

    #[test]
    fn words_stay_whole_and_blanks_are_seen() {
        let runs =
            [Run::plain("Account number: "), Run::Blank("their number".into()), Run::Break, Run::plain("$1,234.50 is due")];
        let set = lines(&runs, 500.0, 10.0, false);
        assert_eq!(text(&set), ["Account number: [____ their number]", "$1,234.50 is due"]);
        assert!(set[0].segments[1].style.blank && !set[0].segments[0].style.blank);
        let narrow = lines(&runs, 60.0, 10.0, false);
        assert!(narrow.iter().all(|l| l.width() <= 60.0));
        assert!(text(&narrow).contains(&"$1,234.50 is".to_owned()), "{:?}", text(&narrow));
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken() {
        let set = lines(&[Run::plain("x".repeat(500))], 100.0, 10.0, false);
        assert!(set.len() > 20 && set.iter().all(|l| l.width() <= 100.0));
        assert_eq!(text(&set).concat().len(), 500);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(words in prop::collection::vec("[a-zA-Zéñ0-9$.,-]{1,40}", 1..60), width in 40.0f32..500.0) {
            let all = words.join(" ");
            let set = lines(&[Run::plain(all.clone())], width, 10.0, false);
            let kept = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(kept(&text(&set).concat()), kept(&all));
            prop_assert!(set.iter().all(|l| l.width() <= width + 0.01));
        }
    }
}
