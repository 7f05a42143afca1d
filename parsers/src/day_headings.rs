//! Days that head a group of rows: `Services on 03/09/2025`, `March 9, 2025`.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::date::{LooseDate, date_range};

static DATE_HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:services?\s+(?:on|for|provided\s+on|dated?)|dates?\s+of\s+services?|service\s+dates?|charges\s+for|dos|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?)?\s*:?\s*(.+)$").expect("a constant pattern")
});

/// The day that heads a group: `Services on 03/09/2025`, `March 9, 2025`.
pub fn heading_date(text: &str) -> Option<LooseDate> {
    let rest = DATE_HEADING.captures(text.trim())?.get(1)?.as_str();
    match date_range(rest)? {
        (d, None) => Some(d),
        _ => None,
    }
}
