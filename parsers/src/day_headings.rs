//! Days that head a group of rows: `Services on 03/09/2025`, `March 9, 2025`.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::date::{LooseDate, date, date_range};

static DATE_HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:[a-z/&-]+\s+){0,3}(?:visit|session|encounter|treatment|appointment|procedure|surgery)\s*(?:\#|no\.?)?\s*(?:\d{1,3}\s+)?(?:on|of|date)?|(?:[a-z/&-]+\s+){1,3}(?:care|services?|transport(?:ation)?|trip|ride|tests?|testing|imaging|exam(?:ination)?|therapy|consultation|evaluation|operation)\s+on|(?:seen|treated)\s+on|services?\s+(?:on|for|provided\s+on|dated?)|dates?\s+(?:of\s+services?|seen|treated)|service\s+dates?|charges\s+for|dos|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?)?\s*:?\s*(.+)$").expect("a constant pattern")
});

/// What a group may be filed under besides its day: `Date of service 04/26/2024   Requisition X8579546`.
static FILED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s+(?:requisition|req|accession|order|specimen|visit|encounter|ticket|invoice|account|acct|case|lab|ordered by|seen by|with|patient|provider|location|dx|diagnos[ei]s)\b").expect("a constant pattern")
});

/// What the services of the day come to, told in its heading: `Friday, April 18, 2025   Day total $4,354.12`.
static ITS_SUM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s+(?:(?:day|daily|visit|date|day's|subtotal|charges?)\s*(?:total|charges)?|total(?:\s+(?:for\s+(?:the\s+|this\s+)?(?:day|date|visit)|charges))?)\s*:?\s*\$?\s?[\d,]+\.\d\d$").expect("a constant pattern")
});

/// How many services the day has and what they come to: `03/09/2025 Sunday   14 entries, 3,959.31`.
static ITS_COUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s+\d{1,3}\s+(?:entr(?:y|ies)|items?|lines?|charges?|services?|postings?)\s*[,:;-]?\s+\$?\s?[\d,]+\.\d\d$")
        .expect("a constant pattern")
});

/// The name of the day behind its date: `03/09/2025 (Sunday)`.
static ITS_NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\d,?\s+(\(?(?:mon|tues|wednes|thurs|fri|satur|sun)day\)?)$").expect("a constant pattern"));

/// A day of service with its label in the middle of a heading.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:dates?\s+of\s+service|service\s+date|dos|date\s+performed|performed(?:\s+on)?|date\s+collected|collected(?:\s+on)?)\s*:?\s*(\d{1,2}[/-](?:\d{1,2}|[A-Za-z]{3})[/-]\d{2,4}|[A-Za-z]{3,9}\.?\s+\d{1,2},\s+\d{4})(?:\s|$)").expect("a constant pattern")
});

/// Where and when a visit was, with a mark between them, or the day before the word for what was done:
/// `Lakeside Hospital - Aug 17, 2025`, `Feb 3, 2024 Services at Lakeside Imaging LLC`.
static AT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:([^\d]{6,60}?)\s+[-\u{2013}\u{2014}|]\s+(\S.*\d)|(\S.*\d),?\s+(?:services?|visit|care|seen|treat(?:ed|ment))\s+(?:at|with|by)\s+[^\d]{4,60})$")
        .expect("a constant pattern")
});

/// How the name of one who gives care ends: `LAB HEMATOLOGY - 03/09/2025` is a service with its day.
static GIVES_CARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\S\s+(?:hospitals?|clinics?|(?:medical|health|surgery|cancer) cent(?:er|re)|health system|healthcare|physicians|hospitalists|partners|associates|consultants|specialists|surgeons|medical group|pllc|llc|inc|pa|pc|p\.[ac]\.)\.?$")
        .expect("a constant pattern")
});

/// The day of a visit that its heading names with the place.
fn at_place(text: &str) -> Option<LooseDate> {
    let m = AT.captures(text)?;
    let of_place = m.get(1).filter(|name| GIVES_CARE.is_match(name.as_str())).and_then(|_| m.get(2));
    let day = date(of_place.or_else(|| m.get(3))?.as_str())?;
    day.year.is_some().then_some(day)
}

/// A heading is no longer than this.
const LONGEST: usize = 110;

/// What a group is filed under is no longer than this.
const LONGEST_NUMBER: usize = 40;

/// The day that heads a group: `Services on 03/09/2025`, `March 9, 2025`.
pub fn heading_date(text: &str) -> Option<LooseDate> {
    // `** 08-05-2025 **`
    let text = text.trim_matches([' ', '*', '=', '~']);
    let named = text.starts_with(char::is_alphabetic);
    let its_sum = ITS_SUM.find(text).filter(|_| named).or_else(|| ITS_COUNT.find(text));
    let text = its_sum.map_or(text, |m| text[..m.start()].trim_end());
    let text = ITS_NAME.captures(text).and_then(|m| m.get(1)).map_or(text, |m| text[..m.start()].trim_end_matches([' ', ',']));
    let day = |text: &str| match date_range(DATE_HEADING.captures(text)?.get(1)?.as_str())? {
        (d, None) => Some(d),
        _ => None,
    };
    let filed = FILED.find_iter(text).filter(|m| named && text.len() - m.end() <= LONGEST_NUMBER);
    day(text).or_else(|| filed.map(|m| &text[..m.start()]).find_map(day)).or_else(|| at_place(text))
}

/// `DATE Sep 29, 2024`: by itself anywhere the date of the paper as likely, a heading right over a service.
pub(crate) fn bare_date(text: &str) -> Option<LooseDate> {
    let (label, day) = text.trim().split_once([' ', ':'])?;
    let day = day.trim_start_matches([':', ' ']);
    label.trim_end_matches(':').eq_ignore_ascii_case("date").then(|| date(day)).flatten()
}

/// Whether it heads the services of a visit by its day, also where the rows have days of their own:
/// `Visit of 06/29/25 with A. Roe MD`.
pub fn is_visit(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let named = matches!(first.as_str(), "visit" | "encounter" | "appointment" | "services" | "charges");
    named && (heading_date(text).is_some() || VISIT.captures(text).is_some_and(|m| date(&m[1]).is_some()))
}

/// `Visit 5/4/24 - A. Roe DO`: the day right behind the word, and who saw the patient.
static VISIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:visit|encounter|appointment)\s+(?:(?:of|on)\s+)?(\d{1,2}[/-]\d{1,2}[/-]\d{2,4})\s*[-\u{2013}\u{2014}|,]\s*\p{L}[^\d$]{1,60}$")
        .expect("a constant pattern")
});

/// Whether it heads a group by its day and says what that comes to: an amount on it is no service's.
pub fn is_day_with_sum(text: &str) -> bool {
    let text = text.trim();
    (ITS_SUM.is_match(text) || ITS_COUNT.is_match(text)) && heading_date(text).is_some()
}

/// The day of service that a line between the rows of a table states with its label, among other things that it states:
/// `Accession S25-048656   Date of service 30-JAN-25   Reported 01-FEB-25`.
pub fn day_within(text: &str) -> Option<LooseDate> {
    let text = text.trim();
    let lower = text.to_lowercase();
    // an estimate names the day on which the services are to be
    let to_come = ["expected", "scheduled", "planned", "estimate"].iter().any(|w| lower.contains(w));
    if to_come || text.len() > LONGEST || !text.starts_with(char::is_alphabetic) {
        return None;
    }
    let day = LABELLED.captures(text)?.get(1)?;
    // a range says when one service began and ended
    let behind = text[day.end()..].trim_start().to_lowercase();
    let ranges = ["-", "\u{2013}", "to ", "thru", "through"].iter().any(|w| behind.starts_with(w));
    if ranges { None } else { date(day.as_str().trim()) }
}

/// Whether a line begins with the label of a day: `Date of visit: 17 Sep 2025`, `Service date  02/17/2025`, `DOS 02/17/2025`.
pub(crate) fn labels_day(text: &str) -> bool {
    static LABEL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)^\s*(?:(?:[a-z]+\s+){0,2}dates?\b|dos\b)").expect("a constant pattern"));
    LABEL.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_day_in_the_head_of_a_summary_is_none_of_its_departments() {
        for day in ["Service date  02/17/2025", "DOS: 02/17/2025", "Date of visit 02/17/2025"] {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
                (40.0, &[(30.0, "Account ID  11137483")]),
                (50.0, &[(30.0, day)]),
                (70.0, &[(30.0, "What you received")]),
                (100.0, &[(30.0, "Rev code"), (100.0, "Department"), (-540.0, "Charges")]),
                (112.0, &[(30.0, "0360"), (100.0, "OPERATING ROOM"), (-540.0, "9,744.10")]),
                (124.0, &[(30.0, "0710"), (100.0, "RECOVERY ROOM"), (-540.0, "859.97")]),
            ]);
            let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Description])).collect();
            assert_eq!(rows, ["- OPERATING ROOM", "- RECOVERY ROOM"], "{day}");
        }
    }

    #[test]
    fn the_place_of_a_visit_may_stand_beside_its_day() {
        for text in ["Lakeside Hospital - Aug 17, 2025", "Aug 17, 2025 Services at Lakeside Imaging LLC"] {
            assert!(heading_date(text).is_some(), "{text}");
        }
        for text in [
            "Due date - Aug 17, 2025",
            "Lakeside Hospital - 5678123",
            "Lakeside Hospital - Aug 17",
            "LAB HEMATOLOGY - 08/17/2025",
        ] {
            assert!(heading_date(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_visit_is_headed_by_its_day() {
        assert!(is_visit("Visit of 06/29/25 with A. Roe MD") && is_visit("Visit 5/4/24 - A. Roe DO"));
        assert!(!is_visit("Mar 9, 2025") && !is_visit("INSURANCE PAYMENT 06/29/25") && !is_visit("VISIT LVL 4 06/29/25 99214"));
    }

    #[test]
    fn a_day_with_the_number_of_its_order_heads_a_group() {
        for text in [
            "Date of service 04/26/2024 Requisition X8579546",
            "Services on April 26, 2024",
            "Seen on Friday, April 26, 2024",
            "Emergency care on 04/26/2024",
            "Ambulance transport on 04/26/2024",
            "Date seen: 04/26/2024 with A. Roe MD",
            "04/26/2024",
            "Hospital visit on Apr 26, 2024 Patient: Jane Roe",
            "Visit 2 04/26/2024 Dx M54.50",
            "Friday, April 26, 2024 Day total $4,354.12",
            "Services on 04/26/2024 Total charges: 54.12",
            "04/26/2024 Friday",
            "2024-04-26 Friday 14 entries, 3,959.31",
        ] {
            assert!(heading_date(text).is_some(), "{text}");
        }
        for text in [
            "04/26/2024 Order of tests",
            "Services on 04/26/2024 and later",
            "Payment received on 04/26/2024",
            "Account 04/26/2024 to 04/28/2024",
            "04/26/2024 Total 54.12",
            "04/26/2024 CLEAN 14 items, 54.12",
        ] {
            assert!(heading_date(text).is_none(), "{text}");
        }
    }
}
