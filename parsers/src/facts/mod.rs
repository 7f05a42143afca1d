//! What a document states outside its tables: people, numbers, days and totals.
//!
//! Words are cut into phrases (`segments`), labels are found in them (`labels`, with the vocabulary in `labels.toml`),
//! or understood from the words they are made of (`composed`, `sums`), each label claims the value that stands in, beside or below it (`pairs`), if it looks like one (`values`).
//! Amounts that stand so beside every single service are no sums (`of_services`). Names that
//! stand without labels come from the letterhead and the addressee (`names`); what stands above the rows of each claim
//! is gathered in `claims`. A field for which nothing is printed stays empty.

mod bare_days;
mod bars;
mod boxes;
mod captions_beneath;
mod claim_column;
mod claims;
mod closing_numbers;
mod composed;
mod days_of_services;
mod elsewhere;
mod folding;
mod for_whom;
mod insurers;
mod joined_labels;
mod label_rows;
pub(crate) mod labels;
mod letterhead_words;
mod member_numbers;
mod mixed_numbers;
pub(crate) mod name_parts;
mod names;
mod names_over_claims;
mod of_services;
mod own_day;
mod pairs;
mod payers_said;
mod prose;
mod sections;
pub(crate) mod segments;
mod sentences;
mod spoken;
mod status;
mod stays_said;
mod sums;
mod sums_of_claims;
mod sums_said;
mod titled_days;
mod totals;
mod unread;
mod values;
pub(crate) mod wording;
mod wrapped_names;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use claims::ClaimBlock;
use claims::key;
pub(crate) use own_day::labelled_day;
use own_day::statement_date;
use pairs::Found;
use segments::Paper;

use crate::statement::{Cell, DocKind, Field, Money, Value};
use crate::text_lines::PageLines;
use crate::vocabulary::Vocabulary;

/// What stands on a document outside of its tables.
///
/// Text values are as printed, but for [`Field::Network`] (`in`, `out`) and [`Field::ClaimStatus`] (`processed`,
/// `pending`, `denied`), where [`Cell::raw`] has the printed words. Sums of discounts and payments are positive.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Header {
    /// Values of the document. Several where it names several; sums have one cell per claim where only the claims
    /// print theirs, and are then to be added up.
    pub cells: BTreeMap<Field, Vec<Cell>>,
    /// The claims (on a bill with several, the accounts) in reading order. A claim that goes on over a page may be
    /// listed again where it is taken up.
    pub claims: Vec<ClaimBlock>,
    /// The day of all the care, where a sentence of a bill tells it.
    pub only_day: Option<Cell>,
}

/// Reads the header facts of a document of this kind by the builtin labels.
pub fn header(pages: &[PageLines], kind: DocKind) -> Header {
    header_with(pages, kind, Vocabulary::builtin())
}

/// Reads the header facts of a document of this kind by the labels of a vocabulary.
pub fn header_with(pages: &[PageLines], kind: DocKind, vocabulary: &Vocabulary) -> Header {
    let paper = Paper::with(pages, vocabulary.labels());
    // The document's own date settles two-digit and missing years of all the others.
    let mut anchor = None;
    if let Some(c) = statement_date(&paper, &pairs::find(&paper, kind, None), kind)
        && let Value::Date(d) = c.value
    {
        anchor = Some(d);
    }
    let mut found = pairs::find(&paper, kind, anchor);
    bare_days::without_lone(&paper, kind, &mut found);
    if kind == DocKind::Eob {
        member_numbers::without_account_of_plan(&paper, &mut found);
    }
    let mut claims = claims::blocks(&paper, &found, kind);
    if kind == DocKind::Eob {
        sections::fill(&paper, &found, &mut claims);
    }
    status::fill(&paper, &mut claims);
    found = of_services::without_said(&paper, &found);
    let sums =
        if kind == DocKind::Eob { of_services::without(&paper, &found, totals::distinct_claims(&claims)) } else { found.clone() };
    sums_of_claims::add_totals(&paper, &mut claims, &sums);
    for b in &mut claims {
        b.header.cells.iter_mut().for_each(|(f, c)| *c = totals::positive(*f, c.clone()));
    }
    let several = claims.len() > 1 && claims.iter().any(|b| identity(b) != identity(&claims[0]));
    let mut cells: BTreeMap<Field, Vec<Cell>> = BTreeMap::new();
    let mut put = |field: Field, all: Vec<Cell>| {
        if !all.is_empty() {
            cells.insert(field, all);
        }
    };
    let eob = kind == DocKind::Eob;

    put(Field::StatementDate, statement_date(&paper, &found, kind).into_iter().collect());
    for field in [Field::MemberId, Field::TypeOfBill, Field::Admitted, Field::Discharged] {
        put(field, best(&found, field).into_iter().collect());
    }
    for field in [Field::DeductibleLimit, Field::OutOfPocketLimit] {
        put(field, single(&found, field).into_iter().collect());
    }
    let days = days_of_services::without(&paper, &found);
    for field in [Field::ServiceFrom, Field::ServiceTo] {
        put(field, single(&days, field).into_iter().collect());
    }
    for field in [Field::AccountNo, Field::ClaimNo, Field::ProviderNpi] {
        let from_claims = if eob { claims::union(&claims, field) } else { Vec::new() };
        put(field, if from_claims.is_empty() { distinct(&found, field) } else { from_claims });
    }
    if kind == DocKind::DenialLetter
        && let Some(p) = paper.pieces.iter().find(|p| {
            ["denied", "denial", "adverse", "not approve", "unable to approve", "cannot approve"]
                .iter()
                .any(|w| p.text().to_lowercase().contains(w))
        })
    {
        put(Field::ClaimStatus, vec![claims::text_cell("denied", &p.text(), p)]);
    }
    for field in
        [Field::Network, Field::ClaimStatus].into_iter().filter(|f| kind != DocKind::DenialLetter || *f == Field::Network)
    {
        put(field, if claims.is_empty() { single(&found, field).into_iter().collect() } else { agreed(&claims, field) });
    }
    put(Field::Patient, patients(&paper, &found, &claims));
    put(Field::Provider, providers(&paper, &found, &claims, kind));
    put(Field::Payer, payer(&paper, &found, kind).into_iter().collect());
    let undecided = !claims.is_empty()
        && claims
            .iter()
            .all(|b| b.header.cells.get(&Field::ClaimStatus).is_some_and(|c| c.value == Value::Text("pending".into())));
    for field in TOTALS.into_iter().filter(|_| kind != DocKind::DenialLetter) {
        let all = totals::total(&paper, &sums, &claims, several, field, kind);
        // A zero beside a claim that is not settled yet states nothing.
        let says = |c: &Cell| !(undecided && c.money() == Some(Money::ZERO));
        put(field, all.into_iter().filter(says).map(|c| totals::positive(field, c)).collect());
    }
    let of_claims = claims.iter_mut().flat_map(|b| b.header.cells.iter_mut()).map(|(f, c)| (*f, std::slice::from_mut(c)));
    for (_, named) in cells.iter_mut().map(|(f, c)| (*f, c.as_mut_slice())).chain(of_claims).filter(|(f, _)| is_name(*f)) {
        for cell in named {
            if let Some(better) = elsewhere::surer(&paper, cell) {
                *cell = better;
            }
        }
    }
    Header { cells, claims, only_day: stays_said::only_day(&paper, kind, anchor) }
}

fn is_name(field: Field) -> bool {
    matches!(field, Field::Patient | Field::Provider | Field::Payer)
}

const TOTALS: [Field; 6] = [
    Field::TotalCharges,
    Field::TotalDiscount,
    Field::TotalPlanPaid,
    Field::TotalPatientPaid,
    Field::BalanceDue,
    Field::TotalPatientResponsibility,
];

fn identity(b: &ClaimBlock) -> String {
    b.header.cells.get(&Field::ClaimNo).or_else(|| b.header.cells.get(&Field::AccountNo)).map(key).unwrap_or_default()
}

fn candidates(found: &[Found], field: Field) -> impl Iterator<Item = &Found> {
    let strongest = found.iter().filter(|f| f.field == field && !f.dated).map(|f| f.weight).max();
    found.iter().filter(move |f| f.field == field && !f.dated && Some(f.weight) == strongest)
}

/// The first value of the strongest label, the part to tear off last.
fn best(found: &[Found], field: Field) -> Option<Cell> {
    candidates(found, field).min_by_key(|f| f.coupon).map(|f| f.cell.clone())
}

/// The value on which all of the strongest labels agree.
fn single(found: &[Found], field: Field) -> Option<Cell> {
    let all = distinct(found, field);
    if all.len() == 1 { all.into_iter().next() } else { None }
}

/// Each value of the strongest labels once, in reading order.
fn distinct(found: &[Found], field: Field) -> Vec<Cell> {
    let mut out: Vec<Cell> = Vec::new();
    for f in candidates(found, field) {
        let same = |c: &Cell| {
            if matches!(c.value, Value::Text(_)) { key(c) == key(&f.cell) } else { c.value == f.cell.value }
        };
        if !out.iter().any(same) {
            out.push(f.cell.clone());
        }
    }
    out
}

/// What all claims say; nothing where they differ or one does not say it.
fn agreed(claims: &[ClaimBlock], field: Field) -> Vec<Cell> {
    let first = claims.first().and_then(|b| b.header.cells.get(&field));
    let all = first.is_some_and(|c| claims.iter().all(|b| b.header.cells.get(&field).is_some_and(|o| o.value == c.value)));
    if all { first.cloned().into_iter().collect() } else { Vec::new() }
}

fn patients(paper: &Paper, found: &[Found], claims: &[ClaimBlock]) -> Vec<Cell> {
    let own = claims::union(claims, Field::Patient);
    // what stands on a line with a day and an amount is a service, whatever a scrap in front of it looks like
    // so is `PT EVAL LOW COMPLEXITY` before both
    let therapy = |f: &Found| paper.pieces[f.piece].tokens.first().is_some_and(|t| t.text.eq_ignore_ascii_case("pt"));
    let charged = |f: &Found| (f.dated || therapy(f)) && totals::amounts_in(paper, f.row) > 0;
    let found: &[Found] = &found.iter().filter(|f| f.field != Field::Patient || !charged(f)).cloned().collect::<Vec<_>>();
    let strong = |f: &&Found| f.field == Field::Patient && f.weight == 3;
    if !own.is_empty() && found.iter().any(|f| strong(&f)) {
        return own;
    }
    if found.iter().any(|f| strong(&f)) {
        return distinct(found, Field::Patient);
    }
    if !own.is_empty() {
        return own;
    }
    let labelled = best(found, Field::Patient);
    let addressed = names::addressee(paper);
    // A greeting or a guarantor's box names the person less fully than the address does.
    match (labelled, addressed) {
        (Some(l), _) if candidates(found, Field::Patient).any(|f| f.weight >= 2) => vec![l],
        (_, Some(a)) => vec![a],
        (l, None) => l.or_else(|| names::filed_under(paper)).into_iter().collect(),
    }
}

fn providers(paper: &Paper, found: &[Found], claims: &[ClaimBlock], kind: DocKind) -> Vec<Cell> {
    if kind == DocKind::Eob {
        let own = claims::union(claims, Field::Provider);
        return if own.is_empty() { distinct(found, Field::Provider) } else { own };
    }
    if matches!(kind, DocKind::CollectionNotice | DocKind::DenialLetter) {
        return best(found, Field::Provider).into_iter().collect();
    }
    let labelled = candidates(found, Field::Provider).next();
    let head = names::letterhead(paper, kind, false);
    // Of a paper that is none of ours, only what is plainly a provider of care.
    let head = head.filter(|h| kind != DocKind::Other || wording::organisation_words(&h.raw) > 0);
    // What is left of a letterhead that could not be read in full says less than the address for payments.
    let poor = head.as_ref().is_none_or(|h| wording::organisation_words(&h.raw) == 0);
    let head = if poor { names::remittee(paper).or(head) } else { head };
    // A form names its provider in a box of its own; elsewhere the letterhead does.
    let boxed = labelled.filter(|f| f.weight == 3);
    // What another label names (the plan, who treated) is no letterhead.
    let claimed = |h: &Cell| {
        let of_label = |f: &Found| f.field != Field::Provider || f.weight < 3;
        found.iter().any(|f| {
            of_label(f) && f.cell.page == h.page && f.cell.bbox.overlap_x(h.bbox) > 0.0 && f.cell.bbox.overlap_y(h.bbox) > 0.0
        })
    };
    let head = head.filter(|h| boxed.is_none() || !claimed(h));
    match (head, boxed) {
        (Some(h), Some(b)) if key(&h) != key(&b.cell) && paper.rows[b.row].bbox.y0 > h.bbox.y0 + 1.0 => vec![h],
        (_, Some(b)) => vec![b.cell.clone()],
        (Some(h), None) => vec![h],
        (None, None) => labelled.map(|f| f.cell.clone()).into_iter().collect(),
    }
}

/// Whether a title or subtitle says that a notice is Medicare's own: `Medicare Claims Notice`, `Part B Medical Insurance`.
fn is_medicares(piece: &segments::Piece) -> bool {
    let text = piece.text().to_lowercase();
    let has = |any: &[&str]| any.iter().any(|w| text.contains(w));
    let titled = piece.tokens.len() <= 6 && has(&["medicare"]) && has(&["notice", "claims summary"]);
    let part = letterhead_words::names_a_part(&text) && has(&["insurance", "claims"]);
    (titled || part) && !has(&["advantage", "supplement", "part c", "part d"])
}

/// Whether a name stands over the number of a house.
fn is_addressed(paper: &Paper, name: &str) -> bool {
    let street = |p: &segments::Piece| p.text().starts_with(|c: char| c.is_ascii_digit());
    let insurer = wording::payer_words(name) > 0 || wording::organisation_words(name) > 0;
    wording::is_person(name)
        && !insurer
        && paper.pieces.windows(2).any(|w| w[0].text().trim().eq_ignore_ascii_case(name.trim()) && street(&w[1]))
}

fn payer(paper: &Paper, found: &[Found], kind: DocKind) -> Option<Cell> {
    // `Billed to Henry Roe`, who has the address below
    let insures: Vec<Found> =
        found.iter().filter(|f| f.field == Field::Payer && !is_addressed(paper, &f.cell.raw)).cloned().collect();
    let labelled = candidates(&insures, Field::Payer).next();
    match kind {
        DocKind::Eob | DocKind::DenialLetter => {
            let medicare = paper.pieces.iter().find(|p| {
                let text = p.text().to_lowercase();
                // the subtitle is in smaller type, and may be read where the title is not
                text.contains("medicare summary notice") || text.contains("summary of your medicare claims") || is_medicares(p)
            });
            if let Some(p) = medicare {
                return Some(claims::text_cell("Medicare", "Medicare", p));
            }
            let military = |p: &&segments::Piece| {
                let text = p.text().to_lowercase();
                ["tricare", "champva"].iter().any(|w| text.starts_with(w)) && text.contains("explanation of benefits")
            };
            if let Some(p) = paper.pieces.iter().find(military) {
                return Some(claims::text_cell(&p.tokens[0].text, &p.tokens[0].text, p));
            }
            if let Some(of) = insurers::on_behalf_of(paper).or_else(|| insurers::named_in_title(paper)) {
                return Some(of);
            }
            // A plan of an employer's own names the insurer that runs it.
            let run_by = found.iter().find(|f| {
                (f.field == Field::Payer && f.weight == 3)
                    && !letterhead_words::names_a_business(&f.cell.raw)
                    && paper.pieces[f.piece].folded.iter().any(|w| w.word.starts_with("administ"))
            });
            let head = names::letterhead(paper, kind, true);
            let insures = |h: &Cell, by: &Cell| insurers::only_administers(&by.raw) && insurers::is_own_plan(&h.raw);
            if let Some(f) = run_by.filter(|f| f.cell.page == paper.first_page())
                && !head.as_ref().is_some_and(|h| insures(h, &f.cell))
            {
                return Some(f.cell.clone());
            }
            match (head, labelled) {
                (Some(h), _) if wording::payer_words(&h.raw) > 0 => Some(h),
                (_, Some(l)) if l.weight == 3 => Some(l.cell.clone()),
                (h, l) => h.or_else(|| l.map(|f| f.cell.clone())),
            }
        }
        DocKind::ItemizedBill
        | DocKind::SummaryBill
        | DocKind::CollectionNotice
        | DocKind::Estimate
        | DocKind::Receipt
        | DocKind::Other => {
            // `Company   Lakeside Health Plan`: what the label leaves open the name says
            let named = |f: &&Found| f.weight == 3 || wording::payer_words(&f.cell.raw) > 0;
            labelled.filter(named).map(|f| f.cell.clone())
        }
    }
}

/// Identity of a number or name: letters and digits only, lower case; `DOE, JANE` is Jane Doe.
pub(crate) fn key_of(cell: &Cell) -> String {
    key(cell)
}

/// The day of a cell.
pub fn day_of(cell: &Cell) -> Option<Date> {
    match cell.value {
        Value::Date(d) => Some(d),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
