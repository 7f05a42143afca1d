//! Where one document ends and the next begins in a file that holds several, as a stack fed through a scanner.
//!
//! No single sign decides: page numbers are misread or missing, a family's EOB changes patients from page to page, a
//! slip to tear off repeats the whole head. Every page is held against the document before it; what speaks for a new
//! document and what speaks for the same one is added up. A wrong cut tears a statement apart, a missed one leaves two
//! in one row: in doubt nothing is cut.

mod numbering;
mod signs;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::page_text::DocumentText;
use crate::statement::DocKind;
use numbering::Numbering;
use signs::{Keys, Signs, is_blank, signs};

/// The weight above which a page begins a new document.
const CUT: f32 = 2.0;

/// So alike are two readings of one number, or two spellings of one name (normalised edit distance).
const ALIKE: f64 = 0.8;

/// Pages of each document of a file, by their numbers within the file, in order.
///
/// Blank pages belong to no document, unless they lie between two pages of the same one. A file whose pages are all
/// blank holds none.
pub fn split(text: &DocumentText) -> Vec<RangeInclusive<u32>> {
    let printed: Vec<usize> = (0..text.pages.len()).filter(|i| !is_blank(&text.pages[*i])).collect();
    let Some((&first, rest)) = printed.split_first() else { return Vec::new() };
    let number = |i: usize| text.pages[i].number;
    let mut parts = vec![number(first)..=number(first)];
    if rest.is_empty() {
        return parts;
    }
    let mut open = signs(&text.pages[first], None);
    let mut last = first;
    for &i in rest {
        let page = signs(&text.pages[i], open.kind);
        let blank_between = i > last + 1;
        let reasons = evidence(&open, &page, blank_between);
        let weight: f32 = reasons.iter().map(|r| r.1).sum();
        tracing::trace!(page = number(i), weight, ?reasons, "held against the document before it");
        if weight > CUT {
            parts.push(number(i)..=number(i));
            open = page;
        } else {
            if let Some(part) = parts.last_mut() {
                *part = *part.start()..=number(i);
            }
            open.extend(page);
        }
        last = i;
    }
    parts
}

/// So alike are two readings of one running head.
const SAME_LINE: f64 = 0.7;

/// How two sets of numbers or names compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Same {
    Yes,
    No,
    /// One of them is not printed.
    Unknown,
}

/// What speaks for a new document (positive) and against it.
type Reasons = Vec<(&'static str, f32)>;

fn evidence(open: &Signs, page: &Signs, blank_between: bool) -> Reasons {
    let mut reasons: Reasons = vec![("in doubt the same", -1.0)];
    let mut add = |why, weight| {
        if weight != 0.0 {
            reasons.push((why, weight));
        }
    };
    let (why, weight) = by_number(&open.numberings, &page.numberings);
    add(why, weight);
    if page.continued {
        add("says it is continued", -5.0);
    }
    if open.goes_on && page.numberings.iter().all(|n| n.page > 1) {
        add("the page before says it goes on", -2.0);
    }
    let recognised = open.recognised || page.recognised;
    let other_kind = matches!((open.kind, page.kind), (Some(a), Some(b)) if a != b);
    let new_top = page.addressed && !page.top.iter().take(3).any(|t| open.top.iter().any(|o| alike(t, o, SAME_LINE)));
    let opens = page.opening >= 3 || new_top;
    if new_top {
        add("another top above an address", 3.0);
    }

    // A bill and the EOB that settles it name the same account.
    let shared = if other_kind { -1.0 } else { -3.0 };
    let account = numbers(&open.accounts, &page.accounts, recognised);
    // An EOB goes on with the next claim on its next page, and with that the provider's account and the person change.
    let next_claim = !other_kind && open.kind == Some(DocKind::Eob) && !new_top;
    add("account", by(account, if next_claim { 0.0 } else { 4.0 }, shared));
    let claim = numbers(&open.claims, &page.claims, recognised);
    add("claim", by(claim, if next_claim { 0.0 } else { 1.0 }, shared));
    let member = numbers(&open.members, &page.members, recognised);
    add("member", by(member, 4.0, if other_kind { 0.0 } else { -1.0 }));
    if account == Same::Unknown && claim == Same::Unknown && member == Same::Unknown && !other_kind {
        let known =
            |a: &Signs, b: &Signs| [&a.accounts, &a.claims, &a.members].iter().any(|k| k.iter().any(|n| b.words.contains(n)));
        if known(open, page) || known(page, open) {
            add("number in the text", -2.0);
        }
    }
    add("patient", by(names(&open.patients, &page.patients), if next_claim { 0.5 } else { 2.0 }, -0.5));
    let sender = if other_kind { Same::Unknown } else { names(&open.sender, &page.sender) };
    add("letterhead", by(sender, if opens { 2.0 } else { 0.5 }, -0.5));
    match (open.date, page.date) {
        (Some(a), Some(b)) if a == b => add("date", if other_kind { 0.0 } else { -2.0 }),
        (Some(_), Some(_)) => add("date", if opens { 4.0 } else { 1.0 }),
        _ => {}
    }
    if other_kind {
        add("kind", if opens { 3.0 } else { 1.0 });
    }
    match page.opening {
        0 => add("no head of its own", -3.0),
        1 => add("hardly a head of its own", -1.0),
        2 => {}
        _ => add("a head of its own", 2.0),
    }
    if open.table_heads.intersection(&page.table_heads).next().is_some() {
        add("the table goes on", -1.0);
    }
    if blank_between {
        add("behind a blank page", 1.0);
    }
    reasons
}

fn by(same: Same, differs: f32, agrees: f32) -> f32 {
    match same {
        Same::Yes => agrees,
        Same::No => differs,
        Same::Unknown => 0.0,
    }
}

/// What the page numbers say, by the pair of numberings that says most for going on: a fax machine counts the pages of
/// the whole stack beside each document's own count.
fn by_number(open: &[Numbering], page: &[Numbering]) -> (&'static str, f32) {
    let ended = open.iter().any(|n| n.of == Some(n.page));
    if page.is_empty() {
        return match (ended, open.iter().any(|n| n.of.is_some())) {
            (true, _) => ("the last page came before", 2.0),
            (false, true) => ("pages are to come", -2.0),
            (false, false) => ("unnumbered", 0.0),
        };
    }
    let first = page.iter().any(|n| n.page == 1);
    if open.is_empty() {
        return if first { ("first page", 5.0) } else { ("a later page", -3.0) };
    }
    let mut best: Option<(&'static str, f32)> = None;
    for before in open {
        for n in page {
            let next = n.page == before.page + 1;
            let said = match (before.of, n.of) {
                (Some(a), Some(b)) if a == b && next => ("the next page", -7.0),
                (Some(a), Some(b)) if a == b && n.page > before.page => ("a later page", -4.0),
                (None, None) if next => ("the next page", -4.0),
                _ if n.page == 1 && before.of == Some(before.page) => ("first page, and the last one came before", 9.0),
                _ if n.page == 1 => ("first page", 6.0),
                (Some(_), Some(_)) if next => ("the next page of another count", 2.0),
                _ if next => ("the next page", -2.0),
                _ => ("another count", 2.0),
            };
            if best.is_none_or(|b| said.1 < b.1) {
                best = Some(said);
            }
        }
    }
    // Where both count, the document's own first page outweighs a count that runs through everything.
    match best {
        Some((_, weight)) if first && weight < 0.0 => ("first page within a longer count", 5.0),
        Some(best) => best,
        None => ("unnumbered", 0.0),
    }
}

fn numbers(a: &Keys, b: &Keys, recognised: bool) -> Same {
    compare(a, b, |x, y| x == y || (recognised && alike(x, y, ALIKE)))
}

fn names(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Same {
    let within = |x: &str, y: &str| x.len() >= 6 && y.contains(x);
    compare(a, b, |x, y| within(x, y) || within(y, x) || alike(x, y, ALIKE))
}

fn alike(x: &str, y: &str, least: f64) -> bool {
    strsim::normalized_damerau_levenshtein(x, y) >= least
}

fn compare(a: &Keys, b: &Keys, alike: impl Fn(&str, &str) -> bool) -> Same {
    if a.is_empty() || b.is_empty() {
        Same::Unknown
    } else if a.iter().any(|x| b.iter().any(|y| alike(x, y))) {
        Same::Yes
    } else {
        Same::No
    }
}

#[cfg(test)]
mod tests;
