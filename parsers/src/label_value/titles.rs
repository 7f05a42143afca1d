//! The lines over the amounts of a card that name its service, each of which may hold more than its name:
//!
//! ```text
//! OR TIME LEVEL 3 FIRST HOUR            Date of service: 05/25/25
//! Code: 99214   Qty: 1
//! See note a
//!   Amount billed ................................... 4,263.88
//! ```
//! A title may have its day at the right with a label, and between it and the amounts stand lines of facts and notes.

use std::sync::LazyLock;

use regex::Regex;

use super::remarks::{notes_alone, see_remarks};
use super::{NEAR, Pair};
use crate::service_words::service_words;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;

/// How many lines may name a service; those that say only facts of it are not counted.
const MOST: usize = 3;

/// No more lines than these stand over the amounts.
const REACH: usize = 7;

static DAY_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)[\s,;|-]+(?:on|(?:(?:service|svc|visit)\s+)?dates?(?:\s+of\s+(?:service|care|visit))?|dos|performed(?:\s+on)?|received(?:\s+on)?)\s*:?$")
        .expect("a constant pattern")
});

/// The lines over the top of a card's amounts that name it, from top to bottom.
pub(super) fn lines_over(heading: &[Line], page: u32, top: f32) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let (mut below, mut named) = (top, 0);
    for l in heading.iter().rev().take(REACH) {
        let near = l.page == page && below - l.bbox.y1 < NEAR * l.size();
        let text = l.text();
        if named == MOST || !near || text.len() > 110 || text.trim_end().ends_with('.') && l.words.len() > 8 {
            break;
        }
        // notes may stand between the facts and the amounts
        below = below.min(l.bbox.y0);
        named += usize::from(!says_only_facts(&text));
        lines.push(l.clone());
    }
    lines.reverse();
    lines
}

/// Whether a line says when, what code, how often or which notes, and nothing else.
fn says_only_facts(text: &str) -> bool {
    let said = service_words(text);
    said.any() && said.rest.is_empty() || notes_alone(text).is_some() || see_remarks(text).is_some()
}

/// Whether a line over a block says the day of a service.
pub(super) fn tells_day(line: &Line) -> bool {
    service_words(&line.text()).from.is_some_and(|d| d.year.is_some())
}

/// Whether a line whose only pairs are days is the title of a card: words of their own stand before the label of the day.
pub(super) fn is_title(line: &Line, pairs: &[Pair]) -> bool {
    let days = !pairs.is_empty() && pairs.iter().all(|p| matches!(p.field, Field::ServiceDate | Field::ServiceDateTo));
    let toks = tokens(line);
    let [first, label, ..] = toks.as_slice() else { return false };
    let worded = |t: &Token| t.kind == TokenKind::Text && t.text.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    // `0360` before the words is a token of its own
    let named = worded(first) && !first.text.ends_with(':') || matches!(first.kind, TokenKind::Number | TokenKind::Code);
    days && named && label.kind != TokenKind::Date
}

/// Whether a line over a block may be the name of a service: words without a label, and none of a paper, a claim or its sums.
pub(super) fn names_service(line: &Line) -> bool {
    const OF_PAPER: [&str; 12] = [
        "claim",
        "claims",
        "summary",
        "statement",
        "total",
        "totals",
        "plan",
        "benefit",
        "benefits",
        "account",
        "member",
        "payment",
    ];
    let text = line.text().to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 3 && !text.contains(':') && !is_total_label(&text) && !words.any(|w| OF_PAPER.contains(&w))
}

/// The words before the label of a day that stood behind them.
pub(super) fn without_day_label(phrase: &str) -> &str {
    DAY_LABEL.find(phrase).map_or(phrase, |m| &phrase[..m.start()])
}

#[cfg(test)]
mod tests {
    use super::without_day_label;
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    type Lines<'a> = [(f32, &'a [(f32, &'a str)])];

    fn rows(claim: &str, card: &Lines<'_>) -> Vec<String> {
        let heading = [(40.0, claim)];
        let head: &Lines<'_> = &[
            (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
            (44.0, &[(30.0, "Member: Jane Roe"), (220.0, "Member ID: W123456789"), (440.0, "EOB date: March 29, 2025")]),
            (70.0, &[(40.0, "Claim 14139210"), (440.0, "Status: Processed")]),
            (80.0, &heading),
        ];
        let fields = [
            Field::ServiceDate,
            Field::RevenueCode,
            Field::Code,
            Field::Description,
            Field::Units,
            Field::Charge,
            Field::PlanPaid,
            Field::RemarkCodes,
        ];
        read(&[head, card].concat()).rows.iter().map(|r| said(r, &fields)).collect()
    }

    #[test]
    fn a_title_has_its_day_with_a_label_at_the_right() {
        let rows = rows(
            "Services by: Elm Street Hospital",
            &[
                (94.0, &[(40.0, "0360 - OR TIME LEVEL 3"), (480.0, "Date of service: 03/09/25")]),
                (104.0, &[(40.0, "x 1")]),
                (114.0, &[(50.0, "Amount billed"), (-360.0, "4,263.88")]),
                (124.0, &[(50.0, "Paid by plan"), (-360.0, "2,000.00")]),
                (138.0, &[(40.0, "OFFICE VISIT"), (480.0, "On 03/10/25")]),
                (148.0, &[(40.0, "Code: 99214 Qty: 1")]),
                (158.0, &[(40.0, "See note a")]),
                (168.0, &[(50.0, "Amount billed"), (-360.0, "210.00")]),
                (178.0, &[(50.0, "Paid by plan"), (-360.0, "150.00")]),
            ],
        );
        let want = ["2025-03-09 0360 - OR TIME LEVEL 3 1 4263.88 2000.00 -", "2025-03-10 - 99214 OFFICE VISIT 1 210.00 150.00 a"];
        assert_eq!(rows, want);
    }

    #[test]
    fn lines_of_facts_do_not_hide_the_name_above_them() {
        let rows = rows(
            "Patient Acct No.: 460-19652",
            &[
                (94.0, &[(40.0, "EMERGENCY VISIT LVL 5")]),
                (104.0, &[(40.0, "02/13/2025")]),
                (114.0, &[(40.0, "CPT 99285-25")]),
                (124.0, &[(40.0, "Qty 1")]),
                (134.0, &[(40.0, "See note A1")]),
                (144.0, &[(50.0, "Amount billed"), (-300.0, "210.00"), (350.0, "Paid by plan"), (-560.0, "150.00")]),
            ],
        );
        assert_eq!(rows, ["2025-02-13 - 99285 EMERGENCY VISIT LVL 5 1 210.00 150.00 A1"]);
    }

    #[test]
    fn a_total_right_under_a_title_is_the_charge_of_its_service() {
        let rows = rows(
            "Decision: Finalized",
            &[
                (94.0, &[(40.0, "OFFICE VISIT (99214)")]),
                (104.0, &[(40.0, "03/16/2025")]),
                (114.0, &[(50.0, "Total charge"), (-300.0, "210.00"), (350.0, "Plan payment"), (-560.0, "150.00")]),
                (128.0, &[(40.0, "BLOOD DRAW (36415)")]),
                (138.0, &[(40.0, "03/16/2025")]),
                (148.0, &[(50.0, "Total charge"), (-300.0, "14.60"), (350.0, "Plan payment"), (-560.0, "6.23")]),
                (162.0, &[(40.0, "Totals")]),
                (172.0, &[(50.0, "Total billed"), (-300.0, "224.60")]),
                (182.0, &[(50.0, "Total paid"), (-300.0, "156.23")]),
            ],
        );
        assert_eq!(rows, ["2025-03-16 - 99214 OFFICE VISIT - 210.00 150.00 -", "2025-03-16 - 36415 BLOOD DRAW - 14.60 6.23 -"]);
    }

    #[test]
    fn a_day_at_the_head_of_the_paper_is_of_no_service() {
        let head: &Lines<'_> = &[
            (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
            (30.0, &[(30.0, "Date: 04/15/2025")]),
            (110.0, &[(30.0, "Claim number: 14139210")]),
            (140.0, &[(40.0, "OFFICE VISIT"), (480.0, "03/16/2025")]),
            (150.0, &[(40.0, "CPT 99214 Qty 1")]),
            (160.0, &[(50.0, "Amount billed"), (-300.0, "210.00")]),
            (170.0, &[(50.0, "Plan payment"), (-300.0, "150.00")]),
        ];
        let fields = [Field::ServiceDate, Field::Code, Field::Description, Field::Units];
        let rows: Vec<String> = read(head).rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["2025-03-16 99214 OFFICE VISIT 1"]);
    }

    #[test]
    fn a_label_of_a_day_is_no_part_of_a_name() {
        assert_eq!(without_day_label("OR TIME Date of service:"), "OR TIME");
        assert_eq!(without_day_label("OR TIME LEVEL 3 On"), "OR TIME LEVEL 3");
        for name in ["PEEP ON VENTILATOR", "CARE DATED", "HOLTER ON-SITE"] {
            assert_eq!(without_day_label(name), name);
        }
    }
}
