//! What part the rows and pieces of a paper play around its labels: captions, heads of tables, tiles, the part to tear off.

use super::labels;
use super::pairs::Finder;
use super::segments::Paper;
use super::{values, wording};
use crate::columns::is_money_field;
use crate::grammar::{date, money};
use crate::paper_captions::is_fact;
use crate::statement::Field;
use crate::vocabulary::Vocabulary;

/// First row of the part to tear off, page by page.
pub(super) fn coupon_rows(paper: &Paper) -> Vec<(u32, usize)> {
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

impl Finder<'_> {
    /// Whether a piece is a caption of its own, so that it is no value of the label before it.
    pub(super) fn is_label(&self, at: usize) -> bool {
        let p = &self.paper.pieces[at];
        // `15. IDENTIFIERS`: the caption of a form's next box
        if p.tokens.len() > 1 && p.tokens[0].text.ends_with('.') && labels::is_numbered(p) && wording::payer_words(&p.text()) == 0
        {
            return true;
        }
        match self.heads[at].first() {
            Some(h) if h.start <= 1 && (h.end == p.tokens.len() || h.colon) => true,
            _ => p.tokens.last().is_some_and(|t| t.text.ends_with(':')) && p.tokens.len() <= 6,
        }
    }

    /// Whether a word that is also a caption answers this one: `Claim status  Paid`.
    pub(super) fn is_word_for(&self, field: Field, at: usize) -> bool {
        let p = &self.paper.pieces[at];
        matches!(field, Field::ClaimStatus | Field::Network)
            && !p.tokens.iter().any(|t| t.text.ends_with(':'))
            && self.read(field, &p.tokens, p).is_some()
    }

    /// Whether the word `Received`, which might be a claim's status, is the caption of the day beside or below it.
    pub(super) fn dates_receipt(&self, at: usize) -> bool {
        let p = &self.paper.pieces[at];
        let received = p.folded.last().is_some_and(|w| w.word == "received") && p.tokens.len() <= 2;
        let day = |i: usize| date::leading_date(&self.paper.pieces[i].text()).is_some();
        received && (self.paper.right_of(at).is_some_and(day) || self.paper.below(at, 1.5 * p.size).is_some_and(day))
    }

    /// Whether a piece is a caption and nothing else.
    pub(super) fn is_bare_label(&self, at: usize) -> bool {
        self.heads[at].first().is_some_and(|h| h.end == self.paper.pieces[at].tokens.len())
            && self.paper.right_of(at).is_none_or(|r| self.is_label(r))
    }

    /// Whether the line is the head of a table of services or of a part of one.
    pub(super) fn is_table_head(&self, row: usize) -> bool {
        if self.is_row_of_tiles(row) || self.is_bar_of_facts(row) {
            return false;
        }
        let near = |r: usize| {
            let row = &self.paper.rows[r];
            self.paper.pieces[row.pieces.clone()]
                .iter()
                .map(|p| {
                    let numbered = p.tokens.len() > 1 && labels::is_numbered(p);
                    let key: Vec<&str> = p.folded.iter().filter(|f| !numbered || f.token > 0).map(|f| f.word.as_str()).collect();
                    // A head set in a typewriter face may be one long phrase.
                    let in_one = p.tokens.len() >= 4 && key.iter().filter(|w| wording::is_column(w)).count() >= 3;
                    // The boxes of claim forms before their table: its columns begin at 24 (CMS-1500, dental) or 42 (UB-04).
                    if numbered && locator(&p.tokens[0].text) < 24 {
                        return 0;
                    }
                    let column = || {
                        !is_fact(&p.text())
                            && (wording::is_column(&key.join(" ")) || key.len() > 1 && key.iter().all(|w| wording::is_column(w)))
                    };
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

    /// `Billed   Plan discount   Plan paid   You owe` over one row of amounts, one under each: the paper's sums in boxes. A
    /// table would say with a day, a code or words what the amounts are for.
    pub(super) fn is_row_of_tiles(&self, row: usize) -> bool {
        let captions = &self.paper.rows[row];
        let Some(sums) = self.paper.rows.get(row + 1).filter(|r| r.page == captions.page) else { return false };
        let amount = |i: usize| money::money(&self.paper.pieces[i].text()).is_some();
        let only = |r: &super::segments::Row| r.pieces.clone().all(amount);
        let under = |(c, v): (usize, usize)| {
            let (c, v) = (&self.paper.pieces[c], &self.paper.pieces[v]);
            let wide = c.bbox.width().max(v.bbox.width());
            (c.bbox.cx() - v.bbox.cx()).abs() < wide && v.bbox.y0 - c.bbox.y1 < 2.5 * c.size.max(v.size)
        };
        captions.pieces.len() >= 3
            && captions.pieces.len() == sums.pieces.len()
            && only(sums)
            && captions.pieces.clone().zip(sums.pieces.clone()).all(under)
            && captions.pieces.clone().filter(|i| self.names_sum(*i)).count() >= 3
            && captions.pieces.clone().all(|i| self.names_sum(i) || self.names_column_of_amounts(i))
            && self.paper.rows.get(row + 2).is_none_or(|r| r.page != sums.page || !r.pieces.clone().any(amount))
    }

    fn names_sum(&self, at: usize) -> bool {
        self.heads[at].first().is_some_and(|h| values::is_amount(h.meaning.field))
    }

    /// `Not covered`, of which the record keeps no sum.
    fn names_column_of_amounts(&self, at: usize) -> bool {
        let known = Vocabulary::builtin().lookup(&self.paper.pieces[at].text());
        known.is_some_and(|m| m.fields.iter().all(|f| is_money_field(*f)))
    }
}

/// The number of a form's box: 3 of `3a`; 0 of one that was misread.
fn locator(text: &str) -> u32 {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..digits].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::statement::{Cell, Field};
    use crate::test_pages::read;

    /// The discounts of an EOB over whose services these captions and amounts stand.
    fn discounts(captions: &[(f32, &str)], amounts: &[(f32, &str)]) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, captions),
            (50.0, amounts),
            (80.0, &[(30.0, "Claim number: 1234567")]),
            (100.0, &[(30.0, "Date"), (110.0, "Service"), (-300.0, "Billed"), (-400.0, "Allowed"), (-500.0, "Paid")]),
            (
                114.0,
                &[(30.0, "03/09/2025"), (110.0, "OFFICE VISIT"), (-300.0, "$926.76"), (-400.0, "$467.24"), (-500.0, "$131.99")],
            ),
        ]);
        let cells = s.header.get(&Field::TotalDiscount).into_iter().flatten();
        cells.filter_map(Cell::money).map(|m| m.to_string()).collect()
    }

    #[test]
    fn sums_in_a_row_may_have_one_among_them_that_is_not_kept() {
        let captions = [(30.0, "Total charges"), (130.0, "Provider write-off"), (230.0, "Not covered"), (330.0, "Benefits paid")];
        let amounts = [(30.0, "$926.76"), (130.0, "$459.52"), (230.0, "$0.00"), (330.0, "$131.99")];
        assert_eq!(discounts(&captions, &amounts), ["459.52"]);
        // what is under no caption is of something else
        assert!(discounts(&captions, &amounts[..3]).is_empty());
    }
}
