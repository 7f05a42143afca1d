//! What stands in a column, as shares of its cells: so many are amounts, so many days, so many words.

use crate::assign::Assigned;
use crate::credits::credit;
use crate::grammar::{adjustments, code};
use crate::tokens::{Token, TokenKind};
use crate::total_labels::is_total_label;
use crate::who_treated::is_one_who_treats;

/// What share of a column's cells look like what.
#[derive(Debug, Default)]
pub(super) struct Shares {
    pub(super) n: f32,
    pub(super) money: f32,
    pub(super) date: f32,
    pub(super) code: f32,
    pub(super) adjustment: f32,
    pub(super) remark: f32,
    pub(super) count: f32,
    /// Signs that are modifiers, and nothing else.
    pub(super) modifiers: f32,
    /// The words of a payment or an adjustment.
    pub(super) credits: f32,
    /// Whether the lines of three or more count up by one, beginning with one.
    pub(super) numbered: bool,
    /// Whether its figures mostly count up by one from line to line, wherever they begin.
    pub(super) runs: bool,
    /// A small number and a day, and no more.
    pub(super) numbered_days: f32,
    /// The label of a sum, which stands where there is room.
    pub(super) sums: f32,
    pub(super) long: f32,
    pub(super) revenue_first: f32,
    /// A revenue code behind its name: `REV 0360`.
    pub(super) revenue: f32,
    pub(super) words: f32,
    /// Words wherever they stand, before or behind a code.
    pub(super) worded: f32,
    pub(super) words_after_code: f32,
    /// A code behind the words of the same cell.
    pub(super) words_before_code: f32,
    pub(super) words_after_date: f32,
    /// A lone word of a few letters: the kind of an entry.
    pub(super) kind: f32,
    /// The name of one who treats.
    pub(super) people: f32,
}

impl Shares {
    /// Whether the column says of every line what kind of entry it is, by a word of a few letters.
    pub(super) fn is_of_kinds(&self) -> bool {
        self.n >= 2.0 && self.kind > 0.9 && self.words < 0.1
    }

    /// What the lines have in this column.
    pub(super) fn of(column: usize, lines: &[&Assigned]) -> Self {
        let mut s = Self::default();
        let mut numbers: Vec<Option<u32>> = Vec::new();
        for l in lines {
            let mine: Vec<&Token> =
                l.cells.iter().filter(|(t, c)| *c == column && t.kind != TokenKind::Dash).map(|(t, _)| t).collect();
            let Some(first) = mine.first() else { continue };
            s.n += 1.0;
            numbers.push(if mine.len() == 1 { first.text.trim_end_matches('.').parse().ok() } else { None });
            let has = |k: TokenKind| mine.iter().any(|t| t.kind == k);
            s.money += f32::from(u8::from(has(TokenKind::Money)));
            s.date += f32::from(u8::from(has(TokenKind::Date)));
            let coded = mine.iter().any(|t| t.kind == TokenKind::Code || code::procedure_lenient(&t.text).is_some());
            s.code += f32::from(u8::from(coded));
            s.adjustment += f32::from(u8::from(
                mine.iter().any(|t| t.kind == TokenKind::AdjustmentCode || adjustments::adjustment_code(&t.text).is_some()),
            ));
            let short = mine.len() <= 4
                && mine.iter().all(|t| t.text.len() <= 12 && t.kind != TokenKind::Money && t.kind != TokenKind::Date);
            let remark = short && mine.iter().all(|t| adjustments::remark_codes(&t.text).is_some());
            s.remark += f32::from(u8::from(remark));
            let counts = mine.iter().all(|t| t.kind == TokenKind::Number && t.text.len() <= 3);
            s.count += f32::from(u8::from(counts));
            let modifier = |t: &&Token| {
                t.words.iter().all(|w| w.text.trim_end_matches(',').len() == 2) && code::modifiers(&t.text).is_some()
            };
            s.modifiers += f32::from(u8::from(mine.iter().all(modifier)));
            let posted = mine.iter().any(|t| t.kind == TokenKind::Text && credit(&t.text, None).is_some());
            s.credits += f32::from(u8::from(posted && first.kind == TokenKind::Text));
            let numbered =
                matches!(mine[..], [n, d] if n.kind == TokenKind::Number && n.text.len() <= 3 && d.kind == TokenKind::Date);
            s.numbered_days += f32::from(u8::from(numbered));
            s.sums += f32::from(u8::from(first.kind == TokenKind::Text && is_total_label(&first.text)));
            let long = |t: &Token| t.text.len() >= 6 && t.text.bytes().all(|b| b.is_ascii_digit());
            s.long += f32::from(u8::from(mine.len() == 1 && long(first)));
            let department = first.kind == TokenKind::Number && first.text.len() == 4 && first.text.starts_with('0');
            s.revenue_first += f32::from(u8::from(department && mine.len() > 1 && code::revenue_code(&first.text).is_some()));
            let named = |t: &&Token| t.kind == TokenKind::Text && code::revenue_code(&t.text).is_some();
            let revenue = mine.iter().any(named) || first.text.eq_ignore_ascii_case("rev") && mine.len() > 1;
            s.revenue += f32::from(u8::from(revenue));
            let wordy = |t: &Token| t.kind == TokenKind::Text && t.text.chars().filter(|c| c.is_alphabetic()).count() >= 4;
            s.words += f32::from(u8::from(wordy(first) && !coded));
            s.worded += f32::from(u8::from(mine.iter().any(|t| wordy(t))));
            s.words_before_code += f32::from(u8::from(coded && wordy(first)));
            s.words_after_code += f32::from(u8::from(coded && mine.iter().any(|t| wordy(t))));
            let dated = first.kind == TokenKind::Date && mine.iter().any(|t| wordy(t));
            s.words_after_date += f32::from(u8::from(dated));
            let name = mine.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
            s.people += f32::from(u8::from(is_one_who_treats(&name)));
            let kind = |t: &Token| t.text.len() <= 4 && t.text.chars().all(|c| c.is_ascii_uppercase());
            s.kind += f32::from(u8::from(mine.len() == 1 && kind(first)));
        }
        s.numbered = numbers.len() >= 3 && numbers.iter().zip(1..).all(|(n, at)| *n == Some(at));
        let steps = numbers.windows(2).filter(|w| w[0].zip(w[1]).is_some_and(|(a, b)| a.checked_add(1) == Some(b))).count();
        // a lone line may be the first
        s.runs = matches!(numbers[..], [] | [None | Some(1)]) || numbers.len() > 1 && steps * 2 >= numbers.len() - 1;
        if s.n > 0.0 {
            for x in [
                &mut s.credits,
                &mut s.sums,
                &mut s.numbered_days,
                &mut s.money,
                &mut s.date,
                &mut s.code,
                &mut s.adjustment,
                &mut s.remark,
                &mut s.count,
                &mut s.modifiers,
                &mut s.long,
                &mut s.revenue_first,
                &mut s.revenue,
                &mut s.words,
                &mut s.worded,
                &mut s.words_after_code,
                &mut s.words_before_code,
                &mut s.words_after_date,
                &mut s.kind,
                &mut s.people,
            ] {
                *x /= s.n;
            }
        }
        s
    }
}
