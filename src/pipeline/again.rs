//! A finished audit taken up again: its cases in memory, to be judged one by one as people decide and correct.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::{AuditError, Outcome, logs, reference_tables, report, write_findings, write_record};
use crate::cases::Case;
use crate::corrections::{Correction, Corrections};
use crate::decisions::{Decision, Decisions};
use crate::discover::discover;
use crate::export::{OutDir, journal, run_json};
use crate::finished::{self, CasePapers};
use crate::ledger::reconcile_case;
use crate::reference::ReferenceTables;
use crate::rules::Finding;

/// Name of the file in the output folder that `review` appends decisions to, and its columns.
pub const DECISIONS: (&str, &[&str]) = ("decisions.csv", &["flag_id", "verdict", "note", "by", "date"]);
/// Name of the file in the output folder that `review` appends corrections to, and its columns.
pub const CORRECTIONS: (&str, &[&str]) = ("corrections.csv", &["path", "line_no", "column", "from", "to", "by", "date"]);

/// An audit that goes on.
#[derive(Debug)]
pub struct Resumed {
    out: OutDir,
    outcome: Outcome,
    refs: ReferenceTables,
    decisions: Decisions,
}

/// The decisions and corrections that `review` has kept in an output folder.
pub(super) fn kept(out: &Path) -> Result<(Decisions, Corrections), AuditError> {
    let open = |(name, columns): (&str, &[&str])| -> Result<Option<File>, AuditError> {
        let path: PathBuf = out.join(name);
        if !path.is_file() {
            return Ok(None);
        }
        let failed = |e| AuditError::Kept(path.clone(), e);
        journal::mend(&path, columns.len()).map_err(failed)?;
        File::open(&path).map(Some).map_err(failed)
    };
    let decisions = open(DECISIONS)?.map(Decisions::read).transpose();
    let decisions = decisions.map_err(|e| AuditError::Decisions(out.join(DECISIONS.0), e))?.unwrap_or_default();
    let corrections = open(CORRECTIONS)?.map(Corrections::read).transpose();
    let corrections = corrections.map_err(|e| AuditError::Corrections(out.join(CORRECTIONS.0), e))?.unwrap_or_default();
    Ok((decisions, corrections))
}

impl Resumed {
    /// Takes up the audit in a folder, with the tables that it used and whatever was decided and corrected since.
    pub fn open(dir: &Path) -> Result<Self, AuditError> {
        let papers = finished::read(dir)?;
        let run = finished::run_report(dir)?;
        let out = OutDir::open(dir)?;
        let (mut decisions, corrections) = kept(dir)?;
        // Decisions that were given to the audit as a file of their own stand in its findings.
        for decision in papers.iter().flat_map(|p| &p.judged.findings).filter_map(|f| f.decision.as_ref()) {
            if decisions.on(&decision.flag_id).is_none() {
                decisions.put(&decision.flag_id, Some(decision.clone()));
            }
        }
        let at = |path: &String| Path::new(&run.working_dir).join(path);
        let refs =
            reference_tables(run.reference.dir.as_ref().map(at).as_deref(), run.reference.store.as_ref().map(at).as_deref())?;
        let mut cases: Vec<Case> = papers
            .into_iter()
            .map(|p| Case { file: p.judged.facts, ..Case::new(p.judged.summary.case_id, p.documents) })
            .collect();
        for document in cases.iter_mut().flat_map(|c| &mut c.documents) {
            corrections.apply(document);
        }
        let reconciled = cases.iter().map(|c| reconcile_case(c, &refs, &decisions)).collect();
        let inputs: Vec<PathBuf> = run.inputs.iter().map(|i| Path::new(&run.working_dir).join(i)).collect();
        // Papers that have gone have no log beside them any more.
        let logs = discover(&inputs, None).map(|found| logs::beside_papers(&cases, &found, inputs.len() > 1)).unwrap_or_default();
        Ok(Self { out, outcome: Outcome { cases, reconciled, report: run, logs }, refs, decisions })
    }

    /// The output folder.
    pub fn dir(&self) -> &Path {
        self.out.path()
    }

    /// The cases as they are judged now, by id.
    pub fn cases(&self) -> impl Iterator<Item = CasePapers> + '_ {
        self.outcome.papers()
    }

    /// One of them.
    pub fn papers(&self, case_id: &str) -> Option<CasePapers> {
        self.outcome.papers_of(case_id)
    }

    /// The case in which a finding stands.
    pub fn case_of(&self, flag_id: &str) -> Option<CasePapers> {
        let stands = |f: &Finding| f.flag_id == flag_id;
        let result = self.outcome.reconciled.iter().find(|r| r.findings.iter().any(stands))?;
        self.papers(&result.row.case_id)
    }

    /// Takes a decision on a finding, or withdraws it, and judges its case anew.
    pub fn decide(&mut self, case_id: &str, flag_id: &str, decision: Option<Decision>) {
        self.decisions.put(flag_id, decision);
        self.judge(case_id);
    }

    /// Corrects cells of a document and judges its case anew. Returns those that do not fit what is read.
    pub fn correct(&mut self, case_id: &str, corrections: &[Correction]) -> Vec<String> {
        let mut unfit = Vec::new();
        if let Some(case) = self.outcome.cases.iter_mut().find(|c| c.case_id == case_id) {
            for one in corrections {
                let mut single = Corrections::default();
                single.add(one.clone());
                let document = case.documents.iter_mut().find(|d| d.path == one.path);
                if document.is_none_or(|d| !single.apply(d).is_empty()) {
                    unfit.push(one.place());
                }
            }
        }
        self.judge(case_id);
        unfit
    }

    fn judge(&mut self, case_id: &str) {
        let case = self.outcome.cases.iter().find(|c| c.case_id == case_id);
        let result = self.outcome.reconciled.iter_mut().find(|r| r.row.case_id == case_id);
        if let (Some(case), Some(result)) = (case, result) {
            *result = reconcile_case(case, &self.refs, &self.decisions);
        }
    }

    /// Writes the output folder anew, the report excepted.
    pub fn write(&mut self) -> Result<(), AuditError> {
        self.outcome.report.counts = report::count(&self.outcome);
        write_record(&self.out, &self.outcome)?;
        write_findings(&self.out, &self.outcome)?;
        Ok(self.out.write(run_json::FILE_NAME, |to| run_json::write(to, &self.outcome.report))?)
    }
}
