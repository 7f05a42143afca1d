//! Blocks of print that stand beside each other and have nothing to do with one another: a panel with the account's
//! summary beside the visits, a box of totals beside the table of payments.
//!
//! Two tables side by side say so by their headings: a second `Date` behind an `Amount`.
//!
//! What else stands on one height is one line of a table only where it stands on one baseline. Where, along a corridor without
//! words, what is left of it and what is right of it keep baselines of their own, each side is read by itself.

use std::ops::Range;

use crate::grammar::money;
use crate::page_text::{TextSource, Word};
use crate::text_lines::Line;
use crate::two_lists;

/// Share of its box that a word's letters reach below the baseline.
const DESCENT: f32 = 0.23;
/// Baselines farther apart than this, in sizes of type, are two: of print, and of a scan that may be bent.
const PRINTED: f32 = 0.12;
const SCANNED: f32 = 0.24;
/// A line of one block lies between two of the other if it is no farther from the next than this, in sizes of type; on a scan
/// that is bent, lines that overlap in print may stand apart.
const PRINTED_REACH: f32 = 0.9;
const SCANNED_REACH: f32 = 1.6;
/// Lines that must stand beside each other on two baselines, in print and on a scan.
const ENOUGH: [usize; 2] = [3, 5];
/// Lines of either block that have nothing beside them, where blocks on a scan are woven into one another so closely that some
/// of their lines are level by chance.
const WOVEN: usize = 5;
/// More lines than a page of text has.
const MOST_LINES: usize = 400;

/// How a line lies to a corridor.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
    /// On both sides, with the distance of the baselines in sizes of type.
    Both(f32),
    Across,
}

/// A corridor and the lines that it parts.
struct Corridor {
    x: f32,
    lines: Range<usize>,
    apart: usize,
}

/// The lines of a page with those that two blocks share parted, the block on the left first.
pub(crate) fn apart(lines: Vec<Line>) -> Vec<Line> {
    if lines.len() > MOST_LINES {
        return lines;
    }
    let corridors = || places(&lines).into_iter().filter_map(|x| corridor(&lines, x));
    let twin = (0..lines.len()).find_map(|i| twin_tables(&lines, i));
    let Some(best) = twin.or_else(|| corridors().max_by_key(|c| (c.apart, c.lines.len()))) else { return lines };
    one_after_other(lines, &best.lines, |w| w.bbox.cx() < best.x)
}

/// The lines with those of a range parted: what goes `first` of each of them, and behind it the rest of each.
pub(crate) fn one_after_other(lines: Vec<Line>, range: &Range<usize>, first: impl Fn(&Word) -> bool) -> Vec<Line> {
    let mut out = Vec::with_capacity(lines.len() + range.len());
    let mut behind = Vec::new();
    for (i, line) in lines.into_iter().enumerate() {
        if range.contains(&i) {
            out.extend(line.only(&first));
            behind.extend(line.only(|w| !first(w)));
            continue;
        }
        out.append(&mut behind);
        out.push(line);
    }
    out.append(&mut behind);
    out
}

/// The corridor between two tables whose headings stand on line `at`, down to where something crosses it.
fn twin_tables(lines: &[Line], at: usize) -> Option<Corridor> {
    let words = &lines[at].words;
    let is = |w: &Word, any: &[&str]| any.contains(&w.text.trim_end_matches(':').to_lowercase().as_str());
    let days: Vec<usize> = (0..words.len()).filter(|i| is(&words[*i], &["date", "posted"])).collect();
    let [first, second] = days[..] else { return None };
    let amounts = ["amount", "amt", "charge", "charges", "payment", "payments", "credit", "credits", "paid", "fee"];
    let before = words.get(second.checked_sub(1)?)?;
    let behind = words.last()?;
    if first != 0 || !is(before, &amounts) || !is(behind, &amounts) || words.iter().any(|w| money::money(&w.text).is_some()) {
        return None;
    }
    let x = f32::midpoint(before.bbox.x1, words[second].bbox.x0);
    // the titles of both tables stand above
    let titled = at.checked_sub(1).filter(|k| matches!(side(&lines[*k], x), Side::Both(_)));
    let end = (at..lines.len()).find(|i| side(&lines[*i], x) == Side::Across).unwrap_or(lines.len());
    (end > at + 1).then_some(Corridor { x, lines: titled.unwrap_or(at)..end, apart: 0 })
}

/// Where corridors may be: in the middle of the wide gaps.
fn places(lines: &[Line]) -> Vec<f32> {
    let mut out: Vec<f32> = Vec::new();
    for pair in lines.iter().flat_map(|l| l.words.windows(2)) {
        let (a, b) = (pair[0].bbox.x1, pair[1].bbox.x0);
        let x = f32::midpoint(a, b);
        if b - a > 0.9 * pair[0].font_size.max(pair[1].font_size) && !out.iter().any(|o| (o - x).abs() < 3.0) {
            out.push(x);
        }
    }
    out.truncate(MOST_LINES);
    out
}

/// The corridor at `x`, if blocks stand beside each other there.
fn corridor(lines: &[Line], x: f32) -> Option<Corridor> {
    let sides: Vec<Side> = lines.iter().map(|l| side(l, x)).collect();
    let mut best: Option<Corridor> = None;
    let mut from = 0;
    for i in 0..=lines.len() {
        if sides.get(i).is_some_and(|s| *s != Side::Across) {
            continue;
        }
        if let Some(c) = run(lines, &sides, x, from..i)
            && best.as_ref().is_none_or(|b| c.apart > b.apart)
        {
            best = Some(c);
        }
        from = i + 1;
    }
    best
}

/// What of a run of lines that nothing crosses belongs to two blocks.
fn run(lines: &[Line], sides: &[Side], x: f32, range: Range<usize>) -> Option<Corridor> {
    let scanned = lines[range.clone()].iter().flat_map(|l| &l.words).any(|w| w.source == TextSource::Ocr);
    let limit = if scanned { SCANNED } else { PRINTED };
    let is_apart = |i: usize| match sides[i] {
        Side::Both(d) => d > limit,
        // one side's line between two of the other's
        Side::Left | Side::Right if i + 1 < range.end => {
            let (a, b) = (&lines[i], &lines[i + 1]);
            let opposite = matches!((sides[i], sides[i + 1]), (Side::Left, Side::Right) | (Side::Right, Side::Left));
            let reach = if scanned { SCANNED_REACH } else { PRINTED_REACH };
            opposite && b.bbox.cy() - a.bbox.cy() < reach * a.size().min(b.size())
        }
        _ => false,
    };
    let first = range.clone().find(|i| is_apart(*i))?;
    let last = range.clone().rev().find(|i| is_apart(*i))?;
    let mut to = last + 1;
    while to < range.end && !matches!(sides[to], Side::Both(_)) && close(&lines[to - 1], &lines[to]) {
        to += 1;
    }
    let inner = first..to;
    let apart = inner.clone().filter(|i| is_apart(*i)).count();
    let level = inner.clone().filter(|i| matches!(sides[*i], Side::Both(_)) && !is_apart(*i)).count();
    // both sides have figures of their own, or nothing is gained
    let figures = |right: bool| {
        let on = |w: &&Word| (w.bbox.cx() > x) == right && money::money(&w.text).is_some();
        lines[inner.clone()].iter().flat_map(|l| &l.words).filter(on).count()
    };
    // in a table the lines of a column stand alone now and then, those of two columns do not
    let lone = |side: Side| inner.clone().filter(|i| sides[*i] == side).count();
    let woven = scanned && lone(Side::Left) >= WOVEN && lone(Side::Right) >= WOVEN && level <= apart;
    let own = level * 4 <= apart || woven;
    let blocks = apart >= ENOUGH[usize::from(scanned)] && own && figures(false) >= 2 && figures(true) >= 2;
    (blocks && !two_lists::stand_beside(&lines[inner.clone()], x)).then_some(Corridor { x, lines: inner, apart })
}

fn close(a: &Line, b: &Line) -> bool {
    b.bbox.y0 - a.bbox.y1 < 2.0 * a.size().max(b.size())
}

fn side(line: &Line, x: f32) -> Side {
    if line.words.iter().any(|w| w.bbox.x0 < x && w.bbox.x1 > x) {
        return Side::Across;
    }
    let (a, b) = line.words.split_at(line.words.partition_point(|w| w.bbox.cx() < x));
    let (Some(last), Some(first)) = (a.last(), b.first()) else {
        return if a.is_empty() { Side::Right } else { Side::Left };
    };
    // an ordinary space is no corridor
    if first.bbox.x0 - last.bbox.x1 <= 0.6 * first.font_size {
        return Side::Across;
    }
    let foot = |w: &Word| w.bbox.y1 - DESCENT * w.bbox.height();
    let (last, first) = (in_full_type(a.iter().rev(), last), in_full_type(b.iter(), first));
    Side::Both((foot(last) - foot(first)).abs() / last.font_size.min(first.font_size).max(1.0))
}

/// The first of the words that is no smaller than the others: the mark of a footnote is raised, and says nothing of the baseline.
fn in_full_type<'a>(mut words: impl Iterator<Item = &'a Word> + Clone, first: &'a Word) -> &'a Word {
    const FULL: f32 = 0.93;
    let size = words.clone().map(|w| w.font_size).fold(0.0, f32::max);
    words.find(|w| w.font_size >= FULL * size).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;

    fn line(words: &[(&str, f32, f32)]) -> Line {
        let words: Vec<Word> =
            words.iter().map(|(t, x, y)| Word::digital(*t, BBox::new(*x, *y, x + 5.0 * t.len() as f32, y + 8.0))).collect();
        let bbox = BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default();
        Line { page: 1, bbox, words, phrase_gap: 4.0 }
    }

    fn texts(lines: Vec<Line>) -> Vec<String> {
        apart(lines).iter().map(Line::text).collect()
    }

    fn page(offset: f32) -> Vec<Line> {
        let row = |i: u8, left: &str, right: &str| {
            let y = 20.0 + 12.0 * f32::from(i);
            line(&[(left, 20.0, y), ("$1.00", 100.0, y), (right, 200.0, y + offset), ("$2.00", 300.0, y + offset)])
        };
        let mut lines: Vec<Line> = [("Charges", "VISIT"), ("Insurance", "X-RAY"), ("Discounts", "CULTURE"), ("Paid", "TUBING")]
            .iter()
            .zip(0..)
            .map(|((a, b), i)| row(i, a, b))
            .collect();
        lines.push(line(&[("Thank", 20.0, 90.0), ("you", 140.0, 90.0), ("very-much-indeed", 160.0, 90.0)]));
        lines
    }

    #[test]
    fn blocks_on_baselines_of_their_own_are_parted() {
        let parted = texts(page(2.0));
        assert_eq!(parted[..5], ["Charges $1.00", "Insurance $1.00", "Discounts $1.00", "Paid $1.00", "VISIT $2.00"]);
        assert_eq!(parted.last().map(String::as_str), Some("Thank you very-much-indeed"));
    }

    #[test]
    fn two_tables_side_by_side_are_parted_by_their_headings() {
        let head = [("Date", 20.0), ("Service", 60.0), ("Amount", 120.0), ("Date", 200.0), ("Reason", 240.0), ("Amount", 300.0)];
        let row =
            [("2/7/2025", 20.0), ("VISIT", 70.0), ("330.00", 120.0), ("2/27/2025", 200.0), ("PAYMENT", 250.0), ("62.80", 300.0)];
        let on = |words: &[(&'static str, f32)], y: f32| line(&words.iter().map(|(t, x)| (*t, *x, y)).collect::<Vec<_>>());
        let parted = texts(vec![on(&head, 10.0), on(&row, 22.0), on(&[("Balance-of-both-of-the-tables-above", 60.0)], 40.0)]);
        assert_eq!(
            parted[..4],
            ["Date Service Amount", "2/7/2025 VISIT 330.00", "Date Reason Amount", "2/27/2025 PAYMENT 62.80"]
        );
        let dates = [("Date", 20.0), ("Service", 60.0), ("Date", 120.0), ("Posted-on", 200.0), ("Amount", 300.0)];
        assert_eq!(texts(vec![on(&dates, 10.0), on(&row, 22.0)])[0], "Date Service Date Posted-on Amount");
    }

    #[test]
    fn the_rows_of_a_table_stay_whole() {
        assert_eq!(texts(page(0.0))[0], "Charges $1.00 VISIT $2.00");
        assert_eq!(texts(page(0.5))[0], "Charges $1.00 VISIT $2.00");
    }
}
