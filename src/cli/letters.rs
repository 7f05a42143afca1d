//! `billproof letters`: the letters that a case calls for.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use jiff::Zoned;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::negotiate::folder_of_audit;
use super::refs::store_file;
use crate::case_log::{self, Entry, ReminderKind};
use crate::discover::CASE_LOG_NAME;
use crate::export::cases_json;
use crate::export::out_dir::write_file;
use crate::finished::{self, CasePapers};
use crate::letters::blocks::blanks;
use crate::letters::folder::{Fate, Folder, stem};
use crate::letters::templates::BUILTIN;
use crate::letters::{self, Bargain, Kind, Lang, Letter, MANUAL, Occasion, Templates, docx, pdf};
use crate::negotiation::{self, Terms};
use crate::pipeline::reference_tables;
use crate::record::Money;

/// What `billproof letters` is given.
#[derive(Debug, Args)]
pub(super) struct LettersArgs {
    /// Id of the case as in cases.csv, or the beginning of it or of the patient's name
    #[arg(required_unless_present_any = ["manual", "write_templates"])]
    case: Option<String>,
    /// Output folder of the audit
    #[arg(short, long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// Write this kind whether the case calls for it or not; may be given several times (see --list)
    #[arg(short, long, value_name = "KIND")]
    kind: Vec<Kind>,
    /// Language; may be given several times
    #[arg(short, long, value_enum, value_name = "LANG", default_value = "en", value_delimiter = ',')]
    lang: Vec<Lang>,
    /// Form of the files
    #[arg(short, long, value_enum, value_name = "FORM", default_value = "docx,pdf", value_delimiter = ',')]
    format: Vec<Format>,
    /// Folder of templates that replace builtin ones
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Folder for the letters [default: letters in the audit's output folder]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// A single payment to offer, instead of the opening offer that `billproof negotiate` works out
    #[arg(long, value_name = "DOLLARS", value_parser = dollars)]
    offer: Option<Money>,
    /// What could be paid each month, instead of finance.monthly in case.toml
    #[arg(long, value_name = "DOLLARS", value_parser = dollars)]
    monthly: Option<Money>,
    /// Folder of reference tables for the offer [default: what the audit used]
    #[arg(long, value_name = "DIR")]
    refs: Option<PathBuf>,
    /// The store of reference tables
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// The letters' date [default: today]
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// Replace letters that somebody has edited, too
    #[arg(long)]
    force: bool,
    /// Show the kinds of letters, which of them the case calls for, and why; write nothing
    #[arg(long)]
    list: bool,
    /// Print the page about templates
    #[arg(long)]
    manual: bool,
    /// Write the builtin templates into a folder, to be edited
    #[arg(long, value_name = "DIR", conflicts_with = "manual")]
    write_templates: Option<PathBuf>,
}

/// The form of a letter's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a letterhead, and to be edited
    Docx,
    /// To be printed
    Pdf,
}

fn dollars(text: &str) -> Result<Money, String> {
    let amount: Option<Decimal> = text.trim_start_matches('$').replace(',', "").parse().ok();
    let fits = amount.filter(|a| *a > Decimal::ZERO && *a <= Decimal::from(1_000_000_000));
    fits.map(|a| Money(a).round_cents()).ok_or_else(|| "expected an amount of dollars such as 400 or 400.00".to_owned())
}

/// Runs the command.
pub(super) fn run(args: &LettersArgs) -> Result<ExitCode> {
    if args.manual {
        write!(io::stdout(), "{MANUAL}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(dir) = &args.write_templates {
        return write_templates(dir);
    }
    let templates = Templates::load(args.templates.as_deref())?;
    let papers = finished::find(&args.out, args.case.as_deref().unwrap_or_default())?;
    let date = args.date.unwrap_or_else(|| Zoned::now().date());
    let mut all = letters::occasions(&papers, date);
    let agreed = unwritten_agreement(args, &papers)?;
    if let Some(agreement) = &agreed {
        for occasion in all.iter_mut().filter(|o| o.kind == Kind::AgreementConfirmation) {
            occasion.now = true;
            occasion.why = format!("the log has an agreement of {} that is not in writing", agreement.date);
        }
    }
    if args.list {
        return list(&all);
    }
    let chosen: Vec<&Occasion> = if args.kind.is_empty() {
        all.iter().filter(|o| o.now).collect()
    } else {
        all.iter().filter(|o| args.kind.contains(&o.kind)).collect()
    };
    if chosen.is_empty() {
        let step = papers.judged.summary.next_step.as_str();
        writeln!(
            io::stdout(),
            "The case calls for no letter now: its next step is {step}. --list shows the kinds, --kind writes one."
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    write_letters(args, &templates, &papers, &chosen, agreed, date)
}

fn write_templates(dir: &Path) -> Result<ExitCode> {
    for (name, text) in BUILTIN {
        let path = dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        if path.exists() {
            writeln!(io::stdout(), "kept    {}", path.display())?;
        } else {
            write_file(&path, |w| w.write_all(text.as_bytes()))?;
            writeln!(io::stdout(), "written {}", path.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(all: &[Occasion]) -> Result<ExitCode> {
    let width = Kind::ALL.iter().map(|k| k.as_str().len()).max().unwrap_or(0);
    let mut out = io::stdout().lock();
    for o in all {
        let when = if o.now { "now" } else { "-" };
        writeln!(out, "{:width$}  {when:3}  {}", o.kind.as_str(), o.why)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The first of the days by which the findings of a letter have to be acted on.
fn deadline(papers: &CasePapers, occasion: &Occasion) -> Option<Date> {
    let told = papers.judged.findings.iter().filter(|f| occasion.subject.findings.contains(&f.flag_id));
    told.filter_map(|f| f.deadline).min()
}

/// The newest agreement in the case's log that no letter puts in writing yet.
fn unwritten_agreement(args: &LettersArgs, papers: &CasePapers) -> Result<Option<Entry>> {
    let Some(folder) = case_log::folder_of(&args.out, papers)? else { return Ok(None) };
    let entries = case_log::read(&folder.join(CASE_LOG_NAME))?.of_case(&papers.judged.summary.case_id);
    let open: Vec<u32> =
        case_log::reminders(&entries).into_iter().filter(|r| r.kind == ReminderKind::NotInWriting).map(|r| r.entry).collect();
    Ok(entries.into_iter().rfind(|e| open.contains(&e.entry)))
}

/// The terms to offer, where a letter is about terms.
fn bargain(args: &LettersArgs, papers: &CasePapers, chosen: &[&Occasion], agreed: Option<Entry>) -> Result<Bargain> {
    let mut bargain = Bargain { talks: Vec::new(), offer: args.offer, agreed };
    if chosen.iter().any(|o| matches!(o.kind, Kind::SettlementOffer | Kind::PaymentPlanProposal)) {
        let folder = args.refs.clone().or_else(|| folder_of_audit(&args.out, args.store.is_some()));
        let refs = reference_tables(folder.as_deref(), store_file(args.store.clone()).as_deref())?;
        let terms = Terms { monthly: args.monthly, ..Terms::default() };
        bargain.talks = negotiation::plan(papers, &refs, &terms).talks;
    }
    Ok(bargain)
}

fn write_letters(
    args: &LettersArgs,
    templates: &Templates,
    papers: &CasePapers,
    chosen: &[&Occasion],
    agreed: Option<Entry>,
    date: Date,
) -> Result<ExitCode> {
    // All are drafted before the first is written: a template's fault leaves no half a set.
    let mut drafts: Vec<(String, &Occasion, Letter)> = Vec::new();
    let cases = cases_json::read(&args.out)?;
    let ids: Vec<&str> = cases.iter().map(|c| c.summary.case_id.as_str()).collect();
    let case_id = papers.judged.summary.case_id.as_str();
    let bargain = bargain(args, papers, chosen, agreed)?;
    let mut langs = args.lang.clone();
    langs.sort();
    langs.dedup();
    for (i, occasion) in chosen.iter().enumerate() {
        let of_kind = |list: &[&Occasion]| list.iter().filter(|o| o.kind == occasion.kind).count();
        let number = (of_kind(chosen) > 1).then(|| of_kind(&chosen[..=i]));
        for lang in &langs {
            let letter = letters::draft(papers, templates, occasion, &bargain, *lang, date)?;
            drafts.push((stem(case_id, &ids, occasion.kind, number, *lang), occasion, letter));
        }
    }
    let dir = args.to.clone().unwrap_or_else(|| args.out.join("letters"));
    let mut folder = Folder::open(&dir)?;
    let mut out = io::stdout().lock();
    let mut last: Option<&Occasion> = None;
    for (stem, occasion, letter) in &drafts {
        if last != Some(*occasion) {
            writeln!(out, "{}: {}", occasion.kind, occasion.why)?;
            if let Some(passed) = deadline(papers, occasion).filter(|d| *d < date) {
                writeln!(out, "  the day to act by, {passed}, has passed: send it at once, and say why it is late")?;
            }
        }
        last = Some(*occasion);
        for format in &args.format {
            let (bytes, extension) = match format {
                Format::Docx => (docx::write(letter)?, "docx"),
                Format::Pdf => (pdf::write(letter)?, "pdf"),
            };
            let name = format!("{stem}.{extension}");
            let fate = folder.write(&name, &bytes, (case_id, letter.kind, letter.lang), args.force)?;
            let kept = if fate == Fate::Kept { " was changed by hand and is kept; --force replaces it" } else { "" };
            writeln!(out, "  {}{kept}", folder.path().join(&name).display())?;
        }
        let to_fill = blanks(&letter.blocks);
        if letter.lang == langs[0] && !to_fill.is_empty() {
            writeln!(out, "  to fill in: {}", to_fill.join("; "))?;
        }
        let missing = pdf::missing(&letter.blocks);
        if args.format.contains(&Format::Pdf) && !missing.is_empty() {
            let shown: String = missing.iter().collect();
            writeln!(out, "  the .pdf cannot show {shown}; use the .docx")?;
        }
    }
    folder.close()?;
    if drafts.iter().any(|(_, o, _)| !o.kind.is_sheet()) {
        writeln!(
            out,
            "Read each letter, fill in the blanks, sign it. Send it by certified mail with return receipt, and keep a copy."
        )?;
    }
    if langs.contains(&Lang::Es) {
        writeln!(
            out,
            "The Spanish letters are for your own use: providers and plans read the English ones (--lang en,es writes both)."
        )?;
    }
    writeln!(out, "The letters inform; they are not legal advice.")?;
    Ok(ExitCode::SUCCESS)
}
