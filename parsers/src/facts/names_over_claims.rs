//! Who treated, where the name stands without a label by the number of a claim or in a line of its own over its services.

use std::sync::LazyLock;

use regex::Regex;

use super::labels;
use super::name_parts::name_alone;
use super::names::cell;
use super::segments::{Paper, Piece};
use super::wording::{is_clinician, is_organisation, is_person, is_web, organisation_words, payer_words};
use crate::statement::{Cell, DocKind, Field};

/// A label of fewer words may be the beginning of a name: `Hospital Medicine Associates`.
const FEWEST_OF_LABEL: usize = 3;

/// Names of organisations that stand without a label near a claim's number, in the rows given.
pub(crate) fn organisation_in(paper: &Paper, rows: std::ops::Range<usize>, kind: DocKind) -> Option<Cell> {
    // `INITIAL HOSPITAL CARE` beside its charge is a service
    let charged = |r: &usize| kind != DocKind::Eob && *r < paper.rows.len() && super::totals::amounts_in(paper, *r) > 0;
    rows.filter(|r| !charged(r)).filter_map(|r| paper.rows.get(r)).find_map(|row| {
        paper.pieces[row.pieces.clone()].iter().find_map(|p| {
            let head = labels::head_at(p, 0, kind);
            if head.as_ref().is_some_and(|h| h.colon || h.end == p.tokens.len()) {
                return None;
            }
            // `Services given to Jane Roe`
            let treated = head.filter(|h| h.meaning.field == Field::Patient).map(|h| &p.tokens[h.end..]);
            if treated.is_some_and(|name| is_person(&name.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" "))) {
                return None;
            }
            // `Doctor or Facility Meadow Clinic`: a label of several words is no part of a name
            let label = labels::head_at(p, 0, kind)
                .filter(|h| h.meaning.field == Field::Provider && h.end >= FEWEST_OF_LABEL && h.end < p.tokens.len());
            let full = label.map_or_else(|| p.text(), |h| super::segments::text_of(&p.tokens[h.end..]));
            let text = provider_part(&full);
            let fits = is_organisation(text)
                && (organisation_words(text) > 0 || text.contains(" MD") || text.contains(" DO"))
                && payer_words(text) < organisation_words(text).max(1)
                && text.split(' ').count() <= 12
                && (kind == DocKind::Eob || !is_clinician(text))
                && !is_web(text)
                && (super::wording::status(text).is_none() || is_named_so(text))
                && super::wording::network(text.trim_end_matches(['-', ' '])).is_none()
                && !is_section(text)
                && !super::name_parts::heads_services(text);
            if fits { cell(text, &[p]) } else { None }
        })
    })
}

/// `Lakeside Open MRI Center`, `Complete Care Clinic`: a word for what became of a claim within a name.
fn is_named_so(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital = |w: &&str| w.starts_with(char::is_uppercase);
    let of_claim = |w: &&str| matches!(w.to_lowercase().trim_end_matches([':', 's']), "claim" | "statu" | "service");
    words.len() >= 3 && words.iter().all(capital) && !words.iter().any(of_claim) && organisation_words(text) > 0
}

/// The provider who is named in a line of its own over the services that it gave, under their column heads: down to the
/// first line with amounts.
pub(crate) fn heading_over_services(paper: &Paper, from: usize, kind: DocKind) -> Option<Cell> {
    /// Lines of a claim's heading and its column heads.
    const REACH: usize = 8;
    let page = paper.rows.get(from)?.page;
    let end = (from + REACH).min(paper.rows.len());
    // what is said of the provider's network may stand at the other end of the line
    let network = |p: &Piece| super::wording::network(&p.text()).is_some();
    let alone = |r: &usize| {
        let pieces = &paper.pieces[paper.rows[*r].pieces.clone()];
        pieces.split_first().is_some_and(|(first, rest)| first.tokens.len() <= 8 && rest.iter().all(network))
    };
    (from..end)
        .take_while(|r| paper.rows[*r].page == page && super::totals::amounts_in(paper, *r) == 0)
        .filter(alone)
        .find_map(|r| organisation_in(paper, r..r + 1, kind))
}

/// `PART B MEDICAL INSURANCE - ASSIGNED CLAIMS` and `Services provided by:` head claims and name nobody.
fn is_section(text: &str) -> bool {
    let lower = text.to_lowercase();
    let lower = lower.trim_end_matches(['/', ':', '-', ' ']);
    let last = lower.split_whitespace().next_back().unwrap_or_default();
    matches!(last, "claims" | "claim" | "services" | "charges" | "benefits" | "section" | "by" | "from")
        || lower.starts_with("part a ")
        || lower.starts_with("part b ")
}

/// `Claim 1: ` before a name.
static CLAIM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^(?:claim|visit)\s*(?:no\.?|#)?\s*\d{1,2}\s*[:.–-]\s+").expect("a constant pattern"));

/// The name before a telephone number or a remark in brackets.
fn provider_part(text: &str) -> &str {
    let cut = text
        .char_indices()
        .find(|(i, c)| *c == '(' && text[*i + 1..].chars().next().is_some_and(|n| n.is_ascii_digit() || n.is_alphabetic()))
        .map_or(text.len(), |(i, _)| i);
    let head = name_alone(text[..cut].trim_end_matches([' ', ',', ';', '-']));
    let head = CLAIM.find(head).map_or(head, |m| &head[m.end()..]);
    // remittances print the label without a colon
    let head = ["PROVIDER NAME ", "Provider name ", "Provider Name ", "PROVIDER ", "Provider ", "PROV ", "Prov "]
        .iter()
        .find_map(|label| head.strip_prefix(label))
        .unwrap_or(head);
    // `Jane Roe: Lakeside Hospital`, who was where
    let head =
        head.split_once(": ").filter(|(who, place)| is_person(who) && organisation_words(place) > 0).map_or(head, |(_, p)| p);
    let head = behind_the_visit(head);
    // `…, 555-0176`
    head.split_once(", ").filter(|(_, b)| b.starts_with(|c: char| c.is_ascii_digit())).map_or(head, |(a, _)| a)
}

/// `Jane Roe's visit to Lakeside Hospital`, `Your care at Lakeside Hospital`: the place behind who was there and why.
fn behind_the_visit(text: &str) -> &str {
    static VISIT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:[\w.'\u{2019} -]{2,40}['\u{2019}]s?|your|care|services?)\s+(?:(?:visits?|care|stay|services?|treatment)\s+)?(?:to|at|with|from|by)\s+").expect("a constant pattern")
    });
    let place = VISIT.find(text).map_or(text, |m| &text[m.end()..]);
    if organisation_words(place) > 0 { place } else { text }
}
