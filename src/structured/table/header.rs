//! The header row of a table and what its columns are.

use std::collections::BTreeSet;

use billproof_parsers::grammar::date::date;
use billproof_parsers::statement::Field;
use billproof_parsers::vocabulary::Vocabulary;

use super::NumberedRow;

/// A header row and its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Index of the header row in the grid.
    pub header: usize,
    /// What stands in each column; `None` for what the record has no place for.
    pub columns: Vec<Option<Field>>,
}

impl Table {
    /// Whether some column holds the field.
    pub fn has(&self, field: Field) -> bool {
        self.columns.contains(&Some(field))
    }
}

/// Portals put a few lines above their table.
const LOOKED_AT: usize = 60;

/// Columns that say whose and which claim a row is: on paper they stand above a table, in an export within it.
const IDENTITY: &[(Field, &[&str])] = &[
    (
        Field::Patient,
        &[
            "patient",
            "patient name",
            "member name",
            "member",
            "dependent",
            "family member",
            "name of patient",
            "patient full name",
        ],
    ),
    (
        Field::Provider,
        &[
            "provider",
            "provider name",
            "servicing provider",
            "service provider",
            "billing provider",
            "facility",
            "facility name",
            "doctor",
            "doctor name",
            "visited provider",
            "provider facility",
            "rendering provider",
            "location",
            "hospital",
        ],
    ),
    (
        Field::ClaimNo,
        &[
            "claim",
            "claim no",
            "claim number",
            "claim id",
            "claim num",
            "claim reference",
            "claim reference number",
            "icn",
            "dcn",
        ],
    ),
    (
        Field::AccountNo,
        &[
            "account",
            "account no",
            "account number",
            "account id",
            "acct",
            "acct no",
            "patient account number",
            "guarantor account",
            "hospital account",
            "invoice",
            "invoice no",
            "invoice number",
            "encounter",
            "visit no",
            "visit number",
        ],
    ),
    (Field::MemberId, &["member id", "subscriber id", "member number", "id number", "policy number"]),
    (
        Field::Payer,
        &["plan", "plan name", "payer", "payor", "insurance", "insurance company", "carrier", "health plan", "insurer"],
    ),
    (Field::ClaimStatus, &["status", "claim status"]),
    (Field::Network, &["network", "network status", "in network", "in out network"]),
];

/// Days that are no day of service, whatever else the words hold.
const OTHER_DAYS: &[&str] = &[
    "process",
    "paid",
    "received",
    "posted on",
    "birth",
    "dob",
    "statement",
    "due",
    "print",
    "check",
    "created",
    "finalized",
    "issued",
];

fn key(text: &str) -> String {
    let words = text.to_lowercase();
    let words = words.replace('#', " no ");
    words.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn column(text: &str) -> Option<Field> {
    let key = key(text);
    if key.is_empty() {
        return None;
    }
    if let Some((field, _)) = IDENTITY.iter().find(|(_, names)| names.contains(&key.as_str())) {
        return Some(*field);
    }
    if key.contains("date") && OTHER_DAYS.iter().any(|w| key.contains(w)) {
        return None;
    }
    let hit = Vocabulary::builtin().lookup(text).filter(|m| m.score >= 0.9);
    hit.and_then(|m| if let [field] = m.fields[..] { Some(field) } else { None }).filter(|f| *f != Field::Ignored)
}

fn is_amount(field: Field) -> bool {
    use Field as F;
    matches!(
        field,
        F::Charge
            | F::Allowed
            | F::PlanDiscount
            | F::NotCovered
            | F::Deductible
            | F::Copay
            | F::Coinsurance
            | F::PlanPaid
            | F::OtherPaid
            | F::PatientPaid
            | F::PatientResponsibility
            | F::Credits
            | F::Balance
    )
}

/// The header row of the table in a grid: the first that names a day of service, an amount and a third column, with a row
/// below it that has a day where it says so.
pub fn find(grid: &[NumberedRow]) -> Option<Table> {
    grid.iter().take(LOOKED_AT).enumerate().find_map(|(header, (_, cells))| {
        if is_our_own(cells) {
            return None;
        }
        let mut columns: Vec<Option<Field>> = cells.iter().map(|c| column(c)).collect();
        let known: BTreeSet<Field> = columns.iter().copied().flatten().collect();
        let day = columns.iter().position(|c| *c == Some(Field::ServiceDate))?;
        if known.len() < 3 || !known.iter().any(|f| is_amount(*f)) || !charges_or_settles(&known) {
            return None;
        }
        let below = grid.iter().skip(header + 1).take(LOOKED_AT);
        let mut days = below.filter_map(|(_, row)| row.get(day)).filter(|c| !c.is_empty());
        if !days.any(|c| is_day(c)) {
            return None;
        }
        guess_amounts(cells, &mut columns);
        keep_first(&mut columns);
        Some(Table { header, columns })
    })
}

/// What somebody was charged, or what a plan made of it: a fee schedule has neither beside a day of service.
fn charges_or_settles(known: &BTreeSet<Field>) -> bool {
    known.contains(&Field::Charge) || known.contains(&Field::PatientResponsibility) || known.contains(&Field::PlanPaid)
}

/// A day with its year; times may follow.
pub fn is_day(text: &str) -> bool {
    date(text.split([' ', 'T']).next().unwrap_or_default()).is_some() || date(text).is_some()
}

/// Amount columns in other words are understood by the words in them.
fn guess_amounts(cells: &[String], columns: &mut [Option<Field>]) {
    for (cell, column) in cells.iter().zip(columns.iter_mut()).filter(|(_, c)| c.is_none()) {
        if Vocabulary::builtin().lookup(cell).is_some() {
            continue;
        }
        let guess = Vocabulary::builtin().guess(cell).map(|m| m.fields);
        *column = guess.and_then(|f| if let [field] = f[..] { Some(field) } else { None }).filter(|f| is_amount(*f));
    }
}

/// A field that two columns seem to hold is the first one's.
fn keep_first(columns: &mut [Option<Field>]) {
    let mut seen = BTreeSet::new();
    for column in columns.iter_mut() {
        if column.is_some_and(|f| !seen.insert(f)) {
            *column = None;
        }
    }
}

/// The files that billproof writes hold what was read, not what was sent.
fn is_our_own(cells: &[String]) -> bool {
    let first: Vec<&str> = cells.iter().take(3).map(String::as_str).collect();
    first == ["path", "sha256", "case_id"] || matches!(first[..], ["case_id", "path" | "flag_id" | "patient", _])
}
