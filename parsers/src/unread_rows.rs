//! Lines that look like services and became no row.
//!
//! A layout that nobody has written for may be read in part. Then the sums of what was read are wrong for no fault of the
//! paper's, and nothing may rest on them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::credits::credit;
use crate::grammar::date::date;
use crate::grammar::{money, units};
use crate::page_text::BBox;
use crate::paper_captions::is_fact_or_claim;
use crate::printed_sums::is_of_day;
use crate::service_words::service_words;
use crate::statement::{Money, Row, Total, Unparsed};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;

/// Edges within so many points are flush.
const FLUSH: f32 = 2.0;

/// The lines of a day, words and an amount, in this order, that no row and no sum has.
pub fn unread_rows(pages: &[PageLines], rows: &[Row], totals: &[Total]) -> Vec<Unparsed> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut read: BTreeMap<u32, Vec<BBox>> = BTreeMap::new();
    // what was taken for a sum for want of a day or a code is called none
    let sums = totals.iter().filter(|t| is_total_label(&t.label)).flat_map(|t| t.cells.values());
    let cells = rows.iter().flat_map(|r| r.cells.values()).chain(sums).map(|c| (c.page, c.bbox));
    for (page, bbox) in rows.iter().map(|r| (r.page, r.bbox)).chain(cells) {
        read.entry(page).or_default().push(bbox);
    }
    let unread = |l: &&Line| !read.get(&l.page).is_some_and(|all| all.iter().any(|b| covers(*b, l.bbox) || covers(l.bbox, *b)));
    let told = |l: &Line| {
        let reason = "looks like a service and stands in no table that was understood".to_owned();
        Unparsed { page: l.page, bbox: l.bbox, text: l.text(), reason }
    };
    let boxed = |p: &PageLines, i: usize| {
        i > 0 && (captions_boxes(&p.lines[i - 1]) || names_insurer(&p.lines, i) || answers(&p.lines, i))
    };
    let lines = pages.iter().flat_map(|p| p.lines.iter().enumerate().filter(|(i, _)| !boxed(p, *i)).map(|(_, l)| l));
    lines.filter(unread).filter(|l| is_of_service(l, &tokens(l))).map(told).collect()
}

/// Whether a line looks like a service's in one way or another.
fn is_of_service(line: &Line, toks: &[Token]) -> bool {
    is_service(line, toks)
        || is_coded(line, toks)
        || is_coded_behind_words(toks)
        || is_multiplied(line, toks)
        || tells_facts(line)
}

/// `STATEMENT DATE   ACCOUNT NO.   PATIENT   PAY THIS AMOUNT`: below it stand the paper's own date and amount.
fn captions_boxes(line: &Line) -> bool {
    static OF_THE_PAPER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:account|acct|statement date|invoice|guarantor|due date|pay by|pay this|amount due|billing date|balance due|npi|tax id|(?:first|last) service|admitted|discharged)\b")
            .expect("a constant pattern")
    });
    let facts = || line.phrases().iter().filter(|p| is_fact_or_claim(&p.text)).count();
    line.phrases().len() >= 3
        && !line.words.iter().any(|w| w.text.bytes().any(|b| b.is_ascii_digit()))
        && (OF_THE_PAPER.find_iter(&line.text()).count() >= 2 || facts() >= 2)
}

/// Whether a line has the name of the insurer under its caption, and so is of a bar of facts: `03/09/2025   Elm Mutual   $65.15` under
/// `Date of service   Insurance   Your share`. In a table the column has amounts.
fn names_insurer(lines: &[Line], i: usize) -> bool {
    static INSURES: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\b(?:ins|insurance|payer|payor|coverage|plan)\b").expect("a constant pattern"));
    let Some(above) = i.checked_sub(1).map(|k| &lines[k]) else { return false };
    let figures = |t: &str| t.bytes().any(|b| b.is_ascii_digit());
    let captions = above.phrases();
    let named =
        |at: BBox| lines[i].phrases().iter().any(|p| p.bbox.overlap_x(at) > 0.0 && p.text.contains(' ') && !figures(&p.text));
    captions.len() >= 3
        && !captions.iter().any(|p| figures(&p.text))
        && captions.iter().any(|p| is_fact_or_claim(&p.text) && INSURES.is_match(&p.text) && named(p.bbox))
}

/// Whether the day with which a line begins is a fact of the paper, in a column of facts each under its label, beside which
/// sums are listed:
///
/// ```text
/// First date of service
/// 03/09/2025                   Radiology       $430.00
///                              Laboratory      $120.00
/// Last date of service
/// ```
/// The head of a column of days is followed by days, and has other heads beside it.
fn answers(lines: &[Line], i: usize) -> bool {
    static DAY_OF: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:(?:\S+ ){1,3}date(?: of \S+)?|dates? of \S+|admi(?:ssion|tted)|discharged?|(?:please )?pay by)$")
            .expect("a constant pattern")
    });
    let Some(above) = i.checked_sub(1).map(|k| &lines[k]) else { return false };
    let (labels, values) = (above.phrases(), lines[i].phrases());
    let ([label, beside @ ..], [day, next, ..]) = (labels.as_slice(), values.as_slice()) else { return false };
    let under = (label.bbox.x0 - day.bbox.x0).abs() < FLUSH && day.bbox.y0 - label.bbox.y1 < above.size();
    let sums = beside.is_empty() || beside.iter().any(|p| money::money(&p.text).is_some());
    let fact = |l: &Line| l.words.first().is_some_and(|w| !w.text.starts_with(|c: char| c.is_ascii_digit()));
    let goes_on = lines[i + 1..].iter().find(|l| (l.bbox.x0 - day.bbox.x0).abs() < FLUSH).is_some_and(fact);
    let apart = next.bbox.x0 - day.bbox.x1 > 3.0 * lines[i].size();
    under && sums && goes_on && apart && DAY_OF.is_match(&label.text) && date(&day.text).is_some()
}

/// Whether a box reaches over the middle of another.
fn covers(a: BBox, b: BBox) -> bool {
    a.y0 <= b.cy() && b.cy() <= a.y1 && a.overlap_x(b) > 0.0
}

/// A line that says under the words of a service which code it has, or which revenue code and how often, and nothing else:
/// `05/17/25 | CPT 80048 | Rev 0301 | Qty 1`.
fn tells_facts(line: &Line) -> bool {
    let said = service_words(&line.text());
    let facts = said.procedure.is_some() && said.units.is_some() || said.revenue_code.is_some() && said.units.is_some();
    facts && said.rest.is_empty()
}

/// `99284  ED VISIT LEVEL 4   1,853.49`: a procedure code, words and an amount. Before the code stand a day, a count or a
/// revenue code, but no words: the number behind `Macon, GA` is none.
fn is_coded(line: &Line, toks: &[Token]) -> bool {
    let led = |t: &&Token| matches!(t.kind, TokenKind::Date | TokenKind::Number);
    let rest: Vec<&Token> = toks.iter().skip_while(led).collect();
    let [code, named, .., amount] = rest.as_slice() else { return false };
    // `E1709299692` is a claim's number, though a code with three modifiers may be written so
    let plain = code.text.len() == 5 || code.text.contains([' ', '-']);
    code.kind == TokenKind::Code && plain && names(named) && amount.kind == TokenKind::Money && is_said_plainly(line)
}

/// `Call any time.   02/02/2025  VENIPUNCTURE  36415  1  $33.91`: the like behind the words of a column of help.
fn is_coded_behind_words(toks: &[Token]) -> bool {
    let Some(day) = toks.iter().position(|t| t.kind == TokenKind::Date).filter(|at| *at > 0) else { return false };
    let [_, named, more @ .., amount] = &toks[day..] else { return false };
    let coded = |t: &Token| t.kind == TokenKind::Code && t.text.len() == 5;
    names(named) && more.iter().any(coded) && amount.kind == TokenKind::Money
}

/// `METOPROLOL 25MG TAB   3   8.77   26.31`: words, a count, a price, and what the one comes to at the other.
fn is_multiplied(line: &Line, toks: &[Token]) -> bool {
    let product = |w: &[Token]| {
        let [n, price, amount] = w else { return false };
        let figures = (units::units(&n.text), money::money(&price.text), money::money(&amount.text));
        let (Some(n), Some(price), Some(amount)) = figures else { return false };
        w[0].kind == TokenKind::Number && amount > Money::ZERO && price.0 * n == amount.0
    };
    toks.iter().any(names) && toks.windows(3).any(product) && is_said_plainly(line)
}

/// Whether a token is words that may name a service.
fn names(t: &Token) -> bool {
    t.kind == TokenKind::Text && t.text.chars().filter(|c| c.is_alphabetic()).count() >= 5
}

/// No label, no credit and no sum.
fn is_said_plainly(line: &Line) -> bool {
    let text = line.text();
    !line.words.iter().any(|w| w.text.ends_with(':')) && credit(&text, None).is_none() && !is_total_label(&text)
}

/// A day, words and an amount, and no label and no credit.
fn is_service(line: &Line, toks: &[Token]) -> bool {
    let [first, words @ .., last] = toks else { return false };
    first.kind == TokenKind::Date
        && last.kind == TokenKind::Money
        && words.iter().any(names)
        && !line.words.iter().any(|w| w.text.ends_with(':'))
        && credit(&line.text(), None).is_none()
        && !is_of_day(&line.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::Word;
    use crate::statement::LineKind;

    fn page(lines: &[&[(&str, f32)]]) -> PageLines {
        let lines = lines
            .iter()
            .enumerate()
            .map(|(i, words)| {
                let y = 20.0 + 12.0 * i as f32;
                let words: Vec<Word> =
                    words.iter().map(|(t, x)| Word::digital(*t, BBox::new(*x, y, x + 5.0 * t.len() as f32, y + 8.0))).collect();
                let bbox = BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default();
                Line { page: 1, bbox, words, phrase_gap: 4.0 }
            })
            .collect();
        PageLines {
            number: 1,
            width: 612.0,
            height: 792.0,
            lines,
            rulings: Vec::new(),
            names: Vec::new(),
            turned: false,
            carded: false,
        }
    }

    #[test]
    fn a_row_that_was_passed_over_is_told() {
        let pages = [page(&[
            &[("03/09/2025", 40.0), ("OFFICE", 110.0), ("VISIT", 145.0), ("185.00", 400.0)],
            &[("03/10/2025", 40.0), ("CULTURE", 110.0), ("12.00", 400.0)],
            &[("03/12/2025", 40.0), ("INSURANCE", 110.0), ("PAYMENT", 160.0), ("-12.00", 400.0)],
            &[("03/15/2025", 40.0), ("H550", 110.0), ("12.00", 400.0)],
            &[("03/16/2025", 40.0), ("total", 110.0), ("12.00", 400.0)],
        ])];
        let row = Row { kind: LineKind::Service, cells: BTreeMap::new(), claim: None, page: 1, bbox: pages[0].lines[0].bbox };
        let told: Vec<String> = unread_rows(&pages, &[row], &[]).into_iter().map(|u| u.text).collect();
        assert_eq!(told, ["03/10/2025 CULTURE 12.00"]);
        let undated = [page(&[
            &[("03/09/2025", 40.0), ("OFFICE", 110.0), ("VISIT", 145.0), ("185.00", 400.0)],
            &[("36415", 40.0), ("VENIPUNCTURE", 110.0), ("12.00", 400.0)],
            &[("ENOXAPARIN", 40.0), ("40MG", 110.0), ("2", 300.0), ("23.75", 340.0), ("47.50", 400.0)],
            &[("ENOXAPARIN", 40.0), ("40MG", 110.0), ("2", 300.0), ("23.75", 340.0), ("47.00", 400.0)],
            &[("Macon,", 40.0), ("GA", 70.0), ("31284", 90.0), ("Amount", 200.0), ("due", 240.0), ("12.00", 400.0)],
        ])];
        let first =
            || Row { kind: LineKind::Service, cells: BTreeMap::new(), claim: None, page: 1, bbox: undated[0].lines[0].bbox };
        let told: Vec<String> = unread_rows(&undated, &[first()], &[]).into_iter().map(|u| u.text).collect();
        assert_eq!(told, ["36415 VENIPUNCTURE 12.00", "ENOXAPARIN 40MG 2 23.75 47.50"]);
        let bar = |caption: &'static str| {
            let pages = [page(&[
                &[("Service-date", 40.0), (caption, 160.0), ("Share", 400.0)],
                &[("03/09/2025", 40.0), ("Elm", 160.0), ("Mutual", 178.0), ("65.15", 400.0)],
                &[("03/09/2025", 40.0), ("OFFICE", 110.0), ("VISIT", 145.0), ("185.00", 400.0)],
            ])];
            let bbox = pages[0].lines[2].bbox;
            let read = Row { kind: LineKind::Service, cells: BTreeMap::new(), claim: None, page: 1, bbox };
            unread_rows(&pages, &[read], &[]).len()
        };
        assert_eq!((bar("Insurance"), bar("Procedure")), (0, 1), "under the caption of the insurer no service has its name");
        let beside = [page(&[
            &[("03/09/2025", 40.0), ("OFFICE", 110.0), ("VISIT", 145.0), ("185.00", 400.0)],
            &[("Call", 10.0), ("us.", 35.0), ("03/09/2025", 140.0), ("CULTURE", 210.0), ("87086", 300.0), ("12.00", 400.0)],
            &[("Call", 10.0), ("us.", 35.0), ("03/09/2025", 140.0), ("CULTURE", 210.0), ("LATER", 300.0), ("12.00", 400.0)],
        ])];
        let read = Row { kind: LineKind::Service, cells: BTreeMap::new(), claim: None, page: 1, bbox: beside[0].lines[0].bbox };
        let told: Vec<String> = unread_rows(&beside, &[read], &[]).into_iter().map(|u| u.text).collect();
        assert_eq!(told, ["Call us. 03/09/2025 CULTURE 87086 12.00"]);
        let facts = [page(&[
            &[("OFFICE", 40.0), ("VISIT", 75.0), ("185.00", 400.0)],
            &[("CPT", 40.0), ("99214", 60.0), ("Qty", 100.0), ("1", 120.0)],
        ])];
        let other = || Row { kind: LineKind::Service, cells: BTreeMap::new(), claim: None, page: 2, bbox: BBox::default() };
        let told: Vec<String> = unread_rows(&facts, &[other()], &[]).into_iter().map(|u| u.text).collect();
        assert_eq!(told, ["CPT 99214 Qty 1"]);
        let boxes = [page(&[
            &[("STATEMENT", 40.0), ("DATE", 90.0), ("ACCOUNT", 160.0), ("PATIENT", 260.0), ("PAY", 400.0), ("BY", 420.0)],
            &[("03/09/2025", 40.0), ("260-96917", 160.0), ("Marcus", 260.0), ("Roe", 295.0), ("77.39", 400.0)],
        ])];
        let row = || Row { kind: LineKind::Service, cells: BTreeMap::new(), claim: None, page: 2, bbox: BBox::default() };
        assert!(unread_rows(&boxes, &[row()], &[]).is_empty(), "the paper's own boxes are no service");
        assert!(unread_rows(&pages, &[], &[]).is_empty(), "a paper without rows says so itself");
    }

    #[test]
    fn a_day_under_its_label_beside_a_list_of_sums_is_no_services() {
        let told = |below: &'static str| {
            let s = crate::test_pages::read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
                (40.0, &[(300.0, "Laboratory"), (-620.0, "$60.00")]),
                (48.0, &[(30.0, "First date of service")]),
                (58.0, &[(30.0, "03/09/2025"), (300.0, "Radiology"), (-620.0, "$120.00")]),
                (68.0, &[(30.0, below)]),
                (78.0, &[(30.0, "03/10/2025"), (300.0, "Hospital account"), (-620.0, "4711")]),
                (190.0, &[(30.0, "Date"), (110.0, "Code"), (180.0, "Description"), (-430.0, "Units"), (-620.0, "Charge")]),
                (204.0, &[(30.0, "03/09/2025"), (110.0, "85025"), (180.0, "CBC"), (-430.0, "1"), (-620.0, "$60.00")]),
                (218.0, &[(30.0, "03/09/2025"), (110.0, "71046"), (180.0, "CHEST"), (-430.0, "1"), (-620.0, "$120.00")]),
            ]);
            s.unparsed.len()
        };
        assert_eq!(told("Last date of service"), 0);
        assert_eq!(told("03/10/2025"), 1, "days under one another are those of services");
    }
}
