//! Every published layout by a small table of the same form.

use super::*;
use crate::reference::code_texts::Hcpcs;
use crate::reference::other_fees::{AmbulanceFee, ItemFee};

fn only(name: &str, text: &str) -> ReferenceTables {
    let t = tables(&[(name, text.as_bytes())]).unwrap();
    assert_eq!((t.loaded.len(), t.skipped.len()), (1, 0), "{name}");
    t
}

fn cents(amount: &str) -> Decimal {
    amount.parse().unwrap()
}

fn words(modifiers: &[&str]) -> Vec<String> {
    modifiers.iter().map(|m| (*m).to_owned()).collect()
}

#[test]
fn zip_codes_of_fixed_width() {
    let line = |s: &str| format!("{s:<75}20254\n");
    let t = only("z.txt", &(line("TX770300441218 Z9   0 A") + &line("TX769010441299RZ9   1 A")));
    let (edition, zip) = t.fees.zip("77030", date(2025, 11, 1)).unwrap();
    assert_eq!((edition.from, zip.number.as_str(), zip.rural.as_str(), zip.divided), (Some(date(2025, 10, 1)), "18", "", false));
    let (_, zip) = t.fees.zip("76901-1234", date(2019, 1, 1)).unwrap();
    assert_eq!((zip.state.as_str(), zip.rural.as_str(), zip.divided), ("TX", "R", true));
    assert!(t.fees.zip("10001", date(2025, 11, 1)).is_none() && t.fees.zip("7", date(2025, 11, 1)).is_none());
}

#[test]
fn laboratory_rates_by_modifier() {
    let file = "2025 Clinical Diagnostic Laboratory Fee Schedule,,,,,\n\"notice, of lines\",,,,,\n\
        YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE\n2025,80047,,20250101,N,00014.73\n2025,80047,QW,20250101,N,00013.73\n";
    let t = only("CLFS_2025_Q2.csv", file);
    let rate = |m: &[&str], d| t.other_fees.laboratory("80047", &words(m), d).map(|(_, f)| f.rate);
    assert_eq!(rate(&[], date(2025, 5, 1)), Some(cents("14.73")));
    assert_eq!(rate(&["QW"], date(2025, 5, 1)), Some(cents("13.73")));
    assert_eq!(rate(&["90"], date(2025, 12, 1)), Some(cents("14.73")), "the year's table stands in");
    assert_eq!(rate(&[], date(2026, 1, 1)), None);
    assert_eq!(t.not_in_force().len(), 2, "{:?}", t.not_in_force());
}

#[test]
fn equipment_by_state_and_area() {
    let file = "Durable Medical Equipment,,,,,,,,,\nJanuary 2025 Fee Schedule,,,,,,,,,\n\
        HCPCS,Mod,Mod2,JURIS,CATG,Ceiling,Floor,TX (NR),TX (R),Description\n\
        E0601,RR,,D,CR,0.00,0.00,50.04,91.18,x\nA4216,,,J,SU,0,0,0.53,,x\n";
    let t = only("DMEPOS25_JAN.csv", file);
    let fee = |code, m: &[&str], state| t.other_fees.equipment(code, &words(m), state, date(2025, 2, 1)).map(|(_, f)| f);
    assert_eq!(fee("E0601", &["KX", "RR"], "TX"), Some(ItemFee { urban: Some(cents("50.04")), rural: Some(cents("91.18")) }));
    assert_eq!(fee("E0601", &[], "TX"), None, "rented or bought is not guessed");
    assert_eq!(fee("A4216", &[], "TX"), Some(ItemFee { urban: Some(cents("0.53")), rural: None }));
    assert_eq!(fee("A4216", &[], "OK"), None);
    assert_eq!(t.other_fees.equipment_modifiers("E0601", "TX", date(2025, 2, 1)), ["RR"]);
}

#[test]
fn ambulance_rates_by_locality() {
    let file = "CONTRACTOR/CARRIER,LOCALITY,HCPCS,RVU,GPCI,BASE RATE,URBAN BASE RATE / URBAN MILEAGE,RURAL BASE RATE / RURAL MILEAGE,\
        RURAL BASE RATE / LOWEST QUARTILE,RURAL GROUND MILES 1-17*\nHouston,,,,,,,,,\n\
        04412,18,A0429,1.6,1.003,273.6,448.12,452.50,\"$554.77\",\n04412,18,A0425,,,9.10,9.15,9.24,,13.86\n";
    let t = only("afs2025_puf.csv", file);
    let place = fee_schedule::ZipCode {
        state: "TX".into(),
        contractor: "04412".into(),
        number: "18".into(),
        rural: String::new(),
        divided: false,
    };
    let fee = |code| t.other_fees.ambulance(code, &place, date(2025, 7, 1)).map(|(_, f)| f);
    let some = |a: &str| Some(cents(a));
    let base = AmbulanceFee { urban: some("448.12"), rural: some("452.50"), super_rural: some("554.77"), first_miles: None };
    assert_eq!(fee("A0429"), Some(base));
    assert_eq!(fee("A0425").and_then(|f| f.first_miles), some("13.86"));
    assert!(t.other_fees.ambulance("A0429", &place, date(2026, 7, 1)).is_none());
}

#[test]
fn outpatient_payments() {
    let file = "Addendum B.-Final OPPS Payment by HCPCS Code for CY 2025,,,,,,,\nnotice,,,,,,,\n\
        HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate,National Unadjusted Copayment,Minimum Unadjusted Copayment\n\
        70450,x,Q3,5522,1.2,\"$1,106.50\",,$21.30\n36415,x,N,,,,,\n";
    let t = only("2025_july_addendum_b.csv", file);
    let (found, fee) = t.other_fees.outpatient("70450", date(2025, 8, 1)).unwrap();
    assert_eq!((fee.rate, fee.status.as_str(), found.exact), (Some(cents("1106.50")), "Q3", true));
    assert_eq!(t.other_fees.outpatient("36415", date(2025, 8, 1)).unwrap().1.rate, None);
}

#[test]
fn add_on_codes_with_the_days_of_their_edits() {
    let file = "notice\t\t\t\t\t\t\t\nAOC_Edit_Type\tAdd-On_Code\tAOC_DelDT\tPrimary_Code\tPrimary_Code_DelDT\tAOC_Edit_EffDT\tAOC_Edit_DelDT\tNotes\n\
        1\t01953\t\t01952\t\t2013091\t\t\n1\t01953\t\t01951\t\t2013091\t2024366\t\n2\t0054T\t\tCCCCC\t\t2013091\t\tContractor Defined\n";
    let t = only("AOC_V2025Q3-MCR.txt", file);
    let known = t.add_ons.find("01953", date(2025, 8, 1)).unwrap();
    assert_eq!((known.kind, known.primaries.len(), known.primaries[0].0.as_str()), (1, 1, "01952"));
    assert_eq!(t.add_ons.find("01953", date(2024, 12, 31)).unwrap().primaries.len(), 2);
    assert_eq!(t.add_ons.find("0054T", date(2025, 8, 1)).unwrap().kind, 2);
    assert_eq!(t.add_ons.find("99213", date(2025, 8, 1)), None);
}

#[test]
fn level_two_codes_but_nobody_elses_descriptions() {
    let file = "HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,ADD DT,ACT EFF DT,TERM DT\n\
        J2405,00100,3,long,Ondansetron,19940101,20240101,\nG0001,00100,3,long,Draw,19840101,20050101,20041231\n\
        99213,00100,3,long,Not ours,19840101,,\nD0120,00100,3,long,Not ours,19840101,,\n";
    let t = only("HCPC2025_JAN_ANWEB.csv", file);
    let found = t.texts.hcpcs("G0001", date(2025, 2, 1)).unwrap();
    assert_eq!(found, Hcpcs { description: "Draw".into(), added: Some(date(1984, 1, 1)), ended: Some(date(2004, 12, 31)) });
    assert_eq!(t.texts.hcpcs("99213", date(2025, 2, 1)), None);
    assert_eq!(t.texts.hcpcs("D0120", date(2025, 2, 1)), None);
    let fixed = |code: &str| {
        format!("{code}001003{:<80}{:<28}{:149}{:<8}{:<8}{:<8}N{:27}\n", "long", "Short", "", "19940101", "20240101", "", "")
    };
    let t = only("HCPC2025_JAN_ANWEB.txt", &(fixed("J2405") + &fixed("A0429") + &fixed("E0601")));
    assert_eq!(
        t.texts.hcpcs("J2405", date(2025, 2, 1)).map(|h| (h.description, h.added)),
        Some(("Short".into(), Some(date(1994, 1, 1))))
    );
}

#[test]
fn reasons_remarks_and_owners() {
    let t = only(
        "carc.csv",
        "code,meaning\n1,Deductible Amount\n2,Coinsurance Amount\n3,Co-payment (co-pay)\n45,Exceeds fee schedule\n",
    );
    assert_eq!(t.texts.carc("45").as_deref(), Some("Exceeds fee schedule"));
    let t = only("rarc.csv", "code,description\nM15,Bundled\nMA130,Unprocessable\nN830,No Surprises\n");
    assert_eq!(t.texts.rarc("N830").as_deref(), Some("No Surprises"));
    let other = tables(&[("pos.csv", b"code,meaning\n01,PHARMACY\n02,TELEHEALTH\n")]).unwrap();
    assert_eq!(other.loaded.len(), 0, "a list of something else");
    let file = "\"Facility ID\",\"Facility Name\",\"Address\",\"City/Town\",\"State\",\"ZIP Code\",\"Hospital Ownership\"\n\
        450001,WILLOW BEND COMMUNITY HOSPITAL,1 A St,WACO,TX,76710,Voluntary non-profit - Private\n\
        450002,GRANITE MEDICAL CENTER,2 A St,WACO,TX,76710,Proprietary\n";
    let t = only("hospitals.csv", file);
    let owner = |name, state| t.texts.hospital(name, state).map(|h| h.is_nonprofit());
    assert_eq!(owner("Willow Bend Community Hospital", "TX"), Some(true));
    assert_eq!(owner("Granite Medical Center", "TX"), Some(false));
    assert_eq!(owner("Willow Bend Community Hospital", "OK"), None);
}

#[test]
fn anaesthesia_factors_and_units() {
    let factors = "Contractor,Locality,Locality Name,National Anes CF of 20.3178\n04412 ,18 ,HOUSTON,20.32 \n";
    let units = "2025 Anesthesia Base Units by CPT Code,\nCode,Base Units\n00840,6\n100,5\n";
    let t = tables(&[("ANES2025.csv", factors.as_bytes()), ("u.csv", units.as_bytes()), ("g.csv", GPCI.as_bytes())]).unwrap();
    let day = date(2025, 4, 1);
    let houston = &t.fees.localities(day).unwrap().1[0];
    assert_eq!(t.fees.anaesthesia_factor(houston, day, false).map(|(_, f)| f), Some(cents("20.32")));
    assert_eq!(t.fees.anaesthesia_units("00100", day), Some(Decimal::from(5)));
    assert!(t.fees.anaesthesia_factor(houston, date(2024, 4, 1), false).is_none());
}

#[test]
fn two_conversion_factors_stand_side_by_side() {
    let of = |factor: &str| RVU.replace("2025", "2026").replace("32.3465", factor);
    let (others, qualifying) = (of("33.4009"), of("33.5675"));
    let t =
        tables(&[("PPRRVU2026_Jan_nonQPP.csv", others.as_bytes()), ("PPRRVU2026_Jan_QPP.csv", qualifying.as_bytes())]).unwrap();
    let factor = |q| {
        let found = t.fees.edition(date(2026, 2, 1), q).unwrap();
        t.fees.rvu(found.edition, "99213", "").unwrap().conversion_factor
    };
    assert_eq!((factor(false), factor(true)), (cents("33.4009"), cents("33.5675")));
}

#[test]
fn the_work_index_with_its_floor() {
    let file = GPCI.replace("2025 PW GPCI (with 1.0 Floor)", "2025 PW GPCI (without 1.0 Floor),2025 PW GPCI (with 1.0 Floor)");
    let file = file.replace("TENNESSEE,1,", "TENNESSEE,0.975,1,").replace("HOUSTON,1.015,", "HOUSTON,1.015,1.015,");
    let t = only("g.csv", &file.replace("TEXAS,1,", "TEXAS,0.990,1,"));
    let (_, rows) = t.fees.localities(date(2025, 1, 1)).unwrap();
    assert_eq!(rows.iter().map(|l| l.work).collect::<Vec<_>>(), [cents("1.015"), Decimal::ONE, Decimal::ONE]);
}

#[test]
fn guidelines_by_first_and_additional_person() {
    let t = only("p.csv", "year,area,first_person,each_additional\n2025,contiguous,15650,5500\n2025,AK,19550,6880\n");
    assert_eq!(t.poverty.guideline(2025, Some("TX"), 4), Some((Money::from_cents(3_215_000), 2025)));
    assert_eq!(t.poverty.guideline(2026, Some("AK"), 1), Some((Money::from_cents(1_955_000), 2025)));
}

const JSON: &str = "\u{feff}{\"hospital_name\": \"Willow Bend Community Hospital\", \"last_updated_on\": \"2025-07-01\", \"version\": \"3.0.0\",\n\
    \"location_name\": [\"Willow Bend Imaging\"], \"type_2_npi\": [\"1\"], \"standard_charge_information\": [\n\
    {\"description\": \"x\", \"code_information\": [{\"code\": \"350\", \"type\": \"RC\"}, {\"code\": \"70450\", \"type\": \"CPT\"}],\n\
     \"standard_charges\": [{\"setting\": \"outpatient\", \"gross_charge\": 1200.5, \"discounted_cash\": 600, \"payers_information\": [\n\
     {\"payer_name\": \"A\", \"plan_name\": \"PPO\", \"standard_charge_dollar\": 400, \"methodology\": \"fee schedule\"},\n\
     {\"payer_name\": \"B\", \"plan_name\": \"HMO\", \"standard_charge_percentage\": 45.5}]}]},\n\
    {\"description\": \"y\", \"drug_information\": {\"unit\": \"1\", \"type\": \"ML\"}, \"code_information\": [{\"code\": \"J2405\", \"type\": \"HCPCS\"}],\n\
     \"standard_charges\": [{\"setting\": \"both\", \"gross_charge\": 12}]}], \"modifier_information\": []}";

#[test]
fn price_files_in_json() {
    let t = only("x.json", JSON);
    assert_eq!(t.prices.gross("Willow Bend Imaging", "70450").map(|p| p.0), Some(Money::from_cents(120_050)));
    assert_eq!(
        t.prices.gross("Willow Bend Community Hospital", "J2405").map(|p| p.0),
        None,
        "a drug's unit is not the billed one"
    );
    let charges = t.prices.charges(&t.prices.files()[0], "70450");
    assert_eq!(charges.len(), 2);
    assert_eq!((charges[0].negotiated, charges[1].percentage), (Some(cents("400")), Some(cents("45.5"))));
    let broken = JSON.split("\"version\"").next().unwrap();
    assert!(matches!(tables(&[("x.json", broken.as_bytes())]), Err(RefError::Json(..))));
}

#[test]
fn price_files_wide() {
    let file = "hospital_name,last_updated_on,version\nWillow Bend Community Hospital,7/1/2025,2.0.0\n\
        description,code|1,code|1|type,setting,standard_charge|gross,standard_charge|discounted_cash,standard_charge|A|PPO|negotiated_dollar,\
        standard_charge|A|PPO|methodology,standard_charge|B|HMO|negotiated_percentage\na,70450,CPT,outpatient,900,450,300,fee schedule,50\n\
        b,470,MS-DRG,inpatient,,,20000,case rate,\n";
    let t = only("x.csv", file);
    let charges = t.prices.charges(&t.prices.files()[0], "70450");
    let plans: Vec<&str> = charges.iter().filter_map(|c| c.payer.as_ref()).map(|(payer, _)| payer.as_str()).collect();
    assert_eq!((plans, t.prices.files()[0].updated.as_str()), (vec!["A", "B"], "2025-07-01"));
    assert_eq!(t.prices.charges(&t.prices.files()[0], "470").len(), 1);
}
