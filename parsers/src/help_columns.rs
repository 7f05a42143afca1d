//! A column of running text beside a table, which tells how to pay and whom to call:
//!
//! ```text
//! Pay online                       Date         Test           CPT     Fee
//! Visit our website and enter your
//! invoice number and date of       03/09/2025   VENIPUNCTURE   36415   $33.91
//! birth.                           03/09/2025   URINE CULTURE  87086  $129.92
//! ```
//! Its lines stand on baselines of their own, which those of the table may meet or not. Read across the page its words would stand
//! in the rows, or part them. Where nothing crosses the room between the two, the column is flush on its left and most of it is
//! text, and the table beside it names its services in a column of its own, each side is read by itself.

use std::ops::Range;

use crate::columns::{find_headers, split_phrases};
use crate::page_text::{BBox, Word};
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::tokens::{TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// Fewer lines of text are no column of it.
const FEWEST: usize = 4;

/// So many of its lines at least stand beside or below the head of the table.
const BESIDE: usize = 3;

/// The least room between column and table, in sizes of type.
const ROOM: f32 = 1.0;

/// How wide a column of text is, as shares of the page.
const WIDTH: Range<f32> = 0.1..0.36;

/// Edges within so many points are flush.
const FLUSH: f32 = 2.0;

/// A column of text on a page.
struct Column {
    /// The lines of the page that it takes part of.
    lines: Range<usize>,
    /// Where it stands.
    from: f32,
    to: f32,
}

impl Column {
    fn holds(&self, w: &Word) -> bool {
        (self.from..self.to).contains(&w.bbox.cx())
    }

    /// The lines of the text, and those of what stands beside it.
    fn part(&self, lines: &[Line]) -> (Vec<Line>, Vec<Line>) {
        let of = |text: bool| lines[self.lines.clone()].iter().filter_map(|l| part(l, |w| self.holds(w) == text)).collect();
        (of(true), of(false))
    }
}

/// Reads such a column behind the table that stands beside it.
pub(crate) fn apart(page: &mut PageLines, vocabulary: &Vocabulary) {
    let Some(column) = column(page, vocabulary) else { return };
    let (text, rest) = column.part(&page.lines);
    page.lines.splice(column.lines.clone(), rest.into_iter().chain(text));
}

fn column(page: &PageLines, vocabulary: &Vocabulary) -> Option<Column> {
    let on = |lines: Vec<Line>| find_headers(&PageLines { lines, ..page.clone() }, vocabulary);
    candidates(page).into_iter().find(|c| {
        let (text, rest) = c.part(&page.lines);
        if !is_text(&text) {
            return false;
        }
        let names = |f: &Field| matches!(f, Field::Description | Field::Code);
        let heads = on(rest);
        let Some(head) = heads.iter().find(|h| h.columns.iter().any(|c| c.fields.iter().any(names))) else { return false };
        let of_header = |l: &&Line| l.bbox.overlap_y(head.bbox) > 0.0;
        let known = |text: &str| vocabulary.lookup(text).is_some_and(|m| m.fields != [Field::Ignored]);
        // `Notes` over a column of them is a head of the table
        let goes_on = text.iter().filter(of_header).any(|l| split_phrases(l, vocabulary).iter().any(|p| known(&p.text)));
        !goes_on && text.iter().filter(|l| l.bbox.cy() > head.bbox.y0).count() >= BESIDE
    })
}

/// Whether lines are mostly running text without amounts.
fn is_text(lines: &[Line]) -> bool {
    let small = |w: &&Word| w.text.starts_with(char::is_lowercase);
    let runs = |l: &&Line| l.words.iter().filter(small).count() >= 2;
    let figures = |l: &Line| tokens(l).iter().any(|t| matches!(t.kind, TokenKind::Money | TokenKind::Date));
    let text = lines.iter().filter(runs).count();
    text >= FEWEST && text * 2 > lines.len() && !lines.iter().any(figures)
}

/// Where columns of text may stand: left or right of a room that one of the lines has.
fn candidates(page: &PageLines) -> Vec<Column> {
    let mut out: Vec<Column> = Vec::new();
    let lines = &page.lines;
    for (i, line) in lines.iter().enumerate() {
        for gap in line.words.windows(2).filter(|w| w[1].bbox.x0 - w[0].bbox.x1 >= ROOM * line.size()) {
            let x = f32::midpoint(gap[0].bbox.x1, gap[1].bbox.x0);
            let seen = |c: &Column| {
                c.lines.contains(&i) && (c.from < x && x < c.to || (c.to - x).abs() < 1.0 || (c.from - x).abs() < 1.0)
            };
            if !out.iter().any(seen) {
                out.extend([true, false].into_iter().filter_map(|left| grown(page, i, x, left)));
            }
        }
    }
    out
}

/// The column at the left or right of `x`, from line `seed` up and down as far as its lines are flush and none crosses the room.
fn grown(page: &PageLines, seed: usize, x: f32, left: bool) -> Option<Column> {
    let lines = &page.lines;
    let side = |l: &Line| part(l, |w| (w.bbox.cx() < x) == left);
    let edge = side(&lines[seed])?.bbox.x0;
    // the other side may come no nearer than the room
    let fits = |l: &Line| {
        let crosses = l.words.iter().any(|w| w.bbox.x0 < x && w.bbox.x1 > x);
        !crosses && side(l).is_none_or(|own| (own.bbox.x0 - edge).abs() < FLUSH)
    };
    let first = (0..=seed).rev().take_while(|i| fits(&lines[*i])).last()?;
    let last = (seed..lines.len()).take_while(|i| fits(&lines[*i])).last()?;
    let inner = &lines[first..=last];
    let (own, other): (Vec<&Word>, Vec<&Word>) = inner.iter().flat_map(|l| &l.words).partition(|w| (w.bbox.cx() < x) == left);
    let around = |words: &[&Word]| BBox::around(words.iter().map(|w| w.bbox));
    let (own, other) = (around(&own)?, around(&other)?);
    let room = if left { other.x0 - own.x1 } else { own.x0 - other.x1 };
    let size = lines[seed].size();
    let wide = WIDTH.contains(&(own.width() / page.width.max(1.0)));
    (room >= ROOM * size && wide).then_some(Column { lines: first..last + 1, from: own.x0 - 1.0, to: own.x1 + 1.0 })
}

/// The words of a line that pass, as a line.
fn part(line: &Line, keep: impl Fn(&Word) -> bool) -> Option<Line> {
    let words: Vec<Word> = line.words.iter().filter(|w| keep(w)).cloned().collect();
    let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
    Some(Line { words, bbox, ..line.clone() })
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 4] = [Field::ServiceDate, Field::Description, Field::Code, Field::Charge];

    type Cells = &'static [(f32, &'static str)];

    const TABLE: [(f32, Cells); 8] = [
        (100.0, &[(260.0, "Patient:"), (340.0, "Jane Roe")]),
        (128.0, &[(260.0, "Date"), (340.0, "Test name"), (520.0, "CPT"), (-700.0, "Fee")]),
        (144.0, &[(260.0, "03/09/2025"), (340.0, "VENIPUNCTURE"), (520.0, "36415"), (-700.0, "$33.91")]),
        (158.0, &[(260.0, "03/09/2025"), (340.0, "CBC WITH AUTO DIFF"), (520.0, "85025"), (-700.0, "$49.52")]),
        (172.0, &[(260.0, "03/09/2025"), (340.0, "URINE CULTURE"), (520.0, "87086"), (-700.0, "$129.92")]),
        (186.0, &[(260.0, "03/09/2025"), (340.0, "FERRITIN"), (520.0, "82728"), (-700.0, "$101.00")]),
        (204.0, &[(400.0, "Total of fees"), (-700.0, "$314.35")]),
        (218.0, &[(400.0, "You owe"), (-700.0, "$314.35")]),
    ];

    /// The table with these words beside it, line by line from `y` on.
    fn page(y: f32, step: f32, beside: &[&'static str], x: f32) -> Statement {
        let mut lines: Vec<(f32, Vec<(f32, &str)>)> =
            vec![(20.0, vec![(30.0, "Elm Reference Laboratory"), (560.0, "Laboratory services invoice")])];
        lines.push((60.0, vec![(60.0, "JANE ROE 12 LONG MEADOW STREET UNIT 120 LAKESIDE VILLAGE")]));
        lines.extend(TABLE.iter().map(|(y, l)| (*y, l.to_vec())));
        for (i, text) in beside.iter().enumerate() {
            let at = y + step * i as f32;
            match lines.iter_mut().find(|(y, _)| *y == at) {
                Some((_, words)) => words.push((x, text)),
                None => lines.push((at, vec![(x, text)])),
            }
        }
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines)
    }

    const ROWS: [&str; 4] = [
        "2025-03-09 VENIPUNCTURE 36415 33.91",
        "2025-03-09 CBC WITH AUTO DIFF 85025 49.52",
        "2025-03-09 URINE CULTURE 87086 129.92",
        "2025-03-09 FERRITIN 82728 101.00",
    ];

    #[test]
    fn help_beside_the_rows_is_no_part_of_them() {
        let help = [
            "Why am I receiving this?",
            "Your doctor asked us to perform",
            "laboratory tests for you here.",
            "Pay online",
            "Visit our website and enter your",
            "invoice number and date of birth.",
            "Pay by phone",
            "Call us, 24 hours a day, or have",
            "our office call you back on it.",
            "Financial help",
            "Patients with limited income may",
            "ask for reduced fees here.",
        ];
        for (y, step) in [(96.0, 10.0), (100.0, 14.0), (97.0, 9.0), (102.0, 8.5)] {
            let s = page(y, step, &help, 30.0);
            let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
            assert_eq!(rows, ROWS, "{y} {step}");
            assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
        }
    }

    #[test]
    fn words_of_services_in_small_letters_stay_in_their_rows() {
        let names = [
            "Service",
            "blood drawn from the arm",
            "count of the blood cells",
            "culture of the urine",
            "iron that is stored here",
        ];
        let s = page(128.0, 14.0, &names, 30.0);
        let rows = s.rows.iter().map(|r| said(r, &FIELDS)).collect::<Vec<_>>().join("\n");
        assert!(!rows.is_empty());
        let s = page(130.0, 14.0, &["Notes", "blood drawn from the arm", "count of the blood cells"], 30.0);
        assert_eq!(s.rows.len(), 4, "{:?}", s.rows);
    }
}
