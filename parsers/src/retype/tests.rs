use crate::statement::Field;
use crate::test_pages::{read, said};

#[test]
fn an_item_beside_its_description_is_a_code() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Radiology"), (400.0, "Invoice")]),
        (60.0, &[(40.0, "Item"), (110.0, "Description"), (-360.0, "Qty"), (-450.0, "Rate"), (-540.0, "Amount")]),
        (74.0, &[(40.0, "99285"), (110.0, "HC ER LEVEL V"), (-360.0, "1"), (-450.0, "1,155.00"), (-540.0, "1,155.00")]),
        (90.0, &[(350.0, "Insurance paid"), (-540.0, "-$518.50")]),
        (102.0, &[(350.0, "Contract discount"), (-540.0, "-$578.89")]),
        (114.0, &[(350.0, "Balance due"), (-540.0, "$57.61")]),
    ]);
    let fields = [Field::Code, Field::Description, Field::Charge];
    assert_eq!(s.rows.first().map(|r| said(r, &fields)).as_deref(), Some("99285 HC ER LEVEL V 1155.00"));
}

#[test]
fn kinds_of_entries_are_no_services() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Account ledger")]),
        (
            60.0,
            &[
                (30.0, "Date"),
                (110.0, "Type"),
                (150.0, "Transaction"),
                (350.0, "HCPCS"),
                (-500.0, "Charges"),
                (-580.0, "Credits"),
                (-700.0, "Running balance"),
            ],
        ),
        (
            74.0,
            &[
                (30.0, "09/13/2025"),
                (110.0, "CHG"),
                (150.0, "ED VISIT"),
                (350.0, "99283"),
                (-500.0, "232.33"),
                (-700.0, "232.33"),
            ],
        ),
        (
            88.0,
            &[
                (30.0, "09/13/2025"),
                (110.0, "CHG"),
                (150.0, "VENIPUNCTURE"),
                (350.0, "36415"),
                (-500.0, "38.84"),
                (-700.0, "271.17"),
            ],
        ),
        (102.0, &[(30.0, "10/08/2025"), (110.0, "PMT"), (150.0, "LAKESIDE PLAN PAYMENT"), (-580.0, "71.17"), (-700.0, "200.00")]),
    ]);
    let fields = [Field::Code, Field::Description, Field::Charge, Field::PlanPaid];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["99283 ED VISIT 232.33 -", "36415 VENIPUNCTURE 38.84 -", "- LAKESIDE PLAN PAYMENT - 71.17"]);
}

#[test]
fn the_numbers_of_the_lines_are_no_names_and_modifiers_no_codes() {
    let s = read(&[
        (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Statement")]),
        (
            60.0,
            &[
                (30.0, "Item"),
                (80.0, "Date"),
                (150.0, "CPT"),
                (200.0, "CPT Mod"),
                (270.0, "What was done"),
                (-430.0, "#"),
                (-540.0, "Charge"),
            ],
        ),
        (
            74.0,
            &[
                (30.0, "1"),
                (80.0, "03/09/2025"),
                (150.0, "73630"),
                (200.0, "RT"),
                (270.0, "XR FOOT 3+ VIEWS"),
                (-430.0, "1"),
                (-540.0, "$379.00"),
            ],
        ),
        (
            88.0,
            &[(30.0, "2"), (80.0, "03/09/2025"), (150.0, "J2405"), (270.0, "ONDANSETRON INJ"), (-430.0, "4"), (-540.0, "$59.72")],
        ),
        (
            102.0,
            &[(30.0, "3"), (80.0, "03/09/2025"), (150.0, "36415"), (270.0, "VENIPUNCTURE"), (-430.0, "1"), (-540.0, "$20.00")],
        ),
    ]);
    let fields = [Field::Code, Field::Modifiers, Field::Description, Field::Units];
    let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["73630 RT XR FOOT 3+ VIEWS 1", "J2405 - ONDANSETRON INJ 4", "36415 - VENIPUNCTURE 1"]);
}
