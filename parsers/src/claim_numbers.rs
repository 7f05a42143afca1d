//! The numbers of claims and the headings under which they stand: `Claim no.`, `ICN`, `Reference #` over `252165726836`.

use crate::columns::Column;
use crate::page_text::Word;
use crate::tokens::Token;

/// The number of a claim: signs and figures, six of these at least.
pub(crate) fn is_number(text: &str) -> bool {
    let figures = text.bytes().filter(u8::is_ascii_digit).count();
    figures >= 6 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// `Claim no.`, `Clm #`.
pub(crate) fn names_claim(head: &str) -> bool {
    let head = head.to_lowercase();
    head.contains("claim") || head.split(|c: char| !c.is_alphanumeric()).any(|w| matches!(w, "clm" | "icn" | "dcn" | "tcn"))
}

/// `Reference #`, `Control No.`.
pub(crate) fn numbers_something(head: &str) -> bool {
    let head = head.to_lowercase();
    head.split(|c: char| !c.is_alphanumeric()).any(|w| matches!(w, "reference" | "ref" | "control" | "document"))
}

/// Whether a number, which may have words close behind it, begins where the heading of the claims' numbers does.
pub(crate) fn is_number_of_claim(t: &Token, columns: &[Column]) -> bool {
    let own = |c: &Column| !c.is_money() && (names_claim(&c.head) || numbers_something(&c.head)) && begins_under(&t.words[0], c);
    is_number(&t.words[0].text) && columns.iter().any(own)
}

/// Whether a word begins where a heading does.
pub(crate) fn begins_under(w: &Word, c: &Column) -> bool {
    (w.bbox.x0 - c.head_box.x0).abs() < 0.3 * w.font_size
}
