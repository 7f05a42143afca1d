//! The cells of days: one, a range, or a day with words behind it.

use crate::cell_codes::revenue_code_in;
use crate::cells::{REPAIRED, Reader, around, confidence, join};
use crate::grammar::{code, date};
use crate::statement::{Cell, Field, Value};
use crate::stray::{Piece, without_scrap_before_date};
use crate::tokens::TokenKind;

impl Reader {
    pub(crate) fn dates(&mut self, pieces: &[Piece<'_>]) {
        let text = join(pieces.iter().map(|p| p.token));
        let bbox = around(pieces.iter().map(|p| p.token));
        let conf = confidence(pieces);
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
                && let Some(name) = words.strip_suffix(" on")
            {
                *words = name.to_owned();
            }
        }
    }
}
