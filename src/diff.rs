//! Two runs over the same papers compared: findings that are new, resolved or changed.
//!
//! Findings are told apart by their flag_id, which stays the same as long as case, rule, file and line do. Only flags.csv
//! is read, so that any two output folders can be compared, of whatever version.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

/// Columns in which a change matters: not the words, and not a confidence that differs by a hair.
const COMPARED: [&str; 7] =
    ["severity", "amount_billed", "amount_expected", "amount_at_issue", "evidence_path", "deadline", "verdict"];

/// Why two runs cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// A flags.csv that cannot be read.
    #[error("failed to read {0}")]
    Read(PathBuf, #[source] csv::Error),
    /// A flags.csv without an essential column.
    #[error("{0} has no column flag_id")]
    NoIds(PathBuf),
}

type Flag = BTreeMap<String, String>;

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Only in the new run.
    New,
    /// Only in the old run, or dismissed or fixed since.
    Resolved,
    /// In both, but not the same.
    Changed,
}

impl Fate {
    /// Its name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Resolved => "resolved",
            Self::Changed => "changed",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What became of the finding.
    pub fate: Fate,
    /// Its cells in the new run, or in the old one where it is resolved.
    flag: Flag,
    /// Column, before, after; of a changed finding only.
    pub changes: Vec<(&'static str, String, String)>,
}

impl Difference {
    fn cell(&self, column: &str) -> &str {
        self.flag.get(column).map_or("", String::as_str)
    }

    fn amount(&self) -> Decimal {
        self.cell("amount_at_issue").parse().unwrap_or_default()
    }
}

/// The differences between the flags.csv of two output folders, by case, file and line; and how many findings are the same.
pub fn diff(old: &Path, new: &Path) -> Result<(Vec<Difference>, usize), DiffError> {
    let (old, new) = (read(old)?, read(new)?);
    let mut out = Vec::new();
    let mut same = 0;
    for (id, flag) in &new {
        let Some(before) = old.get(id) else {
            if is_open(flag) {
                out.push(Difference { fate: Fate::New, flag: flag.clone(), changes: Vec::new() });
            }
            continue;
        };
        let cell = |f: &Flag, c: &str| f.get(c).cloned().unwrap_or_default();
        let differing = COMPARED.iter().filter(|c| cell(before, c) != cell(flag, c));
        let changes: Vec<_> = differing.map(|c| (*c, cell(before, c), cell(flag, c))).collect();
        match (is_open(before), is_open(flag)) {
            (true, false) => out.push(Difference { fate: Fate::Resolved, flag: flag.clone(), changes }),
            (false, true) => out.push(Difference { fate: Fate::New, flag: flag.clone(), changes }),
            _ if changes.is_empty() => same += 1,
            _ => out.push(Difference { fate: Fate::Changed, flag: flag.clone(), changes }),
        }
    }
    for flag in old.iter().filter(|(id, flag)| !new.contains_key(*id) && is_open(flag)).map(|(_, flag)| flag) {
        out.push(Difference { fate: Fate::Resolved, flag: flag.clone(), changes: Vec::new() });
    }
    let line = |d: &Difference| d.cell("line_no").parse::<u32>().unwrap_or(0);
    out.sort_by(|a, b| {
        let key = |d: &Difference| (d.cell("case_id").to_owned(), d.cell("path").to_owned(), line(d), d.cell("rule").to_owned());
        key(a).cmp(&key(b))
    });
    Ok((out, same))
}

fn is_open(flag: &Flag) -> bool {
    !matches!(flag.get("verdict").map(String::as_str), Some("dismissed" | "fixed"))
}

fn read(dir: &Path) -> Result<BTreeMap<String, Flag>, DiffError> {
    let path = if dir.is_dir() { dir.join("flags.csv") } else { dir.to_owned() };
    let broken = |e| DiffError::Read(path.clone(), e);
    let mut reader = csv::Reader::from_path(&path).map_err(broken)?;
    let header = reader.headers().map_err(broken)?.clone();
    if !header.iter().any(|h| h == "flag_id") {
        return Err(DiffError::NoIds(path));
    }
    let mut flags = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        let flag: Flag = header.iter().zip(&row).map(|(h, c)| (h.to_owned(), c.to_owned())).collect();
        flags.insert(flag.get("flag_id").cloned().unwrap_or_default(), flag);
    }
    Ok(flags)
}

/// For people: a line for each difference, and the sums.
pub fn write_text(to: &mut dyn Write, differences: &[Difference], same: usize) -> io::Result<()> {
    let mut case = None;
    for d in differences {
        if case != Some(d.cell("case_id")) {
            case = Some(d.cell("case_id"));
            writeln!(to, "{}", d.cell("case_id"))?;
        }
        let sign = match d.fate {
            Fate::New => '+',
            Fate::Resolved => '-',
            Fate::Changed => '~',
        };
        let line = if d.cell("line_no").is_empty() { String::new() } else { format!(", line {}", d.cell("line_no")) };
        let amount =
            if d.cell("amount_at_issue").is_empty() { String::new() } else { format!("  {}", d.cell("amount_at_issue")) };
        writeln!(to, "  {sign} {} [{}] {}{line}{amount}", d.cell("rule"), d.cell("severity"), d.cell("path"))?;
        for (column, before, after) in &d.changes {
            let shown = |s: &str| if s.is_empty() { "nothing".to_owned() } else { s.to_owned() };
            writeln!(to, "      {column}: {} -> {}", shown(before), shown(after))?;
        }
    }
    let of = |fate: Fate| {
        let these = differences.iter().filter(|d| d.fate == fate);
        let (n, sum) = these.fold((0, Decimal::ZERO), |(n, sum), d| (n + 1, sum + d.amount()));
        format!("{n} {} ({sum:.2})", fate.as_str())
    };
    writeln!(to, "{}, {}, {}, {same} the same", of(Fate::New), of(Fate::Resolved), of(Fate::Changed))
}

/// For programs: one row for each difference; `changes` lists column: before -> after.
pub fn write_csv(to: &mut dyn Write, differences: &[Difference]) -> Result<(), csv::Error> {
    let columns = ["case_id", "flag_id", "rule", "severity", "path", "page", "line_no", "amount_at_issue"];
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(to);
    csv.write_record(["change"].into_iter().chain(columns).chain(["changes"]))?;
    for d in differences {
        let changes: Vec<String> = d.changes.iter().map(|(c, a, b)| format!("{c}: {a} -> {b}")).collect();
        let cells = columns.iter().map(|c| d.cell(c).to_owned());
        csv.write_record([d.fate.as_str().to_owned()].into_iter().chain(cells).chain([changes.join("; ")]))?;
    }
    csv.flush()?;
    Ok(())
}
