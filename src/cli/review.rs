//! `billproof review`.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::review::{ReviewOptions, serve};

#[derive(Debug, Args)]
pub(super) struct ReviewArgs {
    /// Output folder of the audit
    #[arg(value_name = "OUT", default_value = "out")]
    out: PathBuf,
    /// Port on this machine [default: any free one]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Who decides, as decisions.csv is to say it [default: the user's name on this machine]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub(super) fn run(args: ReviewArgs) -> Result<ExitCode> {
    let user = || std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default();
    let options = ReviewOptions { out: args.out, port: args.port, by: args.by.unwrap_or_else(user), jobs: super::threads(None) };
    serve(&options, &mut io::stdout())?;
    Ok(ExitCode::SUCCESS)
}
