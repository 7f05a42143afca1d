//! Days as US papers print them: month before day.

use jiff::ToSpan;
use jiff::civil::Date;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while_m_n};
use nom::character::complete::{alpha1, char, one_of, space0, space1};
use nom::combinator::{map_opt, opt, recognize, verify};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use super::plain;

mod misread;

pub use misread::date_lenient;
pub(crate) use misread::month_mended;

/// The year of a printed date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Year {
    /// Four digits.
    Full(i16),
    /// Two digits, 0..=99.
    Two(i8),
}

/// A date whose year may be short or missing. Month and day form a day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooseDate {
    /// The year as printed.
    pub year: Option<Year>,
    /// 1..=12.
    pub month: i8,
    /// 1..=31.
    pub day: i8,
}

impl LooseDate {
    fn new(year: Option<Year>, month: i8, day: i8) -> Option<Self> {
        // A leap year stands in where the year is open.
        let checked = match year {
            Some(Year::Full(y)) if !(1900..=2100).contains(&y) => return None,
            Some(Year::Full(y)) => y,
            Some(Year::Two(y)) => 2000 + i16::from(y),
            None => 2024,
        };
        Date::new(checked, month, day).ok().map(|_| Self { year, month, day })
    }

    /// The day it names.
    ///
    /// A two-digit year takes the century nearest the anchor (no more than 400 days after it), 20yy without an anchor.
    /// A missing year takes the year nearest the anchor (no more than 62 days after it: a paper reports what has been);
    /// without an anchor there is no day.
    pub fn resolve(&self, anchor: Option<Date>) -> Option<Date> {
        let on = |y: i16| Date::new(y, self.month, self.day).ok();
        let nearest = |years: &[i16], a: Date, ahead: i32| {
            years
                .iter()
                .filter_map(|y| on(*y))
                .filter(|d| a.checked_add(ahead.days()).is_ok_and(|latest| *d <= latest))
                .min_by_key(|d| (*d - a).get_days().abs())
        };
        match (self.year, anchor) {
            (Some(Year::Full(y)), _) => on(y),
            (Some(Year::Two(yy)), None) => on(2000 + i16::from(yy)),
            (Some(Year::Two(yy)), Some(a)) => {
                let century = a.year().div_euclid(100) * 100 + i16::from(yy);
                nearest(&[century - 100, century, century + 100], a, 400)
            }
            (None, None) => None,
            (None, Some(a)) => nearest(&[a.year() - 4, a.year() - 3, a.year() - 2, a.year() - 1, a.year(), a.year() + 1], a, 62),
        }
    }
}

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The month that a name or an abbreviation of three letters or more means.
pub(crate) fn month_of(name: &str) -> Option<i8> {
    if name.len() < 3 {
        return None;
    }
    let begins = |month: &str, shape: fn(u8) -> u8| {
        name.len() <= month.len() && name.bytes().zip(month.bytes()).all(|(a, b)| shape(a.to_ascii_lowercase()) == shape(b))
    };
    let told_apart = MONTHS.iter().position(|m| begins(m, |b| b));
    // recognition cannot tell `Jul` from `JuI`
    let same_shape = || MONTHS.iter().position(|m| begins(m, |b| if b == b'i' { b'l' } else { b }));
    told_apart.or_else(same_shape).and_then(|i| i8::try_from(i + 1).ok())
}

fn number(min: usize, max: usize) -> impl Fn(&str) -> IResult<&str, i16> {
    move |i| {
        let all = take_while_m_n(min, max, |c: char| c.is_ascii_digit());
        map_opt(terminated(all, nom::combinator::not(nom::character::complete::digit1)), |s: &str| s.parse().ok()).parse(i)
    }
}

fn year(i: &str) -> IResult<&str, Year> {
    alt((
        nom::combinator::map(number(4, 4), Year::Full),
        map_opt(preceded(opt(char('\'')), number(2, 2)), |y| i8::try_from(y).ok().map(Year::Two)),
    ))
    .parse(i)
}

fn build(year: Option<Year>, month: i16, day: i16) -> Option<LooseDate> {
    LooseDate::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

fn fail<T>(i: &str) -> IResult<&str, T> {
    Err(nom::Err::Error(nom::error::Error::new(i, nom::error::ErrorKind::Verify)))
}

fn made<'a>(rest: &'a str, date: Option<LooseDate>, at: &'a str) -> IResult<&'a str, LooseDate> {
    match date {
        Some(d) => Ok((rest, d)),
        None => fail(at),
    }
}

/// `03/09/2025`, `3-9-25`, `03.09.2025`: the same separator twice.
fn numeric(at: &str) -> IResult<&str, LooseDate> {
    let (i, month) = number(1, 2)(at)?;
    let (i, sep) = one_of("/-.")(i)?;
    let (i, day) = number(1, 2)(i)?;
    let (i, _) = char(sep)(i)?;
    let (i, y) =
        alt((nom::combinator::map(number(4, 4), Year::Full), map_opt(number(2, 2), |y| i8::try_from(y).ok().map(Year::Two))))
            .parse(i)?;
    // Something like `03-09-2025-1` is a number, not a day.
    if i.starts_with(['/', '.']) && i[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return fail(at);
    }
    if sep == '-' && i.starts_with('-') && i[1..].starts_with(|c: char| c.is_ascii_digit()) && numeric(&i[1..]).is_err() {
        return fail(at);
    }
    made(i, build(Some(y), month, day), at)
}

/// `2025-03-09`, `2025/03/09`, `2025.03.09`.
fn iso(at: &str) -> IResult<&str, LooseDate> {
    let (i, y) = number(4, 4)(at)?;
    let (i, sep) = one_of("-/.")(i)?;
    let (i, month) = number(1, 2)(i)?;
    let (i, _) = char(sep)(i)?;
    let (i, day) = number(1, 2)(i)?;
    made(i, build(Some(Year::Full(y)), month, day), at)
}

/// `03/09`.
fn without_year(at: &str) -> IResult<&str, LooseDate> {
    let (i, month) = number(1, 2)(at)?;
    let (i, _) = char('/')(i)?;
    let (i, day) = number(1, 2)(i)?;
    if i.starts_with('/') {
        return fail(at);
    }
    made(i, build(None, month, day), at)
}

fn month_name(i: &str) -> IResult<&str, i16> {
    terminated(map_opt(alpha1, |s: &str| month_of(s).map(i16::from)), opt(char('.'))).parse(i)
}

/// `Mar 9, 2025`, `March 9th 2025`, `March 9`.
fn month_first(at: &str) -> IResult<&str, LooseDate> {
    let (i, month) = month_name(at)?;
    let (i, _) = opt(one_of(" -")).parse(i)?;
    let (i, _) = space0(i)?;
    let (i, day) = number(1, 2)(i)?;
    let (i, _) = opt(alt((tag_no_case("st"), tag_no_case("nd"), tag_no_case("rd"), tag_no_case("th")))).parse(i)?;
    // Something must stand between the day and the year.
    let gap = verify(recognize((space0, opt(one_of(",-")), space0)), |g: &str| !g.is_empty());
    let with_year = preceded(gap, year).parse(i);
    match with_year {
        Ok((rest, y)) if !(rest.starts_with('/') || matches!(y, Year::Two(_)) && rest.starts_with([':', '.', ','])) => {
            made(rest, build(Some(y), month, day), at)
        }
        _ => made(i, build(None, month, day), at),
    }
}

/// `09 - MAR - 25`, `09 -MAR- 25`: a reader of scans sees spaces around dashes. Behind such a day goes no other dash at once: the
/// figures would be the next day's, `20-APR - 25-APR-25`.
fn spaced_dashes(at: &str) -> IResult<&str, LooseDate> {
    let dash = |i| recognize((space0, char('-'), space0)).parse(i);
    let (i, day) = number(1, 2)(at)?;
    let (i, first): (&str, &str) = dash(i)?;
    let (i, month) = month_name(i)?;
    let (i, second): (&str, &str) = dash(i)?;
    let (rest, y) = year(i)?;
    let spaced = first.len() + second.len() > 2;
    if !spaced || rest.starts_with('-') || rest.trim_start().starts_with(|c: char| c.is_alphabetic()) {
        return fail(at);
    }
    made(rest, build(Some(y), month, day), at)
}

/// `09-MAR-25`, `9 Mar 2025`, `09MAR25`.
fn day_first(at: &str) -> IResult<&str, LooseDate> {
    let (i, day) = number(1, 2)(at)?;
    let (i, _) = opt(one_of(" -/")).parse(i)?;
    let (i, month) = month_name(i)?;
    let (i, y) = opt(preceded(opt(alt((tag(", "), tag("-"), tag(" "), tag("/"), tag(",")))), year)).parse(i)?;
    made(i, build(y, month, day), at)
}

fn weekday(i: &str) -> IResult<&str, ()> {
    let (i, _) = verify(alpha1, |s: &str| {
        let s = s.to_ascii_lowercase();
        s.len() >= 3 && WEEKDAYS.iter().any(|d| d.starts_with(&s))
    })
    .parse(i)?;
    let (i, _) = opt(one_of(".,")).parse(i)?;
    let (i, _) = space1(i)?;
    Ok((i, ()))
}

fn leading(i: &str) -> IResult<&str, LooseDate> {
    let (i, _) = opt(weekday).parse(i)?;
    let (rest, d) = alt((iso, numeric, spaced_dashes, day_first, month_first, without_year)).parse(i)?;
    if rest.starts_with(|c: char| c.is_alphanumeric()) { fail(i) } else { Ok((rest, d)) }
}

/// The date that makes up the whole of `text`: `03/09/2025`, `3/9/25`, `03-09-2025`, `2025-03-09`, `Mar 9, 2025`,
/// `09-MAR-25`, `9 Mar 2025`, `03.09.2025`, `Fri 12/22/2023`, `03/09`. Month first.
pub fn date(text: &str) -> Option<LooseDate> {
    leading(&plain(text)).ok().filter(|(rest, _)| rest.is_empty()).map(|(_, d)| d)
}

/// `MMDDYY`, `MMDDYYYY` or `YYYYMMDD`, as forms and remittances print it.
pub fn compact_date(text: &str) -> Option<LooseDate> {
    let t = text.trim();
    if !matches!(t.len(), 6 | 8) || !t.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // no month is the nineteenth or twentieth
    if t.len() == 8 && (t.starts_with("19") || t.starts_with("20")) {
        return LooseDate::new(Some(Year::Full(t[..4].parse().ok()?)), t[4..6].parse().ok()?, t[6..].parse().ok()?);
    }
    let year = if t.len() == 8 { Year::Full(t[4..].parse().ok()?) } else { Year::Two(t[4..].parse().ok()?) };
    LooseDate::new(Some(year), t[..2].parse().ok()?, t[2..4].parse().ok()?)
}

/// A first day and, where one is printed, a last one: `03/09/2025 - 03/12/2025`, `… to …`, `… thru …`, two dates side
/// by side, `03/09-03/12/25`, `March 9 - 12, 2025`, or a pair of compact dates (`0312 031225` too); also a single date.
pub fn date_range(text: &str) -> Option<(LooseDate, Option<LooseDate>)> {
    let text = plain(text);
    let text = text.trim_end_matches([' ', '-']);
    if let Ok((rest, first)) = leading(text) {
        if rest.is_empty() {
            return Some((first, None));
        }
        let (rest, ()) = joint(rest).ok()?;
        if let Ok(("", second)) = leading(rest) {
            return Some((with_year_of(first, second), Some(second)));
        }
        // `March 9 - 12, 2025`: the second day shares the month of the first.
        if text.starts_with(|c: char| c.is_ascii_alphabetic()) && first.year.is_none() {
            let (rest, day) = number(1, 2)(rest).ok()?;
            let ("", y) = preceded((opt(char(',')), space0), year).parse(rest).ok()? else {
                return None;
            };
            let second = LooseDate::new(Some(y), first.month, i8::try_from(day).ok()?)?;
            return Some((LooseDate::new(Some(y), first.month, first.day)?, Some(second)));
        }
        return None;
    }
    let (a, b) = text.split_once(|c: char| !c.is_ascii_digit())?;
    let b = b.trim_start_matches(|c: char| !c.is_ascii_digit());
    let between = &text[a.len()..text.len() - b.len()];
    let joined = joint(between).is_ok_and(|(rest, ())| rest.is_empty());
    // Medicare's remittances leave the year out of the first: `0312 031225`.
    let year = b.get(4..).filter(|_| a.len() == 4 && matches!(b.len(), 6 | 8));
    let first = year.map_or_else(|| a.to_owned(), |y| format!("{a}{y}"));
    (joined && first.len() == b.len()).then(|| Some((compact_date(&first)?, Some(compact_date(b)?))))?
}

/// What stands between the two days of a range.
fn joint(i: &str) -> IResult<&str, ()> {
    let word = alt((tag_no_case("through"), tag_no_case("thru"), tag_no_case("to"), tag_no_case("and"), tag("-"), tag("~")));
    let (i, before) = space0(i)?;
    let (i, word) = opt(word).parse(i)?;
    let (i, after) = space0(i)?;
    if word.is_none() && before.is_empty() && after.is_empty() { fail(i) } else { Ok((i, ())) }
}

/// The first day of a range with the year that only its last day prints.
fn with_year_of(first: LooseDate, last: LooseDate) -> LooseDate {
    if first.year.is_some() {
        return first;
    }
    let back = i16::from((first.month, first.day) > (last.month, last.day));
    let year = last.year.map(|y| match y {
        Year::Full(y) => Year::Full(y - back),
        Year::Two(y) => Year::Two(i8::try_from((i16::from(y) - back).rem_euclid(100)).unwrap_or(y)),
    });
    LooseDate::new(year, first.month, first.day).unwrap_or(first)
}

/// The date at the start of a longer text, and the text after it without the space between.
pub fn leading_date(text: &str) -> Option<(LooseDate, &str)> {
    let start = text.trim_start();
    // Folding keeps the number of characters, so the rest is found by counting them.
    let folded = plain(start);
    let (rest, d) = leading(&folded).ok()?;
    let used = folded.chars().count() - rest.chars().count();
    let at = start.char_indices().nth(used).map_or(start.len(), |(at, _)| at);
    Some((d, start[at..].trim_start()))
}

/// Whether a text has a day in it whose month is a name, with its whole year: `Statement of March 9, 2025`, `Services on 15 Sep
/// 2025`.
pub fn has_day_in_words(text: &str) -> bool {
    let begins = |(i, c): &(usize, char)| c.is_alphanumeric() && !text[..*i].ends_with(char::is_alphanumeric);
    text.char_indices().filter(begins).any(|(i, c)| {
        let first: fn(char) -> bool = if c.is_alphabetic() { char::is_alphabetic } else { |c| c.is_ascii_digit() };
        let behind = text[i..].trim_start_matches(first).trim_start_matches(['.', ' ', '-']);
        let named = behind.starts_with(|b: char| if c.is_alphabetic() { b.is_ascii_digit() } else { b.is_alphabetic() });
        let full = |(d, _): (LooseDate, &str)| matches!(d.year, Some(Year::Full(_)));
        named && leading_date(&text[i..]).is_some_and(full)
    })
}

#[cfg(test)]
mod tests;
