//! `billproof extract`: one file, shown in the form that is asked for.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use super::ReaderArgs;
use crate::export::out_dir::write_file;
use crate::export::{csv, json, text};
use crate::pipeline::{self, PictureOptions};
use crate::reading::Reading;
use crate::record::Document;

#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// A file of any kind that is audited
    file: PathBuf,
    /// Form of what is shown
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Write to this file [default: standard output; pictures of all pages: FILE-p1.png, FILE-p2.png … in this folder]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Draw boxes around words and rows, coloured by confidence (png)
    #[arg(long)]
    overlay: bool,
    /// Only this page (png)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    page: Option<u32>,
    /// Pixels per inch (png) [default: 150]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(36..=600))]
    dpi: Option<u16>,
    /// Neither use nor keep recognised pages of earlier runs
    #[arg(long)]
    no_cache: bool,
    #[command(flatten)]
    reader: ReaderArgs,
}

/// The form in which a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people: the document, its lines, and every line of text with its place
    Text,
    /// The document as in record.json, and every word with its box
    Json,
    /// The rows of lines.csv
    Csv,
    /// A searchable copy: scanned pages with the recognised text under their image
    Pdf,
    /// A picture of each page, with --overlay the boxes of what was read
    Png,
}

pub(super) fn run(args: &ExtractArgs) -> Result<ExitCode> {
    ensure!(
        args.format == Format::Png || !(args.overlay || args.page.is_some() || args.dpi.is_some()),
        "--overlay, --page and --dpi go with --format png"
    );
    if let Some(out) = &args.out {
        let same = fs::canonicalize(out).ok().zip(fs::canonicalize(&args.file).ok()).is_some_and(|(a, b)| a == b);
        ensure!(!same, "--out {} is the file itself", out.display());
    }
    match args.format {
        Format::Png => pictures(args)?,
        Format::Pdf => {
            no_terminal(args)?;
            put(args.out.as_deref(), &pipeline::searchable_copy(&args.file, !args.no_cache)?)?;
        }
        Format::Text | Format::Json | Format::Csv => {
            let readings = pipeline::read_one(&args.file, !args.no_cache, &args.reader.clone().into())?;
            put(args.out.as_deref(), &shown(args.format, readings)?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(format: Format, readings: Vec<Reading>) -> Result<Vec<u8>> {
    let mut shown = Vec::new();
    match format {
        // One object for each document, one behind the other.
        Format::Json => readings.iter().try_for_each(|r| json::write_reading(&mut shown, &r.document, &r.text))?,
        Format::Csv => {
            let documents: Vec<Document> = readings.into_iter().map(|r| r.document).collect();
            csv::write(&mut shown, csv::line_rows(&documents))?;
        }
        _ => readings.iter().enumerate().try_for_each(|(i, r)| {
            if i > 0 {
                shown.extend_from_slice(b"\n\n");
            }
            text::write(&mut shown, &r.document, &r.text)
        })?,
    }
    Ok(shown)
}

/// One page goes where `--out` or the shell says; all pages become files whose names end in the page's number, told on
/// standard output.
fn pictures(args: &ExtractArgs) -> Result<()> {
    let options =
        PictureOptions { page: args.page, dpi: f32::from(args.dpi.unwrap_or(150)), overlay: args.overlay, cache: !args.no_cache };
    let reader = args.reader.clone().into();
    if args.page.is_some() {
        no_terminal(args)?;
        return pipeline::page_pictures(&args.file, options, &reader, |_, png| put(args.out.as_deref(), png));
    }
    let name = match &args.out {
        Some(out) if out.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) => out.with_extension(""),
        Some(out) => out.clone(),
        None => PathBuf::from(args.file.file_stem().context("the file has no name")?),
    };
    pipeline::page_pictures(&args.file, options, &reader, |number, png| {
        let mut path = name.clone().into_os_string();
        path.push(format!("-p{number}.png"));
        put(Some(Path::new(&path)), png)?;
        writeln!(io::stdout(), "{}", Path::new(&path).display())?;
        Ok::<(), anyhow::Error>(())
    })
}

fn no_terminal(args: &ExtractArgs) -> Result<()> {
    if args.out.is_none() && io::stdout().is_terminal() {
        bail!("this form is no text for a terminal: name a file with --out, or send it through a pipe");
    }
    Ok(())
}

fn put(out: Option<&Path>, bytes: &[u8]) -> Result<()> {
    match out {
        Some(path) => write_file(path, |to| to.write_all(bytes))?,
        None => io::stdout().lock().write_all(bytes)?,
    }
    Ok(())
}
