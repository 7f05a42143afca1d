//! The command line: flags → options, and what comes of them → text and exit status.

mod extract;
mod layouts;
mod letters;
mod log;
mod negotiate;
mod price;
mod refs;
mod report;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{ArgAction, Args, Parser, Subcommand};
use jiff::civil::Date;

use crate::cases::CaseBy;
use crate::diff;
use crate::discover::CASE_LOG_NAME;
use crate::export::case_text;
use crate::logging::{self, LogFormat};
use crate::pipeline::{self, AuditOptions, ReconcileOptions};
use crate::reader_files::ReaderOptions;
use crate::reading::Limits;
use crate::rules::{self, RULES};
use crate::{case_log, doctor, finished, summary};

/// Wrong usage, or an input or output that cannot be opened.
const USAGE: u8 = 2;

/// `--strict`, and a file was not read in full.
const INCOMPLETE: u8 = 3;

/// Audits US medical bills against the insurer's explanations of benefits. Nothing leaves this machine.
#[derive(Debug, Parser)]
#[command(name = "billproof", version, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Log more: once for every file, twice for everything
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// Log less: once for errors only, twice for nothing
    #[arg(short, long, action = ArgAction::Count, global = true, conflicts_with = "verbose")]
    quiet: u8,
    /// Form of the log lines on standard error
    #[arg(long, value_enum, default_value = "text", global = true, value_name = "FORMAT")]
    log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read bills and EOBs, compare them, and write what is wrong with them as CSV
    Audit(AuditArgs),
    /// Show what is read from one file, with page, position and confidence; or a searchable copy, or pictures of its pages
    Extract(extract::ExtractArgs),
    /// Repeat the comparison over documents.csv and lines.csv that a person has corrected
    Reconcile(ReconcileArgs),
    /// Show the account of one case: both sides' figures, what is in dispute, what to do
    Case(CaseArgs),
    /// Show what to offer on a verified balance, a payment plan, and whether assistance may be owed instead
    Negotiate(negotiate::NegotiateArgs),
    /// Build the evidence report of a finished audit anew: a page for each case, with pictures of both places of each finding
    Report(report::ReportArgs),
    /// Write the letters that a case calls for, and a call script, as .docx and .pdf
    Letters(letters::LettersArgs),
    /// Log calls, promises, papers and agreements of a case, and check an agreement's letter; alone it shows the log
    Log(log::LogArgs),
    /// Compare the findings of two runs: new, resolved, changed
    Diff(DiffArgs),
    /// List the rules
    Rules,
    /// Print the page of a rule: what it does, when it fires, what it rests on
    Explain {
        /// Id of the rule, as in flags.csv
        rule: String,
    },
    /// List the layouts, see which one claims a file and how it reads it, begin one of your own
    Layouts(layouts::LayoutsArgs),
    /// Show what is in place: engines, models, reference tables, cache
    Doctor(DoctorArgs),
    /// Take in, list, verify and remove public reference tables
    Refs(refs::RefsArgs),
    /// Show what Medicare pays for a code, with the formula's parts, and what hospitals publish for it
    Price(price::PriceArgs),
}

#[derive(Debug, Args)]
struct AuditArgs {
    /// Files or folders: PDF, JPEG, PNG, TIFF; X12 835 and 837, FHIR, CSV and XLSX exports; zip archives and mails of these
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Folder for documents.csv, lines.csv, flags.csv, cases.csv, record.json and run.json
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Folder of reference tables in the form in which CMS and HHS publish them
    #[arg(long, value_name = "DIR")]
    refs: Option<PathBuf>,
    /// CSV of what people decided about findings of earlier runs: flag_id, verdict (confirmed, dismissed, fixed), note, by, date
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Store of reference tables, used where no folder is given [default: BILLPROOF_REFS, else in the user's data folder]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// How files become cases
    #[arg(long, value_enum, default_value = "auto", value_name = "HOW")]
    case_by: CaseByArg,
    /// Threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// The day after which what the cases' logs hold is overdue in the summary [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// Exit with status 3 when a file could not be read in full
    #[arg(long)]
    strict: bool,
    /// Neither use nor keep recognised pages of earlier runs
    #[arg(long)]
    no_cache: bool,
    /// Leave names, numbers and what papers say in words out of everything that is written, for sharing
    #[arg(long)]
    redact: bool,
    /// Leave out the evidence report
    #[arg(long)]
    no_report: bool,
    /// Give a file up after so long
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    file_timeout: u64,
    #[command(flatten)]
    reader: ReaderArgs,
}

/// [`CaseBy`] as a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum CaseByArg {
    /// A sub-folder is a case, loose files are grouped by what they say
    Auto,
    /// A sub-folder is a case, and so are the loose files of an input together
    Folder,
    /// All files are grouped by what they say, wherever they lie
    Patient,
}

impl From<CaseByArg> for CaseBy {
    fn from(arg: CaseByArg) -> Self {
        match arg {
            CaseByArg::Auto => Self::Auto,
            CaseByArg::Folder => Self::Folder,
            CaseByArg::Patient => Self::Patient,
        }
    }
}

/// What the reader is taught beside what it knows.
#[derive(Debug, Clone, Args)]
struct ReaderArgs {
    /// Header words beside the builtin ones (TOML)
    #[arg(long, value_name = "FILE")]
    vocabulary: Option<PathBuf>,
    /// Folder of layouts of your own (TOML; see `billproof layouts manual`)
    #[arg(long, value_name = "DIR")]
    layouts: Option<PathBuf>,
    /// Have this layout read every document; generic is the column grammar alone
    #[arg(long, value_name = "NAME")]
    layout: Option<String>,
}

impl From<ReaderArgs> for ReaderOptions {
    fn from(args: ReaderArgs) -> Self {
        Self { vocabulary: args.vocabulary, layouts: args.layouts, layout: args.layout }
    }
}

#[derive(Debug, Args)]
struct ReconcileArgs {
    /// Folder with documents.csv and lines.csv
    #[arg(value_name = "RECORD_DIR")]
    record: PathBuf,
    /// Folder for flags.csv, cases.csv and run.json
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Folder of reference tables in the form in which CMS and HHS publish them
    #[arg(long, value_name = "DIR")]
    refs: Option<PathBuf>,
    /// CSV of what people decided about findings of earlier runs: flag_id, verdict (confirmed, dismissed, fixed), note, by, date
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Store of reference tables, used where no folder is given [default: BILLPROOF_REFS, else in the user's data folder]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Folder with the case.toml of each case in a sub-folder of the case's name, such as the input of the audit
    #[arg(long, value_name = "DIR")]
    case_files: Option<PathBuf>,
    /// Leave names, numbers and what papers say in words out of everything that is written, for sharing
    #[arg(long)]
    redact: bool,
    /// Threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Debug, Args)]
struct DoctorArgs {
    /// Folder of reference tables to look into
    #[arg(long, value_name = "DIR")]
    refs: Option<PathBuf>,
    /// Store of reference tables, used where no folder is given [default: BILLPROOF_REFS, else in the user's data folder]
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct CaseArgs {
    /// Id of the case as in cases.csv, or the beginning of it or of the patient's name
    case: String,
    /// Output folder of the audit
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// The day after which what the case's log holds is overdue [default: today]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

#[derive(Debug, Args)]
struct DiffArgs {
    /// Output folder of the earlier run
    old: PathBuf,
    /// Output folder of the later run
    new: PathBuf,
    /// Form of what is shown
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: DiffFormat,
}

/// The form in which `diff` shows what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum DiffFormat {
    /// For people
    Text,
    /// A row for each difference
    Csv,
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    logging::start(i16::from(cli.verbose) - i16::from(cli.quiet), cli.log_format);
    let ran = match cli.command {
        Command::Audit(args) => audit(args, cli.quiet > 0),
        Command::Extract(args) => extract::run(&args),
        Command::Reconcile(args) => reconcile(args),
        Command::Case(args) => case(&args),
        Command::Negotiate(args) => negotiate::run(args),
        Command::Report(args) => report::run(&args),
        Command::Letters(args) => letters::run(&args),
        Command::Log(args) => log::run(args),
        Command::Diff(args) => diff_runs(&args),
        Command::Rules => list_rules(),
        Command::Explain { rule } => explain(&rule),
        Command::Layouts(args) => layouts::run(args),
        Command::Doctor(args) => doctor(args),
        Command::Refs(args) => refs::run(args),
        Command::Price(args) => price::run(&args),
    };
    match ran {
        Ok(status) => status,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "billproof: {error:#}");
            ExitCode::from(USAGE)
        }
    }
}

fn audit(args: AuditArgs, quiet: bool) -> Result<ExitCode> {
    let day = today(args.today);
    let options = AuditOptions {
        inputs: args.inputs,
        out: args.out,
        refs: args.refs,
        decisions: args.decisions,
        store: refs::store_file(args.store),
        case_by: args.case_by.into(),
        jobs: threads(args.jobs),
        strict: args.strict,
        cache: !args.no_cache,
        reader: args.reader.into(),
        limits: Limits { time: Duration::from_secs(args.file_timeout), ..Limits::default() },
        redact: args.redact,
        progress: !quiet,
        report: !args.no_report,
    };
    let outcome = pipeline::audit(&options)?;
    writeln!(io::stdout(), "{}", summary::of(&outcome, day))?;
    let failed = options.strict && outcome.is_incomplete();
    Ok(if failed { ExitCode::from(INCOMPLETE) } else { ExitCode::SUCCESS })
}

/// The day as the user says it, else this machine's.
fn today(said: Option<Date>) -> Date {
    said.unwrap_or_else(|| jiff::Zoned::now().date())
}

fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    asked.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

fn reconcile(args: ReconcileArgs) -> Result<ExitCode> {
    let ReconcileArgs { record, out, refs, decisions, store, case_files, redact, jobs } = args;
    let store = refs::store_file(store);
    let options = ReconcileOptions { record, out, refs, decisions, store, case_files, redact, jobs: threads(jobs) };
    let outcome = pipeline::reconcile(&options)?;
    writeln!(io::stdout(), "{}", summary::of(&outcome, today(None)))?;
    Ok(ExitCode::SUCCESS)
}

fn case(args: &CaseArgs) -> Result<ExitCode> {
    let found = finished::find(&args.out, &args.case)?;
    let mut to = io::stdout().lock();
    case_text::write(&mut to, &found.judged)?;
    // A record whose papers have gone has no log beside them.
    let logged = case_log::folder_of(&args.out, &found)?.map(|f| case_log::read(&f.join(CASE_LOG_NAME))).transpose()?;
    let entries = logged.unwrap_or_default().of_case(&found.judged.summary.case_id);
    if !entries.is_empty() {
        writeln!(to, "\nLog")?;
        case_log::write_log(&mut to, &entries, today(args.today))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn diff_runs(args: &DiffArgs) -> Result<ExitCode> {
    let (differences, same) = diff::diff(&args.old, &args.new)?;
    let to = &mut io::stdout().lock();
    match args.format {
        DiffFormat::Text => diff::write_text(to, &differences, same)?,
        DiffFormat::Csv => diff::write_csv(to, &differences)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list_rules() -> Result<ExitCode> {
    let width = RULES.iter().map(|r| r.id.len()).max().unwrap_or(0);
    let mut out = io::stdout().lock();
    for section in RULES.chunk_by(|a, b| a.table == b.table) {
        writeln!(out, "{}", section[0].table.as_str())?;
        for rule in section {
            writeln!(out, "  {:width$}  {}", rule.id, rule.summary())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(id: &str) -> Result<ExitCode> {
    let rule = rules::rule(id).with_context(|| format!("there is no rule {id}; `billproof rules` lists them"))?;
    writeln!(io::stdout(), "{}", rule.manual())?;
    Ok(ExitCode::SUCCESS)
}

fn doctor(args: DoctorArgs) -> Result<ExitCode> {
    let facts = doctor::facts(args.refs.as_deref(), refs::store_file(args.store).as_deref())?;
    let width = facts.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0);
    for (what, how) in facts {
        writeln!(io::stdout(), "{what:width$}  {how}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `billproof extract … | head` ends quietly.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|e| e.downcast_ref::<io::Error>()).map(io::Error::kind);
    kinds.into_iter().any(|k| k == io::ErrorKind::BrokenPipe)
}
