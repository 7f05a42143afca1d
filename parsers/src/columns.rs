//! Finding the header of a table, and with it the columns.
//!
//! A header is a band of one to five lines without amounts or dates, whose words, stacked column by column, are known
//! to the [`Vocabulary`]. Nothing is assumed of order, alignment or the number of lines; a band needs enough known
//! columns to be a header at all, so that prose which happens to say "service" and "amount" is none.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::date::has_day_in_words;
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::vocabulary::{HeaderMatch, Vocabulary};

mod bands;
mod crowded_heads;
mod drawn;
mod fact_boxes;
mod in_company;
mod paired_cells;
mod phrases;
mod posted;
mod second_row;
mod slip;
mod spanned;
mod stacking;
mod summary_box;
mod tiers;
mod titled_list;

pub(crate) use bands::boxes;
use bands::{Bands, bands};
pub(crate) use phrases::split_phrases;
use phrases::sub_phrase;
use stacking::{Stack, stacked};
use tiers::are_tiers;

/// One column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// What stands in it, in printed order; empty when the header is not known.
    pub fields: Vec<Field>,
    /// Its header as printed.
    pub head: String,
    /// Where the header stands.
    pub head_box: BBox,
    /// Left edge of what stands in it.
    pub x0: f32,
    /// Right edge of what stands in it.
    pub x1: f32,
    /// Whether what it holds follows only from single words of its head, or from where it stands, and nothing bears it out.
    pub guessed: bool,
}

impl Column {
    /// Whether the column holds this field.
    pub fn has(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }

    /// Whether amounts stand in it.
    pub fn is_money(&self) -> bool {
        self.fields.iter().any(|f| is_money_field(*f))
    }

    /// Whether each row has two amounts in it, one over the other.
    pub fn is_stacked(&self) -> bool {
        self.fields.iter().filter(|f| is_money_field(**f)).count() > 1
    }
}

/// Whether the field is an amount.
pub fn is_money_field(f: Field) -> bool {
    use Field::{
        Allowed, Balance, Charge, Coinsurance, Copay, Credits, Deductible, NotCovered, OtherPaid, PatientPaid,
        PatientResponsibility, PlanDiscount, PlanPaid, UnitPrice,
    };
    matches!(
        f,
        Charge
            | UnitPrice
            | Allowed
            | PlanDiscount
            | NotCovered
            | Deductible
            | Copay
            | Coinsurance
            | PlanPaid
            | OtherPaid
            | PatientPaid
            | PatientResponsibility
            | Credits
            | Balance
    )
}

/// A header of a table on one page.
#[derive(Debug, Clone)]
pub struct TableHeader {
    /// Index of its first line on the page.
    pub first_line: usize,
    /// One past its last line.
    pub end_line: usize,
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// The columns of a second row of headers for a second row of values under the first; mostly empty.
    pub second_row: Vec<Column>,
    /// The strokes drawn under it, one for each column; mostly none.
    pub strokes: Vec<BBox>,
    /// How much of it is known; for comparing candidates only.
    pub score: f32,
    /// Around the whole header.
    pub bbox: BBox,
}

impl TableHeader {
    /// Whether both head the same table: nearly all columns are named alike and stand in the same places. A header that
    /// is repeated on the next page may be misread there in a word.
    pub fn same_columns(&self, other: &Self) -> bool {
        let alike = |a: &[Column], b: &[Column]| {
            let shared = a
                .iter()
                .filter(|x| b.iter().any(|y| x.fields == y.fields && (x.head_box.cx() - y.head_box.cx()).abs() < 12.0))
                .count();
            let most = a.len().max(b.len());
            shared == most || most >= 5 && shared * 3 >= most * 2
        };
        self.second_row.is_empty() == other.second_row.is_empty()
            && alike(&self.columns, &other.columns)
            && alike(&self.second_row, &other.second_row)
    }
}

/// Heads that are listed match better than this; those understood by a word in them do not.
const KNOWN: f32 = 0.7;

/// The headers of all tables on the page, from top to bottom.
pub fn find_headers(page: &PageLines, vocabulary: &Vocabulary) -> Vec<TableHeader> {
    let Bands { headers: mut found, boxes, lines } = bands(page, vocabulary);
    // the lower line of a box's captions by itself is no header either
    found.retain(|h| boxes.iter().all(|b| h.end_line <= b.first_line || h.first_line >= b.end_line || h.score > b.score));
    let lines_of = |h: &TableHeader| (h.first_line, h.end_line);
    let pairs: Vec<[&TableHeader; 2]> =
        found.iter().flat_map(|u| found.iter().filter(|l| are_tiers(u, l, &lines)).map(move |l| [u, l])).collect();
    let worth = |[u, l]: [&TableHeader; 2]| (u.score + l.score, u.first_line);
    // a line over the heads that says nothing of them makes a second pair of the same worth
    let better = |a: [&TableHeader; 2], b: [&TableHeader; 2]| a[1].first_line == b[1].first_line && worth(a) > worth(b);
    let best = |p: &&[&TableHeader; 2]| !pairs.iter().any(|other| better(*other, **p));
    let tiers: Vec<[(usize, usize); 2]> = pairs.iter().filter(best).map(|[u, l]| [lines_of(u), lines_of(l)]).collect();
    found.retain(|h| {
        let rival =
            |[u, l]: &[(usize, usize); 2]| h.end_line > u.0 && h.first_line < l.1 && lines_of(h) != *u && lines_of(h) != *l;
        !tiers.iter().any(rival)
    });
    let whole: Vec<(usize, usize)> = found.iter().filter(|h| is_whole(h, &found)).map(lines_of).collect();
    found.retain(|h| !whole.iter().any(|w| h.first_line < w.1 && h.end_line > w.0 && lines_of(h) != *w));
    // the best first; of two that share a line only the better one stays
    found.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then((a.end_line - a.first_line).cmp(&(b.end_line - b.first_line)))
            .then(a.first_line.cmp(&b.first_line))
    });
    let mut kept: Vec<TableHeader> = Vec::new();
    for h in found {
        if kept.iter().all(|k| h.end_line <= k.first_line || h.first_line >= k.end_line) {
            kept.push(h);
        }
    }
    kept.sort_by_key(|h| h.first_line);
    let second: Vec<TableHeader> = kept.iter().filter_map(|h| second_row::find(h, &kept, &lines, vocabulary)).collect();
    kept.extend(second);
    kept.sort_by_key(|h| h.first_line);
    let mut headers = second_row::join(kept, &lines);
    let mut paired = paired_cells::find(&lines, vocabulary);
    paired.retain(|p| !headers.iter().any(|h| paired_cells::says_as_much(h, p)));
    headers.retain(|h| paired.iter().all(|p| h.end_line <= p.first_line || h.first_line >= p.end_line));
    headers.extend(paired);
    headers.sort_by_key(|h| h.first_line);
    headers
}

/// Whether a head of two lines is one, though each of its lines by itself would be another: `Payment | Service | Credit` over
/// `Date | | Amount`. Every head of the lower line goes on with one of the upper, and together all are known.
fn is_whole(h: &TableHeader, found: &[TableHeader]) -> bool {
    let line = |at: usize| found.iter().find(|l| l.first_line == at && l.end_line == at + 1);
    let two = h.end_line == h.first_line + 2 && h.columns.iter().all(|c| !c.fields.is_empty());
    let (Some(upper), Some(lower)) = (line(h.first_line), line(h.first_line + 1)) else { return false };
    // a second row of heads for a second row of values has more of them
    let few = lower.columns.len() <= 2 && lower.columns.iter().filter(|c| c.is_money()).count() <= 1;
    let goes_on = |l: &Column| upper.columns.iter().filter(|u| u.head_box.overlap_x(l.head_box) > 0.0).count() == 1;
    two && few
        && h.columns.len() == upper.columns.len()
        && lower.columns.len() < upper.columns.len()
        && lower.columns.iter().all(goes_on)
        && h.columns.iter().zip(&upper.columns).any(|(whole, u)| whole.fields != u.fields)
}

static VALUE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[(\-$]*[\d,]+\.\d\d\)?(CR|-)?$|^\d{1,2}[/-]\d{1,2}[/-]\d{2,4}$").expect("a constant pattern"));

fn has_value(line: &Line) -> bool {
    // form locators have one or two digits; codes, dates without separators and dollars beside their cents have more
    let digits = |w: &str| w.len() >= 3 && w.chars().all(|c| c.is_ascii_digit());
    // a member's number, not the two boxes whose captions recognition ran together
    let identifier = |w: &str| w.len() >= 7 && w.split(|c: char| !c.is_ascii_digit()).any(|d| d.len() >= 5);
    line.words.iter().any(|w| VALUE.is_match(&w.text) || identifier(&w.text))
        || has_day_in_words(&line.text())
        || line.words.iter().filter(|w| digits(&w.text)).count() >= 2
}

/// Reads a band of lines as a header: its columns and how well it is known.
///
/// `Payments and adjustments posted:` by itself announces the rows below it, which go on in the columns above.
fn read_band(band: &[Cow<'_, Line>], runs: &[BBox], vocabulary: &Vocabulary) -> Option<(Vec<Column>, f32)> {
    if let [line] = band
        && line.words.last().is_some_and(|w| w.text.ends_with(':'))
        && line.phrases().len() == 1
    {
        return None;
    }
    if slip::is_head(band) || band.iter().any(|l| is_bar_of_facts(l)) {
        return None;
    }
    let known = |c: &Column| !c.fields.is_empty();
    read_columns(band, runs, vocabulary).filter(|(columns, _)| columns.iter().filter(|c| known(c)).count() * 2 >= columns.len())
}

/// Whether every phrase of a line is a label with its value: `Seen by: Lakeside Hospital   Status: PROCESSED` over the services
/// of a claim. No head has its value behind a colon.
fn is_bar_of_facts(line: &Line) -> bool {
    let phrases = line.phrases();
    let says = |p: &crate::text_lines::Phrase| p.text.split_once(": ").is_some_and(|(_, value)| !value.trim().is_empty());
    phrases.len() > 1 && phrases.iter().all(says)
}

/// The same for a band that may be unknown for the most part. `runs`: the strokes drawn under it, column by column.
fn read_columns(band: &[Cow<'_, Line>], runs: &[BBox], vocabulary: &Vocabulary) -> Option<(Vec<Column>, f32)> {
    let (mut stacks, spanners) = drawn::stacks(band, runs).map_or_else(|| stacked(band, vocabulary), |s| (s, Vec::new()));
    stacks.sort_by(|a, b| a.bbox.x0.total_cmp(&b.bbox.x0));
    let mut columns = Vec::new();
    let (mut score, mut known, mut unknown) = (0.0_f32, 0, 0);
    for s in &stacks {
        let text = s.text();
        let hit = look(vocabulary, &text, s, &spanners);
        if let Some(m) = hit {
            known += 1;
            let again = m.fields != [Field::Ignored] && columns.iter().any(|c: &Column| c.fields == m.fields);
            // of two readings that know as many columns the one that accounts for more lines is right
            score += m.score * worth(&m.fields, again) + 0.08 * (s.parts.len() - 1) as f32;
            let guessed = m.score < KNOWN;
            columns.push(Column { fields: m.fields, head: text, head_box: s.bbox, x0: s.bbox.x0, x1: s.bbox.x1, guessed });
        } else {
            unknown += 1;
            score -= 0.7;
            columns.push(Column {
                fields: Vec::new(),
                head: text,
                head_box: s.bbox,
                x0: s.bbox.x0,
                x1: s.bbox.x1,
                guessed: true,
            });
        }
    }
    tracing::trace!(lines = band.len(), known, unknown, score, heads = ?columns.iter().map(|c| (c.head.as_str(), c.fields.clone())).collect::<Vec<_>>(), "header candidate");
    spanned::own_head(&mut columns, &stacks, vocabulary);
    without_title(&mut columns, band);
    in_company::settle(&mut columns);
    posted::amounts(&mut columns);
    posted::words(&mut columns);
    if fact_boxes::are_heads(&columns) {
        return None;
    }
    let has = |test: fn(Field) -> bool| columns.iter().any(|c| c.fields.iter().copied().any(test));
    let money = has(|f| is_money_field(f) && f != Field::UnitPrice);
    let what = has(|f| matches!(f, Field::ServiceDate | Field::Description | Field::Code | Field::RevenueCode));
    let enough = known >= 3 || (known == 2 && unknown == 0);
    let wide = columns.last().is_some_and(|l| l.head_box.x1 - columns[0].head_box.x0 > 90.0);
    // four columns of the record are a header also where the one that names the service (or its price) has a word of its own
    let solid = columns.iter().filter(|c| !matches!(c.fields.as_slice(), [] | [Field::Ignored])).count();
    (enough && (money || solid >= 4) && (what || solid >= 4) && wide).then_some((columns, score))
}

/// What a known heading says for a band of lines being a header. No table has `you pay` three times: that is what the
/// lower line of a header of two lines looks like by itself.
fn worth(fields: &[Field], again: bool) -> f32 {
    match fields {
        [Field::Ignored] => 0.6,
        _ if again => 0.3,
        _ => 1.0,
    }
}

/// `SERVICES AND CHARGES` by itself over `Date | Service | Amount` is the table's title, and no second column of charges.
fn without_title(columns: &mut Vec<Column>, band: &[Cow<'_, Line>]) {
    let [title, below, ..] = band else { return };
    let on_top = |c: &Column| c.head_box.y1 <= below.bbox.cy() && title.phrases().len() == 1;
    let again = |c: &Column| columns.iter().filter(|d| !d.fields.is_empty() && d.fields == c.fields).count() > 1;
    if let Some(i) = columns.iter().position(|c| on_top(c) && again(c)) {
        columns.remove(i);
    }
}

/// Whether a heading asks something, which stands answered under it: `Claim approved?`.
pub(crate) fn asks(head: &str) -> bool {
    head.trim_end().ends_with('?')
}

/// Whether a word answers a heading that asks.
pub(crate) fn is_answer(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "y" | "n")
}

fn is_of_amounts(fields: &[Field]) -> bool {
    fields.iter().any(|f| is_money_field(*f))
}

fn look(vocabulary: &Vocabulary, text: &str, s: &Stack, spanners: &[(String, BBox)]) -> Option<HeaderMatch> {
    let spanned = || {
        spanners
            .iter()
            .filter(|(_, b)| b.overlap_x(s.bbox) > 0.0)
            .map(|(t, _)| format!("{t} {text}"))
            .find_map(|t| vocabulary.lookup(&t).or_else(|| vocabulary.guess(&t)))
    };
    // `Covered?`, `Approved?`: what answers a question is no amount
    if asks(text) && vocabulary.lookup(text).or_else(|| vocabulary.guess(text)).is_some_and(|m| is_of_amounts(&m.fields)) {
        return Some(HeaderMatch { fields: vec![Field::Ignored], score: KNOWN });
    }
    // the end of a heading is none: `and Copay Amount`
    if ["and ", "or ", "& "].iter().any(|w| text.to_lowercase().starts_with(w)) {
        return None;
    }
    // "Total" under "Patient responsibility" is no total of charges
    if matches!(text.trim().to_lowercase().as_str(), "total" | "amount" | "balance" | "due" | "totals") {
        return spanned().or_else(|| vocabulary.lookup(text));
    }
    vocabulary.lookup(text).or_else(spanned).or_else(|| cell_of_three(vocabulary, s)).or_else(|| vocabulary.guess(text))
}

/// `SVC DT` over `PROC CD` over `TYPE OF SERVICE`: a cell of three lines, the day first.
fn cell_of_three(vocabulary: &Vocabulary, s: &Stack) -> Option<HeaderMatch> {
    let of = |part: &str| match vocabulary.lookup(part.trim_matches([' ', '/', ',', '&']))?.fields.as_slice() {
        [f] => Some(*f),
        _ => None,
    };
    let found: Vec<Field> = s.lines().map(of).collect::<Option<_>>()?;
    let held = [Field::ServiceDate, Field::Code, Field::Description];
    let all = found.len() == held.len() && found[0] == held[0] && held.iter().all(|f| found.contains(f));
    all.then(|| HeaderMatch { fields: held.to_vec(), score: 1.0 })
}

#[cfg(test)]
mod tests;
