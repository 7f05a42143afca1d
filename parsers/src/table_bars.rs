//! A bar of facts that stands beside one table only, under a title that goes from margin to margin:
//!
//! ```text
//! Your providers billed $231.00. We paid $150.00. You owe your providers $30.00.
//!
//! Claim
//! 8023177-00          When         What for           We paid   You owe    Billed
//! Care for            03/09/2025   OFFICE VISIT       $120.00    $30.00   $210.00
//! Jane Roe                         Code 99214
//! Care from           03/09/2025   ROUTINE BLOOD       $30.00     $0.00    $21.00
//! Lakeside Clinic                  DRAW
//! Note K2   You do not owe this amount.
//! ```
//! It is known as a bar beside the whole page is ([`crate::fact_bars`]), but the room between bar and table need be clear only
//! from the first line beside the table to the last. Of several tables with bars each is read behind its own.

use std::ops::Range;

use crate::columns::{Column, TableHeader, find_headers};
use crate::fact_bars::{Corridor, ROOM, Side, WIDTH, is_bar};
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::vocabulary::Vocabulary;

/// Lines above the head of a table at which its bar may begin.
const ABOVE: usize = 6;

/// The widest gap between two lines of a bar, in sizes of the table's type.
const GAP: f32 = 3.0;

/// Reads each such bar before the table right of it.
pub(crate) fn apart(pages: &mut [PageLines], vocabulary: &Vocabulary) {
    for page in pages {
        let mut until = page.lines.len();
        for head in find_headers(page, vocabulary).iter().rev() {
            let found = beside(page, head, until, vocabulary);
            until = found.as_ref().map_or(head.first_line, |(_, lines)| lines.start);
            if let Some((corridor, lines)) = found {
                let (bar, rest) = corridor.part(&part_of(page, &lines));
                page.lines.splice(lines, bar.into_iter().chain(rest));
            }
        }
    }
}

/// The room left of a table and the lines along which it is clear, if a bar of facts stands there. Nothing from line `until` on
/// is of this table.
fn beside(page: &PageLines, head: &TableHeader, until: usize, vocabulary: &Vocabulary) -> Option<(Corridor, Range<usize>)> {
    let says_what = |c: &Column| c.fields.iter().any(|f| matches!(f, Field::ServiceDate | Field::Description | Field::Code));
    // a caption of the bar that stands between two lines of the head is taken for its first column; what was done stands in
    // the table, never in the bar
    let first = head.columns.iter().position(|c| !matches!(c.fields.as_slice(), [] | [Field::Ignored]))?;
    let starts = head
        .columns
        .iter()
        .take(2.min(first + 1))
        .filter(|c| head.columns.iter().any(|o| says_what(o) && o.head_box.x0 >= c.head_box.x0));
    starts.map(|c| c.head_box.x0).find_map(|x| left_of(x, page, head, until, vocabulary))
}

/// The same of a table that begins at `x`.
fn left_of(
    x: f32,
    page: &PageLines,
    head: &TableHeader,
    until: usize,
    vocabulary: &Vocabulary,
) -> Option<(Corridor, Range<usize>)> {
    let size = page.lines.get(head.first_line).map(Line::size)?;
    let corridor = Corridor { from: x - ROOM * size, to: x, side: Side::Left };
    let clear = |i: &usize| corridor.is_clear_on(&page.lines[*i]);
    if !(head.first_line..head.end_line).all(|i| clear(&i)) {
        return None;
    }
    let left = |i: &usize| corridor.is_bars_line(&page.lines[*i]);
    let above = (head.first_line.saturating_sub(ABOVE)..head.first_line).rev().take_while(clear).count();
    // what stands over the first line of the bar has nothing beside it
    let first = (head.first_line - above..head.end_line).find(left).unwrap_or(head.first_line).min(head.first_line);
    let end = (head.end_line..until).find(|i| !clear(i)).unwrap_or(until);
    // words under the bar, far from it, are none of its own
    let bar: Vec<usize> = (first..end).filter(left).collect();
    let apart = |w: &&[usize]| page.lines[w[1]].bbox.y0 - page.lines[w[0]].bbox.y1 > GAP * size;
    let end = bar.windows(2).find(apart).map_or(end, |w| w[1]);
    let lines = first..end;
    let words =
        || bar.iter().filter(|i| **i < end).flat_map(|i| &page.lines[*i].words).filter(|w| w.bbox.x1 <= corridor.from + 1.0);
    let width = BBox::around(words().map(|w| w.bbox))?.width() / page.width.max(1.0);
    (WIDTH.contains(&width) && is_bar(&corridor, &part_of(page, &lines), vocabulary)).then_some((corridor, lines))
}

fn part_of(page: &PageLines, lines: &Range<usize>) -> PageLines {
    PageLines { lines: page.lines[lines.clone()].to_vec(), ..page.clone() }
}

#[cfg(test)]
mod tests {
    use crate::page_text::{BBox, Word};
    use crate::statement::{Field, Value};
    use crate::test_pages::{read, said, sheet};
    use crate::text_lines::page_lines;
    use crate::vocabulary::Vocabulary;

    const FIELDS: [Field; 5] = [Field::ServiceDate, Field::Description, Field::Code, Field::Charge, Field::PlanPaid];

    type Lines = Vec<(f32, Vec<(f32, &'static str)>)>;

    fn lines(captions: [&'static str; 3]) -> Lines {
        let row =
            |y: f32, day: &'static str, words: &'static str, paid: &'static str, owe: &'static str, billed: &'static str| {
                (y, vec![(200.0, day), (270.0, words), (-500.0, paid), (-580.0, owe), (-660.0, billed)])
            };
        vec![
            (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (
                50.0,
                vec![(
                    30.0,
                    "Your providers billed $231.00 and we paid $150.00 of it. This is not a bill, and you need not pay it.",
                )],
            ),
            (80.0, vec![(34.0, captions[0])]),
            row(84.0, "When", "What for", "We paid", "You owe", "Billed"),
            (89.0, vec![(34.0, "80231770-00")]),
            row(98.0, "03/09/2025", "OFFICE VISIT", "$120.00", "$30.00", "$210.00"),
            (103.0, vec![(34.0, captions[1])]),
            (107.0, vec![(270.0, "Code 99214")]),
            (112.0, vec![(34.0, "Jane Roe")]),
            row(121.0, "03/09/2025", "ROUTINE BLOOD", "$30.00", "$0.00", "$21.00"),
            (126.0, vec![(34.0, captions[2])]),
            (130.0, vec![(270.0, "Code 36415")]),
            (135.0, vec![(34.0, "Lakeside Family Medical")]),
            (144.0, vec![(34.0, "Center")]),
            (158.0, vec![(34.0, "Their network status")]),
            (167.0, vec![(34.0, "In network")]),
            (181.0, vec![(34.0, "Where it stands")]),
            (190.0, vec![(34.0, "Processed")]),
            (
                220.0,
                vec![(
                    30.0,
                    "If you disagree with this decision you may file an appeal within 180 days of receiving this notice.",
                )],
            ),
        ]
    }

    fn stated(lines: &Lines) -> (Vec<String>, Vec<String>) {
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        let s = read(&lines);
        let text = |f: Field| match s.header.get(&f).and_then(|c| c.first()).map(|c| c.value.clone()) {
            Some(Value::Text(t)) => t,
            _ => "-".to_owned(),
        };
        let facts = [Field::ClaimNo, Field::Patient, Field::Provider, Field::Network, Field::ClaimStatus].map(text).to_vec();
        (s.rows.iter().map(|r| said(r, &FIELDS)).collect(), facts)
    }

    #[test]
    fn a_bar_beside_one_table_is_read_by_itself() {
        let (rows, facts) = stated(&lines(["Claim", "Care for", "Care from"]));
        assert_eq!(rows, ["2025-03-09 OFFICE VISIT 99214 210.00 120.00", "2025-03-09 ROUTINE BLOOD 36415 21.00 30.00"]);
        assert_eq!(facts, ["80231770-00", "Jane Roe", "Lakeside Family Medical Center", "in", "processed"]);
    }

    #[test]
    fn words_without_captions_of_facts_are_no_bar() {
        let pages = |captions: [&'static str; 3]| {
            let mut words = Vec::new();
            for (y, cells) in lines(captions) {
                for (x, text) in cells {
                    let width = 4.2 * text.chars().count() as f32;
                    let x = if x < 0.0 { -x - width } else { x };
                    words.push(Word::digital(text, BBox::new(x, y, x + width, y + 8.0)));
                }
            }
            vec![page_lines(&sheet(words))]
        };
        let apart = |captions: [&'static str; 3]| {
            let mut parted = pages(captions);
            let before = parted[0].lines.len();
            super::apart(&mut parted, Vocabulary::builtin());
            let order: Vec<f32> = parted[0].lines.iter().map(|l| l.bbox.y0).collect();
            (parted[0].lines.len() == before, order.is_sorted())
        };
        assert_eq!(apart(["Our office", "Open daily", "Call us"]), (true, true));
        assert!(!apart(["Claim", "Care for", "Care from"]).1, "the bar goes first");
    }

    #[test]
    fn a_first_column_of_three_lines_is_no_bar() {
        let amounts = |y: f32, of: [&'static str; 5]| {
            let at = [-260.0, -340.0, -420.0, -500.0, -600.0];
            (y, [(34.0, "09/11/25")].into_iter().chain(at.into_iter().zip(of)).collect::<Vec<_>>())
        };
        let lines: Lines = vec![
            (20.0, vec![(300.0, "LAKESIDE ASSURANCE"), (500.0, "STATEMENT OF BENEFITS")]),
            (50.0, vec![(34.0, "PATIENT: JANE ROE"), (300.0, "CLAIM NO. 80231770")]),
            (60.0, vec![(34.0, "PROVIDER: LAKESIDE HOSPITAL"), (300.0, "STATUS FINALIZED")]),
            (
                80.0,
                vec![
                    (60.0, "SVC DT"),
                    (-260.0, "CHG AMT"),
                    (-340.0, "CONTR ADJ"),
                    (-420.0, "ALLOW"),
                    (-500.0, "BEN PD"),
                    (-600.0, "PT RESP"),
                ],
            ),
            (88.5, vec![(60.0, "PROC CD")]),
            (97.0, vec![(48.0, "TYPE OF SERVICE")]),
            amounts(110.0, ["140.40", "11.78", "128.62", "122.90", "5.72"]),
            (119.4, vec![(34.0, "J2250")]),
            (128.8, vec![(34.0, "MIDAZOLAM 1MG INJ")]),
            amounts(143.0, ["122.26", "6.72", "115.54", "112.43", "3.11"]),
            (152.4, vec![(34.0, "J3010")]),
            (161.8, vec![(34.0, "FENTANYL 0.1MG INJ")]),
        ];
        assert_eq!(
            stated(&lines).0,
            ["2025-09-11 MIDAZOLAM 1MG INJ J2250 140.40 122.90", "2025-09-11 FENTANYL 0.1MG INJ J3010 122.26 112.43"]
        );
    }
}
