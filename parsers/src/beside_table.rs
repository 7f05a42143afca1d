//! A panel of sums that stands beside a table of services, on the baselines of its rows or between them:
//!
//! ```text
//! Date      Care you received   Charged   Plan paid   See note     In-network provider
//! 08/20/24  OFFICE VISIT        $210.00     $120.00   T22          What your provider charged  $304.00
//! 08/20/24  X-RAY CHEST          $94.00      $47.61   T22          What the plan paid          $167.61
//! ```
//! Its labels stand flush behind all columns of the table, each with an amount. Read with the rows these would be theirs.
//!
//! The sums that close a bill may stand beside something as well, the age of the balance or a note:
//!
//! ```text
//! 0-30 days   31-60 days   Over 60     Charges               $330.00
//!   $130.00        $0.00     $0.00     Less plan payments   -$150.00
//! A note of the office.                Less discounts        -$50.00
//!                                      You owe               $130.00
//! ```
//! There the first amount less the others is the last.

use std::ops::Range;

use crate::columns::is_money_field;
use crate::grammar::money;
use crate::label_value::field_of;
use crate::page_text::Word;
use crate::panels::one_after_other;
use crate::statement::Money;
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;
use crate::vocabulary::Vocabulary;

/// Fewer labels with amounts are no panel.
const FEWEST: usize = 3;

/// Edges within so many points are flush.
const FLUSH: f32 = 2.5;

/// The widest gap between two lines of a panel, in sizes of type.
const GAP: f32 = 2.5;

/// The lines with those of such a panel behind those of the table.
pub(crate) fn part(page: &mut PageLines, vocabulary: &Vocabulary) {
    if let Some((x, range)) = closing(page) {
        // the sums that close the paper go before what stands beside them
        page.lines = one_after_other(std::mem::take(&mut page.lines), &range, |w| is_of_panel(w, x));
    }
    let Some((x, right, seeds)) = panel(page, vocabulary) else { return };
    let lines = std::mem::take(&mut page.lines);
    let clear = |l: &Line| l.words.iter().all(|w| w.bbox.x1 < x || w.bbox.x0 > x - FLUSH);
    let mut range = seeds[0]..seeds[seeds.len() - 1] + 1;
    if !lines[range.clone()].iter().all(clear) {
        page.lines = lines;
        return;
    }
    let near = |a: usize, b: usize| lines[b].bbox.y0 - lines[a].bbox.y1 < GAP * lines[a].size();
    let amount = |t: &Line| tokens(t).iter().all(|t| t.kind == TokenKind::Money) && (t.bbox.x1 - right).abs() < FLUSH;
    // where a row has no other amount the one at its end is its own
    let spare = |l: &Line| head(l, x).is_none_or(|h| tokens(&h).iter().any(|t| t.kind == TokenKind::Money));
    let of_panel = |l: &Line| tail(l, x).is_none_or(|t| (t.bbox.x0 - x).abs() < FLUSH || amount(&t) && spare(l));
    while range.start > 0
        && near(range.start - 1, range.start)
        && clear(&lines[range.start - 1])
        && of_panel(&lines[range.start - 1])
    {
        range.start -= 1;
    }
    while range.end < lines.len() && near(range.end - 1, range.end) && clear(&lines[range.end]) && of_panel(&lines[range.end]) {
        range.end += 1;
    }
    page.lines = one_after_other(lines, &range, |w| !is_of_panel(w, x));
}

/// The left edge and the lines of a panel of sums that closes the paper, where something else stands beside it.
fn closing(page: &PageLines) -> Option<(f32, Range<usize>)> {
    let lines = &page.lines;
    (0..lines.len()).find_map(|first| {
        let starts = tokens(&lines[first]);
        let label = starts.iter().rev().find(|t| t.kind == TokenKind::Text && t.text != "$")?;
        let (x, right) = (label.bbox.x0, lines[first].bbox.x1);
        let sums = sums_at(lines, first, x, right);
        let upto = (FEWEST..=sums.len()).rev().find(|n| closes(&sums[..*n]))?;
        let range = first..sums[upto - 1].0 + 1;
        let left: Vec<Token> = lines[range.clone()].iter().filter_map(|l| head(l, x)).flat_map(|h| tokens(&h)).collect();
        // a row has a day or a code before its words
        let plain = !left.is_empty() && !left.iter().any(|t| matches!(t.kind, TokenKind::Date | TokenKind::Code));
        (plain && x > 0.4 * page.width).then_some((x, range))
    })
}

/// Lines with their labels and amounts that stand one beneath the other from a line on.
fn sums_at(lines: &[Line], first: usize, x: f32, right: f32) -> Vec<(usize, String, Money)> {
    // `posted 03/12/2025` is the end of an entry, and no label
    let dated = |t: &Token| matches!(t.kind, TokenKind::Date | TokenKind::Code);
    let words = |label: &[Token]| label[0].kind == TokenKind::Text && !label.iter().any(dated);
    let mut out: Vec<(usize, String, Money)> = Vec::new();
    for (i, line) in lines.iter().enumerate().skip(first) {
        let near = out.last().is_none_or(|(k, ..)| line.bbox.y0 - lines[*k].bbox.y1 < GAP * line.size());
        let clear = line.words.iter().all(|w| w.bbox.x1 < x || w.bbox.x0 > x - FLUSH);
        if !near || !clear {
            break;
        }
        let Some(tail) = tail(line, x) else { continue };
        let toks: Vec<Token> = tokens(&tail).into_iter().filter(|t| t.text != "$").collect();
        let Some((amount, label)) = toks.split_last().filter(|(t, label)| t.kind == TokenKind::Money && !label.is_empty()) else {
            break;
        };
        let flush = (tail.bbox.x0 - x).abs() < FLUSH && (amount.bbox.x1 - right).abs() < 2.0 * FLUSH;
        let Some(value) = money::money(&amount.text).filter(|_| flush && words(label)) else { break };
        out.push((i, label.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "), value));
    }
    out
}

/// Whether the last of some amounts is called a sum and is what the first is less the others.
fn closes(sums: &[(usize, String, Money)]) -> bool {
    let [(_, _, first), less @ .., (_, label, last)] = sums else { return false };
    let signed: Money = less.iter().map(|(_, _, m)| *m).sum();
    let taken: Money = less.iter().map(|(_, _, m)| m.abs()).sum();
    let adds_up = *first + signed == *last || *first - taken == *last;
    !less.is_empty() && *first > Money::ZERO && last <= first && is_total_label(label) && adds_up
}

/// What of a line stands before the panel.
fn head(line: &Line, x: f32) -> Option<Line> {
    line.only(|w| !is_of_panel(w, x))
}

/// Whether a word stands at the panel's left edge or behind it.
fn is_of_panel(w: &Word, x: f32) -> bool {
    w.bbox.x0 > x - FLUSH
}

/// What of a line stands at the panel's left edge or behind it.
fn tail(line: &Line, x: f32) -> Option<Line> {
    line.only(|w| is_of_panel(w, x))
}

/// The panel's left edge, the right edge of its amounts, and the lines with labels and amounts of it.
fn panel(page: &PageLines, vocabulary: &Vocabulary) -> Option<(f32, f32, Vec<usize>)> {
    let ends: Vec<(usize, Token, Token, usize)> =
        page.lines.iter().enumerate().filter_map(|(i, l)| last_pair(i, l, vocabulary)).collect();
    let at = |x: f32| ends.iter().filter(move |e| (e.1.bbox.x0 - x).abs() < FLUSH).collect::<Vec<_>>();
    let best = ends.iter().map(|e| at(e.1.bbox.x0)).max_by_key(Vec::len).filter(|found| found.len() >= FEWEST)?;
    // the same words each time are said of one service after the other
    let mut labels: Vec<String> = best.iter().map(|e| e.1.text.to_lowercase()).collect();
    labels.sort();
    labels.dedup();
    if labels.len() < FEWEST || labels.len() < best.len() && best.iter().all(|e| is_of_captions(&page.lines[e.0])) {
        return None;
    }
    // some of them stand on a line with a row of the table, which has amounts of its own
    let beside = best.iter().filter(|e| e.3 >= 2).count();
    let x = best.iter().map(|e| e.1.bbox.x0).fold(f32::INFINITY, f32::min);
    let right = best.iter().map(|e| e.2.bbox.x1).fold(0.0, f32::max);
    let flush = best.iter().all(|e| (e.2.bbox.x1 - right).abs() < 2.0 * FLUSH);
    (beside >= 1 && flush && x > 0.55 * page.width).then(|| (x, right, best.iter().map(|e| e.0).collect()))
}

/// Whether a line is nothing but labels, each with its one amount, as in the last column of a card that has several of them:
///
/// ```text
///   Amount billed     $210.00   Allowed amount    $150.00   Discount           $60.00
///   Deductible          $0.00   Copay              $30.00   Plan paid         $120.00
/// ```
/// The same labels come again for each service.
fn is_of_captions(line: &Line) -> bool {
    let toks: Vec<Token> = tokens(line).into_iter().filter(|t| t.text != "$").collect();
    let is_pair =
        |p: &[Token]| matches!(p, [l, v] if l.kind == TokenKind::Text && matches!(v.kind, TokenKind::Money | TokenKind::Dash));
    toks.len() > 2 && toks.chunks(2).all(is_pair)
}

/// The label and the amount at the end of a line, a wide gap behind what else stands on it, and how many amounts that has.
fn last_pair(i: usize, line: &Line, vocabulary: &Vocabulary) -> Option<(usize, Token, Token, usize)> {
    let toks: Vec<Token> = tokens(line).into_iter().filter(|t| t.text != "$").collect();
    let [before @ .., label, amount] = toks.as_slice() else { return None };
    let names_amount =
        |t: &Token| t.kind == TokenKind::Text && field_of(t.text.trim_end_matches(':'), vocabulary).is_some_and(is_money_field);
    let known = names_amount(label);
    let apart = before.last().is_none_or(|b| label.bbox.x0 - b.bbox.x1 > 1.2 * line.size());
    let mut amounts = before.iter().filter(|t| t.kind == TokenKind::Money).count();
    // the only amount of a bill's row has a service before it; one with its name is another label's
    let service = before.windows(2).any(|w| w[0].is_whole_number() && w[1].kind == TokenKind::Money)
        && before.iter().any(|t| t.kind == TokenKind::Text && !names_amount(t));
    if amounts == 1 && service {
        amounts += 1;
    }
    let pair = label.kind == TokenKind::Text && amount.kind == TokenKind::Money && known && apart;
    pair.then(|| (i, label.clone(), amount.clone(), amounts))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 7] = [
        Field::Description,
        Field::RevenueCode,
        Field::Code,
        Field::Charge,
        Field::PlanPaid,
        Field::PatientResponsibility,
        Field::RemarkCodes,
    ];

    #[test]
    fn sums_beside_the_rows_are_none_of_theirs() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, &[(30.0, "Jane Roe: Lakeside Hospital"), (600.0, "Claim 1413921-00")]),
            (
                60.0,
                &[
                    (30.0, "Date"),
                    (90.0, "Care you received"),
                    (-270.0, "Provider charged"),
                    (-350.0, "Your copay"),
                    (-420.0, "Plan paid"),
                    (440.0, "See note"),
                    (520.0, "In-network provider"),
                ],
            ),
            (
                74.0,
                &[
                    (30.0, "03/09/2025"),
                    (90.0, "OFFICE VISIT [99214]"),
                    (-270.0, "$210.00"),
                    (-350.0, "$0.00"),
                    (-420.0, "$150.00"),
                    (440.0, "T22"),
                    (520.0, "What your provider charged"),
                    (-720.0, "$232.05"),
                ],
            ),
            (84.0, &[(330.0, "You may owe"), (-420.0, "$60.00"), (520.0, "Your copay"), (-720.0, "$0.00")]),
            (
                96.0,
                &[
                    (30.0, "03/09/2025"),
                    (90.0, "BLOOD DRAW [Rev 0300]"),
                    (-270.0, "$22.05"),
                    (-350.0, "$0.00"),
                    (-420.0, "$20.05"),
                    (440.0, "T22"),
                    (520.0, "What the plan paid"),
                    (-720.0, "$170.05"),
                ],
            ),
            (106.0, &[(330.0, "You may owe"), (-420.0, "$2.00"), (520.0, "You may owe"), (-720.0, "$62.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(rows, ["OFFICE VISIT - 99214 210.00 150.00 60.00 T22", "BLOOD DRAW 0300 - 22.05 20.05 2.00 T22"]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn the_only_amount_of_a_row_is_no_part_of_a_panel_below() {
        let recap = |y: f32, words: [&'static str; 2], sum: [&'static str; 2]| {
            (y, vec![(30.0, words[0]), (-230.0, words[1]), (530.0, sum[0]), (-750.0, sum[1])])
        };
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Lakeside Hospital"), (400.0, "Detail of patient account")]),
            (60.0, vec![(30.0, "Rev"), (80.0, "Date"), (200.0, "HCPCS"), (300.0, "Description"), (-750.0, "Charges")]),
            (74.0, vec![(30.0, "0450"), (80.0, "05/16/2024"), (200.0, "99283"), (300.0, "ED VISIT"), (-750.0, "977.04")]),
            (86.0, vec![(30.0, "0730"), (80.0, "05/16/2024"), (200.0, "93005"), (300.0, "ECG"), (-750.0, "390.54")]),
            (98.0, vec![(30.0, "RECAP OF CHARGES")]),
            recap(110.0, ["EMERGENCY", "977.04"], ["PAID BY INSURANCE", "898.48"]),
            recap(122.0, ["CARDIOLOGY", "390.54"], ["ALLOWANCES", "204.06"]),
            (134.0, vec![(530.0, "PAID BY PATIENT"), (-750.0, "0.00")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let rows: Vec<String> =
            read(&lines).rows.iter().map(|r| said(r, &[Field::Code, Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["99283 ED VISIT 977.04", "93005 ECG 390.54"]);
    }

    #[test]
    fn what_stands_beside_the_closing_sums_is_none_of_their_words() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (40.0, &[(30.0, "Jane Roe"), (400.0, "Account 329-80200")]),
            (90.0, &[(30.0, "Date"), (110.0, "Code"), (180.0, "Description"), (-430.0, "Units"), (-720.0, "Charge")]),
            (104.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (180.0, "OFFICE VISIT"), (-430.0, "1"), (-720.0, "$210.00")]),
            (118.0, &[(30.0, "03/09/2025"), (110.0, "71046"), (180.0, "X-RAY CHEST"), (-430.0, "1"), (-720.0, "$120.00")]),
            (150.0, &[(30.0, "How old your balance is"), (420.0, "Fees for all visits"), (-720.0, "$330.00")]),
            (
                163.0,
                &[
                    (30.0, "0-30 days"),
                    (110.0, "31-60 days"),
                    (200.0, "Over 60"),
                    (420.0, "Less insurance payments"),
                    (-720.0, "($150.00)"),
                ],
            ),
            (
                176.0,
                &[
                    (30.0, "$130.00"),
                    (110.0, "$0.00"),
                    (200.0, "$0.00"),
                    (420.0, "Less insurance write-offs"),
                    (-720.0, "($50.00)"),
                ],
            ),
            (189.0, &[(30.0, "Instalments begin at $35.00 a month."), (420.0, "Less your payments"), (-720.0, "$0.00")]),
            (202.0, &[(420.0, "You owe"), (-720.0, "$130.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::Code, Field::Charge])).collect();
        assert_eq!(rows, ["OFFICE VISIT 99214 210.00", "X-RAY CHEST 71046 120.00"]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn the_same_words_under_each_row_are_no_panel() {
        let row = |y: f32, what: &'static str, a: &'static str, b: &'static str| {
            (y, vec![(30.0, "03/09/2025"), (110.0, what), (-400.0, a), (-700.0, b)])
        };
        let share = |y: f32, part: &'static str, a: &'static str| {
            (
                y,
                vec![
                    (110.0, "Copay"),
                    (-250.0, "$0.00"),
                    (270.0, "Coinsurance"),
                    (-400.0, part),
                    (620.0, "You may owe"),
                    (-720.0, a),
                ],
            )
        };
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (60.0, vec![(30.0, "Date"), (110.0, "Service"), (-400.0, "Charged"), (-700.0, "Plan paid")]),
            row(74.0, "OFFICE VISIT", "$210.00", "$150.00"),
            share(84.0, "$60.00", "$60.00"),
            row(100.0, "BLOOD DRAW", "$22.05", "$20.05"),
            share(110.0, "$2.00", "$2.00"),
            row(126.0, "X-RAY CHEST", "$94.00", "$47.61"),
            share(136.0, "$9.52", "$9.52"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        let paid: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &[Field::Charge, Field::PlanPaid])).collect();
        assert_eq!(paid, ["210.00 150.00", "22.05 20.05", "94.00 47.61"]);
    }

    #[test]
    fn the_last_column_of_a_card_is_of_its_service() {
        let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, vec![(30.0, "Patient: Jane Roe"), (300.0, "Claim number: 1413921-00")]),
        ];
        let mut card = |y: f32, name: &'static str, day: &'static str, sums: [&'static str; 6]| {
            let pair = |x: f32, label: &'static str, sum: &'static str| [(x, label), (-x - 180.0, sum)];
            let row = |a: usize, labels: [&'static str; 3]| {
                let columns = [40.0, 260.0, 480.0].into_iter().zip(labels).zip(&sums[a..]);
                columns.flat_map(|((x, label), sum)| pair(x, label, sum)).collect::<Vec<_>>()
            };
            lines.push((y, vec![(36.0, name), (-660.0, day)]));
            lines.push((y + 11.0, row(0, ["Amount billed", "Allowed amount", "Network discount"])));
            lines.push((y + 21.0, row(3, ["Deductible", "Copay", "Plan paid"])));
            lines.push((y + 31.0, vec![(40.0, "You may owe"), (-220.0, "$0.00"), (480.0, "Coinsurance"), (-660.0, "$0.00")]));
        };
        card(80.0, "OFFICE VISIT (99214)", "03/09/2025", ["$210.00", "$150.00", "$60.00", "$0.00", "$30.00", "$120.00"]);
        card(130.0, "BLOOD DRAW (36415)", "03/09/2025", ["$21.00", "$20.00", "$1.00", "$20.00", "$0.00", "$0.00"]);
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let fields = [Field::Description, Field::Charge, Field::PlanDiscount, Field::PlanPaid, Field::Copay];
        let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["OFFICE VISIT 210.00 60.00 120.00 30.00", "BLOOD DRAW 21.00 1.00 0.00 0.00"]);
    }
}
