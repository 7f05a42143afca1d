//! Tokens of a body line → columns of the table.
//!
//! Both stand in order from left to right, so the best assignment is a monotone path, found by dynamic programming
//! over distance (does the token stand where the column's other values stand?) and kind (is it what the column holds?).
//! The extent of the columns is first guessed from the header and then learned from the body.

use crate::claim_numbers::is_number_of_claim;
use crate::columns::{Column, asks, is_answer};
use crate::grammar::code::{modifier, revenue_code};
use crate::line_numbers::counts_lines;
use crate::statement::Field;
use crate::text_lines::median;
use crate::tokens::{Token, TokenKind};

/// Tokens of one line with the column of each, and what the fit costs.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// The tokens in order with the index of their column.
    pub cells: Vec<(Token, usize)>,
    /// Mean cost of a token; above [`POOR_FIT`] the line is no row of this table.
    pub cost: f32,
}

/// A line with a higher mean cost does not stand in the columns.
pub const POOR_FIT: f32 = 2.6;

/// Of fewer values none is a stray one.
const FEW: usize = 4;

/// A value that ends so many points behind all others may be a stray one.
const STRAY: f32 = 100.0;

/// What it costs to part two tokens with no more than an ordinary space between them.
const PARTED: f32 = 0.8;

/// Extent of a column's values.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    x0: f32,
    x1: f32,
    learned: bool,
}

/// First guess, from the header alone.
pub fn header_extents(columns: &[Column], em: f32) -> Vec<Extent> {
    (0..columns.len())
        .map(|i| {
            let c = &columns[i];
            let prev = i.checked_sub(1).map_or(f32::NEG_INFINITY, |p| columns[p].head_box.x1);
            let next = columns.get(i + 1).map_or(f32::INFINITY, |n| n.head_box.x0);
            let (mut x0, mut x1) = (c.head_box.x0, c.head_box.x1);
            if is_text(c) {
                // words run on to the right as far as there is room, and under a centred heading begin far left of it
                if i > 0 && columns[i - 1].fields == [Field::Modifiers] && c.has(Field::Description) {
                    x0 = x0.min((prev + 1.2 * em).max(x0 - 12.0 * em));
                }
                x1 = if next.is_finite() { (next - 0.5 * em).max(x1) } else { x1 + 12.0 * em };
            } else if c.is_money() {
                x0 = x0.min(x1 - 4.5 * em).max(prev + 0.2 * em).min(c.head_box.x0);
            } else {
                x1 = x1.max(x0 + 3.0 * em).min((next - 0.2 * em).max(x1));
            }
            Extent { x0, x1, learned: false }
        })
        .collect()
}

/// What the body shows: the extents of the values that were assigned to each column.
///
/// Lines with a code go first: payments and sums among them spread their words over columns that they leave blank.
pub fn learned_extents(columns: &[Column], lines: &[&Assigned], guess: &[Extent]) -> Vec<Extent> {
    let coded: Vec<&Assigned> = lines
        .iter()
        .copied()
        .filter(|l| l.cells.iter().any(|(t, c)| t.kind == TokenKind::Code && columns[*c].has(Field::Code)))
        .collect();
    let spreads: Vec<Option<Spread>> =
        (0..columns.len()).map(|i| Spread::of(i, &coded).or_else(|| Spread::of(i, lines))).collect();
    let extents: Vec<Extent> = spreads.iter().zip(guess).map(|(s, g)| s.as_ref().map_or(*g, Spread::extent)).collect();
    // `0730.93005`: one value run together with that beside it; its column would swallow all of those. An amount that reaches
    // into the column beside it was torn, and both parts are its own.
    let narrow = |i: usize| extents.get(i).filter(|e| e.learned && !is_text(&columns[i]) && !columns[i].is_money());
    // words under the rows, a sentence, run over the columns behind them; those of the rows do not
    let room = |i: usize, ends: &[f32]| {
        let next = extents.get(i + 1).filter(|e| e.learned && is_text(&columns[i]) && !is_text(&columns[i + 1]))?;
        let within: Vec<f32> = ends.iter().copied().filter(|x| *x <= next.x0).collect();
        (within.len() >= 2 && within.len() * 2 >= ends.len()).then(|| within[within.len() - 1])
    };
    let parted = spreads.iter().enumerate().map(|(i, spread)| {
        if let Some(x1) = spread.as_ref().and_then(|s| room(i, &s.ends)).filter(|x1| *x1 < extents[i].x1) {
            return Extent { x1, ..extents[i] };
        }
        let Some(Spread { starts, ends }) = spread.as_ref().filter(|s| s.starts.len() >= FEW && narrow(i).is_some()) else {
            return extents[i];
        };
        let mut own = extents[i];
        if i.checked_sub(1).and_then(narrow).is_some_and(|e| (e.x0..e.x1).contains(&own.x0) && starts[1] >= e.x1) {
            own.x0 = starts[1];
        }
        let last = ends[ends.len() - 2];
        if narrow(i + 1).is_some_and(|e| e.x0 < own.x1 && own.x1 <= e.x1 && last <= e.x0) {
            own.x1 = last;
        }
        own
    });
    parted.collect()
}

/// Where the values of one column begin and end, in order.
struct Spread {
    starts: Vec<f32>,
    ends: Vec<f32>,
}

impl Spread {
    /// `None` where too few lines fill the column.
    fn of(column: usize, lines: &[&Assigned]) -> Option<Self> {
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for l in lines {
            let mine = l.cells.iter().filter(|(t, c)| *c == column && t.kind != TokenKind::Dash);
            let (lo, hi) =
                mine.fold((f32::INFINITY, f32::NEG_INFINITY), |(lo, hi), (t, _)| (lo.min(t.bbox.x0), hi.max(t.bbox.x1)));
            if lo <= hi {
                starts.push(lo);
                ends.push(hi);
            }
        }
        starts.sort_by(f32::total_cmp);
        ends.sort_by(f32::total_cmp);
        (starts.len() >= 2).then_some(Self { starts, ends })
    }

    /// One stray value must not widen the column, also not that of a few rows: a sentence that ends in the sum beside it.
    fn extent(&self) -> Extent {
        let tenth = self.starts.len() / 10;
        let mut ends = &self.ends[..];
        if let [rest @ .., last, stray] = ends
            && ends.len() >= FEW
            && stray - last > STRAY.max(last - self.starts[0])
        {
            ends = &ends[..=rest.len()];
        }
        Extent { x0: self.starts[tenth], x1: ends[ends.len() - 1 - tenth], learned: true }
    }
}

pub(crate) fn is_text(c: &Column) -> bool {
    c.has(Field::Description) || c.has(Field::RemarkCodes) || c.has(Field::Adjustments)
}

/// The cheapest monotone assignment; tokens stay in order.
///
/// Tokens closer than `phrase_gap` are more likely to stand in one cell.
pub fn assign(tokens: Vec<Token>, columns: &[Column], extents: &[Extent], phrase_gap: f32) -> Assigned {
    let (n, m) = (tokens.len(), columns.len());
    if n == 0 || m == 0 || extents.len() != m {
        return Assigned { cells: Vec::new(), cost: f32::INFINITY };
    }
    let em = median(tokens.iter().map(|t| t.words[0].font_size)).unwrap_or(8.0).max(4.0);
    let mut cost = vec![vec![f32::INFINITY; m]; n];
    let mut from = vec![vec![0usize; m]; n];
    for (i, t) in tokens.iter().enumerate() {
        for c in 0..m {
            let own = place_cost(t, &extents[c], em) + kind_cost(t, &columns[c]) + strays_cost(t, c, columns, em);
            let (best, prev) = if i == 0 {
                (0.0, 0)
            } else {
                (0..=c)
                    .map(|p| {
                        let close = t.bbox.x0 - tokens[i - 1].bbox.x1 <= phrase_gap;
                        let same = if p == c {
                            company_cost(&tokens[i - 1], t, &columns[c])
                        } else if close {
                            PARTED
                        } else {
                            0.0
                        };
                        (cost[i - 1][p] + same, p)
                    })
                    .min_by(|a, b| a.0.total_cmp(&b.0))
                    .unwrap_or((f32::INFINITY, 0))
            };
            cost[i][c] = best + own;
            from[i][c] = prev;
        }
    }
    let mut c = (0..m).min_by(|&a, &b| cost[n - 1][a].total_cmp(&cost[n - 1][b])).unwrap_or(0);
    let total = cost[n - 1][c];
    let mut cols = vec![0; n];
    for i in (0..n).rev() {
        cols[i] = c;
        c = from[i][c];
    }
    Assigned { cells: tokens.into_iter().zip(cols).collect(), cost: total / n as f32 }
}

/// How far the token stands from where the column's values stand, in sizes of type.
fn place_cost(t: &Token, e: &Extent, em: f32) -> f32 {
    let over = t.bbox.x1.min(e.x1) - t.bbox.x0.max(e.x0);
    let edge = (t.bbox.x0 - e.x0).abs().min((t.bbox.x1 - e.x1).abs()).min((t.bbox.cx() - f32::midpoint(e.x0, e.x1)).abs()) / em;
    let weight = if e.learned { 1.0 } else { 0.7 };
    if over > 0.0 {
        let outside = 1.0 - (over / t.bbox.width().max(0.1)).min(1.0);
        weight * (0.25 * edge.min(3.0) + 1.5 * outside)
    } else {
        weight * (1.2 + 0.7 * (-over / em))
    }
}

/// What stands right under a heading of its own is none of the words beside which it stands: `(99284) Yes` under `Covered?`,
/// `(73721) RT` under `Mod`. Where there is no such heading it may be the end of them.
fn strays_cost(t: &Token, column: usize, columns: &[Column], em: f32) -> f32 {
    /// More than it costs to part the two.
    const STRAYED: f32 = 2.0;
    if !columns[column].has(Field::Description) {
        return 0.0;
    }
    if is_number_of_claim(t, &columns[..column]) {
        return STRAYED;
    }
    if t.kind != TokenKind::Text {
        return 0.0;
    }
    let under = |c: &Column| t.bbox.x0 < c.head_box.x1 + em && t.bbox.x1 > c.head_box.x0 - em;
    let modifies = || t.words.iter().all(|w| modifier(w.text.trim_end_matches(',')));
    let own = |c: &Column| match c.fields.as_slice() {
        [Field::Modifiers] => modifies(),
        _ => asks(&c.head) && is_answer(&t.text),
    };
    if columns.iter().skip(column + 1).any(|c| under(c) && own(c)) { STRAYED } else { 0.0 }
}

/// Two tokens in one cell.
fn company_cost(left: &Token, right: &Token, c: &Column) -> f32 {
    use TokenKind::{AdjustmentCode, Money, Number};
    if c.has(Field::Adjustments) || c.has(Field::RemarkCodes) || c.has(Field::Description) {
        return 0.0;
    }
    match (left.kind, right.kind) {
        (Money, Money) => 6.0,
        (Money, TokenKind::Text) if is_rate(&right.text) => 0.0,
        // dollars and cents in two boxes
        (Number | TokenKind::Code, Number) if c.is_money() && left.is_whole_number() && right.text.len() == 2 => 0.0,
        (AdjustmentCode, Money) => 0.3,
        _ if c.is_money() => 2.0,
        _ => 0.1,
    }
}

/// How unlikely it is that a token of this kind stands in this column.
fn kind_cost(t: &Token, c: &Column) -> f32 {
    if c.fields.is_empty() {
        return 0.6;
    }
    if c.has(Field::ServiceDate) && t.kind == TokenKind::Number && t.text.len() <= 3 && counts_lines(&c.head) {
        return 0.3;
    }
    c.fields.iter().map(|f| field_cost(t, *f)).fold(f32::INFINITY, f32::min)
}

/// The rate behind the amount that is paid at it: `7,498.22 @90%`.
fn is_rate(text: &str) -> bool {
    let number = text.strip_prefix('@').and_then(|t| t.trim_start().strip_suffix('%')).map(str::trim_end);
    number.is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()) && n.parse::<f32>().is_ok())
}

/// An ICD-10-CM code: letter, digit, letter or digit, and up to four more behind a point.
fn is_diagnosis(text: &str) -> bool {
    let b = text.as_bytes();
    let head = b.len() >= 3 && b[0].is_ascii_uppercase() && b[1].is_ascii_digit() && b[2].is_ascii_alphanumeric();
    head && (b.len() == 3 || b[3] == b'.' && b.len() <= 8 && b[4..].iter().all(u8::is_ascii_alphanumeric))
}

fn field_cost(t: &Token, f: Field) -> f32 {
    use TokenKind::{AdjustmentCode, Code, Dash, Date, Money, Number, Text};
    let len = t.text.len();
    let digits = t.text.chars().filter(char::is_ascii_digit).count();
    match f {
        // a diagnosis beside the description is no part of it
        Field::Ignored if is_diagnosis(&t.text) => 0.0,
        Field::Description if is_diagnosis(&t.text) => 1.0,
        Field::Ignored => match t.kind {
            Money | Date => 1.2,
            _ => 0.35,
        },
        f if crate::columns::is_money_field(f) => match t.kind {
            Money | Dash => 0.0,
            Number => 1.3,
            Code if t.is_whole_number() => 1.6,
            AdjustmentCode => 2.0,
            Text if is_rate(&t.text) => 0.3,
            Code | Text => 5.0,
            Date => 8.0,
        },
        Field::ServiceDate | Field::ServiceDateTo => match t.kind {
            Date => 0.0,
            Number if matches!(digits, 4 | 6 | 8) && len <= 8 => 0.4,
            Dash => 0.3,
            Code if digits == 6 => 0.4,
            Text if matches!(t.text.to_ascii_lowercase().as_str(), "to" | "thru" | "through") => 0.3,
            Text => 3.0,
            _ => 4.5,
        },
        Field::RevenueCode => match t.kind {
            Number if matches!(len, 3 | 4) => 0.0,
            // `000120`: padded to the length of the longest, it looks like a procedure
            Code if revenue_code(&t.text).is_some() => 0.2,
            Dash => 0.5,
            Number | Code => 2.5,
            Text if len <= 9 => 2.0,
            _ => 4.5,
        },
        Field::Code => match t.kind {
            Code => 0.0,
            Dash => 0.4,
            Number if len == 2 || len >= 6 => 0.5,
            // a revenue code where there is no procedure code
            Number if len == 4 && t.text.starts_with('0') => 0.4,
            Text if len <= 2 => 0.4,
            Text if len <= 9 && revenue_code(&t.text).is_some() => 0.3,
            Text if len <= 10 => 1.1,
            Number => 1.3,
            Text => 1.8,
            Money | AdjustmentCode => 2.5,
            Date => 5.0,
        },
        Field::Modifiers => match t.kind {
            Number if len == 2 => 0.0,
            Text if len <= 8 && t.words.iter().all(|w| w.text.len() <= 3) => 0.2,
            Dash | Code => 0.5,
            _ => 3.5,
        },
        Field::Description => match t.kind {
            Text => 0.0,
            Number => 0.5,
            Code => 0.8,
            Dash => 0.4,
            AdjustmentCode => 1.5,
            Date => 1.8,
            Money => 3.5,
        },
        Field::Units => match t.kind {
            Number => 0.0,
            Dash => 0.3,
            Money => 2.0,
            Text if digits > 0 && len <= 6 => 0.8,
            Text => 3.0,
            _ => 3.5,
        },
        Field::Adjustments => match t.kind {
            AdjustmentCode | Money | Dash => 0.0,
            Number | Code | Text => 0.9,
            Date => 5.0,
        },
        Field::RemarkCodes => match t.kind {
            Text if len <= 14 => 0.1,
            Text => 1.5,
            AdjustmentCode => 0.1,
            Number | Dash => 0.3,
            Code => 1.0,
            Money | Date => 4.0,
        },
        _ => 1.0,
    }
}

/// Whether such a token is at home in the column.
pub(crate) fn is_likely(t: &Token, c: &Column) -> bool {
    kind_cost(t, c) <= 1.0
}

impl Extent {
    /// An extent that is known.
    pub(crate) fn of(x0: f32, x1: f32) -> Self {
        Self { x0, x1, learned: true }
    }

    /// The same, told to reach from one edge to the other.
    pub(crate) fn reaching(self, x0: f32, x1: f32) -> Self {
        Self { x0, x1, ..self }
    }

    /// Left and right edge.
    pub fn bounds(&self) -> (f32, f32) {
        (self.x0, self.x1)
    }
}

#[cfg(test)]
mod tests;
