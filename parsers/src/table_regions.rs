//! Which lines stand under which header.
//!
//! A header's columns hold for all that follows until the next header, over page ends too. Every line in that region
//! is laid into the columns; how well it fits, and what stands in it, makes it the first line of a row, a further line
//! of one, a heading over a group of rows, a printed sum, or nothing of the table.

use crate::below;
use crate::columns::TableHeader;
use crate::counts::{by_price, with_sign};
use crate::days_above;
use crate::decks::Decks;
use crate::equations;
use crate::footnote_marks;
use crate::headless;
use crate::last_days;
use crate::names;
use crate::notes_under_words;
use crate::numbered_shares;
use crate::repeated_heads::printed_once;
use crate::revenue_apart;
use crate::roles::{body_line, coupon, names_above, words_run_on};
use crate::services_across::{self, Block};
use crate::share_parts;
use crate::side_notes;
use crate::spelled_notes;
use crate::sum_columns;
use crate::sums_beside_headings;
use crate::sums_under_words;
use crate::table::{BodyLine, Role, Table};
use crate::text_lines::{Line, PageLines};
use crate::tiers;
use crate::totals_by_heading;
use crate::unseen_amounts;
use crate::vocabulary::Vocabulary;
use crate::who_treated;
use crate::whose_rows;
use crate::wrapped_words;

struct Region {
    set: usize,
    page: usize,
    lines: std::ops::Range<usize>,
    above: Vec<String>,
    starts_header: bool,
}

/// The tables of the document. A table whose header is repeated on each page is one table for each repetition that
/// follows a different title, with columns learned from all of them together.
pub fn read_tables(pages: &[PageLines], vocabulary: &Vocabulary) -> Vec<Table> {
    let across = services_across::blocks(pages, vocabulary);
    if across.iter().all(Vec::is_empty) {
        return tables_of_columns(pages, vocabulary);
    }
    // what is laid level is no line of another table
    let kept: Vec<Vec<usize>> = pages.iter().zip(&across).map(|(p, blocks)| lines_beside(p, blocks)).collect();
    let rest: Vec<PageLines> = pages
        .iter()
        .zip(&kept)
        .map(|(p, kept)| PageLines { lines: kept.iter().map(|&i| p.lines[i].clone()).collect(), ..p.clone() })
        .collect();
    let mut tables = tables_of_columns(&rest, vocabulary);
    for l in tables.iter_mut().flat_map(|t| &mut t.lines) {
        let page = pages.iter().position(|p| p.number == l.page);
        l.index = page.and_then(|p| kept[p].get(l.index)).copied().unwrap_or(l.index);
    }
    tables.extend(across.into_iter().flatten().map(|b| b.table));
    tables.sort_by_key(|t| t.lines.first().map(|l| (l.page, l.index)));
    tables
}

/// The lines of a page that stand in none of its blocks.
fn lines_beside(page: &PageLines, blocks: &[Block]) -> Vec<usize> {
    (0..page.lines.len()).filter(|i| !blocks.iter().any(|b| b.lines.contains(i))).collect()
}

/// The tables that have a header over their columns.
fn tables_of_columns(pages: &[PageLines], vocabulary: &Vocabulary) -> Vec<Table> {
    let (pages, heads) = printed_once(pages, vocabulary);
    tables_under(&pages, |p, _| heads[p].clone())
}

/// The table of a bill that has no header: its columns are learned from its rows.
pub fn headless_tables(pages: &[PageLines]) -> Vec<Table> {
    let Some((at, header)) = headless::infer(pages) else { return Vec::new() };
    tables_under(pages, |p, _| if p == at { vec![header.clone()] } else { Vec::new() })
}

fn tables_under(pages: &[PageLines], headers_of: impl Fn(usize, &PageLines) -> Vec<TableHeader>) -> Vec<Table> {
    let mut sets: Vec<TableHeader> = Vec::new();
    let mut regions: Vec<Region> = Vec::new();
    let mut current: Option<usize> = None;
    for (p, page) in pages.iter().enumerate() {
        let headers = headers_of(p, page);
        let first = headers.first().map_or(page.lines.len(), |h| h.first_line);
        if let Some(set) = current {
            regions.push(Region { set, page: p, lines: 0..first, above: Vec::new(), starts_header: false });
        }
        for (i, h) in headers.iter().enumerate() {
            let set = sets.iter().position(|s| s.same_columns(h)).unwrap_or_else(|| {
                sets.push(h.clone());
                sets.len() - 1
            });
            let end = headers.get(i + 1).map_or(page.lines.len(), |n| n.first_line);
            let above =
                page.lines[..h.first_line].iter().rev().take(8).map(Line::text).take_while(|t| !t.contains('$')).collect();
            regions.push(Region { set, page: p, lines: h.end_line..end, above, starts_header: true });
            current = Some(set);
        }
    }
    let learned = learn(&sets, &regions, pages);
    let mut tables: Vec<Table> = Vec::new();
    for r in &regions {
        let decks = &learned[r.set];
        let lines = body_lines(&pages[r.page], r, decks);
        match tables.last_mut() {
            Some(t) if !r.starts_header => t.lines.extend(lines),
            _ => tables.push(Table {
                columns: decks.columns.clone(),
                lines,
                title: r.above.first().cloned().unwrap_or_default(),
                above: r.above.clone(),
            }),
        }
    }
    tables.iter_mut().for_each(whose_rows::name_columns);
    numbered_shares::join(&mut tables);
    spelled_notes::take(&mut tables);
    tables.iter_mut().for_each(sum_columns::set_apart);
    sums_beside_headings::mark(&mut tables);
    tables.iter_mut().for_each(totals_by_heading::mark);
    tables
}

/// The columns of each set of headers, learned from all of its regions.
fn learn(sets: &[TableHeader], regions: &[Region], pages: &[PageLines]) -> Vec<Decks> {
    let of = |k: usize| regions.iter().filter(move |r| r.set == k).flat_map(|r| pages[r.page].lines[r.lines.clone()].iter());
    sets.iter().enumerate().map(|(k, header)| Decks::learn(header, &of(k).collect::<Vec<_>>())).collect()
}

fn body_lines(page: &PageLines, r: &Region, decks: &Decks) -> Vec<BodyLine> {
    let columns = &decks.columns;
    let mut last_deck = 1;
    let coupon = coupon(page, r.lines.clone());
    let mut out: Vec<BodyLine> = Vec::new();
    let (mut upper, mut lower): (bool, Vec<usize>) = (false, Vec::new());
    for i in r.lines.clone() {
        // the sums of the second deck stand under those of the first, and have no words
        let under_sum = out.last().is_some_and(|above| above.role == Role::Total && i < coupon);
        if let Some(assigned) = decks.lower_sums(&page.lines[i]).filter(|_| under_sum) {
            let mut b = body_line(page, i, assigned, columns, true);
            b.role = Role::Total;
            out.push(b);
            continue;
        }
        let (mut assigned, deck) = decks.lay(&page.lines[i], last_deck);
        decks.rejoin_words(&mut assigned);
        let mut b = body_line(page, i, assigned, columns, i < coupon);
        if b.role == Role::Total
            && deck == 1
            && let Some(above) = out.last_mut().filter(|a| a.role == Role::Anchor && decks.upper_sums(&a.assigned))
        {
            above.role = Role::Total;
        }
        if i < coupon && b.role == Role::Outside && out.last().is_some_and(|above| names_above(&b, above, columns)) {
            b.role = Role::Continuation;
        }
        if i < coupon
            && b.role == Role::Outside
            && let Some(c) = out.last().and_then(|above| words_run_on(&b, above, columns))
        {
            b.role = Role::Continuation;
            b.assigned.cells.iter_mut().for_each(|cell| cell.1 = c);
        }
        if b.role == Role::Anchor {
            last_deck = deck;
            if deck == 1 {
                b.role = Role::Continuation;
                lower.push(out.len());
            }
            upper |= deck == 0;
        }
        if b.role == Role::Continuation && decks.is_lower(&b.assigned) {
            last_deck = 1;
        }
        tracing::trace!(page = b.page, index = b.index, role = ?b.role, deck, cost = b.assigned.cost, text = b.text, "line");
        out.push(b);
    }
    // A heading of two lines, one word of which was misread, looks like two decks: but every row is of the second.
    if !upper {
        for i in lower {
            out[i].role = Role::Anchor;
        }
    }
    for b in out.iter_mut().filter(|b| page.names.contains(&b.index)) {
        b.role = Role::NameAbove;
    }
    if let Some(split) = decks.facts_over_amounts() {
        out = tiers::join(out, split);
    }
    sums_under_words::mark(&mut out, columns, decks.split());
    notes_under_words::take(&mut out, columns, decks.split());
    wrapped_words::take(&mut out, columns, decks.split());
    equations::make_sums(&mut out);
    side_notes::take_out(&mut out, columns);
    below::words::take(&mut out, columns);
    days_above::take(&mut out, columns);
    last_days::take(&mut out, columns);
    with_sign::take(&mut out, columns);
    by_price::take(&mut out, columns);
    names::close_brackets(&mut out, columns);
    revenue_apart::take(&mut out, columns);
    footnote_marks::take(&mut out, columns);
    below::take(&mut out, columns);
    share_parts::take(&mut out, columns);
    names::lines_of_the_row_above(&mut out, columns);
    unseen_amounts::mark(&mut out, columns);
    names::mark(&mut out, columns);
    who_treated::take_out(&mut out, columns);
    out
}
