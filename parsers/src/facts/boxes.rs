//! Values that stand elsewhere than beside their labels: in narrow columns, in boxes over or under their captions, in
//! front of the words that say what they are.

use super::labels::{self, Head};
use super::pairs::{Finder, Found, fills};
use super::segments::Token;
use super::values::{self, Read};
use crate::grammar::{date, money};
use crate::statement::{Field, Value};

impl Finder<'_> {
    /// An amount alone on the line under its caption, at the right edge at which the amounts above it stand:
    ///
    /// ```text
    /// You have paid           $0.00
    /// You owe now
    ///                        $68.62
    /// ```
    pub(super) fn at_the_edge(&self, at: usize, field: Field) -> Option<usize> {
        let piece = &self.paper.pieces[at];
        let amount = |i: usize| money::money(&self.paper.pieces[i].text()).is_some();
        if !values::is_amount(field) || self.paper.right_of(at).is_some() {
            return None;
        }
        let next = self.paper.rows.get(piece.row + 1).filter(|r| r.page == piece.page)?;
        let low = next.pieces.clone().next_back().filter(|i| amount(*i))?;
        let p = &self.paper.pieces[low];
        let near = p.bbox.y0 - piece.bbox.y1 < 2.0 * p.size.max(piece.size) && p.bbox.x0 > piece.bbox.x1;
        let alone = !next.pieces.clone().any(|i| i != low && self.paper.pieces[i].bbox.x1 > piece.bbox.x0 - 1.0);
        let above = self.paper.rows[..piece.row].iter().rev().filter(|r| r.page == piece.page).take(4);
        let edge =
            above.flat_map(|r| r.pieces.clone()).any(|i| amount(i) && (self.paper.pieces[i].bbox.x1 - p.bbox.x1).abs() < 2.0);
        (near && alone && edge).then_some(low)
    }

    /// What stands flush under a caption in a narrow column, when the next thing on its line is far away.
    pub(super) fn stacked(&self, at: usize, field: Field) -> Option<Read> {
        let piece = &self.paper.pieces[at];
        if self.is_table_head(piece.row) {
            return None;
        }
        let low = self.paper.below(at, piece.size * 1.6)?;
        let p = &self.paper.pieces[low];
        if (p.bbox.x0 - piece.bbox.x0).abs() > 2.0 || self.is_label(low) {
            return None;
        }
        // labels flush left, each with its value flush right: what stands below is the next of them
        let end = |i: usize| self.paper.right_of(i).map(|r| self.paper.pieces[r].bbox.x1);
        if end(at).zip(end(low)).is_some_and(|(a, b)| (a - b).abs() < 2.0) {
            return None;
        }
        // `Visit date` over the days with which rows begin
        let of_rows = |f: &Read| matches!(f.cell.value, Value::Date(_)) && self.heads_rows(low);
        self.read(field, &p.tokens, p).filter(|f| fills(field, f, p.tokens.len()) && !of_rows(f))
    }

    /// What stands right under a caption and flush with it, though something of another block stands far to the right on the line:
    ///
    /// ```text
    /// Member ID:            Notice date:             Jane Roe
    /// W658022306            Aug 28, 2025             12 Elm St
    /// ```
    pub(super) fn under_its_caption(&self, at: usize, right: usize, field: Field) -> Option<Read> {
        /// How far away the other block begins at least, in sizes of type.
        const FAR: f32 = 3.0;
        /// How close under its caption a value stands, in sizes of type.
        const CLOSE: f32 = 0.9;
        let piece = &self.paper.pieces[at];
        let far = self.paper.pieces[right].bbox.x0 - piece.bbox.x1 > FAR * piece.size;
        if !far || values::is_amount(field) || self.is_table_head(piece.row) {
            return None;
        }
        let low = self.paper.below(at, CLOSE * piece.size)?;
        let p = &self.paper.pieces[low];
        let flush = (p.bbox.x0 - piece.bbox.x0).abs() < 0.2 * piece.size;
        if !flush || self.is_label(low) {
            return None;
        }
        let found = self.read(field, &p.tokens, p).filter(|f| f.used == p.tokens.len())?;
        let column = matches!(found.cell.value, Value::Date(_)) && self.heads_rows(low);
        (!column).then_some(found)
    }

    /// A value over its caption, in a row of boxes: `$126.21` above `Your portion`.
    pub(super) fn above(&self, at: usize, head: &Head) -> Option<Read> {
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
    pub(super) fn before(&self, at: usize, head: &Head) -> Option<Read> {
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
    pub(super) fn amount_first(&self, at: usize, out: &mut Vec<Found>) {
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
    pub(super) fn heads_row(&self, at: usize) -> bool {
        let row = self.paper.pieces[at].row;
        self.paper.rows[row].pieces.start == at
            && date::leading_date(&self.paper.pieces[at].text()).is_some()
            && super::totals::amounts_in(self.paper, row) > 0
    }

    /// Whether such a day has another right under it: the two stand in a column.
    pub(super) fn heads_rows(&self, at: usize) -> bool {
        let next = || self.paper.below(at, self.paper.pieces[at].size * 1.6);
        self.heads_row(at) && next().is_some_and(|n| self.heads_row(n))
    }

    /// Where the box of a caption ends, if it is one of a row of captions: where the next one begins.
    pub(super) fn box_edge(&self, at: usize) -> f32 {
        let piece = &self.paper.pieces[at];
        let row = &self.paper.rows[piece.row];
        match self.paper.right_of(at) {
            Some(next) if self.is_label(next) => self.paper.pieces[next].bbox.x0,
            // The last box of a row of several reaches to the edge of what is printed.
            None if at > row.pieces.start + 1 && row.pieces.clone().all(|i| self.is_label(i)) => self.print_edge(piece.page),
            None if at > row.pieces.start && self.is_label(at - 1) => piece.bbox.x1 + piece.bbox.width().max(40.0),
            _ => piece.bbox.x1,
        }
    }

    /// How far to the right a page is printed.
    fn print_edge(&self, page: u32) -> f32 {
        self.paper.pieces.iter().filter(|p| p.page == page).map(|p| p.bbox.x1).fold(0.0, f32::max)
    }

    /// Dollars and cents in columns of their own, as the boxes of UB-04 and CMS-1500 print them: `3915 30`.
    pub(super) fn cents_apart(&self, field: Field, head: &Head, low: usize) -> Option<Read> {
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

    /// Where the next phrase begins on the line of a caption: what stands from there on under the line is that one's.
    pub(super) fn next_begins(&self, at: usize) -> f32 {
        let next = self.paper.right_of(at).map(|n| &self.paper.pieces[n]);
        next.map_or(f32::INFINITY, |n| n.bbox.x0 - 0.5 * n.size)
    }

    /// Two days in neighbouring phrases that begin left of `edge`: `03/06/2025   -   03/11/2025`.
    pub(super) fn range_apart(&self, r: usize, edge: f32) -> Option<Read> {
        let row = &self.paper.rows[self.paper.pieces[r].row];
        let last = (r + 3).min(row.pieces.end);
        let mut tokens: Vec<Token> = Vec::new();
        for i in r..last {
            if i > r && self.paper.pieces[i].bbox.x0 >= edge {
                break;
            }
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
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    fn header(lines: &[(f32, &[(f32, &str)])], field: Field) -> Option<String> {
        let s = read(lines);
        match s.header.get(&field)?.first()?.value {
            Value::Date(d) => Some(d.to_string()),
            Value::Money(m) => Some(m.to_string()),
            _ => None,
        }
    }

    const SERVICE: [(f32, &[(f32, &str)]); 2] = [
        (160.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-520.0, "Charge")]),
        (174.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (200.0, "OFFICE VISIT"), (-520.0, "$210.00")]),
    ];

    #[test]
    fn the_day_under_the_next_caption_ends_no_range() {
        let mut lines: Vec<(f32, &[(f32, &str)])> = vec![
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Billing statement")]),
            (60.0, &[(30.0, "Treatment dates"), (150.0, "Date billed"), (270.0, "Account no.")]),
            (72.0, &[(30.0, "Mar 9, 2025"), (150.0, "Apr 2, 2025"), (270.0, "V3851095748")]),
        ];
        lines.extend(SERVICE);
        assert_eq!(header(&lines, Field::ServiceTo).as_deref(), Some("2025-03-09"));
    }

    #[test]
    fn captions_stand_over_their_values_though_an_address_stands_beside_them() {
        let of = |field: Field, under: &'static str| {
            let below = [(30.0, under), (190.0, "2025"), (430.0, "12 Elm St")];
            let mut lines: Vec<(f32, &[(f32, &str)])> = vec![
                (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Billing statement")]),
                (60.0, &[(30.0, "Statement date:"), (190.0, "Benefit season:"), (430.0, "Jane Roe")]),
                (69.0, &below),
            ];
            lines.extend(SERVICE);
            header(&lines, field)
        };
        assert_eq!(of(Field::StatementDate, "06/30/2025").as_deref(), Some("2025-06-30"));
        assert_eq!(of(Field::StatementDate, "PO Box 12"), None);
    }

    #[test]
    fn the_colon_behind_less_stands_for_a_minus() {
        let mut lines: Vec<(f32, &[(f32, &str)])> = vec![
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Billing statement")]),
            (60.0, &[(30.0, "Total charges"), (-300.0, "$210.00")]),
            (72.0, &[(30.0, "Less: Adj."), (-300.0, "$70.00")]),
            (84.0, &[(30.0, "Less: Paid by Ins."), (-300.0, "$90.00")]),
            (96.0, &[(30.0, "Balance due"), (-300.0, "$50.00")]),
        ];
        lines.extend(SERVICE);
        assert_eq!(header(&lines, Field::TotalDiscount).as_deref(), Some("70.00"));
        assert_eq!(header(&lines, Field::TotalPlanPaid).as_deref(), Some("90.00"));
    }
}
