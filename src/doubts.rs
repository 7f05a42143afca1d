//! Which cells of a scan are worth a second look, and what a second look changes.
//!
//! Looked at again are cells that were read with doubt, and blank cells of columns that are otherwise full: a single
//! digit is easily taken for a speck. What is seen then is written into the words of the page, from which the document
//! is read anew.

use std::collections::BTreeMap;

use billproof_parsers::grammar::{code, date, money, units};
use billproof_parsers::page_text::{BBox, DocumentText, PageText, TextSource, Word};
use billproof_parsers::statement::{Cell, Field, LineKind, Row, Statement};

use crate::extract::{Alphabet, Look, Seen};

/// A cell that was read with less than this is looked at again.
const DOUBTFUL: f32 = 0.9;
/// A column is full if so many of ten rows have a cell in it.
const FULL: usize = 7;
/// What was overlooked must be seen at least so clearly.
const SEEN: f32 = 0.3;
/// What was read as something that cannot stand there, so clearly.
const GLIMPSED: f32 = 0.2;
/// Of all texts that may stand in the cell the likeliest must have this share: a second one is no rare slip then.
const SHARE: f32 = 0.75;
/// A second reading replaces the first one if it is so much surer.
const SURER: f32 = 0.15;
/// What two looks agree upon is no surer than this.
const AGREED: f32 = 0.99;
/// Other readings kept per word.
const ALTERNATIVES: usize = 6;

/// A cell to look at, with what it should hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doubt {
    /// Page, from 1.
    pub page: u32,
    /// Its column.
    pub field: Field,
    /// What is looked at.
    pub look: Look,
}

/// The cells worth a second look, by page; digital pages have none.
pub fn of(statement: &Statement, text: &DocumentText) -> BTreeMap<u32, Vec<Doubt>> {
    let mut out: BTreeMap<u32, Vec<Doubt>> = BTreeMap::new();
    for page in text.pages.iter().filter(|p| p.source == TextSource::Ocr) {
        let mut doubts = overlooked(statement, page);
        let rows = statement.rows.iter().flat_map(|r| &r.cells);
        let sums = statement.totals.iter().flat_map(|t| &t.cells);
        let header = statement.header.iter().flat_map(|(f, cells)| cells.iter().map(move |c| (f, c)));
        for (field, cell) in rows.chain(sums).chain(header).filter(|(_, c)| c.page == page.number) {
            let Some(alphabet) = alphabet(*field) else { continue };
            let one_word = words_in(page, cell.bbox).len() == 1;
            if cell.confidence < DOUBTFUL && one_word && !doubts.iter().any(|d| d.look.bbox == cell.bbox) {
                doubts.push(Doubt { page: page.number, field: *field, look: Look { bbox: cell.bbox, alphabet } });
            }
        }
        if !doubts.is_empty() {
            out.insert(page.number, doubts);
        }
    }
    out
}

fn alphabet(field: Field) -> Option<Alphabet> {
    Some(match field {
        Field::Charge
        | Field::Allowed
        | Field::PlanDiscount
        | Field::NotCovered
        | Field::Deductible
        | Field::Copay
        | Field::Coinsurance
        | Field::PlanPaid
        | Field::OtherPaid
        | Field::PatientPaid
        | Field::PatientResponsibility
        | Field::TotalCharges
        | Field::TotalDiscount
        | Field::TotalPlanPaid
        | Field::TotalPatientPaid
        | Field::BalanceDue
        | Field::TotalPatientResponsibility => Alphabet::Money,
        Field::Units => Alphabet::Units,
        Field::Code | Field::RevenueCode => Alphabet::Code,
        Field::ServiceDate | Field::ServiceDateTo => Alphabet::Date,
        _ => return None,
    })
}

/// Whether a text is what such a cell holds.
fn fits(field: Field, text: &str) -> bool {
    match alphabet(field) {
        Some(Alphabet::Money) => money::money(text).is_some(),
        Some(Alphabet::Units) => text.len() <= 4 && units::units(text).is_some(),
        Some(Alphabet::Date) => date::date(text).is_some(),
        Some(Alphabet::Code) if field == Field::RevenueCode => code::revenue_code(text).is_some(),
        Some(Alphabet::Code) => code::procedure(text).is_some(),
        None => false,
    }
}

/// The blank cells of columns that are otherwise full.
fn overlooked(statement: &Statement, page: &PageText) -> Vec<Doubt> {
    let rows: Vec<&Row> =
        statement.rows.iter().filter(|r| r.kind == LineKind::Service && r.page == page.number && !r.cells.is_empty()).collect();
    let mut out = Vec::new();
    for field in statement.columns.iter().copied() {
        let Some(alphabet) = alphabet(field) else { continue };
        let cells: Vec<&Cell> = rows.iter().filter_map(|r| r.cells.get(&field)).filter(|c| c.page == page.number).collect();
        if cells.len() < 2 || cells.len() == rows.len() || cells.len() * 10 < rows.len() * FULL {
            continue;
        }
        let Some(column) = BBox::around(cells.iter().map(|c| c.bbox)) else { continue };
        for row in rows.iter().filter(|r| !r.cells.contains_key(&field)) {
            // The line of the row is told by a neighbour of one line's height.
            let lowest = |a: &&Cell, b: &&Cell| a.bbox.height().total_cmp(&b.bbox.height());
            let Some(beside) = row.cells.values().filter(|c| c.page == page.number).min_by(lowest) else { continue };
            let bbox = BBox::new(column.x0, beside.bbox.y0, column.x1, beside.bbox.y1);
            let free = row
                .cells
                .values()
                .filter(|c| c.page == page.number && c.bbox.overlap_y(bbox) > 0.0)
                .all(|c| c.bbox.overlap_x(bbox) <= 0.2 * bbox.width());
            let read = words_in(page, bbox);
            let sure = |i: &usize| fits(field, &page.words[*i].text) && page.words[*i].confidence >= DOUBTFUL;
            if free && read.len() <= 1 && !read.iter().any(sure) {
                out.push(Doubt { page: page.number, field, look: Look { bbox, alphabet } });
            }
        }
    }
    out
}

/// Indices of the words that stand in a box.
fn words_in(page: &PageText, b: BBox) -> Vec<usize> {
    let inside = |w: &Word| (b.x0 - 0.5..=b.x1 + 0.5).contains(&w.bbox.cx()) && (b.y0 - 0.5..=b.y1 + 0.5).contains(&w.bbox.cy());
    (0..page.words.len()).filter(|i| inside(&page.words[*i])).collect()
}

/// Writes what was seen into the words of the page; whether anything changed.
pub fn settle(page: &mut PageText, doubts: &[Doubt], seen: &[Seen]) -> bool {
    let mut changed = false;
    for (doubt, seen) in doubts.iter().zip(seen) {
        let seen = &without_specks(seen);
        let Some((text, p)) = seen.iter().find(|(t, _)| fits(doubt.field, t)) else { continue };
        let all: f32 = seen.iter().filter(|(t, _)| fits(doubt.field, t)).map(|(_, p)| p).sum();
        if *p < SHARE * all {
            continue;
        }
        changed |= match words_in(page, doubt.look.bbox)[..] {
            [] => add(page, doubt, text, *p),
            [only] => amend(&mut page.words[only], doubt.field, seen, text, *p),
            _ => false,
        };
    }
    changed
}

/// What was seen without the points and commas around it, which are specks or the feet of drawn lines.
fn without_specks(seen: &[(String, f32)]) -> Seen {
    let mut out = Seen::new();
    for (text, p) in seen {
        // The point of `.50` stays.
        let bare = text.trim_end_matches(['.', ',']);
        let bare = if bare.matches('.').count() > 1 { bare.trim_start_matches(['.', ',']) } else { bare };
        let text = bare.to_owned();
        match out.iter_mut().find(|(t, _)| *t == text) {
            Some(known) => known.1 += p,
            None => out.push((text, *p)),
        }
    }
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    out
}

/// Adds a word that was overlooked.
fn add(page: &mut PageText, doubt: &Doubt, text: &str, p: f32) -> bool {
    if p < SEEN {
        return false;
    }
    let bbox = doubt.look.bbox;
    page.words.push(Word {
        text: text.to_owned(),
        bbox,
        font_size: bbox.height(),
        bold: false,
        confidence: p.min(AGREED),
        source: TextSource::Ocr,
        alternatives: Vec::new(),
    });
    true
}

/// Sets a word right, or makes it surer, or notes what else it may be.
fn amend(word: &mut Word, field: Field, seen: &[(String, f32)], text: &str, p: f32) -> bool {
    let before = word.clone();
    if word.text == text {
        word.confidence = word.confidence.max(p.min(AGREED));
    } else if p >= SEEN && p >= word.confidence + SURER || p >= GLIMPSED && !fits(field, &word.text) {
        let old = std::mem::replace(&mut word.text, text.to_owned());
        word.alternatives.push((old, word.confidence));
        word.confidence = p.min(AGREED);
    }
    for (other, q) in seen.iter().filter(|(t, _)| !t.is_empty()) {
        if *other != word.text && !word.alternatives.iter().any(|(t, _)| t == other) {
            word.alternatives.push((other.clone(), *q));
        }
    }
    word.alternatives.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    word.alternatives.truncate(ALTERNATIVES);
    *word != before
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, confidence: f32) -> Word {
        let mut w = Word::digital(text, BBox::new(100.0, 10.0, 130.0, 20.0));
        w.source = TextSource::Ocr;
        w.confidence = confidence;
        w
    }

    fn page(words: Vec<Word>) -> PageText {
        PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        }
    }

    fn doubt(field: Field) -> Doubt {
        let look = Look { bbox: BBox::new(99.0, 9.0, 131.0, 21.0), alphabet: alphabet(field).unwrap() };
        Doubt { page: 1, field, look }
    }

    fn seen(texts: &[(&str, f32)]) -> Vec<Seen> {
        vec![texts.iter().map(|(t, p)| ((*t).to_owned(), *p)).collect()]
    }

    #[test]
    fn an_overlooked_count_is_added_only_when_seen_clearly() {
        let mut p = page(Vec::new());
        assert!(!settle(&mut p, &[doubt(Field::Units)], &seen(&[("1", 0.2)])));
        assert!(!settle(&mut p, &[doubt(Field::Units)], &seen(&[("1", 0.5), ("7", 0.3)])));
        assert!(settle(&mut p, &[doubt(Field::Units)], &seen(&[("1", 0.9)])));
        assert_eq!((p.words[0].text.as_str(), p.words[0].confidence), ("1", 0.9));
    }

    #[test]
    fn a_surer_second_reading_replaces_the_first_and_keeps_it_in_mind() {
        let mut p = page(vec![word("1,S6.40", 0.5)]);
        assert!(settle(&mut p, &[doubt(Field::Charge)], &seen(&[("156.40", 0.8), ("186.40", 0.1)])));
        assert_eq!(p.words[0].text, "156.40");
        let others: Vec<&str> = p.words[0].alternatives.iter().map(|a| a.0.as_str()).collect();
        assert_eq!(others, ["1,S6.40", "186.40"]);
    }

    #[test]
    fn specks_behind_an_amount_do_not_count() {
        let mut p = page(vec![word("18.09.", 0.8)]);
        assert!(settle(&mut p, &[doubt(Field::PlanPaid)], &seen(&[("18.09.", 0.7), ("18.09", 0.2), ("18.091", 0.05)])));
        assert_eq!(p.words[0].text, "18.09");
        assert!((p.words[0].confidence - 0.9).abs() < 1e-6);
        assert_eq!(without_specks(&[(".50".to_owned(), 0.9), (".3.23".to_owned(), 0.1)])[1].0, "3.23");
    }

    #[test]
    fn a_less_sure_one_is_an_alternative() {
        let mut p = page(vec![word("156.40", 0.85)]);
        assert!(settle(&mut p, &[doubt(Field::Charge)], &seen(&[("166.40", 0.7)])));
        assert_eq!(p.words[0].text, "156.40");
        assert_eq!(p.words[0].alternatives, [("166.40".to_owned(), 0.7)]);
    }

    #[test]
    fn agreement_makes_surer_and_no_more_than_that() {
        let mut p = page(vec![word("156.40", 0.85)]);
        settle(&mut p, &[doubt(Field::Charge)], &seen(&[("156.40", 1.0)]));
        assert_eq!(p.words[0].confidence, AGREED);
    }

    #[test]
    fn what_does_not_fit_the_column_changes_nothing() {
        let mut p = page(vec![word("156.40", 0.85)]);
        assert!(!settle(&mut p, &[doubt(Field::Charge)], &seen(&[("156", 0.9)])));
    }
}
