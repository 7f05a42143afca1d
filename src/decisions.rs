//! What people have decided about findings: `decisions.csv`.
//!
//! Columns `flag_id, verdict, note, by, date`, found by name; others are passed over. A finding keeps its id from run to
//! run over the same papers, so a decision is made once. Of several decisions on one finding the last row counts: the file
//! may be appended to.

use std::collections::BTreeMap;
use std::io::Read;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a person found when looking at a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is right. One that was for review only because of a doubtful reading regains its own severity.
    Confirmed,
    /// It is wrong, or there is an answer to it: it disputes nothing and asks for no step.
    Dismissed,
    /// It was right and has been put right since: it disputes nothing and asks for no step.
    Fixed,
}

impl Verdict {
    /// Its name in the CSV files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
            Self::Fixed => "fixed",
        }
    }
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Id of the finding.
    pub flag_id: String,
    /// What was decided.
    pub verdict: Verdict,
    /// Why, in the decider's words.
    #[serde(default)]
    pub note: String,
    /// Who decided.
    #[serde(default)]
    pub by: String,
    /// When.
    #[serde(default)]
    pub date: Option<Date>,
}

/// All decisions by the id of their finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions(BTreeMap<String, Decision>);

/// Why decisions could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// The file is no CSV, or a cell is not what its column says; the message names the line.
    #[error("decisions: {0}")]
    Csv(#[from] csv::Error),
    /// A column is missing.
    #[error("decisions: there is no column `{0}`; the columns are flag_id, verdict, note, by, date")]
    Column(&'static str),
    /// A verdict that is none.
    #[error("decisions, line {line}: the verdict {value:?} is none of confirmed, dismissed, fixed")]
    Verdict {
        /// Line of the file, from 1.
        line: u64,
        /// What stands there.
        value: String,
    },
    /// A date that is none.
    #[error("decisions, line {line}: the date {value:?} is not written as 2026-01-31")]
    Date {
        /// Line of the file, from 1.
        line: u64,
        /// What stands there.
        value: String,
    },
}

impl Decisions {
    /// Reads a decisions.csv. A row without a verdict is not decided yet, or not any more.
    pub fn read(from: impl Read) -> Result<Self, DecisionError> {
        let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(from);
        let header = csv.headers()?.clone();
        let column = |name: &'static str| header.iter().position(|h| h.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name));
        let id = column("flag_id").ok_or(DecisionError::Column("flag_id"))?;
        let verdict = column("verdict").ok_or(DecisionError::Column("verdict"))?;
        let (note, by, date) = (column("note"), column("by"), column("date"));
        let mut out = BTreeMap::new();
        for row in csv.records() {
            let row = row?;
            let line = row.position().map_or(0, csv::Position::line);
            let cell = |i: Option<usize>| i.and_then(|i| row.get(i)).unwrap_or_default();
            let flag_id = cell(Some(id)).to_ascii_lowercase();
            let verdict = match cell(Some(verdict)).to_ascii_lowercase().as_str() {
                "" => {
                    out.remove(&flag_id);
                    continue;
                }
                "confirmed" => Verdict::Confirmed,
                "dismissed" => Verdict::Dismissed,
                "fixed" => Verdict::Fixed,
                other => return Err(DecisionError::Verdict { line, value: other.to_owned() }),
            };
            let date = match cell(date) {
                "" => None,
                text => Some(text.parse().map_err(|_| DecisionError::Date { line, value: text.to_owned() })?),
            };
            let decision =
                Decision { flag_id: flag_id.clone(), verdict, note: cell(note).to_owned(), by: cell(by).to_owned(), date };
            out.insert(flag_id, decision);
        }
        Ok(Self(out))
    }

    /// Takes a decision; one without a verdict withdraws what was decided.
    pub fn put(&mut self, flag_id: &str, decision: Option<Decision>) {
        match decision {
            Some(decision) => self.0.insert(flag_id.to_owned(), decision),
            None => self.0.remove(flag_id),
        };
    }

    /// The decision on a finding.
    pub fn on(&self, flag_id: &str) -> Option<&Decision> {
        self.0.get(flag_id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Decision> {
        self.0.values()
    }

    /// How many findings are decided.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is decided.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Decision> for Decisions {
    fn from_iter<T: IntoIterator<Item = Decision>>(decisions: T) -> Self {
        Self(decisions.into_iter().map(|d| (d.flag_id.clone(), d)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_decision_on_a_finding_counts() {
        let text = "flag_id,verdict,note,by,date\n0a1b,confirmed,,AB,2026-01-05\n\nffff,,to ask,AB,\n0A1B,Dismissed,\"paid, see receipt\",CD,2026-02-01\n";
        let read = Decisions::read(text.as_bytes()).unwrap();
        assert_eq!(read.len(), 1);
        let d = read.on("0a1b").unwrap();
        assert_eq!((d.verdict, d.note.as_str(), d.by.as_str()), (Verdict::Dismissed, "paid, see receipt", "CD"));
        assert_eq!(d.date, Some(jiff::civil::date(2026, 2, 1)));
    }

    #[test]
    fn a_later_row_without_a_verdict_withdraws_the_decision() {
        let text = "flag_id,verdict,note,by,date\n0a1b,confirmed,,AB,2026-01-05\n0a1b,,,AB,2026-01-06\n";
        assert!(Decisions::read(text.as_bytes()).unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let error = |text: &str| Decisions::read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error("flag_id,note\nx,y\n"),
            "decisions: there is no column `verdict`; the columns are flag_id, verdict, note, by, date"
        );
        assert!(error("flag_id,verdict\na,confirmed\nb,maybe\n").contains("line 3: the verdict \"maybe\""));
        assert!(error("flag_id,verdict,date\na,fixed,03/04/25\n").contains("line 2: the date"));
    }
}
