//! Summary bills: departments and their amounts in a list without a header, closed by a total.
//!
//! The list is taken for one only where its amounts stand in one column and a printed total adds them up, or says that
//! it does. The total may stand in a column of its own, with payments between it and the list, each with the day on which it
//! was posted:
//!
//! ```text
//! Emergency room                          $956.83
//! Laboratory                              $605.37
//! 04/05/25   Medicare payment           $1,062.41-
//!        Total charges this statement               $1,562.20
//! ```

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::credits::credit;
use crate::grammar::{date, money};
use crate::page_text::TextSource;
use crate::postings::Postings;
use crate::reading::{Setting, TableReading};
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::text_lines::{Line, PageLines, Phrase};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::{is_forward, is_total_label};

#[derive(Clone)]
struct Entry {
    label: String,
    /// Whether its label is of one piece, with perhaps a day before it.
    whole: bool,
    label_token: Token,
    amount: Money,
    amount_token: Token,
    line: Line,
    confidence: f32,
}

/// Reads the lists of the document.
pub fn read(pages: &[PageLines], setting: &Setting) -> TableReading {
    let mut out = TableReading::default();
    for page in pages {
        let entries: Vec<Option<Entry>> = page.lines.iter().map(entry).collect();
        let (added, told) = match find_list(&entries) {
            Some((rows, sum, true)) => (Some((rows, sum.clone())), None),
            Some((rows, sum, false)) => (None, Some((rows, sum.clone()))),
            None => (None, None),
        };
        let Some((rows, sum)) = added.or_else(|| borne_out(&entries, &page.lines)).or(told) else { continue };
        let listed: Money = rows.iter().filter(|r| !is_forward(&r.label)).map(|r| r.amount).sum();
        for e in rows {
            out.rows.push(row(e, setting));
        }
        // of a scan the total that is more than the list says that some of it was not read
        if listed < sum.amount && sum.line.words.iter().any(|w| w.source == TextSource::Ocr) {
            let reason = "the list above this total lacks an amount".to_owned();
            let text = sum.line.text();
            out.unparsed.push(Unparsed { page: sum.line.page, bbox: sum.line.bbox, text, reason });
        }
        let mut cells = BTreeMap::new();
        cells.insert(Field::Charge, cell(Value::Money(sum.amount), &sum.amount_token, sum.line.page, sum.confidence));
        out.totals.push(Total {
            label: sum.label.clone(),
            scope: TotalScope::Document,
            cells,
            rows: (0, out.rows.len()),
            claim: None,
        });
        break;
    }
    let services = out.rows.len();
    if services > 0 {
        let read = |l: &Line| out.rows.iter().any(|r| r.page == l.page && r.bbox.overlap_y(l.bbox) > 0.0);
        let others: Vec<&Line> = pages.iter().flat_map(|p| &p.lines).filter(|l| !read(l)).collect();
        let mut postings = Postings::default();
        for line in others {
            postings.take(line, setting, &mut out.rows);
        }
        postings.settle(&mut out.rows);
    }
    if !out.rows.is_empty() {
        out.columns.extend([Field::Description, Field::Charge]);
    }
    out
}

/// `label … amount`, nothing else.
fn entry(line: &Line) -> Option<Entry> {
    let toks = tokens(line);
    let (last, head) = toks.split_last()?;
    if last.kind != TokenKind::Money || head.is_empty() || head.iter().any(|t| t.kind == TokenKind::Money) {
        return None;
    }
    let label = head.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
    let label = label.trim_end_matches(['.', ' ', ':', '_']).to_owned();
    let letters = label.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2 || label.len() > 70 {
        return None;
    }
    let (amount, repairs) = money::money(&last.text).map(|m| (m, 0)).or_else(|| money::money_lenient(&last.text))?;
    let confidence = toks.iter().map(|t| t.confidence).fold(1.0, f32::min) * 0.93_f32.powi(i32::from(repairs));
    let whole = head.iter().filter(|t| t.kind != TokenKind::Date).count() <= 1;
    Some(Entry { label, whole, label_token: head[0].clone(), amount, amount_token: last.clone(), line: line.clone(), confidence })
}

/// The run of entries that stand above a total and in its column, and whether it adds them up; else it but says so.
fn find_list(entries: &[Option<Entry>]) -> Option<(Vec<&Entry>, &Entry, bool)> {
    let mut weak = None;
    for (i, e) in entries.iter().enumerate() {
        let Some(sum) = e else { continue };
        if !is_total_label(&sum.label) || !sum.label.to_lowercase().contains("total") {
            continue;
        }
        let mut rows: Vec<&Entry> = Vec::new();
        for x in entries[..i].iter().rev() {
            let Some(x) = x else {
                if rows.is_empty() {
                    continue;
                }
                break;
            };
            let size = x.line.size();
            let (amount, under) = (x.amount_token.bbox, sum.amount_token.bbox);
            // the tick of a pen behind an amount widens its box
            let ticked = amount.x0 < under.x1 && (0.0..4.0 * size).contains(&(amount.x1 - under.x1));
            let centred = (amount.cx() - under.cx()).abs() < 0.3 * size;
            let aligned = ticked || centred || (amount.x1 - under.x1).abs() < 0.6 * size;
            let above = rows.last().map_or(sum.line.bbox.y0, |r: &&Entry| r.line.bbox.y0) - x.line.bbox.y1;
            if !aligned || above > 3.0 * size || is_total_label(&x.label) {
                break;
            }
            rows.push(x);
        }
        rows.reverse();
        let services: Money = rows.iter().filter(|r| !is_forward(&r.label)).map(|r| r.amount).sum();
        if !rows.is_empty() && (services == sum.amount || rows.iter().map(|r| r.amount).sum::<Money>() == sum.amount) {
            return Some((rows, sum, true));
        }
        if rows.len() >= 2
            && sum.label.to_lowercase().contains("charge")
            && weak.is_none()
            && rows.iter().all(|r| credit(&r.label, None).is_none())
        {
            weak = Some((rows, sum, false));
        }
    }
    weak
}

/// The run of entries whose amounts stand in one column and whose sum is printed below them in another: for that of a single one
/// the words must say that it is the sum of charges. Dated payments may stand among them.
fn borne_out<'a>(entries: &'a [Option<Entry>], lines: &[Line]) -> Option<(Vec<&'a Entry>, Entry)> {
    let mut from = 0;
    while from < entries.len() {
        // `Date of service: 03/09/2025   Charges: $231.00` is no department
        let names = |e: &Entry| e.whole && !is_sum(&e.label) && !e.label.contains(':');
        let Some(first) = entries[from].as_ref().filter(|e| names(e)) else {
            from += 1;
            continue;
        };
        let mut run: Vec<&Entry> = vec![first];
        let below = entries[from + 1..].iter();
        run.extend(below.map_while(|e| e.as_ref()).scan(first, |above, e| {
            let size = e.line.size();
            let aligned = (e.amount_token.bbox.x1 - first.amount_token.bbox.x1).abs() < 0.6 * size;
            let near = e.line.bbox.y0 - above.line.bbox.y1 < 3.0 * size;
            *above = e;
            (aligned && near && names(e) && (!is_credit(e) || posted(e))).then_some(e)
        }));
        let rows: Vec<&Entry> = run.iter().copied().filter(|e| !is_credit(e)).collect();
        let listed: Money = rows.iter().map(|r| r.amount).sum();
        let charges = |e: &&Entry| e.amount == listed && (rows.len() > 1 && is_sum(&e.label) || is_sum_of_charges(&e.label));
        let next = from + run.len();
        if !rows.is_empty() && listed > Money::ZERO {
            let beside = entries[next..].iter().flatten().find(charges).cloned();
            if let Some(sum) = beside.or_else(|| captioned_sum(&lines[next..], listed)) {
                return Some((rows, sum));
            }
        }
        from = next;
    }
    None
}

/// The sum of charges that stands under its label, in a row of sums: `TOTAL CHARGES   BALANCE DUE` over `$1,562.20   $38.00`.
fn captioned_sum(lines: &[Line], listed: Money) -> Option<Entry> {
    lines.windows(2).find_map(|two| {
        let (captions, values) = (&two[0], &two[1]);
        let under = |p: &Phrase, t: &Token| t.kind == TokenKind::Money && p.bbox.overlap_x(t.bbox) > 0.0;
        let sum = |p: Phrase| {
            let amount = tokens(values).into_iter().find(|t| under(&p, t) && money::money(&t.text) == Some(listed))?;
            let label_token = tokens(captions).into_iter().find(|t| t.bbox.overlap_x(p.bbox) > 0.0)?;
            let confidence = amount.confidence;
            Some(Entry {
                label: p.text,
                whole: true,
                label_token,
                amount: listed,
                amount_token: amount,
                line: values.clone(),
                confidence,
            })
        };
        captions.phrases().into_iter().filter(|p| is_sum_of_charges(&p.text)).find_map(sum)
    })
}

/// Whether an entry is a payment or an adjustment.
fn is_credit(e: &Entry) -> bool {
    let words = date::leading_date(&e.label).map_or(e.label.as_str(), |(_, rest)| rest);
    credit(words, None).is_some()
}

/// Whether an entry has the day on which it was posted.
fn posted(e: &Entry) -> bool {
    date::leading_date(&e.label).is_some()
}

fn is_sum(label: &str) -> bool {
    is_total_label(label) || is_sum_of_charges(label)
}

/// `Total charges this statement`, `Gross charges`, `Charges total`, `Total for services`.
fn is_sum_of_charges(label: &str) -> bool {
    static CHARGES: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\b(?:charges?|charged|billed|services?|fees)\b").expect("a constant pattern"));
    static SUM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\b(?:total|sum|gross|all)\b").expect("a constant pattern"));
    CHARGES.is_match(label) && SUM.is_match(label)
}

fn row(e: &Entry, setting: &Setting) -> Row {
    let mut cells = BTreeMap::new();
    let mut label = e.label.clone();
    if let Some((d, rest)) = date::leading_date(&e.label)
        && let Some(day) = d.resolve(setting.anchor)
    {
        cells.insert(Field::ServiceDate, cell(Value::Date(day), &e.label_token, e.line.page, e.confidence));
        rest.trim().clone_into(&mut label);
    }
    cells.insert(Field::Description, cell(Value::Text(label), &e.label_token, e.line.page, e.confidence));
    cells.insert(Field::Charge, cell(Value::Money(e.amount), &e.amount_token, e.line.page, e.confidence));
    let kind = if is_forward(&e.label) {
        LineKind::Balance
    } else if e.amount < Money::ZERO {
        LineKind::Reversal
    } else {
        LineKind::Service
    };
    Row { kind, cells, claim: None, page: e.line.page, bbox: e.line.bbox }
}

fn cell(value: Value, t: &Token, page: u32, confidence: f32) -> Cell {
    Cell { value, raw: t.text.clone(), page, bbox: t.bbox, confidence }
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    type Row<'a> = (f32, &'a [(f32, &'a str)]);

    const FIELDS: [Field; 5] = [Field::ServiceDate, Field::Description, Field::Charge, Field::PlanPaid, Field::PlanDiscount];

    fn bill(lines: &[Row<'_>]) -> Statement {
        let head: [Row<'_>; 3] = [
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Account Summary")]),
            (40.0, &[(300.0, "Patient: Jane Roe"), (460.0, "Account no: 4412087")]),
            (50.0, &[(300.0, "Statement date: 04/15/2025"), (460.0, "Balance due: $38.00")]),
        ];
        read(&[&head, lines].concat())
    }

    fn rows(s: &Statement) -> Vec<String> {
        s.rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn amounts_may_stand_centred_over_their_sum() {
        let s = bill(&[
            (80.0, &[(40.0, "Emergency Room"), (404.2, "$956.83")]),
            (92.0, &[(40.0, "Laboratory"), (404.2, "$605.37")]),
            (104.0, &[(40.0, "Supplies"), (406.3, "$10.00")]),
            (120.0, &[(39.0, "Total of charges"), (400.0, "$1,572.20")]),
        ]);
        let want = ["- Emergency Room 956.83 - -", "- Laboratory 605.37 - -", "- Supplies 10.00 - -"];
        assert_eq!(rows(&s), want);
    }

    #[test]
    fn a_sum_in_another_column_bears_the_list_out() {
        let s = bill(&[
            (80.0, &[(40.0, "Emergency Room"), (-400.0, "$956.83")]),
            (92.0, &[(40.0, "Laboratory"), (-400.0, "$605.37")]),
            (104.0, &[(40.0, "04/05/25"), (90.0, "Lakeside Payment"), (-400.0, "$1,462.20-")]),
            (116.0, &[(40.0, "04/05/25"), (90.0, "Insurance Adjustment"), (-400.0, "$62.00-")]),
            (140.0, &[(300.0, "Total charges this statement"), (-570.0, "$1,562.20")]),
            (152.0, &[(300.0, "Current balance"), (-570.0, "$38.00")]),
        ]);
        assert_eq!(
            rows(&s),
            [
                "- Emergency Room 956.83 - -",
                "- Laboratory 605.37 - -",
                "2025-04-05 Lakeside Payment - 1462.20 -",
                "2025-04-05 Insurance Adjustment - - 62.00"
            ]
        );
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn a_single_entry_needs_the_words_of_a_sum_of_charges() {
        let one = |label: &'static str| {
            let s =
                bill(&[(80.0, &[(40.0, "Anesthesia"), (-400.0, "$630.12")]), (104.0, &[(300.0, label), (-570.0, "$630.12")])]);
            rows(&s)
        };
        assert_eq!(one("Sum of charges"), ["- Anesthesia 630.12 - -"]);
        assert!(one("Pay this amount").is_empty());
    }

    #[test]
    fn a_sum_nearly_in_the_column_of_the_list_is_none_of_it() {
        let s = bill(&[
            (80.0, &[(40.0, "Operating Room"), (-500.0, "$956.83")]),
            (92.0, &[(40.0, "Laboratory"), (-500.0, "$605.37")]),
            (108.0, &[(300.0, "Charges total"), (-496.0, "$1,562.20")]),
            (120.0, &[(300.0, "Balance due from you"), (-496.0, "$1,562.20")]),
        ]);
        assert_eq!(rows(&s), ["- Operating Room 956.83 - -", "- Laboratory 605.37 - -"]);
    }

    #[test]
    fn the_sum_may_stand_under_its_label() {
        let s = bill(&[
            (80.0, &[(40.0, "Operating Room"), (-400.0, "$956.83")]),
            (92.0, &[(40.0, "Laboratory"), (-400.0, "$605.37")]),
            (116.0, &[(100.0, "GROSS CHARGES"), (250.0, "INSURANCE PAID"), (400.0, "BALANCE DUE FROM YOU")]),
            (126.0, &[(100.0, "$1,562.20"), (250.0, "$1,524.20"), (400.0, "$38.00")]),
        ]);
        assert_eq!(rows(&s), ["- Operating Room 956.83 - -", "- Laboratory 605.37 - -"]);
    }

    #[test]
    fn a_name_beside_the_balance_is_no_department() {
        let s = bill(&[
            (80.0, &[(40.0, "JANE ROE"), (300.0, "Balance Outstanding"), (-500.0, "$630.12")]),
            (110.0, &[(40.0, "03/13/2025"), (100.0, "OUTPATIENT SERVICES"), (-400.0, "$630.12")]),
            (130.0, &[(300.0, "Total of charges"), (-570.0, "$630.12")]),
        ]);
        assert_eq!(rows(&s), ["2025-03-13 OUTPATIENT SERVICES 630.12 - -"]);
    }

    #[test]
    fn what_adds_up_to_nothing_printed_is_no_list() {
        let s = bill(&[
            (80.0, &[(40.0, "Anesthesia"), (-400.0, "$630.12")]),
            (92.0, &[(40.0, "Laboratory"), (-400.0, "$605.37")]),
            (116.0, &[(300.0, "Gross charges"), (-570.0, "$1,535.49")]),
        ]);
        assert!(s.rows.is_empty(), "{:?}", s.rows);
    }
}
