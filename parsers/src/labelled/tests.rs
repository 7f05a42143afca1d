use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Option<String> {
    labelled(text).map(|(values, words)| {
        let list: Vec<String> = values.iter().map(|(f, v)| format!("{f:?}={v:?}")).collect();
        format!("{words} | {}", list.join(" "))
    })
}

fn fields(text: &str) -> Vec<Field> {
    labelled(text).map(|(values, _)| values.into_iter().map(|(f, _)| f).collect()).unwrap_or_default()
}

#[test]
fn labelled_values_part_from_the_words() {
    let found = labelled("ANNUAL PHYSICAL EST Code 99396, modifier 25, quantity 1");
    let Some((values, words)) = found else { panic!("nothing found") };
    assert_eq!(words, "ANNUAL PHYSICAL EST");
    assert_eq!(values[0], (Field::Code, Value::Code("99396".to_owned())));
    assert_eq!(values[1], (Field::Modifiers, Value::List(vec!["25".to_owned()])));
    assert_eq!(values[2], (Field::Units, Value::Number(1.into())));
    assert_eq!(fields("LAP CHOLECYSTECTOMY CPT 47562-RT Qty 1"), [Field::Code, Field::Modifiers, Field::Units]);
    assert_eq!(fields("OR TIME LEVEL 3 quantity 2"), [Field::Units]);
    assert_eq!(fields("ONDANSETRON 1MG (Rev 0636 | HCPCS: J2405 | Units: 4)"), [Field::RevenueCode, Field::Code, Field::Units]);
    assert_eq!(
        fields("VISIT procedure 97110 with modifiers GP and 59, quantity 2"),
        [Field::Code, Field::Modifiers, Field::Units]
    );
    assert_eq!(fields("CPT 99213"), [Field::Code]);
    assert_eq!(read("MRI KNEE Code 73721-RT on").as_deref().map(|t| t.starts_with("MRI KNEE | Code")), Some(true));
}

#[test]
fn a_line_of_codes_has_nothing_else() {
    let found = |text: &str| line_of_codes(text).map(|v| v.into_iter().map(|(f, _)| f).collect::<Vec<_>>());
    assert_eq!(found("99213 25"), Some(vec![Field::Code, Field::Modifiers]));
    assert_eq!(found("J2405  x 4"), Some(vec![Field::Code, Field::Units]));
    assert_eq!(found("Rev. code 0360  x 5"), Some(vec![Field::RevenueCode, Field::Units]));
    assert_eq!(found("Procedure 00811 AA"), Some(vec![Field::Code, Field::Modifiers]));
    assert_eq!(found("CPT/HCPCS 29881, LT, 59"), Some(vec![Field::Code, Field::Modifiers]));
    assert_eq!(found("J2405 Rev 0636 Qty -4"), Some(vec![Field::Code, Field::RevenueCode, Field::Units]), "taken back");
    assert_eq!(found("CPT A0431/SH x 1"), Some(vec![Field::Code, Field::Modifiers, Field::Units]));
    assert_eq!(found("Proc 70450/26 Units: 1"), Some(vec![Field::Code, Field::Modifiers, Field::Units]));
    assert_eq!(found("Number of services: 4"), Some(vec![Field::Units]));
    assert_eq!(found("Number of services: 1 See note H3"), Some(vec![Field::Units, Field::RemarkCodes]));
    assert_eq!(found("x 2"), Some(vec![Field::Units]));
    assert_eq!(found("Code: 99396 Mod(s): 25 Unit(s): 1"), Some(vec![Field::Code, Field::Modifiers, Field::Units]));
    assert_eq!(
        found("Proc: 71046/26 Units: 1 Place of service: 11 Dx: Z00.00"),
        Some(vec![Field::Code, Field::Modifiers, Field::Units])
    );
    assert_eq!(found("HCPCS: 36415 Dx: M54.50"), Some(vec![Field::Code]));
    assert_eq!(found("CPT 99213 Dx: none of these"), None, "no code of a diagnosis");
    assert_eq!(found("Procedure=01400 Mod=AA Quantity=8"), Some(vec![Field::Code, Field::Modifiers, Field::Units]));
    assert_eq!(found("code J2405, 4 units"), Some(vec![Field::Code, Field::Units]));
    assert_eq!(found("Code 85610 Qty 1 Note G4, Q1"), Some(vec![Field::Code, Field::Units, Field::RemarkCodes]));
    assert_eq!(found("Qty 2 | See notes 3 and 7"), Some(vec![Field::Units, Field::RemarkCodes]));
    assert_eq!(
        found("Discount $74.44 | Copay: $40.00 | Notes: L08"),
        Some(vec![Field::PlanDiscount, Field::Copay, Field::RemarkCodes])
    );
    assert_eq!(found("DENIED. See note D15 below."), Some(vec![Field::RemarkCodes]));
    assert_eq!(found("Amount not covered by the plan: $95.99"), Some(vec![Field::NotCovered]));
    assert_eq!(found("Plan discount: $30.21; $21.92 copayment"), Some(vec![Field::PlanDiscount, Field::Copay]));
    assert_eq!(found("Code 99212 Quantity 1 Footnote W4"), Some(vec![Field::Code, Field::Units, Field::RemarkCodes]));
    assert_eq!(found("$30.21 of this is not covered. See note B7"), Some(vec![Field::NotCovered, Field::RemarkCodes]));
    assert_eq!(found("99284-25 x1"), Some(vec![Field::Code, Field::Modifiers, Field::Units]));
    assert_eq!(found("Code 97110, 59, 12 units"), Some(vec![Field::Code, Field::Modifiers, Field::Units]));
    for text in ["NOTE TO PATIENT", "3 1ST HR", "MIN", "99213 visit", "4 X 4", "25", "POST 1", "SEMI-PRIVATE", "100 UNITS"] {
        assert_eq!(found(text), None, "{text}");
    }
}

#[test]
fn modifiers_stand_behind_the_code_and_counts_behind_a_times_sign() {
    let read = |text: &str| read(text).map(|t| t.split(" | ").next().unwrap_or_default().to_owned());
    assert_eq!(read("HC ER LEVEL IV Procedure 99284 25").as_deref(), Some("HC ER LEVEL IV"));
    assert_eq!(fields("ANESTHESIA GI Procedure 00811 AA Units: 6"), [Field::Code, Field::Modifiers, Field::Units]);
    assert_eq!(fields("OR TIME EA ADDL 15 MIN Rev. code 0360 x 5"), [Field::RevenueCode, Field::Units]);
    assert_eq!(fields("Ondansetron 1mg inj (billing code J2405-JZ), 4 units"), [Field::Code, Field::Modifiers, Field::Units]);
    assert_eq!(fields("SPONGE 4 x 4"), []);
    assert_eq!(fields("Insulin glargine, 100 units"), []);
}

#[test]
fn words_of_a_name_stay() {
    for text in ["BLOOD UNIT 1", "CODE BLUE TEAM", "OFFICE VISIT LEVEL 4", "UNITS 5 ML", "Code 12 room", "MOD SEDATION 15 MIN"] {
        assert_eq!(read(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "\\PC{0,60}") {
        let _ = labelled(&text);
    }
}

#[test]
fn a_bracket_closes_behind_the_code_that_stays_in_it() {
    let words = labelled("ED VISIT LEVEL 3 (99283 25, Rev 0450 Qty 1)").map(|(_, words)| words);
    assert_eq!(words.as_deref(), Some("ED VISIT LEVEL 3 (99283 25)"));
}
