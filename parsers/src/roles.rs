//! What part a line of a table plays: by what stands in which of its columns, and how well it fits them.

use std::sync::LazyLock;

use regex::Regex;

use crate::assign::{Assigned, POOR_FIT};
use crate::columns::Column;
use crate::credits::credit;
use crate::day_headings::{day_within, heading_date, is_day_with_sum, is_visit};
use crate::labelled::line_of_codes;
use crate::limits_beside::is_row_of_limits;
use crate::posted_lines::parts_of_posting;
use crate::revenue_headings::heading_revenue_code;
use crate::rows::before_continued;
use crate::service_words::service_words;
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role, has_amount, identifies};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind};
use crate::total_labels::is_total_label;

// The part to tear off repeats the totals, and what it prints stands in nobody's columns.
static COUPON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(detach|tear|cut|clip)\b.*\b(return|portion|here|line|stub|below|above)\b|\breturn (this|the|bottom|lower|top|upper)\b.*\b(portion|part|stub|coupon|slip)|\b(payment|remittance) (coupon|stub|slip)\b|\bpayer name\b.*\b(insured|payments|amount|id)\b").expect("a constant pattern")
});

static TELEPHONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b1-\d{3}-\d{3}-\d{4}\b|\(\d{3}\) ?\d{3}-\d{4}\b|\b\d{3}-\d{3}-\d{4}\b").expect("a constant pattern")
});

/// Index of the line with which the part to tear off begins; the end of the lines where there is none.
pub(crate) fn coupon(page: &PageLines, lines: std::ops::Range<usize>) -> usize {
    lines.clone().find(|&i| COUPON.is_match(&page.lines[i].text())).unwrap_or(lines.end)
}

/// A line laid into columns; only one of the table's own region has a part in it.
pub(crate) fn body_line(page: &PageLines, index: usize, assigned: Assigned, columns: &[Column], within: bool) -> BodyLine {
    let line = &page.lines[index];
    let left = columns.iter().map(|c| c.x0.min(c.head_box.x0)).fold(f32::INFINITY, f32::min);
    let right = columns.iter().map(|c| c.x1.max(c.head_box.x1)).fold(0.0, f32::max);
    let ruled_above = index > 0
        && page.rulings.iter().any(|g| {
            g.is_horizontal() && g.bbox.width() > 0.4 * (right - left) && between(g.bbox.cy(), &page.lines[index - 1], line)
        });
    let mut b = BodyLine {
        page: page.number,
        index,
        text: line.text(),
        bbox: line.bbox,
        size: line.size(),
        bold: line.is_bold(),
        assigned,
        role: Role::Outside,
        ruled_above,
        parts: Vec::new(),
    };
    if within {
        b.role = if is_ledger(&b, columns) { Role::Ledger } else { role(&b, columns, right - left) };
        // a list of them with columns of its own stands askew in those of the table above
        if b.role == Role::Outside && is_posting(&b) {
            b.role = Role::Ledger;
        }
    }
    b
}

/// In a table without a column for words the name of a service may run on under several columns, below its amounts.
pub(crate) fn names_above(b: &BodyLine, above: &BodyLine, columns: &[Column]) -> bool {
    let words = b.assigned.cells.iter().all(|(t, _)| matches!(t.kind, TokenKind::Text | TokenKind::Number));
    above.role == Role::Anchor
        && above.page == b.page
        && (b.bbox.cy() - above.bbox.cy()) < 1.6 * b.size.max(above.size)
        && words
        && b.text.len() <= 60
        && !b.text.trim_end().ends_with(['.', ':'])
        && !columns.iter().any(|c| c.has(Field::Description))
        && columns
            .iter()
            .any(|c| c.has(Field::Code) && [c.x0, c.head_box.x0].iter().any(|x| (x - b.bbox.x0).abs() < 0.8 * b.size))
}

/// The column of the words of which a short line is the rest, flush under their beginning: `MIN` under `ACTIVITIES 15`.
pub(crate) fn words_run_on(b: &BodyLine, above: &BodyLine, columns: &[Column]) -> Option<usize> {
    let letters = b.text.len() <= 24 && b.text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '/' | '-'));
    let near = above.role == Role::Anchor && above.page == b.page && b.bbox.cy() - above.bbox.cy() < 1.6 * b.size.max(above.size);
    let (words, c) =
        above.assigned.cells.iter().find(|(t, c)| t.kind == TokenKind::Text && columns[*c].has(Field::Description))?;
    (letters && near && (words.bbox.x0 - b.bbox.x0).abs() < 0.8 * b.size).then_some(*c)
}

/// A day, words that say whose money it is, and an amount, where the table has no column for the day or none for the amount.
fn is_ledger(b: &BodyLine, columns: &[Column]) -> bool {
    // beneath a table's own columns a narrower list may stand, its amounts under words
    let columned = |c: usize| columns[c].has(Field::ServiceDate) && has_amount(&b.assigned, columns);
    let first = b.assigned.cells.first();
    first.is_some_and(|(t, c)| t.kind == TokenKind::Date && !columned(*c)) && is_posting(b)
}

/// Words that say whose money it is, with a day and an amount and nothing else: in whatever columns they stand, they are no
/// part of the rows.
fn is_posting(b: &BodyLine) -> bool {
    let cells: Vec<&Token> = b.assigned.cells.iter().map(|(t, _)| t).collect();
    let Some((_, words, _)) = parts_of_posting(&cells) else { return false };
    let text = words.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
    credit(&text, None).is_some() && !is_total_label(&text)
}

/// `Company   Elm Mutual Assurance   Total billed   $283.43`: facts on the left, and apart from them a sum with its label.
fn ends_in_label_of_sum(b: &BodyLine) -> bool {
    let first = b.assigned.cells.first().map(|(t, _)| t.bbox);
    b.phrase_before().is_some_and(|t| Some(t.bbox) != first && is_total_label(&t.text))
}

/// `Keep this voucher with your records; duplicates are issued for a fee of $10.00.`: an amount right behind small words, as
/// the next word of a sentence and in no column.
fn speaks_of_amount(b: &BodyLine) -> bool {
    const FEWEST: usize = 4;
    let cells = &b.assigned.cells;
    let small = b.text.split(' ').filter(|w| w.len() >= 2 && w.chars().all(|c| c.is_lowercase() || c == ',' || c == ';')).count();
    let runs_into = |w: &[(Token, usize)]| {
        let [(words, _), (amount, _)] = w else { return false };
        let lower = words.words.last().is_some_and(|w| w.text.chars().all(char::is_lowercase));
        words.kind == TokenKind::Text && lower && amount.kind == TokenKind::Money && amount.bbox.x0 - words.bbox.x1 < 0.5 * b.size
    };
    small >= FEWEST && cells.windows(2).any(runs_into)
}

fn between(y: f32, above: &Line, below: &Line) -> bool {
    y > above.bbox.cy() && y < below.bbox.cy()
}

fn role(b: &BodyLine, columns: &[Column], width: f32) -> Role {
    let amount = has_amount(&b.assigned, columns);
    let label = b.label(columns);
    if amount {
        if is_day_with_sum(&b.text) && !columns.iter().any(|c| c.has(Field::ServiceDate)) {
            return Role::Heading;
        }
        let ub_total = b
            .assigned
            .cells
            .iter()
            .any(|(t, c)| columns[*c].has(Field::RevenueCode) && matches!(t.text.as_str(), "0001" | "001"));
        if ub_total || (!identifies(&b.assigned, columns) && (is_total_label(&label) || ends_in_label_of_sum(b))) {
            return Role::Total;
        }
        let fits = b.assigned.cost < POOR_FIT && !out_of_place(&b.assigned, columns) && !is_row_of_limits(&b.text);
        return if fits && (identifies(&b.assigned, columns) || !speaks_of_amount(b)) { Role::Anchor } else { Role::Outside };
    }
    let prose = b.assigned.cells.iter().any(|(t, _)| t.kind == TokenKind::Text && t.bbox.width() > 0.62 * width);
    // who and where, between the rows: `Patient: …  Account: …  Location: …`
    let labels = b.text.split_whitespace().filter(|w| w.ends_with(':') && w.len() > 2).count();
    if labels >= 2 {
        return Role::Outside;
    }
    // however long: `on March 9, 2025, procedure 99214 with modifier 25, quantity 1`
    let of_service = || {
        let said = service_words(&b.text);
        said.of_service() && said.rest.is_empty()
    };
    // `*** END OF LISTING ***   SEE PAGE 1`
    let starred = b.assigned.cells.first().is_some_and(|(t, _)| t.text.starts_with("***"));
    // `Member Services 1-800-555-0137` at the foot of the page
    let telephone = || TELEPHONE.is_match(&b.text);
    if starred || telephone() || prose && !of_service() || b.text.chars().filter(|c| c.is_alphanumeric()).count() == 0 {
        return Role::Outside;
    }
    // `Claim number: 6083316-00 (continued)` over the first row of the next page
    let goes_on = || before_continued(&b.text).is_some_and(|before| heading_date(before).is_some());
    if b.text.to_lowercase().trim_end_matches([')', ']', '.', ' ']).ends_with("continued") || goes_on() {
        return Role::Heading;
    }
    let day = || heading_date(&b.text).is_some() || day_within(&b.text).is_some();
    let dated = || !columns.iter().any(|c| c.has(Field::ServiceDate)) && day();
    // `Procedure code 36415` says of the service above it what its columns do not
    let says = |(f, _): &(Field, Value)| matches!(f, Field::Code | Field::RevenueCode | Field::Units | Field::Modifiers);
    if line_of_codes(&b.text).is_some_and(|values| values.iter().any(says)) {
        return Role::Continuation;
    }
    if is_heading(b, columns) || dated() || is_visit(&b.text) {
        return Role::Heading;
    }
    let flush = || columns.iter().any(|c| c.has(Field::Description) && (c.x0 - b.bbox.x0).abs() < 0.8 * b.size);
    if b.assigned.cost < POOR_FIT || flush() && of_service() { Role::Continuation } else { Role::Outside }
}

/// Words in a column that holds dates, codes of departments or counts: the line belongs to something else.
fn out_of_place(a: &Assigned, columns: &[Column]) -> bool {
    a.cells.iter().any(|(t, c)| {
        let col = &columns[*c];
        let only = |f: Field| col.fields == [f];
        let letters = t.text.chars().filter(|c| c.is_alphabetic()).count();
        let digits = t.text.chars().filter(char::is_ascii_digit).count();
        let words = t.kind == TokenKind::Text && letters >= 3 && letters > digits;
        (only(Field::ServiceDate) || only(Field::RevenueCode) || only(Field::Units))
            && words
            && crate::grammar::date::date_lenient(&t.text).is_none()
            && !matches!(t.text.to_lowercase().as_str(), "to" | "thru" | "through" | "until")
            || only(Field::ServiceDate) && t.kind == TokenKind::Code && t.text.len() == 5
    })
}

/// A lone phrase that does not stand where the descriptions stand, or is set off by its weight.
fn is_heading(b: &BodyLine, columns: &[Column]) -> bool {
    let only_words = b.assigned.cells.iter().all(|(t, _)| {
        matches!(t.kind, TokenKind::Text | TokenKind::Number | TokenKind::Date | TokenKind::Dash | TokenKind::Code)
    });
    if !only_words {
        return false;
    }
    if heading_revenue_code(&b.text).is_some() {
        return true;
    }
    let Some(description) = columns.iter().find(|c| c.has(Field::Description)) else {
        return false;
    };
    let em = b.size.max(4.0);
    let aligned = (b.bbox.x0 - description.x0).abs() < 0.8 * em;
    let first = (b.bbox.x0 - columns[0].x0).abs() < 2.0 * em;
    let phrase = b.assigned.cells.iter().filter(|(t, _)| t.kind == TokenKind::Text).count() == 1 && b.assigned.cells.len() <= 2;
    let leads = b.assigned.cells.first().is_some_and(|(t, _)| t.kind == TokenKind::Text || t.kind == TokenKind::Number);
    (!aligned && first && phrase && leads && b.text.len() > 3) || (b.bold && phrase && first)
}
