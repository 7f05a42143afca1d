//! `billproof refs`: the store of compiled reference tables.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use comfy_table::Table;

use super::USAGE;
use crate::reference::edition::Edition;
use crate::reference::store::{Store, store_path};

/// What `billproof refs` is given.
#[derive(Debug, Args)]
pub(super) struct RefsArgs {
    #[command(subcommand)]
    command: RefsCommand,
    /// The store's file [default: BILLPROOF_REFS, else references.redb in the user's data folder]
    #[arg(long, value_name = "FILE", global = true)]
    store: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum RefsCommand {
    /// Take in tables as CMS publishes them: zip, csv, txt, xlsx, json; an edition that is there already is replaced
    Add {
        /// Files, recognised by what stands in them
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Show what is loaded: table, edition, days in force, rows, source
    List,
    /// Verify what is loaded: every row against its checksum, gaps between editions, missing parts
    Check,
    /// Remove editions by their number in `refs list`
    Remove {
        /// Numbers
        #[arg(required = true, value_name = "NUMBER")]
        editions: Vec<u32>,
    },
}

/// The store's file as given, else where it is kept.
pub(super) fn store_file(given: Option<PathBuf>) -> Option<PathBuf> {
    given.or_else(store_path)
}

/// Runs the command.
pub(super) fn run(args: RefsArgs) -> Result<ExitCode> {
    let path =
        store_file(args.store).context("there is no folder for the reference store: set BILLPROOF_REFS or give --store")?;
    let store = Store::at(path);
    match args.command {
        RefsCommand::Add { files } => add(&store, &files),
        RefsCommand::List => list(&store),
        RefsCommand::Check => check(&store),
        RefsCommand::Remove { editions } => remove(&store, &editions),
    }
}

fn add(store: &Store, files: &[PathBuf]) -> Result<ExitCode> {
    let mut failed = false;
    let mut added: Vec<Edition> = Vec::new();
    for (_, result) in store.add(files)? {
        match result {
            Ok(editions) => added.extend(editions),
            Err(error) => {
                failed = true;
                writeln!(io::stderr(), "billproof: {:#}", anyhow::Error::from(error))?;
            }
        }
    }
    if !added.is_empty() {
        writeln!(io::stdout(), "{}", table(&added))?;
    }
    Ok(if failed { ExitCode::from(USAGE) } else { ExitCode::SUCCESS })
}

fn list(store: &Store) -> Result<ExitCode> {
    let shelf = store.open()?;
    let editions = shelf.as_ref().map_or(&[][..], |s| s.editions());
    if editions.is_empty() {
        writeln!(io::stdout(), "{} is empty: fill it with `billproof refs add FILE...`", store.path().display())?;
    } else {
        writeln!(io::stdout(), "{}", table(editions))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(store: &Store) -> Result<ExitCode> {
    let checked = store.check()?;
    let mut faulty = 0;
    for one in &checked {
        for fault in &one.faults {
            faulty += 1;
            let e = &one.edition;
            writeln!(io::stdout(), "{} {} ({}): {fault}", e.id, e.table.name(), shown(e))?;
        }
    }
    let rows: u64 = checked.iter().map(|c| c.edition.rows).sum();
    writeln!(io::stdout(), "{} editions with {rows} rows checked, {faulty} remarks", checked.len())?;
    let damaged = checked.iter().any(|c| c.faults.iter().any(|f| f.starts_with("its rows") || f.starts_with("it holds")));
    Ok(if damaged { ExitCode::from(USAGE) } else { ExitCode::SUCCESS })
}

fn remove(store: &Store, numbers: &[u32]) -> Result<ExitCode> {
    let shelf = store.open()?;
    let known = shelf.as_ref().map_or(&[][..], |s| s.editions());
    if let Some(unknown) = numbers.iter().find(|n| known.iter().all(|e| e.id != **n)) {
        bail!("there is no edition {unknown} in {}; `billproof refs list` shows their numbers", store.path().display());
    }
    drop(shelf);
    for edition in store.remove(|e| numbers.contains(&e.id))? {
        writeln!(io::stdout(), "removed {} ({})", edition.table.name(), shown(&edition))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(e: &Edition) -> String {
    [e.setting.as_str(), &e.label].join(" ").trim().to_owned()
}

fn table(editions: &[Edition]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table.set_header(["no", "table", "edition", "from", "to", "rows", "source"]);
    let day = |d: Option<jiff::civil::Date>| d.map_or_else(String::new, |d| d.to_string());
    for e in editions {
        let cells =
            [e.id.to_string(), e.table.name().to_owned(), shown(e), day(e.from), day(e.to), e.rows.to_string(), e.source.clone()];
        table.add_row(cells);
    }
    table
}
