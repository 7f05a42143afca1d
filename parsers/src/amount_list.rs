//! Summary bills: departments and their amounts in a list without a header, closed by a total.
//!
//! The list is taken for one only where its amounts stand in one column and a printed total adds them up, or says that
//! it does.

use std::collections::BTreeMap;

use crate::credits::credit;
use crate::grammar::{date, money};
use crate::page_text::TextSource;
use crate::reading::TableReading;
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::{is_forward, is_total_label};

struct Entry {
    label: String,
    label_token: Token,
    amount: Money,
    amount_token: Token,
    line: Line,
    confidence: f32,
}

/// Reads the lists of the document.
pub fn read(pages: &[PageLines]) -> TableReading {
    let mut out = TableReading::default();
    for page in pages {
        let entries: Vec<Option<Entry>> = page.lines.iter().map(entry).collect();
        let Some((rows, sum)) = find_list(&entries) else { continue };
        let listed: Money = rows.iter().filter(|r| !is_forward(&r.label)).map(|r| r.amount).sum();
        for e in rows {
            out.rows.push(row(e));
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
    Some(Entry { label, label_token: head[0].clone(), amount, amount_token: last.clone(), line: line.clone(), confidence })
}

/// The run of entries that stand above a total and in its column.
fn find_list(entries: &[Option<Entry>]) -> Option<(Vec<&Entry>, &Entry)> {
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
            let aligned = ticked || (amount.x1 - under.x1).abs() < 0.6 * size;
            let above = rows.last().map_or(sum.line.bbox.y0, |r: &&Entry| r.line.bbox.y0) - x.line.bbox.y1;
            if !aligned || above > 3.0 * size || is_total_label(&x.label) {
                break;
            }
            rows.push(x);
        }
        rows.reverse();
        let services: Money = rows.iter().filter(|r| !is_forward(&r.label)).map(|r| r.amount).sum();
        if !rows.is_empty() && (services == sum.amount || rows.iter().map(|r| r.amount).sum::<Money>() == sum.amount) {
            return Some((rows, sum));
        }
        if rows.len() >= 2
            && sum.label.to_lowercase().contains("charge")
            && weak.is_none()
            && rows.iter().all(|r| credit(&r.label, None).is_none())
        {
            weak = Some((rows, sum));
        }
    }
    weak
}

fn row(e: &Entry) -> Row {
    let mut cells = BTreeMap::new();
    let mut label = e.label.clone();
    if let Some((d, rest)) = date::leading_date(&e.label)
        && let Some(day) = d.resolve(None)
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
