//! Days of the whole paper beside days that are printed under each of its services:
//!
//! ```text
//! SERVICE PERIOD   04/26/2024
//!
//! KNEE SCOPE - 29881            1,019.62
//! Date of service: 04/26/2024
//! INSURANCE PAYMENT               500.90-
//! Date of service: 05/20/2024
//! ```
//! A label that comes again with another day says it of what stands over it, not of the paper. And where the paper states the
//! first and the last day of all care, a single day between them is that of a service, such as the first under `Visit date`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::pairs::Found;
use super::segments::Paper;
use crate::statement::{Field, Value};

/// The days of service that the paper states for itself: without those under services where another label states others.
pub(super) fn without(paper: &Paper, found: &[Found]) -> Vec<Found> {
    let label = |f: &Found| -> String {
        let tokens = &paper.pieces[f.piece].tokens;
        let words = tokens.iter().take_while(|t| !t.text.contains(|c: char| c.is_ascii_digit()));
        words.map(|t| t.text.trim_end_matches(':').to_lowercase()).collect::<Vec<_>>().join(" ")
    };
    let mut days: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for f in found.iter().filter(|f| f.field == Field::ServiceFrom) {
        days.entry(label(f)).or_default().insert(format!("{:?}", f.cell.value));
    }
    let of_services: BTreeSet<&String> = days.iter().filter(|(_, d)| d.len() > 1).map(|(l, _)| l).collect();
    let several = of_services.len() < days.len();
    let of_paper =
        |f: &&Found| matches!(f.field, Field::ServiceFrom | Field::ServiceTo) && !(several && of_services.contains(&label(f)));
    let kept: Vec<Found> = found.iter().filter(of_paper).cloned().collect();
    let day = |f: &Found| match f.cell.value {
        Value::Date(d) => Some(d),
        _ => None,
    };
    let ends = |piece: usize| {
        let of = |field: Field| kept.iter().filter(move |f| f.piece == piece && f.field == field).find_map(day);
        Some((of(Field::ServiceFrom)?, of(Field::ServiceTo)?))
    };
    let spans: BTreeSet<(Date, Date)> = kept.iter().filter_map(|f| ends(f.piece)).filter(|(from, to)| from < to).collect();
    let Some((from, to)) = spans.first().copied().filter(|_| spans.len() == 1) else { return kept };
    let within = |f: &Found| ends(f.piece).is_some_and(|(a, b)| a == b && from <= a && b <= to);
    kept.iter().filter(|f| !within(f)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::read;

    fn days(stated: &str, second: &str) -> [Option<String>; 2] {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, stated), (200.0, "Patient name: Jane Roe")]),
            (60.0, &[(30.0, "Detail"), (200.0, "Count"), (-400.0, "Amount")]),
            (74.0, &[(30.0, "KNEE SCOPE - 29881"), (200.0, "1"), (-400.0, "1,019.62")]),
            (84.0, &[(30.0, "Date of service: 04/26/2024")]),
            (98.0, &[(30.0, "INSURANCE PAYMENT"), (-400.0, "500.90-")]),
            (108.0, &[(30.0, second)]),
            (130.0, &[(30.0, "Amount due"), (-400.0, "518.72")]),
        ]);
        [Field::ServiceFrom, Field::ServiceTo].map(|f| match s.header.get(&f).and_then(|c| c.first()).map(|c| &c.value) {
            Some(Value::Date(d)) => Some(d.to_string()),
            _ => None,
        })
    }

    #[test]
    fn days_under_services_are_not_the_papers() {
        let day = Some("2024-04-26".to_owned());
        assert_eq!(days("Service period: 04/26/2024", "Date of service: 05/20/2024"), [day.clone(), day]);
        assert_eq!(days("Thank you", "Date of service: 05/20/2024"), [None, None], "no label states the paper's own");
    }
    #[test]
    fn the_first_day_of_a_table_is_not_the_last_of_the_paper() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "DOS"), (120.0, "05-Aug-2025 thru 28-Sep-2025"), (400.0, "Patient name: Jane Roe")]),
            (60.0, &[(30.0, "Visit Date"), (120.0, "Description"), (-400.0, "Amount")]),
            (74.0, &[(30.0, "08/05/2025"), (120.0, "OFFICE VISIT"), (-400.0, "86.00")]),
            (88.0, &[(30.0, "09/28/2025"), (120.0, "BLOOD DRAW"), (-400.0, "24.16")]),
        ]);
        let days = [Field::ServiceFrom, Field::ServiceTo].map(|f| s.header.get(&f).map(|c| format!("{:?}", c[0].value)));
        assert_eq!(days, ["Date(2025-08-05)", "Date(2025-09-28)"].map(|d| Some(d.to_owned())));
    }
}
