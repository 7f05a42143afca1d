//! Provider remittance advice in the manner of Medicare's standard paper remittance.
//!
//! Every claim is headed by one line of labels without colons:
//! `NAME DOE, JANE   MID 1EG4TE5MK73   ACNT 12345   ICN 2225067890123   ASG Y`.

use std::sync::LazyLock;

use regex::Regex;

use super::{Input, Layout, generic::Generic};
use crate::facts::Header;
use crate::reading::TableReading;
use crate::statement::{Cell, DocKind, Field, Value};
use crate::text_lines::Line;

/// What a provider gets with the payment for many claims.
pub struct ProviderRemittance;

static CLAIM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^NAME\s+(?P<patient>[A-Z].*?)\s+(?:MID|HICN?|MBI)\s+(?P<member>\S+)(?:\s+(?:ACNT|ACCT|PCN)\s+(?P<account>\S+))?\s+ICN\s+(?P<claim>\S+)")
        .expect("a constant pattern")
});

impl Layout for ProviderRemittance {
    fn name(&self) -> &'static str {
        "provider_remittance"
    }

    fn about(&self) -> &'static str {
        "A remittance advice to a provider: NAME, MID, ACNT and ICN over the lines of each claim."
    }

    fn identify(&self, input: &Input<'_>) -> Option<f32> {
        let mut lines = input.pages.iter().flat_map(|p| &p.lines);
        (input.kind == DocKind::Eob && input.has_rows() && lines.any(|l| CLAIM.is_match(&l.text()))).then_some(0.85)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        Generic.read(input)
    }

    fn header(&self, input: &Input<'_>, _: &TableReading, header: &mut Header) {
        let mut all: Vec<(Field, Cell)> = Vec::new();
        for line in input.pages.iter().flat_map(|p| &p.lines) {
            let text = line.text();
            let Some(m) = CLAIM.captures(&text) else { continue };
            let fields = [
                (Field::Patient, m.name("patient")),
                (Field::MemberId, m.name("member")),
                (Field::AccountNo, m.name("account")),
                (Field::ClaimNo, m.name("claim")),
            ];
            let cells: Vec<(Field, Cell)> =
                fields.into_iter().filter_map(|(f, v)| v.map(|v| (f, cell(v.as_str(), line)))).collect();
            let block = header
                .claims
                .iter_mut()
                .filter(|b| b.page == line.page && (b.y - line.bbox.y0).abs() < 4.0 * line.size())
                .min_by(|a, b| (a.y - line.bbox.y0).abs().total_cmp(&(b.y - line.bbox.y0).abs()));
            if let Some(b) = block {
                for (f, c) in cells.iter().filter(|(f, _)| *f != Field::MemberId) {
                    b.header.cells.insert(*f, c.clone());
                }
            }
            all.extend(cells);
        }
        for field in [Field::Patient, Field::MemberId, Field::AccountNo, Field::ClaimNo] {
            let mut distinct: Vec<Cell> = Vec::new();
            for (_, c) in all.iter().filter(|(f, _)| *f == field) {
                if !distinct.iter().any(|d| d.value == c.value) {
                    distinct.push(c.clone());
                }
            }
            if field == Field::MemberId {
                distinct.truncate(1);
            }
            if !distinct.is_empty() {
                header.cells.insert(field, distinct);
            }
        }
    }
}

fn cell(text: &str, line: &Line) -> Cell {
    let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    Cell { value: Value::Text(text.to_owned()), raw: text.to_owned(), page: line.page, bbox: line.bbox, confidence }
}
