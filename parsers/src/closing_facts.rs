//! What an EOB says of a service behind its words, where neither a column nor a line of its own has it:
//!
//! ```text
//! OR TIME LEVEL 3 Rev 0360 1 units                              See note A1
//! MIDAZOLAM 1MG INJ, 2 unit(s)                         $34.70        $23.38
//! $5.00 applied to your deductible; $1.80 coinsurance. (see N7, V9)
//! CBC W/ DIFF (Apr 25, 2025) (billing code 85025)      $70.00        $33.38
//! Note U2
//! ```
//! The facts are taken from the end, one after the other, as long as the last one can be told by its label, its bracket or its
//! sentence and the service has nothing of the kind yet. What was taken out in front of them by the rooms that read cells is
//! missing there: so this comes last.
//!
//! A count without a label may be part of a name, `BOTULINUM TOXIN 100 UNITS`. It is a count in small letters behind a name in
//! capitals, or where every service closes so.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use crate::grammar::{adjustments, code, date, money, units};
use crate::labelled::{labelled, share_field};
use crate::statement::{Cell, Field, LineKind, Money, Row, Value};

/// More facts than these close no line.
const MOST: usize = 8;

/// Takes the facts from the words of the services.
pub(crate) fn take(rows: &mut [Row], anchor: Option<Date>) {
    let is_service = |r: &&mut Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    for row in rows.iter_mut().filter(is_service) {
        peel(row, anchor);
    }
    let closing: Vec<Option<Counted>> = rows.iter().map(counted).collect();
    let services = || rows.iter().zip(&closing).filter(|(r, _)| matches!(r.kind, LineKind::Service | LineKind::Reversal));
    let labels: BTreeSet<&str> = services().filter_map(|(_, c)| Some(c.as_ref()?.label.as_str())).collect();
    let form = |label: &str| label.chars().any(char::is_lowercase);
    let alike = labels.iter().all(|l| form(l)) || !labels.iter().any(|l| form(l));
    let every = alike && services().count() >= 2 && services().all(|(_, c)| c.is_some());
    for (row, Counted { words, count, apart, .. }) in rows.iter_mut().zip(closing).filter_map(|(r, c)| Some((r, c?))) {
        if !(every || apart) || !is_service(&row) {
            continue;
        }
        put(row, vec![(Field::Units, Value::Number(count))], words);
        peel(row, anchor);
    }
}

fn words(row: &Row) -> Option<&str> {
    match &row.cells.get(&Field::Description)?.value {
        Value::Text(t) => Some(t),
        _ => None,
    }
}

/// Gives a row values and the words that are left.
fn put(row: &mut Row, values: Vec<(Field, Value)>, words: String) {
    let Some(cell) = row.cells.get_mut(&Field::Description) else { return };
    let of = cell.clone();
    cell.value = Value::Text(words);
    for (field, value) in values {
        row.cells.entry(field).or_insert(Cell { value, ..of.clone() });
    }
}

/// Takes what closes the words of a row and can be nothing else.
fn peel(row: &mut Row, anchor: Option<Date>) {
    let mut taken = false;
    for _ in 0..MOST {
        let Some(text) = words(row).map(str::to_owned) else { return };
        let free = |values: &[(Field, Value)]| values.iter().all(|(f, _)| !row.cells.contains_key(f));
        let found = notes(&text)
            .or_else(|| share(&text).filter(|(values, _)| within(row, values)))
            .or_else(|| day(&text, anchor))
            .or_else(|| codes(&text, taken))
            .filter(|(values, rest)| free(values) && rest.chars().filter(|c| c.is_alphabetic()).count() >= 2);
        let Some((values, rest)) = found else { break };
        put(row, values, rest);
        taken = true;
    }
    // the mark behind a day or before a fact that has gone into its own cell
    let Some(text) = words(row) else { return };
    let bare = text.strip_prefix(": ").unwrap_or(text);
    let bare = if taken { bare.trim_end_matches([' ', ',', ';', ':', '-']) } else { bare };
    if bare.len() < text.len() && bare.chars().any(char::is_alphabetic) {
        let bare = bare.to_owned();
        put(row, Vec::new(), bare);
    }
}

/// Values, and the words before them.
type Closing = (Vec<(Field, Value)>, String);

static NOTES: LazyLock<Regex> = LazyLock::new(|| {
    let list = r"(?-i:[A-Z]{1,3}\d{1,3})(?:(?:\s*[,;&]\s*|\s+and\s+|\s+)(?-i:[A-Z]{1,3}\d{1,3}))*";
    let named = r"(?:(?:remark|note|message|reason|explanation|adj(?:ustment)?)\.?\s+)?codes?|rmks?|notes?|remarks?|messages?|msgs?|footnotes?|reasons?";
    Regex::new(&format!(
        r"(?i)(?:^|[\s.;,])(?:\(\s*(?:see\s+(?:also\s+)?)?(?:(?:{named})\s*[:#]?\s+)?({list})\s*\)|(?:see\s+)?(?:{named})\s*[:#]?\s+({list})|see\s+({list}))\.?$"
    ))
    .expect("a constant pattern")
});

/// `(see X10)`, `Remark K21, N7`, `Code X10`; a bracket without a word for notes may hold what was done.
fn notes(text: &str) -> Option<Closing> {
    let m = NOTES.captures(text)?;
    let whole = m.get(0)?;
    let said = whole.as_str().to_lowercase();
    let named =
        m.get(1).is_none() || ["see", "code", "note", "rmk", "remark", "me", "ms", "reason"].iter().any(|w| said.contains(w));
    let list = adjustments::remark_codes(&(1..=3).find_map(|i| m.get(i))?.as_str().replace(" and ", " "))?;
    named.then(|| (vec![(Field::RemarkCodes, Value::List(list))], text[..whole.start()].trim_end().to_owned()))
}

/// An amount of the patient's share, or one that is not covered, in a sentence of its own.
fn share(text: &str) -> Option<Closing> {
    static AHEAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:^|[\s.;,(])(?:you (?:pay|paid|owe) (?:an? )?)?(\$[\d,]+\.\d\d) (?:of (?:your (?:share|cost)|this|it) )?(?:is |was |(?:is |was )?(?:applied|goes|went) to(?:ward)? |toward )?(?:your |the |an? )?(?:yearly |annual |plan )?(deductible|co-?pay(?:ment)?|co-?insurance|not covered)[.;,)]*$")
            .expect("a constant pattern")
    });
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:^|[\s.;,(])(?:your |the )?(?:yearly |annual |plan )?(deductible|co-?pay(?:ment)?|co-?insurance|not covered)(?: is| was|:)? (\$[\d,]+\.\d\d)[.;,)]*$")
            .expect("a constant pattern")
    });
    let ahead = AHEAD.captures(text).map(|m| (m.get(0), m.get(1), m.get(2)));
    let (whole, amount, label) = ahead.or_else(|| BEHIND.captures(text).map(|m| (m.get(0), m.get(2), m.get(1))))?;
    let field = share_field(label?.as_str())?;
    let amount = money::money(amount?.as_str())?;
    Some((vec![(field, Value::Money(amount))], text[..whole?.start()].trim_end().to_owned()))
}

/// Whether such an amount is no more than the service has.
fn within(row: &Row, values: &[(Field, Value)]) -> bool {
    let amount = |f: Field| row.cells.get(&f).and_then(Cell::money);
    values.iter().all(|(f, v)| match v {
        Value::Money(m) => {
            let whole = if *f == Field::NotCovered { amount(Field::Charge) } else { amount(Field::PatientResponsibility) };
            *m >= Money::ZERO && whole.or(amount(Field::Charge)).is_none_or(|whole| *m <= whole)
        }
        _ => true,
    })
}

/// `(Apr 25, 2025)`.
fn day(text: &str, anchor: Option<Date>) -> Option<Closing> {
    let (before, inside) = text.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let (from, to) = date::date_range(inside.trim())?;
    let from = from.year.and_then(|_| from.resolve(anchor))?;
    let mut values = vec![(Field::ServiceDate, Value::Date(from))];
    if let Some(to) = to.and_then(|d| d.resolve(Some(from))) {
        values.push((Field::ServiceDateTo, Value::Date(to)));
    }
    Some((values, before.trim_end().to_owned()))
}

/// Codes and counts with their labels, or a code in brackets where other facts have stood behind it.
fn codes(text: &str, taken: bool) -> Option<Closing> {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(.*\S?)[\s,;(]+(?i:qty|quantity)\s*[:.]?\s*(\d{1,4}(?:\.\d{1,3})?)\)?$").expect("a constant pattern")
    });
    let of_service = |f: &Field| matches!(f, Field::Code | Field::Modifiers | Field::RevenueCode | Field::Units);
    if let Some((values, rest)) = labelled(text).filter(|(values, _)| values.iter().all(|(f, _)| of_service(f))) {
        return Some((values, rest));
    }
    if let Some(m) = COUNT.captures(text)
        && let Some(n) = units::units(&m[2])
    {
        return Some((vec![(Field::Units, Value::Number(n))], m[1].to_owned()));
    }
    let bracketed = taken && text.ends_with([')', ']']);
    let (p, rest) = bracketed.then(|| code::embedded_procedure(text)).flatten()?;
    let mut values = vec![(Field::Code, Value::Code(p.code))];
    if !p.modifiers.is_empty() {
        values.push((Field::Modifiers, Value::List(p.modifiers)));
    }
    Some((values, rest.trim().to_owned()))
}

/// A count that closes the words of a service, and the words before it.
struct Counted {
    words: String,
    count: rust_decimal::Decimal,
    /// The word for what it counts.
    label: String,
    /// Whether it stands in small letters behind a name in capitals.
    apart: bool,
}

fn counted(row: &Row) -> Option<Counted> {
    static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(.*\S)[\s,;]\s*(\d{1,4}(?:\.\d{1,3})?) ((?i)units?|unit\(s\))\.?$").expect("a constant pattern")
    });
    static AHEAD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(.*\S)[\s,;]\s*((?i)units?|unit\(s\))[:\s]\s*(\d{1,4}(?:\.\d{1,3})?)\.?$").expect("a constant pattern")
    });
    let text = words(row).filter(|_| !row.cells.contains_key(&Field::Units))?;
    let behind = BEHIND.captures(text).map(|m| (m[1].to_owned(), m[2].to_owned(), m[3].to_owned()));
    let (words, count, label) =
        behind.or_else(|| AHEAD.captures(text).map(|m| (m[1].to_owned(), m[3].to_owned(), m[2].to_owned())))?;
    let words = words.trim_end_matches([' ', ',', ';']).to_owned();
    let capital = words.chars().filter(|c| c.is_uppercase()).count() >= 3 && !words.chars().any(char::is_lowercase);
    let apart = capital && label.chars().any(char::is_lowercase);
    Some(Counted { count: units::units(&count)?, words, label, apart })
}

#[cfg(test)]
mod tests;
