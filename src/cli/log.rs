//! `billproof log`: what was said, promised, received and agreed about a case.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use billproof_parsers::page_text::DocumentText;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::case_log::{self, AgreedTerms, CaseLog, Entry, EntryKind, TermCheck};
use crate::discover::CASE_LOG_NAME;
use crate::finished::{self, CasePapers};
use crate::pipeline;
use crate::reader_files::ReaderOptions;
use crate::record::Money;

/// A case, and what to add to its log; nothing shows the log.
#[derive(Debug, Args)]
pub(super) struct LogArgs {
    /// Id of the case as in cases.csv, or the beginning of it or of the patient's name
    case: String,
    #[command(subcommand)]
    what: Option<LogCommand>,
    /// Output folder of the audit
    #[arg(short, long, value_name = "DIR", default_value = "out", global = true)]
    out: PathBuf,
    /// Folder of the case, where the log lies [default: where the audit found the case's papers]
    #[arg(long, value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
    /// The day on which this is logged, and after which a promise is overdue [default: today]
    #[arg(long, value_name = "DATE", global = true)]
    today: Option<Date>,
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    /// A call or a visit
    Call {
        #[command(flatten)]
        said: Said,
    },
    /// What somebody promised to do by a day
    Promise {
        #[command(flatten)]
        said: Said,
        /// The day, yyyy-mm-dd
        #[arg(long, value_name = "DATE")]
        by: Date,
    },
    /// A paper that has come
    Paper {
        #[command(flatten)]
        said: Said,
        /// Its file
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// What was agreed about paying; with --in-writing FILE its letter is checked at once
    Agreement {
        /// With whom
        #[arg(long, value_name = "NAME", default_value = "")]
        with: String,
        /// What else was said
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        #[command(flatten)]
        terms: TermArgs,
        /// The letter that puts it in writing
        #[arg(long, value_name = "FILE")]
        in_writing: Option<PathBuf>,
    },
    /// Check the letter of an agreement against what was agreed, and log it
    InWriting {
        /// Number of the agreement in the log
        entry: u32,
        /// The letter: PDF, JPEG, PNG or TIFF
        file: PathBuf,
        /// Show the check and log nothing
        #[arg(long)]
        only_check: bool,
    },
    /// Mark a promise as kept or an agreement as fulfilled
    Done {
        /// Its number in the log
        entry: u32,
        /// How
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
}

#[derive(Debug, Args)]
struct Said {
    /// With whom
    #[arg(long, value_name = "NAME", default_value = "")]
    with: String,
    /// What was said
    #[arg(long, value_name = "TEXT")]
    note: String,
    /// The day, yyyy-mm-dd [default: today]
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
}

#[derive(Debug, Args)]
struct TermArgs {
    /// What is to be paid in all
    #[arg(long, value_name = "DOLLARS")]
    amount: Decimal,
    /// Day of the payment, or of the first one
    #[arg(long, value_name = "DATE")]
    due: Date,
    /// The provider's account number [default: the case's, where it has one]
    #[arg(long, value_name = "NUMBER")]
    account: Option<String>,
    /// Each payment of a plan
    #[arg(long, value_name = "DOLLARS", requires = "payments")]
    monthly: Option<Decimal>,
    /// How many payments
    #[arg(long, value_name = "N", requires = "monthly")]
    payments: Option<u32>,
    /// Interest in percent a year; 0 where none was agreed
    #[arg(long, value_name = "PERCENT")]
    interest: Option<Decimal>,
    /// Agreed that the account is not, or no longer, in collection
    #[arg(long)]
    no_collections: bool,
}

impl TermArgs {
    fn terms(&self, papers: &CasePapers) -> Result<AgreedTerms> {
        let sum = |name: &str, d: Decimal| {
            let fits = d > Decimal::ZERO && d <= Decimal::from(1_000_000_000);
            if fits { Ok(Money(d).round_cents()) } else { Err(anyhow!("{name}: {d} is no amount of dollars")) }
        };
        let amount = sum("--amount", self.amount)?;
        let monthly = self.monthly.map(|m| sum("--monthly", m)).transpose()?;
        if let Some(rate) = self.interest.filter(|i| *i < Decimal::ZERO || *i > Decimal::ONE_HUNDRED) {
            return Err(anyhow!("--interest: {rate} is no yearly interest in percent"));
        }
        if let (Some(monthly), Some(payments)) = (monthly, self.payments) {
            let free = self.interest.is_none_or(|i| i.is_zero());
            let most = Money(monthly.0 * Decimal::from(payments));
            let least = Money(monthly.0 * Decimal::from(payments.saturating_sub(1)));
            if free && !(least < amount && amount <= most) {
                return Err(anyhow!("the terms do not add up: {payments} payments of {monthly} are {most}, not {amount}"));
            }
        }
        let numbers: Vec<&String> = papers.judged.accounts.iter().flat_map(|a| &a.account_no).collect();
        let only = (numbers.len() == 1).then(|| numbers[0].clone());
        Ok(AgreedTerms {
            amount: Some(amount),
            due: Some(self.due),
            account_no: self.account.clone().or(only).unwrap_or_default(),
            monthly,
            payments: self.payments,
            interest: self.interest,
            no_collections: self.no_collections,
        })
    }
}

/// The log of one case.
struct Log {
    path: PathBuf,
    case_id: String,
    today: Date,
}

impl Log {
    fn read(&self) -> Result<CaseLog> {
        Ok(case_log::read(&self.path)?)
    }

    fn new_entry(&self, kind: EntryKind, date: Option<Date>) -> Entry {
        Entry::new(self.case_id.clone(), kind, date.unwrap_or(self.today))
    }

    fn add(&self, entry: Entry) -> Result<Entry> {
        let added = case_log::append(&self.path, entry)?;
        writeln!(io::stdout(), "Logged as entry {} in {}.", added.entry, self.path.display())?;
        Ok(added)
    }

    fn entry(&self, number: u32, kinds: &[EntryKind]) -> Result<Entry> {
        let log = self.read()?.of_case(&self.case_id);
        let found = log.into_iter().find(|e| e.entry == number && kinds.contains(&e.kind));
        let names: Vec<&str> = kinds.iter().map(|k| k.as_str()).collect();
        found.with_context(|| format!("{} has no {} with the number {number}", self.case_id, names.join(" or ")))
    }

    /// Checks a letter against an agreement, shows the check, and logs it where asked to.
    fn in_writing(&self, agreement: &Entry, file: &Path, keep: bool) -> Result<()> {
        let checks = check_letter(file, &agreement.terms)?;
        case_log::write_checks(&mut io::stdout().lock(), &checks)?;
        if keep {
            let mut entry = self.new_entry(EntryKind::InWriting, None);
            entry.with.clone_from(&agreement.with);
            entry.of = Some(agreement.entry);
            entry.file = self.shown(file);
            entry.result = case_log::summary(&checks);
            self.add(entry)?;
        }
        Ok(())
    }

    /// A file below the log's folder by its path there, any other as it was given.
    fn shown(&self, file: &Path) -> String {
        let folder = self.path.parent().and_then(|p| p.canonicalize().ok());
        let inside = folder.and_then(|f| file.canonicalize().ok()?.strip_prefix(f).ok().map(Path::to_owned));
        inside.as_deref().unwrap_or(file).display().to_string()
    }
}

/// Runs the command.
pub(super) fn run(args: LogArgs) -> Result<ExitCode> {
    let papers = finished::find(&args.out, &args.case)?;
    let folder = match args.folder {
        Some(folder) if folder.is_dir() => folder,
        Some(folder) => return Err(anyhow!("{} is no folder", folder.display())),
        None => case_log::folder_of(&args.out, &papers)?.with_context(|| {
            format!(
                "the papers of {} are not where the audit found them: give the case's --folder",
                papers.judged.summary.case_id
            )
        })?,
    };
    let log =
        Log { path: folder.join(CASE_LOG_NAME), case_id: papers.judged.summary.case_id.clone(), today: super::today(args.today) };
    let with_said = |kind: EntryKind, said: Said| Entry { with: said.with, note: said.note, ..log.new_entry(kind, said.date) };
    match args.what {
        None => show(&log)?,
        Some(LogCommand::Call { said }) => drop(log.add(with_said(EntryKind::Call, said))?),
        Some(LogCommand::Promise { said, by }) => {
            let mut entry = with_said(EntryKind::Promise, said);
            entry.terms.due = Some(by);
            log.add(entry)?;
        }
        Some(LogCommand::Paper { said, file }) => {
            let mut entry = with_said(EntryKind::Paper, said);
            entry.file = file.map(|f| log.shown(&f)).unwrap_or_default();
            log.add(entry)?;
        }
        Some(LogCommand::Agreement { with, note, terms, in_writing }) => {
            let terms = terms.terms(&papers)?;
            let added = log.add(Entry { with, note, terms, ..log.new_entry(EntryKind::Agreement, None) })?;
            match in_writing {
                Some(file) => log.in_writing(&added, &file, true)?,
                None => writeln!(
                    io::stdout(),
                    "Pay nothing before the letter is there; then: billproof log CASE in-writing {} FILE",
                    added.entry
                )?,
            }
        }
        Some(LogCommand::InWriting { entry, file, only_check }) => {
            let agreement = log.entry(entry, &[EntryKind::Agreement])?;
            log.in_writing(&agreement, &file, !only_check)?;
        }
        Some(LogCommand::Done { entry, note }) => {
            let of = log.entry(entry, &[EntryKind::Promise, EntryKind::Agreement])?;
            log.add(Entry { of: Some(of.entry), with: of.with, note, ..log.new_entry(EntryKind::Done, None) })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(log: &Log) -> Result<()> {
    let found = log.read()?;
    let mut to = io::stdout().lock();
    case_log::write_log(&mut to, &found.of_case(&log.case_id), log.today)?;
    for row in found.unread {
        writeln!(to, "not read: {row}")?;
    }
    Ok(())
}

fn check_letter(file: &Path, agreed: &AgreedTerms) -> Result<Vec<TermCheck>> {
    let readings = pipeline::read_one(file, true, &ReaderOptions::default())?;
    let pages: Vec<_> = readings.iter().flat_map(|r| r.text.pages.iter().cloned()).collect();
    if pages.iter().all(|p| p.words.is_empty()) {
        let why = readings.first().map(|r| r.document.message.clone()).filter(|m| !m.is_empty());
        return Err(anyhow!("{}: {}", file.display(), why.unwrap_or_else(|| "there is no text on it".to_owned())));
    }
    Ok(case_log::check(&DocumentText { pages }, agreed))
}
