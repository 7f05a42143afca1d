//! Names that stand on a paper without a label: the letterhead, and the person it is addressed to.

use std::sync::LazyLock;

use regex::Regex;

use super::labels;
use super::letterhead_words::{
    behind_lead, ends_a_name, is_legal_form, is_stamp, names_a_part, names_an_office, names_the_paper, tells_who,
};
use super::segments::{Paper, Piece, Token, text_of};
use super::values;
use super::wording::{is_caption, is_city_line, is_organisation, is_person, is_street, organisation_words, payer_words};
use crate::grammar::date;
use crate::page_text::BBox;
use crate::statement::{Cell, DocKind, Field, Value};
use crate::vocabulary::Vocabulary;

/// How sure a scan's letterhead is that is a single word, or whose end was not understood.
const IN_DOUBT: f32 = 0.8;

/// How much larger than a label a letterhead beside it is: no value is.
const LARGE: f32 = 1.5;

/// Lines that the name of a provider is set in at most.
const MOST_LINES: usize = 3;

/// A name with its place.
pub(super) fn cell(text: &str, pieces: &[&Piece]) -> Option<Cell> {
    let bbox = BBox::around(pieces.iter().map(|p| p.bbox))?;
    let page = pieces.first()?.page;
    let confidence = pieces.iter().flat_map(|p| p.tokens.iter().map(|t| t.confidence)).fold(1.0, f32::min);
    Some(Cell { value: Value::Text(text.to_owned()), raw: text.to_owned(), page, bbox, confidence })
}

/// The organisation whose paper it is: what stands largest at the top of the first page and is no title, date,
/// address or label. `payer` asks for an insurer rather than a provider.
pub(crate) fn letterhead(paper: &Paper, kind: DocKind, payer: bool) -> Option<Cell> {
    let mut cell = letterhead_as_read(paper, kind, payer)?;
    if let Value::Text(t) = &mut cell.value
        && let Some(rest) = behind_initial(t).or_else(|| behind_lead(t))
    {
        *t = rest.to_owned();
    }
    Some(cell)
}

/// A name behind its own initial, which a reader takes from the logo: `B Bluestone Clinic`.
fn behind_initial(name: &str) -> Option<&str> {
    let (initial, rest) = name.split_once(' ')?;
    let letter = initial.chars().next().filter(|c| c.is_uppercase() && initial.chars().count() == 1)?;
    (rest.starts_with(letter) && rest.split(' ').count() >= 2).then_some(rest)
}

/// The letterhead with all that stands on its line.
fn letterhead_as_read(paper: &Paper, kind: DocKind, payer: bool) -> Option<Cell> {
    let first = paper.first_page();
    let height = paper.height(first);
    let mut best: Option<(f32, usize, String)> = None;
    // The best of those that say they are an organisation.
    let mut told: Option<(f32, usize, String)> = None;
    for (at, piece) in paper.pieces.iter().enumerate() {
        if piece.page != first || piece.bbox.y0 > height * 0.30 {
            continue;
        }
        let text = head_of(piece);
        if !is_organisation(&text) || date::leading_date(&text).is_some() {
            continue;
        }
        let labelled = labels::head_at(piece, 0, kind).is_some_and(|h| h.colon || h.end == piece.tokens.len());
        let behind_label = at > paper.rows[piece.row].pieces.start && {
            let before = &paper.pieces[at - 1];
            // a label in small type at the height of the letterhead is that of a panel beside it, whose value stands below
            let of_panel = piece.size > LARGE * before.size && piece.bbox.x0 - before.bbox.x1 > 2.0 * piece.size;
            // `Statement of Benefits Paid` is a title beside the name: an amount's label has an amount behind it
            let named = |h: labels::Head| h.end == before.tokens.len() && (h.colon || !values::is_amount(h.meaning.field));
            labels::head_at(before, 0, kind).is_some_and(named) && !of_panel
        };
        // `Account activity for Jane Roe` heads a table, and what stands beside an amount is a row of one.
        let headed = labels::head_at(piece, 0, kind).is_some_and(|h| {
            h.end < piece.tokens.len() && matches!(piece.tokens[h.end - 1].text.to_lowercase().as_str(), "for" | "to" | "by")
        }) && !(payer && behind_lead(&text).is_some());
        // `PAYER LAKESIDE HEALTH PLAN` in one phrase
        let of_payer = !payer
            && payer_words(&text) > 0
            && labels::head_at(piece, 0, kind).is_some_and(|h| h.start == 0 && h.meaning.field == Field::Payer);
        let charged = super::totals::amounts_in(paper, piece.row) > 0;
        // `PPO` over `Disc` is half of a column's heading
        let kind_of_plan =
            matches!(text.to_lowercase().as_str(), "ppo" | "hmo" | "epo" | "pos" | "plan" | "network" | "insurance");
        let did = tells_who(&text) || names_a_part(&text);
        // the heading of a column, where little stands above the table
        let heads = Vocabulary::builtin().lookup(&text).is_some();
        if labelled || behind_label || headed || of_payer || charged || kind_of_plan || did || heads || name_of(piece).len() > 9 {
            continue;
        }
        let org = organisation_words(&text);
        let insurer = payer_words(&text);
        if piece.ocr && org == 0 && is_stamp(&text, at > paper.rows[piece.row].pieces.start) {
            continue;
        }
        // A person's name at the top is an addressee, unless the type is a letterhead's.
        let relative = piece.size / paper.body_size;
        if org == 0 && (is_person(&text) && relative < 1.5 || relative < 1.2 && !piece.bold) {
            continue;
        }
        let lower_case_words =
            text.split(' ').filter(|w| w.len() > 3 && w.chars().next().is_some_and(char::is_lowercase)).count();
        if lower_case_words > 1 {
            continue;
        }
        let address_below = paper.below(at, piece.size * 2.2).is_some_and(|b| {
            let t = paper.pieces[b].text();
            is_street(&t) || is_city_line(&t) || t.to_ascii_lowercase().contains("po box")
        });
        let mut score =
            relative * 6.0 + if piece.bold { 2.0 } else { 0.0 } + (org.min(3) as f32) * 2.0 - piece.bbox.y0 / height * 12.0;
        score += if address_below { 3.0 } else { 0.0 };
        // what the paper is or who wrote it stands under the name: `Patient Financial Services - Itemization of Charges`
        score -= if names_the_paper(&text) || names_an_office(&text) { 6.0 } else { 0.0 };
        score += match (payer, insurer > 0) {
            (true, true) => 4.0,
            // who treats stands in large type over each claim of theirs
            (true, false) if org > 0 => -4.0,
            (false, true) if org <= insurer => -4.0,
            _ => 0.0,
        };
        if org > 0 && told.as_ref().is_none_or(|(s, ..)| score > *s) && !names_the_paper(&text) {
            told = Some((score, at, text.clone()));
        }
        if best.as_ref().is_none_or(|(s, ..)| score > *s) {
            best = Some((score, at, text));
        }
    }
    // On a scan a large word by itself may be what was read of a stamp or a drawing.
    let scrap =
        |(_, at, text): &(f32, usize, String)| paper.pieces[*at].ocr && !text.contains(' ') && organisation_words(text) == 0;
    if best.as_ref().is_some_and(scrap) && told.is_some() {
        best = told;
    }
    let mut doubtful = best.as_ref().is_some_and(scrap);
    let (_, at, text) = best?;
    let piece = &paper.pieces[at];
    // The rest of a long name on the line below or above, in the same type.
    let joins = |q: &Piece| {
        let same_type =
            (q.size - piece.size).abs() < if q.ocr { piece.size * 0.12 } else { 0.3 } && (q.ocr || q.bold == piece.bold);
        let large = piece.size > paper.body_size * 1.25;
        // `ASSOCIATES` in type that is a little larger than the rest is no line of an address
        let ends = (piece.size > paper.body_size * 1.05 || piece.bold) && ends_a_name(&q.text());
        let aligned = (q.bbox.x0 - piece.bbox.x0).abs() < 3.0 || (q.bbox.cx() - piece.bbox.cx()).abs() < 3.0;
        same_type && (large || ends) && aligned
    };
    let mut parts = vec![piece];
    let mut last = at;
    while let Some(next) = paper.below(last, piece.size * 0.7).filter(|_| parts.len() < MOST_LINES) {
        let q = &paper.pieces[next];
        let more = q.text();
        if joins(q) && (is_organisation(&more) || is_legal_form(&more) || ends_a_name(&more)) {
            parts.push(q);
            last = next;
            continue;
        }
        // large type under the name that makes no sense may be its end
        doubtful |= parts.len() == 1 && q.ocr && joins(q) && !names_the_paper(&more);
        break;
    }
    let mut first = at;
    // a legal form below the line is no part of the name by which that line was chosen
    let whole_below = last == at || is_legal_form(&paper.pieces[last].text());
    while let Some(prev) = paper.above(first, piece.size * 0.7).filter(|_| whole_below && parts.len() < MOST_LINES) {
        let q = &paper.pieces[prev];
        if !joins(q) || !is_organisation(&q.text()) {
            break;
        }
        parts.insert(0, q);
        first = prev;
    }
    if parts.len() > 1 {
        let whole: Vec<String> = parts.iter().map(|p| if std::ptr::eq(*p, piece) { text.clone() } else { p.text() }).collect();
        return cell(&whole.join(" "), &parts);
    }
    let cell = cell(&text, &[piece])?;
    Some(Cell { confidence: cell.confidence.min(if doubtful { IN_DOUBT } else { 1.0 }), ..cell })
}

/// What of a recognised phrase is a name: a banner's grain at its ends is read as letters, and the title at its other end
/// may run into it; a legal form ends a name.
fn name_of(piece: &Piece) -> &[Token] {
    /// What is short and of no more than this confidence is no word.
    const GRAIN: f32 = 0.5;
    let tokens = &piece.tokens[..];
    if !piece.ocr {
        return tokens;
    }
    let word = |t: &Token| t.confidence >= GRAIN || t.text.chars().count() > 3 || is_legal_form(&t.text);
    let (Some(first), Some(last)) = (tokens.iter().position(word), tokens.iter().rposition(word)) else {
        return tokens;
    };
    let tokens = &tokens[first..=last];
    let ends = |i: &usize| {
        tokens[*i].text.chars().count() > 2 && is_legal_form(&tokens[*i].text) && organisation_words(&text_of(&tokens[..*i])) > 0
    };
    let end = (1..tokens.len()).find(ends).map_or(tokens.len(), |i| i + 1);
    &tokens[..end]
}

/// The name in a phrase: without what a comma, bullet or bracket adds to it in the way of telephone and address.
fn head_of(piece: &Piece) -> String {
    let tokens = name_of(piece);
    let text = text_of(tokens);
    let cut = text.find(['•', '|', '·']).unwrap_or(text.len());
    let text = text[..cut].trim();
    // a stamp beside the name leaves a scrap behind it
    let scrap =
        piece.ocr && tokens.len() > 2 && tokens.last().is_some_and(|t| t.confidence < 0.8 || t.text.starts_with(['[', '|']));
    let without = text_of(&tokens[..tokens.len() - usize::from(scrap)]);
    let text = if scrap && organisation_words(&without) == organisation_words(text) { without.trim() } else { text };
    // the edge of a torn or cut letterhead is read as a sign
    let frayed = piece.ocr && tokens.last().is_some_and(|t| t.confidence < 0.9);
    let text = if frayed { text.trim_end_matches([':', ';', '.', ',']) } else { text };
    let mut text = text.strip_suffix(',').unwrap_or(text).to_owned();
    if let Some(at) = text.find(" (").filter(|_| text.ends_with(')')) {
        let inner = &text[at + 2..text.len() - 1];
        if inner.chars().any(|c| c.is_ascii_digit()) {
            text.truncate(at);
        }
    }
    text
}

/// The organisation to which payment goes: its name over a post box or street and a city line, anywhere on the paper.
/// It stands for a letterhead that is a picture, or printed white on a colour that the recogniser could not read.
pub(crate) fn remittee(paper: &Paper) -> Option<Cell> {
    paper.pieces.iter().enumerate().find_map(|(at, piece)| {
        let text = head_of(piece);
        if organisation_words(&text) == 0
            || !is_organisation(&text)
            || piece.tokens.len() > 9
            || super::totals::amounts_in(paper, piece.row) > 1
        {
            return None;
        }
        let street = paper.below(at, piece.size * 1.2)?;
        let t = paper.pieces[street].text();
        let city = paper.below(street, piece.size * 1.2).map(|c| paper.pieces[c].text());
        let whole = is_city_line(&t) && is_street(&t);
        (whole || (is_street(&t) && city.is_some_and(|c| is_city_line(&c)))).then(|| cell(&text, &[piece]))?
    })
}

/// The addressee: the person's name over a street and a city line.
pub(crate) fn addressee(paper: &Paper) -> Option<Cell> {
    for (at, piece) in paper.pieces.iter().enumerate() {
        if piece.page != paper.first_page() || !is_city_line(&piece.text()) {
            continue;
        }
        let mut line = at;
        for _ in 0..4 {
            let Some(up) = paper.above(line, piece.size * 1.4) else {
                break;
            };
            let q = &paper.pieces[up];
            let slack = if q.ocr { 7.0 } else { 3.5 };
            let aligned = (q.bbox.x0 - piece.bbox.x0).abs() < slack || (q.bbox.cx() - piece.bbox.cx()).abs() < slack;
            if !aligned {
                break;
            }
            line = up;
            let text = q.text();
            if is_street(&text) || is_city_line(&text) {
                continue;
            }
            if is_person(&text) && organisation_words(&text) == 0 {
                return cell(&text, &[q]);
            }
            if is_caption(&text) || !is_organisation(&text) || organisation_words(&text) > 0 {
                break;
            }
        }
    }
    None
}

/// The person under whose name a paper without an address is filed: `ROE, JANE M` by itself in its head, the only such name there.
pub(crate) fn filed_under(paper: &Paper) -> Option<Cell> {
    static FILED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^\p{Lu}[\p{L}' -]+, \p{Lu}\p{L}+(?: \p{Lu}\p{L}*\.?)?$").expect("a constant pattern"));
    let first = paper.first_page();
    let head = paper.height(first) * 0.30;
    let named = |p: &&Piece| {
        let text = p.text();
        p.page == first
            && p.bbox.y0 < head
            && FILED.is_match(&text)
            && is_person(&text)
            && organisation_words(&text) == 0
            && !is_city_line(&text)
    };
    let found: Vec<&Piece> = paper.pieces.iter().filter(named).collect();
    let (one, rest) = found.split_first()?;
    rest.iter().all(|p| p.text() == one.text()).then(|| cell(&one.text(), &[one]))?
}
