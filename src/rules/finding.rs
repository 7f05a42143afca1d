//! A finding: one row of flags.csv.

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use crate::decisions::{Decision, Verdict};
use crate::matching::LineRef;
use crate::record::Money;

/// How much a finding rests on the papers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The documents prove it.
    Error,
    /// Most likely; the other side may have an answer.
    Likely,
    /// A person must supply a fact.
    Review,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// Its name in the CSV files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Likely => "likely",
            Self::Review => "review",
            Self::Info => "info",
        }
    }

    /// Whether it puts money in dispute.
    pub fn is_hard(self) -> bool {
        matches!(self, Self::Error | Self::Likely)
    }
}

/// Id of a rule of this program.
pub type RuleId = &'static str;

/// A row of flags.csv. Amounts are US dollars; `None` is an empty cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The case.
    pub case_id: String,
    /// Twelve hex digits, stable over runs: a hash of case, rule, path and line.
    pub flag_id: String,
    /// Id of the rule.
    #[serde(deserialize_with = "known_rule")]
    pub rule: RuleId,
    /// How sure.
    pub severity: Severity,
    /// The document on which it stands.
    pub path: String,
    /// Page; `None` for a finding about a whole document.
    pub page: Option<u32>,
    /// Line; `None` for a finding about a whole document.
    pub line_no: Option<u32>,
    /// Date of service of the line.
    pub service_date: Option<Date>,
    /// Code of the line.
    pub code: Option<String>,
    /// Description of the line.
    pub description: Option<String>,
    /// What was billed.
    pub amount_billed: Option<Money>,
    /// What should have been.
    pub amount_expected: Option<Money>,
    /// What is at issue.
    pub amount_at_issue: Option<Money>,
    /// The table or file that the expected amount comes from.
    pub benchmark_source: Option<String>,
    /// The document on the other side.
    pub evidence_path: Option<String>,
    /// Its page.
    pub evidence_page: Option<u32>,
    /// Its line.
    pub evidence_line_no: Option<u32>,
    /// One or two sentences with both figures and where each was read.
    pub explanation: String,
    /// What to do, and with whom.
    pub next_step: String,
    /// Last day to act.
    pub deadline: Option<Date>,
    /// How sure the reading of all figures is on which it rests, 0..1.
    pub confidence: f32,
    /// Index of the document in the case.
    #[serde(skip)]
    pub doc: usize,
    /// The line in the case.
    #[serde(skip)]
    pub at: Option<LineRef>,
    /// What a person has decided about it, and why.
    pub decision: Option<Decision>,
    /// The severity that it had before its reading was weighed, where that made it `review`.
    #[serde(skip)]
    pub weighed_from: Option<Severity>,
    /// The figure that was read with the least certainty, in words.
    #[serde(skip)]
    pub weakest: String,
}

impl Finding {
    /// Sets what was billed.
    pub fn billed(mut self, m: impl Into<Option<Money>>) -> Self {
        self.amount_billed = m.into();
        self
    }

    /// Sets what should have been.
    pub fn expected(mut self, m: impl Into<Option<Money>>) -> Self {
        self.amount_expected = m.into();
        self
    }

    /// Sets the amount at issue.
    pub fn amount(mut self, m: impl Into<Option<Money>>) -> Self {
        self.amount_at_issue = m.into().map(Money::round_cents);
        self
    }

    /// Sets the benchmark's source.
    pub fn benchmark(mut self, source: impl Into<String>) -> Self {
        self.benchmark_source = Some(source.into());
        self
    }

    /// Sets explanation and next step.
    pub fn says(mut self, explanation: impl Into<String>, next_step: impl Into<String>) -> Self {
        self.explanation = explanation.into();
        self.next_step = next_step.into();
        self
    }

    /// Sets the last day to act.
    pub fn deadline(mut self, d: Option<Date>) -> Self {
        self.deadline = d;
        self
    }

    /// Whether it still asks for something: neither dismissed nor fixed.
    pub fn is_open(&self) -> bool {
        !matches!(&self.decision, Some(d) if d.verdict != Verdict::Confirmed)
    }

    /// Takes a person's decision. Who confirms it has compared the doubtful figure with the paper.
    pub fn decide(&mut self, decision: &Decision) {
        if let (Verdict::Confirmed, Some(severity)) = (decision.verdict, self.weighed_from) {
            self.severity = severity;
        }
        self.decision = Some(decision.clone());
    }

    /// Notes a figure on which the finding rests, by how sure it was read and where.
    pub fn rests_on(mut self, confidence: f32, place: impl FnOnce() -> String) -> Self {
        if confidence < self.confidence {
            self.confidence = confidence;
            self.weakest = place();
        }
        self
    }
}

fn known_rule<'de, D: Deserializer<'de>>(from: D) -> Result<RuleId, D::Error> {
    let id = String::deserialize(from)?;
    super::rule(&id).map(|r| r.id).ok_or_else(|| D::Error::custom(format!("there is no rule {id}")))
}

/// The stable id of a finding.
pub(crate) fn flag_id(case: &str, rule: &str, path: &str, line: Option<u32>) -> String {
    let line = line.map(|n| n.to_string()).unwrap_or_default();
    let hash = Sha256::digest(format!("{case}|{rule}|{path}|{line}").as_bytes());
    hash.iter().take(6).fold(String::with_capacity(12), |mut s, b| {
        use std::fmt::Write;
        let _ = write!(s, "{b:02x}");
        s
    })
}
