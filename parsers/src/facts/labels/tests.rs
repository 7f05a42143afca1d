use super::*;

#[test]
fn dots_lead_from_a_number_sign_to_its_value_and_a_heading_names_no_provider() {
    use crate::statement::Value;
    let s = crate::test_pages::read(&[
        (20.0, &[(30.0, "LAKESIDE HEALTH PLAN"), (400.0, "EXPLANATION OF BENEFITS")]),
        (44.0, &[(30.0, "NAME.. JANE ROE"), (300.0, "CLM#.. 141392107788")]),
        (56.0, &[(30.0, "PROVIDER.. LAKESIDE HOSPITAL"), (300.0, "STATUS.. ADJUDICATED")]),
        (70.0, &[(30.0, "FROM DT"), (110.0, "CPT/MOD"), (-300.0, "BILLED"), (-380.0, "ALLOW"), (400.0, "PROV PD MBR LIAB")]),
        (
            84.0,
            &[
                (30.0, "03/09/2025"),
                (110.0, "99214"),
                (-300.0, "210.00"),
                (-380.0, "150.00"),
                (-440.0, "120.00"),
                (-490.0, "30.00"),
            ],
        ),
    ]);
    let said = |f: Field| s.header.get(&f).and_then(|c| c.first()).map(|c| c.value.clone());
    assert_eq!(said(Field::ClaimNo), Some(Value::Text("141392107788".to_owned())));
    let provider = format!("{:?}", said(Field::Provider));
    assert!(provider.contains("LAKESIDE HOSPITAL"), "{provider}");
}

#[test]
fn the_embedded_vocabulary_reads() {
    let file: File = toml::from_str(include_str!("../labels.toml")).unwrap();
    assert!(file.label.len() > 20);
    assert!(Labels::builtin().meanings.len() > 900);
}
