//! The audit as it lies on the desk: what is decided and corrected goes to disk first, then the case is judged anew.

use std::path::Path;

use jiff::Zoned;
use jiff::civil::Date;

use crate::corrections::{self, Correction, header_cell, line_cell};
use crate::decisions::{Decision, Verdict};
use crate::export::journal;
use crate::finished::CasePapers;
use crate::pipeline::{AuditError, CORRECTIONS, DECISIONS, Resumed};
use crate::rules::Finding;

/// Why something was not kept.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is no such finding any more, or no such line.
    #[error("{0} is not in this audit (any more)")]
    Unknown(String),
    /// A cell that a person entered is not what its column needs.
    #[error("{column}: {why}")]
    Cell {
        /// The column.
        column: String,
        /// What it needs.
        why: &'static str,
    },
    /// It could not be written down; nothing was changed.
    #[error("it could not be kept, and nothing was changed: {0}")]
    Journal(#[from] std::io::Error),
    /// It is kept, but the output folder could not be brought up to it.
    #[error("it is kept, but the output folder could not be rewritten: {0}")]
    Rewrite(#[from] AuditError),
}

/// The audit on the desk.
#[derive(Debug)]
pub struct Desk {
    audit: Resumed,
    by: String,
}

/// A row or a header as the form sends it back.
#[derive(Debug, Clone, Default)]
pub struct Entered {
    /// The document.
    pub path: String,
    /// Its line; `None` for its header.
    pub line_no: Option<u32>,
    /// The cells by column, as they stand in the form.
    pub cells: Vec<(String, String)>,
}

impl Desk {
    /// Takes up the audit in a folder; `by` is who sits at the desk.
    pub fn open(out: &Path, by: &str) -> Result<Self, AuditError> {
        let mut audit = Resumed::open(out)?;
        // What was kept before a crash may not have reached the output folder.
        audit.write()?;
        Ok(Self { audit, by: by.to_owned() })
    }

    /// The output folder.
    pub fn dir(&self) -> &Path {
        self.audit.dir()
    }

    /// All cases, by id.
    pub fn cases(&self) -> Vec<CasePapers> {
        self.audit.cases().collect()
    }

    /// A finding with its case.
    pub fn finding(&self, flag_id: &str) -> Option<(CasePapers, Finding)> {
        let case = self.audit.case_of(flag_id)?;
        let finding = case.judged.findings.iter().find(|f| f.flag_id == flag_id)?.clone();
        Some((case, finding))
    }

    /// Decides on a finding; no verdict withdraws what was decided.
    pub fn decide(&mut self, flag_id: &str, verdict: Option<Verdict>, note: &str) -> Result<(), DeskError> {
        let (case, _) = self.finding(flag_id).ok_or_else(|| DeskError::Unknown(flag_id.to_owned()))?;
        let date = today();
        let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
        let row = [flag_id, verdict.map_or("", Verdict::as_str), &note, &self.by, &date.to_string()];
        journal::append(&self.dir().join(DECISIONS.0), DECISIONS.1, &row)?;
        let decision =
            verdict.map(|verdict| Decision { flag_id: flag_id.to_owned(), verdict, note, by: self.by.clone(), date: Some(date) });
        self.audit.decide(&case.judged.summary.case_id, flag_id, decision);
        Ok(self.audit.write()?)
    }

    /// Takes a row or header that a person has compared with the paper. Where nothing in it differs, it is kept that it was
    /// read right. Returns how many cells were changed.
    pub fn correct(&mut self, case_id: &str, entered: &Entered) -> Result<usize, DeskError> {
        let unknown = || DeskError::Unknown(entered.path.clone());
        let case = self.audit.papers(case_id).ok_or_else(unknown)?;
        let document = case.document(&entered.path).ok_or_else(unknown)?;
        let line = entered.line_no.map(|n| case.line(&entered.path, n).ok_or_else(unknown)).transpose()?;
        let now = |column: &str| line.map_or_else(|| header_cell(document, column), |l| line_cell(l, column));
        let mut changed = Vec::new();
        let mut compared = None;
        for (column, text) in &entered.cells {
            let is_wrong = |why| DeskError::Cell { column: column.clone(), why };
            let value = corrections::stated(column, entered.line_no.is_none(), text).map_err(is_wrong)?;
            let (from, to) = (now(column), corrections::text_of(&value));
            let correction = Correction {
                path: entered.path.clone(),
                line_no: entered.line_no,
                column: column.clone(),
                from: from.clone(),
                to: to.clone(),
                by: self.by.clone(),
                date: Some(today()),
            };
            if from != to {
                changed.push(correction);
            } else if compared.is_none() && !from.is_empty() {
                compared = Some(correction);
            }
        }
        let count = changed.len();
        let kept = if changed.is_empty() { compared.into_iter().collect() } else { changed };
        for c in &kept {
            let line_no = c.line_no.map(|n| n.to_string()).unwrap_or_default();
            let date = c.date.map(|d| d.to_string()).unwrap_or_default();
            let row = [&c.path, &line_no, &c.column, &c.from, &c.to, &c.by, &date].map(String::as_str);
            journal::append(&self.dir().join(CORRECTIONS.0), CORRECTIONS.1, &row)?;
        }
        self.audit.correct(case_id, &kept);
        self.audit.write()?;
        Ok(count)
    }
}

fn today() -> Date {
    Zoned::now().date()
}
