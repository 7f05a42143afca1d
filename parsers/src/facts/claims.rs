//! Which labelled values belong to one claim (or account), and where its part of the paper begins.

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use super::claim_column;
use super::closing_numbers;
use super::for_whom;
use super::mixed_numbers;
use super::names_over_claims;
use super::pairs::Found;
use super::segments::{Paper, Piece};
use super::totals::amounts_in;
use super::{prose, spoken, unread, wording};
use crate::grammar::money;
use crate::statement::{Cell, ClaimHeader, DocKind, Field, Value};

/// What stands above the rows of one claim, and from where on the rows are its own.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimBlock {
    /// The claim's own values: claim and account number, patient, provider, network, status, days, totals.
    pub header: ClaimHeader,
    /// Page on which it begins, from 1.
    pub page: u32,
    /// Top of its first line in points of the reading frame.
    pub y: f32,
}

/// The fields that one claim may state for itself.
pub(super) const OWN: [Field; 10] = [
    Field::ClaimNo,
    Field::AccountNo,
    Field::Patient,
    Field::Provider,
    Field::ProviderNpi,
    Field::Network,
    Field::ClaimStatus,
    Field::ServiceFrom,
    Field::ServiceTo,
    Field::Payer,
];

/// Identity of a number or name: letters and digits only.
pub(crate) fn key(cell: &Cell) -> String {
    let text = match &cell.value {
        Value::Text(t) => t.as_str(),
        _ => cell.raw.as_str(),
    };
    let mut words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    // `DOE, JANE` is Jane Doe.
    if text.contains(',') && !words.iter().any(|w| w.chars().any(|c| c.is_ascii_digit())) {
        words.rotate_left(1);
    }
    words.concat()
}

/// The claims of an EOB by their numbers, or the accounts of a bill where it lists several.
pub(crate) fn blocks(paper: &Paper, found: &[Found], kind: DocKind) -> Vec<ClaimBlock> {
    let anchor_field = if kind == DocKind::Eob { mixed_numbers::told_apart_by(found) } else { Field::AccountNo };
    // `Claim 14139210: charged 210.00, paid 120.00, your share 30.00` closes a claim whose number heads it as well
    let heading = |f: &&Found| {
        let elsewhere =
            || found.iter().any(|o| o.field == f.field && o.weight > 1 && key(&o.cell) == key(&f.cell) && !states_sums(paper, o));
        !states_sums(paper, f) || !elsewhere()
    };
    let of_claims: Vec<&Found> = found.iter().filter(|f| f.field == anchor_field).filter(heading).collect();
    let best = of_claims.iter().map(|f| f.weight).max().unwrap_or(0);
    let by_bars = kind == DocKind::Eob && anchor_field != Field::ClaimNo;
    let tells = |f: &&Found| if by_bars { mixed_numbers::in_bar(found, f) } else { f.weight == best };
    let mut anchors: Vec<&Found> = of_claims.into_iter().filter(|f| !f.coupon && tells(f)).collect();
    if anchor_field == Field::ClaimNo {
        mixed_numbers::add(paper, found, &mut anchors);
    }
    let mut distinct: Vec<String> = Vec::new();
    for a in &anchors {
        let k = key(&a.cell);
        if !distinct.contains(&k) {
            distinct.push(k);
        }
    }
    if distinct.is_empty() {
        if kind != DocKind::Eob {
            return Vec::new();
        }
        let closed = closing_numbers::blocks(paper, kind);
        return if closed.is_empty() { unnumbered(paper, found, kind).into_iter().collect() } else { closed };
    }
    if kind != DocKind::Eob && distinct.len() < 2 {
        return Vec::new();
    }
    // Runs of rows with labelled values and no more than a little space between them.
    let mut rows: Vec<usize> = found.iter().filter(|f| OWN.contains(&f.field) && !f.dated).map(|f| f.row).collect();
    rows.sort_unstable();
    rows.dedup();
    let paragraphs = if kind == DocKind::Eob { prose::paragraphs(paper) } else { Vec::new() };
    let told_in = |a: &Found| paragraphs.iter().find(|(first, last)| (*first..=*last).contains(&a.row));
    let mut out: Vec<ClaimBlock> = Vec::new();
    let mut last_key = String::new();
    // the facts over the number of the first claim tell where each of them begins
    let begins_with_number = anchors.first().is_some_and(|a| run(paper, &rows, a.row, 0, paper.rows.len()).0 == a.row);
    for (n, anchor) in anchors.iter().enumerate() {
        let k = key(&anchor.cell);
        let again = k == last_key;
        last_key.clone_from(&k);
        let mut floor = if n == 0 { 0 } else { anchors[n - 1].row + 1 };
        // claims listed one right under the other, each from its number on; who treated would stand over it without a label
        if n > 0 && begins_with_number && (floor..anchor.row).all(|r| rows.binary_search(&r).is_ok()) {
            floor = anchor.row;
        }
        let mut ceiling = anchors.get(n + 1).map_or(paper.rows.len(), |a| a.row);
        // A claim told in sentences has all of its paragraph, and nothing of another.
        if let Some(own) = told_in(anchor) {
            let above = paragraphs.iter().filter(|p| p.1 < own.0).map(|p| p.1 + 1).max();
            floor = floor.max(above.unwrap_or(0));
            let next = paragraphs.iter().filter(|p| p.0 > own.1).map(|p| p.0).min();
            ceiling = ceiling.min(next.unwrap_or(ceiling));
        }
        let (top, bottom) = run(paper, &rows, anchor.row, floor, ceiling);
        let mut header = ClaimHeader::default();
        for field in OWN {
            let mine = |f: &&Found| f.field == field && f.row >= top && f.row <= bottom && !f.dated;
            let strongest = found.iter().filter(mine).map(|f| f.weight).max();
            // Of several the nearest to the claim's number.
            let nearest =
                found.iter().filter(mine).filter(|f| Some(f.weight) == strongest).min_by_key(|f| f.row.abs_diff(anchor.row));
            if let Some(f) = nearest {
                header.cells.insert(field, f.cell.clone());
            }
        }
        // Who saw the patient at one visit is not whose bill it is.
        if kind != DocKind::Eob && header.cells.get(&Field::Provider).is_some_and(|c| wording::is_clinician(&c.raw)) {
            header.cells.remove(&Field::Provider);
        }
        header.cells.insert(anchor_field, anchor.cell.clone());
        // A person named on the claim's own line, rather than the member whose plan it is.
        let patient =
            found.iter().any(|f| f.field == Field::Patient && f.weight == 3 && (top..=bottom).contains(&f.row) && !f.dated);
        if !patient && kind == DocKind::Eob {
            header.cells.extend(for_whom::captioned(paper, anchor.row, floor, ceiling).map(|cell| (Field::Patient, cell)));
        }
        if !patient
            && !header.cells.contains_key(&Field::Patient)
            && let Some(p) = paper.pieces[paper.rows[anchor.row].pieces.clone()].iter().find(|p| {
                let text = p.text();
                let name = without_caption(&text);
                kind == DocKind::Eob && p.tokens.len() <= 6 && wording::is_person(name) && wording::organisation_words(name) == 0
            })
        {
            let text = p.text();
            header.cells.insert(Field::Patient, text_cell(without_caption(&text), &text, p));
        }
        if !patient && kind == DocKind::Eob && !header.cells.contains_key(&Field::Patient) {
            header.cells.extend(for_whom::beneath(paper, anchor.row, ceiling).map(|cell| (Field::Patient, cell)));
        }
        let over = (!patient && kind == DocKind::Eob && !header.cells.contains_key(&Field::Patient))
            .then(|| for_whom::over(paper, top, floor))
            .flatten();
        let top = over.as_ref().map_or(top, |(row, _)| *row);
        header.cells.extend(over.map(|(_, cell)| (Field::Patient, cell)));
        let column = if kind == DocKind::Eob { claim_column::add(paper, anchor, &mut header) } else { None };
        let start = unlabelled(paper, &mut header, [top, anchor.row, bottom], floor, kind);
        let row = &paper.rows[start];
        let y = column.map_or(row.bbox.y0, |b| b.y0.min(row.bbox.y0));
        if let Some(known) = out.iter_mut().find(|b| b.header.cells.get(&anchor_field).map(key) == Some(k.clone())) {
            // The claim is taken up again, on a later page; or it was only listed so far, and says more of itself now.
            for field in [Field::AccountNo, Field::Network, Field::ClaimStatus] {
                if let Some(c) = header.cells.remove(&field) {
                    known.header.cells.entry(field).or_insert(c);
                }
            }
            header = known.header.clone();
        }
        if again {
            continue;
        }
        out.push(ClaimBlock { header, page: row.page, y });
    }
    if kind == DocKind::Eob {
        unread::add(paper, found, &mut out, kind);
    }
    out
}

/// Whether two amounts or more stand in the phrase of a label.
fn states_sums(paper: &Paper, f: &Found) -> bool {
    let amount = |t: &str| money::money(t.trim_end_matches([',', ';', '.'])).is_some() && t.contains('.');
    paper.pieces[f.piece].tokens.iter().filter(|t| amount(&t.text)).count() >= 2
}

/// The one claim of an EOB that prints no number for it (or whose number could not be read).
fn unnumbered(paper: &Paper, found: &[Found], kind: DocKind) -> Option<ClaimBlock> {
    let table = (0..paper.rows.len()).find(|r| amounts_in(paper, *r) >= 2).unwrap_or(paper.rows.len());
    let named = |f: &&Found| {
        matches!(f.field, Field::Provider | Field::Patient | Field::Network) && f.weight == 3 && f.row < table && !f.dated
    };
    let says_network = |r: &usize| {
        paper.pieces[paper.rows[*r].pieces.clone()].iter().any(|p| {
            let text = p.text().to_lowercase();
            p.tokens.len() <= 12
                && text.contains("network")
                && text.ends_with(')')
                && text.rsplit_once('(').is_some_and(|(_, b)| wording::network(b).is_some())
        })
    };
    let row = found.iter().find(named).map(|f| f.row).or_else(|| (0..table).find(says_network))?;
    let rows: Vec<usize> = {
        let mut all: Vec<usize> =
            found.iter().filter(|f| OWN.contains(&f.field) && !f.dated && f.row < table).map(|f| f.row).chain([row]).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let (top, bottom) = run(paper, &rows, row, 0, table);
    let mut header = ClaimHeader::default();
    let sure =
        |f: &Found| f.weight == 3 || f.weight == 2 && matches!(f.field, Field::AccountNo | Field::Network | Field::ClaimStatus);
    for f in found.iter().filter(|f| OWN.contains(&f.field) && sure(f) && !f.dated && (top..=bottom).contains(&f.row)) {
        header.cells.entry(f.field).or_insert_with(|| f.cell.clone());
    }
    let start = unlabelled(paper, &mut header, [top, row, bottom], row.saturating_sub(1), kind);
    Some(ClaimBlock { header, page: paper.rows[start].page, y: paper.rows[start].bbox.y0 })
}

/// The rows around `at` that hold values, first and last.
fn run(paper: &Paper, rows: &[usize], at: usize, floor: usize, ceiling: usize) -> (usize, usize) {
    let joined = |a: usize, b: usize| {
        let (x, y) = (&paper.rows[a], &paper.rows[b]);
        let gap = y.bbox.y0 - x.bbox.y1;
        // Table rows in between part them, however small the space.
        let near = gap < paper.body_size * 3.2 || b - a <= 3 && (a..b).all(|r| goes_on_below(paper, r));
        x.page == y.page && near && (a + 1..b).all(|r| amounts_in(paper, r) == 0)
    };
    let Ok(here) = rows.binary_search(&at) else { return (at, at) };
    let mut first = here;
    while first > 0 && rows[first - 1] >= floor && joined(rows[first - 1], rows[first]) {
        first -= 1;
    }
    let mut last = here;
    while last + 1 < rows.len() && rows[last + 1] < ceiling && joined(rows[last], rows[last + 1]) {
        last += 1;
    }
    (rows[first], rows[last])
}

/// Whether the next row stands close under this one and flush with it, and either is one phrase: captions over their values in a
/// narrow bar, where a name takes two lines.
fn goes_on_below(paper: &Paper, row: usize) -> bool {
    let (Some(above), Some(below)) = (paper.rows.get(row), paper.rows.get(row + 1)) else { return false };
    let flush = (above.bbox.x0 - below.bbox.x0).abs() < 0.3 * paper.body_size;
    let close = below.bbox.y0 - above.bbox.y1 < 1.2 * paper.body_size;
    above.page == below.page && above.pieces.len() == 1 && below.pieces.len() == 1 && flush && close
}

/// Provider, network and status that stand by the claim's number without labels. Gives the row where the claim begins.
fn unlabelled(paper: &Paper, header: &mut ClaimHeader, [top, at, bottom]: [usize; 3], floor: usize, kind: DocKind) -> usize {
    let page = paper.rows[top].page;
    let near = |r: usize| paper.rows[r].page == page;
    // Up to four lines above belong to it, unless they are rows of the claim before.
    let mut start = top;
    while start > floor
        && top - start < 4
        && near(start - 1)
        && heads(paper, start - 1)
        && paper.rows[start].bbox.y0 - paper.rows[start - 1].bbox.y1 < paper.body_size * 1.2
    {
        start -= 1;
    }
    let mut end = (bottom + 3).min(paper.rows.len());
    let mut begin = top;
    if let Entry::Vacant(slot) = header.cells.entry(Field::Provider) {
        // On the line of the claim's number first, then in its other rows, else just above or below.
        let spot = [at..at + 1, top..bottom + 1, start..top, bottom + 1..end]
            .into_iter()
            .find_map(|rows| names_over_claims::organisation_in(paper, rows, kind));
        let spot = spot.or_else(|| names_over_claims::heading_over_services(paper, bottom + 1, kind));
        if let Some(cell) = spot {
            let on = |r: &usize| paper.rows[*r].page == cell.page && (paper.rows[*r].bbox.cy() - cell.bbox.cy()).abs() < 2.0;
            begin = (start..top).find(on).unwrap_or(begin);
            // under the heads of the columns the provider's line may say its network
            end = (end..paper.rows.len().min(end + 8)).find(on).map_or(end, |r| r + 1);
            slot.insert(cell);
        }
    }
    for r in (begin..end).filter(|r| near(*r) && heads(paper, *r)) {
        for p in &paper.pieces[paper.rows[r].pieces.clone()] {
            let text = p.text();
            if let Entry::Vacant(slot) = header.cells.entry(Field::Network)
                && let Some(n) = network_said(&text)
            {
                slot.insert(text_cell(n, &text, p));
            }
            if let Entry::Vacant(slot) = header.cells.entry(Field::ClaimStatus)
                && let Some(s) = spoken::status_said(&text).filter(|_| !paper.goes_on_beneath(p))
                && !heads_columns(paper, r)
            {
                slot.insert(text_cell(s, &text, p));
            }
        }
    }
    begin
}

/// Whether a row is one of the head of a table: `Billed | Denied | Discount` over `Amount | Amount | Allowed` say nothing of a claim.
fn heads_columns(paper: &Paper, row: usize) -> bool {
    const FEWEST: usize = 3;
    let at = &paper.rows[row];
    let close = |r: &usize| {
        let other = &paper.rows[*r];
        other.page == at.page && (other.bbox.cy() - at.bbox.cy()).abs() < 1.8 * paper.body_size
    };
    let column = |p: &Piece| {
        let words: Vec<&str> = p.folded.iter().map(|f| f.word.as_str()).collect();
        wording::is_column(&words.join(" ")) || words.len() > 1 && words.iter().all(|w| wording::is_column(w))
    };
    let rows = (row.saturating_sub(1)..(row + 2).min(paper.rows.len())).filter(close);
    at.pieces.len() >= FEWEST
        && rows.flat_map(|r| paper.pieces[paper.rows[r].pieces.clone()].iter()).filter(|p| column(p)).count() >= FEWEST
}

/// Whether a row may stand over a claim's services: one without amounts, or one that says the provider's network beside a box
/// with the claim's sum.
fn heads(paper: &Paper, row: usize) -> bool {
    let network = || paper.pieces[paper.rows[row].pieces.clone()].iter().any(|p| network_said(&p.text()).is_some());
    match amounts_in(paper, row) {
        0 => true,
        1 => network(),
        _ => false,
    }
}

/// `Patient Jane Roe` without the caption that no colon parts from the name.
fn without_caption(text: &str) -> &str {
    // `Jane Roe: Lakeside Hospital`
    let text =
        text.split_once(": ").map_or(text, |(person, place)| if wording::organisation_words(place) > 0 { person } else { text });
    let captions = ["patient name ", "patient ", "pt ", "claimant ", "dependent ", "member ", "care for ", "for "];
    let behind = |c: &&str| text.get(..c.len()).is_some_and(|head| head.eq_ignore_ascii_case(c));
    captions.iter().find(|c| behind(c)).and_then(|c| text.get(c.len()..)).unwrap_or(text)
}

/// `Lakeside Hospital (In-network provider)`, or the network as a phrase of its own.
pub(super) fn network_said(text: &str) -> Option<&'static str> {
    // `For Jane Roe | In-network`
    if text.contains(['|', '•', '·']) {
        return text.split(['|', '•', '·']).map(str::trim).filter(|t| !t.is_empty()).find_map(network_said);
    }
    let speaks = |t: &str| {
        let t = t.to_lowercase();
        t.contains("network") || t.contains("participating")
    };
    // `(an in-network provider) for Jane Roe`
    let inner = text.rsplit_once('(').map(|(_, b)| b.split_once(')').map_or(b, |(b, _)| b).trim());
    let inner = inner.map(|t| t.strip_prefix("a ").or_else(|| t.strip_prefix("an ")).unwrap_or(t));
    let own = (text.split_whitespace().count() <= 4).then_some(text);
    // `Lakeside Hospital - In Network`
    let named = super::name_parts::without_network(text);
    let behind = text.get(named.len()..).filter(|t| !t.is_empty());
    let bare = |t: &'_ str| {
        let t = t.trim_start_matches([' ', '-', '–', '—', ',', '/', '|', '(']);
        // `Lakeside Hospital, an out-of-network provider`
        wording::network(t.strip_prefix("a ").or_else(|| t.strip_prefix("an ")).unwrap_or(t))
    };
    behind
        .and_then(bare)
        .or_else(|| spoken::network(text))
        .or_else(|| inner.filter(|t| speaks(t)).and_then(wording::network))
        .or_else(|| own.filter(|t| speaks(t)).and_then(wording::network))
}

/// A cell with this value whose characters and place are those of a piece.
pub(crate) fn text_cell(value: &str, raw: &str, p: &super::segments::Piece) -> Cell {
    let confidence = p.tokens.iter().map(|t| t.confidence).fold(1.0, f32::min);
    Cell { value: Value::Text(value.to_owned()), raw: raw.to_owned(), page: p.page, bbox: p.bbox, confidence }
}

/// Fields as they are joined over the claims: each distinct value once, in order.
pub(crate) fn union(blocks: &[ClaimBlock], field: Field) -> Vec<Cell> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    blocks.iter().filter_map(|b| b.header.cells.get(&field)).filter(|c| seen.insert(key(c))).cloned().collect()
}
