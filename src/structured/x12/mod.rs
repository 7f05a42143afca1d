//! ASC X12: health care claim payment (835) and health care claim (837), versions 4010 and 5010.

mod adjustments;
mod claim;
mod claim_statement;
mod dates;
mod remittance;
mod remittance_statement;
mod segments;

#[cfg(test)]
mod tests;

use segments::{Segment, segments};

use super::Part;

/// Something in a transaction that does not keep to its form, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    /// What is wrong, with the number of the segment in the file and its offset.
    reason: String,
    /// The segment.
    text: String,
}

impl Problem {
    fn at(segment: &Segment, what: &str) -> Self {
        Self { reason: format!("segment {} (byte {}): {what}", segment.number, segment.offset), text: segment.text() }
    }
}

/// The remittances and claims of a file. Envelopes (ISA, GS) may be several; what is broken is told in its document.
pub fn read(bytes: &[u8]) -> Result<Vec<Part>, String> {
    let all = segments(bytes)?;
    let mut parts = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for set in transaction_sets(&all) {
        match set.first().map(|st| st.element(1)) {
            Some("835") => {
                let remittance = remittance::read(set);
                let page = next_page(&parts);
                parts.push(remittance_statement::statement(&remittance, page));
            }
            Some("837") => {
                for claim in claim::read(set) {
                    let page = next_page(&parts);
                    parts.push(claim_statement::statement(&claim, page));
                }
            }
            Some(other) => others.push(other.to_owned()),
            None => {}
        }
    }
    if parts.is_empty() {
        let found = if others.is_empty() { "no transaction set (ST)".to_owned() } else { format!("only {}", others.join(", ")) };
        return Err(format!("X12 without a remittance (835) or claim (837): {found}"));
    }
    Ok(parts)
}

fn next_page(parts: &[Part]) -> u32 {
    u32::try_from(parts.len() + 1).unwrap_or(u32::MAX)
}

/// From each ST up to the next one; its SE belongs to it, what is not a transaction's does not.
fn transaction_sets(all: &[Segment]) -> impl Iterator<Item = &[Segment]> {
    let starts: Vec<usize> = all.iter().enumerate().filter(|(_, s)| s.id() == "ST").map(|(i, _)| i).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([all.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| {
        let set = &all[start..end];
        let closed = set.iter().position(|s| matches!(s.id(), "SE" | "GE" | "IEA"));
        &set[..closed.map_or(set.len(), |i| i + usize::from(set[i].id() == "SE"))]
    })
}

/// A set that does not end in SE was cut off.
fn cut_off(set: &[Segment]) -> Option<Problem> {
    let last = set.last()?;
    (last.id() != "SE").then(|| Problem::at(last, "the transaction set ends here without SE; the file may be cut off"))
}
