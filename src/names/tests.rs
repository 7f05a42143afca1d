use super::*;
use proptest::prelude::*;

#[test]
fn one_person_in_many_prints() {
    for (a, b) in [
        ("Jane Q. Doe", "DOE, JANE Q"),
        ("Jane Doe", "DOE, JANE Q."),
        ("JANE DOE", "Mrs. Jane Doe"),
        ("J Doe", "Jane Doe"),
        ("DOE JANE", "Jane Doe"),
        ("Maria de la Cruz", "DE LA CRUZ, MARIA"),
        ("Sean O'Neil", "ONEIL, SEAN"),
        ("John Doe Jr", "DOE, JOHN"),
    ] {
        assert_eq!(same_person(a, b), Likeness::Same, "{a} / {b}");
    }
    assert_eq!(same_person("JANE D0E", "Jane Doe"), Likeness::Slip);
    assert_eq!(same_person("Peter Castellano", "PETER CASTELLAN0"), Likeness::Slip);
}

#[test]
fn two_people() {
    for (a, b) in [
        ("Jane Doe", "John Doe"),
        ("John Doe Jr", "John Doe Sr"),
        ("Jane A. Doe", "Jane B. Doe"),
        ("Ann Lee", "Ann Lew"),
        ("", "Jane Doe"),
        ("Peter Castelano", "Petra Castellano"),
    ] {
        assert_eq!(same_person(a, b), Likeness::Different, "{a} / {b}");
    }
}

#[test]
fn one_provider_in_many_prints() {
    for (a, b) in [
        ("St. Mary's Hosp.", "SAINT MARYS HOSPITAL INC"),
        ("Lakeside Imaging LLC", "LAKESIDE IMAGING"),
        ("Summit Orthopaedic Group PA", "SUMMIT ORTHO GRP"),
        ("Acme Holdings dba Lakeside Imaging", "Lakeside Imaging"),
        ("Hawthorn Emergency Physicians PLLC", "HAWTHORN EMERG PHYS"),
        ("MERCY RIDGE HEALTH SYSTEM", "Mercy Ridge Health Syst"),
        ("PINEHOLLOW HOSPITAL", "Pine Hollow Hospital"),
        ("Northgate Radi0logy Associates", "NORTHGATE RADIOLOGY ASSOCIATES"),
    ] {
        assert!(same_provider(a, b), "{a} / {b} {}", provider_likeness(a, b));
    }
}

#[test]
fn two_providers() {
    for (a, b) in [
        ("Pine Hollow Hospital", "Pine Hollow Radiology Associates"),
        ("Memorial Hospital", "Harbor Memorial Hospital"),
        ("Northgate Medical Center", "Northgate Radiology Associates"),
        ("Tri-County Pathology Associates", "Tri-County Ambulance Service"),
        ("", "Lakeside Imaging"),
    ] {
        assert!(!same_provider(a, b), "{a} / {b} {}", provider_likeness(a, b));
    }
}

#[test]
fn numbers() {
    assert!(same_number("V-246 38231", "v24638231"));
    assert!(same_number("00123456", "123456"));
    assert!(same_number("1O2345", "102345"));
    assert!(!same_number("12", "12"));
}

proptest! {
    #[test]
    fn likeness_is_symmetric_and_in_range(a in "[A-Za-z .,']{0,30}", b in "[A-Za-z .,']{0,30}") {
        let x = provider_likeness(&a, &b);
        prop_assert!((0.0..=1.0 + 1e-9).contains(&x));
        prop_assert_eq!(same_person(&a, &b), same_person(&b, &a));
    }

    #[test]
    fn any_text_is_read(s in "\\PC{0,60}") {
        let _ = PersonName::parse(&s);
        let _ = text_key(&s);
        let _ = number_key(&s);
    }
}

#[test]
fn a_stroke_read_as_an_initial_is_a_slip() {
    assert_eq!(same_person("L Harold Quimby", "Harold Quimby"), Likeness::Slip);
    assert_eq!(same_person("Harold Quimby I", "QUIMBY, HAROLD"), Likeness::Slip);
    assert_eq!(same_person("L Harold Quimby", "Anna Quimby"), Likeness::Different);
    assert_eq!(same_person("L Harold Quimby", "Howard Quimby"), Likeness::Different);
}
