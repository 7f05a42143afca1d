//! Bands of lines that may be headers: every run of a few lines without values whose words are known.
//!
//! `Rev 0111 - ROOM AND BOARD` right under the heads is the first group's heading, and no more of the head over it.

use std::borrow::Cow;

use super::summary_box::is_box;
use super::{Column, TableHeader, drawn, has_value, read_band, titled_list};
use crate::captions::{heads_apart, locators_apart};
use crate::day_headings::heading_date;
use crate::page_text::BBox;
use crate::revenue_headings::heading_revenue_code;
use crate::service_words::service_words;
use crate::text_lines::{Line, PageLines, Phrase};
use crate::vocabulary::Vocabulary;

/// A header has no more lines.
pub(super) const MAX_HEADER_LINES: usize = 5;

/// What the head of a list under its title is worth: less than any that names the columns.
const OF_LIST: f32 = 0.5;

/// What the bands of a page may be.
pub(super) struct Bands<'a> {
    /// Headers of tables; those that share a line are rivals.
    pub(super) headers: Vec<TableHeader>,
    /// Captions of a box of sums.
    pub(super) boxes: Vec<TableHeader>,
    /// The lines of the page with their captions parted.
    pub(super) lines: Vec<Cow<'a, Line>>,
}

/// All bands of the page that read as captions.
pub(super) fn bands<'a>(page: &'a PageLines, vocabulary: &Vocabulary) -> Bands<'a> {
    let (mut headers, mut boxes) = (Vec::new(), Vec::new());
    let lines: Vec<Cow<'_, Line>> = page.lines.iter().map(|l| heads_apart(locators_apart(l), vocabulary)).collect();
    for first in 0..lines.len() {
        for end in first + 1..=(first + MAX_HEADER_LINES).min(lines.len()) {
            let band = &lines[first..end];
            let last = &band[band.len() - 1];
            if has_value(last) || says_service(last) || heading_revenue_code(&last.text()).is_some() {
                break;
            }
            // so is `Service date 2025-04-06` the first day's
            if band.len() > 1 && heading_date(&last.text()).is_some_and(|d| d.year.is_some()) {
                break;
            }
            if band.len() > 1 && last.bbox.y0 - band[band.len() - 2].bbox.y1 > 0.9 * last.size() {
                break;
            }
            let runs = drawn::runs(page, last, lines.get(end));
            let above = first.checked_sub(1).map(|k| &lines[k]);
            let read = read_band(band, &runs, vocabulary).or_else(|| {
                let next = lines.get(end).filter(|_| band.len() == 1)?;
                Some((titled_list::columns(last, next, vocabulary)?, OF_LIST))
            });
            if let Some((columns, score)) = read {
                let of_sums = !page.turned && is_box(page, first..end, &columns);
                let bbox = BBox::around(columns.iter().map(|c| c.head_box)).unwrap_or_default();
                let score = if of_sums { score } else { score - cut_off(above, &band[0], &columns) };
                let header =
                    TableHeader { first_line: first, end_line: end, columns, second_row: Vec::new(), strokes: runs, score, bbox };
                if of_sums { boxes.push(header) } else { headers.push(header) }
            }
        }
    }
    Bands { headers, boxes, lines }
}

/// The captions of the boxes of sums of a page, the best of those that share a line.
pub(crate) fn boxes(page: &PageLines, vocabulary: &Vocabulary) -> Vec<TableHeader> {
    let mut found = bands(page, vocabulary).boxes;
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.first_line.cmp(&b.first_line)));
    let mut kept: Vec<TableHeader> = Vec::new();
    for b in found {
        if kept.iter().all(|k| b.end_line <= k.first_line || b.first_line >= k.end_line) {
            kept.push(b);
        }
    }
    kept
}

/// `Code 99285 · 1 unit`: what stands over the headings of its amounts is none of them.
fn says_service(line: &Line) -> bool {
    let said = service_words(&line.text());
    said.procedure.is_some() && said.units.is_some() && said.rest.is_empty()
}

/// What it costs that a header would begin below a line that goes on in its columns: `and Copay Amount` under `Deductible`.
fn cut_off(above: Option<&Cow<'_, Line>>, first: &Line, columns: &[Column]) -> f32 {
    /// For each heading that would lose its first line.
    const LOST: f32 = 0.4;
    let Some(above) = above.filter(|a| !has_value(a) && !a.words.iter().any(|w| w.text.ends_with(':'))) else { return 0.0 };
    let (size, gap) = (first.size(), first.bbox.y0 - above.bbox.y1);
    let alike = above.is_bold() == first.is_bold() && (above.size() - size).abs() < 0.08 * size && gap < 0.5 * size;
    let phrases = above.phrases();
    let over = |p: &Phrase| {
        let mine = columns.iter().filter(|c| c.head_box.overlap_x(p.bbox) > 0.5 * c.head_box.width().min(p.bbox.width()));
        mine.count() == 1
    };
    let all = alike && phrases.len() >= 2 && phrases.iter().all(over);
    if all { LOST * phrases.len() as f32 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_first_day_under_the_heads_is_none_of_them() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "Date of this bill"), (300.0, "Pay by")]),
            (50.0, &[(30.0, "2025-05-08"), (300.0, "2025-05-29")]),
            (80.0, &[(30.0, "Dx Cd:"), (150.0, "Svc Description:"), (-420.0, "Units:"), (-520.0, "Charges:")]),
            (85.0, &[(30.0, "Service date 2025-04-06")]),
            (98.0, &[(30.0, "R55"), (150.0, "OPERATING ROOM"), (-420.0, "1"), (-520.0, "$8,474.57")]),
            (110.0, &[(30.0, "R55"), (150.0, "RECOVERY ROOM"), (-420.0, "1"), (-520.0, "$1,870.20")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Description])).collect();
        assert_eq!(rows, ["2025-04-06 OPERATING ROOM", "2025-04-06 RECOVERY ROOM"]);
    }
}
