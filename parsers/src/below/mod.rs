//! What stands beneath a service and belongs to it, as far as no column tells it: more of its words, its day, its codes and
//! counts, its notes, single amounts, adjustments.
//!
//! Such a line [follows](BodyLine::follows) the line above it. Each room knows one form of it:
//!
//! * [`words`]: words that go on under the day of their service. It is asked first of all, since the other rooms, and others
//!   than these, go by the parts that lines play.
//! * [`adjustments`]: group and reason codes, each with its amount. No other room may take one of their amounts or codes.
//! * [`words_beside`]: words beside adjustments that have columns of their own, and remarks between them.
//! * [`codes`]: codes and counts on one line, at least one of them with its label.
//! * [`revenue`]: revenue and procedure code without labels, by the habit of the table.
//! * [`stacks`]: facts one to a line, several lines of them, by the habit of the table.
//! * [`day_lines`]: one line that begins with the day, by the habit of the table. A stack may begin with such a line, so it comes
//!   last.
//! * [`small_print`]: the same between the words of one cell. It is asked while cells are read, of what the rooms before left.

use jiff::civil::Date;

use crate::columns::Column;
use crate::grammar::date::leading_date;
use crate::service_words::{fill, service_words};
use crate::statement::{Field, Value};
use crate::table::BodyLine;

mod adjustments;
mod codes;
mod day_lines;
mod revenue;
mod small_print;
mod stacks;
pub(crate) mod words;
mod words_beside;

/// What a line says of the service above it.
type Facts = Vec<(Field, Value)>;

/// Gives the rows what the lines beneath them say apart from the columns.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    adjustments::take(lines, columns);
    words_beside::take(lines, columns);
    codes::take(lines, columns);
    revenue::take(lines, columns);
    stacks::take(lines, columns);
    day_lines::take(lines, columns);
}

/// Whether so many rows make what is found under them a habit of the table: there are always some with nothing to tell.
fn are_nearly_all(found: usize, rows: usize) -> bool {
    found * 5 >= rows * 4
}

/// Whether the table has a column for one of these facts, which would say it.
fn any_has_a_column(facts: &Facts, columns: &[Column]) -> bool {
    facts.iter().any(|(f, _)| columns.iter().any(|c| c.has(*f)))
}

/// Whether a line says a day and nothing else: `on 07/25/2025`.
pub(crate) fn says_day(text: &str) -> bool {
    dated(text, None).is_some_and(|facts| facts.iter().all(|(f, _)| *f == Field::ServiceDate))
}

fn is_amount((_, value): &(Field, Value)) -> bool {
    matches!(value, Value::Money(_))
}

/// The day with its year that a line begins with, and what stands behind it.
fn day_before(text: &str) -> Option<(Date, &str)> {
    let (day, rest) = leading_date(text)?;
    let day = day.year.and_then(|_| day.resolve(None))?;
    Some((day, rest.trim_matches([' ', '|', ',', ';'])))
}

/// What a line says that holds the day of a service, with its label or without, and nothing but facts besides. `anchor` is a day
/// near which one without its year lies.
fn dated(text: &str, anchor: Option<Date>) -> Option<Facts> {
    let said = Some(service_words(text)).filter(|w| w.from.is_some() && w.rest.is_empty())?;
    let mut facts = Facts::new();
    fill(&said, anchor, &mut |field, value, _| facts.push((field, value)));
    Some(facts)
}
