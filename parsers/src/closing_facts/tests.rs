use super::share;
use crate::statement::{Field, Money, Value};
use crate::test_pages::{read, said};

const FIELDS: [Field; 8] = [
    Field::ServiceDate,
    Field::Description,
    Field::Code,
    Field::Units,
    Field::Deductible,
    Field::Copay,
    Field::Coinsurance,
    Field::RemarkCodes,
];

/// Two services with a line under each.
fn rows(names: [&'static str; 2], below: [&'static str; 2]) -> Vec<String> {
    const ENDS: [f32; 4] = [-500.0, -570.0, -640.0, -720.0];
    let row = |name: &'static str, amounts: [&'static str; 4]| {
        let cells = ENDS.into_iter().zip(amounts);
        [(30.0, name)].into_iter().chain(cells).collect::<Vec<(f32, &str)>>()
    };
    let head = row("Date and service", ["Charged", "Allowed", "We paid", "Your share"]);
    let first = row(names[0], ["$278.32", "$90.00", "$60.00", "$30.00"]);
    let second = row(names[1], ["$155.79", "$80.00", "$50.00", "$30.00"]);
    let sum = row("Claim total", ["$434.11", "$170.00", "$110.00", "$60.00"]);
    let s = read(&[
        (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (44.0, &[(30.0, "Claim 1234567"), (300.0, "Patient: Jane Roe")]),
        (60.0, &head),
        (76.0, &first),
        (85.0, &[(30.0, below[0])]),
        (100.0, &second),
        (109.0, &[(30.0, below[1])]),
        (124.0, &sum),
    ]);
    s.rows.iter().map(|r| said(r, &FIELDS)).collect()
}

#[test]
fn sentences_and_notes_close_the_words() {
    let got = rows(
        ["03/09/2025 MRI KNEE, 1 unit(s)", "03/10/2025 GAUZE SET, 2 unit(s)"],
        ["Your coinsurance is $30.00. (see N7, V9)", "You pay a $30.00 copay. (see N7)"],
    );
    assert_eq!(got, ["2025-03-09 MRI KNEE - 1 - - 30.00 N7;V9", "2025-03-10 GAUZE SET - 2 - 30.00 - N7"]);
}

#[test]
fn a_sentence_may_tell_several_amounts() {
    let Some((last, rest)) = share("MRI KNEE $20.00 applied to your deductible; $10.00 coinsurance.") else {
        panic!("nothing found")
    };
    assert_eq!(last, [(Field::Coinsurance, Value::Money(Money::from_cents(1000)))]);
    let Some((first, rest)) = share(&rest) else { panic!("nothing found") };
    assert_eq!(first, [(Field::Deductible, Value::Money(Money::from_cents(2000)))]);
    assert_eq!(rest, "MRI KNEE");
    assert!(share("KETOROLAC $10.00 COUPON").is_none());
}

#[test]
fn a_day_and_a_code_stand_in_brackets() {
    let got = rows(["MRI KNEE (Mar 9, 2025) (billing code 73721)", "GAUZE SET (Mar 10, 2025)"], ["Note U2", "Note U2"]);
    assert_eq!(got, ["2025-03-09 MRI KNEE 73721 - - - - U2", "2025-03-10 GAUZE SET - - - - - U2"]);
}

#[test]
fn the_mark_behind_a_day_is_no_part_of_the_words() {
    let got =
        rows(["03/09/2025: MRI KNEE (code 73721)", "03/10/2025: GAUZE SET"], ["$30.00 coinsurance. (see K21)", "(see K21)"]);
    assert_eq!(got, ["2025-03-09 MRI KNEE 73721 - - - 30.00 K21", "2025-03-10 GAUZE SET - - - - - K21"]);
}

#[test]
fn an_amount_that_is_more_than_the_share_is_none_of_it() {
    let got = rows(["03/09/2025 MRI KNEE", "03/10/2025 GAUZE SET"], ["$500.00 applied to your deductible.", "(see K21)"]);
    assert!(!got[0].contains(" 500.00 "), "{got:?}");
}

/// Two services over labels with their amounts.
fn cards(titles: [&'static [(f32, &'static str)]; 2]) -> Vec<String> {
    let amounts: [(f32, &str); 4] =
        [(40.0, "Provider charge"), (-280.0, "$278.32"), (330.0, "Your coinsurance"), (-560.0, "$10.00")];
    let paid: [(f32, &str); 4] =
        [(40.0, "Paid by plan"), (-280.0, "$50.00"), (330.0, "Patient responsibility"), (-560.0, "$10.00")];
    let s = read(&[
        (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
        (44.0, &[(30.0, "Claim 1234567"), (300.0, "Patient: Jane Roe")]),
        (76.0, titles[0]),
        (86.0, &amounts),
        (96.0, &paid),
        (116.0, titles[1]),
        (126.0, &amounts),
        (136.0, &paid),
    ]);
    let fields = [Field::ServiceDate, Field::Description, Field::RevenueCode, Field::Code, Field::Units, Field::RemarkCodes];
    s.rows.iter().map(|r| said(r, &fields)).collect()
}

#[test]
fn notes_at_the_end_of_a_title_are_none_of_its_words() {
    let got = cards([
        &[(30.0, "03/09/2025 CBC W/ DIFF code 85025 Rev 0305"), (500.0, "Code S3")],
        &[(30.0, "03/10/2025 IBUPROFEN 600MG TAB Rev 0250"), (500.0, "Code S3, N7")],
    ]);
    assert_eq!(got, ["2025-03-09 CBC W/ DIFF 0305 85025 - S3", "2025-03-10 IBUPROFEN 600MG TAB 0250 - - S3;N7"]);
}

#[test]
fn a_count_in_small_letters_is_no_part_of_a_name_in_capitals() {
    let got = cards([
        &[(30.0, "03/09/2025 ANESTHESIA KNEE Units 5"), (500.0, "Remark B7")],
        &[(30.0, "03/10/2025 BOTULINUM TOXIN 100 UNITS"), (500.0, "Remark B7")],
    ]);
    assert_eq!(got, ["2025-03-09 ANESTHESIA KNEE - - 5 B7", "2025-03-10 BOTULINUM TOXIN 100 UNITS - - - B7"]);
}
