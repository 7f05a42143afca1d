//! The columns under one header, learned from the lines under it.
//!
//! Some remittances print two rows for every service, each under a header row of its own. Such a table has two decks
//! of columns; which deck a line stands in is told by what fits, and where both fit by the other deck having come last.

use crate::adjustment_lists::is_labelled;
use crate::amounts_explained;
use crate::amounts_stacked;
use crate::assign::{Assigned, Extent, POOR_FIT, assign, header_extents, learned_extents};
use crate::columns::{Column, TableHeader};
use crate::counts::leading;
use crate::crowded_cells::{dashes_apart, has_dashes, words_apart};
use crate::grammar::date::leading_date;
use crate::identify::by_arithmetic;
use crate::page_text::BBox;
use crate::reach;
use crate::retype::{heads_adjusted_amounts, retype};
use crate::statement::Field;
use crate::table::has_amount;
use crate::text_lines::{Line, median};
use crate::tokens::{Token, TokenKind, parted_at, tokens};
use crate::total_labels::is_total_label;
use crate::unheaded::{unheaded_column, unheaded_counts, unheaded_figures, unheaded_words};

/// Columns and their extents, those of the second deck behind those of the first.
#[derive(Debug, Clone)]
pub struct Decks {
    /// All columns.
    pub columns: Vec<Column>,
    extents: Vec<Extent>,
    split: usize,
    /// Where a description says what stands in the columns: those to which values are fitted. The values have no say
    /// in what a column holds then, and one without fields takes values of any form.
    declared: Option<Vec<Column>>,
    /// The strokes under the header that say where a column ends; mostly none.
    strokes: Vec<BBox>,
    /// Whether dashes stand for noughts under it.
    dashes: bool,
}

/// How much worse the expected deck may fit than the other.
const EXPECTED: f32 = 0.9;

impl Decks {
    /// Learns the columns of a header from the lines under it.
    pub fn learn(header: &TableHeader, lines: &[&Line]) -> Self {
        let em = median(lines.iter().map(|l| l.size())).unwrap_or(8.0);
        let mut first = header.columns.clone();
        let mut second = header.second_row.clone();
        // the second print row goes on with the remarks under the first one's heading
        if let Some(c) = first.last().filter(|c| c.fields == [Field::RemarkCodes]).cloned()
            && second.last().is_some_and(|s| s.head_box.x1 < c.head_box.x0)
        {
            second.push(c);
        }
        if first.iter().any(Column::is_money) {
            words_run_on(&first, &mut second);
        }
        adjustments_go_on(&mut first, &mut second);
        if second.is_empty() {
            let body: Vec<_> = lines.iter().map(|l| parted_at(tokens(l), &header.strokes)).collect();
            leading::add(&mut first, lines, &body);
            if let Some(counts) = unheaded_counts(&first, &body) {
                first.push(counts);
                first.sort_by(|a, b| a.head_box.x0.total_cmp(&b.head_box.x0));
            }
            if let Some(words) = unheaded_words(&first, &body) {
                first.insert(0, words);
            }
            let figures = unheaded_figures(&first, &body);
            first.extend(figures);
            first.extend(unheaded_column(&first, &body));
        }
        lone_price(&mut first);
        amounts_stacked::take(&mut first, lines);
        amounts_explained::part(&mut first, lines);
        let split = first.len();
        let mut extents = header_extents(&first, em);
        if second.is_empty() {
            let body: Vec<_> = lines.iter().map(|l| tokens(l)).collect();
            reach::amounts(&first, &body, &mut extents, em);
            reach::words(&first, &body, &mut extents, em);
        }
        extents.extend(header_extents(&second, em));
        for (e, c) in extents.iter_mut().zip(&first).filter(|_| !header.strokes.is_empty()) {
            *e = Extent::of(c.head_box.x0, c.head_box.x1);
        }
        Self {
            columns: first.into_iter().chain(second).collect(),
            extents,
            split,
            declared: None,
            strokes: header.strokes.clone(),
            dashes: has_dashes(lines),
        }
        .settled(lines, &has_amount)
    }

    /// Learns only where the columns of a header stand, from the lines under it that `amount` finds an amount in.
    ///
    /// `any_form` tells the columns whose values are printed in a form of their own.
    pub(crate) fn declared(
        header: &TableHeader,
        lines: &[&Line],
        any_form: impl Fn(&Column) -> bool,
        amount: &dyn Fn(&Assigned, &[Column]) -> bool,
    ) -> Self {
        let em = median(lines.iter().map(|l| l.size())).unwrap_or(8.0);
        let extents = header_extents(&header.columns, em);
        Self::placed(header.columns.clone(), extents, any_form).settled(lines, amount)
    }

    /// Columns that are known, and known to stand there.
    pub(crate) fn placed(columns: Vec<Column>, extents: Vec<Extent>, any_form: impl Fn(&Column) -> bool) -> Self {
        let fitted = |c: &Column| if any_form(c) { Column { fields: Vec::new(), ..c.clone() } } else { c.clone() };
        let declared = Some(columns.iter().map(fitted).collect());
        Self { split: columns.len(), declared, strokes: Vec::new(), dashes: false, columns, extents }
    }

    fn settled(self, lines: &[&Line], amount: &dyn Fn(&Assigned, &[Column]) -> bool) -> Self {
        let mut decks = self;
        for pass in 0..3 {
            decks.refine(lines, pass, amount);
        }
        for (c, e) in decks.columns.iter_mut().zip(&decks.extents) {
            (c.x0, c.x1) = e.bounds();
            tracing::trace!(head = c.head, fields = ?c.fields, x0 = c.x0, x1 = c.x1, "column");
        }
        decks
    }

    fn refine(&mut self, lines: &[&Line], pass: usize, amount: &dyn Fn(&Assigned, &[Column]) -> bool) {
        let mut of: [Vec<Assigned>; 2] = [Vec::new(), Vec::new()];
        let mut deck = 1;
        let listed = self.columns.iter().any(|c| c.has(Field::Adjustments));
        for l in lines.iter().filter(|l| listed || !is_labelled(&tokens(l))) {
            let (a, d) = self.lay(l, deck);
            let told = d == 0 && self.facts_over_amounts().is_some();
            if a.cost < POOR_FIT && a.cells.len() >= 2 && (told || amount(&a, &self.columns)) {
                deck = d;
                of[d].push(a);
            } else if self.is_lower(&a) {
                deck = 1;
            }
        }
        for (d, assigned) in of.iter().enumerate() {
            let range = if d == 0 { 0..self.split } else { self.split..self.columns.len() };
            if range.is_empty() {
                continue;
            }
            // within its own deck a line's columns count from the deck's first
            let own: Vec<Assigned> = assigned
                .iter()
                .map(|a| Assigned { cells: a.cells.iter().map(|(t, c)| (t.clone(), c - range.start)).collect(), cost: a.cost })
                .collect();
            let good: Vec<&Assigned> = own.iter().collect();
            let columns = &mut self.columns[range.clone()];
            match pass {
                _ if self.declared.is_some() => {}
                0 => retype(columns, &good),
                2 => by_arithmetic(columns, &good),
                _ => {}
            }
            if !self.strokes.is_empty() {
                continue;
            }
            let learned = learned_extents(columns, &good, &self.extents[range.clone()]);
            self.extents[range].copy_from_slice(&learned);
        }
    }

    /// The first column of the second deck; there is none behind the last column.
    pub(crate) fn split(&self) -> usize {
        self.split
    }

    /// The first column of the second deck, where all amounts stand in that.
    pub(crate) fn facts_over_amounts(&self) -> Option<usize> {
        let (upper, lower) = self.columns.split_at(self.split);
        (!lower.is_empty() && !upper.iter().any(Column::is_money)).then_some(self.split)
    }

    /// Whether a line without amounts is the second print row of a service: it says what only the second deck has a column for.
    /// A claim that is not settled yet has no amounts there.
    pub(crate) fn is_lower(&self, a: &Assigned) -> bool {
        let (upper, _) = self.columns.split_at(self.split);
        let only_below = |c: &Column| matches!(c.fields.as_slice(), [f @ (Field::Description | Field::ServiceDateTo)] if !upper.iter().any(|u| u.has(*f)));
        let home = |t: &Token, c: &Column| match c.fields.as_slice() {
            [Field::ServiceDateTo] => t.kind == TokenKind::Date,
            _ => t.kind == TokenKind::Text,
        };
        a.cost < POOR_FIT
            && a.cells.iter().any(|(t, c)| *c >= self.split && only_below(&self.columns[*c]) && home(t, &self.columns[*c]))
    }

    /// Puts words that ran on in the second deck to those of the first.
    pub(crate) fn rejoin_words(&self, a: &mut Assigned) {
        let words = |c: &Column| c.fields == [Field::Description];
        let (upper, lower) = self.columns.split_at(self.split);
        if let (Some(home), Some(below)) = (upper.iter().position(words), lower.iter().position(words)) {
            a.cells.iter_mut().filter(|(_, c)| *c == self.split + below).for_each(|(_, c)| *c = home);
        }
    }

    /// Lays the line under a sum into the second deck, where it is no more than the amounts of that.
    pub(crate) fn lower_sums(&self, line: &Line) -> Option<Assigned> {
        let (a, _) = self.lay(line, 0);
        let amount = |(t, c): &(Token, usize)| *c >= self.split && self.columns[*c].is_money() && t.kind == TokenKind::Money;
        (self.split < self.columns.len() && !a.cells.is_empty() && a.cells.iter().all(amount)).then_some(a)
    }

    /// Whether a line is no more than amounts of the first deck: over the words of a sum it is part of that.
    pub(crate) fn upper_sums(&self, a: &Assigned) -> bool {
        let amount = |(t, c): &(Token, usize)| *c < self.split && self.columns[*c].is_money() && t.kind == TokenKind::Money;
        !a.cells.is_empty() && a.cells.iter().all(amount)
    }

    /// A line laid anew where the dash of an empty cell was taken for the sign of the amount behind it.
    fn without_false_signs(&self, laid: Assigned, columns: &[Column], extents: &[Extent], gap: f32) -> Assigned {
        let Some(toks) = dashes_apart(&laid, &self.columns).filter(|_| self.dashes) else { return laid };
        assign(toks, columns, extents, gap)
    }

    /// Lays a line into the deck that it fits; `last` is the deck of the line with amounts before it.
    pub fn lay(&self, line: &Line, last: usize) -> (Assigned, usize) {
        let toks = words_apart(parted_at(tokens(line), &self.strokes), &self.columns);
        let (a, b) = self.declared.as_ref().unwrap_or(&self.columns).split_at(self.split);
        let (ea, eb) = self.extents.split_at(self.split);
        // where strokes part the columns, words that stand close are no sign of one cell
        let gap = if self.strokes.is_empty() { line.phrase_gap } else { 0.0 };
        if b.is_empty() {
            return (self.without_false_signs(assign(toks, a, ea, gap), a, ea, gap), 0);
        }
        // `Claim totals` stands where there is room, and says nothing of the deck
        let sum = toks.first().is_some_and(|t| t.kind == TokenKind::Text && is_total_label(&t.text));
        let told: Vec<Token> = toks.iter().filter(|t| t.kind != TokenKind::Text).cloned().collect();
        let first = assign(toks.clone(), a, ea, gap);
        let mut second = assign(toks, b, eb, gap);
        for (_, c) in &mut second.cells {
            *c += self.split;
        }
        // a line that begins with a day is of the deck that has a column for days
        let days = |columns: &[Column]| columns.iter().any(|c| c.has(Field::ServiceDate) || c.has(Field::ServiceDateTo));
        let dated = || leading_date(&line.text()).is_some_and(|(d, _)| d.year.is_some());
        if days(a) && !days(b) && !sum && dated() {
            return (first, 0);
        }
        // the one sum of a claim that is not settled stands with its name in the upper
        let lone = sum && told.iter().filter(|t| t.kind == TokenKind::Money).count() == 1;
        let lean = if last == 0 && !lone { EXPECTED } else { -EXPECTED };
        let [upper, lower] =
            if sum { [assign(told.clone(), a, ea, gap).cost, assign(told, b, eb, gap).cost] } else { [first.cost, second.cost] };
        if lower < upper + lean { (second, 1) } else { (first, 0) }
    }
}

/// The words of the first print row may run on in the second, where that has nothing under their heading.
fn words_run_on(first: &[Column], second: &mut Vec<Column>) {
    if second.is_empty() || second.iter().any(|c| c.has(Field::Description)) {
        return;
    }
    let Some(words) = first.iter().find(|c| c.fields == [Field::Description]) else { return };
    if second.iter().all(|c| c.head_box.overlap_x(words.head_box) <= 0.0) {
        let at = second.iter().position(|c| c.head_box.x0 > words.head_box.x0).unwrap_or(second.len());
        second.insert(at, words.clone());
    }
}

/// `GRP/RC | ADJ AMT` behind the heads of the first print row alone: the adjustments of a service are a list, and it goes on
/// beside the amounts of the second, where that has nothing under their headings.
fn adjustments_go_on(first: &mut [Column], second: &mut Vec<Column>) {
    if second.is_empty() || second.iter().any(|c| c.has(Field::Adjustments)) {
        return;
    }
    for i in 1..first.len() {
        if first[i - 1].fields == [Field::Adjustments] && heads_adjusted_amounts(&first[i].head) {
            first[i].fields = vec![Field::Adjustments];
        }
    }
    for c in first.iter().filter(|c| c.fields == [Field::Adjustments]) {
        if second.iter().all(|s| s.head_box.overlap_x(c.head_box) <= 0.0) {
            let at = second.iter().position(|s| s.head_box.x0 > c.head_box.x0).unwrap_or(second.len());
            second.insert(at, c.clone());
        }
    }
}

/// `Price` over the only amounts of a table is what the service costs, not each of its units.
fn lone_price(columns: &mut [Column]) {
    let mut amounts = columns.iter_mut().filter(|c| c.is_money());
    if let (Some(only), None) = (amounts.next(), amounts.next())
        && only.fields == [Field::UnitPrice]
    {
        only.fields = vec![Field::Charge];
    }
}

#[cfg(test)]
mod tests;
