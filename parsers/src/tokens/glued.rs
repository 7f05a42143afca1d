//! Words as they must have been printed, where recognition or the typesetter ran several together or something clung to one:
//! `549.881570.72`, `06/13/202500790`, `2024-SEP`, `2,536|.00`.

use super::{TokenKind, single_kind};
use crate::grammar::{adjustments, code, date, money};
use crate::page_text::{BBox, TextSource, Word};

/// `0.0035.00`, `549.881570.72`: amounts that recognition has run together part behind their cents.
fn amounts_apart(w: Word) -> Vec<Word> {
    let cents: Vec<usize> = w.text.match_indices('.').map(|(i, _)| i + 3).collect();
    let figures = w.text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'$'));
    let whole = cents.last() == Some(&w.text.len()) && cents.windows(2).all(|c| c[1] - c[0] >= 4);
    // `1.516.94` is one amount whose comma was read as a point; no amount of several figures begins with a nought
    let one = !w.text.starts_with("0.") && money::money_lenient(&w.text).is_some();
    if w.source == TextSource::Digital || cents.len() < 2 || !figures || !whole || one {
        return vec![w];
    }
    let length = w.text.len() as f32;
    let mut out = Vec::with_capacity(cents.len());
    let mut from = 0;
    for to in cents {
        let part = &w.text[from..to];
        if money::money(part).is_none() {
            return vec![w];
        }
        let at = |i: usize| w.bbox.x0 + w.bbox.width() * i as f32 / length;
        let bbox = BBox { x0: at(from), x1: at(to), ..w.bbox };
        out.push(Word { text: part.to_owned(), bbox, confidence: w.confidence * 0.93, alternatives: Vec::new(), ..w.clone() });
        from = to;
    }
    out
}

/// `06/13/202500790`, `04/06/20240301`, `06/13/2025Office`: a day with its year in full, and behind it a procedure or revenue
/// code, or a word.
fn date_before_code(w: &Word) -> Option<(date::LooseDate, &str)> {
    let cut = |at: Option<usize>| {
        let cut = at.filter(|c| (8..=10).contains(c))?;
        let (day, rest) = (w.text.get(..cut)?, w.text.get(cut..)?);
        date::date(day).filter(|d| matches!(d.year, Some(date::Year::Full(_)))).map(|d| (d, rest))
    };
    let before = |code: usize| cut(w.text.len().checked_sub(code));
    let department = || before(4).filter(|(_, code)| code.starts_with('0') && code::revenue_code(code).is_some());
    let word = || cut(w.text.find(char::is_alphabetic));
    (w.source == TextSource::Ocr).then(|| before(5).or_else(department).or_else(word)).flatten()
}

/// An amount freed of a sign that clung to it is no surer than this.
const STRAYED: f32 = 0.8;

/// `2,536|.00`, `34.43M`: an amount with a drawn line or the stroke of a pen in it or behind it. The letters of a
/// credit or debit mark stay.
fn amount_mended(text: &str) -> Option<String> {
    if money::money(text).is_some() || text.bytes().filter(u8::is_ascii_digit).count() < 3 {
        return None;
    }
    // `5885:33`: the point with a speck over it, where too many figures stand before it for a time of day
    let point = text.rfind(':').filter(|at| *at >= 3 && text.len() == at + 3 && !text.contains('.'));
    let text = &point.map_or_else(|| text.to_owned(), |at| format!("{}.{}", &text[..at], &text[at + 1..]));
    // `250,77`: nothing is printed with a comma before its last two figures; modifiers have two before it (`25,59`)
    // as well as a code before them (`99284,25`)
    let coded = code::procedure(text).is_some();
    let comma = text.rfind(',').filter(|at| *at >= 3 && text.len() == at + 3 && !text.contains('.') && !coded);
    let text = &comma.map_or_else(|| text.clone(), |at| format!("{}.{}", &text[..at], &text[at + 1..]));
    let bare: String = text.chars().filter(|c| !matches!(c, '|' | '¦' | '!')).collect();
    let before = bare
        .strip_suffix(|c: char| c.is_ascii_alphabetic() && !matches!(c.to_ascii_uppercase(), 'C' | 'R' | 'D'))
        .unwrap_or(&bare);
    let cents = before.len().checked_sub(3).and_then(|at| before.get(at..)).is_some_and(|c| c.starts_with('.'));
    (cents && money::money(before).is_some()).then(|| before.to_owned())
}

/// A recognised word as it must have been printed: the dash of a rule before a day taken off, the group code of an
/// adjustment put back (`C0-45`, `00-45`: of the five group codes only CO has that shape).
fn mended(w: &Word) -> Word {
    let mut w = w.clone();
    if w.source == TextSource::Digital {
        return w;
    }
    if let Some(rest) = w.text.strip_prefix(['-', '~'])
        && date::leading_date(rest).is_some_and(|(_, tail)| tail.is_empty() || rest.len() - tail.len() >= 8)
    {
        w.text = rest.to_owned();
    }
    // `.022825`: no figure of four digits and more begins with a point
    if let Some(rest) = w.text.strip_prefix(['.', ','])
        && rest.len() >= 4
        && (rest.bytes().all(|b| b.is_ascii_digit()) || date::date(rest).is_some())
    {
        w.text = rest.to_owned();
    }
    // `021624.`: nor ends with one
    if w.text.len() >= 5
        && let Some(figures) = w.text.strip_suffix(['.', ',', '\''])
        && figures.bytes().all(|b| b.is_ascii_digit())
    {
        w.text = figures.to_owned();
    }
    if let Some(text) = date::month_mended(&w.text) {
        w.text = text;
        w.confidence *= 0.93;
    }
    if let Some(text) = amount_mended(&w.text) {
        w.text = text;
        w.confidence = w.confidence.min(STRAYED);
    }
    if let Some(text) = adjustments::group_mended(&w.text) {
        w.text = text;
        w.confidence *= 0.93;
    }
    w
}

/// `2024-SEP` within `SEP 05, 2024-SEP 05, 2024`: the year of the first day of a range and the month of the last.
fn days_apart(w: Word) -> Vec<Word> {
    let parts = w.text.split_once(['-', '–']).filter(|(year, month)| {
        let full =
            year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) && year.bytes().all(|b| b.is_ascii_digit());
        full && date::date(&format!("{month} 1, {year}")).is_some()
    });
    let Some((year, month)) = parts else { return vec![w] };
    let at = w.bbox.x0 + w.bbox.width() * year.len() as f32 / w.text.chars().count().max(1) as f32;
    let dash = w.bbox.width() / w.text.chars().count().max(1) as f32;
    let part = |text: &str, x0: f32, x1: f32| Word { text: text.to_owned(), bbox: BBox { x0, x1, ..w.bbox }, ..w.clone() };
    vec![part(year, w.bbox.x0, at), part("-", at, at + dash), part(month, at + dash, w.bbox.x1)]
}

/// Takes apart what recognition has run together: a date and the words or the procedure code behind it.
pub(super) fn split_glued(words: &[Word]) -> Vec<Word> {
    let mut out = Vec::with_capacity(words.len());
    for w in words.iter().map(mended).flat_map(amounts_apart).flat_map(days_apart) {
        let w = &w;
        match date::leading_date(&w.text).or_else(|| date_before_code(w)) {
            Some((_, rest)) if rest.len() >= 2 && rest.len() < w.text.len() && single_kind(&w.text) != TokenKind::Date => {
                let cut = w.text.len() - rest.len();
                let clean = rest.trim_start_matches(['-', ' ']);
                let coded = w.source == TextSource::Ocr
                    && (code::procedure(clean).is_some() || clean.len() == 4 && code::revenue_code(clean).is_some());
                let wordy = single_kind(&w.text) == TokenKind::Text && rest.starts_with(|c: char| c.is_alphabetic() || c == '-');
                if cut < 6 || !(wordy || coded) || clean.is_empty() {
                    out.push(w.clone());
                    continue;
                }
                let total = w.text.chars().count() as f32;
                let at = w.bbox.x0 + w.bbox.width() * w.text[..cut].chars().count() as f32 / total;
                let (mut left, mut right) = (w.clone(), w.clone());
                left.text.truncate(cut);
                left.bbox.x1 = at;
                clean.clone_into(&mut right.text);
                right.bbox.x0 = at;
                out.push(left);
                out.push(right);
            }
            _ => out.push(w.clone()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::amount_mended;

    #[test]
    fn a_comma_before_a_modifier_makes_no_amount_of_a_code() {
        assert_eq!(amount_mended("99284,25"), None);
        assert_eq!(amount_mended("250,77").as_deref(), Some("250.77"));
    }
}
