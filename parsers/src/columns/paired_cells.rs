//! Two values of a service in each cell, one over the other, as their two names are in the head of the column:
//!
//! ```text
//!                                 Contract                       Allowed
//!  Service   Service   Billed      savings      Not covered       amount
//!   dates      Code   Deductible    Copay       Coinsurance   You may owe   Plan paid
//! 04/12/24  ROOM        758.83      181.05             0.00        577.78      462.22
//!           99284         0.00        0.00           115.56        115.56
//! ```
//! Such a head has as many lines as its longest names need, so that no line of it is the head of one of the two print rows. It is
//! the services that tell: under nearly every line that begins with a day stands one of amounts alone, each right under one above.

use std::borrow::Cow;

use super::bands::MAX_HEADER_LINES;
use super::stacking::{Stack, stacked};
use super::{Column, TableHeader, has_value, is_money_field};
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// How many lines of a table are looked at.
const LOOKED_AT: usize = 40;

/// Values that end within so many points of each other stand one over the other.
const FLUSH: f32 = 2.5;

/// The widest step from the one to the other, in sizes of type.
const STEP: f32 = 1.9;

/// The fewest amounts of the upper and of the lower print row.
const FEWEST: [usize; 2] = [3, 2];

/// The heads of tables whose cells hold two values each, from top to bottom.
pub(super) fn find(lines: &[Cow<'_, Line>], vocabulary: &Vocabulary) -> Vec<TableHeader> {
    let mut found: Vec<TableHeader> = Vec::new();
    for end in 1..lines.len() {
        if has_value(&lines[end - 1]) || lines[end].page != lines[end - 1].page {
            continue;
        }
        let Some(body) = Body::of(&lines[end..]) else { continue };
        let mut bands = (1..=MAX_HEADER_LINES.min(end)).rev().map(|n| end - n);
        found.extend(bands.find_map(|first| read(first, &lines[first..end], &body, vocabulary)));
    }
    found
}

/// Whether a head of as many lines has one for each print row, and all that it names is known and named once.
pub(super) fn says_as_much(h: &TableHeader, paired: &TableHeader) -> bool {
    let all = || h.columns.iter().chain(&h.second_row);
    let once = |c: &Column| !c.is_money() || all().filter(|d| d.fields == c.fields).count() == 1;
    (h.first_line, h.end_line) == (paired.first_line, paired.end_line)
        && !h.second_row.is_empty()
        && all().all(|c| !c.fields.is_empty() && !c.guessed && once(c))
}

/// What stands under the head of such a table.
struct Body {
    /// Where the amounts of the upper print rows stand, column by column, and whether there are others beneath.
    amounts: Vec<(BBox, bool)>,
    /// Whether words or codes stand before the amounts of the lower print rows.
    led: bool,
    /// Where the words and codes of the services stand.
    words: Option<BBox>,
    /// Whether the last day of a service stands under its first.
    last_days: bool,
}

impl Body {
    /// The services at the beginning of some lines, if nearly every one of them has a second print row.
    fn of(lines: &[Cow<'_, Line>]) -> Option<Self> {
        // of most lines it is the first of them that tells, and this is asked under every line without amounts
        if !lines.first().is_some_and(|l| is_upper(&tokens(l))) {
            return None;
        }
        let (rows, last_days) = without_last_days(lines.iter().take(LOOKED_AT).map(|l| tokens(l)).collect());
        let values = |row: &[Token]| -> Vec<BBox> { row.iter().filter(|t| is_value(t)).map(|t| t.bbox).collect() };
        let columns = values(rows.first()?).len();
        let mut body = Self { amounts: vec![(BBox::default(), false); columns], led: false, words: None, last_days };
        let (mut all, mut paired) = (0, 0);
        for (i, row) in rows.iter().enumerate().filter(|(_, row)| is_upper(row)) {
            all += 1;
            let near = |k: usize| lines[k].bbox.cy() - lines[i].bbox.cy() < STEP * lines[i].size();
            let Some(below) = rows.get(i + 1).filter(|b| near(i + 1) && is_lower(b, row)) else { continue };
            paired += 1;
            let (upper, lower) = (values(row), values(below));
            if upper.len() != columns {
                continue;
            }
            for ((place, second), b) in body.amounts.iter_mut().zip(upper) {
                *place = if *place == BBox::default() { b } else { place.union(b) };
                for l in lower.iter().filter(|l| (l.x1 - b.x1).abs() < FLUSH) {
                    *place = place.union(*l);
                    *second = true;
                }
            }
            let words = row[1..].iter().chain(below).take_while(|t| !is_value(t));
            body.words = words.fold(body.words, |at, t| Some(at.map_or(t.bbox, |a| a.union(t.bbox))));
            body.led |= !is_value(&below[0]);
        }
        (paired > 0 && paired * 5 >= all * 4).then_some(body)
    }
}

/// The rows without the last days of services of several days, which stand in the lower print row: `03/25/2025 -` over `03/30/2025`.
/// Whether there are any is told besides.
fn without_last_days(mut rows: Vec<Vec<Token>>) -> (Vec<Vec<Token>>, bool) {
    let joint = |t: &Token| matches!(t.text.to_lowercase().as_str(), "-" | "\u{2013}" | "to" | "thru" | "through");
    let (mut open, mut any) = (false, false);
    for row in &mut rows {
        let dated = row.first().is_some_and(|t| t.kind == TokenKind::Date);
        if dated && open {
            row.remove(0);
            any = true;
        }
        open = dated && !open && row.get(1).is_some_and(joint);
        if open {
            row.remove(1);
        }
    }
    (rows, any)
}

fn is_value(t: &Token) -> bool {
    matches!(t.kind, TokenKind::Money | TokenKind::Dash)
}

fn is_upper(row: &[Token]) -> bool {
    let amounts = row.iter().filter(|t| t.kind == TokenKind::Money).count();
    row.first().is_some_and(|t| t.kind == TokenKind::Date) && amounts >= FEWEST[0]
}

/// Whether a line has amounts alone behind the words or code of a service, each under one of the line above.
fn is_lower(row: &[Token], above: &[Token]) -> bool {
    let values: Vec<&Token> = row.iter().filter(|t| is_value(t)).collect();
    let flush = |t: &&Token| above.iter().any(|a| is_value(a) && (a.bbox.x1 - t.bbox.x1).abs() < FLUSH);
    let led = row.iter().take_while(|t| !is_value(t)).count();
    values.len() >= FEWEST[1]
        && values.iter().any(|t| t.kind == TokenKind::Money)
        && values.iter().all(flush)
        && row[led..].iter().all(is_value)
        && row[..led].iter().all(|t| t.kind != TokenKind::Date)
}

/// Reads a band of lines as such a head: every name in it must be known, and there must be one for each value.
fn read(first: usize, band: &[Cow<'_, Line>], body: &Body, vocabulary: &Vocabulary) -> Option<TableHeader> {
    let close = |w: &[Cow<'_, Line>]| w[1].bbox.y0 - w[0].bbox.y1 < 0.9 * w[1].size();
    if band.iter().any(|l| has_value(l)) || !band.windows(2).all(close) {
        return None;
    }
    let (mut stacks, spanners) = stacked(band, vocabulary);
    if !spanners.is_empty() {
        return None;
    }
    stacks.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
    let (mut columns, mut second) = (Vec::new(), Vec::new());
    let mut amounts = body.amounts.iter();
    for s in &stacks {
        let pair = two_names(s, vocabulary);
        let alone = || Some(vocabulary.lookup(&s.text()).or_else(|| vocabulary.guess(&s.text()))?.fields);
        let of_amounts = |f: &[Field]| f.iter().any(|f| is_money_field(*f));
        let is_amount = pair.as_ref().is_some_and(|[(_, f), _]| of_amounts(f)) || alone().is_some_and(|f| of_amounts(&f));
        let (place, split) = if is_amount {
            // heads stand in the middle of their columns, amounts at the right
            let (place, twice) = amounts.next()?;
            (BBox::new(place.x0, s.bbox.y0, place.x1, s.bbox.y1), *twice)
        } else {
            let of_service = pair.as_ref().is_some_and(|[(_, a), (_, b)]| is_service([a[0], b[0]]));
            let words = body.words.filter(|_| body.led && of_service);
            (words.map_or(s.bbox, |w| BBox::new(w.x0, s.bbox.y0, w.x1, s.bbox.y1)), body.led || !of_service)
        };
        match pair.filter(|_| split) {
            Some([(upper, of_upper), (below, of_below)]) => {
                columns.push(column(place, upper, of_upper));
                second.push(column(place, below, of_below));
            }
            // what has two values has two names
            None if is_amount && split => return None,
            None => {
                let c = column(place, s.text(), alone()?);
                if body.last_days && c.fields == [Field::ServiceDate] {
                    second.push(Column { fields: vec![Field::ServiceDateTo], ..c.clone() });
                }
                columns.push(c);
            }
        }
    }
    let under = second.iter().filter(|c| c.is_money()).count();
    let same = |c: &Column| columns.iter().chain(&second).filter(|d| d.fields == c.fields).count();
    let twice = columns.iter().chain(&second).any(|c| c.is_money() && same(c) > 1);
    let bbox = BBox::around(stacks.iter().map(|s| s.bbox))?;
    (amounts.next().is_none() && under >= FEWEST[1] && !twice).then(|| TableHeader {
        first_line: first,
        end_line: first + band.len(),
        score: (columns.len() + second.len()) as f32,
        columns,
        second_row: second,
        strokes: Vec::new(),
        bbox,
    })
}

fn column(place: BBox, head: String, fields: Vec<Field>) -> Column {
    Column { fields, head, head_box: place, x0: place.x0, x1: place.x1, guessed: false }
}

/// Whether one is the words of a service and the other its code.
fn is_service(fields: [Field; 2]) -> bool {
    fields == [Field::Description, Field::Code] || fields == [Field::Code, Field::Description]
}

/// The names of what stands above and of what stands below, where the lines of a head make two and mean the same however they are
/// parted: both are amounts, or words and a code, or two that are no one name together.
fn two_names(s: &Stack, vocabulary: &Vocabulary) -> Option<[(String, Vec<Field>); 2]> {
    let lines: Vec<&str> = s.lines().collect();
    let single = |text: &str| vocabulary.lookup(text).map(|m| m.fields).filter(|f| f.len() == 1);
    let way = |cut: usize| {
        let (upper, below) = (lines[..cut].join(" "), lines[cut..].join(" "));
        let (a, b) = (single(&upper)?, single(&below)?);
        let amounts = is_money_field(a[0]) && is_money_field(b[0]);
        // `SVCS` over `RMK CODES`: two that are no one name together
        let apart = || !is_money_field(a[0]) && !is_money_field(b[0]) && vocabulary.lookup(&lines.join(" ")).is_none();
        (a != b && (amounts || is_service([a[0], b[0]]) || apart())).then(|| [(upper, a.clone()), (below, b.clone())])
    };
    // `Allowed / amount / You may owe` names the same two wherever it is cut
    let ways: Vec<[(String, Vec<Field>); 2]> = (1..lines.len()).filter_map(way).collect();
    let fields = |w: &[(String, Vec<Field>); 2]| [w[0].1[0], w[1].1[0]];
    let one = ways.windows(2).all(|w| fields(&w[0]) == fields(&w[1]));
    ways.into_iter().last().filter(|_| one)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 11] = [
        Field::Code,
        Field::Description,
        Field::Charge,
        Field::PlanDiscount,
        Field::NotCovered,
        Field::Allowed,
        Field::Deductible,
        Field::Copay,
        Field::Coinsurance,
        Field::PatientResponsibility,
        Field::PlanPaid,
    ];

    type Row = (f32, &'static [(f32, &'static str)]);

    const HEAD: [Row; 6] = [
        (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (48.0, &[(30.0, "Claim number 1234567"), (400.0, "Processed 03/24/2025")]),
        (62.0, &[(-400.0, "Contract"), (-560.0, "Allowed")]),
        (
            71.0,
            &[
                (100.0, "Type of service"),
                (-320.0, "Amount billed"),
                (-400.0, "savings"),
                (-480.0, "Not covered"),
                (-560.0, "amount"),
            ],
        ),
        (
            80.0,
            &[
                (30.0, "Date"),
                (100.0, "Code"),
                (-320.0, "Deductible"),
                (-400.0, "Copay"),
                (-480.0, "Coinsurance"),
                (-560.0, "You may owe"),
                (-640.0, "Plan paid"),
                (670.0, "Notes"),
            ],
        ),
        (
            94.0,
            &[
                (30.0, "03/09/2025"),
                (100.0, "ER LEVEL 4"),
                (-320.0, "878.00"),
                (-400.0, "612.04"),
                (-480.0, "0.00"),
                (-560.0, "265.96"),
                (-640.0, "105.96"),
                (670.0, "V9"),
            ],
        ),
    ];

    #[test]
    fn each_name_of_a_head_has_its_value_in_the_cell() {
        let below: [Row; 5] = [
            (103.0, &[(100.0, "99284"), (-320.0, "10.00"), (-400.0, "150.00"), (-480.0, "0.00"), (-560.0, "160.00")]),
            (
                114.0,
                &[
                    (30.0, "03/09/2025"),
                    (100.0, "DRESSING TRAY"),
                    (-320.0, "97.83"),
                    (-400.0, "27.97"),
                    (-480.0, "0.00"),
                    (-560.0, "69.86"),
                    (-640.0, "62.87"),
                    (670.0, "V9"),
                ],
            ),
            (123.0, &[(-320.0, "0.00"), (-400.0, "0.00"), (-480.0, "6.99"), (-560.0, "6.99")]),
            (
                134.0,
                &[
                    (30.0, "Claim total"),
                    (-320.0, "975.83"),
                    (-400.0, "640.01"),
                    (-480.0, "0.00"),
                    (-560.0, "335.82"),
                    (-640.0, "168.83"),
                ],
            ),
            (143.0, &[(-320.0, "10.00"), (-400.0, "150.00"), (-480.0, "6.99"), (-560.0, "166.99")]),
        ];
        let s = read(&[&HEAD[..], &below].concat());
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "99284 ER LEVEL 4 878.00 612.04 0.00 265.96 10.00 150.00 0.00 160.00 105.96",
                "- DRESSING TRAY 97.83 27.97 0.00 69.86 0.00 0.00 6.99 6.99 62.87"
            ]
        );
        assert_eq!(s.totals.len(), 1, "the sum of both print rows");
        assert_eq!(s.totals[0].cells.len(), 9);
    }

    #[test]
    fn the_last_day_and_the_count_stand_in_the_lower_row() {
        let first: Row = (
            94.0,
            &[
                (30.0, "03/09/2025 -"),
                (100.0, "ROOM SEMI-PRIVATE"),
                (-320.0, "878.00"),
                (-400.0, "612.04"),
                (-480.0, "0.00"),
                (-560.0, "265.96"),
                (-640.0, "105.96"),
            ],
        );
        let below: [Row; 3] = [
            (
                103.0,
                &[
                    (30.0, "03/11/2025"),
                    (100.0, "x 2"),
                    (-320.0, "10.00"),
                    (-400.0, "150.00"),
                    (-480.0, "0.00"),
                    (-560.0, "160.00"),
                ],
            ),
            (
                114.0,
                &[
                    (30.0, "03/09/2025"),
                    (100.0, "DRESSING TRAY"),
                    (-320.0, "97.83"),
                    (-400.0, "27.97"),
                    (-480.0, "0.00"),
                    (-560.0, "69.86"),
                    (-640.0, "62.87"),
                ],
            ),
            (123.0, &[(100.0, "x 1"), (-320.0, "0.00"), (-400.0, "0.00"), (-480.0, "6.99"), (-560.0, "6.99")]),
        ];
        let fields = [Field::ServiceDate, Field::ServiceDateTo, Field::Units, Field::Charge, Field::Copay, Field::PlanPaid];
        let s = read(&[&HEAD[..5], &[first], &below].concat());
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["2025-03-09 2025-03-11 2 878.00 150.00 105.96", "2025-03-09 - 1 97.83 0.00 62.87"]);
    }

    #[test]
    fn without_a_second_value_under_it_no_head_has_two_names() {
        let below: [Row; 1] = [(
            104.0,
            &[
                (30.0, "03/10/2025"),
                (100.0, "DRESSING TRAY"),
                (-320.0, "97.83"),
                (-400.0, "27.97"),
                (-480.0, "0.00"),
                (-560.0, "69.86"),
                (-640.0, "62.87"),
            ],
        )];
        let rows: Vec<String> = read(&[&HEAD[..], &below].concat()).rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert!(rows.iter().all(|r| r.split(' ').filter(|c| *c != "-").count() <= 8), "{rows:?}");
    }
}
