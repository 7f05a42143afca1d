//! Words → visual lines → phrases.
//!
//! A *line* is what stands on one baseline from margin to margin; a *phrase* is a run of words in it with ordinary
//! spaces between them. How wide an ordinary space is differs between fonts (a quarter of the size in most, six tenths
//! in typewriter faces) and is therefore measured on each page.

use crate::drawn_slips;
use crate::leaders;
use crate::misread_words;
use crate::page_text::{BBox, DocumentText, PageText, Ruling, Word};
use crate::panels;
use crate::parted;
use crate::run_together;
use crate::specks;
use crate::strokes::{is_drawn, level, strokes, without_stripes};
use crate::trade_marks;
use crate::turned;
use crate::twin_cards;
use crate::typewriter;

mod cut_twice;

use cut_twice::{drop_ghosts, join_fragments};

/// One visual line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Page, from 1.
    pub page: u32,
    /// Its words from left to right.
    pub words: Vec<Word>,
    /// Around all of its words.
    pub bbox: BBox,
    /// Gap that separates two phrases, in points.
    pub phrase_gap: f32,
}

/// A run of words with ordinary spaces between them.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// The words, joined by single spaces.
    pub text: String,
    /// Around its words.
    pub bbox: BBox,
    /// Index of its first word in the line.
    pub first: usize,
    /// One past its last word.
    pub end: usize,
}

impl Line {
    /// All words, joined by single spaces.
    pub fn text(&self) -> String {
        join(&self.words)
    }

    /// Its phrases from left to right.
    pub fn phrases(&self) -> Vec<Phrase> {
        let mut out: Vec<Phrase> = Vec::new();
        let mut start = 0;
        for i in 1..=self.words.len() {
            let ends = i == self.words.len() || self.words[i].bbox.x0 - self.words[i - 1].bbox.x1 > self.phrase_gap;
            if ends {
                let words = &self.words[start..i];
                if let Some(bbox) = BBox::around(words.iter().map(|w| w.bbox)) {
                    out.push(Phrase { text: join(words), bbox, first: start, end: i });
                }
                start = i;
            }
        }
        out
    }

    /// The line with those of its words alone that are wanted; `None` where none is.
    pub(crate) fn only(&self, wanted: impl Fn(&Word) -> bool) -> Option<Line> {
        let words: Vec<Word> = self.words.iter().filter(|w| wanted(w)).cloned().collect();
        let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
        Some(Line { words, bbox, ..self.clone() })
    }

    /// Moves it down the page by so many points, up where they are negative.
    pub(crate) fn shift(&mut self, by: f32) {
        for b in std::iter::once(&mut self.bbox).chain(self.words.iter_mut().map(|w| &mut w.bbox)) {
            b.y0 += by;
            b.y1 += by;
        }
    }

    /// Median size of type.
    pub fn size(&self) -> f32 {
        median(self.words.iter().map(|w| w.font_size)).unwrap_or(9.0)
    }

    /// Whether most of its letters are bold.
    pub fn is_bold(&self) -> bool {
        let bold: usize = self.words.iter().filter(|w| w.bold).map(|w| w.text.len()).sum();
        let all: usize = self.words.iter().map(|w| w.text.len()).sum();
        bold * 2 > all
    }
}

/// The lines of one page, from top to bottom.
#[derive(Debug, Clone)]
pub struct PageLines {
    /// Page, from 1.
    pub number: u32,
    /// Width of the reading frame in points.
    pub width: f32,
    /// Height of the reading frame in points.
    pub height: f32,
    /// The lines.
    pub lines: Vec<Line>,
    /// Drawn lines.
    pub rulings: Vec<Ruling>,
    /// Lines of words that name the service whose amounts stand on the next line, where the headings between them say so.
    pub names: Vec<usize>,
    /// Whether amounts with their names beneath them have been turned about (see [`crate::labels_beneath`]).
    pub turned: bool,
    /// Whether cards of captioned amounts on it have been laid out (see [`crate::captioned_cards`]).
    pub carded: bool,
}

/// The words, joined by single spaces.
pub fn join(words: &[Word]) -> String {
    let mut s = String::new();
    for w in words {
        if !s.is_empty() {
            s.push(' ');
        }
        s.push_str(&w.text);
    }
    s
}

/// The middle of the values; `None` of nothing.
pub fn median(values: impl IntoIterator<Item = f32>) -> Option<f32> {
    let mut v: Vec<f32> = values.into_iter().filter(|x| x.is_finite()).collect();
    if v.is_empty() {
        return None;
    }
    v.sort_by(f32::total_cmp);
    Some(v[v.len() / 2])
}

/// Lines of every page.
pub fn document_lines(doc: &DocumentText) -> Vec<PageLines> {
    doc.pages.iter().map(page_lines).collect()
}

/// Lines of one page.
pub fn page_lines(page: &PageText) -> PageLines {
    let words = leaders::without_scanned(&page.words);
    let cleaned =
        trade_marks::without(misread_words::right(run_together::part(turned::laid_level(specks::clean(&words), &page.rulings))));
    let strokes = strokes(&cleaned);
    let drawn = |w: &Word| is_drawn(&w.text) || strokes.iter().any(|s| s.bbox == level(w.bbox));
    let mut words: Vec<&Word> = cleaned.iter().filter(|w| w.bbox.width() > 0.0 && !drawn(w)).collect();
    drop_ghosts(&mut words);
    words.sort_by(|a, b| a.bbox.cy().total_cmp(&b.bbox.cy()).then(a.bbox.x0.total_cmp(&b.bbox.x0)));
    let mut open: Vec<OpenLine> = Vec::new();
    for w in words {
        let home = open
            .iter_mut()
            .rev()
            .take(12)
            .filter(|l| l.takes(w))
            .min_by(|a, b| (a.cy() - w.bbox.cy()).abs().total_cmp(&(b.cy() - w.bbox.cy()).abs()));
        match home {
            Some(l) => l.push(w.clone()),
            None => open.push(OpenLine::new(w.clone())),
        }
    }
    open.sort_by(|a, b| a.cy().total_cmp(&b.cy()));
    let lines = open.into_iter().map(|l| l.close(page.number)).filter(|l| !l.words.is_empty());
    let lines: Vec<Line> = lines.filter(|l| !specks::is_smudge(l)).collect();
    let mut lines = specks::without_squeezed(lines);
    parted::join(&mut lines);
    let gap = phrase_gap_em(&lines);
    for l in &mut lines {
        l.phrase_gap = (gap * l.size()).max(typewriter::phrase_gap(&l.words).unwrap_or(0.0));
    }
    let lines = drawn_slips::apart(lines, &page.rulings, page.width, page.height);
    let lines = twin_cards::apart(panels::apart(lines));
    let rulings = without_stripes(page.rulings.iter().copied().chain(strokes).collect(), page.width, &lines);
    PageLines {
        number: page.number,
        width: page.width,
        height: page.height,
        lines,
        rulings,
        names: Vec::new(),
        turned: false,
        carded: false,
    }
}

struct OpenLine {
    words: Vec<Word>,
    sum_cy: f32,
    sum_h: f32,
}

impl OpenLine {
    fn new(w: Word) -> Self {
        Self { sum_cy: w.bbox.cy(), sum_h: w.bbox.height(), words: vec![w] }
    }

    fn cy(&self) -> f32 {
        self.sum_cy / self.words.len() as f32
    }

    fn takes(&self, w: &Word) -> bool {
        let h = self.sum_h / self.words.len() as f32;
        let near = (self.cy() - w.bbox.cy()).abs() <= 0.42 * h.min(w.bbox.height());
        // two words on top of each other are two lines, however close they stand
        near && !self.words.iter().any(|o| o.bbox.overlap_x(w.bbox) > 0.5 * o.bbox.width().min(w.bbox.width()))
    }

    fn push(&mut self, w: Word) {
        self.sum_cy += w.bbox.cy();
        self.sum_h += w.bbox.height();
        self.words.push(w);
    }

    fn close(mut self, page: u32) -> Line {
        self.words.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
        leaders::drop(&mut self.words);
        join_fragments(&mut self.words);
        typewriter::join_parted(&mut self.words);
        let bbox = BBox::around(self.words.iter().map(|w| w.bbox)).unwrap_or_default();
        Line { page, words: self.words, bbox, phrase_gap: 0.0 }
    }
}

/// The gap that separates phrases, in units of the size of type: well above the commonest gap between words.
fn phrase_gap_em(lines: &[Line]) -> f32 {
    let mut gaps: Vec<f32> = Vec::new();
    for l in lines {
        for p in l.words.windows(2) {
            let g = (p[1].bbox.x0 - p[0].bbox.x1) / p[0].font_size.max(p[1].font_size).max(1.0);
            if (0.02..0.95).contains(&g) {
                gaps.push(g);
            }
        }
    }
    if gaps.len() < 8 {
        return 0.55;
    }
    gaps.sort_by(f32::total_cmp);
    // the densest window of a tenth of the size is where the ordinary space lies
    let mut best = (0, 0.28);
    let mut lo = 0;
    for hi in 0..gaps.len() {
        while gaps[hi] - gaps[lo] > 0.10 {
            lo += 1;
        }
        if hi - lo + 1 > best.0 {
            best = (hi - lo + 1, f32::midpoint(gaps[lo], gaps[hi]));
        }
    }
    (best.1 * 1.75).clamp(0.42, 1.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::TextSource;

    fn page(words: &[(&str, f32, f32, f32)]) -> PageText {
        PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words: words.iter().map(|&(t, x0, x1, y)| Word::digital(t, BBox::new(x0, y, x1, y + 8.0))).collect(),
            rulings: vec![],
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
        }
    }

    #[test]
    fn words_on_one_baseline_make_a_line_in_reading_order() {
        let p = page_lines(&page(&[
            ("12.00", 200.0, 225.0, 10.4),
            ("visit", 70.0, 90.0, 10.0),
            ("Office", 40.0, 67.5, 10.2),
            ("next", 40.0, 60.0, 22.0),
        ]));
        let texts: Vec<_> = p.lines.iter().map(Line::text).collect();
        assert_eq!(texts, ["Office visit 12.00", "next"]);
        let phrases: Vec<_> = p.lines[0].phrases().into_iter().map(|x| x.text).collect();
        assert_eq!(phrases, ["Office visit", "12.00"]);
    }

    #[test]
    fn a_word_cut_in_two_is_joined() {
        let mut p = page(&[("pai", 40.0, 52.0, 10.0), ("aid", 50.0, 60.0, 10.0), ("now", 62.0, 74.0, 10.0)]);
        p.words.iter_mut().for_each(|w| w.source = TextSource::Ocr);
        assert_eq!(page_lines(&p).lines[0].text(), "paid now");
    }

    #[test]
    fn an_amount_whose_box_a_tick_makes_tall_is_no_ghost() {
        let texts = |second: &str| {
            let mut p = page(&[("-$7,519.41", 500.0, 540.0, 10.0), (second, 500.0, 556.0, 15.0)]);
            p.words.iter_mut().for_each(|w| w.source = TextSource::Ocr);
            p.words[1].confidence = 0.5;
            p.words[1].bbox.y1 = 31.0;
            page_lines(&p).lines.iter().map(Line::text).collect::<Vec<_>>()
        };
        assert_eq!(texts("-$3,856.10"), ["-$7,519.41", "-$3,856.10"]);
        assert_eq!(texts("wTLnOI"), ["-$7,519.41"]);
    }

    #[test]
    fn overprinted_words_stay_two_lines() {
        let p = page_lines(&page(&[("one", 40.0, 60.0, 10.0), ("two", 41.0, 61.0, 12.0)]));
        assert_eq!(p.lines.len(), 2);
    }
}
