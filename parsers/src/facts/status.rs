//! Whether a claim was processed, is pending or was denied, where no label says so.

use std::collections::btree_map::Entry;
use std::sync::LazyLock;

use regex::Regex;

use super::claims::{self, ClaimBlock};
use super::segments::{self, Paper};
use super::totals::amounts_in;
use super::wording;
use crate::statement::{Cell, ClaimHeader, Field};

/// Whether a phrase says no more than that a claim is not settled: `Pending`, `Claim pending`.
fn says_pending(text: &str) -> bool {
    let lower = text.to_lowercase();
    let said = lower.trim_end_matches('.');
    // `This claim is pending: information requested`
    let said = said.split_once(':').or_else(|| said.split_once(" - ")).map_or(said, |(head, _)| head);
    let said = said.strip_prefix("this ").unwrap_or(said);
    let said = said.strip_prefix("claim is ").or_else(|| said.strip_prefix("claim ")).unwrap_or(said);
    matches!(said, "pending" | "in process" | "pended")
}

/// Whether a phrase says that a claim was refused: `This claim was denied`.
fn says_denied(text: &str) -> bool {
    let lower = text.to_lowercase();
    let said = lower.trim_end_matches('.');
    let said = said.strip_prefix("this ").unwrap_or(said);
    matches!(said, "claim was denied" | "claim denied" | "claim is denied" | "claim has been denied")
}

/// The status of claims that print none beside a label: a row says it is pending, or the page that claims were processed.
pub(super) fn fill(paper: &Paper, claims: &mut [ClaimBlock]) {
    let starts: Vec<(u32, f32)> = claims.iter().map(|b| (b.page, b.y)).collect();
    let processed = paper.pieces.iter().find(|p| {
        let t = p.text().to_lowercase();
        p.tokens.len() <= 12
            && ["claims processed", "claim processed", "date processed"]
                .iter()
                // `MEDICAL SERVICES - CLAIMS PROCESSED THIS MONTH`
                .any(|w| t.split(" - ").any(|part| part.strip_prefix("this is a summary of ").unwrap_or(part).starts_with(w)))
    });
    for (n, b) in claims.iter_mut().enumerate() {
        let here = |p: &segments::Piece| {
            let at = (p.page, p.bbox.cy());
            at >= starts[n] && starts.get(n + 1).is_none_or(|next| at < *next)
        };
        panel_beside(paper, &here, &mut b.header);
        if b.header.cells.contains_key(&Field::ClaimStatus) {
            continue;
        }
        let inside = |p: &segments::Piece| {
            let at = (p.page, p.bbox.cy());
            at >= starts[n] && starts.get(n + 1).is_none_or(|next| at < *next)
        };
        let pending = paper.pieces.iter().find(|p| inside(p) && says_pending(&p.text()) && !paper.goes_on_beneath(p));
        let column = status_column(paper, &inside).or_else(|| approval_column(paper, &inside));
        let denied = paper.pieces.iter().find(|p| inside(p) && says_denied(&p.text()));
        let cell = match (pending, processed) {
            (None, _) if column.is_some() => column,
            (None, _) if denied.is_some() => denied.map(|p| claims::text_cell("denied", &p.text(), p)),
            (Some(p), _) => Some(claims::text_cell("pending", &p.text(), p)),
            (None, Some(p)) => Some(claims::text_cell("processed", &p.text(), p)),
            (None, None) => None,
        };
        if let Some(cell) = cell {
            b.header.cells.insert(Field::ClaimStatus, cell);
        }
    }
}

/// What a panel beside the services or a line of several facts says of the claim: `In-network provider` over
/// `Processed 09/05/24`, `Jane Roe | In-network provider | Claim processed`, `We finished this claim (processed).`
fn panel_beside(paper: &Paper, inside: &dyn Fn(&segments::Piece) -> bool, header: &mut ClaimHeader) {
    let free = |p: &&segments::Piece| inside(p) && p.tokens.len() <= 16 && amounts_in(paper, p.row) == 0;
    let alone = |p: &&segments::Piece| paper.rows[p.row].pieces.len() == 1;
    if let Entry::Vacant(slot) = header.cells.entry(Field::Network)
        && let Some((p, n)) = paper.pieces.iter().filter(free).filter(alone).find_map(|p| Some((p, network_alone(&p.text())?)))
    {
        slot.insert(claims::text_cell(n, &p.text(), p));
    }
    if let Entry::Vacant(slot) = header.cells.entry(Field::ClaimStatus)
        && let Some((p, s)) = paper.pieces.iter().filter(free).find_map(|p| Some((p, status_of_claim(&p.text())?)))
    {
        slot.insert(claims::text_cell(s, &p.text(), p));
    }
}

/// `In-network provider` and no more.
fn network_alone(text: &str) -> Option<&'static str> {
    let few = text.split_whitespace().count() <= 3 && text.to_lowercase().contains("network provider");
    wording::network(text).filter(|_| few)
}

static OF_CLAIM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:.*[|•·]\s*|.*\bprovider\s+)?(?:this\s+)?claim\s+(?:was\s+|is\s+|has\s+been\s+)?((?:approved\s+and\s+)?processed|approved|denied|pending)\.?$|\bclaim\s+\((processed|paid|denied|pending|approved)\)\.?$|^(processed|finalized|denied|settled)\s+(?:on\s+)?(?:\d{1,2}[/-]\d{1,2}[/-]\d{2,4}|[a-z]{3,9}\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}[ -][a-z]{3}[ -]\d{2,4}|\d{4}-\d{2}-\d{2})$|^(paid\s*/\s*processed|processed\s*/\s*paid)$")
        .expect("a constant pattern")
});

/// What a phrase says became of the claim.
pub(super) fn status_of_claim(text: &str) -> Option<&'static str> {
    let m = OF_CLAIM.captures(text.trim())?;
    wording::status(m.iter().skip(1).flatten().next()?.as_str())
}

/// What the rows of a claim say in a column of statuses: processed if one of them is, denied only if all are.
fn status_column(paper: &Paper, inside: &dyn Fn(&segments::Piece) -> bool) -> Option<Cell> {
    let caption = paper.pieces.iter().position(|p| {
        inside(p)
            && p.tokens.len() <= 3
            && !p.tokens.iter().any(|t| t.text.ends_with(':'))
            && p.folded.last().is_some_and(|w| matches!(w.word.as_str(), "status" | "decision" | "disposition" | "outcome"))
    })?;
    let head = &paper.pieces[caption];
    let said: Vec<(&segments::Piece, &'static str)> = paper
        .pieces
        .iter()
        .filter(|p| inside(p) && p.page == head.page && p.bbox.y0 > head.bbox.cy() && p.tokens.len() <= 3)
        .filter(|p| p.bbox.overlap_x(head.bbox) > 0.5 * p.bbox.width().min(head.bbox.width()))
        .filter_map(|p| wording::status(&p.text()).map(|s| (p, s)))
        .collect();
    let of = |value: &str| said.iter().find(|(_, s)| *s == value);
    let (p, s) = of("pending").or_else(|| of("processed")).or_else(|| of("denied"))?;
    Some(claims::text_cell(s, &p.text(), p))
}

/// What the rows of a claim answer in a column `Service approved?`, as Medicare's notices have it: denied if none is.
fn approval_column(paper: &Paper, inside: &dyn Fn(&segments::Piece) -> bool) -> Option<Cell> {
    let asks = |p: &&segments::Piece| {
        inside(p) && p.tokens.len() <= 3 && p.folded.last().is_some_and(|w| w.word == "approved" || w.word == "covered")
    };
    let answers = |head: &segments::Piece| -> Vec<(&segments::Piece, bool)> {
        let below = paper.pieces.iter().filter(|p| inside(p) && p.page == head.page && p.bbox.y0 > head.bbox.cy());
        below
            .filter(|p| p.tokens.len() == 1 && p.bbox.overlap_x(head.bbox) > 0.5 * p.bbox.width().min(head.bbox.width()))
            .filter_map(|p| match p.text().to_lowercase().trim_end_matches(['.', '*', ',']) {
                "yes" => Some((p, true)),
                "no" => Some((p, false)),
                _ => None,
            })
            .collect()
    };
    let said = paper.pieces.iter().filter(asks).map(answers).find(|said| !said.is_empty())?;
    let approved = said.iter().find(|(_, yes)| *yes);
    let (p, yes) = approved.or_else(|| said.first())?;
    Some(claims::text_cell(if *yes { "processed" } else { "denied" }, &p.text(), p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{BBox, PageText, TextSource, Word};
    use crate::statement::Value;
    use crate::text_lines::page_lines;

    /// The status told by a notice whose column `Approved?` has these answers.
    fn told(answers: &[&str]) -> Option<Value> {
        let place = |text: &str, row: usize, x: f32| {
            let y = 100.0 + 14.0 * row as f32;
            Word::digital(text, BBox::new(x, y, x + 5.0 * text.len() as f32, y + 9.0))
        };
        let mut words = vec![place("Service", 0, 40.0), place("Approved?", 0, 300.0)];
        for (i, answer) in answers.iter().enumerate() {
            words.extend([place("Visit", i + 1, 40.0), place(answer, i + 1, 310.0), place("84.50", i + 1, 420.0)]);
        }
        let page = PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: Vec::new(),
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        approval_column(&Paper::new(&[page_lines(&page)]), &|_| true).map(|c| c.value)
    }

    #[test]
    fn the_head_of_a_column_is_no_status() {
        let status = |below: &'static str| {
            let s = crate::test_pages::read(&[
                (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
                (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim processed 03/24/2025")]),
                (52.0, &[(30.0, "Claim ID: 252835711520")]),
                (64.0, &[(300.0, "Pending")]),
                (73.0, &[(300.0, below)]),
                (82.0, &[(30.0, "Date"), (100.0, "Description"), (-270.0, "Billed"), (300.0, "payable"), (-440.0, "Plan paid")]),
                (94.0, &[(30.0, "03/09/2025"), (100.0, "OFFICE VISIT"), (-270.0, "$210.00"), (-440.0, "$90.00")]),
            ]);
            s.claims.first().and_then(|c| c.cells.get(&Field::ClaimStatus)).map(|c| c.value.clone())
        };
        assert_ne!(status("or not"), Some(Value::Text("pending".to_owned())));
        assert_eq!(status("Received"), Some(Value::Text("pending".to_owned())), "nothing goes on beneath it");
    }

    #[test]
    fn a_phrase_says_what_became_of_the_claim() {
        for (text, want) in [
            ("Jane Roe | In-network provider | Claim approved and processed", Some("processed")),
            ("Patient Jane Roe In-network provider Claim processed", Some("processed")),
            ("This provider is in our network (in-network). We finished this claim (processed).", Some("processed")),
            ("Processed 09/05/24", Some("processed")),
            ("Processed Sep 11, 2024", Some("processed")),
            ("Processed quickly, as a rule", None),
            ("PAID/PROCESSED", Some("processed")),
            ("Claim denied", Some("denied")),
            ("If your claim is denied you may appeal", None),
            ("How a claim is processed", None),
        ] {
            assert_eq!(status_of_claim(text), want, "{text}");
        }
    }

    #[test]
    fn a_claim_is_denied_where_no_service_was_approved() {
        assert_eq!(told(&["NO", "NO"]), Some(Value::Text("denied".to_owned())));
        assert_eq!(told(&["No", "Yes"]), Some(Value::Text("processed".to_owned())));
        assert_eq!(told(&["12.00", "84.50"]), None);
    }

    #[test]
    fn the_day_of_receipt_beside_a_status_is_none() {
        let status = |captions: &[(f32, &str)], values: &[(f32, &str)]| {
            let s = crate::test_pages::read(&[
                (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of benefits")]),
                (70.0, captions),
                (80.0, values),
                (110.0, &[(30.0, "Date"), (130.0, "Service"), (-300.0, "Billed"), (-400.0, "Allowed"), (-500.0, "Plan paid")]),
                (124.0, &[(30.0, "05/29/2024"), (130.0, "X-RAY"), (-300.0, "13.00"), (-400.0, "9.00"), (-500.0, "9.00")]),
            ]);
            s.header.get(&Field::ClaimStatus).and_then(|c| c.first()).map(|c| format!("{:?}", c.value))
        };
        let captions = [(30.0, "Claim #"), (180.0, "Claim status"), (300.0, "Received"), (400.0, "Finalized on")];
        let said = |word: &'static str| [(30.0, "3621057653"), (180.0, word), (300.0, "08/27/2024"), (400.0, "09/02/2024")];
        assert_eq!(status(&captions, &said("Finalized")).as_deref(), Some("Text(\"processed\")"));
        assert_eq!(status(&captions, &said("Pending")).as_deref(), Some("Text(\"pending\")"));
    }
}
