use super::*;

fn fields(text: &str) -> Vec<Field> {
    Vocabulary::builtin().lookup(text).map(|m| m.fields).unwrap_or_default()
}

#[test]
fn headers_are_known_in_all_their_spellings() {
    assert_eq!(fields("Service Date"), [Field::ServiceDate]);
    assert_eq!(fields("Deduct- ible"), [Field::Deductible]);
    assert_eq!(fields("CPT/ HCPCS"), [Field::Code]);
    assert_eq!(fields("47 TOTAL CHARGES"), [Field::Charge]);
    assert_eq!(fields("Co-Insurance"), [Field::Coinsurance]);
    assert_eq!(fields("HCPS"), [Field::Code]);
    assert_eq!(fields("INELIG AMT"), [Field::NotCovered]);
    assert_eq!(fields("Service date and type"), [Field::ServiceDate, Field::Description]);
}

#[test]
fn a_slip_of_the_reader_is_forgiven_but_other_words_are_not() {
    assert_eq!(fields("Descripti0n"), [Field::Description]);
    assert_eq!(fields("Deductlble"), [Field::Deductible]);
    assert!(fields("Guarantor").is_empty());
    assert_eq!(fields("Not Paid"), [Field::NotCovered], "and not `net paid`");
    assert!(fields("Thank you for choosing us").is_empty());
}

#[test]
fn a_service_and_its_day_are_two() {
    assert_eq!(fields("Service and date"), [Field::ServiceDate, Field::Description]);
    assert_eq!(fields("Service date"), [Field::ServiceDate]);
    assert_eq!(fields("Procedure code & description"), [Field::Code, Field::Description]);
    assert_eq!(fields("Pending or not payable (Remarks)"), [Field::NotCovered]);
}

#[test]
fn close_headers_are_split() {
    let got = Vocabulary::builtin().split(&["Units", "Total", "Charges"]).unwrap();
    let fields: Vec<_> = got.into_iter().map(|(_, m)| m.fields[0]).collect();
    assert_eq!(fields, [Field::Units, Field::Charge]);
}

#[test]
fn letters_that_explain_the_reckoning_are_no_words_of_a_heading() {
    assert_eq!(fields("Amount billed (A)"), [Field::Charge]);
    assert_eq!(fields("B. Plan discount"), [Field::PlanDiscount]);
    assert_eq!(fields("You owe (C+D+E=F)"), [Field::PatientResponsibility]);
    assert_eq!(fields("Part B"), []);
}

#[test]
fn a_heading_of_two_shares_is_not_the_first_of_them() {
    let guess = |text: &str| Vocabulary::builtin().guess(text).map(|m| m.fields).unwrap_or_default();
    assert_eq!(guess("Deductible and copay amount"), [Field::Deductible, Field::Copay]);
    assert_eq!(guess("Copay, coinsurance and deductible"), [Field::Copay, Field::Coinsurance, Field::Deductible]);
    assert_eq!(guess("Amount applied to deductible"), [Field::Deductible]);
    assert_eq!(guess("Care you got (code)"), [Field::Description]);
}

#[test]
fn two_amounts_share_a_heading_only_with_a_stroke_between() {
    let v = Vocabulary::builtin();
    assert!(v.is_whole("Copay/Deductible") && !v.is_whole("Deductible Coinsurance"));
    assert_eq!(v.split(&["Deductible", "Coinsurance"]).map(|p| p.len()), Some(2));
    assert_eq!(fields("Copay/ Deductible"), [Field::Copay, Field::Deductible]);
}

#[test]
fn close_headers_are_split_in_spite_of_a_slip() {
    let got = Vocabulary::builtin().split(&["Deductibie", "Coinsurance"]).unwrap();
    assert_eq!(
        got.into_iter().map(|(r, m)| (r, m.fields)).collect::<Vec<_>>(),
        [(0..1, vec![Field::Deductible]), (1..2, vec![Field::Coinsurance])]
    );
    assert!(Vocabulary::builtin().split(&["Deliveries", "Coinsurance"]).is_none());
}

#[test]
fn an_extension_overrides_and_unknown_fields_are_refused() {
    let mut v = Vocabulary::builtin().clone();
    v.extend("[header]\ncharge = [\"Importe\"]\ndescription = [\"Rev Code\"]").unwrap();
    assert_eq!(v.lookup("IMPORTE").unwrap().fields, [Field::Charge]);
    assert_eq!(v.lookup("Rev Code").unwrap().fields, [Field::Description]);
    let refused = |text: &str| Vocabulary::builtin().clone().extend(text).unwrap_err().to_string();
    assert_eq!(refused("[header]\n\nchrage = [\"x\"]"), "3:1: header.chrage: unknown field `chrage`; did you mean `charge`?");
    assert_eq!(
        refused("[[keyword]]\nfield = \"charge\"\npattern = \"(\""),
        "3:11: keyword[1].pattern: no regular expression: unclosed group"
    );
    assert!(refused("[labels]").starts_with("1:2: labels: unknown key `labels`; did you mean `label`?"));
    assert!(refused("[header]\ncharge = [\"--\"]").contains("neither letters nor digits"));
}

#[test]
fn the_plan_is_no_slip_of_another_plan() {
    assert_ne!(fields("Paid by the plan"), [Field::OtherPaid]);
    assert_eq!(fields("Paid by other plan"), [Field::OtherPaid]);
}

#[test]
fn a_small_word_more_is_no_slip_of_the_reader() {
    assert!(Vocabulary::builtin().lookup("BY PLAN DEDUCTIBLE").is_none());
    assert_eq!(fields("Plan deductib1e"), [Field::Deductible]);
}

#[test]
fn names_joined_by_strokes_are_one_head_among_others() {
    let heads = |words: &[&str]| -> Vec<Vec<Field>> {
        Vocabulary::builtin().split(words).unwrap_or_default().into_iter().map(|(_, m)| m.fields).collect()
    };
    assert_eq!(
        heads(&["COPAY", "Net", "Pay", "Reason", "/", "Amount"]),
        [[Field::Copay], [Field::PlanPaid], [Field::Adjustments]]
    );
    assert_eq!(heads(&["MOD", "ITEM", "/", "SERVICE"]), [[Field::Modifiers], [Field::Description]]);
}
