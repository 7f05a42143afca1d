//! What `billproof layouts` prints: the list, which layout claims a file and how it read it, a first description.

use std::fmt::Write as _;

use billproof_parsers::Reader;
use billproof_parsers::explain::{Claim, Explanation};
use billproof_parsers::layouts::LAYOUTS;
use billproof_parsers::own_layout::{self, Draft};
use billproof_parsers::page_text::DocumentText;
use billproof_parsers::statement::{Cell, Field, Row, Value};

use crate::export::cells::named;

/// One line for each layout: those of the user first, in the order in which they are asked.
pub fn list(reader: &Reader) -> String {
    let own = reader.own_layouts().iter().map(|l| (l.name(), "yours", l.about()));
    let all: Vec<_> = own.chain(LAYOUTS.iter().map(|l| (l.name(), "builtin", l.about()))).collect();
    let width = all.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let line = |(name, whose, about): &(&str, &str, &str)| format!("{name:width$}  {whose:7}  {about}").trim_end().to_owned();
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Which layout claims a document, why, and what became of each of its lines.
pub fn test(reader: &Reader, path: &str, text: &DocumentText) -> String {
    let e = reader.explain(text);
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(out, "{path}: read by {}", e.statement.layout);
    if !e.statement.tie.is_empty() {
        let _ = writeln!(out, "tie: {} claim it alike, so that none of them reads it", e.statement.tie.join(" and "));
    }
    let weights: Vec<String> = e.evidence.iter().map(|(kind, weight)| format!("{} {weight:.1}", kind.as_str())).collect();
    let _ = writeln!(out, "kind: {} (what its words weigh: {})", e.statement.kind.as_str(), weights.join(", "));
    let _ = writeln!(out, "\nlayouts");
    for c in &e.claims {
        claim(&mut out, c);
    }
    for (field, cells) in &e.statement.header {
        let values: Vec<String> = cells.iter().map(shown).collect();
        let _ = writeln!(
            out,
            "{}{} = {}",
            if Some(field) == e.statement.header.keys().next() { "\nheader\n  " } else { "  " },
            named(field),
            values.join("; ")
        );
    }
    lines(&mut out, &e);
    for u in &e.statement.unparsed {
        let _ = writeln!(out, "not read (page {}): {}: {}", u.page, u.reason, u.text);
    }
    out.trim_end().to_owned()
}

fn claim(out: &mut String, c: &Claim) {
    let score = c.score.map_or_else(|| "does not claim it".to_owned(), |s| format!("claims it with {s:.2}"));
    let whose = if c.own { " (yours)" } else { "" };
    let _ = writeln!(out, "  {}{whose}: {score}", c.layout);
    for reason in &c.reasons {
        let _ = writeln!(out, "      {reason}");
    }
}

fn lines(out: &mut String, e: &Explanation) {
    let mut page = 0;
    let mut told = vec![false; e.statement.rows.len()];
    for line in &e.lines {
        if line.page != page {
            page = line.page;
            let _ = writeln!(out, "\ntable lines, page {page}");
        }
        let _ = writeln!(out, "  {:?}\n      {}", line.text, line.part);
        if let Some(i) = line.row {
            told[i] = true;
            let _ = writeln!(out, "      {}", cells(&e.statement.rows[i]));
        }
    }
    for (row, _) in e.statement.rows.iter().zip(&told).filter(|(_, told)| !**told) {
        let _ = writeln!(out, "\nrow outside of the tables, page {}\n      {}", row.page, cells(row));
    }
}

fn cells(row: &Row) -> String {
    let cell = |(field, cell): (&Field, &Cell)| format!("{}={}", named(field), shown(cell));
    let cells: Vec<String> = row.cells.iter().map(cell).collect();
    format!("{}: {}", row.kind.as_str(), cells.join("  "))
}

fn shown(cell: &Cell) -> String {
    match &cell.value {
        Value::Text(t) | Value::Code(t) => t.clone(),
        Value::Money(m) => m.to_string(),
        Value::Date(d) => d.to_string(),
        Value::Number(n) => n.normalize().to_string(),
        Value::List(l) => l.join(" "),
        Value::Adjustments(a) => a.iter().map(|a| format!("{}-{} {}", a.group, a.carc, a.amount)).collect::<Vec<_>>().join(" "),
    }
}

/// A first description of a document's layout; `None` of one without a table.
pub fn draft(text: &DocumentText) -> Option<Draft> {
    own_layout::draft(text)
}
