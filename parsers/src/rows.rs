//! Lines of a table → rows.
//!
//! A row has one line with amounts and as many further lines as its description, its second date or its adjustments
//! need. Further lines mostly stand below; where a table centres its cells they stand above as well, and then the
//! widest gap (or a drawn line) tells the rows apart.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::columns::Column;
use crate::credit_titles::{lists_credits, titled_as_credits};
use crate::day_headings::{bare_date, day_within, heading_date, labels_day};
use crate::grammar::date::{LooseDate, date_range};
use crate::page_text::BBox;
use crate::revenue_headings::heading_revenue_code;
use crate::statement::Field;
use crate::table::{BodyLine, CLOSE, ROW_STEP, Role, Table};
use crate::tokens::{Token, TokenKind};
use crate::totals_by_heading::is_sum_of;

/// What a heading says about the rows below it.
#[derive(Debug, Clone, Default)]
pub struct GroupContext {
    /// Revenue code of the group, with its place.
    pub revenue_code: Option<(String, u32, BBox)>,
    /// Date of the group, with its place and the words.
    pub date: Option<(LooseDate, u32, BBox, String)>,
    /// Whether the group lists payments and adjustments.
    pub credits: bool,
    /// The heading as printed.
    pub heading: String,
    /// How many lines that are none of a row stand before it in its table: two rows between which one stands differ in it.
    pub lines_apart: usize,
}

/// One row before its cells are read: its lines, the one with the amounts among them.
#[derive(Debug, Clone)]
pub struct RawRow<'a> {
    /// From top to bottom.
    pub lines: Vec<&'a BodyLine>,
    /// Index of the line that holds the amounts.
    pub anchor: usize,
    /// The line over or under the amounts that names the service, in a table without a column for it.
    pub name: Option<&'a BodyLine>,
    /// The group it stands in.
    pub context: GroupContext,
}

/// What a table lists.
#[derive(Debug, Clone)]
pub enum Item<'a> {
    /// A row.
    Row(RawRow<'a>),
    /// A printed sum, and whether it says that it is that of the group above it.
    Total(&'a BodyLine, bool),
    /// A payment or adjustment below the rows.
    Credit(&'a BodyLine),
}

/// Rows and sums in reading order.
pub fn items(table: &Table) -> Vec<Item<'_>> {
    let mut context = GroupContext { credits: titled_as_credits(table), ..GroupContext::default() };
    // the departments of a summary have no day of their own, whatever the paper's head says
    let coded = table.columns.iter().any(|c| c.has(Field::Code) || c.has(Field::RevenueCode));
    // `Claim number 1234567, continued    Date of service: 03/09/2025` over the head on the next page says it again
    let settled = table.columns.iter().any(|c| c.has(Field::Allowed) || c.has(Field::PlanPaid));
    let again = |t: &String| settled && t.to_lowercase().contains("continued");
    let of_visit = table.above.first().filter(|t| coded || again(t)).and_then(|t| day_within(t).map(|d| (d, t)));
    // `Date of visit: 17 Sep 2025` in the head of a summary is a fact of the paper as well, and so is one farther above a list of
    // departments by their revenue codes
    let procedures = table.columns.iter().any(|c| c.has(Field::Code));
    // `Aug 13, 2025` by itself there is the value of such a label
    let alone = |t: &str| date_range(t).is_some_and(|(_, last)| last.is_none());
    let of_rows = |i: usize, t: &String| procedures || coded && i == 0 || !labels_day(t) && (i < 2 || settled || !alone(t));
    let headings = || table.above.iter().enumerate().filter(|(i, t)| of_rows(*i, t)).map(|(_, t)| t);
    if let Some((d, text)) = of_visit.or_else(|| headings().find_map(|t| heading_date(t).map(|d| (d, t)))) {
        context.date = Some((d, table.lines.first().map_or(0, |l| l.page), BBox::default(), text.clone()));
    }
    // `0450 EMERGENCY ROOM` over a head that is printed anew for every department, the upper line of which may be no head
    context.revenue_code = table.above.iter().take(2).find_map(|t| heading_revenue_code(t)).map(|code| {
        let first = table.lines.first();
        (code, first.map_or(0, |l| l.page), BBox::default())
    });
    let lines = &table.lines;
    let owner = owners(lines, &table.columns);
    let names = names_of(lines);
    let nested = days_within_codes(lines);
    let undated = !table.columns.iter().any(|c| c.has(Field::ServiceDate));
    let mut out = Vec::new();
    for (i, l) in lines.iter().enumerate() {
        let of_a_row = owner[i].is_some() || matches!(l.role, Role::NameAbove | Role::NameBelow);
        context.lines_apart += usize::from(!of_a_row);
        match l.role {
            Role::Anchor => {
                let mine: Vec<usize> = (0..lines.len()).filter(|&k| owner[k] == Some(i)).collect();
                let anchor = mine.iter().position(|&k| k == i).unwrap_or(0);
                out.push(Item::Row(RawRow {
                    lines: mine.iter().map(|&k| &lines[k]).collect(),
                    anchor,
                    name: names.get(&i).map(|&k| &lines[k]),
                    context: context.clone(),
                }));
            }
            Role::Total => {
                let words = l.assigned.cells.iter().filter(|(t, _)| t.kind != TokenKind::Money).map(|(t, _)| t.text.as_str());
                let named = is_sum_of(&words.collect::<Vec<_>>().join(" "), &context.heading);
                out.push(Item::Total(l, closes(l, &mut context) || named));
            }
            Role::Ledger => out.push(Item::Credit(l)),
            Role::Heading => {
                heading(l, &mut context, nested);
                let leads = undated && lines.get(i + 1).is_some_and(|next| next.role == Role::Anchor);
                if let Some(day) = bare_date(&l.text).filter(|_| leads) {
                    context.date = Some((day, l.page, l.bbox, l.text.clone()));
                }
            }
            Role::Continuation if owner[i].is_none() => heading(l, &mut context, nested),
            _ => {}
        }
    }
    out
}

/// For each line of amounts the line that names its service.
fn names_of(lines: &[BodyLine]) -> BTreeMap<usize, usize> {
    let anchor = |k: Option<usize>| k.filter(|&k| lines.get(k).is_some_and(|l| l.role == Role::Anchor));
    let named = |(k, l): (usize, &BodyLine)| match l.role {
        Role::NameAbove => anchor(Some(k + 1)).map(|a| (a, k)),
        // adjustments may go on between the two
        Role::NameBelow => {
            let over = lines[..k].iter().rposition(|l| l.role != Role::Continuation);
            anchor(over).map(|a| (a, k))
        }
        _ => None,
    };
    lines.iter().enumerate().filter_map(named).collect()
}

/// Whether the groups of a table are those of revenue codes, in which days head the rows: a day stands right under a code.
///
/// ```text
/// REV CODE 0250  PHARMACY
///   SERVICE DATE 06/14/25
/// ```
/// The day then tells nothing against the code over it. Where codes stand under days, a new day ends the code's group.
fn days_within_codes(lines: &[BodyLine]) -> bool {
    lines.windows(2).any(|w| {
        let headings = w.iter().all(|l| l.role == Role::Heading);
        headings && heading_revenue_code(&w[0].text).is_some() && heading_date(w[1].text.trim()).is_some()
    })
}

/// Whether a sum names the revenue code of the group that it closes: `TOTAL REV CODE 0250`.
fn closes(total: &BodyLine, context: &mut GroupContext) -> bool {
    let is_label = |t: &&Token| t.kind != TokenKind::Money;
    let words = total.assigned.cells.iter().map(|(t, _)| t).filter(is_label).flat_map(|t| t.text.split(' '));
    let figures: Vec<&str> = words.filter(|w| w.len() >= 3 && w.bytes().all(|b| b.is_ascii_digit())).collect();
    let plain = |code: &str| code.trim_start_matches('0').to_owned();
    context.revenue_code.take_if(|(code, ..)| figures.iter().any(|w| plain(w) == plain(code))).is_some()
}

static CONTINUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)continued|[(\[]\s*cont(?:['\u{2019}]?d)?\.?\s*[)\]]\s*$|\bcont['\u{2019}]d\b").expect("a constant pattern")
});

/// What stands before the word that it goes on from the page before: `03/28/2025 (cont.)`.
pub(crate) fn before_continued(text: &str) -> Option<&str> {
    let at = CONTINUED.find(text)?.start();
    Some(text[..at].trim_end_matches(['(', '[', ' ', '-', '.', ',']))
}

/// `nested`: days head the rows within the groups of revenue codes.
fn heading(l: &BodyLine, context: &mut GroupContext, nested: bool) {
    let text = l.text.trim();
    // `0250 - PHARMACY (continued)` at the head of the next page says again what the rows are, and nothing new
    if let Some(before) = before_continued(text) {
        if let Some(code) = heading_revenue_code(before) {
            context.revenue_code = Some((code, l.page, l.bbox));
        }
        if let Some(date) = heading_date(before) {
            context.date = Some((date, l.page, l.bbox, before.to_owned()));
        }
        return;
    }
    let date = heading_date(text).or_else(|| day_within(text));
    let code = heading_revenue_code(text).map(|c| (c, l.page, l.bbox));
    if nested && date.is_some() && code.is_none() {
        context.date = date.map(|d| (d, l.page, l.bbox, text.to_owned()));
        return;
    }
    if nested || date.is_some() {
        context.date = date.map(|d| (d, l.page, l.bbox, text.to_owned()));
    }
    context.revenue_code = code;
    context.credits = lists_credits(text);
    text.clone_into(&mut context.heading);
}

/// For every line the anchor that it belongs to.
fn owners(lines: &[BodyLine], columns: &[Column]) -> Vec<Option<usize>> {
    let mut owner: Vec<Option<usize>> = lines.iter().enumerate().map(|(i, l)| (l.role == Role::Anchor).then_some(i)).collect();
    let mut i = 0;
    while i < lines.len() {
        if lines[i].role != Role::Continuation {
            i += 1;
            continue;
        }
        let start = i;
        while i < lines.len() && lines[i].role == Role::Continuation {
            i += 1;
        }
        let above = start.checked_sub(1).filter(|&k| lines[k].role == Role::Anchor).or_else(|| under_name(lines, start));
        let below = (i < lines.len() && lines[i].role == Role::Anchor).then_some(i);
        let last_day = above.zip(below).filter(|(a, b)| i - start == 1 && ends(&lines[start], &lines[*a], &lines[*b], columns));
        if let Some((above, _)) = last_day {
            owner[start] = Some(above);
            continue;
        }
        share_run(lines, columns, start..i, above, below, &mut owner);
    }
    owner
}

/// The line of amounts over the line that names its service, under which more is said of the service.
fn under_name(lines: &[BodyLine], start: usize) -> Option<usize> {
    let name = start.checked_sub(1).filter(|&k| lines[k].role == Role::NameBelow)?;
    name.checked_sub(1).filter(|&k| lines[k].role == Role::Anchor && !lines[start].parts.is_empty())
}

/// Whether a day by itself is the last day of the service above it: it is no earlier than that one's first day and later
/// than the day of the service below.
fn ends(line: &BodyLine, above: &BodyLine, below: &BodyLine, columns: &[Column]) -> bool {
    let day = |l: &BodyLine| {
        let dated = l.assigned.cells.iter().find(|(t, c)| t.kind == TokenKind::Date && columns[*c].has(Field::ServiceDate));
        dated.and_then(|(t, _)| date_range(&t.text)?.0.resolve(None))
    };
    let alone = matches!(line.assigned.cells.as_slice(), [(t, _)] if t.kind == TokenKind::Date);
    let (Some(last), Some(first), Some(next)) = (day(line), day(above), day(below)) else { return false };
    alone && last >= first && last > next && step(above, line) <= ROW_STEP
}

/// Distance of two lines in sizes of type; infinite over a page end, and where the second stands in a block of its own beside
/// the first.
fn step(a: &BodyLine, b: &BodyLine) -> f32 {
    if a.page == b.page && b.bbox.cy() > a.bbox.y0 {
        (b.bbox.cy() - a.bbox.cy()) / a.size.max(b.size).max(4.0)
    } else {
        f32::INFINITY
    }
}

fn share_run(
    lines: &[BodyLine],
    columns: &[Column],
    run: std::ops::Range<usize>,
    above: Option<usize>,
    below: Option<usize>,
    owner: &mut [Option<usize>],
) {
    let joined = |k: usize| step(&lines[k - 1], &lines[k]) <= ROW_STEP && !lines[k].ruled_above;
    // how far the row above reaches down, and the row below reaches up
    let mut down = run.start;
    if above.is_some() {
        while down < run.end && joined(down) {
            down += 1;
        }
    }
    let mut up = run.end;
    if let Some(b) = below {
        while up > run.start
            && step(&lines[up - 1], &lines[up.min(b)]) <= ROW_STEP
            && !lines[up].ruled_above
            && may_lead(&lines[up - 1], &lines[b], columns)
        {
            up -= 1;
        }
    }
    let cut = match (above, below) {
        (Some(_), Some(b)) if up < down => widest_gap(lines, up.max(run.start), down, b),
        (Some(_), _) => down,
        (None, Some(_)) => up,
        (None, None) => return,
    };
    for k in run.clone() {
        if let Some(a) = above
            && k < cut.min(down)
        {
            owner[k] = Some(a);
        }
        if let Some(b) = below
            && k >= cut.max(up)
            && tight(lines, k, b)
        {
            owner[k] = Some(b);
        }
    }
}

/// Words above a line of amounts belong to it only where they stand as close as the lines of one row do.
fn tight(lines: &[BodyLine], k: usize, below: usize) -> bool {
    (k..below).all(|j| step(&lines[j], &lines[j + 1]) <= CLOSE)
}

/// Words that may open a row above its line of amounts stand in the column of descriptions.
fn may_lead(l: &BodyLine, anchor: &BodyLine, columns: &[Column]) -> bool {
    let wraps = |c: &usize| columns[*c].has(Field::Description) || columns[*c].has(Field::ServiceDate);
    // a code with its modifiers below it is centred as well; over a row that has a code it is none of that row's
    let codeless = anchor.assigned.cells.iter().all(|(_, c)| !columns[*c].has(Field::Code));
    let code = |t: &Token, c: &usize| {
        let kind = match t.kind {
            TokenKind::Code => columns[*c].has(Field::Code) || columns[*c].has(Field::RevenueCode),
            TokenKind::Number => columns[*c].has(Field::RevenueCode),
            _ => false,
        };
        codeless && kind
    };
    let within = !l.assigned.cells.is_empty() && l.assigned.cells.iter().all(|(t, c)| wraps(c) || code(t, c));
    // a cell of several lines that is centred leaves its column blank on the line of the amounts, or starts where it does
    let fits = l.assigned.cells.iter().all(|(t, c)| {
        let blank = anchor.assigned.cells.iter().all(|(_, a)| a != c);
        blank || (t.bbox.x0 - columns[*c].x0).abs() < 1.0 * l.size || t.bbox.x0 > columns[*c].x0
    });
    within && fits && l.bold == anchor.bold
}

/// Where to part the lines between two rows: the widest step if it stands out, else all belong to the row above.
fn widest_gap(lines: &[BodyLine], from: usize, to: usize, below: usize) -> usize {
    // candidates: the cut before line k, for k in from..=to; the step there is from line k-1 to line k
    let steps: Vec<(usize, f32)> = (from..=to.min(below)).map(|k| (k, step(&lines[k - 1], &lines[k]))).collect();
    let Some(&(k, wide)) = steps.iter().max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0))) else {
        return to;
    };
    let narrow = steps.iter().map(|s| s.1).fold(f32::INFINITY, f32::min);
    if wide > 1.12 * narrow { k } else { to }
}

#[cfg(test)]
mod tests;
