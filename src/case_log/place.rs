//! Where a case's log lies: beside its case.toml, in its folder, or in the input folder for a case whose papers lie loose there
//! (one file for all of them: the rows name their case).

use std::path::{Path, PathBuf};

use crate::cases::Case;
use crate::discover::{Discovery, SourceFile, discover};
use crate::export::run_json::RunReport;
use crate::finished::{CasePapers, FinishedError, file_of, run_report};

/// The folder of a case of an audit whose outputs lie in `out`; `None` where its papers are not found any more.
pub fn folder_of(out: &Path, papers: &CasePapers) -> Result<Option<PathBuf>, FinishedError> {
    let report: RunReport = run_report(out)?;
    let inputs: Vec<PathBuf> = report.inputs.iter().map(|i| Path::new(&report.working_dir).join(i)).collect();
    let Ok(found) = discover(&inputs, None) else { return Ok(None) };
    let paths = papers.documents.iter().map(|d| d.path.as_str());
    Ok(folder(&found, inputs.len() > 1, &papers.judged.summary.case_id, paths))
}

/// The folder of a case in what an audit has found below its inputs.
pub fn folder_in(found: &Discovery, several_inputs: bool, case: &Case) -> Option<PathBuf> {
    folder(found, several_inputs, &case.case_id, case.documents.iter().map(|d| d.path.as_str()))
}

fn folder<'p>(
    found: &Discovery,
    several_inputs: bool,
    case_id: &str,
    mut paths: impl Iterator<Item = &'p str>,
) -> Option<PathBuf> {
    let stated = found.case_files.iter().find(|c| c.case_id == case_id && !c.location.is_member());
    if let Some(folder) = stated.and_then(|c| c.location.file().parent()) {
        return Some(folder.to_owned());
    }
    let file: &SourceFile = paths.find_map(|p| found.files.iter().find(|f| f.path == file_of(p).0))?;
    let on_disk = file.location.file();
    if file.location.is_member() {
        return on_disk.parent().map(Path::to_owned);
    }
    let parts = file.path.split('/').count();
    let below = match &file.case_folder {
        Some(own) if own == case_id => file.path.strip_prefix(&format!("{own}/")).map(|rest| rest.split('/').count()),
        _ => None,
    };
    // The input's own name is the first part of the path where there are several.
    let up = below.unwrap_or(parts - usize::from(several_inputs && parts > 1));
    on_disk.ancestors().nth(up).map(Path::to_owned)
}
