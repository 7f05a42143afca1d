use proptest::prelude::*;
use serde_json::{Value, json};

use super::read;
use crate::normalize::normalize_stated;
use crate::record::{ClaimStatus, Document, Money, Network, Status};

fn documents(text: &str) -> Vec<Document> {
    read(text.as_bytes()).unwrap().into_iter().map(|p| normalize_stated(&p.statement, p.checks)).collect()
}

fn category(code: &str) -> Value {
    json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": code }] })
}

fn of_cms(code: &str, variable: &str) -> Value {
    let address = format!("https://bluebutton.cms.gov/resources/variables/{variable}");
    json!({ "coding": [
        { "system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": code },
        { "system": "https://bluebutton.cms.gov/resources/codesystem/adjudication", "code": address }
    ] })
}

fn amount(category: &Value, value: f64) -> Value {
    json!({ "category": category, "amount": { "value": value, "currency": "USD" } })
}

/// A member's EOB by the CARIN profile, with the resources that it refers to.
fn bundle() -> Value {
    json!({ "resourceType": "Bundle", "type": "searchset", "entry": [
        { "fullUrl": "https://payer.example/Patient/7", "resource": { "resourceType": "Patient", "id": "7",
            "name": [{ "use": "official", "family": "Public", "given": ["Jane", "Q"] }] } },
        { "resource": { "resourceType": "Coverage", "id": "c1", "subscriberId": "W55" } },
        { "resource": { "resourceType": "Organization", "id": "o1", "name": "Tall Pine Health" } },
        { "resource": explanation() }
    ] })
}

fn explanation() -> Value {
    json!({ "resourceType": "ExplanationOfBenefit", "id": "e1", "status": "active", "use": "claim", "outcome": "complete",
        "identifier": [{ "type": { "coding": [{ "code": "uc" }] }, "value": "CLM-9001" }],
        "patient": { "reference": "https://payer.example/Patient/7" },
        "insurer": { "reference": "Organization/o1" },
        "provider": { "reference": "#p" },
        "contained": [{ "resourceType": "Organization", "id": "p", "name": "Lake Valley Clinic",
            "identifier": [{ "system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893" }] }],
        "insurance": [{ "focal": true, "coverage": { "reference": "Coverage/c1" } }],
        "created": "2025-04-01T10:00:00Z",
        "billablePeriod": { "start": "2025-03-03", "end": "2025-03-04" },
        "supportingInfo": [
            { "category": { "coding": [{ "code": "patientaccountnumber" }] }, "valueString": "445512" },
            { "category": { "coding": [{ "code": "typeofbill" }] }, "code": { "coding": [{ "code": "131" }] } }
        ],
        "adjudication": [{ "category": category("benefitpaymentstatus"), "reason": { "coding": [{ "code": "innetwork" }] } }],
        "item": [
            { "sequence": 1, "revenue": { "coding": [{ "code": "450" }] },
              "productOrService": { "coding": [{ "system": "http://www.ama-assn.org/go/cpt", "code": "99283" }] },
              "modifier": [{ "coding": [{ "code": "25" }] }],
              "servicedPeriod": { "start": "2025-03-03", "end": "2025-03-03" }, "quantity": { "value": 1 },
              "adjudication": [
                amount(&category("submitted"), 999.85), amount(&category("eligible"), 600.0),
                amount(&category("discount"), 399.85), amount(&category("deductible"), 100.0),
                amount(&category("coinsurance"), 50.1), amount(&category("paidtoprovider"), 449.9),
                amount(&category("memberliability"), 150.1) ] },
            { "sequence": 2, "productOrService": { "coding": [{ "system": "http://www.ama-assn.org/go/cpt", "code": "85025" }] },
              "servicedDate": "2025-03-04", "quantity": { "value": 2 },
              "adjudication": [
                amount(&category("submitted"), 38.0), amount(&category("noncovered"), 38.0),
                amount(&category("memberliability"), 38.0),
                { "category": category("denialreason"), "reason": { "coding": [{ "code": "96", "display": "Non-covered charge" }] } } ] }
        ],
        "total": [
            { "category": category("submitted"), "amount": { "value": 1037.85, "currency": "USD" } },
            { "category": category("memberliability"), "amount": { "value": 188.1, "currency": "USD" } }
        ] })
}

fn cents(c: i64) -> Option<Money> {
    Some(Money::from_cents(c))
}

#[test]
fn an_explanation_of_benefits_becomes_an_eob() {
    let all = documents(&bundle().to_string());
    assert_eq!(all.len(), 1);
    let d = &all[0];
    assert!(d.is_eob());
    assert_eq!((d.status, d.message.as_str()), (Status::Ok, ""));
    assert_eq!(
        (d.patient[0].as_str(), d.provider[0].as_str(), d.provider_npi[0].as_str()),
        ("Jane Q Public", "Lake Valley Clinic", "1234567893")
    );
    assert_eq!((d.payer.as_deref(), d.member_id.as_deref()), (Some("Tall Pine Health"), Some("W55")));
    assert_eq!(
        (d.claim_no[0].as_str(), d.account_no[0].as_str(), d.type_of_bill.as_deref()),
        ("CLM-9001", "445512", Some("0131"))
    );
    assert_eq!((d.network, d.claim_status), (Some(Network::In), Some(ClaimStatus::Processed)));
    assert_eq!(d.statement_date.unwrap().to_string(), "2025-04-01");
    assert_eq!((d.total_charges, d.patient_responsibility), (cents(103_785), cents(18_810)));
    let l = &d.lines[0];
    assert_eq!(
        (l.revenue_code.as_deref(), l.code.as_deref(), l.modifiers.as_slice()),
        (Some("0450"), Some("99283"), &["25".to_owned()][..])
    );
    assert_eq!((l.charge, l.allowed, l.plan_discount), (cents(99_985), cents(60_000), cents(39_985)));
    assert_eq!((l.deductible, l.coinsurance, l.copay), (cents(10_000), cents(5_010), None));
    assert_eq!((l.plan_paid, l.patient_responsibility, l.service_date_to), (cents(44_990), cents(15_010), None));
    let second = &d.lines[1];
    assert_eq!((second.not_covered, second.remark_codes.as_slice()), (cents(3_800), &["96".to_owned()][..]));
    assert_eq!(second.units.unwrap().to_string(), "2");
    assert_eq!(d.notes["96"], "Non-covered charge");
    assert!(d.checks.iter().all(crate::record::ArithmeticCheck::holds) && !d.checks.is_empty());
}

#[test]
fn one_resource_to_a_line_gives_one_document_each_and_a_broken_one_is_named() {
    let text = format!("{}\n{{\"resourceType\": \"Explan\n{}\n", explanation(), explanation());
    let all = documents(&text);
    let read: Vec<_> = all.iter().map(|d| (d.status, d.lines.len(), d.lines.first().map(|l| l.page))).collect();
    assert_eq!(read, [(Status::Ok, 2, Some(1)), (Status::Ok, 2, Some(2)), (Status::Failed, 0, None)]);
    assert!(all[2].message.contains("line 2, column "), "{}", all[2].message);
}

#[test]
fn cms_says_what_the_category_only_comes_near() {
    let mut e = explanation();
    e["item"] = json!([{ "productOrService": { "coding": [{ "code": "99213" }] }, "adjudication": [
        amount(&of_cms("submitted", "rev_cntr_rate_amt"), 5.0),
        amount(&of_cms("submitted", "rev_cntr_tot_chrg_amt"), 200.0),
        amount(&of_cms("submitted", "rev_cntr_pmt_amt_amt"), 120.0),
        amount(&of_cms("deductible", "rev_cntr_cash_ddctbl_amt"), 12.0),
        amount(&of_cms("deductible", "rev_cntr_blood_ddctbl_amt"), 3.0),
        amount(&of_cms("coinsurance", "rev_cntr_coinsrnc_wge_adjstd_c"), 30.0),
        amount(&of_cms("coinsurance", "rev_cntr_rdcd_coinsrnc_amt"), 20.0),
        amount(&of_cms("paidtopatient", "rev_cntr_bene_pmt_amt"), 0.0),
    ] }]);
    e["insurer"] = json!({ "identifier": { "value": "CMS" } });
    let d = &documents(&e.to_string())[0];
    let l = &d.lines[0];
    assert_eq!((l.charge, l.plan_paid, l.deductible, l.coinsurance), (cents(20_000), cents(12_000), cents(1_500), cents(2_000)));
    assert_eq!(d.payer.as_deref(), Some("Medicare"));
}

#[test]
fn the_line_that_adds_up_the_others_is_no_service() {
    let mut e = explanation();
    let items = e["item"].as_array_mut().unwrap();
    items.push(
        json!({ "revenue": { "coding": [{ "code": "0001" }] }, "adjudication": [amount(&category("submitted"), 1037.85)] }),
    );
    let d = &documents(&e.to_string())[0];
    assert_eq!((d.lines.len(), d.total_charges), (2, cents(103_785)));
}

#[test]
fn a_claim_becomes_a_bill() {
    let claim = json!({ "resourceType": "Claim", "status": "active", "use": "claim",
        "patient": { "display": "Omar Roe" }, "provider": { "display": "Harbor Imaging" },
        "item": [{ "productOrService": { "coding": [{ "code": "71046" }] }, "servicedDate": "2025-05-01",
            "quantity": { "value": 2 }, "unitPrice": { "value": 120.25, "currency": "USD" } }],
        "total": { "value": 240.5, "currency": "USD" } });
    let d = &documents(&claim.to_string())[0];
    assert!(d.is_bill());
    assert_eq!((d.lines[0].charge, d.total_charges, d.claim_status), (cents(24_050), cents(24_050), None));
}

#[test]
fn what_a_plan_withdrew_settles_nothing() {
    let mut e = explanation();
    e["status"] = json!("cancelled");
    let d = &documents(&e.to_string())[0];
    assert_eq!((d.status, d.lines.len()), (Status::Failed, 0));
    assert!(d.message.contains("withdrawn"));
}

#[test]
fn other_json_is_refused_with_a_reason() {
    assert!(read(b"{\"resourceType\": \"Bundle\", \"entry\": []}").unwrap_err().contains("ExplanationOfBenefit"));
    assert!(read(b"{\"a\": [1, 2").unwrap_err().starts_with("no JSON: "));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_truncation_or_garbling_panics(cut in 0usize..4_000, at in 0usize..4_000, byte: u8) {
        let mut bytes = bundle().to_string().into_bytes();
        if let Some(b) = bytes.get_mut(at) {
            *b = byte;
        }
        let _ = read(&bytes);
        bytes.truncate(cut);
        let _ = read(&bytes);
    }

    #[test]
    fn fields_of_other_types_are_passed_over(at in 0usize..40) {
        let mut e = explanation();
        let keys: Vec<String> = e.as_object().unwrap().keys().cloned().collect();
        e[&keys[at % keys.len()]] = json!([null, 3, { "coding": 5 }]);
        let _ = read(e.to_string().as_bytes());
    }
}
