//! A bar of facts that stands beside the whole page, as tall as the table and all else beside it:
//!
//! ```text
//! Lakeside Clinic        STATEMENT
//! PATIENT
//! Jane Roe               Qty  CPT    Service                 Our fee
//! ACCOUNT NUMBER
//! 80231-4                Visit: 03/21/2025
//! YOU OWE                  1  99214  OFFICE VISIT             154.00
//! $54.00                   1  36415  VENIPUNCTURE              16.09
//! ```
//! Its captions stand over their values, on baselines that those of the table may meet or not. Read across the page a caption
//! would stand in a row of the table and the row be lost. Nothing on the page crosses the room between the two, the table's
//! header stands wholly on the other side of it, and the bar has captions of several facts: then each side is read by itself.

use std::collections::BTreeSet;

use crate::columns::{find_headers, split_phrases};
use crate::facts::labels::head_at;
use crate::facts::segments::{Paper, Row};
use crate::page_text::{BBox, Word};
use crate::statement::{DocKind, Field};
use crate::text_lines::{Line, PageLines, median};
use crate::tokens::{TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// Fewer captions are no bar.
const FEWEST: usize = 3;

/// So many lines of the bar at least stand beside or below the head of the table.
const BESIDE: usize = 3;

/// The least room between bar and table, in sizes of type.
pub(crate) const ROOM: f32 = 1.3;

/// How wide a bar is, as shares of the page.
pub(crate) const WIDTH: std::ops::Range<f32> = 0.08..0.36;

/// The side of the page on which the bar stands.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Side {
    /// Left of the table.
    Left,
    /// Right of it.
    Right,
}

/// The room between bar and table.
#[derive(Clone, Copy)]
pub(crate) struct Corridor {
    /// Its left edge.
    pub(crate) from: f32,
    /// Its right edge.
    pub(crate) to: f32,
    /// Where the bar stands.
    pub(crate) side: Side,
}

impl Corridor {
    /// Whether nothing stands in the room on this page.
    fn is_clear(&self, page: &PageLines) -> bool {
        page.lines.iter().all(|l| self.is_clear_on(l))
    }

    /// Whether nothing of a line stands in the room.
    pub(crate) fn is_clear_on(&self, line: &Line) -> bool {
        line.words.iter().all(|w| w.bbox.x1 <= self.from + 1.0 || w.bbox.x0 >= self.to - 1.0)
    }

    /// Whether something of a line stands in the bar.
    pub(crate) fn is_bars_line(&self, line: &Line) -> bool {
        line.words.iter().any(|w| self.is_bars(w))
    }

    fn is_bars(&self, w: &Word) -> bool {
        (w.bbox.cx() < self.from) == (self.side == Side::Left)
    }

    /// The lines of the bar, and those of the rest of the page.
    pub(crate) fn part(&self, page: &PageLines) -> (Vec<Line>, Vec<Line>) {
        let of = |bars: bool| {
            let part = |l: &Line| {
                let words: Vec<Word> = l.words.iter().filter(|w| self.is_bars(w) == bars).cloned().collect();
                let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
                Some(Line { words, bbox, ..l.clone() })
            };
            page.lines.iter().filter_map(part).collect()
        };
        (of(true), of(false))
    }
}

/// Reads such a bar before what stands right of it, or behind what stands left of it, on all pages that have one.
pub(crate) fn apart(pages: &mut [PageLines], vocabulary: &Vocabulary) {
    let Some(corridor) = pages.iter().find_map(|p| corridor(p, vocabulary)) else { return };
    for page in pages.iter_mut().filter(|p| corridor.is_clear(p)) {
        let (bar, rest) = corridor.part(page);
        page.lines = match corridor.side {
            Side::Left => bar.into_iter().chain(rest).collect(),
            Side::Right => rest.into_iter().chain(bar).collect(),
        };
    }
}

/// The room beside the bar of a page that has one.
fn corridor(page: &PageLines, vocabulary: &Vocabulary) -> Option<Corridor> {
    rooms(page).into_iter().find(|c| is_bar(c, page, vocabulary))
}

/// Whether what stands on one side of a room is a bar of facts, and what stands on the other a table.
pub(crate) fn is_bar(c: &Corridor, page: &PageLines, vocabulary: &Vocabulary) -> bool {
    let (bar, rest) = c.part(page);
    if captioned(&bar, page, vocabulary) < FEWEST {
        return false;
    }
    let on = |lines: Vec<Line>| find_headers(&PageLines { lines, ..page.clone() }, vocabulary);
    let heads = on(rest.clone());
    let Some(head) = heads.first() else { return false };
    !goes_on(&bar, head.bbox, vocabulary)
        && !is_column(&bar, &rest)
        && !is_column(&rest, &bar)
        && bar.iter().filter(|l| l.bbox.cy() > head.bbox.y0).count() >= BESIDE
        && on(bar).is_empty()
}

/// Whether the header of the table goes on in what may be a bar: `Service   Date(s)   Notes` on the lines of its captions.
fn goes_on(bar: &[Line], head: BBox, vocabulary: &Vocabulary) -> bool {
    let of_header = |l: &&Line| (head.y0..=head.y1).contains(&l.bbox.cy());
    let known = |text: &str| vocabulary.lookup(text).is_some_and(|m| m.fields != [Field::Ignored]);
    bar.iter().filter(of_header).any(|l| split_phrases(l, vocabulary).iter().filter(|p| known(&p.text)).count() >= 2)
}

/// Whether one of two sides holds columns of the table that begins on the other: days or amounts and nothing else stand in it one
/// right under the other, each on the baseline of words beside it. A bar has a caption over every value, and the rows of a table
/// beside it have words of their own.
///
/// ```text
/// Visit Date             Service               Charges
/// 0120 ROOM AND BOARD
/// 03/09/2025             R&B SEMI-PRIV         2712.39
/// 03/10/2025             R&B SEMI-PRIV         2712.39
/// ```
fn is_column(side: &[Line], other: &[Line]) -> bool {
    /// Baselines no farther apart than this, in sizes of type, are one.
    const LEVEL: f32 = 0.12;
    let figures = |l: &Line| tokens(l).iter().all(|t| matches!(t.kind, TokenKind::Date | TokenKind::Money | TokenKind::Number));
    let valued = |l: &Line| tokens(l).last().is_some_and(|t| matches!(t.kind, TokenKind::Date | TokenKind::Money));
    let beside = |l: &Line| other.iter().any(|r| (r.bbox.y1 - l.bbox.y1).abs() < LEVEL * l.size() && is_worded(r));
    let cell = |l: &Line| figures(l) && valued(l) && beside(l);
    let near = |w: &[Line]| w[1].bbox.y0 - w[0].bbox.y1 < 2.0 * w[0].size();
    side.windows(2).any(|w| cell(&w[0]) && cell(&w[1]) && near(w))
}

/// Whether words stand on a line, and not only figures.
fn is_worded(line: &Line) -> bool {
    tokens(line).iter().any(|t| t.kind == TokenKind::Text)
}

/// How many facts have a caption on a line of its own among these, with something else on the line below. What is said again and
/// again is said of each service on a card of its own, and of no bar.
fn captioned(lines: &[Line], page: &PageLines, vocabulary: &Vocabulary) -> usize {
    let paper = Paper::with(&[PageLines { lines: lines.to_vec(), ..page.clone() }], vocabulary.labels());
    let caption = |row: &Row| {
        let [piece] = paper.pieces.get(row.pieces.clone())? else { return None };
        let head = head_at(piece, 0, DocKind::ItemizedBill)?;
        (head.start == 0 && head.end == piece.tokens.len()).then_some(head.meaning.field)
    };
    let captions = paper.rows.windows(2).filter_map(|r| caption(&r[0]).filter(|_| caption(&r[1]).is_none()));
    let all: Vec<Field> = captions.collect();
    let once = all.iter().collect::<BTreeSet<_>>().len();
    if all.len() * 2 > once * 3 { 0 } else { once }
}

/// The upright strips in which no word of the page stands, with room for a bar on one of their sides.
fn rooms(page: &PageLines) -> Vec<Corridor> {
    let mut spans: Vec<(f32, f32)> = page.lines.iter().flat_map(|l| &l.words).map(|w| (w.bbox.x0, w.bbox.x1)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = median(page.lines.iter().map(Line::size)).unwrap_or(9.0);
    let (Some(first), Some(last)) = (spans.first().map(|s| s.0), spans.iter().map(|s| s.1).max_by(f32::total_cmp)) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let mut reach = first;
    for (x0, x1) in spans {
        if x0 - reach >= ROOM * size {
            let bar = |width: f32| WIDTH.contains(&(width / page.width.max(1.0)));
            let side = if bar(reach - first) { Some(Side::Left) } else { bar(last - x0).then_some(Side::Right) };
            out.extend(side.map(|side| Corridor { from: reach, to: x0, side }));
        }
        reach = reach.max(x1);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_bar_of_facts_is_no_part_of_the_table() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (300.0, "STATEMENT")]),
            (60.0, &[(30.0, "PATIENT")]),
            (70.0, &[(30.0, "Jane Roe"), (300.0, "Qty"), (340.0, "CPT"), (400.0, "Service"), (-700.0, "Our fee")]),
            (84.0, &[(300.0, "Visit: 03/21/2025"), (560.0, "with A. Roe MD")]),
            (88.0, &[(30.0, "ACCOUNT NUMBER")]),
            (98.0, &[(30.0, "V2395686"), (306.0, "1"), (340.0, "99214"), (400.0, "OFFICE VISIT"), (-700.0, "154.00")]),
            (112.0, &[(306.0, "1"), (340.0, "36415"), (400.0, "VENIPUNCTURE"), (-700.0, "16.09")]),
            (116.0, &[(30.0, "STATEMENT DATE")]),
            (126.0, &[(30.0, "04/16/2025"), (340.0, "04/03/2025"), (400.0, "INSURANCE PAYMENT"), (-700.0, "-100.00")]),
            (140.0, &[(30.0, "INSURANCE"), (306.0, "4"), (340.0, "J3301"), (400.0, "KENALOG PER 10 MG"), (-700.0, "24.60")]),
            (150.0, &[(30.0, "Lakeside Health Plan")]),
        ]);
        let fields = [Field::ServiceDate, Field::Code, Field::Description, Field::Units, Field::Charge, Field::PlanPaid];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-21 99214 OFFICE VISIT 1 154.00 -",
                "2025-03-21 36415 VENIPUNCTURE 1 16.09 -",
                "2025-04-03 - INSURANCE PAYMENT - - 100.00",
                "2025-03-21 J3301 KENALOG PER 10 MG 4 24.60 -",
            ]
        );
        assert!(s.header.contains_key(&Field::AccountNo) && s.header.contains_key(&Field::Payer), "{:?}", s.header);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn the_first_columns_of_a_table_are_no_bar_of_facts() {
        let amounts = |y: f32, words: &'static str, day: &'static str, billed: &'static str, owed: &'static str| {
            (
                y,
                vec![
                    (30.0, words),
                    (130.0, day),
                    (190.0, "K21"),
                    (-420.0, billed),
                    (-500.0, "4.00"),
                    (-580.0, "6.00"),
                    (-700.0, owed),
                ],
            )
        };
        let lines = [
            (20.0, vec![(30.0, "Lakeside Plan"), (400.0, "Explanation of Benefits")]),
            (50.0, vec![(30.0, "Patient")]),
            (60.0, vec![(30.0, "Jane Roe"), (400.0, "In network")]),
            (70.0, vec![(30.0, "Patient account")]),
            (80.0, vec![(30.0, "V2395686"), (400.0, "Processed 03/23/2025")]),
            (90.0, vec![(30.0, "Claim number")]),
            (100.0, vec![(30.0, "252226806783")]),
            (
                120.0,
                vec![
                    (30.0, "Service"),
                    (130.0, "Date(s)"),
                    (190.0, "Notes"),
                    (-420.0, "Charged"),
                    (-500.0, "Discount"),
                    (-580.0, "You owe"),
                    (-700.0, "We paid"),
                ],
            ),
            amounts(134.0, "CULTURE", "02/20/2025", "26.00", "16.00"),
            amounts(146.0, "X-RAY", "02/21/2025", "27.00", "17.00"),
            amounts(158.0, "SPLINT", "02/22/2025", "28.00", "18.00"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        let fields = [Field::ServiceDate, Field::Description, Field::Charge, Field::PlanPaid];
        let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["2025-02-20 CULTURE 26.00 16.00", "2025-02-21 X-RAY 27.00 17.00", "2025-02-22 SPLINT 28.00 18.00"]);
    }

    #[test]
    fn a_column_of_days_or_amounts_is_no_bar_of_facts() {
        let s = read(&[
            (20.0, &[(300.0, "Lakeside Hospital")]),
            (32.0, &[(300.0, "Itemization of Charges")]),
            (50.0, &[(30.0, "PATIENT"), (300.0, "ACCOUNT ID")]),
            (60.0, &[(30.0, "Jane Roe"), (300.0, "V8839587578")]),
            (80.0, &[(30.0, "BALANCE DUE")]),
            (90.0, &[(30.0, "$2,002.36")]),
            (110.0, &[(30.0, "Visit Date"), (300.0, "Service"), (500.0, "Unit"), (-700.0, "Charge Amount")]),
            (122.0, &[(30.0, "0120 ROOM AND BOARD")]),
            (134.0, &[(30.0, "08/19/2024"), (300.0, "R&B SEMI-PRIV"), (504.0, "1"), (-700.0, "$2,712.39")]),
            (146.0, &[(30.0, "08/20/2024"), (300.0, "R&B SEMI-PRIV"), (504.0, "1"), (-700.0, "2,712.39")]),
            (158.0, &[(30.0, "0120 total"), (-700.0, "5,424.78")]),
            (170.0, &[(30.0, "0710 RECOVERY ROOM")]),
            (182.0, &[(30.0, "08/19/2024"), (300.0, "RECOVERY PHASE 1"), (504.0, "1"), (-700.0, "1,746.50")]),
            (194.0, &[(30.0, "0710 total"), (-700.0, "1,746.50")]),
        ]);
        let fields = [Field::ServiceDate, Field::RevenueCode, Field::Description, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        let want = [
            "2024-08-19 0120 R&B SEMI-PRIV 2712.39",
            "2024-08-20 0120 R&B SEMI-PRIV 2712.39",
            "2024-08-19 0710 RECOVERY PHASE 1 1746.50",
        ];
        assert_eq!(rows, want);
    }
}
