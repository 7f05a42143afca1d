//! What a paper prints more than once, read once for all.
//!
//! A statement names its sender at the top, on the slip to tear off and in its sentences, and prints the same words
//! behind every row of the same service. Where recognition reads one of them otherwise, the reading that the paper bears
//! out best counts: the one that stands there most often and was read most surely. A digital text is never touched.

use std::collections::{BTreeMap, HashMap};

use std::sync::LazyLock;

use regex::Regex;

use crate::page_text::{TextSource, Word};
use crate::statement::{Cell, Field, Row, Value};
use crate::text_lines::{Line, PageLines, join};

/// Names read with more confidence than this need no second opinion.
const SURE: f32 = 0.97;
/// So alike (normalised edit distance) are two readings of one organisation's name, letters and digits only.
const ALIKE: f64 = 0.84;
/// How much surer another reading of a person's name must be: two people of one family differ by a letter.
const PERSON_MARGIN: f32 = 0.15;

/// Corrects the names of the header by what the rest of the paper prints.
pub fn names(cells: &mut BTreeMap<Field, Vec<Cell>>, pages: &[PageLines]) {
    for (field, list) in cells.iter_mut() {
        if matches!(field, Field::Patient | Field::Provider | Field::Payer) {
            for cell in list.iter_mut() {
                name(*field, cell, pages);
                doubt_beside_scraps(cell, pages);
            }
        }
    }
}

/// `FO T THGATE MEDICAL CENTER`: what was read of a name beside signs that could not be read is perhaps not all of it.
fn doubt_beside_scraps(cell: &mut Cell, pages: &[PageLines]) {
    /// Read worse than this it is no word.
    const SCRAP: f32 = 0.5;
    /// What such a name is worth.
    const PERHAPS: f32 = 0.9;
    let own = cell.bbox;
    let beside = |w: &Word| {
        let size = own.y1 - own.y0;
        let level = w.bbox.overlap_y(own) > 0.5 * size.min(w.bbox.y1 - w.bbox.y0);
        let near = (own.x0 - w.bbox.x1).max(w.bbox.x0 - own.x1);
        w.confidence < SCRAP && level && (-0.2 * size..size).contains(&near) && w.bbox.y1 - w.bbox.y0 > 0.5 * size
    };
    let page = pages.iter().filter(|p| p.number == cell.page);
    if page.flat_map(|p| &p.lines).flat_map(|l| &l.words).any(beside) {
        cell.confidence = cell.confidence.min(PERHAPS);
    }
}

/// `Cypress Creek.Family Medicine`: a speck in the space between two words of a name.
fn spaced(name: &str) -> String {
    static SPECK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"([a-z]{2})[.\u{b7}'`]([A-Z][a-z]{2})").expect("a constant pattern"));
    SPECK.replace_all(name.trim_start_matches([',', '.', '-', '\'', '`', ' ']), "$1 $2").into_owned()
}

/// Corrects the name in one cell.
pub fn name(field: Field, cell: &mut Cell, pages: &[PageLines]) {
    if let Value::Text(own) = &mut cell.value {
        *own = spaced(own);
    }
    let Value::Text(own) = &cell.value else { return };
    let own_key = key(own);
    if cell.confidence >= SURE || own_key.len() < 8 {
        return;
    }
    let words = own.split_whitespace().count();
    let mut readings: HashMap<String, (f32, f32, String)> = HashMap::new();
    for line in pages.iter().flat_map(|p| &p.lines) {
        for n in words.saturating_sub(1).max(2)..=words + 1 {
            for window in line.words.windows(n) {
                let text = join(window);
                let text = text.trim_end_matches(['.', ',', ';', ':']);
                let k = key(text);
                if k.len().abs_diff(own_key.len()) > 4 || strsim::normalized_levenshtein(&k, &own_key) < ALIKE {
                    continue;
                }
                let sure = window.iter().map(|w| w.confidence).fold(1.0, f32::min);
                let entry = readings.entry(k).or_insert_with(|| (0.0, 0.0, String::new()));
                entry.0 += sure;
                if sure > entry.1 {
                    (entry.1, entry.2) = (sure, text.to_owned());
                }
            }
        }
    }
    let borne = |k: &str| readings.get(k).map_or(0.0, |r| r.0);
    let mut best: Option<(&String, &(f32, f32, String))> = None;
    for (k, r) in &readings {
        let better = best.is_none_or(|(bk, b)| r.0 > b.0 || r.0 == b.0 && k < bk);
        let margin = if field == Field::Patient { PERSON_MARGIN } else { 0.02 };
        // a cut or a lengthened name is another name, not another reading of it
        let whole = !(k.starts_with(&own_key)
            || own_key.starts_with(k.as_str())
            || k.ends_with(&own_key)
            || own_key.ends_with(k.as_str()));
        if *k != own_key && whole && r.1 > cell.confidence + margin && r.0 > borne(&own_key) && better {
            best = Some((k, r));
        }
    }
    if let Some((_, (_, sure, text))) = best {
        tracing::debug!("a name was corrected by another place on the paper");
        cell.confidence = *sure;
        cell.value = Value::Text(text.clone());
    }
}

/// Corrects the descriptions of recognised rows by those of other rows for the same service.
pub fn descriptions(rows: &mut [Row]) {
    let said = |r: &Row| match r.cells.get(&Field::Description) {
        Some(Cell { value: Value::Text(t), confidence, .. }) if *confidence < 1.0 => Some((t.clone(), *confidence)),
        _ => None,
    };
    let mut spellings: BTreeMap<String, (usize, f32)> = BTreeMap::new();
    for (text, sure) in rows.iter().filter_map(said) {
        let s = spellings.entry(text).or_insert((0, 0.0));
        s.0 += 1;
        s.1 += sure;
    }
    if spellings.len() < 2 || spellings.len() > 2000 {
        return;
    }
    let codes: BTreeMap<String, Vec<Option<String>>> = rows.iter().fold(BTreeMap::new(), |mut all, r| {
        if let Some((text, _)) = said(r) {
            all.entry(text).or_insert_with(Vec::new).push(code_of(r));
        }
        all
    });
    for row in rows.iter_mut() {
        let Some((own, sure)) = said(row) else { continue };
        let code = code_of(row);
        let (times, _) = spellings[&own];
        let better = spellings
            .iter()
            .filter(|(text, (n, weight))| {
                **text != own
                    && if key(text) == key(&own) {
                        // the same signs, parted otherwise
                        *n > times || *n == times && *weight > sure * times as f32 + 0.02
                    } else {
                        *n >= 2 && times == 1 && code.is_some() && codes[*text].contains(&code) && slip(text, &own)
                    }
            })
            .max_by(|a, b| a.1.0.cmp(&b.1.0).then(a.1.1.total_cmp(&b.1.1)));
        if let Some((text, _)) = better
            && let Some(cell) = row.cells.get_mut(&Field::Description)
        {
            cell.value = Value::Text(text.clone());
        }
    }
}

fn code_of(row: &Row) -> Option<String> {
    match row.cells.get(&Field::Code).map(|c| &c.value) {
        Some(Value::Code(c)) => Some(c.clone()),
        _ => None,
    }
}

/// Whether two descriptions differ by what a recogniser mixes up: hardly a letter, and no figure.
fn slip(a: &str, b: &str) -> bool {
    let figures = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let (ka, kb) = (key(a), key(b));
    let allowed = ka.len().min(kb.len()) / 8;
    figures(a) == figures(b) && allowed > 0 && strsim::osa_distance(&ka, &kb) <= allowed.min(3)
}

/// Letters and digits, without regard to case.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether any of the lines was recognised.
pub fn recognised(pages: &[PageLines]) -> bool {
    let ocr = |l: &Line| l.words.iter().any(|w| w.source == TextSource::Ocr);
    pages.iter().any(|p| p.lines.iter().any(ocr))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{BBox, PageText, Word};
    use crate::statement::LineKind;
    use crate::text_lines::page_lines;

    fn page(lines: &[(&str, f32)]) -> Vec<PageLines> {
        let mut words = Vec::new();
        for (i, (line, confidence)) in lines.iter().enumerate() {
            let mut x = 40.0;
            for w in line.split(' ') {
                let width = 5.0 * w.len() as f32;
                let y = 20.0 + 14.0 * i as f32;
                let bbox = BBox::new(x, y, x + width, y + 8.0);
                words.push(Word { confidence: *confidence, source: TextSource::Ocr, ..Word::digital(w, bbox) });
                x += width + 3.0;
            }
        }
        vec![page_lines(&PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: vec![],
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        })]
    }

    fn text(value: &str, confidence: f32) -> Cell {
        Cell { value: Value::Text(value.to_owned()), raw: value.to_owned(), page: 1, bbox: BBox::default(), confidence }
    }

    fn corrected(field: Field, own: &str, confidence: f32, lines: &[(&str, f32)]) -> Value {
        let mut cell = text(own, confidence);
        name(field, &mut cell, &page(lines));
        cell.value
    }

    #[test]
    fn the_surer_reading_of_a_name_counts() {
        let lines = [("Willow Creek Coltants", 0.9), ("Make checks payable to Willow Creek Consultants.", 0.99)];
        let want = Value::Text("Willow Creek Consultants".into());
        assert_eq!(corrected(Field::Provider, "Willow Creek Coltants", 0.9, &lines), want);
        let cut = [("Willow Creek", 0.9), ("Willow Creek Consultants", 0.99)];
        assert_eq!(corrected(Field::Provider, "Willow Creek", 0.9, &cut), Value::Text("Willow Creek".into()));
    }

    #[test]
    fn a_relative_is_no_other_reading() {
        let lines = [("Jon Abernathy", 0.93), ("Joan Abernathy", 0.99)];
        assert_eq!(corrected(Field::Patient, "Jon Abernathy", 0.93, &lines), Value::Text("Jon Abernathy".into()));
    }

    #[test]
    fn descriptions_of_one_service_agree() {
        let row = |code: Option<&str>, words: &str| {
            let mut cells = BTreeMap::from([(Field::Description, text(words, 0.99))]);
            if let Some(c) = code {
                cells.insert(Field::Code, Cell { value: Value::Code(c.into()), ..text(c, 0.99) });
            }
            Row { kind: LineKind::Service, cells, claim: None, page: 1, bbox: BBox::default() }
        };
        let mut rows = vec![
            row(None, "SEMI-PRIVATE ROOM"),
            row(None, "SE MI-PRIVATE ROOM"),
            row(None, "SEMI-PRIVATE ROOM"),
            row(Some("97110"), "THERAPY EXERCISE 15 MIN"),
            row(Some("97110"), "THERAPY EXERCISE 15 MIN"),
            row(Some("97110"), "THERAPY EXERClSE 15 MIN"),
            row(Some("97110"), "THERAPY EXERCISE 30 MIN"),
        ];
        descriptions(&mut rows);
        let words: Vec<String> = rows
            .iter()
            .map(|r| match &r.cells[&Field::Description].value {
                Value::Text(t) => t.clone(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(words[1], "SEMI-PRIVATE ROOM");
        assert_eq!(words[5], "THERAPY EXERCISE 15 MIN");
        assert_eq!(words[6], "THERAPY EXERCISE 30 MIN");
    }
}
