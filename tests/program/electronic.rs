//! Electronic input: a paper bill against a remittance or a FHIR resource gives what it gives against the paper EOB.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::{billproof, by_path, lay, pdf, rows};

fn bill() -> Vec<u8> {
    pdf(&[
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES",
        "",
        "Patient: Jane Q Public          Account number: 445512",
        "Statement date: 04/20/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/03/2025   99213    Office visit                       1      140.00",
        "03/03/2025   85025    Blood count                        2       38.00",
        "",
        "                                          Total charges        178.00",
        "                                          Balance due          178.00",
    ])
}

fn paper() -> Vec<u8> {
    pdf(&[
        "TALL PINE HEALTH INSURANCE",
        "EXPLANATION OF BENEFITS                      THIS IS NOT A BILL",
        "",
        "Patient: Jane Q Public          Member ID: W123456789",
        "Provider: Lake Valley Clinic    Claim number: CLM90017",
        "Statement date: 04/01/2025",
        "",
        "Date        Code   Units   Billed  Discount  Allowed  Coinsurance  Plan Paid  You Owe",
        "03/03/2025  99213  1       140.00  20.00     120.00   20.00        100.00     20.00",
        "03/03/2025  85025  1        38.00   8.00      30.00    5.00         25.00      5.00",
        "",
        "Total                      178.00  28.00     150.00   25.00        125.00     25.00",
    ])
}

fn remittance() -> Vec<u8> {
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *250401*1200*^*00501*000000001*0*P*:~\
GS*HP*A*B*20250401*1200*1*X*005010X221A1~ST*835*0001~BPR*I*125*C*CHK************20250402~DTM*405*20250401~\
N1*PR*TALL PINE HEALTH INSURANCE~N1*PE*LAKE VALLEY CLINIC*XX*1234567893~LX*1~\
CLP*445512*1*178*125*25*12*CLM90017~NM1*QC*1*PUBLIC*JANE*Q***MI*W123456789~\
SVC*HC:99213*140*100**1~DTM*472*20250303~CAS*CO*45*20~CAS*PR*2*20~AMT*B6*120~\
SVC*HC:85025*38*25**1~DTM*472*20250303~CAS*CO*45*8~CAS*PR*2*5~AMT*B6*30~\
SE*19*0001~GE*1*1~IEA*1*000000001~"
        .into()
}

fn explanation() -> Vec<u8> {
    let item = |code: &str, amounts: [(&str, &str); 6]| {
        let adjudication: Vec<String> = amounts
            .iter()
            .map(|(c, a)| format!(r#"{{"category":{{"coding":[{{"code":"{c}"}}]}},"amount":{{"value":{a},"currency":"USD"}}}}"#))
            .collect();
        format!(
            r#"{{"productOrService":{{"coding":[{{"code":"{code}"}}]}},"servicedDate":"2025-03-03","quantity":{{"value":1}},"adjudication":[{}]}}"#,
            adjudication.join(",")
        )
    };
    let amounts = |a: [&'static str; 6]| {
        let names = ["submitted", "discount", "eligible", "coinsurance", "benefit", "memberliability"];
        std::array::from_fn(|i| (names[i], a[i]))
    };
    format!(
        r#"{{"resourceType":"ExplanationOfBenefit","status":"active","use":"claim","outcome":"complete","created":"2025-04-01",
"identifier":[{{"value":"CLM90017"}}],"patient":{{"display":"Jane Q Public"}},"insurer":{{"display":"Tall Pine Health Insurance"}},
"provider":{{"display":"Lake Valley Clinic"}},"item":[{},{}]}}"#,
        item("99213", amounts(["140", "20", "120", "20", "100", "20"])),
        item("85025", amounts(["38.0", "8", "30", "5", "25", "5.00"])),
    )
    .into()
}

fn table() -> Vec<u8> {
    "Date of Service,Claim Number,Patient,Provider,CPT,Units,Amount Billed,Plan Discount,Allowed,Coinsurance,Plan Paid,You Owe\n\
03/03/2025,CLM90017,Jane Q Public,Lake Valley Clinic,99213,1,140.00,20.00,120.00,20.00,100.00,20.00\n\
03/03/2025,CLM90017,Jane Q Public,Lake Valley Clinic,85025,1,38.00,8.00,30.00,5.00,25.00,5.00\n\
Total,,,,,,178.00,28.00,150.00,25.00,125.00,25.00\n"
        .into()
}

fn audit(root: &Path, name: &str, files: &[(&str, Vec<u8>)]) -> std::path::PathBuf {
    let input = root.join(name);
    lay(&input, files);
    let out = root.join(format!("{name}-out"));
    billproof().arg("audit").arg(&input).arg("--out").arg(&out).args(["--case-by", "folder"]).assert().code(0);
    out
}

/// Rule, severity, the line it stands on and the amount of every finding.
fn findings(out: &Path) -> BTreeSet<[String; 4]> {
    let rows = rows(&out.join("flags.csv"));
    rows.iter().map(|r| ["rule", "severity", "line_no", "amount_at_issue"].map(|c| r[c].clone())).collect()
}

#[test]
fn a_paper_bill_against_any_form_of_its_eob_gives_the_same_findings() {
    let dir = tempfile::tempdir().unwrap();
    let on_paper = findings(&audit(dir.path(), "paper", &[("bill.pdf", bill()), ("eob.pdf", paper())]));
    let rules: BTreeSet<&str> = on_paper.iter().map(|f| f[0].as_str()).collect();
    let expected = ["balance-exceeds-eob", "discount-not-applied", "payment-not-posted", "units-mismatch"];
    assert!(expected.iter().all(|r| rules.contains(r)), "{on_paper:?}");
    let forms = [("remit.835", remittance()), ("eob.json", explanation()), ("claims.csv", table())];
    for (name, content) in forms {
        let out = audit(dir.path(), name, &[("bill.pdf", bill()), (name, content)]);
        assert_eq!(findings(&out), on_paper, "{name}");
        assert_eq!(by_path(&out, "text_source")[name], "structured");
        assert_eq!(by_path(&out, "kind")[name], "eob");
        let lines = rows(&out.join("lines.csv"));
        let own: Vec<_> = lines.iter().filter(|l| l["path"] == name).collect();
        assert!(
            own.len() == 2 && own.iter().all(|l| l["page"] == "1" && l["confidence"] == "1.0000" || l["confidence"] == "1"),
            "{own:?}"
        );
    }
}

#[test]
fn tables_of_other_things_and_own_output_are_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let out = audit(dir.path(), "first", &[("bill.pdf", bill()), ("claims.csv", table())]);
    let own = std::fs::read(out.join("lines.csv")).unwrap();
    let edits = b"Column 1,Column 2,Effective Date,Deletion Date\n0001A,0591T,20220421,*\n".to_vec();
    let patient = b"{\"resourceType\": \"Patient\", \"name\": []}".to_vec();
    let again = audit(
        dir.path(),
        "again",
        &[("lines.csv", own), ("edits.csv", edits), ("patient.json", patient), ("note.txt", b"ISA".to_vec())],
    );
    assert!(rows(&again.join("documents.csv")).is_empty());
}

#[test]
fn a_broken_interchange_is_one_failed_row_and_extract_shows_a_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut cut = remittance();
    cut.truncate(cut.len() - 200);
    let out = audit(dir.path(), "broken", &[("cut.835", cut), ("empty.835", b"nothing".to_vec())]);
    assert_eq!(
        by_path(&out, "status"),
        [("cut.835", "partial"), ("empty.835", "failed")].map(|(a, b)| (a.to_owned(), b.to_owned())).into()
    );
    assert!(by_path(&out, "message")["cut.835"].contains("segment "));
    let whole = dir.path().join("remit.txt");
    std::fs::write(&whole, remittance()).unwrap();
    let shown = billproof().arg("extract").arg(&whole).args(["--format", "csv"]).output().unwrap();
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("99213") && text.contains("CO-45:20.00;PR-2:20.00"), "{text}");
}
