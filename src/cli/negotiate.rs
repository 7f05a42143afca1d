//! `billproof negotiate`: what to offer on a balance that is verified.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Args;
use rust_decimal::Decimal;

use super::refs::store_file;
use crate::finished;
use crate::negotiation::{self, Terms};
use crate::pipeline::reference_tables;
use crate::pricing::Place;
use crate::record::Money;

/// What `billproof negotiate` is given.
#[derive(Debug, Args)]
pub(super) struct NegotiateArgs {
    /// Id of the case as in cases.csv, or the beginning of it or of the patient's name
    case: String,
    /// Output folder of the audit
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// ZIP code of the place of service, for what Medicare pays there [default: the highest of the patient's state]
    #[arg(short, long, value_name = "ZIP", conflicts_with = "locality")]
    zip: Option<String>,
    /// Medicare locality instead: contractor and number (0441218), state and number (TX-18), or its name
    #[arg(short, long, value_name = "L")]
    locality: Option<String>,
    /// What could be paid at once, instead of finance.lump_sum in case.toml
    #[arg(long, value_name = "DOLLARS")]
    lump_sum: Option<Decimal>,
    /// What could be paid each month, instead of finance.monthly in case.toml
    #[arg(long, value_name = "DOLLARS")]
    monthly: Option<Decimal>,
    /// Yearly interest that the provider asks for on a payment plan
    #[arg(long, value_name = "PERCENT")]
    apr: Option<Decimal>,
    /// Form of what is shown
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Folder of reference tables in the form in which CMS publishes them [default: what the audit used]
    #[arg(long, value_name = "DIR")]
    refs: Option<PathBuf>,
    /// The store of reference tables
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

/// The form in which the result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Runs the command.
pub(super) fn run(args: NegotiateArgs) -> Result<ExitCode> {
    let papers = finished::find(&args.out, &args.case)?;
    let amount = |name: &str, given: Option<Decimal>| match given {
        Some(d) if d < Decimal::ZERO || d > Decimal::from(1_000_000_000) => Err(anyhow!("{name}: {d} is no amount of dollars")),
        Some(d) => Ok(Some(Money(d).round_cents())),
        None => Ok(None),
    };
    if let Some(apr) = args.apr.filter(|a| *a < Decimal::ZERO || *a > Decimal::ONE_THOUSAND) {
        return Err(anyhow!("--apr: {apr} is no yearly interest in percent"));
    }
    let place = args.zip.map(Place::Zip).or(args.locality.map(Place::Locality));
    let terms = Terms {
        place,
        lump_sum: amount("--lump-sum", args.lump_sum)?,
        monthly: amount("--monthly", args.monthly)?,
        apr: args.apr,
    };
    let folder = args.refs.or_else(|| folder_of_audit(&args.out, args.store.is_some()));
    let refs = reference_tables(folder.as_deref(), store_file(args.store).as_deref())?;
    let found = negotiation::plan(&papers, &refs, &terms);
    let mut to = io::stdout().lock();
    match args.format {
        Format::Text => negotiation::write(&mut to, &found)?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut to, &found)?;
            writeln!(to)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder of tables that the audit used, where it is still there and no store is named.
pub(super) fn folder_of_audit(out: &Path, store_named: bool) -> Option<PathBuf> {
    let report = finished::run_report(out).ok()?;
    let dir = Path::new(&report.working_dir).join(report.reference.dir?);
    (!store_named && dir.is_dir()).then_some(dir)
}
