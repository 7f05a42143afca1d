//! What stands in a cell beside what belongs there: scraps read from dirt, second readings, letters for figures.

use crate::page_text::TextSource;
use crate::statement::{Field, Row, Value};
use crate::tokens::{Token, TokenKind};

/// A token of a row with the line of the row that it stands on.
pub(crate) struct Piece<'a> {
    /// The token.
    pub(crate) token: &'a Token,
    /// Index of its line in the row.
    pub(crate) line: usize,
}

/// `PANTOPRAZ0LE 4OMG`: a nought within letters is an O, an O before the unit of a dose is a nought.
pub(crate) fn noughts_in_place(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is = |i: Option<usize>, test: fn(char) -> bool| i.and_then(|i| chars.get(i)).is_some_and(|c| test(*c));
    let letter: fn(char) -> bool = |c| c.is_alphabetic();
    let digit: fn(char) -> bool = |c| c.is_ascii_digit();
    let mut out = String::with_capacity(text.len());
    for (i, c) in chars.iter().enumerate() {
        let (before, far, after) = (i.checked_sub(1), i.checked_sub(2), Some(i + 1));
        let rest: String = chars[i + 1..].iter().take(3).collect::<String>().to_uppercase();
        let dose = ["MG", "ML", "MCG", "GM", "%"].iter().any(|u| rest.starts_with(u));
        out.push(match c {
            '0' if is(before, letter) && is(far, letter) && is(after, letter) => 'O',
            'O' if is(before, digit) && dose => '0',
            c => *c,
        });
    }
    out
}

/// `ROUTINE .BLOOD`, `0..1MG`: the points that dust makes before a word and beside a point.
pub(crate) fn without_dust(text: &str) -> String {
    let words = text.split(' ').map(|w| {
        let bare = w.trim_start_matches(['.', ',', '\'', '`', '~']);
        let dusty = bare.len() < w.len() && bare.chars().take(2).filter(|c| c.is_alphabetic()).count() == 2;
        // `W/ BIOPSY`: the stroke of `with` read as a letter
        match if dusty { bare } else { w } {
            "WI" => "W/".to_owned(),
            "WIO" | "W/0" | "WI0" => "W/O".to_owned(),
            "W/WQ" | "W/W0" | "WIWO" => "W/WO".to_owned(),
            word => between_words(&word.replace("..", ".")),
        }
    });
    let tidy = words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    // `MAGNESIUM SERUM.`: a list of services has no full stops
    let ends = tidy.strip_suffix(['.', ',', '\'']).filter(|t| t.chars().rev().take(3).filter(|c| c.is_uppercase()).count() == 3);
    ends.map_or(tidy.clone(), str::to_owned)
}

/// `PANEL'COMPREHENSIVE`, `PHYSICAL·EST`: a speck in the space between two words.
fn between_words(word: &str) -> String {
    const SPECKS: [char; 4] = ['\'', '\u{b7}', '\u{2022}', '`'];
    match word.split_once(SPECKS) {
        Some((a, b)) if [a, b].iter().all(|p| p.chars().count() >= 3 && p.chars().all(char::is_uppercase)) => format!("{a} {b}"),
        _ => word.to_owned(),
    }
}

/// `AddI`, `VisitIeveI`: a capital among small letters, which a reader takes for the letter of the same stroke. A Roman number stands
/// by itself.
fn ell_in_place(word: &str) -> String {
    let mut before: Vec<char> = Vec::new();
    for c in word.chars() {
        let small = before.iter().rev().take(2).filter(|b| b.is_lowercase()).count() == 2;
        before.push(if c == 'I' && small { 'l' } else { c });
    }
    before.into_iter().collect()
}

/// The same for the descriptions of rows that were read otherwise than cell by cell.
pub(crate) fn descriptions(rows: &mut [Row]) {
    for cell in rows.iter_mut().filter_map(|r| r.cells.get_mut(&Field::Description)) {
        if let Value::Text(text) = &mut cell.value {
            *text = without_dust(&noughts_in_place(text)).split(' ').map(ell_in_place).collect::<Vec<_>>().join(" ");
        }
    }
}

/// `.1` in a column of counts is a one behind a speck: a share of a unit is printed with its nought.
pub(crate) fn count_without_dust(text: &str) -> Option<&str> {
    text.strip_prefix(['.', ',']).filter(|n| (1..=2).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()) && *n != "5")
}

/// Of several tokens in a cell that has room for one, the one that was read beyond doubt, the others being dirt.
pub(crate) fn surest<'t>(pieces: &[Piece<'t>], fits: impl Fn(&str) -> bool) -> Option<&'t Token> {
    let best = pieces.iter().filter(|p| fits(&p.token.text)).max_by(|a, b| a.token.confidence.total_cmp(&b.token.confidence))?;
    let rival = pieces
        .iter()
        .filter(|p| !std::ptr::eq(p.token, best.token) && p.token.text != best.token.text)
        .map(|p| p.token.confidence)
        .fold(0.0, f32::max);
    (rival < 0.6 && best.token.confidence >= rival + 0.2).then_some(best.token)
}

/// A stroke before the day that opens a cell, read as a letter or two.
pub(crate) fn without_scrap_before_date(mut pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    if let [first, next, ..] = pieces.as_slice()
        && next.token.kind == TokenKind::Date
        && first.token.kind == TokenKind::Text
        && first.token.text.chars().count() <= 2
        && first.token.words.iter().all(|w| w.source == TextSource::Ocr)
    {
        pieces.remove(0);
    }
    pieces
}

/// Scraps read from dirt before and behind the words: short, doubtful, and apart from them.
pub(crate) fn without_scraps<'a, 'b>(pieces: &'b [Piece<'a>]) -> &'b [Piece<'a>] {
    let scrap = |p: &Piece<'_>| {
        let t = p.token;
        p.token.words.iter().all(|w| w.source == TextSource::Ocr) && t.confidence < 0.6 && t.text.chars().count() <= 3
    };
    let mut kept = pieces;
    while let [first, next, ..] = kept
        && scrap(first)
        && first.token.kind == TokenKind::Text
        && (first.line != next.line || next.token.bbox.x0 - first.token.bbox.x1 > 0.9 * first.token.words[0].font_size)
    {
        kept = &kept[1..];
    }
    while let [rest @ .., before, last] = kept
        && scrap(last)
        && (last.line != before.line || last.token.bbox.x0 - before.token.bbox.x1 > 1.2 * last.token.words[0].font_size)
    {
        kept = &kept[..=rest.len()];
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dust_before_words_and_counts_is_none_of_them() {
        assert_eq!(without_dust("ROUTINE .BLOOD DRAW 0..1MG .5ML"), "ROUTINE BLOOD DRAW 0.1MG .5ML");
        assert_eq!(without_dust("COLONOSCOPY WI BIOPSY"), "COLONOSCOPY W/ BIOPSY");
        assert_eq!((count_without_dust(".1"), count_without_dust(".5"), count_without_dust("1")), (Some("1"), None, None));
    }

    #[test]
    fn a_capital_among_small_letters_is_an_ell() {
        assert_eq!(
            ["AddI", "VisitIeveI", "II", "McIntyre", "III"].map(ell_in_place),
            ["Addl", "Visitlevel", "II", "McIntyre", "III"]
        );
    }

    #[test]
    fn noughts_and_letters_find_their_places() {
        assert_eq!(noughts_in_place("PANTOPRAZ0LE 4OMG TAB"), "PANTOPRAZOLE 40MG TAB");
        assert_eq!(noughts_in_place("VITAMIN B12 H2O 0.9% LVL 3"), "VITAMIN B12 H2O 0.9% LVL 3");
    }
}
