//! Tables whose services stand side by side: a column for each of them, and a line for each amount.
//!
//! ```text
//! Claim detail             Line 1          Line 2     Whole claim
//! Service            OFFICE VISIT      BLOOD DRAW
//! Date of service      03/09/2025      03/09/2025
//! Procedure code         99214-25           36415
//! Amount billed            210.00           20.00          230.00
//! Plan discount             60.00            5.00           65.00
//! Your share                30.00            0.00           30.00
//! ```
//! The words that head columns elsewhere begin the lines here, one below the other. Where the services stand is told by the
//! amounts: those of every line end (or begin, or have their middle) where those of the fullest line do. Such a block is laid
//! level, so that the grammars of rows and cells read it like any other table: each label is a column, each service a line.
//! A column that says neither when, what nor how often is the sum of the others.
//!
//! The last block of a list may have a single service left; labels that have stood over several say what it is.
//!
//! A block that names no charge, or whose columns do not all keep their place, is left as it is.

use std::ops::Range;

use crate::assign::Assigned;
use crate::columns::{Column, is_money_field};
use crate::page_text::{BBox, Word};
use crate::statement::Field;
use crate::table::{BodyLine, Role, Table};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// How far apart two edges may be that are the same, in points.
const FLUSH: f32 = 2.5;

/// The widest step between two lines of a block, in sizes of type.
const STEP: f32 = 2.2;

/// A block with services side by side.
pub(crate) struct Block {
    /// Its lines on the page.
    pub(crate) lines: Range<usize>,
    /// The same, laid level.
    pub(crate) table: Table,
}

/// The blocks of each page, from top to bottom.
pub(crate) fn blocks(pages: &[PageLines], vocabulary: &Vocabulary) -> Vec<Vec<Block>> {
    let mut heads: Vec<String> = Vec::new();
    let mut out: Vec<Vec<Block>> = Vec::with_capacity(pages.len());
    for page in pages {
        let mut of_page: Vec<Block> = Vec::new();
        let mut i = 0;
        while i < page.lines.len() {
            let floor = of_page.last().map_or(0, |b| b.lines.end);
            let Some(b) = block(page, floor, i, vocabulary).filter(|b| b.is_of_several() || b.is_headed(&heads)) else {
                i += 1;
                continue;
            };
            i = b.lines.end;
            heads.extend(b.table.columns.iter().map(|c| c.head.clone()));
            of_page.push(b);
        }
        out.push(of_page);
    }
    out
}

impl Block {
    fn is_of_several(&self) -> bool {
        self.table.lines.len() > 1
    }

    /// Whether all its labels have stood in a block before.
    fn is_headed(&self, heads: &[String]) -> bool {
        self.table.columns.iter().all(|c| heads.contains(&c.head))
    }
}

/// What a label says that the values behind it are.
fn fields_of(label: &str, vocabulary: &Vocabulary) -> Option<Vec<Field>> {
    let label = label.trim_end_matches([':', ' ']);
    vocabulary.lookup(label).or_else(|| vocabulary.guess(label)).map(|m| m.fields)
}

/// The label of a line of amounts, what it names, and the amounts, where nothing else stands on the line.
fn amounts(line: &Line, vocabulary: &Vocabulary) -> Option<(Token, Field, Vec<Token>)> {
    let mut toks = tokens(line).into_iter().filter(|t| t.text != "$");
    let label = toks.next().filter(|t| t.kind == TokenKind::Text)?;
    let field = match fields_of(&label.text, vocabulary)?[..] {
        [f] if is_money_field(f) => f,
        _ => return None,
    };
    let values: Vec<Token> = toks.collect();
    let plain = values.iter().all(|t| matches!(t.kind, TokenKind::Money | TokenKind::Dash));
    (plain && values.iter().any(|t| t.kind == TokenKind::Money)).then_some((label, field, values))
}

/// One label with what stands behind it, over several lines where the words run on.
struct Entry {
    head: Token,
    fields: Vec<Field>,
    lines: Vec<usize>,
}

/// The block whose first amounts stand on line `first`.
fn block(page: &PageLines, floor: usize, first: usize, vocabulary: &Vocabulary) -> Option<Block> {
    let (label, _, _) = amounts(&page.lines[first], vocabulary)?;
    let left = label.bbox.x0;
    let near = |a: usize, b: usize| page.lines[b].bbox.cy() - page.lines[a].bbox.cy() <= STEP * page.lines[b].size().max(4.0);
    let flush = |i: usize| page.lines[i].words.first().is_some_and(|w| (w.bbox.x0 - left).abs() <= FLUSH);
    // the amounts that follow, as far as their labels stand one below the other
    let run: Vec<usize> = (first..page.lines.len()).take_while(|&i| i == first || near(i - 1, i) && flush(i)).collect();
    let rows: Vec<(Field, Vec<Token>)> =
        run.iter().filter_map(|&i| amounts(&page.lines[i], vocabulary)).map(|(_, f, v)| (f, v)).collect();
    if !rows.iter().any(|(f, _)| *f == Field::Charge) {
        return None;
    }
    let labels_end = run.iter().filter_map(|&i| tokens(&page.lines[i]).first().map(|t| t.bbox.x1)).fold(label.bbox.x1, f32::max);
    let band = BBox::around(run.iter().map(|&i| page.lines[i].bbox))?;
    let places = places(&rows, labels_end, &rules(page, band))?;
    let start = places[0].0;
    let fits = |i: usize| {
        let words = &page.lines[i].words;
        words.iter().all(|w| w.bbox.cx() < start || place_of(&places, w).is_some())
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut end = first;
    let mut top = first;
    // upwards to the line of headings; words without a label go on with those of the line above them
    let (mut loose, mut heads): (Vec<usize>, Option<usize>) = (Vec::new(), None);
    let mut above: Vec<Entry> = Vec::new();
    for i in (floor..first).rev() {
        if !near(i, i + 1) || !fits(i) {
            break;
        }
        match head(&page.lines[i], start) {
            None => loose.insert(0, i),
            Some(h) if (h.bbox.x0 - left).abs() <= FLUSH => match fields_of(&h.text, vocabulary) {
                Some(fields) if !known(&above, &fields) => {
                    let lines = std::iter::once(i).chain(loose.drain(..)).collect();
                    above.insert(0, Entry { head: h, fields, lines });
                }
                _ => {
                    (heads, top) = (Some(i), i);
                    break;
                }
            },
            Some(_) => break,
        }
        top = i;
    }
    entries.append(&mut above);
    for i in first..page.lines.len() {
        if i > first && !near(i - 1, i) || !fits(i) {
            break;
        }
        match head(&page.lines[i], start) {
            None => entries.last_mut()?.lines.push(i),
            Some(h) if (h.bbox.x0 - left).abs() <= FLUSH => {
                let fields = fields_of(&h.text, vocabulary).unwrap_or_default();
                if known(&entries, &fields) {
                    break;
                }
                entries.push(Entry { head: h, fields, lines: vec![i] });
            }
            Some(_) => break,
        }
        end = i + 1;
    }
    let table = level(page, &entries, &places, heads)?;
    (end > first).then_some(Block { lines: top..end, table })
}

/// The words of a line that stand before the first of the services.
fn head(line: &Line, start: f32) -> Option<Token> {
    let words: Vec<Word> = line.words.iter().take_while(|w| w.bbox.cx() < start).cloned().collect();
    let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
    let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    Some(Token { kind: TokenKind::Text, text: crate::text_lines::join(&words), bbox, confidence, words })
}

/// Whether one of the labels has said the same before.
fn known(entries: &[Entry], fields: &[Field]) -> bool {
    fields.iter().any(|f| *f != Field::Ignored && entries.iter().any(|e| e.fields.contains(f)))
}

/// The upright rules beside the lines.
fn rules(page: &PageLines, band: BBox) -> Vec<f32> {
    let upright = page.rulings.iter().filter(|r| !r.is_horizontal() && r.bbox.overlap_y(band) > 0.8 * band.height());
    upright.map(|r| r.bbox.cx()).collect()
}

/// From where to where each service reaches. `None` where the amounts do not stand one below the other.
fn places(rows: &[(Field, Vec<Token>)], labels_end: f32, rules: &[f32]) -> Option<Vec<(f32, f32)>> {
    let full = rows.iter().map(|(_, v)| v).max_by_key(|v| v.len())?;
    let sides: [fn(BBox) -> f32; 3] = [|b| b.x1, |b| b.x0, BBox::cx];
    let (kind, side) = sides.into_iter().enumerate().find(|(_, side)| {
        let at: Vec<f32> = full.iter().map(|t| side(t.bbox)).collect();
        rows.iter().all(|(_, values)| {
            let mut from = 0;
            values.iter().all(|t| {
                let found = at[from..].iter().position(|x| (x - side(t.bbox)).abs() <= FLUSH);
                from += found.map_or(0, |n| n + 1);
                found.is_some()
            })
        })
    })?;
    let at: Vec<f32> = full.iter().map(|t| side(t.bbox)).collect();
    let step = at.windows(2).map(|w| w[1] - w[0]).fold(f32::INFINITY, f32::min);
    let mut edges: Vec<f32> = vec![match kind {
        0 => at[0] - step + FLUSH,
        1 => at[0] - FLUSH,
        _ => at[0] - 0.5 * step,
    }];
    for (i, pair) in full.windows(2).enumerate() {
        let (a, b) = (pair[0].bbox, pair[1].bbox);
        let drawn = rules.iter().copied().find(|x| *x > a.x1 - 1.0 && *x < b.x0 + 1.0);
        edges.push(drawn.unwrap_or(match kind {
            0 => at[i] + FLUSH,
            1 => at[i + 1] - FLUSH,
            _ => 0.5 * (at[i] + at[i + 1]),
        }));
    }
    let last = at[at.len() - 1];
    edges.push(match kind {
        0 => last + 2.0 * FLUSH,
        1 => last + step,
        _ => last + 0.5 * step,
    });
    edges[0] = edges[0].max(labels_end.min(full[0].bbox.x0 - 1.0));
    let inner = edges.windows(2).all(|e| e[0] < e[1]);
    inner.then(|| edges.windows(2).map(|e| (e[0], e[1])).collect())
}

fn place_of(places: &[(f32, f32)], w: &Word) -> Option<usize> {
    let x = w.bbox.cx();
    places.iter().position(|(lo, hi)| *lo <= x && x < *hi)
}

/// The block laid level: a column for each label, a line for each service, and one for the sum.
fn level(page: &PageLines, entries: &[Entry], places: &[(f32, f32)], heads: Option<usize>) -> Option<Table> {
    let has = |f: Field| entries.iter().any(|e| e.fields.contains(&f));
    let named = has(Field::Code) || has(Field::RevenueCode) || has(Field::Description);
    // labels with amounts alone are a box of sums, and claims side by side have days but no services
    if !named || !(has(Field::ServiceDate) || has(Field::Units)) {
        return None;
    }
    let mut columns: Vec<Column> = entries.iter().map(|e| column(e.fields.clone(), &e.head)).collect();
    columns.push(Column { fields: vec![Field::Ignored], ..column(Vec::new(), &entries.first()?.head) });
    let mut out: Vec<BodyLine> = Vec::with_capacity(places.len());
    for p in 0..places.len() {
        let mut cells: Vec<(Token, usize)> = Vec::new();
        for (c, e) in entries.iter().enumerate() {
            for &i in &e.lines {
                cells.extend(in_place(&page.lines[i], places, p).into_iter().map(|t| (t, c)));
            }
        }
        let amount = |f: Field| cells.iter().any(|(t, c)| entries[*c].fields.contains(&f) && t.kind == TokenKind::Money);
        // an amount under the word for a code or a count is that of a row, whose services stand one below the other
        let of_row = |c: usize| entries[c].fields.iter().any(|f| is_no_amount(*f));
        if !amount(Field::Charge) || cells.iter().any(|(t, c)| t.kind == TokenKind::Money && of_row(*c)) {
            return None;
        }
        let told = cells.iter().any(|(_, c)| entries[*c].fields.iter().any(|f| names_service(*f)));
        if !told && let Some(i) = heads {
            let last = columns.len() - 1;
            cells.extend(in_place(&page.lines[i], places, p).into_iter().map(|t| (t, last)));
        }
        let bbox = BBox::around(cells.iter().map(|(t, _)| t.bbox))?;
        out.push(BodyLine {
            page: page.number,
            index: entries.first()?.lines[0],
            text: cells.iter().map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" "),
            bbox,
            size: page.lines[entries.first()?.lines[0]].size(),
            bold: false,
            assigned: Assigned { cells, cost: 0.0 },
            role: if told { Role::Anchor } else { Role::Total },
            ruled_above: false,
            parts: Vec::new(),
        });
    }
    let some = out.iter().any(|l| l.role == Role::Anchor);
    some.then(|| Table { columns, lines: out, title: String::new(), above: Vec::new() })
}

/// What only a service has, and no sum.
fn names_service(f: Field) -> bool {
    matches!(f, Field::ServiceDate | Field::Code | Field::RevenueCode | Field::Description | Field::Units)
}

/// What is never printed as an amount.
fn is_no_amount(f: Field) -> bool {
    matches!(f, Field::ServiceDate | Field::Code | Field::RevenueCode | Field::Modifiers | Field::Units)
}

fn column(fields: Vec<Field>, head: &Token) -> Column {
    Column { fields, head: head.text.clone(), head_box: head.bbox, x0: head.bbox.x0, x1: head.bbox.x1, guessed: false }
}

/// What a line has in one of the places.
fn in_place(line: &Line, places: &[(f32, f32)], place: usize) -> Vec<Token> {
    let words: Vec<Word> = line.words.iter().filter(|w| place_of(places, w) == Some(place)).cloned().collect();
    let Some(bbox) = BBox::around(words.iter().map(|w| w.bbox)) else { return Vec::new() };
    tokens(&Line { page: line.page, words, bbox, phrase_gap: line.phrase_gap })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{PageText, TextSource};
    use crate::statement::Statement;
    use crate::test_pages::{read, said};
    use crate::text_lines::page_lines;

    const FIELDS: [Field; 8] = [
        Field::ServiceDate,
        Field::Description,
        Field::Code,
        Field::Units,
        Field::Charge,
        Field::PlanDiscount,
        Field::PatientResponsibility,
        Field::RemarkCodes,
    ];

    /// A claim whose services stand side by side; `right` says that the amounts are flush right.
    fn claim(right: bool, dates: [&str; 2]) -> Statement {
        let at = |x: f32| if right { -x } else { x - 70.0 };
        let line = |y: f32, label: &'static str, v: [&'static str; 3]| {
            let values = v.into_iter().zip([260.0, 380.0, 500.0]).filter(|(t, _)| !t.is_empty());
            (y, std::iter::once((40.0, label)).chain(values.map(|(t, x)| (at(x), t))).collect::<Vec<(f32, &str)>>())
        };
        let dates = [dates[0].to_owned(), dates[1].to_owned()];
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, vec![(40.0, "Claim number: 1234567"), (300.0, "Patient: Jane Roe")]),
            line(70.0, "Claim detail", ["Line 1", "Line 2", "Whole claim"]),
            (82.0, vec![(40.0, "Service"), (190.0, "OFFICE VISIT"), (310.0, "BLOOD DRAW")]),
            (91.0, vec![(190.0, "LEVEL 4")]),
            (103.0, vec![(40.0, "Date of service"), (at(260.0), dates[0].as_str()), (at(380.0), dates[1].as_str())]),
            line(115.0, "Procedure code", ["99214-25", "36415", ""]),
            line(127.0, "Units", ["1", "2", ""]),
            line(139.0, "Amount billed", ["$210.00", "$20.00", "$230.00"]),
            line(151.0, "Plan discount", ["$60.00", "$5.00", "$65.00"]),
            line(163.0, "Your responsibility", ["$30.00", "$0.00", "$30.00"]),
            line(175.0, "See note", ["K2 H3", "K2", ""]),
            (200.0, vec![(40.0, "Note K2"), (110.0, "The provider has agreed to write off this amount.")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines)
    }

    #[test]
    fn services_side_by_side_are_rows() {
        for right in [true, false] {
            let s = claim(right, ["03/09/2025", "03/10/2025"]);
            let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
            assert_eq!(
                rows,
                [
                    "2025-03-09 OFFICE VISIT LEVEL 4 99214 1 210.00 60.00 30.00 K2;H3",
                    "2025-03-10 BLOOD DRAW 36415 2 20.00 5.00 0.00 K2"
                ],
                "{right}"
            );
            let sums: Vec<String> = s.totals.iter().map(|t| format!("{} {}", t.label, t.cells.len())).collect();
            assert_eq!(sums, ["Whole claim 3"]);
            assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
        }
    }

    #[test]
    fn claims_side_by_side_are_no_services() {
        let lines: [(f32, [&str; 3]); 5] = [
            (70.0, ["Claim", "1234567", "1234568"]),
            (82.0, ["Date of service", "03/09/2025", "03/10/2025"]),
            (94.0, ["Amount billed", "$210.00", "$20.00"]),
            (106.0, ["Plan discount", "$60.00", "$5.00"]),
            (118.0, ["Your responsibility", "$30.00", "$0.00"]),
        ];
        let place = |(n, t): (usize, &str), y: f32| {
            let (width, right) = (4.2 * t.len() as f32, 140.0 + 120.0 * n as f32);
            let x = if n == 0 { 40.0 } else { right - width };
            Word::digital(t.replace(' ', "\u{a0}"), BBox::new(x, y, x + width, y + 8.0))
        };
        let words = lines.into_iter().flat_map(|(y, line)| line.into_iter().enumerate().map(move |c| place(c, y))).collect();
        let page = PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: Vec::new(),
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        assert!(blocks(&[page_lines(&page)], Vocabulary::builtin())[0].is_empty());
    }
}
