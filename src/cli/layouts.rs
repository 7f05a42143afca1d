//! `billproof layouts`: the list, the test of a file, a first description, the manual.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use billproof_parsers::own_layout::{self, Draft};
use clap::{Args, Subcommand};

use super::ReaderArgs;
use crate::export::OutDir;
use crate::golden_sample::{GoldenSample, golden_sample};
use crate::reader_files::{self, ReaderOptions};
use crate::reading::Reading;
use crate::{layout_tools, pipeline};

/// The layouts, or what to do with them.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct LayoutsArgs {
    #[command(subcommand)]
    what: Option<LayoutsCommand>,
    /// Folder of layouts of your own
    #[arg(long, value_name = "DIR")]
    layouts: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum LayoutsCommand {
    /// Show which layout claims a file, why, and what becomes of each line
    Test {
        /// A PDF, JPEG, PNG or TIFF
        file: PathBuf,
        #[command(flatten)]
        reader: ReaderArgs,
    },
    /// Write a first description of a file's layout, to be looked through by a person
    New {
        /// A statement of that layout
        file: PathBuf,
        /// Where to write it; an existing file is left alone [default: standard output]
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Make a sample for layout authors of a paper that was audited and corrected, with the people in it replaced
    Sample {
        /// Path of the paper as in documents.csv
        paper: String,
        /// Output folder of the audit
        #[arg(short, long, value_name = "DIR", default_value = "out")]
        out: PathBuf,
        /// Folder for NAME.sample.txt and NAME.typed.txt [default: standard output]
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Print how to describe a layout
    Manual,
}

/// Runs the command.
pub(super) fn run(args: LayoutsArgs) -> Result<ExitCode> {
    let shown = match args.what {
        None => layout_tools::list(&reader_files::load(&ReaderOptions { layouts: args.layouts, ..ReaderOptions::default() })?),
        Some(LayoutsCommand::Manual) => own_layout::manual(),
        Some(LayoutsCommand::Test { file, reader }) => {
            let options = ReaderOptions::from(reader);
            let reader = reader_files::load(&options)?;
            let readings = pipeline::read_one(&file, true, &options)?;
            let test = |r: &Reading| {
                if r.text.pages.is_empty() {
                    format!("{}: {}", r.document.path, r.document.message)
                } else {
                    layout_tools::test(&reader, &r.document.path, &r.text)
                }
            };
            readings.iter().map(test).collect::<Vec<_>>().join("\n\n")
        }
        Some(LayoutsCommand::New { file, out }) => return new_layout(&file, out.as_deref()),
        Some(LayoutsCommand::Sample { paper, out, to }) => return sample(&paper, &out, to.as_deref()),
    };
    writeln!(io::stdout(), "{shown}")?;
    Ok(ExitCode::SUCCESS)
}

fn sample(paper: &str, out: &Path, to: Option<&Path>) -> Result<ExitCode> {
    let GoldenSample { layout, sample, typed } = golden_sample(out, paper)?;
    let Some(dir) = to else {
        writeln!(io::stdout(), "{sample}\n{typed}")?;
        return Ok(ExitCode::SUCCESS);
    };
    let dir = OutDir::open(dir)?;
    dir.write(&format!("{layout}.sample.txt"), |to| to.write_all(sample.as_bytes()))?;
    dir.write(&format!("{layout}.typed.txt"), |to| to.write_all(typed.as_bytes()))?;
    writeln!(
        io::stderr(),
        "{}: {layout}.sample.txt and {layout}.typed.txt; read both before you pass them on",
        dir.path().display()
    )?;
    Ok(ExitCode::SUCCESS)
}

fn new_layout(file: &Path, out: Option<&Path>) -> Result<ExitCode> {
    let readings = pipeline::read_one(file, true, &ReaderOptions::default())?;
    let draft = readings.iter().find_map(|r| layout_tools::draft(&r.text));
    let draft = draft.with_context(|| format!("{}: no table with rows was found to begin with", file.display()))?;
    match out {
        None => write!(io::stdout(), "{}", draft.toml)?,
        Some(path) => {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
                file.write_all(draft.toml.as_bytes())?;
                file.persist_noclobber(path).map_err(|e| e.error)
            });
            written.with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    let Draft { name, rows, same, .. } = draft;
    writeln!(io::stderr(), "{name}: reads {same} of the {rows} services of {} as they were read without it", file.display())?;
    Ok(ExitCode::SUCCESS)
}
