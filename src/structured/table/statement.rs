//! A table → its statement.

use std::collections::BTreeMap;

use billproof_parsers::credits::credit;
use billproof_parsers::grammar::{adjustments, code, date, money, units};
use billproof_parsers::kind_of_columns::{are_of_eob, columns_of_settling};
use billproof_parsers::statement::{DocKind, Field, LineKind, Money, Statement};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::NumberedRow;
use super::header::Table;
use crate::record::{ArithmeticCheck, CheckKind};
use crate::structured::Part;
use crate::structured::cells::{Cells, add, blank, unparsed};

/// Name under which documents.csv lists what was read here.
const LAYOUT: &str = "table";

/// Words of the row that adds up the others.
const SUMS: [&str; 6] = ["total", "totals", "grand total", "sum", "subtotal", "total charges"];

/// The statement of the table in a grid.
pub fn statement(grid: &[NumberedRow], table: &Table, page: u32) -> Part {
    let above: Vec<&[String]> = grid[..table.header].iter().map(|(_, cells)| cells.as_slice()).collect();
    let eob = settles(table, &above);
    let mut out = blank(LAYOUT, if eob { DocKind::Eob } else { DocKind::ItemizedBill });
    let mut reader = Reader { table, eob, page, sums: BTreeMap::new(), out: &mut out };
    for (number, cells) in &grid[table.header + 1..] {
        reader.row(*number, cells);
    }
    let sums = std::mem::take(&mut reader.sums);
    let coded = out.rows.iter().any(|r| r.cells.contains_key(&Field::Code) || r.cells.contains_key(&Field::RevenueCode));
    if !eob && !coded {
        out.kind = DocKind::SummaryBill;
    }
    out.columns = table.columns.iter().copied().flatten().collect();
    head(&mut out, &above, &sums, eob, page);
    let checks = total_check(&out, &sums, page);
    Part { statement: out, checks }
}

/// An insurer's list says what the plan allowed, paid and left to the member; a provider's what was charged and credited.
fn settles(table: &Table, above: &[&[String]]) -> bool {
    let words = above.iter().flat_map(|r| r.iter()).map(|c| c.to_lowercase()).collect::<Vec<_>>().join(" ");
    if words.contains("explanation of benefits") || words.contains("claims summary") || words.contains("claim history") {
        return true;
    }
    let has = |f: Field| table.has(f);
    are_of_eob(has) || columns_of_settling(has) >= 2 && has(Field::ClaimNo)
}

struct Reader<'a> {
    table: &'a Table,
    eob: bool,
    page: u32,
    sums: BTreeMap<Field, Money>,
    out: &'a mut Statement,
}

impl Reader<'_> {
    fn row(&mut self, number: usize, cells: &[String]) {
        if cells.iter().all(|c| c.trim().is_empty()) {
            return;
        }
        let value = |f: Field| -> &str {
            let at = self.table.columns.iter().position(|c| *c == Some(f));
            at.and_then(|i| cells.get(i)).map_or("", |c| c.trim())
        };
        let text = cells.iter().filter(|c| !c.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" | ");
        let from = day(value(Field::ServiceDate));
        if from.is_none() && is_sum(cells) {
            self.keep_sums(cells);
            return;
        }
        let mut row = Cells::new(self.page);
        let mut wrong: Vec<String> = Vec::new();
        let mut amounts: BTreeMap<Field, Money> = BTreeMap::new();
        for (field, cell) in self.table.columns.iter().zip(cells).filter_map(|(f, c)| f.map(|f| (f, c.trim()))) {
            if cell.is_empty() || matches!(cell, "-" | "--" | "—" | "–" | "N/A" | "n/a") {
                continue;
            }
            match field {
                Field::ServiceDate | Field::ServiceDateTo if day(cell).is_none() => wrong.push(format!("no date: {cell}")),
                Field::ServiceDate
                | Field::ServiceDateTo
                | Field::ClaimStatus
                | Field::Network
                | Field::MemberId
                | Field::Payer
                | Field::UnitPrice => {}
                Field::Code => procedure(&mut row, cell),
                Field::Modifiers => row.list(field, &code::modifiers(cell).unwrap_or_default()),
                Field::RevenueCode => row.text(field, &code::revenue_code(cell).unwrap_or_default()),
                Field::Units => row.number(field, units::units(cell).or_else(|| cell.parse().ok())),
                Field::Adjustments => row.adjustments(&adjustments::adjustments(cell).unwrap_or_default()),
                Field::RemarkCodes => row.list(field, &adjustments::remark_codes(cell).unwrap_or_default()),
                Field::Description | Field::Patient | Field::Provider | Field::ClaimNo | Field::AccountNo => {
                    row.text(field, cell);
                }
                _ => match amount(cell) {
                    Some(m) => {
                        amounts.insert(field, m);
                    }
                    None => wrong.push(format!("no amount: {cell}")),
                },
            }
        }
        if amounts.is_empty() && from.is_none() {
            // Words below the table: what the portal says about itself.
            return;
        }
        row.period(from, day(value(Field::ServiceDateTo)));
        if let Some(what) = wrong.first() {
            self.out.unparsed.push(unparsed(self.page, text.clone(), format!("row {number}: {what}")));
        }
        let kind = self.place(&mut row, amounts, value(Field::Description));
        if let Some(kind) = kind {
            let claim = self.claim(value(Field::ClaimNo), value(Field::AccountNo), cells);
            self.out.rows.push(row.into_row(kind, claim));
        }
    }

    /// Puts the amounts into their columns. On a bill a row of a negative charge, or of a credit, is a payment or an adjustment.
    fn place(&self, row: &mut Cells, mut amounts: BTreeMap<Field, Money>, words: &str) -> Option<LineKind> {
        let charge = amounts.get(&Field::Charge).copied();
        let credited = amounts.remove(&Field::Credits).filter(|m| *m != Money::ZERO);
        if let Some(balance) = amounts.remove(&Field::Balance) {
            // A running balance is nothing of the line's own; only where it is the sole amount does it carry over.
            if amounts.is_empty() && credited.is_none() {
                row.money(Field::Charge, Some(balance));
                return Some(LineKind::Balance);
            }
        }
        let negative = charge.is_some_and(|c| c < Money::ZERO);
        if !self.eob && (credited.is_some() || negative) {
            let amount = credited.or(charge).unwrap_or_default();
            match credit(words, None) {
                Some(c) => {
                    row.money(c.field, Some(if c.taken_back { -amount.abs() } else { amount.abs() }));
                    return Some(c.kind);
                }
                None if credited.is_some() => {
                    row.money(Field::PatientPaid, Some(amount.abs()));
                    return Some(LineKind::Payment);
                }
                None => {}
            }
        }
        for (field, m) in &amounts {
            row.money(*field, Some(*m));
        }
        Some(if negative { LineKind::Reversal } else { LineKind::Service }).filter(|_| !amounts.is_empty())
    }

    /// The claim or account of a row: one for each number.
    fn claim(&mut self, claim_no: &str, account_no: &str, cells: &[String]) -> Option<usize> {
        if claim_no.is_empty() && account_no.is_empty() {
            return None;
        }
        let value = |f: Field| {
            let at = self.table.columns.iter().position(|c| *c == Some(f));
            at.and_then(|i| cells.get(i)).map_or("", |c| c.trim()).to_owned()
        };
        let mut header = Cells::new(self.page);
        header.text(Field::ClaimNo, claim_no);
        header.text(Field::AccountNo, account_no);
        header.text(Field::Patient, &value(Field::Patient));
        header.text(Field::Provider, &value(Field::Provider));
        header.text(Field::ClaimStatus, status(&value(Field::ClaimStatus)));
        header.text(Field::Network, network(&value(Field::Network)));
        let header = header.into_header();
        let number = |c: &billproof_parsers::statement::ClaimHeader, f| c.cells.get(&f).map(|c| c.raw.clone());
        let same = |c: &billproof_parsers::statement::ClaimHeader| {
            [Field::ClaimNo, Field::AccountNo].into_iter().all(|f| number(c, f) == number(&header, f))
        };
        let known = self.out.claims.iter().position(same);
        Some(known.unwrap_or_else(|| {
            self.out.claims.push(header);
            self.out.claims.len() - 1
        }))
    }

    fn keep_sums(&mut self, cells: &[String]) {
        for (field, cell) in self.table.columns.iter().zip(cells).filter_map(|(f, c)| f.map(|f| (f, c.trim()))) {
            if let Some(m) = amount(cell).filter(|_| cell.contains(|c: char| c.is_ascii_digit())) {
                self.sums.insert(field, m);
            }
        }
    }
}

fn is_sum(cells: &[String]) -> bool {
    let first = cells.iter().map(|c| c.trim()).find(|c| !c.is_empty()).unwrap_or_default();
    let words = first.trim_end_matches([':', ' ']).to_lowercase();
    SUMS.contains(&words.as_str()) || words.starts_with("total ") || words.starts_with("totals ")
}

/// Values above the table: `Patient: Jane Doe` in one cell, or name and value in two.
fn head(out: &mut Statement, above: &[&[String]], sums: &BTreeMap<Field, Money>, eob: bool, page: u32) {
    let mut named: Vec<(String, String)> = Vec::new();
    for row in above {
        let cells: Vec<&str> = row.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
        let mut i = 0;
        while i < cells.len() {
            match cells[i].split_once(':') {
                Some((name, value)) if !value.trim().is_empty() => named.push((name.to_lowercase(), value.trim().to_owned())),
                Some((name, _)) if i + 1 < cells.len() => {
                    named.push((name.to_lowercase(), cells[i + 1].to_owned()));
                    i += 1;
                }
                None if cells.len() == 2 && i == 0 => {
                    named.push((cells[0].to_lowercase(), cells[1].to_owned()));
                    i += 1;
                }
                _ => {}
            }
            i += 1;
        }
    }
    let find = |names: &[&str]| named.iter().find(|(n, _)| names.contains(&n.trim())).map_or("", |(_, v)| v.as_str());
    let mut cells = Cells::new(page);
    cells.text(Field::Patient, find(&["patient", "patient name", "member", "member name"]));
    cells.text(Field::Provider, find(&["provider", "provider name", "facility", "hospital", "clinic"]));
    cells.text(
        Field::AccountNo,
        find(&["account", "account number", "account no", "account #", "account id", "guarantor account", "invoice number"]),
    );
    cells.text(Field::ClaimNo, find(&["claim", "claim number", "claim no", "claim #", "claim id"]));
    cells.text(Field::MemberId, find(&["member id", "subscriber id", "member number", "id number"]));
    cells.text(Field::Payer, find(&["plan", "payer", "insurance", "health plan", "insurer", "plan name", "carrier"]));
    cells.date(
        Field::StatementDate,
        day(find(&["statement date", "date", "as of", "date of statement", "printed", "notice date", "date issued"])),
    );
    cells.money(
        Field::BalanceDue,
        amount(find(&["balance due", "amount due", "balance", "current balance", "total due", "total amount due"]))
            .filter(|_| !eob),
    );
    cells.money(Field::TotalCharges, sums.get(&Field::Charge).copied());
    cells.money(Field::TotalPlanPaid, sums.get(&Field::PlanPaid).copied());
    cells.money(Field::TotalDiscount, sums.get(&Field::PlanDiscount).copied());
    cells.money(Field::TotalPatientPaid, sums.get(&Field::PatientPaid).copied());
    cells.money(Field::TotalPatientResponsibility, sums.get(&Field::PatientResponsibility).copied().filter(|_| eob));
    add(out, cells);
    let rows: Vec<_> = out.rows.iter().map(|r| r.cells.clone()).collect();
    for field in [Field::Patient, Field::Provider, Field::ClaimNo, Field::AccountNo] {
        for cell in rows.iter().filter_map(|r| r.get(&field)) {
            out.header.entry(field).or_default().push(cell.clone());
        }
    }
}

fn total_check(out: &Statement, sums: &BTreeMap<Field, Money>, page: u32) -> Vec<ArithmeticCheck> {
    let charged = out.rows.iter().filter(|r| matches!(r.kind, LineKind::Service | LineKind::Reversal));
    let computed = charged.filter_map(|r| r.cells.get(&Field::Charge)).filter_map(|c| amount(&c.raw)).sum();
    let check = |printed: &Money| ArithmeticCheck {
        kind: CheckKind::TotalCharges,
        line_no: None,
        page,
        printed: *printed,
        computed,
        certain: false,
    };
    sums.get(&Field::Charge).map(check).into_iter().collect()
}

/// A code with its modifiers behind it, or a code of a hospital's own.
fn procedure(row: &mut Cells, cell: &str) {
    match code::procedure(cell) {
        Some(p) => {
            row.code(Field::Code, &p.code);
            row.list(Field::Modifiers, &p.modifiers);
        }
        None => row.code(Field::Code, cell.split_whitespace().next().unwrap_or_default()),
    }
}

fn day(text: &str) -> Option<Date> {
    let date_of = |t: &str| date::date(t).and_then(|d| d.resolve(None));
    let first = text.split([' ', 'T']).next().unwrap_or_default();
    date_of(first).or_else(|| date_of(text)).or_else(|| first.parse().ok())
}

/// An amount with or without cents, sign, dollar sign, thousands and brackets.
fn amount(text: &str) -> Option<Money> {
    if let Some(m) = money::money(text) {
        return Some(m);
    }
    let negative = text.starts_with('(') && text.ends_with(')');
    let plain: String = text.chars().filter(|c| !matches!(c, '$' | ',' | '(' | ')' | ' ' | '\u{a0}')).collect();
    let d = plain.parse::<Decimal>().ok().filter(|d| d.abs() < Decimal::from(1_000_000_000_000_i64))?;
    Some(Money(if negative { -d } else { d }))
}

fn status(text: &str) -> &'static str {
    let t = text.to_lowercase();
    if t.contains("pend") || t.contains("process") && !t.contains("processed") || t.contains("review") || t.contains("received") {
        "pending"
    } else if t.contains("denied") || t.contains("reject") {
        "denied"
    } else if ["processed", "paid", "complete", "final", "approved", "settled", "closed"].iter().any(|w| t.contains(w)) {
        "processed"
    } else {
        ""
    }
}

fn network(text: &str) -> &'static str {
    let t = text.to_lowercase();
    if t.starts_with("out") || t == "no" || t == "n" {
        "out"
    } else if t.starts_with("in") || t == "yes" || t == "y" {
        "in"
    } else {
        ""
    }
}
