//! The remark codes of a service that is printed as labels and values: behind its words, or in a line under its amounts.

use std::sync::LazyLock;

use regex::Regex;

use super::Block;
use crate::grammar::{adjustments, code};
use crate::labelled::{line_end_notes, line_of_codes};
use crate::page_text::BBox;
use crate::remarks_behind::remarks_behind;
use crate::service_words::service_words;
use crate::statement::{Cell, Field, Value};
use crate::text_lines::Line;

impl Block {
    /// Takes the remarks that stand behind the words of a line; gives the line without them.
    pub(super) fn take_remarks(&mut self, line: &Line) -> Option<Line> {
        let text = line.text();
        let (name, list) = remarks_behind(&text).or_else(|| notes_behind_facts(&text))?;
        let kept = name.split_whitespace().count();
        let (words, said) = line.words.split_at_checked(kept)?;
        let bbox = BBox::around(words.iter().map(|w| w.bbox)).unwrap_or(line.bbox);
        let confidence = said.iter().map(|w| w.confidence).fold(1.0, f32::min);
        let place = BBox::around(said.iter().map(|w| w.bbox)).unwrap_or(line.bbox);
        let cell = Cell { value: Value::List(list), raw: text.clone(), page: line.page, bbox: place, confidence };
        self.cells.entry(Field::RemarkCodes).or_insert(cell);
        Some(Line { words: words.to_vec(), bbox, ..line.clone() })
    }

    /// `See D15 and B7 below.` under the amounts of a service.
    pub(super) fn remarks(&mut self, line: &Line) -> bool {
        let near = self.bbox.is_some_and(|(page, b)| page == line.page && line.bbox.y0 - b.y1 < 1.5 * line.size());
        if !near || !self.has_money() || self.has(Field::RemarkCodes) {
            return false;
        }
        let text = line.text();
        let Some(list) = see_remarks(&text) else { return false };
        let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        let cell = Cell { value: Value::List(list), raw: text.clone(), page: line.page, bbox: line.bbox, confidence };
        self.cells.insert(Field::RemarkCodes, cell);
        self.reach(line);
        true
    }
}

/// `Code 99214 (25)  Quantity 1  Footnote W4`: notes behind what else only a service has need no mark; `Footnote W4` by itself
/// neither.
fn notes_behind_facts(text: &str) -> Option<(String, Vec<String>)> {
    if let Some(list) = notes_alone(text) {
        return Some((String::new(), list));
    }
    let (before, list) = line_end_notes(text)?;
    let said = service_words(before);
    (said.any() && said.rest.is_empty()).then(|| (before.trim_end().to_owned(), list))
}

/// Whether a text says no more of a service than when, by which code, how often, and which notes.
pub(crate) fn is_of_facts(text: &str) -> bool {
    if notes_alone(text).or_else(|| see_remarks(text)).is_some() {
        return true;
    }
    let said = service_words(line_end_notes(text).map_or(text, |(before, _)| before));
    said.any() && said.rest.is_empty()
}

/// Whether a line is a code with its notes and no more: `Code 99214 (25)  Quantity 1  Footnote W4`.
pub(super) fn code_and_notes(text: &str) -> bool {
    notes_behind_facts(text).is_some_and(|(before, _)| service_words(&before).procedure.is_some_and(|p| !p.modifiers.is_empty()))
}

/// The codes of a phrase that is nothing but `Footnote K2, H3`.
pub(crate) fn notes_alone(text: &str) -> Option<Vec<String>> {
    match <[(Field, Value); 1]>::try_from(line_of_codes(text)?) {
        Ok([(Field::RemarkCodes, Value::List(list))]) => Some(list),
        _ => None,
    }
}

/// The codes of `See notes D15 and B7 below.`
pub(crate) fn see_remarks(text: &str) -> Option<Vec<String>> {
    let m = SEE.captures(text.trim())?;
    let codes = m
        .get(1)
        .or(m.get(2))?
        .as_str()
        .split([' ', ',', ';'])
        .filter(|w| !w.is_empty() && *w != "and" && *w != "&")
        .collect::<Vec<_>>();
    // `Code: J2250` is what was done
    let of_service = codes.iter().any(|c| code::procedure(c).is_some()) && !NOTED.is_match(text);
    adjustments::remark_codes(&codes.join(" ")).filter(|_| !of_service)
}

static NOTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:see|note|remark|message|reason|explanation|footnote)").expect("a constant pattern"));

static SEE: LazyLock<Regex> = LazyLock::new(|| {
    let list_of = |one: &str| format!(r"((?-i:{one})(?:\s*(?:,|;|and|&)\s*(?-i:{one}))*)");
    // `See note a`, but never `see a`
    let (list, letters) = (list_of("[A-Z0-9]{1,6}"), list_of("[a-z]"));
    let kind =
        r"(?:(?:remark|note|message|reason|explanation)\s+codes?|codes?|notes?|remarks?|messages?|reasons?|footnotes?)\s*:?\s+";
    let place = r"(?:\s+(?:below|above|at the end|on the (?:last|next) page))?\.?$";
    Regex::new(&format!(r"(?i)^(?:why\?\s+)?(?:(?:please\s+)?see\s+(?:also\s+)?(?:the\s+)?(?:{kind})?|{kind}){list}{place}|^(?:(?:please\s+)?see\s+(?:the\s+)?)?{kind}{letters}{place}"))
        .expect("a constant pattern")
});

#[cfg(test)]
mod tests {
    use super::see_remarks;

    #[test]
    fn a_procedure_is_no_remark() {
        let said = |text: &str| see_remarks(text).map(|l| l.join(" "));
        assert_eq!(said("Code J2405"), None);
        assert_eq!(said("Code 36415"), None);
        assert_eq!(said("Codes N130, MA18").as_deref(), Some("N130 MA18"));
        assert_eq!(said("See note K21 below.").as_deref(), Some("K21"));
    }
}
