//! The tokens of a row → cells, each read by the grammar of its column.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::columns::{Column, is_money_field};
use crate::facts::name_parts::claim_said_behind;
use crate::grammar::{adjustments, code, date, money, units};
use crate::line_numbers::without_line_number;
use crate::page_text::{BBox, TextSource};
use crate::rows::RawRow;
use crate::statement::{Cell, Field, Money, Value};
use crate::stray::{Piece, count_without_dust, noughts_in_place, surest, without_dust, without_scraps};
use crate::tokens::{Token, TokenKind};
use crate::torn::{TORN, is_torn};

/// The cells of a row, and what could not be read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// By field.
    pub cells: BTreeMap<Field, Cell>,
    /// `column: text` of each cell that its grammar refuses.
    pub problems: Vec<String>,
    /// Whether the description is made of words that stood under other columns.
    pub borrowed: bool,
}

/// Each repair of a misread character takes this share of the confidence.
pub(crate) const REPAIRED: f32 = 0.93;

/// Which columns the table has.
#[derive(Clone, Copy)]
struct Has {
    revenue: bool,
    code: bool,
    words: bool,
}

/// Reads the cells of a row. `anchor` is a date near which the two-digit years lie.
pub fn read_row(raw: &RawRow<'_>, columns: &[Column], anchor: Option<Date>) -> Reading {
    let page = raw.lines[raw.anchor].page;
    let mut r = Reader { out: Reading::default(), page, anchor };
    let has = |f: Field| columns.iter().any(|c| c.has(f));
    let mut spill: Vec<Piece<'_>> = Vec::new(); // words under a column that cannot hold them
    for (i, col) in columns.iter().enumerate() {
        let mut pieces: Vec<Piece<'_>> = Vec::new();
        for (k, l) in raw.lines.iter().enumerate() {
            pieces.extend(l.assigned.cells.iter().filter(|(_, c)| *c == i).map(|(t, _)| Piece { token: t, line: k }));
        }
        if col.fields == [Field::Adjustments] {
            // codes and their amounts may stand in a column each
            if columns[..i].iter().any(|c| c.fields == [Field::Adjustments]) {
                continue;
            }
            for (k, l) in raw.lines.iter().enumerate() {
                let more = l.assigned.cells.iter().filter(|(_, c)| *c > i && columns[*c].fields == [Field::Adjustments]);
                pieces.extend(more.map(|(t, _)| Piece { token: t, line: k }));
            }
            pieces.sort_by(|a, b| a.line.cmp(&b.line).then(a.token.bbox.x0.total_cmp(&b.token.bbox.x0)));
        }
        // each modifier in a column of its own: `M1   M2`
        if col.fields == [Field::Modifiers] {
            if columns[..i].iter().any(|c| c.fields == [Field::Modifiers]) {
                continue;
            }
            for (k, l) in raw.lines.iter().enumerate() {
                let more = l.assigned.cells.iter().filter(|(_, c)| *c > i && columns[*c].fields == [Field::Modifiers]);
                pieces.extend(more.map(|(t, _)| Piece { token: t, line: k }));
            }
        }
        pieces.retain(|p| p.token.kind != TokenKind::Dash || col.has(Field::Description));
        if pieces.is_empty() {
            continue;
        }
        r.column(
            col,
            pieces,
            raw.anchor,
            &mut spill,
            Has { revenue: has(Field::RevenueCode), code: has(Field::Code), words: has(Field::Description) },
        );
    }
    r.without_price_for_count();
    r.counts_in_brackets();
    for (field, value, t) in raw.lines.iter().flat_map(|l| &l.parts) {
        r.put(*field, value.clone(), t.text.clone(), t.bbox, t.confidence);
    }
    r.remarks_in_words(&mut spill);
    r.through_date(&mut spill);
    if !spill.is_empty() && !r.out.cells.contains_key(&Field::Description) {
        r.text(Field::Description, &spill);
        r.out.borrowed = true;
    }
    r.modifier_before_words();
    r.description_extras(has(Field::ServiceDate), has(Field::Code));
    r.out
}

/// A row while its columns are read.
pub(crate) struct Reader {
    pub(crate) out: Reading,
    page: u32,
    pub(crate) anchor: Option<Date>,
}

/// `thru 03/24/2024`, `03/22/2024 03/24/2024`: the last day behind the word that leads to it, or behind the first.
fn last_of_range(text: &str) -> Option<date::LooseDate> {
    let lower = text.to_lowercase();
    let led = ["thru ", "through ", "to ", "- ", "-"].iter().find_map(|l| lower.strip_prefix(l)).map(str::trim);
    led.and_then(date::date).or_else(|| date::date_range(text).and_then(|(_, last)| last))
}

impl Reader {
    pub(crate) fn put(&mut self, field: Field, value: Value, raw: String, bbox: BBox, confidence: f32) {
        // the remarks of a second print row are more of them
        if let (Field::RemarkCodes, Value::List(more)) = (field, &value)
            && let Some(Cell { value: Value::List(l), .. }) = self.out.cells.get_mut(&field)
        {
            l.extend(more.iter().filter(|m| !l.contains(m)).cloned().collect::<Vec<_>>());
            return;
        }
        // and each line of adjustments under a service tells of another part of its charge
        if let (Field::Adjustments, Value::Adjustments(more)) = (field, &value)
            && let Some(Cell { value: Value::Adjustments(l), bbox: place, confidence: sure, .. }) = self.out.cells.get_mut(&field)
        {
            l.extend(more.iter().cloned());
            (*place, *sure) = (place.union(bbox), sure.min(confidence));
            return;
        }
        self.out.cells.entry(field).or_insert(Cell { value, raw, page: self.page, bbox, confidence });
    }

    /// `36415 (2)`: a count in brackets is one taken back only where its charge is.
    fn counts_in_brackets(&mut self) {
        let charged = |c: &Cell| matches!(c.value, Value::Money(m) if m > Money::ZERO);
        let positive = self.out.cells.get(&Field::Charge).is_some_and(charged);
        if let Some(Cell { value: Value::Number(n), raw, .. }) = self.out.cells.get_mut(&Field::Units)
            && positive
            && raw.starts_with('(')
        {
            *n = n.abs();
        }
    }

    /// `36415  1 TST  32.43  32.43`: what has cents and is the charge itself is a price, whatever its column was taken for.
    fn without_price_for_count(&mut self) {
        let amount = |c: &Cell| money::money(&c.raw).filter(|_| c.raw.contains('.'));
        let cells = &self.out.cells;
        if let (Some(units), Some(Value::Money(charge))) = (cells.get(&Field::Units), cells.get(&Field::Charge).map(|c| &c.value))
            && amount(units) == Some(*charge)
            && *charge != Money::from_cents(100)
        {
            self.out.cells.remove(&Field::Units);
        }
    }

    fn column<'a>(&mut self, col: &Column, pieces: Vec<Piece<'a>>, anchor_line: usize, spill: &mut Vec<Piece<'a>>, table: Has) {
        let worded = col.has(Field::Description) && !col.has(Field::ServiceDate);
        let pieces = if worded { self.small_print_below(pieces, anchor_line) } else { pieces };
        match col.fields.as_slice() {
            [] | [Field::Ignored] => {}
            // the claim's state stands under its number, that of the network behind the provider's name
            [Field::ClaimNo] => self.simple(Field::ClaimNo, pieces.get(..1).unwrap_or_default()),
            [who @ (Field::Provider | Field::Patient)] => {
                let text = join(pieces.iter().map(|p| p.token));
                let (before, said) = claim_said_behind(&text);
                let name = before.split('(').next().unwrap_or_default().trim();
                if !name.is_empty() {
                    let (place, sure) = (around(pieces.iter().map(|p| p.token)), confidence(&pieces));
                    self.put(*who, Value::Text(name.to_owned()), text.clone(), place, sure);
                    for (field, value) in said.into_iter().filter(|_| *who == Field::Provider) {
                        self.put(field, Value::Text(value.to_owned()), text.clone(), place, sure);
                    }
                }
            }
            [Field::ServiceDate, Field::Description] => self.date_and_words(pieces, Field::Description),
            [Field::ServiceDate, Field::Code] if !table.words && begins_with_words(&pieces, anchor_line) => {
                let words = self.small_print_below(pieces, anchor_line);
                self.description(words, anchor_line, false);
            }
            [Field::ServiceDate, Field::Code] => self.date_and_words(pieces, Field::Code),
            [Field::Code, Field::Description] => self.code_and_words(pieces, anchor_line, &col.head),
            [Field::ServiceDate, Field::Code, Field::Description] => self.day_code_and_words(pieces),
            [Field::RevenueCode, rest] => {
                let (rev, other): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|p| {
                    p.line == anchor_line && code::revenue_code(&p.token.text).is_some() && p.token.kind == TokenKind::Number
                });
                self.simple(Field::RevenueCode, &rev);
                if *rest == Field::Code { self.code(other, anchor_line, spill, true) } else { self.text(*rest, &other) }
            }
            [Field::Code] => self.code(pieces, anchor_line, spill, table.revenue),
            [Field::ServiceDate] => self.dates(without_line_number(&pieces, &col.head)),
            [Field::Description] => self.description(pieces, anchor_line, table.code),
            [Field::Adjustments] => self.adjustments(&pieces),
            fields if col.is_stacked() => self.stacked_amounts(fields, &pieces, col),
            [f] if is_money_field(*f) => self.money(*f, &pieces, col, anchor_line, spill),
            // a form numbers its lines in front of the code
            [Field::RevenueCode] if pieces.len() > 1 => {
                let codes: Vec<Piece<'a>> = pieces
                    .into_iter()
                    .filter(|p| p.token.text.len() >= 3 && code::revenue_code(&p.token.text).is_some())
                    .collect();
                self.simple(Field::RevenueCode, &codes);
            }
            [f, ..] => self.simple(*f, &pieces),
        }
        if col.has(Field::Description) {
            self.count_by_head(&col.head);
        }
    }

    fn money<'a>(&mut self, f: Field, pieces: &[Piece<'a>], col: &Column, anchor_line: usize, spill: &mut Vec<Piece<'a>>) {
        let (values, words): (Vec<&Piece<'a>>, Vec<&Piece<'a>>) = pieces
            .iter()
            .partition(|p| p.token.kind == TokenKind::Money || p.token.kind == TokenKind::Number || p.token.is_whole_number());
        for p in words {
            spill.push(Piece { token: p.token, line: p.line });
        }
        let Some(first) = values.iter().find(|p| p.line == anchor_line).or(values.first()) else { return };
        let mut same: Vec<&Token> = values.iter().filter(|p| p.line == first.line).map(|p| p.token).collect();
        // beside an amount with its cents a bare figure is the stroke of a rule, and of two readings of it the surer counts
        if same.len() > 1
            && let Some(amount) =
                same.iter().copied().filter(|t| t.kind == TokenKind::Money).max_by(|a, b| a.confidence.total_cmp(&b.confidence))
        {
            same = vec![amount];
        }
        let text: String = same.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        let bbox = around(same.iter().copied());
        let conf = same.iter().map(|t| t.confidence).fold(1.0, f32::min);
        let dollars_cents = (same.len() == 2 && same[1].text.len() == 2 && same.iter().all(|t| t.is_whole_number()))
            .then(|| format!("{}.{}", same[0].text, same[1].text));
        let joined = dollars_cents.unwrap_or_else(|| same[0].text.clone());
        let read = same[0].words.iter().any(|w| w.source == TextSource::Ocr);
        let conf = if read && is_torn(&joined) { conf.min(TORN) } else { conf };
        if let Some(m) = money::money(&joined) {
            self.put(f, Value::Money(m), text, bbox, conf);
        } else if let Some((m, n)) = money::money_lenient(&joined) {
            self.put(f, Value::Money(m), text, bbox, conf * REPAIRED.powi(i32::from(n)));
        } else {
            self.out.problems.push(format!("{}: {text}", col.head));
        }
    }

    fn adjustments(&mut self, pieces: &[Piece<'_>]) {
        let (codes, words): (Vec<&Piece<'_>>, Vec<&Piece<'_>>) =
            pieces.iter().partition(|p| matches!(p.token.kind, TokenKind::AdjustmentCode | TokenKind::Money | TokenKind::Number));
        let text = join(codes.iter().map(|p| p.token));
        let bbox = around(pieces.iter().map(|p| p.token));
        let conf = confidence(pieces);
        if let Some(list) = adjustments::adjustments(&text) {
            if !list.is_empty() {
                self.put(Field::Adjustments, Value::Adjustments(list), text.clone(), bbox, conf);
            }
        } else if !text.is_empty() {
            self.out.problems.push(format!("adjustments: {text}"));
        }
        let remarks = join(words.iter().map(|p| p.token));
        if let Some(list) = adjustments::remark_codes(&remarks)
            && !list.is_empty()
        {
            self.put(Field::RemarkCodes, Value::List(list), remarks, bbox, conf);
        }
    }

    pub(crate) fn text(&mut self, field: Field, pieces: &[Piece<'_>]) {
        let pieces = without_scraps(pieces);
        let mut text = join(pieces.iter().map(|p| p.token));
        if field == Field::Description && pieces.iter().flat_map(|p| &p.token.words).any(|w| w.source == TextSource::Ocr) {
            text = without_dust(&noughts_in_place(&text));
        }
        // the dash that leads to a code on the next line is no part of the words before it
        if field == Field::Description {
            text.truncate(text.trim_end_matches([' ', '-', '\u{2013}']).len());
        }
        // figures under the heading of the words name nothing: `0.00 0.00 0.00` is the row of an account's age
        let nameless =
            field == Field::Description && !text.contains(char::is_alphabetic) && money::money(first_word(&text)).is_some();
        if !text.trim().is_empty() && !nameless {
            self.put(field, Value::Text(text.clone()), text, around(pieces.iter().map(|p| p.token)), confidence(pieces));
        }
    }

    fn simple(&mut self, field: Field, pieces: &[Piece<'_>]) {
        if pieces.is_empty() {
            return;
        }
        let text = join(pieces.iter().map(|p| p.token));
        let bbox = around(pieces.iter().map(|p| p.token));
        let conf = confidence(pieces);
        let (text, bbox, conf) = match (field, surest(pieces, |t| units::units(t).is_some())) {
            (Field::Units, Some(t)) if units::units(&text).is_none() => (t.text.clone(), t.bbox, t.confidence),
            _ => (text, bbox, conf),
        };
        let dusty = pieces.iter().flat_map(|p| &p.token.words).any(|w| w.source == TextSource::Ocr);
        let (text, conf) = match count_without_dust(&text) {
            Some(n) if field == Field::Units && dusty => (n.to_owned(), conf * REPAIRED),
            _ => (text, conf),
        };
        // `8 @` before the price of one, under `Quantity @ rate`
        let text = if field == Field::Units { text.trim_end_matches([' ', '@']).to_owned() } else { text };
        let value = match field {
            Field::ServiceDateTo => date::date(&text)
                .or_else(|| date::compact_date(&text))
                .or_else(|| last_of_range(&text))
                .or_else(|| date::date_lenient(&text).map(|d| d.0))
                .and_then(|d| d.resolve(self.anchor))
                .map(Value::Date),
            Field::RevenueCode => code::revenue_code(text.trim_end_matches('.')).map(Value::Code),
            Field::Units => units::units(&text).map(Value::Number),
            Field::Modifiers => code::modifiers(&text).map(Value::List),
            // `B.7` is a code with dust in it
            Field::RemarkCodes => adjustments::remark_codes(&text)
                .or_else(|| dusty.then(|| adjustments::remark_codes(&text.replace('.', ""))).flatten())
                .map(Value::List),
            _ => Some(Value::Text(text.clone())),
        };
        match value {
            Some(Value::List(l)) if l.is_empty() => {}
            Some(v) => self.put(field, v, text, bbox, conf),
            None if matches!(field, Field::RemarkCodes | Field::Modifiers) => {}
            None => self.out.problems.push(format!("{field:?}: {text}")),
        }
    }
}

/// `Service, date and procedure code`: the words of the service over its day and its code, a line each.
fn begins_with_words(pieces: &[Piece<'_>], anchor_line: usize) -> bool {
    let mut first = pieces.iter().filter(|p| p.line <= anchor_line).peekable();
    first.peek().is_some() && first.all(|p| p.token.kind == TokenKind::Text && wordy(&p.token.text))
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

pub(crate) fn wordy(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

pub(crate) fn join<'t>(tokens: impl Iterator<Item = &'t Token>) -> String {
    tokens.map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn around<'t>(tokens: impl Iterator<Item = &'t Token>) -> BBox {
    BBox::around(tokens.map(|t| t.bbox)).unwrap_or_default()
}

pub(crate) fn confidence(pieces: &[Piece<'_>]) -> f32 {
    pieces.iter().map(|p| p.token.confidence).fold(1.0, f32::min)
}
