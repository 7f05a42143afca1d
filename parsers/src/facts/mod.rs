//! What a document states outside its tables: people, numbers, days and totals.
//!
//! Words are cut into phrases (`segments`), labels are found in them (`labels`, with the vocabulary in `labels.toml`),
//! each label claims the value that stands in, beside or below it (`pairs`), if it looks like one (`values`). Names that
//! stand without labels come from the letterhead and the addressee (`names`); what stands above the rows of each claim
//! is gathered in `claims`. A field for which nothing is printed stays empty.

mod claims;
pub(crate) mod labels;
mod names;
mod pairs;
pub(crate) mod segments;
mod values;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use claims::ClaimBlock;
use claims::key;
use pairs::{Found, money_of};
use segments::Paper;

use crate::grammar::{date, money};
use crate::statement::{Cell, DocKind, Field, Money, Value};
use crate::text_lines::PageLines;

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
}

/// Reads the header facts of a document of this kind.
pub fn header(pages: &[PageLines], kind: DocKind) -> Header {
    let paper = Paper::new(pages);
    // The document's own date settles two-digit and missing years of all the others.
    let mut anchor = None;
    if let Some(c) = statement_date(&paper, &pairs::find(&paper, kind, None), kind)
        && let Value::Date(d) = c.value
    {
        anchor = Some(d);
    }
    let mut found = pairs::find(&paper, kind, anchor);
    // A bare `through` means something only behind the first day.
    let first_days: Vec<usize> = found.iter().filter(|f| f.field == Field::ServiceFrom).map(|f| f.row).collect();
    found.retain(|f| f.field != Field::ServiceTo || f.weight > 1 || first_days.contains(&f.row));
    let mut claims = claims::blocks(&paper, &found, kind);
    fill_status(&paper, &mut claims);
    claims::add_totals(&paper, &mut claims, &found);
    for b in &mut claims {
        b.header.cells.iter_mut().for_each(|(f, c)| *c = positive(*f, c.clone()));
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
    for field in [Field::ServiceFrom, Field::ServiceTo] {
        put(field, single(&found, field).into_iter().collect());
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
        let all = total(&paper, &found, &claims, several, field, kind);
        // A zero beside a claim that is not settled yet states nothing.
        let says = |c: &Cell| !(undecided && money_of(c) == Some(Money::ZERO));
        put(field, all.into_iter().filter(says).map(|c| positive(field, c)).collect());
    }
    Header { cells, claims }
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

/// Papers print credits with either sign; the record has them positive.
fn positive(field: Field, mut cell: Cell) -> Cell {
    if matches!(field, Field::TotalDiscount | Field::TotalPlanPaid | Field::TotalPatientPaid)
        && let Value::Money(m) = cell.value
    {
        cell.value = Value::Money(m.abs());
    }
    cell
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

/// The date of the paper: a labelled one, else one that stands alone above the text.
fn statement_date(paper: &Paper, found: &[Found], kind: DocKind) -> Option<Cell> {
    let strong =
        candidates(found, Field::StatementDate).filter(|f| f.weight == 3).min_by_key(|f| f.coupon).map(|f| f.cell.clone());
    // `Date:` at the head of the paper, before any row of a table.
    let first_rows = (0..paper.rows.len()).find(|r| amounts_in(paper, *r) >= 2).unwrap_or(paper.rows.len());
    let plain = || {
        candidates(found, Field::StatementDate)
            .find(|f| {
                f.row < first_rows && f.cell.page == paper.first_page() && f.cell.bbox.y0 < paper.height(f.cell.page) * 0.35
            })
            .map(|f| f.cell.clone())
    };
    strong.or_else(plain).or_else(|| lone_date(paper, kind)).or_else(|| best(found, Field::StatementDate))
}

fn lone_date(paper: &Paper, kind: DocKind) -> Option<Cell> {
    let letter = !matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill | DocKind::Eob);
    let first = paper.first_page();
    let reach = paper.height(first) * if letter { 0.4 } else { 0.15 };
    paper.rows.iter().enumerate().filter(|(n, r)| r.page == first && r.bbox.y0 < reach && amounts_in(paper, *n) == 0).find_map(
        |(_, row)| {
            row.pieces.clone().find_map(|i| {
                let p = &paper.pieces[i];
                let before = (i > row.pieces.start).then(|| &paper.pieces[i - 1]);
                // Behind another label it is that label's date.
                if before.is_some_and(|b| labels::head_at(b, 0, kind).is_some_and(|h| h.end == b.tokens.len())) {
                    return None;
                }
                let text = p.text();
                let d = date::date(&text).or_else(|| if p.ocr { date::date_lenient(&text).map(|(d, _)| d) } else { None })?;
                let day = d.year.and_then(|_| d.resolve(None))?;
                let mut cell = claims::text_cell("", &text, p);
                cell.value = Value::Date(day);
                Some(cell)
            })
        },
    )
}

fn patients(paper: &Paper, found: &[Found], claims: &[ClaimBlock]) -> Vec<Cell> {
    let own = claims::union(claims, Field::Patient);
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
        (l, None) => l.into_iter().collect(),
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
    // A form names its provider in a box of its own; elsewhere the letterhead does.
    let boxed = labelled.filter(|f| f.weight == 3);
    match (head, boxed) {
        (Some(h), Some(b)) if key(&h) != key(&b.cell) && paper.rows[b.row].bbox.y0 > h.bbox.y0 + 1.0 => vec![h],
        (_, Some(b)) => vec![b.cell.clone()],
        (Some(h), None) => vec![h],
        (None, None) => labelled.map(|f| f.cell.clone()).into_iter().collect(),
    }
}

fn payer(paper: &Paper, found: &[Found], kind: DocKind) -> Option<Cell> {
    let labelled = candidates(found, Field::Payer).next();
    match kind {
        DocKind::Eob | DocKind::DenialLetter => {
            let medicare = paper.pieces.iter().find(|p| p.text().to_lowercase().contains("medicare summary notice"));
            if let Some(p) = medicare {
                return Some(claims::text_cell("Medicare", "Medicare", p));
            }
            let head = names::letterhead(paper, kind, true);
            match (head, labelled) {
                (Some(h), _) if values::payer_words(&h.raw) > 0 => Some(h),
                (_, Some(l)) if l.weight == 3 => Some(l.cell.clone()),
                (h, l) => h.or_else(|| l.map(|f| f.cell.clone())),
            }
        }
        DocKind::ItemizedBill
        | DocKind::SummaryBill
        | DocKind::CollectionNotice
        | DocKind::Estimate
        | DocKind::Receipt
        | DocKind::Other => labelled.filter(|f| f.weight == 3).map(|f| f.cell.clone()),
    }
}

/// A sum of the document, or one per claim where only the claims print theirs.
fn total(paper: &Paper, found: &[Found], claims: &[ClaimBlock], several: bool, field: Field, kind: DocKind) -> Vec<Cell> {
    let eob = kind == DocKind::Eob;
    // On an EOB `Plan paid` beside an amount is mostly said of one service: above all rows, or with the word total.
    let first_rows = (0..paper.rows.len()).find(|r| amounts_in(paper, *r) >= 2).unwrap_or(paper.rows.len());
    let rank = |f: &Found| claims::rank(paper, f);
    let mut all: Vec<&Found> = found.iter().filter(|f| f.field == field && !f.dated).collect();
    // Such a caption may also stand once for each claim.
    let alone = all.iter().filter(|f| !f.coupon).count() == 1;
    all.retain(|f| !eob || alone || claims::says_total(paper, f) || f.row < first_rows || !line_level(f.field));
    let strongest = all.iter().map(|f| rank(f)).max().unwrap_or(0);
    all.retain(|f| rank(f) == strongest);
    let amount = |f: &&Found| money_of(&f.cell);
    if several {
        let start = (claims[0].page, claims[0].y);
        let whole = all.iter().find(|f| (f.cell.page, paper.rows[f.row].bbox.y0) < start);
        if let Some(f) = whole {
            return vec![f.cell.clone()];
        }
        return per_claim(claims, field);
    }
    if let Some(extra) = ub_total(paper, found).filter(|_| field == Field::TotalCharges && all.is_empty()) {
        return vec![extra];
    }
    let mut values: Vec<Money> = all.iter().filter_map(amount).collect();
    values.sort();
    values.dedup();
    match values.len() {
        0 => Vec::new(),
        1 => all.iter().min_by_key(|f| f.coupon).map(|f| f.cell.clone()).into_iter().collect(),
        _ => {
            // One that is the sum of the others, each of which stands for a part.
            let whole: Money = values.iter().copied().sum();
            let sum = values.iter().find(|v| **v + **v == whole).copied();
            let commonest = || {
                let count = |v: &Money| all.iter().filter(|f| amount(f) == Some(*v)).count();
                let top = values.iter().map(count).max().unwrap_or(0);
                let mut leaders = values.iter().filter(|v| count(v) == top);
                match (leaders.next(), leaders.next()) {
                    (Some(v), None) => Some(*v),
                    _ => None,
                }
            };
            let chosen = match field {
                Field::BalanceDue => sum.or_else(commonest).or_else(|| all.first().and_then(amount)),
                _ => sum,
            };
            chosen.and_then(|v| all.iter().find(|f| amount(f) == Some(v))).map(|f| f.cell.clone()).into_iter().collect()
        }
    }
}

/// Sums whose captions also stand beside the amounts of a single service.
fn line_level(field: Field) -> bool {
    matches!(field, Field::TotalCharges | Field::TotalDiscount | Field::TotalPlanPaid | Field::TotalPatientResponsibility)
}

fn amounts_in(paper: &Paper, row: usize) -> usize {
    paper.pieces[paper.rows[row].pieces.clone()].iter().filter(|p| money::money(&p.text()).is_some()).count()
}

fn per_claim(claims: &[ClaimBlock], field: Field) -> Vec<Cell> {
    let mut seen: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for b in claims {
        let id = identity(b);
        if !seen.contains(&id) {
            seen.push(id);
            if let Some(c) = b.header.cells.get(&field) {
                out.push(c.clone());
            }
        }
    }
    out
}

/// The total line of a UB-04: revenue code 0001, the sum in form locator 47.
fn ub_total(paper: &Paper, _found: &[Found]) -> Option<Cell> {
    paper.rows.iter().rev().find_map(|row| {
        let pieces = &paper.pieces[row.pieces.clone()];
        let first = pieces.first()?;
        if first.tokens.first()?.text != "0001" {
            return None;
        }
        pieces
            .iter()
            .find_map(|p| {
                let text = p.text();
                let mut cell = claims::text_cell("", &text, p);
                cell.value = Value::Money(money::money(&text)?);
                Some(cell)
            })
            // Dollars and cents in boxes of their own.
            .or_else(|| {
                let tokens: Vec<_> = pieces.iter().flat_map(|p| p.tokens.iter().cloned()).collect();
                let n = tokens.len();
                values::dollars_and_cents(tokens.get(n.checked_sub(2)?..)?, row.page).map(|r| r.cell)
            })
    })
}

/// The status of claims that print none beside a label: a row says it is pending, or the page that claims were processed.
fn fill_status(paper: &Paper, claims: &mut [ClaimBlock]) {
    let starts: Vec<(u32, f32)> = claims.iter().map(|b| (b.page, b.y)).collect();
    let processed = paper.pieces.iter().find(|p| {
        let t = p.text().to_lowercase();
        p.tokens.len() <= 12
            && (t.starts_with("claims processed") || t.starts_with("claim processed") || t.starts_with("date processed"))
    });
    for (n, b) in claims.iter_mut().enumerate() {
        if b.header.cells.contains_key(&Field::ClaimStatus) {
            continue;
        }
        let inside = |p: &segments::Piece| {
            let at = (p.page, p.bbox.cy());
            at >= starts[n] && starts.get(n + 1).is_none_or(|next| at < *next)
        };
        let pending = paper
            .pieces
            .iter()
            .find(|p| inside(p) && matches!(p.text().to_lowercase().trim_end_matches('.'), "pending" | "in process" | "pended"));
        let cell = match (pending, processed) {
            (Some(p), _) => Some(claims::text_cell("pending", &p.text(), p)),
            (None, Some(p)) => Some(claims::text_cell("processed", &p.text(), p)),
            (None, None) => None,
        };
        if let Some(cell) = cell {
            b.header.cells.insert(Field::ClaimStatus, cell);
        }
    }
}

/// The day of a cell.
pub fn day_of(cell: &Cell) -> Option<Date> {
    match cell.value {
        Value::Date(d) => Some(d),
        _ => None,
    }
}
