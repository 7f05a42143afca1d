//! deadlines.ics: the same for a calendar (RFC 5545). An event takes the whole day and reminds a week before.
//!
//! A calendar is shared and synchronised: an event names the case and what to do, but no service, diagnosis, amount or name of a provider.

use std::io::{self, Write};

use chrono::TimeDelta;
use icalendar::{Alarm, Calendar, Component, Event, EventLike, Property};
use jiff::civil::Date;

use super::Deadline;

/// Name of the file in the output folder.
pub const FILE_NAME: &str = "deadlines.ics";

/// Days before the deadline on which the calendar reminds.
const AHEAD: i64 = 7;

/// Writes the calendar.
pub fn write_calendar(to: &mut dyn Write, deadlines: &[Deadline]) -> io::Result<()> {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//billproof//deadlines//EN"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(name, value));
    }
    for d in deadlines {
        calendar.push(event(d));
    }
    to.write_all(calendar.to_string().as_bytes())
}

fn event(d: &Deadline) -> Event {
    let start = compact(d.date);
    let end = d.date.tomorrow().map_or_else(|_| start.clone(), compact);
    // The same file for the same papers: the stamp is the event's own day.
    let stamp = format!("{start}T000000Z");
    let summary = one_line(&format!("Last day: {} ({})", d.kind.replace('-', " "), d.case_id));
    let mut description = vec![format!("By this day: {}.", d.kind.replace('-', " "))];
    if !d.flag_id.is_empty() {
        description.push(format!("Finding {}.", d.flag_id));
    }
    description.push("What to do and with whom: deadlines.csv.".to_owned());
    let mut alarm = Alarm::display(&summary, -TimeDelta::days(AHEAD));
    alarm.uid(&format!("{}-alarm@billproof", d.uid)).add_property("DTSTAMP", &stamp);
    let mut event = Event::new();
    event.uid(&format!("{}@billproof", d.uid)).summary(&summary).description(&description.join("\n"));
    event.add_property("DTSTAMP", &stamp).add_property("TRANSP", "TRANSPARENT");
    event.append_property(day("DTSTART", &start)).append_property(day("DTEND", &end));
    event.alarm(alarm);
    event
}

fn day(name: &str, date: &str) -> Property {
    let mut property = Property::new(name, date);
    property.add_parameter("VALUE", "DATE");
    property
}

/// `20260315`.
fn compact(date: Date) -> String {
    date.strftime("%Y%m%d").to_string()
}

/// Names may hold what ends a line elsewhere.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
