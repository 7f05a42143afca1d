//! Labels and the values that stand in, beside or below them.

use jiff::civil::Date;

use super::labels::{self, Head};
use super::segments::{Paper, Piece, Token};
use super::sentences;
use super::values::{self, Read};
use super::wording;
use crate::grammar::{date, money};
use crate::statement::{Cell, DocKind, Field, Value};

/// A value with the label that claims it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) field: Field,
    /// 3 says exactly this, 1 only if nothing better is there.
    pub(crate) weight: u8,
    pub(crate) cell: Cell,
    /// Row of the label.
    pub(crate) row: usize,
    /// Piece of the label.
    pub(crate) piece: usize,
    /// Whether it stands on the part to tear off.
    pub(crate) coupon: bool,
    /// Whether the line begins with a day, as rows of tables do.
    pub(crate) dated: bool,
}

/// Finds every labelled value of the document.
pub(crate) fn find(paper: &Paper, kind: DocKind, anchor: Option<Date>) -> Vec<Found> {
    let heads: Vec<Vec<Head>> = paper.pieces.iter().map(|p| labels::heads(p, kind)).collect();
    let coupons = coupon_rows(paper);
    let finder = Finder { paper, kind, anchor, heads, coupons };
    let mut out = Vec::new();
    for at in 0..paper.pieces.len() {
        finder.piece(at, &mut out);
        finder.amount_first(at, &mut out);
    }
    sentences::find(paper, kind, anchor, &mut out);
    out
}

/// First row of the part to tear off, page by page.
fn coupon_rows(paper: &Paper) -> Vec<(u32, usize)> {
    let says = |t: &str| {
        let t = t.to_ascii_lowercase();
        (t.contains("detach") || t.contains("return") || t.contains("tear") || t.contains("cut here"))
            && (t.contains("portion")
                || t.contains("with your payment")
                || t.contains("with payment")
                || t.contains("stub")
                || t.contains("coupon"))
            || t.contains("amount enclosed") && t.len() < 40
    };
    let mut out: Vec<(u32, usize)> = Vec::new();
    for (i, row) in paper.rows.iter().enumerate() {
        let lower_part = row.bbox.y0 > paper.height(row.page) * 0.4;
        if lower_part
            && !out.iter().any(|(p, _)| *p == row.page)
            && paper.pieces[row.pieces.clone()].iter().any(|p| says(&p.text()))
        {
            out.push((row.page, i));
        }
    }
    out
}

struct Finder<'a> {
    paper: &'a Paper,
    kind: DocKind,
    anchor: Option<Date>,
    heads: Vec<Vec<Head>>,
    coupons: Vec<(u32, usize)>,
}

impl Finder<'_> {
    fn read(&self, field: Field, tokens: &[Token], piece: &Piece) -> Option<Read> {
        values::read(field, tokens, piece.page, piece.ocr, self.anchor)
    }

    /// Whether a piece is a caption of its own, so that it is no value of the label before it.
    fn is_label(&self, at: usize) -> bool {
        let p = &self.paper.pieces[at];
        match self.heads[at].first() {
            Some(h) if h.start <= 1 && (h.end == p.tokens.len() || h.colon) => true,
            _ => p.tokens.last().is_some_and(|t| t.text.ends_with(':')) && p.tokens.len() <= 6,
        }
    }

    /// Whether a word that is also a caption answers this one: `Claim status  Paid`.
    fn is_word_for(&self, field: Field, at: usize) -> bool {
        let p = &self.paper.pieces[at];
        matches!(field, Field::ClaimStatus | Field::Network)
            && !p.tokens.iter().any(|t| t.text.ends_with(':'))
            && self.read(field, &p.tokens, p).is_some()
    }

    /// Whether a piece is a caption and nothing else.
    fn is_bare_label(&self, at: usize) -> bool {
        self.heads[at].first().is_some_and(|h| h.end == self.paper.pieces[at].tokens.len())
            && self.paper.right_of(at).is_none_or(|r| self.is_label(r))
    }

    /// Whether the line is the head of a table of services or of a part of one.
    fn is_table_head(&self, row: usize) -> bool {
        let near = |r: usize| {
            let row = &self.paper.rows[r];
            self.paper.pieces[row.pieces.clone()]
                .iter()
                .map(|p| {
                    let numbered = p.tokens.len() > 1 && labels::is_locator(&p.tokens[0].text);
                    let key: Vec<&str> = p.folded.iter().filter(|f| !numbered || f.token > 0).map(|f| f.word.as_str()).collect();
                    // A head set in a typewriter face may be one long phrase.
                    let in_one = p.tokens.len() >= 4 && key.iter().filter(|w| wording::is_column(w)).count() >= 3;
                    let column =
                        || wording::is_column(&key.join(" ")) || key.len() > 1 && key.iter().all(|w| wording::is_column(w));
                    if in_one { 2 } else { usize::from(column()) }
                })
                .sum::<usize>()
        };
        let page = self.paper.rows[row].page;
        let size = self.paper.body_size;
        let y = self.paper.rows[row].bbox;
        (row.saturating_sub(2)..(row + 3).min(self.paper.rows.len()))
            .filter(|r| self.paper.rows[*r].page == page && (self.paper.rows[*r].bbox.cy() - y.cy()).abs() < size * 2.8)
            .map(near)
            .sum::<usize>()
            >= 2
    }

    fn piece(&self, at: usize, out: &mut Vec<Found>) {
        let piece = &self.paper.pieces[at];
        let heads = &self.heads[at];
        let mut pending: Vec<Head> = heads.clone();
        pending.reverse();
        while let Some(mut head) = pending.pop() {
            if head.meaning.field == Field::Ignored {
                continue;
            }
            let until = pending.last().map_or(piece.tokens.len(), |h| h.start);
            let inside = &piece.tokens[head.end.min(until)..until];
            let mut rest_at = None;
            let value = if inside.is_empty() {
                if pending.is_empty() {
                    self.beside_or_below(at, &head)
                        .or_else(|| {
                            // A box of its own says sum enough.
                            head.meaning.weight = head.meaning.weight.max(2);
                            self.above(at, &head)
                        })
                        .or_else(|| self.before(at, &head))
                } else {
                    None
                }
            } else {
                self.inline(at, &head, inside).inspect(|r| rest_at = Some(head.end + r.used))
            };
            // What follows a value may be the next label, without a colon: `Reference 76-48 Amount owed $9.00`.
            if let Some(next) = rest_at.filter(|n| *n < until && pending.is_empty())
                && let Some(h) = labels::head_at(piece, next, self.kind)
                && h.start == next
            {
                pending.push(h);
            }
            if let Some(r) = value {
                self.push(at, &head, r, out);
            }
        }
    }

    fn push(&self, at: usize, head: &Head, r: Read, out: &mut Vec<Found>) {
        let piece = &self.paper.pieces[at];
        let row = &self.paper.rows[piece.row];
        let first = &self.paper.pieces[row.pieces.start];
        let is_day = |i: usize| date::leading_date(&self.paper.pieces[i].text()).is_some();
        // A day in front makes it a row of a table, unless a caption claims that day.
        let behind_day = at > row.pieces.start
            && is_day(at - 1)
            && (at - 1 == row.pieces.start || !self.is_label(at - 2) && !self.heads[at - 1].iter().any(|h| h.start == 0));
        let dated = row.pieces.start != at && date::leading_date(&first.text()).is_some() || behind_day;
        let coupon = self.coupons.iter().any(|(p, r)| *p == piece.page && piece.row >= *r);
        let make = |field: Field, cell: Cell| Found {
            field,
            weight: head.meaning.weight,
            cell,
            row: piece.row,
            piece: at,
            coupon,
            dated,
        };
        if head.meaning.field == Field::ServiceFrom {
            // A single date of service is both the first and the last day.
            let single =
                piece.folded.iter().all(|f| f.word != "from" && f.word != "begin" && f.word != "start" && f.word != "first");
            let end = r.until.clone().or_else(|| (single && !self.has_through(at)).then(|| r.cell.clone()));
            if let Some(end) = end {
                out.push(make(Field::ServiceTo, end));
            }
        }
        // `Adm/Disch: 08-29-25 / 08-31-25`, `Hospital stay 08/29 - 08/31/25`.
        if head.meaning.field == Field::Admitted
            && let Some(end) = r.until.clone()
        {
            out.push(make(Field::Discharged, end));
        }
        out.push(make(head.meaning.field, r.cell));
    }

    /// Whether the rest of the line has a caption for the last day.
    fn has_through(&self, at: usize) -> bool {
        let row = &self.paper.rows[self.paper.pieces[at].row];
        row.pieces.clone().any(|i| i > at && self.heads[i].first().is_some_and(|h| h.meaning.field == Field::ServiceTo))
    }

    /// A value in the same phrase as its label.
    fn inline(&self, at: usize, head: &Head, inside: &[Token]) -> Option<Read> {
        let piece = &self.paper.pieces[at];
        let field = head.meaning.field;
        let words = matches!(field, Field::Patient | Field::Provider | Field::Payer | Field::Network | Field::ClaimStatus);
        if words && !head.colon {
            let last = &piece.tokens[head.end - 1];
            let gap = inside[0].bbox.x0 - last.bbox.x1;
            // No name begins with a small letter: `provider belongs to our network`.
            let small = inside[0].text.starts_with(char::is_lowercase);
            if small && matches!(field, Field::Patient | Field::Provider | Field::Payer) {
                return None;
            }
            let joins = matches!(last.text.to_ascii_lowercase().as_str(), "for" | "to" | "by" | "dear");
            if !(joins || last.bold != inside[0].bold || gap > piece.size * 0.45) {
                return None;
            }
            // A sentence goes on after the name, a caption does not.
            if joins && head.meaning.weight < 3 && inside.len() > 5 && field != Field::Patient {
                return None;
            }
            if joins
                && field != Field::Patient
                && inside.iter().any(|t| t.text.chars().next().is_some_and(char::is_lowercase) && t.text.len() > 3)
            {
                return None;
            }
        }
        if words && !head.colon && inside.len() > 9 && field != Field::Patient {
            return None;
        }
        self.read(field, inside, piece)
    }

    fn beside_or_below(&self, at: usize, head: &Head) -> Option<Read> {
        let piece = &self.paper.pieces[at];
        let field = head.meaning.field;
        let mut right = self.paper.right_of(at);
        // A dollar sign may stand apart from its amount.
        if values::is_amount(field) && right.is_some_and(|i| self.paper.pieces[i].text() == "$") {
            right = right.and_then(|i| self.paper.right_of(i));
        }
        if right.is_some_and(|r| self.paper.pieces[r].bbox.x0 - piece.bbox.x1 > piece.size * 6.0)
            && !head.colon
            && let Some(found) = self.stacked(at, field)
        {
            return Some(found);
        }
        if let Some(r) = right {
            if !self.is_label(r) || self.is_word_for(field, r) {
                if field == Field::ServiceFrom
                    && let Some(found) = self.range_apart(r)
                {
                    return Some(found);
                }
                let p = &self.paper.pieces[r];
                let until = self.heads[r].iter().find(|h| h.colon).map_or(p.tokens.len(), |h| h.start);
                if let Some(found) = self.read(field, &p.tokens[..until], p).filter(|f| fills(field, f, until)) {
                    return Some(found);
                }
                // With a colon, the value has its place here and nowhere else, unless this is a line of captions.
                if head.colon && !head.sharp && !values::is_amount(field) {
                    return None;
                }
            } else if head.colon && !head.sharp && !self.is_bare_label(r) {
                return None;
            }
        }
        if self.is_table_head(piece.row) && !matches!(field, Field::AccountNo | Field::TypeOfBill) {
            return None;
        }
        let low = self.paper.below_within(at, self.box_edge(at), piece.size * 2.4)?;
        if (self.is_label(low) && !self.is_word_for(field, low)) || (right.is_none() && head.colon && !self.alone(at)) {
            return None;
        }
        let p = &self.paper.pieces[low];
        let until = self.heads[low].iter().find(|h| h.colon).map_or(p.tokens.len(), |h| h.start);
        if field == Field::ServiceFrom
            && let Some(found) = self.range_apart(low)
        {
            return Some(found);
        }
        let found = self
            .read(field, &p.tokens[..until], p)
            .filter(|f| fills(field, f, until))
            .or_else(|| self.cents_apart(field, head, low))?;
        // Days under each other at the head of rows are a column too.
        if matches!(found.cell.value, Value::Date(_))
            && self.heads_row(low)
            && self.paper.below(low, p.size * 1.6).is_some_and(|n| self.heads_row(n))
        {
            return None;
        }
        // An amount over an amount is a column.
        if values::is_amount(field)
            && let Some(next) = self.paper.below(low, p.size * 1.6)
            && self.read(field, &self.paper.pieces[next].tokens, &self.paper.pieces[next]).is_some()
        {
            return None;
        }
        Some(found)
    }

    /// What stands flush under a caption in a narrow column, when the next thing on its line is far away.
    fn stacked(&self, at: usize, field: Field) -> Option<Read> {
        let piece = &self.paper.pieces[at];
        if self.is_table_head(piece.row) {
            return None;
        }
        let low = self.paper.below(at, piece.size * 1.6)?;
        let p = &self.paper.pieces[low];
        if (p.bbox.x0 - piece.bbox.x0).abs() > 2.0 || self.is_label(low) {
            return None;
        }
        self.read(field, &p.tokens, p).filter(|f| fills(field, f, p.tokens.len()))
    }

    /// A value over its caption, in a row of boxes: `$126.21` above `Your portion`.
    fn above(&self, at: usize, head: &Head) -> Option<Read> {
        let field = head.meaning.field;
        let piece = &self.paper.pieces[at];
        if head.colon || head.end != piece.tokens.len() {
            return None;
        }
        let up = self.paper.above(at, piece.size * 2.0)?;
        let boxes = &self.paper.rows[self.paper.pieces[up].row];
        let captions = &self.paper.rows[piece.row];
        if boxes.pieces.len() > captions.pieces.len() {
            return None;
        }
        let q = &self.paper.pieces[up];
        let amount = |i: usize| money::money(&self.paper.pieces[i].text()).is_some();
        let column = self.paper.above(up, piece.size * 2.5).is_some_and(amount);
        let bare = captions.pieces.clone().all(|i| self.paper.pieces[i].tokens.iter().all(|t| money::money(&t.text).is_none()));
        // A row of amounts by itself over a row of captions by itself; over it no other amounts, as under a table.
        let amounts = values::is_amount(field) && boxes.pieces.clone().all(amount) && !column && bare;
        // Or captions in small type, each flush under what it names.
        let small = || {
            captions.pieces.len() >= 2
                && boxes.pieces.len() == captions.pieces.len()
                && captions.pieces.clone().zip(boxes.pieces.clone()).all(|(c, v)| {
                    let (c, v) = (&self.paper.pieces[c], &self.paper.pieces[v]);
                    let flush = (c.bbox.x0 - v.bbox.x0).abs() < 2.0
                        || (c.bbox.cx() - v.bbox.cx()).abs() < 2.0
                        || (c.bbox.x1 - v.bbox.x1).abs() < 2.0;
                    flush && c.size < v.size - 0.5 && c.page == v.page
                })
                && boxes.pieces.clone().all(|i| !self.is_label(i))
        };
        if !amounts && !small() {
            return None;
        }
        self.read(field, &q.tokens, q).filter(|f| f.used == q.tokens.len())
    }

    /// An amount in front of the words that say what it is, and nothing else on the line: `$126.21  left for you`.
    fn before(&self, at: usize, head: &Head) -> Option<Read> {
        let field = head.meaning.field;
        let piece = &self.paper.pieces[at];
        let row = &self.paper.rows[piece.row];
        if !values::is_amount(field) || head.end != piece.tokens.len() || row.pieces.len() != 2 || row.pieces.start + 1 != at {
            return None;
        }
        let p = &self.paper.pieces[row.pieces.start];
        self.read(field, &p.tokens, p).filter(|f| f.used == p.tokens.len())
    }

    /// The same within one phrase.
    fn amount_first(&self, at: usize, out: &mut Vec<Found>) {
        let piece = &self.paper.pieces[at];
        if piece.tokens.len() < 3 || self.paper.rows[piece.row].pieces.len() != 1 || money::money(&piece.tokens[0].text).is_none()
        {
            return;
        }
        let Some(head) = labels::head_at(piece, 1, self.kind).filter(|h| h.start == 1 && h.end == piece.tokens.len()) else {
            return;
        };
        if values::is_amount(head.meaning.field)
            && let Some(r) = self.read(head.meaning.field, &piece.tokens[..1], piece)
        {
            self.push(at, &head, r, out);
        }
    }

    /// Whether it is a day with which a row begins that has an amount.
    fn heads_row(&self, at: usize) -> bool {
        let row = self.paper.pieces[at].row;
        self.paper.rows[row].pieces.start == at
            && date::leading_date(&self.paper.pieces[at].text()).is_some()
            && super::totals::amounts_in(self.paper, row) > 0
    }

    /// Where the box of a caption ends, if it is one of a row of captions: where the next one begins.
    fn box_edge(&self, at: usize) -> f32 {
        let piece = &self.paper.pieces[at];
        let row = &self.paper.rows[piece.row];
        match self.paper.right_of(at) {
            Some(next) if self.is_label(next) => self.paper.pieces[next].bbox.x0,
            None if at > row.pieces.start && self.is_label(at - 1) => piece.bbox.x1 + piece.bbox.width().max(40.0),
            _ => piece.bbox.x1,
        }
    }

    /// Dollars and cents in columns of their own, as the boxes of UB-04 and CMS-1500 print them: `3915 30`.
    fn cents_apart(&self, field: Field, head: &Head, low: usize) -> Option<Read> {
        // Only under the caption of a numbered form locator.
        if !values::is_amount(field) || head.start != 1 {
            return None;
        }
        let p = &self.paper.pieces[low];
        let mut tokens = p.tokens.clone();
        if tokens.len() == 1
            && let Some(next) = self.paper.right_of(low)
        {
            tokens.extend(self.paper.pieces[next].tokens.iter().cloned());
        }
        values::dollars_and_cents(&tokens, p.page)
    }

    /// Two days in neighbouring phrases: `03/06/2025   -   03/11/2025`.
    fn range_apart(&self, r: usize) -> Option<Read> {
        let row = &self.paper.rows[self.paper.pieces[r].row];
        let last = (r + 3).min(row.pieces.end);
        let mut tokens: Vec<Token> = Vec::new();
        for i in r..last {
            if i > r
                && self.is_label(i)
                && !matches!(self.paper.pieces[i].text().to_ascii_lowercase().as_str(), "to" | "through" | "thru" | "-")
            {
                break;
            }
            tokens.extend(self.paper.pieces[i].tokens.iter().cloned());
        }
        let n = tokens.len();
        (n > self.paper.pieces[r].tokens.len())
            .then(|| self.read(Field::ServiceFrom, &tokens, &self.paper.pieces[r]))
            .flatten()
            .filter(|f| f.until.is_some() && f.used > self.paper.pieces[r].tokens.len())
    }

    /// Whether nothing else stands to the right on the line.
    fn alone(&self, at: usize) -> bool {
        self.paper.right_of(at).is_none()
    }
}

/// Whether the value takes what stands there, so that a sentence that begins like a value is none.
fn fills(field: Field, found: &Read, available: usize) -> bool {
    let left = available.saturating_sub(found.used);
    match field {
        Field::Patient | Field::StatementDate | Field::ServiceFrom | Field::ServiceTo | Field::Admitted | Field::Discharged => {
            left <= 4
        }
        f if values::is_amount(f) => left <= 1,
        Field::AccountNo | Field::ClaimNo | Field::MemberId => left <= 3,
        _ => true,
    }
}

/// The amounts among the cells.
pub(crate) fn money_of(cell: &Cell) -> Option<crate::statement::Money> {
    match &cell.value {
        Value::Money(m) => Some(*m),
        _ => None,
    }
}
