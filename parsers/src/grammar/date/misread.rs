//! Days in which a reader of scans took one sign for another.

use std::sync::LazyLock;

use regex::Regex;

use super::super::{digit_of, plain};
use super::{LooseDate, MONTHS, date, month_of};

/// The date and the number of repairs that a recogniser's slips needed: letters for digits, broken or mixed
/// separators, stray spaces and dots, digits in the name of a month.
pub fn date_lenient(text: &str) -> Option<(LooseDate, u8)> {
    if let Some(d) = date(text) {
        return Some((d, 0));
    }
    let text = plain(text);
    let body = text.trim_matches(|c: char| matches!(c, '.' | ',' | ':' | ';' | '\'' | '"' | '`' | '_' | '*' | ' '));
    if body.len() > 24 {
        return None;
    }
    if let Some(d) = date(body) {
        return Some((d, 1));
    }
    let tight: String = body.chars().filter(|c| *c != ' ').collect();
    let figures: Option<String> = tight
        .chars()
        .map(|c| match c {
            '/' | '\\' | '-' | '.' | ',' | ':' | ';' => Some('/'),
            c => digit_of(c),
        })
        .collect();
    let slips = tight.chars().filter(|c| !c.is_ascii_digit() && digit_of(*c).is_some()).count();
    if slips <= 3
        && let Some(figures) = figures
    {
        let repairs = u8::try_from(slips.max(1)).unwrap_or(u8::MAX);
        if let Some(d) = date(&figures).filter(|d| d.year.is_some()) {
            return Some((d, repairs));
        }
        // A slash read as a one, the other still a slash: `03109/2025`.
        let c: Vec<char> = figures.chars().collect();
        if matches!(c.len(), 8 | 10)
            && (c[2] == '/') != (c[5] == '/')
            && matches!((c[2], c[5]), ('1' | '7', '/') | ('/', '1' | '7'))
        {
            let mut c = c;
            (c[2], c[5]) = ('/', '/');
            if let Some(d) = date(&c.into_iter().collect::<String>()) {
                return Some((d, repairs.saturating_add(1)));
            }
        }
    }
    // The name of a month with a digit or one wrong letter in it.
    let word: String = body
        .chars()
        .skip_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'))
        .take_while(|c| c.is_alphanumeric() || *c == '|')
        .collect();
    let word = if word.len() < 3 { body.chars().take_while(|c| c.is_alphanumeric()).collect() } else { word };
    let letters: String = word
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '|' => 'l',
            '5' => 's',
            '8' => 'b',
            c => c.to_ascii_lowercase(),
        })
        .collect();
    let name = month_of(&letters).or_else(|| {
        (letters.len() >= 5)
            .then(|| MONTHS.iter().position(|m| strsim::osa_distance(m, &letters) == 1))
            .flatten()
            .and_then(|i| i8::try_from(i + 1).ok())
    })?;
    let mended = body.replacen(&word, MONTHS[usize::try_from(name - 1).ok()?], 1);
    date(&mended).or_else(|| date(&mended.replace('.', ","))).map(|d| (d, 1))
}

/// A day of the form `15OCT2025` or `15-OCT-25` in the name of whose month a reader of scans took a letter for a figure:
/// `150CT2025`, `15-5EP-25`. Nothing for what is a date as it stands.
pub(crate) fn month_mended(text: &str) -> Option<String> {
    static DAY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(\d{1,2})([-/ ]?)([0-9A-Za-z]{3})([-/ ]?)(\d{4}|\d{2})$").expect("a constant pattern"));
    let m = DAY.captures(text).filter(|_| date(text).is_none())?;
    let name = &m[3];
    if !name.bytes().any(|b| b.is_ascii_digit()) || name.bytes().filter(u8::is_ascii_alphabetic).count() < 2 {
        return None;
    }
    let read_as = |nought: char| -> String {
        let letter = |c: char| match c {
            '0' => nought,
            '1' => 'L',
            '4' => 'A',
            '5' => 'S',
            '6' => 'G',
            '8' => 'B',
            c => c,
        };
        name.chars().map(letter).collect()
    };
    let whole = |month: String| format!("{}{}{month}{}{}", &m[1], &m[2], &m[4], &m[5]);
    ['O', 'D'].map(read_as).into_iter().filter(|month| month_of(month).is_some()).map(whole).find(|t| date(t).is_some())
}
