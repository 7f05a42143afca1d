//! Payments and adjustments listed by themselves, apart from the charges, each with the day on which it was posted:
//!
//! ```text
//! 1. Payments and adjustments already credited
//!    LAKESIDE PAYMENT       posted 03/02/2025      110.11
//!    PLAN DISCOUNT          posted 03/02/2025      132.29
//!                           Total credited         242.40
//! 2. Charges by day
//! ```
//! The word that says so may be wanting, and the day may stand first. The heading says what follows, the words of each entry whose money it is. A list that its own sum does not bear out is told
//! as not read; what is listed once more where the credits stand in a table is no second credit.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use crate::credit_rows::credit_row;
use crate::credit_titles::{lists_credits, lists_services};
use crate::credits::{Credit, credit};
use crate::credits_led::{self, POSTED};
use crate::grammar::money;
use crate::page_text::{BBox, Word};
use crate::reading::{Setting, money_of};
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, Unparsed, Value};
use crate::text_lines::{Line, PageLines, join};
use crate::total_labels::is_total_label;

/// What is left to pay, as a sum below the entries names it.
static LEFT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(?:(?:your|the|current|new|remaining|total|net|patient|account)\s+)*
            (?:balance\b | amount\s+(?:now\s+)?(?:due|owed|you\s+owe|payable)\b | please\s+pay\b | pay\s+this\b | you\s+(?:now\s+)?owe\b
            | due\s+(?:now|from)\b | left\s+to\s+pay\b)",
    )
    .expect("a constant pattern")
});

/// The heads that the columns of a list of credits have.
const HEADS: [&str; 11] =
    ["amount", "date", "source", "description", "entry", "posted", "on", "type", "received", "from", "transaction"];

/// A sum below the entries.
struct Closing {
    /// The first entry and one past the last.
    from: usize,
    to: usize,
    /// `None` where an amount among the entries is not understood.
    sum: Option<Money>,
    line: Unparsed,
}

/// Adds the entries of such lists to the rows, those that stand above all rows before them.
pub(crate) fn add(
    pages: &[PageLines],
    setting: &Setting,
    rows: &mut Vec<Row>,
    totals: &mut [Total],
    unparsed: &mut Vec<Unparsed>,
) {
    if rows.iter().any(|r| matches!(r.kind, LineKind::Payment | LineKind::Adjustment)) {
        return;
    }
    let (entries, closings) = listed(pages, setting);
    if entries.is_empty() {
        return;
    }
    let charge = |r: &Row| money_of(&r.cells, Field::Charge).unwrap_or(Money::ZERO);
    let came_short = |c: &&Closing| {
        let read: Money = entries[c.from..c.to].iter().map(|(r, _)| charge(r).abs()).sum();
        c.sum.is_none_or(|sum| sum.abs() != read)
    };
    if let Some(c) = closings.iter().find(came_short) {
        unparsed.push(c.line.clone());
        return;
    }
    let negative = entries.iter().any(|(r, c)| !c.taken_back && charge(r) < Money::ZERO);
    let above = |r: &Row| rows.first().is_none_or(|first| (r.page, r.bbox.y0) < (first.page, first.bbox.y0));
    let at = if entries.iter().all(|(r, _)| above(r)) { 0 } else { rows.len() };
    if at == 0 {
        for t in totals {
            t.rows = (t.rows.0 + entries.len(), t.rows.1 + entries.len());
        }
    }
    let settled = entries.into_iter().map(|(mut row, c)| {
        credit_row(&mut row, c, negative);
        row
    });
    rows.splice(at..at, settled);
}

/// The entries under headings that announce them, and the sums printed below.
fn listed(pages: &[PageLines], setting: &Setting) -> (Vec<(Row, Credit)>, Vec<Closing>) {
    let (mut entries, mut closings) = (Vec::new(), Vec::new());
    let mut from = 0;
    let mut open = false;
    for line in pages.iter().flat_map(|p| &p.lines) {
        let text = line.text();
        let amount = line.words.last().and_then(|w| money::money(&w.text));
        let led = credits_led::entry(line).filter(|e| open || e.says_way);
        if let Some(entry) = led.and_then(|e| led_entry(line, &e, setting)) {
            entries.push(entry);
            open = true;
            continue;
        }
        match (open, amount) {
            (true, Some(_)) if let Some(entry) = entry(line, setting) => entries.push(entry),
            (true, Some(_)) if entries.len() > from && says_what_is_left(&text) => {
                from = entries.len();
                open = false;
            }
            (true, Some(sum)) if is_total_label(&text) && entries.len() > from => {
                let reason = "the credits that were read do not add up to this sum".to_owned();
                closings.push(Closing {
                    from,
                    to: entries.len(),
                    sum: Some(sum),
                    line: Unparsed { page: line.page, bbox: line.bbox, text, reason },
                });
                from = entries.len();
                open = false;
            }
            (true, Some(_)) if entries.len() > from => {
                let reason = "an entry of a list of credits that cannot be read".to_owned();
                closings.push(Closing {
                    from,
                    to: entries.len(),
                    sum: None,
                    line: Unparsed { page: line.page, bbox: line.bbox, text, reason },
                });
            }
            _ => open = amount.is_none() && (lists_credits(&text) || lists_entries(&text) || (open && heads_columns(&text))),
        }
    }
    (entries, closings)
}

/// Whether a heading says that entries posted to the account follow: `Received and posted so far`, `Amount  Posted on  Entry`.
fn lists_entries(text: &str) -> bool {
    let lower = text.to_lowercase();
    text.len() < 50 && !lists_services(text) && lower.split(' ').any(|w| POSTED.contains(&w))
}

/// Whether a sum below the entries is what they leave to pay: it does not say what they come to.
fn says_what_is_left(text: &str) -> bool {
    LEFT.is_match(text)
}

/// Whether a line is the heads of the columns of a list: `Amount  Date  Source`.
fn heads_columns(text: &str) -> bool {
    let mut words = text.split(' ').peekable();
    words.peek().is_some() && words.all(|w| HEADS.contains(&w.to_lowercase().as_str()))
}

/// An entry whose amount stands first.
fn led_entry(line: &Line, e: &credits_led::Entry<'_>, setting: &Setting) -> Option<(Row, Credit)> {
    let day = e.day.resolve(setting.anchor)?;
    let text = join(e.words);
    let of = credit(&text, setting.payer.as_deref()).filter(|c| c.named && !is_total_label(&text))?;
    row(line, (day, e.day_words), (text, e.words), (e.amount, e.amount_word)).map(|r| (r, of))
}

/// Words of a payment or adjustment, its day, its amount.
fn entry(line: &Line, setting: &Setting) -> Option<(Row, Credit)> {
    let (last, before) = line.words.split_last()?;
    let amount = money::money(&last.text)?;
    let (day, behind, words) = credits_led::day_first(before).or_else(|| credits_led::day_last(before))?;
    let day: Date = day.resolve(setting.anchor)?;
    let text = join(words);
    let of = credit(&text, setting.payer.as_deref()).filter(|_| !is_total_label(&text))?;
    row(line, (day, behind), (text, words), (amount, last)).map(|r| (r, of))
}

/// The row of an entry: its day, its words and its amount, each with where it stands.
fn row(line: &Line, day: (Date, &[Word]), text: (String, &[Word]), amount: (Money, &Word)) -> Option<Row> {
    let cell = |value: Value, words: &[Word]| {
        let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
        let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        Some(Cell { value, raw: join(words), page: line.page, bbox, confidence })
    };
    let cells = BTreeMap::from([
        (Field::ServiceDate, cell(Value::Date(day.0), day.1)?),
        (Field::Description, cell(Value::Text(text.0), text.1)?),
        (Field::Charge, cell(Value::Money(amount.0), std::slice::from_ref(amount.1))?),
    ]);
    Some(Row { kind: LineKind::Payment, cells, claim: None, page: line.page, bbox: line.bbox })
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    fn bill(sum: &'static str) -> Statement {
        read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (300.0, "Detailed statement of services")]),
            (60.0, &[(30.0, "1. Payments and adjustments already credited")]),
            (74.0, &[(40.0, "LAKESIDE PAYMENT"), (260.0, "posted 03/12/2025"), (-520.0, "110.11")]),
            (86.0, &[(40.0, "PLAN DISCOUNT"), (260.0, "posted Mar 12, 2025"), (-520.0, "132.29")]),
            (98.0, &[(260.0, "Total credited"), (-520.0, sum)]),
            (116.0, &[(30.0, "2. Charges by day")]),
            (130.0, &[(30.0, "Units"), (80.0, "Revenue code"), (160.0, "What was provided"), (-520.0, "Charge")]),
            (144.0, &[(30.0, "Sunday, March 2, 2025"), (400.0, "Day total 340.73")]),
            (158.0, &[(34.0, "2"), (80.0, "0636"), (160.0, "MIDAZOLAM 1MG INJ J2250"), (-520.0, "156.73")]),
            (172.0, &[(34.0, "1"), (80.0, "0301"), (160.0, "BASIC METABOLIC PANEL 80048"), (-520.0, "184.00")]),
        ])
    }

    #[test]
    fn credits_stand_in_a_list_of_their_own() {
        let s = bill("242.40");
        let fields = [Field::ServiceDate, Field::Description, Field::PlanPaid, Field::PlanDiscount, Field::Charge];
        let rows: Vec<String> = s.rows.iter().take(2).map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["2025-03-12 LAKESIDE PAYMENT 110.11 - -", "2025-03-12 PLAN DISCOUNT - 132.29 -"]);
        assert_eq!(s.rows.len(), 4);
    }

    #[test]
    fn a_word_of_the_entry_is_not_that_of_its_day() {
        let s = closing([
            &[(30.0, "COPAY RECEIVED"), (340.0, "02/20/2025"), (-520.0, "-40.00")],
            &[(30.0, "PLAN DISCOUNT"), (340.0, "03/12/2025"), (-520.0, "-132.29")],
            &[(340.0, "Amount due"), (-520.0, "$168.44")],
        ]);
        let copay = said(&s.rows[2], &[Field::ServiceDate, Field::Description, Field::PatientPaid]);
        assert_eq!(copay, "2025-02-20 COPAY RECEIVED 40.00");
    }

    fn closing(entries: [&[(f32, &'static str)]; 3]) -> Statement {
        let [a, b, left] = entries;
        read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (300.0, "Detailed statement of services")]),
            (60.0, &[(30.0, "Service"), (160.0, "Day"), (260.0, "Rev code"), (-520.0, "Charge")]),
            (74.0, &[(30.0, "MIDAZOLAM 1MG INJ"), (160.0, "03/02/2025"), (260.0, "0636"), (-520.0, "156.73")]),
            (86.0, &[(30.0, "BASIC METABOLIC PANEL"), (160.0, "03/02/2025"), (260.0, "0301"), (-520.0, "184.00")]),
            (98.0, &[(30.0, "Total charges"), (-520.0, "340.73")]),
            (122.0, &[(30.0, "Payments and adjustments")]),
            (136.0, a),
            (148.0, b),
            (172.0, left),
        ])
    }

    #[test]
    fn the_day_needs_no_word_and_what_is_left_is_no_sum_of_credits() {
        let fields = [Field::ServiceDate, Field::Description, Field::PlanPaid, Field::PlanDiscount, Field::Charge];
        let wanted = ["2025-03-12 LAKESIDE PAYMENT 110.11 - -", "2025-03-12 PLAN DISCOUNT - 132.29 -"];
        let behind = closing([
            &[(30.0, "LAKESIDE PAYMENT"), (340.0, "03/12/2025"), (-520.0, "-110.11")],
            &[(30.0, "PLAN DISCOUNT"), (340.0, "03/12/2025"), (-520.0, "-132.29")],
            &[(340.0, "Amount due"), (-520.0, "$98.33")],
        ]);
        let first = closing([
            &[(30.0, "03/12/2025"), (120.0, "LAKESIDE PAYMENT"), (-520.0, "-110.11")],
            &[(30.0, "03/12/2025"), (120.0, "PLAN DISCOUNT"), (-520.0, "-132.29")],
            &[(340.0, "Please pay"), (-520.0, "$98.33")],
        ]);
        for s in [behind, first] {
            let rows: Vec<String> = s.rows.iter().skip(2).map(|r| said(r, &fields)).collect();
            assert_eq!(rows, wanted);
            assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
        }
    }

    #[test]
    fn a_list_that_comes_to_another_sum_is_not_read() {
        let s = bill("342.40");
        assert_eq!(s.rows.len(), 2);
        assert!(s.unparsed.iter().any(|u| u.reason.contains("credits")), "{:?}", s.unparsed);
    }
}
