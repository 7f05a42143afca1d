use proptest::prelude::*;

use super::*;

fn p(code: &str, modifiers: &[&str]) -> Procedure {
    Procedure { code: code.to_owned(), modifiers: modifiers.iter().map(|m| (*m).to_owned()).collect() }
}

#[test]
fn a_stroke_before_a_code_is_no_part_of_it() {
    let (read, repairs) = procedure_lenient("-00790AA").unwrap();
    assert_eq!((read.code.as_str(), read.modifiers), ("00790", vec!["AA".to_owned()]));
    assert!(repairs > 0);
}

#[test]
fn printed_forms() {
    for (text, want) in [
        ("99214", p("99214", &[])),
        ("99214-25", p("99214", &["25"])),
        ("99214,25", p("99214", &["25"])),
        ("99214 25 59", p("99214", &["25", "59"])),
        ("9921425", p("99214", &["25"])),
        ("J2405JW", p("J2405", &["JW"])),
        ("j2405", p("J2405", &[])),
        ("070486", p("70486", &[])),
        ("0J2405", p("J2405", &[])),
        ("0001U", p("0001U", &[])),
        ("0042T", p("0042T", &[])),
        ("D0120", p("D0120", &[])),
        ("99215-77", p("99215", &["77"])),
        ("CPT 99214", p("99214", &[])),
        ("97110GP59", p("97110", &["GP", "59"])),
        ("00100", p("00100", &[])),
        ("HC:99284:25", p("99284", &["25"])),
        ("HC: 99284:25", p("99284", &["25"])),
        ("AD:D0120", p("D0120", &[])),
    ] {
        assert_eq!(procedure(text), Some(want), "{text}");
    }
    for text in [
        "",
        "9921",
        "1234567890",
        "9921401",
        "992142559",
        "X1234",
        "00001",
        "OFFICE",
        "99214-",
        "12/22/2023",
        "450",
        "E7447972526",
        "HC:",
        "HC: 99284 VISIT",
        "NU:0450",
    ] {
        assert_eq!(procedure(text), None, "{text}");
    }
}

#[test]
fn recognisers_slips() {
    for (text, want) in [
        ("992I4", "99214"),
        ("9921A", ""),
        ("J24O5", "J2405"),
        ("7O45O", "70450"),
        ("B5025", "B5025"),
        ("8S025", "85025"),
        ("99214.", "99214"),
        ("O0100", "00100"),
    ] {
        assert_eq!(procedure_lenient(text).map(|(p, _)| p.code).unwrap_or_default(), want, "{text}");
    }
    assert_eq!(procedure_lenient("BILLS"), None);
}

#[test]
fn inside_a_description() {
    for (text, code, modifiers, rest) in [
        ("Office visit (99214-25)", "99214", &["25"][..], "Office visit"),
        ("99214-25 Office visit", "99214", &["25"], "Office visit"),
        ("99214 25 Office visit", "99214", &["25"], "Office visit"),
        ("HC CT HEAD W/O CONTRAST 70450", "70450", &[], "HC CT HEAD W/O CONTRAST"),
        ("HC: A0425:RH AMBULANCE MILEAGE", "A0425", &["RH"], "AMBULANCE MILEAGE"),
        ("HC:97110:GP:59:KX THER EX EA 15 MIN", "97110", &["GP", "59", "KX"], "THER EX EA 15 MIN"),
        ("Gait Training 15 MIN - 97116 GP", "97116", &["GP"], "Gait Training 15 MIN"),
        ("OFFICE VISIT Code 99214", "99214", &[], "OFFICE VISIT"),
        ("Office visit Billing code: 99214/25", "99214", &["25"], "Office visit"),
        ("THER EX EA 15 MIN Code 97110 GP", "97110", &["GP"], "THER EX EA 15 MIN"),
        ("Knee Injection - 20610 RT 59", "20610", &["RT", "59"], "Knee Injection"),
        ("Ondansetron, CPT: J2405 injection", "J2405", &[], "Ondansetron, injection"),
    ] {
        assert_eq!(embedded_procedure(text), Some((p(code, modifiers), rest.to_owned())), "{text}");
    }
    for text in
        ["HOUSTON TX 77002", "OFFICE VISIT", "99214", "LOT 12345", "IMPLANT LOT 12345", "12345 Main Street", "CHARGE 1234567"]
    {
        assert_eq!(embedded_procedure(text), None, "{text}");
    }
}

#[test]
fn other_codes() {
    assert_eq!(modifiers("59 XS"), Some(vec!["59".into(), "XS".into()]));
    assert_eq!(modifiers("59,XS"), Some(vec!["59".into(), "XS".into()]));
    assert_eq!(modifiers("LT/RT"), Some(vec!["LT".into(), "RT".into()]));
    assert_eq!(modifiers("01"), None);
    assert_eq!(modifiers(""), None);
    assert!(modifier("jw") && !modifier("255"));
    for (text, want) in [
        ("450", Some("0450")),
        ("0450", Some("0450")),
        ("REV 450", Some("0450")),
        ("REV 0450", Some("0450")),
        ("NU:0450", Some("0450")),
        ("0001", None),
        ("9999", None),
        ("45", None),
        ("04500", None),
    ] {
        assert_eq!(revenue_code(text).as_deref(), want, "{text}");
    }
    assert_eq!(npi("1234567893").as_deref(), Some("1234567893"));
    assert_eq!(npi("1234567890"), None);
}

proptest! {
    #[test]
    fn reads_back(n in 100u32..=99_999, m in proptest::sample::subsequence(vec!["25", "59", "LT", "JW", "76"], 0..4), form in 0usize..4) {
        let (code, m): (String, Vec<&str>) = (format!("{n:05}"), m);
        let sep = ["-", ",", " ", ", "][form];
        let text = std::iter::once(code.as_str()).chain(m.iter().copied()).collect::<Vec<_>>().join(sep);
        prop_assert_eq!(procedure(&text), Some(p(&code, &m)));
        prop_assert_eq!(procedure_lenient(&text), Some((p(&code, &m), 0)));
    }

    #[test]
    fn never_panics(text in "\\PC{0,30}") {
        let _ = (procedure(&text), procedure_lenient(&text), embedded_procedure(&text), modifiers(&text), modifier(&text), revenue_code(&text), npi(&text));
    }

    #[test]
    fn never_panics_near_codes(text in "[-0-9A-VOISB ,()é]{0,14}") {
        let _ = (procedure(&text), procedure_lenient(&text), embedded_procedure(&text), modifiers(&text), revenue_code(&text), npi(&text));
    }
}

#[test]
fn revenue_codes_with_a_letter_or_padded_are_no_procedures() {
    assert_eq!(revenue_code("R0250").as_deref(), Some("0250"));
    assert_eq!(revenue_code("000120").as_deref(), Some("0120"));
    assert_eq!(revenue_code("R250"), None);
    assert!(procedure("R0250").is_none() && procedure("R0070").is_some());
}

#[test]
fn from_where_to_where_an_ambulance_went_modifies_only_its_codes() {
    assert!(is_sure_behind("A0429", "RH") && is_sure_behind("A0425", "SH"));
    assert!(!is_sure_behind("99284", "RH") && !is_sure_behind("A0429", "OF"));
}
