//! The cells of days: one, a range, or a day with words behind it.

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::cell_codes::revenue_code_in;
use crate::cells::{REPAIRED, Reader, around, confidence, join};
use crate::grammar::{code, date, units};
use crate::statement::{Cell, Field, Value};
use crate::stray::{Piece, without_scrap_before_date};
use crate::tokens::TokenKind;

/// How often, behind the day in its cell: `07/29/24, 2x`, `Jul 22, 2025 Qty 1`.
fn without_count(text: &str) -> Option<(&str, Decimal)> {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)^(.*\d)[\s,;|]+(?:(\d{1,3}(?:\.\d{1,2})?)\s?[x\u{D7}]|[x\u{D7}]\s?(\d{1,3}(?:\.\d{1,2})?)|(?:qty|quantity|units?)\.?:?\s*(\d{1,3}(?:\.\d{1,2})?))$",
        )
        .expect("a constant pattern")
    });
    let m = COUNT.captures(text)?;
    let day = m.get(1)?.as_str();
    let n = units::units(m.get(2).or(m.get(3)).or(m.get(4))?.as_str())?;
    date::date_range(day).map(|_| (day, n))
}

impl Reader {
    pub(crate) fn dates(&mut self, pieces: &[Piece<'_>]) {
        if pieces.is_empty() {
            return;
        }
        let text = join(pieces.iter().map(|p| p.token));
        let bbox = around(pieces.iter().map(|p| p.token));
        let conf = confidence(pieces);
        let (text, count) = without_count(&text).map_or((text.clone(), None), |(day, n)| (day.to_owned(), Some(n)));
        if let Some(n) = count {
            self.put(Field::Units, Value::Number(n), text.clone(), bbox, conf);
        }
        let read = date::date_range(&text).map(|d| (d, 0)).or_else(|| {
            let d: Vec<_> = pieces
                .iter()
                .filter_map(|p| date::date_lenient(&p.token.text).or_else(|| date::compact_date(&p.token.text).map(|d| (d, 0))))
                .collect();
            d.first().map(|&(a, n)| ((a, d.get(1).map(|x| x.0)), n))
        });
        let Some(((from, to), n)) = read else {
            self.out.problems.push(format!("date: {text}"));
            return;
        };
        let conf = conf * REPAIRED.powi(i32::from(n));
        let resolved = from.resolve(self.anchor);
        if let Some(d) = resolved {
            self.put(Field::ServiceDate, Value::Date(d), text.clone(), bbox, conf);
        }
        if let Some(d) = to.and_then(|t| t.resolve(resolved.or(self.anchor))) {
            self.put(Field::ServiceDateTo, Value::Date(d), text, bbox, conf);
        }
    }

    /// A day, under it a code, under that what was done; any of the lines may be missing.
    pub(crate) fn day_code_and_words(&mut self, pieces: Vec<Piece<'_>>) {
        let (days, rest): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|p| p.token.kind == TokenKind::Date);
        if !days.is_empty() {
            self.dates(&days);
        }
        let mut words: Vec<Piece<'_>> = Vec::with_capacity(rest.len());
        for line in rest.chunk_by(|a, b| a.line == b.line) {
            let text = join(line.iter().map(|p| p.token));
            let (bbox, sure) = (around(line.iter().map(|p| p.token)), confidence(line));
            let first = words.is_empty() && !self.out.cells.contains_key(&Field::Code);
            if first && self.procedure(&text, bbox, sure) {
                continue;
            }
            match code::revenue_code(&text).or_else(|| revenue_code_in(&text)).filter(|_| first) {
                Some(revenue) => self.put(Field::RevenueCode, Value::Code(revenue), text, bbox, sure),
                None => words.extend(line.iter().map(|p| Piece { token: p.token, line: p.line })),
            }
        }
        self.text(Field::Description, &words);
    }

    /// A cell that begins with its date or dates and goes on with words, or has them on a line below: `on 4/13/25`.
    pub(crate) fn date_and_words(&mut self, pieces: Vec<Piece<'_>>, rest_field: Field) {
        let mut dates = Vec::new();
        let mut rest = Vec::new();
        let pieces = without_scrap_before_date(pieces);
        for p in pieces {
            let open = rest.is_empty() || p.line > 0 && dates.len() <= 1;
            let joiner = matches!(p.token.text.to_ascii_lowercase().as_str(), "to" | "-" | "–" | "thru" | "through");
            if p.token.kind == TokenKind::Date && open {
                dates.push(p);
            } else if joiner && !dates.is_empty() && rest.is_empty() {
            } else {
                rest.push(p);
            }
        }
        if !dates.is_empty() {
            self.dates(&dates);
        }
        // a connecting word may have been read as one phrase with what follows: "to" at its head belongs to the dates
        if rest_field == Field::Code {
            let t = join(rest.iter().map(|p| p.token));
            let (bbox, conf) = (around(rest.iter().map(|p| p.token)), confidence(&rest));
            if !self.procedure(&t, bbox, conf)
                && let Some(code) = revenue_code_in(&t)
            {
                self.put(Field::RevenueCode, Value::Code(code), t, bbox, conf);
            }
        } else {
            self.text(rest_field, &rest);
            if !dates.is_empty()
                && let Some(Cell { value: Value::Text(words), .. }) = self.out.cells.get_mut(&rest_field)
                // `on 04/19/24 - 04/22/24` beneath the words
                && let Some(name) = words.strip_suffix(" on").or_else(|| words.strip_suffix(" on -"))
            {
                *words = name.to_owned();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_may_stand_behind_the_day() {
        for (text, want) in [
            ("07/29/24, 2x", Some(("07/29/24", 2))),
            ("Jul 22, 2025, 1x", Some(("Jul 22, 2025", 1))),
            ("07/29/24 to 07/31/24 Qty 12", Some(("07/29/24 to 07/31/24", 12))),
            ("07/29/24", None),
            ("LEVEL 4, 2x", None),
        ] {
            assert_eq!(without_count(text), want.map(|(day, n)| (day, Decimal::from(n))), "{text}");
        }
    }
}
