//! `billproof price`: what Medicare pays for a code, and what hospitals publish for it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::refs::store_file;
use crate::pipeline::reference_tables;
use crate::pricing::{HospitalPrice, Place, Query, Quote, hospital_prices, quotes};
use crate::record::Money;
use crate::reference::ReferenceTables;

/// What `billproof price` is given.
#[derive(Debug, Args)]
pub(super) struct PriceArgs {
    /// CPT or HCPCS code
    #[arg(value_name = "CODE", required_unless_present = "csv")]
    code: Option<String>,
    /// Modifier; may be given several times
    #[arg(short, long, value_name = "M")]
    modifier: Vec<String>,
    /// Date of service, yyyy-mm-dd
    #[arg(short, long, value_name = "DATE", required_unless_present = "csv")]
    date: Option<Date>,
    /// ZIP code of the place of service
    #[arg(short, long, value_name = "ZIP", conflicts_with = "locality")]
    zip: Option<String>,
    /// Medicare locality: contractor and number (0441218), state and number (TX-18), or its name
    #[arg(short, long, value_name = "L", required_unless_present_any = ["zip", "csv"])]
    locality: Option<String>,
    /// The service was given in a hospital or another facility
    #[arg(short, long)]
    facility: bool,
    /// The practitioner qualifies in an alternative payment model (from 2026 on)
    #[arg(long)]
    qualifying: bool,
    /// Minutes of anaesthesia
    #[arg(long, value_name = "N")]
    minutes: Option<Decimal>,
    /// Base units of the anaesthesia code, where the list of them is not loaded
    #[arg(long, value_name = "N")]
    base_units: Option<Decimal>,
    /// Show this hospital's prices only
    #[arg(long, value_name = "NAME")]
    hospital: Option<String>,
    /// Price every row of a file with the columns code, modifier, date, zip or locality, facility
    #[arg(long, value_name = "FILE", conflicts_with_all = ["code", "date", "zip", "locality", "modifier"])]
    csv: Option<PathBuf>,
    /// Folder of reference tables in the form in which CMS publishes them, instead of the store
    #[arg(long, value_name = "DIR")]
    refs: Option<PathBuf>,
    /// The store of reference tables
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &PriceArgs) -> Result<ExitCode> {
    let refs = reference_tables(args.refs.as_deref(), store_file(args.store.clone()).as_deref())?;
    if refs.loaded.is_empty() {
        return Err(anyhow!(
            "no reference tables are loaded: take them in with `billproof refs add FILE...`, or give --refs DIR"
        ));
    }
    match &args.csv {
        Some(file) => many(&refs, args, file),
        None => one(&refs, args),
    }
}

fn modifiers(text: &str) -> Vec<String> {
    text.split([' ', ',', ';', '|']).map(|m| m.trim().to_uppercase()).filter(|m| !m.is_empty()).collect()
}

fn one(refs: &ReferenceTables, args: &PriceArgs) -> Result<ExitCode> {
    let (Some(code), Some(day)) = (&args.code, args.date) else { return Err(anyhow!("a code and a date are needed")) };
    let place = match (&args.zip, &args.locality) {
        (Some(zip), _) => Place::Zip(zip.clone()),
        (None, Some(locality)) => Place::Locality(locality.clone()),
        (None, None) => return Err(anyhow!("--zip or --locality is needed")),
    };
    let query = Query {
        code: code.to_uppercase(),
        modifiers: modifiers(&args.modifier.join(" ")),
        day,
        place,
        facility: args.facility,
        qualifying: args.qualifying,
        minutes: args.minutes,
        base_units: args.base_units,
    };
    let mut out = io::stdout().lock();
    for quote in quotes(refs, &query)? {
        show(&mut out, &query, &quote)?;
    }
    for price in hospital_prices(refs, &query.code, args.hospital.as_deref()) {
        show_hospital(&mut out, &price)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(out: &mut impl Write, query: &Query, quote: &Quote) -> io::Result<()> {
    let amount = quote.amount.map_or_else(|| "no amount".to_owned(), |a| a.to_string());
    let code = [std::slice::from_ref(&query.code), query.modifiers.as_slice()].concat().join("-");
    writeln!(
        out,
        "{code}  {amount}  {}",
        [quote.schedule, &quote.edition, &quote.place].join(", ").trim_end_matches([',', ' '])
    )?;
    if !quote.formula.is_empty() {
        writeln!(out, "  = {}", quote.formula)?;
    }
    for (name, value) in &quote.parts {
        writeln!(out, "  {name}: {value}")?;
    }
    for note in &quote.notes {
        writeln!(out, "  note: {note}")?;
    }
    Ok(())
}

fn show_hospital(out: &mut impl Write, price: &HospitalPrice) -> io::Result<()> {
    writeln!(out, "{}, prices of {}", price.hospital, price.updated)?;
    if !price.drug_unit.is_empty() {
        writeln!(out, "  a drug: for each {}", price.drug_unit)?;
    }
    let money = |m: Option<Money>| m.map_or_else(|| "not stated".to_owned(), |m| m.to_string());
    writeln!(out, "  gross charge: {}", money(price.gross))?;
    writeln!(out, "  discounted cash price: {}", money(price.cash))?;
    if price.least.is_some() {
        writeln!(out, "  negotiated: {} to {}", money(price.least), money(price.most))?;
    }
    for (plan, pays) in &price.negotiated {
        writeln!(out, "    {plan}: {pays}")?;
    }
    Ok(())
}

/// What is appended to each row of `--csv`.
const APPENDED: [&str; 11] = [
    "amount",
    "schedule",
    "formula",
    "place",
    "edition",
    "note",
    "hospital",
    "hospital_gross",
    "hospital_cash",
    "hospital_negotiated_min",
    "hospital_negotiated_max",
];

fn many(refs: &ReferenceTables, args: &PriceArgs, file: &Path) -> Result<ExitCode> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_path(file).with_context(|| format!("cannot open {}", file.display()))?;
    let headers = reader.headers().with_context(|| format!("cannot read {}", file.display()))?.clone();
    let at = |name: &str| headers.iter().position(|h| h.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(name));
    let (code, date) = (at("code"), at("date"));
    if code.is_none() || date.is_none() || at("zip").or_else(|| at("locality")).is_none() {
        return Err(anyhow!("{}: expected the columns code, modifier, date, zip or locality, facility", file.display()));
    }
    let columns = [code, at("modifier"), date, at("zip"), at("locality"), at("facility"), at("minutes"), at("base_units")];
    let mut writer = csv::Writer::from_writer(io::stdout().lock());
    writer.write_record(headers.iter().chain(APPENDED))?;
    for row in reader.records() {
        let row = row.with_context(|| format!("cannot read {}", file.display()))?;
        let cell = |i: usize| columns[i].and_then(|at| row.get(at)).map_or("", str::trim);
        let appended = match query_of(&cell, args.qualifying) {
            Ok(query) => priced(refs, &query, args.hospital.as_deref()),
            Err(note) => with_note(note),
        };
        let padded = (0..headers.len()).map(|i| row.get(i).unwrap_or_default().to_owned());
        writer.write_record(padded.chain(appended))?;
    }
    writer.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn with_note(note: String) -> [String; 11] {
    let mut cells: [String; 11] = Default::default();
    cells[5] = note;
    cells
}

fn query_of<'c>(cell: &impl Fn(usize) -> &'c str, qualifying: bool) -> Result<Query, String> {
    let place = match (cell(3), cell(4)) {
        ("", "") => return Err("neither ZIP code nor locality".to_owned()),
        ("", locality) => Place::Locality(locality.to_owned()),
        // A spreadsheet drops the leading noughts.
        (zip, _) => Place::Zip(if zip.bytes().all(|b| b.is_ascii_digit()) { format!("{zip:0>5}") } else { zip.to_owned() }),
    };
    let facility = match cell(5).to_lowercase().as_str() {
        "" | "0" | "false" | "no" | "n" | "non-facility" | "nonfacility" => false,
        "1" | "true" | "yes" | "y" | "facility" | "f" => true,
        other => return Err(format!("facility is {other}, expected true or false")),
    };
    Ok(Query {
        code: cell(0).to_uppercase(),
        modifiers: modifiers(cell(1)),
        day: cell(2).parse().map_err(|_| format!("{} is no date of the form yyyy-mm-dd", cell(2)))?,
        place,
        facility,
        qualifying,
        minutes: cell(6).parse().ok(),
        base_units: cell(7).parse().ok(),
    })
}

fn priced(refs: &ReferenceTables, query: &Query, hospital: Option<&str>) -> [String; 11] {
    let quote = match quotes(refs, query) {
        Ok(all) => all.into_iter().next().unwrap_or_default(),
        Err(error) => return with_note(error.to_string()),
    };
    let text = |m: Option<Money>| m.map(|m| m.0.to_string()).unwrap_or_default();
    let own = hospital_prices(refs, &query.code, hospital);
    // Several hospitals do not fit into one row: name one with --hospital.
    let own = if own.len() == 1 { own.into_iter().next().unwrap_or_default() } else { HospitalPrice::default() };
    [
        text(quote.amount),
        quote.schedule.to_owned(),
        quote.formula,
        quote.place,
        quote.edition,
        quote.notes.join("; "),
        own.hospital,
        text(own.gross),
        text(own.cash),
        text(own.least),
        text(own.most),
    ]
}
