use super::*;
use crate::reference::load_refs;
use jiff::civil::date;

/// The heading rows of the relative value file, with the columns that count.
fn rvus(year: i16, factor: &str) -> String {
    let rows = [
        "99213,,A,1.30,1.35,,0.57,,0.10,0,XXX,0.00,0.00,0.00,0,0,0,0,CF,0.00,0.00,0.00",
        "70551,,A,1.48,4.41,,4.41,NA,0.09,1,XXX,0.00,0.00,0.00,4,0,0,0,CF,3.00,3.00,0.05",
        "70551,26,A,1.48,0.53,,0.53,,0.07,1,XXX,0.00,0.00,0.00,4,0,0,0,CF,0.00,0.00,0.00",
        "27447,,A,19.60,15.30,NA,15.30,,3.98,0,090,0.10,0.69,0.21,2,1,2,1,CF,0.00,0.00,0.00",
        "99396,,N,1.90,1.71,,0.70,,0.13,9,XXX,0.00,0.00,0.00,9,9,9,9,CF,0.00,0.00,0.00",
        "99024,,B,0.00,0.00,,0.00,,0.00,9,XXX,0.00,0.00,0.00,9,9,9,9,CF,0.00,0.00,0.00",
        "15999,,C,0.00,0.00,,0.00,,0.00,0,YYY,0.00,0.00,0.00,2,1,2,1,CF,0.00,0.00,0.00",
        "00840,,J,0.00,0.00,,0.00,,0.00,9,XXX,0.00,0.00,0.00,9,9,9,9,CF,0.00,0.00,0.00",
        "80053,,X,0.00,0.00,,0.00,,0.00,9,XXX,0.00,0.00,0.00,9,9,9,9,CF,0.00,0.00,0.00",
    ];
    format!(
        "{year} National Physician Fee Schedule Relative Value File January Release,,,\n,,,,,,,,,,,,,,,,,,,NON-FACILITY,FACILITY,\n\
        ,,,,,,,,,,,,,,,,,,,PE USED,PE USED,MP USED\n,,,,,,,,,,,,,,,,,,,FOR OPPS,FOR OPPS,FOR OPPS\n\
        ,,STATUS,WORK,NON-FAC,NON-FAC NA,FACILITY,FACILITY NA,MP,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,CONV,PAYMENT,PAYMENT,PAYMENT\n\
        HCPCS,MOD,CODE,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,FACTOR,AMOUNT,AMOUNT,AMOUNT\n{}\n",
        rows.join("\n").replace("CF", factor)
    )
}

fn refs() -> ReferenceTables {
    let gpcis = |year| {
        format!(
            "ADDENDUM E. {year} GEOGRAPHIC PRACTICE COST INDICES (GPCIs),,,,,,\nContractor,State,Locality Number,Locality Name,{year} PW GPCI (with 1.0 Floor),{year} PE GPCI,{year} MP GPCI\n\
            04412,TX,18,HOUSTON,1.014,1.003,1.409\n04412,TX,99,REST OF TEXAS,1,0.9,0.934\n01182,CA,18,LOS ANGELES,1.042,1.194,0.69\n"
        )
    };
    let zips = format!("{:<75}20251\n{:<75}20251\n", "TX770300441218 Z9   0 A", "TX769010441299RZ9   1 A");
    let files = [
        ("RVU25.csv", rvus(2025, "32.3465")),
        ("RVU26_nonQPP.csv", rvus(2026, "33.4009")),
        ("RVU26_QPP.csv", rvus(2026, "33.5675")),
        ("GPCI2025.csv", gpcis(2025)),
        ("GPCI2026.csv", gpcis(2026)),
        ("ZIP5.txt", zips),
        ("ANES2025.csv", "Contractor,Locality,Locality Name,National Anes CF of 20.3178\n04412 ,18 ,HOUSTON,20.32\n".to_owned()),
        ("units2025.csv", "Code,2025 Base Units\n00840,6\n".to_owned()),
        ("CLFS_2025_Q1.csv", "2025 CLFS,,,,,\nYEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE\n2025,80053,,20250101,N,00010.56\n".to_owned()),
        (
            "afs2025.csv",
            "CONTRACTOR,LOCALITY,HCPCS,URBAN BASE RATE,RURAL BASE RATE,RURAL BASE RATE / LOWEST QUARTILE\n\
            04412,18,A0429,448.12,452.50,554.77\n04412,99,A0429,440.00,444.40,544.83\n"
                .to_owned(),
        ),
        ("DMEPOS25_JAN.csv", "January 2025,,,,,,\nHCPCS,Mod,Mod2,JURIS,CATG,TX (NR),TX (R)\nE0601,RR,,D,CR,50.04,91.18\n".to_owned()),
        (
            "addendum_b_january.csv",
            "OPPS CY 2025,,,,\nHCPCS Code,SI,APC,Payment Rate,National Unadjusted Copayment\n70551,Q3,5523,$245.14,\n99024,N,,,\n".to_owned(),
        ),
        (
            "prices.csv",
            "hospital_name,last_updated_on,version\nWillow Bend Hospital,2025-01-01,2.0.0\n\
            description,code|1,code|1|type,standard_charge|gross,standard_charge|discounted_cash,payer_name,plan_name,standard_charge|negotiated_dollar\n\
            x,70551,CPT,1900,800,A,PPO,300\nx,70551,CPT,1900,800,B,HMO,420.5\n"
                .to_owned(),
        ),
    ];
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in &files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let refs = load_refs(dir.path()).unwrap();
    assert_eq!((refs.loaded.len(), refs.skipped.len()), (files.len(), 0), "{:?}", refs.skipped);
    refs
}

fn asked(code: &str) -> Query {
    Query {
        code: code.to_owned(),
        modifiers: Vec::new(),
        day: date(2025, 2, 1),
        place: Place::Zip("77030".to_owned()),
        facility: false,
        qualifying: false,
        minutes: None,
        base_units: None,
    }
}

fn with(code: &str, modifiers: &[&str]) -> Query {
    Query { modifiers: modifiers.iter().map(|m| (*m).to_owned()).collect(), ..asked(code) }
}

fn first(refs: &ReferenceTables, query: &Query) -> Quote {
    quotes(refs, query).unwrap().remove(0)
}

fn amount(refs: &ReferenceTables, query: &Query) -> Option<String> {
    first(refs, query).amount.map(|a| a.to_string())
}

#[test]
fn the_physicians_amount_to_the_cent() {
    let refs = refs();
    let some = |a: &str| Some(a.to_owned());
    // (1.30 × 1.014 + 1.35 × 1.003 + 0.10 × 1.409) × 32.3465 = 90.9958…
    let quote = first(&refs, &asked("99213"));
    assert_eq!(quote.amount, Some(Money::from_cents(9_100)));
    assert_eq!(quote.formula, "(1.30 × 1.014 + 1.35 × 1.003 + 0.10 × 1.409) × 32.3465");
    assert_eq!((quote.place.as_str(), quote.edition.as_str()), ("HOUSTON (04412-18)", "2025 January release"));
    // (1.31820 + 0.57 × 1.003 + 0.1409) × 32.3465 = 65.6896…
    assert_eq!(amount(&refs, &Query { facility: true, ..asked("99213") }), some("65.69"));
    // (1.48 × 1.014 + 0.53 × 1.003 + 0.07 × 1.409) × 32.3465 = 68.9279…
    assert_eq!(amount(&refs, &with("70551", &["26"])), some("68.93"));
    let wrong = first(&refs, &with("99213", &["26"]));
    assert!(wrong.amount.is_none() && wrong.notes[0].contains("no separate component 26"), "{:?}", wrong.notes);
    let discontinued = first(&refs, &with("99213", &["53"]));
    assert!(discontinued.amount.is_none() && discontinued.notes[0].contains("contractor"));
}

#[test]
fn imaging_is_capped_at_the_outpatient_payment() {
    // (1.48 × 1.014 + 3.00 × 1.003 + 0.05 × 1.409) × 32.3465 = 148.1526…, less than 195.7…
    let quote = first(&refs(), &asked("70551"));
    assert_eq!(quote.amount, Some(Money::from_cents(14_815)));
    assert!(quote.formula.contains("capped"), "{}", quote.formula);
}

#[test]
fn each_year_and_practitioner_by_its_own_factor() {
    let refs = refs();
    let on = |day, qualifying| amount(&refs, &Query { day, qualifying, ..asked("99213") });
    // 2.813150 × 33.4009 = 93.9617…; × 33.5675 = 94.4304…
    assert_eq!(on(date(2026, 1, 1), false).as_deref(), Some("93.96"));
    assert_eq!(on(date(2026, 1, 1), true).as_deref(), Some("94.43"));
    assert_eq!(on(date(2025, 12, 31), true).as_deref(), Some("91.00"), "one factor for all before 2026");
    let old = first(&refs, &Query { day: date(2024, 3, 1), ..asked("99213") });
    assert!(old.amount.is_none() && old.notes[0].contains("no Physician Fee Schedule of 2024"), "{:?}", old.notes);
}

#[test]
fn surgery_by_its_policy_indicators() {
    let refs = refs();
    let share = |m: &str| {
        let whole = first(&refs, &asked("27447")).amount.unwrap().0;
        let part = first(&refs, &with("27447", &[m])).amount.unwrap().0;
        (part / whole).round_dp(4).normalize().to_string()
    };
    let found = ["50", "80", "AS", "62", "54", "55", "RT"].map(share);
    assert_eq!(found, ["1.5", "0.16", "0.136", "0.625", "0.79", "0.21", "1"]);
}

#[test]
fn what_the_schedule_does_not_pay_has_no_amount() {
    let refs = refs();
    let note = |code: &str| {
        let quote = first(&refs, &asked(code));
        assert_eq!(quote.amount, None, "{code}");
        quote.notes.join("; ")
    };
    assert!(note("99396").contains("not covered by Medicare; its values would come to"));
    assert!(note("99024").contains("bundled"));
    assert!(note("15999").contains("contractor"));
    assert!(note("99999").contains("no loaded fee schedule lists 99999"));
}

#[test]
fn anaesthesia_by_units_and_direction() {
    let refs = refs();
    let minutes = Some(Decimal::from(47));
    let of = |m: &[&str]| amount(&refs, &Query { minutes, ..with("00840", m) }).unwrap();
    // (6 + 3.1) × 20.32
    assert_eq!((of(&["AA"]).as_str(), of(&["QK"]).as_str(), of(&["AD"]).as_str()), ("184.91", "92.46", "60.96"));
    let open = first(&refs, &asked("00840"));
    assert!(open.amount.is_none() && open.notes.iter().any(|n| n.contains("--minutes")), "{:?}", open.notes);
}

#[test]
fn the_other_schedules() {
    let refs = refs();
    let lab = quotes(&refs, &asked("80053")).unwrap();
    assert_eq!((lab.len(), lab[0].amount), (1, Some(Money::from_cents(1_056))));
    assert_eq!(amount(&refs, &asked("A0429")).as_deref(), Some("448.12"));
    assert_eq!(amount(&refs, &Query { place: Place::Zip("76901".into()), ..asked("A0429") }).as_deref(), Some("444.40"));
    assert_eq!(amount(&refs, &with("E0601", &["RR"])).as_deref(), Some("50.04"));
    assert!(first(&refs, &asked("E0601")).notes[0].contains("RR"));
    let both = quotes(&refs, &asked("70551")).unwrap();
    assert_eq!(both.iter().map(|q| q.schedule).collect::<Vec<_>>(), ["Physician Fee Schedule", "OPPS Addendum B"]);
    assert_eq!(both[1].amount, Some(Money::from_cents(24_514)));
}

#[test]
fn places_by_zip_number_and_name() {
    let refs = refs();
    let at =
        |l: &str| quotes(&refs, &Query { place: Place::Locality(l.to_owned()), ..asked("99213") }).map(|q| q[0].place.clone());
    for place in ["0441218", "04412-18", "tx-18", "houston"] {
        assert_eq!(at(place).as_deref(), Ok("HOUSTON (04412-18)"), "{place}");
    }
    assert!(matches!(at("18"), Err(PlaceError::Ambiguous(..))));
    assert!(matches!(at("nowhere"), Err(PlaceError::UnknownLocality(..))));
    let zip = |z: &str| quotes(&refs, &Query { place: Place::Zip(z.to_owned()), ..asked("99213") });
    assert!(matches!(zip("99999"), Err(PlaceError::UnknownZip(..))));
    assert!(zip("76901").unwrap()[0].notes.iter().any(|n| n.contains("four digits after it")));
    let none = quotes(&ReferenceTables::default(), &asked("99213"));
    assert_eq!(none, Err(PlaceError::NoZipFile));
}

#[test]
fn a_hospitals_own_prices() {
    let refs = refs();
    let found = hospital_prices(&refs, "70551", None);
    assert_eq!(found.len(), 1);
    let one = &found[0];
    assert_eq!((one.gross, one.cash), (Some(Money::from_cents(190_000)), Some(Money::from_cents(80_000))));
    assert_eq!((one.least, one.most), (Some(Money::from_cents(30_000)), Some(Money::from_cents(42_050))));
    assert_eq!(one.negotiated.len(), 2);
    assert!(hospital_prices(&refs, "70551", Some("Granite Medical Center")).is_empty());
    assert!(hospital_prices(&refs, "99213", None).is_empty());
}
