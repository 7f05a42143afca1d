//! The column grammar: tables → rows and sums of a statement, for layouts that nobody has written for.

use std::ops::Range;

use crate::cells::{Reading, read_row};
use crate::claim_list::{listed_claims, without_claim_lists};
use crate::columns::{Column, is_money_field};
use crate::counts::in_words;
use crate::credit_rows::{CreditSigns, as_credit, credit_row, date_credit, give_back_minus, is_dated_credit, ledger_draft};
use crate::credits::credit;
use crate::dittoed_credits;
use crate::dittoed_days::carry_dates;
use crate::grammar::date::date;
use crate::habits::{days_of_headings, discounts_taken_off, line_balances, without_entry_numbers, without_line_numbers};
use crate::limits_beside::{is_limit_used, is_of_plan_year};
use crate::line_closings::left_of_service;
use crate::named_rows::named;
use crate::page_text::{BBox, TextSource};
use crate::printed_sums::{
    add_up_to_a_total, are_all_sums, by_its_name, charges_by_name, names_amounts, names_with_colon, not_rest_of_sum, proved,
    sum_by_name, sum_of, sums_down, total, words_between,
};
use crate::reading::{Draft, Setting, TableReading, money_of};
use crate::recaps::is_recap;
use crate::rows::{Item, RawRow, items};
use crate::side_by_side;
use crate::statement::{Cell, Field, LineKind, Money, Row, TotalScope, Unparsed, Value};
use crate::table::Table;
use crate::tokens::TokenKind;
use crate::total_labels::{is_forward, is_total_label};
use crate::whose_rows;

/// Reads all tables of a document.
pub fn read(tables: &[Table], setting: &Setting) -> TableReading {
    let mut out = TableReading::default();
    let mut drafts: Vec<Draft> = Vec::new();
    let mut spans: Vec<Range<usize>> = Vec::new();
    for t in without_claim_lists(tables) {
        out.columns.extend(
            t.columns
                .iter()
                .flat_map(|c| c.fields.iter().copied())
                .filter(|f| !matches!(f, Field::Ignored | Field::Credits | Field::Balance | Field::UnitPrice)),
        );
        out.unparsed.extend(side_by_side::unread_half(t));
        let from = drafts.len();
        let mut closed = false;
        for item in items(t) {
            match item {
                Item::Total(l, of_group) => {
                    let mut sum = total(l, &t.columns, drafts.len(), of_group);
                    if !setting.eob && left_of_service(&mut drafts[from..], &sum.label, &sum.cells) {
                        continue;
                    }
                    if setting.eob {
                        by_its_name(&mut sum);
                    } else {
                        charges_by_name(&mut sum);
                    }
                    closed |= sum.scope != TotalScope::Group;
                    let whole = not_rest_of_sum(sum, out.totals.last_mut());
                    out.totals.extend(whole);
                }
                Item::Credit(l) => drafts.extend(ledger_draft(l, setting, closed)),
                Item::Row(raw) => {
                    let mut reading = read_row(&raw, &t.columns, setting.anchor);
                    doubt_guessed(&mut reading, &t.columns);
                    if let Some(name) = raw.name {
                        named(&mut reading, name, &t.columns, setting);
                    }
                    let row = draft(&raw, reading, &t.columns, closed, setting);
                    let of_its_own = row.dated || row.identified;
                    if setting.eob || of_its_own || !left_of_service(&mut drafts[from..], &row.text, &row.row.cells) {
                        drafts.push(row);
                    }
                }
            }
        }
        spans.push(from..drafts.len());
        if setting.eob {
            let rows: Vec<&Row> = drafts[from..].iter().map(|d| &d.row).collect();
            out.totals.extend(sums_down(t, &rows, drafts.len()));
        }
        line_balances(&mut drafts[from..]);
        without_line_numbers(&mut drafts[from..]);
        if setting.eob {
            discounts_taken_off(&mut drafts[from..]);
        } else {
            without_entry_numbers(&mut drafts[from..]);
            days_of_headings(&mut drafts[from..], &t.columns, setting);
        }
        carry_dates(&mut drafts[from..], &t.columns);
        whose_rows::carry(&mut drafts[from..], &t.columns);
        if !setting.eob {
            dittoed_credits::carry(&mut drafts[from..], &t.columns);
        }
    }
    in_words::take(&mut drafts.iter_mut().map(|d| &mut d.row).collect::<Vec<_>>());
    let listed = if setting.eob { listed_claims(&drafts, &spans) } else { 0..0 };
    let signs = CreditSigns::of(&drafts, setting);
    // where nearly every row has a date or a code, words that stand in no column for words name no service
    let named = drafts.iter().filter(|d| d.identified || d.dated).count();
    let strict = named >= 2 && named * 10 >= drafts.len() * 7;
    let named_end = drafts.iter().rposition(|d| d.identified || d.dated).map_or(0, |i| i + 1);
    let told = named >= 2 && named * 10 >= named_end * 7;
    let services = || drafts.iter().filter(|d| !d.closed && money_of(&d.row.cells, Field::Charge).is_some());
    let all_dated = services().count() >= 2 && services().all(|d| d.dated);
    let summed = out.totals.len();
    let mut kept = Vec::with_capacity(drafts.len() + 1);
    for (i, mut d) in drafts.into_iter().enumerate() {
        kept.push(out.rows.len());
        if listed.contains(&i) || all_dated && is_recap(&d, setting) {
            continue;
        }
        d.closed |= strict && (d.borrowed || d.text.trim_end().ends_with(':'));
        let bare = told && !setting.eob && !d.identified && !d.dated && !d.row.cells.contains_key(&Field::Units);
        let behind_all = i >= named_end && !d.row.cells.contains_key(&Field::ServiceDate);
        d.closed |= bare && (behind_all || adds_up(&d, &out.rows));
        let unread = std::mem::take(&mut d.unread);
        place(d, setting, &signs, &mut out);
        if out.rows.len() > kept[kept.len() - 1] {
            out.unparsed.extend(unread);
        }
    }
    kept.push(out.rows.len());
    // what was no row after all must not be counted among the rows of a sum
    for t in &mut out.totals[..summed] {
        t.rows.1 = kept[t.rows.1.min(kept.len() - 1)];
    }
    out
}

/// Whether the charge of a line is what those of two services or more above it come to.
fn adds_up(d: &Draft, above: &[Row]) -> bool {
    let Some(charge) = money_of(&d.row.cells, Field::Charge) else { return false };
    let mut sum = Money::ZERO;
    let charges = above.iter().rev().filter(|r| r.kind == LineKind::Service).filter_map(|r| money_of(&r.cells, Field::Charge));
    charges.enumerate().any(|(i, m)| {
        sum += m;
        i > 0 && sum == charge
    })
}

/// An amount whose column was only guessed is no sure reading of its field; the paper's arithmetic may still prove it.
fn doubt_guessed(reading: &mut Reading, columns: &[Column]) {
    /// What such an amount is worth.
    const GUESSED: f32 = 0.9;
    for field in columns.iter().filter(|c| c.guessed).flat_map(|c| c.fields.iter()).filter(|f| is_money_field(**f)) {
        if let Some(cell) = reading.cells.get_mut(field) {
            cell.confidence = cell.confidence.min(GUESSED);
        }
    }
}

fn draft(raw: &RawRow<'_>, reading: Reading, columns: &[Column], closed: bool, setting: &Setting) -> Draft {
    let anchor = raw.lines[raw.anchor];
    let lines = raw.lines.iter().copied().chain(raw.name);
    let bbox = BBox::around(lines.filter(|l| l.page == anchor.page).map(|l| l.bbox)).unwrap_or(anchor.bbox);
    let borrowed = reading.borrowed;
    let unread = reading
        .problems
        .iter()
        .filter(|p| !p.starts_with("code"))
        .map(|p| Unparsed { page: anchor.page, bbox: anchor.bbox, text: anchor.text.clone(), reason: format!("cannot read {p}") })
        .collect();
    let mut cells = reading.cells;
    let own_revenue = cells.contains_key(&Field::RevenueCode);
    let dated = cells.contains_key(&Field::ServiceDate);
    let identified = cells.contains_key(&Field::Code) || own_revenue;
    if !own_revenue
        && !raw.context.credits
        && let Some((code, page, b)) = &raw.context.revenue_code
    {
        cells.insert(
            Field::RevenueCode,
            Cell { value: Value::Code(code.clone()), raw: code.clone(), page: *page, bbox: *b, confidence: 1.0 },
        );
    }
    let date_column = columns.iter().any(|c| c.has(Field::ServiceDate));
    if !dated
        && !date_column
        && let Some((d, page, b, text)) = &raw.context.date
        && let Some(day) = d.resolve(setting.anchor)
    {
        cells.insert(
            Field::ServiceDate,
            Cell { value: Value::Date(day), raw: text.clone(), page: *page, bbox: *b, confidence: 1.0 },
        );
    }
    // the words of a payment may stand under columns that it has no use for
    let words: Vec<&str> =
        anchor.assigned.cells.iter().filter(|(t, _)| t.kind == TokenKind::Text).map(|(t, _)| t.text.as_str()).collect();
    let words = words.join(" ");
    let said = |c: &Cell| matches!(&c.value, Value::Text(t) if credit(t, None).is_some());
    if !setting.eob && !identified && credit(&words, None).is_some() && !cells.get(&Field::Description).is_some_and(said) {
        if let Some(Cell { value: Value::Text(t), .. }) = cells.get_mut(&Field::Description) {
            t.clone_from(&words);
        } else {
            let cell =
                Cell { value: Value::Text(words.clone()), raw: words, page: anchor.page, bbox: anchor.bbox, confidence: 1.0 };
            cells.insert(Field::Description, cell);
        }
    }
    let text = match cells.get(&Field::Description).map(|c| &c.value) {
        Some(Value::Text(t)) => t.clone(),
        _ => anchor.label(columns),
    };
    let dated = dated || !identified && date_credit(&mut cells, &text, anchor, columns, setting);
    Draft {
        row: Row { kind: LineKind::Service, cells, claim: None, page: anchor.page, bbox },
        text,
        context: raw.context.clone(),
        dated,
        identified,
        closed,
        borrowed,
        unread,
        spoken: words_between(anchor, columns),
        recognised: anchor.assigned.cells.iter().any(|(t, _)| t.words.iter().any(|w| w.source == TextSource::Ocr)),
    }
}

/// Decides what a row is, and where its amount belongs.
fn place(mut d: Draft, setting: &Setting, signs: &CreditSigns, out: &mut TableReading) {
    let charge = money_of(&d.row.cells, Field::Charge);
    let in_credits = d.row.cells.contains_key(&Field::Credits);
    if is_forward(&d.text) && !d.identified {
        let balance = d.row.cells.remove(&Field::Balance);
        if !d.row.cells.contains_key(&Field::Charge)
            && let Some(c) = d.row.cells.remove(&Field::Credits).or(balance)
        {
            d.row.cells.insert(Field::Charge, c);
        }
        d.row.kind = LineKind::Balance;
        out.rows.push(d.row);
        return;
    }
    if !setting.eob && !d.identified {
        if let Some(c) = as_credit(&d, setting, in_credits, charge, signs) {
            // `Insurance paid  $465.01` under the list of credits that have their days is the sum of them
            let sum = || matches!(out.rows.last(), Some(r) if is_dated_credit(r));
            if d.dated || in_credits && d.context.credits && !sum() {
                if d.recognised && signs.negative && !c.taken_back {
                    give_back_minus(&mut d.row);
                }
                credit_row(&mut d.row, c, signs.negative);
                out.rows.push(d.row);
            } else {
                out.totals.push(sum_of(&d.text, &d.row, out.rows.len()));
            }
            return;
        }
        if !d.dated && is_total_label(&d.text) {
            out.totals.push(sum_of(&d.text, &d.row, out.rows.len()));
            return;
        }
    }
    if setting.eob && !d.identified && !d.dated && d.spoken {
        return;
    }
    // a box of sums under `All claims in this notice`, whose own heads were taken for those of a table
    let of_all_claims = || d.text.to_lowercase().starts_with("all claims");
    if setting.eob && !d.identified && !d.dated && (is_total_label(&d.context.heading) || of_all_claims()) {
        out.totals.push(sum_by_name(&d.text, &d.row, out.rows.len()));
        return;
    }
    if let Some(sum) = proved(&d.text, &d.row, &out.rows).filter(|_| setting.eob && !d.identified && !d.dated) {
        out.totals.push(sum);
        return;
    }
    if setting.eob && names_with_colon(&d) {
        let reason = "a line that names one amount of a service, whose place is not known".to_owned();
        out.unparsed.push(Unparsed { page: d.row.page, bbox: d.row.bbox, text: d.text.clone(), reason });
        return;
    }
    if names_amounts(&d, setting.eob) {
        let down = setting.eob && d.row.cells.len() > 1;
        // boxes of sums beside each other under the total of a claim name what its columns do not
        let of_claim = || d.closed && add_up_to_a_total(&out.rows, &out.totals);
        let of_year = || is_of_plan_year(&d.text) || is_limit_used(&d.text, &d.row.cells);
        if down && (are_all_sums(&d.row, &out.rows, &out.totals) || of_year() || of_claim()) {
            return;
        }
        if down {
            let reason = "an amount beside the name of one: amounts that run down the page are not read".to_owned();
            out.unparsed.push(Unparsed { page: d.row.page, bbox: d.row.bbox, text: d.text.clone(), reason });
        }
        out.totals.push(sum_of(&d.text, &d.row, out.rows.len()));
        return;
    }
    d.row.cells.remove(&Field::Balance);
    if charge.is_some_and(|m| m < Money::ZERO) {
        // on a scan the words may not have been seen that would say which
        let wordless = d.text.trim().is_empty() || date(&d.text).is_some();
        if d.recognised && signs.negative && !d.identified && wordless {
            let reason = "an amount whose words were not read: a payment, an adjustment or a charge taken back".to_owned();
            let text = d.row.cells.get(&Field::Charge).map(|c| c.raw.clone()).unwrap_or_default();
            out.unparsed.push(Unparsed { page: d.row.page, bbox: d.row.bbox, text, reason });
            return;
        }
        d.row.kind = LineKind::Reversal;
    }
    d.row.cells.remove(&Field::Credits);
    d.row.cells.remove(&Field::UnitPrice);
    let nothing = !(d.row.cells.keys().any(|f| is_money_field(*f)) || (d.recognised && d.identified && d.dated));
    let nameless = !d.identified && !d.dated && (d.closed || !d.row.cells.contains_key(&Field::Description));
    if nothing || nameless {
        if !nothing {
            out.totals.push(sum_of(&d.text, &d.row, out.rows.len()));
        }
        return;
    }
    out.rows.push(d.row);
}

#[cfg(test)]
mod tests;
