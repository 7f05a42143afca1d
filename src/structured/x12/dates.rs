//! Dates of DTM and DTP segments (X12 data element 1250).

use jiff::civil::Date;

use super::segments::Segment;

/// `20050302`, and the first eight digits of a day with its time (`200503021530`).
pub fn day(text: &str) -> Option<Date> {
    let digits = text.get(..8).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
    let (year, month, day) = (digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?);
    Date::new(year, month, day).ok().filter(|d| (1900..=2200).contains(&d.year()))
}

/// First and last day of a DTP segment: `D8` one day, `RD8` two with a hyphen, `DT` one with its time.
pub fn period(dtp: &Segment) -> Option<(Date, Date)> {
    let text = dtp.element(3);
    match text.split_once('-') {
        Some((from, to)) => Some((day(from)?, day(to)?)),
        None => day(text).map(|d| (d, d)),
    }
}
