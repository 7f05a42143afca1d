//! The people that a scanned paper names: a name that was read in part in one place is taken from where the whole stands,
//! and two readings that differ only in how letters look are one person.
//!
//! A patient called `Ana R.` meets no EOB of `Ana R. Doe`, and one EOB that names `Thornby` and `Thomby` seems to be about
//! two people. A digital text is never touched.

use crate::statement::{Cell, Field, Value};
use crate::text_lines::{Line, PageLines};

/// So many words a name has at most.
const MOST_WORDS: usize = 5;

/// Completes and unites the patients' names in the header's list and in the headings of claims.
pub(crate) fn agree(list: &mut Vec<Cell>, claims: &mut [&mut Cell], pages: &[PageLines]) {
    let phrases: Vec<String> =
        pages.iter().flat_map(|p| &p.lines).flat_map(Line::phrases).map(|p| p.text).filter(|t| is_name(t)).collect();
    let all = |list: &[Cell], claims: &[&mut Cell]| -> Vec<String> {
        list.iter().chain(claims.iter().map(|c| &**c)).filter_map(said).collect()
    };
    let named = all(list, claims);
    for cell in list.iter_mut().chain(claims.iter_mut().map(|c| &mut **c)) {
        if let Some(whole) = said(cell).filter(|n| is_part(n)).and_then(|n| completed(&n, &phrases, &named)) {
            cell.value = Value::Text(whole);
        }
    }
    let named = all(list, claims);
    for cell in list.iter_mut().chain(claims.iter_mut().map(|c| &mut **c)) {
        let Some(own) = said(cell) else { continue };
        let borne = |name: &str| {
            let printed = phrases.iter().chain(&named).filter(|p| p.eq_ignore_ascii_case(name)).count();
            // Recognition runs two letters into one more often than it parts one.
            (printed, name.len())
        };
        let other = named.iter().filter(|n| shape(n) == shape(&own)).max_by_key(|n| borne(n));
        if let Some(other) = other.filter(|o| !o.eq_ignore_ascii_case(&own)) {
            cell.value = Value::Text(other.clone());
        }
    }
    let mut seen: Vec<String> = Vec::new();
    list.retain(|c| {
        let Some(name) = said(c) else { return true };
        let new = !seen.iter().any(|s| s.eq_ignore_ascii_case(&name));
        seen.push(name);
        new
    });
}

fn said(cell: &Cell) -> Option<String> {
    if let Value::Text(t) = &cell.value { Some(t.clone()) } else { None }
}

/// Words of letters alone, the first and the last of them with a capital.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lettered = |w: &&str| w.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '-' | ','));
    (2..=MOST_WORDS).contains(&words.len())
        && words.iter().all(lettered)
        && [words.first(), words.last()].iter().all(|w| w.is_some_and(|w| w.starts_with(char::is_uppercase)))
}

/// A given name alone, or with an initial behind it: the family name was not read.
fn is_part(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let initial = |w: &str| w.trim_end_matches('.').chars().count() == 1;
    match words.as_slice() {
        [one] => !one.contains(',') && one.chars().count() > 2,
        [first, .., last] => !name.contains(',') && !initial(first) && initial(last),
        [] => false,
    }
}

/// The one name on the paper that begins with this part of it.
fn completed(part: &str, phrases: &[String], named: &[String]) -> Option<String> {
    let words = |t: &str| -> Vec<String> { t.split_whitespace().map(|w| w.trim_end_matches('.').to_uppercase()).collect() };
    let own = words(part);
    let goes_on = |t: &&String| {
        let w = words(t);
        w.len() == own.len() + 1 && w.starts_with(&own) && w.last().is_some_and(|l| l.chars().count() > 1) && !t.contains(',')
    };
    // An initial makes a chance likeness unlikely; a given name alone goes on only in another name.
    let printed = phrases.iter().filter(|_| own.len() > 1);
    let mut found: Vec<&String> = named.iter().chain(printed).filter(goes_on).collect();
    found.sort_by_key(|t| (shape(t), t.chars().filter(|c| c.is_uppercase()).count()));
    let first = found.first()?;
    found.iter().all(|t| shape(t) == shape(first)).then(|| (*first).clone())
}

/// A name with letters that look alike made the same.
fn shape(name: &str) -> String {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let plain = plain.replace("rn", "m").replace("vv", "w").replace("cl", "d");
    plain
        .chars()
        .map(|c| {
            if matches!(c, 'l' | '1') {
                'i'
            } else if c == '0' {
                'o'
            } else {
                c
            }
        })
        .collect()
}

/// The patients in the headings of claims.
pub(crate) fn of_claims<'a>(headers: impl Iterator<Item = &'a mut crate::statement::ClaimHeader>) -> Vec<&'a mut Cell> {
    headers.filter_map(|h| h.cells.get_mut(&Field::Patient)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{BBox, DocumentText, PageText, TextSource, Word};
    use crate::text_lines::document_lines;

    fn read(list: &[&str], claims: &[&str], lines: &[&str]) -> (Vec<String>, Vec<String>) {
        let cell = |t: &&str| Cell {
            value: Value::Text((*t).to_owned()),
            raw: (*t).to_owned(),
            page: 1,
            bbox: BBox::default(),
            confidence: 0.9,
        };
        let (mut list, mut claims): (Vec<Cell>, Vec<Cell>) = (list.iter().map(cell).collect(), claims.iter().map(cell).collect());
        let mut words = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let mut x = 40.0;
            for w in line.split(' ') {
                let y = 20.0 + 30.0 * i as f32;
                let bbox = BBox::new(x, y, x + 5.0 * w.len() as f32, y + 8.0);
                words.push(Word { source: TextSource::Ocr, ..Word::digital(w, bbox) });
                x = bbox.x1 + if w.ends_with(':') { 40.0 } else { 2.5 };
            }
        }
        let page = PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        agree(&mut list, &mut claims.iter_mut().collect::<Vec<_>>(), &document_lines(&DocumentText { pages: vec![page] }));
        let texts = |c: Vec<Cell>| c.iter().filter_map(said).collect();
        (texts(list), texts(claims))
    }

    #[test]
    fn a_part_of_a_name_is_completed_from_where_the_whole_stands() {
        let whole = ["Guarantor: Ana R. Doe", "ANA R. DOE", "12 ELM ST"];
        assert_eq!(read(&["Ana R."], &[], &whole).0, ["Ana R. Doe"]);
        assert_eq!(read(&["Ana R."], &[], &["Guarantor: Ana R. Doe", "Bob: Ana R. Roe"]).0, ["Ana R."], "two people");
        assert_eq!(read(&["DOE, ANA R"], &[], &["DOE, ANA R ROE"]).0, ["DOE, ANA R"]);
        assert_eq!(read(&["Ana"], &[], &["Ana Smiled"]).0, ["Ana"], "any two words with capitals");
        let parted = read(&["ANA R. DOE", "ANA R"], &["ANA R. DOE", "ANA R"], &[]);
        assert_eq!(parted, (vec!["ANA R. DOE".to_owned()], vec!["ANA R. DOE".to_owned(); 2]));
    }

    #[test]
    fn names_that_look_alike_are_one() {
        let (list, claims) = read(&["Mark Thornby", "Mark Thomby"], &["Mark Thornby", "Mark Thomby"], &[]);
        assert_eq!((list.len(), claims), (1, vec!["Mark Thornby".to_owned(); 2]));
        assert_eq!(read(&["Jan Roe", "Jon Roe"], &[], &[]).0.len(), 2, "a relative");
    }
}
