//! `case-log.csv`: what was said, promised, received and agreed about a case, beside its case.toml.
//!
//! Rows are only ever added ([`append`]). Each record is one line of the file, so that a line that a crash has torn spoils no
//! other; its last cell is the time of the writing, by which a whole line is known. Columns are found by name.

mod agreement;
mod file;
mod place;
mod text;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::export::cells::{money, number, optional};
use crate::record::Money;

pub use agreement::{Outcome, Term, TermCheck, check, overall, summary};
pub use file::{CaseLog, LogError, append, read};
pub use place::{folder_in, folder_of};
pub use text::{write_checks, write_log};

/// Columns of the file.
pub const COLUMNS: [&str; 17] = [
    "case_id",
    "entry",
    "date",
    "kind",
    "with",
    "note",
    "due",
    "of",
    "amount",
    "account_no",
    "monthly",
    "payments",
    "interest",
    "no_collections",
    "file",
    "result",
    "logged",
];

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A call or a visit.
    Call,
    /// What somebody has promised to do by a day.
    Promise,
    /// A paper that has come.
    Paper,
    /// What was agreed about paying.
    Agreement,
    /// The letter that puts an agreement in writing, checked against it.
    InWriting,
    /// A promise kept, or an agreement fulfilled.
    Done,
}

impl EntryKind {
    const ALL: [Self; 6] = [Self::Call, Self::Promise, Self::Paper, Self::Agreement, Self::InWriting, Self::Done];

    /// Its name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Promise => "promise",
            Self::Paper => "paper",
            Self::Agreement => "agreement",
            Self::InWriting => "in-writing",
            Self::Done => "done",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str().eq_ignore_ascii_case(name))
    }
}

/// What was agreed; amounts in US dollars, `None` where nothing was said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AgreedTerms {
    /// What is to be paid in all.
    pub amount: Option<Money>,
    /// Day of the payment, or of the first one.
    pub due: Option<Date>,
    /// The account that it satisfies.
    pub account_no: String,
    /// Each payment of a plan.
    pub monthly: Option<Money>,
    /// How many of them.
    pub payments: Option<u32>,
    /// Interest in percent a year; 0 where none is charged.
    pub interest: Option<Decimal>,
    /// Whether the account stays, or is taken, out of collection.
    pub no_collections: bool,
}

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The case.
    pub case_id: String,
    /// Its number in the file, from 1.
    pub entry: u32,
    /// The day it is about.
    pub date: Date,
    /// What it is about.
    pub kind: EntryKind,
    /// With whom.
    pub with: String,
    /// What was said.
    pub note: String,
    /// The entry that it belongs to.
    pub of: Option<u32>,
    /// The terms of an agreement; of a promise, `due` alone.
    pub terms: AgreedTerms,
    /// The paper's file.
    pub file: String,
    /// How an agreement's letter compares with what was agreed.
    pub result: String,
    /// When it was written down.
    pub logged: Option<Timestamp>,
}

impl Entry {
    /// An entry to be filled in; it gets its number when it is written.
    pub fn new(case_id: impl Into<String>, kind: EntryKind, date: Date) -> Self {
        Self {
            case_id: case_id.into(),
            entry: 0,
            date,
            kind,
            with: String::new(),
            note: String::new(),
            of: None,
            terms: AgreedTerms::default(),
            file: String::new(),
            result: String::new(),
            logged: None,
        }
    }

    fn cells(&self) -> [String; 17] {
        let t = &self.terms;
        let flag = if t.no_collections { "true" } else { "" };
        [
            self.case_id.clone(),
            self.entry.to_string(),
            self.date.to_string(),
            self.kind.as_str().to_owned(),
            self.with.clone(),
            self.note.clone(),
            optional(t.due.as_ref()),
            optional(self.of.as_ref()),
            money(t.amount),
            t.account_no.clone(),
            money(t.monthly),
            optional(t.payments.as_ref()),
            number(t.interest),
            flag.to_owned(),
            self.file.clone(),
            self.result.clone(),
            optional(self.logged.as_ref()),
        ]
    }
}

/// What is still open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReminderKind {
    /// A promise that is not marked as kept.
    Promise,
    /// An agreement whose letter has not come, or says something else.
    NotInWriting,
    /// A payment under an agreement.
    Payment,
}

impl ReminderKind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Promise => "promise",
            Self::NotInWriting => "not-in-writing",
            Self::Payment => "payment",
        }
    }
}

/// Something that a person has to come back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reminder {
    /// What.
    pub kind: ReminderKind,
    /// The day; of an agreement that is not in writing the day of its payment, before which it has to be.
    pub date: Option<Date>,
    /// In words.
    pub what: String,
    /// With whom.
    pub with: String,
    /// The entry it follows from.
    pub entry: u32,
}

impl Reminder {
    /// Whether its day is past. An agreement that is not in writing is always due.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.kind == ReminderKind::NotInWriting || self.date.is_some_and(|d| d < today)
    }
}

/// What is open of a case's entries, by date.
pub fn reminders(entries: &[Entry]) -> Vec<Reminder> {
    let done = |e: &Entry| entries.iter().any(|d| d.kind == EntryKind::Done && d.of == Some(e.entry));
    let mut out = Vec::new();
    for e in entries.iter().filter(|e| !done(e)) {
        let reminder = |kind, what: String| Reminder { kind, date: e.terms.due, what, with: e.with.clone(), entry: e.entry };
        match e.kind {
            EntryKind::Promise => out.push(reminder(ReminderKind::Promise, e.note.clone())),
            EntryKind::Agreement => {
                let letter = entries.iter().rfind(|w| w.kind == EntryKind::InWriting && w.of == Some(e.entry));
                let sum = e.terms.amount.map(|m| format!(" over {m}")).unwrap_or_default();
                match letter {
                    None => {
                        let what = format!("The agreement{sum} of {} is not in writing yet: pay nothing before it is.", e.date);
                        out.push(reminder(ReminderKind::NotInWriting, what));
                    }
                    Some(w) if !w.result.starts_with(Outcome::Agreed.as_str()) => {
                        let what = format!("The letter {} is not what was agreed{sum} on {}: {}", w.file, e.date, w.result);
                        out.push(reminder(ReminderKind::NotInWriting, what));
                    }
                    Some(_) => {}
                }
                if e.terms.due.is_some() {
                    out.push(reminder(ReminderKind::Payment, format!("Payment under the agreement{sum} of {}.", e.date)));
                }
            }
            _ => {}
        }
    }
    out.sort_by_key(|r| (r.date.is_none(), r.date, r.entry, r.kind));
    out
}

#[cfg(test)]
mod tests;
