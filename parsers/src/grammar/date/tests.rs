use proptest::prelude::*;

use super::*;

fn on(y: i16, m: i8, d: i8) -> LooseDate {
    LooseDate { year: Some(Year::Full(y)), month: m, day: d }
}

fn short(y: i8, m: i8, d: i8) -> LooseDate {
    LooseDate { year: Some(Year::Two(y)), month: m, day: d }
}

fn open(m: i8, d: i8) -> LooseDate {
    LooseDate { year: None, month: m, day: d }
}

#[test]
fn printed_forms() {
    for (text, want) in [
        ("03/09/2025", on(2025, 3, 9)),
        ("3/9/25", short(25, 3, 9)),
        ("03-09-2025", on(2025, 3, 9)),
        ("2025-03-09", on(2025, 3, 9)),
        ("Mar 9, 2025", on(2025, 3, 9)),
        ("Mar. 9, 2025", on(2025, 3, 9)),
        ("MARCH 9 2025", on(2025, 3, 9)),
        ("March 9th, 2025", on(2025, 3, 9)),
        ("09-MAR-25", short(25, 3, 9)),
        ("09MAR25", short(25, 3, 9)),
        ("9 Mar 2025", on(2025, 3, 9)),
        ("03.09.2025", on(2025, 3, 9)),
        ("Fri 12/22/2023", on(2023, 12, 22)),
        ("Friday, December 22, 2023", on(2023, 12, 22)),
        ("03/09", open(3, 9)),
        ("Mar 9", open(3, 9)),
        ("Sept 9, 2025", on(2025, 9, 9)),
    ] {
        assert_eq!(date(text), Some(want), "{text}");
    }
    for text in [
        "",
        "13/01/2025",
        "02/30/2025",
        "3.50",
        "99214-25",
        "03/09/2025/1",
        "03/09-2025",
        "1/2/3",
        "03/09/20255",
        "Mar",
        "2025",
        "030925",
        "12-25",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
    for text in ["09 - MAR - 25", "09 -MAR- 25", "9-MAR - 25"] {
        assert_eq!(date(text), Some(short(25, 3, 9)), "{text}");
    }
    assert_eq!(date("09 - MAR - 25 APR"), None);
    assert_eq!(compact_date("030925"), Some(short(25, 3, 9)));
    assert_eq!(compact_date("03092025"), Some(on(2025, 3, 9)));
    assert_eq!(compact_date("20250309"), Some(on(2025, 3, 9)));
    assert_eq!(compact_date("20251309"), None);
    assert_eq!(compact_date("991399"), None);
}

#[test]
fn recognisers_slips() {
    for text in
        ["O3/09/2025", "03/O9/2O25", "03/09/2025.", "03 /09/2025", "03109/2025", "03.09/2025", "Mar 9. 2025", "Morch 9, 2025"]
    {
        let got = date_lenient(text);
        assert!(got.is_some_and(|(d, r)| d == on(2025, 3, 9) && r > 0), "{text}: {got:?}");
    }
    assert_eq!(date_lenient("0ct 9, 2025").map(|(d, _)| d), Some(on(2025, 10, 9)));
    assert_eq!(date_lenient("BILL"), None);
}

#[test]
fn ranges() {
    let both = Some((on(2025, 3, 9), Some(on(2025, 3, 12))));
    for text in [
        "03/09/2025 - 03/12/2025",
        "03/09/2025-03/12/2025",
        "03/09/2025 to 03/12/2025",
        "03/09/2025 thru 03/12/2025",
        "03/09/2025 THROUGH 03/12/2025",
        "03/09/2025 03/12/2025",
        "03/09/2025 – 03/12/2025",
        "03-09-2025-03-12-2025",
        "03/09-03/12/2025",
        "March 9 - 12, 2025",
        "03092025 03122025",
        "03092025-03122025",
    ] {
        assert_eq!(date_range(text), both, "{text}");
    }
    assert_eq!(date_range("12/30-01/02/25"), Some((short(24, 12, 30), Some(short(25, 1, 2)))));
    assert_eq!(date_range("09-MAR - 11-MAR-25"), Some((short(25, 3, 9), Some(short(25, 3, 11)))));
    assert_eq!(date_range("03/09/2025"), Some((on(2025, 3, 9), None)));
    assert_eq!(date_range("03/09/2025 OFFICE"), None);
    assert_eq!(leading_date("03/09/25 OFFICE VISIT"), Some((short(25, 3, 9), "OFFICE VISIT")));
    assert_eq!(leading_date("OFFICE VISIT"), None);
}

#[test]
fn years() {
    let anchor = Some(Date::constant(2025, 1, 15));
    assert_eq!(open(12, 28).resolve(anchor), Some(Date::constant(2024, 12, 28)));
    assert_eq!(open(1, 3).resolve(anchor), Some(Date::constant(2025, 1, 3)));
    assert_eq!(open(6, 3).resolve(anchor), Some(Date::constant(2024, 6, 3)));
    assert_eq!(open(6, 3).resolve(None), None);
    assert_eq!(short(55, 3, 9).resolve(anchor), Some(Date::constant(1955, 3, 9)));
    assert_eq!(short(25, 3, 9).resolve(anchor), Some(Date::constant(2025, 3, 9)));
    assert_eq!(short(25, 3, 9).resolve(None), Some(Date::constant(2025, 3, 9)));
    assert_eq!(open(2, 29).resolve(anchor), Some(Date::constant(2024, 2, 29)));
}

#[test]
fn signs_of_several_bytes_among_the_figures_are_no_days() {
    for text in ["1234 1\u{10000}00", "0312 12\u{10000}00", "12\u{10000}00 - 031225"] {
        assert_eq!(date_range(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn every_printed_form_reads_back(y in 1990i16..2060, m in 1i8..=12, d in 1i8..=28, form in 0usize..11) {
        let name = MONTHS[usize::try_from(m - 1).unwrap()];
        let yy = i8::try_from(y % 100).unwrap();
        let (text, want) = match form {
            0 => (format!("{m:02}/{d:02}/{y}"), on(y, m, d)),
            1 => (format!("{m}/{d}/{yy:02}"), short(yy, m, d)),
            2 => (format!("{m:02}-{d:02}-{y}"), on(y, m, d)),
            3 => (format!("{y}-{m:02}-{d:02}"), on(y, m, d)),
            4 => (format!("{} {d}, {y}", &name[..3]), on(y, m, d)),
            5 => (format!("{name} {d} {y}"), on(y, m, d)),
            6 => (format!("{d:02}-{}-{yy:02}", name[..3].to_uppercase()), short(yy, m, d)),
            7 => (format!("{d} {} {y}", &name[..3]), on(y, m, d)),
            8 => (format!("{m:02}.{d:02}.{y}"), on(y, m, d)),
            9 => (format!("{m:02}/{d:02}"), open(m, d)),
            _ => (format!("Tue {m:02}/{d:02}/{yy:02}"), short(yy, m, d)),
        };
        prop_assert_eq!(date(&text), Some(want));
        prop_assert_eq!(date_lenient(&text), Some((want, 0)));
        let with_rest = format!("{text} REST");
        prop_assert_eq!(leading_date(&with_rest), Some((want, "REST")));
    }

    #[test]
    fn never_panics(text in "\\PC{0,24}") {
        let _ = (date(&text), date_lenient(&text), date_range(&text), leading_date(&text), compact_date(&text));
    }

    #[test]
    fn never_panics_near_dates(text in "[-0-9/., OlMarthuo–]{0,20}", y in 1901i16..2099, m in 1i8..=12) {
        let _ = (date(&text), date_range(&text), leading_date(&text), compact_date(&text));
        if let Some((d, _)) = date_lenient(&text) { let _ = d.resolve(Date::new(y, m, 1).ok()); }
    }
}

#[test]
fn a_day_in_words_within_a_text() {
    for text in ["Statement of March 9, 2025", "Date:Mar 9, 2025", "(Tuesday, Sept. 9 2025)"] {
        assert!(has_day_in_words(text), "{text}");
    }
    for text in ["Maryann 9, 2025", "March 2025", "On Mar 9", "Date 03/09/2025", "é March 9, 20257"] {
        assert!(!has_day_in_words(text), "{text}");
    }
}

#[test]
fn a_letter_of_a_month_read_as_a_figure_is_put_back() {
    for (read, printed) in [("150CT2025", "15OCT2025"), ("17-5EP-25", "17-SEP-25"), ("090EC2024", "09DEC2024")] {
        assert_eq!(month_mended(read).as_deref(), Some(printed));
    }
    for none in ["15OCT2025", "150RT2025", "150CT20255", "99284-25", "1500T2025"] {
        assert_eq!(month_mended(none), None, "{none}");
    }
}
