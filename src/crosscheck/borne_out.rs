//! Words read with doubt that another paper of the case bears out are no longer doubtful.
//!
//! Of a fax `ENOXAPARIN 40MG SYRINGE` may have been read letter by letter with little certainty; where the bill prints the same
//! words, they are what was printed. Such a row is worth what its figures are, and no more than [`SETTLED`].

use std::collections::BTreeSet;

use super::SETTLED;
use super::names::is_read;
use super::words::key;
use crate::cases::Case;
use crate::names::text_key;
use crate::record::{Document, ServiceLine};

/// A row of the same paper read with this certainty vouches for the numbers that both print.
const SURE: f32 = 0.95;

/// The words that a paper prints: services, people, providers, without regard to case and order of names.
struct Printed {
    services: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Printed {
    fn of(d: &Document) -> Self {
        let services = d.lines.iter().filter_map(|l| l.description.as_deref()).map(key).collect();
        let of_lines = d.lines.iter().flat_map(|l| l.patient.iter().chain(&l.provider));
        let names = d.patient.iter().chain(&d.provider).chain(of_lines).map(|n| text_key(n)).collect();
        Self { services, names }
    }
}

/// Takes the doubt from the rows of a case whose words another paper prints.
pub(super) fn settle(case: &mut Case) {
    let printed: Vec<Printed> = case.documents.iter().map(Printed::of).collect();
    for (at, d) in case.documents.iter_mut().enumerate().filter(|(_, d)| is_read(d)) {
        let others: Vec<&Printed> = printed.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, p)| p).collect();
        let numbers: BTreeSet<_> = d.lines.iter().filter(|l| l.confidence >= SURE).map(numbers).collect();
        for line in d.lines.iter_mut().filter(|l| l.confidence < SETTLED.min(l.figures_confidence)) {
            if numbers.contains(&self::numbers(line)) && is_borne_out(line, &others) {
                line.confidence = SETTLED.min(line.figures_confidence);
            }
        }
    }
}

fn numbers(line: &ServiceLine) -> (Option<String>, Option<String>) {
    (line.account_no.clone(), line.claim_no.clone())
}

fn is_borne_out(line: &ServiceLine, others: &[&Printed]) -> bool {
    let service = line.description.as_deref().map(key);
    let names = || line.patient.iter().chain(&line.provider).map(|n| text_key(n));
    service.is_some_and(|s| others.iter().any(|p| p.services.contains(&s)))
        && names().all(|n| others.iter().any(|p| p.names.contains(&n)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{LineKind, TextOrigin};

    fn paper(path: &str, services: &[(&str, f32)]) -> Document {
        let line = |(i, (text, confidence)): (usize, &(&str, f32))| ServiceLine {
            description: Some((*text).to_owned()),
            patient: Some("Rosa Fairbanks".to_owned()),
            confidence: *confidence,
            figures_confidence: 0.99,
            ..ServiceLine::empty(LineKind::Service, i as u32 + 1, 1)
        };
        Document {
            lines: services.iter().enumerate().map(line).collect(),
            text_source: Some(TextOrigin::Ocr),
            ..Document::empty(path)
        }
    }

    #[test]
    fn words_that_another_paper_prints_are_worth_what_the_figures_are() {
        let fax = paper("a.pdf", &[("TSH", 0.99), ("LIPASE", 0.3), ("LIPASF", 0.3)]);
        let mut case = Case::new("a", vec![fax, paper("b.pdf", &[("LIPASE", 0.99)])]);
        settle(&mut case);
        let confidence: Vec<f32> = case.documents[0].lines.iter().map(|l| l.confidence).collect();
        assert_eq!(confidence, [0.99, SETTLED, 0.3]);
    }
}
