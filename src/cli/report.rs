//! `billproof report`: the evidence report of a finished audit, built anew.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::threads;
use crate::pipeline;
use crate::report::file_names::INDEX;
use crate::report::folder::FOLDER;

/// What `billproof report` is given.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Output folder of the audit
    #[arg(value_name = "OUT", default_value = "out")]
    out: PathBuf,
    /// Where the papers lie now, where they have moved since the audit: its INPUTs in their new place
    #[arg(long, value_name = "INPUT", num_args = 1..)]
    papers: Vec<PathBuf>,
    /// Threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

/// Runs the command.
pub(super) fn run(args: &ReportArgs) -> Result<ExitCode> {
    let counts = pipeline::report(&args.out, &args.papers, threads(args.jobs))?;
    let index = args.out.join(FOLDER).join(INDEX);
    let missing = if counts.missing == 0 { String::new() } else { format!(", {} pictures missing", counts.missing) };
    writeln!(io::stdout(), "{}: {} cases, {} pictures{missing}", index.display(), counts.cases, counts.pictures)?;
    Ok(ExitCode::SUCCESS)
}
