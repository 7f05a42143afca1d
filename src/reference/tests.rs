mod in_store;
mod layouts;

use super::*;
use crate::record::Money;
use jiff::civil::date;
use rust_decimal::Decimal;

fn tables(files: &[(&str, &[u8])]) -> Result<ReferenceTables, RefError> {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    load_refs(dir.path())
}

const RVU: &str = "2025 National Physician Fee Schedule Relative Value File January Release,,,,,,,,\n\
    ,,,,,,,,\n,,,,NON-FAC,FACILITY,,,\n,,,WORK,,,MP,CONV,PAYMENT\n\
    HCPCS,MOD,DESCRIPTION,RVU,PE RVU,PE RVU,RVU,FACTOR,AMOUNT\n\
    99213,,x,1.30,1.33,0.55,0.10,32.3465,0\n70450,,x,0.85,2.33,NA,0.06,32.3465,0\n70450,26,x,0.85,0.33,0.33,0.05,32.3465,0\n";
const GPCI: &str = "ADDENDUM E. FINAL CY 2025 GEOGRAPHIC PRACTICE COST INDICES (GPCIs),,,,,,\n,,,,,,\n\
    Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,2025 PW GPCI (with 1.0 Floor),2025 PE GPCI,2025 MP GPCI\n\
    04412,TX,18,HOUSTON,1.015,1.006,0.950\n04412,TX,99,REST OF TEXAS,1,0.930,0.790\n10312,TN,35,TENNESSEE,1,0.886,0.541\n";

#[test]
fn the_fee_formula_by_place_and_year() {
    let t = tables(&[("a.csv", RVU.as_bytes()), ("b.csv", GPCI.as_bytes())]).unwrap();
    // (1.30 × 1 + 1.33 × 0.886 + 0.10 × 0.541) × 32.3465
    let b = t.fees.highest("99213", &[], date(2025, 3, 1), Some("TN")).unwrap();
    assert_eq!((b.amount, b.locality.as_str()), (Money::from_cents(8_192), "TENNESSEE"));
    assert_eq!(t.fees.highest("99213", &[], date(2025, 3, 1), Some("TX")).unwrap().locality, "HOUSTON");
    assert_eq!(t.fees.highest("99213", &[], date(2024, 3, 1), Some("TX")), None);
    assert_eq!(t.fees.highest("70450", &[], date(2025, 3, 1), None), None, "a value that is no number is not taken for one");
    assert!(t.fees.highest("70450", &["26".into()], date(2025, 3, 1), None).is_some());
    assert_eq!(t.loaded.len(), 2);
    assert_eq!(t.missing().len(), 5);
}

const PTP: &str = "notice\n\nColumn 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no data\tModifier 0=not allowed\tPTP Edit Rationale\n\
    45385\t45380\t\t20050101\t*\t1\tx\n97530\t97140\t*\t19960101\t20191231\t1\tx\n80053\t80048\t\t20000101\t*\t0\tx\n11111\t22222\t\t20000101\t20000101\t9\tx\n";

#[test]
fn edits_are_directed_and_dated() {
    let t = tables(&[("ccipra-v1.txt", PTP.as_bytes())]).unwrap();
    let e = |a, b, d| t.edits.find(a, b, d, false).map(|e| e.indicator);
    assert_eq!(e("45385", "45380", date(2025, 1, 1)), Some(ncci::ModifierIndicator::Allowed));
    assert_eq!(e("45380", "45385", date(2025, 1, 1)), None);
    assert_eq!(e("45385", "45380", date(2004, 12, 31)), None);
    assert!(e("97530", "97140", date(2019, 12, 31)).is_some() && e("97530", "97140", date(2020, 1, 1)).is_none());
    assert_eq!(e("80053", "80048", date(2025, 1, 1)), Some(ncci::ModifierIndicator::NotAllowed));
    assert_eq!(e("11111", "22222", date(2000, 1, 1)), None);
    assert!(t.edits.find("80053", "80048", date(2025, 1, 1), true).is_some(), "one setting's table serves for both");
}

#[test]
fn limits_by_setting() {
    let table = |s: &str, n: u32| {
        format!(
            "\"notice\nof lines\",,,\n\"HCPCS/\nCPT Code\",{s} MUE Values,MUE Adjudication Indicator,MUE Rationale\n70450,{n},3 Date of Service Edit: Clinical,x\n\"36415\",2,1 Line Edit,x\n"
        )
    };
    let (p, h) = (table("Practitioner Services", 2), table("Outpatient Hospital Services", 3));
    let t = tables(&[("p.csv", p.as_bytes()), ("h_Eff_01-01-2025.csv", h.as_bytes())]).unwrap();
    let find = |hospital, d| t.limits.find("70450", d, hospital).map(|l| l.units);
    assert_eq!(find(false, date(2025, 2, 1)), Some(Decimal::from(2)));
    assert_eq!(find(true, date(2025, 2, 1)), Some(Decimal::from(3)));
    assert_eq!(find(true, date(2024, 2, 1)), None, "a table is not applied before its quarter");
}

#[test]
fn published_gross_charges_without_drugs() {
    let file = "\u{feff}hospital_name,last_updated_on,version\nWillow Bend Community Hospital,2024-07-01,2.0.0\n\
        description,code|1,code|1|type,code|2,code|2|type,drug_unit_of_measurement,standard_charge|gross\n\
        a,370,RC,70450,CPT,,900.00\nb,636,RC,J2405,HCPCS,1,12.00\na,370,RC,70450,CPT,,\"1,100.00\"\n";
    let t = tables(&[("x.csv", file.as_bytes())]).unwrap();
    assert_eq!(t.prices.gross("WILLOW BEND COMMUNITY HOSP", "70450").map(|p| p.0), Some(Money::from_cents(110_000)));
    assert_eq!(t.prices.gross("Willow Bend Community Hospital", "J2405").map(|p| p.0), None);
    assert_eq!(t.prices.gross("Willow Bend Radiology", "70450").map(|p| p.0), None);
}

#[test]
fn guidelines_of_large_households_and_other_regions() {
    let file = "year,region,household_size,guideline\n2024,48 contiguous states and DC,1,15060\n2024,48 contiguous states and DC,2,20440\n\
        2024,48 contiguous states and DC,each additional,5380\n2024,Alaska,1,18810\n";
    let t = tables(&[("x.csv", file.as_bytes())]).unwrap();
    assert_eq!(t.poverty.guideline(2024, Some("TX"), 4), Some((Money::from_cents(3_120_000), 2024)));
    assert_eq!(t.poverty.guideline(2025, Some("AK"), 1), Some((Money::from_cents(1_881_000), 2024)));
    assert_eq!(t.poverty.guideline(2023, None, 1), None);
}

#[test]
fn foreign_and_broken_files() {
    let t = tables(&[("a.csv", b"x,y\n1,2\n"), ("b.pdf", b"%PDF"), ("c.csv", &[0xff, 0xfe, 0x00])]).unwrap();
    assert_eq!((t.loaded.len(), t.skipped.len()), (0, 3));
    let about = b"About GPCI and locality, HCPCS, RVU and PAYMENT";
    let described = tables(&[("README.md", about), ("g.csv", GPCI.as_bytes())]).unwrap();
    assert_eq!((described.loaded.len(), described.skipped.len()), (1, 1));
    let broken = RVU.replace("CONV", "X").replace("FACTOR", "Y");
    assert!(matches!(tables(&[("a.csv", broken.as_bytes())]), Err(RefError::Columns(..))));
    assert!(matches!(load_refs(Path::new("no such folder")), Err(RefError::Open(..))));
}
