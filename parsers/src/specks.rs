//! What recognition makes of dirt: specks read as points and quotes, rules read as strokes, the feet of one line and the
//! heads of the next read as a line between them, a fleck over a letter read as its accent.
//!
//! Only recognised words are touched; a digital text layer means what it says, but for the bars of a table drawn with signs.

use std::borrow::Cow;

use crate::page_text::{TextSource, Word};
use crate::speck_joined;
use crate::sum_words;
use crate::text_lines::Line;
use crate::with_sign;

/// Rows that begin with a bar make a table that was drawn with signs.
const BARRED_ROWS: usize = 6;

/// The words without the bars of a table that a printer of plain text drew: `| 03/09/2025 | 99214 | 145.00 |`.
fn without_drawn_bars(words: &[Word]) -> Cow<'_, [Word]> {
    let is_bar = |w: &&Word| matches!(w.text.as_str(), "|" | "¦");
    let first = |bar: &&Word| {
        !words
            .iter()
            .any(|w| w.bbox.x1 <= bar.bbox.x0 && w.bbox.overlap_y(bar.bbox) > 0.5 * bar.bbox.height().min(w.bbox.height()))
    };
    if words.iter().filter(is_bar).filter(first).take(BARRED_ROWS).count() < BARRED_ROWS {
        return Cow::Borrowed(words);
    }
    Cow::Owned(words.iter().filter(|w| !is_bar(w)).cloned().collect())
}

/// The words without those that are dirt, the others freed of what clings to them.
pub fn clean(words: &[Word]) -> Cow<'_, [Word]> {
    match without_drawn_bars(words) {
        Cow::Borrowed(words) => without_dirt(words),
        Cow::Owned(words) => Cow::Owned(without_dirt(&words).into_owned()),
    }
}

fn without_dirt(words: &[Word]) -> Cow<'_, [Word]> {
    if words.iter().all(|w| w.source == TextSource::Digital) {
        return Cow::Borrowed(words);
    }
    let dashes: Vec<bool> = words.iter().map(|w| is_stray_dash(w, words)).collect();
    let mut kept: Vec<Word> = words
        .iter()
        .zip(dashes)
        .filter(|(_, stray)| !stray)
        .filter_map(|(w, _)| clean_word(w))
        .flat_map(sum_words::told)
        .flat_map(speck_joined::apart)
        .collect();
    for foot in words.iter().filter(|w| is_foot(w, words)) {
        take_foot(&mut kept, foot);
    }
    with_sign::join(&mut kept);
    Cow::Owned(kept)
}

/// A point or comma read as a word of its own, or a stroke that is as low as a comma: `SERV . DATE`, `DOE 1 JANE`.
fn is_foot(w: &Word, words: &[Word]) -> bool {
    let low = || {
        let beside = |o: &&Word| {
            let gap = (o.bbox.x0 - w.bbox.x1).max(w.bbox.x0 - o.bbox.x1);
            gap < o.bbox.height() && o.bbox.overlap_y(w.bbox) > 0.0 && o.text.chars().filter(|c| c.is_alphabetic()).count() >= 2
        };
        words
            .iter()
            .filter(beside)
            .any(|o| w.bbox.height() < 0.6 * o.bbox.height() && w.bbox.cy() > o.bbox.cy() + 0.2 * o.bbox.height())
    };
    w.source == TextSource::Ocr
        && match w.text.as_str() {
            "." | "," => true,
            "1" | "l" | "i" | "I" | "'" | ")" | "J" | ";" => low(),
            _ => false,
        }
}

/// Gives the sign to the word in front of it: without it the space it leaves would part the words.
fn take_foot(kept: &mut Vec<Word>, foot: &Word) {
    let height = |w: &Word| w.bbox.height();
    let before = |w: &Word| {
        let gap = foot.bbox.x0 - w.bbox.x1;
        let on_line = w.bbox.overlap_y(foot.bbox) > 0.5 * foot.bbox.height().min(height(w));
        w.source == TextSource::Ocr
            && on_line
            && (-0.1 * height(w)..height(w)).contains(&gap)
            && w.text.ends_with(char::is_alphabetic)
    };
    let Some(at) = (0..kept.len()).filter(|i| before(&kept[*i])).max_by(|a, b| kept[*a].bbox.x1.total_cmp(&kept[*b].bbox.x1))
    else {
        return;
    };
    let word = &mut kept[at];
    word.text.push(if foot.text == "." { '.' } else { ',' });
    word.bbox.x1 = word.bbox.x1.max(foot.bbox.x1);
    kept.retain(|w| w.bbox != foot.bbox || w.text != foot.text);
}

/// A dash read with doubt that neither parts words nor makes the amount behind it negative: the stroke of a pen, or what is
/// left of a drawn line. In a cell by itself it says no more than the blank that it leaves.
fn is_stray_dash(w: &Word, words: &[Word]) -> bool {
    let dash = w.source == TextSource::Ocr && w.confidence < 0.85 && w.text.chars().all(|c| matches!(c, '-' | '–' | '—'));
    dash && !words.iter().any(|o| {
        let gap = (o.bbox.x0 - w.bbox.x1).max(w.bbox.x0 - o.bbox.x1);
        let close = gap < 0.9 * o.bbox.height() && !o.text.chars().all(|c| matches!(c, '-' | '–' | '—'));
        close && o.bbox.overlap_y(w.bbox) > 0.0 && !std::ptr::eq(o, w)
    })
}

fn clean_word(w: &Word) -> Option<Word> {
    if w.source == TextSource::Digital {
        return Some(w.clone());
    }
    let text = trimmed(&w.text);
    let signs = text.chars().filter(|c| !is_dirt(*c)).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let figures = text.chars().filter(char::is_ascii_digit).count();
    // a stroke of a pen or of a rule is read as a letter, but without conviction
    let mut signs_of = text.chars();
    let initial = signs_of.next().is_some_and(char::is_uppercase) && signs_of.as_str() == "." && w.confidence >= 0.1;
    let smudge =
        figures == 0 && !initial && (text.chars().count() == 1 && w.confidence < 0.5 || letters <= 2 && w.confidence < 0.3);
    let dashes = text.chars().all(|c| matches!(c, '-' | '–' | '—' | '.')) && w.confidence < 0.5;
    // a bar or a bullet parts what stands on either side of it
    let parts = w.confidence >= 0.8 && matches!(w.text.as_str(), "|" | "¦" | "•" | "·");
    if parts {
        return Some(w.clone());
    }
    if signs == 0 || smudge || dashes {
        return None;
    }
    let text = if text.is_ascii() { letters_for_noughts(text) } else { without_accents(text, w.confidence) };
    Some(if text == w.text.as_str() { w.clone() } else { Word { text: text.into_owned(), ..w.clone() } })
}

/// `T0TAL`: a nought in a word of capitals that has no other figure is an O.
fn letters_for_noughts(text: &str) -> Cow<'_, str> {
    let (mut letters, mut noughts) = (0, 0);
    for c in text.chars() {
        match c {
            'A'..='Z' => letters += 1,
            '0' => noughts += 1,
            '.' | ',' | ':' | '\'' | '-' => {}
            _ => return Cow::Borrowed(text),
        }
    }
    let between = text.starts_with(|c: char| c.is_ascii_uppercase()) && noughts > 0 && letters >= 4 && noughts * 3 <= letters;
    if between { Cow::Owned(text.replace('0', "O")) } else { Cow::Borrowed(text) }
}

/// Signs that mean nothing where they stand alone.
fn is_dirt(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | '·'
            | '•'
            | '"'
            | '\''
            | '`'
            | '´'
            | '’'
            | '‘'
            | '“'
            | '”'
            | '!'
            | '|'
            | '¦'
            | '_'
            | '~'
            | '^'
            | ':'
            | ';'
            | '°'
            | '¨'
    )
}

/// Without the strokes of rulings at either end.
fn trimmed(text: &str) -> &str {
    let stroke = |c: char| matches!(c, '|' | '¦' | '·' | '•' | '_' | '~' | '^' | '`' | '´' | '¨');
    let mut t = text.trim_matches(stroke);
    if !t.contains('[') {
        t = t.trim_end_matches(']');
    }
    if !t.contains(']') {
        t = t.trim_start_matches('[');
    }
    if t.chars().any(char::is_alphanumeric) { t } else { text }
}

/// US bills are printed without accents (the X12 character set has none), but dirt over a letter is read as one. A tilde
/// stands in names that are printed with it, and a word read without doubt in small letters may be a name as well.
fn without_accents(text: &str, confidence: f32) -> Cow<'_, str> {
    let capitals = !text.chars().any(char::is_lowercase);
    if !capitals && confidence >= 0.95 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(plain_letter).collect())
}

fn plain_letter(c: char) -> char {
    match c {
        'À' | 'Á' | 'Â' | 'Ä' | 'Å' | 'Ā' => 'A',
        'à' | 'á' | 'â' | 'ä' | 'å' | 'ā' => 'a',
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ė' => 'E',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' => 'e',
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'İ' => 'I',
        'ì' | 'í' | 'î' | 'ï' | 'ī' => 'i',
        'Ò' | 'Ó' | 'Ô' | 'Ö' | 'Ō' => 'O',
        'ò' | 'ó' | 'ô' | 'ö' | 'ō' => 'o',
        'Ù' | 'Ú' | 'Û' | 'Ü' | 'Ū' => 'U',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' => 'u',
        'Ć' | 'Č' => 'C',
        'ć' | 'č' => 'c',
        'Š' | 'Ś' => 'S',
        'š' | 'ś' => 's',
        'Ž' | 'Ź' | 'Ż' => 'Z',
        'ž' | 'ź' | 'ż' => 'z',
        'Ý' => 'Y',
        'ý' | 'ÿ' => 'y',
        c => c,
    }
}

/// Whether nothing on the line was read so that it could be trusted, and nothing on it looks like an amount or a day.
pub fn is_smudge(line: &Line) -> bool {
    if line.words.iter().any(|w| w.source == TextSource::Digital) {
        return false;
    }
    let length = |w: &Word| w.text.chars().count() as f32;
    let all: f32 = line.words.iter().map(length).sum();
    let sure: f32 = line.words.iter().map(|w| w.confidence * length(w)).sum::<f32>() / all.max(1.0);
    let figure = |w: &Word| {
        let t = &w.text;
        let digits = t.chars().filter(char::is_ascii_digit).count();
        digits >= 3 && (t.contains('.') || t.contains('/') || digits >= 5) || w.confidence >= 0.5 && digits == t.len()
    };
    if line.words.iter().any(|w| figure(w) || w.confidence >= 0.9 && length(w) >= 3.0) {
        return false;
    }
    let scraps = line.words.iter().all(|w| length(w) <= 2.0);
    sure < 0.4 || scraps && sure < 0.9
}

/// Lines without the scraps that were read once more between them, from the feet of one and the heads of the next: no type
/// is set so close over other type.
pub fn without_squeezed(lines: Vec<Line>) -> Vec<Line> {
    let squeezed: Vec<bool> = (0..lines.len()).map(|i| is_squeezed(&lines, i)).collect();
    let mut keep = squeezed.iter().map(|s| !s);
    lines.into_iter().filter(|_| keep.next().unwrap_or(true)).collect()
}

fn is_squeezed(lines: &[Line], at: usize) -> bool {
    let line = &lines[at];
    let length: usize = line.words.iter().map(|w| w.text.chars().count()).sum();
    let sure = line.words.iter().map(|w| w.confidence * w.text.chars().count() as f32).sum::<f32>() / (length as f32).max(1.0);
    let scraps = line.words.iter().all(|w| w.text.chars().count() <= 2);
    if line.words.iter().any(|w| w.source == TextSource::Digital) || !(scraps || sure < 0.75) {
        return false;
    }
    let near = at.saturating_sub(3)..(at + 4).min(lines.len());
    let others: Vec<&Word> = near.filter(|k| *k != at).flat_map(|k| &lines[k].words).filter(|v| v.text.len() >= 2).collect();
    let over = |w: &Word, v: &Word| {
        let (height, apart) = (w.bbox.height().min(v.bbox.height()), (w.bbox.cy() - v.bbox.cy()).abs());
        v.confidence > w.confidence && w.bbox.overlap_x(v.bbox) > 0.3 * w.bbox.width() && apart < 0.85 * height
    };
    line.words.iter().all(|w| others.iter().any(|v| over(w, v)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{BBox, PageText};
    use crate::text_lines::page_lines;

    fn read(words: &[(&str, f32)]) -> Vec<String> {
        let mut x = 40.0;
        let words: Vec<Word> = words
            .iter()
            .map(|&(text, confidence)| {
                let width = 5.0 * text.chars().count() as f32;
                let bbox = BBox::new(x, 100.0, x + width, 108.0);
                x += width + 3.0;
                Word { confidence, source: TextSource::Ocr, ..Word::digital(text, bbox) }
            })
            .collect();
        let page = PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: vec![],
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        page_lines(&page).lines.iter().map(Line::text).collect()
    }

    #[test]
    fn dirt_is_dropped_and_what_clings_to_words_is_taken_off() {
        assert_eq!(
            read(&[("·", 0.7), ("SERV.", 0.9), ("UNITS", 0.9), ("|", 0.6), ("|47", 0.9), ("CHARGES]", 0.8)]),
            ["SERV. UNITS 47 CHARGES"]
        );
        assert_eq!(read(&[("(2)", 0.9), ("-", 0.9), ("[a]", 0.9), ("K", 0.3)]), ["(2) - [a]"]);
    }

    #[test]
    fn a_point_apart_goes_to_the_word_before_it_and_a_low_stroke_is_a_comma() {
        let word = |text: &str, x0: f32, x1: f32, y0: f32| Word {
            confidence: 0.99,
            source: TextSource::Ocr,
            ..Word::digital(text, BBox::new(x0, y0, x1, 108.0))
        };
        let text = |words: &[Word]| clean(words).iter().map(|w| w.text.clone()).collect::<Vec<_>>();
        let serv = [word("SERV", 20.0, 34.0, 101.0), word(".", 37.5, 37.6, 101.0), word("DATE", 37.6, 51.0, 101.0)];
        assert_eq!(text(&serv), ["SERV.", "DATE"]);
        assert!((clean(&serv)[0].bbox.x1 - 37.6).abs() < 0.01, "no space is left between them");
        let doe = |top| [word("DOE", 20.0, 34.0, 101.0), word("1", 35.0, 36.0, top), word("JANE", 41.0, 60.0, 101.0)];
        assert_eq!(text(&doe(105.5)), ["DOE,", "JANE"]);
        assert_eq!(text(&doe(101.0)), ["DOE", "1", "JANE"], "a figure as tall as the letters");
        let amount = [word("12", 20.0, 28.0, 101.0), word(".", 28.5, 29.0, 101.0), word("50", 30.0, 38.0, 101.0)];
        assert_eq!(text(&amount), ["12", "50"], "no word before it");
    }

    #[test]
    fn the_bars_of_a_table_drawn_with_signs_are_no_words() {
        let row = |y: f32, texts: &[&str]| -> Vec<Word> {
            let place = |i: usize| BBox::new(20.0 + 40.0 * i as f32, y, 26.0 + 40.0 * i as f32, y + 9.0);
            texts.iter().enumerate().map(|(i, t)| Word::digital(*t, place(i))).collect()
        };
        let table: Vec<Word> = (0..6).flat_map(|i| row(20.0 * i as f32, &["|", "99214", "|", "145.00", "|"])).collect();
        assert_eq!(clean(&table).iter().map(|w| w.text.as_str()).collect::<Vec<_>>(), ["99214", "145.00"].repeat(6));
        let list: Vec<Word> = (0..8).flat_map(|i| row(20.0 * i as f32, &["Code:", "99214", "|", "Quantity:", "1"])).collect();
        assert_eq!(clean(&list).len(), 40, "here a bar parts two facts");
    }

    #[test]
    fn a_nought_in_a_word_is_a_letter() {
        assert_eq!(
            read(&[("T0TAL", 0.9), ("D0CTOR", 0.9), ("J0636", 0.9), ("LOT0", 0.9), ("A0", 0.9)]),
            ["TOTAL DOCTOR J0636 LOT0 A0"]
        );
    }

    #[test]
    fn a_fleck_over_a_letter_is_no_accent_but_a_clear_name_keeps_it() {
        assert_eq!(
            read(&[("SUBTÓTAL", 0.9), ("orthopaédic", 0.7), ("José", 0.99), ("MUÑOZ", 0.8)]),
            ["SUBTOTAL orthopaedic José MUÑOZ"]
        );
    }

    #[test]
    fn a_scrap_squeezed_between_two_lines_is_none() {
        let word = |text: &str, x: f32, y: f32, confidence: f32| Word {
            confidence,
            source: TextSource::Ocr,
            ..Word::digital(text, BBox::new(x, y, x + 20.0, y + 8.0))
        };
        let line = |w: Word| Line { page: 1, bbox: w.bbox, words: vec![w], phrase_gap: 4.0 };
        let lines = vec![
            line(word("D15", 40.0, 100.0, 0.99)),
            line(word("5", 45.0, 105.5, 0.9)),
            line(word("D16", 40.0, 111.0, 0.99)),
            line(word("2", 90.0, 116.0, 0.9)),
        ];
        let left: Vec<String> = without_squeezed(lines).iter().map(Line::text).collect();
        assert_eq!(left, ["D15", "D16", "2"]);
    }

    #[test]
    fn a_line_read_from_the_feet_of_another_is_none_but_doubtful_figures_stay() {
        assert!(read(&[("F12", 0.2), ("20Y", 0.15), ("P", 0.1)]).is_empty());
        assert!(read(&[("T", 0.6), ("f", 0.7)]).is_empty());
        assert_eq!(read(&[("CBO", 0.3), ("1l2.00", 0.3)]), ["CBO 1l2.00"]);
        assert_eq!(read(&[("2", 0.8)]), ["2"]);
    }
}
