use super::*;
use crate::page_text::PageText;
use crate::page_text::{TextSource, Word};
use crate::text_lines::page_lines;

fn lines(rows: &[(f32, &[(f32, &str)])]) -> PageLines {
    let mut words = Vec::new();
    for (y, cells) in rows {
        for (x, text) in *cells {
            let mut at = *x;
            for w in text.split(' ') {
                let width = 4.2 * w.chars().count() as f32;
                words.push(Word::digital(w, BBox::new(at, *y, at + width, y + 8.0)));
                at += width + 2.2;
            }
        }
    }
    page_lines(&PageText {
        number: 1,
        width: 612.0,
        height: 792.0,
        words,
        rulings: vec![],
        source: TextSource::Digital,
        to_page: PageText::IDENTITY,
        bend: None,
    })
}

fn fields(h: &TableHeader) -> Vec<Field> {
    h.columns.iter().flat_map(|c| c.fields.clone()).collect()
}

#[test]
fn a_header_of_three_lines_is_stacked_by_column() {
    let p = lines(&[
        (10.0, &[(300.0, "Amount"), (360.0, "Medicare-")]),
        (19.0, &[(36.0, "Service Provided &"), (300.0, "Provider"), (360.0, "Approved")]),
        (28.0, &[(36.0, "Billing Code"), (300.0, "Charged"), (360.0, "Amount")]),
        (40.0, &[(36.0, "Office visit"), (300.0, "120.00"), (360.0, "80.00")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(h.len(), 1);
    assert_eq!((h[0].first_line, h[0].end_line), (0, 3));
    assert_eq!(fields(&h[0]), [Field::Code, Field::Description, Field::Charge, Field::Allowed]);
}

#[test]
fn prose_and_address_blocks_are_no_header() {
    let p = lines(&[
        (
            10.0,
            &[(36.0, "If you disagree with the charge for a service on this date, call our billing office about the amount.")],
        ),
        (20.0, &[(36.0, "Jane Roe"), (300.0, "Account"), (420.0, "12345")]),
    ]);
    assert!(find_headers(&p, Vocabulary::builtin()).is_empty());
}

#[test]
fn a_second_row_of_strange_words_is_one_by_its_place() {
    let first: &[(f32, &str)] =
        &[(36.0, "CPT"), (100.0, "Units"), (160.0, "Billed"), (220.0, "Allowed"), (280.0, "Copay"), (340.0, "Paid")];
    let second: &[(f32, &str)] =
        &[(36.0, "Service Dates"), (100.0, "Xyl"), (160.0, "Discount"), (220.0, "Quorm"), (280.0, "Denied"), (340.0, "Vrex")];
    let row: &[(f32, &str)] = &[(36.0, "99213"), (100.0, "1"), (160.0, "120.00"), (220.0, "80.00")];
    let h = find_headers(&lines(&[(10.0, first), (19.0, second), (30.0, row)]), Vocabulary::builtin());
    assert_eq!((h.len(), h[0].columns.len(), h[0].second_row.len()), (1, 6, 6));
    let words: &[(f32, &str)] = &[(36.0, "Office visit at the clinic"), (230.0, "Xyl"), (300.0, "Quorm"), (390.0, "Vrex")];
    let h = find_headers(&lines(&[(10.0, first), (19.0, words), (30.0, row)]), Vocabulary::builtin());
    assert!(h[0].second_row.is_empty());
}

#[test]
fn the_end_of_a_header_parts_from_the_next_one_beside_it() {
    let upper: &[(f32, &str)] = &[(260.0, "Deduct-")];
    let lower: &[(f32, &str)] = &[(36.0, "Service"), (160.0, "Charge"), (272.0, "ible Copay"), (380.0, "Coinsurance")];
    let row: &[(f32, &str)] = &[(36.0, "Office visit"), (160.0, "120.00"), (260.0, "80.00"), (320.0, "0.00"), (390.0, "0.00")];
    let h = find_headers(&lines(&[(10.0, upper), (18.0, lower), (30.0, row)]), Vocabulary::builtin());
    assert_eq!(fields(&h[0]), [Field::Description, Field::Charge, Field::Deductible, Field::Copay, Field::Coinsurance]);
}

#[test]
fn the_title_of_a_table_is_no_second_column_of_charges() {
    let title: &[(f32, &str)] = &[(150.0, "SERVICES AND CHARGES")];
    let heads: &[(f32, &str)] = &[(36.0, "Date"), (100.0, "Service"), (330.0, "Amount")];
    let row: &[(f32, &str)] = &[(36.0, "03/09/2025"), (100.0, "Office visit"), (330.0, "120.00")];
    let h = find_headers(&lines(&[(10.0, title), (19.0, heads), (30.0, row)]), Vocabulary::builtin());
    assert_eq!(fields(&h[0]), [Field::ServiceDate, Field::Description, Field::Charge]);
}

#[test]
fn the_first_day_stands_before_the_last() {
    let heads = |first: &'static str| {
        let page = lines(&[(
            10.0,
            &[(30.0, "REV"), (80.0, first), (140.0, "THRU"), (200.0, "QTY"), (250.0, "DESCRIPTION"), (420.0, "CHARGES")],
        )]);
        find_headers(&page, Vocabulary::builtin()).first().map(fields)
    };
    let days = [Field::RevenueCode, Field::ServiceDate, Field::ServiceDateTo, Field::Units, Field::Description, Field::Charge];
    assert_eq!(heads("SERVICE").as_deref(), Some(&days[..]));
    assert_ne!(heads("STATUS").as_deref(), Some(&days[..]));
}

#[test]
fn a_header_is_not_cut_to_its_lower_lines() {
    let p = lines(&[
        (10.0, &[(245.0, "Amount"), (300.0, "Discounts"), (360.0, "Deductible")]),
        (19.0, &[(30.0, "Service"), (120.0, "Service"), (245.0, "Billed"), (300.0, "and"), (360.0, "and Copay")]),
        (28.0, &[(30.0, "Description"), (120.0, "Date(s)"), (300.0, "Reductions"), (360.0, "Amount")]),
        (40.0, &[(30.0, "Surgery"), (120.0, "01/21/2025"), (245.0, "2,400.00"), (300.0, "1,100.00"), (360.0, "500.00")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(h.len(), 1);
    let whole = [Field::Description, Field::ServiceDate, Field::Charge, Field::PlanDiscount, Field::Deductible, Field::Copay];
    assert_eq!(fields(&h[0]), whole);
}

#[test]
fn headings_that_nearly_touch_are_told_by_what_they_are_flush_with() {
    let p = lines(&[
        (10.0, &[(200.0, "Billed"), (282.8, "Your"), (302.4, "Your copay or"), (363.0, "Other amounts"), (430.0, "What you")]),
        (
            19.0,
            &[
                (30.0, "Date"),
                (90.0, "Service"),
                (200.0, "charges"),
                (257.6, "deductible"),
                (306.8, "coinsurance"),
                (369.2, "not covered"),
                (430.0, "owe"),
            ],
        ),
        (31.0, &[(30.0, "05/28/25"), (90.0, "Emergency visit"), (200.0, "2,100.00"), (430.0, "500.00")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(h.len(), 1);
    let copay = h[0].columns.iter().find(|c| c.head.contains("coinsurance")).map(|c| c.fields.clone());
    assert_eq!(copay, Some(vec![Field::Copay, Field::Coinsurance]), "either of the two");
}

#[test]
fn a_code_in_the_brackets_of_a_heading_stands_behind_the_words() {
    let p = lines(&[
        (10.0, &[(36.0, "No."), (70.0, "Charge (procedure code)"), (300.0, "Rev."), (360.0, "Amount")]),
        (22.0, &[(36.0, "1"), (70.0, "VENIPUNCTURE (36415)"), (300.0, "0300"), (360.0, "21.31")]),
    ]);
    let found = find_headers(&p, Vocabulary::builtin());
    assert!(found.iter().any(|h| h.columns.iter().any(|c| c.fields == [Field::Code, Field::Description])), "{found:?}");
}

#[test]
fn letters_in_brackets_explain_the_headings_whatever_line_they_stand_on() {
    let p = lines(&[
        (
            10.0,
            &[
                (36.0, "DOS"),
                (90.0, "Service"),
                (300.0, "CHARGES"),
                (360.0, "NETWORK"),
                (420.0, "NONCOVERED"),
                (490.0, "PAYMENT"),
            ],
        ),
        (19.0, &[(310.0, "(A)"), (360.0, "DISCOUNT"), (440.0, "(C)"), (490.0, "AMOUNT")]),
        (28.0, &[(370.0, "(B)"), (500.0, "(D)")]),
        (
            40.0,
            &[(36.0, "03/09/25"), (90.0, "Office visit"), (300.0, "120.00"), (360.0, "40.00"), (430.0, "0.00"), (490.0, "80.00")],
        ),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(
        fields(&h[0]),
        [Field::ServiceDate, Field::Description, Field::Charge, Field::PlanDiscount, Field::NotCovered, Field::PlanPaid]
    );
}

#[test]
fn a_small_word_at_the_end_of_a_line_leads_to_the_next_line_of_its_heading() {
    let heads = |first: &'static str, below: &'static str| {
        let p = lines(&[
            (10.0, &[(36.0, "DOS"), (90.0, "Service"), (300.0, "CHARGE"), (360.0, first)]),
            (19.0, &[(360.0, below)]),
            (40.0, &[(36.0, "03/09/25"), (90.0, "Office visit"), (300.0, "120.00"), (360.0, "80.00")]),
        ]);
        fields(&find_headers(&p, Vocabulary::builtin())[0])
    };
    let rest = [Field::ServiceDate, Field::Description, Field::Charge];
    assert_eq!(heads("PAID TO", "PROVIDER"), [&rest[..], &[Field::PlanPaid]].concat());
    assert_eq!(heads("APPLIED TO", "DEDUCTIBLE"), [&rest[..], &[Field::Deductible]].concat());
}

#[test]
fn two_heads_that_end_one_with_the_line_above_stay_together() {
    let p = lines(&[
        (
            10.0,
            &[
                (36.0, "DOS"),
                (90.0, "Service"),
                (300.0, "Billed"),
                (350.0, "Paid by"),
                (410.0, "Adj. Group,"),
                (490.0, "Patient"),
            ],
        ),
        (19.0, &[(300.0, "charges"), (350.0, "plan"), (410.0, "Code, Amount"), (490.0, "owes")]),
        (
            40.0,
            &[
                (36.0, "03/09/25"),
                (90.0, "Office visit"),
                (300.0, "120.00"),
                (350.0, "80.00"),
                (410.0, "CO-45 40.00"),
                (490.0, "0.00"),
            ],
        ),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    let want = [
        Field::ServiceDate,
        Field::Description,
        Field::Charge,
        Field::PlanPaid,
        Field::Adjustments,
        Field::PatientResponsibility,
    ];
    assert_eq!(fields(&h[0]), want);
}

#[test]
fn a_bar_of_labels_with_their_values_is_no_header() {
    let headers = |bar: &'static [(f32, &'static str)]| {
        let heads: &[(f32, &str)] = &[(36.0, "When"), (90.0, "Service"), (300.0, "Billed"), (380.0, "Approved"), (460.0, "Paid")];
        let row: &[(f32, &str)] =
            &[(36.0, "03/09/25"), (90.0, "Office visit"), (300.0, "120.00"), (380.0, "80.00"), (460.0, "80.00")];
        let p = lines(&[(100.0, heads), (112.0, bar), (124.0, row)]);
        find_headers(&p, Vocabulary::builtin()).len()
    };
    let bar = &[(36.0, "Services for: ROE"), (180.0, "Billed by: Elm Hospital"), (380.0, "Processing Status: PAID")];
    assert_eq!(headers(bar), 1);
    assert_eq!(headers(&[(36.0, "Services"), (180.0, "Description"), (380.0, "Charge")]), 2);
}

#[test]
fn the_label_of_a_fact_is_one_head() {
    let phrases = |text: &str| {
        let words: Vec<Word> = text
            .split(' ')
            .enumerate()
            .map(|(i, t)| Word::digital(t, BBox::new(30.0 * i as f32, 10.0, 30.0 * i as f32 + 27.0, 18.0)))
            .collect();
        let line = Line { page: 1, bbox: BBox::new(0.0, 10.0, 90.0, 18.0), words, phrase_gap: 6.0 };
        super::phrases::split_phrases(&line, Vocabulary::builtin()).len()
    };
    assert_eq!(phrases("Date Billed"), 1, "the day of the paper");
    assert_eq!(phrases("Qty Charge"), 2);
}

#[test]
fn the_sign_for_a_count_heads_a_narrow_column_of_its_own() {
    let heads = |sign: &'static str, gap: f32| {
        let at = 480.0 + 4.2 * sign.len() as f32 + gap;
        let p = lines(&[
            (10.0, &[(36.0, "Date"), (90.0, "Description"), (480.0, sign), (at, "Charges")]),
            (22.0, &[(36.0, "06/21/2025"), (90.0, "OFFICE VISIT"), (480.0, "1"), (at, "577.35")]),
        ]);
        find_headers(&p, Vocabulary::builtin())[0].columns.len()
    };
    assert_eq!(heads("#", 5.0), 4);
    assert_eq!(heads("#", 2.2), 3, "the number of charges");
}

#[test]
fn a_stroke_holds_the_words_of_a_head_together() {
    let p = lines(&[
        (10.0, &[(36.0, "Date"), (90.0, "Qty"), (120.0, "Test / Service"), (400.0, "Mod(s)"), (480.0, "Total")]),
        (22.0, &[(36.0, "06/21/2025"), (90.0, "1"), (120.0, "TRANSPORT"), (400.0, "RH"), (480.0, "577.35")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(fields(&h[0]), [Field::ServiceDate, Field::Units, Field::Description, Field::Modifiers, Field::Charge]);
}

#[test]
fn the_heading_of_a_group_is_no_line_of_the_head() {
    let s = crate::test_pages::read(&[
        (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Invoice")]),
        (60.0, &[(30.0, "Procedure"), (300.0, "Date"), (-560.0, "Charge Amount")]),
        (70.0, &[(30.0, "Revenue code 0450: EMERGENCY ROOM")]),
        (80.0, &[(30.0, "99284 - HC ER LEVEL IV"), (300.0, "05/18/25"), (-560.0, "2327.84")]),
        (90.0, &[(30.0, "Sub-total: 0450"), (-560.0, "2327.84")]),
        (100.0, &[(30.0, "Revenue code 0300: LABORATORY")]),
        (110.0, &[(30.0, "36415 - VENIPUNCTURE"), (300.0, "05/18/25"), (-560.0, "28.98")]),
        (120.0, &[(30.0, "Sub-total: 0300"), (-560.0, "28.98")]),
    ]);
    let fields = [Field::RevenueCode, Field::Code, Field::Description, Field::Charge];
    let rows: Vec<String> = s.rows.iter().map(|r| crate::test_pages::said(r, &fields)).collect();
    assert_eq!(rows, ["0450 99284 HC ER LEVEL IV 2327.84", "0300 36415 VENIPUNCTURE 28.98"]);
}

#[test]
fn two_lines_that_would_each_be_a_head_are_one() {
    let s = crate::test_pages::read(&[
        (20.0, &[(30.0, "Lakeside Medicine"), (400.0, "Medical bill")]),
        (60.0, &[(30.0, "DOS"), (120.0, "Procedure Description"), (-560.0, "Charge")]),
        (74.0, &[(30.0, "03/26/2024"), (120.0, "OFFICE VISIT (99214)"), (-560.0, "1,017.52")]),
        (90.0, &[(30.0, "Payment"), (120.0, "Service/Item"), (-400.0, "Credit")]),
        (99.0, &[(36.0, "Date"), (-400.0, "Amount")]),
        (111.0, &[(30.0, "05/16/2024"), (120.0, "ELM PAYMENT"), (-400.0, "563.13")]),
        (121.0, &[(30.0, "05/16/2024"), (120.0, "ELM CONTRACTUAL ALLOWANCE"), (-400.0, "429.39")]),
    ]);
    let fields = [Field::ServiceDate, Field::Charge, Field::PlanPaid, Field::PlanDiscount];
    let rows: Vec<String> = s.rows.iter().map(|r| crate::test_pages::said(r, &fields)).collect();
    assert_eq!(rows, ["2024-03-26 1017.52 - -", "2024-05-16 - 563.13 -", "2024-05-16 - - 429.39"]);
}

#[test]
fn the_heading_of_the_first_group_is_no_part_of_the_head_over_it() {
    let p = lines(&[
        (10.0, &[(36.0, "Beginning"), (90.0, "Thru"), (150.0, "Description"), (320.0, "Code"), (480.0, "Debit")]),
        (20.0, &[(36.0, "Rev 0111 - ROOM AND BOARD")]),
        (32.0, &[(36.0, "07-08-24"), (90.0, "07-10-24"), (150.0, "PRIVATE ROOM"), (480.0, "3,944.70")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(h[0].end_line, 1);
    let want = [Field::ServiceDate, Field::ServiceDateTo, Field::Description, Field::Code, Field::Charge];
    assert_eq!(fields(&h[0]), want);
}

#[test]
fn the_sign_under_a_head_is_no_word_of_the_next() {
    let p = lines(&[
        (10.0, &[(440.0, "Units"), (465.0, "Amount")]),
        (19.0, &[(36.0, "Services rendered"), (400.0, "Mod."), (440.0, "Days"), (475.0, "($)"), (492.0, "CREDITS")]),
        (32.0, &[(36.0, "KNEE SCOPE (29881)"), (400.0, "RT"), (450.0, "1"), (463.0, "743.00")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(fields(&h[0]), [Field::Description, Field::Modifiers, Field::Units, Field::Charge, Field::Credits]);
}

#[test]
fn words_that_are_heads_each_are_no_slip_of_another() {
    let p = lines(&[
        (10.0, &[(36.0, "Date"), (90.0, "Code"), (130.0, "Mod(s) Description"), (480.0, "Billed")]),
        (22.0, &[(36.0, "06/21/2025"), (90.0, "99396"), (130.0, "25"), (160.0, "ANNUAL PHYSICAL"), (480.0, "577.35")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    let want = [Field::ServiceDate, Field::Code, Field::Modifiers, Field::Description, Field::Charge];
    assert_eq!(fields(&h[0]), want);
}

#[test]
fn a_code_with_its_words_before_the_amounts_is_no_note() {
    let heads = |at: f32| {
        let p = lines(&[
            (10.0, &[(36.0, "Svc date"), (at, "Code / Description"), (300.0, "Qty"), (380.0, "Debit")]),
            (22.0, &[(36.0, "06/21/2025"), (at, "99396 ANNUAL PHYSICAL"), (300.0, "1"), (380.0, "577.35")]),
        ]);
        find_headers(&p, Vocabulary::builtin())[0].columns.iter().map(|c| c.fields.clone()).collect::<Vec<_>>()
    };
    assert_eq!(heads(120.0)[1], [Field::Code, Field::Description]);
    assert_eq!(heads(450.0)[3], [Field::RemarkCodes], "behind the amounts it is");
}

#[test]
fn behind_a_column_of_codes_a_modifier_is_none() {
    let heads = |first: &'static str| {
        let p = lines(&[
            (10.0, &[(36.0, "Date"), (110.0, first), (200.0, "Proc. modifier"), (300.0, "Service"), (480.0, "Amt")]),
            (22.0, &[(36.0, "06/21/2025"), (110.0, "99396"), (200.0, "25"), (300.0, "ANNUAL PHYSICAL"), (480.0, "577.35")]),
        ]);
        find_headers(&p, Vocabulary::builtin())[0].columns[2].fields.clone()
    };
    assert_eq!(heads("Svc code"), [Field::Modifiers]);
    assert_eq!(heads("Rev code"), [Field::Code], "behind a department's it is the code with its modifiers");
}

#[test]
fn the_day_of_the_first_services_is_no_line_of_the_head() {
    for day in ["Date of service: 15 Sep 2025", "Date of service: Sep 15, 2025"] {
        let p = lines(&[
            (10.0, &[(36.0, "Line"), (90.0, "Charge description"), (320.0, "Code"), (480.0, "Debit")]),
            (20.0, &[(36.0, day)]),
            (32.0, &[(36.0, "1"), (90.0, "ROOM & BOARD"), (320.0, "0120"), (480.0, "3,421.44")]),
        ]);
        assert_eq!(find_headers(&p, Vocabulary::builtin())[0].end_line, 1, "{day}");
    }
}

#[test]
fn a_lower_line_that_begins_with_a_small_word_parts_where_the_upper_does() {
    let p = lines(&[
        (10.0, &[(300.0, "Amount"), (360.0, "Not payable"), (424.0, "Your")]),
        (19.0, &[(36.0, "Date"), (100.0, "Service"), (300.0, "billed"), (376.0, "by plan"), (409.0, "deductible")]),
        (31.0, &[(36.0, "03/09/2025"), (100.0, "Office visit"), (300.0, "120.00"), (380.0, "0.00"), (420.0, "80.00")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(h.len(), 1);
    let want = [Field::ServiceDate, Field::Description, Field::Charge, Field::NotCovered, Field::Deductible];
    assert_eq!(fields(&h[0]), want);
}

#[test]
fn a_line_over_the_groups_of_columns_is_no_head_of_a_print_row() {
    let p = lines(&[
        (10.0, &[(60.0, "About the service"), (250.0, "Benefits"), (290.0, "Approved"), (450.0, "Your responsibility")]),
        (
            19.0,
            &[
                (36.0, "Date"),
                (90.0, "Type of service"),
                (180.0, "Charges"),
                (230.0, "Allowed"),
                (280.0, "Not covered"),
                (340.0, "Plan paid"),
                (400.0, "Copay"),
                (450.0, "Deductible"),
                (520.0, "You owe"),
            ],
        ),
        (
            30.0,
            &[
                (36.0, "03/09/2025"),
                (90.0, "OFFICE VISIT"),
                (180.0, "120.00"),
                (230.0, "80.00"),
                (340.0, "80.00"),
                (520.0, "0.00"),
            ],
        ),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!((h.len(), h[0].first_line, h[0].end_line, h[0].second_row.len()), (1, 1, 2, 0));
}

#[test]
fn a_word_high_over_two_heads_belongs_to_both() {
    let p = lines(&[
        (10.0, &[(300.0, "Plan's share")]),
        (19.0, &[(180.0, "Pending or")]),
        (28.0, &[(180.0, "not")]),
        (
            37.0,
            &[
                (36.0, "Date"),
                (90.0, "Description"),
                (150.0, "Billed"),
                (180.0, "payable"),
                (230.0, "Allowed"),
                (296.0, "Plan %"),
                (335.0, "Amount"),
                (400.0, "You owe"),
            ],
        ),
        (
            48.0,
            &[
                (36.0, "03/09/2025"),
                (90.0, "VISIT"),
                (150.0, "120.00"),
                (230.0, "80.00"),
                (296.0, "70%"),
                (335.0, "56.00"),
                (400.0, "24.00"),
            ],
        ),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    let amount = h[0].columns.iter().find(|c| c.head == "Amount").map(|c| c.fields.clone());
    assert_eq!(amount, Some(vec![Field::PlanPaid]));
}
