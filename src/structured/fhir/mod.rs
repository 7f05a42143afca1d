//! HL7 FHIR R4: ExplanationOfBenefit (CARIN Blue Button, CMS Blue Button 2.0) and Claim, alone, in a bundle, or one to a line.
//!
//! Resources are looked into field by field, not by a schema: a resource that keeps to its profile in all but one field
//! still has its amounts read. A crate that knows every resource of FHIR would refuse it whole.

mod adjudication;
mod explanation;
mod item;
mod json;
mod references;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::Part;
use super::cells::{blank, unparsed};
use super::text::decode_file;
use crate::record::DocKind;
use references::References;

/// Resources of one file; a Blue Button history has hundreds.
const MOST_RESOURCES: usize = 100_000;

/// The explanations of benefits and claims of a file, in order.
pub fn read(bytes: &[u8]) -> Result<Vec<Part>, String> {
    let text = decode_file(bytes);
    let (values, broken) = values(&text)?;
    let mut resources: Vec<&Value> = Vec::new();
    for value in &values {
        collect(value, &mut resources, 0);
    }
    if resources.len() > MOST_RESOURCES {
        return Err(format!("more than {MOST_RESOURCES} resources"));
    }
    let references = References::of(&values);
    let mut parts: Vec<Part> = Vec::new();
    for resource in resources {
        let page = u32::try_from(parts.len() + 1).unwrap_or(u32::MAX);
        parts.push(explanation::statement(resource, &references, page));
    }
    for (place, text) in broken {
        let page = u32::try_from(parts.len() + 1).unwrap_or(u32::MAX);
        let mut statement = blank(explanation::LAYOUT, DocKind::Other);
        statement.unparsed.push(unparsed(page, text, place));
        parts.push(Part { statement, checks: Vec::new() });
    }
    if parts.is_empty() { Err("FHIR without an ExplanationOfBenefit or Claim".to_owned()) } else { Ok(parts) }
}

/// A line that is no JSON: where and why, and its beginning.
type Broken = (String, String);

/// The JSON of a file: one value, or one for each line.
fn values(text: &str) -> Result<(Vec<Value>, Vec<Broken>), String> {
    let whole = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(values)) => return Ok((values, Vec::new())),
        Ok(value) => return Ok((vec![value], Vec::new())),
        Err(error) => error,
    };
    let mut values = Vec::new();
    let mut broken = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        match serde_json::from_str::<Value>(line) {
            Ok(value) => values.push(value),
            Err(error) => {
                let place = format!("line {}, column {}: no JSON: {error}", number + 1, error.column());
                broken.push((place, line.trim().chars().take(60).collect()));
            }
        }
        if values.is_empty() && !broken.is_empty() {
            // Not one resource to a line: what breaks is the one value.
            return Err(format!("no JSON: {whole}"));
        }
    }
    Ok((values, broken))
}

/// The resources that are statements, those of bundles within bundles too.
fn collect<'a>(value: &'a Value, out: &mut Vec<&'a Value>, depth: usize) {
    match json::text(value, "resourceType") {
        Some("ExplanationOfBenefit" | "Claim") => out.push(value),
        Some("Bundle") if depth < 4 => {
            for entry in json::list(value, "entry") {
                if let Some(resource) = entry.get("resource") {
                    collect(resource, out, depth + 1);
                }
            }
        }
        _ => {}
    }
}
