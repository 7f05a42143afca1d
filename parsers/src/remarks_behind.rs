//! The note codes behind the words of a service: `OFFICE VISIT RMK MA92`, `BLOOD DRAW (see note K2)`.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::adjustments;

static REMARK_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    let code = r"(?-i:[A-Z]{1,2}\d{1,4}|[A-Za-z0-9]{1,3})";
    let list = format!(r"({code}(?:\s*(?:[,;&]|\band\b)\s*{code})*)");
    let named = r"(?:notes?|remarks?|remark codes?|messages?|footnotes?|reason codes?)";
    // a short code is one only in brackets or behind a colon or `see`
    Regex::new(&format!(
        r"(?i)\s(?:(?:rmks?|rarc|remark codes?)\s*[:.]?\s+((?-i:[A-Z]{{1,2}}\d{{1,4}})(?:[ ,;]+(?-i:[A-Z]{{1,2}}\d{{1,4}}))*)|\(\s*(?:see\s+)?{named}\s*[:#]?\s+{list}\s*\)|see\s+{named}\s*[:#]?\s+{list}|{named}\s*:\s*{list})$"
    ))
    .expect("a constant pattern")
});

/// Words, and the remark codes that stand behind them: `URINALYSIS RMK N115`.
pub(crate) fn remarks_behind(text: &str) -> Option<(String, Vec<String>)> {
    let m = REMARK_BEHIND.captures(text)?;
    let said = (1..=4).find_map(|i| m.get(i))?.as_str().replace(" and ", " ");
    let list = adjustments::remark_codes(&said)?;
    Some((text[..m.get(0)?.start()].trim_end().to_owned(), list))
}
