//! Labels and the values that stand in, beside or below them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::captions_beneath;
use super::label_rows::coupon_rows;
use super::labels::{self, Head};
use super::member_numbers;
use super::prose;
use super::segments::{Paper, Piece, Token};
use super::sentences;
use super::titled_days;
use super::values::{self, Read};
use super::wording;
use crate::grammar::date;
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
    let mut heads: Vec<Vec<Head>> = paper.pieces.iter().map(|p| labels::heads(p, kind)).collect();
    // `charge of $5.00 may be added`, of which `A finance` stands on the line above
    for at in prose::continued(paper) {
        heads[at].retain(|h| h.start > 0 || !values::is_amount(h.meaning.field));
    }
    let coupons = coupon_rows(paper);
    let mut finder = Finder { paper, kind, anchor, heads, coupons, beneath: Vec::new() };
    finder.beneath = captions_beneath::find(&finder);
    let mut out = Vec::new();
    for at in 0..paper.pieces.len() {
        finder.piece(at, &mut out);
        finder.amount_first(at, &mut out);
    }
    member_numbers::behind_plans(&finder, &mut out);
    beside_a_day(paper, &mut out);
    if matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill) {
        without_those_of_services(paper, &mut out);
    }
    sentences::find(paper, kind, anchor, &mut out);
    titled_days::find(paper, kind, anchor, &mut out);
    out
}

/// A sum of a panel is no row of a table because the paper's own date begins its line: other sums stand right over or under it,
/// with their labels flush.
fn beside_a_day(paper: &Paper, found: &mut [Found]) {
    /// Lines from one sum of a panel to the next, where other blocks have lines of their own between them.
    const NEAR: usize = 3;
    let sums: Vec<(usize, f32)> =
        found.iter().filter(|f| values::is_amount(f.field) && !f.dated).map(|f| (f.row, paper.pieces[f.piece].bbox.x0)).collect();
    for f in found.iter_mut().filter(|f| f.dated && values::is_amount(f.field)) {
        let piece = &paper.pieces[f.piece];
        let of_panel = |(row, x): &&(usize, f32)| {
            paper.rows[*row].page == piece.page && row.abs_diff(f.row) <= NEAR && *row != f.row && (x - piece.bbox.x0).abs() < 1.5
        };
        let first = paper.rows[f.row].pieces.start == f.piece;
        f.dated = first || sums.iter().filter(of_panel).count() < 2;
    }
}

/// `Patient balance  21.92` under each of the services is none of the bill's own sums: these are printed with one value.
fn without_those_of_services(paper: &Paper, found: &mut Vec<Found>) {
    /// A sum and its copy on the part to tear off may differ by a slip of the reader.
    const SERVICES: usize = 3;
    let mut values: BTreeMap<(Field, String), BTreeSet<String>> = BTreeMap::new();
    let of = |f: &Found| (f.field, paper.pieces[f.piece].text().to_lowercase());
    for f in found.iter().filter(|f| values::is_amount(f.field)) {
        values.entry(of(f)).or_default().insert(f.cell.raw.clone());
    }
    found.retain(|f| !values::is_amount(f.field) || values.get(&of(f)).is_none_or(|v| v.len() < SERVICES));
}

/// Looks for the values of the labels of one paper.
pub(super) struct Finder<'a> {
    pub(super) paper: &'a Paper,
    pub(super) kind: DocKind,
    anchor: Option<Date>,
    pub(super) heads: Vec<Vec<Head>>,
    coupons: Vec<(u32, usize)>,
    /// Which pieces are captions of what stands over them.
    beneath: Vec<bool>,
}

impl Finder<'_> {
    pub(super) fn read(&self, field: Field, tokens: &[Token], piece: &Piece) -> Option<Read> {
        values::read(field, tokens, piece.page, piece.ocr, self.anchor)
    }

    fn piece(&self, at: usize, out: &mut Vec<Found>) {
        let piece = &self.paper.pieces[at];
        let heads = &self.heads[at];
        let mut pending: Vec<Head> = heads.clone();
        pending.reverse();
        while let Some(mut head) = pending.pop() {
            let bare_from = head.meaning.field == Field::ServiceFrom && head.meaning.weight == 1;
            if head.meaning.field == Field::Ignored || bare_from && !head.colon {
                continue;
            }
            let until = pending.last().map_or(piece.tokens.len(), |h| h.start);
            let inside = &piece.tokens[head.end.min(until)..until];
            let mut rest_at = None;
            let value = if self.beneath[at] {
                // a box of its own says sum enough
                head.meaning.weight = head.meaning.weight.max(2);
                captions_beneath::read(self, at, &head)
            } else if inside.is_empty() {
                if pending.is_empty() {
                    self.beside_or_below(at, &head)
                        .or_else(|| {
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
            } else if let Some(r) = self.number_of_member(at, &head, inside) {
                head.meaning.field = Field::MemberId;
                self.push(at, &head, r, out);
            }
        }
    }

    pub(super) fn push(&self, at: usize, head: &Head, r: Read, out: &mut Vec<Found>) {
        let piece = &self.paper.pieces[at];
        let row = &self.paper.rows[piece.row];
        let first = &self.paper.pieces[row.pieces.start];
        let is_day = |i: usize| date::leading_date(&self.paper.pieces[i].text()).is_some();
        // A day in front makes it a row of a table, unless a caption claims that day.
        let behind_day = at > row.pieces.start
            && is_day(at - 1)
            && (at - 1 == row.pieces.start
                // `Processed  Mar 2, 2025` is a caption with its day too
                || !self.is_label(at - 2)
                    && wording::status(&self.paper.pieces[at - 2].text()).is_none()
                    && !self.heads[at - 1].iter().any(|h| h.start == 0));
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

    /// Whether the rest of the line has a caption for the last day, and a day: `To: Lakeside Hospital` is where a ride ended.
    fn has_through(&self, at: usize) -> bool {
        let row = &self.paper.rows[self.paper.pieces[at].row];
        let caption = |i: usize| self.heads[i].first().filter(|h| h.meaning.field == Field::ServiceTo);
        let is_day = |tokens: &[Token]| tokens.iter().any(|t| date::leading_date(&t.text).is_some());
        let dated = |i: usize, h: &Head| {
            let inside = &self.paper.pieces[i].tokens[h.end..];
            let next = (i + 1 < row.pieces.end).then(|| &self.paper.pieces[i + 1].tokens[..]);
            if inside.is_empty() { next.is_none_or(is_day) } else { is_day(inside) }
        };
        row.pieces.clone().filter(|i| *i > at).any(|i| caption(i).is_some_and(|h| dated(i, h)))
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
            if !(joins || last.bold != inside[0].bold || gap > piece.size * 0.45 || self.is_shortened(at, field, last, inside)) {
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

    /// `PT Jane Roe`, `NAME ROE, JANE`, `PROV Lakeside Hospital`, `STATUS FINALIZED`: a label written short is no part of a name, and what
    /// answers the question for the status is nothing else. `PT EVAL` is a service where no other label stands beside it.
    fn is_shortened(&self, at: usize, field: Field, label: &Token, value: &[Token]) -> bool {
        let text = super::segments::text_of(value);
        let row = self.paper.rows[self.paper.pieces[at].row].pieces.clone();
        let among_labels =
            || row.clone().filter(|i| *i != at && self.heads[*i].first().is_some_and(|h| h.start == 0)).count() > 0;
        // `Patient Jane Roe   Account 5678`: a name of which the next label is the end
        let next_is_label = || row.contains(&(at + 1)) && self.heads[at + 1].first().is_some_and(|h| h.start == 0);
        match (field, label.text.to_lowercase().trim_end_matches('.')) {
            (Field::Patient, "patient") => self.kind == DocKind::Eob && wording::is_person(&text) && next_is_label(),
            (Field::Patient, "pt" | "pat" | "name") => self.kind == DocKind::Eob && wording::is_person(&text) && among_labels(),
            // `INSURANCE Lakeside Mutual Health`, the label in capitals
            (Field::Payer, label_text) => {
                let bill = matches!(self.kind, DocKind::ItemizedBill | DocKind::SummaryBill);
                let capitals = |t: &str| !t.contains(char::is_lowercase);
                let set_apart = capitals(&label.text) && !capitals(&text) && label_text.len() >= 3;
                bill && set_apart && wording::payer_words(&text) > 0 && wording::is_organisation(&text)
            }
            (Field::Provider, "prov" | "provdr" | "from" | "rendering" | "servicing" | "performing") => {
                wording::organisation_words(&text) > 0
            }
            (Field::ClaimStatus, "status") => {
                // `STATUS 1 - PROCESSED AS PRIMARY`: as X12 numbers it (835 CLP02)
                let numbered = |t: &&Token| t.text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
                let said = value.iter().find(|t| !numbered(t)).is_some_and(|t| wording::status(&t.text).is_some());
                said && (value.len() <= 2 || value.len() <= 6 && row.end == at + 1 && !text.contains(char::is_lowercase))
            }
            _ => false,
        }
    }

    fn beside_or_below(&self, at: usize, head: &Head) -> Option<Read> {
        let piece = &self.paper.pieces[at];
        let field = head.meaning.field;
        let named = matches!(field, Field::Patient | Field::Provider | Field::Payer);
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
        // `Provider | Allowable | Member` are the heads of columns
        let name = |r: usize| {
            let text = self.paper.pieces[r].text();
            text.contains(' ') || wording::organisation_words(&text) > 0
        };
        if named && !head.colon && right.is_some_and(|r| !name(r)) && self.is_table_head(piece.row) {
            return None;
        }
        if let Some(r) = right {
            if values::is_amount(field) && self.is_broken_amount(r) {
                return None;
            }
            if (!self.is_label(r) || self.is_word_for(field, r)) && !self.dates_receipt(r) {
                if field == Field::ServiceFrom
                    && let Some(found) = self.range_apart(r, f32::INFINITY)
                {
                    return Some(found);
                }
                let p = &self.paper.pieces[r];
                let until = self.heads[r].iter().find(|h| h.colon).map_or(p.tokens.len(), |h| h.start);
                // `provider | have to pay` are the lower lines of two column heads
                let small = named && !head.colon && p.tokens[0].text.starts_with(char::is_lowercase);
                let beside = || self.read(field, &p.tokens[..until], p).filter(|f| fills(field, f, until));
                if let Some(found) = (!small).then(beside).flatten() {
                    return Some(found);
                }
                // With a colon, the value has its place here and nowhere else, unless this is a line of captions.
                if head.colon && !head.sharp && !values::is_amount(field) {
                    return self.under_its_caption(at, r, field);
                }
            } else if head.colon && !head.sharp && !self.is_bare_label(r) {
                return self.under_its_caption(at, r, field);
            }
        }
        // `REF` over a column is no account; `Account number` over the first of several may be
        let of_head = field == Field::TypeOfBill || field == Field::AccountNo && head.meaning.weight > 0;
        if self.is_table_head(piece.row) && !of_head {
            return None;
        }
        let low = self.paper.below_within(at, self.box_edge(at), piece.size * 2.4);
        let low = low.or_else(|| self.at_the_edge(at, field))?;
        let caption = self.is_label(low) && !self.is_word_for(field, low) || self.dates_receipt(low);
        if caption || (right.is_none() && head.colon && !self.alone(at)) {
            return None;
        }
        let p = &self.paper.pieces[low];
        let until = self.heads[low].iter().find(|h| h.colon).map_or(p.tokens.len(), |h| h.start);
        if values::is_amount(field) && self.is_broken_amount(low) {
            return None;
        }
        if field == Field::ServiceFrom
            && let Some(found) = self.range_apart(low, self.next_begins(at))
        {
            return Some(found);
        }
        let found = self
            .read(field, &p.tokens[..until], p)
            .filter(|f| fills(field, f, until))
            .or_else(|| self.cents_apart(field, head, low))?;
        // Days under each other at the head of rows are a column too.
        if matches!(found.cell.value, Value::Date(_)) && self.heads_rows(low) {
            return None;
        }
        // An amount over an amount is a column.
        if values::is_amount(field)
            && let Some(next) = self.paper.below(low, p.size * 1.6)
            && self.read(field, &self.paper.pieces[next].tokens, &self.paper.pieces[next]).is_some()
        {
            return None;
        }
        Some(self.with_next_lines(field, at, low, found))
    }

    /// `$1   2484`: no dollar, but an amount of which a scan shows only pieces.
    fn is_broken_amount(&self, at: usize) -> bool {
        let p = &self.paper.pieces[at];
        let starts_with_figure = |i: usize| {
            let next = &self.paper.pieces[i];
            next.bbox.x0 - p.bbox.x1 < 3.0 * p.size && next.text().starts_with(|c: char| c.is_ascii_digit())
        };
        p.ocr && p.text().starts_with('$') && !p.text().contains('.') && self.paper.right_of(at).is_some_and(starts_with_figure)
    }

    /// Whether nothing else stands to the right on the line.
    fn alone(&self, at: usize) -> bool {
        self.paper.right_of(at).is_none()
    }
}

/// Whether the value takes what stands there, so that a sentence that begins like a value is none.
pub(super) fn fills(field: Field, found: &Read, available: usize) -> bool {
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
