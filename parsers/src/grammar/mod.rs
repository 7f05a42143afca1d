//! Grammars of single cells: amounts, dates, codes, units, adjustments.
//!
//! Each comes strict, for the characters as a printer sets them, and where it pays lenient, for the characters as a
//! recogniser reads them. On anything the strict entry accepts, the lenient entry gives the same value with no repairs.

pub mod adjustments;
pub mod code;
pub mod date;
pub mod money;
pub mod units;

/// Trimmed, with the typographic variants of minus, hyphen and space folded to the plain ones.
pub(crate) fn plain(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| match c {
            '\u{2212}' | '\u{2010}'..='\u{2015}' | '\u{FE63}' | '\u{FF0D}' | '\u{AD}' => '-',
            c if c.is_whitespace() => ' ',
            '\u{2044}' | '\u{2215}' => '/',
            '\u{2018}' | '\u{2019}' => '\'',
            c => c,
        })
        .collect()
}

/// The digit that a recogniser most likely saw when it read this letter.
pub(crate) fn digit_of(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => c,
        'O' | 'o' | 'Q' | 'D' => '0',
        'l' | 'I' | '|' | '!' | 'i' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'B' => '8',
        _ => return None,
    })
}
